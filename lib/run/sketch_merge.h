/*
 * sketch_merge.h -- a sketch that was read, into groups.
 */
#ifndef STREAMKIT_RUN_SKETCH_MERGE_H
#define STREAMKIT_RUN_SKETCH_MERGE_H

#include "groups.h"

struct sk_sketch_merger {
	const struct sk_aggregate_class *class;
	size_t key_parts; /* that --by asks for; 0: however many they have */
	size_t memory; /* that one sketch may take */
	uint64_t seed;
};

#define SK_REFUSAL_SIZE 64

/* What is wrong with a sketch: the words, and what goes before them. */
struct sk_refusal {
	const char *why; /* NULL: nothing */
	const char *before;
	char text[SK_REFUSAL_SIZE]; /* that `before` may be in */
};

/* Decode what ${about} describes, and merge it into ${groups}: if they are of keys, of its key. False if that cannot be. */
bool sk_sketch_merge(const struct sk_sketch_merger *merger, const struct sk_container *about,
    struct sk_groups *groups, struct sk_refusal *refusal);

#endif
