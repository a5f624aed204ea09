/* table.c -- rows in three formats. */
#include "table.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define COLUMN_GAP 2

/* Numbers */

/* The last ${digits} digits of ${number}, or all it has if ${digits} is 0, in front of ${end}. */
static bool
json_only(const struct sk_column *column)
{
	return column->json || column->kind == SK_COLUMN_TRUTH;
}

static char *
write_digits(char *end, uint64_t number, int digits)
{
	for (int written = 0; written < digits || (digits == 0 && (written == 0 || number > 0));
	     written++) {
		*--end = (char)('0' + number % 10);
		number /= 10;
	}
	return end;
}

/* ${cell} as a decimal, without trailing zeros. Returns the length; *${whole} is that of the part before the point. */
static size_t
format_number(char text[48], const struct sk_cell *cell, size_t *whole)
{
	char digits[48], *end = digits + sizeof(digits), *start = end;
	uint64_t number = cell->number, unit = 1;
	int decimals = cell->decimals;

	while (decimals > 0 && number % 10 == 0) {
		number /= 10;
		decimals--;
	}
	if (decimals > 0) {
		for (int i = 0; i < decimals; i++)
			unit *= 10;
		start = write_digits(end, number % unit, decimals);
		*--start = '.';
	}
	end = start;
	start = write_digits(start, number / unit, 0);
	*whole = (size_t)(end - start);
	memcpy(text, start, (size_t)(digits + sizeof(digits) - start));
	return (size_t)(digits + sizeof(digits) - start);
}

/* A fraction with six decimals, or as per cent with two: integer rounding, so that no locale has a say. */
static size_t
format_fraction(char text[48], double fraction, bool percent, size_t *whole)
{
	struct sk_cell cell = { .decimals = 6, .number = (uint64_t)(fraction * 1e6 + 0.5) };

	if (!percent)
		return format_number(text, &cell, whole);
	cell.number = (uint64_t)(fraction * 1e4 + 0.5);
	*whole = (size_t)snprintf(text, 48, "%llu", (unsigned long long)(cell.number / 100));
	return *whole +
	    (size_t)snprintf(text + *whole, 48 - *whole, ".%02u%%",
		(unsigned)(cell.number % 100));
}

/* No tool sets a locale, so that the point is a point. Whole numbers are written out as far as they are exact. */
static size_t
format_double(char text[48], double value, size_t *whole)
{
	const bool is_whole = value > -9007199254740992.0 && value < 9007199254740992.0 &&
	    value == (double)(int64_t)value;
	int digits = fabs(value) < DBL_MIN ? 1 : 15; /* subnormals have fewer */

	if (is_whole)
		snprintf(text, 48, "%.0f", value);
	for (; !is_whole && digits <= 17; digits++) {
		snprintf(text, 48, "%.*g", digits, value);
		if (value != value || strtod(text, NULL) == value)
			break;
	}
	if (value != value)
		memcpy(text, "nan", sizeof("nan")); /* it may have had a sign */
	*whole = strcspn(text, ".e");
	return strlen(text);
}

static size_t
format_cell(char text[48], const struct sk_column *column, const struct sk_cell *cell,
    bool percent, size_t *whole)
{
	if (column->kind == SK_COLUMN_FRACTION)
		return format_fraction(text, cell->fraction, percent, whole);
	if (column->kind == SK_COLUMN_DOUBLE)
		return format_double(text, cell->value, whole);
	return format_number(text, cell, whole);
}

/* Values of several parts */

static size_t
parts_of(const struct sk_column *column)
{
	return column->parts > 1 ? column->parts : 1;
}

/* Part ${part} of ${count}: the bytes before the next separator, or all that is left for the last. */
static struct sk_span
take_part(struct sk_span *rest, size_t part, size_t count, unsigned char separator)
{
	struct sk_span value = *rest;
	const unsigned char *end =
	    part + 1 < count ? memchr(rest->data, separator, rest->size) : NULL;

	if (end != NULL) {
		value.size = (size_t)(end - rest->data);
		rest->data += value.size + 1;
		rest->size -= value.size + 1;
	}
	return value;
}

/* Text */

/* The number of columns that text takes on a terminal, code points counted as one each. */
static size_t
text_width(struct sk_span text)
{
	size_t width = 0;

	for (size_t at = 0; at < text.size; width++) {
		size_t length = sk_utf8_printable(text.data + at, text.size - at);

		if (length == 0)
			width += 3; /* \xHH */
		at += length > 0 ? length : 1;
	}
	return width;
}

static void
write_text(struct sk_output *output, struct sk_span text)
{
	for (size_t at = 0; at < text.size;) {
		size_t length = sk_utf8_printable(text.data + at, text.size - at);
		char escape[8];

		if (length > 0) {
			sk_output_bytes(output, (struct sk_span){ text.data + at, length });
			at += length;
		} else {
			snprintf(escape, sizeof(escape), "\\x%02x", text.data[at++]);
			sk_output_string(output, escape);
		}
	}
}

