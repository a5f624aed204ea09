/* murmur3_batch.c -- hashing item after item with no call between them, so that the processor overlaps them. */
#include "murmur3_batch.h"

#include "murmur3_mix.h"

#define FEW 8 /* items that are not worth the trouble */

void
sk_murmur3_u64_batch(const uint64_t *values, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
#if defined(SK_HAVE_AVX2)
	if (__builtin_cpu_supports("avx2")) {
		sk_murmur3_u64_avx2(values, n, seed, h1, h2);
		return;
	}
#endif
	for (size_t i = 0; i < n; i++)
		murmur3_u64(values[i], seed, h1 + i, h2 + i);
}

void
sk_murmur3_bytes_batch(
    const struct sk_span *items, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
#if defined(SK_HAVE_AVX2)
	if (n >= FEW && __builtin_cpu_supports("avx2")) {
		sk_murmur3_bytes_avx2(items, n, seed, h1, h2);
		return;
	}
#endif
	for (size_t i = 0; i < n; i++)
		murmur3_bytes(items[i], seed, h1 + i, h2 + i);
}
