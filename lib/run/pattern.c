/* pattern.c -- regular expressions, the plain ones without regexec(). */
#if defined(__APPLE__)
#define _DARWIN_C_SOURCE /* REG_STARTEND */
#endif
#include "pattern.h"

#include <errno.h>
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

struct sk_pattern {
	/* A plain text, which the pattern then is: */
	unsigned char *plain; /* NULL: it is no such */
	size_t size;
	bool at_front;
	bool at_end;
	/* or else: */
	bool compiled;
	regex_t expression;
	char *copy; /* of texts, where regexec() needs an end */
	size_t copy_size;
};

/*
 * Take the expression for a plain text, if it is one: bytes without a meaning of their own, or with a backslash before
 * a sign that then has none, between ^ and $ at most.
 */
static bool
take_plain(struct sk_pattern *pattern, const char *text)
{
	static const char special[] = ".[]()*+?{}|^$\\";

	pattern->at_front = *text == '^';
	for (text += pattern->at_front; *text != '\0'; text++) {
		if (*text == '$' && text[1] == '\0') {
			pattern->at_end = true;
			break;
		}
		if (*text == '\\' && text[1] != '\0' && (strchr(special, text[1]) != NULL || text[1] == '/'))
			text++;
		else if (strchr(special, *text) != NULL)
			return false;
		pattern->plain[pattern->size++] = (unsigned char)*text;
	}
	return true;
}

struct sk_pattern *
sk_pattern_new(const char *text, char *why, size_t size)
{
	struct sk_pattern *pattern = calloc(1, sizeof(*pattern));
	int error;

	if (pattern == NULL || (pattern->plain = malloc(strlen(text) + 1)) == NULL) {
		free(pattern);
		return NULL;
	}
	if (take_plain(pattern, text))
		return pattern;
	free(pattern->plain);
	pattern->plain = NULL;
	error = regcomp(&pattern->expression, text, REG_EXTENDED | REG_NOSUB);
	if (error == 0) {
		pattern->compiled = true;
		return pattern;
	}
	regerror(error, &pattern->expression, why, size);
	sk_pattern_free(pattern);
	errno = error == REG_ESPACE ? ENOMEM : EINVAL;
	return NULL;
}

void
sk_pattern_free(struct sk_pattern *pattern)
{
	if (pattern == NULL)
		return;
	if (pattern->compiled)
		regfree(&pattern->expression);
	free(pattern->plain);
	free(pattern->copy);
	free(pattern);
}

/* Whether the pattern's plain text, which is not empty, stands anywhere in ${text}: memmem() is not in POSIX yet. */
static bool
holds_plain(const struct sk_pattern *pattern, struct sk_span text)
{
	const unsigned char *at = text.data, *end;

	if (text.size < pattern->size)
		return false;
	for (end = at + (text.size - pattern->size) + 1; at < end; at++) {
		at = memchr(at, pattern->plain[0], (size_t)(end - at));
		if (at == NULL)
			return false;
		if (memcmp(at, pattern->plain, pattern->size) == 0)
			return true;
	}
	return false;
}

static bool
matches_plain(const struct sk_pattern *pattern, struct sk_span text)
{
	size_t size = pattern->size;

	if (text.size < size || (pattern->at_front && pattern->at_end && text.size != size))
		return false;
	if (size == 0)
		return true;
	if (pattern->at_front)
		return memcmp(text.data, pattern->plain, size) == 0;
	if (pattern->at_end)
		return memcmp(text.data + (text.size - size), pattern->plain, size) == 0;
	return holds_plain(pattern, text);
}

#ifdef REG_STARTEND

static int
match(struct sk_pattern *pattern, struct sk_span text)
{
	regmatch_t range = { 0, 0 };

	if (text.size > INT_MAX)
		sk_die("--where: a field of more than 2 GiB");
	range.rm_eo = (regoff_t)text.size;
	return regexec(&pattern->expression, text.size > 0 ? (const char *)text.data : "", 1, &range, REG_STARTEND);
}

#else

/* A copy has an end; a NUL before that turns into another byte that nobody asks for. */
static int
match(struct sk_pattern *pattern, struct sk_span text)
{
	if (text.size >= pattern->copy_size) {
		free(pattern->copy);
		pattern->copy_size = text.size + 256;
		if ((pattern->copy = malloc(pattern->copy_size)) == NULL)
			return REG_ESPACE;
	}
	for (size_t i = 0; i < text.size; i++)
		pattern->copy[i] = text.data[i] != '\0' ? (char)text.data[i] : '\1';
	pattern->copy[text.size] = '\0';
	return regexec(&pattern->expression, pattern->copy, 0, NULL, 0);
}

#endif

bool
sk_pattern_matches(struct sk_pattern *pattern, struct sk_span text)
{
	int result;

	if (pattern->plain != NULL)
		return matches_plain(pattern, text);
	result = match(pattern, text);
	if (result != 0 && result != REG_NOMATCH)
		sk_die("--where: out of memory");
	return result == 0;
}
