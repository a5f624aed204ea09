/*
 * total.h -- the total beside the groups: all keys together, by merging what each has.
 *
 * The total of an answer without keys is its aggregate's own, such as the total weight of which each item is a part. In
 * formats that rows are summed up in, where the total would be taken for one more of them, it has a table of its own.
 *
 * Errors: want of memory and aggregates that do not merge end the run with a message. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_TOTAL_H
#define STREAMKIT_RUN_TOTAL_H

#include "../pipe/key.h"
#include "groups.h"

#define SK_TOTAL_KEY (8 + SK_KEY_PARTS_MAX * SK_KEY_PART_COST)

struct sk_total {
	const struct sk_aggregate_class *class;
	bool keyed;
	bool exact; /* fail when it would not be */
	size_t memory; /* for the sum */
	struct sk_span key; /* that its rows have */
	unsigned char key_bytes[SK_TOTAL_KEY];
	char name[48]; /* of its own table, once there is one */
};

/* Get ready, for keys of ${parts} (0: none). Dies where there can be no total. */
void sk_total_init(struct sk_total *total, const struct sk_aggregate_class *class, size_t parts,
    bool exact, size_t memory);

/* All ${groups} in one, which is ${groups} themselves where there are no keys. Done with by sk_total_release(). */
struct sk_groups *sk_total_sum(const struct sk_total *total, struct sk_groups *groups);
void sk_total_release(const struct sk_total *total, struct sk_groups *sum);

/* Give ${sum} as rows, behind what stands in ${rows} and ${key}, which is the total's or has it for an end. */
void sk_total_rows(
    const struct sk_total *total, struct sk_groups *sum, struct sk_span key, struct sk_rows rows);

/* Whether the total has a table of its own. */
bool sk_total_own_table(enum sk_format format);

/* That table, called as that of ${rows} with "_overall" behind, whose ${columns} it has but for the key. */
void sk_total_table(struct sk_total *total, struct sk_groups *sum, struct sk_rows rows,
    const struct sk_column *columns, size_t columns_count);

#endif
