/*
 * run.h -- a whole tool, from its command line to its exit status.
 *
 * A tool is a table of its own options, the columns of its answer and the aggregate that computes it. Everything
 * that tools do alike is done here: the shared options, --help, --version and completions, the input loop, groups,
 * live answers, signals, diagnostics and exit statuses.
 */
#ifndef STREAMKIT_RUN_RUN_H
#define STREAMKIT_RUN_RUN_H

#include "aggregate.h"
#include "option.h"
#include "shared.h"

struct sk_tool {
	const char *name;
	const char *summary; /* one sentence, without a full stop */
	const struct sk_option *options;
	/* Take one of the tool's own options. */
	sk_option_fn *take;
	/* All options are read, and these are the shared ones: settle what depends on them. */
	void (*settle)(const struct sk_shared *shared);
	/* The fields that weigh an item: none or one. */
	const struct sk_fields *(*weight)(void);
	/* Whether inputs are kept apart and combined; NULL: never. */
	bool (*apart)(void);
	bool values; /* items are numbers: batches have `values` */
	const struct sk_aggregate_class *class; /* complete once settled */
};

/* Run ${tool} and return its exit status, if it does not die. */
int sk_run(const struct sk_tool *tool, int argc, char **argv);

#endif
