/*
 * req.h -- relative-error quantiles: which value lies at rank 0.9999, and what is the rank of this value?
 *
 * The sketch of Cormode, Karnin, Liberty, Thaler and Vesely, "Relative Error Streaming Quantiles" (PODS 2021), with
 * the schedule of Apache DataSketches, whose images it reads and writes. Ranks are inclusive and run from 0 to 1:
 * the rank of a value is the share of all values that are at most that value.
 *
 * What the numbers mean. The error is one of rank, not of value, and it shrinks towards one end, the high one by
 * default: a rank near r is off by a standard deviation of min(0.1306 / k * (1 - r), 0.084 / k), so that k = 12
 * gives 0.00011 at r = 0.99 and 0.0000011 at r = 0.9999, and up to 1.5 times that on streams that close in on the
 * middle from both ends. With low-rank accuracy it is r in place of 1 - r. The 3k values next to the accurate end are
 * held exactly. While sk_req_is_estimation() is false, everything is exact. Smallest, greatest and number of values
 * are always exact.
 *
 * Memory grows with the logarithm of the number of values, and its root: at k = 12 some 25 KB after a million and
 * 55 KB after a milliard. It is 8 bytes for a value held, whatever the type.
 *
 * Coins are tossed from the seed alone: the same values in the same order with the same seed give the same bytes,
 * however they are cut into batches. Another order, or merging, gives other answers within the same error.
 *
 * Values are doubles. A sketch of floats rounds them to float as they come, and its image has four bytes each, as
 * most of the images of other programs have; the type is not in the image. Infinities are values like others; NaN
 * is refused; -0.0 equals 0.0.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. After a failure the sketch is as it was before the call.
 *
 * Threads: none inside; a sketch is one thread's at a time, and const calls may share it.
 */
#ifndef STREAMKIT_SKETCH_REQ_H
#define STREAMKIT_SKETCH_REQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

#define SK_REQ_K_MIN 4u
#define SK_REQ_K_MAX 1024u
#define SK_REQ_K_DEFAULT 12u
#define SK_REQ_N_MAX (UINT64_C(1) << 60) /* values in one sketch */

struct sk_req;
struct sk_req_view;

enum sk_req_type {
	SK_REQ_FLOAT,  /* 4 bytes a value in an image */
	SK_REQ_DOUBLE, /* 8 bytes */
};

/* The end near which ranks are the more exact. */
enum sk_req_accuracy {
	SK_REQ_HIGH_RANKS,
	SK_REQ_LOW_RANKS,
};

/* Two values, or two ranks, between which something lies. */
struct sk_req_bounds {
	double lower;
	double upper;
};

/* Life cycle */

/*
 * A new, empty sketch. ${k} is even, from SK_REQ_K_MIN to SK_REQ_K_MAX: error is in proportion to 1/k and memory
 * to k. ${seed} is for the coins. It starts with about 80 k bytes. EINVAL; ENOMEM. The caller frees it with
 * sk_req_free().
 */
struct sk_req *sk_req_new(
    unsigned k, enum sk_req_accuracy accuracy, enum sk_req_type type, uint64_t seed);

/* Free ${req}; NULL is fine. */
void sk_req_free(struct sk_req *req);

/* Make ${req} empty again, with the coins of its seed. It keeps its memory. */
void sk_req_reset(struct sk_req *req);

/* Update */

/*
 * Add ${value}. EINVAL when it is NaN; ENOMEM, which can only happen when the number of values passes 6k and then
 * each time it has doubled; EOVERFLOW beyond SK_REQ_N_MAX values.
 */
int sk_req_add(struct sk_req *req, double value);

/*
 * Add all ${n} ${values}, or none: errors are those of sk_req_add(). About 15 ns a value at k = 12. The result is
 * the same as adding them one by one.
 */
int sk_req_add_batch(struct sk_req *req, const double *values, size_t n);

/* The same for floats. */
int sk_req_add_floats(struct sk_req *req, const float *values, size_t n);

/* Combine */

