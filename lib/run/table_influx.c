/*
 * table_influx.c -- rows as points, in InfluxDB's line protocol.
 *
 * Format: InfluxDB OSS documentation, "Line protocol". A line cannot hold a newline, nor a tag end in a backslash, which
 * would escape what follows it; a field holds no infinity and no NaN, and a tag is not empty. What cannot be said is
 * left out, and a point with no field at all is none.
 */
#include "table_parts.h"

#include <math.h>
#include <stdio.h>

static const char *const tag_strings[] = { "\\,", "\\ ", "\\=", "\\x0a", "\\x0d" };
static const struct sk_cell_escapes tag_escapes = { ", =\n\r", tag_strings, "\\x" };

static bool
is_field(const struct sk_column *column, const struct sk_cell *cell)
{
	if (sk_column_is_label(column) || column->role == SK_COLUMN_TIME || sk_column_of_summary(column))
		return false;
	return column->kind != SK_COLUMN_DOUBLE || isfinite(cell->value);
}

static bool
has_fields(const struct sk_table *table, const struct sk_cell *cells)
{
	for (size_t i = 0; i < table->columns_count; i++)
		if (table->columns[i].kind != SK_COLUMN_TRUTH && is_field(&table->columns[i], &cells[i]))
			return true;
	return false;
}

static void
write_number(struct sk_output *output, const struct sk_column *column, const struct sk_cell *cell)
{
	char text[SK_CELL_SIZE];
	size_t whole;

	sk_output_bytes(output,
	    (struct sk_span){ (unsigned char *)text,
		sk_cell_format(text, column, cell, false, &whole) });
}

static void
write_tag(struct sk_table *table, size_t i, size_t part, struct sk_span value)
{
	const bool backslash = value.size > 0 && value.data[value.size - 1] == '\\';

	if (value.size == 0)
		return;
	sk_output_byte(table->output, ',');
	sk_table_name(table, i, part);
	sk_output_byte(table->output, '=');
	value.size -= backslash ? 1 : 0;
	sk_cell_escape(table->output, value, &tag_escapes);
	if (backslash)
		sk_output_string(table->output, "\\x5c");
}

/* No label can say that there is no value. */
static bool
is_nothing(const struct sk_column *column, const struct sk_cell *cell)
{
	return cell->absent || (column->kind == SK_COLUMN_DOUBLE && isnan(cell->value));
}

static void
write_tags(struct sk_table *table, size_t i, const struct sk_cell *cell)
{
	const struct sk_column *column = &table->columns[i];
	const size_t parts = sk_column_parts(column);
	struct sk_span rest = cell->bytes;

	for (size_t part = 0; column->kind == SK_COLUMN_BYTES && part < parts; part++)
		write_tag(table, i, part, sk_column_part(column, &rest, part));
	if (column->kind == SK_COLUMN_BYTES)
		return;
	sk_output_byte(table->output, ',');
	sk_table_name(table, i, 0);
	sk_output_byte(table->output, '=');
	write_number(table->output, column, cell);
}

/* A field has one type for ever: whole numbers where there are no others. */
static void
write_field(struct sk_table *table, size_t i, const struct sk_cell *cell)
{
	const struct sk_column *column = &table->columns[i];

	sk_table_name(table, i, 0);
	sk_output_byte(table->output, '=');
	if (column->kind == SK_COLUMN_TRUTH) {
		sk_output_string(table->output, cell->truth ? "true" : "false");
		return;
	}
	write_number(table->output, column, cell);
	if (column->kind == SK_COLUMN_NUMBER && !column->decimal && cell->decimals == 0)
		sk_output_byte(table->output, 'i');
}

static void
write_row(struct sk_table *table, const struct sk_cell *cells)
{
	char time[24];
	bool first = true;

	if (!has_fields(table, cells))
		return;
	sk_output_string(table->output, table->name);
	for (size_t i = 0; i < table->columns_count; i++)
		if (sk_column_is_label(&table->columns[i]) && !is_nothing(&table->columns[i], &cells[i]))
			write_tags(table, i, &cells[i]);
	for (size_t i = 0; i < table->columns_count; i++) {
		if (!is_field(&table->columns[i], &cells[i]))
			continue;
		sk_output_byte(table->output, first ? ' ' : ',');
		first = false;
		write_field(table, i, &cells[i]);
	}
	if (table->timed) {
		snprintf(time, sizeof(time), " %lld", (long long)table->time);
		sk_output_string(table->output, time);
	}
	sk_output_byte(table->output, '\n');
}

const struct sk_table_writer sk_table_influx = { .row = write_row };
