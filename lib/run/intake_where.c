/*
 * intake_where.c -- which records of a batch are looked at further.
 *
 * Conditions come before everything else, so that what they reject costs no more than to look at their fields. The records
 * that stay move together, as good ones do that have a layout; what is then record i was record place[i].
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "intake_parts.h"

struct sk_intake_where *
sk_intake_where_new(const struct sk_intake_options *options)
{
	struct sk_intake_where *where = calloc(1, sizeof(*where));

	if (where == NULL)
		return NULL;
	where->fields = *sk_where_fields(options->where);
	where->conditions = sk_where_copy(options->where);
	if (options->has_layout)
		sk_intake_layout_wants(options, where->want);
	where->column = calloc(where->fields.count * SK_BATCH, sizeof(*where->column));
	if (where->conditions != NULL && where->column != NULL)
		return where;
	sk_intake_where_free(where);
	return NULL;
}

void
sk_intake_where_free(struct sk_intake_where *where)
{
	if (where == NULL)
		return;
	sk_where_free(where->conditions);
	free(where->column);
	free(where);
}

/* Select among raw numbers, which are the only field there is: as they are, since to write all of them would take longer than to count them. */
static size_t
select_numbers(struct sk_intake *intake, size_t n)
{
	struct sk_intake_where *where = intake->where;

	return sk_where_select_numbers(
	    where->conditions, sk_layout_kind(intake->layout), intake->records, where->place, n);
}

static size_t
select_lines(struct sk_intake *intake, size_t n)
{
	struct sk_intake_where *where = intake->where;
	const struct sk_span *columns[SK_WHERE_MAX];

	for (size_t f = 0; f < where->fields.count; f++) {
		struct sk_span *column = where->column + f * SK_BATCH;

		sk_intake_pick_field(intake, intake->records, n, where->fields.field[f], column);
		columns[f] = column;
	}
	return sk_where_select(where->conditions, columns, NULL, where->place, n);
}

size_t
sk_intake_where_lines(struct sk_intake *intake, size_t n)
{
	struct sk_intake_where *where = intake->where;
	const bool numbers = intake->layout != NULL && sk_layout_width(sk_layout_kind(intake->layout)) > 0;
	size_t kept;

	for (size_t i = 0; i < n; i++)
		where->place[i] = (unsigned short)i;
	kept = numbers ? select_numbers(intake, n) : select_lines(intake, n);
	for (size_t i = 0; i < kept; i++)
		where->records[i] = intake->records[where->place[i]];
	return kept;
}

bool
sk_intake_where_column(
    const struct sk_intake_where *where, size_t n, const struct sk_field *field, struct sk_span *column)
{
	size_t f = 0;

	while (f < where->fields.count && (where->fields.field[f].number != field->number ||
	    where->fields.field[f].rest != field->rest))
		f++;
	if (f == where->fields.count)
		return false;
	for (size_t i = 0; i < n; i++)
		column[i] = where->column[f * SK_BATCH + where->place[i]];
	return true;
}

void
sk_intake_where_seen(struct sk_intake *intake, unsigned seen, size_t whole, struct sk_span record)
{
	intake->where->seen |= seen;
	sk_hints_keep(&intake->hints, SK_HINT_CONDITION, record, intake->record + whole + 1);
}

/* Which fields do the first ${n} places have? One that nobody has is likely to be mistyped, and no condition would tell. */
static void
note_seen(struct sk_intake *intake, const unsigned char *const *states, size_t n)
{
	struct sk_intake_where *where = intake->where;

	for (size_t f = 0; f < where->fields.count; f++)
		for (size_t i = 0; i < n && ((where->seen >> f) & 1) == 0; i++)
			where->seen |= (unsigned)(states[f][where->place[i]] != SK_LAYOUT_MISSING) << f;
	where->whole = n > 0 ? where->place[0] : SIZE_MAX;
	if (n == 0)
		return;
	where->whole_record = intake->records[where->whole];
	if (intake->notes == NULL && intake->hints.sample[SK_HINT_CONDITION].memory == NULL)
		sk_intake_where_seen(intake, 0, where->whole, where->whole_record);
}

void
sk_intake_where_layout(struct sk_intake *intake, size_t n)
{
	struct sk_intake_where *where = intake->where;
	const struct sk_intake_picks *picks = intake->picks;
	const struct sk_span *columns[SK_WHERE_MAX];
	const unsigned char *states[SK_WHERE_MAX];
	size_t whole = 0, kept;

	for (size_t f = 0; f < where->fields.count; f++) {
		columns[f] = picks->values + where->want[f] * SK_BATCH;
		states[f] = picks->states + where->want[f] * SK_BATCH;
	}
	for (size_t i = 0; i < n; i++)
		if (picks->faults[i].reason == SK_LAYOUT_FINE)
			where->place[whole++] = (unsigned short)i;
	note_seen(intake, states, whole);
	kept = sk_where_select(where->conditions, columns, states, where->place, whole);
	memset(where->selected, 0, n * sizeof(*where->selected));
	for (size_t i = 0; i < kept; i++)
		where->selected[where->place[i]] = true;
}
