/* hello.c -- the payload of HELLO. */
#include "hello.h"

#include <string.h>

#include "../sketch/image.h"

#define VERSION 1
#define FLAG_CORRECTED 1

bool
sk_hello_is_valid(const struct sk_hello *hello)
{
	if (hello->end == -1)
		return true;
	if (hello->end != '\n' && hello->end != 0)
		return false;
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
	return SK_HELLO_RECORDS_SIZE + hello->header.size + (hello->corrected ? 1 : 0);
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
	if (hello->corrected)
		payload[SK_HELLO_RECORDS_SIZE + header.size] = FLAG_CORRECTED;
}

enum sk_frame_status
sk_hello_decode(struct sk_hello *hello, struct sk_span payload)
{
	const unsigned char *at = payload.data;
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
	if (payload.size > SK_HELLO_RECORDS_SIZE + hello->header.size)
		hello->corrected = (hello->header.data[hello->header.size] & FLAG_CORRECTED) != 0;
	if (end != SK_FRAME_NO_RECORDS)
		hello->end = end <= UINT8_MAX ? (int)end : SK_FRAME_NO_RECORDS;
	return sk_hello_is_valid(hello) ? SK_FRAME_OK : SK_FRAME_CORRUPT;
}
