/*
 * quantile_runs.h -- exact quantiles of several stores at once, which come and go.
 *
 * The stores (exact_quantile.h) are borrowed: each keeps its values, sorts them once, and is not to change as long as it
 * is in. What is asked is found by searching in all of them, so that coming and going cost next to nothing.
 *
 * What the numbers mean: those of one store that has the values of all. Errors: an int result is -1, with errno set; every
 * other result type means the call cannot fail. Threads: none inside.
 */
#ifndef STREAMKIT_SKETCH_QUANTILE_RUNS_H
#define STREAMKIT_SKETCH_QUANTILE_RUNS_H

#include "exact_quantile.h"
#include "moments.h"

struct sk_quantile_runs;

/* None at first. ENOMEM. Free with sk_quantile_runs_free(), which leaves the stores alone; NULL is fine. */
struct sk_quantile_runs *sk_quantile_runs_new(void);
void sk_quantile_runs_free(struct sk_quantile_runs *runs);

/* Take ${store} in, behind those that are. It is sorted if need be. ENOMEM. */
int sk_quantile_runs_enter(struct sk_quantile_runs *runs, struct sk_exact_quantile *store);

/* Let ${store} go, which is in. It costs a look at each store that came before it, so that the oldest goes at once. */
void sk_quantile_runs_leave(struct sk_quantile_runs *runs, const struct sk_exact_quantile *store);

/* The stores, in the order in which they came, and how many; how many values they have. */
const struct sk_exact_quantile *sk_quantile_runs_at(const struct sk_quantile_runs *runs, size_t i);
size_t sk_quantile_runs_size(const struct sk_quantile_runs *runs);
size_t sk_quantile_runs_count(const struct sk_quantile_runs *runs);

/* NaN when there is no value. */
double sk_quantile_runs_min(const struct sk_quantile_runs *runs);
double sk_quantile_runs_max(const struct sk_quantile_runs *runs);

/* Add all values to ${moments}, in the order in which they came. A pass over them. */
void sk_quantile_runs_moments(const struct sk_quantile_runs *runs, struct sk_moments *moments);

/* As sk_exact_quantile_quantile() and sk_exact_quantile_rank(). Some log(count) searches in each store; one in each. */
double sk_quantile_runs_quantile(const struct sk_quantile_runs *runs, double q, bool inclusive);
double sk_quantile_runs_rank(const struct sk_quantile_runs *runs, double value, bool inclusive);

/* Bytes in use, without the stores. */
size_t sk_quantile_runs_memory(const struct sk_quantile_runs *runs);

#endif
