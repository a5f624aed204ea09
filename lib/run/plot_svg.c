/*
 * plot_svg.c -- pictures as one SVG 1.1 file: its size is known only when all pictures are, so that they are kept as text
 * until then. A series of windows is kept as points.
 */
#include "plot_svg_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct sk_plot_svg *
sk_plot_svg_new(void)
{
	struct sk_plot_svg *svg = calloc(1, sizeof(*svg));

	if (svg == NULL)
		sk_die("out of memory");
	svg->height = MARGIN;
	svg->step = 1;
	return svg;
}

void
sk_plot_svg_free(struct sk_plot_svg *svg)
{
	if (svg == NULL)
		return;
	free(svg->text.data);
	free(svg->moments);
	free(svg);
}

/* Pictures */

#define ZERO_WIDTH 14 /* of the range that has zeros, on a log scale */

/* Bars with their labels on the left, their numbers on the right and what is uncertain in a lighter colour. */
static void
paint_bars(struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	struct sk_scale scale = { 0 };
	size_t label = 0, number = 0;
	double left, right, y = svg->height;

	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		const size_t columns = sk_plot_columns(sk_plot_piece(panel, point->label));

		label = columns > label ? columns : label;
		number = point->number.size > number ? point->number.size : number;
		scale.high = isfinite(point->high) ? fmax(scale.high, fmax(point->value, point->high)) : scale.high;
	}
	label = label < LABEL_COLUMNS ? label : LABEL_COLUMNS;
	left = MARGIN + (double)label * COLUMN + 10;
	right = WIDTH - MARGIN - (double)number * COLUMN - 10;
	sk_scale_widen(&scale, X_TICKS);
	sk_svg_add_x_axis(svg, &scale, left, right, y, y + (double)panel->count * LINE);
	sk_svg_add_string(svg, left - 10, y + (double)panel->count * LINE + 16, "t r", panel->plan.name);
	for (size_t i = 0; i < panel->count; i++, y += LINE) {
		const struct sk_plot_point *point = &panel->points[i];
		const double low = sk_scale_part(&scale, fmin(point->low, point->value)) * (right - left);
		const double high = sk_scale_part(&scale, point->high) * (right - left);

		sk_svg_add_text(svg, left - 8, y + 15, "k r", sk_plot_piece(panel, point->label), LABEL_COLUMNS);
		sk_svg_add_box(svg, left, y + 3, low, LINE - 6, "c0");
		if (high > low)
			sk_svg_add_box(svg, left + low, y + 3, high - low, LINE - 6, "c0 u");
		sk_svg_add_text(svg, left + high + 6, y + 15, "n", sk_plot_piece(panel, point->number), LABEL_COLUMNS);
	}
	svg->height = y + LINE;
}

static void
paint_histogram(struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const struct sk_plot_point *first = &panel->points[0], *last = &panel->points[panel->count - 1];
	const double left = PLOT_LEFT, right = WIDTH - MARGIN - TICK_ROOM, top = svg->height + PLOT_TOP, bottom = top + PLOT_HEIGHT;
	struct sk_scale x = { .low = first->low, .high = last->high }, y = { 0 };
	double start = left;

	/* Ranges that grow are of equal ratio, but for the one from 0. */
	if (panel->count > 2 && panel->points[1].low > 0 &&
	    last->high - last->low > 1.01 * (panel->points[1].high - panel->points[1].low)) {
		x.log = true;
		x.low = x.low > 0 ? x.low : panel->points[1].low;
	}
	/* What is left of a log scale has a little room in front of it. */
	if (x.log && first->low < x.low)
		start += ZERO_WIDTH;
	for (size_t i = 0; i < panel->count; i++)
		y.high = fmax(y.high, panel->points[i].value);
	sk_scale_widen(&y, Y_TICKS);
	sk_svg_add_y_axis(svg, &y, left, right, top, bottom, false);
	sk_svg_add_axis_names(svg, left, right, top, bottom, panel->plan.name, "value");
	if (isfinite(x.low) && isfinite(x.high))
		sk_svg_add_x_axis(svg, &x, start, right, top, bottom);
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		const double from = x.log && point->low < x.low ? left :
								  start + sk_scale_part(&x, point->low) * (right - start);
		const double to = point->high > point->low ? start + sk_scale_part(&x, point->high) * (right - start) : right;
		const double height = sk_scale_part(&y, point->value) * (bottom - top);

		sk_svg_add_box(svg, from + 0.5, bottom - height, to - from > 1 ? to - from - 1 : to - from, height, "c0");
	}
	sk_svg_add_line(svg, left, bottom, right, bottom, "a");
	svg->height = bottom + 2 * LINE;
}

