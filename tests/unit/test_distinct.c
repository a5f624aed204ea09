/*
 * test_distinct.c -- counts of different items: exact ones, what becomes of them, and what happens when the system
 * refuses memory.
 *
 * The files are compiled into this one with an allocator that fails on demand, which works with every compiler and
 * under memory checkers. The allocator counts its blocks, so that a leak shows without a checker too.
 */
#include "support.h"

static long fail_after = -1; /* allocations that still succeed; negative: all do */
static long live_blocks;     /* allocated and not freed */
static bool refused;         /* whether any was refused */

static bool
refuse(void)
{
	if (fail_after < 0 || fail_after-- > 0)
		return false;
	fail_after = 0;
	refused = true;
	errno = ENOMEM;
	return true;
}

static void *
watched_malloc(size_t size)
{
	if (refuse())
		return NULL;
	live_blocks++;
	return malloc(size);
}

static void *
watched_calloc(size_t n, size_t size)
{
	if (refuse())
		return NULL;
	live_blocks++;
	return calloc(n, size);
}

static void *
watched_realloc(void *block, size_t size)
{
	if (refuse())
		return NULL;
	live_blocks += block == NULL;
	return realloc(block, size);
}

static void
watched_free(void *block)
{
	live_blocks -= block != NULL;
	free(block);
}

#define malloc watched_malloc
#define calloc watched_calloc
#define realloc watched_realloc
#define free watched_free
#include "../../lib/sketch/distinct.c"
#undef WALKED_AT_ONCE
#include "../../lib/sketch/distinct_image.c"
#include "../../lib/sketch/hll.c"
#include "../../lib/sketch/hll_array.c"
#include "../../lib/sketch/hll_image.c"
#include "../../lib/sketch/item_set.c"
#include "../../lib/sketch/theta.c"
#include "../../lib/sketch/theta_sets.c"
#include "../../lib/sketch/theta_table.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#define PLENTY ((size_t)1 << 30)
#define ITEMS 4000

static struct items items;            /* of all lengths from 0 to 300 */
static struct sk_span stream[3 * ITEMS]; /* each of them, at random and more than once */
static struct sk_span arrival[ITEMS]; /* each once, as it comes first in the stream */

struct image {
	unsigned char *bytes;
	size_t size;
};

static struct image
image_of(const struct sk_distinct *distinct)
{
	struct image image = { NULL, sk_distinct_encoded_size(distinct) };

	image.bytes = allocate(image.size);
	assert_int_equal(sk_distinct_encode(distinct, image.bytes, image.size), 0);
	return image;
}

/* Release ${image} once it has been compared. */
static void
assert_image(const struct sk_distinct *distinct, struct image image)
{
	const struct image now = image_of(distinct);

	assert_int_equal(now.size, image.size);
	assert_memory_equal(now.bytes, image.bytes, now.size);
	free(now.bytes);
	free(image.bytes);
}

static struct sk_distinct *
new_count(enum sk_distinct_algorithm algorithm, unsigned lg_k, size_t exact_max, size_t memory)
{
	const struct sk_distinct_options options = { algorithm, lg_k, SK_HLL_4, exact_max };
	struct sk_distinct *distinct = sk_distinct_new(&options, memory, 5);

	assert_non_null(distinct);
	return distinct;
}

/* In batches of up to ${most}. */
static void
add_stream(struct sk_distinct *distinct, const struct sk_span *from, size_t n, size_t most)
{
	for (size_t done = 0, size; done < n; done += size) {
		size = random_below(most) + 1;
		size = size < n - done ? size : n - done;
		assert_int_equal(sk_distinct_add_batch(distinct, from + done, size), 0);
	}
}

static void
assert_walks(const struct sk_distinct *distinct, const struct sk_span *expected, size_t n)
{
	struct sk_span got[7];
	uint64_t place = 0;
	size_t done = 0, given;

	while ((given = sk_distinct_walk(distinct, &place, got, 7)) > 0)
		for (size_t i = 0; i < given; i++, done++) {
			assert_true(done < n);
			assert_int_equal(compare_spans(got[i], expected[done]), 0);
		}
	assert_int_equal(done, n);
}

