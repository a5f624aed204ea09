/*
 * test_frequent.c -- the table of frequent items: while it is exact, what queries promise, and what
 * calls refuse. The bounds of a table that was purged are test_frequent_bounds.c's.
 */
#include "support.h"

#include <time.h>

#include "sketch/frequent.h"
#include "sketch/tablehash.h"

#define BIG ((size_t)64 << 20) /* a limit that no stream here reaches */

static struct sk_frequent *
table_new(size_t memory)
{
	struct sk_frequent *table = sk_frequent_new(memory, 42);

	assert_non_null(table);
	return table;
}

static void
add(struct sk_frequent *table, struct sk_span item, uint64_t weight)
{
	assert_int_equal(sk_frequent_add_batch(table, &item, &weight, 1), 0);
}

/* Add items by number, in batches of ${batch} (0: of any size). NULL ${weights} mean 1 each. */
static void
feed(struct sk_frequent *table, const struct items *items, const uint32_t *numbers,
    const uint64_t *weights, size_t n, size_t batch)
{
	struct sk_span *spans = allocate(n * sizeof(*spans));

	for (size_t i = 0; i < n; i++)
		spans[i] = items->item[numbers[i]];
	for (size_t done = 0, size; done < n; done += size) {
		size = batch > 0 ? batch : random_below(700);
		size = size < n - done ? size : n - done;
		assert_int_equal(sk_frequent_add_batch(table, spans + done,
				     weights != NULL ? weights + done : NULL, size),
		    0);
	}
	free(spans);
}

static void
count_truth(struct items *items, const uint32_t *numbers, const uint64_t *weights, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		items->truth[numbers[i]] += weights != NULL ? weights[i] : 1;
		items->total += weights != NULL ? weights[i] : 1;
	}
}

/* A stream of ${n} items, some of them often. */
static uint32_t *
random_numbers(const struct items *items, size_t n)
{
	uint32_t *numbers = allocate(n * sizeof(*numbers));

	for (size_t i = 0; i < n; i++)
		numbers[i] = (uint32_t)random_below(random_below(items->count) + 1);
	return numbers;
}

static uint64_t *
random_weights(size_t n)
{
	uint64_t *weights = allocate(n * sizeof(*weights));

	for (size_t i = 0; i < n; i++)
		weights[i] = 1 + (next_random() >> (34 + random_below(30)));
	return weights;
}

/* Two tables that hold the same and answer the same. */
static void
assert_same(const struct sk_frequent *a, const struct sk_frequent *b)
{
	const size_t size = sk_frequent_size(a);
	uint64_t *of_a = allocate(size * sizeof(*of_a)), *of_b = allocate(size * sizeof(*of_b));

	assert_int_equal(sk_frequent_exact(a), sk_frequent_exact(b));
	assert_int_equal(sk_frequent_total(a), sk_frequent_total(b));
	assert_int_equal(sk_frequent_max_error(a), sk_frequent_max_error(b));
	assert_int_equal(sk_frequent_size(b), size);
	assert_int_equal(sk_frequent_top(a, size, SK_FREQUENT_LIKELY, of_a), size);
	assert_int_equal(sk_frequent_top(b, size, SK_FREQUENT_LIKELY, of_b), size);
	for (size_t i = 0; i < size; i++) {
		const struct sk_frequent_item left = sk_frequent_at(a, of_a[i]);
		const struct sk_frequent_item right = sk_frequent_at(b, of_b[i]);

		assert_int_equal(compare_spans(left.item, right.item), 0);
		assert_int_equal(left.count, right.count);
		assert_int_equal(left.error, right.error);
	}
	free(of_a);
	free(of_b);
}

/* The exact phase */

