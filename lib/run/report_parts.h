/*
 * report_parts.h -- what the files of reports share: their state, and how answers are given.
 */
#ifndef STREAMKIT_RUN_REPORT_PARTS_H
#define STREAMKIT_RUN_REPORT_PARTS_H

#include <signal.h>
#include <sys/types.h>

#include "output_file.h"
#include "report.h"
#include "total.h"

struct sk_report {
	struct sk_output output;
	struct sk_output_file *file; /* that the output is to, NULL: standard output */
	off_t before_glance;         /* so much of it is of windows that have closed */
	struct sk_table table;
	struct sk_plot *plot; /* NULL: the answers are text */
	const struct sk_aggregate_class *class; /* that the answers are of; borrowed */
	struct sk_column columns[SK_TABLE_COLUMNS];
	size_t columns_count;
	bool keyed;
	struct sk_group_key key; /* room for one within a window's */
	bool total; /* a row for it: */
	struct sk_total total_of;
	bool exact;
	size_t memory; /* for a total */
	bool windowed;  /* a window has been reported */
	bool corrected; /* and the column of revisions is in all formats */
	bool noted;     /* that it lacks has been said */
	bool lacking;   /* more memory might put other items into the answer for one */
	double worst;   /* the largest error of one */
	const char *error_of;
	bool apart;     /* rows have been written since the last empty line */
	bool terminal;
	bool sketch;
	struct sk_sketch_output_options sketch_options;
	char name[32]; /* of the answers' table */
	size_t drawn; /* lines of the interim answer that is on the terminal */
	size_t drawn_columns; /* and how wide that was */
	size_t unseen; /* windows that it has no lines for */
	sigset_t outside; /* the signals that were held back before it was drawn */
	bool glanced;      /* the interim answer at hand has a window */
	bool apart_before; /* it */
};

/* An answer of these columns, for ${window} unless that is NULL, behind an empty line where text has one ${apart}. */
void sk_report_give_answer(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_window *window, struct sk_rows rows, const struct sk_column *columns,
    size_t columns_count, bool apart);

/* Whether interim answers are drawn over each other. */
bool sk_report_draws(const struct sk_report *report);

/* A picture file has one picture, which shows how things are in the end. */
bool sk_report_is_file(const struct sk_report *report);

/* What is drawn until ${passing} is false is erased by what comes next, and has no part in it. */
void sk_report_set_passing(struct sk_report *report, bool passing);

/* An answer is to have so many lines, with its header; 0: as many as it takes. */
void sk_report_limit_lines(struct sk_report *report, size_t lines);

/* The lines of the last answer. */
size_t sk_report_lines_of(const struct sk_report *report);

/* Go back to where the last interim answer began, and clear from there. */
void sk_report_erase(struct sk_report *report);

/*
 * From begin to end, a terminal cuts lines that are too long instead of wrapping them, and signals that end or stop the
 * program wait.
 */
void sk_report_begin_drawing(struct sk_report *report);
void sk_report_end_drawing(struct sk_report *report);

/* The lines of the terminal. */
size_t sk_report_window_rows(void);

#endif
