/*
 * raw_text.h -- the text that raw numbers have as items, and for expressions to match.
 *
 * It is decimal, and of as few digits as give the same number back.
 */
#ifndef STREAMKIT_RUN_RAW_TEXT_H
#define STREAMKIT_RUN_RAW_TEXT_H

#include "../record/layout.h"

/* Bytes that a text has at most; whole numbers of 64 bits have fewer (raw.h). */
#define SK_RAW_TEXT_SIZE ((size_t)32)

/* Write the text of the number of ${kind} at ${bytes} to ${to}, and return how many bytes that is. */
size_t sk_raw_text(enum sk_layout_kind kind, const unsigned char *bytes, unsigned char *to);

/* The value of an f32 or f64 at ${bytes}. */
double sk_raw_text_double(enum sk_layout_kind kind, const unsigned char *bytes);

#endif
