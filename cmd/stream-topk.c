/* stream-topk -- print the heaviest items of a stream. */
#include "aggregate/topk.h"
#include "run/diag.h"
#include "run/run.h"

#define K_DEFAULT 10
#define SKETCH_ITEMS 12288 /* that a sketch to be written holds: the error is at most 2/12288, 0.016 % */

enum { KEY_MIN_SHARE = SK_OPTION_TOOL, KEY_ONLY, KEY_SHARE };

static struct sk_topk_class class;
static struct sk_topk_settings settings = { .min_share = -1 };
static struct sk_fields weights;

static const struct sk_option options[] = {
	{ 'k', "top", "N", "list the N heaviest items, or all; default: 10", SK_OPTION_COUNT, "all", 0 },
	{ 'w', "weight", "FIELD", "sum this field instead of counting records", SK_OPTION_FIELDS, NULL,
	    0 },
	{ KEY_MIN_SHARE, "min-share", "P", "list every item of at least this share of the total",
	    SK_OPTION_FRACTION, NULL, 0 },
	{ KEY_ONLY, "only", "WHICH", "certain: no item that may not belong;\npossible: every item that may",
	    SK_OPTION_CHOICE, "certain possible", 0 },
	{ KEY_SHARE, "share", NULL, "add the share of the total", SK_OPTION_FLAG, NULL, 0 },
	{ 'e', "error", "E", "the error to hold, as a share of the total",
	    SK_OPTION_FRACTION, NULL, 0 },
	{ 0 },
};

static void
take(const struct sk_option_value *value)
{
	switch (value->key) {
	case 'k':
		settings.k = value->number;
		break;
	case 'w':
		weights = value->fields;
		break;
	case KEY_MIN_SHARE:
		settings.min_share = value->fraction;
		break;
	case KEY_ONLY:
		settings.only = value->number == 0 ? SK_FREQUENT_CERTAIN : SK_FREQUENT_POSSIBLE;
		break;
	case KEY_SHARE:
		settings.share = true;
		break;
	}
}

/* How many items a sketch is to hold: one that is to be kept is small, unless it is to be exact. */
static size_t
items_for(const struct sk_shared *shared)
{
	enum sk_choice_status status;
	size_t items;

	if ((!shared->sketch && shared->state == NULL) || shared->exact)
		return 0;
	if (shared->error <= 0)
		return SKETCH_ITEMS;
	if ((status = sk_choice_frequent_for(shared->error, &items)) != SK_CHOICE_OK)
		sk_die("--error: %s", sk_choice_strerror(status));
	return items;
}

static void
settle(const struct sk_shared *shared, struct sk_wants *wants)
{
	if (weights.count > 1)
		sk_die("--weight: one field is wanted");
	wants->weights = weights;
	if (settings.k == 0)
		settings.k = settings.min_share < 0 ? K_DEFAULT : UINT64_MAX;
	settings.weighted = weights.count > 0;
	settings.item_type = shared->item_type;
	settings.items_max = items_for(shared);
	sk_topk_class_init(&class, &settings);
}

int
main(int argc, char **argv)
{
	static const struct sk_tool tool = {
		.name = "stream-topk",
		.summary = "Print the heaviest items of a stream, heaviest first",
		.options = options,
		.take = take,
		.settle = settle,
		.class = &class.class,
	};

	return sk_run(&tool, argc, argv);
}
