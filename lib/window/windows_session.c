/*
 * windows_session.c -- sessions per key, and a heap that wakes them.
 *
 * A session's `wake` is never later than the watermark at which there is something to do with it, but may be earlier:
 * it is put right when it comes up, rather than with every record that a session gains.
 */
#include "session_parts.h"

#include <errno.h>
#include <stdlib.h>

/* What a sweep has to do with a session. */
struct due_session {
	int64_t end;
	int64_t first;
	uint64_t key;
	const struct sk_windows *windows;
	uint32_t number;
	bool gone; /* no longer open to corrections */
};

enum session_stage {
	SESSION_START,
	SESSION_GATHER,
	SESSION_CLOSE,
	SESSION_FINISH,
};

void
sk_session_release(struct sk_windows *windows)
{
	struct sk_session_windows *sessions = &windows->of.session;

	sk_key_table_release(&sessions->keys);
	free(sessions->sessions.items);
	free(sessions->heap.items);
	free(sessions->nodes.row.items);
	free(sessions->firing.items);
}

size_t
sk_session_memory(const struct sk_windows *windows)
{
	const struct sk_session_windows *sessions = &windows->of.session;

	return (sessions->keys.slots == NULL ? 0 : sessions->keys.mask + 1) *
	    sizeof(struct sk_key_slot) +
	    sessions->sessions.room * sizeof(struct session) +
	    sessions->heap.room * sizeof(uint32_t) +
	    sessions->nodes.row.room * sizeof(struct sk_pane_node) +
	    sessions->firing.room * sizeof(struct due_session);
}

/* The heap */

static void
heap_put(struct sk_session_windows *sessions, size_t at, uint32_t number)
{
	((uint32_t *)sessions->heap.items)[at] = number;
	sk_session_at(sessions, number)->heap_at = (uint32_t)at;
}

static struct session *
heap_session(const struct sk_session_windows *sessions, size_t at)
{
	return sk_session_at(sessions, ((const uint32_t *)sessions->heap.items)[at]);
}

static uint32_t
number_of(const struct sk_session_windows *sessions, const struct session *session)
{
	return (uint32_t)(session - (const struct session *)sessions->sessions.items);
}

/* Put ${number}, whose place is free, where it belongs: up, then down from ${at}. */
static void
heap_settle(struct sk_session_windows *sessions, size_t at, uint32_t number)
{
	const int64_t wake = sk_session_at(sessions, number)->wake;
	const size_t count = sessions->heap.end;

	for (size_t up; at > 0 && heap_session(sessions, up = (at - 1) / 2)->wake > wake; at = up)
		heap_put(sessions, at, number_of(sessions, heap_session(sessions, up)));
	for (size_t down; (down = 2 * at + 1) < count; at = down) {
		if (down + 1 < count &&
		    heap_session(sessions, down + 1)->wake < heap_session(sessions, down)->wake)
			down++;
		if (heap_session(sessions, down)->wake >= wake)
			break;
		heap_put(sessions, at, number_of(sessions, heap_session(sessions, down)));
	}
	heap_put(sessions, at, number);
}

static void
heap_remove(struct sk_session_windows *sessions, size_t at)
{
	const size_t last = --sessions->heap.end;

	if (at < last)
		heap_settle(sessions, at, number_of(sessions, heap_session(sessions, last)));
}

static void
release_place(struct sk_session_windows *sessions, uint32_t number)
{
	sk_session_at(sessions, number)->left = sessions->free;
	sessions->free = number;
}

/* Placing */

static int64_t
end_of(const struct sk_windows *windows, const struct session *session)
{
	return session->last + windows->options.size;
}

/* A session gained a record: wake it early enough. */
static void
hasten(struct sk_windows *windows, struct session *session)
{
	struct sk_session_windows *sessions = &windows->of.session;
	int64_t wake = end_of(windows, session);

	session->dirty = true;
	if (wake <= windows->watermark.mark) {
		wake = sk_time_add(wake, windows->options.lateness);
		if (wake > sessions->step)
			wake = sessions->step;
	}
	if (wake < session->wake) {
		session->wake = wake;
		heap_settle(sessions, session->heap_at, number_of(sessions, session));
	}
	if (session->wake < windows->due)
		windows->due = session->wake;
}

static int
reserve_session(struct sk_session_windows *sessions)
{
	if (sessions->sessions.end >= SK_KEY_NONE) {
		errno = ENOMEM;
		return -1;
	}
	return sk_key_table_reserve(&sessions->keys) == -1 ||
		sk_row_reserve(&sessions->sessions, sizeof(struct session), 1) == -1 ||
		sk_row_reserve(&sessions->heap, sizeof(uint32_t), 1) == -1 ||
		sk_pane_nodes_reserve(&sessions->nodes) == -1
	    ? -1
	    : 0;
}

