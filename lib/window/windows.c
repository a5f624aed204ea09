/*
 * windows.c -- the loop that takes records one after the other, and stops wherever there is something to tell.
 *
 * A record is placed by the watermark of the records before it, then moves the watermark, and what is due then is
 * told before the next one is looked at: so batches do not matter.
 */
#include "windows_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST ((size_t)16)

/* Rows and lists */

int
sk_row_reserve(struct sk_row *row, size_t size, size_t more)
{
	const size_t used = row->end - row->head;
	size_t room = row->room < ROOM_FIRST ? ROOM_FIRST : row->room;
	void *items;

	if (row->room - row->end >= more)
		return 0;
	if (row->head >= row->room / 2 && row->room - used >= more) {
		memmove(row->items, (unsigned char *)row->items + row->head * size, used * size);
		row->head = 0;
		row->end = used;
		return 0;
	}
	while (room - row->end < more) {
		if (room > SIZE_MAX / 2 / size) {
			errno = ENOMEM;
			return -1;
		}
		room *= 2;
	}
	if ((items = realloc(row->items, room * size)) == NULL)
		return -1;
	row->items = items;
	row->room = room;
	return 0;
}

struct sk_pane_node *
sk_pane_node_at(const struct sk_pane_nodes *nodes, uint32_t index)
{
	return (struct sk_pane_node *)nodes->row.items + index;
}

int
sk_pane_nodes_reserve(struct sk_pane_nodes *nodes)
{
	if (nodes->free != SK_KEY_NONE)
		return 0;
	if (nodes->row.end >= SK_KEY_NONE) {
		errno = ENOMEM;
		return -1;
	}
	return sk_row_reserve(&nodes->row, sizeof(struct sk_pane_node), 1);
}

void
sk_pane_list_append(
    struct sk_pane_nodes *nodes, struct sk_pane_list *list, uint64_t pane, int64_t start)
{
	uint32_t index = nodes->free;

	if (index != SK_KEY_NONE)
		nodes->free = sk_pane_node_at(nodes, index)->next;
	else
		index = (uint32_t)nodes->row.end++;
	*sk_pane_node_at(nodes, index) = (struct sk_pane_node){ pane, start, SK_KEY_NONE };
	if (list->head == SK_KEY_NONE)
		list->head = index;
	else
		sk_pane_node_at(nodes, list->tail)->next = index;
	list->tail = index;
}

uint64_t
sk_pane_list_take(struct sk_pane_nodes *nodes, struct sk_pane_list *list)
{
	const uint32_t index = list->head;
	struct sk_pane_node *node = sk_pane_node_at(nodes, index);

	list->head = node->next;
	node->next = nodes->free;
	nodes->free = index;
	return node->pane;
}

int
sk_windows_name_panes(struct sk_windows *windows, const struct sk_pane_nodes *nodes,
    struct sk_pane_list list, struct sk_windows_event *event)
{
	struct sk_row *names = &windows->names;
	uint64_t *to;

	names->end = 0;
	for (uint32_t i = list.head; i != SK_KEY_NONE; i = sk_pane_node_at(nodes, i)->next) {
		if (sk_row_reserve(names, sizeof(*to), 1) == -1)
			return -1;
		to = names->items;
		to[names->end++] = sk_pane_node_at(nodes, i)->pane;
	}
	event->panes = names->items;
	event->panes_count = names->end;
	return 0;
}

/* Life cycle */

static int
init_assigner(struct sk_assigner *assigner, const struct sk_windows_options *options)
{
	const bool of_time = options->kind == SK_WINDOWS_TIME;

	return sk_assigner_init(assigner, options->size, options->slide != 0 ? options->slide : options->size,
	    of_time ? options->offset : 0, of_time ? options->zone : NULL);
}

struct sk_interval
sk_windows_range(const struct sk_windows_options *options)
{
	struct sk_assigner assigner;

	if (init_assigner(&assigner, options) == -1)
		return (struct sk_interval){ SK_TIME_MIN, SK_TIME_MAX };
	return (struct sk_interval){ assigner.least, assigner.most };
}

struct sk_windows *
sk_windows_new(const struct sk_windows_options *options)
{
	const bool of_time = options->kind == SK_WINDOWS_TIME;
	struct sk_assigner assigner;
	struct sk_windows *windows;

	if (init_assigner(&assigner, options) == -1)
		return NULL;
	if ((options->kind == SK_WINDOWS_SESSION && assigner.slide != options->size) ||
	    options->out_of_order < 0 || options->future < 0 || options->idle < 0 ||
	    options->lateness < 0) {
		errno = EINVAL;
		return NULL;
	}
	if ((windows = calloc(1, sizeof(*windows))) == NULL)
		return NULL;
	windows->options = *options;
	windows->assigner = assigner;
	/* The first trusted record moves the watermark, and so much as that is due. */
	windows->due = options->kind == SK_WINDOWS_COUNT ? INT64_MAX : INT64_MIN + 1;
	sk_watermark_init(
	    &windows->watermark, options->out_of_order, options->future, options->idle);
	/* One that is only some windows ahead, as most are where records are few, makes little late. */
	if (options->kind != SK_WINDOWS_COUNT && options->future < 2 * options->size)
		windows->watermark.jump = 2 * options->size;
	if (of_time) {
		windows->of.time.fired = INT64_MIN;
		windows->of.time.gap_last = -1;
	} else if (options->kind == SK_WINDOWS_SESSION) {
		windows->of.session.free = windows->of.session.nodes.free = SK_KEY_NONE;
		windows->of.session.step = INT64_MIN;
	} else {
		windows->of.count.nodes.free = windows->of.count.closing = SK_KEY_NONE;
	}
	return windows;
}

