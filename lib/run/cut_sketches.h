/*
 * cut_sketches.h -- sketches of windows, put together to longer windows: minutes to hours.
 *
 * Streams of frames come in. Each sketch goes to the windows of time that its own window lies in, by way of a pane, and
 * keeps its key; what it is a sketch of makes no difference. Unless it streams, all input is taken before anything is written,
 * and then in the order of time, so that files of several hosts, one behind the other, need no allowance. If it streams,
 * watermarks say when windows are complete, as for records (window/windows.h, on spans).
 *
 * What lies in no window is left out and counted, or ends the run where that is strict. What is no sketch of a window of
 * time is said on standard error, and the rest of that input is passed over. Windows of one stream and key that overlap
 * and would be put into the same window end the run: there is no telling their records apart.
 *
 * Memory: 32 bytes for a sketch, of which there may be as many as fit in half the memory allowed; and a quarter of it for
 * the sketches themselves, which go to a temporary file where they are larger (spool.h). If it streams: one sketch.
 *
 * Errors: want of memory, and a write that fails, end the run. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_SKETCHES_H
#define STREAMKIT_RUN_CUT_SKETCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "../window/windows.h"
#include "cut_output.h"

struct sk_cut_sketches_options {
	struct sk_windows_options windows; /* of time */
	struct sk_cut_output *output;      /* that has been started; borrowed */
	bool streams;
	bool strict;
	size_t memory;
};

struct sk_cut_sketches;

/* Dies of windows that cannot be. sk_cut_sketches_free() frees; NULL is fine. */
struct sk_cut_sketches *sk_cut_sketches_new(const struct sk_cut_sketches_options *options);
void sk_cut_sketches_free(struct sk_cut_sketches *sketches);

/* More ${bytes} of the input ${name}, the clock reading ${now}. */
void sk_cut_sketches_bytes(
    struct sk_cut_sketches *sketches, const char *name, struct sk_span bytes, int64_t now);

/* The input ${name} has ended; or it cannot be read to its end. */
void sk_cut_sketches_end(struct sk_cut_sketches *sketches, const char *name, int64_t now);
void sk_cut_sketches_abandon(struct sk_cut_sketches *sketches);

/* The clock reads ${now}, and nothing has come; and when that is next of use, as sk_windows_wake() has it. */
void sk_cut_sketches_tick(struct sk_cut_sketches *sketches, int64_t now);
int64_t sk_cut_sketches_wake(const struct sk_cut_sketches *sketches);

/*
 * All inputs have ended: write what there is, up to the end of the output, and note what was left out. Returns false where
 * something was wrong with an input.
 */
bool sk_cut_sketches_finish(struct sk_cut_sketches *sketches);

#endif
