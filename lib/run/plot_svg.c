/*
 * plot_svg.c -- pictures as one SVG 1.1 file: its size is known only when all pictures are, so that they are kept as text
 * until then. A series of windows is kept as points.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "plot_parts.h"

#define WIDTH 800
#define MARGIN 16
#define LINE 22          /* from one line of text, or bar, to the next */
#define LABEL_COLUMNS 34 /* of labels beside bars, about 7 pixels each */
#define COLUMN 7.2
#define PLOT_LEFT 80     /* of pictures with an axis of values on the left */
#define PLOT_HEIGHT 260
#define COLOURS 5
#define TIME_WIDTH 145 /* of what names a window */

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
};

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

/* Text */

static void SK_PRINTF(2, 3)
add(struct sk_plot_svg *svg, const char *format, ...)
{
	char text[512];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	sk_plot_text_add(&svg->text, text, size < (int)sizeof(text) ? (size_t)size : sizeof(text) - 1);
}

static void
add_escaped(struct sk_plot_svg *svg, struct sk_span text)
{
	for (size_t i = 0; i < text.size; i++) {
		const char byte = (char)text.data[i];

		if (byte == '&')
			sk_plot_text_string(&svg->text, "&amp;");
		else if (byte == '<')
			sk_plot_text_string(&svg->text, "&lt;");
		else if (byte == '>')
			sk_plot_text_string(&svg->text, "&gt;");
		else
			sk_plot_text_add(&svg->text, &byte, 1);
	}
}

/* Text at a place, as its class has it: l, r and m say which part of it is there. */
static void
add_text(struct sk_plot_svg *svg, double x, double y, const char *class, struct sk_span text, size_t width)
{
	struct sk_span ends[2];
	bool cut;

	sk_plot_cut(text, width, 1, ends, &cut);
	add(svg, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	add_escaped(svg, ends[0]);
	if (cut)
		sk_plot_text_string(&svg->text, "\xe2\x80\xa6");
	add_escaped(svg, ends[1]);
	sk_plot_text_string(&svg->text, "</text>\n");
}

static void
add_string(struct sk_plot_svg *svg, double x, double y, const char *class, const char *string)
{
	const struct sk_span text = { (const unsigned char *)string, strlen(string) };

	add_text(svg, x, y, class, text, 2 * LABEL_COLUMNS);
}

static void
add_number(struct sk_plot_svg *svg, double x, double y, const char *class, double value)
{
	char text[SK_PLOT_NUMBER];

	sk_plot_number(text, value, 4);
	add_string(svg, x, y, class, text);
}

static void
add_line(struct sk_plot_svg *svg, double x1, double y1, double x2, double y2, const char *class)
{
	add(svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class);
}

static void
add_box(struct sk_plot_svg *svg, double x, double y, double width, double height, const char *class)
{
	add(svg, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>\n", x, y, width, height,
	    class);
}

/* Axes */

static struct sk_scale
grown(struct sk_scale scale)
{
	if (!scale.log && scale.low >= 0 && scale.high > 0)
		scale.high = scale.high <= 1 && scale.high > 0.5 ? 1 : scale.high;
	return scale;
}

/* Grid lines with their numbers below: from ${top} to ${bottom}, and across. */
static void
add_x_axis(struct sk_plot_svg *svg, const struct sk_scale *scale, double left, double right, double top, double bottom)
{
	double ticks[SK_SCALE_TICKS];
	const size_t n = sk_scale_ticks(scale, 8, ticks);

	for (size_t i = 0; i < n; i++) {
		const double x = left + sk_scale_part(scale, ticks[i]) * (right - left);

		add_line(svg, x, top, x, bottom, "g");
		add_number(svg, x, bottom + 16, "t m", ticks[i]);
	}
}

static void
add_y_axis(struct sk_plot_svg *svg, const struct sk_scale *scale, double left, double right, double top, double bottom,
    bool percent)
{
	double ticks[SK_SCALE_TICKS];
	const size_t n = sk_scale_ticks(scale, 6, ticks);

	for (size_t i = 0; i < n; i++) {
		const double y = bottom - sk_scale_part(scale, ticks[i]) * (bottom - top);
		char text[SK_PLOT_NUMBER + 2];

		add_line(svg, left, y, right, y, "g");
		sk_plot_number(text, percent ? ticks[i] * 100 : ticks[i], 4);
		if (percent)
			strcat(text, "%");
		add_string(svg, left - 6, y + 4, "t r", text);
	}
}

/* Pictures */

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
	scale = grown(scale);
	add_x_axis(svg, &scale, left, right, y, y + (double)panel->count * LINE);
	for (size_t i = 0; i < panel->count; i++, y += LINE) {
		const struct sk_plot_point *point = &panel->points[i];
		const double low = sk_scale_part(&scale, fmin(point->low, point->value)) * (right - left);
		const double high = sk_scale_part(&scale, point->high) * (right - left);

		add_text(svg, left - 8, y + 15, "r", sk_plot_piece(panel, point->label), LABEL_COLUMNS);
		add_box(svg, left, y + 3, low, LINE - 6, "c0");
		if (high > low)
			add_box(svg, left + low, y + 3, high - low, LINE - 6, "c0 u");
		add_text(svg, left + high + 6, y + 15, "l", sk_plot_piece(panel, point->number), LABEL_COLUMNS);
	}
	svg->height = y + LINE;
}

