/* unpack_xz.c -- xz, by liblzma. */
#include "unpack_parts.h"

#ifdef SK_HAVE_LZMA

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

struct xz {
	struct sk_unpack unpack;
	lzma_stream stream;
	bool started;
};

/* The library keeps its memory from the stream before. */
static void
restart(struct sk_unpack *unpack)
{
	struct xz *xz = (struct xz *)(void *)unpack;

	xz->started = lzma_stream_decoder(&xz->stream, SK_UNPACK_MEMORY_MAX, 0) == LZMA_OK;
}

static struct sk_unpack *
new_xz(void)
{
	struct xz *xz = calloc(1, sizeof(*xz));

	if (xz == NULL)
		return NULL;
	xz->stream = (lzma_stream)LZMA_STREAM_INIT;
	restart(&xz->unpack);
	if (xz->started)
		return &xz->unpack;
	free(xz);
	errno = ENOMEM;
	return NULL;
}

static void
free_xz(struct sk_unpack *unpack)
{
	struct xz *xz = (struct xz *)(void *)unpack;

	lzma_end(&xz->stream);
	free(xz);
}

static enum sk_unpack_status
status_of(lzma_ret result)
{
	switch (result) {
	case LZMA_OK:
	case LZMA_STREAM_END:
	case LZMA_BUF_ERROR: /* there was nothing to be done */
		return SK_UNPACK_OK;
	case LZMA_MEMLIMIT_ERROR:
		return SK_UNPACK_TOO_LARGE;
	case LZMA_MEM_ERROR:
		return SK_UNPACK_NO_MEMORY;
	default:
		return SK_UNPACK_CORRUPT;
	}
}

static bool
begins(unsigned char first)
{
	return first == 0xfd;
}

static enum sk_unpack_status
step(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended)
{
	lzma_stream *stream = &((struct xz *)(void *)unpack)->stream;
	lzma_ret result;

	if (!((struct xz *)(void *)unpack)->started)
		return SK_UNPACK_NO_MEMORY;
	stream->next_in = in->data;
	stream->avail_in = in->size;
	stream->next_out = out->data;
	stream->avail_out = out->size;
	result = lzma_code(stream, LZMA_RUN);
	*in = (struct sk_span){ stream->next_in, stream->avail_in };
	*out = (struct sk_unpack_room){ stream->next_out, stream->avail_out };
	*ended = result == LZMA_STREAM_END;
	return status_of(result);
}

const struct sk_unpack_codec sk_unpack_xz = {
	.padding = 4,
	.new = new_xz,
	.free = free_xz,
	.step = step,
	.begins = begins,
	.restart = restart,
};

#endif
