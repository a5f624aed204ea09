/*
 * span.h -- bytes that live somewhere else: the one type that every part of streamkit passes around.
 *
 * A span owns nothing. Whoever hands one out says how long its bytes stay valid. A span of size 0 may have any
 * pointer, NULL included.
 */
#ifndef STREAMKIT_SPAN_H
#define STREAMKIT_SPAN_H

#include <stddef.h>

struct sk_span {
	const unsigned char *data;
	size_t size; /* bytes */
};

#endif
