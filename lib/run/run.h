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
#include "form.h"
#include "option.h"
#include "shared.h"

/* What a tool wants of its input, beyond what the shared options say. */
struct sk_wants {
	struct sk_fields weights; /* that weigh an item: none or one */
	bool values;              /* items are numbers: batches have `values` */
	enum sk_form form;        /* of items */
	bool apart;               /* inputs are kept apart, and combined */
	enum sk_scale_choice scale; /* of values, in pictures */
};

struct sk_tool {
	const char *name;
	const char *summary; /* one sentence, without a full stop */
	const struct sk_option *options;
	/* Take one of the tool's own options. */
	sk_option_fn *take;
	/* All options are read, and these are the shared ones: settle what depends on them, and say what is wanted. */
	void (*settle)(const struct sk_shared *shared, struct sk_wants *wants);
	const struct sk_aggregate_class *class; /* complete once settled */
};

/* Run ${tool} and return its exit status, if it does not die. */
int sk_run(const struct sk_tool *tool, int argc, char **argv);

#endif
