/*
 * test_windows_spans.c -- windows of spans of time, and selections: against what the definitions say.
 */
#include "support.h"

#include "window/windows.h"

#define MOST 400
#define PANES_MOST (2 * MOST)
#define CLOSES_MOST 40000

/* What is in a window: how many, and which, as a sum. */
struct contents {
	uint64_t count;
	uint64_t sum;
};

struct close {
	int64_t start;
	int64_t end;
	uint32_t revision;
	struct contents contents;
};

static int64_t starts[MOST], ends[MOST];
static size_t count;
static struct contents panes[PANES_MOST];
static bool finished[PANES_MOST];
static struct close closes[CLOSES_MOST];
static size_t closes_count, late, future, outside;
static int64_t watermark;
static int fate[MOST]; /* of each: the event that told of it */

/* The end of span ${i}, of which an empty one is as long as 1. */
static int64_t
end_of(size_t i)
{
	return ends[i] > starts[i] ? ends[i] : starts[i] + 1;
}

static void
add(struct contents *contents, size_t i)
{
	contents->count++;
	contents->sum += (i + 1) * UINT64_C(0x9E3779B97F4A7C15);
}

static void
take_close(const struct sk_windows_event *event)
{
	struct close close = { event->start, event->end, event->revision, { 0, 0 } };

	for (size_t i = 0; i < event->panes_count; i++) {
		assert_true(event->panes[i] < PANES_MOST && !finished[event->panes[i]]);
		close.contents.count += panes[event->panes[i]].count;
		close.contents.sum += panes[event->panes[i]].sum;
	}
	assert_true(closes_count < CLOSES_MOST);
	closes[closes_count++] = close;
}

static void
take_events(struct sk_windows *windows, size_t given)
{
	struct sk_windows_event event;
	int more;

	while ((more = sk_windows_next(windows, &event)) == 1) {
		for (size_t i = 0; i < event.count; i++) {
			fate[given + event.first + i] = (int)event.type;
			if (event.type == SK_WINDOWS_RECORDS)
				add(&panes[event.pane], given + event.first + i);
		}
		late += event.type == SK_WINDOWS_LATE ? event.count : 0;
		future += event.type == SK_WINDOWS_FUTURE ? event.count : 0;
		outside += event.type == SK_WINDOWS_OUTSIDE ? event.count : 0;
		if (event.type == SK_WINDOWS_RECORDS)
			assert_false(finished[event.pane]);
		else if (event.type == SK_WINDOWS_CLOSE)
			take_close(&event);
		else if (event.type == SK_WINDOWS_FINISHED)
			finished[event.pane] = true;
		else if (event.type == SK_WINDOWS_WATERMARK)
			watermark = event.watermark;
	}
	assert_int_equal(more, 0);
}

/* Give all of them, as spans or as records, in batches of up to ${batch}. */
static void
run(const struct sk_windows_options *options, bool spans, size_t batch, int64_t now)
{
	struct sk_windows *windows = sk_windows_new(options);

	assert_non_null(windows);
	memset(panes, 0, sizeof(panes));
	memset(finished, 0, sizeof(finished));
	closes_count = late = future = outside = 0;
	watermark = INT64_MIN;
	for (size_t at = 0, n; at < count; at += n) {
		n = 1 + random_below(batch);
		n = n < count - at ? n : count - at;
		if (spans)
			sk_windows_give_spans(windows, starts + at, ends + at, n, now);
		else
			sk_windows_give(windows, starts + at, NULL, n, now);
		take_events(windows, at);
	}
	sk_windows_finish(windows);
	take_events(windows, count);
	for (size_t i = 0; i < PANES_MOST; i++)
		assert_true(finished[i] || panes[i].count == 0);
	sk_windows_free(windows);
}

