/*
 * test_windows.c -- windows of random streams against what the definition says, and scenes that show every event.
 */
#include "windows_support.h"

#define RECORDS 1200
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* References: windows made of all records at once, with the watermark as a plain maximum. */

struct reference {
	struct close_seen *closes;
	size_t count;
	size_t room;
	size_t late;
	size_t partly;
	size_t future;
};

static void
expect(
    struct reference *reference, uint64_t key, int64_t start, int64_t end, struct contents contents)
{
	reference->closes =
	    grow(reference->closes, reference->count, &reference->room, sizeof(*reference->closes));
	reference->closes[reference->count++] = (struct close_seen){ key, start, end, 0, contents };
}

/* The clock reads 0 all the time. */
static bool
is_distrusted(const struct sk_windows_options *options, int64_t largest, int64_t time)
{
	const int64_t known = largest > 0 ? largest : 0;

	return options->future < INT64_MAX && time > known + options->future;
}

#define NOTHING INT64_C(-1000000)

/* How far the stream has got, a record that is far ahead of it waiting for the next one to say the same. */
struct progress {
	int64_t largest;
	int64_t doubtful; /* NOTHING: none */
};

static int64_t
jump_of(const struct sk_windows_options *options)
{
	return options->future > 2 * options->size ? options->future : 2 * options->size;
}

static void
settle_doubt(struct progress *progress, const struct sk_windows_options *options, int64_t next)
{
	if (progress->doubtful > NOTHING && next >= progress->doubtful - jump_of(options) &&
	    progress->doubtful > progress->largest)
		progress->largest = progress->doubtful;
	progress->doubtful = NOTHING;
}

static void
go_on(struct progress *progress, const struct sk_windows_options *options, int64_t time)
{
	if (time <= progress->largest)
		return;
	if (options->future < INT64_MAX && time < -options->future &&
	    (progress->largest == NOTHING || time > progress->largest + jump_of(options)))
		progress->doubtful = time;
	else
		progress->largest = time;
}

static int64_t
floor_of(int64_t a, int64_t b)
{
	int64_t quotient = a / b;

	while (quotient * b > a)
		quotient--;
	return quotient;
}

#define NUMBERS 20000 /* of windows, from the first */

static struct reference
reference_of_time(const struct sk_windows_options *options, const int64_t *times, size_t n)
{
	static struct contents windows[NUMBERS];
	struct reference reference = { 0 };
	struct progress progress = { NOTHING, NOTHING };
	int64_t first = NUMBERS, last = -1;

	memset(windows, 0, sizeof(windows));
	for (size_t i = 0; i < n; i++) {
		int64_t number = floor_of(times[i] - options->offset, options->slide), mark;
		bool late = true, partly = false;

		if (is_distrusted(options, progress.largest, times[i])) {
			reference.future++;
			continue;
		}
		settle_doubt(&progress, options, times[i]);
		mark = progress.largest - options->out_of_order;
		for (;; number--) {
			const int64_t start = options->offset + number * options->slide;
			const int64_t at = number + NUMBERS / 2;

			if (start + options->size <= times[i])
				break;
			if (start + options->size + options->lateness <= mark) {
				partly = true;
				continue;
			}
			assert_true(at >= 0 && at < NUMBERS);
			contents_add(&windows[at], i);
			first = at < first ? at : first;
			last = at > last ? at : last;
			late = false;
		}
		reference.late += late;
		reference.partly += partly && !late;
		go_on(&progress, options, times[i]);
	}
	for (int64_t at = first; at <= last; at++)
		if (windows[at].count > 0 || options->empty) {
			const int64_t start = options->offset + (at - NUMBERS / 2) * options->slide;

			expect(&reference, 0, start, start + options->size, windows[at]);
		}
	return reference;
}

struct plain_session {
	uint64_t key;
	int64_t first;
	int64_t last;
	struct contents contents;
};

static struct reference
reference_of_sessions(
    const struct sk_windows_options *options, const int64_t *times, const uint64_t *keys, size_t n)
{
	static struct plain_session open[RECORDS + 1];
	struct reference reference = { 0 };
	struct progress progress = { NOTHING, NOTHING };
	size_t count = 0;

	for (size_t i = 0; i <= n; i++) {
		struct plain_session session;
		bool alone = true;
		int64_t mark;

		if (i < n && is_distrusted(options, progress.largest, times[i])) {
			reference.future++;
			continue;
		}
		if (i < n)
			settle_doubt(&progress, options, times[i]);
		mark = i < n ? progress.largest - options->out_of_order : INT64_MAX;
		for (size_t at = 0; at < count;) {
			const struct plain_session *old = &open[at];

			if (old->last + options->size + options->lateness > mark) {
				at++;
				continue;
			}
			expect(&reference, old->key, old->first, old->last + options->size,
			    old->contents);
			open[at] = open[--count];
		}
		if (i == n)
			break;
		session = (struct plain_session){
			keys[i], times[i], times[i], {0, 0}
		};
		contents_add(&session.contents, i);
		for (size_t at = 0; at < count;) {
			const struct plain_session *old = &open[at];

			if (old->key != keys[i] || times[i] >= old->last + options->size ||
			    times[i] + options->size <= old->first) {
				at++;
				continue;
			}
			alone = false;
			session.first = old->first < session.first ? old->first : session.first;
			session.last = old->last > session.last ? old->last : session.last;
			session.contents.count += old->contents.count;
			session.contents.sum += old->contents.sum;
			open[at] = open[--count];
		}
		if (alone && times[i] + options->size + options->lateness <= mark)
			reference.late++;
		else
			open[count++] = session;
		go_on(&progress, options, times[i]);
	}
	return reference;
}

