/*
 * when.h -- points of time as people read and write them: ISO 8601.
 *
 * Times are nanoseconds since 1970-01-01T00:00:00Z. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_WHEN_H
#define STREAMKIT_RUN_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../window/zone.h"

#define SK_WHEN_SIZE 40

/*
 * Write ${nanoseconds} since 1970-01-01T00:00:00Z to ${text}, as "2026-11-22T10:00:00Z", with as many decimals of a second as
 * it takes. Returns its length.
 */
size_t sk_when_format(int64_t nanoseconds, char text[SK_WHEN_SIZE]);

/*
 * Read ${text} into ${*nanoseconds}: ISO 8601 as record/time.h has it, of which everything behind the month may be missing
 * ("2026-11", "2026-11-22", "2026-11-22T10", "2026-11-22T10:30Z"), what is not said being the first of its kind; or a
 * number of seconds since 1970, or of smaller units where it is as large. A time that names no zone is that of the clocks
 * in ${zone}; NULL: UTC. Returns what is wrong, a string for ever, or NULL.
 */
const char *sk_when_parse(const char *text, const struct sk_zone *zone, int64_t *nanoseconds);

/* The same for the argument ${text} of ${option}, "--since" for instance; dies of what is wrong. */
int64_t sk_when_option(const char *option, const char *text, const struct sk_zone *zone);

/* Make of *${time}, what clocks in ${zone} show, the time that it is. False where that is beyond 64 bits. */
bool sk_when_from_local(const struct sk_zone *zone, int64_t *time);

#endif
