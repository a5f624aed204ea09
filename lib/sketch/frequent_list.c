/* frequent_list.c -- which items are heaviest: choosing and sorting references to them. */
#include "frequent_table.h"

/* A reference is a cell's place in its low half; the high half is room to sort by. */

#define KEY_BYTES 3    /* of an item, in a sort key */
#define INSERTION_MAX 12 /* entries that are sorted by insertion */

static const struct cell *
cell_of(const struct sk_frequent *table, uint64_t ref)
{
	return cell_at(table, (uint32_t)ref);
}

/* Whether the item at ${a} is listed before the one at ${b}. */
static bool
listed_before(const struct sk_frequent *table, uint64_t a, uint64_t b)
{
	const struct cell *left = cell_of(table, a), *right = cell_of(table, b);
	uint32_t shorter = left->size < right->size ? left->size : right->size;
	int order;

	if (cell_bound(table, left) != cell_bound(table, right))
		return cell_bound(table, left) > cell_bound(table, right);
	order = memcmp(left->item, right->item, shorter);
	return order != 0 ? order < 0 : left->size < right->size;
}

static bool
surer_than(const struct sk_frequent *table, uint64_t a, uint64_t b)
{
	return cell_of(table, a)->weight > cell_of(table, b)->weight;
}

/* An order of cells: whether the first comes before the second. */
typedef bool order_fn(const struct sk_frequent *, uint64_t, uint64_t);

/* Restore the heap below ${at}: no entry comes before what is under it, so that the last is at the root. */
static void
sift_down(const struct sk_frequent *table, order_fn *before, uint64_t *refs, size_t n, size_t at)
{
	uint64_t ref = refs[at];

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
make_heap(const struct sk_frequent *table, order_fn *before, uint64_t *refs, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(table, before, refs, n, i);
}

/* The first ${k} cells in the order ${before}, of more, as a heap with the last of them at the root. */
static void
first_cells(const struct sk_frequent *table, order_fn *before, size_t k, uint64_t *refs)
{
	size_t offset = ARENA_START, held = 0;

	for (size_t i = 0; k > 0 && i < table->count; i++) {
		uint64_t ref = offset / CELL_ALIGN;

		offset += cell_size(table, cell_of(table, ref)->size);
		if (held < k) {
			if (cell_gone(table, cell_of(table, ref)))
				continue;
			refs[held++] = ref;
			if (held == k)
				make_heap(table, before, refs, held);
		} else if (before(table, ref, refs[0]) && !cell_gone(table, cell_of(table, ref))) {
			refs[0] = ref;
			sift_down(table, before, refs, held, 0);
		}
	}
}

void
sk_frequent_first(const struct sk_frequent *table, size_t k, uint64_t *refs)
{
	first_cells(table, listed_before, k, refs);
}

/* The first ${k} of all, from those that are known to lead where there are such. */
static void
first_listed(const struct sk_frequent *table, size_t k, uint64_t *refs)
{
	size_t n;
	const uint32_t *leaders = sk_frequent_leaders(table, k, &n);

	if (leaders == NULL || k == 0) {
		first_cells(table, listed_before, k, refs);
		return;
	}
	for (size_t i = 0; i < k; i++)
		refs[i] = leaders[i];
	make_heap(table, listed_before, refs, k);
	for (size_t i = k; i < n; i++)
		if (listed_before(table, leaders[i], refs[0])) {
			refs[0] = leaders[i];
			sift_down(table, listed_before, refs, k, 0);
		}
}

static void
insertion_sort(const struct sk_frequent *table, uint64_t *refs, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t ref = refs[i];
		size_t at = i;

		for (; at > 0 && listed_before(table, ref, refs[at - 1]); at--)
			refs[at] = refs[at - 1];
		refs[at] = ref;
	}
}

/*
 * The sort key of a cell at ${depth}: the bound's halves first, the greater before the smaller, then the item's bytes
 * KEY_BYTES at a time, with how many are left behind them so that the shorter of two like items comes first.
 */
static uint64_t
sort_key(const struct sk_frequent *table, const struct cell *cell, size_t depth)
{
	size_t from, left;
	uint64_t key = 0;

	if (depth == 0)
		return ~cell_bound(table, cell) >> 32;
	if (depth == 1)
		return (uint32_t)~cell_bound(table, cell);
	from = (depth - 2) * KEY_BYTES;
	left = cell->size > from ? cell->size - from : 0;
	for (size_t i = 0; i < KEY_BYTES; i++)
		key = key << 8 | (i < left ? cell->item[from + i] : 0);
	return key << 8 | (left > KEY_BYTES ? KEY_BYTES + 1 : left);
}

/* Put the keys of ${depth} into the references' high halves. The cells lie scattered: ask for them ahead. */
static void
load_keys(const struct sk_frequent *table, uint64_t *refs, size_t n, size_t depth)
{
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			PREFETCH(cell_of(table, refs[i + AHEAD]));
		refs[i] = sort_key(table, cell_of(table, refs[i]), depth) << 32 | (uint32_t)refs[i];
	}
}

static uint64_t
median_key(const uint64_t *refs, size_t n)
{
	uint64_t a = refs[n / 4] >> 32, b = refs[n / 2] >> 32, c = refs[n / 4 * 3] >> 32;

	if (a > b)
		return b > c ? b : a < c ? a : c;
	return a > c ? a : b < c ? b : c;
}

