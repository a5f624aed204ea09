/*
 * test_open_windows.c -- the windows under way that a stream has told of.
 */
#include "support.h"

#include "run/open_windows.h"
#include "sketch/image.h"

#define KEYS 3
#define SPANS 5
#define PANES 12

static const char *const keys[KEYS] = { "", "a", "ab" };

/* A window with ${n} ${panes}, whose numbers go to ${bytes}. */
static struct sk_pane_close
window_of(int64_t span, size_t key, const uint64_t *panes, size_t n, unsigned char *bytes)
{
	for (size_t i = 0; i < n; i++)
		sk_store64(bytes + 8 * i, panes[i]);
	return (struct sk_pane_close){ .start = span,
		.end = 10 - span / 2, /* several have the same end */
		.key_parts = 1,
		.key = span_of(keys[key]),
		.panes = bytes,
		.panes_count = n };
}

/* What is there is what is in ${has}, in order, and each pane once. */
static void
assert_windows(struct sk_open_windows *open, bool has[SPANS][KEYS][PANES], bool there[SPANS][KEYS])
{
	const struct sk_open_window *before = NULL;
	size_t expected = 0;

	for (size_t i = 0; i < SPANS * KEYS; i++)
		expected += there[i / KEYS][i % KEYS];
	assert_int_equal(sk_open_windows_count(open), expected);
	for (size_t i = 0; i < expected; i++) {
		const struct sk_open_window *window = sk_open_windows_at(open, i);
		size_t key = window->key.size, panes = 0;

		assert_true(there[window->start][key]);
		assert_int_equal(compare_spans(window->key, span_of(keys[key])), 0);
		for (size_t pane = 0; pane < PANES; pane++)
			if (has[window->start][key][pane])
				assert_true(window->panes[panes++] == pane);
		assert_int_equal(window->panes_count, panes);
		if (before != NULL) {
			assert_true(before->end <= window->end);
			assert_true(before->end < window->end || before->start <= window->start);
			assert_true(before->end < window->end || before->start < window->start ||
			    before->key.size < window->key.size);
		}
		before = window;
	}
}

static void
test_any_order(void **state)
{
	struct sk_open_windows *open = sk_open_windows_new(1 << 20);
	bool has[SPANS][KEYS][PANES] = { { { false } } }, there[SPANS][KEYS] = { { false } };
	unsigned char bytes[8 * 4];

	(void)state;
	assert_non_null(open);
	for (int round = 0; round < 5000; round++) {
		const size_t span = random_below(SPANS), key = random_below(KEYS), n = random_below(5);
		uint64_t panes[4];
		struct sk_pane_close window;

		for (size_t i = 0; i < n; i++)
			panes[i] = random_below(PANES);
		window = window_of((int64_t)span, key, panes, n, bytes);
		if (random_below(4) > 0) {
			sk_open_windows_add(open, &window);
			there[span][key] = true;
			for (size_t i = 0; i < n; i++)
				has[span][key][panes[i]] = true;
		} else {
			sk_open_windows_remove(open, &window); /* which may not be there */
			there[span][key] = false;
			memset(has[span][key], 0, sizeof(has[span][key]));
		}
		if (random_below(500) == 0) {
			sk_open_windows_clear(open);
			memset(has, 0, sizeof(has));
			memset(there, 0, sizeof(there));
		}
		assert_windows(open, has, there);
	}
	assert_false(sk_open_windows_lacking(open));
	sk_open_windows_free(open);
	sk_open_windows_free(NULL);
}

/* By count and by time are two windows. */
static void
test_counted(void **state)
{
	struct sk_open_windows *open = sk_open_windows_new(1 << 12);
	struct sk_pane_close window = { .start = 0, .end = 5 };

	(void)state;
	sk_open_windows_add(open, &window);
	window.counted = true;
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_count(open), 2);
	assert_false(sk_open_windows_at(open, 0)->counted);
	assert_true(sk_open_windows_at(open, 1)->counted);
	sk_open_windows_remove(open, &window);
	assert_int_equal(sk_open_windows_count(open), 1);
	assert_false(sk_open_windows_at(open, 0)->counted);
	sk_open_windows_free(open);
}

/* What does not fit is left out as a whole, and what follows until all are gone; what is known goes on. */
static void
test_little_memory(void **state)
{
	struct sk_open_windows *open = sk_open_windows_new(1000);
	unsigned char *bytes = allocate(8 * 200);
	uint64_t panes[200];
	struct sk_pane_close window;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		panes[i] = i;
	window = window_of(0, 0, panes, 5, bytes);
	sk_open_windows_add(open, &window);
	window = window_of(2, 0, panes, 200, bytes);
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_count(open), 1);
	assert_true(sk_open_windows_lacking(open));
	window.panes_count = 1; /* one more of those that there was no room for */
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_count(open), 1);
	window = window_of(0, 0, panes + 5, 1, bytes);
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_at(open, 0)->panes_count, 6);
	sk_open_windows_clear(open);
	assert_false(sk_open_windows_lacking(open));
	window.panes_count = 1;
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_count(open), 1);
	/* One that grows too large goes. */
	window = window_of(0, 0, panes, 200, bytes);
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_count(open), 0);
	sk_open_windows_free(open);
	/* None at all */
	open = sk_open_windows_new(0);
	sk_open_windows_add(open, &window);
	assert_int_equal(sk_open_windows_count(open), 0);
	sk_open_windows_free(open);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
