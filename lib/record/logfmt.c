/*
 * logfmt.c -- the words of a record, as the masks of tokens_loops.h find them, and which of them are wanted.
 *
 * A word that is wanted is only noted, as a later one of the same name would replace it; what it says is looked into when the record is
 * done.
 */
#include "logfmt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "escapes_parts.h"
#include "tokens_parts.h"

#define ROOM ((size_t)1024) /* tokens, which are beginnings and ends of words */

struct name {
	uint64_t word; /* its first eight bytes, as the machine has them, */
	uint64_t mask; /* and which of them there are */
	struct sk_span text;
};

struct sk_logfmt {
	const struct sk_tokens *tokens;
	size_t names_count;
	size_t memory;
	struct name *names;
	unsigned char *bytes;
};

/* The state of a value until the record is done: it is as it stands there, with quotes and escapes. */
#define AS_IT_STANDS 0x10

/* Where the values of one record go: those of name w to values[w * stride]. */
struct record {
	struct sk_span text;
	struct sk_span *values;
	unsigned char *states;
	size_t stride;
	struct sk_layout_fault *fault;
	struct sk_span last; /* word */
	unsigned char *scratch;
};

static const unsigned char word_for_none[] = { 't', 'r', 'u', 'e' };

/* Life cycle */

/*
 * A name with '=' or a quote in it is never there as it stands, but in quotes: its word has a NUL in front, as no word of a record
 * has.
 */
static void
set_name(struct name *name, struct sk_span text, unsigned char *bytes)
{
	unsigned char first[8] = { 0 }, mask[8] = { 0 };
	size_t n = text.size < 8 ? text.size : 8;

	memcpy(bytes, text.data, text.size);
	memcpy(first, text.data, n);
	memset(mask, 0xff, n);
	if (memchr(text.data, '=', text.size) != NULL || memchr(text.data, '"', text.size) != NULL)
		first[0] = 0;
	memcpy(&name->word, first, sizeof(name->word));
	memcpy(&name->mask, mask, sizeof(name->mask));
	name->text = (struct sk_span){ bytes, text.size };
}

struct sk_logfmt *
sk_logfmt_new(const struct sk_span *names, size_t n, const char **why, size_t *which)
{
	struct sk_logfmt *logfmt;
	unsigned char *bytes;
	size_t size = 0;

	*why = NULL;
	for (size_t i = 0; i < n; i++) {
		if (names[i].size == 0) {
			*why = "an empty name";
			*which = i;
			errno = EINVAL;
			return NULL;
		}
		size += names[i].size;
	}
	logfmt = calloc(1, sizeof(*logfmt));
	if (logfmt == NULL)
		return NULL;
	logfmt->tokens = sk_tokens_best();
	logfmt->names_count = n;
	logfmt->memory = sizeof(*logfmt) + (n + 1) * sizeof(*logfmt->names) + size + 1;
	logfmt->names = calloc(n + 1, sizeof(*logfmt->names));
	logfmt->bytes = bytes = malloc(size + 1);
	if (logfmt->names == NULL || bytes == NULL) {
		sk_logfmt_free(logfmt);
		return NULL;
	}
	for (size_t i = 0; i < n; bytes += names[i++].size)
		set_name(&logfmt->names[i], names[i], bytes);
	return logfmt;
}

void
sk_logfmt_free(struct sk_logfmt *logfmt)
{
	if (logfmt == NULL)
		return;
	free(logfmt->names);
	free(logfmt->bytes);
	free(logfmt);
}

size_t
sk_logfmt_memory(const struct sk_logfmt *logfmt)
{
	return logfmt->memory;
}

bool
sk_logfmt_use_loops(struct sk_logfmt *logfmt, size_t number)
{
	const struct sk_tokens *const *all = sk_tokens_all();

	for (size_t i = 0; i <= number; i++)
		if (all[i] == NULL)
			return false;
	logfmt->tokens = all[number];
	return true;
}

/* Words */

/* The first fault in the record counts. */
static void
fault_at(struct record *record, enum sk_layout_reason reason, const unsigned char *where)
{
	size_t offset = (size_t)(where - record->text.data);

	if (record->fault->reason == SK_LAYOUT_FINE || offset < record->fault->offset)
		*record->fault = (struct sk_layout_fault){ reason, offset };
}

/* The quote that closes the string which opens at ${at}; ${end} if there is none. */
static const unsigned char *
closing_quote(const unsigned char *at, const unsigned char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return at;
}

/* What is behind the name: '=' and a value, or nothing. ${at} is behind the name. */
static inline void
take(struct record *record, size_t place, const unsigned char *at, const unsigned char *end)
{
	record->states[place] = AS_IT_STANDS;
	record->values[place] = at == end ? (struct sk_span){ word_for_none, sizeof(word_for_none) }
					  : (struct sk_span){ at + 1, (size_t)(end - at) - 1 };
}

/* A word whose name is in quotes. */
static void
take_quoted(const struct sk_logfmt *logfmt, struct record *record, const unsigned char *start, const unsigned char *end)
{
	const unsigned char *stop = closing_quote(start, end);
	struct sk_span name = { start + 1, (size_t)(stop - start) - 1 };

	if (end - stop < 1 || (end - stop > 1 && stop[1] != '='))
		return; /* the scan has a fault for it */
	for (size_t i = 0; i < logfmt->names_count; i++)
		if (sk_escapes_equal(name, logfmt->names[i].text))
			take(record, i * record->stride, stop + 1, end);
}

