/*
 * req_levels.c -- when a level of a REQ sketch is compacted, and how its keys move.
 *
 * The schedule is that of Cormode et al. (2021), section 2, as Apache DataSketches runs it. A level has a number of
 * sections; its upper half is never compacted, and of the lower one the first z + 1 sections are, z being the number
 * of trailing ones of its state, which counts compactions. Sections double in number, and shrink by sqrt(2), when the
 * state reaches 2^(sections - 1): 4, 32, 2048, 2^23. Nothing is compacted until the sketch as a whole is full, and
 * then every level that is full by itself.
 */
#include "req_table.h"

#include <assert.h>

#define SQRT2 1.41421356f

static float
next_section_raw(float raw)
{
	return raw / SQRT2;
}

bool
sk_req_more_sections(struct req_level *level)
{
	const float raw = next_section_raw(level->section_raw);

	if (level->sections >= REQ_SECTIONS_LAST || sk_req_section_size(raw) < REQ_SECTION_MIN ||
	    level->state < UINT64_C(1) << (level->sections - 1))
		return false;
	level->section_raw = raw;
	level->sections *= 2;
	return true;
}

/* A new level whose sections are as large as rounding, by whoever did it, can have made them. */
struct req_level
sk_req_widest(unsigned k)
{
	return (struct req_level){
		.section_raw = (float)k * 1.0001f,
		.sections = REQ_SECTIONS_FIRST,
	};
}

/*
 * The most that the capacity of a level can be to which ${arrived} keys came. A compaction takes at least z + 1
 * sections of REQ_SECTION_MIN keys, and the first 2^j of them, together, 2^(j+1) - 1 sections.
 */
static size_t
capacity_bound(unsigned k, uint64_t arrived)
{
	struct req_level level = sk_req_widest(k);

	do
		level.state = UINT64_C(1) << (level.sections - 1);
	while (REQ_SECTION_MIN * (2 * level.state - 1) <= arrived && sk_req_more_sections(&level));
	return sk_req_capacity(&level);
}

/*
 * There is a level above h only if h once held 6k keys. The number of values is rounded up to just under 6k * 2^i,
 * so that memory is asked for seldom.
 */
struct req_need
sk_req_need(unsigned k, uint64_t n, unsigned levels)
{
	const uint64_t first = (uint64_t)2 * REQ_SECTIONS_FIRST * k;
	struct req_need need = { .n = first - 1, .levels = 1 };

	while (need.n < n) {
		need.n = 2 * need.n + 1;
		need.levels++;
	}
	if (need.levels < levels)
		need.levels = levels;
	for (unsigned h = 0; h < need.levels; h++)
		need.nominal += capacity_bound(k, need.n >> h);
	return need;
}

size_t
sk_req_room_for(size_t nominal)
{
	return nominal + nominal / 4 + 16;
}

void
sk_req_push_level(struct sk_req *req)
{
	struct req_level *level = &req->levels[req->level_count];

	assert(req->level_count < req->level_room);
	*level = (struct req_level){
		.begin = req->room,
		.section_raw = (float)req->k,
		.sections = REQ_SECTIONS_FIRST,
	};
	req->level_count++;
	req->nominal += sk_req_capacity(level);
}

/* The number of the ${count} sorted keys that are below ${key}. */
static size_t
keys_below(const uint64_t *keys, size_t count, uint64_t key)
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

/*
 * What is below all of the other side, on either side, is moved as a block: often that is all there is, since what is
 * promoted comes from the low end, and in sorted streams nothing overlaps.
 */
void
sk_req_merge_keys(const uint64_t *a, size_t a_count, uint64_t *b, size_t b_count)
{
	const uint64_t *const a_end = a + a_count, *const b_end = b + b_count;
	const uint64_t *from = b;
	uint64_t *out = b - a_count;
	const size_t first = b_count > 0 ? keys_below(a, a_count, *b) : a_count;

	memcpy(out, a, first * sizeof(*a));
	out += first;
	a += first;
	if (a < a_end) {
		const size_t second = keys_below(b, b_count, *a);

		memmove(out, b, second * sizeof(*b));
		out += second;
		from += second;
	}
	while (a < a_end && from < b_end) {
		const uint64_t one = *a, other = *from;
		const bool second = other < one;

		*out++ = second ? other : one;
		from += second;
		a += !second;
	}
	/* Once a has run out, the rest of b is where it belongs. */
	memcpy(out, a, (size_t)(a_end - a) * sizeof(*a));
}

