/* frequent_image.c -- frequent items as Apache DataSketches writes them. */
#include "frequent_table.h"

#include <errno.h>

#define SERIAL_VERSION 1
#define PREAMBLE_EMPTY 1 /* longs */
#define PREAMBLE_FULL 4
#define PREAMBLE_MASK 0x3f
#define FLAGS_EMPTY 5 /* bits 0 and 2: two libraries, two opinions */
#define LG_SIZE_MIN 3
#define LG_SIZE_MAX 30
#define LONG_TEXT 21 /* of an int64 in decimal, with its sign */

/* The counter that the image gives a cell: what is sure of its weight if the max error is all that is known. */
static uint64_t
counter_of(const struct sk_frequent *table, const struct cell *cell)
{
	return cell_bound(table, cell) > table->threshold ? cell_bound(table, cell) - table->threshold : 0;
}

/* Text in decimal as the number it stands for; false unless the number is printed just so. */
static bool
long_of(struct sk_span text, uint64_t *bits)
{
	bool negative = text.size > 0 && text.data[0] == '-';
	size_t at = negative ? 1 : 0;
	uint64_t number = 0, most = (uint64_t)INT64_MAX + (negative ? 1 : 0);

	if (text.size == at || text.size >= LONG_TEXT ||
	    (text.data[at] == '0' && (negative || text.size > 1)))
		return false;
	for (; at < text.size; at++) {
		unsigned digit = (unsigned)text.data[at] - '0';

		if (digit > 9 || number > (most - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*bits = negative ? 0 - number : number;
	return true;
}

static struct sk_span
text_of(uint64_t bits, unsigned char text[LONG_TEXT])
{
	bool negative = bits >> 63 != 0;
	uint64_t number = negative ? 0 - bits : bits;
	size_t at = LONG_TEXT;

	do
		text[--at] = (unsigned char)('0' + number % 10);
	while ((number /= 10) > 0);
	if (negative)
		text[--at] = '-';
	return (struct sk_span){ text + at, LONG_TEXT - at };
}

/* The number of items that have a counter, and the bytes that these take. */
static size_t
count_active(const struct sk_frequent *table, enum sk_frequent_items kind, size_t *bytes)
{
	size_t offset = ARENA_START, active = 0;

	*bytes = 0;
	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));

		if (counter_of(table, cell) > 0) {
			active++;
			*bytes += kind == SK_FREQUENT_LONGS ? 8 : 4 + (size_t)cell->size;
		}
		offset += cell_size(table, cell->size);
	}
	return active;
}

static bool
is_empty(const struct sk_frequent *table, size_t active)
{
	return active == 0 && table->total == 0;
}

size_t
sk_frequent_encoded_size(const struct sk_frequent *table, enum sk_frequent_items kind)
{
	size_t bytes, active = count_active(table, kind, &bytes);

	return is_empty(table, active) ? 8 : PREAMBLE_FULL * 8 + active * 8 + bytes;
}

/* The least table in which ${active} items leave a quarter free. */
static unsigned
lg_size_for(size_t active)
{
	unsigned lg = LG_SIZE_MIN;

	while (((size_t)1 << lg) / 4 * 3 < active)
		lg++;
	return lg;
}

static bool
encode_items(const struct sk_frequent *table, enum sk_frequent_items kind, unsigned char *counters,
    unsigned char *items)
{
	size_t offset = ARENA_START;

	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = cell_at(table, (uint32_t)(offset / CELL_ALIGN));
		uint64_t bits;

		offset += cell_size(table, cell->size);
		if (counter_of(table, cell) == 0)
			continue;
		sk_store64(counters, counter_of(table, cell));
		counters += 8;
		if (kind == SK_FREQUENT_LONGS) {
			if (!long_of(cell_item(cell), &bits))
				return false;
			sk_store64(items, bits);
			items += 8;
		} else {
			sk_store32(items, cell->size);
			memcpy(items + 4, cell->item, cell->size);
			items += 4 + (size_t)cell->size;
		}
	}
	return true;
}

