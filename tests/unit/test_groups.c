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
	int kind; /* what only merges with its like */
	size_t records;
	uint64_t weight;
	uint64_t order; /* changes with the order of the items */
	int decimals;
	double values; /* their sum, later ones counting more */
};

static size_t fakes_alive;
static size_t adds;       /* calls */
static long fail_creates; /* those that still succeed; negative: all */
static int fail_add;      /* the errno to fail with, or 0 */
static int fail_merge;
static int kind_created; /* by those to come */
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

static const struct sk_aggregate_class fake_class;
static struct sk_aggregate *fake_create(
    const struct sk_aggregate_class *class, size_t memory, uint64_t seed);

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
		if (batch->values != NULL)
			fake->values += (double)fake->records * batch->values[i];
		fake->used += RECORD_COST;
	}
	if (fake->used > fake->limit) {
		fake->used = fake->limit;
		fake->exact = false;
	}
	return 0;
}

/* An empty one has no kind yet; the source is spoilt, as it may be. */
static int
fake_merge(struct sk_aggregate *into, struct sk_aggregate *from, const char **why)
{
	struct fake *fake = own_fake(into), *other = own_fake(from);

	if (fail_merge != 0 || (fake->records > 0 && fake->kind != other->kind)) {
		errno = fail_merge != 0 ? fail_merge : EINVAL;
		*why = "kinds differ";
		return -1;
	}
	fake->kind = other->kind;
	fake->records += other->records;
	fake->weight += other->weight;
	fake->used += other->used - sizeof(*fake);
	fake->exact = fake->exact && other->exact;
	if (fake->used > fake->limit) {
		fake->used = fake->limit;
		fake->exact = false;
	}
	*other = (struct fake){ .aggregate = other->aggregate };
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
	.merge = fake_merge,
	.confine = fake_confine,
	.memory = fake_memory,
	.exact = fake_exact,
	.memory_min = FAKE_MIN,
};

