/*
 * raw.h -- records that are no lines: behind their length, or numbers of a fixed width as processors have them.
 *
 *	BE32	a length of 4 bytes, the most significant first, and as many bytes of any values.
 *	F64 F32	IEEE 754 numbers of 8 and 4 bytes, the least significant first.
 *	I64 U64	whole numbers of 8 bytes, the least significant first, with and without a sign (two's complement).
 *
 * Nothing stands between records, and nothing in them is special. None has to be aligned.
 *
 * Functions that cut read no byte that they are not given. None can fail; any number of threads may call them at once.
 */
#ifndef STREAMKIT_RECORD_RAW_H
#define STREAMKIT_RECORD_RAW_H

#include <stdint.h>

#include "../span.h"

#define SK_RAW_LENGTH_SIZE ((size_t)4)

/* Bytes that sk_raw_decimal() writes at most. */
#define SK_RAW_DECIMAL_SIZE ((size_t)20)

/* The length of a record, from the 4 bytes in front of it. */
uint32_t sk_raw_length(const unsigned char *bytes);

/*
 * Cut ${data}[0 .. ${size}) at the lengths that are in it, or into numbers of ${width} bytes. Writes at most ${max} spans, the lengths
 * left out, and sets *${used} to the bytes that they cover, lengths included: a record that is not whole is left. Returns how many.
 */
size_t sk_raw_cut_lengths(
    const unsigned char *data, size_t size, struct sk_span *records, size_t max, size_t *used);
size_t sk_raw_cut_numbers(const unsigned char *data, size_t size, size_t width, struct sk_span *records, size_t max,
    size_t *used);

/* ${n} numbers as doubles: the nearest ones, which those that do not have more than 53 bits are themselves. */
void sk_raw_f64(const unsigned char *data, size_t n, double *values);
void sk_raw_f32(const unsigned char *data, size_t n, double *values);
void sk_raw_i64(const unsigned char *data, size_t n, double *values);
void sk_raw_u64(const unsigned char *data, size_t n, double *values);

/* 8 bytes as a number. */
uint64_t sk_raw_word(const unsigned char *bytes);

/* Write ${number}, behind a minus if it is ${negative}, in as few digits as it has. Returns how many bytes that is. */
size_t sk_raw_decimal(uint64_t number, int negative, unsigned char to[SK_RAW_DECIMAL_SIZE]);

#endif
