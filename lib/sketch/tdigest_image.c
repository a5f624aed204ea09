/*
 * tdigest_image.c -- t-digests as bytes.
 *
 * DataSketches: 0 preamble longs (1, 2 if there are centroids) | 1 serial version | 2 family | 3 u16 k | 5 flags |
 * 6 u16 0. One value: it follows. More: 8 u32 centroids | 12 u32 buffered values | min | max | {mean, weight} of each
 * centroid | the buffered values. Numbers are f64 and u64, or f32 and u32.
 *
 * The reference implementation, big-endian: 0 u32 1 | 4 f64 min | 12 f64 max | 20 f64 k | 28 u32 centroids | {f64
 * weight, f64 mean} of each; or 0 u32 2 | 4 f64 min | 12 f64 max | 20 f32 k | 24 two u16 capacities | 28 u16 centroids |
 * {f32 weight, f32 mean} of each.
 */
#include "tdigest_parts.h"

#include <math.h>
#include <string.h>

#define SERIAL_VERSION 1
#define FLAG_EMPTY 1
#define FLAG_SINGLE 2
#define FLAG_REVERSE 4
#define FLAGS (FLAG_EMPTY | FLAG_SINGLE | FLAG_REVERSE)

#define HEADER 8
#define REFERENCE_DOUBLE 1
#define REFERENCE_FLOAT 2

/* Encode */

size_t
sk_tdigest_encoded_size(const struct sk_tdigest *sketch)
{
	if (sk_tdigest_count(sketch) <= 1)
		return HEADER + 8 * (size_t)sk_tdigest_count(sketch);
	return HEADER + 8 + 16 + 16 * sketch->count + 8 * sketch->buffered;
}

void
sk_tdigest_encode(const struct sk_tdigest *sketch, unsigned char *image)
{
	const uint64_t count = sk_tdigest_count(sketch);

	image[0] = count > 1 ? 2 : 1;
	image[1] = SERIAL_VERSION;
	image[2] = SK_FAMILY_TDIGEST;
	sk_store16(image + 3, (uint16_t)sketch->k);
	image[5] = (unsigned char)((count == 0 ? FLAG_EMPTY : 0) | (count == 1 ? FLAG_SINGLE : 0) |
	    (sketch->reverse ? FLAG_REVERSE : 0));
	sk_store16(image + 6, 0);
	if (count == 1)
		sk_store_double(image + HEADER, sketch->min);
	if (count <= 1)
		return;
	sk_store32(image + 8, (uint32_t)sketch->count);
	sk_store32(image + 12, (uint32_t)sketch->buffered);
	sk_store_double(image + 16, sketch->min);
	sk_store_double(image + 24, sketch->max);
	image += 32;
	for (size_t i = 0; i < sketch->count; i++, image += 16) {
		sk_store_double(image, sketch->means[i]);
		sk_store64(image + 8, sketch->weights[i]);
	}
	for (size_t i = 0; i < sketch->buffered; i++, image += 8)
		sk_store_double(image, sketch->buffer[i]);
}

/* Decode */

/* Numbers one after another; the caller knows that they are there. */
struct cursor {
	const unsigned char *at;
	unsigned width; /* 4 or 8 bytes */
	bool big_endian;
};

static uint64_t
next_bits(struct cursor *cursor, unsigned width)
{
	const unsigned char *from = cursor->at;
	uint64_t bits = 0;

	cursor->at += width;
	if (!cursor->big_endian)
		return sk_load_bytes(from, width);
	for (unsigned i = 0; i < width; i++)
		bits = bits << 8 | from[i];
	return bits;
}

static double
next_number(struct cursor *cursor, unsigned width)
{
	const uint64_t bits = next_bits(cursor, width);
	const uint32_t low = (uint32_t)bits;
	double wide;
	float narrow;

	memcpy(&wide, &bits, sizeof(wide));
	memcpy(&narrow, &low, sizeof(narrow));
	return width == 8 ? wide : (double)narrow;
}

/* A weight that is a number: 0, which is refused, unless it is whole and small enough. */
static uint64_t
next_weight_number(struct cursor *cursor)
{
	const double number = next_number(cursor, cursor->width);

	if (!(number >= 1 && number < 9223372036854775808.0))
		return 0;
	return (double)(uint64_t)number == number ? (uint64_t)number : 0;
}

