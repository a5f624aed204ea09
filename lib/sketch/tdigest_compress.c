/*
 * tdigest_compress.c -- turning buffered values into centroids.
 *
 * The arithmetic follows DataSketches' MergingDigest operation by operation, so that the images are the same bytes:
 * contraction to fused operations would change them. GCC does none under -std=c11.
 */
#include "tdigest_parts.h"

#include <math.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define RADIX 256
#define PASSES 8

/* From this weight on, rounding could push a mean past the values it was made of. */
#define WEIGHT_OF_CARE ((uint64_t)1 << 50)

/* Up to this one, 1 - q has five good digits wherever it is not 0. */
#define TOTAL_OF_TRUST 68719476736.0

/*
 * Sorting. The buffer's values are sorted as integers by the three bytes below the highest bit in which they differ,
 * least significant first; an insertion sort mends what those bytes could not tell apart. Should that be much, all
 * eight bytes are sorted by.
 */

static uint64_t
key_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits ^ ((0 - (bits >> 63)) | (uint64_t)1 << 63);
}

static double
value_of(uint64_t key)
{
	const uint64_t bits = key ^ (((key >> 63) - 1) | (uint64_t)1 << 63);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* One pass, by the byte at bit ${shift}. */
static void
sort_by_byte(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
	uint32_t start[RADIX] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		start[(unsigned char)(from[i] >> shift)]++;
	if (start[(unsigned char)(from[0] >> shift)] == n) {
		memcpy(to, from, n * sizeof(*to));
		return;
	}
	for (size_t digit = 0; digit < RADIX; digit++) {
		const uint32_t count = start[digit];

		start[digit] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[start[(unsigned char)(from[i] >> shift)]++] = from[i];
}

/* Sort ${n} keys by ${passes} bytes from bit ${shift} up, to and fro between the arrays. The result is in *${from}. */
static void
sort_by_bytes(uint64_t **from, uint64_t **to, size_t n, unsigned shift, unsigned passes)
{
	for (unsigned pass = 0; pass < passes; pass++) {
		uint64_t *swap = *from;

		sort_by_byte(*from, *to, n, shift + 8 * pass);
		*from = *to;
		*to = swap;
	}
}

/* Sort what is nearly sorted; false, with the keys in some order, when it would take more than ${moves} moves. */
static bool
sort_by_insertion(uint64_t *keys, size_t n, size_t moves)
{
	for (size_t i = 1; i < n; i++) {
		const uint64_t key = keys[i];
		size_t at = i;

		while (at > 0 && keys[at - 1] > key) {
			if (moves-- == 0) {
				keys[at] = key;
				return false;
			}
			keys[at] = keys[at - 1];
			at--;
		}
		keys[at] = key;
	}
	return true;
}

/* Values equal to zero, with their signs, back into the order in which they came: -0.0 and 0.0 are equal. */
static void
restore_zeros(double *sorted, const double *values, size_t n)
{
	size_t at = 0;

	while (at < n && sorted[at] < 0)
		at++;
	for (size_t i = 0; i < n; i++)
		if (values[i] == 0)
			sorted[at++] = values[i];
}

void
sk_tdigest_sort(struct centroids *items)
{
	const uint64_t minus_zero = key_of(-0.0);
	uint64_t differing = 0, *from = items->spare, *to = items->weights;
	bool zeros = false;
	unsigned bits = 0;

	for (size_t i = 0; i < items->count; i++) {
		from[i] = key_of(items->means[i]);
		differing |= from[i] ^ from[0];
		zeros |= from[i] == minus_zero;
	}
	for (; differing != 0; differing >>= 1)
		bits++;
	if (bits > 0)
		sort_by_bytes(&from, &to, items->count, bits > 24 ? bits - 24 : 0, 3);
	if (!sort_by_insertion(from, items->count, 4 * items->count))
		sort_by_bytes(&from, &to, items->count, 0, PASSES);
	items->weights = to;
	items->spare = from;
	if (zeros) {
		double *sorted = (double *)to;

		for (size_t i = 0; i < items->count; i++)
			sorted[i] = value_of(from[i]);
		restore_zeros(sorted, items->means, items->count);
		memcpy(items->means, sorted, items->count * sizeof(*sorted));
	} else {
		for (size_t i = 0; i < items->count; i++)
			items->means[i] = value_of(from[i]);
	}
	for (size_t i = 0; i < items->count; i++)
		items->weights[i] = 1;
}

void
sk_tdigest_merge_in(
    struct centroids *items, const double *means, const uint64_t *weights, size_t count)
{
	size_t left = items->count, to = left + count;

	items->count = to;
	while (count > 0) {
		to--;
		if (left > 0 && items->means[left - 1] > means[count - 1]) {
			left--;
			items->means[to] = items->means[left];
			items->weights[to] = items->weights[left];
		} else {
			count--;
			items->means[to] = means[count];
			items->weights[to] = weights[count];
		}
	}
}

/* Compressing */

/* ${mean} after ${value}, of ${weight} in the ${sum} of both, has joined it, without overflow and never past it. */
static double
careful_mean(double mean, double value, uint64_t weight, uint64_t sum)
{
	const double part = (double)(int64_t)weight / (double)(int64_t)sum;
	double moved = mean + (value - mean) * (double)(int64_t)weight / (double)(int64_t)sum;

	if (!is_finite(moved))
		moved = mean * (1 - part) + value * part;
	if (mean <= value)
		return moved < mean ? mean : moved > value ? value : moved;
	return moved > mean ? mean : moved < value ? value : moved;
}

/* How a compression decides: a centroid that reaches from q0 to q2 may weigh the lesser limit of the two. */
struct scale {
	double total;
	double normalizer; /* K_2's: 2k / (4 ln(n / 2k) + 24) */
	bool careful;
};

/* The same for a centroid that begins after ${before}. Between `sure` and `never` the limits are worked out. */
struct bounds {
	double before; /* weight */
	double limit;  /* at q0 */
	double sure;   /* up to this weight it may grow */
	double never;  /* and not past this one */
};

static double
limit_at(const struct scale *scale, double quantile)
{
	return quantile * (1 - quantile) / scale->normalizer;
}

/*
 * With x = weight / total the limit at q2 = q0 + x means x^2 + (normalizer + 2 q0 - 1) x <= q0 (1 - q0), so that a
 * root tells how far a centroid will grow, and most items join without a division. The root is trusted to one part in
 * 10,000, and not at all where 1 - q has fewer good digits than that.
 */
static struct bounds
bounds_after(const struct scale *scale, double before)
{
	const double q0 = before / scale->total;
	const double b = scale->normalizer + 2 * q0 - 1, c = q0 * (1 - q0);
	struct bounds bounds = { before, limit_at(scale, q0), 0, 0 };
	double most;

	if (!(bounds.limit > 0))
		return bounds;
	most = b > 0 ? 2 * c / (b + sqrt(b * b + 4 * c)) : (sqrt(b * b + 4 * c) - b) / 2;
	most = scale->total * (most < bounds.limit ? most : bounds.limit);
	bounds.sure = scale->total < TOTAL_OF_TRUST ? most * 0.9999 : 0;
	bounds.never = scale->total < TOTAL_OF_TRUST ? most * 1.0001 : scale->total;
	return bounds;
}

static bool
may_weigh(const struct scale *scale, const struct bounds *bounds, double weight)
{
	const double end = limit_at(scale, (bounds->before + weight) / scale->total);

	return weight <= scale->total * (end < bounds->limit ? end : bounds->limit);
}

/*
 * Join neighbours, starting from the lowest item or, in ${reverse}, from the highest, as long as the limit allows; the
 * first and the last stay alone. What is left is moved to the front. Weights are at most INT64_MAX.
 */
static void
join_neighbours(struct centroids *items, const struct scale *scale, bool reverse)
{
	const size_t n = items->count, step = reverse ? (size_t)-1 : 1;
	struct bounds bounds = { 0, 0, 0, 0 };
	size_t at = reverse ? n - 1 : 0, out = at;
	double mean = items->means[at];
	uint64_t weight = items->weights[at];

	items->count = 1;
	for (size_t left = n - 1; left > 0; left--) {
		const double value = items->means[at += step];
		const uint64_t added = items->weights[at];
		const double proposed = (double)(int64_t)(weight + added);

		if (left > 1 && proposed <= bounds.never &&
		    (proposed <= bounds.sure || may_weigh(scale, &bounds, proposed))) {
			weight += added;
			if (scale->careful)
				mean = careful_mean(mean, value, added, weight);
			else if (added == 1)
				mean += (value - mean) / proposed;
			else
				mean += (value - mean) * (double)(int64_t)added / proposed;
			continue;
		}
		items->means[out] = mean;
		items->weights[out] = weight;
		items->count++;
		out += step;
		bounds = bounds_after(scale, bounds.before + (double)(int64_t)weight);
		mean = value;
		weight = added;
	}
	items->means[out] = mean;
	items->weights[out] = weight;
	if (reverse) {
		memmove(items->means, items->means + out, items->count * sizeof(*items->means));
		memmove(
		    items->weights, items->weights + out, items->count * sizeof(*items->weights));
	}
}

/* Halve the number of items between the first and the last. Never needed, as far as is known: see sk_tdigest_take(). */
static void
join_pairs(struct centroids *items)
{
	size_t out = 1, at = 1;

	for (; at + 2 < items->count; at += 2, out++) {
		const uint64_t weight = items->weights[at] + items->weights[at + 1];

		items->means[out] = careful_mean(
		    items->means[at], items->means[at + 1], items->weights[at + 1], weight);
		items->weights[out] = weight;
	}
	for (; at < items->count; at++, out++) {
		items->means[out] = items->means[at];
		items->weights[out] = items->weights[at];
	}
	items->count = out;
}

/* K_2 leaves about 1.2k centroids, 2.2k at k = 10; for weights out of a strange image nothing is proved. */
void
sk_tdigest_take(struct sk_tdigest *sketch, struct centroids *items, uint64_t weight)
{
	const double k = 2 * (double)sketch->k, total = (double)(int64_t)weight;
	const struct scale scale = {
		.total = total,
		.normalizer = k / (4 * log(total / k) + 24),
		.careful =
		    weight >= WEIGHT_OF_CARE || !is_finite((sketch->max - sketch->min) * total),
	};

	join_neighbours(items, &scale, sketch->reverse);
	while (items->count > sketch->count_max)
		join_pairs(items);
	memcpy(sketch->means, items->means, items->count * sizeof(*items->means));
	memcpy(sketch->weights, items->weights, items->count * sizeof(*items->weights));
	sketch->count = items->count;
	sketch->weight = weight;
	sketch->buffered = 0;
	sketch->reverse = !sketch->reverse;
}
