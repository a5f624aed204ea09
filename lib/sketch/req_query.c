/*
 * req_query.c -- what a REQ sketch has to say: ranks, quantiles, their bounds, and sorted views.
 *
 * Everything here counts the weight of the values up to some value. Without a view that is a binary search in every
 * level and a look at every pending key, and a quantile is found by halving the range of all 2^64 keys.
 */
#include "req_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* One standard deviation of a rank, times k: the part in proportion to the distance from the accurate end, */
#define RELATIVE_ERROR 0.13063945294843617 /* sqrt(0.0512 / REQ_SECTIONS_FIRST) */
/* and the part that does not depend on the rank; the smaller one holds. From simulations by DataSketches. */
#define FIXED_ERROR 0.084

struct view_entry {
	uint64_t key;    /* in the order of values */
	uint64_t weight; /* of all up to here, once the view is made */
};

struct sk_req_view {
	struct view_entry *entries;
	size_t count;
	uint64_t n;
	double minimum;
	double maximum;
};

unsigned
sk_req_k(const struct sk_req *req)
{
	return req->k;
}

enum sk_req_accuracy
sk_req_accuracy(const struct sk_req *req)
{
	return req->accuracy;
}

enum sk_req_type
sk_req_type(const struct sk_req *req)
{
	return req->type;
}

uint64_t
sk_req_n(const struct sk_req *req)
{
	return req->n;
}

size_t
sk_req_held(const struct sk_req *req)
{
	return req->held;
}

bool
sk_req_is_estimation(const struct sk_req *req)
{
	return req->level_count > 1;
}

void
sk_req_extremes(const struct sk_req *req, uint64_t *lowest, uint64_t *highest)
{
	*lowest = req->lowest;
	*highest = req->highest;
	for (size_t i = 0; i < req->pending; i++) {
		if (req->keys[i] < *lowest)
			*lowest = req->keys[i];
		if (req->keys[i] > *highest)
			*highest = req->keys[i];
	}
}

static struct sk_req_bounds
extreme_values(const struct sk_req *req)
{
	struct sk_req_bounds bounds = { NAN, NAN };
	uint64_t lowest, highest;

	if (req->n == 0)
		return bounds;
	sk_req_extremes(req, &lowest, &highest);
	bounds.lower = sk_req_value(req, req->flip == 0 ? lowest : highest);
	bounds.upper = sk_req_value(req, req->flip == 0 ? highest : lowest);
	return bounds;
}

double
sk_req_min(const struct sk_req *req)
{
	return extreme_values(req).lower;
}

double
sk_req_max(const struct sk_req *req)
{
	return extreme_values(req).upper;
}

