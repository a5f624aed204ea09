/* when.c -- points of time as text. */
#include "when.h"

#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)

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
