/*
 * fuzz_logfmt.c -- values of names in logfmt: every build of the loops gives what a reader byte by byte does, whatever is beside the
 * record. The input is a name and the record, with a line end between them.
 */
#include "../unit/logfmt_twin.h"
#include "fuzz.h"
#include "record/scan.h"

#define WANTS 2

static void
check_pick(const struct sk_logfmt *logfmt, struct sk_span record, int pad, bool fine, const struct sk_span *values,
    const enum sk_layout_state *states, struct sk_layout_fault want)
{
	unsigned char *memory = exact_memory(record.size + 2 * SK_SCAN_PAD), *scratch = exact_memory(record.size);
	struct sk_span copy = { memory + SK_SCAN_PAD, record.size }, got[WANTS];
	unsigned char got_states[WANTS];
	struct sk_layout_fault fault;

	memset(memory, pad, record.size + 2 * SK_SCAN_PAD);
	if (record.size > 0)
		memcpy(memory + SK_SCAN_PAD, record.data, record.size);
	check(sk_logfmt_pick(logfmt, &copy, 1, 1, scratch, got, got_states, &fault) == (fine ? 0 : 1));
	check(fault.reason == want.reason && fault.offset == want.offset);
	for (size_t i = 0; i < WANTS; i++) {
		check(got_states[i] == (fine ? states[i] : SK_LAYOUT_BAD));
		check(got[i].size == (fine ? values[i].size : 0));
		check(got[i].size == 0 || memcmp(got[i].data, values[i].data, got[i].size) == 0);
	}
	free(memory);
	free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t first = end != NULL ? (size_t)(end - data) : size, skipped = first + (end != NULL);
	struct sk_span record = { data + skipped, size - skipped }, values[WANTS];
	char *name = (char *)exact_memory(first + 1);
	unsigned char *room = exact_memory(WANTS * record.size);
	const char *names[WANTS] = { name, "a" }, *why;
	struct sk_span wants[WANTS] = { { (unsigned char *)name, 0 }, { (const unsigned char *)"a", 1 } };
	enum sk_layout_state states[WANTS];
	struct sk_layout_fault fault;
	struct sk_logfmt *logfmt;
	size_t which;

	if (first > 0)
		memcpy(name, data, first);
	name[first] = 0;
	wants[0].size = strlen(name);
	logfmt = sk_logfmt_new(wants, WANTS, &why, &which);
	check((logfmt != NULL) == (wants[0].size > 0));
	if (logfmt != NULL) {
		bool fine = twin_logfmt(record, names, WANTS, room, values, states, &fault);

		for (size_t loops = 0; sk_logfmt_use_loops(logfmt, loops); loops++)
			for (const char *pad = "0\"\\= "; *pad != 0; pad++)
				check_pick(logfmt, record, *pad, fine, values, states, fault);
	}
	sk_logfmt_free(logfmt);
	free(name);
	free(room);
	return 0;
}
