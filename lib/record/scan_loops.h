/*
 * scan_loops.h -- the loops of scan.h, to be included by a file that first defines
 *
 *     static inline uint64_t mask_of(const unsigned char *bytes, unsigned char byte);
 *     static inline uint64_t mask_of_blanks(const unsigned char *bytes);
 *
 * which say which of 64 bytes equal one byte, or are blanks: bit i for bytes[i].
 */
#include <stddef.h>
#include <stdint.h>

#include "scan.h"

#define CHUNK ((size_t)64)

static inline unsigned
lowest_bit(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask);
}

static inline unsigned
highest_bit(uint64_t mask)
{
	return 63u - (unsigned)__builtin_clzll(mask);
}

/* The lowest ${n} bits, n <= 64. */
static inline uint64_t
low_bits(size_t n)
{
	return n >= CHUNK ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
}

/*
 * Most chunks of most logs hold one record end or none, and which is as good as random: the first end of a chunk is
 * therefore written without asking whether it is there.
 */
static size_t
scan_records(const unsigned char *data, size_t size, unsigned char end, struct sk_span *records,
    size_t max, size_t *used)
{
	size_t n = 0, start = 0;

	for (size_t at = 0; at < size && n < max; at += CHUNK) {
		uint64_t mask = mask_of(data + at, end) & low_bits(size - at);
		size_t stop = at + lowest_bit(mask | (uint64_t)1 << 63);

		records[n] = (struct sk_span){ data + start, stop - start };
		n += mask != 0 ? 1 : 0;
		start = mask != 0 ? stop + 1 : start;
		for (mask &= mask - 1; mask != 0 && n < max; mask &= mask - 1) {
			stop = at + lowest_bit(mask);
			records[n++] = (struct sk_span){ data + start, stop - start };
			start = stop + 1;
		}
	}
	*used = start;
	return n;
}

/* The bytes from ${start} to the next byte of the masks, or to the record's end. */
#define SPAN_UNTIL(record, start, mask_at)                                                        \
	for (size_t at = (start); at < (record).size; at += CHUNK) {                              \
		uint64_t mask = mask_at((record).data + at) & low_bits((record).size - at);       \
		if (mask != 0)                                                                    \
			return (struct sk_span){ (record).data + (start),                         \
				at + lowest_bit(mask) - (start) };                                \
	}                                                                                         \
	return (struct sk_span){ (record).data + (start), (record).size - (start) }

static inline struct sk_span
none_of(struct sk_span record)
{
	return (struct sk_span){ record.data + record.size, 0 };
}

/* The position of the ${n}th lowest bit, which is there. */
static inline unsigned
nth_bit(uint64_t mask, size_t n)
{
	while (--n > 0)
		mask &= mask - 1;
	return lowest_bit(mask);
}

static inline struct sk_span
until_delimiter(struct sk_span record, size_t start, unsigned char delimiter)
{
#define MASK(bytes) mask_of(bytes, delimiter)
	SPAN_UNTIL(record, start, MASK);
#undef MASK
}

static inline struct sk_span
until_blank(struct sk_span record, size_t start)
{
	SPAN_UNTIL(record, start, mask_of_blanks);
}

static inline struct sk_span
delimited_field(struct sk_span record, unsigned char delimiter, size_t field)
{
	size_t left = field - 1; /* delimiters to pass */

	if (left == 0)
		return until_delimiter(record, 0, delimiter);
	for (size_t at = 0; at < record.size; at += CHUNK) {
		uint64_t mask = mask_of(record.data + at, delimiter) & low_bits(record.size - at);
		size_t there = (size_t)__builtin_popcountll(mask);

		if (there >= left)
			return until_delimiter(record, at + nth_bit(mask, left) + 1, delimiter);
		left -= there;
	}
	return none_of(record);
}

static void
scan_delimited(const struct sk_span *records, size_t n, unsigned char delimiter, size_t field,
    struct sk_span *column)
{
	for (size_t i = 0; i < n; i++)
		column[i] = delimited_field(records[i], delimiter, field);
}

static inline struct sk_span
blank_field(struct sk_span record, size_t field)
{
	uint64_t after_blank = 1; /* whether the chunk before ended in a blank */
	size_t left = field;

	for (size_t at = 0; at < record.size; at += CHUNK) {
		uint64_t blanks =
		    mask_of_blanks(record.data + at) | ~low_bits(record.size - at);
		uint64_t starts = ~blanks & (blanks << 1 | after_blank);
		size_t there = (size_t)__builtin_popcountll(starts);

		if (there >= left) {
			unsigned first = nth_bit(starts, left);
			uint64_t rest = blanks >> first;

			if (rest != 0)
				return (struct sk_span){ record.data + at + first,
					lowest_bit(rest) };
			return until_blank(record, at + first);
		}
		left -= there;
		after_blank = blanks >> 63;
	}
	return none_of(record);
}

