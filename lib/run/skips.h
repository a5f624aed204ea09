/*
 * skips.h -- the records that could not be used: counted by reason, the first of each kept to show.
 */
#ifndef STREAMKIT_RUN_SKIPS_H
#define STREAMKIT_RUN_SKIPS_H

#include <stdint.h>

#include "../record/layout.h"
#include "../record/raw.h"
#include "diag.h"

enum sk_skip_reason {
	SK_SKIP_TOO_LONG,
	SK_SKIP_VALUE_EMPTY,
	SK_SKIP_VALUE_NOT_A_NUMBER,
	SK_SKIP_VALUE_OUT_OF_RANGE,
	SK_SKIP_ITEM_NOT_UTF8,
	SK_SKIP_WEIGHT_EMPTY,
	SK_SKIP_WEIGHT_NOT_A_NUMBER,
	SK_SKIP_WEIGHT_NEGATIVE,
	SK_SKIP_WEIGHT_OUT_OF_RANGE,
	SK_SKIP_TIME_EMPTY,
	SK_SKIP_TIME_NOT_A_TIME,
	SK_SKIP_TIME_NO_SUCH,
	SK_SKIP_TIME_OUT_OF_RANGE,
	SK_SKIP_LATE,
	SK_SKIP_FUTURE,
	SK_SKIP_NO_FIELD,
	SK_SKIP_SEPARATOR,
	SK_SKIP_MALFORMED, /* and the enum sk_layout_reason */
	SK_SKIP_MALFORMED_LAST = SK_SKIP_MALFORMED + SK_LAYOUT_REASONS - 1,
	SK_SKIP_REASONS,
	SK_SKIP_ROUNDED, /* not left out: the double nearest to it counts */
	SK_SKIP_PARTLY, /* not left out: it is in some of its windows, and too late for others */
	SK_SKIP_KINDS
};

struct sk_skips {
	bool strict;
	bool exact; /* nothing may be rounded */
	size_t record_max; /* bytes, for the message */
	const char *unit; /* what a record is called: "line" or "record" */
	const char *place; /* what the number of a record counts, which is the line of its start in csv; NULL: the same */
	uint64_t blank; /* of those left out, these are empty lines */
	const char *time_format; /* that times are read as, for the message; NULL: it is not known */
	struct {
		uint64_t count;
		uint64_t record; /* of the first, from 1, in its input: or the line that it starts in */
		char input[256];
		char text[SK_DIAG_QUOTE];
	} by_reason[SK_SKIP_KINDS];
};

/* The records left out of one batch, by reason, that are to be added when its turn comes. */
struct sk_skip_notes {
	struct {
		uint32_t count;
		uint32_t record; /* the first, from 0, in the batch */
		struct sk_span text;
		struct sk_span whole; /* the record that it is of */
	} by_reason[SK_SKIP_KINDS];
	uint32_t blank;
	unsigned char number[SK_RAW_DECIMAL_SIZE]; /* room for a text that stands in no record */
};

/* Record ${record} (from 1) of ${input} is left out; ${text} is what is wrong with it. Dies of it when strict; of one rounded
 * when exact, which is not left out, as one PARTLY is not. */
void sk_skips_add(struct sk_skips *skips, enum sk_skip_reason reason, const char *input,
    uint64_t record, struct sk_span text);

/* Whether the next record left out for ${reason} is shown, so that it has to have its right number. */
bool sk_skips_shows(const struct sk_skips *skips, enum sk_skip_reason reason);

/* Note record ${record} (from 0) of a batch, which is ${whole}; it and ${text} are borrowed for as long as the notes are used. */
void sk_skip_notes_add(struct sk_skip_notes *notes, enum sk_skip_reason reason, size_t record,
    struct sk_span text, struct sk_span whole);

/* Add what was noted of a batch that comes behind ${before} records of ${input}. Not for strict ones. */
void sk_skips_add_notes(struct sk_skips *skips, const struct sk_skip_notes *notes,
    const char *input, uint64_t before);

/* Whether there is nothing in ${record}, as in an empty line, so that nothing is wrong with it when it is left out. */
bool sk_skips_is_blank(struct sk_span record);

/* How many records were left out. */
uint64_t sk_skips_count(const struct sk_skips *skips);

/* Note, a line for each reason, how many of ${total} records were left out, were rounded, and were late for some windows. */
void sk_skips_report(const struct sk_skips *skips, uint64_t total);

#endif
