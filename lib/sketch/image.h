/*
 * image.h -- sketches as bytes: what all families' encoders and decoders share.
 *
 * Images are Apache DataSketches' and little-endian throughout. A decoder trusts nothing: every length is checked
 * against the bytes that are there before memory is asked for, and what does not add up is refused with a status.
 *
 * Loads and stores work at any alignment and on machines of either byte order. They cannot fail.
 */
#ifndef STREAMKIT_SKETCH_IMAGE_H
#define STREAMKIT_SKETCH_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What a decoder has to say of an image. */
enum sk_image_status {
	SK_IMAGE_OK,
	SK_IMAGE_TRUNCATED,   /* it ends before it should */
	SK_IMAGE_NOT_OURS,    /* not an image, or one of another family */
	SK_IMAGE_NEWER,       /* a serial version that is not known */
	SK_IMAGE_CORRUPT,     /* its parts contradict each other */
	SK_IMAGE_OTHER_SEED,  /* hashed with another seed: it cannot be merged or compared */
	SK_IMAGE_UNSUPPORTED, /* sound, as far as one can see, but of a kind that is not implemented */
	SK_IMAGE_NO_MEMORY,
};

/* What ${status} means, in words that go after "not a sketch that can be used: ". A string for ever. */
const char *sk_image_strerror(enum sk_image_status status);

/* Families, as byte 2 of an image names them. */
enum sk_image_family {
	SK_FAMILY_THETA = 3,
	SK_FAMILY_HLL = 7,
	SK_FAMILY_QUANTILES = 8,
	SK_FAMILY_TUPLE = 9,
	SK_FAMILY_FREQUENT = 10,
	SK_FAMILY_KLL = 15,
	SK_FAMILY_CPC = 16,
	SK_FAMILY_REQ = 17,
	SK_FAMILY_TDIGEST = 20,
};

static inline uint64_t
sk_load_bytes(const unsigned char *bytes, unsigned count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

/* Written out, so that compilers see one load. */
static inline uint16_t
sk_load16(const unsigned char *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t
sk_load32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	    (uint32_t)bytes[3] << 24;
}

static inline uint64_t
sk_load64(const unsigned char *bytes)
{
	return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
	    (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
	    (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static inline double
sk_load_double(const unsigned char *bytes)
{
	uint64_t bits = sk_load64(bytes);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline float
sk_load_float(const unsigned char *bytes)
{
	uint32_t bits = sk_load32(bytes);
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline void
sk_store_bytes(unsigned char *bytes, uint64_t value, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		bytes[i] = (unsigned char)(value >> (8 * i));
}

static inline void
sk_store16(unsigned char *bytes, uint16_t value)
{
	sk_store_bytes(bytes, value, 2);
}

static inline void
sk_store32(unsigned char *bytes, uint32_t value)
{
	sk_store_bytes(bytes, value, 4);
}

static inline void
sk_store64(unsigned char *bytes, uint64_t value)
{
	sk_store_bytes(bytes, value, 8);
}

static inline void
sk_store_double(unsigned char *bytes, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	sk_store64(bytes, bits);
}

static inline void
sk_store_float(unsigned char *bytes, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	sk_store32(bytes, bits);
}

#endif
