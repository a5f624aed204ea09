/*
 * seeds.c -- writes the seed corpus, tests/fuzz/corpus/NAME/, anew: a few small inputs for each target, made by our own
 * encoders. Not a test. Run it at the top of the tree, linked with libstreamkit.a.
 */
#include "fuzz.h"
#include "pipe/container.h"
#include "pipe/pane.h"
#include "record/time.h"
#include "sketch/dd.h"
#include "sketch/distinct.h"
#include "sketch/frequent.h"
#include "sketch/image.h"
#include "sketch/kll.h"
#include "sketch/murmur3.h"
#include "sketch/quantile.h"
#include "sketch/req.h"
#include "sketch/tdigest.h"

/* Write ${size} bytes after ${heads} control bytes to tests/fuzz/corpus/${target}/${name}. */
static void
write_seed(const char *target, const char *name, const char *head, size_t heads, const void *data, size_t size)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/%s/%s", target, name);
	file = fopen(path, "wb");
	check(file != NULL);
	check(fwrite(head, 1, heads, file) == heads && fwrite(data, 1, size, file) == size);
	check(fclose(file) == 0);
	check(heads + size < 4096);
}

/* A different number for each ${i}, between 0 and 1. */
static double
scattered(uint64_t i)
{
	return (double)((i + 1) * UINT64_C(0x9e3779b97f4a7c15) >> 11) / 9007199254740992.0;
}

static void
seed_frequent(void)
{
	static const int sizes[] = { 0, 1, 10, 200 };
	unsigned char *image;
	char name[40], text[30];

	for (int kind = 0; kind < 2; kind++)
		for (int i = 0; i < 4; i++) {
			struct sk_frequent *table = sk_frequent_new(i == 3 ? 4096 : 1 << 20, FUZZ_SEED);
			size_t size;

			for (int j = 0; j < sizes[i]; j++) {
				int n = snprintf(text, sizeof(text), kind == 0 ? "item %d" : "%d", j * 7 - 20);
				struct sk_span item = { (unsigned char *)text, (size_t)n };
				uint64_t weight = (uint64_t)(j % 5 + 1);

				check(sk_frequent_add_batch(table, &item, &weight, 1) == 0);
			}
			size = sk_frequent_encoded_size(table, (enum sk_frequent_items)kind);
			image = exact_memory(size);
			check(sk_frequent_encode(table, (enum sk_frequent_items)kind, 8, image) == 0);
			snprintf(name, sizeof(name), "%s-%d", kind == 0 ? "strings" : "longs", sizes[i]);
			write_seed("frequent", name, kind == 0 ? "\6" : "\7", 1, image, size);
			free(image);
			sk_frequent_free(table);
		}
}

static void
seed_hll(void)
{
	static const int sizes[] = { 0, 5, 20, 700 };
	char name[40];

	for (int type = SK_HLL_4; type <= SK_HLL_8; type++)
		for (int i = type == SK_HLL_4 ? 0 : 2; i < 4; i++) {
			struct sk_hll *sketch = sk_hll_new(8, (enum sk_hll_type)type);
			enum sk_hll_form form = type == SK_HLL_6 ? SK_HLL_UPDATABLE : SK_HLL_COMPACT;
			size_t size;
			unsigned char *image;

			for (int j = 0; j < sizes[i]; j++)
				check(sk_hll_add_u64(sketch, (uint64_t)j) == 0);
			size = sk_hll_encoded_size(sketch, form);
			image = exact_memory(size);
			sk_hll_encode(sketch, form, image);
			snprintf(name, sizeof(name), "type%d-%d", 4 + 2 * type, sizes[i]);
			write_seed("hll", name, "", 0, image, size);
			if (type == SK_HLL_8)
				write_seed("distinct", name, "\6", 1, image, size);
			free(image);
			sk_hll_free(sketch);
		}
}

