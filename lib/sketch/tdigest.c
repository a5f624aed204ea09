/* tdigest.c -- adding, merging and asking. What compresses the buffer is in tdigest_compress.c. */
#include "tdigest_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

/* Life cycle */

static size_t
centroid_room(unsigned k)
{
	return 2 * (size_t)k + (k < 30 ? 30 : 10);
}

size_t
sk_tdigest_memory_for(unsigned k)
{
	const size_t room = centroid_room(k);

	if (k < SK_TDIGEST_K_MIN || k > SK_TDIGEST_K_MAX)
		return 0;
	return sizeof(struct sk_tdigest) + 2 * 8 * room + 3 * 8 * (4 * room + room);
}

struct sk_tdigest *
sk_tdigest_new(unsigned k)
{
	const size_t room = centroid_room(k), size = sk_tdigest_memory_for(k);
	struct sk_tdigest *sketch;

	if (size == 0) {
		errno = EINVAL;
		return NULL;
	}
	if ((sketch = malloc(size)) == NULL)
		return NULL;
	sketch->k = k;
	sketch->count_max = room;
	sketch->buffered_max = 4 * room;
	sketch->work[0] = (uint64_t *)(sketch + 1);
	sketch->work[1] = sketch->work[0] + 5 * room;
	sketch->weights = sketch->work[1] + 5 * room;
	sketch->means = (double *)(sketch->weights + room);
	sketch->buffer = sketch->means + room;
	sk_tdigest_reset(sketch);
	return sketch;
}

void
sk_tdigest_free(struct sk_tdigest *sketch)
{
	free(sketch);
}

void
sk_tdigest_reset(struct sk_tdigest *sketch)
{
	sketch->reverse = false;
	sketch->min = INFINITY;
	sketch->max = -INFINITY;
	sketch->weight = 0;
	sketch->count = 0;
	sketch->buffered = 0;
}

void
sk_tdigest_compress(struct sk_tdigest *sketch)
{
	struct centroids items = { sketch->buffer, sketch->work[0], sketch->work[1],
		sketch->buffered };

	if (sketch->buffered == 0)
		return;
	sk_tdigest_sort(&items);
	sk_tdigest_merge_in(&items, sketch->means, sketch->weights, sketch->count);
	sk_tdigest_take(sketch, &items, sketch->weight + sketch->buffered);
}

/* Update */

uint64_t
sk_tdigest_count(const struct sk_tdigest *sketch)
{
	return sketch->weight + sketch->buffered;
}

/* Finite values, as many as fit. */
static void
buffer_values(struct sk_tdigest *sketch, const double *values, size_t n)
{
	double *to = sketch->buffer + sketch->buffered;

	for (size_t i = 0; i < n; i++) {
		if (values[i] < sketch->min)
			sketch->min = values[i];
		if (values[i] > sketch->max)
			sketch->max = values[i];
		to[i] = values[i];
	}
	sketch->buffered += n;
}

int
sk_tdigest_add_batch(struct sk_tdigest *sketch, const double *values, size_t n)
{
	unsigned strange = 0;

	for (size_t i = 0; i < n; i++)
		strange |= !is_finite(values[i]);
	if (strange) {
		errno = EINVAL;
		return -1;
	}
	if (n > INT64_MAX - sk_tdigest_count(sketch)) {
		errno = EOVERFLOW;
		return -1;
	}
	while (n > 0) {
		size_t fits = sketch->buffered_max - sketch->buffered;

		if (fits == 0) {
			sk_tdigest_compress(sketch);
			fits = sketch->buffered_max;
		}
		fits = fits < n ? fits : n;
		buffer_values(sketch, values, fits);
		values += fits;
		n -= fits;
	}
	return 0;
}

int
sk_tdigest_add(struct sk_tdigest *sketch, double value)
{
	return sk_tdigest_add_batch(sketch, &value, 1);
}

