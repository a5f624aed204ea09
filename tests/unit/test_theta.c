/*
 * test_theta.c -- Theta sketches: accuracy, set operations, bounds. SK_LONG=1 runs the accuracy tests at their full length.
 */
#include "support.h"

#include <limits.h>
#include <math.h>

#include "theta_support.h"

static bool
is_long(void)
{
	return getenv("SK_LONG") != NULL && strcmp(getenv("SK_LONG"), "1") == 0;
}

/* Life cycle */

static void
test_parameters(void **state)
{
	static const struct {
		unsigned lg_k;
		bool good;
	} row[] = {
		{0,         false},
                { 3,        false},
                { 4,        true },
                { 12,       true },
                { 26,       true },
                { 27,       false},
		{ 63,       false},
                { 64,       false},
                { UINT_MAX, false}
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct sk_theta *sketch;

		errno = 0;
		sketch = sk_theta_new(row[i].lg_k, SEED);
		assert_true((sketch != NULL) == row[i].good);
		assert_int_equal(errno, row[i].good ? 0 : EINVAL);
		if (sketch != NULL) {
			assert_int_equal(sk_theta_lg_k(sketch), row[i].lg_k);
			assert_true(sk_theta_empty(sketch) && sk_theta_exact(sketch));
			assert_false(sk_theta_ordered(sketch));
			assert_true(sk_theta_estimate(sketch) == 0);
			assert_true(sk_theta_upper_bound(sketch, 3) == 0);
		}
		sk_theta_free(sketch);
	}
	sk_theta_free(NULL);
}

static void
test_refusals_change_nothing(void **state)
{
	struct sk_theta *sketch = range_new(4, 0, 100), *before = sk_theta_compact(sketch);
	struct sk_theta *other = sk_theta_new(4, 1), *compact = compact_take(range_new(4, 7, 9));
	struct sk_theta_ratio ratio;
	const uint64_t value = 1;
	const struct sk_span item = span_of("x");

	(void)state;
	assert_int_equal(sk_theta_add_u64(other, 5), 0);
	errno = 0;
	assert_int_equal(sk_theta_merge(sketch, other), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_theta_merge(compact, sketch), -1);
	assert_int_equal(sk_theta_add(compact, item), -1);
	assert_int_equal(sk_theta_add_batch(compact, &item, 1), -1);
	assert_int_equal(sk_theta_add_u64(compact, value), -1);
	assert_int_equal(sk_theta_add_u64_batch(compact, &value, 1), -1);
	assert_true(sk_theta_estimate(compact) == 9);
	assert_null(sk_theta_union(sketch, other, 12));
	assert_null(sk_theta_union(sketch, compact, 3));
	assert_null(sk_theta_union(sketch, compact, 27));
	assert_null(sk_theta_intersection(sketch, other));
	assert_null(sk_theta_difference(sketch, other));
	assert_int_equal(sk_theta_jaccard(sketch, other, 1, &ratio), -1);
	assert_int_equal(sk_theta_jaccard(sketch, sketch, 0, &ratio), -1);
	assert_int_equal(sk_theta_jaccard(sketch, sketch, 4, &ratio), -1);
	assert_int_equal(errno, EINVAL);
	assert_same(sketch, before);
	sk_theta_free(sketch);
	sk_theta_free(before);
	sk_theta_free(other);
	sk_theta_free(compact);
}

static void
test_reset_is_new(void **state)
{
	struct sk_theta *sketch = range_new(6, 0, 5000), *fresh = sketch_new(6);

	(void)state;
	sk_theta_reset(sketch);
	assert_true(sk_theta_empty(sketch) && sk_theta_exact(sketch));
	assert_same(sketch, fresh);
	add_range(sketch, 9, 777);
	add_range(fresh, 9, 777);
	assert_same(sketch, fresh);
	sk_theta_free(sketch);
	sketch = compact_take(fresh);
	sk_theta_reset(sketch);
	assert_true(sk_theta_empty(sketch) && sk_theta_retained(sketch) == 0);
	sk_theta_free(sketch);
}

static void
test_memory(void **state)
{
	(void)state;
	for (unsigned lg_k = 4; lg_k <= 14; lg_k++) {
		struct sk_theta *sketch = sketch_new(lg_k);

		for (size_t n = 0; n < 20; n++) {
			assert_true(sk_theta_memory(sketch) <= sk_theta_memory_for(lg_k));
			if (n < 10)
				assert_true(sk_theta_memory(sketch) < 4000);
			add_range(sketch, (uint64_t)n << 32, n < 10 ? 10 : 4000);
			assert_true(sk_theta_retained(sketch) <= ((size_t)2 << lg_k) / 16 * 15);
		}
		if (lg_k <= 12)
			assert_int_equal(sk_theta_memory(sketch), sk_theta_memory_for(lg_k));
		sk_theta_free(sketch);
	}
}

