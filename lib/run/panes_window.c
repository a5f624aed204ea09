/* panes_window.c -- the windows that are made of panes: of one, slid on from the one before, or merged anew. */
#include <errno.h>
#include <string.h>

#include "panes_parts.h"

void
sk_panes_stop_sliding(struct sk_panes *panes)
{
	sk_sliding_free(panes->sliding);
	panes->sliding = NULL;
}

/* The place of a pane among those held; there is one. */
static size_t
held_at(const struct sk_panes *panes, const struct pane *pane)
{
	size_t at = 0;

	while (panes->held[at] != (uint32_t)(pane - panes->pane))
		at++;
	return at;
}

void
sk_panes_announce(struct sk_panes *panes, const struct pane *pane)
{
	if (pane->held && panes->sliding != NULL)
		sk_sliding_announce(panes->sliding, held_at(panes, pane));
}

/* As the oldest, or else nothing can be made of what is left. */
void
sk_panes_release(struct sk_panes *panes, const struct pane *pane)
{
	const size_t at = held_at(panes, pane);

	if (at > 0)
		sk_panes_stop_sliding(panes);
	else if (panes->sliding != NULL)
		sk_sliding_pop(panes->sliding);
	panes->held_count--;
	memmove(panes->held + at, panes->held + at + 1,
	    (panes->held_count - at) * sizeof(*panes->held));
}

/* Find the panes that are known. One that is named twice, against the rules of streams, is there once. */
static size_t
name(struct sk_panes *panes, uint64_t (*number_of)(const void *context, size_t i),
    const void *context, size_t n)
{
	size_t known = 0;

	panes->windows++;
	for (size_t i = 0; i < n; i++) {
		struct pane *pane = sk_panes_find(panes, number_of(context, i));

		if (pane != NULL && pane->asked != panes->windows) {
			pane->asked = panes->windows;
			panes->named[known++] = (uint32_t)(pane - panes->pane);
		}
	}
	return known;
}

static struct pane *
named_at(const struct sk_panes *panes, size_t i)
{
	return &panes->pane[panes->named[i]];
}

/*
 * How many of those held are older than the ${n} panes named, if the others are the first of these in the same order: the
 * window has slid on. All, if it has not.
 */
static size_t
slid_by(const struct sk_panes *panes, size_t n)
{
	size_t by = 0, same = 0;

	while (by < panes->held_count && panes->held[by] != panes->named[0])
		by++;
	while (same < n && by + same < panes->held_count &&
	    panes->held[by + same] == panes->named[same])
		same++;
	return by + same == panes->held_count ? by : panes->held_count;
}

/* Whether at least half of the ${n} panes named are those of the window before. */
static bool
is_alike(const struct sk_panes *panes, size_t n)
{
	size_t common = 0;

	for (size_t i = 0; i < n; i++)
		common += named_at(panes, i)->held;
	return 2 * common >= n;
}

/* Let the window held be the one of the ${n} panes named. */
static void
hold(struct sk_panes *panes, size_t n)
{
	for (size_t i = 0; i < panes->held_count; i++)
		panes->pane[panes->held[i]].held = false;
	for (size_t i = 0; i < n; i++)
		named_at(panes, i)->held = true;
	memcpy(panes->held, panes->named, n * sizeof(*panes->held));
	panes->held_count = n;
}

/* Slide from the window held to the ${n} panes named, from scratch if need be; NULL if that is of no use. */
static struct sk_groups *
slide(struct sk_panes *panes, size_t n)
{
	const size_t by = slid_by(panes, n);
	const bool alike = is_alike(panes, n);
	size_t first = panes->held_count - by;

	if (panes->slide_after > 0 || !alike) {
		sk_panes_stop_sliding(panes);
		panes->slide_after -= panes->slide_after > 0;
		return NULL;
	}
	if (panes->apart_after > 0 && --panes->apart_after == 0)
		sk_panes_stop_sliding(panes);
	if (by == panes->held_count)
		sk_panes_stop_sliding(panes);
	if (panes->sliding == NULL) {
		first = 0;
		if ((panes->sliding = sk_sliding_new(panes->class, panes->keyed, panes->memory / 2,
			 panes->seed, panes->apart_after == 0)) == NULL)
			return NULL;
	} else {
		for (size_t i = 0; i < by; i++)
			sk_sliding_pop(panes->sliding);
	}
	for (size_t i = first; i < n; i++)
		if (sk_panes_make_groups(panes, named_at(panes, i)) == -1 ||
		    sk_sliding_push(panes->sliding, named_at(panes, i)->groups) == -1)
			return NULL;
	return sk_sliding_sum(panes->sliding);
}

/* Merge the ${n} panes named. */
static struct sk_groups *
merge(struct sk_panes *panes, size_t n, const char **why)
{
	if ((panes->window = sk_panes_new_groups(panes, panes->memory / 2)) == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (sk_panes_pour(named_at(panes, i), panes->window, why) == -1)
			return NULL;
	return panes->window;
}

/*
 * Where sliding fails for want of room, it is tried again when the panes at hand have gone; until then all is merged anew
 * where that gives exact answers, and else exact panes go where the others are.
 */
static struct sk_groups *
slide_or_merge(struct sk_panes *panes, size_t n, const char **why)
{
	struct sk_groups *window = slide(panes, n);
	const bool failed = window == NULL && panes->sliding != NULL;
	const bool full = failed && errno == ENOSPC;

	if (window != NULL)
		return window;
	sk_panes_stop_sliding(panes);
	if ((window = merge(panes, n, why)) == NULL)
		return NULL;
	if (full && !sk_groups_exact(window))
		panes->apart_after = n + 1;
	else if (failed)
		panes->slide_after = n;
	return window;
}

struct sk_groups *
sk_panes_window(struct sk_panes *panes, uint64_t (*number_of)(const void *context, size_t i),
    const void *context, size_t n, const char **why)
{
	const size_t known = name(panes, number_of, context, n);
	struct sk_groups *window;

	sk_groups_free(panes->window);
	panes->window = NULL;
	if (known == 1 && named_at(panes, 0)->groups != NULL)
		window = named_at(panes, 0)->groups;
	else if (known <= 1)
		window = merge(panes, known, why);
	else if ((window = slide_or_merge(panes, known, why)) != NULL)
		hold(panes, known);
	panes->inexact = panes->inexact || (window != NULL && !sk_groups_exact(window));
	return window;
}