static struct sk_aggregate *
fake_create(const struct sk_aggregate_class *class, size_t memory, uint64_t seed)
{
	struct fake *fake;

	(void)seed;
	assert_ptr_equal(class, &fake_class);
	if (fail_creates == 0) {
		errno = ENOMEM;
		return NULL;
	}
	fail_creates -= fail_creates > 0;
	assert_true(memory >= FAKE_MIN);
	created_with = memory;
	fake = allocate(sizeof(*fake));
	*fake = (struct fake){ .aggregate = { &fake_class },
		.limit = memory,
		.used = sizeof(*fake),
		.exact = true,
		.kind = kind_created };
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

/* Add ${n} records of one key, in a batch that is ${complete} or one of several that make one. */
static int
add_some(struct sk_groups *groups, struct sk_span key, size_t n, bool complete)
{
	struct sk_span items[SK_BATCH], keys[SK_BATCH];
	const struct sk_batch batch = { .count = n, .items = items, .complete = complete };

	assert_true(n <= SK_BATCH);
	for (size_t i = 0; i < n; i++) {
		items[i] = span_of("item");
		keys[i] = key;
	}
	return sk_groups_add(groups, &batch, keys);
}

static int
add_to_key(struct sk_groups *groups, struct sk_span key, size_t n)
{
	return add_some(groups, key, n, true);
}

/* An aggregate of ${n} records that is in no group yet. */
static struct sk_aggregate *
loose_aggregate(int kind, size_t n)
{
	struct sk_span items[SK_BATCH];
	const struct sk_batch batch = { .count = n, .items = items, .complete = true };
	struct sk_aggregate *aggregate;

	kind_created = kind;
	aggregate = fake_create(&fake_class, 1 << 20, 99);
	kind_created = 0;
	assert_non_null(aggregate);
	assert_true(n <= SK_BATCH);
	for (size_t i = 0; i < n; i++)
		items[i] = span_of("item");
	assert_int_equal(fake_add(aggregate, &batch), 0);
	return aggregate;
}

/* Merge ${n} records into the group of ${key}; errno stays what the merging made it. */
static int
merge_into_key(struct sk_groups *groups, struct sk_span key, int kind, size_t n)
{
	struct sk_aggregate *from = loose_aggregate(kind, n);
	const char *why;
	int result, error;

	errno = 0;
	result = sk_groups_merge(groups, key, from, n, &why);
	error = errno;
	fake_destroy(from);
	errno = error;
	return result;
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
	struct sk_batch batch = {
		.count = 2, .items = items, .weights = weights, .decimals = 3, .complete = true
	};
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
	const struct sk_batch batch = { .complete = true };

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
	double values;
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
		assert_true(fake->values == expected[i].values);
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
		double values[SK_BATCH];
		struct sk_batch batch = {
			.count = random_below(SK_BATCH + 1),
			.items = batch_items,
			.weights = round % 2 ? weights : NULL,
			.values = round % 5 ? values : NULL,
			.decimals = round / 20,
			.complete = round % 3 == 0,
		};
		const size_t range = 1 + random_below(keys.count);
		const size_t adds_before = adds;

		for (size_t i = 0; i < batch.count; i++) {
			const size_t key = random_below(range);

			batch_keys[i] = keys.item[key];
			batch_items[i] = items.item[random_below(items.count)];
			weights[i] = next_random() >> 40;
			values[i] = (double)random_below(1000);
			expected[key].records++;
			if (batch.values != NULL)
				expected[key].values += (double)expected[key].records * values[i];
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

/* The sum keeps to the limit after every complete batch, whatever grows. */
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
	const struct sk_batch batch = { .count = SK_BATCH, .items = items, .complete = true };

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

/* Where a pipe happens to be short decides nothing: a batch that is not complete levels no group.
 */
static void
test_incomplete_batches_do_not_level(void **state)
{
	struct sk_groups *groups = groups_new(true, 50000);

	(void)state;
	for (int round = 0; round < 40; round++) {
		assert_int_equal(add_some(groups, span_of("a"), SK_BATCH, false), 0);
		assert_int_equal(add_some(groups, span_of("b"), 1, false), 0);
	}
	/* The cap on each group is the class's affair, and holds all the time. */
	assert_true(visible_memory(groups) > 50000);
	assert_int_equal(find(groups, span_of("a"))->limit, 50000);
	assert_int_equal(find(groups, span_of("b"))->limit, 50000);
	assert_int_equal(add_some(groups, span_of("b"), 1, true), 0);
	assert_true(visible_memory(groups) <= 50000);
	assert_true(find(groups, span_of("a"))->limit < 50000);
	assert_false(find(groups, span_of("a"))->exact);
	assert_true(find(groups, span_of("b"))->exact);
	assert_int_equal(find(groups, span_of("b"))->records, 41);
	sk_groups_free(groups);
}

/* A complete batch levels even if no record is left for it. */
static void
test_complete_batches_may_be_empty(void **state)
{
	struct sk_groups *groups = groups_new(true, 20000);
	const struct sk_batch nothing = { .complete = true };

	(void)state;
	for (int round = 0; round < 10; round++)
		assert_int_equal(add_some(groups, span_of("a"), SK_BATCH, false), 0);
	assert_true(visible_memory(groups) > 20000);
	assert_int_equal(sk_groups_add(groups, &nothing, NULL), 0);
	assert_true(visible_memory(groups) <= 20000);
	sk_groups_free(groups);
}

/* However a stream is cut into batches, its groups come to the same. */
static void
test_cuts_do_not_matter(void **state)
{
	struct items keys = items_new(60, 8);
	struct sk_groups *whole = groups_new(true, 60000), *cut = groups_new(true, 60000);
	const struct sk_group *group[2];

	(void)state;
	random_state = 3;
	for (int round = 0; round < 300; round++) {
		struct sk_span batch_keys[SK_BATCH], items[SK_BATCH];
		const struct sk_batch batch = {
			.count = SK_BATCH, .items = items, .complete = true
		};

		for (size_t i = 0; i < SK_BATCH; i++) {
			batch_keys[i] = keys.item[random_below(1 + random_below(keys.count))];
			items[i] = keys.item[random_below(keys.count)];
		}
		assert_int_equal(sk_groups_add(whole, &batch, batch_keys), 0);
		for (size_t at = 0, n; at < SK_BATCH; at += n) {
			struct sk_batch part = { .items = items + at };

			part.count = n = 1 + random_below(random_below(2) ? 5 : SK_BATCH - at);
			if (at + n >= SK_BATCH) {
				part.count = n = SK_BATCH - at;
				part.complete = true;
			}
			assert_int_equal(sk_groups_add(cut, &part, batch_keys + at), 0);
		}
	}
	assert_false(sk_groups_exact(whole));
	assert_int_equal(sk_groups_count(cut), sk_groups_count(whole));
	group[0] = sk_groups_sort(whole);
	group[1] = sk_groups_sort(cut);
	for (size_t i = 0; i < sk_groups_count(whole); i++) {
		const struct fake *one = fake_of(group[0][i].aggregate);
		const struct fake *other = fake_of(group[1][i].aggregate);

		assert_int_equal(compare_spans(group[0][i].key, group[1][i].key), 0);
		assert_int_equal(one->records, other->records);
		assert_int_equal(one->order, other->order);
		assert_int_equal(one->used, other->used);
		assert_int_equal(one->limit, other->limit);
		assert_int_equal(one->exact, other->exact);
	}
	sk_groups_free(whole);
	sk_groups_free(cut);
	items_free(&keys);
	assert_int_equal(fakes_alive, 0);
}

/* Too many keys are too many when the batch is complete, and not before. */
static void
test_too_many_keys_in_incomplete_batches(void **state)
{
	struct sk_groups *groups = groups_new(true, 65536);
	char key[20];

	(void)state;
	for (size_t n = 0; n < 1000; n++) {
		sprintf(key, "%zu", n);
		assert_int_equal(add_some(groups, span_of(key), 30, false), 0);
	}
	errno = 0;
	assert_int_equal(add_some(groups, span_of("0"), 1, true), -1);
	assert_int_equal(errno, ENOBUFS);
	sk_groups_free(groups);
}

/* Merging */

static void
test_merge(void **state)
{
	struct sk_groups *groups = groups_new(true, 1 << 20);
	char *key = allocate(4);

	(void)state;
	memcpy(key, "new", 4);
	assert_int_equal(add_to_key(groups, span_of("old"), 3), 0);
	assert_int_equal(merge_into_key(groups, span_of("old"), 0, 5), 0);
	assert_int_equal(merge_into_key(groups, span_of(key), 0, 7), 0);
	memset(key, 'x', 3); /* it has been copied */
	free(key);
	assert_int_equal(merge_into_key(groups, (struct sk_span){ NULL, 0 }, 0, 0), 0);
	assert_int_equal(sk_groups_count(groups), 3);
	assert_int_equal(find(groups, span_of("old"))->records, 8);
	assert_int_equal(find(groups, span_of("new"))->records, 7);
	assert_int_equal(find(groups, span_of(""))->records, 0);
	/* And adding goes on. */
	assert_int_equal(add_to_key(groups, span_of("new"), 2), 0);
	assert_int_equal(merge_into_key(groups, span_of("new"), 0, 1), 0);
	assert_int_equal(find(groups, span_of("new"))->records, 10);
	assert_int_equal(find(groups, span_of("new"))->weight, 10);
	assert_int_equal(sk_groups_count(groups), 3);
	assert_true(sk_groups_exact(groups));
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

/* Without keys there is one group, whatever key the source had. */
static void
test_merge_without_keys(void **state)
{
	struct sk_groups *groups = groups_new(false, 8192);

	(void)state;
	assert_int_equal(merge_into_key(groups, span_of("a"), 0, 5), 0);
	assert_int_equal(merge_into_key(groups, span_of("b"), 0, 6), 0);
	assert_int_equal(sk_groups_count(groups), 1);
	assert_int_equal(sk_groups_sort(groups)->key.size, 0);
	assert_int_equal(fake_of(sk_groups_sort(groups)->aggregate)->records, 11);
	assert_true(sk_groups_exact(groups));
	for (int i = 0; i < 10; i++)
		assert_int_equal(merge_into_key(groups, span_of(""), 0, SK_BATCH), 0);
	assert_int_equal(fake_of(sk_groups_sort(groups)->aggregate)->used, 8192);
	assert_false(sk_groups_exact(groups));
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

/* What is merged is no more exact than it was. */
static void
test_merge_of_what_is_not_exact(void **state)
{
	struct sk_groups *groups = groups_new(true, 1 << 20);
	struct sk_aggregate *from = loose_aggregate(0, 100);
	const char *why;

	(void)state;
	assert_int_equal(fake_confine(from, FAKE_MIN), 0);
	assert_int_equal(sk_groups_merge(groups, span_of("a"), from, 5, &why), 0);
	fake_destroy(from);
	assert_int_equal(add_to_key(groups, span_of("b"), 1), 0);
	assert_false(sk_groups_exact(groups));
	assert_false(find(groups, span_of("a"))->exact);
	assert_true(find(groups, span_of("b"))->exact);
	sk_groups_free(groups);
}

/* The aggregate's errors come through, and leave the group as it was. */
static void
test_merge_errors(void **state)
{
	struct sk_groups *groups = groups_new(true, 1 << 20);

	(void)state;
	assert_int_equal(add_to_key(groups, span_of("a"), 3), 0);
	assert_int_equal(merge_into_key(groups, span_of("a"), 1, 5), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_groups_count(groups), 1);
	assert_int_equal(find(groups, span_of("a"))->records, 3);
	fail_merge = EOVERFLOW;
	assert_int_equal(merge_into_key(groups, span_of("a"), 0, 5), -1);
	assert_int_equal(errno, EOVERFLOW);
	fail_merge = 0;
	assert_int_equal(merge_into_key(groups, span_of("a"), 0, 5), 0);
	assert_int_equal(find(groups, span_of("a"))->records, 8);
	assert_true(sk_groups_exact(groups));
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

/* A group that cannot be made is not there, and what was to go into it still is. */
static void
test_merge_without_memory(void **state)
{
	struct sk_groups *groups = groups_new(true, 1 << 20);
	struct sk_aggregate *from = loose_aggregate(0, 5);
	const char *why;

	(void)state;
	fail_creates = 0;
	errno = 0;
	assert_int_equal(sk_groups_merge(groups, span_of("a"), from, 5, &why), -1);
	assert_int_equal(errno, ENOMEM);
	fail_creates = -1;
	assert_int_equal(sk_groups_count(groups), 0);
	assert_int_equal(sk_groups_merge(groups, span_of("a"), from, 5, &why), 0);
	assert_int_equal(find(groups, span_of("a"))->records, 5);
	fake_destroy(from);
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

/* Every merge keeps to the limit; and when there are too many keys, says so. */
static void
test_merges_keep_to_the_limit(void **state)
{
	struct sk_groups *groups = groups_new(true, 100000);
	size_t n = 0;
	int result;

	(void)state;
	random_state = 4;
	for (int round = 0; round < 1000; round++) {
		char key[20];

		sprintf(key, "%zu", random_below(1 + random_below(30)));
		assert_int_equal(
		    merge_into_key(groups, span_of(key), 0, random_below(SK_BATCH)), 0);
		assert_true(visible_memory(groups) <= 100000);
	}
	assert_false(sk_groups_exact(groups));
	assert_true(visible_memory(groups) > 100000 / 2);
	do {
		char key[20];

		sprintf(key, "more%zu", n++);
		result = merge_into_key(groups, span_of(key), 0, 200);
		assert_true(result == -1 || visible_memory(groups) <= 100000);
		assert_true(n < 10000);
	} while (result == 0);
	assert_int_equal(errno, ENOBUFS);
	sk_groups_free(groups);
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

/* Groups that an error kept from their records take those of the next batch. */
static void
test_errors_leave_the_other_groups_sound(void **state)
{
	struct sk_groups *groups = groups_new(true, 1 << 20);
	struct sk_span items[SK_BATCH], keys[SK_BATCH];
	const struct sk_batch batch = { .count = SK_BATCH, .items = items, .complete = true };

	(void)state;
	for (size_t i = 0; i < SK_BATCH; i++) {
		items[i] = span_of("item");
		keys[i] = span_of(i % 2 ? "a" : "b");
	}
	fail_add = EOVERFLOW;
	errno = 0;
	assert_int_equal(sk_groups_add(groups, &batch, keys), -1);
	assert_int_equal(errno, EOVERFLOW);
	fail_add = 0;
	assert_int_equal(sk_groups_add(groups, &batch, keys), 0);
	assert_int_equal(find(groups, span_of("a"))->records, SK_BATCH / 2);
	assert_int_equal(find(groups, span_of("b"))->records, SK_BATCH / 2);
	sk_groups_free(groups);
	assert_int_equal(fakes_alive, 0);
}

static int
set_up(void **state)
{
	(void)state;
	fakes_alive = 0;
	fail_creates = -1;
	fail_add = fail_merge = kind_created = 0;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_group_without_keys, set_up),
		cmocka_unit_test_setup(test_no_records, set_up),
		cmocka_unit_test_setup(test_records_find_their_groups, set_up),
		cmocka_unit_test_setup(test_keys_are_sorted, set_up),
		cmocka_unit_test_setup(test_memory_keeps_to_the_limit, set_up),
		cmocka_unit_test_setup(test_the_largest_give_way, set_up),
		cmocka_unit_test_setup(test_exact_while_it_fits, set_up),
		cmocka_unit_test_setup(test_too_many_keys, set_up),
		cmocka_unit_test_setup(test_incomplete_batches_do_not_level, set_up),
		cmocka_unit_test_setup(test_complete_batches_may_be_empty, set_up),
		cmocka_unit_test_setup(test_cuts_do_not_matter, set_up),
		cmocka_unit_test_setup(test_too_many_keys_in_incomplete_batches, set_up),
		cmocka_unit_test_setup(test_merge, set_up),
		cmocka_unit_test_setup(test_merge_without_keys, set_up),
		cmocka_unit_test_setup(test_merge_of_what_is_not_exact, set_up),
		cmocka_unit_test_setup(test_merge_errors, set_up),
		cmocka_unit_test_setup(test_merge_without_memory, set_up),
		cmocka_unit_test_setup(test_merges_keep_to_the_limit, set_up),
		cmocka_unit_test_setup(test_confine, set_up),
		cmocka_unit_test_setup(test_errors_of_the_aggregate, set_up),
		cmocka_unit_test_setup(test_errors_leave_the_other_groups_sound, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
