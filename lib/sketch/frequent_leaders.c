/*
 * frequent_leaders.c -- the items that lead in a window, known from one answer to the next.
 *
 * A pass over a window for each time that it slides would cost what it holds, and not what comes and goes. So a pass
 * chooses more items than are asked for, and remembers the last of them as a mark: from then on each item that enters or
 * leaves is compared with it, and those at the mark or before it are kept in a list, which always is all of them. There
 * are enough as long as no fewer are left than are asked for; then a pass chooses anew. What all cells have in common, the
 * threshold, is no part of the comparison.
 */
#include <stdlib.h>

#include "frequent_table.h"

#define LEADERS_FIRST ((size_t)256) /* chosen by a pass */
#define LEADERS_MAX ((size_t)1024)  /* in the list: above that a pass chooses anew */
#define ASKED_MAX (LEADERS_FIRST / 4)
#define WORTH_IT ((size_t)4096) /* cells: the list takes a part of the memory that is set aside to list them all */

struct sk_leaders {
	bool valid;
	int64_t mark; /* weight of the last one chosen, less what of it has been seen */
	unsigned char *item; /* and itself */
	uint32_t size;
	size_t count;
	uint32_t refs[LEADERS_MAX];
};

void
sk_frequent_free_leaders(struct sk_frequent *window)
{
	if (window->leaders == NULL)
		return;
	free(window->leaders->item);
	free(window->leaders);
	window->leaders = NULL;
}

void
sk_frequent_forget_leaders(struct sk_frequent *window)
{
	if (window->leaders != NULL)
		window->leaders->valid = false;
}

bool
sk_frequent_leads(const struct sk_frequent *window, const struct cell *cell)
{
	const struct sk_leaders *leaders = window->leaders;
	int64_t weight;
	uint32_t shorter;
	int order;

	if (leaders == NULL || !leaders->valid)
		return false;
	weight = (int64_t)(cell->weight - cell->missed);
	if (LIKELY(weight != leaders->mark))
		return weight > leaders->mark;
	shorter = cell->size < leaders->size ? cell->size : leaders->size;
	order = memcmp(cell->item, leaders->item, shorter);
	return order != 0 ? order < 0 : cell->size <= leaders->size;
}

static uint32_t
ref_of(const struct sk_frequent *window, const struct cell *cell)
{
	return (uint32_t)((size_t)((const unsigned char *)cell - window->arena) / CELL_ALIGN);
}

void
sk_frequent_join_leaders(struct sk_frequent *window, const struct cell *cell)
{
	struct sk_leaders *leaders = window->leaders;

	if (leaders->count == LEADERS_MAX)
		leaders->valid = false;
	else
		leaders->refs[leaders->count++] = ref_of(window, cell);
}

void
sk_frequent_quit_leaders(struct sk_frequent *window, const struct cell *cell)
{
	struct sk_leaders *leaders = window->leaders;
	const uint32_t ref = ref_of(window, cell);
	size_t at = 0;

	while (leaders->refs[at] != ref)
		at++;
	leaders->refs[at] = leaders->refs[--leaders->count];
}

/* Choose anew, from all cells: false if there are too few of them, or for want of memory. */
static bool
choose(const struct sk_frequent *window)
{
	struct sk_leaders *leaders = window->leaders;
	uint64_t refs[LEADERS_FIRST];
	const struct cell *last;
	unsigned char *item;

	if (sk_frequent_size(window) < WORTH_IT)
		return false;
	sk_frequent_first(window, LEADERS_FIRST, refs);
	last = cell_at(window, (uint32_t)refs[0]);
	if ((item = realloc(leaders->item, last->size + (size_t)1)) == NULL)
		return false;
	leaders->item = memcpy(item, last->item, last->size);
	leaders->size = last->size;
	leaders->mark = (int64_t)(last->weight - last->missed);
	for (size_t i = 0; i < LEADERS_FIRST; i++)
		leaders->refs[i] = (uint32_t)refs[i];
	leaders->count = LEADERS_FIRST;
	leaders->valid = true;
	return true;
}

/* What is remembered is no part of what the window says, and so may come to be known when it is asked. */
const uint32_t *
sk_frequent_leaders(const struct sk_frequent *window, size_t k, size_t *n)
{
	struct sk_leaders *leaders = window->leaders;

	if (leaders == NULL || k > ASKED_MAX)
		return NULL;
	if ((!leaders->valid || leaders->count < k) && !choose(window)) {
		leaders->valid = false;
		return NULL;
	}
	*n = leaders->count;
	return leaders->refs;
}

void
sk_frequent_remember_leaders(struct sk_frequent *window)
{
	if (window->leaders == NULL && sk_frequent_size(window) >= WORTH_IT)
		window->leaders = calloc(1, sizeof(*window->leaders));
}