/* ${refs} must be the first ${k} of ${sorted}, with their true weights. */
static void
assert_rows(const struct sk_frequent *table, const struct items *items, const uint32_t *sorted,
    const uint64_t *refs, size_t n, size_t expected)
{
	struct sk_frequent_item *rows = allocate(n * sizeof(*rows));

	assert_int_equal(n, expected);
	sk_frequent_resolve(table, refs, n, rows);
	for (size_t i = 0; i < n; i++) {
		const struct sk_frequent_item row = sk_frequent_at(table, refs[i]);

		assert_ptr_equal(rows[i].item.data, row.item.data);
		assert_int_equal(rows[i].item.size, row.item.size);
		assert_int_equal(rows[i].count, row.count);
		assert_int_equal(rows[i].error, row.error);
		assert_int_equal(compare_spans(row.item, items->item[sorted[i]]), 0);
		assert_int_equal(row.count, items->truth[sorted[i]]);
		assert_int_equal(row.error, 0);
	}
	free(rows);
}

static void
assert_exact_queries(
    const struct sk_frequent *table, const struct items *items, const uint32_t *sorted, size_t size)
{
	uint64_t *refs = allocate((size + 1) * sizeof(*refs));
	const size_t ks[] = { 0, 1, 2, size / 2, size - 1, size, size + 1, SIZE_MAX };

	for (int doubt = SK_FREQUENT_LIKELY; doubt <= SK_FREQUENT_POSSIBLE; doubt++) {
		for (size_t i = 0; i < sizeof(ks) / sizeof(ks[0]); i++)
			assert_rows(table, items, sorted, refs,
			    sk_frequent_top(table, ks[i], (enum sk_frequent_doubt)doubt, refs),
			    ks[i] < size ? ks[i] : size);
		for (int round = 0; round < 10; round++) {
			const uint64_t cut =
			    items->truth[sorted[random_below(size)]] + random_below(2);
			size_t above = 0;

			while (above < size && items->truth[sorted[above]] >= cut)
				above++;
			assert_rows(table, items, sorted, refs,
			    sk_frequent_above(table, cut, (enum sk_frequent_doubt)doubt, refs),
			    above);
		}
	}
	for (size_t k = 1; k <= size; k += 1 + size / 7)
		assert_int_equal(
		    sk_frequent_sure_weight(table, k, refs), items->truth[sorted[k - 1]]);
	assert_int_equal(sk_frequent_sure_weight(table, 0, refs), 0);
	assert_int_equal(sk_frequent_sure_weight(table, size + 1, refs), 0);
	free(refs);
}

static void
assert_exact(const struct sk_frequent *table, const struct items *items)
{
	uint32_t *sorted = allocate(items->count * sizeof(*sorted));
	size_t size = 0;

	for (size_t i = 0; i < items->count; i++) {
		const struct sk_frequent_item known = sk_frequent_get(table, items->item[i]);

		assert_int_equal(compare_spans(known.item, items->item[i]), 0);
		assert_int_equal(known.count, items->truth[i]);
		assert_int_equal(known.error, 0);
		if (items->truth[i] > 0)
			sorted[size++] = (uint32_t)i;
	}
	items_sort(items, sorted, size);
	assert_true(sk_frequent_exact(table));
	assert_int_equal(sk_frequent_total(table), items->total);
	assert_int_equal(sk_frequent_max_error(table), 0);
	assert_int_equal(sk_frequent_size(table), size);
	assert_exact_queries(table, items, sorted, size);
	free(sorted);
}

static void
exact_round(size_t count, size_t n, size_t length, bool weighted)
{
	struct items items = items_new(count, length);
	uint32_t *numbers = random_numbers(&items, n);
	uint64_t *weights = weighted ? random_weights(n) : NULL;
	struct sk_frequent *table = table_new(BIG);

	feed(table, &items, numbers, weights, n, 0);
	count_truth(&items, numbers, weights, n);
	assert_exact(table, &items);
	sk_frequent_free(table);
	free(weights);
	free(numbers);
	items_free(&items);
}

