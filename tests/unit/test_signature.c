/*
 * test_signature.c -- a signature is found wherever it is, and however it comes in pieces.
 */
#include "support.h"

#include "record/signature.h"

static const unsigned char bytes[] = { 0x89, 'S', 'K', 'F', '\r', '\n', 0x1a, '\n' };
static const struct sk_span signature = { bytes, sizeof(bytes) };

/* Search ${text} in pieces of ${piece} bytes; SIZE_MAX: there is none. */
static size_t
search_in_pieces(const unsigned char *text, size_t size, size_t piece)
{
	struct sk_signature_search search = { .size = 0 };

	for (size_t at = 0; at < size; at += piece) {
		const size_t length = size - at < piece ? size - at : piece;
		size_t early, found = sk_signature_search(&search, signature, (struct sk_span){ text + at, length }, &early);

		if (found != SIZE_MAX)
			return at + found - early;
	}
	return SIZE_MAX;
}

static void
test_everywhere(void **state)
{
	(void)state;
	for (size_t size = 0; size < 40; size++)
		for (size_t at = 0; at + sizeof(bytes) <= size; at++) {
			unsigned char *text = allocate(size);

			memset(text, 0x1a, size);
			memcpy(text + at, bytes, sizeof(bytes));
			assert_int_equal(sk_signature_find(signature, (struct sk_span){ text, size }), at);
			for (size_t piece = 1; piece <= size; piece++)
				assert_int_equal(search_in_pieces(text, size, piece), at);
			free(text);
		}
}

static void
test_nowhere(void **state)
{
	unsigned char text[3 * sizeof(bytes)];

	(void)state;
	for (size_t changed = 0; changed < sizeof(bytes); changed++) {
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = bytes[i % sizeof(bytes)];
		for (size_t i = changed; i < sizeof(text); i += sizeof(bytes))
			text[i] ^= 1;
		for (size_t piece = 1; piece <= sizeof(text); piece++)
			assert_int_equal(search_in_pieces(text, sizeof(text), piece), SIZE_MAX);
	}
	assert_int_equal(sk_signature_find(signature, (struct sk_span){ bytes, 0 }), SIZE_MAX);
	assert_int_equal(sk_signature_find(signature, (struct sk_span){ bytes, sizeof(bytes) - 1 }), SIZE_MAX);
}

static void
test_pending(void **state)
{
	(void)state;
	for (size_t size = 0; size < sizeof(bytes); size++) {
		struct sk_signature_search search = { .size = 0 };
		size_t early;

		assert_int_equal(sk_signature_pending(&search, signature), 0);
		sk_signature_search(&search, signature, (struct sk_span){ (const unsigned char *)"text", 4 }, &early);
		assert_int_equal(sk_signature_pending(&search, signature), 0);
		sk_signature_search(&search, signature, (struct sk_span){ bytes, size }, &early);
		assert_int_equal(sk_signature_pending(&search, signature), size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_nowhere),
		cmocka_unit_test(test_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
