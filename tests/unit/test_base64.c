/*
 * test_base64.c -- bytes as text.
 */
#include "support.h"

#include "run/base64.h"

#define SIZE_MAX_TESTED 100

/* Decode a copy of ${text} of just its size into a block of just 3/4 of it, so that a checker sees
 * every step over. */
static bool
decode(struct sk_span text, unsigned char bytes[SIZE_MAX_TESTED + 8], size_t *size)
{
	unsigned char *from = allocate(text.size), *to = allocate(text.size / 4 * 3);
	bool good;

	memcpy(from, text.data, text.size);
	*size = 0;
	good = sk_base64_decode((struct sk_span){ from, text.size }, to, size);
	if (good) {
		assert_true(*size <= text.size / 4 * 3);
		memcpy(bytes, to, *size);
	}
	free(from);
	free(to);
	return good;
}

/* RFC 4648, section 10, and what uses all of the alphabet. */
static void
test_vectors(void **state)
{
	static const struct {
		const char *bytes, *text;
	} vectors[] = {
		{"",              ""        },
		{ "f",            "Zg=="    },
		{ "fo",           "Zm8="    },
		{ "foo",          "Zm9v"    },
		{ "foob",         "Zm9vYg=="},
		{ "fooba",        "Zm9vYmE="},
		{ "foobar",       "Zm9vYmFy"},
		{ "\xff\xff\xff", "////"    },
		{ "\xfb\xef\xbe", "++++"    },
		{ "\xff",         "/w=="    },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct sk_span bytes = span_of(vectors[i].bytes);
		unsigned char found[SIZE_MAX_TESTED + 8];
		char text[16];
		size_t size;

		assert_int_equal(sk_base64_encoded_size(bytes.size), strlen(vectors[i].text));
		memset(text, '!', sizeof(text));
		sk_base64_encode(bytes, text);
		assert_memory_equal(text, vectors[i].text, strlen(vectors[i].text));
		assert_int_equal(text[strlen(vectors[i].text)], '!'); /* and no NUL */
		assert_true(decode(span_of(vectors[i].text), found, &size));
		assert_int_equal(size, bytes.size);
		assert_memory_equal(found, bytes.data, size);
	}
}

static void
test_round_trip(void **state)
{
	(void)state;
	random_state = 1;
	for (size_t size = 0; size <= SIZE_MAX_TESTED; size++) {
		for (int round = 0; round < 20; round++) {
			const size_t length = sk_base64_encoded_size(size);
			unsigned char *bytes = allocate(size);
			unsigned char *text = allocate(length);
			size_t found = 999;

			assert_int_equal(length, (size + 2) / 3 * 4);
			for (size_t i = 0; i < size; i++)
				bytes[i] = (unsigned char)next_random();
			sk_base64_encode((struct sk_span){ bytes, size }, (char *)text);
			/* Into the text's own place */
			assert_true(
			    sk_base64_decode((struct sk_span){ text, length }, text, &found));
			assert_int_equal(found, size);
			assert_memory_equal(text, bytes, size);
			free(bytes);
			free(text);
		}
	}
}

static void
test_nothing(void **state)
{
	size_t size = 999;

	(void)state;
	sk_base64_encode((struct sk_span){ NULL, 0 }, NULL);
	assert_true(sk_base64_decode((struct sk_span){ NULL, 0 }, NULL, &size));
	assert_int_equal(size, 0);
}

static void
test_lengths_that_are_refused(void **state)
{
	unsigned char found[SIZE_MAX_TESTED + 8];
	char text[SIZE_MAX_TESTED];
	size_t size;

	(void)state;
	memset(text, 'A', sizeof(text));
	for (size_t length = 0; length < sizeof(text); length++)
		assert_int_equal(
		    decode((struct sk_span){ (unsigned char *)text, length }, found, &size),
		    length % 4 == 0);
}

/* Each byte in each place of the first and the last group: 64 are characters, and = is padding at
 * the very end. */
static void
test_characters_that_are_refused(void **state)
{
	(void)state;
	for (size_t at = 0; at < 8; at++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			unsigned char text[8], found[SIZE_MAX_TESTED + 8];
			const bool letter = (byte >= 'A' && byte <= 'Z') ||
			    (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
			    byte == '+' || byte == '/';
			size_t size;

			memcpy(text, "ABCDabcd", 8);
			text[at] = (unsigned char)byte;
			assert_int_equal(decode((struct sk_span){ text, 8 }, found, &size),
			    letter || (byte == '=' && at == 7));
		}
	}
}

static void
test_padding_that_is_refused(void **state)
{
	static const char *const bad[] = { "====", "A===", "=AAA", "A=AA", "AA=A",
		"A=A=", "=A==", "==AA", "AA==AAAA", "AAA=AAAA",
		"AAAA====", "AAAAA===", "AA==AA==", "AA==\n", "AA=", "=",
		"AAAA=", "AAAA==", "Zg= =", " Zg==", "Zg==    ", "Zm9v\nZm9v", "Zm-_" };

	static const unsigned char nul[] = { 'A', 'A', 0, '=' };
	unsigned char found[SIZE_MAX_TESTED + 8];
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(decode(span_of(bad[i]), found, &size));
	assert_false(decode((struct sk_span){ nul, sizeof(nul) }, found, &size));
}

/* Bits that padding leaves over are ignored: RFC 4648 leaves that to the decoder (section 3.5). */
static void
test_bits_under_padding_are_ignored(void **state)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char found[SIZE_MAX_TESTED + 8];
	size_t size;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		unsigned char text[4] = { 'Z', (unsigned char)alphabet[i], '=', '=' };

		assert_true(decode((struct sk_span){ text, 4 }, found, &size));
		assert_int_equal(size, 1);
		assert_int_equal(found[0], 25 << 2 | i >> 4);
		memcpy(text, "Zm", 2);
		text[2] = (unsigned char)alphabet[i];
		assert_true(decode((struct sk_span){ text, 4 }, found, &size));
		assert_int_equal(size, 2);
		assert_int_equal(found[0], 'f');
		assert_int_equal(found[1], (38 << 4 | i >> 2) & 0xff);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_lengths_that_are_refused),
		cmocka_unit_test(test_characters_that_are_refused),
		cmocka_unit_test(test_padding_that_is_refused),
		cmocka_unit_test(test_bits_under_padding_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
