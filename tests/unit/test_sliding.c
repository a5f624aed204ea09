/*
 * test_sliding.c -- windows that slide over panes say what merging their panes anew says.
 *
 * A schedule is drawn: panes of few or many records, or none, keys that come and go, windows of more or fewer panes that
 * slide by one or several, leap, or are asked for again after records came late, panes that finish. One set of panes is
 * asked for its windows; of another one, which is not, the panes are merged by the test.
 */
#include "support.h"

#include <math.h>

#include "aggregate/distinct.h"
#include "aggregate/quantile.h"
#include "aggregate/topk.h"
#include "run/panes.h"

#define SEED UINT64_C(77)
#define KEYS_MAX 60
#define PANES 90
#define SUM 5     /* the column of quantiles that is for a summary */
#define LG_K 9     /* of HLL and Theta */
#define LATENESS 6 /* slides that a window can be asked for again */

/* Rows */

#define ROWS_MAX 4096
#define ITEM_BYTES 24

struct row {
	struct sk_cell cells[10];
	size_t n;
	unsigned char item[ITEM_BYTES];
};

static struct row taken[2][ROWS_MAX];
static size_t taken_count[2];
static unsigned taking;

/* In the place of the one that writes tables. */
bool
sk_rows_add(struct sk_rows *rows, const struct sk_cell *cells, size_t n)
{
	struct row *row = &taken[taking][taken_count[taking]++];

	(void)rows;
	assert_true(taken_count[taking] <= ROWS_MAX);
	row->n = n;
	memcpy(row->cells, cells, n * sizeof(*cells));
	for (size_t i = 0; i < n; i++) {
		struct sk_cell *cell = &row->cells[i];

		for (; cell->decimals > 0 && cell->number % 10 == 0; cell->decimals--)
			cell->number /= 10;
		if (cell->number == 0)
			cell->decimals = 0;
		if (cell->bytes.data != NULL) {
			assert_true(cell->bytes.size <= ITEM_BYTES);
			memcpy(row->item, cell->bytes.data, cell->bytes.size);
			cell->bytes.data = row->item;
		}
	}
	return true;
}

static void
take_rows(unsigned which, const struct sk_aggregate *aggregate)
{
	struct sk_rows rows = { 0 };

	taking = which;
	taken_count[which] = 0;
	aggregate->class->rows(aggregate, &rows);
}

/* Of sketches that are exact, sums come of means that were put together in another order. */
static bool
same_double(double a, double b, bool sum)
{
	return a == b || (isnan(a) && isnan(b)) || (sum && fabs(a - b) <= 1e-9 * (1 + fabs(a)));
}

static bool
same_rows(void)
{
	if (taken_count[0] != taken_count[1])
		return false;
	for (size_t i = 0; i < taken_count[0]; i++)
		for (size_t j = 0; j < taken[0][i].n; j++) {
			const struct sk_cell *a = &taken[0][i].cells[j], *b = &taken[1][i].cells[j];

			if (a->number != b->number || a->decimals != b->decimals ||
			    a->truth != b->truth || !same_double(a->fraction, b->fraction, false) ||
			    !same_double(a->value, b->value, j == SUM) || compare_spans(a->bytes, b->bytes) != 0)
				return false;
		}
	return true;
}

/* The stream */

struct record {
	unsigned key;
	uint32_t item;
	double value;
	uint64_t weight; /* in thousandths */
};

struct truth {
	struct record *records;
	size_t count;
	size_t room;
	bool open;
};

/*
 * What is shown of windows that are not exact; exact ones are the same. An HLL estimate depends on the order as long as
 * there is one, and a Theta sketch holds more hashes than it must, of which order decides.
 */
enum proof { SAME, SAME_REGISTERS, SAME_TRIMMED, BOUNDED };

struct plan {
	const struct sk_aggregate_class *class;
	size_t memory;
	size_t records; /* of a pane, at most */
	uint32_t items; /* different ones */
	unsigned keys;  /* likewise; 0: few */
	bool keyed;
	bool weighted;
	bool generous; /* memory: what merging answers exactly, sliding does too */
	enum proof proof;
};

