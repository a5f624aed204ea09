/*
 * shared.h -- the options that every tool has.
 */
#ifndef STREAMKIT_RUN_SHARED_H
#define STREAMKIT_RUN_SHARED_H

#include "option.h"
#include "table.h"

struct sk_shared {
	struct sk_fields items;
	struct sk_fields keys;
	int delimiter; /* SK_INTAKE_BLANKS, or a byte */
	unsigned char end;
	bool header;
	enum sk_format format;
	bool columns;
	double error; /* negative: not asked for */
	size_t memory;
	bool exact;
	uint64_t every; /* nanoseconds, 0: never */
	bool strict;
	bool quiet;
	bool help;
	bool version;
	const char *completion; /* the shell, or NULL */
};

/* The table, in the order in which --help lists it. */
extern const struct sk_option sk_shared_options[];

/* What holds when no option says otherwise. */
void sk_shared_defaults(struct sk_shared *shared);

/* Take one value; false when it is no shared option's. */
bool sk_shared_take(struct sk_shared *shared, const struct sk_option_value *value);

/* Die if the options do not go together. */
void sk_shared_check(const struct sk_shared *shared);

#endif
