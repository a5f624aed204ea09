/* run.c -- what every tool does alike. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../record/source.h"
#include "completion.h"
#include "diag.h"
#include "groups.h"
#include "intake.h"
#include "report.h"
#include "shared.h"
#include "signals.h"

#ifndef SK_VERSION
#define SK_VERSION "unknown"
#endif

#define NANOSECONDS ((uint64_t)1000000000)
#define SOURCE_FREE ((size_t)1 << 20) /* of the input buffer, this much is not counted against --memory */

/* A run under way. */
struct run {
	const struct sk_tool *tool;
	struct sk_shared shared;
	struct sk_source *source;
	struct sk_intake *intake;
	struct sk_groups *groups;
	struct sk_report *report;
	size_t source_memory; /* at the last look */
	size_t input;         /* sk_source_index() at the last look */
	uint64_t next_report; /* nanoseconds of the monotonic clock, 0: never */
	bool trouble;
};

/* One tool runs in a process: what option callbacks need stands here. */
static struct run run;

/* The command line */

static void
take_option(const struct sk_option_value *value)
{
	if (!sk_shared_take(&run.shared, value))
		run.tool->take(value);
}

static void
print_help(const struct sk_option *const *tables)
{
	printf("Usage: %s [OPTION]... [FILE]...\n%s.\n", run.tool->name, run.tool->summary);
	printf("With no FILE, or when FILE is -, read standard input.\n\n");
	sk_options_help(tables);
	printf("\nSizes take K, M, G; durations ms, s, m, h, d. Manual: man %s\n", run.tool->name);
}

/* --help and its like: print, and end the process. */
static void
print_and_exit(const struct sk_option *const *tables)
{
	if (run.shared.help)
		print_help(tables);
	else if (run.shared.version)
		printf("%s (streamkit) %s\n", run.tool->name, SK_VERSION);
	else
		sk_completion_print(run.tool->name, run.tool->summary, tables, run.shared.completion);
	if (fflush(stdout) == EOF || ferror(stdout))
		sk_die("standard output: %s", strerror(errno));
	exit(EXIT_SUCCESS);
}

static int
read_command_line(int argc, char **argv)
{
	const struct sk_option *const tables[] = { run.tool->options, sk_shared_options, NULL };
	int operands;

	sk_shared_defaults(&run.shared);
	operands = sk_options_parse(argc, argv, tables, take_option);
	if (run.shared.help || run.shared.version || run.shared.completion != NULL)
		print_and_exit(tables);
	sk_shared_check(&run.shared);
	if (!run.shared.header && sk_fields_named(run.tool->weight()))
		sk_die("fields have names only with --header");
	sk_diag_quiet(run.shared.quiet);
	return operands;
}

/* Getting ready */

/* A standard stream that is closed would lend its number to the first file opened. */
static void
keep_standard_streams(void)
{
	bool output_closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			exit(SK_EXIT_TROUBLE);
	if (output_closed)
		sk_die("standard output: %s", strerror(EBADF));
}

/* A number that nobody outside can know. Where the system has none to give, time and place must do. */
static uint64_t
draw_seed(void)
{
	struct timespec now = { 0, 0 };
	uint64_t seed = 0;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	bool drawn = fd != -1 && read(fd, &seed, sizeof(seed)) == (ssize_t)sizeof(seed);

	if (fd != -1)
		close(fd);
	if (drawn)
		return seed;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec +
	    ((uint64_t)getpid() << 40) + (uint64_t)(uintptr_t)&now;
}

static uint64_t
now_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

static struct sk_intake *
new_intake(void)
{
	const struct sk_shared *shared = &run.shared;
	struct sk_intake_options options = {
		.items = shared->items,
		.keys = shared->keys,
		.weights = *run.tool->weight(),
		.delimiter = shared->delimiter,
		.end = shared->end,
		.header = shared->header,
		.strict = shared->strict,
	};

	return sk_intake_new(&options);
}

static struct sk_report *
new_report(void)
{
	const struct sk_shared *shared = &run.shared;
	unsigned char separator = sk_intake_separator(run.intake);
	struct sk_column columns[SK_TABLE_COLUMNS];
	struct sk_report_options options = {
		.format = shared->format,
		.header = shared->columns,
		.columns = columns,
		.key_parts = shared->keys.count,
		.key_separator = separator,
	};

	options.columns_count = run.tool->columns(columns, shared->items.count, separator);
	return sk_report_new(&options);
}

static void
prepare(char *const *names, size_t n)
{
	const struct sk_shared *shared = &run.shared;

	run.intake = new_intake();
	run.report = new_report();
	run.source = sk_source_new(names, n, shared->end, shared->memory / 4);
	run.groups = sk_groups_new(
	    run.tool->class, shared->keys.count > 0, shared->memory, draw_seed());
	if (run.source == NULL || run.groups == NULL)
		sk_die("%s", strerror(errno));
	if (shared->every > 0)
		run.next_report = now_nanoseconds() + shared->every;
	sk_signals_start();
}

