/*
 * quantile_runs.c -- exact quantiles of several sorted stores.
 *
 * A rank is the sum of the ranks in all stores. A quantile is selected: in each store the keys that it can be are a
 * range, and the middle of the largest range cuts all of them. At least half of that one goes each time.
 */
#include "quantile_runs.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "keysort.h"

#define ROOM_FIRST ((size_t)8)

struct run {
	const struct sk_exact_quantile *store;
	const uint64_t *keys;
	size_t count;
	size_t low;   /* of a selection: the range that is left */
	size_t high;
	size_t first; /* of the pivot and its equals */
	size_t last;
};

struct sk_quantile_runs {
	struct run *run;
	size_t head; /* the oldest */
	size_t end;
	size_t room;
	size_t count; /* values */
};

/* Life cycle */

struct sk_quantile_runs *
sk_quantile_runs_new(void)
{
	struct sk_quantile_runs *runs = calloc(1, sizeof(*runs));

	if (runs != NULL && (runs->run = malloc(ROOM_FIRST * sizeof(*runs->run))) == NULL) {
		free(runs);
		return NULL;
	}
	if (runs != NULL)
		runs->room = ROOM_FIRST;
	return runs;
}

void
sk_quantile_runs_free(struct sk_quantile_runs *runs)
{
	if (runs == NULL)
		return;
	free(runs->run);
	free(runs);
}

/* Coming and going */

static int
reserve(struct sk_quantile_runs *runs)
{
	const size_t size = runs->end - runs->head;
	struct run *run;

	if (runs->end < runs->room)
		return 0;
	if (runs->head > 0 && runs->head >= runs->room / 2) {
		memmove(runs->run, runs->run + runs->head, size * sizeof(*run));
	} else {
		const size_t room = 2 * runs->room;

		if ((run = realloc(runs->run, room * sizeof(*run))) == NULL)
			return -1;
		runs->run = run;
		runs->room = room;
		if (runs->head > 0)
			memmove(run, run + runs->head, size * sizeof(*run));
	}
	runs->head = 0;
	runs->end = size;
	return 0;
}

int
sk_quantile_runs_enter(struct sk_quantile_runs *runs, struct sk_exact_quantile *store)
{
	static const uint64_t none[1];
	const size_t count = sk_exact_quantile_count(store);

	if (reserve(runs) == -1 || sk_exact_quantile_sort(store) == -1)
		return -1;
	runs->run[runs->end++] = (struct run){ .store = store,
		.keys = count > 0 ? sk_exact_quantile_keys(store) : none,
		.count = count };
	runs->count += count;
	return 0;
}

void
sk_quantile_runs_leave(struct sk_quantile_runs *runs, const struct sk_exact_quantile *store)
{
	size_t at = runs->head;

	while (at < runs->end && runs->run[at].store != store)
		at++;
	assert(at < runs->end);
	runs->count -= runs->run[at].count;
	memmove(runs->run + runs->head + 1, runs->run + runs->head,
	    (at - runs->head) * sizeof(*runs->run));
	runs->head++;
}

/* Query */

const struct sk_exact_quantile *
sk_quantile_runs_at(const struct sk_quantile_runs *runs, size_t i)
{
	return runs->run[runs->head + i].store;
}

size_t
sk_quantile_runs_size(const struct sk_quantile_runs *runs)
{
	return runs->end - runs->head;
}

size_t
sk_quantile_runs_count(const struct sk_quantile_runs *runs)
{
	return runs->count;
}

double
sk_quantile_runs_min(const struct sk_quantile_runs *runs)
{
	uint64_t least = UINT64_MAX;

	for (const struct run *run = runs->run + runs->head; run < runs->run + runs->end; run++)
		if (run->count > 0 && run->keys[0] < least)
			least = run->keys[0];
	return runs->count > 0 ? sk_key_to_double(least) : (double)NAN;
}

double
sk_quantile_runs_max(const struct sk_quantile_runs *runs)
{
	uint64_t most = 0;

	for (const struct run *run = runs->run + runs->head; run < runs->run + runs->end; run++)
		if (run->count > 0 && run->keys[run->count - 1] > most)
			most = run->keys[run->count - 1];
	return runs->count > 0 ? sk_key_to_double(most) : (double)NAN;
}

void
sk_quantile_runs_moments(const struct sk_quantile_runs *runs, struct sk_moments *moments)
{
	for (size_t i = runs->head; i < runs->end; i++)
		sk_moments_add(moments, sk_exact_quantile_values(runs->run[i].store),
		    runs->run[i].count);
}

/* The middle key of the largest range that is left, which is not empty. */
static uint64_t
choose_pivot(const struct sk_quantile_runs *runs)
{
	const struct run *largest = &runs->run[runs->head];

	for (const struct run *run = largest + 1; run < runs->run + runs->end; run++)
		if (run->high - run->low > largest->high - largest->low)
			largest = run;
	return largest->keys[largest->low + (largest->high - largest->low) / 2];
}

/* The key at place ${at}, from 0, of all in order. */
static uint64_t
select_key(const struct sk_quantile_runs *runs, size_t at)
{
	struct run *const first = runs->run + runs->head, *const end = runs->run + runs->end;

	for (struct run *run = first; run < end; run++) {
		run->low = 0;
		run->high = run->count;
	}
	for (;;) {
		const uint64_t pivot = choose_pivot(runs);
		size_t below = 0, equal = 0;

		for (struct run *run = first; run < end; run++) {
			const uint64_t *keys = run->keys + run->low;
			const size_t left = run->high - run->low;

			run->first = run->low +
			    (pivot > 0 ? sk_exact_quantile_upto(keys, left, pivot - 1) : 0);
			run->last = run->first +
			    sk_exact_quantile_upto(
				run->keys + run->first, run->high - run->first, pivot);
			below += run->first - run->low;
			equal += run->last - run->first;
		}
		if (at >= below && at - below < equal)
			return pivot;
		for (struct run *run = first; run < end; run++) {
			if (at < below)
				run->high = run->first;
			else
				run->low = run->last;
		}
		at -= at < below ? 0 : below + equal;
	}
}

double
sk_quantile_runs_quantile(const struct sk_quantile_runs *runs, double q, bool inclusive)
{
	if (runs->count == 0 || !(q >= 0 && q <= 1))
		return (double)NAN;
	return sk_key_to_double(
	    select_key(runs, sk_exact_quantile_place(runs->count, q, inclusive)));
}

double
sk_quantile_runs_rank(const struct sk_quantile_runs *runs, double value, bool inclusive)
{
	const uint64_t last = value == value ? sk_exact_quantile_last(value, inclusive) : 0;
	size_t rank = 0;

	if (runs->count == 0 || value != value)
		return (double)NAN;
	for (const struct run *run = runs->run + runs->head; run < runs->run + runs->end; run++)
		rank += sk_exact_quantile_upto(run->keys, run->count, last);
	return (double)rank / (double)runs->count;
}

size_t
sk_quantile_runs_memory(const struct sk_quantile_runs *runs)
{
	return sizeof(*runs) + runs->room * sizeof(*runs->run);
}
