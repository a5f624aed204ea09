/*
 * test_kll.c -- KLL: exactness while it is exact, errors when it is not, merging, weights, and
 * refusals. Its images are test_kll_image.c's. SK_LONG=1 in the environment asks for the thousand
 * trials of the accuracy test.
 */
#include "support.h"

#include <math.h>

#include "sketch/kll.h"

enum order {
	RANDOM,
	RISING,
	FALLING,
	ZOOM_IN,
	ORDERS,
};

static struct sk_kll *
new_sketch(enum sk_kll_type type, unsigned k, uint64_t seed)
{
	struct sk_kll *sketch = sk_kll_new(type, k, seed);

	assert_non_null(sketch);
	return sketch;
}

static struct sk_kll_view *
new_view(const struct sk_kll *sketch)
{
	struct sk_kll_view *view = sk_kll_view_new(sketch);

	assert_non_null(view);
	return view;
}

/* The numbers from 0 to ${n} - 1. */
static double *
numbers_in(enum order order, size_t n)
{
	double *numbers = allocate(n * sizeof(*numbers));

	for (size_t i = 0; i < n; i++) {
		const size_t number = order == FALLING ? n - 1 - i
		    : order != ZOOM_IN                 ? i
		    : i % 2 == 0                       ? i / 2
						       : n - 1 - i / 2;

		numbers[i] = (double)number;
	}
	for (size_t i = n; order == RANDOM && i > 1; i--) {
		const size_t other = random_below(i);
		const double number = numbers[i - 1];

		numbers[i - 1] = numbers[other];
		numbers[other] = number;
	}
	return numbers;
}

static void
assert_same(const struct sk_kll *a, const struct sk_kll *b)
{
	const size_t size = sk_kll_encoded_size(a);
	unsigned char *of_a = allocate(size), *of_b = allocate(size);

	assert_int_equal(sk_kll_encoded_size(b), size);
	sk_kll_encode(a, of_a);
	sk_kll_encode(b, of_b);
	assert_memory_equal(of_a, of_b, size);
	free(of_a);
	free(of_b);
}

/* A decoder checks that weights add up to n, that levels are sorted, and that all is between
 * minimum and maximum. */
static void
assert_sound(const struct sk_kll *sketch)
{
	const size_t size = sk_kll_encoded_size(sketch);
	unsigned char *image = allocate(size);
	struct sk_kll *decoded;

	sk_kll_encode(sketch, image);
	assert_int_equal(sk_kll_decode(&decoded, image, size, sk_kll_type(sketch), 0), SK_IMAGE_OK);
	assert_same(sketch, decoded);
	assert_int_equal(sk_kll_retained(sketch), sk_kll_retained(decoded));
	sk_kll_free(decoded);
	free(image);
}

static int
compare_doubles(const void *left, const void *right)
{
	const double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Exact */

static void
assert_exact(const struct sk_kll *sketch, const double *sorted, size_t n)
{
	static const double ranks[] = { 0, 0.001, 0.07, 0.1, 0.25, 0.29, 1.0 / 3, 0.5, 0.57, 0.58,
		0.9, 0.95, 0.99, 1 };
	struct sk_kll_view *view = new_view(sketch);

	assert_false(sk_kll_is_estimation(sketch));
	for (size_t i = 0; i < sizeof(ranks) / sizeof(*ranks); i++) {
		const struct sk_kll_bounds bounds = sk_kll_view_bounds(view, ranks[i], 0.99);
		size_t at = 0, above = 0;

		while ((double)(at + 1) / (double)n < ranks[i])
			at++;
		while (above + 1 < n && (double)(above + 1) / (double)n <= ranks[i])
			above++;
		/* Equal values share the rank of their last. */
		assert_true(sk_kll_view_quantile(view, ranks[i], true) == sorted[at]);
		assert_true(sk_kll_view_quantile(view, ranks[i], false) == sorted[above]);
		assert_true(bounds.lower == sorted[at] && bounds.upper == sorted[at]);
	}
	for (size_t i = 0; i < n; i++) {
		size_t below = 0, upto = 0;

		for (size_t j = 0; j < n; j++) {
			below += sorted[j] < sorted[i];
			upto += sorted[j] <= sorted[i];
		}
		assert_true(sk_kll_rank(sketch, sorted[i], true) == (double)upto / (double)n);
		assert_true(sk_kll_rank(sketch, sorted[i], false) == (double)below / (double)n);
		assert_true(sk_kll_view_rank(view, sorted[i], true) == (double)upto / (double)n);
		assert_true(sk_kll_view_rank(view, sorted[i], false) == (double)below / (double)n);
	}
	assert_true(sk_kll_min(sketch) == sorted[0] && sk_kll_max(sketch) == sorted[n - 1]);
	sk_kll_view_free(view);
}

static void
test_up_to_k_values_are_exact(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 8, 9, 16, 17, 100, 199, 200 };

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		const size_t n = sizes[s];
		double *values = allocate(n * sizeof(*values));
		struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, 200, 1);

		for (size_t i = 0; i < n; i++)
			values[i] = (double)random_below(n) - (double)n / 3;
		assert_int_equal(sk_kll_add_batch(sketch, values, n), 0);
		assert_int_equal(sk_kll_n(sketch), n);
		assert_int_equal(sk_kll_retained(sketch), n);
		qsort(values, n, sizeof(*values), compare_doubles);
		assert_exact(sketch, values, n);
		sk_kll_free(sketch);
		free(values);
	}
}

