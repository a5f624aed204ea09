/*
 * table.h -- answers as rows of named columns, written as text, TSV or JSON.
 *
 * The formats know nothing of the tools, and the tools nothing of the formats. Formats:
 *
 *   text  aligned columns under a header, for people, by the columns that characters take on a terminal. Bounds columns that are all 0 are left out. Control characters
 *         and bytes that are not UTF-8 appear as \xHH, so that no input can drive a terminal. \xHH in the input appears
 *         as \x5cxHH, so that different values look different.
 *   tsv   one line a row; \t, \n, \r and \\ stand for a tab, a newline, a carriage return and a backslash within a
 *         value, and every other byte for itself.
 *   csv   as RFC 4180 has it, lines ended by newlines, and with a line of names.
 *   prom  Prometheus's text format, version 0.0.4: a metric for each column of values, and all of its rows together.
 *   influx  InfluxDB's line protocol: a line for each row, with its time where the table has one.
 *   sql   statements that make the table where there is none, and insert rows. Names are in double quotes.
 *   json  one object a line. Bytes that are not UTF-8 become the lone surrogates U+DC80 to U+DCFF, from which they
 *         can be had back (as in Python's "surrogateescape").
 *
 * A plot, which no name of --output stands for, is a picture of the rows.
 *
 * What prom, influx and sql could not hold, NUL and bytes that are not UTF-8, is \xHH there, and \xHH is \x5cxHH, as in
 * text: different values are different labels. In sql so are carriage returns, and in influx newlines, too.
 *
 * No format keeps rows in memory, but for those of one picture. Those that align them want them first of all to measure them, between
 * sk_table_measure() and sk_table_begin(), and those that write column by column once for each, as sk_table_again() says.
 *
 * Errors: those of the output, which end the run.
 */
#ifndef STREAMKIT_RUN_TABLE_H
#define STREAMKIT_RUN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "fields.h"
#include "output.h"

/* In the order of the names that --output takes. */
enum sk_format {
	SK_FORMAT_TEXT,
	SK_FORMAT_TSV,
	SK_FORMAT_JSON,
	SK_FORMAT_CSV,
	SK_FORMAT_PROM,
	SK_FORMAT_INFLUX,
	SK_FORMAT_SQL,
	SK_FORMAT_PLOT, /* --plot: a picture, as plot.h has it */
};

enum sk_column_kind {
	SK_COLUMN_NUMBER,   /* `number` / 10^`decimals` */
	SK_COLUMN_FRACTION, /* 0 to 1; text shows per cent */
	SK_COLUMN_BYTES,    /* `bytes`, or several values with `separator` between them */
	SK_COLUMN_TRUTH,    /* json only */
	SK_COLUMN_NUMBERS,  /* json only: an array of those in `bytes`, 8 little-endian bytes each */
	SK_COLUMN_DOUBLE,   /* `value`, in the shortest text that reads back as the same; json: NaN is null, 1e999 infinite */
};

/* What the formats for monitoring and databases take a column for. */
enum sk_column_role {
	SK_COLUMN_VALUE, /* BYTES are a LABEL all the same */
	SK_COLUMN_LABEL, /* says with the others of its kind which row it is */
	SK_COLUMN_TIME,  /* says of which time, where the table's `time` is not enough */
	SK_COLUMN_QUANTILE, /* the label of a summary's */
	SK_COLUMN_SUMMARY,  /* values; and prom only, not NaN in the first row of a summary: */
	SK_COLUMN_SUMMARY_SUM,
	SK_COLUMN_SUMMARY_COUNT,
};

/* Columns of bounds: the value stands before the lower one, and the upper one behind it. */
enum sk_column_bounds { SK_BOUNDS_NONE, SK_BOUNDS_LOW, SK_BOUNDS_HIGH };

struct sk_column {
	const char *name;
	enum sk_column_kind kind;
	enum sk_column_role role;
	bool decimal;            /* of NUMBER: may have decimals, in some row or other */
	const char *metric;      /* prom: what stands behind the table's name; NULL: the column's, "": nothing */
	const char *help;        /* and what a value is, in a few words */
	bool computed;           /* of DOUBLE: no value that came, nor one between two: text has no more digits of it than people read */
	bool json;               /* json only */
	bool bound;              /* leave out of text while every value is 0 */
	enum sk_column_bounds bounds;
	size_t parts;            /* of BYTES: how many values, 0 meaning 1 */
	unsigned char separator; /* between the parts, and in none of them but the last; or they are: */
	bool lengths;            /* those of a key, as ../pipe/key.h has it */
};

struct sk_cell {
	uint64_t number;
	int decimals;
	double fraction;
	double value;
	struct sk_span bytes;
	bool truth; /* of BYTES: they only say that this is a total, which json does itself */
	bool absent; /* of BYTES: there is no value, which is not an empty one */
};

/* The value of a cell of BYTES that has none. */
#define SK_CELL_ABSENT ((struct sk_cell){ .bytes = { (const unsigned char *)"", 0 }, .absent = true })

#define SK_TABLE_COLUMNS 24

struct sk_plot;

struct sk_table {
	struct sk_output *output;
	const char *name; /* prom, influx, sql: a word of small letters, digits and underscores */
	bool timed;       /* influx: the rows are of this: */
	int64_t time;     /* nanoseconds since 1970-01-01T00:00:00Z */
	enum sk_format format;
	bool header;  /* tsv, csv: name the columns; sql: make the table */
	bool interim; /* json: say so in every row */
	bool total;   /* rows are now of a total: text sets them apart, and json says so */
	bool human;   /* text: thousands apart, and bounds as one column, by how much the value may be off */
	size_t rows_max; /* 0: no end; of text, what is beyond is counted in the last of them, and a total is kept */
	size_t width_max; /* text: lines of bytes are cut at so many columns, and a value before the last at a third; 0: none is */
	struct sk_plot *plot; /* of SK_FORMAT_PLOT; borrowed */
	/* private */
	const struct sk_column *columns;
	size_t columns_count;
	bool measuring;
	bool apart; /* text: the total has been set */
	size_t pass; /* how often the rows have been written */
	size_t rows;
	size_t rows_all;   /* text: that came to be measured, without: */
	size_t rows_total; /* those of the total */
	size_t rows_shown; /* text: that are written, or SIZE_MAX: all */
	size_t width[SK_TABLE_COLUMNS][2]; /* text: of the whole part, and of the point and decimals */
	size_t part_width[SK_TABLE_COLUMNS][SK_FIELDS_MAX]; /* text: of each value of BYTES */
	bool shown[SK_TABLE_COLUMNS];
};

/* Start an answer with these ${columns}, at most SK_TABLE_COLUMNS, borrowed until the answer ends. */
void sk_table_measure(struct sk_table *table, const struct sk_column *columns, size_t n);

/* The rows come again, now to be written. */
void sk_table_begin(struct sk_table *table);

/* All rows have come. Whether they are to come again, in the same order. */
bool sk_table_again(struct sk_table *table);

/* One row, a cell for each column. False when the table wants no more rows; it takes all to measure them. */
bool sk_table_row(struct sk_table *table, const struct sk_cell *cells);

/* Whether the format needs its rows measured before they are written. */
bool sk_table_measures(const struct sk_table *table);

/* Rows written, the header not counted. */
size_t sk_table_rows(const struct sk_table *table);

#endif
