/*
 * test_dd_memory.c -- DDSketches when the system refuses memory. Their files are compiled into this one with an
 * allocator that fails on demand and counts its blocks.
 */
#include "support.h"

#include "failing_alloc.h"
#include "../../lib/sketch/dd.c"
#include "../../lib/sketch/dd_combine.c"
#include "../../lib/sketch/dd_query.c"
#include "../../lib/sketch/dd_sum.c"
#include "../../lib/sketch/dd_image.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

static unsigned char before[1 << 16], after[1 << 16];

static size_t
remember(const struct sk_dd *sketch)
{
	const size_t size = sk_dd_encoded_size(sketch);

	assert_true(size <= sizeof(before));
	sk_dd_encode(sketch, before);
	return size;
}

static void
assert_unchanged(const struct sk_dd *sketch, size_t size)
{
	assert_true(refused);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(sk_dd_encoded_size(sketch), size);
	sk_dd_encode(sketch, after);
	assert_memory_equal(before, after, size);
}

/* Values of both signs, so that both stores grow, and collapse, and one may fail after the other did not. */
static const double batches[][4] = {
	{1,       -1,     2,     -2      },
        { 1e3,    -1e3,   0,     1e-3    },
        { 1e9,    -1e9,   5,     5       },
	{ 1e30,   -1e30,  1e-30, -1e-30  },
        { -1e300, 1e-300, 1e300, INFINITY}
};

#define BATCHES (sizeof(batches) / sizeof(*batches))

static struct sk_dd *
filled(unsigned bins, size_t rows)
{
	struct sk_dd *sketch = sk_dd_new(0.01, bins);

	assert_non_null(sketch);
	for (size_t i = 0; i < rows; i++)
		assert_int_equal(sk_dd_add_batch(sketch, batches[i], 4), 0);
	return sketch;
}

/* The ${n}th allocation fails, and none before. */
static void
scene_add(long n)
{
	struct sk_dd *sketch;

	fail_after = n;
	errno = 0;
	if ((sketch = sk_dd_new(0.01, 1000)) == NULL) {
		assert_true(refused && errno == ENOMEM);
		return;
	}
	for (size_t i = 0; i < BATCHES; i++) {
		const size_t size = remember(sketch);

		if (sk_dd_add_batch(sketch, batches[i], 4) == 0)
			continue;
		assert_unchanged(sketch, size);
		fail_after = -1;
		assert_int_equal(sk_dd_add_batch(sketch, batches[i], 4), 0);
	}
	assert_int_equal(sk_dd_count(sketch), 4 * BATCHES);
	sk_dd_free(sketch);
}

static void
scene_merge(long n)
{
	struct sk_dd *sketch = filled(1000, 2), *source = filled(1000, BATCHES);
	const size_t size = remember(sketch);

	fail_after = n;
	if (sk_dd_merge(sketch, source) == -1) {
		assert_unchanged(sketch, size);
		fail_after = -1;
		assert_int_equal(sk_dd_merge(sketch, source), 0);
	}
	fail_after = 0;
	assert_int_equal(sk_dd_count(sketch), 4 * BATCHES + 8);
	assert_int_equal(sk_dd_subtract(sketch, source), 0);
	assert_int_equal(sk_dd_count(sketch), 8);
	sk_dd_free(sketch);
	sk_dd_free(source);
}

static void
scene_decode(long n)
{
	struct sk_dd *sketch = filled(1000, BATCHES), *read;
	const size_t size = remember(sketch);
	enum sk_image_status status;

	fail_after = n;
	status = sk_dd_decode(&read, before, size);
	assert_int_equal(status, refused ? SK_IMAGE_NO_MEMORY : SK_IMAGE_OK);
	assert_true((read != NULL) == (status == SK_IMAGE_OK));
	sk_dd_free(read);
	sk_dd_free(sketch);
}

/* Play ${scene} until no allocation is left to fail. */
static void
play(void (*scene)(long))
{
	for (long n = 0;; n++) {
		assert_true(n < 1000);
		refused = false;
		scene(n);
		fail_after = -1;
		assert_int_equal(live_blocks, 0);
		if (!refused)
			break;
	}
}

static void
test_memory(void **state)
{
	(void)state;
	fail_after = -1;
	play(scene_add);
	play(scene_merge);
	play(scene_decode);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
