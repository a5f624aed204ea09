/* stream-quantile -- print the quantiles of the numbers of a stream. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/diag.h"
#include "run/quantity.h"
#include "run/run.h"
#include "sketch/dd.h"
#include "sketch/kll.h"
#include "sketch/quantile.h"
#include "sketch/req.h"
#include "sketch/tdigest.h"

#define KLL_K 32768 /* a rank error of 0.0094 % */
#define EXACT_MAX ((size_t)1 << 20)
#define LISTED_MAX 256

enum { KEY_RANK = SK_OPTION_TOOL, KEY_SUMMARY, KEY_HISTOGRAM, KEY_CONFIDENCE };
enum question { QUANTILES, RANKS, SUMMARY, HISTOGRAM };

static struct {
	uint64_t seed;
	struct sk_quantile_options sketch;
	enum question question;
	bool asked; /* a question was asked */
	double listed[LISTED_MAX]; /* quantiles or values */
	size_t listed_count;
	uint64_t bins;
	double confidence;
	struct sk_fields none; /* no weights */
} settings = {
	.sketch = { .algorithm = SK_QUANTILE_KLL, .exact_max = EXACT_MAX },
	.listed = { 0.5, 0.9, 0.99, 0.999 },
	.listed_count = 4,
	.confidence = 0.99,
};

static const struct sk_option options[] = {
	{ 'q', "quantiles", "LIST", "0.99, 99% or p99; default: 0.5,0.9,0.99,0.999", SK_OPTION_FILE,
	    NULL, 0 },
	{ KEY_RANK, "rank", "LIST", "print what part of the numbers is at most each of these",
	    SK_OPTION_FILE, NULL, 0 },
	{ KEY_SUMMARY, "summary", NULL, "print count, min, max, mean, deviation and quartiles",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_HISTOGRAM, "histogram", "N", "print how many fall in each of N ranges of equal width",
	    SK_OPTION_COUNT, NULL, 0 },
	{ KEY_CONFIDENCE, "confidence", "C", "that the bounds hold; default: 0.99",
	    SK_OPTION_FRACTION, NULL, 0 },
	{ 'a', "algorithm", "NAME",
	    "kll (default), req, dd or tdigest: what the exact\nnumbers turn into", SK_OPTION_CHOICE,
	    "kll req dd tdigest", 0 },
	{ 0 },
};

/* The command line */

static const struct sk_option *
option_of(int key)
{
	const struct sk_option *option = options;

	while (option->key != key)
		option++;
	return option;
}

/* Any number but NaN; as no tool sets a locale, the point is a point. */
static bool
read_number(const char *text, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return *text != '\0' && strchr(" \t\n\v\f\r", *text) == NULL && *end == '\0' &&
	    !isnan(*number);
}

static void
take_list(const struct sk_option_value *value, bool (*read)(const char *, double *), const char *why)
{
	const char *rest = value->text;
	char item[64];
	size_t length;

	settings.listed_count = 0;
	for (;; rest += length + 1) {
		length = strcspn(rest, ",");
		if (settings.listed_count == LISTED_MAX)
			sk_option_refuse(option_of(value->key), value->text, "more than 256 of them");
		if (length >= sizeof(item))
			sk_option_refuse(option_of(value->key), rest, why);
		memcpy(item, rest, length);
		item[length] = '\0';
		if (!read(item, &settings.listed[settings.listed_count++]))
			sk_option_refuse(option_of(value->key), item, why);
		if (rest[length] == '\0')
			return;
	}
}

static void
ask(enum question question)
{
	if (settings.asked && settings.question != question)
		sk_die("--quantiles, --rank, --summary and --histogram: one of them at a time");
	settings.asked = true;
	settings.question = question;
}

static void
take(const struct sk_option_value *value)
{
	switch (value->key) {
	case 'q':
		ask(QUANTILES);
		take_list(value, sk_quantity_fraction,
		    "not a quantile from 0 to 1, such as 0.99, 99% or p99");
		break;
	case KEY_RANK:
		ask(RANKS);
		take_list(value, read_number, "not a number");
		break;
	case KEY_SUMMARY:
		ask(SUMMARY);
		break;
	case KEY_HISTOGRAM:
		ask(HISTOGRAM);
		settings.bins = value->number;
		break;
	case KEY_CONFIDENCE:
		if (value->fraction >= 1)
			sk_die("--confidence: below 1; nothing but --exact is certain");
		settings.confidence = value->fraction;
		break;
	case 'a':
		settings.sketch.algorithm = (enum sk_quantile_algorithm)value->number;
		break;
	}
}

