/* test_dd.c -- DDSketch: alpha, order, merging and taking out, and images that cannot be trusted. */
#include "support.h"

#include <float.h>
#include <math.h>

#include "sketch/dd.h"

#define MOST 200000

static double numbers[MOST];

static struct sk_dd *
dd_new(double alpha, unsigned max_bins)
{
	struct sk_dd *sketch = sk_dd_new(alpha, max_bins);

	assert_non_null(sketch);
	return sketch;
}

static double
uniform(void)
{
	return (double)(next_random() >> 11) / 9007199254740992.0;
}

/* Any number: all exponents and signs are alike. */
static double
any_number(void)
{
	double number;

	do {
		const uint64_t bits = next_random();

		memcpy(&number, &bits, sizeof(number));
	} while (!(number - number == 0));
	return number;
}

enum shape {
	UNIFORM,
	SKEWED,
	BOTH_SIGNS,
	RISING,
	EQUAL,
	MOSTLY_ZERO,
	BINARY,
	SPECIAL,
	ANY,
	SHAPES
};

static double
draw(enum shape shape, size_t i)
{
	static const double special[] = { 0, -0.0, INFINITY, -INFINITY, 5e-324, -5e-324, DBL_MAX,
		-DBL_MAX, DBL_MIN, 1e-310, 1, -1, 3e-320, 2.2250738585072009e-308 };
	const double u = uniform();

	switch (shape) {
	case UNIFORM:
		return u;
	case SKEWED:
		return 1 / (u + 1e-9) / (u + 1e-9);
	case BOTH_SIGNS:
		return (u - 0.4) * 100;
	case RISING:
		return (double)i + 1;
	case EQUAL:
		return -7;
	case MOSTLY_ZERO:
		return u < 0.9 ? 0 : u;
	case BINARY:
		return ldexp(1, (int)(u * 60) - 30);
	case SPECIAL:
		return special[random_below(sizeof(special) / sizeof(*special))];
	default:
		return any_number();
	}
}

static const double *
fill(enum shape shape, size_t n)
{
	for (size_t i = 0; i < n; i++)
		numbers[i] = draw(shape, i);
	return numbers;
}

/* Add with sizes of batches at random. */
static void
add(struct sk_dd *sketch, const double *values, size_t n)
{
	while (n > 0) {
		size_t size = random_below(5000) + 1;

		size = size < n ? size : n;
		assert_int_equal(sk_dd_add_batch(sketch, values, size), 0);
		values += size;
		n -= size;
	}
}

struct image {
	unsigned char *bytes;
	size_t size;
};

static struct image
encode(const struct sk_dd *sketch)
{
	struct image image = { NULL, sk_dd_encoded_size(sketch) };

	image.bytes = allocate(image.size);
	sk_dd_encode(sketch, image.bytes);
	return image;
}

static void
assert_image(const struct sk_dd *sketch, const unsigned char *bytes, size_t size)
{
	const struct image image = encode(sketch);

	assert_int_equal(image.size, size);
	assert_memory_equal(image.bytes, bytes, size);
	free(image.bytes);
}

static void
assert_same(const struct sk_dd *a, const struct sk_dd *b)
{
	const struct image image = encode(b);

	assert_image(a, image.bytes, image.size);
	free(image.bytes);
}

