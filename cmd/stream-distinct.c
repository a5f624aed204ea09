/* stream-distinct -- count the different items of a stream. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/diag.h"
#include "run/run.h"
#include "sketch/distinct.h"

#define LG_K 16            /* 0.33 %, in 64 KiB */
#define EXACT_MAX ((size_t)1 << 20)
#define EXACT_SHARE_LG 5   /* a kept exact count is no larger than a sketch if it has 1/32 item a register */
#define SIGMAS 3           /* of the bounds: 99.7 % */

enum { KEY_LG_K = SK_OPTION_TOOL, KEY_TYPE, KEY_SKIP_EMPTY };

static struct {
	struct sk_distinct_options sketch;
	bool lg_k_given;
	bool algorithm_given;
	bool skip_empty;
	struct sk_fields none; /* no weights */
} settings = {
	.sketch = { SK_DISTINCT_HLL, LG_K, SK_HLL_8, EXACT_MAX },
};

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
		settings.algorithm_given = true;
		break;
	case KEY_LG_K:
		if (value->number < SK_HLL_LG_K_MIN || value->number > SK_THETA_LG_K_MAX)
			sk_die("--lgk: from 4 to 21, or 26 with -a theta");
		settings.sketch.lg_k = (unsigned)value->number;
		settings.lg_k_given = true;
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
	return &settings.none;
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

static void
settle(const struct sk_shared *shared)
{
	if (shared->error > 0 && !settings.lg_k_given)
		settings.sketch.lg_k = lg_k_for(shared->error);
	if (settings.sketch.algorithm == SK_DISTINCT_HLL && settings.sketch.lg_k > SK_HLL_LG_K_MAX)
		sk_die("--lgk: 21 is the most that hll has");
	if (shared->exact) {
		settings.sketch.exact_max = SIZE_MAX;
		return;
	}
	/* What is kept is small; what others are to read is a sketch from the start. */
	if (shared->sketch || shared->state != NULL)
		settings.sketch.exact_max = (size_t)1 << settings.sketch.lg_k >> EXACT_SHARE_LG;
	if (shared->sketch && shared->form != SK_SKETCH_FRAMES)
		settings.sketch.exact_max = 0;
}

static size_t
columns(struct sk_column *column, size_t item_parts, unsigned char separator)
{
	(void)item_parts;
	(void)separator;
	column[0] = (struct sk_column){ .name = "count", .kind = SK_COLUMN_NUMBER };
	column[1] = (struct sk_column){ .name = "low", .kind = SK_COLUMN_NUMBER };
	column[2] = (struct sk_column){ .name = "high", .kind = SK_COLUMN_NUMBER };
	column[3] = (struct sk_column){ .name = "exact", .kind = SK_COLUMN_TRUTH };
	return 4;
}

/* The aggregate */

struct distinct {
	struct sk_aggregate aggregate;
	struct sk_distinct *count;
};

static const struct sk_distinct *
count_of(const struct sk_aggregate *aggregate)
{
	return ((const struct distinct *)aggregate)->count;
}

static void
distinct_destroy(struct sk_aggregate *aggregate)
{
	sk_distinct_free(((struct distinct *)aggregate)->count);
	free(aggregate);
}

static int
distinct_add(struct sk_aggregate *aggregate, const struct sk_batch *batch)
{
	struct sk_distinct *count = ((struct distinct *)aggregate)->count;
	struct sk_span items[SK_BATCH];
	size_t n = 0;

	if (!settings.skip_empty)
		return sk_distinct_add_batch(count, batch->items, batch->count);
	for (size_t i = 0; i < batch->count; i++)
		if (batch->items[i].size > 0)
			items[n++] = batch->items[i];
	return sk_distinct_add_batch(count, items, n);
}

static int
distinct_merge(struct sk_aggregate *into, struct sk_aggregate *from)
{
	return sk_distinct_merge(((struct distinct *)into)->count, count_of(from));
}

