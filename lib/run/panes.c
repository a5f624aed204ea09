/* panes.c -- the groups of each open pane. Few are open at a time, and the newest are asked for most. */
#include "panes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct pane {
	uint64_t number;
	struct sk_groups *groups;
};

struct sk_panes {
	const struct sk_aggregate_class *class;
	bool keyed;
	size_t memory;
	uint64_t seed;
	struct pane *pane; /* in the order in which they were opened */
	size_t count;
	size_t room;
	struct sk_groups *window; /* of several panes, or of none */
	struct sk_groups *glance; /* the same of a window under way, for a moment */
	bool inexact;
};

struct sk_panes *
sk_panes_new(const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed)
{
	struct sk_panes *panes = calloc(1, sizeof(*panes));

	if (panes == NULL)
		return NULL;
	panes->class = class;
	panes->keyed = keyed;
	panes->memory = memory;
	panes->seed = seed;
	return panes;
}

void
sk_panes_finish_all(struct sk_panes *panes)
{
	for (size_t i = 0; i < panes->count; i++)
		sk_groups_free(panes->pane[i].groups);
	panes->count = 0;
}

void
sk_panes_free(struct sk_panes *panes)
{
	if (panes == NULL)
		return;
	sk_panes_finish_all(panes);
	sk_groups_free(panes->window);
	sk_panes_glanced(panes);
	free(panes->pane);
	free(panes);
}

static struct pane *
find(const struct sk_panes *panes, uint64_t number)
{
	for (size_t i = panes->count; i > 0; i--)
		if (panes->pane[i - 1].number == number)
			return &panes->pane[i - 1];
	return NULL;
}

/* Groups without keys have an answer even to nothing. */
static struct sk_groups *
new_groups(const struct sk_panes *panes, size_t memory)
{
	struct sk_groups *groups = sk_groups_new(panes->class, panes->keyed, memory, panes->seed);

	if (groups != NULL && !panes->keyed &&
	    sk_groups_add(groups, &(struct sk_batch){ .count = 0 }, NULL) == -1) {
		sk_groups_free(groups);
		return NULL;
	}
	return groups;
}

/* What one of ${count} panes may use. */
static size_t
share(const struct sk_panes *panes, size_t count)
{
	return panes->memory / 2 / count;
}

static int
make_room(struct sk_panes *panes)
{
	size_t room = panes->room == 0 ? 16 : 2 * panes->room;
	struct pane *pane;

	if (share(panes, panes->count + 1) < panes->class->memory_min) {
		errno = ENOBUFS;
		return -1;
	}
	for (size_t i = 0; i < panes->count; i++)
		if (sk_groups_confine(panes->pane[i].groups, share(panes, panes->count + 1)) == -1)
			return -1;
	if (panes->count < panes->room)
		return 0;
	if ((pane = realloc(panes->pane, room * sizeof(*pane))) == NULL)
		return -1;
	panes->pane = pane;
	panes->room = room;
	return 0;
}

struct sk_groups *
sk_panes_open(struct sk_panes *panes, uint64_t number)
{
	struct pane *pane = find(panes, number);
	struct sk_groups *groups;

	if (pane != NULL)
		return pane->groups;
	if (make_room(panes) == -1 ||
	    (groups = new_groups(panes, share(panes, panes->count + 1))) == NULL)
		return NULL;
	panes->pane[panes->count++] = (struct pane){ number, groups };
	return groups;
}

struct sk_groups *
sk_panes_window(struct sk_panes *panes, uint64_t (*number_of)(const void *context, size_t i),
    const void *context, size_t n, const char **why)
{
	struct pane *only = n == 1 ? find(panes, number_of(context, 0)) : NULL;

	if (only != NULL) {
		panes->inexact = panes->inexact || !sk_groups_exact(only->groups);
		return only->groups;
	}
	sk_groups_free(panes->window);
	if ((panes->window = new_groups(panes, panes->memory / 2)) == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct pane *pane = find(panes, number_of(context, i));

		if (pane != NULL && sk_groups_merge_all(panes->window, pane->groups, why) == -1)
			return NULL;
	}
	panes->inexact = panes->inexact || !sk_groups_exact(panes->window);
	return panes->window;
}

/* Beside the window that is kept, and in half of what that may use. */
struct sk_groups *
sk_panes_glance(struct sk_panes *panes, const uint64_t *numbers, size_t n, const char **why)
{
	struct pane *only = n == 1 ? find(panes, numbers[0]) : NULL;

	sk_panes_glanced(panes);
	if (only != NULL)
		return only->groups;
	if ((panes->glance = new_groups(panes, panes->memory / 4)) == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct pane *pane = find(panes, numbers[i]);

		if (pane != NULL && sk_groups_merge_all(panes->glance, pane->groups, why) == -1)
			return NULL;
	}
	return panes->glance;
}

void
sk_panes_glanced(struct sk_panes *panes)
{
	sk_groups_free(panes->glance);
	panes->glance = NULL;
}

void
sk_panes_finish(struct sk_panes *panes, uint64_t number)
{
	struct pane *pane = find(panes, number);
	size_t at = pane != NULL ? (size_t)(pane - panes->pane) : 0;

	if (pane == NULL)
		return;
	sk_groups_free(pane->groups);
	panes->count--;
	memmove(pane, pane + 1, (panes->count - at) * sizeof(*pane));
}

bool
sk_panes_exact(const struct sk_panes *panes)
{
	return !panes->inexact;
}
