/*
 * test_frame.c -- streams of frames, and the containers in them.
 *
 * frame.c and frame_writer.c are compiled into this file with an allocator that fails on demand and remembers the
 * largest block it was asked for, so that lengths which lie are seen to cost nothing.
 */
#include "key_support.h"

#include <math.h>

static long fail_after = -1; /* allocations that still succeed; negative: all do */
static size_t largest;       /* bytes asked for at once */
static long live_blocks;     /* allocated and not freed */

static bool
refuse(size_t size)
{
	if (size > largest)
		largest = size;
	if (fail_after < 0 || fail_after-- > 0)
		return false;
	fail_after = 0;
	errno = ENOMEM;
	return true;
}

static void *
watched_calloc(size_t n, size_t size)
{
	if (refuse(n * size))
		return NULL;
	live_blocks++;
	return calloc(n, size);
}

static void *
watched_realloc(void *block, size_t size)
{
	if (refuse(size))
		return NULL;
	live_blocks += block == NULL;
	return realloc(block, size);
}

static void
watched_free(void *block)
{
	live_blocks -= block != NULL;
	free(block);
}

#define calloc watched_calloc
#define realloc watched_realloc
#define free watched_free
#include "../../lib/pipe/frame.c"
#include "../../lib/pipe/frame_writer.c"
#undef calloc
#undef realloc
#undef free

#include "pipe/container.h"

#define FRAMES_MAX 40

/* What a reader gave. */
struct reading {
	size_t frames;
	struct {
		enum sk_frame_type type;
		unsigned char *payload;
		size_t size;
		uint64_t offset;
	} frame[FRAMES_MAX];
	enum sk_frame_status
	    status; /* the first that was neither OK nor MORE, or that of the end */
	uint64_t records;
	uint64_t skipped;
};

static void
reading_free(struct reading *reading)
{
	for (size_t i = 0; i < reading->frames; i++)
		free(reading->frame[i].payload);
	reading->frames = 0;
}

/* Push one piece, from a block of just its size. */
static enum sk_frame_status
push(struct sk_frame_reader *reader, struct sk_span piece, struct reading *reading)
{
	unsigned char *copy = allocate(piece.size);
	struct sk_span rest = { copy, piece.size };
	struct sk_frame frame;
	enum sk_frame_status status;

	memcpy(copy, piece.data, piece.size);
	while ((status = sk_frame_next(reader, &rest, &frame)) == SK_FRAME_OK) {
		const size_t i = reading->frames++;

		assert_true(i < FRAMES_MAX);
		reading->frame[i].type = frame.type;
		reading->frame[i].size = frame.size;
		reading->frame[i].offset = sk_frame_offset(reader);
		reading->frame[i].payload = allocate(frame.size);
		memcpy(reading->frame[i].payload, frame.payload, frame.size);
		memset(frame.payload, 0xa5, frame.size); /* it may be changed at will */
	}
	assert_true(status != SK_FRAME_MORE || rest.size == 0);
	free(copy);
	return status;
}

/* Read ${bytes} in pieces of ${piece} bytes, or of random sizes if that is 0. */
static struct reading
read_pieces(struct sk_span bytes, size_t piece)
{
	struct reading reading = { .status = SK_FRAME_MORE };
	struct sk_frame_reader *reader = sk_frame_reader_new();

	assert_non_null(reader);
	for (size_t at = 0; at < bytes.size && reading.status == SK_FRAME_MORE;) {
		size_t size = piece > 0 ? piece : random_below(random_below(4) == 0 ? 500 : 20);

		if (size > bytes.size - at)
			size = bytes.size - at;
		reading.status = push(reader, (struct sk_span){ bytes.data + at, size }, &reading);
		at += size;
	}
	if (reading.status == SK_FRAME_MORE)
		reading.status = sk_frame_finish(reader);
	reading.records = sk_frame_records(reader);
	reading.skipped = sk_frame_skipped(reader);
	sk_frame_reader_free(reader);
	return reading;
}

static struct reading
read_whole(struct sk_span bytes)
{
	return read_pieces(bytes, bytes.size > 0 ? bytes.size : 1);
}

static struct sk_span
written(const struct sk_frame_writer *writer)
{
	return (struct sk_span){ writer->data, writer->size };
}

static void
assert_status(struct sk_span bytes, enum sk_frame_status expected, size_t frames)
{
	struct reading whole = read_whole(bytes), single = read_pieces(bytes, 1);

	assert_string_equal(sk_frame_strerror(whole.status), sk_frame_strerror(expected));
	assert_string_equal(sk_frame_strerror(single.status), sk_frame_strerror(expected));
	assert_int_equal(whole.frames, frames);
	assert_int_equal(single.frames, frames);
	reading_free(&whole);
	reading_free(&single);
}

/* Writing by hand */

static unsigned char
payload_byte(size_t size, size_t at)
{
	return (unsigned char)(size * 7 + at * 31 + (at >> 8));
}

static void
put_frame(struct sk_frame_writer *writer, unsigned type, size_t size)
{
	unsigned char *payload = sk_frame_begin(writer, (enum sk_frame_type)type, size);

	assert_non_null(payload);
	for (size_t i = 0; i < size; i++)
		payload[i] = payload_byte(size, i);
	sk_frame_seal(writer);
}

/* The frame last written gets other ${flags}, and a checksum that fits. */
static void
set_flags(struct sk_frame_writer *writer, unsigned flags)
{
	writer->data[writer->last + 1] = (unsigned char)flags;
	sk_frame_seal(writer);
}

/* A stream with frames of these ${sizes}, behind what is there. */
static void
put_stream(struct sk_frame_writer *writer, const size_t *sizes, size_t n, uint64_t records,
    uint64_t skipped)
{
	assert_int_equal(sk_frame_write_start(writer), 0);
	for (size_t i = 0; i < n; i++)
		put_frame(writer, SK_FRAME_SKETCH, sizes[i]);
	assert_int_equal(sk_frame_write_end(writer, records, skipped), 0);
}

static struct sk_frame_writer
start_stream(void)
{
	struct sk_frame_writer writer;

	sk_frame_writer_init(&writer);
	assert_int_equal(sk_frame_write_start(&writer), 0);
	return writer;
}

static void
assert_frames(const struct reading *reading, const size_t *sizes, size_t n)
{
	assert_int_equal(reading->frames, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(reading->frame[i].type, SK_FRAME_SKETCH);
		assert_int_equal(reading->frame[i].size, sizes[i]);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(reading->frame[i].payload[at], payload_byte(sizes[i], at));
	}
}

static const size_t sizes[] = { 0, 1, 3, 100, 4096, 0, 70000, 17 };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Tests of frames */

/* The bytes that streamkit-frames(5) asks for, put together by another program. */
static void
test_golden_bytes(void **state)
{
	static const unsigned char golden[] = { 0x89, 0x53, 0x4b, 0x46, 0x0d, 0x0a, 0x1a, 0x0a,
		0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x01, 0xef,
		0xe3, 0x89, 0x01, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
		0x03, 0x00, 0x00, 0x00, 0x34, 0x54, 0xc9, 0xa9, 0x61, 0x62, 0x63, 0x06, 0x00, 0x00,
		0x00, 0x18, 0x00, 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x73, 0x7d, 0xd7, 0x16, 0x02,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 };
	struct sk_frame_writer writer = start_stream();
	struct reading reading;

	(void)state;
	memcpy(sk_frame_begin(&writer, SK_FRAME_SKETCH, 3), "abc", 3);
	sk_frame_seal(&writer);
	assert_int_equal(sk_frame_write_end(&writer, 7, 3), 0);
	assert_int_equal(writer.size, sizeof(golden));
	assert_memory_equal(writer.data, golden, sizeof(golden));
	sk_frame_writer_release(&writer);
	reading = read_whole((struct sk_span){ golden, sizeof(golden) });
	assert_int_equal(reading.status, SK_FRAME_OK);
	assert_int_equal(reading.frames, 1);
	assert_memory_equal(reading.frame[0].payload, "abc", 3);
	assert_int_equal(reading.frame[0].offset, 28);
	reading_free(&reading);
}

