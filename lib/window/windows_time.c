/*
 * windows_time.c -- tumbling and sliding windows of event time.
 *
 * There is an entry for every window that has records and is still open to more. Those of one pane stand side by
 * side: they are made when the pane opens, and leave from the front.
 *
 * A span that goes over a border of panes has one of its own, of all the panes that it touches: two panes may start at
 * one time, or overlap. The last window that a pane is in is told by its start alone, so that panes by start still
 * finish from the front.
 */
#include "windows_parts.h"

#include <stdlib.h>
#include <string.h>

struct time_pane {
	struct sk_interval span;
	uint64_t pane;
	int64_t last; /* the number of the last window that it is in */
};

struct time_window {
	int64_t number;
	uint32_t closes; /* so far */
	bool dirty;      /* records came after it was due */
};

enum time_stage {
	TIME_START,
	TIME_CLOSE,
	TIME_FINISH,
};

static struct time_pane *
pane_at(const struct sk_time_windows *time, size_t index)
{
	return (struct time_pane *)time->panes.items + index;
}

static struct time_window *
window_at(const struct sk_time_windows *time, size_t index)
{
	return (struct time_window *)time->windows.items + index;
}

void
sk_time_release(struct sk_windows *windows)
{
	free(windows->of.time.panes.items);
	free(windows->of.time.windows.items);
}

size_t
sk_time_memory(const struct sk_windows *windows)
{
	return windows->of.time.panes.room * sizeof(struct time_pane) +
	    windows->of.time.windows.room * sizeof(struct time_window);
}

