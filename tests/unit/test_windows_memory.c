/*
 * test_windows_memory.c -- windows and zones when the system refuses memory: nothing is lost, and the call may be
 * repeated.
 */
#include "failing_alloc.h"

#include "window/key_table.c"
#include "window/session_tree.c"
#include "window/windows.c"
#include "window/windows_count.c"
#include "window/windows_session.c"
#include "window/windows_time.c"
#include "window/zone.c"

#undef malloc
#undef calloc
#undef realloc
#undef free

#include "windows_support.h"

#define RECORDS ((size_t)2000)

struct stream {
	int64_t times[RECORDS];
	uint64_t keys[RECORDS];
};

static void
make_stream(struct stream *stream)
{
	for (size_t i = 0; i < RECORDS; i++) {
		stream->times[i] = (int64_t)(2 * i) - (int64_t)random_below(300);
		stream->keys[i] = random_below(50);
	}
}

/* All events of a stream, where every allocation is refused once before it is granted; returns their hash. */
static uint64_t
events_of(const struct sk_windows_options *options, const struct stream *stream, bool refusing)
{
	struct trace trace;
	struct sk_windows_event event;
	size_t refusals = 0;
	uint64_t log;

	fail_after = -1;
	trace_start(&trace, options, RECORDS);
	for (size_t at = 0; at <= RECORDS; at += 100) {
		int got = 1;

		if (at < RECORDS)
			sk_windows_give(
			    trace.windows, stream->times + at, stream->keys + at, 100, 0);
		else
			sk_windows_finish(trace.windows);
		while (got != 0) {
			fail_after = refusing ? 0 : -1;
			got = sk_windows_next(trace.windows, &event);
			/* Let one through at a time, so that each is refused. */
			for (long granted = 1; got == -1; granted++) {
				assert_int_equal(errno, ENOMEM);
				refusals++;
				fail_after = granted;
				got = sk_windows_next(trace.windows, &event);
			}
			fail_after = -1;
			if (got == 1)
				see(&trace, &event);
		}
		trace.given += 100;
	}
	assert_int_equal(trace.panes_live, 0);
	assert_true(!refusing || refusals > 5);
	log = trace.log;
	trace_free(&trace);
	assert_int_equal(live_blocks, 0);
	return log;
}

static void
test_refusals_change_nothing(void **state)
{
	static struct stream stream;

	(void)state;
	random_state = 20;
	for (int kind = SK_WINDOWS_TIME; kind <= SK_WINDOWS_COUNT; kind++) {
		const struct sk_windows_options options = { .kind = (enum sk_windows_kind)kind,
			.size = 60,
			.slide = kind == SK_WINDOWS_SESSION ? 60 : 7,
			.out_of_order = 100,
			.lateness = 120,
			.empty = true,
			.future = INT64_MAX };

		make_stream(&stream);
		assert_true(
		    events_of(&options, &stream, false) == events_of(&options, &stream, true));
	}
}

static void
test_nothing_is_made_without_memory(void **state)
{
	const struct sk_windows_options options = { .kind = SK_WINDOWS_TIME, .size = 5 };
	static const unsigned char file[44 + 5 + 6 + 2] = { 'T', 'Z', 'i', 'f',
		0, [35] = 1, [39] = 1, [43] = 2 };
	struct sk_zone *zone;
	long grants = 0;

	(void)state;
	fail_after = 0;
	assert_null(sk_windows_new(&options));
	fail_after = 0;
	assert_int_equal(sk_zone_parse(&zone, span_of("UTC")), SK_ZONE_NO_MEMORY);
	assert_null(zone);
	for (;; grants++) {
		enum sk_zone_status status;

		fail_after = grants;
		status = sk_zone_decode(&zone, (struct sk_span){ file, sizeof(file) });
		if (status == SK_ZONE_OK)
			break;
		assert_int_equal(status, SK_ZONE_NO_MEMORY);
		assert_null(zone);
		assert_int_equal(live_blocks, 0);
	}
	assert_int_equal(grants, 3);
	sk_zone_free(zone);
	fail_after = -1;
	assert_int_equal(live_blocks, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals_change_nothing),
		cmocka_unit_test(test_nothing_is_made_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