static void
test_round_trip(void **state)
{
	struct sk_frame_writer writer;

	(void)state;
	sk_frame_writer_init(&writer);
	put_stream(&writer, sizes, SIZES, 12345678901, 42);
	random_state = 1;
	for (size_t round = 0; round < 40; round++) {
		const size_t piece = round == 0 ? writer.size
		    : round == 1                ? 1
		    : round < 10                ? round * 5
						: 0;
		struct reading reading = read_pieces(written(&writer), piece);
		size_t offset = SK_FRAME_SIGNATURE_SIZE + SK_FRAME_HEADER_SIZE + 4;

		assert_int_equal(reading.status, SK_FRAME_OK);
		assert_frames(&reading, sizes, SIZES);
		assert_int_equal(reading.records, 12345678901);
		assert_int_equal(reading.skipped, 42);
		for (size_t i = 0; i < SIZES; i++) {
			assert_int_equal(reading.frame[i].offset, offset);
			offset += SK_FRAME_HEADER_SIZE + sizes[i];
		}
		reading_free(&reading);
	}
	sk_frame_writer_release(&writer);
	assert_int_equal(live_blocks, 0);
}

/* A writer that is emptied after every frame writes the same. */
static void
test_writer_that_is_emptied(void **state)
{
	struct sk_frame_writer whole, emptied;
	unsigned char *bytes;
	size_t size = 0;

	(void)state;
	sk_frame_writer_init(&whole);
	put_stream(&whole, sizes, SIZES, 1, 0);
	bytes = allocate(whole.size);
	sk_frame_writer_init(&emptied);
	assert_int_equal(sk_frame_write_start(&emptied), 0);
	for (size_t i = 0; i <= SIZES + 1; i++) {
		assert_true(size + emptied.size <= whole.size);
		memcpy(bytes + size, emptied.data, emptied.size);
		size += emptied.size;
		emptied.size = 0;
		if (i < SIZES)
			put_frame(&emptied, SK_FRAME_SKETCH, sizes[i]);
		else if (i == SIZES)
			assert_int_equal(sk_frame_write_end(&emptied, 1, 0), 0);
	}
	assert_int_equal(size, whole.size);
	assert_memory_equal(bytes, whole.data, size);
	free(bytes);
	sk_frame_writer_release(&whole);
	sk_frame_writer_release(&emptied);
}

static void
test_payloads_that_are_too_long(void **state)
{
	struct sk_frame_writer writer = start_stream();
	const size_t size = writer.size;

	(void)state;
	errno = 0;
	assert_null(sk_frame_begin(&writer, SK_FRAME_SKETCH, SK_FRAME_MAX + 1));
	assert_int_equal(errno, EMSGSIZE);
	assert_null(sk_frame_begin(&writer, SK_FRAME_SKETCH, SIZE_MAX));
	assert_int_equal(writer.size, size);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	assert_status(written(&writer), SK_FRAME_OK, 0);
	sk_frame_writer_release(&writer);
}

/* cat a.sk b.sk: one stream after the other, and the sums of both. */
static void
test_concatenation(void **state)
{
	static const size_t all[] = { 5, 0, 6, 7 };
	struct sk_frame_writer writer;

	(void)state;
	sk_frame_writer_init(&writer);
	put_stream(&writer, all, 2, 100, 1);
	put_stream(&writer, NULL, 0, 0, 0);
	put_stream(&writer, all + 2, 2, 20, 3);
	random_state = 2;
	for (size_t piece = 0; piece < 300; piece++) {
		struct reading reading = read_pieces(written(&writer), piece);

		assert_int_equal(reading.status, SK_FRAME_OK);
		assert_frames(&reading, all, 4);
		assert_int_equal(reading.records, 120);
		assert_int_equal(reading.skipped, 4);
		reading_free(&reading);
	}
	sk_frame_writer_release(&writer);
}

/* The front of a stream asks for more, and is cut unless it ends where a stream does. */
static void
test_every_cut(void **state)
{
	static const size_t few[] = { 9, 0, 33 };
	struct sk_frame_writer writer;
	size_t first;

	(void)state;
	sk_frame_writer_init(&writer);
	put_stream(&writer, few, 3, 5, 0);
	first = writer.size;
	put_stream(&writer, few, 1, 5, 0);
	for (size_t size = 0; size <= writer.size; size++) {
		const bool between = size == 0 || size == first || size == writer.size;
		struct sk_frame_reader *reader = sk_frame_reader_new();
		struct reading reading = { .frames = 0 };

		assert_int_equal(
		    push(reader, (struct sk_span){ writer.data, size }, &reading), SK_FRAME_MORE);
		assert_int_equal(sk_frame_finish(reader), between ? SK_FRAME_OK : SK_FRAME_CUT);
		for (size_t i = 0; i < reading.frames; i++)
			assert_int_equal(reading.frame[i].size, few[i % 3]);
		/* The rest can still come. */
		assert_int_equal(
		    push(reader, (struct sk_span){ writer.data + size, writer.size - size },
			&reading),
		    SK_FRAME_MORE);
		assert_int_equal(sk_frame_finish(reader), SK_FRAME_OK);
		assert_int_equal(reading.frames, 4);
		sk_frame_reader_free(reader);
		reading_free(&reading);
	}
	sk_frame_writer_release(&writer);
}

/* No byte can be changed unnoticed, and what was given before is as it was written. */
static void
test_every_change(void **state)
{
	static const size_t few[] = { 12, 0, 5 };
	struct sk_frame_writer writer;

	(void)state;
	sk_frame_writer_init(&writer);
	put_stream(&writer, few, 3, 5, 1);
	for (size_t at = 0; at < writer.size; at++) {
		for (unsigned change = 1; change < 256; change++) {
			struct reading reading;

			writer.data[at] ^= (unsigned char)change;
			reading = read_whole(written(&writer));
			writer.data[at] ^= (unsigned char)change;
			if (reading.status == SK_FRAME_OK)
				fail_msg("byte %zu changed by %02x", at, change);
			assert_true(reading.frames <= 3);
			assert_frames(&reading, few, reading.frames);
			reading_free(&reading);
		}
	}
	sk_frame_writer_release(&writer);
	assert_int_equal(live_blocks, 0);
}

/* A byte left out, doubled or put in. */
static void
test_every_shift(void **state)
{
	static const size_t few[] = { 12, 0, 5 };
	struct sk_frame_writer writer;

	(void)state;
	sk_frame_writer_init(&writer);
	put_stream(&writer, few, 3, 5, 1);
	for (size_t at = 0; at < writer.size; at++) {
		unsigned char *bytes = allocate(writer.size + 1);
		struct reading reading;

		memcpy(bytes, writer.data, at);
		memcpy(bytes + at, writer.data + at + 1, writer.size - at - 1);
		reading = read_whole((struct sk_span){ bytes, writer.size - 1 });
		assert_int_not_equal(reading.status, SK_FRAME_OK);
		assert_frames(&reading, few, reading.frames);
		reading_free(&reading);
		memcpy(bytes, writer.data, at + 1);
		memcpy(bytes + at + 1, writer.data + at, writer.size - at);
		reading = read_whole((struct sk_span){ bytes, writer.size + 1 });
		assert_int_not_equal(reading.status, SK_FRAME_OK);
		assert_frames(&reading, few, reading.frames);
		reading_free(&reading);
		free(bytes);
	}
	sk_frame_writer_release(&writer);
}

