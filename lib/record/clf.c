/* clf.c -- common and combined log format. */
#include "clf.h"

#include <string.h>

#define WORDS ((size_t)SK_CLF_MORE) /* that have a place of their own */

static const char *const names[] = {
	[SK_CLF_HOST] = "host",
	[SK_CLF_IDENT] = "ident",
	[SK_CLF_USER] = "user",
	[SK_CLF_TIME] = "time",
	[SK_CLF_REQUEST] = "request",
	[SK_CLF_STATUS] = "status",
	[SK_CLF_BYTES] = "bytes",
	[SK_CLF_REFERER] = "referer",
	[SK_CLF_AGENT] = "agent",
	[SK_CLF_MORE] = "",
	[SK_CLF_METHOD] = "method",
	[SK_CLF_PATH] = "path",
	[SK_CLF_PROTO] = "proto",
};

const char *
sk_clf_want(const struct sk_layout_want *want, struct sk_clf_want *clf)
{
	*clf = (struct sk_clf_want){ SK_CLF_MORE, want->number, want->rest };
	if (want->name.size == 0)
		return want->number != 0 ? NULL : "fields behind the agent are numbered from 1";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == want->name.size &&
		    memcmp(names[i], want->name.data, want->name.size) == 0) {
			clf->field = (enum sk_clf_field)i;
			return NULL;
		}
	return "no field of a log: host, ident, user, time, request, method, path, proto, status, bytes, referer, "
	       "agent, or the number of one behind these";
}

/* ---- words ---- */

/* A record being read. */
struct reader {
	struct sk_span record;
	size_t at;
	struct sk_layout_fault fault;
};

/* Something between blanks, without its quotes or brackets. */
struct word {
	struct sk_span text; /* escapes and all */
	size_t start;        /* in the record, of its quote or bracket */
};

