/* dump_json.c -- what a frame holds as an object: what is known makes the row's columns. */
#include <math.h>
#include <string.h>

#include "dump_parts.h"

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
put_key(struct json_row *row, const struct sk_dump_frame *frame)
{
	struct sk_column *column = &row->columns[row->n];

	next_cell(row, "key", SK_COLUMN_BYTES)->bytes = frame->key;
	column->parts = frame->key_parts;
	column->lengths = true;
}

static void
put_parameter(struct json_row *row, const struct sk_parameter *parameter, int decimals)
{
	struct sk_cell *cell;

	if (parameter->kind == SK_PARAMETER_WORD) {
		next_cell(row, parameter->name, SK_COLUMN_BYTES)->bytes = sk_dump_span(parameter->word);
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
put_text(struct json_row *row, const char *name, const char *text)
{
	next_cell(row, name, SK_COLUMN_BYTES)->bytes = sk_dump_span(text);
}

static void
put_number(struct json_row *row, const char *name, bool known, uint64_t number)
{
	if (known)
		next_cell(row, name, SK_COLUMN_NUMBER)->number = number;
}

/* Texts of a row's times. */
struct times {
	char start[SK_WHEN_SIZE];
	char end[SK_WHEN_SIZE];
};

/* What frames of windows say of them. */
static void
put_window(struct json_row *row, const struct sk_dump_frame *frame, struct times *times)
{
	if (frame->has_span) {
		next_cell(row, "start", SK_COLUMN_BYTES)->bytes =
		    sk_dump_frame_border(frame, frame->start, times->start);
		next_cell(row, "end", SK_COLUMN_BYTES)->bytes =
		    sk_dump_frame_border(frame, frame->end, times->end);
		next_cell(row, "counted", SK_COLUMN_TRUTH)->truth = frame->counted;
	}
	put_number(row, "revision", frame->has_revision, frame->revision);
	if (frame->has_time)
		next_cell(row, "time", SK_COLUMN_BYTES)->bytes =
		    sk_dump_frame_border(frame, frame->time, times->start);
	put_number(row, "pane", frame->has_pane, frame->pane);
	if (frame->has_panes)
		next_cell(row, "panes", SK_COLUMN_NUMBERS)->bytes =
		    (struct sk_span){ frame->panes, frame->panes_count * 8 };
}

static void
put_hello(struct json_row *row, const struct sk_sketch_entry *entry, const struct sk_dump_frame *frame)
{
	put_text(row, "record_end", frame->ends);
	if (frame->layout != NULL)
		put_text(row, "layout", frame->layout);
	if (frame->delimiter[0] != '\0')
		put_text(row, "delimiter", frame->delimiter);
	next_cell(row, "corrected", SK_COLUMN_TRUTH)->truth = entry->corrected;
	if (entry->header.size > 0)
		next_cell(row, "header", SK_COLUMN_BYTES)->bytes = entry->header;
}

static void
put_sketch(struct json_row *row, const struct sk_sketch_entry *entry, const struct sk_description *about)
{
	bool read = sk_dump_is_read(entry, about);

	if (read || entry->framed)
		next_cell(row, "exact", SK_COLUMN_TRUTH)->truth = sk_dump_is_exact(entry, about);
	if (read) {
		next_cell(row, "empty", SK_COLUMN_TRUTH)->truth = about->empty;
		put_description(row, entry, about);
	}
	if (entry->sketch.has_moments) {
		put_value(row, "mean", sk_moments_mean(&entry->sketch.moments));
		put_value(row, "deviation", sk_moments_deviation(&entry->sketch.moments));
	}
}

void
sk_dump_json(struct sk_table *table, const char *name, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about)
{
	bool sketch = entry->type == SK_FRAME_SKETCH;
	struct json_row row = { .n = 0 };
	struct times times;

	put_text(&row, "file", name);
	put_number(&row, strcmp(entry->unit, "line") == 0 ? "line" : "offset", true, entry->place);
	put_number(&row, "frame", entry->number > 0, entry->number);
	put_text(&row, "type", sk_dump_frame_type(entry));
	if (sketch) {
		put_text(&row, "family", about->name);
		put_number(&row, "version", true, about->version);
	}
	if (about->items != SK_DESCRIBE_UNKNOWN)
		put_text(&row, "items", sk_describe_items_name(about->items));
	put_window(&row, frame, &times);
	if (frame->has_key)
		put_key(&row, frame);
	put_number(&row, "records", frame->has_records, frame->records);
	put_number(&row, "skipped", frame->has_skipped, frame->skipped);
	if (frame->ends != NULL)
		put_hello(&row, entry, frame);
	if (sketch)
		put_sketch(&row, entry, about);
	put_number(&row, "bytes", true, sk_dump_bytes(entry));
	put_number(&row, "stored", entry->compressed, entry->stored);
	sk_table_measure(table, row.columns, row.n);
	sk_table_begin(table);
	sk_table_row(table, row.cells);
}
