/*
 * test_theta_image.c -- Theta sketches as bytes: golden images, images of others, and images that are broken.
 *
 * What datasketches-cpp wrote is looked for in $SK_FIXTURES, or next to the repository. The golden images here are of
 * datasketches 5.2.0 of PyPI.
 */
#include "theta_support.h"

#include <dirent.h>
#include <math.h>

static void
assert_image(
    const struct sk_theta *sketch, enum sk_theta_version version, const void *bytes, size_t size)
{
	struct image image = image_of(sketch, version);

	assert_int_equal(image.size, size);
	assert_memory_equal(image.bytes, bytes, size);
	free(image.bytes);
}

/* Golden images */

static const unsigned char empty_v3[] = { 1, 3, 3, 0, 0, 0x1e, 0xcc, 0x93 };

/* of 0, in either version */
static const unsigned char one_v3[] = { 1, 3, 3, 0, 0, 0x1a, 0xcc, 0x93, 0xe5, 0x6b, 0x61, 0xee,
	0xc8, 0x80, 0x44, 0x20 };

/* of 0, 1 and 2 */
static const unsigned char three_v3[] = { 2, 3, 3, 0, 0, 0x1a, 0xcc, 0x93, 3, 0, 0, 0, 0, 0, 0, 0,
	0x15, 0xf9, 0x7d, 0xcb, 0xbd, 0x86, 0xa1, 0x05, 0xc3, 0x97, 0xfc, 0x12, 0x81, 0x70, 0x9d,
	0x1e, 0xe5, 0x6b, 0x61, 0xee, 0xc8, 0x80, 0x44, 0x20 };
static const unsigned char three_v4[] = { 1, 4, 3, 0x3d, 1, 0x1a, 0xcc, 0x93, 3, 0x2d, 0x0c, 0x35,
	0xee, 0x5b, 0xef, 0xc8, 0xae, 0x3e, 0xfa, 0x70, 0xd1, 0xdf, 0xa7, 0xab, 0x83, 0x4e, 0x20,
	0x8f, 0xb6, 0xc9, 0xa8, 0x44 };

/* The first bytes of 0 .. 99 at lg_k 5. */
static const unsigned char estimating_v3[] = { 3, 3, 3, 0, 0, 0x1a, 0xcc, 0x93, 0x33, 0, 0, 0, 0, 0,
	0, 0, 0x9a, 0xd4, 0x18, 0x28, 0x33, 0xa6, 0xa1, 0x2d, 0x0a, 0x22, 0xdb, 0xb7, 0x1c, 0x87,
	0x5f, 0x01 };
static const unsigned char estimating_v4[] = { 2, 4, 3, 0x3b, 1, 0x1a, 0xcc, 0x93, 0x9a, 0xd4, 0x18,
	0x28, 0x33, 0xa6, 0xa1, 0x2d, 0x33, 0x2b, 0xf0, 0xe3, 0x96, 0xfb, 0x64, 0x41, 0x40, 0xbe,
	0x73, 0xdb, 0x46, 0x78, 0x5b, 0xc5 };

/* of 7 under seed 123 */
static const unsigned char seeded_v3[] = { 1, 3, 3, 0, 0, 0x1a, 0xb6, 0x05, 0x3e, 0x19, 0x48, 0x08,
	0xa4, 0x19, 0x42, 0x63 };

static void
assert_image_starts(const struct sk_theta *sketch, enum sk_theta_version version, size_t size,
    const unsigned char *bytes)
{
	struct image image = image_of(sketch, version);
	struct sk_theta *again = decoded(image.bytes, image.size);

	assert_int_equal(image.size, size);
	assert_memory_equal(image.bytes, bytes, 32);
	assert_same(sketch, again);
	sk_theta_free(again);
	free(image.bytes);
}

