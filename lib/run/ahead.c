/* ahead.c -- batches read ahead of a run. */
#include "ahead.h"

#include <stdlib.h>
#include <string.h>

#include "intake_parts.h"

#define BATCHES 128                /* a stripe of records of 8 bytes; of shorter ones the rest is read when taken */
#define ROOM ((size_t)3 << 17)     /* for composite and converted items and keys of a stripe */

/* A batch, and what its records were before and after. */
struct ahead_batch {
	struct sk_batch batch;
	const struct sk_span *keys;
	struct sk_span bytes;
	size_t records;
	size_t items_joined; /* bytes put together */
	size_t keys_joined;
	size_t converted;
	size_t unescaped;
	bool items_filled;
	bool keys_filled;
	unsigned seen; /* of the conditions' fields */
	size_t whole;  /* a record that is not malformed; SIZE_MAX: all are */
	struct sk_span whole_record;
	struct sk_skip_notes notes;
};

struct sk_ahead {
	size_t count;
	struct sk_span *items; /* SK_BATCH for each batch; with values one column, never looked at, for all */
	struct sk_span *keys;
	double *values;
	uint64_t *weights;
	unsigned char *room; /* for bytes put together */
	struct ahead_batch batch[BATCHES];
};

struct sk_ahead_mark
sk_ahead_mark(const struct sk_intake *intake)
{
	return (struct sk_ahead_mark){
		.offset = intake->offset,
		.batch_records = intake->batch_records,
		.batch_bytes = intake->batch_bytes,
		.decimals = intake->decimals,
	};
}

struct sk_intake *
sk_ahead_reader_new(const struct sk_intake *intake)
{
	struct sk_intake *reader = calloc(1, sizeof(*reader));
	size_t items = intake->items.fields.count, keys = intake->keys.fields.count;

	if (reader == NULL)
		return NULL;
	reader->options = intake->options;
	reader->scan = intake->scan;
	reader->layout = intake->layout;
	reader->borrows_layout = true;
	reader->separator = sk_intake_separator(intake);
	reader->keys.lengths = true;
	reader->input = "";
	if ((intake->where != NULL && (reader->where = sk_intake_where_new(&intake->options)) == NULL) ||
	    (intake->picks != NULL && (reader->picks = sk_intake_picks_new(&intake->options)) == NULL) ||
	    (items > 1 && (reader->items.part = calloc(items * SK_BATCH, sizeof(struct sk_span))) == NULL) ||
	    (keys > 1 && (reader->keys.part = calloc(keys * SK_BATCH, sizeof(struct sk_span))) == NULL)) {
		sk_intake_free(reader);
		return NULL;
	}
	sk_ahead_reader_follow(reader, intake);
	return reader;
}

void
sk_ahead_reader_follow(struct sk_intake *reader, const struct sk_intake *intake)
{
	reader->items.fields = intake->items.fields;
	reader->keys.fields = intake->keys.fields;
	reader->weights.fields = intake->weights.fields;
	if (intake->where != NULL)
		reader->where->fields = intake->where->fields;
}

/* Whether bytes of items or keys stand elsewhere than in their records. */
static bool
puts_together(const struct sk_intake *intake)
{
	return intake->items.fields.count > 1 || intake->keys.fields.count > 1 ||
	    intake->options.form != SK_FORM_BYTES || intake->layout != NULL;
}

struct sk_ahead *
sk_ahead_new(const struct sk_intake *intake)
{
	struct sk_ahead *ahead = calloc(1, sizeof(*ahead));
	const size_t records = BATCHES * SK_BATCH;
	const bool values = intake->options.values, keys = intake->keys.fields.count > 0;
	const bool weights = intake->weights.fields.count > 0, room = puts_together(intake);

	if (ahead == NULL)
		return NULL;
	ahead->items = calloc(values ? SK_BATCH : records, sizeof(*ahead->items));
	ahead->keys = keys ? malloc(records * sizeof(*ahead->keys)) : NULL;
	ahead->values = values ? malloc(records * sizeof(*ahead->values)) : NULL;
	ahead->weights = weights ? malloc(records * sizeof(*ahead->weights)) : NULL;
	ahead->room = room ? malloc(ROOM) : NULL;
	if (ahead->items != NULL && (ahead->keys != NULL || !keys) &&
	    (ahead->values != NULL || !values) && (ahead->weights != NULL || !weights) &&
	    (ahead->room != NULL || !room))
		return ahead;
	sk_ahead_free(ahead);
	return NULL;
}

size_t
sk_ahead_memory(const struct sk_intake *intake)
{
	size_t record = intake->options.values ? sizeof(double) : sizeof(struct sk_span);

	if (intake->keys.fields.count > 0)
		record += sizeof(struct sk_span);
	if (intake->weights.fields.count > 0)
		record += sizeof(uint64_t);
	return sizeof(struct sk_ahead) + BATCHES * SK_BATCH * record +
	    (puts_together(intake) ? ROOM : 0);
}

