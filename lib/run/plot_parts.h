/*
 * plot_parts.h -- what pictures are made of; for plot*.c alone.
 */
#ifndef STREAMKIT_RUN_PLOT_PARTS_H
#define STREAMKIT_RUN_PLOT_PARTS_H

#include "cell.h"
#include "plot.h"
#include "table.h"

enum sk_plot_kind {
	SK_PLOT_BARS,
	SK_PLOT_HISTOGRAM,
	SK_PLOT_CURVE,
	SK_PLOT_STRIPS, /* several values of each label, on a line */
};

#define SK_PLOT_NONE SIZE_MAX

/* What the columns are for: numbers of columns, or SK_PLOT_NONE. */
struct sk_plot_plan {
	enum sk_plot_kind kind;
	bool windowed;
	bool series; /* one line for each window */
	bool held;   /* the scale of one window's picture is that of the next, as far as it goes */
	bool boxes;  /* strips of minimum, quartiles and maximum */
	size_t own;  /* the tool's columns are from here on */
	size_t label;
	size_t value;
	size_t low; /* of a histogram: where the range begins */
	size_t high;
	size_t error; /* how far below the value the truth may be */
	size_t mark;
	const char *name; /* of the value: the column's */
};

/* Bytes that grow. */
struct sk_plot_text {
	char *data;
	size_t size;
	size_t room;
};

/* A piece of the panel's text. */
struct sk_plot_piece {
	size_t at;
	size_t size;
};

struct sk_plot_point {
	struct sk_plot_piece label; /* fit to print */
	struct sk_plot_piece number; /* the value as text */
	double at; /* the quantile */
	double value;
	double low; /* bounds; of a histogram: the range */
	double high;
	bool marked; /* was asked for */
};

/* One picture. */
struct sk_plot_panel {
	struct sk_plot_plan plan;
	struct sk_plot_text text;
	struct sk_plot_piece heading;
	struct sk_plot_point *points;
	size_t count;
	size_t room;
	uint64_t left_out;
};

/* What is remembered from one window's line to the next. */
struct sk_plot_series {
	struct sk_scale scale;
	size_t label_width;
	size_t number_width;
	bool begun;
};

struct sk_plot_svg;

struct sk_plot {
	enum sk_plot_how how;
	enum sk_scale_choice scale;
	struct sk_output *output;
	struct sk_plot_panel panel;
	size_t width; /* columns */
	bool ascii;
	bool colour;
	bool apart;   /* a panel is above */
	size_t lines;
	size_t lines_max;
	size_t unpainted; /* panels that there was no room for */
	struct sk_plot_series series, series_before;
	bool apart_before;
	struct sk_plot_svg *svg;
};

/* Text that grows; dies of want of memory. */
void sk_plot_text_add(struct sk_plot_text *text, const char *bytes, size_t size);
void sk_plot_text_string(struct sk_plot_text *text, const char *string);

/* Decide which picture an answer of these columns is. */
struct sk_plot_plan sk_plot_plan(const struct sk_column *columns, size_t n);

struct sk_span sk_plot_piece(const struct sk_plot_panel *panel, struct sk_plot_piece piece);

/* The scale of ${panel}'s values, down to 0 where they are not on a log scale. */
struct sk_scale sk_plot_value_scale(const struct sk_plot *plot, const struct sk_plot_panel *panel);

/* The columns that printable text takes. */
size_t sk_plot_columns(struct sk_span text);

/*
 * Text of ${width} columns at most, by leaving out what is in its middle: its two ends, with an ellipsis between them
 * where *${cut}. Returns its width.
 */
size_t sk_plot_cut(struct sk_span text, size_t width, size_t ellipsis, struct sk_span ends[2], bool *cut);

/* Numbers for people: the fewest digits, ${digits} at most, that say it. */
#define SK_PLOT_NUMBER 32
size_t sk_plot_number(char text[SK_PLOT_NUMBER], double value, int digits);

/* "0.99" as "p99". */
size_t sk_plot_quantile(char text[SK_PLOT_NUMBER], double q);

/* The digits it takes to tell the ends of ${panel}'s ranges apart. */
int sk_plot_edge_digits(const struct sk_plot_panel *panel);

/* Text on a terminal. */

/* Find out about the terminal; its width may change. */
void sk_plot_terminal(struct sk_plot *plot);

/* Begin a line; false if there is to be no more. */
bool sk_plot_line(struct sk_plot *plot);

/* Text in so many columns, cut in the middle, and filled on the left for numbers. */
void sk_plot_put(struct sk_plot *plot, struct sk_span text, size_t width, bool right);

/* Glyphs by name: a cell filled by ${eighths} from the left or from below, and shades from dark (0) to light (2). */
void sk_plot_cell(struct sk_plot *plot, unsigned eighths);
void sk_plot_column_cell(struct sk_plot *plot, unsigned eighths);
void sk_plot_shade(struct sk_plot *plot, unsigned shade, size_t count);

enum sk_plot_ink { SK_PLOT_PLAIN, SK_PLOT_BAR, SK_PLOT_DIM };
void sk_plot_ink(struct sk_plot *plot, enum sk_plot_ink ink);

/*
 * Begin a picture: its heading, behind an empty line if there is one above; nothing before the lines of a series. False if
 * there is to be no more. And say how many lines were left out of it.
 */
bool sk_plot_begin_picture(struct sk_plot *plot, const struct sk_plot_panel *panel);
void sk_plot_end_picture(struct sk_plot *plot, uint64_t left_out);

/* The lines that are left; and how many of ${count} fit, where one says how many do not, or that ${left_out} are missing. */
size_t sk_plot_lines_left(const struct sk_plot *plot);
size_t sk_plot_fitting(const struct sk_plot *plot, size_t count, uint64_t left_out);

/* Make ${panel} smaller where that helps it to fit; false if there is no room for it. And say how many there were of those. */
bool sk_plot_fit(struct sk_plot *plot, struct sk_plot_panel *panel);
void sk_plot_end_fit(struct sk_plot *plot);

/* The columns that are left for bars, behind ${before}. */
size_t sk_plot_bar_width(const struct sk_plot *plot, size_t before);

/* The pictures. */
void sk_plot_paint_bars(struct sk_plot *plot, const struct sk_plot_panel *panel);
void sk_plot_paint_strips(struct sk_plot *plot, const struct sk_plot_panel *panel);
void sk_plot_paint_curve(struct sk_plot *plot, const struct sk_plot_panel *panel);

/* What part of the numbers is at most ${value}, by the points of a curve. */
double sk_plot_cumulative(const struct sk_plot_panel *panel, double value);

/* SVG. */
struct sk_plot_svg *sk_plot_svg_new(void);
void sk_plot_svg_free(struct sk_plot_svg *svg);
void sk_plot_svg_panel(struct sk_plot *plot, const struct sk_plot_panel *panel);
void sk_plot_svg_finish(struct sk_plot *plot);

#endif
