/* cut_sketches.c -- sketches of windows, put together to longer ones. */
#include "cut_sketches.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cut_text.h"
#include "diag.h"
#include "overlaps.h"
#include "sketch_reader.h"
#include "spool.h"
#include "when.h"

#define ENTRIES_FIRST ((size_t)1024)
#define SPAN_SIZE (2 * SK_WHEN_SIZE + 8)

/* A sketch that waits for its turn. */
struct entry {
	int64_t start;
	int64_t end;
	uint64_t place; /* in the spool, and so the order in which they came */
	uint32_t size;
};

/* Why sketches are left out. */
enum skip { SKIP_ACROSS, SKIP_RANGE, SKIPS };

static const char *const skip_reasons[SKIPS] = {
	[SKIP_ACROSS] = "it lies in no window as a whole",
	[SKIP_RANGE] = "its time is out of range",
};

struct sk_cut_sketches {
	struct sk_cut_sketches_options options;
	struct sk_sketch_reader *reader;
	struct sk_assigner assigner;
	struct sk_interval range; /* of times that these windows have room for */
	struct sk_windows *windows;
	struct sk_spool *spool; /* NULL if it streams */
	struct entry *entries;
	size_t count;
	size_t room;
	/* The sketch at hand, as one of a pane */
	int64_t start;
	int64_t end;
	uint64_t records;
	const char *name; /* where it stands, if it is passed on as it comes */
	const char *unit;
	uint64_t place;
	unsigned char *payload;
	size_t payload_size;
	size_t payload_room;
	/* One of the stream that others are held against */
	uint64_t in_stream; /* number of the frame last seen, 0 at the front of an input */
	bool compares;
	int64_t other_start;
	int64_t other_end;
	size_t other_parts;
	unsigned char *other_key;
	size_t other_key_size;
	struct sk_overlaps *overlaps; /* of all streams */
	/* For the end */
	bool trouble;
	uint64_t sketches;
	uint64_t late;
	uint64_t partly_late; /* for some of their windows */
	uint64_t future;
	uint64_t partly; /* selected */
	uint64_t records_read;
	uint64_t records_left;
	struct {
		uint64_t count;
		char input[256]; /* of the first */
		uint64_t place;
		char span[SPAN_SIZE];
	} skipped[SKIPS];
};

/* Life cycle */

struct sk_cut_sketches *
sk_cut_sketches_new(const struct sk_cut_sketches_options *options)
{
	const struct sk_windows_options *windows = &options->windows;
	struct sk_cut_sketches *sketches = calloc(1, sizeof(*sketches));

	if (sketches == NULL || (sketches->reader = sk_sketch_reader_new(false)) == NULL)
		sk_die("out of memory");
	sketches->options = *options;
	sketches->overlaps = sk_overlaps_new(&sketches->assigner, options->memory / 16, 0);
	if (!options->streams) {
		/* In the order of time nothing is late, and nothing in the future can do harm. */
		sketches->spool = sk_spool_new(options->memory / 4);
		sketches->options.windows.future = INT64_MAX;
	}
	sketches->range = sk_windows_range(windows);
	sketches->windows = sk_windows_new(&sketches->options.windows);
	if (sketches->windows == NULL ||
	    sk_assigner_init(&sketches->assigner, windows->size,
		windows->slide != 0 ? windows->slide : windows->size, windows->offset, windows->zone) == -1)
		sk_die(errno == EINVAL ? "windows cannot be so long, or be shifted so far" : "out of memory");
	return sketches;
}

void
sk_cut_sketches_free(struct sk_cut_sketches *sketches)
{
	if (sketches == NULL)
		return;
	sk_sketch_reader_free(sketches->reader);
	sk_windows_free(sketches->windows);
	sk_spool_free(sketches->spool);
	free(sketches->entries);
	free(sketches->payload);
	sk_overlaps_free(sketches->overlaps);
	free(sketches->other_key);
	free(sketches);
}

static void
format_span(int64_t start, int64_t end, char text[SPAN_SIZE])
{
	size_t size = sk_when_format(start, text);

	memcpy(text + size, " to ", 4);
	sk_when_format(end, text + size + 4);
}

/* Into windows */

static _Noreturn void
die_of_future(const struct sk_cut_sketches *sketches)
{
	char span[SPAN_SIZE];

	format_span(sketches->start, sketches->end, span);
	sk_die("%s: %s %" PRIu64 ": its time is too far ahead (--future): %s", sketches->name, sketches->unit,
	    sketches->place, span);
}

