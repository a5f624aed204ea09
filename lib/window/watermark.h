/*
 * watermark.h -- how far event time has come: no record from before the watermark is waited for.
 *
 * The watermark is the largest trusted event time less the out-of-order allowance, and never goes back. One bogus
 * time far ahead would make everything behind it late, so a time is distrusted that runs more than `future` ahead of
 * both the clock and the largest trusted time: a stream of the past is never distrusted, however it jumps, and a
 * stream that is ahead of the clock throughout is.
 *
 * A quiet pipe: once no trusted record has come for `idle` of clock time, the watermark is
 *
 *	largest trusted time + (now - when the last trusted record came) - out-of-order allowance
 *
 * that is, the time that records would bear that came now, had the stream gone on at the pace of the clock. Records
 * that were under way for longer than `idle` may then be late.
 *
 * All times and spans are nanoseconds, sums are held within int64_t. Nothing here can fail. Threads: none inside.
 */
#ifndef STREAMKIT_WINDOW_WATERMARK_H
#define STREAMKIT_WINDOW_WATERMARK_H

#include <stdbool.h>
#include <stdint.h>

#define SK_FUTURE_DEFAULT (INT64_C(300) * 1000000000) /* 5 minutes */

enum sk_time_verdict {
	SK_WATERMARK_TRUSTED,
	SK_WATERMARK_FUTURE, /* too far ahead: must not move the watermark */
};

struct sk_watermark {
	int64_t out_of_order; /* at least 0 */
	int64_t future;       /* at least 0; INT64_MAX: every time is trusted */
	int64_t idle;         /* at least 0; 0: wait for ever */
	int64_t mark;         /* the watermark; INT64_MIN before the first trusted record */
	uint64_t distrusted;  /* times so far */
	/* private */
	int64_t largest; /* trusted time */
	int64_t came;    /* the last trusted record, by the clock */
};

/* A watermark before the first record. */
void sk_watermark_init(
    struct sk_watermark *watermark, int64_t out_of_order, int64_t future, int64_t idle);

/* What to think of ${time}, the clock reading ${now}. A distrusted one is counted, nothing else changes. */
enum sk_time_verdict sk_watermark_judge(struct sk_watermark *watermark, int64_t time, int64_t now);

/* Nothing has come up to ${now}: move on if the pipe is idle. Whether the watermark moved. */
bool sk_watermark_tick(struct sk_watermark *watermark, int64_t now);

/*
 * The clock reading from which on a tick moves the watermark to ${mark}, for poll(2)'s time-out; INT64_MAX: never,
 * for lack of records or of `idle`.
 */
int64_t sk_watermark_reaches(const struct sk_watermark *watermark, int64_t mark);

/* ${a} + ${b}, or the nearest that fits. */
static inline int64_t
sk_time_add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

/* ${a} - ${b}, or the nearest that fits. */
static inline int64_t
sk_time_subtract(int64_t a, int64_t b)
{
	if (b < 0 && a > INT64_MAX + b)
		return INT64_MAX;
	if (b > 0 && a < INT64_MIN + b)
		return INT64_MIN;
	return a - b;
}

/* A record of a trusted ${time} came at ${now}. */
static inline void
sk_watermark_take(struct sk_watermark *watermark, int64_t time, int64_t now)
{
	watermark->came = now;
	if (time > watermark->largest) {
		const int64_t mark = sk_time_subtract(time, watermark->out_of_order);

		watermark->largest = time;
		if (mark > watermark->mark)
			watermark->mark = mark;
	}
}

#endif