static void
seed_theta(void)
{
	static const int sizes[] = { 0, 1, 20, 1000 };
	char name[40];

	for (int version = SK_THETA_V3; version <= SK_THETA_V4; version++)
		for (int i = 0; i < 4; i++) {
			struct sk_theta *sketch = sk_theta_new(6, SK_MURMUR3_SEED), *compact;
			size_t size;
			unsigned char *image;

			for (int j = 0; j < sizes[i]; j++)
				check(sk_theta_add_u64(sketch, (uint64_t)j) == 0);
			compact = sk_theta_compact(sketch);
			size = sk_theta_encoded_size(compact, (enum sk_theta_version)version);
			image = exact_memory(size);
			sk_theta_encode(compact, (enum sk_theta_version)version, image);
			snprintf(name, sizeof(name), "v%d-%d", version, sizes[i]);
			write_seed("theta", name, "", 0, image, size);
			if (version == SK_THETA_V3 && i == 3)
				write_seed("distinct", name, "\7", 1, image, size);
			free(image);
			sk_theta_free(compact);
			sk_theta_free(sketch);
		}
}

/* Of "0", "1" and "2", k = 200. */
static void
seed_kll_strings(void)
{
	static const unsigned char image[] = { 5, 1, SK_FAMILY_KLL, 0, 200, 0, 8, 0, 3, 0, 0, 0, 0, 0,
		0, 0, 200, 0, 1, 0, 197, 0, 0, 0, 1, 0, 0, 0, '0', 1, 0, 0, 0, '2', 1, 0, 0, 0, '0',
		1, 0, 0, 0, '1', 1, 0, 0, 0, '2' };

	write_seed("kll", "strings-3", "\3", 1, image, sizeof(image));
}

static void
seed_kll(void)
{
	static const char *types[] = { "double", "float", "integer" };
	static const int sizes[] = { 0, 1, 30, 800 };
	char name[40];

	for (int type = SK_KLL_DOUBLE; type <= SK_KLL_INTEGER; type++)
		for (int i = type == SK_KLL_DOUBLE ? 0 : 2; i < 4; i++) {
			struct sk_kll *sketch = sk_kll_new((enum sk_kll_type)type, 16, FUZZ_SEED);
			size_t size;
			unsigned char *image;

			for (int j = 0; j < sizes[i]; j++) {
				int64_t integer = j * 37 % 1000;

				check((type == SK_KLL_INTEGER ? sk_kll_add_integers(sketch, &integer, 1)
				                              : sk_kll_add(sketch, scattered((uint64_t)j))) == 0);
			}
			size = sk_kll_encoded_size(sketch);
			image = exact_memory(size);
			sk_kll_encode(sketch, image);
			snprintf(name, sizeof(name), "%s-%d", types[type], sizes[i]);
			write_seed("kll", name, (char[]){ (char)type }, 1, image, size);
			free(image);
			sk_kll_free(sketch);
		}
}

static void
seed_req(void)
{
	static const int sizes[] = { 0, 1, 4, 30, 900 };
	char name[40];

	for (int type = SK_REQ_FLOAT; type <= SK_REQ_DOUBLE; type++)
		for (int i = 0; i < 5; i++) {
			struct sk_req *req = sk_req_new(
			    4, type == SK_REQ_FLOAT ? SK_REQ_HIGH_RANKS : SK_REQ_LOW_RANKS, (enum sk_req_type)type, FUZZ_SEED);
			size_t size;
			unsigned char *image;

			for (int j = 0; j < sizes[i]; j++)
				check(sk_req_add(req, scattered((uint64_t)j)) == 0);
			size = sk_req_encoded_size(req);
			image = exact_memory(size);
			sk_req_encode(req, image);
			snprintf(name, sizeof(name), "%s-%d", type == SK_REQ_FLOAT ? "float" : "double", sizes[i]);
			write_seed("req", name, (char[]){ (char)(type == SK_REQ_DOUBLE) }, 1, image, size);
			free(image);
			sk_req_free(req);
		}
}

static void
seed_tdigest(void)
{
	static const int sizes[] = { 0, 1, 30, 100, 900 };
	char name[40];

	for (int i = 0; i < 5; i++)
		for (int compressed = 0; compressed < 2; compressed++) {
			struct sk_tdigest *sketch = sk_tdigest_new(10);
			size_t size;
			unsigned char *image;

			for (int j = 0; j < sizes[i]; j++)
				check(sk_tdigest_add(sketch, scattered((uint64_t)j)) == 0);
			if (compressed)
				sk_tdigest_compress(sketch);
			size = sk_tdigest_encoded_size(sketch);
			image = exact_memory(size);
			sk_tdigest_encode(sketch, image);
			snprintf(name, sizeof(name), "%s-%d", compressed ? "compressed" : "buffered", sizes[i]);
			write_seed("tdigest", name, "\0", 1, image, size);
			free(image);
			sk_tdigest_free(sketch);
		}
}

