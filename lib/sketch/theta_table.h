/*
 * theta_table.h -- what the files of the Theta sketch share: its parts, its hash table and its lists. Not installed.
 */
#ifndef STREAMKIT_SKETCH_THETA_TABLE_H
#define STREAMKIT_SKETCH_THETA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "theta.h"

#define SK_THETA_ONE ((uint64_t)INT64_MAX) /* theta of an exact sketch */

struct sk_theta {
	uint64_t *hashes; /* compact: a rising list; else a table in which 0 is an empty slot */
	size_t words;     /* room in hashes: a power of two in a table, or 0 */
	size_t count;     /* hashes held */
	size_t limit;     /* what a table of this size may hold */
	uint64_t theta;   /* all hashes held are under it, and above 0 */
	uint64_t seed;
	unsigned lg_k; /* 0: compact */
	bool empty;    /* nothing was ever added */
};

/* A rising list of hashes, borrowed from a sketch or made of its table. */
struct sk_theta_list {
	const uint64_t *hashes;
	size_t count;
	uint64_t *owned; /* to be freed; NULL when borrowed */
};

/* Make room in the table of ${sketch} for ${n} more hashes, or for as many as it will ever hold. ENOMEM. */
int sk_theta_table_reserve(struct sk_theta *sketch, size_t n);

/* Insert ${hash}, which is above 0 and under theta, into a table that has room. May lower theta. */
void sk_theta_table_insert(struct sk_theta *sketch, uint64_t hash);

/* Lower theta to ${theta} and drop the hashes that are not under it. In place. */
void sk_theta_table_lower(struct sk_theta *sketch, uint64_t theta);

/* Sort ${n} ${hashes}, all under 2^63, which no two need differ in. In place. */
void sk_theta_sort(uint64_t *hashes, size_t n);

/* The hashes of ${sketch} as a rising list, valid until its next non-const call. ENOMEM, for a table. */
int sk_theta_list(const struct sk_theta *sketch, struct sk_theta_list *list);

/* An empty compact sketch under ${seed} with room for ${words} hashes. NULL and ENOMEM. */
struct sk_theta *sk_theta_list_new(size_t words, uint64_t seed);

/* Bounds on the part that ${chosen} of a sample of ${n} tell of, all items having been sampled at ${fraction}. */
struct sk_theta_ratio sk_theta_ratio_bounds(
    size_t n, size_t chosen, double fraction, unsigned sigmas);

#endif
