/* tokens_plain.c -- the classes of 64 bytes eight at a time, in C that any machine runs. */
#include "tokens_parts.h"

#define EVERY_BYTE 0x0101010101010101u

struct classes {
	uint64_t quote, backslash, blank, operator, control;
};

/* The bits of a byte that is a quote, a backslash (which escapes), a blank, an operator, a control byte. */
enum { Q = 1, E = 2, B = 4, O = 8, C = 16 };

static const unsigned char of_json[256] = {
	[0x00] = C, [0x01] = C, [0x02] = C, [0x03] = C, [0x04] = C, [0x05] = C, [0x06] = C, [0x07] = C,
	[0x08] = C, [0x09] = B | C, [0x0a] = B | C, [0x0b] = C, [0x0c] = O | C, [0x0d] = B | C, [0x0e] = C,
	[0x0f] = C, [0x10] = C, [0x11] = C, [0x12] = C, [0x13] = C, [0x14] = C, [0x15] = C, [0x16] = C,
	[0x17] = C, [0x18] = C, [0x19] = C, [0x1a] = O | C, [0x1b] = C, [0x1c] = C, [0x1d] = C, [0x1e] = C,
	[0x1f] = C, [' '] = B, ['"'] = Q, [','] = O, [':'] = O, ['['] = O, ['\\'] = E, [']'] = O, ['{'] = O,
	['}'] = O,
};

static const unsigned char of_logfmt[256] = {
	[0x00] = B, [0x01] = B, [0x02] = B, [0x03] = B, [0x04] = B, [0x05] = B, [0x06] = B, [0x07] = B,
	[0x08] = B, [0x09] = B, [0x0a] = B, [0x0b] = B, [0x0c] = B, [0x0d] = B, [0x0e] = B, [0x0f] = B,
	[0x10] = B, [0x11] = B, [0x12] = B, [0x13] = B, [0x14] = B, [0x15] = B, [0x16] = B, [0x17] = B,
	[0x18] = B, [0x19] = B, [0x1a] = B, [0x1b] = B, [0x1c] = B, [0x1d] = B, [0x1e] = B, [0x1f] = B,
	[' '] = B, ['"'] = Q, ['='] = O, ['\\'] = E,
};

/* Bit 0 of each of eight bytes, the first one lowest. */
static inline uint64_t
low_bits(uint64_t word)
{
	return (word & EVERY_BYTE) * 0x0102040810204080u >> 56;
}

/* Eight bytes are looked up one by one, and their bits are then sorted by class all at once. */
static inline struct classes
classes_of(const unsigned char *table, const unsigned char *data)
{
	struct classes is = { 0, 0, 0, 0, 0 };

	for (int i = 7; i >= 0; i--) {
		uint64_t word = 0;

		for (int j = 7; j >= 0; j--)
			word = word << 8 | table[data[8 * i + j]];
		is.quote = is.quote << 8 | low_bits(word);
		is.backslash = is.backslash << 8 | low_bits(word >> 1);
		is.blank = is.blank << 8 | low_bits(word >> 2);
		is.operator = is.operator << 8 | low_bits(word >> 3);
		is.control = is.control << 8 | low_bits(word >> 4);
	}
	return is;
}

static inline struct classes
json_classes(const unsigned char *data)
{
	return classes_of(of_json, data);
}

static inline struct classes
logfmt_classes(const unsigned char *data)
{
	return classes_of(of_logfmt, data);
}

static inline uint64_t
prefix_xor(uint64_t bits)
{
	for (unsigned shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

static inline unsigned
lowest_or_any(uint64_t bits)
{
	return (unsigned)__builtin_ctzll(bits | (uint64_t)1 << 63);
}

#include "tokens_loops.h"

const struct sk_tokens sk_tokens_plain = TOKENS_LOOPS("plain");
