/*
 * panes.c -- the groups of each open pane.
 *
 * There may be many, for every session has one: they are found by a table, and what each may use is worked out anew
 * only now and then.
 */
#include "panes.h"

#include <errno.h>
#include <stdlib.h>

#include "panes_parts.h"

#define SHARES_FIRST ((size_t)16)

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
	sk_panes_stop_sliding(panes);
	for (size_t i = 0; i < panes->used; i++)
		sk_groups_free(panes->pane[i].groups);
	sk_key_table_release(&panes->table);
	panes->table = (struct sk_key_table){ .slots = NULL };
	panes->used = panes->held_count = 0;
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
	free(panes->named);
	free(panes->held);
	free(panes);
}

struct pane *
sk_panes_find(struct sk_panes *panes, uint64_t number)
{
	const uint32_t *place = sk_key_table_find(&panes->table, number);

	return place != NULL ? &panes->pane[*place] : NULL;
}

struct sk_groups *
sk_panes_new_groups(const struct sk_panes *panes, size_t memory)
{
	struct sk_groups *groups = sk_groups_new(panes->class, panes->keyed, memory, panes->seed);

	if (groups != NULL && !panes->keyed &&
	    sk_groups_add(groups, &(struct sk_batch){ .count = 0 }, NULL) == -1) {
		sk_groups_free(groups);
		return NULL;
	}
	return groups;
}

/* Panes that open */

/* Hold a pane to ${limit}. What then is no longer exact cannot leave a window that it had entered. */
static int
confine(struct sk_panes *panes, struct pane *pane, size_t limit)
{
	const size_t exact = pane->held ? sk_groups_can_leave(pane->groups) : 0;

	if (sk_groups_confine(pane->groups, limit) == -1)
		return -1;
	if (pane->held && sk_groups_can_leave(pane->groups) != exact)
		sk_panes_stop_sliding(panes);
	return 0;
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
		if (panes->pane[i].groups != NULL && confine(panes, &panes->pane[i], share) == -1)
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

/* Places for twice as many panes. */
static int
grow(struct sk_panes *panes)
{
	const size_t room = panes->room == 0 ? SHARES_FIRST : 2 * panes->room;
	struct pane *pane;
	uint32_t *named, *held;

	if (room >= SK_KEY_NONE) {
		errno = ENOMEM;
		return -1;
	}
	if ((named = realloc(panes->named, room * sizeof(*named))) == NULL)
		return -1;
	panes->named = named;
	if ((held = realloc(panes->held, room * sizeof(*held))) == NULL)
		return -1;
	panes->held = held;
	if ((pane = realloc(panes->pane, room * sizeof(*pane))) == NULL)
		return -1;
	panes->pane = pane;
	panes->room = room;
	return 0;
}

static int
make_place(struct sk_panes *panes)
{
	if (make_share(panes) == -1 || sk_key_table_reserve(&panes->table) == -1)
		return -1;
	return panes->free != SK_KEY_NONE || panes->used < panes->room ? 0 : grow(panes);
}

struct sk_groups *
sk_panes_open(struct sk_panes *panes, uint64_t number)
{
	struct pane *pane = sk_panes_find(panes, number);
	struct sk_groups *groups;
	uint32_t place;

	if (pane != NULL) {
		sk_panes_announce(panes, pane);
		return pane->groups;
	}
	if (make_place(panes) == -1 ||
	    (groups = sk_panes_new_groups(panes, panes->memory / 2 / panes->shares)) == NULL)
		return NULL;
	if ((place = panes->free) != SK_KEY_NONE)
		panes->free = panes->pane[place].next_free;
	else
		place = (uint32_t)panes->used++;
	panes->pane[place] = (struct pane){ .groups = groups };
	sk_key_table_insert(&panes->table, number, place);
	return groups;
}

/* Beside the window that is kept, and in half of what that may use. */
struct sk_groups *
sk_panes_glance(struct sk_panes *panes, const uint64_t *numbers, size_t n, const char **why)
{
	struct pane *only = n == 1 ? sk_panes_find(panes, numbers[0]) : NULL;

	sk_panes_glanced(panes);
	if (only != NULL)
		return only->groups;
	if ((panes->glance = sk_panes_new_groups(panes, panes->memory / 4)) == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct pane *pane = sk_panes_find(panes, numbers[i]);

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
	struct pane *pane = sk_panes_find(panes, number);

	if (pane == NULL)
		return;
	if (pane->held)
		sk_panes_release(panes, pane);
	sk_groups_free(pane->groups);
	*pane = (struct pane){ .next_free = panes->free };
	panes->free = (uint32_t)(pane - panes->pane);
	sk_key_table_remove(&panes->table, number);
}

bool
sk_panes_exact(const struct sk_panes *panes)
{
	return !panes->inexact;
}
