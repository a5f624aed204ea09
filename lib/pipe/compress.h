/*
 * compress.h -- payloads of frames as zstd frames (RFC 8878), and back.
 *
 * A packer and an unpacker keep their memory from one payload to the next, and ask for more only when one is larger.
 * What an unpacker asks for follows the bytes that come out, and not the length that is announced.
 *
 * A build without libzstd has all of this, and can do none of it.
 */
#ifndef STREAMKIT_PIPE_COMPRESS_H
#define STREAMKIT_PIPE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"
#include "frame.h"

/* Whether this build has libzstd. */
bool sk_compress_available(void);

struct sk_compress_packer;
struct sk_compress_unpacker;

/* New ones: ENOMEM, ENOTSUP in a build without libzstd. To be freed; NULL is fine. */
struct sk_compress_packer *sk_compress_packer_new(void);
void sk_compress_packer_free(struct sk_compress_packer *packer);
struct sk_compress_unpacker *sk_compress_unpacker_new(void);
void sk_compress_unpacker_free(struct sk_compress_unpacker *unpacker);

/*
 * ${payload} as one zstd frame of at most ${most} bytes, borrowed until the next call; nothing, at NULL, when that
 * cannot be, be it for want of memory. ${level} is from 1, quick, to 19, small; what is above counts as 19.
 */
struct sk_span sk_compress_pack(
    struct sk_compress_packer *packer, int level, struct sk_span payload, size_t most);

/*
 * What ${stored} holds: exactly one zstd frame that announces ${size} bytes, and has as many. *${payload} is the
 * unpacker's until the next call, to be changed at will, with SK_FRAME_PAD bytes before and behind it, and not NULL.
 * OK, CORRUPT, NO_MEMORY or NO_ZSTD.
 */
enum sk_frame_status sk_compress_unpack(struct sk_compress_unpacker *unpacker,
    struct sk_span stored, size_t size, unsigned char **payload);

#endif
