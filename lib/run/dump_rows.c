/* dump_rows.c -- sketches as rows. */
#include "dump_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../pipe/key.h"
#include "diag.h"
#include "dump_parts.h"

#define TEXT_ROOM ((size_t)512) /* of all short texts of a row, without: */
#define PANE_ROOM ((size_t)21)  /* a pane and a comma */
#define PANES_MOST ((size_t)8)  /* that text lists */

enum { FRAME, TYPE, FAMILY, ITEMS, KEY, RECORDS, EXACT, COUNT, PARAMETERS, BYTES, COLUMNS };

static const struct sk_column columns[COLUMNS] = {
	[FRAME] = { .name = "frame", .kind = SK_COLUMN_NUMBER },
	[TYPE] = { .name = "type", .kind = SK_COLUMN_BYTES },
	[FAMILY] = { .name = "family", .kind = SK_COLUMN_BYTES },
	[ITEMS] = { .name = "items", .kind = SK_COLUMN_BYTES },
	[KEY] = { .name = "key", .kind = SK_COLUMN_BYTES },
	[RECORDS] = { .name = "records", .kind = SK_COLUMN_BYTES },
	[EXACT] = { .name = "exact", .kind = SK_COLUMN_BYTES },
	[COUNT] = { .name = "count", .kind = SK_COLUMN_BYTES },
	[PARAMETERS] = { .name = "parameters", .kind = SK_COLUMN_BYTES },
	[BYTES] = { .name = "bytes", .kind = SK_COLUMN_NUMBER },
};

/* A row that waits to be aligned. */
struct row {
	uint64_t frame;
	uint64_t bytes;
	size_t size[COLUMNS];
	unsigned char *text; /* of all columns, one after the other */
};

struct sk_dump_rows {
	struct sk_table table;
	bool begun;
	struct row *rows;
	size_t count;
	size_t room;
};

struct sk_dump_rows *
sk_dump_rows_new(struct sk_output *output, enum sk_format format, bool header)
{
	struct sk_dump_rows *rows = calloc(1, sizeof(*rows));

	if (rows == NULL)
		sk_die("out of memory");
	rows->table.output = output;
	rows->table.format = format;
	rows->table.header = header;
	return rows;
}

void
sk_dump_rows_free(struct sk_dump_rows *rows)
{
	if (rows == NULL)
		return;
	for (size_t i = 0; i < rows->count; i++)
		free(rows->rows[i].text);
	free(rows->rows);
	free(rows);
}

/* Texts of tsv and text */

struct writer {
	char *text;
	size_t room;
	size_t used;
};

/* With room for all that there is of ${frame}. */
static struct writer
new_writer(const struct sk_sketch_entry *entry, const struct sk_dump_frame *frame)
{
	struct writer writer = { .room = TEXT_ROOM + entry->header.size + frame->panes_count * PANE_ROOM };

	if ((writer.text = malloc(writer.room)) == NULL)
		sk_die("out of memory");
	return writer;
}

static struct sk_span
written_since(const struct writer *writer, size_t from)
{
	return (struct sk_span){ (const unsigned char *)writer->text + from, writer->used - from };
}

static void
write_text(struct writer *writer, const char *text)
{
	while (*text != '\0' && writer->used < writer->room)
		writer->text[writer->used++] = *text++;
}

/* ${number} / 10^${decimals}, without zeros at the end. */
static void
write_number(struct writer *writer, uint64_t number, int decimals)
{
	char text[24], digit[2] = "";
	uint64_t unit = 1;

	for (; decimals > 0 && number % 10 == 0; decimals--)
		number /= 10;
	for (int i = 0; i < decimals; i++)
		unit *= 10;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)(number / unit));
	write_text(writer, text);
	if (decimals > 0)
		write_text(writer, ".");
	while ((unit /= 10) > 0) {
		digit[0] = (char)('0' + number / unit % 10);
		write_text(writer, digit);
	}
}

static struct sk_span
number_text(struct writer *writer, bool known, uint64_t number, int decimals)
{
	size_t from = writer->used;

	if (known)
		write_number(writer, number, decimals);
	else
		write_text(writer, "-");
	return written_since(writer, from);
}

static void
write_name(struct writer *writer, const char *name, size_t from)
{
	if (writer->used > from)
		write_text(writer, " ");
	write_text(writer, name);
	write_text(writer, "=");
}

