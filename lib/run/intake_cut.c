/* intake_cut.c -- records off the front of blocks, up to where a batch is complete; and the lines that these are. */
#include <string.h>

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
