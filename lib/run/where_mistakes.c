/*
 * where_mistakes.c -- conditions as other languages have them, which would be read as something else, or not at all.
 *
 * What is said of them names the place, and what was meant as far as that can be told.
 */
#include <stdio.h>
#include <string.h>

#include "where_parts.h"

#define SIGNS "=<>!~"

struct mistake {
	const char *written;
	const char *meant;
};

static const struct mistake signs[] = {
	{ "=>", ">=" }, { "=<", "<=" }, { "=!", "!=" }, { "<>", "!=" }, { "===", "=" }, { "!==", "!=" }, { "=~", "~" },
	{ "==~", "~" }, { "~=", "~" }, { "~~", "~" }, { "!=~", "!~" }, { "!~=", "!~" }, { "!<", ">=" }, { "!>", "<=" },
};

static const struct mistake words[] = {
	{ "eq", "=" }, { "is", "=" }, { "equals", "=" }, { "ne", "!=" }, { "lt", "<" }, { "le", "<=" }, { "gt", ">" },
	{ "ge", ">=" }, { "like", "~" }, { "matches", "~" }, { "contains", "~" },
};

static const struct mistake joints[] = {
	{ " && ", "for both to hold give --where twice" },
	{ " and ", "for both to hold give --where twice" },
	{ " AND ", "for both to hold give --where twice" },
	{ " || ", "one of several values is field~^(a|b)$" },
	{ " or ", "one of several values is field~^(a|b)$" },
	{ " OR ", "one of several values is field~^(a|b)$" },
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *
find(const struct mistake *table, size_t n, const char *text, size_t size)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(table[i].written) == size && memcmp(table[i].written, text, size) == 0)
			return table[i].meant;
	return NULL;
}

const char *
sk_where_mistaken_sign(struct sk_where *where, const char *text, const char *at, size_t size, bool matches)
{
	const char *meant;
	size_t written;

	if (at > text && at[-1] == '!' && (*at == '<' || *at == '>')) {
		at--;
		size++;
	}
	written = strspn(at, SIGNS);
	meant = find(signs, COUNT(signs), at, written);
	/* An expression may begin with any of them, and be no more than one. */
	if ((meant == NULL || at[written] == '\0') && (matches || written <= size))
		return NULL;
	snprintf(where->why, sizeof(where->why), "\"%.*s\" at byte %zu is no operator; %s%s%s", (int)(written < 16 ? written : 16), at,
	    (size_t)(at - text) + 1, meant != NULL ? "did you mean " : "a value that begins with one of " SIGNS " stands in quotes",
	    meant != NULL ? meant : "", meant != NULL ? "?" : "");
	return where->why;
}

const char *
sk_where_no_sign(struct sk_where *where, const char *text)
{
	for (const char *word = text; *word != '\0';) {
		const size_t size = strcspn(word, " \t");
		const char *meant = word > text ? find(words, COUNT(words), word, size) : NULL;

		if (meant != NULL) {
			snprintf(where->why, sizeof(where->why), "\"%.*s\" at byte %zu is no operator; did you mean %s?", (int)size,
			    word, (size_t)(word - text) + 1, meant);
			return where->why;
		}
		word += size;
		word += strspn(word, " \t");
	}
	return "an operator is missing behind the field: = != < <= > >= ~ or !~";
}

const char *
sk_where_mistaken_value(struct sk_where *where, const char *text, const char *value)
{
	const size_t size = strlen(value);

	for (size_t i = 0; i < COUNT(joints); i++) {
		const char *at = strstr(value, joints[i].written), *behind;

		if (at == NULL)
			continue;
		behind = at + strlen(joints[i].written);
		if (behind[strcspn(behind, SIGNS)] == '\0')
			continue;
		snprintf(where->why, sizeof(where->why), "one condition at a time, and no\"%s\"at byte %zu: %s", joints[i].written,
		    (size_t)(at - text) + 2, joints[i].meant);
		return where->why;
	}
	if (size > 1 && value[0] == '\'' && value[size - 1] == '\'')
		return "the quotes around a value are double ones";
	return NULL;
}
