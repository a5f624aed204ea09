/* test_moments.c -- mean and standard deviation: of hard data, however it is cut, and from bytes. */
#include "support.h"

#include <float.h>
#include <math.h>

#include "sketch/moments.h"

#define MOST 300000

static double values[MOST];

static struct sk_moments
moments_of(const double *from, size_t n)
{
	struct sk_moments moments = { 0 };

	sk_moments_add(&moments, from, n);
	return moments;
}

/* Whether both are NaN, or ${found} is within the part ${error} of ${expected}. */
static bool
near(double found, double expected, double error)
{
	if (isnan(expected) || isinf(expected))
		return isnan(expected) ? isnan(found) : found == expected;
	return fabs(found - expected) <= error * fabs(expected);
}

static double
uniform(void)
{
	return ((double)(next_random() >> 11) + 0.5) * 0x1p-53;
}

static double
normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static void
test_few_values(void **state)
{
	static const struct {
		size_t n;
		double values[5];
		uint64_t count;
		double mean, deviation;
	} rows[] = {
		{ 0, { 0 }, 0, NAN, NAN },
		{ 1, { 7 }, 1, 7, NAN },
		{ 1, { 0 }, 1, 0, NAN },
		{ 2, { -1, 1 }, 2, 0, 1.4142135623730951 },
		{ 4, { 1, 2, 3, 4 }, 4, 2.5, 1.2909944487358056 },
		{ 5, { 0.1, 0.1, 0.1, 0.1, 0.1 }, 5, 0.1, 0 },
		{ 1, { INFINITY }, 0, INFINITY, NAN },
		{ 3, { 1, -INFINITY, 3 }, 2, -INFINITY, NAN },
		{ 3, { INFINITY, 2, -INFINITY }, 1, NAN, NAN },
		/* Beyond what a double can hold: the squares, and the sum of the values */
		{ 3, { 1e200, 2e200, 3e200 }, 3, 2e200, INFINITY },
		{ 2, { DBL_MAX, DBL_MAX }, 2, DBL_MAX, 0 },
		{ 3, { DBL_MAX, -DBL_MAX, DBL_MAX }, 3, DBL_MAX / 3, INFINITY },
		{ 5, { 1, DBL_MAX, 1, 1, 1 }, 5, DBL_MAX / 5, INFINITY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sk_moments moments = moments_of(rows[i].values, rows[i].n);

		assert_int_equal(sk_moments_count(&moments), rows[i].count);
		assert_true(near(sk_moments_mean(&moments), rows[i].mean, 1e-15));
		assert_true(near(sk_moments_deviation(&moments), rows[i].deviation, 1e-15));
	}
}

/* Accuracy */

static double
at_1e9(size_t i)
{
	(void)i;
	return 1e9 + normal();
}

static double
mixed(size_t i)
{
	(void)i;
	return normal() * pow(10, 24 * uniform() - 12);
}

static double
jump(size_t i)
{
	return (i < MOST / 2 ? 0 : 1e9) + normal();
}

static double
outlier_first(size_t i)
{
	return (i == 0 ? 1e9 : 0) + normal();
}

static double
rising(size_t i)
{
	return 1e9 + 1e-3 * (double)i;
}

static double
milliseconds(size_t i)
{
	(void)i;
	return floor(1000 * uniform()) / 1000;
}

static double (*const streams[])(size_t) = { at_1e9, mixed, jump, outlier_first, rising, milliseconds };
#define STREAMS (sizeof(streams) / sizeof(streams[0]))

static void
fill(double (*stream)(size_t))
{
	random_state = 5;
	for (size_t i = 0; i < MOST; i++)
		values[i] = stream(i);
}

/* A sum, and what its roundings left out (Neumaier 1974). */
struct sum {
	double sum;
	double rest;
};

static void
sum_add(struct sum *sum, double value)
{
	const double next = sum->sum + value;

	sum->rest += fabs(sum->sum) >= fabs(value) ? (sum->sum - next) + value : (value - next) + sum->sum;
	sum->sum = next;
}

/* In two passes; what the mean's own rounding does is taken out of the squares. */
static void
true_moments(double *mean, double *deviation)
{
	struct sum sum = { 0, 0 }, distances = { 0, 0 }, squares = { 0, 0 };
	double apart;

	for (size_t i = 0; i < MOST; i++)
		sum_add(&sum, values[i]);
	*mean = (sum.sum + sum.rest) / MOST;
	for (size_t i = 0; i < MOST; i++) {
		sum_add(&distances, values[i] - *mean);
		sum_add(&squares, (values[i] - *mean) * (values[i] - *mean));
	}
	apart = distances.sum + distances.rest;
	*deviation = sqrt((squares.sum + squares.rest - apart * apart / MOST) / (MOST - 1));
}

static void
test_hard_data(void **state)
{
	(void)state;
	for (size_t i = 0; i < STREAMS; i++) {
		struct sk_moments moments;
		double mean, deviation;

		fill(streams[i]);
		true_moments(&mean, &deviation);
		moments = moments_of(values, MOST);
		/* The mean of numbers of either sign is small beside them. */
		assert_true(fabs(sk_moments_mean(&moments) - mean) <=
		    4e-16 * fabs(mean) + 1e-17 * deviation);
		assert_true(near(sk_moments_deviation(&moments), deviation, 1e-14));
	}
}

/* Numbers whose moments can be had from sums of integers. */
static void
test_against_integers(void **state)
{
	int64_t sum = 0, squares = 0;
	struct sk_moments moments;
	double expected;

	(void)state;
	random_state = 6;
	for (size_t i = 0; i < MOST; i++) {
		const int64_t number = (int64_t)random_below(8193) - 4096;

		values[i] = 1e9 + (double)number / 1024;
		sum += number;
		squares += number * number;
	}
	moments = moments_of(values, MOST);
	expected = (double)squares - (double)sum * (double)sum / MOST;
	assert_true(sk_moments_mean(&moments) == 1e9 + (double)sum / 1024 / MOST);
	assert_true(near(sk_moments_deviation(&moments), sqrt(expected / (MOST - 1)) / 1024, 1e-14));
}

/* Cuts and merges */

static void
assert_same(const struct sk_moments *a, const struct sk_moments *b)
{
	unsigned char images[2][SK_MOMENTS_IMAGE];

	sk_moments_encode(a, images[0]);
	sk_moments_encode(b, images[1]);
	assert_memory_equal(images[0], images[1], SK_MOMENTS_IMAGE);
}

static void
test_batches_do_not_matter(void **state)
{
	(void)state;
	for (size_t round = 0; round < 200; round++) {
		const size_t n = random_below(3000);
		struct sk_moments whole, cut = { 0 };
		size_t part;

		for (size_t i = 0; i < n; i++) {
			values[i] = normal() * pow(10, 6 * uniform());
			if (random_below(100) == 0)
				values[i] = round % 2 == 0 ? INFINITY : DBL_MAX * (2 * uniform() - 1);
		}
		whole = moments_of(values, n);
		for (size_t at = 0; at < n; at += part) {
			part = 1 + random_below(round % 3 == 0 ? 4 : 600);
			part = part < n - at ? part : n - at;
			sk_moments_add(&cut, values + at, part);
			(void)sk_moments_deviation(&cut); /* asking changes nothing */
		}
		assert_same(&whole, &cut);
	}
}

/* Of all parts of the stream, each as it is or from bytes. */
static struct sk_moments
merged(size_t part, bool from_bytes)
{
	struct sk_moments all = { 0 };

	for (size_t at = 0; at < MOST; at += part) {
		const struct sk_moments moments = moments_of(values + at, part < MOST - at ? part : MOST - at);
		unsigned char image[SK_MOMENTS_IMAGE];
		struct sk_moments found;

		sk_moments_encode(&moments, image);
		assert_int_equal(sk_moments_decode(&found, image), SK_IMAGE_OK);
		sk_moments_merge(&all, from_bytes ? &found : &moments);
	}
	return all;
}

static void
test_parts_make_the_whole(void **state)
{
	static const size_t parts[] = { 100, 256, 99999, MOST / 2, MOST };

	(void)state;
	for (size_t i = 0; i < STREAMS; i++) {
		struct sk_moments whole;

		fill(streams[i]);
		whole = moments_of(values, MOST);
		for (size_t j = 0; j < 2 * sizeof(parts) / sizeof(parts[0]); j++) {
			const bool from_bytes = j % 2 == 1;
			const struct sk_moments all = merged(parts[j / 2], from_bytes);
			const double mean = sk_moments_mean(&whole), deviation = sk_moments_deviation(&whole);

			assert_int_equal(sk_moments_count(&all), MOST);
			assert_true(fabs(sk_moments_mean(&all) - mean) <=
			    4e-16 * fabs(mean) + 1e-17 * deviation);
			/* An image has the mean in 53 bits: parts lie apart by what is off by 2^-53 of the mean. */
			assert_true(near(sk_moments_deviation(&all), deviation,
			    1e-14 + (from_bytes ? 0x1p-53 * fabs(mean) / deviation : 0)));
		}
	}
}

static void
test_merging_ends(void **state)
{
	static const double large[] = { DBL_MAX, DBL_MAX }, small[] = { -DBL_MAX, -DBL_MAX };
	static const double infinite[] = { INFINITY, 3 }, less[] = { -INFINITY };
	const struct sk_moments nothing = { 0 };
	struct sk_moments some, all;

	(void)state;
	fill(at_1e9);
	some = moments_of(values, 1000);
	all = nothing;
	sk_moments_merge(&all, &some);
	assert_same(&all, &some);
	sk_moments_merge(&all, &nothing);
	assert_same(&all, &some);
	all = moments_of(large, 2);
	some = moments_of(small, 2);
	sk_moments_merge(&all, &some);
	assert_int_equal(sk_moments_count(&all), 4);
	assert_true(sk_moments_mean(&all) == 0 && isinf(sk_moments_deviation(&all)));
	some = moments_of(infinite, 2);
	sk_moments_merge(&all, &some);
	assert_int_equal(sk_moments_count(&all), 5);
	assert_true(sk_moments_mean(&all) == INFINITY && isnan(sk_moments_deviation(&all)));
	some = moments_of(less, 1);
	sk_moments_merge(&all, &some);
	assert_int_equal(sk_moments_count(&all), 5);
	assert_true(isnan(sk_moments_mean(&all)));
}

/* Images */

static void
test_golden_bytes(void **state)
{
	static const double numbers[] = { 1, 2, INFINITY, 3, 4, -INFINITY };
	static const unsigned char golden[SK_MOMENTS_IMAGE] = { 4, 0, 0, 0, 0, 0, 0, 0, /* values */
		0, 0, 0, 0, 0, 0, 4, 0x40,                                               /* 2.5 */
		0, 0, 0, 0, 0, 0, 0x14, 0x40,                                            /* 5 */
		0, 0, 0, 0, 0, 0, 0xf8, 0x7f };                                          /* NaN */
	const struct sk_moments moments = moments_of(numbers, 6);
	unsigned char image[SK_MOMENTS_IMAGE];

	(void)state;
	sk_moments_encode(&moments, image);
	assert_memory_equal(image, golden, sizeof(golden));
}

static void
test_images_that_contradict_themselves(void **state)
{
	static const struct {
		uint64_t count;
		double mean, squares, infinite;
		enum sk_image_status status;
	} rows[] = {
		{ 0, 0, 0, 0, SK_IMAGE_OK },
		{ 0, 0, 0, INFINITY, SK_IMAGE_OK },
		{ 0, 1, 0, 0, SK_IMAGE_CORRUPT },
		{ 0, 0, 1, 0, SK_IMAGE_CORRUPT },
		{ 1, 1, 0, -INFINITY, SK_IMAGE_OK },
		{ 1, 1, 1, 0, SK_IMAGE_CORRUPT },
		{ 2, 1, 1, 0, SK_IMAGE_OK },
		{ 2, 1, INFINITY, 0, SK_IMAGE_OK },
		{ UINT64_MAX, 1, 1, 0, SK_IMAGE_OK },
		{ 2, 1, -1, 0, SK_IMAGE_CORRUPT },
		{ 2, 1, NAN, 0, SK_IMAGE_CORRUPT },
		{ 2, NAN, 1, 0, SK_IMAGE_CORRUPT },
		{ 2, INFINITY, 1, 0, SK_IMAGE_CORRUPT },
		{ 2, 1, 1, 1, SK_IMAGE_CORRUPT },
		{ 2, 1, 1, -0.0, SK_IMAGE_CORRUPT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_moments moments = { .count = 77 };
		unsigned char image[SK_MOMENTS_IMAGE];

		sk_store64(image, rows[i].count);
		sk_store_double(image + 8, rows[i].mean);
		sk_store_double(image + 16, rows[i].squares);
		sk_store_double(image + 24, rows[i].infinite);
		assert_int_equal(sk_moments_decode(&moments, image), rows[i].status);
		assert_true((moments.count == 77) == (rows[i].status != SK_IMAGE_OK));
	}
}

/* Refused, or what it says is what is written again. */
static void
test_every_change(void **state)
{
	static const double numbers[][3] = { { 1, 2, 4 }, { 1, 5, INFINITY }, { INFINITY, -INFINITY, 1 },
		{ 0, 0, 0 } };

	(void)state;
	for (size_t row = 0; row < sizeof(numbers) / sizeof(numbers[0]); row++) {
		const struct sk_moments moments = moments_of(numbers[row], 3);
		unsigned char image[SK_MOMENTS_IMAGE], again[SK_MOMENTS_IMAGE];
		struct sk_moments found;

		sk_moments_encode(&moments, image);
		for (size_t at = 0; at < sizeof(image); at++)
			for (unsigned change = 0; change < 256; change++) {
				image[at] ^= (unsigned char)change;
				if (sk_moments_decode(&found, image) == SK_IMAGE_OK) {
					sk_moments_encode(&found, again);
					assert_memory_equal(again, image, sizeof(image));
				} else
					assert_int_not_equal(change, 0);
				image[at] ^= (unsigned char)change;
			}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_values),
		cmocka_unit_test(test_hard_data),
		cmocka_unit_test(test_against_integers),
		cmocka_unit_test(test_batches_do_not_matter),
		cmocka_unit_test(test_parts_make_the_whole),
		cmocka_unit_test(test_merging_ends),
		cmocka_unit_test(test_golden_bytes),
		cmocka_unit_test(test_images_that_contradict_themselves),
		cmocka_unit_test(test_every_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
