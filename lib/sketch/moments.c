/*
 * moments.c -- mean and standard deviation, a block of values at a time.
 *
 * Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products" (1962), moves the mean with each
 * value, which takes a division each time. Here the mean stands still for a block of values, whose distances from it,
 * and their squares, are summed; then the block is merged into what was before by the formula of Chan, Golub and
 * LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979):
 *
 *     squares += sum_squares - sum^2 / (count + pending)
 *
 * A block has at most as many values as came before it. With that, sum^2 / (count + pending) is at most half of
 * sum_squares (by Cauchy and Schwarz), and the difference loses at most a bit, however far the block lies from the rest.
 */
#include "moments.h"

#include <math.h>

#define BLOCK_MAX 256
#define FAR 0x1p1000 /* distances whose square is no double, and of which BLOCK_MAX can still be summed */
#define NAN_BITS UINT64_C(0x7ff8000000000000)

/* Blocks end at the same values however these come in batches. */
static uint64_t
block_size(const struct sk_moments *moments)
{
	return moments->count < BLOCK_MAX ? moments->count : BLOCK_MAX;
}

/* Move the mean, what it lacks included, by ${step}. The rounding error is Knuth's TwoSum (1969). */
static void
move(struct sk_moments *moments, double step)
{
	const double next = moments->mean + step, moved = next - moments->mean;

	moments->rest = (moments->mean - (next - moved)) + (step - moved);
	moments->mean = next;
}

/* The mean where the distance to ${mean}, of the part ${share} of all values, may be no double; nor is its square. */
static void
move_far(struct sk_moments *moments, double mean, double share)
{
	moments->mean = moments->mean * (1 - share) + mean * share;
	moments->rest = 0;
	moments->squares = INFINITY;
}

/* Merge the block. */
static void
fold(struct sk_moments *moments)
{
	const double count = (double)moments->count;
	const double total = count + (double)moments->pending;
	double step, increase;

	if (moments->pending == 0)
		return;
	step = moments->rest * (count / total) + moments->sum / total;
	increase = moments->sum_squares + count * moments->rest * moments->rest - total * step * step;
	if (isnan(increase)) /* infinities */
		moments->squares = INFINITY;
	else if (increase > 0)
		moments->squares += increase;
	move(moments, step);
	moments->count += moments->pending;
	moments->pending = 0;
	moments->sum = 0;
	moments->sum_squares = 0;
}

static struct sk_moments
folded(const struct sk_moments *moments)
{
	struct sk_moments all = *moments;

	fold(&all);
	return all;
}

/* Add ${values} to the block, up to its end or to one that is far. Returns how many that were. */
static size_t
add_near(struct sk_moments *moments, const double *values, size_t n)
{
	const uint64_t room = block_size(moments) - moments->pending;
	const double mean = moments->mean;
	double sum = moments->sum, sum_squares = moments->sum_squares;
	size_t i = 0;

	for (n = n < room ? n : (size_t)room; i < n; i++) {
		const double distance = values[i] - mean;

		if (!(fabs(distance) < FAR))
			break;
		sum += distance;
		sum_squares += distance * distance;
	}
	moments->sum = sum;
	moments->sum_squares = sum_squares;
	moments->pending += i;
	if (moments->pending == block_size(moments))
		fold(moments);
	return i;
}

/* Add the first value, or one that is infinite or far. */
static void
add_far(struct sk_moments *moments, double value)
{
	if (isinf(value)) {
		moments->infinite += value;
		return;
	}
	fold(moments);
	if (moments->count++ == 0)
		moments->mean = value;
	else
		move_far(moments, value, 1 / (double)moments->count);
}

void
sk_moments_add(struct sk_moments *moments, const double *values, size_t n)
{
	while (n > 0) {
		size_t added = add_near(moments, values, n);

		if (added == 0) {
			add_far(moments, *values);
			added = 1;
		}
		values += added;
		n -= added;
	}
}

void
sk_moments_merge(struct sk_moments *moments, const struct sk_moments *source)
{
	const struct sk_moments others = folded(source);
	double apart, share;

	fold(moments);
	moments->infinite += others.infinite;
	if (others.count == 0)
		return;
	share = (double)others.count / ((double)moments->count + (double)others.count);
	apart = others.mean - moments->mean;
	if (!(fabs(apart) < FAR) && moments->count > 0) {
		move_far(moments, others.mean, share);
	} else if (moments->count == 0) {
		moments->mean = others.mean;
		moments->rest = others.rest;
		moments->squares = others.squares;
	} else {
		apart += others.rest - moments->rest;
		moments->squares += others.squares + apart * apart * (double)moments->count * share;
		move(moments, moments->rest + apart * share);
	}
	moments->count += others.count;
}

/* Query */

uint64_t
sk_moments_count(const struct sk_moments *moments)
{
	return moments->count + moments->pending;
}

double
sk_moments_infinite(const struct sk_moments *moments)
{
	return moments->infinite;
}

double
sk_moments_mean(const struct sk_moments *moments)
{
	if (moments->infinite != 0)
		return moments->infinite;
	return sk_moments_count(moments) > 0 ? folded(moments).mean : NAN;
}

double
sk_moments_deviation(const struct sk_moments *moments)
{
	const struct sk_moments all = folded(moments);

	if (all.infinite != 0 || all.count < 2)
		return NAN;
	return sqrt(all.squares / ((double)all.count - 1));
}

/* Image */

void
sk_moments_encode(const struct sk_moments *moments, unsigned char *image)
{
	const struct sk_moments all = folded(moments);

	sk_store64(image, all.count);
	sk_store_double(image + 8, all.mean);
	sk_store_double(image + 16, all.squares);
	if (isnan(all.infinite)) /* machines make different ones */
		sk_store64(image + 24, NAN_BITS);
	else
		sk_store_double(image + 24, all.infinite);
}

enum sk_image_status
sk_moments_decode(struct sk_moments *moments, const unsigned char *image)
{
	const struct sk_moments found = {
		.count = sk_load64(image),
		.mean = sk_load_double(image + 8),
		.squares = sk_load_double(image + 16),
		.infinite = sk_load_double(image + 24),
	};

	if (!isfinite(found.mean) || !(found.squares >= 0))
		return SK_IMAGE_CORRUPT;
	if ((found.count == 0 && found.mean != 0) || (found.count < 2 && found.squares > 0))
		return SK_IMAGE_CORRUPT;
	if (isfinite(found.infinite) && sk_load64(image + 24) != 0)
		return SK_IMAGE_CORRUPT;
	if (isnan(found.infinite) && sk_load64(image + 24) != NAN_BITS)
		return SK_IMAGE_CORRUPT;
	*moments = found;
	return SK_IMAGE_OK;
}
