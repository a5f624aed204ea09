/*
 * test_frequent_bounds.c -- the table of frequent items once it has been purged: its bounds against
 * the truth.
 *
 * SK_LONG=1 in the environment runs the accuracy tests over 10,000,000 items instead of 2,000,000 or fewer.
 */
#include "support.h"

#include "sketch/frequent.h"

#define SEED 4711

/* Orders of a stream */

enum order { SHUFFLED, RARE_FIRST, RARE_LAST, ROUND_ROBIN, RETURNING, ORDERS };

static struct sk_frequent *
table_new(size_t memory)
{
	struct sk_frequent *table = sk_frequent_new(memory, SEED);

	assert_non_null(table);
	return table;
}

static int
ascending(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static void
reverse(uint32_t *numbers, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const uint32_t number = numbers[i];

		numbers[i] = numbers[n - 1 - i];
		numbers[n - 1 - i] = number;
	}
}

/*
 * ${n} numbers of items, by Zipf's law. ROUND_ROBIN gives each item in turn, the worst there is for
 * counters that run out. RETURNING has the heaviest items come back one at a time after long floods
 * of rare ones.
 */
static uint32_t *
stream_new(const struct items *items, size_t n, enum order order)
{
	uint32_t *numbers = allocate(n * sizeof(*numbers));
	struct zipf zipf = zipf_new(items->count, 11);

	for (size_t i = 0; i < n; i++) {
		if (order == ROUND_ROBIN)
			numbers[i] = (uint32_t)(i % items->count);
		else if (order == RETURNING)
			numbers[i] =
			    (uint32_t)(i % 100 < 3 ? i / 5000 : 100 + i % (items->count - 100));
		else
			numbers[i] = (uint32_t)zipf_draw(&zipf);
	}
	if (order == RARE_FIRST || order == RARE_LAST)
		qsort(numbers, n, sizeof(*numbers), ascending);
	if (order == RARE_FIRST)
		reverse(numbers, n);
	zipf_free(&zipf);
	return numbers;
}

/* Mostly small weights, some none, a few large. */
static uint64_t *
weights_new(size_t n)
{
	uint64_t *weights = allocate(n * sizeof(*weights));

	for (size_t i = 0; i < n; i++)
		weights[i] = random_below(1000) == 0 ? next_random() >> 30 : random_below(20);
	return weights;
}

/* Add to the table and to the truth. */
static void
feed(struct sk_frequent *table, struct items *items, const uint32_t *numbers,
    const uint64_t *weights, size_t n)
{
	struct sk_span spans[200];

	for (size_t done = 0, size; done < n; done += size) {
		size = 1 + random_below(200);
		size = size < n - done ? size : n - done;
		for (size_t i = 0; i < size; i++) {
			const uint64_t weight = weights != NULL ? weights[done + i] : 1;

			spans[i] = items->item[numbers[done + i]];
			items->truth[numbers[done + i]] += weight;
			items->total += weight;
		}
		assert_int_equal(sk_frequent_add_batch(
				     table, spans, weights != NULL ? weights + done : NULL, size),
		    0);
	}
}

/* Everything that the header says of single items. */
static void
assert_bounds(const struct sk_frequent *table, const struct items *items, size_t memory)
{
	const size_t size = sk_frequent_size(table);
	const uint64_t max_error = sk_frequent_max_error(table);
	uint64_t *refs = allocate(size * sizeof(*refs));
	bool *held = allocate(items->count);

	memset(held, 0, items->count);
	assert_int_equal(sk_frequent_total(table), items->total);
	if (sk_frequent_memory(table) > memory)
		fail_msg("%zu bytes, not %zu", sk_frequent_memory(table), memory);
	if (sk_frequent_exact(table))
		assert_int_equal(max_error, 0);
	assert_int_equal(sk_frequent_top(table, size, SK_FREQUENT_LIKELY, refs), size);
	for (size_t i = 0; i < size; i++) {
		const struct sk_frequent_item row = sk_frequent_at(table, refs[i]);
		const size_t number = items_find(items, row.item);
		const struct sk_frequent_item known = sk_frequent_get(table, items->item[number]);

		assert_false(held[number]);
		held[number] = true;
		assert_true(known.count == row.count && known.error == row.error);
		if (row.error > max_error || row.error > row.count ||
		    items->truth[number] > row.count ||
		    items->truth[number] < row.count - row.error)
			fail_msg("item %zu: %" PRIu64 " not within %" PRIu64 " - %" PRIu64, number,
			    items->truth[number], row.count, row.error);
	}
	for (size_t i = 0; i < items->count; i++) {
		const struct sk_frequent_item known = sk_frequent_get(table, items->item[i]);

		if (held[i])
			continue;
		assert_true(known.count == max_error && known.error == max_error);
		if (items->truth[i] > max_error)
			fail_msg("item %zu of %" PRIu64 " is not held: the max error is %" PRIu64,
			    i, items->truth[i], max_error);
	}
	free(refs);
	free(held);
}

