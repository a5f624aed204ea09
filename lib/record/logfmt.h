/*
 * logfmt.h -- the values of names in records of name=value pairs: what Heroku, Go's slog and logrus, and many others write.
 *
 *	level=info msg="took \"too\" long" took=31ms slow path=/?a=b user=
 *
 * There is no standard; this follows the one grammar that others refer to (kr/logfmt for Go) where it says something.
 *
 * A record is words between blanks, which are bytes up to 0x20. A word is name=value, or a name alone. A name is anything without
 * blanks, '=' and '"', or is in quotes itself, as slog writes names that have such. A value is in quotes, or has neither blanks
 * nor quotes; it may have '='.
 *
 * Escapes in quotes are those that Go's writers use, and JSON's: \" \\ \n \t \r \uXXXX \UXXXXXXXX \xHH and some more, see
 * escapes_parts.h. A backslash outside quotes is a character. Other bytes inside quotes, line ends and bytes that are no
 * UTF-8 among them, are what they are.
 *
 * A name alone has the value "true", as with kr/logfmt, Vector and Fluent Bit: it is a flag that is set. "user=" has an empty value. Of
 * equal names the last counts, as with those who make a map of a record; json.h has it so too. Nothing is null.
 *
 * What is checked: all quotes of the record, up to its end, so that every word is told from the next; that no word begins with '=';
 * and the values that are wanted, escapes and all. A malformed record gives no value at all. One without words has
 * nothing wrong with it: all is missing.
 *
 * Cost: every byte is looked at once, by masks; then each word's first bytes are compared with each name. No memory is taken per
 * record; 9 KB of stack.
 *
 * Errors: only sk_logfmt_new() can fail. Threads: a struct sk_logfmt does not change once made, and any number of threads may use it.
 */
#ifndef STREAMKIT_RECORD_LOGFMT_H
#define STREAMKIT_RECORD_LOGFMT_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"
#include "layout.h"

struct sk_logfmt;

/*
 * The ${n} ${names}, which are copied; each is a name as it is without quotes and escapes. NULL with errno EINVAL for an empty one:
 * *${which} is its index and *${why} a text for ever. NULL with ENOMEM, *${why} then being NULL. The caller frees it with
 * sk_logfmt_free().
 */
struct sk_logfmt *sk_logfmt_new(const struct sk_span *names, size_t n, const char **why, size_t *which);
void sk_logfmt_free(struct sk_logfmt *logfmt);

/*
 * The values of all names in each of ${n} records, laid out as by sk_layout_pick(). SK_SCAN_PAD bytes around each record must be
 * readable. ${scratch} has room for as many bytes as all the records have together.
 */
size_t sk_logfmt_pick(const struct sk_logfmt *logfmt, const struct sk_span *records, size_t n, size_t stride,
    unsigned char *scratch, struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults);

/* Bytes of memory in use. */
size_t sk_logfmt_memory(const struct sk_logfmt *logfmt);

/* For tests: use the ${number}th of the loops that this processor can run. False if there are no more. */
bool sk_logfmt_use_loops(struct sk_logfmt *logfmt, size_t number);

#endif
