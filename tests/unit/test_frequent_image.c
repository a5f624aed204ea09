/* test_frequent_image.c -- frequent items as DataSketches images: there and back, theirs, and damaged ones. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sketch/frequent.h"

#define MEMORY ((size_t)1 << 20)

static struct sk_span
span(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

static struct sk_frequent *
table_of(size_t items, size_t memory)
{
	struct sk_frequent *table = sk_frequent_new(memory, 1);
	char text[32];

	assert_non_null(table);
	for (uint64_t i = 1; i <= items; i++) {
		uint64_t weight = 1000000 / i;
		struct sk_span item;

		snprintf(text, sizeof(text), "%llu", (unsigned long long)i);
		item = span(text);
		assert_int_equal(sk_frequent_add_batch(table, &item, &weight, 1), 0);
	}
	return table;
}

static unsigned char *
encode(const struct sk_frequent *table, enum sk_frequent_items kind, size_t *size)
{
	unsigned char *image;

	*size = sk_frequent_encoded_size(table, kind);
	assert_non_null(image = malloc(*size));
	assert_int_equal(sk_frequent_encode(table, kind, 0, image), 0);
	return image;
}

static void
an_empty_table_is_eight_bytes(void **state)
{
	static const unsigned char golden[8] = { 1, 1, 10, 3, 3, 5, 0, 0 };
	struct sk_frequent *table = sk_frequent_new(MEMORY, 1), *back;
	size_t size;
	unsigned char *image = encode(table, SK_FREQUENT_STRINGS, &size);

	(void)state;
	assert_int_equal(size, 8);
	assert_memory_equal(image, golden, 8);
	assert_int_equal(
	    sk_frequent_decode(&back, SK_FREQUENT_STRINGS, image, size, MEMORY, 2), SK_IMAGE_OK);
	assert_true(sk_frequent_exact(back));
	assert_int_equal(sk_frequent_size(back), 0);
	free(image);
	sk_frequent_free(table);
	sk_frequent_free(back);
}

static void
one_item_has_the_published_layout(void **state)
{
	static const unsigned char golden[] = { 4, 1, 10, 3, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'a',
		'b' };
	struct sk_frequent *table = sk_frequent_new(MEMORY, 1);
	struct sk_span item = span("ab");
	uint64_t weight = 7;
	unsigned char *image;
	size_t size;

	(void)state;
	assert_int_equal(sk_frequent_add_batch(table, &item, &weight, 1), 0);
	image = encode(table, SK_FREQUENT_STRINGS, &size);
	assert_int_equal(size, sizeof(golden));
	assert_memory_equal(image, golden, sizeof(golden));
	free(image);
	sk_frequent_free(table);
}

static void
check_round_trip(size_t items, size_t memory, enum sk_frequent_items kind)
{
	struct sk_frequent *table = table_of(items, memory), *back;
	size_t size, n;
	unsigned char *image = encode(table, kind, &size);
	uint64_t *refs = malloc(sk_frequent_size(table) * sizeof(*refs));

	assert_int_equal(
	    sk_frequent_decode(&back, kind, image, size, 4 * memory, 3), SK_IMAGE_OK);
	assert_int_equal(sk_frequent_total(back), sk_frequent_total(table));
	assert_int_equal(sk_frequent_max_error(back), sk_frequent_max_error(table));
	assert_int_equal(sk_frequent_exact(back), sk_frequent_exact(table));
	n = sk_frequent_above(
	    table, sk_frequent_max_error(table) + 1, SK_FREQUENT_LIKELY, refs);
	assert_int_equal(n, sk_frequent_size(back));
	for (size_t i = 0; i < n; i++) {
		struct sk_frequent_item here = sk_frequent_at(table, refs[i]);

		assert_int_equal(sk_frequent_get(back, here.item).count, here.count);
		assert_true(sk_frequent_get(back, here.item).error >= here.error);
	}
	free(refs);
	free(image);
	sk_frequent_free(table);
	sk_frequent_free(back);
}

static void
images_keep_totals_bounds_and_items(void **state)
{
	(void)state;
	check_round_trip(1, MEMORY, SK_FREQUENT_STRINGS);
	check_round_trip(1000, MEMORY, SK_FREQUENT_STRINGS);
	check_round_trip(1000, MEMORY, SK_FREQUENT_LONGS);
	check_round_trip(20000, 16384, SK_FREQUENT_STRINGS);
	check_round_trip(20000, 16384, SK_FREQUENT_LONGS);
}

static void
only_canonical_integers_go_into_images_of_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = { { "0", true }, { "-1", true }, { "9223372036854775807", true },
		{ "-9223372036854775808", true }, { "9223372036854775808", false },
		{ "-9223372036854775809", false }, { "01", false }, { "-0", false }, { "", false },
		{ "-", false }, { "+1", false }, { "1 ", false }, { "x", false },
		{ "99999999999999999999", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_frequent *table = sk_frequent_new(MEMORY, 1), *back;
		struct sk_span item = span(rows[i].text);
		unsigned char image[64];

		assert_int_equal(sk_frequent_add_batch(table, &item, NULL, 1), 0);
		errno = 0;
		assert_int_equal(sk_frequent_encode(table, SK_FREQUENT_LONGS, 0, image),
		    rows[i].good ? 0 : -1);
		if (!rows[i].good) {
			assert_int_equal(errno, EINVAL);
		} else {
			assert_int_equal(sk_frequent_decode(&back, SK_FREQUENT_LONGS, image,
					     sk_frequent_encoded_size(table, SK_FREQUENT_LONGS),
					     MEMORY, 1),
			    SK_IMAGE_OK);
			assert_int_equal(sk_frequent_get(back, item).count, 1);
			sk_frequent_free(back);
		}
		sk_frequent_free(table);
	}
}

/* What is decoded from damaged bytes must at least be sound enough to be asked and written again. */
static void
use(struct sk_frequent *table, enum sk_frequent_items kind)
{
	uint64_t *refs = malloc((sk_frequent_size(table) + 1) * sizeof(*refs));
	size_t size;

	sk_frequent_top(table, 5, SK_FREQUENT_POSSIBLE, refs);
	free(encode(table, kind, &size));
	free(refs);
	sk_frequent_free(table);
}

