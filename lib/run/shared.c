/* shared.c -- the options that tools share. */
#include "shared.h"

#include <string.h>
#include <unistd.h>

#include "../pipe/compress.h"
#include "diag.h"
#include "intake.h"
#include "when.h"

#define MEMORY_DEFAULT ((size_t)64 << 20)
#define MEMORY_MIN ((size_t)16 << 10)
#define ZSTD_LEVEL 3

enum {
	KEY_COLUMNS = SK_SHARED_WHERE + 1,
	KEY_ITEM_TYPE,
	KEY_BASE64,
	KEY_IMAGE,
	KEY_SINCE,
	KEY_UNTIL,
	KEY_WINDOWS,
	KEY_STATE,
	KEY_ZSTD,
	KEY_EXACT,
	KEY_EXPLAIN,
	KEY_EVERY,
	KEY_STRICT,
	KEY_SEED,
	KEY_ASSERT,
	KEY_OUTPUT_FILE,
	KEY_PLOT,
	KEY_TOTAL,
	KEY_HUMAN,
};

const struct sk_option sk_item_options[] = {
	{ 'f', "field", "LIST",
	    "look at these fields: 7, -1 (the last), 2-4, 5-,\nor names (-H, -i json); default: the whole record",
	    SK_OPTION_FIELDS, NULL, 0 },
	{ 'b', "by", "LIST",
	    "one answer for each value of these fields; empty:\none for sketches of all keys together", SK_OPTION_FIELDS, "", 0 },
	{ SK_SHARED_WHERE, "where", "CONDITION",
	    "only records for which this holds, and all others\nlike it: status>=500, path~^/api/, !agent~bot",
	    SK_OPTION_TEXT, NULL, 0 },
	{ 'i', "input", "FORMAT",
	    "lines, csv, tsv, json (one a line), logfmt, clf (web\nlogs), be32 (behind lengths); auto: one of these;\nraw f64, f32, i64, u64; sketches: base64 (one a\nline), image (one a file); files of -S are known as\nthey come",
	    SK_OPTION_CHOICE, "lines base64 image csv tsv json logfmt clf be32 f64 f32 i64 u64 auto", 0 },
	{ KEY_ITEM_TYPE, "item-type", "TYPE",
	    "string, double, float, long: what plain images hold", SK_OPTION_CHOICE,
	    "string double float long", 0 },
	{ 0 },
};

const struct sk_option sk_input_options[] = {
	{ 'd', "delimiter", "CHAR", "what separates fields; default: runs of blanks;\nof csv: the comma",
	    SK_OPTION_BYTE, NULL, 0 },
	{ 'H', "header", NULL, "the first record of each input names the fields", SK_OPTION_FLAG,
	    NULL, 0 },
	{ 'z', "null", NULL, "records end in NUL instead of newline (also -0)", SK_OPTION_FLAG, NULL,
	    '0' },
	{ 'm', "memory", "SIZE", "keep to this much memory; default: 64M", SK_OPTION_SIZE, NULL, 0 },
	{ KEY_STRICT, "strict", NULL, "end at the first bad record, with status 2", SK_OPTION_FLAG,
	    NULL, 0 },
	{ 0 },
};

