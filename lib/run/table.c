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
	table->rows = table->rows_all = table->rows_total = 0;
	table->rows_shown = SIZE_MAX;
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

/*
 * What fits into the lines there are: where that is not all, one of them says how much is missing, and a total stands below
 * it, behind an empty line, unless that would leave nothing else.
 */
static void
fit_rows(struct sk_table *table)
{
	const size_t max = table->rows_max, total = table->rows_total > 0 ? table->rows_total + 1 : 0;

	if (max == 0 || table->rows_all <= max - (total < max ? total : max))
		return;
	if (max > total + 1)
		table->rows_shown = max - total - 1;
	else
		table->rows_shown = max - 1;
}

void
sk_table_begin(struct sk_table *table)
{
	if (table->measuring)
		fit_rows(table);
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

/* Rows that will not be written have no say in how wide the others are. */
static void
measure(struct sk_table *table, const struct sk_cell *cells)
{
	++*(table->total ? &table->rows_total : &table->rows_all);
	if (!table->total && table->rows_max > 0 && table->rows_all > table->rows_max)
		return;
	table->rows++;
	writer_of(table)->measure(table, cells);
}

bool
sk_table_row(struct sk_table *table, const struct sk_cell *cells)
{
	if (table->measuring && sk_table_measures(table)) {
		measure(table, cells);
		return true;
	}
	if (!table->total && table->rows >= table->rows_shown) {
		if (table->rows++ == table->rows_shown)
			writer_of(table)->more(table, table->rows_all - table->rows_shown);
		table->rows = table->rows_shown + 1;
		return false;
	}
	if (table->rows_max > 0 && table->rows >= table->rows_max)
		return false;
	table->rows++;
	writer_of(table)->row(table, cells);
	return true;
}

size_t
sk_table_rows(const struct sk_table *table)
{
	return table->rows;
}
