/*
 * quantile_histogram.c -- how many numbers fall in each of some ranges.
 *
 * The ranges asked for divide what there is from the least to the greatest number that can be divided: the finite ones, and on a
 * log scale those above 0. What is below and above has ranges of its own, so that every number is in one.
 */
#include "quantile_parts.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EDGE_DIGITS 12

/* Of equal width, or of equal ratio. */
struct ranges {
	double low;   /* of the finite numbers */
	double least; /* of those divided */
	double high;
	uint64_t count;
	bool log;
};

struct histogram {
	const struct sk_quantile_asked *asked;
	struct sk_rows *rows;
	uint64_t count;
	uint64_t before; /* numbers below the next range */
	bool wanted;
};

/* How many numbers are at most ${value}. */
static uint64_t
upto(const struct histogram *histogram, double value)
{
	const double part = sk_quantile_view_rank(histogram->asked->view, value).value;

	return (uint64_t)(part * (double)histogram->count + 0.5);
}

/* How many are below it. */
static uint64_t
below(const struct histogram *histogram, double value)
{
	return upto(histogram, nextafter(value, -INFINITY));
}

/* The number that ${n}, from 1, are at most. Half a number less is clear of rounding. */
static double
number_at(const struct histogram *histogram, uint64_t n)
{
	const double q = ((double)n - 0.5) / (double)histogram->count;

	return sk_quantile_view_quantile(histogram->asked->view, q < 1 ? q : 1).value;
}

/* Numbers that are all the same have no log scale, and nor have those below 0 unless it is asked for. */
static bool
is_log(const struct sk_quantile_settings *settings, const struct sk_quantile_view *view, const struct ranges *ranges)
{
	const double median = sk_quantile_view_quantile(view, 0.5).value;

	if (settings->scale == SK_SCALE_LINEAR || !(ranges->least > 0) || !(ranges->least < ranges->high))
		return false;
	return settings->scale == SK_SCALE_LOG ||
	    (ranges->low >= 0 && sk_scale_spans_decades(ranges->least, median, ranges->high));
}

/* There is a finite number. */
static struct ranges
ranges_of(const struct histogram *histogram)
{
	const struct sk_quantile_asked *asked = histogram->asked;
	struct ranges ranges = { .low = sk_quantile_min(asked->quantile), .high = sk_quantile_max(asked->quantile) };
	uint64_t n;

	if (isinf(ranges.low))
		ranges.low = number_at(histogram, upto(histogram, -INFINITY) + 1);
	if (isinf(ranges.high))
		ranges.high = number_at(histogram, upto(histogram, DBL_MAX));
	ranges.least = ranges.low;
	if (ranges.low <= 0 && (n = upto(histogram, 0)) < histogram->count)
		ranges.least = number_at(histogram, n + 1);
	ranges.log = is_log(asked->settings, asked->view, &ranges);
	if (!ranges.log)
		ranges.least = ranges.low;
	ranges.count = ranges.least < ranges.high ? asked->settings->bins : 1;
	return ranges;
}

/* The number of few digits that ${value} is within ${near} of; or else ${value}. No tool sets a locale, so that the point is a point. */
static double
tidy(double value, double near)
{
	char text[32];
	double tidied;

	if (fabs(value) <= near)
		return 0;
	snprintf(text, sizeof(text), "%.*g", EDGE_DIGITS, value);
	tidied = strtod(text, NULL);
	return fabs(tidied - value) <= near ? tidied : value;
}

/* Logarithms, as the ratio may be more than a double holds; ten's, for those of round numbers are round. */
static double
log_edge(const struct ranges *ranges, double part)
{
	const double from = log10(ranges->least), span = log10(ranges->high) - from;
	const double value = pow(10, from + span * part), wide = value * span / (double)ranges->count;

	return tidy(value, fmin(256 * DBL_EPSILON * value, 1e-3 * wide));
}

static double
linear_edge(const struct ranges *ranges, uint64_t i)
{
	const double part = (double)i / (double)ranges->count, span = ranges->high - ranges->least;
	double value = ranges->least + span * (double)i / (double)ranges->count;

	if (!isfinite(span * (double)ranges->count))
		value = ranges->least * (1 - part) + ranges->high * part;
	return tidy(value, fmin(4 * DBL_EPSILON * fmax(fabs(ranges->least), fabs(ranges->high)),
			       1e-3 * (ranges->high / (double)ranges->count - ranges->least / (double)ranges->count)));
}

/* The lower edge of range ${i} of those divided, which is the upper one of that before. */
static double
edge(const struct ranges *ranges, uint64_t i)
{
	double value;

	if (i == 0 || i == ranges->count)
		return i == 0 ? ranges->least : ranges->high;
	value = ranges->log ? log_edge(ranges, (double)i / (double)ranges->count) : linear_edge(ranges, i);
	return fmin(fmax(value, ranges->least), ranges->high);
}

/* A range has what is left of the first ${n} numbers. */
static void
add(struct histogram *histogram, double low, double high, uint64_t n)
{
	struct sk_cell cells[5] = { { .value = sk_quantile_printed(histogram->asked, low) },
		{ .value = sk_quantile_printed(histogram->asked, high) } };

	n = n > histogram->before ? n : histogram->before;
	cells[2].number = n - histogram->before;
	cells[3].fraction = (double)(n - histogram->before) / (double)histogram->count;
	cells[4].truth = sk_quantile_certain(histogram->asked);
	histogram->before = n;
	histogram->wanted = histogram->wanted && sk_rows_add(histogram->rows, cells, 5);
}

/* Ranges hold their lower edge and not their upper one, but for the last. */
static void
add_finite(struct histogram *histogram)
{
	const struct ranges ranges = ranges_of(histogram);

	if (ranges.log && ranges.low < 0)
		add(histogram, ranges.low, 0, below(histogram, 0));
	if (ranges.log && upto(histogram, 0) > histogram->before)
		add(histogram, 0, ranges.least, below(histogram, ranges.least));
	for (uint64_t i = 1; histogram->wanted && i <= ranges.count; i++) {
		const double high = edge(&ranges, i);

		add(histogram, edge(&ranges, i - 1), high,
		    i < ranges.count ? below(histogram, high) : upto(histogram, DBL_MAX));
	}
}

/* One range, of nothing. */
static void
add_nothing(struct sk_rows *rows)
{
	const struct sk_cell cells[5] = { { .value = NAN }, { .value = NAN }, { 0 }, { 0 }, { .truth = true } };

	sk_rows_add(rows, cells, 5);
}

void
sk_quantile_histogram(const struct sk_quantile_asked *asked, struct sk_rows *rows)
{
	struct histogram histogram = { asked, rows, sk_quantile_count(asked->quantile), 0, true };

	if (histogram.count == 0) {
		if (rows->even_of_nothing)
			add_nothing(rows);
		return;
	}
	if (sk_quantile_min(asked->quantile) == -INFINITY)
		add(&histogram, -INFINITY, -INFINITY, upto(&histogram, -INFINITY));
	if (upto(&histogram, DBL_MAX) > histogram.before)
		add_finite(&histogram);
	if (sk_quantile_max(asked->quantile) == INFINITY)
		add(&histogram, INFINITY, INFINITY, histogram.count);
}
