/*
 * test_scan.c -- every build of the scanning loops against one that looks at a byte at a time.
 *
 * Data lies in blocks that end exactly where the padding does, so that memory checkers see reads
 * beyond it. What the padding holds changes from round to round: ends, separators, or noise.
 */
#include "support.h"

#include "record/scan.h"

#define SIZE_MOST 1000
#define FIELD_MOST 12

/* Data between paddings */

struct padded {
	unsigned char *block;
	unsigned char *data;
	size_t size;
};

/* Room for ${size} bytes, ${offset} bytes off the block's alignment. */
static struct padded
padded_new(size_t size, size_t offset, const char *padding)
{
	const size_t kinds = strlen(padding);
	struct padded padded = { allocate(offset + size + 2 * SK_SCAN_PAD), NULL, size };

	for (size_t i = 0; i < offset + size + 2 * SK_SCAN_PAD; i++)
		padded.block[i] = kinds > 0 ? (unsigned char)padding[random_below(kinds)]
					    : (unsigned char)next_random();
	padded.data = padded.block + offset + SK_SCAN_PAD;
	return padded;
}

static const char *const paddings[] = { "\n", ",", " ", " \t\n,", "x", "" };
#define PADDINGS (sizeof(paddings) / sizeof(paddings[0]))

/* Fill with bytes, about one in ${rarity} of which is from ${special}. Noise includes bytes of 0x80
 * and more. */
static void
fill(struct padded *padded, const char *special, size_t rarity)
{
	const size_t kinds = strlen(special);

	for (size_t i = 0; i < padded->size; i++) {
		if (random_below(rarity) == 0)
			padded->data[i] = (unsigned char)special[random_below(kinds)];
		else if (random_below(2) == 0)
			padded->data[i] = (unsigned char)next_random();
		else
			padded->data[i] = (unsigned char)(special[random_below(kinds)] ^
			    (random_below(2) ? 0x80 : 1 << random_below(8)));
	}
}

/* The reference */

static size_t
plain_records(const unsigned char *data, size_t size, unsigned char end, struct sk_span *records,
    size_t max, size_t *used)
{
	size_t n = 0, start = 0;

	for (size_t at = 0; at < size && n < max; at++)
		if (data[at] == end) {
			records[n++] = (struct sk_span){ data + start, at - start };
			start = at + 1;
		}
	*used = start;
	return n;
}

/* All fields of ${record} between ${delimiter}s; returns how many. */
static size_t
plain_delimited(struct sk_span record, unsigned char delimiter, struct sk_span *fields)
{
	size_t n = 0, start = 0;

	for (size_t at = 0; at <= record.size; at++)
		if (at == record.size || record.data[at] == delimiter) {
			fields[n++] = (struct sk_span){ record.data + start, at - start };
			start = at + 1;
		}
	return n;
}

static bool
is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n';
}

static size_t
plain_blank(struct sk_span record, struct sk_span *fields)
{
	size_t n = 0;

	for (size_t at = 0; at < record.size; at++) {
		if (is_blank(record.data[at]))
			continue;
		if (at == 0 || is_blank(record.data[at - 1]))
			fields[n++] = (struct sk_span){ record.data + at, 0 };
		fields[n - 1].size++;
	}
	return n;
}

/* Comparing */

static void
assert_same_span(struct sk_span span, struct sk_span expected, const struct sk_scan *scan,
    const char *what, size_t field, struct sk_span record)
{
	if (span.data == expected.data && span.size == expected.size)
		return;
	fail_msg("%s %s %zu of %zu bytes: %td+%zu, not %td+%zu", scan->name, what, field,
	    record.size, span.data - record.data, span.size, expected.data - record.data,
	    expected.size);
}

/* The ${field}th of ${n} fields from either end, or an empty span at the record's end. */
static struct sk_span
choose(struct sk_span record, const struct sk_span *fields, size_t n, size_t field, bool back)
{
	if (field > n)
		return (struct sk_span){ record.data + record.size, 0 };
	return fields[back ? n - field : field - 1];
}

