/* form.c -- an item's text as canonical bytes. */
#include "form.h"

#include <string.h>

#include "../record/number.h"
#include "../sketch/image.h"
#include "utf8.h"

size_t
sk_form_size_max(enum sk_form form, size_t size)
{
	switch (form) {
	case SK_FORM_INT64:
	case SK_FORM_DOUBLE:
		return 8;
	case SK_FORM_UTF16LE:
		return 2 * size;
	case SK_FORM_BYTES:
		break;
	}
	return size;
}

static enum sk_form_status
status_of(enum sk_number_status status)
{
	switch (status) {
	case SK_NUMBER_OK:
		return SK_FORM_OK;
	case SK_NUMBER_EMPTY:
		return SK_FORM_EMPTY;
	case SK_NUMBER_OUT_OF_RANGE:
		return SK_FORM_OUT_OF_RANGE;
	case SK_NUMBER_NOT_A_NUMBER:
		break;
	}
	return SK_FORM_NOT_A_NUMBER;
}

static enum sk_form_status
convert_integer(struct sk_span text, unsigned char *to)
{
	int64_t value = 0;
	enum sk_number_status status = sk_number_integer(text, &value);

	sk_store64(to, (uint64_t)value);
	return status_of(status);
}

/* Zeros of both signs are one number; NaN, of which there are many, is none. */
static enum sk_form_status
convert_double(struct sk_span text, unsigned char *to)
{
	double value = 0;
	enum sk_number_status status = sk_number_double(text, &value);

	if (value != value)
		return SK_FORM_NOT_A_NUMBER;
	sk_store_double(to, value == 0 ? 0.0 : value);
	return status_of(status);
}

/* The code point of a sequence of ${length} bytes that is known to be sound. */
static uint32_t
code_point(const unsigned char *bytes, size_t length)
{
	uint32_t point = length == 1 ? bytes[0] : bytes[0] & (0x7fU >> length);

	for (size_t i = 1; i < length; i++)
		point = point << 6 | (bytes[i] & 0x3fU);
	return point;
}

static enum sk_form_status
convert_utf16(struct sk_span text, unsigned char *to, size_t *size)
{
	unsigned char *at = to;
	size_t length;

	for (size_t i = 0; i < text.size; i += length) {
		uint32_t point;

		if ((length = sk_utf8_length(text.data + i, text.size - i)) == 0)
			return SK_FORM_NOT_UTF8;
		point = code_point(text.data + i, length);
		if (point >= 0x10000) {
			sk_store16(at, (uint16_t)(0xd7c0U + (point >> 10)));
			sk_store16(at + 2, (uint16_t)(0xdc00U | (point & 0x3ffU)));
			at += 4;
		} else {
			sk_store16(at, (uint16_t)point);
			at += 2;
		}
	}
	*size = (size_t)(at - to);
	return SK_FORM_OK;
}

enum sk_form_status
sk_form_convert(enum sk_form form, struct sk_span text, unsigned char *to, size_t *size)
{
	*size = 8;
	switch (form) {
	case SK_FORM_INT64:
		return convert_integer(text, to);
	case SK_FORM_DOUBLE:
		return convert_double(text, to);
	case SK_FORM_UTF16LE:
		return convert_utf16(text, to, size);
	case SK_FORM_BYTES:
		break;
	}
	if (text.size > 0)
		memcpy(to, text.data, text.size);
	*size = text.size;
	return SK_FORM_OK;
}