static inline void
look_at_word(const struct sk_logfmt *logfmt, struct record *record, const unsigned char *start, const unsigned char *end)
{
	uint64_t word;

	memcpy(&word, start, sizeof(word));
	for (size_t i = 0; i < logfmt->names_count; i++) {
		const struct name *name = &logfmt->names[i];
		size_t size = name->text.size;

		if (((word ^ name->word) & name->mask) != 0 || (size_t)(end - start) < size ||
		    (size > 8 && memcmp(start + 8, name->text.data + 8, size - 8) != 0))
			continue;
		if (start + size == end || start[size] == '=')
			take(record, i * record->stride, start + size, end);
	}
	if (*start == '=')
		fault_at(record, SK_LAYOUT_NAME_EXPECTED, start);
	else if (*start == '"')
		take_quoted(logfmt, record, start, end);
}

/* The record ends in quotes: where did they open? In its last word, as they are all that a word can hold blanks in. */
static void
fault_open_quote(struct record *record)
{
	const unsigned char *at = record->last.data, *end = at + record->last.size;

	while (at < end) {
		const unsigned char *open = memchr(at, '"', (size_t)(end - at));

		if (open == NULL)
			break;
		at = closing_quote(open, end);
		if (at == end)
			fault_at(record, SK_LAYOUT_QUOTE_OPEN, open);
		else
			at++;
	}
}

static void
look_at_words(const struct sk_logfmt *logfmt, struct record *record)
{
	const unsigned char *tokens[ROOM], *end = record->text.data + record->text.size;
	struct sk_tokens_scan scan;
	size_t n = 0;
	bool more;

	sk_tokens_begin(&scan, record->text);
	do {
		n += logfmt->tokens->logfmt(&scan, tokens + n, ROOM - 1 - n);
		more = scan.at < scan.size;
		if (!more && n % 2 == 1)
			tokens[n++] = end;
		for (size_t i = 0; i + 1 < n; i += 2)
			look_at_word(logfmt, record, tokens[i], tokens[i + 1]);
		if (n > 1)
			record->last = (struct sk_span){ tokens[(n & ~(size_t)1) - 2], 0 };
		tokens[0] = n > 0 ? tokens[n - 1] : NULL; /* a word that has not ended */
		n %= 2;
	} while (more);
	record->last.size = record->last.data != NULL ? (size_t)(end - record->last.data) : 0;
	if (scan.fault != SIZE_MAX)
		fault_at(record, scan.reason, record->text.data + scan.fault);
	if (scan.in_string != 0)
		fault_open_quote(record);
}

/* Values */

static void
unquote(struct record *record, struct sk_span *value)
{
	const unsigned char *end = value->data + value->size, *stop = closing_quote(value->data, end);
	struct sk_span inner = { value->data + 1, (size_t)(stop - value->data) - 1 };
	ptrdiff_t size;
	size_t fault;

	if (stop + 1 < end)
		fault_at(record, SK_LAYOUT_QUOTE_TEXT, stop + 1);
	*value = inner;
	if (inner.size == 0 || memchr(inner.data, '\\', inner.size) == NULL)
		return;
	size = sk_escapes_undo(inner, record->scratch, &fault);
	if (size < 0) {
		fault_at(record, SK_LAYOUT_BAD_ESCAPE, inner.data + fault);
		return;
	}
	*value = (struct sk_span){ record->scratch, (size_t)size };
	record->scratch += size;
}

/* The ${number}th value, from what stands in the record. Names that are wanted twice share it, so that scratch is enough. */
static void
finish_value(const struct sk_logfmt *logfmt, struct record *record, size_t number)
{
	struct sk_span raw = record->values[number * record->stride], value = raw;
	const unsigned char *quote = memchr(raw.data, '"', raw.size);

	if (quote == raw.data)
		unquote(record, &value);
	else if (quote != NULL)
		fault_at(record, SK_LAYOUT_QUOTE_STRAY, quote);
	for (size_t i = number; i < logfmt->names_count; i++)
		if (record->states[i * record->stride] == AS_IT_STANDS &&
		    record->values[i * record->stride].data == raw.data) {
			record->values[i * record->stride] = value;
			record->states[i * record->stride] = SK_LAYOUT_VALUE;
		}
}

static void
finish(const struct sk_logfmt *logfmt, struct record *record)
{
	for (size_t i = 0; i < logfmt->names_count; i++)
		if (record->states[i * record->stride] == AS_IT_STANDS)
			finish_value(logfmt, record, i);
}

static void
set_all(const struct sk_logfmt *logfmt, struct record *record, enum sk_layout_state state)
{
	for (size_t i = 0; i < logfmt->names_count; i++) {
		record->values[i * record->stride] = (struct sk_span){ NULL, 0 };
		record->states[i * record->stride] = (unsigned char)state;
	}
}

size_t
sk_logfmt_pick(const struct sk_logfmt *logfmt, const struct sk_span *records, size_t n, size_t stride,
    unsigned char *scratch, struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		struct record record = { records[i], values + i, states + i, stride, &faults[i], { NULL, 0 }, scratch };

		set_all(logfmt, &record, SK_LAYOUT_MISSING);
		faults[i] = (struct sk_layout_fault){ SK_LAYOUT_FINE, 0 };
		look_at_words(logfmt, &record);
		if (faults[i].reason == SK_LAYOUT_FINE)
			finish(logfmt, &record);
		if (faults[i].reason != SK_LAYOUT_FINE) {
			set_all(logfmt, &record, SK_LAYOUT_BAD);
			bad++;
		} else
			scratch = record.scratch;
	}
	return bad;
}
