/*
 * unpack_gzip.c -- gzip: by ISA-L where it is there, which takes about a third of zlib's time, or by zlib, which is everywhere.
 */
#include "unpack_parts.h"

#if defined(SK_HAVE_ISAL) || defined(SK_HAVE_ZLIB)

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define PIECE_MAX ((size_t)1 << 30) /* lengths are 32 bits wide there */
#define MAGIC_FRONT 0x1f

static size_t
piece(size_t size)
{
	return size < PIECE_MAX ? size : PIECE_MAX;
}

static bool
begins(unsigned char first)
{
	return first == MAGIC_FRONT;
}

#if defined(SK_HAVE_ISAL)

#include <isa-l/igzip_lib.h>

struct gzip {
	struct sk_unpack unpack;
	struct inflate_state state;
};

static void
restart(struct sk_unpack *unpack)
{
	struct gzip *gzip = (struct gzip *)(void *)unpack;

	isal_inflate_init(&gzip->state);
	gzip->state.crc_flag = ISAL_GZIP;
}

static struct sk_unpack *
new_gzip(void)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip == NULL)
		return NULL;
	restart(&gzip->unpack);
	return &gzip->unpack;
}

static void
free_gzip(struct sk_unpack *unpack)
{
	free(unpack);
}

static enum sk_unpack_status
step(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended)
{
	struct inflate_state *state = &((struct gzip *)(void *)unpack)->state;
	size_t in_size = piece(in->size), out_size = piece(out->size);
	int result;

	state->next_in = (uint8_t *)(uintptr_t)in->data; /* it is not written to */
	state->avail_in = (uint32_t)in_size;
	state->next_out = out->data;
	state->avail_out = (uint32_t)out_size;
	result = isal_inflate(state);
	/* Where data are corrupt it may give back bits that it held from the call before. */
	in_size -= state->avail_in < in_size ? state->avail_in : in_size;
	*in = (struct sk_span){ in->data + in_size, in->size - in_size };
	out_size -= state->avail_out;
	*out = (struct sk_unpack_room){ out->data + out_size, out->size - out_size };
	*ended = result >= 0 && state->block_state == ISAL_BLOCK_FINISH;
	return result < 0 ? SK_UNPACK_CORRUPT : SK_UNPACK_OK;
}

#else

#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* any window, and gzip's header and trailer around it */

struct gzip {
	struct sk_unpack unpack;
	z_stream stream;
};

static void
restart(struct sk_unpack *unpack)
{
	inflateReset(&((struct gzip *)(void *)unpack)->stream);
}

static struct sk_unpack *
new_gzip(void)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip != NULL && inflateInit2(&gzip->stream, GZIP_WINDOW) == Z_OK)
		return &gzip->unpack;
	free(gzip);
	errno = ENOMEM;
	return NULL;
}

static void
free_gzip(struct sk_unpack *unpack)
{
	struct gzip *gzip = (struct gzip *)(void *)unpack;

	inflateEnd(&gzip->stream);
	free(gzip);
}

static enum sk_unpack_status
step(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended)
{
	z_stream *stream = &((struct gzip *)(void *)unpack)->stream;
	size_t in_size = piece(in->size), out_size = piece(out->size);
	int result;

	stream->next_in = (Bytef *)(uintptr_t)in->data; /* it is not written to */
	stream->avail_in = (uInt)in_size;
	stream->next_out = out->data;
	stream->avail_out = (uInt)out_size;
	result = inflate(stream, Z_SYNC_FLUSH);
	in_size -= stream->avail_in;
	*in = (struct sk_span){ in->data + in_size, in->size - in_size };
	out_size -= stream->avail_out;
	*out = (struct sk_unpack_room){ out->data + out_size, out->size - out_size };
	*ended = result == Z_STREAM_END;
	if (result == Z_MEM_ERROR)
		return SK_UNPACK_NO_MEMORY;
	/* Z_BUF_ERROR: there was nothing to be done. */
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ? SK_UNPACK_OK : SK_UNPACK_CORRUPT;
}

#endif

const struct sk_unpack_codec sk_unpack_gzip = {
	.zeros = true,
	.new = new_gzip,
	.free = free_gzip,
	.step = step,
	.begins = begins,
	.restart = restart,
};

#endif
