/*
 * progress.h -- how far a run is, on standard error while that is a terminal: one line, drawn over and over.
 *
 * It is there once a run takes longer than a second, about five times a second, and goes before anything else is printed
 * there. A tool in the background, or asked to be quiet, has none, nor one that gives interim answers on the terminal, or to
 * a pipe, which may end there. Other answers on these take it back, and it stays away for a second.
 *
 * Cost: the clock is looked at once for each block of input. Errors of the terminal are passed over. Threads: the one that
 * runs the tool.
 */
#ifndef STREAMKIT_RUN_PROGRESS_H
#define STREAMKIT_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Begin, for the ${n} inputs ${names}, "-" and no names being standard input; there are to be ${reports}, and answers are ${rows}. */
void sk_progress_start(char *const *names, size_t n, bool reports, bool rows);

/* So many ${bytes} of input number ${index}, packed ones if it is compressed, have been read, and so many ${records} of all. */
void sk_progress_step(size_t index, uint64_t bytes, uint64_t records);

/* Nothing has come, but time has passed. */
void sk_progress_look(void);

/* The time until that is to be asked, or ${left} if that is shorter; NULL: there is no end of it. Borrowed. */
const struct timespec *sk_progress_left(const struct timespec *left);

/* Take the line back: something else is about to be printed, on standard error or on ${fd}. */
void sk_progress_yield(int fd);

/* There is no more. */
void sk_progress_end(void);

#endif
