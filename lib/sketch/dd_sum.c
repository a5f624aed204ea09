/* dd_sum.c -- exact sums of doubles. */
#include "dd_parts.h"

#define INFINITE 2047
#define WINDOW 64              /* exponents */
#define LANES 4                /* sums for each, so that none waits for the one before */
#define SMALL 64               /* values that are not worth a window */
#define CARRY_AFTER (1u << 29) /* additions below 2^32 */

/* Add ${number} * 2^${position}, for a number between -2^63 and 2^63. */
static void
add_at(struct sum *sum, unsigned position, int64_t number)
{
	const int64_t sign = number < 0 ? -1 : 1;
	const uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	const unsigned shift = position & 31;
	const uint64_t high = magnitude >> (32 - shift);
	int64_t *digit = &sum->digit[position >> 5];

	digit[0] += sign * (int64_t)(magnitude << shift & (DIGIT - 1));
	digit[1] += sign * (int64_t)(high & (DIGIT - 1));
	digit[2] += sign * (int64_t)(high >> 32);
	if (++sum->pending == CARRY_AFTER)
		sk_dd_sum_carry(sum);
}

/* The mantissa of a normal number, with its sign. */
static int64_t
mantissa_of(uint64_t bits)
{
	const int64_t minus = -(int64_t)(bits >> 63);

	return ((int64_t)((bits & MANTISSA) | (MANTISSA + 1)) ^ minus) - minus;
}

static void
add_one(struct sum *sum, uint64_t bits)
{
	const unsigned exponent = (unsigned)(bits >> 52) & 2047;

	if (exponent == 0)
		add_at(
		    sum, 0, bits >> 63 ? -(int64_t)(bits & MANTISSA) : (int64_t)(bits & MANTISSA));
	else if (exponent != INFINITE)
		add_at(sum, exponent - 1, mantissa_of(bits));
}

/*
 * Mantissas are added up by exponent, in a window around the first value's; what falls outside goes straight into the
 * sum. 512 mantissas of 53 bits fit a cell.
 */
void
sk_dd_sum_add(struct sum *sum, const double *values, size_t n)
{
	const unsigned first = n > 0 ? (unsigned)(bits_of(values[0]) >> 52) & 2047 : 0;
	const unsigned base = first > WINDOW / 2 ? first - WINDOW / 2 : 1;
	int64_t cells[WINDOW][LANES];

	if (n < SMALL) {
		for (size_t i = 0; i < n; i++)
			add_one(sum, bits_of(values[i]));
		return;
	}
	memset(cells, 0, sizeof(cells));
	for (size_t i = 0; i < n; i++) {
		const uint64_t bits = bits_of(values[i]);
		const unsigned exponent = (unsigned)(bits >> 52) & 2047;

		if (exponent - base < WINDOW && exponent != INFINITE)
			cells[exponent - base][i % LANES] += mantissa_of(bits);
		else
			add_one(sum, bits);
	}
	for (unsigned at = 0; at < WINDOW; at++)
		for (size_t lane = 0; lane < LANES; lane++)
			if (cells[at][lane] != 0)
				add_at(sum, base + at - 1, cells[at][lane]);
}

/* Signed digits: the remainder is taken so that it is never negative. */
void
sk_dd_sum_carry(struct sum *sum)
{
	for (size_t i = 0; i < DIGITS - 1; i++) {
		const int64_t digit = (int64_t)((uint64_t)sum->digit[i] & (DIGIT - 1));

		sum->digit[i + 1] += (sum->digit[i] - digit) / DIGIT;
		sum->digit[i] = digit;
	}
	sum->pending = 0;
}

void
sk_dd_sum_combine(struct sum *sum, const struct sum *other, int sign)
{
	for (size_t i = 0; i < DIGITS; i++)
		sum->digit[i] += sign * other->digit[i];
	sk_dd_sum_carry(sum);
}

bool
sk_dd_sum_absolute(struct sum *sum)
{
	sk_dd_sum_carry(sum);
	if (sum->digit[DIGITS - 1] >= 0)
		return false;
	for (size_t i = 0; i < DIGITS; i++)
		sum->digit[i] = -sum->digit[i];
	sk_dd_sum_carry(sum);
	return true;
}

/* The 64 highest bits, the last of them set when anything below is: the conversion then rounds as it should. */
double
sk_dd_sum_value(const struct sum *sum)
{
	struct sum exact = *sum;
	const bool negative = sk_dd_sum_absolute(&exact);
	size_t top = DIGITS;
	uint64_t bits;
	unsigned shift = 0;
	double value;

	while (top > 0 && exact.digit[top - 1] == 0)
		top--;
	if (top == 0)
		return 0;
	bits = (uint64_t)exact.digit[top - 1] << 32;
	if (top > 1)
		bits |= (uint64_t)exact.digit[top - 2];
	for (; bits >> 63 == 0; shift++)
		bits =
		    bits << 1 | (top > 2 ? (uint64_t)exact.digit[top - 3] >> (31 - shift) & 1 : 0);
	if (top > 2 && ((uint64_t)exact.digit[top - 3] << shift & (DIGIT - 1)) != 0)
		bits |= 1;
	for (size_t i = 0; i + 3 < top; i++)
		bits |= exact.digit[i] != 0;
	value = scale((double)bits, 32 * ((int)top - 2) - (int)shift - 1074);
	return negative ? -value : value;
}
