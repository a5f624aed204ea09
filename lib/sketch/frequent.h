/*
 * frequent.h -- frequent items: which items of a weighted stream are heaviest, in a fixed amount of memory?
 *
 * One table serves two ends. While every item that ever came fits, it is exact: each item with the sum of its
 * weights. When the memory limit is reached it becomes the frequent-items sketch of Misra and Gries (1982) with the
 * median purge of Anderson et al., "A High-Performance Algorithm for Identifying Frequent Items in Data Streams"
 * (IMC 2017): the lighter half of the items is dropped, and the threshold they lay under is remembered.
 *
 * What the numbers mean. An item's true weight is at most its `count` and at least `count - error`. An item that is
 * not held weighs at most sk_frequent_max_error(). The error of an item is the threshold at the time it entered the
 * table, so items that have been held all along have error 0 even in a stream that did not fit. The threshold stays
 * under 2/n of the total, n being the least number of items held when the table was full; an item so long that the
 * table cannot hold it raises the threshold by its weight.
 *
 * The answer depends on the order of the stream only once the table has been purged, and never on the seed.
 *
 * Weights are integers of the caller's unit, and their total may not pass INT64_MAX.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. After a failure the table is as it was before the call.
 *
 * Threads: none inside; a table is one thread's at a time, and const calls may share it.
 */
#ifndef STREAMKIT_SKETCH_FREQUENT_H
#define STREAMKIT_SKETCH_FREQUENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "image.h"

#define SK_FREQUENT_MEMORY_MIN ((size_t)1024)

struct sk_frequent;

/* An item and what is known of its weight. `item` is borrowed from the table until its next non-const call. */
struct sk_frequent_item {
	struct sk_span item;
	uint64_t count; /* the most it can weigh */
	uint64_t error; /* count - error is the least */
};

/* Which items to list when the bounds leave the cut in doubt. */
enum sk_frequent_doubt {
	SK_FREQUENT_LIKELY,   /* those with the greatest counts */
	SK_FREQUENT_CERTAIN,  /* those that are above the cut for certain: no false positives */
	SK_FREQUENT_POSSIBLE, /* those that may be above the cut: no false negatives among the items held */
};

/* Life cycle */

/*
 * A new, empty table that holds at most ${memory} bytes, itself included, and starts with few. ${seed} keys its
 * hash: draw it from the system when the input may be hostile. EINVAL when ${memory} is under
 * SK_FREQUENT_MEMORY_MIN; ENOMEM. The caller frees it with sk_frequent_free().
 */
struct sk_frequent *sk_frequent_new(size_t memory, uint64_t seed);

/* Free ${table}; NULL is fine. */
void sk_frequent_free(struct sk_frequent *table);

/* Make ${table} empty and exact again. It keeps its memory. */
void sk_frequent_reset(struct sk_frequent *table);

/*
 * Change the limit to ${memory} bytes. A table that is larger is purged until it fits, and gives the rest back, as one
 * does that has been purged before. Unless the limit is a few items, one that held any holds some of them.
 * EINVAL under SK_FREQUENT_MEMORY_MIN.
 */
int sk_frequent_set_memory(struct sk_frequent *table, size_t memory);

/*
 * Hold no more than ${items} items from now on, beside the limit on memory: 0 lifts the limit. A table that holds more
 * is purged.
 */
void sk_frequent_set_items(struct sk_frequent *table, size_t items);

/* Update */

/*
 * Add ${weights}[i] to ${items}[i] for all i < ${n}; a NULL ${weights} means 1 for each. The bytes are copied the
 * first time an item is seen. About 10 ns an item while the table is in the processor's caches; a purge costs time
 * in proportion to the table and comes at most once per half a table of new items. The result does not depend on
 * how a stream is cut into batches. An item that alone would fill the table is not held: it counts as dropped.
 * EOVERFLOW when the total would pass INT64_MAX; ENOMEM.
 */
int sk_frequent_add_batch(struct sk_frequent *table, const struct sk_span *items,
    const uint64_t *weights, size_t n);

/*
 * Make room for all of ${n} ${items}, as if the table held none of them: 1 if they can be added without a purge, 0 if
 * the limits forbid it, -1 for ENOMEM. The table's contents do not change.
 */
int sk_frequent_make_room(struct sk_frequent *table, const struct sk_span *items, size_t n);

/* Multiply every weight held by ${factor}, which is at least 1: the unit of weight has become that much smaller.
 * EOVERFLOW. */
int sk_frequent_scale(struct sk_frequent *table, uint64_t factor);

/* Combine */

/*
 * Add all that ${source} has seen to ${table}, as if its stream had followed; bounds stay bounds. ${source} is
 * untouched. EINVAL when both are the same table; EOVERFLOW; ENOMEM.
 */
int sk_frequent_merge(struct sk_frequent *table, const struct sk_frequent *source);

/* Windows: sums of tables that come and go */

/*
 * A new table, as by sk_frequent_new(), that is a window's: its parts enter and leave. Nothing else may be added to it or
 * merged into it, nor its limits change; all other calls answer as for the table that the parts would merge into, if
 * that had room for all that they hold. Free with sk_frequent_free().
 */
struct sk_frequent *sk_frequent_new_window(size_t memory, uint64_t seed);

/*
 * Add ${part}, which is not to change before it leaves; or ${n} different ${items}, of weight 1. 1; 0 if
 * the limits, or that of the total, have no room for it, or -1 with ENOMEM: ${window} is then of no use but to be freed.
 * Some 20 ns an item, and quickest if both tables have the seed in common.
 */
