/*
 * cut_output.c -- panes and windows on their way out.
 *
 * Where windows have keys they close all the time, and between two of these a pane has a record or two. So what is
 * said of windows is put off until the block's records are out, each pane's in one frame. A pane of which a CLOSE has
 * been put off gets no more records before that is out.
 */
#include "cut_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../pipe/pane.h"
#include "../window/key_table.h"
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
	size_t next; /* of the same pane, once they are sorted out; 0: the last */
	size_t last; /* of the same pane; of a pane's first run */
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
	struct sk_key_table heads; /* while runs are sorted out: from panes to their first ones */
	struct sk_frame_writer later; /* what is put off */
	struct sk_key_table closed;   /* panes of which it says that windows have closed */
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
	sk_output_init(&output->output, STDOUT_FILENO);
	sk_frame_writer_init(&output->writer);
	sk_frame_writer_init(&output->later);
	output->writer.corrected = options->corrected;
	output->writer.layout = options->stream;
	output->borders = (struct sk_cut_borders){ options->counted, options->zone };
	if (options->text || options->command != NULL)
		output->kept = sk_cut_kept_new();
	if (options->command != NULL)
		output->exec = sk_cut_exec_new(options->command, &output->borders,
		    options->key_parts, options->separator, options->strict);
	return output;
}

void
sk_cut_output_free(struct sk_cut_output *output)
{
	if (output == NULL)
		return;
	sk_frame_writer_release(&output->writer);
	sk_frame_writer_release(&output->later);
	sk_key_table_release(&output->heads);
	sk_key_table_release(&output->closed);
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
	output->runs[output->used++] = run;
}

/* Bring the runs of each pane together, in the order in which the panes come. */
static void
sort_out(struct sk_cut_output *output)
{
	for (size_t i = 0; i < output->used; i++) {
		struct run *run = &output->runs[i];
		const uint32_t *head = sk_key_table_find(&output->heads, run->pane);

		run->next = 0;
		run->last = i;
		if (head == NULL) {
			check(sk_key_table_reserve(&output->heads) == 0);
			sk_key_table_insert(&output->heads, run->pane, (uint32_t)i);
			continue;
		}
		output->runs[output->runs[*head].last].next = i;
		output->runs[*head].last = i;
		run->last = SIZE_MAX; /* is no first one */
	}
	for (size_t i = 0; i < output->used; i++)
		if (output->runs[i].last != SIZE_MAX)
			sk_key_table_remove(&output->heads, output->runs[i].pane);
}

/* Write the runs of a pane, from run ${i} on, in as many frames as it takes. */
static void
write_pane(struct sk_cut_output *output, size_t i)
{
	do {
		const struct run *first = &output->runs[i], *run = first;
		size_t size = first->size;
		unsigned char *at;

		while (run->next != 0 && size + output->runs[run->next].size <= FRAME_MOST) {
			run = &output->runs[run->next];
			size += run->size;
		}
		at = sk_pane_write_records(&output->writer, first->pane, size);
		check(at != NULL);
		for (run = first; size > 0; run = &output->runs[run->next]) {
			memcpy(at, run->data, run->size);
			at += run->size;
			size -= run->size;
			i = run->next;
		}
		sk_frame_seal(&output->writer);
		empty_large_writer(output);
	} while (i != 0);
}

static void
keep_runs(struct sk_cut_output *output)
{
	for (size_t i = 0; i < output->used; i++)
		sk_cut_kept_records(output->kept, output->runs[i].pane,
		    (struct sk_span){ output->runs[i].data, output->runs[i].size });
	output->used = 0;
}

/* The records so far are written, or kept. */
static void
settle_runs(struct sk_cut_output *output)
{
	if (output->kept != NULL) {
		keep_runs(output);
		return;
	}
	sort_out(output);
	for (size_t i = 0; i < output->used; i++)
		if (output->runs[i].last != SIZE_MAX)
			write_pane(output, i);
	output->used = 0;
}

static void
settle_finished(struct sk_cut_output *output, struct sk_frame_writer *writer)
{
	if (output->finished_count == 0)
		return;
	check(sk_pane_write_finished(writer, output->finished, output->finished_count) == 0);
	output->finished_count = 0;
}