static int
compare_numbers(const void *left, const void *right)
{
	const double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static bool
within(double answer, double truth, double alpha)
{
	double error;

	if (truth == 0 || isinf(truth))
		return answer == truth;
	error = fabs(answer - truth);
	return error <= alpha * fabs(truth) ||
	    (fabs(truth) < DBL_MIN && error <= alpha * fabs(truth) + 5e-324);
}

/* The relative error of an answer to a normal number, and 0 for others. */
static double
relative_error(double answer, double truth)
{
	return fabs(truth) < DBL_MIN || isinf(truth) ? 0 : fabs(answer - truth) / fabs(truth);
}

static void
test_parameters(void **state)
{
	static const struct {
		double alpha;
		unsigned bins;
		bool good;
	} rows[] = {
		{0.01,      2048,  true },
                { 1e-6,     2,     true },
                { 0.5,      65536, true },
                { 0.01,     1,     false},
		{ 0.01,     0,     false},
                { 0.01,     65537, false},
                { 0,        2048,  false},
		{ -0.01,    2048,  false},
                { 9e-7,     2048,  false},
                { 0.51,     2048,  false},
		{ NAN,      2048,  false},
                { INFINITY, 2048,  false}
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sk_dd *sketch;

		errno = 0;
		sketch = sk_dd_new(rows[i].alpha, rows[i].bins);
		assert_int_equal(sketch != NULL, rows[i].good);
		if (sketch == NULL) {
			assert_int_equal(errno, EINVAL);
			continue;
		}
		assert_true(sk_dd_alpha(sketch) == rows[i].alpha);
		assert_int_equal(sk_dd_max_bins(sketch), rows[i].bins);
		add(sketch, fill(ANY, 5000), 5000);
		assert_true(sk_dd_memory(sketch) <= sk_dd_memory_for(rows[i].bins));
		sk_dd_free(sketch);
	}
	assert_int_equal(sk_dd_memory_for(1), 0);
	sk_dd_free(NULL);
}

static void
test_refusals(void **state)
{
	static const double batch[] = { 1, NAN, 2 };
	struct sk_dd *sketch = dd_new(0.01, 2048), *other = dd_new(0.02, 2048);

	(void)state;
	assert_true(isnan(sk_dd_min(sketch)) && isnan(sk_dd_max(sketch)));
	assert_true(sk_dd_sum(sketch) == 0);
	errno = 0;
	assert_true(isnan(sk_dd_quantile(sketch, 0.5)) && errno == EINVAL);
	assert_false(sk_dd_sure(sketch, 0.5));
	errno = 0;
	assert_true(isnan(sk_dd_rank(sketch, 0.5)) && errno == EINVAL);
	errno = 0;
	assert_int_equal(sk_dd_add_batch(sketch, batch, 3), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_dd_add(sketch, NAN), -1);
	assert_int_equal(sk_dd_count(sketch), 0);
	assert_int_equal(sk_dd_add(sketch, 3), 0);
	errno = 0;
	assert_int_equal(sk_dd_merge(sketch, other), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_dd_merge(sketch, sketch), -1);
	errno = 0;
	assert_int_equal(sk_dd_subtract(sketch, other), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_dd_subtract(sketch, sketch), -1);
	errno = 0;
	assert_true(isnan(sk_dd_quantile(sketch, 1.01)) && errno == EINVAL);
	assert_true(isnan(sk_dd_quantile(sketch, NAN)));
	assert_true(isnan(sk_dd_rank(sketch, NAN)));
	sk_dd_free(sketch);
	sk_dd_free(other);
}

/*
 * One value between an infinity on either side, so that neither end helps: is its answer within alpha? Values are any
 * at all, and the floats next to ends of bins, which are found by bisection.
 */
static void
test_accuracy_of_any_value(void **state)
{
	static const double alphas[] = { 1e-6, 1e-4, 0.01, 0.05, 0.3, 0.5 };
	const size_t rounds = long_form() ? 3000000 : SANITIZED ? 3000 : 30000;

	(void)state;
	for (size_t a = 0; a < sizeof(alphas) / sizeof(*alphas); a++) {
		struct sk_dd *sketch = dd_new(alphas[a], 65536);
		char what[40];
		double largest = 0;

		for (size_t i = 0; i < rounds; i++) {
			const double x = i == 0 ? DBL_MAX
			    : i % 2             ? fabs(any_number()) + 5e-324
						: ldexp(1 + uniform(), (int)random_below(60) - 30);
			const double ends[] = { -INFINITY, x, INFINITY };
			double low = x, high = x * 2 < INFINITY ? x * 2 : DBL_MAX, answer;

			sk_dd_reset(sketch);
			assert_int_equal(sk_dd_add_batch(sketch, ends, 3), 0);
			answer = sk_dd_quantile(sketch, 0.5);
			assert_true(sk_dd_sure(sketch, 0.5));
			if (!within(answer, x, alphas[a]))
				fail_msg("alpha %g: %a became %a", alphas[a], x, answer);
			largest = fmax(largest, relative_error(answer, x));
			if (i % 64 != 0)
				continue;
			for (int step = 0; step < 80;
			     step++) { /* the highest value with this answer */
				const double middle = low + (high - low) / 2;
				const double all[] = { -INFINITY, middle, INFINITY };

				sk_dd_reset(sketch);
				assert_int_equal(sk_dd_add_batch(sketch, all, 3), 0);
				if (sk_dd_quantile(sketch, 0.5) == answer)
					low = middle;
				else
					high = middle;
			}
			if (!within(answer, low, alphas[a]))
				fail_msg("alpha %g: %a became %a", alphas[a], low, answer);
			largest = fmax(largest, relative_error(answer, low));
		}
		snprintf(what, sizeof(what), "any value, alpha %g: largest", alphas[a]);
		measure("dd", what, largest, alphas[a], "certain");
		sk_dd_free(sketch);
	}
}

/*
 * Every rank is within alpha of the truth, in order, between the ends; the ends, count and sum are exact. The largest
 * relative error where it is sure of it.
 */
static double
check_answers(const struct sk_dd *sketch, size_t n, double alpha)
{
	double last = -INFINITY, largest = 0;

	qsort(numbers, n, sizeof(*numbers), compare_numbers);
	assert_int_equal(sk_dd_count(sketch), n);
	assert_true(sk_dd_min(sketch) == numbers[0] && sk_dd_max(sketch) == numbers[n - 1]);
	assert_true(sk_dd_min_exact(sketch) && sk_dd_max_exact(sketch));
	for (size_t i = 0; i <= 1000; i++) {
		const double rank = (double)i / 1000, value = sk_dd_quantile(sketch, rank);
		const size_t nth = (i * n + 999) / 1000;
		const double truth = numbers[nth > 0 ? nth - 1 : 0];

		assert_true(value >= last);
		assert_true(value >= numbers[0] && value <= numbers[n - 1]);
		if (sk_dd_sure(sketch, rank)) {
			if (!within(value, truth, alpha))
				fail_msg("rank %g of %zu: %a for %a", rank, n, value, truth);
			largest = fmax(largest, relative_error(value, truth));
		}
		assert_true(sk_dd_rank(sketch, value) >= (double)(nth > 0 ? nth : 1) / (double)n);
		last = value;
	}
	return largest;
}

static void
test_accuracy_of_ranks(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 100, 1000, 20000, MOST, MOST };
	const size_t most = sizeof(sizes) / sizeof(*sizes) - (long_form() ? 0 : 2);

	(void)state;
	for (enum shape shape = 0; shape < SHAPES; shape++) {
		double largest = 0;
		char what[60];

		for (size_t i = 0; i < most; i++) {
			struct sk_dd *sketch = dd_new(0.01, i % 2 ? 2048 : 300);

			add(sketch, fill(shape, sizes[i]), sizes[i]);
			largest = fmax(largest, check_answers(sketch, sizes[i], 0.01));
			if (shape == UNIFORM || shape == RISING || shape == BOTH_SIGNS)
				assert_true(sk_dd_sure(sketch, 0.99));
			sk_dd_free(sketch);
		}
		snprintf(what, sizeof(what), "every rank, shape %d: largest", (int)shape);
		measure("dd", what, largest, 0.01, "certain");
	}
}