struct world {
	const struct plan *plan;
	struct sk_panes *sliding;
	struct sk_panes *reference;
	struct truth truth[PANES];
	int decimals;
	uint64_t base; /* number of pane 0 */
	size_t asked;
	size_t exact;
	size_t same; /* as their rows had to be */
	size_t bounds; /* looked at, and missed */
	size_t misses;
	size_t finished; /* panes before this one */
};

static void
feed_batch(struct world *world, size_t pane, size_t n)
{
	static char texts[SK_BATCH][16];
	static unsigned char names[KEYS_MAX][2];
	struct truth *truth = &world->truth[pane];
	struct sk_span items[SK_BATCH], keys[SK_BATCH];
	double values[SK_BATCH];
	uint64_t weights[SK_BATCH];
	static const uint64_t units[] = { 1000, 100, 10, 1 };
	const unsigned different = world->plan->keys > 0 ? world->plan->keys : 6;
	struct sk_batch batch = { .count = n, .items = items, .values = values, .complete = true };

	if (world->plan->weighted && world->decimals < 3 && random_below(40) == 0)
		world->decimals++;
	if (truth->count + n > truth->room) {
		truth->room = 2 * (truth->count + n);
		truth->records = realloc(truth->records, truth->room * sizeof(*truth->records));
		assert_non_null(truth->records);
	}
	for (size_t i = 0; i < n; i++) {
		struct record *record = &truth->records[truth->count++];

		/* Keys have their times. */
		record->key = (unsigned)((random_below(different / 2) + pane / 9 * (different / 6)) % different);
		record->item = (uint32_t)random_below(1 + random_below(world->plan->items));
		record->value = floor(exp((double)random_below(9000) / 1000) * 8) / 8 - 20;
		weights[i] = random_below(3) == 0 ? 0 : random_below(50);
		record->weight = world->plan->weighted ? weights[i] * units[world->decimals] : 1000;
		snprintf(texts[i], sizeof(texts[i]), "item%" PRIu32, record->item);
		items[i] = span_of(texts[i]);
		names[record->key][0] = (unsigned char)(record->key + 1);
		keys[i] = (struct sk_span){ names[record->key], 1 + record->key % 2 };
		values[i] = record->value;
	}
	if (world->plan->weighted) {
		batch.weights = weights;
		batch.decimals = world->decimals;
	}
	for (int i = 0; i < 2; i++) {
		struct sk_groups *groups = sk_panes_open(
		    i == 0 ? world->sliding : world->reference, world->base + pane);

		assert_non_null(groups);
		assert_int_equal(
		    sk_groups_add(groups, &batch, world->plan->keyed ? keys : NULL), 0);
	}
	truth->open = true;
}

static void
feed(struct world *world, size_t pane, size_t n)
{
	for (size_t some; n > 0; n -= some) {
		some = n < SK_BATCH ? n : SK_BATCH;
		feed_batch(world, pane, some);
	}
}

/* What there is to be true */

struct sums {
	uint64_t *weight; /* of items; UINT64_MAX: not there */
	double *values;
	size_t count;
	uint64_t total;
	size_t different;
};

