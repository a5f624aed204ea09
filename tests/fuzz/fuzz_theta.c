/* fuzz_theta.c -- compact Theta images, versions 1 to 4. The input is the image. */
#include "fuzz.h"
#include "sketch/murmur3.h"
#include "sketch/theta.h"

static void
query(const struct sk_theta *sketch)
{
	double estimate = sk_theta_estimate(sketch);

	check(estimate >= (double)sk_theta_retained(sketch));
	check(sk_theta_fraction(sketch) > 0 && sk_theta_fraction(sketch) <= 1);
	for (unsigned sigmas = 1; sigmas <= SK_THETA_SIGMAS_MAX; sigmas++)
		check(sk_theta_lower_bound(sketch, sigmas) <= estimate &&
		    estimate <= sk_theta_upper_bound(sketch, sigmas));
	(void)sk_theta_memory(sketch);
}

static void
same_answers(const struct sk_theta *a, const struct sk_theta *b)
{
	check(sk_theta_retained(a) == sk_theta_retained(b));
	check(sk_theta_integer(a) == sk_theta_integer(b));
	check(sk_theta_empty(a) == sk_theta_empty(b) && sk_theta_exact(a) == sk_theta_exact(b));
}

/* Plain images hold all that there is to know. */
static void
same_sketches(const struct sk_theta *a, const struct sk_theta *b)
{
	size_t size = sk_theta_encoded_size(a, SK_THETA_V3);
	unsigned char *left = exact_memory(size), *right = exact_memory(size);

	same_answers(a, b);
	check(sk_theta_encoded_size(b, SK_THETA_V3) == size);
	sk_theta_encode(a, SK_THETA_V3, left);
	sk_theta_encode(b, SK_THETA_V3, right);
	check(memcmp(left, right, size) == 0);
	free(left);
	free(right);
}

static void
again(const struct sk_theta *sketch, enum sk_theta_version version)
{
	size_t size = sk_theta_encoded_size(sketch, version);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_theta *copy;

	sk_theta_encode(sketch, version, image);
	check(sk_theta_decode(&copy, image, size, SK_MURMUR3_SEED) == SK_IMAGE_OK);
	same_sketches(sketch, copy);
	check(version == SK_THETA_V3 || size <= sk_theta_encoded_size(sketch, SK_THETA_V3));
	check(sk_theta_encoded_size(copy, version) == size);
	sk_theta_encode(copy, version, copy_image);
	check(memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	sk_theta_free(copy);
}

static void
combine(const struct sk_theta *sketch)
{
	struct sk_theta *other = sk_theta_new(5, SK_MURMUR3_SEED), *both, *common, *rest, *merged;
	struct sk_theta_ratio ratio;

	check(other != NULL);
	for (uint64_t i = 0; i < 100; i++)
		check(sk_theta_add_u64(other, i) == 0);
	both = sk_theta_union(sketch, other, 12);
	common = sk_theta_intersection(sketch, other);
	rest = sk_theta_difference(sketch, other);
	check(both != NULL && common != NULL && rest != NULL);
	check(sk_theta_retained(common) <= sk_theta_retained(sketch));
	check(sk_theta_retained(rest) <= sk_theta_retained(sketch));
	check(sk_theta_integer(common) <= sk_theta_integer(sketch));
	query(both);
	query(common);
	query(rest);
	check(sk_theta_jaccard(sketch, other, 2, &ratio) == 0);
	check(0 <= ratio.lower && ratio.lower <= ratio.estimate && ratio.estimate <= ratio.upper &&
	    ratio.upper <= 1);
	check(sk_theta_merge(other, sketch) == 0);
	sk_theta_trim(other);
	merged = sk_theta_compact(other);
	check(merged != NULL);
	query(merged);
	again(merged, SK_THETA_V4);
	sk_theta_free(other);
	sk_theta_free(both);
	sk_theta_free(common);
	sk_theta_free(rest);
	sk_theta_free(merged);

	common = sk_theta_intersection(sketch, sketch);
	rest = sk_theta_difference(sketch, sketch);
	check(common != NULL && rest != NULL);
	check(sk_theta_retained(common) == sk_theta_retained(sketch) && sk_theta_retained(rest) == 0);
	sk_theta_free(common);
	sk_theta_free(rest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_theta *sketch;

	if (sk_theta_decode(&sketch, data, size, SK_MURMUR3_SEED) != SK_IMAGE_OK)
		return 0;
	check(sk_theta_ordered(sketch));
	query(sketch);
	again(sketch, SK_THETA_V3);
	again(sketch, SK_THETA_V4);
	combine(sketch);
	sk_theta_free(sketch);
	return 0;
}
