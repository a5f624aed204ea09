/*
 * windows.h -- which records make up which windows, and when these are complete.
 *
 * Batches of records (a time and a key each) and readings of the clock go in; events come out that say where each
 * record belongs and which windows are done. The records themselves stay with the caller. There are three kinds:
 *
 *	SK_WINDOWS_TIME     tumbling or sliding windows of event time (assign.h), the same for all keys
 *	SK_WINDOWS_SESSION  per key, records less than a gap apart: from the first one's time to the last one's + gap
 *	SK_WINDOWS_COUNT    per key, as many records in the order in which they came; `start` and `end` are ordinals
 *	                    from 0 instead of times, and times are not looked at
 *
 * Panes are what records are put in, and windows are made of: OPEN, then RECORDS, and CLOSE of windows that name the
 * pane, and FINISHED when no further CLOSE will name it and no record go there. Panes are numbered from 0 as they
 * open.
 *
 * A window closes when the watermark (watermark.h) has reached its end. Its revision is 0. With a lateness L it stays
 * open to corrections until the watermark has reached end + L: records that come for it until then are put into its
 * panes, and it closes again, its revision one higher, when the watermark next passes a border of panes (of sessions:
 * a multiple of the gap) or else end + L: once for many late records. A record all of whose windows are beyond that
 * is LATE and belongs nowhere. One that came late to some of its windows only is in its pane, which these windows,
 * closed for good, no longer tell of: its RECORDS are `partly` late. A record whose time is distrusted, or beyond the assigner's most (assign.h), is FUTURE,
 * and belongs nowhere either; one before its least is late. One whose time is in doubt belongs to its windows as others
 * do, a jump being `future` or two sizes, whichever is longer; if it turns out to be a stray, these stay open until the stream gets there, or ends.
 *
 * A record that falls between two sessions and is less than a gap from both joins them: the window is then made of
 * the panes of both. A session that has closed and grows within the lateness closes again, with other borders and a
 * higher revision, at its new end; which windows it replaces is told by the panes that they have in common.
 *
 * Empty windows, when asked for, are told of between others: as soon as a record has been placed behind them and they
 * are due. After a long silence that may be very many: rows of them that are longer than a bound are told of as one
 * GAP instead. A window that has been told of as empty, in either way, and gains a late record has revision 1.
 *
 * A selection leaves out records of times before or behind it: they are OUTSIDE, and belong nowhere. They move the
 * watermark as the others do, so that what is late does not depend on what is selected, and windows that lie within
 * the selection are what they would be without it.
 *
 * What comes may be spans of time instead, as summaries of windows are: each belongs to the windows of time that it lies
 * in, and so to a pane that may be longer than those of records. It moves the watermark to just before its end, for
 * others with the same end may follow; whether it is trusted is told by its start. It is OUTSIDE unless all of it is
 * selected.
 *
 * Order: records' events come in the order of the records; windows that are due at one time by end, then start, then
 * key; CLOSE before FINISHED before WATERMARK. How records are cut into batches changes nothing, except that no run
 * of records goes on beyond its batch. (At the end of the stream, windows of counts come by key, then start.)
 *
 * Cost: a time in the pane of the one before costs few compares; otherwise a few divisions and a binary search among
 * the open panes, or a lookup of the key. A CLOSE costs its number of panes. Memory: the open panes and windows, or
 * the open sessions, or the keys.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set. After ENOMEM nothing is lost, and the call
 * may be made again. Threads: none inside.
 */
#ifndef STREAMKIT_WINDOW_WINDOWS_H
#define STREAMKIT_WINDOW_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assign.h"
#include "watermark.h"
#include "zone.h"

enum sk_windows_kind {
	SK_WINDOWS_TIME,
	SK_WINDOWS_SESSION,
	SK_WINDOWS_COUNT,
};

