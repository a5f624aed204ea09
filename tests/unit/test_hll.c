/*
 * test_hll.c -- HyperLogLog: images as datasketches-cpp writes them, what merging keeps. How far
 * estimates are off is test_distinct_accuracy.c's.
 */
#include "support.h"

#include <math.h>

#include "sketch/coin.h"
#include "sketch/hll.h"

static const enum sk_hll_type types[] = { SK_HLL_4, SK_HLL_6, SK_HLL_8 };
static const enum sk_hll_form forms[] = { SK_HLL_COMPACT, SK_HLL_UPDATABLE };

/* Helpers */

static struct sk_hll *
hll_new(unsigned lg_k, enum sk_hll_type type)
{
	struct sk_hll *sketch = sk_hll_new(lg_k, type);

	assert_non_null(sketch);
	return sketch;
}

/* Add ${from}, ${from} + 1, ... below ${to}. */
static void
add_range(struct sk_hll *sketch, uint64_t from, uint64_t to)
{
	uint64_t values[1000];

	while (from < to) {
		size_t n = 0;

		while (n < 1000 && from < to)
			values[n++] = from++;
		assert_int_equal(sk_hll_add_u64_batch(sketch, values, n), 0);
	}
}

static struct sk_hll *
hll_of(unsigned lg_k, enum sk_hll_type type, uint64_t from, uint64_t to)
{
	struct sk_hll *sketch = hll_new(lg_k, type);

	add_range(sketch, from, to);
	return sketch;
}

struct image {
	unsigned char *bytes;
	size_t size;
};

/* A sketch's image, in a block of just its size. */
static struct image
image_of(const struct sk_hll *sketch, enum sk_hll_form form)
{
	struct image image = { NULL, sk_hll_encoded_size(sketch, form) };

	image.bytes = allocate(image.size);
	memset(image.bytes, 0xa5, image.size);
	sk_hll_encode(sketch, form, image.bytes);
	return image;
}

static void
assert_same(const struct sk_hll *a, const struct sk_hll *b)
{
	for (size_t i = 0; i < 2; i++) {
		const struct image left = image_of(a, forms[i]), right = image_of(b, forms[i]);

		assert_int_equal(left.size, right.size);
		assert_memory_equal(left.bytes, right.bytes, left.size);
		free(left.bytes);
		free(right.bytes);
	}
}

static int
compare_words(const void *left, const void *right)
{
	const uint32_t a = sk_load32(left), b = sk_load32(right);

	return (a > b) - (a < b);
}

/* Bring what depends on the order of insertion into a form that does not: a compact image with its words sorted. */
static struct image
image_of_set(const struct sk_hll *sketch)
{
	struct sk_hll *copy = sk_hll_copy(sketch);
	struct image image;
	size_t start;

	assert_non_null(copy);
	sk_hll_forget_order(copy);
	image = image_of(copy, SK_HLL_COMPACT);
	start = !sk_hll_exact(copy) ? image.size - 4 * sk_load32(image.bytes + 36)
	    : image.bytes[0] == 2   ? 8
				    : 12;
	qsort(image.bytes + start, (image.size - start) / 4, 4, compare_words);
	sk_hll_free(copy);
	return image;
}

static void
assert_same_set(const struct sk_hll *a, const struct sk_hll *b)
{
	const struct image left = image_of_set(a), right = image_of_set(b);

	assert_int_equal(left.size, right.size);
	left.bytes[4] = right.bytes[4]; /* a table's size may be left over from more exceptions */
	assert_memory_equal(left.bytes, right.bytes, left.size);
	free(left.bytes);
	free(right.bytes);
}

static void
assert_near(double value, double truth, double error)
{
	if (!(fabs(value - truth) <= error))
		fail_msg("%.17g is not within %g of %.17g", value, error, truth);
}

/* Parameters and small answers */

