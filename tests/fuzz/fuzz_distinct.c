/*
 * fuzz_distinct.c -- images of counts of different items, exact or a sketch's. Byte 0: bit 0 HLL or Theta, bits 1 and 2
 * the memory, bits 3 and 4 how many items are kept; then the image.
 */
#include "fuzz.h"
#include "sketch/distinct.h"

#define LARGE ((size_t)1 << 22)

static void
query(const struct sk_distinct *distinct)
{
	struct sk_distinct_answer answer = sk_distinct_answer(distinct, 2);
	struct sk_span items[3];
	uint64_t place = 0;
	size_t n, seen = 0;

	check(answer.low <= answer.count && answer.count <= answer.high);
	check(sk_distinct_error(distinct) >= 0);
	if (!sk_distinct_exact(distinct))
		return;
	check(answer.low == answer.count && answer.high == answer.count);
	while ((n = sk_distinct_walk(distinct, &place, items, 3)) > 0)
		seen += n;
	check(seen == 0 || (double)seen == answer.count);
	check(seen > 0 || answer.count == 0 || sk_distinct_theta(distinct) != NULL);
}

static struct sk_distinct *
again(const struct sk_distinct *distinct, const struct sk_distinct_options *options)
{
	size_t size = sk_distinct_encoded_size(distinct);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_distinct *copy;

	check(sk_distinct_encode(distinct, image, size) == 0);
	check(sk_distinct_decode(&copy, options, (struct sk_span){ image, size }, LARGE, FUZZ_SEED) == SK_IMAGE_OK);
	check(sk_distinct_family(copy) == sk_distinct_family(distinct));
	check(same_double(sk_distinct_answer(copy, 1).count, sk_distinct_answer(distinct, 1).count));
	check(sk_distinct_encoded_size(copy) == size);
	check(sk_distinct_encode(copy, copy_image, size) == 0);
	/* Tables in HLL's images may change their order: see fuzz_hll.c. */
	check(sk_distinct_family(copy) == SK_FAMILY_HLL || memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t memories[] = { SK_DISTINCT_MEMORY_MIN, 8192, 65536, LARGE };
	static const size_t most[] = { 0, 3, 100, SIZE_MAX };
	struct sk_distinct_options options = { .lg_k = 10, .type = SK_HLL_8 };
	struct sk_distinct *distinct, *copy;

	if (size == 0)
		return 0;
	options.algorithm = (data[0] & 1) != 0 ? SK_DISTINCT_THETA : SK_DISTINCT_HLL;
	options.exact_max = most[data[0] >> 3 & 3];
	if (sk_distinct_decode(&distinct, &options, (struct sk_span){ data + 1, size - 1 }, memories[data[0] >> 1 & 3],
	        FUZZ_SEED) != SK_IMAGE_OK)
		return 0;
	query(distinct);
	options.exact_max = SIZE_MAX;
	copy = again(distinct, &options);
	query(copy);
	if (sk_distinct_merge(copy, distinct) == 0)
		query(copy);
	if (sk_distinct_intersect(copy, distinct) == 0)
		query(copy);
	if (sk_distinct_subtract(copy, distinct) == 0)
		check(sk_distinct_answer(copy, 1).count == 0);
	check(sk_distinct_to_sketch(distinct) == 0);
	check(sk_distinct_hll(distinct) != NULL || sk_distinct_theta(distinct) != NULL);
	query(distinct);
	sk_distinct_free(copy);
	sk_distinct_free(distinct);
	return 0;
}
