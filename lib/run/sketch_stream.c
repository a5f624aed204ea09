/* sketch_stream.c -- sketches in, one after the other. */
#include "sketch_stream.h"

#include <stdlib.h>
#include <string.h>

#include "../record/scan.h"
#include "../record/source.h"
#include "diag.h"

#define LINE_MAX_BYTES (SK_FRAME_MAX + SK_FRAME_MAX / 2)

struct sk_sketch_stream {
	struct sk_source *source;
	struct sk_sketch_reader *reader;
	struct sk_span left; /* of the block at hand */
	bool lines;          /* and that is made of them */
	bool ending;         /* the input has ended, and the reader is to say what that means */
	bool paused;         /* that all has been given has been said */
	uint64_t line;       /* of the input at hand */
	size_t lines_of;     /* that input */
};

struct sk_sketch_stream *
sk_sketch_stream_new(enum sk_sketch_stream_input input, char *const *names, size_t n)
{
	struct sk_sketch_stream *stream = calloc(1, sizeof(*stream));

	if (stream == NULL ||
	    (stream->source = sk_source_new(names, n, '\n', LINE_MAX_BYTES)) == NULL ||
	    (stream->reader = sk_sketch_reader_new(input == SK_SKETCH_STREAM_IMAGE)) == NULL)
		sk_die("out of memory");
	sk_sketch_reader_give_all(stream->reader);
	stream->lines = input == SK_SKETCH_STREAM_BASE64;
	/* All inputs are binary: every one begins with nothing. */
	if (!stream->lines)
		sk_source_set_signature(stream->source, (struct sk_span){ NULL, 0 });
	/* An image has no signature, so that what it begins with says nothing. */
	sk_source_set_unpacking(stream->source, input != SK_SKETCH_STREAM_IMAGE);
	return stream;
}

void
sk_sketch_stream_free(struct sk_sketch_stream *stream)
{
	if (stream == NULL)
		return;
	sk_source_free(stream->source);
	sk_sketch_reader_free(stream->reader);
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
	return sk_sketch_reader_count(stream->reader);
}

static enum sk_sketch_stream_status
trouble(const struct sk_sketch_stream *stream, const char *unit, uint64_t place, const char *why)
{
	sk_warn("%s: %s %llu: %s", sk_sketch_stream_name(stream), unit, (unsigned long long)place, why);
	return SK_SKETCH_STREAM_TROUBLE;
}

static enum sk_sketch_status
next_line(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	struct sk_span line;
	size_t used;

	if (sk_scan_best()->records(
		stream->left.data, stream->left.size, '\n', &line, 1, &used) == 0) {
		stream->left.size = 0;
		return SK_SKETCH_MORE;
	}
	stream->left.data += used;
	stream->left.size -= used;
	return sk_sketch_reader_line(stream->reader, line, ++stream->line, entry);
}

/* What the reader has to give of what has been read. */
static enum sk_sketch_stream_status
next_entry(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	enum sk_sketch_status status = SK_SKETCH_MORE;

	if (stream->left.size > 0)
		status = stream->lines ?
		    next_line(stream, entry) :
		    sk_sketch_reader_next(stream->reader, &stream->left, entry);
	else if (stream->ending) {
		status = sk_sketch_reader_end(stream->reader, entry);
		stream->ending = status != SK_SKETCH_MORE;
	}
	if (status == SK_SKETCH_TROUBLE)
		return trouble(stream, entry->unit, entry->place, entry->why);
	return status == SK_SKETCH_ENTRY ? SK_SKETCH_STREAM_ENTRY : SK_SKETCH_STREAM_PAUSE;
}

static enum sk_sketch_stream_status
read_more(struct sk_sketch_stream *stream)
{
	enum sk_source_status status = sk_source_next(stream->source, NULL, NULL, &stream->left);

	if (stream->lines_of != sk_source_index(stream->source)) {
		stream->lines_of = sk_source_index(stream->source);
		stream->line = 0;
	}
	if (status != SK_SOURCE_RECORDS && status != SK_SOURCE_BYTES)
		stream->left.size = 0;
	stream->ending = status == SK_SOURCE_BYTES_END || status == SK_SOURCE_ERROR;
	switch (status) {
	case SK_SOURCE_CUT_SHORT:
	case SK_SOURCE_TOO_LONG:
		return trouble(stream, "line", ++stream->line, "longer than 1 GiB");
	case SK_SOURCE_ERROR:
		sk_warn("%s: %s", sk_sketch_stream_name(stream), sk_source_why(stream->source));
		sk_sketch_reader_pass_over(stream->reader);
		return SK_SKETCH_STREAM_TROUBLE;
	case SK_SOURCE_END:
		return SK_SKETCH_STREAM_END;
	default:
		return SK_SKETCH_STREAM_PAUSE;
	}
}

enum sk_sketch_stream_status
sk_sketch_stream_next(struct sk_sketch_stream *stream, struct sk_sketch_entry *entry)
{
	enum sk_sketch_stream_status status = SK_SKETCH_STREAM_PAUSE;

	while (status == SK_SKETCH_STREAM_PAUSE) {
		if (stream->left.size > 0 || stream->ending) {
			status = next_entry(stream, entry);
			stream->paused = false;
		} else if (!stream->paused) {
			stream->paused = true;
			return SK_SKETCH_STREAM_PAUSE;
		} else {
			status = read_more(stream);
		}
	}
	return status;
}
