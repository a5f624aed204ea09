/* murmur3_mix.h -- the steps of MurmurHash3_x64_128, from its published definition. Private to the murmur3_batch*.c. */
#ifndef STREAMKIT_SKETCH_MURMUR3_MIX_H
#define STREAMKIT_SKETCH_MURMUR3_MIX_H

#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "load_parts.h"

#define MURMUR3_BLOCK ((size_t)16)
#define MURMUR3_C1 0x87c37b91114253d5u
#define MURMUR3_C2 0x4cf5ad432745937fu
#define MURMUR3_C3 0xff51afd7ed558ccdu
#define MURMUR3_C4 0xc4ceb9fe1a85ec53u
#define MURMUR3_ADD1 0x52dce729u
#define MURMUR3_ADD2 0x38495ab5u

static inline uint64_t
murmur3_rotate(uint64_t word, unsigned left)
{
	return word << left | word >> (64 - left);
}

static inline uint64_t
murmur3_first(uint64_t word)
{
	return murmur3_rotate(word * MURMUR3_C1, 31) * MURMUR3_C2;
}

static inline uint64_t
murmur3_second(uint64_t word)
{
	return murmur3_rotate(word * MURMUR3_C2, 33) * MURMUR3_C1;
}

static inline uint64_t
murmur3_avalanche(uint64_t word)
{
	word = (word ^ word >> 33) * MURMUR3_C3;
	word = (word ^ word >> 33) * MURMUR3_C4;
	return word ^ word >> 33;
}

/* From what the blocks have left, with the size mixed in, to the hash. */
static inline void
murmur3_finish(uint64_t a, uint64_t b, uint64_t *h1, uint64_t *h2)
{
	a += b;
	b += a;
	a = murmur3_avalanche(a);
	b = murmur3_avalanche(b);
	*h1 = a + b;
	*h2 = a + b + b;
}

static inline void
murmur3_u64(uint64_t value, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
	const uint64_t start = seed ^ sizeof(value);

	murmur3_finish(start ^ murmur3_first(value), start, h1, h2);
}

/* The tail of ${item}: what follows its last whole block. */
static inline void
murmur3_load_tail(struct sk_span item, uint64_t *one, uint64_t *two)
{
	const size_t left = item.size % MURMUR3_BLOCK;

	if (item.size < MURMUR3_BLOCK) {
		load_short(item, one, two);
		return;
	}
	item.data += item.size;
	*two = left > 8 ? load_word(item.data - 8) >> (128 - 8 * left) : 0;
	*one = left > 8 ? load_word(item.data - left)
	    : left > 0  ? load_word(item.data - 8) >> (64 - 8 * left)
			: 0;
}

/* The whole blocks of ${size} bytes from ${at} on. */
static inline void
murmur3_mix_blocks(const unsigned char *at, size_t size, uint64_t *h1, uint64_t *h2)
{
	uint64_t a = *h1, b = *h2;

	for (; size >= MURMUR3_BLOCK; size -= MURMUR3_BLOCK, at += MURMUR3_BLOCK) {
		a ^= murmur3_first(load_word(at));
		a = (murmur3_rotate(a, 27) + b) * 5 + MURMUR3_ADD1;
		b ^= murmur3_second(load_word(at + 8));
		b = (murmur3_rotate(b, 31) + a) * 5 + MURMUR3_ADD2;
	}
	*h1 = a;
	*h2 = b;
}

static inline void
murmur3_bytes(struct sk_span item, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
	uint64_t a = seed, b = seed, one, two;

	murmur3_mix_blocks(item.data, item.size, &a, &b);
	murmur3_load_tail(item, &one, &two);
	b ^= murmur3_second(two) ^ item.size;
	a ^= murmur3_first(one) ^ item.size;
	murmur3_finish(a, b, h1, h2);
}

/* murmur3_batch_avx2.c's twins of loops in murmur3_batch.c */

void sk_murmur3_u64_avx2(
    const uint64_t *values, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2);
void sk_murmur3_bytes_avx2(
    const struct sk_span *items, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2);

#endif
