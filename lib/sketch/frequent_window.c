/*
 * frequent_window.c -- tables that enter a sum of them, and leave it again.
 *
 * Each part leaves its items known up to its threshold, and of an item that it does not hold no more can be said than
 * that: a window's threshold is the sum of its parts' thresholds, and a cell has the sum of what the parts that hold its
 * item know better. Both are taken out again as they were put in, and nothing is purged, so that a window knows all that
 * its parts do. At the end of a cell the parts that hold its item are counted: an item of weight 0 is held like any other,
 * so that weights alone cannot tell when it goes.
 *
 * Cells of items that have gone stay where they are, and in the index, to be found again: they are swept when they are
 * a part of the table worth a pass, which costs each departure a constant number of cells.
 */
#include <assert.h>

#include "frequent_table.h"

#define SWEEP_PART 3 /* one cell in as many */

struct arrival {
	struct sk_span item;
	uint64_t weight;
	uint64_t seen; /* what the part's threshold has beyond what its cell has missed */
	uint32_t tag;
};

static void
become_window(struct sk_frequent *table)
{
	table->window = UINT64_MAX;
	table->trailer = sizeof(uint64_t);
}

struct sk_frequent *
sk_frequent_new_window(size_t memory, uint64_t seed)
{
	struct sk_frequent *window = sk_frequent_new(memory, seed);

	if (window != NULL)
		become_window(window);
	return window;
}

/* The next cells of ${part}, from *${offset} on; tables of one seed have their tags in common. */
static size_t
gather(const struct sk_frequent *window, const struct sk_frequent *part, size_t *offset,
    struct arrival *arrivals)
{
	size_t n = 0;

	for (; n < CHUNK && *offset < part->arena_used; n++) {
		const struct cell *cell = cell_at(part, (uint32_t)(*offset / CELL_ALIGN));

		arrivals[n].item = cell_item(cell);
		arrivals[n].weight = cell->weight;
		arrivals[n].seen = part->threshold - cell->missed;
		arrivals[n].tag = part->seed == window->seed ? cell->tag :
							       tag_of(window, arrivals[n].item);
		PREFETCH(&window->index[index_home(window, arrivals[n].tag)]);
		*offset += cell_size(part, cell->size);
	}
	return n;
}

static size_t
gather_items(const struct sk_frequent *window, const struct sk_span *items, size_t n,
    struct arrival *arrivals)
{
	n = n < CHUNK ? n : CHUNK;
	for (size_t i = 0; i < n; i++) {
		arrivals[i].item = items[i];
		arrivals[i].weight = 1;
		arrivals[i].seen = 0;
		arrivals[i].tag = tag_of(window, items[i]);
		PREFETCH(&window->index[index_home(window, arrivals[i].tag)]);
	}
	return n;
}

/* Ask for the cell that ${arrivals}[${i}] will want soon. */
static inline void
fetch(const struct sk_frequent *window, const struct arrival *arrivals, size_t i, size_t n)
{
	if (i < n)
		PREFETCH(cell_at(
		    window, (uint32_t)window->index[index_home(window, arrivals[i].tag)]));
}

/* Where the next cell goes, for which there is room. */
static struct cell *
new_cell(const struct sk_frequent *window, size_t item_size)
{
	struct cell *cell = cell_at(window, (uint32_t)(window->arena_used / CELL_ALIGN));

	cell->size = (uint32_t)item_size;
	return cell;
}

/* Enter what the window does not hold: 1, 0 for want of room, or -1. */
static int
insert(struct sk_frequent *window, const struct arrival *arrival)
{
	const size_t bytes = cell_size(window, arrival->item.size);
	struct cell *cell;
	uint64_t *slot;
	int room = sk_frequent_reserve(window, 1, bytes);

	if (room == 0 && window->gone > 0) {
		sk_frequent_sweep(window);
		room = sk_frequent_reserve(window, 1, bytes);
	}
	if (room != 1)
		return room;
	slot = find_slot(window, arrival->item, arrival->tag);
	cell = new_cell(window, arrival->item.size);
	*cell_parts(window, cell) = 1;
	sk_frequent_insert(
	    window, slot, arrival->item, arrival->tag, arrival->weight, arrival->seen);
	if (sk_frequent_leads(window, cell))
		sk_frequent_join_leaders(window, cell);
	return 1;
}

