/*
 * zone.h -- local time: how far ahead of UTC a place is at an instant, and at which instant its days begin.
 *
 * A zone is a fixed offset, a POSIX TZ string, or the contents of a TZif file (RFC 8536), which the caller reads: no
 * file is opened here, nor the environment looked at. Instants and local times are seconds since 1970-01-01T00:00:00,
 * in UTC and on the clock of the place respectively, leap seconds not counted; between -2^40 and 2^40.
 *
 * A zone does not change: threads may share it.
 */
#ifndef STREAMKIT_WINDOW_ZONE_H
#define STREAMKIT_WINDOW_ZONE_H

#include <stdint.h>

#include "../span.h"

enum sk_zone_status {
	SK_ZONE_OK,
	SK_ZONE_TEXT,      /* neither an offset nor a TZ string */
	SK_ZONE_FOREIGN,   /* no TZif file */
	SK_ZONE_TRUNCATED, /* shorter than it says */
	SK_ZONE_CORRUPT,   /* contents that contradict each other */
	SK_ZONE_LEAP,      /* a file whose times count leap seconds */
	SK_ZONE_NO_MEMORY,
};

/* What ${status} means, in words. A string for ever. */
const char *sk_zone_strerror(enum sk_zone_status status);

struct sk_zone;

/*
 * The zone of a ${text}: "UTC" or "Z"; an offset as ISO 8601 has it, positive east of Greenwich ("+05:30", "-03"); or
 * a POSIX TZ string, positive west ("CET-1CEST,M3.5.0,M10.5.0/3"), with RFC 8536's hours from -167 to 167 in the
 * rules. A TZ string that names a summer time without its rules has those of the United States, as elsewhere.
 * *${zone} is the caller's, who frees it with sk_zone_free(); it is NULL after an error.
 */
enum sk_zone_status sk_zone_parse(struct sk_zone **zone, struct sk_span text);

/* The zone in ${file}, the bytes of a TZif file of any version, untrusted. Likewise. */
enum sk_zone_status sk_zone_decode(struct sk_zone **zone, struct sk_span file);

/* NULL is fine. */
void sk_zone_free(struct sk_zone *zone);

/* Seconds to add to the ${instant} in UTC to get the local time. */
int32_t sk_zone_offset(const struct sk_zone *zone, int64_t instant);

/*
 * The first instant at which the local time is ${local} or later. Where clocks were put forward over ${local} it is
 * that of the change; where they were put back, the earlier of two.
 */
int64_t sk_zone_instant(const struct sk_zone *zone, int64_t local);

#endif
