/* plot.c -- rows, collected until a picture can be made of them. */
#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate.h"
#include "cell.h"
#include "diag.h"
#include "plot_parts.h"
#include "table_parts.h"
#include "utf8.h"

#define LABEL_MAX 512 /* bytes of either end that are kept of a label: no terminal shows more */

/* Which picture */

/* The first of these columns that an answer has says what it is: the names are those of the tools' manuals. */
static const struct {
	const char *has;
	enum sk_plot_kind kind;
	const char *label; /* NULL: the keys */
	const char *value;
	const char *low;
	const char *high;
	const char *error;
} questions[] = {
	{ "item", SK_PLOT_BARS, "item", "count", NULL, NULL, "error" },
	{ "q", SK_PLOT_CURVE, NULL, "value", "low", "high", NULL },
	{ "rank", SK_PLOT_BARS, "value", "rank", "low", "high", NULL },
	{ "p25", SK_PLOT_STRIPS, NULL, "p50", "min", "max", NULL },
	{ "share", SK_PLOT_HISTOGRAM, NULL, "count", "low", "high", NULL },
	{ "jaccard", SK_PLOT_BARS, NULL, "jaccard", "low", "high", NULL },
	{ "count", SK_PLOT_BARS, NULL, "count", "low", "high", NULL },
};

static size_t
find(const struct sk_column *columns, size_t from, size_t n, const char *name)
{
	for (size_t i = from; name != NULL && i < n; i++)
		if (strcmp(columns[i].name, name) == 0)
			return i;
	return SK_PLOT_NONE;
}

/* What stands before the tool's own columns: a window, and keys. */
static bool
is_before(const struct sk_column *column, size_t own)
{
	static const char *const names[] = { "start", "end", "revision", "key" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && own < SK_ROWS_BEFORE; i++)
		if (strcmp(column->name, names[i]) == 0)
			return true;
	return false;
}

static void
settle(struct sk_plot_plan *plan, const struct sk_column *columns, size_t n)
{
	const bool keyed = find(columns, 0, plan->own, "key") != SK_PLOT_NONE;

	plan->windowed = find(columns, 0, plan->own, "start") != SK_PLOT_NONE;
	plan->mark = find(columns, plan->own, n, "asked");
	plan->boxes = plan->kind == SK_PLOT_STRIPS;
	if (plan->kind == SK_PLOT_CURVE && plan->windowed)
		plan->kind = SK_PLOT_STRIPS;
	plan->series = plan->windowed && !keyed && plan->label == SK_PLOT_NONE &&
	    plan->kind != SK_PLOT_HISTOGRAM;
	plan->held = plan->series || (plan->windowed && plan->kind == SK_PLOT_BARS && !(keyed && plan->label != SK_PLOT_NONE));
}

struct sk_plot_plan
sk_plot_plan(const struct sk_column *columns, size_t n)
{
	struct sk_plot_plan plan = { 0 };
	size_t i = 0;

	while (plan.own < n && is_before(&columns[plan.own], plan.own))
		plan.own++;
	while (i + 1 < sizeof(questions) / sizeof(*questions) &&
	    find(columns, plan.own, n, questions[i].has) == SK_PLOT_NONE)
		i++;
	plan.kind = questions[i].kind;
	plan.label = find(columns, plan.own, n, questions[i].label);
	plan.value = find(columns, plan.own, n, questions[i].value);
	plan.low = find(columns, plan.own, n, questions[i].low);
	plan.high = find(columns, plan.own, n, questions[i].high);
	plan.error = find(columns, plan.own, n, questions[i].error);
	plan.name = questions[i].value;
	settle(&plan, columns, n);
	return plan;
}

/* Text */

void
sk_plot_text_add(struct sk_plot_text *text, const char *bytes, size_t size)
{
	if (size > text->room - text->size) {
		const size_t room = 2 * text->room + size + 256;
		char *data = realloc(text->data, room);

		if (data == NULL)
			sk_die("out of memory");
		text->data = data;
		text->room = room;
	}
	if (size > 0)
		memcpy(text->data + text->size, bytes, size);
	text->size += size;
}

void
sk_plot_text_string(struct sk_plot_text *text, const char *string)
{
	sk_plot_text_add(text, string, strlen(string));
}

