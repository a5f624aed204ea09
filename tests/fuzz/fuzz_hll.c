/* fuzz_hll.c -- HyperLogLog images. The input is the image. */
#include "fuzz.h"
#include "sketch/hll.h"

static unsigned char *
encoded(const struct sk_hll *sketch, enum sk_hll_form form, size_t *size)
{
	unsigned char *image;

	*size = sk_hll_encoded_size(sketch, form);
	image = exact_memory(*size);
	sk_hll_encode(sketch, form, image);
	return image;
}

static int
by_coupon(const void *a, const void *b)
{
	return memcmp(a, b, 4);
}

/*
 * A set, or the exceptions of HLL_4, are read anew into a hash table, where those that collide may change places, in
 * datasketches-cpp too: images are the same but for their order.
 */
static void
sort_tables(unsigned char *image, size_t size)
{
	size_t table = size;

	if ((image[7] & 3) == 1)
		table = 12;
	else if (image[7] == 2)
		table = 40 + ((size_t)1 << image[3]) / 2;
	if (table < size)
		qsort(image + table, (size - table) / 4, 4, by_coupon);
}

static void
query(const struct sk_hll *sketch)
{
	struct sk_hll_bounds bounds = sk_hll_bounds(sketch, 2);
	double estimate = sk_hll_estimate(sketch);

	check(estimate >= 0);
	check(bounds.lower <= estimate && estimate <= bounds.upper);
	check(!sk_hll_is_empty(sketch) || estimate == 0);
	check(!sk_hll_exact(sketch) || sk_hll_coupons(sketch) < (uint32_t)1 << sk_hll_lg_k(sketch));
	(void)sk_hll_memory(sketch);
}

static void
again(const struct sk_hll *sketch, enum sk_hll_form form)
{
	struct sk_hll *copy;
	size_t size, copy_size;
	unsigned char *image = encoded(sketch, form, &size), *copy_image;

	check(sk_hll_decode(&copy, image, size) == SK_IMAGE_OK);
	check(sk_hll_lg_k(copy) == sk_hll_lg_k(sketch) && sk_hll_type(copy) == sk_hll_type(sketch));
	check(sk_hll_exact(copy) == sk_hll_exact(sketch) && sk_hll_coupons(copy) == sk_hll_coupons(sketch));
	check(sk_hll_out_of_order(copy) == sk_hll_out_of_order(sketch));
	check(same_double(sk_hll_estimate(copy), sk_hll_estimate(sketch)));
	copy_image = encoded(copy, form, &copy_size);
	sort_tables(image, size);
	sort_tables(copy_image, copy_size);
	check(copy_size == size && memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	sk_hll_free(copy);
}

/* What is decoded can be used like any other. */
static void
use(struct sk_hll *sketch)
{
	struct sk_hll *copy = sk_hll_copy(sketch), *small = sk_hll_new(5, SK_HLL_8);

	check(copy != NULL && small != NULL);
	for (uint64_t i = 0; i < 40; i++)
		check(sk_hll_add_u64(sketch, i) == 0);
	query(sketch);
	check(sk_hll_merge(sketch, copy) == 0 && sk_hll_merge(small, copy) == 0);
	query(small);
	for (int type = SK_HLL_4; type <= SK_HLL_8; type++) {
		check(sk_hll_set_type(sketch, (enum sk_hll_type)type) == 0);
		again(sketch, SK_HLL_COMPACT);
	}
	query(sketch);
	sk_hll_reset(sketch);
	check(sk_hll_is_empty(sketch));
	sk_hll_free(copy);
	sk_hll_free(small);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_hll *sketch;

	if (sk_hll_decode(&sketch, data, size) != SK_IMAGE_OK)
		return 0;
	query(sketch);
	again(sketch, SK_HLL_COMPACT);
	again(sketch, SK_HLL_UPDATABLE);
	use(sketch);
	sk_hll_free(sketch);
	return 0;
}
