/* quantile.c -- exact while it fits, then one of four sketches. */
#include "quantile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "quantile_parts.h"

#define VALUE_COST ((size_t)24)    /* as exact_quantile.h has it */
#define STORE_COST ((size_t)1024)  /* its least memory, which covers its structure */
#define BLOCK_COST ((size_t)16)    /* what malloc() takes for itself */
#define TWO_TO_63 9223372036854775808.0
#define ENOUGH_VALUES (UINT64_C(1) << 40)

/* Parameters */

static bool
options_good(const struct sk_quantile_options *options)
{
	switch (options->algorithm) {
	case SK_QUANTILE_KLL:
		return options->k >= SK_KLL_K_MIN && options->k <= SK_KLL_K_MAX;
	case SK_QUANTILE_REQ:
		return options->k >= SK_REQ_K_MIN && options->k <= SK_REQ_K_MAX && options->k % 2 == 0;
	case SK_QUANTILE_DD:
		return options->alpha >= SK_DD_ALPHA_MIN && options->alpha <= SK_DD_ALPHA_MAX;
	case SK_QUANTILE_TDIGEST:
		return options->k >= SK_TDIGEST_K_MIN && options->k <= SK_TDIGEST_K_MAX;
	}
	return false;
}

static size_t
sketch_memory_for(enum sk_quantile_algorithm algorithm, unsigned size)
{
	return algorithm == SK_QUANTILE_KLL     ? sk_kll_memory_for(size, ENOUGH_VALUES) :
	    algorithm == SK_QUANTILE_REQ     ? sk_req_memory_for(size, ENOUGH_VALUES) :
	    algorithm == SK_QUANTILE_TDIGEST ? sk_tdigest_memory_for(size) :
						   sk_dd_memory_for(size);
}

/* The smallest k, or number of bins, that a sketch can be brought down to. */
static unsigned
least_size(const struct sk_quantile_options *options)
{
	return options->algorithm == SK_QUANTILE_KLL     ? SK_KLL_K_MIN :
	    options->algorithm == SK_QUANTILE_REQ     ? options->k :
	    options->algorithm == SK_QUANTILE_TDIGEST ? SK_TDIGEST_K_MIN :
							    64;
}

size_t
sk_quantile_memory_min(const struct sk_quantile_options *options)
{
	size_t least;

	if (!options_good(options))
		return 0;
	least = sizeof(struct sk_quantile) +
	    sketch_memory_for(options->algorithm, least_size(options));
	return least > SK_QUANTILE_MEMORY_MIN ? least : SK_QUANTILE_MEMORY_MIN;
}

/* The largest k, or number of bins, up to ${size} that the memory allows. */
static unsigned
size_that_fits(const struct sk_quantile *quantile, unsigned size)
{
	const unsigned least = least_size(&quantile->options);

	while (size > least &&
	    sketch_memory_for(quantile->options.algorithm, size) > quantile->memory - sizeof(*quantile))
		size = size - size / 16 - 1 > least ? size - size / 16 - 1 : least;
	return size;
}

/* How many exact values there may be. */
static size_t
exact_limit(const struct sk_quantile *quantile)
{
	size_t fit = (quantile->memory - sizeof(*quantile) - STORE_COST) / VALUE_COST;

	return fit < quantile->options.exact_max ? fit : quantile->options.exact_max;
}

/* Life cycle */

struct sk_quantile *
sk_quantile_start(const struct sk_quantile_options *options, size_t memory, uint64_t seed)
{
	const size_t least = sk_quantile_memory_min(options);
	struct sk_quantile *quantile;

	if (least == 0 || memory < least) {
		errno = EINVAL;
		return NULL;
	}
	if ((quantile = calloc(1, sizeof(*quantile))) == NULL)
		return NULL;
	quantile->options = *options;
	quantile->type = options->type;
	quantile->bins = sk_dd_bins_for(options->alpha);
	quantile->memory = memory;
	quantile->seed = seed;
	quantile->moments_known = options->moments;
	return quantile;
}

void
sk_quantile_free_sketch(struct sk_quantile *quantile)
{
	sk_kll_free(quantile->kll);
	sk_req_free(quantile->req);
	sk_dd_free(quantile->dd);
	sk_tdigest_free(quantile->tdigest);
	quantile->kll = NULL;
	quantile->req = NULL;
	quantile->dd = NULL;
	quantile->tdigest = NULL;
}

