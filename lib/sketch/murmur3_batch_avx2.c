/*
 * murmur3_batch_avx2.c -- hashing with AVX2. Built with the options that allow it; run only where the
 * processor does.
 *
 * AVX2 cannot multiply words of 64 bits, and what it takes to make one of three of 32 keeps its units busy while those
 * for plain integers are idle: so of each six values, four go one way and two the other.
 */
#include "murmur3_mix.h"

#if defined(__AVX2__)
#include <immintrin.h>

#define LANES 4
#define PLAIN 2

static inline __m256i
all(uint64_t word)
{
	return _mm256_set1_epi64x((long long)word);
}

/* The low halves' product, plus the two cross products in its upper half. */
static inline __m256i
multiply(__m256i words, uint64_t by)
{
	const __m256i cross = _mm256_mullo_epi32(words, all(by << 32 | by >> 32));
	const __m256i sum = _mm256_add_epi32(cross, _mm256_slli_epi64(cross, 32));

	return _mm256_add_epi64(
	    _mm256_mul_epu32(words, all(by)), _mm256_and_si256(sum, all(0xffffffff00000000u)));
}

static inline __m256i
fold(__m256i words)
{
	return _mm256_xor_si256(words, _mm256_srli_epi64(words, 33));
}

static inline __m256i
avalanche(__m256i words)
{
	return fold(multiply(fold(multiply(fold(words), MURMUR3_C3)), MURMUR3_C4));
}

static inline __m256i
load(const uint64_t *from)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

static inline void
finish_lanes(__m256i a, __m256i b, uint64_t *h1, uint64_t *h2)
{
	a = _mm256_add_epi64(a, b);
	b = avalanche(_mm256_add_epi64(a, b));
	a = _mm256_add_epi64(avalanche(a), b);
	_mm256_storeu_si256((__m256i *)(void *)h1, a);
	_mm256_storeu_si256((__m256i *)(void *)h2, _mm256_add_epi64(a, b));
}

static inline void
hash_lanes(const uint64_t *values, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
	const __m256i start = all(seed ^ sizeof(*values));
	__m256i a = multiply(load(values), MURMUR3_C1);

	a = _mm256_or_si256(_mm256_slli_epi64(a, 31), _mm256_srli_epi64(a, 33));
	finish_lanes(_mm256_xor_si256(multiply(a, MURMUR3_C2), start), start, h1, h2);
}

void
sk_murmur3_u64_avx2(const uint64_t *values, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
	size_t i = 0;

	for (; i + LANES + PLAIN <= n; i += LANES + PLAIN) {
		hash_lanes(values + i, seed, h1 + i, h2 + i);
		for (size_t at = i + LANES; at < i + LANES + PLAIN; at++)
			murmur3_u64(values[at], seed, h1 + at, h2 + at);
	}
	for (; i < n; i++)
		murmur3_u64(values[i], seed, h1 + i, h2 + i);
}

void
sk_murmur3_finish_avx2(uint64_t *h1, uint64_t *h2, size_t n)
{
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		finish_lanes(load(h1 + i), load(h2 + i), h1 + i, h2 + i);
	for (; i < n; i++)
		murmur3_finish(h1[i], h2[i], h1 + i, h2 + i);
}
#endif
