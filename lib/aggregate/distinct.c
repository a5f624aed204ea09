/* distinct.c -- how many different items. */
#include "distinct.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIGMAS 3 /* of the bounds: 99.7 % */

static const struct sk_distinct_settings *
settings_of(const struct sk_aggregate_class *class)
{
	return &((const struct sk_distinct_class *)class)->settings;
}

static size_t
distinct_columns(const struct sk_aggregate_class *class, struct sk_column *column,
    size_t item_parts, unsigned char separator)
{
	const bool ratio = settings_of(class)->sets == SK_SETS_JACCARD;
	const enum sk_column_kind kind = ratio ? SK_COLUMN_DOUBLE : SK_COLUMN_NUMBER;

	(void)item_parts;
	(void)separator;
	column[0] = (struct sk_column){ .name = ratio ? "jaccard" : "count",
		.kind = kind,
		.metric = ratio ? NULL : "",
		.help = ratio ? "Size of the intersection by that of the union." : "Number of different items." };
	column[1] = (struct sk_column){ .name = "low", .kind = kind, .bounds = SK_BOUNDS_LOW, .help = "Lower bound of it." };
	column[2] = (struct sk_column){ .name = "high", .kind = kind, .bounds = SK_BOUNDS_HIGH, .help = "Upper bound of it." };
	column[3] = (struct sk_column){ .name = "exact", .kind = SK_COLUMN_TRUTH };
	return 4;
}

struct distinct {
	struct sk_aggregate aggregate;
	struct sk_distinct *count;
	struct sk_distinct_answer ratio; /* of the two sets there were */
	bool compared;                   /* and it is known */
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

	if (!settings_of(aggregate->class)->skip_empty)
		return sk_distinct_add_batch(count, batch->items, batch->count);
	for (size_t i = 0; i < batch->count; i++)
		if (batch->items[i].size > 0)
			items[n++] = batch->items[i];
	return sk_distinct_add_batch(count, items, n);
}

static int
distinct_merge(struct sk_aggregate *into, struct sk_aggregate *from, const char **why)
{
	*why = sk_distinct_why_not(count_of(into), count_of(from));
	return sk_distinct_merge(((struct distinct *)into)->count, count_of(from));
}

static int
compare(struct distinct *distinct, const struct sk_distinct *other, const char **why)
{
	if (distinct->compared) {
		*why = "a ratio is between two sets, and this is another one";
		errno = EINVAL;
		return -1;
	}
	if (sk_distinct_jaccard(distinct->count, other, SIGMAS, &distinct->ratio) == -1)
		return -1;
	distinct->compared = true;
	return 0;
}

static int
distinct_combine(struct sk_aggregate *into, struct sk_aggregate *from, const char **why)
{
	struct distinct *distinct = (struct distinct *)into;

	*why = "an HLL sketch cannot tell what sets have in common; Theta can";
	switch (settings_of(into->class)->sets) {
	case SK_SETS_INTERSECT:
		return sk_distinct_intersect(distinct->count, count_of(from));
	case SK_SETS_SUBTRACT:
		return sk_distinct_subtract(distinct->count, count_of(from));
	case SK_SETS_JACCARD:
		return compare(distinct, count_of(from), why);
	case SK_SETS_UNITE:
		break;
	}
	return sk_distinct_merge(distinct->count, count_of(from));
}

static int
distinct_to_sketch(struct sk_aggregate *aggregate)
{
	return sk_distinct_to_sketch(((struct distinct *)aggregate)->count);
}