/* The same contents give the same bytes: shuffled, one by one, in parts merged in any order; and after a reset. */
static void
test_order(void **state)
{
	(void)state;
	for (enum shape shape = 0; shape < SHAPES; shape++)
		for (unsigned bins = 4; bins <= 4096; bins *= 8) {
			const size_t n = random_below(6000) + 10, half = random_below(n);
			struct sk_dd *a = dd_new(0.01, bins), *b = dd_new(0.01, bins);
			struct sk_dd *c = dd_new(0.01, bins);

			fill(shape, n);
			add(a, numbers, n);
			add(b, numbers, half);
			add(c, numbers + half, n - half);
			assert_int_equal(sk_dd_merge(random_below(2) ? b : c, a), 0);
			sk_dd_reset(b);
			sk_dd_reset(c);
			add(b, numbers, half);
			add(c, numbers + half, n - half);
			assert_int_equal(sk_dd_merge(c, b), 0);
			assert_same(c, a);
			sk_dd_reset(c);
			assert_int_equal(sk_dd_merge(c, a), 0);
			assert_same(c, a);
			for (size_t i = n; i > 1; i--) {
				const size_t other = random_below(i);
				const double number = numbers[i - 1];

				numbers[i - 1] = numbers[other];
				numbers[other] = number;
			}
			sk_dd_reset(b);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(sk_dd_add(b, numbers[i]), 0);
			assert_same(b, a);
			sk_dd_free(a);
			sk_dd_free(b);
			sk_dd_free(c);
		}
}

