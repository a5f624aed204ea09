/* quantile_rows.c -- quantiles, ranks and summaries as rows. */
#include "quantile_parts.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WHOLE 9007199254740992.0 /* 2^53: whole numbers up to here are doubles */

#define CURVE_STEPS 256 /* of the ranks between those asked for */

/* The columns of each question; of quantiles, prom takes those for a summary. */
static const struct sk_column *const questions[] = {
	[SK_ASK_QUANTILES] = (const struct sk_column[]){
	    { .name = "q", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_QUANTILE },
	    { .name = "value", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_SUMMARY, .metric = "", .help = "Quantiles." },
	    { .name = "low", .kind = SK_COLUMN_DOUBLE, .bounds = SK_BOUNDS_LOW, .help = "Lower bound of a quantile." },
	    { .name = "high", .kind = SK_COLUMN_DOUBLE, .bounds = SK_BOUNDS_HIGH, .help = "Upper bound of a quantile." },
	    { .name = "exact", .kind = SK_COLUMN_TRUTH },
	    { .name = "sum", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_SUMMARY_SUM },
	    { .name = "count", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_SUMMARY_COUNT },
	    { .name = "asked", .kind = SK_COLUMN_TRUTH },
	    { 0 } },
	[SK_ASK_RANKS] = (const struct sk_column[]){
	    { .name = "value", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_LABEL },
	    { .name = "rank", .kind = SK_COLUMN_DOUBLE, .help = "Share of the values that are at most the value." },
	    { .name = "low", .kind = SK_COLUMN_DOUBLE, .bounds = SK_BOUNDS_LOW, .help = "Lower bound of the rank." },
	    { .name = "high", .kind = SK_COLUMN_DOUBLE, .bounds = SK_BOUNDS_HIGH, .help = "Upper bound of the rank." },
	    { .name = "exact", .kind = SK_COLUMN_TRUTH },
	    { 0 } },
	[SK_ASK_SUMMARY] = (const struct sk_column[]){
	    { .name = "count", .kind = SK_COLUMN_NUMBER, .metric = "values", .help = "Number of values." },
	    { .name = "min", .kind = SK_COLUMN_DOUBLE, .help = "Least value." },
	    { .name = "max", .kind = SK_COLUMN_DOUBLE, .help = "Greatest value." },
	    { .name = "mean", .kind = SK_COLUMN_DOUBLE, .computed = true, .help = "Mean value." },
	    { .name = "stddev", .kind = SK_COLUMN_DOUBLE, .computed = true, .help = "Standard deviation." },
	    { .name = "p25", .kind = SK_COLUMN_DOUBLE, .help = "First quartile." },
	    { .name = "p50", .kind = SK_COLUMN_DOUBLE, .help = "Median." },
	    { .name = "p75", .kind = SK_COLUMN_DOUBLE, .help = "Third quartile." },
	    { .name = "exact", .kind = SK_COLUMN_TRUTH },
	    { 0 } },
	[SK_ASK_HISTOGRAM] = (const struct sk_column[]){
	    { .name = "low", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_LABEL },
	    { .name = "high", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_LABEL },
	    { .name = "count", .kind = SK_COLUMN_NUMBER, .metric = "values", .help = "Number of values from low to high." },
	    { .name = "share", .kind = SK_COLUMN_FRACTION, .help = "Share of the values." },
	    { .name = "exact", .kind = SK_COLUMN_TRUTH },
	    { 0 } },
};

size_t
sk_quantile_columns(const struct sk_quantile_settings *settings, struct sk_column *column)
{
	const struct sk_column *from = questions[settings->question];
	size_t n = 0;

	for (; from[n].name != NULL; n++)
		column[n] = from[n];
	if (settings->question == SK_ASK_QUANTILES && !settings->curve)
		n--; /* all were asked for */
	return n;
}

/* Whether ${value} may be what a whole number was rounded to. */
static bool
was_whole(double value)
{
	return fabs(value) >= WHOLE && isfinite(value);
}

struct sk_quantile_answer
sk_quantile_around(bool rounded, struct sk_quantile_answer answer)
{
	if (rounded && was_whole(answer.low))
		answer.low = nextafter(answer.low, -INFINITY);
	if (rounded && was_whole(answer.high))
		answer.high = nextafter(answer.high, INFINITY);
	return answer;
}

bool
sk_quantile_certain(const struct sk_quantile_asked *asked)
{
	return sk_quantile_exact(asked->quantile) && !asked->rounded;
}

