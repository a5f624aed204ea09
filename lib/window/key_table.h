/*
 * key_table.h -- from 64-bit keys to small numbers: open addressing, deletion without tombstones.
 *
 * Keys are the caller's numbers, not bytes that somebody else chooses. Results of type int are -1 with ENOMEM.
 */
#ifndef STREAMKIT_WINDOW_KEY_TABLE_H
#define STREAMKIT_WINDOW_KEY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define SK_KEY_NONE UINT32_MAX /* no number */

#if defined(__GNUC__)
#define SK_KEY_PREFETCH(address) __builtin_prefetch(address)
#else
#define SK_KEY_PREFETCH(address) ((void)(address))
#endif

struct sk_key_slot {
	uint64_t key;
	uint32_t number; /* SK_KEY_NONE: empty */
};

/* All zero is an empty table. */
struct sk_key_table {
	struct sk_key_slot *slots;
	size_t mask; /* a power of two - 1 slots, at most half of them used */
	size_t used;
};

void sk_key_table_release(struct sk_key_table *table);

/* Make room for one more key. */
int sk_key_table_reserve(struct sk_key_table *table);

/* Where ${key}'s number is, to be read and changed until the next call; NULL if the key is not there. */
uint32_t *sk_key_table_find(struct sk_key_table *table, uint64_t key);

/* ${key} will be asked for soon: let the memory be on its way. Worth while where many others are too. */
void sk_key_table_expect(const struct sk_key_table *table, uint64_t key);

/* Insert a key that is not there, for which there is room; remove one that is. */
void sk_key_table_insert(struct sk_key_table *table, uint64_t key, uint32_t number);
void sk_key_table_remove(struct sk_key_table *table, uint64_t key);

#endif
