/* stream-distinct -- count the different items of a stream. */
#include "aggregate/distinct.h"
#include "run/diag.h"
#include "run/run.h"

#define LG_K 16            /* 0.33 %, in 64 KiB */
#define EXACT_MAX ((size_t)1 << 20)
#define EXACT_SHARE_LG 5   /* a kept exact count is no larger than a sketch if it has 1/32 item a register */

enum { KEY_LG_K = SK_OPTION_TOOL, KEY_TYPE, KEY_SKIP_EMPTY };

static struct sk_distinct_class class;
static struct sk_distinct_settings settings = {
	.sketch = { .algorithm = SK_DISTINCT_HLL, .type = SK_HLL_8, .exact_max = EXACT_MAX },
};
static const struct sk_fields no_weights;

static const struct sk_option options[] = {
	{ 'a', "algorithm", "NAME", "hll (default) or theta: what the exact count turns into",
	    SK_OPTION_CHOICE, "hll theta", 0 },
	{ KEY_LG_K, "lgk", "N", "2^N registers or hashes; default: 16", SK_OPTION_COUNT, NULL, 0 },
	{ KEY_TYPE, "type", "TYPE", "hll4, hll6 or hll8 (default): bits of a register",
	    SK_OPTION_CHOICE, "hll4 hll6 hll8", 0 },
	{ KEY_SKIP_EMPTY, "skip-empty", NULL, "do not count the empty item, as DataSketches does not",
	    SK_OPTION_FLAG, NULL, 0 },
	{ 0 },
};

static void
take(const struct sk_option_value *value)
{
	switch (value->key) {
	case 'a':
		settings.sketch.algorithm = value->number == 0 ? SK_DISTINCT_HLL : SK_DISTINCT_THETA;
		break;
	case KEY_LG_K:
		if (value->number < SK_HLL_LG_K_MIN || value->number > SK_THETA_LG_K_MAX)
			sk_die("--lgk: from 4 to 21, or 26 with -a theta");
		settings.sketch.lg_k = (unsigned)value->number;
		break;
	case KEY_TYPE:
		settings.sketch.type = (enum sk_hll_type)value->number;
		break;
	case KEY_SKIP_EMPTY:
		settings.skip_empty = true;
		break;
	}
}

static const struct sk_fields *
weight(void)
{
	return &no_weights;
}

/* The smallest sketch that keeps to ${error}, also once it has been merged. */
static unsigned
lg_k_for(double error)
{
	unsigned lg_k = SK_THETA_LG_K_MIN;

	if (settings.sketch.algorithm == SK_DISTINCT_HLL)
		lg_k = sk_hll_lg_k_for(error, true);
	else
		while (lg_k <= SK_THETA_LG_K_MAX && sk_theta_rse(lg_k) > error)
			lg_k++;
	if (lg_k < SK_HLL_LG_K_MIN || lg_k > SK_THETA_LG_K_MAX)
		sk_die("--error: no sketch is as exact as that; --exact is");
	return lg_k;
}

/* How many items to keep at most before they become a sketch. */
static size_t
exact_max(const struct sk_shared *shared)
{
	if (shared->exact)
		return SIZE_MAX;
	/* What is kept is small; what others are to read is a sketch from the start. */
	if (shared->sketch && shared->form != SK_SKETCH_FRAMES)
		return 0;
	if (shared->sketch || shared->state != NULL)
		return (size_t)1 << settings.sketch.lg_k >> EXACT_SHARE_LG;
	return EXACT_MAX;
}

static void
settle(const struct sk_shared *shared)
{
	if (settings.sketch.lg_k == 0)
		settings.sketch.lg_k = shared->error > 0 ? lg_k_for(shared->error) : LG_K;
	if (settings.sketch.algorithm == SK_DISTINCT_HLL && settings.sketch.lg_k > SK_HLL_LG_K_MAX)
		sk_die("--lgk: 21 is the most that hll has");
	settings.sketch.exact_max = exact_max(shared);
	sk_distinct_class_init(&class, &settings);
}

int
main(int argc, char **argv)
{
	static const struct sk_tool tool = {
		.name = "stream-distinct",
		.summary = "Count the different items of a stream",
		.options = options,
		.take = take,
		.settle = settle,
		.weight = weight,
		.class = &class.class,
	};

	return sk_run(&tool, argc, argv);
}
