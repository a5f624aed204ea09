/*
 * sketch_input.h -- sketches in: streams of frames, plain images, and lines of base64, merged into groups: those given,
 * or those of the pane that a sketch is of; and sketches of windows, which go to a roll-up.
 *
 * Every function says on standard error what is wrong with an input, and returns false; what was whole before that
 * stays merged, and the rest of the input is passed over.
 */
#ifndef STREAMKIT_RUN_SKETCH_INPUT_H
#define STREAMKIT_RUN_SKETCH_INPUT_H

#include "groups.h"
#include "rollup.h"
#include "window_input.h"

struct sk_sketch_input;

struct sk_sketch_input_options {
	const struct sk_aggregate_class *class;
	bool keyed;              /* keep keys apart, as the groups do; else they are merged into one answer */
	size_t key_parts;        /* that keys have; 0: nothing is known of it */
	bool image;              /* binary inputs are plain images, where they are not frames */
	enum sk_item_type item_type; /* of plain images that do not say */
	size_t memory;           /* that one sketch may take */
	uint64_t seed;
	/* What comes has keys of so many parts (0: none), as all must have: returns why that cannot be, or NULL. */
	const char *(*settle)(size_t parts);
	struct sk_window_input *windows; /* takes what is of panes; borrowed */
	struct sk_rollup *rollup;        /* takes sketches of windows; borrowed */
};

/* Dies of want of memory. Free with sk_sketch_input_free(). */
struct sk_sketch_input *sk_sketch_input_new(const struct sk_sketch_input_options *options);
void sk_sketch_input_free(struct sk_sketch_input *input);

/* More ${bytes} of the binary input ${name}; what is whole of it goes into ${groups}. */
bool sk_sketch_input_bytes(struct sk_sketch_input *input, const char *name, struct sk_span bytes,
    struct sk_groups *groups);

/* The binary input ${name} has ended. */
bool sk_sketch_input_end(
    struct sk_sketch_input *input, const char *name, struct sk_groups *groups);

/* The binary input at hand, if any, cannot be read to its end. */
void sk_sketch_input_abandon(struct sk_sketch_input *input);

/* Line ${number} of the input ${name}: base64 alone, or a key, a tab and base64. */
bool sk_sketch_input_line(struct sk_sketch_input *input, const char *name, struct sk_span line,
    uint64_t number, struct sk_groups *groups);

/* As sk_sketch_reader_inside() says of the input at hand. */
bool sk_sketch_input_inside(const struct sk_sketch_input *input);

/* The inputs to come are an old state, or are not. */
void sk_sketch_input_state(struct sk_sketch_input *input, bool state);

/* Sketches merged so far, but for those of panes and windows. */
uint64_t sk_sketch_input_count(const struct sk_sketch_input *input);

/* Records that went into them and into those of panes, as far as they are known. */
uint64_t sk_sketch_input_records(const struct sk_sketch_input *input);

#endif
