/*
 * sketch_output.h -- sketches out: the groups as a stream of frames, as plain images, or as lines of base64.
 *
 * Dies, with a message, of want of memory and of a sketch that has no image.
 */
#ifndef STREAMKIT_RUN_SKETCH_OUTPUT_H
#define STREAMKIT_RUN_SKETCH_OUTPUT_H

#include "groups.h"
#include "output.h"

enum sk_sketch_form { SK_SKETCH_FRAMES, SK_SKETCH_IMAGE, SK_SKETCH_BASE64 };

struct sk_sketch_output_options {
	enum sk_sketch_form form;
	size_t key_parts; /* 0: no keys */
	unsigned char separator;
	int level; /* of FRAMES' compression: 1 to 19, or 0 for none */
};

/*
 * Write all groups, in the order of their keys. ${records} is the number of records read, of which ${skipped} were
 * left out.
 */
void sk_sketch_output(const struct sk_sketch_output_options *options, struct sk_groups *groups,
    uint64_t records, uint64_t skipped, struct sk_output *output);

#endif
