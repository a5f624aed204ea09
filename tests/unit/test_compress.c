/*
 * test_compress.c -- frames whose payloads are compressed.
 *
 * frame.c and compress.c are compiled into this file with an allocator that fails on demand, counts, and remembers
 * the largest block it was asked for. What libzstd allocates for itself is not seen.
 */
#include "support.h"

static long fail_after = -1; /* allocations that still succeed; negative: all do */
static size_t largest;       /* bytes asked for at once */
static long asked;           /* for memory, so often */
static long live_blocks;     /* allocated and not freed */

static bool
refuse(size_t size)
{
	asked++;
	if (size > largest)
		largest = size;
	if (fail_after < 0 || fail_after-- > 0)
		return false;
	fail_after = 0;
	errno = ENOMEM;
	return true;
}

static void *
watched_realloc(void *block, size_t size)
{
	if (refuse(size))
		return NULL;
	live_blocks += block == NULL;
	return realloc(block, size);
}

static void *
watched_calloc(size_t n, size_t size)
{
	if (refuse(n * size))
		return NULL;
	live_blocks++;
	return calloc(n, size);
}

static void
watched_free(void *block)
{
	live_blocks -= block != NULL;
	free(block);
}

#define malloc(size) watched_realloc(NULL, size)
#define calloc watched_calloc
#define realloc watched_realloc
#define free watched_free
#include "../../lib/pipe/compress.c"
#include "../../lib/pipe/frame.c"
#include "../../lib/pipe/frame_writer.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

static struct sk_frame_writer
start_stream(int level)
{
	struct sk_frame_writer writer;

	sk_frame_writer_init(&writer);
	assert_int_equal(sk_frame_write_start(&writer), 0);
	writer.level = level;
	return writer;
}

static struct sk_span
written(const struct sk_frame_writer *writer)
{
	return (struct sk_span){ writer->data, writer->size };
}

static void
put_frame(struct sk_frame_writer *writer, struct sk_span payload)
{
	unsigned char *to = sk_frame_begin(writer, SK_FRAME_SKETCH, payload.size);

	assert_non_null(to);
	if (payload.size > 0)
		memcpy(to, payload.data, payload.size);
	sk_frame_seal(writer);
}

/* A frame that is said to be compressed, with a checksum that fits. */
static void
put_stored(struct sk_frame_writer *writer, enum sk_frame_type type, struct sk_span stored, size_t announced)
{
	int level = writer->level;
	unsigned char *to = sk_frame_begin(writer, type, stored.size);

	assert_non_null(to);
	if (stored.size > 0)
		memcpy(to, stored.data, stored.size);
	writer->data[writer->last + 1] = SK_FRAME_FLAG_ZSTD;
	sk_store32(writer->data + writer->last + 8, (uint32_t)announced);
	writer->level = 0;
	sk_frame_seal(writer);
	writer->level = level;
}

#ifdef SK_HAVE_ZSTD

#define SIZE_LARGEST ((size_t)3000000)

/* How much of a payload is random, in eighths: 0 compresses best, 8 not at all. */
static void
make_payload(unsigned char *payload, size_t size, unsigned eighths)
{
	random_state = size * 9 + eighths;
	for (size_t at = 0; at < size; at++)
		payload[at] = (unsigned char)(at % 8 < eighths ? next_random() : at / 1000);
}

/* Read a stream of one frame in pieces of ${piece} bytes; ${payload} has room for what is expected. */
static enum sk_frame_status
read_one(struct sk_span bytes, size_t piece, unsigned char *payload, struct sk_frame *found)
{
	struct sk_frame_reader *reader = sk_frame_reader_new();
	enum sk_frame_status status = SK_FRAME_MORE;
	struct sk_frame frame;

	*found = (struct sk_frame){ .size = SIZE_MAX };
	for (size_t at = 0; at < bytes.size && status == SK_FRAME_MORE; at += piece) {
		struct sk_span part = { bytes.data + at, bytes.size - at };

		if (part.size > piece)
			part.size = piece;
		while ((status = sk_frame_next(reader, &part, &frame)) == SK_FRAME_OK) {
			assert_true(found->size == SIZE_MAX);
			*found = frame;
			if (payload != NULL)
				memcpy(payload, frame.payload, frame.size);
			memset(frame.payload, 0xa5, frame.size); /* it may be changed at will */
		}
	}
	if (status == SK_FRAME_MORE)
		status = sk_frame_finish(reader);
	sk_frame_reader_free(reader);
	return status;
}

