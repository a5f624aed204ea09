/* sketch_reader.c -- the sketches of an input, one after the other. */
#include "sketch_reader.h"

#include <stdlib.h>
#include <string.h>

#include "../pipe/key.h"
#include "../record/tsv.h"
#include "../sketch/describe.h"
#include "base64.h"

#define FRONT ((size_t)8) /* bytes that tell what an input is */

/* What the input at hand is. */
enum kind { UNDECIDED, FRAMES, IMAGE, PASSED_OVER };

struct sk_sketch_reader {
	bool whole;    /* give HELLO and END too */
	bool image;    /* what is no frames is an image */
	enum kind kind;
	struct sk_frame_reader *frames;
	struct sk_span front; /* of FRAMES: bytes in `data` that the frame reader has not had */
	unsigned char *data;  /* an input until it is decided, an image as it comes, or what a line stands for */
	size_t size;
	size_t room;
	uint64_t count;
	bool panes; /* a stream may have had records in some */
};

struct sk_sketch_reader *
sk_sketch_reader_new(bool image)
{
	struct sk_sketch_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	reader->image = image;
	return reader;
}

void
sk_sketch_reader_free(struct sk_sketch_reader *reader)
{
	if (reader == NULL)
		return;
	sk_frame_reader_free(reader->frames);
	free(reader->data);
	free(reader);
}

void
sk_sketch_reader_give_all(struct sk_sketch_reader *reader)
{
	reader->whole = true;
}

bool
sk_sketch_reader_inside(const struct sk_sketch_reader *reader)
{
	return reader->kind == FRAMES && sk_frame_inside(reader->frames);
}

bool
sk_sketch_reader_panes(const struct sk_sketch_reader *reader)
{
	return reader->panes;
}

uint64_t
sk_sketch_reader_count(const struct sk_sketch_reader *reader)
{
	return reader->count;
}

static enum sk_sketch_status
trouble(struct sk_sketch_entry *entry, const char *unit, uint64_t place, const char *why)
{
	*entry = (struct sk_sketch_entry){ .unit = unit, .place = place, .why = why };
	return SK_SKETCH_TROUBLE;
}

/* Say ${why}, and pass over the rest of the input. */
static enum sk_sketch_status
give_up(struct sk_sketch_reader *reader, struct sk_sketch_entry *entry, uint64_t offset, const char *why)
{
	reader->kind = PASSED_OVER;
	return trouble(entry, "byte", offset, why);
}

/* Keep ${bytes} behind those kept before. Returns what is wrong, or NULL. */
static const char *
keep(struct sk_sketch_reader *reader, struct sk_span bytes)
{
	if (bytes.size > SK_FRAME_MAX - reader->size)
		return "an image of more than 1 GiB";
	if (bytes.size > reader->room - reader->size) {
		size_t room = reader->size + bytes.size + reader->room / 2;
		unsigned char *data = realloc(reader->data, room);

		if (data == NULL)
			return "out of memory";
		reader->data = data;
		reader->room = room;
	}
	if (bytes.size > 0)
		memcpy(reader->data + reader->size, bytes.data, bytes.size);
	reader->size += bytes.size;
	return NULL;
}

/* Frames */

/* HELLO and END are given only to those who ask for them, and are not counted. */
static bool
is_counted(const struct sk_frame *frame)
{
	return frame->type != SK_FRAME_HELLO && frame->type != SK_FRAME_END;
}

static enum sk_sketch_status
take_frame(struct sk_sketch_reader *reader, const struct sk_frame *frame, struct sk_sketch_entry *entry)
{
	enum sk_frame_status status;

	*entry = (struct sk_sketch_entry){
		.number = is_counted(frame) ? ++reader->count : 0,
		.type = frame->type,
		.in_stream = sk_frame_number(reader->frames),
		.framed = true,
		.unit = "byte",
		.place = sk_frame_offset(reader->frames),
		.size = frame->size,
		.compressed = frame->compressed,
		.stored = frame->stored,
		.frame = *frame,
		.end = sk_frame_end_byte(reader->frames),
		.corrected = sk_frame_corrected(reader->frames),
		.layout = sk_frame_layout(reader->frames),
		.header = sk_frame_header(reader->frames),
	};
	if (frame->type != SK_FRAME_SKETCH)
		return SK_SKETCH_ENTRY;
	status = sk_container_decode(&entry->sketch, frame->payload, frame->size);
	if (status == SK_FRAME_OK)
		return SK_SKETCH_ENTRY;
	/* The frames behind it can still be read. */
	return trouble(entry, "byte", entry->place, sk_frame_strerror(status));
}

