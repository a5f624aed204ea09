/*
 * layout.h -- records that have a format: comma-separated values, tab-separated values with escapes, JSON, logfmt and the
 * log format of web servers. Where do they end, and what are the values that somebody wants of them?
 *
 *	CSV	RFC 4180 and what is written in its name: any one-byte delimiter; fields in quotes may hold delimiters, line
 *		ends and doubled quotes. See csv.h for what stray quotes do.
 *	TSV	fields between tabs, with the escapes of MySQL and PostgreSQL. See tsv.h.
 *	JSON	one value a line (RFC 8259): wants are paths, ".a.b[2]", or the names of members. See json.h.
 *	LOGFMT	name=value pairs between blanks. See logfmt.h.
 *	CLF	common and combined log format: wants are host, ident, user, time, request, method, path, proto, status, bytes,
 *		referer, agent, and the numbers of what stands behind them. See clf.h.
 *	BE32, F64, F32, I64, U64
 *		no text, and no values to be picked: only where records end is known here. See raw.h.
 *
 * A wanted value is found, or is missing, or is null; or the record is malformed, and then all of it. A record is checked as far
 * as its format needs for the values asked for to be right; csv is checked for quotes up to its end, and clf up to its bytes.
 *
 * Reading ahead: as in scan.h, SK_SCAN_PAD bytes on either side of all bytes given must be readable.
 *
 * Errors: only the making of a layout can fail. What is wrong with a record is a fault, a reason and a place.
 *
 * Threads: functions that take a const layout may run in several at once.
 */
#ifndef STREAMKIT_RECORD_LAYOUT_H
#define STREAMKIT_RECORD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"

enum sk_layout_kind {
	SK_LAYOUT_CSV,
	SK_LAYOUT_TSV,
	SK_LAYOUT_JSON,
	SK_LAYOUT_LOGFMT,
	SK_LAYOUT_CLF,
	SK_LAYOUT_BE32,
	SK_LAYOUT_F64,
	SK_LAYOUT_F32,
	SK_LAYOUT_I64,
	SK_LAYOUT_U64,
};

#define SK_LAYOUT_WANTS_MAX ((size_t)256)

/* A value that is wanted of each record. */
struct sk_layout_want {
	struct sk_span name; /* empty: the number says which */
	long number;         /* from 1 at the front, from -1 at the back; 0 with a name */
	bool rest;           /* and everything behind it, as it stands: quotes and escapes are left as they are */
};

enum sk_layout_state {
	SK_LAYOUT_VALUE,
	SK_LAYOUT_MISSING, /* the record has no such field; the value is empty */
	SK_LAYOUT_NULL,    /* it has, but says that there is nothing; the value is the text that says so: null, \N, - */
	SK_LAYOUT_BAD,     /* the record is malformed: all its values are, and are empty */
};

/* What can be wrong with a record. The order is no promise. */
enum sk_layout_reason {
	SK_LAYOUT_FINE,
	SK_LAYOUT_QUOTE_OPEN,      /* a quote is never closed */
	SK_LAYOUT_QUOTE_TEXT,      /* text behind a closing quote, where there may be none */
	SK_LAYOUT_QUOTE_STRAY,     /* a quote inside of what is not quoted */
	SK_LAYOUT_ENDS_EARLY,      /* the record ends in the middle of a value */
	SK_LAYOUT_NO_TIME,         /* no time in brackets where it belongs */
	SK_LAYOUT_NO_REQUEST,      /* no request in quotes where it belongs */
	SK_LAYOUT_VALUE_EXPECTED,  /* something else stands where a value belongs */
	SK_LAYOUT_NAME_EXPECTED,   /* where a member's name belongs */
	SK_LAYOUT_COLON_EXPECTED,
	SK_LAYOUT_COMMA_EXPECTED,  /* a comma, or the end of the object or array */
	SK_LAYOUT_TEXT_BEHIND,     /* behind the record's one value */
	SK_LAYOUT_BAD_NUMBER,
	SK_LAYOUT_BAD_WORD,        /* neither true nor false nor null */
	SK_LAYOUT_BAD_ESCAPE,
	SK_LAYOUT_CONTROL_BYTE,    /* in a string, where it must be escaped */
	SK_LAYOUT_TOO_DEEP,        /* more objects and arrays in each other than are followed */
	SK_LAYOUT_REASONS,
};

struct sk_layout_fault {
	enum sk_layout_reason reason;
	size_t offset; /* in the record, at most its size */
};

/* "a quote that is not closed"; fits behind "malformed: ". For ever. */
const char *sk_layout_reason_text(enum sk_layout_reason reason);

struct sk_layout_options {
	enum sk_layout_kind kind;
	unsigned char delimiter; /* of csv: neither the quote nor the end byte; others have their own */
	unsigned char end;       /* of a record, as a rule '\n'; csv and tsv leave out a CR before that */
	size_t quote_max;        /* csv: bytes that a record with line ends in quotes may have, 64 at least; 0: no limit */
};

struct sk_layout;

/* Life cycle */

/*
 * A layout that wants the ${n} ${wants}, none to SK_LAYOUT_WANTS_MAX; their names are copied. NULL with errno EINVAL, and *${why} a text
 * for ever, for a want that the layout cannot have: *${which} is its index. NULL with ENOMEM, *${why} then being NULL.
 * The caller frees it with sk_layout_free().
 */
struct sk_layout *sk_layout_new(const struct sk_layout_options *options, const struct sk_layout_want *wants, size_t n,
    const char **why, size_t *which);
void sk_layout_free(struct sk_layout *layout);

