/* crc32c_sse42.c -- CRC-32C by the processor's own instruction: eight bytes in three cycles. */
#include "crc32c_builds.h"

#if defined(SK_HAVE_AVX2)

#include <nmmintrin.h>
#include <string.h>

uint32_t
sk_crc32c_sse42(uint32_t crc, struct sk_span bytes)
{
	const unsigned char *at = bytes.data;
	uint64_t sum = ~crc, word;
	size_t left = bytes.size;

	for (; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum = _mm_crc32_u64(sum, word);
	}
	for (; left > 0; left--, at++)
		sum = _mm_crc32_u8((uint32_t)sum, *at);
	return ~(uint32_t)sum;
}

#endif