/* The quantiles asked for, with their bounds, below the curve. */
static void
add_marks(struct sk_plot_svg *svg, const struct sk_plot_panel *panel, double left)
{
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		char name[SK_PLOT_NUMBER], bounds[2 * SK_PLOT_NUMBER + 8], high[SK_PLOT_NUMBER];
		size_t size;

		if (!point->marked)
			continue;
		sk_plot_quantile(name, point->at);
		svg->height += LINE;
		sk_svg_add_string(svg, left, svg->height - 8, "n", name);
		sk_svg_add_text(svg, left + 70, svg->height - 8, "n", sk_plot_piece(panel, point->number), LABEL_COLUMNS);
		if (!(point->low < point->high))
			continue;
		size = sk_plot_number(bounds, point->low, 6);
		sk_plot_number(high, point->high, 6);
		snprintf(bounds + size, sizeof(bounds) - size, " to %s", high);
		sk_svg_add_string(svg, left + 230, svg->height - 8, "t", bounds);
	}
}

static void
paint_curve(struct sk_plot *plot, struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const double left = PLOT_LEFT, right = WIDTH - MARGIN - TICK_ROOM, top = svg->height + PLOT_TOP, bottom = top + PLOT_HEIGHT;
	const struct sk_scale x = sk_plot_value_scale(plot, panel), y = { .high = 1 };
	double before = -1;

	sk_svg_add_y_axis(svg, &y, left, right, top, bottom, true);
	sk_svg_add_axis_names(svg, left, right, top, bottom, "share", "at most this value");
	sk_svg_add_x_axis(svg, &x, left, right, top, bottom);
	sk_plot_text_string(&svg->text, "<polyline class=\"o0\" points=\"");
	for (size_t i = 0; i < panel->count; i++)
		if (!panel->points[i].marked && isfinite(panel->points[i].value))
			sk_svg_add(svg, "%.1f,%.1f ", left + sk_scale_part(&x, panel->points[i].value) * (right - left),
			    bottom - panel->points[i].at * (bottom - top));
	sk_plot_text_string(&svg->text, "\"/>\n");
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		const double at = left + sk_scale_part(&x, point->value) * (right - left);
		char name[SK_PLOT_NUMBER];

		if (!point->marked || !isfinite(point->value))
			continue;
		sk_svg_add_line(svg, at, top, at, bottom, "d");
		sk_plot_quantile(name, point->at);
		if (fabs(at - before) > 36)
			sk_svg_add_string(svg, at, top - 4, "t m", name);
		before = at;
	}
	svg->height = bottom + 1.5 * LINE;
	add_marks(svg, panel, left);
	svg->height += LINE / 2.0;
}

/* What the colours of strips change at. */
static void
add_legend(struct sk_plot_svg *svg, const struct sk_plot_panel *panel, double left)
{
	char text[512] = "Up to min, p25, p50, p75, max";
	size_t used = 5;

	for (size_t i = 0; !panel->plan.boxes && i < panel->count && used + SK_PLOT_NUMBER + 2 < sizeof(text); i++) {
		if (i > 0 && panel->points[i].at <= panel->points[i - 1].at)
			break;
		used += (size_t)snprintf(text + used, 4, i > 0 ? ", " : " ");
		used += sk_plot_quantile(text + used, panel->points[i].at);
	}
	svg->height += 6;
	sk_svg_add_string(svg, left, svg->height, "t", text);
	svg->height += LINE / 2.0;
}

/* Strips of keys: as bars, a lighter colour from each value to the next. */
static void
paint_strips(struct sk_plot *plot, struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	struct sk_scale scale = sk_plot_value_scale(plot, panel);
	const double left = MARGIN + 150, right = WIDTH - MARGIN - TICK_ROOM, top = svg->height;
	double y = top, x = left;
	size_t lines = 0;

	for (size_t i = 0; i < panel->count; i++)
		lines += i == 0 || panel->points[i].at <= panel->points[i - 1].at;
	sk_scale_widen(&scale, X_TICKS);
	sk_svg_add_x_axis(svg, &scale, left, right, top, top + (double)lines * LINE);
	sk_svg_add_string(svg, left - 10, top + (double)lines * LINE + 16, "t r", "value");
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		const bool first = i == 0 || point->at <= panel->points[i - 1].at;
		const double to = left + sk_scale_part(&scale, point->value) * (right - left);
		static const char *const classes[] = { "c0", "c0 u1", "c0 u2", "c0 u3" };
		static size_t step;

		if (first) {
			y += i > 0 ? LINE : 0;
			x = left;
			step = 0;
			sk_svg_add_text(svg, left - 8, y + 15, "k r", sk_plot_piece(panel, point->label), 20);
		}
		if (to > x && !(panel->plan.boxes && first))
			sk_svg_add_box(svg, x, y + 3, to - x, LINE - 6,
			    panel->plan.boxes ? (step == 2 || step == 3 ? "c0" : "c0 u3") :
						classes[step < 4 ? step : 3]);
		if (panel->plan.boxes && step == 2)
			sk_svg_add_line(svg, to, y + 1, to, y + LINE - 1, "a");
		x = fmax(x, to);
		step++;
	}
	svg->height = y + 2 * LINE + 4;
	add_legend(svg, panel, left);
}

