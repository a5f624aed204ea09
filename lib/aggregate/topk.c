/* topk.c -- the heaviest items. */
#include "topk.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../run/diag.h"

#define LISTED_AT_ONCE 64
#define ITEM_SIZE 20 /* bytes, to explain with, as the manuals have it */

static const struct sk_topk_settings *
settings_of(const struct sk_aggregate_class *class)
{
	return &((const struct sk_topk_class *)class)->settings;
}

static size_t
topk_columns(const struct sk_aggregate_class *class, struct sk_column *column, size_t item_parts,
    unsigned char separator)
{
	size_t n = 0;

	column[n++] = (struct sk_column){ .name = "count",
		.kind = SK_COLUMN_NUMBER,
		.decimal = settings_of(class)->weighted,
		.metric = "",
		.help = "Sum of the weights of an item, or how often it occurs: at most so much." };
	column[n++] = (struct sk_column){ .name = "error",
		.kind = SK_COLUMN_NUMBER,
		.bound = true,
		.decimal = settings_of(class)->weighted,
		.help = "By how much less the count may be." };
	if (settings_of(class)->share)
		column[n++] = (struct sk_column){ .name = "share",
			.kind = SK_COLUMN_FRACTION,
			.help = "Share of the total." };
	column[n++] = (struct sk_column){ .name = "item",
		.kind = SK_COLUMN_BYTES,
		.parts = item_parts,
		.separator = separator };
	column[n++] = (struct sk_column){ .name = "exact", .kind = SK_COLUMN_TRUTH };
	return n;
}

/* A table of frequent items, and the unit of its weights. */
struct topk {
	struct sk_aggregate aggregate;
	struct sk_frequent *table;
	int decimals; /* weights are in units of 10^-decimals */
};

static const struct topk *
topk_of(const struct sk_aggregate *aggregate)
{
	return (const struct topk *)aggregate;
}

static void
topk_destroy(struct sk_aggregate *aggregate)
{
	struct topk *topk = (struct topk *)aggregate;

	sk_frequent_free(topk->table);
	free(topk);
}

static int
topk_add(struct sk_aggregate *aggregate, const struct sk_batch *batch)
{
	struct topk *topk = (struct topk *)aggregate;

	for (; topk->decimals < batch->decimals; topk->decimals++)
		if (sk_frequent_scale(topk->table, 10) == -1)
			return -1;
	return sk_frequent_add_batch(topk->table, batch->items, batch->weights, batch->count);
}

static int
topk_confine(struct sk_aggregate *aggregate, size_t memory)
{
	return sk_frequent_set_memory(((struct topk *)aggregate)->table, memory - sizeof(struct topk));
}

static size_t
topk_memory(const struct sk_aggregate *aggregate)
{
	return sizeof(struct topk) + sk_frequent_contents(topk_of(aggregate)->table);
}

static bool
topk_exact(const struct sk_aggregate *aggregate)
{
	return sk_frequent_exact(topk_of(aggregate)->table);
}

static double
topk_error(const struct sk_aggregate *aggregate)
{
	const struct sk_frequent *table = topk_of(aggregate)->table;
	uint64_t total = sk_frequent_total(table);

	return total > 0 ? (double)sk_frequent_max_error(table) / (double)total : 0;
}

/* The least weight that makes a share of at least ${share}. */
static uint64_t
weight_of_share(const struct sk_frequent *table, double share)
{
	double total = (double)sk_frequent_total(table);
	uint64_t weight_wanted = (uint64_t)(share * total);

	while (total > 0 && (double)weight_wanted / total < share)
		weight_wanted++;
	return weight_wanted;
}

static bool
lists_all(const struct sk_topk_settings *settings, const struct sk_frequent *table)
{
	return settings->min_share >= 0 || settings->only == SK_FREQUENT_POSSIBLE ||
	    settings->k >= sk_frequent_size(table);
}

