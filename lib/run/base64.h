/*
 * base64.h -- bytes as text (RFC 4648, section 4).
 *
 * Cannot fail but where a result says so; no state.
 */
#ifndef STREAMKIT_RUN_BASE64_H
#define STREAMKIT_RUN_BASE64_H

#include <stdbool.h>

#include "../span.h"

/* The length of ${size} bytes as text. */
size_t sk_base64_encoded_size(size_t size);

/* Write ${bytes} as text to ${text}, sk_base64_encoded_size() bytes and no NUL. */
void sk_base64_encode(struct sk_span bytes, char *text);

/*
 * Write the bytes that ${text} stands for to ${bytes}, which may be ${text}'s own and has room for 3/4 of it, and
 * their number to *${size}. False if it is no such text: a length that is no multiple of four, another character.
 */
bool sk_base64_decode(struct sk_span text, unsigned char *bytes, size_t *size);

#endif