/* Single tables */

static void
bounds_round(struct items *items, size_t memory, enum order order, size_t n, bool weighted)
{
	struct sk_frequent *table = table_new(memory);
	uint32_t *numbers = stream_new(items, n, order);
	uint64_t *weights = weighted ? weights_new(n) : NULL;

	items_forget(items);
	for (size_t part = 0; part < 4; part++) {
		feed(table, items, numbers + part * (n / 4),
		    weights != NULL ? weights + part * (n / 4) : NULL, n / 4);
		assert_bounds(table, items, memory);
	}
	sk_frequent_free(table);
	free(numbers);
	free(weights);
}

static void
bounds_of_length(size_t length)
{
	static const size_t memories[] = { SK_FREQUENT_MEMORY_MIN, 4096, 16384, 65536, 1 << 20 };
	struct items items = items_new(SANITIZED ? 6000 : 30000, length);

	for (size_t i = 0; i < sizeof(memories) / sizeof(memories[0]); i++)
		for (int order = 0; order < ORDERS; order++)
			bounds_round(&items, memories[i], (enum order)order,
			    SANITIZED ? 20000 : 120000, (order + (int)i) % 2 == 1);
	items_free(&items);
}

static void
test_bounds_of_equal_lengths(void **state)
{
	(void)state;
	random_state = 1;
	bounds_of_length(16);
}

static void
test_bounds_of_varied_lengths(void **state)
{
	(void)state;
	random_state = 2;
	bounds_of_length(VARIED);
}

/* Items up to half of the memory and beyond, which push others out or are never held. */
static void
test_bounds_with_giants(void **state)
{
	static unsigned char giant[70000];
	struct items items = items_new(500, VARIED);
	uint64_t truth[8] = { 0 };

	(void)state;
	random_state = 3;
	for (size_t memory = 4096; memory <= 65536; memory *= 4) {
		struct sk_frequent *table = table_new(memory);

		items_forget(&items);
		memset(truth, 0, sizeof(truth));
		for (int round = 0; round < 3000; round++) {
			const uint32_t number = (uint32_t)random_below(500);
			const size_t which = random_below(8);
			const struct sk_span span = { giant, memory / 8 * (which + 1) };
			const uint64_t weight = random_below(30);

			feed(table, &items, &number, NULL, 1);
			if (random_below(20) > 0)
				continue;
			assert_int_equal(sk_frequent_add_batch(table, &span, &weight, 1), 0);
			truth[which] += weight;
			items.total += weight;
			for (size_t i = 0; i < 8; i++) {
				const struct sk_frequent_item known = sk_frequent_get(
				    table, (struct sk_span){ giant, memory / 8 * (i + 1) });

				assert_true(known.count >= truth[i]);
				assert_true(known.count - known.error <= truth[i]);
			}
			for (size_t i = 0; i < items.count; i++) {
				const struct sk_frequent_item known =
				    sk_frequent_get(table, items.item[i]);

				assert_true(known.count >= items.truth[i]);
				assert_true(known.count - known.error <= items.truth[i]);
			}
			assert_true(sk_frequent_memory(table) <= memory);
			assert_true(sk_frequent_max_error(table) <= sk_frequent_total(table));
		}
		assert_int_equal(sk_frequent_total(table), items.total);
		sk_frequent_free(table);
	}
	items_free(&items);
}

/* An item too long to be held raises the max error at once; a purge among light items must not
 * lower it again. */
static void
test_a_giant_is_not_forgotten(void **state)
{
	static const unsigned char giant[4000];
	const struct sk_span span = { giant, sizeof(giant) };
	const uint64_t weight = 1000;
	struct items items = items_new(1000, 16);
	struct sk_frequent *table = table_new(4096);

	(void)state;
	assert_int_equal(sk_frequent_add_batch(table, items.item, NULL, 40), 0);
	assert_int_equal(sk_frequent_add_batch(table, &span, &weight, 1), 0);
	assert_true(sk_frequent_max_error(table) >= 1000);
	for (size_t i = 40; i < items.count; i++) {
		assert_int_equal(sk_frequent_add_batch(table, &items.item[i], NULL, 1), 0);
		assert_true(sk_frequent_max_error(table) >= 1000);
	}
	sk_frequent_free(table);
	items_free(&items);
}