/* ${value}, if it is known. */
static void
write_value(struct writer *writer, const char *name, double value, size_t from)
{
	char text[32];

	if (isnan(value))
		return;
	snprintf(text, sizeof(text), "%.15g", value); /* no tool sets a locale */
	write_name(writer, name, from);
	write_text(writer, text);
}

static void
write_sized(struct writer *writer, const char *name, struct sk_span value, size_t from)
{
	write_name(writer, name, from);
	for (size_t i = 0; i < value.size && writer->used < writer->room; i++)
		writer->text[writer->used++] = (char)value.data[i];
}

static void
write_named_number(struct writer *writer, const char *name, uint64_t number, size_t from)
{
	write_name(writer, name, from);
	write_number(writer, number, 0);
}

/* Text is for people: of very many it shows the first. */
static void
write_panes(struct writer *writer, const struct sk_dump_frame *frame, enum sk_format format, size_t from)
{
	write_name(writer, "panes", from);
	for (size_t i = 0; i < frame->panes_count; i++) {
		if (i > 0)
			write_text(writer, ",");
		if (i == PANES_MOST && format == SK_FORMAT_TEXT) {
			write_text(writer, "...");
			break;
		}
		write_number(writer, sk_load64(frame->panes + 8 * i), 0);
	}
}

/* What frames of windows say. */
static void
write_frame(struct writer *writer, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, enum sk_format format, size_t from)
{
	char text[SK_WHEN_SIZE];

	if (frame->has_span) {
		write_sized(writer, "start", sk_dump_frame_border(frame, frame->start, text), from);
		write_sized(writer, "end", sk_dump_frame_border(frame, frame->end, text), from);
	}
	if (frame->has_revision)
		write_named_number(writer, "revision", frame->revision, from);
	if (frame->has_time)
		write_sized(writer, "time", sk_dump_frame_border(frame, frame->time, text), from);
	if (frame->has_pane)
		write_named_number(writer, "pane", frame->pane, from);
	if (frame->has_panes)
		write_panes(writer, frame, format, from);
	if (frame->has_skipped)
		write_named_number(writer, "skipped", frame->skipped, from);
	if (frame->ends == NULL)
		return;
	write_sized(writer, "record_end", sk_dump_span(frame->ends), from);
	if (frame->layout != NULL)
		write_sized(writer, "layout", sk_dump_span(frame->layout), from);
	if (frame->delimiter[0] != '\0')
		write_sized(writer, "delimiter", sk_dump_span(frame->delimiter), from);
	if (entry->corrected)
		write_sized(writer, "corrected", sk_dump_span("yes"), from);
	if (entry->header.size > 0)
		write_sized(writer, "header", entry->header, from);
}

static void
write_parameter(
    struct writer *writer, const struct sk_parameter *parameter, int decimals, size_t from)
{
	write_name(writer, parameter->name, from);
	if (parameter->kind == SK_PARAMETER_WORD)
		write_text(writer, parameter->word);
	else if (parameter->kind == SK_PARAMETER_FRACTION)
		write_number(writer, (uint64_t)(parameter->fraction * 1e6 + 0.5), 6);
	else
		write_number(writer, parameter->number,
		    parameter->kind == SK_PARAMETER_WEIGHT ? decimals : 0);
}

/* What the sketch was made with, its moments, and of a compressed frame how many bytes of the stream it takes. */
static struct sk_span
parameters_text(struct writer *writer, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about, enum sk_format format)
{
	size_t from = writer->used;

	write_frame(writer, entry, frame, format, from);
	for (size_t i = 0; i < about->parameters_count; i++)
		write_parameter(writer, &about->parameters[i], entry->sketch.decimals, from);
	if (entry->sketch.has_moments) {
		write_value(writer, "mean", sk_moments_mean(&entry->sketch.moments), from);
		write_value(writer, "deviation", sk_moments_deviation(&entry->sketch.moments), from);
	}
	if (entry->compressed)
		write_named_number(writer, "stored", entry->stored, from);
	if (writer->used == from)
		write_text(writer, "-");
	return written_since(writer, from);
}

