/*
 * theta.h -- Theta sketches: how many different items do streams hold, together, in common, or one without another?
 *
 * A sketch keeps the hashes that are smaller than its theta, a fraction of all hashes, and there are about as many
 * different items as hashes kept, divided by theta. Theta is 1 and the sketch exact until more hashes are held than
 * fit; from then on theta sinks to the (k+1)th smallest hash whenever 15/16 of 2k are held. See Bar-Yossef et al.,
 * "Counting Distinct Elements in a Data Stream" (RANDOM 2002), and Dasgupta, Lang, Rhodes and Thaler, "A Framework
 * for Estimating Stream Expression Cardinalities" (ICDT 2016). Images are Apache DataSketches'.
 *
 * What the numbers mean. The relative standard error of an estimate is at most 1/sqrt(k - 1), k = 2^lg_k: 1.6 % at
 * lg_k 12. That of an intersection or difference is this times sqrt(size of the union / size of the result): a small
 * part of large sets is known badly, and its bounds say how badly. A sketch is settled by the sequence of different
 * items alone: repetitions change nothing, and neither does the cutting into batches. Trimmed, it is settled by the
 * set of items.
 *
 * Two forms. sk_theta_new() makes a sketch that can be added to. Everything else that returns a sketch returns a
 * compact one: a rising list of hashes, which is what an image holds and can be written as one.
 *
 * Hashes are MurmurHash3's under a seed. Sketches of different seeds cannot be put together.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. After a failure the sketch is as it was before the call.
 *
 * Threads: none inside; a sketch is one thread's at a time, and const calls may share it.
 */
#ifndef STREAMKIT_SKETCH_THETA_H
#define STREAMKIT_SKETCH_THETA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "image.h"

#define SK_THETA_LG_K_MIN 4u
#define SK_THETA_LG_K_MAX 26u
#define SK_THETA_LG_K 12u /* what others use unless told otherwise */
#define SK_THETA_SIGMAS_MAX 3u

struct sk_theta;

/* The serial versions that are written: plain, and with differences packed into as few bits as the widest needs. */
enum sk_theta_version {
	SK_THETA_V3 = 3,
	SK_THETA_V4 = 4, /* about a quarter smaller, but not all engines read it */
};

/* A fraction of 1, and between which bounds it lies. */
struct sk_theta_ratio {
	double lower;
	double estimate;
	double upper;
};

/* Life cycle */

/*
 * A new, empty sketch for 2^${lg_k} hashes or more under ${seed}, SK_MURMUR3_SEED where images are to be shared. It
 * starts with little memory. EINVAL for an ${lg_k} out of SK_THETA_LG_K_MIN .. SK_THETA_LG_K_MAX; ENOMEM. The caller
 * frees it with sk_theta_free().
 */
struct sk_theta *sk_theta_new(unsigned lg_k, uint64_t seed);

/* Free ${sketch}; NULL is fine. */
void sk_theta_free(struct sk_theta *sketch);

/* Make ${sketch} empty and exact again. It keeps its form and its memory. */
void sk_theta_reset(struct sk_theta *sketch);

/* Update: of a sketch that is not compact; EINVAL when it is. */

/* Add ${item}. One without bytes counts as any other: DataSketches ignores it, so the caller may. ENOMEM, only until
 * the sketch has its full size. */
int sk_theta_add(struct sk_theta *sketch, struct sk_span item);

/* Add the eight bytes of ${value}, lowest first: an integer, or what sk_murmur3_canonical_double() made of a double. */
int sk_theta_add_u64(struct sk_theta *sketch, uint64_t value);

/*
 * The same for ${n} items: the quick way. Below theta it costs a few ns an item, and above, the hash alone. Room for
 * all is made before the first is added: ENOMEM.
 */
int sk_theta_add_batch(struct sk_theta *sketch, const struct sk_span *items, size_t n);
int sk_theta_add_u64_batch(struct sk_theta *sketch, const uint64_t *values, size_t n);

/* Combine */

/*
 * Add all that ${source}, of either form and any lg_k, has seen to ${sketch}, which is not compact. ${source} is
 * untouched. Trimmed and compacted, the result is DataSketches' union. EINVAL when ${sketch} is compact or the seeds
 * differ; ENOMEM.
 */
int sk_theta_merge(struct sk_theta *sketch, const struct sk_theta *source);

/* Whether ${a} and ${b} were hashed with the same seed: else nothing that takes two sketches takes these. */
bool sk_theta_same_seed(const struct sk_theta *a, const struct sk_theta *b);