#define KEYS 7

static struct reference
reference_of_counts(const struct sk_windows_options *options, const uint64_t *keys, size_t n)
{
	struct reference reference = { 0 };

	for (uint64_t key = 0; key < KEYS; key++) {
		static size_t records[RECORDS];
		int64_t count = 0;

		for (size_t i = 0; i < n; i++)
			if (keys[i] == key)
				records[count++] = i;
		for (int64_t start = 0; start < count; start += options->slide) {
			const int64_t whole = start + options->size;
			const int64_t end = whole < count ? whole : count;
			struct contents contents = { 0, 0 };

			for (int64_t i = start; i < end; i++)
				contents_add(&contents, records[i]);
			expect(&reference, key, start, end, contents);
		}
	}
	return reference;
}

/* Comparing */

static int
compare_with_revisions(const void *left, const void *right)
{
	const struct close_seen *a = left, *b = right;
	const int order = compare_closes(left, right);

	return order != 0 ? order : (a->revision > b->revision) - (a->revision < b->revision);
}

/* The last revision of every window that was told of; each one has more in it than the one before. */
static size_t
last_revisions(struct close_seen *closes, size_t count)
{
	size_t kept = 0;

	if (count > 0)
		qsort(closes, count, sizeof(*closes), compare_with_revisions);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_closes(&closes[i - 1], &closes[i]) == 0) {
			assert_true(closes[i].revision == closes[i - 1].revision + 1);
			assert_true(closes[i].contents.count > closes[i - 1].contents.count);
			kept--;
		} else {
			assert_true(closes[i].revision == 0);
		}
		closes[kept++] = closes[i];
	}
	return kept;
}

/* Of sessions, the windows that were not replaced by others of the same panes. */
static size_t
last_sessions(const struct trace *trace)
{
	struct close_seen *kept = allocate(trace->closes_count * sizeof(*kept));
	bool *last = allocate(trace->closes_count);
	size_t count = 0;

	for (size_t i = 0; i < trace->closes_count; i++)
		last[i] = false;
	for (size_t i = 0; i < trace->panes_count; i++)
		last[trace->panes[i].last_close] = true;
	for (size_t i = 0; i < trace->closes_count; i++)
		if (last[i])
			kept[count++] = trace->closes[i];
	for (size_t i = 0; i < count; i++)
		trace->closes[i] = kept[i];
	free(kept);
	free(last);
	return count;
}

static void
sort_closes(struct close_seen *closes, size_t count)
{
	if (count > 0)
		qsort(closes, count, sizeof(*closes), compare_closes);
}

static void
assert_windows(
    struct trace *trace, const struct sk_windows_options *options, struct reference *reference)
{
	size_t count;

	if (options->kind == SK_WINDOWS_SESSION) {
		count = last_sessions(trace);
		sort_closes(trace->closes, count);
	} else {
		count = last_revisions(trace->closes, trace->closes_count);
	}
	assert_int_equal(trace->late, reference->late);
	assert_int_equal(trace->partly, reference->partly);
	assert_int_equal(trace->future, reference->future);
	assert_int_equal(count, reference->count);
	sort_closes(reference->closes, count);
	for (size_t i = 0; i < count; i++) {
		const struct close_seen *got = &trace->closes[i], *want = &reference->closes[i];

		if (compare_closes(got, want) != 0 || got->contents.count != want->contents.count ||
		    got->contents.sum != want->contents.sum)
			fail_msg(
			    "[%lld, %lld) of %llu holds %llu, should be [%lld, %lld) of %llu: %llu",
			    (long long)got->start, (long long)got->end,
			    (unsigned long long)got->key, (unsigned long long)got->contents.count,
			    (long long)want->start, (long long)want->end,
			    (unsigned long long)want->key,
			    (unsigned long long)want->contents.count);
	}
	free(reference->closes);
}

/* Properties */

struct stream {
	int64_t times[RECORDS];
	uint64_t keys[RECORDS];
};