static int
compare_doubles(const void *left, const void *right)
{
	const double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static struct sums
sum_up(const struct world *world, size_t first, size_t end, const struct sk_group *group)
{
	struct sums sums = { .count = 0 };
	size_t room = 1;

	for (size_t pane = first; pane < end; pane++)
		room += world->truth[pane].open ? world->truth[pane].count : 0;
	sums.weight = malloc(world->plan->items * sizeof(*sums.weight));
	sums.values = malloc(room * sizeof(*sums.values));
	assert_non_null(sums.weight);
	assert_non_null(sums.values);
	memset(sums.weight, 0xff, world->plan->items * sizeof(*sums.weight));
	for (size_t pane = first; pane < end; pane++)
		for (size_t i = 0; world->truth[pane].open && i < world->truth[pane].count; i++) {
			const struct record *record = &world->truth[pane].records[i];

			if (world->plan->keyed && (unsigned)(group->key.data[0] - 1) != record->key)
				continue;
			sums.values[sums.count++] = record->value;
			sums.total += record->weight;
			if (sums.weight[record->item] == UINT64_MAX) {
				sums.weight[record->item] = 0;
				sums.different++;
			}
			sums.weight[record->item] += record->weight;
		}
	qsort(sums.values, sums.count, sizeof(*sums.values), compare_doubles);
	return sums;
}

static uint64_t
in_thousandths(const struct sk_cell *cell)
{
	uint64_t number = cell->number;

	for (int i = cell->decimals; i < 3; i++)
		number *= 10;
	return number;
}

/* Every item lies within its bounds, and what is not listed below the error. */
static void
check_topk(struct world *world, const struct sk_aggregate *aggregate, struct sums *sums)
{
	const double error = aggregate->class->error(aggregate) * (double)sums->total;

	for (size_t i = 0; i < taken_count[0]; i++) {
		const struct sk_cell *cells = taken[0][i].cells;
		char text[ITEM_BYTES + 1] = "";
		uint64_t count = in_thousandths(&cells[0]), missed = in_thousandths(&cells[1]), true_count;
		uint32_t item;

		memcpy(text, cells[2].bytes.data, cells[2].bytes.size);
		item = (uint32_t)strtoul(text + 4, NULL, 10);
		true_count = sums->weight[item];
		assert_true(true_count != UINT64_MAX);
		assert_true(true_count <= count);
		assert_true(true_count >= count - missed);
		sums->weight[item] = UINT64_MAX;
	}
	for (size_t item = 0; taken_count[0] > 5 && item < world->plan->items; item++)
		assert_true(sums->weight[item] == UINT64_MAX ||
		    (double)sums->weight[item] <= error * (1 + 1e-9) + 1e-9);
}

static void
check_quantiles(struct world *world, const struct sums *sums)
{
	for (size_t i = 0; i < taken_count[0]; i++) {
		const struct sk_cell *cells = taken[0][i].cells;
		size_t at = (size_t)ceil(cells[0].value * (double)sums->count);
		double truth;

		assert_true(sums->count > 0);
		truth = sums->values[at > 0 ? at - 1 : 0];
		world->bounds++;
		world->misses += !(cells[2].value <= truth && truth <= cells[3].value);
	}
}

static void
check_truth(struct world *world, size_t first, size_t end, const struct sk_group *group)
{
	struct sums sums = sum_up(world, first, end, group);

	if (strcmp(group->aggregate->class->error_of, "the total") == 0) {
		check_topk(world, group->aggregate, &sums);
	} else if (strcmp(group->aggregate->class->error_of, "the count") == 0) {
		world->bounds++;
		world->misses += !(taken[0][0].cells[1].number <= sums.different &&
		    sums.different <= taken[0][0].cells[2].number);
	} else if (((const struct sk_quantile_class *)group->aggregate->class)->settings.question ==
	    SK_ASK_QUANTILES) {
		check_quantiles(world, &sums);
	}
	free(sums.weight);
	free(sums.values);
}

/* Its image is of the same answer. Of weights, an image leaves out what is 0. */
static void
check_image(const struct sk_aggregate *aggregate)
{
	const struct sk_aggregate_class *class = aggregate->class;
	struct sk_container about = { 0 };
	const size_t size = class->image_size(aggregate);
	unsigned char *image = allocate(size);
	struct sk_aggregate *read;
	const char *why;

	assert_int_equal(class->encode(aggregate, &about, image), 0);
	about.image = (struct sk_span){ image, size };
	about.has_moments = class->moments != NULL && class->moments(aggregate, &about.moments);
	read = class->decode(class, &about, (size_t)1 << 24, SEED, &why);
	assert_non_null(read);
	take_rows(0, aggregate);
	take_rows(1, read);
	assert_true(same_rows());
	class->destroy(read);
	free(image);
}

/* Asking */

static struct sk_groups *
merge_anew(struct world *world, size_t first, size_t end)
{
	const struct plan *plan = world->plan;
	struct sk_groups *groups = sk_groups_new(plan->class, plan->keyed, plan->memory / 2, SEED);
	const char *why;

	assert_non_null(groups);
	if (!plan->keyed)
		assert_int_equal(
		    sk_groups_add(groups, &(struct sk_batch){ .count = 0 }, NULL), 0);
	for (size_t pane = first; pane < end; pane++)
		if (world->truth[pane].open)
			assert_int_equal(sk_groups_merge_all(groups,
					     sk_panes_open(world->reference, world->base + pane), &why),
			    0);
	return groups;
}

struct range {
	const struct world *world;
	size_t first;
};

static uint64_t
number_of(const void *context, size_t i)
{
	const struct range *range = context;

	return range->world->base + range->first + i;
}

/* Whether rows have to be the same. */
static bool
is_settled(const struct world *world, const struct sk_aggregate *a, const struct sk_aggregate *b)
{
	const double without_order = sk_hll_relative_error(LG_K, true);

	return world->plan->proof == SAME ||
	    (world->plan->proof == SAME_REGISTERS && a->class->error(a) == without_order &&
		b->class->error(b) == without_order);
}

static double
trimmed_estimate(const struct sk_aggregate *aggregate)
{
	struct sk_container about = { 0 };
	const size_t size = aggregate->class->image_size(aggregate);
	unsigned char *image = allocate(size);
	struct sk_theta *theta, *trimmed;
	double estimate;

	assert_int_equal(aggregate->class->encode(aggregate, &about, image), 0);
	assert_int_equal(sk_theta_decode(&theta, image, size, SK_MURMUR3_SEED), SK_IMAGE_OK);
	assert_non_null(trimmed = sk_theta_new(LG_K, SK_MURMUR3_SEED));
	assert_int_equal(sk_theta_merge(trimmed, theta), 0);
	sk_theta_trim(trimmed);
	estimate = sk_theta_estimate(trimmed);
	sk_theta_free(trimmed);
	sk_theta_free(theta);
	free(image);
	return estimate;
}

static void
compare_groups(struct world *world, size_t first, size_t end, const struct sk_group *a,
    const struct sk_group *b)
{
	const struct sk_aggregate_class *class = world->plan->class;
	const bool exact = class->exact(a->aggregate), can_be = class->exact(b->aggregate);

	assert_true(compare_spans(a->key, b->key) == 0);
	assert_true(a->records == b->records);
	assert_true(exact || !can_be || !world->plan->generous);
	take_rows(0, a->aggregate);
	take_rows(1, b->aggregate);
	if ((exact && can_be) || is_settled(world, a->aggregate, b->aggregate)) {
		world->same++;
		assert_true(same_rows());
	} else if (world->plan->proof == SAME_TRIMMED) {
		assert_true(trimmed_estimate(a->aggregate) == trimmed_estimate(b->aggregate));
	}
	check_truth(world, first, end, a);
	if (exact && !world->plan->weighted)
		check_image(a->aggregate);
	world->exact += exact;
}

static void
ask(struct world *world, size_t first, size_t end)
{
	const struct range range = { world, first };
	const char *why = NULL;
	struct sk_groups *window =
	    sk_panes_window(world->sliding, number_of, &range, end - first, &why);
	struct sk_groups *anew = merge_anew(world, first, end);
	const struct sk_group *a, *b;

	assert_non_null(window);
	assert_int_equal(sk_groups_count(window), sk_groups_count(anew));
	a = sk_groups_sort(window);
	b = sk_groups_sort(anew);
	for (size_t i = 0; i < sk_groups_count(window); i++)
		compare_groups(world, first, end, &a[i], &b[i]);
	world->asked += sk_groups_count(window);
	sk_groups_free(anew);
}

static void
finish(struct world *world, size_t pane)
{
	sk_panes_finish(world->sliding, world->base + pane);
	sk_panes_finish(world->reference, world->base + pane);
	world->truth[pane].open = false;
	world->truth[pane].count = 0;
}

static void
finish_before(struct world *world, size_t pane)
{
	for (; world->finished < pane; world->finished++)
		finish(world, world->finished);
}

/* What comes in between of a window of ${size} that ends at ${end} and the next. */
static void
surprise(struct world *world, size_t size, size_t slide, size_t end)
{
	const size_t first = end > size ? end - size : 0;

	if (random_below(4) == 0) {
		const size_t pane = first + random_below(end - first);

		if (pane >= world->finished)
			feed(world, pane, 1 + random_below(9));
	}
	if (random_below(6) == 0) {
		size_t back = (1 + random_below(LATENESS)) * slide;

		for (bool on = true; on && back > 0; on = random_below(3) > 0, back -= slide)
			if (end > back && first > back && first - back >= world->finished)
				ask(world, first - back, end - back);
	}
	if (random_below(40) == 0 && end > first)
		finish(world, first + random_below(end - first));
	if (random_below(30) == 0)
		ask(world, first, first);
}

static void
follow(const struct plan *plan)
{
	struct world world = { .plan = plan };
	const size_t slide = 1 + (random_below(3) == 0 ? random_below(3) : 0);
	const size_t size = slide * (1 + random_below(12));

	world.sliding = sk_panes_new(plan->class, plan->keyed, plan->memory, SEED);
	world.reference = sk_panes_new(plan->class, plan->keyed, plan->memory, SEED);
	assert_non_null(world.sliding);
	assert_non_null(world.reference);
	world.base = random_below(1000);
	for (size_t end = slide, fed = 0; end <= PANES; end += slide) {
		const size_t now = size + random_below(8) / 7;

		/* A pane of the next window may have records already. */
		for (; fed < end + (end < PANES && random_below(3) == 0); fed++)
			if (random_below(6) > 0)
				feed(&world, fed, random_below(plan->records) + 1);
		if (random_below(25) == 0 && end + 2 * size < PANES) {
			end += random_below(2 * size);
			continue;
		}
		ask(&world, end > now ? end - now : 0, end);
		surprise(&world, size, slide, end);
		if (end > size + 1 + LATENESS * slide && random_below(3) > 0)
			finish_before(&world, end - size - 1 - LATENESS * slide);
		if (random_below(60) == 0) {
			sk_panes_finish_all(world.sliding);
			sk_panes_finish_all(world.reference);
			for (size_t pane = 0; pane < PANES; pane++) {
				world.truth[pane].open = false;
				world.truth[pane].count = 0;
			}
			world.finished = end;
			world.base += PANES;
		}
	}
	assert_true(world.misses <= 2 + world.bounds / 50);
	assert_true(world.asked > 0);
	assert_true(world.same > 0 || plan->proof == BOUNDED || plan->proof == SAME_TRIMMED);
	sk_panes_free(world.sliding);
	sk_panes_free(world.reference);
	for (size_t pane = 0; pane < PANES; pane++)
		free(world.truth[pane].records);
}

static void
follow_many(struct plan plan, size_t rounds)
{
	for (size_t i = 0; i < (SANITIZED ? (rounds + 3) / 4 : rounds); i++) {
		plan.keyed = i % 2 == 1;
		follow(&plan);
	}
}

/* Kinds */

static struct sk_topk_class
topk(uint64_t k, size_t items_max)
{
	const struct sk_topk_settings settings = {
		.k = k, .min_share = -1, .only = SK_FREQUENT_LIKELY, .items_max = items_max
	};
	struct sk_topk_class class;

	sk_topk_class_init(&class, &settings);
	return class;
}

static struct sk_distinct_class
distinct(enum sk_distinct_algorithm algorithm, size_t exact_max)
{
	const struct sk_distinct_settings settings = { .sketch = { algorithm, LG_K, SK_HLL_8, exact_max } };
	struct sk_distinct_class class;

	sk_distinct_class_init(&class, &settings);
	return class;
}

static struct sk_quantile_class
quantile(enum sk_quantile_algorithm algorithm, size_t exact_max, enum sk_quantile_question question)
{
	const struct sk_quantile_settings settings = {
		.sketch = { .algorithm = algorithm,
		    .k = algorithm == SK_QUANTILE_REQ ? 12 : 100,
		    .alpha = 0.01,
		    .exact_max = exact_max,
		    .moments = true },
		.question = question,
		.listed = { 0, 0.01, 0.25, 0.5, 0.9, 0.99, 1 },
		.listed_count = 7,
		.sums = true,
		.bins = 10,
		.confidence = 0.99,
		.seed = 1,
	};
	struct sk_quantile_class class;

	assert_int_equal(sk_quantile_class_init(&class, &settings), 0);
	return class;
}

#define PLENTY ((size_t)64 << 20)

/* Exact */

static void
test_exact_topk_is_the_same(void **state)
{
	const struct sk_topk_class all = topk(UINT64_MAX, 0), some = topk(5, 0);
	struct plan plan = { &all.class, PLENTY, 300, 500, 0, false, false, true, SAME };

	(void)state;
	follow_many(plan, 4);
	plan.weighted = true;
	follow_many(plan, 4);
	plan.class = &some.class;
	follow_many(plan, 4);
	/* Few records of many items, so that most items go again, and come again. */
	plan.records = 40;
	plan.items = 3000;
	follow_many(plan, 6);
	/* Several keys go at once. */
	plan.items = 9;
	plan.keys = KEYS_MAX;
	plan.records = 10;
	follow_many(plan, 12);
}

static void
test_exact_distinct_is_the_same(void **state)
{
	const struct sk_distinct_class class = distinct(SK_DISTINCT_HLL, SIZE_MAX);
	struct plan plan = { &class.class, PLENTY, 300, 500, 0, false, false, true, SAME };

	(void)state;
	follow_many(plan, 4);
	plan.items = 100000;
	follow_many(plan, 4);
}

static void
test_exact_quantiles_are_the_same(void **state)
{
	const enum sk_quantile_question questions[] = { SK_ASK_QUANTILES, SK_ASK_RANKS, SK_ASK_SUMMARY,
		SK_ASK_HISTOGRAM };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct sk_quantile_class class = quantile(SK_QUANTILE_KLL, SIZE_MAX, questions[i]);
		const struct plan plan = { &class.class, PLENTY, 300, 1, 0, false, false, true, SAME };

		follow_many(plan, 2);
	}
}

