/* schedule.c -- when the next interim report is due. */
#include "schedule.h"

#include <stddef.h>

#define NANOSECONDS ((uint64_t)1000000000)

uint64_t
sk_schedule_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

struct timespec
sk_schedule_timespec(uint64_t nanoseconds)
{
	return (struct timespec){ (time_t)(nanoseconds / NANOSECONDS),
		(long)(nanoseconds % NANOSECONDS) };
}

void
sk_schedule_start(struct sk_schedule *schedule, uint64_t every)
{
	schedule->every = every;
	schedule->next = every > 0 ? sk_schedule_now() + every : 0;
}

bool
sk_schedule_due(struct sk_schedule *schedule)
{
	uint64_t now = schedule->every > 0 ? sk_schedule_now() : 0;

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
	now = sk_schedule_now();
	nanoseconds = schedule->next > now ? schedule->next - now : 0;
	*left = sk_schedule_timespec(nanoseconds);
	return left;
}
