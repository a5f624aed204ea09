/*
 * json_twin.h -- JSON and paths into it, read one byte after the other and by recursion, as RFC 8259 puts it: what the walk
 * over masks and tokens must agree with, down to the place of the first fault. For unit tests and fuzzing alike.
 */
#ifndef STREAMKIT_TESTS_JSON_TWIN_H
#define STREAMKIT_TESTS_JSON_TWIN_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "record/json.h"

struct twin {
	struct sk_span text;
	size_t at;
	struct sk_layout_fault fault;
};

static inline bool twin_value(struct twin *twin, size_t depth);

static inline bool
twin_wrong(struct twin *twin, enum sk_layout_reason reason, size_t offset)
{
	twin->fault = (struct sk_layout_fault){ reason, offset };
	return false;
}

/* The byte at ${at}, or -1 behind the last. */
static inline int
twin_byte(const struct twin *twin, size_t at)
{
	return at < twin->text.size ? twin->text.data[at] : -1;
}

static inline bool
one_of(int byte, const char *bytes)
{
	return byte > 0 && strchr(bytes, byte) != NULL;
}

/* Pass over blanks; the byte behind them. */
static inline int
twin_next(struct twin *twin)
{
	while (one_of(twin_byte(twin, twin->at), " \t\n\r"))
		twin->at++;
	return twin_byte(twin, twin->at);
}

static inline bool
twin_expect(struct twin *twin, int byte, enum sk_layout_reason reason)
{
	int found = twin_next(twin);

	if (found == -1)
		return twin_wrong(twin, SK_LAYOUT_ENDS_EARLY, twin->text.size);
	if (found != byte)
		return twin_wrong(twin, reason, twin->at);
	twin->at++;
	return true;
}

static inline size_t
twin_digits(const struct twin *twin, size_t at)
{
	size_t n = 0;

	while (one_of(twin_byte(twin, at + n), "0123456789"))
		n++;
	return n;
}

/* Numbers and words end where a blank or one of JSON's own characters is; \f and \032 are taken to end them too. */
static inline bool
twin_ends(const struct twin *twin, size_t at)
{
	return at >= twin->text.size || one_of(twin->text.data[at], " \t\n\r,:[]{}\f\032");
}

static inline bool
twin_number(struct twin *twin)
{
	size_t at = twin->at + (twin_byte(twin, twin->at) == '-'), n = twin_digits(twin, at);
	bool fine = n > 0 && (n == 1 || twin_byte(twin, at) != '0');

	at += n;
	if (twin_byte(twin, at) == '.') {
		n = twin_digits(twin, at + 1);
		at += 1 + n;
		fine &= n > 0;
	}
	if (one_of(twin_byte(twin, at), "eE")) {
		at += 1 + one_of(twin_byte(twin, at + 1), "+-");
		n = twin_digits(twin, at);
		at += n;
		fine &= n > 0;
	}
	if (!fine || !twin_ends(twin, at))
		return twin_wrong(twin, SK_LAYOUT_BAD_NUMBER, twin->at);
	twin->at = at;
	return true;
}

static inline bool
twin_word(struct twin *twin)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < 3; i++) {
		size_t size = strlen(words[i]);

		if (twin->text.size - twin->at >= size && memcmp(twin->text.data + twin->at, words[i], size) == 0 &&
		    twin_ends(twin, twin->at + size)) {
			twin->at += size;
			return true;
		}
	}
	return twin_wrong(twin, SK_LAYOUT_BAD_WORD, twin->at);
}

static inline bool
twin_escape(const struct twin *twin, size_t at)
{
	if (twin_byte(twin, at) != 'u')
		return one_of(twin_byte(twin, at), "\"\\/bfnrt");
	for (size_t i = 1; i <= 4; i++)
		if (!one_of(twin_byte(twin, at + i), "0123456789abcdefABCDEF"))
			return false;
	return true;
}