static void
test_nothing_has_no_quantile(void **state)
{
	struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, 200, 1);
	struct sk_kll_view *view = new_view(sketch);
	double part;

	(void)state;
	assert_true(isnan(sk_kll_min(sketch)) && isnan(sk_kll_max(sketch)));
	assert_true(isnan(sk_kll_rank(sketch, 1, true)));
	assert_true(isnan(sk_kll_view_rank(view, 1, true)));
	assert_true(isnan(sk_kll_view_quantile(view, 0.5, true)));
	assert_true(isnan(sk_kll_view_bounds(view, 0.5, 0.99).lower));
	assert_int_equal(sk_kll_view_cdf(view, NULL, 0, true, &part), -1);
	assert_int_equal(sk_kll_add_batch(sketch, NULL, 0), 0);
	assert_int_equal(sk_kll_n(sketch), 0);
	sk_kll_view_free(view);
	sk_kll_free(sketch);
	sk_kll_view_free(NULL);
	sk_kll_free(NULL);
}

static void
test_infinities_and_zeros_are_ordinary(void **state)
{
	static const double values[] = { 0.0, -INFINITY, INFINITY, -0.0, 5e-324, -5e-324 };

	(void)state;
	for (int type = SK_KLL_DOUBLE; type <= SK_KLL_FLOAT; type++) {
		struct sk_kll *sketch = new_sketch((enum sk_kll_type)type, 8, 1);
		const double tiny = type == SK_KLL_DOUBLE ? 1 : 2; /* to float, 5e-324 is 0 */

		assert_int_equal(sk_kll_add_batch(sketch, values, 6), 0);
		assert_true(sk_kll_min(sketch) == -INFINITY && sk_kll_max(sketch) == INFINITY);
		assert_true(sk_kll_rank(sketch, -INFINITY, true) == 1.0 / 6);
		assert_true(sk_kll_rank(sketch, -INFINITY, false) == 0);
		assert_true(sk_kll_rank(sketch, INFINITY, true) == 1);
		assert_true(sk_kll_rank(sketch, INFINITY, false) == 5.0 / 6);
		assert_true(sk_kll_rank(sketch, 0.0, false) == sk_kll_rank(sketch, -0.0, false));
		assert_true(sk_kll_rank(sketch, 0.0, true) == sk_kll_rank(sketch, -0.0, true));
		assert_true(sk_kll_rank(sketch, 0.0, false) == (3 - tiny) / 6);
		assert_true(sk_kll_rank(sketch, 0.0, true) == (3 + tiny) / 6);
		assert_sound(sketch);
		sk_kll_free(sketch);
	}
}

