/* scan_sse2.c -- 64-byte masks with SSE2, which every x86-64 processor has. */
#include <stdint.h>

#include "scan_builds.h"

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t
mask_of(const unsigned char *bytes, unsigned char byte)
{
	__m128i wanted = _mm_set1_epi8((char)byte);
	uint64_t mask = 0;

	for (int i = 3; i >= 0; i--) {
		__m128i part = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));

		mask = mask << 16 | (uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted));
	}
	return mask;
}

static inline uint64_t
mask_of_blanks(const unsigned char *bytes)
{
	return mask_of(bytes, ' ') | mask_of(bytes, '\t') | mask_of(bytes, '\n');
}

#include "scan_loops.h"

#include "csv_loops.h"

const struct sk_scan sk_scan_sse2 = SCAN_LOOPS("sse2");
const struct sk_csv_loops sk_csv_sse2 = CSV_LOOPS("sse2");
#endif
