/* table.c -- rows, and the format that writes them. */
#include "table.h"

#include <string.h>

#include "table_parts.h"

static const struct sk_table_writer *
writer_of(const struct sk_table *table)
{
	static const struct sk_table_writer *const writers[] = {
		[SK_FORMAT_TEXT] = &sk_table_text,
		[SK_FORMAT_TSV] = &sk_table_tsv,
		[SK_FORMAT_JSON] = &sk_table_json,
		[SK_FORMAT_CSV] = &sk_table_csv,
		[SK_FORMAT_PROM] = &sk_table_prom,
		[SK_FORMAT_INFLUX] = &sk_table_influx,
		[SK_FORMAT_SQL] = &sk_table_sql,
		[SK_FORMAT_PLOT] = &sk_table_plot,
	};

	return writers[table->format];
}

/* Several parts of one column are numbered. */
static bool
is_numbered(const struct sk_column *column)
{
	return column->kind == SK_COLUMN_BYTES && column->parts > 1;
}

void
sk_table_name(struct sk_table *table, size_t i, size_t part)
{
	sk_output_string(table->output, table->columns[i].name);
	if (is_numbered(&table->columns[i]))
		sk_output_number(table->output, part + 1);
}

size_t
sk_table_name_size(const struct sk_table *table, size_t i, size_t part)
{
	size_t digits = part < 9 ? 1 : 2;

	return strlen(table->columns[i].name) + (is_numbered(&table->columns[i]) ? digits : 0);
}

void
sk_table_measure(struct sk_table *table, const struct sk_column *columns, size_t n)
{
	table->columns = columns;
	table->columns_count = n;
	table->measuring = true;
	table->pass = 0;
	table->rows = 0;
	for (size_t i = 0; i < n; i++) {
		table->width[i][0] = table->width[i][1] = 0;
		table->shown[i] = !sk_column_hidden(&columns[i]) && !columns[i].bound &&
		    !(table->human && columns[i].bounds != SK_BOUNDS_NONE);
		for (size_t part = 0; part < sk_column_parts(&columns[i]); part++)
			table->part_width[i][part] = sk_table_name_size(table, i, part);
	}
}

bool
sk_table_measures(const struct sk_table *table)
{
	return writer_of(table)->measure != NULL;
}

void
sk_table_begin(struct sk_table *table)
{
	if (writer_of(table)->begin != NULL)
		writer_of(table)->begin(table);
	table->measuring = false;
	table->apart = false;
	table->rows = 0;
}

bool
sk_table_again(struct sk_table *table)
{
	const struct sk_table_writer *writer = writer_of(table);
	const size_t passes = writer->passes != NULL ? writer->passes(table) : 1;

	if (writer->end != NULL)
		writer->end(table);
	if (++table->pass >= passes)
		return false;
	sk_table_begin(table);
	return true;
}

bool
sk_table_row(struct sk_table *table, const struct sk_cell *cells)
{
	const struct sk_table_writer *writer = writer_of(table);

	if (table->rows_max > 0 && table->rows >= table->rows_max)
		return false;
	table->rows++;
	(table->measuring ? writer->measure : writer->row)(table, cells);
	return true;
}

size_t
sk_table_rows(const struct sk_table *table)
{
	return table->rows;
}
