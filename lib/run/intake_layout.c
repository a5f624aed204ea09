/*
 * intake_layout.c -- the columns of records that have a layout.
 *
 * All fields of a batch are picked at once. Records that are malformed, or lack a field, leave gaps, which are closed before
 * anything else looks at the columns; what is then record i was record place[i].
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "intake_parts.h"
#include "names.h"
#include "nearest.h"

#define NAMES_TRIED ((size_t)1000) /* finding each means passing all before it */
#define WANTS_MAX (3 * SK_FIELDS_MAX + SK_WHERE_MAX)

static size_t
append_wants(struct sk_layout_want *wants, size_t n, const struct sk_fields *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct sk_field *field = &fields->field[i];

		wants[n++] = (struct sk_layout_want){ field->name, field->number, field->rest };
	}
	return n;
}

/* Which of the ${n} ${wants} ${field} is; ${n}: none. */
static size_t
find_want(const struct sk_layout_want *wants, size_t n, const struct sk_field *field)
{
	for (size_t i = 0; i < n; i++) {
		const struct sk_field wanted = { wants[i].number, wants[i].rest, wants[i].name };

		if (sk_field_equal(&wanted, field))
			return i;
	}
	return n;
}

/*
 * All that is wanted of a record; how many wants. Conditions want what others do, where that is the same, and then more: their
 * field f is number ${of_where}[f] (NULL: nobody asks).
 */
static size_t
collect_wants(const struct sk_intake_options *options, struct sk_layout_want *wants, size_t *of_where)
{
	const struct sk_fields *where = sk_where_fields(options->where);
	size_t n = append_wants(wants, 0, &options->items), want;

	n = append_wants(wants, n, &options->keys);
	n = append_wants(wants, n, &options->weights);
	for (size_t f = 0; f < where->count; f++) {
		const struct sk_field *field = &where->field[f];

		if ((want = find_want(wants, n, field)) == n)
			wants[n++] = (struct sk_layout_want){ field->name, field->number, field->rest };
		if (of_where != NULL)
			of_where[f] = want;
	}
	return n;
}

void
sk_intake_layout_wants(const struct sk_intake_options *options, size_t of_where[SK_WHERE_MAX])
{
	struct sk_layout_want wants[WANTS_MAX];

	collect_wants(options, wants, of_where);
}

struct sk_layout *
sk_intake_layout_new(const struct sk_intake_options *options)
{
	struct sk_layout_want wants[WANTS_MAX];
	struct sk_layout_options layout = { options->layout, (unsigned char)options->delimiter, options->end,
		options->record_max < SK_INTAKE_QUOTE_MAX ? options->record_max : SK_INTAKE_QUOTE_MAX };
	char quoted[SK_DIAG_QUOTE], number[32], meant[SK_DIAG_QUOTE];
	struct sk_layout *made;
	size_t n = sk_layout_is_text(options->layout) ? collect_wants(options, wants, NULL) : 0, which;
	const char *why;

	made = sk_layout_new(&layout, wants, n, &why, &which);
	if (made == NULL && errno == ENOMEM)
		sk_die("out of memory");
	if (made == NULL) {
		struct sk_span name = wants[which].name, nearest = sk_names_nearest(layout.kind, name);

		if (nearest.size > 0)
			sk_die("--input %s: field %s: %s; did you mean %s?", sk_layout_name(layout.kind),
			    sk_diag_quote(quoted, name), why, sk_diag_quote(meant, nearest));
		if (name.size == 0)
			name = (struct sk_span){ (unsigned char *)number,
				(size_t)snprintf(number, sizeof(number), "%ld", wants[which].number) };
		sk_die("--input %s: field %s: %s", sk_layout_name(layout.kind), sk_diag_quote(quoted, name), why);
	}
	return made;
}

struct sk_intake_picks *
sk_intake_picks_new(const struct sk_intake_options *options)
{
	struct sk_layout_want wanted[WANTS_MAX];
	size_t wants = collect_wants(options, wanted, NULL);
	struct sk_intake_picks *picks = calloc(1, sizeof(*picks));

	if (picks == NULL)
		return NULL;
	picks->wants = wants;
	picks->needed = options->items.count + options->keys.count + options->weights.count;
	picks->values = malloc((wants + 1) * SK_BATCH * sizeof(*picks->values));
	picks->states = malloc((wants + 1) * SK_BATCH);
	if (picks->values != NULL && picks->states != NULL)
		return picks;
	sk_intake_picks_free(picks);
	return NULL;
}

