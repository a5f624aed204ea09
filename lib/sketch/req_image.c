/*
 * req_image.c -- REQ sketches as Apache DataSketches' images.
 *
 *     0  preamble ints: 2, or 4 with n, minimum and maximum    3  flags
 *     1  serial version: 1                                     4  k, 2 bytes
 *     2  family: 17                                            6  levels       7  raw items
 *     8  if there are levels above 0: n, 8 bytes; minimum; maximum
 *     then up to four values as they are, or per level
 *        state, 8 bytes | raw section size, a float | level, 1 | sections, 1 | 0, 2 | count, 4 | values, ascending
 *
 * Compaction keeps the weight of all values the same, so that weights have to add up to n exactly; and it takes no
 * fewer than REQ_SECTION_MIN values for each section, which keeps states, and with them room, in bounds.
 */
#include "req_table.h"

#include <math.h>

#define PREAMBLE ((size_t)8)
#define LEVEL_PREAMBLE ((size_t)20)
#define INTS_EXACT 2
#define INTS_ESTIMATION 4
#define SERIAL_VERSION 1
#define FLAG_EMPTY 4
#define FLAG_HIGH_RANKS 8
#define FLAG_RAW 16
#define FLAG_SORTED 32
#define FLAGS (FLAG_EMPTY | FLAG_HIGH_RANKS | FLAG_RAW | FLAG_SORTED)
#define RAW_MAX 4u

static size_t
width_of(enum sk_req_type type)
{
	return type == SK_REQ_FLOAT ? 4 : 8;
}

static double
load_value(const unsigned char *bytes, enum sk_req_type type)
{
	return type == SK_REQ_FLOAT ? (double)sk_load_float(bytes) : sk_load_double(bytes);
}

static void
store_value(unsigned char *bytes, double value, enum sk_req_type type)
{
	if (type == SK_REQ_FLOAT)
		sk_store_float(bytes, (float)value);
	else
		sk_store_double(bytes, value);
}

/* Encoding */

size_t
sk_req_encoded_size(const struct sk_req *req)
{
	const size_t width = width_of(req->type);

	if (req->n <= RAW_MAX)
		return PREAMBLE + (size_t)req->n * width;
	return PREAMBLE + (req->level_count > 1 ? 8 + 2 * width : 0) +
	    req->level_count * LEVEL_PREAMBLE + req->held * width;
}

/* The ${i}th of ${count} values in an image, as a key in the order of values. */
static uint64_t
key_at(const unsigned char *values, size_t i, enum sk_req_type type)
{
	return sk_key_of_double(load_value(values + i * width_of(type), type));
}

static void
set_key(unsigned char *values, size_t i, uint64_t key, enum sk_req_type type)
{
	store_value(values + i * width_of(type), sk_key_to_double(key), type);
}

/* Let the value at ${i} of a heap of ${count}, greatest on top, sink to where it belongs. */
static void
sink(unsigned char *values, size_t i, size_t count, enum sk_req_type type)
{
	const uint64_t key = key_at(values, i, type);

	for (size_t child; (child = 2 * i + 1) < count; i = child) {
		uint64_t greater = key_at(values, child, type);

		if (child + 1 < count && key_at(values, child + 1, type) > greater)
			greater = key_at(values, ++child, type);
		if (greater <= key)
			break;
		set_key(values, i, greater, type);
	}
	set_key(values, i, key, type);
}

/* Sort values where they lie in an image, by heapsort: encoding asks for no memory. */
static void
sort_values(unsigned char *values, size_t count, enum sk_req_type type)
{
	for (size_t i = count / 2; i-- > 0;)
		sink(values, i, count, type);
	while (count-- > 1) {
		const uint64_t greatest = key_at(values, 0, type);

		set_key(values, 0, key_at(values, count, type), type);
		set_key(values, count, greatest, type);
		sink(values, 0, count, type);
	}
}

/* The ${i}th smallest value of level ${level}, as a key in the order of values. */
static uint64_t
level_key(const struct sk_req *req, const struct req_level *level, size_t i)
{
	if (req->flip == 0)
		return req->keys[level->begin + i];
	return ~req->keys[level->begin + level->count - 1 - i];
}

