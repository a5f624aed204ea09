/*
 * test_layout.c -- values that are wanted of records: tab-separated ones, those of web servers' logs, and what all formats have in
 * common. The quotes of csv are test_csv.c's.
 */
#include "support.h"

#include "record/clf.h"
#include "record/layout.h"
#include "record/scan.h"

/* A record between paddings that hold what could be mistaken for more of it. */
static unsigned char *
padded(const char *text, size_t size, struct sk_span *record)
{
	unsigned char *block = allocate(size + 2 * SK_SCAN_PAD);

	memset(block, '\t', SK_SCAN_PAD);
	memcpy(block + SK_SCAN_PAD, text, size);
	memset(block + SK_SCAN_PAD + size, '"', SK_SCAN_PAD);
	*record = (struct sk_span){ block + SK_SCAN_PAD, size };
	return block;
}

static struct sk_layout *
layout_of(enum sk_layout_kind kind, const struct sk_layout_want *wants, size_t n)
{
	const struct sk_layout_options options = { kind, ',', '\n', 0 };
	const char *why;
	size_t which;
	struct sk_layout *layout = sk_layout_new(&options, wants, n, &why, &which);

	assert_non_null(layout);
	return layout;
}

/* "3" is a number, "3-" that and what follows, anything else a name. */
static struct sk_layout_want
want_of(const char *text)
{
	struct sk_layout_want want = { .name = { (const unsigned char *)text, strlen(text) } };
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text)
		return want;
	return (struct sk_layout_want){ .number = number, .rest = *end == '-' };
}

struct row {
	const char *record;
	const char *want;
	int state;
	const char *value; /* of BAD: the reason */
};

static void
assert_row(enum sk_layout_kind kind, const struct row *row)
{
	struct sk_layout_want want = want_of(row->want);
	struct sk_layout *layout = layout_of(kind, &want, 1);
	struct sk_span record, value;
	unsigned char *block = padded(row->record, strlen(row->record), &record), state;
	unsigned char *scratch = allocate(sk_layout_scratch(layout, record.size));
	struct sk_layout_fault fault;
	size_t bad = sk_layout_pick(layout, &record, 1, 1, scratch, &value, &state, &fault);

	if (state != row->state)
		fail_msg("%s of %s: state %d", row->want, row->record, state);
	assert_int_equal(bad, state == SK_LAYOUT_BAD);
	assert_int_equal(fault.reason != SK_LAYOUT_FINE, state == SK_LAYOUT_BAD);
	assert_true(fault.offset <= record.size);
	if (state == SK_LAYOUT_BAD)
		assert_string_equal(sk_layout_reason_text(fault.reason), row->value);
	else if (value.size != strlen(row->value) || memcmp(value.data, row->value, value.size) != 0)
		fail_msg("%s of %s: %.*s", row->want, row->record, (int)value.size, (const char *)value.data);
	sk_layout_free(layout);
	free(scratch);
	free(block);
}

static const struct row tabs[] = {
	{ "a\tb\tc", "1", SK_LAYOUT_VALUE, "a" },
	{ "a\tb\tc", "3", SK_LAYOUT_VALUE, "c" },
	{ "a\tb\tc", "4", SK_LAYOUT_MISSING, "" },
	{ "a\tb\tc", "-1", SK_LAYOUT_VALUE, "c" },
	{ "a\tb\tc", "-3", SK_LAYOUT_VALUE, "a" },
	{ "a\tb\tc", "-4", SK_LAYOUT_MISSING, "" },
	{ "a\tb\tc", "2-", SK_LAYOUT_VALUE, "b\tc" },
	{ "a\tb\\t\tc\\t", "2-", SK_LAYOUT_VALUE, "b\\t\tc\\t" },
	{ "", "1", SK_LAYOUT_VALUE, "" },
	{ "", "2", SK_LAYOUT_MISSING, "" },
	{ "", "-2", SK_LAYOUT_MISSING, "" },
	{ "a\t", "2", SK_LAYOUT_VALUE, "" },
	{ "a\t", "3", SK_LAYOUT_MISSING, "" },
	{ "a\t\t", "3", SK_LAYOUT_VALUE, "" },
	{ "a\t\t", "4", SK_LAYOUT_MISSING, "" },
	{ "\t", "-2", SK_LAYOUT_VALUE, "" },
	{ "\t", "-3", SK_LAYOUT_MISSING, "" },
	{ "a\tb\r", "2", SK_LAYOUT_VALUE, "b" },
	{ "a\t\r", "2", SK_LAYOUT_VALUE, "" },
	{ "a\r\tb", "1", SK_LAYOUT_VALUE, "a\r" },
	{ "a\\tb\tc", "1", SK_LAYOUT_VALUE, "a\tb" },
	{ "a\\nb", "1", SK_LAYOUT_VALUE, "a\nb" },
	{ "a\\rb\\\\", "1", SK_LAYOUT_VALUE, "a\rb\\" },
	{ "\\\\N", "1", SK_LAYOUT_VALUE, "\\N" },
	{ "\\N", "1", SK_LAYOUT_NULL, "\\N" },
	{ "a\t\\N\r", "2", SK_LAYOUT_NULL, "\\N" },
	{ "C:\\Users\\", "1", SK_LAYOUT_VALUE, "C:\\Users\\" },
	{ "\\\\\\t", "1", SK_LAYOUT_VALUE, "\\\t" },
	{ "\"a\tb\"", "1", SK_LAYOUT_VALUE, "\"a" },
};

