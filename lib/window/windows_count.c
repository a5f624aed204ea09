/*
 * windows_count.c -- windows of so many records per key: the arithmetic of time, on ordinals.
 */
#include "windows_parts.h"

#include <errno.h>
#include <stdlib.h>

struct counter {
	uint64_t key;
	int64_t count;             /* records so far */
	int64_t pane_end;          /* the ordinal at which the next pane opens */
	int64_t closed;            /* windows so far, and the number of the next one to close */
	struct sk_pane_list panes; /* that the open windows are made of */
};

/* A counter in the order of keys. */
struct due_key {
	uint64_t key;
	const struct sk_windows *windows;
	uint32_t number;
};

enum count_stage {
	COUNT_START,
	COUNT_CLOSE,
	COUNT_FINISH,
};

static struct counter *
counter_at(const struct sk_count_windows *counts, uint32_t number)
{
	return (struct counter *)counts->counters.items + number;
}

void
sk_count_release(struct sk_windows *windows)
{
	struct sk_count_windows *counts = &windows->of.count;

	sk_key_table_release(&counts->keys);
	free(counts->counters.items);
	free(counts->nodes.row.items);
	free(counts->order.items);
}

size_t
sk_count_memory(const struct sk_windows *windows)
{
	const struct sk_count_windows *counts = &windows->of.count;

	return (counts->keys.slots == NULL ? 0 : counts->keys.mask + 1) *
	    sizeof(struct sk_key_slot) +
	    counts->counters.room * sizeof(struct counter) +
	    counts->nodes.row.room * sizeof(struct sk_pane_node) +
	    counts->order.room * sizeof(struct due_key);
}

/* Placing */

static int
reserve_counter(struct sk_count_windows *counts)
{
	if (counts->counters.end >= SK_KEY_NONE) {
		errno = ENOMEM;
		return -1;
	}
	return sk_key_table_reserve(&counts->keys) == -1 ||
		sk_row_reserve(&counts->counters, sizeof(struct counter), 1) == -1
	    ? -1
	    : 0;
}

static int64_t
next_end(const struct sk_windows *windows, const struct counter *counter)
{
	return counter->closed * windows->assigner.slide + windows->assigner.size;
}

int
sk_count_place(struct sk_windows *windows, uint64_t key, struct sk_placement *placement)
{
	struct sk_count_windows *counts = &windows->of.count;
	const uint32_t *known = sk_key_table_find(&counts->keys, key);
	struct counter *counter;
	uint32_t number;

	/* Room comes first: after ENOMEM nothing has changed. */
	if (sk_pane_nodes_reserve(&counts->nodes) == -1 ||
	    (known == NULL && reserve_counter(counts) == -1))
		return -1;
	if (known != NULL) {
		number = *known;
	} else {
		number = (uint32_t)counts->counters.end++;
		*counter_at(counts, number) = (struct counter){
			.key = key, .panes = {SK_KEY_NONE, SK_KEY_NONE}
		};
		sk_key_table_insert(&counts->keys, key, number);
	}
	counter = counter_at(counts, number);
	if (counter->count == counter->pane_end) {
		placement->opened = true;
		placement->span = sk_assigner_pane(&windows->assigner, counter->count);
		counter->pane_end = placement->span.end;
		sk_pane_list_append(
		    &counts->nodes, &counter->panes, windows->next_pane++, counter->count);
	}
	placement->pane = sk_pane_node_at(&counts->nodes, counter->panes.tail)->pane;
	if (++counter->count == next_end(windows, counter)) {
		counts->closing = number;
		placement->sweep = true;
	}
	return 0;
}

/* Sweeping */

static int
close_counted(
    struct sk_windows *windows, const struct counter *counter, struct sk_windows_event *event)
{
	const int64_t end = next_end(windows, counter);

	*event = (struct sk_windows_event){ .type = SK_WINDOWS_CLOSE,
		.key = counter->key,
		.start = counter->closed * windows->assigner.slide,
		.end = end < counter->count ? end : counter->count };
	return sk_windows_name_panes(windows, &windows->of.count.nodes, counter->panes, event);
}

/* Panes that are in no further window. */
static bool
finish_next_counted(
    struct sk_windows *windows, struct counter *counter, struct sk_windows_event *event)
{
	struct sk_pane_nodes *nodes = &windows->of.count.nodes;
	const uint32_t head = counter->panes.head;

	if (head == SK_KEY_NONE ||
	    sk_pane_node_at(nodes, head)->start >= (counter->closed + 1) * windows->assigner.slide)
		return false;
	*event = (struct sk_windows_event){ .type = SK_WINDOWS_FINISHED,
		.key = counter->key,
		.pane = sk_pane_list_take(nodes, &counter->panes) };
	return true;
}

/* A window of the counter that is closing, and the panes that go with it: 1, 0 at the end, -1. */
static int
close_next_count(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct counter *counter = counter_at(&windows->of.count, windows->of.count.closing);

	if (windows->stage != (int)COUNT_FINISH) {
		/* Only at the end of the stream may there be nothing to close. */
		if (counter->closed * windows->assigner.slide >= counter->count)
			return 0;
		if (close_counted(windows, counter, event) == -1)
			return -1;
		windows->stage = COUNT_FINISH;
		return 1;
	}
	if (finish_next_counted(windows, counter, event))
		return 1;
	counter->closed++;
	return 0;
}

static int
compare_keys(const void *left, const void *right)
{
	const struct due_key *a = left, *b = right;

	return sk_windows_compare_keys(a->windows, a->key, b->key);
}

/* Line the counters up for the end of the stream. */
static int
gather_counters(struct sk_windows *windows)
{
	struct sk_count_windows *counts = &windows->of.count;
	struct sk_row *order = &counts->order;
	struct due_key *due;

	if (sk_row_reserve(order, sizeof(*due), counts->counters.end) == -1)
		return -1;
	due = order->items;
	for (; order->end < counts->counters.end; order->end++)
		due[order->end] = (struct due_key){ counter_at(counts, (uint32_t)order->end)->key,
			windows, (uint32_t)order->end };
	if (order->end > 0)
		qsort(due, order->end, sizeof(*due), compare_keys);
	return 0;
}

int
sk_count_sweep(struct sk_windows *windows, struct sk_windows_event *event)
{
	struct sk_count_windows *counts = &windows->of.count;
	int got;

	if (!windows->finishing) {
		if ((got = close_next_count(windows, event)) != 0)
			return got;
		windows->sweeping = false;
		return 0;
	}
	if (windows->stage == COUNT_START) {
		if (gather_counters(windows) == -1)
			return -1;
		windows->stage = COUNT_CLOSE;
	}
	while (counts->order.head < counts->order.end) {
		counts->closing =
		    ((struct due_key *)counts->order.items)[counts->order.head].number;
		if ((got = close_next_count(windows, event)) != 0)
			return got;
		if (windows->stage == COUNT_FINISH)
			windows->stage = COUNT_CLOSE; /* another window of the same key, perhaps */
		else
			counts->order.head++;
	}
	windows->sweeping = false;
	return 0;
}
