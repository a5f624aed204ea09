/* hll_estimate.c -- from coupons and registers to a number of items and its bounds. */
#include <math.h>

#include "hll_table.h"

/* Relative standard errors times sqrt(K): sqrt(ln 2), and sqrt(ln 2 / (pi^2/6 - 1)), the Cramer-Rao bound. */
#define HIP_ERROR 0.83255461115769776
#define MERGED_ERROR 1.03670470977850121
#define ADDRESSES 67108864.0 /* 2^26 */

/*
 * Coupons of n items: a coupon of value v comes with probability 2^-v / 2^26, so that n items have
 * sum over v of 2^26 (1 - exp(-n / 2^(26+v))) different ones, which is the series n - n^2/(2*3*2^26) +
 * n^3/(6*7*2^52) - n^4/(24*15*2^78) + ...; here is its inverse to the fourth order, with c - 1 for c so that one
 * coupon is one item. A set has at most 196608 coupons, for which the terms left out are below 1e-5.
 */
static double
items_of_coupons(uint32_t coupons)
{
	const double c = coupons, x = c / ADDRESSES;

	return coupons == 0
	    ? 0
	    : c + c * (c - 1) / ADDRESSES * (1 / 6.0 + x * (2 / 63.0 + x * 23 / 3780.0));
}

/* Collisions are Poisson with a mean of n^2 / (6 * 2^26): their deviation is this part of n. */
static double
coupon_error(void)
{
	return 1 / sqrt(6 * ADDRESSES);
}

/*
 * Maximum likelihood (Ertl, arXiv 1702.01284, section 5), for items that are as if Poisson-distributed with x of
 * them per register. With f(u) = u / (e^u - 1) the derivative of the log-likelihood, times x, is
 *     phi(x) = sum over v = 1 .. 63 of counts[v] f(x / 2^min(v, 62)) - x * sum over v = 0 .. 62 of counts[v] / 2^v,
 * which falls and is convex; f(u) >= 1 - u/2 gives a start on its left side, from where Newton's iterates only rise.
 */
static double
most_likely_load(const uint32_t *counts, double registers)
{
	const double top = counts[HLL_VALUE_MAX] * ldexp(1, 1 - HLL_VALUE_MAX);
	double slope = counts[0], bend = top, x;

	for (int value = 1; value < HLL_VALUE_MAX; value++) {
		slope += ldexp(counts[value], -value);
		bend += ldexp(counts[value], -value);
	}
	if (slope == 0)
		return INFINITY;
	x = (registers - counts[0]) / (slope + bend / 2);
	for (int round = 0; round < 100 && x > 0; round++) {
		double phi = -x * slope, fall = x * slope, step;

		for (int value = 1; value <= HLL_VALUE_MAX; value++) {
			const double u = ldexp(x, -(value < HLL_VALUE_MAX ? value : value - 1));
			const double f = counts[value] > 0 ? u / expm1(u) : 0;

			phi += counts[value] * f;
			fall -= counts[value] > 0 ? counts[value] * f * (1 - u - f) : 0;
		}
		step = x * phi / fall;
		x += step;
		if (!(step > 1e-9 * x))
			break;
	}
	return x;
}

/*
 * Maximum likelihood is too high by c/K: by 1/2 for loads far below 1, where it is linear counting, and by the square
 * of MERGED_ERROR for high ones; between them a curve that simulation confirms to 0.1. It matters for few registers.
 */
static double
most_likely(const struct sk_hll *sketch)
{
	uint32_t counts[HLL_VALUE_MAX + 1] = { 0 };
	const double registers = (double)hll_registers(sketch);
	double load;

	for (size_t i = 0; i < hll_registers(sketch); i++)
		counts[sketch->registers[i]]++;
	load = most_likely_load(counts, registers);
	if (isinf(load))
		return load;
	return registers * load /
	    (1 + (0.5 + (MERGED_ERROR * MERGED_ERROR - 0.5) * load / (load + 2)) / registers);
}

/* There were at least as many items as registers are in use, or coupons are held. */
static double
least(const struct sk_hll *sketch)
{
	if (sketch->mode != HLL_ARRAY)
		return sk_hll_coupons(sketch);
	return (double)(hll_registers(sketch) - (sketch->cur_min > 0 ? 0 : sketch->at_cur_min));
}

/* One register in use is most likely 0.998 items or so: the correction is for many. */
double
sk_hll_estimate(const struct sk_hll *sketch)
{
	if (sketch->mode != HLL_ARRAY)
		return items_of_coupons(sk_hll_coupons(sketch));
	return sketch->out_of_order ? fmax(least(sketch), most_likely(sketch)) : sketch->hip;
}

double
sk_hll_relative_error(unsigned lg_k, bool merged)
{
	return (merged ? MERGED_ERROR : HIP_ERROR) / sqrt(ldexp(1, (int)lg_k));
}

unsigned
sk_hll_lg_k_for(double error, bool merged)
{
	for (unsigned lg_k = SK_HLL_LG_K_MIN; lg_k <= SK_HLL_LG_K_MAX; lg_k++)
		if (sk_hll_relative_error(lg_k, merged) <= error)
			return lg_k;
	return 0;
}

/* A log-normal number of mean 1 and deviation e is exp(s z - s^2/2) with s^2 = ln(1 + e^2). */
struct sk_hll_bounds
sk_hll_bounds(const struct sk_hll *sketch, double sigmas)
{
	const double estimate = sk_hll_estimate(sketch);
	const bool exact = sketch->mode != HLL_ARRAY;
	const double error =
	    exact ? coupon_error() : sk_hll_relative_error(sketch->lg_k, sketch->out_of_order);
	const double variance = log1p(error * error);
	const double reach = sigmas > 0 ? sigmas * sqrt(variance) : 0;
	const double used = least(sketch);
	struct sk_hll_bounds bounds = { estimate * exp(variance / 2 - reach),
		estimate * exp(variance / 2 + reach) };

	bounds.lower = fmax(used, fmin(bounds.lower, estimate));
	bounds.upper = fmax(used, fmax(bounds.upper, estimate));
	return bounds;
}