static void
take_event(struct sk_cut_sketches *sketches, const struct sk_windows_event *event)
{
	struct sk_cut_output *output = sketches->options.output;

	switch (event->type) {
	case SK_WINDOWS_RECORDS:
		sk_container_set_pane(sketches->payload, sketches->payload_size, event->pane);
		sk_cut_output_sketch(
		    output, (struct sk_span){ sketches->payload, sketches->payload_size });
		sketches->partly_late += event->partly;
		break;
	case SK_WINDOWS_LATE:
		sketches->late++;
		sketches->records_left += sketches->records;
		break;
	case SK_WINDOWS_FUTURE:
		if (sketches->options.strict)
			die_of_future(sketches);
		sketches->future++;
		sketches->records_left += sketches->records;
		break;
	case SK_WINDOWS_CLOSE:
		sk_cut_output_close(output, event, (struct sk_span){ NULL, 0 });
		break;
	case SK_WINDOWS_GAP:
		sk_cut_note_gap(&(struct sk_cut_borders){ false, sketches->options.windows.zone }, event,
		    sketches->options.windows.empty_most);
		break;
	case SK_WINDOWS_FINISHED:
		sk_cut_output_finished(output, event->pane);
		break;
	case SK_WINDOWS_WATERMARK:
		sk_cut_output_watermark(output, event->watermark);
		break;
	case SK_WINDOWS_OPEN:
	case SK_WINDOWS_OUTSIDE:
		break;
	}
}

static void
take_events(struct sk_cut_sketches *sketches)
{
	struct sk_windows_event event;
	int more;

	while ((more = sk_windows_next(sketches->windows, &event)) == 1)
		take_event(sketches, &event);
	if (more == -1)
		sk_die("out of memory");
}

/* The sketch at hand goes where it belongs. */
static void
give(struct sk_cut_sketches *sketches, int64_t now)
{
	sk_windows_give_spans(sketches->windows, &sketches->start, &sketches->end, 1, now);
	take_events(sketches);
}

static void
make_payload_room(struct sk_cut_sketches *sketches, size_t size)
{
	sketches->payload_size = size;
	if (size <= sketches->payload_room)
		return;
	free(sketches->payload);
	sketches->payload_room = size + size / 2;
	if ((sketches->payload = malloc(sketches->payload_room)) == NULL)
		sk_die("out of memory");
}

/* Take ${sketch} at hand, as one of a pane that is yet to be told. */
static void
take_at_hand(struct sk_cut_sketches *sketches, const struct sk_container *sketch)
{
	struct sk_container part = *sketch;
	size_t head;

	sketches->start = sketch->start;
	sketches->end = sketch->end;
	sketches->records = sketch->records;
	part.windowed = part.counted = false;
	part.of_pane = true;
	part.pane = 0;
	head = sk_container_head_size(&part);
	make_payload_room(sketches, head + part.image.size);
	sk_container_encode(&part, part.image.size, sketches->payload);
	if (part.image.size > 0)
		memcpy(sketches->payload + head, part.image.data, part.image.size);
}

/* Put the sketch at hand aside. */
static void
put_aside(struct sk_cut_sketches *sketches, const char *name)
{
	struct sk_span payload = { sketches->payload, sketches->payload_size };
	size_t most = sketches->options.memory / 2 / sizeof(*sketches->entries);

	if (sketches->count == sketches->room) {
		sketches->room = sketches->room == 0 ? ENTRIES_FIRST : 2 * sketches->room;
		if (sketches->room > most)
			sketches->room = most;
		if (sketches->count >= most)
			sk_die("%s: more sketches to put in order than fit in --memory: give more with -m", name);
		sketches->entries = realloc(sketches->entries, sketches->room * sizeof(*sketches->entries));
		if (sketches->entries == NULL)
			sk_die("out of memory");
	}
	sketches->entries[sketches->count++] = (struct entry){ sketches->start, sketches->end,
		sk_spool_append(sketches->spool, payload), (uint32_t)payload.size };
}

/* What comes in */

/* A sketch is left out. */
static void
skip(struct sk_cut_sketches *sketches, enum skip why, const char *name, const struct sk_sketch_entry *entry)
{
	const struct sk_container *sketch = &entry->sketch;
	char span[SPAN_SIZE];

	format_span(sketch->start, sketch->end, span);
	if (sketches->options.strict)
		sk_die("%s: %s %" PRIu64 ": %s: %s", name, entry->unit, entry->place, skip_reasons[why], span);
	sketches->records_left += sketch->records;
	if (sketches->skipped[why].count++ > 0)
		return;
	snprintf(sketches->skipped[why].input, sizeof(sketches->skipped[why].input), "%s", name);
	memcpy(sketches->skipped[why].span, span, sizeof(span));
	sketches->skipped[why].place = entry->place;
}