void
sk_intake_picks_free(struct sk_intake_picks *picks)
{
	if (picks == NULL)
		return;
	free(picks->values);
	free(picks->states);
	free(picks->unescaped.bytes);
	free(picks);
}

/* The header */

static _Noreturn void
die_of_header(const struct sk_intake *intake, struct sk_span header, size_t want)
{
	struct sk_layout_want wants[WANTS_MAX];
	char quoted[SK_DIAG_QUOTE], names[1024] = "";
	unsigned char name[256], best[SK_NEAREST_MAX];
	size_t used = 0, size = sizeof(name);
	struct sk_nearest nearest;
	bool full = false;

	collect_wants(&intake->options, wants, NULL);
	sk_nearest_begin(&nearest, wants[want].name);
	for (size_t i = 1; i <= NAMES_TRIED && sk_layout_header_name(intake->layout, header, i, name, &size); i++) {
		sk_nearest_try(&nearest, (struct sk_span){ name, size });
		if (nearest.best.data == name)
			nearest.best.data = memcpy(best, name, size); /* no longer than names that are compared */
		if (!full) {
			full = used + SK_DIAG_QUOTE + 8 > sizeof(names);
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i > 1 ? ", " : "",
			    full ? "..." : sk_diag_quote(quoted, (struct sk_span){ name, size }));
		}
		size = sizeof(name);
	}
	sk_header_lacks(intake->input, wants[want].name, names, nearest.best);
}

void
sk_intake_layout_header(struct sk_intake *intake, struct sk_span header)
{
	struct sk_layout_want wants[WANTS_MAX];
	size_t want = sk_layout_header(intake->layout, header);
	long first, second;

	if (want < intake->picks->wants)
		die_of_header(intake, header, want);
	if (sk_layout_header_twice(intake->layout, &want, &first, &second)) {
		collect_wants(&intake->options, wants, NULL);
		sk_header_ambiguous(intake->input, wants[want].name, first, second);
	}
}

/* Columns */

/* Room for what is unescaped of ${n} records; NULL if there is too little. What counts is a matter of the records alone. */
static unsigned char *
room_for(struct sk_intake *intake, size_t n, size_t *size)
{
	struct sk_intake_picks *picks = intake->picks;
	size_t bytes = 0, pad;

	for (size_t i = 0; i < n; i++)
		bytes += intake->records[i].size;
	*size = sk_layout_scratch(intake->layout, bytes);
	pad = *size - picks->wants * bytes;
	picks->unescaped.needed -= pad;
	return sk_intake_room(intake, &picks->unescaped, *size);
}

/* A reader keeps all its batches in one room: give back what was not needed of ${size} bytes. */
static void
give_back_room(struct sk_intake *intake, const unsigned char *scratch, size_t size, size_t n)
{
	const unsigned char *end = scratch;

	if (intake->notes == NULL)
		return;
	for (size_t w = 0; w < intake->picks->wants; w++)
		for (size_t i = 0; i < n; i++) {
			struct sk_span value = intake->picks->values[w * SK_BATCH + i];

			if (value.data >= scratch && value.data <= scratch + size && value.data + value.size > end)
				end = value.data + value.size;
		}
	intake->room -= size - (size_t)(end - scratch);
	intake->room_left += size - (size_t)(end - scratch);
}

/* A line of json or logfmt with nothing on it is no record, but stands between some. */
static bool
is_blank(const struct sk_intake *intake, size_t i)
{
	const struct sk_span record = intake->records[i];
	enum sk_layout_kind kind;
	size_t at = 0;

	/* Hardly any record begins so, and this is asked of each. */
	if (record.size > 0 && record.data[0] > ' ')
		return false;
	kind = sk_layout_kind(intake->layout);
	if (kind != SK_LAYOUT_JSON && kind != SK_LAYOUT_LOGFMT)
		return false;
	while (at < record.size && record.data[at] != '\0' && strchr(" \t\r\n", record.data[at]) != NULL)
		at++;
	return at == record.size;
}

