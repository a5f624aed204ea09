/* when.c -- points of time as text. */
#include "when.h"

#include <stdio.h>
#include <string.h>

#include "../record/time.h"
#include "diag.h"

#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)
#define SECONDS_MAX INT64_C(9223372035) /* whose nanoseconds fit, with those of a fraction */
#define EAST 3600                       /* seconds: a zone that is not UTC */
#define TEXT_MAX 63

/* The date of a number of days since 1970-01-01: years are counted from March, so that leap days come last. */
static void
date_of(int64_t days, int64_t *year, int *month, int *day)
{
	const int64_t since_0000_03_01 = days + 719468;
	const int64_t era = (since_0000_03_01 >= 0 ? since_0000_03_01 : since_0000_03_01 - 146096) / 146097;
	const int64_t of_era = since_0000_03_01 - era * 146097;
	const int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int64_t from_march = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
	*month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

size_t
sk_when_format(int64_t nanoseconds, char text[SK_WHEN_SIZE])
{
	int64_t days = nanoseconds / DAY, rest = nanoseconds % DAY, year, seconds, fraction;
	int month, day, length;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	seconds = rest / SECOND;
	fraction = rest % SECOND;
	date_of(days, &year, &month, &day);
	length = snprintf(text, SK_WHEN_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year, month, day,
	    (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	if (fraction > 0) {
		length += snprintf(
		    text + length, SK_WHEN_SIZE - (size_t)length, ".%09d", (int)fraction);
		while (text[length - 1] == '0')
			length--;
	}
	text[length++] = 'Z';
	text[length] = '\0';
	return (size_t)length;
}

bool
sk_when_from_local(const struct sk_zone *zone, int64_t *time)
{
	int64_t seconds = *time / SECOND, rest = *time % SECOND;

	if (rest < 0) {
		rest += SECOND;
		seconds--;
	}
	seconds = sk_zone_instant(zone, seconds);
	if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX)
		return false;
	*time = seconds * SECOND + rest;
	return true;
}

/* Read ${text} in one of the formats that are meant, ${east} seconds east of Greenwich if it names no zone. */
static enum sk_time_status
read_text(struct sk_span text, int east, int64_t *nanoseconds)
{
	enum sk_time_format format = sk_time_detect(text);
	struct sk_time_reader reader;

	/* Other formats leave out the year, or have one of two digits, or names. */
	if (format > SK_TIME_ISO)
		format = SK_TIME_UNKNOWN;
	sk_time_reader_init(&reader, format, NULL);
	sk_time_reader_set_offset(&reader, east);
	return sk_time_read(&reader, text, nanoseconds);
}

/* Put ${end} behind ${text}, where there is room. */
static struct sk_span
completed(const char *text, const char *end, char buffer[TEXT_MAX + 1])
{
	int size = snprintf(buffer, TEXT_MAX + 1, "%s%s", text, end);

	return (struct sk_span){ (const unsigned char *)buffer, size > TEXT_MAX ? 0 : (size_t)size };
}

const char *
sk_when_parse(const char *text, const struct sk_zone *zone, int64_t *nanoseconds)
{
	static const char *const ends[] = { "", ":00", "-01" };
	enum sk_time_status status = SK_TIME_NOT_A_TIME;
	char buffer[TEXT_MAX + 1];
	struct sk_span whole;
	int64_t time, east;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		whole = completed(text, ends[i], buffer);
		if ((status = read_text(whole, 0, &time)) != SK_TIME_NOT_A_TIME)
			break;
	}
	if (status == SK_TIME_NO_SUCH_TIME || status == SK_TIME_OUT_OF_RANGE)
		return sk_time_strerror(status);
	if (status != SK_TIME_OK)
		return "not a time such as 2026-11-22, 2026-11-22T10:30 or 1795342200";
	/* Read as of another zone it is another time: it names none. */
	if (zone != NULL && read_text(whole, EAST, &east) == SK_TIME_OK && east != time &&
	    !sk_when_from_local(zone, &time))
		return sk_time_strerror(SK_TIME_OUT_OF_RANGE);
	*nanoseconds = time;
	return NULL;
}

int64_t
sk_when_option(const char *option, const char *text, const struct sk_zone *zone)
{
	char quoted[SK_DIAG_QUOTE];
	int64_t nanoseconds = 0;
	const char *why = sk_when_parse(text, zone, &nanoseconds);

	if (why != NULL)
		sk_die("%s %s: %s", option,
		    sk_diag_quote(quoted, (struct sk_span){ (const unsigned char *)text, strlen(text) }), why);
	return nanoseconds;
}
