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
#include "nearest.h"
#include "when.h"

#define KEYS_NAMED 3 /* of one answer, for each expression */
#define RECORDS (-2) /* in the place of one of the aggregate's measures */
#define NAME_MAX_SIZE 32
#define WANTED "wanted is a name, one of < <= > >= = != and a number"
#define WHERE_SIZE (SK_DIAG_QUOTE + 2 * SK_WHEN_SIZE + 16)

enum relation { BELOW, AT_MOST, ABOVE, AT_LEAST, EQUAL, UNEQUAL };

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

/* Try the names in ${measures} that there are: those near the word, and those that end in it behind a point. */
static void
try_names(struct sk_nearest *nearest, const char *measures)
{
	const struct sk_span word = nearest->word;

	for (const char *at = measures; *at != '\0'; at += strspn(at, " ")) {
		const struct sk_span name = { (const unsigned char *)at, strcspn(at, " ") };

		at += name.size;
		if (name.data[0] == '(' || name.data[name.size - 1] == ')')
			continue; /* a remark */
		sk_nearest_try(nearest, name);
		if (word.size > 0 && strchr("0123456789", word.data[0]) == NULL && name.size > word.size + 1 &&
		    name.data[name.size - word.size - 1] == '.' &&
		    memcmp(name.data + name.size - word.size, word.data, word.size) == 0)
			nearest->best = name;
	}
}

/* Try p and the digits of the word: of quantiles there are too many for a list. The median is one, and not near its name. */
static void
try_quantile(struct sk_nearest *nearest, const struct sk_aggregate_class *class, char name[NAME_MAX_SIZE])
{
	static const char median[] = "median", middle[] = "50";
	struct sk_span word = nearest->word;
	double parameter;
	size_t from = 0, n = 0;

	if (word.size == sizeof(median) - 1 && memcmp(word.data, median, word.size) == 0)
		nearest->word = word = (struct sk_span){ (const unsigned char *)middle, sizeof(middle) - 1 };
	while (from < word.size && (word.data[from] < '0' || word.data[from] > '9'))
		from++;
	name[n++] = 'p';
	while (from < word.size && n + 1 < NAME_MAX_SIZE &&
	    (word.data[from] == '.' || (word.data[from] >= '0' && word.data[from] <= '9')))
		name[n++] = (char)word.data[from++];
	name[n] = '\0';
	if (class->find_measure(class, name, &parameter) != -1)
		sk_nearest_try(nearest, (struct sk_span){ (unsigned char *)name, n });
}

static _Noreturn void
refuse_name(const char *text, struct sk_span name, const struct sk_aggregate_class *class)
{
	static const char records[] = "records";
	char why[384], quantile[NAME_MAX_SIZE];
	struct sk_nearest nearest;
	int used;

	sk_nearest_begin(&nearest, name);
	try_quantile(&nearest, class, quantile);
	try_names(&nearest, class->measures);
	try_names(&nearest, records);
	used = snprintf(why, sizeof(why), "what there is to assert: %s %s", class->measures, records);
	if (nearest.best.size > 0)
		snprintf(why + used, sizeof(why) - (size_t)used, "; did you mean %.*s?", (int)nearest.best.size,
		    (const char *)nearest.best.data);
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
		refuse_name(text, (struct sk_span){ (unsigned char *)assertion->name, strlen(assertion->name) }, class);
}

/* The relation that ${text} begins with, which may be one that other languages write otherwise. Returns its length. */
static size_t
read_relation(struct assertion *assertion, const char *text, const char *whole)
{
	static const char *const mistakes[][2] = { { "=>", ">=" }, { "=<", "<=" }, { "<>", "!=" }, { "===", "==" }, { "!==", "!=" } };
	const size_t length = strspn(text, "<>=!");
	char why[64];

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strlen(signs[i].sign) == length && strncmp(text, signs[i].sign, length) == 0) {
			assertion->relation = signs[i].relation;
			return length;
		}
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++)
		if (strlen(mistakes[i][0]) == length && strncmp(text, mistakes[i][0], length) == 0) {
			snprintf(why, sizeof(why), "there is no %s; did you mean %s?", mistakes[i][0], mistakes[i][1]);
			refuse(whole, why);
		}
	refuse(whole, WANTED);
}

/* A share that is to be below 50, or above, would be so for ever, or never. */
static void
check_share(const struct assertion *assertion, const struct sk_aggregate_class *class, const char *text)
{
	char why[NAME_MAX_SIZE + 96 + 64];
	int used;

	if (class->share == NULL || strcmp(assertion->name, class->share) != 0 ||
	    (assertion->bound >= 0 && assertion->bound <= 1))
		return;
	used = snprintf(why, sizeof(why), "%s is a part of 1, or of 100%%", assertion->name);
	if (!assertion->percent && assertion->bound > 1 && assertion->bound <= 100 &&
	    strcspn(assertion->bound_text, "eE") == strlen(assertion->bound_text))
		snprintf(why + used, sizeof(why) - (size_t)used, "; did you mean %s%%?", assertion->bound_text);
	refuse(text, why);
}

static void
read_assertion(
    struct assertion *assertion, const char *text, const struct sk_aggregate_class *class)
{
	const size_t blanks = strspn(text, " "), length = strcspn(text + blanks, " <>=!");
	const char *rest = text + blanks + length;

	if (length >= sizeof(assertion->name))
		refuse_name(text, (struct sk_span){ (const unsigned char *)text + blanks, length }, class);
	memcpy(assertion->name, text + blanks, length);
	assertion->name[length] = '\0';
	rest += strspn(rest, " ");
	if (length == 0)
		refuse(text, WANTED);
	rest += read_relation(assertion, rest, text);
	if (!read_bound(assertion, rest + strspn(rest, " ")))
		refuse(text, "that ends in no number");
	find_measure(assertion, class, text);
	check_share(assertion, class, text);
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