static void
test_fields_lie_between_tabs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++)
		assert_row(SK_LAYOUT_TSV, &tabs[i]);
}

#define COMMON "192.0.2.7 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif HTTP/1.0\" 200 2326"
#define COMBINED COMMON " \"https://example.org/\" \"Mozilla/4.08 [en] (X \\\"11\\\")\""
#define REQUEST(text) "h - - [10/Oct/2000:13:55:36 -0700] \"" text "\" 400 -"

static const struct row logs[] = {
	{ COMMON, "host", SK_LAYOUT_VALUE, "192.0.2.7" },
	{ COMMON, "ident", SK_LAYOUT_NULL, "-" },
	{ COMMON, "user", SK_LAYOUT_VALUE, "frank" },
	{ COMMON, "time", SK_LAYOUT_VALUE, "10/Oct/2000:13:55:36 -0700" },
	{ COMMON, "request", SK_LAYOUT_VALUE, "GET /a.gif HTTP/1.0" },
	{ COMMON, "method", SK_LAYOUT_VALUE, "GET" },
	{ COMMON, "path", SK_LAYOUT_VALUE, "/a.gif" },
	{ COMMON, "proto", SK_LAYOUT_VALUE, "HTTP/1.0" },
	{ COMMON, "status", SK_LAYOUT_VALUE, "200" },
	{ COMMON, "bytes", SK_LAYOUT_VALUE, "2326" },
	{ COMMON "\r", "bytes", SK_LAYOUT_VALUE, "2326" },
	{ COMMON, "referer", SK_LAYOUT_MISSING, "" },
	{ COMMON, "agent", SK_LAYOUT_MISSING, "" },
	{ COMMON, "1", SK_LAYOUT_MISSING, "" },
	{ COMMON, "-1", SK_LAYOUT_MISSING, "" },
	{ COMBINED, "referer", SK_LAYOUT_VALUE, "https://example.org/" },
	{ COMBINED, "agent", SK_LAYOUT_VALUE, "Mozilla/4.08 [en] (X \"11\")" },
	{ COMBINED "\r", "agent", SK_LAYOUT_VALUE, "Mozilla/4.08 [en] (X \"11\")" },
	{ COMBINED, "1", SK_LAYOUT_MISSING, "" },
	{ COMBINED " 0.12 \"a b\" -", "1", SK_LAYOUT_VALUE, "0.12" },
	{ COMBINED " 0.12 \"a b\" -", "2", SK_LAYOUT_VALUE, "a b" },
	{ COMBINED " 0.12 \"a b\" -", "3", SK_LAYOUT_NULL, "-" },
	{ COMBINED " 0.12 \"a b\" -", "4", SK_LAYOUT_MISSING, "" },
	{ COMBINED " 0.12 \"a b\" -", "-2", SK_LAYOUT_VALUE, "a b" },
	{ COMBINED " 0.12 \"a b\" -", "-4", SK_LAYOUT_MISSING, "" },
	{ COMBINED " 0.12 \"a b\" -", "2-", SK_LAYOUT_VALUE, "\"a b\" -" },
	{ COMBINED " 0.12 \"a", "1", SK_LAYOUT_VALUE, "0.12" },
	{ COMBINED " 0.12 \"a", "2", SK_LAYOUT_BAD, "a quote that is not closed" },
	{ COMBINED " 0.12 \"a", "-2", SK_LAYOUT_BAD, "a quote that is not closed" },
	{ "2001:db8::1 - - [t] \"GET / HTTP/1.1\" 200 5", "host", SK_LAYOUT_VALUE, "2001:db8::1" },
	{ "h - \"\" [t] \"GET / HTTP/1.1\" 200 5", "user", SK_LAYOUT_VALUE, "" },
	{ "h - \"john doe\" [t] \"GET / HTTP/1.1\" 200 5", "user", SK_LAYOUT_VALUE, "john doe" },
	{ "h - \"john [x] doe\" [t] \"GET / HTTP/1.1\" 200 5", "time", SK_LAYOUT_VALUE, "t" },
	{ "h - john doe [t] \"GET / HTTP/1.1\" 200 5", "user", SK_LAYOUT_VALUE, "john doe" },
	{ "h - john doe [t] \"GET / HTTP/1.1\" 200 5", "status", SK_LAYOUT_VALUE, "200" },
	{ "h - j[x] [t] \"GET / HTTP/1.1\" 200 5", "user", SK_LAYOUT_VALUE, "j[x]" },
	{ "h - DOMAIN\\\\joe [t] \"GET / HTTP/1.1\" 200 5", "user", SK_LAYOUT_VALUE, "DOMAIN\\joe" },
	{ REQUEST("-"), "request", SK_LAYOUT_NULL, "-" },
	{ REQUEST("-"), "method", SK_LAYOUT_MISSING, "" },
	{ REQUEST("-"), "path", SK_LAYOUT_MISSING, "" },
	{ REQUEST("-"), "status", SK_LAYOUT_VALUE, "400" },
	{ REQUEST("-"), "bytes", SK_LAYOUT_NULL, "-" },
	{ REQUEST(""), "request", SK_LAYOUT_VALUE, "" },
	{ REQUEST(""), "method", SK_LAYOUT_MISSING, "" },
	{ REQUEST("\\x16\\x03\\x01"), "request", SK_LAYOUT_VALUE, "\x16\x03\x01" },
	{ REQUEST("\\x16\\x03 /x HTTP/1.1"), "path", SK_LAYOUT_MISSING, "" },
	{ REQUEST("\\x16\\x03"), "method", SK_LAYOUT_MISSING, "" },
	{ REQUEST("\\x16\\x03"), "status", SK_LAYOUT_VALUE, "400" },
	{ REQUEST("GET /old"), "path", SK_LAYOUT_VALUE, "/old" },
	{ REQUEST("GET /old"), "proto", SK_LAYOUT_MISSING, "" },
	{ REQUEST("GET /a b c HTTP/2.0"), "path", SK_LAYOUT_VALUE, "/a b c" },
	{ REQUEST("GET /a b c HTTP/2.0"), "proto", SK_LAYOUT_VALUE, "HTTP/2.0" },
	{ REQUEST("GET HTTP/1.1"), "path", SK_LAYOUT_MISSING, "" },
	{ REQUEST("GET HTTP/1.1"), "proto", SK_LAYOUT_VALUE, "HTTP/1.1" },
	{ REQUEST("GET  HTTP/1.1"), "path", SK_LAYOUT_VALUE, "" },
	{ REQUEST("GET /\\\"x\\\" HTTP/1.1"), "path", SK_LAYOUT_VALUE, "/\"x\"" },
	{ REQUEST("GET /\\x22\\xC3\\xa4 HTTP/1.1"), "path", SK_LAYOUT_VALUE, "/\"\xc3\xa4" },
	{ REQUEST("GET /\\x2 \\q HTTP/1.1"), "path", SK_LAYOUT_VALUE, "/\\x2 \\q" },
	{ REQUEST("GET /\\\\"), "path", SK_LAYOUT_VALUE, "/\\" },
	{ REQUEST("GET /\\x20HTTP/1.1"), "proto", SK_LAYOUT_MISSING, "" },
	{ "", "host", SK_LAYOUT_BAD, "ends too early" },
	{ "h", "host", SK_LAYOUT_BAD, "ends too early" },
	{ "this is no log", "host", SK_LAYOUT_BAD, "no time in brackets where it belongs" },
	{ "h - - [t] \"r\"", "host", SK_LAYOUT_BAD, "ends too early" },
	{ "h - - [t] \"r\" 200", "host", SK_LAYOUT_BAD, "ends too early" },
	{ "h - - [t] \"r\" 200 ", "time", SK_LAYOUT_BAD, "ends too early" },
	{ "h - - [t] \"r\" 200", "status", SK_LAYOUT_BAD, "ends too early" },
	{ "h - - [t] \"r\" ok 5", "host", SK_LAYOUT_BAD, "no valid number" },
	{ "h - - [t] \"r\" ok 5", "status", SK_LAYOUT_BAD, "no valid number" },
	{ "h - - [t] \"r\" 200 \"5\"", "host", SK_LAYOUT_BAD, "no valid number" },
	{ "h - - [t] \"r\" 200 \"5\"", "agent", SK_LAYOUT_BAD, "no valid number" },
	{ "h - - [t] \"r\" 200 5", "host", SK_LAYOUT_VALUE, "h" },
	{ "h - - [t] \"r\" - -", "host", SK_LAYOUT_VALUE, "h" },
	{ "h - - [t] \"r\" -1 0.5", "host", SK_LAYOUT_VALUE, "h" },
	{ "h - - [t] \"r", "host", SK_LAYOUT_BAD, "a quote that is not closed" },
	{ "h", "user", SK_LAYOUT_BAD, "ends too early" },
	{ "h -", "user", SK_LAYOUT_BAD, "no time in brackets where it belongs" },
	{ "h - x 200", "user", SK_LAYOUT_BAD, "no time in brackets where it belongs" },
	{ "h - - [t", "time", SK_LAYOUT_BAD, "no time in brackets where it belongs" },
	{ "h - - [t] GET / 200 5", "path", SK_LAYOUT_BAD, "no request in quotes where it belongs" },
	{ "h - - [t] \"GET / 200 5", "path", SK_LAYOUT_BAD, "a quote that is not closed" },
	{ "h - - [t] \"GET /\\\" 200 5", "path", SK_LAYOUT_BAD, "a quote that is not closed" },
	{ "h - - [t] \"GET /\"200 5", "path", SK_LAYOUT_BAD, "text behind a closing quote" },
	{ "h - - [t] \"GET /\" 200", "bytes", SK_LAYOUT_BAD, "ends too early" },
};

