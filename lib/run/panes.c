/*
 * panes.c -- the groups of each open pane.
 *
 * There may be many, for every session has one: they are found by a table, and what each may use is worked out anew
 * only now and then.
 */
#include "panes.h"

#include <errno.h>
#include <stdlib.h>

#include "../window/key_table.h"

#define SHARES_FIRST ((size_t)16)

struct pane {
	struct sk_groups *groups; /* NULL: a free place */
	uint32_t next_free;
};

struct sk_panes {
	const struct sk_aggregate_class *class;
	bool keyed;
	size_t memory;
	uint64_t seed;
	struct sk_key_table table; /* from numbers to places */
	struct pane *pane;         /* at places for as long as they are open */
	size_t used;               /* places so far */
	size_t room;
	uint32_t free;
	size_t shares; /* the memory is shared out to so many */
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
	panes->free = SK_KEY_NONE;
	panes->shares = SHARES_FIRST;
	return panes;
}

void
sk_panes_finish_all(struct sk_panes *panes)
{
	for (size_t i = 0; i < panes->used; i++)
		sk_groups_free(panes->pane[i].groups);
	sk_key_table_release(&panes->table);
	panes->table = (struct sk_key_table){ .slots = NULL };
	panes->used = 0;
	panes->free = SK_KEY_NONE;
	panes->shares = SHARES_FIRST;
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
find(struct sk_panes *panes, uint64_t number)
{
	const uint32_t *place = sk_key_table_find(&panes->table, number);

	return place != NULL ? &panes->pane[*place] : NULL;
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

/* What one of so many panes may use; ENOBUFS when that is too little. */
static int
share_out(struct sk_panes *panes, size_t shares)
{
	const size_t share = panes->memory / 2 / shares;

	if (share < panes->class->memory_min) {
		errno = ENOBUFS;
		return -1;
	}
	for (size_t i = 0; i < panes->used; i++)
		if (panes->pane[i].groups != NULL &&
		    sk_groups_confine(panes->pane[i].groups, share) == -1)
			return -1;
	panes->shares = shares;
	return 0;
}

/*
 * A share for one more. There are an eighth more shares than it takes, where there is memory for these; half as many
 * where three in four are free, which is for panes that open from here on.
 */
static int
make_share(struct sk_panes *panes)
{
	const size_t count = panes->table.used + 1;

	if (count == 1)
		return share_out(panes, SHARES_FIRST) == 0 || share_out(panes, 1) == 0 ? 0 : -1;
	while (panes->shares > SHARES_FIRST && count <= panes->shares / 4)
		panes->shares /= 2;
	if (count <= panes->shares)
		return 0;
	return share_out(panes, count + count / 8) == 0 || share_out(panes, count) == 0 ? 0 : -1;
}

static int
make_room(struct sk_panes *panes)
{
	const size_t room = panes->room == 0 ? SHARES_FIRST : 2 * panes->room;
	struct pane *pane;

	if (make_share(panes) == -1)
		return -1;
	if (sk_key_table_reserve(&panes->table) == -1)
		return -1;
	if (panes->free != SK_KEY_NONE || panes->used < panes->room)
		return 0;
	if (panes->used >= SK_KEY_NONE - 1) {
		errno = ENOMEM;
		return -1;
	}
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
	uint32_t place;

	if (pane != NULL)
		return pane->groups;
	if (make_room(panes) == -1 ||
	    (groups = new_groups(panes, panes->memory / 2 / panes->shares)) == NULL)
		return NULL;
	if ((place = panes->free) != SK_KEY_NONE)
		panes->free = panes->pane[place].next_free;
	else
		place = (uint32_t)panes->used++;
	panes->pane[place] = (struct pane){ groups, SK_KEY_NONE };
	sk_key_table_insert(&panes->table, number, place);
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

	if (pane == NULL)
		return;
	sk_groups_free(pane->groups);
	*pane = (struct pane){ NULL, panes->free };
	panes->free = (uint32_t)(pane - panes->pane);
	sk_key_table_remove(&panes->table, number);
}

bool
sk_panes_exact(const struct sk_panes *panes)
{
	return !panes->inexact;
}