static void
test_exact_counts_remember_the_order(void **state)
{
	(void)state;
	for (size_t most = 1; most <= 1000; most *= 10) {
		struct sk_distinct *distinct = new_count(SK_DISTINCT_HLL, 12, SIZE_MAX, PLENTY);

		add_stream(distinct, stream, 3 * ITEMS, most);
		assert_true(sk_distinct_exact(distinct));
		assert_true(sk_distinct_answer(distinct, 3).count == ITEMS);
		assert_true(sk_distinct_answer(distinct, 3).high == ITEMS);
		assert_true(sk_distinct_error(distinct) == 0);
		assert_walks(distinct, arrival, ITEMS);
		sk_distinct_free(distinct);
	}
}

/* Whichever limit ends it, an exact start leaves no trace in the sketch. */
static void
test_an_exact_start_changes_nothing(void **state)
{
	static const struct {
		enum sk_distinct_algorithm algorithm;
		unsigned lg_k;
		size_t exact_max;
		size_t memory;
	} rows[] = {
		{ SK_DISTINCT_HLL,   4,  1,         PLENTY},
		{ SK_DISTINCT_HLL,   12, 100,       PLENTY},
		{ SK_DISTINCT_HLL,   10, ITEMS - 1, PLENTY},
		{ SK_DISTINCT_HLL,   11, SIZE_MAX,  100000},
		{ SK_DISTINCT_HLL,   9,  SIZE_MAX,  2048  },
		{ SK_DISTINCT_THETA, 5,  77,        PLENTY},
		{ SK_DISTINCT_THETA, 12, 3000,      PLENTY},
		{ SK_DISTINCT_THETA, 8,  SIZE_MAX,  20000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t most = 1; most < 2000; most = most * 6 + 5) {
			struct sk_distinct *sketch =
			    new_count(rows[i].algorithm, rows[i].lg_k, 0, rows[i].memory);
			struct sk_distinct *distinct = new_count(
			    rows[i].algorithm, rows[i].lg_k, rows[i].exact_max, rows[i].memory);

			add_stream(sketch, stream, 3 * ITEMS, 300);
			add_stream(distinct, stream, 3 * ITEMS, most);
			assert_int_equal(sk_distinct_family(distinct),
			    rows[i].algorithm == SK_DISTINCT_HLL ? SK_FAMILY_HLL : SK_FAMILY_THETA);
			assert_image(distinct, image_of(sketch));
			sk_distinct_free(sketch);
			sk_distinct_free(distinct);
		}
}

/* The item with which an exact count ends does not depend on batches, and its memory is kept to. */
static void
test_limits_do_not_depend_on_batches(void **state)
{
	size_t first = 0;

	(void)state;
	for (size_t most = 1; most <= 64; most *= 4) {
		struct sk_distinct *distinct = new_count(SK_DISTINCT_HLL, 12, 1000, PLENTY);

		add_stream(distinct, arrival, 1000, most);
		add_stream(distinct, arrival, 1000, most);
		assert_walks(distinct, arrival, 1000);
		add_stream(distinct, arrival + 1000, 1, most);
		assert_int_equal(sk_distinct_family(distinct), SK_FAMILY_HLL);
		sk_distinct_free(distinct);
	}
	for (size_t most = 1; most <= 64; most *= 4) {
		struct sk_distinct *distinct = new_count(SK_DISTINCT_HLL, 12, SIZE_MAX, 60000);
		size_t done = 0;

		for (; sk_distinct_hll(distinct) == NULL; done++) {
			assert_true(done < ITEMS);
			/* A batch is full of items that are known already. */
			add_stream(distinct, arrival, done < most ? done : most, most);
			add_stream(distinct, arrival + done, 1, 1);
			assert_true(sk_distinct_memory(distinct) <= 60000);
		}
		first = first == 0 ? done : first;
		assert_int_equal(done, first);
		sk_distinct_free(distinct);
	}
	assert_true(first > 300);
}

static void
test_less_memory(void **state)
{
	struct sk_distinct *distinct = new_count(SK_DISTINCT_THETA, 12, SIZE_MAX, PLENTY);
	const size_t sizes[] = { 1000000, 300000, 200000, 100000, 50000, 10000, 2048 };

	(void)state;
	add_stream(distinct, arrival, 2000, 256);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		assert_int_equal(sk_distinct_set_memory(distinct, sizes[i]), 0);
		assert_true(sk_distinct_memory(distinct) <= sizes[i]);
		if (sk_distinct_theta(distinct) == NULL)
			assert_walks(distinct, arrival, 2000);
	}
	assert_non_null(sk_distinct_theta(distinct));
	assert_int_equal(sk_distinct_set_memory(distinct, 2047), -1);
	assert_int_equal(errno, EINVAL);
	sk_distinct_free(distinct);
}

