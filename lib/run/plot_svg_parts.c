/* plot_svg_parts.c -- text, boxes, lines and axes of SVG pictures. */
#include "plot_svg_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text */

void
sk_svg_add(struct sk_plot_svg *svg, const char *format, ...)
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

void
sk_svg_add_text(struct sk_plot_svg *svg, double x, double y, const char *class, struct sk_span text, size_t width)
{
	struct sk_span ends[2];
	bool cut;

	sk_plot_cut(text, width, 1, ends, &cut);
	sk_svg_add(svg, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	add_escaped(svg, ends[0]);
	if (cut)
		sk_plot_text_string(&svg->text, "\xe2\x80\xa6");
	add_escaped(svg, ends[1]);
	sk_plot_text_string(&svg->text, "</text>\n");
}

void
sk_svg_add_string(struct sk_plot_svg *svg, double x, double y, const char *class, const char *string)
{
	const struct sk_span text = { (const unsigned char *)string, strlen(string) };

	sk_svg_add_text(svg, x, y, class, text, 2 * LABEL_COLUMNS);
}

static void
add_number(struct sk_plot_svg *svg, double x, double y, const char *class, double value)
{
	char text[SK_PLOT_NUMBER];

	sk_plot_number(text, value, 4);
	sk_svg_add_string(svg, x, y, class, text);
}

void
sk_svg_add_line(struct sk_plot_svg *svg, double x1, double y1, double x2, double y2, const char *class)
{
	sk_svg_add(svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class);
}

void
sk_svg_add_box(struct sk_plot_svg *svg, double x, double y, double width, double height, const char *class)
{
	sk_svg_add(svg, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>\n", x, y, width, height,
	    class);
}

/* Axes */

void
sk_svg_add_x_axis(struct sk_plot_svg *svg, const struct sk_scale *scale, double left, double right, double top, double bottom)
{
	double ticks[SK_SCALE_TICKS];
	const size_t n = sk_scale_ticks(scale, X_TICKS, ticks);

	for (size_t i = 0; i < n; i++) {
		const double x = left + sk_scale_part(scale, ticks[i]) * (right - left);

		sk_svg_add_line(svg, x, top, x, bottom, "g");
		add_number(svg, x, bottom + 16, "t m", ticks[i]);
	}
}

void
sk_svg_add_y_axis(struct sk_plot_svg *svg, const struct sk_scale *scale, double left, double right, double top, double bottom,
    bool percent)
{
	double ticks[SK_SCALE_TICKS];
	const size_t n = sk_scale_ticks(scale, Y_TICKS, ticks);

	for (size_t i = 0; i < n; i++) {
		const double y = bottom - sk_scale_part(scale, ticks[i]) * (bottom - top);
		char text[SK_PLOT_NUMBER + 2];

		sk_svg_add_line(svg, left, y, right, y, "g");
		sk_plot_number(text, percent ? ticks[i] * 100 : ticks[i], 4);
		if (percent)
			strcat(text, "%");
		sk_svg_add_string(svg, left - 6, y + 4, "t r", text);
	}
}

void
sk_svg_add_axis_names(
    struct sk_plot_svg *svg, double left, double right, double top, double bottom, const char *y, const char *x)
{
	if (y != NULL)
		sk_svg_add_string(svg, left - 6, top - 10, "t r", y);
	if (x != NULL)
		sk_svg_add_string(svg, right, bottom + 32, "t r", x);
}
