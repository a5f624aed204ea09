/*
 * kll_table.h -- the inside of a KLL sketch, for the files that make it up.
 *
 * All levels lie in one array of keys (keysort.h), level 0 first and unsorted, the others sorted,
 * the top level at the array's end. A key at level h stands for 2^h values. What is free lies in
 * front, and level 0 grows down into it. When nothing is free, a level that holds its capacity or
 * more is compacted: every other of its keys, odd or even by a coin, moves to the level above.
 * Behind the array lies room to sort level 0 in.
 */
#ifndef STREAMKIT_SKETCH_KLL_TABLE_H
#define STREAMKIT_SKETCH_KLL_TABLE_H

#include "coin.h"
#include "keysort.h"
#include "kll.h"

#define LEVELS_MAX 64 /* weights are under 2^63 */
#define LEVEL_MIN 8   /* m: the least capacity of a level */
#define DEPTHS 31     /* below this depth every capacity is the least */

struct sk_kll {
	enum sk_kll_type type;
	unsigned k;
	unsigned min_k;
	unsigned levels;
	uint64_t n;
	uint64_t min; /* keys; undefined while n is 0 */
	uint64_t max;
	uint64_t seed;
	struct sk_coin coin;
	uint64_t owed;  /* a bit a level: its next coin is the reverse of the last */
	uint64_t last;  /* a bit a level: its last coin */
	uint64_t *keys; /* `allocated` of them, then `scratch` more */
	size_t allocated;
	size_t scratch;                 /* keys; even; 0 until level 0 can need sorting */
	uint16_t capacity[DEPTHS];      /* of the level so far below the top */
	uint32_t start[LEVELS_MAX + 1]; /* where each level's keys start; the last is the end */
};

/* The capacity of a level that is ${depth} below the top. */
static inline unsigned
sk_kll_level_capacity(const struct sk_kll *sketch, unsigned depth)
{
	return depth < DEPTHS ? sketch->capacity[depth] : LEVEL_MIN;
}

/* The capacity of ${levels} levels together. */
size_t sk_kll_capacity(const struct sk_kll *sketch, unsigned levels);

/* How many keys ${level} holds. */
static inline unsigned
sk_kll_population(const struct sk_kll *sketch, unsigned level)
{
	return sketch->start[level + 1] - sketch->start[level];
}

/* Fill in the capacities, which follow from k. */
void sk_kll_set_capacities(struct sk_kll *sketch);

/*
 * The most levels that ${n} values of weight 1 can reach. A level is put on top of h others only
 * when the topmost of those holds k keys or more, of weight 2^(h-1).
 */
unsigned sk_kll_levels_for(unsigned k, uint64_t n);

/* Keys to allocate for ${n} values on up to ${levels} levels. */
size_t sk_kll_room_for(const struct sk_kll *sketch, uint64_t n, unsigned levels);

/* Keys of scratch to allocate for up to ${levels} levels. */
size_t sk_kll_scratch_for(const struct sk_kll *sketch, unsigned levels);

/* Slide all keys so that they end at ${room}. */
void sk_kll_set_room(struct sk_kll *sketch, size_t room);

/*
 * Let the sketch hold what it can need until n is ${n} and there are ${levels} levels, so that
 * nothing up to there can fail. Afterwards its room is its capacity, or less while it is exact and
 * that is enough. ENOMEM.
 */
int sk_kll_reserve(struct sk_kll *sketch, uint64_t n, unsigned levels);

/* Put an empty level on top, for which there is memory. */
void sk_kll_add_level(struct sk_kll *sketch);

/* Compact one level of a full sketch: the lowest that has its capacity. */
void sk_kll_make_room(struct sk_kll *sketch);

/* Merge ${n} sorted keys ${run} with ${m} sorted keys that lie at ${to} + ${n} into ${to}. */
void sk_kll_merge_up(const uint64_t *run, size_t n, size_t m, uint64_t *to);

/* The key of ${value}, which is a number, in a sketch of doubles or floats. */
static inline uint64_t
sk_kll_key(enum sk_kll_type type, double value)
{
	return sk_key_of_double(type == SK_KLL_FLOAT ? (double)(float)value : value);
}

/* The number whose key is ${key}, rounded if it must be. */
static inline double
sk_kll_value(enum sk_kll_type type, uint64_t key)
{
	return type == SK_KLL_INTEGER ? (double)sk_key_to_integer(key) : sk_key_to_double(key);
}

/* The last key that is at most ${value} (not NaN), or below it when not ${inclusive}, into *${key}.
 * False: none is. */
bool sk_kll_last_key(enum sk_kll_type type, double value, bool inclusive, uint64_t *key);

#endif
