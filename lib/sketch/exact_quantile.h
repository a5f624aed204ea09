/*
 * exact_quantile.h -- every value of a stream, kept: exact quantiles and ranks while memory lasts.
 *
 * Values are kept in the order in which they came, and sorted into a second array when a question
 * is asked. When the memory limit is reached the caller hands them over, still in that order, to a
 * sketch such as kll.h and goes on there: what the sketch then holds does not depend on whether or
 * when questions were asked.
 *
 * What the numbers mean: those of kll.h, without any error. Values are ordered as numbers,
 * infinities included; -0.0 equals 0.0. NaN is refused.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type
 * means the call cannot fail. After a failure the store is as it was before the call.
 *
 * Threads: none inside; a store is one thread's at a time, and const calls may share it.
 */
#ifndef STREAMKIT_SKETCH_EXACT_QUANTILE_H
#define STREAMKIT_SKETCH_EXACT_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SK_EXACT_QUANTILE_MEMORY_MIN ((size_t)1024)

struct sk_exact_quantile;

/* Life cycle */

/*
 * A new, empty store that uses at most ${memory} bytes, itself and the room to sort in included: 24
 * for each value. It starts with few. EINVAL when ${memory} is under SK_EXACT_QUANTILE_MEMORY_MIN;
 * ENOMEM. The caller frees it with sk_exact_quantile_free().
 */
struct sk_exact_quantile *sk_exact_quantile_new(size_t memory);

/* Free ${store}; NULL is fine. */
void sk_exact_quantile_free(struct sk_exact_quantile *store);

/* Make ${store} empty. It keeps its memory. */
void sk_exact_quantile_reset(struct sk_exact_quantile *store);

/* Update */

/*
 * Add ${n} values, all or none. A few ns a value, most of it for fresh memory. EINVAL when one is
 * NaN; ENOSPC when they do not fit into the memory limit; ENOMEM.
 */
int sk_exact_quantile_add_batch(struct sk_exact_quantile *store, const double *values, size_t n);

/* Combine */

/* Add all values of ${source}, which is untouched. EINVAL when both are the same store; ENOSPC;
 * ENOMEM. */
int sk_exact_quantile_merge(
    struct sk_exact_quantile *store, const struct sk_exact_quantile *source);

/* Query */

/* How many values are held. */
size_t sk_exact_quantile_count(const struct sk_exact_quantile *store);

/* How many more fit into the memory limit. */
size_t sk_exact_quantile_room(const struct sk_exact_quantile *store);

/* The values in the order in which they came; borrowed until the next non-const call. NULL while
 * there is none. */
const double *sk_exact_quantile_values(const struct sk_exact_quantile *store);

/* The smallest and the greatest value. NaN when there is none. */
double sk_exact_quantile_min(const struct sk_exact_quantile *store);
double sk_exact_quantile_max(const struct sk_exact_quantile *store);

/* Bytes in use, the store's own structure included. */
size_t sk_exact_quantile_memory(const struct sk_exact_quantile *store);

/*
 * Bytes that a store takes that was given ${count} values: itself, the room that it set aside as these came, for
 * ${most} of them at most or for the ${count} there are, the room to sort them in, and what malloc() takes for each block.
 */
size_t sk_exact_quantile_memory_for(size_t count, size_t most);

/*
 * Get ready for the calls below, which need this after every change. Linear time, about 20 ns a
 * value for millions; nothing when nothing has changed. ENOMEM.
 */
int sk_exact_quantile_sort(struct sk_exact_quantile *store);

/*
 * The value at rank ${q}, 0 to 1. Inclusive: nearest rank, the smallest value whose inclusive rank
 * is at least ${q}. Otherwise the smallest whose inclusive rank is above ${q}, or the greatest
 * where there is none. NaN when the store is empty or ${q} is no rank. Sorted only. Constant time.
 */
double sk_exact_quantile_quantile(const struct sk_exact_quantile *store, double q, bool inclusive);

/*
 * The part of the values, 0 to 1, that is at most ${value}, or smaller than it when not
 * ${inclusive}. NaN when the store is empty or ${value} is NaN. Sorted only. Logarithmic time.
 */
double sk_exact_quantile_rank(const struct sk_exact_quantile *store, double value, bool inclusive);

/* For those who ask several stores at once */

/* The keys (keysort.h) of the values, sorted, borrowed until the next non-const call. Sorted only. */
const uint64_t *sk_exact_quantile_keys(const struct sk_exact_quantile *store);

/* The place, from 0, of the value at rank ${q}, 0 to 1, of ${count} in order, at least one. Constant time. */
size_t sk_exact_quantile_place(size_t count, double q, bool inclusive);

/* The greatest key that ranks count as at most ${value}, which is not NaN, or as smaller than it. */
uint64_t sk_exact_quantile_last(double value, bool inclusive);

/* How many of ${count} sorted ${keys} are at most ${last}. Logarithmic time. */
size_t sk_exact_quantile_upto(const uint64_t *keys, size_t count, uint64_t last);

#endif