/* Records up to ${disorder} behind the largest time so far, of keys that come in turns. */
static void
make_stream(struct stream *stream, int64_t disorder)
{
	const size_t pace = random_below(8) + 1, pause = random_below(400) + 1;
	int64_t clock = (int64_t)random_below(2000) - 1500;

	for (size_t i = 0; i < RECORDS; i++) {
		clock += (int64_t)random_below(pace);
		if (random_below(200) == 0)
			clock += (int64_t)random_below(pause);
		stream->times[i] = clock - (int64_t)random_below((size_t)disorder + 1);
		stream->keys[i] = random_below(random_below(KEYS) + 1);
	}
}

static struct sk_windows_options
random_options(enum sk_windows_kind kind)
{
	struct sk_windows_options options = { .kind = kind,
		.size = (int64_t)random_below(60) + 1,
		.out_of_order = (int64_t)random_below(50),
		.future = INT64_MAX };

	options.slide = options.size;
	if (kind != SK_WINDOWS_SESSION && random_below(3) > 0)
		options.slide = (int64_t)random_below((size_t)options.size) + 1;
	if (kind == SK_WINDOWS_TIME) {
		options.offset = (int64_t)random_below(100) - 50;
		options.empty = random_below(2) == 0;
	}
	return options;
}

static void
check_stream(const struct sk_windows_options *options, int64_t disorder)
{
	static struct stream stream;
	struct reference reference;
	struct trace trace, other;

	make_stream(&stream, disorder);
	reference = options->kind == SK_WINDOWS_TIME
	    ? reference_of_time(options, stream.times, RECORDS)
	    : options->kind == SK_WINDOWS_SESSION
	    ? reference_of_sessions(options, stream.times, stream.keys, RECORDS)
	    : reference_of_counts(options, stream.keys, RECORDS);
	trace_run(&trace, options, stream.times, stream.keys, RECORDS, 1);
	trace_run(&other, options, stream.times, stream.keys, RECORDS, 300);
	/* However the stream is cut into batches. */
	assert_true(trace.log == other.log);
	if (disorder <= options->out_of_order)
		assert_int_equal(trace.late, 0);
	assert_windows(&trace, options, &reference);
	trace_free(&trace);
	trace_free(&other);
}

static void
check_streams(enum sk_windows_kind kind, bool late)
{
	for (int round = 0; round < (SANITIZED ? 40 : 400); round++) {
		struct sk_windows_options options = random_options(kind);
		int64_t disorder = options.out_of_order;

		if (late) {
			options.lateness = (int64_t)random_below(3) * (int64_t)random_below(100);
			disorder += (int64_t)random_below(300);
			if (kind != SK_WINDOWS_COUNT && random_below(3) == 0)
				options.future = (int64_t)random_below(500);
		}
		check_stream(&options, disorder);
	}
}

static void
test_time_within_the_allowance(void **state)
{
	(void)state;
	random_state = 10;
	check_streams(SK_WINDOWS_TIME, false);
}

static void
test_time_with_late_records(void **state)
{
	(void)state;
	random_state = 11;
	check_streams(SK_WINDOWS_TIME, true);
}

static void
test_sessions_within_the_allowance(void **state)
{
	(void)state;
	random_state = 12;
	check_streams(SK_WINDOWS_SESSION, false);
}

static void
test_sessions_with_late_records(void **state)
{
	(void)state;
	random_state = 13;
	check_streams(SK_WINDOWS_SESSION, true);
}

/* An idle pipe's clock closes windows between batches, and still every record is in its windows or late. */
static void
check_ticks(enum sk_windows_kind kind)
{
	static struct stream stream;
	struct sk_windows_options options = random_options(kind);
	uint64_t logs[2];

	options.idle = (int64_t)random_below(20) + 1;
	options.lateness = (int64_t)random_below(100);
	make_stream(&stream, options.out_of_order);
	for (size_t way = 0; way < 2; way++) {
		struct trace trace;
		size_t placed = 0;

		trace_start(&trace, &options, RECORDS);
		for (size_t i = 0; i < RECORDS; i += 60) {
			const size_t batch = way == 0 ? 60 : 12;
			const int64_t now = (int64_t)(i * 3);

			for (size_t at = i; at < i + 60; at += batch)
				trace_give(&trace, stream.times + at, stream.keys + at, batch, now);
			sk_windows_tick(trace.windows, now + (int64_t)(i % 7 * 8));
			trace_drain(&trace);
		}
		trace_finish(&trace);
		for (size_t i = 0; i < trace.panes_count; i++)
			placed += (size_t)trace.panes[i].contents.count;
		assert_int_equal(placed + trace.late, RECORDS);
		logs[way] = trace.log;
		trace_free(&trace);
	}
	assert_true(logs[0] == logs[1]);
}

