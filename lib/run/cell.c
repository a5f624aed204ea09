/* cell.c -- the values of cells as text. */
#include "cell.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../pipe/key.h"
#include "utf8.h"

/* Numbers */

/* The last ${digits} digits of ${number}, or all it has if ${digits} is 0, in front of ${end}. */
static char *
write_digits(char *end, uint64_t number, int digits)
{
	for (int written = 0; written < digits || (digits == 0 && (written == 0 || number > 0));
	     written++) {
		*--end = (char)('0' + number % 10);
		number /= 10;
	}
	return end;
}

/* ${cell} as a decimal, without trailing zeros. Returns the length; *${whole} is that of the part before the point. */
static size_t
format_number(char text[SK_CELL_SIZE], const struct sk_cell *cell, size_t *whole)
{
	char digits[SK_CELL_SIZE], *end = digits + sizeof(digits), *start = end;
	uint64_t number = cell->number, unit = 1;
	int decimals = cell->decimals;

	while (decimals > 0 && number % 10 == 0) {
		number /= 10;
		decimals--;
	}
	if (decimals > 0) {
		for (int i = 0; i < decimals; i++)
			unit *= 10;
		start = write_digits(end, number % unit, decimals);
		*--start = '.';
	}
	end = start;
	start = write_digits(start, number / unit, 0);
	*whole = (size_t)(end - start);
	memcpy(text, start, (size_t)(digits + sizeof(digits) - start));
	return (size_t)(digits + sizeof(digits) - start);
}

/* A fraction with six decimals, or as per cent with two: integer rounding, so that no locale has a say. */
static size_t
format_fraction(char text[SK_CELL_SIZE], double fraction, bool percent, size_t *whole)
{
	struct sk_cell cell = { .decimals = 6, .number = (uint64_t)(fraction * 1e6 + 0.5) };

	if (!percent)
		return format_number(text, &cell, whole);
	cell.number = (uint64_t)(fraction * 1e4 + 0.5);
	*whole = (size_t)snprintf(text, SK_CELL_SIZE, "%llu", (unsigned long long)(cell.number / 100));
	return *whole +
	    (size_t)snprintf(text + *whole, SK_CELL_SIZE - *whole, ".%02u%%",
		(unsigned)(cell.number % 100));
}

/* No tool sets a locale, so that the point is a point. Whole numbers are written out as far as they are exact. */
static size_t
format_double(char text[SK_CELL_SIZE], double value, size_t *whole)
{
	const bool is_whole = value > -9007199254740992.0 && value < 9007199254740992.0 &&
	    value == (double)(int64_t)value;
	int digits = fabs(value) < DBL_MIN ? 1 : 15; /* subnormals have fewer */

	if (is_whole)
		snprintf(text, SK_CELL_SIZE, "%.0f", value);
	for (; !is_whole && digits <= 17; digits++) {
		snprintf(text, SK_CELL_SIZE, "%.*g", digits, value);
		if (value != value || strtod(text, NULL) == value)
			break;
	}
	if (value != value)
		memcpy(text, "nan", sizeof("nan")); /* it may have had a sign */
	*whole = strcspn(text, ".e");
	return strlen(text);
}

size_t
sk_cell_format(char text[SK_CELL_SIZE], const struct sk_column *column, const struct sk_cell *cell,
    bool percent, size_t *whole)
{
	if (column->kind == SK_COLUMN_FRACTION)
		return format_fraction(text, cell->fraction, percent, whole);
	if (column->kind == SK_COLUMN_DOUBLE)
		return format_double(text, cell->value, whole);
	return format_number(text, cell, whole);
}

/* Columns */

bool
sk_column_of_summary(const struct sk_column *column)
{
	return column->role == SK_COLUMN_SUMMARY_SUM || column->role == SK_COLUMN_SUMMARY_COUNT;
}

bool
sk_column_hidden(const struct sk_column *column)
{
	return column->json || column->kind == SK_COLUMN_TRUTH || column->kind == SK_COLUMN_NUMBERS ||
	    sk_column_of_summary(column);
}

bool
sk_column_is_label(const struct sk_column *column)
{
	return column->role == SK_COLUMN_LABEL || column->role == SK_COLUMN_QUANTILE ||
	    (column->kind == SK_COLUMN_BYTES && column->role == SK_COLUMN_VALUE);
}

size_t
sk_column_parts(const struct sk_column *column)
{
	return column->kind == SK_COLUMN_BYTES && column->parts > 1 ? column->parts : 1;
}

struct sk_span
sk_column_part(const struct sk_column *column, struct sk_span *rest, size_t part)
{
	const bool last = part + 1 >= sk_column_parts(column);
	struct sk_span value = *rest;
	const unsigned char *end;

	if (column->lengths)
		return sk_key_part(rest, last);
	end = last || rest->size == 0 ? NULL : memchr(rest->data, column->separator, rest->size);
	if (end != NULL) {
		value.size = (size_t)(end - rest->data);
		rest->data += value.size + 1;
		rest->size -= value.size + 1;
	} else {
		rest->size = 0; /* what has fewer parts has nothing in the others */
	}
	return value;
}

/* Text in which some bytes mean something else */

static bool
is_hex_digit(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

bool
sk_cell_reads_as_hex(struct sk_span text, size_t at)
{
	return text.size - at >= 4 && text.data[at] == '\\' && text.data[at + 1] == 'x' &&
	    is_hex_digit(text.data[at + 2]) && is_hex_digit(text.data[at + 3]);
}

void
sk_cell_escape(
    struct sk_output *output, struct sk_span text, const struct sk_cell_escapes *escapes)
{
	char digits[3];

	for (size_t at = 0; at < text.size;) {
		const unsigned char byte = text.data[at];
		const size_t length = sk_utf8_length(text.data + at, text.size - at);
		const bool hex = byte == '\0' || length == 0 || sk_cell_reads_as_hex(text, at);
		const char *special = hex ? NULL : strchr(escapes->bytes, byte);

		if (special != NULL) {
			sk_output_string(output, escapes->strings[special - escapes->bytes]);
		} else if (hex) {
			snprintf(digits, sizeof(digits), "%02x", byte);
			sk_output_string(output, escapes->hex);
			sk_output_string(output, digits);
		} else {
			sk_output_bytes(output, (struct sk_span){ text.data + at, length });
		}
		at += length > 0 ? length : 1;
	}
}

void
sk_cell_escape_tsv(struct sk_output *output, struct sk_span text)
{
	size_t from = 0;

	if (text.size == 0)
		return;
	for (size_t at = 0; at < text.size; at++) {
		const char *escape;

		switch (text.data[at]) {
		case '\t':
			escape = "\\t";
			break;
		case '\n':
			escape = "\\n";
			break;
		case '\r':
			escape = "\\r";
			break;
		case '\\':
			escape = "\\\\";
			break;
		default:
			continue;
		}
		sk_output_bytes(output, (struct sk_span){ text.data + from, at - from });
		sk_output_string(output, escape);
		from = at + 1;
	}
	sk_output_bytes(output, (struct sk_span){ text.data + from, text.size - from });
}
