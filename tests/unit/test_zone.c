/*
 * test_zone.c -- local time, against known changes of clocks, the C library's idea of it, and broken files.
 */
#include "support.h"

#include <time.h>

#include "window/zone.h"

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define ZONEINFO "/usr/share/zoneinfo/"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Seconds since the epoch of a time in UTC, by adding up days: nothing that the library does the same way. */
static int64_t
utc(int year, int month, int day, int hour, int minute)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t days = day - 1;

	for (int y = 1970; y < year; y++)
		days += 365 + (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
	for (int y = year; y < 1970; y++)
		days -= 365 + (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
	for (int m = 1; m < month; m++)
		days += lengths[m - 1] +
		    (m == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
	return days * DAY + hour * HOUR + minute * 60;
}

static struct sk_zone *
zone_of(const char *text)
{
	struct sk_zone *zone;

	if (sk_zone_parse(&zone, span_of(text)) != SK_ZONE_OK)
		fail_msg("refused: %s", text);
	return zone;
}

static void
test_fixed_offsets(void **state)
{
	static const struct {
		const char *text;
		int32_t offset;
	} rows[] = {
		{"UTC",           0     },
                { "Z",            0     },
                { "+05:30",       19800 },
                { "-03",          -10800},
		{ "+0545",        20700 },
                { "-00:25:21",    -1521 },
                { "EST5",         -18000},
		{ "<+0330>-3:30", 12600 },
                { "<-03>3",       -10800},
                { "XYZ-24",       86400 },
		{ "LMT0:25:21",   -1521 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sk_zone *zone = zone_of(rows[i].text);

		assert_int_equal(sk_zone_offset(zone, 0), rows[i].offset);
		assert_int_equal(sk_zone_offset(zone, -5000000000), rows[i].offset);
		assert_int_equal(sk_zone_offset(zone, 6000000000), rows[i].offset);
		assert_true(sk_zone_instant(zone, 12345) == 12345 - rows[i].offset);
		sk_zone_free(zone);
	}
}

static void
test_texts_that_are_no_zones(void **state)
{
	static const char *const rows[] = { "", "z", "U", "UTCX", "Europe/Berlin", "+",
		"+5:", "+25", "+05:60", "+05:30:", "CET", "CE-1", "CET-1CEST,", "CET-1CEST,M3.5.0",
		"CET-25", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J5",
		"CET-1CEST,J366,J5", "CET-1CEST,366,5", "CET-1CEST,M3.5.0/168,M10.5.0", "<CET-1",
		"<C>1", "CET-1CE", "CET-1CEST2:60", "5EST", "EST5EDT M3.2.0,M11.1.0" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sk_zone *zone = (struct sk_zone *)&zone;

		if (sk_zone_parse(&zone, span_of(rows[i])) != SK_ZONE_TEXT)
			fail_msg("taken: %s", rows[i]);
		assert_null(zone);
	}
}

/* The clock goes from ${before} to ${after} at ${when}, and nowhere within a day of it otherwise. */
static void
assert_change(const char *text, int64_t when, int32_t before, int32_t after)
{
	struct sk_zone *zone = zone_of(text);

	if (sk_zone_offset(zone, when - 1) != before || sk_zone_offset(zone, when) != after)
		fail_msg("%s at %lld: %d to %d", text, (long long)when,
		    (int)sk_zone_offset(zone, when - 1), (int)sk_zone_offset(zone, when));
	assert_int_equal(sk_zone_offset(zone, when - DAY), before);
	assert_int_equal(sk_zone_offset(zone, when + DAY), after);
	sk_zone_free(zone);
}

static void
test_known_changes(void **state)
{
	static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
	static const char new_york[] = "EST5EDT,M3.2.0,M11.1.0";
	static const char sydney[] = "AEST-10AEDT,M10.1.0,M4.1.0/3";
	static const char lord_howe[] = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";
	static const char nuuk[] = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0";
	static const char godthab[] = "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1";
	static const char dublin[] = "IST-1GMT0,M10.5.0,M3.5.0/1";
	static const char tehran[] = "<+0330>-3:30<+0430>,J79/24,J263/24";
	static const char summer[] = "XXX3EDT4,0/0,J365/23";

	(void)state;
	assert_change(berlin, utc(2024, 3, 31, 1, 0), 3600, 7200);
	assert_change(berlin, utc(2024, 10, 27, 1, 0), 7200, 3600);
	assert_change(berlin, utc(2150, 3, 29, 1, 0), 3600, 7200);
	assert_change(new_york, utc(2023, 3, 12, 7, 0), -18000, -14400);
	assert_change(new_york, utc(2023, 11, 5, 6, 0), -14400, -18000);
	assert_change("EST5EDT", utc(2023, 3, 12, 7, 0), -18000, -14400);
	assert_change(sydney, utc(2024, 4, 6, 16, 0), 39600, 36000);
	assert_change(sydney, utc(2024, 10, 5, 16, 0), 36000, 39600);
	assert_change(lord_howe, utc(2024, 10, 5, 15, 30), 37800, 39600);
	assert_change(lord_howe, utc(2024, 4, 6, 15, 0), 39600, 37800);
	assert_change(nuuk, utc(2024, 3, 31, 1, 0), -7200, -3600);
	assert_change(nuuk, utc(2024, 10, 27, 1, 0), -3600, -7200);
	assert_change(godthab, utc(2022, 3, 27, 1, 0), -10800, -7200);
	/* Summer time that is less than standard time. */
	assert_change(dublin, utc(2024, 10, 27, 1, 0), 3600, 0);
	assert_change(dublin, utc(2024, 3, 31, 1, 0), 0, 3600);
	/* Days of the year without 29 February. */
	assert_change(tehran, utc(2022, 3, 20, 20, 30), 12600, 16200);
	assert_change(tehran, utc(2024, 3, 20, 20, 30), 12600, 16200);
	/* And with it: day 60 is 1 March, or 29 February. */
	assert_change("AAA0BBB,60/0,200/0", utc(2023, 3, 2, 0, 0), 0, 3600);
	assert_change("AAA0BBB,60/0,200/0", utc(2024, 3, 1, 0, 0), 0, 3600);
	assert_change("AAA0BBB,M3.1.5/167,M10.1.0", utc(2024, 3, 7, 23, 0), 0, 3600);
	/* All the year round. */
	for (int month = 1; month <= 12; month++)
		assert_change(summer, utc(2024, month, 1, 3, 0), -14400, -14400);
}

/* sk_zone_instant() by its definition, minute by minute. */
static void
assert_instant(const struct sk_zone *zone, int64_t local)
{
	const int64_t instant = sk_zone_instant(zone, local);

	assert_true(instant + sk_zone_offset(zone, instant) >= local);
	for (int64_t before = instant - 1; before > instant - 3 * HOUR; before -= 599)
		assert_true(before + sk_zone_offset(zone, before) < local);
}

static void
test_local_times_have_instants(void **state)
{
	static const char *const rows[] = { "UTC", "+14", "CET-1CEST,M3.5.0,M10.5.0/3",
		"EST5EDT,M3.2.0/0,M11.1.0/0:01", "<+12>-12<+13>,M10.3.0/0,M1.2.0/0" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sk_zone *zone = zone_of(rows[i]);

		for (int64_t local = utc(2021, 1, 1, 0, 0); local < utc(2023, 1, 1, 0, 0);
		     local += 1800)
			assert_instant(zone, local);
		sk_zone_free(zone);
	}
}

static void
test_midnights_around_changes(void **state)
{
	struct sk_zone *zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");

	(void)state;
	assert_true(sk_zone_instant(zone, utc(2024, 3, 31, 0, 0)) == utc(2024, 3, 30, 23, 0));
	assert_true(sk_zone_instant(zone, utc(2024, 4, 1, 0, 0)) == utc(2024, 3, 31, 22, 0));
	/* A time that there was not, and one that there was twice. */
	assert_true(sk_zone_instant(zone, utc(2024, 3, 31, 2, 30)) == utc(2024, 3, 31, 1, 0));
	assert_true(sk_zone_instant(zone, utc(2024, 10, 27, 2, 30)) == utc(2024, 10, 27, 0, 30));
	sk_zone_free(zone);
	/* No midnight: the day begins at one. */
	zone = zone_of("<-04>4<-03>,M9.1.6/24,M4.1.6/24");
	assert_true(sk_zone_instant(zone, utc(2024, 9, 8, 0, 0)) == utc(2024, 9, 8, 4, 0));
	sk_zone_free(zone);
}

/* Files */

struct file {
	unsigned char bytes[1 << 16];
	size_t size;
};

static struct sk_span
contents(const struct file *file)
{
	return (struct sk_span){ file->bytes, file->size };
}

static bool
read_zone(const char *name, struct file *file)
{
	char path[256];
	FILE *stream;

	snprintf(path, sizeof(path), ZONEINFO "%s", name);
	if ((stream = fopen(path, "rb")) == NULL)
		return false;
	file->size = fread(file->bytes, 1, sizeof(file->bytes), stream);
	fclose(stream);
	return true;
}

/* What the C library makes of an instant. */
static int64_t
offset_by_libc(int64_t instant)
{
	const time_t time = (time_t)instant;
	struct tm tm;

	assert_non_null(localtime_r(&time, &tm));
	return utc(tm.tm_year + 1900, 1, 1, tm.tm_hour, tm.tm_min) + tm.tm_yday * DAY + tm.tm_sec -
	    instant;
}

static void
check_hours(const char *name)
{
	static struct file file;
	const int64_t end = utc(SANITIZED ? 1985 : 2038, 1, 1, 0, 0);
	struct sk_zone *zone;
	char path[256];

	if (!read_zone(name, &file)) {
		print_message("skipped: there is no " ZONEINFO "%s\n", name);
		skip();
	}
	assert_int_equal(sk_zone_decode(&zone, contents(&file)), SK_ZONE_OK);
	snprintf(path, sizeof(path), ":" ZONEINFO "%s", name);
	assert_int_equal(setenv("TZ", path, 1), 0);
	tzset();
	for (int64_t hour = 0; hour < end; hour += HOUR)
		if (sk_zone_offset(zone, hour) != offset_by_libc(hour) ||
		    sk_zone_offset(zone, hour - 1) != offset_by_libc(hour - 1))
			fail_msg("%s at %lld: %d", name, (long long)hour,
			    (int)sk_zone_offset(zone, hour));
	/* By the rules behind the last change. */
	for (int64_t hour = utc(2090, 1, 1, 0, 0); hour < utc(2092, 1, 1, 0, 0); hour += HOUR)
		assert_true(sk_zone_offset(zone, hour) == offset_by_libc(hour));
	unsetenv("TZ");
	tzset();
	sk_zone_free(zone);
}

static void
test_every_hour_in_berlin(void **state)
{
	(void)state;
	check_hours("Europe/Berlin");
}

static void
test_every_hour_in_new_york(void **state)
{
	(void)state;
	check_hours("America/New_York");
}

static void
test_every_hour_on_lord_howe(void **state)
{
	(void)state;
	check_hours("Australia/Lord_Howe");
}

static void
test_every_hour_in_apia(void **state)
{
	(void)state;
	check_hours("Pacific/Apia");
}

/* A file of version 2 with one change, from 1 h to 2 h at 1000000, and the footer. */
static void
make_file(struct file *file, const char *footer)
{
	static const unsigned char types[] = { 0, 0, 14, 16, 0, 0, 0, 0, 28, 32, 1, 0, 'A', 'A',
		'A', 0 };
	static const unsigned char when[] = { 0, 0, 0, 0, 0, 15, 66, 64 };
	unsigned char *to = file->bytes;

	memset(to, 0, sizeof(file->bytes));
	for (int block = 0; block < 2; block++) {
		const size_t time_size = block == 0 ? 4 : 8;

		memcpy(to, "TZif2", 5);
		to[35] = 1; /* changes */
		to[39] = 2; /* types */
		to[43] = 4; /* bytes of names */
		to += 44;
		memcpy(to, when + 8 - time_size, time_size);
		to[time_size] = 1;
		memcpy(to + time_size + 1, types, sizeof(types));
		to += time_size + 1 + sizeof(types);
	}
	memcpy(to, footer, strlen(footer));
	file->size = (size_t)(to - file->bytes) + strlen(footer);
}

static void
test_files_are_taken_and_refused(void **state)
{
	static struct file file, copy;
	struct sk_zone *zone;

	(void)state;
	make_file(&file, "\nAAA-3\n");
	assert_int_equal(sk_zone_decode(&zone, contents(&file)), SK_ZONE_OK);
	assert_int_equal(sk_zone_offset(zone, 999999), 3600);
	assert_int_equal(sk_zone_offset(zone, 1000000), 10800); /* the footer's */
	assert_true(sk_zone_instant(zone, 1000000 + 3599) == 999999);
	assert_true(sk_zone_instant(zone, 1000000 + 3600) == 1000000); /* until three hours later */
	assert_true(sk_zone_instant(zone, 1000000 + 10801) == 1000001);
	sk_zone_free(zone);
	make_file(&file, "\n\n");
	assert_int_equal(sk_zone_decode(&zone, contents(&file)), SK_ZONE_OK);
	assert_int_equal(sk_zone_offset(zone, 1000000), 7200);
	sk_zone_free(zone);
	/* Of version 1 there is only the first block. */
	file.bytes[4] = 0;
	file.size = 44 + 5 + 16;
	assert_int_equal(sk_zone_decode(&zone, contents(&file)), SK_ZONE_OK);
	assert_int_equal(sk_zone_offset(zone, 1000000), 7200);
	sk_zone_free(zone);
	make_file(&copy, "\nCET\n");
	assert_int_equal(sk_zone_decode(&zone, contents(&copy)), SK_ZONE_CORRUPT);
	assert_null(zone);
	make_file(&copy, "\n\n");
	copy.bytes[0] = 'X';
	assert_int_equal(sk_zone_decode(&zone, contents(&copy)), SK_ZONE_FOREIGN);
	make_file(&copy, "\n\n");
	copy.bytes[44 + 21 + 31] = 1; /* a leap second, whose 12 bytes are missing; or not */
	assert_int_equal(sk_zone_decode(&zone, contents(&copy)), SK_ZONE_TRUNCATED);
	copy.size += 12;
	assert_int_equal(sk_zone_decode(&zone, contents(&copy)), SK_ZONE_LEAP);
	make_file(&copy, "\n\n");
	copy.bytes[44 + 21 + 44 + 8] = 2; /* no such type */
	assert_int_equal(sk_zone_decode(&zone, contents(&copy)), SK_ZONE_CORRUPT);
}

/* Any change and any cut: refused, or taken without a bad access; the bytes stand alone for the sanitizers' sake. */
static void
test_broken_files_do_no_harm(void **state)
{
	static struct file file;

	(void)state;
	make_file(&file, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
	for (size_t at = 0; at < file.size; at++) {
		unsigned char *alone = allocate(at);
		struct sk_zone *zone;

		memcpy(alone, file.bytes, at);
		assert_int_equal(
		    sk_zone_decode(&zone, (struct sk_span){ alone, at }), SK_ZONE_TRUNCATED);
		assert_null(zone);
		free(alone);
	}
	for (size_t change = 0; change < file.size * 255; change++) {
		unsigned char *alone = allocate(file.size);
		struct sk_zone *zone;

		memcpy(alone, file.bytes, file.size);
		alone[change / 255] ^= (unsigned char)(change % 255 + 1);
		if (sk_zone_decode(&zone, (struct sk_span){ alone, file.size }) == SK_ZONE_OK) {
			(void)sk_zone_offset(zone, 999999);
			(void)sk_zone_instant(zone, 1700000000);
			sk_zone_free(zone);
		}
		free(alone);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed_offsets),
		cmocka_unit_test(test_texts_that_are_no_zones),
		cmocka_unit_test(test_known_changes),
		cmocka_unit_test(test_local_times_have_instants),
		cmocka_unit_test(test_midnights_around_changes),
		cmocka_unit_test(test_every_hour_in_berlin),
		cmocka_unit_test(test_every_hour_in_new_york),
		cmocka_unit_test(test_every_hour_on_lord_howe),
		cmocka_unit_test(test_every_hour_in_apia),
		cmocka_unit_test(test_files_are_taken_and_refused),
		cmocka_unit_test(test_broken_files_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
