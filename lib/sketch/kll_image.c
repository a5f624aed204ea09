/*
 * kll_image.c -- KLL sketches as Apache DataSketches' bytes.
 *
 *	0 preamble ints (2, or 5 when full), 1 serial version, 2 family, 3 flags, 4 k (16 bits), 6 m
 *= 8, 7 unused one value:	8 the value
 *	full:		8 n (64 bits), 16 min k (16 bits), 18 number of levels, 19 unused,
 *			20 start of each level (32 bits each), then minimum, maximum and values
 *
 * The starts count from the front of an array of all levels' capacity. An updatable image (Java's,
 *serial version 3) has the array's end behind the starts, and all of the array, the free part
 *included.
 */
#include "kll_table.h"

#include <stdlib.h>
#include <string.h>

#include "../span.h"

#define PREAMBLE_SHORT 8
#define PREAMBLE_FULL 20
#define VERSION_FULL 1
#define VERSION_SINGLE 2
#define VERSION_UPDATABLE 3
#define FLAG_EMPTY 1
#define FLAG_SORTED 2
#define FLAG_SINGLE 4

/* What an image's preamble says. */
struct preamble {
	unsigned version;
	unsigned levels;
	const unsigned char *starts;
	const unsigned char *ends; /* minimum and maximum */
	const unsigned char *values;
	size_t retained;
};

static size_t
width_of(enum sk_kll_type type)
{
	return type == SK_KLL_FLOAT ? 4 : 8;
}

static void
store_key(unsigned char *to, enum sk_kll_type type, uint64_t key)
{
	if (type == SK_KLL_INTEGER)
		sk_store64(to, (uint64_t)sk_key_to_integer(key));
	else if (type == SK_KLL_FLOAT)
		sk_store_float(to, (float)sk_key_to_double(key));
	else
		sk_store_double(to, sk_key_to_double(key));
}

/* Load the key of a value into *${key}; false when it is NaN. */
static bool
load_key(const unsigned char *from, enum sk_kll_type type, uint64_t *key)
{
	double value;

	if (type == SK_KLL_INTEGER) {
		*key = sk_load64(from) ^ SK_KEY_SIGN;
		return true;
	}
	value = type == SK_KLL_FLOAT ? (double)sk_load_float(from) : sk_load_double(from);
	*key = sk_key_of_double(value);
	return value == value;
}

/* Encode */

size_t
sk_kll_encoded_size(const struct sk_kll *sketch)
{
	const size_t width = width_of(sketch->type);

	if (sketch->n <= 1)
		return PREAMBLE_SHORT + (size_t)sketch->n * width;
	return PREAMBLE_FULL + 4 * (size_t)sketch->levels + (2 + sk_kll_retained(sketch)) * width;
}

/* Let the value at ${at} sink to its place in a heap of ${n} encoded values. */
static void
sift(unsigned char *values, size_t at, size_t n, enum sk_kll_type type)
{
	const size_t width = width_of(type);
	uint64_t key, child_key, other;

	load_key(values + at * width, type, &key);
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		load_key(values + child * width, type, &child_key);
		if (child + 1 < n) {
			load_key(values + (child + 1) * width, type, &other);
			if (other > child_key) {
				child_key = other;
				child++;
			}
		}
		if (child_key <= key)
			break;
		store_key(values + at * width, type, child_key);
	}
	store_key(values + at * width, type, key);
}

/* Sort encoded values where they are: an encoder that asks for no memory cannot fail. */
static void
sort_encoded(unsigned char *values, size_t n, enum sk_kll_type type)
{
	const size_t width = width_of(type);

	for (size_t at = n / 2; at-- > 0;)
		sift(values, at, n, type);
	for (size_t end = n; end-- > 1;) {
		uint64_t first, last;

		load_key(values, type, &first);
		load_key(values + end * width, type, &last);
		store_key(values, type, last);
		store_key(values + end * width, type, first);
		sift(values, 0, end, type);
	}
}