static void
test_ticks_between_batches(void **state)
{
	(void)state;
	random_state = 17;
	for (int round = 0; round < 100; round++) {
		check_ticks(SK_WINDOWS_TIME);
		check_ticks(SK_WINDOWS_SESSION);
	}
}

static void
test_counts(void **state)
{
	(void)state;
	random_state = 14;
	check_streams(SK_WINDOWS_COUNT, true);
}

/* Scenes: what is given, and every event in short. */

struct scene {
	struct sk_windows *windows;
	char text[4000];
	size_t size;
};

static void
show(struct scene *scene, const struct sk_windows_event *event)
{
	char *to = scene->text + scene->size;
	const size_t room = sizeof(scene->text) - scene->size;
	const long long start = event->start, end = event->end;
	const unsigned pane = (unsigned)event->pane, key = (unsigned)event->key;
	int size = 0;

	switch (event->type) {
	case SK_WINDOWS_OPEN:
		size = snprintf(to, room, "open %u k%u [%lld,%lld); ", pane, key, start, end);
		break;
	case SK_WINDOWS_RECORDS:
		size = snprintf(to, room, "%zu in %u; ", event->count, pane);
		break;
	case SK_WINDOWS_LATE:
		size = snprintf(to, room, "%zu late; ", event->count);
		break;
	case SK_WINDOWS_FUTURE:
		size = snprintf(to, room, "%zu future; ", event->count);
		break;
	case SK_WINDOWS_OUTSIDE:
		size = snprintf(to, room, "%zu outside; ", event->count);
		break;
	case SK_WINDOWS_CLOSE:
		size = snprintf(to, room, "close k%u [%lld,%lld) r%u:", key, start, end,
		    (unsigned)event->revision);
		for (size_t i = 0; i < event->panes_count; i++)
			size += snprintf(
			    to + size, room - (size_t)size, " %u", (unsigned)event->panes[i]);
		size += snprintf(to + size, room - (size_t)size, "; ");
		break;
	case SK_WINDOWS_GAP:
		size = snprintf(to, room, "%zu empty [%lld,%lld); ", event->count, start, end);
		break;
	case SK_WINDOWS_FINISHED:
		size = snprintf(to, room, "finished %u k%u; ", pane, key);
		break;
	case SK_WINDOWS_WATERMARK:
		size = snprintf(to, room, "mark %lld; ", (long long)event->watermark);
		break;
	}
	scene->size += (size_t)size;
}

static void
assert_shown(struct scene *scene, const char *expected)
{
	struct sk_windows_event event;

	scene->size = 0;
	scene->text[0] = '\0';
	while (sk_windows_next(scene->windows, &event) == 1)
		show(scene, &event);
	if (scene->size > 0)
		scene->text[scene->size - 2] = '\0';
	assert_string_equal(scene->text, expected);
}

static struct scene
scene_of(struct sk_windows_options options)
{
	struct scene scene = { .windows = sk_windows_new(&options) };

	assert_non_null(scene.windows);
	return scene;
}

/* A record at ${time} of ${key} comes while the clock reads ${now}. */
static void
record(struct scene *scene, int64_t time, uint64_t key, int64_t now, const char *expected)
{
	sk_windows_give(scene->windows, &time, &key, 1, now);
	assert_shown(scene, expected);
}

static void
finish(struct scene *scene, const char *expected)
{
	sk_windows_finish(scene->windows);
	assert_shown(scene, expected);
	sk_windows_free(scene->windows);
}

static void
test_tumbling_windows_event_by_event(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){
	    .kind = SK_WINDOWS_TIME, .size = 10, .future = INT64_MAX });
	static const int64_t batch[] = { 11, 12, 9, 8, 13, 25 };

	(void)state;
	record(&scene, 1, 5, 0, "open 0 k0 [0,10); 1 in 0; mark 1");
	record(&scene, 9, 6, 0, "1 in 0");
	sk_windows_give(scene.windows, batch, NULL, COUNT(batch), 0);
	assert_shown(&scene,
	    "open 1 k0 [10,20); 1 in 1; close k0 [0,10) r0: 0; finished 0 k0; mark 11; 1 in 1; "
	    "2 late; 1 in 1; open 2 k0 [20,30); 1 in 2; close k0 [10,20) r0: 1; finished 1 k0; "
	    "mark 25");
	finish(&scene, "close k0 [20,30) r0: 2; finished 2 k0");
}

static void
test_sliding_windows_share_panes(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){
	    .kind = SK_WINDOWS_TIME, .size = 15, .slide = 10, .future = INT64_MAX });

	(void)state;
	record(&scene, 3, 0, 0, "open 0 k0 [0,5); 1 in 0; mark 3");
	record(&scene, 5, 0, 0, "open 1 k0 [5,10); 1 in 1; close k0 [-10,5) r0: 0; mark 5");
	record(&scene, 15, 0, 0,
	    "open 2 k0 [15,20); 1 in 2; close k0 [0,15) r0: 0 1; finished 0 k0; finished 1 k0; "
	    "mark 15");
	finish(&scene, "close k0 [10,25) r0: 2; finished 2 k0");
}

