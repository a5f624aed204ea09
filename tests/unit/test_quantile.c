/* test_quantile.c -- exact numbers that become a sketch, merge with one, and go to bytes and back. */
#include "support.h"

#include <errno.h>
#include <math.h>

#include "sketch/quantile.h"

#define MEMORY ((size_t)1 << 22)
#define MOST 20000

static const struct sk_quantile_options kinds[] = {
	{ .algorithm = SK_QUANTILE_KLL, .k = 200, .exact_max = 1000, .moments = true },
	{ .algorithm = SK_QUANTILE_REQ, .k = 12, .exact_max = 1000, .moments = true },
	{ .algorithm = SK_QUANTILE_DD, .alpha = 0.01, .exact_max = 1000, .moments = true },
	{ .algorithm = SK_QUANTILE_TDIGEST, .k = 100, .exact_max = 1000, .moments = true },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The numbers ${from} to ${to}, in an order that jumps about. */
static struct sk_quantile *
filled(const struct sk_quantile_options *options, unsigned from, unsigned to)
{
	struct sk_quantile *quantile = sk_quantile_new(options, MEMORY, 1);

	assert_non_null(quantile);
	for (unsigned i = from; i <= to; i++) {
		double value = from + (i - from) * 7919u % (to - from + 1);

		assert_int_equal(sk_quantile_add_batch(quantile, &value, 1), 0);
	}
	return quantile;
}

static struct sk_quantile_answer
ask(struct sk_quantile *quantile, double q)
{
	struct sk_quantile_view *view = sk_quantile_view_new(quantile, 0.99);
	struct sk_quantile_answer answer;

	assert_non_null(view);
	answer = sk_quantile_view_quantile(view, q);
	sk_quantile_view_free(view);
	return answer;
}

static void
test_exact_then_sketch(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sk_quantile *few = filled(&kinds[i], 1, 1000);
		struct sk_quantile *many = filled(&kinds[i], 1, MOST);
		struct sk_quantile_answer answer = ask(few, 0.5);
		struct sk_quantile_moments moments = sk_quantile_moments(many);

		assert_true(sk_quantile_exact(few));
		assert_true(answer.value == 500 && answer.low == 500 && answer.high == 500);
		assert_true(sk_quantile_error(few, 0.99) == 0);
		assert_false(sk_quantile_exact(many));
		assert_true(sk_quantile_count(many) == MOST);
		assert_true(sk_quantile_min(many) == 1 && sk_quantile_max(many) == MOST);
		assert_true(fabs(moments.mean - (MOST + 1) / 2.0) < 1e-6);
		assert_true(fabs(moments.deviation - sqrt(MOST * (MOST + 1.0) / 12)) < 1e-6);
		answer = ask(many, 0.9);
		assert_true(answer.low <= 0.9 * MOST && answer.high >= 0.9 * MOST);
		assert_true(fabs(answer.value - 0.9 * MOST) < 0.02 * MOST);
		sk_quantile_free(few);
		sk_quantile_free(many);
	}
}

static void
test_batches_do_not_matter(void **state)
{
	static double values[MOST];

	(void)state;
	for (size_t i = 0; i < MOST; i++)
		values[i] = (double)(i * 7919 % MOST + 1);
	for (size_t i = 0; i < KINDS; i++) {
		struct sk_quantile *one = filled(&kinds[i], 1, MOST);
		struct sk_quantile *all = sk_quantile_new(&kinds[i], MEMORY, 1);
		size_t size = sk_quantile_encoded_size(one);
		unsigned char *images = malloc(2 * size);

		assert_int_equal(sk_quantile_add_batch(all, values, 500), 0);
		assert_int_equal(sk_quantile_add_batch(all, values + 500, MOST - 500), 0);
		assert_true(sk_quantile_encoded_size(all) == size);
		sk_quantile_encode(one, images);
		sk_quantile_encode(all, images + size);
		assert_memory_equal(images, images + size, size);
		free(images);
		sk_quantile_free(one);
		sk_quantile_free(all);
	}
}

static void
test_merge(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		for (size_t j = 0; j < KINDS; j++) {
			struct sk_quantile *few = filled(&kinds[i], 1, 10);
			struct sk_quantile *many = filled(&kinds[j], 1, 2000);
			struct sk_quantile *other = filled(&kinds[i], 1, 2000);

			assert_int_equal(sk_quantile_merge(few, many), 0);
			assert_true(sk_quantile_count(few) == 2010);
			assert_true(fabs(ask(few, 0.5).value - 1000) < 50);
			errno = 0;
			assert_int_equal(sk_quantile_merge(other, many), i == j ? 0 : -1);
			assert_int_equal(errno, i == j ? 0 : EINVAL);
			assert_true(sk_quantile_count(other) == (i == j ? 4000 : 2000));
			sk_quantile_free(few);
			sk_quantile_free(many);
			sk_quantile_free(other);
		}
	}
}

