/*
 * hello.h -- the payload of HELLO, which begins a stream (streamkit-frames(5)).
 *
 * Memory in, memory out; nothing here allocates.
 */
#ifndef STREAMKIT_PIPE_HELLO_H
#define STREAMKIT_PIPE_HELLO_H

#include <stdbool.h>
#include <stddef.h>

#include "../span.h"
#include "frame.h"

#define SK_HELLO_SIZE ((size_t)4)          /* of a stream without records */
#define SK_HELLO_RECORDS_SIZE ((size_t)12) /* of one with records, and the header behind it */

struct sk_hello {
	int end;               /* what ends records: '\n', 0, or -1 where there are none */
	struct sk_span header; /* the record that names the fields, without its end */
	bool corrected;        /* windows may close again */
	struct sk_frame_layout layout; /* of records */
};

/*
 * Whether ${hello} can be said: another byte ends no records, and it ends no header too early, which may hold it in quotes where
 * records are csv.
 */
bool sk_hello_is_valid(const struct sk_hello *hello);

/* Write SK_HELLO_SIZE bytes. */
void sk_hello_encode(unsigned char *payload);

/* The bytes that sk_hello_encode_records() writes. */
size_t sk_hello_records_size(const struct sk_hello *hello);

/* Write SK_HELLO_RECORDS_SIZE bytes, the header, and where there are flags or a layout these. */
void sk_hello_encode_records(const struct sk_hello *hello, unsigned char *payload);

/*
 * Read ${payload}, from which the header is borrowed. NEWER for another version or a layout that is not known; CORRUPT where lengths do not add up,
 * or for what is not valid. Flags that are not known, and what stands behind them, are not looked at.
 */
enum sk_frame_status sk_hello_decode(struct sk_hello *hello, struct sk_span payload);

#endif