static void
test_parameters(void **state)
{
	static const struct {
		unsigned lg_k;
		int type;
		bool good;
	} rows[] = {
		{3,           SK_HLL_4, false},
		{ 4,          SK_HLL_4, true },
		{ 12,         SK_HLL_6, true },
		{ 21,         SK_HLL_8, true },
		{ 22,         SK_HLL_8, false},
		{ 0,          SK_HLL_8, false},
		{ UINT32_MAX, SK_HLL_8, false},
		{ 12,         3,        false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sk_hll *sketch;

		errno = 0;
		sketch = sk_hll_new(rows[i].lg_k, (enum sk_hll_type)rows[i].type);
		assert_int_equal(sketch != NULL, rows[i].good);
		if (sketch == NULL)
			assert_int_equal(errno, EINVAL);
		else {
			assert_true(sk_hll_is_empty(sketch) && sk_hll_exact(sketch));
			assert_int_equal(sk_hll_lg_k(sketch), rows[i].lg_k);
			assert_int_equal((int)sk_hll_type(sketch), rows[i].type);
			assert_true(sk_hll_estimate(sketch) == 0);
			assert_true(sk_hll_bounds(sketch, 3).lower == 0);
			assert_true(sk_hll_bounds(sketch, 3).upper == 0);
			assert_true(sk_hll_memory(sketch) < 200);
		}
		sk_hll_free(sketch);
	}
	sk_hll_free(NULL);
}

static void
test_small_answers(void **state)
{
	struct sk_hll *sketch = hll_new(12, SK_HLL_8);
	struct sk_hll_bounds bounds;

	(void)state;
	assert_int_equal(sk_hll_add(sketch, span_of("a")), 0);
	assert_int_equal(sk_hll_add(sketch, span_of("a")), 0);
	assert_true(sk_hll_estimate(sketch) == 1);
	assert_int_equal(sk_hll_add(sketch, (struct sk_span){ NULL, 0 }), 0);
	assert_int_equal(sk_hll_coupons(sketch), 2);
	assert_near(sk_hll_estimate(sketch), 2, 1e-6);
	bounds = sk_hll_bounds(sketch, 2);
	assert_true(bounds.lower == 2 && bounds.upper > 2 && bounds.upper < 2.001);
	sk_hll_reset(sketch);
	add_range(sketch, 0, 300);
	assert_int_equal(sk_hll_coupons(sketch), 300);
	assert_near(sk_hll_estimate(sketch) - 300, 300 * 299 / 6.0 / 67108864, 1e-8);
	errno = 0;
	assert_int_equal(sk_hll_merge(sketch, sketch), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_hll_set_type(sketch, (enum sk_hll_type)3), -1);
	sk_hll_free(sketch);
}

static void
test_relative_error(void **state)
{
	static const struct {
		double error;
		bool merged;
		unsigned lg_k;
	} rows[] = {
		{1,         false, 4 },
                { 0.209,    false, 4 },
                { 0.208,    false, 5 },
                { 0.013011, false, 12},
		{ 0.013,    false, 13},
                { 0.0162,   true,  12},
                { 0.0006,   false, 21},
		{ 0.0005,   false, 0 },
                { 0,        false, 0 },
                { -1,       true,  0 },
                { NAN,      true,  0 }
	};

	(void)state;
	assert_near(sk_hll_relative_error(12, false), 0.8326 / 64, 1e-6);
	assert_near(sk_hll_relative_error(13, true), 1.0367 / 90.50967, 1e-6);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(sk_hll_lg_k_for(rows[i].error, rows[i].merged), rows[i].lg_k);
}

/* Bounds grow with sigmas, hold the estimate, and are never under what is known for certain. */
static void
test_bounds(void **state)
{
	(void)state;
	for (unsigned lg_k = 4; lg_k <= 12; lg_k += 4)
		for (uint64_t n = 1; n < 100000; n *= 7)
			for (int merged = 0; merged < 2; merged++) {
				struct sk_hll *sketch = hll_of(lg_k, SK_HLL_8, 0, n);
				double lower = INFINITY, upper = 0;

				if (merged)
					sk_hll_forget_order(sketch);
				for (double sigmas = 0; sigmas <= 5; sigmas += 0.5) {
					const struct sk_hll_bounds bounds =
					    sk_hll_bounds(sketch, sigmas);

					assert_true(bounds.lower <= lower && bounds.upper >= upper);
					assert_true(
					    bounds.lower <= sk_hll_estimate(sketch) || merged);
					assert_true(bounds.upper >= sk_hll_estimate(sketch));
					assert_true(bounds.lower >= sk_hll_coupons(sketch));
					lower = bounds.lower;
					upper = bounds.upper;
				}
				assert_true(sk_hll_bounds(sketch, NAN).lower ==
				    sk_hll_bounds(sketch, -1).lower);
				sk_hll_free(sketch);
			}
}

/* Images */

/* What the package datasketches 5.2.0 writes for the integers from .. to - 1. */
static const struct {
	enum sk_hll_type type;
	unsigned lg_k;
	uint64_t from;
	uint64_t to;
	enum sk_hll_form form;
	const char *hex;
} golden[] = {
	{SK_HLL_8,  12, 0,      0,      SK_HLL_COMPACT,   "0201070c030c0008"                        },
	{ SK_HLL_6, 10, 0,      3,      SK_HLL_COMPACT,   "0201070a03080304cbd7c2042bf2fb06862ff90d"},
	{ SK_HLL_4, 12, 0,      3,      SK_HLL_UPDATABLE,
         "0201070c03000300cbd7c2042bf2fb06862ff90d0000000000000000000000000000000000000000"         },
	{ SK_HLL_4, 8,  0,      9,      SK_HLL_COMPACT,
         "03010708050800010900000081bc5d06862ff90dcbd7c204c1e91705d216730775816607fc2d420a7b65e6"
	    "08"
	    "2bf2fb06"									      },
	{ SK_HLL_8, 4,  0,      20,     SK_HLL_COMPACT,
         "0a0107040008000a0bb66a5349cc32400000000000a4204000000000000000000500000000000000040101"
	    "01"
	    "030103000100000202000700"							      },
	{ SK_HLL_6, 4,  0,      20,     SK_HLL_COMPACT,
         "0a010704000800060bb66a5349cc32400000000000a4204000000000000000000500000000000000441004"
	    "43"
	    "300001000802700000"								    },
	{ SK_HLL_4, 4,  0,      40,     SK_HLL_UPDATABLE,
         "0a01070400000102c65a5653f5be40400000000000f00e4000000000000000000500000000000000030002"
	    "52"
	    "2214110600000000000000000000000000000000"                                              },
	{ SK_HLL_4, 4,  156000, 156060, SK_HLL_COMPACT,
         "0a0107040208010269772490e8db5340000000000440fd3f00000000000000000100000001000000434151"
	    "22"
	    "03332f330c000048"								      },
	{ SK_HLL_4, 4,  156000, 156060, SK_HLL_UPDATABLE,
         "0a0107040200010269772490e8db5340000000000440fd3f00000000000000000100000001000000434151"
	    "22"
	    "03332f330c000048000000000000000000000000"                                              },
};

static size_t
from_hex(const char *hex, unsigned char *bytes, size_t room)
{
	size_t size = 0;
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		assert_true(size < room);
		bytes[size++] = (unsigned char)byte;
	}
	return size;
}

static void
test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++) {
		struct sk_hll *sketch =
		    hll_of(golden[i].lg_k, golden[i].type, golden[i].from, golden[i].to);
		const struct image image = image_of(sketch, golden[i].form);
		unsigned char expected[100];

		assert_int_equal(from_hex(golden[i].hex, expected, sizeof(expected)), image.size);
		assert_memory_equal(image.bytes, expected, image.size);
		free(image.bytes);
		sk_hll_free(sketch);
	}
}

/*
 * The same package's images of the integers 0, 1, ... up to the one that turns a list or set into registers, by the
 * first half of murmur3. Later ones would not show the last bits of what HIP starts with.
 */
