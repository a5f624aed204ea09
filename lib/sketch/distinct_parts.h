/* distinct_parts.h -- what the files of distinct.h share. */
#ifndef STREAMKIT_SKETCH_DISTINCT_PARTS_H
#define STREAMKIT_SKETCH_DISTINCT_PARTS_H

#include "distinct.h"
#include "frequent.h"
#include "item_set.h"

/* Exactly one of exact, window, hll and theta is there at any time. */
struct sk_distinct {
	struct sk_distinct_options options;
	size_t memory;
	struct sk_item_set *exact;
	struct sk_frequent *window; /* of a window: each item's weight is how many of its parts have it */
	struct sk_hll *hll;
	struct sk_theta *theta; /* compact after an intersection or difference */
};

/* A count without any of the four. EINVAL; ENOMEM. */
struct sk_distinct *sk_distinct_new_empty(const struct sk_distinct_options *options, size_t memory);

#endif