static void
widen(size_t *width, size_t other)
{
	if (other > *width)
		*width = other;
}

/* Bytes before the last column are padded, as a whole and by their widest part. */
static void
measure_row(struct sk_table *table, const struct sk_cell *cells)
{
	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];
		struct sk_span rest = cells[i].bytes;
		char text[48];
		size_t length, whole;

		if (json_only(column))
			continue;
		if (column->kind == SK_COLUMN_BYTES) {
			for (size_t part = 0; part < parts_of(column); part++)
				widen(&table->part_width[i][part],
				    text_width(take_part(&rest, part, parts_of(column),
					column->separator)));
			continue;
		}
		length = format_cell(text, column, &cells[i], true, &whole);
		widen(&table->width[i][0], whole);
		widen(&table->width[i][1], length - whole);
		if (cells[i].number != 0 || cells[i].fraction > 0)
			table->shown[i] = true;
	}
}

/* Whether nothing is shown to the right of part ${part} of column ${i}: what is last in a line is not padded. */
static bool
is_last(const struct sk_table *table, size_t i, size_t part)
{
	if (part + 1 < parts_of(&table->columns[i]))
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
write_aligned(struct sk_table *table, size_t i, const struct sk_cell *cell)
{
	char text[48];
	size_t whole, length = format_cell(text, &table->columns[i], cell, true, &whole);

	sk_output_fill(table->output, ' ', table->width[i][0] - whole);
	sk_output_bytes(table->output, (struct sk_span){ (unsigned char *)text, length });
	if (!is_last(table, i, 0))
		sk_output_fill(table->output, ' ', table->width[i][1] - (length - whole));
}

static void
write_text_row(struct sk_table *table, const struct sk_cell *cells)
{
	bool first = true;

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];
		struct sk_span rest = cells[i].bytes;

		if (!table->shown[i])
			continue;
		if (column->kind != SK_COLUMN_BYTES) {
			write_gap(table, &first);
			write_aligned(table, i, &cells[i]);
			continue;
		}
		for (size_t part = 0; part < parts_of(column); part++) {
			struct sk_span value =
			    take_part(&rest, part, parts_of(column), column->separator);

			write_gap(table, &first);
			write_text(table->output, value);
			if (!is_last(table, i, part))
				sk_output_fill(table->output, ' ',
				    table->part_width[i][part] - text_width(value));
		}
	}
	sk_output_byte(table->output, '\n');
}

/* TSV */

static void
write_tsv(struct sk_output *output, struct sk_span value)
{
	size_t from = 0;

	if (value.size == 0)
		return;
	for (size_t at = 0; at < value.size; at++) {
		const char *escape;

		switch (value.data[at]) {
		case '\t':
			escape = "\\t";
			break;
		case '\n':
			escape = "\\n";
			break;
		case '\r':
			escape = "\\r";
			break;
		case '\\':
			escape = "\\\\";
			break;
		default:
			continue;
		}
		sk_output_bytes(output, (struct sk_span){ value.data + from, at - from });
		sk_output_string(output, escape);
		from = at + 1;
	}
	sk_output_bytes(output, (struct sk_span){ value.data + from, value.size - from });
}

static void
write_tsv_row(struct sk_table *table, const struct sk_cell *cells)
{
	bool first = true;

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];
		size_t parts = column->kind == SK_COLUMN_BYTES ? parts_of(column) : 1;
		struct sk_span rest = cells[i].bytes;
		char text[48];
		size_t whole;

		if (json_only(column))
			continue;
		for (size_t part = 0; part < parts; part++) {
			if (!first)
				sk_output_byte(table->output, '\t');
			first = false;
			if (column->kind == SK_COLUMN_BYTES)
				write_tsv(table->output,
				    take_part(&rest, part, parts, column->separator));
			else
				sk_output_bytes(table->output,
				    (struct sk_span){ (unsigned char *)text,
					format_cell(text, column, &cells[i], false, &whole) });
		}
	}
	sk_output_byte(table->output, '\n');
}

/* JSON */

static void
write_json_string(struct sk_output *output, struct sk_span value)
{
	char escape[8];

	sk_output_byte(output, '"');
	for (size_t at = 0; at < value.size;) {
		unsigned char byte = value.data[at];
		size_t length = sk_utf8_length(value.data + at, value.size - at);

		if (byte == '"' || byte == '\\') {
			sk_output_byte(output, '\\');
			sk_output_byte(output, (char)byte);
		} else if (byte < 0x20 || byte == 0x7f || length == 0) {
			snprintf(escape, sizeof(escape), "\\u%04x",
			    length == 0 ? 0xdc00u + byte : byte);
			sk_output_string(output, escape);
		} else {
			sk_output_bytes(output, (struct sk_span){ value.data + at, length });
		}
		at += length > 0 ? length : 1;
	}
	sk_output_byte(output, '"');
}

