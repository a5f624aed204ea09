/* dd_combine.c -- adding and subtracting whole sketches, bin by bin. */
#include "dd_parts.h"

#include <errno.h>
#include <stdlib.h>

static int
merge_stores(struct sk_dd *sketch, const struct sk_dd *source)
{
	struct plan plan[2] = { { .bins = NULL }, { .bins = NULL } };

	for (int sign = NEGATIVE; sign <= POSITIVE; sign++) {
		const struct store *from = &source->store[sign];

		if (from->count > 0 &&
		    sk_dd_plan(sketch, &sketch->store[sign], from->low, from->high,
			from->collapsed ? from->low : 0, &plan[sign]) == -1) {
			free(plan[NEGATIVE].bins);
			return -1;
		}
	}
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++) {
		const struct store *from = &source->store[sign];
		struct store *to = &sketch->store[sign];

		if (from->count == 0)
			continue;
		sk_dd_commit(to, &plan[sign]);
		for (int32_t i = from->low; i <= from->high; i++)
			to->bins[greater(i, plan[sign].floor) - to->first] +=
			    from->bins[i - from->first];
		to->collapsed |= from->collapsed || from->low < plan[sign].floor;
		widen(to, to->count == 0, greater(from->low, plan[sign].floor),
		    greater(from->high, plan[sign].floor));
		to->count += from->count;
	}
	return 0;
}

int
sk_dd_merge(struct sk_dd *sketch, const struct sk_dd *source)
{
	if (sketch == source || bits_of(sketch->alpha) != bits_of(source->alpha)) {
		errno = EINVAL;
		return -1;
	}
	if (sk_dd_count(source) > INT64_MAX - sk_dd_count(sketch)) {
		errno = EOVERFLOW;
		return -1;
	}
	if (merge_stores(sketch, source) == -1)
		return -1;
	sketch->zeros += source->zeros;
	sketch->infinities[NEGATIVE] += source->infinities[NEGATIVE];
	sketch->infinities[POSITIVE] += source->infinities[POSITIVE];
	sk_dd_sum_combine(&sketch->sum, &source->sum, 1);
	sketch->min_exact &= source->min_exact;
	sketch->max_exact &= source->max_exact;
	sketch->min = source->min < sketch->min ? source->min : sketch->min;
	sketch->max = source->max > sketch->max ? source->max : sketch->max;
	settle_ends(sketch);
	return 0;
}

/* Whether all that is in ${from} can be in ${store}. */
static bool
holds(const struct store *store, const struct store *from)
{
	uint64_t sum = 0;

	if (from->count == 0)
		return true;
	if (store->count == 0 || from->high > store->high ||
	    (from->collapsed && !(store->collapsed && store->low >= from->low)))
		return false;
	for (int32_t i = from->low; i <= from->high; i++) {
		sum += from->bins[i - from->first];
		if (i < store->low && (store->collapsed || sum == 0))
			continue;
		if (i < store->low || sum > store->bins[i - store->first])
			return false;
		sum = 0;
	}
	return sum == 0 || (store->collapsed && sum <= store->bins[store->low - store->first]);
}

static void
subtract_store(struct store *store, const struct store *from)
{
	if (from->count == 0)
		return;
	for (int32_t i = from->low; i <= from->high; i++)
		store->bins[greater(i, store->low) - store->first] -= from->bins[i - from->first];
	store->count -= from->count;
	if (store->bins[store->low - store->first] == 0)
		store->collapsed = false;
	while (store->count > 0 && store->bins[store->low - store->first] == 0)
		store->low++;
	while (store->count > 0 && store->bins[store->high - store->first] == 0)
		store->high--;
}

/* After a subtraction, with the ends as they were in both sketches: what is left below and above? */
static void
find_ends(struct sk_dd *sketch, const struct sk_dd *source)
{
	const uint64_t count = sk_dd_count(sketch);
	const bool min_stays = sketch->min_exact && source->min_exact && sketch->min < source->min;
	const bool max_stays = sketch->max_exact && source->max_exact && sketch->max > source->max;
	bool sure;
	const double min = sk_dd_nth(sketch, 1, &sure), max = sk_dd_nth(sketch, count, &sure);

	sketch->min_exact = min_stays;
	sketch->max_exact = max_stays;
	sketch->min = min_stays ? sketch->min : min;
	sketch->max = max_stays ? sketch->max : max;
	settle_ends(sketch);
}

int
sk_dd_subtract(struct sk_dd *sketch, const struct sk_dd *source)
{
	if (sketch == source || bits_of(sketch->alpha) != bits_of(source->alpha) ||
	    !holds(&sketch->store[NEGATIVE], &source->store[NEGATIVE]) ||
	    !holds(&sketch->store[POSITIVE], &source->store[POSITIVE]) ||
	    sketch->zeros < source->zeros ||
	    sketch->infinities[NEGATIVE] < source->infinities[NEGATIVE] ||
	    sketch->infinities[POSITIVE] < source->infinities[POSITIVE]) {
		errno = EINVAL;
		return -1;
	}
	if (sk_dd_count(source) == 0)
		return 0;
	if (sk_dd_count(source) == sk_dd_count(sketch)) {
		sk_dd_reset(sketch);
		return 0;
	}
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++) {
		subtract_store(&sketch->store[sign], &source->store[sign]);
		sketch->infinities[sign] -= source->infinities[sign];
	}
	sketch->zeros -= source->zeros;
	sk_dd_sum_combine(&sketch->sum, &source->sum, -1);
	find_ends(sketch, source);
	return 0;
}
