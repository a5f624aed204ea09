/* dd_image.c -- DDSketches as bytes, as dd.h lays them out. */
#include "dd_parts.h"

#include <math.h>

#define MAGIC 0xdd
#define VERSION 1
#define FLAG_MIN_ROUGH 1u
#define FLAG_MAX_ROUGH 2u
#define FLAG_COLLAPSED(sign) (4u << (sign))
#define FLAGS 15u
#define HEADER 16

/* Encode: once to count the bytes, with no image, and once to write them. */

struct writer {
	unsigned char *image; /* NULL: only count */
	size_t size;
};

static void
put_byte(struct writer *writer, unsigned char byte)
{
	if (writer->image != NULL)
		writer->image[writer->size] = byte;
	writer->size++;
}

static void
put_number(struct writer *writer, uint64_t number, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		put_byte(writer, (unsigned char)(number >> 8 * i));
}

static void
put_varint(struct writer *writer, uint64_t number)
{
	for (; number >= 128; number >>= 7)
		put_byte(writer, (unsigned char)(number | 128));
	put_byte(writer, (unsigned char)number);
}

static void
put_store(struct writer *writer, const struct store *store)
{
	const uint64_t *bins = store->bins;
	const size_t end = store->count > 0 ? (size_t)(store->high - store->first) + 1 : 0;
	size_t used = 0, at = store->count > 0 ? (size_t)(store->low - store->first) : 0;
	size_t skipped = store->count > 0 ? (size_t)store->low : 0;

	for (size_t i = at; i < end; i++)
		used += bins[i] > 0;
	put_varint(writer, used);
	while (at < end) {
		size_t length = 0;

		while (at + length < end && bins[at + length] > 0)
			length++;
		put_varint(writer, skipped);
		put_varint(writer, length);
		for (; length > 0; length--)
			put_varint(writer, bins[at++]);
		for (skipped = 0; at < end && bins[at] == 0; at++)
			skipped++;
	}
}

static void
put_sum(struct writer *writer, const struct sum *sum)
{
	struct sum exact = *sum;
	const bool negative = sk_dd_sum_absolute(&exact);
	size_t low = 0, end = DIGITS;

	while (end > 0 && exact.digit[end - 1] == 0)
		end--;
	while (low < end && exact.digit[low] == 0)
		low++;
	put_varint(writer, 2 * (end - low) + negative);
	if (end > low)
		put_varint(writer, low);
	for (; low < end; low++)
		put_number(writer, (uint64_t)exact.digit[low], 4);
}

static void
put_sketch(struct writer *writer, const struct sk_dd *sketch)
{
	const struct store *negative = &sketch->store[NEGATIVE],
			   *positive = &sketch->store[POSITIVE];

	put_byte(writer, MAGIC);
	put_byte(writer, VERSION);
	put_byte(writer, MAGIC);
	put_byte(writer,
	    (unsigned char)((sketch->min_exact ? 0 : FLAG_MIN_ROUGH) |
		(sketch->max_exact ? 0 : FLAG_MAX_ROUGH) |
		(negative->collapsed ? FLAG_COLLAPSED(NEGATIVE) : 0) |
		(positive->collapsed ? FLAG_COLLAPSED(POSITIVE) : 0)));
	put_number(writer, bits_of(sketch->alpha), 8);
	put_number(writer, sketch->max_bins, 4);
	put_varint(writer, sketch->zeros);
	put_varint(writer, sketch->infinities[NEGATIVE]);
	put_varint(writer, sketch->infinities[POSITIVE]);
	put_store(writer, negative);
	put_store(writer, positive);
	if (sk_dd_count(sketch) == 0)
		return;
	put_number(writer, bits_of(sketch->min), 8);
	put_number(writer, bits_of(sketch->max), 8);
	put_sum(writer, &sketch->sum);
}

size_t
sk_dd_encoded_size(const struct sk_dd *sketch)
{
	struct writer writer = { NULL, 0 };

	put_sketch(&writer, sketch);
	return writer.size;
}

void
sk_dd_encode(const struct sk_dd *sketch, unsigned char *image)
{
	struct writer writer = { image, 0 };

	put_sketch(&writer, sketch);
}

/* Decode: the first thing that is wrong stays the reader's status, and all that is read after it is 0. */

struct reader {
	const unsigned char *at, *end;
	enum sk_image_status status;
};

static void
spoil(struct reader *reader, enum sk_image_status status)
{
	if (reader->status == SK_IMAGE_OK)
		reader->status = status;
	reader->at = reader->end;
}

