/* sketch_stream.c -- sketches in, one after the other. */
#include "sketch_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../record/scan.h"
#include "../record/source.h"
#include "../sketch/describe.h"
#include "base64.h"
#include "diag.h"

#define FRONT ((size_t)8) /* bytes that tell what an input is */
#define CONTAINER_KEY ((size_t)40)
#define LINE_MAX_BYTES (SK_FRAME_MAX + SK_FRAME_MAX / 2)

enum kind { UNDECIDED, FRAMES, IMAGE, PASSED_OVER };

struct sk_sketch_stream {
	struct sk_source *source;
	enum sk_sketch_stream_input input;
	enum kind kind; /* of the input at hand */
	struct sk_frame_reader *frames;
	struct sk_span left; /* of the block at hand */
	bool drained;        /* the frames in it have been given */
	bool paused;
	unsigned char *data; /* an image as it comes, or what a line stands for */
	size_t size;
	size_t room;
	uint64_t line;       /* of the input at hand */
	size_t lines_of;     /* that input */
	uint64_t number;
};

struct sk_sketch_stream *
sk_sketch_stream_new(enum sk_sketch_stream_input input, char *const *names, size_t n)
{
	struct sk_sketch_stream *stream = calloc(1, sizeof(*stream));

	if (stream == NULL || (stream->source = sk_source_new(names, n, '\n', LINE_MAX_BYTES)) == NULL)
		sk_die("out of memory");
	stream->input = input;
	stream->drained = true;
	/* All inputs are binary: every one begins with nothing. */
	if (input != SK_SKETCH_STREAM_BASE64)
		sk_source_set_signature(stream->source, (struct sk_span){ NULL, 0 });
	return stream;
}

void
sk_sketch_stream_free(struct sk_sketch_stream *stream)
{
	if (stream == NULL)
		return;
	sk_source_free(stream->source);
	sk_frame_reader_free(stream->frames);
	free(stream->data);
	free(stream);
}

const char *
sk_sketch_stream_name(const struct sk_sketch_stream *stream)
{
	return sk_source_name(stream->source);
}

uint64_t
sk_sketch_stream_count(const struct sk_sketch_stream *stream)
{
	return stream->number;
}

/* Say ${why} of the input's byte ${offset}, and pass over the rest of it. */
static enum sk_sketch_stream_status
give_up(struct sk_sketch_stream *stream, uint64_t offset, const char *why)
{
	sk_warn("%s: byte %llu: %s", sk_sketch_stream_name(stream), (unsigned long long)offset, why);
	stream->kind = PASSED_OVER;
	stream->drained = true;
	return SK_SKETCH_STREAM_TROUBLE;
}

static bool
keep(struct sk_sketch_stream *stream, struct sk_span bytes)
{
	if (bytes.size > SK_FRAME_MAX - stream->size)
		return false;
	if (bytes.size > stream->room - stream->size) {
		size_t room = stream->size + bytes.size + stream->room / 2;
		unsigned char *data = realloc(stream->data, room);

		if (data == NULL)
			sk_die("%s: out of memory", sk_sketch_stream_name(stream));
		stream->data = data;
		stream->room = room;
	}
	if (bytes.size > 0)
		memcpy(stream->data + stream->size, bytes.data, bytes.size);
	stream->size += bytes.size;
	return true;
}

/* Frames */

/* A byte to stand between the parts of a key: one that the key does not have, a tab if that can be. */
static unsigned char
separator_for(const struct sk_frame *frame)
{
	bool used[256] = { false };
	size_t size = frame->size >= CONTAINER_KEY ? sk_load32(frame->payload + 32) : 0;

	if (size > 0 && size <= frame->size - CONTAINER_KEY)
		for (size_t i = 0; i < size; i++)
			used[frame->payload[CONTAINER_KEY + i]] = true;
	if (used['\t'])
		for (unsigned byte = 1; byte < 256; byte++)
			if (!used[byte])
				return (unsigned char)byte;
	return '\t';
}

