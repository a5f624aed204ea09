/* hll_image.c -- an HLL sketch as an Apache DataSketches image, and back. */
#include "hll_table.h"

#include "image.h"

#define SERIAL_VERSION 1
#define LIST_START ((size_t)8)
#define SET_START ((size_t)12)
#define ARRAY_START ((size_t)40)
#define HIP_MAX 0x1p100 /* far above what 2^21 registers can add up to */

/* Byte 0, the length of the preamble in words of 4 bytes, by mode. */
static const unsigned char preamble_words[] = { 2, 3, 10 };

enum {
	FLAG_EMPTY = 4,
	FLAG_COMPACT = 8,
	FLAG_OUT_OF_ORDER = 16,
};

static size_t
register_bytes(enum sk_hll_type type, unsigned lg_k)
{
	const size_t registers = (size_t)1 << lg_k;

	return type == SK_HLL_4 ? registers / 2
	    : type == SK_HLL_6  ? registers / 4 * 3 + 1
				: registers;
}

/* Encode */

static unsigned
lg_exceptions(const struct sk_hll *sketch)
{
	return sketch->table.cells != NULL ? sketch->table.lg_size
					   : hll_lg_exceptions(sketch->lg_k);
}

size_t
sk_hll_encoded_size(const struct sk_hll *sketch, enum sk_hll_form form)
{
	const bool compact = form == SK_HLL_COMPACT;
	const size_t entries = sizeof(uint32_t) * sketch->table.count;
	const size_t size = ARRAY_START + register_bytes(sketch->type, sketch->lg_k);

	switch (sketch->mode) {
	case HLL_LIST:
		return LIST_START +
		    sizeof(uint32_t) * (compact ? sketch->list_count : HLL_LIST_SIZE);
	case HLL_SET:
		return SET_START + (compact ? entries : hll_table_bytes(sketch->table.lg_size));
	case HLL_ARRAY:
	default:
		if (sketch->type != SK_HLL_4)
			return size;
		return size + (compact ? entries : hll_table_bytes(lg_exceptions(sketch)));
	}
}

static void
encode_table(const struct hll_table *table, bool compact, unsigned char *to)
{
	if (table->cells == NULL)
		return;
	for (size_t i = 0; i < (size_t)1 << table->lg_size; i++)
		if (!compact || table->cells[i] != 0) {
			sk_store32(to, table->cells[i]);
			to += sizeof(uint32_t);
		}
}

static void
encode_registers(const struct sk_hll *sketch, unsigned char *to)
{
	const unsigned char *from = sketch->registers;

	if (sketch->type == SK_HLL_8)
		memcpy(to, from, hll_registers(sketch));
	else if (sketch->type == SK_HLL_6)
		for (size_t i = 0; i < hll_registers(sketch); i += 4, from += 4, to += 3)
			sk_store_bytes(to,
			    from[0] | (uint64_t)from[1] << 6 | (uint64_t)from[2] << 12 |
				(uint64_t)from[3] << 18,
			    3);
	else
		for (size_t i = 0; i < hll_registers(sketch); i += 2) {
			const unsigned low = from[i] - sketch->cur_min;
			const unsigned high = from[i + 1] - sketch->cur_min;

			*to++ = (unsigned char)((low < HLL_EXCEPTION ? low : HLL_EXCEPTION) |
			    (high < HLL_EXCEPTION ? high : HLL_EXCEPTION) << 4);
		}
}

static void
encode_array(const struct sk_hll *sketch, bool compact, unsigned char *image)
{
	image[6] = (unsigned char)sketch->cur_min;
	sk_store_double(image + 8, sketch->hip);
	sk_store_double(image + 16, sketch->kxq_low);
	sk_store_double(image + 24, sketch->kxq_high);
	sk_store32(image + 32, sketch->at_cur_min);
	sk_store32(image + 36, sketch->table.count);
	encode_registers(sketch, image + ARRAY_START);
	encode_table(&sketch->table, compact,
	    image + ARRAY_START + register_bytes(sketch->type, sketch->lg_k));
}