/* "The threshold stays under 2/n of the total, n being the number of items held when the table is
 * full." */
static void
max_error_round(struct items *items, size_t memory, enum order order, size_t n)
{
	struct sk_frequent *table = table_new(memory);
	uint32_t *numbers = stream_new(items, n, order);
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		const size_t size = sk_frequent_size(table);
		const uint64_t before = sk_frequent_max_error(table);
		uint64_t after;

		assert_int_equal(
		    sk_frequent_add_batch(table, &items->item[numbers[i]], NULL, 1), 0);
		after = sk_frequent_max_error(table);
		if (sk_frequent_size(table) < size && size < least)
			least = size;
		if (after > before && after * least > 2 * sk_frequent_total(table))
			fail_msg("order %d, %zu bytes: max error %" PRIu64 " of %" PRIu64
				 " with %zu items when full",
			    (int)order, memory, after, sk_frequent_total(table), least);
	}
	assert_false(sk_frequent_exact(table));
	sk_frequent_free(table);
	free(numbers);
}

static void
max_error_of_length(size_t length)
{
	struct items items = items_new(5000, length);

	for (size_t memory = 1024; memory <= 65536; memory *= 4)
		for (int order = 0; order < ORDERS; order++)
			max_error_round(&items, memory, (enum order)order, 50000);
	items_free(&items);
}

static void
test_max_error_of_equal_lengths(void **state)
{
	(void)state;
	random_state = 4;
	max_error_of_length(16);
}

static void
test_max_error_of_varied_lengths(void **state)
{
	(void)state;
	random_state = 5;
	max_error_of_length(VARIED);
}

/* Two heavy items that take half of the memory are no reason to drop them for thirty light ones. */
static void
test_max_error_with_long_items(void **state)
{
	struct items longs = items_new(2, 1300), shorts = items_new(1000, 8);
	const uint64_t weights[2] = { 1000, 1000 };
	struct sk_frequent *table = table_new(4096);
	size_t full = 0;

	(void)state;
	assert_int_equal(sk_frequent_add_batch(table, longs.item, weights, 2), 0);
	for (size_t i = 0; sk_frequent_exact(table); i++) {
		full = sk_frequent_size(table);
		assert_int_equal(sk_frequent_add_batch(table, &shorts.item[i], NULL, 1), 0);
	}
	assert_true(full > 10);
	if (sk_frequent_max_error(table) * full > 2 * sk_frequent_total(table))
		fail_msg("max error %" PRIu64 " of %" PRIu64 " with %zu items when full",
		    sk_frequent_max_error(table), sk_frequent_total(table), full);
	sk_frequent_free(table);
	items_free(&longs);
	items_free(&shorts);
}

/* Merging */

struct part {
	size_t memory;
	size_t n;
};

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

/* What is known of every item, by number. */
static struct sk_frequent_item *
know_all(const struct sk_frequent *table, const struct items *items)
{
	struct sk_frequent_item *known = allocate(items->count * sizeof(*known));

	for (size_t i = 0; i < items->count; i++)
		known[i] = sk_frequent_get(table, items->item[i]);
	return known;
}

/* A merge adds bounds to bounds: nothing gets vaguer than that, but by what purges on the way have
 * dropped. */
static void
assert_merged(const struct sk_frequent *table, const struct items *items,
    const struct sk_frequent_item *into, uint64_t into_error, const struct sk_frequent_item *from,
    uint64_t from_error)
{
	const uint64_t max_error = sk_frequent_max_error(table);
	const uint64_t dropped = max_error - into_error - from_error;

	for (size_t i = 0; i < items->count; i++) {
		const struct sk_frequent_item known = sk_frequent_get(table, items->item[i]);

		if (known.count <= max_error)
			continue;
		assert_true(known.count <= into[i].count + from[i].count + dropped);
		/* What a purge on the way drops comes back knowing only how heavy it can have been.
		 */
		assert_true(known.error <=
		    (dropped == 0 ? into[i].error : into[i].count) + from[i].error + dropped);
	}
}

static void
merge_round(struct items *items, const uint32_t *numbers, struct part into, struct part from)
{
	struct sk_frequent *table = table_new(into.memory),
			   *source = sk_frequent_new(from.memory, 1);
	struct sk_frequent_item *of_table, *of_source;
	uint64_t mark, max_error;
	bool exact;

	items_forget(items);
	feed(table, items, numbers, NULL, into.n);
	feed(source, items, numbers + into.n, NULL, from.n);
	of_table = know_all(table, items);
	of_source = know_all(source, items);
	max_error = sk_frequent_max_error(table);
	mark = fingerprint(source);
	exact = sk_frequent_exact(source) && sk_frequent_exact(table);
	assert_int_equal(sk_frequent_merge(table, source), 0);
	assert_true(exact || !sk_frequent_exact(table));
	assert_int_equal(fingerprint(source), mark);
	assert_bounds(table, items, into.memory);
	assert_merged(table, items, of_table, max_error, of_source, sk_frequent_max_error(source));
	/* Both go on as before. */
	feed(table, items, numbers, NULL, 500);
	assert_bounds(table, items, into.memory);
	free(of_table);
	free(of_source);
	sk_frequent_free(table);
	sk_frequent_free(source);
}

