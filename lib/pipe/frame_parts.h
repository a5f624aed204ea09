/* frame_parts.h -- what writing and reading frames share: sizes, flags and the checksum. */
#ifndef SK_PIPE_FRAME_PARTS_H
#define SK_PIPE_FRAME_PARTS_H

#include <stdint.h>

#include "crc32c.h"

#define SK_FRAME_END_SIZE ((size_t)24)
#define SK_FRAME_FLAG_ZSTD 1
#define SK_FRAME_FLAG_SKIPPABLE 2
#define SK_FRAME_CHECKED_SIZE ((size_t)12) /* of the header, the part under the checksum */

static inline uint32_t
sk_frame_checksum(const unsigned char *header, struct sk_span payload)
{
	return sk_crc32c(sk_crc32c(0, (struct sk_span){ header, SK_FRAME_CHECKED_SIZE }), payload);
}

#endif