/*
 * Add all that ${source} has seen to ${req}. ${source} is untouched. EINVAL when they differ in k or accuracy, ${req}
 * is of floats and ${source} of doubles, or they are one; EOVERFLOW; ENOMEM.
 */
int sk_req_merge(struct sk_req *req, const struct sk_req *source);

/* Query. Of an empty sketch, minimum, maximum, quantiles and ranks are NaN. */

unsigned sk_req_k(const struct sk_req *req);
enum sk_req_accuracy sk_req_accuracy(const struct sk_req *req);
enum sk_req_type sk_req_type(const struct sk_req *req);

/* The exact number of values added. */
uint64_t sk_req_n(const struct sk_req *req);

/* The number of values held. */
size_t sk_req_held(const struct sk_req *req);

/* The exact smallest and greatest value. Up to a quarter of the held values are looked at. */
double sk_req_min(const struct sk_req *req);
double sk_req_max(const struct sk_req *req);

/* True once values have been dropped: ranks and quantiles are estimates. */
bool sk_req_is_estimation(const struct sk_req *req);

/*
 * The value at rank ${rank}, by nearest rank: the smallest value held whose rank is at least ${rank}; the exact
 * minimum for 0 or less and the exact maximum for 1 or more; NaN for NaN. Needs no memory and some 15 us; for more
 * than one, make a view.
 */
double sk_req_quantile(const struct sk_req *req, double rank);

/* The rank of ${value}: the share of values <= ${value}. NaN for NaN. */
double sk_req_rank(const struct sk_req *req, double value);

/*
 * Where the true rank of a value lies whose rank is said to be ${rank}, within ${sigmas} standard deviations (1, 2
 * or 3: 68, 95 or 99.7 % of cases), cut to 0 .. 1. Both are ${rank} where it is exact.
 */
struct sk_req_bounds sk_req_rank_bounds(const struct sk_req *req, double rank, unsigned sigmas);

/* Where the true value at ${rank} lies: the values at the bounds of the rank. */
struct sk_req_bounds sk_req_quantile_bounds(const struct sk_req *req, double rank, unsigned sigmas);

/* Bytes in use, the structures included. */
size_t sk_req_memory(const struct sk_req *req);

/* The most bytes that a sketch with ${k} uses for ${n} values. */
size_t sk_req_memory_for(unsigned k, uint64_t n);

/* The standard deviation of a rank as a part of its distance from the accurate end: 0.1306 / k. */
double sk_req_error(unsigned k);

/*
 * The smallest k whose standard deviation of a rank is at most ${error} times the distance from the accurate end
 * (1 - r, or r with low-rank accuracy): 0.011 gives 12. 0 when no k does.
 */
unsigned sk_req_k_for(double error);

/* Views: many queries at once */

/*
 * The values held, sorted, with their ranks. It is a copy: ${req} may change or go. ENOMEM. The caller frees it with
 * sk_req_view_free().
 */
struct sk_req_view *sk_req_view_new(const struct sk_req *req);

/* Free ${view}; NULL is fine. */
void sk_req_view_free(struct sk_req_view *view);

/* What sk_req_quantile() and sk_req_rank() said of the sketch; a binary search each. */
double sk_req_view_quantile(const struct sk_req_view *view, double rank);
double sk_req_view_rank(const struct sk_req_view *view, double value);

/* Encode and decode */

/* The bytes of the image that sk_req_encode() writes. */
size_t sk_req_encoded_size(const struct sk_req *req);

/* Write the image of ${req}, sk_req_encoded_size() bytes, into ${image}. Level 0 is written sorted. */
void sk_req_encode(const struct sk_req *req, unsigned char *image);

/*
 * Make a sketch of the ${size} bytes of ${image}, whose values are of type ${type}, and set ${*req} to it, which is
 * the caller's to free. ${seed} is for the coins still to be tossed. Unless the status is SK_IMAGE_OK, ${*req} is
 * NULL. An image of the wrong type is refused in all cases but freakish ones. The memory asked for is in proportion to ${size}.
 */
enum sk_image_status sk_req_decode(struct sk_req **req, const unsigned char *image, size_t size,
    enum sk_req_type type, uint64_t seed);

#endif
