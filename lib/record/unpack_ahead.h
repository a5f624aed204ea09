/*
 * unpack_ahead.h -- a compressed input, unpacked by a thread of its own beside whoever reads it.
 *
 * What has been unpacked is handed over in pieces: a piece when it is full, and when nothing more can be read at once, so that
 * what a pipe dribbles is passed on as it comes. The thread is a few pieces ahead and waits then.
 *
 * Behind a member of one kind there may be one of another: x.gz and y.zst in one file are what both were.
 *
 * Memory: SK_UNPACK_AHEAD_MEMORY bytes and that of unpack.h. Signals are left to the other threads.
 */
#ifndef STREAMKIT_RECORD_UNPACK_AHEAD_H
#define STREAMKIT_RECORD_UNPACK_AHEAD_H

#include <stdint.h>
#include <sys/types.h>

#include "unpack.h"

#define SK_UNPACK_AHEAD_PIECE ((size_t)1 << 18)
#define SK_UNPACK_AHEAD_PIECES 4
#define SK_UNPACK_AHEAD_INPUT ((size_t)1 << 17)
#define SK_UNPACK_AHEAD_MEMORY (SK_UNPACK_AHEAD_PIECE * SK_UNPACK_AHEAD_PIECES + SK_UNPACK_AHEAD_INPUT)

struct sk_unpack_ahead;

/*
 * Start to unpack input of this ${kind}, of which ${front} has been read from ${fd}, and the rest is still to be; it ${waits} if that
 * may be long in coming. ${front} is copied; ${fd} stays the caller's, who closes it after sk_unpack_ahead_free(). NULL with errno:
 * ENOTSUP, this build cannot; or whatever else stands in the way.
 */
struct sk_unpack_ahead *sk_unpack_ahead_new(
    enum sk_unpack_kind kind, int fd, bool waits, struct sk_span front);

/* Stop, wherever it is, and free all. NULL is fine. */
void sk_unpack_ahead_free(struct sk_unpack_ahead *ahead);

/* A descriptor to wait for with select(2): it can be read from when sk_unpack_ahead_read() would not wait. For nothing else. */
int sk_unpack_ahead_fd(const struct sk_unpack_ahead *ahead);

/*
 * As read(2): up to ${size} > 0 bytes to ${data}, 0 at the end, and -1 when all that came before a failure has been
 * given. ${status} then says what it was, and SK_UNPACK_OK that errno does: that of reading.
 */
ssize_t sk_unpack_ahead_read(
    struct sk_unpack_ahead *ahead, unsigned char *data, size_t size, enum sk_unpack_status *status);

/* The kind that a status is about: that of the member at which it has arrived. */
enum sk_unpack_kind sk_unpack_ahead_kind(const struct sk_unpack_ahead *ahead);

/* How many bytes of the input, its front included, all that has been read was unpacked from: to the end of a piece. */
uint64_t sk_unpack_ahead_taken(const struct sk_unpack_ahead *ahead);

#endif