/* Sketches */

static void
test_sketches_of_counts_are_the_same(void **state)
{
	const size_t exact_max[] = { 0, 200 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct sk_distinct_class class =
		    distinct(i < 2 ? SK_DISTINCT_HLL : SK_DISTINCT_THETA, exact_max[i % 2]);
		const struct plan plan = { &class.class, PLENTY, 1500, 100000, 0, false, false, true,
			i < 2 ? SAME_REGISTERS : SAME_TRIMMED };

		follow_many(plan, 2);
	}
}

static void
test_dd_sketches_are_the_same(void **state)
{
	const size_t exact_max[] = { 0, 200, 2000 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct sk_quantile_class class =
		    quantile(SK_QUANTILE_DD, exact_max[i], SK_ASK_QUANTILES);
		const struct plan plan = { &class.class, PLENTY, 400, 1, 0, false, false, true, SAME };

		follow_many(plan, 4);
	}
}

static void
test_sketches_keep_their_bounds(void **state)
{
	const enum sk_quantile_algorithm algorithms[] = { SK_QUANTILE_KLL, SK_QUANTILE_REQ,
		SK_QUANTILE_TDIGEST };
	const size_t exact_max[] = { 0, 200, 2000 };

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		const struct sk_quantile_class class =
		    quantile(algorithms[i / 3], exact_max[i % 3], SK_ASK_QUANTILES);
		const struct plan plan = { &class.class, PLENTY, 400, 1, 0, false, false, true, BOUNDED };

		follow_many(plan, 2);
	}
}