void
sk_ahead_free(struct sk_ahead *ahead)
{
	if (ahead == NULL)
		return;
	free(ahead->items);
	free(ahead->keys);
	free(ahead->values);
	free(ahead->weights);
	free(ahead->room);
	free(ahead);
}

/* Copy the columns of the next batch to where they stay; NULL where there are none. */
static void
keep_columns(struct sk_ahead *ahead, struct ahead_batch *next)
{
	const size_t at = ahead->count * SK_BATCH, n = next->batch.count;

	if (next->batch.values != NULL) {
		memcpy(ahead->values + at, next->batch.values, n * sizeof(*ahead->values));
		next->batch.values = ahead->values + at;
		next->batch.items = ahead->items;
	} else {
		memcpy(ahead->items + at, next->batch.items, n * sizeof(*ahead->items));
		next->batch.items = ahead->items + at;
	}
	if (next->batch.weights != NULL) {
		memcpy(ahead->weights + at, next->batch.weights, n * sizeof(*ahead->weights));
		next->batch.weights = ahead->weights + at;
	}
	if (next->keys != NULL) {
		memcpy(ahead->keys + at, next->keys, n * sizeof(*ahead->keys));
		next->keys = ahead->keys + at;
	}
}

/* Read one batch; false when the block is used up or the room is. */
static bool
read_one(struct sk_ahead *ahead, struct sk_intake *reader, struct sk_span *block)
{
	struct ahead_batch *next = &ahead->batch[ahead->count];
	const struct sk_span before = *block;
	const uint64_t records_before = reader->total;

	memset(&next->notes, 0, sizeof(next->notes));
	reader->notes = &next->notes;
	reader->items.joined.needed = reader->keys.joined.needed = 0;
	reader->converted_bytes.needed = 0;
	if (reader->picks != NULL)
		reader->picks->unescaped.needed = 0;
	if (!sk_intake_batch(reader, block, &next->batch, &next->keys)) {
		*block = before;
		return false;
	}
	next->bytes = (struct sk_span){ before.data, before.size - block->size };
	next->records = (size_t)(reader->total - records_before);
	next->items_joined = reader->items.joined.needed;
	next->keys_joined = reader->keys.joined.needed;
	next->converted = reader->converted_bytes.needed;
	next->unescaped = reader->picks != NULL ? reader->picks->unescaped.needed : 0;
	next->items_filled = reader->items.filled;
	next->keys_filled = reader->keys.filled;
	next->whole = SIZE_MAX;
	if (reader->where != NULL && reader->layout != NULL) {
		next->seen = reader->where->seen;
		next->whole = reader->where->whole;
		next->whole_record = reader->where->whole_record;
		reader->where->seen = 0;
	}
	keep_columns(ahead, next);
	ahead->count++;
	return true;
}

void
sk_ahead_read(struct sk_ahead *ahead, struct sk_intake *reader, const struct sk_ahead_mark *mark,
    struct sk_span *block)
{
	reader->offset = mark->offset;
	reader->batch_records = mark->batch_records;
	reader->batch_bytes = mark->batch_bytes;
	reader->decimals = mark->decimals;
	reader->room = ahead->room;
	reader->room_left = ahead->room != NULL ? ROOM : 0;
	reader->cramped = false;
	ahead->count = 0;
	while (ahead->count < BATCHES && read_one(ahead, reader, block))
		;
}

size_t
sk_ahead_count(const struct sk_ahead *ahead)
{
	return ahead->count;
}

static void
add_notes(struct sk_intake *intake, const struct sk_skip_notes *notes)
{
	sk_skips_add_notes(&intake->skips, notes, intake->input, intake->record);
	for (int i = 0; i < SK_SKIP_REASONS; i++)
		if (notes->by_reason[i].count > 0)
			sk_hints_keep(&intake->hints, sk_hint_of((enum sk_skip_reason)i), notes->by_reason[i].whole,
			    intake->record + notes->by_reason[i].record + 1);
}

bool
sk_ahead_take(const struct sk_ahead *ahead, size_t i, struct sk_intake *intake,
    struct sk_batch *batch, const struct sk_span **keys)
{
	const struct ahead_batch *next = &ahead->batch[i];

	if (next->batch.decimals != intake->decimals)
		return false;
	if (next->batch.count < next->records || next->batch.rounded.any)
		add_notes(intake, &next->notes);
	if (next->whole < SIZE_MAX)
		sk_intake_where_seen(intake, next->seen, next->whole, next->whole_record);
	intake->hints.used += next->batch.count;
	intake->items.filled = intake->items.filled || next->items_filled;
	intake->keys.filled = intake->keys.filled || next->keys_filled;
	intake->items.joined.needed += next->items_joined;
	intake->keys.joined.needed += next->keys_joined;
	intake->converted_bytes.needed += next->converted;
	if (intake->picks != NULL)
		intake->picks->unescaped.needed += next->unescaped;
	*batch = next->batch;
	batch->complete = sk_intake_pass(intake, next->records, next->bytes.size);
	*keys = next->keys;
	return true;
}

struct sk_span
sk_ahead_bytes(const struct sk_ahead *ahead, size_t i)
{
	return ahead->batch[i].bytes;
}