static void
test_integers_are_exact(void **state)
{
	static const int64_t values[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 9007199254740993,
		9007199254740992, INT64_MAX - 1, INT64_MAX };
	struct sk_kll *sketch = new_sketch(SK_KLL_INTEGER, 8, 1);
	struct sk_kll_view *view;

	(void)state;
	assert_int_equal(sk_kll_add_integers(sketch, values, 8), 0);
	view = new_view(sketch);
	assert_true(sk_kll_min_integer(sketch) == INT64_MIN);
	assert_true(sk_kll_max_integer(sketch) == INT64_MAX);
	assert_true(sk_kll_view_integer(view, 5.0 / 8, true) == 9007199254740992);
	assert_true(sk_kll_view_integer(view, 6.0 / 8, true) == 9007199254740993);
	assert_true(sk_kll_rank(sketch, 9007199254740992.0, true) == 5.0 / 8);
	assert_true(sk_kll_rank(sketch, 9007199254740992.0, false) == 4.0 / 8);
	assert_true(sk_kll_rank(sketch, -0.5, true) == 3.0 / 8);
	assert_true(sk_kll_rank(sketch, -0.5, false) == 3.0 / 8);
	assert_true(sk_kll_rank(sketch, -9223372036854775808.0, true) == 1.0 / 8);
	assert_true(sk_kll_rank(sketch, -9223372036854775808.0, false) == 0);
	assert_true(sk_kll_rank(sketch, 9223372036854775808.0, false) == 1);
	assert_true(sk_kll_rank(sketch, -INFINITY, true) == 0);
	assert_true(sk_kll_view_rank(view, INFINITY, true) == 1);
	assert_sound(sketch);
	sk_kll_view_free(view);
	sk_kll_free(sketch);
}

/* Refusals */

static void
test_what_is_refused(void **state)
{
	static const unsigned wrong[] = { 0, 7, 65536, UINT32_MAX }, right[] = { 8, 200, 65535 };
	static const double with_nan[] = { 1, NAN, 2 };
	static const int64_t integer = 1;
	struct sk_kll *doubles = new_sketch(SK_KLL_DOUBLE, 200, 1);
	struct sk_kll *floats = new_sketch(SK_KLL_FLOAT, 200, 1);
	struct sk_kll *integers = new_sketch(SK_KLL_INTEGER, 200, 1);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		errno = 0;
		assert_null(sk_kll_new(SK_KLL_DOUBLE, wrong[i], 1));
		assert_int_equal(errno, EINVAL);
	}
	for (size_t i = 0; i < 3; i++)
		sk_kll_free(new_sketch(SK_KLL_DOUBLE, right[i], 1));
#define REFUSED(call, error)                                                                       \
	do {                                                                                       \
		errno = 0;                                                                         \
		assert_int_equal(call, -1);                                                        \
		assert_int_equal(errno, error);                                                    \
	} while (0)
	REFUSED(sk_kll_add_batch(doubles, with_nan, 3), EINVAL);
	REFUSED(sk_kll_add(doubles, NAN), EINVAL);
	REFUSED(sk_kll_add_weighted(doubles, NAN, 2), EINVAL);
	REFUSED(sk_kll_add(integers, 1), EINVAL);
	REFUSED(sk_kll_add_weighted(integers, 1, 1), EINVAL);
	REFUSED(sk_kll_add_integers(doubles, &integer, 1), EINVAL);
	assert_int_equal(sk_kll_add(floats, 1), 0);
	REFUSED(sk_kll_merge(floats, doubles), EINVAL);
	REFUSED(sk_kll_merge(doubles, doubles), EINVAL);
	assert_int_equal(sk_kll_n(doubles), 0);
	assert_int_equal(sk_kll_n(integers), 0);
	assert_int_equal(sk_kll_add_weighted(doubles, 1, INT64_MAX - 1), 0);
	assert_int_equal(sk_kll_add_weighted(doubles, 2, 0), 0);
	REFUSED(sk_kll_add_weighted(doubles, 2, 2), EOVERFLOW);
	assert_int_equal(sk_kll_add(doubles, 3), 0);
	REFUSED(sk_kll_add(doubles, 4), EOVERFLOW);
	REFUSED(sk_kll_add_batch(doubles, &(double){ 4 }, 1), EOVERFLOW);
	assert_true(sk_kll_max(doubles) == 3);
	assert_sound(doubles);
	sk_kll_free(doubles);
	sk_kll_free(floats);
	sk_kll_free(integers);
}

/* Determinism */