void
sk_hll_encode(const struct sk_hll *sketch, enum sk_hll_form form, unsigned char *image)
{
	const bool compact = form == SK_HLL_COMPACT;

	memset(image, 0, sk_hll_encoded_size(sketch, form));
	image[0] = preamble_words[sketch->mode];
	image[1] = SERIAL_VERSION;
	image[2] = SK_FAMILY_HLL;
	image[3] = (unsigned char)sketch->lg_k;
	image[4] = (unsigned char)(sketch->mode == HLL_LIST ? 3 : sketch->table.lg_size);
	image[5] = (unsigned char)((sk_hll_is_empty(sketch) ? FLAG_EMPTY : 0) |
	    (compact ? FLAG_COMPACT : 0) | (sketch->out_of_order ? FLAG_OUT_OF_ORDER : 0));
	image[7] = (unsigned char)((unsigned)sketch->mode | (unsigned)sketch->type << 2);
	if (sketch->mode == HLL_LIST) {
		image[6] = (unsigned char)sketch->list_count;
		for (size_t i = 0; i < sketch->list_count; i++)
			sk_store32(image + LIST_START + sizeof(uint32_t) * i, sketch->list[i]);
	} else if (sketch->mode == HLL_SET) {
		sk_store32(image + 8, sketch->table.count);
		encode_table(&sketch->table, compact, image + SET_START);
	} else
		encode_array(sketch, compact, image);
}

/* Decode */

static enum sk_image_status
check_size(size_t size, size_t wanted)
{
	return size < wanted ? SK_IMAGE_TRUNCATED : size > wanted ? SK_IMAGE_CORRUPT : SK_IMAGE_OK;
}

static enum sk_image_status
check_start(const unsigned char *image, size_t size)
{
	if (size > 2 && image[2] != SK_FAMILY_HLL)
		return SK_IMAGE_NOT_OURS;
	if (size > 0 && image[0] != 2 && image[0] != 3 && image[0] != 10)
		return size > 2 && image[1] > SERIAL_VERSION ? SK_IMAGE_NEWER : SK_IMAGE_NOT_OURS;
	if (size < LIST_START)
		return SK_IMAGE_TRUNCATED;
	if (image[1] != SERIAL_VERSION)
		return image[1] > SERIAL_VERSION ? SK_IMAGE_NEWER : SK_IMAGE_CORRUPT;
	if (image[3] < SK_HLL_LG_K_MIN || image[3] > SK_HLL_LG_K_MAX || image[7] >> 2 > SK_HLL_8 ||
	    (image[7] & 3) > HLL_ARRAY || image[0] != preamble_words[image[7] & 3])
		return SK_IMAGE_CORRUPT;
	return SK_IMAGE_OK;
}

static enum sk_image_status
decode_list(struct sk_hll *sketch, const unsigned char *image, size_t size)
{
	const bool compact = image[5] & FLAG_COMPACT;
	const size_t count = image[6];
	enum sk_image_status status;

	if (count >= HLL_LIST_SIZE || ((image[5] & FLAG_EMPTY) != 0) != (count == 0) ||
	    (!compact && image[4] != 3))
		return SK_IMAGE_CORRUPT;
	status =
	    check_size(size, LIST_START + sizeof(uint32_t) * (compact ? count : HLL_LIST_SIZE));
	if (status != SK_IMAGE_OK)
		return status;
	for (size_t i = 0; i < (size - LIST_START) / sizeof(uint32_t); i++) {
		const uint32_t coupon = sk_load32(image + LIST_START + sizeof(uint32_t) * i);

		if (i >= count ? coupon != 0 : coupon >> HLL_KEY_BITS == 0)
			return SK_IMAGE_CORRUPT;
		if (i < count)
			(void)sk_hll_add_coupons(sketch, &coupon, 1); /* asks for no memory */
	}
	return sketch->list_count == count ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
}

/* Coupons are added one by one, as datasketches-cpp does: what comes later finds the same table. */
static enum sk_image_status
decode_compact_set(struct sk_hll *sketch, const unsigned char *coupons, uint32_t count)
{
	if (!hll_table_init(&sketch->table, HLL_LG_SET_MIN))
		return SK_IMAGE_NO_MEMORY;
	sketch->mode = HLL_SET;
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t coupon = sk_load32(coupons + sizeof(uint32_t) * i);

		if (coupon >> HLL_KEY_BITS == 0)
			return SK_IMAGE_CORRUPT;
		if (sk_hll_add_coupons(sketch, &coupon, 1) == -1)
			return SK_IMAGE_NO_MEMORY;
	}
	return sketch->table.count == count ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
}

