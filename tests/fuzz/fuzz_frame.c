/*
 * fuzz_frame.c -- streams of frames, the container of a sketch, and the frames of windows. Byte 0: what the rest is,
 * modulo 3 (0 a stream, 1 frames to be sealed: type, two bytes of size, payload; 2 a container); with the bit 0x40,
 * which does not count there, frames to be sealed stand behind a HELLO with records and a header. Byte 1: in pieces of
 * how many bytes a stream is pushed. The type of a frame whose payload is to pass for a compressed one has the bit
 * 0x80, and four bytes behind it are the length announced.
 */
#include "fuzz.h"
#include "pipe/container.h"
#include "pipe/frame.h"
#include "pipe/pane.h"
#include "sketch/image.h"

#define PACKED 0x80
#define WITH_RECORDS 0x40 /* of byte 0 */
#define FLAG_ZSTD 1
#define LEVEL 3
#define LOOKED_AT ((size_t)1 << 20) /* bytes of a payload: four bytes of zstd can be 128 KiB of it */

static void
try_container(const unsigned char *data, size_t size)
{
	unsigned char *payload = exact_memory(size), *copy;
	struct sk_container container, second;
	size_t head;

	if (size > 0)
		memcpy(payload, data, size);
	if (sk_container_decode(&container, payload, size) != SK_FRAME_OK) {
		free(payload);
		return;
	}
	check(container.decimals >= 0 && container.decimals <= 9);
	check(container.start <= container.end && !(container.windowed && container.of_pane));
	check(container.windowed || (!container.counted && container.start == 0 && container.end == 0));
	check(container.image.size <= size && container.key.size <= size);
	head = sk_container_head_size(&container);
	copy = exact_memory(head + container.image.size);
	sk_container_encode(&container, container.image.size, copy);
	if (container.image.size > 0)
		memcpy(copy + head, container.image.data, container.image.size);
	check(sk_container_decode(&second, copy, head + container.image.size) == SK_FRAME_OK);
	check(second.family == container.family && second.item_type == container.item_type);
	check(second.exact == container.exact && second.decimals == container.decimals);
	check(second.records == container.records && second.key_parts == container.key_parts);
	check(second.windowed == container.windowed && second.counted == container.counted);
	check(second.start == container.start && second.end == container.end);
	check(second.of_pane == container.of_pane && second.pane == container.pane);
	check(second.key.size == container.key.size && second.image.size == container.image.size);
	check(second.key.size == 0 || memcmp(second.key.data, container.key.data, second.key.size) == 0);
	check(second.image.size == 0 || memcmp(second.image.data, container.image.data, second.image.size) == 0);
	free(copy);
	free(payload);
}

/* A payload that was written is what was read, but for the reader's own copy. */
static void
check_written(const struct sk_frame_writer *writer, const unsigned char *data, size_t size)
{
	check(writer->size == SK_FRAME_HEADER_SIZE + size);
	check(size == 0 || memcmp(writer->data + SK_FRAME_HEADER_SIZE, data, size) == 0);
}

static void
try_close(struct sk_frame_writer *writer, struct sk_frame *frame, const unsigned char *data)
{
	struct sk_pane_close close;
	uint64_t *panes;

	if ((frame->type == SK_FRAME_OPEN ? sk_pane_read_open : sk_pane_read_close)(
		frame, &close) != SK_FRAME_OK)
		return;
	check(close.start <= close.end && close.panes_count <= frame->size / 8);
	panes = (uint64_t *)(void *)exact_memory(close.panes_count * sizeof(*panes));
	for (size_t i = 0; i < close.panes_count; i++)
		panes[i] = sk_pane_of(&close, i);
	check((frame->type == SK_FRAME_OPEN ? sk_pane_write_open : sk_pane_write_close)(
		  writer, &close, panes) == 0);
	check_written(writer, data, frame->size);
	free(panes);
}

static void
try_finished(struct sk_frame_writer *writer, const struct sk_frame *frame, const unsigned char *data)
{
	const unsigned char *read;
	uint64_t *panes;
	size_t n;

	if (sk_pane_read_finished(frame, &read, &n) != SK_FRAME_OK)
		return;
	panes = (uint64_t *)(void *)exact_memory(n * sizeof(*panes));
	for (size_t i = 0; i < n; i++)
		panes[i] = sk_load64(read + 8 * i);
	check(sk_pane_write_finished(writer, panes, n) == 0);
	check_written(writer, data, frame->size);
	free(panes);
}

