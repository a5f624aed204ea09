/*
 * sets.h -- the groups that inputs go into: one and the same for all, or apart for each, to be combined at its end.
 *
 * Inputs that are kept apart share the memory limit: half is for what came of those before, half for the one at hand.
 *
 * Errors: as groups.h has them.
 */
#ifndef STREAMKIT_RUN_SETS_H
#define STREAMKIT_RUN_SETS_H

#include "groups.h"

struct sk_sets;

/* As sk_groups_new(), with inputs kept ${apart} or not. Free with sk_sets_free(). */
struct sk_sets *sk_sets_new(const struct sk_aggregate_class *class, bool keyed, bool apart,
    size_t memory, uint64_t seed);
void sk_sets_free(struct sk_sets *sets);

/* The groups that the input at hand goes into. */
struct sk_groups *sk_sets_input(const struct sk_sets *sets);

/* The input at hand has ended. EINVAL, with *${why} set, when it cannot be combined with those before. */
int sk_sets_end_input(struct sk_sets *sets, const char **why);

/* Inputs that have ended. */
size_t sk_sets_count(const struct sk_sets *sets);

/* What came of the inputs that have ended; where they are not apart, of the one at hand too. */
struct sk_groups *sk_sets_answer(const struct sk_sets *sets);

/* As sk_groups_adopt_keys(): nothing but empty inputs has come so far. */
int sk_sets_adopt_keys(struct sk_sets *sets);

/* Keep to ${memory} bytes from now on. */
int sk_sets_confine(struct sk_sets *sets, size_t memory);

/* Whether every group is exact. */
bool sk_sets_exact(const struct sk_sets *sets);

#endif