static void
seed_dd(void)
{
	static const int sizes[] = { 0, 1, 5, 100, 400 };
	char name[40];

	for (int i = 0; i < 5; i++)
		for (int narrow = 0; narrow < 2; narrow++) {
			struct sk_dd *sketch = sk_dd_new(narrow ? 0.05 : 0.01, narrow ? 8 : 2048);
			size_t size;
			unsigned char *image;

			for (int j = 0; j < sizes[i]; j++)
				check(sk_dd_add(sketch, (scattered((uint64_t)j) - 0.25) * (j % 3) * 1000) == 0);
			size = sk_dd_encoded_size(sketch);
			image = exact_memory(size);
			sk_dd_encode(sketch, image);
			snprintf(name, sizeof(name), "%s-%d", narrow ? "narrow" : "wide", sizes[i]);
			write_seed("dd", name, "", 0, image, size);
			free(image);
			sk_dd_free(sketch);
		}
}

static void
seed_distinct(void)
{
	static const int sizes[] = { 0, 1, 50 };
	struct sk_distinct_options options = { .lg_k = 10, .type = SK_HLL_8, .exact_max = SIZE_MAX };
	char name[40], text[30];

	for (int i = 0; i < 3; i++) {
		struct sk_distinct *distinct = sk_distinct_new(&options, 1 << 20, FUZZ_SEED);
		size_t size;
		unsigned char *image;

		for (int j = 0; j < sizes[i]; j++) {
			struct sk_span item = { (unsigned char *)text, (size_t)snprintf(text, sizeof(text), "%d", j * j) };

			check(sk_distinct_add_batch(distinct, &item, 1) == 0);
		}
		size = sk_distinct_encoded_size(distinct);
		image = exact_memory(size);
		check(sk_distinct_encode(distinct, image, size) == 0);
		snprintf(name, sizeof(name), "items-%d", sizes[i]);
		write_seed("distinct", name, i % 2 == 0 ? "\x1e" : "\x0f", 1, image, size);
		free(image);
		sk_distinct_free(distinct);
	}
}

/* Every kind of quantiles, which are also something to describe. */
static void
seed_quantiles(void)
{
	static const int sizes[] = { 0, 1, 20, 700 };
	static const unsigned ks[] = { 30, 12, 0, 20 };
	static const char *const names[] = { "kll", "req", "dd", "tdigest" };
	char name[40];

	for (int algorithm = SK_QUANTILE_KLL; algorithm <= SK_QUANTILE_TDIGEST; algorithm++)
		for (int i = 0; i < 8; i++) {
			struct sk_quantile_options options = { .algorithm = (enum sk_quantile_algorithm)algorithm,
				.k = ks[algorithm], .alpha = 0.05, .exact_max = i < 4 ? 100 : 0 };
			struct sk_quantile *quantile = sk_quantile_new(&options, 1 << 24, FUZZ_SEED);
			unsigned char *image;
			size_t size;

			if (i < 3 && algorithm > SK_QUANTILE_KLL) {
				sk_quantile_free(quantile);
				continue;
			}
			for (int j = 0; j < sizes[i % 4]; j++)
				check(sk_quantile_add_batch(quantile, &(double){ scattered((uint64_t)j) }, 1) == 0);
			size = sk_quantile_encoded_size(quantile);
			image = exact_memory(size);
			sk_quantile_encode(quantile, image);
			snprintf(name, sizeof(name), "%s-%d", i < 3 ? "values" : names[algorithm], sizes[i % 4]);
			if (size < 4000) {
				write_seed("quantile_image", name, (char[]){ (char)(12 | algorithm << 4), 100 }, 2, image, size);
				write_seed("describe", name, "\0\0", 2, image, size);
			}
			free(image);
			sk_quantile_free(quantile);
		}
}

