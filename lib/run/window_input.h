/*
 * window_input.h -- streams of panes and windows in: records go to the groups of their pane, and a window that closes is
 * told of at once, or when it is final.
 */
#ifndef STREAMKIT_RUN_WINDOW_INPUT_H
#define STREAMKIT_RUN_WINDOW_INPUT_H

#include "intake.h"
#include "rollup.h"
#include "sketch_reader.h"

struct sk_window_input;

struct sk_window_input_options {
	const struct sk_aggregate_class *class;
	struct sk_intake *intake; /* cuts records; borrowed */
	struct sk_rollup *rollup; /* takes windows; borrowed */
	bool keyed;
	size_t key_parts; /* 0: no keys */
	/* What comes has keys of so many parts (0: none), as all must have: returns why that cannot be, or NULL. */
	const char *(*settle)(size_t parts);
	unsigned char end; /* of records */
	bool exact; /* fail when an answer would not be */
	size_t memory;
	uint64_t seed;
};

/* Dies of want of memory. Free with sk_window_input_free(). */
struct sk_window_input *sk_window_input_new(const struct sk_window_input_options *options);
void sk_window_input_free(struct sk_window_input *input);

/* Take a frame that is no sketch. Returns what is wrong with it, a string for ever, or NULL. */
const char *sk_window_input_take(struct sk_window_input *input, struct sk_sketch_entry *entry);

/*
 * The groups of ${pane}, for a sketch of it that has come to be merged into; borrowed until the next call. NULL when
 * there is no room for it: *${why} is then a string for ever.
 */
struct sk_groups *sk_window_input_pane(struct sk_window_input *input, uint64_t pane, const char **why);

/* Keys of so many ${parts} are kept apart from now on; there have been none, and nothing else. */
void sk_window_input_adopt_keys(struct sk_window_input *input, size_t parts);

/* Let ${report} show the windows under way that the stream has told of. */
void sk_window_input_glance(struct sk_window_input *input, struct sk_report *report);

/* A stream has begun that may have panes. */
void sk_window_input_begin(struct sk_window_input *input);

/*
 * The stream at hand has ended or is given up: its windows are final, and its panes are no more. Returns what is wrong
 * with a window, a string for ever, or NULL.
 */
const char *sk_window_input_end(struct sk_window_input *input);

/* Whether such a stream has come. */
bool sk_window_input_seen(const struct sk_window_input *input);

#endif