static void
test_exact_phase(void **state)
{
	static const size_t counts[] = { 1, 2, 11, 12, 13, 100, 5000 };

	(void)state;
	random_state = 1;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (int round = 0; round < 8; round++)
			exact_round(counts[i], counts[i] * (1 + random_below(5)),
			    round < 4 ? VARIED : 16, round % 2 == 0);
}

/* Items of which each is the front of the next, with NUL bytes at the ends, and two that differ in
 * one byte only. */
static void
test_all_lengths(void **state)
{
	unsigned char bytes[ITEM_MAX + 1] = { 0 }, other[ITEM_MAX + 1] = { 0 };
	struct sk_frequent *table = table_new(BIG);

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t size = 0; size <= ITEM_MAX; size++) {
			add(table, (struct sk_span){ size > 0 ? bytes : NULL, size }, size);
			for (size_t at = 0; at < size; at += 1 + size / 11) {
				other[at] = 1;
				add(table, (struct sk_span){ other, size }, 1000 + at);
				other[at] = 0;
			}
		}
	}
	for (size_t size = 0; size <= ITEM_MAX; size++) {
		assert_int_equal(
		    sk_frequent_get(table, (struct sk_span){ bytes, size }).count, 2 * size);
		for (size_t at = 0; at < size; at += 1 + size / 11) {
			other[at] = 1;
			assert_int_equal(
			    sk_frequent_get(table, (struct sk_span){ other, size }).count,
			    2 * (1000 + at));
			other[at] = 0;
		}
	}
	assert_true(sk_frequent_exact(table));
	sk_frequent_free(table);
}

/* The table copies an item's bytes, and reads none beyond them. */
static void
test_bytes_are_copied(void **state)
{
	struct sk_frequent *table = table_new(BIG);

	(void)state;
	for (int round = 0; round < 2; round++)
		for (size_t size = 0; size <= ITEM_MAX; size++) {
			unsigned char *bytes = allocate(size);

			memset(bytes, 7, size);
			add(table, (struct sk_span){ bytes, size }, 1);
			free(bytes);
		}
	assert_int_equal(sk_frequent_size(table), ITEM_MAX + 1);
	assert_int_equal(sk_frequent_total(table), 2 * (ITEM_MAX + 1));
	sk_frequent_free(table);
}

static void
test_empty(void **state)
{
	struct sk_frequent *table = table_new(SK_FREQUENT_MEMORY_MIN);
	uint64_t ref = 7;

	(void)state;
	assert_true(sk_frequent_exact(table));
	assert_int_equal(sk_frequent_size(table), 0);
	assert_int_equal(sk_frequent_total(table), 0);
	assert_int_equal(sk_frequent_max_error(table), 0);
	assert_true(sk_frequent_memory(table) <= SK_FREQUENT_MEMORY_MIN);
	assert_int_equal(sk_frequent_get(table, span_of("a")).count, 0);
	for (int doubt = SK_FREQUENT_LIKELY; doubt <= SK_FREQUENT_POSSIBLE; doubt++) {
		assert_int_equal(sk_frequent_top(table, 0, (enum sk_frequent_doubt)doubt, &ref), 0);
		assert_int_equal(sk_frequent_top(table, 9, (enum sk_frequent_doubt)doubt, &ref), 0);
		assert_int_equal(
		    sk_frequent_above(table, 0, (enum sk_frequent_doubt)doubt, &ref), 0);
	}
	assert_int_equal(sk_frequent_sure_weight(table, 1, &ref), 0);
	assert_int_equal(sk_frequent_add_batch(table, NULL, NULL, 0), 0);
	assert_int_equal(sk_frequent_scale(table, UINT64_MAX), 0);
	assert_int_equal(ref, 7);
	sk_frequent_free(table);
	sk_frequent_free(NULL);
}

