/* fuzz_number.c -- text to numbers, against strtod() and strtoll(). The input is the text. */
#include <errno.h>
#include <math.h>

#include "fuzz.h"
#include "record/number.h"

/* Whether all bytes of ${text} are among those of ${set}. */
static bool
only(const char *text, size_t size, const char *set)
{
	return strlen(text) == size && strspn(text, set) == size;
}

static void
check_double(struct sk_span span, const char *text)
{
	double value = 42, want;
	enum sk_number_status status = sk_number_double(span, &value);
	bool whole;
	char *end;

	errno = 0;
	want = strtod(text, &end);
	/* What strtod() takes besides the grammar: blanks before, hexadecimal numbers, nan(...). */
	whole = span.size > 0 && (size_t)(end - text) == span.size &&
	    only(text, span.size, "+-.0123456789eEiInNfFtTyYaA");
	if (!whole) {
		check(status == (span.size == 0 ? SK_NUMBER_EMPTY : SK_NUMBER_NOT_A_NUMBER));
		check(value == 42);
		return;
	}
	check(status == (errno == ERANGE && isinf(want) ? SK_NUMBER_OUT_OF_RANGE : SK_NUMBER_OK));
	check(same_double(value, want));
}

static void
check_integer(struct sk_span span, const char *text)
{
	int64_t value = 42;
	enum sk_number_status status = sk_number_integer(span, &value);
	long long want;
	char *end;

	errno = 0;
	want = strtoll(text, &end, 10);
	if (span.size == 0 || (size_t)(end - text) != span.size || !only(text, span.size, "+-0123456789"))
		check(status == (span.size == 0 ? SK_NUMBER_EMPTY : SK_NUMBER_NOT_A_NUMBER));
	else if (errno == ERANGE)
		check(status == SK_NUMBER_OUT_OF_RANGE);
	else
		check(status == SK_NUMBER_OK && value == want);
	check(status == SK_NUMBER_OK || value == 42);
}

static void
check_decimal(struct sk_span span)
{
	int64_t units = 42;
	int decimals = 42;
	double value = 0;
	enum sk_number_status status = sk_number_decimal(span, &units, &decimals);
	enum sk_number_status as_double = sk_number_double(span, &value);

	if (status != SK_NUMBER_OK) {
		check(units == 42 && decimals == 42);
		check(status != SK_NUMBER_NOT_A_NUMBER || as_double != SK_NUMBER_OUT_OF_RANGE);
		check(status != SK_NUMBER_OUT_OF_RANGE || as_double == SK_NUMBER_OUT_OF_RANGE || fabs(value) > 9.2e9);
		return;
	}
	check(as_double == SK_NUMBER_OK);
	check(0 <= decimals && decimals <= SK_NUMBER_DECIMALS_MAX);
	check(decimals == 0 || units % 10 != 0);
	check(fabs((double)units * pow(10, -decimals) - value) <= 0.51e-9 + fabs(value) * 1e-15);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_span span = { data, size };
	char *text = (char *)exact_memory(size + 1);

	if (size > 0)
		memcpy(text, data, size);
	text[size] = 0;
	check_double(span, text);
	check_integer(span, text);
	check_decimal(span);
	free(text);
	return 0;
}
