/*
 * dd_parts.h -- what a DDSketch is made of, for the files that implement dd.h.
 */
#ifndef STREAMKIT_SKETCH_DD_PARTS_H
#define STREAMKIT_SKETCH_DD_PARTS_H

#include <string.h>

#include "dd.h"

/*
 * Sums are exact: integers in units of 2^-1074, in digits of 32 bits that may stand over or below their range until
 * carried. 2^63 of the largest double need 2162 bits (Neal, "Fast exact summation using small and large
 * superaccumulators", 2015).
 */
#define DIGITS 68
#define DIGIT ((int64_t)1 << 32)

struct sum {
	int64_t digit[DIGITS];
	unsigned pending; /* additions since the last carry */
};

/* Counts of neighbouring bins of one sign, by magnitude. */
struct store {
	uint64_t *bins;
	size_t room; /* bins allocated, from index `first` on */
	int32_t first;
	int32_t low; /* the lowest and the highest bin that is not empty, if `count` > 0 */
	int32_t high;
	bool collapsed; /* bin `low` holds all that was below it */
	uint64_t count;
};

#define MANTISSA (((uint64_t)1 << 52) - 1) /* the bits of a double's */

enum { NEGATIVE, POSITIVE };

struct sk_dd {
	double alpha;
	double bins_per_unit; /* m / 35, m as in dd.h */
	unsigned max_bins;
	struct store store[2];
	uint64_t zeros;
	uint64_t infinities[2];
	double min, max; /* infinity and -infinity when empty; zeros have no sign */
	bool min_exact, max_exact;
	struct sum sum;
};

static inline uint64_t
bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static inline int32_t
lesser(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static inline int32_t
greater(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* What a store is to become, to make room for more. */
struct plan {
	uint64_t *bins; /* new ones, or NULL: those there are will do */
	size_t room;
	int32_t first;
	int32_t floor; /* the least bin that is kept */
	int32_t high;  /* the highest bin to come */
};

/* The bin of a magnitude that is neither 0 nor infinite. */
int32_t sk_dd_index(const struct sk_dd *sketch, double magnitude);

/* The value that stands for a bin's. */
double sk_dd_representative(const struct sk_dd *sketch, int32_t index);

/*
 * Plan room in ${store} for bins from ${low} to ${high}, as far as max_bins allows, if none below ${floor} is to be
 * kept. Nothing happens to the store before sk_dd_commit(), which cannot fail. 0, or -1 with ENOMEM.
 */
int sk_dd_plan(const struct sk_dd *sketch, const struct store *store, int32_t low, int32_t high,
    int32_t floor, struct plan *plan);
void sk_dd_commit(struct store *store, struct plan *plan);

/* After bins from ${low} to ${high} got counts, in a store that had none if it ${was_empty}. */
static inline void
widen(struct store *store, bool was_empty, int32_t low, int32_t high)
{
	store->low = was_empty ? low : lesser(low, store->low);
	store->high = was_empty ? high : greater(high, store->high);
}

/* After the ends were widened: an end that is not exact, but is 0 or infinite, was added as that, and is exact. */
static inline void
settle_ends(struct sk_dd *sketch)
{
	sketch->min_exact |= sketch->min == 0 || sketch->min - sketch->min != 0;
	sketch->max_exact |= sketch->max == 0 || sketch->max - sketch->max != 0;
}

/* The value that is the ${nth}, from 1 to the count, and whether alpha holds for it. */
double sk_dd_nth(const struct sk_dd *sketch, uint64_t nth, bool *sure);

/* Add ${n} values, at most SUM_BLOCK, but for infinities. */
#define SUM_BLOCK ((size_t)2048)
void sk_dd_sum_add(struct sum *sum, const double *values, size_t n);

/* Set the digits' ranges right. */
void sk_dd_sum_carry(struct sum *sum);

/* ${sum} += ${sign} * ${other}, for a sign of 1 or -1. */
void sk_dd_sum_combine(struct sum *sum, const struct sum *other, int sign);

/* Make ${sum} its absolute value, carried; true when it was negative. */
bool sk_dd_sum_absolute(struct sum *sum);

/* ${sum} as a double: rounded once, to even. */
double sk_dd_sum_value(const struct sum *sum);

/* 2^${exponent}, for a normal result. */
static inline double
power_of_two(int exponent)
{
	const uint64_t bits = (uint64_t)(exponent + 1023) << 52;
	double power;

	memcpy(&power, &bits, sizeof(power));
	return power;
}

/* ${number} * 2^${exponent}, rounded once, for a number from 1 to 2^64 and an exponent from -2044. */
static inline double
scale(double number, int exponent)
{
	if (exponent > 1023)
		return number * power_of_two(1023) * power_of_two(exponent - 1023);
	if (exponent < -1022)
		return number * power_of_two(-1022) * power_of_two(exponent + 1022);
	return number * power_of_two(exponent);
}

#endif
