/* where.c -- reading conditions. */
#include "where.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../record/number.h"
#include "where_parts.h"

static const struct operator {
	const char *sign; /* longer ones first */
	unsigned holds;
	bool matches;
} operators[] = {
	{ "!~", SK_WHERE_OTHER, true },
	{ "!=", SK_WHERE_LESS | SK_WHERE_GREATER | SK_WHERE_OTHER, false },
	{ "<=", SK_WHERE_LESS | SK_WHERE_EQUAL, false },
	{ ">=", SK_WHERE_GREATER | SK_WHERE_EQUAL, false },
	{ "==", SK_WHERE_EQUAL, false },
	{ "<", SK_WHERE_LESS, false },
	{ ">", SK_WHERE_GREATER, false },
	{ "=", SK_WHERE_EQUAL, false },
	{ "~", SK_WHERE_EQUAL, true },
};

struct sk_where *
sk_where_new(void)
{
	return calloc(1, sizeof(struct sk_where));
}

static void
release(struct sk_where_condition *condition)
{
	free(condition->text);
	free(condition->parts);
	sk_pattern_free(condition->pattern);
}

void
sk_where_free(struct sk_where *where)
{
	if (where == NULL)
		return;
	for (size_t i = 0; i < where->count; i++)
		release(&where->condition[i]);
	free(where);
}

struct sk_where *
sk_where_copy(const struct sk_where *where)
{
	struct sk_where *copy = sk_where_new();

	for (size_t i = 0; copy != NULL && i < where->count; i++)
		if (sk_where_add(copy, where->condition[i].text) != NULL) {
			sk_where_free(copy);
			errno = ENOMEM;
			return NULL;
		}
	return copy;
}

const struct sk_fields *
sk_where_fields(const struct sk_where *where)
{
	static const struct sk_fields none;

	return where != NULL ? &where->fields : &none;
}

/* Reading */

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static const struct operator *
operator_at(const char *text)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (strncmp(text, operators[i].sign, strlen(operators[i].sign)) == 0)
			return &operators[i];
	return NULL;
}

/* Copy what is in the quotes that *${text} begins with, which is moved behind them. False if they are not closed. */
static bool
take_quoted(const char **text, char **to)
{
	const char *at = *text + 1;

	for (; *at != '\0'; *(*to)++ = *at++)
		if (*at == '"' && *++at != '"') {
			*text = at;
			return true;
		}
	return false;
}

/* The end of a field's name: an operator, which in the quotes of a path ends nothing, or a blank before one. */
static const char *
end_of_name(const char *text)
{
	const bool path = *text == '.';
	bool quoted = false;

	for (; *text != '\0' && (quoted || operator_at(text) == NULL); text++)
		if (path && *text == '"')
			quoted = !quoted;
		else if (quoted && *text == '\\' && text[1] != '\0')
			text++;
	return text;
}

/* Read the field that *${text} begins with, which is moved behind it. Its name is put together at *${to}. */
static const char *
take_field(const char **text, char **to, struct sk_field *field)
{
	struct sk_fields fields;
	const char *end = end_of_name(*text), *name = *to, *trouble;

	if (**text == '"') {
		if (!take_quoted(text, to))
			return "a quote is not closed";
		*field = (struct sk_field){ 0, false, { (const unsigned char *)name, (size_t)(*to - name) } };
		return name == *to ? "a field is missing" : NULL;
	}
	while (end > *text && is_blank(end[-1]))
		end--;
	memcpy(*to, *text, (size_t)(end - *text));
	*to += end - *text;
	*(*to)++ = '\0';
	*text = end;
	if ((trouble = sk_fields_parse(name, &fields)) != NULL)
		return trouble;
	*field = fields.field[0];
	return fields.count == 1 ? NULL : "one field is wanted";
}

/* Digits with at most a sign before them, whose number has no more than 64 bits. */
static bool
read_whole(struct sk_span text, struct sk_where_whole *whole)
{
	size_t i = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+') ? 1 : 0;
	uint64_t magnitude = 0;

	if (i == text.size)
		return false;
	whole->negative = text.data[0] == '-';
	for (; i < text.size; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';

		if (digit > 9 || magnitude > (UINT64_MAX - digit) / 10)
			return false;
		magnitude = magnitude * 10 + digit;
	}
	whole->magnitude = magnitude;
	whole->negative &= magnitude > 0;
	return true;
}

