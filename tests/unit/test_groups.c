/*
 * test_groups.c -- aggregates by key, with an aggregate made for the purpose: it remembers what it
 * is given, and takes as much memory as it is told to.
 */
#include "support.h"

#include "run/groups.h"

#define FAKE_MIN ((size_t)256)
#define RECORD_COST 16 /* bytes that a record takes, up to the limit */
#define KINDS 16

/* The aggregate */

struct fake {
	struct sk_aggregate aggregate;
	size_t limit;
	size_t used; /* bytes */
	bool exact;
	size_t records;
	uint64_t weight;
	uint64_t order; /* changes with the order of the items */
	int decimals;
};

static size_t fakes_alive;
static size_t adds;       /* calls */
static long fail_creates; /* those that still succeed; negative: all */
static int fail_add;      /* the errno to fail with, or 0 */
static size_t created_with;

static const struct fake *
fake_of(const struct sk_aggregate *aggregate)
{
	return (const struct fake *)(const void *)aggregate;
}

static struct fake *
own_fake(struct sk_aggregate *aggregate)
{
	return (struct fake *)(void *)aggregate;
}

static struct sk_aggregate *fake_create(size_t memory, uint64_t seed);

static void
fake_destroy(struct sk_aggregate *aggregate)
{
	fakes_alive--;
	free(aggregate);
}

static uint64_t
mix(uint64_t order, struct sk_span item, uint64_t weight)
{
	for (size_t i = 0; i < item.size; i++)
		order = order * 31 + item.data[i] + 1;
	return order * 31 + weight;
}

static int
fake_add(struct sk_aggregate *aggregate, const struct sk_batch *batch)
{
	struct fake *fake = own_fake(aggregate);

	adds++;
	if (fail_add != 0) {
		errno = fail_add;
		return -1;
	}
	assert_true(batch->decimals >= fake->decimals);
	fake->decimals = batch->decimals;
	for (size_t i = 0; i < batch->count; i++) {
		const uint64_t weight = batch->weights != NULL ? batch->weights[i] : 1;

		fake->records++;
		fake->weight += weight;
		fake->order = mix(fake->order, batch->items[i], weight);
		fake->used += RECORD_COST;
	}
	if (fake->used > fake->limit) {
		fake->used = fake->limit;
		fake->exact = false;
	}
	return 0;
}

static int
fake_confine(struct sk_aggregate *aggregate, size_t memory)
{
	struct fake *fake = own_fake(aggregate);

	assert_true(memory >= FAKE_MIN);
	fake->limit = memory;
	if (fake->used > memory) {
		fake->used = memory;
		fake->exact = false;
	}
	return 0;
}

static size_t
fake_memory(const struct sk_aggregate *aggregate)
{
	return fake_of(aggregate)->used;
}

static bool
fake_exact(const struct sk_aggregate *aggregate)
{
	return fake_of(aggregate)->exact;
}

static const struct sk_aggregate_class fake_class = {
	.create = fake_create,
	.destroy = fake_destroy,
	.add = fake_add,
	.confine = fake_confine,
	.memory = fake_memory,
	.exact = fake_exact,
	.memory_min = FAKE_MIN,
};

static struct sk_aggregate *
fake_create(size_t memory, uint64_t seed)
{
	struct fake *fake;

	(void)seed;
	if (fail_creates == 0) {
		errno = ENOMEM;
		return NULL;
	}
	fail_creates -= fail_creates > 0;
	assert_true(memory >= FAKE_MIN);
	created_with = memory;
	fake = allocate(sizeof(*fake));
	*fake = (struct fake){ { &fake_class }, memory, sizeof(*fake), true, 0, 0, 0, 0 };
	fakes_alive++;
	return &fake->aggregate;
}

static struct sk_groups *
groups_new(bool keyed, size_t memory)
{
	struct sk_groups *groups = sk_groups_new(&fake_class, keyed, memory, 99);

	assert_non_null(groups);
	return groups;
}

/* Add ${n} records of one key. */
static int
add_to_key(struct sk_groups *groups, struct sk_span key, size_t n)
{
	struct sk_span items[SK_BATCH], keys[SK_BATCH];
	const struct sk_batch batch = { n, items, NULL, 0 };

	assert_true(n <= SK_BATCH);
	for (size_t i = 0; i < n; i++) {
		items[i] = span_of("item");
		keys[i] = key;
	}
	return sk_groups_add(groups, &batch, keys);
}

