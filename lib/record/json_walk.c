/*
 * json_walk.c -- one pass over a record's tokens: is it JSON, and where are the values that are wanted?
 *
 * There is no recursion: which of the objects and arrays around a place are what is a byte for each, and only those that a path
 * leads through have more. Values that nobody wants are still checked, but a string costs nothing then, and a number of up to eight
 * digits one comparison.
 *
 * Tokens are read some at a time, as many as there is room for: a record may have any number.
 */
#include <string.h>

#include "escapes_parts.h"
#include "json_parts.h"

#define ROOM ((size_t)1024) /* tokens */
#define AHEAD ((size_t)8)   /* that are there, in front of each value, or no more come */

/* An object or array that a path leads through. */
struct frame {
	const struct sk_json_node *node;
	const unsigned char *start;
	uint64_t elements;
};

struct sk_json_walk {
	const struct sk_json *json;
	struct sk_json_out *out;
	const unsigned char *end;  /* of the record */
	const unsigned char *last; /* token */
	const unsigned char *const *low; /* from here on there may be too few tokens left */
	const unsigned char *const *limit;
	const struct sk_json_node *node; /* of the innermost object or array; NULL: nothing in it is wanted */
	const unsigned char *wrong;      /* the token that is */
	enum sk_layout_reason reason;
	bool object; /* the innermost is one */
	size_t depth;
	size_t frames_used; /* those of the outermost */
	struct sk_tokens_scan scan;
	struct frame frames[SK_JSON_STEPS + 1];
	unsigned char objects[SK_JSON_DEPTH + 1]; /* at each depth */
	const unsigned char *tokens[ROOM + SK_TOKENS_SPARE];
};

/* Tokens behind the last are this one. It is no token's first byte. */
static const unsigned char no_token[1] = { 0 };

/* Keep the tokens from ${at} on, and read more behind them. */
static const unsigned char *const *
more_tokens(struct sk_json_walk *walk, const unsigned char *const *at)
{
	const unsigned char **tokens = walk->tokens;
	size_t n = (size_t)(walk->limit - at);

	memmove(tokens, at, n * sizeof(*tokens));
	while (n < AHEAD && walk->scan.at < walk->scan.size)
		n += walk->json->tokens->json(&walk->scan, tokens + n, ROOM - AHEAD - n);
	if (n > 0)
		walk->last = tokens[n - 1];
	walk->limit = tokens + n;
	if (walk->scan.at < walk->scan.size) {
		walk->low = walk->limit - AHEAD;
		return tokens;
	}
	for (size_t i = 0; i < AHEAD; i++)
		tokens[n + i] = no_token;
	walk->low = walk->limit + AHEAD; /* which is never passed */
	return tokens;
}

/* What is wrong, at the token ${at}; NULL. */
static const unsigned char *const *
wrong(struct sk_json_walk *walk, const unsigned char *const *at, enum sk_layout_reason reason)
{
	walk->reason = reason;
	walk->wrong = *at;
	return NULL;
}

/* Values */

static inline bool
is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Where the value that begins at the token ${at}, and is neither object nor array, ends: its blanks are before the next token. */
static inline const unsigned char *
end_of(const struct sk_json_walk *walk, const unsigned char *const *at)
{
	const unsigned char *end = at[1] == no_token ? walk->end : at[1];

	while (is_blank(end[-1]))
		end--;
	return end;
}

unsigned char
sk_json_value(struct sk_span text, struct sk_span *value)
{
	*value = text;
	if (text.data[0] == 'n')
		return SK_LAYOUT_NULL;
	if (text.data[0] != '"')
		return SK_LAYOUT_VALUE;
	/* One quote alone is in a record that will turn out to be malformed. */
	*value = (struct sk_span){ text.data + 1, text.size < 2 ? 0 : text.size - 2 };
	return memchr(value->data, '\\', value->size) != NULL ? SK_JSON_ESCAPED : SK_LAYOUT_VALUE;
}