static void
test_logs_of_web_servers_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++)
		assert_row(SK_LAYOUT_CLF, &logs[i]);
}

static void
test_several_values_come_in_columns(void **state)
{
	static const char text[] = REQUEST("GET /\\x41 HTTP/1.1") "\n"
				   "broken\n" COMBINED " 7\n";
	const char *const names[] = { "path", "agent", "host", "path", "1" };
	struct sk_layout_want wants[5];
	struct sk_span records[8], values[5 * 8], data;
	unsigned char states[5 * 8], *block = padded(text, sizeof(text) - 1, &data), *scratch;
	struct sk_layout_fault faults[8];
	struct sk_layout *layout;
	size_t used;

	(void)state;
	for (size_t w = 0; w < 5; w++)
		wants[w] = want_of(names[w]);
	layout = layout_of(SK_LAYOUT_CLF, wants, 5);
	scratch = allocate(sk_layout_scratch(layout, data.size));
	assert_int_equal(sk_layout_records(layout, data.data, data.size, records, 8, &used), 3);
	assert_int_equal(used, data.size);
	assert_int_equal(sk_layout_pick(layout, records, 3, 8, scratch, values, states, faults), 1);
	for (size_t w = 0; w < 5; w++)
		assert_int_equal(states[w * 8 + 1], SK_LAYOUT_BAD);
	assert_memory_equal(values[0].data, "/A", 2);
	assert_memory_equal(values[3 * 8].data, "/A", 2);
	assert_int_equal(states[1 * 8], SK_LAYOUT_MISSING);
	assert_memory_equal(values[2 * 8 + 2].data, "192.0.2.7", 9);
	assert_memory_equal(values[4 * 8 + 2].data, "7", 1);
	assert_int_equal(faults[0].reason, SK_LAYOUT_FINE);
	assert_int_equal(faults[1].reason, SK_LAYOUT_ENDS_EARLY);
	sk_layout_free(layout);
	free(scratch);
	free(block);
}

