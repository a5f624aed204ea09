/*
 * report.h -- answers, interim and last, on standard output or in a file.
 *
 * Interim answers on a terminal are drawn over each other, and fit into its window: what does not is counted in the last
 * line, and pictures have fewer lines. Elsewhere an empty line follows each
 * in text and TSV, and JSON rows say "interim". The last answer stands alone and whole, and so does each window's.
 *
 * A file is replaced by each interim answer, and by the last; the rows of windows gather in it, but where the format is
 * prom each window replaces it, and a second one on standard output ends the run.
 */
#ifndef STREAMKIT_RUN_REPORT_H
#define STREAMKIT_RUN_REPORT_H

#include "groups.h"
#include "plot.h"
#include "sketch_output.h"
#include "table.h"

struct sk_report_options {
	enum sk_format format;
	bool human;  /* text: numbers for people */
	bool header; /* tsv: with a header line */
	enum sk_plot_how plot; /* of SK_FORMAT_PLOT */
	enum sk_scale_choice scale;
	const struct sk_column *columns; /* the tool's own */
	size_t columns_count;
	size_t key_parts; /* 0: no keys */
	const char *file; /* borrowed; NULL: standard output */
	bool total; /* a row for it */
	const struct sk_aggregate_class *class; /* of the answers; borrowed */
	bool exact;    /* or the run fails */
	size_t memory; /* that a sum of keys may take */
	bool sketch; /* write sketches instead of rows, in this form: */
	enum sk_sketch_form form;
	int level; /* of their compression, 0: none */
};

/* How much went into an answer. */
struct sk_report_counts {
	uint64_t records;
	uint64_t skipped;
};

struct sk_report;

/* Dies of want of memory. ${options} are copied, the columns borrowed. Free with sk_report_free(). */
struct sk_report *sk_report_new(const struct sk_report_options *options);
void sk_report_free(struct sk_report *report);

/* Answers are of keys of so many ${parts} from now on: there have been none so far. */
void sk_report_adopt_keys(struct sk_report *report, size_t parts);

/* The answer so far. */
void sk_report_interim(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts);

/* The answer for a ${window}, as soon as it is complete: nothing of it waits for more. */
void sk_report_window(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_window *window);

/*
 * An interim answer for windows under way: begin, a glance at each, and end. Where there are none there is none, and
 * what a terminal shows of the one before goes.
 */
void sk_report_glance_begin(struct sk_report *report);
void sk_report_glance(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_window *window);
void sk_report_glance_end(struct sk_report *report);

/* Where answers go, for what is no row. */
struct sk_output *sk_report_output(struct sk_report *report);

/* Take back what an interim answer shows on a terminal: others may have something to say there. */
void sk_report_withdraw(struct sk_report *report);

/* Whether a terminal shows an interim answer; and leave it as it is: the next one comes below it. Whether there was one. */
bool sk_report_is_drawn(const struct sk_report *report);
bool sk_report_leave(struct sk_report *report);

/* There is no last answer; closes standard output. */
void sk_report_end(struct sk_report *report);

/*
 * Say what the reader of the answer, or NULL, and of those of windows, should know of them beyond their bounds. False when its error is above ${error}, unless
 * that is negative.
 */
bool sk_report_remarks(const struct sk_report *report, struct sk_groups *groups, double error);

/* The last answer; closes standard output. */
void sk_report_last(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts);

#endif
