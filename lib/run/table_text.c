/* table_text.c -- rows as text for people. */
#include "table_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define COLUMN_GAP 2
#define READABLE 1e9 /* from here on, numbers are whole */
#define READABLE_DIGITS 9

#define CUT ".."

#define SIGN " \xc2\xb1 " /* in front of a deviation, which belongs to the value before it */
#define SIGN_COLUMNS 3

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The length of the sequence that is shown as itself, or 0 where a byte is as \xHH. */
static size_t
sequence_length(struct sk_span text, size_t at)
{
	return sk_cell_reads_as_hex(text, at) ? 0 : sk_utf8_printable(text.data + at, text.size - at);
}

/* The length of what is shown as one: a sequence, which takes *${columns} on a terminal, or a byte as \xHH. */
static size_t
shown_length(struct sk_span text, size_t at, size_t *columns)
{
	const size_t length = sequence_length(text, at);

	*columns = length > 0 ? sk_utf8_columns(text.data + at, length) : 4;
	return length > 0 ? length : 1;
}

static size_t
text_width(struct sk_span text)
{
	size_t width = 0, columns;

	for (size_t at = 0; at < text.size; width += columns)
		at += shown_length(text, at, &columns);
	return width;
}

/* What there is of ${text} in ${room} columns. */
static void
write_text(struct sk_output *output, struct sk_span text, size_t room)
{
	const bool cut = text_width(text) > room;
	const size_t all = room;
	size_t columns, length;

	if (cut)
		room -= least(room, strlen(CUT));
	for (size_t at = 0; at < text.size; at += length, room -= columns) {
		char escape[8];

		length = shown_length(text, at, &columns);
		if (columns > room)
			break;
		snprintf(escape, sizeof(escape), "\\x%02x", text.data[at]);
		if (sequence_length(text, at) > 0)
			sk_output_bytes(output, (struct sk_span){ text.data + at, length });
		else
			sk_output_string(output, escape);
	}
	if (cut)
		sk_output_bytes(output,
		    (struct sk_span){ (const unsigned char *)CUT, least(all, strlen(CUT)) });
}

static void
widen(size_t *width, size_t other)
{
	if (other > *width)
		*width = other;
}

/* Numbers for people */

/* Whether the column says by how much the value before it may be off. */
static bool
is_deviation(const struct sk_table *table, size_t i)
{
	return table->human && table->columns[i].bounds == SK_BOUNDS_LOW;
}

/* Put a comma in front of each three digits of the whole part. */
static size_t
group_digits(char text[SK_CELL_SIZE], size_t length, size_t *whole)
{
	const size_t sign = text[0] == '-', digits = *whole - sign;
	const size_t commas = digits > 0 ? (digits - 1) / 3 : 0;
	size_t from = *whole, to = *whole + commas;

	/* What is no number, such as inf, is left as it is. */
	if (digits == 0 || text[sign] < '0' || text[sign] > '9' || length + commas > SK_CELL_SIZE)
		return length;
	memmove(text + to, text + from, length - *whole);
	for (size_t done = 0; done < digits; done++) {
		if (done > 0 && done % 3 == 0)
			text[--to] = ',';
		text[--to] = text[--from];
	}
	*whole += commas;
	return length + commas;
}

static double
number_of(const struct sk_column *column, const struct sk_cell *cell)
{
	return column->kind == SK_COLUMN_DOUBLE ? cell->value : (double)cell->number;
}

/* How far the farther bound is from the value, as a part of this, rounded up; nothing where they are the same. */
static size_t
format_deviation(char text[SK_CELL_SIZE], const struct sk_table *table, size_t i,
    const struct sk_cell *cells, size_t *whole)
{
	const double value = number_of(&table->columns[i - 1], &cells[i - 1]);
	const double low = number_of(&table->columns[i], &cells[i]);
	const double high = number_of(&table->columns[i + 1], &cells[i + 1]);
	const double most = value - low > high - value ? value - low : high - value;

	*whole = 0;
	if (!(most > 0))
		return 0;
	if (value != 0)
		snprintf(text, SK_CELL_SIZE, "%.2f %%", ceil(most / fabs(value) * 1e4) / 1e2);
	else
		snprintf(text, SK_CELL_SIZE, "%.4g", most);
	*whole = strcspn(text, ".");
	return strlen(text);
}

