/* kll.c -- the KLL sketch: its life, adding to it and merging. What its levels do is
 * kll_levels.c's. */
#include "kll_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Life cycle */

static void
clear(struct sk_kll *sketch)
{
	const size_t room = sketch->allocated < sketch->k ? sketch->allocated : sketch->k;

	sketch->min_k = sketch->k;
	sketch->levels = 1;
	sketch->n = 0;
	sketch->coin.state = sketch->seed;
	sketch->owed = sketch->last = 0;
	sketch->start[0] = sketch->start[1] = (uint32_t)room;
}

struct sk_kll *
sk_kll_new(enum sk_kll_type type, unsigned k, uint64_t seed)
{
	struct sk_kll *sketch;

	if (k < SK_KLL_K_MIN || k > SK_KLL_K_MAX) {
		errno = EINVAL;
		return NULL;
	}
	if ((sketch = calloc(1, sizeof(*sketch))) == NULL)
		return NULL;
	sketch->type = type;
	sketch->k = k;
	sketch->seed = seed;
	sk_kll_set_capacities(sketch);
	clear(sketch);
	return sketch;
}

void
sk_kll_free(struct sk_kll *sketch)
{
	if (sketch == NULL)
		return;
	free(sketch->keys);
	free(sketch);
}

void
sk_kll_reset(struct sk_kll *sketch)
{
	clear(sketch);
}

/* Update */

static int
invalid(void)
{
	errno = EINVAL;
	return -1;
}

static void
widen(struct sk_kll *sketch, uint64_t min, uint64_t max)
{
	if (sketch->n == 0 || min < sketch->min)
		sketch->min = min;
	if (sketch->n == 0 || max > sketch->max)
		sketch->max = max;
}

/* Have ${n} more keys fit, level 0 compacted as often as it takes. Cannot fail afterwards until
 * they are added. */
static int
reserve_more(struct sk_kll *sketch, size_t n)
{
	if (n > (uint64_t)INT64_MAX - sketch->n) {
		errno = EOVERFLOW;
		return -1;
	}
	return n <= sketch->start[0] ? 0 : sk_kll_reserve(sketch, sketch->n + n, sketch->levels);
}

/* Make keys of at most ${n} values and put them before level 0, as many as are free. Returns how
 * many. */
static size_t
push_doubles(struct sk_kll *sketch, const double *values, size_t n)
{
	const size_t some = n < sketch->start[0] ? n : sketch->start[0];
	uint64_t *const top = sketch->keys + sketch->start[0] - 1;
	uint64_t min = UINT64_MAX, max = 0;

	if (sketch->type == SK_KLL_FLOAT)
		for (size_t i = 0; i < some; i++)
			*(top - i) = sk_key_of_double((double)(float)values[i]);
	else
		for (size_t i = 0; i < some; i++)
			*(top - i) = sk_key_of_double(values[i]);
	for (size_t i = 0; i < some; i++) {
		const uint64_t key = *(top - i);

		min = key < min ? key : min;
		max = key > max ? key : max;
	}
	widen(sketch, min, max);
	sketch->start[0] -= (uint32_t)some;
	sketch->n += some;
	return some;
}

static size_t
push_integers(struct sk_kll *sketch, const int64_t *values, size_t n)
{
	const size_t some = n < sketch->start[0] ? n : sketch->start[0];
	uint64_t *to = sketch->keys + sketch->start[0];

	for (size_t i = 0; i < some; i++) {
		const uint64_t key = sk_key_of_integer(values[i]);

		*--to = key;
		widen(sketch, key, key);
		sketch->n++;
	}
	sketch->start[0] -= (uint32_t)some;
	return some;
}

int
sk_kll_add_batch(struct sk_kll *sketch, const double *values, size_t n)
{
	bool wrong = sketch->type == SK_KLL_INTEGER;

	for (size_t i = 0; i + 1 < n; i += 2)
		wrong |= isunordered(values[i], values[i + 1]);
	if (n % 2 == 1)
		wrong |= values[n - 1] != values[n - 1];
	if (wrong)
		return invalid();
	if (reserve_more(sketch, n) == -1)
		return -1;
	while (n > 0) {
		size_t some;

		if (sketch->start[0] == 0)
			sk_kll_make_room(sketch);
		some = push_doubles(sketch, values, n);
		values += some;
		n -= some;
	}
	return 0;
}

int
sk_kll_add(struct sk_kll *sketch, double value)
{
	if (sketch->start[0] == 0 || sketch->n >= INT64_MAX || sketch->type == SK_KLL_INTEGER ||
	    value != value)
		return sk_kll_add_batch(sketch, &value, 1);
	push_doubles(sketch, &value, 1);
	return 0;
}

int
sk_kll_add_integers(struct sk_kll *sketch, const int64_t *values, size_t n)
{
	if (sketch->type != SK_KLL_INTEGER)
		return invalid();
	if (reserve_more(sketch, n) == -1)
		return -1;
	while (n > 0) {
		size_t some;

		if (sketch->start[0] == 0)
			sk_kll_make_room(sketch);
		some = push_integers(sketch, values, n);
		values += some;
		n -= some;
	}
	return 0;
}

