/* quantile_parts.h -- what the files of quantile.h share. */
#ifndef STREAMKIT_SKETCH_QUANTILE_PARTS_H
#define STREAMKIT_SKETCH_QUANTILE_PARTS_H

#include "dd.h"
#include "exact_quantile.h"
#include "kll.h"
#include "quantile.h"
#include "req.h"
#include "tdigest.h"

/* Count, mean and sum of squared distances from it of the finite values of a sketch; see Welford (1962). */
struct quantile_moments {
	bool known;
	double count;
	double mean;
	double squares;
	double infinite; /* the sum of the infinite values: 0, an infinity or NaN */
};

/* Exactly one of exact, kll, req, dd and tdigest is there at any time. */
struct sk_quantile {
	struct sk_quantile_options options;
	enum sk_quantile_type type;
	enum sk_req_accuracy accuracy;
	unsigned bins; /* of DDSketch */
	size_t memory;
	uint64_t seed;
	struct sk_exact_quantile *exact;
	struct sk_kll *kll;
	struct sk_req *req;
	struct sk_dd *dd;
	struct sk_tdigest *tdigest;
	struct quantile_moments moments; /* of a sketch */
};

/* An empty state without exact values or sketch. EINVAL; ENOMEM. */
struct sk_quantile *sk_quantile_start(
    const struct sk_quantile_options *options, size_t memory, uint64_t seed);

#endif
