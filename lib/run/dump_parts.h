/*
 * dump_parts.h -- what the rows of all formats are made of.
 */
#ifndef STREAMKIT_RUN_DUMP_PARTS_H
#define STREAMKIT_RUN_DUMP_PARTS_H

#include <string.h>

#include "../sketch/describe.h"
#include "dump_frame.h"
#include "table.h"

static inline struct sk_span
sk_dump_span(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

static inline uint64_t
sk_dump_bytes(const struct sk_sketch_entry *entry)
{
	return entry->type == SK_FRAME_SKETCH ? entry->sketch.image.size : entry->size;
}

/* What the container says counts: it knows of what came before the sketch. */
static inline bool
sk_dump_is_exact(const struct sk_sketch_entry *entry, const struct sk_description *about)
{
	return entry->framed ? entry->sketch.exact : about->exact;
}

/* Whether anything but the family is known of the image. */
static inline bool
sk_dump_is_read(const struct sk_sketch_entry *entry, const struct sk_description *about)
{
	return entry->type == SK_FRAME_SKETCH && about->status == SK_IMAGE_OK;
}

/* A row of JSON. */
void sk_dump_json(struct sk_table *table, const char *name, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about);

#endif
