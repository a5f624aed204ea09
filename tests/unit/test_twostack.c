/*
 * test_twostack.c -- sums of sliding windows against sums made anew, and the merges that they cost.
 */
#include "support.h"

#include "window/twostack.h"

/* How often each of the numbers occurs: a partial aggregate that shows what it is made of. */
#define NUMBERS 16

struct bag {
	uint32_t times[NUMBERS];
};

struct ledger {
	uint64_t merges;
	long live;
	long merges_left; /* until one fails; negative: none does */
};

static struct bag *
bag_of(struct sk_partial *partial)
{
	return (struct bag *)(void *)partial;
}

static const struct bag *
const_bag_of(const struct sk_partial *partial)
{
	return (const struct bag *)(const void *)partial;
}

static struct sk_partial *
partial_of(struct bag *bag)
{
	return (struct sk_partial *)(void *)bag;
}

static struct sk_partial *
create(void *context)
{
	struct ledger *ledger = context;
	struct bag *bag = allocate(sizeof(*bag));

	ledger->live++;
	memset(bag, 0, sizeof(*bag));
	return partial_of(bag);
}

static int
merge(void *context, struct sk_partial *into, const struct sk_partial *from)
{
	struct ledger *ledger = context;

	if (ledger->merges_left == 0) {
		errno = ENOMEM;
		return -1;
	}
	ledger->merges_left -= ledger->merges_left > 0;
	ledger->merges++;
	for (size_t i = 0; i < NUMBERS; i++)
		bag_of(into)->times[i] += const_bag_of(from)->times[i];
	return 0;
}

static void
unmerge(void *context, struct sk_partial *from, const struct sk_partial *what)
{
	(void)context;
	for (size_t i = 0; i < NUMBERS; i++) {
		assert_true(bag_of(from)->times[i] >= const_bag_of(what)->times[i]);
		bag_of(from)->times[i] -= const_bag_of(what)->times[i];
	}
}

static void
destroy(void *context, struct sk_partial *partial)
{
	struct ledger *ledger = context;

	ledger->live--;
	free(partial);
}

static struct sk_partial_functions
functions_of(struct ledger *ledger, bool subtract)
{
	return (struct sk_partial_functions){ create, merge, subtract ? unmerge : NULL, destroy,
		ledger };
}

static struct sk_partial *
random_bag(struct ledger *ledger)
{
	struct sk_partial *partial = create(ledger);

	bag_of(partial)->times[random_below(NUMBERS)] = (uint32_t)random_below(5);
	return partial;
}

static void
add(struct bag *bag, const struct bag *other)
{
	for (size_t i = 0; i < NUMBERS; i++)
		bag->times[i] += other->times[i];
}

#define PANES_MAX 4000

/* The panes as they should be. */
struct mirror {
	struct bag panes[PANES_MAX];
	size_t head;
	size_t end;
};

static void
assert_sum(struct ledger *ledger, struct sk_twostack *stack, const struct mirror *mirror)
{
	struct sk_partial *sum = create(ledger);
	struct bag expected = { { 0 } };

	for (size_t i = mirror->head; i < mirror->end; i++)
		add(&expected, &mirror->panes[i]);
	assert_int_equal(sk_twostack_sum(stack, sum), 0);
	assert_memory_equal(bag_of(sum), &expected, sizeof(expected));
	assert_int_equal(sk_twostack_size(stack), mirror->end - mirror->head);
	destroy(ledger, sum);
}

/*
 * Pushes, pops and patches, in proportions that make the window longer and shorter; some merges fail, and are
 * repeated.
 */
static void
check_random(bool subtract, bool failing)
{
	static struct mirror mirror;
	struct ledger ledger = { .merges_left = -1 };
	const struct sk_partial_functions functions = functions_of(&ledger, subtract);
	struct sk_twostack *stack = sk_twostack_new(&functions);

	memset(&mirror, 0, sizeof(mirror));
	for (size_t step = 0; step < PANES_MAX; step++) {
		const size_t what = random_below(step / 300 % 2 == 0 ? 5 : 9);
		const size_t size = mirror.end - mirror.head;
		int done = -1;

		if (what < 3) {
			struct sk_partial *pane = random_bag(&ledger);

			mirror.panes[mirror.end++] = *bag_of(pane);
			while (done == -1) {
				ledger.merges_left = failing ? (long)random_below(3) : -1;
				done = sk_twostack_push_take(stack, pane);
				ledger.merges_left = -1;
			}
		} else if (size > 0 && what != 4) {
			while (done == -1) {
				assert_sum(&ledger, stack, &mirror);
				ledger.merges_left = failing ? (long)random_below(3) : -1;
				done = sk_twostack_pop(stack);
				ledger.merges_left = -1;
				if (random_below(3) == 0)
					break;
			}
			mirror.head += done == 0;
		} else if (size > 0) {
			struct sk_partial *piece = random_bag(&ledger);
			const size_t index = random_below(size);

			add(&mirror.panes[mirror.head + index], bag_of(piece));
			assert_int_equal(sk_twostack_patch(stack, index, piece), 0);
			destroy(&ledger, piece);
		}
		assert_sum(&ledger, stack, &mirror);
	}
	sk_twostack_free(stack);
	assert_int_equal(ledger.live, 0);
}

static void
test_sums_are_those_of_the_panes(void **state)
{
	(void)state;
	random_state = 1;
	for (int round = 0; round < 5; round++) {
		check_random(false, false);
		check_random(true, false);
	}
}

static void
test_failures_may_be_repeated(void **state)
{
	(void)state;
	random_state = 2;
	for (int round = 0; round < 5; round++) {
		check_random(false, true);
		check_random(true, true);
	}
}

/*
 * A window of ${width} panes slides ${slides} times: merges per slide, sums included, are bounded whatever the width.
 */
static void
check_cost(size_t width, bool subtract)
{
	const size_t slides = 20 * width;
	struct ledger ledger = { .merges_left = -1 };
	const struct sk_partial_functions functions = functions_of(&ledger, subtract);
	struct sk_twostack *stack = sk_twostack_new(&functions);
	struct sk_partial *sum = create(&ledger);

	for (size_t i = 0; i < width + slides; i++) {
		if (i >= width)
			assert_int_equal(sk_twostack_pop(stack), 0);
		assert_int_equal(sk_twostack_push_take(stack, random_bag(&ledger)), 0);
		assert_int_equal(sk_twostack_sum(stack, sum), 0);
	}
	/* Without sums: one to push, one to turn or to take out. With: one or two more. */
	assert_true(sk_twostack_merges(stack) <= 2 * (width + slides));
	assert_true(sk_twostack_merges(stack) > width + slides);
	assert_true(ledger.merges <= (subtract ? 2 : 4) * (width + slides));
	destroy(&ledger, sum);
	sk_twostack_free(stack);
	assert_int_equal(ledger.live, 0);
}

static void
test_a_slide_costs_a_constant_number_of_merges(void **state)
{
	(void)state;
	random_state = 3;
	for (size_t width = 2; width <= 1000; width = width * 3 + 1) {
		check_cost(width, false);
		check_cost(width, true);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_are_those_of_the_panes),
		cmocka_unit_test(test_failures_may_be_repeated),
		cmocka_unit_test(test_a_slide_costs_a_constant_number_of_merges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