static bool
is_blank(unsigned char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool
fail(struct reader *reader, enum sk_layout_reason reason, size_t offset)
{
	reader->fault = (struct sk_layout_fault){ reason, offset };
	return false;
}

/* The quote that ends the text from ${from} on, or the record's end. */
static size_t
closing_quote(struct sk_span record, size_t from)
{
	const unsigned char *data = record.data, *quote;

	for (size_t at = from; at < record.size; at = (size_t)(quote - data) + 1) {
		const unsigned char *before;

		if ((quote = memchr(data + at, '"', record.size - at)) == NULL)
			break;
		for (before = quote; before > data + from && before[-1] == '\\';)
			before--;
		if ((quote - before) % 2 == 0)
			return (size_t)(quote - data);
	}
	return record.size;
}

/* The next word. False at the end of the record, or with a fault. */
static bool
next_word(struct reader *reader, struct word *word)
{
	struct sk_span record = reader->record;
	size_t at = reader->at, stop;

	while (at < record.size && is_blank(record.data[at]))
		at++;
	word->start = at;
	reader->at = at;
	if (at == record.size)
		return false;
	if (record.data[at] == '"') {
		stop = closing_quote(record, ++at);
		if (stop == record.size)
			return fail(reader, SK_LAYOUT_QUOTE_OPEN, word->start);
		if (stop + 1 < record.size && !is_blank(record.data[stop + 1]))
			return fail(reader, SK_LAYOUT_QUOTE_TEXT, stop + 1);
		reader->at = stop + 1;
	} else {
		for (stop = at; stop < record.size && !is_blank(record.data[stop]);)
			stop++;
		reader->at = stop;
	}
	word->text = (struct sk_span){ record.data + at, stop - at };
	return true;
}

/* A user without quotes goes up to the time. */
static bool
read_user(struct reader *reader, struct word *word)
{
	struct sk_span record = reader->record;
	size_t at = reader->at;
	const unsigned char *bracket;

	while (at < record.size && is_blank(record.data[at]))
		at++;
	if (at < record.size && record.data[at] == '"')
		return next_word(reader, word);
	word->start = at;
	for (size_t from = at;; from = (size_t)(bracket - record.data) + 1) {
		size_t stop;

		bracket = from < record.size ? memchr(record.data + from, '[', record.size - from) : NULL;
		if (bracket == NULL)
			return fail(reader, SK_LAYOUT_NO_TIME, record.size);
		stop = (size_t)(bracket - record.data);
		if (stop <= at || !is_blank(bracket[-1]))
			continue;
		reader->at = stop;
		while (stop > at && is_blank(record.data[stop - 1]))
			stop--;
		word->text = (struct sk_span){ record.data + at, stop - at };
		return true;
	}
}

static bool
read_time(struct reader *reader, struct word *word)
{
	struct sk_span record = reader->record;
	size_t at = reader->at, stop;
	const unsigned char *bracket;

	while (at < record.size && is_blank(record.data[at]))
		at++;
	if (at == record.size || record.data[at] != '[')
		return fail(reader, SK_LAYOUT_NO_TIME, at);
	word->start = at++;
	if ((bracket = memchr(record.data + at, ']', record.size - at)) == NULL)
		return fail(reader, SK_LAYOUT_NO_TIME, word->start);
	stop = (size_t)(bracket - record.data);
	word->text = (struct sk_span){ record.data + at, stop - at };
	reader->at = stop + 1;
	return true;
}

/* What it stands for is for others to read: a look at the front tells numbers from words. */
static bool
like_number(unsigned char first)
{
	return (first >= '0' && first <= '9') || first == '-';
}

/* Read the word of ${field}. False at the end of the record, or with a fault. */
static bool
read_word(struct reader *reader, enum sk_clf_field field, struct word *word)
{
	if (field == SK_CLF_USER)
		return read_user(reader, word);
	if (field == SK_CLF_TIME)
		return read_time(reader, word);
	if (!next_word(reader, word))
		return field < SK_CLF_REFERER && reader->fault.reason == SK_LAYOUT_FINE ?
		    fail(reader, SK_LAYOUT_ENDS_EARLY, reader->record.size) :
		    false;
	if (field == SK_CLF_REQUEST && reader->record.data[word->start] != '"')
		return fail(reader, SK_LAYOUT_NO_REQUEST, word->start);
	if ((field == SK_CLF_STATUS || field == SK_CLF_BYTES) && !like_number(reader->record.data[word->start]))
		return fail(reader, SK_LAYOUT_BAD_NUMBER, word->start);
	return true;
}

/* Word ${number} behind the agent. */
static bool
read_more(struct reader *reader, long number, struct word *word)
{
	struct reader front = *reader;
	long count = 0, wanted = number;

	if (number < 0) {
		while (next_word(&front, word))
			count++;
		wanted = count + 1 + number;
	}
	front.at = reader->at;
	for (count = 0; front.fault.reason == SK_LAYOUT_FINE && count < wanted && next_word(&front, word);)
		count++;
	reader->fault = front.fault;
	return front.fault.reason == SK_LAYOUT_FINE && wanted > 0 && count == wanted;
}

/* ---- escapes ---- */

static int
hex_digit(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* What the escape at the front of ${bytes} stands for, and its size; -1: for itself. */
static int
escape(const unsigned char *bytes, size_t left, size_t *size)
{
	static const char letters[] = "\"\\bfnrtv", meanings[] = "\"\\\b\f\n\r\t\v";
	const char *letter;

	if (left >= 4 && bytes[1] == 'x' && hex_digit(bytes[2]) != -1 && hex_digit(bytes[3]) != -1) {
		*size = 4;
		return hex_digit(bytes[2]) << 4 | hex_digit(bytes[3]);
	}
	if (left < 2 || bytes[1] == '\0' || (letter = strchr(letters, bytes[1])) == NULL)
		return -1;
	*size = 2;
	return (unsigned char)meanings[letter - letters];
}

static struct sk_span
unescape(struct sk_span raw, unsigned char **scratch)
{
	const unsigned char *at = raw.data, *end = raw.data + raw.size;
	unsigned char *start = *scratch, *to = start;

	if (raw.size == 0 || memchr(at, '\\', raw.size) == NULL)
		return raw;
	while (at < end) {
		size_t size = 1;
		int byte = *at == '\\' ? escape(at, (size_t)(end - at), &size) : -1;

		*to++ = byte == -1 ? *at : (unsigned char)byte;
		at += size;
	}
	*scratch = to;
	return (struct sk_span){ start, (size_t)(to - start) };
}

/* ---- requests ---- */

/* RFC 9110, section 5.6.2. */
static bool
is_token_byte(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	    (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* Where the last word of ${text} begins, if it is a protocol; else its end. */
static size_t
protocol(struct sk_span text)
{
	size_t at = text.size;

	while (at > 0 && !is_blank(text.data[at - 1]))
		at--;
	return text.size - at >= 5 && memcmp(text.data + at, "HTTP/", 5) == 0 ? at : text.size;
}

/* A part of the request; false when it has none. */
static bool
request_part(struct sk_span request, enum sk_clf_field field, struct sk_span *part)
{
	const unsigned char *end = request.data + request.size;
	size_t method = 0, proto;
	struct sk_span rest;

	while (method < request.size && is_token_byte(request.data[method]))
		method++;
	if (method == 0 || method == request.size || !is_blank(request.data[method]))
		return false;
	*part = (struct sk_span){ request.data, method };
	if (field == SK_CLF_METHOD)
		return true;
	rest = (struct sk_span){ request.data + method + 1, request.size - method - 1 };
	proto = protocol(rest);
	*part = field == SK_CLF_PROTO ? (struct sk_span){ rest.data + proto, (size_t)(end - rest.data) - proto } :
					(struct sk_span){ rest.data, proto };
	if (field == SK_CLF_PROTO)
		return part->size > 0;
	if (proto < rest.size && proto > 0)
		part->size--; /* the blank before the protocol */
	return proto > 0;
}

/* ---- values ---- */

/* How many words from the front are to be read for ${field}: up to the request in any case, for it shows what a record is. */
static size_t
words_for(enum sk_clf_field field)
{
	if (field > SK_CLF_MORE || field < SK_CLF_REQUEST)
		return (size_t)SK_CLF_REQUEST + 1;
	return field == SK_CLF_MORE ? WORDS : (size_t)field + 1;
}

/* The words from ${field} on that every record has are there, if nobody wants them: where they end does not matter. */
static void
check_rest(struct reader *reader, size_t field)
{
	const unsigned char *at = reader->record.data + reader->at, *end = reader->record.data + reader->record.size;

	for (; field <= SK_CLF_BYTES; field++) {
		while (at < end && is_blank(*at))
			at++;
		if (at == end || !like_number(*at)) {
			fail(reader, at == end ? SK_LAYOUT_ENDS_EARLY : SK_LAYOUT_BAD_NUMBER, (size_t)(at - reader->record.data));
			return;
		}
		while (field < SK_CLF_BYTES && at < end && !is_blank(*at))
			at++;
	}
}

/* The value of one want, the record's first ${n} words being read. False where it is missing, or with a fault. */
static bool
find(struct reader *reader, const struct sk_clf_want *want, const struct word *words, size_t n, struct word *found)
{
	enum sk_clf_field field = want->field > SK_CLF_MORE ? SK_CLF_REQUEST : want->field;
	struct sk_span record = reader->record;

	if ((size_t)field < n)
		*found = words[field];
	else if (field != SK_CLF_MORE || n < WORDS || !read_more(reader, want->number, found))
		return false;
	if (want->field > SK_CLF_MORE && !request_part(found->text, want->field, &found->text))
		return false;
	if (want->field > SK_CLF_MORE)
		found->start = (size_t)(found->text.data - record.data);
	if (want->rest)
		found->text = (struct sk_span){ record.data + found->start, record.size - found->start };
	return true;
}

static bool
spoil(size_t n, struct sk_span record, struct sk_span *values, unsigned char *states, size_t stride)
{
	for (size_t w = 0; w < n; w++) {
		values[w * stride] = (struct sk_span){ record.data + record.size, 0 };
		states[w * stride] = SK_LAYOUT_BAD;
	}
	return true;
}

bool
sk_clf_pick(const struct sk_clf_want *wants, size_t n, struct sk_span record, unsigned char **scratch,
    struct sk_span *values, unsigned char *states, size_t stride, struct sk_layout_fault *fault)
{
	struct reader reader = { .record = record };
	struct word words[WORDS];
	size_t needed = words_for(SK_CLF_HOST), read = 0;

	if (record.size > 0 && record.data[record.size - 1] == '\r')
		reader.record.size--;
	for (size_t w = 0; w < n; w++)
		needed = words_for(wants[w].field) > needed ? words_for(wants[w].field) : needed;
	while (read < needed && read_word(&reader, (enum sk_clf_field)read, &words[read]))
		read++;
	if (read == needed && read <= SK_CLF_BYTES)
		check_rest(&reader, read);
	for (size_t w = 0; w < n && reader.fault.reason == SK_LAYOUT_FINE; w++) {
		struct word found;

		values[w * stride] = (struct sk_span){ record.data + reader.record.size, 0 };
		states[w * stride] = SK_LAYOUT_MISSING;
		if (!find(&reader, &wants[w], words, read, &found))
			continue;
		states[w * stride] =
		    found.text.size == 1 && found.text.data[0] == '-' ? SK_LAYOUT_NULL : SK_LAYOUT_VALUE;
		values[w * stride] = wants[w].rest ? found.text : unescape(found.text, scratch);
	}
	*fault = reader.fault;
	return reader.fault.reason == SK_LAYOUT_FINE ? false : spoil(n, record, values, states, stride);
}
