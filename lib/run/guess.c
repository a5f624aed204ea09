/*
 * guess.c -- which format do records have?
 *
 * Each format is tried with the reader that would read it. Logs may have a broken line now and then; tables may not, for of many texts
 * the lines have as many commas by chance.
 */
#include "guess.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../record/number.h"
#include "diag.h"
#include "intake.h"

#define RECORDS ((size_t)64) /* looked at */
#define FIELDS ((size_t)64)  /* of a table, fewer than these */
#define BAD_SHARE ((size_t)10) /* one in so many */

/* The first records, as one format has them. */
struct sample {
	size_t n;
	struct sk_span records[RECORDS];
	struct sk_span values[FIELDS * RECORDS]; /* field f of record i: [f * RECORDS + i] */
	unsigned char states[FIELDS * RECORDS];
	struct sk_layout_fault faults[RECORDS];
	unsigned char *scratch;
};

/* Read the front of the ${block}. The sample's scratch is to be freed. */
static void
take_sample(struct sample *sample, const struct sk_layout_options *options, const struct sk_layout_want *wants, size_t n,
    struct sk_span block)
{
	const char *why;
	size_t which, used, bytes = 0;
	struct sk_layout *layout = sk_layout_new(options, wants, n, &why, &which);
	bool lines = false;

	if (layout == NULL)
		sk_die("out of memory");
	sample->n = sk_layout_front(layout, block.data, block.size, false, sample->records, RECORDS, &used, &lines);
	for (size_t i = 0; i < sample->n; i++)
		bytes += sample->records[i].size;
	if ((sample->scratch = malloc(1 + sk_layout_scratch(layout, bytes))) == NULL)
		sk_die("out of memory");
	sample->scratch[0] = '"'; /* what is before a value is looked at, and it is quoted ones that are put here */
	sk_layout_pick(layout, sample->records, sample->n, RECORDS, sample->scratch + 1, sample->values,
	    sample->states, sample->faults);
	sk_layout_free(layout);
}

