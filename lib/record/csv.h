/*
 * csv.h -- comma-separated values: where records end and fields lie, with quotes.
 *
 * RFC 4180, and where that says nothing, what Python's csv module does, which is what most writers are tested against:
 *
 *	A quote opens a quoted field at the field's very start; anywhere else in a field without quotes it is a character.
 *	In a quoted field two quotes are one, delimiters and line ends are characters, and a quote ends the quoted part.
 *	Text behind that is part of the field: "a"b is ab. It is the text that whoever wrote it had in mind, and no other reading
 *	of it loses less; quotes in it are characters.
 *	A line without a byte has no fields at all. A CR before the end of a record is no part of it.
 *
 * A quote that should not be there opens a field that swallows line ends up to the next quote, which may be far. It is
 * known for a stray one if its field holds a line end and
 *
 *	- something else than a delimiter, a CR or a record's end follows its closing quote; or
 *	- the record goes on for more than quote_max bytes; or
 *	- the input ends before the field does.
 *
 * Then the record ends at the first line end behind that quote, and what follows is read as usual. (Here Python's reader
 * goes on; it would give one record of many.) If several quotes of a record come into question for its length, it is the one
 * that the last line end within these bytes is in. No input makes this cost more than reading every byte twice.
 *
 * How: quotes are found 64 bytes at a time. What is inside quotes is the running exclusive or of the quote bits, as in
 * Langdale and Lemire, "Parsing gigabytes of JSON per second" (VLDB Journal 28, 2019), section 3.1.1. Quotes that are
 * mere characters would turn that over: an opening quote that stands behind neither a delimiter nor a line end nor a
 * quote is one of these, and so are all up to the next delimiter or line end; they are taken out.
 *
 * Reading ahead, errors, threads: as scan.h.
 */
#ifndef STREAMKIT_RECORD_CSV_H
#define STREAMKIT_RECORD_CSV_H

#include "layout.h"

/* Fewer bytes than this no record is limited to. */
#define SK_CSV_QUOTE_MAX_LEAST ((size_t)64)

struct sk_csv_dialect {
	unsigned char delimiter; /* none of: quote, CR, ${end} */
	unsigned char end;       /* of a record */
	size_t quote_max;        /* bytes, 0: no limit */
};

/* The fields to pick, set up by sk_csv_columns_init(). */
struct sk_csv_columns {
	size_t n;
	struct sk_csv_column {
		long number; /* from 1, or from -1 at the back */
		bool rest;
		size_t ordinal; /* index of the delimiter in front of it, or behind it if it is the first */
	} column[SK_LAYOUT_WANTS_MAX];
	bool from_back;  /* there is a column counted from there */
	size_t ordinals; /* delimiters to be found, in order: */
	size_t ordinal[2 * SK_LAYOUT_WANTS_MAX];
};

/* ${wants} have numbers by now, or 0 for a name that is not resolved: that is MISSING from every record. */
void sk_csv_columns_init(struct sk_csv_columns *columns, const struct sk_layout_want *wants, size_t n);

struct sk_csv_loops {
	const char *name; /* as that of the sk_scan it is built with */
	/* As sk_layout_whole() without "last", sk_layout_front(), sk_layout_pick(). */
	size_t (*whole)(const struct sk_csv_dialect *dialect, const unsigned char *data, size_t size,
	    struct sk_layout_progress *progress);
	size_t (*records)(const struct sk_csv_dialect *dialect, const unsigned char *data, size_t size, bool last,
	    struct sk_span *records, size_t max, size_t *used, bool *lines);
	size_t (*pick)(const struct sk_csv_dialect *dialect, const struct sk_csv_columns *columns,
	    const struct sk_span *records, size_t n, size_t stride, unsigned char *scratch, struct sk_span *values,
	    unsigned char *states, struct sk_layout_fault *faults);
};

/* The loops for the masks that sk_scan_best() has, and all that this processor runs, ended by NULL. */
const struct sk_csv_loops *sk_csv_best(void);
const struct sk_csv_loops *const *sk_csv_all(void);

/*
 * What the field ${raw} stands for, which may start with a quote. It lies in ${raw}, or at *${scratch}, which is then moved behind
 * it and needs room for as many bytes.
 */
struct sk_span sk_csv_unquote(struct sk_span raw, unsigned char **scratch);

/* Where the quoted field starts in which ${record} ends, if it does. */
size_t sk_csv_open_quote(const struct sk_csv_dialect *dialect, struct sk_span record);

#endif
