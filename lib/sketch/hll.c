/* hll.c -- an HLL sketch's life, what is added to it, and merging. */
#include "hll_table.h"

#include <errno.h>

#include "murmur3_batch.h"

#define CHUNK ((size_t)256) /* items that are hashed before they are looked at */

/* Life cycle */

static bool
is_type(enum sk_hll_type type)
{
	return type == SK_HLL_4 || type == SK_HLL_6 || type == SK_HLL_8;
}

struct sk_hll *
sk_hll_new(unsigned lg_k, enum sk_hll_type type)
{
	struct sk_hll *sketch;

	if (lg_k < SK_HLL_LG_K_MIN || lg_k > SK_HLL_LG_K_MAX || !is_type(type)) {
		errno = EINVAL;
		return NULL;
	}
	if ((sketch = calloc(1, sizeof(*sketch))) == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	sketch->type = type;
	sketch->lg_k = sketch->first_lg_k = lg_k;
	return sketch;
}

/* Give up what ${sketch} holds, but not itself. */
static void
release(struct sk_hll *sketch)
{
	hll_table_drop(&sketch->table);
	free(sketch->registers);
	sketch->registers = NULL;
}

void
sk_hll_free(struct sk_hll *sketch)
{
	if (sketch == NULL)
		return;
	release(sketch);
	free(sketch);
}

void
sk_hll_reset(struct sk_hll *sketch)
{
	struct sk_hll empty = {
		.type = sketch->type, .lg_k = sketch->first_lg_k, .first_lg_k = sketch->first_lg_k
	};

	if (sketch->lg_k == empty.lg_k) {
		empty.registers = sketch->registers;
		sketch->registers = NULL;
	}
	release(sketch);
	*sketch = empty;
}

/* Make ${copy} hold what ${sketch} does. */
static bool
copy_state(struct sk_hll *copy, const struct sk_hll *sketch)
{
	*copy = *sketch;
	copy->registers = NULL;
	copy->table.cells = NULL;
	if (sketch->mode == HLL_ARRAY) {
		if ((copy->registers = malloc(hll_registers(sketch))) == NULL)
			return false;
		memcpy(copy->registers, sketch->registers, hll_registers(sketch));
	}
	if (sketch->table.cells == NULL)
		return true;
	if ((copy->table.cells = malloc(hll_table_bytes(sketch->table.lg_size))) == NULL) {
		release(copy);
		return false;
	}
	memcpy(copy->table.cells, sketch->table.cells, hll_table_bytes(sketch->table.lg_size));
	return true;
}

struct sk_hll *
sk_hll_copy(const struct sk_hll *sketch)
{
	struct sk_hll *copy = malloc(sizeof(*copy));

	if (copy == NULL || !copy_state(copy, sketch)) {
		free(copy);
		errno = ENOMEM;
		return NULL;
	}
	return copy;
}

/* Update */

static bool
add_to_list(struct sk_hll *sketch, uint32_t coupon)
{
	struct hll_table table;

	for (uint32_t i = 0; i < sketch->list_count; i++)
		if (sketch->list[i] == coupon)
			return true;
	sketch->list[sketch->list_count++] = coupon;
	if (sketch->list_count < HLL_LIST_SIZE)
		return true;
	if (sketch->lg_k < HLL_SET_MIN_LG_K) {
		if (sk_hll_promote(sketch))
			return true;
	} else if (hll_table_init(&table, HLL_LG_SET_MIN)) {
		for (uint32_t i = 0; i < HLL_LIST_SIZE; i++)
			table.cells[hll_table_find(&table, sketch->list[i], ~UINT32_C(0))] =
			    sketch->list[i];
		table.count = sketch->list_count;
		sketch->table = table;
		sketch->mode = HLL_SET;
		sketch->list_count = 0;
		return true;
	}
	sketch->list_count--;
	return false;
}

static bool
add_to_set(struct sk_hll *sketch, uint32_t coupon)
{
	struct hll_table *table = &sketch->table;
	const uint32_t at = hll_table_find(table, coupon, ~UINT32_C(0));

	if (table->cells[at] != 0)
		return true;
	if (!hll_table_is_full(table) || table->lg_size < sketch->lg_k - 3)
		return hll_table_add(table, coupon, ~UINT32_C(0));
	table->cells[at] = coupon;
	table->count++;
	if (sk_hll_promote(sketch))
		return true;
	table->cells[at] = 0;
	table->count--;
	return false;
}

static bool
add_to_registers(struct sk_hll *sketch, const uint32_t *coupons, size_t n)
{
	const uint32_t mask = (uint32_t)hll_registers(sketch) - 1;
	const unsigned char *registers = sketch->registers;

	for (size_t i = 0; i < n; i++) {
		const uint32_t slot = coupons[i] & mask;
		const unsigned value = coupons[i] >> HLL_KEY_BITS;

		if (value > registers[slot] && !sk_hll_raise_register(sketch, slot, value))
			return false;
	}
	return true;
}

static bool
add_coupons(struct sk_hll *sketch, const uint32_t *coupons, size_t n)
{
	for (; n > 0 && sketch->mode != HLL_ARRAY; coupons++, n--)
		if (!(sketch->mode == HLL_LIST ? add_to_list(sketch, *coupons)
					       : add_to_set(sketch, *coupons)))
			return false;
	return n == 0 || add_to_registers(sketch, coupons, n);
}

int
sk_hll_add_coupons(struct sk_hll *sketch, const uint32_t *coupons, size_t n)
{
	if (add_coupons(sketch, coupons, n))
		return 0;
	errno = ENOMEM;
	return -1;
}

int
sk_hll_add(struct sk_hll *sketch, struct sk_span item)
{
	const uint32_t coupon = sk_hll_coupon(sk_murmur3_bytes(item, SK_MURMUR3_SEED));

	return sk_hll_add_coupons(sketch, &coupon, 1);
}

int
sk_hll_add_u64(struct sk_hll *sketch, uint64_t value)
{
	const uint32_t coupon = sk_hll_coupon(sk_murmur3_u64(value, SK_MURMUR3_SEED));

	return sk_hll_add_coupons(sketch, &coupon, 1);
}

/* An item's value is above that of ${held} only if as many bits of h2 are 0: 63 - held, for shifts, is ~held. */
static inline bool
may_raise(uint64_t h2, unsigned held)
{
	return h2 >> 1 >> (~held & 63) == 0;
}

/* Most items raise no register. The first from ${i} on that may, or ${n}, or the last, which is looked at anyway. */
static size_t
next_to_raise(const struct sk_hll *sketch, const uint64_t *h1, const uint64_t *h2, size_t i, size_t n)
{
	const unsigned char *registers = sketch->registers;
	const uint64_t mask = hll_registers(sketch) - 1;

	for (; i + 2 <= n; i += 2) {
		if (may_raise(h2[i], registers[h1[i] & mask]))
			return i;
		if (may_raise(h2[i + 1], registers[h1[i + 1] & mask]))
			return i + 1;
	}
	return i;
}

static int
add_hashes(struct sk_hll *sketch, const uint64_t *h1, const uint64_t *h2, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t coupon;

		if (sketch->mode == HLL_ARRAY && (i = next_to_raise(sketch, h1, h2, i, n)) == n)
			break;
		coupon = sk_hll_coupon((struct sk_murmur3){ h1[i], h2[i] });
		if (sk_hll_add_coupons(sketch, &coupon, 1) == -1)
			return -1;
	}
	return 0;
}

