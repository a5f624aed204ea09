/*
 * intake_parts.h -- what the files of intake share: its state, and the steps from fields to numbers.
 */
#ifndef STREAMKIT_RUN_INTAKE_PARTS_H
#define STREAMKIT_RUN_INTAKE_PARTS_H

#include "../record/scan.h"
#include "hints.h"
#include "intake.h"

/* Room for bytes that a batch puts together. What counts for memory is a matter of records, not of how they are cut. */
struct sk_intake_scratch {
	unsigned char *bytes;
	size_t size;
	size_t needed;  /* since the last complete batch */
	size_t counted; /* the most that was needed for one, and some slack */
};

/* A column that comes from one or several fields. */
struct sk_intake_picked {
	struct sk_fields fields; /* by number, once names are resolved */
	struct sk_span *part;    /* fields.count columns of SK_BATCH, when there are several */
	struct sk_span column[SK_BATCH];
	struct sk_intake_scratch joined; /* the bytes of composite values */
	bool filled;  /* the only field of a record without a layout was, in any so far */
	bool lengths; /* their parts are as those of keys are (../pipe/key.h), and not between separators */
};

/* What is picked of a batch of records that have a layout. */
struct sk_intake_picks {
	size_t wants;           /* items, keys and weights behind each other, then what only conditions ask for */
	size_t needed;          /* of the wants: without them a record is no good */
	struct sk_span *values; /* wants columns of SK_BATCH */
	unsigned char *states;
	struct sk_layout_fault faults[SK_BATCH];
	size_t good;                    /* records that can be used */
	unsigned short place[SK_BATCH]; /* where each of them was in the batch */
	struct sk_span records[SK_BATCH];
	size_t first_bad;               /* of the batch; its size: none */
	struct sk_intake_scratch unescaped;
};

/* Which records of a batch are looked at further. */
struct sk_intake_where {
	struct sk_where *conditions;
	struct sk_fields fields;        /* that they are on, by number, once names are resolved */
	size_t want[SK_WHERE_MAX];      /* of each field; of a layout only, as is: */
	unsigned seen;                  /* bits for the fields that any record has had */
	size_t whole;                   /* the first record of the batch that is not malformed; SIZE_MAX: all are */
	struct sk_span whole_record;
	bool selected[SK_BATCH];        /* and all below is of lines: */
	struct sk_span *column;         /* fields.count columns of SK_BATCH */
	unsigned short place[SK_BATCH]; /* where each record that stays was in the batch */
	struct sk_span records[SK_BATCH];
};

struct sk_intake {
	struct sk_intake_options options;
	struct sk_layout *layout;      /* NULL: none; of the run's intake also in readers */
	bool borrows_layout;
	bool adopted; /* it is what a stream said */
	unsigned char separator;
	struct sk_intake_picks *picks; /* NULL without a layout */
	struct sk_intake_where *where; /* NULL: all records are meant */
	const struct sk_scan *scan;
	const char *input;
	uint64_t record; /* records of this input so far */
	uint64_t before; /* of these, before the last batch */
	uint64_t total;  /* of all inputs */
	uint64_t lines;  /* of this input that its records so far have more than one each */
	bool has_lines;  /* a record of the batch may have */
	bool partial;    /* what is left of a block may be a record's front */
	uint64_t offset; /* of the next record in this input */
	/* Of a reader only, whose batches another intake takes: */
	struct sk_skip_notes *notes; /* of the batch at hand */
	unsigned char *room;         /* for the bytes that its batches put together */
	size_t room_left;
	bool cramped; /* there was too little */
	bool header_due;
	bool front_due; /* the first record of this input is still to come, and to be looked at */
	size_t batch_records; /* since the last complete batch */
	size_t batch_bytes;
	struct sk_span records[SK_BATCH];
	struct sk_intake_picked items;
	struct sk_intake_picked keys;
	struct sk_intake_picked weights;
	uint64_t weight[SK_BATCH];
	double value[SK_BATCH];
	struct sk_rounded rounded; /* of the batch at hand */
	struct sk_span converted[SK_BATCH]; /* items in another form, whose bytes are: */
	struct sk_intake_scratch converted_bytes;
	int decimals;
	struct sk_skips skips;
	struct sk_hints hints;
};

/*
 * Room in ${scratch} for ${size} bytes of the batch at hand. Dies of want of memory; a reader gets NULL when its room is
 * used up, and is cramped.
 */
unsigned char *sk_intake_room(
    struct sk_intake *intake, struct sk_intake_scratch *scratch, size_t size);

/* Cut the next records off the front of ${block}, up to where a batch is complete. Returns how many. */
size_t sk_intake_cut(struct sk_intake *intake, struct sk_span *block);

/* Take the header off the front of the block, unless it is not whole; it is records[0]. Dies of names that it lacks. */
void sk_intake_cut_header(struct sk_intake *intake, struct sk_span *block);

/* Die if ${front}, the first record of an input or the front of it, shows that lines end in carriage returns alone. */
void sk_intake_check_ends(struct sk_intake *intake, struct sk_span front);

/* How many bytes the records may reach before the one that reaches so many completes the batch. */
size_t sk_intake_batch_left(const struct sk_intake *intake);

/* Bytes of the input in front of each record. */
size_t sk_intake_lead(const struct sk_intake *intake);