static bool
is_selected(struct sk_cut_sketches *sketches, const struct sk_container *sketch)
{
	const struct sk_windows_options *windows = &sketches->options.windows;
	int64_t end = sketch->end > sketch->start ? sketch->end : sketch->start + 1;

	if (!windows->selects || (sketch->start >= windows->since && end <= windows->until))
		return true;
	if (sketch->start < windows->until && end > windows->since)
		sketches->partly++;
	return false;
}

/* Hold those to come against ${sketch}. */
static void
remember(struct sk_cut_sketches *sketches, const struct sk_container *sketch)
{
	unsigned char *key = realloc(sketches->other_key, sketch->key.size + 1);

	if (key == NULL)
		sk_die("out of memory");
	if (sketch->key.size > 0)
		memcpy(key, sketch->key.data, sketch->key.size);
	sketches->compares = true;
	sketches->other_key = key;
	sketches->other_key_size = sketch->key.size;
	sketches->other_parts = sketch->key_parts;
	sketches->other_start = sketch->start;
	sketches->other_end = sketch->end;
}

/*
 * Die of windows that overlap, as sliding ones do, and are put into the same one: their records would count several
 * times. One stream and key has no others that overlap; streams may. It is enough to hold each sketch against one before:
 * windows that slide overlap with the next of their key, or if the key has none soon, then with that of another.
 */
static void
check_overlap(struct sk_cut_sketches *sketches, const char *name, const struct sk_sketch_entry *entry)
{
	const struct sk_container *sketch = &entry->sketch;
	int64_t start = sketches->other_start, end = sketches->other_end;
	bool same_key = sketches->compares && sketch->key_parts == sketches->other_parts &&
	    sketch->key.size == sketches->other_key_size &&
	    (sketch->key.size == 0 || memcmp(sketch->key.data, sketches->other_key, sketch->key.size) == 0);
	char other[SPAN_SIZE], span[SPAN_SIZE];

	if (same_key && (sketch->start != start || sketch->end != end) && sketch->start < end &&
	    sketch->end > start &&
	    sk_assigner_holds(&sketches->assigner, start < sketch->start ? start : sketch->start,
		end > sketch->end ? end : sketch->end)) {
		format_span(start, end, other);
		format_span(sketch->start, sketch->end, span);
		sk_die("%s: %s %" PRIu64 ": windows that overlap, %s and %s: their records would count several times",
		    name, entry->unit, entry->place, other, span);
	}
	if (!sketches->compares || same_key || sketch->start >= end)
		remember(sketches, sketch);
}

static void
take_sketch(struct sk_cut_sketches *sketches, const char *name, const struct sk_sketch_entry *entry, int64_t now)
{
	const struct sk_container *sketch = &entry->sketch;
	bool selected;

	sketches->sketches++;
	sketches->records_read += sketch->records;
	if (sketch->start < sketches->range.start || sketch->end > sketches->range.end) {
		skip(sketches, SKIP_RANGE, name, entry);
		return;
	}
	selected = is_selected(sketches, sketch);
	if (selected && !sk_assigner_holds(&sketches->assigner, sketch->start, sketch->end)) {
		skip(sketches, SKIP_ACROSS, name, entry);
		return;
	}
	if (!selected && sketches->spool != NULL)
		return;
	if (selected && sk_overlaps_matter(sketch)) {
		check_overlap(sketches, name, entry);
		sk_overlaps_add(sketches->overlaps, sketch->start, sketch->end, sketch->key, sketch->key_parts);
	}
	/* What is not selected shows how far time has come. */
	take_at_hand(sketches, sketch);
	sketches->name = name;
	sketches->unit = entry->unit;
	sketches->place = entry->place;
	if (sketches->spool != NULL)
		put_aside(sketches, name);
	else
		give(sketches, now);
}

/* What is wrong with ${entry}, or NULL. */
static const char *
why_refused(enum sk_sketch_status status, const struct sk_sketch_entry *entry)
{
	if (status == SK_SKETCH_TROUBLE)
		return entry->why;
	if (entry->type != SK_FRAME_SKETCH || entry->sketch.of_pane)
		return "the stream has been cut into windows, and is not of sketches of windows";
	if (!entry->sketch.windowed)
		return "the sketch is of no window";
	return entry->sketch.counted ? "the sketch is of a window of counted records, which has no time" : NULL;
}