struct sk_span
sk_plot_piece(const struct sk_plot_panel *panel, struct sk_plot_piece piece)
{
	static const unsigned char none[1];

	if (piece.size == 0)
		return (struct sk_span){ none, 0 };
	return (struct sk_span){ (const unsigned char *)panel->text.data + piece.at, piece.size };
}

/* Whether all may be shown of the sequence at the front: XML has no place for U+FFFE and U+FFFF. */
static size_t
showable(const struct sk_plot *plot, const unsigned char *bytes, size_t size)
{
	const size_t length = sk_utf8_printable(bytes, size);

	if (length > 1 && plot->ascii && plot->how != SK_PLOT_SVG)
		return 0;
	if (length == 3 && bytes[0] == 0xef && bytes[1] == 0xbf && bytes[2] >= 0xbe)
		return 0;
	return length;
}

/* Bytes from anywhere, fit to print. */
static void
add_printable(struct sk_plot *plot, struct sk_span bytes)
{
	struct sk_plot_text *text = &plot->panel.text;
	char escape[8];

	for (size_t at = 0; at < bytes.size;) {
		const size_t length =
		    sk_cell_reads_as_hex(bytes, at) ? 0 : showable(plot, bytes.data + at, bytes.size - at);

		if (at == LABEL_MAX && bytes.size > 2 * LABEL_MAX + 16) {
			at = bytes.size - LABEL_MAX; /* it will be cut there */
			continue;
		}
		if (length > 0) {
			sk_plot_text_add(text, (const char *)bytes.data + at, length);
			at += length;
		} else {
			snprintf(escape, sizeof(escape), "\\x%02x", bytes.data[at++]);
			sk_plot_text_string(text, escape);
		}
	}
}

/* The same, with a comma between the parts of composite values. */
static void
add_parts(struct sk_plot *plot, struct sk_span bytes, const struct sk_column *column)
{
	for (size_t part = 0; part < sk_column_parts(column); part++) {
		if (part > 0)
			sk_plot_text_add(&plot->panel.text, ", ", 2);
		add_printable(plot, sk_column_part(column, &bytes, part));
	}
}

static void
add_cell(struct sk_plot *plot, const struct sk_column *column, const struct sk_cell *cell)
{
	char text[SK_CELL_SIZE];
	size_t whole;

	if (column->kind == SK_COLUMN_BYTES)
		add_parts(plot, cell->bytes, column);
	else
		sk_plot_text_add(&plot->panel.text, text, sk_cell_format(text, column, cell, true, &whole));
}

/* A value: beside a bar six digits are enough. */
static void
add_number(struct sk_plot *plot, const struct sk_column *column, const struct sk_cell *cell)
{
	char text[SK_PLOT_NUMBER];

	if (column->kind != SK_COLUMN_DOUBLE || plot->panel.plan.kind != SK_PLOT_BARS)
		add_cell(plot, column, cell);
	else
		sk_plot_text_add(&plot->panel.text, text, sk_plot_number(text, cell->value, 6));
}

/* Rows */

static double
number_of(const struct sk_column *column, const struct sk_cell *cell)
{
	return column->kind == SK_COLUMN_NUMBER ? (double)cell->number / pow(10, cell->decimals) :
	    column->kind == SK_COLUMN_FRACTION	? cell->fraction :
						  cell->value;
}

/* A row's label: what its column says, or the keys, or when its window began. */
static void
add_label(struct sk_plot *plot, const struct sk_column *columns, const struct sk_cell *cells)
{
	const struct sk_plot_plan *plan = &plot->panel.plan;
	bool first = true;

	if (plan->label != SK_PLOT_NONE) {
		add_cell(plot, &columns[plan->label], &cells[plan->label]);
		return;
	}
	for (size_t i = 0; i < plan->own; i++) {
		if (strcmp(columns[i].name, plan->series ? "start" : "key") != 0)
			continue;
		if (!first)
			sk_plot_text_add(&plot->panel.text, ", ", 2);
		add_cell(plot, &columns[i], &cells[i]);
		first = false;
	}
}

