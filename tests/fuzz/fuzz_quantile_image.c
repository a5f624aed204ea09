/*
 * fuzz_quantile_image.c -- images of quantiles, exact or a sketch's. Byte 0: bits 0 and 1 the type, bits 2 and 3 the
 * memory, bits 4 and 5 what exact values are to become; byte 1: how many of those are kept; then the image.
 */
#include "fuzz.h"
#include "sketch/quantile.h"

#define LARGE ((size_t)1 << 25)
#define CONFIDENCE 0.99

static void
check_answer(struct sk_quantile_answer answer)
{
	check(answer.low <= answer.value && answer.value <= answer.high);
}

static void
query(struct sk_quantile *quantile)
{
	const uint64_t count = sk_quantile_count(quantile);
	struct sk_quantile_view *view = sk_quantile_view_new(quantile, CONFIDENCE);
	double last = -1;

	check(view != NULL);
	check(sk_quantile_error(quantile, CONFIDENCE) >= 0);
	check(!sk_quantile_exact(quantile) || sk_quantile_error(quantile, CONFIDENCE) == 0);
	(void)sk_quantile_moments(quantile);
	for (int i = 0; i <= 10; i++) {
		struct sk_quantile_answer answer = sk_quantile_view_quantile(view, i / 10.0), rank;

		if (count == 0) {
			check(answer.value != answer.value);
			continue;
		}
		check_answer(answer);
		check(answer.value >= sk_quantile_min(quantile) && answer.value <= sk_quantile_max(quantile));
		rank = sk_quantile_view_rank(view, answer.value);
		check_answer(rank);
		check(rank.low >= 0 && rank.high <= 1);
		check(i == 0 || answer.value >= last);
		last = answer.value;
	}
	sk_quantile_view_free(view);
}

static struct sk_quantile *
again(const struct sk_quantile *quantile, const struct sk_quantile_options *options)
{
	const size_t size = sk_quantile_encoded_size(quantile);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_quantile *copy = NULL;

	sk_quantile_encode(quantile, image);
	check(sk_quantile_decode(&copy, options, (struct sk_span){ image, size }, sk_quantile_type(quantile), LARGE,
		  FUZZ_SEED) == SK_IMAGE_OK);
	check(sk_quantile_family(copy) == sk_quantile_family(quantile));
	check(sk_quantile_count(copy) == sk_quantile_count(quantile));
	check(same_double(sk_quantile_min(copy), sk_quantile_min(quantile)));
	check(same_double(sk_quantile_max(copy), sk_quantile_max(quantile)));
	check(sk_quantile_encoded_size(copy) == size);
	sk_quantile_encode(copy, copy_image);
	check(memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned ks[] = { 200, 12, 0, 100 };
	static const size_t memories[] = { SK_QUANTILE_MEMORY_MIN, 8192, 65536, LARGE };
	struct sk_quantile_options options = { .alpha = 0.01, .exact_max = SIZE_MAX };
	struct sk_quantile *quantile = NULL, *copy;
	uint64_t count;

	if (size < 2 || (data[0] & 3) > SK_QUANTILE_INTEGER)
		return 0;
	options.algorithm = (enum sk_quantile_algorithm)(data[0] >> 4 & 3);
	options.k = ks[options.algorithm];
	options.exact_max = data[1] == 255 ? SIZE_MAX : data[1];
	options.moments = (data[0] & 64) != 0;
	if (sk_quantile_decode(&quantile, &options, (struct sk_span){ data + 2, size - 2 },
	        (enum sk_quantile_type)(data[0] & 3), memories[data[0] >> 2 & 3], FUZZ_SEED) != SK_IMAGE_OK) {
		check(quantile == NULL);
		return 0;
	}
	query(quantile);
	options.exact_max = SIZE_MAX;
	copy = again(quantile, &options);
	query(copy);
	count = sk_quantile_count(quantile);
	if (sk_quantile_merge(copy, quantile) == 0)
		check(sk_quantile_count(copy) == 2 * count);
	query(copy);
	if (sk_quantile_set_memory(quantile, SK_QUANTILE_MEMORY_MIN) == 0)
		query(quantile);
	sk_quantile_free(copy);
	sk_quantile_free(quantile);
	return 0;
}