/* ${value} in as few digits as people read; none is lost in front of the point. */
static double
readable(double value)
{
	char text[SK_CELL_SIZE];

	if (!(fabs(value) < READABLE))
		return isfinite(value) ? rint(value) : value;
	snprintf(text, sizeof(text), "%.*g", READABLE_DIGITS, value);
	return strtod(text, NULL);
}

static size_t
format_cell(char text[SK_CELL_SIZE], const struct sk_table *table, size_t i,
    const struct sk_cell *cells, size_t *whole)
{
	const struct sk_column *column = &table->columns[i];
	struct sk_cell cell = cells[i];
	size_t length;

	if ((table->human || column->computed) && column->kind == SK_COLUMN_DOUBLE)
		cell.value = readable(cell.value);
	if (is_deviation(table, i))
		return format_deviation(text, table, i, cells, whole);
	length = sk_cell_format(text, column, &cell, true, whole);
	return table->human && column->kind != SK_COLUMN_FRACTION ?
	    group_digits(text, length, whole) :
	    length;
}

/* A deviation has no name. */
static size_t
name_width(const struct sk_table *table, size_t i, size_t part)
{
	return is_deviation(table, i) ? 0 : sk_table_name_size(table, i, part);
}

/* Bytes before the last column are padded, as a whole and by their widest part. */
static void
measure_row(struct sk_table *table, const struct sk_cell *cells)
{
	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];
		struct sk_span rest = cells[i].bytes;
		char text[SK_CELL_SIZE];
		size_t length, whole;

		if (sk_column_hidden(column) || (table->human && column->bounds == SK_BOUNDS_HIGH))
			continue;
		if (column->kind == SK_COLUMN_BYTES) {
			for (size_t part = 0; part < sk_column_parts(column); part++)
				widen(&table->part_width[i][part],
				    text_width(sk_column_part(column, &rest, part)));
			continue;
		}
		length = format_cell(text, table, i, cells, &whole);
		widen(&table->width[i][0], whole);
		widen(&table->width[i][1], length - whole);
		if (is_deviation(table, i) ? length > 0 : cells[i].number != 0 || cells[i].fraction > 0)
			table->shown[i] = true;
	}
}

/* Whether nothing is shown to the right of part ${part} of column ${i}: what is last in a line is not padded. */
static bool
is_last(const struct sk_table *table, size_t i, size_t part)
{
	if (part + 1 < sk_column_parts(&table->columns[i]))
		return false;
	while (++i < table->columns_count)
		if (table->shown[i])
			return false;
	return true;
}

static void
write_gap(struct sk_table *table, bool *first)
{
	sk_output_fill(table->output, ' ', *first ? 0 : COLUMN_GAP);
	*first = false;
}

/* Numbers stand with their points below each other. */
static void
write_aligned(struct sk_table *table, size_t i, const struct sk_cell *cells)
{
	char text[SK_CELL_SIZE];
	size_t whole, length = format_cell(text, table, i, cells, &whole);

	sk_output_fill(table->output, ' ', table->width[i][0] - whole);
	sk_output_bytes(table->output, (struct sk_span){ (unsigned char *)text, length });
	if (!is_last(table, i, 0))
		sk_output_fill(table->output, ' ', table->width[i][1] - (length - whole));
}

/* The signs of all stand below each other, too; what is exact has none. */
static void
write_deviation(struct sk_table *table, size_t i, const struct sk_cell *cells)
{
	char text[SK_CELL_SIZE];
	size_t whole;

	if (format_deviation(text, table, i, cells, &whole) > 0) {
		sk_output_string(table->output, SIGN);
		write_aligned(table, i, cells);
	} else if (!is_last(table, i, 0)) {
		sk_output_fill(table->output, ' ', SIGN_COLUMNS + table->width[i][0] + table->width[i][1]);
	}
}

