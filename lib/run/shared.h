/*
 * shared.h -- the options that tools share.
 */
#ifndef STREAMKIT_RUN_SHARED_H
#define STREAMKIT_RUN_SHARED_H

#include "../pipe/container.h"
#include "../record/layout.h"
#include "asserts.h"
#include "option.h"
#include "plot.h"
#include "range.h"
#include "sketch_output.h"
#include "table.h"
#include "where.h"

/* Answers for windows: one for each or one for all; as --since and --until have it. */
enum sk_windows_answer { SK_WINDOWS_EACH, SK_WINDOWS_WHOLE, SK_WINDOWS_BY_RANGE };

enum sk_input_format { SK_INPUT_LINES, SK_INPUT_BASE64, SK_INPUT_IMAGE, SK_INPUT_CSV, SK_INPUT_TSV,
	SK_INPUT_JSON, SK_INPUT_LOGFMT, SK_INPUT_CLF, SK_INPUT_BE32, SK_INPUT_F64, SK_INPUT_F32, SK_INPUT_I64,
	SK_INPUT_U64, SK_INPUT_AUTO };

struct sk_shared {
	struct sk_fields items;
	struct sk_fields keys;
	bool merges_keys; /* sketches of all keys go into one answer */
	struct sk_where *where; /* NULL: all records are meant; lasts as long as the process */
	int delimiter; /* SK_INTAKE_BLANKS, or a byte */
	unsigned char end;
	bool header;
	enum sk_input_format input;
	bool input_asked; /* by an option */
	bool input_open;  /* what records are may be left to a stream of windows to say; the tool's to set */
	enum sk_item_type item_type; /* of images */
	enum sk_format format;
	bool format_given;
	const char *output_file; /* NULL: standard output */
	bool columns;
	bool plots; /* in place of a format, and how: */
	enum sk_plot_how plot;
	bool total;
	bool human;
	bool sketch; /* write sketches instead of rows, in this form: */
	enum sk_sketch_form form;
	struct sk_range range; /* of windows */
	enum sk_windows_answer windows;
	const char *state; /* a file, or NULL */
	int level; /* of the compression of frames in either, 0: none */
	double error; /* negative: not asked for */
	size_t memory;
	bool exact;
	bool explain; /* in place of running */
	uint64_t every; /* nanoseconds, 0: never */
	bool strict;
	uint64_t threads; /* 0: as many as there are processors */
	const char *asserts[SK_ASSERTS_MAX]; /* borrowed from the command line */
	size_t asserts_count;
	size_t inputs; /* files named, or 1 for standard input */
	uint64_t seed; /* of coins */
};

/*
 * The tables, in the order in which --help lists them: what of the input an answer is about, how the input is read, and
 * how the answer is kept and printed. A tool may do without any. --error, -e, stands in the table of each tool, as
 * each measures errors in its own way; its value is taken here.
 */
extern const struct sk_option sk_item_options[];
extern const struct sk_option sk_input_options[];
extern const struct sk_option sk_answer_options[];

/* The one that stands in the table of a tool without sk_item_options as well. */
#define SK_SHARED_WHERE SK_OPTION_SHARED

/* What holds when no option says otherwise. */
void sk_shared_defaults(struct sk_shared *shared);

/* Take one value; false when it is no shared option's. */
bool sk_shared_take(struct sk_shared *shared, const struct sk_option_value *value);

/* Whether one answer is asked for all windows; and whether anything is asked of windows at all. */
bool sk_shared_whole(const struct sk_shared *shared);
bool sk_shared_asks_for_windows(const struct sk_shared *shared);

/* Whether inputs are sketches only, be they lines or not. */
bool sk_shared_reads_sketches(const struct sk_shared *shared);

/* Whether records have a layout, and in *${kind} which. */
bool sk_shared_layout(const struct sk_shared *shared, enum sk_layout_kind *kind);

/* Whether inputs may begin with any bytes, and tell nothing by them. */
bool sk_shared_reads_numbers(const struct sk_shared *shared);

/* What separates the fields of records: SK_INTAKE_BLANKS, or a byte. */
int sk_shared_delimiter(const struct sk_shared *shared);

/* The byte between the parts of a composite item or key. */
unsigned char sk_shared_separator(const struct sk_shared *shared);

/* Whether fields can have names; if what records are is open, as far as one can tell now. */
bool sk_shared_names_fields(const struct sk_shared *shared);

/* Fields have names, if they are ${named}: then csv and tsv have a header. */
void sk_shared_imply_header(struct sk_shared *shared, bool named);

/* Die if any of ${fields}, which ${option} has, is known by a name only. */
void sk_shared_refuse_names(const char *option, const struct sk_fields *fields);

/* Die if the options do not go together. */
void sk_shared_check(const struct sk_shared *shared);

#endif
