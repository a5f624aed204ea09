/* hints.c -- what to ask for instead. */
#include "hints.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../record/number.h"
#include "intake_parts.h"
#include "names.h"
#include "nearest.h"

#define RECORD_MAX ((size_t)1 << 16) /* bytes: longer ones are not kept */
#define LISTED 768                   /* bytes of a list of fields */
#define NEARLY_ALL 20                /* one in so many may be good */

enum sk_hint
sk_hint_of(enum sk_skip_reason reason)
{
	return reason == SK_SKIP_NO_FIELD		 ? SK_HINT_LACKING :
	    reason == SK_SKIP_VALUE_EMPTY	 ? SK_HINT_EMPTY :
	    reason == SK_SKIP_VALUE_NOT_A_NUMBER ? SK_HINT_WORD :
						   SK_HINTS;
}

void
sk_hints_keep(struct sk_hints *hints, enum sk_hint hint, struct sk_span record, uint64_t number)
{
	unsigned char *memory;

	if (hint == SK_HINTS || hints->sample[hint].memory != NULL || record.size > RECORD_MAX)
		return;
	/* Without memory there is no hint. */
	if ((memory = calloc(1, record.size + 2 * SK_SCAN_PAD)) == NULL)
		return;
	if (record.size > 0)
		memcpy(memory + SK_SCAN_PAD, record.data, record.size);
	hints->sample[hint].memory = memory;
	hints->sample[hint].record = (struct sk_span){ memory + SK_SCAN_PAD, record.size };
	hints->sample[hint].number = number;
}

void
sk_hints_release(struct sk_hints *hints)
{
	for (size_t h = 0; h < SK_HINTS; h++)
		free(hints->sample[h].memory);
}

/* Lists of fields */

const char *
sk_hints_field(char text[SK_DIAG_QUOTE], struct sk_span name, long number)
{
	if (name.size > 0)
		return sk_diag_quote(text, name);
	snprintf(text, SK_DIAG_QUOTE, "%ld", number);
	return text;
}

/* A name as -f takes it: one that must be in quotes has its own ones doubled; paths have theirs where they need them, and escapes. */
static const char *
quote_name(char text[SK_DIAG_QUOTE], struct sk_span name)
{
	unsigned char doubled[SK_DIAG_QUOTE];
	size_t size = 0;

	if (name.data[0] == '.' || (name.data[0] != '"' && memchr(name.data, ',', name.size) == NULL))
		return sk_diag_quote(text, name);
	for (size_t i = 0; i < name.size && size < sizeof(doubled) - 1; i++) {
		if (name.data[i] == '"')
			doubled[size++] = '"';
		doubled[size++] = name.data[i];
	}
	return sk_diag_quote(text, (struct sk_span){ doubled, size });
}

static void
append(char list[LISTED], const struct sk_layout_want *want)
{
	size_t used = strlen(list);
	char text[SK_DIAG_QUOTE];

	if (used + 3 * 64 > LISTED) {
		if (strcmp(list + used - 3, "...") != 0)
			strcpy(list + used, ", ...");
		return;
	}
	snprintf(list + used, LISTED - used, "%s%.120s", used > 0 ? ", " : "",
	    want->name.size > 0 ? quote_name(text, want->name) : sk_hints_field(text, want->name, want->number));
}

/* All ${names}, and behind those of a log how many it has without one: in a list they would look like more of the line. */
static void
append_all(char list[LISTED], const struct sk_names *names)
{
	size_t named = 0;

	while (named < names->count && (named == 0 || names->want[named].name.size > 0))
		append(list, &names->want[named++]);
	if (named < names->count && names->want[named - 1].name.size > 0) {
		const size_t used = strlen(list), more = names->count - named;

		snprintf(list + used, LISTED - used, ", and %s%zu for what stands behind",
		    more > 1 ? "the numbers 1 to " : "the number ", more);
		return;
	}
	for (; named < names->count; named++)
		append(list, &names->want[named]);
}

/* The values of ${wants} in ${record}; ${values} and ${states} have room for as many. Their bytes are in *${scratch}, which the caller frees. */
static bool
pick_one(const struct sk_layout *layout, struct sk_span record, struct sk_span *values, unsigned char *states,
    unsigned char **scratch)
{
	struct sk_layout_fault fault;

	*scratch = malloc(sk_layout_scratch(layout, record.size) + 1);
	return *scratch != NULL && sk_layout_pick(layout, &record, 1, 1, *scratch, values, states, &fault) == 0;
}

/* Records that lack a field */

