/* unpack_xz.c -- xz, by liblzma. */
#include "unpack_parts.h"

#ifdef SK_HAVE_LZMA

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

struct xz {
	struct sk_unpack unpack;
	lzma_stream stream;
};

static struct sk_unpack *
new_xz(void)
{
	struct xz *xz = calloc(1, sizeof(*xz));

	if (xz == NULL)
		return NULL;
	xz->stream = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&xz->stream, SK_UNPACK_MEMORY_MAX, LZMA_CONCATENATED) == LZMA_OK)
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

static enum sk_unpack_status
step(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended)
{
	lzma_stream *stream = &((struct xz *)(void *)unpack)->stream;
	lzma_ret result;

	stream->next_in = in->data;
	stream->avail_in = in->size;
	stream->next_out = out->data;
	stream->avail_out = out->size;
	result = lzma_code(stream, LZMA_RUN);
	*in = (struct sk_span){ stream->next_in, stream->avail_in };
	*out = (struct sk_unpack_room){ stream->next_out, stream->avail_out };
	*ended = false;
	return status_of(result);
}

/* The library has to be told that no further stream comes. */
static enum sk_unpack_status
end(struct sk_unpack *unpack)
{
	lzma_stream *stream = &((struct xz *)(void *)unpack)->stream;
	unsigned char nothing[1];
	lzma_ret result;

	stream->next_in = NULL;
	stream->avail_in = 0;
	stream->next_out = nothing;
	stream->avail_out = sizeof(nothing);
	result = lzma_code(stream, LZMA_FINISH);
	if (result == LZMA_STREAM_END)
		return SK_UNPACK_OK;
	return status_of(result) == SK_UNPACK_OK ? SK_UNPACK_TRUNCATED : status_of(result);
}

const struct sk_unpack_codec sk_unpack_xz = {
	.new = new_xz,
	.free = free_xz,
	.step = step,
	.end = end,
};

#endif
