/*
 * time.c -- from the fields of a text to nanoseconds, and what a reader remembers of them.
 */
#include "time_parts.h"

#include <string.h>

#define DAY_SECONDS 86400

/* Whole seconds from -SECONDS_MOST to SECONDS_MOST fit, whatever their nanoseconds. */
#define SECONDS_MOST INT64_C(9223372035)

#define DAYS_400_YEARS 146097

const char *
sk_time_strerror(enum sk_time_status status)
{
	static const char *const words[] = { "no error", "empty", "not a time", "no such time",
		"time out of range" };

	return (size_t)status < sizeof(words) / sizeof(words[0]) ? words[status] : "unknown error";
}

const char *
sk_time_format_name(enum sk_time_format format)
{
	static const char *const names[] = { "unknown", "seconds", "milliseconds", "microseconds",
		"nanoseconds", "iso", "clf", "syslog", "ctime", "mail", "pattern" };

	return names[(size_t)format < SK_TIME_FORMATS ? format : SK_TIME_UNKNOWN];
}

/* ---- the calendar ---- */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_in_month(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/*
 * Days from 1970-01-01 to a day of the Gregorian calendar. Years are counted from March, so that
 * the leap day is their last. The months from March on begin after 0, 31, 61, 92, 122 ... days, and
 * (153 * month + 2) / 5 is that (Richards, "Mapping Time", 1998, chapter 25). 400 years are added,
 * so that nothing is negative.
 */
static int64_t
days_of(int year, int month, int day)
{
	const int from_march = month > 2 ? month - 3 : month + 9;
	const int years = year + 400 - (month <= 2);
	const int days = 365 * years + years / 4 - years / 100 + years / 400 +
	    (153 * from_march + 2) / 5 + day - 1;

	return days - DAYS_400_YEARS - 719468; /* from 0000-03-01 to 1970-01-01 */
}

/* Whether ${year} has the day that ${fields} name. */
static bool
has_day(int year, const struct time_fields *fields)
{
	if (fields->day_of_year >= 0)
		return fields->day_of_year >= 1 && fields->day_of_year <= 365 + is_leap(year);
	return fields->month >= 1 && fields->month <= 12 && fields->day >= 1 &&
	    fields->day <= days_in_month(year, fields->month);
}

static int64_t
day_in(int year, const struct time_fields *fields)
{
	if (fields->day_of_year >= 0)
		return days_of(year, 1, 1) + fields->day_of_year - 1;
	return days_of(year, fields->month, fields->day);
}

static int64_t
floor_divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* The latest year in which the day begins no later than at the reference, if there is such a day. */
static int
latest_year(const struct time_fields *fields, int offset, int64_t reference)
{
	const int64_t seconds = floor_divide(reference, TIME_NANOSECONDS);
	const int guess = 1970 + (int)floor_divide(seconds * 400 / DAY_SECONDS, DAYS_400_YEARS);

	/* The guess may be one off, the zone reach into another year, and leap days are eight years
	 * apart around a year such as 2100. */
	for (int year = guess + 2; year >= guess - 10; year--)
		if (has_day(year, fields) &&
		    day_in(year, fields) * DAY_SECONDS - offset <= seconds)
			return year;
	return guess;
}

/* ---- fields to times ---- */

/* Seconds since 1970, and the second at which the day begins. */
struct moment {
	int64_t second;
	int64_t midnight;
};

static enum sk_time_status
moment_of(
    const struct sk_time_reader *reader, const struct time_fields *fields, struct moment *moment)
{
	const int offset = fields->offset == TIME_NO_OFFSET ? reader->offset : fields->offset;
	const int clock = fields->hour * 3600 + fields->minute * 60 + fields->second;
	int year = fields->year;

	if (fields->is_count) {
		*moment = (struct moment){ fields->count, fields->count };
		return SK_TIME_OK;
	}
	if (fields->offset == TIME_BAD_OFFSET || fields->minute > 59 || fields->second > 60)
		return SK_TIME_NO_SUCH_TIME;
	if (fields->hour > 23 && (clock != DAY_SECONDS || fields->nanosecond != 0))
		return SK_TIME_NO_SUCH_TIME;
	if (year == TIME_NO_YEAR)
		year = latest_year(fields, offset, reader->reference);
	if (!has_day(year, fields))
		return SK_TIME_NO_SUCH_TIME;
	moment->midnight = day_in(year, fields) * DAY_SECONDS - offset;
	moment->second = moment->midnight + clock;
	return SK_TIME_OK;
}

static enum sk_time_status
nanoseconds_of(int64_t second, int nanosecond, int64_t *nanoseconds)
{
	const int64_t limit = INT64_MAX / TIME_NANOSECONDS; /* and what it leaves on either side: */
	const int64_t rest = INT64_MAX % TIME_NANOSECONDS;

	if (second >= 0) {
		if (second > limit || (second == limit && nanosecond > rest))
			return SK_TIME_OUT_OF_RANGE;
		*nanoseconds = second * TIME_NANOSECONDS + nanosecond;
		return SK_TIME_OK;
	}
	/* From the next second down, which is nearer to 0. INT64_MIN is one further. */
	if (second + 1 < -limit ||
	    (second + 1 == -limit && TIME_NANOSECONDS - nanosecond > rest + 1))
		return SK_TIME_OUT_OF_RANGE;
	*nanoseconds = (second + 1) * TIME_NANOSECONDS - (TIME_NANOSECONDS - nanosecond);
	return SK_TIME_OK;
}

/* ---- what is remembered of a text ---- */

/*
 * Where the digits are, in a text that can be remembered; otherwise the shape's size is 0. The time
 * of day is left alone if it begins the text, which keeps 0 free.
 */
static struct sk_time_shape
shape_of(struct sk_span text, const struct time_fields *fields)
{
	const bool fraction = fields->fraction != NULL;
	const size_t digits = fraction ? (size_t)(fields->fraction_end - fields->fraction) : 0;
	const size_t end = fraction ? (size_t)(fields->fraction_end - text.data) : 0;
	struct sk_time_shape shape = { 0 };

	/* A fraction is read by a load that ends, or for 9 digits begins, with it. */
	if (text.size < 8 || text.size > 8 * SK_TIME_CACHE_WORDS || digits > 9 ||
	    (fraction && end < 9))
		return shape;
	shape.size = (unsigned char)text.size;
	shape.fraction_end = (unsigned char)end;
	shape.fraction_digits = (unsigned char)digits;
	if (fields->hour_at != NULL && fields->minute_at != NULL && fields->second_at != NULL) {
		shape.hour_at = (unsigned char)(fields->hour_at - text.data);
		shape.minute_at = (unsigned char)(fields->minute_at - text.data);
		shape.second_at = (unsigned char)(fields->second_at - text.data);
	}
	return shape;
}

static void
make_masks(struct sk_time_reader *reader, struct sk_time_shape shape)
{
	unsigned char mask[8 * SK_TIME_CACHE_WORDS];

	memset(mask, 0xFF, sizeof(mask));
	memset(mask + shape.fraction_end - shape.fraction_digits, 0, shape.fraction_digits);
	time_load_words(reader->last.second_mask, mask, shape.size);
	if (shape.second_at != 0) {
		memset(mask + shape.hour_at, 0, 2);
		memset(mask + shape.minute_at, 0, 2);
		memset(mask + shape.second_at, 0, 2);
	}
	time_load_words(reader->last.day_mask, mask, shape.size);
	reader->last.shape = shape;
}

static void
remember(struct sk_time_reader *reader, struct sk_span text, const struct time_fields *fields,
    const struct moment *moment)
{
	const struct sk_time_shape shape = shape_of(text, fields);

	reader->last.size = 0;
	/* All of the day must be in range, and its end, which is written 24:00:00, has no fraction.
	 */
	if (shape.size == 0 || fields->hour > 23 || moment->midnight < -SECONDS_MOST ||
	    moment->midnight > SECONDS_MOST - DAY_SECONDS)
		return;
	if (memcmp(&shape, &reader->last.shape, sizeof(shape)) != 0)
		make_masks(reader, shape);
	time_load_words(reader->last.words, text.data, text.size);
	reader->last.size = text.size;
	reader->last.midnight = moment->midnight * TIME_NANOSECONDS;
	reader->last.second = moment->second * TIME_NANOSECONDS;
}

enum sk_time_status
sk_time_read_in_full(struct sk_time_reader *reader, struct sk_span text, int64_t *nanoseconds)
{
	struct time_fields fields;
	struct moment moment;
	enum sk_time_status status;

	if (text.size == 0)
		return SK_TIME_EMPTY;
	if (reader->format == SK_TIME_PATTERN
		? !sk_time_pattern_fields(reader->pattern, text, &fields)
		: !sk_time_fields_of(reader->format, text, &fields))
		return SK_TIME_NOT_A_TIME;
	status = moment_of(reader, &fields, &moment);
	if (status == SK_TIME_OK)
		status = nanoseconds_of(moment.second, fields.nanosecond, nanoseconds);
	if (status != SK_TIME_OK)
		return status;
	/* So it stays for texts like this one: either it is the one that is remembered, or none is. */
	reader->named_zone = fields.is_count || fields.offset != TIME_NO_OFFSET;
	reader->named_clock = reader->format != SK_TIME_ISO || fields.hour_at != NULL;
	remember(reader, text, &fields, &moment);
	return SK_TIME_OK;
}

enum sk_time_status
sk_time_zone(struct sk_span text, int *offset)
{
	struct time_text at = { text.data, text.data + text.size };
	int found;

	if (text.size == 0)
		return SK_TIME_EMPTY;
	if (!sk_time_take_zone(&at, &found))
		return SK_TIME_NOT_A_TIME;
	time_take(&at, ']');
	if (at.at != at.end)
		return SK_TIME_NOT_A_TIME;
	if (found == TIME_BAD_OFFSET)
		return SK_TIME_NO_SUCH_TIME;
	*offset = found;
	return SK_TIME_OK;
}

enum sk_time_format
sk_time_detect(struct sk_span text)
{
	const enum sk_time_format unit = sk_time_epoch_unit(text);
	struct time_fields fields;

	if (text.size == 0 || unit != SK_TIME_UNKNOWN)
		return unit;
	for (int format = SK_TIME_ISO; format <= SK_TIME_MAIL; format++) {
		struct sk_span rest = text;

		if (format == SK_TIME_SYSLOG && !time_pass_priority(&rest))
			continue;
		if (sk_time_fields_of((enum sk_time_format)format, rest, &fields))
			return (enum sk_time_format)format;
	}
	return SK_TIME_UNKNOWN;
}