/* Keep only the 2^lg_k smallest hashes of ${sketch}, as DataSketches' trim or rebuild. A compact one stays as it is. */
void sk_theta_trim(struct sk_theta *sketch);

/* The same sketch in compact form. It is the caller's. ENOMEM. */
struct sk_theta *sk_theta_compact(const struct sk_theta *sketch);

/*
 * What is in ${a} or ${b}, in both, or in ${a} alone: compact sketches, the caller's. The union keeps no more than
 * 2^${lg_k} hashes. Operands may be of either form, and the same; compact ones cost a pass, others are sorted first.
 * EINVAL when the seeds differ, or for ${lg_k}; ENOMEM.
 */
struct sk_theta *sk_theta_union(const struct sk_theta *a, const struct sk_theta *b, unsigned lg_k);
struct sk_theta *sk_theta_intersection(const struct sk_theta *a, const struct sk_theta *b);
struct sk_theta *sk_theta_difference(const struct sk_theta *a, const struct sk_theta *b);

/*
 * The size of the intersection of ${a} and ${b} over that of their union into *${ratio}, with bounds that hold with
 * the probability of ${sigmas} (1 .. 3) standard deviations. Two empty sets are equal: 1. (Of two sketches that hold the
 * same hashes DataSketches says the same; here the lower bound allows for what theta left out.) EINVAL when the seeds
 * differ, or for ${sigmas}; ENOMEM, when one is not compact.
 */
int sk_theta_jaccard(const struct sk_theta *a, const struct sk_theta *b, unsigned sigmas,
    struct sk_theta_ratio *ratio);

/* Query */

/* True when nothing was ever added. */
bool sk_theta_empty(const struct sk_theta *sketch);

/* True while theta is 1: the estimate is the truth. */
bool sk_theta_exact(const struct sk_theta *sketch);

/* True for compact sketches. */
bool sk_theta_ordered(const struct sk_theta *sketch);

/* lg_k as it was given, or 0 for a compact sketch: images do not tell. */
unsigned sk_theta_lg_k(const struct sk_theta *sketch);

/* The number of hashes held. */
size_t sk_theta_retained(const struct sk_theta *sketch);

/* Theta, as a fraction of 1, and as an integer under 2^63. */
double sk_theta_fraction(const struct sk_theta *sketch);
uint64_t sk_theta_integer(const struct sk_theta *sketch);

/* The number of different items. */
double sk_theta_estimate(const struct sk_theta *sketch);

/*
 * The least and the most it may be: each holds with the probability of ${sigmas} one-sided standard deviations, 84.1,
 * 97.7 or 99.9 % for 1, 2 and 3. ${sigmas} above is taken for 3, and 0 for 1. Exact binomial tails up to 120 hashes,
 * which may cost 50 us; from then on a normal approximation.
 */
double sk_theta_lower_bound(const struct sk_theta *sketch, unsigned sigmas);
double sk_theta_upper_bound(const struct sk_theta *sketch, unsigned sigmas);

/* The relative standard error of a sketch of ${lg_k}, once theta is under 1. */
double sk_theta_rse(unsigned lg_k);

/* Bytes in use, ${sketch} itself included. */
size_t sk_theta_memory(const struct sk_theta *sketch);

/* The most bytes that a sketch of ${lg_k} will use. */
size_t sk_theta_memory_for(unsigned lg_k);

/* Images: of compact sketches. */

/* The size in bytes of the image of ${compact}. A pass over the hashes for version 4. */
size_t sk_theta_encoded_size(const struct sk_theta *compact, enum sk_theta_version version);

/* Write the image of ${compact} to ${image}, which has room for exactly sk_theta_encoded_size(). What version 4
 * cannot hold (no hash at all, or one exact hash) is written as version 3, as DataSketches does. */
void sk_theta_encode(
    const struct sk_theta *compact, enum sk_theta_version version, unsigned char *image);

/*
 * The compact sketch whose image, of version 1 to 4, is the ${size} bytes at ${image}, into *${sketch}: the caller's;
 * untouched unless the status is SK_IMAGE_OK. Unordered hashes are sorted. OTHER_SEED when it was not made under
 * ${seed}; UNSUPPORTED for the updatable images and union states of DataSketches' Java. Bytes after the image: CORRUPT.
 */
enum sk_image_status sk_theta_decode(
    struct sk_theta **sketch, const unsigned char *image, size_t size, uint64_t seed);

#endif
