/*
 * sliding.h -- the groups of a window from which panes leave at the one end while they come at the other, at the cost of
 * the panes that come and go, and not of all there are.
 *
 * What is exact enters a sum and leaves it again (aggregate.h). What can only be merged, sketches, is on two stacks
 * (twostack.h): some seven merges for a pane, all told. The answer is made of both.
 *
 * Memory: while all is exact, the sum has all of the limit. Else a half is the stacks', divided evenly among the sums that
 * are there, one for four panes, and the other one the exact sum's, up to a quarter, and the answer's.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_SLIDING_H
#define STREAMKIT_RUN_SLIDING_H

#include "groups.h"

struct sk_sliding;

/*
 * A window without panes, which keeps to ${memory} bytes. ${apart}: what is exact is to be told from what is not; it is
 * merged with it otherwise. As sk_groups_new() else. Free with sk_sliding_free(), which leaves the panes alone.
 */
struct sk_sliding *sk_sliding_new(const struct sk_aggregate_class *class, bool keyed,
    size_t memory, uint64_t seed, bool apart);
void sk_sliding_free(struct sk_sliding *sliding);

/* ${pane} is the newest from now on. It stays the caller's, and until it has left, nothing changes it unannounced. ENOMEM. */
int sk_sliding_push(struct sk_sliding *sliding, struct sk_groups *pane);

/* The oldest leaves; there is one. */
void sk_sliding_pop(struct sk_sliding *sliding);

/* The pane ${index}, 0 being the oldest, is about to change. */
void sk_sliding_announce(struct sk_sliding *sliding, size_t index);

/*
 * What all panes say together. Borrowed until the next call. ENOSPC when there is no room to keep apart what is exact;
 * ENOBUFS, and the errors of merging. After an error the window is of no use but to be freed.
 */
struct sk_groups *sk_sliding_sum(struct sk_sliding *sliding);

#endif