static void
test_foreign(void **state)
{
	static const char *const foreign[] = { "hello, world\n", "h", "\n", "\x89SKF\n\x1a\n",
		"\x89SKF\r\n\x1a\r", "\x89PNG\r\n\x1a\n", "SKF" };
	struct sk_frame_writer writer = start_stream();

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		assert_status(span_of(foreign[i]), SK_FRAME_FOREIGN, 0);
		assert_false(sk_frame_starts(span_of(foreign[i])));
	}
	for (size_t size = 0; size <= writer.size; size++)
		assert_true(sk_frame_starts((struct sk_span){ writer.data, size }));
	/* Behind a stream too */
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	memcpy(append(&writer, 5), "text\n", 5);
	assert_status(written(&writer), SK_FRAME_FOREIGN, 1);
	sk_frame_writer_release(&writer);
}

/* A span of size 0 may have any pointer. */
static void
test_empty_spans(void **state)
{
	struct sk_frame_reader *reader = sk_frame_reader_new();
	struct sk_span nothing = { NULL, 0 };
	struct sk_frame frame;

	(void)state;
	assert_int_equal(sk_frame_next(reader, &nothing, &frame), SK_FRAME_MORE);
	assert_int_equal(sk_frame_finish(reader), SK_FRAME_OK);
	sk_frame_reader_free(reader);
	sk_frame_reader_free(NULL);
	assert_true(sk_frame_starts(nothing));
}

static void
test_unknown_types(void **state)
{
	static const unsigned types[] = { 0, 9, 64, 0x88, 0x8a, 255 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct sk_frame_writer writer = start_stream();

		put_frame(&writer, SK_FRAME_SKETCH, 4);
		put_frame(&writer, types[i], 50);
		put_frame(&writer, SK_FRAME_SKETCH, 6);
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
		assert_status(written(&writer), SK_FRAME_NEWER, 1);
		sk_frame_writer_release(&writer);
	}
}

static void
test_skippable_frames(void **state)
{
	static const size_t kept[] = { 4, 6 };
	struct sk_frame_writer writer = start_stream();
	struct reading reading;

	(void)state;
	put_frame(&writer, 200, 0);
	set_flags(&writer, 2);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	put_frame(&writer, 9, 5000);
	set_flags(&writer, 2);
	put_frame(&writer, SK_FRAME_SKETCH, 6);
	set_flags(&writer, 2); /* it is known, and not skipped */
	put_frame(&writer, 255, 1);
	set_flags(&writer, 2);
	assert_int_equal(sk_frame_write_end(&writer, 9, 0), 0);
	for (size_t piece = 1; piece < 60; piece++) {
		reading = read_pieces(written(&writer), piece);
		assert_int_equal(reading.status, SK_FRAME_OK);
		assert_frames(&reading, kept, 2);
		assert_int_equal(reading.records, 9);
		reading_free(&reading);
	}
	/* What is skipped has a checksum all the same. */
	writer.data[SK_FRAME_SIGNATURE_SIZE + 2 * SK_FRAME_HEADER_SIZE + 4 - 1] ^= 1;
	assert_status(written(&writer), SK_FRAME_CHECKSUM, 0);
	sk_frame_writer_release(&writer);
}

/* Flags from the future, and a payload that says it is compressed, and is not. */
static void
test_flags(void **state)
{
	(void)state;
	for (unsigned flags = 0; flags < 256; flags++) {
		struct sk_frame_writer writer = start_stream();
		enum sk_frame_status expected = flags > 3 ? SK_FRAME_NEWER
		    : (flags & 1) == 0                        ? SK_FRAME_OK
		    : sk_compress_available()                 ? SK_FRAME_CORRUPT
							      : SK_FRAME_NO_ZSTD;

		put_frame(&writer, SK_FRAME_SKETCH, 4);
		set_flags(&writer, flags);
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
		assert_status(written(&writer), expected, expected == SK_FRAME_OK);
		sk_frame_writer_release(&writer);
	}
}

/* To skip a frame is not to read it: it may be compressed, and then has two lengths. */
static void
test_skippable_frames_that_are_compressed(void **state)
{
	struct sk_frame_writer writer = start_stream();

	(void)state;
	put_frame(&writer, 77, 50);
	sk_store32(writer.data + writer.last + 8, 1000);
	set_flags(&writer, 3);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	assert_status(written(&writer), SK_FRAME_OK, 1);
	sk_frame_writer_release(&writer);
}

/* A stream with a HELLO of this ${version} and ${size}. */
static void
assert_hello(unsigned version, size_t size, enum sk_frame_status expected)
{
	struct sk_frame_writer writer;
	unsigned char *payload;

	sk_frame_writer_init(&writer);
	memcpy(
	    append(&writer, SK_FRAME_SIGNATURE_SIZE), sk_frame_signature, SK_FRAME_SIGNATURE_SIZE);
	payload = sk_frame_begin(&writer, SK_FRAME_HELLO, size);
	memset(payload, 0, size);
	for (size_t i = 0; i < 2 && i < size; i++)
		payload[i] = (unsigned char)(version >> 8 * i);
	sk_frame_seal(&writer);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	assert_status(written(&writer), expected, expected == SK_FRAME_OK);
	sk_frame_writer_release(&writer);
}

static void
test_hello(void **state)
{
	struct sk_frame_writer writer;

	(void)state;
	assert_hello(1, 4, SK_FRAME_OK);
	assert_hello(1, 40, SK_FRAME_OK); /* a later revision */
	assert_hello(0, 4, SK_FRAME_NEWER);
	assert_hello(2, 4, SK_FRAME_NEWER);
	assert_hello(2, 40, SK_FRAME_NEWER);
	assert_hello(257, 4, SK_FRAME_NEWER);
	assert_hello(1, 3, SK_FRAME_CORRUPT);
	assert_hello(0, 0, SK_FRAME_CORRUPT);
	/* None, and two */
	sk_frame_writer_init(&writer);
	memcpy(
	    append(&writer, SK_FRAME_SIGNATURE_SIZE), sk_frame_signature, SK_FRAME_SIGNATURE_SIZE);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_status(written(&writer), SK_FRAME_CORRUPT, 0);
	writer.size = SK_FRAME_SIGNATURE_SIZE;
	writer.frames = 0;
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	assert_status(written(&writer), SK_FRAME_CORRUPT, 0);
	sk_frame_writer_release(&writer);
	writer = start_stream();
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	sk_store16(sk_frame_begin(&writer, SK_FRAME_HELLO, 4), 1);
	sk_store16(writer.data + writer.size - 2, 0);
	sk_frame_seal(&writer);
	assert_status(written(&writer), SK_FRAME_CORRUPT, 1);
	sk_frame_writer_release(&writer);
}

/* The longer HELLO: what ends records, and the header. */

static const unsigned char hello_front[12] = { 1, 0, 0, 0, '\n', 0, 0, 0, 3, 0, 0, 0 };