static const uint64_t golden_hashes[][3] = {
	{0xa6e6f0841a8b8172,  0x3f7edf693c3d7030, 0xc4f6e1d562cf831e},
	{ 0x48062afa76090a26, 0xc3648cbc640b4762, 0xa420bb273f1eaa6c},
	{ 0xc9e53207cd4b3738, 0xc7dc777389a535e9, 0xe3e7f450b6f7baa5},
	{ 0xd018e8bee78466a3, 0x3fcd38646f5caa38, 0xe74a4db921cb7123},
	{ 0x3e964bcb58c1ee6d, 0xb796d03af9ceb43d, 0xfff528aeb1065b20},
	{ 0xf6bdd33020191836, 0x2ac616f32e057f05, 0x3b62d6bed2c2e247},
	{ 0x223b8ac2a70a674f, 0x3e95f97ccb6a7a5c, 0xf5db207833ee4f0b},
	{ 0x86a70a9757de5c85, 0xec57fe522961e645, 0xa0547d449925074b},
	{ 0x4b58851e16507a65, 0x71ece9747f04d34c, 0xbf90c1641c74f1df},
	{ 0xb6e34d21da937f56, 0xa3acb8128b892b6d, 0x15868a95ed180f83},
	{ 0x911993a47d5f80b6, 0x88b32f974b92a5cf, 0x7b5f6c3e4995e099},
	{ 0xdb3a2153283f75a7, 0x32db191cac7dffb5, 0x11ea7c2352ec285d},
	{ 0xe3216943ce338f78, 0x0304449b3e053f8a, 0x1365997e45c578a4},
	{ 0x1fdaa3d1ea27cf87, 0xd45d5d95cfba6ea8, 0x0a3c3273c2f17ef7},
	{ 0x6f411223353a2900, 0xf6e1faa7c2724b6f, 0xbbbc27c6845e8f54},
	{ 0xe6fd0853ab1fc15a, 0x8a42502510fd1264, 0x43d6db6e4b404923},
	{ 0x9c8ff0d369586bbb, 0x8a29f8b05d9f98fa, 0x81a604f984dd08bb},
	{ 0x9fd7899b6d82c54a, 0xcba628c439bd3f2d, 0xdf3ad8fa9ed8ab5a},
};

static void
test_golden_hashes(void **state)
{
	(void)state;
	for (unsigned lg_k = 4; lg_k <= 21; lg_k++)
		for (size_t t = 0; t < 3; t++) {
			struct sk_hll *sketch = hll_new(lg_k, types[t]);
			struct sk_span bytes;
			struct image image;

			for (uint64_t n = 0; sk_hll_exact(sketch); n++)
				assert_int_equal(sk_hll_add_u64(sketch, n), 0);
			image = image_of(sketch, SK_HLL_COMPACT);
			bytes = (struct sk_span){ image.bytes, image.size };
			assert_true(sk_murmur3_bytes(bytes, SK_MURMUR3_SEED).h1 ==
			    golden_hashes[lg_k - 4][t]);
			free(image.bytes);
			sk_hll_free(sketch);
		}
}

static const uint64_t sizes[] = { 0, 1, 7, 8, 9, 24, 25, 40, 100, 300, 384, 385, 600, 3000, 30000,
	300000 };
#define SIZES (sizeof(sizes) / sizeof(*sizes))

/* Encoding and decoding changes nothing that matters, and adding goes on as if it had not been. */
static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t t = 0; t < 3; t++)
		for (unsigned lg_k = 4; lg_k <= 14; lg_k += 2)
			for (size_t i = 0; i < SIZES * 4; i++) {
				struct sk_hll *sketch = hll_of(lg_k, types[t], 0, sizes[i / 4]);
				struct sk_hll *back = NULL;
				struct image image;

				if (i & 1)
					sk_hll_forget_order(sketch);
				image = image_of(sketch, forms[i / 2 % 2]);
				assert_int_equal(
				    sk_hll_decode(&back, image.bytes, image.size), SK_IMAGE_OK);
				assert_same_set(sketch, back);
				assert_true(sk_hll_estimate(sketch) == sk_hll_estimate(back));
				if (!sk_hll_exact(sketch) || forms[i / 2 % 2] == SK_HLL_UPDATABLE)
					assert_same(sketch, back);
				add_range(sketch, sizes[i / 4], sizes[i / 4] + 1000);
				add_range(back, sizes[i / 4], sizes[i / 4] + 1000);
				assert_same_set(sketch, back);
				if (sizes[i / 4] + 1000 > 3u << lg_k)
					assert_true(
					    sk_hll_estimate(sketch) == sk_hll_estimate(back));
				free(image.bytes);
				sk_hll_free(sketch);
				sk_hll_free(back);
			}
}

