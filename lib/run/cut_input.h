/*
 * cut_input.h -- records in: from blocks to batches of records that have a time and, where windows have keys, a key's number.
 *
 * What cannot be used is left out, counted, and told of by sk_cut_input_report().
 *
 * Dies of want of memory, and as intake.h and times.h say. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_INPUT_H
#define STREAMKIT_RUN_CUT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "cut.h"
#include "key_ids.h"

struct sk_cut_input;

/* Records that can be used, with their ends behind them. */
struct sk_cut_batch {
	size_t count;
	const struct sk_span *records;
	const int64_t *time;
	const uint64_t *key; /* numbers; NULL without keys */
};

/* As the ${options} say, which are borrowed, as is ${ids}, NULL where windows have no keys. Free with sk_cut_input_free(). */
struct sk_cut_input *sk_cut_input_new(const struct sk_cut_options *options, struct sk_key_ids *ids);
void sk_cut_input_free(struct sk_cut_input *input);

/* The byte between the parts of a key; and what a record is called: "line" or "record". */
unsigned char sk_cut_input_separator(const struct sk_cut_input *input);
const char *sk_cut_input_unit(const struct sk_cut_input *input);

/* The layout of records, borrowed for the input's life; NULL: they have none. */
const struct sk_layout *sk_cut_input_layout(const struct sk_cut_input *input);

/* The record at the front of ${block}, without its end. */
struct sk_span sk_cut_input_header(const struct sk_cut_input *input, struct sk_span block);

/* The blocks to come are of the input ${name}, borrowed until the next call. */
void sk_cut_input_begin(struct sk_cut_input *input, const char *name);

/* A block comes that starts at ${offset} bytes of its input, at ${now} by the clock. */
void sk_cut_input_block(struct sk_cut_input *input, uint64_t offset, int64_t now);

/* The next ${batch} of *${block}, as sk_intake_batch() has it. */
bool sk_cut_input_batch(struct sk_cut_input *input, struct sk_span *block, struct sk_cut_batch *batch);

/* A record is too long to be read; ${start} is the front of it. */
void sk_cut_input_too_long(struct sk_cut_input *input, struct sk_span start);

/* Of the last batch's record ${i}: its number, from 1, in its input. */
uint64_t sk_cut_input_number(const struct sk_cut_input *input, size_t i);

/* Records seen, and those of them that were left out; and a note on these: false if something was wrong with every one. */
uint64_t sk_cut_input_records(const struct sk_cut_input *input);
uint64_t sk_cut_input_skipped(const struct sk_cut_input *input);
bool sk_cut_input_report(const struct sk_cut_input *input);

#endif