static void
test_golden_images(void **state)
{
	struct sk_theta *sketch = sketch_new(12);

	(void)state;
	assert_image(sketch, SK_THETA_V3, empty_v3, sizeof(empty_v3));
	assert_image(sketch, SK_THETA_V4, empty_v3, sizeof(empty_v3));
	add_range(sketch, 0, 1);
	assert_image(sketch, SK_THETA_V3, one_v3, sizeof(one_v3));
	assert_image(sketch, SK_THETA_V4, one_v3, sizeof(one_v3));
	add_range(sketch, 0, 3);
	assert_image(sketch, SK_THETA_V3, three_v3, sizeof(three_v3));
	assert_image(sketch, SK_THETA_V4, three_v4, sizeof(three_v4));
	sk_theta_free(sketch);
	sketch = range_new(5, 0, 100);
	assert_int_equal(sk_theta_retained(sketch), 51);
	assert_image_starts(sketch, SK_THETA_V3, 24 + 51 * 8, estimating_v3);
	assert_image_starts(sketch, SK_THETA_V4, 394, estimating_v4);
	sk_theta_free(sketch);
	sketch = sk_theta_new(12, 123);
	assert_non_null(sketch);
	assert_int_equal(sk_theta_add_u64(sketch, 7), 0);
	assert_image(sketch, SK_THETA_V3, seeded_v3, sizeof(seeded_v3));
	sk_theta_free(sketch);
}

static void
test_images_come_back(void **state)
{
	(void)state;
	for (unsigned lg_k = 4; lg_k <= 9; lg_k++) {
		for (size_t n = 0; n < 3000; n = n * 3 / 2 + 1) {
			struct sk_theta *sketch = range_new(lg_k, n << 20, n);

			for (int version = SK_THETA_V3; version <= SK_THETA_V4; version++) {
				struct image image =
				    image_of(sketch, (enum sk_theta_version)version);
				struct sk_theta *again = decoded(image.bytes, image.size);

				assert_same(sketch, again);
				assert_true(sk_theta_estimate(sketch) == sk_theta_estimate(again));
				assert_int_equal(sk_theta_empty(again), n == 0);
				assert_true(sk_theta_ordered(again));
				sk_theta_free(again);
				free(image.bytes);
			}
			sk_theta_free(sketch);
		}
	}
}

/* Packed images, against a packer that goes bit by bit */

struct hashes {
	uint64_t *hash; /* rising */
	size_t n;
	uint64_t theta;
	uint64_t seed;
};

static struct hashes
random_hashes(size_t n, unsigned bits, bool exact)
{
	struct hashes hashes = { allocate(n * sizeof(uint64_t)), n, ONE, next_random() };
	uint64_t before = 0;

	for (size_t i = 0; i < n; i++)
		hashes.hash[i] = before += 1 + (next_random() & ((UINT64_C(1) << bits) - 1));
	if (!exact)
		hashes.theta = before + 1 + next_random() % (ONE - before - 1);
	return hashes;
}

/* The sketch that has them, by way of a plain image. */
static struct sk_theta *
sketch_of(const struct hashes *hashes)
{
	struct image image = { allocate(24 + hashes->n * 8), 24 + hashes->n * 8 };
	struct sk_theta *sketch = NULL;

	memcpy(image.bytes, (const unsigned char[]){ 3, 3, 3, 0, 0, 0x1a }, 6);
	sk_store16(image.bytes + 6, sk_murmur3_seed_hash(hashes->seed));
	sk_store64(image.bytes + 8, hashes->n);
	sk_store64(image.bytes + 16, hashes->theta);
	for (size_t i = 0; i < hashes->n; i++)
		sk_store64(image.bytes + 24 + i * 8, hashes->hash[i]);
	assert_int_equal(
	    sk_theta_decode(&sketch, image.bytes, image.size, hashes->seed), SK_IMAGE_OK);
	free(image.bytes);
	return sketch;
}

static struct image
pack_slowly(const struct hashes *hashes)
{
	const bool exact = hashes->theta == ONE;
	struct image image = { calloc(1, 24 + hashes->n * 8), exact ? 8 : 16 };
	unsigned bits = 0, counters = 0;
	size_t at;

	assert_non_null(image.bytes);
	for (size_t i = 0; i < hashes->n; i++)
		while ((hashes->hash[i] - (i > 0 ? hashes->hash[i - 1] : 0)) >> bits > 0)
			bits++;
	for (size_t left = hashes->n; left > 0; left /= 256)
		counters++;
	memcpy(image.bytes,
	    (const unsigned char[]){ exact ? 1 : 2, 4, 3, (unsigned char)bits,
		(unsigned char)counters, 0x1a },
	    6);
	sk_store16(image.bytes + 6, sk_murmur3_seed_hash(hashes->seed));
	if (!exact)
		sk_store64(image.bytes + 8, hashes->theta);
	sk_store_bytes(image.bytes + image.size, hashes->n, counters);
	at = (image.size + counters) * 8;
	for (size_t i = 0; i < hashes->n; i++) {
		const uint64_t apart = hashes->hash[i] - (i > 0 ? hashes->hash[i - 1] : 0);

		for (unsigned bit = bits; bit-- > 0; at++)
			if ((apart >> bit & 1) != 0)
				image.bytes[at / 8] |= (unsigned char)(0x80 >> at % 8);
	}
	image.size = (at + 7) / 8;
	return image;
}

