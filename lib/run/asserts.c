/* asserts.c -- what must be true of an answer. */
#include "asserts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../record/number.h"
#include "cell.h"
#include "../pipe/key.h"
#include "diag.h"
#include "when.h"

#define KEYS_NAMED 3 /* of one answer, for each expression */
#define RECORDS (-2) /* in the place of one of the aggregate's measures */
#define NAME_MAX_SIZE 32
#define WHERE_SIZE (SK_DIAG_QUOTE + 2 * SK_WHEN_SIZE + 16)

enum relation { BELOW, AT_MOST, ABOVE, AT_LEAST, EQUAL, UNEQUAL };

/* The longer ones first, as one may begin with another. */
static const struct {
	const char *sign;
	enum relation relation;
} signs[] = { { "<=", AT_MOST }, { ">=", AT_LEAST }, { "==", EQUAL }, { "!=", UNEQUAL }, { "<", BELOW },
	{ ">", ABOVE }, { "=", EQUAL } };

/* What something is when it is to be so, and when it is not. */
static const char *const words[] = {
	[BELOW] = "below ",
	[AT_MOST] = "at most ",
	[ABOVE] = "above ",
	[AT_LEAST] = "at least ",
	[EQUAL] = "",
	[UNEQUAL] = "other than ",
};

struct assertion {
	char name[NAME_MAX_SIZE];
	int measure;      /* the aggregate's, or RECORDS */
	double parameter; /* of it */
	enum relation relation;
	double bound;
	const char *bound_text; /* as it was written */
	bool percent;
	size_t failed; /* keys of the answer at hand */
};

struct sk_asserts {
	const struct sk_aggregate_class *class;
	struct assertion assertion[SK_ASSERTS_MAX];
	size_t count;
	bool checked; /* some answer has been */
	bool failed;
};

/* Reading */

static _Noreturn void
refuse(const char *text, const char *why)
{
	char quoted[SK_DIAG_QUOTE];

	sk_die("--assert: %s: %s",
	    sk_diag_quote(quoted, (struct sk_span){ (const unsigned char *)text, strlen(text) }), why);
}

static _Noreturn void
refuse_name(const char *text, const struct sk_aggregate_class *class)
{
	char why[256];

	snprintf(why, sizeof(why), "what there is to assert: %s records", class->measures);
	refuse(text, why);
}

/* The number behind the relation: a per cent is read as an exponent, for 99.9 / 100 is not quite 0.999. */
static bool
read_bound(struct assertion *assertion, const char *text)
{
	const size_t length = strlen(text);
	char number[64];

	assertion->bound_text = text;
	assertion->percent = length > 0 && text[length - 1] == '%';
	if (length == 0 || length + 4 > sizeof(number))
		return false;
	memcpy(number, text, length + 1);
	if (assertion->percent && strcspn(text, "eE") < length)
		return false;
	if (assertion->percent)
		memcpy(number + length - 1, "e-2", sizeof("e-2"));
	return sk_number_double((struct sk_span){ (unsigned char *)number, strlen(number) },
		   &assertion->bound) == SK_NUMBER_OK &&
	    !isnan(assertion->bound);
}

static void
find_measure(struct assertion *assertion, const struct sk_aggregate_class *class, const char *text)
{
	if (strcmp(assertion->name, "records") == 0)
		assertion->measure = RECORDS;
	else
		assertion->measure =
		    class->find_measure(class, assertion->name, &assertion->parameter);
	if (assertion->measure == -1)
		refuse_name(text, class);
}

static void
read_assertion(
    struct assertion *assertion, const char *text, const struct sk_aggregate_class *class)
{
	const size_t blanks = strspn(text, " "), length = strcspn(text + blanks, " <>=!");
	const char *rest = text + blanks + length;
	size_t i = 0;

	if (length >= sizeof(assertion->name))
		refuse_name(text, class);
	memcpy(assertion->name, text + blanks, length);
	assertion->name[length] = '\0';
	rest += strspn(rest, " ");
	while (i < sizeof(signs) / sizeof(*signs) &&
	    strncmp(rest, signs[i].sign, strlen(signs[i].sign)) != 0)
		i++;
	if (length == 0 || i == sizeof(signs) / sizeof(*signs))
		refuse(text, "wanted is a name, one of < <= > >= = != and a number");
	assertion->relation = signs[i].relation;
	rest += strlen(signs[i].sign);
	if (!read_bound(assertion, rest + strspn(rest, " ")))
		refuse(text, "that ends in no number");
	find_measure(assertion, class, text);
}

struct sk_asserts *
sk_asserts_new(const char *const *texts, size_t n, const struct sk_aggregate_class *class)
{
	struct sk_asserts *asserts;

	if (n == 0)
		return NULL;
	if (class->measure == NULL)
		sk_die("--assert: there is nothing to assert of this answer");
	if ((asserts = calloc(1, sizeof(*asserts))) == NULL)
		sk_die("out of memory");
	asserts->class = class;
	for (; asserts->count < n; asserts->count++)
		read_assertion(
		    &asserts->assertion[asserts->count], texts[asserts->count], class);
	return asserts;
}

void
sk_asserts_free(struct sk_asserts *asserts)
{
	free(asserts);
}

/* Checking */

/* Whether the relation is true of ${value}. */
static bool
is_true(const struct assertion *assertion, double value)
{
	switch (assertion->relation) {
	case BELOW:
		return value < assertion->bound;
	case AT_MOST:
		return value <= assertion->bound;
	case ABOVE:
		return value > assertion->bound;
	case AT_LEAST:
		return value >= assertion->bound;
	case EQUAL:
		return value == assertion->bound;
	case UNEQUAL:
		return value != assertion->bound;
	}
	return false;
}

