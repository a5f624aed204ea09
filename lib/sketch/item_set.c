/*
 * item_set.c -- items one behind the other, and an index that finds them.
 *
 * A slot of the index is two words. An item of up to 15 bytes stands there itself, so that most lookups touch one line
 * of memory and compare two words; of a longer one there are its hash and its place among the items. Growing, the
 * index is read from one end to the other and written likewise, since a slot's home is the top of its hash.
 */
#include "item_set.h"

#include <errno.h>
#include <stdlib.h>

#include "load_parts.h"
#include "tablehash.h"

#define FIRST_LG 3
#define START ((size_t)1) /* so that no item is at place 0 */
#define FIRST_BYTES ((size_t)64)
#define MALLOC_COST ((size_t)16) /* what the allocator adds to a block */
#define PROBES_MAX 2048          /* far beyond chance at a load of 3/4: somebody knows the secret */
#define CHUNK ((size_t)256)      /* items hashed before the first is looked up */
#define AHEAD ((size_t)12)       /* long items prefetched before their turn */
#define AHEAD_BYTES ((size_t)4096) /* prefetched in a walk */
#define LINE ((size_t)64)
#define KIND_SHIFT 56
#define LONG ((uint64_t)0xff << KIND_SHIFT)
#define LONG_SIZE ((unsigned char)0xff) /* a size that follows in four bytes */

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#else
#define PREFETCH(address) ((void)(address))
#define LIKELY(condition) (condition)
#endif

/* Empty: `rest` is 0. Else its top byte is a short item's size + 1, and the others its bytes, or it is LONG. */
struct slot {
	uint64_t word; /* a short item's first bytes, a long one's hash */
	uint64_t rest; /* a short item's other bytes, a long one's place */
};

struct key {
	struct slot slot; /* of a long item, without its place */
	uint64_t hash;
};

struct sk_item_set {
	struct sk_tablehash hash;
	uint64_t seed;
	struct slot *index; /* 2^index_lg, at most 3/4 of them used */
	unsigned index_lg;
	unsigned char *bytes; /* of each item: its size, in one byte or five, and itself */
	size_t bytes_room;
	size_t bytes_used;
	size_t count;
	size_t memory; /* the limits */
	size_t items_max;
};

/* Life cycle */

struct sk_item_set *
sk_item_set_new(size_t memory, size_t items_max, uint64_t seed)
{
	struct sk_item_set *set;

	if (memory < SK_ITEM_SET_MEMORY_MIN) {
		errno = EINVAL;
		return NULL;
	}
	if ((set = calloc(1, sizeof(*set))) == NULL ||
	    (set->index = calloc((size_t)1 << FIRST_LG, sizeof(*set->index))) == NULL ||
	    (set->bytes = malloc(FIRST_BYTES)) == NULL) {
		sk_item_set_free(set);
		errno = ENOMEM;
		return NULL;
	}
	set->index_lg = FIRST_LG;
	set->bytes_room = FIRST_BYTES;
	set->bytes_used = START;
	set->memory = memory;
	set->items_max = items_max;
	set->seed = seed;
	sk_tablehash_init(&set->hash, seed);
	return set;
}

void
sk_item_set_free(struct sk_item_set *set)
{
	if (set == NULL)
		return;
	free(set->index);
	free(set->bytes);
	free(set);
}

/* Items */

static inline size_t
head_size(size_t size)
{
	return size < LONG_SIZE ? 1 : 5;
}

/* The item at ${place}. */
static inline struct sk_span
item_at(const struct sk_item_set *set, size_t place)
{
	const unsigned char *head = set->bytes + place;
	const size_t size = *head < LONG_SIZE ? *head : (size_t)load_half(head + 1);

	return (struct sk_span){ head + head_size(size), size };
}

static inline size_t
place_after(const struct sk_item_set *set, struct sk_span item)
{
	return (size_t)(item.data - set->bytes) + item.size;
}

