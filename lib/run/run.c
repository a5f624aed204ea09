/* run.c -- what every tool does alike. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../record/scan.h"
#include "../record/source.h"
#include "completion.h"
#include "diag.h"
#include "groups.h"
#include "intake.h"
#include "report.h"
#include "shared.h"
#include "signals.h"
#include "sketch_input.h"
#include "state.h"

#ifndef SK_VERSION
#define SK_VERSION "unknown"
#endif

#define NANOSECONDS ((uint64_t)1000000000)
#define STATE_PIECE ((size_t)1 << 16)
#define SOURCE_FREE ((size_t)1 << 20) /* of the input buffer, this much is not counted against --memory */

/* A run under way. */
struct run {
	const struct sk_tool *tool;
	struct sk_shared shared;
	struct sk_source *source;
	struct sk_intake *intake;
	struct sk_groups *groups;
	struct sk_report *report;
	struct sk_sketch_input *sketches;
	struct sk_state *state; /* NULL without --state */
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
	if (!run.shared.header)
		sk_shared_refuse_names(run.tool->weight());
	sk_diag_quiet(run.shared.quiet);
	run.tool->settle(&run.shared);
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

/* The longest record that can be held: one that is an item must leave room for others. */
static size_t
record_max(void)
{
	size_t most = run.shared.memory / 4;

	return most > SK_SOURCE_BLOCK ? most : SK_SOURCE_BLOCK;
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
		.record_max = record_max(),
		.values = run.tool->values,
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
		.sketch = shared->sketch,
		.form = shared->form,
	};

	options.columns_count = run.tool->columns(columns, shared->items.count, separator);
	return sk_report_new(&options);
}

static struct sk_sketch_input *
new_sketch_input(uint64_t seed)
{
	const struct sk_shared *shared = &run.shared;
	struct sk_sketch_input_options options = {
		.class = run.tool->class,
		.keyed = shared->keys.count > 0,
		.separator = sk_intake_separator(run.intake),
		.image = shared->input == SK_INPUT_IMAGE,
		.item_type = shared->item_type,
		.memory = shared->memory,
		.seed = seed,
	};

	return sk_sketch_input_new(&options, run.groups);
}

static struct sk_source *
new_source(char *const *names, size_t n)
{
	const struct sk_shared *shared = &run.shared;
	struct sk_source *source = sk_source_new(names, n, shared->end, record_max());
	struct sk_span signature = { sk_frame_signature, SK_FRAME_SIGNATURE_SIZE };

	if (source == NULL)
		sk_die("out of memory");
	if (shared->input == SK_INPUT_IMAGE)
		signature.size = 0;
	if (shared->input != SK_INPUT_BASE64)
		sk_source_set_signature(source, signature);
	return source;
}

/* Start from what an earlier run has left. A state that cannot be read ends the run, and stays as it is. */
static void
load_state(uint64_t seed)
{
	const struct sk_shared *shared = &run.shared;
	struct sk_sketch_input_options options = {
		.class = run.tool->class,
		.keyed = shared->keys.count > 0,
		.separator = sk_intake_separator(run.intake),
		.memory = shared->memory,
		.seed = seed,
	};
	struct sk_sketch_input *input = sk_sketch_input_new(&options, run.groups);
	unsigned char bytes[STATE_PIECE];
	size_t size;
	bool good = true;

	run.state = sk_state_open(shared->state);
	while (good && (size = sk_state_read(run.state, bytes, sizeof(bytes))) > 0)
		good = sk_sketch_input_bytes(input, shared->state, (struct sk_span){ bytes, size });
	if (!good || !sk_sketch_input_end(input, shared->state))
		exit(SK_EXIT_TROUBLE);
	sk_sketch_input_free(input);
}

static void
prepare(char *const *names, size_t n)
{
	const struct sk_shared *shared = &run.shared;
	uint64_t seed = draw_seed();

	run.intake = new_intake();
	run.report = new_report();
	run.source = new_source(names, n);
	run.groups = sk_groups_new(run.tool->class, shared->keys.count > 0, shared->memory, seed);
	if (run.groups == NULL)
		sk_die("out of memory");
	/* Without keys there is an answer even to no input. */
	if (shared->keys.count == 0 &&
	    sk_groups_add(run.groups, &(struct sk_batch){ .count = 0 }, NULL) == -1)
		sk_die("out of memory");
	run.sketches = new_sketch_input(seed);
	if (shared->state != NULL)
		load_state(seed);
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
		sk_die("%s: %zu different keys (--by) do not fit in --memory", name,
		    sk_groups_count(run.groups));
	sk_die("%s: %s", name, strerror(errno));
}

static void
check_exact(void)
{
	if (run.shared.exact && !sk_groups_exact(run.groups))
		sk_die("%s: an exact answer (--exact) needs more than --memory",
		    sk_source_name(run.source));
}

