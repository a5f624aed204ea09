/*
 * form.h -- an item's text as the canonical bytes that another engine hashes for a column of its type, as Apache
 * DataSketches has them: text in UTF-8 or UTF-16LE; whole numbers and doubles in 8 bytes, little-endian, with one zero.
 *
 * No state; any number of threads may call these at once.
 */
#ifndef STREAMKIT_RUN_FORM_H
#define STREAMKIT_RUN_FORM_H

#include <stddef.h>

#include "../span.h"

enum sk_form { SK_FORM_BYTES, SK_FORM_INT64, SK_FORM_DOUBLE, SK_FORM_UTF16LE };

enum sk_form_status {
	SK_FORM_OK,
	SK_FORM_EMPTY, /* a number is wanted */
	SK_FORM_NOT_A_NUMBER,
	SK_FORM_OUT_OF_RANGE,
	SK_FORM_NOT_UTF8,
};

/* The most bytes that a text of ${size} bytes becomes. */
size_t sk_form_size_max(enum sk_form form, size_t size);

/* Write ${text} in ${form} to ${to}, and how many bytes that is to *${size}; both undefined unless the status is OK. */
enum sk_form_status sk_form_convert(
    enum sk_form form, struct sk_span text, unsigned char *to, size_t *size);

#endif