/* A window that slides: what was taken out leaves no trace but in the ends. */
static void
test_subtract(void **state)
{
	(void)state;
	for (enum shape shape = 0; shape < SHAPES; shape++) {
		const size_t pane = 700;
		struct sk_dd *window = dd_new(0.02, 512), *fresh = dd_new(0.02, 512);
		struct sk_dd *old = dd_new(0.02, 512);

		fill(shape, 10 * pane);
		add(window, numbers, pane);
		for (size_t i = 1; i < 10; i++) {
			add(window, numbers + i * pane, pane);
			sk_dd_reset(old);
			add(old, numbers + (i - 1) * pane, pane);
			assert_int_equal(sk_dd_subtract(window, old), 0);
			sk_dd_reset(fresh);
			add(fresh, numbers + i * pane, pane);
			assert_int_equal(sk_dd_count(window), pane);
			if (!isnan(sk_dd_sum(fresh)))
				assert_true(sk_dd_sum(window) == sk_dd_sum(fresh));
			for (int rank = 0; rank <= 20; rank++)
				if (sk_dd_sure(window, rank / 20.0) &&
				    sk_dd_sure(fresh, rank / 20.0))
					assert_true(within(sk_dd_quantile(window, rank / 20.0),
					    sk_dd_quantile(fresh, rank / 20.0), 0.042));
			if (sk_dd_sure(window, 0))
				assert_true(within(sk_dd_min(window), sk_dd_min(fresh), 0.02));
			if (sk_dd_sure(window, 1))
				assert_true(within(sk_dd_max(window), sk_dd_max(fresh), 0.02));
			errno = 0;
			assert_int_equal(sk_dd_add(old, 0.0) + sk_dd_add(old, 123456789.0) +
				sk_dd_add(old, -123456789.0),
			    0);
			for (size_t more = 0; more <= pane; more++)
				assert_int_equal(sk_dd_add(old, 0.0), 0);
			assert_int_equal(sk_dd_subtract(window, old), -1);
			assert_int_equal(errno, EINVAL);
			assert_int_equal(sk_dd_count(window), pane);
		}
		sk_dd_reset(old);
		add(old, numbers + 9 * pane, pane);
		assert_int_equal(sk_dd_subtract(window, old), 0);
		sk_dd_reset(fresh);
		assert_same(window, fresh);
		sk_dd_free(window);
		sk_dd_free(fresh);
		sk_dd_free(old);
	}
}

