/*
 * key.h -- keys in frames: each part as a length of 4 bytes and the bytes.
 *
 * In memory a key is its parts with a separator between them. Only the last part may hold the separator itself. Memory
 * in, memory out; nothing here allocates.
 */
#ifndef STREAMKIT_PIPE_KEY_H
#define STREAMKIT_PIPE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"

/* Bytes of ${key}, which has this many ${parts} (0: there is no key), once it is encoded. */
size_t sk_key_encoded_size(struct sk_span key, size_t parts);

/* Write so many bytes at ${at}. ${key} has at least ${parts} - 1 separators. Returns where they end. */
unsigned char *sk_key_encode(
    struct sk_span key, size_t parts, unsigned char separator, unsigned char *at);

/*
 * Bring the key of ${size} bytes at ${at} together in place, with ${separator} between its ${parts}; *${key} is
 * borrowed from there. False when the lengths do not add up to ${size}, or a part that is not the last holds the
 * separator: then the bytes are neither the one nor the other.
 */
bool sk_key_decode(unsigned char *at, size_t size, size_t parts, unsigned char separator,
    struct sk_span *key);

/* A byte to stand between the parts of ${key} as it is encoded: one that it does not hold, a tab if that can be. */
unsigned char sk_key_separator(struct sk_span key);

#endif
