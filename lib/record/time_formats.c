/*
 * time_formats.c -- the formats with a name, but for the numbers: which fields stand where.
 *
 * ISO 8601:2019 and RFC 3339; the common log format is Apache's mod_log_config's %t; RFC 3164
 * section 4.1.2; RFC 5424 section 6.2; asctime() in C11 7.27.3.1; RFC 2822 section 3.3, with 4.3 for what is obsolete;
 * RFC 7231 section 7.1.1.1 for the three dates of HTTP.
 */
#include "time_parts.h"

static bool
at_end(struct time_text text)
{
	return text.at == text.end;
}

/* Takes the zone and, before it, a blank, where there is one; true if that is all there is. */
static bool
ends_in_zone(struct time_text *text, struct time_fields *fields)
{
	if (at_end(*text))
		return true;
	time_take(text, ' ');
	return sk_time_take_zone(text, &fields->offset) && at_end(*text);
}

static bool
read_iso(struct time_text text, struct time_fields *fields)
{
	unsigned char mark = 0;

	if (!time_take_four(&text, &fields->year))
		return false;
	if (time_next_is(text, '-') || time_next_is(text, '/'))
		mark = *text.at++;
	if (!time_take_two(&text, &fields->month) || (mark != 0 && !time_take(&text, mark)) ||
	    !time_take_two(&text, &fields->day))
		return false;
	/* Eight digits alone are a number. */
	if (at_end(text))
		return mark != 0;
	if (!time_take(&text, 'T') && !time_take(&text, 't') &&
	    (mark == 0 || !time_take(&text, ' ')))
		return false;
	return sk_time_take_clock(&text, mark == 0 ? 0 : ':', fields) &&
	    ends_in_zone(&text, fields);
}

static bool
read_clf(struct time_text text, struct time_fields *fields)
{
	return time_take_two(&text, &fields->day) && time_take(&text, '/') &&
	    sk_time_take_month(&text, false, &fields->month) && time_take(&text, '/') &&
	    time_take_four(&text, &fields->year) && time_take(&text, ':') &&
	    sk_time_take_clock(&text, ':', fields) && fields->second_at != NULL &&
	    ends_in_zone(&text, fields);
}

/* A year with a blank on the side of it where the time of day is. */
static bool
take_year_before(struct time_text *text, int *year)
{
	struct time_text at = *text;

	if (!time_take_four(&at, year) || !time_take(&at, ' ')) {
		*year = TIME_NO_YEAR;
		return false;
	}
	*text = at;
	return true;
}

static bool
read_dated(struct time_text text, struct time_fields *fields)
{
	bool year;

	if (!sk_time_take_month(&text, false, &fields->month) || !time_take(&text, ' '))
		return false;
	time_take(&text, ' ');
	if (!sk_time_take_number(&text, 2, &fields->day) || !time_take(&text, ' '))
		return false;
	year = take_year_before(&text, &fields->year);
	if (!sk_time_take_clock(&text, ':', fields) || fields->second_at == NULL)
		return false;
	if (!time_take(&text, ' '))
		return at_end(text);
	if (sk_time_take_zone(&text, &fields->offset) && !time_take(&text, ' '))
		return at_end(text);
	return !year && time_take_four(&text, &fields->year) && at_end(text);
}

/*
 * With a priority in front, of which the '>' is left, there are two more: RFC 5424's header, which
 * begins with a version, and the one that rsyslog forwards, RFC 3164's with an ISO 8601 date.
 */
static bool
read_syslog(struct time_text text, struct time_fields *fields)
{
	struct time_text at;
	int version;

	if (!time_take(&text, '>'))
		return read_dated(text, fields);
	at = text;
	if (sk_time_take_number(&at, 3, &version) && time_take(&at, ' '))
		return read_iso(at, fields) && fields->hour_at != NULL;
	if (!at_end(text) && time_is_digit(*text.at))
		return read_iso(text, fields) && fields->hour_at != NULL;
	return read_dated(text, fields);
}

