/*
 * hll.h -- HyperLogLog: how many different items has a stream held?
 *
 * Up to 7 different items are a list, more are a hash set (from lg_k = 8 on), and a set that would outgrow the
 * registers becomes 2^lg_k registers (Flajolet et al. 2007). Bytes, promotion points and the order of updates are
 * Apache DataSketches': the same items in the same order give the image that datasketches-cpp writes.
 *
 * What the numbers mean. In list and set the count is exact but for collisions of 26-bit coupons, 5e-5 of it at one
 * sigma. From then on the estimate is the historic inverse probability (HIP, or martingale) one of Cohen (2015) and
 * Ting (2014), whose relative standard error is 0.8326/sqrt(2^lg_k), until a merge loses the history; then it is the
 * maximum likelihood estimate of Ertl (arXiv 1702.01284) with 1.0367/sqrt(2^lg_k). Both hold up to 2^50 items and
 * beyond. HIP is unbiased only when items come in an order that has nothing to do with their hashes: an exact hash
 * table that is to become a sketch goes through sk_hll_forget_order().
 *
 * The registers depend on the set of items alone; the HIP estimate depends on their order too. Where an answer is not to,
 * sk_hll_make_canonical() gives it up.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. After a failure the sketch is as it was before the call, batches excepted.
 *
 * Threads: none inside; a sketch is one thread's at a time, and const calls may share it.
 */
#ifndef STREAMKIT_SKETCH_HLL_H
#define STREAMKIT_SKETCH_HLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "image.h"
#include "murmur3.h"

#define SK_HLL_LG_K_MIN 4
#define SK_HLL_LG_K_MAX 21

/* Bits per register in the image. In memory a register is a byte whatever the type. */
enum sk_hll_type { SK_HLL_4, SK_HLL_6, SK_HLL_8 };

/* How an image is laid out: as small as it gets, or with the room that a sketch used in place needs (Spark's). */
enum sk_hll_form { SK_HLL_COMPACT, SK_HLL_UPDATABLE };

struct sk_hll;

struct sk_hll_bounds {
	double lower;
	double upper;
};

/* Life cycle */

/*
 * A new, empty sketch of 2^${lg_k} registers. EINVAL unless SK_HLL_LG_K_MIN <= ${lg_k} <= SK_HLL_LG_K_MAX and
 * ${type} is one; ENOMEM. It starts with under 200 bytes. The caller frees it with sk_hll_free().
 */
struct sk_hll *sk_hll_new(unsigned lg_k, enum sk_hll_type type);

/* A copy of ${sketch}, which the caller frees. ENOMEM. */
struct sk_hll *sk_hll_copy(const struct sk_hll *sketch);

/* Free ${sketch}; NULL is fine. */
void sk_hll_free(struct sk_hll *sketch);

/* Make ${sketch} as it was when it was new (or decoded, but empty). It keeps the memory of its registers. */
void sk_hll_reset(struct sk_hll *sketch);

/* Update. Adding asks for memory only while list, set or (HLL_4) table of exceptions grows. ENOMEM. */

/* Add the item of these bytes, hashed with SK_MURMUR3_SEED. The empty span is an item like any other. */
int sk_hll_add(struct sk_hll *sketch, struct sk_span item);

/* Add the item of ${value}'s eight bytes, lowest first. */
int sk_hll_add_u64(struct sk_hll *sketch, uint64_t value);

/* What is left of an item's hash: 26 bits of address and, from bit 26 on, a value of 1 to 63. */
static inline uint32_t
sk_hll_coupon(struct sk_murmur3 hash)
{
	uint32_t value = 1;

#if defined(__GNUC__)
	value += (uint32_t)__builtin_clzll(hash.h2 | 2);
#else
	while (value < 63 && hash.h2 >> (64 - value) == 0)
		value++;
#endif
	return value << 26 | (uint32_t)(hash.h1 & 0x3ffffff);
}

/*
 * Add ${n} items, in this order; the image does not depend on how a stream is cut into batches. Coupons must be
 * sk_hll_coupon()'s. About 2 ns an integer, 5 ns a string of 20 bytes. After ENOMEM the items before the one that
 * asked for memory are in; adding the whole batch again is harmless and gives the same image as one success.
 */