/* The stream */

static _Noreturn void
die_adding(void)
{
	const char *name = sk_source_name(run.source);

	if (errno == EOVERFLOW)
		sk_die("%s: the sum of all weights is too large, over 9223372036854775807 in units of "
		       "the last decimal",
		    name);
	if (errno == ENOBUFS)
		sk_die("%s: too many different keys (--by) for --memory", name);
	sk_die("%s: %s", name, strerror(errno));
}

static void
take_block(struct sk_span block)
{
	const struct sk_span *keys;
	struct sk_batch batch;

	while (sk_intake_batch(run.intake, &block, &batch, &keys)) {
		if (sk_groups_add(run.groups, &batch, keys) == -1)
			die_adding();
		if (run.shared.exact && !sk_groups_exact(run.groups))
			sk_die("%s: an exact answer (--exact) needs more than --memory",
			    sk_source_name(run.source));
	}
}

/* A buffer that has grown with a long record takes its memory from the groups. */
static void
share_memory(void)
{
	size_t used = sk_source_memory(run.source);

	if (used == run.source_memory)
		return;
	run.source_memory = used;
	if (used > SOURCE_FREE &&
	    sk_groups_confine(run.groups, run.shared.memory - (used - SOURCE_FREE)) == -1)
		die_adding();
}

static void
take_event(enum sk_source_status status, struct sk_span block)
{
	if (status == SK_SOURCE_ERROR) {
		sk_warn("%s: %s", sk_source_name(run.source), strerror(errno));
		run.trouble = true;
		return;
	}
	if (status == SK_SOURCE_WAITED)
		return;
	if (run.input != sk_source_index(run.source)) {
		run.input = sk_source_index(run.source);
		sk_intake_input(run.intake, sk_source_name(run.source));
	}
	share_memory();
	if (status == SK_SOURCE_TOO_LONG)
		sk_intake_too_long(run.intake, block);
	else
		take_block(block);
}

/* The time left until the next report; NULL: no end of it. */
static const struct timespec *
time_left(struct timespec *left)
{
	uint64_t now, nanoseconds;

	if (run.next_report == 0)
		return NULL;
	now = now_nanoseconds();
	nanoseconds = run.next_report > now ? run.next_report - now : 0;
	left->tv_sec = (time_t)(nanoseconds / NANOSECONDS);
	left->tv_nsec = (long)(nanoseconds % NANOSECONDS);
	return left;
}

static void
report_if_due(void)
{
	bool due = sk_signals_take_report();

	if (run.next_report > 0) {
		uint64_t now = now_nanoseconds();

		if (now >= run.next_report) {
			due = true;
			run.next_report += (now - run.next_report) / run.shared.every *
				run.shared.every +
			    run.shared.every;
		}
	}
	if (due)
		sk_report_interim(run.report, run.groups);
}

static void
read_stream(void)
{
	struct timespec left;
	struct sk_span block;
	enum sk_source_status status;

	do {
		status = sk_source_next(run.source, time_left(&left), sk_signals_mask(), &block);
		if (status != SK_SOURCE_END)
			take_event(status, block);
		report_if_due();
	} while (status != SK_SOURCE_END && sk_signals_ending() == 0);
}

/* The end */

/* What the reader of the answer should know of it beyond its bounds. */
static void
judge_answer(void)
{
	const struct sk_group *group = sk_groups_sort(run.groups);
	size_t count = sk_groups_count(run.groups), lacking = 0;
	double worst = 0;

	for (size_t i = 0; i < count; i++) {
		double error = run.tool->class->error(group[i].aggregate);

		worst = error > worst ? error : worst;
		lacking += run.tool->class->lacking(group[i].aggregate) ? 1 : 0;
	}
	if (lacking > 0 && run.shared.keys.count > 0)
		sk_note("for %zu of %zu keys, more --memory might put other items into the list", lacking,
		    count);
	else if (lacking > 0)
		sk_note("more --memory might put other items into the list");
	if (run.shared.error < 0 || worst <= run.shared.error)
		return;
	sk_warn("the error is up to %.2g of the total, above --error %.2g: it takes more --memory",
	    worst, run.shared.error);
	run.trouble = true;
}

static void
release(void)
{
	sk_source_free(run.source);
	sk_intake_free(run.intake);
	sk_groups_free(run.groups);
	sk_report_free(run.report);
}

int
sk_run(const struct sk_tool *tool, int argc, char **argv)
{
	int operands;

	sk_diag_name(tool->name);
	keep_standard_streams();
	run.tool = tool;
	operands = read_command_line(argc, argv);
	prepare(argv + operands, (size_t)(argc - operands));
	read_stream();
	sk_signals_stop();
	sk_report_last(run.report, run.groups);
	sk_intake_report(run.intake);
	judge_answer();
	release();
	sk_signals_die();
	return run.trouble ? SK_EXIT_TROUBLE : EXIT_SUCCESS;
}
