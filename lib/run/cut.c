/* cut.c -- a run of stream-window. */
#include "cut.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../pipe/frame.h"
#include "../record/source.h"
#include "cut_input.h"
#include "cut_late.h"
#include "cut_open.h"
#include "cut_output.h"
#include "cut_settle.h"
#include "cut_sketches.h"
#include "cut_text.h"
#include "diag.h"
#include "key_ids.h"
#include "setup.h"
#include "signals.h"
#include "stream_layout.h"

#define SECOND INT64_C(1000000000)
#define DRAWING (SECOND / 10) /* as long as a tool takes to have its last word on a terminal */

/* One runs in a process. */
static struct {
	struct sk_cut_options options;
	struct sk_shared shared; /* what options.shared is */
	struct sk_cut_first first; /* what a guess was made by */
	struct sk_source *source;
	struct sk_cut_input *input;
	struct sk_windows *windows;
	struct sk_key_ids *ids; /* NULL without keys */
	struct sk_cut_open *open; /* NULL: windows under way are not told of */
	struct sk_cut_output *output;
	struct sk_cut_sketches *sketches; /* NULL unless there are some; and then there are no records */
	struct sk_cut_late *late;
	size_t index;    /* sk_source_index() */
	bool header_due; /* of this input */
	bool started;    /* the output is */
	unsigned char *header;
	size_t header_size;
	bool trouble;
	struct sk_cut_batch batch; /* at hand */
} cut;

static int64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

/* Getting ready */

