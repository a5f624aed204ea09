/* unpack_zstd.c -- zstd, by its library. */
#include "unpack_parts.h"

#ifdef SK_HAVE_ZSTD

#include <errno.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG_MAX 27 /* SK_UNPACK_MEMORY_MAX */

struct zstd {
	struct sk_unpack unpack;
	ZSTD_DCtx *context;
};

static struct sk_unpack *
new_zstd(void)
{
	struct zstd *zstd = calloc(1, sizeof(*zstd));

	if (zstd != NULL && (zstd->context = ZSTD_createDCtx()) != NULL &&
	    !ZSTD_isError(ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		return &zstd->unpack;
	if (zstd != NULL)
		ZSTD_freeDCtx(zstd->context);
	free(zstd);
	errno = ENOMEM;
	return NULL;
}

static void
free_zstd(struct sk_unpack *unpack)
{
	struct zstd *zstd = (struct zstd *)(void *)unpack;

	ZSTD_freeDCtx(zstd->context);
	free(zstd);
}

/* A frame, or one to be skipped: RFC 8878, 3.1. */
static bool
begins(unsigned char first)
{
	return first == 0x28 || (first & 0xf0) == 0x50;
}

static enum sk_unpack_status
step(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended)
{
	ZSTD_inBuffer source = { in->data, in->size, 0 };
	ZSTD_outBuffer target = { out->data, out->size, 0 };
	size_t result = 1;

	/* One call gives no more than a block. */
	do
		result = ZSTD_decompressStream(((struct zstd *)(void *)unpack)->context, &target, &source);
	while (!ZSTD_isError(result) && result != 0 && source.pos < source.size && target.pos < target.size);
	*in = (struct sk_span){ in->data + source.pos, in->size - source.pos };
	*out = (struct sk_unpack_room){ out->data + target.pos, out->size - target.pos };
	*ended = result == 0;
	if (!ZSTD_isError(result))
		return SK_UNPACK_OK;
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return SK_UNPACK_TOO_LARGE;
	case ZSTD_error_memory_allocation:
		return SK_UNPACK_NO_MEMORY;
	default:
		return SK_UNPACK_CORRUPT;
	}
}

const struct sk_unpack_codec sk_unpack_zstd = {
	.new = new_zstd,
	.free = free_zstd,
	.step = step,
	.begins = begins,
};

#endif
