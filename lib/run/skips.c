/* skips.c -- the records that could not be used. */
#include "skips.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const reasons[SK_SKIP_REASONS] = {
	[SK_SKIP_VALUE_EMPTY] = "no value",
	[SK_SKIP_VALUE_NOT_A_NUMBER] = "not a number",
	[SK_SKIP_VALUE_OUT_OF_RANGE] = "out of range",
	[SK_SKIP_ITEM_NOT_UTF8] = "not UTF-8",
	[SK_SKIP_WEIGHT_EMPTY] = "no weight",
	[SK_SKIP_WEIGHT_NOT_A_NUMBER] = "weight is not a number",
	[SK_SKIP_WEIGHT_NEGATIVE] = "weight is negative",
	[SK_SKIP_WEIGHT_OUT_OF_RANGE] = "weight is out of range",
	[SK_SKIP_TIME_EMPTY] = "no time",
	[SK_SKIP_TIME_NOT_A_TIME] = "not a time of any known format (--time-format)",
	[SK_SKIP_TIME_NO_SUCH] = "there is no such time",
	[SK_SKIP_TIME_OUT_OF_RANGE] = "time is out of range",
	[SK_SKIP_LATE] = "too late for their windows",
	[SK_SKIP_FUTURE] = "times too far ahead (--future)",
	[SK_SKIP_NO_FIELD] = "no such field",
	[SK_SKIP_SEPARATOR] = "the unit separator (0x1f), or else a tab, in a field that is put together with others",
};

static const char *
place_of(const struct sk_skips *skips)
{
	return skips->place != NULL ? skips->place : skips->unit;
}

/* What is wrong with a record; a limit and a format are named. */
static const char *
describe(const struct sk_skips *skips, enum sk_skip_reason reason, char text[96])
{
	if (reason == SK_SKIP_TOO_LONG)
		snprintf(text, 96, "longer than %zu bytes, which takes more --memory", skips->record_max);
	else if (reason == SK_SKIP_TIME_NOT_A_TIME && skips->time_format != NULL)
		snprintf(text, 96, "not a time of the format %.40s", skips->time_format);
	else if (reason >= SK_SKIP_MALFORMED)
		return sk_layout_reason_text((enum sk_layout_reason)(reason - SK_SKIP_MALFORMED));
	else
		return reasons[reason];
	return text;
}

void
sk_skips_add(struct sk_skips *skips, enum sk_skip_reason reason, const char *input,
    uint64_t record, struct sk_span text)
{
	char quoted[SK_DIAG_QUOTE], text_of_reason[96];

	if (reason == SK_SKIP_ROUNDED && skips->exact)
		sk_die("%s: %s %" PRIu64 ": %s is a whole number that no double is equal to, and no answer of it exact (--exact)",
		    input, place_of(skips), record, sk_diag_quote(quoted, text));
	if (skips->strict && reason < SK_SKIP_REASONS)
		sk_die("%s: %s %" PRIu64 ": %s: %s", input, place_of(skips), record,
		    describe(skips, reason, text_of_reason), sk_diag_quote(quoted, text));
	if (skips->by_reason[reason].count++ > 0)
		return;
	skips->by_reason[reason].record = record;
	snprintf(skips->by_reason[reason].input, sizeof(skips->by_reason[reason].input), "%s",
	    input);
	sk_diag_quote(skips->by_reason[reason].text, text);
}

bool
sk_skips_is_blank(struct sk_span record)
{
	for (size_t i = 0; i < record.size; i++)
		if (record.data[i] != ' ' && record.data[i] != '\t' && record.data[i] != '\r')
			return false;
	return true;
}

void
sk_skip_notes_add(struct sk_skip_notes *notes, enum sk_skip_reason reason, size_t record,
    struct sk_span text, struct sk_span whole)
{
	if (reason < SK_SKIP_REASONS && sk_skips_is_blank(whole))
		notes->blank++;
	if (notes->by_reason[reason].count++ > 0)
		return;
	notes->by_reason[reason].record = (uint32_t)record;
	notes->by_reason[reason].text = text;
	notes->by_reason[reason].whole = whole;
}

bool
sk_skips_shows(const struct sk_skips *skips, enum sk_skip_reason reason)
{
	return skips->strict || skips->exact || skips->by_reason[reason].count == 0;
}

void
sk_skips_add_notes(struct sk_skips *skips, const struct sk_skip_notes *notes, const char *input,
    uint64_t before)
{
	for (int i = 0; i < SK_SKIP_KINDS; i++) {
		if (notes->by_reason[i].count == 0)
			continue;
		sk_skips_add(skips, (enum sk_skip_reason)i, input,
		    before + notes->by_reason[i].record + 1, notes->by_reason[i].text);
		skips->by_reason[i].count += notes->by_reason[i].count - 1;
	}
	skips->blank += notes->blank;
}

uint64_t
sk_skips_count(const struct sk_skips *skips)
{
	uint64_t sum = 0;

	for (int i = 0; i < SK_SKIP_REASONS; i++)
		sum += skips->by_reason[i].count;
	return sum;
}

void
sk_skips_report(const struct sk_skips *skips, uint64_t total)
{
	char text_of_reason[96];

	for (int i = 0; i < SK_SKIP_REASONS; i++)
		if (skips->by_reason[i].count > 0)
			sk_note("%s: skipped %" PRIu64 " of %" PRIu64
				" %ss: %s; the first, %s %" PRIu64 ": %s",
			    skips->by_reason[i].input, skips->by_reason[i].count, total,
			    skips->unit, describe(skips, (enum sk_skip_reason)i, text_of_reason), place_of(skips), skips->by_reason[i].record, skips->by_reason[i].text);
	if (skips->by_reason[SK_SKIP_ROUNDED].count > 0)
		sk_note("%s: rounded %" PRIu64 " of %" PRIu64
			" %ss: whole numbers that no double is equal to; the first, %s %" PRIu64 ": %s",
		    skips->by_reason[SK_SKIP_ROUNDED].input, skips->by_reason[SK_SKIP_ROUNDED].count, total, skips->unit,
		    place_of(skips), skips->by_reason[SK_SKIP_ROUNDED].record, skips->by_reason[SK_SKIP_ROUNDED].text);
	if (skips->by_reason[SK_SKIP_PARTLY].count > 0)
		sk_note("%s: %" PRIu64 " of %" PRIu64
			" %ss came too late for some of their windows, and are in the others only; the first, %s %" PRIu64
			": %s",
		    skips->by_reason[SK_SKIP_PARTLY].input, skips->by_reason[SK_SKIP_PARTLY].count, total, skips->unit,
		    place_of(skips), skips->by_reason[SK_SKIP_PARTLY].record, skips->by_reason[SK_SKIP_PARTLY].text);
}