/* The last revision of each window holds just what lies within it and had its place, and each of these is in one. */
static void
check_windows(const struct sk_windows_options *options)
{
	struct sk_assigner assigner;
	uint64_t wanted = 0, got = 0;

	assert_int_equal(sk_assigner_init(&assigner, options->size, options->slide, options->offset, NULL), 0);
	for (size_t i = 0; i < closes_count; i++) {
		struct contents want = { 0, 0 };
		bool last = true;

		for (size_t j = i + 1; j < closes_count; j++)
			if (closes[j].start == closes[i].start) {
				assert_int_equal(closes[j].revision, closes[i].revision + 1);
				last = false;
				break;
			}
		if (!last)
			continue;
		for (size_t j = 0; j < count; j++)
			if (fate[j] == SK_WINDOWS_RECORDS && starts[j] >= closes[i].start &&
			    starts[j] < closes[i].end && ends[j] <= closes[i].end)
				add(&want, j);
		got += want.count;
		if (options->lateness == 0 && late > 0)
			continue; /* what was late to some of its windows is not in those */
		assert_true(closes[i].contents.count == want.count && closes[i].contents.sum == want.sum);
	}
	for (size_t j = 0; j < count; j++) {
		int64_t end = end_of(j) - 1;

		if (fate[j] == SK_WINDOWS_RECORDS)
			wanted += (uint64_t)(sk_assigner_last(&assigner, starts[j]) -
			    sk_assigner_first(&assigner, end)) + 1;
	}
	if (late == 0)
		assert_true(wanted == got);
}

static struct sk_windows_options
random_options(void)
{
	struct sk_windows_options options = { .kind = SK_WINDOWS_TIME, .future = INT64_MAX };

	options.size = 1 + (int64_t)random_below(60);
	options.slide = random_below(2) == 0 ? options.size : 1 + (int64_t)random_below((uint64_t)options.size);
	options.offset = (int64_t)random_below(7);
	return options;
}

/* Spans that lie in a window, some of them empty, in no order that matters. */
static void
make_spans(const struct sk_windows_options *options)
{
	struct sk_assigner assigner;

	assert_int_equal(sk_assigner_init(&assigner, options->size, options->slide, options->offset, NULL), 0);
	count = 0;
	for (size_t tries = 0; count < MOST / 2 && tries < 100 * MOST; tries++) {
		starts[count] = (int64_t)random_below(500) - 250;
		ends[count] = starts[count] + (int64_t)random_below((uint64_t)options->size + 2);
		if (sk_assigner_holds(&assigner, starts[count], ends[count]))
			count++;
	}
	assert_true(count > 0);
}

static void
sort_by_end(void)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0 && end_of(j) < end_of(j - 1); j--) {
			int64_t start = starts[j], end = ends[j];

			starts[j] = starts[j - 1];
			ends[j] = ends[j - 1];
			starts[j - 1] = start;
			ends[j - 1] = end;
		}
}

/* In the order of their ends none is late, and each window closes once, behind all that it holds. */
static void
test_in_order(void **state)
{
	(void)state;
	random_state = 1;
	for (int round = 0; round < 300; round++) {
		struct sk_windows_options options = random_options();

		make_spans(&options);
		sort_by_end();
		run(&options, true, 1 + random_below(40), 0);
		assert_int_equal(late + future + outside, 0);
		for (size_t i = 0; i < closes_count; i++) {
			assert_int_equal(closes[i].revision, 0);
			assert_true(closes[i].contents.count > 0);
			assert_true(i == 0 || closes[i].start > closes[i - 1].start);
		}
		check_windows(&options);
	}
}

/* In any order, corrected till the end; and with empty windows. */
static void
test_corrections(void **state)
{
	(void)state;
	random_state = 2;
	for (int round = 0; round < 300; round++) {
		struct sk_windows_options options = random_options();

		options.lateness = 1000;
		options.out_of_order = (int64_t)random_below(100);
		options.empty = round % 2 == 0;
		make_spans(&options);
		run(&options, true, 1 + random_below(40), 0);
		assert_int_equal(late + future + outside, 0);
		check_windows(&options);
	}
}

