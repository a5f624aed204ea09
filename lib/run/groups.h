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
	size_t parts;   /* of a window: how many have the key */
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

/*
 * Windows: groups whose parts come and go. Aggregates that the class can take out of a sum again (its `can_leave`) enter
 * and leave; the rest of a part's groups are for sk_groups_merge_rest().
 */

/* New groups, as by sk_groups_new(), that are a window's: nothing else may be added to them or merged into them. */
struct sk_groups *sk_groups_new_window(
    const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed);

/* How many groups can enter a window. */
size_t sk_groups_can_leave(const struct sk_groups *part);

/*
 * Add those groups of ${part} that can leave again; they are not to change before they do. 1; 0 if the limit has no room
 * for them, or -1: ${window} is then of no use but to be freed.
 */
int sk_groups_enter(struct sk_groups *window, struct sk_groups *part);

/* Take them out again: 0; or -1 if that cannot be. Keys that are in no other part are no more. */
int sk_groups_leave(struct sk_groups *window, struct sk_groups *part);

/* Let groups that are exact become sketches, where these are quicker to merge (aggregate.h). ENOMEM. */
int sk_groups_to_sketch(struct sk_groups *groups);

/* Merge those groups of ${from} that cannot leave a window. As sk_groups_merge_all() else. */
int sk_groups_merge_rest(struct sk_groups *groups, struct sk_groups *from, const char **why);

/* Keep groups of keys from now on, instead of the one without a key, which is empty and goes. ENOMEM. */
int sk_groups_adopt_keys(struct sk_groups *groups);

/* Keep to ${memory} bytes from now on. */
int sk_groups_confine(struct sk_groups *groups, size_t memory);

/*
 * Make every group's answer what the set of its records alone determines, as far as its class can (aggregate.h): that of a
 * window, however it was cut and counted. ENOMEM.
 */
int sk_groups_make_canonical(struct sk_groups *groups);

/* The least that they can be confined to, or a little more: a pass over all. */
size_t sk_groups_least(const struct sk_groups *groups);

/* Whether every group is exact. */
bool sk_groups_exact(const struct sk_groups *groups);

/* Bytes in use, as far as the limit is concerned. */
size_t sk_groups_memory(const struct sk_groups *groups);

/* Whether they are of keys. */
bool sk_groups_keyed(const struct sk_groups *groups);

/* The number of groups. */
size_t sk_groups_count(const struct sk_groups *groups);

/* Sort the groups by the bytes of their keys, and return the first of them. */
const struct sk_group *sk_groups_sort(struct sk_groups *groups);

#endif
