/*
 * test_kll_memory.c -- KLL sketches and the exact store of values when the system refuses memory.
 *
 * Their files are compiled into this one with an allocator that fails on demand and counts its
 * blocks.
 */
#include "support.h"

#include "sketch/coin.h"

#include "failing_alloc.h"
#include "../../lib/sketch/keysort.c"
#include "../../lib/sketch/kll_levels.c"
#include "../../lib/sketch/kll.c"
#include "../../lib/sketch/kll_view.c"
#include "../../lib/sketch/kll_image.c"
#undef FIRST_ROOM
#include "../../lib/sketch/exact_quantile.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#define N 3000

static double values[N];

/* A sketch's image, which is all that it knows. */
struct mark {
	size_t size;
	unsigned char bytes[20000];
};

static void
take_mark(const struct sk_kll *sketch, struct mark *mark)
{
	mark->size = sk_kll_encoded_size(sketch);
	assert_true(mark->size <= sizeof(mark->bytes));
	sk_kll_encode(sketch, mark->bytes);
}

static void
assert_marked(const struct sk_kll *sketch, const struct mark *mark)
{
	static struct mark now;

	take_mark(sketch, &now);
	assert_int_equal(now.size, mark->size);
	assert_memory_equal(now.bytes, mark->bytes, now.size);
}

/* After a refusal, the same call succeeds. */
#define TRY(call, sketch)                                                                          \
	do {                                                                                       \
		static struct mark before;                                                         \
		take_mark(sketch, &before);                                                        \
		errno = 0;                                                                         \
		if ((call) == -1) {                                                                \
			assert_true(refused);                                                      \
			assert_int_equal(errno, ENOMEM);                                           \
			assert_marked(sketch, &before);                                            \
			fail_after = -1;                                                           \
			assert_int_equal(call, 0);                                                 \
		}                                                                                  \
	} while (0)

static struct sk_kll *
new_sketch(unsigned k)
{
	struct sk_kll *sketch = sk_kll_new(SK_KLL_DOUBLE, k, 1);

	if (sketch == NULL) {
		assert_true(refused);
		assert_int_equal(live_blocks, 0);
		fail_after = -1;
		sketch = sk_kll_new(SK_KLL_DOUBLE, k, 1);
	}
	assert_non_null(sketch);
	return sketch;
}

static void
scene_add(void)
{
	struct sk_kll *sketch = new_sketch(16);

	for (size_t i = 0; i < N; i++)
		TRY(sk_kll_add(sketch, values[i]), sketch);
	TRY(sk_kll_add_weighted(sketch, 5, 1000000), sketch);
	TRY(sk_kll_add_batch(sketch, values, N), sketch);
	assert_int_equal(sk_kll_n(sketch), 2 * N + 1000000);
	sk_kll_free(sketch);
}

static void
scene_merge(void)
{
	const long n = fail_after;
	struct sk_kll *sketch, *source;
	struct sk_kll_view *view;
	static struct mark mark;

	fail_after = -1;
	sketch = new_sketch(16);
	source = new_sketch(64);
	assert_int_equal(sk_kll_add_batch(sketch, values, 50), 0);
	assert_int_equal(sk_kll_add_batch(source, values, N), 0);
	take_mark(source, &mark);
	fail_after = n;
	TRY(sk_kll_merge(sketch, source), sketch);
	assert_marked(source, &mark);
	assert_int_equal(sk_kll_n(sketch), N + 50);
	take_mark(sketch, &mark);
	if ((view = sk_kll_view_new(sketch)) == NULL)
		assert_true(refused);
	sk_kll_view_free(view);
	assert_marked(sketch, &mark);
	TRY(sk_kll_add_batch(sketch, values, N), sketch);
	fail_after = -1;
	sk_kll_free(sketch);
	sk_kll_free(source);
}

static void
scene_decode(void)
{
	const long n = fail_after;
	static struct mark mark;
	struct sk_kll *sketch;

	for (size_t count = 0; count <= N; count = count * 3 + 1) {
		fail_after = -1;
		sketch = new_sketch(64);
		assert_int_equal(sk_kll_add_batch(sketch, values, count), 0);
		take_mark(sketch, &mark);
		sk_kll_free(sketch);
		fail_after = n;
		if (sk_kll_decode(&sketch, mark.bytes, mark.size, SK_KLL_DOUBLE, 1) ==
		    SK_IMAGE_NO_MEMORY) {
			assert_true(refused);
			assert_null(sketch);
			assert_int_equal(live_blocks, 0);
			continue;
		}
		assert_non_null(sketch);
		TRY(sk_kll_add(sketch, 1), sketch);
		sk_kll_free(sketch);
	}
}

static void
scene_exact(void)
{
	struct sk_exact_quantile *store = sk_exact_quantile_new(N * 24 + 1000);

	if (store == NULL) {
		assert_true(refused);
		return;
	}
	for (size_t i = 0; i < N; i += 100) {
		if (sk_exact_quantile_add_batch(store, values + i, 100) == -1) {
			assert_true(refused);
			assert_int_equal(sk_exact_quantile_count(store), i);
			fail_after = -1;
			assert_int_equal(sk_exact_quantile_add_batch(store, values + i, 100), 0);
		}
		if (i % 1000 == 0 && sk_exact_quantile_sort(store) == -1) {
			assert_true(refused);
			fail_after = -1;
			assert_int_equal(sk_exact_quantile_sort(store), 0);
		}
	}
	assert_memory_equal(sk_exact_quantile_values(store), values, sizeof(values));
	fail_after = -1;
	assert_int_equal(sk_exact_quantile_sort(store), 0);
	assert_true(sk_exact_quantile_quantile(store, 1, true) == sk_exact_quantile_max(store));
	sk_exact_quantile_free(store);
}

static void
test_every_refusal(void **state)
{
	static void (*const scenes[])(void) = { scene_add, scene_merge, scene_decode, scene_exact };

	(void)state;
	for (size_t scene = 0; scene < 4; scene++)
		for (long n = 0;; n++) {
			assert_true(n < 1000);
			fail_after = n;
			refused = false;
			scenes[scene]();
			fail_after = -1;
			assert_int_equal(live_blocks, 0);
			if (!refused)
				break;
		}
}

/* Nothing is asked for on the word of a few bytes. */
static void
test_memory_of_a_decoder_follows_the_size_of_the_image(void **state)
{
	unsigned char image[64] = { 5, 1, 15, 2, 255, 255, 8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 255, 255,
		60 };
	struct sk_kll *sketch;

	(void)state;
	fail_after = 1; /* the struct alone */
	refused = false;
	for (unsigned levels = 0; levels < 256; levels++) {
		image[18] = (unsigned char)levels;
		fail_after = 1;
		assert_int_not_equal(
		    sk_kll_decode(&sketch, image, sizeof(image), SK_KLL_DOUBLE, 1), SK_IMAGE_OK);
		assert_false(refused);
	}
	fail_after = -1;
	assert_int_equal(live_blocks, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_refusal),
		cmocka_unit_test(test_memory_of_a_decoder_follows_the_size_of_the_image),
	};
	struct sk_coin coin = { 1 };

	for (size_t i = 0; i < N; i++)
		values[i] = (double)(sk_coin_bits(&coin) % N);
	fail_after = -1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
