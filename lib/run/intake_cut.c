/* intake_cut.c -- records off the front of blocks, up to where a batch is complete; and the lines that these are. */
#include <string.h>

#include "diag.h"
#include "header.h"
#include "intake_parts.h"

/* The end bytes of ${data}[0 .. ${size}). */
static uint64_t
count_ends(const struct sk_intake *intake, const unsigned char *data, size_t size)
{
	const unsigned char *at = data, *end = data + size;
	uint64_t n = 0;

	for (; at < end && (at = memchr(at, intake->options.end, (size_t)(end - at))) != NULL; at++)
		n++;
	return n;
}

uint64_t
sk_intake_lines_before(const struct sk_intake *intake, size_t i)
{
	const unsigned char *start = intake->records[0].data;

	if (!intake->has_lines || intake->options.end != '\n')
		return 0;
	return count_ends(intake, start, (size_t)(intake->records[i].data - start)) - i;
}

/* Ends that are none */

/* Whether a record of csv goes on behind a CR outside quotes. */
static bool
csv_goes_on(struct sk_span record, unsigned char delimiter)
{
	bool quoted = false, opens = true; /* a quote here does so, be it the first of the field or one doubled */

	for (size_t i = 0; i < record.size; i++) {
		const unsigned char byte = record.data[i];

		if (byte == '\r' && !quoted)
			return true;
		if (byte == '"' && (quoted || opens)) {
			quoted = !quoted;
			opens = true;
		} else if (!quoted) {
			opens = byte == delimiter;
		}
	}
	return false;
}

/*
 * Files of old Macs, and what some programs still export as csv, are one record to who waits for newlines: all of it would be taken for
 * the header, and nothing be left to count. Elsewhere than in names and csv a CR may be meant.
 */
void
sk_intake_check_ends(struct sk_intake *intake, struct sk_span front)
{
	const bool csv = intake->layout != NULL && sk_layout_kind(intake->layout) == SK_LAYOUT_CSV;
	const bool names = intake->options.header;

	intake->front_due = false;
	while (front.size > 0 && front.data[front.size - 1] == '\r')
		front.size--;
	if (front.size == 0 || intake->options.end != '\n' || memchr(front.data, '\r', front.size) == NULL)
		return;
	if (csv ? csv_goes_on(front, (unsigned char)intake->options.delimiter) : names)
		sk_die("%s: line 1 holds carriage returns with no newline behind them; where they end lines, tr '\\r' '\\n' makes newlines of them",
		    intake->input);
}

/* The header */

static void
resolve(const struct sk_intake *intake, struct sk_fields *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		struct sk_field *field = &fields->field[i];
		struct sk_nearest nearest;
		char names[1024];
		long second;

		if (field->name.size == 0)
			continue;
		field->number = sk_header_find(
		    intake->records[0], intake->options.delimiter, field->name, &second);
		if (second != 0)
			sk_header_ambiguous(intake->input, field->name, field->number, second);
		if (field->number == 0) {
			sk_nearest_begin(&nearest, field->name);
			sk_header_list(intake->records[0], intake->options.delimiter, names, sizeof(names), &nearest);
			sk_header_lacks(intake->input, field->name, names, nearest.best);
		}
	}
}

/* Cut records off the front of the block. */
static size_t
cut(struct sk_intake *intake, struct sk_span block, size_t max, size_t *used)
{
	if (intake->layout != NULL)
		return sk_layout_front(intake->layout, block.data, block.size, !intake->partial, intake->records,
		    max, used, &intake->has_lines);
	return intake->scan->records(
	    block.data, block.size, intake->options.end, intake->records, max, used);
}

void
sk_intake_pass_lines(struct sk_intake *intake, const unsigned char *data, size_t bytes, size_t records)
{
	if (intake->has_lines && intake->options.end == '\n')
		intake->lines += count_ends(intake, data, bytes) - records;
	intake->has_lines = false;
}

void
sk_intake_cut_header(struct sk_intake *intake, struct sk_span *block)
{
	size_t used;

	if (cut(intake, *block, 1, &used) == 0)
		return;
	intake->header_due = false;
	if (intake->front_due)
		sk_intake_check_ends(intake, intake->records[0]);
	sk_intake_pass_lines(intake, block->data, used, 1);
	intake->record++;
	intake->offset += used;
	block->data += used;
	block->size -= used;
	sk_hints_keep(&intake->hints, SK_HINT_HEADER, intake->records[0], 1);
	if (intake->picks != NULL) {
		sk_intake_layout_header(intake, intake->records[0]);
		return;
	}
	resolve(intake, &intake->items.fields);
	resolve(intake, &intake->keys.fields);
	resolve(intake, &intake->weights.fields);
	if (intake->where != NULL)
		resolve(intake, &intake->where->fields);
}

size_t
sk_intake_batch_left(const struct sk_intake *intake)
{
	size_t left = SK_BATCH_BYTES - intake->batch_bytes;
	size_t of_stripe = SK_STRIPE - (size_t)(intake->offset % SK_STRIPE);

	return left < of_stripe ? left : of_stripe;
}

size_t
sk_intake_lead(const struct sk_intake *intake)
{
	return intake->layout != NULL ? sk_layout_lead(intake->layout) : 0;
}

/* Bytes of the input behind each record. */
static size_t
trail(const struct sk_intake *intake)
{
	return intake->layout != NULL ? sk_layout_trail(intake->layout) : 1;
}

size_t
sk_intake_cut(struct sk_intake *intake, struct sk_span *block)
{
	size_t most = sk_intake_batch_left(intake), used, n;

	n = cut(intake, *block, SK_BATCH - intake->batch_records, &used);
	if (intake->front_due && n > 0)
		sk_intake_check_ends(intake, intake->records[0]);
	if (used >= most) {
		size_t around = sk_intake_lead(intake) + trail(intake), bytes = 0, i = 0;

		while (i < n && bytes < most)
			bytes += intake->records[i++].size + around;
		if (i < n)
			used = (size_t)(intake->records[i].data - block->data) - sk_intake_lead(intake);
		n = i;
	}
	block->data += used;
	block->size -= used;
	return n;
}