/* Read the value, which is all of ${text}, into ${condition}. */
static const char *
take_value(const char *text, char *to, bool matches, struct sk_where_condition *condition)
{
	const bool quoted = *text == '"';

	condition->value.data = (const unsigned char *)to;
	if (quoted) {
		if (!take_quoted(&text, &to))
			return "a quote is not closed";
		if (*text != '\0')
			return "there is text behind the quotes";
	} else if (!matches && *text != '\0' && strchr("=<>~", *text) != NULL) {
		return "a value that begins with =, <, > or ~ stands in quotes";
	} else {
		strcpy(to, text);
		to += strlen(text);
	}
	*to = '\0';
	condition->value.size = (size_t)(to - (const char *)condition->value.data);
	if (quoted || matches)
		return NULL;
	condition->is_integer = sk_number_integer(condition->value, &condition->integer) == SK_NUMBER_OK;
	condition->is_whole = read_whole(condition->value, &condition->whole);
	switch (sk_number_double(condition->value, &condition->number)) {
	case SK_NUMBER_OK:
		condition->is_number = condition->number == condition->number;
		return NULL;
	case SK_NUMBER_OUT_OF_RANGE:
		return "the number is out of range";
	case SK_NUMBER_EMPTY:
	case SK_NUMBER_NOT_A_NUMBER:
		break;
	}
	return NULL;
}

/* The index of ${field} among the fields, which it is added to if it is not there yet. */
static size_t
index_of_field(struct sk_fields *fields, const struct sk_field *field)
{
	size_t i = 0;

	while (i < fields->count && !sk_field_equal(&fields->field[i], field))
		i++;
	if (i == fields->count)
		fields->field[fields->count++] = *field;
	return i;
}

static const char *
read_condition(struct sk_where *where, const char *text, struct sk_where_condition *condition)
{
	const bool negated = *text == '!';
	const char *const all = text;
	const struct operator *operator;
	struct sk_field field;
	const char *trouble;
	char *to = condition->parts;

	text += negated;
	text += strspn(text, " \t");
	if ((trouble = take_field(&text, &to, &field)) != NULL)
		return trouble;
	text += strspn(text, " \t");
	if ((operator = operator_at(text)) == NULL)
		return sk_where_no_sign(where, all);
	trouble = sk_where_mistaken_sign(where, all, text, strlen(operator->sign), operator->matches);
	if (trouble != NULL)
		return trouble;
	text += strlen(operator->sign);
	text += strspn(text, " \t");
	if (*text == '\0' && (*operator->sign == '<' || *operator->sign == '>'))
		return "a value is missing behind the operator";
	if (*text != '"' && (trouble = sk_where_mistaken_value(where, all, text)) != NULL)
		return trouble;
	if ((trouble = take_value(text, to, operator->matches, condition)) != NULL)
		return trouble;
	condition->holds = negated ? SK_WHERE_ALL & ~operator->holds : operator->holds;
	if (operator->matches) {
		condition->pattern =
		    sk_pattern_new((const char *)condition->value.data, where->why, sizeof(where->why));
		if (condition->pattern == NULL)
			return errno == ENOMEM ? "out of memory" : where->why;
	}
	condition->field = index_of_field(&where->fields, &field);
	return NULL;
}

const char *
sk_where_add(struct sk_where *where, const char *text)
{
	struct sk_where_condition condition = { 0 };
	const char *trouble = "out of memory";

	if (where->count == SK_WHERE_MAX)
		return "more than 16 conditions";
	condition.text = malloc(strlen(text) + 1);
	condition.parts = malloc(strlen(text) + 3);
	if (condition.text != NULL && condition.parts != NULL) {
		strcpy(condition.text, text);
		trouble = read_condition(where, text, &condition);
	}
	if (trouble != NULL)
		release(&condition);
	else
		where->condition[where->count++] = condition;
	return trouble;
}
