/*
 * fuzz_csv.c -- comma-separated values: every build of the loops gives what the plain one gives, whatever is beside the
 * bytes and wherever the input is cut. Bytes 0 to 4: the delimiter, the limit of quotes, how many records at once, the size of
 * a piece, the field; then the input.
 */
#include "fuzz.h"
#include "record/csv.h"
#include "record/scan.h"

struct settings {
	struct sk_csv_dialect dialect;
	size_t at_once;
	size_t piece;
	struct sk_layout_want wants[3];
};

struct answer {
	struct sk_span *records;
	size_t n;
	size_t used;
	struct sk_span *values;
	unsigned char *states;
	unsigned char *scratch;
	struct sk_layout_fault *faults;
	size_t bad;
};

static unsigned char *
padded(const uint8_t *data, size_t size, int pad)
{
	unsigned char *memory = exact_memory(size + 2 * SK_SCAN_PAD);

	memset(memory, pad, size + 2 * SK_SCAN_PAD);
	if (size > 0)
		memcpy(memory + SK_SCAN_PAD, data, size);
	return memory;
}

static void
cut(const struct sk_csv_loops *loops, const struct settings *settings, const unsigned char *data, size_t size,
    struct answer *answer)
{
	size_t n, used, at = 0;
	bool lines = false;

	do {
		n = loops->records(&settings->dialect, data + at, size - at, true, answer->records + answer->n,
		    settings->at_once, &used, &lines);
		check(n <= settings->at_once && used <= size - at);
		answer->n += n;
		at += used;
	} while (n > 0);
	answer->used += at;
}

static struct answer
answer_of(const struct sk_csv_loops *loops, const struct settings *settings, const unsigned char *data, size_t size)
{
	struct answer answer = { .records = (struct sk_span *)exact_memory((size + 1) * sizeof(struct sk_span)) };
	static struct sk_csv_columns columns;

	cut(loops, settings, data, size, &answer);
	answer.values = (struct sk_span *)exact_memory(3 * answer.n * sizeof(struct sk_span));
	answer.states = exact_memory(3 * answer.n);
	answer.scratch = exact_memory(3 * size);
	answer.faults = (struct sk_layout_fault *)exact_memory(answer.n * sizeof(struct sk_layout_fault));
	sk_csv_columns_init(&columns, settings->wants, 3);
	answer.bad = loops->pick(&settings->dialect, &columns, answer.records, answer.n, answer.n, answer.scratch,
	    answer.values, answer.states, answer.faults);
	return answer;
}

static void
release(struct answer *answer)
{
	free(answer->records);
	free(answer->values);
	free(answer->states);
	free(answer->scratch);
	free(answer->faults);
}

static void
check_same(const struct answer *a, const unsigned char *a_data, const struct answer *b, const unsigned char *b_data)
{
	check(a->n == b->n && a->used == b->used && a->bad == b->bad);
	for (size_t i = 0; i < a->n; i++) {
		check(a->records[i].size == b->records[i].size &&
		    a->records[i].data - a_data == b->records[i].data - b_data);
		check(a->faults[i].reason == b->faults[i].reason && a->faults[i].offset == b->faults[i].offset);
		check(a->faults[i].offset <= a->records[i].size);
	}
	for (size_t i = 0; i < 3 * a->n; i++) {
		check(a->states[i] == b->states[i] && a->values[i].size == b->values[i].size);
		check(a->values[i].size == 0 ||
		    memcmp(a->values[i].data, b->values[i].data, a->values[i].size) == 0);
	}
}