/* Update */

/* What a sketch is, told in the plainest way: a list, searched from end to end. */
struct model {
	uint64_t hash[2000];
	size_t count;
	uint64_t theta;
};

static int
compare_hashes(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void
model_add(struct model *model, unsigned lg_k, uint64_t hash)
{
	const size_t k = (size_t)1 << lg_k;

	if (hash == 0 || hash >= model->theta)
		return;
	for (size_t i = 0; i < model->count; i++)
		if (model->hash[i] == hash)
			return;
	model->hash[model->count++] = hash;
	if (model->count <= 2 * k * 15 / 16)
		return;
	qsort(model->hash, model->count, sizeof(*model->hash), compare_hashes);
	model->theta = model->hash[k];
	model->count = k;
}

static void
assert_model(const struct sk_theta *sketch, struct model *model)
{
	struct image image = image_of(sketch, SK_THETA_V3);

	assert_int_equal(sk_theta_retained(sketch), model->count);
	assert_int_equal(sk_theta_integer(sketch), model->theta);
	qsort(model->hash, model->count, sizeof(*model->hash), compare_hashes);
	for (size_t i = 0; i < model->count; i++)
		assert_int_equal(
		    sk_load64(image.bytes + image.size - (model->count - i) * 8), model->hash[i]);
	free(image.bytes);
}

static void
test_against_model(void **state)
{
	(void)state;
	random_state = 1;
	for (unsigned lg_k = 4; lg_k <= 9; lg_k++) {
		struct model model = { .theta = ONE };
		struct sk_theta *sketch = sketch_new(lg_k);

		for (size_t n = 0; n < 6000; n++) {
			const uint64_t value = next_random() % 8000;

			model_add(&model, lg_k, sk_murmur3_u64(value, SEED).h1 >> 1);
			assert_int_equal(sk_theta_add_u64(sketch, value), 0);
			if (n % 97 == 0)
				assert_model(sketch, &model);
		}
		assert_model(sketch, &model);
		sk_theta_free(sketch);
	}
}

static void
test_batches_are_single_items(void **state)
{
	static uint64_t values[30000];
	static struct sk_span items[30000];
	struct sk_theta *one = sketch_new(9), *batch = sketch_new(9), *bytes = sketch_new(9);

	(void)state;
	random_state = 2;
	for (size_t i = 0; i < 30000; i++) {
		values[i] = next_random() % 20000;
		items[i] = (struct sk_span){ (const unsigned char *)(values + i), 8 };
		assert_int_equal(sk_theta_add_u64(one, values[i]), 0);
	}
	for (size_t done = 0, size; done < 30000; done += size) {
		size = random_below(700);
		size = size < 30000 - done ? size : 30000 - done;
		assert_int_equal(sk_theta_add_u64_batch(batch, values + done, size), 0);
	}
	assert_same(one, batch);
	sk_theta_reset(one);
	for (size_t i = 0; i < 30000; i++)
		assert_int_equal(sk_theta_add(one, items[i]), 0);
	assert_int_equal(sk_theta_add_batch(bytes, items, 30000), 0);
	assert_same(one, bytes);
	sk_theta_free(one);
	sk_theta_free(batch);
	sk_theta_free(bytes);
}

static void
test_order_and_repeats_change_nothing(void **state)
{
	struct sk_theta *forward = sketch_new(7), *backward = sketch_new(7), *twice = sketch_new(7);

	(void)state;
	for (uint64_t i = 0; i < 20000; i++) {
		assert_int_equal(sk_theta_add_u64(forward, i), 0);
		assert_int_equal(sk_theta_add_u64(backward, 19999 - i), 0);
		assert_int_equal(sk_theta_add_u64(twice, i), 0);
		assert_int_equal(sk_theta_add_u64(twice, i / 2), 0);
	}
	assert_same(forward, twice);
	sk_theta_trim(forward);
	sk_theta_trim(backward);
	assert_int_equal(sk_theta_retained(forward), 128);
	assert_same(forward, backward);
	sk_theta_trim(forward);
	assert_same(forward, backward);
	sk_theta_free(forward);
	sk_theta_free(backward);
	sk_theta_free(twice);
}

static void
test_empty_item_counts(void **state)
{
	struct sk_theta *sketch = sketch_new(12);
	const struct sk_span nothing = { NULL, 0 };

	(void)state;
	assert_int_equal(sk_theta_add_batch(sketch, NULL, 0), 0);
	assert_int_equal(sk_theta_add_u64_batch(sketch, NULL, 0), 0);
	assert_true(sk_theta_empty(sketch));
	assert_int_equal(sk_theta_add(sketch, nothing), 0);
	assert_int_equal(sk_theta_add_batch(sketch, &nothing, 1), 0);
	assert_false(sk_theta_empty(sketch));
	/* murmur3 of nothing under 9001 is not 0 */
	assert_true(sk_theta_estimate(sketch) == 1);
	sk_theta_free(sketch);
}

/* Set operations */

/* a: 0 .. na - 1; b: from .. from + nb - 1 */
struct sets {
	unsigned lg_k;
	size_t na, from, nb;
};

static const struct sets set_row[] = {
	{12,  0,     0,    0    },
	{ 12, 0,     0,    10   },
	{ 12, 10,    0,    0    },
	{ 12, 1,     0,    1    },
	{ 12, 1,     5,    1    },
	{ 12, 100,   50,   100  },
	{ 12, 1000,  0,    1000 },
	{ 6,  5,     3,    1000 },
	{ 6,  1000,  990,  5    },
	{ 6,  1000,  500,  1000 },
	{ 6,  1000,  5000, 1000 },
	{ 5,  30000, 10,   29000},
	{ 6,  0,     0,    1000 },
	{ 6,  1000,  0,    0    },
};
#define SET_ROWS (sizeof(set_row) / sizeof(*set_row))

/* Which set a value belongs to after the operation. */
static bool
belongs(const struct sets *row, char operation, uint64_t value)
{
	const bool in_a = value < row->na, in_b = value >= row->from && value < row->from + row->nb;

	return operation == '|' ? in_a || in_b : operation == '&' ? in_a && in_b : in_a && !in_b;
}

static struct sk_theta *
operate(char operation, const struct sk_theta *a, const struct sk_theta *b)
{
	struct sk_theta *result = operation == '|' ? sk_theta_union(a, b, 26)
	    : operation == '&'                     ? sk_theta_intersection(a, b)
						   : sk_theta_difference(a, b);

	assert_non_null(result);
	assert_true(sk_theta_ordered(result));
	assert_int_equal(sk_theta_lg_k(result), 0);
	return result;
}

/* The result holds the hashes under theta of just the values that belong. */
static void
check_operation(
    const struct sets *row, char operation, const struct sk_theta *a, const struct sk_theta *b)
{
	struct sk_theta *result = operate(operation, a, b), *expected = sketch_new(20);
	const uint64_t smaller =
	    sk_theta_integer(a) < sk_theta_integer(b) ? sk_theta_integer(a) : sk_theta_integer(b);
	const size_t end = row->na > row->from + row->nb ? row->na : row->from + row->nb;
	size_t count = 0;

	for (uint64_t value = 0; value < end; value++) {
		if (!belongs(row, operation, value))
			continue;
		if (sk_murmur3_u64(value, SEED).h1 >> 1 < smaller) {
			assert_int_equal(sk_theta_add_u64(expected, value), 0);
			count++;
		}
	}
	assert_int_equal(sk_theta_retained(result), count);
	if (sk_theta_empty(result))
		assert_true(sk_theta_exact(result) && count == 0);
	else
		assert_int_equal(sk_theta_integer(result), smaller);
	if (sk_theta_exact(a) && sk_theta_exact(b))
		assert_same(result, expected);
	sk_theta_free(result);
	sk_theta_free(expected);
}

static void
test_set_operations(void **state)
{
	(void)state;
	for (size_t i = 0; i < SET_ROWS; i++) {
		struct sk_theta *a = range_new(set_row[i].lg_k, 0, set_row[i].na);
		struct sk_theta *b = range_new(set_row[i].lg_k, set_row[i].from, set_row[i].nb);
		struct sk_theta *ca = sk_theta_compact(a), *cb = sk_theta_compact(b);

		for (const char *operation = "|&-"; *operation != '\0'; operation++) {
			struct sk_theta *x, *y;

			check_operation(set_row + i, *operation, a, b);
			check_operation(set_row + i, *operation, ca, cb);
			x = operate(*operation, a, cb);
			y = operate(*operation, ca, b);
			assert_same(x, y);
			sk_theta_free(x);
			sk_theta_free(y);
			x = operate(*operation, ca, ca);
			if (*operation != '-')
				assert_same(x, a);
			assert_true(*operation != '-' || sk_theta_retained(x) == 0);
			sk_theta_free(x);
		}
		sk_theta_free(a);
		sk_theta_free(b);
		sk_theta_free(ca);
		sk_theta_free(cb);
	}
}

/* A union, however it is come by, keeps the 2^lg_k smallest hashes of all. */
static void
test_unions_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < SET_ROWS; i++) {
		const struct sets *row = set_row + i;
		struct sk_theta *a = range_new(row->lg_k, 0, row->na);
		struct sk_theta *b = range_new(row->lg_k + 1, row->from, row->nb);
		struct sk_theta *all = range_new(row->lg_k, 0, row->na);
		struct sk_theta *ab = sk_theta_union(a, b, row->lg_k);
		struct sk_theta *ba = sk_theta_union(b, a, row->lg_k);
		struct sk_theta *merged = sketch_new(row->lg_k), *compact = sk_theta_compact(b);

		assert_non_null(ab);
		assert_non_null(ba);
		assert_same(ab, ba);
		assert_int_equal(sk_theta_merge(merged, compact), 0);
		assert_int_equal(sk_theta_merge(merged, a), 0);
		assert_int_equal(sk_theta_merge(merged, merged), 0);
		assert_int_equal(sk_theta_merge(merged, a), 0);
		sk_theta_trim(merged);
		assert_same(merged, ab);
		add_range(all, row->from, row->nb);
		sk_theta_trim(all);
		if (sk_theta_exact(a) && sk_theta_exact(b))
			assert_same(all, ab);
		else
			assert_true(sk_theta_integer(all) >= sk_theta_integer(ab));
		sk_theta_free(a);
		sk_theta_free(b);
		sk_theta_free(all);
		sk_theta_free(ab);
		sk_theta_free(ba);
		sk_theta_free(merged);
		sk_theta_free(compact);
	}
}