static void
merges_of_length(size_t length)
{
	static const struct part parts[] = {
		{4096,     0    },
                { 4096,    10   },
                { 4096,    9000 },
                { 16384,   40   },
                { 16384,   9000 },
		{ 65536,   200  },
                { 65536,   20000},
                { 8 << 20, 20000}
	};
	struct items items = items_new(3000, length);

	for (int order = 0; order < ORDERS; order++) {
		uint32_t *numbers = stream_new(&items, 40000, (enum order)order);

		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			for (size_t j = 0; j < sizeof(parts) / sizeof(parts[0]); j++)
				merge_round(&items, numbers, parts[i], parts[j]);
		free(numbers);
	}
	items_free(&items);
}

static void
test_merges(void **state)
{
	(void)state;
	random_state = 6;
	merges_of_length(16);
	merges_of_length(VARIED);
}

/* Merged in whatever tree, the bounds hold, and the error stays that of one table over everything.
 */
static void
test_merges_in_trees(void **state)
{
	enum { LEAVES = 12, N = 4000, MEMORY = 16384 };
	struct items items = items_new(5000, 16);
	uint32_t *numbers = stream_new(&items, LEAVES * N, SHUFFLED);

	(void)state;
	random_state = 7;
	for (int round = 0; round < 20; round++) {
		struct sk_frequent *leaf[LEAVES];
		size_t left = LEAVES, full;

		items_forget(&items);
		for (size_t i = 0; i < LEAVES; i++) {
			leaf[i] = table_new(MEMORY);
			feed(leaf[i], &items, numbers + i * N, NULL, N);
		}
		full = sk_frequent_size(leaf[0]) / 2;
		for (; left > 1; left--) {
			const size_t into = random_below(left - 1);

			assert_int_equal(sk_frequent_merge(leaf[into], leaf[left - 1]), 0);
			sk_frequent_free(leaf[left - 1]);
		}
		assert_bounds(leaf[0], &items, MEMORY);
		/* Between purges a table is at least about half full. */
		assert_true(sk_frequent_max_error(leaf[0]) * full <= 2 * items.total);
		sk_frequent_free(leaf[0]);
	}
	free(numbers);
	items_free(&items);
}

/* The limit changes */

static void
set_memory_round(struct items *items, enum order order)
{
	struct sk_frequent *table = table_new(1 << 20);
	uint32_t *numbers = stream_new(items, 60000, order);
	size_t memory = 1 << 20;

	items_forget(items);
	for (size_t i = 0; i < 20; i++) {
		const bool exact = sk_frequent_exact(table);

		feed(table, items, numbers + i * 3000, NULL, 3000);
		memory = SK_FREQUENT_MEMORY_MIN + (next_random() >> (44 + random_below(12)));
		assert_int_equal(sk_frequent_set_memory(table, memory), 0);
		assert_true(exact || !sk_frequent_exact(table));
		assert_bounds(table, items, memory);
	}
	feed(table, items, numbers, NULL, 3000);
	assert_bounds(table, items, memory);
	sk_frequent_free(table);
	free(numbers);
}

static void
test_set_memory(void **state)
{
	struct items equal = items_new(3000, 16), varied = items_new(3000, VARIED);

	(void)state;
	random_state = 8;
	for (int round = 0; round < 4; round++)
		for (int order = 0; order < ORDERS; order++) {
			set_memory_round(&equal, (enum order)order);
			set_memory_round(&varied, (enum order)order);
		}
	items_free(&equal);
	items_free(&varied);
}

/* What fits into less loses nothing. */
static void
test_set_memory_keeps_what_fits(void **state)
{
	struct items items = items_new(100, 16);

	(void)state;
	for (size_t n = 1; n <= 100; n++) {
		struct sk_frequent *table = table_new(1 << 20);

		/* 100 items of 16 bytes, with all that goes with them, take far less than 16 KiB.
		 */
		assert_int_equal(sk_frequent_add_batch(table, items.item, NULL, n), 0);
		assert_int_equal(sk_frequent_set_memory(table, 16384), 0);
		assert_true(sk_frequent_exact(table));
		assert_int_equal(sk_frequent_size(table), n);
		assert_true(sk_frequent_memory(table) <= 16384);
		sk_frequent_free(table);
	}
	items_free(&items);
}