const struct sk_option sk_answer_options[] = {
	{ 'o', "output", "FORMAT", "text (on a terminal), tsv (else), json, csv,\nprom, influx, sql",
	    SK_OPTION_CHOICE, "text tsv json csv prom influx sql", 0 },
	{ KEY_HUMAN, "human", NULL, "text with 486,842 for 486842, and bounds in per cent",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_TOTAL, "total", NULL, "add a row for all keys (--by) together", SK_OPTION_FLAG, NULL, 0 },
	{ KEY_OUTPUT_FILE, "output-file", "FILE", "replace FILE with the answer, as a whole",
	    SK_OPTION_FILE, NULL, 0 },
	{ KEY_COLUMNS, "columns", NULL, "name the columns in a first line of tsv", SK_OPTION_FLAG,
	    NULL, 0 },
	{ KEY_PLOT, "plot", "HOW", "draw the answer; =ascii, or =svg for a picture file", SK_OPTION_MAYBE,
	    "ascii svg", 0 },
	{ KEY_SINCE, "since", "TIME", "one answer for all windows that start then or later",
	    SK_OPTION_TEXT, NULL, 0 },
	{ KEY_UNTIL, "until", "TIME", "one answer for all windows that end then or before",
	    SK_OPTION_TEXT, NULL, 0 },
	{ KEY_WINDOWS, "windows", "ANSWER", "one for each window, or for the whole; default: each,\nand whole with --since or --until",
	    SK_OPTION_CHOICE, "each whole", 0 },
	{ 'S', "sketch", NULL, "write the sketch instead of the answer",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_BASE64, "base64", NULL, "with -S: a line for each sketch, KEY TAB BASE64",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_IMAGE, "image", NULL, "with -S: the plain DataSketches image", SK_OPTION_FLAG, NULL,
	    0 },
	{ KEY_STATE, "state", "FILE", "start from this state, and leave the new one in it",
	    SK_OPTION_FILE, NULL, 0 },
	{ KEY_ZSTD, "zstd", NULL, "with -S or --state: compress the sketches", SK_OPTION_FLAG, NULL,
	    0 },
	{ 'j', "threads", "N", "read regular files in this many threads; default: the\nprocessors there are",
	    SK_OPTION_COUNT, NULL, 0 },
	{ KEY_EXACT, "exact", NULL, "fail when an exact answer does not fit in memory",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_EXPLAIN, "explain", NULL, "print which sketch it would be, its error and bytes",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_EVERY, "every", "DURATION", "report this often while the stream runs",
	    SK_OPTION_DURATION, NULL, 0 },
	{ KEY_ASSERT, "assert", "EXPR", "exit with 1 unless this holds: p99<0.5, count>=100;\nseveral may be given",
	    SK_OPTION_TEXT, NULL, 0 },
	{ KEY_SEED, "seed", "N", "of the sketches that toss coins; default: 1", SK_OPTION_COUNT,
	    NULL, 0 },
	{ 0 },
};

void
sk_shared_defaults(struct sk_shared *shared)
{
	*shared = (struct sk_shared){
		.delimiter = SK_INTAKE_BLANKS,
		.end = '\n',
		.format = isatty(STDOUT_FILENO) ? SK_FORMAT_TEXT : SK_FORMAT_TSV,
		.memory = MEMORY_DEFAULT,
		.error = -1,
		.windows = SK_WINDOWS_BY_RANGE,
		.seed = 1,
	};
}

/* Field lists are borrowed from the command line; a part that takes the rest of a record ends a list. */
static void
check_rest(const struct sk_fields *fields, const char *option)
{
	for (size_t i = 0; i + 1 < fields->count; i++)
		if (fields->field[i].rest)
			sk_die("--%s: a field that takes in the rest comes last", option);
}

static void
take_where(struct sk_shared *shared, const char *text)
{
	char quoted[SK_DIAG_QUOTE];
	const char *trouble;

	if (shared->where == NULL && (shared->where = sk_where_new()) == NULL)
		sk_die("out of memory");
	if ((trouble = sk_where_add(shared->where, text)) != NULL)
		sk_die("--where %s: %s",
		    sk_diag_quote(quoted, (struct sk_span){ (const unsigned char *)text, strlen(text) }), trouble);
}

