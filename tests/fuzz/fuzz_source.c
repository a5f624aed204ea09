/*
 * fuzz_source.c -- an input as a file and as a pipe that is written to in pieces. Byte 0: how many bytes at a time; byte 1: 1, records end
 * in NUL; 2, a stream is no binary input, but text. The rest is the input.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>

#include "record/source.h"

#define OUTPUT_MAX ((size_t)1 << 20) /* of it is looked at: a bomb takes long */
#define INPUT_MAX ((size_t)1 << 14)  /* which a pipe can take at once */

static const unsigned char signature[] = { 0x89, 'S', 'K', 'F', '\r', '\n', 0x1a, '\n' };

struct outcome {
	uint64_t digest;
	size_t size;
	size_t too_long;
	char why[200]; /* what went wrong */
	bool binary;
	bool ended;
};

static void
add(struct outcome *outcome, enum sk_source_status status, struct sk_span block)
{
	outcome->size += block.size;
	outcome->binary = outcome->binary || status == SK_SOURCE_BYTES;
	for (size_t i = 0; i < block.size; i++)
		outcome->digest = (outcome->digest ^ block.data[i]) * UINT64_C(0x100000001b3);
}

/* Take what there is, within ${timeout}. */
static void
take(struct sk_source *source, const struct timespec *timeout, unsigned char end, struct outcome *outcome)
{
	enum sk_source_status status = SK_SOURCE_BYTES;
	struct sk_span block;

	while (status != SK_SOURCE_WAITED && status != SK_SOURCE_END && outcome->size < OUTPUT_MAX) {
		status = sk_source_next(source, timeout, NULL, &block);
		if (status == SK_SOURCE_RECORDS)
			check(block.size > 0 && block.data[block.size - 1] == end);
		if (status == SK_SOURCE_RECORDS || status == SK_SOURCE_BYTES)
			add(outcome, status, block);
		outcome->too_long += status == SK_SOURCE_TOO_LONG ? 1 : 0;
		if (status == SK_SOURCE_ERROR)
			snprintf(outcome->why, sizeof(outcome->why), "%s", sk_source_why(source));
	}
	outcome->ended = status == SK_SOURCE_END;
}

static struct sk_source *
new_source(unsigned options)
{
	static char dash[] = "-";
	static char *const names[] = { dash };
	struct sk_source *source = sk_source_new(names, 1, options & 1 ? '\0' : '\n', 0);

	check(source != NULL);
	if ((options & 2) == 0)
		sk_source_set_signature(source, (struct sk_span){ signature, sizeof(signature) });
	return source;
}

static void
read_file(struct outcome *outcome, unsigned options, const uint8_t *data, size_t size)
{
	char name[] = "/tmp/streamkit-fuzz-XXXXXX";
	const int fd = mkstemp(name);
	struct sk_source *source = new_source(options);

	check(fd != -1 && unlink(name) == 0 && write(fd, data, size) == (ssize_t)size);
	check(lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO && close(fd) == 0);
	take(source, NULL, options & 1 ? '\0' : '\n', outcome);
	sk_source_free(source);
}

static void
read_pipe(struct outcome *outcome, unsigned options, const uint8_t *data, size_t size, size_t piece)
{
	static const struct timespec at_once = { 0, 0 };
	const unsigned char end = options & 1 ? '\0' : '\n';
	struct sk_source *source = new_source(options);
	int ends[2];

	check(pipe(ends) == 0 && dup2(ends[0], STDIN_FILENO) == STDIN_FILENO && close(ends[0]) == 0);
	for (size_t at = 0; at < size; at += piece) {
		const size_t n = size - at < piece ? size - at : piece;

		check(write(ends[1], data + at, n) == (ssize_t)n);
		take(source, &at_once, end, outcome);
	}
	close(ends[1]);
	take(source, NULL, end, outcome);
	sk_source_free(source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome file = { 0 }, piped = { 0 };

	if (size < 2 || size > INPUT_MAX)
		return 0;
	read_file(&file, data[1], data + 2, size - 2);
	read_pipe(&piped, data[1], data + 2, size - 2, data[0] + 1u);
	if (file.size >= OUTPUT_MAX || piped.size >= OUTPUT_MAX)
		return 0;
	check(file.ended && piped.ended);
	/* A signature whose first half is damaged is known if it comes as a whole, for text is not waited for. */
	if (file.binary && !piped.binary && memcmp(data + 2, signature, sizeof(signature) / 2) != 0)
		return 0;
	check(file.too_long == piped.too_long);
	check((file.why[0] == '\0') == (piped.why[0] == '\0'));
	/* How much comes before compressed data fail is the library's affair. */
	if (file.why[0] == '\0' || strncmp(file.why, "byte ", 5) == 0) {
		check(strcmp(file.why, piped.why) == 0);
		check(file.size == piped.size && file.digest == piped.digest);
		check(file.binary == piped.binary);
	}
	return 0;
}
