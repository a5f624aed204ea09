/* key.c -- keys in frames. */
#include "key.h"

#include <string.h>

#include "../sketch/image.h"

#define PART_HEAD ((size_t)4)

size_t
sk_key_encoded_size(struct sk_span key, size_t parts)
{
	return parts == 0 ? 0 : parts * PART_HEAD + key.size - (parts - 1);
}

unsigned char *
sk_key_encode(struct sk_span key, size_t parts, unsigned char separator, unsigned char *at)
{
	for (size_t part = 0; part < parts; part++) {
		const unsigned char *end =
		    part + 1 < parts ? memchr(key.data, separator, key.size) : NULL;
		size_t size = end != NULL ? (size_t)(end - key.data) : key.size;

		sk_store32(at, (uint32_t)size);
		if (size > 0)
			memcpy(at + PART_HEAD, key.data, size);
		at += PART_HEAD + size;
		if (end != NULL) {
			key.data += size + 1;
			key.size -= size + 1;
		}
	}
	return at;
}

/* Each length makes room for the separator, and leaves three bytes. */
bool
sk_key_decode(unsigned char *at, size_t size, size_t parts, unsigned char separator,
    struct sk_span *key)
{
	unsigned char *to = at;
	size_t from = 0;

	for (size_t part = 0; part < parts; part++) {
		size_t length;

		if (size - from < PART_HEAD)
			return false;
		length = sk_load32(at + from);
		from += PART_HEAD;
		if (size - from < length)
			return false;
		if (part > 0)
			*to++ = separator;
		memmove(to, at + from, length);
		if (part + 1 < parts && memchr(to, separator, length) != NULL)
			return false;
		to += length;
		from += length;
	}
	*key = (struct sk_span){ at, (size_t)(to - at) };
	return from == size;
}

unsigned char
sk_key_separator(struct sk_span key)
{
	bool used[256] = { false };

	for (size_t i = 0; i < key.size; i++)
		used[key.data[i]] = true;
	if (used['\t'])
		for (unsigned byte = 1; byte < 256; byte++)
			if (!used[byte])
				return (unsigned char)byte;
	return '\t';
}