static void
test_late_records_make_one_revision_a_step(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){
	    .kind = SK_WINDOWS_TIME, .size = 10, .lateness = 20, .future = INT64_MAX });

	(void)state;
	record(&scene, 1, 0, 0, "open 0 k0 [0,10); 1 in 0; mark 1");
	record(&scene, 12, 0, 0, "open 1 k0 [10,20); 1 in 1; close k0 [0,10) r0: 0; mark 12");
	record(&scene, 3, 0, 0, "1 in 0");
	record(&scene, 4, 0, 0, "1 in 0");
	record(&scene, 19, 0, 0, "1 in 1");
	record(&scene, -5, 0, 0, "open 2 k0 [-10,0); 1 in 2");
	record(&scene, 20, 0, 0,
	    "open 3 k0 [20,30); 1 in 3; close k0 [-10,0) r0: 2; close k0 [0,10) r1: 0; "
	    "close k0 [10,20) r0: 1; finished 2 k0; mark 20");
	record(&scene, -1, 0, 0, "1 late");
	record(&scene, 9, 0, 0, "1 in 0");
	record(&scene, 33, 0, 0,
	    "open 4 k0 [30,40); 1 in 4; close k0 [0,10) r2: 0; close k0 [20,30) r0: 3; "
	    "finished 0 k0; mark 33");
	record(&scene, 9, 0, 0, "1 late");
	finish(&scene, "close k0 [30,40) r0: 4; finished 1 k0; finished 3 k0; finished 4 k0");
}

static void
test_empty_windows_are_shown_between_others(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){ .kind = SK_WINDOWS_TIME,
	    .size = 10,
	    .lateness = 1000,
	    .idle = 5,
	    .empty = true,
	    .future = INT64_MAX });

	(void)state;
	record(&scene, 41, 0, 0, "open 0 k0 [40,50); 1 in 0; mark 41");
	record(&scene, 75, 0, 0,
	    "open 1 k0 [70,80); 1 in 1; close k0 [40,50) r0: 0; close k0 [50,60) r0:; "
	    "close k0 [60,70) r0:; mark 75");
	/* One that has been told of as empty is corrected. */
	record(&scene, 55, 0, 0, "open 2 k0 [50,60); 1 in 2");
	/* Before the first. */
	record(&scene, 11, 0, 0, "open 3 k0 [10,20); 1 in 3");
	/* The clock alone does not make more empty ones: who knows whether anything will come behind them. */
	sk_windows_tick(scene.windows, 30);
	assert_shown(&scene,
	    "close k0 [10,20) r0: 3; close k0 [20,30) r0:; close k0 [30,40) r0:; "
	    "close k0 [50,60) r1: 2; close k0 [70,80) r0: 1; mark 105");
	record(&scene, 106, 0, 40, "open 4 k0 [100,110); 1 in 4");
	record(&scene, 111, 0, 40,
	    "open 5 k0 [110,120); 1 in 5; close k0 [80,90) r0:; close k0 [90,100) r0:; "
	    "close k0 [100,110) r0: 4; mark 111");
	finish(&scene,
	    "close k0 [110,120) r0: 5; finished 3 k0; finished 0 k0; finished 2 k0; "
	    "finished 1 k0; finished 4 k0; finished 5 k0");
}

static void
test_many_empty_windows_are_one_gap(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){ .kind = SK_WINDOWS_TIME,
	    .size = 10,
	    .out_of_order = 20,
	    .empty = true,
	    .empty_most = 2,
	    .future = INT64_MAX });

	(void)state;
	record(&scene, 41, 0, 0, "open 0 k0 [40,50); 1 in 0; mark 21");
	record(&scene, 75, 0, 0,
	    "open 1 k0 [70,80); 1 in 1; close k0 [40,50) r0: 0; finished 0 k0; mark 55");
	/* Each row of empty windows is judged on its own, as far as it is due. */
	record(&scene, 200, 0, 0,
	    "open 2 k0 [200,210); 1 in 2; close k0 [50,60) r0:; close k0 [60,70) r0:; close k0 [70,80) r0: 1; "
	    "10 empty [80,180); finished 1 k0; mark 180");
	finish(&scene, "close k0 [180,190) r0:; close k0 [190,200) r0:; close k0 [200,210) r0: 2; finished 2 k0");
}

