/* tablehash.c -- the secret of the hash inside tables. */
#include "tablehash.h"

/* splitmix64 (Steele, Lea and Flood 2014): every seed, 0 included, gives words that look unrelated. */
static uint64_t
next_word(uint64_t *state)
{
	uint64_t word = *state += 0x9e3779b97f4a7c15u;

	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
	word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
	return word ^ (word >> 31);
}

void
sk_tablehash_init(struct sk_tablehash *hash, uint64_t seed)
{
	for (size_t i = 0; i < sizeof(hash->secret) / sizeof(hash->secret[0]); i++)
		hash->secret[i] = next_word(&seed);
}