int
sk_frequent_encode(const struct sk_frequent *table, enum sk_frequent_items kind, unsigned lg_max,
    unsigned char *image)
{
	size_t bytes, active = count_active(table, kind, &bytes);
	unsigned lg_size = lg_size_for(active);
	bool empty = is_empty(table, active);

	if (lg_max < lg_size)
		lg_max = lg_size;
	memset(image, 0, empty ? 8 : PREAMBLE_FULL * 8);
	image[0] = empty ? PREAMBLE_EMPTY : PREAMBLE_FULL;
	image[1] = SERIAL_VERSION;
	image[2] = SK_FAMILY_FREQUENT;
	image[3] = (unsigned char)lg_max;
	image[4] = (unsigned char)lg_size;
	image[5] = empty ? FLAGS_EMPTY : 0;
	if (empty)
		return 0;
	sk_store32(image + 8, (uint32_t)active);
	sk_store64(image + 16, table->total);
	sk_store64(image + 24, table->threshold);
	if (!encode_items(table, kind, image + 32, image + 32 + active * 8)) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

static enum sk_image_status
check_preamble(const unsigned char *image, size_t size)
{
	bool empty;

	if (size < 8)
		return SK_IMAGE_TRUNCATED;
	if (image[2] != SK_FAMILY_FREQUENT)
		return SK_IMAGE_NOT_OURS;
	if (image[1] != SERIAL_VERSION)
		return image[1] > SERIAL_VERSION ? SK_IMAGE_NEWER : SK_IMAGE_NOT_OURS;
	empty = (image[5] & FLAGS_EMPTY) != 0;
	if ((image[0] & PREAMBLE_MASK) != (empty ? PREAMBLE_EMPTY : PREAMBLE_FULL) ||
	    image[3] > LG_SIZE_MAX || image[4] > image[3] || image[4] < LG_SIZE_MIN)
		return SK_IMAGE_CORRUPT;
	if (empty)
		return size == 8 ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
	return size < PREAMBLE_FULL * 8 ? SK_IMAGE_TRUNCATED : SK_IMAGE_OK;
}

/* The item at the front of ${rest}, which is moved behind it. */
static bool
take_item(struct sk_span *rest, enum sk_frequent_items kind, unsigned char text[LONG_TEXT],
    struct sk_span *item)
{
	size_t head = kind == SK_FREQUENT_LONGS ? 8 : 4, size;

	if (rest->size < head)
		return false;
	size = kind == SK_FREQUENT_LONGS ? 0 : sk_load32(rest->data);
	if (rest->size - head < size)
		return false;
	*item = kind == SK_FREQUENT_LONGS ? text_of(sk_load64(rest->data), text) :
					    (struct sk_span){ rest->data + head, size };
	rest->data += head + size;
	rest->size -= head + size;
	return true;
}

/*
 * Enter the items. A purge on the way may raise the threshold: what an item can have missed is still the image's.
 * Every unit by which the threshold has risen was taken from some counter, so that threshold and counters together are
 * no more than the total.
 */
static enum sk_image_status
decode_items(struct sk_frequent *table, enum sk_frequent_items kind, const unsigned char *counters,
    size_t active, struct sk_span rest)
{
	uint64_t missed = table->threshold, left = table->total - missed;

	for (size_t i = 0; i < active; i++) {
		uint64_t counter = sk_load64(counters + 8 * i);
		unsigned char text[LONG_TEXT];
		struct sk_span item;
		uint64_t *slot;
		uint32_t tag;

		if (counter == 0 || counter > left)
			return SK_IMAGE_CORRUPT;
		left -= counter;
		if (!take_item(&rest, kind, text, &item))
			return SK_IMAGE_TRUNCATED;
		tag = tag_of(table, item);
		slot = find_slot(table, item, tag);
		if (*slot != 0)
			return SK_IMAGE_CORRUPT;
		sk_frequent_insert_purging(table, slot, item, tag, counter, missed);
	}
	return rest.size == 0 ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
}

enum sk_image_status
sk_frequent_decode(struct sk_frequent **table, enum sk_frequent_items kind,
    const unsigned char *image, size_t size, size_t memory, uint64_t seed)
{
	enum sk_image_status status = check_preamble(image, size);
	size_t active = 0, head = PREAMBLE_FULL * 8;

	*table = NULL;
	if (status != SK_IMAGE_OK)
		return status;
	if ((*table = sk_frequent_new(memory, seed)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	if (size == 8)
		return SK_IMAGE_OK;
	active = sk_load32(image + 8);
	(*table)->total = sk_load64(image + 16);
	(*table)->threshold = sk_load64(image + 24);
	(*table)->dropped = (*table)->threshold > 0;
	if ((*table)->total > (uint64_t)INT64_MAX || (*table)->threshold > (*table)->total)
		status = SK_IMAGE_CORRUPT;
	else if ((size - head) / 8 < active)
		status = SK_IMAGE_TRUNCATED;
	else
		status = decode_items(*table, kind, image + head, active,
		    (struct sk_span){ image + head + active * 8, size - head - active * 8 });
	if (status != SK_IMAGE_OK) {
		sk_frequent_free(*table);
		*table = NULL;
	}
	return status;
}