static void
test_a_time_far_ahead_closes_nothing(void **state)
{
	struct scene scene = scene_of(
	    (struct sk_windows_options){ .kind = SK_WINDOWS_TIME, .size = 10, .future = 300 });

	(void)state;
	record(&scene, 95, 0, 100, "open 0 k0 [90,100); 1 in 0; mark 95");
	record(&scene, 401, 0, 100, "1 future");
	record(&scene, INT64_MAX, 0, 100, "1 future");
	record(&scene, INT64_MAX - 10, 0, INT64_MAX, "1 future");
	record(&scene, 96, 0, 100, "1 in 0");
	record(&scene, INT64_MIN, 0, 100, "1 late");
	assert_true(sk_windows_watermark(scene.windows) == 96);
	record(&scene, 400, 0, 100,
	    "open 1 k0 [400,410); 1 in 1; close k0 [90,100) r0: 0; finished 0 k0; mark 400");
	finish(&scene, "close k0 [400,410) r0: 1; finished 1 k0");
}

static void
test_one_stray_makes_nothing_late(void **state)
{
	struct scene scene = scene_of(
	    (struct sk_windows_options){ .kind = SK_WINDOWS_TIME, .size = 10, .future = 300 });

	(void)state;
	/* The first of all is one. */
	record(&scene, 50000, 0, 100000, "open 0 k0 [50000,50010); 1 in 0");
	record(&scene, 1000, 0, 100000, "open 1 k0 [1000,1010); 1 in 1");
	assert_true(sk_windows_strays(scene.windows) == 1);
	record(&scene, 1001, 0, 100000, "mark 1000; 1 in 1");
	record(&scene, 1300, 0, 100000, "open 2 k0 [1300,1310); 1 in 2; close k0 [1000,1010) r0: 1; finished 1 k0; mark 1300");
	/* Another one, in the midst of the stream. */
	record(&scene, 9000, 0, 100000, "open 3 k0 [9000,9010); 1 in 3");
	record(&scene, 1301, 0, 100000, "1 in 2");
	assert_true(sk_windows_strays(scene.windows) == 2);
	/* A gap: the next one says that it is one. */
	record(&scene, 20000, 0, 100000, "open 4 k0 [20000,20010); 1 in 4");
	assert_true(sk_windows_watermark(scene.windows) == 1301);
	record(&scene, 19999, 0, 100000,
	    "close k0 [1300,1310) r0: 2; close k0 [9000,9010) r0: 3; finished 2 k0; finished 3 k0; mark 20000; 1 late");
	/* One that is distrusted says nothing. */
	record(&scene, 30000, 0, 100000, "open 5 k0 [30000,30010); 1 in 5");
	record(&scene, 200000, 0, 100000, "1 future");
	record(&scene, 30001, 0, 100000, "close k0 [20000,20010) r0: 4; finished 4 k0; mark 30000; 1 in 5");
	assert_true(sk_windows_strays(scene.windows) == 2);
	/* What is near the clock needs no other. */
	record(&scene, 99700, 0, 100000,
	    "open 6 k0 [99700,99710); 1 in 6; close k0 [30000,30010) r0: 5; close k0 [50000,50010) r0: 0; "
	    "finished 5 k0; finished 0 k0; mark 99700");
	assert_true(sk_windows_strays(scene.windows) == 0);
	finish(&scene, "close k0 [99700,99710) r0: 6; finished 6 k0");
}

static void
test_an_idle_pipe_trusts_what_came_last(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){
	    .kind = SK_WINDOWS_TIME, .size = 10, .idle = 20, .future = 5 });

	(void)state;
	record(&scene, 15, 0, 1000, "open 0 k0 [10,20); 1 in 0");
	assert_true(sk_windows_wake(scene.windows) == 1020);
	sk_windows_tick(scene.windows, 1019);
	assert_shown(&scene, "");
	sk_windows_tick(scene.windows, 1020);
	assert_shown(&scene, "close k0 [10,20) r0: 0; finished 0 k0; mark 35");
	record(&scene, 16, 0, 1021, "1 late");
	finish(&scene, "");
}

static void
test_an_idle_pipe_closes_by_the_clock(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){
	    .kind = SK_WINDOWS_TIME, .size = 10, .out_of_order = 3, .idle = 20, .future = 5 });

	(void)state;
	assert_true(sk_windows_wake(scene.windows) == INT64_MAX);
	record(&scene, 995, 0, 1000, "open 0 k0 [990,1000); 1 in 0; mark 992");
	assert_true(sk_windows_wake(scene.windows) == 1020);
	sk_windows_tick(scene.windows, 1019);
	assert_shown(&scene, "");
	sk_windows_tick(scene.windows, 1020);
	assert_shown(&scene, "close k0 [990,1000) r0: 0; finished 0 k0; mark 1012");
	assert_true(sk_windows_wake(scene.windows) == 1028);
	record(&scene, 999, 0, 1021, "1 late");
	finish(&scene, "");
}