static int
distinct_make_canonical(struct sk_aggregate *aggregate)
{
	return sk_distinct_make_canonical(((struct distinct *)aggregate)->count);
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

static int
distinct_explain(const struct sk_aggregate_class *class, size_t memory, struct sk_choice choices[2])
{
	return sk_choice_distinct(
	    &settings_of(class)->sketch, memory - sizeof(struct distinct), choices);
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
	const struct distinct *distinct = (const struct distinct *)aggregate;
	struct sk_distinct_answer answer = sk_distinct_answer(distinct->count, SIGMAS);
	struct sk_cell cells[4] = { 0 };

	cells[3].truth = sk_distinct_exact(distinct->count);
	if (settings_of(aggregate->class)->sets == SK_SETS_JACCARD) {
		if (!distinct->compared)
			return;
		cells[0].value = distinct->ratio.count;
		cells[1].value = distinct->ratio.low;
		cells[2].value = distinct->ratio.high;
		cells[3].truth = distinct->ratio.low == distinct->ratio.high;
	} else {
		cells[0].number = (uint64_t)(answer.count + 0.5);
		cells[1].number = (uint64_t)floor(answer.low);
		cells[2].number = (uint64_t)ceil(answer.high);
	}
	sk_rows_add(rows, cells, 4);
}

/* What can be asserted */

static int
distinct_find_measure(
    const struct sk_aggregate_class *class, const char *name, double *parameter)
{
	const bool ratio = settings_of(class)->sets == SK_SETS_JACCARD;

	(void)parameter;
	if (ratio)
		return strcmp(name, "jaccard") == 0 ? 0 : -1;
	return strcmp(name, "distinct") == 0 || strcmp(name, "count") == 0 ? 0 : -1;
}

/* What is printed, and so as whole numbers. */
static struct sk_measure
distinct_measure(const struct sk_aggregate *aggregate, int measure, double parameter)
{
	const struct distinct *distinct = (const struct distinct *)aggregate;
	const struct sk_distinct_answer answer = sk_distinct_answer(distinct->count, SIGMAS);

	(void)measure;
	(void)parameter;
	if (settings_of(aggregate->class)->sets != SK_SETS_JACCARD)
		return (struct sk_measure){ .value = floor(answer.count + 0.5),
			.low = floor(answer.low),
			.high = ceil(answer.high) };
	if (!distinct->compared)
		return (struct sk_measure){ .value = NAN, .missing = "there are no two sets" };
	return (struct sk_measure){ .value = distinct->ratio.count,
		.low = distinct->ratio.low,
		.high = distinct->ratio.high };
}

static size_t
distinct_image_size(const struct sk_aggregate *aggregate)
{
	return sk_distinct_encoded_size_as(
	    count_of(aggregate), settings_of(aggregate->class)->theta_version);
}

static int
distinct_encode(const struct sk_aggregate *aggregate, struct sk_container *about, unsigned char *image)
{
	const enum sk_theta_version version = settings_of(aggregate->class)->theta_version;
	const struct sk_distinct *count = count_of(aggregate);

	about->family = sk_distinct_family(count);
	about->item_type = SK_ITEM_BYTES;
	about->exact = sk_distinct_exact(count);
	return sk_distinct_encode_as(
	    count, version, image, sk_distinct_encoded_size_as(count, version));
}

static struct sk_aggregate *
wrap(const struct sk_aggregate_class *class, struct sk_distinct *count)
{
	struct distinct *distinct = count != NULL ? calloc(1, sizeof(*distinct)) : NULL;

	if (distinct == NULL) {
		sk_distinct_free(count);
		return NULL;
	}
	distinct->aggregate.class = class;
	distinct->count = count;
	return &distinct->aggregate;
}

static struct sk_aggregate *
distinct_create(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	const struct sk_distinct_options *options = &settings_of(class)->sketch;

	return wrap(class, sk_distinct_new(options, memory - sizeof(struct distinct), seed));
}

/* Windows */

static struct sk_aggregate *
distinct_create_window(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	const struct sk_distinct_options *options = &settings_of(class)->sketch;

	return wrap(class, sk_distinct_new_window(options, memory - sizeof(struct distinct), seed));
}

static bool
distinct_can_leave(const struct sk_aggregate *part)
{
	return sk_distinct_can_leave(count_of(part));
}

static int
distinct_enter(struct sk_aggregate *window, struct sk_aggregate *part)
{
	return sk_distinct_enter(((struct distinct *)window)->count, count_of(part));
}

static int
distinct_leave(struct sk_aggregate *window, struct sk_aggregate *part)
{
	sk_distinct_leave(((struct distinct *)window)->count, count_of(part));
	return 0;
}

static struct sk_aggregate *
distinct_decode(const struct sk_aggregate_class *class, const struct sk_container *about,
    size_t memory, uint64_t seed, const char **why)
{
	struct sk_distinct *count = NULL;
	enum sk_image_status status = sk_distinct_decode(&count, &settings_of(class)->sketch,
	    about->image, memory - sizeof(struct distinct), seed);
	struct sk_aggregate *aggregate;

	*why = sk_image_strerror(status);
	if (status != SK_IMAGE_OK)
		return NULL;
	if ((aggregate = wrap(class, count)) == NULL)
		*why = strerror(errno);
	return aggregate;
}

void
sk_distinct_class_init(
    struct sk_distinct_class *class, const struct sk_distinct_settings *settings)
{
	static const struct sk_aggregate_class operations = {
		.columns = distinct_columns,
		.create = distinct_create,
		.destroy = distinct_destroy,
		.add = distinct_add,
		.merge = distinct_merge,
		.combine = distinct_combine,
		.create_window = distinct_create_window,
		.can_leave = distinct_can_leave,
		.enter = distinct_enter,
		.leave = distinct_leave,
		.to_sketch = distinct_to_sketch,
		.make_canonical = distinct_make_canonical,
		.confine = distinct_confine,
		.memory = distinct_memory,
		.exact = distinct_exact,
		.error = distinct_error,
		.error_of = "the count",
		.explain = distinct_explain,
		.rows = distinct_rows,
		.find_measure = distinct_find_measure,
		.measure = distinct_measure,
		.lacking = distinct_lacking,
		.image_size = distinct_image_size,
		.encode = distinct_encode,
		.decode = distinct_decode,
		.idempotent = true,
		.memory_min = SK_DISTINCT_MEMORY_MIN + sizeof(struct distinct),
	};

	class->class = operations;
	class->class.measures = settings->sets == SK_SETS_JACCARD ? "jaccard" : "distinct count";
	class->class.share = "jaccard";
	class->settings = *settings;
}
