/*
 * dd.h -- DDSketch: quantiles of a stream whose values are right to within a part alpha, at every rank.
 *
 * Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees" (VLDB
 * 2019). Values are counted in bins whose ends lie a factor of gamma = (1 + alpha) / (1 - alpha) apart, at most.
 *
 * What the numbers mean. An answer x' for a true value x has |x' - x| <= alpha * |x|, and half a unit of the last place
 * where x is subnormal. Zeros and infinities are counted apart, and exact. Each sign has its own bins, of which at most
 * max_bins in a row are kept: when the values span more, those of the smallest magnitude are collapsed into one bin,
 * for which nothing is promised (sk_dd_sure()). 2048 bins at 1 % span a ratio of 10^17.6. A relative error means
 * little for data far from zero: 1 % of an epoch time is half a year.
 *
 * Count and sum are exact; so are the smallest and the largest value until something is subtracted. Nothing depends on
 * the order of the stream, nor on how it was cut up and merged, nor on the machine (given IEEE doubles and no fused
 * operations: -ffp-contract=off): the same contents give the same bytes.
 *
 * Errors: a pointer result is NULL, an int result -1 and a double result NaN, with errno set; every other result type
 * means the call cannot fail. After a failure the sketch is as it was before the call.
 *
 * Threads: none inside; a sketch is one thread's at a time, and const calls may share it.
 *
 * The image is our own, since DataSketches has none; it cannot be taken for one of theirs, as no family there is 221.
 * Numbers are little-endian; a varint is 7 bits to a byte, lowest first, the high bit set on all but the last byte,
 * and as short as it can be.
 *
 *     0  0xdd
 *     1  version, 1
 *     2  0xdd, where DataSketches has a family (1 to 21)
 *     3  flags: 1 min is not exact, 2 max is not exact, 4 and 8 the negative and the positive bins are collapsed
 *     4  f64 alpha
 *    12  u32 max_bins
 *    16  varints: zeros, values of -infinity, values of +infinity
 *        bins of the negative values by magnitude, then of the positive ones: varint number of bins that are not
 *        empty, then runs of neighbours until there are that many: varint empty bins before the run (before the
 *        first run: the index of its first bin), varint length, as many varint counts. When collapsed, the first bin
 *        holds all that is below it.
 *        nothing more if all counts are 0; else
 *        f64 min, f64 max
 *        sum of the finite values in units of 2^-1074, with a sign: varint 2 * words + (1 when negative), and if
 *        there are words varint zero words below them and u32 words, lowest first; neither end is 0.
 *
 * The index of a bin is floor(m * (e + 1074 + P(s))) for a magnitude of 2^e * (1 + s), 0 <= s < 1, with
 * P(s) = ((6 s - 21) s + 50) s / 35 and m = 0.7 / (2 artanh(alpha) - 2^-36).
 */
#ifndef STREAMKIT_SKETCH_DD_H
#define STREAMKIT_SKETCH_DD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

#define SK_DD_ALPHA 0.01 /* the defaults */
#define SK_DD_BINS 2048u

#define SK_DD_ALPHA_MIN 1e-6
#define SK_DD_ALPHA_MAX 0.5
#define SK_DD_BINS_MIN 2u
#define SK_DD_BINS_MAX 65536u

struct sk_dd;

/* Life cycle */

/*
 * A new, empty sketch of relative error ${alpha}, with at most ${max_bins} bins for either sign. It starts small and
 * grows. EINVAL outside SK_DD_ALPHA_MIN..MAX and SK_DD_BINS_MIN..MAX; ENOMEM. The caller frees it with sk_dd_free().
 */
struct sk_dd *sk_dd_new(double alpha, unsigned max_bins);

/* Free ${sketch}; NULL is fine. */
void sk_dd_free(struct sk_dd *sketch);

/* Make ${sketch} empty again. It keeps its memory, and is otherwise like a new one. */
void sk_dd_reset(struct sk_dd *sketch);

/* Update */

/* Add ${value}. EINVAL when it is NaN; EOVERFLOW when the count would pass INT64_MAX; ENOMEM. */
int sk_dd_add(struct sk_dd *sketch, double value);

