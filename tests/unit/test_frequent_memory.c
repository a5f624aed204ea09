/*
 * test_frequent_memory.c -- the table of frequent items when the system refuses memory.
 *
 * The table's own files are compiled into this one with an allocator that fails on demand, which
 * works with every compiler and under memory checkers. The allocator counts its blocks, so that a
 * leak shows without a checker too.
 */
#include "support.h"

#include "failing_alloc.h"
#include "../../lib/sketch/frequent_table.c"
#include "../../lib/sketch/frequent_list.c"
#include "../../lib/sketch/frequent.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#define SEED 5

/* Scenes: something to do with tables, in which every single allocation is made to fail in turn. */

static struct items items;
static uint64_t ones[2000];

/* What a table knows, to be compared before and after a call that failed. */
static uint64_t
fingerprint(const struct sk_frequent *table)
{
	const size_t size = sk_frequent_size(table);
	uint64_t *refs = allocate(size * sizeof(*refs));
	uint64_t mark = sk_frequent_total(table) * 31 + sk_frequent_max_error(table);

	sk_frequent_top(table, size, SK_FREQUENT_LIKELY, refs);
	for (size_t i = 0; i < size; i++) {
		const struct sk_frequent_item row = sk_frequent_at(table, refs[i]);

		mark = (mark + row.count) * 31 + row.error + row.item.size;
		for (size_t at = 0; at < row.item.size; at++)
			mark = mark * 31 + row.item.data[at];
	}
	free(refs);
	return mark * 2 + sk_frequent_exact(table);
}

/* Memory that is refused at the limit may cost accuracy, but never a bound. */
static void
assert_bounds(const struct sk_frequent *table, uint64_t weight)
{
	for (size_t i = 0; i < items.count; i++) {
		const struct sk_frequent_item known = sk_frequent_get(table, items.item[i]);
		const uint64_t truth = sk_frequent_total(table) / items.count / weight * weight;

		assert_true(known.count >= truth && known.count - known.error <= truth);
	}
}

/* Add every item once, in batches, repeating a batch that fails for want of memory: it must then
 * succeed. */
static void
add_all(struct sk_frequent *table, size_t batch)
{
	for (size_t done = 0, size; done < items.count; done += size) {
		const uint64_t mark = fingerprint(table);

		size = batch < items.count - done ? batch : items.count - done;
		errno = 0;
		if (sk_frequent_add_batch(table, items.item + done, ones + done, size) == 0)
			continue;
		assert_true(refused);
		assert_int_equal(errno, ENOMEM);
		assert_int_equal(fingerprint(table), mark);
		fail_after = -1;
		assert_int_equal(
		    sk_frequent_add_batch(table, items.item + done, ones + done, size), 0);
	}
	fail_after = -1;
	assert_true(sk_frequent_total(table) % items.count == 0);
}

static struct sk_frequent *
new_table(size_t memory)
{
	struct sk_frequent *table;

	errno = 0;
	if ((table = sk_frequent_new(memory, SEED)) != NULL)
		return table;
	assert_true(refused);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(live_blocks, 0);
	fail_after = -1;
	table = sk_frequent_new(memory, SEED);
	assert_non_null(table);
	return table;
}

static void
scene_add(size_t memory, size_t batch)
{
	struct sk_frequent *table = new_table(memory);

	add_all(table, batch);
	assert_bounds(table, 1);
	sk_frequent_free(table);
}

/* The ${n}th allocation of the merge fails, and none before. */
static void
scene_merge(size_t memory, size_t source_memory)
{
	const long n = fail_after;
	struct sk_frequent *table, *source;
	uint64_t mark, source_mark;

	fail_after = -1;
	table = new_table(memory);
	source = new_table(source_memory);
	assert_int_equal(sk_frequent_add_batch(table, items.item, NULL, 20), 0);
	add_all(source, 50);
	mark = fingerprint(table);
	source_mark = fingerprint(source);
	fail_after = n;
	errno = 0;
	if (sk_frequent_merge(table, source) == -1) {
		assert_true(refused);
		assert_int_equal(errno, ENOMEM);
		assert_int_equal(fingerprint(table), mark);
		fail_after = -1;
		assert_int_equal(sk_frequent_merge(table, source), 0);
	}
	fail_after = -1;
	assert_int_equal(fingerprint(source), source_mark);
	for (size_t i = 0; i < items.count; i++) {
		const struct sk_frequent_item known = sk_frequent_get(table, items.item[i]);
		const uint64_t truth = i < 20 ? 2 : 1;

		assert_true(known.count >= truth && known.count - known.error <= truth);
	}
	sk_frequent_free(table);
	sk_frequent_free(source);
}

/* Giving memory back may be refused; what stays is valid. */
static void
scene_shrink(size_t memory, size_t smaller)
{
	const long n = fail_after;
	struct sk_frequent *table;

	fail_after = -1;
	table = new_table(memory);
	add_all(table, 50);
	fail_after = n;
	assert_int_equal(sk_frequent_set_memory(table, smaller), 0);
	fail_after = -1;
	assert_bounds(table, 1);
	add_all(table, 7);
	assert_bounds(table, 1);
	sk_frequent_free(table);
}

/* Play ${scene} until no allocation is left to fail. */
static void
play(void (*scene)(size_t, size_t), size_t first, size_t second)
{
	for (long n = 0;; n++) {
		assert_true(n < 1000);
		fail_after = n;
		refused = false;
		scene(first, second);
		assert_int_equal(live_blocks, 0);
		if (!refused)
			break;
	}
	fail_after = -1;
}

static void
test_adding(void **state)
{
	static const size_t memories[] = { 1024, 4096, 16384, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		play(scene_add, memories[i], 1);
		play(scene_add, memories[i], 37);
		play(scene_add, memories[i], 2000);
	}
}

static void
test_merging(void **state)
{
	(void)state;
	play(scene_merge, 1 << 20, 1 << 20);
	play(scene_merge, 1 << 20, 4096);
	play(scene_merge, 4096, 1 << 20);
	play(scene_merge, 4096, 4096);
}

static void
test_shrinking(void **state)
{
	(void)state;
	play(scene_shrink, 1 << 20, 16384);
	play(scene_shrink, 1 << 20, 1024);
	play(scene_shrink, 16384, 4096);
}

static int
set_up(void **state)
{
	(void)state;
	random_state = 1;
	items = items_new(600, VARIED);
	for (size_t i = 0; i < 2000; i++)
		ones[i] = 1;
	fail_after = -1;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	items_free(&items);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_merging),
		cmocka_unit_test(test_shrinking),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
