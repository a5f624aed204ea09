/* base64.c -- bytes as text. */
#include "base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t
sk_base64_encoded_size(size_t size)
{
	return (size + 2) / 3 * 4;
}

void
sk_base64_encode(struct sk_span bytes, char *text)
{
	for (size_t at = 0; at < bytes.size; at += 3) {
		size_t here = bytes.size - at < 3 ? bytes.size - at : 3;
		uint32_t group = 0;

		for (size_t i = 0; i < 3; i++)
			group = group << 8 | (i < here ? bytes.data[at + i] : 0);
		for (int i = 3; i >= 0; i--, group >>= 6)
			text[i] = (size_t)i <= here ? alphabet[group & 63] : '=';
		text += 4;
	}
}

static int
value_of(unsigned char character)
{
	const char *found = character != 0 ? strchr(alphabet, character) : NULL;

	return found != NULL ? (int)(found - alphabet) : -1;
}

bool
sk_base64_decode(struct sk_span text, unsigned char *bytes, size_t *size)
{
	size_t written = 0;

	if (text.size % 4 != 0)
		return false;
	for (size_t at = 0; at < text.size; at += 4) {
		bool last = at + 4 == text.size;
		size_t there = last && text.data[at + 3] == '=' ? text.data[at + 2] == '=' ? 2 : 3 :
								   4;
		uint32_t group = 0;

		for (size_t i = 0; i < 4; i++) {
			int value = i < there ? value_of(text.data[at + i]) : 0;

			if (value < 0)
				return false;
			group = group << 6 | (uint32_t)value;
		}
		for (size_t i = 0; i + 1 < there; i++)
			bytes[written++] = (unsigned char)(group >> (16 - 8 * i));
	}
	*size = written;
	return true;
}
