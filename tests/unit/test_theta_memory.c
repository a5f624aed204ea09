/*
 * test_theta_memory.c -- Theta sketches when the system refuses memory.
 *
 * The sketch's own files are compiled into this one with an allocator that fails on demand, which works with every
 * compiler and under memory checkers. The allocator counts its blocks, so that a leak shows without a checker too.
 */
#include "support.h"

#include "failing_alloc.h"
#include "../../lib/sketch/theta.c"
#include "../../lib/sketch/theta_bounds.c"
#include "../../lib/sketch/theta_image.c"
#include "../../lib/sketch/theta_sets.c"
#include "../../lib/sketch/theta_table.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

/* What a sketch knows, to be compared before and after a call that failed. */
static uint64_t
fingerprint(const struct sk_theta *sketch)
{
	uint64_t mark = sketch->theta * 31 + sketch->count * 3 + sketch->empty;

	for (size_t at = 0; at < (sketch->lg_k > 0 ? sketch->words : sketch->count); at++)
		mark += sketch->hashes[at] * sketch->hashes[at];
	return mark;
}

/* Operands of every scene: two tables, one of them full, and a compact sketch with its image. */
static struct sk_theta *small, *full, *compact;
static unsigned char *image;
static size_t image_size;
static uint64_t values[3000];

/* A scene does its part with the allocations that are left, and says whether it succeeded. */
typedef bool scene(void);

static bool
scene_new(void)
{
	struct sk_theta *sketch = sk_theta_new(12, 9001);

	sk_theta_free(sketch);
	return sketch != NULL;
}

/* A sketch that grows, by ones and by batches, and is as it was when it could not. */
static bool
grow(size_t batch)
{
	const long allowed = fail_after;
	struct sk_theta *sketch;
	bool done = true;

	fail_after = -1;
	sketch = sk_theta_new(8, 9001);
	fail_after = allowed;
	for (size_t at = 0; done && at < 3000; at += batch) {
		const size_t size = batch < 3000 - at ? batch : 3000 - at;
		const uint64_t before = fingerprint(sketch);

		errno = 0;
		done = (size == 1 ? sk_theta_add_u64(sketch, values[at])
				  : sk_theta_add_u64_batch(sketch, values + at, size)) == 0;
		if (!done) {
			assert_int_equal(errno, ENOMEM);
			assert_int_equal(fingerprint(sketch), before);
			fail_after = -1;
			assert_int_equal(sk_theta_add_u64_batch(sketch, values + at, 3000 - at), 0);
			assert_int_equal(fingerprint(sketch), fingerprint(full));
		}
	}
	sk_theta_free(sketch);
	return done;
}

static bool
scene_add(void)
{
	return grow(1);
}

static bool
scene_add_batch(void)
{
	return grow(37);
}

static bool
scene_merge(void)
{
	const long allowed = fail_after;
	struct sk_theta *sketch;
	uint64_t before;
	bool done;

	fail_after = -1;
	sketch = sk_theta_new(8, 9001);
	assert_int_equal(sk_theta_add_u64_batch(sketch, values, 10), 0);
	before = fingerprint(sketch);
	fail_after = allowed;
	errno = 0;
	done = sk_theta_merge(sketch, full) == 0;
	assert_int_equal(errno, done ? 0 : ENOMEM);
	if (!done)
		assert_int_equal(fingerprint(sketch), before);
	sk_theta_free(sketch);
	return done;
}

static bool
made(struct sk_theta *sketch)
{
	if (sketch == NULL)
		assert_int_equal(errno, ENOMEM);
	sk_theta_free(sketch);
	return sketch != NULL;
}

static bool
scene_compact(void)
{
	return made(sk_theta_compact(full));
}

static bool
scene_union(void)
{
	return made(sk_theta_union(small, full, 8));
}

static bool
scene_intersection(void)
{
	return made(sk_theta_intersection(full, small));
}

static bool
scene_difference(void)
{
	return made(sk_theta_difference(full, compact));
}

