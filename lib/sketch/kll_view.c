/*
 * kll_view.c -- asking a KLL sketch: sorted views, ranks and quantiles, and what their errors are.
 *
 * A rank is compared as the quotient that sk_kll_rank() returns, not as a product with n, so that
 * 0.07 of 100 values is the 7th even though 0.07 * 100 rounds to more than 7.
 */
#include "kll_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define TWO_TO_63 9223372036854775808.0

struct entry {
	uint64_t key;
	uint64_t weight; /* in a finished view: of all entries up to this one */
};

struct sk_kll_view {
	enum sk_kll_type type;
	unsigned min_k;
	bool estimation;
	double min;
	double max;
	uint64_t n;
	size_t size;
	struct entry *entries;
};

/* The sketch's own figures */

enum sk_kll_type
sk_kll_type(const struct sk_kll *sketch)
{
	return sketch->type;
}

unsigned
sk_kll_k(const struct sk_kll *sketch)
{
	return sketch->k;
}

unsigned
sk_kll_min_k(const struct sk_kll *sketch)
{
	return sketch->min_k;
}

uint64_t
sk_kll_n(const struct sk_kll *sketch)
{
	return sketch->n;
}

bool
sk_kll_is_estimation(const struct sk_kll *sketch)
{
	return sketch->levels > 1;
}

double
sk_kll_min(const struct sk_kll *sketch)
{
	return sketch->n > 0 ? sk_kll_value(sketch->type, sketch->min) : (double)NAN;
}

double
sk_kll_max(const struct sk_kll *sketch)
{
	return sketch->n > 0 ? sk_kll_value(sketch->type, sketch->max) : (double)NAN;
}

int64_t
sk_kll_min_integer(const struct sk_kll *sketch)
{
	return sketch->n > 0 ? sk_key_to_integer(sketch->min) : 0;
}

int64_t
sk_kll_max_integer(const struct sk_kll *sketch)
{
	return sketch->n > 0 ? sk_key_to_integer(sketch->max) : 0;
}

/* Ranks */

bool
sk_kll_last_key(enum sk_kll_type type, double value, bool inclusive, uint64_t *key)
{
	if (type != SK_KLL_INTEGER) {
		/* No number has key 0, and zeros are equal whatever their sign. */
		*key = inclusive ? sk_key_of_double(value == 0 ? 0.0 : value)
				 : sk_key_of_double(value == 0 ? -0.0 : value) - 1;
		return true;
	}
	value = inclusive ? floor(value) : ceil(value);
	if (value < -TWO_TO_63 || (value == -TWO_TO_63 && !inclusive))
		return false;
	*key = value >= TWO_TO_63 ? UINT64_MAX : sk_key_of_integer((int64_t)value) - !inclusive;
	return true;
}

double
sk_kll_rank(const struct sk_kll *sketch, double value, bool inclusive)
{
	uint64_t below = 0, last;

	if (sketch->n == 0 || value != value)
		return (double)NAN;
	if (!sk_kll_last_key(sketch->type, value, inclusive, &last))
		return 0;
	for (unsigned level = 0; level < sketch->levels; level++) {
		uint64_t count = 0;

		for (size_t at = sketch->start[level]; at < sketch->start[level + 1]; at++)
			count += sketch->keys[at] <= last;
		below += count << level;
	}
	return (double)below / (double)sketch->n;
}

/* Views */

/* Level 0 of ${sketch}, sorted, into ${to}; ${scratch} has room for as many entries. Returns how
 * many. */
static size_t
sort_level_zero(const struct sk_kll *sketch, struct entry *to, struct entry *scratch)
{
	const size_t n = sketch->start[1] - sketch->start[0];
	uint64_t *keys = (uint64_t *)scratch;

	if (n == 0)
		return 0;
	memcpy(keys, sketch->keys + sketch->start[0], n * sizeof(*keys));
	keys = sk_keysort(keys, keys + n, n);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct entry){ keys[i], 1 };
	return n;
}

/* Merge ${n} entries with the ${m} keys of one level into ${to}. */
static void
merge_level(const struct entry *entries, size_t n, const uint64_t *keys, size_t m, unsigned level,
    struct entry *to)
{
	const struct entry *end = entries + n;
	const uint64_t *keys_end = keys + m;

	while (keys < keys_end) {
		if (entries < end && entries->key <= *keys)
			*to++ = *entries++;
		else
			*to++ = (struct entry){ *keys++, UINT64_C(1) << level };
	}
	if (entries < end)
		memcpy(to, entries, (size_t)(end - entries) * sizeof(*to));
}

/* Merge the levels from the bottom: each is larger than the last, so that the small ones are copied
 * most often. */
static struct entry *
collect(const struct sk_kll *sketch, struct entry *entries, struct entry *scratch)
{
	size_t n = sort_level_zero(sketch, entries, scratch);

	for (unsigned level = 1; level < sketch->levels; level++) {
		const size_t m = sketch->start[level + 1] - sketch->start[level];
		struct entry *swap = entries;

		if (m == 0)
			continue;
		merge_level(entries, n, sketch->keys + sketch->start[level], m, level, scratch);
		entries = scratch;
		scratch = swap;
		n += m;
	}
	for (size_t i = 1; i < n; i++)
		entries[i].weight += entries[i - 1].weight;
	return entries;
}

