/* theta_support.h -- what the tests of Theta sketches share. */
#ifndef STREAMKIT_TESTS_THETA_SUPPORT_H
#define STREAMKIT_TESTS_THETA_SUPPORT_H

#include "support.h"

#include "sketch/murmur3.h"
#include "sketch/theta.h"

#define SEED SK_MURMUR3_SEED
#define ONE UINT64_C(0x7fffffffffffffff)

/* Images in memory of exactly their size, so that memory checkers see every byte too many. */
struct image {
	unsigned char *bytes;
	size_t size;
};

static inline struct image
image_of(const struct sk_theta *sketch, enum sk_theta_version version)
{
	struct sk_theta *compact = sk_theta_compact(sketch);
	struct image image;

	assert_non_null(compact);
	image.size = sk_theta_encoded_size(compact, version);
	image.bytes = allocate(image.size);
	sk_theta_encode(compact, version, image.bytes);
	sk_theta_free(compact);
	return image;
}

static inline struct image
image_copy(const unsigned char *bytes, size_t size)
{
	struct image image = { allocate(size), size };

	if (size > 0)
		memcpy(image.bytes, bytes, size);
	return image;
}

static inline enum sk_image_status
status_of(const unsigned char *bytes, size_t size, uint64_t seed)
{
	struct image image = image_copy(bytes, size);
	struct sk_theta *sketch = NULL;
	const enum sk_image_status status = sk_theta_decode(&sketch, image.bytes, size, seed);

	assert_true((status == SK_IMAGE_OK) == (sketch != NULL));
	sk_theta_free(sketch);
	free(image.bytes);
	return status;
}

static inline struct sk_theta *
decoded(const unsigned char *bytes, size_t size)
{
	struct image image = image_copy(bytes, size);
	struct sk_theta *sketch = NULL;

	assert_int_equal(sk_theta_decode(&sketch, image.bytes, size, SEED), SK_IMAGE_OK);
	free(image.bytes);
	return sketch;
}

/* Both sketches say the same, to the byte. */
static inline void
assert_same(const struct sk_theta *a, const struct sk_theta *b)
{
	struct image left = image_of(a, SK_THETA_V3), right = image_of(b, SK_THETA_V3);

	assert_int_equal(left.size, right.size);
	assert_memory_equal(left.bytes, right.bytes, left.size);
	free(left.bytes);
	free(right.bytes);
}

static inline struct sk_theta *
sketch_new(unsigned lg_k)
{
	struct sk_theta *sketch = sk_theta_new(lg_k, SEED);

	assert_non_null(sketch);
	return sketch;
}

/* Add ${first} .. ${first} + ${n} - 1. */
static inline void
add_range(struct sk_theta *sketch, uint64_t first, size_t n)
{
	uint64_t values[1000];

	for (size_t done = 0, size; done < n; done += size) {
		size = n - done < 1000 ? n - done : 1000;
		for (size_t i = 0; i < size; i++)
			values[i] = first + done + i;
		assert_int_equal(sk_theta_add_u64_batch(sketch, values, size), 0);
	}
}

static inline struct sk_theta *
range_new(unsigned lg_k, uint64_t first, size_t n)
{
	struct sk_theta *sketch = sketch_new(lg_k);

	add_range(sketch, first, n);
	return sketch;
}

static inline struct sk_theta *
compact_take(struct sk_theta *sketch)
{
	struct sk_theta *compact = sk_theta_compact(sketch);

	assert_non_null(compact);
	sk_theta_free(sketch);
	return compact;
}

#endif