static void
append(struct sk_item_set *set, struct sk_span item)
{
	unsigned char *head = set->bytes + set->bytes_used;

	*head = item.size < LONG_SIZE ? (unsigned char)item.size : LONG_SIZE;
	if (item.size >= LONG_SIZE)
		sk_store32(head + 1, (uint32_t)item.size);
	if (item.size > 0)
		memcpy(head + head_size(item.size), item.data, item.size);
	set->bytes_used += head_size(item.size) + item.size;
	set->count++;
}

/* The index */

static inline uint64_t
hash_short(const struct sk_item_set *set, struct slot slot)
{
	const uint64_t *secret = set->hash.secret;

	return sk_tablehash_fold(
	    sk_tablehash_fold(slot.word ^ secret[2], slot.rest ^ secret[0]) ^ secret[3], secret[1]);
}

static inline struct key
key_of(const struct sk_item_set *set, struct sk_span item)
{
	struct key key;

	if (item.size <= SHORT_MAX) {
		load_short(item, &key.slot.word, &key.slot.rest);
		key.slot.rest |= (uint64_t)(item.size + 1) << KIND_SHIFT;
		key.hash = hash_short(set, key.slot);
	} else {
		key.slot.word = key.hash = sk_tablehash_of(&set->hash, item);
		key.slot.rest = LONG;
	}
	return key;
}

static inline size_t
home_of(uint64_t hash, unsigned index_lg)
{
	return (size_t)(hash >> (64 - index_lg));
}

/* Put a slot that is not there into an index. Returns how far from its home. */
static size_t
put(struct slot *index, unsigned index_lg, struct slot slot, uint64_t hash)
{
	const size_t mask = ((size_t)1 << index_lg) - 1;
	size_t at = home_of(hash, index_lg), away = 0;

	for (; index[at].rest != 0; at = (at + 1) & mask)
		away++;
	index[at] = slot;
	return away;
}

/* Make the index anew from the items. */
static void
rebuild(struct sk_item_set *set)
{
	memset(set->index, 0, sizeof(*set->index) << set->index_lg);
	for (size_t place = START; place < set->bytes_used;) {
		const struct sk_span item = item_at(set, place);
		struct key key = key_of(set, item);

		if (item.size > SHORT_MAX)
			key.slot.rest |= place;
		(void)put(set->index, set->index_lg, key.slot, key.hash);
		place = place_after(set, item);
	}
}

static int
grow_index(struct sk_item_set *set)
{
	const size_t slots = (size_t)1 << set->index_lg;
	struct slot *index = malloc(2 * slots * sizeof(*index));

	if (index == NULL)
		return -1;
	/* In order, where calloc() would leave it to the system to find a page whenever a slot is first met. */
	memset(index, 0, 2 * slots * sizeof(*index));
	for (size_t i = 0; i < slots; i++) {
		const struct slot slot = set->index[i];

		if (slot.rest != 0)
			(void)put(index, set->index_lg + 1, slot,
			    slot.rest >= LONG ? slot.word : hash_short(set, slot));
	}
	free(set->index);
	set->index = index;
	set->index_lg++;
	return 0;
}

/* memcmp's answer to "equal?" without the call, for two long items of one size. */
static inline bool
same_bytes(const unsigned char *a, const unsigned char *b, size_t size)
{
	uint64_t differ = 0;

	if (size > 128)
		return memcmp(a, b, size) == 0;
	for (size_t i = 0; i < size - 16; i += 16)
		differ |= (load_word(a + i) ^ load_word(b + i)) |
		    (load_word(a + i + 8) ^ load_word(b + i + 8));
	a += size - 16;
	b += size - 16;
	return (differ | (load_word(a) ^ load_word(b)) | (load_word(a + 8) ^ load_word(b + 8))) == 0;
}

/* Whether ${item}, whose key is ${key}, is the one in ${slot}. */
static inline bool
holds(const struct sk_item_set *set, const struct slot *slot, const struct key *key,
    struct sk_span item)
{
	struct sk_span held;