bool
sk_shared_take(struct sk_shared *shared, const struct sk_option_value *value)
{
	switch (value->key) {
	case 'f':
		shared->items = value->fields;
		break;
	case 'b':
		shared->keys = value->fields;
		shared->merges_keys = shared->keys.count == 0;
		break;
	case SK_SHARED_WHERE:
		take_where(shared, value->text);
		break;
	case 'd':
		shared->delimiter = (int)value->number;
		break;
	case 'i':
		shared->input = (enum sk_input_format)value->number;
		shared->input_asked = true;
		break;
	case KEY_ITEM_TYPE:
		shared->item_type = (enum sk_item_type)value->number;
		break;
	case 'S':
		shared->sketch = true;
		break;
	case KEY_BASE64:
		shared->form = SK_SKETCH_BASE64;
		break;
	case KEY_IMAGE:
		shared->form = SK_SKETCH_IMAGE;
		break;
	case KEY_SINCE:
		shared->range.since = sk_when_option("--since", value->text, NULL);
		shared->range.from = true;
		break;
	case KEY_UNTIL:
		shared->range.until = sk_when_option("--until", value->text, NULL);
		shared->range.to = true;
		break;
	case KEY_WINDOWS:
		shared->windows = (enum sk_windows_answer)value->number;
		break;
	case KEY_STATE:
		shared->state = value->text;
		break;
	case KEY_ZSTD:
		shared->level = ZSTD_LEVEL;
		break;
	case 'H':
		shared->header = true;
		break;
	case 'z':
		shared->end = '\0';
		break;
	case 'o':
		shared->format = (enum sk_format)value->number;
		shared->format_given = true;
		break;
	case KEY_HUMAN:
		shared->human = true;
		break;
	case KEY_TOTAL:
		shared->total = true;
		break;
	case KEY_OUTPUT_FILE:
		shared->output_file = strcmp(value->text, "-") == 0 ? NULL : value->text;
		if (shared->output_file != NULL && !shared->format_given)
			shared->format = SK_FORMAT_TSV;
		break;
	case KEY_COLUMNS:
		shared->columns = true;
		break;
	case 'm':
		shared->memory = value->number < SIZE_MAX ? (size_t)value->number : SIZE_MAX;
		break;
	case 'j':
		shared->threads = value->number;
		break;
	case 'e':
		shared->error = value->fraction;
		break;
	case KEY_EXACT:
		shared->exact = true;
		break;
	case KEY_EXPLAIN:
		shared->explain = true;
		break;
	case KEY_EVERY:
		shared->every = value->number;
		break;
	case KEY_STRICT:
		shared->strict = true;
		break;
	case KEY_ASSERT:
		if (shared->asserts_count == SK_ASSERTS_MAX)
			sk_die("--assert: more than %d of them", SK_ASSERTS_MAX);
		shared->asserts[shared->asserts_count++] = value->text;
		break;
	case KEY_PLOT:
		shared->format = SK_FORMAT_PLOT;
		shared->plot = (enum sk_plot_how)value->number;
		shared->plots = true;
		break;
	case KEY_SEED:
		shared->seed = value->number;
		break;
	default:
		return false;
	}
	return true;
}

bool
sk_shared_reads_sketches(const struct sk_shared *shared)
{
	return shared->input == SK_INPUT_BASE64 || shared->input == SK_INPUT_IMAGE;
}

bool
sk_shared_layout(const struct sk_shared *shared, enum sk_layout_kind *kind)
{
	static const enum sk_layout_kind kinds[] = { [SK_INPUT_CSV] = SK_LAYOUT_CSV,
		[SK_INPUT_TSV] = SK_LAYOUT_TSV, [SK_INPUT_JSON] = SK_LAYOUT_JSON,
		[SK_INPUT_LOGFMT] = SK_LAYOUT_LOGFMT, [SK_INPUT_CLF] = SK_LAYOUT_CLF,
		[SK_INPUT_BE32] = SK_LAYOUT_BE32, [SK_INPUT_F64] = SK_LAYOUT_F64,
		[SK_INPUT_F32] = SK_LAYOUT_F32, [SK_INPUT_I64] = SK_LAYOUT_I64,
		[SK_INPUT_U64] = SK_LAYOUT_U64, [SK_INPUT_AUTO] = SK_LAYOUT_CSV };

	*kind = kinds[shared->input];
	return shared->input != SK_INPUT_LINES && shared->input != SK_INPUT_AUTO && !sk_shared_reads_sketches(shared);
}

