/*
 * crc32c_sse42.c -- CRC-32C by the processor's own instruction: eight bytes in three cycles, of which three may be under
 * way at a time, so that three lanes side by side take the time of one.
 *
 * Lanes come together as Gopal, Ozturk, Guilford and others have it ("Fast CRC Computation for iSCSI Polynomial Using
 * CRC32 Instruction", Intel 2011): to go on over n bits of zeros is to multiply by x^n modulo the polynomial. The
 * product of remainders, 63 bits with the lowest coefficient on top, is reduced by the instruction, which multiplies
 * by x^32 in doing so; so the factor is x^(n - 33).
 */
#include "crc32c_builds.h"

#if defined(SK_HAVE_AVX2)

#include <nmmintrin.h>
#include <string.h>
#include <wmmintrin.h>

#define LANE ((size_t)1024)                /* bytes */
#define OVER_LANE UINT32_C(0x170076fa)  /* x^(8 * LANE - 33) modulo the polynomial, lowest coefficient on top */
#define OVER_LANES UINT32_C(0xa51b6135) /* x^(16 * LANE - 33) */

static uint64_t
step(uint64_t sum, const unsigned char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return _mm_crc32_u64(sum, word);
}

/* What becomes of ${sum} over the zeros that ${factor} stands for. */
static uint64_t
over(uint64_t sum, uint32_t factor)
{
	const __m128i product = _mm_clmulepi64_si128(
	    _mm_cvtsi64_si128((long long)sum), _mm_cvtsi64_si128((long long)factor), 0);

	return _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

uint32_t
sk_crc32c_sse42(uint32_t crc, struct sk_span bytes)
{
	const unsigned char *at = bytes.data;
	uint64_t sum = ~crc;
	size_t left = bytes.size;

	for (; left >= 3 * LANE; left -= 3 * LANE, at += 3 * LANE) {
		uint64_t second = 0, third = 0;

		for (size_t i = 0; i < LANE; i += sizeof(uint64_t)) {
			sum = step(sum, at + i);
			second = step(second, at + LANE + i);
			third = step(third, at + 2 * LANE + i);
		}
		sum = over(sum, OVER_LANES) ^ over(second, OVER_LANE) ^ third;
	}
	for (; left >= sizeof(uint64_t); left -= sizeof(uint64_t), at += sizeof(uint64_t))
		sum = step(sum, at);
	for (; left > 0; left--, at++)
		sum = _mm_crc32_u8((uint32_t)sum, *at);
	return ~(uint32_t)sum;
}

#endif
