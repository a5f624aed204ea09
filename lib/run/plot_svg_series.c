/* plot_svg_series.c -- lines of windows over time, in SVG pictures. */
#include "plot_svg_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COLOURS 5
#define TIME_WIDTH 145 /* of what names a window */

/* Two windows as one: the greater values, so that no peak goes. */
static void
join(struct moment *into, const struct moment *from)
{
	for (size_t i = 0; i < VALUES; i++)
		into->value[i] = fmax(into->value[i], from->value[i]);
	into->low = fmin(into->low, from->low);
	into->high = fmax(into->high, from->high);
}

static void
remember(struct sk_plot_svg *svg, const struct moment *moment)
{
	if (svg->waiting > 0 && svg->waiting < svg->step) {
		join(&svg->moments[svg->count - 1], moment);
		svg->waiting++;
		return;
	}
	if (svg->moments == NULL && (svg->moments = calloc(SK_PLOT_ROWS, sizeof(*svg->moments))) == NULL)
		sk_die("out of memory");
	if (svg->count == SK_PLOT_ROWS) {
		for (size_t i = 0; i < SK_PLOT_ROWS / 2; i++) {
			svg->moments[i] = svg->moments[2 * i];
			join(&svg->moments[i], &svg->moments[2 * i + 1]);
		}
		svg->count /= 2;
		svg->step *= 2;
	}
	svg->moments[svg->count++] = *moment;
	svg->waiting = 1;
}

void
sk_svg_add_moment(struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const struct sk_span label = sk_plot_piece(panel, panel->points[0].label);
	struct moment moment = { .low = panel->points[0].low, .high = panel->points[0].high };

	snprintf(moment.label, sizeof(moment.label), "%.*s", (int)(label.size < 39 ? label.size : 39),
	    (const char *)label.data);
	svg->boxes = panel->plan.boxes;
	svg->name = panel->plan.name;
	svg->values = panel->plan.kind == SK_PLOT_BARS ? 1 : panel->count < VALUES ? panel->count : VALUES;
	for (size_t i = 0; i < svg->values; i++) {
		moment.value[i] = panel->points[i].value;
		svg->quantile[i] = panel->plan.kind == SK_PLOT_BARS ? -1 : panel->points[i].at;
	}
	remember(svg, &moment);
}

/* When, below the lines: as many as there is room for. */
static void
add_times(struct sk_plot_svg *svg, double left, double right, double top, double bottom)
{
	const size_t most = 4, last = svg->count - 1;
	double used = left - TIME_WIDTH;

	for (size_t i = 0; i <= most; i++) {
		const size_t at = last * i / most;
		const double x = left + (last > 0 ? (double)at / (double)last : 0) * (right - left);

		/* The first and the last stand inside the picture, and the others have room between them. */
		if (i == most ? x < used + TIME_WIDTH :
				x < used + (i == 1 ? 1.5 : 1) * TIME_WIDTH || x > right - (i > 0 ? 1.5 : 0) * TIME_WIDTH)
			continue;
		used = x;
		sk_svg_add_line(svg, x, top, x, bottom, "g");
		sk_svg_add_string(svg, x, bottom + 16, i == 0 ? "t l" : i == most ? "t r" : "t m", svg->moments[at].label);
	}
}

static void
add_polyline(struct sk_plot_svg *svg, size_t value, const struct sk_scale *y, double left, double right, double top,
    double bottom)
{
	const double last = svg->count > 1 ? (double)(svg->count - 1) : 1;

	sk_svg_add(svg, "<polyline class=\"o%zu\" points=\"", value % COLOURS);
	for (size_t i = 0; i < svg->count; i++)
		if (isfinite(svg->moments[i].value[value]))
			sk_svg_add(svg, "%.1f,%.1f ", left + (double)i / last * (right - left),
			    bottom - sk_scale_part(y, svg->moments[i].value[value]) * (bottom - top));
	/* A line of one point is none. */
	if (svg->count == 1)
		sk_svg_add(svg, "%.1f,%.1f", right, bottom - sk_scale_part(y, svg->moments[0].value[value]) * (bottom - top));
	sk_plot_text_string(&svg->text, "\"/>\n");
}

/* What is between the bounds of a single line. */
static void
add_band(struct sk_plot_svg *svg, const struct sk_scale *y, double left, double right, double top, double bottom)
{
	const double last = svg->count > 1 ? (double)(svg->count - 1) : 1;

	sk_plot_text_string(&svg->text, "<polygon class=\"c0 u3\" points=\"");
	for (size_t i = 0; i < 2 * svg->count; i++) {
		const bool back = i >= svg->count;
		const size_t at = back ? 2 * svg->count - 1 - i : i;
		const double value = back ? svg->moments[at].high : svg->moments[at].low;

		sk_svg_add(svg, "%.1f,%.1f ", left + (double)at / last * (right - left),
		    bottom - sk_scale_part(y, value) * (bottom - top));
	}
	sk_plot_text_string(&svg->text, "\"/>\n");
}

void
sk_svg_paint_series(struct sk_plot_svg *svg)
{
	static const char *const of_box[VALUES] = { "min", "p25", "p50", "p75", "max" };
	static const char *const fills[VALUES] = { "c0", "c1", "c2", "c3", "c4" };
	const double left = PLOT_LEFT, right = WIDTH - MARGIN, top = svg->height + PLOT_TOP, bottom = top + PLOT_HEIGHT;
	struct sk_scale y = { 0 };

	for (size_t i = 0; i < svg->count; i++)
		for (size_t k = 0; k < svg->values; k++)
			if (isfinite(svg->moments[i].value[k])) {
				y.low = fmin(y.low, svg->moments[i].value[k]);
				y.high = fmax(y.high, svg->moments[i].value[k]);
			}
	for (size_t i = 0; svg->values == 1 && i < svg->count; i++)
		y.high = fmax(y.high, svg->moments[i].high);
	y.high = y.high > y.low ? y.high : y.low + 1;
	sk_scale_widen(&y, Y_TICKS);
	sk_svg_add_y_axis(svg, &y, left, right, top, bottom, false);
	sk_svg_add_axis_names(svg, left, right, top, bottom, svg->boxes ? "value" : svg->name, NULL);
	add_times(svg, left, right, top, bottom);
	if (svg->values == 1)
		add_band(svg, &y, left, right, top, bottom);
	for (size_t k = 0; k < svg->values; k++) {
		char name[SK_PLOT_NUMBER];

		add_polyline(svg, k, &y, left, right, top, bottom);
		if (svg->quantile[k] < 0)
			continue;
		sk_plot_quantile(name, svg->quantile[k]);
		sk_svg_add_box(svg, left + 90 * (double)k, top - 20, 12, 12, fills[k]);
		sk_svg_add_string(svg, left + 90 * (double)k + 18, top - 9, "l", svg->boxes ? of_box[k] : name);
	}
	svg->height = bottom + 2 * LINE;
	if (svg->step > 1) {
		sk_svg_add(svg, "<text x=\"%d\" y=\"%.1f\" class=\"t\">Each point is the greatest of %" PRIu64 " windows.</text>\n",
		    PLOT_LEFT, svg->height, svg->step);
		svg->height += LINE;
	}
}