/* An end that was not taken out stays exact; one that may have been is within alpha, until a zero settles it. */
static void
test_ends(void **state)
{
	static const double all[] = { 1, 2, 3, 4, 5 };
	struct sk_dd *sketch = dd_new(0.01, 64), *part = dd_new(0.01, 64);

	(void)state;
	assert_int_equal(sk_dd_add_batch(sketch, all, 5), 0);
	assert_int_equal(sk_dd_add_batch(part, all + 1, 2), 0);
	assert_int_equal(sk_dd_subtract(sketch, part), 0);
	assert_true(sk_dd_min(sketch) == 1 && sk_dd_min_exact(sketch));
	assert_true(sk_dd_max(sketch) == 5 && sk_dd_max_exact(sketch));
	sk_dd_reset(part);
	assert_int_equal(sk_dd_add(part, 1), 0);
	assert_int_equal(sk_dd_subtract(sketch, part), 0);
	assert_true(within(sk_dd_min(sketch), 4, 0.01) && !sk_dd_min_exact(sketch));
	assert_true(sk_dd_max_exact(sketch));
	assert_true(sk_dd_sum(sketch) == 9);
	assert_int_equal(sk_dd_add(sketch, -0.0), 0);
	assert_true(sk_dd_min(sketch) == 0 && !signbit(sk_dd_min(sketch)));
	assert_true(sk_dd_min_exact(sketch));
	sk_dd_free(sketch);
	sk_dd_free(part);
}

/* Few bins: what is large stays right, what is small becomes one bin, and says so. */
static void
test_collapse(void **state)
{
	struct sk_dd *sketch = dd_new(0.01, 100), *part = dd_new(0.01, 100);
	const double low = 1, high = 1000; /* 346 bins apart */

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(sk_dd_add(sketch, low), 0);
	assert_true(sk_dd_sure(sketch, 0));
	for (int i = 0; i < 10; i++)
		assert_int_equal(sk_dd_add(sketch, high), 0);
	assert_false(sk_dd_sure(sketch, 0.5));
	assert_true(sk_dd_sure(sketch, 0.51));
	assert_true(within(sk_dd_quantile(sketch, 0.51), high, 0.01));
	assert_true(sk_dd_quantile(sketch, 0.5) > 100 && sk_dd_min(sketch) == low);
	assert_true(sk_dd_sum(sketch) == 10010);
	for (int i = 0; i < 5; i++)
		assert_int_equal(sk_dd_add(sketch, -low), 0);
	assert_true(sk_dd_sure(sketch, 0.1));
	for (int i = 0; i < 10; i++)
		assert_int_equal(sk_dd_add(part, low), 0);
	assert_int_equal(sk_dd_subtract(sketch, part), 0);
	assert_true(sk_dd_sure(sketch, 0.5));
	assert_int_equal(sk_dd_add(sketch, high / 2), 0);
	assert_true(within(sk_dd_quantile(sketch, 0.375), high / 2, 0.01));
	sk_dd_free(sketch);
	sk_dd_free(part);
}

/* Sums that lose everything in doubles. */
static void
test_sum(void **state)
{
	static const struct {
		double values[6];
		double sum;
	} rows[] = {
		{{ 1e308, 1e308, -1e308, -1e308, 1e-300, 0 },  1e-300                 },
		{ { 1e16, 1, -1e16, 0, 0, 0 },                 1                      },
		{ { 5e-324, 5e-324, 5e-324, -5e-324, 0, 0 },   1e-323                 },
		{ { DBL_MAX, DBL_MAX, 0, 0, 0, 0 },            INFINITY               },
		{ { -DBL_MAX, -DBL_MAX, 1, 0, 0, 0 },          -INFINITY              },
		{ { 9007199254740992, 1, 0, 0, 0, 0 },         9007199254740992       },
		{ { 9007199254740992, 1, 5e-324, 0, 0, 0 },    9007199254740994       },
		{ { -9007199254740992, -1, -5e-324, 0, 0, 0 }, -9007199254740994      },
		{ { 9007199254740994, 1, 0, 0, 0, 0 },         9007199254740996       },
		{ { DBL_MIN, -5e-324, 0, 0, 0, 0 },            2.2250738585072009e-308},
		{ { 0.1, 0.2, 0.3, 0.4, -1, 0 },               2.7755575615628914e-17 },
		{ { INFINITY, 1, 0, 0, 0, 0 },                 INFINITY               },
		{ { -INFINITY, 1, 0, 0, 0, 0 },                -INFINITY              },
	};
	struct sk_dd *sketch = dd_new(0.01, 2048);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sk_dd_reset(sketch);
		assert_int_equal(sk_dd_add_batch(sketch, rows[i].values, 6), 0);
		if (sk_dd_sum(sketch) != rows[i].sum)
			fail_msg("row %zu: %.17g", i, sk_dd_sum(sketch));
	}
	assert_int_equal(sk_dd_add(sketch, INFINITY), 0);
	assert_true(isnan(sk_dd_sum(sketch)));
	sk_dd_reset(sketch);
	for (size_t i = 0; i < MOST; i++)
		numbers[i] = (double)(next_random() >> 12) * (random_below(2) ? 1 : -1);
	add(sketch, numbers, MOST);
	for (size_t i = 0; i < MOST; i++)
		assert_int_equal(sk_dd_add(sketch, -numbers[MOST - 1 - i]), 0);
	assert_true(sk_dd_sum(sketch) == 0);
	sk_dd_free(sketch);
}

