/* open_windows.c -- the windows under way that a stream has told of. There are as many as open panes at most, or few. */
#include "open_windows.h"

#include <stdlib.h>
#include <string.h>

struct sk_open_windows {
	struct sk_open_window **window; /* in order */
	size_t count;
	size_t room;
	size_t memory;
	size_t used;
	bool lacking;
};

struct sk_open_windows *
sk_open_windows_new(size_t memory)
{
	struct sk_open_windows *open = calloc(1, sizeof(*open));

	if (open != NULL)
		open->memory = memory;
	return open;
}

static void
free_window(struct sk_open_window *window)
{
	free(window->panes);
	free(window); /* the key is in the same block */
}

void
sk_open_windows_clear(struct sk_open_windows *open)
{
	for (size_t i = 0; i < open->count; i++)
		free_window(open->window[i]);
	open->count = 0;
	open->used = open->room * sizeof(*open->window);
	open->lacking = false;
}

void
sk_open_windows_free(struct sk_open_windows *open)
{
	if (open == NULL)
		return;
	sk_open_windows_clear(open);
	free(open->window);
	free(open);
}

bool
sk_open_windows_lacking(const struct sk_open_windows *open)
{
	return open->lacking;
}

size_t
sk_open_windows_count(const struct sk_open_windows *open)
{
	return open->count;
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_bytes(struct sk_span a, struct sk_span b)
{
	const size_t size = a.size < b.size ? a.size : b.size;
	const int order = size > 0 ? memcmp(a.data, b.data, size) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int
compare(const struct sk_open_window *window, const struct sk_pane_close *other)
{
	int order = compare_numbers(window->end, other->end);

	if (order == 0)
		order = compare_numbers(window->start, other->start);
	if (order == 0)
		order = (int)window->counted - (int)other->counted;
	return order != 0 ? order : compare_bytes(window->key, other->key);
}

/* The place of ${window}, or the one where it belongs. */
static size_t
find(const struct sk_open_windows *open, const struct sk_pane_close *window, bool *found)
{
	size_t low = 0, high = open->count;

	*found = false;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare(open->window[middle], window);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether ${bytes} more may be taken. */
static bool
take(struct sk_open_windows *open, size_t bytes)
{
	if (bytes > open->memory - open->used)
		return false;
	open->used += bytes;
	return true;
}

/* A new window at place ${at}; NULL where there is no room. */
static struct sk_open_window *
insert(struct sk_open_windows *open, size_t at, const struct sk_pane_close *about)
{
	const size_t bytes = sizeof(struct sk_open_window) + about->key.size;
	struct sk_open_window *window;

	if (open->count == open->room) {
		const size_t more = open->room + 8;
		struct sk_open_window **grown;

		if (!take(open, more * sizeof(*grown)))
			return NULL;
		if ((grown = realloc(open->window, (open->room + more) * sizeof(*grown))) == NULL)
			return NULL;
		open->window = grown;
		open->room += more;
	}
	if (!take(open, bytes) || (window = malloc(bytes)) == NULL)
		return NULL;
	*window = (struct sk_open_window){ .start = about->start,
		.end = about->end,
		.counted = about->counted,
		.key_parts = about->key_parts,
		.key = { (unsigned char *)(window + 1), about->key.size },
		.bytes = bytes };
	if (about->key.size > 0)
		memcpy(window + 1, about->key.data, about->key.size);
	memmove(open->window + at + 1, open->window + at, (open->count++ - at) * sizeof(*open->window));
	open->window[at] = window;
	return window;
}

static bool
reserve(struct sk_open_windows *open, struct sk_open_window *window, size_t n)
{
	size_t more = n > window->room / 2 ? n : window->room / 2;
	uint64_t *panes;

	if (n <= window->room - window->panes_count)
		return true;
	if (!take(open, more * sizeof(*panes)))
		return false;
	window->bytes += more * sizeof(*panes);
	if ((panes = realloc(window->panes, (window->room + more) * sizeof(*panes))) == NULL)
		return false;
	window->panes = panes;
	window->room += more;
	return true;
}

static void
remove_at(struct sk_open_windows *open, size_t at)
{
	open->used -= open->window[at]->bytes;
	free_window(open->window[at]);
	memmove(open->window + at, open->window + at + 1, (--open->count - at) * sizeof(*open->window));
}

void
sk_open_windows_add(struct sk_open_windows *open, const struct sk_pane_close *about)
{
	bool found;
	const size_t at = find(open, about, &found);
	struct sk_open_window *window = found ? open->window[at] : NULL;

	/* None rather than a part of one: of what is new now something may have been left out before. */
	if (!found && !open->lacking)
		window = insert(open, at, about);
	if (window == NULL || !reserve(open, window, about->panes_count)) {
		if (window != NULL)
			remove_at(open, at);
		open->lacking = true;
		return;
	}
	for (size_t i = 0; i < about->panes_count; i++)
		window->panes[window->panes_count++] = sk_pane_of(about, i);
	window->sorted = false;
}

void
sk_open_windows_remove(struct sk_open_windows *open, const struct sk_pane_close *window)
{
	bool found;
	const size_t at = find(open, window, &found);

	if (found)
		remove_at(open, at);
}

static int
compare_panes(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Its panes may have been named again, and none is to count twice. */
static void
sort(struct sk_open_window *window)
{
	size_t kept = 0;

	if (window->panes_count > 0)
		qsort(window->panes, window->panes_count, sizeof(*window->panes), compare_panes);
	for (size_t i = 0; i < window->panes_count; i++)
		if (kept == 0 || window->panes[kept - 1] != window->panes[i])
			window->panes[kept++] = window->panes[i];
	window->panes_count = kept;
	window->sorted = true;
}

const struct sk_open_window *
sk_open_windows_at(struct sk_open_windows *open, size_t i)
{
	if (!open->window[i]->sorted)
		sort(open->window[i]);
	return open->window[i];
}
