/* quantity.c -- sizes, durations and fractions. */
#include "quantity.h"

#include <stdio.h>
#include <string.h>

#include "../record/number.h"

/* The digits, with at most one point among them, at the front of ${text}. */
static size_t
number_length(const char *text)
{
	size_t length = strspn(text, "0123456789");

	if (text[length] == '.')
		length += 1 + strspn(text + length + 1, "0123456789");
	return length;
}

/* The number in the first ${length} bytes times ${unit}, rounded down; false if it is none or does not fit. */
static bool
times(const char *text, size_t length, uint64_t unit, uint64_t *value)
{
	uint64_t product, divisor = 1;
	int64_t units;
	int decimals;

	if (sk_number_decimal((struct sk_span){ (const unsigned char *)text, length }, &units,
		&decimals) != SK_NUMBER_OK)
		return false;
	if (units > 0 && (uint64_t)units > UINT64_MAX / unit)
		return false;
	product = (uint64_t)units * unit;
	while (decimals-- > 0)
		divisor *= 10;
	*value = product / divisor;
	return true;
}

bool
sk_quantity_count(const char *text, uint64_t *value)
{
	size_t length = strspn(text, "0123456789");

	return length > 0 && text[length] == '\0' && times(text, length, 1, value);
}

bool
sk_quantity_size(const char *text, uint64_t *value)
{
	static const char units[] = "KMGTPE";
	size_t length = number_length(text);
	const char *unit = text + length;
	uint64_t factor = 1;

	if (length == 0)
		return false;
	if (*unit != '\0' && *unit != 'B') {
		char upper = *unit == 'k' ? 'K' : *unit;
		const char *found = strchr(units, upper);

		if (found == NULL)
			return false;
		factor <<= 10 * (found - units + 1);
		unit++;
		if (*unit == 'i' && unit[1] == 'B')
			unit++;
	}
	if (*unit == 'B')
		unit++;
	return *unit == '\0' && times(text, length, factor, value);
}

bool
sk_quantity_span(const char *text, uint64_t *value)
{
	static const struct {
		const char *name;
		uint64_t nanoseconds;
	} units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "ms", 1000000 },
		{ "s", 1000000000 },
		{ "m", 60000000000 },
		{ "h", 3600000000000 },
		{ "d", 86400000000000 },
		{ "w", 604800000000000 },
	};
	uint64_t sum = 0;

	if (*text == '\0')
		return false;
	if (strcmp(text, "0") == 0) {
		*value = 0;
		return true;
	}
	while (*text != '\0') {
		size_t length = number_length(text);
		size_t letters = strspn(text + length, "abcdefghijklmnopqrstuvwxyz");
		uint64_t part = 0;
		bool known = false;

		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (strlen(units[i].name) == letters &&
			    memcmp(text + length, units[i].name, letters) == 0)
				known = times(text, length, units[i].nanoseconds, &part);
		if (length == 0 || !known || part > INT64_MAX - sum)
			return false;
		sum += part;
		text += length + letters;
	}
	*value = sum;
	return true;
}

bool
sk_quantity_duration(const char *text, uint64_t *value)
{
	uint64_t span;

	if (!sk_quantity_span(text, &span) || span == 0)
		return false;
	*value = span;
	return true;
}

/* A percentage is read as a number with the exponent -2, for 99.9 / 100 is not quite 0.999. */
bool
sk_quantity_fraction(const char *text, double *value)
{
	bool percentile = *text == 'p';
	const char *digits = text + percentile;
	size_t length = number_length(digits);
	bool percent = digits[length] == '%' && !percentile;
	char number_text[64];
	double number;
	int written;

	if (length == 0 || digits[length + percent] != '\0')
		return false;
	written = snprintf(number_text, sizeof(number_text), "%.*s%s", (int)length, digits,
	    percent || percentile ? "e-2" : "");
	if (written < 0 || (size_t)written >= sizeof(number_text) ||
	    sk_number_double((struct sk_span){ (unsigned char *)number_text, (size_t)written },
		&number) != SK_NUMBER_OK ||
	    number > 1)
		return false;
	*value = number;
	return true;
}