/* Lists where there is doubt */

#define HEAVIER_MAX 400

struct row {
	size_t number; /* of the item */
	uint64_t most;
	uint64_t least;
};

/* All rows of a table as it lists them. */
static struct row *
all_rows(const struct sk_frequent *table, const struct items *items)
{
	const size_t size = sk_frequent_size(table);
	struct row *rows = allocate(size * sizeof(*rows));
	uint64_t *refs = allocate(size * sizeof(*refs));

	assert_int_equal(sk_frequent_top(table, size, SK_FREQUENT_LIKELY, refs), size);
	for (size_t i = 0; i < size; i++) {
		const struct sk_frequent_item item = sk_frequent_at(table, refs[i]);

		rows[i].number = items_find(items, item.item);
		rows[i].most = item.count;
		rows[i].least = item.count - item.error;
		if (i > 0)
			assert_true(rows[i - 1].most > rows[i].most ||
			    (rows[i - 1].most == rows[i].most &&
				compare_spans(items->item[rows[i - 1].number],
				    items->item[rows[i].number]) < 0));
	}
	free(refs);
	return rows;
}

/* How many items truly weigh more than ${number}. */
static size_t
truly_heavier(const struct items *items, size_t number)
{
	size_t heavier = 0;

	for (size_t i = 0; i < items->count; i++)
		heavier += items->truth[i] > items->truth[number];
	return heavier;
}

static bool
is_expected(const struct sk_frequent *table, const struct row *rows, size_t at, size_t k,
    enum sk_frequent_doubt doubt)
{
	const size_t size = sk_frequent_size(table);
	size_t rivals = 0;

	if (doubt == SK_FREQUENT_LIKELY || sk_frequent_exact(table))
		return at < k;
	for (size_t i = 0; i < size; i++) {
		if (doubt == SK_FREQUENT_CERTAIN)
			rivals += i != at && rows[i].most > rows[at].least;
		else
			rivals += i != at && rows[i].least > rows[at].most;
	}
	if (doubt == SK_FREQUENT_POSSIBLE)
		return rivals < k;
	return at < k && rivals < k && sk_frequent_max_error(table) <= rows[at].least;
}

static void
check_top(const struct sk_frequent *table, const struct items *items, const struct row *rows,
    size_t k, enum sk_frequent_doubt doubt)
{
	const size_t size = sk_frequent_size(table);
	const size_t room = doubt == SK_FREQUENT_POSSIBLE || size < k + 1 ? size : k + 1;
	uint64_t *refs =
	    allocate(room * sizeof(*refs)); /* no larger: memory checkers watch its end */
	const size_t n = sk_frequent_top(table, k, doubt, refs);
	size_t next = 0;

	assert_true(n <= size);
	for (size_t i = 0; i < size; i++) {
		const bool listed = next < n &&
		    items_find(items, sk_frequent_at(table, refs[next]).item) == rows[i].number;
		const size_t heavier = truly_heavier(items, rows[i].number);

		next += listed;
		if (listed != is_expected(table, rows, i, k, doubt))
			fail_msg("doubt %d, top %zu: row %zu is %slisted", (int)doubt, k, i,
			    listed ? "" : "not ");
		if (doubt == SK_FREQUENT_CERTAIN && listed)
			assert_true(heavier < k);
		/* An exact table leaves ties to the bytes. */
		if (doubt == SK_FREQUENT_POSSIBLE && !listed && !sk_frequent_exact(table))
			assert_true(heavier >= k);
	}
	assert_int_equal(next, n);
	free(refs);
}

static void
check_above(const struct sk_frequent *table, const struct items *items, const struct row *rows,
    uint64_t cut, enum sk_frequent_doubt doubt)
{
	const size_t size = sk_frequent_size(table);
	uint64_t *refs = allocate(size * sizeof(*refs));
	const size_t n = sk_frequent_above(table, cut, doubt, refs);
	size_t next = 0;

	for (size_t i = 0; i < size; i++) {
		const uint64_t truth = items->truth[rows[i].number];
		const bool listed = next < n &&
		    items_find(items, sk_frequent_at(table, refs[next]).item) == rows[i].number;

		next += listed;
		assert_int_equal(
		    listed, (doubt == SK_FREQUENT_CERTAIN ? rows[i].least : rows[i].most) >= cut);
		if (doubt == SK_FREQUENT_CERTAIN && listed)
			assert_true(truth >= cut);
		if (doubt == SK_FREQUENT_POSSIBLE && !listed)
			assert_true(truth < cut);
	}
	assert_int_equal(next, n);
	free(refs);
}

