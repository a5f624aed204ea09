/* tsv.c -- tab-separated values: the fields are scan.h's, the escapes are here. */
#include "tsv.h"

#include <string.h>

#include "scan.h"

#define TAB '\t'

/* What a backslash and ${byte} stand for; -1: for themselves. */
static int
escaped_byte(unsigned char byte)
{
	switch (byte) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case '\\':
		return '\\';
	case '0':
		return '\0';
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'v':
		return '\v';
	default:
		return -1;
	}
}

struct sk_span
sk_tsv_unescape(struct sk_span raw, unsigned char **scratch)
{
	const unsigned char *at = raw.data, *end = raw.data + raw.size, *backslash;
	unsigned char *start = *scratch, *to = start;

	if (raw.size == 0 || memchr(at, '\\', raw.size) == NULL)
		return raw;
	while ((backslash = memchr(at, '\\', (size_t)(end - at))) != NULL) {
		int byte = end - backslash > 1 ? escaped_byte(backslash[1]) : -1;

		memcpy(to, at, (size_t)(backslash - at));
		to += backslash - at;
		*to++ = byte == -1 ? '\\' : (unsigned char)byte;
		at = backslash + (byte == -1 ? 1 : 2);
	}
	memcpy(to, at, (size_t)(end - at));
	to += end - at;
	*scratch = to;
	return (struct sk_span){ start, (size_t)(to - start) };
}

/* An empty span at the record's end is the last field, or none. */
static bool
is_missing(struct sk_span record, struct sk_span value, long number)
{
	size_t fields = 1;

	if (number == 1 || number == -1)
		return false;
	if (number == 0)
		return true;
	if (value.size > 0 || value.data != record.data + record.size)
		return false;
	if (number < 0 || record.size == 0 || record.data[record.size - 1] != TAB)
		return true;
	for (size_t i = 0; i < record.size; i++)
		fields += record.data[i] == TAB ? 1 : 0;
	return (size_t)number > fields;
}

unsigned char *
sk_tsv_pick(const struct sk_layout_want *want, const struct sk_span *records, size_t n, unsigned char *scratch,
    struct sk_span *values, unsigned char *states)
{
	const struct sk_scan *scan = sk_scan_best();
	size_t number = (size_t)(want->number < 0 ? -want->number : want->number);

	(want->number < 0 ? scan->delimited_back : scan->delimited)(
	    records, n, TAB, number > 0 ? number : 1, values);
	for (size_t i = 0; i < n; i++) {
		struct sk_span record = records[i], value = values[i];
		const unsigned char *end = record.data + record.size;

		states[i] = SK_LAYOUT_VALUE;
		if (is_missing(record, value, want->number)) {
			states[i] = SK_LAYOUT_MISSING;
			values[i] = (struct sk_span){ end, 0 };
			continue;
		}
		if (want->rest)
			value.size = (size_t)(end - value.data);
		if (value.size > 0 && value.data + value.size == end && end[-1] == '\r')
			value.size--;
		if (value.size == 2 && memcmp(value.data, "\\N", 2) == 0 && !want->rest)
			states[i] = SK_LAYOUT_NULL;
		else if (!want->rest)
			value = sk_tsv_unescape(value, &scratch);
		values[i] = value;
	}
	return scratch;
}
