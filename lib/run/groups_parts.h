/* groups_parts.h -- what the files of groups.h share. */
#ifndef STREAMKIT_RUN_GROUPS_PARTS_H
#define STREAMKIT_RUN_GROUPS_PARTS_H

#include "../sketch/tablehash.h"
#include "groups.h"

struct sk_groups {
	const struct sk_aggregate_class *class;
	struct sk_tablehash hash;
	uint64_t seed;
	bool keyed;
	size_t memory; /* the limit on everything */
	size_t cap;    /* on each group */
	size_t used;   /* by aggregates and keys */
	bool inexact;  /* whether any group is */
	bool window;   /* groups enter and leave: its aggregates are a window's */
	struct sk_group *group;
	size_t count;
	size_t room;
	uint32_t *index; /* open addressing: group number + 1, 0 where empty */
	size_t index_size;
};

/* The place of ${key} in the index, whether it is there or not. With keys only. */
uint32_t *sk_groups_find(const struct sk_groups *groups, struct sk_span key);

/* The group of ${key}, a new one if need be; NULL on error. */
struct sk_group *sk_groups_of(struct sk_groups *groups, struct sk_span key);

/* Whether more memory is in use than the limit has. */
bool sk_groups_full(const struct sk_groups *groups);

#endif
