/* dump_rows.c -- sketches as rows. */
#include "dump_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define TEXT_ROOM ((size_t)256) /* of all short texts of a row */

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

static struct sk_span
span_of(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

static const char *
type_name(const struct sk_sketch_entry *entry)
{
	switch (entry->type) {
	case SK_FRAME_RECORDS:
		return "records";
	case SK_FRAME_SKETCH:
		return entry->framed ? "sketch" : "image";
	case SK_FRAME_CLOSE:
		return "close";
	case SK_FRAME_OPEN:
		return "open";
	case SK_FRAME_WATERMARK:
		return "watermark";
	case SK_FRAME_FINISHED:
		return "finished";
	case SK_FRAME_HELLO:
	case SK_FRAME_END:
		break;
	}
	return "-";
}

static uint64_t
bytes_of(const struct sk_sketch_entry *entry)
{
	return entry->type == SK_FRAME_SKETCH ? entry->sketch.image.size : entry->size;
}

/* What the container says counts: it knows of what came before the sketch. */
static bool
is_exact(const struct sk_sketch_entry *entry, const struct sk_description *about)
{
	return entry->framed ? entry->sketch.exact : about->exact;
}

/* Whether anything but the family is known of the image. */
static bool
is_read(const struct sk_sketch_entry *entry, const struct sk_description *about)
{
	return entry->type == SK_FRAME_SKETCH && about->status == SK_IMAGE_OK;
}

/* Texts of tsv and text */

struct writer {
	char text[TEXT_ROOM];
	size_t used;
};

static struct sk_span
written_since(const struct writer *writer, size_t from)
{
	return (struct sk_span){ (const unsigned char *)writer->text + from, writer->used - from };
}

static void
write_text(struct writer *writer, const char *text)
{
	while (*text != '\0' && writer->used < TEXT_ROOM)
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

/* What the sketch was made with, its moments, and of a compressed frame how many bytes of the stream it takes. */
static struct sk_span
parameters_text(struct writer *writer, const struct sk_sketch_entry *entry,
    const struct sk_description *about)
{
	int decimals = entry->sketch.decimals;
	size_t from = writer->used;

	for (size_t i = 0; i < about->parameters_count; i++) {
		const struct sk_parameter *parameter = &about->parameters[i];

		write_name(writer, parameter->name, from);
		if (parameter->kind == SK_PARAMETER_WORD)
			write_text(writer, parameter->word);
		else if (parameter->kind == SK_PARAMETER_FRACTION)
			write_number(writer, (uint64_t)(parameter->fraction * 1e6 + 0.5), 6);
		else
			write_number(writer, parameter->number,
			    parameter->kind == SK_PARAMETER_WEIGHT ? decimals : 0);
	}
	if (entry->sketch.has_moments) {
		write_value(writer, "mean", sk_moments_mean(&entry->sketch.moments), from);
		write_value(writer, "deviation", sk_moments_deviation(&entry->sketch.moments), from);
	}
	if (entry->compressed) {
		write_name(writer, "stored", from);
		write_number(writer, entry->stored, 0);
	}
	if (writer->used == from)
		write_text(writer, "-");
	return written_since(writer, from);
}

/* The parts of a key in one column: tabs between them in tsv, where they show as \t, and blanks in text. */
static struct sk_span
key_text(const struct sk_container *sketch, enum sk_format format, unsigned char **made)
{
	unsigned char *key;

	if (sketch->key_parts == 0)
		return span_of("-");
	if ((key = malloc(sketch->key.size + 1)) == NULL)
		sk_die("out of memory");
	for (size_t i = 0; i < sketch->key.size; i++) {
		key[i] = sketch->key.data[i];
		if (sketch->key_parts > 1 && key[i] == sketch->separator)
			key[i] = format == SK_FORMAT_TEXT ? ' ' : '\t';
	}
	*made = key;
	return (struct sk_span){ key, sketch->key.size };
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
    const struct sk_description *about)
{
	const struct sk_container *sketch = &entry->sketch;
	bool read = is_read(entry, about);
	struct writer writer = { .used = 0 };
	struct sk_cell cells[COLUMNS] = { { 0 } };
	unsigned char *key = NULL;

	cells[FRAME].number = entry->number;
	cells[TYPE].bytes = span_of(type_name(entry));
	cells[FAMILY].bytes = span_of(about->name != NULL ? about->name : "-");
	cells[ITEMS].bytes = span_of(sk_describe_items_name(about->items));
	cells[KEY].bytes = key_text(sketch, rows->table.format, &key);
	cells[RECORDS].bytes = number_text(
	    &writer, entry->framed && entry->type == SK_FRAME_SKETCH, sketch->records, 0);
	cells[EXACT].bytes = span_of(!read && !entry->sketch.exact ? "-" :
		is_exact(entry, about)				     ? "yes" :
								       "no");
	cells[COUNT].bytes = number_text(&writer, read && about->counted, about->count,
	    about->weighted ? sketch->decimals : 0);
	cells[PARAMETERS].bytes = parameters_text(&writer, entry, about);
	cells[BYTES].number = bytes_of(entry);
	if (rows->table.format == SK_FORMAT_TEXT) {
		keep_row(rows, cells);
	} else {
		begin(rows);
		sk_table_row(&rows->table, cells);
	}
	free(key);
}

/* JSON: what is known makes the row's columns */

struct json_row {
	struct sk_column columns[SK_TABLE_COLUMNS];
	struct sk_cell cells[SK_TABLE_COLUMNS];
	size_t n;
};

static struct sk_cell *
next_cell(struct json_row *row, const char *name, enum sk_column_kind kind)
{
	row->columns[row->n] = (struct sk_column){ .name = name, .kind = kind };
	row->cells[row->n] = (struct sk_cell){ 0 };
	return &row->cells[row->n++];
}

static void
put_key(struct json_row *row, const struct sk_container *sketch)
{
	struct sk_column *column = &row->columns[row->n];

	next_cell(row, "key", SK_COLUMN_BYTES)->bytes = sketch->key;
	column->parts = sketch->key_parts < SK_FIELDS_MAX ? sketch->key_parts : SK_FIELDS_MAX;
	column->separator = sketch->separator;
}

static void
put_parameter(struct json_row *row, const struct sk_parameter *parameter, int decimals)
{
	struct sk_cell *cell;

	if (parameter->kind == SK_PARAMETER_WORD) {
		next_cell(row, parameter->name, SK_COLUMN_BYTES)->bytes = span_of(parameter->word);
		return;
	}
	if (parameter->kind == SK_PARAMETER_FRACTION) {
		next_cell(row, parameter->name, SK_COLUMN_FRACTION)->fraction = parameter->fraction;
		return;
	}
	cell = next_cell(row, parameter->name, SK_COLUMN_NUMBER);
	cell->number = parameter->number;
	cell->decimals = parameter->kind == SK_PARAMETER_WEIGHT ? decimals : 0;
}

static void
put_value(struct json_row *row, const char *name, double value)
{
	if (!isnan(value))
		next_cell(row, name, SK_COLUMN_DOUBLE)->value = value;
}

/* What the image says of itself. */
static void
put_description(struct json_row *row, const struct sk_sketch_entry *entry,
    const struct sk_description *about)
{
	struct sk_cell *cell;

	if (about->counted) {
		cell = next_cell(row, "count", SK_COLUMN_NUMBER);
		cell->number = about->count;
		cell->decimals = about->weighted ? entry->sketch.decimals : 0;
	}
	for (size_t i = 0; i < about->parameters_count; i++)
		put_parameter(row, &about->parameters[i], entry->sketch.decimals);
}

static void
add_json(struct sk_dump_rows *rows, const char *name, const struct sk_sketch_entry *entry,
    const struct sk_description *about)
{
	bool sketch = entry->type == SK_FRAME_SKETCH, read = is_read(entry, about);
	struct json_row row = { .n = 0 };

	next_cell(&row, "file", SK_COLUMN_BYTES)->bytes = span_of(name);
	next_cell(&row, strcmp(entry->unit, "line") == 0 ? "line" : "offset", SK_COLUMN_NUMBER)->number =
	    entry->place;
	next_cell(&row, "frame", SK_COLUMN_NUMBER)->number = entry->number;
	next_cell(&row, "type", SK_COLUMN_BYTES)->bytes = span_of(type_name(entry));
	if (sketch) {
		next_cell(&row, "family", SK_COLUMN_BYTES)->bytes = span_of(about->name);
		next_cell(&row, "version", SK_COLUMN_NUMBER)->number = about->version;
	}
	if (about->items != SK_DESCRIBE_UNKNOWN)
		next_cell(&row, "items", SK_COLUMN_BYTES)->bytes =
		    span_of(sk_describe_items_name(about->items));
	if (entry->sketch.key_parts > 0)
		put_key(&row, &entry->sketch);
	if (sketch && entry->framed)
		next_cell(&row, "records", SK_COLUMN_NUMBER)->number = entry->sketch.records;
	if (read || (sketch && entry->framed))
		next_cell(&row, "exact", SK_COLUMN_TRUTH)->truth = is_exact(entry, about);
	if (read)
		next_cell(&row, "empty", SK_COLUMN_TRUTH)->truth = about->empty;
	if (read)
		put_description(&row, entry, about);
	if (entry->sketch.has_moments) {
		put_value(&row, "mean", sk_moments_mean(&entry->sketch.moments));
		put_value(&row, "deviation", sk_moments_deviation(&entry->sketch.moments));
	}
	next_cell(&row, "bytes", SK_COLUMN_NUMBER)->number = bytes_of(entry);
	if (entry->compressed)
		next_cell(&row, "stored", SK_COLUMN_NUMBER)->number = entry->stored;
	sk_table_measure(&rows->table, row.columns, row.n);
	sk_table_begin(&rows->table);
	sk_table_row(&rows->table, row.cells);
}

void
sk_dump_rows_add(struct sk_dump_rows *rows, const char *name, const struct sk_sketch_entry *entry,
    const struct sk_description *about)
{
	if (rows->table.format == SK_FORMAT_JSON)
		add_json(rows, name, entry, about);
	else
		add_cells(rows, entry, about);
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
