/*
 * test_window_store.c -- sketches of windows that are kept: each is found by its window, and read back as it was, in memory
 * and in a file.
 */
#include "support.h"

#include "run/window_store.h"
#include "sketch/distinct.h"

#define KEYS 4
#define TIMES 6
#define SKETCHES 2000

static const char *const keys[KEYS] = { "", "a", "b", "ab" };
static const char *const names[] = { "one", "two" };

struct kept {
	struct sk_container sketch;
	struct sk_window_origin origin;
	unsigned char image[40];
	bool dropped;
};

/* Windows in which all differs that can: start, end, kind and key, of which the empty one has no part or one. */
static void
make(struct kept *kept, uint64_t place)
{
	const size_t key = random_below(KEYS), size = random_below(sizeof(kept->image) + 1);

	for (size_t i = 0; i < size; i++)
		kept->image[i] = (unsigned char)random_below(256);
	kept->sketch = (struct sk_container){ .family = SK_DISTINCT_ITEMS,
		.records = random_below(1000),
		.windowed = true,
		.start = (int64_t)random_below(TIMES) - 3,
		.end = (int64_t)random_below(TIMES) + 3,
		.counted = random_below(5) == 0,
		.key_parts = key > 0 || random_below(2) > 0,
		.key = span_of(keys[key]),
		.image = { kept->image, size } };
	kept->origin = (struct sk_window_origin){ names[random_below(2)], place };
	kept->dropped = false;
}

static int
compare_keys(const struct sk_container *a, const struct sk_container *b)
{
	const int order = compare_spans(a->key, b->key);

	return order != 0 ? order : (a->key_parts > b->key_parts) - (a->key_parts < b->key_parts);
}

/* The order that the header promises, but for sketches of the same window and key. */
static int
compare_kept(const struct kept *a, const struct kept *b)
{
	if (a->sketch.counted != b->sketch.counted)
		return a->sketch.counted ? 1 : -1;
	if (a->sketch.end != b->sketch.end)
		return a->sketch.end < b->sketch.end ? -1 : 1;
	if (a->sketch.start != b->sketch.start)
		return a->sketch.start < b->sketch.start ? -1 : 1;
	return compare_keys(&a->sketch, &b->sketch);
}

static struct sk_report_window
window_of(const struct kept *kept)
{
	const struct sk_container *sketch = &kept->sketch;

	return (struct sk_report_window){ .start = sketch->start,
		.end = sketch->end,
		.counted = sketch->counted,
		.key_parts = sketch->key_parts,
		.key = sketch->key };
}

static bool
is_same_window(const struct kept *a, const struct kept *b, bool by_key)
{
	return a->sketch.start == b->sketch.start && a->sketch.end == b->sketch.end &&
	    a->sketch.counted == b->sketch.counted && (!by_key || compare_keys(&a->sketch, &b->sketch) == 0);
}

static void
assert_kept(struct sk_window_store *store, size_t i, const struct kept *kept)
{
	const struct sk_report_window window = sk_window_store_window(store, i);
	struct sk_window_origin origin;
	struct sk_container sketch;

	sk_window_store_read(store, i, &sketch, &origin);
	assert_ptr_equal(origin.name, kept->origin.name);
	assert_true(origin.place == kept->origin.place);
	assert_int_equal(sketch.family, kept->sketch.family);
	assert_true(sketch.windowed && !sketch.of_pane);
	assert_true(sketch.records == kept->sketch.records);
	assert_true(sketch.start == kept->sketch.start && window.start == kept->sketch.start);
	assert_true(sketch.end == kept->sketch.end && window.end == kept->sketch.end);
	assert_true(sketch.counted == kept->sketch.counted && window.counted == kept->sketch.counted);
	assert_true(sketch.key_parts == kept->sketch.key_parts && window.key_parts == kept->sketch.key_parts);
	assert_int_equal(compare_spans(sketch.key, kept->sketch.key), 0);
	assert_int_equal(compare_spans(window.key, kept->sketch.key), 0);
	assert_int_equal(compare_spans(sketch.image, kept->sketch.image), 0);
}

/* What is found for a window is all that there is of it, once each. */
static void
assert_found(struct sk_window_store *store, const struct kept *kept, size_t n, const struct kept *like, bool by_key)
{
	const struct sk_report_window window = window_of(like);
	bool *seen = allocate(n * sizeof(*seen) + 1);
	size_t found = 0, expected = 0;

	memset(seen, 0, n * sizeof(*seen) + 1);
	for (size_t i = sk_window_store_first(store, &window); i != SK_WINDOW_NONE;
	     i = sk_window_store_next(store, i)) {
		assert_true(i < n && !seen[i] && !kept[i].dropped);
		assert_true(is_same_window(&kept[i], like, by_key));
		seen[i] = true;
		found++;
	}
	for (size_t i = 0; i < n; i++)
		expected += !kept[i].dropped && is_same_window(&kept[i], like, by_key);
	assert_int_equal(found, expected);
	free(seen);
}

