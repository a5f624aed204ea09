/*
 * tdigest_parts.h -- what a t-digest is made of, for the files that implement tdigest.h.
 */
#ifndef STREAMKIT_SKETCH_TDIGEST_PARTS_H
#define STREAMKIT_SKETCH_TDIGEST_PARTS_H

#include <float.h>
#include <stdbool.h>

#include "tdigest.h"

/*
 * One block of memory. The centroids are sorted by mean, and all values lie in [min, max]. Between calls the work
 * arrays are free; `buffer` has as much room as they have, since a compression turns it into centroids in place.
 */
struct sk_tdigest {
	unsigned k;
	bool reverse;    /* the next compression goes from the largest value down */
	double min, max; /* infinity and -infinity when empty */
	uint64_t weight; /* of the centroids together, at most INT64_MAX */
	size_t count;    /* centroids */
	size_t count_max;
	size_t buffered; /* values that wait in the buffer */
	size_t buffered_max;
	double *means;
	uint64_t *weights;
	double *buffer;
	uint64_t *work[2];
};

/* Sorted numbers on their way to become centroids. */
struct centroids {
	double *means;
	uint64_t *weights;
	uint64_t *spare; /* work space */
	size_t count;    /* the arrays have room for this and what is merged in */
};

static inline bool
is_finite(double value)
{
	return value >= -DBL_MAX && value <= DBL_MAX;
}

/* Sort the items' means, which are values of weight 1. `weights` and `spare` may change places. */
void sk_tdigest_sort(struct centroids *items);

/* Merge ${count} sorted centroids into the sorted items, behind those of the same mean. */
void sk_tdigest_merge_in(
    struct centroids *items, const double *means, const uint64_t *weights, size_t count);

/*
 * Compress the items, which weigh ${weight} together, and make them the sketch's centroids in place of those it has
 * and of what is buffered. Its minimum and maximum are theirs already.
 */
void sk_tdigest_take(struct sk_tdigest *sketch, struct centroids *items, uint64_t weight);

#endif
