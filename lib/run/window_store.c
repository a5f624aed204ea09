/* window_store.c -- sketches of windows, kept until they are asked for. */
#include "window_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/tablehash.h"
#include "diag.h"
#include "spool.h"

#define NONE UINT32_MAX
#define INDEX_FIRST ((size_t)64)
#define KEY_MALLOC_COST ((size_t)16)

struct key {
	unsigned char *bytes;
	uint32_t size;
	uint32_t parts;
	uint32_t number; /* in the order of their appearance */
};

struct entry {
	int64_t start;
	int64_t end;
	uint64_t place; /* in the spool */
	uint32_t size;  /* there */
	uint32_t key;
	uint32_t next; /* of the same window */
	bool counted;
	bool dropped;
};

/* Open addressing: numbers, or NONE. */
struct index {
	uint32_t *slot;
	size_t size; /* a power of two, or 0 */
};

struct sk_window_store {
	struct sk_tablehash hash;
	size_t memory;
	size_t keys_memory;
	bool by_key;
	struct sk_spool *spool;
	struct entry *entry;
	size_t count;
	size_t room;
	struct index windows; /* the last entry of each */
	struct key *key;
	size_t keys_count;
	size_t keys_room;
	struct index keys;
	unsigned char *bytes; /* of the sketch read or written last */
	size_t bytes_room;
};

struct sk_window_store *
sk_window_store_new(size_t memory, bool by_key, uint64_t seed)
{
	struct sk_window_store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		sk_die("out of memory");
	store->spool = sk_spool_new(memory / 4);
	store->memory = memory - memory / 4;
	store->by_key = by_key;
	sk_tablehash_init(&store->hash, seed);
	return store;
}

void
sk_window_store_free(struct sk_window_store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->keys_count; i++)
		free(store->key[i].bytes);
	sk_spool_free(store->spool);
	free(store->key);
	free(store->keys.slot);
	free(store->entry);
	free(store->windows.slot);
	free(store->bytes);
	free(store);
}

size_t
sk_window_store_count(const struct sk_window_store *store)
{
	return store->count;
}

/* Whether ${more} bytes have room beside what there is. */
static bool
has_room(const struct sk_window_store *store, size_t more)
{
	size_t used = store->room * sizeof(*store->entry) + store->keys_room * sizeof(*store->key) +
	    (store->windows.size + store->keys.size) * sizeof(uint32_t) + store->keys_memory;

	return used + more <= store->memory;
}

/* realloc(), where there is room for it. */
static void *
resize(void *block, size_t size)
{
	if ((block = realloc(block, size)) == NULL)
		sk_die("out of memory");
	return block;
}

/* Twice the slots, all of them empty. */
static bool
widen(const struct sk_window_store *store, struct index *index)
{
	size_t size = index->size == 0 ? INDEX_FIRST : 2 * index->size;

	if (!has_room(store, (size - index->size) * sizeof(*index->slot)))
		return false;
	index->slot = resize(index->slot, size * sizeof(*index->slot));
	memset(index->slot, 0xff, size * sizeof(*index->slot));
	index->size = size;
	return true;
}

/* Keys */

static uint64_t
hash_of_key(const struct sk_window_store *store, struct sk_span key, size_t parts)
{
	return sk_tablehash_of(&store->hash, key) + parts;
}

static uint32_t *
find_key(const struct sk_window_store *store, struct sk_span bytes, size_t parts)
{
	size_t mask = store->keys.size - 1, at = hash_of_key(store, bytes, parts) & mask;

	for (; store->keys.slot[at] != NONE; at = (at + 1) & mask) {
		const struct key *key = &store->key[store->keys.slot[at]];

		if (key->size == bytes.size && key->parts == parts &&
		    (bytes.size == 0 || memcmp(key->bytes, bytes.data, bytes.size) == 0))
			break;
	}
	return &store->keys.slot[at];
}

static bool
make_room_for_key(struct sk_window_store *store)
{
	size_t room = store->keys_room == 0 ? 16 : 2 * store->keys_room;

	if (store->keys_count == store->keys_room) {
		if (!has_room(store, (room - store->keys_room) * sizeof(*store->key)))
			return false;
		store->key = resize(store->key, room * sizeof(*store->key));
		store->keys_room = room;
	}
	if (store->keys_count < store->keys.size / 2)
		return true;
	if (!widen(store, &store->keys))
		return false;
	for (size_t i = 0; i < store->keys_count; i++)
		*find_key(store, (struct sk_span){ store->key[i].bytes, store->key[i].size },
		    store->key[i].parts) = (uint32_t)i;
	return true;
}

