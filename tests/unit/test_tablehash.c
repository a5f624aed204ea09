/*
 * test_tablehash.c -- the hash inside hash tables: what it reads, what changes it, and how it
 * spreads.
 */
#include "support.h"

#include "sketch/tablehash.h"

#define LENGTH_MAX 100

static struct sk_tablehash keyed;

static uint64_t
hash_of(const void *bytes, size_t size)
{
	return sk_tablehash_of(&keyed, (struct sk_span){ bytes, size });
}

static void
fill(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)next_random();
}

/* Buffers of exactly the item's size, at every alignment: memory checkers see a byte too many. */
static void
test_equal_bytes_equal_hashes(void **state)
{
	(void)state;
	random_state = 1;
	for (size_t size = 0; size <= LENGTH_MAX; size++) {
		unsigned char *bytes = allocate(size);
		uint64_t expected;

		fill(bytes, size);
		expected = hash_of(bytes, size);
		for (size_t offset = 0; offset < 16; offset++) {
			unsigned char *copy = allocate(size + offset);

			memset(copy, 0xa5, offset);
			memcpy(copy + offset, bytes, size);
			assert_int_equal(hash_of(copy + offset, size), expected);
			free(copy);
		}
		free(bytes);
	}
	assert_int_equal(hash_of(NULL, 0), hash_of("", 0));
}

static void
test_seeds(void **state)
{
	struct sk_tablehash again, other;

	(void)state;
	sk_tablehash_init(&again, 7);
	assert_memory_equal(&again, &keyed, sizeof(keyed));
	for (uint64_t seed = 8; seed < 40; seed++) {
		sk_tablehash_init(&other, seed);
		for (size_t i = 0; i < 5; i++)
			assert_true(other.secret[i] != keyed.secret[i]);
		for (size_t size = 0; size <= 40; size++) {
			const unsigned char zeros[40] = { 0 };

			assert_true(sk_tablehash_of(&other, (struct sk_span){ zeros, size }) !=
			    hash_of(zeros, size));
		}
	}
}

static unsigned
bits_set(uint64_t word)
{
	unsigned n = 0;

	for (; word != 0; word &= word - 1)
		n++;
	return n;
}

/* Each bit of the input turns about half of the hash; that any pair agrees in 48 of 64 bits would
 * be chance of 1e-4. */
static void
test_single_bits(void **state)
{
	unsigned char bytes[LENGTH_MAX];
	unsigned long turned = 0, pairs = 0;

	(void)state;
	random_state = 2;
	for (size_t size = 1; size <= LENGTH_MAX; size++) {
		fill(bytes, size);
		const uint64_t before = hash_of(bytes, size);

		for (size_t bit = 0; bit < 8 * size; bit++) {
			bytes[bit / 8] = (unsigned char)(bytes[bit / 8] ^ 1 << bit % 8);
			const unsigned changed = bits_set(before ^ hash_of(bytes, size));

			bytes[bit / 8] = (unsigned char)(bytes[bit / 8] ^ 1 << bit % 8);
			if (changed < 8)
				fail_msg("bit %zu of %zu bytes turns %u bits", bit, size, changed);
			turned += changed;
			pairs++;
		}
	}
	assert_true(turned > 31 * pairs && turned < 33 * pairs);
}

static int
compare_words(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void
assert_all_different(uint64_t *hashes, size_t n)
{
	qsort(hashes, n, sizeof(*hashes), compare_words);
	for (size_t i = 1; i < n; i++)
		assert_true(hashes[i - 1] != hashes[i]);
}

/* The fronts of one string, be it of zeros, of like bytes or random, are all different items. */
static void
test_lengths(void **state)
{
	unsigned char bytes[1000] = { 0 };
	uint64_t hashes[1001];

	(void)state;
	random_state = 3;
	for (int kind = 0; kind < 3; kind++) {
		for (size_t size = 0; size <= sizeof(bytes); size++)
			hashes[size] = hash_of(bytes, size);
		assert_all_different(hashes, 1001);
		if (kind == 0)
			memset(bytes, 'x', sizeof(bytes));
		else
			fill(bytes, sizeof(bytes));
	}
}

/* Swapping parts, as when a hash adds up blocks without a place. */
static void
test_order_of_parts(void **state)
{
	uint64_t hashes[64 * 63 / 2 + 1];
	unsigned char bytes[256];
	size_t n = 0;

	(void)state;
	random_state = 4;
	fill(bytes, sizeof(bytes));
	hashes[n++] = hash_of(bytes, sizeof(bytes));
	for (size_t i = 0; i < 64; i++)
		for (size_t j = 0; j < i; j++) {
			unsigned char swapped[256];

			memcpy(swapped, bytes, sizeof(bytes));
			memcpy(swapped + 4 * i, bytes + 4 * j, 4);
			memcpy(swapped + 4 * j, bytes + 4 * i, 4);
			hashes[n++] = hash_of(swapped, sizeof(swapped));
		}
	assert_all_different(hashes, n);
}

#define BUCKETS ((size_t)1 << 16)
#define PER_BUCKET 16

/* Chi-squared over the buckets: the mean is their number, the deviation the root of twice that,
 * 362. */
static void
assert_spread(const uint32_t *counts, const char *what)
{
	double chi = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		const double off = (double)counts[i] - PER_BUCKET;

		chi += off * off / PER_BUCKET;
	}
	if (chi < BUCKETS - 6 * 362 || chi > BUCKETS + 6 * 362)
		fail_msg("%s: chi-squared %.0f over %zu buckets", what, chi, BUCKETS);
}