/* All so far is written, or kept. */
static void
settle(struct sk_cut_output *output)
{
	struct sk_frame_writer *later = &output->later;

	settle_runs(output);
	settle_finished(output, later);
	if (later->size == 0)
		return;
	empty_writer(output);
	sk_output_bytes(&output->output, (struct sk_span){ later->data, later->size });
	later->size = 0;
	output->writer.frames += later->frames;
	later->frames = 0;
	sk_key_table_release(&output->closed);
	output->closed = (struct sk_key_table){ .slots = NULL };
}

/* Where what is said of windows goes, once the records that it means are out or it is put off. */
static struct sk_frame_writer *
writer_of_windows(struct sk_cut_output *output)
{
	if (output->options.key_parts > 0 && output->kept == NULL) {
		if (output->later.size >= FRAME_MOST)
			settle(output);
		return &output->later;
	}
	settle_runs(output);
	return &output->writer;
}

void
sk_cut_output_records(
    struct sk_cut_output *output, uint64_t pane, const struct sk_span *records, size_t n)
{
	struct run *last;

	if (output->closed.used > 0 && sk_key_table_find(&output->closed, pane) != NULL)
		settle(output);
	last = output->used > 0 ? &output->runs[output->used - 1] : NULL;
	for (size_t i = 0; i < n; i++) {
		size_t size = records[i].size + 1;

		if (last != NULL && last->pane == pane &&
		    records[i].data == last->data + last->size && last->size + size <= FRAME_MOST) {
			last->size += size;
			continue;
		}
		append_run(output, (struct run){ pane, records[i].data, size, 0, 0 });
		last = &output->runs[output->used - 1];
	}
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

/* Panes of what is put off. */
static void
note_closed(struct sk_cut_output *output, const struct sk_windows_event *event)
{
	for (size_t i = 0; i < event->panes_count; i++) {
		if (sk_key_table_find(&output->closed, event->panes[i]) != NULL)
			continue;
		check(sk_key_table_reserve(&output->closed) == 0);
		sk_key_table_insert(&output->closed, event->panes[i], 0);
	}
}

void
sk_cut_output_close(
    struct sk_cut_output *output, const struct sk_windows_event *event, struct sk_span key)
{
	struct sk_pane_close close = window_of(output, event, key);
	struct sk_frame_writer *writer = writer_of_windows(output);

	if (output->exec != NULL) {
		sk_cut_exec_close(output->exec, output->kept, event, key);
		return;
	}
	if (output->kept != NULL) {
		sk_cut_text_close(&output->output, &(struct sk_cut_cutter){ output->options.layout, output->options.end },
		    &output->borders, output->kept, event);
		return;
	}
	settle_finished(output, writer);
	check(sk_pane_write_close(writer, &close, event->panes) == 0);
	if (writer == &output->later)
		note_closed(output, event);
	empty_large_writer(output);
}

void
sk_cut_output_finished(struct sk_cut_output *output, uint64_t pane)
{
	struct sk_frame_writer *writer = writer_of_windows(output);

	if (output->kept != NULL) {
		sk_cut_kept_finished(output->kept, pane);
		return;
	}
	if (output->closed.used > 0 && sk_key_table_find(&output->closed, pane) != NULL)
		sk_key_table_remove(&output->closed, pane);
	if (output->finished_count == FINISHED_MOST)
		settle_finished(output, writer);
	output->finished[output->finished_count++] = pane;
}

void
sk_cut_output_watermark(struct sk_cut_output *output, int64_t watermark)
{
	struct sk_frame_writer *writer;

	if (output->kept != NULL)
		return;
	writer = writer_of_windows(output);
	settle_finished(output, writer);
	check(sk_pane_write_watermark(writer, watermark) == 0);
}

void
sk_cut_output_pass(struct sk_cut_output *output)
{
	settle(output);
	empty_writer(output);
	sk_output_flush(&output->output);
}

void
sk_cut_output_end(struct sk_cut_output *output, uint64_t records, uint64_t skipped)
{
	settle(output);
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