/* What is wrong with a record; SK_SKIP_REASONS: nothing is, or it is not meant and nobody asks. */
static enum sk_skip_reason
trouble_with(const struct sk_intake *intake, size_t i)
{
	const struct sk_intake_picks *picks = intake->picks;
	const size_t items = intake->items.fields.count;

	if (is_blank(intake, i))
		return SK_SKIP_REASONS;
	if (picks->faults[i].reason != SK_LAYOUT_FINE)
		return SK_SKIP_MALFORMED + (enum sk_skip_reason)picks->faults[i].reason;
	if (intake->where != NULL && !intake->where->selected[i])
		return SK_SKIP_REASONS;
	for (size_t w = 0; w < picks->needed; w++) {
		struct sk_span value = picks->values[w * SK_BATCH + i];
		bool joined = w + 1 < items; /* keys may have any bytes */

		if (picks->states[w * SK_BATCH + i] == SK_LAYOUT_MISSING)
			return SK_SKIP_NO_FIELD;
		if (joined && value.size > 0 && memchr(value.data, intake->separator, value.size) != NULL)
			return SK_SKIP_SEPARATOR;
	}
	return SK_SKIP_REASONS;
}

/* Find the records that are meant and can be used. */
static void
find_good(struct sk_intake *intake, size_t n)
{
	const struct sk_intake_where *where = intake->where;
	struct sk_intake_picks *picks = intake->picks;
	size_t good = 0;

	picks->first_bad = n;
	for (size_t i = 0; i < n; i++) {
		if (trouble_with(intake, i) == SK_SKIP_REASONS) {
			picks->place[good] = (unsigned short)i;
			good += (where == NULL || where->selected[i]) && !is_blank(intake, i);
			continue;
		}
		/* The run ends here: nothing behind it may be found wrong before. */
		if (intake->options.strict) {
			picks->first_bad = i;
			break;
		}
		picks->first_bad = picks->first_bad == n ? i : picks->first_bad;
	}
	picks->good = good;
}

/* Copy the values of the records that can be used. */
static void
fill(const struct sk_intake_picks *picks, const struct sk_span *values, struct sk_span *column)
{
	for (size_t i = 0; i < picks->good; i++)
		column[i] = values[picks->place[i]];
}

static void
fill_picked(struct sk_intake *intake, struct sk_intake_picked *picked, size_t first_want)
{
	const struct sk_span *values = intake->picks->values + first_want * SK_BATCH;
	size_t count = picked->fields.count;

	if (count == 1)
		fill(intake->picks, values, picked->column);
	for (size_t part = 0; count > 1 && part < count; part++)
		fill(intake->picks, values + part * SK_BATCH, picked->part + part * SK_BATCH);
}

size_t
sk_intake_layout_pick(struct sk_intake *intake, size_t n)
{
	struct sk_intake_picks *picks = intake->picks;
	size_t items = intake->items.fields.count, keys = intake->keys.fields.count, size;
	unsigned char *scratch = room_for(intake, n, &size);

	picks->good = 0;
	picks->first_bad = n;
	if (scratch == NULL)
		return 0;
	sk_layout_pick(intake->layout, intake->records, n, SK_BATCH, scratch, picks->values, picks->states,
	    picks->faults);
	give_back_room(intake, scratch, size, n);
	if (intake->where != NULL)
		sk_intake_where_layout(intake, n);
	find_good(intake, n);
	fill_picked(intake, &intake->items, 0);
	fill_picked(intake, &intake->keys, items);
	fill_picked(intake, &intake->weights, items + keys);
	fill(picks, intake->records, picks->records);
	return picks->good;
}

void
sk_intake_layout_skip(struct sk_intake *intake, size_t n)
{
	struct sk_intake_picks *picks = intake->picks;

	for (size_t i = picks->first_bad; i < n; i++) {
		enum sk_skip_reason reason = trouble_with(intake, i);

		if (reason != SK_SKIP_REASONS)
			sk_intake_skip_record(intake, reason, i, intake->records[i]);
	}
}

size_t
sk_intake_layout_uncount(struct sk_intake *intake, size_t good, size_t cut)
{
	struct sk_intake_picks *picks = intake->picks;
	size_t n = good < picks->good ? picks->place[good] : cut;

	for (size_t i = n; i < cut; i++)
		picks->unescaped.needed -= picks->wants * intake->records[i].size;
	return n;
}
