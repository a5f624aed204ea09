/* stream-window -- cut a stream into windows. */
#include <string.h>
#include <unistd.h>

#include "run/command.h"
#include "run/cut.h"
#include "run/cut_settle.h"
#include "run/diag.h"
#include "run/quantity.h"
#include "run/streams.h"
#include "run/times.h"
#include "run/when.h"
#include "run/zones.h"

#define PROGRAM "stream-window"
#define SUMMARY "Cut a stream into windows of time, for the tools after it"

enum {
	KEY_SLIDE = SK_OPTION_TOOL,
	KEY_SESSION,
	KEY_COUNT,
	KEY_ALIGN,
	KEY_ZONE,
	KEY_EMPTY,
	KEY_TIME_FORMAT,
	KEY_TIME_UNIT,
	KEY_OUT_OF_ORDER,
	KEY_LATENESS,
	KEY_LATE,
	KEY_FUTURE,
	KEY_IDLE,
	KEY_SINCE,
	KEY_UNTIL,
	KEY_TEXT,
	KEY_EXEC,
};

#define EMPTY_MOST 100000 /* empty windows in a row: a day of seconds has fewer */

static struct sk_shared shared;
static struct sk_cut_options settings = {
	.shared = &shared,
	.windows = { .future = SK_FUTURE_DEFAULT, .empty_most = EMPTY_MOST },
};
static struct sk_zone *zone;
static const char *kind;      /* the option that says of what kind windows are */
static const char *since, *until; /* as they were given */
static const char *time_only; /* one that counts have no use for */
static const char *slide;     /* its text: what it is depends on the kind */

static const struct sk_option options[] = {
	{ 's', "size", "DURATION", "windows of this length: 1m, 1h, 1d", SK_OPTION_DURATION, NULL, 0 },
	{ KEY_SLIDE, "slide", "STEP", "with -s or --count: one begins this often; a duration\nor a number of records", SK_OPTION_TEXT, NULL, 0 },
	{ KEY_SESSION, "session", "GAP", "windows that end when nothing came for so long",
	    SK_OPTION_DURATION, NULL, 0 },
	{ KEY_COUNT, "count", "N", "windows of so many records", SK_OPTION_COUNT, NULL, 0 },
	{ 'b', "by", "LIST", "with --session or --count: windows of their own for\neach value of these fields",
	    SK_OPTION_FIELDS, NULL, 0 },
	{ KEY_ALIGN, "align", "DURATION", "with -s: begin so much later", SK_OPTION_DURATION, NULL, 0 },
	{ KEY_ZONE, "zone", "ZONE", "Europe/Berlin, +01:00; default: UTC", SK_OPTION_TEXT, NULL, 0 },
	{ KEY_EMPTY, "empty", NULL, "with -s: tell of empty windows too", SK_OPTION_FLAG, NULL, 0 },
	{ 'i', "input", "FORMAT", "lines (default), csv, tsv, json (one a line), logfmt,\nclf (web logs); auto: one of these", SK_OPTION_CHOICE,
	    "lines csv tsv json logfmt clf auto", 0 },
	{ SK_SHARED_WHERE, "where", "CONDITION",
	    "only records for which this holds, and all others\nlike it: status>=500, path~^/api/, !agent~bot",
	    SK_OPTION_TEXT, NULL, 0 },
	{ 't', "time", "FIELD", "where times stand, or begin: a number or a name;\ndefault: 1; of json, logfmt and clf the name time",
	    SK_OPTION_FIELDS, NULL, 0 },
	{ KEY_TIME_FORMAT, "time-format", "NAME",
	    "auto (default), iso, clf, syslog, ctime, mail,\ns, ms, us, ns, or a pattern as for strptime()", SK_OPTION_TEXT, SK_TIMES_FORMATS, 0 },
	{ KEY_TIME_UNIT, "time-unit", "UNIT", "times are numbers since 1970: s, ms, us or ns",
	    SK_OPTION_CHOICE, "s ms us ns", 0 },
	{ KEY_OUT_OF_ORDER, "out-of-order", "D", "wait so long for records out of order", SK_OPTION_SPAN,
	    NULL, 0 },
	{ KEY_LATENESS, "lateness", "D", "and correct windows so long after that", SK_OPTION_SPAN, NULL, 0 },
	{ KEY_LATE, "late", "FILE", "append what came too late to this file", SK_OPTION_FILE, NULL, 0 },
	{ KEY_FUTURE, "future", "D", "distrust times so far ahead; default: 5m", SK_OPTION_SPAN, NULL, 0 },
	{ KEY_IDLE, "idle", "D", "go on by the clock when nothing came so long", SK_OPTION_DURATION, NULL, 0 },
	{ KEY_SINCE, "since", "TIME", "leave out what is before: 2026-11-22T10:30, 2026-11", SK_OPTION_TEXT, NULL, 0 },
	{ KEY_UNTIL, "until", "TIME", "leave out what is not before this", SK_OPTION_TEXT, NULL, 0 },
	{ KEY_TEXT, "text", NULL, "write lines, START TAB RECORD, not frames", SK_OPTION_FLAG, NULL, 0 },
	{ KEY_EXEC, "exec", "COMMAND", "run this for each window, which it reads", SK_OPTION_TEXT, NULL, 0 },
	{ 0 },
};

