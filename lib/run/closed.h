/*
 * closed.h -- windows that have closed, and may close again: what their CLOSE frames said, until no correction can come.
 *
 * What went into a window is in its panes, and is not here. Only when a late record comes into a pane, the caller may
 * put aside what a window was before it.
 *
 * Cost: adding and removing are quick where windows end in the order in which they closed, as they mostly do.
 *
 * Errors: an int result is -1 with ENOMEM.
 */
#ifndef STREAMKIT_RUN_CLOSED_H
#define STREAMKIT_RUN_CLOSED_H

#include "groups.h"
#include "sketch_output.h"

struct sk_closed_window {
	struct sk_report_window window; /* with a key of its own */
	uint64_t *panes;
	size_t panes_count;
	struct sk_groups *aside; /* what it is made of; NULL: its panes */
	/* private */
	unsigned char *key;
};

struct sk_closed;

/* NULL with ENOMEM. */
struct sk_closed *sk_closed_new(void);
void sk_closed_free(struct sk_closed *closed);

/*
 * Add a copy of ${window}, made of ${n} panes. It takes the place of what it corrects: the window of the same key, start
 * and end, and of its key those within it that share a pane, for then it is a session that grew.
 */
int sk_closed_add(struct sk_closed *closed, const struct sk_report_window *window,
    const uint64_t *panes, size_t n);

/*
 * Whether the window of the key, start and end of ${now} is there with a revision that is not lower: both would count. It is
 * looked for among the last that closed, back to the first that ends earlier, where one that is told of twice in a row is.
 */
bool sk_closed_falls(const struct sk_closed *closed, const struct sk_report_window *now);

/*
 * The first window from number *${at} on that is made of ${pane}, or with it NULL of any; NULL: there is none. *${at} is its number then.
 */
struct sk_closed_window *sk_closed_find(struct sk_closed *closed, const uint64_t *pane, size_t *at);

/* Put ${groups} aside for ${window}, which takes them over; and how many windows have such. */
void sk_closed_take_aside(
    struct sk_closed *closed, struct sk_closed_window *window, struct sk_groups *groups);
size_t sk_closed_aside(const struct sk_closed *closed);

/* Remove window number ${at}. Those behind it move up. */
void sk_closed_remove(struct sk_closed *closed, size_t at);

#endif
