/*
 * hll_table.h -- the insides of an HLL sketch: its state, and the small hash table that holds the coupons of a set
 * and the exceptions of HLL_4. Private to the hll*.c.
 *
 * Where an entry lies in the table depends on all that was inserted before it, and the image lists entries in table
 * order: so first cell, stride and growth are part of the format. An entry is a key of 26 bits under a value of 6.
 */
#ifndef STREAMKIT_SKETCH_HLL_TABLE_H
#define STREAMKIT_SKETCH_HLL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hll.h"

#define HLL_KEY_BITS 26
#define HLL_KEY_MASK ((UINT32_C(1) << HLL_KEY_BITS) - 1)
#define HLL_VALUE_MAX 63
#define HLL_LIST_SIZE 8
#define HLL_LG_SET_MIN 5
#define HLL_SET_MIN_LG_K 8 /* a list of fewer registers becomes registers at once */
#define HLL_EXCEPTION 15   /* a nibble that means: look among the exceptions */

/* Numbered as in an image. */
enum hll_mode { HLL_LIST, HLL_SET, HLL_ARRAY };

struct hll_table {
	uint32_t *cells;  /* 0 is an empty one; NULL when there is no table */
	uint32_t count;   /* at most 3/4 of the cells */
	unsigned lg_size; /* 2^lg_size cells */
};

struct sk_hll {
	enum sk_hll_type type;
	enum hll_mode mode;
	unsigned lg_k;
	unsigned first_lg_k; /* what a reset goes back to */
	bool out_of_order;   /* registers only: `hip` is not kept */
	uint32_t list_count;
	uint32_t list[HLL_LIST_SIZE];
	struct hll_table table;   /* a set's coupons; with registers of HLL_4, the exceptions */
	unsigned char *registers; /* 2^lg_k values of 0 to 63; a reset keeps them */
	double hip;               /* the estimate, or 0 out of order */
	double kxq_low;           /* the sum of 2^-value over the registers with values up to 31 */
	double kxq_high;          /* and over the others; both sums are exact */
	unsigned cur_min;         /* HLL_4: the least value; else 0 */
	uint32_t at_cur_min;      /* registers that hold it */
};

static inline size_t
hll_table_bytes(unsigned lg_size)
{
	return sizeof(uint32_t) << lg_size;
}

static inline size_t
hll_registers(const struct sk_hll *sketch)
{
	return (size_t)1 << sketch->lg_k;
}

/*
 * The cell that holds an entry equal to ${entry} in the bits ${same}, or the empty one where it belongs: all bits for
 * coupons, the key's for exceptions.
 */
static inline uint32_t
hll_table_find(const struct hll_table *table, uint32_t entry, uint32_t same)
{
	const uint32_t mask = (UINT32_C(1) << table->lg_size) - 1;
	const uint32_t stride = (entry & HLL_KEY_MASK) >> table->lg_size | 1;
	uint32_t at = entry & mask;

	while (table->cells[at] != 0 && ((table->cells[at] ^ entry) & same) != 0)
		at = (at + stride) & mask;
	return at;
}

/* True when one entry more makes it grow. */
static inline bool
hll_table_is_full(const struct hll_table *table)
{
	return 4 * ((uint64_t)table->count + 1) > (uint64_t)3 << table->lg_size;
}

/* Empty the table: 2^${lg_size} of the cells it has. */
static inline void
hll_table_clear(struct hll_table *table, unsigned lg_size)
{
	table->count = 0;
	table->lg_size = lg_size;
	memset(table->cells, 0, hll_table_bytes(lg_size));
}

/*
 * Insert an entry that is not there. When the table grows, it does so into *${spare}, which has twice its cells, and
 * leaves its old ones there.
 */
static inline void
hll_table_put(struct hll_table *table, uint32_t entry, uint32_t same, uint32_t **spare)
{
	const bool grows = hll_table_is_full(table);

	table->cells[hll_table_find(table, entry, same)] = entry;
	table->count++;
	if (grows) {
		const struct hll_table old = *table;

		table->cells = *spare;
		hll_table_clear(table, old.lg_size + 1);
		table->count = old.count;
		for (size_t i = 0; i < (size_t)1 << old.lg_size; i++)
			if (old.cells[i] != 0)
				table->cells[hll_table_find(table, old.cells[i], same)] =
				    old.cells[i];
		*spare = old.cells;
	}
}

/* The same, asking for memory where that is needed. */
static inline bool
hll_table_add(struct hll_table *table, uint32_t entry, uint32_t same)
{
	uint32_t *spare = NULL;

	if (hll_table_is_full(table) &&
	    (spare = malloc(hll_table_bytes(table->lg_size + 1))) == NULL)
		return false;
	hll_table_put(table, entry, same, &spare);
	free(spare);
	return true;
}

/* Make an empty table of 2^${lg_size} cells where there was none. */
static inline bool
hll_table_init(struct hll_table *table, unsigned lg_size)
{
	if ((table->cells = malloc(hll_table_bytes(lg_size))) == NULL)
		return false;
	hll_table_clear(table, lg_size);
	return true;
}

static inline void
hll_table_drop(struct hll_table *table)
{
	free(table->cells);
	*table = (struct hll_table){ 0 };
}

/* The size a table of exceptions starts with, part of the format: 2^ this many cells. */
static inline unsigned
hll_lg_exceptions(unsigned lg_k)
{
	static const unsigned char up_to_14[] = { 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6 };

	return lg_k <= 14 ? up_to_14[lg_k - SK_HLL_LG_K_MIN] : lg_k - 8;
}

/* hll_array.c, for the others */

/* Turn a list or set into registers, adding its coupons in order. */
bool sk_hll_promote(struct sk_hll *sketch);

/* Add a coupon whose value is above its register's. */
bool sk_hll_raise_register(struct sk_hll *sketch, uint32_t slot, unsigned value);

/* Make the sums and counts of `registers` anew, and cur_min as HLL_6 and 8 have it, 0, or as HLL_4 has it. */
void sk_hll_settle(struct sk_hll *sketch);

/* Make the exceptions of HLL_4 anew, in the order of the registers, where there is no table. */
bool sk_hll_list_exceptions(struct sk_hll *sketch);

/* Take the values of 2^${lg_from} registers into those of ${sketch}, which are no more: the larger of each. */
void sk_hll_fold(struct sk_hll *sketch, const unsigned char *from, unsigned lg_from);

#endif