static void
take_kind(enum sk_windows_kind which, const char *option, const struct sk_option_value *value)
{
	if (kind != NULL && strcmp(kind, option) != 0)
		sk_die("%s and %s do not go together", kind, option);
	kind = option;
	settings.windows.kind = which;
	settings.windows.size = (int64_t)value->number;
}

/* Of the options that set no more than a span of time; false when it is none of them. */
static bool
take_span(const struct sk_option_value *value)
{
	static const struct {
		int key;
		const char *option;
		int64_t *span;
	} spans[] = {
		{ KEY_ALIGN, "--align", &settings.windows.offset },
		{ KEY_OUT_OF_ORDER, "--out-of-order", &settings.windows.out_of_order },
		{ KEY_LATENESS, "--lateness", &settings.windows.lateness },
		{ KEY_FUTURE, "--future", &settings.windows.future },
		{ KEY_IDLE, "--idle", &settings.windows.idle },
	};

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		if (spans[i].key != value->key)
			continue;
		time_only = spans[i].option;
		/* Whoever says how long to wait for what wants to see it come. */
		if (value->key == KEY_OUT_OF_ORDER || value->key == KEY_LATENESS || value->key == KEY_IDLE)
			settings.streams = true;
		*spans[i].span = (int64_t)value->number;
		return true;
	}
	return false;
}

static void
take(const struct sk_option_value *value)
{
	static const char *const units[] = { "s", "ms", "us", "ns" };
	static const enum sk_input_format inputs[] = { SK_INPUT_LINES, SK_INPUT_CSV, SK_INPUT_TSV, SK_INPUT_JSON,
		SK_INPUT_LOGFMT, SK_INPUT_CLF, SK_INPUT_AUTO };

	switch (value->key) {
	case 's':
		take_kind(SK_WINDOWS_TIME, "--size", value);
		break;
	case KEY_SESSION:
		take_kind(SK_WINDOWS_SESSION, "--session", value);
		break;
	case KEY_COUNT:
		take_kind(SK_WINDOWS_COUNT, "--count", value);
		break;
	case KEY_SLIDE:
		slide = value->text;
		break;
	case KEY_ZONE:
		sk_zone_free(zone);
		settings.zone = zone = sk_zones_open(value->text);
		break;
	case KEY_EMPTY:
		settings.windows.empty = true;
		break;
	case 'i':
		shared.input = inputs[value->number];
		break;
	case 't':
		settings.time = value->fields;
		time_only = "--time";
		break;
	case KEY_TIME_FORMAT:
		settings.time_format = value->text;
		break;
	case KEY_TIME_UNIT:
		settings.time_format = units[value->number];
		break;
	case KEY_LATE:
		settings.late = value->text;
		break;
	case KEY_SINCE:
		since = value->text;
		time_only = "--since";
		break;
	case KEY_UNTIL:
		until = value->text;
		time_only = "--until";
		break;
	case KEY_TEXT:
		settings.text = true;
		break;
	case KEY_EXEC:
		settings.command = value->text;
		break;
	default:
		if (!take_span(value))
			sk_shared_take(&shared, value);
	}
}

