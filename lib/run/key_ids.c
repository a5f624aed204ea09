/* key_ids.c -- numbers for keys. */
#include "key_ids.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/murmur3.h"
#include "../window/key_table.h"
#include "diag.h"

#define KEY_EXTRA ((size_t)32) /* bytes that an allocation takes beside what it is for, or thereabouts */

struct key {
	uint64_t number;
	unsigned char *bytes;
	size_t size;
	uint64_t holds;
	uint32_t next; /* in a list: free places, or keys to be looked at by the next sweep */
	bool loose;    /* in the second one */
};

struct sk_key_ids {
	struct sk_key_table table; /* from numbers to places */
	struct key *keys;
	size_t used; /* places so far */
	size_t room;
	size_t bytes;
	uint32_t free;
	uint32_t loose;
};

static void
check(bool done)
{
	if (!done)
		sk_die("out of memory");
}

struct sk_key_ids *
sk_key_ids_new(void)
{
	struct sk_key_ids *ids = calloc(1, sizeof(*ids));

	check(ids != NULL);
	ids->free = ids->loose = SK_KEY_NONE;
	return ids;
}

void
sk_key_ids_free(struct sk_key_ids *ids)
{
	if (ids == NULL)
		return;
	for (size_t i = 0; i < ids->used; i++)
		free(ids->keys[i].bytes);
	free(ids->keys);
	sk_key_table_release(&ids->table);
	free(ids);
}

static uint32_t
take_place(struct sk_key_ids *ids)
{
	uint32_t place = ids->free;

	if (place != SK_KEY_NONE) {
		ids->free = ids->keys[place].next;
		return place;
	}
	if (ids->used == ids->room) {
		ids->room = ids->room * 2 + 64;
		ids->keys = realloc(ids->keys, ids->room * sizeof(*ids->keys));
		check(ids->keys != NULL && ids->room < SK_KEY_NONE);
	}
	return (uint32_t)ids->used++;
}

static void
loosen(struct sk_key_ids *ids, uint32_t place)
{
	if (ids->keys[place].loose)
		return;
	ids->keys[place].loose = true;
	ids->keys[place].next = ids->loose;
	ids->loose = place;
}

static void
insert(struct sk_key_ids *ids, uint64_t number, struct sk_span key)
{
	uint32_t place = take_place(ids);
	unsigned char *bytes = malloc(key.size + 1);

	check(bytes != NULL && sk_key_table_reserve(&ids->table) == 0);
	if (key.size > 0)
		memcpy(bytes, key.data, key.size);
	ids->keys[place] = (struct key){ .number = number, .bytes = bytes, .size = key.size };
	ids->bytes += key.size + KEY_EXTRA;
	sk_key_table_insert(&ids->table, number, place);
	loosen(ids, place);
}

/* The number of a ${key} with this hash. */
static uint64_t
number_of(struct sk_key_ids *ids, struct sk_span key, uint64_t hash)
{
	uint64_t number = hash;
	const uint32_t *place;

	/* Of keys with one hash, the later have the numbers behind it. */
	for (; (place = sk_key_table_find(&ids->table, number)) != NULL; number++) {
		const struct key *there = &ids->keys[*place];

		if (there->size == key.size &&
		    (key.size == 0 || memcmp(there->bytes, key.data, key.size) == 0))
			return number;
	}
	insert(ids, number, key);
	return number;
}

/* Step by step for all: the slots, what these lead to, the bytes. */
void
sk_key_ids_numbers(
    struct sk_key_ids *ids, const struct sk_span *keys, size_t n, uint64_t *numbers)
{
	for (size_t i = 0; i < n; i++) {
		numbers[i] = sk_murmur3_bytes(keys[i], SK_MURMUR3_SEED).h1;
		sk_key_table_expect(&ids->table, numbers[i]);
	}
	for (size_t i = 0; i < n; i++) {
		const uint32_t *place = sk_key_table_find(&ids->table, numbers[i]);

		if (place != NULL)
			SK_KEY_PREFETCH(&ids->keys[*place]);
	}
	for (size_t i = 0; i < n; i++) {
		const uint32_t *place = sk_key_table_find(&ids->table, numbers[i]);

		if (place != NULL)
			SK_KEY_PREFETCH(ids->keys[*place].bytes);
	}
	for (size_t i = 0; i < n; i++)
		numbers[i] = number_of(ids, keys[i], numbers[i]);
}

struct sk_span
sk_key_ids_key(struct sk_key_ids *ids, uint64_t number)
{
	const struct key *key = &ids->keys[*sk_key_table_find(&ids->table, number)];

	return (struct sk_span){ key->bytes, key->size };
}

void
sk_key_ids_hold(struct sk_key_ids *ids, uint64_t number)
{
	ids->keys[*sk_key_table_find(&ids->table, number)].holds++;
}

void
sk_key_ids_release(struct sk_key_ids *ids, uint64_t number)
{
	uint32_t place = *sk_key_table_find(&ids->table, number);

	if (--ids->keys[place].holds == 0)
		loosen(ids, place);
}

void
sk_key_ids_sweep(struct sk_key_ids *ids)
{
	while (ids->loose != SK_KEY_NONE) {
		uint32_t place = ids->loose;
		struct key *key = &ids->keys[place];

		ids->loose = key->next;
		key->loose = false;
		if (key->holds > 0)
			continue;
		sk_key_table_remove(&ids->table, key->number);
		ids->bytes -= key->size + KEY_EXTRA;
		free(key->bytes);
		key->bytes = NULL;
		key->next = ids->free;
		ids->free = place;
	}
}

size_t
sk_key_ids_memory(const struct sk_key_ids *ids)
{
	return ids->bytes + ids->room * sizeof(*ids->keys) +
	    (ids->table.slots != NULL ? (ids->table.mask + 1) * sizeof(*ids->table.slots) : 0);
}
