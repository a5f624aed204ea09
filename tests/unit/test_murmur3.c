/*
 * test_murmur3.c -- the hash under sketch images: known values, all sizes against a plain reading of its definition,
 * batches against single calls, and vectors from elsewhere where they are.
 */
#include "support.h"

#include "sketch/murmur3.h"
#include "sketch/murmur3_batch.h"

/* From the package datasketches 5.2.0 and from Appleby's own test program. */
static const struct {
	const char *bytes;
	size_t size;
	uint64_t h1;
	uint64_t h2;
} golden[] = {
	{"\0\0\0\0\0\0\0\0",                  8, 0x40890191dcc2d7cb, 0x9a7acdbe1b80efb2},
	{ "\1\0\0\0\0\0\0\0",                 8, 0x0b430d7b96fbf22b, 0xe8ea0960d4246765},
	{ "\xff\xff\xff\xff\xff\xff\xff\xff", 8, 0x1cf79f8c1be764d9, 0x64879b0f1ffb7e86},
	{ "a",				1, 0xf6020f0aa43b822f, 0xc51f4ded6e1eb0fe},
	{ "abc",			      3, 0xcb57126dd8878d21, 0xef474cf597ded0ee},
	{ "hello",			    5, 0x21b77bd4a835c1aa, 0xc3001500fe032ef2},
};

static void
assert_hash(struct sk_murmur3 hash, uint64_t h1, uint64_t h2)
{
	if (hash.h1 != h1 || hash.h2 != h2)
		fail_msg("%016" PRIx64 " %016" PRIx64 " is not %016" PRIx64 " %016" PRIx64, hash.h1,
		    hash.h2, h1, h2);
}

static void
test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++) {
		const struct sk_span bytes = { (const unsigned char *)golden[i].bytes,
			golden[i].size };

		assert_hash(sk_murmur3_bytes(bytes, SK_MURMUR3_SEED), golden[i].h1, golden[i].h2);
	}
	assert_hash(sk_murmur3_bytes((struct sk_span){ NULL, 0 }, 0), 0, 0);
	assert_int_equal(sk_murmur3_seed_hash(SK_MURMUR3_SEED), 0x93cc);
}

static void
test_canonical_doubles(void **state)
{
	static const struct {
		double value;
		uint64_t bits;
	} rows[] = {
		{0.0,     0                 },
		{ -0.0,   0                 },
		{ 1.0,    0x3ff0000000000000},
		{ -1.0,   0xbff0000000000000},
		{ 5e-324, 1                 },
		{ 1e300,  0x7e37e43c8800759c},
	};
	uint64_t nan_bits[] = { 0x7ff8000000000000, 0xfff8000000000001, 0x7ff0000000000001 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(sk_murmur3_canonical_double(rows[i].value), rows[i].bits);
	for (size_t i = 0; i < 3; i++) {
		double value;

		memcpy(&value, nan_bits + i, sizeof(value));
		assert_int_equal(sk_murmur3_canonical_double(value), 0x7ff8000000000000);
	}
}

/* MurmurHash3_x64_128 as it is defined, byte by byte. */

static uint64_t
turned(uint64_t word, unsigned left)
{
	return word << left | word >> (64 - left);
}

static uint64_t
mixed(uint64_t word)
{
	word ^= word >> 33;
	word *= 0xff51afd7ed558ccd;
	word ^= word >> 33;
	word *= 0xc4ceb9fe1a85ec53;
	return word ^ word >> 33;
}

static struct sk_murmur3
plain(const unsigned char *bytes, size_t size, uint64_t seed)
{
	const uint64_t c1 = 0x87c37b91114253d5, c2 = 0x4cf5ad432745937f;
	uint64_t h1 = seed, h2 = seed;

	for (size_t at = 0; at < size; at += 16) {
		uint64_t k1 = 0, k2 = 0;

		for (size_t i = 0; i < 8; i++) {
			k1 |= at + i < size ? (uint64_t)bytes[at + i] << 8 * i : 0;
			k2 |= at + 8 + i < size ? (uint64_t)bytes[at + 8 + i] << 8 * i : 0;
		}
		h1 ^= turned(k1 * c1, 31) * c2;
		if (at + 16 <= size)
			h1 = (turned(h1, 27) + h2) * 5 + 0x52dce729;
		h2 ^= turned(k2 * c2, 33) * c1;
		if (at + 16 <= size)
			h2 = (turned(h2, 31) + h1) * 5 + 0x38495ab5;
	}
	h1 ^= size;
	h2 ^= size;
	h1 += h2;
	h2 += h1;
	h1 = mixed(h1);
	h2 = mixed(h2);
	return (struct sk_murmur3){ h1 + h2, h1 + h2 + h2 };
}

#define MOST 100

/* Every size, in a block of exactly that size, so that a memory checker sees what is read. */
static void
test_all_sizes(void **state)
{
	struct sk_span items[MOST];
	uint64_t h1[MOST], h2[MOST];

	(void)state;
	random_state = 3;
	for (size_t size = 0; size < MOST; size++) {
		unsigned char *bytes = malloc(size > 0 ? size : 1);

		assert_non_null(bytes);
		for (size_t i = 0; i < size; i++)
			bytes[i] = (unsigned char)next_random();
		items[size] = (struct sk_span){ bytes, size };
		assert_hash(sk_murmur3_bytes(items[size], 77), plain(bytes, size, 77).h1,
		    plain(bytes, size, 77).h2);
	}
	for (size_t n = 0; n <= MOST; n++) {
		memset(h1, 0, sizeof(h1));
		memset(h2, 0, sizeof(h2));
		sk_murmur3_bytes_batch(items, n, 77, h1, h2);
		for (size_t i = 0; i < n; i++)
			assert_hash(plain(items[i].data, i, 77), h1[i], h2[i]);
		for (size_t i = n; i < MOST; i++)
			assert_true(h1[i] == 0 && h2[i] == 0);
	}
	for (size_t size = 0; size < MOST; size++)
		free((void *)(uintptr_t)items[size].data);
}

/* Batches of one size, of few and of many, longer than are hashed at a time; each item ends where its memory does. */
static void
test_batches(void **state)
{
	static const struct {
		size_t n;
		size_t least; /* bytes */
		size_t most;
	} rows[] = {
		{ 256,  20,   20   },
		{ 515,  13,   13   },
		{ 300,  7,    15   },
		{ 1000, 4,    36   },
		{ 700,  150,  300  },
		{ 261,  1000, 1100 },
		{ 260,  0,    2000 },
		{ 9,    2000, 2000 },
	};

	(void)state;
	random_state = 5;
	for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
		const size_t n = rows[row].n;
		struct sk_span *items = allocate(n * sizeof(*items));
		uint64_t *h1 = allocate(n * sizeof(*h1)), *h2 = allocate(n * sizeof(*h2));

		for (size_t i = 0; i < n; i++) {
			const size_t size = rows[row].least +
			    random_below(rows[row].most - rows[row].least + 1);
			unsigned char *bytes = allocate(size);

			for (size_t at = 0; at < size; at++)
				bytes[at] = (unsigned char)next_random();
			items[i] = (struct sk_span){ bytes, size };
		}
		sk_murmur3_bytes_batch(items, n, 9001, h1, h2);
		for (size_t i = 0; i < n; i++) {
			assert_hash(plain(items[i].data, items[i].size, 9001), h1[i], h2[i]);
			free((void *)(uintptr_t)items[i].data);
		}
		free(items);
		free(h1);
		free(h2);
	}
}