/* Read a stream whose HELLO has these bytes. */
static void
assert_hello_records(const unsigned char *bytes, size_t size, enum sk_frame_status expected, int end,
    const char *header)
{
	struct sk_frame_reader *reader = sk_frame_reader_new();
	struct sk_frame_writer writer;
	struct sk_span pushed;
	struct sk_frame frame;

	sk_frame_writer_init(&writer);
	assert_int_equal(write_signature(&writer), 0);
	memcpy(sk_frame_begin(&writer, SK_FRAME_HELLO, size), bytes, size);
	sk_frame_seal(&writer);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	pushed = written(&writer);
	assert_int_equal(sk_frame_next(reader, &pushed, &frame), expected);
	if (expected == SK_FRAME_OK) {
		struct sk_span kept = sk_frame_header(reader);

		assert_int_equal(sk_frame_end_byte(reader), end);
		assert_int_equal(compare_spans(kept, span_of(header)), 0);
		if (kept.size > 0 && end >= 0)
			assert_int_equal(kept.data[kept.size], end);
	}
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
}

static void
test_hello_records(void **state)
{
	unsigned char bytes[40] = { 0 };

	(void)state;
	memcpy(bytes, hello_front, sizeof(hello_front));
	memcpy(bytes + 12, "a b", 3);
	for (size_t size = 0; size <= sizeof(bytes); size++) /* what is behind is a later revision's */
		assert_hello_records(bytes, size,
		    size == 4 || size >= 15 ? SK_FRAME_OK : SK_FRAME_CORRUPT, size == 4 ? -1 : '\n',
		    size == 4 ? "" : "a b");
	for (unsigned end = 0; end < 256; end++) {
		bytes[4] = (unsigned char)end;
		assert_hello_records(bytes, 15,
		    end == '\n' || end == 0 || end == 255 ? SK_FRAME_OK : SK_FRAME_CORRUPT,
		    end == 255 ? -1 : (int)end, "a b");
	}
	for (size_t at = 5; at < 12; at++) { /* what is to be 0, and a length that lies */
		memcpy(bytes, hello_front, sizeof(hello_front));
		bytes[at] |= 0x80;
		assert_hello_records(bytes, sizeof(bytes), SK_FRAME_CORRUPT, 0, NULL);
	}
	memcpy(bytes, hello_front, sizeof(hello_front));
	bytes[13] = '\n'; /* the header ends before its end */
	assert_hello_records(bytes, 15, SK_FRAME_CORRUPT, 0, NULL);
	bytes[4] = 255;
	assert_hello_records(bytes, 15, SK_FRAME_OK, -1, "a\nb");
	bytes[8] = 0;
	assert_hello_records(bytes, 12, SK_FRAME_OK, -1, "");
}

static void
test_start_with_records(void **state)
{
	char long_header[1000];
	struct sk_frame_writer writer;

	(void)state;
	memset(long_header, 'x', sizeof(long_header) - 1);
	long_header[sizeof(long_header) - 1] = 0;
	sk_frame_writer_init(&writer);
	writer.level = 3; /* HELLO is not compressed */
	errno = 0;
	assert_int_equal(sk_frame_write_start_records(&writer, 'x', span_of("a")), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_frame_write_start_records(&writer, '\n', span_of("a\n")), -1);
	assert_int_equal(sk_frame_write_start_records(&writer, 0, (struct sk_span){ (const unsigned char *)"", 1 }), -1);
	errno = 0;
	assert_int_equal(
	    sk_frame_write_start_records(&writer, 255, (struct sk_span){ writer.data, SK_FRAME_MAX - 11 }), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(writer.size, 0);
	assert_int_equal(sk_frame_write_start_records(&writer, '\n', span_of(long_header)), 0);
	assert_int_equal(writer.size, SK_FRAME_SIGNATURE_SIZE + SK_FRAME_HEADER_SIZE + 12 + 999);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	assert_status(written(&writer), SK_FRAME_OK, 0);
	sk_frame_writer_release(&writer);
}

/* What is behind the header: a byte of flags, and what a later revision has. */
static void
test_flags_of_hello(void **state)
{
	static const struct {
		size_t size;
		unsigned char flags;
		bool corrected;
	} hellos[] = { { 15, 0, false }, { 16, 0, false }, { 16, 1, true }, { 16, 255, true }, { 16, 254, false },
		{ 20, 1, true }, { 12, 1, false } };
	struct sk_frame_reader *reader = sk_frame_reader_new();
	struct sk_frame_writer writer;
	struct sk_span bytes;
	struct sk_frame frame;
	unsigned char hello[20] = { 0 };

	(void)state;
	assert_false(sk_frame_corrected(reader));
	assert_false(sk_frame_inside(reader));
	sk_frame_writer_init(&writer);
	for (size_t i = 0; i < sizeof(hellos) / sizeof(hellos[0]); i++) {
		assert_int_equal(write_signature(&writer), 0);
		memcpy(hello, hello_front, sizeof(hello_front));
		if (hellos[i].size == 12)
			hello[8] = 0;
		memcpy(hello + 12, "a b", 3);
		hello[15] = hellos[i].flags;
		memcpy(sk_frame_begin(&writer, SK_FRAME_HELLO, hellos[i].size), hello, hellos[i].size);
		sk_frame_seal(&writer);
		put_frame(&writer, SK_FRAME_SKETCH, 4);
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	}
	for (int corrected = 0; corrected < 2; corrected++) {
		writer.corrected = corrected == 1;
		assert_int_equal(sk_frame_write_start_records(&writer, '\n', span_of("a b")), 0);
		put_frame(&writer, SK_FRAME_SKETCH, 4);
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	}
	bytes = written(&writer);
	for (size_t i = 0; i < sizeof(hellos) / sizeof(hellos[0]) + 2; i++) {
		bool corrected = i < sizeof(hellos) / sizeof(hellos[0]) ? hellos[i].corrected :
									  i == sizeof(hellos) / sizeof(hellos[0]) + 1;

		assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_OK);
		assert_int_equal(sk_frame_corrected(reader), corrected);
		assert_true(sk_frame_inside(reader));
	}
	assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_MORE);
	assert_false(sk_frame_inside(reader));
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
}

/* HELLO and END are given to those who ask for them, of streams whose HELLO says more than its version. */
static void
test_giving_all(void **state)
{
	static const enum sk_frame_type all[] = { SK_FRAME_SKETCH, SK_FRAME_HELLO, SK_FRAME_SKETCH, SK_FRAME_END,
		SK_FRAME_SKETCH };
	struct sk_frame_writer writer = start_stream();

	(void)state;
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_int_equal(sk_frame_write_end(&writer, 1, 0), 0);
	assert_int_equal(sk_frame_write_start_records(&writer, '\n', span_of("a b")), 0);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_int_equal(sk_frame_write_end(&writer, 2, 1), 0);
	assert_int_equal(sk_frame_write_start(&writer), 0);
	put_frame(&writer, SK_FRAME_SKETCH, 4);
	assert_int_equal(sk_frame_write_end(&writer, 3, 0), 0);
	for (size_t piece = 1; piece <= writer.size; piece++) {
		struct sk_frame_reader *reader = sk_frame_reader_new();
		struct sk_frame frame;
		size_t n = 0;

		sk_frame_reader_give_all(reader);
		for (size_t at = 0; at < writer.size; at += piece) {
			struct sk_span bytes = { writer.data + at, writer.size - at < piece ? writer.size - at : piece };

			while (sk_frame_next(reader, &bytes, &frame) == SK_FRAME_OK) {
				assert_true(n < sizeof(all) / sizeof(all[0]));
				assert_int_equal(frame.type, all[n]);
				if (n == 1)
					assert_int_equal(frame.size, 15);
				if (n == 3)
					assert_int_equal(sk_load64(frame.payload + 8), 2);
				n++;
			}
		}
		assert_int_equal(n, sizeof(all) / sizeof(all[0]));
		assert_int_equal(sk_frame_finish(reader), SK_FRAME_OK);
		sk_frame_reader_free(reader);
	}
	sk_frame_writer_release(&writer);
}

