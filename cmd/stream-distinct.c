/* stream-distinct -- count the different items of a stream. */
#include "aggregate/distinct.h"
#include "run/diag.h"
#include "run/run.h"

#define LG_K 16            /* 0.33 %, in 64 KiB */
#define EXACT_MAX ((size_t)1 << 20)
#define EXACT_SHARE_LG 4   /* 1/16 item of 15 bytes a register is what a sketch of HLL_8 takes */

enum {
	KEY_LG_K = SK_OPTION_TOOL,
	KEY_TYPE,
	KEY_SKIP_EMPTY,
	KEY_HASH_AS,
	KEY_THETA_VERSION,
	KEY_UNION,
	KEY_INTERSECT,
	KEY_MINUS,
	KEY_JACCARD,
};

static struct sk_distinct_class class;
static struct sk_distinct_settings settings = {
	.sketch = { .algorithm = SK_DISTINCT_HLL, .type = SK_HLL_8, .exact_max = EXACT_MAX },
	.theta_version = SK_THETA_V3,
};
static enum sk_form form;
static bool algorithm_given;

static const struct sk_option options[] = {
	{ 'a', "algorithm", "NAME", "hll (default) or theta: what exact counts turn into",
	    SK_OPTION_CHOICE, "hll theta", 0 },
	{ 'e', "error", "E", "the relative standard error to hold: chooses --lgk",
	    SK_OPTION_FRACTION, NULL, 0 },
	{ KEY_LG_K, "lgk", "N", "2^N registers or hashes; default: 16", SK_OPTION_COUNT, NULL, 0 },
	{ KEY_TYPE, "type", "TYPE", "hll4, hll6 or hll8 (default): bits of a register",
	    SK_OPTION_CHOICE, "hll4 hll6 hll8", 0 },
	{ KEY_SKIP_EMPTY, "skip-empty", NULL, "do not count the empty item, as DataSketches does not",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_THETA_VERSION, "theta-version", "N", "version of Theta images: 3 (default); 4 is packed",
	    SK_OPTION_CHOICE, "3 4", 0 },
	{ KEY_HASH_AS, "hash-as", "TYPE",
	    "utf8 (default), utf16le, int64 or double: the\ncolumn type of the engine that is to agree",
	    SK_OPTION_CHOICE, "utf8 int64 double utf16le", 0 },
	{ KEY_UNION, "union", NULL, "count what is in any FILE; the default", SK_OPTION_FLAG, NULL, 0 },
	{ KEY_INTERSECT, "intersect", NULL, "count what is in every FILE", SK_OPTION_FLAG, NULL, 0 },
	{ KEY_MINUS, "minus", NULL, "count what is in the first FILE and in no other", SK_OPTION_FLAG,
	    NULL, 0 },
	{ KEY_JACCARD, "jaccard", NULL, "what two FILEs share, over what they have together",
	    SK_OPTION_FLAG, NULL, 0 },
	{ 0 },
};

static void
take_sets(enum sk_distinct_sets sets)
{
	static bool given;

	if (given && settings.sets != sets)
		sk_die("--union, --intersect, --minus and --jaccard: one of them at a time");
	given = true;
	settings.sets = sets;
}

static void
take(const struct sk_option_value *value)
{
	switch (value->key) {
	case 'a':
		settings.sketch.algorithm = value->number == 0 ? SK_DISTINCT_HLL : SK_DISTINCT_THETA;
		algorithm_given = true;
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
	case KEY_THETA_VERSION:
		settings.theta_version = value->number == 0 ? SK_THETA_V3 : SK_THETA_V4;
		break;
	case KEY_HASH_AS:
		form = (enum sk_form)value->number;
		break;
	case KEY_UNION:
		take_sets(SK_SETS_UNITE);
		break;
	case KEY_INTERSECT:
		take_sets(SK_SETS_INTERSECT);
		break;
	case KEY_MINUS:
		take_sets(SK_SETS_SUBTRACT);
		break;
	case KEY_JACCARD:
		take_sets(SK_SETS_JACCARD);
		break;
	}
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

/* Sets of inputs: an HLL sketch can only be united. */
static void
settle_sets(const struct sk_shared *shared)
{
	if (algorithm_given && settings.sketch.algorithm == SK_DISTINCT_HLL)
		sk_die("--algorithm: hll cannot tell what sets have in common; theta can");
	settings.sketch.algorithm = SK_DISTINCT_THETA;
	if (settings.sets == SK_SETS_JACCARD && (shared->inputs != 2 || shared->sketch))
		sk_die(shared->sketch ? "--jaccard is a ratio, and no sketch can hold it" :
					"--jaccard: two FILEs are wanted");
	if (shared->inputs < 2)
		sk_die("--intersect and --minus: two FILEs are wanted at least, each a set");
	if (shared->state != NULL || shared->every > 0)
		sk_die("--state and --every go with --union only");
}

static void
settle(const struct sk_shared *shared, struct sk_wants *wants)
{
	wants->form = form;
	wants->apart = settings.sets != SK_SETS_UNITE;
	if (wants->apart)
		settle_sets(shared);
	if (settings.sketch.lg_k == 0 && shared->error > 0) {
		enum sk_choice_status status = sk_choice_distinct_for(&settings.sketch, shared->error);

		if (status != SK_CHOICE_OK)
			sk_die("--error: %s", sk_choice_strerror(status));
	}
	if (settings.sketch.lg_k == 0)
		settings.sketch.lg_k = LG_K;
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
		.class = &class.class,
	};

	return sk_run(&tool, argc, argv);
}
