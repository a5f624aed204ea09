/*
 * kll.h -- KLL: quantiles and ranks of a stream of numbers, in memory that hardly grows with it.
 *
 * The sketch of Karnin, Lang and Liberty, "Optimal Quantile Approximation in Streams" (FOCS 2016),
 * with the level capacities and the lazy compaction of Apache DataSketches, whose images it reads
 * and writes.
 *
 * What the numbers mean. A value's rank is the part of the stream that is no greater (inclusive) or
 * smaller (exclusive); a quantile is the value at a rank. Ranks are wrong by at most
 * sk_kll_error(k, confidence): 1.33 % of n at k = 200, 0.07 % at k = 4096, with 99 % confidence.
 * That is an error in rank: where values are sparse the value at a rank may be far off, and
 * sk_kll_view_bounds() says how far. Everything is exact while at most k values have come, all of
 * weight 1, and n, the minimum and the maximum are always exact.
 *
 * Compaction tosses coins, and they depend on the seed alone: the same values in the same order
 * with the same seed give the same bytes, however they are cut into batches. Coins come in pairs at
 * each level, the second the reverse of the first (Ivkin et al., "Streaming Quantiles Algorithms
 * with Small Space and Update Time", 2019), which makes errors smaller than the formula says.
 * Merging in another order gives another answer, within the same error.
 *
 * Values are ordered as numbers, infinities included; -0.0 equals 0.0. NaN is refused: filter it
 * before.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type
 * means the call cannot fail. After a failure the sketch is as it was before the call.
 *
 * Threads: none inside; a sketch is one thread's at a time, and const calls may share it. Needs the
 * mathematics library.
 */
#ifndef STREAMKIT_SKETCH_KLL_H
#define STREAMKIT_SKETCH_KLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

#define SK_KLL_K_MIN 8u
#define SK_KLL_K_MAX 65535u
#define SK_KLL_K_DEFAULT 200u

struct sk_kll;
struct sk_kll_view;

/* What the values are. It is not written into images: a decoder must be told. */
enum sk_kll_type {
	SK_KLL_DOUBLE,
	SK_KLL_FLOAT,   /* values are rounded to float as they come; images are half the size */
	SK_KLL_INTEGER, /* int64_t, exact; queries that answer in double round */
};

/* Two values between which something lies. */
struct sk_kll_bounds {
	double lower;
	double upper;
};

/* Life cycle */

/*
 * A new, empty sketch for values of ${type}. It starts with a few hundred bytes. EINVAL when ${k}
 * is not in SK_KLL_K_MIN .. SK_KLL_K_MAX; ENOMEM. The caller frees it with sk_kll_free().
 */
struct sk_kll *sk_kll_new(enum sk_kll_type type, unsigned k, uint64_t seed);

/* Free ${sketch}; NULL is fine. */
void sk_kll_free(struct sk_kll *sketch);

/* Make ${sketch} as it was when it was new, coins included. It keeps its memory. */
void sk_kll_reset(struct sk_kll *sketch);

/* Update */

/*
 * Add ${value}. Memory is asked for when n passes a power of two times k, and between never. EINVAL
 * when ${value} is NaN or the sketch is one of integers; ENOMEM.
 */
int sk_kll_add(struct sk_kll *sketch, double value);

/* Add ${n} values; the same as one by one, and all or none are added. The same errors. 8 to
 * 15 ns a value. */
int sk_kll_add_batch(struct sk_kll *sketch, const double *values, size_t n);

/* Add ${n} integers to a sketch of integers, all or none. EINVAL when it is one of something else;
 * ENOMEM. */
int sk_kll_add_integers(struct sk_kll *sketch, const int64_t *values, size_t n);

/*
 * Add ${value} as if it had come ${weight} times, by the binary digits of the weight, at the cost
 * of one insertion a digit. EINVAL as for sk_kll_add(); EOVERFLOW when n would pass INT64_MAX;
 * ENOMEM. Weight 0 adds nothing.
 */
int sk_kll_add_weighted(struct sk_kll *sketch, double value, uint64_t weight);

/* Combine */

/*
 * Add all that ${source} has seen to ${sketch}, levels and weights included. ${source} is
 * untouched; its k may be another, and the error is from then on that of the smaller: see
 * sk_kll_min_k(). EINVAL when the types differ, unless floats are to become doubles, or both are
 * the same sketch; EOVERFLOW; ENOMEM.
 */
int sk_kll_merge(struct sk_kll *sketch, const struct sk_kll *source);

/* Query */

enum sk_kll_type sk_kll_type(const struct sk_kll *sketch);
unsigned sk_kll_k(const struct sk_kll *sketch);

/* The smallest k of all sketches that were merged into this one while they were estimating: that of
 * its error. */
unsigned sk_kll_min_k(const struct sk_kll *sketch);

/* How many values have come, weights included. */
uint64_t sk_kll_n(const struct sk_kll *sketch);

/* How many values are held. */
size_t sk_kll_retained(const struct sk_kll *sketch);

/* False while every value that came is held at weight 1, so that all answers are exact. */
bool sk_kll_is_estimation(const struct sk_kll *sketch);

/* The smallest and the greatest value that came: exact. NaN when there was none. */
double sk_kll_min(const struct sk_kll *sketch);
double sk_kll_max(const struct sk_kll *sketch);

/* The same for a sketch of integers, unrounded; 0 when it is empty. */
int64_t sk_kll_min_integer(const struct sk_kll *sketch);
int64_t sk_kll_max_integer(const struct sk_kll *sketch);

/*
 * The part of the stream, 0 to 1, that is at most ${value}, or smaller than it when not
 * ${inclusive}. NaN when the sketch is empty or ${value} is NaN. Costs a pass over what is held;
 * for many ranks make a view.
 */