static enum sk_sketch_stream_status
take_frame(struct sk_sketch_stream *stream, const struct sk_frame *frame, struct sk_sketch_entry *entry)
{
	enum sk_frame_status status;

	*entry = (struct sk_sketch_entry){
		.number = ++stream->number,
		.type = frame->type,
		.framed = true,
		.unit = "byte",
		.place = sk_frame_offset(stream->frames),
		.size = frame->size,
	};
	if (frame->type != SK_FRAME_SKETCH)
		return SK_SKETCH_STREAM_FRAME;
	status = sk_container_decode(
	    &entry->sketch, frame->payload, frame->size, separator_for(frame));
	if (status == SK_FRAME_OK)
		return SK_SKETCH_STREAM_FRAME;
	/* The frames behind it can still be read. */
	sk_warn("%s: byte %llu: %s", sk_sketch_stream_name(stream),
	    (unsigned long long)entry->place, sk_frame_strerror(status));
	return SK_SKETCH_STREAM_TROUBLE;
}

/* The next frame of the block; PAUSE when there is no whole one left. */
static enum sk_sketch_stream_status
next_frame(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	struct sk_frame frame;
	enum sk_frame_status status = sk_frame_next(stream->frames, &stream->left, &frame);

	if (status == SK_FRAME_OK)
		return take_frame(stream, &frame, entry);
	if (status != SK_FRAME_MORE)
		return give_up(
		    stream, sk_frame_offset(stream->frames), sk_frame_strerror(status));
	stream->drained = true;
	return SK_SKETCH_STREAM_PAUSE;
}

/* Plain images */

static const char *
what_else(struct sk_span front)
{
	size_t printable = 0;

	if (front.size >= 4 && memcmp(front.data + 1, sk_frame_signature + 1, 3) == 0)
		return "a streamkit stream whose signature is damaged";
	for (size_t i = 0; i < front.size; i++)
		printable += (front.data[i] >= ' ' && front.data[i] < 0x7f) ||
		    (front.data[i] >= '\t' && front.data[i] <= '\r');
	if (printable == front.size)
		return "text, neither a stream of frames nor an image; base64 takes -i base64";
	return "neither a stream of frames nor the image of a sketch";
}

/* Find out by its first bytes what the input is. */
static enum sk_sketch_stream_status
decide(struct sk_sketch_stream *stream)
{
	struct sk_span front = { stream->data, stream->size };

	if (front.size > 0 && sk_frame_starts(front)) {
		stream->kind = FRAMES;
		if ((stream->frames = sk_frame_reader_new()) == NULL)
			sk_die("out of memory");
		stream->left = front;
		stream->size = 0;
		stream->drained = false;
		return SK_SKETCH_STREAM_PAUSE;
	}
	if (sk_describe_family(front) == 0) {
		front.size = front.size < FRONT ? front.size : FRONT;
		return give_up(stream, 0, what_else(front));
	}
	stream->kind = IMAGE;
	return SK_SKETCH_STREAM_PAUSE;
}

static enum sk_sketch_stream_status
take_bytes(struct sk_sketch_stream *stream, struct sk_span bytes)
{
	if (stream->kind == PASSED_OVER)
		return SK_SKETCH_STREAM_PAUSE;
	if (stream->kind == FRAMES) {
		stream->left = bytes;
		stream->drained = false;
		return SK_SKETCH_STREAM_PAUSE;
	}
	if (!keep(stream, bytes))
		return give_up(stream, 0, "an image of more than 1 GiB");
	if (stream->kind == UNDECIDED && stream->input == SK_SKETCH_STREAM_IMAGE)
		stream->kind = IMAGE;
	if (stream->kind == UNDECIDED && stream->size >= FRONT)
		return decide(stream);
	return SK_SKETCH_STREAM_PAUSE;
}

static void
give_image(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	struct sk_span image = { stream->data, stream->size };
	unsigned family = sk_describe_family(image);

	if (family == 0 && image.size > 2)
		family = image.data[2];
	*entry = (struct sk_sketch_entry){
		.number = ++stream->number,
		.type = SK_FRAME_SKETCH,
		.unit = "byte",
		.size = image.size,
		.sketch = { .family = family, .image = image },
	};
}

