/*
 * refusals.h -- sketches that could not be used, told of by one line for each input.
 *
 * Memory: some 100 bytes for an input that has any. Dies of want of memory.
 */
#ifndef STREAMKIT_RUN_REFUSALS_H
#define STREAMKIT_RUN_REFUSALS_H

#include "sketch_merge.h"
#include "window_store.h"

/* All zero: none. */
struct sk_refusals {
	struct sk_refused *input; /* private, like the rest */
	size_t count;
};

void sk_refusals_release(struct sk_refusals *refusals);

/* The sketch from ${origin} cannot be used, for what ${refusal} says. */
void sk_refusals_add(
    struct sk_refusals *refusals, const struct sk_window_origin *origin, const struct sk_refusal *refusal);

/* Say on standard error for each input how many there are, and of the first where it is and what is wrong. False if there are none. */
bool sk_refusals_say(const struct sk_refusals *refusals);

#endif
