/*
 * quantile.h -- where the quantiles of numbers lie, as an aggregate. See ../sketch/quantile.h for what its numbers mean.
 */
#ifndef STREAMKIT_AGGREGATE_QUANTILE_H
#define STREAMKIT_AGGREGATE_QUANTILE_H

#include "../run/aggregate.h"
#include "../run/plot_scale.h"
#include "../sketch/quantile.h"

#define SK_QUANTILE_LISTED_MAX 256

enum sk_quantile_question { SK_ASK_QUANTILES, SK_ASK_RANKS, SK_ASK_SUMMARY, SK_ASK_HISTOGRAM };

struct sk_quantile_settings {
	struct sk_quantile_options sketch;
	enum sk_quantile_question question;
	double listed[SK_QUANTILE_LISTED_MAX]; /* quantiles, or values whose ranks are asked for */
	size_t listed_count;
	bool sums;         /* quantiles are a summary, which has sum and count: a pass over the values */
	uint64_t bins;     /* of the histogram */
	enum sk_scale_choice scale; /* of its ranges: equal widths, or equal ratios */
	bool curve;        /* of quantiles: what is between those listed, too, and a column that tells them apart */
	bool single;       /* all values are of 4 bytes */
	double confidence; /* that bounds hold, below 1 */
	uint64_t seed;     /* of coins */
};

struct sk_quantile_class {
	struct sk_aggregate_class class;
	struct sk_quantile_settings settings;
};

/* Make ${class} one of these ${settings}; EINVAL when they ask for a sketch that there is not. */
int sk_quantile_class_init(
    struct sk_quantile_class *class, const struct sk_quantile_settings *settings);

#endif
