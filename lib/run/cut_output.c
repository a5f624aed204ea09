/* cut_output.c -- panes and windows on their way out. */
#include "cut_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../pipe/pane.h"
#include "cut_exec.h"
#include "cut_text.h"
#include "diag.h"
#include "output.h"

#define FRAME_MOST ((size_t)1 << 18)
#define FINISHED_MOST 512

/* Records in a row, of one pane. */
struct run {
	uint64_t pane;
	const unsigned char *data;
	size_t size;
};

struct sk_cut_output {
	struct sk_cut_output_options options;
	struct sk_output output;
	struct sk_frame_writer writer;
	struct sk_cut_borders borders;
	struct sk_cut_kept *kept; /* NULL: frames */
	struct sk_cut_exec *exec; /* else NULL: lines */
	struct run *runs;
	size_t used;
	size_t room;
	bool ordered; /* by pane, the runs are */
	uint64_t finished[FINISHED_MOST];
	size_t finished_count;
};

static void
check(bool done)
{
	if (!done)
		sk_die("%s", errno == ENOMEM ? "out of memory" : strerror(errno));
}

struct sk_cut_output *
sk_cut_output_new(const struct sk_cut_output_options *options)
{
	struct sk_cut_output *output = calloc(1, sizeof(*output));

	check(output != NULL);
	output->options = *options;
	output->ordered = true;
	sk_output_init(&output->output, STDOUT_FILENO);
	sk_frame_writer_init(&output->writer);
	output->writer.corrected = options->corrected;
	output->borders = (struct sk_cut_borders){ options->counted, options->zone };
	if (options->text || options->command != NULL)
		output->kept = sk_cut_kept_new();
	if (options->command != NULL)
		output->exec = sk_cut_exec_new(options->command, &output->borders,
		    options->key_parts > 0, options->strict);
	return output;
}

void
sk_cut_output_free(struct sk_cut_output *output)
{
	if (output == NULL)
		return;
	sk_frame_writer_release(&output->writer);
	sk_cut_exec_free(output->exec);
	sk_cut_kept_free(output->kept);
	free(output->runs);
	free(output);
}

/* Frames so far leave the writer. */
static void
empty_writer(struct sk_cut_output *output)
{
	sk_output_bytes(
	    &output->output, (struct sk_span){ output->writer.data, output->writer.size });
	output->writer.size = 0;
}

static void
empty_large_writer(struct sk_cut_output *output)
{
	if (output->writer.size >= FRAME_MOST)
		empty_writer(output);
}

void
sk_cut_output_start(struct sk_cut_output *output, struct sk_span header)
{
	if (output->kept == NULL)
		check(sk_frame_write_start_records(
			  &output->writer, output->options.end, header) == 0);
}

/* Collecting */

static void
append_run(struct sk_cut_output *output, struct run run)
{
	if (output->used == output->room) {
		output->room = output->room * 2 + 64;
		output->runs = realloc(output->runs, output->room * sizeof(*output->runs));
		check(output->runs != NULL);
	}
	if (output->used > 0 && output->runs[output->used - 1].pane > run.pane)
		output->ordered = false;
	output->runs[output->used++] = run;
}

void
sk_cut_output_records(
    struct sk_cut_output *output, uint64_t pane, const struct sk_span *records, size_t n)
{
	struct run *last = output->used > 0 ? &output->runs[output->used - 1] : NULL;

	for (size_t i = 0; i < n; i++) {
		size_t size = records[i].size + 1;

		if (last != NULL && last->pane == pane &&
		    records[i].data == last->data + last->size && last->size + size <= FRAME_MOST) {
			last->size += size;
			continue;
		}
		append_run(output, (struct run){ pane, records[i].data, size });
		last = &output->runs[output->used - 1];
	}
}

/* By pane, then as they came: a block's records are in memory as they came. */
static int
compare_runs(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	if (a->pane != b->pane)
		return a->pane < b->pane ? -1 : 1;
	return a->data < b->data ? -1 : a->data > b->data;
}

/* Write a frame of the first of ${n} runs, and return how many these are. */
static size_t
write_frame(struct sk_cut_output *output, const struct run *runs, size_t n)
{
	size_t size = runs[0].size, count = 1;
	unsigned char *at;

	while (count < n && runs[count].pane == runs[0].pane &&
	    size + runs[count].size <= FRAME_MOST)
		size += runs[count++].size;
	at = sk_pane_write_records(&output->writer, runs[0].pane, size);
	check(at != NULL);
	for (size_t i = 0; i < count; i++) {
		memcpy(at, runs[i].data, runs[i].size);
		at += runs[i].size;
	}
	sk_frame_seal(&output->writer);
	empty_large_writer(output);
	return count;
}

