/* report_windows.c -- answers for windows, closed and under way. */
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "report_parts.h"
#include "when.h"

/* Prometheus takes a metric once from each answer, and so one window at a time. */
static bool
replaces_windows(const struct sk_report *report)
{
	return report->table.format == SK_FORMAT_PROM && !report->sketch;
}

static struct sk_span
border(int64_t when, bool counted, char text[SK_WHEN_SIZE])
{
	size_t size = counted ? (size_t)snprintf(text, SK_WHEN_SIZE, "%lld", (long long)when) :
				sk_when_format(when, text);

	return (struct sk_span){ (const unsigned char *)text, size };
}

/* The columns of a window, and then those of an answer without one. */
static size_t
window_columns(const struct sk_report *report, const struct sk_report_window *window,
    struct sk_column columns[SK_TABLE_COLUMNS])
{
	const enum sk_column_role role = window->counted ? SK_COLUMN_LABEL : SK_COLUMN_TIME;
	size_t n = 0;

	columns[n++] = (struct sk_column){ .name = "start", .kind = SK_COLUMN_BYTES, .role = role };
	columns[n++] = (struct sk_column){ .name = "end", .kind = SK_COLUMN_BYTES, .role = role };
	columns[n++] = (struct sk_column){ .name = "revision",
		.kind = SK_COLUMN_NUMBER,
		.role = SK_COLUMN_TIME,
		.json = !report->corrected };
	if (window->key_parts > 0 && !report->keyed)
		columns[n++] = (struct sk_column){ .name = "key",
			.kind = SK_COLUMN_BYTES,
			.parts = window->key_parts,
			.lengths = true };
	memcpy(columns + n, report->columns, report->columns_count * sizeof(*columns));
	/* Windows with keys have those of --by behind their own. */
	if (report->keyed)
		columns[n].parts += window->key_parts;
	return n + report->columns_count;
}

/* All rows have the columns of the first. */
static void
settle_columns(struct sk_report *report, const struct sk_report_window *window)
{
	if (!report->windowed)
		report->corrected = window->corrected;
	else if (window->corrected && !report->corrected && !report->noted &&
	    report->table.format != SK_FORMAT_JSON) {
		sk_note("windows of another stream may be answered for again, and no column says which "
			"revision a row is of: -o json does");
		report->noted = true;
	}
	report->windowed = true;
}

/* Between the tables of text is an empty line. */
static void
give_window(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	struct sk_column columns[SK_TABLE_COLUMNS];
	/* A picture of nothing would say less than none. */
	struct sk_rows rows = { .table = &report->table, .even_of_nothing = window->empty && report->plot == NULL };
	char start[SK_WHEN_SIZE], end[SK_WHEN_SIZE];

	if (report->windowed && replaces_windows(report) && report->file == NULL)
		sk_die("-o prom holds one window, and this is the second: --output-file FILE is "
		       "replaced with each");
	if (report->file != NULL && replaces_windows(report))
		sk_output_file_cut(report->file, 0);
	settle_columns(report, window);
	rows.before[rows.before_count++].bytes = border(window->start, window->counted, start);
	rows.before[rows.before_count++].bytes = border(window->end, window->counted, end);
	rows.before[rows.before_count++].number = window->revision;
	if (window->key_parts > 0 && !report->keyed)
		rows.before[rows.before_count++].bytes = window->key;
	report->table.timed = !window->counted;
	report->table.time = window->start;
	sk_report_give_answer(report, groups, window, rows, columns, window_columns(report, window, columns), report->apart);
	report->table.header = false; /* once is enough */
	if (sk_table_rows(&report->table) > 0)
		report->apart = true;
}

/* What the remarks at the end need to know. Whether an answer lacks items takes a look at all, and need be seen once. */
static void
watch(struct sk_report *report, struct sk_groups *groups)
{
	const struct sk_group *group;
	const size_t count = sk_groups_count(groups);

	if (sk_groups_exact(groups))
		return;
	group = sk_groups_sort(groups);
	for (size_t i = 0; i < count; i++) {
		const struct sk_aggregate_class *class = group[i].aggregate->class;
		const double error = class->error(group[i].aggregate);

		report->worst = error > report->worst ? error : report->worst;
		report->error_of = class->error_of;
		report->lacking = report->lacking || class->lacking(group[i].aggregate);
	}
}

void
sk_report_window(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	watch(report, groups);
	if (report->drawn > 0)
		sk_report_erase(report);
	give_window(report, groups, window);
	if (report->file == NULL)
		sk_output_flush(&report->output);
	else if (replaces_windows(report))
		sk_output_file_place(report->file);
}

/* Windows under way */

void
sk_report_glance_begin(struct sk_report *report)
{
	report->glanced = false;
	report->apart_before = report->apart;
	if (report->file != NULL)
		report->before_glance = sk_output_file_size(report->file);
	sk_report_set_passing(report, true);
	if (!sk_report_draws(report)) {
		report->table.interim = true;
		return;
	}
	report->unseen = 0;
	if (report->drawn > 0)
		sk_report_erase(report);
	sk_report_begin_drawing(report);
}

/* Each table has a header, and an empty line before it; what the terminal has no lines for is left out. */
static void
draw_window(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	const bool apart = report->apart && report->plot == NULL; /* pictures see to that */
	const size_t lines = sk_report_window_rows(), above = report->drawn + (apart ? 1 : 0);

	if (lines < above + 5 && report->drawn > 0) {
		report->unseen++;
		return;
	}
	sk_report_limit_lines(report, lines < above + 5 ? 2 : lines - above - 3);
	give_window(report, groups, window);
	sk_report_limit_lines(report, 0);
	if (sk_report_lines_of(report) > 0)
		report->drawn = above + sk_report_lines_of(report);
}

void
sk_report_glance(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	if (sk_report_is_file(report))
		return;
	/* What is final and what is not stand apart. */
	if (!report->glanced && report->apart &&
	    (report->table.format == SK_FORMAT_TSV || report->table.format == SK_FORMAT_CSV))
		sk_output_byte(&report->output, '\n');
	report->glanced = true;
	if (sk_report_draws(report))
		draw_window(report, groups, window);
	else
		give_window(report, groups, window);
}

/* What there are no lines for is counted in one that draw_window() leaves. */
static void
end_drawing(struct sk_report *report)
{
	if (report->unseen > 0) {
		sk_output_string(&report->output, "and ");
		sk_output_number(&report->output, report->unseen);
		sk_output_string(&report->output, report->unseen > 1 ? " more windows\n" : " more window\n");
		report->drawn++;
	}
	sk_report_end_drawing(report);
	report->apart = report->apart_before; /* the next drawing begins there again */
}

/* What is in the file now is no longer so when the next window closes. */
static void
end_glance_in_file(struct sk_report *report)
{
	report->table.interim = false;
	report->apart = report->apart_before;
	sk_output_file_place(report->file);
	if (!replaces_windows(report))
		sk_output_file_cut(report->file, report->before_glance);
}

void
sk_report_glance_end(struct sk_report *report)
{
	if (report->file != NULL) {
		end_glance_in_file(report);
		return;
	}
	if (sk_report_draws(report)) {
		end_drawing(report);
	} else {
		report->table.interim = false;
		if (report->glanced && report->table.format != SK_FORMAT_JSON)
			sk_output_byte(&report->output, '\n');
		report->apart = report->apart && !report->glanced;
	}
	sk_report_set_passing(report, false);
	sk_output_flush(&report->output);
}
