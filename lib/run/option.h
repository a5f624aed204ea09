/*
 * option.h -- a tool's options, written down once.
 *
 * One table gives the parser its names, --help its text and the shells their completions, so that they cannot
 * disagree. Values arrive parsed: sizes in bytes, durations in nanoseconds, fractions from 0 to 1.
 */
#ifndef STREAMKIT_RUN_OPTION_H
#define STREAMKIT_RUN_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fields.h"

enum sk_option_kind {
	SK_OPTION_FLAG,     /* no argument */
	SK_OPTION_COUNT,    /* a whole number of at least 1 */
	SK_OPTION_SIZE,     /* bytes */
	SK_OPTION_DURATION, /* nanoseconds, more than 0 */
	SK_OPTION_SPAN,     /* nanoseconds, or 0 */
	SK_OPTION_FRACTION,
	SK_OPTION_FIELDS, /* a list of fields, or with `choices` of "" none */
	SK_OPTION_BYTE,   /* one byte, or \t \n \\ \0 */
	SK_OPTION_CHOICE, /* one of `choices` */
	SK_OPTION_MAYBE,  /* the same, or none: --name or --name=CHOICE */
	SK_OPTION_FILE,   /* a file's name */
	SK_OPTION_TEXT,   /* any text */
};

struct sk_option {
	int key;              /* the short option's letter, or a number from SK_OPTION_LONG up where there is none */
	const char *name;     /* the long option; NULL ends a table */
	const char *argument; /* what --help calls the argument */
	const char *help;     /* one line or two */
	enum sk_option_kind kind;
	const char *choices;  /* of a CHOICE or a MAYBE: words with blanks between; of a COUNT: a word that stands for UINT64_MAX;
	                       * of a TEXT: words for completions */
	char alias;           /* another letter for the same option, or 0 */
};

/* Where the keys of options without a letter start: those of every command, the shared ones, a tool's own. */
#define SK_OPTION_LONG 256
#define SK_OPTION_COMMAND SK_OPTION_LONG
#define SK_OPTION_SHARED 384
#define SK_OPTION_TOOL 512

struct sk_option_value {
	int key;
	uint64_t number;  /* COUNT, SIZE, DURATION, SPAN, BYTE; CHOICE: which, from 0; MAYBE: from 1, and 0 for none */
	double fraction;
	struct sk_fields fields;
	const char *text; /* FILE, TEXT; borrowed from the command line */
};

/* Take one option's value. Dies, with a message, of a value that it refuses. */
typedef void sk_option_fn(const struct sk_option_value *value);

/*
 * Read the options of ${argv} by the ${tables} (ended by NULL) and hand each to ${take}, in order. Returns the index
 * of the first operand, ${argv} being permuted so that operands come last. Dies of an option that is not in the
 * tables or an argument that it cannot read.
 */
int sk_options_parse(int argc, char **argv, const struct sk_option *const *tables, sk_option_fn *take);

/* Die because of the argument ${text} of ${option}. */
_Noreturn void sk_option_refuse(const struct sk_option *option, const char *text, const char *why);

/* Print the options' part of --help to standard output. */
void sk_options_help(const struct sk_option *const *tables);

#endif