static const struct sk_fields *
weight(void)
{
	return &settings.none;
}

/* The k of the sketch that keeps to ${error}; negative: the default. 0 when there is none. */
static unsigned
k_for(enum sk_quantile_algorithm algorithm, double error)
{
	if (algorithm == SK_QUANTILE_KLL)
		return error < 0 ? KLL_K : sk_kll_k_for_error(error, settings.confidence);
	if (algorithm == SK_QUANTILE_REQ)
		return error < 0 ? SK_REQ_K_DEFAULT :
				   sk_req_k_for(error / sk_quantile_sigmas(settings.confidence));
	if (algorithm == SK_QUANTILE_TDIGEST && error >= 0)
		sk_die("--error: t-digest has no error that it keeps to");
	return SK_TDIGEST_K;
}

/* What is kept as exact numbers is no larger than a sketch would be. */
static size_t
values_in_a_sketch(const struct sk_quantile_options *sketch)
{
	return sketch->algorithm == SK_QUANTILE_KLL  ? sketch->k :
	    sketch->algorithm == SK_QUANTILE_REQ ? 6 * (size_t)sketch->k :
	    sketch->algorithm == SK_QUANTILE_DD  ? 256 :
						       2 * (size_t)sketch->k;
}

/* The aggregate: numbers, and what is known of them. */
struct quantile {
	struct sk_aggregate aggregate;
	struct sk_quantile *quantile;
};

static struct sk_aggregate_class quantile_class;

static void
settle(const struct sk_shared *shared)
{
	struct sk_quantile_options *sketch = &settings.sketch;

	settings.seed = shared->seed;
	sketch->alpha = shared->error < 0 ? SK_DD_ALPHA : shared->error;
	if (sketch->algorithm != SK_QUANTILE_DD)
		sketch->k = k_for(sketch->algorithm, shared->error);
	sketch->moments = settings.question == SUMMARY;
	quantile_class.memory_min = sk_quantile_memory_min(sketch);
	if (quantile_class.memory_min == 0)
		sk_die("--error: no sketch is as exact, or as inexact, as that");
	if (quantile_class.memory_min + sizeof(struct quantile) > shared->memory)
		sk_die("--memory: this sketch needs at least %zuK",
		    (quantile_class.memory_min + 1023) / 1024);
	quantile_class.memory_min += sizeof(struct quantile);
	if (shared->exact) {
		sketch->exact_max = SIZE_MAX;
		return;
	}
	/* What is kept is small; what others are to read is a sketch from the start. */
	if (shared->sketch || shared->state != NULL)
		sketch->exact_max = values_in_a_sketch(sketch);
	if (shared->sketch && shared->form != SK_SKETCH_FRAMES)
		sketch->exact_max = 0;
}

/* Rows */

static size_t
columns(struct sk_column *column, size_t item_parts, unsigned char separator)
{
	static const char *const names[][9] = {
		[QUANTILES] = { "q", "value", "low", "high", NULL },
		[RANKS] = { "value", "rank", "low", "high", NULL },
		[SUMMARY] = { "count", "min", "max", "mean", "stddev", "p25", "p50", "p75", NULL },
		[HISTOGRAM] = { "low", "high", "count", "share", NULL },
	};
	size_t n = 0;

	(void)item_parts;
	(void)separator;
	for (; names[settings.question][n] != NULL; n++)
		column[n] = (struct sk_column){ .name = names[settings.question][n],
			.kind = SK_COLUMN_DOUBLE };
	if (settings.question == SUMMARY)
		column[0].kind = SK_COLUMN_NUMBER;
	if (settings.question == HISTOGRAM) {
		column[2].kind = SK_COLUMN_NUMBER;
		column[3].kind = SK_COLUMN_FRACTION;
	}
	column[n] = (struct sk_column){ .name = "exact", .kind = SK_COLUMN_TRUTH };
	return n + 1;
}

