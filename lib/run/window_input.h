/*
 * window_input.h -- streams of panes and windows in: records go to the groups of their pane, and a window that closes is
 * reported at once.
 */
#ifndef STREAMKIT_RUN_WINDOW_INPUT_H
#define STREAMKIT_RUN_WINDOW_INPUT_H

#include "intake.h"
#include "report.h"
#include "sketch_reader.h"

struct sk_window_input;

struct sk_window_input_options {
	const struct sk_aggregate_class *class;
	struct sk_intake *intake; /* cuts records; borrowed */
	struct sk_report *report; /* takes windows; borrowed */
	bool keyed;
	bool header;       /* fields have names */
	unsigned char end; /* of records */
	bool exact; /* fail when an answer would not be */
	unsigned char separator; /* between the parts of keys */
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

/* Report on the windows under way that the stream has told of. */
void sk_window_input_glance(struct sk_window_input *input);

/* The stream at hand has ended or is given up: its panes are no more. */
void sk_window_input_end(struct sk_window_input *input);

/* Whether any pane or window has come. */
bool sk_window_input_seen(const struct sk_window_input *input);

#endif