int sk_hll_add_batch(struct sk_hll *sketch, const struct sk_span *items, size_t n);
int sk_hll_add_u64_batch(struct sk_hll *sketch, const uint64_t *values, size_t n);
int sk_hll_add_coupons(struct sk_hll *sketch, const uint32_t *coupons, size_t n);

/* Combine */

/*
 * Add all that ${source} has seen to ${sketch}, which keeps its type. Where ${source} has fewer registers and is
 * past its set, ${sketch} folds down to as many; a larger source is folded on the way, and nothing is lost either
 * way. The order of what came is lost unless one of them still was a list or ${sketch} was empty. Costs a pass over
 * the registers. EINVAL when both are the same sketch; ENOMEM.
 */
int sk_hll_merge(struct sk_hll *sketch, const struct sk_hll *source);

/* Make the images of ${sketch} those of ${type}; nothing is lost. EINVAL when there is no such type; ENOMEM. */
int sk_hll_set_type(struct sk_hll *sketch, enum sk_hll_type type);

/* Give up the HIP estimate for good: what was added came in an order that depended on its hash. */
void sk_hll_forget_order(struct sk_hll *sketch);

/*
 * Make ${sketch} what the set of its items alone determines: estimate, bounds and image are then the same in whatever order
 * and in how many parts, merged in whatever order, the items came; until more is added. Without HIP for good, once there
 * are registers. A pass over these, or a set is sorted. ENOMEM.
 */
int sk_hll_make_canonical(struct sk_hll *sketch);

/* Query */

unsigned sk_hll_lg_k(const struct sk_hll *sketch);
enum sk_hll_type sk_hll_type(const struct sk_hll *sketch);
bool sk_hll_is_empty(const struct sk_hll *sketch);

/* True while every coupon is held (list or set): the count errs by collisions only, and order does not matter. */
bool sk_hll_exact(const struct sk_hll *sketch);

/* True when the estimate is no longer HIP's. */
bool sk_hll_out_of_order(const struct sk_hll *sketch);

/* The number of different coupons while sk_hll_exact(), and then 0. */
uint32_t sk_hll_coupons(const struct sk_hll *sketch);

/* How many different items there were. At once, except out of order: then a pass over the registers. INFINITY when
 * all registers are full, which no stream of less than 2^60 items does. */
double sk_hll_estimate(const struct sk_hll *sketch);

/*
 * Between which numbers of items the truth lies, ${sigmas} standard errors to both sides (1: 68 %, 2: 95 %, 3:
 * 99.7 %). The estimate over the truth is taken to be log-normal, which is what it is near to for few registers.
 * ${sigmas} under 0 and NaN count as 0. The lower bound is never under the number of registers or coupons in use.
 */
struct sk_hll_bounds sk_hll_bounds(const struct sk_hll *sketch, double sigmas);

/* The relative standard error of 2^${lg_k} registers, ${merged} or with HIP. */
double sk_hll_relative_error(unsigned lg_k, bool merged);

/* The smallest lg_k whose relative standard error is at most ${error}; 0 when there is none. */
unsigned sk_hll_lg_k_for(double error, bool merged);

/* Bytes in use, and the most that a sketch of such parameters uses, but for HLL_4 with crafted items. */
size_t sk_hll_memory(const struct sk_hll *sketch);
size_t sk_hll_memory_for(unsigned lg_k, enum sk_hll_type type);

/* Encode and decode */

/* The size in bytes of the image that sk_hll_encode() writes into ${image}. */
size_t sk_hll_encoded_size(const struct sk_hll *sketch, enum sk_hll_form form);
void sk_hll_encode(const struct sk_hll *sketch, enum sk_hll_form form, unsigned char *image);

/*
 * Make a sketch of the ${size} bytes of ${image}, of any type and form, into *${sketch}, which the caller frees;
 * untouched unless the status is OK. The harmonic sums and zero counts of an image are ignored and made anew from
 * its registers, since some writers leave them stale. Adding to it goes on as it would have in datasketches-cpp.
 */
enum sk_image_status sk_hll_decode(struct sk_hll **sketch, const unsigned char *image, size_t size);

#endif
