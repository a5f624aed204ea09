/* table_delimited.c -- rows as TSV and as CSV. */
#include "table_parts.h"

#include <string.h>

/* One way to write values, and what stands between them. */
struct dialect {
	char delimiter;
	void (*write)(struct sk_output *output, struct sk_span value);
};

/* RFC 4180: quotes around what could be taken for more than a value. */
static void
write_quoted(struct sk_output *output, struct sk_span value)
{
	size_t from = 0, at = 0;

	while (at < value.size && strchr(",\"\r\n", value.data[at]) == NULL)
		at++;
	if (at == value.size && value.size > 0 && value.data[0] != ' ' && value.data[value.size - 1] != ' ') {
		sk_output_bytes(output, value);
		return;
	}
	sk_output_byte(output, '"');
	for (at = 0; at < value.size; at++) {
		if (value.data[at] != '"')
			continue;
		sk_output_bytes(output, (struct sk_span){ value.data + from, at + 1 - from });
		from = at; /* and once more */
	}
	if (value.size > 0)
		sk_output_bytes(output, (struct sk_span){ value.data + from, value.size - from });
	sk_output_byte(output, '"');
}

static void
write_row(struct sk_table *table, const struct sk_cell *cells, const struct dialect *dialect)
{
	bool first = true;

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];
		const size_t parts = sk_column_parts(column);
		struct sk_span rest = cells[i].bytes;
		char text[SK_CELL_SIZE];
		size_t whole;

		if (sk_column_hidden(column))
			continue;
		for (size_t part = 0; part < parts; part++) {
			if (!first)
				sk_output_byte(table->output, dialect->delimiter);
			first = false;
			if (cells[i].absent)
				continue;
			if (column->kind == SK_COLUMN_BYTES)
				dialect->write(table->output,
				    sk_column_part(column, &rest, part));
			else
				sk_output_bytes(table->output,
				    (struct sk_span){ (unsigned char *)text,
					sk_cell_format(text, column, &cells[i], false, &whole) });
		}
	}
	sk_output_byte(table->output, '\n');
}

static void
write_names(struct sk_table *table, char delimiter)
{
	bool first = true;

	if (!table->header)
		return;
	for (size_t i = 0; i < table->columns_count; i++) {
		if (sk_column_hidden(&table->columns[i]))
			continue;
		for (size_t part = 0; part < sk_column_parts(&table->columns[i]); part++) {
			if (!first)
				sk_output_byte(table->output, delimiter);
			first = false;
			sk_table_name(table, i, part);
		}
	}
	sk_output_byte(table->output, '\n');
}

static const struct dialect tsv = { '\t', sk_cell_escape_tsv }, csv = { ',', write_quoted };

static void
begin_tsv(struct sk_table *table)
{
	write_names(table, tsv.delimiter);
}

static void
write_tsv_row(struct sk_table *table, const struct sk_cell *cells)
{
	write_row(table, cells, &tsv);
}

static void
begin_csv(struct sk_table *table)
{
	write_names(table, csv.delimiter);
}

static void
write_csv_row(struct sk_table *table, const struct sk_cell *cells)
{
	write_row(table, cells, &csv);
}

const struct sk_table_writer sk_table_tsv = { .begin = begin_tsv, .row = write_tsv_row };
const struct sk_table_writer sk_table_csv = { .begin = begin_csv, .row = write_csv_row };
