/*
 * crc32c.c -- CRC-32C, eight bytes a step (Kounavis and Berry 2005, "slicing by 8").
 *
 * Table k says what a byte does to the remainder when k more bytes follow it in the step. The tables are made when
 * the compiler is; nothing is written at run time.
 */
#include "crc32c.h"

#include "crc32c_builds.h"
#include "crc32c_tables.h"

static uint32_t
step_byte(uint32_t crc, unsigned char byte)
{
	return crc >> 8 ^ crc32c_table[0][(crc ^ byte) & 0xff];
}

uint32_t
sk_crc32c_plain(uint32_t crc, struct sk_span bytes)
{
	const unsigned char *at = bytes.data;
	size_t left = bytes.size;

	crc = ~crc;
	for (; left >= 8; left -= 8, at += 8) {
		uint32_t low = crc ^
		    ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
			(uint32_t)at[3] << 24);

		crc = crc32c_table[7][low & 0xff] ^ crc32c_table[6][low >> 8 & 0xff] ^
		    crc32c_table[5][low >> 16 & 0xff] ^ crc32c_table[4][low >> 24] ^
		    crc32c_table[3][at[4]] ^ crc32c_table[2][at[5]] ^ crc32c_table[1][at[6]] ^
		    crc32c_table[0][at[7]];
	}
	while (left-- > 0)
		crc = step_byte(crc, *at++);
	return ~crc;
}

uint32_t
sk_crc32c(uint32_t crc, struct sk_span bytes)
{
#if defined(SK_HAVE_AVX2)
	if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"))
		return sk_crc32c_sse42(crc, bytes);
#endif
	return sk_crc32c_plain(crc, bytes);
}