static void
test_integers(void **state)
{
	uint64_t values[MOST], h1[MOST], h2[MOST];

	(void)state;
	random_state = 4;
	for (size_t n = 0; n <= MOST; n++) {
		for (size_t i = 0; i < n; i++)
			values[i] = next_random() >> random_below(64);
		memset(h1, 0, sizeof(h1));
		memset(h2, 0, sizeof(h2));
		sk_murmur3_u64_batch(values, n, n, h1, h2);
		for (size_t i = 0; i < MOST; i++) {
			unsigned char bytes[8];

			if (i >= n) {
				assert_true(h1[i] == 0 && h2[i] == 0);
				continue;
			}
			for (size_t at = 0; at < 8; at++)
				bytes[at] = (unsigned char)(values[i] >> 8 * at);
			assert_hash(plain(bytes, 8, n), h1[i], h2[i]);
			assert_hash(sk_murmur3_u64(values[i], n), h1[i], h2[i]);
		}
	}
}

/* The hexadecimal digits after "${key}": " in ${line}, as bytes or, lowest last, as a number. */
static size_t
read_bytes(const char *line, const char *key, unsigned char *bytes, size_t room)
{
	const char *at = strstr(line, key);
	size_t size = 0;
	unsigned byte;

	assert_non_null(at);
	at += strlen(key);
	for (; size < room && sscanf(at, "%2x", &byte) == 1; at += 2)
		bytes[size++] = (unsigned char)byte;
	return size;
}

static uint64_t
read_number(const char *text, const char *key, int base)
{
	const char *at = strstr(text, key);

	assert_non_null(at);
	return (uint64_t)strtoull(at + strlen(key), NULL, base);
}

static void
test_vectors(void **state)
{
	const char *folder = getenv("SK_FIXTURES");
	char path[4096], *text = allocate(1 << 16), *at;
	size_t vectors = 0;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/hash_vectors.json",
	    folder != NULL ? folder : "../shared/fixtures/datasketches");
	if ((file = fopen(path, "r")) == NULL) {
		printf("skipped: no fixtures\n");
		free(text);
		return;
	}
	text[fread(text, 1, (1 << 16) - 1, file)] = '\0';
	fclose(file);
	for (at = text; (at = strstr(at, "\"bytes\": \"")) != NULL; at++) {
		unsigned char bytes[256];
		const size_t size = read_bytes(at, "\"bytes\": \"", bytes, sizeof(bytes));
		const struct sk_murmur3 hash =
		    sk_murmur3_bytes((struct sk_span){ bytes, size }, SK_MURMUR3_SEED);

		assert_hash(
		    hash, read_number(at, "\"h1\": \"", 16), read_number(at, "\"h2\": \"", 16));
		assert_int_equal(hash.h1 >> 1, read_number(at, "\"theta_hash\": \"", 10));
		vectors++;
	}
	assert_true(vectors >= 20);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_canonical_doubles),
		cmocka_unit_test(test_all_sizes),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
