/*
 * table.h -- answers as rows of named columns, written as text, TSV or JSON.
 *
 * The formats know nothing of the tools, and the tools nothing of the formats. Formats:
 *
 *   text  aligned columns under a header, for people. Bounds columns that are all 0 are left out. Control characters
 *         and bytes that are not UTF-8 appear as \xHH, so that no input can drive a terminal.
 *   tsv   one line a row; \t, \n, \r and \\ stand for a tab, a newline, a carriage return and a backslash within a
 *         value, and every other byte for itself.
 *   json  one object a line. Bytes that are not UTF-8 become the lone surrogates U+DC80 to U+DCFF, from which they
 *         can be had back (as in Python's "surrogateescape").
 *
 * Rows that need aligning are given twice: between sk_table_measure() and sk_table_begin() they are only measured,
 * so that no format keeps them in memory.
 *
 * Errors: those of the output, which end the run.
 */
#ifndef STREAMKIT_RUN_TABLE_H
#define STREAMKIT_RUN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "fields.h"
#include "output.h"

enum sk_format { SK_FORMAT_TEXT, SK_FORMAT_TSV, SK_FORMAT_JSON };

enum sk_column_kind {
	SK_COLUMN_NUMBER,   /* `number` / 10^`decimals` */
	SK_COLUMN_FRACTION, /* 0 to 1; text shows per cent */
	SK_COLUMN_BYTES,    /* `bytes`, or several values with `separator` between them */
	SK_COLUMN_TRUTH,    /* json only */
	SK_COLUMN_DOUBLE,   /* `value`, in the shortest text that reads back as the same; json: NaN is null, 1e999 infinite */
};

struct sk_column {
	const char *name;
	enum sk_column_kind kind;
	bool json;               /* json only */
	bool bound;              /* leave out of text while every value is 0 */
	size_t parts;            /* of BYTES: how many values, 0 meaning 1 */
	unsigned char separator; /* between the parts, and in none of them but the last */
};

struct sk_cell {
	uint64_t number;
	int decimals;
	double fraction;
	double value;
	struct sk_span bytes;
	bool truth;
};

#define SK_TABLE_COLUMNS 20

struct sk_table {
	struct sk_output *output;
	enum sk_format format;
	bool header;  /* tsv: name the columns */
	bool interim; /* json: say so in every row */
	size_t rows_max;
	/* private */
	const struct sk_column *columns;
	size_t columns_count;
	bool measuring;
	size_t rows;
	size_t width[SK_TABLE_COLUMNS][2]; /* text: of the whole part, and of the point and decimals */
	size_t part_width[SK_TABLE_COLUMNS][SK_FIELDS_MAX]; /* text: of each value of BYTES */
	bool shown[SK_TABLE_COLUMNS];
};

/* Start an answer with these ${columns}, at most SK_TABLE_COLUMNS, borrowed until the answer ends. */
void sk_table_measure(struct sk_table *table, const struct sk_column *columns, size_t n);

/* The rows come again, now to be written. */
void sk_table_begin(struct sk_table *table);

/* One row, a cell for each column. False when the table wants no more rows. */
bool sk_table_row(struct sk_table *table, const struct sk_cell *cells);

/* Whether the format needs its rows measured before they are written. */
bool sk_table_measures(const struct sk_table *table);

/* Rows written, the header not counted. */
size_t sk_table_rows(const struct sk_table *table);

#endif
