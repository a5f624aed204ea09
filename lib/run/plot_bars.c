/* plot_bars.c -- bars and strips on a terminal: one line each. */
#include "plot_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2
#define STRIP_NUMBER 9
#define STRIP_NUMBERS 5 /* values of a strip that are printed, at most */
#define STRIP_MIN 8

static struct sk_span
span_of(const char *text, size_t size)
{
	return (struct sk_span){ (const unsigned char *)text, size };
}

static size_t
most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Bars */

/* Full up to ${low}, and shaded up to ${high}: parts of ${width}. What is not nothing is seen. */
static void
put_bar(struct sk_plot *plot, double low, double high, size_t width, bool something)
{
	size_t eighths = (size_t)(low * (double)width * 8 + 0.5), shaded = 0;

	if (eighths == 0 && something && low == high)
		eighths = 1;
	if (high > low)
		shaded = (size_t)ceil(high * (double)width - 1e-9);
	sk_plot_ink(plot, SK_PLOT_BAR);
	for (size_t i = 0; i < eighths / 8; i++)
		sk_plot_cell(plot, 8);
	if (eighths % 8 > 0)
		sk_plot_cell(plot, (unsigned)(eighths % 8));
	eighths = (eighths + 7) / 8;
	if (shaded > eighths) {
		sk_plot_ink(plot, SK_PLOT_DIM);
		sk_plot_shade(plot, 2, shaded - eighths);
	}
	sk_plot_ink(plot, SK_PLOT_PLAIN);
}

/* "from to to" for a range. */
static size_t
range_label(const struct sk_plot_point *point, int digits, char text[2 * SK_PLOT_NUMBER + 4])
{
	char high[SK_PLOT_NUMBER];
	size_t size = sk_plot_number(text, point->low, digits);

	sk_plot_number(high, point->high, digits);
	return size + (size_t)snprintf(text + size, SK_PLOT_NUMBER + 4, " to %s", high);
}

/* The line over a series: what the columns are, and how long a bar may be. */
static void
put_series_head(struct sk_plot *plot, const char *names, size_t before)
{
	const struct sk_plot_series *series = &plot->series;
	const size_t width = sk_plot_bar_width(plot, before);
	char low[SK_PLOT_NUMBER], high[SK_PLOT_NUMBER];
	const size_t low_size = sk_plot_number(low, series->scale.low, 4);
	const size_t high_size = sk_plot_number(high, series->scale.high, 4);

	if (!sk_plot_line(plot))
		return;
	sk_plot_ink(plot, SK_PLOT_DIM);
	sk_output_string(plot->output, names);
	sk_output_fill(plot->output, ' ', before > strlen(names) ? before - strlen(names) : 0);
	sk_output_bytes(plot->output, span_of(low, low_size));
	if (low_size + high_size < width) {
		sk_output_fill(plot->output, ' ', width - low_size - high_size);
		sk_output_bytes(plot->output, span_of(high, high_size));
	}
	sk_plot_ink(plot, SK_PLOT_PLAIN);
	sk_output_byte(plot->output, '\n');
}

/*
 * The scale of a series holds until a window does not fit: then a new head says which one there is from here on. It has
 * some room, so that this is rare.
 */
static bool
fit_series(struct sk_plot *plot, struct sk_scale scale, size_t label_width, size_t number_width)
{
	struct sk_plot_series *series = &plot->series;
	const bool fits = series->begun && scale.high <= series->scale.high &&
	    scale.low >= series->scale.low && label_width <= series->label_width &&
	    number_width <= series->number_width;

	if (fits)
		return true;
	if (scale.high > 0)
		scale.high = sk_scale_round_up(scale.high);
	if (scale.low < 0)
		scale.low = -sk_scale_round_up(-scale.low);
	if (series->begun) {
		scale.high = fmax(scale.high, series->scale.high);
		scale.low = fmin(scale.low, series->scale.low);
	}
	series->scale = scale;
	series->label_width = most(series->label_width, label_width);
	series->number_width = most(most(series->number_width, number_width), 6);
	series->begun = true;
	return false;
}

struct layout {
	struct sk_scale scale;
	size_t label;
	size_t number;
	size_t bar;
	bool right; /* labels are numbers */
	int digits;
};

