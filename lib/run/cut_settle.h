/*
 * cut_settle.h -- what the options of stream-window come to, once it is known what records are: at once, or after a look at the first of
 * them (--input auto).
 */
#ifndef STREAMKIT_RUN_CUT_SETTLE_H
#define STREAMKIT_RUN_CUT_SETTLE_H

#include "../record/source.h"
#include "cut.h"

/* An event of a source that has been looked at, and is yet to be taken. */
struct sk_cut_first {
	bool due;
	enum sk_source_status status;
	struct sk_span block;
};

/* Settle where times stand. Dies if they cannot be there. */
void sk_cut_settle_time(struct sk_cut_options *options);

/*
 * Wait for the first input of ${source}, and guess by it what records are: ${shared}, which are those of ${options}, and where times
 * stand. Dies as sk_shared_check() and sk_cut_settle_time() do.
 */
void sk_cut_guess(struct sk_cut_options *options, struct sk_shared *shared, struct sk_source *source,
    struct sk_cut_first *first);

#endif
