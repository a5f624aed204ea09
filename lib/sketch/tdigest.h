/*
 * tdigest.h -- t-digest: quantiles of a stream, sharpest at both ends, in an image that others read and write.
 *
 * Dunning and Ertl, "Computing Extremely Accurate Quantiles Using t-Digests" (2019): the merging variant with the scale
 * function K_2, as Apache DataSketches builds it (family 20). The stream is kept as centroids, means with weights,
 * which are small near the ends and large in the middle.
 *
 * What the numbers mean. There is no guarantee: on most data the rank of an answer is off by at most 0.5 % at k = 100,
 * far less near the ends, but input can be crafted that makes it wrong by any amount. Use kll.h, req.h or dd.h where a
 * bound is needed. The count, the smallest and the largest value are exact. The answer depends on the order of the
 * stream, and on nothing else: the same values in the same order give the same bytes as DataSketches gives, on every
 * machine that computes in IEEE double precision and does not contract a * b + c. (-ffp-contract=off; on 32-bit x86
 * -mfpmath=sse.)
 *
 * Values are finite. NaN and the infinities are refused, since a mean cannot hold them. -0.0 is kept, and equals 0.0.
 *
 * Errors: a pointer result is NULL, an int result -1 and a double result NaN, with errno set; every other result type
 * means the call cannot fail. After a failure the sketch is as it was before the call.
 *
 * Threads: none inside; a sketch is one thread's at a time, and const calls may share it.
 */
#ifndef STREAMKIT_SKETCH_TDIGEST_H
#define STREAMKIT_SKETCH_TDIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "image.h"

#define SK_TDIGEST_K 100u /* the default */
#define SK_TDIGEST_K_MIN 10u
#define SK_TDIGEST_K_MAX 65535u

struct sk_tdigest;

/* What a DataSketches image is made of: it does not say so itself. */
enum sk_tdigest_type {
	SK_TDIGEST_DOUBLE, /* what sk_tdigest_encode() writes */
	SK_TDIGEST_FLOAT,
};

/* Life cycle */

/*
 * A new, empty sketch with about ${k} centroids: twice the ${k}, half the error. It takes all its memory now: 29 KB at
 * k = 100. EINVAL for a ${k} outside SK_TDIGEST_K_MIN..MAX; ENOMEM. The caller frees it with sk_tdigest_free().
 */
struct sk_tdigest *sk_tdigest_new(unsigned k);

/* Free ${sketch}; NULL is fine. */
void sk_tdigest_free(struct sk_tdigest *sketch);

/* Make ${sketch} empty again. It keeps its memory, and is then like a new one. */
void sk_tdigest_reset(struct sk_tdigest *sketch);

/* Update */

/* Add ${value}. EINVAL when it is not finite; EOVERFLOW when the count would pass INT64_MAX. */
int sk_tdigest_add(struct sk_tdigest *sketch, double value);

/*
 * Add ${values}[0] to ${values}[${n} - 1], or none of them: the same as one by one. About 25 ns a value, in bursts:
 * values wait in a buffer of 8 * k + 40. EINVAL when one is not finite; EOVERFLOW.
 */
int sk_tdigest_add_batch(struct sk_tdigest *sketch, const double *values, size_t n);

/*
 * Turn the buffered values into centroids. No answer changes, but queries become quick and the image small, and no
 * longer the same: other libraries do it before they write. Later answers may differ in their last digits.
 */
void sk_tdigest_compress(struct sk_tdigest *sketch);

/* Combine */

/*
 * Add all that ${source} has seen to ${sketch}, whose k stays; the k of ${source} may be another. ${source} is
 * untouched. EINVAL when both are the same sketch; EOVERFLOW; ENOMEM.
 */
int sk_tdigest_merge(struct sk_tdigest *sketch, const struct sk_tdigest *source);

/* Query */

/* The k it was made with. */
unsigned sk_tdigest_k(const struct sk_tdigest *sketch);

/* The exact number of values added. */
uint64_t sk_tdigest_count(const struct sk_tdigest *sketch);

/* The smallest and the largest value added, exactly; NaN (and no errno) when there is none. */
double sk_tdigest_min(const struct sk_tdigest *sketch);
double sk_tdigest_max(const struct sk_tdigest *sketch);

/*
 * The value of normalised rank ${rank}, 0 to 1: interpolated between centroids, never outside the smallest and the
 * largest, never falling as ${rank} rises. NaN with EINVAL when ${rank} is outside 0..1 or the sketch is empty. A
 * sketch with buffered values is copied and compressed first, which takes some 20 us and can fail with ENOMEM; after
 * sk_tdigest_compress() a query takes a pass over the centroids and no memory.
 */
double sk_tdigest_quantile(const struct sk_tdigest *sketch, double rank);

/*
 * The normalised rank of ${value}: the part of the stream below it, and half of what equals it. Never falls as
 * ${value} rises; 0 below the smallest value, 1 above the largest. NaN with EINVAL when ${value} is NaN or the sketch
 * is empty. Cost and ENOMEM as for sk_tdigest_quantile().
 */
double sk_tdigest_rank(const struct sk_tdigest *sketch, double value);

/* Bytes in use: as many as a new sketch of its k takes. */
size_t sk_tdigest_memory(const struct sk_tdigest *sketch);

/* The same for a sketch not yet made; 0 when ${k} is out of range. */
size_t sk_tdigest_memory_for(unsigned k);

/* Encode and decode */

/* The size of the image that sk_tdigest_encode() writes, in bytes. */
size_t sk_tdigest_encoded_size(const struct sk_tdigest *sketch);

/*
 * Write the image of ${sketch} to ${image}, which has room for sk_tdigest_encoded_size() bytes. Buffered values are
 * written as such; sk_tdigest_compress() first gives the image that DataSketches writes by default.
 */
void sk_tdigest_encode(const struct sk_tdigest *sketch, unsigned char *image);

/*
 * Read the ${size} bytes at ${image} into a new sketch, *${sketch}, which the caller frees; it is NULL unless the
 * status is SK_IMAGE_OK. Takes DataSketches images of ${type}, and whatever ${type} is the big-endian images that
 * the reference implementation's asBytes() and asSmallBytes() write. The sketch is of doubles in any case. Images with
 * values that are not finite, or centroids out of order, are SK_IMAGE_CORRUPT.
 */
enum sk_image_status sk_tdigest_decode(
    struct sk_tdigest **sketch, const unsigned char *image, size_t size, enum sk_tdigest_type type);

#endif