static uint64_t
get_number(struct reader *reader, unsigned width)
{
	const unsigned char *from = reader->at;

	if ((size_t)(reader->end - from) < width) {
		spoil(reader, SK_IMAGE_TRUNCATED);
		return 0;
	}
	reader->at += width;
	return sk_load_bytes(from, width);
}

static double
get_double(struct reader *reader)
{
	const uint64_t bits = get_number(reader, 8);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* At most ${most}, and no byte longer than it must be. */
static uint64_t
get_varint(struct reader *reader, uint64_t most)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		const uint64_t byte = get_number(reader, 1);

		if (reader->status != SK_IMAGE_OK)
			return 0;
		number |= (byte & 127) << shift;
		if (byte >= 128 && shift < 63)
			continue;
		if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0) || number > most)
			break;
		return number;
	}
	spoil(reader, SK_IMAGE_CORRUPT);
	return 0;
}

/* Find how far bins reach, before there is memory for them: ${reader} is a copy. */
static enum sk_image_status
survey_store(struct reader reader, uint64_t used, int32_t index_end, int32_t *low, int32_t *high)
{
	uint64_t at = 0;

	for (bool first = true; used > 0; first = false) {
		const uint64_t skipped = get_varint(&reader, (uint64_t)index_end);
		const uint64_t length = get_varint(&reader, used);

		if (length == 0 || (skipped == 0 && !first) ||
		    skipped + length > (uint64_t)index_end - at)
			spoil(&reader, SK_IMAGE_CORRUPT);
		if (reader.status != SK_IMAGE_OK)
			return reader.status;
		if (first)
			*low = (int32_t)skipped;
		at += skipped + length;
		used -= length;
		for (uint64_t i = 0; i < length; i++)
			if (get_varint(&reader, INT64_MAX) == 0)
				spoil(&reader, SK_IMAGE_CORRUPT);
	}
	*high = (int32_t)at - 1;
	return reader.status;
}

static void
get_store(struct reader *reader, struct sk_dd *sketch, struct store *store)
{
	const uint64_t used = get_varint(reader, sketch->max_bins);
	const int32_t index_end = sk_dd_index(sketch, 1.7976931348623157e308) + 1;
	enum sk_image_status status;
	struct plan plan;
	int32_t low = 0, high = 0;

	if (used == 0)
		return;
	if ((status = survey_store(*reader, used, index_end, &low, &high)) == SK_IMAGE_OK &&
	    (uint32_t)(high - low) >= sketch->max_bins)
		status = SK_IMAGE_CORRUPT;
	if (status == SK_IMAGE_OK && sk_dd_plan(sketch, store, low, high, 0, &plan) == -1)
		status = SK_IMAGE_NO_MEMORY;
	if (status != SK_IMAGE_OK) {
		spoil(reader, status);
		return;
	}
	sk_dd_commit(store, &plan);
	store->low = low;
	store->high = high;
	for (int32_t at = 0; at <= high && reader->status == SK_IMAGE_OK;) {
		at += (int32_t)get_varint(reader, INT32_MAX);
		for (uint64_t length = get_varint(reader, used); length > 0; length--, at++) {
			const uint64_t count = get_varint(reader, INT64_MAX);

			if (count > INT64_MAX - sk_dd_count(sketch))
				spoil(reader, SK_IMAGE_CORRUPT);
			else
				store->count += count;
			store->bins[at - store->first] = count;
		}
	}
}

static void
get_sum(struct reader *reader, struct sum *sum)
{
	const uint64_t header = get_varint(reader, 2 * DIGITS + 1);
	const uint64_t words = header / 2, low = words > 0 ? get_varint(reader, DIGITS - words) : 0;
	const int64_t sign = header % 2 == 0 ? 1 : -1;

	if (header == 1)
		spoil(reader, SK_IMAGE_CORRUPT);
	for (uint64_t i = 0; i < words; i++) {
		const uint64_t word = get_number(reader, 4);

		if ((i == 0 || i == words - 1) && word == 0)
			spoil(reader, SK_IMAGE_CORRUPT);
		sum->digit[low + i] = sign * (int64_t)word;
	}
	if (sum->digit[DIGITS - 1] / (DIGIT / 4) != 0)
		spoil(reader, SK_IMAGE_CORRUPT);
	sk_dd_sum_carry(sum);
}

