/*
 * frequent.c -- the exact weighted table that turns into the frequent-items sketch.
 *
 * Items lie one behind the other in an arena of cells, in the order in which they entered; an open-addressing index
 * of 8-byte slots finds them. A slot holds a 32-bit tag of the item's hash and the cell's place, so that a probe
 * touches one cache line of the index and then, almost always, the right cell. Growing either part is a realloc,
 * which large blocks survive without a copy, and a purge slides the cells together and builds the index anew:
 * nothing ever needs a second copy of the table.
 *
 * The textbook purge subtracts the threshold from every counter, and adds it back when asked. Here a cell keeps the
 * weight seen since its item entered and the threshold at that time instead: the upper bound, their sum, is the same,
 * the lower bound is tighter, and a purge need not touch the cells it keeps.
 */
#include "frequent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tablehash.h"

#define CELL_ALIGN ((size_t)8)
#define ARENA_START CELL_ALIGN                   /* so that no cell is at reference 0 */
#define ARENA_MAX ((size_t)UINT32_MAX * CELL_ALIGN) /* what a 32-bit reference reaches */
#define ARENA_FIRST ((size_t)512)
#define INDEX_FIRST_LG 4
#define INDEX_MAX_LG 31
#define SLOT_COST (sizeof(uint64_t) + sizeof(uint32_t) * 3 / 4) /* a slot, and a reference per item to list it */
#define CHUNK 256                                /* items hashed before the first is looked up */
#define AHEAD 12                                 /* cells prefetched before their turn */
#define PROBES_MAX 2048                          /* far beyond chance at a load of 3/4: somebody knows the secret */

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#else
#define PREFETCH(address) ((void)(address))
#define LIKELY(condition) (condition)
#endif

struct cell {
	uint32_t size; /* of the item, bytes */
	uint32_t tag;
	uint64_t weight; /* added since the item entered */
	uint64_t missed; /* threshold when it entered: the most that it can have weighed before */
	unsigned char item[];
};

struct sk_frequent {
	struct sk_tablehash hash;
	uint64_t seed;
	uint64_t *index; /* tag << 32 | reference, 0 where empty */
	unsigned index_lg;
	unsigned char *arena;
	size_t arena_size; /* bytes there are */
	size_t arena_used;
	size_t count;  /* items held */
	size_t memory; /* the limit */
	uint64_t total;
	uint64_t threshold; /* the most that an item which is not held can weigh */
	bool dropped;       /* whether any item ever was */
};

static struct cell *
cell_at(const struct sk_frequent *table, uint32_t ref)
{
	return (struct cell *)(void *)(table->arena + (size_t)ref * CELL_ALIGN);
}

static size_t
cell_size(size_t item_size)
{
	return (sizeof(struct cell) + item_size + CELL_ALIGN - 1) & ~(CELL_ALIGN - 1);
}

static uint64_t
cell_bound(const struct cell *cell)
{
	return cell->weight + cell->missed;
}

static size_t
index_slots(const struct sk_frequent *table)
{
	return (size_t)1 << table->index_lg;
}

static size_t
index_room(unsigned index_lg)
{
	return ((size_t)1 << index_lg) / 4 * 3;
}

static size_t
index_home(const struct sk_frequent *table, uint32_t tag)
{
	return tag >> (32 - table->index_lg);
}

static uint32_t
tag_of(const struct sk_frequent *table, struct sk_span item)
{
	return (uint32_t)(sk_tablehash_of(&table->hash, item) >> 32);
}

static struct sk_span
cell_item(const struct cell *cell)
{
	return (struct sk_span){ cell->item, cell->size };
}

