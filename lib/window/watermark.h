/*
 * watermark.h -- how far event time has come: no record from before the watermark is waited for.
 *
 * The watermark is the largest trusted event time less the out-of-order allowance, and never goes back. One bogus
 * time far ahead would make everything behind it late. So a time is distrusted that runs more than `future` ahead of
 * both the clock and the largest trusted time: a stream that is ahead of the clock throughout is distrusted.
 *
 * One that runs more than a `jump` ahead of the stream only, the first of all too, is doubted: it may be bogus, or the
 * stream may have had a gap. The next record decides. If it is no more than a jump before the one in doubt, the
 * stream has moved on; otherwise it has not, and the one in doubt was a stray, and leaves the watermark alone. What is
 * within `future` of the clock is never doubted, so that a live stream does not wait for a second record.
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
	SK_WATERMARK_DOUBTED, /* must not move the watermark until that is settled */
	SK_WATERMARK_FUTURE,  /* too far ahead: must not move the watermark */
};

struct sk_watermark {
	int64_t out_of_order; /* at least 0 */
	int64_t future;       /* at least 0; INT64_MAX: every time is trusted */
	int64_t idle;         /* at least 0; 0: wait for ever */
	int64_t jump;         /* at least `future`, which it is unless set */
	int64_t mark;         /* the watermark; INT64_MIN before the first trusted record */
	uint64_t distrusted;  /* times so far */
	/* private */
	int64_t largest; /* trusted time */
	int64_t came;    /* the last record that was not distrusted, by the clock */
	bool doubting;   /* that one is in doubt: */
	int64_t doubtful;
	int64_t doubtful_last; /* the watermark is to move as by this time */
	uint64_t strays;       /* records, the stream having passed some of them by now */
	int64_t farthest;      /* of the strays */
};

/* A watermark before the first record. */
void sk_watermark_init(
    struct sk_watermark *watermark, int64_t out_of_order, int64_t future, int64_t idle);

/*
 * What to think of ${time}, the clock reading ${now} and none being in doubt. A distrusted one is counted, nothing
 * else changes.
 */
enum sk_time_verdict sk_watermark_judge(struct sk_watermark *watermark, int64_t time, int64_t now);

/*
 * A record of the time ${first}, which is in doubt, came at ${now}. Once it is trusted it moves the watermark as one of
 * ${last} does.
 */
void sk_watermark_doubt(struct sk_watermark *watermark, int64_t first, int64_t last, int64_t now);

/* Behind the record in doubt came one of ${time}: it is settled. Whether the watermark moved. */
bool sk_watermark_settle(struct sk_watermark *watermark, int64_t time);

/* How many strays there were, if the stream has not passed them all. */
uint64_t sk_watermark_strays(const struct sk_watermark *watermark);

/*
 * Nothing has come up to ${now}: if the pipe is idle, trust what is in doubt, and move on. Whether the watermark moved.
 */
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

/* Up to which time all are trusted, the clock reading ${now}: by the stream, and where it has come near the clock, by that. */
static inline int64_t
sk_watermark_trusts(const struct sk_watermark *watermark, int64_t now)
{
	const int64_t by_stream = watermark->largest == INT64_MIN ? INT64_MIN : sk_time_add(watermark->largest, watermark->jump);
	const int64_t by_clock = sk_time_add(now, watermark->future);

	if (watermark->future == INT64_MAX)
		return INT64_MAX;
	/* The clock's span goes on where the stream's ends; and what is ahead of both is not trusted for being in a jump. */
	if (by_stream >= sk_time_subtract(now, watermark->future)) {
		const int64_t known = sk_time_add(watermark->largest, watermark->future);

		return known > by_clock ? known : by_clock;
	}
	return by_stream;
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
