/*
 * assign.h -- which windows does a time belong to, and which panes are windows made of?
 *
 * Windows are [start, start + size), one every `slide`; with slide == size they are tumbling, else they overlap. They
 * are numbered: window k starts at offset + k * slide from the epoch, for k of either sign.
 *
 * Panes are what lies between two borders of windows, so that every window is a row of whole panes. There are at most
 * two to a slide whatever size and slide are (the paired windows of Krishnamurthy, Wu and Franklin, SIGMOD 2006,
 * never more than the panes of gcd(size, slide), which for 1 h every 7 s would be seven). A pane is named by its
 * start.
 *
 * With a zone, windows of whole days follow the calendar: size, slide and offset count on local clocks, a window
 * begins and ends at the first instant at which the local time is its border's or later, and days may have 23 or 25
 * hours, or none where a place skipped a date. Windows of days that begin more often than daily may begin together
 * where clocks were put forward.
 *
 * Times and spans are nanoseconds since the epoch, or any other numbers (ordinals, say) without a zone. Times are
 * from the assigner's `least` to its `most`: what 64 bits hold, less what sums with its spans need on either side,
 * which is from 1678 to 2261 for windows of up to a month, and always from SK_TIME_MIN to SK_TIME_MAX. Nothing but
 * sk_assigner_init() can fail.
 */
#ifndef STREAMKIT_WINDOW_ASSIGN_H
#define STREAMKIT_WINDOW_ASSIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zone.h"

#define SK_TIME_MAX (INT64_C(3) << 61)      /* the year 2189: sums with the longest spans fit */
#define SK_TIME_MIN (-SK_TIME_MAX)          /* the year 1750 */
#define SK_TIME_SPAN_MAX (INT64_C(1) << 59) /* 18 years */
#define SK_TIME_DAY (INT64_C(86400) * 1000000000)

/* The times from `start` on and before `end`. */
struct sk_interval {
	int64_t start;
	int64_t end;
};

/* To be read by others, not changed. */
struct sk_assigner {
	int64_t size;
	int64_t slide;
	int64_t offset;
	int64_t odd; /* size modulo slide: where, after a window's start, others end */
	const struct sk_zone *zone;
	int64_t least; /* times */
	int64_t most;
};

/*
 * Windows of ${size} every ${slide}, 1 <= slide <= size <= SK_TIME_SPAN_MAX, whose borders are shifted by ${offset},
 * at most SK_TIME_SPAN_MAX either way. ${zone} is NULL for UTC, or borrowed for as long as the assigner is used; then
 * the size is in whole days, and slide and offset are in whole seconds. -1 with EINVAL otherwise.
 */
int sk_assigner_init(struct sk_assigner *assigner, int64_t size, int64_t slide, int64_t offset,
    const struct sk_zone *zone);

/* The pane of ${time}. */
struct sk_interval sk_assigner_pane(const struct sk_assigner *assigner, int64_t time);

/* The starts of the panes of ${n} times. A time in the pane of the one before costs a compare. */
void sk_assigner_panes(
    const struct sk_assigner *assigner, const int64_t *times, size_t n, int64_t *starts);

/* The numbers of the first and the last of the windows that ${time} belongs to, all between them included. */
int64_t sk_assigner_first(const struct sk_assigner *assigner, int64_t time);
int64_t sk_assigner_last(const struct sk_assigner *assigner, int64_t time);

/* Whether there is a window that all of the times from ${start} on and before ${end} belong to; at least the start does. */
static inline bool
sk_assigner_holds(const struct sk_assigner *assigner, int64_t start, int64_t end)
{
	return sk_assigner_first(assigner, end > start ? end - 1 : start) <= sk_assigner_last(assigner, start);
}

/* The number of the last window that a ${watermark} has reached the end of. */
static inline int64_t
sk_assigner_due(const struct sk_assigner *assigner, int64_t watermark)
{
	return sk_assigner_first(assigner, watermark) - 1;
}

/* Window ${number}, which ends after the least time and starts before the most. */
struct sk_interval sk_assigner_window(const struct sk_assigner *assigner, int64_t number);

#endif
