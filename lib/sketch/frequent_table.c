/* frequent_table.c -- cells and the index that finds them; the purge. */
#include "frequent_table.h"

#include <errno.h>
#include <stdlib.h>

#define ARENA_MAX ((size_t)UINT32_MAX * CELL_ALIGN) /* what a 32-bit reference reaches */
#define INDEX_MAX_LG 31
#define SLOT_COST (sizeof(uint64_t) * 7 / 4) /* a slot, and a reference for each item, to list them */
#define MALLOC_COST ((size_t)16)             /* what the allocator adds to a block */
#define COPY_MAX ((size_t)128)               /* bytes: the largest cell that is copied word by word */
#define GATHERED ((size_t)32)                /* cells, before the first is entered into an index */
#define FETCHED_AHEAD ((size_t)2048)         /* bytes of cells */
#define NEAR ((size_t)256)                   /* bounds above the threshold that a purge counts one by one */
#define PROBES_MAX 2048                      /* far beyond chance at a load of 3/4: somebody knows the secret */

static size_t
index_room(unsigned index_lg)
{
	return ((size_t)1 << index_lg) / 4 * 3;
}

/* What an index has for the next ${n} cells, from *${offset} on; ask for the places where it goes. */
static void
gather_slots(const struct sk_frequent *table, size_t *offset, uint64_t *slots, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint32_t ref = (uint32_t)(*offset / CELL_ALIGN);
		const struct cell *cell = cell_at(table, ref);

		PREFETCH((const unsigned char *)cell + FETCHED_AHEAD);
		PREFETCH(&table->index[index_home(table, cell->tag)]);
		slots[i] = (uint64_t)cell->tag << 32 | ref;
		*offset += cell_size(table, cell->size);
	}
}

/* Enter every cell into an index of zeros. The cells are walked in order; only the index is met at random. */
static void
build_index(struct sk_frequent *table)
{
	const size_t mask = index_slots(table) - 1;
	size_t offset = ARENA_START;
	uint64_t slots[GATHERED];

	memset(table->index, 0, index_slots(table) * sizeof(*table->index));
	for (size_t done = 0, n; done < table->count; done += n) {
		n = table->count - done < GATHERED ? table->count - done : GATHERED;
		gather_slots(table, &offset, slots, n);
		for (size_t i = 0; i < n; i++) {
			size_t at = index_home(table, (uint32_t)(slots[i] >> 32));

			while (table->index[at] != 0)
				at = (at + 1) & mask;
			table->index[at] = slots[i];
		}
	}
}

/* Somebody aims at the hash: draw another secret. */
static void
change_secret(struct sk_frequent *table)
{
	size_t offset = ARENA_START;

	table->seed += table->hash.secret[0] | 1;
	sk_tablehash_init(&table->hash, table->seed);
	for (size_t i = 0; i < table->count; i++) {
		struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		cell->tag = tag_of(table, cell_item(cell));
		offset += cell_size(table, cell->size);
	}
	build_index(table);
}

size_t
sk_frequent_fixed_cost(unsigned index_lg)
{
	return sizeof(struct sk_frequent) + 3 * MALLOC_COST + SLOT_COST * ((size_t)1 << index_lg);
}

static int
resize_index(struct sk_frequent *table, unsigned index_lg)
{
	uint64_t *index = realloc(table->index, sizeof(*index) << index_lg);

	if (index == NULL)
		return -1;
	table->index = index;
	table->index_lg = index_lg;
	build_index(table);
	return 0;
}

static int
resize_arena(struct sk_frequent *table, size_t size)
{
	unsigned char *arena = realloc(table->arena, size);

	if (arena == NULL)
		return -1;
	table->arena = arena;
	table->arena_size = size;
	return 0;
}

/* The smallest index for ${items} items; above INDEX_MAX_LG when there is none. */
static unsigned
index_lg_for(size_t items)
{
	unsigned index_lg = INDEX_FIRST_LG;

	while (index_lg <= INDEX_MAX_LG && index_room(index_lg) < items)
		index_lg++;
	return index_lg;
}

static size_t
arena_limit(size_t memory, unsigned index_lg)
{
	size_t most;

	if (index_lg > INDEX_MAX_LG || sk_frequent_fixed_cost(index_lg) > memory)
		return 0;
	most = (memory - sk_frequent_fixed_cost(index_lg)) & ~(CELL_ALIGN - 1);
	return most < ARENA_MAX ? most : ARENA_MAX;
}

size_t
sk_frequent_items_for(size_t memory, size_t size)
{
	size_t most = 0;

	if (size >= UINT32_MAX)
		return 0;
	for (unsigned index_lg = INDEX_FIRST_LG; index_lg <= INDEX_MAX_LG; index_lg++) {
		const size_t bytes = arena_limit(memory, index_lg);
		const size_t cells = bytes > ARENA_START ? (bytes - ARENA_START) / plain_cell_size(size) : 0;
		const size_t fit = cells < index_room(index_lg) ? cells : index_room(index_lg);

		most = fit > most ? fit : most;
	}
	return most;
}

