/*
 * moments.h -- mean and standard deviation of a stream of numbers.
 *
 * What the numbers mean. Infinite values are summed apart: where there are any, the mean is that sum, and there is no
 * deviation. Of the finite values the mean is off by a unit of its last place or two, and the sum of the squared
 * distances from it by some 10^-15 of itself after millions of values, wherever these lie: those of data at
 * 10^9 with a deviation of 1 as well. Squares that a double cannot hold make an infinite deviation; the mean of finite
 * values is always finite. No result depends on how a stream was cut into batches; merging is exact but for rounding.
 *
 * It takes some 2 ns a value, and no memory but the struct. Nothing here can fail. Threads: none inside.
 */
#ifndef STREAMKIT_SKETCH_MOMENTS_H
#define STREAMKIT_SKETCH_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "image.h"

/* All zeros: of no values. Not to be looked into, but by the calls below. */
struct sk_moments {
	uint64_t count;  /* finite values, but for those in the block */
	double mean;     /* of these */
	double rest;     /* what the mean lacks, less than a unit of its last place */
	double squares;  /* sum of their squared distances from the mean */
	double infinite; /* sum of the infinite values: 0, an infinity or NaN */
	/* The block: the latest finite values, as sums of distances from the mean of those before. */
	uint64_t pending;
	double sum;
	double sum_squares;
};

/* Add ${n} ${values}, none of which is NaN. There may be 2^64 - 1 of them in all. */
void sk_moments_add(struct sk_moments *moments, const double *values, size_t n);

/* Add all that ${source} has seen. */
void sk_moments_merge(struct sk_moments *moments, const struct sk_moments *source);

/* How many finite values came, and the sum of the infinite ones: 0, an infinity or NaN. */
uint64_t sk_moments_count(const struct sk_moments *moments);
double sk_moments_infinite(const struct sk_moments *moments);

/* The mean: NaN of nothing, and where infinities of both signs came. */
double sk_moments_mean(const struct sk_moments *moments);

/* The standard deviation of a sample, by count - 1: NaN of fewer than two values, and where one is infinite. */
double sk_moments_deviation(const struct sk_moments *moments);

/*
 * The image, little-endian: number of finite values (8 bytes), their mean (double), the sum of the squared distances
 * from it (double), the sum of the infinite values (double: 0, an infinity, or the NaN 7FF8000000000000). The mean is
 * rounded: deviations of what is merged from images are off by up to the part 2^-53 * |mean| / deviation.
 */
#define SK_MOMENTS_IMAGE ((size_t)32)

/* Write the image of ${moments}, into as many bytes. */
void sk_moments_encode(const struct sk_moments *moments, unsigned char *image);

/* Read it. OK; or CORRUPT, and ${moments} untouched, when its parts contradict each other. */
enum sk_image_status sk_moments_decode(struct sk_moments *moments, const unsigned char *image);

#endif