/* How wide everything is. */
static struct layout
lay_out(const struct sk_plot *plot, const struct sk_plot_panel *panel, size_t count)
{
	const bool ranges = panel->plan.kind == SK_PLOT_HISTOGRAM;
	struct layout layout = { .right = ranges };
	char text[2 * SK_PLOT_NUMBER + 4];
	size_t before;

	if (ranges)
		layout.digits = sk_plot_edge_digits(panel);
	layout.scale = (struct sk_scale){ 0 };
	for (size_t i = 0; i < count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		const double high = ranges ? point->value : fmax(point->value, point->high);
		const size_t label = ranges ? range_label(point, layout.digits, text) :
					      sk_plot_columns(sk_plot_piece(panel, point->label));

		layout.label = most(layout.label, label);
		layout.number = most(layout.number, point->number.size);
		if (isfinite(high))
			layout.scale.high = fmax(layout.scale.high, high);
	}
	if (layout.label > plot->width / 2 - GAP)
		layout.label = plot->width / 2 - GAP;
	before = layout.label + (layout.label > 0 ? GAP : 0) + layout.number + GAP;
	layout.bar = sk_plot_bar_width(plot, before);
	return layout;
}

static void
put_bar_line(struct sk_plot *plot, const struct sk_plot_panel *panel, const struct sk_plot_point *point,
    const struct layout *layout)
{
	const bool ranges = panel->plan.kind == SK_PLOT_HISTOGRAM;
	char text[2 * SK_PLOT_NUMBER + 4];
	struct sk_span label = sk_plot_piece(panel, point->label);

	if (ranges)
		label = span_of(text, range_label(point, layout->digits, text));
	sk_plot_put(plot, label, layout->label, layout->right);
	sk_output_fill(plot->output, ' ', layout->label > 0 ? GAP : 0);
	sk_plot_put(plot, sk_plot_piece(panel, point->number), layout->number, true);
	if (point->value > 0) {
		const double low = sk_scale_part(&layout->scale, ranges ? point->value : point->low);
		const double high = sk_scale_part(&layout->scale, ranges ? point->value : point->high);

		sk_output_fill(plot->output, ' ', GAP);
		put_bar(plot, low, high, layout->bar, true);
	}
	sk_output_byte(plot->output, '\n');
}

void
sk_plot_paint_bars(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	struct layout layout;
	size_t shown;

	if (!sk_plot_begin_picture(plot, panel))
		return;
	shown = sk_plot_fitting(plot, panel->count, panel->left_out);
	layout = lay_out(plot, panel, shown);
	if (panel->plan.held) {
		struct sk_plot_series *series = &plot->series;
		const bool fits = fit_series(plot, layout.scale, layout.label, layout.number);
		const size_t before = series->label_width + GAP + series->number_width + GAP;

		if (!fits)
			put_series_head(plot, panel->plan.series ? "start" : "", before);
		if (!fits && !panel->plan.series) /* the head has taken the line of one */
			shown = sk_plot_fitting(plot, panel->count, panel->left_out);
		layout.scale = series->scale;
		layout.label = series->label_width;
		layout.number = series->number_width;
		layout.bar = sk_plot_bar_width(plot, before);
	}
	for (size_t i = 0; i < shown && sk_plot_line(plot); i++)
		put_bar_line(plot, panel, &panel->points[i], &layout);
	sk_plot_end_picture(plot, panel->left_out + (panel->count - shown));
}

/* Strips */

/* How wide everything is. */
struct strips {
	size_t label;
	size_t numbers; /* values that are printed */
	size_t before;  /* the strip */
};

static bool
same_label(const struct sk_plot_panel *panel, size_t a, size_t b)
{
	const struct sk_span one = sk_plot_piece(panel, panel->points[a].label),
			     other = sk_plot_piece(panel, panel->points[b].label);

	return one.size == other.size && memcmp(one.data, other.data, one.size) == 0;
}

/* The points of a label: the same one from ${from} up to the result. */
static size_t
strip_end(const struct sk_plot_panel *panel, size_t from)
{
	size_t to = from + 1;

	while (to < panel->count && same_label(panel, from, to) && panel->points[to].at > panel->points[from].at)
		to++;
	return to;
}