/* Take what the reader gave; false if the rest of the input is of no use. */
static bool
take(struct sk_cut_sketches *sketches, const char *name, enum sk_sketch_status status,
    const struct sk_sketch_entry *entry, int64_t now)
{
	const char *why = why_refused(status, entry);

	if (why != NULL) {
		sk_warn("%s: %s %" PRIu64 ": %s", name, entry->unit, entry->place, why);
		sketches->trouble = true;
		sk_sketch_reader_pass_over(sketches->reader);
		return false;
	}
	if (entry->in_stream <= sketches->in_stream)
		sketches->compares = false;
	sketches->in_stream = entry->in_stream;
	take_sketch(sketches, name, entry, now);
	return true;
}

void
sk_cut_sketches_bytes(
    struct sk_cut_sketches *sketches, const char *name, struct sk_span bytes, int64_t now)
{
	struct sk_sketch_entry entry;
	enum sk_sketch_status status;
	bool good = true;

	while (good && (status = sk_sketch_reader_next(sketches->reader, &bytes, &entry)) != SK_SKETCH_MORE)
		good = take(sketches, name, status, &entry, now);
}

void
sk_cut_sketches_end(struct sk_cut_sketches *sketches, const char *name, int64_t now)
{
	struct sk_sketch_entry entry;
	enum sk_sketch_status status;
	bool good = true;

	while ((status = sk_sketch_reader_end(sketches->reader, &entry)) != SK_SKETCH_MORE)
		good = good && take(sketches, name, status, &entry, now);
	sketches->in_stream = 0;
	sketches->compares = false;
}

void
sk_cut_sketches_abandon(struct sk_cut_sketches *sketches)
{
	struct sk_sketch_entry entry;

	sk_sketch_reader_pass_over(sketches->reader);
	(void)sk_sketch_reader_end(sketches->reader, &entry);
	sketches->in_stream = 0;
	sketches->compares = false;
}

void
sk_cut_sketches_tick(struct sk_cut_sketches *sketches, int64_t now)
{
	sk_windows_tick(sketches->windows, now);
	take_events(sketches);
}

int64_t
sk_cut_sketches_wake(const struct sk_cut_sketches *sketches)
{
	return sk_windows_wake(sketches->windows);
}

/* The end */

/* By end, for a window closes when the end of one has passed its own; an empty span is as long as 1. */
static int
compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int64_t a_end = a->end > a->start ? a->end : a->start + 1;
	int64_t b_end = b->end > b->start ? b->end : b->start + 1;

	if (a_end != b_end)
		return a_end < b_end ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static void
give_in_order(struct sk_cut_sketches *sketches)
{
	if (sketches->count > 1)
		qsort(sketches->entries, sketches->count, sizeof(*sketches->entries), compare_entries);
	for (size_t i = 0; i < sketches->count; i++) {
		const struct entry *entry = &sketches->entries[i];

		make_payload_room(sketches, entry->size);
		sk_spool_read(sketches->spool, entry->place, sketches->payload, entry->size);
		sketches->start = entry->start;
		sketches->end = entry->end;
		give(sketches, entry->start);
	}
}

static void
report(const struct sk_cut_sketches *sketches)
{
	const uint64_t all = sketches->sketches;

	for (int i = 0; i < SKIPS; i++)
		if (sketches->skipped[i].count > 0)
			sk_note("%s: skipped %" PRIu64 " of %" PRIu64 " sketches: %s; the first, byte %" PRIu64 ": %s",
			    sketches->skipped[i].input, sketches->skipped[i].count, all, skip_reasons[i],
			    sketches->skipped[i].place, sketches->skipped[i].span);
	sk_overlaps_note(sketches->overlaps, false);
	if (sketches->late > 0)
		sk_note("%" PRIu64 " of %" PRIu64 " sketches came too late for their windows", sketches->late, all);
	if (sketches->partly_late > 0)
		sk_note("%" PRIu64 " of %" PRIu64 " sketches came too late for some of their windows, and are in the others only",
		    sketches->partly_late, all);
	if (sketches->future > 0)
		sk_note("%" PRIu64 " of %" PRIu64 " sketches are left out: their times are too far ahead (--future)",
		    sketches->future, all);
	if (sketches->partly > 0)
		sk_note("%" PRIu64 " of %" PRIu64
			" sketches are left out: they are only partly of the time from --since to --until",
		    sketches->partly, all);
}

bool
sk_cut_sketches_finish(struct sk_cut_sketches *sketches)
{
	if (sketches->spool != NULL)
		give_in_order(sketches);
	sk_windows_finish(sketches->windows);
	take_events(sketches);
	sk_cut_output_end(sketches->options.output, sketches->records_read, sketches->records_left);
	report(sketches);
	return !sketches->trouble;
}
