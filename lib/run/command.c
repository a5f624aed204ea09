/* command.c -- a tool's command line. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "completion.h"
#include "diag.h"

#ifndef SK_VERSION
#define SK_VERSION "unknown"
#endif

enum { KEY_QUIET = SK_OPTION_COMMAND, KEY_COMPLETION };

const struct sk_option sk_command_options[] = {
	{ KEY_QUIET, "quiet", NULL, "print errors only, no notes", SK_OPTION_FLAG, NULL, 0 },
	{ KEY_COMPLETION, "completion", "SHELL", "print the completions for bash, zsh or fish",
	    SK_OPTION_CHOICE, "bash zsh fish", 0 },
	{ 'h', "help", NULL, "print this help", SK_OPTION_FLAG, NULL, 0 },
	{ 'V', "version", NULL, "print the version", SK_OPTION_FLAG, NULL, 0 },
	{ 0 },
};

/* One tool runs in a process: what option callbacks need stands here. */
static struct {
	sk_option_fn *take;
	bool help;
	bool version;
	const char *completion; /* the shell, or NULL */
} asked;

static void
take(const struct sk_option_value *value)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };

	switch (value->key) {
	case KEY_QUIET:
		sk_diag_quiet(true);
		break;
	case KEY_COMPLETION:
		asked.completion = shells[value->number];
		break;
	case 'h':
		asked.help = true;
		break;
	case 'V':
		asked.version = true;
		break;
	default:
		asked.take(value);
	}
}

static void
print_help(const struct sk_command *command)
{
	printf("Usage: %s [OPTION]... [FILE]...\n%s.\n", command->name, command->summary);
	printf("With no FILE, or when FILE is -, read standard input.\n\n");
	sk_options_help(command->tables);
	printf("\n%s%sManual: man %s\n", command->units != NULL ? command->units : "",
	    command->units != NULL ? " " : "", command->name);
}

int
sk_command_parse(const struct sk_command *command, int argc, char **argv)
{
	int operands;

	sk_diag_name(command->name);
	asked.take = command->take;
	operands = sk_options_parse(argc, argv, command->tables, take);
	if (!asked.help && !asked.version && asked.completion == NULL)
		return operands;
	if (asked.help)
		print_help(command);
	else if (asked.version)
		printf("%s (streamkit) %s\n", command->name, SK_VERSION);
	else
		sk_completion_print(
		    command->name, command->summary, command->tables, asked.completion);
	if (fflush(stdout) == EOF || ferror(stdout))
		sk_die("standard output: %s", strerror(errno));
	exit(EXIT_SUCCESS);
}