struct sk_kll_view *
sk_kll_view_new(const struct sk_kll *sketch)
{
	const size_t size = sk_kll_retained(sketch);
	struct sk_kll_view *view = malloc(sizeof(*view));
	struct entry *entries = malloc((size + 1) * sizeof(*entries));
	struct entry *scratch = malloc((size + 1) * sizeof(*scratch));

	if (view == NULL || entries == NULL || scratch == NULL) {
		free(view);
		free(entries);
		free(scratch);
		return NULL;
	}
	*view = (struct sk_kll_view){ .type = sketch->type,
		.min_k = sketch->min_k,
		.estimation = sk_kll_is_estimation(sketch),
		.min = sk_kll_min(sketch),
		.max = sk_kll_max(sketch),
		.n = sketch->n,
		.size = size };
	view->entries = collect(sketch, entries, scratch);
	free(view->entries == entries ? scratch : entries);
	return view;
}

void
sk_kll_view_free(struct sk_kll_view *view)
{
	if (view == NULL)
		return;
	free(view->entries);
	free(view);
}

/* The entry at rank ${q}; NULL when there is none. */
static const struct entry *
find_quantile(const struct sk_kll_view *view, double q, bool inclusive)
{
	size_t low = 0, high = view->size;

	if (view->size == 0 || !(q >= 0 && q <= 1))
		return NULL;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const double rank = (double)view->entries[middle].weight / (double)view->n;

		if (inclusive ? rank >= q : rank > q)
			high = middle;
		else
			low = middle + 1;
	}
	return &view->entries[low < view->size ? low : view->size - 1];
}

double
sk_kll_view_quantile(const struct sk_kll_view *view, double q, bool inclusive)
{
	const struct entry *entry = find_quantile(view, q, inclusive);

	return entry != NULL ? sk_kll_value(view->type, entry->key) : (double)NAN;
}

void
sk_kll_view_quantiles(
    const struct sk_kll_view *view, const double *q, size_t n, bool inclusive, double *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = sk_kll_view_quantile(view, q[i], inclusive);
}

int64_t
sk_kll_view_integer(const struct sk_kll_view *view, double q, bool inclusive)
{
	const struct entry *entry = find_quantile(view, q, inclusive);

	return entry != NULL ? sk_key_to_integer(entry->key) : 0;
}

double
sk_kll_view_rank(const struct sk_kll_view *view, double value, bool inclusive)
{
	size_t low = 0, high = view->size;
	uint64_t last;

	if (view->size == 0 || value != value)
		return (double)NAN;
	if (!sk_kll_last_key(view->type, value, inclusive, &last))
		return 0;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (view->entries[middle].key <= last)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? (double)view->entries[low - 1].weight / (double)view->n : 0;
}

int
sk_kll_view_cdf(
    const struct sk_kll_view *view, const double *splits, size_t n, bool inclusive, double *ranks)
{
	bool wrong = view->size == 0 || (n > 0 && splits[0] != splits[0]);

	for (size_t i = 1; i < n; i++)
		wrong |= !(splits[i - 1] < splits[i]);
	if (wrong) {
		errno = EINVAL;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		ranks[i] = sk_kll_view_rank(view, splits[i], inclusive);
	ranks[n] = 1;
	return 0;
}

int
sk_kll_view_pmf(
    const struct sk_kll_view *view, const double *splits, size_t n, bool inclusive, double *parts)
{
	if (sk_kll_view_cdf(view, splits, n, inclusive, parts) == -1)
		return -1;
	for (size_t i = n; i > 0; i--)
		parts[i] -= parts[i - 1];
	return 0;
}

/* Error */

/*
 * The standard normal deviation that is exceeded on neither side with probability ${confidence},
 * relative to that of 0.99. Bisection on the error function is quick enough for something asked
 * once.
 */
static double
deviation(double confidence)
{
	double low = 0, high = 40;

	if (!(confidence >= 0 && confidence < 1))
		return (double)NAN;
	for (int i = 0; i < 64; i++) {
		const double middle = (low + high) / 2;

		if (erfc(middle / 1.4142135623730950488) > 1 - confidence)
			low = middle;
		else
			high = middle;
	}
	return confidence > 0 ? high / 2.5758293035489004 : 0;
}

double
sk_kll_error(unsigned k, double confidence)
{
	const double error = 2.296 / pow(k, 0.9723);

	return confidence == 0.99 ? error : error * deviation(confidence);
}

double
sk_kll_error_pmf(unsigned k, double confidence)
{
	const double error = 2.446 / pow(k, 0.9433);

	return confidence == 0.99 ? error : error * deviation(confidence);
}

unsigned
sk_kll_k_for_error(double error, double confidence)
{
	unsigned low = SK_KLL_K_MIN, high = SK_KLL_K_MAX;

	if (!(sk_kll_error(high, confidence) <= error))
		return 0;
	while (low < high) {
		const unsigned middle = low + (high - low) / 2;

		if (sk_kll_error(middle, confidence) <= error)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct sk_kll_bounds
sk_kll_view_bounds(const struct sk_kll_view *view, double q, double confidence)
{
	const double error = view->estimation ? sk_kll_error(view->min_k, confidence) : 0;
	const double value = sk_kll_view_quantile(view, q, true);
	struct sk_kll_bounds bounds = { value, value };

	if (value != value || !(confidence >= 0 && confidence < 1))
		return (struct sk_kll_bounds){ (double)NAN, (double)NAN };
	if (!view->estimation)
		return bounds;
	bounds.lower = q - error > 0 ? sk_kll_view_quantile(view, q - error, true) : view->min;
	bounds.upper = q + error < 1 ? sk_kll_view_quantile(view, q + error, true) : view->max;
	return bounds;
}