/* The first field that the record lacks, and what stands in for a name that is none. */
static bool
find_lacking(const struct sk_intake *intake, struct sk_span record, struct sk_field *lacking)
{
	const struct sk_fields *lists[] = { &intake->options.items, &intake->options.keys, &intake->options.weights };
	struct sk_span *values = calloc(intake->picks->wants + 1, sizeof(*values));
	unsigned char *states = calloc(intake->picks->wants + 1, 1), *scratch = NULL;
	bool found = false;
	size_t w = 0;

	if (values != NULL && states != NULL && pick_one(intake->layout, record, values, states, &scratch))
		for (size_t l = 0; l < 3; l++)
			for (size_t i = 0; i < lists[l]->count && !found; i++)
				if ((found = states[w++] == SK_LAYOUT_MISSING))
					*lacking = lists[l]->field[i];
	free(values);
	free(states);
	free(scratch);
	return found;
}

/* Try ${name}, and if it is a path of one name in quotes, what is in these: then the path is what is meant. */
static void
try_name(struct sk_nearest *nearest, struct sk_span name)
{
	struct sk_span inner;

	sk_nearest_try(nearest, name);
	if (name.size <= 3 || name.data[0] != '.' || name.data[1] != '"')
		return;
	inner = (struct sk_span){ name.data + 2, name.size - 3 };
	if (memchr(inner.data, '"', inner.size) == NULL)
		sk_nearest_try(nearest, inner);
	if (nearest->best.data == inner.data)
		nearest->best = name;
}

/* A path to a member may have been meant for its name. */
static void
find_nearest(struct sk_nearest *nearest, const struct sk_names *names, struct sk_span name)
{
	for (int trimmed = 0; trimmed < 2; trimmed++) {
		sk_nearest_begin(nearest, name);
		for (size_t i = 0; i < names->count; i++)
			try_name(nearest, names->want[i].name);
		if (nearest->best.size > 0)
			return;
		while (name.size > 0 && (name.data[0] == '$' || name.data[0] == '.'))
			name = (struct sk_span){ name.data + 1, name.size - 1 };
	}
}

/* Say that the record kept for ${hint}, or ${all} of them, have no such field, and which it has. */
static void
report_names(const struct sk_intake *intake, const char *of, enum sk_hint hint, bool all,
    const struct sk_field *lacking)
{
	char list[LISTED] = "", quoted[SK_DIAG_QUOTE], meant[SK_DIAG_QUOTE], guess[SK_DIAG_QUOTE + 32] = "";
	const char *has = list;
	struct sk_nearest nearest;
	struct sk_names names;

	sk_names_find(intake->layout, intake->options.layout, intake->hints.sample[hint].record, &names);
	append_all(list, &names);
	find_nearest(&nearest, &names, lacking->name);
	if (nearest.best.size > 0)
		snprintf(guess, sizeof(guess), "; did you mean %s?", quote_name(meant, nearest.best));
	if (names.count == 0)
		has = names.more ? "others" : "none";
	sk_hints_field(quoted, lacking->name, lacking->number);
	if (all)
		sk_note("%s: no %s has a field %s; %s %" PRIu64 " has %s%s", of, intake->skips.unit, quoted,
		    intake->skips.unit, intake->hints.sample[hint].number, has, guess);
	else
		sk_warn("%s: %s %" PRIu64 " has no field %s; it has %s%s", of, intake->skips.unit,
		    intake->hints.sample[hint].number, quoted, has, guess);
}

static void
report_lacking(const struct sk_intake *intake)
{
	const bool kept = intake->layout != NULL && intake->hints.sample[SK_HINT_LACKING].memory != NULL;
	struct sk_field lacking = { 0 };

	if (kept && find_lacking(intake, intake->hints.sample[SK_HINT_LACKING].record, &lacking))
		report_names(intake, intake->skips.by_reason[SK_SKIP_NO_FIELD].input, SK_HINT_LACKING, false, &lacking);
	else
		sk_warn("%s: no %s has the field asked for", intake->skips.by_reason[SK_SKIP_NO_FIELD].input,
		    intake->skips.unit);
}

/* Any record is an example of those that lack a field that none has. */
static void
report_conditions(const struct sk_intake *intake)
{
	const struct sk_intake_where *where = intake->where;

	for (size_t f = 0; f < where->fields.count; f++)
		if (((where->seen >> f) & 1) == 0)
			report_names(intake, "--where", SK_HINT_CONDITION, true, &where->fields.field[f]);
}

/* Records that are no numbers */

