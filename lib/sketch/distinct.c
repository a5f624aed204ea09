/* distinct.c -- exact while it fits, then HLL or Theta. Exactly one of the states is there at any time. */
#include "distinct.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "distinct_parts.h"

#define WALKED_AT_ONCE 256

/* Whether the items themselves are there, and how many. */
static bool
keeps_items(const struct sk_distinct *distinct)
{
	return distinct->exact != NULL || distinct->window != NULL;
}

static size_t
items_kept(const struct sk_distinct *distinct)
{
	return distinct->exact != NULL ? sk_item_set_size(distinct->exact) :
					 sk_frequent_size(distinct->window);
}

static bool
options_good(const struct sk_distinct_options *options)
{
	unsigned most = options->algorithm == SK_DISTINCT_HLL ? SK_HLL_LG_K_MAX : SK_THETA_LG_K_MAX;

	return options->lg_k >= SK_HLL_LG_K_MIN && options->lg_k <= most;
}

/* The largest sketch that the options and the memory allow. */
static unsigned
lg_k_that_fits(const struct sk_distinct *distinct)
{
	unsigned lg_k = distinct->options.lg_k;
	bool hll = distinct->options.algorithm == SK_DISTINCT_HLL;

	while (lg_k > SK_HLL_LG_K_MIN &&
	    (hll ? sk_hll_memory_for(lg_k, distinct->options.type) : sk_theta_memory_for(lg_k)) >
		distinct->memory)
		lg_k--;
	return lg_k;
}

/* An empty sketch in the place of the exact table, which stays the caller's. */
static int
start_sketch(struct sk_distinct *distinct)
{
	unsigned lg_k = lg_k_that_fits(distinct);

	if (distinct->options.algorithm == SK_DISTINCT_HLL)
		distinct->hll = sk_hll_new(lg_k, distinct->options.type);
	else
		distinct->theta = sk_theta_new(lg_k, SK_MURMUR3_SEED);
	return distinct->hll != NULL || distinct->theta != NULL ? 0 : -1;
}

struct sk_distinct *
sk_distinct_new_empty(const struct sk_distinct_options *options, size_t memory)
{
	struct sk_distinct *distinct;

	if (!options_good(options) || memory < SK_DISTINCT_MEMORY_MIN) {
		errno = EINVAL;
		return NULL;
	}
	if ((distinct = calloc(1, sizeof(*distinct))) != NULL) {
		distinct->options = *options;
		distinct->memory = memory;
	}
	return distinct;
}

struct sk_distinct *
sk_distinct_new(const struct sk_distinct_options *options, size_t memory, uint64_t seed)
{
	struct sk_distinct *distinct = sk_distinct_new_empty(options, memory);

	if (distinct == NULL)
		return NULL;
	if (options->exact_max > 0)
		distinct->exact =
		    sk_item_set_new(memory - sizeof(*distinct), options->exact_max, seed);
	if (options->exact_max > 0 ? distinct->exact == NULL : start_sketch(distinct) == -1) {
		sk_distinct_free(distinct);
		errno = ENOMEM;
		return NULL;
	}
	return distinct;
}

void
sk_distinct_free(struct sk_distinct *distinct)
{
	if (distinct == NULL)
		return;
	sk_item_set_free(distinct->exact);
	sk_frequent_free(distinct->window);
	sk_hll_free(distinct->hll);
	sk_theta_free(distinct->theta);
	free(distinct);
}

/* Adding to a sketch */

static int
add_to_sketch(struct sk_distinct *distinct, const struct sk_span *items, size_t n)
{
	if (distinct->hll != NULL)
		return sk_hll_add_batch(distinct->hll, items, n);
	return sk_theta_add_batch(distinct->theta, items, n);
}

