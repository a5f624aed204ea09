/* intake.c -- from blocks of records to batches of columns. */
#include "intake.h"

#include <inttypes.h>
#include <stdlib.h>

#include "diag.h"
#include "intake_parts.h"

#define SCRATCH_SLACK ((size_t)1 << 14)

static _Noreturn void
out_of_memory(void)
{
	sk_die("out of memory");
}

static void
prepare(struct sk_intake_picked *picked, const struct sk_fields *fields)
{
	picked->fields = *fields;
	if (fields->count > 1) {
		picked->part = calloc(fields->count * SK_BATCH, sizeof(*picked->part));
		if (picked->part == NULL)
			out_of_memory();
	}
}

/* It stays the same when a layout is adopted: names are a sign that one will be. */
static unsigned char
separator_for(const struct sk_intake_options *options)
{
	bool named = sk_fields_named(&options->items) || sk_fields_named(&options->keys);

	if ((options->has_layout && sk_layout_is_text(options->layout)) || (options->open && !options->header && named))
		return SK_INTAKE_SEPARATOR;
	return options->delimiter == SK_INTAKE_BLANKS ? '\t' : (unsigned char)options->delimiter;
}

struct sk_intake *
sk_intake_new(const struct sk_intake_options *options)
{
	struct sk_intake *intake = calloc(1, sizeof(*intake));

	if (intake == NULL)
		out_of_memory();
	intake->options = *options;
	intake->scan = sk_scan_best();
	intake->input = "";
	intake->skips.strict = options->strict;
	intake->skips.exact = options->exact;
	intake->skips.record_max = options->record_max;
	intake->skips.unit = intake->skips.place = options->end == '\n' ? "line" : "record";
	if (options->where != NULL && (intake->where = sk_intake_where_new(options)) == NULL)
		out_of_memory();
	if (options->has_layout) {
		intake->layout = sk_intake_layout_new(options);
		if (sk_layout_is_text(options->layout) && (intake->picks = sk_intake_picks_new(options)) == NULL)
			out_of_memory();
		if (!sk_layout_is_text(options->layout))
			intake->skips.unit = intake->skips.place = "record";
		else if (!sk_layout_splits(intake->layout)) /* nor are lines records */
			intake->skips.unit = "record";
	}
	intake->separator = separator_for(options);
	prepare(&intake->items, &options->items);
	prepare(&intake->keys, &options->keys);
	intake->keys.lengths = true;
	prepare(&intake->weights, &options->weights);
	return intake;
}

void
sk_intake_free(struct sk_intake *intake)
{
	if (intake == NULL)
		return;
	free(intake->items.part);
	free(intake->items.joined.bytes);
	free(intake->keys.part);
	free(intake->keys.joined.bytes);
	free(intake->converted_bytes.bytes);
	if (!intake->borrows_layout)
		sk_layout_free(intake->layout);
	sk_intake_picks_free(intake->picks);
	sk_intake_where_free(intake->where);
	sk_hints_release(&intake->hints);
	free(intake);
}

unsigned char
sk_intake_separator(const struct sk_intake *intake)
{
	return intake->separator;
}

const struct sk_layout *
sk_intake_layout(const struct sk_intake *intake)
{
	return intake->layout;
}

unsigned char
sk_intake_end(const struct sk_intake *intake)
{
	return intake->options.end;
}

void
sk_intake_input(struct sk_intake *intake, const char *name)
{
	intake->input = name;
	intake->record = 0;
	intake->lines = 0;
	intake->offset = 0;
	intake->header_due = intake->options.header;
	intake->front_due = intake->layout == NULL || sk_layout_is_text(sk_layout_kind(intake->layout));
}

void
sk_intake_partial(struct sk_intake *intake, bool partial)
{
	intake->partial = partial;
}

void
sk_intake_seek(struct sk_intake *intake, uint64_t offset)
{
	intake->offset = offset;
}

uint64_t
sk_intake_offset(const struct sk_intake *intake)
{
	return intake->offset;
}

/* Where record ${i} of those that are looked at was in the batch, as it was cut. */
static size_t
place_of(const struct sk_intake *intake, size_t i)
{
	return intake->picks != NULL ? intake->picks->place[i] : intake->where != NULL ? intake->where->place[i] : i;
}

void
sk_intake_skip(struct sk_intake *intake, enum sk_skip_reason reason, size_t i, struct sk_span text)
{
	sk_intake_skip_record(intake, reason, place_of(intake, i), text);
}

void
sk_intake_skip_record(
    struct sk_intake *intake, enum sk_skip_reason reason, size_t i, struct sk_span text)
{
	uint64_t number = intake->record + i + 1;

