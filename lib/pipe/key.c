/*
 * key.c -- keys, in memory and in frames.
 *
 * The lengths of the parts take 3 bytes and a tab in memory and 4 in a frame, so that the one form fits where the other
 * was. They have their highest byte first, and stand behind the parts: then keys can be compared by memcmp().
 */
#include "key.h"

#include <string.h>

#include "../sketch/image.h"

#define PART_HEAD ((size_t)4)
#define LENGTH ((size_t)3)

static void
store_length(unsigned char *at, size_t length)
{
	at[0] = (unsigned char)(length >> 16);
	at[1] = (unsigned char)(length >> 8);
	at[2] = (unsigned char)length;
}

static size_t
load_length(const unsigned char *at)
{
	return (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];
}

unsigned char *
sk_key_join(const struct sk_span *part, size_t parts, unsigned char *at)
{
	for (size_t i = 0; i < parts; i++) {
		if (part[i].size > 0)
			memcpy(at, part[i].data, part[i].size);
		at += part[i].size;
		if (i + 1 < parts)
			*at++ = '\t';
	}
	for (size_t i = parts - (parts > 0); i-- > 0; at += LENGTH)
		store_length(at, part[i].size);
	return at;
}

struct sk_span
sk_key_part(struct sk_span *rest, bool last)
{
	struct sk_span part = *rest;
	size_t length;

	if (!last && rest->size >= SK_KEY_PART_COST &&
	    (length = load_length(rest->data + rest->size - LENGTH)) <= rest->size - SK_KEY_PART_COST) {
		part.size = length;
		rest->data += length + 1;
		rest->size -= length + SK_KEY_PART_COST;
		return part;
	}
	rest->size = 0;
	return part;
}

unsigned char *
sk_key_concat(struct sk_span first, size_t first_parts, struct sk_span second, size_t second_parts,
    unsigned char *at)
{
	struct sk_span part[SK_KEY_PARTS_MAX];
	size_t parts = 0;

	while (parts < first_parts) {
		part[parts] = sk_key_part(&first, parts + 1 == first_parts);
		if (part[parts++].size > SK_KEY_PART_MAX)
			return NULL;
	}
	for (size_t i = 0; i < second_parts; i++)
		part[parts++] = sk_key_part(&second, i + 1 == second_parts);
	return sk_key_join(part, parts, at);
}

size_t
sk_key_encoded_size(struct sk_span key, size_t parts)
{
	return parts == 0 ? 0 : key.size + PART_HEAD;
}

unsigned char *
sk_key_encode(struct sk_span key, size_t parts, unsigned char *at)
{
	for (size_t i = 0; i < parts; i++) {
		struct sk_span part = sk_key_part(&key, i + 1 == parts);

		sk_store32(at, (uint32_t)part.size);
		if (part.size > 0)
			memcpy(at + PART_HEAD, part.data, part.size);
		at += PART_HEAD + part.size;
	}
	return at;
}

/* The ${lengths} of all parts. */
static enum sk_frame_status
read_lengths(const unsigned char *at, size_t size, size_t parts, size_t *lengths)
{
	size_t from = 0;

	if (parts > SK_KEY_PARTS_MAX)
		return parts > size / PART_HEAD ? SK_FRAME_CORRUPT : SK_FRAME_NEWER;
	for (size_t part = 0; part < parts; part++) {
		if (size - from < PART_HEAD)
			return SK_FRAME_CORRUPT;
		lengths[part] = sk_load32(at + from);
		from += PART_HEAD;
		if (lengths[part] > size - from)
			return SK_FRAME_CORRUPT;
		from += lengths[part];
	}
	if (from != size)
		return SK_FRAME_CORRUPT;
	for (size_t part = 0; part + 1 < parts; part++)
		if (lengths[part] > SK_KEY_PART_MAX)
			return SK_FRAME_NEWER;
	return SK_FRAME_OK;
}

enum sk_frame_status
sk_key_decode(unsigned char *at, size_t size, size_t parts, struct sk_span *key)
{
	size_t lengths[SK_KEY_PARTS_MAX];
	enum sk_frame_status status = read_lengths(at, size, parts, lengths);
	unsigned char *to = at;
	const unsigned char *from = at + PART_HEAD;

	if (status != SK_FRAME_OK)
		return status;
	if (parts < 2) { /* it stays where it is */
		*key = parts == 0 ? (struct sk_span){ at, 0 } : (struct sk_span){ from, lengths[0] };
		return SK_FRAME_OK;
	}
	for (size_t part = 0; part < parts; part++) {
		memmove(to, from, lengths[part]);
		to += lengths[part];
		from += lengths[part] + PART_HEAD;
		if (part + 1 < parts)
			*to++ = '\t';
	}
	for (size_t part = parts - 1; part-- > 0; to += LENGTH)
		store_length(to, lengths[part]);
	*key = (struct sk_span){ at, (size_t)(to - at) };
	return SK_FRAME_OK;
}
