/*
 * sketch_stream.h -- sketches in, one after the other and as they lie there: for tools that look at containers, and do
 * not merge what is in them.
 *
 * Inputs are streams of frames, plain images or lines of base64. What is wrong with an input is said on standard error,
 * with its name and place; what was whole before that has been given.
 */
#ifndef STREAMKIT_RUN_SKETCH_STREAM_H
#define STREAMKIT_RUN_SKETCH_STREAM_H

#include "sketch_reader.h"

enum sk_sketch_stream_input {
	SK_SKETCH_STREAM_AUTO, /* each input is frames or an image, as its first bytes say */
	SK_SKETCH_STREAM_IMAGE,
	SK_SKETCH_STREAM_BASE64,
};

enum sk_sketch_stream_status {
	SK_SKETCH_STREAM_ENTRY,   /* one frame, image or line */
	SK_SKETCH_STREAM_PAUSE,   /* all that has come has been given, and the next call may have to wait */
	SK_SKETCH_STREAM_TROUBLE, /* something was wrong, and has been said */
	SK_SKETCH_STREAM_END,
};

struct sk_sketch_stream;

/* Over the ${n} files ${names}, as sk_source_new() has them. Dies of want of memory. */
struct sk_sketch_stream *sk_sketch_stream_new(
    enum sk_sketch_stream_input input, char *const *names, size_t n);
void sk_sketch_stream_free(struct sk_sketch_stream *stream);

/* The next ${entry}, or what else there is to know. */
enum sk_sketch_stream_status sk_sketch_stream_next(
    struct sk_sketch_stream *stream, struct sk_sketch_entry *entry);

/* The name of the input that the last call was about. */
const char *sk_sketch_stream_name(const struct sk_sketch_stream *stream);

/* Entries given so far. */
uint64_t sk_sketch_stream_count(const struct sk_sketch_stream *stream);

#endif