static void
test_sessions_that_grow_together(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){ .kind = SK_WINDOWS_SESSION,
	    .size = 10,
	    .out_of_order = 30,
	    .lateness = 10,
	    .future = INT64_MAX });

	(void)state;
	record(&scene, 0, 7, 0, "open 0 k7 [0,10); 1 in 0; mark -30");
	record(&scene, 15, 7, 0, "open 1 k7 [15,25); 1 in 1; mark -15");
	record(&scene, 3, 8, 0, "open 2 k8 [3,13); 1 in 2");
	/* A gap apart is apart. */
	record(&scene, 25, 7, 0, "open 3 k7 [25,35); 1 in 3; mark -5");
	record(&scene, 8, 7, 0, "1 in 1");
	record(&scene, 44, 9, 0, "open 4 k9 [44,54); 1 in 4; close k8 [3,13) r0: 2; mark 14");
	finish(&scene,
	    "close k7 [0,25) r0: 0 1; close k7 [25,35) r0: 3; "
	    "close k9 [44,54) r0: 4; finished 2 k8; finished 0 k7; finished 1 k7; finished 3 k7; "
	    "finished 4 k9");
}

static void
test_sessions_that_have_closed_grow(void **state)
{
	struct scene scene = scene_of((struct sk_windows_options){
	    .kind = SK_WINDOWS_SESSION, .size = 10, .lateness = 30, .future = INT64_MAX });

	(void)state;
	record(&scene, 0, 7, 0, "open 0 k7 [0,10); 1 in 0; mark 0");
	record(&scene, 15, 7, 0, "open 1 k7 [15,25); 1 in 1; close k7 [0,10) r0: 0; mark 15");
	/* Between the two: due at its new end, and again when a border is passed. */
	record(&scene, 7, 7, 0, "1 in 1");
	record(&scene, 26, 1, 0, "open 2 k1 [26,36); 1 in 2; close k7 [0,25) r1: 0 1; mark 26");
	record(&scene, 20, 7, 0, "1 in 1");
	record(&scene, 29, 1, 0, "1 in 2");
	record(&scene, 31, 1, 0, "1 in 2; close k7 [0,30) r2: 0 1; mark 31");
	/* Too late for one of its own, and not. */
	record(&scene, -10, 3, 0, "1 late");
	record(&scene, -8, 3, 0, "open 3 k3 [-8,2); 1 in 3");
	record(&scene, 32, 1, 0, "1 in 2; close k3 [-8,2) r0: 3; finished 3 k3; mark 32");
	/* Within its borders: when a multiple of the gap is passed. */
	record(&scene, 5, 7, 0, "1 in 1");
	record(&scene, 39, 1, 0, "1 in 2");
	record(&scene, 40, 1, 0, "1 in 2; close k7 [0,30) r3: 0 1; mark 40");
	finish(&scene, "close k1 [26,50) r0: 2; finished 0 k7; finished 1 k7; finished 2 k1");
}

static void
test_counts_event_by_event(void **state)
{
	struct scene scene = scene_of(
	    (struct sk_windows_options){ .kind = SK_WINDOWS_COUNT, .size = 3, .slide = 2 });

	(void)state;
	record(&scene, 0, 5, 0, "open 0 k5 [0,1); 1 in 0");
	record(&scene, 0, 4, 0, "open 1 k4 [0,1); 1 in 1");
	record(&scene, 0, 5, 0, "open 2 k5 [1,2); 1 in 2");
	record(&scene, 0, 5, 0,
	    "open 3 k5 [2,3); 1 in 3; close k5 [0,3) r0: 0 2 3; finished 0 k5; finished 2 k5");
	finish(&scene, "close k4 [0,1) r0: 1; finished 1 k4; close k5 [2,3) r0: 3; finished 3 k5");
}

/* Days in a zone, with one of 48 hours and one of none. */
static void
test_days_of_a_zone(void **state)
{
	struct sk_windows_options options = {
		.kind = SK_WINDOWS_TIME, .size = SK_TIME_DAY, .empty = true, .future = INT64_MAX
	};
	const int64_t hour = SK_TIME_DAY / 24;
	static int64_t times[365 * 24 + 1];
	struct trace trace;
	struct sk_zone *zone;
	size_t lengths[49] = { 0 };

	(void)state;
	assert_int_equal(sk_zone_parse(&zone, span_of("AAA-12BBB12,J100/0,J200/0")), SK_ZONE_OK);
	options.zone = zone;
	random_state = 15;
	for (size_t i = 0; i < COUNT(times); i++)
		times[i] = 12 * hour + (int64_t)i * hour;
	trace_run(&trace, &options, times, NULL, COUNT(times), 100);
	for (size_t i = 0; i + 1 < trace.closes_count; i++) {
		const int64_t length = (trace.closes[i].end - trace.closes[i].start) / hour;

		assert_true(trace.closes[i].end == trace.closes[i + 1].start);
		assert_true(length <= 48);
		assert_true(trace.closes[i].contents.count == (uint64_t)length);
		lengths[length]++;
	}
	assert_int_equal(lengths[24], 363);
	assert_int_equal(lengths[48], 1);
	trace_free(&trace);
	/* Of those that are shown though empty, none is without length. */
	times[1] = times[COUNT(times) - 1];
	trace_run(&trace, &options, times, NULL, 2, 2);
	assert_int_equal(trace.closes_count, 365);
	for (size_t i = 0; i < trace.closes_count; i++)
		assert_true(trace.closes[i].start < trace.closes[i].end);
	trace_free(&trace);
	sk_zone_free(zone);
}

