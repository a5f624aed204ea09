/* intake_end.c -- what is to be said of all records, once there are no more. */
#include "intake_parts.h"

#include "diag.h"

uint64_t
sk_intake_skipped(const struct sk_intake *intake)
{
	return sk_skips_count(&intake->skips);
}

bool
sk_intake_lacks(const struct sk_intake *intake)
{
	for (int i = 0; i < SK_SKIP_MALFORMED; i++)
		if (i != SK_SKIP_NO_FIELD && i != SK_SKIP_TOO_LONG && intake->skips.by_reason[i].count > 0)
			return false; /* something was wrong with what it had */
	return intake->hints.used == 0 && intake->skips.by_reason[SK_SKIP_NO_FIELD].count > 0;
}

uint64_t
sk_intake_used(const struct sk_intake *intake)
{
	return intake->hints.used;
}

bool
sk_intake_useless(const struct sk_intake *intake)
{
	return intake->hints.used == 0 && sk_skips_count(&intake->skips) > intake->skips.blank;
}

/* A line that lacks a field has an empty one, so that a number which is too large makes one empty item of all lines. */
static void
note_empty(const struct sk_intake *intake, const char *option, const struct sk_intake_picked *picked,
    const struct sk_fields *asked)
{
	char quoted[SK_DIAG_QUOTE];

	if (picked->fields.count == 1 && !picked->filled)
		sk_note("--%s: no %s has anything in field %s", option, intake->skips.unit,
		    sk_hints_field(quoted, asked->field[0].name, asked->field[0].number));
}

void
sk_intake_report(const struct sk_intake *intake)
{
	sk_skips_report(&intake->skips, intake->total);
	sk_hints_report(intake);
	if (intake->layout == NULL && intake->hints.used > 0) {
		note_empty(intake, "field", &intake->items, &intake->options.items);
		note_empty(intake, "by", &intake->keys, &intake->options.keys);
	}
	if (sk_intake_useless(intake) && !sk_intake_lacks(intake))
		sk_warn("no %s could be used", intake->skips.unit);
}