/* A stream of the frame that holds ${stored}, and what comes of it. */
static enum sk_frame_status
read_stored(struct sk_span stored, size_t announced)
{
	struct sk_frame_writer writer = start_stream(0);
	enum sk_frame_status status;
	struct sk_frame frame;

	put_stored(&writer, SK_FRAME_SKETCH, stored, announced);
	assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
	largest = 0;
	status = read_one(written(&writer), writer.size, NULL, &frame);
	if (status == SK_FRAME_OK) {
		assert_true(frame.compressed);
		assert_int_equal(frame.size, announced);
		assert_int_equal(frame.stored, stored.size);
	}
	sk_frame_writer_release(&writer);
	return status;
}

static void
assert_stored(struct sk_span stored, size_t announced, enum sk_frame_status expected)
{
	assert_string_equal(sk_frame_strerror(read_stored(stored, announced)), sk_frame_strerror(expected));
}

/* The zstd frame of ${payload}, to be freed, by the library itself. */
static struct sk_span
compress(struct sk_span payload, bool size_flag, bool checksum_flag)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(payload.size), size;
	unsigned char *stored = allocate(room);

	ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, size_flag);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum_flag);
	size = ZSTD_compress2(context, stored, room, payload.data, payload.size);
	assert_false(ZSTD_isError(size));
	ZSTD_freeCCtx(context);
	return (struct sk_span){ stored, size };
}

static void
free_span(struct sk_span span)
{
	free((unsigned char *)(uintptr_t)span.data);
}

static const char text[] = "one sketch, two sketches, three sketches, four sketches: a payload that repeats itself";

static void
test_round_trip(void **state)
{
	static const size_t sizes[] = { 0, 1, 255, 256, 257, 300, 5000, 70000, SIZE_LARGEST };
	static const int levels[] = { 0, 1, 3, 19, 100 };
	unsigned char *payload = allocate(SIZE_LARGEST), *got = allocate(SIZE_LARGEST);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]) * 9; i++) {
		struct sk_span span = { payload, sizes[i / 9] };
		unsigned random = (unsigned)(i % 9);

		make_payload(payload, span.size, random);
		for (size_t j = 0; j < (span.size < 100000 ? 5 : 3); j++) {
			struct sk_frame_writer writer = start_stream(levels[j]);
			struct sk_frame frame;

			put_frame(&writer, span);
			assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
			assert_int_equal(read_one(written(&writer), j == 2 ? 1000 : 65536, got, &frame), SK_FRAME_OK);
			assert_int_equal(frame.size, span.size);
			assert_memory_equal(got, payload, span.size);
			if (levels[j] == 0 || span.size < 256 || random == 8)
				assert_false(frame.compressed);
			else if (random < 4)
				assert_true(frame.compressed);
			if (frame.compressed)
				assert_true(frame.stored <= span.size - span.size / 8);
			else
				assert_int_equal(frame.stored, span.size);
			/* Signature, HELLO, and END are as ever. */
			assert_int_equal(writer.size, 8 + 16 + 4 + 16 + frame.stored + 16 + 24);
			sk_frame_writer_release(&writer);
		}
	}
	free(payload);
	free(got);
	assert_int_equal(live_blocks, 0);
}

/* An eighth is what it takes, to the byte: random ones come in front until it does not pay. */
static void
test_what_pays(void **state)
{
	unsigned char payload[500];
	size_t nearest = SIZE_MAX;

	(void)state;
	for (size_t i = 0; i < 100 * 120; i++) {
		struct sk_frame_writer writer = start_stream(3);
		struct sk_span span = { payload, 400 + i % 100 }, full;

		memset(payload, 'x', sizeof(payload));
		make_payload(payload, span.size - i / 100, 8);
		full = compress(span, true, false);
		put_frame(&writer, span);
		if (full.size * 8 <= span.size * 7) {
			assert_int_equal(writer.data[writer.last + 1], SK_FRAME_FLAG_ZSTD);
			assert_int_equal(sk_load32(writer.data + writer.last + 4), full.size);
			assert_int_equal(sk_load32(writer.data + writer.last + 8), span.size);
			assert_memory_equal(writer.data + writer.last + 16, full.data, full.size);
			assert_int_equal(writer.size, writer.last + 16 + full.size);
		} else {
			if (full.size * 8 - span.size * 7 < nearest)
				nearest = full.size * 8 - span.size * 7;
			assert_int_equal(writer.data[writer.last + 1], 0);
			assert_int_equal(writer.size, writer.last + 16 + span.size);
		}
		free_span(full);
		sk_frame_writer_release(&writer);
	}
	assert_int_equal(nearest, 1);
}