/* Memory does not grow with the stream: many keys, each for a while. */
static void
test_memory_is_bounded_by_what_is_open(void **state)
{
	static const struct sk_windows_options rows[] = {
		{.kind = SK_WINDOWS_TIME,     .size = 100,    .slide = 30,         .future = INT64_MAX},
		{ .kind = SK_WINDOWS_SESSION, .size = 100,    .future = INT64_MAX},
		{ .kind = SK_WINDOWS_SESSION,                 .size = 50, .lateness = 50, .future = INT64_MAX                   },
	};
	const size_t n = 300000;
	int64_t *times = allocate(n * sizeof(*times));
	uint64_t *keys = allocate(n * sizeof(*keys));

	(void)state;
	random_state = 16;
	for (size_t i = 0; i < n; i++) {
		times[i] = (int64_t)i;
		keys[i] = i / 300 * 10 + random_below(10);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct trace trace;
		size_t early;

		trace_start(&trace, &rows[i], n);
		trace_give(&trace, times, keys, 3000, 0);
		early = sk_windows_memory(trace.windows);
		trace_give(&trace, times + 3000, keys + 3000, n - 3000, 0);
		assert_true(sk_windows_memory(trace.windows) <= early);
		assert_true(early < 20000);
		assert_true(trace.panes_live_max < 100);
		trace_finish(&trace);
		trace_free(&trace);
	}
	free(times);
	free(keys);
}

static void
test_options_are_checked(void **state)
{
	static const struct sk_windows_options rows[] = {
		{.kind = SK_WINDOWS_TIME},
		{   .kind = SK_WINDOWS_TIME,        .size = 5, .slide = 6 },
		{              .kind = SK_WINDOWS_SESSION,     .size = 5, .slide = 4 },
		{              .kind = SK_WINDOWS_COUNT,       .size = -1 },
		{ .kind = SK_WINDOWS_TIME, .size = 5, .out_of_order = -1 },
		{ .kind = SK_WINDOWS_TIME, .size = 5, .lateness = -1 },
		{ .kind = SK_WINDOWS_TIME, .size = 5, .future = -1 },
		{ .kind = SK_WINDOWS_TIME, .size = 5, .idle = -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		errno = 0;
		assert_null(sk_windows_new(&rows[i]));
		assert_int_equal(errno, EINVAL);
	}
	sk_windows_free(NULL);
}

static void
test_streams_of_nothing(void **state)
{
	(void)state;
	for (int kind = SK_WINDOWS_TIME; kind <= SK_WINDOWS_COUNT; kind++) {
		struct scene scene = scene_of((struct sk_windows_options){
		    .kind = (enum sk_windows_kind)kind, .size = 10, .idle = 1, .empty = true });

		sk_windows_give(scene.windows, NULL, NULL, 0, 0);
		assert_shown(&scene, "");
		sk_windows_tick(scene.windows, 1000);
		assert_shown(&scene, "");
		finish(&scene, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tumbling_windows_event_by_event),
		cmocka_unit_test(test_sliding_windows_share_panes),
		cmocka_unit_test(test_late_records_make_one_revision_a_step),
		cmocka_unit_test(test_empty_windows_are_shown_between_others),
		cmocka_unit_test(test_many_empty_windows_are_one_gap),
		cmocka_unit_test(test_a_time_far_ahead_closes_nothing),
		cmocka_unit_test(test_one_stray_makes_nothing_late),
		cmocka_unit_test(test_an_idle_pipe_trusts_what_came_last),
		cmocka_unit_test(test_an_idle_pipe_closes_by_the_clock),
		cmocka_unit_test(test_sessions_that_grow_together),
		cmocka_unit_test(test_sessions_that_have_closed_grow),
		cmocka_unit_test(test_counts_event_by_event),
		cmocka_unit_test(test_days_of_a_zone),
		cmocka_unit_test(test_memory_is_bounded_by_what_is_open),
		cmocka_unit_test(test_options_are_checked),
		cmocka_unit_test(test_streams_of_nothing),
		cmocka_unit_test(test_time_within_the_allowance),
		cmocka_unit_test(test_time_with_late_records),
		cmocka_unit_test(test_sessions_within_the_allowance),
		cmocka_unit_test(test_sessions_with_late_records),
		cmocka_unit_test(test_ticks_between_batches),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
