/*
 * dd.c -- counting values into bins.
 *
 * Why alpha holds. For x = 2^e (1 + s) let u(x) = e + P(s), which rises with x and is continuous, P(0) being 0 and P(1)
 * being 1. Its slope over ln x is (1 + s) P'(s) = (18 s^3 - 24 s^2 + 8 s + 50) / 35, which on [0, 1] is least at s = 0
 * and s = 2/3, with 10/7. Bins are 1 / m apart in u, so at most 7 / (10 m) apart in ln x. With m = 0.7 / (w - 2^-36),
 * w = ln gamma = 2 artanh(alpha), that is w - 2^-36. Rounding misplaces the ends of bins: u + 1074 < 2^12 has an error
 * below 2^-40 from all its operations, and an end in ln x below 2^-39; so even the ends as they are lie at most w
 * apart. The harmonic mean of the ends, 2 l h / (l + h), is at most (h - l) / (h + l) = tanh(ln(h / l) / 2) <=
 * tanh(w / 2) = alpha from any value between them; with h = gamma l it is the paper's 2 gamma^i / (gamma + 1). P is the
 * cubic of Datadog's implementations of the paper; it takes 1 % more bins than the logarithm.
 */
#include "dd_parts.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define BIAS 1023
#define LEAST_EXPONENT 1074 /* of a subnormal, negated */
#define INFINITY_BITS ((uint64_t)2047 << 52)

/* 35 P(s) */
static double
curve(double s)
{
	return ((6 * s - 21) * s + 50) * s;
}

/* Bins */

/* m / 35 = 0.02 / (2 artanh(alpha) - 2^-36), by the series. */
static double
bins_per_unit(double alpha)
{
	double power = alpha, sum = 0;

	for (int i = 1; i < 80; i += 2, power *= alpha * alpha)
		sum += power / i;
	return 0.02 / (2 * sum - power_of_two(-36));
}

/* Of a normal magnitude by its ${bits}. */
static int32_t
index_of_bits(double per_unit, uint64_t bits)
{
	const uint64_t fraction = (bits & MANTISSA) | (uint64_t)BIAS << 52;
	const int32_t exponent = (int32_t)(bits >> 52) - BIAS + LEAST_EXPONENT;
	double number;

	memcpy(&number, &fraction, sizeof(number));
	return (int32_t)(per_unit * (35 * exponent + curve(number - 1)));
}

int32_t
sk_dd_index(const struct sk_dd *sketch, double magnitude)
{
	const uint64_t bits = bits_of(magnitude);

	if (bits >> 52 > 0)
		return index_of_bits(sketch->bins_per_unit, bits);
	for (int exponent = 51;; exponent--) { /* above that of the least subnormal */
		const double number = magnitude * power_of_two(1022) * power_of_two(52 - exponent);

		if (number >= 1)
			return (
			    int32_t)(sketch->bins_per_unit * (35 * exponent + curve(number - 1)));
	}
}

/* The lower end of a bin, as a number from 1 to 2 and *${exponent}: Newton's method, from below as P is concave. */
static double
bin_end(const struct sk_dd *sketch, int32_t index, int *exponent)
{
	const double u = index / sketch->bins_per_unit;
	const int whole = (int)(u / 35);
	const double rest = u - 35 * whole;
	double s = rest / 35;

	for (int i = 0; i < 6; i++)
		s -= (curve(s) - rest) / ((18 * s - 42) * s + 50);
	*exponent = whole - LEAST_EXPONENT;
	return 1 + s;
}

double
sk_dd_representative(const struct sk_dd *sketch, int32_t index)
{
	int exponent, above;
	const double low = bin_end(sketch, index, &exponent);
	const double end = bin_end(sketch, index + 1, &above);
	const double high = end * power_of_two(above - exponent);
	const double middle = scale(2 * low / (1 + low / high), exponent);

	return middle < DBL_MAX ? middle : DBL_MAX;
}

int
sk_dd_plan(const struct sk_dd *sketch, const struct store *store, int32_t low, int32_t high,
    int32_t floor, struct plan *plan)
{
	const int32_t max_bins = (int32_t)sketch->max_bins;
	size_t span;

	if (store->count > 0) {
		floor = store->collapsed ? greater(floor, store->low) : floor;
		low = lesser(low, store->low);
		high = greater(high, store->high);
	}
	floor = greater(floor, high - max_bins + 1);
	low = greater(low, floor);
	high = greater(high, low);
	*plan = (struct plan){ NULL, store->room, store->first, floor, high };
	if (low >= store->first && high - store->first < (int32_t)store->room)
		return 0;
	span = (size_t)(high - low) + 1;
	plan->room = (span + span / 2 + 63) & ~(size_t)63;
	if (plan->room > sketch->max_bins)
		plan->room = sketch->max_bins;
	plan->first = low - (int32_t)((plan->room - span) / 2);
	plan->bins = calloc(plan->room, sizeof(*plan->bins));
	return plan->bins == NULL ? -1 : 0;
}