/* A merge that lowers theta of a table that has grown little, and one that is added to afterwards. */
static void
test_merge_then_add(void **state)
{
	struct sk_theta *large = range_new(5, 0, 5000), *small = range_new(10, 4990, 50);
	struct sk_theta *sum = range_new(10, 4990, 50), *again;

	(void)state;
	assert_int_equal(sk_theta_merge(sum, large), 0);
	assert_int_equal(sk_theta_integer(sum), sk_theta_integer(large));
	again = sk_theta_union(small, large, 10);
	assert_non_null(again);
	assert_same(sum, again);
	add_range(sum, 10000, 3000);
	assert_int_equal(sk_theta_integer(sum), sk_theta_integer(large));
	assert_true(fabs(sk_theta_estimate(sum) / 8040 - 1) < 4 * sk_theta_rse(5));
	sk_theta_free(large);
	sk_theta_free(small);
	sk_theta_free(sum);
	sk_theta_free(again);
}

/* An image of ${count} hashes that are evenly spread under ${theta}. */
static struct image
even_image(size_t count, uint64_t theta)
{
	static const unsigned char start[8] = { 3, 3, 3, 0, 0, 0x1a, 0xcc, 0x93 };
	struct image image = { allocate(24 + count * 8), 24 + count * 8 };

	memcpy(image.bytes, start, sizeof(start));
	sk_store64(image.bytes + 8, count);
	sk_store64(image.bytes + 16, theta);
	for (size_t i = 0; i < count; i++)
		sk_store64(image.bytes + 24 + i * 8, (i + 1) * (theta / (count + 1)));
	return image;
}

