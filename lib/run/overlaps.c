/* overlaps.c -- windows that go into one answer, in order and without their likes. */
#include "overlaps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/distinct.h"
#include "../sketch/tablehash.h"
#include "diag.h"
#include "when.h"

#define ROOM_FIRST ((size_t)64)

struct window {
	uint64_t key; /* its hash */
	int64_t start;
	int64_t end;
};

struct sk_overlaps {
	const struct sk_assigner *assigner;
	struct sk_tablehash hash;
	struct window *window;
	size_t count;
	size_t room;
	size_t most;
	bool full; /* for good */
};

struct sk_overlaps *
sk_overlaps_new(const struct sk_assigner *assigner, size_t memory, uint64_t seed)
{
	struct sk_overlaps *overlaps = calloc(1, sizeof(*overlaps));

	if (overlaps == NULL)
		sk_die("out of memory");
	overlaps->assigner = assigner;
	overlaps->most = memory / sizeof(*overlaps->window);
	sk_tablehash_init(&overlaps->hash, seed);
	return overlaps;
}

void
sk_overlaps_free(struct sk_overlaps *overlaps)
{
	if (overlaps == NULL)
		return;
	free(overlaps->window);
	free(overlaps);
}

bool
sk_overlaps_matter(const struct sk_container *sketch)
{
	return sketch->family != SK_FAMILY_HLL && sketch->family != SK_FAMILY_THETA &&
	    sketch->family != SK_DISTINCT_ITEMS;
}

static int
compare_windows(const void *left, const void *right)
{
	const struct window *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

/* Put them in order, and keep one of those that are equal. */
static void
settle(struct sk_overlaps *overlaps)
{
	struct window *window = overlaps->window;
	size_t kept = 0;

	if (overlaps->count < 2)
		return;
	qsort(window, overlaps->count, sizeof(*window), compare_windows);
	for (size_t i = 0; i < overlaps->count; i++)
		if (kept == 0 || compare_windows(&window[kept - 1], &window[i]) != 0)
			window[kept++] = window[i];
	overlaps->count = kept;
}

/* Windows come in order but for those of other inputs, which are often the same ones. */
static bool
make_room(struct sk_overlaps *overlaps)
{
	size_t room = overlaps->room == 0 ? ROOM_FIRST : 2 * overlaps->room;

	if (overlaps->count < overlaps->room)
		return true;
	settle(overlaps);
	if (overlaps->count < overlaps->room / 4 * 3)
		return true;
	if (room > overlaps->most) {
		overlaps->full = overlaps->count == overlaps->room;
		return !overlaps->full;
	}
	overlaps->window = realloc(overlaps->window, room * sizeof(*overlaps->window));
	if (overlaps->window == NULL)
		sk_die("out of memory");
	overlaps->room = room;
	return true;
}

void
sk_overlaps_add(struct sk_overlaps *overlaps, int64_t start, int64_t end, struct sk_span key, size_t parts)
{
	const struct window window = { sk_tablehash_of(&overlaps->hash, key) + parts, start, end };

	if (overlaps->count > 0 && compare_windows(&overlaps->window[overlaps->count - 1], &window) == 0)
		return;
	if (!overlaps->full && make_room(overlaps))
		overlaps->window[overlaps->count++] = window;
}

/* Whether ${a}, which does not start after ${b}, overlaps with it where they go. */
static bool
overlap(const struct sk_overlaps *overlaps, const struct window *a, const struct window *b)
{
	return a->key == b->key && b->start < a->end &&
	    (overlaps->assigner == NULL ||
		sk_assigner_holds(overlaps->assigner, a->start, a->end > b->end ? a->end : b->end));
}

/* The first that overlaps with the one before it, or with the one of those before that reaches furthest; 0: none does. */
static size_t
find(struct sk_overlaps *overlaps, size_t *other)
{
	const struct window *window = overlaps->window;
	size_t far = 0;

	settle(overlaps);
	for (size_t i = 1; i < overlaps->count; i++) {
		*other = overlap(overlaps, &window[far], &window[i]) ? far : i - 1;
		if (overlap(overlaps, &window[*other], &window[i]))
			return i;
		if (window[i].key != window[far].key || window[i].end > window[far].end)
			far = i;
	}
	return 0;
}

void
sk_overlaps_note(struct sk_overlaps *overlaps, bool counted)
{
	char text[4][SK_WHEN_SIZE];
	size_t other, one = find(overlaps, &other);

	if (one == 0)
		return;
	for (int i = 0; i < 4; i++) {
		const struct window *window = &overlaps->window[i < 2 ? other : one];
		const int64_t when = i % 2 == 0 ? window->start : window->end;

		if (counted)
			snprintf(text[i], sizeof(text[i]), "%" PRId64, when);
		else
			sk_when_format(when, text[i]);
	}
	sk_note("windows overlap, as %s to %s and %s to %s: records that are in both count twice", text[0], text[1],
	    text[2], text[3]);
}