/* The lines that the batch's records before record ${i} have more than one each; 0 where records are numbered. */
uint64_t sk_intake_lines_before(const struct sk_intake *intake, size_t i);

/* A batch, or the header, had ${records} and ${bytes} from ${data} on: how many lines are they more? */
void sk_intake_pass_lines(struct sk_intake *intake, const unsigned char *data, size_t bytes, size_t records);

/* Pass over the next ${records}, which take ${bytes} and all start in one stripe. Whether they complete a batch. */
bool sk_intake_pass(struct sk_intake *intake, size_t records, size_t bytes);

/* Record ${i} of the batch at hand, as it was cut, is left out. */
void sk_intake_skip_record(
    struct sk_intake *intake, enum sk_skip_reason reason, size_t i, struct sk_span text);

/* The same for record ${i} of those of the batch that can be used as far as their layout goes. */
void sk_intake_skip(struct sk_intake *intake, enum sk_skip_reason reason, size_t i, struct sk_span text);

/* Put the parts of the values of the first ${n} records behind each other, for there are several. Dies as sk_intake_room(). */
void sk_intake_join(struct sk_intake *intake, struct sk_intake_picked *picked, size_t n);

/* What the records from ${n} up to ${cut} took to be put together will be needed again, and counts only then. */
void sk_intake_unjoin(struct sk_intake_picked *picked, size_t n, size_t cut);

/* Field ${field}, by number, of ${n} ${records} without a layout. */
void sk_intake_pick_field(const struct sk_intake *intake, const struct sk_span *records, size_t n,
    struct sk_field field, struct sk_span *column);

/* The conditions of ${options}, which has some; NULL with ENOMEM. */
struct sk_intake_where *sk_intake_where_new(const struct sk_intake_options *options);
void sk_intake_where_free(struct sk_intake_where *where);

/* Select among the ${n} records cut, which have no layout, or are raw numbers. Returns how many are. */
size_t sk_intake_where_lines(struct sk_intake *intake, size_t n);

/* The ${column} of a field of the ${n} records selected, if conditions have had to look at it; false: they have not. */
bool sk_intake_where_column(
    const struct sk_intake_where *where, size_t n, const struct sk_field *field, struct sk_span *column);

/* Mark those selected among the ${n} records cut, which have a layout and whose fields are picked. */
void sk_intake_where_layout(struct sk_intake *intake, size_t n);

/* A batch with a layout had the fields of the bits ${seen}, and ${record} is number ${whole} of it: for hints. */
void sk_intake_where_seen(struct sk_intake *intake, unsigned seen, size_t whole, struct sk_span record);

/* The layout asked for. Dies of a field that it cannot have, and of want of memory. */
struct sk_layout *sk_intake_layout_new(const struct sk_intake_options *options);

/* Which of the layout's wants each field of the conditions is. */
void sk_intake_layout_wants(const struct sk_intake_options *options, size_t of_where[SK_WHERE_MAX]);

/* NULL with ENOMEM. */
struct sk_intake_picks *sk_intake_picks_new(const struct sk_intake_options *options);
void sk_intake_picks_free(struct sk_intake_picks *picks);

/* Take ${header} for the names of fields. Dies when it lacks one. */
void sk_intake_layout_header(struct sk_intake *intake, struct sk_span header);

/*
 * The ${n} ${records} selected are raw numbers: read them as values, or make *${items} of them, in the form asked for, and close the gaps
 * of those that cannot be had. Returns how many there are; a reader may be cramped.
 */
size_t sk_intake_raw(struct sk_intake *intake, struct sk_span *records, size_t n, struct sk_span **items);

/* Pick the columns of the ${n} records cut. Returns how many can be used, the first ones of each column; a reader may be cramped. */
size_t sk_intake_layout_pick(struct sk_intake *intake, size_t n);

/* Leave those of the first ${n} records out that cannot be used. */
void sk_intake_layout_skip(struct sk_intake *intake, size_t n);

/*
 * The first ${good} of the records that can be used are wanted, and what the others took to be unescaped counts only when it is
 * needed again. Returns how many of the ${cut} records that is.
 */
size_t sk_intake_layout_uncount(struct sk_intake *intake, size_t good, size_t cut);

/*
 * Read the weights of *${n} records, and close the gaps that unreadable ones leave. Returns how many records stay. All
 * weights of a batch have the same decimals: one with more ends it, *${n} becoming smaller, unless it is the first.
 */
size_t sk_intake_weights(
    struct sk_intake *intake, struct sk_span *items, struct sk_span *keys, size_t *n);

/* Value ${value} of the batch, of record ${i} of those that can be used, is not the whole number that ${text} is. */
void sk_intake_round(struct sk_intake *intake, size_t value, size_t i, struct sk_span text);

/* Read the items of ${n} records as numbers, and close the gaps as above. Returns how many records stay. */
size_t sk_intake_values(
    struct sk_intake *intake, const struct sk_span *items, struct sk_span *keys, size_t n);

/* Bring the items of ${n} records into the form asked for, and close the gaps as above. Returns how many records stay. */
size_t sk_intake_convert(
    struct sk_intake *intake, const struct sk_span *items, struct sk_span *keys, size_t n);

#endif
