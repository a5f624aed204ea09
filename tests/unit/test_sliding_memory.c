/*
 * test_sliding_memory.c -- windows over panes when the system refuses memory: an answer is right or there is none, the
 * next one is right, and nothing leaks.
 */
#include "support.h"

#include "aggregate/distinct.h"

#include "failing_alloc.h"
#include "../../lib/run/groups.c"
#include "../../lib/run/groups_window.c"
#include "../../lib/run/kept_records.c"
#include "../../lib/run/panes.c"
#include "../../lib/run/panes_window.c"
#define merge sliding_merge /* that of panes is another */
#include "../../lib/run/sliding.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#define PANES 12
#define SIZE 6 /* of windows, panes */
#define MEMORY ((size_t)16 << 20)

static uint64_t
number_of(const void *context, size_t i)
{
	return *(const uint64_t *)context + i;
}

/* Records of a ${pane}: of two keys, one of which comes and goes. */
static void
feed(struct sk_panes *panes, uint64_t pane)
{
	static const char *const texts[] = { "a", "b", "c", "d", "e", "f", "g", "h" };
	const struct sk_span items[2] = { span_of(texts[pane % 8]), span_of(texts[pane * 3 % 8]) };
	const struct sk_span keys[2] = { span_of("often"), span_of(pane % 5 == 0 ? "once" : "often") };
	const struct sk_batch batch = { .count = 2, .items = items, .complete = true };
	struct sk_groups *groups = sk_panes_open(panes, pane);

	assert_non_null(groups);
	assert_int_equal(sk_groups_add(groups, &batch, keys), 0);
}

static void
check(struct sk_groups *window, uint64_t first)
{
	const struct sk_group *group = sk_groups_sort(window);
	uint64_t records = 0, once = 0;

	for (uint64_t pane = first; pane < first + SIZE; pane++)
		once += pane % 5 == 0;
	assert_int_equal(sk_groups_count(window), 1 + (once > 0));
	for (size_t i = 0; i < sk_groups_count(window); i++)
		records += group[i].records;
	assert_int_equal(records, 2 * SIZE);
	assert_true(once == 0 || group[1].records + group[0].records == records);
}

/* Let the allocation ${fail} and all behind it be refused while the window from ${at} is asked for. True if none was. */
static bool
slide_and_fail(const struct sk_aggregate_class *class, uint64_t at, long fail)
{
	struct sk_panes *panes = sk_panes_new(class, true, MEMORY, 1);
	bool all;

	assert_non_null(panes);
	for (uint64_t pane = 0; pane < PANES; pane++)
		feed(panes, pane);
	refused = false;
	for (uint64_t first = 0; first + SIZE <= PANES; first++) {
		const char *why = NULL;
		struct sk_groups *window;

		if (first == 4)
			feed(panes, 5); /* late */
		if (first == 4)
			sk_panes_finish(panes, 0);
		fail_after = first == at ? fail : -1;
		window = sk_panes_window(panes, number_of, &first, SIZE, &why);
		fail_after = -1;
		if (window == NULL) {
			assert_true(refused);
			window = sk_panes_window(panes, number_of, &first, SIZE, &why);
			assert_non_null(window);
		}
		if (first < 4)
			check(window, first);
		else
			assert_int_equal(sk_groups_count(window), 2);
	}
	all = !refused;
	sk_panes_free(panes);
	assert_int_equal(live_blocks, 0);
	return all;
}

static void
test_refused_memory_is_got_over(void **state)
{
	(void)state;
	fail_after = -1;
	for (size_t i = 0; i < 2; i++) {
		const struct sk_distinct_settings settings = {
			.sketch = { SK_DISTINCT_HLL, 8, SK_HLL_8, i == 0 ? SIZE_MAX : 0 }
		};
		struct sk_distinct_class class;

		sk_distinct_class_init(&class, &settings);
		for (uint64_t at = 0; at + SIZE <= PANES; at++)
			for (long fail = 0; !slide_and_fail(&class.class, at, fail); fail++)
				assert_true(fail < 200);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_memory_is_got_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