static void
test_wants_that_cannot_be_are_refused(void **state)
{
	const struct sk_layout_options options = { SK_LAYOUT_CLF, ',', '\n', 0 };
	struct sk_layout_want wants[SK_LAYOUT_WANTS_MAX + 1];
	const char *why;
	size_t which;

	(void)state;
	for (size_t w = 0; w <= SK_LAYOUT_WANTS_MAX; w++)
		wants[w] = want_of("host");
	wants[1] = want_of("referrer");
	assert_null(sk_layout_new(&options, wants, 2, &why, &which));
	assert_int_equal(errno, EINVAL);
	assert_non_null(why);
	assert_int_equal(which, 1);
	wants[1] = want_of("host");
	assert_null(sk_layout_new(&options, wants, SK_LAYOUT_WANTS_MAX + 1, &why, &which));
	assert_int_equal(errno, EINVAL);
}

static void
test_headers_name_fields(void **state)
{
	static const char text[] = "name,\"a \"\"b\"\"\",,name,\"x\ny\"\r";
	const char *const names[] = { "x\ny", "name", "a \"b\"", "2" };
	struct sk_layout_want wants[4];
	struct sk_span header, record, values[4];
	unsigned char *block = padded(text, sizeof(text) - 1, &header), states[4], *scratch, name[100];
	unsigned char *second = padded("1,2,3,4,5", 9, &record);
	struct sk_layout_fault fault;
	struct sk_layout *layout;
	size_t size = sizeof(name), which;
	long first, again;

	(void)state;
	for (size_t w = 0; w < 4; w++)
		wants[w] = want_of(names[w]);
	layout = layout_of(SK_LAYOUT_CSV, wants, 4);
	scratch = allocate(sk_layout_scratch(layout, 9));
	assert_int_equal(sk_layout_header(layout, header), 4);
	assert_int_equal(sk_layout_pick(layout, &record, 1, 1, scratch, values, states, &fault), 0);
	for (size_t w = 0; w < 4; w++)
		assert_int_equal(values[w].data[0], "5122"[w]);
	assert_true(sk_layout_header_twice(layout, &which, &first, &again));
	assert_int_equal(which, 1);
	assert_int_equal(first, 1);
	assert_int_equal(again, 4);
	/* another input, another header */
	assert_int_equal(sk_layout_header(layout, record), 0);
	assert_false(sk_layout_header_twice(layout, &which, &first, &again));
	assert_true(sk_layout_header_name(layout, header, 2, name, &size));
	assert_int_equal(size, 5);
	assert_memory_equal(name, "a \"b\"", 5);
	size = 2;
	assert_true(sk_layout_header_name(layout, header, 4, name, &size));
	assert_int_equal(size, 2);
	assert_false(sk_layout_header_name(layout, header, 6, name, &size));
	sk_layout_free(layout);
	free(scratch);
	free(block);
	free(second);
}

