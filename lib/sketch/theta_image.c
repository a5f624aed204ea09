/*
 * theta_image.c -- Theta sketches as the bytes of Apache DataSketches' compact images.
 *
 * byte 0: longs before the hashes; 1: serial version; 2: family; 5: flags; 6: hash of the seed, 2 bytes.
 * Versions 1 to 3: a count at 8 and theta at 16 as far as there are longs for them, then the hashes, 8 bytes each.
 * Version 4: byte 3: bits of a difference; 4: bytes of the count. Theta at 8 if there are two longs, the count, and
 * the differences between neighbours, bit after bit from the top of the first byte.
 */
#include "theta_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "murmur3.h"

#define HEADER ((size_t)8)
#define VERSION_MAX 4
#define FAMILY_FIRST 1 /* of all theta families: Java's updatable sketches are 1 and 2, */
#define FAMILY_LAST 6  /* and the states of its set operations 4 to 6 */
#define LONGS_MAX 4
#define LONGS_MASK 0x3f

enum flag {
	FLAG_BIG_ENDIAN = 1,
	FLAG_READ_ONLY = 2,
	FLAG_EMPTY = 4,
	FLAG_COMPACT = 8,
	FLAG_ORDERED = 16,
};

/* What an image says before its hashes. */
struct header {
	uint64_t theta;
	size_t count;
	size_t start;  /* bytes before the hashes */
	unsigned bits; /* of a packed difference; 0: the hashes are not packed */
	bool ordered;
	bool empty;
};

/* Encode */

static unsigned
bits_of(uint64_t number)
{
	unsigned bits = 0;

	for (; bits < 64 && number >> bits != 0; bits++)
		;
	return bits;
}

/* The bits of the widest difference between neighbours. */
static unsigned
difference_bits(const struct sk_theta *compact)
{
	uint64_t all = 0, before = 0;

	for (size_t i = 0; i < compact->count; before = compact->hashes[i++])
		all |= compact->hashes[i] - before;
	return bits_of(all);
}

static bool
is_packable(const struct sk_theta *compact)
{
	return compact->count > 1 || (compact->count == 1 && !sk_theta_exact(compact));
}

static size_t
plain_longs(const struct sk_theta *compact)
{
	if (compact->empty)
		return 1;
	return !sk_theta_exact(compact) ? 3 : compact->count == 1 ? 1 : 2;
}

/* Bytes of ${count} packed differences. */
static size_t
packed_size(size_t count, unsigned bits)
{
	return count / 8 * bits + (count % 8 * bits + 7) / 8;
}

static size_t
packed_start(const struct sk_theta *compact)
{
	return (sk_theta_exact(compact) ? 8 : 16) + (bits_of(compact->count) + 7) / 8;
}

size_t
sk_theta_encoded_size(const struct sk_theta *compact, enum sk_theta_version version)
{
	assert(compact->lg_k == 0);
	if (version == SK_THETA_V4 && is_packable(compact))
		return packed_start(compact) +
		    packed_size(compact->count, difference_bits(compact));
	return (plain_longs(compact) + compact->count) * 8;
}

/* The ${size} bytes, 8 at most, of ${word} from the top. */
static void
put_word(unsigned char *bytes, uint64_t word, size_t size)
{
	for (size_t i = 0; i < size; i++, word <<= 8)
		bytes[i] = (unsigned char)(word >> 56);
}

/* Differences pile up in a word, from its top, until it is full. */
static void
pack(const struct sk_theta *compact, unsigned bits, unsigned char *to)
{
	uint64_t before = 0, word = 0;
	unsigned room = 64; /* bits of the word that are free: at least one */

	for (size_t i = 0; i < compact->count; before = compact->hashes[i++]) {
		const uint64_t difference = compact->hashes[i] - before;

		if (bits < room) {
			room -= bits;
			word |= difference << room;
			continue;
		}
		put_word(to, word | difference >> (bits - room), 8);
		to += 8;
		room += 64 - bits;
		word = room < 64 ? difference << room : 0;
	}
	put_word(to, word, (64 - room + 7) / 8);
}

static void
encode_header(unsigned char *image, size_t longs, unsigned version, unsigned flags, uint64_t seed)
{
	memset(image, 0, HEADER);
	image[0] = (unsigned char)longs;
	image[1] = (unsigned char)version;
	image[2] = SK_FAMILY_THETA;
	image[5] = (unsigned char)(FLAG_READ_ONLY | FLAG_COMPACT | FLAG_ORDERED | flags);
	sk_store16(image + 6, sk_murmur3_seed_hash(seed));
}

