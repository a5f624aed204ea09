/*
 * time.h -- text to event times: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted,
 * in an int64_t, so from 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z.
 *
 * A reader reads texts of one format. It remembers the last text: of one that differs from it only
 * in its fraction, only the fraction is looked at, and of one of the same day and shape only the
 * time of day. What is read does not depend on it: a reader gives of every text what a new one
 * gives.
 *
 * Formats (a fraction is one or more digits behind '.' or ','; from the tenth on they are cut off):
 *
 *	seconds, milliseconds, microseconds, nanoseconds
 *	          since 1970: [sign] digits ['.' digits]. What is less than a nanosecond is cut off.
 *	iso       ISO 8601 and RFC 3339: 2026-11-22T10:11:12.123Z. The 'T' may be 't' or a blank,
 *	          the marks in the date may be '/'; seconds, fraction and zone, or everything after
 *	          the date, may be missing. Before the zone there may be a blank. With a 'T' also
 *	          without marks: 20261122T101112Z. No week or ordinal dates.
 *	clf       the common log format: 22/Nov/2026:10:11:12 +0100; fraction or zone may be missing
 *	syslog    RFC 3164: Nov 22 10:11:12, Nov  2 10:11:12; fraction, then zone, then year may
 *	          follow, or the year stand before the time of day. The priority may stand in front,
 *	          <34>Nov 22 10:11:12; only with it there may be, instead, an ISO 8601 date with a
 *	          time of day, and before that RFC 5424's version and a blank:
 *	          <165>1 2026-11-22T10:11:12.123Z.
 *	ctime     Apache's error log, asctime(), date(1): Sun Nov 22 10:11:12.123456 2026; a zone may
 *	          stand before the year
 *	mail      RFC 2822 and HTTP: Sun, 22 Nov 2026 10:11:12 GMT. Weekday, seconds or zone may be
 *	          missing, and a comment in parentheses may follow. RFC 850's 22-Nov-26 too: years
 *	          of two digits are from 1950 to 2049. Zones as below, UT, and RFC 2822's American
 *	          ones.
 *	pattern   what the caller says: see sk_time_pattern_compile()
 *
 * A zone is Z, UTC, GMT, +hh, +hhmm or +hh:mm, or the same with '-'. Names of months and weekdays
 * are English, in any case. A weekday need not be the right one.
 *
 * The whole text counts. Around all but the first four formats and patterns there may be a blank on
 * either side and, inside of these, one pair of double quotes or of brackets. A clf text may have
 * one bracket without the other, as it has when a record is split at blanks.
 *
 * Nothing is carried over: the 30th of February is no time. Only the second 60, a leap second, is
 * the one after 59, and 24:00:00 the end of its day.
 *
 * Errors: statuses. Results are written with OK only.
 *
 * Threads: no state but in the caller's structs, no memory taken, neither locale nor environment
 * looked at. A reader belongs to one thread at a time.
 */
#ifndef STREAMKIT_RECORD_TIME_H
#define STREAMKIT_RECORD_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"

enum sk_time_status {
	SK_TIME_OK,
	SK_TIME_EMPTY,        /* a span of size 0 */
	SK_TIME_NOT_A_TIME,   /* not of the reader's format */
	SK_TIME_NO_SUCH_TIME, /* of the format, but there is no such month, day, hour or zone */
	SK_TIME_OUT_OF_RANGE  /* a time, but 64 bits of nanoseconds do not reach it */
};

enum sk_time_format {
	SK_TIME_UNKNOWN,
	SK_TIME_SECONDS,
	SK_TIME_MILLISECONDS,
	SK_TIME_MICROSECONDS,
	SK_TIME_NANOSECONDS,
	SK_TIME_ISO,
	SK_TIME_CLF,
	SK_TIME_SYSLOG,
	SK_TIME_CTIME,
	SK_TIME_MAIL,
	SK_TIME_PATTERN
};

#define SK_TIME_FORMATS (SK_TIME_PATTERN + 1)

/*
 * Returns what ${status} means, in a few lower-case words that never change and need no freeing.
 * "unknown error" for a value that is not in the enum.
 */
const char *sk_time_strerror(enum sk_time_status status);

/* Returns the name of ${format} as it is written above; "unknown" if it is unknown or not in the
 * enum. */
const char *sk_time_format_name(enum sk_time_format format);

/*
 * Returns the format of ${text}, or SK_TIME_UNKNOWN; never SK_TIME_PATTERN. A text that is of a
 * format, but NO_SUCH_TIME or OUT_OF_RANGE, is of that format.
 *
 * The unit of a number is told by its size, its sign left aside: below 1e11 (until the year 5138)
 * seconds, below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds. So times of the
 * years 1966 to 1973 in units below a second are misjudged: name the unit where there are such.
 *
 * Cost: up to some hundred nanoseconds.
 */
enum sk_time_format sk_time_detect(struct sk_span text);

/*
 * Reads a zone that stands alone into ${*offset}, seconds east of Greenwich: what follows the time
 * when a clf record is split at blanks, so that a bracket may follow.
 */
enum sk_time_status sk_time_zone(struct sk_span text, int *offset);

/* ---- patterns ---- */

#define SK_TIME_PATTERN_STEPS 128

enum sk_time_pattern_status {
	SK_TIME_PATTERN_OK,
	SK_TIME_PATTERN_TOO_LONG,  /* more than SK_TIME_PATTERN_STEPS literal bytes and letters */
	SK_TIME_PATTERN_CUT_OFF,   /* ends in a '%' */
	SK_TIME_PATTERN_NO_LETTER, /* a '%' with something behind it that has no meaning */
	SK_TIME_PATTERN_TWICE,     /* says the same part of a time a second time */
	SK_TIME_PATTERN_HALF_DAYS, /* %I without %p, or %p without %I */
	SK_TIME_PATTERN_NO_DATE    /* says no day, or less of it than is needed */
};

