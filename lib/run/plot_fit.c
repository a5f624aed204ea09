/* plot_fit.c -- pictures that are to fit into a window: fewer ranges, bars and lines, and a line for what is missing. */
#include "plot_parts.h"

#include <stdio.h>

#define PICTURE_MIN 3 /* lines that are better than none */

size_t
sk_plot_lines_left(const struct sk_plot *plot)
{
	const bool parts = plot->panel.heading.size > 0; /* one line counts those there is no room for */
	const size_t used = plot->lines + (parts ? 1 : 0);

	if (plot->lines_max == 0)
		return SIZE_MAX;
	return plot->lines_max > used ? plot->lines_max - used : 0;
}

size_t
sk_plot_fitting(const struct sk_plot *plot, size_t count, uint64_t left_out)
{
	const size_t left = sk_plot_lines_left(plot);

	if (count < left || (count == left && left_out == 0))
		return count;
	return left > 0 ? left - 1 : 0;
}

/* As many neighbours together as it takes: all of the same number, but for the last. */
static void
join_ranges(struct sk_plot_panel *panel, size_t lines)
{
	const size_t together = (panel->count + lines - 1) / lines;
	size_t to = 0;

	for (size_t from = 0; from < panel->count; to++) {
		struct sk_plot_point joined = panel->points[from++];
		char text[SK_PLOT_NUMBER];

		for (size_t i = 1; i < together && from < panel->count; i++, from++) {
			joined.value += panel->points[from].value;
			joined.high = panel->points[from].high;
		}
		joined.number = (struct sk_plot_piece){ panel->text.size,
			(size_t)snprintf(text, sizeof(text), "%.0f", joined.value) };
		sk_plot_text_add(&panel->text, text, joined.number.size);
		panel->points[to] = joined;
	}
	panel->count = to;
}

bool
sk_plot_fit(struct sk_plot *plot, struct sk_plot_panel *panel)
{
	const size_t left = sk_plot_lines_left(plot);
	const size_t gap = plot->apart && plot->lines > 0 ? 1 : 0, heading = panel->heading.size > 0 ? 1 : 0;
	const size_t before = panel->plan.series ? 0 : gap + heading;
	const size_t wanted = panel->count < PICTURE_MIN ? panel->count : PICTURE_MIN;

	if (plot->lines > 0 && left < before + wanted) {
		plot->unpainted++;
		return false;
	}
	if (panel->plan.kind == SK_PLOT_HISTOGRAM && left > before && panel->count > left - before)
		join_ranges(panel, left - before);
	return true;
}

void
sk_plot_end_fit(struct sk_plot *plot)
{
	if (plot->unpainted == 0)
		return;
	plot->lines++;
	sk_output_string(plot->output, "and ");
	sk_output_number(plot->output, plot->unpainted);
	sk_output_string(plot->output, " more keys\n");
}
