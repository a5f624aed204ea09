/*
 * test_assign.c -- which windows a time belongs to and which panes these are made of, against the definition.
 */
#include "support.h"

#include "window/assign.h"

#define SECOND INT64_C(1000000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_options_are_checked(void **state)
{
	struct sk_assigner assigner;
	struct sk_zone *zone;

	(void)state;
	assert_int_equal(sk_zone_parse(&zone, span_of("+01")), SK_ZONE_OK);
	assert_int_equal(sk_assigner_init(&assigner, 1, 1, 0, NULL), 0);
	assert_int_equal(sk_assigner_init(&assigner, 0, 0, 0, NULL), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_assigner_init(&assigner, 5, 0, 0, NULL), -1);
	assert_int_equal(sk_assigner_init(&assigner, 5, 6, 0, NULL), -1);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_SPAN_MAX, 1, 0, NULL), 0);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_SPAN_MAX + 1, 1, 0, NULL), -1);
	assert_int_equal(sk_assigner_init(&assigner, 1, 1, SK_TIME_SPAN_MAX + 1, NULL), -1);
	assert_int_equal(sk_assigner_init(&assigner, 1, 1, -SK_TIME_SPAN_MAX - 1, NULL), -1);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_DAY, SK_TIME_DAY, SECOND, zone), 0);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_DAY, SK_TIME_DAY, 1, zone), -1);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_DAY, SK_TIME_DAY / 2, 0, zone), 0);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_DAY, SECOND / 2, 0, zone), -1);
	assert_int_equal(
	    sk_assigner_init(&assigner, SK_TIME_DAY * 3 / 2, SK_TIME_DAY, 0, zone), -1);
	sk_zone_free(zone);
}

/* ${time} is in the windows from first to last and in no other nearby; a window that it is in holds all of its pane. */
static void
assert_assigned(const struct sk_assigner *assigner, int64_t time)
{
	const int64_t first = sk_assigner_first(assigner, time);
	const int64_t last = sk_assigner_last(assigner, time);
	const struct sk_interval pane = sk_assigner_pane(assigner, time);

	assert_true(first <= last);
	assert_true(pane.start <= time && time < pane.end);
	for (int64_t number = first - 2; number <= last + 2; number++) {
		const struct sk_interval window = sk_assigner_window(assigner, number);
		const bool in = window.start <= time && time < window.end;

		assert_int_equal(in, number >= first && number <= last);
		assert_true(in ? window.start <= pane.start && pane.end <= window.end
			       : window.end <= pane.start || pane.end <= window.start);
	}
	assert_true(sk_assigner_due(assigner, time) == first - 1);
}

static void
test_small_windows_by_definition(void **state)
{
	(void)state;
	for (int64_t size = 1; size <= 12; size++)
		for (int64_t slide = 1; slide <= size; slide++)
			for (int64_t offset = -13; offset <= 13; offset += 1) {
				struct sk_assigner assigner;

				assert_int_equal(
				    sk_assigner_init(&assigner, size, slide, offset, NULL), 0);
				for (int64_t time = -40; time <= 40; time++)
					assert_assigned(&assigner, time);
				for (int64_t number = -5; number <= 5; number++) {
					const struct sk_interval window =
					    sk_assigner_window(&assigner, number);

					assert_true(window.start == offset + number * slide);
					assert_true(window.end == window.start + size);
				}
			}
}

static void
test_extreme_times(void **state)
{
	struct sk_assigner assigner;

	(void)state;
	random_state = 5;
	for (int round = 0; round < 1000; round++) {
		const int64_t size =
		    ((int64_t)random_below((size_t)SK_TIME_SPAN_MAX) >> random_below(50)) + 1;
		const int64_t slide = size / (int64_t)(random_below(5) + 1);
		const int64_t offset =
		    ((int64_t)random_below((size_t)SK_TIME_SPAN_MAX) >> random_below(50)) *
		    (round % 2 == 0 ? 1 : -1);

		if (slide == 0)
			continue;
		assert_int_equal(sk_assigner_init(&assigner, size, slide, offset, NULL), 0);
		assert_true(assigner.most >= SK_TIME_MAX && assigner.least <= SK_TIME_MIN);
		assert_true(sk_assigner_pane(&assigner, assigner.most).end > assigner.most);
		assert_true(sk_assigner_pane(&assigner, assigner.least).start <= assigner.least);
		assert_true(sk_assigner_window(&assigner, sk_assigner_last(&assigner, assigner.most)).end > assigner.most);
		assert_true(sk_assigner_window(&assigner, sk_assigner_first(&assigner, assigner.least)).start <= assigner.least);
		assert_true(sk_assigner_pane(&assigner, SK_TIME_MAX).end > SK_TIME_MAX);
		assert_true(sk_assigner_pane(&assigner, SK_TIME_MIN).start <= SK_TIME_MIN);
		assert_true(
		    sk_assigner_window(&assigner, sk_assigner_last(&assigner, SK_TIME_MAX)).end >
		    SK_TIME_MAX);
		assert_true(sk_assigner_window(&assigner, sk_assigner_first(&assigner, SK_TIME_MIN))
				.start <= SK_TIME_MIN);
	}
}

/* Two to a slide at most, and one where windows end where others start. */
static void
test_panes_are_few(void **state)
{
	static const struct {
		int64_t size, slide, panes;
	} rows[] = {
		{3600,  3600, 1},
                { 3600, 60,   1},
                { 3600, 7,    2},
                { 3600, 3599, 2}
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sk_assigner assigner;
		int64_t time = 0, panes = 0;

		assert_int_equal(
		    sk_assigner_init(&assigner, rows[i].size, rows[i].slide, 0, NULL), 0);
		for (; time < 1000 * rows[i].slide; panes++)
			time = sk_assigner_pane(&assigner, time).end;
		assert_true(panes == 1000 * rows[i].panes);
	}
}

