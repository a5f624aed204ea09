/* report.c -- answers, interim and last. */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"
#include "output_file.h"
#include "total.h"
#include "when.h"

#define WINDOW_ROWS 24 /* when the terminal does not say */

struct sk_report {
	struct sk_output output;
	struct sk_output_file *file; /* that the output is to, NULL: standard output */
	off_t before_glance;         /* so much of it is of windows that have closed */
	struct sk_table table;
	struct sk_plot *plot; /* NULL: the answers are text */
	struct sk_column columns[SK_TABLE_COLUMNS];
	size_t columns_count;
	bool keyed;
	bool total; /* a row for it: */
	struct sk_total total_of;
	bool windowed;  /* a window has been reported */
	bool corrected; /* and the column of revisions is in all formats */
	bool noted;     /* that it lacks has been said */
	bool apart;     /* rows have been written since the last empty line */
	bool terminal;
	bool sketch;
	struct sk_sketch_output_options sketch_options;
	char name[32]; /* of the answers' table */
	size_t drawn; /* lines of the interim answer that is on the terminal */
	bool glanced;      /* the interim answer at hand has a window */
	bool apart_before; /* it */
};

/* The table is called as the program is, in letters that every database takes. */
static void
name_table(struct sk_report *report)
{
	const char *program = sk_diag_program();
	size_t i = 0;

	for (; program[i] != '\0' && i + 1 < sizeof(report->name); i++)
		report->name[i] = program[i] == '-' ? '_' : program[i];
	report->name[i] = '\0';
	report->table.name = report->name;
}

struct sk_report *
sk_report_new(const struct sk_report_options *options)
{
	struct sk_report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		sk_die("out of memory");
	if (options->file != NULL)
		report->file = sk_output_file_new(options->file, &report->output);
	else
		sk_output_init(&report->output, STDOUT_FILENO);
	report->table.output = &report->output;
	report->table.format = options->format;
	report->table.header = options->header || options->format == SK_FORMAT_CSV ||
	    options->format == SK_FORMAT_SQL;
	report->table.human = options->human;
	name_table(report);
	if (options->format == SK_FORMAT_PLOT)
		report->plot = sk_plot_new(options->plot, options->scale, &report->output);
	report->table.plot = report->plot;
	report->terminal = report->file == NULL && isatty(STDOUT_FILENO);
	report->keyed = options->key_parts > 0;
	report->sketch = options->sketch;
	report->sketch_options = (struct sk_sketch_output_options){ options->form,
		options->key_parts, options->key_separator, options->level };
	if ((report->total = options->total)) {
		sk_total_init(&report->total_of, options->class, options->key_parts,
		    options->key_separator, options->exact, options->memory);
	}
	if (report->keyed)
		report->columns[report->columns_count++] = (struct sk_column){ .name = "key",
			.kind = SK_COLUMN_BYTES,
			.parts = options->key_parts,
			.separator = options->key_separator };
	memcpy(report->columns + report->columns_count, options->columns,
	    options->columns_count * sizeof(*options->columns));
	report->columns_count += options->columns_count;
	return report;
}

void
sk_report_free(struct sk_report *report)
{
	if (report == NULL)
		return;
	sk_output_file_free(report->file);
	sk_plot_free(report->plot);
	free(report);
}

bool
sk_rows_add(struct sk_rows *rows, const struct sk_cell *cells, size_t n)
{
	struct sk_cell all[SK_TABLE_COLUMNS];

	if (rows->before_count == 0)
		return sk_table_row(rows->table, cells);
	memcpy(all, rows->before, rows->before_count * sizeof(*all));
	memcpy(all + rows->before_count, cells, n * sizeof(*cells));
	return sk_table_row(rows->table, all);
}

/* The rows of all groups, behind what stands in ${rows} before their keys, and then those of their ${sum}, unless NULL. */
static void
give_rows(const struct sk_report *report, struct sk_groups *groups, struct sk_groups *sum,
    struct sk_rows rows)
{
	const struct sk_group *group = sk_groups_sort(groups);
	const size_t before = rows.before_count;

	for (size_t i = 0; i < sk_groups_count(groups); i++) {
		if (report->keyed)
			rows.before[before] = (struct sk_cell){ .bytes = group[i].key };
		rows.before_count = before + report->keyed;
		group[i].aggregate->class->rows(group[i].aggregate, &rows);
	}
	rows.before_count = before;
	if (sum != NULL)
		sk_total_rows(&report->total_of, sum, rows);
}

