/* groups.c -- aggregates by key. */
#include "groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "groups_parts.h"

#define INDEX_FIRST 64
#define KEY_MALLOC_COST ((size_t)16)

static size_t
own_memory(const struct sk_groups *groups)
{
	return sizeof(*groups) + groups->room * sizeof(*groups->group) +
	    groups->index_size * sizeof(*groups->index) + groups->count * KEY_MALLOC_COST;
}

struct sk_groups *
sk_groups_new(const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed)
{
	struct sk_groups *groups = calloc(1, sizeof(*groups));

	if (groups == NULL)
		return NULL;
	groups->class = class;
	groups->keyed = keyed;
	groups->memory = groups->cap = memory;
	groups->seed = seed;
	sk_tablehash_init(&groups->hash, seed);
	if (keyed) {
		groups->index_size = INDEX_FIRST;
		groups->index = calloc(groups->index_size, sizeof(*groups->index));
		if (groups->index == NULL) {
			free(groups);
			return NULL;
		}
	}
	return groups;
}

int
sk_groups_adopt_keys(struct sk_groups *groups)
{
	uint32_t *index;

	if (groups->keyed)
		return 0;
	if ((index = calloc(INDEX_FIRST, sizeof(*index))) == NULL)
		return -1;
	for (; groups->count > 0; groups->count--)
		groups->class->destroy(groups->group[groups->count - 1].aggregate);
	groups->used = 0;
	groups->keyed = true;
	groups->index = index;
	groups->index_size = INDEX_FIRST;
	return 0;
}

void
sk_groups_free(struct sk_groups *groups)
{
	if (groups == NULL)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		groups->class->destroy(groups->group[i].aggregate);
		free(groups->group[i].key_bytes);
	}
	free(groups->group);
	free(groups->index);
	free(groups);
}

uint32_t *
sk_groups_find(const struct sk_groups *groups, struct sk_span key)
{
	size_t mask = groups->index_size - 1;
	size_t at = sk_tablehash_of(&groups->hash, key) & mask;

	for (; groups->index[at] != 0; at = (at + 1) & mask) {
		struct sk_span held = groups->group[groups->index[at] - 1].key;

		if (held.size == key.size &&
		    (key.size == 0 || memcmp(held.data, key.data, key.size) == 0))
			break;
	}
	return &groups->index[at];
}

/* Enter every group into an index of zeros. */
static void
build_index(struct sk_groups *groups)
{
	memset(groups->index, 0, groups->index_size * sizeof(*groups->index));
	for (size_t i = 0; i < groups->count; i++)
		*sk_groups_find(groups, groups->group[i].key) = (uint32_t)i + 1;
}

static int
make_room(struct sk_groups *groups)
{
	if (groups->count == groups->room) {
		size_t room = groups->room == 0 ? (groups->keyed ? 16 : 1) : groups->room * 2;
		struct sk_group *group = realloc(groups->group, room * sizeof(*group));

		if (group == NULL)
			return -1;
		groups->group = group;
		groups->room = room;
	}
	if (groups->keyed && groups->count >= groups->index_size / 4 * 3) {
		uint32_t *index = realloc(groups->index, 2 * groups->index_size * sizeof(*index));

		if (index == NULL)
			return -1;
		groups->index = index;
		groups->index_size *= 2;
		build_index(groups);
	}
	return 0;
}

static int
new_group(struct sk_groups *groups, struct sk_span key)
{
	unsigned char *copy = NULL;
	struct sk_group *group;

	if (make_room(groups) == -1)
		return -1;
	if (key.size > 0 && (copy = malloc(key.size)) == NULL)
		return -1;
	if (copy != NULL)
		memcpy(copy, key.data, key.size);
	group = &groups->group[groups->count];
	*group = (struct sk_group){ .key = { copy, key.size }, .key_bytes = copy };
	group->aggregate = (groups->window ? groups->class->create_window : groups->class->create)(
	    groups->class, groups->cap, groups->seed);
	if (group->aggregate == NULL) {
		free(copy);
		return -1;
	}
	groups->used += key.size + groups->class->memory(group->aggregate);
	groups->count++;
	if (groups->keyed)
		*sk_groups_find(groups, key) = (uint32_t)groups->count;
	return 0;
}

/* What all groups together would use if none used more than ${cap}. */
static size_t
levelled(const struct sk_groups *groups, size_t cap)
{
	size_t sum = own_memory(groups);

	for (size_t i = 0; i < groups->count; i++) {
		size_t used = groups->class->memory(groups->group[i].aggregate);

		sum += groups->group[i].key.size + (used < cap ? used : cap);
	}
	return sum;
}