static void
check_packed(const struct hashes *hashes)
{
	struct sk_theta *sketch = sketch_of(hashes), *again = NULL;
	struct image packed = pack_slowly(hashes), copy;

	assert_image(sketch, SK_THETA_V4, packed.bytes, packed.size);
	copy = image_copy(packed.bytes, packed.size);
	assert_int_equal(
	    sk_theta_decode(&again, copy.bytes, copy.size, hashes->seed), SK_IMAGE_OK);
	assert_same(sketch, again);
	assert_int_equal(sk_theta_retained(again), hashes->n);
	assert_int_equal(sk_theta_integer(again), hashes->theta);
	free(packed.bytes);
	free(copy.bytes);
	sk_theta_free(sketch);
	sk_theta_free(again);
}

static void
test_packed_images(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 8, 9, 15, 16, 17, 255, 256, 65535, 65536,
		100000 };

	(void)state;
	random_state = 11;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const size_t n = sizes[i];

		for (unsigned bits = 1; bits < 62 && n <= (ONE - n) >> (bits + 1);
		     bits += n > 1000 ? 19 : 1) {
			for (int exact = n == 1 ? 0 : 1; exact >= 0; exact--) {
				struct hashes hashes = random_hashes(n, bits, exact == 1);

				check_packed(&hashes);
				free(hashes.hash);
			}
		}
	}
}

