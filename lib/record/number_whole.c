/* number_whole.c -- which whole numbers are doubles: those of at most 53 bits, the zeros behind them not counted. */
#include "number.h"

#define DIGITS_MAX ((size_t)309) /* of a number that a double may be */
#define DIGITS_OF_A_LIMB ((size_t)9)
#define LIMBS_MAX 33 /* of 32 bits: 10^309 is below 2^1027 */
#define DOUBLE_BITS 53

bool
sk_number_word_rounds(uint64_t word)
{
	while (word != 0 && (word & 0xff) == 0)
		word >>= 8;
	while (word != 0 && (word & 1) == 0)
		word >>= 1;
	return word >> DOUBLE_BITS != 0;
}

/* Makes *${limbs}, ${n} of them and the least first, ${factor} times what they are and ${more}. Returns how many they are then. */
static size_t
multiply_add(uint32_t *limbs, size_t n, uint32_t factor, uint32_t more)
{
	uint64_t carry = more;

	for (size_t i = 0; i < n; i++) {
		carry += (uint64_t)limbs[i] * factor;
		limbs[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry > 0)
		limbs[n++] = (uint32_t)carry;
	return n;
}

/* Whether the bits of ${limbs}, the highest of which is not 0, span more than a double has. */
static bool
limbs_round(const uint32_t *limbs, size_t n)
{
	size_t low = 0, high = n * 32;

	while (n > 0 && (limbs[low / 32] >> low % 32 & 1) == 0)
		low++;
	while (high > low && (limbs[(high - 1) / 32] >> (high - 1) % 32 & 1) == 0)
		high--;
	return high - low > DOUBLE_BITS;
}

bool
sk_number_rounds(struct sk_span text)
{
	const unsigned char *at = text.data, *const end = at + text.size;
	uint32_t limbs[LIMBS_MAX + 1], piece = 0, power = 1;
	size_t n = 0;

	at += at < end && (*at == '-' || *at == '+');
	while (at < end && *at == '0')
		at++;
	if ((size_t)(end - at) > DIGITS_MAX)
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		piece = piece * 10 + (uint32_t)(*at - '0');
		power *= 10;
		if ((size_t)(end - at - 1) % DIGITS_OF_A_LIMB == 0) {
			n = multiply_add(limbs, n, power, piece);
			piece = 0;
			power = 1;
		}
	}
	return limbs_round(limbs, n);
}
