/*
 * pane.h -- the frames by which windows travel (streamkit-frames(5)): RECORDS, OPEN, CLOSE, WATERMARK and FINISHED.
 *
 * A stream is cut into panes, each a number and the records that belong to it; a window is made of panes, and may share
 * them with others. A CLOSE means the records that came before it; late ones may follow, and then the window closes
 * again. FINISHED comes last. OPEN tells of windows that are under way. Nothing here keeps track of panes; whoever reads a CLOSE that names one of which there
 * were no records takes it to be empty.
 *
 * Memory in, memory out. Writers put frames into the frame writer's buffer, in a stream begun by
 * sk_frame_write_start_records(). Readers are given frames of the type that their name says, and hand out what
 * is in the payload: it is gone with the frame.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set (ENOMEM, EMSGSIZE for a payload beyond
 * SK_FRAME_MAX), and nothing is written; the readers' are statuses: CORRUPT where lengths do not add up, NEWER for
 * what this version does not know. Then nothing is handed out.
 */
#ifndef STREAMKIT_PIPE_PANE_H
#define STREAMKIT_PIPE_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"
#include "frame.h"

/* A window that has closed, or is under way. */
struct sk_pane_close {
	int64_t start;      /* nanoseconds since 1970-01-01T00:00:00Z; by count, ordinals of records */
	int64_t end;        /* the same, not belonging to it; at least the start */
	bool counted;       /* by count */
	uint32_t revision;  /* 0 first; a higher one replaces what was said of the window */
	size_t key_parts;   /* 0: no key */
	struct sk_span key; /* as key.h has it */
	const unsigned char *panes; /* the numbers that it is made of, for sk_pane_of(); 8 bytes each */
	size_t panes_count;         /* 0: an empty window */
};

/* The number of pane ${i}, below panes_count. */
uint64_t sk_pane_of(const struct sk_pane_close *close, size_t i);

/* Writing */

/*
 * Begin RECORDS of ${pane}, and return where ${size} bytes of whole records go, each with its end; then
 * sk_frame_seal().
 */
unsigned char *sk_pane_write_records(struct sk_frame_writer *writer, uint64_t pane, size_t size);

/*
 * ${panes} are the close->panes_count numbers; close->panes is not looked at. EINVAL where the end is before the start.
 */
int sk_pane_write_close(struct sk_frame_writer *writer, const struct sk_pane_close *close,
    const uint64_t *panes);

/*
 * The window has begun and not closed, and ${panes} are among those that it is made of: all that OPEN frames have named
 * for it. EINVAL also for a revision other than 0.
 */
int sk_pane_write_open(struct sk_frame_writer *writer, const struct sk_pane_close *window,
    const uint64_t *panes);

/* No record before ${time} is still waited for: nanoseconds, as above. */
int sk_pane_write_watermark(struct sk_frame_writer *writer, int64_t time);

/* No later frame names any of these ${n} ${panes}. */
int sk_pane_write_finished(struct sk_frame_writer *writer, const uint64_t *panes, size_t n);

/* Reading */

/* ${records} may be none. The frame reader has seen to it that the last one has its end. */
enum sk_frame_status sk_pane_read_records(
    const struct sk_frame *frame, uint64_t *pane, struct sk_span *records);

/*
 * The key is put together in the payload: a frame can be read once. CORRUPT also for an end before the start, and for a pane
 * that is named twice; NEWER for a key of more than key.h has room for; NO_MEMORY only where panes are not in the order of
 * their numbers, which costs a copy of them, sorted.
 */
enum sk_frame_status sk_pane_read_close(struct sk_frame *frame, struct sk_pane_close *close);

/* The same for OPEN; CORRUPT also for a revision other than 0. */
enum sk_frame_status sk_pane_read_open(struct sk_frame *frame, struct sk_pane_close *window);

enum sk_frame_status sk_pane_read_watermark(const struct sk_frame *frame, int64_t *time);

/* ${n} numbers of 8 bytes, little-endian, for sk_load64(). */
enum sk_frame_status sk_pane_read_finished(
    const struct sk_frame *frame, const unsigned char **panes, size_t *n);

#endif