	if (intake->notes != NULL) {
		sk_skip_notes_add(intake->notes, reason, i, text, intake->records[i]);
		return;
	}
	if (sk_skips_shows(&intake->skips, reason))
		number += intake->lines + sk_intake_lines_before(intake, i);
	sk_skips_add(&intake->skips, reason, intake->input, number, text);
	if (reason < SK_SKIP_REASONS && sk_skips_is_blank(intake->records[i]))
		intake->skips.blank++;
	sk_hints_keep(&intake->hints, sk_hint_of(reason), intake->records[i], number);
}

/* Room that a reader has been given. */
static unsigned char *
given_room(struct sk_intake *intake, size_t size)
{
	unsigned char *room = intake->room;

	if (size > intake->room_left) {
		intake->cramped = true;
		return NULL;
	}
	intake->room += size;
	intake->room_left -= size;
	return room;
}

unsigned char *
sk_intake_room(struct sk_intake *intake, struct sk_intake_scratch *scratch, size_t size)
{
	scratch->needed += size;
	if (intake->notes != NULL)
		return given_room(intake, size);
	if (scratch->bytes == NULL || size > scratch->size) {
		free(scratch->bytes);
		scratch->size = size + SCRATCH_SLACK;
		if ((scratch->bytes = malloc(scratch->size)) == NULL)
			out_of_memory();
	}
	return scratch->bytes;
}

/* A batch is complete: note how much it took. */
static void
count_scratch(struct sk_intake_scratch *scratch)
{
	if (scratch->needed > scratch->counted)
		scratch->counted = scratch->needed + SCRATCH_SLACK;
	scratch->needed = 0;
}

void
sk_intake_pick_field(const struct sk_intake *intake, const struct sk_span *records, size_t n,
    struct sk_field field, struct sk_span *column)
{
	const struct sk_scan *scan = intake->scan;
	size_t number = (size_t)(field.number < 0 ? -field.number : field.number);
	unsigned char delimiter = (unsigned char)intake->options.delimiter;

	if (intake->options.delimiter == SK_INTAKE_BLANKS)
		(field.number > 0 ? scan->blank : scan->blank_back)(records, n, number, column);
	else
		(field.number > 0 ? scan->delimited : scan->delimited_back)(
		    records, n, delimiter, number, column);
	if (field.rest)
		for (size_t i = 0; i < n; i++)
			column[i].size = (size_t)(records[i].data + records[i].size - column[i].data);
}

/* The field of all records that are looked at; what conditions have had to look at is there. */
static void
pick_field(const struct sk_intake *intake, size_t n, struct sk_field field, struct sk_span *column)
{
	if (intake->where == NULL)
		sk_intake_pick_field(intake, intake->records, n, field, column);
	else if (!sk_intake_where_column(intake->where, n, &field, column))
		sk_intake_pick_field(intake, intake->where->records, n, field, column);
}

static void
pick(struct sk_intake *intake, struct sk_intake_picked *picked, size_t n)
{
	size_t count = picked->fields.count;

	if (intake->picks != NULL) {
		if (count > 1)
			sk_intake_join(intake, picked, n);
		return;
	}
	if (count == 1)
		pick_field(intake, n, picked->fields.field[0], picked->column);
	/* Most often the first is, and that was that. */
	for (size_t i = 0; count == 1 && i < n && !picked->filled; i++)
		picked->filled = picked->column[i].size > 0;
	for (size_t part = 0; count > 1 && part < count; part++)
		pick_field(
		    intake, n, picked->fields.field[part], picked->part + part * SK_BATCH);
	if (count > 1)
		sk_intake_join(intake, picked, n);
}

bool
sk_intake_pass(struct sk_intake *intake, size_t records, size_t bytes)
{
	bool complete = bytes >= sk_intake_batch_left(intake);

	intake->record += records;
	intake->total += records;
	intake->offset += bytes;
	intake->batch_records += records;
	intake->batch_bytes += bytes;
	if (!complete && intake->batch_records < SK_BATCH)
		return false;
	intake->batch_records = 0;
	intake->batch_bytes = 0;
	if (intake->notes != NULL)
		return true;
	count_scratch(&intake->items.joined);
	count_scratch(&intake->keys.joined);
	count_scratch(&intake->converted_bytes);
	if (intake->picks != NULL)
		count_scratch(&intake->picks->unescaped);
	return true;
}

/* Give back all of the ${picked} records but the first ${n}, and of *${all} that were cut what is behind them. */
static void
give_back(struct sk_intake *intake, struct sk_span *block, size_t picked, size_t n, size_t *all)
{
	if (n == picked)
		return;
	sk_intake_unjoin(&intake->items, n, picked);
	sk_intake_unjoin(&intake->keys, n, picked);
	n = intake->picks != NULL ? sk_intake_layout_uncount(intake, n, *all) : place_of(intake, n);
	*all = n;
	block->size += (size_t)(block->data - intake->records[n].data) + sk_intake_lead(intake);
	block->data = intake->records[n].data - sk_intake_lead(intake);
}