/* Whether ${end}, the min or the max, can be an end of what the sketch holds: value ${nth}. */
static bool
end_fits(const struct sk_dd *sketch, double end, uint64_t nth, bool exact)
{
	struct sk_dd open = *sketch;
	const struct store *store = &sketch->store[end < 0 ? NEGATIVE : POSITIVE];
	bool sure;
	double value;
	int32_t bin;

	open.min = -INFINITY;
	open.max = INFINITY;
	value = sk_dd_nth(&open, nth, &sure);
	if (value == 0 || value - value != 0)
		return bits_of(end) == bits_of(value) && exact;
	if (end == 0 || !(end - end == 0) || (end < 0) != (value < 0))
		return false;
	bin = sk_dd_index(sketch, end < 0 ? -end : end);
	if (!exact)
		return true;
	if (!sure && bin < store->low)
		return true;
	return bin == ((end < 0) == (nth == 1) ? store->high : store->low);
}

static bool
sound(const struct sk_dd *sketch)
{
	for (int sign = NEGATIVE; sign <= POSITIVE; sign++)
		if (sketch->store[sign].collapsed && sketch->store[sign].count == 0)
			return false;
	if (sketch->store[NEGATIVE].count + sketch->store[POSITIVE].count == 0 &&
	    sk_dd_sum_value(&sketch->sum) != 0)
		return false;
	if (sk_dd_count(sketch) == 0)
		return sketch->min_exact && sketch->max_exact;
	return sketch->min <= sketch->max && end_fits(sketch, sketch->min, 1, sketch->min_exact) &&
	    end_fits(sketch, sketch->max, sk_dd_count(sketch), sketch->max_exact);
}

static uint64_t
get_count(struct reader *reader, const struct sk_dd *sketch)
{
	return get_varint(reader, INT64_MAX - sk_dd_count(sketch));
}

/* All after the header. */
static void
get_body(struct reader *reader, struct sk_dd *sketch)
{
	sketch->zeros = get_count(reader, sketch);
	sketch->infinities[NEGATIVE] = get_count(reader, sketch);
	sketch->infinities[POSITIVE] = get_count(reader, sketch);
	get_store(reader, sketch, &sketch->store[NEGATIVE]);
	get_store(reader, sketch, &sketch->store[POSITIVE]);
	if (sk_dd_count(sketch) > 0) {
		sketch->min = get_double(reader);
		sketch->max = get_double(reader);
		get_sum(reader, &sketch->sum);
	}
	if (reader->at != reader->end || (reader->status == SK_IMAGE_OK && !sound(sketch)))
		spoil(reader, SK_IMAGE_CORRUPT);
}

enum sk_image_status
sk_dd_decode(struct sk_dd **sketch, const unsigned char *image, size_t size)
{
	struct reader reader;
	double alpha;
	uint32_t max_bins;

	*sketch = NULL;
	if ((size > 0 && image[0] != MAGIC) || (size > 2 && image[2] != MAGIC))
		return SK_IMAGE_NOT_OURS;
	if (size < 3)
		return SK_IMAGE_TRUNCATED;
	if (image[1] != VERSION)
		return image[1] > VERSION ? SK_IMAGE_NEWER : SK_IMAGE_CORRUPT;
	if (size < HEADER)
		return SK_IMAGE_TRUNCATED;
	alpha = sk_load_double(image + 4);
	max_bins = sk_load32(image + 12);
	if (!(alpha >= SK_DD_ALPHA_MIN && alpha <= SK_DD_ALPHA_MAX) ||
	    sk_dd_memory_for(max_bins) == 0 || (image[3] & ~FLAGS) != 0)
		return SK_IMAGE_CORRUPT;
	if ((*sketch = sk_dd_new(alpha, max_bins)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	(*sketch)->min_exact = (image[3] & FLAG_MIN_ROUGH) == 0;
	(*sketch)->max_exact = (image[3] & FLAG_MAX_ROUGH) == 0;
	(*sketch)->store[NEGATIVE].collapsed = (image[3] & FLAG_COLLAPSED(NEGATIVE)) != 0;
	(*sketch)->store[POSITIVE].collapsed = (image[3] & FLAG_COLLAPSED(POSITIVE)) != 0;
	reader = (struct reader){ image + HEADER, image + size, SK_IMAGE_OK };
	get_body(&reader, *sketch);
	if (reader.status != SK_IMAGE_OK) {
		sk_dd_free(*sketch);
		*sketch = NULL;
	}
	return reader.status;
}