/* References to the items to list, which the caller frees. */
static uint64_t *
choose(const struct sk_topk_settings *settings, const struct sk_frequent *table, size_t *n)
{
	size_t size = sk_frequent_size(table);
	size_t k = settings->k < size ? (size_t)settings->k : size;
	uint64_t *refs = malloc((lists_all(settings, table) ? size : k + 1) * sizeof(*refs) + 1);

	if (refs == NULL)
		sk_die("%s", strerror(errno));
	if (settings->min_share < 0) {
		*n = sk_frequent_top(table, k, settings->only, refs);
		return refs;
	}
	*n = sk_frequent_above(
	    table, weight_of_share(table, settings->min_share), settings->only, refs);
	if (*n > settings->k)
		*n = (size_t)settings->k;
	return refs;
}

static bool
list_item(const struct topk *topk, const struct sk_frequent_item *item, struct sk_rows *rows)
{
	uint64_t total = sk_frequent_total(topk->table);
	struct sk_cell cells[5] = { 0 };
	size_t n = 0;

	cells[n++] = (struct sk_cell){ .number = item->count, .decimals = topk->decimals };
	cells[n++] = (struct sk_cell){ .number = item->error, .decimals = topk->decimals };
	if (settings_of(topk->aggregate.class)->share)
		cells[n++].fraction = total > 0 ? (double)item->count / (double)total : 0;
	cells[n++].bytes = item->item;
	cells[n++].truth = item->error == 0;
	return sk_rows_add(rows, cells, n);
}

/* Of no items: a count of 0, which no item has. */
static void
list_nothing(const struct topk *topk, struct sk_rows *rows)
{
	struct sk_cell cells[5] = { 0 };
	size_t n = settings_of(topk->aggregate.class)->share ? 3 : 2;

	cells[n++] = SK_CELL_ABSENT;
	cells[n++].truth = true;
	sk_rows_add(rows, cells, n);
}

static void
topk_rows(const struct sk_aggregate *aggregate, struct sk_rows *rows)
{
	const struct topk *topk = topk_of(aggregate);
	size_t n;
	uint64_t *refs = choose(settings_of(aggregate->class), topk->table, &n);
	bool wanted = true;

	if (rows->even_of_nothing && sk_frequent_size(topk->table) == 0)
		list_nothing(topk, rows);
	for (size_t done = 0; wanted && done < n; done += LISTED_AT_ONCE) {
		struct sk_frequent_item items[LISTED_AT_ONCE];
		size_t more = n - done < LISTED_AT_ONCE ? n - done : LISTED_AT_ONCE;

		sk_frequent_resolve(topk->table, refs + done, more, items);
		for (size_t i = 0; wanted && i < more; i++)
			wanted = list_item(topk, &items[i], rows);
	}
	free(refs);
}

/* The total weight, in the place of an item. */
static void
topk_total(const struct sk_aggregate *aggregate, struct sk_rows *rows)
{
	static const unsigned char word[] = "total";
	const struct topk *topk = topk_of(aggregate);
	const bool share = settings_of(aggregate->class)->share;
	struct sk_cell cells[5] = { 0 };
	size_t n = 0;

	cells[n++] = (struct sk_cell){ .number = sk_frequent_total(topk->table),
		.decimals = topk->decimals };
	cells[n++].number = 0;
	if (share)
		cells[n++].fraction = cells[0].number > 0 ? 1 : 0;
	cells[n++] = (struct sk_cell){ .bytes = { word, sizeof(word) - 1 }, .truth = true };
	cells[n++].truth = true;
	sk_rows_add(rows, cells, n);
}

/* What can be asserted */

enum { TOP_COUNT, TOP_SHARE, TOTAL, ITEMS };
static const char *const measures[] = {
	[TOP_COUNT] = "top.count",
	[TOP_SHARE] = "top.share",
	[TOTAL] = "total",
	[ITEMS] = "items",
};

static int
topk_find_measure(const struct sk_aggregate_class *class, const char *name, double *parameter)
{
	(void)class;
	(void)parameter;
	for (int i = 0; i <= ITEMS; i++)
		if (strcmp(name, measures[i]) == 0)
			return i;
	return -1;
}