static enum sk_sketch_stream_status
end_input(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	enum sk_sketch_stream_status result = SK_SKETCH_STREAM_PAUSE;

	if (stream->kind == UNDECIDED && stream->size > 0)
		result = decide(stream);
	if (stream->kind == FRAMES && !stream->drained) /* under eight bytes of a signature: cut off */
		next_frame(stream, entry);
	if (stream->kind == FRAMES && sk_frame_finish(stream->frames) != SK_FRAME_OK)
		result = give_up(stream, sk_frame_offset(stream->frames),
		    sk_frame_strerror(sk_frame_finish(stream->frames)));
	if (stream->kind == IMAGE) {
		give_image(stream, entry);
		result = SK_SKETCH_STREAM_FRAME;
	}
	sk_frame_reader_free(stream->frames);
	stream->frames = NULL;
	stream->size = 0;
	stream->kind = UNDECIDED;
	return result;
}

/* Lines */

static enum sk_sketch_stream_status
refuse_line(struct sk_sketch_stream *stream, const char *why)
{
	sk_warn("%s: line %llu: %s", sk_sketch_stream_name(stream),
	    (unsigned long long)stream->line, why);
	return SK_SKETCH_STREAM_TROUBLE;
}

static enum sk_sketch_stream_status
take_line(struct sk_sketch_stream *stream, struct sk_span line, struct sk_sketch_entry *entry)
{
	struct sk_span text = line;
	size_t key_size = line.size, size, parts = 1;

	while (key_size > 0 && line.data[key_size - 1] != '\t')
		key_size--;
	text.data += key_size;
	text.size -= key_size;
	stream->size = 0;
	if (!keep(stream, text) || !sk_base64_decode(text, stream->data, &size))
		return refuse_line(stream, "not base64");
	stream->size = size;
	if (sk_describe_family((struct sk_span){ stream->data, size }) == 0)
		return refuse_line(stream, "base64, but not of the image of a sketch");
	give_image(stream, entry);
	entry->unit = "line";
	entry->place = stream->line;
	if (key_size > 0) {
		for (size_t i = 0; i + 1 < key_size; i++)
			parts += line.data[i] == '\t';
		entry->sketch.key = (struct sk_span){ line.data, key_size - 1 };
		entry->sketch.key_parts = parts;
		entry->sketch.separator = '\t';
	}
	return SK_SKETCH_STREAM_FRAME;
}

static enum sk_sketch_stream_status
next_line(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	struct sk_span line;
	size_t used;

	if (sk_scan_best()->records(
		stream->left.data, stream->left.size, '\n', &line, 1, &used) == 0) {
		stream->left.size = 0;
		return SK_SKETCH_STREAM_PAUSE;
	}
	stream->left.data += used;
	stream->left.size -= used;
	stream->line++;
	return take_line(stream, line, entry);
}

/* All together */

static enum sk_sketch_stream_status
read_more(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	struct sk_span block;
	enum sk_source_status status = sk_source_next(stream->source, NULL, NULL, &block);

	stream->paused = status == SK_SOURCE_END;
	if (stream->lines_of != sk_source_index(stream->source)) {
		stream->lines_of = sk_source_index(stream->source);
		stream->line = 0;
	}
	switch (status) {
	case SK_SOURCE_BYTES:
		return take_bytes(stream, block);
	case SK_SOURCE_BYTES_END:
		return end_input(stream, entry);
	case SK_SOURCE_RECORDS:
		stream->left = block;
		return SK_SKETCH_STREAM_PAUSE;
	case SK_SOURCE_TOO_LONG:
		stream->line++;
		return refuse_line(stream, "longer than 1 GiB");
	case SK_SOURCE_ERROR:
		sk_warn("%s: %s", sk_sketch_stream_name(stream), strerror(errno));
		stream->kind = PASSED_OVER;
		end_input(stream, entry);
		return SK_SKETCH_STREAM_TROUBLE;
	case SK_SOURCE_WAITED:
		return SK_SKETCH_STREAM_PAUSE;
	case SK_SOURCE_END:
		break;
	}
	return SK_SKETCH_STREAM_END;
}

enum sk_sketch_stream_status
sk_sketch_stream_next(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	enum sk_sketch_stream_status status = SK_SKETCH_STREAM_PAUSE;

	while (status == SK_SKETCH_STREAM_PAUSE) {
		if (stream->kind == FRAMES && !stream->drained)
			status = next_frame(stream, entry);
		else if (stream->input == SK_SKETCH_STREAM_BASE64 && stream->left.size > 0)
			status = next_line(stream, entry);
		else if (!stream->paused && (stream->paused = true))
			return SK_SKETCH_STREAM_PAUSE;
		else
			status = read_more(stream, entry);
	}
	return status;
}
