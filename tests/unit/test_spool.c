/*
 * test_spool.c -- bytes that are put aside come back as they were, wherever they lie.
 */
#include "support.h"

#include <stdlib.h>
#include <unistd.h>

#include "run/spool.h"

#define MOST ((size_t)1 << 20)

/* ${n} pieces of up to ${piece} bytes through a spool of ${limit}; then ranges of all of them. */
static void
check_spool(struct sk_spool *spool, size_t limit, size_t n, size_t piece)
{
	unsigned char *want = allocate(n * piece + 1), *got = allocate(n * piece + 1);
	size_t size = 0;

	assert_int_equal(sk_spool_size(spool), 0);
	for (size_t i = 0; i < n; i++) {
		size_t more = random_below(piece + 1);

		for (size_t j = 0; j < more; j++)
			want[size + j] = (unsigned char)next_random();
		assert_true(sk_spool_append(spool, (struct sk_span){ want + size, more }) == size);
		size += more;
		assert_true(sk_spool_size(spool) == size);
		assert_true(sk_spool_memory(spool) <= limit);
		/* Reading changes nothing of where the next goes. */
		sk_spool_read(spool, size - more, got, more);
		assert_memory_equal(got, want + size - more, more);
	}
	sk_spool_read(spool, 0, got, size);
	assert_memory_equal(got, want, size);
	for (size_t i = 0; i < 300; i++) {
		size_t from = random_below(size + 1), most = random_below(size - from + 1);

		memset(got, 0, most);
		sk_spool_read(spool, from, got, most);
		assert_memory_equal(got, want + from, most);
	}
	free(want);
	free(got);
}

static void
test_every_limit(void **state)
{
	static const size_t limits[] = { 0, 1, 7, 100, 4096, 65536, 100000, MOST };
	static const size_t pieces[] = { 1, 6, 99, 1000, 5000 };

	(void)state;
	random_state = 5;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct sk_spool *spool = sk_spool_new(limits[i]);

		for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++) {
			check_spool(spool, limits[i], 80, pieces[j]);
			sk_spool_reset(spool);
		}
		sk_spool_free(spool);
	}
	sk_spool_free(NULL);
}

/* The file has no name, and is not there before it is needed. */
static void
test_the_file(void **state)
{
	char directory[] = "/tmp/streamkit-test-XXXXXX";
	unsigned char bytes[100] = { 1, 2, 3 }, got[100];
	struct sk_spool *spool = sk_spool_new(sizeof(bytes));

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	sk_spool_append(spool, (struct sk_span){ bytes, sizeof(bytes) });
	sk_spool_append(spool, (struct sk_span){ NULL, 0 });
	assert_non_null(mkdtemp(directory));
	assert_int_equal(setenv("TMPDIR", directory, 1), 0);
	sk_spool_append(spool, (struct sk_span){ bytes, 1 });
	assert_int_equal(rmdir(directory), 0); /* it is empty */
	sk_spool_append(spool, (struct sk_span){ bytes, sizeof(bytes) });
	sk_spool_read(spool, 101, got, 100);
	assert_memory_equal(got, bytes, 100);
	sk_spool_free(spool);
	unsetenv("TMPDIR");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_limit),
		cmocka_unit_test(test_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