/* Find the cap under which all groups use three quarters of the limit, and hold them to it. */
static int
level(struct sk_groups *groups)
{
	size_t low = groups->class->memory_min, high = groups->cap;
	size_t goal = groups->keyed ? groups->memory / 4 * 3 : groups->memory;

	if (levelled(groups, low) > goal) {
		errno = ENOBUFS;
		return -1;
	}
	if (levelled(groups, high) <= goal)
		low = high;
	while (high - low > low / 8) {
		size_t middle = low + (high - low) / 2;

		if (levelled(groups, middle) > goal)
			high = middle;
		else
			low = middle;
	}
	groups->cap = low;
	groups->used = 0;
	for (size_t i = 0; i < groups->count; i++) {
		struct sk_group *group = &groups->group[i];

		if (groups->class->confine(group->aggregate, low) == -1)
			return -1;
		groups->used += group->key.size + groups->class->memory(group->aggregate);
		if (!groups->class->exact(group->aggregate))
			groups->inexact = true;
	}
	return 0;
}

size_t
sk_groups_least(const struct sk_groups *groups)
{
	const size_t least = levelled(groups, groups->class->memory_min);

	return groups->keyed ? least / 3 * 4 + 8 : least;
}

int
sk_groups_confine(struct sk_groups *groups, size_t memory)
{
	groups->memory = memory;
	if (groups->cap > memory)
		groups->cap = memory;
	if (!groups->keyed && groups->count == 0)
		return 0;
	return !groups->keyed || own_memory(groups) + groups->used > memory ? level(groups) : 0;
}

/* The number of records of each group present, and each record's group; groups in order of appearance. */
static int
sort_out(struct sk_groups *groups, const struct sk_span *keys, size_t n, uint32_t *of_record,
    uint32_t *present, size_t *present_count)
{
	*present_count = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t number = *sk_groups_find(groups, keys[i]);

		if (number == 0) {
			if (new_group(groups, keys[i]) == -1)
				return -1;
			number = (uint32_t)groups->count;
		}
		of_record[i] = number - 1;
		if (groups->group[number - 1].pending++ == 0)
			present[(*present_count)++] = number - 1;
	}
	return 0;
}

bool
sk_groups_full(const struct sk_groups *groups)
{
	return sk_groups_memory(groups) > groups->memory;
}

static int
add_to(struct sk_groups *groups, struct sk_group *group, const struct sk_batch *batch)
{
	size_t before = groups->class->memory(group->aggregate);

	if (groups->class->add(group->aggregate, batch) == -1)
		return -1;
	group->records += batch->count;
	groups->used += groups->class->memory(group->aggregate) - before;
	if (!groups->class->exact(group->aggregate))
		groups->inexact = true;
	return 0;
}

/* A batch has failed: what of it was on its way is gone. */
static int
forget_pending(struct sk_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		groups->group[i].pending = 0;
	return -1;
}

/* Of the values in ${batch}, those of group ${which}. */
static struct sk_rounded
rounded_of(const struct sk_batch *batch, const uint32_t *of_record, uint32_t which)
{
	struct sk_rounded rounded = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < batch->count; i++) {
		if (of_record[i] != which)
			continue;
		if ((batch->rounded.bits[i / 64] >> i % 64 & 1) != 0) {
			rounded.any = true;
			rounded.bits[at / 64] |= UINT64_C(1) << at % 64;
		}
		at++;
	}
	return rounded;
}

/* Bring the records of each group together, in their order, and give it them as a batch of its own. */
static int
add_keyed(struct sk_groups *groups, const struct sk_batch *batch, const struct sk_span *keys)
{
	uint32_t of_record[SK_BATCH], present[SK_BATCH];
	struct sk_span items[SK_BATCH];
	uint64_t weights[SK_BATCH];
	double values[SK_BATCH];
	size_t present_count, start = 0;

	if (sort_out(groups, keys, batch->count, of_record, present, &present_count) == -1)
		return forget_pending(groups);
	for (size_t i = 0; i < present_count; i++) {
		groups->group[present[i]].start = start;
		start += groups->group[present[i]].pending;
		groups->group[present[i]].pending = 0;
	}
	for (size_t i = 0; i < batch->count; i++) {
		struct sk_group *group = &groups->group[of_record[i]];
		size_t at = group->start + group->pending++;

		items[at] = batch->items[i];
		if (batch->weights != NULL)
			weights[at] = batch->weights[i];
		if (batch->values != NULL)
			values[at] = batch->values[i];
	}
	for (size_t i = 0; i < present_count; i++) {
		struct sk_group *group = &groups->group[present[i]];
		struct sk_batch part = {
			.count = group->pending,
			.items = items + group->start,
			.values = batch->values != NULL ? values + group->start : NULL,
			.weights = batch->weights != NULL ? weights + group->start : NULL,
			.decimals = batch->decimals,
			.complete = batch->complete,
		};

		group->pending = 0;
		if (batch->rounded.any)
			part.rounded = rounded_of(batch, of_record, present[i]);
		if (add_to(groups, group, &part) == -1)
			return forget_pending(groups);
	}
	return batch->complete && sk_groups_full(groups) ? level(groups) : 0;
}