static void
test_the_same_stream_gives_the_same_bytes(void **state)
{
	static const unsigned ks[] = { 8, 9, 63, 200, 1001 };
	const size_t n = 30000;

	(void)state;
	for (size_t i = 0; i < sizeof(ks) / sizeof(*ks); i++) {
		double *values = numbers_in(RANDOM, n);
		struct sk_kll *batch = new_sketch(SK_KLL_DOUBLE, ks[i], 7);
		struct sk_kll *single = new_sketch(SK_KLL_DOUBLE, ks[i], 7);
		struct sk_kll *pieces = new_sketch(SK_KLL_DOUBLE, ks[i], 7);

		/* One that was used before and reset. */
		assert_int_equal(sk_kll_add_batch(pieces, values, n / 3), 0);
		sk_kll_reset(pieces);
		assert_int_equal(sk_kll_n(pieces), 0);
		assert_int_equal(sk_kll_add_batch(batch, values, n), 0);
		for (size_t at = 0; at < n; at++)
			assert_int_equal(sk_kll_add(single, values[at]), 0);
		for (size_t at = 0, size; at < n; at += size) {
			size = random_below(500);
			size = size < n - at ? size : n - at;
			assert_int_equal(sk_kll_add_batch(pieces, values + at, size), 0);
			/* Asking changes nothing. */
			sk_kll_view_free(new_view(pieces));
		}
		assert_same(batch, single);
		assert_same(batch, pieces);
		assert_sound(batch);
		assert_true(sk_kll_is_estimation(batch));
		assert_true(sk_kll_memory(single) <= sk_kll_memory_for(ks[i], n));
		sk_kll_free(batch);
		sk_kll_free(single);
		sk_kll_free(pieces);
		free(values);
	}
}

static void
test_memory_is_bounded(void **state)
{
	static const unsigned ks[] = { 8, 200, 4096, 65535 };
	double *values = numbers_in(RISING, 300000);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, ks[i], 1);

		for (size_t n = 0; n < 300000; n += n < 1000 ? 1 : 997) {
			assert_true(sk_kll_memory(sketch) <= sk_kll_memory_for(ks[i], n));
			assert_int_equal(sk_kll_add_batch(sketch, values, n < 1000 ? 1 : 997), 0);
		}
		assert_true(
		    sk_kll_memory_for(ks[i], UINT64_MAX / 2) <= (size_t)(34 * ks[i] + 5000));
		sk_kll_free(sketch);
	}
	free(values);
}

/* Combining */

static void
test_merging_exact_sketches_is_concatenation(void **state)
{
	double *values = numbers_in(RANDOM, 200);
	struct sk_kll *all = new_sketch(SK_KLL_DOUBLE, 200, 1);

	(void)state;
	assert_int_equal(sk_kll_add_batch(all, values, 200), 0);
	for (size_t first = 0; first <= 200; first += 25) {
		struct sk_kll *left = new_sketch(SK_KLL_DOUBLE, 200, 1);
		struct sk_kll *right = new_sketch(SK_KLL_DOUBLE, 300, 2);

		assert_int_equal(sk_kll_add_batch(left, values, first), 0);
		assert_int_equal(sk_kll_add_batch(right, values + first, 200 - first), 0);
		assert_int_equal(sk_kll_merge(left, right), 0);
		assert_same(left, all);
		assert_int_equal(sk_kll_n(right), 200 - first);
		assert_int_equal(sk_kll_min_k(left), 200);
		sk_kll_free(left);
		sk_kll_free(right);
	}
	sk_kll_free(all);
	free(values);
}

static void
test_merging_keeps_weights_and_the_smallest_k(void **state)
{
	static const struct {
		unsigned left_k, right_k;
		size_t left_n, right_n;
		unsigned min_k;
	} rows[] = {
		{200,    100,   50000,  50000,  100  },
		{ 100,   200,   50000,  50000,  100  },
		{ 200,   100,   50000,  100,    200  },
		{ 200,   100,   50000,  101,    100  },
		{ 200,   8,     0,      100000, 8    },
		{ 8,     4096,  10,     100000, 8    },
		{ 8,     4096,  100000, 3000,   8    },
		{ 4096,  8,     3000,   100000, 8    },
		{ 200,   200,   1,      10000,  200  },
		{ 201,   201,   201,    201,    201  },
		{ 65535, 65535, 60000,  60000,  65535},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const size_t n = rows[i].left_n + rows[i].right_n;
		struct sk_kll *left = new_sketch(SK_KLL_DOUBLE, rows[i].left_k, 1);
		struct sk_kll *right = new_sketch(SK_KLL_DOUBLE, rows[i].right_k, 2);
		struct sk_kll *copy = new_sketch(SK_KLL_DOUBLE, rows[i].right_k, 2);
		double *values = numbers_in(RANDOM, n);
		const double error = sk_kll_error(rows[i].min_k, 0.99999);

		sk_kll_add_batch(left, values, rows[i].left_n);
		sk_kll_add_batch(right, values + rows[i].left_n, rows[i].right_n);
		sk_kll_add_batch(copy, values + rows[i].left_n, rows[i].right_n);
		assert_int_equal(sk_kll_merge(left, right), 0);
		assert_same(right, copy);
		assert_int_equal(sk_kll_n(left), n);
		assert_int_equal(sk_kll_k(left), rows[i].left_k);
		assert_int_equal(sk_kll_min_k(left), rows[i].min_k);
		assert_true(sk_kll_min(left) == 0 && sk_kll_max(left) == (double)n - 1);
		assert_true(fabs(sk_kll_rank(left, (double)n / 2, false) - 0.5) <= error);
		assert_true(sk_kll_memory(left) <= sk_kll_memory_for(rows[i].left_k, INT64_MAX));
		assert_sound(left);
		/* It can go on. */
		assert_int_equal(sk_kll_add_batch(left, values, n), 0);
		assert_int_equal(sk_kll_n(left), 2 * n);
		assert_true(fabs(sk_kll_rank(left, (double)n / 2, false) - 0.5) <= error);
		assert_sound(left);
		sk_kll_free(left);
		sk_kll_free(right);
		sk_kll_free(copy);
		free(values);
	}
}

