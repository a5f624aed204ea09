/*
 * frame.h -- streams of frames, as streamkit-frames(5) lays them out.
 *
 * Memory in, memory out. The writer puts frames into a buffer that the caller empties. The reader is pushed bytes as
 * they come, in pieces of any size, and gives whole frames; it holds at most one frame, and asks for memory only for
 * bytes that have come, or have come out of a compressed payload.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set (ENOMEM, EMSGSIZE for a payload beyond
 * SK_FRAME_MAX); the reader's are statuses.
 */
#ifndef STREAMKIT_PIPE_FRAME_H
#define STREAMKIT_PIPE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../span.h"

#define SK_FRAME_SIGNATURE_SIZE ((size_t)8)
#define SK_FRAME_HEADER_SIZE ((size_t)16)
#define SK_FRAME_MAX ((size_t)1 << 30)
#define SK_FRAME_PAD ((size_t)64) /* readable bytes before and behind what a reader hands out */
#define SK_FRAME_NO_RECORDS 0xff /* in HELLO, where another byte ends records */

extern const unsigned char sk_frame_signature[SK_FRAME_SIGNATURE_SIZE];

enum sk_frame_type {
	SK_FRAME_HELLO = 1,
	SK_FRAME_RECORDS = 2,
	SK_FRAME_SKETCH = 3,
	SK_FRAME_CLOSE = 4,
	SK_FRAME_WATERMARK = 5,
	SK_FRAME_END = 6,
	SK_FRAME_FINISHED = 7,
	SK_FRAME_OPEN = 8, /* may be skipped, and says so */
};

/* Whether ${bytes} begin a stream of frames: all of the signature, or as much of it as they are long. */
bool sk_frame_starts(struct sk_span bytes);

/* Writing */

/* The layouts that a stream's records can be said to have, by the numbers that HELLO has for them. */
enum sk_frame_layout_kind {
	SK_FRAME_LAYOUT_UNSAID,
	SK_FRAME_LAYOUT_CSV,
	SK_FRAME_LAYOUT_TSV,
	SK_FRAME_LAYOUT_JSON,
	SK_FRAME_LAYOUT_LOGFMT,
	SK_FRAME_LAYOUT_CLF,
};

struct sk_frame_layout {
	enum sk_frame_layout_kind kind;
	unsigned char delimiter; /* of csv */
};

struct sk_frame_writer {
	unsigned char *data; /* to be written out; the caller may empty it at any time by setting size to 0 */
	size_t size;
	int level; /* of compression: 1 to 19, or 0 for none; the caller's to set at any time */
	bool corrected; /* windows may close again, as the next stream with RECORDS is to say; the caller's to set before */
	struct sk_frame_layout layout; /* of these RECORDS; likewise */
	uint64_t frames; /* since the signature, as END says; the caller adds those that come from elsewhere */
	/* private */
	struct sk_compress_packer *packer; /* NULL until there was something to compress */
	size_t room;
	size_t last; /* where the frame that is not sealed yet begins */
};

/* Start with an empty buffer, and no compression; release frees it. */
void sk_frame_writer_init(struct sk_frame_writer *writer);
void sk_frame_writer_release(struct sk_frame_writer *writer);

/* Begin a stream: the signature and HELLO. */
int sk_frame_write_start(struct sk_frame_writer *writer);

/*
 * Begin a stream that may have RECORDS, which ${end} ends: '\n', 0, or SK_FRAME_NO_RECORDS. ${header} is the record
 * that names their fields, without its end; of size 0 where there is none. EINVAL for another end byte, or one that is
 * in the header of what is not csv.
 */
int sk_frame_write_start_records(
    struct sk_frame_writer *writer, unsigned char end, struct sk_span header);

/*
 * Append a frame with a payload of ${size} bytes, and return where the payload goes; NULL on error. Once it is there,
 * and before the next call, sk_frame_seal() completes the frame.
 *
 * With a level, sealing compresses a payload of at least 256 bytes where that makes it smaller by an eighth or more.
 * Other payloads stay as they are, as do all in a build without libzstd and for want of memory.
 */