/* No window of more than 8 MiB: a descriptor of 2^(10 + its upper five bits), and no single segment. */
static void
test_window(void **state)
{
	const size_t size = (size_t)9 << 20;
	unsigned char *payload = allocate(size);
	struct sk_compress_packer *packer = sk_compress_packer_new();
	struct sk_span stored;

	(void)state;
	memset(payload, 0, size);
	stored = sk_compress_pack(packer, 100, (struct sk_span){ payload, size }, size);
	assert_true(stored.size > 6);
	assert_int_equal(stored.data[4] & 0x20, 0);
	assert_true(stored.data[5] <= 13 << 3);
	sk_compress_packer_free(packer);
	free(payload);
}

/* Frames behind each other, from a writer that is emptied: memory is asked for once. */
static void
test_memory_is_kept(void **state)
{
	struct sk_frame_writer writer = start_stream(3);
	struct sk_frame_reader *reader = sk_frame_reader_new();
	unsigned char payload[20000];

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct sk_span span;
		struct sk_frame frame;

		make_payload(payload, sizeof(payload) - i, i % 9);
		if (i == 9)
			asked = 0;
		put_frame(&writer, (struct sk_span){ payload, sizeof(payload) - i });
		span = written(&writer);
		assert_int_equal(sk_frame_next(reader, &span, &frame), SK_FRAME_OK);
		assert_int_equal(frame.size, sizeof(payload) - i);
		assert_memory_equal(frame.payload, payload, frame.size);
		assert_int_equal(span.size, 0);
		writer.size = 0;
	}
	assert_int_equal(asked, 0);
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
	assert_int_equal(live_blocks, 0);
}

static void
test_every_cut(void **state)
{
	unsigned char payload[3000];
	struct sk_span stored;

	(void)state;
	for (unsigned random = 0; random <= 8; random++) {
		make_payload(payload, sizeof(payload), random);
		stored = compress((struct sk_span){ payload, sizeof(payload) }, true, random % 2);
		assert_stored(stored, sizeof(payload), SK_FRAME_OK);
		for (size_t size = 0; size < stored.size; size++)
			assert_stored((struct sk_span){ stored.data, size }, sizeof(payload), SK_FRAME_CORRUPT);
		free_span(stored);
	}
}

/* Behind a checksum that fits; every change is refused, or as many bytes come out. */
static void
test_every_change(void **state)
{
	struct sk_compress_unpacker *unpacker = sk_compress_unpacker_new();
	unsigned char payload[1000], *got;
	size_t refused = 0, accepted = 0;

	(void)state;
	largest = 0;
	for (unsigned random = 0; random <= 8; random += 2) {
		struct sk_span stored;
		unsigned char *copy;

		make_payload(payload, sizeof(payload), random);
		stored = compress((struct sk_span){ payload, sizeof(payload) }, true, false);
		copy = allocate(stored.size);
		memcpy(copy, stored.data, stored.size);
		for (size_t at = 0; at < stored.size; at++) {
			for (unsigned change = 1; change < 256; change += SANITIZED ? 7 : 1) {
				enum sk_frame_status status;

				copy[at] ^= (unsigned char)change;
				status = sk_compress_unpack(unpacker, (struct sk_span){ copy, stored.size },
				    sizeof(payload), &got);
				copy[at] ^= (unsigned char)change;
				assert_true(status == SK_FRAME_OK || status == SK_FRAME_CORRUPT);
				accepted += status == SK_FRAME_OK;
				refused += status == SK_FRAME_CORRUPT;
			}
		}
		free(copy);
		free_span(stored);
	}
	assert_true(largest <= sizeof(payload) + 2 * SK_FRAME_PAD);
	assert_true(refused > 0 && accepted > 0); /* literals can be any */
	sk_compress_unpacker_free(unpacker);
	assert_int_equal(live_blocks, 0);
}