/* The statuses that some images get. */
static void
test_refused(void **state)
{
	static const struct {
		const char *hex;
		enum sk_image_status status;
	} rows[] = {
		{"",				  SK_IMAGE_TRUNCATED},
		{ "02",			       SK_IMAGE_TRUNCATED},
		{ "0201070c030c00",                   SK_IMAGE_TRUNCATED},
		{ "0201070c030c000800",               SK_IMAGE_CORRUPT  },
		{ "68656c6c6f20776f726c64",           SK_IMAGE_NOT_OURS },
		{ "0a",			       SK_IMAGE_TRUNCATED},
		{ "0201030c030c0008",                 SK_IMAGE_NOT_OURS },
		{ "0202070c030c0008",                 SK_IMAGE_NEWER    },
		{ "0402070c030c0008",                 SK_IMAGE_NEWER    },
		{ "0200070c030c0008",                 SK_IMAGE_CORRUPT  },
		{ "02010703030c0008",                 SK_IMAGE_CORRUPT  },
		{ "02010716030c0008",                 SK_IMAGE_CORRUPT  },
		{ "0201070c030c000c",                 SK_IMAGE_CORRUPT  }, /* type 3 */
		{ "0201070c030c0009",                 SK_IMAGE_CORRUPT  }, /* a list that says it is a set */
		{ "0201070c03080008",                 SK_IMAGE_CORRUPT  }, /* empty without the flag */
		{ "0201070c03080108cbd7c204",         SK_IMAGE_OK       },
		{ "0201070c03080208cbd7c204cbd7c204", SK_IMAGE_CORRUPT  }, /* twice the same */
		{ "0201070c03080108cbd7c200",         SK_IMAGE_CORRUPT  }, /* a value of 0 */
		{ "0301070c05080001ffffffff81bc5d06", SK_IMAGE_CORRUPT  }, /* 2^32 - 1 coupons */
		{ "0301070c0508000180010000cbd7c204", SK_IMAGE_TRUNCATED},
		{ "0301070c0508000181010000cbd7c204", SK_IMAGE_CORRUPT  },
		{ "0301070c1f00000180000000cbd7c204", SK_IMAGE_CORRUPT  },
		{ "0a0107150008000a00000000000000000000000000000000000000000000000000000000"
		  "00000000",        SK_IMAGE_TRUNCATED},
		{ "0a01071502080002000000000000000000000000000000000000000000000000000000"
		  "00ffffffff",      SK_IMAGE_CORRUPT  },
	};
	unsigned char bytes[100];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const size_t size = from_hex(rows[i].hex, bytes, sizeof(bytes));
		struct sk_hll *sketch = NULL;
		const enum sk_image_status status = sk_hll_decode(&sketch, bytes, size);

		if (status != rows[i].status)
			fail_msg(
			    "%s: status %d, not %d", rows[i].hex, (int)status, (int)rows[i].status);
		assert_int_equal(sketch != NULL, status == SK_IMAGE_OK);
		sk_hll_free(sketch);
	}
}

/* An HIP estimate that cannot be. */
static void
test_refused_estimates(void **state)
{
	static const double rows[] = { NAN, INFINITY, -INFINITY, -1, 0, 1e300, 5 };
	struct sk_hll *sketch = hll_of(8, SK_HLL_8, 0, 1000), *back = NULL;
	const struct image image = image_of(sketch, SK_HLL_COMPACT);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sk_store_double(image.bytes + 8, rows[i]);
		assert_int_equal(sk_hll_decode(&back, image.bytes, image.size), SK_IMAGE_CORRUPT);
		image.bytes[5] |= 16;
		assert_int_equal(sk_hll_decode(&back, image.bytes, image.size), SK_IMAGE_OK);
		image.bytes[5] &= 0xef;
		sk_hll_free(back);
		back = NULL;
	}
	free(image.bytes);
	sk_hll_free(sketch);
}

static void
assert_corrupt(struct image image)
{
	struct sk_hll *sketch = NULL;

	assert_int_equal(sk_hll_decode(&sketch, image.bytes, image.size), SK_IMAGE_CORRUPT);
	assert_null(sketch);
	free(image.bytes);
}

/* A set whose coupons lie where they would not be found; exceptions named twice; a minimum that no register has. */
static void
test_refused_tables(void **state)
{
	struct sk_hll *set = hll_of(8, SK_HLL_8, 0, 11), *four = hll_new(4, SK_HLL_4);
	struct image image = image_of(set, SK_HLL_UPDATABLE);

	(void)state;
	for (size_t at = 12; at < image.size; at += 4) /* back to front */
		sk_store32(image.bytes + at, 0);
	for (uint32_t i = 0; i < 11; i++)
		sk_store32(image.bytes + 12 + 4 * i, UINT32_C(1) << 26 | (31 - i));
	assert_corrupt(image);
	for (uint32_t i = 0; i < 18; i++) {
		const uint32_t coupon = (i < 16 ? UINT32_C(1) : 20) << 26 | (i & 15);

		assert_int_equal(sk_hll_add_coupons(four, &coupon, 1), 0);
	}
	image = image_of(four, SK_HLL_COMPACT);
	assert_int_equal(sk_load32(image.bytes + 36), 2);
	memcpy(image.bytes + image.size - 4, image.bytes + image.size - 8, 4);
	assert_corrupt(image);
	image = image_of(four, SK_HLL_COMPACT);
	assert_int_equal(image.bytes[6], 1);
	image.bytes[6] = 0;
	for (size_t at = 41; at < 48; at++)
		image.bytes[at] = 0x11;
	assert_corrupt(image);
	sk_hll_free(set);
	sk_hll_free(four);
}

/* Whatever was accepted answers, takes more, and is the same after another round. */
static void
exercise(struct sk_hll *sketch)
{
	struct image image = image_of(sketch, SK_HLL_UPDATABLE);
	struct sk_hll *back = NULL;
	const struct sk_hll_bounds bounds = sk_hll_bounds(sketch, 2);

	assert_true(sk_hll_estimate(sketch) >= 0);
	assert_true(bounds.lower <= bounds.upper);
	assert_int_equal(sk_hll_decode(&back, image.bytes, image.size), SK_IMAGE_OK);
	assert_same(sketch, back);
	add_range(back, 1000, 1100);
	assert_int_equal(sk_hll_merge(sketch, back), 0);
	assert_int_equal(sk_hll_set_type(sketch, SK_HLL_4), 0);
	assert_int_equal(sk_hll_set_type(sketch, SK_HLL_6), 0);
	free(image.bytes);
	sk_hll_free(back);
}

static void
damage(struct image image)
{
	for (size_t size = 0; size < image.size; size++) {
		unsigned char *cut = allocate(size);
		struct sk_hll *sketch = NULL;

		memcpy(cut, image.bytes, size);
		assert_int_not_equal(sk_hll_decode(&sketch, cut, size), SK_IMAGE_OK);
		assert_null(sketch);
		free(cut);
	}
	for (size_t at = 0; at < image.size; at++)
		for (unsigned change = 1; change < 256; change++) {
			struct sk_hll *sketch = NULL;

			image.bytes[at] ^= (unsigned char)change;
			if (sk_hll_decode(&sketch, image.bytes, image.size) == SK_IMAGE_OK) {
				assert_non_null(sketch);
				exercise(sketch);
				sk_hll_free(sketch);
			} else
				assert_null(sketch);
			image.bytes[at] ^= (unsigned char)change;
		}
}

