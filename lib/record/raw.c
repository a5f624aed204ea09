/* raw.c -- records behind their length, and raw numbers. Bytes are put together one by one, which compilers know for a load. */
#include "raw.h"

#include <string.h>

uint32_t
sk_raw_length(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

size_t
sk_raw_cut_lengths(const unsigned char *data, size_t size, struct sk_span *records, size_t max, size_t *used)
{
	size_t at = 0, n = 0;

	while (n < max && size - at >= SK_RAW_LENGTH_SIZE) {
		uint32_t length = sk_raw_length(data + at);

		if (size - at - SK_RAW_LENGTH_SIZE < length)
			break;
		records[n++] = (struct sk_span){ data + at + SK_RAW_LENGTH_SIZE, length };
		at += SK_RAW_LENGTH_SIZE + length;
	}
	*used = at;
	return n;
}

size_t
sk_raw_cut_numbers(const unsigned char *data, size_t size, size_t width, struct sk_span *records, size_t max, size_t *used)
{
	size_t n = size / width < max ? size / width : max;

	for (size_t i = 0; i < n; i++)
		records[i] = (struct sk_span){ data + i * width, width };
	*used = n * width;
	return n;
}

uint64_t
sk_raw_word(const unsigned char *bytes)
{
	return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24 |
	    (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

void
sk_raw_f64(const unsigned char *data, size_t n, double *values)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t word = sk_raw_word(data + 8 * i);

		memcpy(&values[i], &word, sizeof(word));
	}
}

void
sk_raw_f32(const unsigned char *data, size_t n, double *values)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *bytes = data + 4 * i;
		uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		    (uint32_t)bytes[3] << 24;
		float value;

		memcpy(&value, &word, sizeof(word));
		values[i] = (double)value;
	}
}

void
sk_raw_i64(const unsigned char *data, size_t n, double *values)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t word = sk_raw_word(data + 8 * i);
		int64_t value;

		memcpy(&value, &word, sizeof(word));
		values[i] = (double)value;
	}
}

void
sk_raw_u64(const unsigned char *data, size_t n, double *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (double)sk_raw_word(data + 8 * i);
}

static size_t
count_digits(uint64_t number)
{
	size_t digits = 1;

	for (; number >= 10000; number /= 10000)
		digits += 4;
	return digits + (number >= 10) + (number >= 100) + (number >= 1000);
}

/* Digits are counted first, so that they can be written where they stay; two at a time, for half as many divisions. */
size_t
sk_raw_decimal(uint64_t number, int negative, unsigned char to[SK_RAW_DECIMAL_SIZE])
{
	const size_t size = count_digits(number) + (negative != 0);
	unsigned char *at = to + size;

	to[0] = '-';
	for (; number >= 10; number /= 100) {
		unsigned pair = (unsigned)(number % 100);

		at -= 2;
		at[0] = (unsigned char)('0' + pair / 10);
		at[1] = (unsigned char)('0' + pair % 10);
	}
	if (at > to + (negative != 0))
		at[-1] = (unsigned char)('0' + number);
	return size;
}
