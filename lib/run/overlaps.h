/*
 * overlaps.h -- windows that go into one answer: do any two of them overlap, so that what is in both counts twice?
 *
 * Equal windows do not: they are parts of one, from several hosts. Nor do those of different keys, which are of different
 * records.
 *
 * Memory: 24 bytes for each window and key, up to a limit, beyond which windows are no longer held against the others. Dies
 * of want of memory.
 */
#ifndef STREAMKIT_RUN_OVERLAPS_H
#define STREAMKIT_RUN_OVERLAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../pipe/container.h"
#include "../span.h"
#include "../window/assign.h"

struct sk_overlaps;

/*
 * Of windows that go into those of ${assigner}, which is borrowed: only two that go into the same one matter. NULL: all go
 * into one. Keeps to ${memory} bytes. Free with sk_overlaps_free(); NULL is fine.
 */
struct sk_overlaps *sk_overlaps_new(const struct sk_assigner *assigner, size_t memory, uint64_t seed);
void sk_overlaps_free(struct sk_overlaps *overlaps);

/* Whether it matters for ${sketch}: items that are in two sketches of different items are one item. */
bool sk_overlaps_matter(const struct sk_container *sketch);

/* A window from ${start} to ${end} of the ${key} of ${parts} has come. */
void sk_overlaps_add(struct sk_overlaps *overlaps, int64_t start, int64_t end, struct sk_span key, size_t parts);

/* Note on standard error that windows overlap, if any do, with the first two: as times, or as numbers if they are ${counted}. */
void sk_overlaps_note(struct sk_overlaps *overlaps, bool counted);

#endif