/* An unordered image of ${count} hashes: ${first}, ${first} + ${step} ... in no order, under ${theta}. */
static struct sk_theta *
crowd_new(size_t count, uint64_t first, uint64_t step, uint64_t theta)
{
	struct image image = even_image(count, theta);
	uint32_t *order = allocate(count * sizeof(*order));
	struct sk_theta *sketch;

	image.bytes[5] = 0x0a;
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	shuffle(order, count);
	for (size_t i = 0; i < count; i++)
		sk_store64(image.bytes + 24 + i * 8, first + order[i] * step);
	sketch = decoded(image.bytes, image.size);
	free(image.bytes);
	free(order);
	return sketch;
}

/* Hashes that lie so close together that no first digit tells them apart: somebody chose them. */
static void
test_crowded_hashes(void **state)
{
	static const struct {
		uint64_t first, step;
	} row[] = {
		{1,                  1                },
                { UINT64_C(1) << 62, 1                },
                { 7,                 512              },
                { ONE - 100000,      3                },
		{ 5,                 UINT64_C(1) << 45},
                { 3,                 1 << 20          }
	};

	(void)state;
	random_state = 6;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct sk_theta *crowd = crowd_new(3000, row[i].first, row[i].step, ONE);
		struct sk_theta *sketch = sketch_new(8);
		struct image image = image_of(crowd, SK_THETA_V3);

		for (size_t at = 0; at < 3000; at++)
			assert_int_equal(
			    sk_load64(image.bytes + 16 + at * 8), row[i].first + at * row[i].step);
		free(image.bytes);
		assert_int_equal(sk_theta_merge(sketch, crowd), 0);
		sk_theta_trim(sketch);
		assert_int_equal(sk_theta_retained(sketch), 256);
		assert_int_equal(sk_theta_integer(sketch), row[i].first + 256 * row[i].step);
		image = image_of(sketch, SK_THETA_V3);
		for (size_t at = 0; at < 256; at++)
			assert_int_equal(
			    sk_load64(image.bytes + 24 + at * 8), row[i].first + at * row[i].step);
		free(image.bytes);
		sk_theta_free(crowd);
		sk_theta_free(sketch);
	}
}

