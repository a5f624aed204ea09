/*
 * test_pane.c -- the frames by which windows travel.
 *
 * What readers are given lies in blocks of just its size, so that a sanitizer sees what is read beyond it.
 */
#include "key_support.h"

#include "pipe/pane.h"
#include "sketch/image.h"

#define PAYLOAD_AT (SK_FRAME_SIGNATURE_SIZE + SK_FRAME_HEADER_SIZE + 12 + SK_FRAME_HEADER_SIZE)

static const struct sk_span no_header = { NULL, 0 };

static struct sk_frame_writer
start_stream(void)
{
	struct sk_frame_writer writer;

	sk_frame_writer_init(&writer);
	assert_int_equal(sk_frame_write_start_records(&writer, '\n', no_header), 0);
	return writer;
}

/* The payload of the first frame behind HELLO, to be freed: ${size} bytes of it, with 0 behind where it is shorter. */
static struct sk_frame
payload_of(const struct sk_frame_writer *writer, size_t size)
{
	const unsigned char *header = writer->data + PAYLOAD_AT - SK_FRAME_HEADER_SIZE;
	struct sk_frame frame = { .type = (enum sk_frame_type)header[0], .size = size };
	size_t stored = sk_load32(header + 4);

	frame.payload = allocate(size);
	memset(frame.payload, 0, size);
	memcpy(frame.payload, writer->data + PAYLOAD_AT, size < stored ? size : stored);
	return frame;
}

static size_t
payload_size(const struct sk_frame_writer *writer)
{
	return sk_load32(writer->data + PAYLOAD_AT - SK_FRAME_HEADER_SIZE + 4);
}

/* Read whatever is in ${frame}; what is handed out lies within it. */
static enum sk_frame_status
read_any(struct sk_frame *frame)
{
	struct sk_pane_close close = { .start = 0 };
	const unsigned char *panes = NULL;
	struct sk_span records = { NULL, 0 };
	enum sk_frame_status status;
	uint64_t pane;
	int64_t time;
	size_t n = 0;

	switch (frame->type) {
	case SK_FRAME_RECORDS:
		status = sk_pane_read_records(frame, &pane, &records);
		assert_true(status != SK_FRAME_OK || records.size + 8 == frame->size);
		return status;
	case SK_FRAME_CLOSE:
	case SK_FRAME_OPEN:
		status = frame->type == SK_FRAME_OPEN ? sk_pane_read_open(frame, &close) :
							sk_pane_read_close(frame, &close);
		if (status != SK_FRAME_OK)
			return status;
		assert_true(close.start <= close.end);
		assert_true(close.panes_count <= frame->size / 8 && close.key.size <= frame->size);
		for (size_t i = 0; i < close.panes_count; i++)
			(void)sk_pane_of(&close, i);
		assert_true(close.key.data >= frame->payload);
		assert_true(close.key.data + close.key.size <= frame->payload + frame->size);
		return status;
	case SK_FRAME_WATERMARK:
		return sk_pane_read_watermark(frame, &time);
	default:
		status = sk_pane_read_finished(frame, &panes, &n);
		for (size_t i = 0; status == SK_FRAME_OK && i < n; i++)
			(void)sk_load64(panes + 8 * i);
		return status;
	}
}

static struct sk_pane_close
sample(const char *key, size_t parts)
{
	return (struct sk_pane_close){ .start = -5,
		.end = 1795342272000000000,
		.revision = 3,
		.key_parts = parts,
		.key = key_of(key, parts) };
}

/* Write and read ${close}. */
static void
assert_close(const struct sk_pane_close *close, const uint64_t *panes)
{
	struct sk_frame_writer writer = start_stream();
	struct sk_pane_close found;
	struct sk_frame frame;
	enum sk_frame_status status;

	assert_int_equal(sk_pane_write_close(&writer, close, panes), 0);
	frame = payload_of(&writer, payload_size(&writer));
	assert_int_equal(frame.type, SK_FRAME_CLOSE);
	status = sk_pane_read_close(&frame, &found);
	assert_int_equal(status, SK_FRAME_OK);
	assert_true(found.start == close->start && found.end == close->end);
	assert_int_equal(found.counted, close->counted);
	assert_true(found.revision == close->revision);
	assert_int_equal(found.key_parts, close->key_parts);
	assert_int_equal(compare_spans(found.key, close->key), 0);
	assert_int_equal(found.panes_count, close->panes_count);
	for (size_t i = 0; i < found.panes_count; i++)
		assert_true(sk_pane_of(&found, i) == panes[i]);
	free(frame.payload);
	sk_frame_writer_release(&writer);
}