/* Whether it is true of all, or of none, that lies between the bounds. */
static bool
is_sure(const struct assertion *assertion, const struct sk_measure *found, bool truth)
{
	const bool within = found->low <= assertion->bound && assertion->bound <= found->high;
	const bool one = found->low == found->high;

	if (assertion->relation == EQUAL || assertion->relation == UNEQUAL)
		return (assertion->relation == EQUAL) == truth ? within && one : !within;
	return is_true(assertion, found->low) == truth && is_true(assertion, found->high) == truth;
}

static const char *
number_text(char text[SK_CELL_SIZE], const struct assertion *assertion, double value)
{
	static const struct sk_column column = { .kind = SK_COLUMN_DOUBLE };
	size_t whole;

	if (assertion->percent)
		snprintf(text, SK_CELL_SIZE, "%.4g%%", value * 100);
	else
		text[sk_cell_format(
		    text, &column, &(struct sk_cell){ .value = value }, false, &whole)] = '\0';
	return text;
}

static void
say(const struct assertion *assertion, const struct sk_measure *found, const char *where)
{
	const char *word = words[assertion->relation];
	char text[3][SK_CELL_SIZE], bounds[2 * SK_CELL_SIZE + 8] = "";

	if (isnan(found->value)) {
		sk_warn("%s%s is not %s%s: %s", where, assertion->name, word, assertion->bound_text,
		    found->missing);
		return;
	}
	if (isinf(found->high) && found->low < found->high)
		snprintf(bounds, sizeof(bounds), " (or more)");
	else if (found->low < found->high)
		snprintf(bounds, sizeof(bounds), " (%s to %s)",
		    number_text(text[1], assertion, found->low),
		    number_text(text[2], assertion, found->high));
	sk_warn("%s%s is %s%s, %s%s%s", where, assertion->name,
	    number_text(text[0], assertion, found->value), bounds,
	    is_sure(assertion, found, false) ? "not " : "and may not be ", word,
	    assertion->bound_text);
}

static struct sk_measure
measure(const struct assertion *assertion, const struct sk_group *group)
{
	const double records = (double)group->records;

	if (assertion->measure == RECORDS)
		return (struct sk_measure){ .value = records, .low = records, .high = records };
	return group->aggregate->class->measure(
	    group->aggregate, assertion->measure, assertion->parameter);
}

/* Add the parts of ${key} to ${where}, as far as there is room. */
static void
name_key(char where[WHERE_SIZE], struct sk_span key, size_t parts)
{
	char quoted[SK_DIAG_QUOTE];

	for (size_t i = 0; i < parts; i++) {
		const size_t used = strlen(where);

		snprintf(where + used, WHERE_SIZE - used, "%s%s", sk_diag_quote(quoted, sk_key_part(&key, i + 1 == parts)),
		    i + 1 < parts ? ", " : ": ");
	}
}

/* Which answer this is: of a window, of its key, of a key; ${group} only matters where keys have parts. */
static void
name_place(char where[WHERE_SIZE], const struct sk_report_window *window, const struct sk_group *group,
    size_t key_parts)
{
	char times[2][SK_WHEN_SIZE];

	where[0] = '\0';
	if (window != NULL && window->counted)
		snprintf(where, WHERE_SIZE, "%lld to %lld: ",
		    (long long)window->start, (long long)window->end);
	else if (window != NULL)
		snprintf(where, WHERE_SIZE, "%.*s to %.*s: ",
		    (int)sk_when_format(window->start, times[0]), times[0],
		    (int)sk_when_format(window->end, times[1]), times[1]);
	if (window != NULL)
		name_key(where, window->key, window->key_parts);
	if (key_parts > 0)
		name_key(where, group->key, key_parts);
}

static void
check_group(struct sk_asserts *asserts, const struct sk_group *group,
    const struct sk_report_window *window, size_t key_parts)
{
	char where[WHERE_SIZE];

	for (size_t i = 0; i < asserts->count; i++) {
		struct assertion *assertion = &asserts->assertion[i];
		const struct sk_measure found = measure(assertion, group);

		if (!isnan(found.value) && is_sure(assertion, &found, true))
			continue;
		asserts->failed = true;
		if (assertion->failed++ >= KEYS_NAMED)
			continue;
		name_place(where, window, group, key_parts);
		say(assertion, &found, where);
	}
}

void
sk_asserts_check(
    struct sk_asserts *asserts, struct sk_groups *groups, size_t key_parts, const struct sk_report_window *window)
{
	const struct sk_group *group;
	char where[WHERE_SIZE];
	size_t count;

	if (asserts == NULL || (count = sk_groups_count(groups)) == 0)
		return;
	asserts->checked = true;
	group = sk_groups_sort(groups);
	for (size_t i = 0; i < count; i++)
		check_group(asserts, &group[i], window, key_parts);
	name_place(where, window, NULL, 0);
	for (size_t i = 0; i < asserts->count; i++) {
		struct assertion *assertion = &asserts->assertion[i];

		if (assertion->failed > KEYS_NAMED)
			sk_warn("%s%s is not %s%s for %zu of %zu keys", where, assertion->name,
			    words[assertion->relation], assertion->bound_text, assertion->failed,
			    count);
		assertion->failed = 0;
	}
}

bool
sk_asserts_end(struct sk_asserts *asserts)
{
	struct sk_group nothing = { .records = 0 };

	if (asserts == NULL)
		return true;
	if (asserts->checked)
		return !asserts->failed;
	nothing.aggregate =
	    asserts->class->create(asserts->class, asserts->class->memory_min, 0);
	if (nothing.aggregate == NULL)
		sk_die("out of memory");
	check_group(asserts, &nothing, NULL, 0);
	asserts->class->destroy(nothing.aggregate);
	return !asserts->failed;
}