static void
damage(size_t items, size_t memory, enum sk_frequent_items kind)
{
	struct sk_frequent *table = table_of(items, memory), *back;
	size_t size;
	unsigned char *image = encode(table, kind, &size);

	for (size_t cut = 0; cut < size; cut++) {
		unsigned char *part = malloc(cut + 1);

		memcpy(part, image, cut);
		part = realloc(part, cut > 0 ? cut : 1);
		assert_int_not_equal(
		    sk_frequent_decode(&back, kind, part, cut, MEMORY, 1), SK_IMAGE_OK);
		assert_null(back);
		free(part);
	}
	for (size_t at = 0; at < size; at++)
		for (unsigned change = 1; change < 256; change += change < 8 ? 1 : 31) {
			image[at] ^= (unsigned char)change;
			if (sk_frequent_decode(&back, kind, image, size, MEMORY, 1) == SK_IMAGE_OK)
				use(back, kind);
			image[at] ^= (unsigned char)change;
		}
	free(image);
	sk_frequent_free(table);
}

static void
damaged_images_are_refused_or_sound(void **state)
{
	(void)state;
	damage(0, 16384, SK_FREQUENT_STRINGS);
	damage(12, 16384, SK_FREQUENT_STRINGS);
	damage(12, 16384, SK_FREQUENT_LONGS);
	damage(2000, 2048, SK_FREQUENT_STRINGS);
}

static void
other_bytes_are_named_for_what_they_are(void **state)
{
	static const unsigned char hll[8] = { 2, 1, 7, 12, 3, 12, 0, 8 };
	static const unsigned char newer[8] = { 1, 2, 10, 3, 3, 5, 0, 0 };
	static const unsigned char huge[40] = { 4, 1, 10, 20, 20, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0,
		0, 9 };
	/* An error of 5 and a counter of 4 make more than the total, 8. */
	static const unsigned char excess[] = { 4, 1, 10, 3, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0,
		0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'a' };
	struct sk_frequent *table;

	(void)state;
	assert_int_equal(
	    sk_frequent_decode(&table, SK_FREQUENT_STRINGS, excess, sizeof(excess), MEMORY, 1),
	    SK_IMAGE_CORRUPT);
	assert_int_equal(sk_frequent_decode(&table, SK_FREQUENT_STRINGS, hll, 8, MEMORY, 1),
	    SK_IMAGE_NOT_OURS);
	assert_int_equal(sk_frequent_decode(&table, SK_FREQUENT_STRINGS, newer, 8, MEMORY, 1),
	    SK_IMAGE_NEWER);
	assert_int_equal(
	    sk_frequent_decode(&table, SK_FREQUENT_STRINGS, huge, sizeof(huge), MEMORY, 1),
	    SK_IMAGE_TRUNCATED);
	assert_int_equal(sk_frequent_decode(&table, SK_FREQUENT_STRINGS,
			     (const unsigned char *)"count\titem\n", 11, MEMORY, 1),
	    SK_IMAGE_NOT_OURS);
}