/* Each stream has its own header; that of the one before is gone with it. */
static void
test_headers_of_streams(void **state)
{
	static const struct {
		int end;
		const char *header;
	} streams[] = { { '\n', "time url" }, { -2, "" }, { 0, "x" }, { '\n', "" }, { -1, "y" }, { -2, "" } };
	struct sk_frame_reader *reader = sk_frame_reader_new();
	struct sk_frame_writer writer;
	struct sk_span bytes;
	struct sk_frame frame;

	(void)state;
	assert_int_equal(sk_frame_end_byte(reader), -1);
	assert_int_equal(sk_frame_header(reader).size, 0);
	sk_frame_writer_init(&writer);
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		if (streams[i].end == -2)
			assert_int_equal(sk_frame_write_start(&writer), 0);
		else
			assert_int_equal(sk_frame_write_start_records(&writer,
					     (unsigned char)streams[i].end, span_of(streams[i].header)),
			    0);
		put_frame(&writer, SK_FRAME_SKETCH, 4);
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	}
	bytes = written(&writer);
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_OK);
		assert_int_equal(sk_frame_end_byte(reader), streams[i].end == -2 ? -1 : streams[i].end);
		assert_int_equal(compare_spans(sk_frame_header(reader), span_of(streams[i].header)), 0);
	}
	assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_MORE);
	assert_int_equal(sk_frame_finish(reader), SK_FRAME_OK);
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
}

/* RECORDS have a pane's number, and their end behind the last; without an end in HELLO there are none. */
static void
test_ends_of_records(void **state)
{
	static const int ends[] = { -2, -1, 0, '\n' };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t size = 0; size < 12; size++)
			for (int last = 0; last < 256; last += 5) {
				struct sk_frame_writer writer;
				bool good = ends[i] >= 0 && size >= 8 && (size == 8 || last == ends[i]);
				unsigned char *at;

				sk_frame_writer_init(&writer);
				assert_int_equal(ends[i] == -2 ? sk_frame_write_start(&writer)
							       : sk_frame_write_start_records(&writer,
								     (unsigned char)ends[i], span_of("h")),
				    0);
				at = sk_frame_begin(&writer, SK_FRAME_RECORDS, size);
				memset(at, last, size);
				sk_frame_seal(&writer);
				assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
				assert_status(written(&writer), good ? SK_FRAME_OK : SK_FRAME_CORRUPT, good);
				sk_frame_writer_release(&writer);
			}
}

/* Of whatever size a payload is, 64 bytes before and behind it can be read. */
static void
test_pads(void **state)
{
	struct sk_frame_writer writer;
	struct sk_frame_reader *reader = sk_frame_reader_new();
	struct sk_frame frame;
	struct sk_span bytes;
	unsigned sum = 0;

	(void)state;
	sk_frame_writer_init(&writer);
	for (int level = 0; level < 2; level++) {
		assert_int_equal(sk_frame_write_start_records(&writer, '\n', span_of("header")), 0);
		writer.level = level;
		for (size_t size = 0; size < 400; size++)
			memset(sk_frame_begin(&writer, SK_FRAME_SKETCH, size), 7, size), sk_frame_seal(&writer);
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	}
	bytes = written(&writer);
	for (size_t i = 0; i < 800; i++) {
		struct sk_span header;

		assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_OK);
		assert_int_equal(frame.size, i % 400);
		header = sk_frame_header(reader);
		for (size_t at = 0; at < SK_FRAME_PAD; at++) {
			sum += frame.payload[frame.size + at] + *(frame.payload - 1 - at);
			sum += header.data[header.size + at] + *(header.data - 1 - at);
		}
	}
	assert_true(sum > 0); /* headers of frames are not 0 */
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
}

/* END tells the number of frames, so that one which is missing is noticed. */
static void
test_end(void **state)
{
	struct sk_frame_writer writer;
	unsigned char *payload;

	(void)state;
	for (int by = -1; by <= 1; by++) {
		writer = start_stream();
		put_frame(&writer, SK_FRAME_SKETCH, 4);
		writer.frames += (uint64_t)(int64_t)by;
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
		assert_status(written(&writer), by == 0 ? SK_FRAME_OK : SK_FRAME_CORRUPT, 1);
		sk_frame_writer_release(&writer);
	}
	for (size_t size = 0; size < 40; size++) {
		writer = start_stream();
		payload = sk_frame_begin(&writer, SK_FRAME_END, size);
		memset(payload, 0, size);
		if (size > 0)
			payload[0] = 1;
		sk_frame_seal(&writer);
		assert_status(written(&writer), size >= 24 ? SK_FRAME_OK : SK_FRAME_CORRUPT, 0);
		sk_frame_writer_release(&writer);
	}
}

/* Lengths are promises: memory is asked for when the bytes have come. */
static void
test_lengths_that_lie(void **state)
{
	static const uint32_t lies[] = { 1000000, 1 << 30, (1 << 30) + 1, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct sk_frame_writer writer = start_stream();

		put_frame(&writer, SK_FRAME_SKETCH, 40);
		sk_store32(writer.data + writer.last + 4, lies[i]);
		sk_store32(writer.data + writer.last + 8, lies[i]);
		largest = 0;
		assert_status(
		    written(&writer), lies[i] > SK_FRAME_MAX ? SK_FRAME_CORRUPT : SK_FRAME_CUT, 0);
		assert_true(largest < 1024);
		/* Two lengths that differ, without compression */
		sk_store32(writer.data + writer.last + 8, 40);
		assert_status(written(&writer), SK_FRAME_CORRUPT, 0);
		sk_store32(writer.data + writer.last + 4, 40);
		sk_store32(writer.data + writer.last + 8, lies[i]);
		assert_status(written(&writer), SK_FRAME_CORRUPT, 0);
		assert_true(largest < 1024);
		sk_frame_writer_release(&writer);
	}
}

static void
test_reserved_bytes(void **state)
{
	(void)state;
	for (size_t at = 2; at < 4; at++) {
		struct sk_frame_writer writer = start_stream();

		put_frame(&writer, SK_FRAME_SKETCH, 4);
		writer.data[writer.last + at] = 1;
		sk_frame_seal(&writer);
		assert_status(written(&writer), SK_FRAME_CORRUPT, 0);
		sk_frame_writer_release(&writer);
	}
}

/* Every allocation of writer and reader fails in turn; nothing leaks. */
static void
test_no_memory(void **state)
{
	struct sk_frame_writer writer;
	enum sk_frame_status status = SK_FRAME_NO_MEMORY;

	(void)state;
	for (long n = 0; n < 20; n++) {
		bool good;

		sk_frame_writer_init(&writer);
		fail_after = n;
		good = sk_frame_write_start(&writer) == 0 &&
		    sk_frame_begin(&writer, SK_FRAME_SKETCH, 3000) != NULL;
		assert_true(good || errno == ENOMEM);
		if (n == 0)
			assert_false(good);
		fail_after = -1;
		sk_frame_writer_release(&writer);
		assert_int_equal(live_blocks, 0);
	}
	assert_int_equal(sk_frame_write_start_records(&writer, '\n', span_of("header")), 0);
	for (size_t i = 0; i < SIZES; i++)
		put_frame(&writer, SK_FRAME_SKETCH, sizes[i]);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	for (long n = 0; status == SK_FRAME_NO_MEMORY; n++) {
		struct sk_frame_reader *reader;
		struct reading reading = { .frames = 0 };

		fail_after = n;
		reader = sk_frame_reader_new();
		if (reader != NULL) {
			status = push(reader, written(&writer), &reading);
			assert_true(status == SK_FRAME_NO_MEMORY || status == SK_FRAME_MORE);
			assert_frames(&reading, sizes, reading.frames);
		} else {
			assert_int_equal(n, 0);
		}
		fail_after = -1;
		sk_frame_reader_free(reader);
		reading_free(&reading);
		assert_int_equal(live_blocks, 1); /* the writer's */
	}
	sk_frame_writer_release(&writer);
}