/* The number of the key of ${sketch}, a new one if need be; NONE where there is no room for it. */
static uint32_t
number_of_key(struct sk_window_store *store, const struct sk_container *sketch)
{
	struct sk_span bytes = sketch->key;
	unsigned char *copy = NULL;
	uint32_t *slot;

	if (!make_room_for_key(store))
		return NONE;
	if (*(slot = find_key(store, bytes, sketch->key_parts)) != NONE)
		return *slot;
	if (!has_room(store, bytes.size + KEY_MALLOC_COST))
		return NONE;
	if (bytes.size > 0) {
		copy = resize(NULL, bytes.size);
		memcpy(copy, bytes.data, bytes.size);
	}
	store->keys_memory += bytes.size + KEY_MALLOC_COST;
	*slot = (uint32_t)store->keys_count;
	store->key[*slot] =
	    (struct key){ copy, (uint32_t)bytes.size, (uint32_t)sketch->key_parts, *slot };
	store->keys_count++;
	return *slot;
}

/* Windows */

struct sk_report_window
sk_window_store_window(const struct sk_window_store *store, size_t i)
{
	const struct entry *entry = &store->entry[i];
	const struct key *key = &store->key[entry->key];

	return (struct sk_report_window){ .start = entry->start,
		.end = entry->end,
		.counted = entry->counted,
		.key_parts = key->parts,
		.key = { key->bytes, key->size } };
}

static uint64_t
hash_of_window(const struct sk_window_store *store, const struct sk_report_window *window)
{
	unsigned char bytes[17];
	uint64_t hash;

	memcpy(bytes, &window->start, 8);
	memcpy(bytes + 8, &window->end, 8);
	bytes[16] = window->counted;
	hash = sk_tablehash_of(&store->hash, (struct sk_span){ bytes, sizeof(bytes) });
	return store->by_key ? hash ^ hash_of_key(store, window->key, window->key_parts) : hash;
}

static bool
is_same(const struct sk_window_store *store, const struct sk_report_window *a,
    const struct sk_report_window *b)
{
	return a->start == b->start && a->end == b->end && a->counted == b->counted &&
	    (!store->by_key ||
		(a->key_parts == b->key_parts && a->key.size == b->key.size &&
		    (a->key.size == 0 || memcmp(a->key.data, b->key.data, a->key.size) == 0)));
}

static uint32_t *
find_window(const struct sk_window_store *store, const struct sk_report_window *window)
{
	size_t mask = store->windows.size - 1, at = hash_of_window(store, window) & mask;

	for (; store->windows.slot[at] != NONE; at = (at + 1) & mask) {
		struct sk_report_window held =
		    sk_window_store_window(store, store->windows.slot[at]);

		if (is_same(store, &held, window))
			break;
	}
	return &store->windows.slot[at];
}

/* Put entry number ${i} before the others of its window. */
static void
enter(struct sk_window_store *store, size_t i)
{
	struct sk_report_window window = sk_window_store_window(store, i);
	uint32_t *slot = find_window(store, &window);

	store->entry[i].next = *slot;
	*slot = (uint32_t)i;
}

static bool
enter_all(struct sk_window_store *store)
{
	if (!widen(store, &store->windows))
		return false;
	for (size_t i = 0; i < store->count; i++)
		enter(store, i);
	return true;
}

void
sk_window_store_unite_keys(struct sk_window_store *store)
{
	store->by_key = false;
	if (store->windows.size > 0)
		memset(store->windows.slot, 0xff, store->windows.size * sizeof(*store->windows.slot));
	for (size_t i = 0; i < store->count; i++)
		enter(store, i);
}

static size_t
skip_dropped(const struct sk_window_store *store, uint32_t i)
{
	while (i != NONE && store->entry[i].dropped)
		i = store->entry[i].next;
	return i == NONE ? SK_WINDOW_NONE : i;
}

size_t
sk_window_store_first(struct sk_window_store *store, const struct sk_report_window *window)
{
	return store->windows.size == 0 ? SK_WINDOW_NONE :
					  skip_dropped(store, *find_window(store, window));
}

size_t
sk_window_store_next(const struct sk_window_store *store, size_t i)
{
	return skip_dropped(store, store->entry[i].next);
}

