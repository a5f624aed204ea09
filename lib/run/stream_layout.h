/*
 * stream_layout.h -- the layout of a stream's records, between what HELLO says and what the options say.
 */
#ifndef STREAMKIT_RUN_STREAM_LAYOUT_H
#define STREAMKIT_RUN_STREAM_LAYOUT_H

#include "../pipe/frame.h"
#include "shared.h"

/* Whether ${layout} says what records are, and in *${kind} what. */
bool sk_stream_layout_kind(struct sk_frame_layout layout, enum sk_layout_kind *kind);

/* What a stream of records as the options have them is to say. */
struct sk_frame_layout sk_stream_layout_of(const struct sk_shared *shared);

#endif