static void
test_marks_are_told(void **state)
{
	const struct sk_span marked = { (const unsigned char *)"\xef\xbb\xbfx", 4 };
	const struct sk_span cut = { (const unsigned char *)"\xef\xbb", 2 };

	(void)state;
	assert_int_equal(sk_layout_mark(marked), 3);
	assert_int_equal(sk_layout_mark(cut), 0);
}

static void
test_lines_are_whole_up_to_the_last_end(void **state)
{
	struct sk_layout *layout = layout_of(SK_LAYOUT_TSV, NULL, 0);
	struct sk_layout_progress progress = { 0 };
	struct sk_span data;
	unsigned char *block = padded("ab\n\"c\nd", 7, &data);

	(void)state;
	assert_true(sk_layout_splits(layout));
	assert_int_equal(sk_layout_whole(layout, data.data, 2, false, &progress), 0);
	assert_int_equal(sk_layout_whole(layout, data.data, 7, false, &progress), 6);
	assert_int_equal(sk_layout_whole(layout, data.data + 6, 1, true, &progress), 0);
	sk_layout_free(layout);
	free(block);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_lie_between_tabs),
		cmocka_unit_test(test_logs_of_web_servers_are_taken_apart),
		cmocka_unit_test(test_several_values_come_in_columns),
		cmocka_unit_test(test_wants_that_cannot_be_are_refused),
		cmocka_unit_test(test_headers_name_fields),
		cmocka_unit_test(test_marks_are_told),
		cmocka_unit_test(test_lines_are_whole_up_to_the_last_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