static void
encode_full(const struct sk_kll *sketch, unsigned char *image)
{
	const size_t width = width_of(sketch->type);
	const size_t free_room =
	    sk_kll_capacity(sketch, sketch->levels) - sketch->start[sketch->levels];
	unsigned char *to = image + PREAMBLE_FULL;
	unsigned char *values;

	sk_store64(image + 8, sketch->n);
	sk_store16(image + 16, (uint16_t)sketch->min_k);
	image[18] = (unsigned char)sketch->levels;
	image[19] = 0;
	for (unsigned level = 0; level < sketch->levels; level++, to += 4)
		sk_store32(to, (uint32_t)(sketch->start[level] + free_room));
	store_key(to, sketch->type, sketch->min);
	store_key(to + width, sketch->type, sketch->max);
	values = to += 2 * width;
	for (size_t at = sketch->start[0]; at < sketch->start[sketch->levels]; at++, to += width)
		store_key(to, sketch->type, sketch->keys[at]);
	sort_encoded(values, sketch->start[1] - sketch->start[0], sketch->type);
}

void
sk_kll_encode(const struct sk_kll *sketch, unsigned char *image)
{
	const bool full = sketch->n > 1;

	image[0] = full ? PREAMBLE_FULL / 4 : PREAMBLE_SHORT / 4;
	image[1] = sketch->n == 1 ? VERSION_SINGLE : VERSION_FULL;
	image[2] = SK_FAMILY_KLL;
	image[3] = full ? FLAG_SORTED : sketch->n == 0 ? FLAG_EMPTY : FLAG_SINGLE | FLAG_SORTED;
	sk_store16(image + 4, (uint16_t)sketch->k);
	image[6] = LEVEL_MIN;
	image[7] = 0;
	if (full)
		encode_full(sketch, image);
	else if (sketch->n == 1)
		store_key(image + PREAMBLE_SHORT, sketch->type, sketch->min);
}

/* Decode */

/* Check the first eight bytes. */
static enum sk_image_status
check_start(const unsigned char *image, size_t size)
{
	if (size < PREAMBLE_SHORT)
		return size > 2 && image[2] != SK_FAMILY_KLL ? SK_IMAGE_NOT_OURS
							     : SK_IMAGE_TRUNCATED;
	if (image[2] != SK_FAMILY_KLL)
		return SK_IMAGE_NOT_OURS;
	if (image[1] > VERSION_UPDATABLE)
		return SK_IMAGE_NEWER;
	if (image[1] == 0 || image[6] != LEVEL_MIN || sk_load16(image + 4) < SK_KLL_K_MIN)
		return SK_IMAGE_CORRUPT;
	return SK_IMAGE_OK;
}

/* Whether the starts rise and the weights of what they enclose add up to n. Fills in ${sketch}'s
 * starts. */
static bool
read_starts(struct sk_kll *sketch, const struct preamble *preamble, size_t end)
{
	uint64_t left = sketch->n;
	uint32_t start = sk_load32(preamble->starts);
	const uint32_t first = start;

	for (unsigned level = 0; level < preamble->levels; level++) {
		const uint32_t next = level + 1 < preamble->levels
		    ? sk_load32(preamble->starts + 4 * (level + 1))
		    : (uint32_t)end;

		if (next < start || (uint64_t)(next - start) > left >> level)
			return false;
		left -= (uint64_t)(next - start) << level;
		sketch->start[level] = start - first;
		start = next;
	}
	sketch->start[preamble->levels] = (uint32_t)end - first;
	return left == 0;
}

/* Read what comes before the values of a full image, and see that these are there, and nothing
 * else. */
static enum sk_image_status
read_preamble(
    struct sk_kll *sketch, struct preamble *preamble, const unsigned char *image, size_t size)
{
	const size_t width = width_of(sketch->type);
	const bool updatable = preamble->version == VERSION_UPDATABLE;
	size_t before, end, first;

	if (size < PREAMBLE_FULL)
		return SK_IMAGE_TRUNCATED;
	sketch->n = sk_load64(image + 8);
	sketch->min_k = sk_load16(image + 16);
	preamble->levels = sketch->levels = image[18];
	preamble->starts = image + PREAMBLE_FULL;
	if (sketch->min_k < SK_KLL_K_MIN || sketch->min_k > sketch->k || sketch->n > INT64_MAX ||
	    sketch->levels == 0 || sketch->levels >= LEVELS_MAX)
		return SK_IMAGE_CORRUPT;
	before = PREAMBLE_FULL + 4 * ((size_t)sketch->levels + updatable) + 2 * width;
	if (size < before)
		return SK_IMAGE_TRUNCATED;
	end = sk_kll_capacity(sketch, sketch->levels);
	if (updatable && sk_load32(preamble->starts + 4 * (size_t)sketch->levels) != end)
		return SK_IMAGE_CORRUPT;
	if (!read_starts(sketch, preamble, end))
		return SK_IMAGE_CORRUPT;
	first = sk_load32(preamble->starts);
	preamble->ends = image + before - 2 * width;
	preamble->values = image + before + (updatable ? first * width : 0);
	preamble->retained = end - first;
	if (size - before < (updatable ? end : end - first) * width)
		return SK_IMAGE_TRUNCATED;
	return size - before == (updatable ? end : end - first) * width ? SK_IMAGE_OK
									: SK_IMAGE_CORRUPT;
}