/* The weight of the heaviest item, whichever that is: as much as one is certain to have, and no more than any may have. */
static struct sk_measure
measure_top(const struct sk_frequent *table)
{
	uint64_t refs[2] = { 0 }, high = sk_frequent_max_error(table);
	struct sk_frequent_item top = { .count = high };

	if (sk_frequent_total(table) == 0)
		return (struct sk_measure){ .value = NAN, .missing = "there are no items" };
	if (sk_frequent_top(table, 1, SK_FREQUENT_LIKELY, refs) > 0)
		top = sk_frequent_at(table, refs[0]);
	high = top.count > high ? top.count : high;
	return (struct sk_measure){ .value = (double)top.count,
		.low = (double)sk_frequent_sure_weight(table, 1, refs),
		.high = (double)high };
}

static struct sk_measure
topk_measure(const struct sk_aggregate *aggregate, int measure, double parameter)
{
	const struct topk *topk = topk_of(aggregate);
	const double total = (double)sk_frequent_total(topk->table);
	const double size = (double)sk_frequent_size(topk->table);
	const double unit = measure == TOP_SHARE ? total : pow(10, topk->decimals);
	struct sk_measure found;

	(void)parameter;
	if (measure == TOTAL)
		return (struct sk_measure){ total / unit, total / unit, total / unit, NULL };
	if (measure == ITEMS)
		return (struct sk_measure){ size, size,
			sk_frequent_exact(topk->table) ? size : INFINITY, NULL };
	found = measure_top(topk->table);
	found.value /= unit;
	found.low /= unit;
	found.high /= unit;
	return found;
}

/* The least that any of ${n} items is certain to have, and so no more than as many others are. */
static uint64_t
least_sure(const struct sk_frequent *table, const uint64_t *refs, size_t n)
{
	uint64_t least = n > 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++) {
		const struct sk_frequent_item item = sk_frequent_at(table, refs[i]);

		least = item.count - item.error < least ? item.count - item.error : least;
	}
	return least;
}

/* Whether items that were dropped may belong in the list, or the list is short because nothing more is certain. */
static bool
topk_lacking(const struct sk_aggregate *aggregate)
{
	const struct sk_topk_settings *settings = settings_of(aggregate->class);
	const struct sk_frequent *table = topk_of(aggregate)->table;
	uint64_t unseen = sk_frequent_max_error(table);
	size_t n, k;
	uint64_t *refs;
	bool lacking;

	if (sk_frequent_exact(table))
		return false;
	refs = choose(settings, table, &n);
	k = settings->k < sk_frequent_size(table) ? (size_t)settings->k : 0;
	if (settings->min_share >= 0)
		lacking = settings->only != SK_FREQUENT_CERTAIN &&
		    unseen >= weight_of_share(table, settings->min_share);
	else if (settings->only == SK_FREQUENT_CERTAIN)
		lacking = n < settings->k;
	else
		lacking = unseen > least_sure(table, refs, n < k ? 0 : k) &&
		    unseen > sk_frequent_sure_weight(table, k, refs);
	free(refs);
	return lacking;
}

/* As many as there are of a usual length. */
static int
topk_explain(const struct sk_aggregate_class *class, size_t memory, struct sk_choice choices[2])
{
	return sk_choice_frequent(memory - sizeof(struct topk), settings_of(class)->items_max,
	    ITEM_SIZE, choices);
}

static enum sk_frequent_items
items_of(enum sk_item_type type)
{
	return type == SK_ITEM_LONG ? SK_FREQUENT_LONGS : SK_FREQUENT_STRINGS;
}

static size_t
topk_image_size(const struct sk_aggregate *aggregate)
{
	return sk_frequent_encoded_size(topk_of(aggregate)->table, items_of(settings_of(aggregate->class)->item_type));
}

static int
topk_encode(const struct sk_aggregate *aggregate, struct sk_container *about, unsigned char *image)
{
	const struct topk *topk = topk_of(aggregate);

	about->family = SK_FAMILY_FREQUENT;
	about->item_type = settings_of(aggregate->class)->item_type;
	about->exact = sk_frequent_exact(topk->table);
	about->decimals = topk->decimals;
	return sk_frequent_encode(topk->table, items_of(settings_of(aggregate->class)->item_type), 0, image);
}