void
sk_windows_free(struct sk_windows *windows)
{
	if (windows == NULL)
		return;
	if (windows->options.kind == SK_WINDOWS_TIME)
		sk_time_release(windows);
	else if (windows->options.kind == SK_WINDOWS_SESSION)
		sk_session_release(windows);
	else
		sk_count_release(windows);
	free(windows->names.items);
	free(windows);
}

/* Sweeps */

static void
start_sweep(struct sk_windows *windows, int64_t bound)
{
	windows->sweeping = true;
	windows->mute = false;
	windows->stage = 0;
	windows->bound = bound;
}

int
sk_windows_end_sweep(struct sk_windows *windows, int64_t due, struct sk_windows_event *event)
{
	windows->sweeping = false;
	windows->due = due;
	if (windows->finishing || windows->mute)
		return 0;
	*event =
	    (struct sk_windows_event){ .type = SK_WINDOWS_WATERMARK, .watermark = windows->bound };
	return 1;
}

static int
sweep(struct sk_windows *windows, struct sk_windows_event *event)
{
	if (windows->options.kind == SK_WINDOWS_TIME)
		return sk_time_sweep(windows, event);
	if (windows->options.kind == SK_WINDOWS_SESSION)
		return sk_session_sweep(windows, event);
	return sk_count_sweep(windows, event);
}

/* Records */

static void
tell(struct sk_windows *windows, const struct sk_windows_event *event)
{
	assert(windows->queued < sizeof(windows->queue) / sizeof(windows->queue[0]));
	windows->queue[windows->queued++] = *event;
}

static void
tell_run(struct sk_windows *windows)
{
	if (windows->run.count > 0)
		tell(windows, &windows->run);
	windows->run.count = 0;
}

static int
place(struct sk_windows *windows, struct sk_placement *placement)
{
	const size_t at = windows->at;
	const uint64_t key = windows->keys != NULL ? windows->keys[at] : 0;
	enum sk_time_verdict verdict = SK_WATERMARK_TRUSTED;
	int64_t time;

	*placement = (struct sk_placement){ .type = SK_WINDOWS_RECORDS };
	if (windows->options.kind == SK_WINDOWS_COUNT)
		return sk_count_place(windows, key, placement);
	time = windows->times[at];
	if (time > windows->assigner.most) {
		windows->watermark.distrusted++;
		verdict = SK_WATERMARK_FUTURE;
	} else if (time > windows->watermark.largest) {
		verdict = sk_watermark_judge(&windows->watermark, time, windows->now);
	}
	placement->doubted = verdict == SK_WATERMARK_DOUBTED;
	if (verdict == SK_WATERMARK_FUTURE) {
		placement->type = SK_WINDOWS_FUTURE;
	} else if (windows->options.selects &&
	    (time < windows->options.since || sk_windows_last_time(windows) >= windows->options.until)) {
		placement->type = SK_WINDOWS_OUTSIDE;
	} else if (time < windows->assigner.least) {
		placement->type = SK_WINDOWS_LATE;
	} else {
		return windows->options.kind == SK_WINDOWS_TIME
		    ? sk_time_place(windows, time, placement)
		    : sk_session_place(windows, time, key, placement);
	}
	return 0;
}

/* The record at `at` is where ${placement} says: go on to the next. */
static void
put(struct sk_windows *windows, const struct sk_placement *placement)
{
	struct sk_windows_event *run = &windows->run;

	if (run->count == 0 || run->type != placement->type || run->pane != placement->pane ||
	    run->partly != placement->partly) {
		tell_run(windows);
		*run = (struct sk_windows_event){
			.type = placement->type, .pane = placement->pane, .first = windows->at, .partly = placement->partly
		};
	}
	if (placement->opened)
		tell(windows,
		    &(struct sk_windows_event){ .type = SK_WINDOWS_OPEN,
			.pane = placement->pane,
			.key = windows->options.kind != SK_WINDOWS_TIME && windows->keys != NULL
			    ? windows->keys[windows->at]
			    : 0,
			.start = placement->span.start,
			.end = placement->span.end });
	run->count++;
	windows->at++;
}

/* Most records follow the one before, where windows are of time. */
static void
take_followers(struct sk_windows *windows)
{
	int64_t largest;
	size_t count;

	if (windows->watermark.doubting || windows->run.count == 0 || windows->run.type != SK_WINDOWS_RECORDS || windows->ends != NULL ||
	    (count = sk_time_place_run(windows, &largest)) == 0)
		return;
	windows->run.count += count;
	windows->at += count;
	sk_watermark_take(&windows->watermark, largest, windows->now);
}