/* What the groups take as far as can be seen from outside. */
static size_t
visible_memory(struct sk_groups *groups)
{
	const struct sk_group *group = sk_groups_sort(groups);
	size_t sum = sk_groups_count(groups) * sizeof(*group);

	for (size_t i = 0; i < sk_groups_count(groups); i++)
		sum += group[i].key.size + fake_memory(group[i].aggregate);
	return sum;
}

static const struct fake *
find(struct sk_groups *groups, struct sk_span key)
{
	const struct sk_group *group = sk_groups_sort(groups);

	for (size_t i = 0; i < sk_groups_count(groups); i++)
		if (compare_spans(group[i].key, key) == 0)
			return fake_of(group[i].aggregate);
	return NULL;
}

/* Tests */

static void
test_one_group_without_keys(void **state)
{
	struct sk_groups *groups = groups_new(false, 100000);
	const struct sk_span items[] = { span_of("a"), span_of("b") };
	const uint64_t weights[] = { 5, 7 };
	struct sk_batch batch = { 2, items, weights, 3 };
	const struct fake *fake;

	(void)state;
	assert_true(sk_groups_exact(groups));
	assert_int_equal(sk_groups_confine(groups, 90000), 0);
	assert_int_equal(sk_groups_add(groups, &batch, NULL), 0);
	batch.weights = NULL;
	assert_int_equal(sk_groups_add(groups, &batch, NULL), 0);
	assert_int_equal(sk_groups_count(groups), 1);
	assert_int_equal(sk_groups_sort(groups)->key.size, 0);
	fake = fake_of(sk_groups_sort(groups)->aggregate);
	assert_int_equal(created_with, 90000);
	assert_int_equal(fake->records, 4);
	assert_int_equal(fake->weight, 14);
	assert_int_equal(fake->decimals, 3);
	assert_true(sk_groups_exact(groups));
	sk_groups_free(groups);
	sk_groups_free(NULL);
	assert_int_equal(fakes_alive, 0);
}

static void
test_no_records(void **state)
{
	struct sk_groups *groups = groups_new(true, 100000);
	const struct sk_batch batch = { 0, NULL, NULL, 0 };

	(void)state;
	assert_int_equal(sk_groups_add(groups, &batch, NULL), 0);
	assert_int_equal(sk_groups_count(groups), 0);
	assert_true(sk_groups_exact(groups));
	sk_groups_sort(groups);
	sk_groups_free(groups);
}

/* What each key ought to have been given. */
struct expected {
	size_t records;
	uint64_t weight;
	uint64_t order;
};

static void
check_groups(
    struct sk_groups *groups, const struct sk_span *keys, const struct expected *expected, size_t n)
{
	size_t present = 0;

	for (size_t i = 0; i < n; i++) {
		const struct fake *fake = find(groups, keys[i]);

		if (expected[i].records == 0) {
			assert_null(fake);
			continue;
		}
		present++;
		assert_non_null(fake);
		assert_int_equal(fake->records, expected[i].records);
		assert_int_equal(fake->weight, expected[i].weight);
		assert_int_equal(fake->order, expected[i].order);
	}
	assert_int_equal(sk_groups_count(groups), present);
}

/* Records come to their own key in their order, one call for each key that a batch holds. */
static void
test_records_find_their_groups(void **state)
{
	struct items keys = items_new(700, VARIED), items = items_new(50, VARIED);
	struct expected *expected = allocate(keys.count * sizeof(*expected));
	struct sk_groups *groups = groups_new(true, 64 << 20);

	(void)state;
	random_state = 1;
	memset(expected, 0, keys.count * sizeof(*expected));
	for (int round = 0; round < 200; round++) {
		struct sk_span batch_items[SK_BATCH], batch_keys[SK_BATCH];
		uint64_t weights[SK_BATCH];
		struct sk_batch batch = { random_below(SK_BATCH + 1), batch_items,
			round % 2 ? weights : NULL, round / 20 };
		const size_t range = 1 + random_below(keys.count);
		const size_t adds_before = adds;

		for (size_t i = 0; i < batch.count; i++) {
			const size_t key = random_below(range);

			batch_keys[i] = keys.item[key];
			batch_items[i] = items.item[random_below(items.count)];
			weights[i] = next_random() >> 40;
			expected[key].records++;
			expected[key].weight += round % 2 ? weights[i] : 1;
			expected[key].order =
			    mix(expected[key].order, batch_items[i], round % 2 ? weights[i] : 1);
		}
		assert_int_equal(sk_groups_add(groups, &batch, batch_keys), 0);
		assert_true(adds - adds_before <= batch.count && adds - adds_before <= range);
		if (round % 40 == 0)
			check_groups(groups, keys.item, expected, keys.count);
	}
	check_groups(groups, keys.item, expected, keys.count);
	assert_true(sk_groups_exact(groups));
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
	free(expected);
	items_free(&keys);
	items_free(&items);
}

