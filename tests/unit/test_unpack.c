/* test_unpack.c -- which input is compressed, by its front; sk_unpack_step() is fuzzed, and tested in compressed.bats. */
#include "support.h"

#include "record/unpack.h"

static enum sk_unpack_kind
kind_of(const char *front, size_t size, bool whole)
{
	return sk_unpack_kind((struct sk_span){ (const unsigned char *)front, size }, whole);
}

static void
test_fronts(void **state)
{
	static const struct {
		const char *front;
		size_t size;
		size_t decided; /* with this many bytes it is known */
		size_t cut;	/* and with this many at the end of the input */
		enum sk_unpack_kind kind;
	} rows[] = {
		{ "\x1f\x8b\x08\x08 a gzip", 10, 3, 2, SK_UNPACK_GZIP },
		{ "\x28\xb5\x2f\xfd a zstd", 10, 4, 2, SK_UNPACK_ZSTD },
		{ "\x50\x2a\x4d\x18 a zstd", 10, 4, 4, SK_UNPACK_ZSTD },
		{ "\x5f\x2a\x4d\x18 a zstd", 10, 4, 4, SK_UNPACK_ZSTD },
		{ "\xfd\x37\x7a\x58\x5a\x00 xz.", 10, 6, 2, SK_UNPACK_XZ },
		{ "BZh9\x31\x41\x59\x26\x53\x59", 10, 10, 3, SK_UNPACK_BZIP2 },
		{ "BZh1\x17\x72\x45\x38\x50\x90", 10, 10, 3, SK_UNPACK_BZIP2 },
		{ "BZh0\x31\x41\x59\x26\x53\x59", 10, 4, 11, SK_UNPACK_PLAIN },
		{ "BZh9 is text", 10, 5, 11, SK_UNPACK_PLAIN },
		{ "P*M is text", 10, 4, 11, SK_UNPACK_PLAIN },
		{ "\x1f\x8b\x07 text", 8, 3, 11, SK_UNPACK_PLAIN },
		{ "a line\n", 7, 1, 11, SK_UNPACK_PLAIN },
	};

	(void)state;
	assert_int_equal(kind_of("", 0, false), SK_UNPACK_UNDECIDED);
	assert_int_equal(kind_of("", 0, true), SK_UNPACK_PLAIN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t size = 1; size <= rows[i].size; size++) {
			assert_int_equal(kind_of(rows[i].front, size, false),
			    size < rows[i].decided ? SK_UNPACK_UNDECIDED : rows[i].kind);
			if (rows[i].kind != SK_UNPACK_PLAIN && size < rows[i].cut)
				assert_int_equal(kind_of(rows[i].front, size, true), SK_UNPACK_PLAIN);
			/* Two bytes of gzip's three, or three of bzip2's and a digit, and no more, are what was cut off. */
			if (rows[i].kind == SK_UNPACK_PLAIN || size >= rows[i].cut)
				assert_true(kind_of(rows[i].front, size, true) == rows[i].kind ||
				    (rows[i].kind == SK_UNPACK_PLAIN && size < rows[i].decided));
		}
}

/* What is in the library has words for everything that can go wrong. */
static void
test_words(void **state)
{
	(void)state;
	for (int kind = SK_UNPACK_GZIP; kind <= SK_UNPACK_BZIP2; kind++)
		for (int status = SK_UNPACK_CORRUPT; status <= SK_UNPACK_NO_MEMORY; status++)
			assert_non_null(sk_unpack_strerror((enum sk_unpack_kind)kind, (enum sk_unpack_status)status));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fronts),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