static void
check_record_fields(const struct sk_scan *scan, struct sk_span record, unsigned char delimiter)
{
	struct sk_span by_delimiter[SIZE_MOST + 1], by_blank[SIZE_MOST + 1], found;
	const size_t delimited = plain_delimited(record, delimiter, by_delimiter);
	const size_t blank = plain_blank(record, by_blank);

	for (size_t field = 1; field <= FIELD_MOST; field++) {
		scan->delimited(&record, 1, delimiter, field, &found);
		assert_same_span(found, choose(record, by_delimiter, delimited, field, false), scan,
		    "delimited", field, record);
		scan->delimited_back(&record, 1, delimiter, field, &found);
		assert_same_span(found, choose(record, by_delimiter, delimited, field, true), scan,
		    "delimited_back", field, record);
		scan->blank(&record, 1, field, &found);
		assert_same_span(found, choose(record, by_blank, blank, field, false), scan,
		    "blank", field, record);
		scan->blank_back(&record, 1, field, &found);
		assert_same_span(found, choose(record, by_blank, blank, field, true), scan,
		    "blank_back", field, record);
	}
}

static void
check_fields(struct sk_span record, unsigned char delimiter)
{
	for (const struct sk_scan *const *scan = sk_scan_all(); *scan != NULL; scan++)
		check_record_fields(*scan, record, delimiter);
}

/* Records */

/* Cut everything, ${max} records at a time. */
static void
check_records(
    const struct sk_scan *scan, const struct padded *padded, unsigned char end, size_t max)
{
	struct sk_span *expected = allocate(max * sizeof(*expected));
	struct sk_span *found = allocate(max * sizeof(*found)); /* no larger */

	for (size_t at = 0; at <= padded->size;) {
		size_t used, expected_used;
		const size_t n =
		    scan->records(padded->data + at, padded->size - at, end, found, max, &used);

		assert_int_equal(n,
		    plain_records(
			padded->data + at, padded->size - at, end, expected, max, &expected_used));
		assert_int_equal(used, expected_used);
		for (size_t i = 0; i < n; i++)
			assert_same_span(found[i], expected[i], scan, "record", i, found[i]);
		if (n == 0)
			break;
		at += used;
	}
	free(expected);
	free(found);
}

static void
records_round(size_t size, size_t offset, unsigned char end, size_t rarity)
{
	static const size_t maxima[] = { 0, 1, 2, 3, 7, 64, 256, SIZE_MOST + 1 };
	struct padded padded = padded_new(size, offset, paddings[random_below(PADDINGS)]);
	const char special[2] = { (char)end, '\0' };

	fill(&padded, end == '\0' ? "\1" : special, rarity);
	for (size_t i = 0; end == '\0' && i < size; i++)
		if (padded.data[i] == 1)
			padded.data[i] = '\0';
	for (const struct sk_scan *const *scan = sk_scan_all(); *scan != NULL; scan++)
		for (size_t i = 0; i < sizeof(maxima) / sizeof(maxima[0]); i++)
			check_records(*scan, &padded, end, maxima[i]);
	free(padded.block);
}

static void
test_records(void **state)
{
	static const unsigned char ends[] = { '\n', '\0', 0x80, 0xff, ';', 0x01 };
	static const size_t rarities[] = { 1, 2, 10, 64, 100, 1000 };

	(void)state;
	random_state = 1;
	for (size_t size = 0; size <= 300; size++)
		for (size_t i = 0; i < 4; i++)
			records_round(size, random_below(64), ends[random_below(6)],
			    rarities[random_below(6)]);
	for (int round = 0; round < 300; round++)
		records_round(random_below(SIZE_MOST) + 1, random_below(64), ends[random_below(6)],
		    rarities[random_below(6)]);
}

/* One end byte at each place, and pairs of them across the borders of chunks. */
static void
test_records_at_chunk_borders(void **state)
{
	(void)state;
	random_state = 2;
	for (size_t place = 0; place < 260; place++) {
		struct padded padded = padded_new(260, place % 64, "\n");

		memset(padded.data, 'x', padded.size);
		padded.data[place] = '\n';
		if (place % 2 == 1)
			padded.data[place - 1] = '\n';
		for (const struct sk_scan *const *scan = sk_scan_all(); *scan != NULL; scan++) {
			check_records(*scan, &padded, '\n', 1);
			check_records(*scan, &padded, '\n', 300);
		}
		free(padded.block);
	}
}

/* Fields */

static void
fields_round(size_t size, size_t offset, unsigned char delimiter, size_t rarity)
{
	struct padded padded = padded_new(size, offset, paddings[random_below(PADDINGS)]);
	const char special[] = { (char)delimiter, ' ', '\t', '\n', (char)delimiter, '\0' };

	fill(&padded, special + (delimiter == '\0'), rarity);
	for (size_t i = 0; delimiter == '\0' && i < size; i++)
		if (padded.data[i] == ' ' && random_below(2) == 0)
			padded.data[i] = '\0';
	/* Blanks and delimiters at the ends of a record are cases of their own. */
	for (size_t i = 0; i < size && random_below(3) > 0; i++)
		padded.data[i] = (unsigned char)special[random_below(5)];
	for (size_t i = size; i > 0 && random_below(3) > 0; i--)
		padded.data[i - 1] = (unsigned char)special[random_below(5)];
	check_fields((struct sk_span){ padded.data, size }, delimiter);
	free(padded.block);
}