static void
test_less_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sk_quantile *quantile = filled(&kinds[i], 1, 900);
		size_t least = sk_quantile_memory_min(&kinds[i]);

		assert_true(sk_quantile_exact(quantile));
		assert_int_equal(sk_quantile_set_memory(quantile, 0), -1);
		assert_int_equal(sk_quantile_set_memory(quantile, SK_QUANTILE_MEMORY_MIN), 0);
		assert_true(kinds[i].algorithm == SK_QUANTILE_REQ ||
		    sk_quantile_memory(quantile) <= (least > SK_QUANTILE_MEMORY_MIN ? least : SK_QUANTILE_MEMORY_MIN));
		assert_true(fabs(ask(quantile, 0.5).value - 450) < 120);
		sk_quantile_free(quantile);
	}
}

/* What ${quantile} encodes to comes back; what is cut off does not. */
static void
check_image(const struct sk_quantile *quantile, const struct sk_quantile_options *options)
{
	const size_t size = sk_quantile_encoded_size(quantile);
	unsigned char *image = malloc(2 * size);
	struct sk_quantile *back = NULL;

	sk_quantile_encode(quantile, image);
	for (size_t cut = 0; cut < size; cut++) {
		/* A copy of its own, so that a read beyond it is found. */
		unsigned char *part = malloc(cut + 1);

		memcpy(part, image, cut);
		assert_int_not_equal(sk_quantile_decode(&back, options, (struct sk_span){ part, cut },
					 SK_QUANTILE_DOUBLE, MEMORY, 1),
		    SK_IMAGE_OK);
		assert_null(back);
		free(part);
	}
	assert_int_equal(sk_quantile_decode(&back, options, (struct sk_span){ image, size },
			     SK_QUANTILE_DOUBLE, MEMORY, 1),
	    SK_IMAGE_OK);
	assert_true(sk_quantile_encoded_size(back) == size);
	sk_quantile_encode(back, image + size);
	assert_memory_equal(image, image + size, size);
	assert_true(sk_quantile_exact(back) == sk_quantile_exact(quantile));
	sk_quantile_free(back);
	free(image);
}

static void
test_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (unsigned n = 1; n <= 3000; n = n * 13 + 5) {
			struct sk_quantile *quantile = filled(&kinds[i], 1, n);

			check_image(quantile, &kinds[i]);
			sk_quantile_free(quantile);
		}
}

/* From its image, with its moments if ${with_moments}. */
static struct sk_quantile *
brought_back(const struct sk_quantile *quantile, const struct sk_quantile_options *options, bool with_moments)
{
	const size_t size = sk_quantile_encoded_size(quantile);
	unsigned char *image = malloc(size);
	struct sk_quantile *back = NULL;
	struct sk_moments moments;

	sk_quantile_encode(quantile, image);
	assert_int_equal(sk_quantile_decode(&back, options, (struct sk_span){ image, size },
			     SK_QUANTILE_DOUBLE, MEMORY, 1),
	    SK_IMAGE_OK);
	assert_false(sk_quantile_known_moments(back, &moments));
	if (with_moments) {
		assert_true(sk_quantile_known_moments(quantile, &moments));
		assert_int_equal(sk_quantile_set_moments(back, &moments), 0);
	}
	free(image);
	return back;
}

static void
test_moments_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sk_quantile *low = filled(&kinds[i], 1, MOST / 2);
		struct sk_quantile *high = filled(&kinds[i], MOST / 2 + 1, MOST);
		struct sk_quantile *all = sk_quantile_new(&kinds[i], MEMORY, 1);
		struct sk_quantile *low_back = brought_back(low, &kinds[i], true);
		struct sk_quantile *high_back = brought_back(high, &kinds[i], true);
		struct sk_quantile *bare = brought_back(low, &kinds[i], false);
		struct sk_quantile_moments moments;

		assert_int_equal(sk_quantile_merge(all, low_back), 0);
		assert_int_equal(sk_quantile_merge(all, high_back), 0);
		moments = sk_quantile_moments(all);
		assert_true(fabs(moments.mean - (MOST + 1) / 2.0) < 1e-9);
		assert_true(fabs(moments.deviation - sqrt(MOST * (MOST + 1.0) / 12)) < 1e-9);
		/* Once unknown, always unknown */
		assert_true(isnan(sk_quantile_moments(bare).deviation));
		assert_true(isnan(sk_quantile_moments(bare).mean) == (kinds[i].algorithm != SK_QUANTILE_DD));
		assert_int_equal(sk_quantile_merge(bare, high_back), 0);
		assert_true(isnan(sk_quantile_moments(bare).deviation));
		assert_int_equal(sk_quantile_merge(all, bare), 0);
		assert_true(isnan(sk_quantile_moments(all).deviation));
		sk_quantile_free(low);
		sk_quantile_free(high);
		sk_quantile_free(all);
		sk_quantile_free(low_back);
		sk_quantile_free(high_back);
		sk_quantile_free(bare);
	}
}

