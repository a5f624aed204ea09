/* quantile_histogram.c -- how many numbers fall in each of some ranges. */
#include "quantile_parts.h"

#include <math.h>

/* The ranges of a histogram: of equal width, or of equal ratio but for one in front from 0 to the least above it. */
struct ranges {
	double min;
	double least; /* above 0; of a log scale */
	double max;
	uint64_t count;
	bool log;
};

/* Numbers below 0 have no log scale, and nor has a single number. */
static bool
is_log(const struct sk_quantile_settings *settings, const struct sk_quantile_view *view,
    const struct ranges *ranges)
{
	const double median = sk_quantile_view_quantile(view, 0.5).value;

	if (settings->scale == SK_SCALE_LINEAR || ranges->count == 1 || !(ranges->min >= 0) ||
	    !(ranges->least > 0) || ranges->least >= ranges->max)
		return false;
	return settings->scale == SK_SCALE_LOG ||
	    sk_scale_spans_decades(ranges->least, median, ranges->max);
}

static struct ranges
ranges_of(const struct sk_quantile_settings *settings, const struct sk_quantile *quantile,
    const struct sk_quantile_view *view)
{
	struct ranges ranges = { .min = sk_quantile_min(quantile), .max = sk_quantile_max(quantile) };
	const double count = (double)sk_quantile_count(quantile);
	double next;

	ranges.count = ranges.min < ranges.max && isfinite(ranges.min) && isfinite(ranges.max) ? settings->bins : 1;
	ranges.least = ranges.min;
	if (ranges.min == 0) {
		next = sk_quantile_view_rank(view, 0).value + 1 / count;
		ranges.least = sk_quantile_view_quantile(view, next < 1 ? next : 1).value;
	}
	ranges.log = is_log(settings, view, &ranges);
	return ranges;
}

/* The lower edge of range ${i}, which is the upper one of that before. */
static double
edge(const struct ranges *ranges, uint64_t i)
{
	const double part = (double)i / (double)ranges->count, span = ranges->max - ranges->min;
	const uint64_t front = ranges->min < ranges->least ? 1 : 0;

	if (i == ranges->count)
		return ranges->max;
	if (i == 0)
		return ranges->min;
	if (ranges->log)
		return ranges->least *
		    pow(ranges->max / ranges->least, (double)(i - front) / (double)(ranges->count - front));
	if (isfinite(span * (double)ranges->count))
		return ranges->min + span * (double)i / (double)ranges->count;
	return ranges->min * (1 - part) + ranges->max * part;
}

/* Ranges hold their lower edge and not their upper one, but for the last. */
void
sk_quantile_histogram(const struct sk_quantile_asked *asked, struct sk_rows *rows)
{
	const struct sk_quantile *quantile = asked->quantile;
	const struct sk_quantile_view *view = asked->view;
	const struct ranges ranges = ranges_of(asked->settings, quantile, view);
	const double count = (double)sk_quantile_count(quantile);
	uint64_t before = 0;
	bool wanted = count > 0;

	for (uint64_t i = 1; wanted && i <= ranges.count; i++) {
		const double high = edge(&ranges, i);
		uint64_t upto = sk_quantile_count(quantile);
		struct sk_cell cells[5] = { { .value = edge(&ranges, i - 1) }, { .value = high } };

		if (i < ranges.count)
			upto = (uint64_t)(sk_quantile_view_rank(view, nextafter(high, -INFINITY)).value *
				count + 0.5);
		upto = upto > before ? upto : before;
		cells[2].number = upto - before;
		cells[3].fraction = (double)(upto - before) / count;
		cells[4].truth = sk_quantile_certain(asked);
		before = upto;
		wanted = sk_rows_add(rows, cells, 5);
	}
}