/* Combine: all items of both go through one compression. */
int
sk_tdigest_merge(struct sk_tdigest *sketch, const struct sk_tdigest *source)
{
	const size_t room = sketch->buffered + source->buffered + sketch->count + source->count;
	struct centroids items;
	uint64_t *memory;

	if (sketch == source) {
		errno = EINVAL;
		return -1;
	}
	if (sk_tdigest_count(source) == 0)
		return 0;
	if (sk_tdigest_count(source) > INT64_MAX - sk_tdigest_count(sketch)) {
		errno = EOVERFLOW;
		return -1;
	}
	if ((memory = malloc(3 * room * sizeof(*memory))) == NULL)
		return -1;
	items = (struct centroids){ (double *)memory, memory + room, memory + 2 * room,
		sketch->buffered + source->buffered };
	memcpy(items.means, sketch->buffer, sketch->buffered * sizeof(*items.means));
	memcpy(items.means + sketch->buffered, source->buffer,
	    source->buffered * sizeof(*items.means));
	sk_tdigest_sort(&items);
	sk_tdigest_merge_in(&items, source->means, source->weights, source->count);
	sk_tdigest_merge_in(&items, sketch->means, sketch->weights, sketch->count);
	if (source->min < sketch->min)
		sketch->min = source->min;
	if (source->max > sketch->max)
		sketch->max = source->max;
	sk_tdigest_take(sketch, &items, sk_tdigest_count(sketch) + sk_tdigest_count(source));
	free(memory);
	return 0;
}

/* Query */

unsigned
sk_tdigest_k(const struct sk_tdigest *sketch)
{
	return sketch->k;
}

double
sk_tdigest_min(const struct sk_tdigest *sketch)
{
	return sk_tdigest_count(sketch) > 0 ? sketch->min : NAN;
}

double
sk_tdigest_max(const struct sk_tdigest *sketch)
{
	return sk_tdigest_count(sketch) > 0 ? sketch->max : NAN;
}

size_t
sk_tdigest_memory(const struct sk_tdigest *sketch)
{
	return sk_tdigest_memory_for(sketch->k);
}

/* Between ${low} and ${high}, ${part} (0 to 1) of the way; never outside, and never falling as ${part} rises. */
static double
between(double low, double high, double part)
{
	const double span = high - low;
	const double value = is_finite(span) ? low + span * part : low * (1 - part) + high * part;

	return value < low ? low : value > high ? high : value;
}

/* How much of a centroid's half is one value, which is where the mean is: all of it, if the centroid weighs 1. */
static double
point(const struct sk_tdigest *sketch, size_t i)
{
	return sketch->weights[i] == 1 ? 0.5 : 0;
}

static double
half(const struct sk_tdigest *sketch, size_t i)
{
	return (double)(int64_t)sketch->weights[i] / 2;
}

/* The part of the way from ${low} on that ${at} has come to ${high}. */
static double
part_of(double at, double low, double high)
{
	const double span = high - low;
	const double part =
	    is_finite(span) ? (at - low) / span : (at / 2 - low / 2) / (high / 2 - low / 2);

	if (!(span > 0)) /* weights too large to tell one from none */
		return at < high ? 0 : 1;
	return part < 0 ? 0 : part > 1 ? 1 : part;
}

/*
 * Half of a centroid's weight lies on either side of its mean, and in between the values are taken to be spread
 * evenly: the interpolation of the paper's section on quantiles, where centroids of weight 1 are values. Of the
 * outer half of the first centroid one is the smallest value, and of the last the largest.
 */
static double
quantile_of(const struct sk_tdigest *sketch, double rank)
{
	const size_t last = sketch->count - 1;
	const double total = (double)(int64_t)sketch->weight, weight = rank * total;
	double centre = half(sketch, 0);

	if (weight < 1)
		return sketch->min;
	if (weight > total - 1 || rank == 1)
		return sketch->max;
	if (weight < centre)
		return between(sketch->min, sketch->means[0], part_of(weight, 1, centre));
	if (total - weight < half(sketch, last))
		return between(sketch->means[last], sketch->max,
		    part_of(weight, total - half(sketch, last), total - 1));
	for (size_t i = 0; i < last; i++) {
		const double next = centre + half(sketch, i) + half(sketch, i + 1);
		const double from = centre + point(sketch, i), to = next - point(sketch, i + 1);

		if (weight < next) {
			if (weight < from || (weight < to && from >= to))
				return sketch->means[i];
			return weight >= to ? sketch->means[i + 1]
					    : between(sketch->means[i], sketch->means[i + 1],
						  part_of(weight, from, to));
		}
		centre = next;
	}
	return sketch->means[last];
}

