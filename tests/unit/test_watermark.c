/*
 * test_watermark.c -- how far event time has come, by records, by the clock, and in spite of bogus times.
 */
#include "support.h"

#include "window/watermark.h"

#define SECOND INT64_C(1000000000)

static bool
take(struct sk_watermark *watermark, int64_t time, int64_t now)
{
	if (sk_watermark_judge(watermark, time, now) == SK_WATERMARK_FUTURE)
		return false;
	sk_watermark_take(watermark, time, now);
	return true;
}

static void
test_the_watermark_follows_the_largest_time(void **state)
{
	struct sk_watermark watermark;
	int64_t largest = INT64_MIN;

	(void)state;
	sk_watermark_init(&watermark, 10 * SECOND, INT64_MAX, 0);
	assert_true(watermark.mark == INT64_MIN);
	random_state = 4;
	for (int i = 0; i < 1000; i++) {
		const int64_t time = (int64_t)random_below(2000) * SECOND - 1000 * SECOND;

		assert_true(take(&watermark, time, 0));
		if (time > largest)
			largest = time;
		assert_true(watermark.mark == largest - 10 * SECOND);
	}
}

static void
test_distant_times_are_distrusted(void **state)
{
	const int64_t now = 1000 * SECOND, allowed = 300 * SECOND;
	struct sk_watermark watermark;

	(void)state;
	sk_watermark_init(&watermark, 0, allowed, 0);
	/* Ahead of the clock, before the first record and after it. */
	assert_false(take(&watermark, now + allowed + 1, now));
	assert_true(watermark.mark == INT64_MIN);
	assert_true(take(&watermark, 10, now));
	assert_false(take(&watermark, now + allowed + 1, now));
	assert_true(watermark.mark == 10);
	assert_true(take(&watermark, now + allowed, now));
	/* Ahead of the clock, but not of the stream, step by step. */
	assert_true(take(&watermark, now + 2 * allowed, now));
	assert_false(take(&watermark, now + 3 * allowed + 1, now));
	assert_true(watermark.mark == now + 2 * allowed);
	assert_int_equal(watermark.distrusted, 3);
	/* A stream of the past may jump. */
	sk_watermark_init(&watermark, 0, allowed, 0);
	assert_true(take(&watermark, -1000 * SECOND, now));
	assert_true(take(&watermark, now - 1, now));
	/* Sums stay within bounds. */
	assert_false(take(&watermark, INT64_MAX, now));
	assert_true(take(&watermark, INT64_MIN, now));
	sk_watermark_init(&watermark, INT64_MAX, INT64_MAX, 0);
	assert_true(take(&watermark, INT64_MAX, INT64_MAX));
	assert_true(take(&watermark, INT64_MIN, INT64_MIN));
	assert_true(watermark.mark == 0);
}

static void
test_jumps_of_the_stream_are_doubted(void **state)
{
	const int64_t now = 1000000 * SECOND, jump = 300 * SECOND;
	struct sk_watermark watermark;

	(void)state;
	sk_watermark_init(&watermark, 0, jump, 0);
	assert_int_equal(sk_watermark_judge(&watermark, 0, now), SK_WATERMARK_DOUBTED);
	assert_int_equal(sk_watermark_judge(&watermark, now - jump - 1, now), SK_WATERMARK_DOUBTED);
	assert_int_equal(sk_watermark_judge(&watermark, now - jump, now), SK_WATERMARK_TRUSTED);
	assert_true(take(&watermark, 0, now));
	assert_true(sk_watermark_trusts(&watermark, now) == jump);
	assert_int_equal(sk_watermark_judge(&watermark, jump, now), SK_WATERMARK_TRUSTED);
	assert_int_equal(sk_watermark_judge(&watermark, jump + 1, now), SK_WATERMARK_DOUBTED);
	/* The next is as far back, and further back, than a jump. */
	sk_watermark_doubt(&watermark, 2 * jump, 2 * jump + 5, now);
	assert_true(watermark.mark == 0);
	assert_true(sk_watermark_settle(&watermark, jump));
	assert_true(watermark.mark == 2 * jump + 5 && !watermark.doubting);
	sk_watermark_doubt(&watermark, 4 * jump, 4 * jump, now);
	assert_false(sk_watermark_settle(&watermark, 3 * jump - 1));
	assert_true(watermark.mark == 2 * jump + 5 && !watermark.doubting);
	/* A stray is one until the stream gets there. */
	assert_int_equal(sk_watermark_strays(&watermark), 1);
	assert_true(take(&watermark, 4 * jump - 1, now));
	assert_int_equal(sk_watermark_strays(&watermark), 1);
	assert_true(take(&watermark, 4 * jump, now));
	assert_int_equal(sk_watermark_strays(&watermark), 0);
	assert_int_equal(watermark.distrusted, 0);
	/* Where the stream has come near the clock, that is what counts. */
	assert_true(take(&watermark, now - 2 * jump, now));
	assert_true(sk_watermark_trusts(&watermark, now) == now + jump);
}

static void
test_the_clock_moves_idle_pipes(void **state)
{
	struct sk_watermark watermark;

	(void)state;
	sk_watermark_init(&watermark, 2 * SECOND, 0, 10 * SECOND);
	/* Nothing has come: there is no time to go on from. */
	assert_false(sk_watermark_tick(&watermark, 500 * SECOND));
	assert_true(sk_watermark_reaches(&watermark, 5) == INT64_MAX);
	assert_true(take(&watermark, 100 * SECOND, 1000 * SECOND));
	assert_false(sk_watermark_tick(&watermark, 1010 * SECOND - 1));
	assert_true(watermark.mark == 98 * SECOND);
	/* From when the last one came. */
	assert_true(take(&watermark, 90 * SECOND, 1005 * SECOND));
	assert_false(sk_watermark_tick(&watermark, 1010 * SECOND));
	assert_true(sk_watermark_reaches(&watermark, 99 * SECOND) == 1015 * SECOND);
	assert_true(sk_watermark_reaches(&watermark, 120 * SECOND) == 1027 * SECOND);
	assert_true(sk_watermark_tick(&watermark, 1015 * SECOND));
	assert_true(watermark.mark == 108 * SECOND);
	assert_true(sk_watermark_tick(&watermark, 1027 * SECOND));
	assert_true(watermark.mark == 120 * SECOND);
	/* Neither the clock nor a record takes it back, and records go on from their own times. */
	assert_false(sk_watermark_tick(&watermark, 1020 * SECOND));
	assert_false(sk_watermark_tick(&watermark, 0));
	assert_true(take(&watermark, 121 * SECOND, 1030 * SECOND));
	assert_true(watermark.mark == 120 * SECOND);
	assert_true(take(&watermark, 123 * SECOND, 1031 * SECOND));
	assert_true(watermark.mark == 121 * SECOND);
}

static void
test_without_idle_the_clock_is_not_looked_at(void **state)
{
	struct sk_watermark watermark;

	(void)state;
	sk_watermark_init(&watermark, 0, 0, 0);
	assert_true(take(&watermark, 5, 7));
	assert_false(sk_watermark_tick(&watermark, INT64_MAX));
	assert_true(watermark.mark == 5);
	assert_true(sk_watermark_reaches(&watermark, 9) == INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_watermark_follows_the_largest_time),
		cmocka_unit_test(test_distant_times_are_distrusted),
		cmocka_unit_test(test_jumps_of_the_stream_are_doubted),
		cmocka_unit_test(test_the_clock_moves_idle_pipes),
		cmocka_unit_test(test_without_idle_the_clock_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
