/* hll_canonical.c -- an HLL sketch as the set of its items alone determines it. */
#include "hll_table.h"

#include <errno.h>

static int
compare_entries(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* Where coupons lie in a table depends on the order in which they came: let it be the rising one. */
static bool
arrange_set(struct sk_hll *sketch)
{
	const struct hll_table *old = &sketch->table;
	uint32_t *entries = malloc(sizeof(*entries) * old->count);
	struct hll_table table = { 0 };
	size_t n = 0;
	bool room = entries != NULL && hll_table_init(&table, HLL_LG_SET_MIN);

	for (size_t i = 0; room && i < (size_t)1 << old->lg_size; i++)
		if (old->cells[i] != 0)
			entries[n++] = old->cells[i];
	if (n > 1)
		qsort(entries, n, sizeof(*entries), compare_entries);
	for (size_t i = 0; room && i < n; i++)
		room = hll_table_add(&table, entries[i], ~UINT32_C(0));
	free(entries);
	if (!room) {
		hll_table_drop(&table);
		return false;
	}
	hll_table_drop(&sketch->table);
	sketch->table = table;
	return true;
}

/* The exceptions of HLL_4 likewise; its least value, and the sums, are made of the registers anew. */
static bool
arrange_registers(struct sk_hll *sketch)
{
	struct hll_table old = sketch->table;

	if (sketch->type == SK_HLL_4) {
		sk_hll_settle(sketch);
		sketch->table = (struct hll_table){ 0 };
		if (!sk_hll_list_exceptions(sketch)) {
			sketch->table = old;
			return false;
		}
		hll_table_drop(&old);
	}
	sk_hll_forget_order(sketch);
	return true;
}

int
sk_hll_make_canonical(struct sk_hll *sketch)
{
	bool made = true;

	switch (sketch->mode) {
	case HLL_LIST:
		if (sketch->list_count > 1)
			qsort(sketch->list, sketch->list_count, sizeof(*sketch->list), compare_entries);
		break;
	case HLL_SET:
		made = arrange_set(sketch);
		break;
	case HLL_ARRAY:
		made = arrange_registers(sketch);
		break;
	}
	if (made)
		return 0;
	errno = ENOMEM;
	return -1;
}
