/* source_front.c -- what the front of an input says about it. */
#include <string.h>

#include "source_parts.h"

#define SIGNATURE_CUT ((size_t)2) /* as much of a signature is one that was cut off */
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

bool
sk_source_decided(struct sk_source *source)
{
	const unsigned char *front = sk_source_at(source, source->begin);
	size_t size = sk_source_held(source) < source->signature.size ? sk_source_held(source) : source->signature.size;
	bool alike = source->has_signature && size > 0 &&
	    memcmp(front, source->signature.data, size) == 0;

	if (source->fresh && alike && size < source->signature.size && !source->at_end)
		return false;
	/* All of it, or so much of it at the input's end that it must have been cut off. */
	if (source->fresh && alike && (size == source->signature.size || size >= SIGNATURE_CUT))
		source->binary = true;
	else if (source->fresh && !sk_source_is_raw(source) && is_damaged_signature(source->signature, front, size))
		source->binary = true;
	source->fresh = false;
	return true;
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