int
sk_hll_add_batch(struct sk_hll *sketch, const struct sk_span *items, size_t n)
{
	uint64_t h1[CHUNK], h2[CHUNK];

	for (size_t size; n > 0; items += size, n -= size) {
		size = n < CHUNK ? n : CHUNK;
		sk_murmur3_bytes_batch(items, size, SK_MURMUR3_SEED, h1, h2);
		if (add_hashes(sketch, h1, h2, size) == -1)
			return -1;
	}
	return 0;
}

int
sk_hll_add_u64_batch(struct sk_hll *sketch, const uint64_t *values, size_t n)
{
	uint64_t h1[CHUNK], h2[CHUNK];

	for (size_t size; n > 0; values += size, n -= size) {
		size = n < CHUNK ? n : CHUNK;
		sk_murmur3_u64_batch(values, size, SK_MURMUR3_SEED, h1, h2);
		if (add_hashes(sketch, h1, h2, size) == -1)
			return -1;
	}
	return 0;
}

/* Combine */

void
sk_hll_forget_order(struct sk_hll *sketch)
{
	if (sketch->mode == HLL_ARRAY) {
		sketch->out_of_order = true;
		sketch->hip = 0;
	}
}

/* Add the coupons of ${source}, a list or set. A list is in the order in which they came. */
static bool
add_source(struct sk_hll *sketch, const struct sk_hll *source)
{
	if (source->mode == HLL_LIST)
		return add_coupons(sketch, source->list, source->list_count);
	for (size_t i = 0; i < (size_t)1 << source->table.lg_size; i++)
		if (source->table.cells[i] != 0 && !add_coupons(sketch, source->table.cells + i, 1))
			return false;
	sk_hll_forget_order(sketch);
	return true;
}

/*
 * Into ${next}: ${sketch} with the list or set ${source}. Where ${sketch} is empty, the cells of a set are taken as
 * they are.
 */