void
sk_quantile_free(struct sk_quantile *quantile)
{
	if (quantile == NULL)
		return;
	sk_exact_quantile_free(quantile->exact);
	sk_quantile_runs_free(quantile->runs);
	sk_quantile_free_sketch(quantile);
	free(quantile);
}

int
sk_quantile_start_sketch(struct sk_quantile *quantile)
{
	static const enum sk_kll_type kll_types[] = { SK_KLL_DOUBLE, SK_KLL_FLOAT, SK_KLL_INTEGER };
	const struct sk_quantile_options *options = &quantile->options;

	switch (options->algorithm) {
	case SK_QUANTILE_KLL:
		quantile->kll = sk_kll_new(kll_types[quantile->type],
		    size_that_fits(quantile, options->k), quantile->seed);
		return quantile->kll != NULL ? 0 : -1;
	case SK_QUANTILE_REQ:
		quantile->req = sk_req_new(options->k, quantile->accuracy,
		    quantile->type == SK_QUANTILE_FLOAT ? SK_REQ_FLOAT : SK_REQ_DOUBLE,
		    quantile->seed);
		return quantile->req != NULL ? 0 : -1;
	case SK_QUANTILE_DD:
		quantile->dd = sk_dd_new(options->alpha, size_that_fits(quantile, quantile->bins));
		return quantile->dd != NULL ? 0 : -1;
	case SK_QUANTILE_TDIGEST:
		quantile->tdigest = sk_tdigest_new(size_that_fits(quantile, options->k));
		return quantile->tdigest != NULL ? 0 : -1;
	}
	errno = EINVAL;
	return -1;
}

struct sk_quantile *
sk_quantile_new(const struct sk_quantile_options *options, size_t memory, uint64_t seed)
{
	struct sk_quantile *quantile = sk_quantile_start(options, memory, seed);

	if (quantile == NULL)
		return NULL;
	if (options->exact_max > 0)
		quantile->exact = sk_exact_quantile_new(memory - sizeof(*quantile));
	if (options->exact_max > 0 ? quantile->exact == NULL :
				     sk_quantile_start_sketch(quantile) == -1) {
		sk_quantile_free(quantile);
		errno = ENOMEM;
		return NULL;
	}
	return quantile;
}

/* Moments */

struct sk_quantile_moments
sk_quantile_moments(const struct sk_quantile *quantile)
{
	struct sk_moments moments = quantile->moments;
	struct sk_quantile_moments answer = { NAN, NAN };
	double mean;

	if (quantile->exact != NULL)
		sk_moments_add(&moments, sk_exact_quantile_values(quantile->exact),
		    sk_exact_quantile_count(quantile->exact));
	if (quantile->runs != NULL)
		sk_quantile_runs_moments(quantile->runs, &moments);
	if (quantile->exact != NULL || quantile->runs != NULL || quantile->moments_known) {
		answer.mean = sk_moments_mean(&moments);
		answer.deviation = sk_moments_deviation(&moments);
	}
	if (quantile->dd != NULL && sk_dd_count(quantile->dd) > 0) {
		/* Its sum is exact, but may be more than a double. */
		mean = sk_dd_sum(quantile->dd) / (double)sk_dd_count(quantile->dd);
		if (isfinite(mean) || !quantile->moments_known)
			answer.mean = mean;
	}
	return answer;
}

bool
sk_quantile_known_moments(const struct sk_quantile *quantile, struct sk_moments *moments)
{
	if (quantile->exact != NULL || quantile->runs != NULL || !quantile->moments_known)
		return false;
	*moments = quantile->moments;
	return true;
}

/* Sketches count their values exactly, and infinite ones have a sum that is not 0. */
int
sk_quantile_set_moments(struct sk_quantile *quantile, const struct sk_moments *moments)
{
	const uint64_t all = sk_quantile_count(quantile), finite = sk_moments_count(moments);

	if (quantile->exact != NULL || quantile->runs != NULL || finite > all ||
	    (finite < all) != (sk_moments_infinite(moments) != 0)) {
		errno = EINVAL;
		return -1;
	}
	quantile->moments = *moments;
	quantile->moments_known = true;
	return 0;
}

/* Update */

bool
sk_quantile_any_infinite(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isinf(values[i]))
			return true;
	return false;
}

bool
sk_quantile_all_whole(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(values[i] >= -TWO_TO_63 && values[i] < TWO_TO_63) ||
		    values[i] != floor(values[i]))
			return false;
	return true;
}

