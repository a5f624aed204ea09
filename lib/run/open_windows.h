/*
 * open_windows.h -- the windows under way that a stream has told of, in the order of end, start and key.
 *
 * They are there to be looked at and for nothing else: where there is no room for one, it and those that follow are left
 * out, until the stream ends.
 */
#ifndef STREAMKIT_RUN_OPEN_WINDOWS_H
#define STREAMKIT_RUN_OPEN_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../pipe/pane.h"

struct sk_open_window {
	int64_t start; /* as in struct sk_pane_close */
	int64_t end;
	bool counted;
	size_t key_parts;
	struct sk_span key;
	uint64_t *panes; /* by number, each once */
	size_t panes_count;
	/* private */
	size_t room;
	size_t bytes;
	bool sorted;
};

struct sk_open_windows;

/* None, to be kept in ${memory} bytes. NULL with ENOMEM. Free with sk_open_windows_free(); NULL is fine. */
struct sk_open_windows *sk_open_windows_new(size_t memory);
void sk_open_windows_free(struct sk_open_windows *open);

/* ${window} is under way, and these are among its panes. Costs a binary search, and the windows behind it. */
void sk_open_windows_add(struct sk_open_windows *open, const struct sk_pane_close *window);

/* It has closed; and all of them have. */
void sk_open_windows_remove(struct sk_open_windows *open, const struct sk_pane_close *window);
void sk_open_windows_clear(struct sk_open_windows *open);

/* Whether windows have been left out. */
bool sk_open_windows_lacking(const struct sk_open_windows *open);

/* How many there are, and number ${i} of them, the caller's to read until the next call of another function. */
size_t sk_open_windows_count(const struct sk_open_windows *open);
const struct sk_open_window *sk_open_windows_at(struct sk_open_windows *open, size_t i);

#endif