/* Write the values of a level, and before them, for level 0, sort the pending ones in the image and merge. */
static unsigned char *
encode_values(const struct sk_req *req, unsigned h, unsigned char *image)
{
	const struct req_level *level = &req->levels[h];
	size_t pending = h == 0 ? req->pending : 0, left = level->count;
	const size_t count = pending + left;

	for (size_t i = 0; i < pending; i++)
		set_key(image, i, req->keys[i] ^ req->flip, req->type);
	sort_values(image, pending, req->type);
	/* From the greatest down, so that no value is overwritten before its turn. */
	for (size_t to = count; to-- > 0 && left > 0;) {
		const uint64_t key = level_key(req, level, left - 1);

		if (pending > 0 && key_at(image, pending - 1, req->type) > key) {
			set_key(image, to, key_at(image, pending - 1, req->type), req->type);
			pending--;
		} else {
			set_key(image, to, key, req->type);
			left--;
		}
	}
	return image + count * width_of(req->type);
}

static unsigned char *
encode_level(const struct sk_req *req, unsigned h, unsigned char *image)
{
	const struct req_level *level = &req->levels[h];

	sk_store64(image, level->state);
	sk_store_float(image + 8, level->section_raw);
	image[12] = (unsigned char)h;
	image[13] = (unsigned char)level->sections;
	sk_store16(image + 14, 0);
	sk_store32(image + 16, (uint32_t)(level->count + (h == 0 ? req->pending : 0)));
	return encode_values(req, h, image + LEVEL_PREAMBLE);
}

void
sk_req_encode(const struct sk_req *req, unsigned char *image)
{
	const bool raw = req->n <= RAW_MAX, estimation = req->level_count > 1;
	const size_t width = width_of(req->type);

	image[0] = estimation ? INTS_ESTIMATION : INTS_EXACT;
	image[1] = SERIAL_VERSION;
	image[2] = SK_FAMILY_REQ;
	image[3] = (unsigned char)(FLAG_SORTED | (req->n == 0 ? FLAG_EMPTY : 0) |
	    (req->accuracy == SK_REQ_HIGH_RANKS ? FLAG_HIGH_RANKS : 0) | (raw ? FLAG_RAW : 0));
	sk_store16(image + 4, (uint16_t)req->k);
	image[6] = (unsigned char)(req->n == 0 ? 0 : req->level_count);
	image[7] = (unsigned char)(raw ? req->n : 0);
	image += PREAMBLE;
	if (estimation) {
		sk_store64(image, req->n);
		store_value(image + 8, sk_req_min(req), req->type);
		store_value(image + 8 + width, sk_req_max(req), req->type);
		image += 8 + 2 * width;
	}
	if (raw) {
		encode_values(req, 0, image);
		return;
	}
	for (unsigned h = 0; h < req->level_count; h++)
		image = encode_level(req, h, image);
}

/* Decoding */

/* What is known of an image while it is looked at; it has no memory of its own. */
struct reader {
	const unsigned char *at;
	size_t left; /* bytes from there */
	enum sk_req_type type;
	unsigned k;
	unsigned levels;
	unsigned flags;
	unsigned raw; /* values without a level's preamble */
	uint64_t n;
	uint64_t weight; /* of the levels looked at */
	size_t held;     /* their values */
	size_t nominal;  /* their nominal capacities */
	double minimum;
	double maximum;
};

static bool
take(struct reader *reader, size_t size)
{
	if (size > reader->left)
		return false;
	reader->at += size;
	reader->left -= size;
	return true;
}

static enum sk_image_status
read_preamble(struct reader *reader)
{
	const unsigned char *image = reader->at;
	const size_t size = reader->left;

	if ((size > 0 && image[0] != INTS_EXACT && image[0] != INTS_ESTIMATION) ||
	    (size > 2 && image[2] != SK_FAMILY_REQ))
		return SK_IMAGE_NOT_OURS;
	if (size > 2 && image[1] > SERIAL_VERSION)
		return SK_IMAGE_NEWER;
	if (!take(reader, PREAMBLE))
		return SK_IMAGE_TRUNCATED;
	reader->flags = image[3];
	reader->k = sk_load16(image + 4);
	reader->levels = image[6];
	reader->raw = image[7];
	if (image[1] != SERIAL_VERSION || (reader->flags & ~(unsigned)FLAGS) != 0 ||
	    reader->k < SK_REQ_K_MIN || reader->k > SK_REQ_K_MAX || reader->k % 2 != 0 ||
	    (image[0] == INTS_ESTIMATION) != (reader->levels > 1) ||
	    reader->levels > REQ_LEVELS_MAX)
		return SK_IMAGE_CORRUPT;
	if ((reader->flags & FLAG_EMPTY) != 0)
		return reader->levels > 1 || reader->raw > 0 ? SK_IMAGE_CORRUPT : SK_IMAGE_OK;
	if (reader->levels == 0 || ((reader->flags & FLAG_RAW) != 0) != (reader->raw > 0) ||
	    reader->raw > RAW_MAX || (reader->raw > 0 && reader->levels > 1))
		return SK_IMAGE_CORRUPT;
	return SK_IMAGE_OK;
}

