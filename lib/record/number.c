/*
 * number.c -- text to numbers. One scan makes of the text a "mantissa" of up to 19 significant
 * digits, which fits 64 bits, and a power of ten; only longer texts are looked at twice. A double
 * then comes from the first of these that applies:
 * - Clinger, "How to Read Floating Point Numbers Accurately" (PLDI 1990): where the mantissa and
 *   the power of ten are both exact doubles, one product or quotient of them is correctly rounded.
 * - Eisel and Lemire: Lemire, "Number Parsing at a Gigabyte per Second" (Software: Practice and
 *   Experience 51, 2021), multiplies by 128 bits of the power, and knows when these do not suffice.
 * - strtod(), in practice for texts of 20 and more digits close to the middle of two doubles.
 */
#include "number.h"

#include <errno.h>
#include <float.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "powers_of_five.h"

#if DBL_MANT_DIG != 53 || DBL_MAX_EXP != 1024
#error "number.c needs doubles to be IEEE 754 binary64"
#endif

/* Any number of 19 digits fits a uint64_t; most of 20 do not. */
#define MANTISSA_DIGITS 19

/* Where exponents stop growing: digits that make up for so much fit in no memory, and sums fit. */
#define EXPONENT_ENOUGH INT64_C(100000000000000000)

/*
 * What strtod() is shown of a long text. The middle of two doubles has at most 768 digits: a number
 * cut after more stays on its side of it, if one nonzero digit stands for those cut off.
 */
#define STRTOD_DIGITS 800

#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023
#define BITS_SIGN (UINT64_C(1) << 63)
#define BITS_INFINITE (UINT64_C(0x7FF) << FRACTION_BITS)
#define BITS_NAN (UINT64_C(0xFFF) << (FRACTION_BITS - 1))

/* The value is mantissa times 10^scale, plus what the dropped digits add to it. */
struct number_text {
	const unsigned char *digits; /* after the sign: a digit or the point */
	size_t count;                /* digits in the text, the point not counted */
	size_t whole;                /* of those, before the point */
	size_t first;                /* index of a digit with only zeros before it */
	size_t dropped;              /* digits at the end that the mantissa does not hold */
	uint64_t mantissa;
	int64_t scale;
	bool negative;
};

struct product {
	uint64_t high;
	uint64_t low;
};

const char *
sk_number_strerror(enum sk_number_status status)
{
	static const char *const words[] = { "no error", "empty", "not a number",
		"number out of range" };

	return (size_t)status < sizeof(words) / sizeof(words[0]) ? words[status] : "unknown error";
}

static inline bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* Steps over a sign, if there is one, and returns whether it is a minus. */
static inline bool
take_sign(const unsigned char **at, const unsigned char *end)
{
	const bool negative = *at < end && **at == '-';

	*at += negative || (*at < end && **at == '+');
	return negative;
}

/*
 * Appends the eight bytes at ${at} to ${*mantissa} if all are digits. The first byte is the lowest
 * on every machine; compilers make one load of it. Above '9' the sum has its top bit set, or, from
 * 0xBA on, the difference has; below '0' the difference has it. Only bytes that are no digits carry
 * into or borrow from the next. Then neighbours are joined in pairs, in fours, and all together: 99
 * fits the 8 bits of a lane, 9999 its 16.
 */
