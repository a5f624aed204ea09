/* run.c -- what every tool does alike. */
#include "run_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../record/source.h"
#include "asserts.h"
#include "command.h"
#include "crew.h"
#include "diag.h"
#include "explain.h"
#include "groups.h"
#include "guess.h"
#include "intake.h"
#include "linger.h"
#include "progress.h"
#include "report.h"
#include "schedule.h"
#include "seed.h"
#include "sets.h"
#include "setup.h"
#include "shared.h"
#include "signals.h"
#include "sketch_input.h"
#include "state.h"
#include "streams.h"

/* One tool runs in a process: what option callbacks need stands here. */
static struct sk_run_parts run;

/* The command line */

static void
take_option(const struct sk_option_value *value)
{
	if (!sk_shared_take(&run.shared, value))
		run.tool->take(value);
}

static int
read_command_line(int argc, char **argv)
{
	const struct sk_option *const tables[] = { run.tool->options, sk_item_options,
		sk_input_options, sk_answer_options, sk_command_options, NULL };
	const struct sk_command command = { run.tool->name, run.tool->summary, tables, take_option,
		"Sizes take K, M, G; durations ms, s, m, h, d, w." };
	int operands;

	sk_shared_defaults(&run.shared);
	operands = sk_command_parse(&command, argc, argv);
	if (run.shared.human && !run.shared.format_given)
		run.shared.format = SK_FORMAT_TEXT;
	run.shared.input_open = !run.shared.input_asked;
	sk_shared_imply_header(&run.shared,
	    sk_fields_named(&run.shared.items) || sk_fields_named(&run.shared.keys) ||
		sk_fields_named(sk_where_fields(run.shared.where)));
	sk_shared_check(&run.shared);
	run.shared.inputs = operands < argc ? (size_t)(argc - operands) : 1;
	if (run.shared.total && run.shared.keys.count > 0)
		run.shared.memory /= 2; /* the other half is for the sum */
	run.tool->settle(&run.shared, &run.wants);
	sk_shared_imply_header(&run.shared, sk_fields_named(&run.wants.weights));
	if (!sk_shared_names_fields(&run.shared))
		sk_shared_refuse_names("weight", &run.wants.weights);
	run.asserts = sk_asserts_new(
	    run.shared.asserts, run.shared.asserts_count, run.tool->class);
	if (sk_shared_reads_numbers(&run.shared) && run.wants.weights.count > 0)
		sk_die("--weight: records of this --input are single numbers");
	if (run.shared.explain) {
		sk_explain(run.tool->class, run.wants.apart ? run.shared.memory / 2 : run.shared.memory,
		    run.shared.exact,
		    run.shared.plots ? SK_FORMAT_TEXT : run.shared.format, run.shared.columns);
		exit(EXIT_SUCCESS);
	}
	return operands;
}

/* Keys that --by does not name */

static const char *
settle_keys(size_t parts)
{
	return sk_run_settle_keys(&run, parts);
}

static const char *
settle_whole(size_t parts)
{
	return sk_run_settle_whole(&run, parts);
}

/* Getting ready */

/* Start from what an earlier run has left. A state that cannot be read ends the run, and stays as it is. */
static void
load_state(void)
{
	run.state = sk_state_open(run.shared.state);
	sk_sketch_input_state(run.sketches, true);
	if (!sk_state_load(run.state, run.sketches, sk_sets_input(run.sets)))
		exit(SK_EXIT_TROUBLE);
	sk_sketch_input_state(run.sketches, false);
}

/* Wait for the first input, and guess by it how records are to be read. Nothing has come of which signals might want to know. */
static void
guess_input(void)
{
	struct sk_shared *shared = &run.shared;
	bool records;

	run.guessed = true;
	run.first_status = sk_source_next(run.source, NULL, NULL, &run.first_block);
	records = run.first_status == SK_SOURCE_RECORDS;
	run.blank = !records;
	if (records)
		sk_guess_gather(shared, run.source, &run.first_block);
	sk_guess(shared, sk_source_name(run.source), records ? run.first_block : (struct sk_span){ NULL, 0 },
	    sk_fields_named(&shared->items) || sk_fields_named(&shared->keys) || sk_fields_named(&run.wants.weights) ||
		sk_fields_named(sk_where_fields(shared->where)));
	sk_shared_check(shared);
	if (!sk_shared_names_fields(shared))
		sk_shared_refuse_names("weight", &run.wants.weights);
}