/* Spans are in nanoseconds; size, slide and offset as for sk_assigner_init(). */
struct sk_windows_options {
	enum sk_windows_kind kind;
	int64_t size;               /* of sessions, the gap; of counts, records */
	int64_t slide;              /* 0: size, which it is for sessions; of counts, records */
	int64_t offset;             /* of time */
	const struct sk_zone *zone; /* of time; borrowed as long as the windows live */
	int64_t out_of_order;       /* at least 0 */
	int64_t future;             /* at least 0; INT64_MAX: trust every time */
	int64_t idle;               /* 0: wait for ever */
	int64_t lateness;           /* at least 0 */
	bool empty; /* of time: tell of empty windows between the first and the last others */
	bool selects;  /* only records of these times count, not for windows of counts: */
	int64_t since; /* the first */
	int64_t until; /* behind the last */
	uint64_t empty_most; /* in a row; 0: however many */
	/* The order of keys, in which windows of one start and end close; NULL: that of their numbers. */
	int (*compare_keys)(void *keys, uint64_t left, uint64_t right);
	void *keys; /* for that; borrowed as long as the windows live */
};

enum sk_windows_event_type {
	SK_WINDOWS_OPEN,      /* pane; key; start and end, for sessions preliminary */
	SK_WINDOWS_RECORDS,   /* first, count, partly: these of the batch are in the pane */
	SK_WINDOWS_LATE,      /* first, count: these of the batch came too late */
	SK_WINDOWS_FUTURE,    /* first, count: these of the batch are not trusted */
	SK_WINDOWS_OUTSIDE,   /* first, count: these of the batch are not selected */
	SK_WINDOWS_CLOSE,     /* start, end, key, revision, panes: a window */
	SK_WINDOWS_GAP,       /* start, end, count: empty windows in a row, which are not told of one by one */
	SK_WINDOWS_FINISHED,  /* pane; key: may be forgotten */
	SK_WINDOWS_WATERMARK, /* watermark: it passed a border or the end of a window; what was due has been told */
};

/* Members that are not named above are 0. The key is 0 for windows of time. */
struct sk_windows_event {
	enum sk_windows_event_type type;
	uint64_t pane;
	uint64_t key;
	int64_t start;
	int64_t end;
	size_t first;
	size_t count;
	bool partly; /* too late for some of their windows */
	uint32_t revision;
	const uint64_t *panes; /* in the order of time; none: an empty window */
	size_t panes_count;
	int64_t watermark;
};

struct sk_windows;

/* Life cycle */

/* New windows before the first record. EINVAL for options, ENOMEM. sk_windows_free() frees them; NULL is fine. */
struct sk_windows *sk_windows_new(const struct sk_windows_options *options);
void sk_windows_free(struct sk_windows *windows);

/* The times from `start` to `end`, that included, which windows of these options have room for: see assign.h. */
struct sk_interval sk_windows_range(const struct sk_windows_options *options);

/* Update. After each, take the events until there are no more. */

/*
 * ${n} records came, the clock reading ${now}: their times (NULL for windows of counts) and keys (NULL: all 0), which
 * stay the caller's and must not change until all events are taken.
 */
void sk_windows_give(
    struct sk_windows *windows, const int64_t *times, const uint64_t *keys, size_t n, int64_t now);

/*
 * The same for windows of time and ${n} spans, from their ${starts} on and before their ${ends}: each lies in a window,
 * sk_assigner_holds(), and within sk_windows_range(). One that ends where it starts is as long as 1.
 */
void sk_windows_give_spans(
    struct sk_windows *windows, const int64_t *starts, const int64_t *ends, size_t n, int64_t now);

/* The clock reads ${now} and nothing has come: for idle pipes. */
void sk_windows_tick(struct sk_windows *windows, int64_t now);

/* The stream has ended: all windows close, and all panes finish. Nothing may be given afterwards. */
void sk_windows_finish(struct sk_windows *windows);

/* The next event: 1, 0 if there is none, -1 with ENOMEM. Its panes are borrowed until the next call. */
int sk_windows_next(struct sk_windows *windows, struct sk_windows_event *event);

/* Query */

/* INT64_MIN before the first trusted record. */
int64_t sk_windows_watermark(const struct sk_windows *windows);

/* The clock reading at which a tick is next of use if nothing comes till then; INT64_MAX: never. */
int64_t sk_windows_wake(const struct sk_windows *windows);

/* Records that were far ahead of those around them, and of where the stream has got to: see watermark.h. */
uint64_t sk_windows_strays(const struct sk_windows *windows);

/* Bytes in use. */
size_t sk_windows_memory(const struct sk_windows *windows);

#endif