static void
test_damage(void **state)
{
	static const struct {
		unsigned lg_k;
		uint64_t from;
		uint64_t to;
	} rows[] = {
		{4,   0,      0     },
                { 12, 0,      5     },
                { 8,  0,      11    },
                { 4,  0,      30    },
                { 4,  156000, 156060}
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t t = 0; t < 3; t++)
			for (size_t f = 0; f < 2; f++) {
				struct sk_hll *sketch =
				    hll_of(rows[i].lg_k, types[t], rows[i].from, rows[i].to);
				struct image image = image_of(sketch, forms[f]);

				damage(image);
				free(image.bytes);
				sk_hll_free(sketch);
			}
}

/* Adding */

/* Batches of any size, one by one, by integer, span or coupon: the same bytes. */
static void
test_batches(void **state)
{
	enum { N = 20000 };
	uint64_t *values = allocate(N * sizeof(*values));
	unsigned char *bytes = allocate(N * 8);
	struct sk_span *spans = allocate(N * sizeof(*spans));

	(void)state;
	random_state = 9;
	for (size_t i = 0; i < N; i++) {
		values[i] = random_below(N);
		sk_store64(bytes + 8 * i, values[i]);
		spans[i] = (struct sk_span){ bytes + 8 * i, 8 };
	}
	for (unsigned lg_k = 4; lg_k <= 16; lg_k += 3)
		for (size_t t = 0; t < 3; t++) {
			struct sk_hll *one = hll_new(lg_k, types[t]),
				      *span = hll_new(lg_k, types[t]);
			struct sk_hll *batch = hll_new(lg_k, types[t]);
			struct sk_hll *spans_batch = hll_new(lg_k, types[t]);

			for (size_t done = 0, size; done < N; done += size) {
				size = random_below(2) ? random_below(9) : random_below(3000);
				size = size < N - done ? size : N - done;
				assert_int_equal(
				    sk_hll_add_u64_batch(batch, values + done, size), 0);
				assert_int_equal(
				    sk_hll_add_batch(spans_batch, spans + done, size), 0);
				for (size_t i = done; i < done + size; i++) {
					assert_int_equal(sk_hll_add_u64(one, values[i]), 0);
					assert_int_equal(sk_hll_add(span, spans[i]), 0);
				}
				if (done < 2000)
					assert_same(one, batch);
			}
			assert_same(one, batch);
			assert_same(one, span);
			assert_same(one, spans_batch);
			/* twice the same is once */
			assert_int_equal(sk_hll_add_u64_batch(batch, values, N), 0);
			assert_same(one, batch);
			sk_hll_reset(batch);
			sk_hll_reset(one);
			sk_hll_free(spans_batch);
			spans_batch = hll_new(lg_k, types[t]);
			assert_same(batch, spans_batch);
			add_range(batch, 0, 5000);
			add_range(spans_batch, 0, 5000);
			assert_same(batch, spans_batch);
			assert_true(sk_hll_memory(batch) <= sk_hll_memory_for(lg_k, types[t]));
			sk_hll_free(one);
			sk_hll_free(span);
			sk_hll_free(batch);
			sk_hll_free(spans_batch);
		}
	free(values);
	free(bytes);
	free(spans);
}

static void
test_order_independence(void **state)
{
	(void)state;
	for (unsigned lg_k = 4; lg_k <= 12; lg_k++)
		for (size_t t = 0; t < 3; t++)
			for (size_t i = 0; i < SIZES - 1; i++) {
				struct sk_hll *up = hll_of(lg_k, types[t], 0, sizes[i]);
				struct sk_hll *down = hll_new(lg_k, types[t]);

				for (uint64_t n = sizes[i]; n-- > 0;)
					assert_int_equal(sk_hll_add_u64(down, n), 0);
				if (sizes[i] > 8) /* a list is in order */
					assert_same_set(up, down);
				sk_hll_free(up);
				sk_hll_free(down);
			}
}

/* The value of a coupon is 1 and the zeros at the top of h2, and at most 63. */
static void
test_coupons(void **state)
{
	(void)state;
	for (unsigned zeros = 0; zeros <= 64; zeros++) {
		const uint64_t h2 = zeros < 64 ? UINT64_MAX >> zeros : 0;
		const uint32_t coupon = sk_hll_coupon((struct sk_murmur3){ UINT64_MAX, h2 });

		assert_int_equal(coupon >> 26, zeros < 62 ? zeros + 1 : 63);
		assert_int_equal(coupon & 0x3ffffff, 0x3ffffff);
	}
}

/* Merging and conversion */