size_t
sk_frequent_memory_for(size_t items, size_t size)
{
	const unsigned index_lg = index_lg_for(items);
	size_t need;

	if (index_lg > INDEX_MAX_LG || size >= UINT32_MAX ||
	    items > (ARENA_MAX - ARENA_START) / plain_cell_size(size))
		return SIZE_MAX;
	need = ARENA_START + items * plain_cell_size(size);
	/* An arena grows by a quarter at a time. */
	return sk_frequent_fixed_cost(index_lg) + need + need / 4;
}

size_t
sk_frequent_contents(const struct sk_frequent *table)
{
	const size_t count = table->count > table->peak_count ? table->count : table->peak_count;
	const size_t used =
	    table->arena_used > table->peak_used ? table->arena_used : table->peak_used;

	return sk_frequent_fixed_cost(index_lg_for(count)) + used + used / 8;
}

/* Give the table an index of 2^${index_lg} slots and an arena of ${need} bytes or a little more. */
static int
resize(struct sk_frequent *table, unsigned index_lg, size_t need)
{
	size_t most = arena_limit(table->memory, index_lg), size = table->arena_size;

	if (need > size)
		size = need > size + size / 4 ? need : size + size / 4;
	if (size > most)
		size = most;
	/* What shrinks goes first, so that both together never pass the limit. */
	if (size < table->arena_size && resize_arena(table, size) == -1)
		return -1;
	if (index_lg != table->index_lg && resize_index(table, index_lg) == -1)
		return -1;
	return size <= table->arena_size || resize_arena(table, size) == 0 ? 0 : -1;
}

/*
 * Whether the limit is reached depends on what the table holds, not on how large it happens to be: it can have grown
 * for a batch that then held little new. Such an index is cut down when its memory is needed.
 */
int
sk_frequent_reserve(struct sk_frequent *table, size_t items, size_t bytes)
{
	size_t need = table->arena_used + bytes;
	unsigned index_lg;

	if (items > table->items_max || table->count > table->items_max - items)
		return 0;
	if (LIKELY(table->count + items <= index_room(table->index_lg) &&
		need <= table->arena_size))
		return 1;
	index_lg = index_lg_for(table->count + items);
	if (need > arena_limit(table->memory, index_lg))
		return 0;
	if (index_lg < table->index_lg && need <= arena_limit(table->memory, table->index_lg))
		index_lg = table->index_lg;
	return resize(table, index_lg, need) == 0 ? 1 : -1;
}

/* The purge */

/*
 * The element of rank ${rank} (from 0) of ${values}, in time proportional to ${n} whatever they are: one byte of the
 * answer is settled at a time, from the highest in which they differ, and only the values that agree so far go on.
 * ${values} are reordered.
 */
static uint64_t
select_rank(uint64_t *values, size_t n, size_t rank)
{
	uint64_t differ = 0;

	for (size_t i = 1; i < n; i++)
		differ |= values[i] ^ values[0];
	for (int shift = 56; shift >= 0; shift -= 8) {
		size_t counts[256] = { 0 }, kept = 0;
		unsigned byte = 0;

		if ((differ >> shift & 0xff) == 0)
			continue;
		for (size_t i = 0; i < n; i++)
			counts[values[i] >> shift & 0xff]++;
		while (rank >= counts[byte])
			rank -= counts[byte++];
		for (size_t i = 0; i < n; i++) {
			values[kept] = values[i];
			kept += (values[i] >> shift & 0xff) == byte;
		}
		n = kept;
	}
	return values[0];
}

/*
 * Slide the cells of more than ${bound} together and, as long as they are within the first ${equal} bytes of such, of just
 * as much; or those that are not gone from a window. The index is stale afterwards. Which ones go cannot be predicted, so
 * that small ones are copied in any case.
 */
static void
keep_above(struct sk_frequent *table, uint64_t bound, size_t equal)
{
	unsigned char *from = table->arena + ARENA_START, *to = from;
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = (const struct cell *)(const void *)from;
		const size_t size = cell_size(table, cell->size);
		const uint64_t here = cell_bound(table, cell);
		const bool tie = here == bound && size <= equal;
		const bool keep = table->window != 0 ? !cell_gone(table, cell) : here > bound || tie;

		if (size > COPY_MAX && keep)
			memmove(to, from, size);
		for (size_t at = 0; at < size && size <= COPY_MAX; at += CELL_ALIGN)
			memcpy(to + at, from + at, CELL_ALIGN);
		to += keep ? size : 0;
		equal -= tie ? size : 0;
		from += size;
		kept += keep;
	}
	table->arena_used = (size_t)(to - table->arena);
	table->count = kept;
}

/* The median of the bounds, by selection. The index has a word for every item, so it lends the memory for that. */
static uint64_t
median_bound(struct sk_frequent *table)
{
	size_t offset = ARENA_START;

	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		table->index[i] = cell_bound(table, cell);
		offset += cell_size(table, cell->size);
	}
	return select_rank(table->index, table->count, (table->count - 1) / 2);
}

