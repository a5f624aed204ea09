/*
 * tokens_loops.h -- the loops of tokens_parts.h, to be included by a file that first defines
 *
 *     struct classes { uint64_t quote, backslash, blank, operator, control; };
 *     static inline struct classes json_classes(const unsigned char *bytes);
 *     static inline struct classes logfmt_classes(const unsigned char *bytes);
 *     static inline uint64_t prefix_xor(uint64_t bits);
 *     static inline unsigned lowest_or_any(uint64_t bits);
 *
 * which say which of 64 bytes are what: bit i for bytes[i]. For json, blanks are the four that RFC 8259 has, operators those bytes
 * that are one of , : { } when 0x20 is set in them (so that [ and ] are, and two control bytes which no grammar takes), and
 * control bytes those below 0x20. For logfmt, operator is '=' alone, and blank and control are both all of 0x20 and below.
 * prefix_xor() gives to each bit the xor of itself and all bits below it; lowest_or_any() the number of the lowest bit, or any up to 64.
 */
#include <stddef.h>
#include <stdint.h>

#include "tokens_parts.h"

static inline unsigned
lowest_bit(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask);
}

/* The bytes of a chunk that are in the record, of which ${left} are left. */
static inline uint64_t
live_bits(size_t left)
{
	return left >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << left) - 1;
}

/*
 * One pointer for each bit. Eight are written without asking how many there are: the number of tokens in a chunk is as good as
 * random, and asking for each would be wrong once a chunk.
 */
static inline size_t
list_bits(uint64_t bits, const unsigned char *bytes, const unsigned char **tokens)
{
	size_t n = (size_t)__builtin_popcountll(bits);

#define NEXT(i) (tokens[i] = bytes + lowest_or_any(bits), bits &= bits - 1)
	for (size_t i = 0; i < n; i += 8, tokens += 8)
		NEXT(0), NEXT(1), NEXT(2), NEXT(3), NEXT(4), NEXT(5), NEXT(6), NEXT(7);
#undef NEXT
	return n;
}

/* The first fault counts. */
static inline void
fault_at(struct sk_tokens_scan *scan, enum sk_layout_reason reason, size_t offset)
{
	if (offset < scan->fault) {
		scan->fault = offset;
		scan->reason = reason;
	}
}