void
sk_req_absorb(struct sk_req *req)
{
	struct req_level *level = &req->levels[0];
	const size_t pending = req->pending;
	const uint64_t *sorted;

	if (pending == 0)
		return;
	assert(2 * pending <= level->begin);
	sorted = sk_keysort(req->keys, req->keys + pending, pending);
	if (sorted[0] < req->lowest)
		req->lowest = sorted[0];
	if (sorted[pending - 1] > req->highest)
		req->highest = sorted[pending - 1];
	if (sorted != req->keys) {
		/* The result may grow over the place where it is sorted. */
		memcpy(req->keys, sorted, pending * sizeof(*sorted));
	}
	sk_req_merge_keys(req->keys, pending, req->keys + level->begin, level->count);
	level->begin -= pending;
	level->count += pending;
	req->pending = 0;
}

void
sk_req_pack(struct sk_req *req)
{
	size_t end = req->room;

	for (unsigned h = req->level_count; h-- > 0;) {
		struct req_level *level = &req->levels[h];

		memmove(req->keys + end - level->count, req->keys + level->begin,
		    level->count * sizeof(*req->keys));
		end -= level->count;
		level->begin = end;
	}
}

void
sk_req_make_room(struct sk_req *req)
{
	if (2 * (req->pending + 1) <= req->levels[0].begin)
		return;
	sk_req_pack(req);
	if (2 * (req->pending + 1) <= req->levels[0].begin)
		return;
	sk_req_absorb(req);
	assert(req->levels[0].begin >= 2);
}

/* The number of keys at the low end of ${level} that it is time to compact: even, and at least 2. */
static size_t
range_of(const struct req_level *level)
{
	const size_t size = sk_req_section_size(level->section_raw);
	unsigned sections = 1;
	size_t kept;

	for (uint64_t state = level->state; (state & 1) != 0 && sections < level->sections;
	     state >>= 1)
		sections++;
	kept = (2 * level->sections - sections) * size;
	return (level->count - kept) & ~(size_t)1;
}

/* Promote every other key of the compacted range of level ${h} to the level above. */
static void
compact(struct sk_req *req, unsigned h)
{
	struct req_level *level = &req->levels[h], *above = level + 1;
	const size_t range = range_of(level), half = range / 2;
	const size_t hole = above->begin - (level->begin + level->count);
	const size_t old_capacity = sk_req_capacity(level);
	uint64_t *const keys = req->keys + level->begin;

	assert(range >= 2 && range <= level->count);
	/* An odd compaction takes what the one before it left: together they have no error at that end. */
	level->coin = (level->state & 1) != 0 ? !level->coin : sk_coin_toss(&req->coin) != 0;
	for (size_t i = 0; i < half; i++)
		keys[i] = keys[2 * i + level->coin];
	level->begin += range;
	level->count -= range;
	if (hole < half) {
		memmove(req->keys + level->begin - (half - hole), req->keys + level->begin,
		    level->count * sizeof(*keys));
		level->begin -= half - hole;
	}
	sk_req_merge_keys(keys, half, req->keys + above->begin, above->count);
	above->begin -= half;
	above->count += half;
	req->held -= half;
	level->state++;
	if (sk_req_more_sections(level))
		req->nominal += sk_req_capacity(level) - old_capacity;
}

void
sk_req_compress(struct sk_req *req)
{
	for (unsigned h = 0; h < req->level_count; h++) {
		const size_t count = req->levels[h].count + (h == 0 ? req->pending : 0);

		if (count < sk_req_capacity(&req->levels[h]))
			continue;
		if (h == 0)
			sk_req_absorb(req);
		if (h + 1 == req->level_count)
			sk_req_push_level(req);
		compact(req, h);
	}
}
