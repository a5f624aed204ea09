/*
 * hll_array.c -- the registers of an HLL sketch: raising one, keeping HLL_4's minimum and exceptions, and folding.
 *
 * HIP (Ting 2014; Cohen 2015): a register is about to rise, which a new item does with probability kxq / K, kxq being
 * the sum of 2^-value; so K / kxq items have come, on the average, since one did so last.
 */
#include "hll_table.h"

/* The image keeps the sum over values below this apart: so both are exact. */
#define LOW_VALUES 32

static inline double
inverse_power(unsigned value)
{
	return 1.0 / (double)(UINT64_C(1) << value);
}

static inline void
change_sum(struct sk_hll *sketch, unsigned value, double sign)
{
	if (value < LOW_VALUES)
		sketch->kxq_low += sign * inverse_power(value);
	else
		sketch->kxq_high += sign * inverse_power(value);
}

static void
set_register(struct sk_hll *sketch, uint32_t slot, unsigned value)
{
	const unsigned old = sketch->registers[slot];

	if (!sketch->out_of_order)
		sketch->hip += (double)hll_registers(sketch) / (sketch->kxq_low + sketch->kxq_high);
	change_sum(sketch, old, -1);
	change_sum(sketch, value, 1);
	sketch->registers[slot] = (unsigned char)value;
	sketch->at_cur_min -= old == sketch->cur_min;
}

/* HLL_4 */

static inline uint32_t
exception_of(uint32_t slot, unsigned value)
{
	return (uint32_t)value << HLL_KEY_BITS | slot;
}

static bool
add_exception(struct sk_hll *sketch, uint32_t slot, unsigned value)
{
	if (sketch->table.cells == NULL &&
	    !hll_table_init(&sketch->table, hll_lg_exceptions(sketch->lg_k)))
		return false;
	return hll_table_add(&sketch->table, exception_of(slot, value), HLL_KEY_MASK);
}

static uint32_t
count_value(const struct sk_hll *sketch, unsigned value)
{
	uint32_t count = 0;

	for (size_t i = 0; i < hll_registers(sketch); i++)
		count += sketch->registers[i] == value;
	return count;
}

/*
 * The minimum goes up by one, and a table begins anew with those that still are exceptions, in the order of the old
 * one: by way of room[0] and room[1], each as large as the old one's cells, of which two blocks are left there.
 */
static void
raise_minimum(struct sk_hll *sketch, uint32_t *room[2])
{
	const struct hll_table old = sketch->table;
	struct hll_table *table = &sketch->table;

	sketch->at_cur_min = count_value(sketch, ++sketch->cur_min);
	if (old.cells == NULL)
		return;
	table->cells = room[0];
	hll_table_clear(table, hll_lg_exceptions(sketch->lg_k));
	for (size_t i = 0; i < (size_t)1 << old.lg_size; i++)
		if (old.cells[i] >> HLL_KEY_BITS >= sketch->cur_min + HLL_EXCEPTION)
			hll_table_put(table, old.cells[i], HLL_KEY_MASK, &room[1]);
	room[0] = old.cells;
	if (table->count == 0)
		hll_table_drop(table);
}

/* All memory is asked for before anything changes. */
static bool
raise_nibble(struct sk_hll *sketch, uint32_t slot, unsigned value)
{
	const unsigned old = sketch->registers[slot];
	const bool was_exception = old >= sketch->cur_min + HLL_EXCEPTION;
	const bool is_exception = value >= sketch->cur_min + HLL_EXCEPTION;
	const bool last = old == sketch->cur_min && sketch->at_cur_min == 1;
	struct hll_table *table = &sketch->table;
	uint32_t *room[2] = { NULL, NULL };

	if (last && (table->cells != NULL || is_exception)) {
		const unsigned base = hll_lg_exceptions(sketch->lg_k);
		const unsigned lg = table->cells == NULL ? base
		    : hll_table_is_full(table)           ? table->lg_size + 1
							 : table->lg_size;

		room[0] = malloc(hll_table_bytes(lg));
		room[1] = malloc(hll_table_bytes(lg));
		if (room[0] == NULL || room[1] == NULL)
			goto failed;
	}
	if (was_exception)
		table->cells[hll_table_find(table, slot, HLL_KEY_MASK)] = exception_of(slot, value);
	else if (is_exception && !add_exception(sketch, slot, value))
		goto failed;
	set_register(sketch, slot, value);
	while (sketch->at_cur_min == 0)
		raise_minimum(sketch, room);
	free(room[0]);
	free(room[1]);
	return true;
failed:
	free(room[0]);
	free(room[1]);
	return false;
}