static void
test_zero_and_huge_weights(void **state)
{
	struct sk_frequent *table = table_new(SK_FREQUENT_MEMORY_MIN);
	struct sk_frequent_item row;
	uint64_t refs[4];

	(void)state;
	add(table, span_of("none"), 0);
	assert_int_equal(sk_frequent_size(table), 1);
	assert_int_equal(sk_frequent_total(table), 0);
	add(table, span_of("huge"), INT64_MAX - 1);
	add(table, span_of("none"), 0);
	add(table, span_of("one"), 1);
	assert_int_equal(sk_frequent_total(table), INT64_MAX);
	assert_true(sk_frequent_exact(table));
	assert_int_equal(sk_frequent_top(table, 4, SK_FREQUENT_LIKELY, refs), 3);
	row = sk_frequent_at(table, refs[0]);
	assert_int_equal(compare_spans(row.item, span_of("huge")), 0);
	assert_int_equal(row.count, INT64_MAX - 1);
	row = sk_frequent_at(table, refs[2]);
	assert_int_equal(compare_spans(row.item, span_of("none")), 0);
	assert_int_equal(row.count, 0);
	sk_frequent_free(table);
}

/* A table of zeros has nothing to tell its items apart by, and must still keep to its memory. */
static void
test_many_zero_weights(void **state)
{
	struct items items = items_new(3000, VARIED);
	struct sk_frequent *table = table_new(SK_FREQUENT_MEMORY_MIN);

	(void)state;
	for (size_t i = 0; i < items.count; i++)
		add(table, items.item[i], 0);
	assert_false(sk_frequent_exact(table));
	assert_int_equal(sk_frequent_total(table), 0);
	assert_int_equal(sk_frequent_max_error(table), 0);
	assert_true(sk_frequent_memory(table) <= SK_FREQUENT_MEMORY_MIN);
	sk_frequent_free(table);
	items_free(&items);
}

/* Life cycle, and calls that are refused */

