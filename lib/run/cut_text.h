/*
 * cut_text.h -- windows as lines, START TAB RECORD, for people and for tools that know nothing of windows.
 *
 * An empty window is a line with its start only. Nothing here can fail. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_TEXT_H
#define STREAMKIT_RUN_CUT_TEXT_H

#include <stdbool.h>

#include "../record/layout.h"
#include "../window/windows.h"
#include "cut_kept.h"
#include "output.h"

#define SK_CUT_BORDER_SIZE 64

/* How the starts and ends of windows are said: as ordinals, or as times in a zone (NULL: UTC; borrowed). */
struct sk_cut_borders {
	bool counted;
	const struct sk_zone *zone;
};

void sk_cut_border(
    const struct sk_cut_borders *borders, int64_t border, char text[SK_CUT_BORDER_SIZE]);

/* How records are told apart: by their ends, or where there is one (not NULL; borrowed) by their layout. */
struct sk_cut_cutter {
	const struct sk_layout *layout;
	unsigned char end;
};

/* Write the window of an ${event}, whose records are ${kept}; each, and each line, ends in the ${cutter}'s end. */
void sk_cut_text_close(struct sk_output *output, const struct sk_cut_cutter *cutter,
    const struct sk_cut_borders *borders, struct sk_cut_kept *kept,
    const struct sk_windows_event *event);

/* Note the ${event} of a gap: empty windows that are left out, more than ${most} in a row. */
void sk_cut_note_gap(
    const struct sk_cut_borders *borders, const struct sk_windows_event *event, uint64_t most);

#endif
