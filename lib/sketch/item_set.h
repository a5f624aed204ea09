/*
 * item_set.h -- a set of items that remembers the order in which they came.
 *
 * What it takes and when it is full depend on the items alone, and not on how they are cut into batches.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. After a failure the set holds what it held before. Threads: none inside.
 */
#ifndef STREAMKIT_SKETCH_ITEM_SET_H
#define STREAMKIT_SKETCH_ITEM_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"

#define SK_ITEM_SET_MEMORY_MIN ((size_t)1024)

struct sk_item_set;

/* Life cycle */

/*
 * A new, empty set of at most ${items_max} items in ${memory} bytes, itself included; it starts with few. ${seed} keys
 * its hash. EINVAL under SK_ITEM_SET_MEMORY_MIN; ENOMEM. Free with sk_item_set_free(); NULL is fine.
 */
struct sk_item_set *sk_item_set_new(size_t memory, size_t items_max, uint64_t seed);
void sk_item_set_free(struct sk_item_set *set);

/* Keep to ${memory} bytes from now on: 1, or 0 if what it holds does not fit, and nothing has changed. */
int sk_item_set_confine(struct sk_item_set *set, size_t memory);

/* Update */

/*
 * Add ${n} items, as far as there is room: *${taken} is how many of them are in the set when it returns, and before the
 * next one it is full. About 8 ns for one of up to 15 bytes that it holds already. ENOMEM.
 */
int sk_item_set_add_batch(
    struct sk_item_set *set, const struct sk_span *items, size_t n, size_t *taken);

/* Forget all but the first ${count} items. Costs a pass over these. */
void sk_item_set_keep(struct sk_item_set *set, size_t count);

/* Keep what ${other} holds too or, unless ${common}, what it does not hold. Order stays. Costs a pass over ${set}. */
void sk_item_set_retain(struct sk_item_set *set, const struct sk_item_set *other, bool common);

/* Query */

/* How many items both hold. Costs a pass over ${a}. */
size_t sk_item_set_common(const struct sk_item_set *a, const struct sk_item_set *b);

size_t sk_item_set_size(const struct sk_item_set *set);

/* Bytes in use, and what it takes to grow: never above the limit. */
size_t sk_item_set_memory(const struct sk_item_set *set);

/*
 * The next ${n} items in the order in which they came, into ${items}, borrowed until the next non-const call: as many
 * as there are, 0 at the end. *${place} is 0 to begin with, and is moved on.
 */
size_t sk_item_set_walk(
    const struct sk_item_set *set, uint64_t *place, struct sk_span *items, size_t n);

#endif
