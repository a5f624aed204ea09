/* fields.c -- lists of fields. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* The number at the front of *${text}, which is moved behind it; 0 if there is none or it is too large. */
static long
take_number(const char **text)
{
	long number = 0;

	for (; is_digit(**text); ++*text)
		number = number > SK_FIELD_NUMBER_MAX ? number : number * 10 + (**text - '0');
	return number > SK_FIELD_NUMBER_MAX ? 0 : number;
}

static const char *
append(struct sk_fields *fields, struct sk_field field)
{
	if (fields->count == SK_FIELDS_MAX)
		return "too many fields";
	fields->field[fields->count++] = field;
	return NULL;
}

/* "N", "-N", "N-M" or "N-", up to ${end}; *${is_name} if it is none of them. */
static const char *
parse_numbers(const char *text, const char *end, struct sk_fields *fields, bool *is_name)
{
	bool back = *text == '-';
	const char *at = text + back;
	long first = take_number(&at), last = first;
	bool rest = false;

	*is_name = !is_digit(text[back]);
	if (!*is_name && !back && *at == '-') {
		at++;
		rest = at == end;
		if (!rest)
			last = take_number(&at);
	}
	*is_name = *is_name || at != end;
	if (*is_name)
		return NULL;
	if (first == 0 || last == 0)
		return "fields are numbered from 1 (or -1, from the end) to 1000000";
	if (last < first)
		return "a range runs from the smaller number to the larger";
	for (long number = first; number <= last; number++) {
		struct sk_field field = { back ? -number : number, rest, { NULL, 0 } };
		const char *trouble = append(fields, field);

		if (trouble != NULL)
			return trouble;
	}
	return NULL;
}

/* The quote that closes the name in quotes at ${text}, or the text's end. */
static const char *
closing_quote(const char *text)
{
	for (text++; *text != '\0' && (*text != '"' || text[1] == '"'); text++)
		if (*text == '"')
			text++;
	return text;
}

/* The end of the list's first field. */
static const char *
end_of_field(const char *text)
{
	bool path = *text == '.', quoted = false;

	if (*text == '"') {
		text = closing_quote(text);
		return text + strcspn(text, ",");
	}
	for (; *text != '\0' && (quoted || *text != ','); text++)
		if (path && *text == '"')
			quoted = !quoted;
		else if (quoted && *text == '\\' && text[1] != '\0')
			text++;
	return text;
}

/* Lists are read once for each option: what few need may stay. */
static const char *
unquote(const char *text, size_t size, struct sk_span *name)
{
	unsigned char *memory, *to;

	*name = (struct sk_span){ (const unsigned char *)text, size };
	if (memchr(text, '"', size) == NULL)
		return NULL;
	if ((memory = to = malloc(size)) == NULL)
		return "out of memory";
	for (size_t i = 0; i < size; i++) {
		*to++ = (unsigned char)text[i];
		i += text[i] == '"';
	}
	*name = (struct sk_span){ memory, (size_t)(to - memory) };
	return NULL;
}

/* The name that is ${text}, up to ${end}. */
static const char *
parse_name(const char *text, const char *end, struct sk_fields *fields)
{
	struct sk_field field = { 0, false, { (const unsigned char *)text, (size_t)(end - text) } };
	const char *trouble;

	if (*text == '"') {
		const char *quote = closing_quote(text);

		if (*quote == '\0')
			return "a quote is not closed";
		if (quote + 1 != end)
			return "there is text behind the quotes";
		if (quote == text + 1)
			return "a field is missing";
		if ((trouble = unquote(text + 1, (size_t)(quote - text - 1), &field.name)) != NULL)
			return trouble;
	}
	return append(fields, field);
}

const char *
sk_fields_parse(const char *text, struct sk_fields *fields)
{
	fields->count = 0;
	for (;;) {
		const char *end = end_of_field(text);
		const char *trouble;
		bool is_name;

		if (end == text)
			return "a field is missing";
		trouble = parse_numbers(text, end, fields, &is_name);
		if (is_name)
			trouble = parse_name(text, end, fields);
		if (trouble != NULL || *end == '\0')
			return trouble;
		text = end + 1;
	}
}

bool
sk_field_equal(const struct sk_field *a, const struct sk_field *b)
{
	return a->number == b->number && a->rest == b->rest && a->name.size == b->name.size &&
	    (a->name.size == 0 || memcmp(a->name.data, b->name.data, a->name.size) == 0);
}

bool
sk_fields_named(const struct sk_fields *fields)
{
	for (size_t i = 0; i < fields->count; i++)
		if (fields->field[i].name.size > 0)
			return true;
	return false;
}