/* Counts of halves that overlap, each exact or a sketch. */
static void
test_merging(void **state)
{
	(void)state;
	for (unsigned kinds = 0; kinds < 8; kinds++) {
		const enum sk_distinct_algorithm algorithm =
		    kinds & 4 ? SK_DISTINCT_THETA : SK_DISTINCT_HLL;
		struct sk_distinct *left = new_count(algorithm, 14, kinds & 1 ? 2500 : 0, PLENTY);
		struct sk_distinct *right = new_count(algorithm, 14, kinds & 2 ? 2500 : 0, PLENTY);
		struct image before;

		add_stream(left, arrival, 2000, 256);
		add_stream(right, arrival + 1500, 1500, 256);
		before = image_of(right);
		assert_int_equal(sk_distinct_merge(left, right), 0);
		assert_image(right, before);
		assert_true(sk_distinct_answer(left, 3).low <= 3000);
		assert_true(sk_distinct_answer(left, 3).high >= 3000);
		if (kinds == 3) {
			struct sk_distinct *all = new_count(algorithm, 14, 0, PLENTY);

			add_stream(all, arrival, 3000, 256);
			assert_image(left, image_of(all));
			sk_distinct_free(all);
		}
		sk_distinct_free(left);
		sk_distinct_free(right);
	}
}

static void
test_sets(void **state)
{
	(void)state;
	for (unsigned kinds = 0; kinds < 4; kinds++) {
		struct sk_distinct *a =
		    new_count(SK_DISTINCT_THETA, 14, kinds & 1 ? SIZE_MAX : 0, PLENTY);
		struct sk_distinct *b =
		    new_count(SK_DISTINCT_THETA, 14, kinds & 2 ? SIZE_MAX : 0, PLENTY);
		struct sk_distinct *hll = new_count(SK_DISTINCT_HLL, 14, SIZE_MAX, PLENTY);

		add_stream(a, arrival, 2000, 256);
		add_stream(b, arrival + 1500, 1500, 256);
		assert_int_equal(sk_distinct_intersect(a, hll), 0);
		sk_distinct_free(a);
		a = new_count(SK_DISTINCT_THETA, 14, kinds & 1 ? SIZE_MAX : 0, PLENTY);
		add_stream(a, arrival, 2000, 256);
		assert_int_equal(sk_distinct_intersect(a, b), 0);
		assert_true(sk_distinct_answer(a, 3).count == 500);
		assert_int_equal(sk_distinct_subtract(b, a), 0);
		assert_true(sk_distinct_answer(b, 3).count == 1000);
		assert_int_equal(sk_distinct_to_sketch(hll), 0);
		assert_int_equal(sk_distinct_intersect(a, hll), -1);
		assert_int_equal(errno, EINVAL);
		assert_true(sk_distinct_answer(a, 3).count == 500);
		sk_distinct_free(a);
		sk_distinct_free(b);
		sk_distinct_free(hll);
	}
}

/* What is exact stays so, in the order in which it came; the ratio is the same whoever is asked. */
static void
test_exact_sets(void **state)
{
	struct sk_distinct *a = new_count(SK_DISTINCT_THETA, 4, SIZE_MAX, PLENTY);
	struct sk_distinct *b = new_count(SK_DISTINCT_THETA, 4, SIZE_MAX, PLENTY);
	struct sk_distinct *common = new_count(SK_DISTINCT_THETA, 4, SIZE_MAX, PLENTY);
	struct sk_distinct_answer ratio;

	(void)state;
	assert_int_equal(sk_distinct_jaccard(a, b, 3, &ratio), 0);
	assert_true(ratio.count == 1);
	add_stream(a, arrival, 2000, 256);
	add_stream(b, arrival + 1500, 1500, 256);
	add_stream(common, arrival + 1500, 500, 256);
	assert_int_equal(sk_distinct_jaccard(a, b, 3, &ratio), 0);
	assert_true(ratio.low == 500.0 / 3000 && ratio.count == ratio.low && ratio.high == ratio.low);
	assert_int_equal(sk_distinct_intersect(a, b), 0);
	assert_true(sk_distinct_exact(a));
	assert_image(a, image_of(common));
	assert_int_equal(sk_distinct_subtract(b, common), 0);
	assert_true(sk_distinct_answer(b, 3).low == 1000 && sk_distinct_answer(b, 3).high == 1000);
	/* What was thrown out can come again, and what stayed is still known. */
	add_stream(b, arrival + 1500, 1500, 256);
	assert_true(sk_distinct_answer(b, 3).count == 1500);
	sk_distinct_free(a);
	sk_distinct_free(b);
	sk_distinct_free(common);
}