/* The weight below ${value}, between means ${i} - 1 and ${i}, or outside them all. The means below weigh ${before}. */
static double
weight_between(const struct sk_tdigest *sketch, size_t i, double before, double value)
{
	const size_t last = sketch->count - 1;
	const double total = (double)(int64_t)sketch->weight;
	double tail;

	if (i == 0) {
		tail = half(sketch, 0);
		if (value == sketch->min)
			return 0.5;
		return tail <= 1 ? tail
				 : 1 + part_of(value, sketch->min, sketch->means[0]) * (tail - 1);
	}
	if (i > last) {
		tail = half(sketch, last);
		if (value == sketch->max)
			return total - 0.5;
		return tail <= 1
		    ? total - tail
		    : total - tail + part_of(value, sketch->means[last], sketch->max) * (tail - 1);
	}
	{
		const double from = before - half(sketch, i - 1) + point(sketch, i - 1);
		const double to = before + half(sketch, i) - point(sketch, i);

		return from + part_of(value, sketch->means[i - 1], sketch->means[i]) * (to - from);
	}
}

static double
rank_of(const struct sk_tdigest *sketch, double value)
{
	const double total = (double)(int64_t)sketch->weight;
	uint64_t before = 0, equal = 0;
	double weight;
	size_t i = 0;

	if (value < sketch->min)
		return 0;
	if (value > sketch->max)
		return 1;
	for (; i < sketch->count && sketch->means[i] < value; i++)
		before += sketch->weights[i];
	for (size_t at = i; at < sketch->count && sketch->means[at] == value; at++)
		equal += sketch->weights[at];
	if (equal > 0)
		weight = (double)(int64_t)before + (double)(int64_t)equal / 2;
	else
		weight = weight_between(sketch, i, (double)(int64_t)before, value);
	return weight < total ? weight / total : 1;
}

/* Ask ${sketch}, or a compressed copy of it. */
static double
ask(const struct sk_tdigest *sketch, double (*question)(const struct sk_tdigest *, double),
    double argument)
{
	struct sk_tdigest *copy;
	double answer;

	if (sketch->buffered == 0)
		return question(sketch, argument);
	if ((copy = sk_tdigest_new(sketch->k)) == NULL)
		return NAN;
	copy->reverse = sketch->reverse;
	copy->min = sketch->min;
	copy->max = sketch->max;
	copy->weight = sketch->weight;
	copy->count = sketch->count;
	copy->buffered = sketch->buffered;
	memcpy(copy->means, sketch->means, sketch->count * sizeof(*copy->means));
	memcpy(copy->weights, sketch->weights, sketch->count * sizeof(*copy->weights));
	memcpy(copy->buffer, sketch->buffer, sketch->buffered * sizeof(*copy->buffer));
	sk_tdigest_compress(copy);
	answer = question(copy, argument);
	sk_tdigest_free(copy);
	return answer;
}

double
sk_tdigest_quantile(const struct sk_tdigest *sketch, double rank)
{
	if (sk_tdigest_count(sketch) == 0 || !(rank >= 0 && rank <= 1)) {
		errno = EINVAL;
		return NAN;
	}
	return ask(sketch, quantile_of, rank);
}

double
sk_tdigest_rank(const struct sk_tdigest *sketch, double value)
{
	if (sk_tdigest_count(sketch) == 0 || value != value) {
		errno = EINVAL;
		return NAN;
	}
	return ask(sketch, rank_of, value);
}
