/*
 * closed.c -- windows that have closed, in the order in which they did.
 *
 * Each RECORDS frame asks whether its pane is in one of them, and it is not, but for late ones: so for each pane there is
 * the number of windows that are made of it.
 */
#include "closed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../window/key_table.h"

struct sk_closed {
	struct sk_closed_window *window;
	size_t begin; /* those before it are gone */
	size_t end;
	size_t room;
	struct sk_key_table panes; /* how many windows each is in */
	size_t aside;
};

struct sk_closed *
sk_closed_new(void)
{
	return calloc(1, sizeof(struct sk_closed));
}

static void
release(struct sk_closed_window *window)
{
	sk_groups_free(window->aside);
	free(window->panes);
	free(window->key);
}

void
sk_closed_free(struct sk_closed *closed)
{
	if (closed == NULL)
		return;
	for (size_t i = closed->begin; i < closed->end; i++)
		release(&closed->window[i]);
	free(closed->window);
	sk_key_table_release(&closed->panes);
	free(closed);
}

void
sk_closed_take_aside(
    struct sk_closed *closed, struct sk_closed_window *window, struct sk_groups *groups)
{
	window->aside = groups;
	closed->aside++;
}

size_t
sk_closed_aside(const struct sk_closed *closed)
{
	return closed->aside;
}

static int
count_pane(struct sk_closed *closed, uint64_t pane)
{
	uint32_t *count = sk_key_table_find(&closed->panes, pane);

	if (count != NULL) {
		++*count;
		return 0;
	}
	if (sk_key_table_reserve(&closed->panes) == -1)
		return -1;
	sk_key_table_insert(&closed->panes, pane, 1);
	return 0;
}

static void
discount_panes(struct sk_closed *closed, const uint64_t *panes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t *count = sk_key_table_find(&closed->panes, panes[i]);

		if (--*count == 0)
			sk_key_table_remove(&closed->panes, panes[i]);
	}
}

void
sk_closed_remove(struct sk_closed *closed, size_t at)
{
	struct sk_closed_window *window = &closed->window[closed->begin + at];

	discount_panes(closed, window->panes, window->panes_count);
	closed->aside -= window->aside != NULL;
	release(window);
	if (at == 0) {
		closed->begin++;
		return;
	}
	closed->end--;
	memmove(window, window + 1,
	    (size_t)(closed->window + closed->end - window) * sizeof(*window));
}

static bool
is_of(const struct sk_closed_window *window, uint64_t pane)
{
	for (size_t i = 0; i < window->panes_count; i++)
		if (window->panes[i] == pane)
			return true;
	return false;
}

struct sk_closed_window *
sk_closed_find(struct sk_closed *closed, const uint64_t *pane, size_t *at)
{
	if (pane != NULL && sk_key_table_find(&closed->panes, *pane) == NULL)
		return NULL;
	for (; closed->begin + *at < closed->end; ++*at) {
		struct sk_closed_window *window = &closed->window[closed->begin + *at];

		if (pane == NULL || is_of(window, *pane))
			return window;
	}
	return NULL;
}

/* Whether ${now} is told in the place of ${before}, with which it shares a pane. */
static bool
replaces(const struct sk_report_window *now, const struct sk_report_window *before)
{
	/* Windows of one length that slide share panes too, and none is within another. */
	return now->counted == before->counted && now->start <= before->start &&
	    now->end >= before->end && now->key_parts == before->key_parts &&
	    now->key.size == before->key.size &&
	    (now->key.size == 0 || memcmp(now->key.data, before->key.data, now->key.size) == 0);
}

bool
sk_closed_falls(const struct sk_closed *closed, const struct sk_report_window *now)
{
	for (size_t i = closed->end; i-- > closed->begin && closed->window[i].window.end >= now->end;) {
		const struct sk_report_window *before = &closed->window[i].window;

		if (before->start == now->start && before->end == now->end && replaces(now, before) &&
		    before->revision >= now->revision)
			return true;
	}
	return false;
}

/* The first revision of a window corrects nothing. */
static void
remove_corrected(struct sk_closed *closed, const struct sk_report_window *now,
    const uint64_t *panes, size_t n)
{
	const struct sk_closed_window *before;

	for (size_t i = 0; i < n && now->revision > 0; i++)
		for (size_t at = 0; (before = sk_closed_find(closed, &panes[i], &at)) != NULL;)
			if (replaces(now, &before->window))
				sk_closed_remove(closed, at);
			else
				at++;
}

static int
make_room(struct sk_closed *closed)
{
	size_t count = closed->end - closed->begin, room = closed->room == 0 ? 16 : 2 * closed->room;
	struct sk_closed_window *window;

	if (closed->end < closed->room)
		return 0;
	if (count <= closed->room / 2 && count > 0) {
		memmove(closed->window, closed->window + closed->begin, count * sizeof(*window));
	} else if (count > 0 || closed->room == 0) {
		if ((window = realloc(closed->window, room * sizeof(*window))) == NULL)
			return -1;
		closed->window = window;
		closed->room = room;
		memmove(window, window + closed->begin, count * sizeof(*window));
	}
	closed->begin = 0;
	closed->end = count;
	return 0;
}

static int
copy(struct sk_closed_window *to, const struct sk_report_window *window, const uint64_t *panes,
    size_t n)
{
	*to = (struct sk_closed_window){ .window = *window, .panes_count = n };
	if ((window->key.size > 0 && (to->key = malloc(window->key.size)) == NULL) ||
	    (to->panes = malloc(n * sizeof(*panes))) == NULL) {
		free(to->key);
		return -1;
	}
	if (window->key.size > 0)
		memcpy(to->key, window->key.data, window->key.size);
	to->window.key.data = to->key;
	memcpy(to->panes, panes, n * sizeof(*panes));
	return 0;
}

int
sk_closed_add(struct sk_closed *closed, const struct sk_report_window *window,
    const uint64_t *panes, size_t n)
{
	remove_corrected(closed, window, panes, n);
	if (make_room(closed) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (count_pane(closed, panes[i]) == -1) {
			discount_panes(closed, panes, i);
			return -1;
		}
	if (copy(&closed->window[closed->end], window, panes, n) == -1) {
		discount_panes(closed, panes, n);
		return -1;
	}
	closed->end++;
	return 0;
}