double sk_kll_rank(const struct sk_kll *sketch, double value, bool inclusive);

/* Views: what a sketch holds, sorted, to be asked often */

/*
 * A sorted copy of what ${sketch} holds; later changes to the sketch do not show. 16 bytes a value
 * held, and 32 while it is made. ENOMEM. The caller frees it with sk_kll_view_free().
 */
struct sk_kll_view *sk_kll_view_new(const struct sk_kll *sketch);

/* Free ${view}; NULL is fine. */
void sk_kll_view_free(struct sk_kll_view *view);

/*
 * The value at rank ${q}, 0 to 1. Inclusive: nearest rank, the smallest value held whose inclusive
 * rank is at least
 * ${q}. Otherwise the smallest whose inclusive rank is above ${q}, or the greatest where there is
 * none. The ends are the smallest and greatest value held, which may be inside sk_kll_min() and
 * sk_kll_max(). NaN when the sketch was empty or ${q} is no rank. Logarithmic time.
 */
double sk_kll_view_quantile(const struct sk_kll_view *view, double q, bool inclusive);

/* The same for ${n} ranks ${q}, in any order, into ${values}. */
void sk_kll_view_quantiles(
    const struct sk_kll_view *view, const double *q, size_t n, bool inclusive, double *values);

/* The same for a sketch of integers, unrounded; 0 instead of NaN. */
int64_t sk_kll_view_integer(const struct sk_kll_view *view, double q, bool inclusive);

/* As sk_kll_rank(), in logarithmic time. */
double sk_kll_view_rank(const struct sk_kll_view *view, double value, bool inclusive);

/*
 * The ranks of ${n} values ${splits}, and 1, into the ${n} + 1 places of ${ranks}. EINVAL unless
 * the view has values and the splits are rising numbers.
 */
int sk_kll_view_cdf(
    const struct sk_kll_view *view, const double *splits, size_t n, bool inclusive, double *ranks);

/*
 * The parts of the stream between ${n} splits, into the ${n} + 1 places of ${parts}: up to the
 * first (inclusive) or below it, and so on. They add up to 1, and each has the error
 * sk_kll_error_pmf(). Errors as for the cdf.
 */
int sk_kll_view_pmf(
    const struct sk_kll_view *view, const double *splits, size_t n, bool inclusive, double *parts);

/*
 * Values between which the true quantile at rank ${q} lies with probability ${confidence}, which is
 * at least 0 and below 1: the quantiles at q less and plus the error, and the exact minimum or
 * maximum where that leaves 0 .. 1. Both are the quantile itself while the sketch is exact. NaN as
 * for the quantile, or when ${confidence} is neither.
 */
struct sk_kll_bounds sk_kll_view_bounds(
    const struct sk_kll_view *view, double q, double confidence);

/* Error */

/*
 * The error of one rank, as a part of n, that a sketch of ${k} stays within with probability
 * ${confidence}: 2.296 / k^0.9723 at 0.99, DataSketches' fit. At other confidences it is scaled
 * like a normal distribution's, which the sum of many independent, symmetric coin tosses is close
 * to and has no longer tails than. NaN when ${confidence} is not at least 0 and below 1.
 */
double sk_kll_error(unsigned k, double confidence);

/* The same for the difference of two ranks, or for all ranks at once: 2.446 / k^0.9433 at 0.99. */
double sk_kll_error_pmf(unsigned k, double confidence);

/* The smallest k whose sk_kll_error() at ${confidence} is at most ${error}; 0 when there is none.
 */
unsigned sk_kll_k_for_error(double error, double confidence);

/* Bytes in use, the sketch's own structure included. */
size_t sk_kll_memory(const struct sk_kll *sketch);

/* The most bytes that a sketch of ${k} uses after ${n} values of weight 1: 4.2 k values of 8 bytes
 * for large n. */
size_t sk_kll_memory_for(unsigned k, uint64_t n);

/* Encode and decode */

/* The size of the image in bytes. */
size_t sk_kll_encoded_size(const struct sk_kll *sketch);

/*
 * Write the image, exactly sk_kll_encoded_size() bytes, into ${image}. Level zero is written in
 * order, as DataSketches does after a query, so that up to k values the image depends on the values
 * alone, not on their order.
 */
void sk_kll_encode(const struct sk_kll *sketch, unsigned char *image);

/*
 * Make a sketch of the ${size} bytes at ${image}, which hold values of ${type} and nothing behind
 * them, into *${sketch}, which the caller frees. ${seed} is that of the coins to come. Java's
 * updatable images are read too. Memory is asked for in proportion to ${size}. *${sketch} is NULL
 * unless the result is SK_IMAGE_OK.
 */
enum sk_image_status sk_kll_decode(struct sk_kll **sketch, const unsigned char *image, size_t size,
    enum sk_kll_type type, uint64_t seed);

/* What the image of a sketch of strings says of it. Such sketches can be looked at, but not be had. */
struct sk_kll_strings {
	unsigned k;
	unsigned min_k;
	unsigned levels;
	uint64_t n;
	size_t retained;
	bool likely; /* the greatest is text: taken for numbers, the image would hold odd ones */
};

/*
 * Check the ${size} bytes at ${image} from the first to the last, but for the order of the strings, which is its
 * writer's, and fill in ${strings}, which holds nothing unless the result is SK_IMAGE_OK. A string is its length in 4
 * bytes and as many of its own. A pass over the image.
 */
enum sk_image_status sk_kll_read_strings(
    struct sk_kll_strings *strings, const unsigned char *image, size_t size);

#endif