/* "csv", "tsv", ...: as options say it. For ever. */
const char *sk_layout_name(enum sk_layout_kind kind);

/* Whether records have names of their own (json, logfmt, clf), or numbers and perhaps a header (csv, tsv). */
bool sk_layout_names_itself(enum sk_layout_kind kind);

/* Whether records are text that ends in the end byte, and have values; not so be32 and raw numbers. */
bool sk_layout_is_text(enum sk_layout_kind kind);

/* Bytes that each record takes, if all take the same; else 0. */
size_t sk_layout_width(enum sk_layout_kind kind);

/* Where records end */

enum sk_layout_kind sk_layout_kind(const struct sk_layout *layout);

/* Bytes of the input before each record that are no part of it, and behind it: the length of be32, the end byte of text. */
size_t sk_layout_lead(const struct sk_layout *layout);
size_t sk_layout_trail(const struct sk_layout *layout);

/* How many bytes the first record of ${front} takes, be they there or not, its lead included; 0: that is not to be known. */
uint64_t sk_layout_announced(const struct sk_layout *layout, struct sk_span front);

/* How many bytes at the front of an input are a byte order mark, which is no part of its first record: 3 or 0. */
size_t sk_layout_mark(struct sk_span front);

/*
 * Whether a record starts behind every end byte, so that one who begins anywhere in the input finds the next one. Not so with
 * csv: whether a line end is inside quotes depends on all that was before it, so that one reader has to cut the input from its
 * start on (which costs little: sk_layout_whole() runs at the speed of memory), and others may do the rest.
 */
bool sk_layout_splits(const struct sk_layout *layout);

/* How far sk_layout_whole() has looked. All zero where a record starts. Its members are private. */
struct sk_layout_progress {
	size_t scanned;      /* bytes */
	size_t quote;        /* where the last quoted field opened */
	size_t line_quote;   /* where the one opened that the last line end in quotes is in */
	unsigned char state; /* behind the bytes scanned */
};

/*
 * How many of ${data}[0 .. ${size}), which starts where a record does, belong to whole records, end bytes included; 0: no record
 * is whole yet. Call it again with the bytes behind the whole ones at the front and more behind them; *${progress} keeps what
 * was seen of them, so that no byte is looked at twice. With ${last}, nothing more will come: all up to the last end byte is whole.
 * An input whose last record has no end byte should be given one.
 *
 * A stray quote in csv costs one record: if the field that it opens is found not to end as it should (csv.h), the record is what
 * lies before the first end byte behind the quote, and reading goes on behind that. Such a record ends in quotes, and
 * sk_layout_pick() knows it for malformed by that. The bytes that are not whole are therefore fewer than quote_max and one line.
 */
size_t sk_layout_whole(const struct sk_layout *layout, const unsigned char *data, size_t size, bool last,
    struct sk_layout_progress *progress);

/*
 * Cut ${data}[0 .. ${size}), whole records as sk_layout_whole() finds them, at the end bytes that end records. Writes at most ${max}
 * spans, the end bytes left out, and sets *${used} to the bytes they cover, end bytes included. Returns the number of spans.
 */
size_t sk_layout_records(const struct sk_layout *layout, const unsigned char *data, size_t size,
    struct sk_span *records, size_t max, size_t *used);

/*
 * The same of bytes that, unless they are the ${last}, may end within a record, which is left: *${used} may be 0. Together with
 * sk_layout_likely() that spares sk_layout_whole(): the records are the same ones. Sets *${lines} if a record may hold end bytes,
 * which is so if one does.
 */
size_t sk_layout_front(const struct sk_layout *layout, const unsigned char *data, size_t size, bool last,
    struct sk_span *records, size_t max, size_t *used, bool *lines);

/*
 * How many of ${data}[0 .. ${size}), which starts where a record does, are worth to be given to sk_layout_front(): nearly all of them are
 * of whole records. The first ${known} hold no end byte, or were found not to be worth it. 0: none is whole.
 */
size_t sk_layout_likely(const struct sk_layout *layout, const unsigned char *data, size_t known, size_t size);

/* Values */

/*
 * Take the record ${header} for the names of the fields to come (csv, tsv; others do not care). Returns the index of the first want
 * whose name it lacks, or as many as there are wants: then all have their numbers. Of equal names the first counts.
 */
size_t sk_layout_header(struct sk_layout *layout, struct sk_span header);

/* Whether the last header had the name of a want more than once: ${*which}, and the numbers, from 1, of the first two. */
bool sk_layout_header_twice(const struct sk_layout *layout, size_t *which, long *first, long *second);

/* The ${number}th name, from 1, in ${header}, for messages; false when it has fewer. Names are as long as ${name} has room for
 * at most: its size is the room, and becomes what there is. */
bool sk_layout_header_name(
    const struct sk_layout *layout, struct sk_span header, size_t number, unsigned char *name, size_t *size);

/* Bytes of scratch that sk_layout_pick() needs for records that have ${bytes} together, end bytes not counted. */
size_t sk_layout_scratch(const struct sk_layout *layout, size_t bytes);

/*
 * The wanted values of ${n} records: want w of record i is ${values}[w * ${stride} + i], and ${states}[w * ${stride} + i] says what
 * it is, an enum sk_layout_state. Values lie in the records, or in ${scratch} where something had to be unescaped. ${faults}[i] says
 * what is wrong with record i, SK_LAYOUT_FINE for those with which nothing is. Returns how many are malformed.
 */
size_t sk_layout_pick(const struct sk_layout *layout, const struct sk_span *records, size_t n, size_t stride,
    unsigned char *scratch, struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults);

#endif