static void
test_fields(void **state)
{
	static const unsigned char delimiters[] = { ',', '\t', ' ', '\0', 0x80, 0xff, 0xac };
	static const size_t rarities[] = { 1, 2, 5, 20, 64, 200 };

	(void)state;
	random_state = 3;
	for (size_t size = 0; size <= 300; size++)
		for (int i = 0; i < (SANITIZED ? 6 : 20); i++)
			fields_round(size, random_below(64), delimiters[random_below(7)],
			    rarities[random_below(6)]);
	for (size_t offset = 0; offset < 64; offset++)
		for (size_t i = 0; i < 6; i++)
			fields_round(random_below(200), offset, ',', rarities[i]);
}

/* A field that begins and ends at each place around the borders of chunks, seen from both ends. */
static void
test_fields_at_chunk_borders(void **state)
{
	(void)state;
	random_state = 4;
	for (size_t start = 0; start < 140; start++)
		for (size_t length = 0; length < 140; length += length < 3 || length > 60 ? 1 : 9) {
			const size_t behind = random_below(140);
			struct padded padded =
			    padded_new(start + length + behind, random_below(64), " ");

			memset(padded.data, ' ', padded.size);
			memset(padded.data + start, 'f', length);
			check_fields((struct sk_span){ padded.data, padded.size }, ' ');
			memset(padded.data, 'f', padded.size);
			if (start > 0)
				padded.data[start - 1] = '\t';
			if (behind > 0)
				padded.data[start + length] = '\t';
			check_fields((struct sk_span){ padded.data, padded.size }, '\t');
			free(padded.block);
		}
}

/* Bytes that differ from the one looked for in a single bit, or by one, are not it. */
static void
test_neighbouring_bytes(void **state)
{
	(void)state;
	random_state = 5;
	for (unsigned wanted = 0; wanted < 256; wanted++) {
		struct padded padded = padded_new(256, wanted % 64, "");

		for (size_t i = 0; i < 256; i++)
			padded.data[i] = (unsigned char)i;
		check_fields((struct sk_span){ padded.data, 256 }, (unsigned char)wanted);
		for (const struct sk_scan *const *scan = sk_scan_all(); *scan != NULL; scan++)
			check_records(*scan, &padded, (unsigned char)wanted, 9);
		free(padded.block);
	}
}

/* Columns of many records, some of them without the field. */
static void
test_columns(void **state)
{
	struct padded padded = padded_new(SIZE_MOST, 3, "\n");
	struct sk_span records[SIZE_MOST], column[SIZE_MOST], fields[SIZE_MOST + 1];
	size_t used, n;

	(void)state;
	random_state = 6;
	for (int round = 0; round < 50; round++) {
		fill(&padded, "\n,, ", 3);
		n = plain_records(padded.data, padded.size, '\n', records, SIZE_MOST, &used);
		for (const struct sk_scan *const *scan = sk_scan_all(); *scan != NULL; scan++)
			for (size_t field = 1; field < 6; field++) {
				(*scan)->delimited(records, n, ',', field, column);
				for (size_t i = 0; i < n; i++)
					assert_same_span(column[i],
					    choose(records[i], fields,
						plain_delimited(records[i], ',', fields), field,
						false),
					    *scan, "column", field, records[i]);
				(*scan)->blank_back(records, n, field, column);
				for (size_t i = 0; i < n; i++)
					assert_same_span(column[i],
					    choose(records[i], fields,
						plain_blank(records[i], fields), field, true),
					    *scan, "column", field, records[i]);
			}
	}
	free(padded.block);
}

static void
test_builds(void **state)
{
	const struct sk_scan *const *all = sk_scan_all();
	size_t n = 0;

	(void)state;
	assert_ptr_equal(sk_scan_best(), all[0]);
	while (all[n] != NULL)
		n++;
	assert_true(n >= 1);
	assert_string_equal(all[n - 1]->name, "plain");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(all[i]->name, all[j]->name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builds),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_records_at_chunk_borders),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_fields_at_chunk_borders),
		cmocka_unit_test(test_neighbouring_bytes),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