/* What the label does not say goes over the picture: "start to end", and then the key. */
static void
add_heading(struct sk_plot *plot, const struct sk_column *columns, const struct sk_cell *cells)
{
	const struct sk_plot_plan *plan = &plot->panel.plan;
	const bool by_key = plan->label != SK_PLOT_NONE || plan->kind == SK_PLOT_HISTOGRAM ||
	    plan->kind == SK_PLOT_CURVE;
	struct sk_plot_text *text = &plot->panel.text;
	const size_t from = text->size;

	for (size_t i = 0; i < plan->own && !plan->series; i++) {
		const char *name = columns[i].name;

		if (columns[i].json || (strcmp(name, "key") == 0 && !by_key))
			continue;
		if (text->size > from)
			sk_plot_text_string(text, strcmp(name, "end") == 0 ? " to " :
				strcmp(name, "revision") == 0		   ? ", revision " :
									     ": ");
		add_cell(plot, &columns[i], &cells[i]);
	}
}

static struct sk_plot_point *
next_point(struct sk_plot_panel *panel)
{
	if (panel->count == SK_PLOT_ROWS) {
		panel->left_out++;
		return NULL;
	}
	if (panel->count == panel->room) {
		panel->room = 2 * panel->room + 64;
		panel->points = realloc(panel->points, panel->room * sizeof(*panel->points));
		if (panel->points == NULL)
			sk_die("out of memory");
	}
	panel->points[panel->count] = (struct sk_plot_point){ 0 };
	return &panel->points[panel->count++];
}

static void
add_point(struct sk_plot *plot, const struct sk_column *columns, const struct sk_cell *cells)
{
	struct sk_plot_panel *panel = &plot->panel;
	const struct sk_plot_plan *plan = &panel->plan;
	struct sk_plot_point *point;

	if (plan->kind == SK_PLOT_STRIPS && plan->mark != SK_PLOT_NONE && !cells[plan->mark].truth)
		return;
	if ((point = next_point(panel)) == NULL)
		return;
	point->label.at = panel->text.size;
	add_label(plot, columns, cells);
	point->label.size = panel->text.size - point->label.at;
	point->number.at = panel->text.size;
	add_number(plot, &columns[plan->value], &cells[plan->value]);
	point->number.size = panel->text.size - point->number.at;
	point->value = point->low = point->high = number_of(&columns[plan->value], &cells[plan->value]);
	if (plan->low != SK_PLOT_NONE)
		point->low = number_of(&columns[plan->low], &cells[plan->low]);
	if (plan->high != SK_PLOT_NONE)
		point->high = number_of(&columns[plan->high], &cells[plan->high]);
	if (plan->error != SK_PLOT_NONE)
		point->low -= number_of(&columns[plan->error], &cells[plan->error]);
	point->marked = plan->mark != SK_PLOT_NONE && cells[plan->mark].truth;
	if (plan->mark != SK_PLOT_NONE)
		point->at = cells[plan->own].value;
}

/* A summary is five points. */
static void
add_box(struct sk_plot *plot, const struct sk_table *table, const struct sk_cell *cells)
{
	static const char *const names[] = { "min", "p25", "p50", "p75", "max" };
	struct sk_plot_panel *panel = &plot->panel;
	const size_t value = panel->plan.value;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		panel->plan.value = find(table->columns, panel->plan.own, table->columns_count, names[i]);
		add_point(plot, table->columns, cells);
		if (panel->count > 0)
			panel->points[panel->count - 1].at = (double)i / 4;
	}
	panel->plan.value = value;
}

/* Panels */

static void
paint(struct sk_plot *plot)
{
	struct sk_plot_panel *panel = &plot->panel;

	if (panel->count == 0)
		return;
	if (plot->how == SK_PLOT_SVG)
		sk_plot_svg_panel(plot, panel);
	else if (!sk_plot_fit(plot, panel))
		;
	else if (panel->plan.kind == SK_PLOT_STRIPS)
		sk_plot_paint_strips(plot, panel);
	else if (panel->plan.kind == SK_PLOT_CURVE)
		sk_plot_paint_curve(plot, panel);
	else
		sk_plot_paint_bars(plot, panel);
	panel->count = 0;
	panel->left_out = 0;
	panel->text.size = 0;
}

