/*
 * test_req_memory.c -- relative-error quantiles when the system refuses memory.
 *
 * The sketch's own files are compiled into this one with an allocator that fails on demand, which works with every
 * compiler and under memory checkers. The allocator counts its blocks, so that a leak shows without a checker too.
 */
#include "support.h"

#include "failing_alloc.h"
#include "../../lib/sketch/req_levels.c"
#include "../../lib/sketch/req_query.c"
#include "../../lib/sketch/req_image.c"
#include "../../lib/sketch/req.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#define VALUES 20000

static double values[VALUES];

struct image {
	unsigned char *bytes;
	size_t size;
};

static struct image
encode(const struct sk_req *req)
{
	struct image image = { .size = sk_req_encoded_size(req) };

	image.bytes = malloc(image.size);
	assert_non_null(image.bytes);
	sk_req_encode(req, image.bytes);
	return image;
}

static void
assert_unchanged(const struct sk_req *req, struct image before)
{
	struct image now = encode(req);

	assert_int_equal(now.size, before.size);
	assert_memory_equal(now.bytes, before.bytes, now.size);
	free(now.bytes);
}

/* A sketch of the first ${n} values, made with memory enough. */
static struct sk_req *
new_of(unsigned k, size_t n)
{
	struct sk_req *req = sk_req_new(k, SK_REQ_HIGH_RANKS, SK_REQ_DOUBLE, 1);

	assert_non_null(req);
	assert_int_equal(sk_req_add_batch(req, values, n), 0);
	return req;
}

static void
assert_refusal(int result)
{
	assert_int_equal(result, -1);
	assert_true(refused);
	assert_int_equal(errno, ENOMEM);
}

/* Scenes: something to do, in which every single allocation is made to fail in turn. */

static void
scene_new(long n, size_t first, size_t second)
{
	struct sk_req *req;

	(void)first;
	(void)second;
	fail_after = n;
	if ((req = sk_req_new(12, SK_REQ_LOW_RANKS, SK_REQ_FLOAT, 1)) == NULL)
		assert_refusal(-1);
	sk_req_free(req);
}

static void
scene_add(long n, size_t batch, size_t k)
{
	struct sk_req *req = new_of((unsigned)k, 0), *other = new_of((unsigned)k, VALUES);
	struct image whole = encode(other);

	fail_after = n;
	for (size_t i = 0; i < VALUES; i += batch) {
		struct image before = encode(req);
		const size_t count = VALUES - i < batch ? VALUES - i : batch;

		if (sk_req_add_batch(req, values + i, count) != 0) {
			assert_refusal(-1);
			assert_unchanged(req, before);
			fail_after = -1;
			assert_int_equal(sk_req_add_batch(req, values + i, count), 0);
		}
		free(before.bytes);
	}
	assert_unchanged(req, whole);
	free(whole.bytes);
	sk_req_free(req);
	sk_req_free(other);
}

static void
scene_merge(long n, size_t size, size_t source_size)
{
	struct sk_req *req = new_of(12, size), *source = new_of(12, source_size);
	struct image before = encode(req), source_before = encode(source);

	fail_after = n;
	if (sk_req_merge(req, source) != 0) {
		assert_refusal(-1);
		assert_unchanged(req, before);
		fail_after = -1;
		assert_int_equal(sk_req_merge(req, source), 0);
	}
	assert_int_equal(sk_req_n(req), size + source_size);
	assert_unchanged(source, source_before);
	free(before.bytes);
	free(source_before.bytes);
	sk_req_free(req);
	sk_req_free(source);
}

static void
scene_view(long n, size_t size, size_t unused)
{
	struct sk_req *req = new_of(12, size);
	struct image before = encode(req);
	struct sk_req_view *view;

	(void)unused;
	fail_after = n;
	if ((view = sk_req_view_new(req)) == NULL)
		assert_refusal(-1);
	assert_unchanged(req, before);
	free(before.bytes);
	sk_req_view_free(view);
	sk_req_free(req);
}

static void
scene_decode(long n, size_t size, size_t unused)
{
	struct sk_req *req = new_of(12, size), *read;
	struct image image = encode(req);
	enum sk_image_status status;

	(void)unused;
	fail_after = n;
	status = sk_req_decode(&read, image.bytes, image.size, SK_REQ_DOUBLE, 1);
	assert_int_equal(status, refused ? SK_IMAGE_NO_MEMORY : SK_IMAGE_OK);
	assert_int_equal(read == NULL, refused);
	if (read != NULL && sk_req_add(read, 1) != 0) {
		assert_refusal(-1);
		assert_unchanged(read, image);
	}
	free(image.bytes);
	sk_req_free(req);
	sk_req_free(read);
}

/* Play ${scene} until no allocation is left to fail. */
static void
play(void (*scene)(long, size_t, size_t), size_t first, size_t second)
{
	for (long n = 0;; n++) {
		assert_true(n < 1000);
		fail_after = -1;
		refused = false;
		scene(n, first, second);
		fail_after = -1;
		assert_int_equal(live_blocks, 0);
		if (!refused)
			break;
	}
}

static void
test_new(void **state)
{
	(void)state;
	play(scene_new, 0, 0);
}

static void
test_adding(void **state)
{
	(void)state;
	play(scene_add, 37, 4);
	play(scene_add, 1000, 12);
	play(scene_add, VALUES, 12);
}

static void
test_merging(void **state)
{
	(void)state;
	play(scene_merge, 0, VALUES);
	play(scene_merge, VALUES, VALUES);
	play(scene_merge, 50, 60);
	play(scene_merge, 1000, 3);
}

static void
test_views(void **state)
{
	(void)state;
	play(scene_view, 0, 0);
	play(scene_view, 50, 0);
	play(scene_view, VALUES, 0);
}

static void
test_decoding(void **state)
{
	(void)state;
	play(scene_decode, 0, 0);
	play(scene_decode, 3, 0);
	play(scene_decode, 50, 0);
	play(scene_decode, VALUES, 0);
}

static int
set_up(void **state)
{
	(void)state;
	random_state = 1;
	for (size_t i = 0; i < VALUES; i++)
		values[i] = (double)random_below(1000000);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_merging),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_decoding),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
