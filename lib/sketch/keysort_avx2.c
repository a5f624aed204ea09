/*
 * keysort_avx2.c -- sorting up to 64 keys with AVX2. Built with the options that allow it; run only where the
 * processor does.
 *
 * Eight vectors of four keys are sorted down their columns by the 19 comparators of keysort.c's network and turned
 * about, which makes four sorted runs. Bitonic merges (Batcher 1968) make one of them: half-cleaners between whole
 * vectors, and for the last two steps, within vectors, between two whose keys were exchanged. The second run of a merge
 * must be reversed; of what a half-cleaner leaves in its place the vectors may stand in either order, for all further
 * steps treat them alike.
 */
#include "keysort_parts.h"

#if defined(__AVX2__)
#include <immintrin.h>

#define LANES ((size_t)4)
#define HALF (KEYSORT_WIDE / 2) /* keys: eight vectors, which fit into registers */

/* There is no comparison but that of signed words. */
static inline __m256i
load(const uint64_t *from)
{
	return _mm256_xor_si256(
	    _mm256_loadu_si256((const __m256i *)(const void *)from), _mm256_set1_epi64x(INT64_MIN));
}

static inline void
store(uint64_t *to, __m256i keys)
{
	_mm256_storeu_si256(
	    (__m256i *)(void *)to, _mm256_xor_si256(keys, _mm256_set1_epi64x(INT64_MIN)));
}

/* Put the smaller key of each lane first. */
static inline void
order(__m256i *a, __m256i *b)
{
	const __m256i swap = _mm256_cmpgt_epi64(*a, *b);
	const __m256i smaller = _mm256_blendv_epi8(*a, *b, swap);

	*b = _mm256_blendv_epi8(*b, *a, swap);
	*a = smaller;
}

/* The same, the second vector reversed. */
static inline void
order_mirrored(__m256i *a, __m256i *b)
{
	*b = _mm256_permute4x64_epi64(*b, 0x1b);
	order(a, b);
}

/* Sort within each of two vectors what is bitonic there. */
static inline void
finish(__m256i *a, __m256i *b)
{
	__m256i low = _mm256_permute2x128_si256(*a, *b, 0x20); /* a0 a1 b0 b1 */
	__m256i high = _mm256_permute2x128_si256(*a, *b, 0x31);
	__m256i even, odd;

	order(&low, &high);
	even = _mm256_unpacklo_epi64(low, high); /* a0 a2 b0 b2 */
	odd = _mm256_unpackhi_epi64(low, high);
	order(&even, &odd);
	low = _mm256_unpacklo_epi64(even, odd);
	high = _mm256_unpackhi_epi64(even, odd);
	*a = _mm256_permute2x128_si256(low, high, 0x20);
	*b = _mm256_permute2x128_si256(low, high, 0x31);
}

/* Sort each column of eight vectors. */
static inline void
sort_columns(__m256i v[8])
{
	order(&v[0], &v[1]), order(&v[2], &v[3]), order(&v[4], &v[5]), order(&v[6], &v[7]);
	order(&v[0], &v[2]), order(&v[1], &v[3]), order(&v[4], &v[6]), order(&v[5], &v[7]);
	order(&v[1], &v[2]), order(&v[5], &v[6]);
	order(&v[0], &v[4]), order(&v[1], &v[5]), order(&v[2], &v[6]), order(&v[3], &v[7]);
	order(&v[2], &v[4]), order(&v[3], &v[5]);
	order(&v[1], &v[2]), order(&v[3], &v[4]), order(&v[5], &v[6]);
}

/* Make rows of the columns of four vectors. */
static inline void
turn(__m256i *a, __m256i *b, __m256i *c, __m256i *d)
{
	const __m256i ab_even = _mm256_unpacklo_epi64(*a, *b); /* a0 b0 a2 b2 */
	const __m256i ab_odd = _mm256_unpackhi_epi64(*a, *b);
	const __m256i cd_even = _mm256_unpacklo_epi64(*c, *d);
	const __m256i cd_odd = _mm256_unpackhi_epi64(*c, *d);

	*a = _mm256_permute2x128_si256(ab_even, cd_even, 0x20);
	*b = _mm256_permute2x128_si256(ab_odd, cd_odd, 0x20);
	*c = _mm256_permute2x128_si256(ab_even, cd_even, 0x31);
	*d = _mm256_permute2x128_si256(ab_odd, cd_odd, 0x31);
}

