/* fuzz_frequent.c -- frequent-items images. Byte 0: bit 0 strings or longs, bits 1 and 2 the memory; then the image. */
#include "fuzz.h"
#include "sketch/frequent.h"

#define LARGE ((size_t)1 << 22)
#define LG_MAX 10

static void
query(const struct sk_frequent *table)
{
	size_t size = sk_frequent_size(table);
	uint64_t *refs = calloc(size + 2, sizeof(*refs));
	struct sk_frequent_item *items = calloc(size + 2, sizeof(*items));
	struct sk_span walked[3];
	uint64_t place = 0;
	size_t n, seen = 0;

	check(refs != NULL && items != NULL);
	check(sk_frequent_above(table, 0, SK_FREQUENT_POSSIBLE, refs) == size);
	sk_frequent_resolve(table, refs, size, items);
	for (size_t i = 0; i < size; i++) {
		struct sk_frequent_item got = sk_frequent_get(table, items[i].item);

		check(got.count == items[i].count && got.error == items[i].error);
		check(got.error <= got.count && got.error <= sk_frequent_max_error(table));
		check(i == 0 || items[i].count <= items[i - 1].count);
	}
	check(sk_frequent_top(table, 5, SK_FREQUENT_LIKELY, refs) == (size < 5 ? size : 5));
	check(sk_frequent_top(table, size + 1, SK_FREQUENT_CERTAIN, refs) <= size);
	check(sk_frequent_top(table, 1, SK_FREQUENT_POSSIBLE, refs) <= size);
	check(sk_frequent_above(table, 2, SK_FREQUENT_CERTAIN, refs) <= size);
	(void)sk_frequent_sure_weight(table, size, refs);
	while ((n = sk_frequent_walk(table, &place, walked, 3)) > 0)
		seen += n;
	check(seen == size);
	(void)sk_frequent_contents(table);
	free(refs);
	free(items);
}

/* Bounds are kept: an item of ${b} weighs what ${a} says, and what was left out is covered by the error. */
static void
same_answers(const struct sk_frequent *a, const struct sk_frequent *b)
{
	uint64_t place = 0;
	struct sk_span item;

	check(sk_frequent_total(a) == sk_frequent_total(b));
	check(sk_frequent_max_error(a) == sk_frequent_max_error(b));
	while (sk_frequent_walk(b, &place, &item, 1) > 0)
		check(sk_frequent_get(a, item).count == sk_frequent_get(b, item).count);
	for (place = 0; sk_frequent_walk(a, &place, &item, 1) > 0;)
		check(sk_frequent_get(a, item).count <= sk_frequent_get(b, item).count);
}

static struct sk_frequent *
again(const struct sk_frequent *table, enum sk_frequent_items kind, size_t *image_size)
{
	struct sk_frequent *copy;
	unsigned char *image;

	*image_size = sk_frequent_encoded_size(table, kind);
	image = exact_memory(*image_size);
	check(sk_frequent_encode(table, kind, LG_MAX, image) == 0);
	check(sk_frequent_decode(&copy, kind, image, *image_size, LARGE, FUZZ_SEED) == SK_IMAGE_OK);
	free(image);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t memories[] = { SK_FREQUENT_MEMORY_MIN, 4096, 65536, LARGE };
	struct sk_frequent *table, *second, *third;
	enum sk_frequent_items kind;
	size_t memory, first_size, second_size;

	if (size == 0)
		return 0;
	kind = (data[0] & 1) != 0 ? SK_FREQUENT_LONGS : SK_FREQUENT_STRINGS;
	memory = memories[data[0] >> 1 & 3];
	if (sk_frequent_decode(&table, kind, data + 1, size - 1, memory, FUZZ_SEED) != SK_IMAGE_OK) {
		check(table == NULL);
		return 0;
	}
	check(sk_frequent_memory(table) <= memory);
	query(table);
	second = again(table, kind, &first_size);
	query(second);
	same_answers(table, second);
	third = again(second, kind, &second_size);
	check(first_size == second_size);
	same_answers(second, third);
	if (sk_frequent_merge(table, second) == 0)
		check(sk_frequent_total(table) == 2 * sk_frequent_total(second));
	query(table);
	sk_frequent_free(table);
	sk_frequent_free(second);
	sk_frequent_free(third);
	return 0;
}
