/*
 * windows_support.h -- a reader of the events of windows: who keeps panes, as a tool would, and checks that the rules
 * hold.
 */
#ifndef STREAMKIT_TESTS_WINDOWS_SUPPORT_H
#define STREAMKIT_TESTS_WINDOWS_SUPPORT_H

#include "support.h"

#include "window/windows.h"

/* Records, by number alone: how many, and a sum that tells which. */
struct contents {
	uint64_t count;
	uint64_t sum;
};

static inline void
contents_add(struct contents *contents, size_t record)
{
	uint64_t z = (record + 1) * UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	contents->count++;
	contents->sum += z ^ z >> 31;
}

struct pane_seen {
	struct contents contents;
	uint64_t key;
	bool finished;
	size_t last_close; /* that named it */
};

/* One CLOSE; also what a reference says that there should be. */
struct close_seen {
	uint64_t key;
	int64_t start;
	int64_t end;
	uint64_t revision;
	struct contents contents;
};

#define NO_PANE UINT64_MAX        /* late */
#define NO_TRUST (UINT64_MAX - 1) /* future */

struct trace {
	struct sk_windows *windows;
	size_t given;      /* records before this batch */
	uint64_t *pane_of; /* of each record */
	struct pane_seen *panes;
	size_t panes_count;
	size_t panes_room;
	size_t panes_live;
	size_t panes_live_max;
	struct close_seen *closes;
	size_t closes_count;
	size_t closes_room;
	size_t watermarks;
	size_t late;
	size_t partly; /* late for some of their windows */
	size_t future;
	int64_t watermark;
	enum sk_windows_kind kind;
	size_t in_step; /* closes since the last watermark */
	uint64_t log;   /* a hash of all events in their order, runs taken apart */
};

static inline void *
grow(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room == 0 ? 64 : 2 * *room;
	if ((items = realloc(items, *room * size)) == NULL)
		fail_msg("out of memory");
	return items;
}