static void
prepare(char *const *names, size_t n)
{
	const struct sk_shared *shared = &run.shared;
	uint64_t seed = sk_seed_draw();

	run.source = sk_setup_source(shared, names, n);
	if (shared->input == SK_INPUT_AUTO)
		guess_input();
	run.intake = sk_setup_intake(shared, &run.wants);
	run.report = sk_setup_report(shared, &run.wants, run.tool->class);
	if (sk_intake_layout(run.intake) != NULL && sk_source_set_layout(run.source, sk_intake_layout(run.intake)))
		run.guessed = false;
	sk_source_allow_partial(run.source);
	if (!sk_shared_reads_sketches(shared) && !shared->strict)
		run.crew = sk_crew_new(run.intake, shared->threads, shared->memory);
	run.sets = sk_sets_new(
	    run.tool->class, shared->keys.count > 0, run.wants.apart, shared->memory, seed);
	if (run.sets == NULL)
		sk_die("out of memory");
	run.rollup = sk_setup_rollup(
	    shared, &run.wants, run.tool->class, run.sets, run.report, run.asserts, settle_whole, seed);
	run.windows = sk_setup_windows(shared, run.tool->class, run.intake, run.rollup, settle_keys, seed);
	run.sketches =
	    sk_setup_sketches(shared, run.tool->class, run.windows, run.rollup, settle_keys, seed);
	if (shared->state != NULL)
		load_state();
	sk_schedule_start(&run.schedule, shared->every);
	sk_signals_start();
	sk_progress_start(names, n, shared->every > 0, !shared->sketch || shared->form == SK_SKETCH_BASE64);
}

/*
 * How far it is. Where records of the input at hand are told of, the intake knows, be it fed by blocks or by the crew; of
 * other bytes the source does.
 */
static void
show_progress(enum sk_source_status status, size_t size)
{
	const bool records = status == SK_SOURCE_RECORDS && run.shared.input != SK_INPUT_BASE64;

	if (status == SK_SOURCE_WAITED)
		sk_progress_look();
	else if (status != SK_SOURCE_END && status != SK_SOURCE_ERROR)
		sk_progress_step(sk_source_index(run.source),
		    sk_source_taken(run.source,
			records ? sk_intake_offset(run.intake) : sk_source_offset(run.source) + size),
		    sk_intake_records(run.intake) + sk_sketch_input_records(run.sketches));
}

/* The stream */

static struct sk_report_counts
count_records(void)
{
	return (struct sk_report_counts){
		.records = sk_intake_records(run.intake) + sk_sketch_input_records(run.sketches) +
		    sk_rollup_records(run.rollup),
		.skipped = sk_intake_skipped(run.intake),
	};
}

/* Whether answers are those of windows, even if there are none. */
static bool
is_windowed(void)
{
	return sk_window_input_seen(run.windows) || sk_rollup_seen(run.rollup);
}

/* Whether what a terminal shows is to be drawn anew at once: it has another size, or others have written below it. */
static bool
is_disturbed(void)
{
	const bool resized = sk_signals_take_resized();

	return sk_signals_take_continued() ? sk_report_leave(run.report) :
					     resized && sk_report_is_drawn(run.report);
}

static void
report_if_due(void)
{
	bool due = sk_schedule_due(&run.schedule) && run.begun;
	bool asked = sk_signals_take_report(), disturbed = is_disturbed();
	struct sk_report_counts counts = count_records();

	if (!asked && !disturbed && !due)
		return;
	if (is_windowed() && sk_rollup_reports(run.rollup))
		sk_window_input_glance(run.windows, run.report);
	else if (!is_windowed())
		sk_report_interim(run.report, sk_sets_answer(run.sets), &counts);
}

/* Let the crew read on behind the block at hand, as far as it can. */
static void
read_with_crew(void)
{
	const struct sk_span *keys;
	struct sk_batch batch;

	while (sk_signals_ending() == 0 && sk_crew_piece(run.crew, run.source, run.intake)) {
		while (sk_crew_batch(run.crew, run.intake, &batch, &keys))
			sk_run_take_batch(&run, &batch, keys);
		sk_signals_look();
		show_progress(SK_SOURCE_RECORDS, 0);
		report_if_due();
	}
	if (sk_crew_stop(run.crew, run.source, run.intake) == -1)
		sk_run_take_event(&run, SK_SOURCE_ERROR, (struct sk_span){ NULL, 0 });
}

/* Whether to read on: after a signal only to the END of frames that somebody else writes, who may have had it too. */
static bool
goes_on(bool came)
{
	if (sk_signals_ending() == 0)
		return true;
	sk_report_withdraw(run.report);
	return sk_source_waits(run.source) && sk_sketch_input_inside(run.sketches) &&
	    sk_linger_on(&run.linger, came);
}

