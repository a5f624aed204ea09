/*
 * test_hll_memory.c -- HyperLogLog when the system refuses memory.
 *
 * The sketch's own files are compiled into this one with an allocator that fails on demand, which works with every
 * compiler and under memory checkers. The allocator counts its blocks, so that a leak shows without a checker too.
 */
#include "support.h"

#include "failing_alloc.h"
#include "../../lib/sketch/hll_array.c"
#include "../../lib/sketch/hll_image.c"
#include "../../lib/sketch/hll_estimate.c"
#include "../../lib/sketch/hll.c"
#include "../../lib/sketch/hll_canonical.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

struct image {
	unsigned char *bytes;
	size_t size;
};

/* All that a sketch knows: its updatable image. */
static struct image
image_of(const struct sk_hll *sketch)
{
	struct image image = { NULL, sk_hll_encoded_size(sketch, SK_HLL_UPDATABLE) };

	image.bytes = allocate(image.size);
	sk_hll_encode(sketch, SK_HLL_UPDATABLE, image.bytes);
	return image;
}

static void
assert_is(const struct sk_hll *sketch, struct image before)
{
	const struct image now = image_of(sketch);

	assert_int_equal(now.size, before.size);
	assert_memory_equal(now.bytes, before.bytes, now.size);
	free(now.bytes);
}

/* Integers, or for HLL_4 coupons of which many are exceptions. */
static uint32_t
coupon_of(uint64_t number, bool wild)
{
	const uint32_t coupon = sk_hll_coupon(sk_murmur3_u64(number, SK_MURMUR3_SEED));

	return wild && number % 3 == 0 ? (coupon & HLL_KEY_MASK) | (uint32_t)(number % 61 + 3) << 26
				       : coupon;
}

/* Add them one by one; one that fails has changed nothing, and succeeds when it is added again. */
static void
add_all(struct sk_hll *sketch, uint64_t from, uint64_t to, bool wild)
{
	for (uint64_t number = from; number < to; number++) {
		const uint32_t coupon = coupon_of(number, wild);
		const bool may_fail = fail_after >= 0 && fail_after < 4;
		const struct image before = may_fail ? image_of(sketch) : (struct image){ NULL, 0 };

		errno = 0;
		if (sk_hll_add_coupons(sketch, &coupon, 1) == -1) {
			assert_int_equal(errno, ENOMEM);
			assert_true(refused);
			if (may_fail)
				assert_is(sketch, before);
			fail_after = -1;
			assert_int_equal(sk_hll_add_coupons(sketch, &coupon, 1), 0);
		}
		free(before.bytes);
	}
	fail_after = -1;
}

static struct sk_hll *
hll_new(unsigned lg_k, enum sk_hll_type type)
{
	struct sk_hll *sketch;

	errno = 0;
	if ((sketch = sk_hll_new(lg_k, type)) != NULL)
		return sketch;
	assert_true(refused);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(live_blocks, 0);
	fail_after = -1;
	sketch = sk_hll_new(lg_k, type);
	assert_non_null(sketch);
	return sketch;
}

struct scene {
	unsigned lg_k;
	enum sk_hll_type type;
	uint64_t items;
	uint64_t more; /* in a second sketch */
	bool wild;
};

/* A failed allocation leaves no trace: the sketch ends as one that never met it. */
static void
scene_add(const struct scene *scene)
{
	struct sk_hll *sketch = hll_new(scene->lg_k, scene->type), *calm;
	struct image image;

	add_all(sketch, 0, scene->items, scene->wild);
	fail_after = -1;
	calm = hll_new(scene->lg_k, scene->type);
	add_all(calm, 0, scene->items, scene->wild);
	image = image_of(calm);
	assert_is(sketch, image);
	free(image.bytes);
	sk_hll_free(sketch);
	sk_hll_free(calm);
}

static void
scene_merge(const struct scene *scene)
{
	const long n = fail_after;
	struct sk_hll *sketch, *source;
	struct image before, before_source;

	fail_after = -1;
	sketch = hll_new(scene->lg_k, scene->type);
	source = hll_new(scene->lg_k + 1, SK_HLL_4);
	add_all(sketch, 0, scene->items, scene->wild);
	add_all(source, 100, 100 + scene->more, scene->wild);
	before = image_of(sketch);
	before_source = image_of(source);
	fail_after = n;
	errno = 0;
	if (sk_hll_merge(sketch, source) == -1) {
		assert_int_equal(errno, ENOMEM);
		assert_true(refused);
		assert_is(sketch, before);
		fail_after = -1;
		assert_int_equal(sk_hll_merge(sketch, source), 0);
	}
	fail_after = -1;
	assert_is(source, before_source);
	free(before.bytes);
	free(before_source.bytes);
	sk_hll_free(sketch);
	sk_hll_free(source);
}

