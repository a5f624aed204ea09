/*
 * names.h -- which fields does a record have? For messages: it is slow, and looks at no more than it needs for one line.
 */
#ifndef STREAMKIT_RUN_NAMES_H
#define STREAMKIT_RUN_NAMES_H

#include "../record/layout.h"

#define SK_NAMES_MAX 48

struct sk_names {
	size_t count;
	struct sk_layout_want want[SK_NAMES_MAX]; /* as -f has them */
	bool more; /* there are some that had no room */
	size_t used;
	unsigned char bytes[4096]; /* of their names */
};

/*
 * The fields that a ${record} of ${layout}, which is of ${kind}, has, the first ones of many: numbers (csv, tsv), names (logfmt, clf), or names
 * of members and paths to those of members (json), in quotes where -f would take them for something else.
 */
void sk_names_find(
    const struct sk_layout *layout, enum sk_layout_kind kind, struct sk_span record, struct sk_names *names);

/* Of the names that all records of ${kind} may have (clf) the one near ${name}; its size is 0: none is. For ever. */
struct sk_span sk_names_nearest(enum sk_layout_kind kind, struct sk_span name);

#endif
