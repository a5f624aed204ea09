/* quantile.c -- where the quantiles of numbers lie. */
#include "quantile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../run/diag.h"
#include "../run/quantity.h"

/* Numbers, and what is known of them. */
struct quantile {
	struct sk_aggregate aggregate;
	struct sk_quantile *quantile;
};

static const struct sk_quantile_settings *
settings_of(const struct sk_aggregate_class *class)
{
	return &((const struct sk_quantile_class *)class)->settings;
}

static struct sk_quantile *
quantile_of(const struct sk_aggregate *aggregate)
{
	return ((const struct quantile *)aggregate)->quantile;
}

/* Rows */

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
	    { .name = "mean", .kind = SK_COLUMN_DOUBLE, .help = "Mean value." },
	    { .name = "stddev", .kind = SK_COLUMN_DOUBLE, .help = "Standard deviation." },
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

static size_t
quantile_columns(const struct sk_aggregate_class *class, struct sk_column *column,
    size_t item_parts, unsigned char separator)
{
	const struct sk_column *from = questions[settings_of(class)->question];
	size_t n = 0;

	(void)item_parts;
	(void)separator;
	for (; from[n].name != NULL; n++)
		column[n] = from[n];
	if (settings_of(class)->question == SK_ASK_QUANTILES && !settings_of(class)->curve)
		n--; /* all were asked for */
	return n;
}

static void
list(const struct sk_quantile_settings *settings, const struct sk_quantile *quantile,
    const struct sk_quantile_view *view, struct sk_rows *rows)
{
	const double count = (double)sk_quantile_count(quantile);
	const double sum = settings->sums ? sk_quantile_moments(quantile).mean * count : NAN;
	const size_t n = settings->listed_count + (settings->curve ? CURVE_STEPS + 1 : 0);
	bool wanted = count > 0;

	for (size_t i = 0; wanted && i < n; i++) {
		const double asked = i < settings->listed_count ?
		    settings->listed[i] :
		    (double)(i - settings->listed_count) / CURVE_STEPS;
		const struct sk_quantile_answer answer = settings->question == SK_ASK_QUANTILES ?
		    sk_quantile_view_quantile(view, asked) :
		    sk_quantile_view_rank(view, asked);
		const struct sk_cell cells[8] = { { .value = asked }, { .value = answer.value },
			{ .value = answer.low }, { .value = answer.high },
			{ .truth = sk_quantile_exact(quantile) },
			{ .value = i == 0 ? sum : NAN }, { .value = i == 0 ? count : NAN },
			{ .truth = i < settings->listed_count } };

		wanted = sk_rows_add(rows, cells,
		    settings->question != SK_ASK_QUANTILES ? 5 :
			settings->curve			   ? 8 :
							     7);
	}
}

static void
summarize(const struct sk_quantile *quantile, const struct sk_quantile_view *view, struct sk_rows *rows)
{
	const struct sk_quantile_moments moments = sk_quantile_moments(quantile);
	const struct sk_cell cells[9] = {
		{ .number = sk_quantile_count(quantile) },
		{ .value = sk_quantile_min(quantile) },
		{ .value = sk_quantile_max(quantile) },
		{ .value = moments.mean },
		{ .value = moments.deviation },
		{ .value = sk_quantile_view_quantile(view, 0.25).value },
		{ .value = sk_quantile_view_quantile(view, 0.5).value },
		{ .value = sk_quantile_view_quantile(view, 0.75).value },
		{ .truth = sk_quantile_exact(quantile) },
	};

	sk_rows_add(rows, cells, 9);
}

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
static void
draw(const struct sk_quantile_settings *settings, const struct sk_quantile *quantile,
    const struct sk_quantile_view *view, struct sk_rows *rows)
{
	const struct ranges ranges = ranges_of(settings, quantile, view);
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
		cells[4].truth = sk_quantile_exact(quantile);
		before = upto;
		wanted = sk_rows_add(rows, cells, 5);
	}
}

/* What the aggregate does */

static void
quantile_destroy(struct sk_aggregate *aggregate)
{
	sk_quantile_free(quantile_of(aggregate));
	free(aggregate);
}

static int
quantile_add(struct sk_aggregate *aggregate, const struct sk_batch *batch)
{
	return sk_quantile_add_batch(quantile_of(aggregate), batch->values, batch->count);
}

static int
quantile_merge(struct sk_aggregate *into, struct sk_aggregate *from, const char **why)
{
	*why = sk_quantile_why_not(quantile_of(into), quantile_of(from));
	return sk_quantile_merge(quantile_of(into), quantile_of(from));
}

