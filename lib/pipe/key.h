/*
 * key.h -- keys, in memory and in frames.
 *
 * A key has parts, each of any bytes. In memory one part stands alone. Several stand behind each other with tabs
 * between them, and behind those are the lengths of all parts but the last, 3 bytes each, the first part's at the end:
 * the bytes are equal where the parts are, and in the order of the parts, as long as these have no control characters.
 * In a frame each part is a length of 4 bytes and the bytes (streamkit-frames(5)).
 *
 * Memory in, memory out; nothing here allocates.
 */
#ifndef STREAMKIT_PIPE_KEY_H
#define STREAMKIT_PIPE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"
#include "frame.h"

#define SK_KEY_PARTS_MAX 64
#define SK_KEY_PARTS_TEXT "64"
#define SK_KEY_PART_MAX ((size_t)0xFFFFFF) /* bytes of a part, if it is not the last */
#define SK_KEY_PART_COST ((size_t)4)       /* bytes that each part but the last takes beside its own */

/* In memory */

/*
 * Write the key of these ${parts} parts, at most SK_KEY_PARTS_MAX, at ${at}: their bytes, and SK_KEY_PART_COST for all
 * but the last. Returns where it ends.
 */
unsigned char *sk_key_join(const struct sk_span *part, size_t parts, unsigned char *at);

/*
 * Take the first part off the front of ${rest}, which has what is behind it then; or the ${last}, which is all that
 * there is. Where bytes are no key of so many parts, one part may have them all, and the others none.
 */
struct sk_span sk_key_part(struct sk_span *rest, bool last);

/*
 * Write the key that has the parts of ${first} and then those of ${second} at ${at}: their bytes and SK_KEY_PART_COST. Both
 * have parts, at most SK_KEY_PARTS_MAX together. Returns where it ends; NULL for a part that is too long for its place.
 */
unsigned char *sk_key_concat(struct sk_span first, size_t first_parts, struct sk_span second,
    size_t second_parts, unsigned char *at);

/* In frames */

/* Bytes of ${key}, which has this many ${parts} (0: there is no key), once it is encoded. */
size_t sk_key_encoded_size(struct sk_span key, size_t parts);

/* Write so many bytes at ${at}. Returns where they end. */
unsigned char *sk_key_encode(struct sk_span key, size_t parts, unsigned char *at);

/*
 * Make the key of ${size} bytes at ${at} one in memory, in place; *${key} is borrowed from there. CORRUPT when the
 * lengths do not add up to ${size}, and NEWER for parts that are too many or too long: then the bytes are as before.
 */
enum sk_frame_status sk_key_decode(unsigned char *at, size_t size, size_t parts, struct sk_span *key);

#endif