static void
encode_packed(const struct sk_theta *compact, unsigned char *image)
{
	const size_t start = packed_start(compact);
	const unsigned bits = difference_bits(compact), bytes = (bits_of(compact->count) + 7) / 8;

	encode_header(image, sk_theta_exact(compact) ? 1 : 2, SK_THETA_V4, 0, compact->seed);
	image[3] = (unsigned char)bits;
	image[4] = (unsigned char)bytes;
	if (!sk_theta_exact(compact))
		sk_store64(image + 8, compact->theta);
	sk_store_bytes(image + start - bytes, compact->count, bytes);
	pack(compact, bits, image + start);
}

void
sk_theta_encode(const struct sk_theta *compact, enum sk_theta_version version, unsigned char *image)
{
	const size_t longs = plain_longs(compact);

	assert(compact->lg_k == 0);
	if (version == SK_THETA_V4 && is_packable(compact)) {
		encode_packed(compact, image);
		return;
	}
	encode_header(image, longs, SK_THETA_V3, compact->empty ? FLAG_EMPTY : 0, compact->seed);
	if (longs > 1)
		sk_store64(image + 8, compact->count);
	if (longs > 2)
		sk_store64(image + 16, compact->theta);
	for (size_t i = 0; i < compact->count; i++)
		sk_store64(image + (longs + i) * 8, compact->hashes[i]);
}

/* Decode */

/* Whose image it is. The first three bytes of one are never text. */
static enum sk_image_status
identify(const unsigned char *image, size_t size)
{
	const unsigned longs = size > 0 ? image[0] & LONGS_MASK : 1;
	const unsigned version = size > 1 ? image[1] : 1;
	const unsigned family = size > 2 ? image[2] : SK_FAMILY_THETA;

	if (longs < 1 || longs > LONGS_MAX || version < 1 || family < FAMILY_FIRST ||
	    family > FAMILY_LAST || (size < 3 && size > 0 && image[0] > LONGS_MAX))
		return SK_IMAGE_NOT_OURS;
	if (size < 3)
		return SK_IMAGE_TRUNCATED;
	if (version > VERSION_MAX)
		return SK_IMAGE_NEWER;
	if (family != SK_FAMILY_THETA)
		return SK_IMAGE_UNSUPPORTED;
	return size < HEADER ? SK_IMAGE_TRUNCATED : SK_IMAGE_OK;
}

/* The header of an image of version 1 to 3: those of 1 always have three longs, and neither flags nor a seed; those of
 * 2 have no flags that matter, and are empty when they have one long. */
static enum sk_image_status
read_plain(struct header *header, const unsigned char *image, size_t size)
{
	const unsigned version = image[1], longs = image[0] & LONGS_MASK;
	const unsigned flags = version == 3 ? image[5] : FLAG_ORDERED;

	if ((flags & FLAG_BIG_ENDIAN) != 0)
		return SK_IMAGE_UNSUPPORTED;
	if (longs > 3 || (version == 1 && longs != 3) || ((flags & FLAG_EMPTY) != 0 && longs != 1))
		return SK_IMAGE_CORRUPT;
	if (size < longs * 8)
		return SK_IMAGE_TRUNCATED;
	header->start = longs * 8;
	header->ordered = (flags & FLAG_ORDERED) != 0;
	header->count = longs > 1 ? sk_load32(image + 8) : version == 3;
	header->theta = longs > 2 ? sk_load64(image + 16) : SK_THETA_ONE;
	header->empty = (flags & FLAG_EMPTY) != 0;
	if (version < 3)
		header->empty = header->count == 0 && header->theta == SK_THETA_ONE;
	if (header->empty)
		header->count = 0;
	return SK_IMAGE_OK;
}