static void
test_counts_that_mix_keep_their_bounds(void **state)
{
	const size_t exact_max[] = { 200, 2000 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct sk_distinct_class class =
		    distinct(i < 2 ? SK_DISTINCT_HLL : SK_DISTINCT_THETA, exact_max[i % 2]);
		const struct plan plan = { &class.class, PLENTY, 400, 100000, 0, false, false, true, BOUNDED };

		follow_many(plan, 2);
	}
}

static void
test_sketches_of_items_keep_their_bounds(void **state)
{
	const size_t items_max[] = { 20, 100, 400 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct sk_topk_class class = topk(UINT64_MAX, items_max[i]);
		struct plan plan = { &class.class, PLENTY, 400, 800, 0, false, false, true, BOUNDED };

		follow_many(plan, 2);
		plan.weighted = true;
		follow_many(plan, 2);
	}
}

/* Want of memory: panes turn into sketches as others open, and sums have no room for what panes have. */
static void
test_little_memory_keeps_the_bounds(void **state)
{
	const struct sk_topk_class items = topk(UINT64_MAX, 0);
	const struct sk_distinct_class hll = distinct(SK_DISTINCT_HLL, SIZE_MAX);
	const struct sk_quantile_class kll = quantile(SK_QUANTILE_KLL, SIZE_MAX, SK_ASK_QUANTILES);
	const struct sk_aggregate_class *classes[] = { &items.class, &hll.class, &kll.class };

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		const struct plan plan = { classes[i % 3], (size_t)(3 + i / 3) << 18, 900, 2000, 0, false,
			false, false, BOUNDED };

		follow(&plan);
	}
	for (size_t i = 0; i < 3; i++)
		for (size_t memory = (size_t)2 << 20; memory <= (size_t)8 << 20; memory *= 2) {
			const struct plan plan = { classes[i], memory, 600, 2000, 0, false, false, false,
				BOUNDED };

			follow_many(plan, 2);
		}
}