static void
check_sure_weight(
    const struct sk_frequent *table, const struct items *items, const struct row *rows, size_t k)
{
	const size_t size = sk_frequent_size(table);
	uint64_t *refs = allocate((k < size ? k : size) * sizeof(*refs));
	const uint64_t sure = sk_frequent_sure_weight(table, k, refs);
	size_t certain = 0, surer = 0, truly = 0;

	for (size_t i = 0; i < size; i++) {
		certain += rows[i].least >= sure;
		surer += rows[i].least > sure;
	}
	for (size_t i = 0; i < items->count; i++)
		truly += items->truth[i] >= sure;
	if (k == 0 || k > size) {
		assert_int_equal(sure, 0);
	} else {
		assert_true(certain >= k && surer < k);
		assert_true(truly >= k);
	}
	free(refs);
}

static void
doubt_round(struct items *items, size_t memory, enum order order, size_t n, bool weighted)
{
	struct sk_frequent *table = table_new(memory);
	uint32_t *numbers = stream_new(items, n, order);
	uint64_t *weights = weighted ? weights_new(n) : NULL;
	const size_t ks[] = { 0, 1, 2, 3, random_below(10), random_below(60), random_below(200), 0,
		0, 0, SIZE_MAX - 1 };
	struct row *rows;

	items_forget(items);
	feed(table, items, numbers, weights, n);
	rows = all_rows(table, items);
	for (size_t i = 0; i < sizeof(ks) / sizeof(ks[0]); i++) {
		const size_t size = sk_frequent_size(table);
		const size_t k = i < 7 || i > 9 ? ks[i] : size + i - 8;

		for (int doubt = SK_FREQUENT_LIKELY; doubt <= SK_FREQUENT_POSSIBLE; doubt++) {
			check_top(table, items, rows, k, (enum sk_frequent_doubt)doubt);
			check_above(table, items, rows,
			    random_below(2) || size == 0 ? k
							 : rows[k % size].least + random_below(2),
			    (enum sk_frequent_doubt)doubt);
		}
		check_sure_weight(table, items, rows, k);
	}
	free(rows);
	sk_frequent_free(table);
	free(numbers);
	free(weights);
}

static void
test_lists_in_doubt(void **state)
{
	struct items equal = items_new(HEAVIER_MAX, 8), varied = items_new(HEAVIER_MAX, VARIED);

	(void)state;
	random_state = 9;
	for (int round = 0; round < (SANITIZED ? 40 : 150); round++) {
		struct items *items = round % 3 == 2 ? &varied : &equal;

		doubt_round(items, 1024u << random_below(4), (enum order)(round % ORDERS),
		    200 + random_below(3000), round % 4 == 3);
	}
	items_free(&equal);
	items_free(&varied);
}

/* Sorting long lists of items that are much alike: long common fronts, fronts of each other, NUL
 * bytes. */
static void
test_long_lists_of_like_items(void **state)
{
	enum { N = 20000, LENGTH = 40 };
	unsigned char *bytes = allocate(N * LENGTH);
	struct sk_frequent *table = table_new(64 << 20);
	struct sk_span before = { NULL, 0 };
	uint64_t *refs, count = UINT64_MAX;
	size_t size;

	(void)state;
	random_state = 10;
	for (size_t i = 0; i < N; i++) {
		const struct sk_span span = { bytes + i * LENGTH, random_below(LENGTH + 1) };
		const uint64_t weight =
		    random_below(3) == 0 ? UINT64_C(1) << (8 + random_below(40)) : 1;

		memset(bytes + i * LENGTH, random_below(8) == 0 ? 255 : 0, LENGTH);
		for (size_t at = random_below(LENGTH); at < LENGTH; at++)
			bytes[i * LENGTH + at] = (unsigned char)random_below(2);
		assert_int_equal(sk_frequent_add_batch(table, &span, &weight, 1), 0);
	}
	/* Items that differ in how many NUL bytes they end in, and in nothing else. */
	memset(bytes, 0, 1000);
	for (size_t length = 0; length < 1000; length++) {
		const struct sk_span span = { bytes, length };

		assert_int_equal(sk_frequent_add_batch(table, &span, &(uint64_t){ 1 << 20 }, 1), 0);
	}
	size = sk_frequent_size(table);
	refs = allocate(size * sizeof(*refs));
	assert_int_equal(sk_frequent_top(table, SIZE_MAX, SK_FREQUENT_LIKELY, refs), size);
	for (size_t i = 0; i < size; i++) {
		const struct sk_frequent_item row = sk_frequent_at(table, refs[i]);

		assert_true(row.count < count ||
		    (row.count == count && compare_spans(before, row.item) < 0));
		before = row.item;
		count = row.count;
	}
	free(refs);
	free(bytes);
	sk_frequent_free(table);
}