/* Add the items that ${source} keeps. */
static int
add_items_of(struct sk_distinct *distinct, const struct sk_distinct *source)
{
	struct sk_span items[WALKED_AT_ONCE];
	uint64_t place = 0;
	size_t n;

	while ((n = sk_distinct_walk(source, &place, items, WALKED_AT_ONCE)) > 0)
		if (add_to_sketch(distinct, items, n) == -1)
			return -1;
	return 0;
}

/* What has begun to become a sketch is exact again. */
static int
stay_exact(struct sk_distinct *distinct)
{
	sk_hll_free(distinct->hll);
	sk_theta_free(distinct->theta);
	distinct->hll = NULL;
	distinct->theta = NULL;
	return -1;
}

static int
end_exact(struct sk_distinct *distinct)
{
	sk_item_set_free(distinct->exact);
	distinct->exact = NULL;
	return 0;
}

int
sk_distinct_to_sketch(struct sk_distinct *distinct)
{
	if (distinct->exact == NULL)
		return 0;
	if (start_sketch(distinct) == -1 || add_items_of(distinct, distinct) == -1)
		return stay_exact(distinct);
	return end_exact(distinct);
}

/* Add to an exact count, and let it become a sketch before the first item for which it has no room. */
static int
add_to_exact(struct sk_distinct *distinct, const struct sk_span *items, size_t n)
{
	const size_t before = sk_item_set_size(distinct->exact);
	size_t taken;

	if (sk_item_set_add_batch(distinct->exact, items, n, &taken) == -1)
		return -1;
	if (taken == n)
		return 0;
	if (start_sketch(distinct) == -1 || add_items_of(distinct, distinct) == -1 ||
	    add_to_sketch(distinct, items + taken, n - taken) == -1) {
		sk_item_set_keep(distinct->exact, before);
		return stay_exact(distinct);
	}
	return end_exact(distinct);
}

int
sk_distinct_add_batch(struct sk_distinct *distinct, const struct sk_span *items, size_t n)
{
	return distinct->exact != NULL ? add_to_exact(distinct, items, n) :
					 add_to_sketch(distinct, items, n);
}

/* Fewer registers in the place of too many. */
static int
shrink_hll(struct sk_distinct *distinct)
{
	unsigned lg_k = lg_k_that_fits(distinct);
	struct sk_hll *smaller;

	if (lg_k >= sk_hll_lg_k(distinct->hll))
		return 0;
	if ((smaller = sk_hll_new(lg_k, sk_hll_type(distinct->hll))) == NULL)
		return -1;
	if (sk_hll_merge(smaller, distinct->hll) == -1) {
		sk_hll_free(smaller);
		return -1;
	}
	sk_hll_free(distinct->hll);
	distinct->hll = smaller;
	return 0;
}

static int
shrink_theta(struct sk_distinct *distinct)
{
	unsigned lg_k = lg_k_that_fits(distinct);
	struct sk_theta *smaller;

	if (sk_theta_lg_k(distinct->theta) == 0 || lg_k >= sk_theta_lg_k(distinct->theta))
		return 0;
	if ((smaller = sk_theta_new(lg_k, SK_MURMUR3_SEED)) == NULL)
		return -1;
	if (sk_theta_merge(smaller, distinct->theta) == -1) {
		sk_theta_free(smaller);
		return -1;
	}
	sk_theta_free(distinct->theta);
	distinct->theta = smaller;
	return 0;
}

int
sk_distinct_set_memory(struct sk_distinct *distinct, size_t memory)
{
	if (memory < SK_DISTINCT_MEMORY_MIN) {
		errno = EINVAL;
		return -1;
	}
	distinct->memory = memory;
	if (distinct->exact != NULL)
		return sk_item_set_confine(distinct->exact, memory - sizeof(*distinct)) ?
		    0 :
		    sk_distinct_to_sketch(distinct);
	return distinct->hll != NULL ? shrink_hll(distinct) : shrink_theta(distinct);
}

/* Combine */

