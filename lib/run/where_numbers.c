/*
 * where_numbers.c -- for which raw numbers conditions hold.
 *
 * Numbers are compared as they are, and text is made of those only that are to be compared with text.
 */
#include <float.h>
#include <math.h>

#include "../record/raw.h"
#include "raw_text.h"
#include "where_parts.h"

#define TWO_TO_64 18446744073709551616.0

/* -1, 0 or 1: ${whole} is less than ${number}, which is not NaN, equal, or greater. No step rounds. */
static int
compare_whole(const struct sk_where_whole *whole, double number)
{
	const double size = fabs(number);
	uint64_t magnitude;
	int order;

	if (whole->negative != (number < 0))
		return whole->negative ? -1 : whole->magnitude > 0 || number < 0 ? 1 : number > 0 ? -1 : 0;
	if (size >= TWO_TO_64) {
		order = -1;
	} else {
		magnitude = (uint64_t)size;
		order = whole->magnitude == magnitude ? -(size > floor(size)) :
							(whole->magnitude > magnitude) - (whole->magnitude < magnitude);
	}
	return whole->negative ? -order : order;
}

static unsigned
relate_whole(const struct sk_where_condition *condition, const struct sk_where_whole *whole)
{
	const struct sk_where_whole *value = &condition->whole;

	if (!condition->is_whole)
		return SK_WHERE_RELATION(compare_whole(whole, condition->number), 0);
	if (whole->negative != value->negative)
		return whole->negative ? SK_WHERE_LESS : SK_WHERE_GREATER;
	return whole->negative ? SK_WHERE_RELATION(value->magnitude, whole->magnitude) :
				 SK_WHERE_RELATION(whole->magnitude, value->magnitude);
}

static unsigned
relate_double(const struct sk_where_condition *condition, double number)
{
	if (number != number)
		return SK_WHERE_OTHER;
	if (condition->is_whole)
		return SK_WHERE_RELATION(0, compare_whole(&condition->whole, number));
	return SK_WHERE_RELATION(number, condition->number);
}

static unsigned
relate_text(const struct sk_where_condition *condition, enum sk_layout_kind kind, const unsigned char *bytes)
{
	unsigned char text[SK_RAW_TEXT_SIZE];

	return sk_where_relate(condition, (struct sk_span){ text, sk_raw_text(kind, bytes, text) });
}

/*
 * 0.1 of 4 bytes is not the double that 0.1 is, and is meant all the same by who writes 0.1. Of two singles that differ, the texts do
 * in the same way; only where the value is as near to the number as that can tell must the text be looked at.
 */
static unsigned
relate_single(const struct sk_where_condition *condition, const unsigned char *bytes)
{
	const double number = sk_raw_text_double(SK_LAYOUT_F32, bytes);

	if (number != number)
		return SK_WHERE_OTHER;
	if (fabs(condition->number) < (double)FLT_MAX && number != (double)(float)condition->number)
		return SK_WHERE_RELATION(number, (double)(float)condition->number);
	return relate_text(condition, SK_LAYOUT_F32, bytes);
}

static unsigned
relate(const struct sk_where_condition *condition, enum sk_layout_kind kind, const unsigned char *bytes)
{
	struct sk_where_whole whole = { .negative = false };

	if (condition->pattern != NULL || !condition->is_number)
		return relate_text(condition, kind, bytes);
	if (kind == SK_LAYOUT_F64)
		return relate_double(condition, sk_raw_text_double(kind, bytes));
	if (kind == SK_LAYOUT_F32)
		return relate_single(condition, bytes);
	whole.magnitude = sk_raw_word(bytes);
	if (kind == SK_LAYOUT_I64 && whole.magnitude >> 63 != 0)
		whole = (struct sk_where_whole){ true, 0 - whole.magnitude };
	return relate_whole(condition, &whole);
}

size_t
sk_where_select_numbers(struct sk_where *where, enum sk_layout_kind kind, const struct sk_span *records,
    unsigned short *place, size_t n)
{
	for (size_t c = 0; c < where->count; c++) {
		const struct sk_where_condition *condition = &where->condition[c];
		size_t kept = 0;

		for (size_t i = 0; i < n; i++) {
			unsigned short at = place[i];

			place[kept] = at;
			kept += (condition->holds & relate(condition, kind, records[at].data)) != 0;
		}
		n = kept;
	}
	return n;
}
