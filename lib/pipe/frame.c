/* frame.c -- streams of frames are read. */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/image.h"
#include "compress.h"
#include "frame_parts.h"
#include "hello.h"
#include "pane.h"

#define PANE_SIZE ((size_t)8) /* what stands before the records */

const unsigned char sk_frame_signature[SK_FRAME_SIGNATURE_SIZE] = { 0x89, 'S', 'K', 'F', '\r', '\n',
	0x1a, '\n' };

bool
sk_frame_starts(struct sk_span bytes)
{
	size_t size = bytes.size < SK_FRAME_SIGNATURE_SIZE ? bytes.size : SK_FRAME_SIGNATURE_SIZE;

	return size == 0 || memcmp(bytes.data, sk_frame_signature, size) == 0;
}

struct sk_frame_reader {
	unsigned char *block; /* pad, room, pad */
	unsigned char *data;  /* in it, the front of a signature or frame */
	size_t size;
	size_t room;
	size_t given;    /* of it, bytes that the caller has seen */
	uint64_t offset; /* of data[0] in the input */
	bool inside;     /* between a signature and its END */
	bool greeted;    /* HELLO has come */
	bool give_all;   /* and where it says more than its version: */
	bool give_ends;  /* HELLO and END are to be given */
	int end;         /* what ends the stream's records, -1: there are none */
	bool corrected;  /* the stream's windows may be */
	struct sk_frame_layout layout;
	struct sk_span header;
	unsigned char *header_block; /* that it lies in; NULL before the first stream */
	struct sk_compress_unpacker *unpacker; /* NULL until a compressed frame has come */
	uint64_t frames; /* since the signature */
	int64_t watermark; /* the last of the stream, or INT64_MIN */
	uint64_t records;
	uint64_t skipped;
};

struct sk_frame_reader *
sk_frame_reader_new(void)
{
	struct sk_frame_reader *reader = calloc(1, sizeof(*reader));

	if (reader != NULL)
		reader->end = -1;
	return reader;
}

void
sk_frame_reader_free(struct sk_frame_reader *reader)
{
	if (reader == NULL)
		return;
	sk_compress_unpacker_free(reader->unpacker);
	free(reader->header_block);
	free(reader->block);
	free(reader);
}

void
sk_frame_reader_give_all(struct sk_frame_reader *reader)
{
	reader->give_all = true;
}

uint64_t
sk_frame_records(const struct sk_frame_reader *reader)
{
	return reader->records;
}

uint64_t
sk_frame_skipped(const struct sk_frame_reader *reader)
{
	return reader->skipped;
}

uint64_t
sk_frame_offset(const struct sk_frame_reader *reader)
{
	return reader->offset;
}

int
sk_frame_end_byte(const struct sk_frame_reader *reader)
{
	return reader->end;
}

struct sk_span
sk_frame_header(const struct sk_frame_reader *reader)
{
	return reader->header;
}

bool
sk_frame_corrected(const struct sk_frame_reader *reader)
{
	return reader->corrected;
}

struct sk_frame_layout
sk_frame_layout(const struct sk_frame_reader *reader)
{
	return reader->layout;
}

bool
sk_frame_inside(const struct sk_frame_reader *reader)
{
	return reader->inside;
}

/* Room for ${room} bytes; what is held stays. */
static bool
grow(struct sk_frame_reader *reader, size_t room)
{
	unsigned char *block = realloc(reader->block, SK_FRAME_PAD + room + SK_FRAME_PAD);

	if (block == NULL)
		return false;
	memset(block, 0, SK_FRAME_PAD);
	reader->block = block;
	reader->data = block + SK_FRAME_PAD;
	reader->room = room;
	return true;
}

/* Take bytes until ${want} are held. The buffer grows with what has come, never with what was promised. */
static enum sk_frame_status
fill(struct sk_frame_reader *reader, size_t want, struct sk_span *bytes)
{
	size_t take = want > reader->size ? want - reader->size : 0;

	if (take > bytes->size)
		take = bytes->size;
	if (reader->size + take > reader->room && !grow(reader, (reader->size + take) * 2))
		return SK_FRAME_NO_MEMORY;
	if (take > 0) {
		memcpy(reader->data + reader->size, bytes->data, take);
		reader->size += take;
		bytes->data += take;
		bytes->size -= take;
	}
	return reader->size >= want ? SK_FRAME_OK : SK_FRAME_MORE;
}

