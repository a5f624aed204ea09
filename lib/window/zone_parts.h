/*
 * zone_parts.h -- what zone.c and zone_rule.c share: the rules of a TZ string.
 */
#ifndef STREAMKIT_WINDOW_ZONE_PARTS_H
#define STREAMKIT_WINDOW_ZONE_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../span.h"

/* The instants from `start` on and before `end` at which local time is `offset` seconds ahead of UTC. */
struct sk_zone_segment {
	int64_t start;
	int64_t end;
	int32_t offset;
};

enum sk_zone_day {
	SK_ZONE_JULIAN,  /* Jn: 1 to 365, 29 February is not counted */
	SK_ZONE_ORDINAL, /* n: 0 to 365, 29 February is */
	SK_ZONE_WEEKDAY, /* Mm.w.d */
};

/* When a change happens in every year, on the clock as it was until then. */
struct sk_zone_change {
	enum sk_zone_day kind;
	int day;      /* of the year, or of the week: 0 is Sunday */
	int week;     /* 1 to 5: the last */
	int month;    /* 1 to 12 */
	int32_t time; /* seconds after midnight, may be negative or beyond the day */
};

struct sk_zone_rule {
	int32_t standard; /* seconds ahead of UTC */
	bool changes;     /* else the rest is nothing */
	int32_t summer;
	struct sk_zone_change start; /* of summer time */
	struct sk_zone_change stop;
};

/* Read a TZ string: whether it is one. */
bool sk_zone_rule_parse(struct sk_zone_rule *rule, struct sk_span text);

/* [+-]hh[[:]mm[[:]ss]] that takes up all of ${text}, hours up to 24: whether it is that. */
bool sk_zone_offset_parse(int32_t *offset, struct sk_span text);

/* The segment that an instant is in. */
struct sk_zone_segment sk_zone_rule_segment(const struct sk_zone_rule *rule, int64_t instant);

#endif