/* What comes too late is told of, and what is in time is not lost. */
static void
test_late(void **state)
{
	size_t ever = 0;

	(void)state;
	random_state = 3;
	for (int round = 0; round < 300; round++) {
		struct sk_windows_options options = random_options();
		int64_t mark = INT64_MIN;

		options.slide = options.size;
		options.out_of_order = (int64_t)random_below(100);
		make_spans(&options);
		run(&options, true, 1 + random_below(40), 0);
		for (size_t i = 0; i < count; i++) {
			struct sk_assigner assigner;
			int64_t last = end_of(i) - 1;
			bool is_late;

			sk_assigner_init(&assigner, options.size, options.slide, options.offset, NULL);
			is_late = mark != INT64_MIN &&
			    sk_assigner_window(&assigner, sk_assigner_last(&assigner, starts[i])).end <= mark;
			assert_int_equal(fate[i], is_late ? SK_WINDOWS_LATE : SK_WINDOWS_RECORDS);
			if (last - options.out_of_order > mark)
				mark = last - options.out_of_order;
			ever += is_late;
		}
	}
	assert_true(ever > 100);
}

/* The start tells whether a span is trusted: one that has begun and ends far ahead is. */
static void
test_future(void **state)
{
	struct sk_windows_options options = { .kind = SK_WINDOWS_TIME, .size = 3600, .slide = 3600, .future = 5 };

	(void)state;
	count = 3;
	starts[0] = 7200;
	ends[0] = 10800;
	starts[1] = 7260;
	ends[1] = 7320;
	starts[2] = 10806;
	ends[2] = 10807;
	run(&options, true, 3, 7201);
	assert_int_equal(fate[0], SK_WINDOWS_RECORDS);
	assert_int_equal(fate[1], SK_WINDOWS_RECORDS);
	assert_int_equal(fate[2], SK_WINDOWS_FUTURE); /* more than 5 behind 10799 */
	assert_int_equal(closes_count, 1);
}

/*
 * A selection: fates of what is selected, and closes of the windows within, are the same as without. Records go in
 * batches and runs; a selection cuts them anywhere.
 */
static void
test_selection(void **state)
{
	static struct close all[CLOSES_MOST];
	static int fates[MOST];
	size_t within = 0;

	(void)state;
	random_state = 4;
	for (int round = 0; round < 600; round++) {
		struct sk_windows_options options = random_options();
		const bool spans = round % 2 == 0;
		size_t n = 0, all_count;

		options.out_of_order = (int64_t)random_below(100);
		options.lateness = round % 3 == 0 ? (int64_t)random_below(100) : 0;
		make_spans(&options);
		for (size_t i = 0; i < count && !spans; i++)
			ends[i] = starts[i] + 1;
		run(&options, spans, 1 + random_below(40), 0);
		memcpy(all, closes, sizeof(closes));
		memcpy(fates, fate, sizeof(fate));
		all_count = closes_count;
		options.selects = true;
		options.since = (int64_t)random_below(500) - 250;
		options.until = options.since + (int64_t)random_below(300);
		run(&options, spans, 1 + random_below(40), 0);
		for (size_t i = 0; i < count; i++) {
			bool selected = starts[i] >= options.since && end_of(i) <= options.until;

			assert_int_equal(fate[i], selected ? fates[i] : SK_WINDOWS_OUTSIDE);
			n += !selected;
		}
		assert_int_equal(outside, n);
		/* Windows of which something came late close again or not by what else is open. */
		for (size_t i = 0; i < all_count && options.lateness == 0; i++) {
			if (all[i].start < options.since || all[i].end > options.until)
				continue;
			for (n = 0; n < closes_count && closes[n].start != all[i].start; n++)
				;
			assert_true(n < closes_count);
			assert_true(closes[n].end == all[i].end && closes[n].revision == all[i].revision);
			assert_true(closes[n].contents.count == all[i].contents.count);
			assert_true(closes[n].contents.sum == all[i].contents.sum);
			within++;
		}
	}
	assert_true(within > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_corrections),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_future),
		cmocka_unit_test(test_selection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