/* What can be read of a frame of windows is written as it was. */
static void
try_pane(enum sk_frame_type type, const unsigned char *data, size_t size)
{
	struct sk_frame frame = { .type = type, .payload = exact_memory(size), .size = size };
	struct sk_frame_writer writer;
	struct sk_span records;
	unsigned char *at;
	uint64_t pane;
	int64_t time;

	if (size > 0)
		memcpy(frame.payload, data, size);
	sk_frame_writer_init(&writer);
	if (type == SK_FRAME_RECORDS && sk_pane_read_records(&frame, &pane, &records) == SK_FRAME_OK) {
		check((at = sk_pane_write_records(&writer, pane, records.size)) != NULL);
		if (records.size > 0)
			memcpy(at, records.data, records.size);
		check_written(&writer, data, size);
	} else if (type == SK_FRAME_CLOSE || type == SK_FRAME_OPEN)
		try_close(&writer, &frame, data);
	else if (type == SK_FRAME_WATERMARK && sk_pane_read_watermark(&frame, &time) == SK_FRAME_OK) {
		check(sk_pane_write_watermark(&writer, time) == 0);
		check_written(&writer, data, size);
	} else if (type == SK_FRAME_FINISHED)
		try_finished(&writer, &frame, data);
	sk_frame_writer_release(&writer);
	free(frame.payload);
}

/* What the reader promises of RECORDS, of its header, and of what lies around both. */
static uint64_t
look_around(const struct sk_frame_reader *reader, const struct sk_frame *frame)
{
	struct sk_span header = sk_frame_header(reader);
	int end = sk_frame_end_byte(reader);
	unsigned sum = 0;

	check(end == -1 || end == 0 || end == '\n');
	check(end == -1 || header.size == 0 || memchr(header.data, end, header.size) == NULL);
	check(end == -1 || header.data[header.size] == end);
	if (frame->type == SK_FRAME_RECORDS)
		check(end >= 0 && frame->size >= 8 && (frame->size == 8 || frame->payload[frame->size - 1] == end));
	for (size_t i = 0; i < SK_FRAME_PAD; i++)
		sum += frame->payload[frame->size + i] + *(frame->payload - 1 - i) + header.data[header.size + i] +
		    *(header.data - 1 - i);
	return (uint64_t)(end + 1) + header.size + sk_frame_corrected(reader) + (sum > 4 * 255 * SK_FRAME_PAD);
}

/* What a stream gave: whether it was pushed at once or in pieces makes no difference. */
struct outcome {
	enum sk_frame_status status;
	size_t frames;
	uint64_t digest; /* of types, sizes and payloads */
	uint64_t places; /* of offsets and sizes in the stream */
	uint64_t records;
	uint64_t skipped;
};