/* Sorted, each is where the order says; of the same window and key, in the order in which they came. */
static void
assert_sorted(struct sk_window_store *store, const struct kept *kept, size_t n)
{
	size_t left = 0, place = 0;

	for (size_t i = 0; i < n; i++)
		left += !kept[i].dropped;
	sk_window_store_sort(store);
	assert_int_equal(sk_window_store_count(store), left);
	for (size_t i = 0; i < n; i++) {
		if (kept[i].dropped)
			continue;
		place = 0;
		for (size_t j = 0; j < n; j++)
			if (!kept[j].dropped) {
				const int order = compare_kept(&kept[j], &kept[i]);

				place += order < 0 || (order == 0 && j < i);
			}
		assert_kept(store, place, &kept[i]);
	}
}

static void
run(bool by_key, size_t memory)
{
	struct sk_window_store *store = sk_window_store_new(memory, by_key, 7);
	struct kept *kept = allocate(SKETCHES * sizeof(*kept));

	make(&kept[0], 0);
	assert_found(store, kept, 0, &kept[0], by_key);
	for (size_t i = 0; i < SKETCHES; i++) {
		make(&kept[i], i);
		assert_true(sk_window_store_add(store, &kept[i].sketch, &kept[i].origin));
		assert_int_equal(sk_window_store_count(store), i + 1);
		if (random_below(10) == 0) {
			const size_t gone = random_below(i + 1);

			sk_window_store_drop(store, gone);
			kept[gone].dropped = true;
		}
		if (random_below(20) == 0)
			assert_found(store, kept, i + 1, &kept[random_below(i + 1)], by_key);
	}
	for (size_t i = 0; i < SKETCHES; i += 7)
		assert_kept(store, i, &kept[i]);
	assert_sorted(store, kept, SKETCHES);
	free(kept);
	sk_window_store_free(store);
}

static void
test_in_memory(void **state)
{
	(void)state;
	run(false, (size_t)1 << 24);
	run(true, (size_t)1 << 24);
}

/* A quarter of it is for the sketches, which take more. */
static void
test_in_a_file(void **state)
{
	(void)state;
	run(false, (size_t)240000);
	run(true, (size_t)240000);
}

/* What has no room is refused, and what is there stays. */
static void
test_full(void **state)
{
	struct sk_window_store *store = sk_window_store_new(8192, true, 7);
	struct kept kept[500], more;
	size_t n = 0;

	(void)state;
	while (n < 500) {
		make(&kept[n], n);
		if (!sk_window_store_add(store, &kept[n].sketch, &kept[n].origin))
			break;
		n++;
	}
	assert_true(n > 20 && n < 200);
	make(&more, 0);
	assert_false(sk_window_store_add(store, &more.sketch, &more.origin));
	assert_int_equal(sk_window_store_count(store), n);
	for (size_t i = 0; i < n; i++) {
		assert_kept(store, i, &kept[i]);
		assert_found(store, kept, n, &kept[i], true);
	}
	assert_sorted(store, kept, n);
	sk_window_store_free(store);
}

/* A key takes memory once; one that is too long is refused alone. */
static void
test_keys(void **state)
{
	struct sk_window_store *store = sk_window_store_new(16384, true, 7);
	unsigned char *bytes = allocate(20000);
	struct kept kept;

	(void)state;
	memset(bytes, 'k', 20000);
	make(&kept, 1);
	kept.sketch.image.size = 0;
	kept.sketch.key_parts = 1;
	kept.sketch.key = (struct sk_span){ bytes, 20000 };
	assert_false(sk_window_store_add(store, &kept.sketch, &kept.origin));
	kept.sketch.key.size = 5000;
	for (int i = 0; i < 20; i++)
		assert_true(sk_window_store_add(store, &kept.sketch, &kept.origin));
	assert_kept(store, 19, &kept);
	sk_window_store_free(store);
	free(bytes);
}

static void
test_nothing(void **state)
{
	struct sk_window_store *store = sk_window_store_new(8192, false, 7);
	struct kept kept;

	(void)state;
	sk_window_store_sort(store);
	assert_int_equal(sk_window_store_count(store), 0);
	sk_window_store_free(store);
	sk_window_store_free(NULL);
	store = sk_window_store_new(8192, false, 7);
	make(&kept, 1);
	assert_true(sk_window_store_add(store, &kept.sketch, &kept.origin));
	sk_window_store_drop(store, 0);
	kept.dropped = true;
	assert_found(store, &kept, 1, &kept, false);
	assert_sorted(store, &kept, 1);
	sk_window_store_free(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_memory),
		cmocka_unit_test(test_in_a_file),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