/* The table is taken as it is, if every coupon is found where it lies. */
static enum sk_image_status
decode_table_of_set(struct sk_hll *sketch, const unsigned char *cells, unsigned lg_size)
{
	struct hll_table *table = &sketch->table;

	if (!hll_table_init(table, lg_size))
		return SK_IMAGE_NO_MEMORY;
	sketch->mode = HLL_SET;
	for (size_t i = 0; i < (size_t)1 << lg_size; i++) {
		table->cells[i] = sk_load32(cells + sizeof(uint32_t) * i);
		table->count += table->cells[i] != 0;
	}
	if (4 * (uint64_t)table->count > (uint64_t)3 << lg_size)
		return SK_IMAGE_CORRUPT;
	for (uint32_t i = 0; i < (uint32_t)1 << lg_size; i++)
		if (table->cells[i] != 0 &&
		    (table->cells[i] >> HLL_KEY_BITS == 0 ||
			hll_table_find(table, table->cells[i], ~UINT32_C(0)) != i))
			return SK_IMAGE_CORRUPT;
	return SK_IMAGE_OK;
}

static enum sk_image_status
decode_set(struct sk_hll *sketch, const unsigned char *image, size_t size)
{
	const bool compact = image[5] & FLAG_COMPACT;
	const unsigned lg_size = image[4];
	enum sk_image_status status;
	uint32_t count;

	if (sketch->lg_k < HLL_SET_MIN_LG_K || (image[5] & FLAG_EMPTY) || image[6] != 0)
		return SK_IMAGE_CORRUPT;
	if (size < SET_START)
		return SK_IMAGE_TRUNCATED;
	count = sk_load32(image + 8);
	if (count < HLL_LIST_SIZE || 4 * (uint64_t)count > (uint64_t)3 << (sketch->lg_k - 3))
		return SK_IMAGE_CORRUPT;
	if (!compact && (lg_size < HLL_LG_SET_MIN || lg_size > sketch->lg_k - 3))
		return SK_IMAGE_CORRUPT;
	status = check_size(
	    size, SET_START + (compact ? sizeof(uint32_t) * count : hll_table_bytes(lg_size)));
	if (status != SK_IMAGE_OK)
		return status;
	if (compact)
		return decode_compact_set(sketch, image + SET_START, count);
	status = decode_table_of_set(sketch, image + SET_START, lg_size);
	return status != SK_IMAGE_OK || sketch->table.count == count ? status : SK_IMAGE_CORRUPT;
}

/* Unpack the registers; a nibble's exception becomes ${low} + HLL_EXCEPTION, which its entry may yet raise. */
static bool
decode_registers(struct sk_hll *sketch, const unsigned char *from, unsigned low)
{
	unsigned char *to = sketch->registers;

	for (size_t i = 0; i < hll_registers(sketch); i++) {
		if (sketch->type == SK_HLL_8)
			to[i] = from[i];
		else if (sketch->type == SK_HLL_6)
			to[i] = sk_load16(from + i * 6 / 8) >> i * 6 % 8 & HLL_VALUE_MAX;
		else
			to[i] = (unsigned char)(low + (from[i / 2] >> i % 2 * 4 & 15));
		if (to[i] > HLL_VALUE_MAX)
			return false;
	}
	return true;
}

/*
 * The ${cells} words at ${from}, of which ${count} are the exceptions, and all must be of those registers whose
 * nibbles say so. They go into the table in the order of the image, as in datasketches-cpp.
 */
static enum sk_image_status
decode_exceptions(
    struct sk_hll *sketch, const unsigned char *from, size_t cells, size_t count, unsigned low)
{
	size_t marked = 0, found = 0;

	for (size_t i = 0; i < hll_registers(sketch); i++)
		marked += sketch->registers[i] == low + HLL_EXCEPTION;
	if (marked != count)
		return SK_IMAGE_CORRUPT;
	for (size_t i = 0; i < cells; i++) {
		const uint32_t entry = sk_load32(from + sizeof(uint32_t) * i);
		const uint32_t slot = entry & HLL_KEY_MASK;
		const unsigned value = entry >> HLL_KEY_BITS;
		struct hll_table *table = &sketch->table;

		if (entry == 0)
			continue;
		if (slot >= hll_registers(sketch) || value < low + HLL_EXCEPTION ||
		    sketch->registers[slot] != low + HLL_EXCEPTION ||
		    table->cells[hll_table_find(table, entry, HLL_KEY_MASK)] != 0)
			return SK_IMAGE_CORRUPT;
		if (!hll_table_add(table, entry, HLL_KEY_MASK))
			return SK_IMAGE_NO_MEMORY;
		found++;
	}
	if (found != count)
		return SK_IMAGE_CORRUPT;
	for (size_t i = 0; count > 0 && i < (size_t)1 << sketch->table.lg_size; i++)
		if (sketch->table.cells[i] != 0)
			sketch->registers[sketch->table.cells[i] & HLL_KEY_MASK] =
			    (unsigned char)(sketch->table.cells[i] >> HLL_KEY_BITS);
	return SK_IMAGE_OK;
}