static void
test_images(void **state)
{
	const struct sk_distinct_options options = { SK_DISTINCT_HLL, 12, SK_HLL_8, SIZE_MAX };
	struct sk_distinct *distinct = new_count(SK_DISTINCT_HLL, 12, SIZE_MAX, PLENTY), *back;
	struct image image;

	(void)state;
	add_stream(distinct, arrival, 100, 256);
	image = image_of(distinct);
	assert_int_equal(sk_distinct_family(distinct), SK_DISTINCT_ITEMS);
	assert_int_equal(sk_distinct_decode(&back, &options,
			     (struct sk_span){ image.bytes, image.size }, PLENTY, 9),
	    SK_IMAGE_OK);
	assert_walks(back, arrival, 100);
	sk_distinct_free(back);
	back = NULL;
	for (size_t size = 0; size < image.size; size++) {
		assert_int_not_equal(sk_distinct_decode(&back, &options,
					 (struct sk_span){ image.bytes, size }, PLENTY, 9),
		    SK_IMAGE_OK);
		assert_null(back);
	}
	assert_image(distinct, image);
	sk_distinct_free(distinct);
}

/* Items that all have one home do not make the set slow for long: it draws another secret. */
static void
test_crowded_homes(void **state)
{
	enum { CROWD = 3000 };
	struct sk_item_set *set = sk_item_set_new(PLENTY, SIZE_MAX, 77);
	const uint64_t seed = set->seed;
	char(*texts)[24] = allocate(CROWD * sizeof(*texts));
	struct sk_span crowd[CROWD], got = { 0 };
	uint64_t place = 0;
	size_t found = 0, taken;

	(void)state;
	for (uint64_t number = 0; found < CROWD; number++) {
		char *text = texts[found];
		const int size = snprintf(text, sizeof(*texts), "%s%" PRIu64,
		    number % 2 == 0 ? "" : "far too long:", number);
		const struct sk_span item = { (const unsigned char *)text, (size_t)size };

		if (home_of(key_of(set, item).hash, 12) == 0)
			crowd[found++] = item;
	}
	for (unsigned round = 0; round < 2; round++) {
		assert_int_equal(sk_item_set_add_batch(set, crowd, CROWD, &taken), 0);
		assert_int_equal(taken, CROWD);
		assert_int_equal(sk_item_set_size(set), CROWD);
	}
	assert_true(set->seed != seed);
	for (size_t i = 0; i < CROWD; i++) {
		assert_int_equal(sk_item_set_walk(set, &place, &got, 1), 1);
		assert_int_equal(compare_spans(got, crowd[i]), 0);
	}
	sk_item_set_free(set);
	free(texts);
}

/* Were two hashes ever equal, each byte would still be compared. */
static void
test_equal_hashes(void **state)
{
	unsigned char bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)next_random();
	for (size_t size = SHORT_MAX + 1; size <= sizeof(bytes); size++) {
		struct sk_item_set *set = sk_item_set_new(PLENTY, SIZE_MAX, size);
		const struct sk_span item = { bytes, size };
		const struct key key = key_of(set, item);
		const struct slot *slot = set->index + home_of(key.hash, set->index_lg);
		size_t taken;

		assert_int_equal(sk_item_set_add_batch(set, &item, 1, &taken), 0);
		assert_true(holds(set, slot, &key, item));
		assert_false(holds(set, slot, &key, (struct sk_span){ bytes, size - 1 }));
		for (size_t at = 0; at < size; at++) {
			bytes[at] ^= 4;
			assert_false(holds(set, slot, &key, item));
			bytes[at] ^= 4;
		}
		sk_item_set_free(set);
	}
}

/* Scenes in which the nth allocation fails. Each leaves its count as it was, and succeeds when it is tried again. */

static bool
scene_new(void)
{
	const struct sk_distinct_options options[] = {
		{ SK_DISTINCT_HLL,   12, SK_HLL_8, 0  },
		{ SK_DISTINCT_THETA, 12, SK_HLL_8, 10 },
	};

	for (size_t i = 0; i < 2; i++) {
		struct sk_distinct *distinct;

		errno = 0;
		if ((distinct = sk_distinct_new(options + i, PLENTY, 5)) == NULL) {
			assert_int_equal(errno, ENOMEM);
			return false;
		}
		sk_distinct_free(distinct);
	}
	return true;
}

