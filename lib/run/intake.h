/*
 * intake.h -- from blocks of records to batches of columns.
 *
 * Cuts records, leaves alone those that are not meant, picks the fields that the options name, puts several fields together into one item or key, reads
 * weights, and leaves out, counted, what cannot be read.
 *
 * A record that has no such field gives an empty item, as in awk; one that has a layout is left out. Parts of a composite item are joined by
 * sk_intake_separator(), which occurs in none of them but, perhaps, the last.
 */
#ifndef STREAMKIT_RUN_INTAKE_H
#define STREAMKIT_RUN_INTAKE_H

#include "../record/layout.h"
#include "aggregate.h"
#include "fields.h"
#include "form.h"
#include "skips.h"
#include "where.h"

#define SK_INTAKE_BLANKS (-1)

/* Between the parts of composite values of records that have a layout: of their fields, any may hold a tab. */
#define SK_INTAKE_SEPARATOR '\x1f'

/* Bytes that a record of csv may have if it holds line ends. */
#define SK_INTAKE_QUOTE_MAX ((size_t)1 << 20)

struct sk_intake_options {
	struct sk_fields items;   /* none: the whole record */
	struct sk_fields keys;    /* none: no keys */
	struct sk_fields weights; /* none: 1 each; else one */
	const struct sk_where *where; /* records that are meant; NULL: all. Borrowed for the intake's life */
	int delimiter;            /* SK_INTAKE_BLANKS, or a byte */
	unsigned char end;        /* of a record */
	bool has_layout;          /* records are not what lies between delimiters, but have: */
	enum sk_layout_kind layout;
	bool open;                /* records of a stream may have one that it says: sk_intake_adopt() */
	bool header;              /* the first record of each input names the fields */
	bool strict;
	bool exact;        /* no value may be rounded */
	bool values;       /* read items as numbers */
	enum sk_form form; /* that items are brought into: one that is not BYTES goes without weights and values */
	size_t record_max; /* bytes, for messages: sk_intake_too_long() gets what is longer */
};

struct sk_intake;

/* Dies of want of memory. ${options} are copied. Free with sk_intake_free(). */
struct sk_intake *sk_intake_new(const struct sk_intake_options *options);
void sk_intake_free(struct sk_intake *intake);

/* The byte between the parts of a composite item or key. */
unsigned char sk_intake_separator(const struct sk_intake *intake);

/* The layout of records, borrowed for the intake's life; NULL: they have none. */
const struct sk_layout *sk_intake_layout(const struct sk_intake *intake);

/*
 * The records to come are of a stream that says by ${known} that they have the layout ${kind}, csv with this ${delimiter}; and which has a
 * header if ${header} says so. If that is open it is taken for what they have from now on, names and all. Returns
 * what is wrong with it, a string for ever, or NULL. Dies as sk_intake_new() does.
 */
const char *sk_intake_adopt(
    struct sk_intake *intake, bool known, enum sk_layout_kind kind, unsigned char delimiter, bool header);

/* Whether a layout has been taken so. */
bool sk_intake_adopted(const struct sk_intake *intake);

/* Die if fields have names and records, as far as is known, have not. */
void sk_intake_check_names(const struct sk_intake *intake);

/* Whether the first record of an input, or the header of a stream, names the fields. */
bool sk_intake_header(const struct sk_intake *intake);

/* The byte that ends a record. */
unsigned char sk_intake_end(const struct sk_intake *intake);

/* The blocks to come are of the input ${name}, borrowed until the next call. */
void sk_intake_input(struct sk_intake *intake, const char *name);

/* Whether blocks to come may end within a record: it is then left in the block. At first they do not. */
void sk_intake_partial(struct sk_intake *intake, bool partial);

/* The next block starts at ${offset} bytes of its input; and where it is thought to start. */
void sk_intake_seek(struct sk_intake *intake, uint64_t offset);
uint64_t sk_intake_offset(const struct sk_intake *intake);

/*
 * The next ${batch} of *${block}, which is moved behind the records used; false when the block is used up. What the
 * batch and *${keys} (NULL without keys) point to is valid until the next call, and as long as the block. A batch can
 * be empty. Dies when a header lacks a field asked for.
 */
bool sk_intake_batch(struct sk_intake *intake, struct sk_span *block, struct sk_batch *batch,
    const struct sk_span **keys);

/* A record of the input was too long to be read; ${start} is the front of it. */
void sk_intake_too_long(struct sk_intake *intake, struct sk_span start);

/*
 * The number, from 1 and the header counted, that record ${i} of the last batch has in its input: for batches of whole records, without
 * weights, values and forms.
 */
uint64_t sk_intake_number(const struct sk_intake *intake, size_t i);

/* What a record is called: "line" or "record". */
const char *sk_intake_unit(const struct sk_intake *intake);

/* The input has ended within a record, of which ${start} is there. Dies of it if it is strict. */
void sk_intake_cut_short(struct sk_intake *intake, struct sk_span start);

/* Records seen, and those of them that were left out. */
uint64_t sk_intake_records(const struct sk_intake *intake);
uint64_t sk_intake_skipped(const struct sk_intake *intake);

/*
 * Bytes of memory for composite values being put together, beyond a few KiB: as many as the complete batch that needs
 * most has taken, whether it came in one or in parts.
 */
size_t sk_intake_memory(const struct sk_intake *intake);

/*
 * Whether there were records that lack a field asked for, and none that has all: the answer is then one of nothing, and not to be
 * trusted. Not of records without a layout, whose fields are empty where there is none.
 */
bool sk_intake_lacks(const struct sk_intake *intake);

/* Records that were not left out, of those that were meant. */
uint64_t sk_intake_used(const struct sk_intake *intake);

/*
 * Whether there were records that were meant, other than empty lines, and something was wrong with every one of them: whether they lack
 * a field, or what it holds is of no use. The answer is then not to be trusted, either.
 */
bool sk_intake_useless(const struct sk_intake *intake);

/* Note the records that were left out; and an error if none could be used. */
void sk_intake_report(const struct sk_intake *intake);

#endif