static inline void
trace_log(struct trace *trace, uint64_t word)
{
	trace->log = (trace->log ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	trace->log ^= trace->log >> 29;
}

/* By end, then start, then key. */
static inline int
compare_closes(const void *left, const void *right)
{
	const struct close_seen *a = left, *b = right;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

static inline void
see_close(struct trace *trace, const struct sk_windows_event *event)
{
	const size_t at = trace->closes_count;
	struct close_seen *close;

	trace->closes = grow(trace->closes, at, &trace->closes_room, sizeof(*trace->closes));
	close = &trace->closes[trace->closes_count++];
	*close = (struct close_seen){
		event->key, event->start, event->end, event->revision, {0, 0}
	};
	for (size_t i = 0; i < event->panes_count; i++) {
		struct pane_seen *pane = &trace->panes[event->panes[i]];

		assert_true(event->panes[i] < trace->panes_count);
		assert_false(pane->finished);
		assert_true(pane->key == event->key);
		for (size_t j = 0; j < i; j++)
			assert_true(event->panes[j] != event->panes[i]);
		/* Sessions of the same panes replace each other. */
		if (trace->kind == SK_WINDOWS_SESSION && pane->last_close != SIZE_MAX)
			assert_true(close->revision > trace->closes[pane->last_close].revision);
		close->contents.count += pane->contents.count;
		close->contents.sum += pane->contents.sum;
		pane->last_close = at;
		trace_log(trace, event->panes[i]);
	}
	if (trace->in_step++ > 0 && trace->kind != SK_WINDOWS_COUNT)
		assert_true(compare_closes(close - 1, close) < 0);
	trace_log(trace, (uint64_t)event->start);
	trace_log(trace, (uint64_t)event->end);
	trace_log(trace, event->revision);
}

static inline void
see_records(struct trace *trace, const struct sk_windows_event *event)
{
	for (size_t i = 0; i < event->count; i++) {
		const size_t record = trace->given + event->first + i;

		trace_log(trace, event->type);
		trace_log(trace, record);
		trace_log(trace, event->pane);
		assert_true(trace->pane_of[record] == 0);
		if (event->type == SK_WINDOWS_RECORDS) {
			assert_true(event->pane < trace->panes_count);
			assert_false(trace->panes[event->pane].finished);
			contents_add(&trace->panes[event->pane].contents, record);
			trace->pane_of[record] = event->pane + 1;
			trace->partly += event->partly;
			trace_log(trace, event->partly);
		} else {
			trace->late += event->type == SK_WINDOWS_LATE;
			trace->future += event->type == SK_WINDOWS_FUTURE;
			trace->pane_of[record] =
			    event->type == SK_WINDOWS_LATE ? NO_PANE : NO_TRUST;
		}
	}
}

static inline void
see(struct trace *trace, const struct sk_windows_event *event)
{
	const size_t panes = trace->panes_count;

	if (event->count == 0) { /* records one by one, for runs depend on batches */
		trace_log(trace, event->type);
		trace_log(trace, event->pane);
		trace_log(trace, event->key);
		trace_log(trace, (uint64_t)event->watermark);
	}
	switch (event->type) {
	case SK_WINDOWS_OPEN:
		assert_true(event->pane == panes);
		trace->panes = grow(trace->panes, panes, &trace->panes_room, sizeof(*trace->panes));
		trace->panes[trace->panes_count++] =
		    (struct pane_seen){ .key = event->key, .last_close = SIZE_MAX };
		if (++trace->panes_live > trace->panes_live_max)
			trace->panes_live_max = trace->panes_live;
		break;
	case SK_WINDOWS_RECORDS:
	case SK_WINDOWS_LATE:
	case SK_WINDOWS_FUTURE:
		see_records(trace, event);
		break;
	case SK_WINDOWS_OUTSIDE:
		fail_msg("nothing is left out where nothing is selected");
		break;
	case SK_WINDOWS_CLOSE:
		see_close(trace, event);
		break;
	case SK_WINDOWS_GAP:
		assert_true(event->count > 0 && event->end > event->start);
		break;
	case SK_WINDOWS_FINISHED:
		assert_true(event->pane < panes && !trace->panes[event->pane].finished);
		assert_true(trace->panes[event->pane].key == event->key);
		assert_true(trace->panes[event->pane].last_close != SIZE_MAX);
		trace->panes[event->pane].finished = true;
		trace->panes_live--;
		break;
	case SK_WINDOWS_WATERMARK:
		assert_true(event->watermark > trace->watermark);
		for (size_t i = 0; i < trace->in_step; i++)
			assert_true(
			    trace->closes[trace->closes_count - 1 - i].end <= event->watermark);
		trace->watermark = event->watermark;
		trace->watermarks++;
		trace->in_step = 0;
		break;
	}
}

/* Take all events; a refusal of memory is repeated. */
static inline void
trace_drain(struct trace *trace)
{
	struct sk_windows_event event;
	int got;

	while ((got = sk_windows_next(trace->windows, &event)) != 0)
		if (got == 1)
			see(trace, &event);
}

static inline void
trace_start(struct trace *trace, const struct sk_windows_options *options, size_t records)
{
	*trace = (struct trace){ .windows = sk_windows_new(options), .watermark = INT64_MIN };
	assert_non_null(trace->windows);
	trace->kind = options->kind;
	trace->pane_of = allocate(records * sizeof(*trace->pane_of));
	memset(trace->pane_of, 0, records * sizeof(*trace->pane_of));
}

static inline void
trace_give(struct trace *trace, const int64_t *times, const uint64_t *keys, size_t n, int64_t now)
{
	sk_windows_give(trace->windows, times, keys, n, now);
	trace_drain(trace);
	for (size_t i = 0; i < n; i++)
		assert_true(trace->pane_of[trace->given + i] != 0);
	trace->given += n;
}

/* The end of the stream: everything is over. */
static inline void
trace_finish(struct trace *trace)
{
	sk_windows_finish(trace->windows);
	trace_drain(trace);
	assert_int_equal(trace->panes_live, 0);
}

static inline void
trace_free(struct trace *trace)
{
	sk_windows_free(trace->windows);
	free(trace->pane_of);
	free(trace->panes);
	free(trace->closes);
}

/* All of a stream, in batches of up to ${batch} records. */
static inline void
trace_run(struct trace *trace, const struct sk_windows_options *options, const int64_t *times,
    const uint64_t *keys, size_t n, size_t batch)
{
	trace_start(trace, options, n);
	while (trace->given < n) {
		size_t size = random_below(batch) + 1;

		if (size > n - trace->given)
			size = n - trace->given;
		trace_give(trace, times == NULL ? NULL : times + trace->given,
		    keys == NULL ? NULL : keys + trace->given, size, 0);
	}
	trace_finish(trace);
}

#endif