static bool
is_number(struct sk_span text)
{
	double number;

	return sk_number_double(text, &number) == SK_NUMBER_OK && isfinite(number);
}

/* Append the field ${number}, by its name where a header has one. */
static void
append_number(const struct sk_intake *intake, char list[LISTED], long number)
{
	const struct sk_span header = intake->hints.sample[SK_HINT_HEADER].record;
	const struct sk_field field = { .number = number };
	struct sk_layout_want want = { .number = number };
	unsigned char name[SK_DIAG_QUOTE];
	size_t size = sizeof(name);

	if (header.size > 0 && intake->layout == NULL)
		sk_intake_pick_field(intake, &header, 1, field, &want.name);
	else if (header.size > 0 && sk_layout_header_name(intake->layout, header, (size_t)number, name, &size))
		want.name = (struct sk_span){ name, size };
	append(list, &want);
}

/* The fields of a record without a layout that are numbers. */
static void
list_of_line(const struct sk_intake *intake, struct sk_span record, char list[LISTED])
{
	const unsigned char *end = record.data + record.size;
	struct sk_span value = { record.data, 0 };

	for (long number = 1; number <= SK_NAMES_MAX && value.data < end; number++) {
		const struct sk_field field = { .number = number };

		sk_intake_pick_field(intake, &record, 1, field, &value);
		if (is_number(value))
			append_number(intake, list, number);
	}
}

/* The same with a layout. */
static void
list_of_layout(const struct sk_intake *intake, struct sk_span record, char list[LISTED])
{
	const struct sk_layout_options options = { intake->options.layout, (unsigned char)intake->options.delimiter,
		intake->options.end, 0 };
	struct sk_span values[SK_NAMES_MAX];
	unsigned char states[SK_NAMES_MAX], *scratch = NULL;
	struct sk_layout *layout;
	struct sk_names names;
	const char *why;
	size_t which;

	sk_names_find(intake->layout, intake->options.layout, record, &names);
	if ((layout = sk_layout_new(&options, names.want, names.count, &why, &which)) == NULL)
		return;
	if (pick_one(layout, record, values, states, &scratch))
		for (size_t i = 0; i < names.count; i++)
			if (states[i] == SK_LAYOUT_VALUE && is_number(values[i])) {
				if (names.want[i].name.size > 0)
					append(list, &names.want[i]);
				else
					append_number(intake, list, names.want[i].number);
			}
	free(scratch);
	sk_layout_free(layout);
}

static void
report_number(const struct sk_intake *intake, enum sk_hint hint, enum sk_skip_reason reason)
{
	const struct sk_fields *items = &intake->options.items;
	const struct sk_span record = intake->hints.sample[hint].record;
	char list[LISTED] = "", quoted[SK_DIAG_QUOTE], what[SK_DIAG_QUOTE + 16] = "";

	if (intake->layout != NULL)
		list_of_layout(intake, record, list);
	else
		list_of_line(intake, record, list);
	if (items->count == 1)
		snprintf(what, sizeof(what), "field %s of ",
		    sk_hints_field(quoted, items->field[0].name, items->field[0].number));
	sk_note("%s: %s%s %" PRIu64 " is %s; %s%s%s", intake->skips.by_reason[reason].input, what, intake->skips.unit,
	    intake->hints.sample[hint].number, hint == SK_HINT_EMPTY ? "empty, and no number" : "not a number",
	    list[0] == '\0' ? "none of its fields is" : strchr(list, ',') != NULL ? "fields " : "field ", list,
	    list[0] == '\0' ? "" : strchr(list, ',') != NULL ? " are" : " is");
}

void
sk_hints_report(const struct sk_intake *intake)
{
	const struct sk_hints *hints = &intake->hints;
	uint64_t empty = intake->skips.by_reason[SK_SKIP_VALUE_EMPTY].count;
	uint64_t words = intake->skips.by_reason[SK_SKIP_VALUE_NOT_A_NUMBER].count;
	bool is_word = words >= empty;
	enum sk_hint hint = is_word ? SK_HINT_WORD : SK_HINT_EMPTY;

	if (hints->sample[SK_HINT_CONDITION].memory != NULL)
		report_conditions(intake);
	if (sk_intake_lacks(intake))
		report_lacking(intake);
	if (empty + words > 0 && (empty + words) / (NEARLY_ALL - 1) >= hints->used &&
	    hints->sample[hint].memory != NULL)
		report_number(intake, hint, is_word ? SK_SKIP_VALUE_NOT_A_NUMBER : SK_SKIP_VALUE_EMPTY);
}