static uint64_t
mixed(uint64_t digest, uint64_t value)
{
	return (digest ^ value) * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static void
take(struct outcome *outcome, const struct sk_frame_reader *reader, const struct sk_frame *frame)
{
	outcome->frames++;
	outcome->digest = mixed(mixed(outcome->digest, frame->type), frame->size);
	outcome->places = mixed(mixed(outcome->places, frame->stored), sk_frame_offset(reader));
	outcome->digest = mixed(outcome->digest, look_around(reader, frame));
	check(frame->compressed || frame->stored == frame->size);
	for (size_t i = 0; i < frame->size && i < LOOKED_AT; i++)
		outcome->digest = mixed(outcome->digest, frame->payload[i]);
	if (frame->type == SK_FRAME_SKETCH && frame->size <= LOOKED_AT)
		try_container(frame->payload, frame->size);
	else if (frame->size <= LOOKED_AT)
		try_pane(frame->type, frame->payload, frame->size);
}

static struct outcome
push(const unsigned char *data, size_t size, size_t piece)
{
	struct sk_frame_reader *reader = sk_frame_reader_new();
	struct outcome outcome = { .status = SK_FRAME_MORE };
	struct sk_frame frame;
	size_t at = 0;

	check(reader != NULL);
	while (at < size && outcome.status == SK_FRAME_MORE) {
		size_t n = size - at < piece ? size - at : piece;
		unsigned char *memory = exact_memory(n); /* gone after the push */
		struct sk_span bytes = { memory, n };

		memcpy(memory, data + at, n);
		at += n;
		while ((outcome.status = sk_frame_next(reader, &bytes, &frame)) == SK_FRAME_OK)
			take(&outcome, reader, &frame);
		check(outcome.status != SK_FRAME_MORE || bytes.size == 0);
		free(memory);
	}
	if (outcome.status == SK_FRAME_MORE)
		outcome.status = sk_frame_finish(reader);
	outcome.records = sk_frame_records(reader);
	outcome.skipped = sk_frame_skipped(reader);
	check(sk_frame_strerror(outcome.status) != NULL);
	sk_frame_reader_free(reader);
	return outcome;
}

static struct outcome
try_stream(const unsigned char *data, size_t size, size_t piece)
{
	struct outcome whole = push(data, size, size + 1), pieces = push(data, size, piece);

	(void)sk_frame_starts((struct sk_span){ data, size });
	check(whole.status == pieces.status && whole.frames == pieces.frames && whole.digest == pieces.digest);
	check(whole.records == pieces.records && whole.skipped == pieces.skipped);
	check(whole.places == pieces.places);
	return whole;
}

/* Append a frame as the input at ${data} has it. Returns how much of it that took. */
static size_t
put_frame(struct sk_frame_writer *writer, const unsigned char *data, size_t size)
{
	size_t n = data[1] + 256u * data[2], head = 3, frame = writer->size;
	bool packed = (data[0] & PACKED) != 0;
	int level = writer->level;
	unsigned char *payload;

	if (packed)
		head = size < 7 ? size : 7;
	if (n > size - head)
		n = size - head;
	payload = sk_frame_begin(writer, (enum sk_frame_type)(data[0] & ~PACKED), n);
	check(payload != NULL);
	if (n > 0)
		memcpy(payload, data + head, n);
	if (packed && head == 7) {
		writer->data[frame + 1] = FLAG_ZSTD;
		memcpy(writer->data + frame + 8, data + 3, 4);
		writer->level = 0;
	}
	sk_frame_seal(writer);
	writer->level = level;
	check(level > 0 || sk_load32(writer->data + frame + 4) == n);
	return head + n;
}

/* Frames with a good checksum, which the fuzzer would not find by itself. */
static struct outcome
try_sealed_at(int level, bool with_records, const unsigned char *data, size_t size, size_t piece)
{
	struct sk_span header = { (const unsigned char *)"time url", 8 };
	struct sk_frame_writer writer;
	struct outcome outcome;

	sk_frame_writer_init(&writer);
	writer.level = level;
	check((with_records ? sk_frame_write_start_records(&writer, '\n', header) : sk_frame_write_start(&writer)) == 0);
	while (size >= 3) {
		size_t used = put_frame(&writer, data, size);

		data += used;
		size -= used;
	}
	try_stream(writer.data, writer.size, piece);
	check(sk_frame_write_end(&writer, 7, 1) == 0);
	outcome = try_stream(writer.data, writer.size, piece);
	sk_frame_writer_release(&writer);
	return outcome;
}

/* Whether a writer compresses makes no difference to what is read. */
static void
try_sealed(bool with_records, const unsigned char *data, size_t size, size_t piece)
{
	struct outcome plain = try_sealed_at(0, with_records, data, size, piece);
	struct outcome packed = try_sealed_at(LEVEL, with_records, data, size, piece);

	check(plain.status == packed.status && plain.frames == packed.frames && plain.digest == packed.digest);
	check(plain.records == packed.records && plain.skipped == packed.skipped);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece;
	int kind;

	if (size < 2)
		return 0;
	piece = data[1] + 1u;
	kind = (data[0] & ~WITH_RECORDS) % 3;
	if (kind == 0)
		try_stream(data + 2, size - 2, piece);
	else if (kind == 1)
		try_sealed((data[0] & WITH_RECORDS) != 0, data + 2, size - 2, piece);
	else
		try_container(data + 2, size - 2);
	return 0;
}
