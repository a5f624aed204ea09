/*
 * load_parts.h -- words from bytes, lowest first on every machine, for loops in which each instruction counts. Private
 * to lib/sketch. image.h's loads say the same, but compilers do not make one instruction of them.
 */
#ifndef STREAMKIT_SKETCH_LOAD_PARTS_H
#define STREAMKIT_SKETCH_LOAD_PARTS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../span.h"
#include "image.h"

#define SHORT_MAX ((size_t)15) /* bytes of an item that load_short() takes */

static inline uint64_t
load_word(const unsigned char *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
#else
	return sk_load64(at);
#endif
}

static inline uint64_t
load_half(const unsigned char *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint32_t half;

	memcpy(&half, at, sizeof(half));
	return half;
#else
	return sk_load32(at);
#endif
}

/* The bytes of ${item}, at most SHORT_MAX, as two words with zeros behind them. Reads nothing else. */
static inline void
load_short(struct sk_span item, uint64_t *one, uint64_t *two)
{
	const unsigned char *at = item.data;
	const size_t size = item.size;

	*two = 0;
	if (size >= 8) {
		*one = load_word(at);
		*two = load_word(at + size - 8) >> 1 >> (127 - 8 * size);
	} else if (size >= 4)
		*one = load_half(at) | load_half(at + size - 4) << (8 * size - 32);
	else if (size > 0)
		*one = at[0] | (uint64_t)at[size / 2] << (size / 2 * 8) |
		    (uint64_t)at[size - 1] << (size * 8 - 8);
	else
		*one = 0;
}

#endif
