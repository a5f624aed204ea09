/* rollup_parts.h -- what the files of roll-ups share. */
#ifndef STREAMKIT_RUN_ROLLUP_PARTS_H
#define STREAMKIT_RUN_ROLLUP_PARTS_H

#include "../window/key_table.h"
#include "overlaps.h"
#include "refusals.h"
#include "rollup.h"
#include "sketch_merge.h"

struct sk_rollup {
	struct sk_rollup_options options;
	struct sk_sketch_merger merger;
	struct sk_window_store *input; /* sketches that wait for the end; NULL: none has come */
	struct sk_window_store *state; /* NULL: there is none */
	struct sk_groups *groups;      /* of the window at hand, with what the state has of it; or NULL */
	struct sk_group_key key; /* room for one in the state */
	struct sk_sketch_frames frames;
	bool begun; /* those are */
	uint64_t records; /* in the sketches taken */
	bool seen;
	struct sk_refusals refusals; /* of those */
	bool selected;                 /* any window was: */
	size_t whole_parts;            /* of the keys of those */
	struct sk_report_window whole; /* from the first start to the last end of those */
	struct sk_overlaps *overlaps;  /* of those, NULL where it does not matter */
	struct sk_key_table partly;    /* windows that lie partly within the range, by a hash */
};

extern const char sk_rollup_too_many[];
extern const char sk_rollup_counted_twice[];

/*
 * Whether ${store}, which may be NULL, has a counted window that is numbered as this one. Ordinals say which window it is in
 * its own stream: two of different streams are not parts of one.
 */
bool sk_rollup_has_counted(struct sk_window_store *store, const struct sk_report_window *window);

/* New groups for one window, in the place of those before. Without keys there is an answer even to nothing. */
struct sk_groups *sk_rollup_fresh_groups(struct sk_rollup *rollup);

/* What errno says of groups that were not merged, or of EINVAL ${why}. */
const char *sk_rollup_why_not_merged(const char *why);

/* An answer for windows is the same however they were cut and counted. */
void sk_rollup_settle(struct sk_groups *groups);

/* Merge sketch number ${i} of ${store}, if it is of ${window}, into ${groups}; false, and it is said later, if it cannot be. */
bool sk_rollup_merge_kept(struct sk_rollup *rollup, struct sk_window_store *store, size_t i,
    const struct sk_report_window *window, struct sk_groups *groups);

/* Merge what the state has of ${window} into ${groups}. A state that does not fit ends the run, and stays as it is. */
void sk_rollup_merge_state(
    struct sk_rollup *rollup, const struct sk_report_window *window, struct sk_groups *groups);

/* ${groups} of ${window} with what the state has of it: they are another's, and stay as they are. NULL on error. */
struct sk_groups *sk_rollup_with_state(struct sk_rollup *rollup, struct sk_groups *groups,
    const struct sk_report_window *window, const char **why);

/* Put ${groups}, that are all of ${window}, in the place of what the state has of it. Why that cannot be, or NULL. */
const char *sk_rollup_keep_in_state(
    struct sk_rollup *rollup, struct sk_groups *groups, const struct sk_report_window *window);

#endif