/* Append a centroid; false when it does not fit what is there. The reference's floats are rounded, its ends are not. */
static bool
take_centroid(struct sk_tdigest *sketch, double mean, uint64_t weight, bool rounded)
{
	if (rounded && is_finite(mean))
		mean = mean < sketch->min ? sketch->min : mean > sketch->max ? sketch->max : mean;
	if (!(mean >= sketch->min && mean <= sketch->max) || weight == 0 ||
	    weight > INT64_MAX - sketch->weight)
		return false;
	if (sketch->count > 0 && mean < sketch->means[sketch->count - 1])
		return false;
	sketch->means[sketch->count] = mean;
	sketch->weights[sketch->count++] = weight;
	sketch->weight += weight;
	return true;
}

static bool
take_ends(struct sk_tdigest *sketch, double min, double max)
{
	sketch->min = min;
	sketch->max = max;
	return is_finite(min) && is_finite(max) && min <= max;
}

/* What follows the counts of a DataSketches image, whose size is right. */
static bool
read_body(struct sk_tdigest *sketch, struct cursor cursor, size_t count, size_t buffered)
{
	const double min = next_number(&cursor, cursor.width);
	const double max = next_number(&cursor, cursor.width);

	if (!take_ends(sketch, min, max))
		return false;
	for (size_t i = 0; i < count; i++) {
		const double mean = next_number(&cursor, cursor.width);

		if (!take_centroid(sketch, mean, next_bits(&cursor, cursor.width), false))
			return false;
	}
	if (buffered > INT64_MAX - sketch->weight)
		return false;
	for (size_t i = 0; i < buffered; i++) {
		const double value = next_number(&cursor, cursor.width);

		if (!(value >= min && value <= max))
			return false;
		sketch->buffer[sketch->buffered++] = value;
	}
	return sk_tdigest_count(sketch) > 1 || min == max;
}

/* What follows the count of a reference image, whose size is right. */
static bool
read_reference_body(struct sk_tdigest *sketch, struct cursor cursor, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint64_t weight = next_weight_number(&cursor);
		const double mean = next_number(&cursor, cursor.width);

		if (!take_centroid(sketch, mean, weight, cursor.width == 4))
			return false;
	}
	return count > 0;
}

/* SK_IMAGE_OK when ${size} is just what ${wanted} says. */
static enum sk_image_status
judge_size(size_t size, uint64_t wanted)
{
	return size < wanted ? SK_IMAGE_TRUNCATED : size > wanted ? SK_IMAGE_CORRUPT : SK_IMAGE_OK;
}

static enum sk_image_status
make(struct sk_tdigest **sketch, unsigned k)
{
	*sketch = sk_tdigest_new(k);
	return *sketch == NULL ? SK_IMAGE_NO_MEMORY : SK_IMAGE_OK;
}

/* Done: or, if the contents are not ${sound}, undone. */
static enum sk_image_status
finish(struct sk_tdigest **sketch, bool sound)
{
	if (sound)
		return SK_IMAGE_OK;
	sk_tdigest_free(*sketch);
	*sketch = NULL;
	return SK_IMAGE_CORRUPT;
}

static enum sk_image_status
decode_reference(struct sk_tdigest **sketch, const unsigned char *image, size_t size)
{
	const bool wide = image[3] == REFERENCE_DOUBLE;
	struct cursor cursor = { image + 4, wide ? 8 : 4, true };
	enum sk_image_status status;
	double min, max, k;
	size_t count;

	if (size < (wide ? 32u : 30u))
		return SK_IMAGE_TRUNCATED;
	min = next_number(&cursor, 8);
	max = next_number(&cursor, 8);
	k = next_number(&cursor, cursor.width);
	if (!wide)
		cursor.at += 4;
	count = (size_t)next_bits(&cursor, wide ? 4 : 2);
	status =
	    judge_size(size, (uint64_t)(cursor.at - image) + (uint64_t)count * 2 * cursor.width);
	if (status != SK_IMAGE_OK)
		return status;
	if (!(k >= SK_TDIGEST_K_MIN && k < SK_TDIGEST_K_MAX + 1.0))
		return SK_IMAGE_CORRUPT;
	if ((status = make(sketch, (unsigned)k)) != SK_IMAGE_OK)
		return status;
	if (count == 0)
		return finish(sketch, min == INFINITY && max == -INFINITY);
	return finish(sketch,
	    count <= (*sketch)->count_max && take_ends(*sketch, min, max) &&
		read_reference_body(*sketch, cursor, count));
}

