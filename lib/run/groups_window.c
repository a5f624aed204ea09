/* groups_window.c -- groups by key whose parts come and go. */
#include <stdlib.h>

#include "groups_parts.h"

struct sk_groups *
sk_groups_new_window(
    const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed)
{
	struct sk_groups *window = sk_groups_new(class, keyed, memory, seed);

	if (window == NULL)
		return NULL;
	window->window = true;
	/* Without keys there is a group, even of nothing. */
	if (!keyed && sk_groups_of(window, (struct sk_span){ NULL, 0 }) == NULL) {
		sk_groups_free(window);
		return NULL;
	}
	return window;
}

static bool
can_leave(const struct sk_groups *groups, const struct sk_group *group)
{
	return groups->class->can_leave != NULL && groups->class->can_leave(group->aggregate);
}

size_t
sk_groups_can_leave(const struct sk_groups *part)
{
	size_t n = 0;

	for (size_t i = 0; i < part->count; i++)
		n += can_leave(part, &part->group[i]);
	return n;
}

int
sk_groups_enter(struct sk_groups *window, struct sk_groups *part)
{
	for (size_t i = 0; i < part->count; i++) {
		struct sk_group *from = &part->group[i], *group;
		size_t before;
		int room;

		if (!can_leave(part, from))
			continue;
		if ((group = sk_groups_of(window, from->key)) == NULL)
			return -1;
		before = window->class->memory(group->aggregate);
		if ((room = window->class->enter(group->aggregate, from->aggregate)) != 1)
			return room;
		window->used += window->class->memory(group->aggregate) - before;
		group->records += from->records;
		group->parts++;
		if (window->keyed && sk_groups_full(window))
			return 0;
	}
	return 1;
}

/* Empty a place of the index: what was put behind it, because it was taken, moves up. */
static void
vacate(struct sk_groups *groups, uint32_t *place)
{
	const size_t mask = groups->index_size - 1;
	size_t hole = (size_t)(place - groups->index);

	for (size_t at = (hole + 1) & mask; groups->index[at] != 0; at = (at + 1) & mask) {
		const struct sk_span key = groups->group[groups->index[at] - 1].key;
		const size_t home = sk_tablehash_of(&groups->hash, key) & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			groups->index[hole] = groups->index[at];
			hole = at;
		}
	}
	groups->index[hole] = 0;
}

/* The last group takes the place of the one that goes. */
static void
drop(struct sk_groups *groups, struct sk_group *group)
{
	struct sk_group *last = &groups->group[groups->count - 1];

	vacate(groups, sk_groups_find(groups, group->key));
	if (last != group)
		*sk_groups_find(groups, last->key) = (uint32_t)(group - groups->group) + 1;
	groups->used -= group->key.size + groups->class->memory(group->aggregate);
	groups->class->destroy(group->aggregate);
	free(group->key_bytes);
	*group = *last;
	groups->count--;
}

int
sk_groups_leave(struct sk_groups *window, struct sk_groups *part)
{
	for (size_t i = 0; i < part->count; i++) {
		struct sk_group *from = &part->group[i], *group;
		size_t before;

		if (!can_leave(part, from))
			continue;
		group = window->keyed ? &window->group[*sk_groups_find(window, from->key) - 1] :
					&window->group[0];
		before = window->class->memory(group->aggregate);
		if (window->class->leave(group->aggregate, from->aggregate) == -1)
			return -1;
		window->used -= before - window->class->memory(group->aggregate);
		group->records -= from->records;
		if (--group->parts == 0 && window->keyed)
			drop(window, group);
	}
	return 0;
}

int
sk_groups_to_sketch(struct sk_groups *groups)
{
	const struct sk_aggregate_class *class = groups->class;

	for (size_t i = 0; class->to_sketch != NULL && i < groups->count; i++) {
		struct sk_aggregate *aggregate = groups->group[i].aggregate;
		const size_t before = class->memory(aggregate);

		if (class->to_sketch(aggregate) == -1)
			return -1;
		groups->used += class->memory(aggregate) - before;
		groups->inexact = groups->inexact || !class->exact(aggregate);
	}
	return 0;
}

int
sk_groups_merge_rest(struct sk_groups *groups, struct sk_groups *from, const char **why)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct sk_group *group = &from->group[i];

		if (!can_leave(from, group) &&
		    sk_groups_merge(groups, group->key, group->aggregate, group->records, why) == -1)
			return -1;
	}
	return 0;
}
