/* frequent.c -- the exact weighted table that turns into the frequent-items sketch. */
#include "frequent_table.h"

#include <errno.h>
#include <stdlib.h>

#define ARENA_FIRST ((size_t)128)

/* Life cycle */

static void
clear(struct sk_frequent *table)
{
	memset(table->index, 0, index_slots(table) * sizeof(*table->index));
	table->arena_used = ARENA_START;
	table->count = table->gone = 0;
}

struct sk_frequent *
sk_frequent_new(size_t memory, uint64_t seed)
{
	struct sk_frequent *table;

	if (memory < SK_FREQUENT_MEMORY_MIN) {
		errno = EINVAL;
		return NULL;
	}
	if ((table = calloc(1, sizeof(*table))) == NULL)
		return NULL;
	table->index_lg = INDEX_FIRST_LG;
	table->index = calloc(index_slots(table), sizeof(*table->index));
	table->arena = malloc(ARENA_FIRST);
	if (table->index == NULL || table->arena == NULL) {
		sk_frequent_free(table);
		errno = ENOMEM;
		return NULL;
	}
	table->arena_size = ARENA_FIRST;
	table->arena_used = ARENA_START;
	table->memory = memory;
	table->items_max = SIZE_MAX;
	table->seed = seed;
	sk_tablehash_init(&table->hash, seed);
	return table;
}

void
sk_frequent_free(struct sk_frequent *table)
{
	if (table == NULL)
		return;
	sk_frequent_free_leaders(table);
	free(table->index);
	free(table->arena);
	free(table);
}

void
sk_frequent_reset(struct sk_frequent *table)
{
	clear(table);
	table->total = 0;
	table->threshold = 0;
	table->dropped = false;
}

int
sk_frequent_set_memory(struct sk_frequent *table, size_t memory)
{
	if (memory < SK_FREQUENT_MEMORY_MIN) {
		errno = EINVAL;
		return -1;
	}
	table->memory = memory;
	sk_frequent_shrink(table);
	return 0;
}

void
sk_frequent_set_items(struct sk_frequent *table, size_t items)
{
	table->items_max = items > 0 ? items : SIZE_MAX;
	while (table->count > table->items_max)
		sk_frequent_purge(table);
}

/* Update */

/*
 * Enter an item that the table does not hold, at the memory limit: purge for it, and where even an empty table has
 * no room, let the threshold take its weight. Memory that the system refuses is treated like the limit.
 */
void
sk_frequent_insert_purging(struct sk_frequent *table, uint64_t *slot, struct sk_span item, uint32_t tag,
    uint64_t weight, uint64_t missed)
{
	const size_t bytes = cell_size(table, item.size);
	const unsigned index_lg = table->index_lg;
	bool moved = false;

	if (item.size >= UINT32_MAX || bytes > table->memory / 2) {
		table->threshold += weight;
		table->dropped = true;
		return;
	}
	for (; sk_frequent_reserve(table, 1, bytes) != 1; moved = true) {
		if (table->count == 0) {
			table->threshold += weight;
			table->dropped = true;
			return;
		}
		sk_frequent_purge(table);
	}
	if (moved || table->index_lg != index_lg)
		slot = find_slot(table, item, tag);
	sk_frequent_insert(table, slot, item, tag, weight, missed);
}

/*
 * Hash a chunk, asking for the index lines; then look the items up, asking for the cells a little ahead. ${room}: all
 * of them will fit.
 */
static void
add_chunk(struct sk_frequent *table, const struct sk_span *items, const uint64_t *weights, size_t n,
    bool room)
{
	uint32_t tags[CHUNK];
	uint64_t seed = table->seed;

	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			PREFETCH(items[i + AHEAD].data);
		tags[i] = tag_of(table, items[i]);
		PREFETCH(&table->index[index_home(table, tags[i])]);
	}
	for (size_t i = 0; i < n; i++) {
		const uint64_t weight = weights != NULL ? weights[i] : 1;
		uint64_t *slot;

		if (i + AHEAD < n)
			PREFETCH(cell_at(table,
			    (uint32_t)table->index[index_home(table, tags[i + AHEAD])]));
		slot = find_slot(table, items[i], tags[i]);
		if (LIKELY(*slot != 0))
			cell_at(table, (uint32_t)*slot)->weight += weight;
		else if (room)
			sk_frequent_insert(
			    table, slot, items[i], tags[i], weight, table->threshold);
		else
			sk_frequent_insert_purging(
			    table, slot, items[i], tags[i], weight, table->threshold);
		if (table->seed != seed) {
			seed = table->seed;
			for (size_t j = i + 1; j < n; j++)
				tags[j] = tag_of(table, items[j]);
		}
	}
}

/* Whether ${n} weights can be added; *${total} is then the new total. */
static bool
new_total(const struct sk_frequent *table, const uint64_t *weights, size_t n, uint64_t *total)
{
	uint64_t sum = table->total;

	for (size_t i = 0; i < n; i++) {
		uint64_t weight = weights != NULL ? weights[i] : 1;

		if (weight > (uint64_t)INT64_MAX - sum)
			return false;
		sum += weight;
	}
	*total = sum;
	return true;
}

int
sk_frequent_make_room(struct sk_frequent *table, const struct sk_span *items, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n && bytes <= table->memory - table->arena_used; i++)
		bytes += items[i].size < table->memory ? cell_size(table, items[i].size) : table->memory;
	return sk_frequent_reserve(table, n, bytes);
}