/* Bring the keys below, equal to and above ${pivot} together; returns where the last two begin. */
static void
partition(uint64_t *refs, size_t n, uint64_t pivot, size_t *equal, size_t *above)
{
	size_t low = 0, high = n;

	for (size_t at = 0; at < high;) {
		uint64_t ref = refs[at], key = ref >> 32;

		if (key < pivot) {
			refs[at++] = refs[low];
			refs[low++] = ref;
		} else if (key > pivot) {
			refs[at] = refs[--high];
			refs[high] = ref;
		} else {
			at++;
		}
	}
	*equal = low;
	*above = high;
}

/*
 * Multikey quicksort (Bentley and Sedgewick 1997) with the current characters cached beside the references: items
 * that differ early are told apart without a look at the cells. The keys of ${depth} are loaded. Two of the three
 * parts are sorted by recursion, the largest by going on, so that the stack stays logarithmic.
 */
static void
sort_refs(const struct sk_frequent *table, uint64_t *refs, size_t n, size_t depth)
{
	while (n > INSERTION_MAX) {
		struct { uint64_t *refs; size_t n, depth; } part[3];
		size_t equal, above, largest = 0;

		partition(refs, n, median_key(refs, n), &equal, &above);
		part[0].refs = refs, part[0].n = equal, part[0].depth = depth;
		part[1].refs = refs + equal, part[1].n = above - equal, part[1].depth = depth + 1;
		part[2].refs = refs + above, part[2].n = n - above, part[2].depth = depth;
		if (part[1].n > 1)
			load_keys(table, part[1].refs, part[1].n, depth + 1);
		for (size_t i = 1; i < 3; i++)
			if (part[i].n > part[largest].n)
				largest = i;
		for (size_t i = 0; i < 3; i++)
			if (i != largest)
				sort_refs(table, part[i].refs, part[i].n, part[i].depth);
		refs = part[largest].refs;
		n = part[largest].n;
		depth = part[largest].depth;
	}
	insertion_sort(table, refs, n);
}

static void
sort_listed(const struct sk_frequent *table, uint64_t *refs, size_t n)
{
	load_keys(table, refs, n, 0);
	sort_refs(table, refs, n, 0);
}

/* All cells of at least ${weight}, by their least weight if ${certain}, else by their most; sorted. */
static size_t
cells_above(const struct sk_frequent *table, uint64_t weight, bool certain, uint64_t *refs)
{
	size_t offset = ARENA_START, held = 0;

	for (size_t i = 0; i < table->count; i++) {
		uint64_t ref = offset / CELL_ALIGN;
		const struct cell *cell = cell_of(table, ref);

		if ((certain ? cell->weight : cell_bound(table, cell)) >= weight &&
		    !cell_gone(table, cell))
			refs[held++] = ref;
		offset += cell_size(table, cell->size);
	}
	sort_listed(table, refs, held);
	return held;
}

/*
 * An item is certainly among the top k if it is listed there and weighs at least as much as the k+1st upper bound,
 * where every item that is not held has the threshold for its bound.
 */
static size_t
keep_certain(const struct sk_frequent *table, uint64_t *refs, size_t k, size_t listed)
{
	uint64_t rival = table->threshold;
	size_t kept = 0;

	if (listed > k && cell_bound(table, cell_of(table, refs[k])) > rival)
		rival = cell_bound(table, cell_of(table, refs[k]));
	for (size_t i = 0; i < listed && i < k; i++)
		if (cell_of(table, refs[i])->weight >= rival)
			refs[kept++] = refs[i];
	return kept;
}

static uint64_t
least_weight(const struct sk_frequent *table)
{
	size_t offset = ARENA_START;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = cell_of(table, offset / CELL_ALIGN);

		if (!cell_gone(table, cell))
			least = cell->weight < least ? cell->weight : least;
		offset += cell_size(table, cell->size);
	}
	return least;
}

/* The k-th largest of the least weights. */
uint64_t
sk_frequent_sure_weight(const struct sk_frequent *table, size_t k, uint64_t *refs)
{
	if (k == 0 || k > sk_frequent_size(table))
		return 0;
	if (k == sk_frequent_size(table))
		return least_weight(table);
	first_cells(table, surer_than, k, refs);
	return cell_of(table, refs[0])->weight;
}

size_t
sk_frequent_top(const struct sk_frequent *table, size_t k, enum sk_frequent_doubt doubt,
    uint64_t *refs)
{
	bool certain = doubt == SK_FREQUENT_CERTAIN && table->dropped;
	size_t listed = k;

	if (doubt == SK_FREQUENT_POSSIBLE && table->dropped && k > 0)
		return cells_above(table, sk_frequent_sure_weight(table, k, refs), false, refs);
	if (k >= sk_frequent_size(table)) {
		listed = cells_above(table, 0, false, refs);
	} else {
		/* Who is certain shows in the light of the next one. */
		listed = certain ? k + 1 : k;
		first_listed(table, listed, refs);
		sort_listed(table, refs, listed);
	}
	return certain ? keep_certain(table, refs, k, listed) : listed;
}

size_t
sk_frequent_above(const struct sk_frequent *table, uint64_t weight, enum sk_frequent_doubt doubt,
    uint64_t *refs)
{
	return cells_above(table, weight, doubt == SK_FREQUENT_CERTAIN, refs);
}

struct sk_frequent_item
sk_frequent_at(const struct sk_frequent *table, uint64_t ref)
{
	const struct cell *cell = cell_of(table, ref);

	return (struct sk_frequent_item){ cell_item(cell), cell_bound(table, cell),
		cell_missed(table, cell) };
}

void
sk_frequent_resolve(const struct sk_frequent *table, const uint64_t *refs, size_t n,
    struct sk_frequent_item *items)
{
	for (size_t i = 0; i < n; i++)
		PREFETCH(cell_of(table, refs[i]));
	for (size_t i = 0; i < n; i++)
		items[i] = sk_frequent_at(table, refs[i]);
}
