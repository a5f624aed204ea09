/* murmur3.c -- MurmurHash3_x64_128, from its published definition. */
#include "murmur3.h"

#include <string.h>

#include "image.h"

#define C1 0x87c37b91114253d5u
#define C2 0x4cf5ad432745937fu
#define BLOCK ((size_t)16)

static inline uint64_t
rotate(uint64_t word, unsigned left)
{
	return word << left | word >> (64 - left);
}

static inline uint64_t
mix_first(uint64_t word)
{
	return rotate(word * C1, 31) * C2;
}

static inline uint64_t
mix_second(uint64_t word)
{
	return rotate(word * C2, 33) * C1;
}

static inline uint64_t
avalanche(uint64_t word)
{
	word = (word ^ word >> 33) * 0xff51afd7ed558ccdu;
	word = (word ^ word >> 33) * 0xc4ceb9fe1a85ec53u;
	return word ^ word >> 33;
}

static inline struct sk_murmur3
finish(uint64_t h1, uint64_t h2, size_t size)
{
	h1 ^= size;
	h2 ^= size;
	h1 += h2;
	h2 += h1;
	h1 = avalanche(h1);
	h2 = avalanche(h2);
	h1 += h2;
	h2 += h1;
	return (struct sk_murmur3){ h1, h2 };
}

struct sk_murmur3
sk_murmur3_bytes(struct sk_span bytes, uint64_t seed)
{
	uint64_t h1 = seed, h2 = seed;
	const unsigned char *at = bytes.data;
	size_t left = bytes.size;

	for (; left >= BLOCK; left -= BLOCK, at += BLOCK) {
		h1 ^= mix_first(sk_load64(at));
		h1 = (rotate(h1, 27) + h2) * 5 + 0x52dce729;
		h2 ^= mix_second(sk_load64(at + 8));
		h2 = (rotate(h2, 31) + h1) * 5 + 0x38495ab5;
	}
	if (left > 8)
		h2 ^= mix_second(sk_load_bytes(at + 8, (unsigned)left - 8));
	if (left > 0)
		h1 ^= mix_first(sk_load_bytes(at, left < 8 ? (unsigned)left : 8));
	return finish(h1, h2, bytes.size);
}

struct sk_murmur3
sk_murmur3_u64(uint64_t value, uint64_t seed)
{
	return finish(seed ^ mix_first(value), seed, sizeof(value));
}

uint64_t
sk_murmur3_canonical_double(double value)
{
	uint64_t bits;

	if (value != value)
		return 0x7ff8000000000000u;
	value = value == 0 ? 0 : value;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

uint16_t
sk_murmur3_seed_hash(uint64_t seed)
{
	return (uint16_t)sk_murmur3_u64(seed, 0).h1;
}