/* Keys are copied, and sorted by their bytes: the front of a key before it, NUL lowest, 0xff
 * highest. */
static void
test_keys_are_sorted(void **state)
{
	static const char *const sorted[] = { "", "a", "a\x01", "aa", "ab", "b", "\x7f", "\x80",
		"\xff", "\xff\xff" };
	const size_t n = sizeof(sorted) / sizeof(sorted[0]);
	struct sk_groups *groups = groups_new(true, 1 << 20);
	const struct sk_group *group;

	(void)state;
	for (size_t i = 0; i < 3 * n; i++) {
		const char *text = sorted[i * 7 % n];
		char *key = allocate(strlen(text) + 1);

		strcpy(key, text);
		assert_int_equal(add_to_key(groups, span_of(key), 1), 0);
		free(key);
		if (i % 5 == 4)
			sk_groups_sort(groups); /* and go on adding */
	}
	assert_int_equal(add_to_key(groups, (struct sk_span){ NULL, 0 }, 1), 0);
	group = sk_groups_sort(groups);
	assert_int_equal(sk_groups_count(groups), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(compare_spans(group[i].key, span_of(sorted[i])), 0);
		assert_int_equal(fake_of(group[i].aggregate)->records, i == 0 ? 4 : 3);
	}
	sk_groups_free(groups);
}

/* The sum keeps to the limit after every batch, whatever grows. */
static void
test_memory_keeps_to_the_limit(void **state)
{
	struct items keys = items_new(100, 8);

	(void)state;
	random_state = 2;
	for (size_t memory = 100000; memory <= 1000000; memory *= 10) {
		struct sk_groups *groups = groups_new(true, memory);

		for (int round = 0; round < 4000; round++) {
			const size_t key = random_below(1 + random_below(keys.count));

			assert_int_equal(
			    add_to_key(groups, keys.item[key], random_below(SK_BATCH + 1)), 0);
			if (visible_memory(groups) > memory)
				fail_msg("%zu bytes of %zu", visible_memory(groups), memory);
		}
		assert_false(sk_groups_exact(groups));
		sk_groups_free(groups);
	}
	items_free(&keys);
}

/* Small groups stay exact while a large one gives way; later groups get no more than the cap. */
static void
test_the_largest_give_way(void **state)
{
	struct sk_groups *groups = groups_new(true, 50000);

	(void)state;
	for (int round = 0; round < 40; round++) {
		assert_int_equal(add_to_key(groups, span_of("large"), 250), 0);
		assert_int_equal(add_to_key(groups, span_of("larger"), 250), 0);
		assert_int_equal(add_to_key(groups, span_of("small"), 1), 0);
	}
	assert_false(find(groups, span_of("large"))->exact);
	assert_false(find(groups, span_of("larger"))->exact);
	assert_true(find(groups, span_of("small"))->exact);
	assert_false(sk_groups_exact(groups));
	/* The limit is put to use: what is left unused is not most of it. */
	assert_true(visible_memory(groups) > 50000 / 2);
	assert_int_equal(
	    find(groups, span_of("large"))->limit, find(groups, span_of("small"))->limit);
	assert_int_equal(add_to_key(groups, span_of("late"), 1), 0);
	assert_true(find(groups, span_of("late"))->limit <= find(groups, span_of("large"))->limit);
	sk_groups_free(groups);
}

/* Groups that fit stay exact, up to most of the limit. */
static void
test_exact_while_it_fits(void **state)
{
	struct sk_groups *groups = groups_new(true, 100000);

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(add_to_key(groups, span_of(i % 2 ? "odd" : "even"), 240), 0);
		assert_true(sk_groups_exact(groups));
	}
	sk_groups_free(groups);
}