static void
test_words(void **state)
{
	(void)state;
	for (int i = SK_FRAME_OK; i <= SK_FRAME_NO_MEMORY; i++)
		for (int j = SK_FRAME_OK; j < i; j++)
			assert_string_not_equal(sk_frame_strerror((enum sk_frame_status)i),
			    sk_frame_strerror((enum sk_frame_status)j));
}

/* Containers */

static const struct sk_container plain = { .family = 10,
	.item_type = SK_ITEM_LONG,
	.exact = true,
	.decimals = 9,
	.records = UINT64_MAX - 5 };

/* ${container} with ${image} as a payload, in a block of just its size. */
static unsigned char *
encode(const struct sk_container *container, struct sk_span image, size_t *size)
{
	const size_t head = sk_container_head_size(container);
	unsigned char *payload = allocate(head + image.size);

	sk_container_encode(container, image.size, payload);
	memcpy(payload + head, image.data, image.size);
	*size = head + image.size;
	return payload;
}

/* With the ${parts} of ${key} between commas. */
static void
assert_key(const char *key, size_t parts)
{
	struct sk_container container = plain, found;
	size_t size;
	unsigned char *payload;
	enum sk_frame_status status;

	container.key = key_of(key, parts);
	container.key_parts = parts;
	payload = encode(&container, span_of("image"), &size);
	status = sk_container_decode(&found, payload, size);
	assert_int_equal(status, SK_FRAME_OK);
	assert_int_equal(found.family, 10);
	assert_int_equal(found.item_type, SK_ITEM_LONG);
	assert_true(found.exact);
	assert_int_equal(found.decimals, 9);
	assert_true(found.records == UINT64_MAX - 5);
	assert_int_equal(found.key_parts, parts);
	assert_int_equal(compare_spans(found.key, container.key), 0);
	assert_int_equal(compare_spans(found.image, span_of("image")), 0);
	free(payload);
}

static void
test_keys(void **state)
{
	(void)state;
	assert_key("", 0);
	assert_key("", 1);
	assert_key("a", 1);
	assert_key("a,b", 1);
	assert_key(",", 2);
	assert_key("a,b", 2);
	assert_key("a,", 2);
	assert_key(",b", 2);
	assert_key(",,,", 4);
	assert_key("one,,three,and,more", 3);
	assert_key("a longer part,x,", 3);
	assert_key("a,b", 2);
	assert_key(",,,", 4);
	assert_key("one,,three,and,more", 3);
	assert_key("a,b\tc", 2);
	assert_key("a\tb,c", 2);
	assert_key("\t,c", 2);
	assert_key("c,a\tb,", 3);
}

static void
test_keys_of_bytes(void **state)
{
	(void)state;
	random_state = 3;
	for (int round = 0; round < 2000; round++) {
		struct sk_container container = plain, found;
		unsigned char bytes[8], key[8 * SK_KEY_PARTS_MAX * 2], image[40], *payload;
		struct sk_span part[SK_KEY_PARTS_MAX], rest;
		size_t size;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = random_below(3) == 0 ? (unsigned char)"\t\0\n"[random_below(3)] : (unsigned char)next_random();
		container.key_parts = 1 + random_below(round % 2 == 0 ? 3 : SK_KEY_PARTS_MAX);
		for (size_t i = 0; i < container.key_parts; i++)
			part[i] = (struct sk_span){ bytes, random_below(sizeof(bytes)) };
		container.key = (struct sk_span){ key, (size_t)(sk_key_join(part, container.key_parts, key) - key) };
		memset(image, round, sizeof(image));
		container.records = next_random();
		container.decimals = (int)random_below(10);
		container.exact = random_below(2) == 0;
		container.family = (unsigned)random_below(256);
		payload = encode(
		    &container, (struct sk_span){ image, random_below(sizeof(image)) }, &size);
		assert_int_equal(sk_container_decode(&found, payload, size), SK_FRAME_OK);
		assert_int_equal(compare_spans(found.key, container.key), 0);
		rest = found.key;
		for (size_t i = 0; i < container.key_parts; i++)
			assert_int_equal(
			    compare_spans(sk_key_part(&rest, i + 1 == container.key_parts), part[i]), 0);
		assert_int_equal(found.key_parts, container.key_parts);
		assert_true(found.records == container.records);
		assert_int_equal(found.decimals, container.decimals);
		assert_int_equal(found.exact, container.exact);
		assert_int_equal(found.family, container.family);
		assert_int_equal(found.image.size, size - sk_container_head_size(&container));
		assert_memory_equal(found.image.data, image, found.image.size);
		free(payload);
	}
}

static void
test_container_golden_bytes(void **state)
{
	static const unsigned char golden[] = { 10, 1, 1, 2, 2, 0, 0, 0, 0x39, 0x30, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0,
		0, 'a', 'b', 1, 0, 0, 0, 'c', 'I', 'M', 'G', '!' };
	const struct sk_container container = {
		.family = 10,
		.item_type = SK_ITEM_DOUBLE,
		.exact = true,
		.decimals = 2,
		.records = 12345,
		.key_parts = 2,
		.key = key_of("ab,c", 2),
	};
	size_t size;
	unsigned char *payload = encode(&container, span_of("IMG!"), &size);

	(void)state;
	assert_int_equal(size, sizeof(golden));
	assert_memory_equal(payload, golden, size);
	free(payload);
}

/* Decode a copy of the payload, for decoding changes it. */
static enum sk_frame_status
decode_copy(const unsigned char *payload, size_t size, struct sk_container *found)
{
	unsigned char *copy = allocate(size);
	enum sk_frame_status status;

	memcpy(copy, payload, size);
	status = sk_container_decode(found, copy, size);
	if (status == SK_FRAME_OK) {
		/* What is borrowed lies within. */
		assert_true(found->key.data >= copy && found->key.size <= size);
		assert_true(found->key.data + found->key.size <= copy + size);
		assert_true(found->image.data >= copy && found->image.data <= copy + size);
		assert_ptr_equal(found->image.data + found->image.size, copy + size);
	}
	free(copy);
	return status;
}

static void
test_containers_that_are_newer(void **state)
{
	struct sk_container container = plain, found;
	size_t size;
	unsigned char *payload;

	(void)state;
	container.key = key_of("a,b", 2);
	container.key_parts = 2;
	payload = encode(&container, span_of("image"), &size);
	for (unsigned type = 0; type < 256; type++) {
		payload[1] = (unsigned char)type;
		assert_int_equal(
		    decode_copy(payload, size, &found), type <= 3 ? SK_FRAME_OK : SK_FRAME_NEWER);
	}
	payload[1] = SK_ITEM_BYTES;
	for (unsigned flags = 0; flags < 256; flags++) {
		/* Moments and the pane are not there, and only a window is by count. */
		const bool whole = (flags & (4 | 16)) == 0 && (flags & (2 | 8)) != 8;

		payload[2] = (unsigned char)flags;
		assert_int_equal(decode_copy(payload, size, &found),
		    flags >= 32 ? SK_FRAME_NEWER : whole ? SK_FRAME_OK : SK_FRAME_CORRUPT);
		if (flags < 32 && whole) {
			assert_int_equal(found.exact, flags & 1);
			assert_int_equal(found.windowed, flags >> 1 & 1);
			assert_int_equal(found.counted, flags >> 3 & 1);
		}
	}
	payload[2] = 0;
	for (unsigned decimals = 0; decimals < 256; decimals++) {
		payload[3] = (unsigned char)decimals;
		assert_int_equal(decode_copy(payload, size, &found),
		    decimals <= 9 ? SK_FRAME_OK : SK_FRAME_CORRUPT);
	}
	free(payload);
}

