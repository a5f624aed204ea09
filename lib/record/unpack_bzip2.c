/* unpack_bzip2.c -- bzip2, by libbz2. */
#include "unpack_parts.h"

#ifdef SK_HAVE_BZLIB

#include <bzlib.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define PIECE_MAX ((size_t)1 << 30) /* lengths are 32 bits wide there */

struct bzip2 {
	struct sk_unpack unpack;
	bz_stream stream;
	bool started;
};

static void
restart(struct sk_unpack *unpack)
{
	struct bzip2 *bzip2 = (struct bzip2 *)(void *)unpack;

	if (bzip2->started)
		BZ2_bzDecompressEnd(&bzip2->stream);
	bzip2->started = BZ2_bzDecompressInit(&bzip2->stream, 0, 0) == BZ_OK;
}

static void
free_bzip2(struct sk_unpack *unpack)
{
	struct bzip2 *bzip2 = (struct bzip2 *)(void *)unpack;

	if (bzip2->started)
		BZ2_bzDecompressEnd(&bzip2->stream);
	free(bzip2);
}

static struct sk_unpack *
new_bzip2(void)
{
	struct bzip2 *bzip2 = calloc(1, sizeof(*bzip2));

	if (bzip2 == NULL)
		return NULL;
	restart(&bzip2->unpack);
	if (bzip2->started)
		return &bzip2->unpack;
	free(bzip2);
	errno = ENOMEM;
	return NULL;
}

static bool
begins(unsigned char first)
{
	return first == 'B';
}

static enum sk_unpack_status
step(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended)
{
	struct bzip2 *bzip2 = (struct bzip2 *)(void *)unpack;
	bz_stream *stream = &bzip2->stream;
	size_t in_size = in->size < PIECE_MAX ? in->size : PIECE_MAX;
	size_t out_size = out->size < PIECE_MAX ? out->size : PIECE_MAX;
	int result;

	if (!bzip2->started)
		return SK_UNPACK_NO_MEMORY;
	stream->next_in = (char *)(uintptr_t)in->data; /* it is not written to */
	stream->avail_in = (unsigned)in_size;
	stream->next_out = (char *)out->data;
	stream->avail_out = (unsigned)out_size;
	result = BZ2_bzDecompress(stream);
	in_size -= stream->avail_in;
	*in = (struct sk_span){ in->data + in_size, in->size - in_size };
	out_size -= stream->avail_out;
	*out = (struct sk_unpack_room){ out->data + out_size, out->size - out_size };
	*ended = result == BZ_STREAM_END;
	if (result == BZ_MEM_ERROR)
		return SK_UNPACK_NO_MEMORY;
	return result == BZ_OK || result == BZ_STREAM_END ? SK_UNPACK_OK : SK_UNPACK_CORRUPT;
}

const struct sk_unpack_codec sk_unpack_bzip2 = {
	.new = new_bzip2,
	.free = free_bzip2,
	.step = step,
	.begins = begins,
	.restart = restart,
};

#endif