static inline void
enter_cell(struct sk_frequent *window, struct cell *cell, const struct arrival *arrival)
{
	uint64_t *parts = cell_parts(window, cell);
	const bool led = *parts > 0 && sk_frequent_leads(window, cell);

	window->gone -= *parts == 0;
	++*parts;
	cell->weight += arrival->weight;
	cell->missed += arrival->seen;
	if (led != sk_frequent_leads(window, cell))
		(led ? sk_frequent_quit_leaders : sk_frequent_join_leaders)(window, cell);
}

static inline void
leave_cell(struct sk_frequent *window, struct cell *cell, const struct arrival *arrival)
{
	uint64_t *parts = cell_parts(window, cell);
	const bool led = sk_frequent_leads(window, cell);

	assert(*parts > 0 && cell->weight >= arrival->weight && cell->missed >= arrival->seen);
	--*parts;
	cell->weight -= arrival->weight;
	cell->missed -= arrival->seen;
	window->gone += *parts == 0;
	if (led != (*parts > 0 && sk_frequent_leads(window, cell)))
		(led ? sk_frequent_quit_leaders : sk_frequent_join_leaders)(window, cell);
}

static int
enter(struct sk_frequent *window, struct arrival *arrivals, size_t n)
{
	uint64_t seed = window->seed;
	int room;

	for (size_t i = 0; i < n; i++) {
		const uint64_t slot = *find_slot(window, arrivals[i].item, arrivals[i].tag);

		fetch(window, arrivals, i + AHEAD, n);
		if (LIKELY(slot != 0)) {
			enter_cell(window, cell_at(window, (uint32_t)slot), &arrivals[i]);
		} else if ((room = insert(window, &arrivals[i])) != 1) {
			return room;
		}
		if (window->seed != seed) {
			seed = window->seed;
			for (size_t j = i + 1; j < n; j++)
				arrivals[j].tag = tag_of(window, arrivals[j].item);
		}
	}
	return 1;
}

static void
leave(struct sk_frequent *window, const struct arrival *arrivals, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t slot = *find_slot(window, arrivals[i].item, arrivals[i].tag);
		struct cell *cell = cell_at(window, (uint32_t)slot);

		fetch(window, arrivals, i + AHEAD, n);
		assert(slot != 0);
		leave_cell(window, cell, &arrivals[i]);
	}
}

int
sk_frequent_enter(struct sk_frequent *window, const struct sk_frequent *part)
{
	struct arrival arrivals[CHUNK];
	size_t offset = ARENA_START, n;
	int room = 1;

	assert(window->window != 0 && part->window == 0);
	if (part->total > (uint64_t)INT64_MAX - window->total)
		return 0;
	window->total += part->total;
	window->threshold += part->threshold;
	window->dropped_parts += part->dropped;
	window->dropped = window->dropped_parts > 0;
	while (room == 1 && (n = gather(window, part, &offset, arrivals)) > 0)
		room = enter(window, arrivals, n);
	if (room == 1)
		sk_frequent_remember_leaders(window);
	return room;
}

int
sk_frequent_enter_items(struct sk_frequent *window, const struct sk_span *items, size_t n)
{
	struct arrival arrivals[CHUNK];
	int room = 1;

	assert(window->window != 0);
	if (n > (uint64_t)INT64_MAX - window->total)
		return 0;
	window->total += n;
	for (size_t done = 0, some; room == 1 && done < n; done += some) {
		some = gather_items(window, items + done, n - done, arrivals);
		room = enter(window, arrivals, some);
	}
	return room;
}

static void
sweep_if_worth_it(struct sk_frequent *window)
{
	if (window->gone > CHUNK && window->gone > window->count / SWEEP_PART)
		sk_frequent_sweep(window);
}

void
sk_frequent_leave(struct sk_frequent *window, const struct sk_frequent *part)
{
	struct arrival arrivals[CHUNK];
	size_t offset = ARENA_START, n;

	while ((n = gather(window, part, &offset, arrivals)) > 0)
		leave(window, arrivals, n);
	window->total -= part->total;
	window->threshold -= part->threshold;
	window->dropped_parts -= part->dropped;
	window->dropped = window->dropped_parts > 0;
	sweep_if_worth_it(window);
}

void
sk_frequent_leave_items(struct sk_frequent *window, const struct sk_span *items, size_t n)
{
	struct arrival arrivals[CHUNK];

	for (size_t done = 0, some; done < n; done += some) {
		some = gather_items(window, items + done, n - done, arrivals);
		leave(window, arrivals, some);
	}
	window->total -= n;
	sweep_if_worth_it(window);
}