/* Every cut, every length that does not add up, and every change: refused, or within bounds. */
static void
test_containers_that_are_corrupt(void **state)
{
	static const uint32_t lies[] = { 0, 1, 2, 3, 4, 5, 12, 13, 14, 100, 1 << 20, INT32_MAX,
		1u << 31, UINT32_MAX - 39, UINT32_MAX - 3, UINT32_MAX };
	static const size_t lengths[] = { 4, 32, 36, 40, 45,
		49 }; /* of parts, key, image and each part */
	struct sk_container container = plain, found;
	size_t size;
	unsigned char *payload;

	(void)state;
	container.key = key_of("a,,bc", 3);
	container.key_parts = 3;
	payload = encode(&container, span_of("image"), &size);
	assert_int_equal(size, 40 + 15 + 5);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_OK);
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(decode_copy(payload, cut, &found), SK_FRAME_CORRUPT);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const uint32_t truth = sk_load32(payload + lengths[i]);

		for (size_t j = 0; j < sizeof(lies) / sizeof(lies[0]); j++) {
			sk_store32(payload + lengths[i], lies[j]);
			assert_int_equal(decode_copy(payload, size, &found),
			    lies[j] == truth ? SK_FRAME_OK : SK_FRAME_CORRUPT);
		}
		sk_store32(payload + lengths[i], truth);
	}
	/* Lengths that add up in 32 bits, and not otherwise */
	sk_store32(payload + 32, UINT32_MAX);
	sk_store32(payload + 36, 21);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_CORRUPT);
	sk_store32(payload + 32, 21);
	sk_store32(payload + 36, UINT32_MAX);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_CORRUPT);
	sk_store32(payload + 32, 15);
	sk_store32(payload + 36, 5);
	for (size_t at = 0; at < size; at++) {
		for (unsigned change = 1; change < 256; change++) {
			payload[at] ^= (unsigned char)change;
			decode_copy(payload, size, &found);
			payload[at] ^= (unsigned char)change;
		}
	}
	free(payload);
}

/* Moments */

/* A container with a key and the moments of ${n} ${values}. */
static struct sk_container
with_moments(const double *values, size_t n)
{
	struct sk_container container = plain;

	container.key = key_of("a,,bc", 3);
	container.key_parts = 3;
	container.has_moments = true;
	sk_moments_add(&container.moments, values, n);
	return container;
}

static void
test_moments_golden_bytes(void **state)
{
	static const double values[] = { 1, 2, -INFINITY, 3 };
	static const unsigned char golden[] = { 10, 3, 5, 9, 3, 0, 0, 0, 0xfa, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0, 4, 0,
		0, 0, 1, 0, 0, 0, 'a', 0, 0, 0, 0, 2, 0, 0, 0, 'b', 'c', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xf0, 0xff, 'I', 'M',
		'G', '!' };
	const struct sk_container container = with_moments(values, 4);
	struct sk_container found;
	size_t size;
	unsigned char *payload = encode(&container, span_of("IMG!"), &size);

	(void)state;
	assert_int_equal(size, sizeof(golden));
	assert_memory_equal(payload, golden, size);
	assert_int_equal(sk_container_decode(&found, payload, size), SK_FRAME_OK);
	assert_true(found.has_moments);
	assert_int_equal(sk_moments_count(&found.moments), 3);
	assert_true(sk_moments_mean(&found.moments) == -INFINITY);
	assert_int_equal(compare_spans(found.key, container.key), 0);
	assert_int_equal(compare_spans(found.image, span_of("IMG!")), 0);
	assert_true(found.records == container.records && found.exact);
	free(payload);
}

/* ${payload}, which has been changed, is refused, or is what would be written of what it says. */
static void
check_changed(const unsigned char *payload, size_t size)
{
	unsigned char *copy = allocate(size), *again;
	struct sk_container found;
	size_t again_size;

	memcpy(copy, payload, size);
	if (sk_container_decode(&found, copy, size) == SK_FRAME_OK) {
		again = encode(&found, found.image, &again_size);
		assert_int_equal(again_size, size);
		/* Nothing is kept of a window that is not there. */
		assert_memory_equal(again, payload, found.windowed ? size : 16);
		assert_memory_equal(again + 32, payload + 32, size - 32);
		free(again);
	}
	free(copy);
}

static void
test_moments_that_are_corrupt(void **state)
{
	static const double values[] = { 1, 2, 4, 1e9, 0.1 };
	const struct sk_container container = with_moments(values, 5);
	const size_t head = 40 + 15 + 32;
	struct sk_container found;
	size_t size;
	unsigned char *payload = encode(&container, span_of("image"), &size);

	(void)state;
	assert_int_equal(sk_container_head_size(&container), head);
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(decode_copy(payload, cut, &found), SK_FRAME_CORRUPT);
	for (size_t at = 0; at < size; at++) {
		for (unsigned change = 1; change < 256; change++) {
			payload[at] ^= (unsigned char)change;
			check_changed(payload, size);
			payload[at] ^= (unsigned char)change;
		}
	}
	/* Lengths that would fit without the moments, and one of an image that ends in them */
	sk_store32(payload + 32, 15 + 32);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_CORRUPT);
	sk_store32(payload + 32, 15);
	sk_store32(payload + 36, 5 + 32);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_CORRUPT);
	sk_store32(payload + 36, 5);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_OK);
	sk_store_double(payload + 40 + 15 + 16, -1);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_CORRUPT);
	sk_store_double(payload + 40 + 15 + 16, 1);
	sk_store_double(payload + 40 + 15 + 8, NAN);
	assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_CORRUPT);
	free(payload);
}

/* Windows and panes */

static void
test_container_of_a_window(void **state)
{
	static const unsigned char golden[] = { 10, 3, 2 + 8, 9, 1, 0, 0, 0, 0xfa, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 7, 6, 5, 4, 3, 2, 1,
		0, 5, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 'k', 'I', 'M', 'G', '!' };
	struct sk_container container = plain, found;
	size_t size;
	unsigned char *payload;

	(void)state;
	container.exact = false;
	container.key = span_of("k");
	container.key_parts = 1;
	container.windowed = container.counted = true;
	container.start = -2;
	container.end = INT64_C(0x01020304050607);
	payload = encode(&container, span_of("IMG!"), &size);
	assert_int_equal(size, sizeof(golden));
	assert_memory_equal(payload, golden, size);
	assert_int_equal(sk_container_decode(&found, payload, size), SK_FRAME_OK);
	assert_true(found.windowed && found.counted && !found.of_pane);
	assert_true(found.start == container.start && found.end == container.end);
	assert_int_equal(compare_spans(found.key, span_of("k")), 0);
	assert_int_equal(compare_spans(found.image, span_of("IMG!")), 0);
	free(payload);
}

