/* frame_writer.c -- frames are put together in a buffer that the caller writes out. */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/image.h"
#include "compress.h"
#include "frame_parts.h"
#include "hello.h"

#define PACKED_MIN ((size_t)256) /* a smaller payload is not worth compressing */

void
sk_frame_writer_init(struct sk_frame_writer *writer)
{
	*writer = (struct sk_frame_writer){ .data = NULL };
}

void
sk_frame_writer_release(struct sk_frame_writer *writer)
{
	free(writer->data);
	sk_compress_packer_free(writer->packer);
	sk_frame_writer_init(writer);
}

static unsigned char *
append(struct sk_frame_writer *writer, size_t size)
{
	if (size > writer->room - writer->size) {
		size_t room = writer->size + size + writer->room / 2;
		unsigned char *data = realloc(writer->data, room);

		if (data == NULL)
			return NULL;
		writer->data = data;
		writer->room = room;
	}
	writer->size += size;
	return writer->data + writer->size - size;
}

unsigned char *
sk_frame_begin(struct sk_frame_writer *writer, enum sk_frame_type type, size_t size)
{
	unsigned char *header;

	if (size > SK_FRAME_MAX) {
		errno = EMSGSIZE;
		return NULL;
	}
	if ((header = append(writer, SK_FRAME_HEADER_SIZE + size)) == NULL)
		return NULL;
	writer->last = (size_t)(header - writer->data);
	memset(header, 0, SK_FRAME_HEADER_SIZE);
	header[0] = (unsigned char)type;
	header[1] = type == SK_FRAME_OPEN ? SK_FRAME_FLAG_SKIPPABLE : 0;
	sk_store32(header + 4, (uint32_t)size);
	sk_store32(header + 8, (uint32_t)size);
	writer->frames++;
	return header + SK_FRAME_HEADER_SIZE;
}

static struct sk_span
last_payload(const struct sk_frame_writer *writer)
{
	return (struct sk_span){ writer->data + writer->last + SK_FRAME_HEADER_SIZE,
		writer->size - writer->last - SK_FRAME_HEADER_SIZE };
}

/* Put the last payload's zstd frame in its place, if it is smaller by an eighth. */
static void
pack(struct sk_frame_writer *writer)
{
	unsigned char *header = writer->data + writer->last;
	struct sk_span payload = last_payload(writer), packed;

	if (payload.size < PACKED_MIN || !sk_compress_available())
		return;
	if (writer->packer == NULL && (writer->packer = sk_compress_packer_new()) == NULL)
		return;
	packed = sk_compress_pack(
	    writer->packer, writer->level, payload, payload.size - (payload.size + 7) / 8);
	if (packed.data == NULL)
		return;
	memcpy(header + SK_FRAME_HEADER_SIZE, packed.data, packed.size);
	header[1] |= SK_FRAME_FLAG_ZSTD;
	sk_store32(header + 4, (uint32_t)packed.size);
	writer->size -= payload.size - packed.size;
}

void
sk_frame_seal(struct sk_frame_writer *writer)
{
	unsigned char *header = writer->data + writer->last;
	struct sk_span payload;

	if (writer->level > 0 && header[0] != SK_FRAME_HELLO)
		pack(writer);
	payload = last_payload(writer);
	sk_store32(header + SK_FRAME_CHECKED_SIZE, sk_frame_checksum(header, payload));
}

static int
write_signature(struct sk_frame_writer *writer)
{
	unsigned char *at = append(writer, SK_FRAME_SIGNATURE_SIZE);

	if (at == NULL)
		return -1;
	memcpy(at, sk_frame_signature, SK_FRAME_SIGNATURE_SIZE);
	writer->frames = 0;
	return 0;
}

int
sk_frame_write_start(struct sk_frame_writer *writer)
{
	unsigned char *at;

	if (write_signature(writer) == -1 ||
	    (at = sk_frame_begin(writer, SK_FRAME_HELLO, SK_HELLO_SIZE)) == NULL)
		return -1;
	sk_hello_encode(at);
	sk_frame_seal(writer);
	return 0;
}

int
sk_frame_write_start_records(
    struct sk_frame_writer *writer, unsigned char end, struct sk_span header)
{
	struct sk_hello hello = { end == SK_FRAME_NO_RECORDS ? -1 : end, header, writer->corrected,
		writer->layout };
	size_t size = sk_hello_records_size(&hello);
	unsigned char *at;

	errno = size > SK_FRAME_MAX ? EMSGSIZE : EINVAL;
	if (size > SK_FRAME_MAX || !sk_hello_is_valid(&hello) || write_signature(writer) == -1 ||
	    (at = sk_frame_begin(writer, SK_FRAME_HELLO, size)) == NULL)
		return -1;
	sk_hello_encode_records(&hello, at);
	sk_frame_seal(writer);
	return 0;
}

int
sk_frame_write_end(struct sk_frame_writer *writer, uint64_t records, uint64_t skipped)
{
	uint64_t frames = writer->frames;
	unsigned char *at = sk_frame_begin(writer, SK_FRAME_END, SK_FRAME_END_SIZE);

	if (at == NULL)
		return -1;
	sk_store64(at, frames);
	sk_store64(at + 8, records);
	sk_store64(at + 16, skipped);
	sk_frame_seal(writer);
	return 0;
}