/* Give ${text} to all that want it: it replaces what a member of the same name has given. */
static void
deliver(struct sk_json_walk *walk, const struct sk_json_node *node, const unsigned char *start, const unsigned char *end)
{
	struct sk_span text = { start, (size_t)(end - start) }, value;
	unsigned char state = sk_json_value(text, &value);

	for (const struct sk_json_want *want = node->wants; want != NULL; want = want->next) {
		size_t place = want->number * walk->out->stride;

		if (want->rest_count == 0) {
			walk->out->values[place] = value;
			walk->out->states[place] = state;
		} else {
			walk->out->values[place] = *start == '[' ? text : (struct sk_span){ NULL, 0 };
			walk->out->states[place] = *start == '[' ? SK_JSON_UNFINISHED : SK_LAYOUT_MISSING;
		}
		walk->out->unfinished |= walk->out->states[place] >= SK_JSON_ESCAPED;
	}
}

/* All below ${node} is missing, until it is found. Recursion is as deep as paths are long. */
static void
forget(struct sk_json_walk *walk, const struct sk_json_node *node)
{
	for (const struct sk_json_want *want = node->wants; want != NULL; want = want->next) {
		walk->out->values[want->number * walk->out->stride] = (struct sk_span){ NULL, 0 };
		walk->out->states[want->number * walk->out->stride] = SK_LAYOUT_MISSING;
	}
	for (const struct sk_json_node *child = node->members; child != NULL; child = child->next)
		forget(walk, child);
	for (const struct sk_json_node *child = node->elements; child != NULL; child = child->next)
		forget(walk, child);
}

/* Numbers and words */

#define EVERY_BYTE 0x0101010101010101u

/*
 * How many digits there are at ${at}, up to eight. Of a byte xored with '0' a digit leaves 0 .. 9: nothing in the high half, not even
 * with 6 added. A carry can only come from a byte that is no digit, and go to those behind it, which no longer count.
 */
