/*
 * twostack.h -- the sum of a sliding window's panes, at a constant number of merges per slide.
 *
 * Panes are partial aggregates, of whatever kind; they enter at the new end of the window and leave at the old one,
 * and at any time the sum of all can be had. Where partial aggregates can be taken out of a sum again (counts,
 * DDSketch) that is done: a merge and an unmerge for each pane, and one merge for a sum. Where not, there are two
 * stacks (the Two-Stacks of Tangwongsan, Hirzel and Schneider, "In-order sliding-window aggregation in worst-case
 * constant time", VLDB Journal 2021): of the older panes every sum from one to the newest of them is held, of the
 * younger ones one sum; when the older have all left, the younger ones take their place. That is at most two merges
 * for each pane on the average, as many as there are panes at worst, and two for a sum.
 *
 * Panes are merged into sums in any order, and a pane's records may come in several pieces.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set by the functions that failed. Threads: none
 * inside.
 */
#ifndef STREAMKIT_WINDOW_TWOSTACK_H
#define STREAMKIT_WINDOW_TWOSTACK_H

#include <stddef.h>
#include <stdint.h>

struct sk_partial; /* the caller's, who casts */

/* What can be done to partial aggregates. A failure (-1, NULL) leaves them as they were. */
struct sk_partial_functions {
	struct sk_partial *(*create)(void *context); /* an empty one */
	int (*merge)(void *context, struct sk_partial *into, const struct sk_partial *from);
	void (*unmerge)(
	    void *context, struct sk_partial *from, const struct sk_partial *what); /* or NULL */
	void (*destroy)(void *context, struct sk_partial *partial);
	void *context;
};

struct sk_twostack;

/*
 * An empty window. ${functions} are copied; their context must live as long. ENOMEM. Free it, and its panes; NULL is
 * fine.
 */
struct sk_twostack *sk_twostack_new(const struct sk_partial_functions *functions);
void sk_twostack_free(struct sk_twostack *stack);

/* ${pane} is the window's from now on, and its newest. After an error it still is the caller's. */
int sk_twostack_push_take(struct sk_twostack *stack, struct sk_partial *pane);

/* The oldest pane leaves; there is one. After an error it has not left. */
int sk_twostack_pop(struct sk_twostack *stack);

/*
 * Late records, aggregated in ${piece}, belong to the pane ${index}, 0 being the oldest: a merge for it and for every
 * older one at most. After an error the stack is good for nothing but to be freed.
 */
int sk_twostack_patch(struct sk_twostack *stack, size_t index, const struct sk_partial *piece);

/* How many panes there are. */
size_t sk_twostack_size(const struct sk_twostack *stack);

/* Merge the sum of all panes into ${sum}. After an error part of it may be there. */
int sk_twostack_sum(const struct sk_twostack *stack, struct sk_partial *sum);

/* Merges and unmerges so far, those of sums not counted. */
uint64_t sk_twostack_merges(const struct sk_twostack *stack);

#endif