/* Sketches of overlapping ranges, of all sizes, types and lg_k: as if one had seen both, and neither loses anything. */
static void
test_merge(void **state)
{
	static const unsigned lg_ks[] = { 4, 7, 8, 10, 12, 14 };

	(void)state;
	random_state = 12;
	for (unsigned round = 0; round < (SANITIZED ? 500u : 4000u); round++) {
		const unsigned lg_a = lg_ks[random_below(6)], lg_b = lg_ks[random_below(6)];
		const enum sk_hll_type type_a = types[random_below(3)],
				       type_b = types[random_below(3)];
		const uint64_t a_to = sizes[random_below(SIZES - 2)];
		const uint64_t b_from = random_below(a_to + 1);
		const uint64_t b_to = b_from + sizes[random_below(SIZES - 2)];
		struct sk_hll *a = hll_of(lg_a, type_a, 0, a_to);
		struct sk_hll *b = hll_of(lg_b, type_b, b_from, b_to), *b_copy = sk_hll_copy(b);
		const bool b_folds = !sk_hll_exact(b) && lg_b < lg_a;
		struct sk_hll *both = hll_of(b_folds ? lg_b : lg_a, type_a, 0, a_to);

		assert_non_null(b_copy);
		add_range(both, b_from, b_to);
		assert_int_equal(sk_hll_merge(a, b), 0);
		assert_same(b, b_copy);
		assert_int_equal(sk_hll_lg_k(a), b_folds ? lg_b : lg_a);
		assert_int_equal(sk_hll_type(a), type_a);
		if (!sk_hll_exact(a) && sk_hll_exact(both))
			; /* the source had been promoted, with less room for coupons */
		else if (!sk_hll_exact(both) || sk_hll_coupons(both) >= 8)
			assert_same_set(a, both);
		assert_near(sk_hll_estimate(a), sk_hll_estimate(both),
		    1e-6 + sk_hll_estimate(both) * 4 * sk_hll_relative_error(sk_hll_lg_k(a), true));
		assert_int_equal(sk_hll_merge(a, b), 0); /* twice is once */
		if (!sk_hll_exact(both))
			assert_same_set(a, both);
		sk_hll_free(a);
		sk_hll_free(b);
		sk_hll_free(b_copy);
		sk_hll_free(both);
	}
}

/* The union that loses half of its items in datasketches-cpp up to August 2026. */
static void
test_merge_across_lg_k(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct sk_hll *a = hll_of(14, SK_HLL_8, 0, 100000);
		struct sk_hll *b = hll_of(12, SK_HLL_8, 100000, 200000);
		struct sk_hll *all = hll_new(12, SK_HLL_8);

		assert_int_equal(sk_hll_merge(all, order ? a : b), 0);
		assert_int_equal(sk_hll_merge(all, order ? b : a), 0);
		assert_near(sk_hll_estimate(all), 200000, 200000 * 3 * 0.0162);
		assert_int_equal(sk_hll_merge(a, b), 0);
		assert_int_equal(sk_hll_lg_k(a), 12);
		assert_same_set(a, all);
		sk_hll_reset(a);
		assert_int_equal(sk_hll_lg_k(a), 14);
		sk_hll_free(a);
		sk_hll_free(b);
		sk_hll_free(all);
	}
}

/* When the order of a union is known: HIP goes on. */
static void
test_order_kept(void **state)
{
	static const struct {
		uint64_t a;
		uint64_t b;
		bool lost;
	} rows[] = {
		{0,      10000, false},
		{ 10000, 0,     false},
		{ 5,     10000, false},
		{ 10000, 5,     false},
		{ 100,   10000, true },
		{ 10000, 100,   true },
		{ 10000, 10000, true },
		{ 300,   300,   true },
		{ 20,    30,    false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t t = 0; t < 3; t++) {
			struct sk_hll *a = hll_of(12, types[t], 0, rows[i].a);
			struct sk_hll *b = hll_of(12, SK_HLL_8, rows[i].a, rows[i].a + rows[i].b);

			assert_int_equal(sk_hll_merge(a, b), 0);
			assert_int_equal(sk_hll_out_of_order(a), rows[i].lost);
			assert_near(sk_hll_estimate(a), (double)(rows[i].a + rows[i].b),
			    (double)(rows[i].a + rows[i].b) * 0.05);
			add_range(a, 1 << 20, (1 << 20) + 1000);
			if (rows[i].lost) { /* and then there is none */
				const struct image image = image_of(a, SK_HLL_COMPACT);

				assert_true(sk_load_double(image.bytes + 8) == 0);
				free(image.bytes);
			}
			sk_hll_free(a);
			sk_hll_free(b);
		}
}

static void
test_set_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZES; i++)
		for (size_t from = 0; from < 3; from++)
			for (size_t to = 0; to < 3; to++) {
				struct sk_hll *sketch = hll_of(10, types[from], 0, sizes[i]);
				struct sk_hll *direct = hll_of(10, types[to], 0, sizes[i]);

				assert_int_equal(sk_hll_set_type(sketch, types[to]), 0);
				assert_same_set(sketch, direct);
				assert_true(sk_hll_estimate(sketch) == sk_hll_estimate(direct));
				add_range(sketch, sizes[i], sizes[i] + 500);
				add_range(direct, sizes[i], sizes[i] + 500);
				assert_same_set(sketch, direct);
				sk_hll_free(sketch);
				sk_hll_free(direct);
			}
}

/* HLL_4 with many exceptions, a rising minimum, and more of both, against HLL_8. */
static void
test_exceptions(void **state)
{
	(void)state;
	random_state = 5;
	for (unsigned lg_k = 4; lg_k <= 8; lg_k++)
		for (unsigned round = 0; round < 30; round++) {
			struct sk_hll *four = hll_new(lg_k, SK_HLL_4),
				      *eight = hll_new(lg_k, SK_HLL_8);
			const size_t high = random_below(60) + 4;

			for (unsigned i = 0; i < 20u << lg_k; i++) {
				const size_t limit = i < 10u << lg_k ? high : 63;
				const uint32_t coupon = (uint32_t)(random_below(limit) + 1) << 26 |
				    (uint32_t)random_below(1 << 26);

				assert_int_equal(sk_hll_add_coupons(four, &coupon, 1), 0);
				assert_int_equal(sk_hll_add_coupons(eight, &coupon, 1), 0);
				if (i % 16 == 0) {
					struct sk_hll *copy = sk_hll_copy(four), *back = NULL;
					const struct image image = image_of(four, SK_HLL_UPDATABLE);

					assert_non_null(copy);
					assert_int_equal(
					    sk_hll_decode(&back, image.bytes, image.size),
					    SK_IMAGE_OK);
					assert_int_equal(sk_hll_set_type(copy, SK_HLL_8), 0);
					if (!sk_hll_exact(eight))
						assert_same(copy, eight);
					free(image.bytes);
					sk_hll_free(back);
					sk_hll_free(copy);
				}
			}
			sk_hll_free(four);
			sk_hll_free(eight);
		}
}