int
sk_frequent_add_batch(struct sk_frequent *table, const struct sk_span *items,
    const uint64_t *weights, size_t n)
{
	uint64_t total;
	int room;

	if (!new_total(table, weights, n, &total)) {
		errno = EOVERFLOW;
		return -1;
	}
	if ((room = sk_frequent_make_room(table, items, n)) == -1)
		return -1;
	for (size_t done = 0; done < n; done += CHUNK)
		add_chunk(table, items + done, weights != NULL ? weights + done : NULL,
		    n - done < CHUNK ? n - done : CHUNK, room == 1);
	table->total = total;
	return 0;
}

int
sk_frequent_scale(struct sk_frequent *table, uint64_t factor)
{
	size_t offset = ARENA_START;

	if (table->total > (uint64_t)INT64_MAX / factor) {
		errno = EOVERFLOW;
		return -1;
	}
	for (size_t i = 0; i < table->count; i++) {
		struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		cell->weight *= factor;
		cell->missed *= factor;
		offset += cell_size(table, cell->size);
	}
	table->total *= factor;
	table->threshold *= factor;
	sk_frequent_forget_leaders(table);
	return 0;
}

/* Combine */

/* The tags of ${cells} from number ${i} on, asking for the index lines. */
static void
take_tags(const struct sk_frequent *table, const struct cell *const *cells, size_t i, size_t n, uint32_t *tags)
{
	for (; i < n; i++) {
		tags[i] = tag_of(table, cell_item(cells[i]));
		PREFETCH(&table->index[index_home(table, tags[i])]);
	}
}

/* Merge ${n} cells of ${source}, whose threshold and total have been added: as add_chunk() does. */
static void
merge_chunk(struct sk_frequent *table, const struct sk_frequent *source, const struct cell *const *cells, size_t n)
{
	uint32_t tags[CHUNK];
	uint64_t seed = table->seed;

	take_tags(table, cells, 0, n, tags);
	for (size_t i = 0; i < n; i++) {
		const uint64_t unseen = source->threshold - cell_missed(source, cells[i]);
		const struct sk_span item = cell_item(cells[i]);
		uint64_t *slot;

		if (i + AHEAD < n)
			PREFETCH(cell_at(table, (uint32_t)table->index[index_home(table, tags[i + AHEAD])]));
		slot = find_slot(table, item, tags[i]);
		if (*slot != 0) {
			struct cell *held = cell_at(table, (uint32_t)*slot);

			held->weight += cells[i]->weight;
			held->missed -= unseen;
		} else {
			sk_frequent_insert_purging(
			    table, slot, item, tags[i], cells[i]->weight, table->threshold - unseen);
		}
		if (table->seed != seed) {
			seed = table->seed;
			take_tags(table, cells, i + 1, n, tags);
		}
	}
}

/*
 * While cells of the source come in, every item that the table does not hold is one of which the table's own stream
 * gave at most threshold - source->threshold: the loop keeps that true through any purge on the way.
 */
int
sk_frequent_merge(struct sk_frequent *table, const struct sk_frequent *source)
{
	size_t offset = ARENA_START;

	if (table == source) {
		errno = EINVAL;
		return -1;
	}
	if (source->total > (uint64_t)INT64_MAX - table->total) {
		errno = EOVERFLOW;
		return -1;
	}
	if (sk_frequent_reserve(table, source->count, source->arena_used) == -1)
		return -1;
	/* Nothing to do for a source that misses nothing, as small ones do: merging many of them costs what they hold. */
	for (size_t i = 0; i < table->count && source->threshold > 0; i++) {
		struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		cell->missed += source->threshold;
		offset += cell_size(table, cell->size);
	}
	table->threshold += source->threshold;
	table->total += source->total;
	table->dropped = table->dropped || source->dropped;
	offset = ARENA_START;
	for (size_t done = 0; done < source->count;) {
		const struct cell *cells[CHUNK];
		size_t n = 0;

		for (; done < source->count && n < CHUNK; done++) {
			const struct cell *cell = cell_at(source, (uint32_t)(offset / CELL_ALIGN));

			offset += cell_size(source, cell->size);
			if (!cell_gone(source, cell))
				cells[n++] = cell;
		}
		merge_chunk(table, source, cells, n);
	}
	return 0;
}

/* Query */

bool
sk_frequent_exact(const struct sk_frequent *table)
{
	return !table->dropped;
}

uint64_t
sk_frequent_total(const struct sk_frequent *table)
{
	return table->total;
}

size_t
sk_frequent_size(const struct sk_frequent *table)
{
	return table->count - table->gone;
}

uint64_t
sk_frequent_max_error(const struct sk_frequent *table)
{
	return table->threshold;
}

size_t
sk_frequent_memory(const struct sk_frequent *table)
{
	return sk_frequent_fixed_cost(table->index_lg) + table->arena_size;
}

size_t
sk_frequent_walk(const struct sk_frequent *table, uint64_t *place, struct sk_span *items, size_t n)
{
	size_t offset = *place == 0 ? ARENA_START : (size_t)*place, given = 0;

	while (given < n && offset < table->arena_used) {
		const struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		items[given] = cell_item(cell);
		given += !cell_gone(table, cell);
		offset += cell_size(table, cell->size);
	}
	*place = offset;
	return given;
}

struct sk_frequent_item
sk_frequent_get(const struct sk_frequent *table, struct sk_span item)
{
	uint64_t slot = *find_slot(table, item, tag_of(table, item));

	if (slot != 0)
		return sk_frequent_at(table, slot);
	return (struct sk_frequent_item){ item, table->threshold, table->threshold };
}