static inline bool
read_eight_digits(const unsigned char *at, uint64_t *mantissa)
{
	const uint64_t bytes = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
	    (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
	    (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
	const uint64_t sum = bytes + UINT64_C(0x4646464646464646);
	const uint64_t difference = bytes - UINT64_C(0x3030303030303030);
	uint64_t lanes = bytes & UINT64_C(0x0F0F0F0F0F0F0F0F);

	if (((sum | difference) & UINT64_C(0x8080808080808080)) != 0)
		return false;
	lanes = (lanes * 10 + (lanes >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
	lanes = (lanes * 100 + (lanes >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
	lanes = (lanes * 10000 + (lanes >> 32)) & UINT64_C(0x00000000FFFFFFFF);
	*mantissa = *mantissa * 100000000 + lanes;
	return true;
}

/* Appends the digits found at ${at} to ${*mantissa}, modulo 2^64, and returns where they end. */
static inline const unsigned char *
read_digits(const unsigned char *at, const unsigned char *end, uint64_t *mantissa)
{
	uint64_t sum = *mantissa;

	while (end - at >= 8 && read_eight_digits(at, &sum))
		at += 8;
	for (; at < end && is_digit(*at); at++)
		sum = sum * 10 + (uint64_t)(*at - '0');
	*mantissa = sum;
	return at;
}

static inline unsigned
digit_at(const struct number_text *number, size_t index)
{
	return number->digits[index + (index >= number->whole)] - (unsigned)'0';
}

static uint64_t
join_digits(const struct number_text *number, size_t from, size_t to)
{
	uint64_t sum = 0;

	for (size_t i = from; i < to; i++)
		sum = sum * 10 + digit_at(number, i);
	return sum;
}

/* Adds the exponent, which must reach from ${at} to ${end}, to ${*scale}. */
static bool
scan_exponent(const unsigned char *at, const unsigned char *end, int64_t *scale)
{
	int64_t exponent = 0;
	bool negative;

	if (*at != 'e' && *at != 'E')
		return false;
	at++;
	negative = take_sign(&at, end);
	if (at == end)
		return false;
	for (; at < end && is_digit(*at); at++)
		if (exponent < EXPONENT_ENOUGH)
			exponent = exponent * 10 + (*at - '0');
	*scale += negative ? -exponent : exponent;
	return at == end;
}

/* For more digits than a mantissa holds: takes the first of them that count, if not all do. */
static void
shorten(struct number_text *number)
{
	size_t first = 0;

	while (first < number->count && digit_at(number, first) == 0)
		first++;
	number->first = first;
	if (number->count - first <= MANTISSA_DIGITS)
		return; /* nor has the mantissa wrapped around, then */
	number->mantissa = join_digits(number, first, first + MANTISSA_DIGITS);
	number->dropped = number->count - first - MANTISSA_DIGITS;
	number->scale += (int64_t)number->dropped;
}

/* Fills ${number} from ${text}, which must not be empty; false if that is not a number. */
static inline bool
scan(struct sk_span text, struct number_text *number)
{
	const unsigned char *at = text.data;
	const unsigned char *const end = at + text.size;
	const bool negative = take_sign(&at, end);
	const unsigned char *const digits = at;
	uint64_t mantissa = 0;
	int64_t scale = 0;

	at = read_digits(at, end, &mantissa);
	const size_t whole = (size_t)(at - digits);
	size_t count = whole;
	if (at < end && *at == '.') {
		at = read_digits(at + 1, end, &mantissa);
		count = (size_t)(at - digits) - 1;
		scale = (int64_t)whole - (int64_t)count;
	}
	if (count == 0 || (at < end && !scan_exponent(at, end, &scale)))
		return false;
	*number = (struct number_text){ digits, count, whole, 0, 0, mantissa, scale, negative };
	if (count > MANTISSA_DIGITS)
		shorten(number);
	return true;
}

/* ---- doubles ---- */

static inline double
double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * Powers of ten are exact doubles up to 10^22, and a small mantissa can take over what is more.
 * Where doubles are computed in a wider type, the result would be rounded twice.
 */
static inline bool
clinger(uint64_t mantissa, int64_t scale, double *value)
{
	static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
		1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	const uint64_t limit = UINT64_C(1) << DBL_MANT_DIG;

	if (FLT_EVAL_METHOD != 0 || mantissa > limit || scale < -22 || scale > 22 + 15)
		return false;
	for (; scale > 22; scale--) {
		mantissa *= 10;
		if (mantissa > limit)
			return false;
	}
	/* Converting from signed is one instruction; from unsigned, on many machines, several. */
	if (scale < 0)
		*value = (double)(int64_t)mantissa / powers[-scale];
	else
		*value = (double)(int64_t)mantissa * powers[scale];
	return true;
}

static inline struct product
multiply(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ const unsigned __int128 wide = (unsigned __int128)a * b;

	return (struct product){ (uint64_t)(wide >> 64), (uint64_t)wide };
#else
	const uint64_t half = UINT64_C(0xFFFFFFFF);
	const uint64_t low = (a & half) * (b & half);
	const uint64_t cross = (a >> 32) * (b & half) + (low >> 32);
	const uint64_t middle = (a & half) * (b >> 32) + (cross & half);

	return (struct product){ (a >> 32) * (b >> 32) + (cross >> 32) + (middle >> 32),
		middle << 32 | (low & half) };
#endif
}

/* The upper 128 bits of ${word} * 5^${scale}. */
static inline struct product
scale_up(uint64_t word, int64_t scale)
{
	const uint64_t *const power = powers_of_five[scale - POWER_OF_FIVE_SMALLEST];
	const uint64_t carried = multiply(word, power[1]).high;
	struct product product = multiply(word, power[0]);

	product.low += carried;
	product.high += product.low < carried;
	return product;
}

/*
 * The bits of the double nearest to ${mantissa} * 10^${scale}, or false if 128 bits of the power do
 * not tell. ${mantissa} must not be 0. In brackets: the names in Lemire's algorithm 1.
 */
static bool
eisel_lemire(uint64_t mantissa, int64_t scale, uint64_t *bits)
{
	if (scale < POWER_OF_FIVE_SMALLEST || scale > POWER_OF_FIVE_LARGEST) {
		*bits = scale < 0 ? 0 : BITS_INFINITE;
		return true;
	}
	const int zeros = __builtin_clzll(mantissa);                       /* [l] */
	const struct product product = scale_up(mantissa << zeros, scale); /* [z] */
	const int upper = (int)(product.high >> 63);                       /* [u] */
	const int cut = upper + 64 - (DBL_MANT_DIG + 2);
	uint64_t rounded = product.high >> cut; /* [m], still with one bit more than a double */
	/* floor(log2(10^scale)), kept above 0 while it is divided */
	const int log2_power = (217706 * (int)scale + 2000 * 65536) / 65536 - 2000;
	int exponent = log2_power + 63 + upper - zeros + EXPONENT_BIAS; /* [p] */

	if (product.low == UINT64_MAX && (scale < -27 || scale > 55))
		return false;
	/* In the middle of two doubles, as only small powers can be: half to even, so 01 is 00. */
	if (product.low <= 1 && scale >= -4 && scale <= 23 && (rounded & 3) == 1 &&
	    rounded << cut == product.high)
		rounded &= ~UINT64_C(1);
	/* Subnormals have fewer bits. No mantissa below 2^64 gives the middle of two of them. */
	if (exponent <= 0) {
		rounded = exponent > -63 ? rounded >> (1 - exponent) : 0;
		exponent = 1;
	}
	rounded = (rounded + (rounded & 1)) >> 1;
	/* The leading bit, which subnormals lack, adds 1 to the exponent, and a carry another. */
	rounded += (uint64_t)(exponent - 1) << FRACTION_BITS;
	*bits = rounded < BITS_INFINITE ? rounded : BITS_INFINITE;
	return true;
}

/*
 * Lets strtod() decide, on a stack copy of the form DDDDe-NNN: without a point, no locale matters.
 * Only for what eisel_lemire() could not settle, so that the scale is in the range of its table.
 */
static double
ask_strtod(const struct number_text *number)
{
	char copy[STRTOD_DIGITS + sizeof("1e-12345")];
	char *to = copy;
	size_t at = number->first;
	int64_t scale = number->scale - (int64_t)number->dropped; /* of the last digit */
	const int saved_errno = errno;
	double value;

	for (; at < number->count && to < copy + STRTOD_DIGITS; at++)
		*to++ = (char)('0' + digit_at(number, at));
	scale += (int64_t)(number->count - at);
	while (at < number->count && digit_at(number, at) == 0)
		at++;
	if (at < number->count) {
		*to++ = '1';
		scale--;
	}
	*to++ = 'e';
	*to++ = scale < 0 ? '-' : '+';
	for (int64_t unit = 10000; unit > 0; unit /= 10)
		*to++ = (char)('0' + (scale < 0 ? -scale : scale) / unit % 10);
	*to = '\0';
	value = strtod(copy, NULL);
	errno = saved_errno;
	return value;
}

/* The size of ${number}, its sign left aside, where clinger() does not apply. */
static double
slow_magnitude(const struct number_text *number)
{
	uint64_t bits, next;

	if (number->mantissa == 0)
		return 0.0;
	/* The dropped digits are worth less than 1 of the mantissa. */
	if (eisel_lemire(number->mantissa, number->scale, &bits) &&
	    (number->dropped == 0 ||
		(eisel_lemire(number->mantissa + 1, number->scale, &next) && next == bits)))
		return double_of(bits);
	return ask_strtod(number);
}

/* Whether ${at} .. ${end} is ${word}, lower-case letters, in any case. The bit 0x20 is the case. */
static bool
is_word(const unsigned char *at, const unsigned char *end, const char *word)
{
	for (; at < end && (*at | 0x20) == *word; at++)
		word++;
	return at == end && *word == '\0';
}

static enum sk_number_status
read_name(struct sk_span text, double *value)
{
	const unsigned char *at = text.data;
	const unsigned char *const end = at + text.size;
	const uint64_t sign = take_sign(&at, end) ? BITS_SIGN : 0;

	if (is_word(at, end, "nan"))
		*value = double_of(BITS_NAN | sign);
	else if (is_word(at, end, "inf") || is_word(at, end, "infinity"))
		*value = double_of(BITS_INFINITE | sign);
	else
		return SK_NUMBER_NOT_A_NUMBER;
	return SK_NUMBER_OK;
}

enum sk_number_status
sk_number_double(struct sk_span text, double *value)
{
	struct number_text number;
	double magnitude;

	if (text.size == 0)
		return SK_NUMBER_EMPTY;
	if (!scan(text, &number))
		return read_name(text, value);
	if (number.dropped > 0 || !clinger(number.mantissa, number.scale, &magnitude))
		magnitude = slow_magnitude(&number);
	*value = number.negative ? -magnitude : magnitude;
	return magnitude > DBL_MAX ? SK_NUMBER_OUT_OF_RANGE : SK_NUMBER_OK;
}

/* ---- integers and decimals ---- */

/* False if the number does not fit; -2^63 does. */
static inline bool
with_sign(bool negative, uint64_t magnitude, int64_t *value)
{
	if (magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*value = negative && magnitude > 0 ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
	return true;
}

enum sk_number_status
sk_number_integer(struct sk_span text, int64_t *value)
{
	if (text.size == 0)
		return SK_NUMBER_EMPTY;

	const unsigned char *at = text.data;
	const unsigned char *const end = at + text.size;
	const bool negative = take_sign(&at, end);
	uint64_t magnitude = 0;

	if (at == end || read_digits(at, end, &magnitude) != end)
		return SK_NUMBER_NOT_A_NUMBER;
	while (end - at > MANTISSA_DIGITS && *at == '0')
		at++;
	/* Up to here the magnitude cannot have wrapped around. */
	if (end - at > MANTISSA_DIGITS || !with_sign(negative, magnitude, value))
		return SK_NUMBER_OUT_OF_RANGE;
	return SK_NUMBER_OK;
}

/* Whether cutting ${number} off before the digit ${keep} rounds it up: half to even. */
static bool
rounds_up(const struct number_text *number, size_t keep)
{
	if (keep == number->count || digit_at(number, keep) != 5)
		return keep < number->count && digit_at(number, keep) > 5;
	for (size_t i = keep + 1; i < number->count; i++)
		if (digit_at(number, i) != 0)
			return true;
	return keep > number->first && digit_at(number, keep - 1) % 2 == 1;
}

/*
 * Rounds ${number} at the last decimal allowed, and takes zeros off its end until the mantissa
 * holds all digits. False if it does not, and so no int64_t holds its units either. A carry turns
 * nines into such zeros, so that nothing is added up before it is known how short the result is.
 */
static bool
round_digits(struct number_text *number)
{
	const int64_t last = number->scale - (int64_t)number->dropped;
	const int64_t excess = last < -SK_NUMBER_DECIMALS_MAX ? -SK_NUMBER_DECIMALS_MAX - last : 0;
	size_t keep = number->count;
	bool up;

	if (excess > (int64_t)(number->count - number->first)) {
		number->mantissa = 0; /* below a tenth of the last decimal */
		return true;
	}
	keep -= (size_t)excess;
	up = rounds_up(number, keep);
	while (keep > number->first && digit_at(number, keep - 1) == (up ? 9 : 0))
		keep--;
	if (keep - number->first > MANTISSA_DIGITS)
		return false;
	number->mantissa = join_digits(number, number->first, keep) + up;
	number->scale = last + (int64_t)(number->count - keep);
	return true;
}

enum sk_number_status
sk_number_decimal(struct sk_span text, int64_t *units, int *decimals)
{
	struct number_text number;

	if (text.size == 0)
		return SK_NUMBER_EMPTY;
	if (!scan(text, &number))
		return SK_NUMBER_NOT_A_NUMBER;
	if (number.dropped > 0 || number.scale < -SK_NUMBER_DECIMALS_MAX)
		if (!round_digits(&number))
			return SK_NUMBER_OUT_OF_RANGE;
	if (number.mantissa == 0)
		number.scale = 0;
	for (; number.scale < 0 && number.mantissa % 10 == 0; number.scale++)
		number.mantissa /= 10;
	for (; number.scale > 0; number.scale--) {
		if (number.mantissa > UINT64_MAX / 10)
			return SK_NUMBER_OUT_OF_RANGE;
		number.mantissa *= 10;
	}
	if (!with_sign(number.negative, number.mantissa, units))
		return SK_NUMBER_OUT_OF_RANGE;
	*decimals = (int)-number.scale;
	return SK_NUMBER_OK;
}
