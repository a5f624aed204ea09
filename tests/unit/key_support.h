/* key_support.h -- keys of several parts for tests. */
#ifndef STREAMKIT_TESTS_KEY_SUPPORT_H
#define STREAMKIT_TESTS_KEY_SUPPORT_H

#include "pipe/key.h"
#include "support.h"

/* The key of ${parts} parts with commas between them in ${text}, the last of which has the rest. Good for some calls. */
static inline struct sk_span
key_of(const char *text, size_t parts)
{
	static unsigned char room[8][512];
	static size_t next;
	unsigned char *at = room[next++ % 8];
	struct sk_span part[SK_KEY_PARTS_MAX];

	assert_true(parts <= SK_KEY_PARTS_MAX && strlen(text) < 256);
	for (size_t i = 0; i < parts; i++) {
		const char *end = i + 1 < parts ? strchr(text, ',') : text + strlen(text);

		part[i] = (struct sk_span){ (const unsigned char *)text, (size_t)(end - text) };
		text = end + 1;
	}
	return (struct sk_span){ at, (size_t)(sk_key_join(part, parts, at) - at) };
}

#endif
