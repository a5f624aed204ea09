/*
 * kll_levels.c -- the levels of a KLL sketch: how much they may hold, and how half of one moves up.
 *
 * Karnin, Lang and Liberty 2016. Capacities are round(k * (2/3)^depth), at least 8, and compaction
 * is lazy: whatever is free, level 0 may use. What that buys: a level is compacted only when
 * nothing is free at all, so that levels are mostly larger than their capacity, and the error
 * smaller.
 */
#include "kll_table.h"

#include <stdlib.h>

#define FIRST_ROOM ((size_t)16) /* keys in a sketch that has few */
#define LEVEL_ZERO_MIN 32u /* keys: what level 0 should hold before it is compacted, for speed; 64 would cost accuracy */
#define JUMP_MAX 3u        /* levels that keys of level 0 can rise at once */
#define JUMP_K_MIN 128u    /* in sketches of such k: in small ones the levels above would want for room */

/* Sizes */

void
sk_kll_set_capacities(struct sk_kll *sketch)
{
	uint64_t power = 1; /* of three */

	for (unsigned depth = 0; depth < DEPTHS; depth++, power *= 3) {
		const uint64_t twice = (((uint64_t)sketch->k * 2) << depth) / power;
		const uint64_t rounded = (twice + 1) / 2;

		sketch->capacity[depth] = (uint16_t)(rounded > LEVEL_MIN ? rounded : LEVEL_MIN);
	}
}

size_t
sk_kll_capacity(const struct sk_kll *sketch, unsigned levels)
{
	size_t sum = 0;

	for (unsigned depth = 0; depth < levels; depth++)
		sum += sk_kll_level_capacity(sketch, depth);
	return sum;
}

unsigned
sk_kll_levels_for(unsigned k, uint64_t n)
{
	unsigned levels = 1;

	if (n > k)
		levels++;
	for (uint64_t rest = n / k; rest > 1; rest /= 2)
		levels++;
	return levels;
}

size_t
sk_kll_room_for(const struct sk_kll *sketch, uint64_t n, unsigned levels)
{
	size_t room = FIRST_ROOM;

	if (levels > 1)
		return sk_kll_capacity(sketch, levels);
	while (room < n)
		room *= 2;
	return room < sketch->k ? room : sketch->k;
}

size_t
sk_kll_scratch_for(const struct sk_kll *sketch, unsigned levels)
{
	return levels > 1 ? (sketch->k + 1u) & ~1u : 0;
}

void
sk_kll_set_room(struct sk_kll *sketch, size_t room)
{
	const size_t held = sk_kll_retained(sketch);
	const uint32_t shift = (uint32_t)room - sketch->start[sketch->levels];

	if (held > 0)
		memmove(sketch->keys + room - held, sketch->keys + sketch->start[0],
		    held * sizeof(*sketch->keys));
	for (unsigned level = 0; level <= sketch->levels; level++)
		sketch->start[level] += shift;
}

int
sk_kll_reserve(struct sk_kll *sketch, uint64_t n, unsigned levels)
{
	const unsigned reached = sk_kll_levels_for(sketch->k, n);
	const unsigned most = levels > reached ? levels : reached;
	const size_t room = sk_kll_room_for(sketch, n, most);
	const size_t scratch = sk_kll_scratch_for(sketch, most);
	size_t use;

	if (room > sketch->allocated || scratch > sketch->scratch) {
		const size_t held = sk_kll_retained(sketch), end = sketch->start[sketch->levels];
		uint64_t *keys = malloc((room + scratch) * sizeof(*keys));

		if (keys == NULL)
			return -1;
		if (held > 0)
			memcpy(keys, sketch->keys + sketch->start[0], held * sizeof(*keys));
		free(sketch->keys);
		sketch->keys = keys;
		sketch->allocated = room;
		sketch->scratch = scratch;
		for (unsigned level = 0; level <= sketch->levels; level++)
			sketch->start[level] -= (uint32_t)(end - held);
	}
	use = sk_kll_capacity(sketch, sketch->levels);
	sk_kll_set_room(sketch, use < sketch->allocated ? use : sketch->allocated);
	return 0;
}

/* Compaction */

void
sk_kll_add_level(struct sk_kll *sketch)
{
	const size_t room = sketch->start[sketch->levels];

	sk_kll_set_room(sketch, room + sk_kll_level_capacity(sketch, sketch->levels));
	sketch->start[sketch->levels + 1] = sketch->start[sketch->levels];
	sketch->levels++;
}