static void
test_closes(void **state)
{
	static const uint64_t panes[] = { 0, 1, UINT64_MAX, UINT64_C(1) << 63, 77 };
	static const int64_t times[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX };
	struct sk_pane_close close = sample("", 0);

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		for (size_t j = i; j < sizeof(times) / sizeof(times[0]); j++) {
			close.start = times[i];
			close.end = times[j];
			close.counted = j % 2 == 0;
			close.revision = j == 0 ? 0 : UINT32_MAX - (uint32_t)i;
			close.panes_count = j;
			assert_close(&close, panes);
		}
}

static void
test_keys(void **state)
{
	static const struct {
		const char *key;
		size_t parts;
	} rows[] = { { "", 1 }, { "a", 1 }, { "a,b", 1 }, { ",", 2 }, { "a,b", 2 }, { ",,,", 4 },
		{ "one,,three,more", 3 }, { "a,b\tc", 2 }, { "a\tb,c", 2 }, { "c,a\tb,", 3 } };
	static const uint64_t panes[] = { 4, 5, 6 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_pane_close close = sample(rows[i].key, rows[i].parts);

		close.panes_count = i % 4;
		assert_close(&close, panes);
	}
}

static void
test_many_panes(void **state)
{
	const size_t n = 100000;
	uint64_t *panes = allocate(n * sizeof(*panes));
	struct sk_frame_writer writer = start_stream();
	struct sk_pane_close close = sample("a,b,c", 3);
	const unsigned char *found;
	struct sk_frame frame;
	size_t count;

	(void)state;
	random_state = 1;
	for (size_t i = 0; i < n; i++)
		panes[i] = next_random();
	close.panes_count = n;
	assert_close(&close, panes);
	assert_int_equal(sk_pane_write_finished(&writer, panes, n), 0);
	frame = payload_of(&writer, payload_size(&writer));
	assert_int_equal(sk_pane_read_finished(&frame, &found, &count), SK_FRAME_OK);
	assert_int_equal(count, n);
	for (size_t i = 0; i < n; i++)
		assert_true(sk_load64(found + 8 * i) == panes[i]);
	free(frame.payload);
	sk_frame_writer_release(&writer);
	free(panes);
}

/* The bytes that streamkit-frames(5) asks for, written down by hand. */
static void
test_golden_bytes(void **state)
{
	static const unsigned char golden[] = { 0xfe, 255, 255, 255, 255, 255, 255, 255, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0,
		0, 1, 0, 0, 0, 2, 0, 0, 0, 11, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'a', 'b', 1, 0, 0, 0, 'c', 7, 0, 0,
		0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1 };
	static const uint64_t panes[] = { 7, UINT64_C(0x0102030405060708) };
	struct sk_pane_close close = sample("ab,c", 2);
	struct sk_frame_writer writer = start_stream();

	(void)state;
	close.start = -2;
	close.end = 256;
	close.counted = true;
	close.panes_count = 2;
	assert_int_equal(sk_pane_write_close(&writer, &close, panes), 0);
	assert_int_equal(payload_size(&writer), sizeof(golden));
	assert_memory_equal(writer.data + PAYLOAD_AT, golden, sizeof(golden));
	writer.size = PAYLOAD_AT - SK_FRAME_HEADER_SIZE;
	memcpy(sk_pane_write_records(&writer, 258, 4), "a\nb\n", 4);
	sk_frame_seal(&writer);
	assert_int_equal(payload_size(&writer), 12);
	assert_memory_equal(writer.data + PAYLOAD_AT, "\2\1\0\0\0\0\0\0a\nb\n", 12);
	writer.size = PAYLOAD_AT - SK_FRAME_HEADER_SIZE;
	assert_int_equal(sk_pane_write_watermark(&writer, INT64_MIN + 1), 0);
	assert_memory_equal(writer.data + PAYLOAD_AT, "\1\0\0\0\0\0\0\x80", 8);
	writer.size = PAYLOAD_AT - SK_FRAME_HEADER_SIZE;
	assert_int_equal(sk_pane_write_finished(&writer, panes, 2), 0);
	assert_int_equal(payload_size(&writer), 16);
	assert_memory_equal(writer.data + PAYLOAD_AT, golden + sizeof(golden) - 16, 16);
	sk_frame_writer_release(&writer);
}