/* A hash that is another sketch's theta is not under it. */
static void
test_hash_at_theta(void **state)
{
	struct sk_theta *many = crowd_new(100, 1, 1, ONE), *few = crowd_new(10, 1, 1, 50), *result;

	(void)state;
	for (const char *operation = "|&-"; *operation != '\0'; operation++) {
		result = operate(*operation, many, few);
		assert_int_equal(sk_theta_integer(result), 50);
		assert_int_equal(sk_theta_retained(result),
		    *operation == '|'       ? 49
			: *operation == '&' ? 10
					    : 39);
		sk_theta_free(result);
	}
	result = sketch_new(12);
	assert_int_equal(sk_theta_merge(result, many), 0);
	assert_int_equal(sk_theta_merge(result, few), 0);
	assert_int_equal(sk_theta_retained(result), 49);
	sk_theta_free(result);
	sk_theta_free(many);
	sk_theta_free(few);
}

static void
test_jaccard(void **state)
{
	struct sk_theta_ratio ratio;

	(void)state;
	for (size_t i = 0; i < SET_ROWS; i++) {
		const struct sets *row = set_row + i;
		struct sk_theta *a = range_new(row->lg_k, 0, row->na);
		struct sk_theta *b = range_new(row->lg_k, row->from, row->nb);
		const double low = (double)(row->from < row->na ? row->from : row->na);
		const double end =
		    (double)(row->na < row->from + row->nb ? row->na : row->from + row->nb);
		const double common = end > low ? end - low : 0;
		const double all = (double)row->na + (double)row->nb - common;
		const double truth = all > 0 ? common / all : 1;

		for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
			assert_int_equal(sk_theta_jaccard(a, b, sigmas, &ratio), 0);
			assert_true(0 <= ratio.lower && ratio.lower <= ratio.estimate);
			assert_true(ratio.estimate <= ratio.upper && ratio.upper <= 1);
			if (sk_theta_exact(a) && sk_theta_exact(b))
				assert_true(ratio.lower == truth && ratio.upper == truth);
		}
		assert_true(ratio.lower <= truth && truth <= ratio.upper);
		assert_int_equal(sk_theta_jaccard(a, a, 1, &ratio), 0);
		assert_true(ratio.lower == 1 && ratio.estimate == 1 && ratio.upper == 1);
		sk_theta_free(a);
		sk_theta_free(b);
	}
}

/* Accuracy */

/* How far estimates of ${n} items stray from it, in parts of it. */
struct errors {
	double square;
	double sum;
	size_t outside[2][4]; /* under the lower bound, above the upper */
};

static void
observe(struct errors *errors, const struct sk_theta *sketch, double truth)
{
	const double error = sk_theta_estimate(sketch) / truth - 1;

	errors->square += error * error;
	errors->sum += error;
	for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
		errors->outside[0][sigmas] += sk_theta_lower_bound(sketch, sigmas) > truth;
		errors->outside[1][sigmas] += sk_theta_upper_bound(sketch, sigmas) < truth;
	}
}

/* Bounds fail no more often than they say, but for four sigmas of luck in counting. */
static void
assert_covered(const struct errors *errors, double trials, const char *what)
{
	for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
		const double chance = erfc(sigmas / sqrt(2)) / 2;
		const double most = trials * chance + 4 * sqrt(trials * chance) + 1;

		for (int side = 0; side < 2; side++)
			if ((double)errors->outside[side][sigmas] > most)
				fail_msg("%s: %s bound of %u sigmas missed %zu times of %.0f", what,
				    side == 0 ? "lower" : "upper", sigmas,
				    errors->outside[side][sigmas], trials);
	}
}

