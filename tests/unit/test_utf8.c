/*
 * test_utf8.c -- well-formed UTF-8, against a decoder that knows nothing but the bit patterns and
 * the code points.
 */
#include "support.h"

#include "run/utf8.h"

/* Decode the bits, then ask whether the code point may be written so. */
static size_t
plain_length(const unsigned char *bytes, size_t size, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = bytes[0] < 0x80 ? 1
	    : (bytes[0] & 0xe0) == 0xc0 ? 2
	    : (bytes[0] & 0xf0) == 0xe0 ? 3
	    : (bytes[0] & 0xf8) == 0xf0 ? 4
					: 0;

	if (length == 0 || length > size)
		return 0;
	*code = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (bytes[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

static void
check(const unsigned char *bytes, size_t size)
{
	uint32_t code = 0;
	const size_t length = plain_length(bytes, size, &code);
	const size_t printable = length > 0 && is_control(code) ? 0 : length;

	if (sk_utf8_length(bytes, size) != length || sk_utf8_printable(bytes, size) != printable)
		fail_msg("%02x %02x %02x %02x, %zu bytes: %zu and %zu, not %zu and %zu", bytes[0],
		    size > 1 ? bytes[1] : 0, size > 2 ? bytes[2] : 0, size > 3 ? bytes[3] : 0, size,
		    sk_utf8_length(bytes, size), sk_utf8_printable(bytes, size), length, printable);
}

/* All of one and two bytes; then all first two bytes with what lies on either side of each border
 * behind them. */
static void
test_all_beginnings(void **state)
{
	static const unsigned char borders[] = { 0x00, 0x41, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f,
		0xa0, 0xbe, 0xbf, 0xc0, 0xc2, 0xe0, 0xf0, 0xff };
	unsigned char bytes[5] = { 0 };

	(void)state;
	for (unsigned first = 0; first < 256; first++)
		for (unsigned second = 0; second < 256; second++)
			for (size_t i = 0; i < sizeof(borders); i++)
				for (size_t j = 0; j < sizeof(borders); j++) {
					bytes[0] = (unsigned char)first;
					bytes[1] = (unsigned char)second;
					bytes[2] = borders[i];
					bytes[3] = borders[j];
					for (size_t size = 1; size <= 5; size++)
						check(bytes, size);
				}
}

static size_t
encode(unsigned char *bytes, uint32_t code)
{
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = length; i-- > 1; code >>= 6)
		bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
	bytes[0] = (unsigned char)(length == 1 ? code : (0xf00u >> length & 0xf0) | code);
	return length;
}

/* Every code point, whole and cut off, in a buffer of just its size. */
static void
test_all_code_points(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code += code < 0x11000 ? 1 : 61) {
		unsigned char bytes[4];
		const size_t length = encode(bytes, code);
		const bool surrogate = code >= 0xd800 && code <= 0xdfff;

		assert_int_equal(sk_utf8_length(bytes, length), surrogate ? 0 : length);
		assert_int_equal(
		    sk_utf8_printable(bytes, length), surrogate || is_control(code) ? 0 : length);
		for (size_t size = 1; size < length; size++)
			assert_int_equal(sk_utf8_length(bytes, size), 0);
	}
}

static void
test_exact_buffers(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++)
		for (size_t size = 1; size <= 4; size++) {
			unsigned char *bytes = allocate(size);

			memset(bytes, 0x90, size);
			bytes[0] = (unsigned char)first;
			check(bytes, size);
			free(bytes);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_beginnings),
		cmocka_unit_test(test_all_code_points),
		cmocka_unit_test(test_exact_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