static inline size_t
digits_of_eight(const unsigned char *at)
{
	uint64_t word = (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
	    (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;

	word ^= EVERY_BYTE * '0';
	word = (word | (word + EVERY_BYTE * 6)) & EVERY_BYTE * 0xf0;
	return word == 0 ? 8 : (size_t)__builtin_ctzll(word) / 8;
}

/* Behind the digits at ${at}, which may run on behind the record. */
static inline const unsigned char *
past_digits(const unsigned char *at, const unsigned char *end)
{
	size_t n = digits_of_eight(at);

	at += n;
	while (n == 8 && at < end) {
		n = digits_of_eight(at);
		at += n;
	}
	return at < end ? at : end;
}

/* RFC 8259, section 6. */
static bool
is_number(const unsigned char *at, const unsigned char *end)
{
	const unsigned char *start;

	at += *at == '-';
	start = at;
	at = past_digits(at, end);
	if (at <= start || (*start == '0' && at - start > 1))
		return false;
	if (at < end && *at == '.') {
		start = ++at;
		at = past_digits(at, end);
		if (at <= start)
			return false;
	}
	if (at < end && (*at | 0x20) == 'e') {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		start = at;
		at = past_digits(at, end);
		if (at <= start)
			return false;
	}
	return at == end;
}

static bool
is_word(const unsigned char *at, const unsigned char *end)
{
	if (end - at == 4)
		return memcmp(at, "true", 4) == 0 || memcmp(at, "null", 4) == 0;
	return end - at == 5 && memcmp(at, "false", 5) == 0;
}

static inline enum sk_layout_reason
check_scalar(const unsigned char *at, const unsigned char *end)
{
	/* Most numbers are less than eight digits. */
	if (*at >= '1' && *at <= '9' && digits_of_eight(at) == (size_t)(end - at))
		return SK_LAYOUT_FINE;
	if (*at == '-' || (*at >= '0' && *at <= '9'))
		return is_number(at, end) ? SK_LAYOUT_FINE : SK_LAYOUT_BAD_NUMBER;
	if ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z')
		return is_word(at, end) ? SK_LAYOUT_FINE : SK_LAYOUT_BAD_WORD;
	return SK_LAYOUT_VALUE_EXPECTED;
}

/* Names */

/* The first eight bytes are the same; are the others? */
static inline bool
rest_equal(const struct sk_json_node *node, const unsigned char *name, const unsigned char *end)
{
	size_t size = node->name.size;

	return (size_t)(end - name) > size && memcmp(name + 8, node->name.data + 8, size - 8) == 0 && name[size] == '"';
}

/* The child whose name is the string at the token ${at}, if it has escapes. */
static const struct sk_json_node *
escaped_member(const struct sk_json_walk *walk, const unsigned char *const *at)
{
	struct sk_span name;

	if (sk_json_value((struct sk_span){ *at, (size_t)(end_of(walk, at) - *at) }, &name) != SK_JSON_ESCAPED)
		return NULL;
	for (const struct sk_json_node *child = walk->node->members; child != NULL; child = child->next)
		if (sk_escapes_equal(name, child->name))
			return child;
	return NULL;
}

static inline const struct sk_json_node *
member(struct sk_json_walk *walk, const unsigned char *const *at)
{
	const unsigned char *name = *at + 1;
	const struct sk_json_node *child = walk->node->members;
	uint64_t word;

	memcpy(&word, name, sizeof(word));
	while (child != NULL &&
	    (((word ^ child->word) & child->mask) != 0 || (child->name.size >= 8 && !rest_equal(child, name, walk->end))))
		child = child->next;
	if (child == NULL && walk->scan.escapes)
		child = escaped_member(walk, at);
	if (child != NULL && (child->members != NULL || child->elements != NULL))
		forget(walk, child);
	return child;
}

static inline const struct sk_json_node *
element(struct sk_json_walk *walk)
{
	struct frame *frame = &walk->frames[walk->frames_used - 1];
	const struct sk_json_node *child = walk->node->elements;

	while (child != NULL && child->index != frame->elements)
		child = child->next;
	frame->elements++;
	return child;
}

/* Objects and arrays */

static inline const unsigned char *const *
enter(struct sk_json_walk *walk, const unsigned char *const *at, const struct sk_json_node *node)
{
	if (walk->depth == SK_JSON_DEPTH)
		return wrong(walk, at, SK_LAYOUT_TOO_DEEP);
	if (node != NULL)
		walk->frames[walk->frames_used++] = (struct frame){ node, *at, 0 };
	walk->node = node;
	walk->object = **at == '{';
	walk->objects[++walk->depth] = walk->object;
	return at + 1;
}

/* A node is in a frame exactly if all around it are, so that those are the outermost. */
static inline void
leave(struct sk_json_walk *walk, const unsigned char *token)
{
	if (walk->node != NULL) {
		const struct frame *frame = &walk->frames[--walk->frames_used];

		deliver(walk, frame->node, frame->start, token + 1);
	}
	walk->depth--;
	walk->object = walk->objects[walk->depth];
	walk->node = walk->depth == walk->frames_used && walk->depth > 0 ? walk->frames[walk->depth - 1].node : NULL;
}

/* Behind a value, where no comma is: the ends of what it is in. NULL at the end of all, or if something is wrong. */
static const unsigned char *const *
behind_last(struct sk_json_walk *walk, const unsigned char *const *at)
{
	while (walk->depth > 0 && **at == (walk->object ? '}' : ']')) {
		leave(walk, *at++);
		if (at > walk->low)
			at = more_tokens(walk, at);
	}
	if (walk->depth == 0) {
		walk->wrong = *at;
		walk->reason = *at == no_token ? SK_LAYOUT_FINE : SK_LAYOUT_TEXT_BEHIND;
		return NULL;
	}
	return **at == ',' ? at + 1 : wrong(walk, at, SK_LAYOUT_COMMA_EXPECTED);
}

static inline const unsigned char *const *
behind_value(struct sk_json_walk *walk, const unsigned char *const *at)
{
	return **at == ',' && walk->depth > 0 ? at + 1 : behind_last(walk, at);
}

/* The value at the token ${at}, or an object's or array's beginning, as far as the next value or name. */
static inline const unsigned char *const *
value(struct sk_json_walk *walk, const unsigned char *const *at, const struct sk_json_node *node)
{
	unsigned char first = **at;

	if (first != '"') {
		enum sk_layout_reason reason;

		if ((first | 0x20) == '{') {
			at = enter(walk, at, node);
			return at != NULL && **at == (walk->object ? '}' : ']') ? behind_last(walk, at) : at;
		}
		reason = check_scalar(*at, end_of(walk, at));
		if (reason != SK_LAYOUT_FINE)
			return wrong(walk, at, reason);
	}
	if (node != NULL)
		deliver(walk, node, *at, end_of(walk, at));
	return behind_value(walk, at + 1);
}

/* What stands before a value: nothing, in an array, or a name. ${*node} is what it is for those who want it. */
static inline const unsigned char *const *
before_value(struct sk_json_walk *walk, const unsigned char *const *at, const struct sk_json_node **node)
{
	*node = NULL;
	if (!walk->object) {
		if (walk->node != NULL)
			*node = element(walk);
		return at;
	}
	if (**at != '"')
		return wrong(walk, at, SK_LAYOUT_NAME_EXPECTED);
	if (walk->node != NULL)
		*node = member(walk, at);
	return *at[1] == ':' ? at + 2 : wrong(walk, at + 1, SK_LAYOUT_COLON_EXPECTED);
}

/* The first of what the walk and the scan have found. */
static bool
conclude(struct sk_json_walk *walk, struct sk_layout_fault *fault)
{
	const unsigned char *data = walk->scan.data;

	if (walk->wrong == no_token && walk->scan.in_string != 0)
		*fault = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_OPEN, (size_t)(walk->last - data) };
	else if (walk->wrong == no_token && walk->last == NULL)
		*fault = (struct sk_layout_fault){ SK_LAYOUT_VALUE_EXPECTED, walk->scan.size };
	else if (walk->wrong == no_token && walk->reason != SK_LAYOUT_FINE)
		*fault = (struct sk_layout_fault){ SK_LAYOUT_ENDS_EARLY, walk->scan.size };
	else if (walk->reason != SK_LAYOUT_FINE)
		*fault = (struct sk_layout_fault){ walk->reason, (size_t)(walk->wrong - data) };
	if (walk->scan.fault != SIZE_MAX && (fault->reason == SK_LAYOUT_FINE || walk->scan.fault < fault->offset))
		*fault = (struct sk_layout_fault){ walk->scan.reason, walk->scan.fault };
	return fault->reason == SK_LAYOUT_FINE;
}

/* Only what is read before it is written: most of a walk is room. */
static void
begin(struct sk_json_walk *walk, const struct sk_json *json, struct sk_span record, struct sk_json_out *out)
{
	walk->json = json;
	walk->out = out;
	walk->end = record.data + record.size;
	walk->last = NULL;
	walk->node = NULL;
	walk->object = false;
	walk->depth = walk->frames_used = 0;
	walk->objects[0] = 0;
	sk_tokens_begin(&walk->scan, record);
	walk->tokens[0] = no_token;
	walk->limit = walk->tokens;
}

bool
sk_json_walk(const struct sk_json *json, struct sk_span record, struct sk_json_out *out, struct sk_layout_fault *fault)
{
	static const unsigned char mark[3] = { 0xef, 0xbb, 0xbf };
	size_t skipped = record.size >= 3 && memcmp(record.data, mark, 3) == 0 ? 3 : 0;
	const struct sk_json_node *node = json->root;
	const unsigned char *const *at;
	struct sk_json_walk walk;

	begin(&walk, json, (struct sk_span){ record.data + skipped, record.size - skipped }, out);
	at = more_tokens(&walk, walk.tokens);
	if (*at == no_token)
		at = wrong(&walk, at, SK_LAYOUT_VALUE_EXPECTED);
	while (at != NULL && (at = value(&walk, at, node)) != NULL) {
		if (at > walk.low)
			at = more_tokens(&walk, at);
		at = before_value(&walk, at, &node);
	}
	if (conclude(&walk, fault))
		return true;
	fault->offset += skipped;
	return false;
}