static int
quantile_confine(struct sk_aggregate *aggregate, size_t memory)
{
	return sk_quantile_set_memory(quantile_of(aggregate), memory - sizeof(struct quantile));
}

static size_t
quantile_memory(const struct sk_aggregate *aggregate)
{
	return sizeof(struct quantile) + sk_quantile_memory(quantile_of(aggregate));
}

static bool
quantile_exact(const struct sk_aggregate *aggregate)
{
	return sk_quantile_exact(quantile_of(aggregate));
}

static double
quantile_error(const struct sk_aggregate *aggregate)
{
	return sk_quantile_error(quantile_of(aggregate), settings_of(aggregate->class)->confidence);
}

static int
quantile_explain(const struct sk_aggregate_class *class, size_t memory, struct sk_choice choices[2])
{
	const struct sk_quantile_settings *settings = settings_of(class);

	return sk_choice_quantile(&settings->sketch, memory - sizeof(struct quantile),
	    settings->confidence, choices);
}

static bool
quantile_lacking(const struct sk_aggregate *aggregate)
{
	(void)aggregate;
	return false;
}

static void
quantile_rows(const struct sk_aggregate *aggregate, struct sk_rows *rows)
{
	const struct sk_quantile_settings *settings = settings_of(aggregate->class);
	struct sk_quantile *quantile = quantile_of(aggregate);
	struct sk_quantile_view *view = sk_quantile_view_new(quantile, settings->confidence);

	if (view == NULL)
		sk_die("%s", strerror(errno));
	if (settings->question == SK_ASK_SUMMARY)
		summarize(quantile, view, rows);
	else if (settings->question == SK_ASK_HISTOGRAM)
		draw(settings, quantile, view, rows);
	else
		list(settings, quantile, view, rows);
	sk_quantile_view_free(view);
}

/* What can be asserted */

enum { QUANTILE, COUNT, MIN, MAX, MEAN, STDDEV };

