/*
 * fields.h -- lists of fields as options name them: "7", "-1", "1,9", "2-4", "5-", "status,path".
 *
 * Fields count from 1 at the front and from -1 at the back. "2-4" is 2,3,4; "5-" is one field, from the fifth to the
 * record's end with the separators in it. Anything that is not a number or a range is a name, which the first record
 * of an input must hold; or, beginning with a dot, a path into JSON, in quotes of which commas separate nothing. A name in double
 * quotes, within which a quote is doubled, may be any text: "\"a,b\"", "\"7\"".
 */
#ifndef STREAMKIT_RUN_FIELDS_H
#define STREAMKIT_RUN_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"

#define SK_FIELDS_MAX 64
#define SK_FIELD_NUMBER_MAX 1000000

struct sk_field {
	long number;      /* 0 while only the name is known */
	bool rest;        /* and everything behind it */
	struct sk_span name; /* as the option gives it, empty for numbers; borrowed from the option's text */
};

struct sk_fields {
	size_t count; /* 0 stands for the whole record */
	struct sk_field field[SK_FIELDS_MAX];
};

/*
 * Read the list ${text}, which is borrowed for as long as ${fields} is used; a name with doubled quotes has memory of its own, which
 * stays for ever. Returns NULL, or what is wrong with it, a string for ever.
 */
const char *sk_fields_parse(const char *text, struct sk_fields *fields);

/* Whether two fields are the same as far as lists say: a name may turn out to be a number's. */
bool sk_field_equal(const struct sk_field *a, const struct sk_field *b);

/* Whether any field is known by its name only. */
bool sk_fields_named(const struct sk_fields *fields);

#endif