/* Families without a decoder, and those that tell the type of their items by their contents. */
static void
seed_descriptions(void)
{
	struct sk_frequent *table = sk_frequent_new(4096, FUZZ_SEED);
	struct sk_hll *hll = sk_hll_new(5, SK_HLL_4);
	unsigned char image[4000] = { 8, 1, 16, 11, 0, 14, 0xcc, 0x93 };

	write_seed("describe", "cpc", "\0\0", 2, image, 40);
	write_seed("describe", "ebpps", "\0\0", 2, "\5\1\23\10\12\0\0\0", 8);
	check(sk_frequent_add_batch(table, &(struct sk_span){ (const unsigned char *)"-17", 3 }, NULL, 1) == 0);
	for (int kind = 0; kind < 2; kind++) {
		check(sk_frequent_encode(table, (enum sk_frequent_items)kind, 8, image) == 0);
		write_seed("describe", kind == 0 ? "frequent-strings" : "frequent-longs", "\0\0", 2, image,
		    sk_frequent_encoded_size(table, (enum sk_frequent_items)kind));
	}
	for (uint64_t i = 0; i < 100; i++)
		check(sk_hll_add_u64(hll, i) == 0);
	sk_hll_encode(hll, SK_HLL_COMPACT, image);
	write_seed("describe", "hll", "\0\0", 2, image, sk_hll_encoded_size(hll, SK_HLL_COMPACT));
	sk_hll_free(hll);
	sk_frequent_free(table);
}

/* ${container} of a window of counts, and of a pane. */
static void
seed_windowed_containers(struct sk_container container)
{
	unsigned char payload[200];
	size_t size;

	container.windowed = container.counted = true;
	container.start = -60;
	container.end = 60;
	for (int pane = 0; pane < 2; pane++) {
		container.has_moments = container.of_pane = pane == 1;
		container.pane = 7;
		size = sk_container_head_size(&container);
		sk_container_encode(&container, 8, payload);
		memcpy(payload + size, "\1\1\12\10\3\5\0\0", 8);
		write_seed("frame", pane == 1 ? "container-pane" : "container-window", "\2\0", 2, payload, size + 8);
		container.windowed = container.counted = false;
	}
}

static void
seed_frame(void)
{
	struct sk_container container = { .family = SK_FAMILY_FREQUENT, .item_type = SK_ITEM_BYTES, .exact = true,
		.decimals = 2, .records = 9, .key_parts = 2, .key = { (const unsigned char *)"a\tbc\0\0\1", 7 } };
	struct sk_frame_writer writer;
	unsigned char payload[200], sealed[500], *begun;
	size_t size = sk_container_head_size(&container), at = 0;

	sk_container_encode(&container, 8, payload);
	memcpy(payload + size, "\1\1\12\10\3\5\0\0", 8);
	size += 8;
	write_seed("frame", "container", "\2\0", 2, payload, size);
	seed_windowed_containers(container);

	sk_frame_writer_init(&writer);
	check(sk_frame_write_start(&writer) == 0);
	write_seed("frame", "start", "\0\0", 2, writer.data, writer.size);
	for (int i = 0; i < 2; i++) {
		begun = sk_frame_begin(&writer, SK_FRAME_SKETCH, size);
		check(begun != NULL);
		memcpy(begun, payload, size);
		sk_frame_seal(&writer);
	}
	write_seed("frame", "cut", "\0\7", 2, writer.data, writer.size);
	check(sk_frame_write_end(&writer, 18, 1) == 0);
	write_seed("frame", "stream", "\0\2", 2, writer.data, writer.size);
	check(sk_frame_write_start(&writer) == 0 && sk_frame_write_end(&writer, 0, 0) == 0);
	write_seed("frame", "streams", "\0\100", 2, writer.data, writer.size);
	sk_frame_writer_release(&writer);

	for (int type = SK_FRAME_HELLO; type <= SK_FRAME_OPEN; type++) {
		size_t n = type == SK_FRAME_SKETCH ? size : 16;

		sealed[at++] = (unsigned char)type;
		sealed[at++] = (unsigned char)n;
		sealed[at++] = 0;
		memcpy(sealed + at, payload, n);
		at += n;
	}
	write_seed("frame", "sealed", "\1\3", 2, sealed, at);
	write_seed("frame", "sealed-sketch", "\1\11", 2, sealed + 3 + 16 + 3 + 16, size + 3);
}

