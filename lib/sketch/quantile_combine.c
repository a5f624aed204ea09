/*
 * quantile_combine.c -- putting what two streams left together.
 *
 * What has to change its form on the way, exact values that become a sketch or floats that become
 * doubles, is built beside the old and takes its place at the end, so that a failure in between
 * leaves no trace.
 */
#include <errno.h>
#include <stdlib.h>

#include "quantile_parts.h"

/* Why not */

/* Why the values of ${exact} cannot go into a sketch such as that of ${sketch}. */
static const char *
why_not_values(const struct sk_quantile *sketch, const struct sk_exact_quantile *exact)
{
	const double *values = sk_exact_quantile_values(exact);
	const size_t count = sk_exact_quantile_count(exact);

	if (sketch->options.algorithm == SK_QUANTILE_TDIGEST &&
	    sk_quantile_any_infinite(values, count))
		return "a t-digest cannot hold infinite values";
	if (sketch->type == SK_QUANTILE_INTEGER && !sk_quantile_all_whole(values, count))
		return "a sketch of integers cannot hold other numbers";
	return NULL;
}

static const char *
why_not_sketches(const struct sk_quantile *a, const struct sk_quantile *b)
{
	if (a->options.algorithm != b->options.algorithm)
		return "they are different kinds of sketches";
	if ((a->type == SK_QUANTILE_INTEGER) != (b->type == SK_QUANTILE_INTEGER))
		return "one is of integers and the other of floating-point numbers";
	if (a->req != NULL && sk_req_k(a->req) != sk_req_k(b->req))
		return "REQ sketches must have the same k";
	if (a->req != NULL && sk_req_accuracy(a->req) != sk_req_accuracy(b->req))
		return "one is accurate at high ranks and the other at low ones";
	if (a->dd != NULL && !(sk_dd_alpha(a->dd) == sk_dd_alpha(b->dd)))
		return "DDSketches must have the same alpha";
	return NULL;
}

static const char *
why_not_runs(const struct sk_quantile *quantile, const struct sk_quantile *source)
{
	const char *why = NULL;

	if (quantile->exact != NULL &&
	    sk_quantile_stays_exact(quantile, sk_quantile_runs_count(source->runs)))
		return NULL;
	if (quantile->exact != NULL)
		why = why_not_values(quantile, quantile->exact);
	for (size_t i = 0; why == NULL && i < sk_quantile_runs_size(source->runs); i++)
		why = why_not_values(quantile, sk_quantile_runs_at(source->runs, i));
	return why;
}

const char *
sk_quantile_why_not(const struct sk_quantile *quantile, const struct sk_quantile *source)
{
	const char *why;

	if (quantile == source)
		return "they are one and the same";
	if (sk_quantile_count(source) == 0)
		return NULL;
	if (source->runs != NULL)
		return why_not_runs(quantile, source);
	if (source->exact != NULL && quantile->exact != NULL) {
		if (sk_quantile_stays_exact(quantile, sk_exact_quantile_count(source->exact)))
			return NULL;
		why = why_not_values(quantile, quantile->exact);
		return why != NULL ? why : why_not_values(quantile, source->exact);
	}
	if (source->exact != NULL)
		return why_not_values(quantile, source->exact);
	if (quantile->exact != NULL)
		return why_not_values(source, quantile->exact);
	return sk_quantile_count(quantile) == 0 ? NULL : why_not_sketches(quantile, source);
}

/* Putting together */

/* A sketch of nothing has nothing to hide. */
static void
merge_moments(struct sk_quantile *quantile, const struct sk_quantile *source)
{
	if (!source->moments_known && sk_quantile_count(source) > 0)
		quantile->moments_known = false;
	sk_moments_merge(&quantile->moments, &source->moments);
}

/* Add all that is in ${source} to the sketch of ${quantile}, which can hold it. */
static int
take(struct sk_quantile *quantile, const struct sk_quantile *source)
{
	int result;

	if (source->exact != NULL)
		return sk_quantile_add_to_sketch(quantile, sk_exact_quantile_values(source->exact),
		    sk_exact_quantile_count(source->exact));
	result = quantile->kll != NULL ? sk_kll_merge(quantile->kll, source->kll)
	    : quantile->req != NULL    ? sk_req_merge(quantile->req, source->req)
	    : quantile->dd != NULL     ? sk_dd_merge(quantile->dd, source->dd)
				       : sk_tdigest_merge(quantile->tdigest, source->tdigest);
	if (result == 0)
		merge_moments(quantile, source);
	return result;
}