static void
scan_blank(const struct sk_span *records, size_t n, size_t field, struct sk_span *column)
{
	for (size_t i = 0; i < n; i++)
		column[i] = blank_field(records[i], field);
}

/* The ${n}th highest bit. */
static inline unsigned
nth_bit_back(uint64_t mask, size_t n)
{
	while (--n > 0)
		mask ^= (uint64_t)1 << highest_bit(mask);
	return highest_bit(mask);
}

/*
 * From the back, chunks end where the record does: bit 63 is the last byte, and bits before the record's first byte
 * are cut off.
 */
static inline uint64_t
back_bits(size_t left)
{
	return ~low_bits(CHUNK - (left < CHUNK ? left : CHUNK));
}

/* The field ends at ${stop}; find the delimiter before it. */
static inline struct sk_span
since_delimiter(struct sk_span record, size_t stop, unsigned char delimiter)
{
	for (size_t left = stop; left > 0; left -= left < CHUNK ? left : CHUNK) {
		uint64_t mask = mask_of(record.data + left - CHUNK, delimiter) & back_bits(left);

		if (mask != 0) {
			size_t start = left - CHUNK + highest_bit(mask) + 1;

			return (struct sk_span){ record.data + start, stop - start };
		}
	}
	return (struct sk_span){ record.data, stop };
}

static inline struct sk_span
delimited_field_back(struct sk_span record, unsigned char delimiter, size_t field)
{
	size_t pass = field - 1;

	if (pass == 0)
		return since_delimiter(record, record.size, delimiter);
	for (size_t left = record.size; left > 0; left -= left < CHUNK ? left : CHUNK) {
		uint64_t mask = mask_of(record.data + left - CHUNK, delimiter) & back_bits(left);
		size_t there = (size_t)__builtin_popcountll(mask);

		if (there >= pass)
			return since_delimiter(
			    record, left - CHUNK + nth_bit_back(mask, pass), delimiter);
		pass -= there;
	}
	return none_of(record);
}

static void
scan_delimited_back(const struct sk_span *records, size_t n, unsigned char delimiter, size_t field,
    struct sk_span *column)
{
	for (size_t i = 0; i < n; i++)
		column[i] = delimited_field_back(records[i], delimiter, field);
}

static inline struct sk_span
since_blank(struct sk_span record, size_t stop)
{
	for (size_t left = stop; left > 0; left -= left < CHUNK ? left : CHUNK) {
		uint64_t mask = mask_of_blanks(record.data + left - CHUNK) & back_bits(left);

		if (mask != 0) {
			size_t start = left - CHUNK + highest_bit(mask) + 1;

			return (struct sk_span){ record.data + start, stop - start };
		}
	}
	return (struct sk_span){ record.data, stop };
}

/* A field's last byte is a non-blank with a blank, or nothing, behind it. */
static inline struct sk_span
blank_field_back(struct sk_span record, size_t field)
{
	uint64_t before_blank = 1;
	size_t pass = field;

	for (size_t left = record.size; left > 0; left -= left < CHUNK ? left : CHUNK) {
		uint64_t blanks = mask_of_blanks(record.data + left - CHUNK) | ~back_bits(left);
		uint64_t stops = ~blanks & (blanks >> 1 | before_blank << 63);
		size_t there = (size_t)__builtin_popcountll(stops);

		if (there >= pass)
			return since_blank(
			    record, left - CHUNK + nth_bit_back(stops, pass) + 1);
		pass -= there;
		before_blank = blanks & 1;
	}
	return none_of(record);
}

static void
scan_blank_back(const struct sk_span *records, size_t n, size_t field, struct sk_span *column)
{
	for (size_t i = 0; i < n; i++)
		column[i] = blank_field_back(records[i], field);
}

#undef SPAN_UNTIL
#undef CHUNK

#define SCAN_LOOPS(label)                                                                         \
	{                                                                                         \
		.name = (label), .records = scan_records, .delimited = scan_delimited,            \
		.delimited_back = scan_delimited_back, .blank = scan_blank,                       \
		.blank_back = scan_blank_back,                                                    \
	}