void
sk_plot_svg_panel(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	struct sk_plot_svg *svg = plot->svg;
	const struct sk_span heading = sk_plot_piece(panel, panel->heading);

	if (panel->plan.series) {
		sk_svg_add_moment(svg, panel);
		return;
	}
	if (svg->panels == SK_PLOT_PANELS) {
		svg->left_out++;
		return;
	}
	svg->panels++;
	if (heading.size > 0) {
		sk_svg_add_text(svg, MARGIN, svg->height + 16, "h", heading, 90);
		svg->height += LINE + 8;
	}
	if (panel->plan.kind == SK_PLOT_HISTOGRAM)
		paint_histogram(svg, panel);
	else if (panel->plan.kind == SK_PLOT_CURVE)
		paint_curve(plot, svg, panel);
	else if (panel->plan.kind == SK_PLOT_STRIPS)
		paint_strips(plot, svg, panel);
	else
		paint_bars(svg, panel);
	if (panel->left_out > 0) {
		sk_svg_add(svg, "<text x=\"%d\" y=\"%.1f\" class=\"t\">and %" PRIu64 " more</text>\n", MARGIN, svg->height + 8,
		    panel->left_out);
		svg->height += LINE;
	}
	svg->height += LINE / 2.0;
}

static const char style[] =
    "<style>\n"
    "svg{color:#24292f}.b{fill:#fff}\n"
    "text{font:13px system-ui,-apple-system,\"Segoe UI\",\"Noto Sans\",sans-serif;fill:currentColor}\n"
    ".k{font:12px ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}.n{font-size:12px}\n"
    ".t{font-size:11px;opacity:.75}.h{font-size:15px;font-weight:600}.r{text-anchor:end}.m{text-anchor:middle}\n"
    ".g{stroke:currentColor;opacity:.15}.a{stroke:currentColor}.d{stroke:currentColor;opacity:.6;stroke-dasharray:4 3}\n"
    ".c0{fill:#2f6fd0}.c1{fill:#1a8f6b}.c2{fill:#c47f12}.c3{fill:#c0392f}.c4{fill:#7d4fc4}\n"
    ".o0,.o1,.o2,.o3,.o4{fill:none;stroke-width:2;stroke-linejoin:round}\n"
    ".o0{stroke:#2f6fd0}.o1{stroke:#1a8f6b}.o2{stroke:#c47f12}.o3{stroke:#c0392f}.o4{stroke:#7d4fc4}\n"
    ".u{opacity:.4}.u1{opacity:.65}.u2{opacity:.4}.u3{opacity:.2}\n"
    "@media (prefers-color-scheme:dark){svg{color:#e6edf3}.b{fill:#16191d}\n"
    ".c0{fill:#6aa5ff}.c1{fill:#3fb98f}.c2{fill:#e0a33a}.c3{fill:#f0776c}.c4{fill:#b08cf0}\n"
    ".o0{stroke:#6aa5ff}.o1{stroke:#3fb98f}.o2{stroke:#e0a33a}.o3{stroke:#f0776c}.o4{stroke:#b08cf0}}\n"
    "</style>\n";

void
sk_plot_svg_finish(struct sk_plot *plot)
{
	struct sk_plot_svg *svg = plot->svg;
	char head[256];

	if (svg->count > 0)
		sk_svg_paint_series(svg);
	if (svg->count == 0 && svg->panels == 0) {
		sk_svg_add_string(svg, MARGIN, svg->height + LINE / 2.0, "t", "no data");
		svg->height += LINE;
	}
	if (svg->left_out > 0)
		sk_note("the picture has the first %d of %" PRIu64 " parts", SK_PLOT_PANELS,
		    SK_PLOT_PANELS + svg->left_out);
	snprintf(head, sizeof(head),
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%.0f\" "
	    "viewBox=\"0 0 %d %.0f\" role=\"img\">\n",
	    WIDTH, svg->height + MARGIN, WIDTH, svg->height + MARGIN);
	sk_output_string(plot->output, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	sk_output_string(plot->output, head);
	sk_output_string(plot->output, "<title>");
	sk_output_string(plot->output, sk_diag_program());
	sk_output_string(plot->output, "</title>\n");
	sk_output_string(plot->output, style);
	/* Not every viewer knows of a background, and they put dark text on what they have. */
	snprintf(head, sizeof(head), "<path class=\"b\" d=\"M0 0h%dv%.0fh-%dz\"/>\n", WIDTH, svg->height + MARGIN, WIDTH);
	sk_output_string(plot->output, head);
	sk_output_bytes(
	    plot->output, (struct sk_span){ (const unsigned char *)svg->text.data, svg->text.size });
	sk_output_string(plot->output, "</svg>\n");
}
