/* intake_numbers.c -- weights, and items as numbers or in other forms. */
#include <math.h>

#include "../record/number.h"
#include "intake_parts.h"

static int64_t
power_of_ten(int exponent)
{
	int64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* Bring a weight of ${units} with ${decimals} to the decimals of all, which are no fewer. */
static bool
align_weight(const struct sk_intake *intake, int64_t units, int decimals, uint64_t *weight)
{
	int64_t factor = power_of_ten(intake->decimals - decimals);

	if (units > INT64_MAX / factor)
		return false;
	*weight = (uint64_t)(units * factor);
	return true;
}

static enum sk_skip_reason
why_skipped(enum sk_number_status status)
{
	switch (status) {
	case SK_NUMBER_EMPTY:
		return SK_SKIP_WEIGHT_EMPTY;
	case SK_NUMBER_OUT_OF_RANGE:
		return SK_SKIP_WEIGHT_OUT_OF_RANGE;
	case SK_NUMBER_NOT_A_NUMBER:
		return SK_SKIP_WEIGHT_NOT_A_NUMBER;
	case SK_NUMBER_OK:
		break;
	}
	return SK_SKIP_WEIGHT_NEGATIVE;
}

size_t
sk_intake_weights(struct sk_intake *intake, struct sk_span *items, struct sk_span *keys, size_t *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		struct sk_span text = intake->weights.column[i];
		enum sk_number_status status;
		int64_t units;
		int decimals;

		status = sk_number_decimal(text, &units, &decimals);
		if (status == SK_NUMBER_OK && units >= 0 && decimals > intake->decimals) {
			if (i > 0) {
				*n = i;
				break;
			}
			intake->decimals = decimals;
		}
		if (status == SK_NUMBER_OK && units >= 0 &&
		    !align_weight(intake, units, decimals, &intake->weight[kept]))
			status = SK_NUMBER_OUT_OF_RANGE;
		if (status != SK_NUMBER_OK || units < 0) {
			sk_intake_skip(intake, why_skipped(status), i, text);
			continue;
		}
		items[kept] = items[i];
		if (keys != NULL)
			keys[kept] = keys[i];
		kept++;
	}
	return kept;
}

static enum sk_skip_reason
why_not_a_value(enum sk_number_status status)
{
	return status == SK_NUMBER_EMPTY	? SK_SKIP_VALUE_EMPTY :
	    status == SK_NUMBER_OUT_OF_RANGE ? SK_SKIP_VALUE_OUT_OF_RANGE :
					       SK_SKIP_VALUE_NOT_A_NUMBER;
}

void
sk_intake_round(struct sk_intake *intake, size_t value, size_t i, struct sk_span text)
{
	intake->rounded.any = true;
	intake->rounded.bits[value / 64] |= UINT64_C(1) << value % 64;
	sk_intake_skip(intake, SK_SKIP_ROUNDED, i, text);
}

size_t
sk_intake_values(
    struct sk_intake *intake, const struct sk_span *items, struct sk_span *keys, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		enum sk_number_status status = sk_number_double(items[i], &intake->value[kept]);

		if (status != SK_NUMBER_OK || intake->value[kept] != intake->value[kept]) {
			sk_intake_skip(intake, why_not_a_value(status), i, items[i]);
			continue;
		}
		if (fabs(intake->value[kept]) >= SK_NUMBER_WHOLE && sk_number_rounds(items[i]))
			sk_intake_round(intake, kept, i, items[i]);
		if (keys != NULL)
			keys[kept] = keys[i];
		kept++;
	}
	return kept;
}

static enum sk_skip_reason
why_not_converted(enum sk_form_status status)
{
	return status == SK_FORM_EMPTY		? SK_SKIP_VALUE_EMPTY :
	    status == SK_FORM_OUT_OF_RANGE ? SK_SKIP_VALUE_OUT_OF_RANGE :
	    status == SK_FORM_NOT_UTF8	   ? SK_SKIP_ITEM_NOT_UTF8 :
						 SK_SKIP_VALUE_NOT_A_NUMBER;
}

size_t
sk_intake_convert(
    struct sk_intake *intake, const struct sk_span *items, struct sk_span *keys, size_t n)
{
	enum sk_form form = intake->options.form;
	size_t kept = 0, size = 0, used = 0;
	unsigned char *bytes;

	for (size_t i = 0; i < n; i++)
		size += sk_form_size_max(form, items[i].size);
	if ((bytes = sk_intake_room(intake, &intake->converted_bytes, size)) == NULL)
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct sk_span *to = &intake->converted[kept];
		enum sk_form_status status;

		to->data = bytes + used;
		status = sk_form_convert(form, items[i], bytes + used, &to->size);
		if (status != SK_FORM_OK) {
			sk_intake_skip(intake, why_not_converted(status), i, items[i]);
			continue;
		}
		used += to->size;
		if (keys != NULL)
			keys[kept] = keys[i];
		kept++;
	}
	return kept;
}