static void
test_weights_count_as_repetitions(void **state)
{
	struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, 400, 1);
	uint64_t total = 0, below = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		const uint64_t weight = random_below(1000) + (i % 50 == 0 ? 100000 : 0);

		assert_int_equal(sk_kll_add_weighted(sketch, (i * 7919) % 3000, weight), 0);
		total += weight;
		if ((i * 7919) % 3000 < 1000)
			below += weight;
		if (i % 500 == 0)
			assert_sound(sketch);
	}
	assert_int_equal(sk_kll_n(sketch), total);
	assert_true(fabs(sk_kll_rank(sketch, 1000, false) - (double)below / (double)total) <=
	    sk_kll_error(400, 0.9999));
	assert_sound(sketch);
	sk_kll_reset(sketch);
	/* Few of them are exact whatever they weigh. */
	assert_int_equal(sk_kll_add_weighted(sketch, 1, 3), 0);
	assert_int_equal(sk_kll_add_weighted(sketch, 2, (uint64_t)1 << 40), 0);
	assert_int_equal(sk_kll_add_weighted(sketch, 3, 5), 0);
	assert_int_equal(sk_kll_n(sketch), ((uint64_t)1 << 40) + 8);
	assert_true(sk_kll_rank(sketch, 1, true) == 3 / (double)(((uint64_t)1 << 40) + 8));
	assert_true(sk_kll_rank(sketch, 3, false) == (3 + 0x1p40) / (0x1p40 + 8));
	assert_sound(sketch);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(sk_kll_add(sketch, i), 0);
	assert_sound(sketch);
	sk_kll_free(sketch);
}

/* Errors */

static void
test_errors_and_k(void **state)
{
	(void)state;
	assert_true(fabs(sk_kll_error(200, 0.99) - 0.013294757464848584) < 1e-15);
	assert_true(fabs(sk_kll_error_pmf(200, 0.99) - 0.016515619085289819) < 1e-15);
	/* Deviations of 1, 2 and 3 sigma against the 2.5758 of 0.99. */
	assert_true(fabs(sk_kll_error(200, 0.682689492137086) / sk_kll_error(200, 0.99) *
			    2.5758293035489004 -
			1) < 1e-9);
	assert_true(fabs(sk_kll_error(200, 0.954499736103642) / sk_kll_error(200, 0.99) *
			    2.5758293035489004 -
			2) < 1e-9);
	assert_true(fabs(sk_kll_error_pmf(200, 0.997300203936740) / sk_kll_error_pmf(200, 0.99) *
			    2.5758293035489004 -
			3) < 1e-9);
	assert_true(sk_kll_error(200, 0) == 0);
	assert_true(isnan(sk_kll_error(200, 1)) && isnan(sk_kll_error(200, -1)));
	assert_true(isnan(sk_kll_error(200, NAN)));
	for (unsigned k = 8; k < 65535; k += k / 5) {
		assert_int_equal(sk_kll_k_for_error(sk_kll_error(k, 0.99), 0.99), k);
		assert_int_equal(sk_kll_k_for_error(sk_kll_error(k, 0.9), 0.9), k);
	}
	assert_int_equal(sk_kll_k_for_error(1, 0.99), 8);
	assert_int_equal(sk_kll_k_for_error(1e-6, 0.99), 0);
	assert_int_equal(sk_kll_k_for_error(NAN, 0.99), 0);
	assert_int_equal(sk_kll_k_for_error(0.01, 1), 0);
}

