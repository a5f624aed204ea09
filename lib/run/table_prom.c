/*
 * table_prom.c -- rows as metrics, in the text format of Prometheus.
 *
 * Format: Prometheus documentation, "Exposition formats", text format 0.0.4. All lines of a metric stand together, so
 * that rows come once for each column of values.
 */
#include "table_parts.h"

#include <math.h>
#include <string.h>

static const char *const label_strings[] = { "\\\\", "\\\"", "\\n" };
static const struct sk_cell_escapes label_escapes = { "\\\"\n", label_strings, "\\\\x" };

static bool
is_metric(const struct sk_column *column)
{
	return !sk_column_hidden(column) && !sk_column_is_label(column) &&
	    column->role != SK_COLUMN_TIME;
}

static size_t
count_metrics(const struct sk_table *table)
{
	size_t n = 0;

	for (size_t i = 0; i < table->columns_count; i++)
		n += is_metric(&table->columns[i]) ? 1 : 0;
	return n;
}

/* The column that this pass is about. */
static size_t
column_at_hand(const struct sk_table *table)
{
	size_t left = table->pass, i = 0;

	while (!is_metric(&table->columns[i]) || left-- > 0)
		i++;
	return i;
}

/* Only summaries may have a label called quantile. The bounds of one are summaries too, of what quantiles are at least and at most. */
static bool
is_summary(const struct sk_table *table, const struct sk_column *column)
{
	bool of_quantiles = false;

	for (size_t i = 0; i < table->columns_count; i++)
		of_quantiles = of_quantiles || table->columns[i].role == SK_COLUMN_QUANTILE;
	return column->role == SK_COLUMN_SUMMARY || (of_quantiles && column->bounds != SK_BOUNDS_NONE);
}

static void
write_metric(struct sk_table *table, const struct sk_column *column)
{
	const char *suffix = column->metric != NULL ? column->metric : column->name;

	sk_output_string(table->output, table->name);
	if (suffix[0] != '\0')
		sk_output_byte(table->output, '_');
	sk_output_string(table->output, suffix);
}

static void
begin(struct sk_table *table)
{
	const struct sk_column *column = &table->columns[column_at_hand(table)];

	sk_output_string(table->output, "# HELP ");
	write_metric(table, column);
	sk_output_byte(table->output, ' ');
	sk_output_string(table->output, column->help != NULL ? column->help : column->name);
	sk_output_string(table->output, "\n# TYPE ");
	write_metric(table, column);
	sk_output_string(table->output, is_summary(table, column) ? " summary\n" : " gauge\n");
}

static void
write_number(struct sk_output *output, const struct sk_column *column, const struct sk_cell *cell)
{
	char text[SK_CELL_SIZE];
	size_t whole;

	if (column->kind == SK_COLUMN_DOUBLE && !isfinite(cell->value))
		sk_output_string(output, isnan(cell->value) ? "NaN" : cell->value < 0 ? "-Inf" : "+Inf");
	else
		sk_output_bytes(output,
		    (struct sk_span){ (unsigned char *)text,
			sk_cell_format(text, column, cell, false, &whole) });
}

/* One label for each part of ${cell}. */
static void
write_label(
    struct sk_table *table, size_t i, const struct sk_cell *cell, bool summary, bool *first)
{
	const struct sk_column *column = &table->columns[i];
	const size_t parts = sk_column_parts(column);
	struct sk_span rest = cell->bytes;

	for (size_t part = 0; part < parts; part++) {
		sk_output_byte(table->output, *first ? '{' : ',');
		*first = false;
		if (column->role == SK_COLUMN_QUANTILE && summary)
			sk_output_string(table->output, "quantile");
		else
			sk_table_name(table, i, part);
		sk_output_string(table->output, "=\"");
		if (column->kind == SK_COLUMN_BYTES)
			sk_cell_escape(table->output,
			    sk_column_part(column, &rest, part), &label_escapes);
		else
			write_number(table->output, column, cell);
		sk_output_byte(table->output, '"');
	}
}

/* The quantile is no label of a summary's sum and count. */
static void
write_sample(struct sk_table *table, const struct sk_cell *cells, size_t at, const char *suffix,
    size_t value)
{
	bool first = true;

	write_metric(table, &table->columns[at]);
	sk_output_string(table->output, suffix);
	for (size_t i = 0; i < table->columns_count; i++) {
		const struct sk_column *column = &table->columns[i];

		if (sk_column_is_label(column) && !sk_column_hidden(column) && !cells[i].absent &&
		    !(column->role == SK_COLUMN_QUANTILE && suffix[0] != '\0'))
			write_label(table, i, &cells[i],
			    is_summary(table, &table->columns[at]), &first);
	}
	if (!first)
		sk_output_byte(table->output, '}');
	sk_output_byte(table->output, ' ');
	write_number(table->output, &table->columns[value], &cells[value]);
	sk_output_byte(table->output, '\n');
}

static void
write_row(struct sk_table *table, const struct sk_cell *cells)
{
	const size_t at = column_at_hand(table);

	write_sample(table, cells, at, "", at);
	if (table->columns[at].role != SK_COLUMN_SUMMARY)
		return;
	for (size_t i = 0; i < table->columns_count; i++) {
		if (isnan(cells[i].value))
			continue;
		if (table->columns[i].role == SK_COLUMN_SUMMARY_SUM)
			write_sample(table, cells, at, "_sum", i);
		else if (table->columns[i].role == SK_COLUMN_SUMMARY_COUNT)
			write_sample(table, cells, at, "_count", i);
	}
}

const struct sk_table_writer sk_table_prom = { .begin = begin, .row = write_row, .passes = count_metrics };
