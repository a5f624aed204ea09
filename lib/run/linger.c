/* linger.c -- reading on after a signal that is to end the run. */
#include "linger.h"

#include <stddef.h>

#include "schedule.h"
#include "signals.h"

/* When it is over unless something comes. */
static uint64_t
end_of(const struct sk_linger *linger)
{
	uint64_t quiet = linger->last + SK_LINGER_QUIET, most = linger->start + SK_LINGER_MOST;

	return quiet < most ? quiet : most;
}

bool
sk_linger_on(struct sk_linger *linger, bool came)
{
	uint64_t now = sk_schedule_now();

	if (!linger->begun) {
		linger->begun = true;
		linger->start = now;
		came = true;
	}
	if (came)
		linger->last = now;
	return sk_signals_ending_count() == 1 && now < end_of(linger);
}

const struct timespec *
sk_linger_left(const struct sk_linger *linger, struct timespec *left)
{
	uint64_t now, end;

	if (!linger->begun)
		return NULL;
	now = sk_schedule_now();
	end = end_of(linger);
	*left = sk_schedule_timespec(end > now ? end - now : 0);
	return left;
}