/* A theta that can be added to, in the place of a compact one. */
static int
open_theta(struct sk_distinct *distinct)
{
	struct sk_theta *open;

	if (distinct->theta == NULL || !sk_theta_ordered(distinct->theta))
		return 0;
	if ((open = sk_theta_new(lg_k_that_fits(distinct), SK_MURMUR3_SEED)) == NULL)
		return -1;
	if (sk_theta_merge(open, distinct->theta) == -1) {
		sk_theta_free(open);
		return -1;
	}
	sk_theta_free(distinct->theta);
	distinct->theta = open;
	return 0;
}

/* The items of ${source} into an exact count: all, or so many that it is full. */
static int
merge_into_exact(struct sk_distinct *distinct, const struct sk_distinct *source)
{
	const size_t before = sk_item_set_size(distinct->exact);
	struct sk_span items[WALKED_AT_ONCE];
	size_t n, taken = 0;
	uint64_t place = 0;

	while ((n = sk_distinct_walk(source, &place, items, WALKED_AT_ONCE)) > 0) {
		if (sk_item_set_add_batch(distinct->exact, items, n, &taken) == -1) {
			sk_item_set_keep(distinct->exact, before);
			return -1;
		}
		if (taken < n)
			break;
	}
	if (n == 0)
		return 0;
	/* What is in already comes once more, and changes nothing. */
	if (start_sketch(distinct) == -1 || add_items_of(distinct, distinct) == -1 ||
	    add_items_of(distinct, source) == -1) {
		sk_item_set_keep(distinct->exact, before);
		return stay_exact(distinct);
	}
	return end_exact(distinct);
}

/* Whether ${distinct} has seen nothing, in whatever form. */
static bool
is_nothing(const struct sk_distinct *distinct)
{
	return keeps_items(distinct)   ? items_kept(distinct) == 0 :
	    distinct->hll != NULL ? sk_hll_is_empty(distinct->hll) :
					sk_theta_empty(distinct->theta);
}

const char *
sk_distinct_why_not(const struct sk_distinct *distinct, const struct sk_distinct *source)
{
	if (distinct == source)
		return "they are one and the same";
	if (is_nothing(source) || is_nothing(distinct) || keeps_items(source) ||
	    distinct->exact != NULL)
		return NULL;
	if ((distinct->hll != NULL) != (source->hll != NULL))
		return "one is an HLL sketch and the other a Theta sketch";
	if (distinct->theta != NULL && !sk_theta_same_seed(distinct->theta, source->theta))
		return "their hash seeds differ";
	return NULL;
}

/* Turn exact items, or a sketch of nothing, into a sketch of the kind of ${source}. */
static int
become(struct sk_distinct *distinct, const struct sk_distinct *source)
{
	struct sk_distinct next = *distinct;

	next.options.algorithm = source->hll != NULL ? SK_DISTINCT_HLL : SK_DISTINCT_THETA;
	next.options.lg_k = source->options.lg_k;
	next.options.type = source->options.type;
	next.hll = NULL;
	next.theta = NULL;
	if (distinct->exact != NULL ? sk_distinct_to_sketch(&next) == -1 : start_sketch(&next) == -1)
		return -1;
	if (distinct->exact == NULL) {
		sk_hll_free(distinct->hll);
		sk_theta_free(distinct->theta);
	}
	*distinct = next;
	return 0;
}

