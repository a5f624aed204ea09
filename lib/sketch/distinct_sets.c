/* distinct_sets.c -- what two counts have in common: of the items themselves while both have them, then of Theta. */
#include <errno.h>

#include "distinct_parts.h"

#define WALKED_AT_ONCE 256

typedef struct sk_theta *theta_operation(const struct sk_theta *, const struct sk_theta *);

/* What ${distinct} has as Theta, into *${made} if it has to be made, which is then the caller's. NULL on error. */
static const struct sk_theta *
as_theta(const struct sk_distinct *distinct, struct sk_distinct **made)
{
	struct sk_distinct_options options = distinct->options;
	struct sk_span items[WALKED_AT_ONCE];
	uint64_t place = 0;
	size_t n;

	*made = NULL;
	if (distinct->exact == NULL)
		return distinct->theta;
	options.algorithm = SK_DISTINCT_THETA;
	options.exact_max = 0;
	if ((*made = sk_distinct_new(&options, distinct->memory, 0)) == NULL)
		return NULL;
	while ((n = sk_distinct_walk(distinct, &place, items, WALKED_AT_ONCE)) > 0)
		if (sk_distinct_add_batch(*made, items, n) == -1) {
			sk_distinct_free(*made);
			return NULL;
		}
	return (*made)->theta;
}

/* Bring both to Theta and let ${operation} make one of them. */
static int
combine(struct sk_distinct *distinct, const struct sk_distinct *source, theta_operation *operation)
{
	struct sk_distinct *left_made = NULL, *right_made = NULL;
	const struct sk_theta *left, *right;
	struct sk_theta *result = NULL;

	if ((left = as_theta(distinct, &left_made)) == NULL)
		return -1;
	if ((right = as_theta(source, &right_made)) != NULL)
		result = operation(left, right);
	if (right != NULL)
		sk_distinct_free(right_made);
	sk_distinct_free(left_made);
	if (result == NULL)
		return -1;
	sk_item_set_free(distinct->exact);
	sk_theta_free(distinct->theta);
	distinct->exact = NULL;
	distinct->theta = result;
	return 0;
}

static int
retain(struct sk_distinct *distinct, const struct sk_distinct *source, bool common)
{
	if (distinct->hll != NULL || source->hll != NULL ||
	    distinct->options.algorithm != SK_DISTINCT_THETA) {
		errno = EINVAL;
		return -1;
	}
	if (distinct->exact == NULL || source->exact == NULL)
		return combine(
		    distinct, source, common ? sk_theta_intersection : sk_theta_difference);
	sk_item_set_retain(distinct->exact, source->exact, common);
	return 0;
}

int
sk_distinct_intersect(struct sk_distinct *distinct, const struct sk_distinct *source)
{
	return retain(distinct, source, true);
}

int
sk_distinct_subtract(struct sk_distinct *distinct, const struct sk_distinct *source)
{
	return retain(distinct, source, false);
}

static int
jaccard_of_sketches(const struct sk_distinct *a, const struct sk_distinct *b, unsigned sigmas,
    struct sk_distinct_answer *ratio)
{
	struct sk_distinct *a_made = NULL, *b_made = NULL;
	const struct sk_theta *left, *right;
	struct sk_theta_ratio bounds;
	int result = -1;

	if ((left = as_theta(a, &a_made)) == NULL)
		return -1;
	if ((right = as_theta(b, &b_made)) != NULL) {
		result = sk_theta_jaccard(left, right, sigmas, &bounds);
		sk_distinct_free(b_made);
	}
	sk_distinct_free(a_made);
	if (result == 0)
		*ratio = (struct sk_distinct_answer){ bounds.estimate, bounds.lower, bounds.upper };
	return result;
}

int
sk_distinct_jaccard(const struct sk_distinct *a, const struct sk_distinct *b, unsigned sigmas,
    struct sk_distinct_answer *ratio)
{
	double common, all, share;

	if (a->hll != NULL || b->hll != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (a->exact == NULL || b->exact == NULL)
		return jaccard_of_sketches(a, b, sigmas, ratio);
	common = (double)sk_item_set_common(a->exact, b->exact);
	all = (double)sk_item_set_size(a->exact) + (double)sk_item_set_size(b->exact) - common;
	share = all > 0 ? common / all : 1;
	*ratio = (struct sk_distinct_answer){ share, share, share };
	return 0;
}
