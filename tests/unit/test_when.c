/*
 * test_when.c -- points of time as people read and write them.
 */
#include "support.h"

#include "run/when.h"

#define SECOND INT64_C(1000000000)
#define NOON (INT64_C(1795348800) * SECOND) /* 2026-11-22T12:00:00Z */
#define UNTOUCHED INT64_C(424242)

static const struct {
	const char *text;
	int64_t time;
} good[] = {
	{ "2026-11-22T12:00:00Z", NOON },
	{ "2026-11-22T12:00:00", NOON },
	{ "2026-11-22 12:00", NOON },
	{ "2026-11-22T12", NOON },
	{ "2026/11/22 12", NOON },
	{ "2026-11-22T12:00:00.25Z", NOON + SECOND / 4 },
	{ "2026-11-22T13:00+01:00", NOON },
	{ "20261122T120000Z", NOON },
	{ "2026-11-22", NOON - 43200 * SECOND },
	{ "2026-11", NOON - (21 * 86400 + 43200) * SECOND },
	{ "1969-12-31T23:59:59.5Z", -SECOND / 2 },
	{ "1795348800", NOON },
	{ "1795348800.5", NOON + SECOND / 2 },
	{ "1795348800000", NOON },
	{ "1795348800000000", NOON },
	{ "1795348800000000000", NOON },
	{ "0", 0 },
	{ "-60", -60 * SECOND },
};

static const char *const bad[] = { "", " ", "yesterday", "12:00", "2026-13", "2026-13-01", "2026-02-30",
	"2026-11-22T25", "2026-11-22T12:60", "2026-11-22T12:00:00Z tomorrow", "2026-11-", "2026-", "-", "1h",
	"22/Nov/2026:12:00:00 +0000", "Nov 22 12:00:00", "Sun, 22 Nov 2026 12:00:00 GMT", "9999-01-01",
	"0001-01-01", "99999999999999999999", "2026-11-22T12:00:00Zxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	"                                                                        2026-11-22" };

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t time = UNTOUCHED;
		const char *why = sk_when_parse(good[i].text, NULL, &time);

		if (why != NULL || time != good[i].time)
			fail_msg("\"%s\": %s, %" PRId64, good[i].text, why != NULL ? why : "read", time);
		assert_true(sk_when_option("--since", good[i].text, NULL) == time);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t time = UNTOUCHED;

		if (sk_when_parse(bad[i], NULL, &time) == NULL)
			fail_msg("\"%s\" is accepted as %" PRId64, bad[i], time);
		assert_int_equal(time, UNTOUCHED);
	}
}

/* What was written is read as it was. */
static void
test_there_and_back(void **state)
{
	char text[SK_WHEN_SIZE];
	int64_t time;

	(void)state;
	random_state = 11;
	for (int i = 0; i < 10000; i++) {
		int64_t want = (int64_t)(next_random() >> (1 + random_below(30)));

		if (random_below(2) == 0)
			want = -want;
		sk_when_format(want, text);
		assert_null(sk_when_parse(text, NULL, &time));
		if (time != want)
			fail_msg("%s: %" PRId64 ", not %" PRId64, text, time, want);
	}
}

/* Where a text names no zone it is the clocks' of the place, as they are on that day; numbers are not. */
static void
test_zones(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} rows[] = {
		{ "2026-11-22T13:00", NOON },
		{ "2026-11-22T13", NOON },
		{ "2026-11-22T12:00Z", NOON },
		{ "2026-11-22T14:00+02:00", NOON },
		{ "1795348800", NOON },
		{ "2026-11-22", NOON - 46800 * SECOND },
		{ "2026-07-01", (INT64_C(1782864000) - 7200) * SECOND },
		{ "2026-07", (INT64_C(1782864000) - 7200) * SECOND },
	};
	struct sk_zone *zone;
	int64_t time;

	(void)state;
	assert_int_equal(sk_zone_parse(&zone, span_of("CET-1CEST,M3.5.0,M10.5.0/3")), SK_ZONE_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(sk_when_parse(rows[i].text, zone, &time));
		if (time != rows[i].time)
			fail_msg("\"%s\": %" PRId64 ", not %" PRId64, rows[i].text, time, rows[i].time);
	}
	sk_zone_free(zone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