static void
list(const struct sk_quantile *quantile, const struct sk_quantile_view *view, struct sk_rows *rows)
{
	bool wanted = sk_quantile_count(quantile) > 0;

	for (size_t i = 0; wanted && i < settings.listed_count; i++) {
		const double asked = settings.listed[i];
		const struct sk_quantile_answer answer = settings.question == QUANTILES ?
		    sk_quantile_view_quantile(view, asked) :
		    sk_quantile_view_rank(view, asked);
		const struct sk_cell cells[5] = { { .value = asked }, { .value = answer.value },
			{ .value = answer.low }, { .value = answer.high },
			{ .truth = sk_quantile_exact(quantile) } };

		wanted = sk_rows_add(rows, cells, 5);
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

/* Edge ${i} of the histogram's ${bins} bins. */
static double
edge(double min, double max, uint64_t i, uint64_t bins)
{
	const double part = (double)i / (double)bins, span = max - min;

	if (i == bins)
		return max;
	if (isfinite(span * (double)bins))
		return min + span * (double)i / (double)bins;
	return min * (1 - part) + max * part;
}

/* Bins hold their lower edge and not their upper one, but for the last. */
static void
draw(const struct sk_quantile *quantile, const struct sk_quantile_view *view, struct sk_rows *rows)
{
	const double min = sk_quantile_min(quantile), max = sk_quantile_max(quantile);
	const double count = (double)sk_quantile_count(quantile);
	const uint64_t bins = min < max && isfinite(min) && isfinite(max) ? settings.bins : 1;
	uint64_t before = 0;
	bool wanted = count > 0;

	for (uint64_t i = 1; wanted && i <= bins; i++) {
		const double low = i > 1 ? edge(min, max, i - 1, bins) : min;
		const double high = edge(min, max, i, bins);
		uint64_t upto = sk_quantile_count(quantile);
		struct sk_cell cells[5] = { { .value = low }, { .value = high } };

		if (i < bins)
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

static struct sk_quantile *
quantile_of(const struct sk_aggregate *aggregate)
{
	return ((const struct quantile *)aggregate)->quantile;
}

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
quantile_merge(struct sk_aggregate *into, struct sk_aggregate *from)
{
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
	return sk_quantile_error(quantile_of(aggregate), settings.confidence);
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
	struct sk_quantile *quantile = quantile_of(aggregate);
	struct sk_quantile_view *view = sk_quantile_view_new(quantile, settings.confidence);

	if (view == NULL)
		sk_die("%s", strerror(errno));
	if (settings.question == SUMMARY)
		summarize(quantile, view, rows);
	else if (settings.question == HISTOGRAM)
		draw(quantile, view, rows);
	else
		list(quantile, view, rows);
	sk_quantile_view_free(view);
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
wrap(struct sk_quantile *sketch)
{
	struct quantile *quantile = sketch != NULL ? calloc(1, sizeof(*quantile)) : NULL;

	if (quantile == NULL) {
		sk_quantile_free(sketch);
		return NULL;
	}
	quantile->aggregate.class = &quantile_class;
	quantile->quantile = sketch;
	return &quantile->aggregate;
}

static struct sk_aggregate *
quantile_create(size_t memory, uint64_t seed)
{
	(void)seed; /* the tables' own; coins are to fall the same way again */
	return wrap(
	    sk_quantile_new(&settings.sketch, memory - sizeof(struct quantile), settings.seed));
}

static struct sk_aggregate *
quantile_decode(const struct sk_container *about, size_t memory, uint64_t seed, const char **why)
{
	const enum sk_quantile_type type = about->item_type == SK_ITEM_FLOAT ? SK_QUANTILE_FLOAT :
	    about->item_type == SK_ITEM_LONG ? SK_QUANTILE_INTEGER : SK_QUANTILE_DOUBLE;
	struct sk_quantile *sketch = NULL;
	enum sk_image_status status = sk_quantile_decode(&sketch, &settings.sketch, about->image,
	    type, memory - sizeof(struct quantile), settings.seed);
	struct sk_aggregate *aggregate;

	(void)seed;
	*why = sk_image_strerror(status);
	if (status != SK_IMAGE_OK)
		return NULL;
	if ((aggregate = wrap(sketch)) == NULL)
		*why = strerror(errno);
	return aggregate;
}

/* Its memory_min is settled with the options. */
static struct sk_aggregate_class quantile_class = {
	.create = quantile_create,
	.destroy = quantile_destroy,
	.add = quantile_add,
	.merge = quantile_merge,
	.confine = quantile_confine,
	.memory = quantile_memory,
	.exact = quantile_exact,
	.error = quantile_error,
	.rows = quantile_rows,
	.lacking = quantile_lacking,
	.image_size = quantile_image_size,
	.encode = quantile_encode,
	.decode = quantile_decode,
};

int
main(int argc, char **argv)
{
	static const struct sk_tool tool = {
		.name = "stream-quantile",
		.summary = "Print the quantiles of the numbers of a stream",
		.options = options,
		.take = take,
		.settle = settle,
		.columns = columns,
		.weight = weight,
		.values = true,
		.class = &quantile_class,
	};

	return sk_run(&tool, argc, argv);
}