struct sk_scale
sk_plot_value_scale(const struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	struct sk_scale scale = { .low = INFINITY, .high = -INFINITY };
	double median = -INFINITY, least = INFINITY; /* above 0 */

	for (size_t i = 0; i < panel->count; i++) {
		const struct sk_plot_point *point = &panel->points[i];

		if (!isfinite(point->value))
			continue;
		scale.low = fmin(scale.low, point->value);
		scale.high = fmax(scale.high, point->value);
		least = point->value > 0 ? fmin(least, point->value) : least;
		if (panel->plan.mark != SK_PLOT_NONE && point->at <= 0.5)
			median = fmax(median, point->value);
	}
	if (!isfinite(scale.low))
		return (struct sk_scale){ .high = 1 };
	scale.log = scale.low >= 0 && least < scale.high && panel->plan.kind == SK_PLOT_CURVE &&
	    (plot->scale == SK_SCALE_FITTING ? sk_scale_spans_decades(least, median, scale.high) :
					       plot->scale != SK_SCALE_LINEAR);
	if (scale.log)
		scale.low = least; /* zeros are what there is at its left end */
	else if (  panel->plan.kind != SK_PLOT_CURVE) {
		scale.low = fmin(scale.low, 0);
		scale.high = scale.high > scale.low ? scale.high : scale.low + 1;
	}
	return scale;
}

/* As a format of tables */

static void
begin(struct sk_table *table)
{
	struct sk_plot *plot = table->plot;

	plot->lines = plot->unpainted = 0;
	plot->panel.count = 0;
	plot->panel.text.size = 0;
	plot->panel.left_out = 0;
	plot->panel.plan = sk_plot_plan(table->columns, table->columns_count);
	sk_plot_terminal(plot);
}

/* A row of another heading begins another picture. */
static void
row(struct sk_table *table, const struct sk_cell *cells)
{
	struct sk_plot *plot = table->plot;
	struct sk_plot_panel *panel = &plot->panel;
	const size_t from = panel->text.size;
	size_t size;

	add_heading(plot, table->columns, cells);
	size = panel->text.size - from;
	if (panel->count > 0 &&
	    (size != panel->heading.size ||
		memcmp(panel->text.data + from, panel->text.data + panel->heading.at, size) != 0)) {
		panel->text.size = from;
		paint(plot);
		add_heading(plot, table->columns, cells);
	} else if (panel->count > 0) {
		panel->text.size = from;
	}
	if (panel->count == 0)
		panel->heading = (struct sk_plot_piece){ 0, size };
	if (panel->plan.boxes)
		add_box(plot, table, cells);
	else
		add_point(plot, table->columns, cells);
}

static void
end(struct sk_table *table)
{
	paint(table->plot);
	sk_plot_end_fit(table->plot);
}

const struct sk_table_writer sk_table_plot = { .begin = begin, .row = row, .end = end };

/* From outside */

struct sk_plot *
sk_plot_new(enum sk_plot_how how, enum sk_scale_choice scale, struct sk_output *output)
{
	struct sk_plot *plot = calloc(1, sizeof(*plot));

	if (plot == NULL)
		sk_die("out of memory");
	plot->how = how;
	plot->scale = scale;
	plot->output = output;
	if (how == SK_PLOT_SVG)
		plot->svg = sk_plot_svg_new();
	return plot;
}

void
sk_plot_free(struct sk_plot *plot)
{
	if (plot == NULL)
		return;
	sk_plot_svg_free(plot->svg);
	free(plot->panel.points);
	free(plot->panel.text.data);
	free(plot);
}

bool
sk_plot_draws(const struct sk_plot *plot)
{
	return plot->how != SK_PLOT_SVG;
}

void
sk_plot_limit(struct sk_plot *plot, size_t lines)
{
	plot->lines_max = lines;
}

size_t
sk_plot_lines(const struct sk_plot *plot)
{
	return plot->lines;
}

void
sk_plot_passing(struct sk_plot *plot, bool passing)
{
	if (passing) {
		plot->series_before = plot->series;
		plot->apart_before = plot->apart;
	} else {
		plot->series = plot->series_before;
		plot->apart = plot->apart_before;
	}
}

void
sk_plot_finish(struct sk_plot *plot)
{
	if (plot->how == SK_PLOT_SVG)
		sk_plot_svg_finish(plot);
}