static void
test_too_many_keys(void **state)
{
	struct sk_groups *groups = groups_new(true, 65536);
	size_t n = 0;
	int result;

	(void)state;
	do {
		char key[20];

		sprintf(key, "%zu", n++);
		errno = 0;
		result = add_to_key(groups, span_of(key), 1 + n % 40);
		assert_true(result == -1 || visible_memory(groups) <= 65536);
		assert_true(n < 10000);
	} while (result == 0);
	assert_int_equal(errno, ENOBUFS);
	/* Each key takes FAKE_MIN at most when all are confined. */
	assert_true(n > 65536 / (FAKE_MIN + 200) / 2);
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

static void
test_confine(void **state)
{
	struct sk_groups *keyed = groups_new(true, 1 << 20), *one = groups_new(false, 1 << 20);
	struct sk_span items[SK_BATCH];
	const struct sk_batch batch = { SK_BATCH, items, NULL, 0 };

	(void)state;
	for (size_t i = 0; i < SK_BATCH; i++)
		items[i] = span_of("x");
	for (int i = 0; i < 40; i++) {
		assert_int_equal(add_to_key(keyed, span_of(i % 4 == 0 ? "a" : "b"), SK_BATCH), 0);
		assert_int_equal(sk_groups_add(one, &batch, NULL), 0);
	}
	assert_true(sk_groups_exact(keyed) && sk_groups_exact(one));
	for (size_t memory = 1 << 20; memory >= 8192; memory = memory * 2 / 3) {
		assert_int_equal(sk_groups_confine(keyed, memory), 0);
		assert_int_equal(sk_groups_confine(one, memory), 0);
		assert_true(visible_memory(keyed) <= memory);
		assert_true(visible_memory(one) <= memory);
		assert_int_equal(add_to_key(keyed, span_of("b"), 20), 0);
		assert_int_equal(sk_groups_add(one, &batch, NULL), 0);
		assert_true(visible_memory(keyed) <= memory);
		assert_true(visible_memory(one) <= memory);
	}
	assert_false(sk_groups_exact(keyed));
	assert_false(sk_groups_exact(one));
	errno = 0;
	assert_int_equal(sk_groups_confine(keyed, 100), -1);
	assert_int_equal(errno, ENOBUFS);
	sk_groups_free(keyed);
	sk_groups_free(one);
	assert_int_equal(fakes_alive, 0);
}

/* The aggregate's errors are passed on, and nothing leaks. */
static void
test_errors_of_the_aggregate(void **state)
{
	struct sk_groups *groups = groups_new(true, 1 << 20);

	(void)state;
	assert_int_equal(add_to_key(groups, span_of("a"), 3), 0);
	fail_add = EOVERFLOW;
	errno = 0;
	assert_int_equal(add_to_key(groups, span_of("a"), 3), -1);
	assert_int_equal(errno, EOVERFLOW);
	fail_add = 0;
	fail_creates = 0;
	errno = 0;
	assert_int_equal(add_to_key(groups, span_of("b"), 3), -1);
	assert_int_equal(errno, ENOMEM);
	fail_creates = -1;
	assert_int_equal(sk_groups_count(groups), 1);
	assert_int_equal(add_to_key(groups, span_of("b"), 3), 0);
	assert_int_equal(find(groups, span_of("a"))->records, 3);
	assert_int_equal(find(groups, span_of("b"))->records, 3);
	sk_groups_free(groups);
	groups = groups_new(false, 1 << 20);
	fail_creates = 0;
	assert_int_equal(add_to_key(groups, span_of(""), 1), -1);
	fail_creates = -1;
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

static int
set_up(void **state)
{
	(void)state;
	fail_creates = -1;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_group_without_keys),
		cmocka_unit_test(test_no_records),
		cmocka_unit_test(test_records_find_their_groups),
		cmocka_unit_test(test_keys_are_sorted),
		cmocka_unit_test(test_memory_keeps_to_the_limit),
		cmocka_unit_test(test_the_largest_give_way),
		cmocka_unit_test(test_exact_while_it_fits),
		cmocka_unit_test(test_too_many_keys),
		cmocka_unit_test(test_confine),
		cmocka_unit_test(test_errors_of_the_aggregate),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