static void
test_cdf_and_pmf(void **state)
{
	static const double splits[] = { -1, 0, 249.5, 500, 999, 2000 };
	static const double unsorted[] = { 2, 1 }, equal[] = { 1, 1 }, nan_first[] = { NAN };
	struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, 1000, 1);
	double *values = numbers_in(RANDOM, 1000), cdf[7], pmf[7], sum = 0;
	struct sk_kll_view *view;

	(void)state;
	sk_kll_add_batch(sketch, values, 1000);
	view = new_view(sketch);
	assert_int_equal(sk_kll_view_cdf(view, splits, 6, true, cdf), 0);
	assert_int_equal(sk_kll_view_pmf(view, splits, 6, true, pmf), 0);
	assert_true(cdf[0] == 0 && cdf[1] == 0.001 && cdf[2] == 0.25 && cdf[3] == 0.501);
	assert_true(cdf[4] == 1 && cdf[5] == 1 && cdf[6] == 1 && pmf[6] == 0);
	assert_int_equal(sk_kll_view_cdf(view, splits, 6, false, cdf), 0);
	assert_true(cdf[1] == 0 && cdf[3] == 0.5 && cdf[4] == 0.999);
	for (int i = 0; i < 7; i++)
		sum += pmf[i];
	assert_true(fabs(sum - 1) < 1e-12);
	assert_int_equal(sk_kll_view_cdf(view, unsorted, 2, true, cdf), -1);
	assert_int_equal(sk_kll_view_pmf(view, equal, 2, true, pmf), -1);
	assert_int_equal(sk_kll_view_cdf(view, nan_first, 1, true, cdf), -1);
	assert_int_equal(sk_kll_view_cdf(view, splits, 0, true, cdf), 0);
	assert_true(cdf[0] == 1);
	for (int i = 0; i < 3; i++)
		assert_true(
		    isnan(sk_kll_view_quantile(view, ((double[]){ -0.1, 1.1, NAN })[i], true)));
	sk_kll_view_quantiles(view, (double[]){ 1, 0.5, 0 }, 3, true, cdf);
	assert_true(cdf[0] == 999 && cdf[1] == 499 && cdf[2] == 0);
	sk_kll_view_free(view);
	sk_kll_free(sketch);
	free(values);
}

/*
 * Accuracy: the largest error of any rank (single-sided) and between any two ranks (double-sided, which a PMF has),
 * over many trials. The formulas are of the 99th percentile of these: k sigma is 2.576.
 */

#define GRID 400

struct rank_errors {
	double single;
	double both; /* double-sided */
};

static struct rank_errors
largest_errors(const struct sk_kll *sketch, size_t n)
{
	struct sk_kll_view *view = new_view(sketch);
	double lowest = 0, highest = 0;

	for (size_t i = 0; i <= GRID; i++) {
		const double value = (double)(i * (n - 1) / GRID);
		const double error =
		    sk_kll_view_rank(view, value, true) - (value + 1) / (double)n;

		lowest = error < lowest ? error : lowest;
		highest = error > highest ? error : highest;
	}
	sk_kll_view_free(view);
	return (struct rank_errors){ highest > -lowest ? highest : -lowest, highest - lowest };
}

static double
percentile_99(double *errors, size_t trials)
{
	qsort(errors, trials, sizeof(*errors), compare_doubles);
	return errors[(trials * 99 + 99) / 100 - 1];
}

static struct rank_errors
trial(unsigned k, enum order order, size_t n, size_t parts, uint64_t seed)
{
	struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, k, seed * 1000);
	struct rank_errors errors;
	double *values = numbers_in(order, n);

	for (size_t part = 0; part < parts; part++) {
		const size_t from = n * part / parts, to = n * (part + 1) / parts;
		struct sk_kll *other = new_sketch(SK_KLL_DOUBLE, k, seed * 1000 + part + 1);

		assert_int_equal(sk_kll_add_batch(other, values + from, to - from), 0);
		assert_int_equal(sk_kll_merge(sketch, other), 0);
		sk_kll_free(other);
	}
	if (parts == 0)
		assert_int_equal(sk_kll_add_batch(sketch, values, n), 0);
	errors = largest_errors(sketch, n);
	sk_kll_free(sketch);
	free(values);
	return errors;
}