/* The parts of a key in one column: tabs between them in tsv, where they show as \t, and blanks in text. */
static struct sk_span
key_text(const struct sk_dump_frame *sketch, enum sk_format format, unsigned char **made)
{
	struct sk_span rest = sketch->key;
	unsigned char *at;

	if (sketch->key_parts == 0)
		return sk_dump_span("-");
	if ((*made = at = malloc(sketch->key.size + 1)) == NULL)
		sk_die("out of memory");
	for (size_t i = 0; i < sketch->key_parts; i++) {
		const struct sk_span part = sk_key_part(&rest, i + 1 == sketch->key_parts);

		if (i > 0)
			*at++ = format == SK_FORMAT_TEXT ? ' ' : '\t';
		if (part.size > 0)
			memcpy(at, part.data, part.size);
		at += part.size;
	}
	return (struct sk_span){ *made, (size_t)(at - *made) };
}

static void
keep_row(struct sk_dump_rows *rows, const struct sk_cell *cells)
{
	struct row row = { .frame = cells[FRAME].number, .bytes = cells[BYTES].number };
	size_t size = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		size += row.size[i] = cells[i].bytes.size;
	if (rows->count == rows->room) {
		size_t room = rows->room * 2 + 16;
		struct row *more = realloc(rows->rows, room * sizeof(*more));

		if (more == NULL)
			sk_die("out of memory");
		rows->rows = more;
		rows->room = room;
	}
	if ((row.text = malloc(size + 1)) == NULL)
		sk_die("out of memory");
	size = 0;
	for (size_t i = 0; i < COLUMNS; i++) {
		if (row.size[i] > 0)
			memcpy(row.text + size, cells[i].bytes.data, row.size[i]);
		size += row.size[i];
	}
	rows->rows[rows->count++] = row;
}

static void
begin(struct sk_dump_rows *rows)
{
	if (!rows->begun) {
		sk_table_measure(&rows->table, columns, COLUMNS);
		sk_table_begin(&rows->table);
	}
	rows->begun = true;
}

static void
add_cells(struct sk_dump_rows *rows, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about)
{
	const struct sk_container *sketch = &entry->sketch;
	bool read = sk_dump_is_read(entry, about);
	struct writer writer = new_writer(entry, frame);
	struct sk_cell cells[COLUMNS] = { { 0 } };
	unsigned char *key = NULL;

	cells[FRAME].number = entry->number;
	cells[TYPE].bytes = sk_dump_span(sk_dump_frame_type(entry));
	cells[FAMILY].bytes = sk_dump_span(about->name != NULL ? about->name : "-");
	cells[ITEMS].bytes = sk_dump_span(sk_describe_items_name(about->items));
	cells[KEY].bytes = key_text(frame, rows->table.format, &key);
	cells[RECORDS].bytes = number_text(&writer, frame->has_records, frame->records, 0);
	cells[EXACT].bytes = sk_dump_span(!read && !sketch->exact ? "-" :
		sk_dump_is_exact(entry, about)			   ? "yes" :
								     "no");
	cells[COUNT].bytes = number_text(&writer, read && about->counted, about->count,
	    about->weighted ? sketch->decimals : 0);
	cells[PARAMETERS].bytes = parameters_text(&writer, entry, frame, about, rows->table.format);
	cells[BYTES].number = sk_dump_bytes(entry);
	if (rows->table.format == SK_FORMAT_TEXT) {
		keep_row(rows, cells);
	} else {
		begin(rows);
		sk_table_row(&rows->table, cells);
	}
	free(writer.text);
	free(key);
}

void
sk_dump_rows_add(struct sk_dump_rows *rows, const char *name, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about)
{
	if (rows->table.format == SK_FORMAT_JSON)
		sk_dump_json(&rows->table, name, entry, frame, about);
	else
		add_cells(rows, entry, frame, about);
}

static void
give_kept(struct sk_dump_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->rows[i];
		struct sk_cell cells[COLUMNS] = { { 0 } };
		size_t at = 0;

		for (size_t column = 0; column < COLUMNS; column++) {
			cells[column].bytes =
			    (struct sk_span){ row->text + at, row->size[column] };
			at += row->size[column];
		}
		cells[FRAME].number = row->frame;
		cells[BYTES].number = row->bytes;
		sk_table_row(&rows->table, cells);
	}
}

void
sk_dump_rows_end(struct sk_dump_rows *rows)
{
	if (rows->table.format != SK_FORMAT_TEXT)
		return;
	sk_table_measure(&rows->table, columns, COLUMNS);
	give_kept(rows);
	sk_table_begin(&rows->table);
	give_kept(rows);
}