/* Against the rules of streams: a pane that a window names twice is in it once. */
static uint64_t
same_number(const void *context, size_t i)
{
	(void)i;
	return *(const uint64_t *)context;
}

static void
test_a_pane_named_twice_is_there_once(void **state)
{
	const struct sk_distinct_class class = distinct(SK_DISTINCT_HLL, SIZE_MAX);
	struct sk_panes *panes = sk_panes_new(&class.class, false, PLENTY, SEED);
	const struct sk_span item = span_of("item");
	const uint64_t number = 7;
	const char *why;

	(void)state;
	assert_non_null(panes);
	assert_int_equal(sk_groups_add(sk_panes_open(panes, number),
			     &(struct sk_batch){ .count = 1, .items = &item }, NULL),
	    0);
	for (size_t n = 1; n < 100; n += 33) {
		struct sk_groups *window = sk_panes_window(panes, same_number, &number, n, &why);

		assert_non_null(window);
		assert_int_equal(sk_groups_sort(window)->records, 1);
	}
	sk_panes_free(panes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_topk_is_the_same),
		cmocka_unit_test(test_exact_distinct_is_the_same),
		cmocka_unit_test(test_exact_quantiles_are_the_same),
		cmocka_unit_test(test_sketches_of_counts_are_the_same),
		cmocka_unit_test(test_dd_sketches_are_the_same),
		cmocka_unit_test(test_sketches_keep_their_bounds),
		cmocka_unit_test(test_counts_that_mix_keep_their_bounds),
		cmocka_unit_test(test_sketches_of_items_keep_their_bounds),
		cmocka_unit_test(test_little_memory_keeps_the_bounds),
		cmocka_unit_test(test_a_pane_named_twice_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
