/*
 * frequent_table.h -- the table under frequent.h, for the files that make it up.
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
#ifndef STREAMKIT_SKETCH_FREQUENT_TABLE_H
#define STREAMKIT_SKETCH_FREQUENT_TABLE_H

#include <string.h>

#include "frequent.h"
#include "tablehash.h"

#define CELL_ALIGN ((size_t)8)
#define ARENA_START CELL_ALIGN /* so that no cell is at reference 0 */
#define INDEX_FIRST_LG 3
#define CHUNK 256              /* items hashed before the first is looked up */
#define AHEAD 12               /* cells prefetched before their turn */

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
	/*
	 * Threshold when it entered: the most that it can have weighed before. Of a window: what that leaves of the parts'
	 * thresholds together, so that those of parts without the item need not be told apart.
	 */
	uint64_t missed;
	unsigned char item[]; /* and in a window, at the end of the cell: how many parts hold it */
};

struct sk_frequent {
	struct sk_tablehash hash;
	uint64_t seed;
	uint64_t *index; /* tag << 32 | reference, 0 where empty */
	unsigned index_lg;
	unsigned char *arena;
	size_t arena_size; /* bytes there are */
	size_t arena_used;
	size_t count;  /* cells: items held, and of a window those that have left it */
	size_t gone;   /* of these the latter, whose cells wait to be swept or used again */
	uint64_t window;      /* all ones if it is one, else 0 */
	size_t trailer;       /* of each cell, bytes: the count of parts in a window */
	size_t dropped_parts; /* of a window: those that are not exact */
	struct sk_leaders *leaders; /* of a large window, else NULL */
	size_t memory; /* the limit */
	size_t items_max; /* another */
	uint64_t total;
	uint64_t threshold; /* the most that an item which is not held can weigh */
	bool dropped;       /* whether any item ever was */
	size_t peak_used;   /* before the purges since it was shrunk: the arena has grown to so much */
	size_t peak_count;
};

static inline struct cell *
cell_at(const struct sk_frequent *table, uint32_t ref)
{
	return (struct cell *)(void *)(table->arena + (size_t)ref * CELL_ALIGN);
}

/* Of a table that is no window. */
static inline size_t
plain_cell_size(size_t item_size)
{
	return (sizeof(struct cell) + item_size + CELL_ALIGN - 1) & ~(CELL_ALIGN - 1);
}

static inline size_t
cell_size(const struct sk_frequent *table, size_t item_size)
{
	return plain_cell_size(item_size + table->trailer);
}

/* In a window, how many parts hold a cell's item. */
static inline uint64_t *
cell_parts(const struct sk_frequent *window, struct cell *cell)
{
	return (uint64_t *)(void *)((unsigned char *)cell + cell_size(window, cell->size)) - 1;
}

/* What an item can have weighed unseen: of a window, the threshold less what is in the cell. */
static inline uint64_t
cell_missed(const struct sk_frequent *table, const struct cell *cell)
{
	return (table->threshold & table->window) + (cell->missed ^ table->window) - table->window;
}

static inline uint64_t
cell_bound(const struct sk_frequent *table, const struct cell *cell)
{
	return cell->weight + cell_missed(table, cell);
}

/* Whether no part of a window has the cell's item any more. */
static inline bool
cell_gone(const struct sk_frequent *table, const struct cell *cell)
{
	return table->window != 0 &&
	    *((const uint64_t *)(const void *)((const unsigned char *)cell +
		  cell_size(table, cell->size)) - 1) == 0;
}

static inline size_t
index_slots(const struct sk_frequent *table)
{
	return (size_t)1 << table->index_lg;
}

static inline size_t
index_home(const struct sk_frequent *table, uint32_t tag)
{
	return tag >> (32 - table->index_lg);
}

static inline uint32_t
tag_of(const struct sk_frequent *table, struct sk_span item)
{
	return (uint32_t)(sk_tablehash_of(&table->hash, item) >> 32);
}

static inline struct sk_span
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

/* The slot that holds ${item}, or the empty one where it belongs. */
static inline uint64_t *
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

/* Bytes that a table takes with an index of 2^${index_lg} slots, its arena not counted. */
size_t sk_frequent_fixed_cost(unsigned index_lg);

/* Make room for ${items} more items whose cells take ${bytes}: 1, 0 if the limit forbids it, or -1 (ENOMEM). */
int sk_frequent_reserve(struct sk_frequent *table, size_t items, size_t bytes);

/*
 * Enter ${item}, for which there is room, into the empty ${slot}. May draw another secret for the hash: tags computed
 * before are then stale, and table->seed has changed.
 */
void sk_frequent_insert(struct sk_frequent *table, uint64_t *slot, struct sk_span item, uint32_t tag,
    uint64_t weight, uint64_t missed);

/*
 * Enter ${item}, which the table does not hold and which would go to ${slot}, purging for it where the limit asks for
 * that. ${missed} is what it can have weighed before, under the threshold as it stands. May draw another secret, as
 * sk_frequent_insert() does.
 */
void sk_frequent_insert_purging(struct sk_frequent *table, uint64_t *slot, struct sk_span item,
    uint32_t tag, uint64_t weight, uint64_t missed);

/*
 * Drop the lighter half of the items, at least. The threshold rises to what the heaviest of them may have weighed, which
 * is at most 2/n of the total for n items that were held.
 */
void sk_frequent_purge(struct sk_frequent *table);

/* The first ${k} of more cells, in the order in which they are listed, as references; the last of them is the first here. */
void sk_frequent_first(const struct sk_frequent *table, size_t k, uint64_t *refs);

/*
 * Leaders of a window: ${n} items, at least ${k}, before which no other is listed; NULL where they are not known, and all
 * must be looked through. Remember them from now on, if the window is large enough; forget them, when cells move; free
 * them.
 */
struct sk_leaders;
const uint32_t *sk_frequent_leaders(const struct sk_frequent *window, size_t k, size_t *n);
void sk_frequent_remember_leaders(struct sk_frequent *window);
void sk_frequent_forget_leaders(struct sk_frequent *window);
void sk_frequent_free_leaders(struct sk_frequent *window);

/* Whether an item of the window would be among the leaders, so far as there are any; it becomes one, or was one. */
bool sk_frequent_leads(const struct sk_frequent *window, const struct cell *cell);
void sk_frequent_join_leaders(struct sk_frequent *window, const struct cell *cell);
void sk_frequent_quit_leaders(struct sk_frequent *window, const struct cell *cell);

/* Of a window: drop the cells of items that have left. */
void sk_frequent_sweep(struct sk_frequent *window);

/*
 * Purge until the table fits its limit, and give back what it does not need. Of items that nothing but their order tells
 * apart the first stay, as far as they fit in half of it: a table that nothing is added to any more has an answer then.
 */
void sk_frequent_shrink(struct sk_frequent *table);

#endif
