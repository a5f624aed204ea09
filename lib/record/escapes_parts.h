/*
 * escapes_parts.h -- what escapes in strings stand for: those of JSON (RFC 8259, section 7), and those that Go's strconv.Quote()
 * writes besides, which logfmt has.
 *
 *	\" \\ \/ \' \a \b \f \n \r \t \v     one byte
 *	\xHH                                  the byte HH, whatever it is
 *	\uXXXX, \UXXXXXXXX                    a character, in UTF-8
 *
 * Two \u that are a surrogate pair are one character. A surrogate that stands alone is none: it becomes U+FFFD, as jq and Go
 * have it. Python keeps it as a character of its own, which no UTF-8 can say; to refuse the whole record would lose all its
 * other values, for what is as a rule a text cut off by its writer.
 *
 * Not part of the library's interface.
 */
#ifndef STREAMKIT_RECORD_ESCAPES_PARTS_H
#define STREAMKIT_RECORD_ESCAPES_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"

/*
 * Write ${text}, what stands between quotes, as what it stands for to ${to}, which must have room for as many bytes: it never
 * becomes longer. Returns how many they are, or -1 for an escape that is none: *${fault} is then its offset.
 */
ptrdiff_t sk_escapes_undo(struct sk_span text, unsigned char *to, size_t *fault);

/* Whether ${text} stands for ${wanted}; false if an escape is none. */
bool sk_escapes_equal(struct sk_span text, struct sk_span wanted);

#endif