static void
put_sample(struct sk_frame_writer *writer, unsigned type)
{
	static const uint64_t panes[] = { 9, 8, 7 };
	struct sk_pane_close close = sample("some,key", 2);
	unsigned char *at;

	close.panes_count = 3;
	if (type == SK_FRAME_RECORDS) {
		assert_non_null(at = sk_pane_write_records(writer, 12, 9));
		memcpy(at, "one\ntwo\n\n", 9);
		sk_frame_seal(writer);
	} else if (type == SK_FRAME_CLOSE)
		assert_int_equal(sk_pane_write_close(writer, &close, panes), 0);
	else if (type == SK_FRAME_OPEN) {
		close.revision = 0;
		assert_int_equal(sk_pane_write_open(writer, &close, panes), 0);
	}
	else if (type == SK_FRAME_WATERMARK)
		assert_int_equal(sk_pane_write_watermark(writer, -123456789), 0);
	else
		assert_int_equal(sk_pane_write_finished(writer, panes, 3), 0);
}

static const unsigned types[] = { SK_FRAME_RECORDS, SK_FRAME_CLOSE, SK_FRAME_WATERMARK, SK_FRAME_FINISHED,
	SK_FRAME_OPEN };
#define TYPES (sizeof(types) / sizeof(types[0]))

/* Of a CLOSE only the whole can be read, of numbers whole ones. */
static void
test_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		struct sk_frame_writer writer = start_stream();

		put_sample(&writer, types[i]);
		for (size_t size = 0; size < payload_size(&writer) + 20; size++) {
			struct sk_frame frame = payload_of(&writer, size);
			bool good = types[i] == SK_FRAME_RECORDS ? size >= 8
			    : types[i] == SK_FRAME_FINISHED      ? size % 8 == 0
								 : size == payload_size(&writer);

			assert_int_equal(read_any(&frame), good ? SK_FRAME_OK : SK_FRAME_CORRUPT);
			free(frame.payload);
		}
		sk_frame_writer_release(&writer);
	}
}

/* OPEN is CLOSE but for its type, the flag that lets it be skipped, and the revision, of which it has none. */
static void
test_open(void **state)
{
	static const uint64_t panes[] = { 9, 8, 7 };
	struct sk_frame_writer open = start_stream(), closed = start_stream();
	struct sk_pane_close window = sample("some,key", 2), found = { .start = 1 };
	struct sk_frame frame;

	(void)state;
	window.panes_count = 3;
	errno = 0;
	assert_int_equal(sk_pane_write_open(&open, &window, panes), -1);
	assert_int_equal(errno, EINVAL);
	window.revision = 0;
	assert_int_equal(sk_pane_write_open(&open, &window, panes), 0);
	assert_int_equal(sk_pane_write_close(&closed, &window, panes), 0);
	assert_int_equal(open.data[PAYLOAD_AT - SK_FRAME_HEADER_SIZE], 8);
	assert_int_equal(open.data[PAYLOAD_AT - SK_FRAME_HEADER_SIZE + 1], 2);
	assert_int_equal(payload_size(&open), payload_size(&closed));
	assert_memory_equal(open.data + PAYLOAD_AT, closed.data + PAYLOAD_AT, payload_size(&open));
	frame = payload_of(&open, payload_size(&open));
	frame.payload[17] = 1; /* a revision */
	assert_int_equal(sk_pane_read_open(&frame, &found), SK_FRAME_CORRUPT);
	assert_true(found.start == 1);
	frame.payload[17] = 0;
	assert_int_equal(sk_pane_read_open(&frame, &found), SK_FRAME_OK);
	assert_true(found.start == -5 && found.panes_count == 3 && sk_pane_of(&found, 2) == 7);
	free(frame.payload);
	sk_frame_writer_release(&open);
	sk_frame_writer_release(&closed);
}

