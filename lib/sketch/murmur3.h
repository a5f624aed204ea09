/*
 * murmur3.h -- the hash under HLL and Theta images: MurmurHash3_x64_128 (Appleby 2011), as Apache DataSketches uses it.
 *
 * Part of the image format: the value is the same on every machine. The seed goes into both halves; 9001 unless the
 * data says otherwise. It is no defence against chosen keys.
 *
 * Cost: about 5 ns for 8 to 16 bytes. Cannot fail; no state.
 */
#ifndef STREAMKIT_SKETCH_MURMUR3_H
#define STREAMKIT_SKETCH_MURMUR3_H

#include <stdint.h>

#include "../span.h"

#define SK_MURMUR3_SEED ((uint64_t)9001)

struct sk_murmur3 {
	uint64_t h1;
	uint64_t h2;
};

/* The hash of ${bytes}. */
struct sk_murmur3 sk_murmur3_bytes(struct sk_span bytes, uint64_t seed);

/* The hash of ${value}'s eight bytes, lowest first. */
struct sk_murmur3 sk_murmur3_u64(uint64_t value, uint64_t seed);

/* The bits that stand for ${value} in a hash: -0.0 is 0.0, and all NaNs are one. */
uint64_t sk_murmur3_canonical_double(double value);

/* The 16 bits by which an image names its seed. */
uint16_t sk_murmur3_seed_hash(uint64_t seed);

#endif
