/* utf8.c -- well-formed UTF-8 (Unicode 15, table 3-7). */
#include "utf8.h"

#include <stdbool.h>

static bool
continues(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

size_t
sk_utf8_length(const unsigned char *bytes, size_t size)
{
	unsigned char lead = bytes[0], low = 0x80, high = 0xbf;
	size_t length;

	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (size < length)
		return 0;
	if (lead == 0xe0)
		low = 0xa0; /* shorter would do */
	else if (lead == 0xed)
		high = 0x9f; /* surrogates */
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f; /* beyond Unicode */
	if (!continues(bytes[1], low, high))
		return 0;
	for (size_t i = 2; i < length; i++)
		if (!continues(bytes[i], 0x80, 0xbf))
			return 0;
	return length;
}

size_t
sk_utf8_printable(const unsigned char *bytes, size_t size)
{
	if (bytes[0] < 0x20 || bytes[0] == 0x7f)
		return 0;
	if (bytes[0] == 0xc2 && size > 1 && bytes[1] < 0xa0)
		return 0;
	return sk_utf8_length(bytes, size);
}
