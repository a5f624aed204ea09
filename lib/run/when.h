/*
 * when.h -- points of time as text: ISO 8601, in UTC.
 */
#ifndef STREAMKIT_RUN_WHEN_H
#define STREAMKIT_RUN_WHEN_H

#include <stddef.h>
#include <stdint.h>

#define SK_WHEN_SIZE 40

/*
 * Write ${nanoseconds} since 1970-01-01T00:00:00Z to ${text}, as "2026-11-22T10:00:00Z", with as many decimals of a second as
 * it takes. Returns its length.
 */
size_t sk_when_format(int64_t nanoseconds, char text[SK_WHEN_SIZE]);

#endif
