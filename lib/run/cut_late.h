/*
 * cut_late.h -- records that go into no window: too late for theirs, or too far ahead to be trusted; and those that were
 * too late for some of theirs.
 *
 * Dies when the file they are kept in cannot be written. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_LATE_H
#define STREAMKIT_RUN_CUT_LATE_H

#include <stdint.h>

#include "../window/windows.h"
#include "cut_input.h"

struct sk_cut_late;

/*
 * Late records are appended to the file ${name}, if it is not NULL; borrowed. Dies of want of memory, and where it is
 * ${strict} of the first that is too far ahead.
 */
struct sk_cut_late *sk_cut_late_new(const char *name, const char *unit, bool strict);

/* Frees only. NULL is fine. */
void sk_cut_late_free(struct sk_cut_late *late);

/*
 * Take the records of ${batch} that an ${event} is about, of type LATE or FUTURE, or RECORDS that are partly late; ${input}
 * was read last, under ${name}.
 */
void sk_cut_late_take(struct sk_cut_late *late, const struct sk_windows_event *event, const struct sk_cut_batch *batch,
    const struct sk_cut_input *input, const char *name);

/* Hand what is kept to the system; and no more will come. */
void sk_cut_late_pass(struct sk_cut_late *late);
void sk_cut_late_close(struct sk_cut_late *late);

/* How many go into no window, and how many into some of theirs only; and notes on both, of ${total} records. */
uint64_t sk_cut_late_count(const struct sk_cut_late *late);
uint64_t sk_cut_late_partly(const struct sk_cut_late *late);
void sk_cut_late_report(const struct sk_cut_late *late, uint64_t total);

#endif
