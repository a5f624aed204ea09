/*
 * utf8.h -- telling text that is fit to print from bytes that are not.
 *
 * Cannot fail; no state, and no locale.
 */
#ifndef STREAMKIT_RUN_UTF8_H
#define STREAMKIT_RUN_UTF8_H

#include <stddef.h>

/*
 * The length of the UTF-8 sequence at the front of ${bytes}, of which ${size} >= 1 are there: 1 to 4, or 0 if it is
 * none (cut off, overlong, a surrogate, beyond U+10FFFF).
 */
size_t sk_utf8_length(const unsigned char *bytes, size_t size);

/* The same, but 0 for control characters (C0, DEL, C1) too: what a terminal may be shown. */
size_t sk_utf8_printable(const unsigned char *bytes, size_t size);

/*
 * The columns that the printable sequence of ${length} bytes takes on a terminal: 0 (marks on what is before), 1, or 2
 * (East Asian wide characters and emoji), as Unicode's East_Asian_Width and general categories have it, roughly.
 */
unsigned sk_utf8_columns(const unsigned char *bytes, size_t length);

#endif
