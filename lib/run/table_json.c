/* table_json.c -- rows as JSON, one object a line. */
#include "table_parts.h"

#include <math.h>
#include <stdio.h>

#include "../sketch/image.h"
#include "utf8.h"

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
		    output, sk_column_part(column, &value, part));
	}
	sk_output_byte(output, ']');
}

static void
write_json_numbers(struct sk_output *output, struct sk_span numbers)
{
	for (size_t at = 0; at < numbers.size; at += 8) {
		sk_output_byte(output, at == 0 ? '[' : ',');
		sk_output_number(output, sk_load64(numbers.data + at));
	}
	sk_output_string(output, numbers.size == 0 ? "[]" : "]");
}

static void
write_json_row(struct sk_table *table, const struct sk_cell *cells)
{
	struct sk_output *output = table->output;
	char text[SK_CELL_SIZE];
	bool first = true;
	size_t whole;

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];

		if (sk_column_of_summary(column))
			continue;
		if (table->total && column->kind == SK_COLUMN_BYTES && cells[i].truth)
			continue;
		sk_output_string(output, first ? "{\"" : ",\"");
		first = false;
		sk_output_string(output, column->name);
		sk_output_string(output, "\":");
		if (cells[i].absent)
			sk_output_string(output, "null");
		else if (column->kind == SK_COLUMN_BYTES)
			write_json_bytes(output, column, cells[i].bytes);
		else if (column->kind == SK_COLUMN_NUMBERS)
			write_json_numbers(output, cells[i].bytes);
		else if (column->kind == SK_COLUMN_TRUTH)
			sk_output_string(output, cells[i].truth ? "true" : "false");
		else if (column->kind == SK_COLUMN_DOUBLE && !isfinite(cells[i].value))
			sk_output_string(output, isnan(cells[i].value) ? "null" :
				cells[i].value < 0		       ? "-1e999" :
									 "1e999");
		else
			sk_output_bytes(output,
			    (struct sk_span){ (unsigned char *)text,
				sk_cell_format(text, column, &cells[i], false, &whole) });
	}
	if (table->total)
		sk_output_string(output, ",\"total\":true");
	sk_output_string(output, table->interim ? ",\"interim\":true}\n" : "}\n");
}

const struct sk_table_writer sk_table_json = { .row = write_json_row };