static void
write_json_bytes(struct sk_output *output, const struct sk_column *column, struct sk_span value)
{
	if (column->parts <= 1) {
		write_json_string(output, value);
		return;
	}
	sk_output_byte(output, '[');
	for (size_t part = 0; part < column->parts; part++) {
		if (part > 0)
			sk_output_byte(output, ',');
		write_json_string(
		    output, take_part(&value, part, column->parts, column->separator));
	}
	sk_output_byte(output, ']');
}

static void
write_json_row(struct sk_table *table, const struct sk_cell *cells)
{
	struct sk_output *output = table->output;
	char text[48];
	size_t whole;

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];

		sk_output_string(output, i == 0 ? "{\"" : ",\"");
		sk_output_string(output, column->name);
		sk_output_string(output, "\":");
		if (column->kind == SK_COLUMN_BYTES)
			write_json_bytes(output, column, cells[i].bytes);
		else if (column->kind == SK_COLUMN_TRUTH)
			sk_output_string(output, cells[i].truth ? "true" : "false");
		else if (column->kind == SK_COLUMN_DOUBLE && !isfinite(cells[i].value))
			sk_output_string(output, isnan(cells[i].value) ? "null" :
				cells[i].value < 0		       ? "-1e999" :
									 "1e999");
		else
			sk_output_bytes(output,
			    (struct sk_span){ (unsigned char *)text,
				format_cell(text, column, &cells[i], false, &whole) });
	}
	sk_output_string(output, table->interim ? ",\"interim\":true}\n" : "}\n");
}

/* The header, and the order of things */

static void
write_name(struct sk_table *table, size_t i, size_t part)
{
	const struct sk_column *column = &table->columns[i];

	sk_output_string(table->output, column->name);
	if (column->kind == SK_COLUMN_BYTES && column->parts > 1)
		sk_output_number(table->output, part + 1);
}

static size_t
name_width(const struct sk_column *column, size_t part)
{
	size_t digits = part < 9 ? 1 : 2;

	return strlen(column->name) +
	    (column->kind == SK_COLUMN_BYTES && column->parts > 1 ? digits : 0);
}

static void
write_text_name(struct sk_table *table, size_t i, size_t part)
{
	const struct sk_column *column = &table->columns[i];
	size_t name = name_width(column, part);

	if (column->kind != SK_COLUMN_BYTES)
		sk_output_fill(
		    table->output, ' ', table->width[i][0] + table->width[i][1] - name);
	write_name(table, i, part);
	if (column->kind == SK_COLUMN_BYTES && !is_last(table, i, part))
		sk_output_fill(table->output, ' ', table->part_width[i][part] - name);
}

static void
write_header(struct sk_table *table)
{
	bool text = table->format == SK_FORMAT_TEXT, first = true;

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];
		size_t parts = column->kind == SK_COLUMN_BYTES ? parts_of(column) : 1;

		if (json_only(column) || (text && !table->shown[i]))
			continue;
		for (size_t part = 0; part < parts; part++) {
			if (text) {
				write_gap(table, &first);
				write_text_name(table, i, part);
				continue;
			}
			if (!first)
				sk_output_byte(table->output, '\t');
			first = false;
			write_name(table, i, part);
		}
	}
	sk_output_byte(table->output, '\n');
}

void
sk_table_measure(struct sk_table *table, const struct sk_column *columns, size_t n)
{
	table->columns = columns;
	table->columns_count = n;
	table->measuring = true;
	table->rows = 0;
	for (size_t i = 0; i < n; i++) {
		table->width[i][0] = table->width[i][1] = 0;
		table->shown[i] = !json_only(&columns[i]) && !columns[i].bound;
		for (size_t part = 0; part < parts_of(&columns[i]); part++)
			table->part_width[i][part] = name_width(&columns[i], part);
	}
}

void
sk_table_begin(struct sk_table *table)
{
	bool named = table->format == SK_FORMAT_TEXT ? table->rows > 0 :
						       table->format == SK_FORMAT_TSV && table->header;

	for (size_t i = 0; i < table->columns_count; i++) {
		size_t name = name_width(&table->columns[i], 0);

		if (table->width[i][0] + table->width[i][1] < name)
			table->width[i][0] = name - table->width[i][1];
	}
	table->measuring = false;
	table->rows = 0;
	if (named)
		write_header(table);
}

bool
sk_table_measures(const struct sk_table *table)
{
	return table->format == SK_FORMAT_TEXT;
}

bool
sk_table_row(struct sk_table *table, const struct sk_cell *cells)
{
	if (table->rows_max > 0 && table->rows >= table->rows_max)
		return false;
	table->rows++;
	if (table->measuring)
		measure_row(table, cells);
	else if (table->format == SK_FORMAT_TEXT)
		write_text_row(table, cells);
	else if (table->format == SK_FORMAT_TSV)
		write_tsv_row(table, cells);
	else
		write_json_row(table, cells);
	return true;
}

size_t
sk_table_rows(const struct sk_table *table)
{
	return table->rows;
}
