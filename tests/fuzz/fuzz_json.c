/*
 * fuzz_json.c -- values at paths in JSON: every build of the loops gives what the others give, whatever is beside the record, and
 * takes for JSON what a reader byte by byte does. The input is two paths and the record, with line ends between them.
 */
#include "../unit/json_twin.h"
#include "fuzz.h"
#include "record/scan.h"

#define WANTS 2

/* The bytes up to the next line end, which are taken from the front of ${input}. */
static struct sk_span
next_line(struct sk_span *input)
{
	const unsigned char *end = input->size > 0 ? memchr(input->data, '\n', input->size) : NULL;
	struct sk_span line = { input->data, end != NULL ? (size_t)(end - input->data) : input->size };
	size_t used = line.size + (end != NULL);

	*input = (struct sk_span){ input->data + used, input->size - used };
	return line;
}

struct answer {
	unsigned char *memory;
	unsigned char *scratch;
	struct sk_span values[WANTS];
	unsigned char states[WANTS];
	struct sk_layout_fault fault;
};

static struct answer
pick(const struct sk_json *json, struct sk_span record, int pad)
{
	struct answer answer = { .memory = exact_memory(record.size + 2 * SK_SCAN_PAD), .scratch = exact_memory(record.size) };
	struct sk_span copy = { answer.memory + SK_SCAN_PAD, record.size };
	size_t bad;

	memset(answer.memory, pad, record.size + 2 * SK_SCAN_PAD);
	if (record.size > 0)
		memcpy(answer.memory + SK_SCAN_PAD, record.data, record.size);
	bad = sk_json_pick(json, &copy, 1, 1, answer.scratch, answer.values, answer.states, &answer.fault);
	check(bad == (answer.fault.reason != SK_LAYOUT_FINE) && answer.fault.offset <= record.size);
	for (size_t i = 0; i < WANTS; i++) {
		struct sk_span value = answer.values[i];

		check(answer.states[i] <= SK_LAYOUT_BAD && (answer.states[i] == SK_LAYOUT_BAD) == (bad == 1));
		check(answer.states[i] == SK_LAYOUT_VALUE || answer.states[i] == SK_LAYOUT_NULL || value.size == 0);
		check(value.size == 0 || (value.data >= copy.data && value.data + value.size <= copy.data + copy.size) ||
		    (value.data >= answer.scratch && value.data + value.size <= answer.scratch + record.size));
	}
	return answer;
}

static void
release(struct answer *answer)
{
	free(answer->memory);
	free(answer->scratch);
}

static void
same(const struct answer *a, const struct answer *b)
{
	check(a->fault.reason == b->fault.reason && a->fault.offset == b->fault.offset);
	for (size_t i = 0; i < WANTS; i++) {
		check(a->states[i] == b->states[i] && a->values[i].size == b->values[i].size);
		check(a->values[i].size == 0 || memcmp(a->values[i].data, b->values[i].data, a->values[i].size) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_span input = { data, size }, paths[WANTS], value;
	struct sk_layout_fault fault;
	struct sk_json *json;
	struct answer first;
	const char *why;
	size_t which;

	for (size_t i = 0; i < WANTS; i++)
		paths[i] = next_line(&input);
	json = sk_json_new(paths, WANTS, &why, &which);
	if (json == NULL) {
		check(why != NULL && which < WANTS);
		return 0;
	}
	twin_check(input, &value, &fault);
	first = pick(json, input, 0);
	check(first.fault.reason == fault.reason && first.fault.offset == fault.offset);
	for (size_t loops = 0; sk_json_use_loops(json, loops); loops++)
		for (const char *pad = "0\"\\}"; *pad != 0; pad++) {
			struct answer other = pick(json, input, *pad);

			same(&first, &other);
			release(&other);
		}
	release(&first);
	sk_json_free(json);
	return 0;
}
