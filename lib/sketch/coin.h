/*
 * coin.h -- the coins that KLL and REQ toss: a small generator whose tosses depend on its seed alone.
 *
 * splitmix64 (Steele, Lea and Flood 2014). Cannot fail.
 */
#ifndef STREAMKIT_SKETCH_COIN_H
#define STREAMKIT_SKETCH_COIN_H

#include <stdint.h>

struct sk_coin {
	uint64_t state; /* any value is a seed */
};

/* 64 random bits. */
static inline uint64_t
sk_coin_bits(struct sk_coin *coin)
{
	uint64_t word = coin->state += 0x9e3779b97f4a7c15u;

	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
	word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
	return word ^ (word >> 31);
}

/* Heads or tails: 1 or 0. */
static inline unsigned
sk_coin_toss(struct sk_coin *coin)
{
	return (unsigned)(sk_coin_bits(coin) >> 63);
}

#endif
