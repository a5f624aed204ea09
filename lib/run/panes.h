/*
 * panes.h -- the groups of each open pane, and the windows that are made of them.
 *
 * Open panes share half of the memory limit by need: small ones are exact, and cost little more than their records, while
 * large ones turn into sketches when all together need more. The other half is for the window at hand.
 *
 * Errors: a pointer result is NULL with errno set: as groups.h has them, and ENOBUFS also for more panes than the limit
 * has room for.
 */
#ifndef STREAMKIT_RUN_PANES_H
#define STREAMKIT_RUN_PANES_H

#include "groups.h"

struct sk_panes;

/* As sk_groups_new() has its arguments. Free with sk_panes_free(). */
struct sk_panes *sk_panes_new(
    const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed);
void sk_panes_free(struct sk_panes *panes);

/* The groups of pane ${number}, which is opened if it is not known. They may be changed until the next call of any other
 * function. */
struct sk_groups *sk_panes_open(struct sk_panes *panes, uint64_t number);

/* Add ${batch} to pane ${number}, as sk_groups_add() does. */
int sk_panes_add(struct sk_panes *panes, uint64_t number, const struct sk_batch *batch,
    const struct sk_span *keys);

/*
 * The groups of the window made of the ${n} panes whose numbers ${number_of} gives for 0 to n - 1, in the order of time;
 * those not known are empty. Borrowed until the next call. EINVAL, with *${why} set, when panes cannot be merged.
 *
 * A window that has most panes in common with the one asked for before costs what it has not, a few merges for each pane
 * that has come or gone (sliding.h), if the one follows the other: some panes are gone from the front, and others come at
 * the back. Any other costs a merge for each of its panes. What is exact is the same either way.
 */
struct sk_groups *sk_panes_window(struct sk_panes *panes,
    uint64_t (*number_of)(const void *context, size_t i), const void *context, size_t n,
    const char **why);

/*
 * The same for a window under way, made of the ${n} panes ${numbers}, before more comes: nothing but the answer is made of
 * it. Borrowed until the next call of any function but sk_panes_glanced(), which gives its memory back.
 */
struct sk_groups *sk_panes_glance(
    struct sk_panes *panes, const uint64_t *numbers, size_t n, const char **why);
void sk_panes_glanced(struct sk_panes *panes);

/* Forget pane ${number}, if it is known; and all of them. */
void sk_panes_finish(struct sk_panes *panes, uint64_t number);
void sk_panes_finish_all(struct sk_panes *panes);

/* Whether all that has been asked for since the beginning was exact. */
bool sk_panes_exact(const struct sk_panes *panes);

#endif