/* An answer of these columns, behind an empty line where text has one ${apart}. */
static void
give_answer(struct sk_report *report, struct sk_groups *groups, struct sk_rows rows,
    const struct sk_column *columns, size_t columns_count, bool apart)
{
	struct sk_groups *sum = report->total ? sk_total_sum(&report->total_of, groups) : NULL;
	const bool own = sk_total_own_table(report->table.format);
	struct sk_groups *beside = own ? NULL : sum;

	sk_table_measure(&report->table, columns, columns_count);
	if (sk_table_measures(&report->table))
		give_rows(report, groups, beside, rows);
	if (apart && report->table.format == SK_FORMAT_TEXT && sk_table_rows(&report->table) > 0)
		sk_output_byte(&report->output, '\n');
	sk_table_begin(&report->table);
	do
		give_rows(report, groups, beside, rows);
	while (sk_table_again(&report->table));
	if (sum != NULL && own)
		sk_total_table(&report->total_of, sum, rows, columns, columns_count);
	if (sum != NULL)
		sk_total_release(&report->total_of, sum);
}

static void
give_table(struct sk_report *report, struct sk_groups *groups)
{
	struct sk_rows rows = { .table = &report->table };

	give_answer(report, groups, rows, report->columns, report->columns_count, false);
}

struct sk_output *
sk_report_output(struct sk_report *report)
{
	return &report->output;
}

/* Terminals */

static size_t
window_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_row == 0)
		return WINDOW_ROWS;
	return size.ws_row;
}

/* Whether interim answers are drawn over each other. */
static bool
draws(const struct sk_report *report)
{
	return report->terminal &&
	    (report->plot != NULL ? sk_plot_draws(report->plot) : report->table.format == SK_FORMAT_TEXT);
}

/* A picture file has one picture, which shows how things are in the end. */
static bool
is_file(const struct sk_report *report)
{
	return report->plot != NULL && !sk_plot_draws(report->plot);
}

/* What is drawn until ${passing} is false is erased by what comes next, and has no part in it. */
static void
set_passing(struct sk_report *report, bool passing)
{
	if (report->plot != NULL)
		sk_plot_passing(report->plot, passing);
}

/* An answer is to have so many lines, with its header; 0: as many as it takes. */
static void
limit_lines(struct sk_report *report, size_t lines)
{
	report->table.rows_max = lines > 1 ? lines - 1 : lines;
	if (report->plot != NULL) {
		report->table.rows_max = 0;
		sk_plot_limit(report->plot, lines);
	}
}

/* The lines of the last answer. */
static size_t
lines_of(const struct sk_report *report)
{
	const size_t rows = sk_table_rows(&report->table);

	if (report->plot != NULL)
		return sk_plot_lines(report->plot);
	return rows > 0 ? rows + 1 : 0;
}

/* Go back to where the last interim answer began, and clear from there. */
static void
erase(struct sk_report *report)
{
	if (report->drawn > 0) {
		sk_output_string(&report->output, "\033[");
		sk_output_number(&report->output, report->drawn);
		sk_output_string(&report->output, "A");
	}
	sk_output_string(&report->output, "\r\033[J");
	report->drawn = 0;
}

/* Files */

/* Prometheus takes a metric once from each answer, and so one window at a time. */
static bool
replaces_windows(const struct sk_report *report)
{
	return report->table.format == SK_FORMAT_PROM && !report->sketch;
}

/* What is written is complete. */
static void
close_output(struct sk_report *report)
{
	if (report->file != NULL)
		sk_output_file_place(report->file);
	sk_output_close(&report->output);
}

/* Windows */

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
	if (window->key_parts > 0)
		columns[n++] = (struct sk_column){ .name = "key",
			.kind = SK_COLUMN_BYTES,
			.parts = window->key_parts,
			.separator = window->separator };
	memcpy(columns + n, report->columns, report->columns_count * sizeof(*columns));
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
	struct sk_rows rows = { .table = &report->table };
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
	if (window->key_parts > 0)
		rows.before[rows.before_count++].bytes = window->key;
	report->table.timed = !window->counted;
	report->table.time = window->start;
	give_answer(report, groups, rows, columns, window_columns(report, window, columns), report->apart);
	report->table.header = false; /* once is enough */
	if (sk_table_rows(&report->table) > 0)
		report->apart = true;
}

void
sk_report_window(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	if (report->drawn > 0)
		erase(report);
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
	set_passing(report, true);
	if (!draws(report)) {
		report->table.interim = true;
		return;
	}
	if (report->drawn > 0)
		erase(report);
	sk_output_string(&report->output, "\033[?7l");
}

