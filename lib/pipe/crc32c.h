/*
 * crc32c.h -- the checksum of frames: CRC-32C (Castagnoli), as in iSCSI (RFC 3720) and ext4.
 *
 * Cost: 0.15 ns a byte with SSE 4.2, about 0.6 without. Cannot fail; no state.
 */
#ifndef STREAMKIT_PIPE_CRC32C_H
#define STREAMKIT_PIPE_CRC32C_H

#include <stdint.h>

#include "../span.h"

/* The checksum of what ${crc} is the checksum of, 0 for nothing, followed by ${bytes}. */
uint32_t sk_crc32c(uint32_t crc, struct sk_span bytes);

#endif
