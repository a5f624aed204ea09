/* logfmt_twin.h -- logfmt read one byte after the other, as logfmt.h puts it. For unit tests and fuzzing alike. */
#ifndef STREAMKIT_TESTS_LOGFMT_TWIN_H
#define STREAMKIT_TESTS_LOGFMT_TWIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/escapes_parts.h"
#include "record/logfmt.h"

/* A word of a record: its name as it stands, and whether it has a value, and where. */
struct twin_word {
	struct sk_span name;
	bool quoted;
	bool has_value;
	struct sk_span value;
};

/* The next word from *${at} on. False at the record's end, and for a fault. */
static inline bool
twin_next_word(struct sk_span record, size_t *at, struct twin_word *word, struct sk_layout_fault *fault)
{
	const unsigned char *data = record.data;
	size_t i = *at, start, equals = SIZE_MAX;

	while (i < record.size && data[i] <= ' ')
		i++;
	start = i;
	if (i < record.size && data[i] == '=') {
		*fault = (struct sk_layout_fault){ SK_LAYOUT_NAME_EXPECTED, i };
		return false;
	}
	word->quoted = i < record.size && data[i] == '"';
	while (i < record.size && data[i] > ' ') {
		size_t quote = i;

		if (data[i] == '=' && equals == SIZE_MAX)
			equals = i;
		if (data[i++] != '"')
			continue;
		if (quote != start && data[quote - 1] != '=') {
			*fault = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_STRAY, quote };
			return false;
		}
		for (; i < record.size && data[i] != '"'; i++)
			i += data[i] == '\\';
		if (i >= record.size) {
			*fault = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_OPEN, quote };
			return false;
		}
		if (++i < record.size && data[i] > ' ' && data[i] != '=') {
			*fault = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_TEXT, i };
			return false;
		}
	}
	*at = i;
	word->has_value = equals != SIZE_MAX;
	word->name = (struct sk_span){ data + start, (word->has_value ? equals : i) - start };
	word->value = word->has_value ? (struct sk_span){ data + equals + 1, i - equals - 1 } : (struct sk_span){ NULL, 0 };
	return i > start;
}

static inline bool
twin_is_named(const struct twin_word *word, const char *name)
{
	struct sk_span wanted = { (const unsigned char *)name, strlen(name) };

	if (word->quoted)
		return sk_escapes_equal((struct sk_span){ word->name.data + 1, word->name.size - 2 }, wanted);
	return word->name.size == wanted.size && memcmp(word->name.data, name, wanted.size) == 0;
}

/* The value ${word} has, its escapes undone in ${to}. */
static inline struct sk_span
twin_word_value(const struct twin_word *word, const unsigned char *record, unsigned char *to, struct sk_layout_fault *fault)
{
	struct sk_span raw = word->value;
	size_t end = 1, place = 0;
	ptrdiff_t size;

	if (!word->has_value)
		return (struct sk_span){ (const unsigned char *)"true", 4 };
	if (raw.size == 0 || raw.data[0] != '"') {
		const unsigned char *quote = memchr(raw.data, '"', raw.size);

		if (quote != NULL)
			*fault = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_STRAY, (size_t)(quote - record) };
		return raw;
	}
	while (raw.data[end] != '"')
		end += raw.data[end] == '\\' ? 2 : 1;
	size = sk_escapes_undo((struct sk_span){ raw.data + 1, end - 1 }, to, &place);
	if (size < 0)
		*fault = (struct sk_layout_fault){ SK_LAYOUT_BAD_ESCAPE, (size_t)(raw.data + 1 - record) + place };
	else if (end + 1 < raw.size)
		*fault = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_TEXT, (size_t)(raw.data - record) + end + 1 };
	return (struct sk_span){ to, size < 0 ? 0 : (size_t)size };
}

/*
 * The values of ${n} names, their escapes undone in ${to}, which has room for ${n} times the record; false, and ${fault}, for a
 * record that is malformed.
 */
static inline bool
twin_logfmt(struct sk_span record, const char *const *names, size_t n, unsigned char *to, struct sk_span *values,
    enum sk_layout_state *states, struct sk_layout_fault *fault)
{
	struct twin_word word, *words = calloc(n + 1, sizeof(*words));
	size_t at = 0;

	if (words == NULL)
		abort();
	*fault = (struct sk_layout_fault){ SK_LAYOUT_FINE, 0 };
	for (size_t i = 0; i < n; i++) {
		states[i] = SK_LAYOUT_MISSING;
		values[i] = (struct sk_span){ NULL, 0 };
	}
	while (twin_next_word(record, &at, &word, fault))
		for (size_t i = 0; i < n; i++)
			if (twin_is_named(&word, names[i])) {
				words[i] = word;
				states[i] = SK_LAYOUT_VALUE;
			}
	for (size_t i = 0, malformed = fault->reason != SK_LAYOUT_FINE; i < n && !malformed; i++) {
		struct sk_layout_fault own = { SK_LAYOUT_FINE, 0 };

		if (states[i] != SK_LAYOUT_VALUE)
			continue;
		values[i] = twin_word_value(&words[i], record.data, to + i * record.size, &own);
		if (own.reason != SK_LAYOUT_FINE && (fault->reason == SK_LAYOUT_FINE || own.offset < fault->offset))
			*fault = own;
	}
	free(words);
	return fault->reason == SK_LAYOUT_FINE;
}

#endif
