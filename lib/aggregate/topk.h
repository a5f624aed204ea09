/*
 * topk.h -- the heaviest items, as an aggregate. See frequent.h for what its numbers mean.
 */
#ifndef STREAMKIT_AGGREGATE_TOPK_H
#define STREAMKIT_AGGREGATE_TOPK_H

#include "../run/aggregate.h"
#include "../sketch/frequent.h"

struct sk_topk_settings {
	uint64_t k;       /* how many to list, UINT64_MAX: all; with a least share: at most */
	double min_share; /* list what has at least this share of the total; negative: list k */
	enum sk_frequent_doubt only;
	bool share;       /* a column for it */
	bool weighted;    /* counts are sums, which may have decimals */
	size_t items_max; /* that a sketch is to hold, 0: as many as fit */
	enum sk_item_type item_type; /* of its image */
};

struct sk_topk_class {
	struct sk_aggregate_class class;
	struct sk_topk_settings settings;
};

/* Make ${class} one of these ${settings}. */
void sk_topk_class_init(struct sk_topk_class *class, const struct sk_topk_settings *settings);

#endif