static bool
scene_jaccard(void)
{
	struct sk_theta_ratio ratio = { 7, 7, 7 };

	if (sk_theta_jaccard(small, full, 2, &ratio) == 0)
		return true;
	assert_int_equal(errno, ENOMEM);
	assert_true(ratio.lower == 7 && ratio.estimate == 7 && ratio.upper == 7);
	return false;
}

static bool
scene_decode(void)
{
	struct sk_theta *sketch = NULL;
	const enum sk_image_status status = sk_theta_decode(&sketch, image, image_size, 9001);

	assert_true(status == (sketch != NULL ? SK_IMAGE_OK : SK_IMAGE_NO_MEMORY));
	sk_theta_free(sketch);
	return status == SK_IMAGE_OK;
}

/* Bytes that ask for much are refused before memory is. */
static void
test_decode_asks_for_nothing(void **state)
{
	static const unsigned char plain[40] = { 2, 3, 3, 0, 0, 0x1a, 0xcc, 0x93, 0xff, 0xff, 0xff,
		0xff };
	static const unsigned char packed[40] = { 1, 4, 3, 1, 4, 0x1a, 0xcc, 0x93, 0xff, 0xff, 0xff,
		0xff };
	struct sk_theta *sketch = NULL;

	(void)state;
	fail_after = 0;
	refused = false;
	assert_int_equal(sk_theta_decode(&sketch, plain, 40, 9001), SK_IMAGE_TRUNCATED);
	assert_int_equal(sk_theta_decode(&sketch, packed, 40, 9001), SK_IMAGE_TRUNCATED);
	assert_false(refused);
	fail_after = -1;
}

/* Queries and encoding need no memory. */
static void
test_queries_ask_for_nothing(void **state)
{
	struct sk_theta_ratio ratio;
	unsigned char *bytes = allocate(image_size);

	(void)state;
	fail_after = 0;
	refused = false;
	sk_theta_trim(full);
	sk_theta_encode(compact, SK_THETA_V4, bytes);
	assert_memory_equal(bytes, image, image_size);
	assert_int_equal(sk_theta_jaccard(compact, compact, 1, &ratio), 0);
	assert_true(sk_theta_upper_bound(full, 1) > sk_theta_lower_bound(full, 1));
	assert_false(refused);
	fail_after = -1;
	free(bytes);
}

static void
test_every_allocation_may_fail(void **state)
{
	static scene *const scenes[] = { scene_new, scene_add, scene_add_batch, scene_merge,
		scene_compact, scene_union, scene_intersection, scene_difference, scene_jaccard,
		scene_decode };

	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		const uint64_t marks[] = { fingerprint(small), fingerprint(full),
			fingerprint(compact) };
		const long blocks = live_blocks;
		bool done = false;

		for (long n = 0; !done; n++) {
			assert_true(n < 100);
			fail_after = n;
			refused = false;
			done = scenes[i]();
			fail_after = -1;
			assert_true(done != refused);
			assert_true(n > 0 || !done);
			assert_int_equal(live_blocks, blocks);
			assert_int_equal(fingerprint(small), marks[0]);
			assert_int_equal(fingerprint(full), marks[1]);
			assert_int_equal(fingerprint(compact), marks[2]);
		}
	}
}

static int
set_up(void **state)
{
	(void)state;
	fail_after = -1;
	for (size_t i = 0; i < 3000; i++)
		values[i] = i;
	small = sk_theta_new(8, 9001);
	full = sk_theta_new(8, 9001);
	sk_theta_add_u64_batch(small, values, 100);
	sk_theta_add_u64_batch(full, values, 3000);
	compact = sk_theta_compact(full);
	image_size = sk_theta_encoded_size(compact, SK_THETA_V4);
	image = allocate(image_size);
	sk_theta_encode(compact, SK_THETA_V4, image);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	sk_theta_free(small);
	sk_theta_free(full);
	sk_theta_free(compact);
	free(image);
	return live_blocks == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_may_fail),
		cmocka_unit_test(test_decode_asks_for_nothing),
		cmocka_unit_test(test_queries_ask_for_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