static bool
is_number(const struct sk_intake *intake)
{
	return intake->layout != NULL && sk_layout_width(sk_layout_kind(intake->layout)) > 0;
}

bool
sk_intake_batch(struct sk_intake *intake, struct sk_span *block, struct sk_batch *batch,
    const struct sk_span **keys)
{
	struct sk_span *items, *key_column, *records = intake->records;
	bool weighs = intake->weights.fields.count > 0;
	const unsigned char *start;
	size_t all, n, kept;

	if (intake->layout == NULL && block->size > 0)
		sk_intake_check_names(intake);
	if (intake->header_due && block->size > 0)
		sk_intake_cut_header(intake, block);
	start = block->data;
	if (intake->rounded.any)
		intake->rounded = (struct sk_rounded){ 0 };
	intake->before = intake->record;
	if (intake->header_due || (all = n = kept = sk_intake_cut(intake, block)) == 0)
		return false;
	if (intake->picks != NULL) {
		n = kept = sk_intake_layout_pick(intake, all);
		records = intake->picks->records;
	} else if (intake->where != NULL) {
		n = kept = sk_intake_where_lines(intake, all);
		records = intake->where->records;
	}
	pick(intake, &intake->items, n);
	pick(intake, &intake->keys, n);
	if (intake->cramped)
		return false;
	items = intake->items.fields.count > 0 ? intake->items.column : records;
	key_column = intake->keys.fields.count > 0 ? intake->keys.column : NULL;
	if (weighs) {
		size_t picked = n;

		pick(intake, &intake->weights, n);
		kept = sk_intake_weights(intake, items, key_column, &n);
		give_back(intake, block, picked, n, &all);
	}
	if (is_number(intake)) {
		kept = sk_intake_raw(intake, records, kept, &items);
	} else if (intake->options.values) {
		kept = sk_intake_values(intake, items, key_column, kept);
	} else if (intake->options.form != SK_FORM_BYTES) {
		kept = sk_intake_convert(intake, items, key_column, kept);
		items = intake->converted;
	}
	if (intake->cramped)
		return false;
	if (intake->picks != NULL)
		sk_intake_layout_skip(intake, all);
	sk_intake_pass_lines(intake, start, (size_t)(block->data - start), all);
	*batch = (struct sk_batch){
		.count = kept,
		.items = items,
		.records = !weighs && !intake->options.values &&
			intake->options.form == SK_FORM_BYTES ?
		    records :
		    NULL,
		.values = intake->options.values ? intake->value : NULL,
		.rounded = intake->rounded,
		.weights = weighs ? intake->weight : NULL,
		.decimals = intake->decimals,
		.complete = sk_intake_pass(intake, all, (size_t)(block->data - start)),
	};
	*keys = key_column;
	intake->hints.used += kept;
	return true;
}

size_t
sk_intake_memory(const struct sk_intake *intake)
{
	return intake->items.joined.counted + intake->keys.joined.counted +
	    intake->converted_bytes.counted +
	    (intake->picks != NULL ? intake->picks->unescaped.counted : 0);
}

void
sk_intake_too_long(struct sk_intake *intake, struct sk_span start)
{
	if (intake->front_due)
		sk_intake_check_ends(intake, start);
	if (intake->header_due)
		sk_die("%s: the header is longer than a quarter of --memory", intake->input);
	intake->record++;
	intake->total++;
	sk_skips_add(
	    &intake->skips, SK_SKIP_TOO_LONG, intake->input, intake->record + intake->lines, start);
}

void
sk_intake_cut_short(struct sk_intake *intake, struct sk_span start)
{
	/* Of a record that was too long, and has been counted, nothing is left. */
	uint64_t number = intake->record + (start.size > 0 ? 1 : 0);
	char quoted[SK_DIAG_QUOTE];

	sk_diag_quote(quoted, start);
	if (intake->options.strict)
		sk_die("%s: record %" PRIu64 ": the input ends within it: %s", intake->input, number, quoted);
	sk_warn("%s: record %" PRIu64 ": the input ends within it: %s", intake->input, number, quoted);
}

uint64_t
sk_intake_number(const struct sk_intake *intake, size_t i)
{
	return intake->before + place_of(intake, i) + 1;
}

const char *
sk_intake_unit(const struct sk_intake *intake)
{
	return intake->skips.unit;
}

uint64_t
sk_intake_records(const struct sk_intake *intake)
{
	return intake->total;
}