static void
take_base64(struct sk_span block)
{
	const char *name = sk_source_name(run.source);
	struct sk_span line;
	size_t used;

	while (sk_scan_best()->records(block.data, block.size, run.shared.end, &line, 1, &used) > 0) {
		if (!sk_sketch_input_line(run.sketches, name, line))
			run.trouble = true;
		block.data += used;
		block.size -= used;
	}
	check_exact();
}

/* Buffers that have grown with long records take their memory from the groups. */
static void
share_memory(void)
{
	size_t used = sk_source_memory(run.source) + sk_intake_memory(run.intake), left;

	if (used == run.source_memory)
		return;
	run.source_memory = used;
	if (used <= SOURCE_FREE)
		return;
	left = run.shared.memory / 8;
	if (used - SOURCE_FREE < run.shared.memory - left)
		left = run.shared.memory - (used - SOURCE_FREE);
	if (sk_groups_confine(run.groups, left) == -1)
		die_adding();
}

static void
take_block(struct sk_span block)
{
	const struct sk_span *keys;
	struct sk_batch batch;

	while (sk_intake_batch(run.intake, &block, &batch, &keys)) {
		share_memory();
		if (sk_groups_add(run.groups, &batch, keys) == -1)
			die_adding();
		check_exact();
	}
}

static void
take_sketches(enum sk_source_status status, struct sk_span bytes)
{
	const char *name = sk_source_name(run.source);
	bool good = status == SK_SOURCE_BYTES ? sk_sketch_input_bytes(run.sketches, name, bytes) :
						sk_sketch_input_end(run.sketches, name);

	if (!good)
		run.trouble = true;
	check_exact();
}

static void
take_event(enum sk_source_status status, struct sk_span block)
{
	if (status == SK_SOURCE_ERROR) {
		sk_warn("%s: %s", sk_source_name(run.source), strerror(errno));
		sk_sketch_input_abandon(run.sketches);
		run.trouble = true;
		return;
	}
	if (status == SK_SOURCE_WAITED)
		return;
	if (status == SK_SOURCE_BYTES || status == SK_SOURCE_BYTES_END) {
		take_sketches(status, block);
		return;
	}
	if (run.input != sk_source_index(run.source)) {
		run.input = sk_source_index(run.source);
		sk_intake_input(run.intake, sk_source_name(run.source));
	}
	if (status == SK_SOURCE_TOO_LONG)
		sk_intake_too_long(run.intake, block);
	else if (run.shared.input == SK_INPUT_BASE64)
		take_base64(block);
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

static struct sk_report_counts
count_records(void)
{
	return (struct sk_report_counts){
		.records = sk_intake_records(run.intake) + sk_sketch_input_records(run.sketches),
		.skipped = sk_intake_skipped(run.intake),
	};
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
	if (due) {
		struct sk_report_counts counts = count_records();

		sk_report_interim(run.report, run.groups, &counts);
	}
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

/* Leave the state for the next run, unless something of this one is missing in it. */
static void
save_state(void)
{
	struct sk_sketch_output_options options = { SK_SKETCH_FRAMES, run.shared.keys.count,
		sk_intake_separator(run.intake) };
	struct sk_report_counts counts = count_records();
	static struct sk_output output;
	int fd;

	if (run.trouble) {
		sk_warn("%s: the state stays as it was, for not all input could be read",
		    run.shared.state);
		return;
	}
	if ((fd = sk_state_begin(run.state)) == -1) {
		run.trouble = true;
		return;
	}
	sk_output_init(&output, fd);
	sk_sketch_output(&options, run.groups, counts.records, counts.skipped, &output);
	sk_output_flush(&output);
	if (!sk_state_commit(run.state))
		run.trouble = true;
}

static void
release(void)
{
	sk_state_free(run.state);
	sk_sketch_input_free(run.sketches);
	sk_source_free(run.source);
	sk_intake_free(run.intake);
	sk_groups_free(run.groups);
	sk_report_free(run.report);
}

int
sk_run(const struct sk_tool *tool, int argc, char **argv)
{
	struct sk_report_counts counts;
	int operands;

	sk_diag_name(tool->name);
	keep_standard_streams();
	run.tool = tool;
	operands = read_command_line(argc, argv);
	prepare(argv + operands, (size_t)(argc - operands));
	read_stream();
	sk_signals_stop();
	counts = count_records();
	sk_report_last(run.report, run.groups, &counts);
	sk_intake_report(run.intake);
	judge_answer();
	if (run.state != NULL)
		save_state();
	release();
	sk_signals_die();
	return run.trouble ? SK_EXIT_TROUBLE : EXIT_SUCCESS;
}
