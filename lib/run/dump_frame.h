/*
 * dump_frame.h -- what a frame that is to be shown says, whatever its type.
 */
#ifndef STREAMKIT_RUN_DUMP_FRAME_H
#define STREAMKIT_RUN_DUMP_FRAME_H

#include "sketch_reader.h"
#include "when.h"

struct sk_dump_frame {
	bool has_records; /* RECORDS, SKETCH, END: */
	uint64_t records;
	bool has_skipped; /* END: */
	uint64_t skipped;
	bool has_span; /* OPEN, CLOSE, SKETCH of a window: */
	int64_t start; /* nanoseconds since 1970; by count, ordinals */
	int64_t end;
	bool counted;
	bool has_revision; /* CLOSE: */
	uint32_t revision;
	bool has_time; /* WATERMARK: */
	int64_t time;
	bool has_pane; /* RECORDS, SKETCH of a pane: */
	uint64_t pane;
	bool has_panes; /* OPEN, CLOSE, FINISHED: */
	const unsigned char *panes; /* 8 bytes each, little-endian */
	size_t panes_count;
	const char *ends; /* HELLO: what ends records, "newline", "nul" or "none"; else NULL */
	const char *layout;    /* HELLO: of records, "csv" and so on; NULL where it says nothing */
	char delimiter[2];     /* of csv; else empty */
	bool has_key; /* OPEN, CLOSE, SKETCH: */
	size_t key_parts;
	struct sk_span key; /* as ../pipe/key.h has it */
	struct sk_span bytes; /* of RECORDS: as they came */
};

/* Read ${entry}, which is good for once. What is wrong with it, a string for ever; or NULL. */
const char *sk_dump_frame_read(struct sk_dump_frame *frame, struct sk_sketch_entry *entry);

/* The name of its type. A string for ever. */
const char *sk_dump_frame_type(const struct sk_sketch_entry *entry);

/* ${when} as rows have it: a time, or by count an ordinal. Lies in ${text}. */
struct sk_span sk_dump_frame_border(
    const struct sk_dump_frame *frame, int64_t when, char text[SK_WHEN_SIZE]);

#endif