/* How many cells of exceptions an HLL_4 image has, and in 2^*${lg} of how many they go here. False: cannot be. */
static bool
measure_exceptions(
    const struct sk_hll *sketch, const unsigned char *image, size_t *cells, unsigned *lg)
{
	const uint32_t count = sk_load32(image + 36);
	const unsigned base = hll_lg_exceptions(sketch->lg_k);

	*cells = 0;
	*lg = base;
	if (count > hll_registers(sketch))
		return false;
	if (image[5] & FLAG_COMPACT) {
		while (4 * (uint64_t)count > (uint64_t)3 << *lg)
			++*lg;
		*cells = count;
		return true;
	}
	if (count > 0)
		*lg = image[4];
	*cells = (size_t)1 << (*lg & 31);
	return *lg >= base && *lg <= SK_HLL_LG_K_MAX + 1 &&
	    4 * (uint64_t)count <= (uint64_t)3 << *lg;
}

/* The least value must be held by some register. A table made for less is dropped. */
static enum sk_image_status
settle_array(struct sk_hll *sketch, unsigned low)
{
	size_t used;

	sk_hll_settle(sketch);
	if (sketch->type == SK_HLL_4 && sketch->cur_min != low)
		return SK_IMAGE_CORRUPT;
	used = low > 0 ? hll_registers(sketch) : hll_registers(sketch) - sketch->at_cur_min;
	if (!sketch->out_of_order &&
	    !(sketch->hip >= (double)used * (1 - 1e-9) && sketch->hip <= HIP_MAX))
		return SK_IMAGE_CORRUPT;
	return SK_IMAGE_OK;
}

static enum sk_image_status
decode_array(struct sk_hll *sketch, const unsigned char *image, size_t size)
{
	const size_t bytes = register_bytes(sketch->type, sketch->lg_k);
	const unsigned char *const exceptions = image + ARRAY_START + bytes;
	const unsigned low = sketch->type == SK_HLL_4 ? image[6] : 0;
	enum sk_image_status status;
	size_t cells = 0;
	unsigned lg = 0;

	if (size < ARRAY_START)
		return SK_IMAGE_TRUNCATED;
	if (image[6] > HLL_VALUE_MAX || sk_load32(image + 32) > hll_registers(sketch) ||
	    (sketch->type == SK_HLL_4 ? !measure_exceptions(sketch, image, &cells, &lg)
				      : sk_load32(image + 36) != 0))
		return SK_IMAGE_CORRUPT;
	status = check_size(size, ARRAY_START + bytes + sizeof(uint32_t) * cells);
	if (status != SK_IMAGE_OK)
		return status;
	if ((sketch->registers = malloc(hll_registers(sketch))) == NULL)
		return SK_IMAGE_NO_MEMORY;
	sketch->mode = HLL_ARRAY;
	if (!decode_registers(sketch, image + ARRAY_START, low))
		return SK_IMAGE_CORRUPT;
	if (sketch->type == SK_HLL_4) {
		if (sk_load32(image + 36) > 0 && !hll_table_init(&sketch->table, lg))
			return SK_IMAGE_NO_MEMORY;
		status = decode_exceptions(sketch, exceptions, cells, sk_load32(image + 36), low);
		if (status != SK_IMAGE_OK)
			return status;
	}
	sketch->out_of_order = (image[5] & FLAG_OUT_OF_ORDER) != 0;
	sketch->hip = sketch->out_of_order ? 0 : sk_load_double(image + 8);
	return settle_array(sketch, low);
}

enum sk_image_status
sk_hll_decode(struct sk_hll **sketch, const unsigned char *image, size_t size)
{
	enum sk_image_status status = check_start(image, size);
	struct sk_hll *made;

	if (status != SK_IMAGE_OK)
		return status;
	if ((made = sk_hll_new(image[3], (enum sk_hll_type)(image[7] >> 2))) == NULL)
		return SK_IMAGE_NO_MEMORY;
	status = image[0] == preamble_words[HLL_LIST] ? decode_list(made, image, size)
	    : image[0] == preamble_words[HLL_SET]     ? decode_set(made, image, size)
						      : decode_array(made, image, size);
	if (status == SK_IMAGE_OK)
		*sketch = made;
	else
		sk_hll_free(made);
	return status;
}