int
sk_distinct_merge(struct sk_distinct *distinct, const struct sk_distinct *source)
{
	const bool nothing = is_nothing(distinct);
	const bool is_hll = distinct->hll != NULL ||
	    (distinct->exact != NULL && distinct->options.algorithm == SK_DISTINCT_HLL);

	if (sk_distinct_why_not(distinct, source) != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (is_nothing(source) && (keeps_items(source) || !nothing))
		return 0;
	if (open_theta(distinct) == -1)
		return -1;
	if (keeps_items(source))
		return distinct->exact != NULL ? merge_into_exact(distinct, source) :
						 add_items_of(distinct, source);
	if (is_hll != (source->hll != NULL) || (nothing && distinct->exact != NULL)) {
		if (become(distinct, source) == -1)
			return -1;
	} else if (sk_distinct_to_sketch(distinct) == -1)
		return -1;
	return source->hll != NULL ? sk_hll_merge(distinct->hll, source->hll) :
				     sk_theta_merge(distinct->theta, source->theta);
}

/* How far Theta has overshot its 2^lg_k hashes depends on the order; which are the smallest of all does not. */
int
sk_distinct_make_canonical(struct sk_distinct *distinct)
{
	if (distinct->hll != NULL)
		return sk_hll_make_canonical(distinct->hll);
	if (distinct->theta != NULL && !sk_theta_exact(distinct->theta))
		sk_theta_trim(distinct->theta);
	return 0;
}

/* Query */

bool
sk_distinct_exact(const struct sk_distinct *distinct)
{
	return keeps_items(distinct) ||
	    (distinct->theta != NULL && sk_theta_exact(distinct->theta));
}

struct sk_distinct_answer
sk_distinct_answer(const struct sk_distinct *distinct, unsigned sigmas)
{
	if (keeps_items(distinct)) {
		double count = (double)items_kept(distinct);

		return (struct sk_distinct_answer){ count, count, count };
	}
	if (distinct->hll != NULL) {
		struct sk_hll_bounds bounds = sk_hll_bounds(distinct->hll, sigmas);

		return (struct sk_distinct_answer){ sk_hll_estimate(distinct->hll), bounds.lower,
			bounds.upper };
	}
	return (struct sk_distinct_answer){ sk_theta_estimate(distinct->theta),
		sk_theta_lower_bound(distinct->theta, sigmas),
		sk_theta_upper_bound(distinct->theta, sigmas) };
}

double
sk_distinct_error(const struct sk_distinct *distinct)
{
	double retained;

	if (sk_distinct_exact(distinct))
		return 0;
	if (distinct->hll != NULL)
		return sk_hll_exact(distinct->hll) ?
		    0 :
		    sk_hll_relative_error(
			sk_hll_lg_k(distinct->hll), sk_hll_out_of_order(distinct->hll));
	retained = (double)sk_theta_retained(distinct->theta);
	return retained > 2 ? 1 / sqrt(retained - 1) : 1;
}

size_t
sk_distinct_memory(const struct sk_distinct *distinct)
{
	return sizeof(*distinct) +
	    (distinct->exact != NULL ? sk_item_set_memory(distinct->exact) :
		distinct->window != NULL ? sk_frequent_contents(distinct->window) :
		distinct->hll != NULL ? sk_hll_memory(distinct->hll) :
					sk_theta_memory(distinct->theta));
}

const struct sk_hll *
sk_distinct_hll(const struct sk_distinct *distinct)
{
	return distinct->hll;
}

const struct sk_theta *
sk_distinct_theta(const struct sk_distinct *distinct)
{
	return distinct->theta;
}

struct sk_distinct *
sk_distinct_take(struct sk_hll *hll, struct sk_theta *theta,
    const struct sk_distinct_options *options, size_t memory)
{
	struct sk_distinct *distinct = sk_distinct_new_empty(options, memory);

	if (distinct == NULL)
		return NULL;
	distinct->options.algorithm = hll != NULL ? SK_DISTINCT_HLL : SK_DISTINCT_THETA;
	if (hll != NULL) {
		distinct->options.lg_k = sk_hll_lg_k(hll);
		distinct->options.type = sk_hll_type(hll);
	}
	distinct->hll = hll;
	distinct->theta = theta;
	return distinct;
}

size_t
sk_distinct_walk(
    const struct sk_distinct *distinct, uint64_t *place, struct sk_span *items, size_t n)
{
	if (distinct->window != NULL)
		return sk_frequent_walk(distinct->window, place, items, n);
	return distinct->exact != NULL ? sk_item_set_walk(distinct->exact, place, items, n) : 0;
}
