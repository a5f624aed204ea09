/*
 * dump_rows.h -- frames as rows: what each is, and what a sketch has seen.
 *
 * Rows of tsv and json are written as they come; those of text are kept until the end, to be aligned. In tsv and text a
 * "-" stands for what is not known or does not apply; json leaves such fields out, and has a field for each parameter.
 *
 * Dies, with a message, of want of memory.
 */
#ifndef STREAMKIT_RUN_DUMP_ROWS_H
#define STREAMKIT_RUN_DUMP_ROWS_H

#include "../sketch/describe.h"
#include "dump_frame.h"
#include "output.h"
#include "sketch_stream.h"
#include "table.h"

struct sk_dump_rows;

/* Rows for ${output}, which is borrowed; with ${header}, tsv names its columns. Free with sk_dump_rows_free(). */
struct sk_dump_rows *sk_dump_rows_new(
    struct sk_output *output, enum sk_format format, bool header);
void sk_dump_rows_free(struct sk_dump_rows *rows);

/* A row for ${entry} of the input ${name}, which says ${frame}; ${about} describes it if it is a sketch. */
void sk_dump_rows_add(struct sk_dump_rows *rows, const char *name, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about);

/* There are no more rows. */
void sk_dump_rows_end(struct sk_dump_rows *rows);

#endif