static bool
merge_coupons(struct sk_hll *next, const struct sk_hll *sketch, const struct sk_hll *source)
{
	if (sk_hll_is_empty(sketch) && sketch->mode == HLL_LIST && sketch->lg_k == source->lg_k) {
		if (!copy_state(next, source))
			return false;
		next->type = sketch->type;
		next->first_lg_k = sketch->first_lg_k;
		return true;
	}
	if (!copy_state(next, sketch))
		return false;
	if (add_source(next, source))
		return true;
	release(next);
	return false;
}

/* Into ${next}: ${sketch} with the registers of ${source}, of which it takes the smaller number. */
static bool
merge_registers(struct sk_hll *next, const struct sk_hll *sketch, const struct sk_hll *source)
{
	*next = *sketch;
	next->mode = HLL_ARRAY;
	next->lg_k = sketch->lg_k < source->lg_k ? sketch->lg_k : source->lg_k;
	next->list_count = 0;
	next->table = (struct hll_table){ 0 };
	if ((next->registers = calloc(hll_registers(next), 1)) == NULL)
		return false;
	sk_hll_fold(next, source->registers, source->lg_k);
	next->hip = source->hip;
	next->out_of_order = source->out_of_order;
	if (sketch->mode == HLL_ARRAY) {
		sk_hll_fold(next, sketch->registers, sketch->lg_k);
		sk_hll_forget_order(next);
	}
	sk_hll_settle(next);
	if ((next->type == SK_HLL_4 && !sk_hll_list_exceptions(next)) ||
	    (sketch->mode != HLL_ARRAY && !sk_hll_is_empty(sketch) && !add_source(next, sketch))) {
		release(next);
		return false;
	}
	return true;
}

int
sk_hll_merge(struct sk_hll *sketch, const struct sk_hll *source)
{
	struct sk_hll next;

	if (sketch == source) {
		errno = EINVAL;
		return -1;
	}
	if (sk_hll_is_empty(source))
		return 0;
	if (source->mode != HLL_ARRAY && sketch->mode == HLL_ARRAY && sketch->type != SK_HLL_4) {
		(void)add_source(sketch, source); /* asks for no memory */
		return 0;
	}
	if (!(source->mode == HLL_ARRAY ? merge_registers(&next, sketch, source)
					: merge_coupons(&next, sketch, source))) {
		errno = ENOMEM;
		return -1;
	}
	release(sketch);
	*sketch = next;
	return 0;
}

int
sk_hll_set_type(struct sk_hll *sketch, enum sk_hll_type type)
{
	struct sk_hll next = *sketch;

	if (!is_type(type)) {
		errno = EINVAL;
		return -1;
	}
	if (type == sketch->type)
		return 0;
	next.type = type;
	if (sketch->mode == HLL_ARRAY) {
		next.table = (struct hll_table){ 0 };
		sk_hll_settle(&next);
		if (type == SK_HLL_4 && !sk_hll_list_exceptions(&next)) {
			errno = ENOMEM;
			return -1;
		}
		hll_table_drop(&sketch->table);
	}
	*sketch = next;
	return 0;
}

/* What there is */

unsigned
sk_hll_lg_k(const struct sk_hll *sketch)
{
	return sketch->lg_k;
}

enum sk_hll_type
sk_hll_type(const struct sk_hll *sketch)
{
	return sketch->type;
}

bool
sk_hll_is_empty(const struct sk_hll *sketch)
{
	if (sketch->mode == HLL_ARRAY)
		return sketch->cur_min == 0 && sketch->at_cur_min == hll_registers(sketch);
	return sk_hll_coupons(sketch) == 0;
}

bool
sk_hll_exact(const struct sk_hll *sketch)
{
	return sketch->mode != HLL_ARRAY;
}

bool
sk_hll_out_of_order(const struct sk_hll *sketch)
{
	return sketch->out_of_order;
}

uint32_t
sk_hll_coupons(const struct sk_hll *sketch)
{
	return sketch->mode == HLL_LIST ? sketch->list_count
	    : sketch->mode == HLL_SET   ? sketch->table.count
					: 0;
}

size_t
sk_hll_memory(const struct sk_hll *sketch)
{
	return sizeof(*sketch) + (sketch->registers != NULL ? hll_registers(sketch) : 0) +
	    (sketch->table.cells != NULL ? hll_table_bytes(sketch->table.lg_size) : 0);
}

size_t
sk_hll_memory_for(unsigned lg_k, enum sk_hll_type type)
{
	const size_t registers = (size_t)1 << lg_k;
	const size_t set = lg_k >= HLL_SET_MIN_LG_K ? hll_table_bytes(lg_k - 3) : 0;
	const size_t exceptions =
	    type == SK_HLL_4 ? 3 * hll_table_bytes(hll_lg_exceptions(lg_k)) : 0;

	/* a set is still there while its registers are filled, and after a reset the registers while a set is */
	return sizeof(struct sk_hll) + registers + set + exceptions;
}
