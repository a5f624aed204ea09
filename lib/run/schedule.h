/*
 * schedule.h -- when the next interim report is due (--every), by the monotonic clock.
 */
#ifndef STREAMKIT_RUN_SCHEDULE_H
#define STREAMKIT_RUN_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct sk_schedule {
	uint64_t every; /* nanoseconds, 0: never */
	uint64_t next;  /* by the clock */
};

/* Nanoseconds by the monotonic clock; and a span of them in another form. */
uint64_t sk_schedule_now(void);
struct timespec sk_schedule_timespec(uint64_t nanoseconds);

/* Reports are due ${every} nanoseconds from now, and so on; 0: never. */
void sk_schedule_start(struct sk_schedule *schedule, uint64_t every);

/* Whether a report is due; the next one is then due at the next whole number of intervals from the start. */
bool sk_schedule_due(struct sk_schedule *schedule);

/* The time left until the next report, written to ${left}; NULL: no end of it. */
const struct timespec *sk_schedule_left(const struct sk_schedule *schedule, struct timespec *left);

#endif