void
sk_dd_commit(struct store *store, struct plan *plan)
{
	uint64_t *bins = plan->bins != NULL ? plan->bins : store->bins;
	const bool collapse = store->count > 0 && store->low < plan->floor;

	for (int32_t i = store->low; store->count > 0 && i <= store->high; i++) {
		uint64_t *from = &store->bins[i - store->first];
		const uint64_t count = *from;

		if (plan->bins == NULL && i >= plan->floor)
			break;
		*from = 0;
		bins[greater(i, plan->floor) - plan->first] += count;
	}
	if (collapse) {
		store->collapsed = true;
		store->low = plan->floor;
		store->high = greater(store->high, plan->floor);
	}
	if (plan->bins != NULL)
		free(store->bins);
	store->bins = bins;
	store->room = plan->room;
	store->first = plan->first;
}

/* Life cycle */

size_t
sk_dd_memory_for(unsigned max_bins)
{
	if (max_bins < SK_DD_BINS_MIN || max_bins > SK_DD_BINS_MAX)
		return 0;
	return sizeof(struct sk_dd) + 2 * sizeof(uint64_t) * (size_t)max_bins;
}

unsigned
sk_dd_bins_for(double alpha)
{
	const double bins = SK_DD_BINS * (bins_per_unit(alpha) / bins_per_unit(SK_DD_ALPHA));

	return bins <= SK_DD_BINS ? SK_DD_BINS : bins < SK_DD_BINS_MAX ? (unsigned)ceil(bins) : SK_DD_BINS_MAX;
}

/* There are m bins, 35 times as many as are counted here, to a power of two. */
double
sk_dd_decades(double alpha, unsigned bins)
{
	return bins / (35 * bins_per_unit(alpha)) * 0.30102999566398120;
}

size_t
sk_dd_memory(const struct sk_dd *sketch)
{
	return sizeof(*sketch) +
	    sizeof(uint64_t) * (sketch->store[NEGATIVE].room + sketch->store[POSITIVE].room);
}

struct sk_dd *
sk_dd_new(double alpha, unsigned max_bins)
{
	struct sk_dd *sketch;

	if (!(alpha >= SK_DD_ALPHA_MIN && alpha <= SK_DD_ALPHA_MAX) ||
	    sk_dd_memory_for(max_bins) == 0) {
		errno = EINVAL;
		return NULL;
	}
	if ((sketch = calloc(1, sizeof(*sketch))) == NULL)
		return NULL;
	sketch->alpha = alpha;
	sketch->bins_per_unit = bins_per_unit(alpha);
	sketch->max_bins = max_bins;
	sk_dd_reset(sketch);
	return sketch;
}

void
sk_dd_free(struct sk_dd *sketch)
{
	if (sketch == NULL)
		return;
	free(sketch->store[NEGATIVE].bins);
	free(sketch->store[POSITIVE].bins);
	free(sketch);
}

void
sk_dd_reset(struct sk_dd *sketch)
{
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++) {
		struct store *store = &sketch->store[sign];

		if (store->room > 0)
			memset(store->bins, 0, store->room * sizeof(*store->bins));
		store->count = 0;
		store->collapsed = false;
		sketch->infinities[sign] = 0;
	}
	sketch->zeros = 0;
	sketch->min = INFINITY;
	sketch->max = -INFINITY;
	sketch->min_exact = sketch->max_exact = true;
	memset(&sketch->sum, 0, sizeof(sketch->sum));
}

/* Update */

/* The least and the greatest magnitude of either sign, zeros and infinities aside, and both ends of all. */
struct survey {
	double least[2], greatest[2]; /* 0 where there is none */
	double min, max;
};

/* The rest of a survey of values that have not all the same sign. */
static void
survey_signs(struct survey *found, const double *values, size_t n)
{
	double least[2] = { INFINITY, INFINITY }, greatest[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		const double value = values[i], above = value > 0 ? value : INFINITY;
		const double below = value < 0 ? -value : INFINITY;

		least[POSITIVE] = above < least[POSITIVE] ? above : least[POSITIVE];
		least[NEGATIVE] = below < least[NEGATIVE] ? below : least[NEGATIVE];
		greatest[POSITIVE] =
		    value > greatest[POSITIVE] && value < INFINITY ? value : greatest[POSITIVE];
		greatest[NEGATIVE] =
		    -value > greatest[NEGATIVE] && -value < INFINITY ? -value : greatest[NEGATIVE];
	}
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++) {
		found->least[sign] = least[sign] < INFINITY ? least[sign] : 0;
		found->greatest[sign] = greatest[sign];
	}
}