static void
test_accuracy(void **state)
{
	static const struct {
		unsigned lg_k;
		size_t n, quick, full;
	} row[] = {
		{4,   25,       300,  10000},
		{ 4,  60,       2000, 20000},
		{ 5,  1000,     1000, 10000},
		{ 6,  3000,     300,  10000},
		{ 9,  20000,    200,  10000},
		{ 12, 10,       3,    100  },
		{ 12, 10000,    50,   3000 },
		{ 12, 100000,   20,   2000 },
		{ 12, 1000000,  1,    1000 },
		{ 12, 10000000, 0,    100  },
	};

	(void)state;
	random_state = 3;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const size_t count = (is_long() ? row[i].full : row[i].quick) / (SANITIZED ? 5 : 1);
		const double trials = (double)count, rse = sk_theta_rse(row[i].lg_k);
		struct sk_theta *sketch = sketch_new(row[i].lg_k);
		struct errors whole = { 0 }, trimmed = { 0 };
		char what[80];
		double rms, slack = 4 / sqrt(2 * trials);

		for (size_t trial = 0; trial < count; trial++) {
			sk_theta_reset(sketch);
			add_range(sketch, next_random(), row[i].n);
			observe(&whole, sketch, (double)row[i].n);
			sk_theta_trim(sketch);
			observe(&trimmed, sketch, (double)row[i].n);
		}
		if (row[i].n <= (size_t)1 << row[i].lg_k) {
			assert_true(whole.square == 0);
		} else if (count > 0) {
			/* the formula is a bound that a trimmed sketch of many items comes close to */
			rms = sqrt(trimmed.square / trials);
			slack = slack > 0.03 ? slack : 0.03;
			snprintf(what, sizeof(what), "lg_k %u, n %zu", row[i].lg_k, row[i].n);
			if (is_long())
				print_message(
				    "%s: RMS %.4f, trimmed %.4f; formula %.4f; bias %.3f\n", what,
				    sqrt(whole.square / trials), rms, rse,
				    trimmed.sum / trials / rse);
			if (rms > rse * (1 + slack))
				fail_msg("%s: RMS error %g, expected %g", what, rms, rse);
			if (row[i].n >= (size_t)100 << row[i].lg_k &&
			    rms < rse * (1 - slack - 0.02))
				fail_msg("%s: RMS error %g, expected %g", what, rms, rse);
			assert_true(sqrt(whole.square / trials) < rse * (1 + slack));
			assert_true(fabs(trimmed.sum / trials) < rse * 4 / sqrt(trials));
			assert_covered(&whole, trials, what);
			assert_covered(&trimmed, trials, what);
		}
		sk_theta_free(sketch);
	}
}

/* An intersection's error is the union's, times the root of how much smaller it is; and its bounds hold. */
static void
test_accuracy_of_sets(void **state)
{
	const size_t count = (is_long() ? 5000u : 200u) / (SANITIZED ? 5u : 1u);
	const double trials = (double)count, slack = 4 / sqrt(2 * trials);
	struct sk_theta *a = sketch_new(8), *b = sketch_new(8);
	struct errors both = { 0 }, only = { 0 };
	size_t outside[4] = { 0 };

	(void)state;
	random_state = 4;
	for (size_t trial = 0; trial < count; trial++) {
		const uint64_t first = next_random();
		struct sk_theta *result;

		sk_theta_reset(a);
		sk_theta_reset(b);
		add_range(a, first, 6000);
		add_range(b, first + 5000, 6000);
		sk_theta_trim(a);
		sk_theta_trim(b);
		result = operate('&', a, b);
		observe(&both, result, 1000);
		sk_theta_free(result);
		result = operate('-', a, b);
		observe(&only, result, 5000);
		sk_theta_free(result);
		for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
			struct sk_theta_ratio ratio;

			assert_int_equal(sk_theta_jaccard(a, b, sigmas, &ratio), 0);
			outside[sigmas] +=
			    ratio.lower > 1000.0 / 11000 || ratio.upper < 1000.0 / 11000;
		}
	}
	assert_true(
	    sqrt(both.square / trials) < sqrt(11000.0 / 1000) * sk_theta_rse(8) * (1 + slack));
	assert_true(
	    sqrt(only.square / trials) < sqrt(11000.0 / 5000) * sk_theta_rse(8) * (1 + slack));
	assert_covered(&both, trials, "intersection");
	assert_covered(&only, trials, "difference");
	for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
		const double chance = erfc(sigmas / sqrt(2));

		if ((double)outside[sigmas] > trials * chance + 4 * sqrt(trials * chance) + 1)
			fail_msg("Jaccard's bounds of %u sigmas missed %zu times of %zu", sigmas,
			    outside[sigmas], count);
	}
	sk_theta_free(a);
	sk_theta_free(b);
}