/* Windows that slide do so by what their size is of. */
static int64_t
read_slide(void)
{
	const bool counted = settings.windows.kind == SK_WINDOWS_COUNT;
	uint64_t number;

	if (slide == NULL)
		return settings.windows.size;
	if (settings.windows.kind == SK_WINDOWS_SESSION)
		sk_die("--slide goes with --size or --count");
	if (counted ? !sk_quantity_count(slide, &number) || number == 0
		    : !sk_quantity_duration(slide, &number))
		sk_die("--slide \"%s\": not a %s", slide,
		    counted ? "number of records, at least 1" : "duration such as 10s or 1h30m");
	if (number > (uint64_t)settings.windows.size)
		sk_die("--slide: windows may overlap, but not leave gaps: at most the size");
	return (int64_t)number;
}

static void
read_selection(void)
{
	struct sk_windows_options *windows = &settings.windows;

	windows->selects = since != NULL || until != NULL;
	windows->since = since != NULL ? sk_when_option("--since", since, settings.zone) : INT64_MIN;
	windows->until = until != NULL ? sk_when_option("--until", until, settings.zone) : INT64_MAX;
	if (windows->since >= windows->until)
		sk_die("--since has to be before --until");
}

static void
settle(void)
{
	struct sk_windows_options *windows = &settings.windows;

	if (kind == NULL)
		sk_die("--size, --session or --count has to say how long windows are");
	if (settings.late != NULL)
		time_only = "--late";
	if (settings.time_format != NULL)
		time_only = "--time-format";
	if (windows->kind == SK_WINDOWS_COUNT && time_only != NULL)
		sk_die("%s does not go with --count", time_only);
	if (windows->kind != SK_WINDOWS_TIME && (windows->offset > 0 || windows->empty))
		sk_die("--align and --empty go with --size");
	if (windows->kind == SK_WINDOWS_TIME && shared.keys.count > 0)
		sk_die("--by goes with --session or --count: windows of time are the same for all");
	if (windows->size < 1 || windows->size > SK_TIME_SPAN_MAX || windows->offset > SK_TIME_SPAN_MAX)
		sk_die("%s or --align is too large: at most 18 years, or 576460752303423488 records", kind);
	windows->slide = read_slide();
	read_selection();
	if (shared.input != SK_INPUT_AUTO)
		sk_cut_settle_time(&settings);
	/* Days are those of the place; shorter windows are the same everywhere. */
	if (windows->kind == SK_WINDOWS_TIME && windows->size % SK_TIME_DAY == 0 &&
	    windows->slide % (SK_TIME_DAY / 86400) == 0 && windows->offset % (SK_TIME_DAY / 86400) == 0)
		windows->zone = settings.zone;
	if (settings.text && settings.command != NULL)
		sk_die("--text and --exec do not go together");
	if (settings.command == NULL && isatty(STDOUT_FILENO))
		settings.text = true;
}

int
main(int argc, char **argv)
{
	static const struct sk_option *const tables[] = { options, sk_input_options,
		sk_command_options, NULL };
	static const struct sk_command command = { PROGRAM, SUMMARY, tables, take,
		"Sizes take K, M, G; durations ms, s, m, h, d, w." };
	int operands, status;

	sk_diag_name(PROGRAM);
	sk_streams_keep();
	sk_shared_defaults(&shared);
	operands = sk_command_parse(&command, argc, argv);
	sk_shared_imply_header(&shared,
	    sk_fields_named(&settings.time) || sk_fields_named(&shared.keys) ||
		sk_fields_named(sk_where_fields(shared.where)));
	sk_shared_check(&shared);
	settle();
	status = sk_cut(&settings, argv + operands, (size_t)(argc - operands));
	sk_zone_free(zone);
	return status;
}