/* False when there is a NaN among the values. */
static bool
survey(struct survey *found, const double *values, size_t n)
{
	double least = INFINITY, most = -INFINITY;
	unsigned nans = 0;

	for (size_t i = 0; i < n; i++) {
		nans |= values[i] != values[i];
		least = values[i] < least ? values[i] : least;
		most = values[i] > most ? values[i] : most;
	}
	*found = (struct survey){
		{0,  0},
                { 0, 0},
                least + 0.0, most + 0.0
	};
	if (least > 0 && most < INFINITY) {
		found->least[POSITIVE] = least;
		found->greatest[POSITIVE] = most;
	} else {
		survey_signs(found, values, n);
	}
	return nans == 0;
}

/* Plan and, if both plans succeed, make room for what was found. */
static int
make_room(struct sk_dd *sketch, const struct survey *found, int32_t floor[2])
{
	struct plan plan[2];

	for (int sign = NEGATIVE; sign <= POSITIVE; sign++) {
		if (!(found->greatest[sign] > 0))
			continue;
		if (sk_dd_plan(sketch, &sketch->store[sign],
			sk_dd_index(sketch, found->least[sign]),
			sk_dd_index(sketch, found->greatest[sign]), 0, &plan[sign]) == -1) {
			if (sign == POSITIVE && found->greatest[NEGATIVE] > 0)
				free(plan[NEGATIVE].bins);
			return -1;
		}
	}
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++)
		if (found->greatest[sign] > 0) {
			sk_dd_commit(&sketch->store[sign], &plan[sign]);
			floor[sign] = plan[sign].floor;
		}
	return 0;
}

/* A value that is no normal number. */
static void
count_special(struct sk_dd *sketch, double value, const int32_t floor[2])
{
	const int sign = value < 0 ? NEGATIVE : POSITIVE;
	struct store *store = &sketch->store[sign];

	if (value == 0) {
		sketch->zeros++;
	} else if (value - value != 0) {
		sketch->infinities[sign]++;
	} else {
		const int32_t index = sk_dd_index(sketch, value < 0 ? -value : value);

		store->bins[greater(index, floor[sign]) - store->first]++;
		store->collapsed |= index < floor[sign];
		store->count++;
	}
}

static void
count_values(struct sk_dd *sketch, const double *values, size_t n, const int32_t floor[2])
{
	const double per_unit = sketch->bins_per_unit;
	uint64_t *const bins[2] = { sketch->store[NEGATIVE].bins, sketch->store[POSITIVE].bins };
	const int32_t first[2] = { sketch->store[NEGATIVE].first, sketch->store[POSITIVE].first };
	uint64_t counts[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		const uint64_t bits = bits_of(values[i]), magnitude = bits << 1 >> 1;
		const unsigned sign = bits >> 63 == 0;
		int32_t index;

		if (magnitude - (MANTISSA + 1) >= INFINITY_BITS - (MANTISSA + 1)) {
			count_special(sketch, values[i], floor);
			continue;
		}
		index = index_of_bits(per_unit, magnitude);
		if (index < floor[sign]) {
			index = floor[sign];
			sketch->store[sign].collapsed = true;
		}
		bins[sign][index - first[sign]]++;
		counts[sign]++;
	}
	sketch->store[NEGATIVE].count += counts[NEGATIVE];
	sketch->store[POSITIVE].count += counts[POSITIVE];
}

int
sk_dd_add_batch(struct sk_dd *sketch, const double *values, size_t n)
{
	struct survey found;
	int32_t floor[2] = { 0, 0 };
	bool was_empty[2];

	if (!survey(&found, values, n)) {
		errno = EINVAL;
		return -1;
	}
	if (n > INT64_MAX - sk_dd_count(sketch)) {
		errno = EOVERFLOW;
		return -1;
	}
	if (make_room(sketch, &found, floor) == -1)
		return -1;
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++)
		was_empty[sign] = sketch->store[sign].count == 0;
	for (size_t part; n > 0; values += part, n -= part) {
		part = n < SUM_BLOCK ? n : SUM_BLOCK;
		count_values(sketch, values, part, floor);
		sk_dd_sum_add(&sketch->sum, values, part);
	}
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++)
		if (found.greatest[sign] > 0)
			widen(&sketch->store[sign], was_empty[sign],
			    greater(sk_dd_index(sketch, found.least[sign]), floor[sign]),
			    greater(sk_dd_index(sketch, found.greatest[sign]), floor[sign]));
	sketch->min = found.min < sketch->min ? found.min : sketch->min;
	sketch->max = found.max > sketch->max ? found.max : sketch->max;
	settle_ends(sketch);
	return 0;
}

int
sk_dd_add(struct sk_dd *sketch, double value)
{
	return sk_dd_add_batch(sketch, &value, 1);
}