/* The record at hand settles a doubt about the one before. Whether what is due by that has to be told first. */
static bool
settle(struct sk_windows *windows)
{
	const int64_t time = windows->times[windows->at];
	const int64_t known = windows->watermark.doubtful > windows->now ? windows->watermark.doubtful : windows->now;

	/* One that is distrusted itself says nothing. */
	if (time > windows->assigner.most || time > sk_time_add(known, windows->options.future) ||
	    !sk_watermark_settle(&windows->watermark, time) || windows->watermark.mark < windows->due)
		return false;
	tell_run(windows);
	start_sweep(windows, windows->watermark.mark);
	return true;
}

/* Move the watermark by a record of ${time} and later, to ${last}, which is where ${placement} says. */
static void
advance(struct sk_windows *windows, int64_t time, int64_t last, const struct sk_placement *placement)
{
	if (placement->type == SK_WINDOWS_FUTURE)
		return;
	if (placement->doubted)
		sk_watermark_doubt(&windows->watermark, time, last, windows->now);
	else
		sk_watermark_take(&windows->watermark, last, windows->now);
}

/* Take records until there is something to tell. */
static int
take(struct sk_windows *windows)
{
	while (windows->at < windows->n && windows->queued == 0) {
		const int64_t time = windows->times != NULL ? windows->times[windows->at] : 0;
		const int64_t last = windows->times != NULL ? sk_windows_last_time(windows) : 0;
		struct sk_placement placement;

		if (windows->watermark.doubting && settle(windows))
			return 0;
		if (place(windows, &placement) == -1)
			return -1;
		put(windows, &placement);
		if (windows->times != NULL)
			advance(windows, time, last, &placement);
		if (placement.sweep || windows->watermark.mark >= windows->due) {
			tell_run(windows);
			start_sweep(windows, windows->watermark.mark);
		} else if (windows->options.kind == SK_WINDOWS_TIME) {
			take_followers(windows);
		}
	}
	if (windows->at == windows->n && windows->queued == 0)
		tell_run(windows);
	return 0;
}

void
sk_windows_give(
    struct sk_windows *windows, const int64_t *times, const uint64_t *keys, size_t n, int64_t now)
{
	assert(windows->at == windows->n && !windows->sweeping && !windows->finishing);
	windows->times = windows->options.kind == SK_WINDOWS_COUNT ? NULL : times;
	windows->ends = NULL;
	windows->keys = keys;
	windows->n = n;
	windows->at = 0;
	windows->now = now;
	if (windows->options.kind == SK_WINDOWS_SESSION && keys != NULL)
		sk_session_expect(windows);
}

void
sk_windows_give_spans(
    struct sk_windows *windows, const int64_t *starts, const int64_t *ends, size_t n, int64_t now)
{
	assert(windows->options.kind == SK_WINDOWS_TIME);
	sk_windows_give(windows, starts, NULL, n, now);
	windows->ends = ends;
}

void
sk_windows_tick(struct sk_windows *windows, int64_t now)
{
	assert(windows->at == windows->n && !windows->sweeping && !windows->finishing);
	if (sk_watermark_tick(&windows->watermark, now) && windows->watermark.mark >= windows->due)
		start_sweep(windows, windows->watermark.mark);
}

void
sk_windows_finish(struct sk_windows *windows)
{
	assert(windows->at == windows->n && !windows->sweeping && !windows->finishing);
	windows->finishing = true;
	start_sweep(windows, INT64_MAX);
}

int
sk_windows_next(struct sk_windows *windows, struct sk_windows_event *event)
{
	for (;;) {
		if (windows->told < windows->queued) {
			*event = windows->queue[windows->told++];
			return 1;
		}
		windows->told = windows->queued = 0;
		if (windows->sweeping) {
			const int got = sweep(windows, event);

			if (got != 0)
				return got;
		} else if (windows->at < windows->n) {
			if (take(windows) == -1)
				return -1;
		} else if (windows->run.count > 0) {
			tell_run(windows);
		} else {
			return 0;
		}
	}
}

/* Query */

int64_t
sk_windows_watermark(const struct sk_windows *windows)
{
	return windows->watermark.mark;
}

int64_t
sk_windows_wake(const struct sk_windows *windows)
{
	return sk_watermark_reaches(&windows->watermark, windows->due);
}

uint64_t
sk_windows_strays(const struct sk_windows *windows)
{
	return sk_watermark_strays(&windows->watermark);
}

size_t
sk_windows_memory(const struct sk_windows *windows)
{
	const size_t bytes = sizeof(*windows) + windows->names.room * sizeof(uint64_t);

	if (windows->options.kind == SK_WINDOWS_TIME)
		return bytes + sk_time_memory(windows);
	if (windows->options.kind == SK_WINDOWS_SESSION)
		return bytes + sk_session_memory(windows);
	return bytes + sk_count_memory(windows);
}
