/* schedule.c -- when the next interim report is due. */
#include "schedule.h"

#include <stddef.h>

#define NANOSECONDS ((uint64_t)1000000000)

static uint64_t
now_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

void
sk_schedule_start(struct sk_schedule *schedule, uint64_t every)
{
	schedule->every = every;
	schedule->next = every > 0 ? now_nanoseconds() + every : 0;
}

bool
sk_schedule_due(struct sk_schedule *schedule)
{
	uint64_t now = schedule->every > 0 ? now_nanoseconds() : 0;

	if (schedule->every == 0 || now < schedule->next)
		return false;
	schedule->next += ((now - schedule->next) / schedule->every + 1) * schedule->every;
	return true;
}

const struct timespec *
sk_schedule_left(const struct sk_schedule *schedule, struct timespec *left)
{
	uint64_t now, nanoseconds;

	if (schedule->every == 0)
		return NULL;
	now = now_nanoseconds();
	nanoseconds = schedule->next > now ? schedule->next - now : 0;
	left->tv_sec = (time_t)(nanoseconds / NANOSECONDS);
	left->tv_nsec = (long)(nanoseconds % NANOSECONDS);
	return left;
}
