/*
 * json_find.c -- follows a path in a text that is known to be JSON, one byte after the other.
 *
 * This is for what the walk over a record cannot do in its one pass: elements counted from an array's end. It looks only at the
 * array in question.
 */
#include <string.h>

#include "escapes_parts.h"
#include "json_parts.h"

static bool
is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static const unsigned char *
past_blanks(const unsigned char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

/* From an opening quote to behind the closing one. */
static const unsigned char *
past_string(const unsigned char *at)
{
	for (at++; *at != '"'; at++)
		at += *at == '\\';
	return at + 1;
}

/* From a value's first byte to behind its last, within ${end}. */
static const unsigned char *
past_value(const unsigned char *at, const unsigned char *end)
{
	size_t depth = 0;

	if (*at == '"')
		return past_string(at);
	if (*at != '{' && *at != '[') {
		while (at < end && !is_blank(*at) && strchr(",]}", *at) == NULL)
			at++;
		return at;
	}
	do {
		if (*at == '"') {
			at = past_string(at);
			continue;
		}
		depth += *at == '{' || *at == '[';
		depth -= *at == '}' || *at == ']';
		at++;
	} while (depth > 0);
	return at;
}

static struct sk_span
nothing(void)
{
	return (struct sk_span){ NULL, 0 };
}

/* The last member of that name. */
static struct sk_span
find_member(struct sk_span text, struct sk_span name)
{
	const unsigned char *at = past_blanks(text.data + 1), *end = text.data + text.size;
	struct sk_span found = nothing();

	while (*at != '}') {
		const unsigned char *start = at + 1, *stop = past_string(at);
		bool same = sk_escapes_equal((struct sk_span){ start, (size_t)(stop - 1 - start) }, name);

		at = past_blanks(past_blanks(stop) + 1);
		stop = past_value(at, end);
		if (same)
			found = (struct sk_span){ at, (size_t)(stop - at) };
		at = past_blanks(stop);
		if (*at == ',')
			at = past_blanks(at + 1);
	}
	return found;
}

/* Element ${index}, from 0, and in *${count} how many there are up to it: all, if there is no such element. */
static struct sk_span
find_element(struct sk_span text, int64_t index, int64_t *count)
{
	const unsigned char *at = past_blanks(text.data + 1), *end = text.data + text.size;

	for (*count = 0; *at != ']'; ++*count) {
		const unsigned char *stop = past_value(at, end);

		if (*count == index)
			return (struct sk_span){ at, (size_t)(stop - at) };
		at = past_blanks(stop);
		if (*at == ',')
			at = past_blanks(at + 1);
	}
	return nothing();
}

struct sk_span
sk_json_find(struct sk_span text, const struct sk_json_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool element = steps[i].name.data == NULL;
		int64_t index = steps[i].index, count;

		if (text.size == 0 || text.data[0] != (element ? '[' : '{'))
			return nothing();
		if (element && index < 0) {
			find_element(text, -1, &count);
			index += count;
		}
		if (element && index < 0)
			return nothing();
		text = element ? find_element(text, index, &count) : find_member(text, steps[i].name);
	}
	return text;
}