static void
paint_histogram(struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const struct sk_plot_point *first = &panel->points[0], *last = &panel->points[panel->count - 1];
	const double left = PLOT_LEFT, right = WIDTH - MARGIN, top = svg->height + 8, bottom = top + PLOT_HEIGHT;
	struct sk_scale x = { .low = first->low, .high = last->high }, y = { 0 };

	/* Ranges that grow are of equal ratio, but for the one from 0. */
	if (panel->count > 2 && panel->points[1].low > 0 &&
	    last->high - last->low > 1.01 * (panel->points[1].high - panel->points[1].low)) {
		x.log = true;
		x.low = x.low > 0 ? x.low : panel->points[1].low;
	}
	for (size_t i = 0; i < panel->count; i++)
		y.high = fmax(y.high, panel->points[i].value);
	add_y_axis(svg, &y, left, right, top, bottom, false);
	if (isfinite(x.low) && isfinite(x.high))
		add_x_axis(svg, &x, left, right, top, bottom);
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		/* What is left of a log scale has a little room in front of it. */
		const double from = x.log && point->low < x.low ? left - 12 :
								  left + sk_scale_part(&x, point->low) * (right - left);
		const double to = point->high > point->low ? left + sk_scale_part(&x, point->high) * (right - left) : right;
		const double height = sk_scale_part(&y, point->value) * (bottom - top);

		add_box(svg, from + 0.5, bottom - height, to - from > 1 ? to - from - 1 : to - from, height, "c0");
	}
	add_line(svg, left, bottom, right, bottom, "a");
	svg->height = bottom + 2 * LINE;
}