static inline bool
twin_string(struct twin *twin)
{
	size_t start = twin->at, at = start + 1;

	while (at < twin->text.size && twin->text.data[at] != '"')
		at += twin->text.data[at] == '\\' ? 2 : 1;
	if (at >= twin->text.size)
		return twin_wrong(twin, SK_LAYOUT_QUOTE_OPEN, start);
	twin->at = at + 1;
	for (at = start + 1; at < twin->at - 1; at++) {
		if (twin->text.data[at] < ' ')
			return twin_wrong(twin, SK_LAYOUT_CONTROL_BYTE, at);
		if (twin->text.data[at] == '\\' && !twin_escape(twin, at + 1))
			return twin_wrong(twin, SK_LAYOUT_BAD_ESCAPE, at);
		at += twin->text.data[at] == '\\';
	}
	return true;
}

/* Members or elements, from behind the opening bracket on. */
static inline bool
twin_list(struct twin *twin, bool object, size_t depth)
{
	int close = object ? '}' : ']';

	if (twin_next(twin) == close) {
		twin->at++;
		return true;
	}
	for (;;) {
		if (object) {
			if (!twin_expect(twin, '"', SK_LAYOUT_NAME_EXPECTED))
				return false;
			twin->at--;
			if (!twin_string(twin) || !twin_expect(twin, ':', SK_LAYOUT_COLON_EXPECTED))
				return false;
		}
		if (!twin_value(twin, depth))
			return false;
		if (twin_next(twin) == close) {
			twin->at++;
			return true;
		}
		if (!twin_expect(twin, ',', SK_LAYOUT_COMMA_EXPECTED))
			return false;
	}
}

