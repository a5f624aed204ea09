/*
 * describe.h -- what is this image? Its family, its parameters, and how much it has seen.
 *
 * Every family that Apache DataSketches has is known by name, and so are streamkit's own. Images of the families that
 * lib/sketch implements are decoded, and with that checked from the first byte to the last.
 *
 * Nothing here allocates for longer than a call. Threads: any.
 */
#ifndef STREAMKIT_SKETCH_DESCRIBE_H
#define STREAMKIT_SKETCH_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "image.h"

#define SK_DESCRIBE_PARAMETERS 3

/* What the items of a sketch are: some images do not say. */
enum sk_describe_items {
	SK_DESCRIBE_UNKNOWN,
	SK_DESCRIBE_STRING,
	SK_DESCRIBE_DOUBLE,
	SK_DESCRIBE_FLOAT,
	SK_DESCRIBE_LONG,
};

enum sk_parameter_kind {
	SK_PARAMETER_NUMBER,
	SK_PARAMETER_WEIGHT, /* a number in the unit of the sketch's weights */
	SK_PARAMETER_FRACTION,
	SK_PARAMETER_WORD,
};

struct sk_parameter {
	const char *name;
	enum sk_parameter_kind kind;
	uint64_t number;
	double fraction; /* 0 to 1 */
	const char *word;
};

struct sk_description {
	const char *name; /* of the family; NULL when its number is not known, and then nothing else holds */
	unsigned version; /* the serial version: byte 1 of the image */
	/* OK: checked, and all that follows holds. UNSUPPORTED, OTHER_SEED: it may be sound. All others: it is not. */
	enum sk_image_status status;
	enum sk_describe_items items; /* UNKNOWN where it is of no consequence */
	bool empty;
	bool exact;
	bool counted;   /* `count` is there */
	bool weighted;  /* `count` is a sum of weights */
	uint64_t count; /* different items, values, or the sum of weights: an estimate unless `exact`, but for the last two */
	size_t parameters_count;
	struct sk_parameter parameters[SK_DESCRIBE_PARAMETERS];
};

/* The name of ${items}, as --item-type has it; "-" for UNKNOWN. A string for ever. */
const char *sk_describe_items_name(enum sk_describe_items items);

/*
 * The family that ${image} seems to be of, by byte 2 and by whether the bytes before it go with that; 0 when it is no
 * image. Eight bytes are enough to tell, and no image has fewer.
 */
unsigned sk_describe_family(struct sk_span image);

/* The name of ${family}, of which ${image} is: two that are told apart by their first byte share a number. NULL when the
 * number is not known. A string for ever. */
const char *sk_describe_name(unsigned family, struct sk_span image);

/*
 * Describe ${image} of ${family}, whose items are ${items}. Where those are UNKNOWN, the first type that fits is
 * taken: double, float, integer, string; or string, integer. Strings, integers and doubles are told apart by what is
 * likely. UNSUPPORTED where lib/sketch has no such items for the family. Costs what decoding costs.
 */
struct sk_description sk_describe(
    unsigned family, struct sk_span image, enum sk_describe_items items);

#endif
