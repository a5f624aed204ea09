/*
 * theta_sets.c -- set operations on Theta sketches.
 *
 * Each is one walk over two rising lists up to the smaller theta: under it, both sketches hold every hash that they
 * have ever seen (Dasgupta, Lang, Rhodes and Thaler 2016, section 3).
 */
#include "theta_table.h"

#include <errno.h>
#include <stdlib.h>

/* Where a hash is. */
#define ONLY_A 1u
#define ONLY_B 2u
#define BOTH 4u

struct operands {
	struct sk_theta_list a;
	struct sk_theta_list b;
	uint64_t theta;
	uint64_t seed;
};

bool
sk_theta_same_seed(const struct sk_theta *a, const struct sk_theta *b)
{
	return a->seed == b->seed;
}

static int
open_operands(struct operands *operands, const struct sk_theta *a, const struct sk_theta *b)
{
	if (a->seed != b->seed) {
		errno = EINVAL;
		return -1;
	}
	operands->theta = a->theta < b->theta ? a->theta : b->theta;
	operands->seed = a->seed;
	if (sk_theta_list(a, &operands->a) == -1)
		return -1;
	if (sk_theta_list(b, &operands->b) == -1) {
		free(operands->a.owned);
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

static void
close_operands(struct operands *operands)
{
	free(operands->a.owned);
	free(operands->b.owned);
}

/* The first ${most} hashes under theta that are in one of the ${places}, into ${out} unless it is NULL. How many. */
static size_t
walk(const struct operands *operands, unsigned places, size_t most, uint64_t *out)
{
	const struct sk_theta_list a = operands->a, b = operands->b;
	size_t i = 0, j = 0, n = 0;

	while (n < most && (i < a.count || j < b.count)) {
		const uint64_t from_a = i < a.count ? a.hashes[i] : UINT64_MAX;
		const uint64_t from_b = j < b.count ? b.hashes[j] : UINT64_MAX;
		const uint64_t hash = from_a < from_b ? from_a : from_b;
		const unsigned place = from_a == from_b ? BOTH : from_a < from_b ? ONLY_A : ONLY_B;

		if (hash >= operands->theta)
			break;
		i += from_a == hash;
		j += from_b == hash;
		if ((place & places) == 0)
			continue;
		if (out != NULL)
			out[n] = hash;
		n++;
	}
	return n;
}

/* A sketch of what the first ${most} of the walk's hashes tell. */
static struct sk_theta *
gather(const struct operands *operands, unsigned places, size_t most)
{
	struct sk_theta *result;

	result = sk_theta_list_new(walk(operands, places, most, NULL), operands->seed);
	if (result == NULL)
		return NULL;
	result->count = walk(operands, places, most, result->hashes);
	result->theta = operands->theta;
	result->empty = false;
	return result;
}

/* Where nothing was left out, nothing left means that there is nothing. */
static struct sk_theta *
gather_part(struct operands *operands, unsigned places)
{
	struct sk_theta *result = gather(operands, places, SIZE_MAX);

	close_operands(operands);
	if (result == NULL)
		errno = ENOMEM;
	else
		result->empty = result->count == 0 && result->theta == SK_THETA_ONE;
	return result;
}

struct sk_theta *
sk_theta_union(const struct sk_theta *a, const struct sk_theta *b, unsigned lg_k)
{
	struct operands operands;
	struct sk_theta *result;
	size_t k;

	if (lg_k < SK_THETA_LG_K_MIN || lg_k > SK_THETA_LG_K_MAX) {
		errno = EINVAL;
		return NULL;
	}
	if (open_operands(&operands, a, b) == -1)
		return NULL;
	k = (size_t)1 << lg_k;
	result = gather(&operands, ONLY_A | ONLY_B | BOTH, k + 1);
	close_operands(&operands);
	if (result == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	result->empty = a->empty && b->empty;
	if (result->count > k)
		result->theta = result->hashes[--result->count];
	return result;
}

/* That of an empty set with another is exactly empty, however little is known of the other. */
struct sk_theta *
sk_theta_intersection(const struct sk_theta *a, const struct sk_theta *b)
{
	struct operands operands;

	if ((a->empty || b->empty) && a->seed == b->seed)
		return sk_theta_list_new(0, a->seed);
	if (open_operands(&operands, a, b) == -1)
		return NULL;
	return gather_part(&operands, BOTH);
}

struct sk_theta *
sk_theta_difference(const struct sk_theta *a, const struct sk_theta *b)
{
	struct operands operands;

	if (a->empty && a->seed == b->seed)
		return sk_theta_list_new(0, a->seed);
	if (open_operands(&operands, a, b) == -1)
		return NULL;
	return gather_part(&operands, ONLY_A);
}

int
sk_theta_jaccard(const struct sk_theta *a, const struct sk_theta *b, unsigned sigmas,
    struct sk_theta_ratio *ratio)
{
	struct operands operands;
	size_t all, common;

	if (sigmas < 1 || sigmas > SK_THETA_SIGMAS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (open_operands(&operands, a, b) == -1)
		return -1;
	all = walk(&operands, ONLY_A | ONLY_B | BOTH, SIZE_MAX, NULL);
	common = walk(&operands, BOTH, SIZE_MAX, NULL);
	close_operands(&operands);
	if (a->empty != b->empty)
		*ratio = (struct sk_theta_ratio){ 0, 0, 0 };
	else if (a->empty || a == b)
		*ratio = (struct sk_theta_ratio){ 1, 1, 1 };
	else
		*ratio = sk_theta_ratio_bounds(
		    all, common, (double)operands.theta / (double)SK_THETA_ONE, sigmas);
	return 0;
}