/* An exact count of 400 that is to take 500 more, and becomes a sketch on the way if it may hold no more than 700. */
static bool
grow(enum sk_distinct_algorithm algorithm, size_t exact_max, bool merges)
{
	const long allowed = fail_after;
	struct sk_distinct *distinct, *source;
	struct image before;
	bool done;

	fail_after = -1;
	distinct = new_count(algorithm, 8, exact_max, PLENTY);
	source = new_count(algorithm, 8, SIZE_MAX, PLENTY);
	add_stream(distinct, arrival, 400, 100);
	add_stream(source, arrival + 300, 600, 100);
	before = image_of(distinct);
	fail_after = allowed;
	errno = 0;
	done = (merges ? sk_distinct_merge(distinct, source)
		       : sk_distinct_add_batch(distinct, arrival + 300, 600)) == 0;
	fail_after = -1;
	if (!done) {
		assert_int_equal(errno, ENOMEM);
		assert_image(distinct, before);
		assert_int_equal(sk_distinct_merge(distinct, source), 0);
	} else
		free(before.bytes);
	sk_distinct_free(source);
	source = new_count(algorithm, 8, exact_max, PLENTY);
	add_stream(source, arrival, 900, 100);
	assert_image(distinct, image_of(source));
	sk_distinct_free(source);
	sk_distinct_free(distinct);
	return done;
}

static bool
scene_exact(void)
{
	return grow(SK_DISTINCT_HLL, SIZE_MAX, false);
}

static bool
scene_to_hll(void)
{
	return grow(SK_DISTINCT_HLL, 700, false);
}

static bool
scene_to_theta(void)
{
	return grow(SK_DISTINCT_THETA, 700, false);
}

static bool
scene_merge_exact(void)
{
	return grow(SK_DISTINCT_HLL, SIZE_MAX, true);
}

static bool
scene_merge_to_hll(void)
{
	return grow(SK_DISTINCT_HLL, 700, true);
}

static bool
scene_merge_to_theta(void)
{
	return grow(SK_DISTINCT_THETA, 700, true);
}

static bool
scene_decode(void)
{
	const struct sk_distinct_options options = { SK_DISTINCT_HLL, 12, SK_HLL_8, SIZE_MAX };
	const long allowed = fail_after;
	struct sk_distinct *distinct, *back = NULL;
	enum sk_image_status status;
	struct image image;

	fail_after = -1;
	distinct = new_count(SK_DISTINCT_HLL, 12, SIZE_MAX, PLENTY);
	add_stream(distinct, arrival, 50, 100);
	image = image_of(distinct);
	sk_distinct_free(distinct);
	fail_after = allowed;
	status = sk_distinct_decode(
	    &back, &options, (struct sk_span){ image.bytes, image.size }, PLENTY, 9);
	assert_true(status == (back != NULL ? SK_IMAGE_OK : SK_IMAGE_NO_MEMORY));
	sk_distinct_free(back);
	free(image.bytes);
	return status == SK_IMAGE_OK;
}

static void
test_every_allocation_may_fail(void **state)
{
	static bool (*const scenes[])(void) = { scene_new, scene_exact, scene_to_hll,
		scene_to_theta, scene_merge_exact, scene_merge_to_hll, scene_merge_to_theta,
		scene_decode };

	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		bool done = false;

		for (long n = 0; !done; n++) {
			assert_true(n < 100);
			fail_after = n;
			refused = false;
			done = scenes[i]();
			fail_after = -1;
			assert_true(done != refused);
			assert_int_equal(live_blocks, 0);
		}
	}
}

static int
set_up(void **state)
{
	uint32_t numbers[3 * ITEMS];
	size_t arrived = 0;

	(void)state;
	random_state = 11;
	items = items_new(ITEMS, VARIED);
	for (uint32_t i = 0; i < 3 * ITEMS; i++)
		numbers[i] = i % ITEMS;
	shuffle(numbers, 3 * ITEMS);
	for (size_t i = 0; i < 3 * ITEMS; i++) {
		stream[i] = items.item[numbers[i]];
		if (items.truth[numbers[i]]++ == 0)
			arrival[arrived++] = stream[i];
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	items_free(&items);
	return live_blocks == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_counts_remember_the_order),
		cmocka_unit_test(test_an_exact_start_changes_nothing),
		cmocka_unit_test(test_limits_do_not_depend_on_batches),
		cmocka_unit_test(test_less_memory),
		cmocka_unit_test(test_merging),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_exact_sets),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_equal_hashes),
		cmocka_unit_test(test_crowded_homes),
		cmocka_unit_test(test_every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