/* Sort what is bitonic in each half of eight vectors. */
static inline void
finish_halves(__m256i v[8])
{
	order(&v[0], &v[2]), order(&v[1], &v[3]), order(&v[4], &v[6]), order(&v[5], &v[7]);
	order(&v[0], &v[1]), order(&v[2], &v[3]), order(&v[4], &v[5]), order(&v[6], &v[7]);
	finish(&v[0], &v[1]), finish(&v[2], &v[3]), finish(&v[4], &v[5]), finish(&v[6], &v[7]);
}

static void
sort_half(uint64_t *keys)
{
	__m256i v[8] = { load(keys), load(keys + 4), load(keys + 8), load(keys + 12),
		load(keys + 16), load(keys + 20), load(keys + 24), load(keys + 28) };
	__m256i w[8];

	sort_columns(v);
	turn(&v[0], &v[1], &v[2], &v[3]);
	turn(&v[4], &v[5], &v[6], &v[7]);
	/* Runs of eight: vectors 0 and 4, 1 and 5, 2 and 6, 3 and 7. */
	w[0] = v[0], w[1] = v[4], w[2] = v[5], w[3] = v[1];
	w[4] = v[2], w[5] = v[6], w[6] = v[7], w[7] = v[3];
	order_mirrored(&w[0], &w[2]), order_mirrored(&w[1], &w[3]);
	order_mirrored(&w[4], &w[6]), order_mirrored(&w[5], &w[7]);
	order(&w[0], &w[1]), order(&w[2], &w[3]), order(&w[4], &w[5]), order(&w[6], &w[7]);
	finish(&w[0], &w[1]), finish(&w[2], &w[3]), finish(&w[4], &w[5]), finish(&w[6], &w[7]);
	/* Runs of sixteen. */
	order_mirrored(&w[0], &w[7]), order_mirrored(&w[1], &w[6]);
	order_mirrored(&w[2], &w[5]), order_mirrored(&w[3], &w[4]);
	finish_halves(w);
	store(keys, w[0]), store(keys + 4, w[1]), store(keys + 8, w[2]), store(keys + 12, w[3]);
	store(keys + 16, w[4]), store(keys + 20, w[5]), store(keys + 24, w[6]), store(keys + 28, w[7]);
}

/* Sort half a block that is bitonic. */
static void
finish_half(uint64_t *keys)
{
	__m256i v[8] = { load(keys), load(keys + 4), load(keys + 8), load(keys + 12),
		load(keys + 16), load(keys + 20), load(keys + 24), load(keys + 28) };

	order(&v[0], &v[4]), order(&v[1], &v[5]), order(&v[2], &v[6]), order(&v[3], &v[7]);
	finish_halves(v);
	store(keys, v[0]), store(keys + 4, v[1]), store(keys + 8, v[2]), store(keys + 12, v[3]);
	store(keys + 16, v[4]), store(keys + 20, v[5]), store(keys + 24, v[6]), store(keys + 28, v[7]);
}

static void
sort_whole(uint64_t *keys)
{
	sort_half(keys);
	sort_half(keys + HALF);
	for (size_t i = 0; i < HALF; i += LANES) {
		__m256i a = load(keys + i), b = load(keys + KEYSORT_WIDE - LANES - i);

		order_mirrored(&a, &b);
		store(keys + i, a);
		store(keys + KEYSORT_WIDE - LANES - i, b);
	}
	finish_half(keys);
	finish_half(keys + HALF);
}

void
sk_keysort_wide_avx2(uint64_t *keys, size_t n)
{
	const size_t size = n <= HALF ? HALF : KEYSORT_WIDE;
	uint64_t padded[KEYSORT_WIDE];
	uint64_t *block = n < size ? padded : keys;

	if (n < size) {
		/* Whole vectors, to be loaded as such. */
		for (size_t i = n / LANES * LANES; i < size; i += LANES)
			store(padded + i, _mm256_set1_epi64x(INT64_MAX));
		memcpy(padded, keys, n * sizeof(*keys));
	}
	if (size == HALF)
		sort_half(block);
	else
		sort_whole(block);
	if (n < size)
		memcpy(keys, padded, n * sizeof(*keys));
}
#endif
