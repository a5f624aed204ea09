/*
 * zone.c -- offsets between changes, and the rules that hold after the last.
 */
#include "zone.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "zone_parts.h"

/* The layout of TZif: RFC 8536, section 3. */
#define HEADER_SIZE ((size_t)44)
#define VERSION_AT 4
#define COUNTS_AT 20
#define TYPE_SIZE ((size_t)6)
#define OFFSET_MIN (-89999) /* -25 hours and 26 hours, neither included: RFC 8536, 3.2 */
#define OFFSET_MAX 93599
#define INSTANT_LIMIT (INT64_C(1) << 59) /* where files have times before the beginning of all */

struct sk_zone {
	struct sk_zone_rule rule; /* after the last change, if has_rule */
	bool has_rule;
	int32_t before; /* the offset until the first change */
	size_t count;
	int64_t *when;   /* of each change, ascending */
	int32_t *offset; /* since then */
};

const char *
sk_zone_strerror(enum sk_zone_status status)
{
	switch (status) {
	case SK_ZONE_OK:
		return "no error";
	case SK_ZONE_TEXT:
		return "no time zone";
	case SK_ZONE_FOREIGN:
		return "not a time zone file";
	case SK_ZONE_TRUNCATED:
		return "time zone file is cut short";
	case SK_ZONE_CORRUPT:
		return "time zone file is corrupt";
	case SK_ZONE_LEAP:
		return "time zone file counts leap seconds";
	case SK_ZONE_NO_MEMORY:
		return "out of memory";
	}
	return "unknown error";
}

/* Life cycle */

void
sk_zone_free(struct sk_zone *zone)
{
	if (zone == NULL)
		return;
	free(zone->when);
	free(zone->offset);
	free(zone);
}

enum sk_zone_status
sk_zone_parse(struct sk_zone **zone, struct sk_span text)
{
	struct sk_zone_rule rule = { .changes = false };

	*zone = NULL;
	if (!(text.size == 1 && *text.data == 'Z') &&
	    !(text.size == 3 && memcmp(text.data, "UTC", 3) == 0) &&
	    !sk_zone_offset_parse(&rule.standard, text) && !sk_zone_rule_parse(&rule, text))
		return SK_ZONE_TEXT;
	if ((*zone = calloc(1, sizeof(**zone))) == NULL)
		return SK_ZONE_NO_MEMORY;
	(*zone)->rule = rule;
	(*zone)->has_rule = true;
	return SK_ZONE_OK;
}

/* TZif */

struct block {
	const unsigned char *times;
	const unsigned char *types; /* of the changes */
	const unsigned char *infos; /* of the types */
	size_t time_size;           /* 4 or 8 bytes */
	size_t changes;
	size_t types_count;
	size_t leaps;
	unsigned char version;
};

static uint64_t
load_big(const unsigned char *bytes, size_t size)
{
	uint64_t number = 0;

	while (size-- > 0)
		number = number << 8 | *bytes++;
	return number;
}

static int64_t
load_signed(const unsigned char *bytes, size_t size)
{
	const uint64_t number = load_big(bytes, size), sign = UINT64_C(1) << (8 * size - 1);

	/* Without a conversion that the language leaves open. */
	return (int64_t)(number & (sign - 1)) + (number & sign ? -(int64_t)(sign - 1) - 1 : 0);
}

/* Take a header and its data block, whose times take ${time_size} bytes, off the ${file}. */
static enum sk_zone_status
take_block(struct sk_span *file, size_t time_size, struct block *block)
{
	uint64_t utc, standard, leaps, changes, types, chars, size;

	if (file->size < HEADER_SIZE)
		return memcmp(file->data, "TZif", file->size < 4 ? file->size : 4) == 0
		    ? SK_ZONE_TRUNCATED
		    : SK_ZONE_FOREIGN;
	if (memcmp(file->data, "TZif", 4) != 0)
		return SK_ZONE_FOREIGN;
	utc = load_big(file->data + COUNTS_AT, 4);
	standard = load_big(file->data + COUNTS_AT + 4, 4);
	leaps = load_big(file->data + COUNTS_AT + 8, 4);
	changes = load_big(file->data + COUNTS_AT + 12, 4);
	types = load_big(file->data + COUNTS_AT + 16, 4);
	chars = load_big(file->data + COUNTS_AT + 20, 4);
	if (types == 0 || types > 256)
		return SK_ZONE_CORRUPT;
	size = changes * (time_size + 1) + types * TYPE_SIZE + chars + leaps * (time_size + 4) +
	    standard + utc;
	if (size > file->size - HEADER_SIZE)
		return SK_ZONE_TRUNCATED;
	block->times = file->data + HEADER_SIZE;
	block->types = block->times + changes * time_size;
	block->infos = block->types + changes;
	block->time_size = time_size;
	block->changes = (size_t)changes;
	block->types_count = (size_t)types;
	block->leaps = (size_t)leaps;
	block->version = file->data[VERSION_AT];
	file->data += HEADER_SIZE + size;
	file->size -= HEADER_SIZE + (size_t)size;
	return SK_ZONE_OK;
}

