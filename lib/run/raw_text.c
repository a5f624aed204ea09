/* raw_text.c -- the text of raw numbers. */
#include "raw_text.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../record/raw.h"

double
sk_raw_text_double(enum sk_layout_kind kind, const unsigned char *bytes)
{
	double value;

	(kind == SK_LAYOUT_F32 ? sk_raw_f32 : sk_raw_f64)(bytes, 1, &value);
	return value;
}

/*
 * The fewest digits that are read as the same number of the same size: any number of DBL_DIG digits comes back from a double as it was,
 * so that none of fewer is missed but among subnormals, which keep fewer. No tool sets a locale, so that the point is a point. */
static size_t
write_float(double value, bool single, unsigned char *to)
{
	const bool whole = fabs(value) < 9007199254740992.0 && value == floor(value);
	const int least = fabs(value) < (single ? FLT_MIN : DBL_MIN) ? 1 : single ? FLT_DIG : DBL_DIG;
	const int most = single ? 9 : 17;
	char text[SK_RAW_TEXT_SIZE + 1];
	int length = 0;

	if (value != value || whole) /* NaN may have a sign */
		length = value != value ? snprintf(text, sizeof(text), "nan") : snprintf(text, sizeof(text), "%.0f", value);
	for (int digits = least; value == value && !whole && digits <= most; digits++) {
		length = snprintf(text, sizeof(text), "%.*g", digits, value);
		if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
			break;
	}
	memcpy(to, text, (size_t)length);
	return (size_t)length;
}

size_t
sk_raw_text(enum sk_layout_kind kind, const unsigned char *bytes, unsigned char *to)
{
	uint64_t word;
	int negative;

	if (kind == SK_LAYOUT_F32 || kind == SK_LAYOUT_F64)
		return write_float(sk_raw_text_double(kind, bytes), kind == SK_LAYOUT_F32, to);
	word = sk_raw_word(bytes);
	negative = kind == SK_LAYOUT_I64 && word >> 63 != 0;
	return sk_raw_decimal(negative ? 0 - word : word, negative, to);
}
