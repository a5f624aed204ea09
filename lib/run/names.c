/* names.c -- the fields of one record. */
#include "names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../record/clf.h"
#include "../record/escapes_parts.h"
#include "nearest.h"

#define DEPTH 4     /* of members in members */
#define PATH ((size_t)256)

/* What is left of a record to look at. */
struct rest {
	const unsigned char *at;
	const unsigned char *end;
};

static void
add_number(struct sk_names *names, size_t number)
{
	if (names->count < SK_NAMES_MAX)
		names->want[names->count++] = (struct sk_layout_want){ .number = (long)number };
}

static void
add_name(struct sk_names *names, const void *name, size_t size)
{
	unsigned char *to = names->bytes + names->used;

	if (size == 0)
		return;
	if (names->count == SK_NAMES_MAX || size > sizeof(names->bytes) - names->used) {
		names->more = true;
		return;
	}
	memcpy(to, name, size);
	names->used += size;
	names->want[names->count++] = (struct sk_layout_want){ .name = { to, size } };
}

/* Pass over a string; *${text} is what is in its quotes. */
static bool
take_string(struct rest *rest, struct sk_span *text)
{
	const unsigned char *start = ++rest->at;

	for (; rest->at < rest->end; rest->at++) {
		if (*rest->at == '"') {
			*text = (struct sk_span){ start, (size_t)(rest->at++ - start) };
			return true;
		}
		if (*rest->at == '\\' && rest->end - rest->at > 1)
			rest->at++;
	}
	return false;
}

/* JSON */

static void
pass_blanks(struct rest *rest)
{
	while (rest->at < rest->end && memchr(" \t\r\n", *rest->at, 4) != NULL)
		rest->at++;
}

static void
pass_value(struct rest *rest)
{
	struct sk_span text;
	size_t depth = 0;

	while (rest->at < rest->end) {
		if (*rest->at == '"') {
			if (!take_string(rest, &text))
				return;
			continue;
		}
		if (depth == 0 && memchr(",}]", *rest->at, 3) != NULL)
			return;
		depth += *rest->at == '{' || *rest->at == '[';
		depth -= *rest->at == '}' || *rest->at == ']';
		rest->at++;
	}
}

/* Whether a step of a path takes ${name} without quotes. */
static bool
is_bare(struct sk_span name)
{
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] <= ' ' || strchr(".[]\"'?*|,():$\\", name.data[i]) != NULL)
			return false;
	return name.size > 0;
}

/* Put ".name" behind the ${size} bytes of ${path}, in quotes if it takes them, with its escapes; 0: it is too long. */
static size_t
lengthen(unsigned char *path, size_t size, struct sk_span name)
{
	const size_t quote = is_bare(name) ? 0 : 1, longer = size + 1 + 2 * quote + name.size;

	if (longer > PATH)
		return 0;
	path[size++] = '.';
	path[size] = path[longer - 1] = '"';
	memcpy(path + size + quote, name.data, name.size);
	return longer;
}

/* A member that is no object, or one too deep to look into; ${path}, of ${size} bytes, leads to it. At the top its name alone does, as it stands. */
static void
add_member(struct sk_names *names, struct sk_span name, bool top, const unsigned char *path, size_t size)
{
	const bool plain = name.size > 0 && name.data[0] != '.' && memchr(name.data, '\\', name.size) == NULL;

	if (size == 0)
		names->more = true;
	else if (top && plain)
		add_name(names, name.data, name.size);
	else
		add_name(names, path, size);
}

/* An object's members; it is at ${path}, of ${size} bytes. False when the record goes on otherwise than it should. */
static bool
find_members(struct rest *rest, unsigned char *path, size_t size, unsigned depth, struct sk_names *names)
{
	for (rest->at++;; rest->at++) {
		struct sk_span name;
		size_t longer;

		pass_blanks(rest);
		if (rest->at == rest->end || *rest->at != '"' || !take_string(rest, &name))
			break;
		pass_blanks(rest);
		if (rest->at == rest->end || *rest->at++ != ':')
			return false;
		pass_blanks(rest);
		longer = lengthen(path, size, name);
		if (rest->at < rest->end && *rest->at == '{' && depth < DEPTH && longer > 0) {
			if (!find_members(rest, path, longer, depth + 1, names))
				return false;
			pass_blanks(rest);
		} else {
			pass_value(rest);
			add_member(names, name, depth == 0, path, longer);
		}
		if (rest->at == rest->end || *rest->at != ',')
			break;
	}
	if (rest->at == rest->end || *rest->at != '}')
		return false;
	rest->at++;
	return true;
}