static struct sk_span
span_of(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

/* Logs */

static bool
is_name_byte(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	    (byte != '\0' && strchr("_.-/@:", byte) != NULL);
}

/* name=value, the value in quotes or not; returns the bytes behind it, or NULL if it is none. */
static const unsigned char *
behind_pair(const unsigned char *at, const unsigned char *end)
{
	const unsigned char *start = at;

	while (at < end && is_name_byte(*at))
		at++;
	if (at == start || at == end || *at++ != '=')
		return NULL;
	if (at < end && *at == '"') {
		for (at++; at < end && *at != '"'; at++)
			at += *at == '\\' ? 1 : 0;
		return at < end && (at + 1 == end || at[1] == ' ') ? at + 1 : NULL;
	}
	while (at < end && *at != ' ' && *at != '"')
		at++;
	return at == end || *at == ' ' ? at : NULL;
}

/* Two pairs at least, and nothing else. */
static bool
is_logfmt(struct sk_span record)
{
	const unsigned char *at = record.data, *end = at + record.size;
	size_t pairs = 0;

	for (; at < end; pairs++) {
		if ((at = behind_pair(at, end)) == NULL)
			return false;
		while (at < end && (*at == ' ' || *at == '\r'))
			at++;
	}
	return pairs > 1;
}

/* Whether record ${i} is what the format has; ${n} values are in it. */
static bool
is_good(const struct sample *sample, enum sk_layout_kind kind, size_t n, size_t i)
{
	const struct sk_span record = sample->records[i];

	if (kind == SK_LAYOUT_LOGFMT)
		return is_logfmt(record);
	if (sample->faults[i].reason != SK_LAYOUT_FINE)
		return false;
	if (kind == SK_LAYOUT_JSON)
		return record.size > 0 && record.data[0] == '{';
	for (size_t w = 0; w < n; w++)
		if (sample->states[w * RECORDS + i] != SK_LAYOUT_VALUE)
			return false;
	return true;
}

/* The first record, and nearly all, have the format. */
static bool
is_log(struct sample *sample, enum sk_layout_kind kind, unsigned char end, struct sk_span block)
{
	const struct sk_layout_options options = { kind, ',', end, 0 };
	const struct sk_layout_want clf[] = { { .name = span_of("host") }, { .name = span_of("time") },
		{ .name = span_of("status") } };
	const struct sk_layout_want none = { .name = span_of("streamkit") };
	size_t n = kind == SK_LAYOUT_CLF ? 3 : 1, good = 0;

	take_sample(sample, &options, kind == SK_LAYOUT_CLF ? clf : &none, n, block);
	for (size_t i = 0; i < sample->n; i++)
		good += is_good(sample, kind, n, i) ? 1 : 0;
	free(sample->scratch);
	return sample->n > 0 && is_good(sample, kind, n, 0) && (sample->n - good) * BAD_SHARE <= sample->n;
}

/* Tables */

static void
take_table(struct sample *sample, unsigned char delimiter, unsigned char end, struct sk_span block)
{
	const struct sk_layout_options options = { delimiter == '\t' ? SK_LAYOUT_TSV : SK_LAYOUT_CSV, delimiter, end,
		SK_INTAKE_QUOTE_MAX };
	struct sk_layout_want wants[FIELDS];

	for (size_t f = 0; f < FIELDS; f++)
		wants[f] = (struct sk_layout_want){ .number = (long)f + 1 };
	take_sample(sample, &options, wants, FIELDS, block);
}

static size_t
count_fields(const struct sample *sample, size_t i)
{
	size_t n = 0;

	while (n < FIELDS && sample->states[n * RECORDS + i] == SK_LAYOUT_VALUE)
		n++;
	return n;
}

/* A blank behind a comma is what text has, and a quoted field does not begin with it. */
static bool
is_prose(struct sk_span value)
{
	return value.size > 0 && value.data[0] == ' ' && value.data[-1] != '"';
}

static bool
is_number(struct sk_span value)
{
	double number;

	return sk_number_double(value, &number) == SK_NUMBER_OK;
}

/* All records have as many fields, two at least, and few look like text. */
static bool
is_even(const struct sample *sample)
{
	const size_t fields = sample->n > 1 ? count_fields(sample, 0) : 0;
	size_t prose = 0;

	for (size_t i = 0; i < sample->n; i++) {
		bool like_text = false;

		if (sample->faults[i].reason != SK_LAYOUT_FINE || count_fields(sample, i) != fields)
			return false;
		for (size_t f = 1; f < fields; f++)
			like_text = like_text || is_prose(sample->values[f * RECORDS + i]);
		prose += like_text ? 1 : 0;
	}
	return fields > 1 && fields < FIELDS && prose * BAD_SHARE <= sample->n;
}

/* Names in the first record, no two the same, and a column of numbers below one of them. */
static bool
has_header(const struct sample *sample)
{
	const size_t fields = count_fields(sample, 0);
	bool numbers = false;

	for (size_t f = 0; f < fields; f++) {
		const struct sk_span *column = sample->values + f * RECORDS;
		size_t i = 1;

		if (column[0].size == 0 || is_number(column[0]))
			return false;
		for (size_t other = 0; other < f; other++)
			if (sample->values[other * RECORDS].size == column[0].size &&
			    memcmp(sample->values[other * RECORDS].data, column[0].data, column[0].size) == 0)
				return false;
		while (i < sample->n && is_number(column[i]))
			i++;
		numbers = numbers || i == sample->n;
	}
	return numbers;
}

static bool
is_table(struct sample *sample, unsigned char delimiter, unsigned char end, struct sk_span block, bool *header)
{
	bool fits;

	take_table(sample, delimiter, end, block);
	fits = is_even(sample);
	if (fits)
		*header = has_header(sample);
	free(sample->scratch);
	return fits;
}

/* The guess */

static const unsigned char delimiters[] = { '\t', ',', ';' };

static bool
can_delimit(unsigned char delimiter)
{
	return delimiter != '"' && delimiter != '\r' && delimiter != '\t';
}

/* The one delimiter that makes a table of the block; 0: none does, or several do. */
static unsigned char
find_delimiter(struct sample *sample, const struct sk_shared *shared, struct sk_span block, bool *header)
{
	unsigned char found = 0;
	bool has;

	if (shared->delimiter != SK_INTAKE_BLANKS) {
		unsigned char given = (unsigned char)shared->delimiter;

		return can_delimit(given) && is_table(sample, given, shared->end, block, header) ? given : 0;
	}
	for (size_t i = 0; i < sizeof(delimiters); i++) {
		if (!is_table(sample, delimiters[i], shared->end, block, &has))
			continue;
		if (found != 0)
			return 0;
		found = delimiters[i];
		*header = has;
	}
	return found;
}

static bool
find_log(struct sample *sample, const struct sk_shared *shared, struct sk_span block, enum sk_input_format *input)
{
	static const struct {
		enum sk_layout_kind kind;
		enum sk_input_format input;
	} logs[] = { { SK_LAYOUT_JSON, SK_INPUT_JSON }, { SK_LAYOUT_CLF, SK_INPUT_CLF },
		{ SK_LAYOUT_LOGFMT, SK_INPUT_LOGFMT } };

	for (size_t i = 0; shared->delimiter == SK_INTAKE_BLANKS && !shared->header && i < 3; i++)
		if (is_log(sample, logs[i].kind, shared->end, block)) {
			*input = logs[i].input;
			return true;
		}
	return false;
}

static void
guess(struct sample *sample, struct sk_shared *shared, struct sk_span block, bool names)
{
	unsigned char delimiter;
	bool header = false;

	shared->input = SK_INPUT_LINES;
	if (block.size == 0)
		return;
	if (find_log(sample, shared, block, &shared->input))
		return;
	if ((delimiter = find_delimiter(sample, shared, block, &header)) == 0)
		return;
	shared->input = delimiter == '\t' ? SK_INPUT_TSV : SK_INPUT_CSV;
	shared->header = shared->header || header || names;
	if (delimiter != '\t' && delimiter != ',')
		shared->delimiter = delimiter;
}

static struct sk_span
behind_mark(struct sk_span block)
{
	const size_t mark = sk_layout_mark(block);

	return mark == 0 ? block : (struct sk_span){ block.data + mark, block.size - mark };
}

/* Waiting */

static size_t
count_ends(struct sk_span block, unsigned char end)
{
	size_t n = 0;

	for (size_t i = 0; i < block.size; i++)
		n += block.data[i] == end ? 1 : 0;
	return n;
}

/* Whether the first record is there and the second is not, or a quote in the first has not been closed, and no stray one it seems. */
static bool
may_be_table(struct sample *sample, unsigned char delimiter, unsigned char end, struct sk_span block)
{
	size_t fields;

	take_table(sample, delimiter, end, block);
	free(sample->scratch);
	if (sample->n == 0)
		return count_ends(block, end) < RECORDS;
	fields = count_fields(sample, 0);
	return sample->n == 1 && sample->faults[0].reason == SK_LAYOUT_FINE && fields > 1 && fields < FIELDS;
}

static bool
is_undecided(struct sample *sample, const struct sk_shared *shared, struct sk_span block)
{
	enum sk_input_format input;
	bool undecided = false;

	if (block.size == 0 || find_log(sample, shared, block, &input))
		return block.size == 0;
	if (shared->delimiter != SK_INTAKE_BLANKS) {
		unsigned char given = (unsigned char)shared->delimiter;

		return can_delimit(given) && may_be_table(sample, given, shared->end, block);
	}
	for (size_t i = 0; i < sizeof(delimiters) && !undecided; i++)
		undecided = may_be_table(sample, delimiters[i], shared->end, block);
	return undecided;
}

void
sk_guess_gather(const struct sk_shared *shared, struct sk_source *source, struct sk_span *block)
{
	struct sample *sample = calloc(1, sizeof(*sample));

	if (sample == NULL)
		sk_die("out of memory");
	while (is_undecided(sample, shared, behind_mark(*block)) && sk_source_more(source, block))
		;
	free(sample);
}

/* What is said */

static bool
holds(struct sk_span line, unsigned char byte)
{
	return line.size > 0 && memchr(line.data, byte, line.size) != NULL;
}

/* Names go with what the first line looks most like. */
static _Noreturn void
die_of_names(const char *name, struct sk_span block, unsigned char end)
{
	const unsigned char *stop = memchr(block.data, end, block.size);
	const struct sk_span line = { block.data, stop != NULL ? (size_t)(stop - block.data) : block.size };
	const char *try = "-H, if its first line names them";
	char quoted[SK_DIAG_QUOTE];

	if (holds(line, '\t'))
		try = "-i tsv -H";
	else if (line.size > 0 && line.data[0] == '{')
		try = "-i json";
	else if (line.size > 0 && behind_pair(line.data, line.data + line.size) != NULL)
		try = "-i logfmt";
	else if (holds(line, ','))
		try = "-i csv -H";
	else if (holds(line, ';'))
		try = "-i csv -H -d ';'";
	sk_die("%s: -i auto takes it for lines, and their fields have numbers, not names; try %s: %s", name, try,
	    sk_diag_quote(quoted, line));
}

void
sk_guess(struct sk_shared *shared, const char *name, struct sk_span block, bool names)
{
	static const char *const formats[] = { [SK_INPUT_LINES] = "lines", [SK_INPUT_CSV] = "csv",
		[SK_INPUT_TSV] = "tsv", [SK_INPUT_JSON] = "json", [SK_INPUT_LOGFMT] = "logfmt",
		[SK_INPUT_CLF] = "clf" };
	struct sample *sample = calloc(1, sizeof(*sample));

	if (sample == NULL)
		sk_die("out of memory");
	block = behind_mark(block);
	guess(sample, shared, block, names);
	free(sample);
	if (shared->input == SK_INPUT_LINES && names && block.size == 0)
		shared->input_open = true; /* what comes later may say its names */
	else if (shared->input == SK_INPUT_LINES && names && !shared->header)
		die_of_names(name, block, shared->end);
	if (isatty(STDERR_FILENO))
		sk_note("reading %s as %s (-i %s%s%s)", name, formats[shared->input], formats[shared->input],
		    shared->header ? " -H" : "",
		    shared->input == SK_INPUT_CSV && shared->delimiter == ';' ? " -d ';'" : "");
}
