/* tablehash.c -- the secret of the hash inside tables. */
#include "tablehash.h"

#include "coin.h"

void
sk_tablehash_init(struct sk_tablehash *hash, uint64_t seed)
{
	struct sk_coin coin = { seed };

	for (size_t i = 0; i < sizeof(hash->secret) / sizeof(hash->secret[0]); i++)
		hash->secret[i] = sk_coin_bits(&coin);
}