/*
 * Add ${values}[0] to ${values}[${n} - 1], or none of them. About 6 ns a value in batches of hundreds, 50 ns one by
 * one. EINVAL, EOVERFLOW, ENOMEM.
 */
int sk_dd_add_batch(struct sk_dd *sketch, const double *values, size_t n);

/* Combine */

/*
 * Add all that ${source} has seen to ${sketch}: the same as if it had seen it itself, to the bit, when they have the
 * same max_bins. ${source} is untouched. EINVAL when alpha differs or both are the same sketch; EOVERFLOW; ENOMEM.
 */
int sk_dd_merge(struct sk_dd *sketch, const struct sk_dd *source);

/*
 * Take all that ${source} has seen out of ${sketch}, which must have seen it too. Where what is left cannot tell,
 * sk_dd_min() and sk_dd_max() are from then on the quantiles of rank 0 and 1, and as good; all else stays exact. Bins
 * that were collapsed stay so while any value is in them. ${source} is untouched. EINVAL when alpha differs, both are
 * the same sketch, or ${source} holds what ${sketch} does not.
 */
int sk_dd_subtract(struct sk_dd *sketch, const struct sk_dd *source);

/* Query */

/* What it was made with. */
double sk_dd_alpha(const struct sk_dd *sketch);
unsigned sk_dd_max_bins(const struct sk_dd *sketch);

/* The exact number of values. */
uint64_t sk_dd_count(const struct sk_dd *sketch);

/* The smallest and the largest value; NaN (and no errno) when there is none. */
double sk_dd_min(const struct sk_dd *sketch);
double sk_dd_max(const struct sk_dd *sketch);

/* Whether they are exact: true unless something was subtracted. */
bool sk_dd_min_exact(const struct sk_dd *sketch);
bool sk_dd_max_exact(const struct sk_dd *sketch);

/* The exact sum, rounded once: 0 when empty, an infinity when one was added or it is too large, NaN for both. */
double sk_dd_sum(const struct sk_dd *sketch);

/*
 * The value of rank ${rank}, 0 to 1, by nearest rank: the ceil(${rank} * count)th smallest, and at least the first.
 * (A product that is an integer but for the rounding of its last place is that integer.) Never outside min and max,
 * never falling as ${rank} rises. NaN with EINVAL when ${rank} is outside 0..1 or the sketch is empty. Costs a pass
 * over the bins.
 */
double sk_dd_quantile(const struct sk_dd *sketch, double rank);

/* Whether alpha holds for sk_dd_quantile() at ${rank}: false only in a bin that took in others, or on its EINVAL. */
bool sk_dd_sure(const struct sk_dd *sketch, double rank);

/*
 * The part of the stream that is at most ${value}, or in the same bin: 0 to 1. NaN with EINVAL when ${value} is NaN or
 * the sketch is empty. Costs a pass over the bins.
 */
double sk_dd_rank(const struct sk_dd *sketch, double value);

/* Bytes in use. */
size_t sk_dd_memory(const struct sk_dd *sketch);

/* The most that a sketch of ${max_bins} can come to use; 0 when that is out of range. */
size_t sk_dd_memory_for(unsigned max_bins);

/*
 * The bins that take in as large a ratio of values at ${alpha} as SK_DD_BINS do at SK_DD_ALPHA: no fewer than those,
 * and no more than SK_DD_BINS_MAX, which are enough down to an alpha of 0.00032.
 */
unsigned sk_dd_bins_for(double alpha);

/* The ratio of the greatest to the smallest magnitude that ${bins} take in at ${alpha}, as its power of ten. */
double sk_dd_decades(double alpha, unsigned bins);

/* Encode and decode */

/* The size of the image that sk_dd_encode() writes, in bytes. Costs a pass over the bins. */
size_t sk_dd_encoded_size(const struct sk_dd *sketch);

/* Write the image of ${sketch} to ${image}, which has room for sk_dd_encoded_size() bytes. */
void sk_dd_encode(const struct sk_dd *sketch, unsigned char *image);

/*
 * Read the ${size} bytes at ${image} into a new sketch, *${sketch}, which the caller frees; it is NULL unless the
 * status is SK_IMAGE_OK. What is read encodes to the same bytes.
 */
enum sk_image_status sk_dd_decode(struct sk_dd **sketch, const unsigned char *image, size_t size);

#endif
