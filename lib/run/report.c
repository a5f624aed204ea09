/* report.c -- answers, interim and last. */
#include "report_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"

#define WINDOW_ROWS 24 /* when the terminal does not say */

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

/* What cannot be replaced is written to like standard output, but never drawn on. */
static void
open_output(struct sk_report *report, const struct sk_report_options *options)
{
	const int stream = options->file != NULL ? sk_output_file_stream(options->file) : STDOUT_FILENO;

	if (stream == -1)
		report->file = sk_output_file_new(options->file, &report->output);
	else
		sk_output_init(&report->output, stream);
	if (options->file != NULL)
		report->output.name = options->file;
	if (stream != -1 && options->sketch && options->form != SK_SKETCH_BASE64 && isatty(stream))
		sk_die("a sketch is binary, and no good on a terminal; --base64 is");
	report->terminal = options->file == NULL && isatty(STDOUT_FILENO);
}

struct sk_report *
sk_report_new(const struct sk_report_options *options)
{
	struct sk_report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		sk_die("out of memory");
	open_output(report, options);
	report->table.output = &report->output;
	report->table.format = options->format;
	report->table.header = options->header || options->format == SK_FORMAT_CSV ||
	    options->format == SK_FORMAT_SQL;
	report->table.human = options->human;
	name_table(report);
	if (options->format == SK_FORMAT_PLOT)
		report->plot = sk_plot_new(options->plot, options->scale, &report->output);
	report->table.plot = report->plot;
	report->keyed = options->key_parts > 0;
	report->class = options->class;
	report->sketch = options->sketch;
	report->sketch_options = (struct sk_sketch_output_options){ options->form,
		options->key_parts, options->level };
	report->exact = options->exact;
	report->memory = options->memory;
	if ((report->total = options->total))
		sk_total_init(&report->total_of, options->class, options->key_parts, options->exact, options->memory);
	if (report->keyed)
		report->columns[report->columns_count++] = (struct sk_column){ .name = "key",
			.kind = SK_COLUMN_BYTES,
			.parts = options->key_parts,
			.lengths = true };
	memcpy(report->columns + report->columns_count, options->columns,
	    options->columns_count * sizeof(*options->columns));
	report->columns_count += options->columns_count;
	return report;
}

void
sk_report_adopt_keys(struct sk_report *report, size_t parts)
{
	if (report->sketch && report->sketch_options.form == SK_SKETCH_IMAGE)
		sk_die("--image writes one sketch, and there are several, of keys: --by '' merges them");
	if (!report->keyed) {
		memmove(report->columns + 1, report->columns, report->columns_count++ * sizeof(*report->columns));
		report->columns[0] =
		    (struct sk_column){ .name = "key", .kind = SK_COLUMN_BYTES, .lengths = true };
	}
	report->keyed = true;
	report->columns[0].parts = report->sketch_options.key_parts = parts;
	if (report->total)
		sk_total_init(&report->total_of, report->class, parts, report->exact, report->memory);
}

void
sk_report_free(struct sk_report *report)
{
	if (report == NULL)
		return;
	sk_output_file_free(report->file);
	sk_plot_free(report->plot);
	sk_group_key_release(&report->key);
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

/* The rows that say that there is not even a key. */
static void
give_nothing(const struct sk_report *report, struct sk_rows rows)
{
	struct sk_aggregate *nothing = report->class->create(report->class, report->class->memory_min, 0);

	if (nothing == NULL)
		sk_die("out of memory");
	rows.before[rows.before_count++] = SK_CELL_ABSENT;
	report->class->rows(nothing, &rows);
	report->class->destroy(nothing);
}

/* The rows of all groups, behind what stands in ${rows} before their keys, and then those of their ${sum}, unless NULL. */
static void
give_rows(struct sk_report *report, struct sk_groups *groups, struct sk_groups *sum,
    const struct sk_report_window *window, struct sk_rows rows)
{
	const size_t parts = report->sketch_options.key_parts;
	const struct sk_group *group = sk_groups_sort(groups);
	const size_t before = rows.before_count;

	for (size_t i = 0; i < sk_groups_count(groups); i++) {
		if (report->keyed)
			rows.before[before] =
			    (struct sk_cell){ .bytes = sk_group_key(&report->key, window, group[i].key, parts) };
		rows.before_count = before + report->keyed;
		group[i].aggregate->class->rows(group[i].aggregate, &rows);
	}
	rows.before_count = before;
	if (report->keyed && rows.even_of_nothing && sk_groups_count(groups) == 0)
		give_nothing(report, rows);
	if (sum != NULL)
		sk_total_rows(&report->total_of, sum,
		    sk_group_key(&report->key, window, report->total_of.key, parts), rows);
}

void
sk_report_give_answer(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_window *window, struct sk_rows rows, const struct sk_column *columns,
    size_t columns_count, bool apart)
{
	struct sk_groups *sum = report->total ? sk_total_sum(&report->total_of, groups) : NULL;
	const bool own = sk_total_own_table(report->table.format);
	struct sk_groups *beside = own ? NULL : sum;

	if (sum != NULL && own && report->keyed && window != NULL && window->key_parts > 0)
		sk_die("--total: this --output has no place for that of a window with a key");
	sk_table_measure(&report->table, columns, columns_count);
	if (sk_table_measures(&report->table))
		give_rows(report, groups, beside, window, rows);
	if (apart && report->table.format == SK_FORMAT_TEXT && sk_table_rows(&report->table) > 0)
		sk_output_byte(&report->output, '\n');
	sk_table_begin(&report->table);
	do
		give_rows(report, groups, beside, window, rows);
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

	sk_report_give_answer(report, groups, NULL, rows, report->columns, report->columns_count, false);
}

struct sk_output *
sk_report_output(struct sk_report *report)
{
	return &report->output;
}

/* Terminals */

size_t
sk_report_window_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_row == 0)
		return WINDOW_ROWS;
	return size.ws_row;
}

