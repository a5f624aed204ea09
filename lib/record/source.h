/*
 * source.h -- bytes in: files, pipes and terminals, one after the other, as large blocks cut where records end.
 *
 * A block holds whole records only, each with its end byte; a last record without one gets it. The block lives in
 * the source's own buffer, with SK_SCAN_PAD readable bytes on both sides, until the next call. What a pipe has to
 * give is given at once: a short read is a block as soon as it holds a whole record.
 *
 * What is compressed by gzip, zstd, xz or bzip2 is known by its first bytes, and unpacked by a thread beside the caller: all that
 * is said of bytes and offsets here is of the unpacked ones. See unpack.h.
 *
 * Memory: one buffer of SK_SOURCE_BLOCK bytes and a quarter, which grows with the longest record up to the limit given and no
 * further: a record beyond the limit is handed out by its first bytes only, and the rest of it is skipped.
 *
 * Errors: one input that fails is one SK_SOURCE_ERROR; the next call goes on with the next input.
 *
 * Signals: a wait for input can be interrupted. Block the signals of interest, give handlers to them, and pass the
 * mask under which they may arrive: they then arrive inside sk_source_next() and nowhere else.
 */
#ifndef STREAMKIT_RECORD_SOURCE_H
#define STREAMKIT_RECORD_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "../span.h"
#include "layout.h"

#define SK_SOURCE_BLOCK ((size_t)1 << 18)

struct sk_source;

enum sk_source_status {
	SK_SOURCE_RECORDS,  /* a block of whole records */
	SK_SOURCE_BYTES,    /* a block of a binary input, cut anywhere */
	SK_SOURCE_BYTES_END, /* a binary input has ended */
	SK_SOURCE_TOO_LONG, /* the first bytes of one record that is longer than the limit */
	SK_SOURCE_CUT_SHORT, /* the input has ended within a record, of which this much is there; of layouts that are no text */
	SK_SOURCE_WAITED,   /* no whole record within the timeout, or a signal came */
	SK_SOURCE_ERROR,    /* sk_source_why() says what went wrong with the input sk_source_name() */
	SK_SOURCE_END,      /* all inputs are read */
};

/*
 * A source over the ${n} files ${names}, "-" being standard input; no names at all mean that too. The names are
 * borrowed for the source's life. Records end in ${end} and may be ${record_max} bytes long, at least
 * SK_SOURCE_BLOCK. ENOMEM gives NULL. The caller frees it with sk_source_free().
 */
struct sk_source *sk_source_new(
    char *const *names, size_t n, unsigned char end, size_t record_max);

/*
 * Take inputs that begin with ${signature} for binary: their bytes are given as they come; and those that are nothing but
 * two or more of its first bytes, or just the first of eight or more, or begin with a signature of so many one half of which is
 * damaged.
 * Behind records that are no numbers such a signature is an SK_SOURCE_ERROR, once what is whole before it has been given.
 * An empty signature, which all inputs begin with, makes all of them binary, and has none unpacked: any bytes may be numbers.
 * Borrowed for the source's life.
 */
void sk_source_set_signature(struct sk_source *source, struct sk_span signature);

/*
 * Whether compressed inputs are unpacked, or their bytes given as they are. Counts from the next input on; after
 * sk_source_set_signature(), which has it so or so.
 */
void sk_source_set_unpacking(struct sk_source *source, bool unpacks);

/*
 * Records have this ${layout}, which is borrowed for the source's life: a byte order mark at the front of an input is passed over, and
 * end bytes in quotes end no record. Its quote_max is no more than the source's record_max. A block that has been given, and is
 * not the last of its input, is given again, as the layout has it: then this is true.
 */
bool sk_source_set_layout(struct sk_source *source, const struct sk_layout *layout);

/*
 * Where that is cheaper, give blocks that may end within a record. The caller cuts them by sk_layout_front(), and hands back what that
 * leaves: the last ${size} bytes of the block just given. Any may be handed back, all of them, too, but none when the block does not
 * end within a record, as sk_source_partial() says.
 */
void sk_source_allow_partial(struct sk_source *source);
bool sk_source_partial(const struct sk_source *source);
void sk_source_hand_back(struct sk_source *source, size_t size);

/* Close what is open and free ${source}; NULL is fine. */
void sk_source_free(struct sk_source *source);

/*
 * The next ${block}. Waits no longer than ${timeout} (NULL: for ever), and for no more than one read, for an input that
 * is not a regular file, with the signal mask ${mask} (NULL: as it is).
 */
enum sk_source_status sk_source_next(struct sk_source *source, const struct timespec *timeout,
    const sigset_t *mask, struct sk_span *block);

/*
 * Read once more behind the ${block} of records just given, without a layout and with no limit of time, and give it again with what is
 * whole by then; the last record of an input needs no end for that. False when there is nothing more to be had: the input is at its end,
 * or has failed, which the next call will tell, or SK_SOURCE_BLOCK bytes are there.
 */
bool sk_source_more(struct sk_source *source, struct sk_span *block);

/* The name of the input that the last call was about, "standard input" for "-". */
const char *sk_source_name(const struct sk_source *source);

/* What went wrong, in words, after SK_SOURCE_ERROR. */
const char *sk_source_why(const struct sk_source *source);

/* The number of inputs opened so far: it changes exactly when a block is the first of another input. */
size_t sk_source_index(const struct sk_source *source);

/* Whether the last call was about an input that may have to be waited for: no regular file. */
bool sk_source_waits(const struct sk_source *source);

/* Where in its input, in bytes from the front, the last block began. */
uint64_t sk_source_offset(const struct sk_source *source);

/*
 * How many bytes of the file or pipe that the last call was about, as it is, the first ${offset} of the input are: as many, unless it is
 * compressed; then those that what has been read so far was unpacked from.
 */
uint64_t sk_source_taken(const struct sk_source *source, uint64_t offset);

/* The rest of a regular file, as somebody else may read it. */
struct sk_source_rest {
	int fd;
	size_t input;    /* sk_source_index() */
	uint64_t base;   /* offset of the input's first byte in the file */
	uint64_t offset; /* in the input, of the first record that has not been given */
	uint64_t size;   /* of the input, as far as it goes now */
};

/*
 * What there is behind the last block; false when that is not to be had: of pipes, of compressed and of binary inputs, in the middle
 * of a record that is too long, and where it could begin within a signature, for which the one who reads it has to look.
 */
bool sk_source_rest(const struct sk_source *source, struct sk_source_rest *rest);

/* Go on at ${offset} bytes of the input that sk_source_rest() told of. -1, with errno set, ends that input. */
int sk_source_seek(struct sk_source *source, uint64_t offset);

/* Bytes of memory in use. */
size_t sk_source_memory(const struct sk_source *source);

#endif
