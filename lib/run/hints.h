/*
 * hints.h -- what to ask for instead, where what was asked for is in no record.
 *
 * When no record has the fields asked for or a field that a condition is on, or next to none is a number that should be, one is kept, and a note at the end names the
 * fields that it has.
 */
#ifndef STREAMKIT_RUN_HINTS_H
#define STREAMKIT_RUN_HINTS_H

#include <stdint.h>

#include "skips.h"

struct sk_intake;

/* What a record is an example of: it names the fields; it lacks one; a condition's; it has nothing where a number should be, or text. */
enum sk_hint { SK_HINT_HEADER, SK_HINT_LACKING, SK_HINT_CONDITION, SK_HINT_EMPTY, SK_HINT_WORD, SK_HINTS };

/* All zero at first. */
struct sk_hints {
	uint64_t used; /* records that were good */
	struct {
		unsigned char *memory; /* the record, and SK_SCAN_PAD bytes on either side; NULL: there is none */
		struct sk_span record;
		uint64_t number; /* of it, from 1 */
	} sample[SK_HINTS];
};

/* What a record left out for ${reason} is an example of; SK_HINTS: nothing. */
enum sk_hint sk_hint_of(enum sk_skip_reason reason);

/* Keep a copy of ${record}, number ${number} of its input, unless there is one for ${hint}, or ${hint} is SK_HINTS, or it is long. */
void sk_hints_keep(struct sk_hints *hints, enum sk_hint hint, struct sk_span record, uint64_t number);

void sk_hints_release(struct sk_hints *hints);

/* The ${name} of a field as messages have it, or without one its ${number}: in ${text}, which is returned. */
const char *sk_hints_field(char text[SK_DIAG_QUOTE], struct sk_span name, long number);

/* Note what there is to say, if there is anything; that no record has a field asked for is no note but an error. */
void sk_hints_report(const struct sk_intake *intake);

#endif
