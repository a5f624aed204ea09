/*
 * cell.h -- the values of a table's cells as text.
 *
 * Cannot fail but for the output's errors, which end the run; no state, and no locale.
 */
#ifndef STREAMKIT_RUN_CELL_H
#define STREAMKIT_RUN_CELL_H

#include "table.h"

#define SK_CELL_SIZE 48

/*
 * Write the number that ${cell} of ${column} is, of any kind but BYTES and TRUTH, to ${text}; fractions as per cent
 * where ${percent}. Returns the length, and in *${whole} that of the part before the point.
 */
size_t sk_cell_format(char text[SK_CELL_SIZE], const struct sk_column *column,
    const struct sk_cell *cell, bool percent, size_t *whole);

/* The number of values in each of the column's cells: 1 but for BYTES of several parts. */
size_t sk_column_parts(const struct sk_column *column);

/* Take value number ${part} of a cell off the front of ${rest}, which is the cell's bytes behind those before. */
struct sk_span sk_column_part(const struct sk_column *column, struct sk_span *rest, size_t part);

/* Whether only JSON and the formats for databases have the column, or only prom. */
bool sk_column_hidden(const struct sk_column *column);
bool sk_column_of_summary(const struct sk_column *column);

/* Whether it tells rows apart, and is no value. */
bool sk_column_is_label(const struct sk_column *column);

/* How sk_cell_escape() writes text. */
struct sk_cell_escapes {
	const char *bytes;          /* each of these as the string beside it */
	const char *const *strings;
	const char *hex;            /* NUL and what is not UTF-8 as this and two digits, and so is: */
};

/*
 * Whether what stands at ${at} of ${text} reads as a byte written as \xHH. Its backslash is to be written as \x5c wherever
 * bytes are written so: otherwise the byte ff and these four characters would be one and the same.
 */
bool sk_cell_reads_as_hex(struct sk_span text, size_t at);

void sk_cell_escape(
    struct sk_output *output, struct sk_span text, const struct sk_cell_escapes *escapes);

/* Write ${text} as a field of tsv, from which sk_tsv_unescape() has it back. */
void sk_cell_escape_tsv(struct sk_output *output, struct sk_span text);

#endif