static void
test_checksum_comes_first(void **state)
{
	struct sk_frame_writer writer = start_stream(0);
	struct sk_frame frame;

	(void)state;
	put_stored(&writer, SK_FRAME_SKETCH, span_of(text), 12);
	writer.data[writer.size - 1] ^= 1;
	assert_int_equal(read_one(written(&writer), writer.size, NULL, &frame), SK_FRAME_CHECKSUM);
	sk_frame_writer_release(&writer);
}

static void
test_lengths_that_lie(void **state)
{
	static const size_t lies[] = { 0, 1, sizeof(text), 1 << 30, (1 << 30) + 1, UINT32_MAX - 1, UINT32_MAX };
	struct sk_span span = span_of(text), stored = compress(span, true, false);
	unsigned char *copy = allocate(stored.size);

	(void)state;
	assert_stored(stored, span.size, SK_FRAME_OK);
	assert_stored(stored, span.size - 1, SK_FRAME_CORRUPT);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		assert_stored(stored, lies[i], SK_FRAME_CORRUPT);
		assert_true(largest < 4096);
	}
	/* Both lengths agree, and the contents do not: a single segment, whose size is one byte behind the descriptor. */
	memcpy(copy, stored.data, stored.size);
	assert_int_equal(copy[4] & 0xe0, 0x20);
	for (unsigned size = 0; size < 256; size++) {
		copy[5] = (unsigned char)size;
		assert_stored((struct sk_span){ copy, stored.size }, size,
		    size == span.size ? SK_FRAME_OK : SK_FRAME_CORRUPT);
	}
	free(copy);
	free_span(stored);
}

/* Exactly one zstd frame: append ${tail} to ${head}. */
static void
assert_pair(struct sk_span head, struct sk_span tail, size_t announced)
{
	unsigned char *both = allocate(head.size + tail.size);

	memcpy(both, head.data, head.size);
	memcpy(both + head.size, tail.data, tail.size);
	assert_stored((struct sk_span){ both, head.size + tail.size }, announced, SK_FRAME_CORRUPT);
	free(both);
}

