/*
 * fuzz_fields.c -- records and fields: every build of the loops gives what the plain one gives, whatever is beside the
 * bytes. Bytes 0 to 3: what ends a record, the delimiter, the field, how many records at once; then the records.
 */
#include "fuzz.h"
#include "record/scan.h"

struct settings {
	unsigned char end;
	unsigned char delimiter;
	size_t field;
	size_t at_once;
};

#define COLUMNS 4

struct answer {
	struct sk_span *records;
	struct sk_span *columns[COLUMNS];
	size_t n;
	size_t used;
};

static struct sk_span *
spans(size_t n)
{
	struct sk_span *memory = calloc(n + 1, sizeof(*memory));

	check(memory != NULL);
	return memory;
}

static struct answer
scan(const struct sk_scan *loops, const unsigned char *data, size_t size, struct settings settings)
{
	struct answer answer = { .records = spans(size) };
	size_t n, used;

	do {
		n = loops->records(data + answer.used, size - answer.used, settings.end, answer.records + answer.n,
		    settings.at_once, &used);
		check(n <= settings.at_once && used <= size - answer.used);
		answer.n += n;
		answer.used += used;
	} while (n > 0);
	for (int i = 0; i < COLUMNS; i++)
		answer.columns[i] = spans(answer.n);
	loops->delimited(answer.records, answer.n, settings.delimiter, settings.field, answer.columns[0]);
	loops->delimited_back(answer.records, answer.n, settings.delimiter, settings.field, answer.columns[1]);
	loops->blank(answer.records, answer.n, settings.field, answer.columns[2]);
	loops->blank_back(answer.records, answer.n, settings.field, answer.columns[3]);
	return answer;
}

static void
release(struct answer *answer)
{
	free(answer->records);
	for (int i = 0; i < COLUMNS; i++)
		free(answer->columns[i]);
}

/* The same spans, those of ${a} within ${a_data} and those of ${b} within ${b_data}. */
static void
same_spans(const struct sk_span *a, const unsigned char *a_data, const struct sk_span *b,
    const unsigned char *b_data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(a[i].size == b[i].size && a[i].data - a_data == b[i].data - b_data);
}

/* What every build must give: records as memchr() cuts them, and fields inside their records. */
static void
check_plain(const struct answer *plain, const unsigned char *data, size_t size, unsigned char end)
{
	size_t at = 0;

	for (size_t i = 0; i < plain->n; i++) {
		const unsigned char *stop = memchr(data + at, end, size - at);

		check(stop != NULL && plain->records[i].data == data + at);
		check(plain->records[i].size == (size_t)(stop - data) - at);
		at = (size_t)(stop - data) + 1;
		for (int column = 0; column < COLUMNS; column++) {
			struct sk_span field = plain->columns[column][i];

			check(field.data >= plain->records[i].data && field.data + field.size <= stop);
		}
	}
	check(plain->used == at && (at == size || memchr(data + at, end, size - at) == NULL));
}

static unsigned char *
padded(const uint8_t *data, size_t size, int pad)
{
	unsigned char *memory = exact_memory(size + 2 * SK_SCAN_PAD);

	memset(memory, pad, size + 2 * SK_SCAN_PAD);
	if (size > 0)
		memcpy(memory + SK_SCAN_PAD, data, size);
	return memory;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings;
	const struct sk_scan *const *builds = sk_scan_all();
	const struct sk_scan *plain = NULL;
	unsigned char *memory;
	struct answer want;

	if (size < 4)
		return 0;
	settings = (struct settings){ data[0], data[1], data[2] % 20 + 1u, data[3] + 1u };
	data += 4;
	size -= 4;
	for (size_t i = 0; builds[i] != NULL; i++)
		plain = builds[i];
	check(plain != NULL);
	memory = padded(data, size, 0);
	want = scan(plain, memory + SK_SCAN_PAD, size, settings);
	check_plain(&want, memory + SK_SCAN_PAD, size, settings.end);
	for (size_t i = 0; builds[i] != NULL; i++) {
		const int pads[] = { 'x', settings.end, settings.delimiter, ' ' };

		for (size_t pad = 0; pad < sizeof(pads) / sizeof(pads[0]); pad++) {
			unsigned char *other = padded(data, size, pads[pad]);
			struct answer got = scan(builds[i], other + SK_SCAN_PAD, size, settings);

			check(got.n == want.n && got.used == want.used);
			same_spans(got.records, other, want.records, memory, want.n);
			for (int column = 0; column < COLUMNS; column++)
				same_spans(got.columns[column], other, want.columns[column], memory, want.n);
			release(&got);
			free(other);
		}
	}
	release(&want);
	free(memory);
	return 0;
}