/* One value, which is a centroid, as in DataSketches. */
static bool
read_single(struct sk_tdigest *sketch, struct cursor cursor)
{
	const double value = next_number(&cursor, cursor.width);

	return take_ends(sketch, value, value) && take_centroid(sketch, value, 1, false);
}

static enum sk_image_status
decode_full(struct sk_tdigest **sketch, const unsigned char *image, size_t size, unsigned width)
{
	const struct cursor cursor = { image + 16, width, false };
	enum sk_image_status status;
	uint32_t count, buffered;

	if (size < 16)
		return SK_IMAGE_TRUNCATED;
	count = sk_load32(image + 8);
	buffered = sk_load32(image + 12);
	status = judge_size(
	    size, 16 + 2 * width + (uint64_t)count * 2 * width + (uint64_t)buffered * width);
	if (status != SK_IMAGE_OK)
		return status;
	if (count == 0 && buffered == 0)
		return SK_IMAGE_CORRUPT;
	if ((status = make(sketch, sk_load16(image + 3))) != SK_IMAGE_OK)
		return status;
	(*sketch)->reverse = (image[5] & FLAG_REVERSE) != 0;
	return finish(sketch,
	    count <= (*sketch)->count_max && buffered <= (*sketch)->buffered_max &&
		read_body(*sketch, cursor, count, buffered));
}

/* The first eight bytes: whose they are, and whether they contradict each other. */
static enum sk_image_status
judge_header(const unsigned char *image, size_t size)
{
	unsigned char flags;

	if (image[2] != SK_FAMILY_TDIGEST)
		return SK_IMAGE_NOT_OURS;
	if (image[1] != SERIAL_VERSION)
		return image[1] > SERIAL_VERSION ? SK_IMAGE_NEWER : SK_IMAGE_CORRUPT;
	if (size < HEADER)
		return SK_IMAGE_TRUNCATED;
	flags = image[5];
	if ((flags & ~FLAGS) != 0 || sk_load16(image + 6) != 0 ||
	    sk_load16(image + 3) < SK_TDIGEST_K_MIN)
		return SK_IMAGE_CORRUPT;
	if ((flags & FLAG_EMPTY) != 0 && flags != FLAG_EMPTY)
		return SK_IMAGE_CORRUPT;
	if (image[0] != ((flags & (FLAG_EMPTY | FLAG_SINGLE)) != 0 ? 1 : 2))
		return SK_IMAGE_CORRUPT;
	return SK_IMAGE_OK;
}

enum sk_image_status
sk_tdigest_decode(
    struct sk_tdigest **sketch, const unsigned char *image, size_t size, enum sk_tdigest_type type)
{
	const unsigned width = type == SK_TDIGEST_FLOAT ? 4 : 8;
	enum sk_image_status status;

	*sketch = NULL;
	if (size < 4)
		return size > 0 && image[0] > 2 ? SK_IMAGE_NOT_OURS : SK_IMAGE_TRUNCATED;
	if (image[0] == 0 && image[1] == 0 && image[2] == 0 &&
	    (image[3] == REFERENCE_DOUBLE || image[3] == REFERENCE_FLOAT))
		return decode_reference(sketch, image, size);
	if ((status = judge_header(image, size)) != SK_IMAGE_OK)
		return status;
	if (image[0] == 2)
		return decode_full(sketch, image, size, width);
	status = judge_size(size, image[5] == FLAG_EMPTY ? HEADER : HEADER + width);
	if (status == SK_IMAGE_OK)
		status = make(sketch, sk_load16(image + 3));
	if (status != SK_IMAGE_OK || image[5] == FLAG_EMPTY)
		return status;
	(*sketch)->reverse = (image[5] & FLAG_REVERSE) != 0;
	return finish(
	    sketch, read_single(*sketch, (struct cursor){ image + HEADER, width, false }));
}
