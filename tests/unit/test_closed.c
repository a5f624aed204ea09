/*
 * test_closed.c -- windows that have closed: found by their panes, in the order in which they closed, and replaced by what
 * corrects them.
 */
#include "support.h"

#include "run/closed.h"

#define PANES 12
#define MODEL 4000

/* A window as it should be there. */
struct model {
	struct sk_report_window window;
	uint64_t panes[4];
	size_t n;
	bool aside;
};

static struct model there[MODEL];
static size_t count;
static const char *const keys[] = { "", "a", "ab" };

static bool
has(const struct model *model, const uint64_t *pane)
{
	for (size_t i = 0; i < model->n; i++)
		if (pane == NULL || model->panes[i] == *pane)
			return true;
	return pane == NULL;
}

static void
assert_window(const struct sk_closed_window *closed, const struct model *model)
{
	assert_non_null(closed);
	assert_true(closed->window.start == model->window.start && closed->window.end == model->window.end);
	assert_int_equal(closed->window.counted, model->window.counted);
	assert_int_equal(closed->window.revision, model->window.revision);
	assert_int_equal(closed->window.key_parts, model->window.key_parts);
	assert_int_equal(compare_spans(closed->window.key, model->window.key), 0);
	assert_int_equal(closed->panes_count, model->n);
	for (size_t i = 0; i < model->n; i++)
		assert_true(closed->panes[i] == model->panes[i]);
	assert_int_equal(closed->aside != NULL, model->aside);
}

/* Those made of ${pane}, in order; of any, all. */
static void
assert_found(struct sk_closed *closed, const uint64_t *pane)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		if (has(&there[i], pane)) {
			assert_window(sk_closed_find(closed, pane, &at), &there[i]);
			assert_int_equal(at, i);
			at++;
		}
	assert_null(sk_closed_find(closed, pane, &at));
}

static void
assert_all(struct sk_closed *closed)
{
	size_t aside = 0;

	assert_found(closed, NULL);
	for (uint64_t pane = 0; pane <= PANES; pane++) /* the last is in none */
		assert_found(closed, &pane);
	for (size_t i = 0; i < count; i++)
		aside += there[i].aside;
	assert_int_equal(sk_closed_aside(closed), aside);
}

static void
forget(size_t i)
{
	memmove(&there[i], &there[i + 1], (--count - i) * sizeof(*there));
}

/* What ${now} takes the place of: windows of its key and kind within it that share a pane, if it is a revision. */
static void
correct(const struct model *now)
{
	for (size_t i = count; i-- > 0;) {
		const struct sk_report_window *before = &there[i].window;
		bool shares = false;

		for (size_t pane = 0; pane < now->n; pane++)
			shares = shares || has(&there[i], &now->panes[pane]);
		if (now->window.revision > 0 && shares && before->counted == now->window.counted &&
		    before->start >= now->window.start && before->end <= now->window.end &&
		    before->key_parts == now->window.key_parts &&
		    compare_spans(before->key, now->window.key) == 0)
			forget(i);
	}
}

static struct model
random_window(void)
{
	const size_t key = random_below(3), first = random_below(PANES - 4);
	struct model model = { .window = { .start = (int64_t)random_below(5),
				   .counted = random_below(6) == 0,
				   .revision = random_below(3) > 0 ? 0 : (uint32_t)random_below(3),
				   .key_parts = key > 0,
				   .key = span_of(keys[key]) },
		.n = 1 + random_below(4) };

	model.window.end = model.window.start + 1 + (int64_t)random_below(4);
	for (size_t i = 0; i < model.n; i++)
		model.panes[i] = first + i;
	return model;
}

static void
add(struct sk_closed *closed, const struct model *model)
{
	assert_int_equal(sk_closed_add(closed, &model->window, model->panes, model->n), 0);
	correct(model);
	there[count++] = *model;
}

static void
test_any_order(void **state)
{
	static const struct sk_aggregate_class class;
	struct sk_closed *closed = sk_closed_new();

	(void)state;
	assert_non_null(closed);
	count = 0;
	for (int round = 0; round < MODEL; round++) {
		const size_t at = count > 0 ? random_below(count) : 0;
		struct model model = random_window();
		size_t found = random_below(3) > 0 ? 0 : at; /* mostly the oldest goes */

		add(closed, &model);
		if (random_below(4) == 0) {
			size_t i = random_below(count);
			struct sk_closed_window *window = sk_closed_find(closed, NULL, &i);

			if (!there[i].aside) {
				sk_closed_take_aside(closed, window, sk_groups_new(&class, false, 4096, 1));
				there[i].aside = true;
			}
		}
		while (count > random_below(60)) {
			found = found < count ? found : 0;
			sk_closed_remove(closed, found);
			forget(found);
		}
		assert_all(closed);
	}
	sk_closed_free(closed);
	sk_closed_free(NULL);
}

/* What is given is copied. */
static void
test_borrows_nothing(void **state)
{
	struct sk_closed *closed = sk_closed_new();
	unsigned char key[] = "key";
	uint64_t panes[] = { 3, 1, 2 };
	const struct sk_report_window window = { .start = -5, .end = 5, .key_parts = 1, .key = { key, 3 } };
	const struct sk_closed_window *found;
	uint64_t pane = 2;
	size_t at = 0;

	(void)state;
	assert_int_equal(sk_closed_add(closed, &window, panes, 3), 0);
	memset(key, 0, sizeof(key));
	memset(panes, 0, sizeof(panes));
	found = sk_closed_find(closed, &pane, &at);
	assert_non_null(found);
	assert_int_equal(compare_spans(found->window.key, span_of("key")), 0);
	assert_true(found->panes[0] == 3 && found->panes[1] == 1 && found->panes[2] == 2);
	sk_closed_free(closed);
}

/* A session that grew takes the place of those that it joined, and of no other. */
static void
test_sessions(void **state)
{
	static const struct model windows[] = {
		{ .window = { .start = 0, .end = 10, .key = { NULL, 0 } }, .panes = { 0 }, .n = 1 },
		{ .window = { .start = 20, .end = 30 }, .panes = { 1 }, .n = 1 },
		{ .window = { .start = 40, .end = 50 }, .panes = { 2 }, .n = 1 },
		{ .window = { .start = 0, .end = 30, .revision = 1 }, .panes = { 0, 1 }, .n = 2 },
		{ .window = { .start = 0, .end = 30, .revision = 2 }, .panes = { 0, 1 }, .n = 2 },
		{ .window = { .start = 10, .end = 40, .revision = 0 }, .panes = { 1, 2 }, .n = 2 },
	};
	static const size_t counts[] = { 1, 2, 3, 2, 2, 3 };
	struct sk_closed *closed = sk_closed_new();

	(void)state;
	count = 0;
	for (size_t i = 0; i < 6; i++) {
		add(closed, &windows[i]);
		assert_int_equal(count, counts[i]);
		assert_all(closed);
	}
	sk_closed_free(closed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_borrows_nothing),
		cmocka_unit_test(test_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
