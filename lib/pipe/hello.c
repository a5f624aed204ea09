/* hello.c -- the payload of HELLO. */
#include "hello.h"

#include <string.h>

#include "../sketch/image.h"

#define VERSION 1
#define FLAG_CORRECTED 1
#define FLAGS_SIZE ((size_t)1)
#define LAYOUT_SIZE ((size_t)3) /* the flags, the layout and the delimiter */

bool
sk_hello_is_valid(const struct sk_hello *hello)
{
	if (hello->end == -1)
		return true;
	if (hello->end != '\n' && hello->end != 0)
		return false;
	if (hello->layout.kind == SK_FRAME_LAYOUT_CSV)
		return hello->layout.delimiter != '"' && hello->layout.delimiter != '\r' &&
		    hello->layout.delimiter != '\n' && hello->layout.delimiter != hello->end;
	return hello->header.size == 0 ||
	    memchr(hello->header.data, hello->end, hello->header.size) == NULL;
}

void
sk_hello_encode(unsigned char *payload)
{
	sk_store32(payload, VERSION);
}

size_t
sk_hello_records_size(const struct sk_hello *hello)
{
	return SK_HELLO_RECORDS_SIZE + hello->header.size +
	    (hello->layout.kind != SK_FRAME_LAYOUT_UNSAID ? LAYOUT_SIZE :
		hello->corrected			  ? FLAGS_SIZE :
							    0);
}

void
sk_hello_encode_records(const struct sk_hello *hello, unsigned char *payload)
{
	struct sk_span header = hello->header;

	sk_hello_encode(payload);
	sk_store32(payload + 4, hello->end == -1 ? SK_FRAME_NO_RECORDS : (uint32_t)hello->end);
	sk_store32(payload + 8, (uint32_t)header.size);
	if (header.size > 0)
		memcpy(payload + SK_HELLO_RECORDS_SIZE, header.data, header.size);
	payload += SK_HELLO_RECORDS_SIZE + header.size;
	if (hello->corrected || hello->layout.kind != SK_FRAME_LAYOUT_UNSAID)
		payload[0] = hello->corrected ? FLAG_CORRECTED : 0;
	if (hello->layout.kind == SK_FRAME_LAYOUT_UNSAID)
		return;
	payload[1] = (unsigned char)hello->layout.kind;
	payload[2] = hello->layout.kind == SK_FRAME_LAYOUT_CSV ? hello->layout.delimiter : 0;
}

/* What stands behind the header, as far as it is there. */
static enum sk_frame_status
decode_more(struct sk_hello *hello, struct sk_span more)
{
	if (more.size >= FLAGS_SIZE)
		hello->corrected = (more.data[0] & FLAG_CORRECTED) != 0;
	if (more.size <= FLAGS_SIZE || more.data[1] == SK_FRAME_LAYOUT_UNSAID)
		return SK_FRAME_OK;
	if (more.data[1] > SK_FRAME_LAYOUT_CLF)
		return SK_FRAME_NEWER;
	if (more.size < LAYOUT_SIZE)
		return SK_FRAME_CORRUPT;
	hello->layout = (struct sk_frame_layout){ (enum sk_frame_layout_kind)more.data[1], more.data[2] };
	return SK_FRAME_OK;
}

enum sk_frame_status
sk_hello_decode(struct sk_hello *hello, struct sk_span payload)
{
	const unsigned char *at = payload.data;
	enum sk_frame_status status;
	uint32_t end;

	*hello = (struct sk_hello){ .end = -1 };
	if (payload.size < SK_HELLO_SIZE)
		return SK_FRAME_CORRUPT;
	if (sk_load16(at) != VERSION)
		return SK_FRAME_NEWER;
	if (payload.size == SK_HELLO_SIZE)
		return SK_FRAME_OK;
	if (payload.size < SK_HELLO_RECORDS_SIZE ||
	    sk_load32(at + 8) > payload.size - SK_HELLO_RECORDS_SIZE)
		return SK_FRAME_CORRUPT;
	end = sk_load32(at + 4); /* with the three bytes of 0 */
	hello->header = (struct sk_span){ at + SK_HELLO_RECORDS_SIZE, sk_load32(at + 8) };
	status = decode_more(hello,
	    (struct sk_span){ hello->header.data + hello->header.size,
		payload.size - SK_HELLO_RECORDS_SIZE - hello->header.size });
	if (status != SK_FRAME_OK)
		return status;
	if (end != SK_FRAME_NO_RECORDS)
		hello->end = end <= UINT8_MAX ? (int)end : SK_FRAME_NO_RECORDS;
	return sk_hello_is_valid(hello) ? SK_FRAME_OK : SK_FRAME_CORRUPT;
}