static void
judge(const char *what, double *errors, size_t trials, double limit)
{
	const double reached = percentile_99(errors, trials);

	measure("kll", what, reached, limit, "2.576: 99 % of the largest errors");
	if (reached > limit)
		fail_msg("%s: %g, more than %g", what, reached, limit);
}

static void
test_accuracy_of_ranks(void **state)
{
	static const struct {
		unsigned k;
		size_t n, parts;
	} rows[] = {
		{8,     10000, 0  },
		{ 50,   10000, 0  },
		{ 200,  50000, 0  },
		{ 200,  40000, 100},
		{ 1000, 50000, 0  },
	};
	static const char *const names[] = { "random", "rising", "falling", "zoom-in" };
	const bool all = long_form();
	const size_t trials = all ? 1000 : SANITIZED ? 20 : 100;
	double *single = allocate(trials * sizeof(*single)), *both = allocate(trials * sizeof(*both));
	char what[80];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (int order = 0; order < ORDERS; order++) {
			for (size_t t = 0; t < trials; t++) {
				const struct rank_errors errors = trial(rows[i].k, (enum order)order,
				    all ? rows[i].n * 4 : rows[i].n / 2, rows[i].parts, t + 1);

				single[t] = errors.single;
				both[t] = errors.both;
			}
			snprintf(what, sizeof(what), "k %u, %s, %zu merged: single-sided", rows[i].k,
			    names[order], rows[i].parts);
			judge(what, single, trials, sk_kll_error(rows[i].k, 0.99));
			snprintf(what, sizeof(what), "k %u, %s, %zu merged: double-sided", rows[i].k,
			    names[order], rows[i].parts);
			judge(what, both, trials, sk_kll_error_pmf(rows[i].k, 0.99));
		}
	free(single);
	free(both);
}

/* The bounds on a value hold at least as often as they say: with 4 sigma to spare. */
static void
test_bounds_hold_as_often_as_they_say(void **state)
{
	static const double confidences[] = { 0.5, 0.9, 0.99 };
	static const double ranks[] = { 0.001, 0.1, 0.5, 0.9, 0.999 };
	const size_t n = 20000, trials = SANITIZED ? 40 : 200;
	size_t held[3] = { 0 };

	(void)state;
	for (size_t t = 0; t < trials; t++) {
		struct sk_kll *sketch = new_sketch(SK_KLL_DOUBLE, 100, t);
		double *values = numbers_in(RANDOM, n);
		struct sk_kll_view *view;

		assert_int_equal(sk_kll_add_batch(sketch, values, n), 0);
		view = new_view(sketch);
		for (size_t c = 0; c < 3; c++)
			for (size_t i = 0; i < 5; i++) {
				const struct sk_kll_bounds bounds =
				    sk_kll_view_bounds(view, ranks[i], confidences[c]);
				const double truth = ceil(ranks[i] * (double)n) - 1;

				assert_true(bounds.lower <= bounds.upper);
				held[c] += bounds.lower <= truth && truth <= bounds.upper;
			}
		sk_kll_view_free(view);
		sk_kll_free(sketch);
		free(values);
	}
	for (size_t c = 0; c < 3; c++) {
		const double tries = (double)trials * 5, p = confidences[c];

		assert_true((double)held[c] >= tries * p - 4 * sqrt(tries * p * (1 - p)));
	}
}

static int
set_up(void **state)
{
	(void)state;
	random_state = 1;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up_to_k_values_are_exact),
		cmocka_unit_test(test_nothing_has_no_quantile),
		cmocka_unit_test(test_infinities_and_zeros_are_ordinary),
		cmocka_unit_test(test_integers_are_exact),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_the_same_stream_gives_the_same_bytes),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_merging_exact_sketches_is_concatenation),
		cmocka_unit_test(test_merging_keeps_weights_and_the_smallest_k),
		cmocka_unit_test(test_weights_count_as_repetitions),
		cmocka_unit_test(test_errors_and_k),
		cmocka_unit_test(test_cdf_and_pmf),
		cmocka_unit_test(test_accuracy_of_ranks),
		cmocka_unit_test(test_bounds_hold_as_often_as_they_say),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