	if (slot->word != key->slot.word)
		return false;
	if (key->slot.rest != LONG || slot->rest < LONG)
		return slot->rest == key->slot.rest;
	held = item_at(set, (size_t)(slot->rest & ~LONG));
	return held.size == item.size && same_bytes(held.data, item.data, item.size);
}

static bool
has(const struct sk_item_set *set, const struct key *key, struct sk_span item)
{
	const size_t mask = ((size_t)1 << set->index_lg) - 1;

	for (size_t at = home_of(key->hash, set->index_lg); set->index[at].rest != 0;
	     at = (at + 1) & mask)
		if (holds(set, set->index + at, key, item))
			return true;
	return false;
}

/* Room */

/* What a set takes beside its items; while the index grows, the old one is still there. */
static uint64_t
fixed_cost(unsigned index_lg)
{
	return sizeof(struct sk_item_set) + 3 * MALLOC_COST +
	    ((uint64_t)sizeof(struct slot) << index_lg) / 2 * 3;
}

static int
resize_bytes(struct sk_item_set *set, size_t size)
{
	unsigned char *bytes = realloc(set->bytes, size);

	if (bytes == NULL)
		return -1;
	set->bytes = bytes;
	set->bytes_room = size;
	return 0;
}

static inline size_t
index_room(unsigned index_lg)
{
	return ((size_t)1 << index_lg) / 4 * 3;
}

/* Make room for one more item that takes ${more} bytes: 1, 0 if a limit forbids it, or -1 (ENOMEM). */
static int
make_room(struct sk_item_set *set, size_t more)
{
	const bool grows = set->count == index_room(set->index_lg);
	const uint64_t fixed = fixed_cost(set->index_lg + grows);
	size_t most, size = set->bytes_room;

	if (set->count >= set->items_max)
		return 0;
	if (LIKELY(!grows && more <= set->bytes_room - set->bytes_used))
		return 1;
	if (fixed > set->memory)
		return 0;
	most = set->memory - (size_t)fixed;
	if (set->bytes_used > most || more > most - set->bytes_used)
		return 0;
	if (more > size - set->bytes_used)
		size = set->bytes_used + more > size + size / 4 ? set->bytes_used + more
								 : size + size / 4;
	size = size < most ? size : most;
	/* What shrinks goes first, so that both together never pass the limit. */
	if ((size < set->bytes_room && resize_bytes(set, size) == -1) ||
	    (grows && grow_index(set) == -1) ||
	    (size > set->bytes_room && resize_bytes(set, size) == -1)) {
		errno = ENOMEM;
		return -1;
	}
	return 1;
}

int
sk_item_set_confine(struct sk_item_set *set, size_t memory)
{
	const uint64_t fixed = fixed_cost(set->index_lg);

	if (memory < SK_ITEM_SET_MEMORY_MIN || fixed > memory || set->bytes_used > memory - fixed)
		return 0;
	set->memory = memory;
	/* Shrinking cannot be relied on, but a block that stays larger is still valid. */
	if (set->bytes_room > memory - (size_t)fixed)
		(void)resize_bytes(set, memory - (size_t)fixed);
	return 1;
}

/* Update */

/* Add what the set does not hold: 1, 0 if it is full, or -1. */
static int
insert(struct sk_item_set *set, const struct key *key, struct sk_span item)
{
	struct slot slot = key->slot;
	int room = 0;

	if (item.size <= UINT32_MAX)
		room = make_room(set, head_size(item.size) + item.size);
	if (room != 1)
		return room;
	if (item.size > SHORT_MAX)
		slot.rest |= set->bytes_used;
	append(set, item);
	if (put(set->index, set->index_lg, slot, key->hash) > PROBES_MAX) {
		/* Somebody aims at the hash: draw another secret. */
		set->seed += set->hash.secret[0] | 1;
		sk_tablehash_init(&set->hash, set->seed);
		rebuild(set);
	}
	return 1;
}

/* Ask for a long item that is where its hash is found at once. */
static inline void
fetch_long(const struct sk_item_set *set, const struct key *key)
{
	const struct slot *slot = set->index + home_of(key->hash, set->index_lg);

	if (slot->word == key->slot.word && slot->rest > LONG)
		PREFETCH(set->bytes + (slot->rest & ~LONG));
}