/* What is in column ${at} of the line and behind it; returns the column behind that. */
static size_t
write_parts(struct sk_table *table, size_t i, const struct sk_cell *cells, bool *first, size_t at)
{
	const struct sk_column *column = &table->columns[i];
	struct sk_span rest = cells[i].bytes;

	for (size_t part = 0; part < sk_column_parts(column); part++) {
		struct sk_span value = sk_column_part(column, &rest, part);

		at += *first ? 0 : COLUMN_GAP;
		write_gap(table, first);
		if (!is_last(table, i, part)) {
			const size_t width = table->part_width[i][part];

			write_text(table->output, value, width);
			sk_output_fill(table->output, ' ', width - least(width, text_width(value)));
		} else {
			write_text(table->output, value,
			    table->width_max == 0 ? SIZE_MAX : table->width_max - least(table->width_max, at));
		}
		at += table->part_width[i][part];
	}
	return at;
}

static void
write_text_row(struct sk_table *table, const struct sk_cell *cells)
{
	bool first = true;
	size_t at = 0;

	/* An empty line is one of the table's, too. */
	if (table->total && !table->apart && table->rows > 1) {
		sk_output_byte(table->output, '\n');
		table->rows++;
	}
	table->apart = table->total;
	for (size_t i = 0; i < table->columns_count; i++) {
		if (!table->shown[i])
			continue;
		if (table->columns[i].kind == SK_COLUMN_BYTES) {
			at = write_parts(table, i, cells, &first, at);
			continue;
		}
		at += table->width[i][0] + table->width[i][1];
		if (is_deviation(table, i)) {
			at += SIGN_COLUMNS;
			write_deviation(table, i, cells);
			continue;
		}
		at += first ? 0 : COLUMN_GAP;
		write_gap(table, &first);
		write_aligned(table, i, cells);
	}
	sk_output_byte(table->output, '\n');
}

static void
write_more(struct sk_table *table, size_t count)
{
	sk_output_string(table->output, "and ");
	sk_output_number(table->output, count);
	sk_output_string(table->output, " more\n");
}

static void
write_text_name(struct sk_table *table, size_t i, size_t part, bool *first)
{
	const struct sk_column *column = &table->columns[i];
	size_t name = name_width(table, i, part);

	if (is_deviation(table, i)) {
		if (!is_last(table, i, 0))
			sk_output_fill(table->output, ' ', SIGN_COLUMNS + table->width[i][0] + table->width[i][1]);
		return;
	}
	write_gap(table, first);
	if (column->kind != SK_COLUMN_BYTES)
		sk_output_fill(
		    table->output, ' ', table->width[i][0] + table->width[i][1] - name);
	sk_table_name(table, i, part);
	if (column->kind == SK_COLUMN_BYTES && !is_last(table, i, part))
		sk_output_fill(
		    table->output, ' ', table->part_width[i][part] - least(table->part_width[i][part], name));
}

/* A long key does not take the room of what it is the key of. */
static void
confine_parts(struct sk_table *table, size_t i)
{
	for (size_t part = 0; part < sk_column_parts(&table->columns[i]); part++)
		if (table->width_max > 0 && table->part_width[i][part] > table->width_max / 3)
			table->part_width[i][part] = table->width_max / 3;
}

/* Columns are as wide as their names, too; and where there is no row there is nothing to name. */
static void
begin(struct sk_table *table)
{
	bool first = true;

	for (size_t i = 0; i < table->columns_count; i++) {
		size_t name = name_width(table, i, 0);

		confine_parts(table, i);
		if (table->width[i][0] + table->width[i][1] < name)
			table->width[i][0] = name - table->width[i][1];
	}
	if (table->rows == 0)
		return;
	for (size_t i = 0; i < table->columns_count; i++) {
		for (size_t part = 0; table->shown[i] && part < sk_column_parts(&table->columns[i]);
		     part++) {
			write_text_name(table, i, part, &first);
		}
	}
	sk_output_byte(table->output, '\n');
}

const struct sk_table_writer sk_table_text = { .measure = measure_row, .begin = begin, .row = write_text_row, .more = write_more };
