/*
 * test_number.c -- text to numbers, against tables, strtod() and arithmetic done by hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/number.h"

/* What results hold before a call, to see that they are left untouched. */
#define UNTOUCHED (-424242)

#define OK SK_NUMBER_OK
#define EMPTY SK_NUMBER_EMPTY
#define NOT SK_NUMBER_NOT_A_NUMBER
#define RANGE SK_NUMBER_OUT_OF_RANGE

static uint64_t random_state;

/* splitmix64 */
static uint64_t
next_random(void)
{
	uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static size_t
random_below(size_t limit)
{
	return (size_t)(next_random() % limit);
}

static struct sk_span
span_of(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

static uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double
double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Returns a number of ${count} random digits, more zeros and nines among them than chance has. */
static char *
put_random_digits(char *to, size_t count)
{
	const size_t habit = random_below(4);

	for (size_t i = 0; i < count; i++) {
		const bool plain = habit == 0 || random_below(4) == 0;

		*to++ = (char)(plain ? '0' + random_below(10) : habit == 1 ? '9' : '0');
	}
	*to = '\0';
	return to;
}

/* ---- doubles ---- */

static void
check_double(const char *text)
{
	char *end;
	const double expected = strtod(text, &end);
	double value = UNTOUCHED;

	assert_true(end != text && *end == '\0');
	const enum sk_number_status status = sk_number_double(span_of(text), &value);

	if (status != (isinf(expected) ? RANGE : OK) || bits_of(value) != bits_of(expected))
		fail_msg("\"%s\": status %d, value %a, not %a", text, (int)status, value, expected);
}

static void
test_accepted_doubles(void **state)
{
	static const char *const texts[] = { "0", "-0", "+0", "0.0", "-0.0", "-.0", "0e0", "1",
		"-1", "+1", "5.", ".5", "-.5", "+5.", "1e0", "1E5", "1e+5", "1e-5", "1.e3", ".1e3",
		"007", "00.700", "0.1", "0.3", "123.456", "1e22", "1e23", "1e37", "9e37", "1e38",
		"8.5e22", "9007199254740991", "9007199254740992", "9007199254740993",
		"9007199254740993e1", "9007199254740995", "9007199254740992e-22",
		"9007199254740993e22", "9007199254740993.0",
		"9007199254740993.00000000000000000000000000000000000000001", "9007199254740994.5",
		"12345678", "123456789", "1234567812345678", "12345678.12345678",
		"18446744073709551615", "18446744073709551616", "9999999999999999999",
		"99999999999999999999", "10000000000000000000",
		"100000000000000000000000000000000000000000",
		"0.000000000000000000000000000000000000000000001", "1.7976931348623157e308",
		"1.7976931348623158e308", "1.797693134862315807e308", "1.797693134862315808e308",
		"1.8e308", "1e308", "1e309", "-1e309", "1e310", "1e400", "-1e99999",
		"2.2250738585072014e-308", "2.2250738585072011e-308", "2.2250738585072012e-308",
		"2.225073858507201e-308", "4.9e-324", "5e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "3e-324", "2e-324", "-2e-324",
		"7.4109846876186981626485318930233205854758970392148714663837852375101e-324",
		"1e-325", "1e-342", "1e-343", "9999999999999999999e-342",
		"9999999999999999999e-343", "1e-400", "-1e-99999", "0e999999999999",
		"-0e999999999999", "1e99999999999999999999999999", "-1e-99999999999999999999999999",
		"0.00000000000000000000e99999999999999999999999999", "6.02214076e23", "299792458",
		"3.141592653589793", "1090544144181609348671888949248",
		"1090544144181609348835077142190", "8.988465674311579e307", "1448997445238699",
		"6929495644600919.5", "3.7455744005952583e15", "7.2057594037927933e16",
		"7450580596923828125e-27", "7450580596923828126e-27", "36028797018963966e-4",
		"1.00000005960464477539062499",
		"1.000000000000000111022302462515654042363166809082031250",
		"1.000000000000000111022302462515654042363166809082031249",
		"1.000000000000000111022302462515654042363166809082031251" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_double(texts[i]);
}

static void
test_refused_doubles(void **state)
{
	static const char *const texts[] = { "+", "-", ".", "-.", "e", "e5", ".e5", "1e", "1e+",
		"1e-", "1e5.", "1e5.0", "1.2.3", "..1", "1..", "--1", "+-1", "-+1", "1-", "1+1",
		" 1", "1 ", "\t1", "1\n", "1\r", "- 1", "1 e5", "1e 5", "1,5", "1,000", "1_000",
		"0x10", "0x1p3", "0x", "1f", "1.5f", "1d5", "abc", "12345678a", "1234567a",
		"12345678:", "12345678/",
		"1234567\xff"
		"8",
		"1234567\xb0"
		"8",
		"\xb1", "12345678.12345678x", "123456789012345678901234567890x", "in", "infi",
		"infinit", "infinityy", "inf1", "1inf", "i", "n", "na", "nano", "nan(1)", "nan()",
		"--inf", "+-nan", "inf ", " nan", "+ inf", ".inf", "ine", "\x09nf",
		"i\x0e"
		"f",
		"1e1e1", "1ee1", "1e+-1", "1e--1" };
	double value = UNTOUCHED;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (sk_number_double(span_of(texts[i]), &value) != NOT)
			fail_msg("\"%s\" is taken for a number", texts[i]);
		assert_true(bits_of(value) == bits_of(UNTOUCHED));
	}
	assert_int_equal(sk_number_double((struct sk_span){ NULL, 0 }, &value), EMPTY);
	assert_int_equal(
	    sk_number_double((struct sk_span){ (const unsigned char *)"1\0", 2 }, &value), NOT);
	assert_int_equal(
	    sk_number_double((struct sk_span){ (const unsigned char *)"\0", 1 }, &value), NOT);
	assert_true(bits_of(value) == bits_of(UNTOUCHED));
}

static void
test_names(void **state)
{
	static const struct {
		const char *text;
		bool negative;
		bool nan;
	} rows[] = {
		{"inf",        false, false},
		{ "+inf",      false, false},
		{ "-inf",      true,  false},
		{ "INF",       false, false},
		{ "-Infinity", true,  false},
		{ "+iNfInItY", false, false},
		{ "nan",       false, true },
		{ "-NaN",      true,  true },
		{ "+NAN",      false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double value = UNTOUCHED;

		assert_int_equal(sk_number_double(span_of(rows[i].text), &value), OK);
		assert_true(rows[i].nan ? isnan(value) : isinf(value));
		assert_int_equal(signbit(value) != 0, rows[i].negative);
	}
}

static void
test_random_bit_patterns(void **state)
{
	char text[400];

	(void)state;
	random_state = 1;
	for (int i = 0; i < 300000; i++) {
		double value = double_of(next_random());

		if (!isfinite(value))
			continue;
		snprintf(text, sizeof(text), "%.17g", value);
		check_double(text);
		snprintf(text, sizeof(text), "%.16g", value);
		check_double(text);
		snprintf(text, sizeof(text), "%e", value);
		check_double(text);
		/* Print most of what is to have six decimals from where six decimals are usual. */
		if (i % 16 != 0)
			value = ldexp(value, -ilogb(value) + (int)random_below(60) - 20);
		snprintf(text, sizeof(text), "%.6f", value);
		check_double(text);
		/* Subnormals. */
		if (i % 4 == 0) {
			snprintf(text, sizeof(text), "%.17g",
			    double_of(next_random() >> 12 >> random_below(52)));
			check_double(text);
		}
	}
}

static void
test_random_digits(void **state)
{
	char text[100];

	(void)state;
	random_state = 2;
	for (int i = 0; i < 900000; i++) {
		const size_t whole = random_below(2) ? random_below(4) : random_below(21);
		const size_t fraction = random_below(20) + (whole == 0);
		char *to = text;

		if (random_below(4) == 0)
			*to++ = random_below(2) ? '-' : '+';
		to = put_random_digits(to, whole);
		if (fraction > 0 || random_below(2) == 0)
			*to++ = '.';
		to = put_random_digits(to, fraction);
		if (random_below(4) != 0)
			snprintf(to, 10, "e%d", (int)random_below(801) - 400);
		else if (random_below(2) == 0)
			snprintf(to, 10, "e%d", (int)random_below(61) - 30);
		check_double(text);
	}
}

/*
 * A whole number in limbs of nine decimal digits, the lowest first: enough for any double, and for
 * the middle of any two, times a power of ten.
 */
struct big {
	size_t count;
	uint32_t limbs[100];
};

static void
big_set(struct big *big, uint64_t value)
{
	for (big->count = 0; value > 0; value /= 1000000000)
		big->limbs[big->count++] = (uint32_t)(value % 1000000000);
}

static void
big_multiply(struct big *big, uint32_t factor, unsigned times)
{
	for (; times > 0; times--) {
		uint64_t carry = 0;

		for (size_t i = 0; i < big->count; i++) {
			carry += (uint64_t)big->limbs[i] * factor;
			big->limbs[i] = (uint32_t)(carry % 1000000000);
			carry /= 1000000000;
		}
		if (carry > 0)
			big->limbs[big->count++] = (uint32_t)carry;
		assert_true(big->count < sizeof(big->limbs) / sizeof(big->limbs[0]));
	}
}

static char *
big_print(const struct big *big, char *to)
{
	to += sprintf(to, "%" PRIu32, big->limbs[big->count - 1]);
	for (size_t i = big->count - 1; i > 0; i--)
		to += sprintf(to, "%09" PRIu32, big->limbs[i - 1]);
	return to;
}

/* Prints ${odd} * 2^${exponent}, all its digits and no point, and returns the power of ten that
 * belongs to them. */
static int
print_exactly(uint64_t odd, int exponent, char *text)
{
	struct big big;

	big_set(&big, odd);
	if (exponent >= 0) {
		big_multiply(&big, UINT32_C(1) << 28, (unsigned)exponent / 28);
		big_multiply(&big, 2, (unsigned)exponent % 28);
	} else {
		big_multiply(&big, 244140625, (unsigned)-exponent / 12); /* 5^12 */
		big_multiply(&big, 5, (unsigned)-exponent % 12);
	}
	big_print(&big, text);
	return exponent < 0 ? exponent : 0;
}

/* Checks digits times 10^scale with an exponent, with a point somewhere, and written out. */
static void
check_spellings(const char *digits, int scale)
{
	static char text[2500];
	const int count = (int)strlen(digits);
	const int whole = (int)random_below((size_t)count + 1);

	snprintf(text, sizeof(text), "-%se%d", digits, scale);
	check_double(text);
	snprintf(
	    text, sizeof(text), "%.*s.%se%d", whole, digits, digits + whole, scale + count - whole);
	check_double(text);
	if (scale < 0 && count <= -scale)
		snprintf(text, sizeof(text), "0.%0*d%s", -scale - count + 1, 0, digits);
	else if (scale < 0)
		snprintf(
		    text, sizeof(text), "%.*s.%s", count + scale, digits, digits + count + scale);
	else
		snprintf(text, sizeof(text), "00%s.0", digits);
	check_double(text);
}

/* The middle of ${bits} and the double above, exactly; and a digit more or less than that. */
static void
check_middle(uint64_t bits)
{
	static char digits[1000];
	const uint64_t fraction = bits & UINT64_C(0xFFFFFFFFFFFFF);
	const int biased = (int)(bits >> 52);
	const uint64_t mantissa = biased == 0 ? fraction : fraction | UINT64_C(1) << 52;
	const int scale =
	    print_exactly(2 * mantissa + 1, (biased == 0 ? 1 : biased) - 1076, digits);
	const size_t count = strlen(digits);
	const char last = digits[count - 1];

	assert_true(count <= 768);
	check_spellings(digits, scale);
	for (size_t i = 0; i < 3; i++) {
		digits[count] = "015"[i];
		digits[count + 1] = '\0';
		check_spellings(digits, scale - 1);
	}
	digits[count] = '\0';
	if (last != '0') {
		digits[count - 1] = (char)(last - 1);
		check_spellings(digits, scale);
	}
	if (last != '9') {
		digits[count - 1] = (char)(last + 1);
		check_spellings(digits, scale);
	}
	if (count > 1) {
		const size_t cut = random_below(count - 1) + 1;

		digits[cut] = '\0';
		check_spellings(digits, scale + (int)(count - cut));
	}
}

static void
test_middles(void **state)
{
	(void)state;
	random_state = 3;
	for (unsigned biased = 0; biased < 2047; biased++) {
		check_middle((uint64_t)biased << 52);
		check_middle((uint64_t)biased << 52 | UINT64_C(0xFFFFFFFFFFFFF));
		check_middle((uint64_t)biased << 52 | next_random() >> 12);
	}
	/* Those that have few digits: 2^53 and around. */
	for (int i = 0; i < 5000; i++)
		check_middle((uint64_t)(1023 + 40 + random_below(40)) << 52 | next_random() >> 12);
	for (uint64_t subnormal = 0; subnormal < 20; subnormal++)
		check_middle(subnormal);
}

/* Digits beyond those that the strtod() fallback is shown must still tip the balance. */
static void
test_very_long_texts(void **state)
{
	enum { SIZE = 10000 };
	static char text[SIZE + 400];
	const char *const middle = "9007199254740993";

	(void)state;
	for (size_t size = 700; size < SIZE; size += 93) {
		memset(text, '0', size);
		memcpy(text, middle, strlen(middle));
		text[strlen(middle)] = '.';
		text[size] = '\0';
		check_double(text);
		strcpy(text + size, "1");
		check_double(text);
		strcpy(text + size, "0e-20");
		check_double(text);
	}
	/* The longest middle, of 768 digits in an interval of the largest subnormal, followed by
	 * many digits. */
	for (int tail = 0; tail < 3; tail++) {
		const int scale = print_exactly(UINT64_C(0x3FFFFFFFFFFFFF), -1075, text);
		const size_t count = strlen(text);

		memset(text + count, '0', SIZE - count);
		text[SIZE] = '\0';
		if (tail == 1)
			text[SIZE - 1] = '1';
		if (tail == 2) {
			text[count - 1]--;
			memset(text + count, '9', SIZE - count);
		}
		snprintf(text + SIZE, 20, "e%d", scale - (int)(SIZE - count));
		check_double(text);
	}
	memset(text, '0', SIZE);
	text[1] = '.';
	strcpy(text + SIZE, "123e9998");
	check_double(text);
	strcpy(text + SIZE, "12345678901234567890123e10100");
	check_double(text);
	memset(text, '7', SIZE);
	strcpy(text + SIZE, "e-9900");
	check_double(text);
	strcpy(text + SIZE, "e-10320");
	check_double(text);
}

static void
test_errno_is_left_alone(void **state)
{
	static char text[900];
	double value;

	(void)state;
	print_exactly(1, -1075, text);
	strcat(text, "e-1075");
	errno = EXDEV;
	assert_int_equal(sk_number_double(span_of(text), &value), OK);
	assert_true(value == 0.0);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(sk_number_double(span_of("1e999"), &value), RANGE);
	assert_int_equal(errno, EXDEV);
}

/* Every proper prefix, in a buffer of just its size, so that a sanitizer sees what is read beyond.
 */
static void
test_prefixes(void **state)
{
	static const char text[] = "-123.456e+78";
	static const enum sk_number_status expected[] = { EMPTY, NOT, OK, OK, OK, OK, OK, OK, OK,
		NOT, NOT, OK };

	(void)state;
	for (size_t size = 0; size < strlen(text); size++) {
		unsigned char *exact = malloc(size > 0 ? size : 1);
		char copy[sizeof(text)] = "";
		double value = UNTOUCHED;
		int64_t units = UNTOUCHED;
		int decimals = UNTOUCHED;

		assert_non_null(exact);
		memcpy(exact, text, size);
		memcpy(copy, text, size);
		const struct sk_span span = { exact, size };

		assert_int_equal(sk_number_double(span, &value), expected[size]);
		assert_true(value == (expected[size] == OK ? strtod(copy, NULL) : UNTOUCHED));
		assert_int_equal(sk_number_integer(span, &units), size > 4 ? NOT : expected[size]);
		assert_true(units == (size >= 2 && size <= 4 ? strtol(copy, NULL, 10) : UNTOUCHED));
		assert_int_equal(sk_number_decimal(span, &units, &decimals), expected[size]);
		free(exact);
	}
}

/* All sizes around the eight digits that are read at once, again in buffers of just that size. */
static void
test_exact_buffers(void **state)
{
	(void)state;
	random_state = 4;
	for (int i = 0; i < 20000; i++) {
		char text[80];
		double value;
		int64_t units = 0;
		int decimals = 0;
		const size_t size = random_below(40) + 1;
		unsigned char *exact = malloc(size);

		assert_non_null(exact);
		put_random_digits(text, size);
		if (random_below(2) == 0 && size > 1)
			text[random_below(size)] = '.';
		memcpy(exact, text, size);
		const struct sk_span span = { exact, size };

		assert_int_equal(sk_number_double(span, &value), OK);
		assert_true(bits_of(value) == bits_of(strtod(text, NULL)));
		sk_number_integer(span, &units);
		sk_number_decimal(span, &units, &decimals);
		free(exact);
	}
}

/* ---- integers ---- */

static void
test_integers(void **state)
{
	static const struct {
		const char *text;
		enum sk_number_status status;
		int64_t value;
	} rows[] = {
		{"0",					      OK,    0                },
		{ "-0",					    OK,    0                },
		{ "+0",					    OK,    0                },
		{ "7",					     OK,    7                },
		{ "-7",					    OK,    -7               },
		{ "+7",					    OK,    7                },
		{ "007",					   OK,    7                },
		{ "12345678",				      OK,    12345678         },
		{ "123456789",				     OK,    123456789        },
		{ "-1234567812345678",                             OK,    -1234567812345678},
		{ "9223372036854775807",                           OK,    INT64_MAX        },
		{ "+9223372036854775807",                          OK,    INT64_MAX        },
		{ "9223372036854775808",                           RANGE, 0                },
		{ "-9223372036854775807",                          OK,    -INT64_MAX       },
		{ "-9223372036854775808",                          OK,    INT64_MIN        },
		{ "-9223372036854775809",                          RANGE, 0                },
		{ "9999999999999999999",                           RANGE, 0                },
		{ "18446744073709551615",                          RANGE, 0                },
		{ "18446744073709551616",                          RANGE, 0                },
		{ "18446744073709551623",                          RANGE, 0                },
		{ "100000000000000000000000000000000000000000000", RANGE, 0                },
		{ "000000000000000000009223372036854775807",       OK,    INT64_MAX        },
		{ "-000000000000000000009223372036854775808",      OK,    INT64_MIN        },
		{ "000000000000000000000000000000",                OK,    0                },
		{ "00000000000000000000000000000a",                NOT,   0                },
		{ "99999999999999999999999999999a",                NOT,   0                },
		{ "99999999999999999999.",                         NOT,   0                },
		{ "",					      EMPTY, 0                },
		{ "-",					     NOT,   0                },
		{ "+",					     NOT,   0                },
		{ "--1",					   NOT,   0                },
		{ "1-",					    NOT,   0                },
		{ "1.0",					   NOT,   0                },
		{ "1.",					    NOT,   0                },
		{ ".1",					    NOT,   0                },
		{ ".",					     NOT,   0                },
		{ "1e3",					   NOT,   0                },
		{ "0x1",					   NOT,   0                },
		{ " 1",					    NOT,   0                },
		{ "1 ",					    NOT,   0                },
		{ "1,000",					 NOT,   0                },
		{ "inf",					   NOT,   0                },
		{ "nan",					   NOT,   0                },
		{ "12345678x",				     NOT,   0                },
		{ "1234567:",				      NOT,   0                },
		{ "/2345678",				      NOT,   0                },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t value = UNTOUCHED;
		const enum sk_number_status status =
		    sk_number_integer(span_of(rows[i].text), &value);

		if (status != rows[i].status || value != (status == OK ? rows[i].value : UNTOUCHED))
			fail_msg(
			    "\"%s\": status %d, value %" PRId64, rows[i].text, (int)status, value);
	}
	assert_int_equal(
	    sk_number_integer((struct sk_span){ (const unsigned char *)"1\0", 2 }, &(int64_t){ 0 }),
	    NOT);
}

static void
test_random_integers(void **state)
{
	char text[40];

	(void)state;
	random_state = 5;
	for (int i = 0; i < 200000; i++) {
		int64_t value = 0;
		uint64_t magnitude = next_random() >> random_below(64);
		bool negative = random_below(2) == 0;

		if (i % 2 == 0)
			magnitude = (UINT64_C(1) << 63) - 1000 + random_below(2000);
		snprintf(text, sizeof(text), "%s%s%" PRIu64, negative ? "-" : "",
		    random_below(9) ? "" : "000", magnitude);
		const bool fits = magnitude <= (uint64_t)INT64_MAX + negative;

		assert_int_equal(sk_number_integer(span_of(text), &value), fits ? OK : RANGE);
		assert_true(
		    !fits || (negative ? 0 - (uint64_t)value : (uint64_t)value) == magnitude);
	}
}

/* ---- decimals ---- */

static void
test_decimals(void **state)
{
	static const struct {
		const char *text;
		enum sk_number_status status;
		int64_t units;
		int decimals;
	} rows[] = {
		{"0",						   OK,    0,                            0},
		{ "-0.0",					       OK,    0,                            0},
		{ "0e999999999999",				     OK,    0,                            0},
		{ "0.00000000000000000000000000000e-99",                OK,    0,                            0},
		{ "1",						  OK,    1,                            0},
		{ "-12",						OK,    -12,                          0},
		{ "100",						OK,    100,                          0},
		{ "1.500",					      OK,    15,                           1},
		{ "2.0",						OK,    2,                            0},
		{ "5.",						 OK,    5,                            0},
		{ ".5",						 OK,    5,                            1},
		{ "-.25",					       OK,    -25,                          2},
		{ "1e3",						OK,    1000,                         0},
		{ "1.25e-3",					    OK,    125,                          5},
		{ "1.25e1",					     OK,    125,                          1},
		{ "1.25e2",					     OK,    125,                          0},
		{ "1500e-2",					    OK,    15,                           0},
		{ "0.1",						OK,    1,                            1},
		{ "0.123456789",					OK,    123456789,                    9},
		{ "0.1234567890",				       OK,    123456789,                    9},
		{ "0.1234567894",				       OK,    123456789,                    9},
		{ "0.1234567885",				       OK,    123456788,                    9},
		{ "0.1234567895",				       OK,    12345679,                     8},
		{ "0.12345678850000000000000000000000000000",           OK,    123456788,                    9},
		{ "0.12345678850000000000000000000000000001",           OK,    123456789,                    9},
		{ "-0.1234567885",				      OK,    -123456788,                   9},
		{ "-0.1234567875",				      OK,    -123456788,                   9},
		{ "0.9999999994",				       OK,    999999999,                    9},
		{ "0.9999999995",				       OK,    1,                            0},
		{ "9.9999999999999999999999999",                        OK,    10,                           0},
		{ "0.0000000005",				       OK,    0,                            0},
		{ "0.00000000050000000000000000000000000001",           OK,    1,                            9},
		{ "0.0000000015",				       OK,    2,                            9},
		{ "0.00000000049999999999999999999999999999",           OK,    0,                            0},
		{ "1e-9",					       OK,    1,                            9},
		{ "1e-10",					      OK,    0,                            0},
		{ "6e-10",					      OK,    1,                            9},
		{ "-6e-10",					     OK,    -1,                           9},
		{ "-4e-10",					     OK,    0,                            0},
		{ "1e-400",					     OK,    0,                            0},
		{ "9e-99999999999999999999999",                         OK,    0,                            0},
		{ "9e99999999999999999999999",                          RANGE, 0,                            0},
		{ "1e400",					      RANGE, 0,                            0},
		{ "1e18",					       OK,    INT64_C(1000000000000000000), 0},
		{ "1e19",					       RANGE, 0,                            0},
		{ "10e17",					      OK,    INT64_C(1000000000000000000), 0},
		{ "9223372036854775807",                                OK,    INT64_MAX,                    0},
		{ "9223372036854775808",                                RANGE, 0,                            0},
		{ "-9223372036854775808",                               OK,    INT64_MIN,                    0},
		{ "-9223372036854775809",                               RANGE, 0,                            0},
		{ "9223372036854775807.0000000000000",                  OK,    INT64_MAX,                    0},
		{ "9223372036854775807.1",                              RANGE, 0,                            0},
		{ "9223372036.854775807",                               OK,    INT64_MAX,                    9},
		{ "9223372036.8547758074",                              OK,    INT64_MAX,                    9},
		{ "9223372036.8547758075",                              RANGE, 0,                            0},
		{ "-9223372036.8547758075",                             OK,    INT64_MIN,                    9},
		{ "9223372036.8547758",                                 OK,    INT64_C(92233720368547758),   7},
		{ "92233720368.547758071",                              RANGE, 0,                            0},
		{ "99999999999999.9999999999",                          OK,    INT64_C(100000000000000),     0},
		{ "1000000000000000.0000000004",                        OK,    INT64_C(1000000000000000),    0},
		{ "1000000000000000.0000000006",                        RANGE, 0,                            0},
		{ "0000000000000000000000000000001.50",                 OK,    15,                           1},
		{ "1000000000000000000000000000000e-30",                OK,    1,                            0},
		{ "1234500000000000000000000000000e-30",                OK,    12345,                        4},
		{ "0.00000000000000000000000000000012345e+30",          OK,    12345,                        5},
		{ "0.00000000000000000000000000000012345678912345e+30", OK,    123456789,                    9},
		{ "",						   EMPTY, 0,                            0},
		{ "inf",						NOT,   0,                            0},
		{ "-nan",					       NOT,   0,                            0},
		{ "infinity",					   NOT,   0,                            0},
		{ ".",						  NOT,   0,                            0},
		{ "-",						  NOT,   0,                            0},
		{ "1e",						 NOT,   0,                            0},
		{ "1.2.3",					      NOT,   0,                            0},
		{ "0x1",						NOT,   0,                            0},
		{ " 1",						 NOT,   0,                            0},
		{ "1 ",						 NOT,   0,                            0},
		{ "1,5",						NOT,   0,                            0},
		{ "999999999999999999999999999999x",                    NOT,   0,                            0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t units = UNTOUCHED;
		int decimals = UNTOUCHED;
		const enum sk_number_status status =
		    sk_number_decimal(span_of(rows[i].text), &units, &decimals);
		const bool untouched = units == UNTOUCHED && decimals == UNTOUCHED;

		if (status != rows[i].status ||
		    (status == OK ? units != rows[i].units || decimals != rows[i].decimals
				  : !untouched))
			fail_msg("\"%s\": status %d, %" PRId64 " and %d", rows[i].text, (int)status,
			    units, decimals);
	}
}

/*
 * The decimal by hand: ${digits}, ${point} of them before the point, put on paper with 100 places
 * before and after the point, rounded there as one would on paper. False if it does not fit.
 */
static bool
decimal_by_hand(bool negative, const char *digits, int point, int64_t *units, int *decimals)
{
	enum { POINT = 100, WIDTH = 200 };
	char paper[WIDTH] = { 0 };
	const int count = (int)strlen(digits);
	const int last = POINT + SK_NUMBER_DECIMALS_MAX - 1; /* the place of the last decimal */
	bool rest = false;
	uint64_t sum = 0;

	for (int i = 0; i < count; i++)
		paper[POINT - point + i] = (char)(digits[i] - '0');
	for (int i = last + 2; i < WIDTH; i++)
		rest = rest || paper[i] != 0;
	if (paper[last + 1] > 5 || (paper[last + 1] == 5 && (rest || paper[last] % 2 == 1))) {
		int place = last;

		while (paper[place] == 9)
			paper[place--] = 0;
		paper[place]++;
	}
	for (*decimals = SK_NUMBER_DECIMALS_MAX;
	     *decimals > 0 && paper[POINT + *decimals - 1] == 0;)
		--*decimals;
	for (int i = 0; i < POINT + *decimals; i++) {
		if (sum > (UINT64_MAX - (unsigned char)paper[i]) / 10)
			return false;
		sum = sum * 10 + (unsigned char)paper[i];
	}
	if (sum > (uint64_t)INT64_MAX + negative)
		return false;
	*units = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return true;
}

static void
test_random_decimals(void **state)
{
	(void)state;
	random_state = 6;
	for (int i = 0; i < 400000; i++) {
		char digits[60];
		char text[100];
		const bool negative = random_below(2) == 0;
		const size_t count = random_below(2) ? random_below(10) + 1 : random_below(45) + 1;
		/* Where the point is, counted from the first digit. */
		const int point = (int)random_below(40) - 15;
		const int written = (int)random_below(count + 1);
		int64_t expected_units = 0, units = 0;
		int expected_decimals = 0, decimals = 0;

		put_random_digits(digits, count);
		if (random_below(4) == 0)
			digits[random_below(count)] = '5';
		char *to = text +
		    sprintf(
			text, "%s%.*s.%s", negative ? "-" : "", written, digits, digits + written);

		if (point != written)
			sprintf(to, "e%d", point - written);
		const bool fits =
		    decimal_by_hand(negative, digits, point, &expected_units, &expected_decimals);
		const enum sk_number_status status =
		    sk_number_decimal(span_of(text), &units, &decimals);

		if (status != (fits ? OK : RANGE) ||
		    (fits && (units != expected_units || decimals != expected_decimals)))
			fail_msg("\"%s\": status %d, %" PRId64 " and %d, not %" PRId64 " and %d",
			    text, (int)status, units, decimals, expected_units, expected_decimals);
	}
}

static void
test_strerror(void **state)
{
	(void)state;
	assert_string_equal(sk_number_strerror(OK), "no error");
	assert_string_equal(sk_number_strerror(EMPTY), "empty");
	assert_string_equal(sk_number_strerror(NOT), "not a number");
	assert_string_equal(sk_number_strerror(RANGE), "number out of range");
	assert_string_equal(sk_number_strerror((enum sk_number_status)99), "unknown error");
}

/* 0 and 9007199254740992 are powers of two, times up to 53 bits; those that are not lack a bit somewhere. */
static void
test_whole_numbers_that_no_double_is_equal_to(void **state)
{
	static const struct {
		const char *text;
		bool rounds;
	} cases[] = { { "", false }, { "0", false }, { "-0", false }, { "9007199254740991", false }, { "9007199254740992", false },
		{ "9007199254740993", true }, { "-9007199254740993", true }, { "+9007199254740994", false },
		{ "000000000000000000000000009007199254740993", true }, { "9223372036854775807", true },
		{ "-9223372036854775808", false }, { "18446744073709551615", true }, { "18446744073709551616", false },
		{ "18446744073709549568", false }, { "100000000000000000000", false }, { "100000000000000000001", true },
		{ "99999999999999999999999", true }, { "9007199254740993.0", false }, { "1e23", false }, { "inf", false }, { "-", false } };
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (sk_number_rounds(span_of(cases[i].text)) != cases[i].rounds)
			fail_msg("%s", cases[i].text);
	for (int i = 0; i < 100000; i++) {
		const uint64_t word = next_random() >> random_below(64);

		snprintf(text, sizeof(text), "%" PRIu64, word);
		assert_int_equal(sk_number_word_rounds(word), (double)word >= 0x1p64 || (uint64_t)(double)word != word);
		assert_int_equal(sk_number_rounds(span_of(text)), sk_number_word_rounds(word));
	}
	/* The digits of a double are those of a double, and with a 1 behind a 0 at the end they are not. */
	for (int i = 0; i < 2000; i++) {
		size_t length = (size_t)snprintf(text, sizeof(text), "%.0f", ldexp(1 + (double)(next_random() >> 12) * 0x1p-52, 60 + (int)random_below(960)));

		assert_false(sk_number_rounds(span_of(text)));
		text[length - 1] = text[length - 1] == '0' ? '1' : (char)(text[length - 1] - 1);
		assert_true(sk_number_rounds(span_of(text)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted_doubles),
		cmocka_unit_test(test_refused_doubles),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_random_bit_patterns),
		cmocka_unit_test(test_random_digits),
		cmocka_unit_test(test_middles),
		cmocka_unit_test(test_very_long_texts),
		cmocka_unit_test(test_errno_is_left_alone),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_exact_buffers),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_random_integers),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_random_decimals),
		cmocka_unit_test(test_strerror),
		cmocka_unit_test(test_whole_numbers_that_no_double_is_equal_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
