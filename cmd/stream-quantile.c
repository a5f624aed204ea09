/* stream-quantile -- print the quantiles of the numbers of a stream. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/quantile.h"
#include "run/diag.h"
#include "run/quantity.h"
#include "run/run.h"
#include "sketch/dd.h"
#include "sketch/kll.h"
#include "sketch/req.h"
#include "sketch/tdigest.h"

#define KLL_K 32768 /* a rank error of 0.0094 % */
#define EXACT_MAX ((size_t)1 << 20)

enum { KEY_RANK = SK_OPTION_TOOL, KEY_SUMMARY, KEY_HISTOGRAM, KEY_CONFIDENCE, KEY_K, KEY_LOG };

static struct sk_quantile_class class;
static struct sk_quantile_settings settings = {
	.sketch = { .algorithm = SK_QUANTILE_KLL, .exact_max = EXACT_MAX },
	.listed = { 0.5, 0.9, 0.99, 0.999 },
	.listed_count = 4,
	.confidence = 0.99,
};
static bool asked; /* a question was asked */
static unsigned k_given;

static const struct sk_option options[] = {
	{ 'q', "quantiles", "LIST", "0.99, 99% or p99; default: 0.5,0.9,0.99,0.999", SK_OPTION_FILE,
	    NULL, 0 },
	{ KEY_RANK, "rank", "LIST", "print what part of the numbers is at most these",
	    SK_OPTION_FILE, NULL, 0 },
	{ KEY_SUMMARY, "summary", NULL, "print count, min, max, mean, deviation and quartiles",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_HISTOGRAM, "histogram", "N", "print how many fall in each of N equally wide ranges",
	    SK_OPTION_COUNT, NULL, 0 },
	{ KEY_LOG, "log", "WHEN", "ranges of equal ratio; =never for --plot, which may\nchoose them", SK_OPTION_MAYBE, "always never", 0 },
	{ KEY_CONFIDENCE, "confidence", "C", "that the bounds hold; default: 0.99",
	    SK_OPTION_FRACTION, NULL, 0 },
	{ 'a', "algorithm", "NAME",
	    "kll (default), req, dd or tdigest: what the exact\nnumbers turn into", SK_OPTION_CHOICE,
	    "kll req dd tdigest", 0 },
	{ 'e', "error", "E", "the error to hold: of the rank (kll), as a share of\nthe distance from the top (req), of the value (dd)",
	    SK_OPTION_FRACTION, NULL, 0 },
	{ KEY_K, "k", "N", "the size of kll, req or tdigest, in place of --error", SK_OPTION_COUNT, NULL, 0 },
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
		if (settings.listed_count == SK_QUANTILE_LISTED_MAX)
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
ask(enum sk_quantile_question question)
{
	if (asked && settings.question != question)
		sk_die("--quantiles, --rank, --summary and --histogram: one of them at a time");
	asked = true;
	settings.question = question;
}

static void
take(const struct sk_option_value *value)
{
	switch (value->key) {
	case 'q':
		ask(SK_ASK_QUANTILES);
		take_list(value, sk_quantity_fraction,
		    "not a quantile from 0 to 1, such as 0.99, 99% or p99");
		break;
	case KEY_RANK:
		ask(SK_ASK_RANKS);
		take_list(value, read_number, "not a number");
		break;
	case KEY_SUMMARY:
		ask(SK_ASK_SUMMARY);
		break;
	case KEY_HISTOGRAM:
		ask(SK_ASK_HISTOGRAM);
		settings.bins = value->number;
		break;
	case KEY_LOG:
		settings.scale = value->number == 2 ? SK_SCALE_LINEAR : SK_SCALE_LOG;
		break;
	case KEY_CONFIDENCE:
		if (value->fraction >= 1)
			sk_die("--confidence: below 1; nothing but --exact is certain");
		settings.confidence = value->fraction;
		break;
	case KEY_K:
		k_given = value->number < UINT_MAX ? (unsigned)value->number : UINT_MAX;
		break;
	case 'a':
		settings.sketch.algorithm = (enum sk_quantile_algorithm)value->number;
		break;
	}
}

/* The k asked for must be one that the algorithm has. */
static unsigned
checked_k(enum sk_quantile_algorithm algorithm)
{
	static const struct {
		unsigned min;
		unsigned max;
		const char *refusal;
	} limits[] = {
		[SK_QUANTILE_KLL] = { SK_KLL_K_MIN, SK_KLL_K_MAX, "from 8 to 65535 with kll" },
		[SK_QUANTILE_REQ] = { SK_REQ_K_MIN, SK_REQ_K_MAX, "even, from 4 to 1024, with req" },
		[SK_QUANTILE_DD] = { 1, 0, "not with dd" },
		[SK_QUANTILE_TDIGEST] = { SK_TDIGEST_K_MIN, SK_TDIGEST_K_MAX, "from 10 to 65535 with tdigest" },
	};

	if (k_given < limits[algorithm].min || k_given > limits[algorithm].max ||
	    (algorithm == SK_QUANTILE_REQ && k_given % 2 != 0))
		sk_die("--k: %s", limits[algorithm].refusal);
	return k_given;
}

/* The sketch of the k asked for, or that keeps to ${error}; not above 0: the default. */
static void
choose(struct sk_quantile_options *sketch, double error)
{
	static const unsigned defaults[] = { [SK_QUANTILE_KLL] = KLL_K,
		[SK_QUANTILE_REQ] = SK_REQ_K_DEFAULT, [SK_QUANTILE_TDIGEST] = SK_TDIGEST_K };
	enum sk_choice_status status = SK_CHOICE_OK;

	sketch->alpha = SK_DD_ALPHA;
	if (k_given > 0)
		sketch->k = checked_k(sketch->algorithm);
	else if (error > 0)
		status = sk_choice_quantile_for(sketch, error, settings.confidence);
	else if (sketch->algorithm != SK_QUANTILE_DD)
		sketch->k = defaults[sketch->algorithm];
	if (status != SK_CHOICE_OK)
		sk_die("--error: %s", sk_choice_strerror(status));
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

/* How many numbers to keep at most before they become a sketch. */
static size_t
exact_max(const struct sk_shared *shared)
{
	if (shared->exact)
		return SIZE_MAX;
	/* What is kept is small; what others are to read is a sketch from the start. */
	if (shared->sketch && shared->form != SK_SKETCH_FRAMES)
		return 0;
	if (shared->sketch || shared->state != NULL)
		return values_in_a_sketch(&settings.sketch);
	return EXACT_MAX;
}

static void
settle(const struct sk_shared *shared, struct sk_wants *wants)
{
	struct sk_quantile_options *sketch = &settings.sketch;

	wants->values = true;
	if (settings.scale == SK_SCALE_LOG && settings.question != SK_ASK_HISTOGRAM && !shared->plots)
		sk_die("--log goes with --histogram or --plot");
	if (settings.scale == SK_SCALE_FITTING && !shared->plots)
		settings.scale = SK_SCALE_LINEAR;
	wants->scale = settings.scale;
	settings.curve = shared->plots && settings.question == SK_ASK_QUANTILES;
	settings.seed = shared->seed;
	settings.single = shared->input == SK_INPUT_F32 && shared->state == NULL;
	settings.sums = shared->format == SK_FORMAT_PROM;
	choose(sketch, shared->error);
	if (shared->item_type == SK_ITEM_FLOAT)
		sketch->type = SK_QUANTILE_FLOAT;
	/* What is kept may be asked for them later; plain images have no room for them. */
	sketch->moments = settings.question == SK_ASK_SUMMARY ||
	    shared->asserts_count > 0 || shared->state != NULL ||
	    (shared->sketch && shared->form == SK_SKETCH_FRAMES);
	sketch->exact_max = exact_max(shared);
	if (sk_quantile_class_init(&class, &settings) == -1)
		sk_die("--error: no sketch has such an error");
	if (class.class.memory_min > shared->memory)
		sk_die("--memory: this sketch needs at least %zuK",
		    (class.class.memory_min + 1023) / 1024);
}

int
main(int argc, char **argv)
{
	static const struct sk_tool tool = {
		.name = "stream-quantile",
		.summary = "Print the quantiles of the numbers of a stream",
		.options = options,
		.take = take,
		.settle = settle,
		.class = &class.class,
	};

	return sk_run(&tool, argc, argv);
}
