/* dump_frame.c -- what a frame that is to be shown says. */
#include "dump_frame.h"

#include <stdio.h>
#include <string.h>

#include "../pipe/key.h"
#include "../pipe/pane.h"
#include "../sketch/image.h"
#include "stream_layout.h"


const char *
sk_dump_frame_type(const struct sk_sketch_entry *entry)
{
	switch (entry->type) {
	case SK_FRAME_HELLO:
		return "hello";
	case SK_FRAME_RECORDS:
		return "records";
	case SK_FRAME_SKETCH:
		return entry->framed ? "sketch" : "image";
	case SK_FRAME_CLOSE:
		return "close";
	case SK_FRAME_WATERMARK:
		return "watermark";
	case SK_FRAME_END:
		return "end";
	case SK_FRAME_FINISHED:
		return "finished";
	case SK_FRAME_OPEN:
		return "open";
	}
	return "-";
}

struct sk_span
sk_dump_frame_border(const struct sk_dump_frame *frame, int64_t when, char text[SK_WHEN_SIZE])
{
	size_t size = frame->counted ?
	    (size_t)snprintf(text, SK_WHEN_SIZE, "%lld", (long long)when) :
	    sk_when_format(when, text);

	return (struct sk_span){ (unsigned char *)text, size };
}

/* How many records are in ${bytes}, of which the last one has its end; -1 for want of memory. */
static int
count_records(const struct sk_sketch_entry *entry, struct sk_span bytes, uint64_t *count)
{
	const struct sk_layout_options options = { SK_LAYOUT_CSV, entry->layout.delimiter, (unsigned char)entry->end, 0 };
	const unsigned char *at = bytes.data, *end = at + bytes.size;
	bool csv = entry->layout.kind == SK_FRAME_LAYOUT_CSV;
	struct sk_layout *layout = NULL;
	struct sk_span records[64];
	const char *why;
	size_t used, n, which;

	*count = 0;
	if (csv && (layout = sk_layout_new(&options, NULL, 0, &why, &which)) == NULL)
		return -1;
	for (; csv && at < end && (n = sk_layout_records(layout, at, (size_t)(end - at), records, 64, &used)) > 0; at += used)
		*count += n;
	for (; at < end; ++*count)
		at = (const unsigned char *)memchr(at, entry->end, (size_t)(end - at)) + 1;
	sk_layout_free(layout);
	return 0;
}

static enum sk_frame_status
read_records(struct sk_dump_frame *frame, const struct sk_sketch_entry *entry)
{
	enum sk_frame_status status = sk_pane_read_records(&entry->frame, &frame->pane, &frame->bytes);

	if (status != SK_FRAME_OK)
		return status;
	frame->has_pane = frame->has_records = true;
	return count_records(entry, frame->bytes, &frame->records) == 0 ? SK_FRAME_OK : SK_FRAME_NO_MEMORY;
}

static enum sk_frame_status
read_window(struct sk_dump_frame *frame, struct sk_frame *from)
{
	struct sk_pane_close window;
	enum sk_frame_status status;

	status = (from->type == SK_FRAME_OPEN ? sk_pane_read_open : sk_pane_read_close)(from, &window);
	if (status != SK_FRAME_OK)
		return status;
	frame->has_span = frame->has_panes = true;
	frame->start = window.start;
	frame->end = window.end;
	frame->counted = window.counted;
	frame->has_revision = from->type == SK_FRAME_CLOSE;
	frame->revision = window.revision;
	frame->panes = window.panes;
	frame->panes_count = window.panes_count;
	frame->has_key = window.key_parts > 0;
	frame->key_parts = window.key_parts;
	frame->key = window.key;
	return SK_FRAME_OK;
}

static void
read_sketch(struct sk_dump_frame *frame, const struct sk_sketch_entry *entry)
{
	const struct sk_container *sketch = &entry->sketch;

	frame->has_records = entry->framed;
	frame->records = sketch->records;
	frame->has_span = sketch->windowed;
	frame->start = sketch->start;
	frame->end = sketch->end;
	frame->counted = sketch->counted;
	frame->has_pane = sketch->of_pane;
	frame->pane = sketch->pane;
	frame->has_key = sketch->key_parts > 0;
	frame->key_parts = sketch->key_parts;
	frame->key = sketch->key;
}

/* The reader has looked at it. */
static void
read_end(struct sk_dump_frame *frame, const struct sk_frame *from)
{
	frame->has_records = frame->has_skipped = true;
	frame->records = sk_load64(from->payload + 8);
	frame->skipped = sk_load64(from->payload + 16);
}

const char *
sk_dump_frame_read(struct sk_dump_frame *frame, struct sk_sketch_entry *entry)
{
	enum sk_frame_status status = SK_FRAME_OK;
	enum sk_layout_kind layout;

	*frame = (struct sk_dump_frame){ 0 };
	switch (entry->type) {
	case SK_FRAME_HELLO:
		if (sk_stream_layout_kind(entry->layout, &layout))
			frame->layout = sk_layout_name(layout);
		if (entry->layout.kind == SK_FRAME_LAYOUT_CSV)
			frame->delimiter[0] = (char)entry->layout.delimiter;
		frame->ends = entry->end == '\n' ? "newline" : entry->end == 0 ? "nul" : "none";
		break;
	case SK_FRAME_RECORDS:
		status = read_records(frame, entry);
		break;
	case SK_FRAME_SKETCH:
		read_sketch(frame, entry);
		break;
	case SK_FRAME_OPEN:
	case SK_FRAME_CLOSE:
		status = read_window(frame, &entry->frame);
		break;
	case SK_FRAME_WATERMARK:
		status = sk_pane_read_watermark(&entry->frame, &frame->time);
		frame->has_time = true;
		break;
	case SK_FRAME_FINISHED:
		status = sk_pane_read_finished(&entry->frame, &frame->panes, &frame->panes_count);
		frame->has_panes = true;
		break;
	case SK_FRAME_END:
		read_end(frame, &entry->frame);
		break;
	}
	return status == SK_FRAME_OK ? NULL : sk_frame_strerror(status);
}
