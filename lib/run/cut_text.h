/*
 * cut_text.h -- windows as lines, START TAB RECORD, for people and for tools that know nothing of windows.
 *
 * The records of open panes are kept here. An empty window is a line with its start only.
 *
 * Dies of want of memory. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_TEXT_H
#define STREAMKIT_RUN_CUT_TEXT_H

#include "../window/windows.h"
#include "output.h"

struct sk_cut_text;

/*
 * Lines go to ${output}, and end in ${end}. Starts are ordinals if they are ${counted}, else times in ${zone} (NULL:
 * UTC; borrowed).
 */
struct sk_cut_text *sk_cut_text_new(
    struct sk_output *output, unsigned char end, bool counted, const struct sk_zone *zone);

/* NULL is fine. */
void sk_cut_text_free(struct sk_cut_text *text);

/* Keep ${records}, each with its end. */
void sk_cut_text_records(struct sk_cut_text *text, uint64_t pane, struct sk_span records);

void sk_cut_text_close(struct sk_cut_text *text, const struct sk_windows_event *event);
void sk_cut_text_finished(struct sk_cut_text *text, uint64_t pane);

/* Bytes in use. */
size_t sk_cut_text_memory(const struct sk_cut_text *text);

#endif