static enum sk_image_status
read_packed(struct header *header, const unsigned char *image, size_t size)
{
	const unsigned longs = image[0] & LONGS_MASK, bytes = image[4];

	if ((image[5] & FLAG_BIG_ENDIAN) != 0)
		return SK_IMAGE_UNSUPPORTED;
	if (longs > 2 || image[3] < 1 || image[3] > 63 || bytes < 1 || bytes > 4 ||
	    (image[5] & (FLAG_EMPTY | FLAG_ORDERED)) != FLAG_ORDERED)
		return SK_IMAGE_CORRUPT;
	header->start = longs * 8 + bytes;
	if (size < header->start)
		return SK_IMAGE_TRUNCATED;
	header->bits = image[3];
	header->theta = longs > 1 ? sk_load64(image + 8) : SK_THETA_ONE;
	header->count = (size_t)sk_load_bytes(image + longs * 8, bytes);
	header->ordered = true;
	return header->count > 0 ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
}

/* The header, and that the image is as long as it says. */
static enum sk_image_status
read_header(struct header *header, const unsigned char *image, size_t size, uint64_t seed)
{
	enum sk_image_status status;
	size_t room;
	unsigned bits;

	if (image[1] == SK_THETA_V4)
		status = read_packed(header, image, size);
	else
		status = read_plain(header, image, size);
	if (status != SK_IMAGE_OK)
		return status;
	if (!header->empty && image[1] > 1 && sk_load16(image + 6) != sk_murmur3_seed_hash(seed))
		return SK_IMAGE_OTHER_SEED;
	if (header->theta < 1 || header->theta > SK_THETA_ONE)
		return SK_IMAGE_CORRUPT;
	room = size - header->start;
	bits = header->bits > 0 ? header->bits : 64;
	if (room / bits < header->count / 8 || packed_size(header->count, bits) > room)
		return SK_IMAGE_TRUNCATED;
	return packed_size(header->count, bits) < room ? SK_IMAGE_CORRUPT : SK_IMAGE_OK;
}

/* Packed differences: bytes still to be read, and bits that have been, at the top of a word. */
struct packed {
	const unsigned char *at;
	size_t left;
	uint64_t word;
	unsigned bits;
};

static void
next_word(struct packed *packed)
{
	const unsigned size = packed->left < 8 ? (unsigned)packed->left : 8;

	packed->word = 0;
	for (unsigned i = 0; i < size; i++)
		packed->word |= (uint64_t)packed->at[i] << (56 - 8 * i);
	packed->at += size;
	packed->left -= size;
	packed->bits = 64;
}

/* The next ${bits}, from 1 to 63; those behind the last byte are 0. */
static uint64_t
unpack(struct packed *packed, unsigned bits)
{
	uint64_t number = 0;

	if (packed->bits < bits) {
		bits -= packed->bits;
		number = packed->bits > 0 ? packed->word >> (64 - packed->bits) << bits : 0;
		next_word(packed);
	}
	number |= packed->word >> (64 - bits);
	packed->word <<= bits;
	packed->bits -= bits;
	return number;
}

/* A sum of differences that passes theta is noticed before it can overflow: both are under 2^63. */
static bool
read_hashes(struct sk_theta *sketch, const struct header *header, const unsigned char *from)
{
	struct packed packed = { .at = from, .left = packed_size(header->count, header->bits) };
	uint64_t before = 0;

	for (size_t i = 0; i < header->count; i++) {
		uint64_t hash;

		if (header->bits == 0)
			hash = sk_load64(from + i * 8);
		else
			hash = before + unpack(&packed, header->bits);
		if (hash == 0 || hash >= sketch->theta || (header->ordered && hash <= before))
			return false;
		sketch->hashes[i] = before = hash;
	}
	sketch->count = header->count;
	if (header->ordered)
		return true;
	sk_theta_sort(sketch->hashes, sketch->count);
	for (size_t i = 1; i < sketch->count; i++)
		if (sketch->hashes[i] == sketch->hashes[i - 1])
			return false;
	return true;
}

enum sk_image_status
sk_theta_decode(struct sk_theta **sketch, const unsigned char *image, size_t size, uint64_t seed)
{
	struct header header = { 0 };
	enum sk_image_status status = identify(image, size);
	struct sk_theta *decoded;

	if (status == SK_IMAGE_OK)
		status = read_header(&header, image, size, seed);
	if (status != SK_IMAGE_OK)
		return status;
	if ((decoded = sk_theta_list_new(header.count, seed)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	decoded->theta = header.theta;
	decoded->empty = header.empty;
	if (!read_hashes(decoded, &header, image + header.start)) {
		sk_theta_free(decoded);
		return SK_IMAGE_CORRUPT;
	}
	*sketch = decoded;
	return SK_IMAGE_OK;
}