static inline bool
twin_value(struct twin *twin, size_t depth)
{
	int first = twin_next(twin);

	if (first == -1)
		return twin_wrong(twin, SK_LAYOUT_ENDS_EARLY, twin->text.size);
	if (first == '"')
		return twin_string(twin);
	if (one_of(first, "{[")) {
		if (depth == SK_JSON_DEPTH)
			return twin_wrong(twin, SK_LAYOUT_TOO_DEEP, twin->at);
		twin->at++;
		return twin_list(twin, first == '{', depth + 1);
	}
	if (one_of(first, "-0123456789"))
		return twin_number(twin);
	if (one_of(first, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		return twin_word(twin);
	return twin_wrong(twin, SK_LAYOUT_VALUE_EXPECTED, twin->at);
}

/* Whether ${text} is JSON, and the value without what is around it. */
static inline bool
twin_check(struct sk_span text, struct sk_span *value, struct sk_layout_fault *fault)
{
	size_t mark = text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, start;
	struct twin twin = { { text.data + mark, text.size - mark }, 0, { SK_LAYOUT_FINE, 0 } };

	if (twin_next(&twin) == -1)
		twin_wrong(&twin, SK_LAYOUT_VALUE_EXPECTED, twin.text.size);
	start = twin.at;
	if (twin.fault.reason == SK_LAYOUT_FINE && twin_value(&twin, 0)) {
		*value = (struct sk_span){ twin.text.data + start, twin.at - start };
		if (twin_next(&twin) != -1)
			twin_wrong(&twin, SK_LAYOUT_TEXT_BEHIND, twin.at);
	}
	*fault = twin.fault;
	fault->offset += fault->reason == SK_LAYOUT_FINE ? 0 : mark;
	return fault->reason == SK_LAYOUT_FINE;
}

/* What a string of JSON stands for, appended to ${to}; returns how many bytes. */

static inline size_t
twin_utf8(unsigned char *to, unsigned long code)
{
	if (code < 0x80)
		return to[0] = (unsigned char)code, 1;
	if (code < 0x800)
		return to[0] = (unsigned char)(0xc0 + code / 64), to[1] = (unsigned char)(0x80 + code % 64), 2;
	if (code < 0x10000) {
		to[0] = (unsigned char)(0xe0 + code / 4096);
		return to[1] = (unsigned char)(0x80 + code / 64 % 64), to[2] = (unsigned char)(0x80 + code % 64), 3;
	}
	to[0] = (unsigned char)(0xf0 + code / 262144);
	to[1] = (unsigned char)(0x80 + code / 4096 % 64);
	return to[2] = (unsigned char)(0x80 + code / 64 % 64), to[3] = (unsigned char)(0x80 + code % 64), 4;
}

static inline unsigned long
twin_unit(const unsigned char *digits)
{
	char text[5] = { (char)digits[0], (char)digits[1], (char)digits[2], (char)digits[3], 0 };

	return strtoul(text, NULL, 16);
}

/* ${text} with its quotes. */
static inline size_t
twin_undo(struct sk_span text, unsigned char *to)
{
	static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	size_t n = 0;

	for (size_t at = 1; at + 1 < text.size; at++) {
		unsigned long unit, low;

		if (text.data[at] != '\\') {
			to[n++] = text.data[at];
			continue;
		}
		if (text.data[++at] != 'u') {
			to[n++] = (unsigned char)bytes[strchr(letters, text.data[at]) - letters];
			continue;
		}
		unit = twin_unit(text.data + at + 1);
		at += 4;
		if (unit >= 0xd800 && unit < 0xdc00 && text.size - at > 7 && text.data[at + 1] == '\\' &&
		    text.data[at + 2] == 'u' && (low = twin_unit(text.data + at + 3)) >= 0xdc00 && low < 0xe000) {
			unit = 0x10000 + (unit - 0xd800) * 1024 + (low - 0xdc00);
			at += 6;
		}
		n += twin_utf8(to + n, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
	}
	return n;
}

/* Paths */

struct twin_step {
	const char *name; /* NULL: an element */
	long index;
};

/* The span of the value that ${step} leads to from the value ${text}, which is JSON; size 0 if there is none. */
static inline struct sk_span
twin_step_to(struct sk_span text, const struct twin_step *step)
{
	struct twin twin = { text, 1, { SK_LAYOUT_FINE, 0 } };
	struct sk_span found = { NULL, 0 }, *all = calloc(text.size, sizeof(*all));
	unsigned char *name = malloc(text.size);
	size_t n = 0;

	if (all == NULL || name == NULL)
		abort();
	if (text.data[0] == (step->name != NULL ? '{' : '['))
		while (!one_of(twin_next(&twin), "]}")) {
			size_t start = twin.at, size = 0;

			if (step->name != NULL) {
				twin_string(&twin);
				size = twin_undo((struct sk_span){ text.data + start, twin.at - start }, name);
				twin_next(&twin);
				twin.at++;
				twin_next(&twin);
			}
			start = twin.at;
			twin_value(&twin, 0);
			all[n++] = (struct sk_span){ text.data + start, twin.at - start };
			if (step->name != NULL && strlen(step->name) == size && memcmp(step->name, name, size) == 0)
				found = all[n - 1];
			if (twin_next(&twin) == ',')
				twin.at++;
		}
	if (step->name == NULL && (step->index >= 0 ? (size_t)step->index < n : (size_t)-step->index <= n))
		found = all[step->index >= 0 ? (size_t)step->index : n - (size_t)-step->index];
	free(all);
	free(name);
	return found;
}

/* The state of the value at a path of ${n} ${steps} into ${text}, and the value, in ${to} if it is a string. */
static inline enum sk_layout_state
twin_pick(struct sk_span text, const struct twin_step *steps, size_t n, unsigned char *to, struct sk_span *value)
{
	for (size_t i = 0; i < n && text.size > 0; i++)
		text = twin_step_to(text, &steps[i]);
	*value = text;
	if (text.size == 0)
		return SK_LAYOUT_MISSING;
	if (text.data[0] == '"')
		*value = (struct sk_span){ to, twin_undo(text, to) };
	return text.data[0] == 'n' ? SK_LAYOUT_NULL : SK_LAYOUT_VALUE;
}

#endif
