/* plot_curve.c -- cumulative curves on a terminal. */
#include "plot_parts.h"

#include <math.h>
#include <string.h>

#define CURVE_HEIGHT 10
#define CURVE_MIN 5
#define CURVE_AXIS 2
#define CURVE_MARGIN 6 /* "100% |" */

static struct sk_span
span_of(const char *text, size_t size)
{
	return (struct sk_span){ (const unsigned char *)text, size };
}

/* What is asked of the numbers under a curve */

double
sk_plot_cumulative(const struct sk_plot_panel *panel, double value)
{
	const struct sk_plot_point *before = NULL;

	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];

		if (point->marked)
			continue;
		if (point->value > value) {
			if (before == NULL || !isfinite(point->value) || !isfinite(before->value))
				return before == NULL ? 0 : before->at;
			return before->at +
			    (point->at - before->at) * (value - before->value) / (point->value - before->value);
		}
		before = point;
	}
	return before == NULL ? 0 : before->at;
}

static void
put_curve_row(struct sk_plot *plot, const struct sk_plot_panel *panel, const struct sk_scale *scale, size_t row,
    size_t height)
{
	const size_t width = sk_plot_bar_width(plot, CURVE_MARGIN);
	const char *label = row == 0 ? "100%" : row == height / 2 ? " 50%" : "    ";

	sk_plot_ink(plot, SK_PLOT_DIM);
	sk_output_string(plot->output, label);
	sk_output_string(plot->output, plot->ascii ? " |" : " \xe2\x94\x82");
	sk_plot_ink(plot, SK_PLOT_BAR);
	for (size_t i = 0; i < width; i++) {
		const double x = i + 1 == width ? scale->high :
						  sk_scale_value(scale, (double)(i + 1) / (double)width);
		const long level = lround(sk_plot_cumulative(panel, x) * 8 * (double)height) -
		    8 * (long)(height - 1 - row);

		sk_plot_column_cell(plot, level <= 0 ? 0 : level >= 8 ? 8 : (unsigned)level);
	}
	sk_plot_ink(plot, SK_PLOT_PLAIN);
	sk_output_byte(plot->output, '\n');
}

/* The axis below the curve, and its numbers where they belong. */
static void
put_curve_axis(struct sk_plot *plot, const struct sk_scale *scale)
{
	const size_t width = sk_plot_bar_width(plot, CURVE_MARGIN);
	double ticks[SK_SCALE_TICKS];
	const size_t n = sk_scale_ticks(scale, width / 12, ticks);
	size_t used = 0;

	if (!sk_plot_line(plot))
		return;
	sk_plot_ink(plot, SK_PLOT_DIM);
	sk_output_string(plot->output, plot->ascii ? "  0% +" : "  0% \xe2\x94\x94");
	for (size_t i = 0; i < width; i++)
		sk_output_string(plot->output, plot->ascii ? "-" : "\xe2\x94\x80");
	sk_output_byte(plot->output, '\n');
	if (!sk_plot_line(plot)) {
		sk_plot_ink(plot, SK_PLOT_PLAIN);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char text[SK_PLOT_NUMBER];
		const size_t size = sk_plot_number(text, ticks[i], 4);
		const size_t middle = CURVE_MARGIN +
		    (size_t)(sk_scale_part(scale, ticks[i]) * (double)(width - 1) + 0.5);
		size_t at = middle > size / 2 ? middle - size / 2 : 0;

		if (at + size > CURVE_MARGIN + width)
			at = CURVE_MARGIN + width - size;
		if (at < used + (used > 0))
			continue;
		sk_output_fill(plot->output, ' ', at - used);
		sk_output_bytes(plot->output, span_of(text, size));
		used = at + size;
	}
	sk_plot_ink(plot, SK_PLOT_PLAIN);
	sk_output_byte(plot->output, '\n');
}

/* The quantiles asked for, with their bounds. */
static void
put_mark(struct sk_plot *plot, const struct sk_plot_panel *panel, const struct sk_plot_point *point, size_t name_width)
{
	char name[SK_PLOT_NUMBER], low[SK_PLOT_NUMBER], high[SK_PLOT_NUMBER];

	sk_plot_quantile(name, point->at);
	sk_plot_put(plot, span_of(name, strlen(name)), name_width, false);
	sk_output_bytes(plot->output, sk_plot_piece(panel, point->number));
	if (point->low < point->high) {
		sk_plot_number(low, point->low, 6);
		sk_plot_number(high, point->high, 6);
		sk_plot_ink(plot, SK_PLOT_DIM);
		sk_output_string(plot->output, "  (");
		sk_output_string(plot->output, low);
		sk_output_string(plot->output, " to ");
		sk_output_string(plot->output, high);
		sk_output_string(plot->output, ")");
		sk_plot_ink(plot, SK_PLOT_PLAIN);
	}
	sk_output_byte(plot->output, '\n');
}

/* All of them, a line each. */
static void
put_marks(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	size_t name_width = CURVE_MARGIN;

	for (size_t i = 0; i < panel->count; i++) {
		char name[SK_PLOT_NUMBER];
		const size_t size = panel->points[i].marked ? sk_plot_quantile(name, panel->points[i].at) : 0;

		if (size >= name_width)
			name_width = size + 1;
	}
	for (size_t i = 0; i < panel->count; i++)
		if (panel->points[i].marked && sk_plot_line(plot))
			put_mark(plot, panel, &panel->points[i], name_width);
}

/* As many of them as there is room for on one line, without their bounds. */
static void
put_marks_in_line(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	size_t used = 0;

	if (!sk_plot_line(plot))
		return;
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		char text[2 * SK_PLOT_NUMBER + 1];
		size_t size;

		if (!point->marked)
			continue;
		size = sk_plot_quantile(text, point->at);
		text[size++] = ' ';
		size += sk_plot_number(text + size, point->value, 4);
		if (used > 0 && used + 2 + size > plot->width)
			break;
		sk_output_fill(plot->output, ' ', used > 0 ? 2 : 0);
		sk_output_bytes(plot->output, span_of(text, size));
		used += (used > 0 ? 2 : 0) + size;
	}
	sk_output_byte(plot->output, '\n');
}

/* Where there are few lines, the quantiles share one, and the curve has what is left. */
void
sk_plot_paint_curve(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	const struct sk_scale scale = sk_plot_value_scale(plot, panel);
	size_t height = CURVE_HEIGHT, marks = 0, left;
	bool in_line;

	if (!sk_plot_begin_picture(plot, panel))
		return;
	for (size_t i = 0; i < panel->count; i++)
		marks += panel->points[i].marked;
	left = sk_plot_lines_left(plot);
	in_line = left < CURVE_MIN + CURVE_AXIS + marks;
	marks = in_line && marks > 1 ? 1 : marks;
	if (left < height + CURVE_AXIS + marks)
		height = left > CURVE_AXIS + marks ? left - CURVE_AXIS - marks : 0;
	for (size_t row = 0; row < height && sk_plot_line(plot); row++)
		put_curve_row(plot, panel, &scale, row, height);
	if (height > 0)
		put_curve_axis(plot, &scale);
	if (in_line)
		put_marks_in_line(plot, panel);
	else
		put_marks(plot, panel);
	sk_plot_end_picture(plot, panel->left_out);
}