int
sk_groups_add(struct sk_groups *groups, const struct sk_batch *batch, const struct sk_span *keys)
{
	if (groups->keyed)
		return add_keyed(groups, batch, keys);
	if (groups->count == 0 && new_group(groups, (struct sk_span){ NULL, 0 }) == -1)
		return -1;
	return add_to(groups, &groups->group[0], batch);
}

struct sk_group *
sk_groups_of(struct sk_groups *groups, struct sk_span key)
{
	uint32_t number = groups->keyed ? *sk_groups_find(groups, key) : groups->count > 0 ? 1 : 0;

	if (number == 0) {
		if (new_group(groups, groups->keyed ? key : (struct sk_span){ NULL, 0 }) == -1)
			return NULL;
		number = (uint32_t)groups->count;
	}
	return &groups->group[number - 1];
}

typedef int join_fn(struct sk_aggregate *into, struct sk_aggregate *from, const char **why);

static int
join(struct sk_groups *groups, struct sk_group *group, struct sk_aggregate *from, join_fn *fn,
    const char **why)
{
	size_t before = groups->class->memory(group->aggregate);

	if (fn(group->aggregate, from, why) == -1)
		return -1;
	groups->used += groups->class->memory(group->aggregate) - before;
	if (!groups->class->exact(group->aggregate))
		groups->inexact = true;
	return groups->keyed && sk_groups_full(groups) ? level(groups) : 0;
}

int
sk_groups_merge(struct sk_groups *groups, struct sk_span key, struct sk_aggregate *from,
    uint64_t records, const char **why)
{
	struct sk_group *group = sk_groups_of(groups, key);

	if (group == NULL || join(groups, group, from, groups->class->merge, why) == -1)
		return -1;
	group->records += records;
	return 0;
}

int
sk_groups_merge_all(struct sk_groups *groups, struct sk_groups *from, const char **why)
{
	for (size_t i = 0; i < from->count; i++)
		if (sk_groups_merge(groups, from->group[i].key, from->group[i].aggregate,
			from->group[i].records, why) == -1)
			return -1;
	return 0;
}

int
sk_groups_combine(struct sk_groups *groups, struct sk_groups *from, const char **why)
{
	/* Every key of the one is to be a key of the other. */
	for (size_t i = 0; i < from->count; i++)
		if (sk_groups_of(groups, from->group[i].key) == NULL)
			return -1;
	for (size_t i = 0; i < groups->count; i++) {
		struct sk_group *group = &groups->group[i], *other = sk_groups_of(from, group->key);

		if (other == NULL ||
		    join(groups, group, other->aggregate, groups->class->combine, why) == -1)
			return -1;
		group->records += other->records;
	}
	return 0;
}

int
sk_groups_make_canonical(struct sk_groups *groups)
{
	const struct sk_aggregate_class *class = groups->class;

	if (class->make_canonical == NULL || !groups->inexact)
		return 0;
	for (size_t i = 0; i < groups->count; i++) {
		struct sk_aggregate *aggregate = groups->group[i].aggregate;
		const size_t before = class->memory(aggregate);

		if (class->make_canonical(aggregate) == -1)
			return -1;
		groups->used += class->memory(aggregate) - before;
	}
	return 0;
}

bool
sk_groups_exact(const struct sk_groups *groups)
{
	return !groups->inexact;
}

size_t
sk_groups_memory(const struct sk_groups *groups)
{
	return own_memory(groups) + groups->used;
}

bool
sk_groups_keyed(const struct sk_groups *groups)
{
	return groups->keyed;
}

size_t
sk_groups_count(const struct sk_groups *groups)
{
	return groups->count;
}

static int
compare_keys(const void *left, const void *right)
{
	const struct sk_span *a = &((const struct sk_group *)left)->key;
	const struct sk_span *b = &((const struct sk_group *)right)->key;
	size_t shorter = a->size < b->size ? a->size : b->size;
	int order = shorter > 0 ? memcmp(a->data, b->data, shorter) : 0;

	return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

const struct sk_group *
sk_groups_sort(struct sk_groups *groups)
{
	if (groups->count > 1)
		qsort(groups->group, groups->count, sizeof(*groups->group), compare_keys);
	if (groups->keyed)
		build_index(groups);
	return groups->group;
}
