/* test_raw.c -- records behind lengths, raw numbers, and blocks that end within a record. */
#include "support.h"

#include "record/layout.h"
#include "record/raw.h"
#include "record/scan.h"

#define SIZE_MOST ((size_t)600)

static void
test_decimals_are_those_of_printf(void **state)
{
	(void)state;
	random_state = 3;
	for (int round = 0; round < 100000; round++) {
		uint64_t number = next_random() >> (round % 64), power = 1;
		unsigned char text[SK_RAW_DECIMAL_SIZE];
		char expected[32];
		int negative = round % 2, length;

		for (int i = round % 20; i > 0; i--)
			power *= 10;
		if (round % 3 > 0) /* where the number of digits changes */
			number = power - (uint64_t)(round % 3 - 1);
		if (negative && number > (uint64_t)1 << 63)
			number >>= 1;
		length = snprintf(expected, sizeof(expected), "%s%" PRIu64, negative ? "-" : "", number);
		assert_int_equal(sk_raw_decimal(number, negative, text), length);
		assert_memory_equal(text, expected, (size_t)length);
	}
}

static void
test_values_are_little_endian(void **state)
{
	static const unsigned char bytes[] = { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0xc0, 0xbf, 0xfe, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff };
	double value[2];

	(void)state;
	sk_raw_f64(bytes, 1, value);
	assert_true(value[0] == 1.0);
	sk_raw_f32(bytes + 8, 1, value);
	assert_true(value[0] == -1.5);
	sk_raw_i64(bytes + 12, 1, value);
	assert_true(value[0] == -2.0);
	sk_raw_u64(bytes + 12, 1, value);
	assert_true(value[0] == 18446744073709551616.0);
}

static void
test_lengths_cut_whole_records(void **state)
{
	static const unsigned char bytes[] = "\0\0\0\0\0\0\0\2a\n\0\0\0\1b\0\0\1\0c";
	const size_t size = sizeof(bytes) - 1;
	struct sk_span records[8];
	size_t used;

	(void)state;
	assert_int_equal(sk_raw_cut_lengths(bytes, size, records, 8, &used), 3);
	assert_int_equal(used, 15);
	assert_int_equal(records[0].size, 0);
	assert_memory_equal(records[1].data, "a\n", 2);
	assert_int_equal(sk_raw_cut_lengths(bytes, size, records, 2, &used), 2);
	assert_int_equal(used, 10);
	for (size_t cut = 0; cut < 15; cut++)
		assert_int_equal(sk_raw_cut_lengths(bytes, cut, records, 8, &used), cut < 4 ? 0 : cut < 10 ? 1 : 2);
	assert_int_equal(sk_raw_cut_numbers(bytes, 17, 8, records, 8, &used), 2);
	assert_int_equal(used, 16);
}

/* csv of all kinds, or records behind their lengths. */
static size_t
make_input(enum sk_layout_kind kind, unsigned char *data)
{
	size_t size = 0, most = random_below(SIZE_MOST) + 1;

	while (size + 20 < most) {
		size_t length = random_below(12);

		if (kind == SK_LAYOUT_BE32) {
			memset(data + size, 0, 3);
			data[size + 3] = (unsigned char)length;
			size += 4;
		}
		for (; length > 0; length--)
			data[size++] = (unsigned char)"ab,\"\n\",\n\"\r"[random_below(10)];
	}
	if (kind == SK_LAYOUT_CSV)
		data[size++] = '\n';
	return size;
}

/* Records cut from what may end within one are those that are cut from what does not. */
static void
test_partial_blocks_decide_nothing(void **state)
{
	(void)state;
	random_state = 4;
	for (int round = 0; round < 20000; round++) {
		struct sk_layout_options options = { round % 4 == 0 ? SK_LAYOUT_BE32 : SK_LAYOUT_CSV, ',', '\n', 64 };
		unsigned char padded[SIZE_MOST + 2 * SK_SCAN_PAD + 64] = { 0 }, *data = padded + SK_SCAN_PAD;
		struct sk_span whole[SIZE_MOST], records[SIZE_MOST];
		size_t size = make_input(options.kind, data), which, used, n, got = 0, at = 0, end = 0;
		const char *why;
		struct sk_layout *layout = sk_layout_new(&options, NULL, 0, &why, &which);
		bool lines = false;

		n = sk_layout_records(layout, data, size, whole, SIZE_MOST, &used);
		assert_int_equal(used, size);
		while (at < size) {
			bool last = end == size;
			size_t block = last ? size - at : sk_layout_likely(layout, data + at, 0, end - at), taken = 0, now;

			assert_true(block <= end - at);
			do {
				now = sk_layout_front(layout, data + at + taken, block - taken, last, records + got,
				    random_below(5) + 1, &used, &lines);
				got += now;
				taken += used;
			} while (now > 0 && taken < block);
			at += taken;
			if (at < size)
				end += random_below(size - end + 1);
		}
		assert_int_equal(got, n);
		for (size_t i = 0; i < n; i++) {
			assert_ptr_equal(records[i].data, whole[i].data);
			assert_int_equal(records[i].size, whole[i].size);
			assert_true(lines || options.kind != SK_LAYOUT_CSV || records[i].size == 0 ||
			    memchr(records[i].data, '\n', records[i].size) == NULL);
		}
		sk_layout_free(layout);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimals_are_those_of_printf),
		cmocka_unit_test(test_values_are_little_endian),
		cmocka_unit_test(test_lengths_cut_whole_records),
		cmocka_unit_test(test_partial_blocks_decide_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