bool
sk_window_store_has(struct sk_window_store *store, const struct sk_report_window *window)
{
	for (size_t i = sk_window_store_first(store, window); i != SK_WINDOW_NONE; i = sk_window_store_next(store, i)) {
		const struct key *key = &store->key[store->entry[i].key];

		if (window->key_parts == 0 ||
		    (key->parts == window->key_parts && key->size == window->key.size &&
			(key->size == 0 || memcmp(key->bytes, window->key.data, key->size) == 0)))
			return true;
	}
	return false;
}

void
sk_window_store_drop(struct sk_window_store *store, size_t i)
{
	store->entry[i].dropped = true;
}

/* Sketches */

static bool
make_room(struct sk_window_store *store)
{
	size_t room = store->room == 0 ? 16 : store->room + store->room / 2;

	if (store->count < store->room)
		return true;
	if (store->count == NONE || !has_room(store, (room - store->room) * sizeof(*store->entry)))
		return false;
	store->entry = resize(store->entry, room * sizeof(*store->entry));
	store->room = room;
	return true;
}

static unsigned char *
bytes_for(struct sk_window_store *store, size_t size)
{
	if (size > store->bytes_room) {
		store->bytes = resize(store->bytes, size);
		store->bytes_room = size;
	}
	return store->bytes;
}

/* Write ${sketch} into the spool: where it came from, and then the payload of its frame. */
static void
put(struct sk_window_store *store, const struct sk_container *sketch,
    const struct sk_window_origin *origin, struct entry *entry)
{
	size_t head = sk_container_head_size(sketch), image = sketch->image.size;
	unsigned char *bytes = bytes_for(store, sizeof(*origin) + head + image);

	memcpy(bytes, origin, sizeof(*origin));
	sk_container_encode(sketch, image, bytes + sizeof(*origin));
	if (image > 0)
		memcpy(bytes + sizeof(*origin) + head, sketch->image.data, image);
	entry->size = (uint32_t)(sizeof(*origin) + head + image);
	entry->place = sk_spool_append(store->spool, (struct sk_span){ bytes, entry->size });
}

bool
sk_window_store_add(struct sk_window_store *store, const struct sk_container *sketch,
    const struct sk_window_origin *origin)
{
	struct entry entry = { .start = sketch->start,
		.end = sketch->end,
		.key = number_of_key(store, sketch),
		.next = NONE,
		.counted = sketch->counted };

	if (entry.key == NONE || !make_room(store))
		return false;
	put(store, sketch, origin, &entry);
	store->entry[store->count++] = entry;
	if (store->count > store->windows.size / 2)
		return enter_all(store);
	enter(store, store->count - 1);
	return true;
}

void
sk_window_store_read(struct sk_window_store *store, size_t i, struct sk_container *sketch,
    struct sk_window_origin *origin)
{
	const struct entry *entry = &store->entry[i];
	unsigned char *bytes = bytes_for(store, entry->size);
	enum sk_frame_status status;

	sk_spool_read(store->spool, entry->place, bytes, entry->size);
	memcpy(origin, bytes, sizeof(*origin));
	status = sk_container_decode(sketch, bytes + sizeof(*origin), entry->size - sizeof(*origin));
	assert(status == SK_FRAME_OK); /* it was when it was put there */
	(void)status;
}

/* Order */

static int
compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	uint32_t shorter = a->size < b->size ? a->size : b->size;
	int order = shorter > 0 ? memcmp(a->bytes, b->bytes, shorter) : 0;

	if (order != 0)
		return order;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return (a->parts > b->parts) - (a->parts < b->parts);
}

static int
compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->counted != b->counted)
		return a->counted ? 1 : -1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

/* Keys change their numbers, so that those are in the order of the keys. */
static void
sort_keys(struct sk_window_store *store)
{
	uint32_t *now = store->keys.slot; /* of use no more, and larger than it takes */

	qsort(store->key, store->keys_count, sizeof(*store->key), compare_keys);
	for (size_t i = 0; i < store->keys_count; i++)
		now[store->key[i].number] = (uint32_t)i;
	for (size_t i = 0; i < store->count; i++)
		store->entry[i].key = now[store->entry[i].key];
}

void
sk_window_store_sort(struct sk_window_store *store)
{
	size_t kept = 0;

	for (size_t i = 0; i < store->count; i++)
		if (!store->entry[i].dropped)
			store->entry[kept++] = store->entry[i];
	store->count = kept;
	if (kept == 0)
		return;
	sort_keys(store);
	qsort(store->entry, store->count, sizeof(*store->entry), compare_entries);
}
