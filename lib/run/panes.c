/*
 * panes.c -- the groups of each open pane.
 *
 * There may be many, for every session has one: they are found by a table, and the records of most stay as they came
 * until their window closes. Each pane may use what it needs while the sum keeps to the limit; when it does not, a cap
 * levels the largest, as groups.h has it for keys.
 */
#include "panes.h"

#include <errno.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "panes_parts.h"

#define PLACES_FIRST ((size_t)16)
#define MANY ((size_t)4 << 20) /* bytes in panes: there is more than one, and large ones */
#define LARGE_MIN ((size_t)1 << 17) /* bytes: as glibc has it to begin with */
#define LARGE_MAX ((size_t)1 << 24)
#define TRIM_BLOCKS 4 /* of that size, free at the end of the heap, stay there */
#define LARGE_PART 60 /* of the limit: holes of a few such blocks are little beside it */
#define PANE_COST (sizeof(struct pane) + 2 * sizeof(uint32_t) + 2 * sizeof(struct sk_key_slot))

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
	panes->free = panes->lent = SK_KEY_NONE;
	return panes;
}

static void
empty(struct pane *pane)
{
	sk_groups_free(pane->groups);
	sk_kept_release(&pane->kept);
}

void
sk_panes_finish_all(struct sk_panes *panes)
{
	sk_panes_stop_sliding(panes);
	for (size_t i = 0; i < panes->used; i++)
		empty(&panes->pane[i]);
	sk_key_table_release(&panes->table);
	panes->table = (struct sk_key_table){ .slots = NULL };
	panes->used = panes->held_count = panes->memory_used = 0;
	panes->free = panes->lent = SK_KEY_NONE;
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

/* Memory */

/* What ${pane} uses has changed. */
static void
account(struct sk_panes *panes, struct pane *pane)
{
	const size_t memory = pane->groups != NULL ? sk_groups_memory(pane->groups) :
						     sk_kept_memory(&pane->kept);

	panes->memory_used = panes->memory_used - pane->memory + memory;
	pane->memory = memory;
}

/* What all panes together would use if none used more than ${cap}, as far as they can be held to it. */
static size_t
panes_levelled(const struct sk_panes *panes, size_t cap)
{
	size_t sum = PANE_COST * panes->table.used;

	for (size_t i = 0; i < panes->used; i++) {
		const struct pane *pane = &panes->pane[i];
		const size_t most = pane->least > cap ? pane->least : cap;

		sum += pane->memory < most ? pane->memory : most;
	}
	return sum;
}

/* Hold a pane to ${limit}. What can leave the window that it had entered does so first, for it is another one then. */
static int
confine(struct sk_panes *panes, struct pane *pane, size_t limit)
{
	if (pane->held && sk_groups_can_leave(pane->groups) > 0)
		sk_panes_announce(panes, pane);
	if (sk_groups_confine(pane->groups, limit) == -1)
		return -1;
	account(panes, pane);
	return 0;
}

/*
 * Large blocks go back to the system one by one. glibc comes to keep them between small ones once some have been freed,
 * where panes that grow and shrink leave holes: twice what is in use. The end of the heap stays, for what is made and freed
 * for each answer: to be given its pages anew took a tenth of the time.
 */
static void
give_back_large_blocks(const struct sk_panes *panes)
{
	size_t large = panes->memory / LARGE_PART;

	large = large > LARGE_MIN ? large : LARGE_MIN;
	large = large < LARGE_MAX ? large : LARGE_MAX;
#ifdef __GLIBC__
	(void)mallopt(M_MMAP_THRESHOLD, (int)large);
	(void)mallopt(M_TRIM_THRESHOLD, TRIM_BLOCKS * (int)large);
#endif
}

/* Find the cap under which all panes use three quarters of what they may, and hold the larger ones to it. */
static int
level_panes(struct sk_panes *panes)
{
	const size_t limit = panes->memory / 2, goal = limit / 4 * 3;
	size_t low = 0, high = limit;

	for (size_t i = 0; i < panes->used; i++)
		panes->pane[i].least = panes->pane[i].groups != NULL ?
		    sk_groups_least(panes->pane[i].groups) :
		    panes->pane[i].memory;
	if (panes_levelled(panes, low) > limit) {
		errno = ENOBUFS;
		return -1;
	}
	give_back_large_blocks(panes);
	while (high - low > high / 16) {
		const size_t middle = low + (high - low) / 2;

		if (panes_levelled(panes, middle) > goal)
			high = middle;
		else
			low = middle;
	}
	for (size_t i = 0; i < panes->used; i++) {
		struct pane *pane = &panes->pane[i];

		if (pane->groups != NULL && pane->memory > low && pane->memory > pane->least &&
		    confine(panes, pane, pane->least > low ? pane->least : low) == -1)
			return -1;
	}
	return 0;
}

/* See to what the caller has done to the pane lent. */
static int
settle(struct sk_panes *panes)
{
	if (panes->lent != SK_KEY_NONE)
		account(panes, &panes->pane[panes->lent]);
	panes->lent = SK_KEY_NONE;
	if (panes->memory_used > panes->memory / 16 && panes->memory_used > MANY)
		give_back_large_blocks(panes);
	return panes->memory_used + PANE_COST * panes->table.used > panes->memory / 2 ?
	    level_panes(panes) :
	    0;
}

/* Panes that open */

/* Places for twice as many panes. */
static int
grow(struct sk_panes *panes)
{
	const size_t room = panes->room == 0 ? PLACES_FIRST : 2 * panes->room;
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
	if (sk_key_table_reserve(&panes->table) == -1)
		return -1;
	return panes->free != SK_KEY_NONE || panes->used < panes->room ? 0 : grow(panes);
}

/* The pane ${number}, a new one if need be; NULL on error. */
static struct pane *
open_pane(struct sk_panes *panes, uint64_t number)
{
	struct pane *pane = sk_panes_find(panes, number);
	uint32_t place;

	if (pane != NULL || make_place(panes) == -1)
		return pane;
	if ((place = panes->free) != SK_KEY_NONE)
		panes->free = panes->pane[place].next_free;
	else
		place = (uint32_t)panes->used++;
	panes->pane[place] = (struct pane){ .next_free = SK_KEY_NONE };
	sk_key_table_insert(&panes->table, number, place);
	return &panes->pane[place];
}

int
sk_panes_make_groups(struct sk_panes *panes, struct pane *pane)
{
	struct sk_groups *groups;

	if (pane->groups != NULL)
		return 0;
	if ((groups = sk_panes_new_groups(panes, panes->memory / 2)) == NULL)
		return -1;
	if (sk_kept_replay(&pane->kept, groups) == -1) {
		const int error = errno;

		sk_groups_free(groups);
		errno = error;
		return -1;
	}
	sk_kept_release(&pane->kept);
	pane->kept = (struct sk_kept){ .block = NULL };
	pane->groups = groups;
	account(panes, pane);
	return 0;
}

int
sk_panes_pour(struct pane *pane, struct sk_groups *groups, const char **why)
{
	if (pane->groups != NULL)
		return sk_groups_merge_all(groups, pane->groups, why);
	*why = "its records cannot be added";
	return sk_kept_replay(&pane->kept, groups);
}

struct sk_groups *
sk_panes_open(struct sk_panes *panes, uint64_t number)
{
	struct pane *pane;

	if (settle(panes) == -1 || (pane = open_pane(panes, number)) == NULL ||
	    sk_panes_make_groups(panes, pane) == -1)
		return NULL;
	sk_panes_announce(panes, pane);
	panes->lent = (uint32_t)(pane - panes->pane);
	return pane->groups;
}

int
sk_panes_add(struct sk_panes *panes, uint64_t number, const struct sk_batch *batch,
    const struct sk_span *keys)
{
	struct pane *pane = open_pane(panes, number);
	int kept = 0;

	if (pane == NULL)
		return -1;
	if (pane->groups == NULL && (kept = sk_kept_add(&pane->kept, batch, keys)) == -1)
		return -1;
	if (kept == 0) {
		if (sk_panes_make_groups(panes, pane) == -1)
			return -1;
		sk_panes_announce(panes, pane);
		if (sk_groups_add(pane->groups, batch, keys) == -1)
			return -1;
	}
	account(panes, pane);
	return batch->complete ? settle(panes) : 0;
}

/* Beside the window that is kept, and in half of what that may use. */
struct sk_groups *
sk_panes_glance(struct sk_panes *panes, const uint64_t *numbers, size_t n, const char **why)
{
	struct pane *only = n == 1 ? sk_panes_find(panes, numbers[0]) : NULL;

	sk_panes_glanced(panes);
	if (only != NULL && only->groups != NULL)
		return only->groups;
	if ((panes->glance = sk_panes_new_groups(panes, panes->memory / 4)) == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct pane *pane = sk_panes_find(panes, numbers[i]);

		if (pane != NULL && sk_panes_pour(pane, panes->glance, why) == -1)
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
	if (panes->lent == (uint32_t)(pane - panes->pane))
		panes->lent = SK_KEY_NONE;
	panes->memory_used -= pane->memory;
	empty(pane);
	*pane = (struct pane){ .next_free = panes->free };
	panes->free = (uint32_t)(pane - panes->pane);
	sk_key_table_remove(&panes->table, number);
}

bool
sk_panes_exact(const struct sk_panes *panes)
{
	return !panes->inexact;
}
