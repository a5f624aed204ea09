/*
 * sketch_output.h -- sketches out: the groups as a stream of frames, as plain images, or as lines of base64; and frame by
 * frame, for groups that are of windows.
 *
 * Dies, with a message, of want of memory and of a sketch that has no image.
 */
#ifndef STREAMKIT_RUN_SKETCH_OUTPUT_H
#define STREAMKIT_RUN_SKETCH_OUTPUT_H

#include "groups.h"
#include "output.h"

enum sk_sketch_form { SK_SKETCH_FRAMES, SK_SKETCH_IMAGE, SK_SKETCH_BASE64 };

/* A window, as rows and sketches name it. */
struct sk_report_window {
	int64_t start; /* nanoseconds since the epoch; by count, an ordinal */
	int64_t end;
	bool counted;
	uint32_t revision;
	bool corrected; /* there may be more revisions: they are a column in all formats; as the first window has it */
	size_t key_parts; /* 0: it is no key's */
	struct sk_span key; /* as ../pipe/key.h has it */
	bool empty; /* told of as such: where there is nothing, the answer has rows that say so */
};

struct sk_sketch_output_options {
	enum sk_sketch_form form;
	size_t key_parts; /* 0: no keys */
	int level; /* of FRAMES' compression: 1 to 19, or 0 for none */
};

/* Room for the keys of groups within windows that have keys; zero is empty. */
struct sk_group_key {
	unsigned char *bytes;
	size_t room;
};

/*
 * The key of the group with ${key} of so many ${parts} in ${window}: where either has none it is the other's, else both are
 * put together in *${room}, until the next call. Dies of want of memory.
 */
struct sk_span sk_group_key(struct sk_group_key *room, const struct sk_report_window *window,
    struct sk_span key, size_t parts);
void sk_group_key_release(struct sk_group_key *room);

/* A line for ${sketch}: the parts of its key, each as tsv has it and with a tab behind it, and the image in base64. */
void sk_sketch_output_line(const struct sk_container *sketch, struct sk_output *output);

/*
 * Write all groups, in the order of their keys. ${records} is the number of records read, of which ${skipped} were
 * left out.
 */
void sk_sketch_output(const struct sk_sketch_output_options *options, struct sk_groups *groups,
    uint64_t records, uint64_t skipped, struct sk_output *output);

/* What is known of ${group}, of the ${window} unless that is NULL, with a key as sk_group_key() has it; its image is not in it. */
void sk_sketch_output_about(const struct sk_sketch_output_options *options, struct sk_group_key *room,
    const struct sk_group *group, const struct sk_report_window *window,
    struct sk_container *about);

/* The image of ${group}, of about->image.size bytes, which the caller frees; what it is goes into ${about}. */
unsigned char *sk_sketch_output_image(const struct sk_group *group, struct sk_container *about);

/* A stream of frames, one by one. */
struct sk_sketch_frames {
	struct sk_sketch_output_options options;
	struct sk_output *output;
	struct sk_frame_writer writer;
	struct sk_group_key key;
};

/* Begin a stream in ${output}, borrowed; and end it. ${frames} is the caller's memory. */
void sk_sketch_frames_begin(struct sk_sketch_frames *frames,
    const struct sk_sketch_output_options *options, struct sk_output *output);
void sk_sketch_frames_end(struct sk_sketch_frames *frames, uint64_t records, uint64_t skipped);

/* All groups, in the order of their keys, as those of a ${window}, unless that is NULL. */
void sk_sketch_frames_groups(struct sk_sketch_frames *frames, struct sk_groups *groups,
    const struct sk_report_window *window);

/* A sketch as it was read. */
void sk_sketch_frames_copy(struct sk_sketch_frames *frames, const struct sk_container *sketch);

#endif