/* What datasketches 5.2.0 of PyPI says to the same images. */
static void
test_bounds(void **state)
{
	static const struct {
		size_t count;
		uint64_t theta;
		double estimate, lower[3], upper[3];
	} row[] = {
		{0,     UINT64_C(0x4000000000000000), 0.0,                   { 0.0, 0.0, 0.0 },       { 3.0, 6.0, 10.0 }  },
		{ 0,    UINT64_C(0x10000000000),      0.0,                   { 0.0, 0.0, 0.0 },
                 { 15443605.0, 31735601.0, 55430153.0 }								   },
		{ 1,    UINT64_C(0x4000000000000000), 2.0,                   { 1.0, 1.0, 1.0 },       { 6.0, 9.0, 14.0 }  },
		{ 1,    UINT64_C(0x2000),             1125899906842624.0,
                 { 194503550997141.0, 25910382177490.0, 1520780593146.0 },
                 { 3714936007435460.5, 6398152316074742.0, 1.0020915185414412e+16 }                                       },
		{ 2,    UINT64_C(0x1000000000000000), 16.0,                  { 5.0, 2.0, 2.0 },       { 36.0, 57.0, 83.0 }},
		{ 5,    UINT64_C(0x4000000000000000), 10.0,                  { 6.0, 5.0, 5.0 },       { 15.0, 20.0, 26.0 }},
		{ 5,    UINT64_C(0x2000),             5629499534213120.0,
                 { 3197903912748611.5, 1782159054194931.5, 891542202431177.5 },
                 { 9437824215808952.0, 1.3308800845584974e+16, 1.8053765192648216e+16 }                                   },
		{ 30,   UINT64_C(0x733333333333332c), 33.333333333333336,    { 30.0, 30.0, 30.0 },
                 { 36.0, 39.0, 42.0 }										     },
		{ 30,   UINT64_C(0x4000000000000),    245760.0,
                 { 201143.84458235512, 164443.43279488588, 132642.88346138858 },
                 { 299316.86995190853, 353096.0323310733, 412779.4245171729 }                                             },
		{ 100,  UINT64_C(0x4000000000000000), 200.0,                 { 185.0, 172.0, 161.0 },
                 { 216.0, 232.0, 249.0 }										  },
		{ 120,  UINT64_C(0x4000000000000000), 240.0,                 { 224.0, 210.0, 197.0 },
                 { 258.0, 275.0, 293.0 }										  },
		{ 120,  UINT64_C(0x2000000000000000), 480.0,
                 { 441.1156680613697, 405.96296875773396, 372.5840510835136 },
                 { 522.0431194030041, 562.8892613653354, 605.6536618831485 }                                              },
		{ 120,  UINT64_C(0x100000),           1055531162664960.0,
                 { 959309211742216.6, 871742841420411.9, 789755300014378.5 },
                 { 1160951480884937.5, 1266498701638782.8, 1378165300702309.0 }                                           },
		{ 121,  UINT64_C(0x2000000000000000), 484.0,
                 { 444.94412003382394, 411.2110755089574, 380.12506800872524 },
                 { 526.213217608571, 569.1028720088223, 615.3440505617866 }                                               },
		{ 121,  UINT64_C(0x2000),             1.362338887279575e+17,
                 { 1.2386179068528267e+17, 1.1310181612931757e+17, 1.0331507527703846e+17 },
                 { 1.4978301126734547e+17, 1.639714953560227e+17, 1.79437925598034e+17 }                                  },
		{ 4096, UINT64_C(0x2000000000000000), 16384.0,
                 { 16161.305954071833, 15944.081461821903, 15729.796083896073 },
                 { 16609.721108602676, 16835.972659811177, 17065.28508926625 }                                            },
		{ 4096, UINT64_C(0x2000),             4.611686018427388e+18,
                 { 4.539630623446271e+18, 4.469250884387193e+18, 4.3999706613840563e+18 },
                 { 4.684876109139963e+18, 4.75864234213394e+18, 4.833560855666646e+18 }                                   },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct image image = even_image(row[i].count, row[i].theta);
		struct sk_theta *sketch = decoded(image.bytes, image.size);

		assert_true(
		    fabs(sk_theta_estimate(sketch) - row[i].estimate) <= row[i].estimate * 1e-15);
		for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
			const double lower = row[i].lower[sigmas - 1],
				     upper = row[i].upper[sigmas - 1];
			const double close = row[i].count > 120 ? 1e-13 : 5e-3;
			const double count = row[i].count > 120 ? 0 : 1.5;
			const double got[] = { sk_theta_lower_bound(sketch, sigmas),
				sk_theta_upper_bound(sketch, sigmas) };

			if (fabs(got[0] - lower) > lower * close + count)
				fail_msg(
				    "row %zu: lower bound %.17g, expected %.17g", i, got[0], lower);
			if (fabs(got[1] - upper) > upper * close + count)
				fail_msg(
				    "row %zu: upper bound %.17g, expected %.17g", i, got[1], upper);
		}
		assert_true(sk_theta_lower_bound(sketch, 9) == sk_theta_lower_bound(sketch, 3));
		assert_true(sk_theta_upper_bound(sketch, 0) == sk_theta_upper_bound(sketch, 1));
		sk_theta_free(sketch);
		free(image.bytes);
	}
}