/* Sketches of all sizes, as they come of streams, are the same in both versions. */
static void
test_large_images(void **state)
{
	static const struct {
		unsigned lg_k;
		size_t n;
	} row[] = {
		{ 16, 65536 },
		{ 16, 300000 },
		{ 14, 100000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct sk_theta *sketch = range_new(row[i].lg_k, (uint64_t)i << 32, row[i].n);
		struct image plain = image_of(sketch, SK_THETA_V3);
		struct image packed = image_of(sketch, SK_THETA_V4);
		struct sk_theta *again = decoded(packed.bytes, packed.size);

		assert_true(packed.size * 8 < plain.size * 7);
		assert_same(sketch, again);
		assert_image(again, SK_THETA_V4, packed.bytes, packed.size);
		free(plain.bytes);
		free(packed.bytes);
		sk_theta_free(sketch);
		sk_theta_free(again);
	}
}

/* Images of others */

#define CC 0xcc, 0x93
#define NONE 0, 0, 0, 0
#define HASH(low, high) low, 0, 0, 0, 0, 0, 0, high

static const struct {
	const char *what;
	enum sk_image_status status;
	size_t size;
	unsigned char bytes[48];
	double estimate;
} other_row[] = {
	{"nothing",                SK_IMAGE_TRUNCATED,   0,  { 0 },                                                  0},
	{ "text",		  SK_IMAGE_NOT_OURS,    11, "hello world",                                          0},
	{ "two letters",           SK_IMAGE_NOT_OURS,    2,  "hi",                                                   0},
	{ "a capital",             SK_IMAGE_NOT_OURS,    1,  "A",						    0},
	{ "a line",                SK_IMAGE_NOT_OURS,    1,  "\n",						   0},
	{ "a table",               SK_IMAGE_NOT_OURS,    8,  "1\t2\t3\n4\t",                                         0},
	{ "zeros",                 SK_IMAGE_NOT_OURS,    8,  { 0 },						  0},
	{ "an HLL",                SK_IMAGE_NOT_OURS,    8,  { 2, 1, 7, 12, 3, 12, 0, 8 },                           0},
	{ "a KLL",                 SK_IMAGE_NOT_OURS,    8,  { 2, 1, 15, 1, 200, 0, 8, 0 },                          0},
	{ "a tuple sketch",        SK_IMAGE_NOT_OURS,    8,  { 1, 3, 9, 1, 0, 4, CC },                               0},
	{ "Java's quick select",   SK_IMAGE_UNSUPPORTED, 8,  { 0xc3, 3, 2, 12, 5, 0, CC },                           0},
	{ "Java's alpha",          SK_IMAGE_UNSUPPORTED, 8,  { 0xc3, 3, 1, 12, 5, 0, CC },                           0},
	{ "Java's union",          SK_IMAGE_UNSUPPORTED, 8,  { 0xc4, 3, 4, 12, 5, 0, CC },                           0},
	{ "big-endian",            SK_IMAGE_UNSUPPORTED, 8,  { 1, 3, 3, 0, 0, 0x1f, CC },                            0},
	{ "version 5",             SK_IMAGE_NEWER,       8,  { 1, 5, 3, 0, 0, 0x1e, CC },                            0},
	{ "another seed",          SK_IMAGE_OTHER_SEED,  16, { 1, 3, 3, 0, 0, 0x1a, 0xcc, 0x94, HASH(1, 1) },
         0													    },
	{ "empty, Java's seed",    SK_IMAGE_OK,          8,  { 1, 3, 3, 0, 0, 0x1e, 0, 0 },                          0},
	{ "one, Java's flags",     SK_IMAGE_OK,          16, { 1, 3, 3, 0, 0, 0x3a, CC, HASH(1, 1) },                1},
	{ "empty and more",        SK_IMAGE_CORRUPT,     9,  { 1, 3, 3, 0, 0, 0x1e, CC },                            0},
	{ "empty with a count",    SK_IMAGE_CORRUPT,     16, { 2, 3, 3, 0, 0, 0x1e, CC },                            0},
	{ "one and more",          SK_IMAGE_CORRUPT,     17, { 1, 3, 3, 0, 0, 0x1a, CC, HASH(1, 1) },                0},
	{ "one, short",            SK_IMAGE_TRUNCATED,   15, { 1, 3, 3, 0, 0, 0x1a, CC, HASH(1, 1) },                0},
	{ "hash 0",                SK_IMAGE_CORRUPT,     16, { 1, 3, 3, 0, 0, 0x1a, CC, HASH(0, 0) },                0},
	{ "hash of 64 bits",       SK_IMAGE_CORRUPT,     16, { 1, 3, 3, 0, 0, 0x1a, CC, HASH(1, 0x80) },             0},
	{ "four longs",            SK_IMAGE_CORRUPT,     32, { 4, 3, 3, 0, 0, 0x1a, CC },                            0},
	{ "Java's p",              SK_IMAGE_OK,          32,
         { 2, 3, 3, 0, 0, 0x1a, CC, 2, 0, 0, 0, 0, 0, 0x80, 0x3f, HASH(1, 1), HASH(2, 2) },                          2},
	{ "falling",               SK_IMAGE_CORRUPT,     32,
         { 2, 3, 3, 0, 0, 0x1a, CC, 2, 0, 0, 0, NONE, HASH(1, 2), HASH(2, 1) },                                      0},
	{ "twice the same",        SK_IMAGE_CORRUPT,     32,
         { 2, 3, 3, 0, 0, 0x1a, CC, 2, 0, 0, 0, NONE, HASH(1, 2), HASH(1, 2) },                                      0},
	{ "unordered",             SK_IMAGE_OK,          32,
         { 2, 3, 3, 0, 0, 0x0a, CC, 2, 0, 0, 0, NONE, HASH(1, 2), HASH(2, 1) },                                      2},
	{ "unordered, twice",      SK_IMAGE_CORRUPT,     32,
         { 2, 3, 3, 0, 0, 0x0a, CC, 2, 0, 0, 0, NONE, HASH(1, 2), HASH(1, 2) },                                      0},
	{ "four billion",          SK_IMAGE_TRUNCATED,   40,
         { 2, 3, 3, 0, 0, 0x1a, CC, 0xff, 0xff, 0xff, 0xff },                                                        0},
	{ "theta 0",               SK_IMAGE_CORRUPT,     24, { 3, 3, 3, 0, 0, 0x1a, CC },                            0},
	{ "theta over 1",          SK_IMAGE_CORRUPT,     24,
         { 3, 3, 3, 0, 0, 0x1a, CC, 0, 0, 0, 0, NONE, HASH(0, 0x80) },                                               0},
	{ "hash at theta",         SK_IMAGE_CORRUPT,     32,
         { 3, 3, 3, 0, 0, 0x1a, CC, 1, 0, 0, 0, NONE, HASH(0, 0x20), HASH(0, 0x20) },                                0},
	{ "hash under theta",      SK_IMAGE_OK,          32,
         { 3, 3, 3, 0, 0, 0x1a, CC, 1, 0, 0, 0, NONE, HASH(0, 0x20), HASH(0, 0x1f) },                                4},
	{ "none under theta",      SK_IMAGE_OK,          24,
         { 3, 3, 3, 0, 0, 0x1a, CC, 0, 0, 0, 0, NONE, HASH(0, 0x20) },                                               0},
	{ "version 1",             SK_IMAGE_OK,          40,
         { 3, 1, 3, 0, 0, 0, 0, 0, 2, 0, 0, 0, NONE, HASH(0, 0x20), HASH(1, 1), HASH(1, 2) },
         8													    },
	{ "version 1, empty",      SK_IMAGE_OK,          24,
         { 3, 1, 3, 0, 0, 0, 0, 0, NONE, NONE, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
         0													    },
	{ "version 1, two longs",  SK_IMAGE_CORRUPT,     32, { 2, 1, 3, 0, 0, 0, 0, 0, 2 },                          0},
	{ "version 2",             SK_IMAGE_OK,          32,
         { 2, 2, 3, 0, 0, 0, CC, 2, 0, 0, 0, NONE, HASH(1, 1), HASH(1, 2) },                                         2},
	{ "version 2, theta",      SK_IMAGE_OK,          32,
         { 3, 2, 3, 0, 0, 0, CC, 1, 0, 0, 0, NONE, HASH(0, 0x20), HASH(1, 1) },                                      4},
	{ "version 2, empty",      SK_IMAGE_OK,          8,  { 1, 2, 3, 0, 0, 0, CC },                               0},
	{ "version 2, no seed",    SK_IMAGE_OTHER_SEED,  24, { 2, 2, 3, 0, 0, 0, 0, 0, 1 },                          0},
	{ "packed",                SK_IMAGE_OK,          10, { 1, 4, 3, 8, 1, 0x1a, CC, 1, 0x40 },                   1},
	{ "packed, none",          SK_IMAGE_CORRUPT,     9,  { 1, 4, 3, 8, 1, 0x1a, CC, 0 },                         0},
	{ "packed, no bits",       SK_IMAGE_CORRUPT,     9,  { 1, 4, 3, 0, 1, 0x1a, CC, 1 },                         0},
	{ "packed, 64 bits",       SK_IMAGE_CORRUPT,     17, { 1, 4, 3, 64, 1, 0x1a, CC, 1, 1 },                     0},
	{ "packed, no count",      SK_IMAGE_CORRUPT,     9,  { 1, 4, 3, 8, 0, 0x1a, CC, 1 },                         0},
	{ "packed, wide count",    SK_IMAGE_CORRUPT,     20, { 1, 4, 3, 8, 5, 0x1a, CC, 1 },                         0},
	{ "packed, three longs",   SK_IMAGE_CORRUPT,     26, { 3, 4, 3, 8, 1, 0x1a, CC, 1 },                         0},
	{ "packed, unordered",     SK_IMAGE_CORRUPT,     10, { 1, 4, 3, 8, 1, 0x0a, CC, 1, 0x40 },                   0},
	{ "packed, empty",         SK_IMAGE_CORRUPT,     10, { 1, 4, 3, 8, 1, 0x1e, CC, 1, 0x40 },                   0},
	{ "packed, difference 0",  SK_IMAGE_CORRUPT,     11, { 1, 4, 3, 8, 1, 0x1a, CC, 2, 0x40, 0 },
         0													    },
	{ "packed, short",         SK_IMAGE_TRUNCATED,   10, { 1, 4, 3, 8, 1, 0x1a, CC, 2, 0x40 },                   0},
	{ "packed, long",          SK_IMAGE_CORRUPT,     11, { 1, 4, 3, 8, 1, 0x1a, CC, 1, 0x40, 0 },                0},
	{ "packed, four billion",  SK_IMAGE_TRUNCATED,   40,
         { 1, 4, 3, 1, 4, 0x1a, CC, 0xff, 0xff, 0xff, 0xff },                                                        0},
	{ "packed, sum over 1",    SK_IMAGE_CORRUPT,     33,
         { 1, 4, 3, 63, 1, 0x1a, CC, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff },
         0													    },
	{ "packed, theta",         SK_IMAGE_OK,          19, { 2, 4, 3, 8, 1, 0x1a, CC, HASH(0, 0x20), 2, 0x40, 1 },
         8													    },
	{ "packed, hash at theta", SK_IMAGE_CORRUPT,     18,
         { 2, 4, 3, 8, 1, 0x1a, CC, HASH(0x40, 0), 1, 0x40 },                                                        0},
};

static void
test_images_of_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(other_row) / sizeof(*other_row); i++) {
		const enum sk_image_status status =
		    status_of(other_row[i].bytes, other_row[i].size, SEED);
		struct sk_theta *sketch;

		if (status != other_row[i].status)
			fail_msg("%s: %s", other_row[i].what, sk_image_strerror(status));
		if (status != SK_IMAGE_OK)
			continue;
		sketch = decoded(other_row[i].bytes, other_row[i].size);
		if (fabs(sk_theta_estimate(sketch) - other_row[i].estimate) > 1e-9)
			fail_msg("%s: estimate %g", other_row[i].what, sk_theta_estimate(sketch));
		sk_theta_free(sketch);
	}
}

