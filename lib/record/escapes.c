/* escapes.c -- what escapes in strings stand for. */
#include <stdint.h>
#include <string.h>

#include "escapes_parts.h"

#define REPLACEMENT 0xfffdu
#define CHARACTER_MOST 0x10ffffu

/* One escape: its length in the text, 0 if it is none, and the bytes it stands for. */
struct escape {
	size_t length;
	size_t size;
	unsigned char bytes[4];
};

static int
hex_value(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The number that ${digits} hexadecimal digits at ${offset} are, or -1. */
static int64_t
hex_number(struct sk_span text, size_t offset, size_t digits)
{
	int64_t number = 0;

	if (text.size < offset + digits)
		return -1;
	for (size_t i = offset; i < offset + digits; i++) {
		int value = hex_value(text.data[i]);

		if (value < 0)
			return -1;
		number = number << 4 | value;
	}
	return number;
}

static bool
is_high_surrogate(int64_t unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool
is_low_surrogate(int64_t unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

/* UTF-8, RFC 3629. */
static struct escape
character(size_t length, uint32_t code)
{
	struct escape escape = { .length = length };

	if (code < 0x80)
		escape.bytes[escape.size++] = (unsigned char)code;
	else if (code < 0x800)
		escape.bytes[escape.size++] = (unsigned char)(0xc0 | code >> 6);
	else if (code < 0x10000)
		escape.bytes[escape.size++] = (unsigned char)(0xe0 | code >> 12);
	else
		escape.bytes[escape.size++] = (unsigned char)(0xf0 | code >> 18);
	if (code >= 0x10000)
		escape.bytes[escape.size++] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
	if (code >= 0x800)
		escape.bytes[escape.size++] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
	if (code >= 0x80)
		escape.bytes[escape.size++] = (unsigned char)(0x80 | (code & 0x3f));
	return escape;
}

static struct escape
none(void)
{
	return (struct escape){ .length = 0 };
}

static struct escape
utf16_escape(struct sk_span text)
{
	int64_t unit = hex_number(text, 2, 4), next = -1;

	if (unit < 0)
		return none();
	if (is_high_surrogate(unit) && text.size >= 12 && text.data[6] == '\\' && text.data[7] == 'u')
		next = hex_number(text, 8, 4);
	if (is_low_surrogate(next))
		return character(12, 0x10000u + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(next - 0xdc00));
	return character(6, is_high_surrogate(unit) || is_low_surrogate(unit) ? REPLACEMENT : (uint32_t)unit);
}

static struct escape
utf32_escape(struct sk_span text)
{
	int64_t code = hex_number(text, 2, 8);

	if (code < 0 || code > CHARACTER_MOST)
		return none();
	return character(10, is_high_surrogate(code) || is_low_surrogate(code) ? REPLACEMENT : (uint32_t)code);
}

static struct escape
byte_escape(struct sk_span text)
{
	int64_t byte = hex_number(text, 2, 2);

	return byte < 0 ? none() : (struct escape){ 4, 1, { (unsigned char)byte } };
}

/* The escape at the front of ${text}, which begins with a backslash. */
static struct escape
escape_at(struct sk_span text)
{
	static const char letters[] = "\"\\/'abfnrtv", bytes[] = "\"\\/'\a\b\f\n\r\t\v";
	const char *letter;

	if (text.size < 2)
		return none();
	switch (text.data[1]) {
	case 'u':
		return utf16_escape(text);
	case 'U':
		return utf32_escape(text);
	case 'x':
		return byte_escape(text);
	case 0:
		return none();
	}
	letter = strchr(letters, text.data[1]);
	return letter == NULL ? none() : (struct escape){ 2, 1, { (unsigned char)bytes[letter - letters] } };
}

/* How many bytes ${text} has before its first backslash. */
static size_t
before_escape(struct sk_span text)
{
	const unsigned char *found = text.size > 0 ? memchr(text.data, '\\', text.size) : NULL;

	return found == NULL ? text.size : (size_t)(found - text.data);
}

ptrdiff_t
sk_escapes_undo(struct sk_span text, unsigned char *to, size_t *fault)
{
	const unsigned char *start = text.data;
	unsigned char *at = to;

	while (text.size > 0) {
		size_t plain = before_escape(text);
		struct escape escape;

		memcpy(at, text.data, plain);
		at += plain;
		text = (struct sk_span){ text.data + plain, text.size - plain };
		if (text.size == 0)
			break;
		escape = escape_at(text);
		if (escape.length == 0) {
			*fault = (size_t)(text.data - start);
			return -1;
		}
		memcpy(at, escape.bytes, escape.size);
		at += escape.size;
		text = (struct sk_span){ text.data + escape.length, text.size - escape.length };
	}
	return at - to;
}

bool
sk_escapes_equal(struct sk_span text, struct sk_span wanted)
{
	while (text.size > 0) {
		size_t plain = before_escape(text);
		struct escape escape;

		if (plain > wanted.size || (plain > 0 && memcmp(text.data, wanted.data, plain) != 0))
			return false;
		text = (struct sk_span){ text.data + plain, text.size - plain };
		wanted = (struct sk_span){ wanted.data + plain, wanted.size - plain };
		if (text.size == 0)
			break;
		escape = escape_at(text);
		if (escape.length == 0 || escape.size > wanted.size || memcmp(escape.bytes, wanted.data, escape.size) != 0)
			return false;
		text = (struct sk_span){ text.data + escape.length, text.size - escape.length };
		wanted = (struct sk_span){ wanted.data + escape.size, wanted.size - escape.size };
	}
	return wanted.size == 0;
}