static void
test_refused_parameters(void **state)
{
	struct sk_frequent *table = table_new(SK_FREQUENT_MEMORY_MIN), *same = table_new(BIG);

	(void)state;
	errno = 0;
	assert_null(sk_frequent_new(SK_FREQUENT_MEMORY_MIN - 1, 1));
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(sk_frequent_new(0, 1));
	assert_int_equal(errno, EINVAL);
	add(table, span_of("a"), 3);
	add(same, span_of("a"), 3);
	errno = 0;
	assert_int_equal(sk_frequent_set_memory(table, SK_FREQUENT_MEMORY_MIN - 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_same(table, same);
	errno = 0;
	assert_int_equal(sk_frequent_merge(table, table), -1);
	assert_int_equal(errno, EINVAL);
	assert_same(table, same);
	sk_frequent_free(table);
	sk_frequent_free(same);
}

/* A stream that has been purged, and what adding to it, scaling it and merging into it must not
 * change. */
static void
test_overflow_changes_nothing(void **state)
{
	struct items items = items_new(2000, VARIED);
	uint32_t *numbers = random_numbers(&items, 5000);
	struct sk_span news[3] = { items.item[0], span_of("never seen"), items.item[3] };
	uint64_t weights[3] = { 1, INT64_MAX / 2, INT64_MAX / 2 };

	(void)state;
	for (size_t memory = SK_FREQUENT_MEMORY_MIN; memory <= BIG; memory *= 128) {
		struct sk_frequent *table = table_new(memory), *same = table_new(memory);

		feed(table, &items, numbers, NULL, 5000, 0);
		feed(same, &items, numbers, NULL, 5000, 0);
		errno = 0;
		assert_int_equal(sk_frequent_add_batch(table, news, weights, 3), -1);
		assert_int_equal(errno, EOVERFLOW);
		assert_same(table, same);
		weights[2] = UINT64_MAX;
		assert_int_equal(sk_frequent_add_batch(table, news, weights, 3), -1);
		errno = 0;
		assert_int_equal(sk_frequent_scale(table, (uint64_t)INT64_MAX / 5000 + 1), -1);
		assert_int_equal(errno, EOVERFLOW);
		assert_int_equal(sk_frequent_scale(table, UINT64_MAX), -1);
		assert_same(table, same);
		add(same, items.item[1], INT64_MAX - 5000);
		errno = 0;
		assert_int_equal(sk_frequent_merge(same, table), -1);
		assert_int_equal(errno, EOVERFLOW);
		assert_int_equal(sk_frequent_merge(table, same), -1);
		weights[0] = INT64_MAX - 5000;
		assert_int_equal(sk_frequent_add_batch(table, &items.item[1], weights, 1), 0);
		assert_same(table, same);
		sk_frequent_free(table);
		sk_frequent_free(same);
	}
	free(numbers);
	items_free(&items);
}

static void
test_scale(void **state)
{
	struct items items = items_new(3000, VARIED);
	uint32_t *numbers = random_numbers(&items, 10000);
	uint64_t *weights = random_weights(10000);

	(void)state;
	for (size_t memory = SK_FREQUENT_MEMORY_MIN; memory <= BIG; memory *= 128) {
		struct sk_frequent *table = table_new(memory), *scaled = table_new(memory);

		/* Scaling half way is the same as having had the smaller unit from the start. */
		feed(table, &items, numbers, weights, 5000, 0);
		assert_int_equal(sk_frequent_scale(table, 1), 0);
		assert_int_equal(sk_frequent_scale(table, 1000), 0);
		for (size_t i = 0; i < 10000; i++)
			weights[i] *= 1000;
		feed(table, &items, numbers + 5000, weights + 5000, 5000, 0);
		feed(scaled, &items, numbers, weights, 10000, 0);
		assert_same(table, scaled);
		for (size_t i = 0; i < 10000; i++)
			weights[i] /= 1000;
		sk_frequent_free(table);
		sk_frequent_free(scaled);
	}
	free(weights);
	free(numbers);
	items_free(&items);
}

/* A table at ${memory} that saw ${before}, was reset and saw ${after}, against one that saw
 * ${after} alone. */
static void
reset_round(size_t memory, const struct items *before, const struct items *after, size_t n)
{
	struct sk_frequent *table = table_new(memory), *fresh = table_new(memory);
	uint32_t *old = random_numbers(before, n), *now = random_numbers(after, n);

	feed(table, before, old, NULL, n, 50);
	sk_frequent_reset(table);
	assert_int_equal(sk_frequent_size(table), 0);
	assert_int_equal(sk_frequent_total(table), 0);
	assert_int_equal(sk_frequent_get(table, before->item[0]).count, 0);
	feed(table, after, now, NULL, n, 50);
	feed(fresh, after, now, NULL, n, 50);
	assert_same(table, fresh);
	free(old);
	free(now);
	sk_frequent_free(table);
	sk_frequent_free(fresh);
}

static void
test_reset_is_new(void **state)
{
	struct items varied = items_new(2000, VARIED), equal = items_new(2000, 8);

	(void)state;
	random_state = 2;
	reset_round(BIG, &varied, &equal, 5000);
	reset_round(SK_FREQUENT_MEMORY_MIN, &equal, &equal, 5000);
	reset_round(SK_FREQUENT_MEMORY_MIN, &varied, &varied, 5000);
	reset_round(65536, &varied, &varied, 5000);
	items_free(&varied);
	items_free(&equal);
}

/* The memory that short items left behind as index must not be missing when long ones come. */
static void
test_reset_is_new_for_longer_items(void **state)
{
	struct items few = items_new(7, 500), varied = items_new(2000, VARIED);
	struct items equal = items_new(2000, 8);

	(void)state;
	random_state = 3;
	reset_round(4096, &equal, &few, 100);
	reset_round(4096, &equal, &varied, 5000);
	items_free(&few);
	items_free(&varied);
	items_free(&equal);
}

/* How a stream is cut */

static void
cuts_round(size_t memory, size_t length, bool weighted)
{
	static const size_t batches[] = { 2, 3, 7, 12, 13, 100, 255, 256, 257, 1000, 6000, 0, 0, 0,
		0, 0 };
	struct items items = items_new(1500, length);
	uint32_t *numbers = random_numbers(&items, 6000);
	uint64_t *weights = weighted ? random_weights(6000) : NULL;
	struct sk_frequent *whole = table_new(memory);

	feed(whole, &items, numbers, weights, 6000, 1);
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
		struct sk_frequent *cut = table_new(memory);

		feed(cut, &items, numbers, weights, 6000, batches[i]);
		assert_same(whole, cut);
		sk_frequent_free(cut);
	}
	sk_frequent_free(whole);
	free(weights);
	free(numbers);
	items_free(&items);
}

static void
test_batches_exact(void **state)
{
	(void)state;
	random_state = 4;
	cuts_round(BIG, VARIED, false);
	cuts_round(BIG, 9, true);
}

static void
test_batches_purged(void **state)
{
	(void)state;
	random_state = 5;
	cuts_round(4096, 20, false);
	cuts_round(16384, 20, true);
	cuts_round(4096, VARIED, true);
	cuts_round(16384, VARIED, false);
	cuts_round(65536, VARIED, true);
}

/* A batch of one item twenty times wants room for one item, not for twenty. */
static void
test_repetition_within_a_batch(void **state)
{
	struct items items = items_new(7, 488);
	struct sk_frequent *together = table_new(4096), *alone = table_new(4096);
	struct sk_span same[20];

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		same[i] = span_of("a");
		add(alone, same[i], 1);
	}
	assert_int_equal(sk_frequent_add_batch(together, same, NULL, 20), 0);
	for (size_t i = 0; i < items.count; i++) {
		add(alone, items.item[i], 1);
		add(together, items.item[i], 1);
	}
	assert_same(alone, together);
	sk_frequent_free(alone);
	sk_frequent_free(together);
	items_free(&items);
}