/* A compiled pattern. Its members are private. */
struct sk_time_pattern {
	struct {
		unsigned char kind;
		unsigned char literal;
	} steps[SK_TIME_PATTERN_STEPS];
	size_t count;
};

/* As sk_time_strerror(). */
const char *sk_time_pattern_strerror(enum sk_time_pattern_status status);

/*
 * Compiles ${text}, a pattern as strptime() takes them, into ${*pattern}:
 *
 *	%Y year, 4 digits          %H hour, 0..24      %z zone
 *	%y year, 2 digits: 1969..  %I hour, 1..12      %Z Z, UTC or GMT, and no other name
 *	%m month, 1..12            %p AM or PM         %s seconds since 1970
 *	%b %B name of the month    %M minute           %T %H:%M:%S
 *	%d day of the month        %S second           %D %m/%d/%y
 *	%e the same, blank-padded  %f digits of a      %F %Y-%m-%d
 *	%j day of the year, 1..       fraction         %% '%'
 *	%a %A name of the weekday  %n %t and blanks: any number of blanks
 *
 * Where no digits are given there are one or two of them (%j: up to three). %b and %B, and %a and
 * %A, are the same: the name or its first three letters. Other bytes stand for themselves. What is
 * not said is the first of its kind: January, the 1st, 00:00:00. Without a year, it is found as for
 * syslog. %s excludes all parts but %f, which counts forward from the second, also before 1970.
 *
 * If the status is not OK, ${*position} is the index in ${text} of what is wrong; the size of
 * ${text} where something is missing at the end.
 */
enum sk_time_pattern_status sk_time_pattern_compile(
    struct sk_time_pattern *pattern, struct sk_span text, size_t *position);

/* ---- readers ---- */

/* The longest text that a reader remembers, in words of 8 bytes. */
#define SK_TIME_CACHE_WORDS 5

/* Its members are private; nothing need be released. */
struct sk_time_reader {
	enum sk_time_format format;
	const struct sk_time_pattern *pattern;
	int offset;        /* of texts without a zone: seconds east of Greenwich */
	int64_t reference; /* by which days of texts without a year begin: nanoseconds */
	bool named_zone;   /* the text last read did */
	bool named_clock;
	struct {
		size_t size; /* of the text, 0 if none is remembered */
		/* The text: words from its front, and in the last one its last 8 bytes. */
		uint64_t words[SK_TIME_CACHE_WORDS];
		uint64_t second_mask[SK_TIME_CACHE_WORDS]; /* all but the fraction */
		uint64_t day_mask[SK_TIME_CACHE_WORDS]; /* all but fraction, hour, minute, second */
		int64_t second;                         /* its time without the fraction */
		int64_t midnight;                       /* at which its day began */
		struct sk_time_shape {
			unsigned char size;
			unsigned char hour_at;
			unsigned char minute_at;
			unsigned char second_at; /* 0 if the day mask leaves out no more */
			unsigned char fraction_end;
			unsigned char fraction_digits; /* 0 .. 9 */
		} shape;
	} last;
};

/*
 * Makes ${reader} one for ${format}; one for SK_TIME_UNKNOWN knows no times. ${pattern} is for
 * SK_TIME_PATTERN only and must outlive the reader. Texts without a zone are taken to be UTC, and
 * texts without a year to be of 1970 or before, until the next two functions say otherwise.
 */
void sk_time_reader_init(struct sk_time_reader *reader, enum sk_time_format format,
    const struct sk_time_pattern *pattern);

/* Takes texts without a zone to be ${offset} seconds east of Greenwich: -86399 .. 86399. */
void sk_time_reader_set_offset(struct sk_time_reader *reader, int offset);

/*
 * Takes texts without a year to be of the latest year that has such a day, and in which it begins
 * no later than at ${reference}, in nanoseconds. It is the day that decides, not the time of day:
 * so all times of one day are of one year, wherever in that day the reference is.
 */
void sk_time_reader_set_reference(struct sk_time_reader *reader, int64_t reference);

/*
 * Reads ${text} into ${*nanoseconds}. No byte outside of it is looked at.
 *
 * Cost: some nanoseconds for a number and for a text of the same day and shape as the one before,
 * the fewest if the second is the same too; otherwise some ten.
 */
enum sk_time_status sk_time_read(
    struct sk_time_reader *reader, struct sk_span text, int64_t *nanoseconds);

/*
 * Whether the text last read with OK named its zone, and a time of day, not only a day. Numbers since
 * 1970 name both, and a text of a pattern a time of day. False before the first.
 */
static inline bool
sk_time_named_zone(const struct sk_time_reader *reader)
{
	return reader->named_zone;
}

static inline bool
sk_time_named_clock(const struct sk_time_reader *reader)
{
	return reader->named_clock;
}

/*
 * Reads ${text} and, in ${zone}, its zone, as sk_time_zone() does: two fields of one record. The
 * zone becomes that of the reader, as by sk_time_reader_set_offset(), also if ${text} is no time;
 * one inside of ${text} goes before it.
 */
enum sk_time_status sk_time_read_split(
    struct sk_time_reader *reader, struct sk_span text, struct sk_span zone, int64_t *nanoseconds);

/*
 * Reads ${n} texts, in order, into ${nanoseconds} and ${statuses}, which must have room for ${n}
 * each. What is no time is 0 there. Returns how many are OK.
 */
size_t sk_time_read_batch(struct sk_time_reader *reader, const struct sk_span *texts, size_t n,
    int64_t *nanoseconds, enum sk_time_status *statuses);

#endif
