/*
 * spool.h -- bytes that are put aside, to be read back at their places: in memory as long as they are few, and then in a
 * temporary file.
 *
 * The file is in $TMPDIR, or in /tmp, and has no name from the moment on at which it is there: it is gone with the
 * process, however that ends. It is not there before it is needed.
 *
 * Memory: up to ${limit} bytes. What comes beyond it sends all that is in memory to the file, in one write. Time: a
 * copy, and a read(2) for what is in the file.
 *
 * Errors: whatever goes wrong with the file, and want of memory, ends the run with a line that names the directory.
 * Threads: none inside.
 */
#ifndef STREAMKIT_RUN_SPOOL_H
#define STREAMKIT_RUN_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "../span.h"

struct sk_spool;

/* An empty spool of which ${limit} bytes are kept in memory. sk_spool_free() frees it, and its file; NULL is fine. */
struct sk_spool *sk_spool_new(size_t limit);
void sk_spool_free(struct sk_spool *spool);

/* Put ${bytes} behind those before. Returns their place. */
uint64_t sk_spool_append(struct sk_spool *spool, struct sk_span bytes);

/* Read the ${size} bytes at ${place}, which have been appended, whether at once or not, into ${bytes}. */
void sk_spool_read(const struct sk_spool *spool, uint64_t place, unsigned char *bytes, size_t size);

/* Forget all bytes: the next place is 0 again. Memory and file are kept for those to come. */
void sk_spool_reset(struct sk_spool *spool);

/* Bytes appended; of them in memory, with what is set aside for more. */
uint64_t sk_spool_size(const struct sk_spool *spool);
size_t sk_spool_memory(const struct sk_spool *spool);

#endif
