/*
 * cut_open.c -- which windows are under way.
 *
 * Counts need no memory: the ordinal at which a pane opens says how many windows of its key have closed, and a window
 * that closes has the panes of the next one in it.
 */
#include "cut_open.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"

struct open_pane {
	int64_t start;
	uint64_t pane;
};

struct sk_cut_open {
	struct sk_windows_options options;
	struct sk_assigner assigner;
	/* Of windows of time */
	struct open_pane *panes; /* by start, from `head` to `end` */
	size_t head;
	size_t end;
	size_t room;
	uint64_t *names; /* of panes to be told of; as much room */
	int64_t fired;   /* the number of the last window that has been due; INT64_MIN: none */
	bool telling;    /* a window has been told of, and its number is: */
	int64_t told;
};

struct sk_cut_open *
sk_cut_open_new(const struct sk_windows_options *options)
{
	const bool of_time = options->kind == SK_WINDOWS_TIME;
	const int64_t slide = options->slide != 0 ? options->slide : options->size;
	struct sk_cut_open *open;

	if (options->kind == SK_WINDOWS_SESSION)
		return NULL;
	if ((open = calloc(1, sizeof(*open))) == NULL)
		sk_die("out of memory");
	open->options = *options;
	open->fired = INT64_MIN;
	(void)sk_assigner_init(&open->assigner, options->size, slide, of_time ? options->offset : 0,
	    of_time ? options->zone : NULL);
	return open;
}

void
sk_cut_open_free(struct sk_cut_open *open)
{
	if (open == NULL)
		return;
	free(open->panes);
	free(open->names);
	free(open);
}

size_t
sk_cut_open_memory(const struct sk_cut_open *open)
{
	return open->room * (sizeof(*open->panes) + sizeof(*open->names));
}

static bool
overlapping(const struct sk_cut_open *open)
{
	return open->assigner.slide < open->assigner.size;
}

/* Window ${number}, with ${n} ${panes}. */
static bool
tell(const struct sk_cut_open *open, int64_t number, const uint64_t *panes, size_t n,
    struct sk_windows_event *window)
{
	const struct sk_interval span = sk_assigner_window(&open->assigner, number);

	window->start = span.start;
	window->end = span.end;
	window->panes = panes;
	window->panes_count = n;
	return true;
}

/* Counts */

static bool
take_counted(struct sk_cut_open *open, const struct sk_windows_event *event,
    struct sk_windows_event *window)
{
	const struct sk_assigner *assigner = &open->assigner;
	const size_t gone = assigner->odd == 0 ? 1 : 2; /* panes that only the closed window has */
	int64_t next;

	if (event->type == SK_WINDOWS_OPEN) {
		next = sk_assigner_first(assigner, event->start);
		return tell(open, next < 0 ? 0 : next, &event->pane, 1, window);
	}
	/* At the end of the stream they are not full, and nothing follows. */
	if (event->type != SK_WINDOWS_CLOSE || event->end - event->start < assigner->size ||
	    event->panes_count <= gone)
		return false;
	next = event->start / assigner->slide + 1;
	return tell(open, next, event->panes + gone, event->panes_count - gone, window);
}

/* Time */

/* The first pane that starts at ${start} or later. */
static size_t
find(const struct sk_cut_open *open, int64_t start)
{
	size_t low = open->head, high = open->end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (open->panes[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
reserve(struct sk_cut_open *open)
{
	if (open->end < open->room)
		return;
	if (open->head > open->room / 2) {
		memmove(open->panes, open->panes + open->head,
		    (open->end - open->head) * sizeof(*open->panes));
		open->end -= open->head;
		open->head = 0;
		return;
	}
	open->room = open->room * 2 + 16;
	open->panes = realloc(open->panes, open->room * sizeof(*open->panes));
	open->names = realloc(open->names, open->room * sizeof(*open->names));
	if (open->panes == NULL || open->names == NULL)
		sk_die("out of memory");
}

static void
add_pane(struct sk_cut_open *open, const struct sk_windows_event *event)
{
	size_t at;

	reserve(open);
	at = find(open, event->start);
	memmove(open->panes + at + 1, open->panes + at, (open->end++ - at) * sizeof(*open->panes));
	open->panes[at] = (struct open_pane){ event->start, event->pane };
}

/* Panes finish in the order of their starts. */
static void
remove_pane(struct sk_cut_open *open, uint64_t pane)
{
	size_t at = open->head;

	while (at < open->end && open->panes[at].pane != pane)
		at++;
	if (at == open->end)
		return;
	memmove(open->panes + open->head + 1, open->panes + open->head,
	    (at - open->head) * sizeof(*open->panes));
	open->head++;
}

/* The number of the window with any records that closes next; false if there is none. */
static bool
next_window(const struct sk_cut_open *open, int64_t *number)
{
	size_t at = open->head;

	if (open->fired > INT64_MIN)
		at = find(open, sk_assigner_window(&open->assigner, open->fired + 1).start);
	if (at == open->end)
		return false;
	*number = sk_assigner_first(&open->assigner, open->panes[at].start);
	if (*number <= open->fired)
		*number = open->fired + 1;
	return true;
}

/* Tell of the next window, unless it has been told of. */
static bool
tell_next(struct sk_cut_open *open, int64_t number, struct sk_windows_event *window)
{
	const struct sk_interval span = sk_assigner_window(&open->assigner, number);
	const size_t first = find(open, span.start), end = find(open, span.end);

	if (open->telling && open->told == number)
		return false;
	open->telling = true;
	open->told = number;
	for (size_t i = first; i < end; i++)
		open->names[i - first] = open->panes[i].pane;
	return tell(open, number, open->names, end - first, window);
}

static bool
take_pane(struct sk_cut_open *open, const struct sk_windows_event *event,
    struct sk_windows_event *window)
{
	const int64_t first = sk_assigner_first(&open->assigner, event->start);
	const int64_t last = sk_assigner_last(&open->assigner, event->start);
	int64_t number;

	if (!overlapping(open))
		return last > open->fired && tell(open, last, &event->pane, 1, window);
	add_pane(open, event);
	if (!next_window(open, &number))
		return false;
	if (tell_next(open, number, window))
		return true;
	return first <= number && number <= last && tell(open, number, &event->pane, 1, window);
}

static bool
take_watermark(struct sk_cut_open *open, int64_t watermark, struct sk_windows_event *window)
{
	int64_t number;

	if (watermark < open->assigner.least)
		return false;
	open->fired = sk_assigner_due(
	    &open->assigner, watermark < open->assigner.most ? watermark : open->assigner.most);
	return overlapping(open) && next_window(open, &number) && tell_next(open, number, window);
}

bool
sk_cut_open_take(struct sk_cut_open *open, const struct sk_windows_event *event,
    struct sk_windows_event *window)
{
	*window = (struct sk_windows_event){ .key = event->key };
	if (open->options.kind == SK_WINDOWS_COUNT)
		return take_counted(open, event, window);
	switch (event->type) {
	case SK_WINDOWS_OPEN:
		return take_pane(open, event, window);
	case SK_WINDOWS_WATERMARK:
		return take_watermark(open, event->watermark, window);
	case SK_WINDOWS_FINISHED:
		remove_pane(open, event->pane);
		return false;
	default:
		return false;
	}
}
