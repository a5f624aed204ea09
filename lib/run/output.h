/*
 * output.h -- answers out: a buffer in front of a file descriptor that never forgets an error.
 *
 * A write that fails ends the run: a line on standard error and exit 2, or the quiet death of a program whose reader
 * has gone away. So no function here returns an error.
 */
#ifndef STREAMKIT_RUN_OUTPUT_H
#define STREAMKIT_RUN_OUTPUT_H

#include <stdint.h>

#include "../span.h"

#define SK_OUTPUT_BUFFER ((size_t)1 << 16)

struct sk_output {
	int fd;
	const char *name; /* for messages: "standard output" until the caller says otherwise */
	size_t used;
	char buffer[SK_OUTPUT_BUFFER];
};

/* Start writing to ${fd}. */
void sk_output_init(struct sk_output *output, int fd);

/* Write bytes, a string, one byte, a whole number. */
void sk_output_bytes(struct sk_output *output, struct sk_span bytes);
void sk_output_string(struct sk_output *output, const char *string);
void sk_output_byte(struct sk_output *output, char byte);
void sk_output_number(struct sk_output *output, uint64_t number);

/* ${count} times ${byte}. */
void sk_output_fill(struct sk_output *output, char byte, size_t count);

/* Hand everything to the system. */
void sk_output_flush(struct sk_output *output);

/* The reader has gone away: end as SIGPIPE would have ended us, also where that was ignored. */
_Noreturn void sk_output_die_unread(void);

/* Flush and close: errors that a file system keeps for the end come out here. */
void sk_output_close(struct sk_output *output);

#endif
