/*
 * req_table.h -- the levels under req.h, for the files that make it up.
 *
 * Values are kept as keys (keysort.h) that are turned about for low-rank accuracy, so that the accurate end is always
 * the one of great keys, and only one of the two cases is left to be written. A value of level h stands for 2^h.
 *
 * All levels share one array, in order of level, each sorted and at a place of its own:
 *
 *     | pending | scratch ... | level 0 |  | level 1 | | level 2 |   | level 3 |
 *
 * A level is compacted at its low end, which leaves a hole before it. What was promoted into it from the level below
 * takes just such a hole, so in the long run nothing has to move; when the room in front runs out, packing moves all
 * holes there. Pending values are unsorted members of level 0, and have as much scratch behind them as they take up.
 */
#ifndef STREAMKIT_SKETCH_REQ_TABLE_H
#define STREAMKIT_SKETCH_REQ_TABLE_H

#include <string.h>

#include "coin.h"
#include "keysort.h"
#include "req.h"

#define REQ_LEVELS_MAX 62u /* a value of the next would stand for more than SK_REQ_N_MAX */
#define REQ_SECTIONS_FIRST 3u
#define REQ_SECTIONS_LAST 48u /* the next doubling needs 2^47 compactions of one level */
#define REQ_SECTION_MIN 4u

struct req_level {
	uint64_t state;    /* compactions so far; merging ORs them */
	size_t begin;      /* of its keys, in the array */
	size_t count;      /* of its keys, pending ones not included */
	float section_raw; /* k / sqrt(2)^doublings, before rounding; part of the image */
	unsigned sections;
	bool coin; /* the last toss */
};

struct sk_req {
	unsigned k;
	enum sk_req_accuracy accuracy;
	enum sk_req_type type;
	uint64_t seed;
	struct sk_coin coin;
	uint64_t n;
	uint64_t
	    lowest; /* exact extremes of all but the pending keys; lowest > highest if there are none */
	uint64_t highest;
	uint64_t flip;  /* XORed to the key of a value */
	size_t held;    /* keys in all levels and pending */
	size_t nominal; /* the levels' nominal capacities added up; held is less, between calls */
	size_t pending; /* keys at the start of the array */
	size_t room;    /* of the array, keys */
	uint64_t *keys;
	struct req_level *levels;
	unsigned level_count;
	unsigned level_room;
	uint64_t reserved_n; /* the array and the levels suffice for as many values */
};

/* How much is enough for a number of values. */
struct req_need {
	uint64_t n;
	size_t nominal; /* the most that sk_req.nominal can be */
	unsigned levels;
};

static inline double
sk_req_value(const struct sk_req *req, uint64_t key)
{
	return sk_key_to_double(key ^ req->flip);
}

static inline uint64_t
sk_req_key(const struct sk_req *req, double value)
{
	return sk_key_of_double(value) ^ req->flip;
}

/* Schedule */

/* ${raw} as an even number, halves away from zero. */
static inline unsigned
sk_req_section_size(float raw)
{
	return 2 * (unsigned)(raw / 2 + 0.5f);
}

/* The number of keys at which ${level} may be compacted. */
static inline size_t
sk_req_capacity(const struct req_level *level)
{
	return (size_t)2 * level->sections * sk_req_section_size(level->section_raw);
}

/* Double the number of sections of ${level} if its state asks for it; false when it does not. */
bool sk_req_more_sections(struct req_level *level);

/* A new level, with the largest section that an image may show for ${k}: for bounds. */
struct req_level sk_req_widest(unsigned k);

/* A bound for ${n} values and somewhat more, when there are ${levels} levels already. */
struct req_need sk_req_need(unsigned k, uint64_t n, unsigned levels);

/* The array's room for ${nominal} keys: more than that, so that packing is rare. */
size_t sk_req_room_for(size_t nominal);

/* Movement */

/* Start a level on top of the others, empty. There is room. */
void sk_req_push_level(struct sk_req *req);

/* Sort the pending keys into level 0. */
void sk_req_absorb(struct sk_req *req);

/* Move all levels to the end of the array, so that the holes between them add to the room in front. */
void sk_req_pack(struct sk_req *req);

/* Make room for at least one pending key. */
void sk_req_make_room(struct sk_req *req);

/* Compact every level that is full, from the bottom up: after that, held < nominal. There is room. */
void sk_req_compress(struct sk_req *req);

/* Merge the sorted ${a} into the ${b_count} sorted keys at ${b}; the result starts ${a_count} keys before ${b}. */
void sk_req_merge_keys(const uint64_t *a, size_t a_count, uint64_t *b, size_t b_count);

/* A sketch without room for keys. NULL with errno set. */
struct sk_req *sk_req_new_bare(
    unsigned k, enum sk_req_accuracy accuracy, enum sk_req_type type, uint64_t seed);

/* Move the keys to an array of ${room}, and have room for ${levels} levels. -1 with errno set, nothing changed. */
int sk_req_set_room(struct sk_req *req, size_t room, unsigned levels);

/* The exact extremes, as keys. The sketch is not empty. */
void sk_req_extremes(const struct sk_req *req, uint64_t *lowest, uint64_t *highest);

#endif