/* Each table has a header, and an empty line before it; what the terminal has no lines for is left out. */
static void
draw_window(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	const bool apart = report->apart && report->plot == NULL; /* pictures see to that */
	const size_t lines = window_rows(), above = report->drawn + (apart ? 1 : 0);

	if (lines < above + 4 && report->drawn > 0)
		return;
	limit_lines(report, lines < above + 4 ? 2 : lines - above - 2);
	give_window(report, groups, window);
	limit_lines(report, 0);
	if (lines_of(report) > 0)
		report->drawn = above + lines_of(report);
}

void
sk_report_glance(
    struct sk_report *report, struct sk_groups *groups, const struct sk_report_window *window)
{
	if (is_file(report))
		return;
	/* What is final and what is not stand apart. */
	if (!report->glanced && report->apart &&
	    (report->table.format == SK_FORMAT_TSV || report->table.format == SK_FORMAT_CSV))
		sk_output_byte(&report->output, '\n');
	report->glanced = true;
	if (draws(report))
		draw_window(report, groups, window);
	else
		give_window(report, groups, window);
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
	if (draws(report)) {
		sk_output_string(&report->output, "\033[?7h");
		report->apart = report->apart_before; /* the next drawing begins there again */
	} else {
		report->table.interim = false;
		if (report->glanced && report->table.format != SK_FORMAT_JSON)
			sk_output_byte(&report->output, '\n');
		report->apart = report->apart && !report->glanced;
	}
	set_passing(report, false);
	sk_output_flush(&report->output);
}

void
sk_report_withdraw(struct sk_report *report)
{
	if (report->drawn == 0)
		return;
	erase(report);
	sk_output_flush(&report->output);
}

static void
finish(struct sk_report *report)
{
	if (report->plot != NULL)
		sk_plot_finish(report->plot);
	close_output(report);
}

void
sk_report_end(struct sk_report *report)
{
	if (report->drawn > 0)
		erase(report);
	finish(report);
}

/* Lines that are too long are cut by the terminal, which is not to wrap them, and is told so for this long only. */
static void
redraw(struct sk_report *report, struct sk_groups *groups)
{
	size_t window = window_rows();

	erase(report);
	sk_output_string(&report->output, "\033[?7l");
	limit_lines(report, window > 3 ? window - 2 : 2);
	give_table(report, groups);
	limit_lines(report, 0);
	sk_output_string(&report->output, "\033[?7h");
	report->drawn = lines_of(report);
}

static void
write_sketches(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts)
{
	sk_sketch_output(&report->sketch_options, groups, counts->records, counts->skipped,
	    &report->output);
}

/* The file holds the answer so far, and nothing but that. */
static void
replace_file(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts, bool interim)
{
	sk_output_file_cut(report->file, 0);
	report->table.interim = interim;
	if (report->sketch)
		write_sketches(report, groups, counts);
	else
		give_table(report, groups);
	report->table.interim = false;
}

void
sk_report_interim(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts)
{
	if (is_file(report))
		return;
	if (report->file != NULL) {
		replace_file(report, groups, counts, true);
		sk_output_file_place(report->file);
		return;
	}
	set_passing(report, true);
	if (report->sketch) {
		write_sketches(report, groups, counts);
	} else if (draws(report)) {
		redraw(report, groups);
	} else {
		report->table.interim = true;
		give_table(report, groups);
		report->table.interim = false;
		if (report->table.format != SK_FORMAT_JSON)
			sk_output_byte(&report->output, '\n');
	}
	set_passing(report, false);
	sk_output_flush(&report->output);
}

void
sk_report_last(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts)
{
	if (report->drawn > 0)
		erase(report);
	if (report->file != NULL)
		replace_file(report, groups, counts, false);
	else if (report->sketch)
		write_sketches(report, groups, counts);
	else
		give_table(report, groups);
	finish(report);
}

bool
sk_report_remarks(const struct sk_report *report, struct sk_groups *groups, double error)
{
	const struct sk_group *group = sk_groups_sort(groups);
	size_t count = sk_groups_count(groups), lacking = 0;
	double worst = 0;

	for (size_t i = 0; i < count; i++) {
		const struct sk_aggregate_class *class = group[i].aggregate->class;
		double one = class->error(group[i].aggregate);

		worst = one > worst ? one : worst;
		lacking += class->lacking(group[i].aggregate) ? 1 : 0;
	}
	if (lacking > 0 && report->keyed)
		sk_note("for %zu of %zu keys, more --memory might put other items into the list", lacking,
		    count);
	else if (lacking > 0)
		sk_note("more --memory might put other items into the list");
	if (error < 0 || worst <= error)
		return true;
	sk_warn("the error is up to %.2g of %s, above --error %.2g: it takes more --memory", worst,
	    group[0].aggregate->class->error_of, error);
	return false;
}