/* memcmp's answer to "equal?" without the call, for the short strings that items are. */
static inline bool
same_bytes(const unsigned char *a, const unsigned char *b, size_t size)
{
	if (size >= 8) {
		if (size > 64)
			return memcmp(a, b, size) == 0;
		for (size_t i = 0; i < size - 8; i += 8)
			if (sk_tablehash_word(a + i) != sk_tablehash_word(b + i))
				return false;
		return sk_tablehash_word(a + size - 8) == sk_tablehash_word(b + size - 8);
	}
	if (size >= 4)
		return sk_tablehash_half(a) == sk_tablehash_half(b) &&
		    sk_tablehash_half(a + size - 4) == sk_tablehash_half(b + size - 4);
	for (size_t i = 0; i < size; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* Life cycle */

static void
clear(struct sk_frequent *table)
{
	memset(table->index, 0, index_slots(table) * sizeof(*table->index));
	table->arena_used = ARENA_START;
	table->count = 0;
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
	table->seed = seed;
	sk_tablehash_init(&table->hash, seed);
	return table;
}

void
sk_frequent_free(struct sk_frequent *table)
{
	if (table == NULL)
		return;
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

/* The index */

/* The slot that holds ${item}, or the empty one where it belongs. */
static uint64_t *
find_slot(const struct sk_frequent *table, struct sk_span item, uint32_t tag)
{
	size_t mask = index_slots(table) - 1;

	for (size_t at = index_home(table, tag);; at = (at + 1) & mask) {
		uint64_t slot = table->index[at];

		if (slot == 0)
			return &table->index[at];
		if ((uint32_t)(slot >> 32) == tag) {
			const struct cell *cell = cell_at(table, (uint32_t)slot);

			if (LIKELY(cell->size == item.size &&
				same_bytes(cell->item, item.data, item.size)))
				return &table->index[at];
		}
	}
}

/* Enter every cell into an index of zeros. The cells are walked in order; only the index is met at random. */
static void
build_index(struct sk_frequent *table)
{
	size_t mask = index_slots(table) - 1;
	size_t offset = ARENA_START;

	memset(table->index, 0, index_slots(table) * sizeof(*table->index));
	for (size_t i = 0; i < table->count; i++) {
		uint32_t ref = (uint32_t)(offset / CELL_ALIGN);
		const struct cell *cell = cell_at(table, ref);
		size_t at = index_home(table, cell->tag);

		while (table->index[at] != 0)
			at = (at + 1) & mask;
		table->index[at] = (uint64_t)cell->tag << 32 | ref;
		offset += cell_size(cell->size);
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
		offset += cell_size(cell->size);
	}
	build_index(table);
}

static size_t
fixed_cost(unsigned index_lg)
{
	return sizeof(struct sk_frequent) + SLOT_COST * ((size_t)1 << index_lg);
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

/* Make room for ${items} more items whose cells take ${bytes}: 1, 0 if the limit forbids it, or -1 (ENOMEM). */
static int
reserve(struct sk_frequent *table, size_t items, size_t bytes)
{
	unsigned index_lg = table->index_lg;
	size_t need = table->arena_used + bytes, size = table->arena_size, most;

	if (LIKELY(table->count + items <= index_room(index_lg) && need <= size))
		return 1;
	while (index_room(index_lg) < table->count + items)
		if (++index_lg > INDEX_MAX_LG)
			return 0;
	if (fixed_cost(index_lg) > table->memory)
		return 0;
	most = (table->memory - fixed_cost(index_lg)) & ~(CELL_ALIGN - 1);
	if (most > ARENA_MAX)
		most = ARENA_MAX;
	if (need > most)
		return 0;
	if (need > size)
		size = need > size + size / 2 ? need : size + size / 2;
	if (size > most)
		size = most;
	if (size != table->arena_size && resize_arena(table, size) == -1)
		return -1;
	if (index_lg != table->index_lg && resize_index(table, index_lg) == -1)
		return -1;
	return 1;
}

/* The purge */

/*
 * The element of rank ${rank} (from 0) of ${values}, in time proportional to ${n} whatever they are: one byte of the
 * answer is settled at a time, from the top, and only the values that agree so far go on. ${values} are reordered.
 */
static uint64_t
select_rank(uint64_t *values, size_t n, size_t rank)
{
	uint64_t answer = 0;

	for (int shift = 56; shift >= 0; shift -= 8) {
		size_t counts[256] = { 0 }, kept = 0;
		unsigned byte = 0;

		for (size_t i = 0; i < n; i++)
			counts[values[i] >> shift & 0xff]++;
		while (rank >= counts[byte])
			rank -= counts[byte++];
		if (counts[byte] < n)
			for (size_t i = 0; i < n; i++)
				if ((values[i] >> shift & 0xff) == byte)
					values[kept++] = values[i];
		n = counts[byte];
		answer |= (uint64_t)byte << shift;
	}
	return answer;
}

/* Slide the cells of at least ${bound} together; the index is stale afterwards. */
static void
keep_above(struct sk_frequent *table, uint64_t bound)
{
	size_t from = ARENA_START, to = ARENA_START, kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		struct cell *cell = cell_at(table, (uint32_t)(from / CELL_ALIGN));
		size_t size = cell_size(cell->size);

		if (cell_bound(cell) > bound) {
			memmove(table->arena + to, cell, size);
			to += size;
			kept++;
		}
		from += size;
	}
	table->arena_used = to;
	table->count = kept;
}

/*
 * Drop the lighter half of the items, or more where that frees too few bytes to be worth the walk. The index has a
 * word for every item, so it lends the memory in which the median is found.
 */
static void
purge(struct sk_frequent *table, size_t bytes_max)
{
	do {
		size_t offset = ARENA_START;

		for (size_t i = 0; i < table->count; i++) {
			const struct cell *cell =
			    cell_at(table, (uint32_t)(offset / CELL_ALIGN));

			table->index[i] = cell_bound(cell);
			offset += cell_size(cell->size);
		}
		if (table->count > 0)
			table->threshold =
			    select_rank(table->index, table->count, (table->count - 1) / 2);
		keep_above(table, table->threshold);
		table->dropped = true;
	} while (table->count > 0 && table->arena_used > bytes_max);
	build_index(table);
}

int
sk_frequent_set_memory(struct sk_frequent *table, size_t memory)
{
	unsigned index_lg = table->index_lg;
	size_t most;

	if (memory < SK_FREQUENT_MEMORY_MIN) {
		errno = EINVAL;
		return -1;
	}
	table->memory = memory;
	if (sk_frequent_memory(table) <= memory)
		return 0;
	while (index_lg > INDEX_FIRST_LG && fixed_cost(index_lg) > memory / 2)
		index_lg--;
	most = (memory - fixed_cost(index_lg)) & ~(CELL_ALIGN - 1);
	while (table->count > index_room(index_lg) || table->arena_used > most)
		purge(table, most / 4 * 3);
	/* Shrinking cannot be relied on, but a block that stays larger is still valid. */
	if (table->arena_size > most)
		(void)resize_arena(table, most);
	if (table->index_lg > index_lg)
		(void)resize_index(table, index_lg);
	return 0;
}

/* Update */

static void
insert(struct sk_frequent *table, uint64_t *slot, struct sk_span item, uint32_t tag,
    uint64_t weight, uint64_t missed)
{
	uint32_t ref = (uint32_t)(table->arena_used / CELL_ALIGN);
	struct cell *cell = cell_at(table, ref);
	size_t at = (size_t)(slot - table->index), mask = index_slots(table) - 1;

	cell->size = (uint32_t)item.size;
	cell->tag = tag;
	cell->weight = weight;
	cell->missed = missed;
	if (item.size > 0)
		memcpy(cell->item, item.data, item.size);
	*slot = (uint64_t)tag << 32 | ref;
	table->arena_used += cell_size(item.size);
	table->count++;
	if (((at - index_home(table, tag)) & mask) > PROBES_MAX)
		change_secret(table);
}

/*
 * Enter an item that the table does not hold, at the memory limit: purge for it, and where even an empty table has
 * no room, let the threshold take its weight. Memory that the system refuses is treated like the limit.
 */
static void
insert_purging(struct sk_frequent *table, struct sk_span item, uint64_t weight, uint64_t missed)
{
	size_t bytes = cell_size(item.size);
	uint64_t entered = table->threshold;
	uint32_t tag;

	if (item.size >= UINT32_MAX || bytes > table->memory / 2) {
		table->threshold += weight;
		table->dropped = true;
		return;
	}
	while (reserve(table, 1, bytes) != 1) {
		if (table->count == 0) {
			table->threshold += weight;
			table->dropped = true;
			return;
		}
		purge(table, table->arena_size / 4 * 3);
	}
	missed += table->threshold - entered;
	tag = tag_of(table, item);
	insert(table, find_slot(table, item, tag), item, tag, weight, missed);
}

/* Add to an item for which there is room in any case. */
static inline void
add_reserved(struct sk_frequent *table, struct sk_span item, uint32_t tag, uint64_t weight)
{
	uint64_t *slot = find_slot(table, item, tag);

	if (LIKELY(*slot != 0))
		cell_at(table, (uint32_t)*slot)->weight += weight;
	else
		insert(table, slot, item, tag, weight, table->threshold);
}

static void
add_limited(struct sk_frequent *table, struct sk_span item, uint64_t weight)
{
	uint64_t *slot = find_slot(table, item, tag_of(table, item));

	if (*slot != 0)
		cell_at(table, (uint32_t)*slot)->weight += weight;
	else
		insert_purging(table, item, weight, table->threshold);
}

/* Hash a chunk, asking for the index lines; then look the items up, asking for the cells a little ahead. */
static void
add_chunk(struct sk_frequent *table, const struct sk_span *items, const uint64_t *weights, size_t n)
{
	uint32_t tags[CHUNK];
	uint64_t seed = table->seed;

	for (size_t i = 0; i < n; i++) {
		tags[i] = tag_of(table, items[i]);
		PREFETCH(&table->index[index_home(table, tags[i])]);
	}
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			PREFETCH(cell_at(table,
			    (uint32_t)table->index[index_home(table, tags[i + AHEAD])]));
		add_reserved(table, items[i], tags[i], weights != NULL ? weights[i] : 1);
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
sk_frequent_add_batch(struct sk_frequent *table, const struct sk_span *items,
    const uint64_t *weights, size_t n)
{
	size_t bytes = 0;
	uint64_t total;
	int room;

	if (!new_total(table, weights, n, &total)) {
		errno = EOVERFLOW;
		return -1;
	}
	for (size_t i = 0; i < n && bytes <= table->memory; i++)
		bytes += items[i].size < table->memory ? cell_size(items[i].size) : table->memory;
	if ((room = reserve(table, n, bytes)) == -1)
		return -1;
	if (room == 1) {
		for (size_t done = 0; done < n; done += CHUNK)
			add_chunk(table, items + done, weights != NULL ? weights + done : NULL,
			    n - done < CHUNK ? n - done : CHUNK);
	} else {
		for (size_t i = 0; i < n; i++)
			add_limited(table, items[i], weights != NULL ? weights[i] : 1);
	}
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
		offset += cell_size(cell->size);
	}
	table->total *= factor;
	table->threshold *= factor;
	return 0;
}

/* Combine */

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
	if (reserve(table, source->count, source->arena_used) == -1)
		return -1;
	for (size_t i = 0; i < table->count; i++) {
		struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		cell->missed += source->threshold;
		offset += cell_size(cell->size);
	}
	table->threshold += source->threshold;
	table->total += source->total;
	table->dropped = table->dropped || source->dropped;
	offset = ARENA_START;
	for (size_t i = 0; i < source->count; i++) {
		const struct cell *cell = cell_at(source, (uint32_t)(offset / CELL_ALIGN));
		struct sk_span item = cell_item(cell);
		uint64_t *slot = find_slot(table, item, tag_of(table, item));

		if (*slot != 0) {
			struct cell *held = cell_at(table, (uint32_t)*slot);

			held->weight += cell->weight;
			held->missed -= source->threshold - cell->missed;
		} else {
			insert_purging(table, item, cell->weight,
			    table->threshold - source->threshold + cell->missed);
		}
		offset += cell_size(cell->size);
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
	return table->count;
}

uint64_t
sk_frequent_max_error(const struct sk_frequent *table)
{
	return table->threshold;
}

size_t
sk_frequent_memory(const struct sk_frequent *table)
{
	return fixed_cost(table->index_lg) + table->arena_size;
}

struct sk_frequent_item
sk_frequent_at(const struct sk_frequent *table, uint32_t ref)
{
	const struct cell *cell = cell_at(table, ref);

	return (struct sk_frequent_item){ cell_item(cell), cell_bound(cell), cell->missed };
}

struct sk_frequent_item
sk_frequent_get(const struct sk_frequent *table, struct sk_span item)
{
	uint64_t slot = *find_slot(table, item, tag_of(table, item));

	if (slot != 0)
		return sk_frequent_at(table, (uint32_t)slot);
	return (struct sk_frequent_item){ item, table->threshold, table->threshold };
}

/* Whether the item at ${a} is listed before the one at ${b}. */
static bool
listed_before(const struct sk_frequent *table, uint32_t a, uint32_t b)
{
	const struct cell *left = cell_at(table, a), *right = cell_at(table, b);
	uint32_t shorter = left->size < right->size ? left->size : right->size;
	int order;

	if (cell_bound(left) != cell_bound(right))
		return cell_bound(left) > cell_bound(right);
	order = memcmp(left->item, right->item, shorter);
	return order != 0 ? order < 0 : left->size < right->size;
}

static bool
surer_than(const struct sk_frequent *table, uint32_t a, uint32_t b)
{
	return cell_at(table, a)->weight > cell_at(table, b)->weight;
}

/* An order of cells: whether the first comes before the second. */
typedef bool order_fn(const struct sk_frequent *, uint32_t, uint32_t);

/* Restore the heap below ${at}: no entry comes before what is under it, so that the last is at the root. */
static void
sift_down(const struct sk_frequent *table, order_fn *before, uint32_t *refs, size_t n, size_t at)
{
	uint32_t ref = refs[at];

	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && before(table, refs[child], refs[child + 1]))
			child++;
		if (!before(table, ref, refs[child]))
			break;
		refs[at] = refs[child];
	}
	refs[at] = ref;
}

static void
make_heap(const struct sk_frequent *table, order_fn *before, uint32_t *refs, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(table, before, refs, n, i);
}

/* Turn a heap into a list, first item first. */
static void
sort_heap(const struct sk_frequent *table, order_fn *before, uint32_t *refs, size_t n)
{
	while (n > 1) {
		uint32_t last = refs[0];

		refs[0] = refs[--n];
		refs[n] = last;
		sift_down(table, before, refs, n, 0);
	}
}

/* The first ${k} cells in the order ${before}, as a heap with the last of them at the root; returns how many. */
static size_t
first_cells(const struct sk_frequent *table, order_fn *before, size_t k, uint32_t *refs)
{
	size_t offset = ARENA_START, held = 0;

	if (k == 0)
		return 0;
	for (size_t i = 0; i < table->count; i++) {
		uint32_t ref = (uint32_t)(offset / CELL_ALIGN);

		offset += cell_size(cell_at(table, ref)->size);
		if (held < k) {
			refs[held++] = ref;
			if (held == k)
				make_heap(table, before, refs, held);
		} else if (before(table, ref, refs[0])) {
			refs[0] = ref;
			sift_down(table, before, refs, held, 0);
		}
	}
	if (held < k)
		make_heap(table, before, refs, held);
	return held;
}

/* All cells of at least ${weight}, by their least weight if ${certain}, else by their most; sorted. */
static size_t
cells_above(const struct sk_frequent *table, uint64_t weight, bool certain, uint32_t *refs)
{
	size_t offset = ARENA_START, held = 0;

	for (size_t i = 0; i < table->count; i++) {
		uint32_t ref = (uint32_t)(offset / CELL_ALIGN);
		const struct cell *cell = cell_at(table, ref);

		if ((certain ? cell->weight : cell_bound(cell)) >= weight)
			refs[held++] = ref;
		offset += cell_size(cell->size);
	}
	make_heap(table, listed_before, refs, held);
	sort_heap(table, listed_before, refs, held);
	return held;
}

/*
 * An item is certainly among the top k if it is listed there and weighs at least as much as the k+1st upper bound,
 * where every item that is not held has the threshold for its bound.
 */
static size_t
keep_certain(const struct sk_frequent *table, uint32_t *refs, size_t k, size_t listed)
{
	uint64_t rival = table->threshold;
	size_t kept = 0;

	if (listed > k && cell_bound(cell_at(table, refs[k])) > rival)
		rival = cell_bound(cell_at(table, refs[k]));
	for (size_t i = 0; i < listed && i < k; i++)
		if (cell_at(table, refs[i])->weight >= rival)
			refs[kept++] = refs[i];
	return kept;
}

/* The k-th largest of the least weights. */
uint64_t
sk_frequent_sure_weight(const struct sk_frequent *table, size_t k, uint32_t *refs)
{
	if (k == 0 || k > table->count)
		return 0;
	first_cells(table, surer_than, k, refs);
	return cell_at(table, refs[0])->weight;
}

size_t
sk_frequent_top(const struct sk_frequent *table, size_t k, enum sk_frequent_doubt doubt,
    uint32_t *refs)
{
	size_t listed;

	if (doubt == SK_FREQUENT_POSSIBLE && table->dropped && k > 0)
		return cells_above(table, sk_frequent_sure_weight(table, k, refs), false, refs);
	if (doubt == SK_FREQUENT_CERTAIN && table->dropped && k < table->count) {
		listed = first_cells(table, listed_before, k + 1, refs);
		sort_heap(table, listed_before, refs, listed);
		return keep_certain(table, refs, k, listed);
	}
	listed = first_cells(table, listed_before, k, refs);
	sort_heap(table, listed_before, refs, listed);
	if (doubt == SK_FREQUENT_CERTAIN && table->dropped)
		return keep_certain(table, refs, k, listed);
	return listed;
}

size_t
sk_frequent_above(const struct sk_frequent *table, uint64_t weight, enum sk_frequent_doubt doubt,
    uint32_t *refs)
{
	return cells_above(table, weight, doubt == SK_FREQUENT_CERTAIN, refs);
}