bool
sk_shared_reads_numbers(const struct sk_shared *shared)
{
	enum sk_layout_kind kind;

	return sk_shared_layout(shared, &kind) && sk_layout_width(kind) > 0;
}

int
sk_shared_delimiter(const struct sk_shared *shared)
{
	return shared->input == SK_INPUT_CSV && shared->delimiter == SK_INTAKE_BLANKS ? ',' : shared->delimiter;
}

unsigned char
sk_shared_separator(const struct sk_shared *shared)
{
	enum sk_layout_kind kind;

	if ((sk_shared_layout(shared, &kind) && sk_layout_is_text(kind)) ||
	    (shared->input_open && !shared->header &&
		(sk_fields_named(&shared->items) || sk_fields_named(&shared->keys))))
		return SK_INTAKE_SEPARATOR;
	return shared->delimiter == SK_INTAKE_BLANKS ? '\t' : (unsigned char)shared->delimiter;
}

bool
sk_shared_names_fields(const struct sk_shared *shared)
{
	enum sk_layout_kind kind;

	return shared->header || shared->input_open || shared->input == SK_INPUT_AUTO ||
	    (sk_shared_layout(shared, &kind) && sk_layout_names_itself(kind));
}

void
sk_shared_imply_header(struct sk_shared *shared, bool named)
{
	if (shared->input == SK_INPUT_CSV || shared->input == SK_INPUT_TSV)
		shared->header = shared->header || named;
}

void
sk_shared_refuse_names(const char *option, const struct sk_fields *fields)
{
	char quoted[SK_DIAG_QUOTE];

	for (size_t i = 0; i < fields->count; i++)
		if (fields->field[i].name.size > 0)
			sk_die("--%s: no field number, and names come with --header, or an --input that has them, or -i auto finds one: %s", option,
			    sk_diag_quote(quoted, fields->field[i].name));
}

bool
sk_shared_whole(const struct sk_shared *shared)
{
	if (shared->windows == SK_WINDOWS_BY_RANGE)
		return shared->range.from || shared->range.to;
	return shared->windows == SK_WINDOWS_WHOLE;
}

bool
sk_shared_asks_for_windows(const struct sk_shared *shared)
{
	return shared->windows != SK_WINDOWS_BY_RANGE || sk_shared_whole(shared);
}

static void
check_windows(const struct sk_shared *shared)
{
	const struct sk_range *range = &shared->range;

	if (range->from && range->to && range->since >= range->until)
		sk_die("--until: that is not after --since");
	if (shared->state != NULL && (range->from || range->to || sk_shared_whole(shared)))
		sk_die("--since, --until and --windows whole do not go with --state: its file can be read with them");
}

/* A record that is a number is its only field, whichever way it is counted. */
static void
check_numbers(const struct sk_shared *shared)
{
	const struct sk_fields *asked = sk_where_fields(shared->where);
	char quoted[SK_DIAG_QUOTE];

	if (shared->items.count > 0 || shared->keys.count > 0 || shared->delimiter != SK_INTAKE_BLANKS || shared->header)
		sk_die("--field, --by, --delimiter and --header: records of this --input are single numbers");
	for (size_t i = 0; i < asked->count; i++)
		if (asked->field[i].name.size > 0)
			sk_die("--where: records of this --input are single numbers, which are field 1 and have no names: %s",
			    sk_diag_quote(quoted, asked->field[i].name));
		else if (asked->field[i].number != 1 && asked->field[i].number != -1)
			sk_die("--where: records of this --input are single numbers, which are field 1: %ld",
			    asked->field[i].number);
}

