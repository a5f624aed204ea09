/*
 * distinct.h -- how many different items, as an aggregate. See ../sketch/distinct.h for what its numbers mean.
 */
#ifndef STREAMKIT_AGGREGATE_DISTINCT_H
#define STREAMKIT_AGGREGATE_DISTINCT_H

#include "../run/aggregate.h"
#include "../sketch/distinct.h"

/* What becomes of inputs that are kept apart: each is a set. */
enum sk_distinct_sets { SK_SETS_UNITE, SK_SETS_INTERSECT, SK_SETS_SUBTRACT, SK_SETS_JACCARD };

struct sk_distinct_settings {
	struct sk_distinct_options sketch;
	enum sk_distinct_sets sets;
	enum sk_theta_version theta_version; /* of images */
	bool skip_empty; /* the empty item does not count */
};

struct sk_distinct_class {
	struct sk_aggregate_class class;
	struct sk_distinct_settings settings;
};

/* Make ${class} one of these ${settings}. */
void sk_distinct_class_init(
    struct sk_distinct_class *class, const struct sk_distinct_settings *settings);

#endif
