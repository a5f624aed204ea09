/*
 * quantile.h -- quantiles and ranks of numbers: exact while that fits, then KLL, REQ, DDSketch or t-digest.
 *
 * The values themselves are kept, in the order in which they came, until there are too many of them; then they are
 * handed to a sketch in that order, so that it is the sketch that would have come of the stream without the exact
 * start. Count, smallest and greatest value are exact throughout.
 *
 * What the numbers mean. Quantiles are nearest-rank and inclusive: the smallest value whose rank, the part of the
 * values that are no greater, is at least the one asked for. Answers come with bounds. Exact ones have equal bounds.
 * KLL's and REQ's hold with the confidence asked for; the value is one that occurred. DDSketch's always hold; the
 * value is within alpha of one that occurred. t-digest has no guarantee, and its bounds are the smallest and the
 * greatest value.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. Threads: none inside.
 */
#ifndef STREAMKIT_SKETCH_QUANTILE_H
#define STREAMKIT_SKETCH_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "image.h"
#include "moments.h"

enum sk_quantile_algorithm { SK_QUANTILE_KLL, SK_QUANTILE_REQ, SK_QUANTILE_DD, SK_QUANTILE_TDIGEST };

/* What a sketch holds its values as: what came from images of others need not be double. */
enum sk_quantile_type { SK_QUANTILE_DOUBLE, SK_QUANTILE_FLOAT, SK_QUANTILE_INTEGER };

struct sk_quantile_options {
	enum sk_quantile_algorithm algorithm;
	unsigned k;       /* of KLL, REQ and t-digest; KLL and t-digest take less where memory asks for it */
	double alpha;     /* of DDSketch */
	size_t exact_max; /* values to keep at most before they become a sketch; 0: a sketch from the start */
	enum sk_quantile_type type; /* of what KLL or REQ keeps: values are rounded to floats; integers are refused */
	bool moments;     /* know mean and standard deviation of a sketch, too: some 2 ns more a value */
};

struct sk_quantile;
struct sk_quantile_view;

/* A value or rank and between which bounds the true one lies. */
struct sk_quantile_answer {
	double value;
	double low;
	double high;
};

/* NaN where they are not known: of a sketch without moments, of nothing, and the deviation of one value. */
struct sk_quantile_moments {
	double mean;
	double deviation; /* standard, of a sample: by count - 1 */
};

/* Life cycle */

/* The least memory that any state can do with; of exact values, that is. */
#define SK_QUANTILE_MEMORY_MIN ((size_t)3072)

/* The least memory that the options can do with, and still hold 10^12 values; 0 if they are out of range. */
size_t sk_quantile_memory_min(const struct sk_quantile_options *options);

/*
 * A new, empty state that keeps to ${memory} bytes, at least the least; ${seed} is for the coins of KLL and REQ. EINVAL
 * for the options; ENOMEM. Free with sk_quantile_free().
 */
struct sk_quantile *sk_quantile_new(
    const struct sk_quantile_options *options, size_t memory, uint64_t seed);
void sk_quantile_free(struct sk_quantile *quantile);

/*
 * Keep to ${memory} bytes from now on, by becoming a sketch, and a coarser one, as it must. A REQ sketch cannot be made
 * coarser. EINVAL when ${memory} is less than SK_QUANTILE_MEMORY_MIN; ENOMEM.
 */
int sk_quantile_set_memory(struct sk_quantile *quantile, size_t memory);

/* Update and combine */

/*
 * Add ${n} ${values}. EINVAL when one is NaN, or not whole, of a sketch of integers; EDOM when one is infinite, of
 * t-digest; EOVERFLOW; ENOMEM.
 */
int sk_quantile_add_batch(struct sk_quantile *quantile, const double *values, size_t n);

/*
 * Add all that ${source} has seen. Exact values become the kind of sketch that they meet, and so does a sketch of
 * nothing; a ${source} that has seen nothing changes nothing, unless ${quantile} has not either. Floats become doubles
 * when they meet what is no float. EINVAL when there is a reason why not, as the next call has it; EOVERFLOW; ENOMEM.
 * After a failure ${quantile} is as it was.
 */
int sk_quantile_merge(struct sk_quantile *quantile, const struct sk_quantile *source);

/*
 * The reason why sk_quantile_merge() would refuse ${source}, in words that go after "cannot be merged: "; NULL when
 * there is none. A string for ever. It costs a pass over exact values at most.
 */
const char *sk_quantile_why_not(
    const struct sk_quantile *quantile, const struct sk_quantile *source);

/* Windows: exact parts that come and go */

/*
 * A new state, as by sk_quantile_new(), that is a window's: its parts enter and leave. Nothing else may be added to it,
 * nor its limit change; it may be asked all there is to ask, and be merged into others. Free with sk_quantile_free().
 */
