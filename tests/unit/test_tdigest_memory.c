/*
 * test_tdigest_memory.c -- t-digests when the system refuses memory. Their files are compiled into this one with an
 * allocator that fails on demand and counts its blocks.
 */
#include "support.h"

#include "failing_alloc.h"
#include "../../lib/sketch/tdigest.c"
#include "../../lib/sketch/tdigest_compress.c"
#include "../../lib/sketch/tdigest_image.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

static unsigned char before[1 << 16], after[1 << 16];

static struct sk_tdigest *
filled(unsigned k, size_t n)
{
	struct sk_tdigest *digest = sk_tdigest_new(k);

	if (digest != NULL)
		for (size_t i = 0; i < n; i++)
			assert_int_equal(sk_tdigest_add(digest, (double)random_below(1000)), 0);
	return digest;
}

static void
assert_unchanged(const struct sk_tdigest *digest, size_t size)
{
	assert_true(refused);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(sk_tdigest_encoded_size(digest), size);
	sk_tdigest_encode(digest, after);
	assert_memory_equal(before, after, size);
}

static size_t
remember(const struct sk_tdigest *digest)
{
	const size_t size = sk_tdigest_encoded_size(digest);

	assert_true(size <= sizeof(before));
	sk_tdigest_encode(digest, before);
	return size;
}

/* The ${n}th allocation fails, and none before. */
static void
scene_new(long n)
{
	struct sk_tdigest *digest;

	fail_after = n;
	errno = 0;
	digest = filled(10, 1000);
	assert_true(digest != NULL || (refused && errno == ENOMEM));
	sk_tdigest_free(digest);
}

static void
scene_merge(long n)
{
	struct sk_tdigest *digest = filled(10, 130), *source = filled(20, 500);
	const size_t size = remember(digest);

	fail_after = n;
	if (sk_tdigest_merge(digest, source) == -1) {
		assert_unchanged(digest, size);
		fail_after = -1;
		assert_int_equal(sk_tdigest_merge(digest, source), 0);
	}
	assert_int_equal(sk_tdigest_count(digest), 630);
	sk_tdigest_free(digest);
	sk_tdigest_free(source);
}

static void
scene_query(long n)
{
	struct sk_tdigest *digest = filled(10, 130);
	const size_t size = remember(digest);

	fail_after = n;
	if (isnan(sk_tdigest_quantile(digest, 0.5)) || isnan(sk_tdigest_rank(digest, 1)))
		assert_unchanged(digest, size);
	fail_after = 0;
	sk_tdigest_compress(digest);
	assert_true(sk_tdigest_quantile(digest, 0.5) >= 0);
	assert_true(sk_tdigest_rank(digest, 1) >= 0);
	sk_tdigest_free(digest);
}

static void
scene_decode(long n)
{
	struct sk_tdigest *digest = filled(10, 130), *read;
	const size_t size = remember(digest);
	enum sk_image_status status;

	fail_after = n;
	status = sk_tdigest_decode(&read, before, size, SK_TDIGEST_DOUBLE);
	assert_int_equal(status, refused ? SK_IMAGE_NO_MEMORY : SK_IMAGE_OK);
	assert_true((read != NULL) == (status == SK_IMAGE_OK));
	sk_tdigest_free(read);
	sk_tdigest_free(digest);
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
	random_state = 1;
	fail_after = -1;
	play(scene_new);
	play(scene_merge);
	play(scene_query);
	play(scene_decode);
}

/* Bytes that are no image never ask for memory. */
static void
test_greed(void **state)
{
	static const unsigned char greedy[40] = { 2, 1, 20, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff };
	struct sk_tdigest *digest;

	(void)state;
	fail_after = 0;
	refused = false;
	assert_int_equal(sk_tdigest_decode(&digest, greedy, sizeof(greedy), SK_TDIGEST_DOUBLE),
	    SK_IMAGE_TRUNCATED);
	assert_false(refused);
	fail_after = -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_greed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