static enum sk_image_status
read_extremes(struct reader *reader)
{
	const unsigned char *image = reader->at;
	const size_t width = width_of(reader->type);

	reader->minimum = -(double)INFINITY;
	reader->maximum = (double)INFINITY;
	if (reader->levels < 2)
		return SK_IMAGE_OK;
	if (!take(reader, 8 + 2 * width))
		return SK_IMAGE_TRUNCATED;
	reader->n = sk_load64(image);
	reader->minimum = load_value(image + 8, reader->type);
	reader->maximum = load_value(image + 8 + width, reader->type);
	return reader->n <= SK_REQ_N_MAX && reader->minimum <= reader->maximum ? SK_IMAGE_OK
									       : SK_IMAGE_CORRUPT;
}

/* Look at ${count} values: numbers, within the extremes, and in order if they must be. */
static enum sk_image_status
read_values(struct reader *reader, size_t count, bool sorted)
{
	const unsigned char *values = reader->at;
	const size_t width = width_of(reader->type);
	double last = reader->minimum;

	if (count > reader->left / width)
		return SK_IMAGE_TRUNCATED;
	take(reader, count * width);
	for (size_t i = 0; i < count; i++) {
		const double value = load_value(values + i * width, reader->type);

		if (!(value >= last && value <= reader->maximum))
			return SK_IMAGE_CORRUPT;
		if (sorted)
			last = value;
	}
	reader->held += count;
	return SK_IMAGE_OK;
}

/*
 * Whether section size and number of ${level} are what k and its state lead to, but for rounding, and whether the
 * ${arrived} values that can have come are enough for as many compactions: sk_req_need() depends on that.
 */
static bool
schedule_fits(const struct req_level *level, unsigned k, uint64_t arrived)
{
	struct req_level ideal = sk_req_widest(k);
	uint64_t taken = level->state; /* sections compacted, at least */

	ideal.state = level->state;
	while (ideal.sections < level->sections)
		if (!sk_req_more_sections(&ideal))
			return false;
	if (ideal.sections != level->sections || !(level->section_raw <= ideal.section_raw) ||
	    !(level->section_raw >= ideal.section_raw * 0.9998f) || taken > arrived)
		return false;
	if (level->state < UINT64_C(1) << (level->sections - 1) || sk_req_more_sections(&ideal))
		for (uint64_t pairs = level->state / 2; pairs > 0; pairs /= 2)
			taken += pairs;
	return taken <= arrived / REQ_SECTION_MIN;
}

/* Look at level ${h}, and set ${*level} to what it says; values begin at reader->at - count * width. */
static enum sk_image_status
read_level(struct reader *reader, unsigned h, struct req_level *level)
{
	const unsigned char *image = reader->at;
	enum sk_image_status status;

	if (!take(reader, LEVEL_PREAMBLE))
		return SK_IMAGE_TRUNCATED;
	*level = (struct req_level){
		.state = sk_load64(image),
		.section_raw = sk_load_float(image + 8),
		.sections = image[13],
		.count = sk_load32(image + 16),
	};
	if (level->count == 0 || image[12] != h || sk_load16(image + 14) != 0)
		return SK_IMAGE_CORRUPT;
	status = read_values(reader, level->count, h > 0 || (reader->flags & FLAG_SORTED) != 0);
	if (status != SK_IMAGE_OK)
		return status;
	if (reader->levels == 1)
		reader->n = level->count;
	if (!schedule_fits(level, reader->k, reader->n >> h) ||
	    level->count > (reader->n - reader->weight) >> h)
		return SK_IMAGE_CORRUPT;
	reader->weight += (uint64_t)level->count << h;
	reader->nominal += sk_req_capacity(level);
	return SK_IMAGE_OK;
}