static void
paint_curve(struct sk_plot *plot, struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const double left = PLOT_LEFT, right = WIDTH - MARGIN - 40, top = svg->height + 8, bottom = top + PLOT_HEIGHT;
	const struct sk_scale x = sk_plot_value_scale(plot, panel), y = { .high = 1 };
	double before = -1;

	add_y_axis(svg, &y, left, right, top, bottom, true);
	add_x_axis(svg, &x, left, right, top, bottom);
	sk_plot_text_string(&svg->text, "<polyline class=\"o0\" points=\"");
	for (size_t i = 0; i < panel->count; i++)
		if (!panel->points[i].marked && isfinite(panel->points[i].value))
			add(svg, "%.1f,%.1f ", left + sk_scale_part(&x, panel->points[i].value) * (right - left),
			    bottom - panel->points[i].at * (bottom - top));
	sk_plot_text_string(&svg->text, "\"/>\n");
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		const double at = left + sk_scale_part(&x, point->value) * (right - left);
		char name[SK_PLOT_NUMBER];

		if (!point->marked || !isfinite(point->value))
			continue;
		add_line(svg, at, top, at, bottom, "d");
		sk_plot_quantile(name, point->at);
		if (fabs(at - before) > 36)
			add_string(svg, at, top - 4, "t m", name);
		before = at;
	}
	svg->height = bottom + 1.5 * LINE;
	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];
		char name[SK_PLOT_NUMBER];

		if (!point->marked)
			continue;
		sk_plot_quantile(name, point->at);
		svg->height += LINE;
		add_string(svg, left, svg->height - 8, "l", name);
		add_text(svg, left + 60, svg->height - 8, "l", sk_plot_piece(panel, point->number), LABEL_COLUMNS);
	}
	svg->height += LINE / 2.0;
}

/* Strips of keys: as bars, a lighter colour from each value to the next. */
static void
paint_strips(struct sk_plot *plot, struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const struct sk_scale scale = grown(sk_plot_value_scale(plot, panel));
	const double left = MARGIN + 150, right = WIDTH - MARGIN, top = svg->height;
	double y = top, x = left;
	size_t lines = 0;

	for (size_t i = 0; i < panel->count; i++)
		lines += i == 0 || panel->points[i].at <= panel->points[i - 1].at;
	add_x_axis(svg, &scale, left, right, top, top + (double)lines * LINE);
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
			add_text(svg, left - 8, y + 15, "r", sk_plot_piece(panel, point->label), 20);
		}
		if (to > x && !(panel->plan.boxes && first))
			add_box(svg, x, y + 3, to - x, LINE - 6,
			    panel->plan.boxes ? (step == 2 || step == 3 ? "c0" : "c0 u3") :
						classes[step < 4 ? step : 3]);
		if (panel->plan.boxes && step == 2)
			add_line(svg, to, y + 1, to, y + LINE - 1, "a");
		x = fmax(x, to);
		step++;
	}
	svg->height = y + 2 * LINE + 4;
}

/* Series */

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

static void
add_moment(struct sk_plot_svg *svg, const struct sk_plot_panel *panel)
{
	const struct sk_span label = sk_plot_piece(panel, panel->points[0].label);
	struct moment moment = { .low = panel->points[0].low, .high = panel->points[0].high };

	snprintf(moment.label, sizeof(moment.label), "%.*s", (int)(label.size < 39 ? label.size : 39),
	    (const char *)label.data);
	svg->boxes = panel->plan.boxes;
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
		add_line(svg, x, top, x, bottom, "g");
		add_string(svg, x, bottom + 16, i == 0 ? "t l" : i == most ? "t r" : "t m", svg->moments[at].label);
	}
}

static void
add_polyline(struct sk_plot_svg *svg, size_t value, const struct sk_scale *y, double left, double right, double top,
    double bottom)
{
	const double last = svg->count > 1 ? (double)(svg->count - 1) : 1;

	add(svg, "<polyline class=\"o%zu\" points=\"", value % COLOURS);
	for (size_t i = 0; i < svg->count; i++)
		if (isfinite(svg->moments[i].value[value]))
			add(svg, "%.1f,%.1f ", left + (double)i / last * (right - left),
			    bottom - sk_scale_part(y, svg->moments[i].value[value]) * (bottom - top));
	/* A line of one point is none. */
	if (svg->count == 1)
		add(svg, "%.1f,%.1f", right, bottom - sk_scale_part(y, svg->moments[0].value[value]) * (bottom - top));
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

		add(svg, "%.1f,%.1f ", left + (double)at / last * (right - left),
		    bottom - sk_scale_part(y, value) * (bottom - top));
	}
	sk_plot_text_string(&svg->text, "\"/>\n");
}

