/* dd_query.c -- asking: bins in the order of the values they hold. */
#include "dd_parts.h"

#include <errno.h>
#include <math.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

double
sk_dd_alpha(const struct sk_dd *sketch)
{
	return sketch->alpha;
}

unsigned
sk_dd_max_bins(const struct sk_dd *sketch)
{
	return sketch->max_bins;
}

uint64_t
sk_dd_count(const struct sk_dd *sketch)
{
	return sketch->infinities[NEGATIVE] + sketch->store[NEGATIVE].count + sketch->zeros +
	    sketch->store[POSITIVE].count + sketch->infinities[POSITIVE];
}

double
sk_dd_min(const struct sk_dd *sketch)
{
	return sk_dd_count(sketch) > 0 ? sketch->min : NAN;
}

double
sk_dd_max(const struct sk_dd *sketch)
{
	return sk_dd_count(sketch) > 0 ? sketch->max : NAN;
}

bool
sk_dd_min_exact(const struct sk_dd *sketch)
{
	return sketch->min_exact;
}

bool
sk_dd_max_exact(const struct sk_dd *sketch)
{
	return sketch->max_exact;
}

double
sk_dd_sum(const struct sk_dd *sketch)
{
	if (sketch->infinities[NEGATIVE] > 0)
		return sketch->infinities[POSITIVE] > 0 ? NAN : -INFINITY;
	return sketch->infinities[POSITIVE] > 0 ? INFINITY : sk_dd_sum_value(&sketch->sum);
}

/* The bin, by magnitude, of the ${nth} value from the store's smallest magnitude on. */
static int32_t
find_bin(const struct store *store, uint64_t nth)
{
	int32_t i = store->low;

	while (nth > store->bins[i - store->first])
		nth -= store->bins[i++ - store->first];
	return i;
}

/* What stands for the bin of the ${nth} smallest magnitude of a sign. */
static double
magnitude(const struct sk_dd *sketch, const struct store *store, uint64_t nth, bool *sure)
{
	const int32_t bin = find_bin(store, nth);

	*sure = !(store->collapsed && bin == store->low);
	return sk_dd_representative(sketch, bin);
}

static double
clamp(const struct sk_dd *sketch, double value)
{
	return value < sketch->min ? sketch->min : value > sketch->max ? sketch->max : value;
}

double
sk_dd_nth(const struct sk_dd *sketch, uint64_t nth, bool *sure)
{
	const struct store *negative = &sketch->store[NEGATIVE],
			   *positive = &sketch->store[POSITIVE];

	*sure = true;
	if (nth <= sketch->infinities[NEGATIVE])
		return -INFINITY;
	nth -= sketch->infinities[NEGATIVE];
	if (nth <= negative->count)
		return clamp(sketch, -magnitude(sketch, negative, negative->count - nth + 1, sure));
	nth -= negative->count;
	if (nth <= sketch->zeros)
		return 0;
	nth -= sketch->zeros;
	if (nth <= positive->count)
		return clamp(sketch, magnitude(sketch, positive, nth, sure));
	return INFINITY;
}

/* ceil(rank * count), the product's last place forgiven; from 1 to the count. 0 with EINVAL when there is none. */
static uint64_t
nearest(const struct sk_dd *sketch, double rank)
{
	const uint64_t count = sk_dd_count(sketch);
	const double product = rank * (double)count, nth = ceil(product - product * 0x1p-51);

	if (count == 0 || !(rank >= 0 && rank <= 1)) {
		errno = EINVAL;
		return 0;
	}
	return nth < 1 ? 1 : nth >= (double)count ? count : (uint64_t)nth;
}

double
sk_dd_quantile(const struct sk_dd *sketch, double rank)
{
	const uint64_t nth = nearest(sketch, rank);
	bool sure;

	return nth > 0 ? sk_dd_nth(sketch, nth, &sure) : NAN;
}

bool
sk_dd_sure(const struct sk_dd *sketch, double rank)
{
	const uint64_t nth = nearest(sketch, rank);
	bool sure = false;

	if (nth > 0)
		sk_dd_nth(sketch, nth, &sure);
	return sure;
}

/* The values of one sign in bins from ${from} to ${to}. */
static uint64_t
count_bins(const struct store *store, int32_t from, int32_t to)
{
	uint64_t sum = 0;

	if (store->count == 0)
		return 0;
	for (int32_t i = greater(from, store->low); i <= lesser(to, store->high); i++)
		sum += store->bins[i - store->first];
	return sum;
}

double
sk_dd_rank(const struct sk_dd *sketch, double value)
{
	const struct store *negative = &sketch->store[NEGATIVE],
			   *positive = &sketch->store[POSITIVE];
	const uint64_t count = sk_dd_count(sketch);
	uint64_t below = sketch->infinities[NEGATIVE];

	if (count == 0 || value != value) {
		errno = EINVAL;
		return NAN;
	}
	if (value < sketch->min)
		return 0;
	if (value >= sketch->max)
		return 1;
	if (value < 0) {
		if (value > -INFINITY) {
			const int32_t bin = sk_dd_index(sketch, -value);

			below += count_bins(negative,
			    negative->collapsed ? lesser(bin, negative->high) : bin, INT32_MAX);
		}
		return (double)below / (double)count;
	}
	below += negative->count + sketch->zeros;
	if (value > 0)
		below += count_bins(positive, 0,
		    positive->collapsed ? greater(sk_dd_index(sketch, value), positive->low)
					: sk_dd_index(sketch, value));
	return (double)below / (double)count;
}
