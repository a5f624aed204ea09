/* plot_text.c -- text, glyphs and colours of pictures on a terminal. */
#include "plot_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "utf8.h"

#define WIDTH 80 /* where nobody knows */
#define WIDTH_MIN 20
#define WIDTH_MAX 1000
#define BAR_MIN 8 /* columns that bars have, whatever stands before them */

/* The terminal */

size_t
sk_plot_terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = WIDTH;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		width = size.ws_col;
	else if (columns != NULL && strtol(columns, NULL, 10) > 0)
		width = strtol(columns, NULL, 10);
	return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (size_t)width;
}

/* No tool sets a locale; the environment says what setlocale() would. */
static bool
is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && (locale == NULL || *locale == '\0'); i++)
		locale = getenv(names[i]);
	for (; locale != NULL && *locale != '\0'; locale++)
		if (strncasecmp(locale, "utf-8", 5) == 0 || strncasecmp(locale, "utf8", 4) == 0)
			return true;
	return false;
}

void
sk_plot_terminal(struct sk_plot *plot)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	const bool dumb = term != NULL && strcmp(term, "dumb") == 0;

	plot->width = sk_plot_terminal_width();
	plot->ascii = plot->how == SK_PLOT_ASCII || dumb || !is_utf8();
	plot->colour = isatty(STDOUT_FILENO) && !dumb && (no_color == NULL || *no_color == '\0');
}

/* Text */

size_t
sk_plot_columns(struct sk_span text)
{
	size_t columns = 0;

	for (size_t at = 0, length; at < text.size; at += length) {
		length = sk_utf8_length(text.data + at, text.size - at);
		length = length > 0 ? length : 1;
		columns += sk_utf8_columns(text.data + at, length);
	}
	return columns;
}

/* How many bytes of ${text} take ${width} columns at most; combining marks stay with what they are on. */
static size_t
front(struct sk_span text, size_t width, size_t *used)
{
	size_t at = 0;

	for (*used = 0; at < text.size;) {
		size_t length = sk_utf8_length(text.data + at, text.size - at), columns;

		length = length > 0 ? length : 1;
		columns = sk_utf8_columns(text.data + at, length);
		if (*used + columns > width)
			break;
		*used += columns;
		at += length;
	}
	return at;
}

size_t
sk_plot_cut(struct sk_span text, size_t width, size_t ellipsis, struct sk_span ends[2], bool *cut)
{
	const size_t columns = sk_plot_columns(text);
	size_t head, tail, skipped;

	*cut = columns > width;
	ends[0] = text;
	ends[1] = (struct sk_span){ text.data + text.size, 0 };
	if (!*cut)
		return columns;
	if (width <= ellipsis) {
		*cut = false;
		ends[0].size = front(text, width, &head);
		return head;
	}
	ends[0].size = front(text, (width - ellipsis + 1) / 2, &head);
	tail = width - ellipsis - head;
	/* A wide character at the border goes as a whole, and so do marks on what is left out. */
	skipped = front(text, columns - tail, &head);
	while (skipped < text.size && columns - head > tail) {
		size_t length = sk_utf8_length(text.data + skipped, text.size - skipped);

		length = length > 0 ? length : 1;
		head += sk_utf8_columns(text.data + skipped, length);
		skipped += length;
	}
	ends[1] = (struct sk_span){ text.data + skipped, text.size - skipped };
	return sk_plot_columns(ends[0]) + ellipsis + (columns - head);
}

void
sk_plot_put(struct sk_plot *plot, struct sk_span text, size_t width, bool right)
{
	struct sk_span ends[2];
	bool cut;
	const size_t used = sk_plot_cut(text, width, plot->ascii ? 2 : 1, ends, &cut);

	if (right)
		sk_output_fill(plot->output, ' ', width - used);
	sk_output_bytes(plot->output, ends[0]);
	if (cut)
		sk_output_string(plot->output, plot->ascii ? ".." : "\xe2\x80\xa6");
	sk_output_bytes(plot->output, ends[1]);
	if (!right)
		sk_output_fill(plot->output, ' ', width - used);
}