/* Fixtures */

static const char *
fixtures(void)
{
	const char *folder = getenv("SK_FIXTURES");

	return folder != NULL ? folder : "../shared/fixtures/datasketches";
}

static struct image
read_file(const char *path)
{
	struct image image = { NULL, 0 };
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		return image;
	image.bytes = allocate((size_t)4 << 20);
	image.size = fread(image.bytes, 1, ((size_t)4 << 20) - 1, file);
	image.bytes[image.size] = '\0';
	fclose(file);
	return image;
}

static double
number_in(const char *json, const char *key)
{
	const char *at = strstr(json, key);

	assert_non_null(at);
	return strtod(at + strlen(key), NULL);
}

static void
add_strings(struct sk_hll *sketch, size_t n)
{
	char text[500][24];
	struct sk_span spans[500];

	for (size_t done = 0, size; done < n; done += size) {
		size = n - done < 500 ? n - done : 500;
		for (size_t i = 0; i < size; i++) {
			snprintf(text[i], sizeof(text[i]), "item-%015zu", done + i);
			spans[i] = span_of(text[i]);
		}
		assert_int_equal(sk_hll_add_batch(sketch, spans, size), 0);
	}
}

/* What the image was made of. */
static struct sk_hll *
made_like(const char *what, unsigned lg_k, enum sk_hll_type type, size_t n)
{
	struct sk_hll *sketch = hll_new(lg_k, type), *other;

	if (strstr(what, "strings") == what)
		add_strings(sketch, n);
	else if (strstr(what, "longs") == what)
		add_range(sketch, 0, n);
	else if (strstr(what, "mixed") == what) {
		const double doubles[] = { -0.0, 0.0, NAN, -NAN, 1.5, 1.5 };

		for (size_t i = 0; i < 6; i++)
			sk_hll_add_u64(sketch, sk_murmur3_canonical_double(doubles[i]));
		sk_hll_add_u64(sketch, UINT64_MAX);
		sk_hll_add_u64(sketch, UINT64_MAX);
		sk_hll_add(sketch, span_of("\xd0\xb6"));
	} else { /* a union has a sketch of HLL_8 */
		assert_int_equal(sk_hll_set_type(sketch, SK_HLL_8), 0);
		other = hll_of(lg_k, SK_HLL_4, 0, n * 2 / 3);
		assert_int_equal(sk_hll_merge(sketch, other), 0);
		sk_hll_free(other);
		other = hll_of(lg_k, SK_HLL_8, n / 3, n);
		assert_int_equal(sk_hll_merge(sketch, other), 0);
		sk_hll_free(other);
		assert_int_equal(sk_hll_set_type(sketch, type), 0);
	}
	return sketch;
}

static void
check_answers(const struct sk_hll *sketch, const char *json)
{
	const double estimate = number_in(json, "\"estimate\": ");
	const char *lower = strstr(json, "\"lower_bounds_1_2_3_sd\": [");
	const char *upper = strstr(json, "\"upper_bounds_1_2_3_sd\": [");

	assert_non_null(lower);
	assert_non_null(upper);
	lower = strchr(lower, '[');
	upper = strchr(upper, '[');
	if (sk_hll_exact(sketch))
		assert_near(sk_hll_estimate(sketch), estimate, 1e-9 * estimate);
	else if (!sk_hll_out_of_order(sketch))
		assert_true(sk_hll_estimate(sketch) == estimate);
	else /* another estimator */
		assert_near(sk_hll_estimate(sketch), estimate, 0.005 * estimate);
	for (int sigmas = 1; sigmas <= 3; sigmas++) {
		const struct sk_hll_bounds bounds = sk_hll_bounds(sketch, sigmas);
		const double room = (sk_hll_exact(sketch)             ? 1e-6
					    : sk_hll_lg_k(sketch) > 6 ? 0.01
								      : 0.2) *
		    estimate;

		assert_near(bounds.lower, strtod(lower + 1, NULL), room);
		assert_near(bounds.upper, strtod(upper + 1, NULL), room);
		lower = strchr(lower + 1, ',');
		upper = strchr(upper + 1, ',');
		assert_true((lower != NULL && upper != NULL) || sigmas == 3);
	}
}

/* One fixture: read it, ask it, write it again, and make it anew from its input. False: there is no such. */
static bool
check_fixture(unsigned bits, unsigned lg_k, const char *what, size_t n, const char *form)
{
	char path[4096];
	int used = snprintf(
	    path, sizeof(path), "%s/hll%u_lgk%u_%s%s.sk", fixtures(), bits, lg_k, what, form);
	const struct image image = read_file(path);
	const enum sk_hll_form as = *form != '\0' ? SK_HLL_UPDATABLE : SK_HLL_COMPACT;
	const enum sk_hll_type type = types[bits / 2 - 2];
	struct sk_hll *sketch = NULL, *made;
	struct image json, again;

	if (image.bytes == NULL)
		return false;
	memcpy(path + used - 2, "json", 5);
	json = read_file(path);
	assert_non_null(json.bytes);
	assert_int_equal(sk_hll_decode(&sketch, image.bytes, image.size), SK_IMAGE_OK);
	assert_int_equal(sk_hll_lg_k(sketch), lg_k);
	assert_int_equal(sk_hll_type(sketch), type);
	assert_int_equal(sk_hll_encoded_size(sketch, SK_HLL_COMPACT),
	    (size_t)number_in((char *)json.bytes, "\"compact_bytes\": "));
	assert_int_equal(sk_hll_encoded_size(sketch, SK_HLL_UPDATABLE),
	    (size_t)number_in((char *)json.bytes, "\"updatable_bytes\": "));
	check_answers(sketch, (char *)json.bytes);
	made = made_like(what, lg_k, type, n);
	assert_same_set(sketch, made);
	again = image_of(made, as);
	assert_int_equal(again.size, image.size);
	if (strstr(what, "union") == NULL || !sk_hll_exact(sketch))
		assert_memory_equal(again.bytes, image.bytes, image.size);
	free(again.bytes);
	if (!sk_hll_exact(sketch) || sk_hll_coupons(sketch) < 8) {
		again = image_of(sketch, as);
		assert_memory_equal(again.bytes, image.bytes, image.size);
		free(again.bytes);
	}
	sk_hll_free(made);
	sk_hll_free(sketch);
	free(image.bytes);
	free(json.bytes);
	return true;
}

