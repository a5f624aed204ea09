/*
 * plot_svg_parts.h -- what SVG pictures are made of; for plot_svg*.c alone.
 */
#ifndef STREAMKIT_RUN_PLOT_SVG_PARTS_H
#define STREAMKIT_RUN_PLOT_SVG_PARTS_H

#include "diag.h"
#include "plot_parts.h"

#define WIDTH 800
#define MARGIN 16
#define LINE 22          /* from one line of text, or bar, to the next */
#define LABEL_COLUMNS 34 /* of labels beside bars, about 7 pixels each */
#define COLUMN 7.2
#define PLOT_LEFT 80     /* of pictures with an axis of values on the left */
#define PLOT_HEIGHT 260
#define PLOT_TOP 22      /* above it: the name of that axis, and of what it is divided by */
#define TICK_ROOM 24     /* half of a number that stands at the end of an axis below */
#define X_TICKS 8
#define Y_TICKS 6

/* The lines of a series: of each window its values, and where they were bounded. */
#define VALUES 5
struct moment {
	char label[40];
	double value[VALUES];
	double low;
	double high;
};

struct sk_plot_svg {
	struct sk_plot_text text;
	double height; /* so far */
	size_t panels;
	uint64_t left_out;
	struct moment *moments;
	size_t count;
	uint64_t step; /* windows that a moment is of */
	uint64_t waiting; /* of the last */
	size_t values;
	double quantile[VALUES]; /* not above 0: it is no quantile */
	bool boxes;
	const char *name; /* of the values */
};

/* Text as it is; no more than 511 bytes. */
void sk_svg_add(struct sk_plot_svg *svg, const char *format, ...) SK_PRINTF(2, 3);

/* Elements of a class of the style sheet; text, escaped, of ${width} columns at most. l, r and m are what of it is at x. */
void sk_svg_add_text(
    struct sk_plot_svg *svg, double x, double y, const char *class, struct sk_span text, size_t width);
void sk_svg_add_string(struct sk_plot_svg *svg, double x, double y, const char *class, const char *string);
void sk_svg_add_line(struct sk_plot_svg *svg, double x1, double y1, double x2, double y2, const char *class);
void sk_svg_add_box(
    struct sk_plot_svg *svg, double x, double y, double width, double height, const char *class);

/* Grid lines of a picture between these, with their numbers below it, or on its left. */
void sk_svg_add_x_axis(struct sk_plot_svg *svg, const struct sk_scale *scale, double left, double right, double top,
    double bottom);
void sk_svg_add_y_axis(struct sk_plot_svg *svg, const struct sk_scale *scale, double left, double right, double top,
    double bottom, bool percent);

/* The names of the two axes: above the one on the left, and below the end of the other; NULL: it has none. */
void sk_svg_add_axis_names(
    struct sk_plot_svg *svg, double left, double right, double top, double bottom, const char *y, const char *x);

/* The lines of windows: keep one window's values, and draw them all. */
void sk_svg_add_moment(struct sk_plot_svg *svg, const struct sk_plot_panel *panel);
void sk_svg_paint_series(struct sk_plot_svg *svg);

#endif
