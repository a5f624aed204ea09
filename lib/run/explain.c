/* explain.c -- what a run would do. */
#include "explain.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"

static struct sk_span
span_of(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

/* ${share} in three digits, and no smaller. */
static double
rounded_up(double share)
{
	double unit;
	char text[32];

	if (!(share > 0) || share >= 1)
		return share;
	unit = pow(10, floor(log10(share)) - 2);
	snprintf(text, sizeof(text), "%.3g", ceil(share / unit) * unit);
	return strtod(text, NULL);
}

/* ${share} in three digits, and no larger, but for what a double cannot hold. */
static double
rounded_down(double share)
{
	return floor(share * 1000 + 1e-6) / 1000;
}

static void
give_row(struct sk_table *table, const struct sk_choice *choice)
{
	const struct sk_cell cells[] = {
		{ .bytes = span_of(choice->algorithm) },
		{ .bytes = span_of(choice->parameters) },
		{ .value = rounded_up(choice->error) },
		{ .bytes = span_of(choice->error_of) },
		{ .value = rounded_down(choice->confidence) },
		{ .number = choice->bytes },
		{ .bytes = span_of(choice->source) },
	};

	sk_table_row(table, cells);
}

void
sk_explain(const struct sk_aggregate_class *class, size_t memory, bool exact,
    enum sk_format format, bool header)
{
	static const struct sk_column columns[] = {
		{ .name = "algorithm", .kind = SK_COLUMN_BYTES },
		{ .name = "parameters", .kind = SK_COLUMN_BYTES },
		{ .name = "error", .kind = SK_COLUMN_DOUBLE },
		{ .name = "error_of", .kind = SK_COLUMN_BYTES },
		{ .name = "confidence", .kind = SK_COLUMN_DOUBLE },
		{ .name = "bytes", .kind = SK_COLUMN_NUMBER },
		{ .name = "source", .kind = SK_COLUMN_BYTES },
	};
	static struct sk_output output;
	struct sk_table table = { .output = &output, .format = format, .header = header };
	struct sk_choice choices[2];
	int n = class->explain(class, memory, choices);

	if (n == -1)
		sk_die("--explain: %s",
		    errno == EINVAL ? "there is no such sketch in so little --memory" : strerror(errno));
	n = exact ? 1 : n;
	sk_output_init(&output, STDOUT_FILENO);
	sk_table_measure(&table, columns, sizeof(columns) / sizeof(*columns));
	for (int i = 0; i < n && sk_table_measures(&table); i++)
		give_row(&table, &choices[i]);
	sk_table_begin(&table);
	for (int i = 0; i < n; i++)
		give_row(&table, &choices[i]);
	sk_output_close(&output);
}
