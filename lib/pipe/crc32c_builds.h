/* crc32c_builds.h -- the same checksum, built in two ways: tests compare them. As crc32c.h has it. */
#ifndef STREAMKIT_PIPE_CRC32C_BUILDS_H
#define STREAMKIT_PIPE_CRC32C_BUILDS_H

#include <stdint.h>

#include "../span.h"

uint32_t sk_crc32c_plain(uint32_t crc, struct sk_span bytes);

#if defined(SK_HAVE_AVX2)
/* Needs a processor with SSE 4.2 and PCLMULQDQ. */
uint32_t sk_crc32c_sse42(uint32_t crc, struct sk_span bytes);
#endif

#endif