/* The number of the ${count} sorted keys that are below ${key}. */
static size_t
count_below(const uint64_t *keys, size_t count, uint64_t key)
{
	size_t low = 0;

	while (low < count) {
		const size_t middle = low + (count - low) / 2;

		if (keys[middle] < key)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* The weight of the keys below ${key}, which are turned about as those held are. */
static uint64_t
weight_below(const struct sk_req *req, uint64_t key)
{
	uint64_t weight = 0;

	for (size_t i = 0; i < req->pending; i++)
		weight += req->keys[i] < key;
	for (unsigned h = 0; h < req->level_count; h++) {
		const struct req_level *level = &req->levels[h];

		weight += (uint64_t)count_below(req->keys + level->begin, level->count, key) << h;
	}
	return weight;
}

/* The weight of the values whose keys, in the order of values, are at most ${key}. No value has the greatest key. */
static uint64_t
weight_upto(const struct sk_req *req, uint64_t key)
{
	if (req->flip == 0)
		return weight_below(req, key + 1);
	return req->n - weight_below(req, key ^ req->flip);
}

/* The key, in the order of values, with which all values equal to ${value} are included. */
static uint64_t
key_upto(double value)
{
	return sk_key_of_double(value == 0 ? 0.0 : value);
}

/*
 * The weight that makes up ${rank} of ${n}: the smallest w with w / n >= rank, in the arithmetic in which
 * sk_req_rank() divides, so that 0.07 of 100 is 7 although 0.07 * 100 > 7.
 */
static uint64_t
weight_at(double rank, uint64_t n)
{
	const double product = rank * (double)n;
	uint64_t weight;

	if (product >= (double)n)
		return n;
	weight = (uint64_t)product;
	weight += (double)weight < product;
	if (weight > 1 && (double)(weight - 1) / (double)n >= rank)
		weight--;
	return weight < 1 ? 1 : weight;
}

double
sk_req_quantile(const struct sk_req *req, double rank)
{
	uint64_t low = 0, high = UINT64_MAX - 1, weight;

	if (req->n == 0 || rank != rank)
		return NAN;
	if (rank <= 0)
		return sk_req_min(req);
	if (rank >= 1)
		return sk_req_max(req);
	weight = weight_at(rank, req->n);
	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;

		if (weight_upto(req, middle) >= weight)
			high = middle;
		else
			low = middle + 1;
	}
	return sk_key_to_double(low);
}

double
sk_req_rank(const struct sk_req *req, double value)
{
	if (req->n == 0 || value != value)
		return NAN;
	return (double)weight_upto(req, key_upto(value)) / (double)req->n;
}

/* Whether ranks as near to the accurate end as ${rank} are those of values that cannot have been dropped. */
static bool
exact_rank(const struct sk_req *req, double rank)
{
	const double never_compacted = (double)(REQ_SECTIONS_FIRST * req->k) / (double)req->n;

	if (!sk_req_is_estimation(req))
		return true;
	return req->accuracy == SK_REQ_HIGH_RANKS ? rank >= 1 - never_compacted
						  : rank <= never_compacted;
}

struct sk_req_bounds
sk_req_rank_bounds(const struct sk_req *req, double rank, unsigned sigmas)
{
	const double distance = req->accuracy == SK_REQ_HIGH_RANKS ? 1 - rank : rank;
	const double relative = RELATIVE_ERROR / req->k * distance, fixed = FIXED_ERROR / req->k;
	const double error = sigmas * (relative < fixed ? relative : fixed);
	struct sk_req_bounds bounds = { rank, rank };

	if (req->n == 0 || rank != rank)
		return (struct sk_req_bounds){ NAN, NAN };
	if (exact_rank(req, rank))
		return bounds;
	bounds.lower = rank - error < 0 ? 0 : rank - error;
	bounds.upper = rank + error > 1 ? 1 : rank + error;
	return bounds;
}

struct sk_req_bounds
sk_req_quantile_bounds(const struct sk_req *req, double rank, unsigned sigmas)
{
	const struct sk_req_bounds ranks = sk_req_rank_bounds(req, rank, sigmas);

	return (struct sk_req_bounds){ sk_req_quantile(req, ranks.lower),
		sk_req_quantile(req, ranks.upper) };
}

size_t
sk_req_memory(const struct sk_req *req)
{
	return sizeof(*req) + req->room * sizeof(*req->keys) +
	    req->level_room * sizeof(*req->levels);
}

size_t
sk_req_memory_for(unsigned k, uint64_t n)
{
	const struct req_need need = sk_req_need(k, n, 1);

	return sizeof(struct sk_req) + sk_req_room_for(need.nominal) * sizeof(uint64_t) +
	    need.levels * sizeof(struct req_level);
}

double
sk_req_error(unsigned k)
{
	return RELATIVE_ERROR / k;
}

unsigned
sk_req_k_for(double error)
{
	for (unsigned k = SK_REQ_K_MIN; k <= SK_REQ_K_MAX; k += 2)
		if (sk_req_error(k) <= error)
			return k;
	return 0;
}

/* Views */

/* Merge ${keys} of level ${h}, the ${count} of them sorted, with ${held} entries that start ${count} after ${out}. */
static void
merge_entries(struct view_entry *out, size_t held, const uint64_t *keys, size_t count, unsigned h)
{
	const struct view_entry *from = out + count, *const end = from + held;

	while (count > 0 && from < end) {
		if (from->key <= *keys) {
			*out++ = *from++;
		} else {
			*out++ = (struct view_entry){ *keys++, UINT64_C(1) << h };
			count--;
		}
	}
	/* Once the keys have run out, the rest of the entries are where they belong. */
	while (count-- > 0)
		*out++ = (struct view_entry){ *keys++, UINT64_C(1) << h };
}

/* Fill in the entries from the levels, greatest keys last. ${scratch} has room for twice the pending keys. */
static void
gather(struct sk_req_view *view, const struct sk_req *req, uint64_t *scratch)
{
	struct view_entry *const end = view->entries + view->count;
	size_t held = 0;

	for (unsigned h = req->level_count; h-- > 0;) {
		const struct req_level *level = &req->levels[h];

		held += level->count;
		merge_entries(
		    end - held, held - level->count, req->keys + level->begin, level->count, h);
	}
	if (req->pending == 0)
		return;
	memcpy(scratch, req->keys, req->pending * sizeof(*scratch));
	merge_entries(end - view->count, held,
	    sk_keysort(scratch, scratch + req->pending, req->pending), req->pending, 0);
}

/* Turn the order from that of the levels to that of values. */
static void
reverse(struct sk_req_view *view)
{
	for (size_t i = 0, j = view->count; i < j--; i++) {
		const struct view_entry entry = view->entries[i];

		view->entries[i] = view->entries[j];
		view->entries[j] = entry;
		view->entries[i].key = ~view->entries[i].key;
		if (i != j)
			view->entries[j].key = ~view->entries[j].key;
	}
}

struct sk_req_view *
sk_req_view_new(const struct sk_req *req)
{
	struct sk_req_view *view = malloc(sizeof(*view));
	uint64_t *scratch = malloc((2 * req->pending + 1) * sizeof(*scratch));
	uint64_t weight = 0;

	if (view != NULL)
		view->entries = malloc((req->held + 1) * sizeof(*view->entries));
	if (view == NULL || scratch == NULL || view->entries == NULL) {
		sk_req_view_free(view);
		free(scratch);
		errno = ENOMEM;
		return NULL;
	}
	view->count = req->held;
	view->n = req->n;
	view->minimum = sk_req_min(req);
	view->maximum = sk_req_max(req);
	gather(view, req, scratch);
	free(scratch);
	if (req->flip != 0)
		reverse(view);
	for (size_t i = 0; i < view->count; i++)
		view->entries[i].weight = weight += view->entries[i].weight;
	return view;
}

void
sk_req_view_free(struct sk_req_view *view)
{
	if (view == NULL)
		return;
	free(view->entries);
	free(view);
}

double
sk_req_view_quantile(const struct sk_req_view *view, double rank)
{
	size_t low = 0, high = view->count;
	uint64_t weight;

	if (view->n == 0 || rank != rank)
		return NAN;
	if (rank <= 0)
		return view->minimum;
	if (rank >= 1)
		return view->maximum;
	weight = weight_at(rank, view->n);
	while (low + 1 < high) {
		const size_t middle = low + (high - low) / 2;

		if (view->entries[middle - 1].weight < weight)
			low = middle;
		else
			high = middle;
	}
	return sk_key_to_double(view->entries[low].key);
}

double
sk_req_view_rank(const struct sk_req_view *view, double value)
{
	const uint64_t key = value == value ? key_upto(value) : 0;
	size_t low = 0, high = view->count;

	if (view->n == 0 || value != value)
		return NAN;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (view->entries[middle].key <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? 0 : (double)view->entries[low - 1].weight / (double)view->n;
}
