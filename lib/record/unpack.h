/*
 * unpack.h -- compressed bytes, as gzip, zstd, xz and bzip2 write them, back to what they were. Memory in, memory out.
 *
 * What is compressed is known by its first bytes and by nothing else: no text begins so. Files of one kind may be put one behind the
 * other, as with cat(1), and of several with unpack_ahead.h; zstd's skippable frames are passed over; behind gzip's members there may be zeros, as tapes leave
 * them. All checksums are verified.
 *
 * Memory: what the format asks for, and for no input more than SK_UNPACK_MEMORY_MAX: 32 KiB of window for gzip, about 4 MB
 * for bzip2, for zstd and xz what the packer chose. However large the output, it is never held.
 *
 * Formats: RFC 1952 (gzip), RFC 8878 (zstd), "The .xz File Format" 1.2.1; bzip2 1.0.8 is its own definition.
 *
 * Errors: a status, in words by sk_unpack_strerror(). What was unpacked before is the caller's all the same.
 */
#ifndef STREAMKIT_RECORD_UNPACK_H
#define STREAMKIT_RECORD_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"

/* Of this many bytes sk_unpack_kind() always knows. */
#define SK_UNPACK_FRONT ((size_t)10)

/* The largest window, in bytes: what the zstd program itself grants unless told otherwise. */
#define SK_UNPACK_MEMORY_MAX ((size_t)128 << 20)

struct sk_unpack;

enum sk_unpack_kind {
	SK_UNPACK_PLAIN, /* not compressed */
	SK_UNPACK_GZIP,
	SK_UNPACK_ZSTD,
	SK_UNPACK_XZ,
	SK_UNPACK_BZIP2,
	SK_UNPACK_UNDECIDED, /* more bytes are needed to say */
};

enum sk_unpack_status {
	SK_UNPACK_OK,
	SK_UNPACK_CORRUPT,   /* not what a packer writes, or a checksum is wrong */
	SK_UNPACK_TRUNCATED, /* the end is missing */
	SK_UNPACK_GARBAGE,   /* something else lies behind it, and there the input has been used up to */
	SK_UNPACK_TOO_LARGE, /* the window is larger than SK_UNPACK_MEMORY_MAX */
	SK_UNPACK_MISSING,   /* the library was not there when this was built */
	SK_UNPACK_NO_MEMORY,
};

/*
 * How the input is compressed that begins with ${front}, which is ${whole} if there is nothing more. What has been cut off
 * within its signature is told from text where the bytes that are left allow it.
 */
enum sk_unpack_kind sk_unpack_kind(struct sk_span front, bool whole);

/*
 * Start on an input of a ${kind} that is compressed. NULL with errno: ENOTSUP, this build cannot (SK_UNPACK_MISSING); ENOMEM. The
 * caller frees it with sk_unpack_free().
 */
struct sk_unpack *sk_unpack_new(enum sk_unpack_kind kind);

/* NULL is fine. */
void sk_unpack_free(struct sk_unpack *unpack);

/*
 * Unpack ${in} to ${out}, ${size} > 0 bytes of room, and pass over what has been used of it. Returns when ${in} is used up
 * and has nothing more to give, or the room is: then there may be more to come though ${in} is empty. ${written}
 * bytes are good whatever the status. After a status other than SK_UNPACK_OK nothing but sk_unpack_free() may be called.
 */
enum sk_unpack_status sk_unpack_step(struct sk_unpack *unpack, struct sk_span *in, unsigned char *out,
    size_t size, size_t *written);

/* The input is at its end, and all of it is unpacked: SK_UNPACK_OK, or what is wrong with that. */
enum sk_unpack_status sk_unpack_end(struct sk_unpack *unpack);

/* What a ${status} other than SK_UNPACK_OK means for input of this ${kind}: one line without its end, which is to follow the input's name. */
const char *sk_unpack_strerror(enum sk_unpack_kind kind, enum sk_unpack_status status);

#endif