static int
quantile_find_measure(
    const struct sk_aggregate_class *class, const char *name, double *parameter)
{
	static const char *const names[] = {
		[COUNT] = "count", [MIN] = "min", [MAX] = "max", [MEAN] = "mean", [STDDEV] = "stddev"
	};

	(void)class;
	for (int i = COUNT; i <= STDDEV; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return name[0] == 'p' && sk_quantity_fraction(name, parameter) ? QUANTILE : -1;
}

static struct sk_measure
measure_quantile(const struct sk_aggregate *aggregate, double q)
{
	struct sk_quantile_view *view = sk_quantile_view_new(
	    quantile_of(aggregate), settings_of(aggregate->class)->confidence);
	struct sk_quantile_answer answer;

	if (view == NULL)
		sk_die("%s", strerror(errno));
	answer = sk_quantile_view_quantile(view, q);
	sk_quantile_view_free(view);
	return (struct sk_measure){ .value = answer.value, .low = answer.low, .high = answer.high };
}

static struct sk_measure
quantile_measure(const struct sk_aggregate *aggregate, int measure, double parameter)
{
	struct sk_quantile *quantile = quantile_of(aggregate);
	const struct sk_quantile_moments moments = sk_quantile_moments(quantile);
	const double value = measure == COUNT ? (double)sk_quantile_count(quantile) :
	    measure == MIN		      ? sk_quantile_min(quantile) :
	    measure == MAX		      ? sk_quantile_max(quantile) :
	    measure == MEAN		      ? moments.mean :
						moments.deviation;
	struct sk_measure found = { .value = value, .low = value, .high = value };

	if (measure == QUANTILE)
		found = measure_quantile(aggregate, parameter);
	found.missing = sk_quantile_count(quantile) == 0     ? "there are no values" :
	    measure == STDDEV && sk_quantile_count(quantile) == 1 ? "there is one value" :
								    "that is not known of these values";
	return found;
}

static bool
quantile_moments(const struct sk_aggregate *aggregate, struct sk_moments *moments)
{
	return sk_quantile_known_moments(quantile_of(aggregate), moments);
}

static size_t
quantile_image_size(const struct sk_aggregate *aggregate)
{
	return sk_quantile_encoded_size(quantile_of(aggregate));
}

static int
quantile_encode(const struct sk_aggregate *aggregate, struct sk_container *about, unsigned char *image)
{
	static const enum sk_item_type types[] = { SK_ITEM_DOUBLE, SK_ITEM_FLOAT, SK_ITEM_LONG };
	const struct sk_quantile *quantile = quantile_of(aggregate);

	about->family = sk_quantile_family(quantile);
	if (about->family == SK_QUANTILE_DD_IMAGE)
		about->family = SK_FAMILY_DD;
	about->item_type = types[sk_quantile_type(quantile)];
	about->exact = sk_quantile_exact(quantile);
	sk_quantile_encode(quantile, image);
	return 0;
}

static struct sk_aggregate *
wrap(const struct sk_aggregate_class *class, struct sk_quantile *sketch)
{
	struct quantile *quantile = sketch != NULL ? calloc(1, sizeof(*quantile)) : NULL;

	if (quantile == NULL) {
		sk_quantile_free(sketch);
		return NULL;
	}
	quantile->aggregate.class = class;
	quantile->quantile = sketch;
	return &quantile->aggregate;
}

/* The seed given is the tables' own; coins are to fall the same way again. */
static struct sk_aggregate *
quantile_create(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	const struct sk_quantile_settings *settings = settings_of(class);

	(void)seed;
	return wrap(class,
	    sk_quantile_new(&settings->sketch, memory - sizeof(struct quantile), settings->seed));
}

/* Windows */

static struct sk_aggregate *
quantile_create_window(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	const struct sk_quantile_settings *settings = settings_of(class);

	(void)seed;
	return wrap(class,
	    sk_quantile_new_window(
		&settings->sketch, memory - sizeof(struct quantile), settings->seed));
}

static bool
quantile_can_leave(const struct sk_aggregate *part)
{
	return sk_quantile_can_leave(quantile_of(part));
}

static int
quantile_enter(struct sk_aggregate *window, struct sk_aggregate *part)
{
	return sk_quantile_enter(quantile_of(window), quantile_of(part));
}

static int
quantile_leave(struct sk_aggregate *window, struct sk_aggregate *part)
{
	sk_quantile_leave(quantile_of(window), quantile_of(part));
	return 0;
}

static struct sk_aggregate *
quantile_decode(const struct sk_aggregate_class *class, const struct sk_container *about,
    size_t memory, uint64_t seed, const char **why)
{
	const enum sk_quantile_type type = about->item_type == SK_ITEM_FLOAT ? SK_QUANTILE_FLOAT :
	    about->item_type == SK_ITEM_LONG ? SK_QUANTILE_INTEGER : SK_QUANTILE_DOUBLE;
	const struct sk_quantile_settings *settings = settings_of(class);
	struct sk_quantile *sketch = NULL;
	enum sk_image_status status = sk_quantile_decode(&sketch, &settings->sketch, about->image,
	    type, memory - sizeof(struct quantile), settings->seed);
	struct sk_aggregate *aggregate;

	(void)seed;
	if (status == SK_IMAGE_OK && about->has_moments &&
	    sk_quantile_set_moments(sketch, &about->moments) == -1) {
		sk_quantile_free(sketch);
		status = SK_IMAGE_CORRUPT;
	}
	*why = sk_image_strerror(status);
	if (status != SK_IMAGE_OK)
		return NULL;
	if ((aggregate = wrap(class, sketch)) == NULL)
		*why = strerror(errno);
	return aggregate;
}

int
sk_quantile_class_init(
    struct sk_quantile_class *class, const struct sk_quantile_settings *settings)
{
	static const struct sk_aggregate_class operations = {
		.columns = quantile_columns,
		.create = quantile_create,
		.destroy = quantile_destroy,
		.add = quantile_add,
		.merge = quantile_merge,
		.create_window = quantile_create_window,
		.can_leave = quantile_can_leave,
		.enter = quantile_enter,
		.leave = quantile_leave,
		.enter_in_order = true,
		.confine = quantile_confine,
		.memory = quantile_memory,
		.exact = quantile_exact,
		.error = quantile_error,
		.explain = quantile_explain,
		.rows = quantile_rows,
		.measures = "p50 p99.9 (any pN) count min max mean stddev",
		.find_measure = quantile_find_measure,
		.measure = quantile_measure,
		.lacking = quantile_lacking,
		.moments = quantile_moments,
		.image_size = quantile_image_size,
		.encode = quantile_encode,
		.decode = quantile_decode,
	};
	size_t memory_min = sk_quantile_memory_min(&settings->sketch);

	if (memory_min == 0) {
		errno = EINVAL;
		return -1;
	}
	class->class = operations;
	class->class.error_of = settings->sketch.algorithm == SK_QUANTILE_DD ? "the value" : "the rank";
	class->class.memory_min = memory_min + sizeof(struct quantile);
	class->settings = *settings;
	return 0;
}
