/* distinct_parts.h -- what the files of distinct.h share. */
#ifndef STREAMKIT_SKETCH_DISTINCT_PARTS_H
#define STREAMKIT_SKETCH_DISTINCT_PARTS_H

#include "distinct.h"
#include "item_set.h"

/* Exactly one of exact, hll and theta is there at any time. */
struct sk_distinct {
	struct sk_distinct_options options;
	size_t memory;
	struct sk_item_set *exact;
	struct sk_hll *hll;
	struct sk_theta *theta; /* compact after an intersection or difference */
};

#endif
