/* run_stream.c -- what comes of the inputs goes to the groups, and what cannot be taken ends the run. */
#include "run_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../record/scan.h"
#include "command.h"
#include "diag.h"
#include "groups.h"

#define SOURCE_FREE ((size_t)1 << 20) /* of the input buffer, this much is not counted against --memory */

/* Keys that --by does not name */

static const char *
why_not_together(size_t before, size_t parts)
{
	if (before == parts)
		return NULL;
	if (parts == 0)
		return "this is of no key, and what came before is of keys: --by '' takes all together";
	if (before == 0)
		return "this is of a key, and what came before is of none: --by '' takes all together";
	return "this has a key of another number of parts than what came before: --by '' takes all together";
}

static void
adopt_answer_keys(struct sk_run_parts *run, size_t parts)
{
	if (sk_sets_adopt_keys(run->sets) == -1)
		sk_die("out of memory");
	sk_report_adopt_keys(run->report, parts);
}

const char *
sk_run_settle_keys(struct sk_run_parts *run, size_t parts)
{
	if (run->shared.keys.count > 0 || run->shared.merges_keys)
		return NULL;
	if (run->keys_settled)
		return why_not_together(run->key_parts, parts);
	run->keys_settled = true;
	if ((run->key_parts = parts) == 0)
		return NULL;
	sk_rollup_adopt_keys(run->rollup, parts);
	sk_window_input_adopt_keys(run->windows, parts);
	if (!sk_shared_whole(&run->shared))
		adopt_answer_keys(run, parts);
	return NULL;
}

const char *
sk_run_settle_whole(struct sk_run_parts *run, size_t parts)
{
	if (run->shared.merges_keys)
		return NULL;
	if (run->whole_settled)
		return why_not_together(run->whole_parts, parts);
	run->whole_settled = true;
	run->whole_parts = parts;
	if (parts > 0 && parts != run->shared.keys.count)
		adopt_answer_keys(run, parts);
	return NULL;
}

/* The stream */

static _Noreturn void
die_adding(struct sk_run_parts *run)
{
	const char *name = sk_source_name(run->source);

	if (errno == EOVERFLOW)
		sk_die("%s: the sum of all weights is too large, over 9223372036854775807 in units of "
		       "the last decimal",
		    name);
	if (errno == ENOBUFS)
		sk_die("%s: %zu different keys (--by) do not fit in --memory: give more with -m", name,
		    sk_groups_count(sk_sets_input(run->sets)));
	if (errno == EDOM)
		sk_die("%s: an infinite value, which a sketch of this kind cannot hold", name);
	sk_die("%s: %s", name, strerror(errno));
}

static void
check_exact(struct sk_run_parts *run)
{
	if (run->shared.exact && !sk_sets_exact(run->sets))
		sk_die("%s: an exact answer (--exact) needs more than --memory",
		    sk_source_name(run->source));
}

/* Buffers that have grown with long records take their memory from the groups. */
static void
share_memory(struct sk_run_parts *run)
{
	size_t used = sk_source_memory(run->source) + sk_intake_memory(run->intake), left;

	if (used == run->source_memory)
		return;
	run->source_memory = used;
	if (used <= SOURCE_FREE)
		return;
	left = run->shared.memory / 8;
	if (used - SOURCE_FREE < run->shared.memory - left)
		left = run->shared.memory - (used - SOURCE_FREE);
	if (sk_sets_confine(run->sets, left) == -1)
		die_adding(run);
}

_Noreturn void
sk_run_die_without_windows(struct sk_run_parts *run)
{
	sk_die("%s: --since, --until and --windows are about windows, and there are none",
	    sk_source_name(run->source));
}

void
sk_run_take_batch(struct sk_run_parts *run, const struct sk_batch *batch, const struct sk_span *keys)
{
	const char *why;

	if (batch->count > 0)
		run->plain = true;
	if (batch->count > 0 && (why = sk_run_settle_keys(run, 0)) != NULL)
		sk_die("%s: %s", sk_source_name(run->source), why);
	if (run->plain && sk_shared_asks_for_windows(&run->shared))
		sk_run_die_without_windows(run);
	if (sk_groups_add(sk_sets_input(run->sets), batch, keys) == -1)
		die_adding(run);
	if (batch->complete)
		share_memory(run);
	check_exact(run);
}

