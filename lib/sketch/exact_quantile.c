/* exact_quantile.c -- values in order of arrival, and their keys (keysort.h) in order of size. */
#include "exact_quantile.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "keysort.h"

#define FIRST_ROOM ((size_t)4) /* values: where there is a store for each of many keys, most have few */
#define VALUE_COST (3 * sizeof(double)) /* the value, its key, and the room to sort it in */
#define BLOCKS 3 /* the store, its values, and their keys */
#define BLOCK_COST ((size_t)16) /* what malloc() takes for itself, and to round up */

struct sk_exact_quantile {
	size_t limit; /* values */
	size_t count;
	size_t allocated; /* values; at most the limit */
	double *values;
	uint64_t *keys;   /* sorted; NULL until there was something to sort */
	size_t keys_room; /* keys allocated */
	size_t sorted;    /* how many values the keys are of: the count when they are up to date */
	uint64_t min;     /* keys; undefined while empty */
	uint64_t max;
};

struct sk_exact_quantile *
sk_exact_quantile_new(size_t memory)
{
	struct sk_exact_quantile *store;

	if (memory < SK_EXACT_QUANTILE_MEMORY_MIN) {
		errno = EINVAL;
		return NULL;
	}
	if ((store = calloc(1, sizeof(*store))) != NULL)
		store->limit = (memory - sizeof(*store)) / VALUE_COST;
	return store;
}

void
sk_exact_quantile_free(struct sk_exact_quantile *store)
{
	if (store == NULL)
		return;
	free(store->values);
	free(store->keys);
	free(store);
}

void
sk_exact_quantile_reset(struct sk_exact_quantile *store)
{
	store->count = store->sorted = 0;
}

/* Make room for ${n} more values, at least doubling what there is: the copies of growing add up to
 * one. */
static int
reserve(struct sk_exact_quantile *store, size_t n)
{
	const size_t need = store->count + n;
	size_t room = store->allocated < FIRST_ROOM ? FIRST_ROOM : store->allocated;
	double *values;

	if (n > store->limit - store->count) {
		errno = ENOSPC;
		return -1;
	}
	if (need <= store->allocated)
		return 0;
	while (room < need)
		room = room < store->limit / 2 ? room * 2 : store->limit;
	room = room < store->limit ? room : store->limit;
	if ((values = realloc(store->values, room * sizeof(*values))) == NULL)
		return -1;
	store->values = values;
	store->allocated = room;
	return 0;
}

int
sk_exact_quantile_add_batch(struct sk_exact_quantile *store, const double *values, size_t n)
{
	uint64_t min = store->count > 0 ? store->min : UINT64_MAX;
	uint64_t max = store->count > 0 ? store->max : 0;
	bool wrong = false;

	for (size_t i = 0; i < n; i++) {
		const uint64_t key = sk_key_of_double(values[i]);

		wrong |= values[i] != values[i];
		min = key < min ? key : min;
		max = key > max ? key : max;
	}
	if (wrong) {
		errno = EINVAL;
		return -1;
	}
	if (n == 0)
		return 0;
	if (reserve(store, n) == -1)
		return -1;
	memcpy(store->values + store->count, values, n * sizeof(*values));
	store->count += n;
	store->min = min;
	store->max = max;
	return 0;
}

int
sk_exact_quantile_merge(struct sk_exact_quantile *store, const struct sk_exact_quantile *source)
{
	if (store == source) {
		errno = EINVAL;
		return -1;
	}
	return sk_exact_quantile_add_batch(store, source->values, source->count);
}

size_t
sk_exact_quantile_count(const struct sk_exact_quantile *store)
{
	return store->count;
}

size_t
sk_exact_quantile_room(const struct sk_exact_quantile *store)
{
	return store->limit - store->count;
}

const double *
sk_exact_quantile_values(const struct sk_exact_quantile *store)
{
	return store->count > 0 ? store->values : NULL;
}

double
sk_exact_quantile_min(const struct sk_exact_quantile *store)
{
	return store->count > 0 ? sk_key_to_double(store->min) : (double)NAN;
}

double
sk_exact_quantile_max(const struct sk_exact_quantile *store)
{
	return store->count > 0 ? sk_key_to_double(store->max) : (double)NAN;
}

size_t
sk_exact_quantile_memory(const struct sk_exact_quantile *store)
{
	return sizeof(*store) + store->allocated * sizeof(*store->values) +
	    store->keys_room * sizeof(*store->keys);
}

/* The same for all ways in which values may have come in batches: room doubles. */
size_t
sk_exact_quantile_memory_for(size_t count, size_t most)
{
	size_t room = FIRST_ROOM;

	while (room < count)
		room *= 2;
	if (room > FIRST_ROOM && room > most)
		room = count > most ? count : most;
	return sizeof(struct sk_exact_quantile) + room * VALUE_COST + BLOCKS * BLOCK_COST;
}

int
sk_exact_quantile_sort(struct sk_exact_quantile *store)
{
	const size_t n = store->count;
	uint64_t *keys = store->keys, *scratch, *sorted;

	if (store->sorted == n)
		return 0;
	if (n > store->keys_room) {
		/* What was sorted before is of no use: it goes first, to keep the peak low. */
		free(store->keys);
		store->keys = NULL;
		store->keys_room = store->sorted = 0;
		if ((keys = malloc(n * sizeof(*keys))) == NULL)
			return -1;
		store->keys = keys;
		store->keys_room = n;
	}
	if ((scratch = malloc(n * sizeof(*scratch))) == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		keys[i] = sk_key_of_double(store->values[i]);
	sorted = sk_keysort(keys, scratch, n);
	if (sorted == scratch) {
		store->keys = scratch;
		store->keys_room = n;
		free(keys);
	} else {
		free(scratch);
	}
	store->sorted = n;
	return 0;
}

const uint64_t *
sk_exact_quantile_keys(const struct sk_exact_quantile *store)
{
	assert(store->sorted == store->count);
	return store->keys;
}

/* The first value whose rank as a quotient suffices; the product may be off by one. */
size_t
sk_exact_quantile_place(size_t count, double q, bool inclusive)
{
	const double n = (double)count;
	size_t at = (size_t)(q * n);

	at = at > 1 ? at - 2 : 0;
	while (at + 1 < count &&
	    (inclusive ? (double)(at + 1) / n < q : (double)(at + 1) / n <= q))
		at++;
	return at;
}

double
sk_exact_quantile_quantile(const struct sk_exact_quantile *store, double q, bool inclusive)
{
	assert(store->sorted == store->count);
	if (store->count == 0 || !(q >= 0 && q <= 1))
		return (double)NAN;
	return sk_key_to_double(store->keys[sk_exact_quantile_place(store->count, q, inclusive)]);
}

size_t
sk_exact_quantile_upto(const uint64_t *keys, size_t count, uint64_t last)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (keys[middle] <= last)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t
sk_exact_quantile_last(double value, bool inclusive)
{
	/* Zeros are equal whatever their sign, and no number has key 0. */
	return inclusive ? sk_key_of_double(value == 0 ? 0.0 : value)
			 : sk_key_of_double(value == 0 ? -0.0 : value) - 1;
}

double
sk_exact_quantile_rank(const struct sk_exact_quantile *store, double value, bool inclusive)
{
	assert(store->sorted == store->count);
	if (store->count == 0 || value != value)
		return (double)NAN;
	return (double)sk_exact_quantile_upto(
		   store->keys, store->count, sk_exact_quantile_last(value, inclusive)) /
	    (double)store->count;
}