/* Read the values; false when they are out of order or not between the minimum and the maximum. */
static bool
read_values(struct sk_kll *sketch, const struct preamble *preamble)
{
	const size_t width = width_of(sketch->type);

	if (sketch->n == 0)
		return true;
	if (!load_key(preamble->ends, sketch->type, &sketch->min) ||
	    !load_key(preamble->ends + width, sketch->type, &sketch->max))
		return false;
	for (unsigned level = 0; level < sketch->levels; level++) {
		uint64_t before = sketch->min, key;

		for (size_t at = sketch->start[level]; at < sketch->start[level + 1]; at++) {
			if (!load_key(preamble->values + at * width, sketch->type, &key) ||
			    key < before || key > sketch->max)
				return false;
			sketch->keys[at] = key;
			before = level > 0 ? key : before;
		}
	}
	return true;
}

static enum sk_image_status
decode_full(struct sk_kll *sketch, const unsigned char *image, size_t size)
{
	struct preamble preamble = { .version = image[1] };
	const enum sk_image_status status = read_preamble(sketch, &preamble, image, size);

	if (status != SK_IMAGE_OK)
		return status;
	if (sketch->n == 0 && preamble.version != VERSION_UPDATABLE)
		return SK_IMAGE_CORRUPT;
	if (preamble.retained > 0 &&
	    (sketch->keys = malloc(preamble.retained * sizeof(*sketch->keys))) == NULL)
		return SK_IMAGE_NO_MEMORY;
	sketch->allocated = preamble.retained;
	if (!read_values(sketch, &preamble))
		return SK_IMAGE_CORRUPT;
	/* An empty one may have been a full one before. */
	if (sketch->n == 0)
		sk_kll_reset(sketch);
	return SK_IMAGE_OK;
}

static enum sk_image_status
decode_single(struct sk_kll *sketch, const unsigned char *image, size_t size)
{
	const size_t end = PREAMBLE_SHORT + width_of(sketch->type);

	if (size != end)
		return size < end ? SK_IMAGE_TRUNCATED : SK_IMAGE_CORRUPT;
	if ((sketch->keys = malloc(sizeof(*sketch->keys))) == NULL)
		return SK_IMAGE_NO_MEMORY;
	sketch->allocated = 1;
	if (!load_key(image + PREAMBLE_SHORT, sketch->type, sketch->keys))
		return SK_IMAGE_CORRUPT;
	sketch->n = 1;
	sketch->min = sketch->max = sketch->keys[0];
	sketch->start[0] = 0;
	sketch->start[1] = 1;
	return SK_IMAGE_OK;
}

/* Which of the forms an image has is told three times over; they must agree. */
static enum sk_image_status
decode_form(struct sk_kll *sketch, const unsigned char *image, size_t size)
{
	const unsigned ints = image[0], version = image[1];
	const unsigned flags = image[3] & (FLAG_EMPTY | FLAG_SINGLE);

	if (ints == PREAMBLE_FULL / 4 && version == VERSION_UPDATABLE)
		return decode_full(sketch, image, size);
	if (ints == PREAMBLE_FULL / 4 && version == VERSION_FULL && flags == 0)
		return decode_full(sketch, image, size);
	if (ints == PREAMBLE_SHORT / 4 && version == VERSION_SINGLE && flags == FLAG_SINGLE)
		return decode_single(sketch, image, size);
	if (ints == PREAMBLE_SHORT / 4 && version == VERSION_FULL && flags == FLAG_EMPTY)
		return size == PREAMBLE_SHORT ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
	return SK_IMAGE_CORRUPT;
}

enum sk_image_status
sk_kll_decode(struct sk_kll **sketch, const unsigned char *image, size_t size,
    enum sk_kll_type type, uint64_t seed)
{
	enum sk_image_status status = check_start(image, size);
	struct sk_kll *decoded;

