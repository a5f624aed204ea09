/*
 * req.c -- relative-error quantiles: life cycle, adding and merging.
 *
 * When values are compacted depends on their number alone, so what a batch will need is known, and asked for, before
 * its first value is taken.
 */
#include "req_table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct sk_req *
sk_req_new_bare(unsigned k, enum sk_req_accuracy accuracy, enum sk_req_type type, uint64_t seed)
{
	struct sk_req *req;

	if (k < SK_REQ_K_MIN || k > SK_REQ_K_MAX || k % 2 != 0 ||
	    (accuracy != SK_REQ_HIGH_RANKS && accuracy != SK_REQ_LOW_RANKS) ||
	    (type != SK_REQ_FLOAT && type != SK_REQ_DOUBLE)) {
		errno = EINVAL;
		return NULL;
	}
	if ((req = calloc(1, sizeof(*req))) == NULL)
		return NULL;
	req->k = k;
	req->accuracy = accuracy;
	req->type = type;
	req->seed = seed;
	req->coin.state = seed;
	req->flip = accuracy == SK_REQ_HIGH_RANKS ? 0 : UINT64_MAX;
	req->lowest = UINT64_MAX;
	return req;
}

int
sk_req_set_room(struct sk_req *req, size_t room, unsigned levels)
{
	struct req_level *new_levels;
	uint64_t *keys;
	size_t end = room;

	if (levels > req->level_room) {
		if ((new_levels = realloc(req->levels, levels * sizeof(*new_levels))) == NULL) {
			errno = ENOMEM;
			return -1;
		}
		req->levels = new_levels;
		req->level_room = levels;
	}
	if (room <= req->room)
		return 0;
	if ((keys = malloc(room * sizeof(*keys))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	if (req->pending > 0)
		memcpy(keys, req->keys, req->pending * sizeof(*keys));
	for (unsigned h = req->level_count; h-- > 0;) {
		struct req_level *level = &req->levels[h];

		end -= level->count;
		if (level->count > 0)
			memcpy(keys + end, req->keys + level->begin, level->count * sizeof(*keys));
		level->begin = end;
	}
	free(req->keys);
	req->keys = keys;
	req->room = room;
	return 0;
}

/* Make sure that ${count} more values can be added. */
static int
reserve(struct sk_req *req, uint64_t count)
{
	struct req_need need;

	if (count > SK_REQ_N_MAX - req->n) {
		errno = EOVERFLOW;
		return -1;
	}
	if (req->n + count <= req->reserved_n)
		return 0;
	need = sk_req_need(req->k, req->n + count, req->level_count);
	if (sk_req_set_room(req, sk_req_room_for(need.nominal), need.levels) != 0)
		return -1;
	req->reserved_n = need.n;
	return 0;
}

struct sk_req *
sk_req_new(unsigned k, enum sk_req_accuracy accuracy, enum sk_req_type type, uint64_t seed)
{
	struct sk_req *req = sk_req_new_bare(k, accuracy, type, seed);

	if (req == NULL)
		return NULL;
	if (reserve(req, 1) != 0) {
		sk_req_free(req);
		errno = ENOMEM;
		return NULL;
	}
	sk_req_push_level(req);
	return req;
}

void
sk_req_free(struct sk_req *req)
{
	if (req == NULL)
		return;
	free(req->keys);
	free(req->levels);
	free(req);
}

void
sk_req_reset(struct sk_req *req)
{
	req->coin.state = req->seed;
	req->n = 0;
	req->lowest = UINT64_MAX;
	req->highest = 0;
	req->held = 0;
	req->nominal = 0;
	req->pending = 0;
	req->level_count = 0;
	sk_req_push_level(req);
}

/* Take a run of keys that have been put after the pending ones. */
static inline void
take_pending(struct sk_req *req, size_t count)
{
	req->pending += count;
	req->held += count;
	req->n += count;
	if (req->held >= req->nominal)
		sk_req_compress(req);
}

/* How many of ${n} keys fit after the pending ones before something has to be done. At least 1, if ${n} is. */
static size_t
run_length(struct sk_req *req, size_t n)
{
	size_t run;

	sk_req_make_room(req);
	run = req->levels[0].begin / 2 - req->pending;
	if (run > req->nominal - req->held)
		run = req->nominal - req->held;
	return run < n ? run : n;
}

int
sk_req_add(struct sk_req *req, double value)
{
	return sk_req_add_batch(req, &value, 1);
}

int
sk_req_add_batch(struct sk_req *req, const double *values, size_t n)
{
	bool nan = false;

	for (size_t i = 0; i < n; i++)
		nan |= values[i] != values[i];
	if (nan) {
		errno = EINVAL;
		return -1;
	}
	if (reserve(req, n) != 0)
		return -1;
	while (n > 0) {
		const size_t run = run_length(req, n);
		uint64_t *keys = req->keys + req->pending;

		if (req->type == SK_REQ_FLOAT)
			for (size_t i = 0; i < run; i++)
				keys[i] = sk_req_key(req, (double)(float)values[i]);
		else
			for (size_t i = 0; i < run; i++)
				keys[i] = sk_req_key(req, values[i]);
		take_pending(req, run);
		values += run;
		n -= run;
	}
	return 0;
}

int
sk_req_add_floats(struct sk_req *req, const float *values, size_t n)
{
	bool nan = false;

	for (size_t i = 0; i < n; i++)
		nan |= values[i] != values[i];
	if (nan) {
		errno = EINVAL;
		return -1;
	}
	if (reserve(req, n) != 0)
		return -1;
	while (n > 0) {
		const size_t run = run_length(req, n);
		uint64_t *keys = req->keys + req->pending;

		for (size_t i = 0; i < run; i++)
			keys[i] = sk_req_key(req, (double)values[i]);
		take_pending(req, run);
		values += run;
		n -= run;
	}
	return 0;
}

/* Merging */

/* Have ${req} as many levels as ${source}, and their states and sections those of both. */
static void
merge_states(struct sk_req *req, const struct sk_req *source)
{
	for (unsigned h = 0; h < source->level_count; h++) {
		const bool fresh = h >= req->level_count;
		struct req_level *level;
		size_t old_capacity;

		if (fresh)
			sk_req_push_level(req);
		level = &req->levels[h];
		old_capacity = sk_req_capacity(level);
		level->state |= source->levels[h].state;
		while (sk_req_more_sections(level))
			continue;
		req->nominal += sk_req_capacity(level) - old_capacity;
		/* The other coin is the source's own; half a pair with a new one is as good. */
		if (fresh && (level->state & 1) != 0)
			level->coin = sk_coin_toss(&req->coin) != 0;
	}
}

/*
 * Merge the levels' keys, from the bottom up: each level moves to the left, out of the way of all that will come in
 * behind it, and merges its own newcomers in front.
 */
static void
merge_levels(struct sk_req *req, const struct sk_req *source)
{
	const size_t coming = source->held - source->pending;
	size_t end;

	assert(req->pending == 0);
	sk_req_pack(req);
	end = req->levels[0].begin - coming;
	for (unsigned h = 0; h < req->level_count; h++) {
		struct req_level *level = &req->levels[h];
		const size_t theirs = h < source->level_count ? source->levels[h].count : 0;

		memmove(req->keys + end + theirs, req->keys + level->begin,
		    level->count * sizeof(*req->keys));
		level->begin = end + theirs;
		if (theirs > 0)
			sk_req_merge_keys(source->keys + source->levels[h].begin, theirs,
			    req->keys + level->begin, level->count);
		level->begin -= theirs;
		level->count += theirs;
		end += level->count;
	}
	req->held += coming;
}

int
sk_req_merge(struct sk_req *req, const struct sk_req *source)
{
	struct req_need need;
	size_t room;

	if (req == source || req->k != source->k || req->accuracy != source->accuracy ||
	    (req->type == SK_REQ_FLOAT && source->type != SK_REQ_FLOAT)) {
		errno = EINVAL;
		return -1;
	}
	if (source->n > SK_REQ_N_MAX - req->n) {
		errno = EOVERFLOW;
		return -1;
	}
	if (source->n == 0)
		return 0;
	need = sk_req_need(req->k, req->n + source->n,
	    req->level_count > source->level_count ? req->level_count : source->level_count);
	room = req->held + source->held + source->pending;
	room = sk_req_room_for(room > need.nominal ? room : need.nominal);
	if (sk_req_set_room(req, room, need.levels) != 0)
		return -1;
	if (need.n > req->reserved_n)
		req->reserved_n = need.n;
	sk_req_absorb(req);
	merge_states(req, source);
	merge_levels(req, source);
	if (source->pending > 0)
		memcpy(req->keys, source->keys, source->pending * sizeof(*req->keys));
	req->pending = source->pending;
	req->held += source->pending;
	req->n += source->n;
	if (source->lowest < req->lowest)
		req->lowest = source->lowest;
	if (source->highest > req->highest)
		req->highest = source->highest;
	sk_req_absorb(req);
	if (req->held >= req->nominal)
		sk_req_compress(req);
	return 0;
}
