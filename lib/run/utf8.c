/* utf8.c -- well-formed UTF-8 (Unicode 15, table 3-7). */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>

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

/* Widths: what East_Asian_Width calls wide, with emoji; and marks, joiners and selectors, which take no room. */
struct range {
	uint32_t first;
	uint32_t last;
};

static const struct range wide[] = { { 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec },
	{ 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x26a1, 0x26a1 }, { 0x2705, 0x2705 }, { 0x274c, 0x274c },
	{ 0x2753, 0x2755 }, { 0x2795, 0x2797 }, { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2e80, 0x303e },
	{ 0x3041, 0x4dbf }, { 0x4e00, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
	{ 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f }, { 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18cff },
	{ 0x1aff0, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a },
	{ 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f7e0, 0x1f7eb }, { 0x1f90c, 0x1f9ff },
	{ 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd } };

static const struct range empty[] = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x5bf, 0x5c7 },
	{ 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x670, 0x670 }, { 0x6d6, 0x6dc }, { 0x6df, 0x6e4 }, { 0x6e7, 0x6ed },
	{ 0x730, 0x74a }, { 0x816, 0x82d }, { 0x8d3, 0x902 }, { 0x93a, 0x93a }, { 0x93c, 0x93c }, { 0x941, 0x948 },
	{ 0x94d, 0x94d }, { 0x951, 0x957 }, { 0x9bc, 0x9bc }, { 0xa3c, 0xa51 }, { 0xabc, 0xabc }, { 0xb3c, 0xb3c },
	{ 0xe31, 0xe31 }, { 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0xeb1, 0xeb1 }, { 0xeb4, 0xebc }, { 0xf71, 0xf84 },
	{ 0x1160, 0x11ff }, { 0x135d, 0x135f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
	{ 0x202a, 0x202e }, { 0x2060, 0x206f }, { 0x20d0, 0x20ff }, { 0x302a, 0x302d }, { 0x3099, 0x309a },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0x1f3fb, 0x1f3ff }, { 0xe0000, 0xe01ef } };

static bool
is_in(const struct range *ranges, size_t n, uint32_t point)
{
	const size_t count = n;
	size_t low = 0;

	while (low < n) {
		const size_t middle = low + (n - low) / 2;

		if (point > ranges[middle].last)
			low = middle + 1;
		else
			n = middle;
	}
	return low < count && point >= ranges[low].first;
}

unsigned
sk_utf8_columns(const unsigned char *bytes, size_t length)
{
	uint32_t point = length == 1 ? bytes[0] : bytes[0] & (0xffU >> (length + 1));

	for (size_t i = 1; i < length; i++)
		point = point << 6 | (bytes[i] & 0x3fU);
	if (point < 0x300)
		return 1;
	if (is_in(empty, sizeof(empty) / sizeof(*empty), point))
		return 0;
	return is_in(wide, sizeof(wide) / sizeof(*wide), point) ? 2 : 1;
}
