/*
 * zone_rule.c -- TZ strings, as POSIX.1-2017 (8.3) has them and RFC 8536 (3.3.1) extends them.
 */
#include "zone_parts.h"

#include <stddef.h>
#include <string.h>

#define MINUTE 60
#define HOUR 3600
#define DAY INT64_C(86400)
#define RULE_HOURS_MAX 167

/* Reading */

/* What is left to read; each reader takes what it finds and says whether it found what it wanted. */
static bool
take_char(struct sk_span *text, char c)
{
	if (text->size == 0 || *text->data != (unsigned char)c)
		return false;
	text->data++;
	text->size--;
	return true;
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A number of at most ${digits} digits, ${min} to ${max}. */
static bool
take_number(struct sk_span *text, int digits, int min, int max, int *number)
{
	int taken = 0;

	*number = 0;
	for (; taken < digits && text->size > 0 && is_digit(*text->data); taken++) {
		*number = *number * 10 + (*text->data++ - '0');
		text->size--;
	}
	return taken > 0 && *number >= min && *number <= max;
}

/* [+-]h[:mm[:ss]] in seconds; ${h} of as many ${digits} at most. */
static bool
take_time(struct sk_span *text, int digits, int hours_max, int32_t *time)
{
	const bool negative = take_char(text, '-');
	int hours, minutes = 0, seconds = 0;

	if (!negative)
		(void)take_char(text, '+');
	if (!take_number(text, digits, 0, hours_max, &hours))
		return false;
	if (take_char(text, ':')) {
		if (!take_number(text, 2, 0, 59, &minutes))
			return false;
		if (take_char(text, ':') && !take_number(text, 2, 0, 59, &seconds))
			return false;
	}
	*time = hours * HOUR + minutes * MINUTE + seconds;
	if (negative)
		*time = -*time;
	return true;
}

bool
sk_zone_offset_parse(int32_t *offset, struct sk_span text)
{
	unsigned char with_colon[6];

	if (text.size < 2 || (*text.data != '+' && *text.data != '-'))
		return false;
	if (text.size == 5 && memchr(text.data, ':', text.size) == NULL) { /* +hhmm */
		memcpy(with_colon, text.data, 3);
		with_colon[3] = ':';
		memcpy(with_colon + 4, text.data + 3, 2);
		text = (struct sk_span){ with_colon, sizeof(with_colon) };
	}
	return take_time(&text, 2, 24, offset) && text.size == 0;
}

static bool
take_name(struct sk_span *text)
{
	const bool quoted = take_char(text, '<');
	size_t size = 0;

	while (size < text->size &&
	    (is_letter(text->data[size]) ||
		(quoted &&
		    (is_digit(text->data[size]) || text->data[size] == '+' ||
			text->data[size] == '-'))))
		size++;
	text->data += size;
	text->size -= size;
	return size >= 3 && (!quoted || take_char(text, '>'));
}

static bool
take_change(struct sk_span *text, struct sk_zone_change *change)
{
	*change = (struct sk_zone_change){ .time = 2 * HOUR };
	if (take_char(text, 'M')) {
		change->kind = SK_ZONE_WEEKDAY;
		if (!take_number(text, 2, 1, 12, &change->month) || !take_char(text, '.') ||
		    !take_number(text, 1, 1, 5, &change->week) || !take_char(text, '.') ||
		    !take_number(text, 1, 0, 6, &change->day))
			return false;
	} else if (take_char(text, 'J')) {
		change->kind = SK_ZONE_JULIAN;
		if (!take_number(text, 3, 1, 365, &change->day))
			return false;
	} else {
		change->kind = SK_ZONE_ORDINAL;
		if (!take_number(text, 3, 0, 365, &change->day))
			return false;
	}
	return !take_char(text, '/') || take_time(text, 3, RULE_HOURS_MAX, &change->time);
}

bool
sk_zone_rule_parse(struct sk_zone_rule *rule, struct sk_span text)
{
	static const char elsewhere[] = ",M3.2.0,M11.1.0";

	*rule = (struct sk_zone_rule){ .changes = false };
	if (!take_name(&text) || !take_time(&text, 2, 24, &rule->standard))
		return false;
	rule->standard = -rule->standard;
	if (text.size == 0)
		return true;
	rule->changes = true;
	if (!take_name(&text))
		return false;
	rule->summer = rule->standard + HOUR;
	if (text.size > 0 && *text.data != ',') {
		if (!take_time(&text, 2, 24, &rule->summer))
			return false;
		rule->summer = -rule->summer;
	}
	if (text.size == 0)
		text = (struct sk_span){ (const unsigned char *)elsewhere, sizeof(elsewhere) - 1 };
	return take_char(&text, ',') && take_change(&text, &rule->start) && take_char(&text, ',') &&
	    take_change(&text, &rule->stop) && text.size == 0;
}

/* The calendar */

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to the first of January. */
static int64_t
days_before(int64_t year)
{
	const int64_t last = year - 1;

	return 365 * (year - 1970) + floor_divide(last, 4) - floor_divide(last, 100) +
	    floor_divide(last, 400) - 477; /* leap days before 1970 */
}

static int64_t
year_of(int64_t day)
{
	int64_t year = 1970 + floor_divide(day * 400, 146097); /* off by one at most */

	while (days_before(year) > day)
		year--;
	while (days_before(year + 1) <= day)
		year++;
	return year;
}

/* The day of a ${year} on which a change is, in days since 1970-01-01. */
static int64_t
day_of_change(const struct sk_zone_change *change, int64_t year)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };
	const int leap = is_leap(year);
	int64_t first, day;
	int length;

	if (change->kind == SK_ZONE_ORDINAL)
		return days_before(year) + change->day;
	if (change->kind == SK_ZONE_JULIAN)
		return days_before(year) + change->day - 1 + (leap && change->day >= 60);
	first = days_before(year) + before[change->month - 1] + (leap && change->month > 2);
	length = before[change->month] - before[change->month - 1] + (leap && change->month == 2);
	/* 1970-01-01 was a Thursday. */
	day = (change->day - (first + 4) % 7 + 14) % 7 + 7 * (change->week - 1);
	return first + (day < length ? day : day - 7);
}

/* Segments */

/*
 * The changes of three years are enough to have one before and one after. When two fall together the later year's is
 * the one that counts, which is how summer time all the year round is written (RFC 8536, 3.3.1).
 */
struct sk_zone_segment
sk_zone_rule_segment(const struct sk_zone_rule *rule, int64_t instant)
{
	struct sk_zone_segment segment = { INT64_MIN, INT64_MAX, rule->standard };
	const int64_t year = year_of(floor_divide(instant + rule->standard, DAY));

	for (int64_t y = year - 1; rule->changes && y <= year + 1; y++) {
		const int64_t start =
		    day_of_change(&rule->start, y) * DAY + rule->start.time - rule->standard;
		const int64_t stop =
		    day_of_change(&rule->stop, y) * DAY + rule->stop.time - rule->summer;
		const int64_t when[] = { start < stop ? start : stop, start < stop ? stop : start };
		const int32_t offset[] = { start < stop ? rule->summer : rule->standard,
			start < stop ? rule->standard : rule->summer };

		for (int i = 0; i < 2; i++) {
			if (when[i] <= instant && when[i] >= segment.start) {
				segment.start = when[i];
				segment.offset = offset[i];
			} else if (when[i] > instant && when[i] < segment.end) {
				segment.end = when[i];
			}
		}
	}
	return segment;
}
