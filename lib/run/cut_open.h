/*
 * cut_open.h -- which windows are under way, for those who want to look before they close.
 *
 * Of windows that do not overlap each is told of when it begins, and a late record begins none that has been due. Of
 * those that do, only the one that closes next is told of: when it comes to be the next, and with each further pane.
 * Sessions are not told of, for their borders are not known before they close.
 *
 * Cost: of an event a binary search among the open panes; of a window that comes to be the next, its panes. Memory: the open
 * panes, of windows of time only. Dies of want of it.
 */
#ifndef STREAMKIT_RUN_CUT_OPEN_H
#define STREAMKIT_RUN_CUT_OPEN_H

#include <stdbool.h>
#include <stddef.h>

#include "../window/windows.h"

struct sk_cut_open;

/* NULL for sessions. The options have been good for sk_windows_new(). sk_cut_open_free() frees; NULL is fine. */
struct sk_cut_open *sk_cut_open_new(const struct sk_windows_options *options);
void sk_cut_open_free(struct sk_cut_open *open);

/*
 * What the windows told of in ${event}; true when that is reason to tell of a ${window}: its start, end, key, and of its
 * panes those that have not been told of. They are borrowed until the next call.
 */
bool sk_cut_open_take(struct sk_cut_open *open, const struct sk_windows_event *event,
    struct sk_windows_event *window);

/* Bytes in use. */
size_t sk_cut_open_memory(const struct sk_cut_open *open);

#endif
