/*
 * kept_records.h -- a few records as they came, for as long as they take less memory than an aggregate.
 *
 * Of most sessions there are a handful of records, and of these an item of some bytes, or a number, matters.
 */
#ifndef STREAMKIT_RUN_KEPT_RECORDS_H
#define STREAMKIT_RUN_KEPT_RECORDS_H

#include "groups.h"

#define SK_KEPT_MAX ((size_t)1536) /* bytes: little more than the tables of an aggregate take when it is new */

/* All zero: none. */
struct sk_kept {
	unsigned char *block; /* behind each other; NULL: there is no room yet */
	uint16_t used;        /* bytes */
	uint16_t room;
	uint16_t count;
	uint8_t form; /* what there is of each, 0 until there is one */
	int decimals; /* of weights */
};

void sk_kept_release(struct sk_kept *kept);

/*
 * Keep the records of ${batch} too, with ${keys} or NULL: of items with values, these alone. 1; 0 if they would take more
 * than SK_KEPT_MAX, are of another form than those there, or some were rounded; or -1, ENOMEM. Nothing has changed unless it is 1.
 */
int sk_kept_add(struct sk_kept *kept, const struct sk_batch *batch, const struct sk_span *keys);

/* Add them all to ${groups}, in their order. As sk_groups_add(). */
int sk_kept_replay(const struct sk_kept *kept, struct sk_groups *groups);

/* Bytes: a matter of the records, and not of how they came in batches. */
size_t sk_kept_memory(const struct sk_kept *kept);

#endif