/* Accuracy */

/*
 * A table of 2^12 counters under Zipf 1.1 of a million items gives all of the true top 100, and an error of at most
 * 0.085 % of the total, in any order, merged or not. There is no sigma: bounds are certain.
 * Items are 16 hexadecimal digits; 3,072 of them with an index of 4,096 slots take this much.
 */
#define MEET_MEMORY ((size_t)(3072 * (24 + 16) + 4096 * 14 + 512))
#define MEET_ITEMS ((size_t)1000000)
#define MEET_BATCH ((size_t)250)
#define MEET_ERROR 0.00085
#define MEET_TOP ((size_t)100)

enum meet_order { MEET_RANDOM, MEET_RARE_FIRST, MEET_RARE_LAST, MEET_ORDERS };

static const char *const meet_names[] = { "random", "ascending", "descending" };

struct meet {
	uint32_t *truth;   /* of each rank of the distribution */
	uint32_t *stream;  /* ranks, as they come */
	size_t n;
	uint32_t least; /* what the last of the true top 100 weighs */
};

static void
hexadecimal(unsigned char *to, uint64_t number)
{
	for (int i = 0; i < 16; i++)
		to[i] = (unsigned char)"0123456789abcdef"[number >> (60 - 4 * i) & 15];
}

/* The bytes of an item, from which its rank can be found again. */
static struct sk_span
meet_item(unsigned char *bytes, size_t rank)
{
	hexadecimal(bytes, (rank + 1) * UINT64_C(0x9E3779B97F4A7C15));
	return (struct sk_span){ bytes, 16 };
}

static int
falling(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a < b) - (a > b);
}

static struct meet
meet_new(enum meet_order order, size_t n)
{
	struct meet meet = { allocate(MEET_ITEMS * sizeof(uint32_t)), allocate(n * sizeof(uint32_t)), n,
		0 };
	uint32_t *sorted = allocate(MEET_ITEMS * sizeof(*sorted));
	struct zipf zipf = zipf_new(MEET_ITEMS, 11);

	memset(meet.truth, 0, MEET_ITEMS * sizeof(*meet.truth));
	for (size_t i = 0; i < n; i++) {
		meet.stream[i] = (uint32_t)zipf_draw(&zipf);
		meet.truth[meet.stream[i]]++;
	}
	for (size_t i = 0, rank = 0; order != MEET_RANDOM && rank < MEET_ITEMS; rank++)
		for (uint32_t left = meet.truth[rank]; left > 0; left--, i++)
			meet.stream[order == MEET_RARE_LAST ? i : n - 1 - i] = (uint32_t)rank;
	memcpy(sorted, meet.truth, MEET_ITEMS * sizeof(*sorted));
	qsort(sorted, MEET_ITEMS, sizeof(*sorted), falling);
	meet.least = sorted[MEET_TOP - 1];
	free(sorted);
	zipf_free(&zipf);
	return meet;
}

static void
meet_free(struct meet *meet)
{
	free(meet->truth);
	free(meet->stream);
}

/* Add the stream from ${from} to ${to}, which are multiples of MEET_BATCH. */
static void
meet_feed(struct sk_frequent *table, const struct meet *meet, size_t from, size_t to)
{
	unsigned char bytes[MEET_BATCH][16];
	struct sk_span spans[MEET_BATCH];

	for (; from < to; from += MEET_BATCH) {
		for (size_t i = 0; i < MEET_BATCH; i++)
			spans[i] = meet_item(bytes[i], meet->stream[from + i]);
		assert_int_equal(sk_frequent_add_batch(table, spans, NULL, MEET_BATCH), 0);
	}
}

/* Every bound holds; how many of the true top 100 are listed as such, ties at the cut all counting as true. */
static size_t
meet_check(const struct sk_frequent *table, const struct meet *meet)
{
	unsigned char bytes[16];
	uint64_t refs[MEET_TOP + 1];
	const size_t listed = sk_frequent_top(table, MEET_TOP, SK_FREQUENT_LIKELY, refs);
	size_t found = 0;

	assert_int_equal(listed, MEET_TOP);
	assert_int_equal(sk_frequent_total(table), meet->n);
	for (size_t rank = 0; rank < MEET_ITEMS; rank++) {
		const struct sk_frequent_item known =
		    sk_frequent_get(table, meet_item(bytes, rank));
		const uint32_t truth = meet->truth[rank];

		assert_true(known.count >= truth && known.count - known.error <= truth);
		for (size_t i = 0; truth >= meet->least && i < listed; i++)
			found += compare_spans(sk_frequent_at(table, refs[i]).item,
				     (struct sk_span){ bytes, 16 }) == 0;
	}
	return found;
}

