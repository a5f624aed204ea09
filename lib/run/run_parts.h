/* run_parts.h -- a run under way, and what comes of its inputs. Of run.c and run_stream.c alone. */
#ifndef SK_RUN_RUN_PARTS_H
#define SK_RUN_RUN_PARTS_H

#include "../record/source.h"
#include "asserts.h"
#include "crew.h"
#include "intake.h"
#include "linger.h"
#include "report.h"
#include "run.h"
#include "schedule.h"
#include "sets.h"
#include "shared.h"
#include "sketch_input.h"
#include "state.h"

#define SK_RUN_NOT_TOGETHER "windows and inputs without windows do not go together"

/* A run under way. */
struct sk_run_parts {
	const struct sk_tool *tool;
	struct sk_shared shared;
	struct sk_wants wants;
	struct sk_source *source;
	struct sk_intake *intake;
	struct sk_crew *crew; /* NULL: none */
	struct sk_sets *sets;
	struct sk_report *report;
	struct sk_asserts *asserts; /* NULL: none */
	struct sk_sketch_input *sketches;
	struct sk_window_input *windows;
	struct sk_rollup *rollup;
	struct sk_state *state; /* NULL without --state */
	struct sk_schedule schedule;
	struct sk_linger linger;
	size_t source_memory; /* at the last look */
	size_t input;         /* sk_source_index() at the last look */
	uint64_t line;        /* of sketches, in that input */
	bool line_trouble;    /* and the rest of it is passed over */
	bool begun;    /* something has come */
	bool guessed;  /* by the first event, which is yet to be taken: */
	bool blank;    /* and nothing has come to guess by */
	enum sk_source_status first_status;
	struct sk_span first_block;
	bool plain;    /* records came that are in no window */
	bool keys_settled;  /* something came whose keys --by does not name: */
	bool whole_settled; /* and the same of windows that go into one answer */
	size_t key_parts;   /* of their keys */
	size_t whole_parts;
	bool trouble;
};

/*
 * Sketches keep their keys: the first that comes says of how many parts they are. NULL, or why what comes now does not go
 * together with what came before.
 */
const char *sk_run_settle_keys(struct sk_run_parts *run, size_t parts);

/* So do windows that go into one answer, with those of --by behind. */
const char *sk_run_settle_whole(struct sk_run_parts *run, size_t parts);

/* Records of one batch, with the keys of each where there are keys, are added. What cannot be is the end of the run. */
void sk_run_take_batch(struct sk_run_parts *run, const struct sk_batch *batch, const struct sk_span *keys);

/* What the source has come to, and the bytes that come with it. */
void sk_run_take_event(struct sk_run_parts *run, enum sk_source_status status, struct sk_span block);

/* Inputs up to number index have been opened. One that is empty is passed without an event of its own. */
void sk_run_begin_input(struct sk_run_parts *run, size_t index);

/* What came of a stream of panes is all that there is of it. */
void sk_run_end_stream(struct sk_run_parts *run);

/* Windows were asked for, and there are none. */
_Noreturn void sk_run_die_without_windows(struct sk_run_parts *run);

#endif