/* A stream as --zstd writes it, and its zstd frame to be sealed. Without libzstd it would not be compressed. */
static void
seed_compressed_frame(void)
{
	struct sk_container container = { .family = SK_FAMILY_FREQUENT, .item_type = SK_ITEM_BYTES };
	size_t head = sk_container_head_size(&container), stored;
	struct sk_frame_writer writer;
	unsigned char *payload, sealed[1000] = { 0x80 | SK_FRAME_SKETCH };

	sk_frame_writer_init(&writer);
	writer.level = 3;
	check(sk_frame_write_start(&writer) == 0);
	payload = sk_frame_begin(&writer, SK_FRAME_SKETCH, head + 600);
	check(payload != NULL);
	sk_container_encode(&container, 600, payload);
	for (size_t i = 0; i < 600; i++)
		payload[head + i] = (unsigned char)(i % 3 == 0 ? i * i >> 4 : 'a' + i % 3);
	sk_frame_seal(&writer);
	stored = sk_load32(writer.data + 28 + 4);
	check(writer.data[28 + 1] == 1 && stored < 600);
	sk_store16(sealed + 1, (uint16_t)stored);
	memcpy(sealed + 3, writer.data + 28 + 8, 4);
	memcpy(sealed + 7, writer.data + 28 + 16, stored);
	write_seed("frame", "sealed-zstd", "\1\17", 2, sealed, 7 + stored);
	check(sk_frame_write_end(&writer, 600, 0) == 0);
	write_seed("frame", "stream-zstd", "\0\17", 2, writer.data, writer.size);
	sk_frame_writer_release(&writer);
	/* What a writer is to compress, and runs that come to a mebibyte. */
	memset(sealed, 'x', sizeof(sealed));
	sealed[0] = SK_FRAME_SKETCH;
	sk_store16(sealed + 1, 900);
	write_seed("frame", "sealed-plain", "\1\377", 2, sealed, sizeof(sealed));
	memcpy(sealed, "\x83\x29\0\0\0\x10\0\x28\xb5\x2f\xfd\xa0\0\0\x10\0", 16);
	for (size_t i = 0; i < 8; i++) {
		sk_store32(sealed + 16 + 4 * i, (1u << 17) << 3 | 1u << 1 | (i == 7));
		sealed[16 + 4 * i + 3] = 'r';
	}
	write_seed("frame", "sealed-runs", "\1\377", 2, sealed, 16 + 32);
}

/* A stream of windows, and its frames but HELLO and END to be sealed. */
static void
seed_windows(void)
{
	static const uint64_t panes[] = { 1, 2 };
	struct sk_pane_close close = { .start = -60, .end = 60, .key_parts = 2, .key = { (const unsigned char *)"a\tbc\0\0\1", 7 },
		.panes_count = 2 };
	struct sk_frame_writer writer;
	unsigned char sealed[500];
	size_t at = 0, from, size;

	sk_frame_writer_init(&writer);
	writer.corrected = true;
	check(sk_frame_write_start_records(&writer, '\n', (struct sk_span){ (const unsigned char *)"time url", 8 }) == 0);
	from = writer.size;
	for (uint64_t pane = 1; pane <= 2; pane++) {
		unsigned char *records = sk_pane_write_records(&writer, pane, 8);

		check(records != NULL);
		memcpy(records, "1 a\n2 b\n", 8);
		sk_frame_seal(&writer);
	}
	check(sk_pane_write_close(&writer, &close, panes) == 0);
	check(sk_pane_write_open(&writer, &close, panes) == 0);
	close = (struct sk_pane_close){ .end = 9, .counted = true, .revision = 1 };
	check(sk_pane_write_close(&writer, &close, NULL) == 0);
	check(sk_pane_write_watermark(&writer, -1) == 0 && sk_pane_write_finished(&writer, panes, 2) == 0);
	for (; from < writer.size; from += SK_FRAME_HEADER_SIZE + size) {
		size = sk_load32(writer.data + from + 4);
		sealed[at++] = writer.data[from];
		sk_store16(sealed + at, (uint16_t)size);
		memcpy(sealed + at + 2, writer.data + from + SK_FRAME_HEADER_SIZE, size);
		at += 2 + size;
	}
	write_seed("frame", "sealed-windows", "\101\5", 2, sealed, at);
	check(sk_frame_write_end(&writer, 4, 0) == 0);
	write_seed("frame", "windows", "\0\15", 2, writer.data, writer.size);
	sk_frame_writer_release(&writer);
}