static void
test_accuracy(void **state)
{
	(void)state;
	random_state = 11;
	for (int row = 0; row < 2 * MEET_ORDERS; row++) {
		const int order = row % MEET_ORDERS;
		const size_t parts = row < MEET_ORDERS ? 1 : 8;
		const size_t n = long_form() ? 10000000 : row == 0 ? 2000000 : 400000;
		const double promised = (double)n * MEET_ERROR;
		struct meet meet = meet_new((enum meet_order)order, n);
		struct sk_frequent *table = table_new(MEET_MEMORY), *part = table_new(MEET_MEMORY);
		size_t found;
		char what[80];

		if (parts == 1)
			meet_feed(table, &meet, 0, n);
		for (size_t i = 0; parts > 1 && i < parts; i++) {
			sk_frequent_reset(part);
			meet_feed(part, &meet, n / parts * i, n / parts * (i + 1));
			assert_int_equal(sk_frequent_merge(table, part), 0);
		}
		found = meet_check(table, &meet);
		snprintf(what, sizeof(what), "%s, %zu merged: largest error", meet_names[order],
		    parts > 1 ? parts : 0);
		measure("frequent", what, (double)sk_frequent_max_error(table), promised, "certain");
		snprintf(what, sizeof(what), "%s, %zu merged: of the top 100", meet_names[order],
		    parts > 1 ? parts : 0);
		measure("frequent", what, (double)found, 100,
		    "all, in any order, merged or not");
		assert_true((double)sk_frequent_max_error(table) <= promised);
		assert_int_equal(found, MEET_TOP);
		meet_free(&meet);
		sk_frequent_free(table);
		sk_frequent_free(part);
	}
}

static void
add_letter(struct sk_frequent *table, unsigned char letter, uint64_t weight)
{
	const struct sk_span item = { &letter, 1 };

	assert_int_equal(sk_frequent_add_batch(table, &item, &weight, 1), 0);
}

/* A purge takes the lower median of what items weigh, be it near the threshold or far from it. */
static void
test_a_purge_finds_the_median(void **state)
{
	static const uint64_t rows[][6] = { /* five weights and their median */
		{ 5, 1, 4, 2, 3, 3 },
		{ 7, 7, 7, 7, 7, 7 },
		{ 0, 0, 0, 1, 2, 0 },
		{ 300, 254, 1, 253, 1000, 254 },
		{ 300, 255, 1, 254, 1000, 255 },
		{ 300, 256, 1, 255, 1000, 256 },
		{ 300, 257, 1, 256, 1000, 257 },
		{ 70000, 65536, 1, 65535, 1000000, 65536 },
		{ 900, 700, 800, 500, 600, 700 },
		{ 0, 1, UINT64_C(1) << 40, UINT64_C(1) << 61, UINT64_C(1) << 60, UINT64_C(1) << 40 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sk_frequent *table = table_new(SK_FREQUENT_MEMORY_MIN);

		sk_frequent_set_items(table, 5);
		for (size_t j = 0; j < 5; j++)
			add_letter(table, (unsigned char)('a' + j), rows[i][j]);
		assert_int_equal(sk_frequent_size(table), 5);
		assert_int_equal(sk_frequent_max_error(table), 0);
		add_letter(table, 'f', 0);
		assert_int_equal(sk_frequent_max_error(table), rows[i][5]);
		sk_frequent_free(table);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds_of_equal_lengths),
		cmocka_unit_test(test_bounds_of_varied_lengths),
		cmocka_unit_test(test_bounds_with_giants),
		cmocka_unit_test(test_a_giant_is_not_forgotten),
		cmocka_unit_test(test_max_error_of_equal_lengths),
		cmocka_unit_test(test_max_error_of_varied_lengths),
		cmocka_unit_test(test_max_error_with_long_items),
		cmocka_unit_test(test_a_purge_finds_the_median),
		cmocka_unit_test(test_merges),
		cmocka_unit_test(test_merges_in_trees),
		cmocka_unit_test(test_set_memory),
		cmocka_unit_test(test_set_memory_keeps_what_fits),
		cmocka_unit_test(test_lists_in_doubt),
		cmocka_unit_test(test_long_lists_of_like_items),
		cmocka_unit_test(test_accuracy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
