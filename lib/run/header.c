/* header.c -- the record that names the fields of those after it. */
#include "header.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "intake.h"

#define NAMES_LISTED 32

static bool
is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n';
}

/* The name at the front of ${rest}, which is moved behind it; false when there is no more. */
static bool
next_name(struct sk_span *rest, int delimiter, struct sk_span *name)
{
	bool blanks = delimiter == SK_INTAKE_BLANKS;
	size_t size = 0;

	while (blanks && rest->size > 0 && is_blank(rest->data[0])) {
		rest->data++;
		rest->size--;
	}
	if (rest->data == NULL || (blanks && rest->size == 0))
		return false;
	while (size < rest->size &&
	    !(blanks ? is_blank(rest->data[size]) :
		       rest->data[size] == delimiter))
		size++;
	*name = (struct sk_span){ rest->data, size };
	rest->data = size < rest->size ? rest->data + size + 1 : NULL;
	rest->size -= size < rest->size ? size + 1 : size;
	return true;
}

long
sk_header_find(struct sk_span header, int delimiter, struct sk_span wanted, long *second)
{
	struct sk_span name;
	long first = 0;

	*second = 0;
	for (long number = 1; *second == 0 && next_name(&header, delimiter, &name); number++)
		if (name.size == wanted.size && (name.size == 0 || memcmp(name.data, wanted.data, name.size) == 0))
			*(first == 0 ? &first : second) = number;
	return first;
}

void
sk_header_lacks(const char *input, struct sk_span name, const char *names, struct sk_span nearest)
{
	char missing[SK_DIAG_QUOTE], meant[SK_DIAG_QUOTE];

	sk_diag_quote(missing, name);
	if (names[0] == '\0')
		sk_die("%s: no field %s in the header, which names none", input, missing);
	if (nearest.size == 0)
		sk_die("%s: no field %s in the header, which names %s", input, missing, names);
	sk_die("%s: no field %s in the header, which names %s; did you mean %s?", input, missing, names,
	    sk_diag_quote(meant, nearest));
}

void
sk_header_ambiguous(const char *input, struct sk_span name, long first, long second)
{
	char quoted[SK_DIAG_QUOTE];

	sk_die("%s: the header has %s twice, as fields %ld and %ld; ask for the number", input,
	    sk_diag_quote(quoted, name), first, second);
}

void
sk_header_list(struct sk_span header, int delimiter, char *text, size_t size, struct sk_nearest *nearest)
{
	struct sk_span name;
	size_t used = 0;
	bool full = false;

	text[0] = '\0';
	for (size_t listed = 0; next_name(&header, delimiter, &name); listed++) {
		char quoted[SK_DIAG_QUOTE];

		sk_nearest_try(nearest, name);
		if (full)
			continue;
		full = listed == NAMES_LISTED || used + SK_DIAG_QUOTE + 8 > size;
		used += (size_t)snprintf(text + used, size - used, "%s%s", listed > 0 ? ", " : "",
		    full ? "..." : sk_diag_quote(quoted, name));
	}
}
