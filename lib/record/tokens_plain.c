/* tokens_plain.c -- the classes of 64 bytes eight at a time, in C that any machine runs. */
#include "tokens_parts.h"

#define EVERY_BYTE 0x0101010101010101u
#define LOW_SEVEN 0x7f7f7f7f7f7f7f7fu
#define HIGH_BITS 0x8080808080808080u

struct classes {
	uint64_t quote, backslash, blank, operator, control;
};

/* Eight bytes as a number, the first byte lowest whatever the machine's byte order. */
static inline uint64_t
eight_bytes(const unsigned char *bytes)
{
	uint64_t word = 0;

	for (int i = 7; i >= 0; i--)
		word = word << 8 | bytes[i];
	return word;
}

/* The high bit of each byte of ${word} that equals ${byte}. The sum cannot carry from byte to byte. */
static inline uint64_t
equal(uint64_t word, unsigned char byte)
{
	word ^= EVERY_BYTE * byte;
	return ~(((word & LOW_SEVEN) + LOW_SEVEN) | word | LOW_SEVEN);
}

/* Of each that is at most ${byte}, which is below 0x80. */
static inline uint64_t
at_most(uint64_t word, unsigned char byte)
{
	return ~(((word & LOW_SEVEN) + EVERY_BYTE * (0x7fu - byte)) | word) & HIGH_BITS;
}

/* The high bits of the next eight bytes, joined to those of the bytes behind them. */
static inline uint64_t
join(uint64_t behind, uint64_t high)
{
	return behind << 8 | (high >> 7) * 0x0102040810204080u >> 56;
}

static inline struct classes
json_classes(const unsigned char *data)
{
	struct classes is = { 0, 0, 0, 0, 0 };

	for (int i = 7; i >= 0; i--) {
		uint64_t word = eight_bytes(data + 8 * i), set = word | EVERY_BYTE * 0x20;

		is.quote = join(is.quote, equal(word, '"'));
		is.backslash = join(is.backslash, equal(word, '\\'));
		is.blank = join(
		    is.blank, equal(word, ' ') | equal(word, '\t') | equal(word, '\n') | equal(word, '\r'));
		is.operator = join(
		    is.operator, equal(set, ',') | equal(set, ':') | equal(set, '{') | equal(set, '}'));
		is.control = join(is.control, at_most(word, 0x1f));
	}
	return is;
}

static inline struct classes
logfmt_classes(const unsigned char *data)
{
	struct classes is = { 0, 0, 0, 0, 0 };

	for (int i = 7; i >= 0; i--) {
		uint64_t word = eight_bytes(data + 8 * i);

		is.quote = join(is.quote, equal(word, '"'));
		is.backslash = join(is.backslash, equal(word, '\\'));
		is.blank = join(is.blank, at_most(word, 0x20));
		is.operator = join(is.operator, equal(word, '='));
	}
	return is;
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
