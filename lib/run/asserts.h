/*
 * asserts.h -- what must be true of an answer: the expressions of --assert.
 *
 * An expression is a name, a relation (< <= > >= = == !=) and a number, which may be in per cent: "p99<0.5". What names
 * there are is the aggregate's to say, and "records", how many went into the answer, is one everywhere. An answer
 * with bounds holds the truth between them: an expression holds if it is true of all that lies there. What has no
 * value, as the quantiles of nothing, is as little below a number as above it: nothing holds of it.
 *
 * Each key's answer is checked, and each window's, as the last answer and not as an interim one. Whatever does not hold is
 * said on standard error in a line of its own, but of many keys of one answer the first few alone.
 *
 * Errors: an expression that cannot be read ends the run with a message. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_ASSERTS_H
#define STREAMKIT_RUN_ASSERTS_H

#include "groups.h"
#include "sketch_output.h"

#define SK_ASSERTS_MAX 64

struct sk_asserts;

/* Read ${n} expressions, at most SK_ASSERTS_MAX, borrowed, about answers of ${class}. Free with sk_asserts_free(). */
struct sk_asserts *sk_asserts_new(
    const char *const *texts, size_t n, const struct sk_aggregate_class *class);
void sk_asserts_free(struct sk_asserts *asserts);

/* Check the answer that ${groups} are, of keys of so many ${key_parts} (0: none), of ${window} unless that is NULL. ${asserts} may be NULL: nothing is to be true. */
void sk_asserts_check(struct sk_asserts *asserts, struct sk_groups *groups, size_t key_parts,
    const struct sk_report_window *window);

/* No more answers come: where there was none, of a window or a key, it is that to nothing. Whether all held. */
bool sk_asserts_end(struct sk_asserts *asserts);

#endif