/* Look at all of an image, to the last byte, before anything is made of it. */
static enum sk_image_status
check(struct reader *reader)
{
	enum sk_image_status status = read_preamble(reader);
	struct req_level level;

	if (status != SK_IMAGE_OK)
		return status;
	if ((reader->flags & FLAG_EMPTY) != 0)
		return reader->left == 0 ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
	if ((status = read_extremes(reader)) != SK_IMAGE_OK)
		return status;
	if (reader->raw > 0) {
		status = read_values(reader, reader->raw, (reader->flags & FLAG_SORTED) != 0);
		reader->n = reader->raw;
		/* datasketches-cpp leaves the room of a level's preamble behind 2 to 4 values, as zeros. */
		if (status == SK_IMAGE_OK && reader->raw > 1 && reader->left == LEVEL_PREAMBLE)
			while (reader->left > 0 && *reader->at == 0)
				take(reader, 1);
	} else {
		for (unsigned h = 0; h < reader->levels && status == SK_IMAGE_OK; h++)
			status = read_level(reader, h, &level);
		if (status == SK_IMAGE_OK &&
		    (reader->weight != reader->n || reader->held >= reader->nominal))
			status = SK_IMAGE_CORRUPT;
	}
	return status == SK_IMAGE_OK && reader->left > 0 ? SK_IMAGE_CORRUPT : status;
}

/* Take the ${count} values before ${end} as ${keys}, ascending if the values are. */
static void
load_values(const struct sk_req *req, const unsigned char *end, uint64_t *keys, size_t count)
{
	const unsigned char *values = end - count * width_of(req->type);

	for (size_t i = 0; i < count; i++)
		keys[req->flip == 0 ? i : count - 1 - i] = key_at(values, i, req->type) ^ req->flip;
}

/*
 * Take level ${h}, whose keys begin at ${begin}. Those of level 0 become pending, and are sorted when all is there.
 * The others are in order already, unless zeros of both signs, which other programs hold equal, are not.
 */
static void
load_level(struct sk_req *req, unsigned h, const unsigned char *end, size_t begin)
{
	struct req_level *level = &req->levels[h];
	uint64_t *const keys = req->keys + begin, *const scratch = req->keys + req->pending;
	const uint64_t *sorted;

	/* The images do not say how the first coin of a pair fell. */
	if ((level->state & 1) != 0)
		level->coin = sk_coin_toss(&req->coin) != 0;
	req->nominal += sk_req_capacity(level);
	level->begin = begin;
	if (h == 0) {
		req->pending = level->count;
		level->begin += level->count;
		level->count = 0;
		load_values(req, end, req->keys, req->pending);
		return;
	}
	load_values(req, end, keys, level->count);
	if ((sorted = sk_keysort(keys, scratch, level->count)) != keys)
		memcpy(keys, sorted, level->count * sizeof(*keys));
}

/* Fill ${req} from an image that has been found good; the array has room for its values twice. */
static void
load(struct sk_req *req, struct reader *reader)
{
	size_t begin = req->room - reader->held;

	req->n = reader->n;
	req->held = reader->held;
	req->nominal = 0;
	read_preamble(reader);
	read_extremes(reader);
	for (unsigned h = 0; h < reader->levels; h++) {
		size_t count = reader->raw;

		if (count > 0) {
			take(reader, count * width_of(req->type));
			req->levels[h].count = count;
		} else {
			read_level(reader, h, &req->levels[h]);
			count = req->levels[h].count;
		}
		load_level(req, h, reader->at, begin);
		begin += count;
	}
	req->level_count = reader->levels;
	sk_req_absorb(req);
	if (reader->levels > 1) {
		const uint64_t one = sk_req_key(req, reader->minimum);
		const uint64_t other = sk_req_key(req, reader->maximum);

		req->lowest = one < other ? one : other;
		req->highest = one < other ? other : one;
	}
}

enum sk_image_status
sk_req_decode(struct sk_req **result, const unsigned char *image, size_t size,
    enum sk_req_type type, uint64_t seed)
{
	struct reader reader = { .at = image, .left = size, .type = type };
	struct sk_req *req;
	enum sk_image_status status;

	*result = NULL;
	if ((status = check(&reader)) != SK_IMAGE_OK)
		return status;
	req = sk_req_new_bare(reader.k,
	    (reader.flags & FLAG_HIGH_RANKS) != 0 ? SK_REQ_HIGH_RANKS : SK_REQ_LOW_RANKS, type,
	    seed);
	if (req == NULL || sk_req_set_room(req, 2 * reader.held + 1, reader.levels + 1) != 0) {
		sk_req_free(req);
		return SK_IMAGE_NO_MEMORY;
	}
	sk_req_push_level(req);
	if (reader.n > 0) {
		reader = (struct reader){
			.at = image, .left = size, .type = type, .n = reader.n, .held = reader.held
		};
		load(req, &reader);
	}
	*result = req;
	return SK_IMAGE_OK;
}