static void
take_block(struct sk_run_parts *run, struct sk_span block)
{
	const struct sk_span *keys;
	struct sk_batch batch;

	if (sk_intake_adopted(run->intake))
		sk_die(SK_RUN_NOT_TOGETHER);
	sk_intake_seek(run->intake, sk_source_offset(run->source));
	sk_intake_partial(run->intake, sk_source_partial(run->source));
	while (sk_intake_batch(run->intake, &block, &batch, &keys))
		sk_run_take_batch(run, &batch, keys);
	if (sk_source_partial(run->source))
		sk_source_hand_back(run->source, block.size);
	sk_intake_partial(run->intake, false);
}

/* What is missing of one input would make nonsense of inputs that are combined: there is no answer then. */
static void
note_trouble(struct sk_run_parts *run)
{
	run->trouble = true;
	if (run->wants.apart)
		exit(SK_EXIT_TROUBLE);
}

/* What came of a stream of panes is all that there is of it. */
void
sk_run_end_stream(struct sk_run_parts *run)
{
	const char *why = sk_window_input_end(run->windows);

	if (why == NULL)
		return;
	sk_warn("%s: %s", sk_source_name(run->source), why);
	note_trouble(run);
}

static void
take_sketches(struct sk_run_parts *run, enum sk_source_status status, struct sk_span bytes)
{
	const char *name = sk_source_name(run->source);
	struct sk_groups *groups = sk_sets_input(run->sets);
	bool good = status == SK_SOURCE_BYTES ?
	    sk_sketch_input_bytes(run->sketches, name, bytes, groups) :
	    sk_sketch_input_end(run->sketches, name, groups);

	if (!good)
		note_trouble(run);
	if (!good || status != SK_SOURCE_BYTES)
		sk_run_end_stream(run);
	check_exact(run);
}

static void
take_base64(struct sk_run_parts *run, struct sk_span block)
{
	const char *name = sk_source_name(run->source);
	struct sk_span line;
	size_t used;

	while (!run->line_trouble &&
	    sk_scan_best()->records(block.data, block.size, run->shared.end, &line, 1, &used) > 0) {
		run->line_trouble = !sk_sketch_input_line(
		    run->sketches, name, line, ++run->line, sk_sets_input(run->sets));
		if (run->line_trouble)
			note_trouble(run);
		block.data += used;
		block.size -= used;
	}
	check_exact(run);
}

/* An input has ended, and is taken together with those before it. */
static void
end_input(struct sk_run_parts *run)
{
	const char *why = NULL;

	if (sk_sets_end_input(run->sets, &why) == 0)
		return;
	if (errno == EINVAL)
		sk_die("input %zu: %s", sk_sets_count(run->sets) + 1, why);
	sk_die("input %zu: %s", sk_sets_count(run->sets) + 1, strerror(errno));
}

/* Inputs up to number ${index} have been opened. One that is empty is passed without an event of its own. */
void
sk_run_begin_input(struct sk_run_parts *run, size_t index)
{
	if (run->input == index)
		return;
	for (; run->input < index; run->input++)
		if (run->input > 0)
			end_input(run);
	run->line = 0;
	run->line_trouble = false;
	sk_intake_input(run->intake, sk_source_name(run->source));
}

void
sk_run_take_event(struct sk_run_parts *run, enum sk_source_status status, struct sk_span block)
{
	run->begun = run->begun || status != SK_SOURCE_WAITED;
	sk_run_begin_input(run, sk_source_index(run->source));
	switch (status) {
	case SK_SOURCE_ERROR:
		sk_warn("%s: %s", sk_source_name(run->source), sk_source_why(run->source));
		sk_sketch_input_abandon(run->sketches);
		sk_run_end_stream(run);
		note_trouble(run);
		break;
	case SK_SOURCE_BYTES:
	case SK_SOURCE_BYTES_END:
		take_sketches(run, status, block);
		break;
	case SK_SOURCE_TOO_LONG:
		sk_intake_too_long(run->intake, block);
		break;
	case SK_SOURCE_CUT_SHORT:
		sk_intake_cut_short(run->intake, block);
		note_trouble(run);
		break;
	case SK_SOURCE_RECORDS:
		if (run->shared.input == SK_INPUT_BASE64)
			take_base64(run, block);
		else
			take_block(run, block);
		break;
	case SK_SOURCE_WAITED:
	case SK_SOURCE_END:
		break;
	}
}