/* Put ${key} where it belongs in ${level}, for which there is room. */
static void
insert(struct sk_kll *sketch, unsigned level, uint64_t key)
{
	uint64_t *first = sketch->keys + sketch->start[0],
		 *at = sketch->keys + sketch->start[level];
	uint64_t *end = sketch->keys + sketch->start[level + 1];

	while (level > 0 && at < end && *at < key)
		at++;
	memmove(first - 1, first, (size_t)(at - first) * sizeof(*first));
	at[-1] = key;
	for (unsigned below = 0; below <= level; below++)
		sketch->start[below]--;
}

int
sk_kll_add_weighted(struct sk_kll *sketch, double value, uint64_t weight)
{
	unsigned levels = sketch->levels;
	uint64_t key;

	if (sketch->type == SK_KLL_INTEGER || value != value)
		return invalid();
	if (weight > (uint64_t)INT64_MAX - sketch->n) {
		errno = EOVERFLOW;
		return -1;
	}
	if (weight == 0)
		return 0;
	while (levels < LEVELS_MAX && weight >> levels > 0)
		levels++;
	if (sk_kll_reserve(sketch, levels > 1 ? sketch->n + weight : sketch->n + 1, levels) == -1)
		return -1;
	key = sk_kll_key(sketch->type, value);
	widen(sketch, key, key);
	for (unsigned level = 0; level < levels; level++) {
		if ((weight >> level & 1) == 0)
			continue;
		while (sketch->levels <= level)
			sk_kll_add_level(sketch);
		if (sketch->start[0] == 0)
			sk_kll_make_room(sketch);
		insert(sketch, level, key);
		sketch->n += UINT64_C(1) << level;
	}
	return 0;
}

/* Combine */

/* Both sketches' keys of ${level} into ${to}, sorted unless it is level 0. Returns how many. */
static size_t
unite_level(const struct sk_kll *a, const struct sk_kll *b, unsigned level, uint64_t *to)
{
	const size_t n = level < b->levels ? sk_kll_population(b, level) : 0;
	const size_t m = level < a->levels ? sk_kll_population(a, level) : 0;

	if (m > 0)
		memcpy(to + n, a->keys + a->start[level], m * sizeof(*to));
	if (n > 0 && level == 0)
		memcpy(to, b->keys + b->start[0], n * sizeof(*to));
	else if (n > 0)
		sk_kll_merge_up(b->keys + b->start[level], n, m, to);
	return n + m;
}

/* Compact until the keys fit into the capacity again, and give back what memory that frees. */
static void
shrink(struct sk_kll *sketch, size_t allocated)
{
	uint64_t *smaller;
	size_t capacity;

	while (sk_kll_retained(sketch) > (capacity = sk_kll_capacity(sketch, sketch->levels)))
		sk_kll_make_room(sketch);
	sk_kll_set_room(sketch, capacity < allocated ? capacity : allocated);
	sketch->allocated = allocated;
	smaller = realloc(sketch->keys, (allocated + sketch->scratch) * sizeof(*smaller));
	if (smaller != NULL)
		sketch->keys = smaller;
}

int
sk_kll_merge(struct sk_kll *sketch, const struct sk_kll *source)
{
	const uint64_t n = sketch->n + source->n;
	const size_t held = sk_kll_retained(sketch) + sk_kll_retained(source);
	struct sk_kll merged = *sketch;
	unsigned most = sk_kll_levels_for(sketch->k, n);
	size_t fit, at = 0;

	if (sketch == source ||
	    (sketch->type != source->type &&
		(sketch->type != SK_KLL_DOUBLE || source->type != SK_KLL_FLOAT)))
		return invalid();
	if (n > INT64_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	if (source->n == 0)
		return 0;
	if (merged.levels < source->levels)
		merged.levels = source->levels;
	most = most > merged.levels ? most : merged.levels;
	fit = sk_kll_room_for(sketch, n, most);
	merged.scratch = sk_kll_scratch_for(sketch, most);
	merged.allocated =
	    held + fit; /* levels that compaction puts on top bring their room along */
	merged.keys = malloc((merged.allocated + merged.scratch) * sizeof(*merged.keys));
	if (merged.keys == NULL)
		return -1;
	for (unsigned level = 0; level < merged.levels; level++) {
		merged.start[level] = (uint32_t)at;
		at += unite_level(sketch, source, level, merged.keys + at);
	}
	merged.start[merged.levels] = (uint32_t)at;
	widen(&merged, source->min, source->max);
	if (sk_kll_is_estimation(source) && source->min_k < merged.min_k)
		merged.min_k = source->min_k;
	merged.n = n;
	shrink(&merged, fit);
	free(sketch->keys);
	*sketch = merged;
	return 0;
}

/* Memory */

size_t
sk_kll_retained(const struct sk_kll *sketch)
{
	return sketch->start[sketch->levels] - sketch->start[0];
}

size_t
sk_kll_memory(const struct sk_kll *sketch)
{
	return sizeof(*sketch) + (sketch->allocated + sketch->scratch) * sizeof(*sketch->keys);
}

size_t
sk_kll_memory_for(unsigned k, uint64_t n)
{
	struct sk_kll sketch = { .k = k };
	const unsigned levels = sk_kll_levels_for(k, n);

	sk_kll_set_capacities(&sketch);
	return sizeof(sketch) +
	    (sk_kll_room_for(&sketch, n, levels) + sk_kll_scratch_for(&sketch, levels)) *
	    sizeof(*sketch.keys);
}
