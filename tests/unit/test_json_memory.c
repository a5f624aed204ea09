/* test_json_memory.c -- what is left of a struct sk_json when memory runs out while it is made: nothing. */
#include "failing_alloc.h"

#include "../../lib/record/json.c"

#undef malloc
#undef calloc
#undef realloc
#undef free

static void
test_every_allocation_may_fail(void **state)
{
	struct sk_span wants[2] = { span_of(".a[\"x y\"][-1]"), span_of("level") };
	struct sk_json *made = NULL;
	long allowed = 0;

	(void)state;
	for (; made == NULL && allowed < 20; allowed++) {
		const char *why = "something";
		size_t which;

		errno = 0;
		fail_after = allowed;
		made = sk_json_new(wants, 2, &why, &which);
		fail_after = -1;
		assert_null(why);
		assert_true(made != NULL || (errno == ENOMEM && live_blocks == 0));
	}
	assert_non_null(made);
	assert_true(allowed > 2);
	sk_json_free(made);
	assert_int_equal(live_blocks, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
