/* times.c -- the event times of records. */
#include "times.h"

#include <stdlib.h>
#include <string.h>

#include "../record/time.h"
#include "diag.h"
#include "intake.h"
#include "when.h"

#define FIELDS_MOST 6 /* that a time takes: Sun Nov 22 10:11:12 +0100 2026 */
#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)
#define HALF_YEAR (182 * DAY)

struct sk_times {
	struct sk_times_options options;
	struct sk_time_reader reader;
	struct sk_time_pattern pattern;
	enum sk_time_format format; /* UNKNOWN until it is found */
	size_t fields;              /* 0 until that is known, and the reader with it */
	bool clock;                 /* the first named a time of day, and so do all */
	int64_t now;                /* by the clock, some seconds ago at most */
};

void
sk_times_check_fields(const struct sk_fields *fields)
{
	const struct sk_field *field = fields->field;

	for (size_t i = 0; i + 1 < fields->count; i++)
		if (field[i].number == 0 || field[i].rest || field[i + 1].rest ||
		    field[i + 1].number != field[i].number + 1)
			sk_die("--time: one field is wanted, or a range such as 1-3");
}

/* The format of a name among SK_TIMES_FORMATS; PATTERN for anything else. */
static enum sk_time_format
format_named(const char *name)
{
	static const struct {
		const char *name;
		enum sk_time_format format;
	} formats[] = {
		{ "auto", SK_TIME_UNKNOWN },
		{ "iso", SK_TIME_ISO },
		{ "clf", SK_TIME_CLF },
		{ "syslog", SK_TIME_SYSLOG },
		{ "ctime", SK_TIME_CTIME },
		{ "mail", SK_TIME_MAIL },
		{ "s", SK_TIME_SECONDS },
		{ "ms", SK_TIME_MILLISECONDS },
		{ "us", SK_TIME_MICROSECONDS },
		{ "ns", SK_TIME_NANOSECONDS },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return formats[i].format;
	return SK_TIME_PATTERN;
}

static void
compile(struct sk_times *times, const char *format)
{
	struct sk_span text = { (const unsigned char *)format, strlen(format) };
	char quoted[SK_DIAG_QUOTE];
	enum sk_time_pattern_status status;
	size_t position;

	sk_diag_quote(quoted, text);
	if (strchr(format, '%') == NULL)
		sk_die("--time-format %s: it is one of: " SK_TIMES_FORMATS
		       "; or a pattern such as %%Y-%%m-%%d %%H:%%M:%%S",
		    quoted);
	status = sk_time_pattern_compile(&times->pattern, text, &position);
	if (status != SK_TIME_PATTERN_OK)
		sk_die("--time-format %s: %s, at byte %zu", quoted,
		    sk_time_pattern_strerror(status), position + 1);
}

struct sk_times *
sk_times_new(const struct sk_times_options *options)
{
	struct sk_times *times = calloc(1, sizeof(*times));

	if (times == NULL)
		sk_die("out of memory");
	times->options = *options;
	if (options->format != NULL)
		times->format = format_named(options->format);
	if (times->format == SK_TIME_PATTERN)
		compile(times, options->format);
	return times;
}

void
sk_times_free(struct sk_times *times)
{
	free(times);
}

/* At the latest then begins a day that is told of without its year. */
static int64_t
latest_begin(const struct sk_times *times)
{
	int64_t ahead = times->options.future;

	if (ahead < DAY)
		ahead = DAY;
	return times->now + (ahead < HALF_YEAR ? ahead : HALF_YEAR);
}

static void
start_reader(struct sk_times *times, enum sk_time_format format)
{
	sk_time_reader_init(&times->reader, format, &times->pattern);
	sk_time_reader_set_reference(&times->reader, latest_begin(times));
}

void
sk_times_clock(struct sk_times *times, int64_t now)
{
	/* Whenever it moves, the reader forgets its last text. */
	if (now - times->now < SECOND && times->now - now < SECOND)
		return;
	times->now = now;
	if (times->fields > 0)
		sk_time_reader_set_reference(&times->reader, latest_begin(times));
}

static bool
is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Move ${at} behind the field that begins there, or behind blanks. */
static const unsigned char *
pass_field(const struct sk_times *times, const unsigned char *at, const unsigned char *end)
{
	int delimiter = times->options.delimiter;

	if (delimiter != SK_INTAKE_BLANKS) {
		const unsigned char *next =
		    at == end ? NULL : memchr(at + 1, delimiter, (size_t)(end - at - 1));

		return next != NULL ? next : end;
	}
	while (at < end && is_blank(*at))
		at++;
	while (at < end && !is_blank(*at))
		at++;
	return at;
}

/* Lines may end in CR LF; the CR is no part of a time that ends one. */
static struct sk_span
without_return(struct sk_span text)
{
	text.size -= text.size > 0 && text.data[text.size - 1] == '\r';
	return text;
}

/* From the field ${first} on, ${fields} of them, or as many as the record has. */
static struct sk_span
take_fields(const struct sk_times *times, struct sk_span first, struct sk_span record, size_t fields)
{
	const unsigned char *end, *at;

	if (fields == 1 || first.size == 0)
		return without_return(first);
	end = record.data + record.size;
	at = first.data + first.size;
	for (size_t i = 1; i < fields; i++)
		at = pass_field(times, at, end);
	while (at > first.data + first.size && is_blank(at[-1]))
		at--;
	return without_return((struct sk_span){ first.data, (size_t)(at - first.data) });
}

/* Try to read ${text} as a time, and keep to its format and to so many fields if it is one. */
static enum sk_time_status
try(struct sk_times *times, struct sk_span text, size_t fields)
{
	enum sk_time_format format = times->format;
	enum sk_time_status status;
	int64_t time;

	if (format == SK_TIME_UNKNOWN)
		format = sk_time_detect(text);
	start_reader(times, format);
	status = sk_time_read(&times->reader, text, &time);
	if (status != SK_TIME_OK)
		return status;
	times->format = format;
	times->fields = fields;
	times->clock = sk_time_named_clock(&times->reader);
	return SK_TIME_OK;
}

/* The most fields that a time may take. */
static size_t
fields_most(const struct sk_times *times)
{
	if (times->options.fields > 0)
		return times->options.fields;
	return times->options.delimiter == SK_INTAKE_BLANKS || times->options.delimiter == ' ' ? FIELDS_MOST : 1;
}

/* Find out by this record what times look like; its ${*text}. The longest that makes sense is the time. */
static enum sk_time_status
find_out(struct sk_times *times, struct sk_span first, struct sk_span record, struct sk_span *text)
{
	size_t fields = fields_most(times);
	enum sk_time_status status;

	do {
		*text = take_fields(times, first, record, fields);
		status = try(times, *text, fields);
	} while (status != SK_TIME_OK && times->options.fields == 0 && --fields > 0);
	return status;
}

static inline enum sk_time_status
read_text(struct sk_times *times, struct sk_span text, int64_t *nanoseconds)
{
	enum sk_time_status status = sk_time_read(&times->reader, text, nanoseconds);

	/* A day alone, where the others name a time of day, is half of one, and no midnight. */
	if (status == SK_TIME_OK && times->clock && !sk_time_named_clock(&times->reader))
		return SK_TIME_NOT_A_TIME;
	return status;
}

/* A record that is unlike the first: the time may take another number of fields, the most that make sense. */
static enum sk_time_status
read_otherwise(struct sk_times *times, struct sk_span first, struct sk_span record, int64_t *nanoseconds)
{
	size_t fields = fields_most(times), tried = 0;

	for (; times->options.fields == 0 && fields > 0; fields--) {
		struct sk_span text = take_fields(times, first, record, fields);
		enum sk_time_status status;

		if (fields == times->fields || text.size == tried)
			continue;
		tried = text.size;
		if ((status = read_text(times, text, nanoseconds)) == SK_TIME_OK)
			return status;
	}
	return SK_TIME_NOT_A_TIME;
}

static enum sk_skip_reason
reason_of(enum sk_time_status status)
{
	switch (status) {
	case SK_TIME_EMPTY:
		return SK_SKIP_TIME_EMPTY;
	case SK_TIME_NO_SUCH_TIME:
		return SK_SKIP_TIME_NO_SUCH;
	case SK_TIME_OUT_OF_RANGE:
		return SK_SKIP_TIME_OUT_OF_RANGE;
	default:
		return SK_SKIP_TIME_NOT_A_TIME;
	}
}

bool
sk_times_read(struct sk_times *times, struct sk_span first, struct sk_span record,
    int64_t *nanoseconds, enum sk_skip_reason *reason, struct sk_span *text)
{
	enum sk_time_status status = SK_TIME_OK;

	if (times->fields == 0)
		status = find_out(times, first, record, text);
	else
		*text = take_fields(times, first, record, times->fields);
	if (status == SK_TIME_OK)
		status = read_text(times, *text, nanoseconds);
	if (status == SK_TIME_NOT_A_TIME && times->fields > 0)
		status = read_otherwise(times, first, record, nanoseconds);
	if (status == SK_TIME_OK && times->options.zone != NULL && !sk_time_named_zone(&times->reader) &&
	    !sk_when_from_local(times->options.zone, nanoseconds))
		status = SK_TIME_OUT_OF_RANGE;
	if (status == SK_TIME_OK && (*nanoseconds < times->options.least || *nanoseconds > times->options.most))
		status = SK_TIME_OUT_OF_RANGE;
	if (status == SK_TIME_OK)
		return true;
	*reason = reason_of(status);
	return false;
}

const char *
sk_times_format(const struct sk_times *times)
{
	if (times->format == SK_TIME_PATTERN)
		return times->options.format;
	return times->format == SK_TIME_UNKNOWN ? NULL : sk_time_format_name(times->format);
}
