/*
 * test_quantile_memory.c -- merging quantiles when the system refuses memory.
 *
 * What merges, and KLL and the exact store below it, are compiled into this file with an allocator
 * that fails on demand and counts its blocks.
 */
#include "support.h"

#include <math.h>

static long fail_after;  /* allocations that still succeed; negative: all do */
static long live_blocks; /* allocated and not freed */
static bool refused;     /* whether any was refused */

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
#include "../../lib/sketch/keysort.c"
#include "../../lib/sketch/kll_levels.c"
#include "../../lib/sketch/kll.c"
#include "../../lib/sketch/kll_view.c"
#include "../../lib/sketch/kll_image.c"
#undef FIRST_ROOM
#include "../../lib/sketch/exact_quantile.c"
#undef TWO_TO_63
#undef VALUE_COST
#define shrink quantile_shrink /* that of KLL is another */
#include "../../lib/sketch/quantile.c"
#include "../../lib/sketch/quantile_combine.c"
#include "../../lib/sketch/quantile_image.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#define MOST 3000

/* What is merged: exact values or a KLL sketch, of a type, of so many values in so many parts of 1.
 */
static const struct row {
	bool exact;
	enum sk_quantile_type type;
	size_t n;
	double part;
} rows[] = {
	{true,   SK_QUANTILE_DOUBLE,  0,    1 },
	{ true,  SK_QUANTILE_DOUBLE,  700,  1 },
	{ true,  SK_QUANTILE_DOUBLE,  700,  10},
	{ false, SK_QUANTILE_DOUBLE,  0,    1 },
	{ false, SK_QUANTILE_DOUBLE,  3000, 10},
	{ false, SK_QUANTILE_FLOAT,   3000, 2 },
	{ false, SK_QUANTILE_INTEGER, 3000, 1 },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

static struct sk_quantile *
quantile_of(const struct row *row)
{
	const struct sk_quantile_options options = { .algorithm = SK_QUANTILE_KLL,
		.k = 100,
		.exact_max = row->exact ? 1000 : 0,
		.moments = true };
	struct sk_quantile *quantile = sk_quantile_start(&options, 1 << 20, 1);
	double values[MOST];

	assert_non_null(quantile);
	quantile->type = row->type;
	if (row->exact)
		quantile->exact = sk_exact_quantile_new(1 << 19);
	else
		assert_int_equal(sk_quantile_start_sketch(quantile), 0);
	for (size_t i = 0; i < row->n; i++)
		values[i] = (double)(i * 7919 % MOST) / row->part;
	assert_int_equal(sk_quantile_add_batch(quantile, values, row->n), 0);
	return quantile;
}

static unsigned char *
image_of(const struct sk_quantile *quantile, size_t *size)
{
	unsigned char *image = allocate(*size = sk_quantile_encoded_size(quantile));

	sk_quantile_encode(quantile, image);
	return image;
}

/* With ${fail} allocations, the rest refused; true when none was, whether it was missed or not. */
static bool
try(const struct row *a, const struct row *b, long fail)
{
	struct sk_quantile *into = quantile_of(a), *from = quantile_of(b);
	const struct sk_quantile_moments moments = sk_quantile_moments(into);
	size_t before_size, size;
	unsigned char *before = image_of(into, &before_size), *after;
	const bool may = sk_quantile_why_not(into, from) == NULL;
	int merged;

	refused = false;
	fail_after = fail;
	merged = sk_quantile_merge(into, from);
	fail_after = -1;
	if (merged == -1) {
		assert_int_equal(errno, may ? ENOMEM : EINVAL);
		assert_true(refused == may);
		after = image_of(into, &size);
		assert_int_equal(size, before_size);
		assert_memory_equal(after, before, size);
		assert_true(into->type == a->type);
		assert_true(a->n == 0 || sk_quantile_moments(into).mean == moments.mean);
		free(after);
	} else
		assert_int_equal(sk_quantile_count(into), a->n + b->n);
	free(before);
	sk_quantile_free(into);
	sk_quantile_free(from);
	assert_int_equal(live_blocks, 0);
	return !refused;
}

static void
test_refused_memory_leaves_no_trace(void **state)
{
	(void)state;
	fail_after = -1;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j < ROWS; j++)
			for (long fail = 0; !try(&rows[i], &rows[j], fail); fail++)
				assert_true(fail < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_memory_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
