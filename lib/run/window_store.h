/*
 * window_store.h -- sketches of windows, kept until they are asked for: an index in memory, and the sketches themselves in a
 * spool, of which a part is in memory and the rest in a temporary file.
 *
 * The index takes some 50 bytes a sketch, and each key once.
 *
 * Dies of want of memory, and of what is wrong with the temporary file.
 */
#ifndef STREAMKIT_RUN_WINDOW_STORE_H
#define STREAMKIT_RUN_WINDOW_STORE_H

#include "../pipe/container.h"
#include "sketch_output.h"

#define SK_WINDOW_NONE SIZE_MAX

struct sk_window_store;

/* Where a sketch came from, for messages. */
struct sk_window_origin {
	const char *name; /* of the input: borrowed for as long as the store lives */
	uint64_t place;   /* its byte there */
};

/*
 * A new store that takes up to ${memory} bytes of memory. With ${by_key}, windows of different keys are different ones for
 * sk_window_store_first(). Free with sk_window_store_free().
 */
struct sk_window_store *sk_window_store_new(
    size_t memory, bool by_key, uint64_t seed);
void sk_window_store_free(struct sk_window_store *store);

/* Windows of different keys are the same one for sk_window_store_first() from now on. */
void sk_window_store_unite_keys(struct sk_window_store *store);

/* Keep a copy of ${sketch}, which is of a window. False when the index would be too large for the limit. */
bool sk_window_store_add(struct sk_window_store *store, const struct sk_container *sketch,
    const struct sk_window_origin *origin);

/* Sketches that are kept; they go by numbers below that, in the order in which they were added. */
size_t sk_window_store_count(const struct sk_window_store *store);

/* The first sketch of ${window}, and the next one of the same window; SK_WINDOW_NONE. In no order. */
size_t sk_window_store_first(struct sk_window_store *store, const struct sk_report_window *window);
size_t sk_window_store_next(const struct sk_window_store *store, size_t i);

/* Whether there is a sketch of ${window}, and of its key, where it has one. */
bool sk_window_store_has(struct sk_window_store *store, const struct sk_report_window *window);

/* Sketch number ${i} is no longer wanted: it is left out from now on, and by sk_window_store_sort(). */
void sk_window_store_drop(struct sk_window_store *store, size_t i);

/*
 * From now on sketches go by numbers in the order of end, start and key (windows of time before those of counted records),
 * and those of the same window and key in the order in which they were added. Nothing is to be added or looked for after
 * that.
 */
void sk_window_store_sort(struct sk_window_store *store);

/* The window of sketch number ${i}; its key is borrowed from the store. */
struct sk_report_window sk_window_store_window(const struct sk_window_store *store, size_t i);

/* Sketch number ${i}, borrowed until the next call. */
void sk_window_store_read(struct sk_window_store *store, size_t i, struct sk_container *sketch,
    struct sk_window_origin *origin);

#endif
