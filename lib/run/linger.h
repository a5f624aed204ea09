/*
 * linger.h -- reading on after a signal that is to end the run.
 *
 * Ctrl-C reaches all of a pipe, and what stream-window has to say at its end comes after the signal. A tool that reads
 * frames thus reads on to their END; but not for ever, for the signal may have been meant for it alone: it ends when nothing
 * comes for a while, when it takes too long altogether, or when it is told so again.
 */
#ifndef STREAMKIT_RUN_LINGER_H
#define STREAMKIT_RUN_LINGER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define SK_LINGER_QUIET ((uint64_t)1000000000) /* nanoseconds */
#define SK_LINGER_MOST (3 * SK_LINGER_QUIET)

/* All zero before the signal. */
struct sk_linger {
	bool begun;
	uint64_t start; /* by the monotonic clock */
	uint64_t last;  /* when something came */
};

/* Whether to read on, as ${came} says whether the last read gave anything. The first call is at the signal. */
bool sk_linger_on(struct sk_linger *linger, bool came);

/* The most that a read may take, written to ${left}; NULL before the signal. */
const struct timespec *sk_linger_left(const struct sk_linger *linger, struct timespec *left);

#endif