/* Queries and the seed change nothing */

static void
ask_everything(const struct sk_frequent *table, const struct items *items)
{
	const size_t size = sk_frequent_size(table);
	uint64_t *refs = allocate((size + 1) * sizeof(*refs));
	uint64_t *again = allocate((size + 1) * sizeof(*again));

	for (int doubt = SK_FREQUENT_LIKELY; doubt <= SK_FREQUENT_POSSIBLE; doubt++) {
		const enum sk_frequent_doubt which = (enum sk_frequent_doubt)doubt;

		for (size_t k = 0; k <= size; k += 1 + size / 5) {
			const size_t n = sk_frequent_top(table, k, which, refs);

			assert_int_equal(sk_frequent_top(table, k, which, again), n);
			for (size_t i = 0; i < n; i++)
				assert_ptr_equal(sk_frequent_at(table, refs[i]).item.data,
				    sk_frequent_at(table, again[i]).item.data);
			assert_int_equal(sk_frequent_sure_weight(table, k, refs),
			    sk_frequent_sure_weight(table, k, refs));
		}
		sk_frequent_above(table, 10, which, refs);
	}
	for (size_t i = 0; i < items->count; i += 7)
		sk_frequent_get(table, items->item[i]);
	free(refs);
	free(again);
}

static void
test_queries_do_not_disturb(void **state)
{
	struct items items = items_new(1500, VARIED);

	(void)state;
	random_state = 6;
	for (size_t memory = 4096; memory <= BIG; memory *= 16) {
		struct sk_frequent *asked = table_new(memory), *left_alone = table_new(memory);
		uint32_t *numbers = random_numbers(&items, 6000);

		for (size_t i = 0; i < 6000; i += 500) {
			feed(asked, &items, numbers + i, NULL, 500, 50);
			ask_everything(asked, &items);
			feed(left_alone, &items, numbers + i, NULL, 500, 50);
		}
		assert_same(asked, left_alone);
		sk_frequent_free(asked);
		sk_frequent_free(left_alone);
		free(numbers);
	}
	items_free(&items);
}

