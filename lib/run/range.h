/*
 * range.h -- which windows an answer is about: those that lie within two points of time.
 */
#ifndef STREAMKIT_RUN_RANGE_H
#define STREAMKIT_RUN_RANGE_H

#include <stdbool.h>
#include <stdint.h>

struct sk_range {
	bool from; /* there is a `since` */
	bool to;   /* there is an `until` */
	int64_t since; /* nanoseconds since 1970-01-01T00:00:00Z */
	int64_t until; /* the same, not belonging to it */
};

enum sk_range_fit { SK_RANGE_WITHIN, SK_RANGE_PARTLY, SK_RANGE_OUTSIDE };

/* How the window from ${start} up to ${end} lies in ${range}. */
static inline enum sk_range_fit
sk_range_fit(const struct sk_range *range, int64_t start, int64_t end)
{
	bool early = range->from && start < range->since, late = range->to && end > range->until;

	if (!early && !late)
		return SK_RANGE_WITHIN;
	return (early && end <= range->since) || (late && start >= range->until) ?
	    SK_RANGE_OUTSIDE :
	    SK_RANGE_PARTLY;
}

#endif
