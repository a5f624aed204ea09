/*
 * plot.h -- answers as pictures: bars, histograms, cumulative curves, lines over time.
 *
 * A picture is made of the rows of a table, as the other formats are; which one, sk_plot_plan() in plot.c decides by the
 * columns. On a terminal it is text of its width: Unicode's block elements, or ASCII where the environment tells of no
 * UTF-8. As SVG it is one file, written when all is over.
 *
 *   items, keys, ranks    a bar for each, its uncertain end shaded
 *   histogram             a bar for each range
 *   quantiles             the cumulative curve, and below it those that were asked for
 *   of windows            one line for each window: a bar, or a strip on which the quantiles are
 *
 * Where lines are limited, there are fewer of them: ranges are joined, a curve is lower, and what is missing is counted.
 *
 * Every key and every window that does not fit in a line has a picture of its own, under a heading.
 *
 * Memory: the rows of a picture, SK_PLOT_ROWS at most (what is beyond is counted below it), and for SVG the text of
 * SK_PLOT_PANELS pictures; the points of a line are then joined in pairs whenever there are SK_PLOT_ROWS of them. Want of
 * memory ends the run.
 */
#ifndef STREAMKIT_RUN_PLOT_H
#define STREAMKIT_RUN_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "output.h"
#include "plot_scale.h"

#define SK_PLOT_ROWS 4096
#define SK_PLOT_PANELS 64

/* In the order of the words that --plot takes, and without one. */
enum sk_plot_how { SK_PLOT_TEXT, SK_PLOT_ASCII, SK_PLOT_SVG };

struct sk_plot;

/* Free with sk_plot_free(). ${output} is borrowed. */
struct sk_plot *sk_plot_new(
    enum sk_plot_how how, enum sk_scale_choice scale, struct sk_output *output);
void sk_plot_free(struct sk_plot *plot);

/* The columns of the terminal, or as many as anybody says that there are. */
size_t sk_plot_terminal_width(void);

/* Whether it is drawn on a terminal, where it may be drawn over. */
bool sk_plot_draws(const struct sk_plot *plot);

/* From here on no answer has more than ${lines} lines; 0: as many as it takes. */
void sk_plot_limit(struct sk_plot *plot, size_t lines);

/* The lines of the last answer. */
size_t sk_plot_lines(const struct sk_plot *plot);

/* What comes until ${passing} is false will be erased: windows that come later do not follow it. */
void sk_plot_passing(struct sk_plot *plot, bool passing);

/* There is no more. */
void sk_plot_finish(struct sk_plot *plot);

#endif