/* With and without the moments before the number. */
static void
test_container_of_a_pane(void **state)
{
	static const unsigned char golden[] = { 10, 3, 1 + 16, 9, 1, 0, 0, 0, 0xfa, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 1,
		0, 0, 0, 'k', 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 'I', 'M', 'G', '!' };
	static const double values[] = { 1, 2, 4 };
	struct sk_container container = plain, found;

	(void)state;
	container.key = span_of("k");
	container.key_parts = 1;
	container.of_pane = true;
	container.pane = UINT64_C(0x1122334455667788);
	for (int moments = 0; moments < 2; moments++) {
		size_t size;
		unsigned char *payload = encode(&container, span_of("IMG!"), &size);

		assert_int_equal(size, sizeof(golden) + (moments ? 32 : 0));
		if (!moments)
			assert_memory_equal(payload, golden, size);
		assert_memory_equal(payload + size - 12, golden + sizeof(golden) - 12, 12);
		sk_container_set_pane(payload, size, 9);
		assert_true(sk_load64(payload + size - 12) == 9);
		sk_container_set_pane(payload, size, container.pane);
		assert_int_equal(sk_container_decode(&found, payload, size), SK_FRAME_OK);
		assert_true(found.of_pane && !found.windowed && !found.counted && found.exact);
		assert_true(found.pane == container.pane);
		assert_int_equal(found.has_moments, moments);
		assert_int_equal(sk_moments_count(&found.moments), moments ? 3 : 0);
		assert_int_equal(compare_spans(found.key, span_of("k")), 0);
		assert_int_equal(compare_spans(found.image, span_of("IMG!")), 0);
		free(payload);
		container.has_moments = true;
		sk_moments_add(&container.moments, values, 3);
	}
}

/* Every set of flags, with all that they say is there, and the times in both orders: what cannot be is refused. */
static void
test_container_flags(void **state)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
	static const double values[] = { 1, 2, 4 };
	const size_t n = sizeof(times) / sizeof(times[0]);
	struct sk_container found;

	(void)state;
	for (unsigned flags = 0; flags < 32; flags++)
		for (size_t i = 0; i < n * n; i++) {
			struct sk_container container = with_moments(values, 3);
			const bool window = (flags & 2) != 0, pane = (flags & 16) != 0, count = (flags & 8) != 0;
			bool good = !(window && pane) && (window || !count);
			size_t size;
			unsigned char *payload;

			container.has_moments = (flags & 4) != 0;
			container.of_pane = pane;
			payload = encode(&container, span_of("image"), &size);
			payload[2] = (unsigned char)flags;
			if (window) {
				sk_store64(payload + 16, (uint64_t)times[i / n]);
				sk_store64(payload + 24, (uint64_t)times[i % n]);
				good = good && times[i / n] <= times[i % n];
			}
			assert_int_equal(
			    decode_copy(payload, size, &found), good ? SK_FRAME_OK : SK_FRAME_CORRUPT);
			if (good && window)
				assert_true(found.start == times[i / n] && found.end == times[i % n]);
			check_changed(payload, size);
			free(payload);
		}
}

/* Every cut and every change of a sketch of a window, and of one of a pane: refused, or read for what it says. */
static void
test_windows_that_are_corrupt(void **state)
{
	static const double values[] = { 1, 2, 4 };
	struct sk_container container = with_moments(values, 3), found;

	(void)state;
	container.start = -60;
	container.end = 1795342272000000000;
	for (int kind = 0; kind < 4; kind++) {
		size_t size;
		unsigned char *payload;

		container.windowed = kind % 2 == 0;
		container.of_pane = !container.windowed;
		container.has_moments = kind < 2;
		container.pane = 77;
		payload = encode(&container, span_of("image"), &size);
		assert_int_equal(decode_copy(payload, size, &found), SK_FRAME_OK);
		for (size_t cut = 0; cut < size; cut++)
			assert_int_equal(decode_copy(payload, cut, &found), SK_FRAME_CORRUPT);
		for (size_t at = 0; at < size; at++)
			for (unsigned change = 1; change < 256; change++) {
				payload[at] ^= (unsigned char)change;
				check_changed(payload, size);
				payload[at] ^= (unsigned char)change;
			}
		free(payload);
	}
}

/* A container in a stream, whole */
static void
test_container_in_a_stream(void **state)
{
	struct sk_container container = plain, found;
	struct sk_frame_writer writer = start_stream();
	struct reading reading;
	unsigned char *payload;
	size_t head;

	(void)state;
	container.key = key_of("a,b", 2);
	container.key_parts = 2;
	head = sk_container_head_size(&container);
	payload = sk_frame_begin(&writer, SK_FRAME_SKETCH, head + 3);
	sk_container_encode(&container, 3, payload);
	memcpy(payload + head, "xyz", 3);
	sk_frame_seal(&writer);
	assert_int_equal(sk_frame_write_end(&writer, 1, 0), 0);
	reading = read_pieces(written(&writer), 7);
	assert_int_equal(reading.status, SK_FRAME_OK);
	assert_int_equal(reading.frames, 1);
	assert_int_equal(
	    sk_container_decode(&found, reading.frame[0].payload, reading.frame[0].size),
	    SK_FRAME_OK);
	assert_int_equal(compare_spans(found.key, container.key), 0);
	assert_int_equal(compare_spans(found.image, span_of("xyz")), 0);
	reading_free(&reading);
	sk_frame_writer_release(&writer);
}

static int
set_up(void **state)
{
	(void)state;
	fail_after = -1;
	live_blocks = 0;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_golden_bytes, set_up),
		cmocka_unit_test_setup(test_round_trip, set_up),
		cmocka_unit_test_setup(test_writer_that_is_emptied, set_up),
		cmocka_unit_test_setup(test_payloads_that_are_too_long, set_up),
		cmocka_unit_test_setup(test_concatenation, set_up),
		cmocka_unit_test_setup(test_every_cut, set_up),
		cmocka_unit_test_setup(test_every_change, set_up),
		cmocka_unit_test_setup(test_every_shift, set_up),
		cmocka_unit_test_setup(test_foreign, set_up),
		cmocka_unit_test_setup(test_unknown_types, set_up),
		cmocka_unit_test_setup(test_skippable_frames, set_up),
		cmocka_unit_test_setup(test_flags, set_up),
		cmocka_unit_test_setup(test_skippable_frames_that_are_compressed, set_up),
		cmocka_unit_test_setup(test_hello, set_up),
		cmocka_unit_test_setup(test_hello_records, set_up),
		cmocka_unit_test_setup(test_flags_of_hello, set_up),
		cmocka_unit_test_setup(test_giving_all, set_up),
		cmocka_unit_test_setup(test_start_with_records, set_up),
		cmocka_unit_test_setup(test_headers_of_streams, set_up),
		cmocka_unit_test_setup(test_ends_of_records, set_up),
		cmocka_unit_test_setup(test_pads, set_up),
		cmocka_unit_test_setup(test_end, set_up),
		cmocka_unit_test_setup(test_lengths_that_lie, set_up),
		cmocka_unit_test_setup(test_reserved_bytes, set_up),
		cmocka_unit_test_setup(test_no_memory, set_up),
		cmocka_unit_test_setup(test_words, set_up),
		cmocka_unit_test_setup(test_keys, set_up),
		cmocka_unit_test_setup(test_keys_of_bytes, set_up),
		cmocka_unit_test_setup(test_container_golden_bytes, set_up),
		cmocka_unit_test_setup(test_containers_that_are_newer, set_up),
		cmocka_unit_test_setup(test_containers_that_are_corrupt, set_up),
		cmocka_unit_test_setup(test_moments_golden_bytes, set_up),
		cmocka_unit_test_setup(test_moments_that_are_corrupt, set_up),
		cmocka_unit_test_setup(test_container_of_a_window, set_up),
		cmocka_unit_test_setup(test_container_of_a_pane, set_up),
		cmocka_unit_test_setup(test_container_flags, set_up),
		cmocka_unit_test_setup(test_windows_that_are_corrupt, set_up),
		cmocka_unit_test_setup(test_container_in_a_stream, set_up),
		cmocka_unit_test_setup(test_empty_spans, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