size_t
sk_plot_number(char text[SK_PLOT_NUMBER], double value, int digits)
{
	const double size = fabs(value);

	/* Whole numbers of some length are better read as they are. */
	if (size < 1e6 && value == floor(value))
		return (size_t)snprintf(text, SK_PLOT_NUMBER, "%.0f", value + 0.0);
	if (size >= 100 && size < 1e6 && digits <= 3)
		return (size_t)snprintf(text, SK_PLOT_NUMBER, "%.0f", value);
	return (size_t)snprintf(text, SK_PLOT_NUMBER, "%.*g", digits, value);
}

size_t
sk_plot_quantile(char text[SK_PLOT_NUMBER], double q)
{
	return (size_t)snprintf(text, SK_PLOT_NUMBER, "p%.10g", q * 100);
}

int
sk_plot_edge_digits(const struct sk_plot_panel *panel)
{
	char low[SK_PLOT_NUMBER], high[SK_PLOT_NUMBER];

	for (int digits = 3; digits < 17; digits++) {
		bool told = true;

		for (size_t i = 0; told && i < panel->count; i++) {
			sk_plot_number(low, panel->points[i].low, digits);
			sk_plot_number(high, panel->points[i].high, digits);
			told = strcmp(low, high) != 0 || panel->points[i].low >= panel->points[i].high;
		}
		if (told)
			return digits;
	}
	return 17;
}

/* Lines and glyphs */

bool
sk_plot_line(struct sk_plot *plot)
{
	if (sk_plot_lines_left(plot) == 0)
		return false;
	plot->lines++;
	return true;
}

void
sk_plot_ink(struct sk_plot *plot, enum sk_plot_ink ink)
{
	static const char *const codes[] = { "\033[0m", "\033[36m", "\033[2m" };

	if (plot->colour)
		sk_output_string(plot->output, codes[ink]);
}

/* U+2588 is a full block, and those before or behind it are its parts. */
static void
put_block(struct sk_plot *plot, unsigned last)
{
	const char block[] = { (char)0xe2, (char)0x96, (char)last, '\0' };

	sk_output_string(plot->output, block);
}

static void
put_ascii(struct sk_plot *plot, unsigned eighths)
{
	sk_output_byte(plot->output, " ...::::#"[eighths]);
}

void
sk_plot_cell(struct sk_plot *plot, unsigned eighths)
{
	if (plot->ascii)
		put_ascii(plot, eighths);
	else if (eighths == 0)
		sk_output_byte(plot->output, ' ');
	else
		put_block(plot, 0x90 - eighths);
}

void
sk_plot_column_cell(struct sk_plot *plot, unsigned eighths)
{
	if (plot->ascii)
		put_ascii(plot, eighths);
	else if (eighths == 0)
		sk_output_byte(plot->output, ' ');
	else
		put_block(plot, 0x80 + eighths);
}

void
sk_plot_shade(struct sk_plot *plot, unsigned shade, size_t count)
{
	while (count-- > 0) {
		if (plot->ascii)
			sk_output_byte(plot->output, "=-."[shade]);
		else
			put_block(plot, 0x93 - shade);
	}
}

/* Pictures */

/* The heading, and an empty line between pictures. Nothing before the lines of a series. */
bool
sk_plot_begin_picture(struct sk_plot *plot, const struct sk_plot_panel *panel)
{
	const struct sk_span heading = sk_plot_piece(panel, panel->heading);

	if (panel->plan.series)
		return true;
	if (plot->apart) {
		if (!sk_plot_line(plot))
			return false;
		sk_output_byte(plot->output, '\n');
	}
	plot->apart = true;
	if (heading.size == 0)
		return true;
	if (!sk_plot_line(plot))
		return false;
	sk_plot_put(plot, heading, sk_plot_columns(heading) < plot->width ? sk_plot_columns(heading) : plot->width,
	    false);
	sk_output_byte(plot->output, '\n');
	return true;
}

void
sk_plot_end_picture(struct sk_plot *plot, uint64_t left_out)
{
	if (left_out == 0 || !sk_plot_line(plot))
		return;
	sk_output_string(plot->output, "and ");
	sk_output_number(plot->output, left_out);
	sk_output_string(plot->output, " more\n");
}

/* What is left of the line for bars. */
size_t
sk_plot_bar_width(const struct sk_plot *plot, size_t before)
{
	return plot->width > before + BAR_MIN ? plot->width - before : BAR_MIN;
}
