/*
 * json_parts.h -- what the files of json.h share: paths as steps and as a tree, and a record on its way through it.
 *
 * Not part of the library's interface.
 */
#ifndef STREAMKIT_RECORD_JSON_PARTS_H
#define STREAMKIT_RECORD_JSON_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"
#include "tokens_parts.h"

/* One step of a path: to a member, or to an element. */
struct sk_json_step {
	struct sk_span name; /* of a member; data is NULL for an element */
	int64_t index;       /* of an element; below 0 from the end */
};

struct sk_json_want {
	size_t number; /* which of the paths it is */
	/*
	 * The steps from the first on that counts from an array's end. Until the array has ended nobody knows which element that is;
	 * such a path therefore leads to the whole array at first, and on from there when the record is done. See json_find.c.
	 */
	const struct sk_json_step *rest;
	size_t rest_count;
	struct sk_json_want *next; /* that ends at the same node */
};

/* A value that some path leads to or through. */
struct sk_json_node {
	/*
	 * Of a member: the first eight bytes of its name and the closing quote, in the machine's byte order, and which of them
	 * there are. Names in records are compared as they stand with these.
	 */
	uint64_t word;
	uint64_t mask;
	struct sk_span name;
	uint64_t index; /* of an element */
	struct sk_json_node *members;
	struct sk_json_node *elements;
	struct sk_json_node *next; /* with the same parent */
	struct sk_json_want *wants;
};

struct sk_json {
	const struct sk_tokens *tokens;
	size_t wants_count;
	size_t memory;
	struct sk_json_node *root; /* all nodes */
	struct sk_json_want *wants;
	struct sk_json_step *steps;
	unsigned char *names;
};

/* States of values until the record is done, beside enum sk_layout_state. */
enum {
	SK_JSON_ESCAPED = 0x10, /* the value is a string as it stands, with escapes */
	SK_JSON_UNFINISHED = 0x11, /* the value is the text of an array, from which the rest of the path leads on */
};

/* Where the values of one record go: those of want w to values[w * stride]. */
struct sk_json_out {
	struct sk_span *values;
	unsigned char *states;
	size_t stride;
	bool unfinished; /* some state is one of those above */
};

/* json_path.c: read ${text} into at most SK_JSON_STEPS ${steps}, and names to *${names}, which moves on; -1: *${why} says it. */
ptrdiff_t sk_json_read_path(
    struct sk_span text, struct sk_json_step *steps, unsigned char **names, const char **why);

/*
 * json_walk.c: check ${record}, and give the values that ${json} wants to ${out}, some of them unfinished. False for a malformed
 * one: then ${fault} says why, and ${out} holds anything.
 */
struct sk_json_walk;
bool sk_json_walk(const struct sk_json *json, struct sk_span record, struct sk_json_out *out, struct sk_layout_fault *fault);

/* The value ${text}, whole and without blanks around it, as it goes out; strings with escapes are SK_JSON_ESCAPED. */
unsigned char sk_json_value(struct sk_span text, struct sk_span *value);

/* json_find.c: follow ${steps} from ${text}, which has been checked. An empty span if they lead to nothing. */
struct sk_span sk_json_find(struct sk_span text, const struct sk_json_step *steps, size_t n);

#endif
