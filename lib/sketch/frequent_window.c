/*
 * frequent_window.c -- exact tables that enter a sum of them, and leave it again.
 *
 * A window's cells count the parts that hold their item where those of other tables have what was missed of it, which of
 * exact tables is nothing: an item of weight 0 is held like any other, so that weights alone cannot tell when it goes.
 * Cells of items that have gone stay where they are, and in the index, to be found again: they are swept when they are
 * a part of the table worth a pass, which costs each departure a constant number of cells.
 */
#include <assert.h>

#include "frequent_table.h"

#define SWEEP_PART 8 /* one cell in as many */

struct arrival {
	struct sk_span item;
	uint64_t weight;
	uint32_t tag;
};

struct sk_frequent *
sk_frequent_new_window(size_t memory, uint64_t seed)
{
	struct sk_frequent *window = sk_frequent_new(memory, seed);

	if (window != NULL)
		window->missed_mask = 0;
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
		arrivals[n].tag = part->seed == window->seed ? cell->tag :
							       tag_of(window, arrivals[n].item);
		PREFETCH(&window->index[index_home(window, arrivals[n].tag)]);
		*offset += cell_size(cell->size);
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

/* Enter what the window does not hold: 1, 0 for want of room, or -1. */
static int
insert(struct sk_frequent *window, const struct arrival *arrival)
{
	const size_t bytes = cell_size(arrival->item.size);
	int room = sk_frequent_reserve(window, 1, bytes);

	if (room == 0 && window->gone > 0) {
		sk_frequent_sweep(window);
		room = sk_frequent_reserve(window, 1, bytes);
	}
	if (room == 1)
		sk_frequent_insert(window, find_slot(window, arrival->item, arrival->tag),
		    arrival->item, arrival->tag, arrival->weight, 1);
	return room;
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
			struct cell *cell = cell_at(window, (uint32_t)slot);

			window->gone -= cell->missed == 0;
			cell->missed++;
			cell->weight += arrivals[i].weight;
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
		assert(slot != 0 && cell->missed > 0 && cell->weight >= arrivals[i].weight);
		cell->missed--;
		cell->weight -= arrivals[i].weight;
		window->gone += cell->missed == 0;
	}
}

int
sk_frequent_enter(struct sk_frequent *window, const struct sk_frequent *part)
{
	struct arrival arrivals[CHUNK];
	size_t offset = ARENA_START, n;
	int room = 1;

	assert(window->missed_mask == 0 && part->missed_mask != 0 && !part->dropped);
	if (part->total > (uint64_t)INT64_MAX - window->total)
		return 0;
	window->total += part->total;
	while (room == 1 && (n = gather(window, part, &offset, arrivals)) > 0)
		room = enter(window, arrivals, n);
	return room;
}

int
sk_frequent_enter_items(struct sk_frequent *window, const struct sk_span *items, size_t n)
{
	struct arrival arrivals[CHUNK];
	int room = 1;

	assert(window->missed_mask == 0);
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