/* The first pane that starts at ${start} or later. */
static size_t
find_pane(const struct sk_time_windows *time, int64_t start)
{
	size_t low = time->panes.head, high = time->panes.end;

	if (low < high && pane_at(time, high - 1)->span.start < start)
		return high;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (pane_at(time, middle)->span.start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first pane of ${span}, or behind it. */
static size_t
find_span(const struct sk_time_windows *time, struct sk_interval span)
{
	size_t at = find_pane(time, span.start);

	while (at < time->panes.end && pane_at(time, at)->span.start == span.start &&
	    pane_at(time, at)->span.end < span.end)
		at++;
	return at;
}

static bool
is_span(const struct sk_time_windows *time, size_t at, struct sk_interval span)
{
	return at < time->panes.end && pane_at(time, at)->span.start == span.start &&
	    pane_at(time, at)->span.end == span.end;
}

/* The first window with ${number} or a larger one. */
static size_t
find_window(const struct sk_time_windows *time, int64_t number)
{
	size_t low = time->windows.head, high = time->windows.end;

	if (low < high && window_at(time, high - 1)->number < number)
		return high;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (window_at(time, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The number of the first window that a watermark leaves open to corrections. */
static int64_t
first_alive(const struct sk_windows *windows, int64_t watermark)
{
	int64_t time = sk_time_subtract(watermark, windows->options.lateness);

	if (time < windows->assigner.least)
		return INT64_MIN;
	return sk_assigner_first(&windows->assigner, time < windows->assigner.most ? time : windows->assigner.most);
}

/* The watermark that closes a window to corrections. */
static int64_t
drop_of(const struct sk_windows *windows, int64_t number)
{
	return sk_time_add(
	    sk_assigner_window(&windows->assigner, number).end, windows->options.lateness);
}

/* Placing */

/* Make entries for the windows ${first} to ${last} that have none, for which there is room. */
static void
add_windows(struct sk_time_windows *time, int64_t first, int64_t last)
{
	const size_t length = (size_t)(last - first) + 1;
	const size_t at = find_window(time, first), behind = find_window(time, last + 1);
	size_t left = behind - at;

	memmove(window_at(time, at + length), window_at(time, behind),
	    (time->windows.end - behind) * sizeof(struct time_window));
	time->windows.end += length - left;
	for (size_t i = length; i-- > 0;) {
		const int64_t number = first + (int64_t)i;

		if (left > 0 && window_at(time, at + left - 1)->number == number)
			*window_at(time, at + i) = *window_at(time, at + --left);
		else
			*window_at(time, at + i) = (struct time_window){ .number = number };
	}
}

static int
open_pane(struct sk_windows *windows, struct sk_interval span, int64_t first, int64_t last)
{
	struct sk_time_windows *time = &windows->of.time;
	size_t at;

	if (sk_row_reserve(&time->panes, sizeof(struct time_pane), 1) == -1 ||
	    sk_row_reserve(
		&time->windows, sizeof(struct time_window), (size_t)(last - first) + 1) == -1)
		return -1;
	at = find_span(time, span);
	memmove(pane_at(time, at + 1), pane_at(time, at),
	    (time->panes.end++ - at) * sizeof(struct time_pane));
	*pane_at(time, at) = (struct time_pane){ span, windows->next_pane++, last };
	add_windows(time, first, last);
	/* A late record's window may be the next to be dropped. */
	if (drop_of(windows, first) < windows->due)
		windows->due = drop_of(windows, first);
	return 0;
}

/* Something came for the windows ${first} to ${last}: those that have been due are to close again. */
static void
touch_windows(struct sk_time_windows *time, int64_t first, int64_t last)
{
	if (first > time->fired)
		return;
	for (size_t i = find_window(time, first);
	     i < time->windows.end && window_at(time, i)->number <= last &&
	     window_at(time, i)->number <= time->fired;
	     i++)
		window_at(time, i)->dirty = true;
}

/* The panes that what is at hand touches, as one. */
static struct sk_interval
span_at_hand(const struct sk_windows *windows, int64_t moment, int64_t last)
{
	struct sk_interval span = sk_assigner_pane(&windows->assigner, moment);

	if (last >= span.end)
		span.end = sk_assigner_pane(&windows->assigner, last).end;
	return span;
}

int
sk_time_place(struct sk_windows *windows, int64_t moment, struct sk_placement *placement)
{
	struct sk_time_windows *time = &windows->of.time;
	const int64_t last_moment = sk_windows_last_time(windows);
	int64_t first, last, alive;
	size_t at;

	if (windows->ends == NULL && moment >= time->here.start && moment < time->here.end) {
		placement->pane = time->here_pane;
		placement->partly = time->here_partly;
		return 0;
	}
	last = sk_assigner_last(&windows->assigner, moment);
	alive = first_alive(windows, windows->watermark.mark);
	if (last < alive) {
		placement->type = SK_WINDOWS_LATE;
		return 0;
	}
	first = sk_assigner_first(&windows->assigner, last_moment);
	placement->partly = first < alive;
	if (placement->partly)
		first = alive;
	placement->span = span_at_hand(windows, moment, last_moment);
	at = find_span(time, placement->span);
	if (!is_span(time, at, placement->span)) {
		if (open_pane(windows, placement->span, first, last) == -1)
			return -1;
		placement->opened = true;
		at = find_span(time, placement->span);
	}
	touch_windows(time, first, last);
	placement->pane = pane_at(time, at)->pane;
	/* A span within this one may have a pane of its own. */
	if (windows->ends == NULL) {
		time->here = placement->span;
		time->here_pane = placement->pane;
		time->here_partly = placement->partly;
	}
	return 0;
}

/* Nothing can happen in between: the times are trusted, and the watermark stays before `due`. */
size_t
sk_time_place_run(const struct sk_windows *windows, int64_t *largest)
{
	const struct sk_time_windows *time = &windows->of.time;
	const struct sk_watermark *watermark = &windows->watermark;
	const int64_t trusted = sk_watermark_trusts(watermark, windows->now);
	const int64_t quiet = sk_time_add(windows->due, watermark->out_of_order);
	const int64_t since = windows->options.selects ? windows->options.since : INT64_MIN;
	const int64_t start = time->here.start > since ? time->here.start : since;
	int64_t limit = time->here.end;
	size_t at = windows->at;

	if (limit > trusted)
		limit = trusted;
	if (limit > quiet)
		limit = quiet;
	if (limit > windows->assigner.most)
		limit = windows->assigner.most;
	if (windows->options.selects && limit > windows->options.until)
		limit = windows->options.until;
	*largest = INT64_MIN;
	for (; at < windows->n; at++) {
		const int64_t moment = windows->times[at];

		if (moment < start || moment >= limit)
			break;
		if (moment > *largest)
			*largest = moment;
	}
	return at - windows->at;
}

/* Closing */

static int
close_window(struct sk_windows *windows, struct time_window *window, struct sk_windows_event *event)
{
	struct sk_time_windows *time = &windows->of.time;
	const struct sk_interval span = sk_assigner_window(&windows->assigner, window->number);
	const size_t first = find_pane(time, span.start), end = find_pane(time, span.end);
	size_t count = 0;
	uint64_t *names;

	windows->names.end = 0;
	if (sk_row_reserve(&windows->names, sizeof(*names), end - first) == -1)
		return -1;
	names = windows->names.items;
	for (size_t i = first; i < end; i++)
		if (pane_at(time, i)->span.end <= span.end)
			names[count++] = pane_at(time, i)->pane;
	*event = (struct sk_windows_event){ .type = SK_WINDOWS_CLOSE,
		.start = span.start,
		.end = span.end,
		.revision = window->closes++,
		.panes = names,
		.panes_count = count };
	window->dirty = false;
	return 0;
}

/* Tell at once of all empty windows before ${number}, if they are too many to be told of one by one. */
static bool
take_gap(struct sk_windows *windows, int64_t number, struct sk_windows_event *event)
{
	struct sk_time_windows *time = &windows->of.time;
	const int64_t first = time->gap_first;
	const int64_t last = time->gap_last < number ? time->gap_last : number - 1;
	uint64_t count;

	if (first > last || windows->options.empty_most == 0)
		return false;
	count = (uint64_t)last - (uint64_t)first + 1;
	if (count <= windows->options.empty_most)
		return false;
	*event = (struct sk_windows_event){ .type = SK_WINDOWS_GAP,
		.start = sk_assigner_window(&windows->assigner, first).start,
		.end = sk_assigner_window(&windows->assigner, last).end,
		.count = count < SIZE_MAX ? (size_t)count : SIZE_MAX };
	time->gap_first = last + 1;
	return true;
}

/* Tell of the next empty window before ${number}, if there is one. */
static bool
take_empty(struct sk_windows *windows, int64_t number, struct sk_windows_event *event)
{
	struct sk_time_windows *time = &windows->of.time;

	if (take_gap(windows, number, event))
		return true;
	while (time->gap_first <= time->gap_last && time->gap_first < number) {
		const struct sk_interval span =
		    sk_assigner_window(&windows->assigner, time->gap_first++);

		if (span.start == span.end) /* of a date that there was not */
			continue;
		*event = (struct sk_windows_event){
			.type = SK_WINDOWS_CLOSE, .start = span.start, .end = span.end
		};
		return true;
	}
	return false;
}

/* A ${window} is about to close for the first time: so those between it and the others are due, though empty. */
static void
extend(struct sk_time_windows *time, struct time_window *window)
{
	const int64_t number = window->number;

	if (!time->any) {
		time->any = true;
		time->low = time->high = number;
	} else if (number > time->high) {
		time->gap_first = time->high + 1;
		time->gap_last = number - 1;
		time->high = number;
	} else if (number < time->low) {
		time->gap_first = number + 1;
		time->gap_last = time->low - 1;
		time->low = number;
	} else if (time->gap_first <= number && number <= time->gap_last) {
		time->gap_first = number + 1; /* what is before it has been told of */
	} else {
		window->closes = 1; /* it has been told of, as an empty one */
	}
}

/* The windows that are due, and those that have changed, in one pass: 1, 0 at the end, -1. */
static int
close_next_window(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_time_windows *time = &windows->of.time;

	for (; time->cursor < time->windows.end; time->cursor++) {
		struct time_window *window = window_at(time, time->cursor);

		if (window->number > time->due)
			break;
		if (window->number <= time->fired && !window->dirty)
			continue;
		if (windows->options.empty && !time->entered) {
			if (take_empty(windows, window->number, event))
				return 1;
			if (window->closes == 0)
				extend(time, window);
			time->entered = true;
		}
		if (take_empty(windows, window->number, event))
			return 1;
		if (close_window(windows, window, event) == -1)
			return -1;
		time->entered = false;
		time->cursor++;
		return 1;
	}
	if (take_empty(windows, INT64_MAX, event))
		return 1;
	/* There is more to come: what is empty before it will not stay the last. */
	if (time->any && time->cursor < time->windows.end && time->high < time->due) {
		time->gap_first = time->high + 1;
		time->gap_last = time->high = time->due;
		return take_empty(windows, INT64_MAX, event);
	}
	return 0;
}

/* Finishing */

static void
drop_windows(struct sk_windows *windows)
{
	struct sk_row *row = &windows->of.time.windows;
	const int64_t alive = windows->finishing ? INT64_MAX : first_alive(windows, windows->bound);

	while (row->head < row->end && window_at(&windows->of.time, row->head)->number < alive)
		row->head++;
}

/* Panes whose last window has gone. */
static bool
finish_next_pane(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_time_windows *time = &windows->of.time;
	const struct time_pane *pane;

	if (time->panes.head == time->panes.end)
		return false;
	pane = pane_at(time, time->panes.head);
	if (time->windows.head < time->windows.end &&
	    pane->last >= window_at(time, time->windows.head)->number)
		return false;
	*event = (struct sk_windows_event){ .type = SK_WINDOWS_FINISHED, .pane = pane->pane };
	time->panes.head++;
	return true;
}

/* The watermark at which there will be something to do: at the latest at the next border of panes. */
static int64_t
next_due(const struct sk_windows *windows)
{
	const struct sk_time_windows *time = &windows->of.time;
	int64_t due, drop;

	if (windows->bound < windows->assigner.least)
		return windows->assigner.least;
	if (windows->bound >= windows->assigner.most)
		return INT64_MAX;
	due = sk_assigner_pane(&windows->assigner, windows->bound).end;
	if (time->windows.head == time->windows.end)
		return due;
	drop = drop_of(windows, window_at(time, time->windows.head)->number);
	return drop < due ? drop : due;
}

int
sk_time_sweep(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_time_windows *time = &windows->of.time;
	int64_t bound = windows->bound;

	switch ((enum time_stage)windows->stage) {
	case TIME_START:
		time->here = (struct sk_interval){ 0, 0 };
		time->cursor = time->windows.head;
		time->entered = false;
		if (bound > windows->assigner.most)
			bound = windows->assigner.most;
		time->due = windows->finishing ? INT64_MAX
		    : bound < windows->assigner.least      ? INT64_MIN
					       : sk_assigner_due(&windows->assigner, bound);
		windows->stage = TIME_CLOSE;
		/* fall through */
	case TIME_CLOSE: {
		const int got = close_next_window(windows, event);

		if (got != 0)
			return got;
		time->fired = time->due;
		drop_windows(windows);
		windows->stage = TIME_FINISH;
	}
		/* fall through */
	case TIME_FINISH:
		if (finish_next_pane(windows, event))
			return 1;
	}
	return sk_windows_end_sweep(
	    windows, windows->finishing ? INT64_MAX : next_due(windows), event);
}