static bool
read_ctime(struct time_text text, struct time_fields *fields)
{
	return sk_time_take_weekday(&text, false) && time_take(&text, ' ') &&
	    read_dated(text, fields) && fields->year != TIME_NO_YEAR;
}

static bool
take_mail_zone(struct time_text *text, int *offset)
{
	static const char words[][4] = { "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT" };
	static const int hours[] = { -5, -4, -6, -5, -7, -6, -8, -7 };

	if (sk_time_take_zone(text, offset))
		return true;
	*offset = 0;
	if (sk_time_take_word(text, "UT"))
		return true;
	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++)
		if (sk_time_take_word(text, words[i])) {
			*offset = hours[i] * 3600;
			return true;
		}
	*offset = TIME_NO_OFFSET;
	return false;
}

/* Whether what is left is a comment; there are none in it. */
static bool
is_comment(struct time_text text)
{
	if (!time_take(&text, '('))
		return false;
	while (!at_end(text) && *text.at != '(' && *text.at != ')')
		text.at++;
	return time_take(&text, ')') && at_end(text);
}

static bool
ends_in_mail_zone(struct time_text text, struct time_fields *fields)
{
	if (at_end(text))
		return true;
	if (!time_take(&text, ' '))
		return false;
	if (take_mail_zone(&text, &fields->offset)) {
		if (at_end(text))
			return true;
		if (!time_take(&text, ' '))
			return false;
	}
	return is_comment(text);
}

static bool
take_mail_year(struct time_text *text, int *year)
{
	if (time_take_four(text, year))
		return true;
	if (!time_take_two(text, year))
		return false;
	*year += *year < 50 ? 2000 : 1900;
	return true;
}

static bool
read_mail(struct time_text text, struct time_fields *fields)
{
	unsigned char mark;

	if (sk_time_take_weekday(&text, true) && !time_take(&text, ','))
		return false;
	time_take(&text, ' ');
	time_take(&text, ' ');
	if (!sk_time_take_number(&text, 2, &fields->day))
		return false;
	mark = time_next_is(text, '-') ? '-' : ' ';
	return time_take(&text, mark) && sk_time_take_month(&text, false, &fields->month) &&
	    time_take(&text, mark) && take_mail_year(&text, &fields->year) &&
	    time_take(&text, ' ') && sk_time_take_clock(&text, ':', fields) &&
	    ends_in_mail_zone(text, fields);
}

/* Takes off what may stand around a time of ${format}. */
static struct time_text
unwrap(enum sk_time_format format, struct sk_span text)
{
	struct time_text inner = { text.data, text.data + text.size };

	inner.at += time_is_blank(*inner.at);
	if (inner.at < inner.end)
		inner.end -= time_is_blank(inner.end[-1]);
	if (inner.end - inner.at < 2)
		return inner;
	if (*inner.at == '"' && inner.end[-1] == '"') {
		inner.at++;
		inner.end--;
		return inner;
	}
	const bool opens = *inner.at == '[', closes = inner.end[-1] == ']';

	if (format == SK_TIME_CLF || opens == closes) {
		inner.at += opens;
		inner.end -= closes;
	}
	return inner;
}

bool
sk_time_fields_of(enum sk_time_format format, struct sk_span text, struct time_fields *fields)
{
	const struct time_text inner = unwrap(format, text);

	*fields = time_nothing;
	switch (format) {
	case SK_TIME_ISO:
		return read_iso(inner, fields);
	case SK_TIME_CLF:
		return read_clf(inner, fields);
	case SK_TIME_SYSLOG:
		return read_syslog(inner, fields);
	case SK_TIME_CTIME:
		return read_ctime(inner, fields);
	case SK_TIME_MAIL:
		return read_mail(inner, fields);
	default:
		return false;
	}
}