/* A sketch of nothing lacks no moments. */
static void
test_moments_of_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * KINDS; i++) {
		const bool asked = i % 2 == 1; /* when it was decoded */
		const double middle = (MOST + 1) / 2.0;
		struct sk_quantile_options options = kinds[i / 2];
		struct sk_quantile *quantile, *empty, *back, *some = filled(&kinds[i / 2], 1, MOST);
		struct sk_moments moments;
		unsigned char image[1024];

		options.exact_max = 0;
		empty = sk_quantile_new(&options, MEMORY, 1);
		quantile = sk_quantile_new(&kinds[i / 2], MEMORY, 1);
		options.moments = asked;
		assert_true(sk_quantile_encoded_size(empty) <= sizeof(image));
		sk_quantile_encode(empty, image);
		assert_int_equal(sk_quantile_decode(&back, &options,
				     (struct sk_span){ image, sk_quantile_encoded_size(empty) },
				     SK_QUANTILE_DOUBLE, MEMORY, 1),
		    SK_IMAGE_OK);
		assert_true(sk_quantile_known_moments(back, &moments) == asked);
		assert_int_equal(sk_quantile_merge(quantile, back), 0);
		assert_int_equal(sk_quantile_add_batch(quantile, &middle, 1), 0);
		assert_int_equal(sk_quantile_merge(quantile, some), 0);
		assert_true(sk_quantile_moments(quantile).mean == middle);
		assert_true(sk_quantile_moments(quantile).deviation > 1);
		sk_quantile_free(some);
		sk_quantile_free(empty);
		sk_quantile_free(back);
		sk_quantile_free(quantile);
	}
}

/* Of more or of fewer values than the sketch, or with infinite ones for those that lack. */
static void
test_moments_that_cannot_be(void **state)
{
	static const double numbers[] = { 1, 2, INFINITY };

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct sk_quantile *quantile = filled(&kinds[i], 1, MOST), *exact = filled(&kinds[i], 1, 2);
		const double mean = sk_quantile_moments(quantile).mean;
		struct sk_moments known, moments = { 0 };

		assert_false(sk_quantile_known_moments(exact, &moments));
		sk_moments_add(&moments, numbers, 2);
		errno = 0;
		assert_int_equal(sk_quantile_set_moments(exact, &moments), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(sk_quantile_set_moments(quantile, &moments), -1);
		sk_moments_add(&moments, numbers + 2, 1);
		assert_int_equal(sk_quantile_set_moments(quantile, &moments), 0);
		assert_true(sk_quantile_known_moments(quantile, &known));
		assert_true(sk_moments_mean(&known) == INFINITY);
		for (size_t n = sk_moments_count(&moments); n < MOST; n++)
			sk_moments_add(&moments, numbers, 1);
		assert_int_equal(sk_quantile_set_moments(quantile, &moments), -1);
		assert_true(mean == (MOST + 1) / 2.0);
		sk_quantile_free(quantile);
		sk_quantile_free(exact);
	}
}

static void
test_values_that_are_none(void **state)
{
	static unsigned char image[24] = { 1, 1, SK_QUANTILE_VALUES, [8] = 1, [22] = 0xf8, [23] = 0x7f };
	struct sk_quantile *back = NULL;
	double bad = NAN;
	struct sk_quantile *quantile = sk_quantile_new(&kinds[0], MEMORY, 1);

	(void)state;
	assert_int_equal(sk_quantile_add_batch(quantile, &bad, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_true(isnan(ask(quantile, 0.5).value));
	assert_int_equal(sk_quantile_decode(&back, &kinds[0], (struct sk_span){ image, sizeof(image) },
			     SK_QUANTILE_DOUBLE, MEMORY, 1),
	    SK_IMAGE_CORRUPT);
	image[8] = 255;
	assert_int_equal(sk_quantile_decode(&back, &kinds[0], (struct sk_span){ image, sizeof(image) },
			     SK_QUANTILE_DOUBLE, MEMORY, 1),
	    SK_IMAGE_TRUNCATED);
	sk_quantile_free(quantile);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_then_sketch),
		cmocka_unit_test(test_batches_do_not_matter),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_less_memory),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_moments_come_back),
		cmocka_unit_test(test_moments_of_nothing),
		cmocka_unit_test(test_moments_that_cannot_be),
		cmocka_unit_test(test_values_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