void
sk_cut_output_sketch(struct sk_cut_output *output, struct sk_span payload)
{
	unsigned char *at = sk_frame_begin(&output->writer, SK_FRAME_SKETCH, payload.size);

	check(at != NULL);
	memcpy(at, payload.data, payload.size);
	sk_frame_seal(&output->writer);
	empty_large_writer(output);
}

static void
settle_runs(struct sk_cut_output *output)
{
	if (!output->ordered)
		qsort(output->runs, output->used, sizeof(*output->runs), compare_runs);
	for (size_t i = 0; i < output->used;) {
		const struct run *run = &output->runs[i];

		if (output->kept == NULL) {
			i += write_frame(output, run, output->used - i);
			continue;
		}
		sk_cut_kept_records(
		    output->kept, run->pane, (struct sk_span){ run->data, run->size });
		i++;
	}
	output->used = 0;
	output->ordered = true;
}

static void
settle_finished(struct sk_cut_output *output)
{
	if (output->finished_count == 0)
		return;
	check(sk_pane_write_finished(
		  &output->writer, output->finished, output->finished_count) == 0);
	output->finished_count = 0;
	empty_large_writer(output);
}

/* Windows */

static struct sk_pane_close
window_of(const struct sk_cut_output *output, const struct sk_windows_event *event, struct sk_span key)
{
	return (struct sk_pane_close){
		.start = event->start,
		.end = event->end,
		.counted = output->options.counted,
		.revision = event->revision,
		.key_parts = output->options.key_parts,
		.key = key,
		.separator = output->options.separator,
		.panes_count = event->panes_count,
	};
}

/* The records of its panes may come before or after. */
void
sk_cut_output_open(
    struct sk_cut_output *output, const struct sk_windows_event *event, struct sk_span key)
{
	struct sk_pane_close window = window_of(output, event, key);

	if (output->kept != NULL)
		return;
	check(sk_pane_write_open(&output->writer, &window, event->panes) == 0);
	empty_large_writer(output);
}

void
sk_cut_output_close(
    struct sk_cut_output *output, const struct sk_windows_event *event, struct sk_span key)
{
	struct sk_pane_close close = window_of(output, event, key);

	settle_runs(output);
	if (output->exec != NULL) {
		sk_cut_exec_close(output->exec, output->kept, event, key);
		return;
	}
	if (output->kept != NULL) {
		sk_cut_text_close(&output->output, output->options.end, &output->borders,
		    output->kept, event);
		return;
	}
	settle_finished(output);
	check(sk_pane_write_close(&output->writer, &close, event->panes) == 0);
	empty_large_writer(output);
}

void
sk_cut_output_finished(struct sk_cut_output *output, uint64_t pane)
{
	settle_runs(output);
	if (output->kept != NULL) {
		sk_cut_kept_finished(output->kept, pane);
		return;
	}
	if (output->finished_count == FINISHED_MOST)
		settle_finished(output);
	output->finished[output->finished_count++] = pane;
}

void
sk_cut_output_watermark(struct sk_cut_output *output, int64_t watermark)
{
	if (output->kept != NULL)
		return;
	settle_runs(output);
	settle_finished(output);
	check(sk_pane_write_watermark(&output->writer, watermark) == 0);
}

void
sk_cut_output_pass(struct sk_cut_output *output)
{
	settle_runs(output);
	settle_finished(output);
	empty_writer(output);
	sk_output_flush(&output->output);
}

void
sk_cut_output_end(struct sk_cut_output *output, uint64_t records, uint64_t skipped)
{
	settle_runs(output);
	settle_finished(output);
	if (output->kept == NULL)
		check(sk_frame_write_end(&output->writer, records, skipped) == 0);
	empty_writer(output);
	sk_output_close(&output->output);
}

size_t
sk_cut_output_memory(const struct sk_cut_output *output)
{
	return output->kept != NULL ? sk_cut_kept_memory(output->kept) : 0;
}

uint64_t
sk_cut_output_failures(const struct sk_cut_output *output)
{
	return output->exec != NULL ? sk_cut_exec_report(output->exec) : 0;
}