static void
test_batches(void **state)
{
	static int64_t times[5000], starts[5000];
	struct sk_assigner assigner;

	(void)state;
	random_state = 6;
	assert_int_equal(sk_assigner_init(&assigner, 60, 25, 3, NULL), 0);
	for (size_t i = 0; i < COUNT(times); i++)
		times[i] = (int64_t)i / 3 - 800 - (int64_t)random_below(30);
	times[0] = SK_TIME_MAX;
	times[1] = SK_TIME_MIN;
	times[2] = SK_TIME_MAX;
	sk_assigner_panes(&assigner, times, COUNT(times), starts);
	for (size_t i = 0; i < COUNT(times); i++)
		assert_true(starts[i] == sk_assigner_pane(&assigner, times[i]).start);
}

/* Calendar days */

#define HOURS(n) ((n)*INT64_C(3600) * SECOND)

static void
test_days_follow_the_calendar(void **state)
{
	struct sk_zone *zone;
	struct sk_assigner assigner;
	int64_t lengths[3] = { 0 };

	(void)state;
	assert_int_equal(sk_zone_parse(&zone, span_of("CET-1CEST,M3.5.0,M10.5.0/3")), SK_ZONE_OK);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_DAY, SK_TIME_DAY, 0, zone), 0);
	for (int64_t day = 19358; day < 19358 + 365; day++) { /* 2023 */
		const struct sk_interval window = sk_assigner_window(&assigner, day);
		const int64_t hours = (window.end - window.start) / HOURS(1);

		assert_true((window.end - window.start) % HOURS(1) == 0);
		assert_true(hours >= 23 && hours <= 25);
		lengths[hours - 23]++;
		assert_true(window.end == sk_assigner_window(&assigner, day + 1).start);
		assert_true((window.start + sk_zone_offset(zone, window.start / SECOND) * SECOND) %
			SK_TIME_DAY ==
		    0);
	}
	assert_true(lengths[0] == 1 && lengths[1] == 363 && lengths[2] == 1);
	sk_zone_free(zone);
}

static void
test_calendar_windows_by_definition(void **state)
{
	static const char *const zones[] = { "-11", "CET-1CEST,M3.5.0,M10.5.0/3",
		"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "EST5EDT,M3.2.0/0:01,M11.1.0/0:01" };
	static const int64_t rows[][3] = { /* days, hours, days */
		{ 1, 24, 0 },
		{ 7, 24, 4 },
		{ 7, 168, 4 },
		{ 7, 48, 0 },
		{ 3, 48, 0 },
		{ 1, 6, 0 },
		{ 2, 17, 0 },
		{ 1, 1, 0 },
	};

	(void)state;
	for (size_t z = 0; z < COUNT(zones); z++)
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct sk_zone *zone;
			struct sk_assigner assigner;

			assert_int_equal(sk_zone_parse(&zone, span_of(zones[z])), SK_ZONE_OK);
			assert_int_equal(
			    sk_assigner_init(&assigner, rows[i][0] * SK_TIME_DAY,
				rows[i][1] * HOURS(1),
				rows[i][2] * SK_TIME_DAY + HOURS((int64_t)(i % 2 * z)), zone),
			    0);
			for (int64_t time = 19358 * SK_TIME_DAY; time < 19750 * SK_TIME_DAY;
			     time += HOURS(1) / (SANITIZED || i > 4 ? 1 : 4)) {
				assert_assigned(&assigner, time);
				assert_assigned(&assigner, time - 1);
			}
			sk_zone_free(zone);
		}
}

/* Samoa went from one side of the date line to the other at the end of 2011-12-29: the 30th has no length. */
static void
test_a_date_that_there_was_not(void **state)
{
	static unsigned char bytes[1 << 16];
	FILE *stream = fopen("/usr/share/zoneinfo/Pacific/Apia", "rb");
	struct sk_interval window;
	struct sk_assigner assigner;
	struct sk_zone *zone;
	size_t size;

	(void)state;
	if (stream == NULL) {
		print_message("skipped: there is no /usr/share/zoneinfo/Pacific/Apia\n");
		skip();
	}
	size = fread(bytes, 1, sizeof(bytes), stream);
	fclose(stream);
	assert_int_equal(sk_zone_decode(&zone, (struct sk_span){ bytes, size }), SK_ZONE_OK);
	assert_int_equal(sk_assigner_init(&assigner, SK_TIME_DAY, SK_TIME_DAY, 0, zone), 0);
	window = sk_assigner_window(&assigner, 15338);
	assert_true(window.start == window.end);
	assert_true(window.start == INT64_C(1325239200) * SECOND);
	for (int64_t hour = -100; hour < 100; hour++) {
		const int64_t time = window.start + HOURS(hour);

		assert_assigned(&assigner, time);
		assert_true(sk_assigner_last(&assigner, time) != 15338);
	}
	sk_zone_free(zone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_are_checked),
		cmocka_unit_test(test_small_windows_by_definition),
		cmocka_unit_test(test_extreme_times),
		cmocka_unit_test(test_panes_are_few),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_days_follow_the_calendar),
		cmocka_unit_test(test_calendar_windows_by_definition),
		cmocka_unit_test(test_a_date_that_there_was_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