static void
drop(struct sk_frame_reader *reader)
{
	reader->offset += reader->size;
	reader->size = 0;
	reader->given = 0;
}

static enum sk_frame_status
read_signature(struct sk_frame_reader *reader, struct sk_span *bytes)
{
	enum sk_frame_status status = fill(reader, SK_FRAME_SIGNATURE_SIZE, bytes);

	if (reader->size > 0 && !sk_frame_starts((struct sk_span){ reader->data, reader->size }))
		return SK_FRAME_FOREIGN;
	if (status != SK_FRAME_OK)
		return status;
	drop(reader);
	reader->inside = true;
	reader->greeted = false;
	reader->frames = 0;
	reader->watermark = INT64_MIN;
	return SK_FRAME_OK;
}

static bool
is_known(unsigned type)
{
	return type >= SK_FRAME_HELLO && type <= SK_FRAME_OPEN;
}

static enum sk_frame_status
check_header(const struct sk_frame_reader *reader)
{
	const unsigned char *header = reader->data;
	uint32_t size = sk_load32(header + 4);

	if (header[0] == sk_frame_signature[0])
		return SK_FRAME_CUT; /* another stream begins before this one's END */
	if (size > SK_FRAME_MAX || sk_load16(header + 2) != 0)
		return SK_FRAME_CORRUPT;
	if ((header[1] & ~(SK_FRAME_FLAG_ZSTD | SK_FRAME_FLAG_SKIPPABLE)) != 0)
		return SK_FRAME_NEWER;
	if (!is_known(header[0]))
		return (header[1] & SK_FRAME_FLAG_SKIPPABLE) != 0 ? SK_FRAME_OK : SK_FRAME_NEWER;
	/* The length of what is compressed can wait for the checksum. */
	return (header[1] & SK_FRAME_FLAG_ZSTD) != 0 || sk_load32(header + 8) == size ? SK_FRAME_OK :
									       SK_FRAME_CORRUPT;
}

/* The header is kept, between pads and with its end. */
static bool
keep_header(struct sk_frame_reader *reader, struct sk_span header, int end)
{
	unsigned char *block = calloc(1, SK_FRAME_PAD + header.size + 1 + SK_FRAME_PAD);

	if (block == NULL)
		return false;
	if (header.size > 0)
		memcpy(block + SK_FRAME_PAD, header.data, header.size);
	block[SK_FRAME_PAD + header.size] = (unsigned char)end;
	free(reader->header_block);
	reader->header_block = block;
	reader->header = (struct sk_span){ block + SK_FRAME_PAD, header.size };
	return true;
}

static enum sk_frame_status
read_hello(struct sk_frame_reader *reader, struct sk_span payload)
{
	struct sk_hello hello;
	enum sk_frame_status status =
	    reader->greeted ? SK_FRAME_CORRUPT : sk_hello_decode(&hello, payload);

	if (status != SK_FRAME_OK)
		return status;
	if (!keep_header(reader, hello.header, hello.end))
		return SK_FRAME_NO_MEMORY;
	reader->greeted = true;
	reader->give_ends = reader->give_all && payload.size > SK_HELLO_SIZE;
	reader->end = hello.end;
	reader->corrected = hello.corrected;
	reader->layout = hello.layout;
	return SK_FRAME_OK;
}

/* Who scans records may rely on the last one's end. */
static bool
are_records(int end, struct sk_span payload)
{
	return end >= 0 && payload.size >= PANE_SIZE &&
	    (payload.size == PANE_SIZE || payload.data[payload.size - 1] == end);
}

/* In a stream it does not fall. */
static enum sk_frame_status
read_watermark(struct sk_frame_reader *reader, const struct sk_frame *frame)
{
	const int64_t before = reader->watermark;
	enum sk_frame_status status = sk_pane_read_watermark(frame, &reader->watermark);

	return status == SK_FRAME_OK && reader->watermark < before ? SK_FRAME_CORRUPT : status;
}