static void
test_nearest_rank(void **state)
{
	struct sk_dd *sketch = dd_new(1e-4, 65536);

	(void)state;
	for (int i = 1; i <= 100; i++)
		assert_int_equal(sk_dd_add(sketch, i), 0);
	for (int i = 1; i <= 100; i++) {
		assert_true(fabs(sk_dd_quantile(sketch, i / 100.0) - i) <= 1e-4 * i);
		if (i < 100)
			assert_true(fabs(sk_dd_quantile(sketch, i / 100.0 + 1e-9) - (i + 1)) <=
			    1e-4 * (i + 1));
		assert_true(fabs(sk_dd_rank(sketch, i) - i / 100.0) < 1e-12);
		assert_true(fabs(sk_dd_rank(sketch, i + 0.5) - i / 100.0) < 1e-12);
	}
	assert_true(sk_dd_rank(sketch, 0.99) == 0 && sk_dd_rank(sketch, -1) == 0);
	assert_true(sk_dd_rank(sketch, 101) == 1);
	sk_dd_free(sketch);
}

/* Images */

static enum sk_image_status
decode(struct sk_dd **sketch, const unsigned char *bytes, size_t size)
{
	unsigned char *copy = allocate(size);
	enum sk_image_status status;

	memcpy(copy, bytes, size);
	status = sk_dd_decode(sketch, copy, size);
	free(copy);
	assert_int_equal(*sketch != NULL, status == SK_IMAGE_OK);
	return status;
}

/* An image, perhaps spoilt, is refused, or is one of a sketch that works and encodes to the same bytes. */
static enum sk_image_status
assert_safe(const unsigned char *bytes, size_t size)
{
	struct sk_dd *sketch, *again;
	const enum sk_image_status status = decode(&sketch, bytes, size);

	if (status != SK_IMAGE_OK)
		return status;
	assert_image(sketch, bytes, size);
	if (sk_dd_count(sketch) > 0) {
		double last = -INFINITY;

		for (int i = 0; i <= 10; i++) {
			const double value = sk_dd_quantile(sketch, i / 10.0);

			assert_true(value >= last);
			assert_true(sk_dd_rank(sketch, value) >= 0);
			last = value;
		}
		(void)sk_dd_sum(sketch);
	}
	assert_int_equal(decode(&again, bytes, size), SK_IMAGE_OK);
	sk_dd_merge(again, sketch);
	assert_int_equal(sk_dd_subtract(sketch, again),
	    sk_dd_count(sketch) > 0 && sk_dd_count(again) != sk_dd_count(sketch) ? -1 : 0);
	sk_dd_add(again, 0.3);
	sk_dd_add(again, -1e200);
	sk_dd_free(again);
	sk_dd_free(sketch);
	return status;
}

static void
torment(const struct sk_dd *sketch)
{
	const struct image image = encode(sketch);
	unsigned char *changed = allocate(image.size + 1);
	struct sk_dd *other;

	memcpy(changed, image.bytes, image.size);
	changed[image.size] = 0;
	assert_int_equal(assert_safe(image.bytes, image.size), SK_IMAGE_OK);
	assert_int_equal(decode(&other, changed, image.size + 1), SK_IMAGE_CORRUPT);
	for (size_t cut = 0; cut < image.size; cut++)
		assert_int_equal(decode(&other, image.bytes, cut), SK_IMAGE_TRUNCATED);
	for (size_t at = 0; at < image.size; at++)
		for (unsigned mask = 1; mask < 256; mask += mask < 8 ? 1 : 31) {
			changed[at] = (unsigned char)(image.bytes[at] ^ mask);
			assert_safe(changed, image.size);
			changed[at] = image.bytes[at];
		}
	free(changed);
	free(image.bytes);
}