/* Shades between the values of a strip: what a box has is dark, and what is beyond the last value is nothing. */
static void
put_shades(struct sk_plot *plot, const struct sk_plot_panel *panel, size_t from, size_t to,
    const struct sk_scale *scale, size_t width)
{
	size_t at = 0;

	for (size_t i = from; i < to; i++) {
		const size_t upto = (size_t)(sk_scale_part(scale, panel->points[i].value) * (double)width + 0.5);
		const size_t n = upto > at ? upto - at : 0, step = i - from;

		if (panel->plan.boxes && step == 0) {
			sk_output_fill(plot->output, ' ', n);
		} else {
			const bool box = step == 2 || step == 3;

			sk_plot_ink(plot, SK_PLOT_BAR);
			if (panel->plan.boxes ? step == 2 : step == 0)
				for (size_t k = 0; k < n; k++)
					sk_plot_cell(plot, 8);
			else if (panel->plan.boxes)
				sk_plot_shade(plot, box ? 0 : 2, n);
			else
				sk_plot_shade(plot, step < 3 ? (unsigned)step - 1 : 2, n);
		}
		at = most(at, upto);
	}
	sk_plot_ink(plot, SK_PLOT_PLAIN);
}

static void
put_strip(struct sk_plot *plot, const struct sk_plot_panel *panel, size_t from, size_t to, const struct strips *strips)
{
	sk_plot_put(plot, sk_plot_piece(panel, panel->points[from].label), strips->label, false);
	for (size_t i = from; i < to && i < from + strips->numbers; i++) {
		char text[SK_PLOT_NUMBER];
		const size_t size = sk_plot_number(text, panel->points[i].value, 4);

		sk_output_byte(plot->output, ' ');
		sk_plot_put(plot, span_of(text, size), STRIP_NUMBER, true);
	}
	sk_output_fill(plot->output, ' ', GAP);
	put_shades(plot, panel, from, to, &plot->series.scale, sk_plot_bar_width(plot, strips->before));
	sk_output_byte(plot->output, '\n');
}

/* The names of the values, over them. */
static void
strip_names(const struct sk_plot_panel *panel, const struct strips *strips, char *names, size_t room)
{
	static const char *const of_box[] = { "min", "p25", "p50", "p75", "max" };
	size_t used = (size_t)snprintf(names, room, "%-*s", (int)strips->label, panel->plan.series ? "start" : "");

	for (size_t i = 0; i < strips->numbers; i++) {
		char text[SK_PLOT_NUMBER];

		sk_plot_quantile(text, panel->points[i].at);
		used += (size_t)snprintf(names + used, room - used, " %*s", STRIP_NUMBER,
		    panel->plan.boxes ? of_box[i] : text);
	}
}

/* As many of the values as leave room for the strip, and the first at least. */
static struct strips
lay_out_strips(const struct sk_plot *plot, const struct sk_plot_panel *panel, size_t label)
{
	const size_t points = strip_end(panel, 0), besides = label + GAP + STRIP_MIN;
	const size_t room = plot->width > besides ? (plot->width - besides) / (STRIP_NUMBER + 1) : 0;
	struct strips strips = { .label = label };

	strips.numbers = points < STRIP_NUMBERS ? points : STRIP_NUMBERS;
	if (strips.numbers > room)
		strips.numbers = most(room, 1);
	strips.before = label + strips.numbers * (STRIP_NUMBER + 1) + GAP;
	return strips;
}

static size_t
widest_label(const struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	size_t label = 0;

	for (size_t i = 0; i < panel->count; i++)
		label = most(label, sk_plot_columns(sk_plot_piece(panel, panel->points[i].label)));
	return label < plot->width / 3 ? label : plot->width / 3;
}

static size_t
count_strips(const struct sk_plot_panel *panel)
{
	size_t count = 0;

	for (size_t from = 0; from < panel->count; from = strip_end(panel, from))
		count++;
	return count;
}

void
sk_plot_paint_strips(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	const size_t count = count_strips(panel);
	struct strips strips;
	size_t shown, from = 0;
	char names[512];
	bool fits;

	if (!sk_plot_begin_picture(plot, panel))
		return;
	if (!panel->plan.series)
		plot->series = (struct sk_plot_series){ 0 };
	fits = fit_series(plot, sk_plot_value_scale(plot, panel), widest_label(plot, panel), 0);
	strips = lay_out_strips(plot, panel, plot->series.label_width);
	strip_names(panel, &strips, names, sizeof(names));
	if (!fits)
		put_series_head(plot, names, strips.before);
	shown = sk_plot_fitting(plot, count, panel->left_out);
	for (size_t i = 0; i < shown && sk_plot_line(plot); i++) {
		const size_t to = strip_end(panel, from);

		put_strip(plot, panel, from, to, &strips);
		from = to;
	}
	sk_plot_end_picture(plot, panel->left_out + (count - shown));
}