bool
sk_report_draws(const struct sk_report *report)
{
	return report->terminal &&
	    (report->plot != NULL ? sk_plot_draws(report->plot) : report->table.format == SK_FORMAT_TEXT);
}

bool
sk_report_is_file(const struct sk_report *report)
{
	return report->plot != NULL && !sk_plot_draws(report->plot);
}

void
sk_report_set_passing(struct sk_report *report, bool passing)
{
	if (report->plot != NULL)
		sk_plot_passing(report->plot, passing);
}

void
sk_report_limit_lines(struct sk_report *report, size_t lines)
{
	report->table.rows_max = lines > 1 ? lines - 1 : lines;
	if (report->plot != NULL) {
		report->table.rows_max = 0;
		sk_plot_limit(report->plot, lines);
	}
}

size_t
sk_report_lines_of(const struct sk_report *report)
{
	const size_t rows = sk_table_rows(&report->table);

	if (report->plot != NULL)
		return sk_plot_lines(report->plot);
	return rows > 0 ? rows + 1 : 0;
}

/*
 * Some terminals break lines in two when they become narrower, and others do not, so that nobody knows where the answer
 * began: then the screen is cleared, unless windows that have closed are on it.
 */
void
sk_report_erase(struct sk_report *report)
{
	if (report->drawn > 0 && !report->windowed && sk_plot_terminal_width() < report->drawn_columns) {
		sk_output_string(&report->output, "\033[2J\033[H");
	} else if (report->drawn > 0) {
		sk_output_string(&report->output, "\033[");
		sk_output_number(&report->output, report->drawn);
		sk_output_string(&report->output, "A");
	}
	sk_output_string(&report->output, "\r\033[J");
	report->drawn = 0;
}

/* What is written is complete. */
static void
close_output(struct sk_report *report)
{
	if (report->file != NULL)
		sk_output_file_place(report->file);
	sk_output_close(&report->output);
}

void
sk_report_withdraw(struct sk_report *report)
{
	if (report->drawn == 0)
		return;
	sk_report_erase(report);
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
		sk_report_erase(report);
	finish(report);
}

bool
sk_report_is_drawn(const struct sk_report *report)
{
	return report->drawn > 0;
}

bool
sk_report_leave(struct sk_report *report)
{
	const bool was = report->drawn > 0;

	report->drawn = 0;
	return was;
}

void
sk_report_begin_drawing(struct sk_report *report)
{
	static const int held[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++)
		sigaddset(&signals, held[i]);
	pthread_sigmask(SIG_BLOCK, &signals, &report->outside);
	sk_output_string(&report->output, "\033[?7l");
	report->drawn_columns = report->table.width_max = sk_plot_terminal_width();
}

void
sk_report_end_drawing(struct sk_report *report)
{
	sk_output_string(&report->output, "\033[?7h");
	report->table.width_max = 0;
	sk_output_flush(&report->output);
	pthread_sigmask(SIG_SETMASK, &report->outside, NULL);
}

static void
redraw(struct sk_report *report, struct sk_groups *groups)
{
	size_t window = sk_report_window_rows();

	sk_report_erase(report);
	sk_report_begin_drawing(report);
	sk_report_limit_lines(report, window > 3 ? window - 2 : 2);
	give_table(report, groups);
	sk_report_limit_lines(report, 0);
	report->drawn = sk_report_lines_of(report);
	sk_report_end_drawing(report);
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
	if (sk_report_is_file(report))
		return;
	if (report->file != NULL) {
		replace_file(report, groups, counts, true);
		sk_output_file_place(report->file);
		return;
	}
	sk_report_set_passing(report, true);
	if (report->sketch) {
		write_sketches(report, groups, counts);
	} else if (sk_report_draws(report)) {
		redraw(report, groups);
	} else {
		report->table.interim = true;
		give_table(report, groups);
		report->table.interim = false;
		if (report->table.format != SK_FORMAT_JSON)
			sk_output_byte(&report->output, '\n');
	}
	sk_report_set_passing(report, false);
	sk_output_flush(&report->output);
}

void
sk_report_last(struct sk_report *report, struct sk_groups *groups,
    const struct sk_report_counts *counts)
{
	if (report->drawn > 0)
		sk_report_erase(report);
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
	const struct sk_group *group = groups != NULL ? sk_groups_sort(groups) : NULL;
	const size_t count = groups != NULL ? sk_groups_count(groups) : 0;
	size_t lacking = 0;
	const char *error_of = report->error_of;
	double worst = report->worst;

	for (size_t i = 0; i < count; i++) {
		const struct sk_aggregate_class *class = group[i].aggregate->class;
		double one = class->error(group[i].aggregate);

		worst = one > worst ? one : worst;
		error_of = class->error_of;
		lacking += class->lacking(group[i].aggregate) ? 1 : 0;
	}
	if (report->lacking)
		sk_note("in some windows, more --memory might put other items into the list");
	else if (lacking > 0 && report->keyed)
		sk_note("for %zu of %zu keys, more --memory might put other items into the list", lacking,
		    count);
	else if (lacking > 0)
		sk_note("more --memory might put other items into the list");
	if (error < 0 || worst <= error)
		return true;
	sk_warn("the error is up to %.2g of %s, above --error %.2g: it takes more --memory", worst,
	    error_of, error);
	return false;
}