static void
test_damage(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 5, 60 };

	(void)state;
	for (enum shape shape = 0; shape < SHAPES; shape++)
		for (size_t i = 0; i < 5; i++) {
			struct sk_dd *sketch = dd_new(0.05, 64), *part = dd_new(0.05, 64);

			add(sketch, fill(shape, sizes[i]), sizes[i]);
			torment(sketch);
			add(part, numbers, sizes[i] / 3);
			assert_int_equal(sk_dd_subtract(sketch, part), 0);
			torment(sketch);
			sk_dd_free(sketch);
			sk_dd_free(part);
		}
}

static void
test_golden(void **state)
{
	static const unsigned char empty[] = { 0xdd, 1, 0xdd, 0, 0, 0, 0, 0, 0, 0, 0xd0, 0x3f, 0, 1,
		0, 0, 0, 0, 0, 0, 0 };
	static const double values[] = { 1, 1, -INFINITY, 0, -2, 4, 300 };
	/* m = 0.7 / (2 artanh(0.25) - 2^-36) = 1.3703: 1 is in bin floor(1074 m) = 1471, -2 in 1473, 4 in 1474, and
	 * 300 = 2^8 * 1.171875 in floor(m * (1082 + P)) = 1483; the sum is 304 = 0x130 in units of 2^-1074 */
	static const unsigned char full[] = { 0xdd, 1, 0xdd, 0, 0, 0, 0, 0, 0, 0, 0xd0, 0x3f, 0, 1,
		0, 0, 1, 1, 0, 1, 0xc1, 0x0b, 1, 1, 3, 0xbf, 0x0b, 1, 2, 2, 1, 1, 8, 1, 1, 0, 0, 0,
		0, 0, 0, 0xf0, 0xff, 0, 0, 0, 0, 0, 0xc0, 0x72, 0x40, 2, 33, 0, 0, 0xc0, 0x04 };
	struct sk_dd *sketch = dd_new(0.25, 256);

	(void)state;
	assert_image(sketch, empty, sizeof(empty));
	add(sketch, values, 7);
	assert_image(sketch, full, sizeof(full));
	sk_dd_free(sketch);
}

static void
test_strangers(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		enum sk_image_status status;
	} rows[] = {
		{"",					    0,  SK_IMAGE_TRUNCATED},
		{ "text",				       4,  SK_IMAGE_NOT_OURS },
		{ "\1\1\24\144\0\1\0\0",                        8,  SK_IMAGE_NOT_OURS },
		{ "\335\1\24",				  3,  SK_IMAGE_NOT_OURS },
		{ "\335\2\335",				 3,  SK_IMAGE_NEWER    },
		{ "\335\0\335",				 3,  SK_IMAGE_CORRUPT  },
		{ "\335\1\335\0\0\0\0\0\0\0\320\77\0\1\0\0"
		  "\0\0\0\377\377\377\377\17", 24, SK_IMAGE_CORRUPT  },
		{ "\335\1\335\0\0\0\0\0\0\0\320\77\0\1\1\0"
		  "\0\0\0\0\0",                21, SK_IMAGE_CORRUPT  },
		{ "\335\1\335\0\0\0\0\0\0\0\320\77\0\0\1\0"
		  "\200\0\0\0\0\0",            22, SK_IMAGE_CORRUPT  },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sk_dd *sketch;

		assert_int_equal(
		    decode(&sketch, (const unsigned char *)rows[i].bytes, rows[i].size),
		    rows[i].status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_accuracy_of_any_value),
		cmocka_unit_test(test_accuracy_of_ranks),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_subtract),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_collapse),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_nearest_rank),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_strangers),
	};

	random_state = 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