static int
open_session(
    struct sk_windows *windows, int64_t time, uint64_t key, struct sk_placement *placement)
{
	struct sk_session_windows *sessions = &windows->of.session;
	struct session *session;
	uint32_t number, *root;

	if (reserve_session(sessions) == -1)
		return -1;
	if ((number = sessions->free) != SK_KEY_NONE)
		sessions->free = sk_session_at(sessions, number)->left;
	else
		number = (uint32_t)sessions->sessions.end++;
	session = sk_session_at(sessions, number);
	*session = (struct session){
		.key = key,
		.first = time,
		.last = time,
		.wake = INT64_MAX,
		.panes = {SK_KEY_NONE, SK_KEY_NONE},
		.left = SK_KEY_NONE,
		.right = SK_KEY_NONE
	};
	if ((root = sk_key_table_find(&sessions->keys, key)) != NULL)
		sk_session_insert(sessions, root, number);
	else
		sk_key_table_insert(&sessions->keys, key, number);
	placement->opened = true;
	placement->pane = windows->next_pane++;
	placement->span = (struct sk_interval){ time, time + windows->options.size };
	sk_pane_list_append(&sessions->nodes, &session->panes, placement->pane, time);
	heap_put(sessions, sessions->heap.end++, number);
	hasten(windows, session);
	return 0;
}

/* Session ${number} goes on where the next one of its key, ${later}, begins: make them one. */
static void
join(struct sk_session_windows *sessions, uint32_t number, uint32_t later)
{
	struct session *session = sk_session_at(sessions, number),
		       *other = sk_session_at(sessions, later);

	sk_session_remove(sessions, sk_key_table_find(&sessions->keys, session->key), later);
	session->last = other->last;
	if (other->closes > session->closes)
		session->closes = other->closes;
	sk_pane_node_at(&sessions->nodes, session->panes.tail)->next = other->panes.head;
	session->panes.tail = other->panes.tail;
	heap_remove(sessions, other->heap_at);
	release_place(sessions, later);
}

/* Sessions are mostly far away in memory, and are found faster when those of a batch are under way together. */
void
sk_session_expect(struct sk_windows *windows)
{
	struct sk_session_windows *sessions = &windows->of.session;

	for (size_t i = 0; i < windows->n; i++)
		sk_key_table_expect(&sessions->keys, windows->keys[i]);
	for (size_t i = 0; i < windows->n; i++) {
		const uint32_t *root = sk_key_table_find(&sessions->keys, windows->keys[i]);

		if (root != NULL)
			SK_KEY_PREFETCH(sk_session_at(sessions, *root));
	}
}

int
sk_session_place(
    struct sk_windows *windows, int64_t time, uint64_t key, struct sk_placement *placement)
{
	struct sk_session_windows *sessions = &windows->of.session;
	const int64_t gap = windows->options.size;
	const uint32_t *root = sk_key_table_find(&sessions->keys, key);
	struct session *session;
	uint32_t number = SK_KEY_NONE, before;

	if (root != NULL)
		number = sk_session_last_before(sessions, *root, time + gap);
	if (number == SK_KEY_NONE || time >= sk_session_at(sessions, number)->last + gap) {
		if (sk_time_add(time + gap, windows->options.lateness) > windows->watermark.mark)
			return open_session(windows, time, key, placement);
		placement->type = SK_WINDOWS_LATE;
		return 0;
	}
	before = sk_session_last_before(sessions, *root, sk_session_at(sessions, number)->first);
	if (before != SK_KEY_NONE && time < sk_session_at(sessions, before)->last + gap) {
		join(sessions, before, number);
		number = before;
	}
	session = sk_session_at(sessions, number);
	if (time < session->first)
		session->first = time;
	if (time > session->last)
		session->last = time;
	placement->pane = sk_pane_node_at(&sessions->nodes, session->panes.tail)->pane;
	hasten(windows, session);
	return 0;
}

/* Sweeping */

static int
compare_due(const void *left, const void *right)
{
	const struct due_session *a = left, *b = right;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return sk_windows_compare_keys(a->windows, a->key, b->key);
}