static void
test_seeds(void **state)
{
	(void)state;
	assert_int_equal(status_of(seeded_v3, sizeof(seeded_v3), 123), SK_IMAGE_OK);
	assert_int_equal(status_of(seeded_v3, sizeof(seeded_v3), SEED), SK_IMAGE_OTHER_SEED);
	assert_int_equal(status_of(one_v3, sizeof(one_v3), 123), SK_IMAGE_OTHER_SEED);
	assert_int_equal(status_of(empty_v3, sizeof(empty_v3), 123), SK_IMAGE_OK);
}

/* Broken images */

/* A broken image that is still taken for one behaves: it comes back from its own image, and answers. */
static void
try_broken(const unsigned char *bytes, size_t size)
{
	struct image copy = image_copy(bytes, size);
	struct sk_theta *sketch = NULL, *sum;
	struct sk_theta_ratio ratio;

	if (sk_theta_decode(&sketch, copy.bytes, size, SEED) == SK_IMAGE_OK) {
		for (int version = SK_THETA_V3; version <= SK_THETA_V4; version++) {
			struct image image = image_of(sketch, (enum sk_theta_version)version);
			struct sk_theta *again = decoded(image.bytes, image.size);

			assert_same(sketch, again);
			sk_theta_free(again);
			free(image.bytes);
		}
		assert_true(sk_theta_lower_bound(sketch, 2) <= sk_theta_estimate(sketch));
		assert_true(sk_theta_upper_bound(sketch, 2) >= sk_theta_estimate(sketch));
		sum = range_new(4, 0, 100);
		assert_int_equal(sk_theta_merge(sum, sketch), 0);
		assert_int_equal(sk_theta_jaccard(sum, sketch, 2, &ratio), 0);
		assert_true(ratio.lower <= ratio.estimate && ratio.estimate <= ratio.upper);
		sk_theta_free(sum);
	}
	sk_theta_free(sketch);
	free(copy.bytes);
}