/*
 * What the threshold must rise to: the median of the bounds, or the threshold itself, which an item too large to hold
 * can have raised above it. Where weights are small most bounds are little above the threshold, and counting them by
 * how much is enough. Two counts in turn: the next increment need not wait for the last.
 */
static uint64_t
next_threshold(struct sk_frequent *table)
{
	uint32_t counts[2][NEAR] = { { 0 } };
	size_t offset = ARENA_START, rank = (table->count - 1) / 2;
	uint64_t median;

	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));
		const uint64_t bound = cell_bound(table, cell);
		const uint64_t over = bound > table->threshold ? bound - table->threshold : 0;

		counts[i % 2][over < NEAR ? over : NEAR - 1]++;
		offset += cell_size(table, cell->size);
	}
	for (size_t over = 0; over < NEAR - 1; over++) {
		const size_t here = (size_t)counts[0][over] + counts[1][over];

		if (rank < here)
			return table->threshold + over;
		rank -= here;
	}
	median = median_bound(table);
	return median > table->threshold ? median : table->threshold;
}

/* The same, but of items of just the threshold keep ${equal} bytes of cells. */
static void
purge(struct sk_frequent *table, size_t equal)
{
	if (table->arena_used > table->peak_used)
		table->peak_used = table->arena_used;
	if (table->count > table->peak_count)
		table->peak_count = table->count;
	if (table->count > 0)
		table->threshold = next_threshold(table);
	keep_above(table, table->threshold, equal);
	table->dropped = true;
	build_index(table);
}

void
sk_frequent_purge(struct sk_frequent *table)
{
	purge(table, 0);
}

void
sk_frequent_sweep(struct sk_frequent *window)
{
	keep_above(window, 0, 0);
	sk_frequent_forget_leaders(window);
	window->gone = 0;
	build_index(window);
}

/* memcpy() without the call, for the short strings that items are. */
static inline void
copy_bytes(unsigned char *to, const unsigned char *from, size_t size)
{
	if (size >= 8 && size <= 64) {
		for (size_t at = 0; at < size - 8; at += 8)
			memcpy(to + at, from + at, 8);
		memcpy(to + size - 8, from + size - 8, 8);
	} else if (size > 0) {
		memcpy(to, from, size);
	}
}

void
sk_frequent_insert(struct sk_frequent *table, uint64_t *slot, struct sk_span item, uint32_t tag,
    uint64_t weight, uint64_t missed)
{
	uint32_t ref = (uint32_t)(table->arena_used / CELL_ALIGN);
	struct cell *cell = cell_at(table, ref);
	size_t at = (size_t)(slot - table->index), mask = index_slots(table) - 1;

	cell->size = (uint32_t)item.size;
	cell->tag = tag;
	cell->weight = weight;
	cell->missed = missed;
	copy_bytes(cell->item, item.data, item.size);
	*slot = (uint64_t)tag << 32 | ref;
	table->arena_used += cell_size(table, item.size);
	table->count++;
	if (((at - index_home(table, tag)) & mask) > PROBES_MAX)
		change_secret(table);
}

/* What the cells of more than ${bound} cost, slots of the index included: at most, as indexes are half full. */
static size_t
cost_above(const struct sk_frequent *table, uint64_t bound)
{
	size_t offset = ARENA_START, cost = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));
		const size_t size = cell_size(table, cell->size);

		cost += cell_bound(table, cell) > bound ? size + 3 * SLOT_COST : 0;
		offset += size;
	}
	return cost;
}

/* A purge as far as it has to go, for nothing may come to take the place of what is dropped. */
static void
purge_some(struct sk_frequent *table)
{
	const size_t fixed = sk_frequent_fixed_cost(INDEX_FIRST_LG);
	const size_t most = table->memory > fixed ? (table->memory - fixed) / 2 : 0;
	const size_t cost = cost_above(table, next_threshold(table));

	purge(table, cost < most ? (most - cost) / 3 * 2 : 0);
}

/* Give back what an arena has beyond a quarter more than is used. Blocks that stay larger are still valid. */
static void
trim(struct sk_frequent *table)
{
	const size_t size = table->arena_used + table->arena_used / 4;
	const unsigned index_lg = index_lg_for(table->count);

	if (index_lg < table->index_lg)
		(void)resize_index(table, index_lg);
	if (size < table->arena_size)
		(void)resize_arena(table, size);
	table->peak_used = table->peak_count = 0;
}

void
sk_frequent_shrink(struct sk_frequent *table)
{
	while (arena_limit(table->memory, index_lg_for(table->count)) < table->arena_used)
		purge_some(table);
	if (table->peak_used > 0)
		trim(table);
	if (sk_frequent_memory(table) > table->memory)
		(void)resize(table, index_lg_for(table->count), table->arena_used);
}