	*sketch = NULL;
	if (status != SK_IMAGE_OK)
		return status;
	if ((decoded = sk_kll_new(type, sk_load16(image + 4), seed)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	status = decode_form(decoded, image, size);
	if (status == SK_IMAGE_OK)
		*sketch = decoded;
	else
		sk_kll_free(decoded);
	return status;
}

/* Strings */

/* The string at the front of ${rest}, which moves on behind it. False when it is cut off. */
static bool
next_string(struct sk_span *rest, struct sk_span *string)
{
	if (rest->size < 4 || sk_load32(rest->data) > rest->size - 4)
		return false;
	*string = (struct sk_span){ rest->data + 4, sk_load32(rest->data) };
	rest->data = string->data + string->size;
	rest->size -= 4 + string->size;
	return true;
}

/* The starts of the levels of a full image; their strings are then in ${rest}. */
static enum sk_image_status
read_string_levels(struct sk_kll_strings *strings, struct sk_span *rest)
{
	struct preamble preamble = { .levels = rest->data[18], .starts = rest->data + PREAMBLE_FULL };
	struct sk_kll sketch = { .k = strings->k, .n = sk_load64(rest->data + 8) };
	const size_t before = PREAMBLE_FULL + 4 * (size_t)preamble.levels;
	size_t end;

	strings->n = sketch.n;
	strings->min_k = sk_load16(rest->data + 16);
	strings->levels = preamble.levels;
	if (strings->min_k < SK_KLL_K_MIN || strings->min_k > strings->k || sketch.n == 0 ||
	    sketch.n > INT64_MAX || preamble.levels == 0 || preamble.levels >= LEVELS_MAX)
		return SK_IMAGE_CORRUPT;
	if (rest->size < before)
		return SK_IMAGE_TRUNCATED;
	sk_kll_set_capacities(&sketch);
	end = sk_kll_capacity(&sketch, preamble.levels);
	if (!read_starts(&sketch, &preamble, end))
		return SK_IMAGE_CORRUPT;
	strings->retained = end - sk_load32(preamble.starts);
	rest->data += before;
	rest->size -= before;
	return SK_IMAGE_OK;
}

/* All strings, and nothing behind them. Ahead of them come the minimum and the maximum if there are ${ends}. */
static enum sk_image_status
read_strings(struct sk_kll_strings *strings, struct sk_span rest, bool ends)
{
	struct sk_span string = { NULL, 0 };

	for (size_t i = 0; i < strings->retained + (ends ? 2 : 0); i++) {
		if (!next_string(&rest, &string))
			return SK_IMAGE_TRUNCATED;
		if (i == (ends ? 1 : 0))
			strings->likely =
			    string.size > 0 && memchr(string.data, '\0', string.size) == NULL;
	}
	return rest.size == 0 ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
}

enum sk_image_status
sk_kll_read_strings(struct sk_kll_strings *strings, const unsigned char *image, size_t size)
{
	enum sk_image_status status = check_start(image, size);
	struct sk_span rest = { image, size };
	unsigned form;

	if (status != SK_IMAGE_OK)
		return status;
	*strings = (struct sk_kll_strings){ .k = sk_load16(image + 4), .levels = 1 };
	strings->min_k = strings->k;
	form = (unsigned)image[0] << 16 | (unsigned)image[1] << 8 | (image[3] & (FLAG_EMPTY | FLAG_SINGLE));
	if (form == (PREAMBLE_FULL / 4 << 16 | VERSION_FULL << 8)) {
		if (size < PREAMBLE_FULL)
			return SK_IMAGE_TRUNCATED;
		status = read_string_levels(strings, &rest);
		return status == SK_IMAGE_OK ? read_strings(strings, rest, true) : status;
	}
	rest.data += PREAMBLE_SHORT;
	rest.size -= PREAMBLE_SHORT;
	if (form == (PREAMBLE_SHORT / 4 << 16 | VERSION_FULL << 8 | FLAG_EMPTY))
		return read_strings(strings, rest, false);
	if (form != (PREAMBLE_SHORT / 4 << 16 | VERSION_SINGLE << 8 | FLAG_SINGLE))
		return SK_IMAGE_CORRUPT;
	strings->n = strings->retained = 1;
	return read_strings(strings, rest, false);
}