static void
seed_texts(void)
{
	static const char *const numbers[] = { "1.5", "-007.", ".5e-3", "1e309", "4.9e-324", "-Infinity", "nan",
		"9223372036854775808", "2.2250738585072011e-308", "0.1000000000000000055511151231257827021181583404541015625" };
	static const char log[] = "one two  three\n\n a b c \nkey=value;x;;y\n"
	                          "a record that is longer than the sixty-four bytes that the loops read at once\tend\nrest";
	char name[40];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(name, sizeof(name), "number-%zu", i);
		write_seed("number", name, "", 0, numbers[i], strlen(numbers[i]));
	}
	write_seed("fields", "blank", "\n \1\377", 4, log, sizeof(log) - 1);
	write_seed("fields", "delimited", "\n;\2\1", 4, log, sizeof(log) - 1);
	write_seed("fields", "first", "\n \0\7", 4, log, sizeof(log) - 1);
	write_seed("fields", "letters", "e \3\7", 4, log, sizeof(log) - 1);
	write_seed("fields", "empty", "\n\n\0\0", 4, "\n\n\n\n\n\n\n\n\n", 9);
}

static void
seed_layouts(void)
{
	static const char table[] = "name,size,note\r\n\"a, \"\"b\"\"\",1,\"two\nlines\"\r\n5\" disk,2,\"x\"y\n\n"
				    "c,\"stray\nd,3,\"z\",\"\"\n,,\n";
	static const char tabs[] = "a\tb\\tc\t\\N\n\\\\\t\\x\n\n";
	static const char log[] = "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET /a\\x22b HTTP/1.0\" 200 2326\n"
				  "2001:db8::1 - \"j d\" [t] \"\\x16\\x03\" 400 - \"-\" \"a \\\"b\\\"\" 0.1 \"c d\"\nh - - [t]\n";

	write_seed("csv", "table", ",\0\3\7\2", 5, table, sizeof(table) - 1);
	write_seed("csv", "limited", ",\1\377\377\377", 5, table, sizeof(table) - 1);
	write_seed("csv", "semicolons", ";\100\1\1\1", 5, "\"a;b\";c\n\"\"\"\";\n", 15);
	write_seed("layout", "tsv", "\0\2\0", 3, tabs, sizeof(tabs) - 1);
	write_seed("layout", "clf", "\1\377\1", 3, log, sizeof(log) - 1);
}

