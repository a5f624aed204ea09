/*
 * final.h -- the windows of a stream of panes, until they are final: until one of their panes is finished, or the stream ends.
 *
 * Then they go to the roll-up, once each and in their last revision.
 *
 * Errors: an int result is -1 with errno set as panes.h has it; where that is EINVAL, *${why} is set too.
 */
#ifndef STREAMKIT_RUN_FINAL_H
#define STREAMKIT_RUN_FINAL_H

#include "../pipe/pane.h"
#include "panes.h"
#include "rollup.h"

struct sk_final;

struct sk_final_options {
	const struct sk_aggregate_class *class;
	bool keyed;
	size_t memory; /* for windows that late records would change */
	uint64_t seed;
	struct sk_panes *panes;   /* borrowed */
	struct sk_rollup *rollup; /* borrowed */
};

/* Dies of want of memory. Free with sk_final_free(). */
struct sk_final *sk_final_new(const struct sk_final_options *options);
void sk_final_free(struct sk_final *final);

/* ${close} has come, which tells of ${window}. */
int sk_final_close(struct sk_final *final, const struct sk_pane_close *close,
    const struct sk_report_window *window, const char **why);

/* Something is about to come into ${pane}. */
int sk_final_change(struct sk_final *final, uint64_t pane, const char **why);

/* ${pane} is about to be finished; all are. */
int sk_final_finish(struct sk_final *final, uint64_t pane, const char **why);
int sk_final_finish_all(struct sk_final *final, const char **why);

#endif