static enum sk_sketch_status
next_frame(struct sk_sketch_reader *reader, struct sk_span *bytes, struct sk_sketch_entry *entry)
{
	struct sk_frame frame;
	enum sk_frame_status status = SK_FRAME_MORE;

	if (reader->front.size > 0)
		status = sk_frame_next(reader->frames, &reader->front, &frame);
	if (status == SK_FRAME_MORE)
		status = sk_frame_next(reader->frames, bytes, &frame);
	reader->panes = reader->panes || sk_frame_end_byte(reader->frames) >= 0;
	if (status == SK_FRAME_OK)
		return take_frame(reader, &frame, entry);
	if (status == SK_FRAME_MORE)
		return SK_SKETCH_MORE;
	return give_up(reader, entry, sk_frame_offset(reader->frames), sk_frame_strerror(status));
}

/* Plain images */

static const char *
what_else(struct sk_span front)
{
	size_t printable = 0;

	if ((front.size >= 4 && memcmp(front.data + 1, sk_frame_signature + 1, 3) == 0) ||
	    (front.size >= 8 && memcmp(front.data + 4, sk_frame_signature + 4, 4) == 0))
		return "a streamkit stream whose signature is damaged";
	for (size_t i = 0; i < front.size; i++)
		printable += (front.data[i] >= ' ' && front.data[i] < 0x7f) ||
		    (front.data[i] >= '\t' && front.data[i] <= '\r');
	if (printable == front.size)
		return "text, neither a stream of frames nor an image; base64 takes -i base64";
	return "neither a stream of frames nor the image of a sketch";
}

/* Find out by its first bytes what the input is. */
static enum sk_sketch_status
decide(struct sk_sketch_reader *reader, struct sk_sketch_entry *entry)
{
	struct sk_span front = { reader->data, reader->size };

	if (front.size > 0 && sk_frame_starts(front)) {
		if ((reader->frames = sk_frame_reader_new()) == NULL)
			return give_up(reader, entry, 0, "out of memory");
		if (reader->whole)
			sk_frame_reader_give_all(reader->frames);
		reader->kind = FRAMES;
		reader->front = front;
		return SK_SKETCH_MORE;
	}
	if (!reader->image && sk_describe_family(front) == 0) {
		front.size = front.size < FRONT ? front.size : FRONT;
		return give_up(reader, entry, 0, what_else(front));
	}
	reader->kind = IMAGE;
	return SK_SKETCH_MORE;
}

/* Move ${size} bytes at most from ${bytes} to what is kept. */
static enum sk_sketch_status
keep_some(struct sk_sketch_reader *reader, struct sk_span *bytes, size_t size,
    struct sk_sketch_entry *entry)
{
	struct sk_span kept = { bytes->data, size < bytes->size ? size : bytes->size };
	const char *why = keep(reader, kept);

	bytes->data += kept.size;
	bytes->size -= kept.size;
	return why == NULL ? SK_SKETCH_MORE : give_up(reader, entry, 0, why);
}

enum sk_sketch_status
sk_sketch_reader_next(
    struct sk_sketch_reader *reader, struct sk_span *bytes, struct sk_sketch_entry *entry)
{
	enum sk_sketch_status status = SK_SKETCH_MORE;

	if (reader->kind == UNDECIDED) {
		status = keep_some(reader, bytes, FRONT - reader->size, entry);
		if (status == SK_SKETCH_MORE && reader->size == FRONT)
			status = decide(reader, entry);
	}
	if (status == SK_SKETCH_MORE && reader->kind == IMAGE)
		status = keep_some(reader, bytes, bytes->size, entry);
	if (status == SK_SKETCH_MORE && reader->kind == FRAMES)
		status = next_frame(reader, bytes, entry);
	if (reader->kind == PASSED_OVER)
		bytes->size = 0;
	return status;
}

static struct sk_sketch_entry
image_entry(struct sk_sketch_reader *reader, struct sk_span image)
{
	unsigned family = sk_describe_family(image);

	if (family == 0 && image.size > 2)
		family = image.data[2];
	return (struct sk_sketch_entry){
		.number = ++reader->count,
		.type = SK_FRAME_SKETCH,
		.unit = "byte",
		.size = image.size,
		.sketch = { .family = family, .image = image },
	};
}