static inline int
is_hex(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* Whether a backslash may stand before ${bytes}. The padding is read, but only behind a string that is never closed. */
static inline int
json_escape(const unsigned char *bytes)
{
	switch (bytes[0]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return 1;
	case 'u':
		return is_hex(bytes[1]) && is_hex(bytes[2]) && is_hex(bytes[3]) && is_hex(bytes[4]);
	default:
		return 0;
	}
}

/*
 * The bytes that a backslash escapes. Escapes are rare in logs, and each costs one turn here: no more than looking at it does,
 * which must be done for JSON.
 */
static inline uint64_t
escaped_bits(struct sk_tokens_scan *scan, uint64_t backslash, int check)
{
	uint64_t escaped = scan->escaped;

	scan->escaped = 0;
	backslash &= ~escaped;
	if (backslash != 0)
		scan->escapes = true;
	while (backslash != 0) {
		unsigned bit = lowest_bit(backslash);

		if (check && !json_escape(scan->data + scan->at + bit + 1))
			fault_at(scan, SK_LAYOUT_BAD_ESCAPE, scan->at + bit);
		scan->escaped = bit == 63;
		escaped |= (uint64_t)2 << bit;
		backslash &= ~((uint64_t)3 << bit);
	}
	return escaped;
}

/*
 * Of a string only the opening quote is a token, and of other things that are neither blank nor operator only the first byte. What
 * stands directly behind a string begins anew, as it must not pass for part of it; a quote directly behind a number begins nothing,
 * and the number is then found to be none. scan->before: the last byte was neither blank, operator nor quote.
 */
static size_t
json_tokens(struct sk_tokens_scan *scan, const unsigned char **tokens, size_t room)
{
	size_t n = 0;

	for (; scan->at < scan->size && room - n >= SK_TOKENS_CHUNK + SK_TOKENS_SPARE; scan->at += 64) {
		const unsigned char *bytes = scan->data + scan->at;
		uint64_t live = live_bits(scan->size - scan->at);
		struct classes is = json_classes(bytes);
		uint64_t backslash = is.backslash & live;
		uint64_t escaped = (backslash | scan->escaped) != 0 ? escaped_bits(scan, backslash, 1) : 0;
		uint64_t quote = is.quote & live & ~escaped;
		uint64_t in_string = prefix_xor(quote) ^ scan->in_string; /* with the opening quote, without the closing */
		uint64_t other = ~(is.operator | is.blank) & live;
		uint64_t plain = other & ~quote;
		uint64_t begins = other & ~(plain << 1 | scan->before);

		if ((is.control & in_string & live) != 0)
			fault_at(scan, SK_LAYOUT_CONTROL_BYTE, scan->at + lowest_bit(is.control & in_string & live));
		n += list_bits(((is.operator & live) | begins) & ~(in_string ^ quote), bytes, tokens + n);
		scan->before = plain >> 63;
		scan->in_string = (uint64_t)0 - (in_string >> 63);
	}
	return n;
}

/* A chunk's quotes that are where none may be: text behind one that closes, one that opens inside a word, or is escaped outside. */
static inline void
find_stray_quotes(struct sk_tokens_scan *scan, uint64_t quote, uint64_t escaped_quote, uint64_t in_string, uint64_t ends,
    uint64_t live)
{
	uint64_t text = ((quote & ~in_string) << 1 | (scan->before >> 1 & 1)) & ~ends & live;
	uint64_t stray = (quote & in_string & ~(ends << 1 | (scan->before & 1))) | (escaped_quote & ~in_string);

	if (text != 0)
		fault_at(scan, SK_LAYOUT_QUOTE_TEXT, scan->at + lowest_bit(text));
	if (stray != 0)
		fault_at(scan, SK_LAYOUT_QUOTE_STRAY, scan->at + lowest_bit(stray));
}

/*
 * A word is what is not blank, or is in quotes. Quotes open behind a blank or '=' only, and close before those only; a backslash
 * outside quotes escapes nothing, so that a quote it stands before is one too many. scan->before: bit 0, the last byte was a blank
 * or '='; bit 1, it closed a string; bit 2, it was part of a word.
 */
static size_t
logfmt_tokens(struct sk_tokens_scan *scan, const unsigned char **tokens, size_t room)
{
	size_t n = 0;

	if (scan->at == 0)
		scan->before = 1;
	for (; scan->at < scan->size && room - n >= SK_TOKENS_CHUNK + SK_TOKENS_SPARE; scan->at += 64) {
		const unsigned char *bytes = scan->data + scan->at;
		uint64_t live = live_bits(scan->size - scan->at);
		struct classes is = logfmt_classes(bytes);
		uint64_t backslash = is.backslash & live;
		uint64_t escaped = (backslash | scan->escaped) != 0 ? escaped_bits(scan, backslash, 0) : 0;
		uint64_t quote = is.quote & live & ~escaped;
		uint64_t in_string = prefix_xor(quote) ^ scan->in_string;
		uint64_t word = (~is.blank | in_string) & live;

		find_stray_quotes(scan, quote, is.quote & live & escaped, in_string, is.operator | is.blank, live);
		n += list_bits(word ^ (word << 1 | scan->before >> 2), bytes, tokens + n);
		scan->before = (is.operator | is.blank) >> 63 | (quote & ~in_string) >> 63 << 1 | word >> 63 << 2;
		scan->in_string = (uint64_t)0 - (in_string >> 63);
	}
	return n;
}

#define TOKENS_LOOPS(label) { .name = (label), .json = json_tokens, .logfmt = logfmt_tokens }
