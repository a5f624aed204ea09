/* source_front.c -- what the front of an input says about it. */
#include <string.h>

#include "raw.h"
#include "source_parts.h"

#define SIGNATURE_CUT ((size_t)2) /* as much of a short signature is one that was cut off; of a long one any byte */
#define SIGNATURE_HALF ((size_t)4) /* half a signature of fewer bytes may well be text */

void
sk_source_set_signature(struct sk_source *source, struct sk_span signature)
{
	source->signature = signature;
	source->has_signature = true;
	source->unpacks = signature.size > 0;
}

/*
 * Whether one half of the signature has stayed as it was: a bit or a line end has changed on the way, and those who know
 * the format will refuse it, rather than take it for text. Short signatures are no evidence.
 */
static bool
is_damaged_signature(struct sk_span signature, const unsigned char *front, size_t size)
{
	const size_t half = signature.size / 2;

	return half >= SIGNATURE_HALF && size == signature.size &&
	    (memcmp(front, signature.data, half) == 0 ||
		memcmp(front + half, signature.data + half, size - half) == 0);
}

/* A whole first half is no text, and it is worth while to wait for the second, which may be damaged. */
static bool
is_first_half(struct sk_span signature, const unsigned char *front, size_t size)
{
	const size_t half = signature.size / 2;

	return half >= SIGNATURE_HALF && size >= half && memcmp(front, signature.data, half) == 0;
}

/* Whether the first ${size} bytes of the signature, which are all that there is, were more before they were cut off. */
static bool
is_cut_signature(struct sk_span signature, size_t size)
{
	return size == signature.size || size >= SIGNATURE_CUT || signature.size / 2 >= SIGNATURE_HALF;
}

bool
sk_source_decided(struct sk_source *source)
{
	const unsigned char *front = sk_source_at(source, source->begin);
	size_t size = sk_source_held(source) < source->signature.size ? sk_source_held(source) : source->signature.size;
	bool alike = source->has_signature && size > 0 &&
	    memcmp(front, source->signature.data, size) == 0;

	if (source->fresh && size < source->signature.size && !source->at_end &&
	    (alike || (source->has_signature && is_first_half(source->signature, front, size))))
		return false;
	/* All of it, or so much of it at the input's end that it must have been cut off. */
	if (source->fresh && alike && is_cut_signature(source->signature, size))
		source->binary = true;
	else if (source->fresh && !sk_source_is_raw(source) && is_damaged_signature(source->signature, front, size))
		source->binary = true;
	source->fresh = false;
	return true;
}

/* "byte 123: ...", for want of stdio. */
static void
put_why(struct sk_source *source, uint64_t offset)
{
	static const char before[] = "byte ", behind[] = ": a streamkit stream behind other records, with which it does not go";
	unsigned char digits[SK_RAW_DECIMAL_SIZE];
	const size_t size = sk_raw_decimal(offset, 0, digits);
	char *at = source->words;

	_Static_assert(sizeof(before) + SK_RAW_DECIMAL_SIZE + sizeof(behind) <= SK_SOURCE_WORDS + 1, "words have room");
	memcpy(at, before, sizeof(before) - 1);
	at += sizeof(before) - 1;
	memcpy(at, digits, size);
	memcpy(at + size, behind, sizeof(behind));
	source->why = source->words;
	source->foreign = true;
}

/* A short signature may well be in text. */
static bool
is_looked_for(const struct sk_source *source)
{
	return source->has_signature && !source->binary && source->signature.size >= 2 * SIGNATURE_HALF &&
	    source->signature.size <= SK_SIGNATURE_MAX;
}

void
sk_source_look_for_signature(struct sk_source *source)
{
	struct sk_span bytes = { sk_source_at(source, source->end_of_data - source->unlooked), source->unlooked };
	size_t found, early, held;

	if (!sk_source_decided(source))
		return;
	source->unlooked = 0;
	if (!is_looked_for(source) || sk_source_is_raw(source))
		return;
	found = sk_signature_search(&source->search, source->signature, bytes, &early);
	if (found == SIZE_MAX)
		return;
	source->search = (struct sk_signature_search){ .size = 0 };
	held = sk_source_held(source);
	put_why(source, source->offset + held - bytes.size + found - early);
	/* Of what was held before the piece, the signature's front goes too, as far as it has not been given. */
	held -= bytes.size - found;
	source->end_of_data = source->begin + (held > early ? held - early : 0);
}

bool
sk_source_passed_signature(struct sk_source *source)
{
	const size_t held = sk_source_held(source), size = held < source->signature.size ? held : source->signature.size;

	if (!is_looked_for(source) || memcmp(sk_source_at(source, source->begin), source->signature.data, size) != 0)
		return true;
	if (size == source->signature.size) {
		put_why(source, source->offset);
		source->end_of_data = source->begin;
	}
	return size < source->signature.size && source->at_end;
}

bool
sk_source_passed_mark(struct sk_source *source)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	size_t size = sk_source_held(source) < sizeof(mark) ? sk_source_held(source) : sizeof(mark), begin;

	if (!source->mark_due)
		return true;
	if (size < sizeof(mark) && memcmp(sk_source_at(source, source->begin), mark, size) == 0 && !source->at_end)
		return false;
	source->mark_due = false;
	begin = sk_layout_mark((struct sk_span){ sk_source_at(source, source->begin), sk_source_held(source) });
	source->begin += begin;
	source->offset += begin;
	return true;
}
