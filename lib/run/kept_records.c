/*
 * kept_records.c -- a few records, one behind the other: what there is of the size of the item, the size of the key, the
 * value, the weight, the item and the key. Sizes take two bytes.
 */
#include "kept_records.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST ((size_t)48)
#define MALLOC_COST ((size_t)16) /* what the allocator adds to a block */

enum { THERE = 1, KEYS = 2, VALUES = 4, WEIGHTS = 8 }; /* of a form */

/* Where the next part of a record goes, or comes from. */
struct cursor {
	unsigned char *at;
};

static void
put(struct cursor *cursor, const void *data, size_t size)
{
	if (size > 0)
		memcpy(cursor->at, data, size);
	cursor->at += size;
}

static void
take(struct cursor *cursor, void *data, size_t size)
{
	memcpy(data, cursor->at, size);
	cursor->at += size;
}

void
sk_kept_release(struct sk_kept *kept)
{
	free(kept->block);
}

static uint8_t
form_of(const struct sk_batch *batch, const struct sk_span *keys)
{
	return (uint8_t)(THERE | (keys != NULL ? KEYS : 0) | (batch->values != NULL ? VALUES : 0) |
	    (batch->weights != NULL ? WEIGHTS : 0));
}

/* What the batch's records take, or more than SK_KEPT_MAX. */
static size_t
size_of(const struct sk_batch *batch, const struct sk_span *keys, unsigned form)
{
	const size_t each = (form & VALUES ? sizeof(double) : sizeof(uint16_t)) +
	    (form & WEIGHTS ? sizeof(uint64_t) : 0) + (form & KEYS ? sizeof(uint16_t) : 0);
	size_t size = each * batch->count;

	for (size_t i = 0; i < batch->count && size <= SK_KEPT_MAX; i++) {
		const size_t item = form & VALUES ? 0 : batch->items[i].size;
		const size_t key = keys != NULL ? keys[i].size : 0;

		if (item > SK_KEPT_MAX || key > SK_KEPT_MAX)
			return SK_KEPT_MAX + 1;
		size += item + key;
	}
	return size;
}

/* Room for ${size} bytes more, and half as much again as there is. */
static int
reserve(struct sk_kept *kept, size_t size)
{
	const size_t need = kept->used + size;
	size_t room = (size_t)kept->room + kept->room / 2;
	unsigned char *block;

	if (need <= kept->room)
		return 0;
	room = room > need ? room : need;
	room = room > BLOCK_FIRST ? room : BLOCK_FIRST;
	room = room < SK_KEPT_MAX ? room : SK_KEPT_MAX;
	if ((block = realloc(kept->block, room)) == NULL)
		return -1;
	kept->block = block;
	kept->room = (uint16_t)room;
	return 0;
}

int
sk_kept_add(struct sk_kept *kept, const struct sk_batch *batch, const struct sk_span *keys)
{
	const uint8_t form = form_of(batch, keys);
	const size_t size = size_of(batch, keys, form);
	struct cursor cursor;

	if (batch->count == 0)
		return 1;
	if (kept->form != 0 && (kept->form != form || kept->decimals != batch->decimals))
		return 0;
	if (batch->rounded.any || size > SK_KEPT_MAX - kept->used)
		return 0;
	if (reserve(kept, size) == -1)
		return -1;
	cursor.at = kept->block + kept->used;
	for (size_t i = 0; i < batch->count; i++) {
		const uint16_t item = (uint16_t)batch->items[i].size;
		const uint16_t key = (uint16_t)(keys != NULL ? keys[i].size : 0);

		if (form & VALUES)
			put(&cursor, &batch->values[i], sizeof(double));
		else
			put(&cursor, &item, sizeof(item));
		if (form & KEYS)
			put(&cursor, &key, sizeof(key));
		if (form & WEIGHTS)
			put(&cursor, &batch->weights[i], sizeof(uint64_t));
		if (!(form & VALUES))
			put(&cursor, batch->items[i].data, item);
		if (form & KEYS)
			put(&cursor, keys[i].data, key);
	}
	kept->form = form;
	kept->decimals = batch->decimals;
	kept->used = (uint16_t)(kept->used + size);
	kept->count = (uint16_t)(kept->count + batch->count);
	return 1;
}

int
sk_kept_replay(const struct sk_kept *kept, struct sk_groups *groups)
{
	struct sk_span items[SK_BATCH], keys[SK_BATCH];
	uint64_t weights[SK_BATCH];
	double values[SK_BATCH];
	struct cursor cursor = { kept->block };

	for (size_t done = 0; done < kept->count;) {
		struct sk_batch batch = { .items = items,
			.values = kept->form & VALUES ? values : NULL,
			.weights = kept->form & WEIGHTS ? weights : NULL,
			.decimals = kept->decimals,
			.complete = true };

		for (; batch.count < SK_BATCH && done < kept->count; done++) {
			const size_t i = batch.count++;
			uint16_t item = 0, key = 0;

			if (kept->form & VALUES)
				take(&cursor, &values[i], sizeof(double));
			else
				take(&cursor, &item, sizeof(item));
			if (kept->form & KEYS)
				take(&cursor, &key, sizeof(key));
			if (kept->form & WEIGHTS)
				take(&cursor, &weights[i], sizeof(uint64_t));
			items[i] = (struct sk_span){ cursor.at, item };
			cursor.at += item;
			keys[i] = (struct sk_span){ cursor.at, key };
			cursor.at += key;
		}
		if (sk_groups_add(groups, &batch, kept->form & KEYS ? keys : NULL) == -1)
			return -1;
	}
	return 0;
}

size_t
sk_kept_memory(const struct sk_kept *kept)
{
	return kept->count > 0 ? MALLOC_COST + kept->used + kept->used / 4 : 0;
}