bool
sk_hll_raise_register(struct sk_hll *sketch, uint32_t slot, unsigned value)
{
	if (sketch->type == SK_HLL_4)
		return raise_nibble(sketch, slot, value);
	set_register(sketch, slot, value);
	return true;
}

bool
sk_hll_list_exceptions(struct sk_hll *sketch)
{
	for (size_t i = 0; i < hll_registers(sketch); i++)
		if (sketch->registers[i] >= sketch->cur_min + HLL_EXCEPTION &&
		    !add_exception(sketch, (uint32_t)i, sketch->registers[i])) {
			hll_table_drop(&sketch->table);
			return false;
		}
	return true;
}

/* All types */

void
sk_hll_settle(struct sk_hll *sketch)
{
	uint32_t counts[HLL_VALUE_MAX + 1] = { 0 };

	for (size_t i = 0; i < hll_registers(sketch); i++)
		counts[sketch->registers[i]]++;
	sketch->kxq_low = sketch->kxq_high = 0;
	for (unsigned value = 0; value <= HLL_VALUE_MAX; value++)
		change_sum(sketch, value, counts[value]);
	sketch->cur_min = 0;
	if (sketch->type == SK_HLL_4)
		while (counts[sketch->cur_min] == 0)
			sketch->cur_min++;
	sketch->at_cur_min = counts[sketch->cur_min];
}

void
sk_hll_fold(struct sk_hll *sketch, const unsigned char *from, unsigned lg_from)
{
	const size_t size = hll_registers(sketch);
	unsigned char *into = sketch->registers;

	for (size_t done = 0; done < (size_t)1 << lg_from; done += size)
		for (size_t i = 0; i < size; i++)
			into[i] = into[i] > from[done + i] ? into[i] : from[done + i];
}

/*
 * What DataSketches takes the HIP estimate to be when a set of lg_k 8 .. 21 has become registers; below that, a list
 * of 8 has. All are the coupon estimate of the number of coupons there then are; they stand here because they go
 * into the image, and must have its every bit.
 */
static double
hip_at_promotion(unsigned lg_k)
{
	static const double of_set[] = { 0x1.900001900001ep+4, 0x1.8800031000073p+5,
		0x1.84000610001c2p+6, 0x1.82000c10006f3p+7, 0x1.8100181001b9dp+8,
		0x1.8080301006ddep+9, 0x1.804060101b6ffp+10, 0x1.8020c0106dbdap+11,
		0x1.80118011b6ffap+12, 0x1.800b0016d600ap+13, 0x1.800a002b5abbfp+14,
		0x1.800e007d968fdp+15, 0x1.801901c6d8c37p+16, 0x1.803086ec3f653p+17 };

	return lg_k < HLL_SET_MIN_LG_K ? 0x1.0000004aaaaadp+3 : of_set[lg_k - HLL_SET_MIN_LG_K];
}

bool
sk_hll_promote(struct sk_hll *sketch)
{
	const bool is_list = sketch->mode == HLL_LIST;
	const uint32_t *coupons = is_list ? sketch->list : sketch->table.cells;
	const size_t count = is_list ? sketch->list_count : (size_t)1 << sketch->table.lg_size;
	const uint32_t mask = (uint32_t)hll_registers(sketch) - 1;
	struct sk_hll next = *sketch;

	if (next.registers == NULL && (next.registers = malloc(hll_registers(sketch))) == NULL)
		return false;
	sketch->registers = next.registers;
	memset(next.registers, 0, hll_registers(sketch));
	next.mode = HLL_ARRAY;
	next.list_count = 0;
	next.table = (struct hll_table){ 0 };
	sk_hll_settle(&next);
	for (size_t i = 0; i < count; i++) {
		const unsigned value = coupons[i] >> HLL_KEY_BITS;

		if (value > next.registers[coupons[i] & mask] &&
		    !sk_hll_raise_register(&next, coupons[i] & mask, value)) {
			hll_table_drop(&next.table);
			return false;
		}
	}
	next.hip = hip_at_promotion(sketch->lg_k);
	hll_table_drop(&sketch->table);
	*sketch = next;
	return true;
}