unsigned char *sk_frame_begin(struct sk_frame_writer *writer, enum sk_frame_type type, size_t size);
void sk_frame_seal(struct sk_frame_writer *writer);

/* End a stream of ${records} records of which ${skipped} were left out. */
int sk_frame_write_end(struct sk_frame_writer *writer, uint64_t records, uint64_t skipped);

/* Reading */

enum sk_frame_status {
	SK_FRAME_OK,      /* a frame */
	SK_FRAME_MORE,    /* no whole frame yet: push more */
	SK_FRAME_CUT,     /* the input ended within a stream */
	SK_FRAME_FOREIGN, /* bytes that are no frame */
	SK_FRAME_CHECKSUM,
	SK_FRAME_NEWER,   /* a version or frame type that is not known */
	SK_FRAME_CORRUPT, /* contents that contradict each other */
	SK_FRAME_NO_ZSTD, /* a compressed frame, and a build without libzstd */
	SK_FRAME_NO_MEMORY,
};

/* What ${status} means, in words. A string for ever. */
const char *sk_frame_strerror(enum sk_frame_status status);

struct sk_frame {
	enum sk_frame_type type;
	unsigned char *payload; /* the reader's until its next call; to be changed at will; padded */
	size_t size;
	bool compressed; /* in the stream, where the payload is of this size: */
	size_t stored;
};

struct sk_frame_reader;

/* A new reader; ENOMEM. The caller frees it with sk_frame_reader_free(). */
struct sk_frame_reader *sk_frame_reader_new(void);
void sk_frame_reader_free(struct sk_frame_reader *reader);

/* Give HELLO and END too of streams whose HELLO says more than its version. */
void sk_frame_reader_give_all(struct sk_frame_reader *reader);

/*
 * The next frame out of what is held and *${bytes}, which is moved behind what was taken. HELLO and END are checked
 * and, unless asked for, not given; skippable frames are skipped. RECORDS are CORRUPT in a stream that has none, and where the last of
 * them is without its end, and a WATERMARK is that falls. The payload has SK_FRAME_PAD readable bytes on both sides, so that it can be scanned in
 * place; they say nothing, and are not to be written. After any other status than OK and MORE the reader is of no more
 * use.
 */
enum sk_frame_status sk_frame_next(
    struct sk_frame_reader *reader, struct sk_span *bytes, struct sk_frame *frame);

/* The input has ended: OK between streams, CUT within one. */
enum sk_frame_status sk_frame_finish(const struct sk_frame_reader *reader);

/* Sums of what the END frames so far say. */
uint64_t sk_frame_records(const struct sk_frame_reader *reader);
uint64_t sk_frame_skipped(const struct sk_frame_reader *reader);

/*
 * Of the stream at hand, or the one that ended last: the byte that ends its records, -1 where it has none; and the
 * record that names the fields. The header is the reader's until the next stream begins, padded as payloads are, and
 * has its end byte behind it.
 */
int sk_frame_end_byte(const struct sk_frame_reader *reader);
struct sk_span sk_frame_header(const struct sk_frame_reader *reader);

/* Likewise: whether its windows may close again, by what it says at its beginning. */
bool sk_frame_corrected(const struct sk_frame_reader *reader);

/* Likewise: the layout of its records. */
struct sk_frame_layout sk_frame_layout(const struct sk_frame_reader *reader);

/* Whether the reader is within a stream, whose END is still to come. */
bool sk_frame_inside(const struct sk_frame_reader *reader);

/* The number of the frame last given in its stream, HELLO being 1. */
uint64_t sk_frame_number(const struct sk_frame_reader *reader);

/* The offset of the frame last given in the input, for messages. */
uint64_t sk_frame_offset(const struct sk_frame_reader *reader);

#endif