static bool
are_floats(const struct sk_quantile *quantile)
{
	const double *values;
	size_t count;

	if (quantile->exact == NULL)
		return quantile->type == SK_QUANTILE_FLOAT || sk_quantile_count(quantile) == 0;
	values = sk_exact_quantile_values(quantile->exact);
	count = sk_exact_quantile_count(quantile->exact);
	for (size_t i = 0; i < count; i++)
		if ((double)(float)values[i] != values[i])
			return false;
	return true;
}

/* What is to become a sketch is to become one such as ${source}. */
static void
follow(struct sk_quantile *quantile, const struct sk_quantile *source)
{
	struct sk_quantile_options *options = &quantile->options;

	options->algorithm = source->options.algorithm;
	quantile->type = source->type;
	quantile->accuracy = source->accuracy;
	if (source->kll != NULL)
		options->k = sk_kll_k(source->kll);
	else if (source->req != NULL)
		options->k = sk_req_k(source->req);
	else if (source->tdigest != NULL)
		options->k = sk_tdigest_k(source->tdigest);
	else {
		options->alpha = sk_dd_alpha(source->dd);
		quantile->bins = sk_dd_max_bins(source->dd);
	}
}

/* A new sketch of what is in both, like ${model} if that is one, in the place of what ${quantile}
 * has. */
static int
rebuild(
    struct sk_quantile *quantile, const struct sk_quantile *source, const struct sk_quantile *model)
{
	struct sk_quantile next = *quantile;

	next.exact = NULL;
	next.kll = NULL;
	next.req = NULL;
	next.dd = NULL;
	next.tdigest = NULL;
	next.moments = (struct sk_moments){ 0 };
	next.moments_known = quantile->options.moments;
	if (model->exact == NULL)
		follow(&next, model);
	if (next.type == SK_QUANTILE_FLOAT && !(are_floats(quantile) && are_floats(source)))
		next.type = SK_QUANTILE_DOUBLE;
	if (sk_quantile_start_sketch(&next) == -1)
		return -1;
	if ((sk_quantile_count(quantile) > 0 && take(&next, quantile) == -1) ||
	    take(&next, source) == -1) {
		const int error = errno;

		sk_quantile_free_sketch(&next);
		errno = error;
		return -1;
	}
	sk_exact_quantile_free(quantile->exact);
	sk_quantile_free_sketch(quantile);
	*quantile = next;
	return 0;
}

/* Add the values of one part of a window after the other, each as if it were alone. */
static int
merge_window(struct sk_quantile *quantile, const struct sk_quantile *source)
{
	struct sk_quantile part = *source;

	part.runs = NULL;
	for (size_t i = 0; i < sk_quantile_runs_size(source->runs); i++) {
		/* Only looked at. */
		part.exact = (struct sk_exact_quantile *)(uintptr_t)sk_quantile_runs_at(source->runs, i);
		if (sk_quantile_merge(quantile, &part) == -1)
			return -1;
	}
	return 0;
}

int
sk_quantile_merge(struct sk_quantile *quantile, const struct sk_quantile *source)
{
	const bool nothing = sk_quantile_count(quantile) == 0;

	if (sk_quantile_why_not(quantile, source) != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (source->runs != NULL)
		return merge_window(quantile, source);
	if (sk_quantile_count(source) == 0 && (source->exact != NULL || !nothing))
		return 0;
	if (source->exact == NULL && (quantile->exact != NULL || nothing))
		return rebuild(quantile, source, source);
	if (quantile->exact != NULL) {
		if (!sk_quantile_stays_exact(quantile, sk_exact_quantile_count(source->exact)))
			return rebuild(quantile, source, quantile);
		return sk_exact_quantile_merge(quantile->exact, source->exact);
	}
	if (quantile->type == SK_QUANTILE_FLOAT && !are_floats(source))
		return rebuild(quantile, source, quantile);
	return take(quantile, source);
}