static void
break_image(const struct image *image)
{
	unsigned char *bytes = allocate(image->size);
	const size_t few = image->size < 60 && !SANITIZED ? 60 : 26; /* get every value */

	for (size_t size = 0; size < image->size; size++)
		if (status_of(image->bytes, size, SEED) != SK_IMAGE_TRUNCATED)
			fail_msg(
			    "%zu bytes of %zu were not missed", image->size - size, image->size);
	memcpy(bytes, image->bytes, image->size);
	for (size_t at = 0; at < image->size; at++) {
		for (unsigned value = 0; value < 256; value += at < few ? 1 : 51) {
			bytes[at] = (unsigned char)value;
			try_broken(bytes, image->size);
		}
		bytes[at] = image->bytes[at];
	}
	free(bytes);
}

static void
test_broken_images(void **state)
{
	static const struct {
		unsigned lg_k;
		size_t n;
	} row[] = {
		{12,  0   },
                { 12, 1   },
                { 12, 2   },
                { 12, 7   },
                { 12, 8   },
                { 12, 9   },
                { 12, 21  },
                { 4,  1000},
                { 5,  200 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct sk_theta *sketch = range_new(row[i].lg_k, 0, row[i].n);

		for (int version = SK_THETA_V3; version <= SK_THETA_V4; version++) {
			struct image image = image_of(sketch, (enum sk_theta_version)version);

			break_image(&image);
			if (image.size > 9) {
				/* the same, unordered and of older versions */
				image.bytes[5] = 0x0a;
				if (version == SK_THETA_V3)
					break_image(&image);
				image.bytes[1] = 2;
				if (version == SK_THETA_V3 && row[i].n > 1)
					break_image(&image);
			}
			free(image.bytes);
		}
		sk_theta_free(sketch);
	}
}

/* Noise behind a header that may be one. */
static void
test_noise(void **state)
{
	unsigned char bytes[80];

	(void)state;
	random_state = 5;
	for (int round = 0; round < 30000 / (SANITIZED ? 5 : 1); round++) {
		const size_t size = random_below(sizeof(bytes));

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(random_below(3) == 0 ? 0 : next_random());
		bytes[0] = (unsigned char)(1 + random_below(3));
		bytes[1] = (unsigned char)(1 + random_below(4));
		bytes[2] = 3;
		bytes[6] = 0xcc;
		bytes[7] = 0x93;
		if (random_below(2) == 0) {
			bytes[4] = 1;
			bytes[8] = (unsigned char)random_below(10);
			memset(bytes + 9, 0, 7);
		}
		try_broken(bytes, size);
	}
}

/* Images that datasketches-cpp wrote */

static const char *
fixture_folder(void)
{
	const char *folder = getenv("SK_FIXTURES");

	return folder != NULL && *folder != '\0' ? folder : "../shared/fixtures/datasketches";
}

static size_t
read_file(const char *name, const char *ending, void *to, size_t room)
{
	char path[4096];
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s%s", fixture_folder(), name, ending);
	if ((file = fopen(path, "rb")) == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	size = fread(to, 1, room, file);
	assert_true(size < room);
	fclose(file);
	return size;
}

/* What stands after "${key}": in ${json}. */
static const char *
json_value(const char *json, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\": ", key);
	if ((at = strstr(json, quoted)) == NULL)
		fail_msg("no %s", key);
	return at + strlen(quoted);
}

static void
check_number(const char *name, const char *key, double got, double expected, double close)
{
	if (fabs(got - expected) > fabs(expected) * close)
		fail_msg("%s: %s is %.17g and should be %.17g", name, key, got, expected);
}

static void
check_answers(const char *name, const struct sk_theta *sketch, const char *json)
{
	const double retained = strtod(json_value(json, "num_retained"), NULL);
	const char *lower = json_value(json, "lower_bounds_1_2_3_sd") + 1;
	const char *upper = json_value(json, "upper_bounds_1_2_3_sd") + 1;
	const bool empty = strncmp(json_value(json, "is_empty"), "true", 4) == 0;
	const bool estimating = strncmp(json_value(json, "is_estimation_mode"), "true", 4) == 0;

	check_number(name, "num_retained", (double)sk_theta_retained(sketch), retained, 0);
	check_number(name, "estimate", sk_theta_estimate(sketch),
	    strtod(json_value(json, "estimate"), NULL), 1e-14);
	check_number(name, "theta", sk_theta_fraction(sketch),
	    strtod(json_value(json, "theta"), NULL), 1e-15);
	assert_int_equal(sk_theta_integer(sketch), strtoull(json_value(json, "theta64"), NULL, 10));
	assert_int_equal(sk_theta_empty(sketch), empty);
	assert_int_equal(sk_theta_exact(sketch), !estimating);
	for (unsigned sigmas = 1; sigmas <= 3; sigmas++) {
		char *end;

		check_number(name, "lower bound", sk_theta_lower_bound(sketch, sigmas),
		    strtod(lower, &end), 1e-13);
		lower = end + 1;
		check_number(name, "upper bound", sk_theta_upper_bound(sketch, sigmas),
		    strtod(upper, &end), 1e-13);
		upper = end + 1;
	}
}

static struct sk_theta *
build_strings(size_t n)
{
	struct sk_theta *sketch = sketch_new(12);

	for (size_t i = 0; i < n; i++) {
		char text[32];

		snprintf(text, sizeof(text), "item-%015zu", i);
		assert_int_equal(sk_theta_add(sketch, span_of(text)), 0);
	}
	return sketch;
}

/* The sketch that the fixture's name asks for; NULL when it cannot be built here. */
static struct sk_theta *
build_fixture(const char *name)
{
	struct sk_theta *a, *b, *result = NULL;
	size_t n;

	if (sscanf(name, "theta_lgk12_longs_n%zu", &n) == 1)
		result = range_new(12, 0, n);
	else if (sscanf(name, "theta_lgk12_strings_n%zu", &n) == 1)
		result = build_strings(n);
	if (result != NULL && strstr(name, "trimmed") != NULL)
		sk_theta_trim(result);
	if (strcmp(name, "theta_union") != 0 && strcmp(name, "theta_intersection") != 0)
		return result;
	a = range_new(12, 0, 20000);
	b = range_new(12, 15000, 20000);
	result = strcmp(name, "theta_union") == 0 ? sk_theta_union(a, b, 12)
						  : sk_theta_intersection(a, b);
	assert_non_null(result);
	sk_theta_free(a);
	sk_theta_free(b);
	return result;
}

static void
check_fixture(const char *name)
{
	unsigned char *bytes = allocate(1 << 20);
	char json[4000];
	const size_t size = read_file(name, ".sk", bytes, 1 << 20);
	struct sk_theta *read = decoded(bytes, size), *built = build_fixture(name);
	const enum sk_theta_version version = bytes[1] == 4 ? SK_THETA_V4 : SK_THETA_V3;

	json[read_file(name, ".json", json, sizeof(json) - 1)] = '\0';
	check_answers(name, read, json);
	assert_image(read, version, bytes, size);
	if (built != NULL) {
		check_answers(name, built, json);
		assert_image(built, version, bytes, size);
	}
	sk_theta_free(read);
	sk_theta_free(built);
	free(bytes);
}

static void
test_fixtures(void **state)
{
	DIR *folder = opendir(fixture_folder());
	const struct dirent *entry;
	size_t count = 0;

	(void)state;
	if (folder == NULL) {
		print_message("skipped: no fixtures\n");
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		const size_t length = strlen(entry->d_name);
		char name[256];

		if (strncmp(entry->d_name, "theta_", 6) != 0 || length < 4 ||
		    strcmp(entry->d_name + length - 3, ".sk") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)length - 3, entry->d_name);
		check_fixture(name);
		count++;
	}
	closedir(folder);
	if (count == 0)
		print_message("skipped: no fixtures\n");
}

/* Every image of another family is somebody else's. */
static void
test_other_families(void **state)
{
	DIR *folder = opendir(fixture_folder());
	const struct dirent *entry;
	unsigned char bytes[64];

	(void)state;
	if (folder == NULL) {
		print_message("skipped: no fixtures\n");
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		const size_t length = strlen(entry->d_name);
		char path[4096];
		FILE *file;
		size_t size;

		if (length < 4 || strcmp(entry->d_name + length - 3, ".sk") != 0 ||
		    strncmp(entry->d_name, "theta_", 6) == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", fixture_folder(), entry->d_name);
		file = fopen(path, "rb");
		assert_non_null(file);
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		if (status_of(bytes, size, SEED) != SK_IMAGE_NOT_OURS)
			fail_msg("%s was not refused", entry->d_name);
	}
	closedir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden_images),
		cmocka_unit_test(test_images_come_back),
		cmocka_unit_test(test_packed_images),
		cmocka_unit_test(test_large_images),
		cmocka_unit_test(test_images_of_others),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_broken_images),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_other_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