static void
test_the_seed_does_not_show(void **state)
{
	static const uint64_t seeds[] = { 0, 1, UINT64_C(0x8000000000000000), UINT64_MAX };
	struct items items = items_new(3000, VARIED);
	uint32_t *numbers = random_numbers(&items, 20000);

	(void)state;
	for (size_t memory = 4096; memory <= BIG; memory *= 16) {
		struct sk_frequent *one = table_new(memory);

		feed(one, &items, numbers, NULL, 20000, 100);
		assert_int_equal(sk_frequent_exact(one), memory >= 1 << 20);
		for (size_t i = 0; i < 4; i++) {
			struct sk_frequent *other = sk_frequent_new(memory, seeds[i]);

			assert_non_null(other);
			feed(other, &items, numbers, NULL, 20000, 100);
			assert_same(one, other);
			sk_frequent_free(other);
		}
		sk_frequent_free(one);
	}
	free(numbers);
	items_free(&items);
}

/* Merging what is exact */

static void
merge_exact_round(const struct items *items, const uint32_t *numbers, size_t n, size_t cut)
{
	struct sk_frequent *first = table_new(BIG), *second = table_new(BIG / 2);
	struct sk_frequent *second_again = table_new(BIG), *whole = table_new(BIG);

	feed(first, items, numbers, NULL, cut, 0);
	feed(second, items, numbers + cut, NULL, n - cut, 0);
	feed(second_again, items, numbers + cut, NULL, n - cut, 0);
	feed(whole, items, numbers, NULL, n, 0);
	assert_int_equal(sk_frequent_merge(first, second), 0);
	assert_same(first, whole);
	assert_same(second, second_again);
	sk_frequent_free(first);
	sk_frequent_free(second);
	sk_frequent_free(second_again);
	sk_frequent_free(whole);
}

static void
test_exact_merge_is_concatenation(void **state)
{
	struct items items = items_new(2000, VARIED);
	uint32_t *numbers = random_numbers(&items, 5000);

	(void)state;
	for (size_t cut = 0; cut <= 5000; cut += 625)
		merge_exact_round(&items, numbers, 5000, cut);
	free(numbers);
	items_free(&items);
}

/* Keys that collide */

#define FLOOD 4000
#define FLOOD_SEED 20240229

/* ${n} items of 8 bytes; with ${aimed} the first 13 bits of all their hashes are the same. */
static unsigned char *
flood_keys(size_t n, bool aimed)
{
	unsigned char *keys = allocate(n * 8);
	struct sk_tablehash hash;
	uint64_t candidate = 0;

	sk_tablehash_init(&hash, FLOOD_SEED);
	for (size_t i = 0; i < n; i++, candidate++) {
		do
			memcpy(keys + 8 * i, &(uint64_t){ ++candidate }, 8);
		while (aimed &&
		    sk_tablehash_of(&hash, (struct sk_span){ keys + 8 * i, 8 }) >> 51 != 99);
	}
	return keys;
}

