/* quantile_parts.h -- what the files of quantile.h share. */
#ifndef STREAMKIT_SKETCH_QUANTILE_PARTS_H
#define STREAMKIT_SKETCH_QUANTILE_PARTS_H

#include "dd.h"
#include "exact_quantile.h"
#include "kll.h"
#include "moments.h"
#include "quantile.h"
#include "quantile_runs.h"
#include "req.h"
#include "tdigest.h"

/* Exactly one of exact, runs, kll, req, dd and tdigest is there at any time. */
struct sk_quantile {
	struct sk_quantile_options options;
	enum sk_quantile_type type;
	enum sk_req_accuracy accuracy;
	unsigned bins; /* of DDSketch */
	size_t memory;
	uint64_t seed;
	struct sk_exact_quantile *exact;
	struct sk_quantile_runs *runs; /* of a window: the values of its parts */
	struct sk_kll *kll;
	struct sk_req *req;
	struct sk_dd *dd;
	struct sk_tdigest *tdigest;
	bool moments_known; /* of a sketch */
	struct sk_moments moments;
};

/* An empty state without exact values or sketch. EINVAL; ENOMEM. */
struct sk_quantile *sk_quantile_start(
    const struct sk_quantile_options *options, size_t memory, uint64_t seed);

/* An empty sketch in its place in ${quantile}, beside the exact values, if any; and none any more. EINVAL; ENOMEM. */
int sk_quantile_start_sketch(struct sk_quantile *quantile);
void sk_quantile_free_sketch(struct sk_quantile *quantile);

/* Add ${n} ${values} to the sketch of ${quantile}, all or none. Errors as sk_quantile_add_batch() has them. */
int sk_quantile_add_to_sketch(struct sk_quantile *quantile, const double *values, size_t n);

/* Whether ${quantile}, which is exact, can stay so when ${n} values more come. */
bool sk_quantile_stays_exact(const struct sk_quantile *quantile, size_t n);

/* Whether any of ${n} ${values} is infinite; and whether all are whole numbers that an int64_t holds. */
bool sk_quantile_any_infinite(const double *values, size_t n);
bool sk_quantile_all_whole(const double *values, size_t n);

#endif
