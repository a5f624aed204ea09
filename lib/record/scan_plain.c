/* scan_plain.c -- 64-byte masks eight bytes at a time, in C that any machine runs. */
#include <stdint.h>

#include "scan_builds.h"

#define EVERY_BYTE 0x0101010101010101u
#define LOW_SEVEN 0x7f7f7f7f7f7f7f7fu

/* Eight bytes as a number, the first byte lowest whatever the machine's byte order. */
static inline uint64_t
eight_bytes(const unsigned char *bytes)
{
	uint64_t word = 0;

	for (int i = 7; i >= 0; i--)
		word = word << 8 | bytes[i];
	return word;
}

/* One bit for each byte of ${word} that is zero. The sum cannot carry from byte to byte. */
static inline uint64_t
zero_bytes(uint64_t word)
{
	uint64_t high = ~(((word & LOW_SEVEN) + LOW_SEVEN) | word | LOW_SEVEN);

	return (high >> 7) * 0x0102040810204080u >> 56;
}

static inline uint64_t
mask_of(const unsigned char *bytes, unsigned char byte)
{
	uint64_t mask = 0;

	for (int i = 7; i >= 0; i--)
		mask = mask << 8 | zero_bytes(eight_bytes(bytes + 8 * i) ^ EVERY_BYTE * byte);
	return mask;
}

static inline uint64_t
mask_of_blanks(const unsigned char *bytes)
{
	uint64_t mask = 0;

	for (int i = 7; i >= 0; i--) {
		uint64_t word = eight_bytes(bytes + 8 * i);

		mask = mask << 8 | zero_bytes(word ^ EVERY_BYTE * ' ') |
		    zero_bytes(word ^ EVERY_BYTE * '\t') | zero_bytes(word ^ EVERY_BYTE * '\n');
	}
	return mask;
}

#include "scan_loops.h"

#include "csv_loops.h"

const struct sk_scan sk_scan_plain = SCAN_LOOPS("plain");
const struct sk_csv_loops sk_csv_plain = CSV_LOOPS("plain");