static size_t
sequential_key(char *text, int kind, unsigned number)
{
	static const char *const forms[] = { "%u", "key%u", "%08u", "192.168.%u",
		"/index.html?session=%u&page=1", "%u a tail that is long and always the same, see?",
		"a front that is longer than thirty-two bytes, then %u" };

	return (size_t)sprintf(text, forms[kind], number);
}

static void
test_sequential_keys_spread(void **state)
{
	uint32_t *top = allocate(BUCKETS * sizeof(*top)),
		 *bottom = allocate(BUCKETS * sizeof(*top));

	(void)state;
	for (int kind = 0; kind < 8; kind++) {
		memset(top, 0, BUCKETS * sizeof(*top));
		memset(bottom, 0, BUCKETS * sizeof(*bottom));
		for (uint32_t i = 0; i < BUCKETS * PER_BUCKET; i++) {
			char text[100];
			size_t size = sizeof(i);

			if (kind < 7)
				size = sequential_key(text, kind, i);
			else
				memcpy(text, &i, sizeof(i));
			const uint64_t value = hash_of(text, size);

			top[value >> 48]++;
			bottom[value & (BUCKETS - 1)]++;
		}
		assert_spread(top, "top bits");
		assert_spread(bottom, "bottom bits");
	}
	free(top);
	free(bottom);
}

/* The product by school arithmetic, in 16-bit digits. */
static uint64_t
fold_by_hand(uint64_t a, uint64_t b)
{
	uint64_t digits[8] = { 0 };

	for (int i = 0; i < 4; i++) {
		uint64_t carry = 0;

		for (int j = 0; j < 4 || carry > 0; j++) {
			const uint64_t of_b = j < 4 ? b >> 16 * j & 0xffff : 0;

			carry += digits[i + j] + (a >> 16 * i & 0xffff) * of_b;
			digits[i + j] = carry & 0xffff;
			carry >>= 16;
		}
	}
	return (digits[0] ^ digits[4]) | (digits[1] ^ digits[5]) << 16 |
	    (digits[2] ^ digits[6]) << 32 | (digits[3] ^ digits[7]) << 48;
}

/* The fold that a compiler without 128-bit integers gets, from the same header. */
#ifdef __SIZEOF_INT128__
#undef __SIZEOF_INT128__
#undef STREAMKIT_SKETCH_TABLEHASH_H
#define sk_tablehash portable_tablehash
#define sk_tablehash_init portable_tablehash_init
#define sk_tablehash_word portable_tablehash_word
#define sk_tablehash_half portable_tablehash_half
#define sk_tablehash_fold portable_tablehash_fold
#define sk_tablehash_of portable_tablehash_of
#include "sketch/tablehash.h"
#undef sk_tablehash
#undef sk_tablehash_init
#undef sk_tablehash_fold
#undef sk_tablehash_of
#else
#define portable_tablehash sk_tablehash
#define portable_tablehash_fold sk_tablehash_fold
#define portable_tablehash_of sk_tablehash_of
#endif

static void
assert_folds(uint64_t a, uint64_t b)
{
	const uint64_t expected = fold_by_hand(a, b);

	assert_int_equal(sk_tablehash_fold(a, b), expected);
	assert_int_equal(portable_tablehash_fold(a, b), expected);
}

static void
test_folds(void **state)
{
	static const uint64_t edges[] = { 0, 1, 2, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, 0x100000001, 0x7fffffffffffffff, 0x8000000000000000,
		0xffffffff00000000, 0xffffffff00000001, 0xfffffffffffffffe, 0xffffffffffffffff };

	(void)state;
	random_state = 5;
	for (size_t i = 0; i < 16; i++)
		for (size_t j = 0; j < 16; j++)
			assert_folds(edges[i], edges[j]);
	for (int i = 0; i < 300000; i++)
		assert_folds(next_random() >> random_below(64), next_random() >> random_below(64));
}

static void
test_portable_hash(void **state)
{
	unsigned char bytes[LENGTH_MAX];
	struct portable_tablehash portable;

	(void)state;
	random_state = 6;
	memcpy(&portable, &keyed, sizeof(keyed));
	for (size_t size = 0; size <= LENGTH_MAX; size++) {
		fill(bytes, size);
		assert_int_equal(portable_tablehash_of(&portable, (struct sk_span){ bytes, size }),
		    hash_of(bytes, size));
	}
}

static int
set_up(void **state)
{
	(void)state;
	sk_tablehash_init(&keyed, 7);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_bytes_equal_hashes),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_single_bits),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_order_of_parts),
		cmocka_unit_test(test_sequential_keys_spread),
		cmocka_unit_test(test_folds),
		cmocka_unit_test(test_portable_hash),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