/* Every second coin of a level is the reverse of the one before, so that the errors of a pair tend
 * to cancel. */
static unsigned
toss(struct sk_kll *sketch, unsigned level)
{
	const uint64_t bit = UINT64_C(1) << level;

	sketch->owed ^= bit;
	if ((sketch->owed & bit) == 0)
		sketch->last ^= bit;
	else if (sk_coin_toss(&sketch->coin))
		sketch->last |= bit;
	else
		sketch->last &= ~bit;
	return (sketch->last & bit) != 0;
}

void
sk_kll_merge_up(const uint64_t *run, size_t n, size_t m, uint64_t *to)
{
	const uint64_t *run_end = run + n, *above = to + n, *above_end = above + m;

	while (run < run_end && above < above_end) {
		const size_t left = (size_t)(run_end - run), right = (size_t)(above_end - above);

		for (size_t steps = left < right ? left : right; steps > 0; steps--) {
			const uint64_t one = *run, other = *above;
			const bool second = other < one;

			*to++ = second ? other : one;
			above += second;
			run += !second;
		}
	}
	memcpy(to, run, (size_t)(run_end - run) * sizeof(*run));
}

/*
 * How many levels what is compacted of level 0 rises: as many as have the least capacity. Sorted once, the keys are
 * halved again and again, a coin each time, as if every half had been compacted by itself: that is one sort and one
 * merge where there would be many, and the error is no more, since a larger half errs less often.
 */
static unsigned
jump(const struct sk_kll *sketch)
{
	unsigned jump = 1;

	if (sketch->k < JUMP_K_MIN)
		return jump;
	while (jump < JUMP_MAX && jump + 1 < sketch->levels &&
	    sk_kll_level_capacity(sketch, sketch->levels - jump - 1) == LEVEL_MIN)
		jump++;
	return jump;
}

/*
 * Move one of every 2^(${to} - ${level}) keys of level ${level} up to level ${to}. What is left over stays, and so does
 * what of level 0 is too much to be sorted at once. Leaving more there, to sort round numbers of keys, costs accuracy.
 */
static void
compact(struct sk_kll *sketch, unsigned level, unsigned to)
{
	const size_t step = (size_t)1 << (to - level);
	uint64_t *from, *run;
	size_t size, some, above, offset = 0;
	uint32_t end;

	if (to == sketch->levels)
		sk_kll_add_level(sketch);
	end = sketch->start[level + 1];
	size = sk_kll_population(sketch, level);
	if (level == 0 && size > sketch->scratch)
		size = sketch->scratch;
	size -= size % step;
	some = size / step;
	above = sk_kll_population(sketch, to);
	from = run = sketch->keys + end - size;
	if (level == 0) {
		run = sketch->keys + sketch->allocated;
		from = sk_keysort(from, run, size);
	}
	for (unsigned at = level; at < to; at++)
		offset |= (size_t)toss(sketch, at) << (at - level);
	for (size_t i = 0; i < some; i++)
		run[i] = from[step * i + offset];
	/* What lies between is empty but for levels that were merged in. */
	if (sketch->start[to] > end)
		memmove(sketch->keys + end - some, sketch->keys + end,
		    (sketch->start[to] - end) * sizeof(*run));
	sk_kll_merge_up(run, some, above, sketch->keys + sketch->start[to] - some);
	memmove(sketch->keys + sketch->start[0] + size - some, sketch->keys + sketch->start[0],
	    (end - size - sketch->start[0]) * sizeof(*run));
	for (unsigned below = 0; below <= level; below++)
		sketch->start[below] += (uint32_t)(size - some);
	for (unsigned at = level + 1; at <= to; at++)
		sketch->start[at] -= (uint32_t)some;
}

void
sk_kll_make_room(struct sk_kll *sketch)
{
	unsigned level = 0;

	for (; level < sketch->levels; level++) {
		unsigned enough = sk_kll_level_capacity(sketch, sketch->levels - level - 1);

		if (level == 0 && sketch->levels > 1 && enough < LEVEL_ZERO_MIN)
			enough = LEVEL_ZERO_MIN;
		if (sk_kll_population(sketch, level) >= enough)
			break;
	}
	if (level == sketch->levels)
		level = 0;
	compact(sketch, level, level == 0 ? jump(sketch) : level + 1);
}
