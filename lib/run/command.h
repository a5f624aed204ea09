/*
 * command.h -- a tool's command line, and the options that print and end: --help, --version, --completion.
 */
#ifndef STREAMKIT_RUN_COMMAND_H
#define STREAMKIT_RUN_COMMAND_H

#include "option.h"

struct sk_command {
	const char *name;
	const char *summary; /* one sentence, without a full stop */
	/* The tables of options, ended by NULL, --help listing them in this order; sk_command_options is one of them. */
	const struct sk_option *const *tables;
	sk_option_fn *take;  /* takes what sk_command_options does not have */
	const char *units;   /* what --help says of the arguments' units, or NULL */
};

/* --quiet, --completion, --help and --version. */
extern const struct sk_option sk_command_options[];

/*
 * Read the options of ${argv}, and return the index of the first operand. Names the tool in messages; ends the process
 * where an option asks for no more than a text, and dies of a mistake.
 */
int sk_command_parse(const struct sk_command *command, int argc, char **argv);

#endif