/* What does not go with the format of records. */
static void
check_layout(const struct sk_shared *shared)
{
	enum sk_layout_kind kind;

	if (!sk_shared_layout(shared, &kind))
		return;
	if (sk_layout_width(kind) > 0)
		check_numbers(shared);
	if (!sk_layout_is_text(kind) && shared->end != '\n')
		sk_die("--null: records of this --input have no end byte");
	if (!sk_layout_is_text(kind))
		return;
	if (shared->header && sk_layout_names_itself(kind))
		sk_die("--header goes with lines, csv and tsv; records of this --input have names of their own");
	if (shared->delimiter != SK_INTAKE_BLANKS && kind != SK_LAYOUT_CSV)
		sk_die("--delimiter goes with lines and csv");
	if (shared->delimiter == '"' || shared->delimiter == '\r' || shared->delimiter == '\n')
		sk_die("--delimiter: csv has quotes and line ends of its own");
}

static void
check_zstd(const struct sk_shared *shared)
{
	if (!sk_compress_available())
		sk_die("--zstd: this build is without zstd");
	if (!shared->sketch && shared->state == NULL)
		sk_die("--zstd goes with --sketch or --state");
	if (shared->form != SK_SKETCH_FRAMES)
		sk_die("--zstd does not go with --base64 and --image, which other programs read as they are");
}

static void
check_plot(const struct sk_shared *shared)
{
	if (shared->format_given)
		sk_die("--plot and --output: one of them at a time");
	if (shared->sketch)
		sk_die("--plot: with --sketch there is no answer that could be drawn");
	if (shared->output_file != NULL)
		sk_die("--plot draws on standard output, and --output-file takes answers that are text");
	if (shared->plot == SK_PLOT_SVG && shared->every > 0)
		sk_die("--every: interim answers have no place in a picture file");
}

void
sk_shared_check(const struct sk_shared *shared)
{
	if (shared->memory < MEMORY_MIN)
		sk_die("--memory: at least 16K is needed");
	check_layout(shared);
	if (!sk_shared_names_fields(shared)) {
		sk_shared_refuse_names("field", &shared->items);
		sk_shared_refuse_names("by", &shared->keys);
		sk_shared_refuse_names("where", sk_where_fields(shared->where));
	}
	if (shared->where != NULL && sk_shared_reads_sketches(shared))
		sk_die("--where: sketches have no records to choose from");
	if (shared->delimiter == shared->end)
		sk_die("--delimiter: the delimiter cannot be what ends records");
	check_rest(&shared->items, "field");
	check_rest(&shared->keys, "by");
	if (shared->form != SK_SKETCH_FRAMES && !shared->sketch)
		sk_die("--base64 and --image go with --sketch");
	if (shared->level > 0)
		check_zstd(shared);
	if (shared->every > 0 && shared->format == SK_FORMAT_SQL)
		sk_die("--every: interim answers have no place among the rows of a table");
	if (shared->every > 0 && shared->format == SK_FORMAT_PROM && shared->output_file == NULL)
		sk_die("--every: Prometheus takes one answer at a time, which --output-file replaces");
	check_windows(shared);
	if (shared->plots)
		check_plot(shared);
	if (shared->human && shared->format != SK_FORMAT_TEXT)
		sk_die("--human is about text, and other programs read this --output");
	if (shared->total && shared->sketch)
		sk_die("--total is a row of the answer, and --sketch writes none");
	if (shared->total && shared->keys.count > 0 && shared->memory < 2 * MEMORY_MIN)
		sk_die("--memory: at least 32K is needed with --total");
	if (shared->form == SK_SKETCH_IMAGE && shared->keys.count > 0)
		sk_die("--image writes one sketch, and --by makes several; --base64 writes them line by line");
	if (shared->sketch && shared->form != SK_SKETCH_BASE64 &&
	    shared->output_file == NULL && isatty(STDOUT_FILENO))
		sk_die("a sketch is binary, and no good on a terminal; --base64 is");
}
