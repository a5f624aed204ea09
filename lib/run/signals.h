/*
 * signals.h -- the signals that a running tool answers.
 *
 * From sk_signals_start() on, SIGINT, SIGTERM, SIGUSR1, SIGWINCH and SIGCONT are held back except while the tool waits for input under
 * sk_signals_mask(), so that no work is ever half done when one arrives.
 */
#ifndef STREAMKIT_RUN_SIGNALS_H
#define STREAMKIT_RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Hold the signals back. One that is ignored stays ignored. */
void sk_signals_start(void);

/* The mask under which they arrive. */
const sigset_t *sk_signals_mask(void);

/* Let those arrive that are waiting to. */
void sk_signals_look(void);

/* The signal that asked the tool to end, or 0. */
int sk_signals_ending(void);

/* The last signal that did so since the last call, or 0. */
int sk_signals_take_ending(void);

/* How many such signals have come. */
int sk_signals_ending_count(void);

/* Whether an interim answer has been asked for since the last call. */
bool sk_signals_take_report(void);

/* Whether the terminal has another size since the last call, and whether the program goes on after it was stopped. */
bool sk_signals_take_resized(void);
bool sk_signals_take_continued(void);

/* From here on the signals act as they do by default: what is left is the last answer, which may be cut short. */
void sk_signals_stop(void);

/* Die of the signal that asked for it, if one did. */
void sk_signals_die(void);

#endif