int sk_frequent_enter(struct sk_frequent *window, const struct sk_frequent *part);
int sk_frequent_enter_items(struct sk_frequent *window, const struct sk_span *items, size_t n);

/* Take it out again: items that are in no other part are no more. As quick; now and then a pass over the table. */
void sk_frequent_leave(struct sk_frequent *window, const struct sk_frequent *part);
void sk_frequent_leave_items(struct sk_frequent *window, const struct sk_span *items, size_t n);

/* Query */

/* True while no item has ever been dropped: every count is the truth and every error 0. */
bool sk_frequent_exact(const struct sk_frequent *table);

/* The exact sum of all weights added. */
uint64_t sk_frequent_total(const struct sk_frequent *table);

/* The number of items held; the number of different items while the table is exact. */
size_t sk_frequent_size(const struct sk_frequent *table);

/* The most that an item which is not held can weigh. */
uint64_t sk_frequent_max_error(const struct sk_frequent *table);

/* Bytes in use, the table's own structures and the room to list it included. Never above the limit. */
size_t sk_frequent_memory(const struct sk_frequent *table);

/*
 * The most items of ${size} bytes that a table of ${memory} bytes can hold, and the most bytes that a table of
 * ${items} such items comes to use where memory is plenty, SIZE_MAX when no table holds as many.
 */
size_t sk_frequent_items_for(size_t memory, size_t size);
size_t sk_frequent_memory_for(size_t items, size_t size);

/*
 * The next ${n} items in the order in which they entered, into ${items}: as many as there are, 0 at the end. *${place}
 * is 0 to begin with, and is moved on. The order holds as long as the table has not been purged.
 */
size_t sk_frequent_walk(const struct sk_frequent *table, uint64_t *place, struct sk_span *items, size_t n);

/*
 * Bytes that a table of these items takes, give or take a few, and after a purge what it had taken until then: unlike
 * sk_frequent_memory() it depends on what has been added alone, and not on how that was cut into batches.
 */
size_t sk_frequent_contents(const struct sk_frequent *table);

/* What is known of ${item}: for one that is not held, count and error are both the max error. */
struct sk_frequent_item sk_frequent_get(const struct sk_frequent *table, struct sk_span item);

/*
 * The heaviest ${k} items, by falling count and then by rising bytes, as references that sk_frequent_at() resolves.
 * Returns how many it wrote into ${refs}, which has room for sk_frequent_size() or, unless ${doubt} is POSSIBLE,
 * for the smaller of that and ${k} + 1. CERTAIN gives those that no ${k} other items, held or not, can outweigh;
 * POSSIBLE gives those of which it is not certain that ${k} others outweigh them. On an exact table all three are
 * the same. Costs a pass over the table and n log k comparisons at most. The references are valid until the table's
 * next non-const call.
 */
size_t sk_frequent_top(const struct sk_frequent *table, size_t k, enum sk_frequent_doubt doubt,
    uint64_t *refs);

/*
 * All items of at least ${weight}, ordered like sk_frequent_top()'s. CERTAIN compares the least an item can weigh,
 * LIKELY and POSSIBLE the most. ${refs} has room for sk_frequent_size().
 */
size_t sk_frequent_above(const struct sk_frequent *table, uint64_t weight,
    enum sk_frequent_doubt doubt, uint64_t *refs);

/*
 * The weight that ${k} items, no fewer, are certain to have: 0 when fewer are held. Where the max error is above it,
 * an item that is not held may belong among the top ${k}. ${refs} is scratch, with room for ${k}.
 */
uint64_t sk_frequent_sure_weight(const struct sk_frequent *table, size_t k, uint64_t *refs);

/* The item that ${ref} refers to. */
struct sk_frequent_item sk_frequent_at(const struct sk_frequent *table, uint64_t ref);

/* The same for ${n} references at once, into ${items}: quicker, since the items are fetched side by side. */
void sk_frequent_resolve(const struct sk_frequent *table, const uint64_t *refs, size_t n,
    struct sk_frequent_item *items);

/* Encode and decode: Apache DataSketches' frequent-items images, family 10 */

/* How an image holds its items. It does not say so itself. */
enum sk_frequent_items {
	SK_FREQUENT_STRINGS, /* any bytes: a length and the bytes */
	SK_FREQUENT_LONGS,   /* whole numbers in decimal, within an int64: eight bytes */
};

/*
 * The size of the image of ${table}, bytes. An image has one error for all items, the max error, where the table has
 * one for each; items that are no heavier than that are left out.
 */
size_t sk_frequent_encoded_size(const struct sk_frequent *table, enum sk_frequent_items kind);

/*
 * Write the image of ${table} into ${image}, which has room for sk_frequent_encoded_size() bytes. Its reader is told
 * to keep room for 3/4 * 2^${lg_max} items, or for as many as there are if these are more. EINVAL when an item is to
 * be a number and is not, or is not written as a number is printed.
 */
int sk_frequent_encode(const struct sk_frequent *table, enum sk_frequent_items kind, unsigned lg_max,
    unsigned char *image);

/*
 * Make *${table} from the ${size} bytes of ${image}, as by sk_frequent_new(${memory}, ${seed}). Numbers become their
 * decimal text. Where the image holds more than the memory does, the table is purged. Unless the result is
 * SK_IMAGE_OK, *${table} is NULL.
 */
enum sk_image_status sk_frequent_decode(struct sk_frequent **table, enum sk_frequent_items kind,
    const unsigned char *image, size_t size, size_t memory, uint64_t seed);

#endif
