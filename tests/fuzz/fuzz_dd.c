/* fuzz_dd.c -- DDSketch images. The input is the image. */
#include <math.h>

#include "fuzz.h"
#include "sketch/dd.h"

static void
query(const struct sk_dd *sketch)
{
	double low = sk_dd_min(sketch), high = sk_dd_max(sketch), last = low;

	if (sk_dd_count(sketch) == 0) {
		check(isnan(low) && isnan(high) && sk_dd_sum(sketch) == 0);
		check(isnan(sk_dd_quantile(sketch, 0.5)) && isnan(sk_dd_rank(sketch, 0)));
		return;
	}
	check(low <= high);
	for (int i = 0; i <= 20; i++) {
		double value = sk_dd_quantile(sketch, i / 20.0), rank = sk_dd_rank(sketch, value);

		check(last <= value && value <= high);
		check(0 <= rank && rank <= 1);
		(void)sk_dd_sure(sketch, i / 20.0);
		last = value;
	}
	check(sk_dd_rank(sketch, INFINITY) == 1);
	(void)sk_dd_sum(sketch);
	(void)sk_dd_memory(sketch);
}

/* Its image decodes, to one of the same image: ${want}, unless that is NULL. */
static struct sk_dd *
again(const struct sk_dd *sketch, const unsigned char *want, size_t want_size)
{
	size_t size = sk_dd_encoded_size(sketch);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_dd *copy;

	sk_dd_encode(sketch, image);
	check(want == NULL || (size == want_size && memcmp(image, want, size) == 0));
	check(sk_dd_decode(&copy, image, size) == SK_IMAGE_OK);
	check(sk_dd_count(copy) == sk_dd_count(sketch));
	check(same_double(sk_dd_sum(copy), sk_dd_sum(sketch)));
	check(sk_dd_encoded_size(copy) == size);
	sk_dd_encode(copy, copy_image);
	check(memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_dd *sketch, *copy;

	if (sk_dd_decode(&sketch, data, size) != SK_IMAGE_OK) {
		check(sketch == NULL);
		return 0;
	}
	query(sketch);
	copy = again(sketch, data, size);
	if (sk_dd_merge(sketch, copy) == 0) {
		check(sk_dd_count(sketch) == 2 * sk_dd_count(copy));
		query(sketch);
		sk_dd_free(again(sketch, NULL, 0));
		check(sk_dd_subtract(sketch, copy) == 0);
		check(sk_dd_count(sketch) == sk_dd_count(copy));
		query(sketch);
		check(sk_dd_subtract(sketch, copy) == 0 && sk_dd_count(sketch) == 0);
	}
	for (int i = -50; i < 50 && sk_dd_add(sketch, i * 1e10) == 0; i++)
		;
	query(sketch);
	sk_dd_free(again(sketch, NULL, 0));
	sk_dd_free(copy);
	sk_dd_free(sketch);
	return 0;
}