/* The least processor time of several tries to add ${keys} ${rounds} times. */
static double
flood_time(const unsigned char *keys, size_t n, size_t rounds)
{
	struct sk_span *spans = allocate(n * sizeof(*spans));
	double least = 1e9;

	for (size_t i = 0; i < n; i++)
		spans[i] = (struct sk_span){ keys + 8 * i, 8 };
	for (int attempt = 0; attempt < 4; attempt++) {
		struct sk_frequent *table = sk_frequent_new(BIG, FLOOD_SEED);
		const clock_t start = clock();
		double taken;

		for (size_t round = 0; round < rounds; round++)
			assert_int_equal(sk_frequent_add_batch(table, spans, NULL, n), 0);
		taken = (double)(clock() - start) / CLOCKS_PER_SEC;
		least = taken < least ? taken : least;
		assert_int_equal(sk_frequent_size(table), n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(sk_frequent_get(table, spans[i]).count, rounds);
		sk_frequent_free(table);
	}
	free(spans);
	return least;
}

/* Without another secret each of the keys would take 2,000 probes. */
static void
test_flood(void **state)
{
	unsigned char *aimed = flood_keys(FLOOD, true), *plain = flood_keys(FLOOD, false);
	const double normal = flood_time(plain, FLOOD, 300), flood = flood_time(aimed, FLOOD, 300);

	(void)state;
	if (flood > 5 * normal + 0.005)
		fail_msg("%.4f s for colliding keys, %.4f s for others", flood, normal);
	free(aimed);
	free(plain);
}

/*
 * Items with the same 32-bit tag, which only their bytes tell apart: of ${size} bytes, TAGGED of
 * them different in the four at ${place}, so that about three pairs have one.
 */
#define TAGGED ((size_t)160000)

static int
compare_tagged(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void
tags_round(const struct sk_tablehash *hash, uint64_t *tagged, size_t size, size_t place)
{
	unsigned char one[80] = { 0 }, other[80] = { 0 };

	for (uint32_t i = 0; i < TAGGED; i++) {
		memcpy(one + place, &i, 4);
		tagged[i] = sk_tablehash_of(hash, (struct sk_span){ one, size }) >> 32 << 32 | i;
	}
	qsort(tagged, TAGGED, sizeof(*tagged), compare_tagged);
	for (size_t i = 1; i < TAGGED; i++) {
		const uint32_t left = (uint32_t)tagged[i - 1], right = (uint32_t)tagged[i];
		struct sk_frequent *table;

		if (tagged[i - 1] >> 32 != tagged[i] >> 32)
			continue;
		memcpy(one + place, &left, 4);
		memcpy(other + place, &right, 4);
		table = sk_frequent_new(BIG, FLOOD_SEED);
		add(table, (struct sk_span){ one, size }, 5);
		assert_int_equal(sk_frequent_get(table, (struct sk_span){ other, size }).count, 0);
		add(table, (struct sk_span){ other, size }, 7);
		assert_int_equal(sk_frequent_get(table, (struct sk_span){ one, size }).count, 5);
		assert_int_equal(sk_frequent_get(table, (struct sk_span){ other, size }).count, 7);
		sk_frequent_free(table);
	}
}

static void
test_equal_tags(void **state)
{
	static const size_t sizes[] = { 4, 7, 8, 11, 16, 17, 24, 41, 64, 65 };
	uint64_t *tagged = allocate(TAGGED * sizeof(*tagged));
	struct sk_tablehash hash;

	(void)state;
	sk_tablehash_init(&hash, FLOOD_SEED);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t part = 0; part < (SANITIZED ? 1 : 3); part++)
			tags_round(&hash, tagged, sizes[i], (sizes[i] - 4) * part / 2);
	free(tagged);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_phase),
		cmocka_unit_test(test_all_lengths),
		cmocka_unit_test(test_bytes_are_copied),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_zero_and_huge_weights),
		cmocka_unit_test(test_many_zero_weights),
		cmocka_unit_test(test_refused_parameters),
		cmocka_unit_test(test_overflow_changes_nothing),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_reset_is_new),
		cmocka_unit_test(test_reset_is_new_for_longer_items),
		cmocka_unit_test(test_batches_exact),
		cmocka_unit_test(test_batches_purged),
		cmocka_unit_test(test_repetition_within_a_batch),
		cmocka_unit_test(test_queries_do_not_disturb),
		cmocka_unit_test(test_the_seed_does_not_show),
		cmocka_unit_test(test_exact_merge_is_concatenation),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_equal_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