static void
find_json(struct sk_span record, struct sk_names *names)
{
	struct rest rest = { record.data, record.data + record.size };
	unsigned char path[PATH];

	pass_blanks(&rest);
	if (rest.at < rest.end && *rest.at == '{')
		find_members(&rest, path, 0, 0, names);
}

/* The others */

/* A name in quotes is the text that it stands for. */
static bool
take_quoted_name(struct rest *rest, struct sk_names *names)
{
	unsigned char name[PATH];
	struct sk_span text;
	ptrdiff_t size = 0;
	size_t fault;

	if (!take_string(rest, &text))
		return false;
	if (text.size > sizeof(name) || (size = sk_escapes_undo(text, name, &fault)) < 0)
		names->more = true;
	else
		add_name(names, name, (size_t)size);
	return true;
}

static void
find_logfmt(struct sk_span record, struct sk_names *names)
{
	struct rest rest = { record.data, record.data + record.size };
	struct sk_span text;

	while (rest.at < rest.end) {
		const unsigned char *start = rest.at;

		while (rest.at < rest.end && *rest.at > ' ' && *rest.at != '=' && *rest.at != '"')
			rest.at++;
		add_name(names, start, (size_t)(rest.at - start));
		if (rest.at == start && *start == '"' && !take_quoted_name(&rest, names))
			return;
		if (rest.at < rest.end && *rest.at == '=')
			rest.at++;
		if (rest.at < rest.end && *rest.at == '"' && !take_string(&rest, &text))
			return;
		while (rest.at < rest.end && *rest.at > ' ')
			rest.at++;
		while (rest.at < rest.end && *rest.at <= ' ')
			rest.at++;
	}
}

static const char *const known[] = { "host", "ident", "user", "time", "request", "method", "path", "proto", "status", "bytes",
	"referer", "agent" };

#define KNOWN (sizeof(known) / sizeof(*known))

struct sk_span
sk_names_nearest(enum sk_layout_kind kind, struct sk_span name)
{
	struct sk_nearest nearest;

	sk_nearest_begin(&nearest, name);
	for (size_t i = 0; kind == SK_LAYOUT_CLF && i < KNOWN; i++)
		sk_nearest_try(&nearest, (struct sk_span){ (const unsigned char *)known[i], strlen(known[i]) });
	return nearest.best;
}

/* Not all logs have all fields, and behind the agent there may be any number of them: the reader of these logs knows. */
static void
find_clf(struct sk_span record, struct sk_names *names)
{
	const size_t all = KNOWN;
	struct sk_clf_want wants[SK_NAMES_MAX] = { 0 };
	struct sk_span values[SK_NAMES_MAX];
	struct sk_layout_fault fault;
	unsigned char states[SK_NAMES_MAX], *scratch = malloc(SK_NAMES_MAX * record.size + 1), *at = scratch;

	if (scratch == NULL)
		return;
	for (size_t i = 0; i < SK_NAMES_MAX; i++) {
		const struct sk_span name = { (const unsigned char *)(i < all ? known[i] : ""), i < all ? strlen(known[i]) : 0 };

		sk_clf_want(&(struct sk_layout_want){ .name = name, .number = i < all ? 0 : (long)(i - all) + 1 }, &wants[i]);
	}
	if (!sk_clf_pick(wants, SK_NAMES_MAX, record, &at, values, states, 1, &fault))
		for (size_t i = 0; i < SK_NAMES_MAX; i++) {
			if (states[i] == SK_LAYOUT_MISSING)
				continue;
			if (i < all)
				add_name(names, known[i], strlen(known[i]));
			else
				add_number(names, i - all + 1);
		}
	free(scratch);
}

void
sk_names_find(const struct sk_layout *layout, enum sk_layout_kind kind, struct sk_span record, struct sk_names *names)
{
	unsigned char name[1];
	size_t size = sizeof(name);

	names->count = names->used = 0;
	names->more = false;
	switch (kind) {
	case SK_LAYOUT_CSV:
	case SK_LAYOUT_TSV:
		for (size_t i = 1; i <= SK_NAMES_MAX && sk_layout_header_name(layout, record, i, name, &size); i++) {
			add_number(names, i);
			size = sizeof(name);
		}
		break;
	case SK_LAYOUT_JSON:
		find_json(record, names);
		break;
	case SK_LAYOUT_LOGFMT:
		find_logfmt(record, names);
		break;
	case SK_LAYOUT_CLF:
		find_clf(record, names);
		break;
	case SK_LAYOUT_BE32: /* no names */
	case SK_LAYOUT_F64:
	case SK_LAYOUT_F32:
	case SK_LAYOUT_I64:
	case SK_LAYOUT_U64:
		break;
	}
}