static enum sk_frame_status
read_end(struct sk_frame_reader *reader, struct sk_span payload)
{
	if (payload.size < SK_FRAME_END_SIZE || sk_load64(payload.data) != reader->frames)
		return SK_FRAME_CORRUPT;
	reader->records += sk_load64(payload.data + 8);
	reader->skipped += sk_load64(payload.data + 16);
	reader->inside = false;
	return SK_FRAME_OK;
}

/* Give ${frame} what its payload holds. */
static enum sk_frame_status
unpack(struct sk_frame_reader *reader, struct sk_frame *frame)
{
	struct sk_span stored = { frame->payload, frame->stored };

	frame->size = sk_load32(reader->data + 8);
	frame->compressed = true;
	if (frame->size > SK_FRAME_MAX)
		return SK_FRAME_CORRUPT;
	if (!sk_compress_available())
		return SK_FRAME_NO_ZSTD;
	if (reader->unpacker == NULL && (reader->unpacker = sk_compress_unpacker_new()) == NULL)
		return SK_FRAME_NO_MEMORY;
	return sk_compress_unpack(reader->unpacker, stored, frame->size, &frame->payload);
}

/* A whole frame is held. OK with *${give} false means that it was the reader's own affair. */
static enum sk_frame_status
take_frame(struct sk_frame_reader *reader, struct sk_frame *frame, bool *give)
{
	struct sk_span payload = { reader->data + SK_FRAME_HEADER_SIZE,
		reader->size - SK_FRAME_HEADER_SIZE };
	unsigned type = reader->data[0];
	enum sk_frame_status status = SK_FRAME_OK;

	*give = false;
	memset(reader->data + reader->size, 0, SK_FRAME_PAD);
	if (sk_frame_checksum(reader->data, payload) != sk_load32(reader->data + SK_FRAME_CHECKED_SIZE))
		return SK_FRAME_CHECKSUM;
	if (!reader->greeted && type != SK_FRAME_HELLO)
		return SK_FRAME_CORRUPT;
	*frame = (struct sk_frame){ .type = (enum sk_frame_type)type,
		.payload = reader->data + SK_FRAME_HEADER_SIZE,
		.size = payload.size,
		.stored = payload.size };
	if (is_known(type) && (reader->data[1] & SK_FRAME_FLAG_ZSTD) != 0)
		status = unpack(reader, frame);
	if (status != SK_FRAME_OK)
		return status;
	payload = (struct sk_span){ frame->payload, frame->size };
	if (type == SK_FRAME_END) {
		*give = reader->give_ends;
		return read_end(reader, payload);
	}
	if (type == SK_FRAME_HELLO)
		status = read_hello(reader, payload);
	else if (type == SK_FRAME_RECORDS && !are_records(reader->end, payload))
		status = SK_FRAME_CORRUPT;
	else if (type == SK_FRAME_WATERMARK)
		status = read_watermark(reader, frame);
	reader->frames++;
	*give = is_known(type) && (type != SK_FRAME_HELLO || reader->give_ends);
	return status;
}

enum sk_frame_status
sk_frame_next(struct sk_frame_reader *reader, struct sk_span *bytes, struct sk_frame *frame)
{
	enum sk_frame_status status;
	bool give;

	if (reader->given > 0)
		drop(reader);
	for (;;) {
		if (!reader->inside && (status = read_signature(reader, bytes)) != SK_FRAME_OK)
			return status;
		if ((status = fill(reader, SK_FRAME_HEADER_SIZE, bytes)) != SK_FRAME_OK ||
		    (status = check_header(reader)) != SK_FRAME_OK ||
		    (status = fill(reader, SK_FRAME_HEADER_SIZE + sk_load32(reader->data + 4),
			 bytes)) != SK_FRAME_OK ||
		    (status = take_frame(reader, frame, &give)) != SK_FRAME_OK)
			return status;
		if (give) {
			reader->given = reader->size;
			return SK_FRAME_OK;
		}
		drop(reader);
	}
}

enum sk_frame_status
sk_frame_finish(const struct sk_frame_reader *reader)
{
	return reader->inside || reader->size > reader->given ? SK_FRAME_CUT : SK_FRAME_OK;
}

uint64_t
sk_frame_number(const struct sk_frame_reader *reader)
{
	return reader->frames;
}