static void
test_not_one_frame(void **state)
{
	static const unsigned char skippable[] = { 0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c' };
	static const unsigned char zeros[20];
	struct sk_span span = span_of(text), stored = compress(span, true, false);
	struct sk_span nothing = compress((struct sk_span){ skippable, 0 }, true, false);
	struct sk_span skip = { skippable, sizeof(skippable) };
	unsigned char *copy = allocate(stored.size);

	(void)state;
	assert_pair(stored, stored, span.size);
	assert_pair(stored, stored, 2 * span.size);
	assert_pair(stored, nothing, span.size);
	assert_pair(nothing, stored, span.size);
	assert_pair(stored, skip, span.size);
	assert_pair(skip, stored, span.size);
	assert_pair(stored, (struct sk_span){ zeros, 1 }, span.size);
	assert_stored(skip, 0, SK_FRAME_CORRUPT);
	assert_stored(skip, 3, SK_FRAME_CORRUPT);
	for (size_t size = 0; size <= sizeof(zeros); size++)
		assert_stored((struct sk_span){ zeros, size }, 0, SK_FRAME_CORRUPT);
	assert_stored(span_of(text), sizeof(text) - 1, SK_FRAME_CORRUPT);
	/* The magic numbers of the formats before */
	memcpy(copy, stored.data, stored.size);
	for (unsigned version = 0; version < 256; version++) {
		copy[0] = (unsigned char)version;
		assert_stored((struct sk_span){ copy, stored.size }, span.size,
		    version == 0x28 ? SK_FRAME_OK : SK_FRAME_CORRUPT);
	}
	/* An empty payload is fine. */
	assert_stored(nothing, 0, SK_FRAME_OK);
	free(copy);
	free_span(nothing);
	free_span(stored);
}

static void
test_other_zstd_frames(void **state)
{
	struct sk_span span = span_of(text), stored = compress(span, true, true), other;
	unsigned char *copy = allocate(stored.size);
	ZSTD_CCtx *context = ZSTD_createCCtx();

	(void)state;
	assert_stored(stored, span.size, SK_FRAME_OK);
	memcpy(copy, stored.data, stored.size);
	copy[stored.size - 1] ^= 1; /* its own checksum */
	assert_stored((struct sk_span){ copy, stored.size }, span.size, SK_FRAME_CORRUPT);
	other = compress(span, false, false);
	assert_stored(other, span.size, SK_FRAME_CORRUPT);
	free_span(other);
	/* What stands in a dictionary is not there. */
	ZSTD_CCtx_loadDictionary(context, text, sizeof(text) - 1);
	other = (struct sk_span){ copy,
		ZSTD_compress2(context, copy, stored.size, span.data, span.size) };
	assert_true(other.size < stored.size);
	assert_stored(other, span.size, SK_FRAME_CORRUPT);
	ZSTD_freeCCtx(context);
	free(copy);
	free_span(stored);
}

/* A zstd frame that announces ${size} bytes, of ${blocks} blocks of 128 KiB times one byte. */
static struct sk_span
runs(uint32_t size, size_t blocks)
{
	unsigned char *stored = allocate(9 + 4 * blocks);

	memcpy(stored, "\x28\xb5\x2f\xfd\xa0", 5); /* a single segment, and four bytes of size */
	sk_store32(stored + 5, size);
	for (size_t i = 0; i < blocks; i++) {
		sk_store32(stored + 9 + 4 * i, (uint32_t)((1u << 17) << 3 | 1 << 1 | (i == blocks - 1)));
		stored[9 + 4 * i + 3] = 'r';
	}
	return (struct sk_span){ stored, 9 + 4 * blocks };
}

/* Memory follows what comes out. */
static void
test_little_that_claims_much(void **state)
{
	struct sk_span stored = runs(1 << 30, 7);

	(void)state;
	assert_true(stored.size < 40);
	assert_stored(stored, 1 << 30, SK_FRAME_CORRUPT);
	assert_true(largest <= 4u * 7 << 17);
	free_span(stored);
	stored = runs((1 << 30) + 1, 7);
	assert_stored(stored, (1 << 30) + 1, SK_FRAME_CORRUPT);
	assert_true(largest < 4096);
	free_span(stored);
	stored = runs(1 << 30, 1);
	assert_stored(stored, 1 << 30, SK_FRAME_CORRUPT);
	assert_true(largest <= 4u << 17);
	free_span(stored);
	stored = runs(1 << 30, 80);
	assert_stored(stored, 1 << 30, SK_FRAME_CORRUPT);
	assert_true(largest <= 4u * 80 << 17);
	free_span(stored);
	/* Much that does come out */
	stored = runs(80u << 17, 80);
	assert_stored(stored, 80u << 17, SK_FRAME_OK);
	assert_int_equal(largest, (80u << 17) + 2 * SK_FRAME_PAD);
	assert_stored(stored, (80u << 17) - 1, SK_FRAME_CORRUPT);
	free_span(stored);
	stored = runs((80u << 17) - 1, 80);
	assert_stored(stored, (80u << 17) - 1, SK_FRAME_CORRUPT);
	free_span(stored);
	stored = runs((80u << 17) + 1, 80);
	assert_stored(stored, (80u << 17) + 1, SK_FRAME_CORRUPT);
	free_span(stored);
}

/* A reader's own frames may be compressed; no writer here does it. */
static void
test_end_that_is_compressed(void **state)
{
	struct sk_frame_writer writer = start_stream(0);
	struct sk_frame_reader *reader = sk_frame_reader_new();
	unsigned char end[24] = { 1, 0, 0, 0, 0, 0, 0, 0, 42 };
	struct sk_span stored = compress((struct sk_span){ end, 24 }, true, false), span;
	struct sk_frame frame;

	(void)state;
	put_stored(&writer, SK_FRAME_END, stored, 24);
	span = written(&writer);
	assert_int_equal(sk_frame_next(reader, &span, &frame), SK_FRAME_MORE);
	assert_int_equal(sk_frame_finish(reader), SK_FRAME_OK);
	assert_int_equal(sk_frame_records(reader), 42);
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
	free_span(stored);
}

/* Every allocation fails in turn: a writer leaves the payload as it is, a reader says so. */
static void
test_no_memory(void **state)
{
	unsigned char payload[200000], got[sizeof(payload)];
	struct sk_span span = { payload, sizeof(payload) };
	enum sk_frame_status status = SK_FRAME_NO_MEMORY;
	struct sk_frame_writer writer;
	struct sk_frame frame;
	long plain = 0, n;

	(void)state;
	make_payload(payload, sizeof(payload), 0);
	for (n = 0; n < 4; n++) {
		unsigned char *to;

		writer = start_stream(3);
		to = sk_frame_begin(&writer, SK_FRAME_SKETCH, sizeof(payload));
		memcpy(to, payload, sizeof(payload));
		fail_after = n;
		sk_frame_seal(&writer);
		fail_after = -1;
		plain += writer.data[writer.last + 1] == 0;
		assert_int_equal(sk_frame_write_end(&writer, 0, 0), 0);
		assert_int_equal(read_one(written(&writer), 4096, got, &frame), SK_FRAME_OK);
		assert_memory_equal(got, payload, sizeof(payload));
		sk_frame_writer_release(&writer);
		assert_int_equal(live_blocks, 0);
	}
	assert_int_equal(plain, 2);
	writer = start_stream(3);
	put_frame(&writer, span);
	for (n = 0; status == SK_FRAME_NO_MEMORY; n++) {
		struct sk_frame_reader *reader = sk_frame_reader_new();
		struct sk_span rest = written(&writer);

		fail_after = n;
		status = sk_frame_next(reader, &rest, &frame);
		fail_after = -1;
		assert_true(status == SK_FRAME_OK || status == SK_FRAME_NO_MEMORY);
		sk_frame_reader_free(reader);
	}
	assert_true(n > 4); /* what comes, the unpacker, and its room in two steps or more */
	sk_frame_writer_release(&writer);
	assert_int_equal(live_blocks, 0);
}

#else

/* A build without libzstd leaves payloads as they are, and says why it cannot read those that are compressed. */
static void
test_without_zstd(void **state)
{
	static const unsigned char nothing[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0 };
	struct sk_frame_writer writer = start_stream(3);
	struct sk_frame_reader *reader = sk_frame_reader_new();
	unsigned char zeros[300] = { 0 };
	struct sk_frame frame;
	struct sk_span span;

	(void)state;
	assert_false(sk_compress_available());
	assert_null(sk_compress_packer_new());
	assert_int_equal(errno, ENOTSUP);
	assert_null(sk_compress_unpacker_new());
	sk_compress_packer_free(NULL);
	sk_compress_unpacker_free(NULL);
	put_frame(&writer, (struct sk_span){ zeros, sizeof(zeros) });
	put_stored(&writer, SK_FRAME_SKETCH, (struct sk_span){ nothing, sizeof(nothing) }, 0);
	span = written(&writer);
	assert_int_equal(sk_frame_next(reader, &span, &frame), SK_FRAME_OK);
	assert_false(frame.compressed);
	assert_int_equal(frame.size, sizeof(zeros));
	assert_int_equal(sk_frame_next(reader, &span, &frame), SK_FRAME_NO_ZSTD);
	sk_frame_reader_free(reader);
	sk_frame_writer_release(&writer);
	assert_int_equal(live_blocks, 0);
}

#endif

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
#ifdef SK_HAVE_ZSTD
		cmocka_unit_test_setup(test_round_trip, set_up),
		cmocka_unit_test_setup(test_what_pays, set_up),
		cmocka_unit_test_setup(test_window, set_up),
		cmocka_unit_test_setup(test_memory_is_kept, set_up),
		cmocka_unit_test_setup(test_every_cut, set_up),
		cmocka_unit_test_setup(test_every_change, set_up),
		cmocka_unit_test_setup(test_checksum_comes_first, set_up),
		cmocka_unit_test_setup(test_lengths_that_lie, set_up),
		cmocka_unit_test_setup(test_not_one_frame, set_up),
		cmocka_unit_test_setup(test_other_zstd_frames, set_up),
		cmocka_unit_test_setup(test_little_that_claims_much, set_up),
		cmocka_unit_test_setup(test_end_that_is_compressed, set_up),
		cmocka_unit_test_setup(test_no_memory, set_up),
#else
		cmocka_unit_test_setup(test_without_zstd, set_up),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