/* Give the input in pieces that end anywhere, and what is left of them again: the records must be those of the whole. */
static void
check_partial(const struct sk_csv_loops *loops, const struct settings *settings, const unsigned char *data, size_t size,
    const struct answer *want)
{
	struct sk_span *records = (struct sk_span *)exact_memory((settings->at_once + 1) * sizeof(*records));
	size_t begin = 0, end = 0, n = 0, used = 0;
	bool lines = false;

	while (begin < size) {
		unsigned char *piece;
		size_t got;

		if (used == 0) {
			check(end < size);
			end = size - end < settings->piece ? size : end + settings->piece;
		}
		piece = padded(data + begin, end - begin, '"');
		got = loops->records(&settings->dialect, piece + SK_SCAN_PAD, end - begin, end == size, records,
		    settings->at_once, &used, &lines);
		check(n + got <= want->n && used <= end - begin && (got > 0) == (used > 0));
		for (size_t i = 0; i < got; i++, n++) {
			check(records[i].size == want->records[n].size);
			check((size_t)(records[i].data - piece) - SK_SCAN_PAD + begin ==
			    (size_t)(want->records[n].data - data));
			check(lines || records[i].size == 0 || memchr(records[i].data, '\n', records[i].size) == NULL);
		}
		begin += used;
		free(piece);
	}
	check(n == want->n);
	free(records);
}

/* Give the input in pieces: the records must be those of the whole. */
static void
check_pieces(const struct sk_csv_loops *loops, const struct settings *settings, const unsigned char *data, size_t size,
    const struct answer *want)
{
	struct sk_layout_progress progress = { 0 };
	size_t begin = 0, end = 0, n = 0, whole;

	while (end < size) {
		struct answer got = { .records = (struct sk_span *)exact_memory((size + 1) * sizeof(struct sk_span)) };
		unsigned char *piece;

		end = size - end < settings->piece ? size : end + settings->piece;
		piece = padded(data + begin, end - begin, '"');
		whole = loops->whole(&settings->dialect, piece + SK_SCAN_PAD, end - begin, &progress);
		if (end == size)
			whole = want->used - begin;
		cut(loops, settings, piece + SK_SCAN_PAD, whole, &got);
		check(got.used == whole && n + got.n <= want->n);
		for (size_t i = 0; i < got.n; i++, n++)
			check(got.records[i].size == want->records[n].size &&
			    (size_t)(got.records[i].data - piece) - SK_SCAN_PAD + begin ==
				(size_t)(want->records[n].data - data));
		begin += whole;
		free(piece);
		free(got.records);
	}
	check(n == want->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sk_csv_loops *const *builds = sk_csv_all();
	const struct sk_csv_loops *plain = NULL;
	struct settings settings;
	unsigned char *memory;
	struct answer want;

	if (size < 5 || data[0] == '"' || data[0] == '\n' || data[0] == '\r')
		return 0;
	settings = (struct settings){ { data[0], '\n', data[1] == 0 ? 0 : SK_CSV_QUOTE_MAX_LEAST + data[1] },
		data[2] + 1u, data[3] + 1u,
		{ { { NULL, 0 }, (signed char)data[4], false }, { { NULL, 0 }, 1, false },
		    { { NULL, 0 }, (signed char)data[4], true } } };
	data += 5;
	size -= 5;
	for (size_t i = 0; builds[i] != NULL; i++)
		plain = builds[i];
	check(plain != NULL);
	memory = padded(data, size, 0);
	/* Up to its last line end; the source gives one to an input that lacks it. */
	while (size > 0 && data[size - 1] != '\n')
		size--;
	want = answer_of(plain, &settings, memory + SK_SCAN_PAD, size);
	check(want.used == size);
	for (size_t i = 0; builds[i] != NULL; i++) {
		const int pads[] = { 'x', '\n', '"' };

		for (size_t pad = 0; pad < sizeof(pads) / sizeof(pads[0]); pad++) {
			unsigned char *other = padded(data, size, pads[pad]);
			struct answer got = answer_of(builds[i], &settings, other + SK_SCAN_PAD, size);

			check_same(&got, other, &want, memory);
			release(&got);
			free(other);
		}
		check_pieces(builds[i], &settings, memory + SK_SCAN_PAD, size, &want);
		check_partial(builds[i], &settings, memory + SK_SCAN_PAD, size, &want);
	}
	release(&want);
	free(memory);
	return 0;
}
