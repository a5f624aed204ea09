/*
 * json.h -- the values at paths in JSON texts, one text a record.
 *
 * Paths. One that begins with a dot leads from the whole value into it:
 *
 *	.                 the whole value
 *	.a.b              the member b of the member a
 *	.["odd name"]     a member whose name has blanks, dots, brackets, quotes, ? * | or commas in it; escapes as in JSON
 *	."odd name"       the same
 *	.a[2] .a[-1]      an element of an array: from 0, or from -1 at its end
 *
 * Any other text is the name of a member of the whole value, as it stands: "a.b" is the member of that name, ".a.b" is not.
 *
 * What is checked. The whole record, up to its end, whatever is wanted of it: it must be one JSON value as RFC 8259 has it, with
 * nothing but blanks around it, or it is malformed, and gives no value at all. Two things are not checked: that bytes from 0x80
 * on, inside strings, are UTF-8 (they are given as they stand: writers such as nginx pass on what clients send, and it would
 * help nobody to leave those records out); and that surrogates come in pairs (a lone one is U+FFFD, see escapes_parts.h). A byte order
 * mark at a record's front is passed over, as there may be one wherever a file of a joined few began. NaN and Infinity are no JSON, nor
 * are comments and trailing commas. Objects and arrays may lie SK_JSON_DEPTH deep in each other; what is deeper is malformed.
 *
 * Of members with the same name the last counts, as in jq, Python and JavaScript; so that of {"a":{"b":1},"a":2} the path .a.b is
 * missing. Names are compared by the characters they stand for: "\u0061" is a.
 *
 * Values. A string is given as the UTF-8 it stands for, and may hold NUL and line ends; a number as its text, so that no digit is lost
 * (-0, 1E400, 12345678901234567890); true and false as these words; an object or array as its text, blanks and all. null is
 * SK_LAYOUT_NULL, "" is a value, and what a path does not lead to is missing, be it that there is no such member or
 * that it would lead into a number.
 *
 * Cost: every byte is looked at once, some 0.6 ns each with AVX2, three times what counting lines costs; strings that nobody wants
 * are passed over by masks.
 * Several paths cost little more than one. No memory is taken per record; 16 KB of stack.
 *
 * Errors: only sk_json_new() can fail. Threads: a struct sk_json does not change once made, and any number of threads may use it.
 */
#ifndef STREAMKIT_RECORD_JSON_H
#define STREAMKIT_RECORD_JSON_H

#include <stddef.h>

#include "../span.h"
#include "layout.h"

#define SK_JSON_DEPTH ((size_t)1024)
#define SK_JSON_STEPS ((size_t)64) /* that a path may have */

struct sk_json;

/*
 * The ${n} ${paths}, which are copied. NULL with errno EINVAL for a path that is none: *${which} is its index and *${why} a
 * text for ever. NULL with ENOMEM, *${why} then being NULL. The caller frees it with sk_json_free().
 */
struct sk_json *sk_json_new(const struct sk_span *paths, size_t n, const char **why, size_t *which);
void sk_json_free(struct sk_json *json);

/*
 * The values at all paths in each of ${n} records, laid out as by sk_layout_pick(). SK_SCAN_PAD bytes around each record must be
 * readable. ${scratch} has room for as many bytes as all the records have together.
 */
size_t sk_json_pick(const struct sk_json *json, const struct sk_span *records, size_t n, size_t stride,
    unsigned char *scratch, struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults);

/* Bytes of memory in use. */
size_t sk_json_memory(const struct sk_json *json);

/* For tests: use the ${number}th of the loops that this processor can run. False if there are no more. */
bool sk_json_use_loops(struct sk_json *json, size_t number);

#endif
