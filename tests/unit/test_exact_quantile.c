/* test_exact_quantile.c -- the exact store of values, and the sort of keys under it. */
#include "support.h"

#include <math.h>

#include "sketch/exact_quantile.h"
#include "sketch/keysort.h"

static int
compare_doubles(const void *left, const void *right)
{
	const double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static int
compare_keys(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Keys */

static void
test_keys_order_like_numbers(void **state)
{
	static const double rising[] = { -INFINITY, -1.7976931348623157e308, -2, -1, -1e-300,
		-5e-324, -0.0, 0.0, 5e-324, 2.2250738585072014e-308, 0.1, 1, 1.0000000000000002, 2,
		1e300, INFINITY };
	static const int64_t integers[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(rising) / sizeof(*rising); i++) {
		const double back = sk_key_to_double(sk_key_of_double(rising[i]));

		assert_memory_equal(&back, &rising[i], sizeof(back));
		assert_true(
		    i == 0 || sk_key_of_double(rising[i - 1]) < sk_key_of_double(rising[i]));
	}
	for (size_t i = 0; i < 6; i++) {
		assert_true(sk_key_to_integer(sk_key_of_integer(integers[i])) == integers[i]);
		assert_true(
		    i == 0 || sk_key_of_integer(integers[i - 1]) < sk_key_of_integer(integers[i]));
	}
}

/* What keys may look like: all bits, few high bits, few low bits, few different, equal, nearly
 * sorted, falling, doubles. */
static uint64_t
some_key(unsigned kind, size_t i)
{
	switch (kind) {
	case 0:
		return next_random();
	case 1:
		return next_random() & UINT64_C(0xff00000000000000);
	case 2:
		return next_random() % 1000;
	case 3:
		return UINT64_C(0x1234567812345678) * (next_random() % 3);
	case 4:
		return 42;
	case 5:
		return i + next_random() % 5;
	case 6:
		return UINT64_MAX - i;
	case 7:
		return (next_random() % 3 << 60) + next_random() % 100000;
	default:
		return sk_key_of_double((double)(int64_t)next_random() / 1e15);
	}
}

static void
test_keys_are_sorted(void **state)
{
	static const size_t big[] = { 127, 128, 129, 500, 1000, 2999, 3000, 3001, 5000, 40000 };
	uint64_t *keys = allocate(40000 * 8), *scratch = allocate(40000 * 8);
	uint64_t *expected = allocate(40000 * 8);

	(void)state;
	for (unsigned kind = 0; kind < 9; kind++)
		for (size_t size = 0; size < 110; size++) {
			const size_t n = size < 100 ? size : big[size - 100];

			for (size_t i = 0; i < n; i++)
				keys[i] = expected[i] = some_key(kind, i);
			qsort(expected, n, sizeof(*expected), compare_keys);
			if (n > 0)
				assert_memory_equal(
				    sk_keysort(keys, scratch, n), expected, n * sizeof(*keys));
		}
	free(keys);
	free(scratch);
	free(expected);
}

/* The store */

static struct sk_exact_quantile *
new_store(size_t memory)
{
	struct sk_exact_quantile *store = sk_exact_quantile_new(memory);

	assert_non_null(store);
	return store;
}

static void
assert_exact(struct sk_exact_quantile *store, const double *values, size_t n)
{
	double *sorted = allocate(n * sizeof(*sorted));

	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_doubles);
	assert_int_equal(sk_exact_quantile_sort(store), 0);
	assert_int_equal(sk_exact_quantile_sort(store), 0);
	assert_int_equal(sk_exact_quantile_count(store), n);
	/* Every rank that is one exactly, what is just above it, and the usual ones. */
	for (size_t i = 1; i <= n; i++) {
		const double q = (double)i / (double)n, above = nextafter(q, 2);

		assert_true(sk_exact_quantile_quantile(store, q, true) == sorted[i - 1]);
		assert_true(
		    sk_exact_quantile_quantile(store, q, false) == sorted[i < n ? i : i - 1]);
		if (i < n)
			assert_true(sk_exact_quantile_quantile(store, above, true) == sorted[i]);
	}
	assert_true(sk_exact_quantile_quantile(store, 0, true) == sorted[0]);
	assert_true(sk_exact_quantile_min(store) == sorted[0]);
	assert_true(sk_exact_quantile_max(store) == sorted[n - 1]);
	for (size_t i = 0; i < n; i += 1 + n / 100) {
		size_t below = 0, upto = 0;

		for (size_t j = 0; j < n; j++) {
			below += sorted[j] < sorted[i];
			upto += sorted[j] <= sorted[i];
		}
		assert_true(
		    sk_exact_quantile_rank(store, sorted[i], true) == (double)upto / (double)n);
		assert_true(
		    sk_exact_quantile_rank(store, sorted[i], false) == (double)below / (double)n);
	}
	/* The order of arrival is still there. */
	assert_memory_equal(sk_exact_quantile_values(store), values, n * sizeof(*values));
	free(sorted);
}

static void
test_all_quantiles_and_ranks(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 10, 100, 1000, 5000 };

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		const size_t n = sizes[s];
		struct sk_exact_quantile *store = new_store(1 << 20), *other = new_store(1 << 20);
		double *values = allocate(n * sizeof(*values));

		for (size_t i = 0; i < n; i++)
			values[i] = (double)(int64_t)random_below(n) - (double)n / 2;
		for (size_t at = 0, size; at < n; at += size) {
			size = random_below(400);
			size = size < n - at ? size : n - at;
			assert_int_equal(sk_exact_quantile_add_batch(store, values + at, size), 0);
			/* Asking in between changes nothing. */
			assert_int_equal(sk_exact_quantile_sort(store), 0);
		}
		assert_exact(store, values, n);
		sk_exact_quantile_reset(store);
		assert_int_equal(sk_exact_quantile_count(store), 0);
		assert_true(isnan(sk_exact_quantile_max(store)));
		/* As many as before, but others: what was sorted is of no use. */
		for (size_t i = 0; i < n; i++)
			values[i] = -2 * values[i] + 1;
		assert_int_equal(sk_exact_quantile_add_batch(store, values, n), 0);
		assert_exact(store, values, n);
		sk_exact_quantile_reset(store);
		assert_int_equal(sk_exact_quantile_add_batch(store, values, n / 2), 0);
		assert_int_equal(sk_exact_quantile_add_batch(other, values + n / 2, n - n / 2), 0);
		assert_int_equal(sk_exact_quantile_merge(store, other), 0);
		assert_exact(store, values, n);
		sk_exact_quantile_free(store);
		sk_exact_quantile_free(other);
		free(values);
	}
}

