/* quantile.c -- where the quantiles of numbers lie. */
#include "quantile_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../run/diag.h"
#include "../run/quantity.h"

/* Numbers, and what is known of them. */
struct quantile {
	struct sk_aggregate aggregate;
	struct sk_quantile *quantile;
	size_t rounded; /* not 0 if values have been; of a window: how many of its parts have such */
};

static const struct sk_quantile_settings *
settings_of(const struct sk_aggregate_class *class)
{
	return &((const struct sk_quantile_class *)class)->settings;
}

static struct quantile *
state_of(struct sk_aggregate *aggregate)
{
	return (struct quantile *)aggregate;
}

static struct sk_quantile *
quantile_of(const struct sk_aggregate *aggregate)
{
	return ((const struct quantile *)aggregate)->quantile;
}

/* What the aggregate does */

static size_t
quantile_columns(const struct sk_aggregate_class *class, struct sk_column *column,
    size_t item_parts, unsigned char separator)
{
	(void)item_parts;
	(void)separator;
	return sk_quantile_columns(settings_of(class), column);
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
	if (sk_quantile_add_batch(quantile_of(aggregate), batch->values, batch->count) == -1)
		return -1;
	if (batch->rounded.any)
		state_of(aggregate)->rounded = 1;
	return 0;
}

static int
quantile_merge(struct sk_aggregate *into, struct sk_aggregate *from, const char **why)
{
	*why = sk_quantile_why_not(quantile_of(into), quantile_of(from));
	if (sk_quantile_merge(quantile_of(into), quantile_of(from)) == -1)
		return -1;
	if (state_of(from)->rounded > 0)
		state_of(into)->rounded = 1;
	return 0;
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

/* Free the view. */
static struct sk_quantile_asked
ask(const struct sk_aggregate *aggregate, struct sk_quantile_view **view)
{
	const struct sk_quantile_settings *settings = settings_of(aggregate->class);

	if ((*view = sk_quantile_view_new(quantile_of(aggregate), settings->confidence)) == NULL)
		sk_die("%s", strerror(errno));
	return (struct sk_quantile_asked){ settings, quantile_of(aggregate), *view,
		((const struct quantile *)aggregate)->rounded > 0 };
}

static void
quantile_rows(const struct sk_aggregate *aggregate, struct sk_rows *rows)
{
	struct sk_quantile_view *view;
	const struct sk_quantile_asked asked = ask(aggregate, &view);

	sk_quantile_rows(&asked, rows);
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
	struct sk_quantile_view *view;
	const struct sk_quantile_asked asked = ask(aggregate, &view);
	const struct sk_quantile_answer answer = sk_quantile_at(&asked, q);

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
	const bool rounded = ((const struct quantile *)aggregate)->rounded > 0 && (measure == MIN || measure == MAX);
	const struct sk_quantile_answer around = sk_quantile_around(rounded, (struct sk_quantile_answer){ value, value, value });
	struct sk_measure found = { .value = value, .low = around.low, .high = around.high };

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
	about->exact = sk_quantile_exact(quantile) && ((const struct quantile *)aggregate)->rounded == 0;
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
	const int entered = sk_quantile_enter(quantile_of(window), quantile_of(part));

	if (entered == 1 && state_of(part)->rounded > 0)
		state_of(window)->rounded++;
	return entered;
}

static int
quantile_leave(struct sk_aggregate *window, struct sk_aggregate *part)
{
	sk_quantile_leave(quantile_of(window), quantile_of(part));
	if (state_of(part)->rounded > 0)
		state_of(window)->rounded--;
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
	else if (about->family == SK_FAMILY_VALUES && !about->exact)
		state_of(aggregate)->rounded = 1;
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