struct sk_quantile *sk_quantile_new_window(
    const struct sk_quantile_options *options, size_t memory, uint64_t seed);

/* Whether ${part} can enter a window: while it keeps its values. */
bool sk_quantile_can_leave(const struct sk_quantile *part);

/*
 * Add ${part}, which is sorted, borrowed, and not to change before it leaves: 1; 0 if there would be more than exact_max
 * values; -1 with ENOMEM. And take it out again. Means are of the parts in the order in which they entered.
 */
int sk_quantile_enter(struct sk_quantile *window, struct sk_quantile *part);
void sk_quantile_leave(struct sk_quantile *window, const struct sk_quantile *part);

/* Query */

/* Whether every answer is the truth. */
bool sk_quantile_exact(const struct sk_quantile *quantile);

/*
 * The error that answers may have at ${confidence}, 0 while they are exact: of a rank (KLL), of a rank as a part of its
 * distance from 1 (REQ), or of a value, relative (DDSketch; 1 if bins were collapsed). 1 of t-digest.
 */
double sk_quantile_error(const struct sk_quantile *quantile, double confidence);

/* Bytes in use or set aside to sort in: a matter of what has been added, not of what was asked. */
size_t sk_quantile_memory(const struct sk_quantile *quantile);

/* How many values came, and the smallest and the greatest, NaN when there is none. */
uint64_t sk_quantile_count(const struct sk_quantile *quantile);
double sk_quantile_min(const struct sk_quantile *quantile);
double sk_quantile_max(const struct sk_quantile *quantile);

/* Mean and standard deviation. A pass over exact values. */
struct sk_quantile_moments sk_quantile_moments(const struct sk_quantile *quantile);

/* The *${moments} of a sketch, which its image lacks; false where they are not known, and of exact values. */
bool sk_quantile_known_moments(
    const struct sk_quantile *quantile, struct sk_moments *moments);

/*
 * Let ${moments} be those of ${quantile}, a sketch that has been decoded. EINVAL when they cannot be: they are of another
 * number of values, or ${quantile} is not a sketch.
 */
int sk_quantile_set_moments(struct sk_quantile *quantile, const struct sk_moments *moments);

/*
 * Get ready to ask ${quantile}, which must not change as long as the view is there; bounds will be for ${confidence}, at
 * least 0 and below 1. Sorts what is held. ENOMEM. Free with sk_quantile_view_free().
 */
struct sk_quantile_view *sk_quantile_view_new(struct sk_quantile *quantile, double confidence);
void sk_quantile_view_free(struct sk_quantile_view *view);

/* The value at rank ${q}, 0 to 1. All NaN when there is no value. */
struct sk_quantile_answer sk_quantile_view_quantile(const struct sk_quantile_view *view, double q);

/* The part of the values, 0 to 1, that is at most ${value}, which is not NaN. All NaN when there is no value. */
struct sk_quantile_answer sk_quantile_view_rank(const struct sk_quantile_view *view, double value);

/* The z for which a normal distribution has the part ${confidence} within -z..z. */
double sk_quantile_sigmas(double confidence);

/* Images */

/*
 * Exact values have an image of streamkit's own, little-endian: the bytes 1, 1 (the version), SK_QUANTILE_VALUES and five
 * of 0, the number of values in 8 bytes, and each value, in the order in which they came, as a double in 8. No value is
 * NaN, and nothing follows. A sketch has its family's.
 */
#define SK_QUANTILE_VALUES 65
#define SK_QUANTILE_DD_IMAGE 0xdd /* in byte 2 of a DDSketch */

/* The byte 2 of the image that ${quantile} has, and the type of its values. */
unsigned sk_quantile_family(const struct sk_quantile *quantile);
enum sk_quantile_type sk_quantile_type(const struct sk_quantile *quantile);

/* Its size in bytes; and the image itself, into as many. */
size_t sk_quantile_encoded_size(const struct sk_quantile *quantile);
void sk_quantile_encode(const struct sk_quantile *quantile, unsigned char *image);

/*
 * Make *${quantile}, the caller's, from an ${image} of any of the kinds, whose values are of ${type}, as by
 * sk_quantile_new(): the options say what exact values are to become, and a sketch keeps its own. Moments are not in the
 * image of a sketch, but for DDSketch's mean: see sk_quantile_set_moments(). Untouched unless the status is OK.
 */
enum sk_image_status sk_quantile_decode(struct sk_quantile **quantile,
    const struct sk_quantile_options *options, struct sk_span image, enum sk_quantile_type type,
    size_t memory, uint64_t seed);

#endif
