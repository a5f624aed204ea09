/*
 * key_table.c -- linear probing; a removed slot is filled from behind (Knuth, volume 3, 6.4, algorithm R).
 */
#include "key_table.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SLOTS ((size_t)16)

/* The finish of splitmix64 (Steele, Lea and Flood, OOPSLA 2014): keys may be consecutive. */
static size_t
home_of(const struct sk_key_table *table, uint64_t key)
{
	key = (key ^ key >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	key = (key ^ key >> 27) * UINT64_C(0x94D049BB133111EB);
	return (size_t)(key ^ key >> 31) & table->mask;
}

void
sk_key_table_release(struct sk_key_table *table)
{
	free(table->slots);
}

int
sk_key_table_reserve(struct sk_key_table *table)
{
	const size_t count = table->slots == NULL ? 0 : table->mask + 1;
	const size_t more = count == 0 ? FIRST_SLOTS : 2 * count;
	struct sk_key_table grown = { .mask = more - 1 };

	if (table->used + 1 <= count / 2)
		return 0;
	if (more > SIZE_MAX / sizeof(*grown.slots) ||
	    (grown.slots = malloc(more * sizeof(*grown.slots))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t i = 0; i < more; i++)
		grown.slots[i] = (struct sk_key_slot){ 0, SK_KEY_NONE };
	for (size_t i = 0; i < count; i++)
		if (table->slots[i].number != SK_KEY_NONE)
			sk_key_table_insert(&grown, table->slots[i].key, table->slots[i].number);
	free(table->slots);
	*table = grown;
	return 0;
}

void
sk_key_table_expect(const struct sk_key_table *table, uint64_t key)
{
	if (table->slots != NULL)
		SK_KEY_PREFETCH(&table->slots[home_of(table, key)]);
}

uint32_t *
sk_key_table_find(struct sk_key_table *table, uint64_t key)
{
	if (table->slots == NULL)
		return NULL;
	for (size_t at = home_of(table, key); table->slots[at].number != SK_KEY_NONE;
	     at = (at + 1) & table->mask)
		if (table->slots[at].key == key)
			return &table->slots[at].number;
	return NULL;
}

void
sk_key_table_insert(struct sk_key_table *table, uint64_t key, uint32_t number)
{
	size_t at = home_of(table, key);

	while (table->slots[at].number != SK_KEY_NONE)
		at = (at + 1) & table->mask;
	table->slots[at] = (struct sk_key_slot){ key, number };
	table->used++;
}

void
sk_key_table_remove(struct sk_key_table *table, uint64_t key)
{
	struct sk_key_slot *slots = table->slots;
	const size_t mask = table->mask;
	size_t hole = home_of(table, key);

	while (slots[hole].number == SK_KEY_NONE || slots[hole].key != key)
		hole = (hole + 1) & mask;
	for (size_t at = (hole + 1) & mask; slots[at].number != SK_KEY_NONE; at = (at + 1) & mask)
		/* Not farther from home than from the hole: it would no longer be found there. */
		if (((at - home_of(table, slots[at].key)) & mask) >= ((at - hole) & mask)) {
			slots[hole] = slots[at];
			hole = at;
		}
	slots[hole].number = SK_KEY_NONE;
	table->used--;
}
