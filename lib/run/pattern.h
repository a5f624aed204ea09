/*
 * pattern.h -- does a text match a regular expression?
 *
 * POSIX extended regular expressions, in the C locale: bytes, not characters. Most that people write are a plain text
 * that stands at the front, at the end or anywhere; those are looked for as such, some twenty times as fast.
 *
 * Threads: one at a time may use a pattern.
 */
#ifndef STREAMKIT_RUN_PATTERN_H
#define STREAMKIT_RUN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"

struct sk_pattern;

/*
 * A pattern from the expression ${text}. NULL with errno EINVAL, and what is wrong with it in ${why} of ${size} bytes, or ENOMEM.
 * Free with sk_pattern_free(); NULL is fine.
 */
struct sk_pattern *sk_pattern_new(const char *text, char *why, size_t size);
void sk_pattern_free(struct sk_pattern *pattern);

/*
 * Whether ${text}, any bytes with NULs among them, matches. Linear in its length for plain texts; the rest is up to the
 * system's library. Dies of want of memory, and of a text of more than 2 GiB, which regexec() cannot take.
 */
bool sk_pattern_matches(struct sk_pattern *pattern, struct sk_span text);

#endif
