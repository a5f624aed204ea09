/*
 * zones.h -- the time zone that an option names.
 */
#ifndef STREAMKIT_RUN_ZONES_H
#define STREAMKIT_RUN_ZONES_H

#include "../window/zone.h"

/*
 * The zone of --zone ${text}: as sk_zone_parse() has it; or else a file of that name, such as Europe/Berlin, in the
 * directory $TZDIR or where systems keep them. Dies if there is none. Free with sk_zone_free().
 */
struct sk_zone *sk_zones_open(const char *text);

#endif