static void
seed_times(void)
{
	/* The format; for SK_TIME_PATTERN the first line is the pattern. */
	static const struct {
		char format;
		const char *lines;
	} seeds[] = {
		{ SK_TIME_SECONDS, "1795342272\n-1.25\n9223372036.854775807\n9223372036.854775808" },
		{ SK_TIME_MILLISECONDS, "1795342272123\n1795342272124.5" },
		{ SK_TIME_MICROSECONDS, "1795342272123456\n" },
		{ SK_TIME_NANOSECONDS, "1795342272123456789\n-9223372036854775808" },
		{ SK_TIME_ISO, "2026-11-22T10:11:12.123456789Z\n2026-11-22T10:11:12.223456789Z\n"
		               "2026-11-22T10:11:60.223456789Z\n2026-11-23T24:00:00.000000000Z" },
		{ SK_TIME_ISO, "2026-11-22 10:11:12+01:00\n2026-11-22 10:11:13+01:00\n20261122T101112Z\n2026-11-22" },
		{ SK_TIME_CLF, "[22/Nov/2026:10:11:12 +0100]\n[22/Nov/2026:10:11:13 +0100]\n[22/Nov/2026:10:11:13" },
		{ SK_TIME_SYSLOG, "Nov 22 10:11:12\nNov  2 10:11:12\nFeb 29 10:11:12\nNov 22 2026 10:11:12.5" },
		{ SK_TIME_CTIME, "Sun Nov 22 10:11:12.123456 2026\nSun Nov 22 10:11:12.123457 2026\n"
		                 "Sun Nov 22 10:11:12 UTC 2026" },
		{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 GMT\nSunday, 22-Nov-26 10:11:12 EST\n"
		                "22 Nov 2026 10:11 +0100 (CET)" },
		{ SK_TIME_PATTERN, "%Y%m%d%H%M%S%f\n20261122101112123\n20261122101113124" },
		{ SK_TIME_PATTERN, "%a %e %B %y, %I:%M %p %z\nSun 22 November 26, 10:11 PM +0100" },
		{ SK_TIME_PATTERN, "%j %T%t%Z%n100%% %A\n326 10:11:12 UTC 100% Sunday" },
		{ SK_TIME_PATTERN, "%s.%f\n1795342272.5\n1795342272.6" },
		{ SK_TIME_PATTERN, "%F %D" },
	};

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		char name[40];

		snprintf(name, sizeof(name), "%s-%zu", sk_time_format_name((enum sk_time_format)seeds[i].format), i);
		write_seed("time", name, (char[]){ seeds[i].format, 48 }, 2, seeds[i].lines, strlen(seeds[i].lines));
	}
}

static void
seed_json(void)
{
	static const struct {
		const char *name;
		const char *text;
	} seeds[] = {
		{ "member", "a\n.b\n{\"a\":\"x\\u00e9\\ud83d\\ude00\",\"b\":-12.5e3,\"a\":null}" },
		{ "inside", ".a.b[2]\n.a\n{\"a\":{\"b\":[1,{\"c\":[]},\"\\\"\"]},\"c\":true}" },
		{ "back", ".[-1]\n.[-2].a\n[ 1 , {\"a\" : [false]} , [] ]" },
		{ "names", ".[\"odd name\"].\"\\u0061\"\n.[\"\"]\n{\"odd name\":{\"a\":12345678},\"\":0}" },
		{ "chunks", "response_time_ms\n.x\n{\"x\":\"0123456789012345678901234567890123456789012345678901234\\\\\","
			    "\"response_time_ms\":123456789.123456789}" },
		{ "deep", ".[0][0][0]\n.\n[[[[[[[[{\"\":{\"\":[[[]]]}}]]]]]]]]" },
		{ "bad", ".\na\n\xef\xbb\xbf{\"a\":\"\\x\t\",,01e}" },
	};

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		write_seed("json", seeds[i].name, "", 0, seeds[i].text, strlen(seeds[i].text));
}

static void
seed_logfmt(void)
{
	static const struct {
		const char *name;
		const char *text;
	} seeds[] = {
		{ "heroku", "status\nat=info method=GET path=\"/a?b=c\" host=x.example fwd=\"1.2.3.4\" status=200 bytes=" },
		{ "slog", "msg\ntime=2026-11-22T10:11:12.000Z level=WARN msg=\"took \\\"too\\\" long\\n\" \"odd key\"=1 a" },
		{ "escapes", "a\nb=\"\\u00e9\\ud83d\\ude00\\U0001F600\" a=\"\\xff\\t\\\\\" \"\\u0061\"=2" },
		{ "long", "eightbyte\nc=\"0123456789 0123456789 0123456789 0123456789 0123456789 012345\" eightbyte=x eightbyte=\"\"" },
		{ "bad", "a=b\na=it\"s a=\"x\"y \"a=b\"=1 =2 c=\"" },
	};

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		write_seed("logfmt", seeds[i].name, "", 0, seeds[i].text, strlen(seeds[i].text));
}

int
main(void)
{
	seed_frequent();
	seed_hll();
	seed_theta();
	seed_kll();
	seed_kll_strings();
	seed_req();
	seed_tdigest();
	seed_dd();
	seed_distinct();
	seed_quantiles();
	seed_descriptions();
	seed_frame();
	seed_compressed_frame();
	seed_windows();
	seed_texts();
	seed_layouts();
	seed_times();
	seed_json();
	seed_logfmt();
	return 0;
}
