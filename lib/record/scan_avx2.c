/* scan_avx2.c -- 64-byte masks with AVX2. Built with the options that allow it; run only where the processor does. */
#include <stdint.h>

#include "scan_builds.h"

#if defined(__AVX2__)
#include <immintrin.h>

static inline uint64_t
join(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t
mask_of(const unsigned char *bytes, unsigned char byte)
{
	__m256i wanted = _mm256_set1_epi8((char)byte);
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
	__m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));

	return join(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

/*
 * A shuffle looks each byte up by its low four bits in a table that holds, under a blank's, that blank, and under
 * all others a byte which does not have those low bits: exactly blanks come out as they went in.
 */
static inline uint64_t
mask_of_blanks(const unsigned char *bytes)
{
	__m256i table = _mm256_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, 0, 0, 0,
	    ' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, 0, 0, 0);
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
	__m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));

	return join(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, low), low),
	    _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, high), high));
}

#include "scan_loops.h"

#include "csv_loops.h"

const struct sk_scan sk_scan_avx2 = SCAN_LOOPS("avx2");
const struct sk_csv_loops sk_csv_avx2 = CSV_LOOPS("avx2");
#endif
