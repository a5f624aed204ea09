/* json_path.c -- reads paths such as .a["odd name"][-1]. */
#include <string.h>

#include "escapes_parts.h"
#include "json_parts.h"

#define INDEX_MOST INT64_C(1000000000000000)

struct reader {
	const unsigned char *at;
	const unsigned char *end;
	unsigned char *names; /* where the next name goes */
	const char *why;
};

static bool
refuse(struct reader *reader, const char *why)
{
	reader->why = why;
	return false;
}

/* Bytes that end a bare name, or may be meant for something that is not there: jq's and JSONPath's operators. */
static bool
ends_name(unsigned char byte)
{
	return byte <= ' ' || strchr(".[]\"'?*|,():$", byte) != NULL;
}

static bool
read_bare_name(struct reader *reader, struct sk_json_step *step)
{
	const unsigned char *start = reader->at;

	while (reader->at < reader->end && !ends_name(*reader->at))
		reader->at++;
	if (reader->at == start)
		return refuse(reader, "no name behind a dot");
	step->name = (struct sk_span){ reader->names, (size_t)(reader->at - start) };
	memcpy(reader->names, start, step->name.size);
	reader->names += step->name.size;
	return true;
}

/* From the opening quote on. */
static bool
read_quoted_name(struct reader *reader, struct sk_json_step *step)
{
	const unsigned char *start = ++reader->at;
	ptrdiff_t size;
	size_t fault;

	while (reader->at < reader->end && *reader->at != '"')
		reader->at += *reader->at == '\\' && reader->end - reader->at > 1 ? 2 : 1;
	if (reader->at >= reader->end)
		return refuse(reader, "a quote that is not closed");
	size = sk_escapes_undo(
	    (struct sk_span){ start, (size_t)(reader->at - start) }, reader->names, &fault);
	if (size < 0)
		return refuse(reader, "an escape that JSON does not have");
	step->name = (struct sk_span){ reader->names, (size_t)size };
	reader->names += size;
	reader->at++;
	return true;
}

static bool
read_index(struct reader *reader, struct sk_json_step *step)
{
	bool back = reader->at < reader->end && *reader->at == '-';
	const unsigned char *start = reader->at += back;
	int64_t index = 0;

	for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
		index = 10 * index + (*reader->at - '0');
		if (index > INDEX_MOST)
			return refuse(reader, "an index that is too large");
	}
	if (reader->at == start)
		return refuse(reader, "neither an index nor a name in quotes in brackets");
	if (back && index == 0)
		return refuse(reader, "an index of -0: the last element is -1");
	step->name.data = NULL;
	step->index = back ? -index : index;
	return true;
}

/* From behind the opening bracket on. */
static bool
read_bracket(struct reader *reader, struct sk_json_step *step)
{
	bool quoted = reader->at < reader->end && *reader->at == '"';

	if (quoted ? !read_quoted_name(reader, step) : !read_index(reader, step))
		return false;
	if (reader->at == reader->end || *reader->at != ']')
		return refuse(reader, "a bracket that is not closed");
	reader->at++;
	return true;
}

/* .name, ."name", ["name"], [1], and the brackets with a dot before them too. */
static bool
read_step(struct reader *reader, struct sk_json_step *step)
{
	bool dot = *reader->at == '.';

	reader->at += dot;
	if (reader->at < reader->end && *reader->at == '[') {
		reader->at++;
		return read_bracket(reader, step);
	}
	if (!dot)
		return refuse(reader, "neither a dot nor a bracket behind a step; odd names go in [\"\"]");
	if (reader->at < reader->end && *reader->at == '"')
		return read_quoted_name(reader, step);
	return read_bare_name(reader, step);
}

ptrdiff_t
sk_json_read_path(struct sk_span text, struct sk_json_step *steps, unsigned char **names, const char **why)
{
	struct reader reader = { text.data, text.data + text.size, *names, NULL };
	size_t n = 0;

	if (text.size == 0) {
		*why = "an empty path";
		return -1;
	}
	if (text.data[0] != '.') {
		steps[n++].name = (struct sk_span){ reader.names, text.size };
		memcpy(reader.names, text.data, text.size);
		*names += text.size;
		return 1;
	}
	while (reader.at < reader.end && text.size > 1) {
		if (n == SK_JSON_STEPS) {
			*why = "too many steps";
			return -1;
		}
		if (!read_step(&reader, &steps[n++])) {
			*why = reader.why;
			return -1;
		}
	}
	*names = reader.names;
	return (ptrdiff_t)n;
}
