/*
 * sketch_reader.h -- the sketches of an input, one after the other, out of bytes or lines as they come.
 *
 * An input is a stream of frames or one plain image, pushed in pieces of any size, or lines of base64. Nothing is
 * printed here: what is wrong is a status with a reason and a place, for the caller to say. What was whole before that
 * has been given.
 *
 * Errors: a pointer result is NULL with errno ENOMEM; the rest are statuses.
 */
#ifndef STREAMKIT_RUN_SKETCH_READER_H
#define STREAMKIT_RUN_SKETCH_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../pipe/container.h"

enum sk_sketch_status {
	SK_SKETCH_ENTRY,   /* one frame, image or line */
	SK_SKETCH_MORE,    /* all that has come has been given */
	SK_SKETCH_TROUBLE, /* something was wrong; what can still be read of the input follows */
};

struct sk_sketch_entry {
	uint64_t number; /* from 1, over all inputs; 0 for HELLO and END */
	enum sk_frame_type type;
	uint64_t in_stream; /* number of the frame in its stream: where it is no larger than before, another stream has begun */
	bool framed; /* and not an image alone, of which only key, family and image are known */
	const char *unit; /* what `place` is: "byte" (from 0) or "line" (from 1) */
	uint64_t place;
	size_t size; /* bytes of payload or image */
	bool compressed; /* in the stream, where the payload has this many bytes: */
	size_t stored;
	struct sk_container sketch; /* of a SKETCH frame; borrowed until the next call */
	struct sk_frame frame;      /* of another type; likewise */
	int end;                    /* what ends records in the stream; -1: there are none */
	bool corrected;             /* the stream's windows may close again */
	struct sk_frame_layout layout; /* of its records */
	struct sk_span header;      /* that names their fields, its end behind it; of no size: there is none */
	const char *why; /* TROUBLE: what is wrong at `place`; a string for ever */
};

struct sk_sketch_reader;

/*
 * A new reader. With ${image}, an input that does not begin as frames do is an image, whatever its first bytes are;
 * else they must be those of an image. Free with sk_sketch_reader_free().
 */
struct sk_sketch_reader *sk_sketch_reader_new(bool image);
void sk_sketch_reader_free(struct sk_sketch_reader *reader);

/* Give HELLO and END too, as sk_frame_reader_give_all() does: to be called before anything is pushed. */
void sk_sketch_reader_give_all(struct sk_sketch_reader *reader);

/* The next ${entry} out of what is held and *${bytes}, which is moved behind what was taken. */
enum sk_sketch_status sk_sketch_reader_next(
    struct sk_sketch_reader *reader, struct sk_span *bytes, struct sk_sketch_entry *entry);

/*
 * The input has ended: an image is given now, and one that is cut off is trouble. To be called until it says MORE; what is
 * pushed after that is another input.
 */
enum sk_sketch_status sk_sketch_reader_end(
    struct sk_sketch_reader *reader, struct sk_sketch_entry *entry);

/* Pass over the rest of the input at hand, up to its end. */
void sk_sketch_reader_pass_over(struct sk_sketch_reader *reader);

/*
 * The entry of line ${number}, as sk_sketch_output_line() writes it: base64 alone, or a key, a tab and base64; a carriage
 * return at its end is passed over. ENTRY or TROUBLE.
 */
enum sk_sketch_status sk_sketch_reader_line(struct sk_sketch_reader *reader, struct sk_span line,
    uint64_t number, struct sk_sketch_entry *entry);

/* Whether the input at hand is a stream of frames whose END has not come. */
bool sk_sketch_reader_inside(const struct sk_sketch_reader *reader);

/* Whether any stream so far may have records in panes, by what it says at its beginning. */
bool sk_sketch_reader_panes(const struct sk_sketch_reader *reader);

/* Entries given so far. */
uint64_t sk_sketch_reader_count(const struct sk_sketch_reader *reader);

#endif
