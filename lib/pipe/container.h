/*
 * container.h -- one sketch with its circumstances, as the payload of a SKETCH frame (streamkit-frames(5)).
 *
 * Memory in, memory out; nothing here allocates.
 */
#ifndef STREAMKIT_PIPE_CONTAINER_H
#define STREAMKIT_PIPE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../sketch/moments.h"
#include "../span.h"
#include "frame.h"

/* Families of streamkit's own, above all that Apache DataSketches has. */
enum sk_own_family {
	SK_FAMILY_DD = 64,     /* DDSketch */
	SK_FAMILY_VALUES = 65, /* numbers as they came */
};

enum sk_item_type { SK_ITEM_BYTES, SK_ITEM_DOUBLE, SK_ITEM_FLOAT, SK_ITEM_LONG };

struct sk_container {
	unsigned family;
	enum sk_item_type item_type;
	bool exact;
	int decimals; /* weights are in units of 10^-decimals, 0 to 9 */
	uint64_t records;
	bool has_moments;
	struct sk_moments moments; /* of the values, where the image lacks them */
	bool windowed;  /* of a window; then: */
	int64_t start;  /* nanoseconds since 1970-01-01T00:00:00Z; by count, ordinals of records */
	int64_t end;    /* the same, not belonging to it; at least the start */
	bool counted;   /* by count */
	bool of_pane;   /* of a part of the stream that windows are put together from, and never windowed; then: */
	uint64_t pane;  /* its number */
	size_t key_parts;    /* 0: no key */
	struct sk_span key;  /* as key.h has it */
	struct sk_span image;
};

/* Bytes that sk_container_encode() writes besides the image. */
size_t sk_container_head_size(const struct sk_container *container);

/*
 * Write all but the image of ${container} into ${payload}; ${image_size} bytes of image are to follow.
 */
void sk_container_encode(
    const struct sk_container *container, size_t image_size, unsigned char *payload);

/* Make the sketch that ${payload} of ${size} bytes has been encoded from, one of a pane, that of ${pane}. */
void sk_container_set_pane(unsigned char *payload, size_t size, uint64_t pane);

/*
 * Read ${payload}, from which key and image are borrowed. The key is put together in place, which is why the payload is
 * not const. CORRUPT when lengths do not add up, or moments contradict
 * themselves, and for what cannot be: a window that ends before it starts, a sketch both of a window and of a pane, one
 * by count that is of no window. NEWER for an item type or a flag that is not known, and for a key of more than key.h has
 * room for.
 */
enum sk_frame_status sk_container_decode(
    struct sk_container *container, unsigned char *payload, size_t size);

#endif