static int
distinct_confine(struct sk_aggregate *aggregate, size_t memory)
{
	return sk_distinct_set_memory(
	    ((struct distinct *)aggregate)->count, memory - sizeof(struct distinct));
}

static size_t
distinct_memory(const struct sk_aggregate *aggregate)
{
	return sizeof(struct distinct) + sk_distinct_memory(count_of(aggregate));
}

static bool
distinct_exact(const struct sk_aggregate *aggregate)
{
	return sk_distinct_exact(count_of(aggregate));
}

static double
distinct_error(const struct sk_aggregate *aggregate)
{
	return sk_distinct_error(count_of(aggregate));
}

static bool
distinct_lacking(const struct sk_aggregate *aggregate)
{
	(void)aggregate;
	return false;
}

static void
distinct_rows(const struct sk_aggregate *aggregate, struct sk_rows *rows)
{
	struct sk_distinct_answer answer = sk_distinct_answer(count_of(aggregate), SIGMAS);
	struct sk_cell cells[4] = { 0 };

	cells[0].number = (uint64_t)(answer.count + 0.5);
	cells[1].number = (uint64_t)floor(answer.low);
	cells[2].number = (uint64_t)ceil(answer.high);
	cells[3].truth = sk_distinct_exact(count_of(aggregate));
	sk_rows_add(rows, cells, 4);
}

static size_t
distinct_image_size(const struct sk_aggregate *aggregate)
{
	return sk_distinct_encoded_size(count_of(aggregate));
}

static int
distinct_encode(const struct sk_aggregate *aggregate, struct sk_container *about, unsigned char *image)
{
	const struct sk_distinct *count = count_of(aggregate);

	about->family = sk_distinct_family(count);
	about->item_type = SK_ITEM_BYTES;
	about->exact = sk_distinct_exact(count);
	return sk_distinct_encode(count, image, sk_distinct_encoded_size(count));
}

static struct sk_aggregate *distinct_create(size_t memory, uint64_t seed);
static struct sk_aggregate *distinct_decode(const struct sk_container *about, size_t memory,
    uint64_t seed, const char **why);

static const struct sk_aggregate_class distinct_class = {
	.create = distinct_create,
	.destroy = distinct_destroy,
	.add = distinct_add,
	.merge = distinct_merge,
	.confine = distinct_confine,
	.memory = distinct_memory,
	.exact = distinct_exact,
	.error = distinct_error,
	.rows = distinct_rows,
	.lacking = distinct_lacking,
	.image_size = distinct_image_size,
	.encode = distinct_encode,
	.decode = distinct_decode,
	.memory_min = SK_DISTINCT_MEMORY_MIN + sizeof(struct distinct),
};

static struct sk_aggregate *
wrap(struct sk_distinct *count)
{
	struct distinct *distinct = count != NULL ? calloc(1, sizeof(*distinct)) : NULL;

	if (distinct == NULL) {
		sk_distinct_free(count);
		return NULL;
	}
	distinct->aggregate.class = &distinct_class;
	distinct->count = count;
	return &distinct->aggregate;
}

static struct sk_aggregate *
distinct_create(size_t memory, uint64_t seed)
{
	return wrap(sk_distinct_new(&settings.sketch, memory - sizeof(struct distinct), seed));
}

static struct sk_aggregate *
distinct_decode(const struct sk_container *about, size_t memory, uint64_t seed, const char **why)
{
	struct sk_distinct *count = NULL;
	enum sk_image_status status = sk_distinct_decode(
	    &count, &settings.sketch, about->image, memory - sizeof(struct distinct), seed);
	struct sk_aggregate *aggregate;

	*why = sk_image_strerror(status);
	if (status != SK_IMAGE_OK)
		return NULL;
	if ((aggregate = wrap(count)) == NULL)
		*why = strerror(errno);
	return aggregate;
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
		.columns = columns,
		.weight = weight,
		.class = &distinct_class,
	};

	return sk_run(&tool, argc, argv);
}
