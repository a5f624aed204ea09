/* compress.c -- payloads of frames as zstd frames, and back. */
#include "compress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef SK_HAVE_ZSTD

#include <zstd.h>
#include <zstd_errors.h>

#include "../sketch/image.h"

#define LEVEL_MAX 19 /* the levels above take windows of more than 8 MiB: RFC 8878, 3.1.1.1.2 */
#define MAGIC_SIZE ((size_t)4)
#define FIRST_ROOM ((size_t)1 << 16)
#define FIRST_RATIO ((size_t)8) /* more than most sketches are compressed by */
#define GROWTH ((size_t)4) /* all attempts that were too short cost a third of the last */

struct sk_compress_packer {
	ZSTD_CCtx *context;
	unsigned char *data;
	size_t room;
};

struct sk_compress_unpacker {
	ZSTD_DCtx *context;
	unsigned char *block; /* pad, room, pad */
	size_t room;
};

bool
sk_compress_available(void)
{
	return true;
}

struct sk_compress_packer *
sk_compress_packer_new(void)
{
	struct sk_compress_packer *packer = calloc(1, sizeof(*packer));

	if (packer != NULL && (packer->context = ZSTD_createCCtx()) != NULL)
		return packer;
	free(packer);
	errno = ENOMEM;
	return NULL;
}

void
sk_compress_packer_free(struct sk_compress_packer *packer)
{
	if (packer == NULL)
		return;
	ZSTD_freeCCtx(packer->context);
	free(packer->data);
	free(packer);
}

struct sk_compress_unpacker *
sk_compress_unpacker_new(void)
{
	struct sk_compress_unpacker *unpacker = calloc(1, sizeof(*unpacker));

	if (unpacker != NULL && (unpacker->context = ZSTD_createDCtx()) != NULL)
		return unpacker;
	free(unpacker);
	errno = ENOMEM;
	return NULL;
}

void
sk_compress_unpacker_free(struct sk_compress_unpacker *unpacker)
{
	if (unpacker == NULL)
		return;
	ZSTD_freeDCtx(unpacker->context);
	free(unpacker->block);
	free(unpacker);
}

/* Room for ${want} bytes between two pads, whatever was there before. */
static bool
make_room(unsigned char **block, size_t *room, size_t want, size_t pad)
{
	size_t size = pad + want + pad;

	if (want <= *room && *block != NULL)
		return true;
	free(*block);
	*room = 0;
	if ((*block = malloc(size > 0 ? size : 1)) == NULL)
		return false;
	memset(*block, 0, pad);
	*room = want;
	return true;
}

struct sk_span
sk_compress_pack(struct sk_compress_packer *packer, int level, struct sk_span payload, size_t most)
{
	const struct sk_span nothing = { NULL, 0 };
	size_t size, room = ZSTD_compressBound(payload.size); /* with less it gives up early */

	if (!make_room(&packer->data, &packer->room, room, 0))
		return nothing;
	size = ZSTD_CCtx_setParameter(packer->context, ZSTD_c_compressionLevel,
	    level < LEVEL_MAX ? level : LEVEL_MAX);
	if (!ZSTD_isError(size))
		size = ZSTD_compress2(
		    packer->context, packer->data, room, payload.data, payload.size);
	if (ZSTD_isError(size) || size > most)
		return nothing;
	return (struct sk_span){ packer->data, size };
}

/* Neither a skippable frame, nor one of the formats before RFC 8878, nor several. */
static bool
is_one_frame(struct sk_span stored, size_t size)
{
	return stored.size >= MAGIC_SIZE && sk_load32(stored.data) == ZSTD_MAGICNUMBER &&
	    ZSTD_getFrameContentSize(stored.data, stored.size) == size &&
	    ZSTD_findFrameCompressedSize(stored.data, stored.size) == stored.size;
}

/* How much room to begin with: a multiple of what has come. */
static size_t
first_room(const struct sk_compress_unpacker *unpacker, size_t stored, size_t size)
{
	size_t room = stored > FIRST_ROOM / FIRST_RATIO ? stored : FIRST_ROOM / FIRST_RATIO;

	room = room < size / FIRST_RATIO ? room * FIRST_RATIO : size;
	if (room < unpacker->room)
		room = unpacker->room < size ? unpacker->room : size;
	return room;
}

/*
 * In one go where there is room for all. Where there is not, that much has come out when zstd says so, but for one
 * block, and the next attempt may have a multiple of it. (To go on from there would take a window besides.)
 */
enum sk_frame_status
sk_compress_unpack(struct sk_compress_unpacker *unpacker, struct sk_span stored, size_t size,
    unsigned char **payload)
{
	size_t room, got;

	if (!is_one_frame(stored, size))
		return SK_FRAME_CORRUPT;
	room = first_room(unpacker, stored.size, size);
	for (;;) {
		if (!make_room(&unpacker->block, &unpacker->room, room, SK_FRAME_PAD))
			return SK_FRAME_NO_MEMORY;
		got = ZSTD_decompressDCtx(unpacker->context, unpacker->block + SK_FRAME_PAD, room,
		    stored.data, stored.size);
		if (room == size || !ZSTD_isError(got) ||
		    ZSTD_getErrorCode(got) != ZSTD_error_dstSize_tooSmall)
			break;
		room = room < size / GROWTH ? room * GROWTH : size;
	}
	if (got != size)
		return SK_FRAME_CORRUPT;
	*payload = unpacker->block + SK_FRAME_PAD;
	memset(*payload + size, 0, SK_FRAME_PAD);
	return SK_FRAME_OK;
}

#else

bool
sk_compress_available(void)
{
	return false;
}

struct sk_compress_packer *
sk_compress_packer_new(void)
{
	errno = ENOTSUP;
	return NULL;
}

void
sk_compress_packer_free(struct sk_compress_packer *packer)
{
	(void)packer;
}

struct sk_compress_unpacker *
sk_compress_unpacker_new(void)
{
	errno = ENOTSUP;
	return NULL;
}

void
sk_compress_unpacker_free(struct sk_compress_unpacker *unpacker)
{
	(void)unpacker;
}

struct sk_span
sk_compress_pack(struct sk_compress_packer *packer, int level, struct sk_span payload, size_t most)
{
	(void)packer, (void)level, (void)payload, (void)most;
	return (struct sk_span){ NULL, 0 };
}

enum sk_frame_status
sk_compress_unpack(struct sk_compress_unpacker *unpacker, struct sk_span stored, size_t size,
    unsigned char **payload)
{
	(void)unpacker, (void)stored, (void)size, (void)payload;
	return SK_FRAME_NO_ZSTD;
}

#endif