struct sk_quantile_answer
sk_quantile_at(const struct sk_quantile_asked *asked, double q)
{
	return sk_quantile_around(asked->rounded, sk_quantile_view_quantile(asked->view, q));
}

/* No tool sets a locale, so that the point is a point. Subnormals keep fewer digits than others. */
double
sk_quantile_printed(const struct sk_quantile_asked *asked, double value)
{
	const bool small = fabs(value) < FLT_MIN;
	char text[32];

	if (!asked->settings->single || !(fabs(value) <= FLT_MAX) || (double)(float)value != value)
		return value;
	for (int digits = small ? 1 : FLT_DIG; digits <= 9; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtof(text, NULL) == (float)value)
			return strtod(text, NULL);
	}
	return value;
}

/* A quantile as it is printed; of ranks and what is computed from all values, nothing is to be shortened. */
static struct sk_quantile_answer
quantile_of(const struct sk_quantile_asked *asked, double q)
{
	const struct sk_quantile_answer answer = sk_quantile_at(asked, q);

	return (struct sk_quantile_answer){ sk_quantile_printed(asked, answer.value),
		sk_quantile_printed(asked, answer.low), sk_quantile_printed(asked, answer.high) };
}

static struct sk_quantile_answer
rank_of(const struct sk_quantile_asked *asked, double value)
{
	struct sk_quantile_answer answer = sk_quantile_view_rank(asked->view, value);

	/* What is now equal to the value may have been above it. */
	if (asked->rounded && was_whole(value))
		answer.low = sk_quantile_view_rank(asked->view, nextafter(value, -INFINITY)).low;
	return answer;
}

static void
list(const struct sk_quantile_asked *about, struct sk_rows *rows)
{
	const struct sk_quantile_settings *settings = about->settings;
	const struct sk_quantile *quantile = about->quantile;
	const double count = (double)sk_quantile_count(quantile);
	const struct sk_quantile_answer nothing = { NAN, NAN, NAN };
	const double sum = settings->sums && count == 0 ? 0 : settings->sums ? sk_quantile_moments(quantile).mean * count : NAN;
	const size_t n = settings->listed_count + (settings->curve ? CURVE_STEPS + 1 : 0);
	bool wanted = count > 0 || rows->even_of_nothing;

	for (size_t i = 0; wanted && i < n; i++) {
		const double asked = i < settings->listed_count ?
		    settings->listed[i] :
		    (double)(i - settings->listed_count) / CURVE_STEPS;
		const struct sk_quantile_answer answer = count == 0 ? nothing :
		    settings->question == SK_ASK_QUANTILES	    ?
		    quantile_of(about, asked) :
		    rank_of(about, asked);
		const struct sk_cell cells[8] = { { .value = asked }, { .value = answer.value },
			{ .value = answer.low }, { .value = answer.high },
			{ .truth = sk_quantile_certain(about) },
			{ .value = i == 0 ? sum : NAN }, { .value = i == 0 ? count : NAN },
			{ .truth = i < settings->listed_count } };

		wanted = sk_rows_add(rows, cells,
		    settings->question != SK_ASK_QUANTILES ? 5 :
			settings->curve			   ? 8 :
							     7);
	}
}

static void
summarize(const struct sk_quantile_asked *asked, struct sk_rows *rows)
{
	const struct sk_quantile *quantile = asked->quantile;
	const struct sk_quantile_moments moments = sk_quantile_moments(quantile);
	const struct sk_cell cells[9] = {
		{ .number = sk_quantile_count(quantile) },
		{ .value = sk_quantile_printed(asked, sk_quantile_min(quantile)) },
		{ .value = sk_quantile_printed(asked, sk_quantile_max(quantile)) },
		{ .value = moments.mean },
		{ .value = moments.deviation },
		{ .value = quantile_of(asked, 0.25).value },
		{ .value = quantile_of(asked, 0.5).value },
		{ .value = quantile_of(asked, 0.75).value },
		{ .truth = sk_quantile_certain(asked) },
	};

	sk_rows_add(rows, cells, 9);
}

void
sk_quantile_rows(const struct sk_quantile_asked *asked, struct sk_rows *rows)
{
	if (asked->settings->question == SK_ASK_SUMMARY)
		summarize(asked, rows);
	else if (asked->settings->question == SK_ASK_HISTOGRAM)
		sk_quantile_histogram(asked, rows);
	else
		list(asked, rows);
}