/* Add ${items}, whose keys are ${keys}. Returns how many are in; what insert() said of the next one is *${room}. */
static size_t
add_chunk(struct sk_item_set *set, const struct sk_span *items, struct key *keys, size_t n, int *room)
{
	uint64_t seed = set->seed;

	*room = 1;
	for (size_t i = 0; i < n; i++) {
		const struct slot *slot = set->index + home_of(keys[i].hash, set->index_lg);

		if (i + AHEAD < n && keys[i + AHEAD].slot.rest == LONG)
			fetch_long(set, keys + i + AHEAD);
		if (LIKELY(holds(set, slot, keys + i, items[i])))
			continue;
		if (has(set, keys + i, items[i]))
			continue;
		if ((*room = insert(set, keys + i, items[i])) != 1)
			return i;
		if (set->seed != seed) {
			seed = set->seed;
			for (size_t j = i + 1; j < n; j++)
				keys[j] = key_of(set, items[j]);
		}
	}
	return n;
}

int
sk_item_set_add_batch(
    struct sk_item_set *set, const struct sk_span *items, size_t n, size_t *taken)
{
	const size_t before = set->count;
	struct key keys[CHUNK];
	size_t done = 0;
	int room = 1;

	while (room == 1 && done < n) {
		const size_t size = n - done < CHUNK ? n - done : CHUNK;

		for (size_t i = 0; i < size; i++) {
			keys[i] = key_of(set, items[done + i]);
			PREFETCH(set->index + home_of(keys[i].hash, set->index_lg));
		}
		done += add_chunk(set, items + done, keys, size, &room);
	}
	if (room == -1) {
		sk_item_set_keep(set, before);
		errno = ENOMEM;
		return -1;
	}
	*taken = done;
	return 0;
}

void
sk_item_set_keep(struct sk_item_set *set, size_t count)
{
	size_t place = START;

	if (count >= set->count)
		return;
	for (size_t i = 0; i < count; i++)
		place = place_after(set, item_at(set, place));
	set->bytes_used = place;
	set->count = count;
	rebuild(set);
}

static bool
contains(const struct sk_item_set *set, struct sk_span item)
{
	const struct key key = key_of(set, item);

	return has(set, &key, item);
}

void
sk_item_set_retain(struct sk_item_set *set, const struct sk_item_set *other, bool common)
{
	size_t to = START, next;

	set->count = 0;
	for (size_t place = START; place < set->bytes_used; place = next) {
		const struct sk_span item = item_at(set, place);

		next = place_after(set, item);
		if (contains(other, item) != common)
			continue;
		memmove(set->bytes + to, set->bytes + place, next - place);
		to += next - place;
		set->count++;
	}
	set->bytes_used = to;
	rebuild(set);
}

size_t
sk_item_set_common(const struct sk_item_set *a, const struct sk_item_set *b)
{
	size_t count = 0;

	for (size_t place = START; place < a->bytes_used;) {
		const struct sk_span item = item_at(a, place);

		count += contains(b, item) ? 1 : 0;
		place = place_after(a, item);
	}
	return count;
}

/* Query */

size_t
sk_item_set_size(const struct sk_item_set *set)
{
	return set->count;
}

size_t
sk_item_set_memory(const struct sk_item_set *set)
{
	return (size_t)fixed_cost(set->index_lg) + set->bytes_room;
}

size_t
sk_item_set_walk(const struct sk_item_set *set, uint64_t *place, struct sk_span *items, size_t n)
{
	size_t given = 0, at = *place == 0 ? START : (size_t)*place, fetched = at;

	for (; given < n && at < set->bytes_used; given++) {
		items[given] = item_at(set, at);
		at = place_after(set, items[given]);
		for (; fetched < at + AHEAD_BYTES && fetched < set->bytes_used; fetched += LINE)
			PREFETCH(set->bytes + fetched);
	}
	*place = at;
	return given;
}
