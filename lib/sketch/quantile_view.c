/* quantile_view.c -- answers with bounds, from exact values and from each kind of sketch. */
#include <math.h>
#include <stdlib.h>

#include "quantile_parts.h"

struct sk_quantile_view {
	const struct sk_quantile *of;
	double confidence;
	double sigmas;
	double min;
	double max;
	struct sk_kll_view *kll;
	struct sk_req_view *req;
};

struct sk_quantile_view *
sk_quantile_view_new(struct sk_quantile *quantile, double confidence)
{
	struct sk_quantile_view *view = calloc(1, sizeof(*view));

	if (view == NULL)
		return NULL;
	view->of = quantile;
	view->confidence = confidence;
	/* It takes as long as many an answer that is exact. */
	view->sigmas = quantile->req != NULL ? sk_quantile_sigmas(confidence) : 0;
	view->min = sk_quantile_min(quantile);
	view->max = sk_quantile_max(quantile);
	if (quantile->kll != NULL)
		view->kll = sk_kll_view_new(quantile->kll);
	if (quantile->req != NULL)
		view->req = sk_req_view_new(quantile->req);
	if ((quantile->kll != NULL && view->kll == NULL) ||
	    (quantile->req != NULL && view->req == NULL) ||
	    (quantile->exact != NULL && sk_exact_quantile_sort(quantile->exact) == -1)) {
		sk_quantile_view_free(view);
		return NULL;
	}
	return view;
}

void
sk_quantile_view_free(struct sk_quantile_view *view)
{
	if (view == NULL)
		return;
	sk_kll_view_free(view->kll);
	sk_req_view_free(view->req);
	free(view);
}

static struct sk_quantile_answer
certain(double value)
{
	return (struct sk_quantile_answer){ value, value, value };
}

static double
within(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* The bounds of one standard deviation, drawn out to as many as the confidence is. */
static struct sk_quantile_answer
req_rank(const struct sk_quantile_view *view, double rank)
{
	const struct sk_req_bounds one = sk_req_rank_bounds(view->of->req, rank, 1);
	const double sigmas = view->sigmas > 1 ? view->sigmas : 1;

	return (struct sk_quantile_answer){ rank, within(rank - (rank - one.lower) * sigmas, 0, 1),
		within(rank + (one.upper - rank) * sigmas, 0, 1) };
}

static struct sk_quantile_answer
req_quantile(const struct sk_quantile_view *view, double q)
{
	const struct sk_quantile_answer rank = req_rank(view, q);

	return (struct sk_quantile_answer){ sk_req_view_quantile(view->req, q),
		sk_req_view_quantile(view->req, rank.low), sk_req_view_quantile(view->req, rank.high) };
}

/* |answer - true| <= alpha |true|, turned around; a step outward more than covers the rounding. */
static struct sk_quantile_answer
dd_quantile(const struct sk_quantile_view *view, double q)
{
	const struct sk_dd *dd = view->of->dd;
	const double value = sk_dd_quantile(dd, q), alpha = sk_dd_alpha(dd);
	double near = nextafter(value / (1 + alpha), 0), far = value / (1 - alpha);

	if (value == 0 || isinf(value) || !(q > 0 && q < 1))
		return certain(value);
	if (!sk_dd_sure(dd, q) || fabs(near) < 1e-300)
		near = 0;
	far = nextafter(far, value < 0 ? -INFINITY : INFINITY);
	return (struct sk_quantile_answer){ value, within(value < 0 ? far : near, view->min, value),
		within(value < 0 ? near : far, value, view->max) };
}

/* What is in the bins below that of ${value} is smaller for sure; bins are a factor of gamma wide at most. */
static struct sk_quantile_answer
dd_rank(const struct sk_quantile_view *view, double value)
{
	const struct sk_dd *dd = view->of->dd;
	const double alpha = sk_dd_alpha(dd), gamma = (1 + alpha) / (1 - alpha);
	const double rank = sk_dd_rank(dd, value);
	const double below = value > 0 ? value / gamma : value * gamma;
	double low = sk_dd_rank(dd, nextafter(below, -INFINITY));

	if (value == 0 || isinf(value))
		return certain(rank);
	if (rank > 0 && !sk_dd_sure(dd, rank))
		low = value > 0 ? sk_dd_rank(dd, 0) : 0;
	return (struct sk_quantile_answer){ rank, within(low, 0, rank), rank };
}

struct sk_quantile_answer
sk_quantile_view_quantile(const struct sk_quantile_view *view, double q)
{
	const struct sk_quantile *of = view->of;
	struct sk_kll_bounds bounds;
	double value;

	if (sk_quantile_count(of) == 0)
		return certain(NAN);
	if (of->exact != NULL)
		return certain(sk_exact_quantile_quantile(of->exact, q, true));
	if (of->runs != NULL)
		return certain(sk_quantile_runs_quantile(of->runs, q, true));
	if (q <= 0 || q >= 1)
		return certain(q <= 0 ? view->min : view->max);
	if (of->req != NULL)
		return req_quantile(view, q);
	if (of->dd != NULL)
		return dd_quantile(view, q);
	if (of->tdigest != NULL)
		return (struct sk_quantile_answer){ sk_tdigest_quantile(of->tdigest, q), view->min,
			view->max };
	value = sk_kll_view_quantile(view->kll, q, true);
	bounds = sk_kll_view_bounds(view->kll, q, view->confidence);
	return (struct sk_quantile_answer){ value, bounds.lower, bounds.upper };
}

struct sk_quantile_answer
sk_quantile_view_rank(const struct sk_quantile_view *view, double value)
{
	const struct sk_quantile *of = view->of;
	double rank, error;

	if (sk_quantile_count(of) == 0)
		return certain(NAN);
	if (of->exact != NULL)
		return certain(sk_exact_quantile_rank(of->exact, value, true));
	if (of->runs != NULL)
		return certain(sk_quantile_runs_rank(of->runs, value, true));
	if (value < view->min || value >= view->max)
		return certain(value < view->min ? 0 : 1);
	if (of->req != NULL)
		return req_rank(view, sk_req_view_rank(view->req, value));
	if (of->dd != NULL)
		return dd_rank(view, value);
	if (of->tdigest != NULL)
		return (struct sk_quantile_answer){ sk_tdigest_rank(of->tdigest, value), 0, 1 };
	rank = sk_kll_view_rank(view->kll, value, true);
	error = sk_kll_is_estimation(of->kll) ?
	    sk_kll_error(sk_kll_min_k(of->kll), view->confidence) :
	    0;
	return (struct sk_quantile_answer){ rank, within(rank - error, 0, 1),
		within(rank + error, 0, 1) };
}