/* All or none, like all other adding: so in one piece. */
static int
add_integers(struct sk_kll *kll, const double *values, size_t n)
{
	int64_t *integers;
	int result;

	if (!sk_quantile_all_whole(values, n)) {
		errno = EINVAL;
		return -1;
	}
	if (n > SIZE_MAX / sizeof(*integers) || (integers = malloc(n * sizeof(*integers))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		integers[i] = (int64_t)values[i];
	result = sk_kll_add_integers(kll, integers, n);
	free(integers);
	return result;
}

int
sk_quantile_add_to_sketch(struct sk_quantile *quantile, const double *values, size_t n)
{
	int result;

	if (n == 0)
		return 0;
	if (quantile->tdigest != NULL && sk_quantile_any_infinite(values, n)) {
		errno = EDOM;
		return -1;
	}
	result = quantile->kll != NULL && quantile->type == SK_QUANTILE_INTEGER ?
	    add_integers(quantile->kll, values, n) :
	    quantile->kll != NULL  ? sk_kll_add_batch(quantile->kll, values, n) :
	    quantile->req != NULL  ? sk_req_add_batch(quantile->req, values, n) :
	    quantile->dd != NULL   ? sk_dd_add_batch(quantile->dd, values, n) :
				     sk_tdigest_add_batch(quantile->tdigest, values, n);
	if (result == 0 && quantile->moments_known)
		sk_moments_add(&quantile->moments, values, n);
	return result;
}

static int
to_sketch(struct sk_quantile *quantile)
{
	if (quantile->exact == NULL)
		return 0;
	if (sk_quantile_start_sketch(quantile) == -1)
		return -1;
	if (sk_exact_quantile_count(quantile->exact) > 0 &&
	    sk_quantile_add_to_sketch(quantile, sk_exact_quantile_values(quantile->exact),
		sk_exact_quantile_count(quantile->exact)) == -1) {
		sk_quantile_free_sketch(quantile);
		return -1;
	}
	sk_exact_quantile_free(quantile->exact);
	quantile->exact = NULL;
	return 0;
}

bool
sk_quantile_stays_exact(const struct sk_quantile *quantile, size_t n)
{
	const size_t count = sk_exact_quantile_count(quantile->exact), limit = exact_limit(quantile);

	return count <= limit && n <= limit - count && n <= sk_exact_quantile_room(quantile->exact);
}

int
sk_quantile_add_batch(struct sk_quantile *quantile, const double *values, size_t n)
{
	if (n == 0)
		return 0;
	if (quantile->exact != NULL) {
		if (sk_quantile_stays_exact(quantile, n))
			return sk_exact_quantile_add_batch(quantile->exact, values, n);
		if (to_sketch(quantile) == -1)
			return -1;
	}
	return sk_quantile_add_to_sketch(quantile, values, n);
}

/* A sketch of at most ${size} in the place of a larger one. */
static int
shrink(struct sk_quantile *quantile)
{
	struct sk_quantile smaller = *quantile;
	const unsigned size = quantile->kll != NULL ? sk_kll_k(quantile->kll) :
	    quantile->dd != NULL		    ? sk_dd_max_bins(quantile->dd) :
						      sk_tdigest_k(quantile->tdigest);
	int merged;

	if (size_that_fits(quantile, size) >= size)
		return 0;
	smaller.options.k = smaller.bins = size;
	smaller.kll = NULL;
	smaller.dd = NULL;
	smaller.tdigest = NULL;
	if (sk_quantile_start_sketch(&smaller) == -1)
		return -1;
	merged = quantile->kll != NULL ? sk_kll_merge(smaller.kll, quantile->kll) :
	    quantile->dd != NULL       ? sk_dd_merge(smaller.dd, quantile->dd) :
					 sk_tdigest_merge(smaller.tdigest, quantile->tdigest);
	if (merged == -1) {
		sk_quantile_free_sketch(&smaller);
		return -1;
	}
	sk_quantile_free_sketch(quantile);
	quantile->kll = smaller.kll;
	quantile->dd = smaller.dd;
	quantile->tdigest = smaller.tdigest;
	return 0;
}

int
sk_quantile_set_memory(struct sk_quantile *quantile, size_t memory)
{
	if (memory < SK_QUANTILE_MEMORY_MIN) {
		errno = EINVAL;
		return -1;
	}
	quantile->memory = memory;
	if (quantile->exact != NULL)
		return sk_exact_quantile_count(quantile->exact) <= exact_limit(quantile) ?
		    0 :
		    to_sketch(quantile);
	return quantile->req != NULL ? 0 : shrink(quantile);
}

/* Query */

/* Where values may have been collapsed: next to zero, on both sides. */
static bool
all_sure(const struct sk_dd *dd)
{
	const double count = (double)sk_dd_count(dd);
	double negative, upto_zero;

	if (count == 0)
		return true;
	negative = floor(sk_dd_rank(dd, -4.9406564584124654e-324) * count + 0.5);
	upto_zero = floor(sk_dd_rank(dd, 0) * count + 0.5);
	return (negative < 1 || sk_dd_sure(dd, negative / count)) &&
	    (upto_zero >= count || sk_dd_sure(dd, (upto_zero + 1) / count));
}

bool
sk_quantile_exact(const struct sk_quantile *quantile)
{
	return quantile->exact != NULL || quantile->runs != NULL ||
	    sk_quantile_count(quantile) == 0 ||
	    (quantile->kll != NULL && !sk_kll_is_estimation(quantile->kll)) ||
	    (quantile->req != NULL && !sk_req_is_estimation(quantile->req));
}

double
sk_quantile_sigmas(double confidence)
{
	double low = 0, high = 10;

	for (int i = 0; i < 60; i++) {
		const double middle = (low + high) / 2;

		if (erf(middle / sqrt(2)) < confidence)
			low = middle;
		else
			high = middle;
	}
	return high;
}

double
sk_quantile_error(const struct sk_quantile *quantile, double confidence)
{
	struct sk_req_bounds bounds;

	if (sk_quantile_exact(quantile))
		return 0;
	if (quantile->kll != NULL)
		return sk_kll_error(sk_kll_min_k(quantile->kll), confidence);
	if (quantile->dd != NULL)
		return all_sure(quantile->dd) ? sk_dd_alpha(quantile->dd) : 1;
	if (quantile->tdigest != NULL)
		return 1;
	/* Where both forms of the error meet, one is the other's part of the distance from the end. */
	bounds = sk_req_rank_bounds(quantile->req, 0.5, 1);
	return (bounds.upper - bounds.lower) * sk_quantile_sigmas(confidence);
}

size_t
sk_quantile_memory(const struct sk_quantile *quantile)
{
	if (quantile->runs != NULL)
		return sizeof(*quantile) + sk_quantile_runs_memory(quantile->runs);
	if (quantile->exact == NULL)
		return sizeof(*quantile) +
		    (quantile->kll != NULL ? sk_kll_memory(quantile->kll) :
			quantile->req != NULL ? sk_req_memory(quantile->req) :
			quantile->dd != NULL  ? sk_dd_memory(quantile->dd) :
						sk_tdigest_memory(quantile->tdigest));
	return sizeof(*quantile) + BLOCK_COST +
	    sk_exact_quantile_memory_for(
		sk_exact_quantile_count(quantile->exact), exact_limit(quantile));
}

uint64_t
sk_quantile_count(const struct sk_quantile *quantile)
{
	return quantile->exact != NULL ? sk_exact_quantile_count(quantile->exact) :
	    quantile->runs != NULL ? sk_quantile_runs_count(quantile->runs) :
	    quantile->kll != NULL  ? sk_kll_n(quantile->kll) :
	    quantile->req != NULL  ? sk_req_n(quantile->req) :
	    quantile->dd != NULL   ? sk_dd_count(quantile->dd) :
				     sk_tdigest_count(quantile->tdigest);
}

double
sk_quantile_min(const struct sk_quantile *quantile)
{
	return quantile->exact != NULL ? sk_exact_quantile_min(quantile->exact) :
	    quantile->runs != NULL ? sk_quantile_runs_min(quantile->runs) :
	    quantile->kll != NULL  ? sk_kll_min(quantile->kll) :
	    quantile->req != NULL  ? sk_req_min(quantile->req) :
	    quantile->dd != NULL   ? sk_dd_min(quantile->dd) :
				     sk_tdigest_min(quantile->tdigest);
}

double
sk_quantile_max(const struct sk_quantile *quantile)
{
	return quantile->exact != NULL ? sk_exact_quantile_max(quantile->exact) :
	    quantile->runs != NULL ? sk_quantile_runs_max(quantile->runs) :
	    quantile->kll != NULL  ? sk_kll_max(quantile->kll) :
	    quantile->req != NULL  ? sk_req_max(quantile->req) :
	    quantile->dd != NULL   ? sk_dd_max(quantile->dd) :
				     sk_tdigest_max(quantile->tdigest);
}
