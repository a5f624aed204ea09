/*
 * cut_output.h -- panes and windows on their way out: as frames for the next tool, as lines, or to a command.
 *
 * Records of one block are collected, so that each pane's come out together, and must stay where they are until
 * sk_cut_output_pass(), which hands everything to the system. As lines and to a command, records come out when a window
 * closes, and are kept until then.
 *
 * A write that fails ends the run, as does want of memory. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_OUTPUT_H
#define STREAMKIT_RUN_CUT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../pipe/frame.h"
#include "../span.h"
#include "../window/windows.h"

struct sk_cut_output_options {
	bool text;
	const char *command;        /* for each window instead (cut_exec.h), or NULL; borrowed */
	bool strict;                /* a command that fails ends the run */
	unsigned char end;          /* of a record */
	const struct sk_layout *layout; /* by which records are told apart; NULL: by their ends; borrowed */
	struct sk_frame_layout stream; /* the same, as the next tool is told */
	bool counted;               /* windows are of counts */
	bool corrected;             /* they may close again */
	size_t key_parts;           /* 0: no keys */
	unsigned char separator;    /* of the parts of a key */
	const struct sk_zone *zone; /* in which lines say times; NULL: UTC; borrowed */
};

struct sk_cut_output;

/* Onto standard output. sk_cut_output_free() only frees. */
struct sk_cut_output *sk_cut_output_new(const struct sk_cut_output_options *options);
void sk_cut_output_free(struct sk_cut_output *output);

/* Begin, ${header} being the record that names the fields, without its end, or nothing. */
void sk_cut_output_start(struct sk_cut_output *output, struct sk_span header);

/* ${n} ${records} go to ${pane}; behind each stands its end. Borrowed until everything is passed on. */
void sk_cut_output_records(
    struct sk_cut_output *output, uint64_t pane, const struct sk_span *records, size_t n);

/* A window is under way, ${key} being the bytes of its key. Lines do not tell of it. */
void sk_cut_output_open(
    struct sk_cut_output *output, const struct sk_windows_event *event, struct sk_span key);

/* ${payload} is that of a SKETCH frame, of a pane. As frames only. */
void sk_cut_output_sketch(struct sk_cut_output *output, struct sk_span payload);

/* A window closes, ${key} being the bytes of its key; a pane is finished; the watermark passed a border. */
void sk_cut_output_close(
    struct sk_cut_output *output, const struct sk_windows_event *event, struct sk_span key);
void sk_cut_output_finished(struct sk_cut_output *output, uint64_t pane);
void sk_cut_output_watermark(struct sk_cut_output *output, int64_t watermark);

/* Hand on all that there is. */
void sk_cut_output_pass(struct sk_cut_output *output);

/* The end: ${records} came, of which ${skipped} are in no pane. */
void sk_cut_output_end(struct sk_cut_output *output, uint64_t records, uint64_t skipped);

/* Bytes in use for records that wait for their windows to close. */
size_t sk_cut_output_memory(const struct sk_cut_output *output);

/* How many commands failed; says so in a note. */
uint64_t sk_cut_output_failures(const struct sk_cut_output *output);

#endif