/* Collect the sessions that are due. May be called again after -1. */
static int
gather_sessions(struct sk_windows *windows)
{
	struct sk_session_windows *sessions = &windows->of.session;
	struct sk_row *firing = &sessions->firing;

	while (sessions->heap.end > 0 && heap_session(sessions, 0)->wake <= windows->bound) {
		struct session *session = heap_session(sessions, 0);
		const uint32_t number = number_of(sessions, session);
		const int64_t end = end_of(windows, session);
		const int64_t drop = sk_time_add(end, windows->options.lateness);
		const bool gone = drop <= windows->bound;

		if (end <= windows->bound && (session->dirty || gone)) {
			if (sk_row_reserve(firing, sizeof(struct due_session), 1) == -1)
				return -1;
			((struct due_session *)firing->items)[firing->end++] =
			    (struct due_session){ end, session->first, session->key, windows, number, gone };
		}
		if (end <= windows->bound && gone) {
			heap_remove(sessions, 0);
		} else {
			session->wake = end <= windows->bound ? drop : end;
			heap_settle(sessions, 0, number);
		}
	}
	if (firing->end > 0)
		qsort(firing->items, firing->end, sizeof(struct due_session), compare_due);
	return 0;
}

/* The sessions that are due close, where they have changed: 1, 0 at the end, -1. */
static int
close_next_session(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_session_windows *sessions = &windows->of.session;

	for (; sessions->cursor < sessions->firing.end; sessions->cursor++) {
		const struct due_session *due =
		    (struct due_session *)sessions->firing.items + sessions->cursor;
		struct session *session = sk_session_at(sessions, due->number);

		if (!session->dirty)
			continue;
		*event = (struct sk_windows_event){ .type = SK_WINDOWS_CLOSE,
			.key = due->key,
			.start = due->first,
			.end = due->end,
			.revision = session->closes };
		if (sk_windows_name_panes(windows, &sessions->nodes, session->panes, event) == -1)
			return -1;
		session->closes++;
		session->dirty = false;
		sessions->cursor++;
		return 1;
	}
	return 0;
}

static void
forget(struct sk_session_windows *sessions, uint32_t number)
{
	struct session *session = sk_session_at(sessions, number);
	uint32_t *root = sk_key_table_find(&sessions->keys, session->key);

	if (*root == number && session->left == SK_KEY_NONE && session->right == SK_KEY_NONE)
		sk_key_table_remove(&sessions->keys, session->key);
	else
		sk_session_remove(sessions, root, number);
	release_place(sessions, number);
}

/* The panes of sessions that are over. */
static bool
finish_next_session(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_session_windows *sessions = &windows->of.session;

	for (; sessions->cursor < sessions->firing.end; sessions->cursor++) {
		const struct due_session *due =
		    (struct due_session *)sessions->firing.items + sessions->cursor;
		struct session *session = sk_session_at(sessions, due->number);

		if (!due->gone)
			continue;
		*event = (struct sk_windows_event){ .type = SK_WINDOWS_FINISHED,
			.key = due->key,
			.pane = sk_pane_list_take(&sessions->nodes, &session->panes) };
		if (session->panes.head == SK_KEY_NONE) {
			forget(sessions, due->number);
			sessions->cursor++;
		}
		return true;
	}
	return false;
}

/* Corrections are due at multiples of the gap. */
static int64_t
step_after(const struct sk_windows *windows)
{
	if (windows->bound < windows->assigner.least)
		return windows->assigner.least;
	if (windows->bound >= windows->assigner.most)
		return INT64_MAX;
	return sk_assigner_pane(&windows->assigner, windows->bound).end;
}

int
sk_session_sweep(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_session_windows *sessions = &windows->of.session;
	int64_t due;
	int got;

	switch ((enum session_stage)windows->stage) {
	case SESSION_START:
		sessions->cursor = sessions->firing.end = 0;
		windows->stage = SESSION_GATHER;
		/* fall through */
	case SESSION_GATHER:
		if (gather_sessions(windows) == -1)
			return -1;
		windows->stage = SESSION_CLOSE;
		/* fall through */
	case SESSION_CLOSE:
		if ((got = close_next_session(windows, event)) != 0)
			return got;
		sessions->cursor = 0;
		windows->stage = SESSION_FINISH;
		/* fall through */
	case SESSION_FINISH:
		if (finish_next_session(windows, event))
			return 1;
	}
	due = sessions->step;
	if (windows->bound >= due)
		due = sessions->step = step_after(windows);
	else if (sessions->firing.end == 0)
		windows->mute = true; /* a session woke that has gone on */
	if (sessions->heap.end > 0 && heap_session(sessions, 0)->wake < due)
		due = heap_session(sessions, 0)->wake;
	return sk_windows_end_sweep(windows, due, event);
}
