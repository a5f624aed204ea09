/*
 * fuzz_layout.c -- formats of records without quoted line ends: no input makes one read or write where it must not, and values
 * are within their record or what is unescaped of it. Byte 0: the format; bytes 1 and 2: a number and whether the rest is wanted; then
 * the records.
 */
#include "fuzz.h"
#include "record/layout.h"
#include "record/scan.h"

#define WANTS 14

static const char *const clf_names[] = { "host", "ident", "user", "time", "request", "method", "path", "proto", "status",
	"bytes", "referer", "agent" };

static size_t
wants_of(enum sk_layout_kind kind, const uint8_t *head, struct sk_layout_want *wants)
{
	long number = (signed char)head[1];
	size_t n = 0;

	if (kind == SK_LAYOUT_CLF)
		for (; n < sizeof(clf_names) / sizeof(clf_names[0]); n++)
			wants[n] = (struct sk_layout_want){
				.name = { (const unsigned char *)clf_names[n], strlen(clf_names[n]) } };
	wants[n++] = (struct sk_layout_want){ .number = number != 0 ? number : 1, .rest = head[2] % 2 != 0 };
	wants[n++] = (struct sk_layout_want){ .number = 1 };
	return n;
}

/* Every value lies in the record, or among what was unescaped, and no longer than the record is. */
static void
check_value(struct sk_span record, struct sk_span value, unsigned char state, const unsigned char *scratch, size_t room)
{
	bool inside = value.data >= record.data && value.data + value.size <= record.data + record.size;
	bool unescaped = value.data >= scratch && value.data + value.size <= scratch + room;

	check(state <= SK_LAYOUT_BAD && (inside || unescaped) && value.size <= record.size);
	check(value.size == 0 || state == SK_LAYOUT_VALUE || state == SK_LAYOUT_NULL);
}

static void
check_record(const struct sk_layout *layout, size_t n, struct sk_span record)
{
	size_t room = sk_layout_scratch(layout, record.size);
	unsigned char *scratch = exact_memory(room), states[WANTS];
	struct sk_span values[WANTS];
	struct sk_layout_fault fault;
	size_t bad = sk_layout_pick(layout, &record, 1, 1, scratch, values, states, &fault);

	check(bad == (fault.reason != SK_LAYOUT_FINE) && fault.offset <= record.size);
	check(sk_layout_reason_text(fault.reason) != NULL);
	for (size_t w = 0; w < n; w++) {
		check((states[w] == SK_LAYOUT_BAD) == (bad != 0));
		check_value(record, values[w], states[w], scratch, room);
	}
	free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_layout_options options = { SK_LAYOUT_TSV, ',', '\n', 0 };
	struct sk_layout_want wants[WANTS];
	struct sk_layout *layout;
	struct sk_span record;
	unsigned char *memory;
	const char *why;
	size_t which, n, used;

	if (size < 3)
		return 0;
	options.kind = data[0] % 2 != 0 ? SK_LAYOUT_CLF : SK_LAYOUT_TSV;
	n = wants_of(options.kind, data, wants);
	layout = sk_layout_new(&options, wants, n, &why, &which);
	check(layout != NULL);
	memory = exact_memory(size - 3 + 2 * SK_SCAN_PAD);
	memset(memory, '\\', size - 3 + 2 * SK_SCAN_PAD);
	if (size > 3)
		memcpy(memory + SK_SCAN_PAD, data + 3, size - 3);
	for (size_t at = 0; at < size - 3; at += used) {
		if (sk_layout_records(layout, memory + SK_SCAN_PAD + at, size - 3 - at, &record, 1, &used) == 0)
			break;
		check_record(layout, n, record);
	}
	sk_layout_free(layout);
	free(memory);
	return 0;
}
