/* fuzz_tdigest.c -- t-digest images, DataSketches' and the reference's. Byte 0: doubles or floats; then the image. */
#include <math.h>

#include "fuzz.h"
#include "sketch/tdigest.h"

static void
query(const struct sk_tdigest *sketch)
{
	double low = sk_tdigest_min(sketch), high = sk_tdigest_max(sketch), last = low, last_rank = 0;

	if (sk_tdigest_count(sketch) == 0) {
		check(isnan(low) && isnan(high));
		check(isnan(sk_tdigest_quantile(sketch, 0.5)) && isnan(sk_tdigest_rank(sketch, 0)));
		return;
	}
	check(low <= high);
	for (int i = 0; i <= 20; i++) {
		double value = sk_tdigest_quantile(sketch, i / 20.0);
		double rank = sk_tdigest_rank(sketch, value);

		check(last <= value && value <= high);
		check(last_rank <= rank && rank <= 1);
		last = value;
		last_rank = rank;
	}
	check(sk_tdigest_rank(sketch, INFINITY) == 1 && sk_tdigest_rank(sketch, -INFINITY) == 0);
}

static struct sk_tdigest *
again(const struct sk_tdigest *sketch)
{
	size_t size = sk_tdigest_encoded_size(sketch);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_tdigest *copy;

	sk_tdigest_encode(sketch, image);
	check(sk_tdigest_decode(&copy, image, size, SK_TDIGEST_DOUBLE) == SK_IMAGE_OK);
	check(sk_tdigest_k(copy) == sk_tdigest_k(sketch));
	check(sk_tdigest_count(copy) == sk_tdigest_count(sketch));
	check(same_double(sk_tdigest_min(copy), sk_tdigest_min(sketch)));
	check(same_double(sk_tdigest_max(copy), sk_tdigest_max(sketch)));
	check(sk_tdigest_encoded_size(copy) == size);
	sk_tdigest_encode(copy, copy_image);
	check(memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_tdigest *sketch, *copy;
	enum sk_tdigest_type type;

	if (size == 0)
		return 0;
	type = (data[0] & 1) != 0 ? SK_TDIGEST_FLOAT : SK_TDIGEST_DOUBLE;
	if (sk_tdigest_decode(&sketch, data + 1, size - 1, type) != SK_IMAGE_OK) {
		check(sketch == NULL);
		return 0;
	}
	check(sk_tdigest_memory(sketch) == sk_tdigest_memory_for(sk_tdigest_k(sketch)));
	query(sketch);
	copy = again(sketch);
	sk_tdigest_compress(sketch);
	query(sketch);
	sk_tdigest_free(again(sketch));
	for (int i = 0; i < 100 && sk_tdigest_add(sketch, i) == 0; i++)
		;
	(void)sk_tdigest_merge(sketch, copy);
	query(sketch);
	sk_tdigest_free(again(sketch));
	sk_tdigest_free(copy);
	sk_tdigest_free(sketch);
	return 0;
}