static void
test_fixtures(void **state)
{
	static const unsigned lg_ks[] = { 4, 8, 10, 12, 14, 16 };
	static const size_t counts[] = { 0, 1, 5, 6, 8, 10, 30, 100, 500, 1000, 3000, 10000, 50000,
		100000, 1000000, 2000000, 8000000 };
	static const char *const inputs[] = { "longs", "strings", "union" };
	static const char *const endings[] = { "", "_updatable" };
	size_t found = 0;

	(void)state;
	for (unsigned bits = 4; bits <= 8; bits += 2)
		for (size_t k = 0; k < sizeof(lg_ks) / sizeof(*lg_ks); k++) {
			found += check_fixture(bits, lg_ks[k], "mixed", 5, "");
			for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++)
				for (size_t i = 0; i < 6; i++) {
					char what[64];

					snprintf(what, sizeof(what), "%s_n%zu", inputs[i / 2],
					    counts[c]);
					found += check_fixture(
					    bits, lg_ks[k], what, counts[c], endings[i % 2]);
				}
		}
	if (found == 0)
		printf("skipped: no fixtures\n");
	else
		assert_int_equal(found, 138);
}

/* One register in use is no less than one item, and the bounds are on either side of the estimate. */
static void
test_one_register(void **state)
{
	(void)state;
	for (unsigned lg_k = SK_HLL_LG_K_MIN; lg_k <= 12; lg_k++) {
		struct sk_hll *sketch = NULL;
		unsigned char image[40 + 4096] = { 10, 1, 7, (unsigned char)lg_k, 0,
			8 | 16 /* compact, out of order */, 0, 10 };
		struct sk_hll_bounds bounds;

		image[40] = 1;
		assert_int_equal(
		    sk_hll_decode(&sketch, image, 40 + ((size_t)1 << lg_k)), SK_IMAGE_OK);
		bounds = sk_hll_bounds(sketch, 2);
		assert_true(sk_hll_estimate(sketch) >= 1 && bounds.lower >= 1);
		assert_true(bounds.lower <= sk_hll_estimate(sketch));
		assert_true(sk_hll_estimate(sketch) <= bounds.upper);
		sk_hll_free(sketch);
	}
}

/* Nothing is left to count where every register is full. */
static void
test_full(void **state)
{
	struct sk_hll *sketch = hll_new(4, SK_HLL_4);

	(void)state;
	for (uint32_t i = 0; i < 16; i++) {
		const uint32_t coupon = UINT32_C(63) << 26 | i;

		assert_int_equal(sk_hll_add_coupons(sketch, &coupon, 1), 0);
	}
	exercise(sketch);
	sk_hll_forget_order(sketch);
	assert_true(isinf(sk_hll_estimate(sketch)));
	assert_true(sk_hll_bounds(sketch, 2).lower > 0);
	sk_hll_free(sketch);
}

/* The items below ${to} in ${parts} parts, which are merged from the last on. */
static struct sk_hll *
merged_parts(unsigned lg_k, enum sk_hll_type type, uint64_t to, uint64_t parts)
{
	struct sk_hll *all = hll_new(lg_k, type);

	for (uint64_t i = parts; i-- > 0;) {
		struct sk_hll *part = hll_new(lg_k, type);

		for (uint64_t n = i; n < to; n += parts)
			assert_int_equal(sk_hll_add_u64(part, n), 0);
		assert_int_equal(sk_hll_make_canonical(part), 0);
		assert_int_equal(sk_hll_merge(all, part), 0);
		sk_hll_free(part);
	}
	return all;
}

static void
test_canonical(void **state)
{
	static const unsigned lg_ks[] = { 4, 7, 8, 11, 14 };
	static const uint64_t counts[] = { 0, 1, 7, 8, 25, 300, 3000, 50000 };

	(void)state;
	for (size_t k = 0; k < sizeof(lg_ks) / sizeof(*lg_ks); k++)
		for (size_t t = 0; t < 3; t++)
			for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
				struct sk_hll *once = hll_of(lg_ks[k], types[t], 0, counts[i]), *again;
				struct image image;

				assert_int_equal(sk_hll_make_canonical(once), 0);
				for (uint64_t parts = 1; parts <= 60; parts += 1 + 9 * parts) {
					struct sk_hll *merged = merged_parts(lg_ks[k], types[t], counts[i], parts);

					assert_int_equal(sk_hll_make_canonical(merged), 0);
					assert_same(once, merged);
					assert_true(sk_hll_estimate(once) == sk_hll_estimate(merged));
					assert_true(sk_hll_bounds(once, 3).upper == sk_hll_bounds(merged, 3).upper);
					sk_hll_free(merged);
				}
				/* An image is as canonical as what it was made of, and stays so. */
				image = image_of(once, SK_HLL_COMPACT);
				assert_int_equal(sk_hll_decode(&again, image.bytes, image.size), SK_IMAGE_OK);
				assert_int_equal(sk_hll_make_canonical(again), 0);
				assert_same(once, again);
				free(image.bytes);
				sk_hll_free(again);
				sk_hll_free(once);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_small_answers),
		cmocka_unit_test(test_relative_error),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_golden_hashes),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_estimates),
		cmocka_unit_test(test_refused_tables),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_order_independence),
		cmocka_unit_test(test_coupons),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_merge_across_lg_k),
		cmocka_unit_test(test_order_kept),
		cmocka_unit_test(test_set_type),
		cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_one_register),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