/* Bring both to the same unit. EOVERFLOW. */
static int
level_units(struct topk *topk, struct topk *other)
{
	for (; topk->decimals < other->decimals; topk->decimals++)
		if (sk_frequent_scale(topk->table, 10) == -1)
			return -1;
	for (; other->decimals < topk->decimals; other->decimals++)
		if (sk_frequent_scale(other->table, 10) == -1)
			return -1;
	return 0;
}

static int
topk_merge(struct sk_aggregate *into, struct sk_aggregate *from, const char **why)
{
	struct topk *topk = (struct topk *)into, *other = (struct topk *)from;

	if (level_units(topk, other) == -1)
		return -1;
	*why = NULL; /* any two can be merged */
	return sk_frequent_merge(topk->table, other->table);
}

static struct sk_aggregate *
wrap(const struct sk_aggregate_class *class, struct sk_frequent *table, int decimals)
{
	struct topk *topk = table != NULL ? calloc(1, sizeof(*topk)) : NULL;

	if (topk == NULL) {
		sk_frequent_free(table);
		return NULL;
	}
	topk->aggregate.class = class;
	topk->table = table;
	topk->decimals = decimals;
	if (settings_of(class)->items_max > 0)
		sk_frequent_set_items(table, settings_of(class)->items_max);
	return &topk->aggregate;
}

static struct sk_aggregate *
topk_create(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	return wrap(class, sk_frequent_new(memory - sizeof(struct topk), seed), 0);
}

/* Windows */

static struct sk_aggregate *
topk_create_window(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	return wrap(class, sk_frequent_new_window(memory - sizeof(struct topk), seed), 0);
}

/* Of what has been dropped a window knows as much as its parts do. */
static bool
topk_can_leave(const struct sk_aggregate *part)
{
	(void)part;
	return true;
}

/* What is too large in a finer unit may not be so in the unit of another window. */
static int
topk_enter(struct sk_aggregate *window, struct sk_aggregate *part)
{
	struct topk *sum = (struct topk *)window, *topk = (struct topk *)part;

	if (level_units(sum, topk) == -1)
		return errno == EOVERFLOW ? 0 : -1;
	return sk_frequent_enter(sum->table, topk->table);
}

/* The window's unit may have become finer since, or the part's, if it has been merged into something else. */
static int
topk_leave(struct sk_aggregate *window, struct sk_aggregate *part)
{
	struct topk *sum = (struct topk *)window, *topk = (struct topk *)part;

	if (level_units(sum, topk) == -1)
		return -1;
	sk_frequent_leave(sum->table, topk->table);
	return 0;
}

static struct sk_aggregate *
topk_decode(const struct sk_aggregate_class *class, const struct sk_container *about, size_t memory,
    uint64_t seed, const char **why)
{
	struct sk_frequent *table;
	enum sk_image_status status = sk_frequent_decode(&table, items_of(about->item_type),
	    about->image.data, about->image.size, memory - sizeof(struct topk), seed);
	struct sk_aggregate *aggregate;

	*why = sk_image_strerror(status);
	if (status != SK_IMAGE_OK)
		return NULL;
	if ((aggregate = wrap(class, table, about->decimals)) == NULL)
		*why = strerror(errno);
	return aggregate;
}

void
sk_topk_class_init(struct sk_topk_class *class, const struct sk_topk_settings *settings)
{
	static const struct sk_aggregate_class operations = {
		.columns = topk_columns,
		.create = topk_create,
		.destroy = topk_destroy,
		.add = topk_add,
		.merge = topk_merge,
		.create_window = topk_create_window,
		.can_leave = topk_can_leave,
		.enter = topk_enter,
		.leave = topk_leave,
		.confine = topk_confine,
		.memory = topk_memory,
		.exact = topk_exact,
		.error = topk_error,
		.error_of = "the total",
		.explain = topk_explain,
		.rows = topk_rows,
		.total = topk_total,
		.measures = "top.count top.share total items",
		.share = "top.share",
		.find_measure = topk_find_measure,
		.measure = topk_measure,
		.lacking = topk_lacking,
		.image_size = topk_image_size,
		.encode = topk_encode,
		.decode = topk_decode,
		.memory_min = SK_FREQUENT_MEMORY_MIN + sizeof(struct topk),
	};

	class->class = operations;
	class->settings = *settings;
}
