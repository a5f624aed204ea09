/* where_select.c -- for which records conditions hold. */
#include <string.h>

#include "../record/layout.h"
#include "../record/number.h"
#include "where_parts.h"

/* Whole numbers of up to 18 digits, which nearly all are; false: others must look. */
static bool
read_digits(struct sk_span text, int64_t *number)
{
	int64_t value = 0;

	if (text.size - 1 >= 18)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';

		if (digit > 9)
			return false;
		value = value * 10 + (int64_t)digit;
	}
	*number = value;
	return true;
}

static unsigned
relate_number(const struct sk_where_condition *condition, struct sk_span text)
{
	int64_t integer;
	double number;

	if (condition->is_integer &&
	    (read_digits(text, &integer) || sk_number_integer(text, &integer) == SK_NUMBER_OK))
		return SK_WHERE_RELATION(integer, condition->integer);
	switch (sk_number_double(text, &number)) {
	case SK_NUMBER_OK:
	case SK_NUMBER_OUT_OF_RANGE: /* an infinity, to which no value but one in words is equal */
		return number == number ? SK_WHERE_RELATION(number, condition->number) : SK_WHERE_OTHER;
	case SK_NUMBER_EMPTY:
	case SK_NUMBER_NOT_A_NUMBER:
		break;
	}
	return SK_WHERE_OTHER;
}

static unsigned
relate_bytes(const struct sk_where_condition *condition, struct sk_span text)
{
	size_t size = text.size < condition->value.size ? text.size : condition->value.size;
	int order = size > 0 ? memcmp(text.data, condition->value.data, size) : 0;

	return order != 0 ? SK_WHERE_RELATION(order, 0) : SK_WHERE_RELATION(text.size, condition->value.size);
}

unsigned
sk_where_relate(const struct sk_where_condition *condition, struct sk_span text)
{
	if (condition->pattern != NULL)
		return sk_pattern_matches(condition->pattern, text) ? SK_WHERE_EQUAL : SK_WHERE_OTHER;
	return condition->is_number ? relate_number(condition, text) : relate_bytes(condition, text);
}

size_t
sk_where_select(struct sk_where *where, const struct sk_span *const *columns,
    const unsigned char *const *states, unsigned short *place, size_t n)
{
	for (size_t c = 0; c < where->count; c++) {
		const struct sk_where_condition *condition = &where->condition[c];
		const struct sk_span *column = columns[condition->field];
		const unsigned char *state = states != NULL ? states[condition->field] : NULL;
		size_t kept = 0;

		/* Whether a record stays is hard to guess for the processor: nothing depends on it but where the next goes. */
		for (size_t i = 0; i < n; i++) {
			unsigned short at = place[i];
			unsigned relation = state != NULL && state[at] == SK_LAYOUT_MISSING ?
			    SK_WHERE_MISSING :
			    sk_where_relate(condition, column[at]);

			place[kept] = at;
			kept += (condition->holds & relation) != 0;
		}
		n = kept;
	}
	return n;
}