static void
test_zeros_and_infinities(void **state)
{
	static const double values[] = { 0.0, -INFINITY, -0.0, INFINITY };
	struct sk_exact_quantile *store = new_store(1024);

	(void)state;
	assert_int_equal(sk_exact_quantile_sort(store), 0);
	assert_true(isnan(sk_exact_quantile_quantile(store, 0.5, true)));
	assert_true(isnan(sk_exact_quantile_rank(store, 0, true)));
	assert_null(sk_exact_quantile_values(store));
	assert_int_equal(sk_exact_quantile_add_batch(store, values, 4), 0);
	assert_int_equal(sk_exact_quantile_sort(store), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(sk_exact_quantile_rank(store, i ? 0.0 : -0.0, true) == 0.75);
		assert_true(sk_exact_quantile_rank(store, i ? 0.0 : -0.0, false) == 0.25);
	}
	assert_true(sk_exact_quantile_rank(store, -INFINITY, false) == 0);
	assert_true(sk_exact_quantile_rank(store, INFINITY, true) == 1);
	assert_true(sk_exact_quantile_quantile(store, 0, true) == -INFINITY);
	assert_true(sk_exact_quantile_quantile(store, 1, true) == INFINITY);
	assert_true(isnan(sk_exact_quantile_quantile(store, 1.5, true)));
	assert_true(isnan(sk_exact_quantile_quantile(store, NAN, true)));
	assert_true(isnan(sk_exact_quantile_rank(store, NAN, true)));
	sk_exact_quantile_free(store);
	sk_exact_quantile_free(NULL);
}

static void
test_the_limit_is_kept(void **state)
{
	static const size_t limits[] = { 1024, 5000, 100000 };
	static const double with_nan[] = { 1, NAN };
	double values[7] = { 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	errno = 0;
	assert_null(sk_exact_quantile_new(SK_EXACT_QUANTILE_MEMORY_MIN - 1));
	assert_int_equal(errno, EINVAL);
	for (size_t i = 0; i < 3; i++) {
		struct sk_exact_quantile *store = new_store(limits[i]);
		size_t count = 0;

		while (sk_exact_quantile_add_batch(store, values, 7) == 0) {
			count += 7;
			assert_int_equal(sk_exact_quantile_sort(store), 0);
			assert_true(sk_exact_quantile_memory(store) + 8 * count <= limits[i]);
		}
		assert_int_equal(errno, ENOSPC);
		assert_int_equal(sk_exact_quantile_count(store), count);
		assert_true(sk_exact_quantile_room(store) < 7);
		assert_true(count > (limits[i] - 200) / 24 - 7);
		assert_int_equal(sk_exact_quantile_merge(store, store), -1);
		assert_int_equal(errno, EINVAL);
		sk_exact_quantile_reset(store);
		assert_int_equal(sk_exact_quantile_add_batch(store, with_nan, 2), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(sk_exact_quantile_count(store), 0);
		assert_int_equal(sk_exact_quantile_add_batch(store, NULL, 0), 0);
		sk_exact_quantile_free(store);
	}
}

/* Few values cost little, for there may be many stores; and none costs more than it is said to, however it came. */
static void
test_the_cost_of_values(void **state)
{
	double values[40] = { 3, 1, 2 };

	(void)state;
	assert_true(sk_exact_quantile_memory_for(1, 1000) < 300);
	for (size_t n = 1; n <= 40; n += 3) {
		struct sk_exact_quantile *store = new_store(20000);
		const size_t limit = sk_exact_quantile_room(store);

		while (sk_exact_quantile_add_batch(store, values, n) == 0) {
			const size_t count = sk_exact_quantile_count(store);
			const size_t cost = sk_exact_quantile_memory_for(count, limit);

			assert_int_equal(sk_exact_quantile_sort(store), 0);
			assert_true(sk_exact_quantile_memory(store) + 8 * count <= cost);
			assert_true(cost <= 48 * count + 300);
		}
		sk_exact_quantile_free(store);
	}
	/* Those kept from before there was a limit. */
	assert_true(sk_exact_quantile_memory_for(1000, 10) >= 24000);
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
		cmocka_unit_test(test_keys_order_like_numbers),
		cmocka_unit_test(test_keys_are_sorted),
		cmocka_unit_test(test_all_quantiles_and_ranks),
		cmocka_unit_test(test_zeros_and_infinities),
		cmocka_unit_test(test_the_limit_is_kept),
		cmocka_unit_test(test_the_cost_of_values),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
