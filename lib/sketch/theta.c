/* theta.c -- Theta sketches: life cycle, update and the simple queries. */
#include "theta_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "murmur3.h"
#include "murmur3_batch.h"

#define BLOCK ((size_t)256) /* items hashed at a time */
#define TAKEN_AHEAD ((size_t)32)  /* hashes whose places are asked for before the first is taken */

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

static bool
lg_k_is_valid(unsigned lg_k)
{
	return lg_k >= SK_THETA_LG_K_MIN && lg_k <= SK_THETA_LG_K_MAX;
}

struct sk_theta *
sk_theta_new(unsigned lg_k, uint64_t seed)
{
	struct sk_theta *sketch;

	if (!lg_k_is_valid(lg_k)) {
		errno = EINVAL;
		return NULL;
	}
	if ((sketch = sk_theta_list_new(0, seed)) != NULL)
		sketch->lg_k = lg_k;
	return sketch;
}

struct sk_theta *
sk_theta_list_new(size_t words, uint64_t seed)
{
	struct sk_theta *sketch = malloc(sizeof(*sketch));

	if (sketch == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	*sketch = (struct sk_theta){ .theta = SK_THETA_ONE, .seed = seed, .empty = true };
	if (words == 0)
		return sketch;
	if (words > SIZE_MAX / sizeof(*sketch->hashes) ||
	    (sketch->hashes = malloc(words * sizeof(*sketch->hashes))) == NULL) {
		free(sketch);
		errno = ENOMEM;
		return NULL;
	}
	sketch->words = words;
	return sketch;
}

void
sk_theta_free(struct sk_theta *sketch)
{
	if (sketch == NULL)
		return;
	free(sketch->hashes);
	free(sketch);
}

void
sk_theta_reset(struct sk_theta *sketch)
{
	if (sketch->lg_k > 0 && sketch->words > 0)
		memset(sketch->hashes, 0, sketch->words * sizeof(*sketch->hashes));
	sketch->count = 0;
	sketch->theta = SK_THETA_ONE;
	sketch->empty = true;
}

/* Update */

/* What must be true before ${n} items are added. */
static int
prepare(struct sk_theta *sketch, size_t n)
{
	if (sketch->lg_k == 0) {
		errno = EINVAL;
		return -1;
	}
	if (n == 0)
		return 0;
	if (sk_theta_table_reserve(sketch, n) == -1)
		return -1;
	sketch->empty = false;
	return 0;
}

static inline void
take(struct sk_theta *sketch, uint64_t hash)
{
	if (hash < sketch->theta && hash != 0)
		sk_theta_table_insert(sketch, hash);
}

/*
 * The first of ${n} words, from ${i} on, whose hash is under ${theta}, or one of the last few, or ${n}. The hash is a
 * word without its lowest bit, which is compared as it is with twice theta.
 */
static size_t
next_below(const uint64_t *words, size_t i, size_t n, uint64_t theta)
{
	const uint64_t limit = 2 * theta;

	for (; i + 4 <= n; i += 4) {
		if (words[i] < limit)
			return i;
		if (words[i + 1] < limit)
			return i + 1;
		if (words[i + 2] < limit)
			return i + 2;
		if (words[i + 3] < limit)
			return i + 3;
	}
	return i;
}

/* Take the hashes in ${n} words. In a long stream nearly all are above theta. */
static void
take_block(struct sk_theta *sketch, const uint64_t *words, size_t n)
{
	for (size_t i = 0; (i = next_below(words, i, n, sketch->theta)) < n; i++)
		take(sketch, words[i] >> 1);
}

int
sk_theta_add(struct sk_theta *sketch, struct sk_span item)
{
	if (prepare(sketch, 1) == -1)
		return -1;
	take(sketch, sk_murmur3_bytes(item, sketch->seed).h1 >> 1);
	return 0;
}

int
sk_theta_add_u64(struct sk_theta *sketch, uint64_t value)
{
	if (prepare(sketch, 1) == -1)
		return -1;
	take(sketch, sk_murmur3_u64(value, sketch->seed).h1 >> 1);
	return 0;
}

int
sk_theta_add_batch(struct sk_theta *sketch, const struct sk_span *items, size_t n)
{
	uint64_t words[BLOCK], unused[BLOCK];

	if (prepare(sketch, n) == -1)
		return -1;
	for (size_t done = 0, size; done < n; done += size) {
		size = n - done < BLOCK ? n - done : BLOCK;
		sk_murmur3_bytes_batch(items + done, size, sketch->seed, words, unused);
		take_block(sketch, words, size);
	}
	return 0;
}

int
sk_theta_add_u64_batch(struct sk_theta *sketch, const uint64_t *values, size_t n)
{
	uint64_t words[BLOCK], unused[BLOCK];

	if (prepare(sketch, n) == -1)
		return -1;
	for (size_t done = 0, size; done < n; done += size) {
		size = n - done < BLOCK ? n - done : BLOCK;
		sk_murmur3_u64_batch(values + done, size, sketch->seed, words, unused);
		take_block(sketch, words, size);
	}
	return 0;
}

/* Take ${n} ${hashes}, or empty slots of a table, asking for their places ahead. */
static void
take_all(struct sk_theta *sketch, const uint64_t *hashes, size_t n)
{
	const size_t mask = sketch->words - 1;
	uint64_t block[TAKEN_AHEAD];

	for (size_t at = 0; at < n;) {
		size_t held = 0;

		for (; at < n && held < TAKEN_AHEAD; at++) {
			block[held] = hashes[at];
			PREFETCH(&sketch->hashes[hashes[at] & mask]);
			held += hashes[at] - 1 < sketch->theta - 1;
		}
		for (size_t i = 0; i < held; i++)
			take(sketch, block[i]);
	}
}

/* An empty sketch becomes what ${source}, of the same size, is. */
static int
copy_table(struct sk_theta *sketch, const struct sk_theta *source)
{
	uint64_t *hashes = sketch->hashes;

	if (sketch->words != source->words &&
	    (hashes = realloc(hashes, source->words * sizeof(*hashes))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	memcpy(hashes, source->hashes, source->words * sizeof(*hashes));
	*sketch = *source;
	sketch->hashes = hashes;
	return 0;
}

int
sk_theta_merge(struct sk_theta *sketch, const struct sk_theta *source)
{
	if (sketch->lg_k == 0 || sketch->seed != source->seed) {
		errno = EINVAL;
		return -1;
	}
	if (sketch == source || source->empty)
		return 0;
	if (sketch->empty && sketch->lg_k == source->lg_k && source->count > 0)
		return copy_table(sketch, source);
	if (prepare(sketch, source->count > 0 ? source->count : 1) == -1)
		return -1;
	if (source->theta < sketch->theta)
		sk_theta_table_lower(sketch, source->theta);
	take_all(sketch, source->hashes, source->lg_k == 0 ? source->count : source->words);
	return 0;
}

struct sk_theta *
sk_theta_compact(const struct sk_theta *sketch)
{
	struct sk_theta *compact = sk_theta_list_new(sketch->count, sketch->seed);

	if (compact == NULL)
		return NULL;
	compact->theta = sketch->theta;
	compact->empty = sketch->empty;
	for (size_t at = 0, end = sketch->lg_k == 0 ? sketch->count : sketch->words; at < end; at++)
		if (sketch->hashes[at] != 0)
			compact->hashes[compact->count++] = sketch->hashes[at];
	if (sketch->lg_k != 0)
		sk_theta_sort(compact->hashes, compact->count);
	return compact;
}

/* Query */

bool
sk_theta_empty(const struct sk_theta *sketch)
{
	return sketch->empty;
}

bool
sk_theta_exact(const struct sk_theta *sketch)
{
	return sketch->theta == SK_THETA_ONE;
}

bool
sk_theta_ordered(const struct sk_theta *sketch)
{
	return sketch->lg_k == 0;
}

unsigned
sk_theta_lg_k(const struct sk_theta *sketch)
{
	return sketch->lg_k;
}

size_t
sk_theta_retained(const struct sk_theta *sketch)
{
	return sketch->count;
}

double
sk_theta_fraction(const struct sk_theta *sketch)
{
	return (double)sketch->theta / (double)SK_THETA_ONE;
}

uint64_t
sk_theta_integer(const struct sk_theta *sketch)
{
	return sketch->theta;
}

double
sk_theta_estimate(const struct sk_theta *sketch)
{
	return (double)sketch->count / sk_theta_fraction(sketch);
}

double
sk_theta_rse(unsigned lg_k)
{
	return 1 / sqrt(ldexp(1, (int)lg_k) - 1);
}

size_t
sk_theta_memory(const struct sk_theta *sketch)
{
	return sizeof(*sketch) + sketch->words * sizeof(*sketch->hashes);
}

size_t
sk_theta_memory_for(unsigned lg_k)
{
	return sizeof(struct sk_theta) + ((size_t)2 << lg_k) * sizeof(uint64_t);
}