static bool
load_offset(const struct block *block, size_t type, int32_t *offset)
{
	int64_t seconds;

	if (type >= block->types_count)
		return false;
	seconds = load_signed(block->infos + type * TYPE_SIZE, 4);
	*offset = (int32_t)seconds;
	return seconds >= OFFSET_MIN && seconds <= OFFSET_MAX;
}

static enum sk_zone_status
load_changes(struct sk_zone *zone, const struct block *block)
{
	int64_t last = INT64_MIN;

	if (block->leaps > 0)
		return SK_ZONE_LEAP;
	if (!load_offset(block, 0, &zone->before)) /* type 0: RFC 8536, 3.2 */
		return SK_ZONE_CORRUPT;
	if (block->changes == 0)
		return SK_ZONE_OK;
	zone->when = malloc(block->changes * sizeof(*zone->when));
	zone->offset = malloc(block->changes * sizeof(*zone->offset));
	if (zone->when == NULL || zone->offset == NULL)
		return SK_ZONE_NO_MEMORY;
	for (size_t i = 0; i < block->changes; i++) {
		const int64_t when =
		    load_signed(block->times + i * block->time_size, block->time_size);

		if ((i > 0 && when <= last) || when < -INSTANT_LIMIT || when > INSTANT_LIMIT ||
		    !load_offset(block, block->types[i], &zone->offset[i]))
			return SK_ZONE_CORRUPT;
		zone->when[i] = last = when;
	}
	zone->count = block->changes;
	return SK_ZONE_OK;
}

/* What follows the last block: a TZ string, which may be empty, between newlines. */
static enum sk_zone_status
load_footer(struct sk_zone *zone, struct sk_span rest)
{
	const unsigned char *end;

	if (rest.size == 0)
		return SK_ZONE_TRUNCATED;
	if (*rest.data != '\n')
		return SK_ZONE_CORRUPT;
	rest.data++;
	rest.size--;
	if (rest.size == 0 || (end = memchr(rest.data, '\n', rest.size)) == NULL)
		return SK_ZONE_TRUNCATED;
	rest.size = (size_t)(end - rest.data);
	if (rest.size > 0 && !sk_zone_rule_parse(&zone->rule, rest))
		return SK_ZONE_CORRUPT;
	zone->has_rule = rest.size > 0;
	return SK_ZONE_OK;
}

static enum sk_zone_status
load_file(struct sk_zone *zone, struct sk_span file)
{
	struct block block;
	enum sk_zone_status status = take_block(&file, 4, &block);

	if (status != SK_ZONE_OK)
		return status;
	if (block.version == 0)
		return load_changes(zone, &block);
	/* The first block was for readers of version 1. */
	if ((status = take_block(&file, 8, &block)) != SK_ZONE_OK)
		return status == SK_ZONE_FOREIGN ? SK_ZONE_CORRUPT : status;
	if ((status = load_changes(zone, &block)) != SK_ZONE_OK)
		return status;
	return load_footer(zone, file);
}

enum sk_zone_status
sk_zone_decode(struct sk_zone **zone, struct sk_span file)
{
	enum sk_zone_status status;

	*zone = NULL;
	if (file.size == 0)
		return SK_ZONE_TRUNCATED;
	if ((*zone = calloc(1, sizeof(**zone))) == NULL)
		return SK_ZONE_NO_MEMORY;
	if ((status = load_file(*zone, file)) != SK_ZONE_OK) {
		sk_zone_free(*zone);
		*zone = NULL;
	}
	return status;
}

/* Query */

/* How many changes there have been up to ${instant}. */
static size_t
changes_until(const struct sk_zone *zone, int64_t instant)
{
	size_t low = 0, high = zone->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (zone->when[middle] <= instant)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct sk_zone_segment
segment_of(const struct sk_zone *zone, int64_t instant)
{
	const size_t past = changes_until(zone, instant);
	struct sk_zone_segment segment = { INT64_MIN, INT64_MAX, zone->before };

	if (past == zone->count && zone->has_rule) {
		segment = sk_zone_rule_segment(&zone->rule, instant);
		if (past > 0 && segment.start < zone->when[past - 1])
			segment.start = zone->when[past - 1];
		return segment;
	}
	if (past > 0) {
		segment.start = zone->when[past - 1];
		segment.offset = zone->offset[past - 1];
	}
	if (past < zone->count)
		segment.end = zone->when[past];
	return segment;
}

int32_t
sk_zone_offset(const struct sk_zone *zone, int64_t instant)
{
	return segment_of(zone, instant).offset;
}

int64_t
sk_zone_instant(const struct sk_zone *zone, int64_t local)
{
	/* Nowhere is it that late yet. */
	struct sk_zone_segment segment = segment_of(zone, local - OFFSET_MAX - 1);

	while (segment.end != INT64_MAX && segment.end + segment.offset <= local)
		segment = segment_of(zone, segment.end);
	return segment.start != INT64_MIN && segment.start + segment.offset > local
	    ? segment.start
	    : local - segment.offset;
}