enum sk_sketch_status
sk_sketch_reader_end(struct sk_sketch_reader *reader, struct sk_sketch_entry *entry)
{
	enum sk_sketch_status status = SK_SKETCH_MORE;
	enum sk_frame_status finish;

	if (reader->kind == UNDECIDED && (reader->size > 0 || reader->image))
		status = decide(reader, entry);
	if (status == SK_SKETCH_MORE && reader->kind == FRAMES) {
		struct sk_span none = { NULL, 0 };

		/* Less than a signature is cut off, and more may hold frames that were not asked for. */
		status = next_frame(reader, &none, entry);
		finish = sk_frame_finish(reader->frames);
		if (status == SK_SKETCH_MORE && finish != SK_FRAME_OK)
			status = give_up(reader, entry, sk_frame_offset(reader->frames),
			    sk_frame_strerror(finish));
	}
	if (status == SK_SKETCH_MORE && reader->kind == IMAGE) {
		reader->kind = PASSED_OVER; /* it has been given */
		*entry = image_entry(reader, (struct sk_span){ reader->data, reader->size });
		return SK_SKETCH_ENTRY;
	}
	if (status != SK_SKETCH_MORE)
		return status;
	sk_frame_reader_free(reader->frames);
	reader->frames = NULL;
	reader->front.size = 0;
	reader->size = 0;
	reader->kind = UNDECIDED;
	return SK_SKETCH_MORE;
}

void
sk_sketch_reader_pass_over(struct sk_sketch_reader *reader)
{
	reader->kind = PASSED_OVER;
}

/* Lines */

/*
 * The key ${raw} of a line: its parts as tsv has them, with tabs between them. What they stand for is written over what is kept of
 * the line, and the key goes to ${at}.
 */
static const char *
take_key(const struct sk_sketch_reader *reader, struct sk_span raw, unsigned char *at, struct sk_container *sketch)
{
	struct sk_span part[SK_KEY_PARTS_MAX];
	unsigned char *scratch = reader->data;
	const unsigned char *tab;
	size_t parts = 0;

	do {
		if (parts == SK_KEY_PARTS_MAX)
			return "a key of too many parts";
		tab = raw.size > 0 ? memchr(raw.data, '\t', raw.size) : NULL;
		part[parts] = (struct sk_span){ raw.data, tab != NULL ? (size_t)(tab - raw.data) : raw.size };
		if (tab != NULL) {
			raw.size -= part[parts].size + 1;
			raw.data = tab + 1;
		}
		part[parts] = sk_tsv_unescape(part[parts], &scratch);
		if (tab != NULL && part[parts].size > SK_KEY_PART_MAX)
			return "a key that is too long";
		parts++;
	} while (tab != NULL);
	sketch->key = (struct sk_span){ at, (size_t)(sk_key_join(part, parts, at) - at) };
	sketch->key_parts = parts;
	return NULL;
}

enum sk_sketch_status
sk_sketch_reader_line(struct sk_sketch_reader *reader, struct sk_span line, uint64_t number,
    struct sk_sketch_entry *entry)
{
	static const unsigned char lengths[SK_KEY_PARTS_MAX * SK_KEY_PART_COST];
	struct sk_span text, image;
	size_t key_size;
	const char *why;

	if (line.size > 0 && line.data[line.size - 1] == '\r')
		line.size--;
	text = line;
	key_size = line.size;
	while (key_size > 0 && line.data[key_size - 1] != '\t')
		key_size--;
	text.data += key_size;
	text.size -= key_size;
	reader->size = 0;
	if ((why = keep(reader, line)) == NULL) /* and room for the key as it is to be */
		why = keep(reader, (struct sk_span){ line.data, key_size });
	if (why == NULL)
		why = keep(reader, (struct sk_span){ lengths, sizeof(lengths) });
	reader->size = 0;
	if (why != NULL)
		return trouble(entry, "line", number, why);
	image.data = reader->data + key_size;
	if (!sk_base64_decode(text, reader->data + key_size, &image.size))
		return trouble(entry, "line", number, "not base64");
	if (sk_describe_family(image) == 0)
		return trouble(entry, "line", number, "base64, but not of the image of a sketch");
	*entry = image_entry(reader, image);
	entry->unit = "line";
	entry->place = number;
	if (key_size > 0 &&
	    (why = take_key(reader, (struct sk_span){ line.data, key_size - 1 }, reader->data + line.size,
		 &entry->sketch)) != NULL)
		return trouble(entry, "line", number, why);
	return SK_SKETCH_ENTRY;
}
