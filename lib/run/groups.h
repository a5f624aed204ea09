/*
 * groups.h -- one aggregate for each key, within one memory limit.
 *
 * Each group may grow as it needs while the sum keeps to the limit. When it does not, a cap is set on every group
 * that levels the largest, so that small groups stay exact and large ones turn into sketches. Without keys there is
 * one group, and it has the whole limit.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; ENOBUFS says that there are more keys than
 * the limit has room for, ENOMEM and EOVERFLOW are the aggregate's.
 */
#ifndef STREAMKIT_RUN_GROUPS_H
#define STREAMKIT_RUN_GROUPS_H

#include "aggregate.h"

struct sk_groups;

/* A group as its reader sees it. Borrowed from the groups until their next non-const call. */
struct sk_group {
	struct sk_span key;
	struct sk_aggregate *aggregate;
	uint64_t records; /* that went into it, as far as that is known */
	/* private */
	unsigned char *key_bytes;
	size_t pending; /* records of the batch at hand */
	size_t start;   /* of them among the batch's */
};

/* New groups of ${class} that keep to ${memory} bytes in all; ${seed} keys their hashes. Free with sk_groups_free(). */
struct sk_groups *sk_groups_new(
    const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed);
void sk_groups_free(struct sk_groups *groups);

/* Add each record of ${batch} to the group of its key; ${keys} is NULL when there are none. */
int sk_groups_add(
    struct sk_groups *groups, const struct sk_batch *batch, const struct sk_span *keys);

/*
 * Merge ${from}, into which ${records} records went, into the group of ${key}. EINVAL, with *${why} set, when it cannot be merged.
 */
int sk_groups_merge(struct sk_groups *groups, struct sk_span key, struct sk_aggregate *from,
    uint64_t records, const char **why);

/* Merge every group of ${from} into the one of the same key. ${from} stays as it was. EINVAL as above. */
int sk_groups_merge_all(struct sk_groups *groups, struct sk_groups *from, const char **why);

/*
 * Combine each group with the one of the same key in ${from}, a missing one being empty; those of ${from} are then of no
 * use but to be freed. EINVAL, with *${why} set, when two cannot be combined.
 */
int sk_groups_combine(struct sk_groups *groups, struct sk_groups *from, const char **why);

/* Keep to ${memory} bytes from now on. */
int sk_groups_confine(struct sk_groups *groups, size_t memory);

/* Whether every group is exact. */
bool sk_groups_exact(const struct sk_groups *groups);

/* The number of groups. */
size_t sk_groups_count(const struct sk_groups *groups);

/* Sort the groups by the bytes of their keys, and return the first of them. */
const struct sk_group *sk_groups_sort(struct sk_groups *groups);

#endif
