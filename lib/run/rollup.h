/*
 * rollup.h -- answers for windows: for each of them or for all together, as rows or as sketches, with what a state has of
 * them.
 *
 * Windows come in two ways. Those of a stream of panes are reported as they close, and told of once more when they are
 * final. Sketches of windows are kept, out of the way, until all input is read; then those of the same window and key
 * are merged, one window at a time. Where one answer is for all windows, they are merged as they come, and none is kept.
 *
 * What is wrong is said by a string for ever, for the caller to say where. Dies of want of memory, and of what is
 * wrong with a sketch that was kept.
 */
#ifndef STREAMKIT_RUN_ROLLUP_H
#define STREAMKIT_RUN_ROLLUP_H

#include "asserts.h"
#include "range.h"
#include "report.h"
#include "sets.h"
#include "window_store.h"

struct sk_rollup;

struct sk_rollup_options {
	const struct sk_aggregate_class *class;
	bool keyed;
	bool apart; /* inputs are, and are combined */
	bool exact; /* fail when an answer would not be */
	bool whole; /* one answer for all windows */
	struct sk_range range;
	bool sketch; /* write sketches instead of rows: */
	struct sk_sketch_output_options frames;
	const char *state; /* its name, NULL: there is none */
	size_t memory;
	uint64_t seed;
	struct sk_sets *sets;     /* what the whole goes into; borrowed */
	struct sk_report *report; /* borrowed */
	struct sk_asserts *asserts; /* of answers; borrowed, NULL: none */
	bool merges_keys; /* of sketches, and of windows in the whole */
	/* The whole is of keys of so many parts (0: none), as all of it must be: returns why that cannot be, or NULL. */
	const char *(*settle_whole)(size_t parts);
};

struct sk_rollup *sk_rollup_new(const struct sk_rollup_options *options);
void sk_rollup_free(struct sk_rollup *rollup);

/*
 * A window is to come, or a part of one. Returns what is to be said when there is no answer for windows at all with these
 * options. Sketches that are written are begun with.
 */
const char *sk_rollup_begin(struct sk_rollup *rollup);

/* Groups are of keys of so many ${parts} from now on; there have been none, and no others. */
void sk_rollup_adopt_keys(struct sk_rollup *rollup, size_t parts);

/* Whether windows are reported as they close; and whether they are wanted once they are final. */
bool sk_rollup_reports(const struct sk_rollup *rollup);
bool sk_rollup_waits(const struct sk_rollup *rollup);

/* A ${window} has closed, or closed again, and is made of ${groups}. */
const char *sk_rollup_closed(struct sk_rollup *rollup, struct sk_groups *groups,
    const struct sk_report_window *window);

/* The same, and no correction can come any more. */
const char *sk_rollup_final(struct sk_rollup *rollup, struct sk_groups *groups,
    const struct sk_report_window *window);

/*
 * A ${sketch} of a window has come. *${into} is set to the groups that the caller is to merge it into; NULL where it has been
 * kept, or is not asked for.
 */
const char *sk_rollup_take(struct sk_rollup *rollup, const struct sk_container *sketch,
    const struct sk_window_origin *origin, struct sk_groups **into);

/* The same of the old state, which is kept. */
const char *sk_rollup_take_state(struct sk_rollup *rollup, const struct sk_container *sketch,
    const struct sk_window_origin *origin);

/* Records that went into the sketches taken, as far as they are known. */
uint64_t sk_rollup_records(const struct sk_rollup *rollup);

/* Whether any window has come, in the input or in the state. */
bool sk_rollup_seen(const struct sk_rollup *rollup);

/* All windows have come: what has not been answered yet is. False if something went wrong, which has been said. */
bool sk_rollup_end(struct sk_rollup *rollup, const struct sk_report_counts *counts);

/* Write the new state: all windows of the old one and of this run. */
void sk_rollup_save(struct sk_rollup *rollup, const struct sk_report_counts *counts,
    struct sk_output *output);

#endif