/* The probability that no more than ${held} of ${n} are held, each with the chance ${p}. */
static double
chance_of_at_most(size_t held, double n, double p)
{
	double sum = 0;

	for (size_t i = 0; i <= held; i++) {
		const double j = (double)i;

		if (j <= n)
			sum += exp(lgamma(n + 1) - lgamma(j + 1) - lgamma(n - j + 1) + j * log(p) +
			    (n - j) * log1p(-p));
	}
	return sum;
}

/* Up to 120 hashes the bounds are the first whole numbers that the tails of the binomial distribution rule out. */
static void
test_bounds_are_exact(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 10, 50, 100, 120 };
	static const double thetas[] = { 0.999, 0.9, 0.5, 0.35, 0.3, 0.1, 0.01, 0.002, 1e-4 };

	(void)state;
	for (size_t i = 0; i < 7 * 9; i++) {
		const size_t count = counts[i % 7];
		struct image image = even_image(count, (uint64_t)(thetas[i / 7] * 0x1p63));
		struct sk_theta *sketch = decoded(image.bytes, image.size);
		const double p = sk_theta_fraction(sketch);

		for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
			const double delta = erfc(sigmas / sqrt(2)) / 2, close = delta * 1e-6;
			const double low = sk_theta_lower_bound(sketch, sigmas);
			const double high = sk_theta_upper_bound(sketch, sigmas);

			assert_true(low == floor(low) && high == ceil(high));
			if (low > (double)count)
				assert_true(
				    1 - chance_of_at_most(count - 1, low, p) <= delta + close);
			if (low < floor(sk_theta_estimate(sketch)))
				assert_true(
				    1 - chance_of_at_most(count - 1, low + 1, p) >= delta - close);
			assert_true(chance_of_at_most(count, high, p) <= delta + close);
			if (high - 1 > sk_theta_estimate(sketch))
				assert_true(chance_of_at_most(count, high - 1, p) >= delta - close);
		}
		sk_theta_free(sketch);
		free(image.bytes);
	}
}

/* Bounds grow with what is held, and do not jump where one way to find them takes over from another. */
static void
test_bounds_rise(void **state)
{
	static const uint64_t thetas[] = { ONE - 1, ONE - (ONE >> 20), ONE / 10 * 9, ONE / 3 + 9,
		ONE / 4, ONE / 30, ONE / 360, ONE >> 20, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(thetas) / sizeof(*thetas); i++) {
		double before[2][4] = { { 0 } };

		for (size_t count = 0; count < 200; count++) {
			struct image image = even_image(count, thetas[i]);
			struct sk_theta *sketch = decoded(image.bytes, image.size);
			const double one = 1 / sk_theta_fraction(sketch);

			for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
				const double lower = sk_theta_lower_bound(sketch, sigmas);
				const double upper = sk_theta_upper_bound(sketch, sigmas);

				assert_true(
				    lower >= (double)count && upper <= 1e18 && lower <= upper);
				assert_true(lower <= sk_theta_estimate(sketch));
				assert_true(upper >= sk_theta_estimate(sketch));
				if (count > 0 &&
				    (lower < before[0][sigmas] - 1 ||
					lower > before[0][sigmas] + 2 * one + 2))
					fail_msg("theta %zu, count %zu: lower bound from %g to %g",
					    i, count, before[0][sigmas], lower);
				if (count > 0 &&
				    (upper < before[1][sigmas] - 1 ||
					upper > before[1][sigmas] + 4 * one + 2))
					fail_msg("theta %zu, count %zu: upper bound from %g to %g",
					    i, count, before[1][sigmas], upper);
				before[0][sigmas] = lower;
				before[1][sigmas] = upper;
			}
			sk_theta_free(sketch);
			free(image.bytes);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_refusals_change_nothing),
		cmocka_unit_test(test_reset_is_new),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_batches_are_single_items),
		cmocka_unit_test(test_order_and_repeats_change_nothing),
		cmocka_unit_test(test_empty_item_counts),
		cmocka_unit_test(test_set_operations),
		cmocka_unit_test(test_unions_agree),
		cmocka_unit_test(test_merge_then_add),
		cmocka_unit_test(test_crowded_hashes),
		cmocka_unit_test(test_hash_at_theta),
		cmocka_unit_test(test_jaccard),
		cmocka_unit_test(test_accuracy),
		cmocka_unit_test(test_accuracy_of_sets),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_bounds_are_exact),
		cmocka_unit_test(test_bounds_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
