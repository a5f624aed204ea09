/*
 * table_sql.c -- rows as SQL that SQLite, PostgreSQL and DuckDB take: the table, unless it is there, and INSERT
 * statements of so many rows each.
 *
 * NaN and infinities are NULL: SQLite has no such numbers.
 */
#include "table_parts.h"

#include <math.h>

#define ROWS_AT_ONCE 100

/* The reader of sqlite3(1) drops a carriage return in front of a newline, and no function makes one in all three. */
static const char *const text_strings[] = { "''", "\\x0d" };
static const struct sk_cell_escapes text_escapes = { "'\r", text_strings, "\\x" };

/* Whether a column of numbers has decimals, which the weights of a sketch may have unexpectedly. */
static void
measure(struct sk_table *table, const struct sk_cell *cells)
{
	for (size_t i = 0; i < table->columns_count; i++)
		if (cells[i].decimals > 0)
			table->width[i][1] = 1;
}

static const char *
type_of(const struct sk_table *table, size_t i)
{
	const struct sk_column *column = &table->columns[i];

	switch (column->kind) {
	case SK_COLUMN_NUMBER:
		return column->decimal || table->width[i][1] > 0 ? "DECIMAL(38,9)" : "BIGINT";
	case SK_COLUMN_FRACTION:
	case SK_COLUMN_DOUBLE:
		return "DOUBLE PRECISION";
	case SK_COLUMN_TRUTH:
		return "BOOLEAN";
	case SK_COLUMN_BYTES:
	case SK_COLUMN_NUMBERS:
		break;
	}
	return column->role == SK_COLUMN_TIME ? "TIMESTAMP WITH TIME ZONE" : "TEXT";
}

/* The names of all columns, and their types where the table is made. */
static void
write_columns(struct sk_table *table, bool types)
{
	const char *before = " (\"";

	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];

		for (size_t part = 0; !sk_column_of_summary(column) && part < sk_column_parts(column);
		     part++) {
			sk_output_string(table->output, before);
			before = ", \"";
			sk_table_name(table, i, part);
			sk_output_byte(table->output, '"');
			if (!types)
				continue;
			sk_output_byte(table->output, ' ');
			sk_output_string(table->output, type_of(table, i));
		}
	}
	sk_output_byte(table->output, ')');
}

static void
begin(struct sk_table *table)
{
	if (!table->header)
		return;
	sk_output_string(table->output, "CREATE TABLE IF NOT EXISTS \"");
	sk_output_string(table->output, table->name);
	sk_output_byte(table->output, '"');
	write_columns(table, true);
	sk_output_string(table->output, ";\n");
}

static void
write_value(struct sk_table *table, const struct sk_column *column, const struct sk_cell *cell)
{
	char text[SK_CELL_SIZE];
	size_t whole;

	if (cell->absent)
		sk_output_string(table->output, "NULL");
	else if (column->kind == SK_COLUMN_TRUTH)
		sk_output_string(table->output, cell->truth ? "TRUE" : "FALSE");
	else if (column->kind == SK_COLUMN_DOUBLE && !isfinite(cell->value))
		sk_output_string(table->output, "NULL");
	else
		sk_output_bytes(table->output,
		    (struct sk_span){ (unsigned char *)text,
			sk_cell_format(text, column, cell, false, &whole) });
}

static void
write_cell(struct sk_table *table, const struct sk_column *column, const struct sk_cell *cell,
    bool *first)
{
	const size_t parts = sk_column_parts(column);
	struct sk_span rest = cell->bytes;

	for (size_t part = 0; part < parts; part++) {
		if (!*first)
			sk_output_string(table->output, ", ");
		*first = false;
		if (cell->absent || column->kind != SK_COLUMN_BYTES) {
			write_value(table, column, cell);
			continue;
		}
		sk_output_byte(table->output, '\'');
		sk_cell_escape(table->output,
		    sk_column_part(column, &rest, part), &text_escapes);
		sk_output_byte(table->output, '\'');
	}
}

static void
write_row(struct sk_table *table, const struct sk_cell *cells)
{
	bool first = true;

	if (table->rows % ROWS_AT_ONCE == 1) {
		sk_output_string(table->output, table->rows > 1 ? ";\nINSERT INTO \"" : "INSERT INTO \"");
		sk_output_string(table->output, table->name);
		sk_output_byte(table->output, '"');
		write_columns(table, false);
		sk_output_string(table->output, " VALUES\n(");
	} else {
		sk_output_string(table->output, ",\n(");
	}
	for (size_t i = 0; i < table->columns_count; i++)
		if (!sk_column_of_summary(&table->columns[i]))
			write_cell(table, &table->columns[i], &cells[i], &first);
	sk_output_byte(table->output, ')');
}

static void
end(struct sk_table *table)
{
	if (table->rows > 0)
		sk_output_string(table->output, ";\n");
}

const struct sk_table_writer sk_table_sql = {
	.measure = measure,
	.begin = begin,
	.row = write_row,
	.end = end,
};