/* Any byte becomes any other: what of it can be read is written as it was read. */
static void
test_every_change(void **state)
{
	struct sk_frame_writer writer = start_stream(), again = start_stream();
	const size_t start = again.size;
	uint64_t panes[3];
	size_t size, newer = 0, corrupt = 0;

	(void)state;
	put_sample(&writer, SK_FRAME_CLOSE);
	size = payload_size(&writer);
	for (size_t at = 0; at < size; at++)
		for (unsigned change = 1; change < 256; change++) {
			struct sk_pane_close close = { .start = 1, .end = 0 };
			struct sk_frame frame = payload_of(&writer, size), changed;
			enum sk_frame_status status;

			frame.payload[at] ^= (unsigned char)change;
			changed = frame;
			changed.payload = allocate(size);
			memcpy(changed.payload, frame.payload, size);
			status = sk_pane_read_close(&frame, &close);
			newer += status == SK_FRAME_NEWER;
			corrupt += status == SK_FRAME_CORRUPT;
			if (status != SK_FRAME_OK) {
				assert_true(close.start == 1 && close.end == 0); /* left alone */
			} else {
				assert_int_equal(close.panes_count, 3);
				for (size_t i = 0; i < 3; i++)
					panes[i] = sk_pane_of(&close, i);
				again.size = start;
				assert_int_equal(sk_pane_write_close(&again, &close, panes), 0);
				assert_int_equal(payload_size(&again), size);
				assert_memory_equal(again.data + PAYLOAD_AT, changed.payload, size);
			}
			free(changed.payload);
			free(frame.payload);
		}
	assert_int_equal(newer, 254); /* all flags but 1, at offset 20 */
	assert_true(corrupt > 255 * 19); /* the lengths, and what is to be 0 */
	sk_frame_writer_release(&writer);
	sk_frame_writer_release(&again);
}

static void
test_lengths_that_lie(void **state)
{
	static const uint32_t lies[] = { 0, 1, 15, 17, 40, 64, 1000000, 1 << 30, UINT32_MAX / 8 + 1, INT32_MAX,
		UINT32_MAX - 7, UINT32_MAX };
	struct sk_frame_writer writer = start_stream();

	(void)state;
	put_sample(&writer, SK_FRAME_CLOSE); /* 2 parts in 15 bytes, 3 panes */
	for (size_t at = 24; at < 36; at += 4)
		for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
			struct sk_frame frame = payload_of(&writer, payload_size(&writer));

			if (sk_load32(frame.payload + at) != lies[i]) {
				sk_store32(frame.payload + at, lies[i]);
				assert_int_equal(read_any(&frame), SK_FRAME_CORRUPT);
			}
			free(frame.payload);
		}
	sk_frame_writer_release(&writer);
}

static void
test_too_much(void **state)
{
	struct sk_frame_writer writer = start_stream();
	struct sk_pane_close close = sample("a,b", 2);
	const uint64_t pane = 1;
	const size_t size = writer.size;

	(void)state;
	errno = 0;
	assert_null(sk_pane_write_records(&writer, 1, SK_FRAME_MAX - 7));
	assert_int_equal(errno, EMSGSIZE);
	assert_null(sk_pane_write_records(&writer, 1, SIZE_MAX));
	assert_int_equal(sk_pane_write_finished(&writer, &pane, SIZE_MAX / 8 + 2), -1);
	close.panes_count = SIZE_MAX / 8 + 2;
	errno = 0;
	assert_int_equal(sk_pane_write_close(&writer, &close, &pane), -1);
	assert_int_equal(errno, EMSGSIZE);
	close.panes_count = SK_FRAME_MAX / 8;
	assert_int_equal(sk_pane_write_close(&writer, &close, &pane), -1);
	close = sample("a", 1);
	close.end = close.start - 1;
	errno = 0;
	assert_int_equal(sk_pane_write_close(&writer, &close, NULL), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(writer.size, size);
	sk_frame_writer_release(&writer);
}

/* All kinds, there and back through the reader of frames, compressed or not. */
static void
test_stream(void **state)
{
	(void)state;
	for (int level = 0; level < 2; level++) {
		struct sk_frame_writer writer = start_stream();
		struct sk_frame_reader *reader = sk_frame_reader_new();
		struct sk_span bytes;
		struct sk_frame frame;

		writer.level = level;
		for (size_t i = 0; i < TYPES; i++) {
			put_sample(&writer, types[i]);
			memset(sk_pane_write_records(&writer, i, 5000), '\n', 5000);
			sk_frame_seal(&writer);
		}
		assert_int_equal(sk_frame_write_end(&writer, 1, 0), 0);
		bytes = (struct sk_span){ writer.data, writer.size };
		for (size_t i = 0; i < 2 * TYPES; i++) {
			assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_OK);
			assert_int_equal(frame.type, i % 2 == 0 ? types[i / 2] : SK_FRAME_RECORDS);
			assert_int_equal(read_any(&frame), SK_FRAME_OK);
		}
		assert_int_equal(sk_frame_next(reader, &bytes, &frame), SK_FRAME_MORE);
		assert_int_equal(sk_frame_finish(reader), SK_FRAME_OK);
		sk_frame_reader_free(reader);
		sk_frame_writer_release(&writer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closes),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_many_panes),
		cmocka_unit_test(test_golden_bytes),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_every_change),
		cmocka_unit_test(test_lengths_that_lie),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
