/*
 * fuzz_frame.c -- streams of frames, and the container of a sketch. Byte 0: what the rest is, modulo 3 (0 a stream, 1
 * frames to be sealed: type, two bytes of size, payload; 2 a container); byte 1: in pieces of how many bytes a stream is
 * pushed. The type of a frame whose payload is to pass for a compressed one has the bit 0x80, and four bytes behind it
 * are the length announced.
 */
#include "fuzz.h"
#include "pipe/container.h"
#include "pipe/frame.h"
#include "sketch/image.h"

#define SEPARATOR '\t'
#define PACKED 0x80
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
	if (sk_container_decode(&container, payload, size, SEPARATOR) != SK_FRAME_OK) {
		free(payload);
		return;
	}
	check(container.decimals >= 0 && container.decimals <= 9);
	check(container.image.size <= size && container.key.size <= size);
	head = sk_container_head_size(&container);
	copy = exact_memory(head + container.image.size);
	sk_container_encode(&container, container.image.size, copy);
	if (container.image.size > 0)
		memcpy(copy + head, container.image.data, container.image.size);
	check(sk_container_decode(&second, copy, head + container.image.size, SEPARATOR) == SK_FRAME_OK);
	check(second.family == container.family && second.item_type == container.item_type);
	check(second.exact == container.exact && second.decimals == container.decimals);
	check(second.records == container.records && second.key_parts == container.key_parts);
	check(second.key.size == container.key.size && second.image.size == container.image.size);
	check(second.key.size == 0 || memcmp(second.key.data, container.key.data, second.key.size) == 0);
	check(second.image.size == 0 || memcmp(second.image.data, container.image.data, second.image.size) == 0);
	free(copy);
	free(payload);
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
take(struct outcome *outcome, const struct sk_frame *frame, uint64_t offset)
{
	outcome->frames++;
	outcome->digest = mixed(mixed(outcome->digest, frame->type), frame->size);
	outcome->places = mixed(mixed(outcome->places, frame->stored), offset);
	check(frame->compressed || frame->stored == frame->size);
	for (size_t i = 0; i < frame->size && i < LOOKED_AT; i++)
		outcome->digest = mixed(outcome->digest, frame->payload[i]);
	if (frame->type == SK_FRAME_SKETCH && frame->size <= LOOKED_AT)
		try_container(frame->payload, frame->size);
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
			take(&outcome, &frame, sk_frame_offset(reader));
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
try_sealed_at(int level, const unsigned char *data, size_t size, size_t piece)
{
	struct sk_frame_writer writer;
	struct outcome outcome;

	sk_frame_writer_init(&writer);
	writer.level = level;
	check(sk_frame_write_start(&writer) == 0);
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
try_sealed(const unsigned char *data, size_t size, size_t piece)
{
	struct outcome plain = try_sealed_at(0, data, size, piece);
	struct outcome packed = try_sealed_at(LEVEL, data, size, piece);

	check(plain.status == packed.status && plain.frames == packed.frames && plain.digest == packed.digest);
	check(plain.records == packed.records && plain.skipped == packed.skipped);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece;

	if (size < 2)
		return 0;
	piece = data[1] + 1u;
	if (data[0] % 3 == 0)
		try_stream(data + 2, size - 2, piece);
	else if (data[0] % 3 == 1)
		try_sealed(data + 2, size - 2, piece);
	else
		try_container(data + 2, size - 2);
	return 0;
}