/* Images that DataSketches wrote */

static size_t
load(const char *name, unsigned char *bytes, size_t size)
{
	const char *folder = getenv("SK_FIXTURES");
	char path[1024];
	FILE *file;
	size_t got;

	snprintf(path, sizeof(path), "%s/%s",
	    folder != NULL ? folder : "../shared/fixtures/datasketches", name);
	if ((file = fopen(path, "rb")) == NULL)
		return 0;
	got = fread(bytes, 1, size, file);
	fclose(file);
	return got;
}

static void
images_made_by_others_answer_as_they_say(void **state)
{
	static const struct {
		const char *name;
		enum sk_frequent_items kind;
		uint64_t total, active, error;
		const char *item;
		uint64_t count;
	} rows[] = {
		{ "freq_string_empty.sk", SK_FREQUENT_STRINGS, 0, 0, 0, "x", 0 },
		{ "freq_string_exact_weights.sk", SK_FREQUENT_STRINGS, 2870, 20, 0,
		    "item-000000000000020", 400 },
		{ "freq_long_harmonic_lg6.sk", SK_FREQUENT_LONGS, 10470843, 22, 250777, "1", 1000000 },
		{ "freq_long_harmonic_lg8.sk", SK_FREQUENT_LONGS, 10470843, 54, 53262, "1", 1000000 },
		{ "freq_long_harmonic_lg10.sk", SK_FREQUENT_LONGS, 10470843, 584, 10514, "1",
		    1000000 },
		{ "freq_long_harmonic_lg12.sk", SK_FREQUENT_LONGS, 10470843, 2087, 1861, "2",
		    500000 },
		{ "freq_string_harmonic_lg8.sk", SK_FREQUENT_STRINGS, 10470843, 54, 53262,
		    "item-000000000000001", 1000000 },
		{ "freq_string_harmonic_lg10.sk", SK_FREQUENT_STRINGS, 10470843, 584, 10514,
		    "item-000000000000001", 1000000 },
		{ "freq_string_utf8.sk", SK_FREQUENT_STRINGS, 45, 9, 0, NULL, 0 },
		{ "freq_string_zipf11_100k_lg10.sk", SK_FREQUENT_STRINGS, 100000, 496, 59, NULL, 0 },
	};
	static unsigned char bytes[1 << 17];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = load(rows[i].name, bytes, sizeof(bytes));
		struct sk_frequent *table;

		if (size == 0) {
			print_message("skipped: no fixtures (%s)\n", rows[i].name);
			continue;
		}
		assert_int_equal(
		    sk_frequent_decode(&table, rows[i].kind, bytes, size, MEMORY, 1), SK_IMAGE_OK);
		assert_int_equal(sk_frequent_total(table), rows[i].total);
		assert_int_equal(sk_frequent_size(table), rows[i].active);
		assert_int_equal(sk_frequent_max_error(table), rows[i].error);
		if (rows[i].item != NULL) {
			struct sk_frequent_item item = sk_frequent_get(table, span(rows[i].item));

			assert_true(item.count >= rows[i].count);
			assert_true(item.count - item.error <= rows[i].count);
		}
		assert_int_equal(sk_frequent_encoded_size(table, rows[i].kind), size);
		sk_frequent_free(table);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_is_eight_bytes),
		cmocka_unit_test(one_item_has_the_published_layout),
		cmocka_unit_test(images_keep_totals_bounds_and_items),
		cmocka_unit_test(only_canonical_integers_go_into_images_of_numbers),
		cmocka_unit_test(damaged_images_are_refused_or_sound),
		cmocka_unit_test(other_bytes_are_named_for_what_they_are),
		cmocka_unit_test(images_made_by_others_answer_as_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