/* Keys are in the order of their bytes, as they are in rows and sketches. */
static int
compare_keys(void *ids, uint64_t left, uint64_t right)
{
	const struct sk_span a = sk_key_ids_key(ids, left), b = sk_key_ids_key(ids, right);
	const size_t shorter = a.size < b.size ? a.size : b.size;
	const int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static void
prepare(char *const *names, size_t n)
{
	const struct sk_shared *shared = &cut.shared;
	struct sk_cut_output_options output = {
		.text = cut.options.text,
		.command = cut.options.command,
		.strict = shared->strict,
		.end = shared->end,
		.counted = cut.options.windows.kind == SK_WINDOWS_COUNT,
		.corrected = cut.options.windows.lateness > 0,
		.key_parts = shared->keys.count,
		.zone = cut.options.zone,
	};

	if (shared->keys.count > 0) {
		cut.options.windows.keys = cut.ids = sk_key_ids_new();
		cut.options.windows.compare_keys = compare_keys;
	}
	cut.source = sk_setup_source(shared, names, n);
	if (shared->input == SK_INPUT_AUTO)
		sk_cut_guess(&cut.options, &cut.shared, cut.source, &cut.first);
	cut.input = sk_cut_input_new(&cut.options, cut.ids);
	output.layout = sk_cut_input_layout(cut.input);
	if (output.layout != NULL && sk_source_set_layout(cut.source, output.layout))
		cut.first.due = false; /* it is given again */
	output.stream = sk_stream_layout_of(shared);
	cut.windows = sk_windows_new(&cut.options.windows);
	if (cut.windows == NULL)
		sk_die(errno == EINVAL ? "windows cannot be so long, or be shifted so far" :
					 "out of memory");
	if (!cut.options.text)
		cut.open = sk_cut_open_new(&cut.options.windows);
	output.separator = sk_cut_input_separator(cut.input);
	cut.output = sk_cut_output_new(&output);
	cut.late = sk_cut_late_new(cut.options.late, sk_cut_input_unit(cut.input), shared->strict);
	sk_signals_start();
}

/* The stream */

/* Tell of a window that is under way, if ${event} is reason to. */
static void
tell_open(const struct sk_windows_event *event)
{
	struct sk_windows_event window;
	struct sk_span key = { NULL, 0 };

	if (cut.open == NULL || !sk_cut_open_take(cut.open, event, &window))
		return;
	if (cut.ids != NULL)
		key = sk_key_ids_key(cut.ids, window.key);
	sk_cut_output_open(cut.output, &window, key);
}

static void
take_late(const struct sk_windows_event *event)
{
	sk_cut_late_take(cut.late, event, &cut.batch, cut.input, sk_source_name(cut.source));
}

static void
take_event(const struct sk_windows_event *event)
{
	struct sk_span key = { NULL, 0 };

	switch (event->type) {
	case SK_WINDOWS_OPEN:
		if (cut.ids != NULL)
			sk_key_ids_hold(cut.ids, event->key);
		break;
	case SK_WINDOWS_RECORDS:
		sk_cut_output_records(
		    cut.output, event->pane, cut.batch.records + event->first, event->count);
		if (event->partly)
			take_late(event);
		break;
	case SK_WINDOWS_LATE:
	case SK_WINDOWS_FUTURE:
		take_late(event);
		break;
	case SK_WINDOWS_OUTSIDE:
		break;
	case SK_WINDOWS_CLOSE:
		if (cut.ids != NULL)
			key = sk_key_ids_key(cut.ids, event->key);
		sk_cut_output_close(cut.output, event, key);
		break;
	case SK_WINDOWS_GAP:
		sk_cut_note_gap(&(struct sk_cut_borders){ false, cut.options.zone }, event,
		    cut.options.windows.empty_most);
		break;
	case SK_WINDOWS_FINISHED:
		sk_cut_output_finished(cut.output, event->pane);
		/* Counting goes on where it was, so that keys stay. */
		if (cut.ids != NULL && cut.options.windows.kind != SK_WINDOWS_COUNT)
			sk_key_ids_release(cut.ids, event->key);
		break;
	case SK_WINDOWS_WATERMARK:
		sk_cut_output_watermark(cut.output, event->watermark);
		break;
	}
}

static void
take_events(void)
{
	struct sk_windows_event event;
	int more;

	while ((more = sk_windows_next(cut.windows, &event)) == 1) {
		take_event(&event);
		tell_open(&event);
	}
	if (more == -1)
		sk_die("out of memory");
	if (cut.ids != NULL)
		sk_key_ids_sweep(cut.ids);
}

static void
take_batch(const struct sk_cut_batch *batch, int64_t now)
{
	cut.batch = *batch;
	sk_windows_give(cut.windows, batch->time, batch->key, batch->count, now);
	if (batch->count == 0) /* however many came that were not meant */
		sk_windows_tick(cut.windows, now);
	take_events();
}

/* Start the output. Later tools know of one header only: those of all inputs have to be the same. */
static void
start_output(struct sk_span header)
{
	if (!cut.started) {
		cut.started = true;
		sk_cut_output_start(cut.output, header);
		if ((cut.header = malloc(header.size + 1)) == NULL)
			sk_die("out of memory");
		if (header.size > 0)
			memcpy(cut.header, header.data, header.size);
		cut.header_size = header.size;
	} else if (!cut.options.text && cut.options.command == NULL &&
	    (header.size != cut.header_size ||
		(header.size > 0 && memcmp(header.data, cut.header, header.size) != 0))) {
		sk_die("%s: the header is not that of the first input", sk_source_name(cut.source));
	}
}

/* The front of an input, which the intake will take the header off. */
static void
note_header(struct sk_span block)
{
	cut.header_due = false;
	start_output(sk_cut_input_header(cut.input, block));
}

/* What grows with the stream is what is kept of it until windows close. */
static void
check_memory(void)
{
	size_t used = sk_cut_output_memory(cut.output) + sk_windows_memory(cut.windows);

	if (cut.ids != NULL)
		used += sk_key_ids_memory(cut.ids);
	if (cut.open != NULL)
		used += sk_cut_open_memory(cut.open);
	if (used > cut.options.shared->memory)
		sk_die("%s: the windows that are open%s do not fit in --memory: give more with -m",
		    sk_source_name(cut.source),
		    cut.ids != NULL && cut.options.windows.kind == SK_WINDOWS_COUNT
			? ", and the count of every key,"
			: "");
}

static void
take_block(struct sk_span block)
{
	struct sk_cut_batch batch;
	int64_t now = clock_now();

	if (cut.sketches != NULL)
		sk_die("%s: records, which do not go together with the sketches before", sk_source_name(cut.source));
	if (cut.header_due)
		note_header(block);
	sk_cut_input_block(cut.input, sk_source_offset(cut.source), now);
	while (sk_cut_input_batch(cut.input, &block, &batch))
		take_batch(&batch, now);
	check_memory();
}

/* Sketches */

static void
start_sketches(const char *name)
{
	const struct sk_shared *shared = cut.options.shared;
	struct sk_cut_sketches_options options = { cut.options.windows, cut.output, cut.options.streams,
		shared->strict, shared->memory };
	const char *option = cut.options.windows.kind == SK_WINDOWS_COUNT ? "--count" :
	    cut.options.windows.kind == SK_WINDOWS_SESSION		   ? "--session" :
	    cut.options.late != NULL					   ? "--late" :
	    cut.options.command != NULL					   ? "--exec" :
									     NULL;

	if (sk_cut_input_records(cut.input) > 0)
		sk_die("%s: sketches, which do not go together with the records before", name);
	if (option != NULL)
		sk_die("%s: sketches, with which %s does not go", name, option);
	if (cut.options.text)
		sk_die("%s: sketches or windows, which cannot be written as lines (--text)", name);
	if (!cut.started)
		start_output((struct sk_span){ NULL, 0 });
	cut.sketches = sk_cut_sketches_new(&options);
}

static void
take_sketches(enum sk_source_status status, struct sk_span bytes)
{
	const char *name = sk_source_name(cut.source);

	if (cut.sketches == NULL)
		start_sketches(name);
	if (status == SK_SOURCE_BYTES)
		sk_cut_sketches_bytes(cut.sketches, name, bytes, clock_now());
	else
		sk_cut_sketches_end(cut.sketches, name, clock_now());
}

static void
take_silence(void)
{
	if (cut.sketches != NULL) {
		sk_cut_sketches_tick(cut.sketches, clock_now());
		return;
	}
	sk_windows_tick(cut.windows, clock_now());
	take_events();
}

/* What was found out goes on before anything is waited for. */
static void
pass_on(void)
{
	if (cut.started)
		sk_cut_output_pass(cut.output);
	sk_cut_late_pass(cut.late);
}

static void
begin_input(void)
{
	if (cut.index == sk_source_index(cut.source))
		return;
	cut.index = sk_source_index(cut.source);
	cut.header_due = cut.options.shared->header;
	sk_cut_input_begin(cut.input, sk_source_name(cut.source));
}

static void
take(enum sk_source_status status, struct sk_span block)
{
	const char *name = sk_source_name(cut.source);

	begin_input();
	switch (status) {
	case SK_SOURCE_RECORDS:
		take_block(block);
		break;
	case SK_SOURCE_CUT_SHORT: /* not of text */
	case SK_SOURCE_TOO_LONG:
		sk_cut_input_too_long(cut.input, block);
		break;
	case SK_SOURCE_ERROR:
		sk_warn("%s: %s", name, sk_source_why(cut.source));
		cut.trouble = true;
		if (cut.sketches != NULL)
			sk_cut_sketches_abandon(cut.sketches);
		break;
	case SK_SOURCE_BYTES:
	case SK_SOURCE_BYTES_END:
		take_sketches(status, block);
		break;
	case SK_SOURCE_WAITED:
		take_silence();
		break;
	case SK_SOURCE_END:
		break;
	}
}

/* The time left until something is due though nothing comes; NULL: for ever. */
static const struct timespec *
time_left(struct timespec *left)
{
	int64_t wake = cut.sketches != NULL ? sk_cut_sketches_wake(cut.sketches) : sk_windows_wake(cut.windows);
	int64_t now;

	if (wake == INT64_MAX)
		return NULL;
	now = clock_now();
	left->tv_sec = wake > now ? (time_t)((wake - now) / SECOND) : 0;
	left->tv_nsec = wake > now ? (long)((wake - now) % SECOND) : 0;
	return left;
}

static enum sk_source_status
next_event(struct sk_span *block)
{
	struct timespec left;

	if (!cut.first.due)
		return sk_source_next(cut.source, time_left(&left), sk_signals_mask(), block);
	cut.first.due = false;
	*block = cut.first.block;
	return cut.first.status;
}

static void
read_stream(void)
{
	struct sk_span block;
	enum sk_source_status status;

	if (!cut.options.shared->header)
		start_output((struct sk_span){ NULL, 0 });
	do {
		status = next_event(&block);
		if (status != SK_SOURCE_END)
			take(status, block);
		pass_on();
		sk_signals_look();
	} while (status != SK_SOURCE_END && sk_signals_ending() == 0);
}

/* The end */

/*
 * The tool behind may show interim answers on the terminal that notes go to. It takes the last of them back when it has
 * what was written at the end, and a note that came before that would go with it.
 */
static void
let_others_draw(uint64_t noted)
{
	const struct timespec while_drawn = { 0, DRAWING };

	if (noted > 0 && !cut.options.text && isatty(STDERR_FILENO))
		nanosleep(&while_drawn, NULL);
}

static void
report_strays(uint64_t records)
{
	uint64_t strays = sk_windows_strays(cut.windows);

	if (strays > 0)
		sk_note("%s: %" PRIu64 " of %" PRIu64 " %ss: times far ahead of those around them (--future), in windows of their own",
		    sk_source_name(cut.source), strays, records, sk_cut_input_unit(cut.input));
}

static void
finish(void)
{
	uint64_t records = sk_cut_input_records(cut.input);
	uint64_t skipped;

	if (cut.sketches != NULL) {
		cut.trouble = !sk_cut_sketches_finish(cut.sketches) || cut.trouble;
		return;
	}
	sk_windows_finish(cut.windows);
	take_events();
	skipped = sk_cut_input_skipped(cut.input) + sk_cut_late_count(cut.late);
	if (!cut.started)
		start_output((struct sk_span){ NULL, 0 });
	sk_cut_output_end(cut.output, records, skipped);
	sk_cut_late_close(cut.late);
	let_others_draw(skipped + sk_cut_late_partly(cut.late));
	cut.trouble = !sk_cut_input_report(cut.input) || cut.trouble;
	sk_cut_late_report(cut.late, records);
	report_strays(records);
	if (sk_cut_output_failures(cut.output) > 0)
		cut.trouble = true;
}

static void
release(void)
{
	sk_cut_output_free(cut.output);
	sk_cut_open_free(cut.open);
	sk_cut_sketches_free(cut.sketches);
	sk_key_ids_free(cut.ids);
	sk_windows_free(cut.windows);
	sk_source_free(cut.source);
	sk_cut_late_free(cut.late);
	sk_cut_input_free(cut.input);
	free(cut.header);
}

int
sk_cut(const struct sk_cut_options *options, char *const *names, size_t n)
{
	cut.options = *options;
	cut.shared = *options->shared;
	cut.options.shared = &cut.shared;
	prepare(names, n);
	read_stream();
	/* Commands are told of signals to the last. */
	if (cut.options.command == NULL)
		sk_signals_stop();
	finish();
	release();
	sk_signals_stop();
	sk_signals_die();
	return cut.trouble ? SK_EXIT_TROUBLE : EXIT_SUCCESS;
}