static void
paint_series(struct sk_plot_svg *svg)
{
	static const char *const of_box[] = { "min", "p25", "p50", "p75", "max" };
	const double left = PLOT_LEFT, right = WIDTH - MARGIN, top = svg->height + LINE, bottom = top + PLOT_HEIGHT;
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
	add_y_axis(svg, &y, left, right, top, bottom, false);
	add_times(svg, left, right, top, bottom);
	if (svg->values == 1)
		add_band(svg, &y, left, right, top, bottom);
	for (size_t k = 0; k < svg->values; k++) {
		char name[SK_PLOT_NUMBER];

		add_polyline(svg, k, &y, left, right, top, bottom);
		if (svg->quantile[k] < 0)
			continue;
		sk_plot_quantile(name, svg->quantile[k]);
		add_box(svg, left + 90 * (double)k, top - 20, 12, 12, k == 0 ? "c0" : k == 1 ? "c1" :
			k == 2						     ? "c2" :
			k == 3						     ? "c3" :
										       "c4");
		add_string(svg, left + 90 * (double)k + 18, top - 9, "l", svg->boxes ? of_box[k] : name);
	}
	svg->height = bottom + 2 * LINE;
	if (svg->step > 1) {
		add(svg, "<text x=\"%d\" y=\"%.1f\" class=\"t\">Each point is the greatest of %" PRIu64 " windows.</text>\n",
		    PLOT_LEFT, svg->height, svg->step);
		svg->height += LINE;
	}
}

void
sk_plot_svg_panel(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	struct sk_plot_svg *svg = plot->svg;
	const struct sk_span heading = sk_plot_piece(panel, panel->heading);

	if (panel->plan.series) {
		add_moment(svg, panel);
		return;
	}
	if (svg->panels == SK_PLOT_PANELS) {
		svg->left_out++;
		return;
	}
	svg->panels++;
	if (heading.size > 0) {
		add_text(svg, MARGIN, svg->height + 16, "h", heading, 90);
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
		add(svg, "<text x=\"%d\" y=\"%.1f\" class=\"t\">and %" PRIu64 " more</text>\n", MARGIN, svg->height + 8,
		    panel->left_out);
		svg->height += LINE;
	}
	svg->height += LINE / 2.0;
}

static const char style[] =
    "<style>\n"
    "svg{color:#24292f;background:#fff}\n"
    "text{font:13px system-ui,-apple-system,\"Segoe UI\",\"Noto Sans\",sans-serif;fill:currentColor}\n"
    ".t{font-size:11px;opacity:.75}.h{font-size:15px;font-weight:600}.r{text-anchor:end}.m{text-anchor:middle}\n"
    ".g{stroke:currentColor;opacity:.15}.a{stroke:currentColor}.d{stroke:currentColor;opacity:.6;stroke-dasharray:4 3}\n"
    ".c0{fill:#2f6fd0}.c1{fill:#1a8f6b}.c2{fill:#c47f12}.c3{fill:#c0392f}.c4{fill:#7d4fc4}\n"
    ".o0,.o1,.o2,.o3,.o4{fill:none;stroke-width:2;stroke-linejoin:round}\n"
    ".o0{stroke:#2f6fd0}.o1{stroke:#1a8f6b}.o2{stroke:#c47f12}.o3{stroke:#c0392f}.o4{stroke:#7d4fc4}\n"
    ".u{opacity:.4}.u1{opacity:.65}.u2{opacity:.4}.u3{opacity:.2}\n"
    "@media (prefers-color-scheme:dark){svg{color:#e6edf3;background:#16191d}}\n"
    "</style>\n";

void
sk_plot_svg_finish(struct sk_plot *plot)
{
	struct sk_plot_svg *svg = plot->svg;
	char head[256];

	if (svg->count > 0)
		paint_series(svg);
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
	sk_output_bytes(
	    plot->output, (struct sk_span){ (const unsigned char *)svg->text.data, svg->text.size });
	sk_output_string(plot->output, "</svg>\n");
}