static void
scene_convert(const struct scene *scene)
{
	const long n = fail_after;
	struct sk_hll *sketch, *copy, *back = NULL;
	struct image before;

	fail_after = -1;
	sketch = hll_new(scene->lg_k, SK_HLL_8);
	add_all(sketch, 0, scene->items, scene->wild);
	before = image_of(sketch);
	fail_after = n;
	if (sk_hll_set_type(sketch, SK_HLL_4) == -1) {
		assert_is(sketch, before);
		fail_after = -1;
		assert_int_equal(sk_hll_set_type(sketch, SK_HLL_4), 0);
	}
	free(before.bytes);
	if ((copy = sk_hll_copy(sketch)) == NULL) {
		assert_int_equal(errno, ENOMEM);
		fail_after = -1;
		copy = sk_hll_copy(sketch);
		assert_non_null(copy);
	}
	before = image_of(sketch);
	if (sk_hll_decode(&back, before.bytes, before.size) != SK_IMAGE_OK) {
		assert_true(refused);
		assert_null(back);
		fail_after = -1;
		assert_int_equal(sk_hll_decode(&back, before.bytes, before.size), SK_IMAGE_OK);
	}
	free(before.bytes);
	before = image_of(sketch);
	before.size = sk_hll_encoded_size(sketch, SK_HLL_COMPACT);
	sk_hll_encode(sketch, SK_HLL_COMPACT, before.bytes);
	sk_hll_free(back);
	back = NULL;
	if (sk_hll_decode(&back, before.bytes, before.size) != SK_IMAGE_OK) {
		assert_true(refused);
		assert_null(back);
	}
	fail_after = -1;
	free(before.bytes);
	sk_hll_free(back);
	sk_hll_free(copy);
	sk_hll_free(sketch);
}

static void
scene_canonical(const struct scene *scene)
{
	const long n = fail_after;
	struct sk_hll *sketch;
	struct image before;

	fail_after = -1;
	sketch = hll_new(scene->lg_k, scene->type);
	add_all(sketch, 0, scene->items, scene->wild);
	before = image_of(sketch);
	fail_after = n;
	errno = 0;
	if (sk_hll_make_canonical(sketch) == -1) {
		assert_int_equal(errno, ENOMEM);
		assert_true(refused);
		assert_is(sketch, before);
		fail_after = -1;
		assert_int_equal(sk_hll_make_canonical(sketch), 0);
	}
	fail_after = -1;
	free(before.bytes);
	sk_hll_free(sketch);
}

static const struct scene scenes[] = {
	{4,   SK_HLL_4, 5,    200,  true },
	{ 4,  SK_HLL_4, 400,  5,    true },
	{ 5,  SK_HLL_8, 100,  100,  false},
	{ 6,  SK_HLL_4, 2000, 300,  true },
	{ 8,  SK_HLL_4, 20,   20,   false},
	{ 8,  SK_HLL_4, 500,  20,   true },
	{ 8,  SK_HLL_6, 24,   30,   false},
	{ 8,  SK_HLL_6, 0,    18,   false},
	{ 9,  SK_HLL_4, 3000, 3000, true },
	{ 10, SK_HLL_8, 200,  5,    false},
	{ 10, SK_HLL_8, 5,    200,  false},
};

static void
play(void (*scene)(const struct scene *))
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		for (long n = 0;; n++) {
			assert_true(n < 10000);
			fail_after = n;
			refused = false;
			scene(scenes + i);
			assert_int_equal(live_blocks, 0);
			if (!refused)
				break;
		}
	fail_after = -1;
}

static void
test_adding(void **state)
{
	(void)state;
	play(scene_add);
}

static void
test_merging(void **state)
{
	(void)state;
	play(scene_merge);
}

static void
test_converting(void **state)
{
	(void)state;
	play(scene_convert);
}

static void
test_canonical(void **state)
{
	(void)state;
	play(scene_canonical);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_merging),
		cmocka_unit_test(test_converting),
		cmocka_unit_test(test_canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