static const struct timespec *
time_left(struct timespec *left)
{
	return run.linger.begun ? sk_linger_left(&run.linger, left) :
				  sk_progress_left(sk_schedule_left(&run.schedule, left));
}

static void
read_stream(void)
{
	struct timespec left;
	struct sk_span block;
	enum sk_source_status status;

	do {
		status = run.first_status;
		block = run.first_block;
		if (!run.guessed)
			status = sk_source_next(run.source, time_left(&left), sk_signals_mask(), &block);
		run.guessed = false;
		if (status != SK_SOURCE_END)
			sk_run_take_event(&run, status, block);
		show_progress(status, block.size);
		if (!run.linger.begun)
			report_if_due();
		if (status == SK_SOURCE_RECORDS)
			read_with_crew();
	} while (status != SK_SOURCE_END && goes_on(status != SK_SOURCE_WAITED));
	sk_progress_end();
	sk_run_end_stream(&run);
	sk_run_begin_input(&run, sk_source_index(run.source) + 1);
	sk_crew_free(run.crew);
}

/* The end */

static size_t
answer_key_parts(void)
{
	return run.shared.keys.count > 0 ? run.shared.keys.count : run.key_parts;
}

/* Leave the state for the next run, unless something of this one is missing in it. */
static void
save_state(void)
{
	struct sk_sketch_output_options options = { SK_SKETCH_FRAMES, answer_key_parts(),
		run.shared.level };
	struct sk_report_counts counts = count_records();
	struct sk_output *output;

	if (run.trouble) {
		sk_warn("%s: the state stays as it was, for not all input could be read",
		    run.shared.state);
		return;
	}
	if ((output = sk_state_begin(run.state)) != NULL && is_windowed())
		sk_rollup_save(run.rollup, &counts, output);
	else if (output != NULL)
		sk_sketch_output(&options, sk_sets_answer(run.sets), counts.records, counts.skipped, output);
	if (output == NULL || !sk_state_commit(run.state))
		run.trouble = true;
}

static void
release(void)
{
	sk_state_free(run.state);
	sk_sketch_input_free(run.sketches);
	sk_window_input_free(run.windows);
	sk_rollup_free(run.rollup);
	sk_source_free(run.source);
	sk_intake_free(run.intake);
	sk_sets_free(run.sets);
	sk_report_free(run.report);
	sk_asserts_free(run.asserts);
}

/* Answers have been given window by window, but for what waited for the end. */
static void
end_windows(void)
{
	struct sk_report_counts counts = count_records();

	if (sk_sketch_input_count(run.sketches) > 0 || run.plain)
		sk_die(SK_RUN_NOT_TOGETHER);
	if (!sk_rollup_end(run.rollup, &counts))
		run.trouble = true;
	sk_intake_report(run.intake);
	if (sk_intake_useless(run.intake))
		run.trouble = true;
	if (!sk_report_remarks(run.report,
		sk_shared_whole(&run.shared) ? sk_sets_answer(run.sets) : NULL, run.shared.error))
		run.trouble = true;
	if (run.state != NULL)
		save_state();
}

static void
answer(void)
{
	struct sk_report_counts counts = count_records();
	struct sk_groups *groups = sk_sets_answer(run.sets);

	/* Where nothing could be read there is nothing to answer for. */
	if (run.trouble && counts.records == 0 && sk_sketch_input_count(run.sketches) == 0)
		exit(SK_EXIT_TROUBLE);
	if (sk_shared_asks_for_windows(&run.shared))
		sk_run_die_without_windows(&run);
	if (sk_intake_useless(run.intake)) {
		sk_intake_report(run.intake);
		sk_signals_die();
		exit(SK_EXIT_TROUBLE);
	}
	sk_report_last(run.report, groups, &counts);
	sk_asserts_check(run.asserts, groups, answer_key_parts(), NULL);
	sk_intake_report(run.intake);
	if (!sk_report_remarks(run.report, groups, run.shared.error))
		run.trouble = true;
	if (run.state != NULL)
		save_state();
}

int
sk_run(const struct sk_tool *tool, int argc, char **argv)
{
	int operands;
	bool held;

	sk_diag_name(tool->name);
	sk_streams_keep();
	run.tool = tool;
	operands = read_command_line(argc, argv);
	prepare(argv + operands, (size_t)(argc - operands));
	read_stream();
	sk_signals_stop();
	if (is_windowed()) {
		end_windows();
	} else {
		if (!run.blank)
			sk_intake_check_names(run.intake);
		answer();
	}
	held = sk_asserts_end(run.asserts);
	release();
	sk_signals_die();
	return run.trouble ? SK_EXIT_TROUBLE : held ? EXIT_SUCCESS : SK_EXIT_NO;
}
