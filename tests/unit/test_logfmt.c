/* test_logfmt.c -- names and values in logfmt; every build of the loops against the slow reading of logfmt_twin.h. */
#include "support.h"

#include "logfmt_twin.h"
#include "record/logfmt.h"
#include "record/scan.h"

#define WANTS_MOST 8
#define SIZE_MOST ((size_t)9000)

static struct sk_logfmt *
logfmt_of(const char *const *names, size_t n)
{
	struct sk_span spans[WANTS_MOST];
	const char *why;
	size_t which;
	struct sk_logfmt *logfmt;

	for (size_t i = 0; i < n; i++)
		spans[i] = span_of(names[i]);
	logfmt = sk_logfmt_new(spans, n, &why, &which);
	assert_non_null(logfmt);
	assert_true(sk_logfmt_memory(logfmt) > 0);
	return logfmt;
}

/* What is picked of one record, which lies at the end of memory. */
struct picked {
	unsigned char *memory;
	unsigned char *scratch;
	struct sk_span values[WANTS_MOST];
	unsigned char states[WANTS_MOST];
	struct sk_layout_fault fault;
	size_t bad;
};

static struct picked
pick(const struct sk_logfmt *logfmt, struct sk_span text, int margin)
{
	struct picked picked = { .memory = allocate(text.size + 2 * SK_SCAN_PAD), .scratch = allocate(text.size) };
	struct sk_span record = { picked.memory + SK_SCAN_PAD, text.size };

	for (size_t i = 0; i < text.size + 2 * SK_SCAN_PAD; i++)
		picked.memory[i] = (unsigned char)(margin >= 0 ? margin : (int)next_random());
	if (text.size > 0)
		memcpy(picked.memory + SK_SCAN_PAD, text.data, text.size);
	picked.bad =
	    sk_logfmt_pick(logfmt, &record, 1, 1, picked.scratch, picked.values, picked.states, &picked.fault);
	return picked;
}

static void
release(struct picked *picked)
{
	free(picked->memory);
	free(picked->scratch);
}

static void
test_names_are_not_empty(void **state)
{
	struct sk_span names[2] = { span_of("a"), span_of("") };
	const char *why;
	size_t which;

	(void)state;
	errno = 0;
	assert_null(sk_logfmt_new(names, 2, &why, &which));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(which, 1);
	assert_string_equal(why, "an empty name");
	sk_logfmt_free(NULL);
}

#define V SK_LAYOUT_VALUE
#define M SK_LAYOUT_MISSING

static const struct {
	const char *name;
	const char *record;
	enum sk_layout_state state;
	const char *value;
} picks[] = {
	{ "a", "", M, "" },
	{ "a", "  \t ", M, "" },
	{ "a", "a=1", V, "1" },
	{ "a", " b=2 \t a=1 c=3 ", V, "1" },
	{ "a", "b=a ab=1 A=2 a.=3 -a", M, "" },
	{ "a", "a", V, "true" },
	{ "a", "b=1 a c", V, "true" },
	{ "a", "a=", V, "" },
	{ "a", "a= b", V, "" },
	{ "a", "a=\"\"", V, "" },
	{ "a", "a=1 a=2", V, "2" },
	{ "a", "a=1 a", V, "true" },
	{ "a", "a a=", V, "" },
	{ "a", "a=\"x y=z  \" b=\"a=1\"", V, "x y=z  " },
	{ "a", "b=\" a=1 \" c=\" a=2 \"", M, "" },
	{ "a", "b=\"\\\" a=1 \\\\\" a=2", V, "2" },
	{ "a", "a=/x?b=c&d=e==", V, "/x?b=c&d=e==" },
	{ "a", "a==", V, "=" },
	{ "a", "a=C:\\dir\\ b", V, "C:\\dir\\" },
	{ "a", "b=\\ a=\\n", V, "\\n" },
	{ "a", "a=null", V, "null" },
	{ "a", "a=\"\\\"q\\\" \\\\ \\n\\t\\r\\u00e9\\ud83d\\ude00\\U0001F600\\x41\\a\\b\\f\\v\\/\\'\"", V,
	    "\"q\" \\ \n\t\r\xc3\xa9\xf0\x9f\x98\x80\xf0\x9f\x98\x80" "A\a\b\f\v/'" },
	{ "a", "a=\"\\ud800 \\xff\"", V, "\xef\xbf\xbd \xff" },
	{ "a", "a=\"\xff\t\x01\"", V, "\xff\t\x01" },
	{ "a", "a=\xc3\xa9\xff", V, "\xc3\xa9\xff" },
	{ "\xc3\xa9", "\xc3\xa9=1", V, "1" },
	{ "a", "\"a\"=1", V, "1" },
	{ "a", "\"\\u0061\"=\"x y\"", V, "x y" },
	{ "a b", "a b=1 \"a b\"=2", V, "2" },
	{ "a=b", "a=b=1 \"a=b\"=2", V, "2" },
	{ "a=b", "a=b=1", M, "" },
	{ "a\"", "\"a\\\"\"=2", V, "2" },
	{ "a", "\"a\" b", V, "true" },
	{ "a", "\"a b\"", M, "" },
	{ "a", "\"a\\q\"=1 b=\"\\q\"", M, "" },
	{ "a_longer_name", "a_longer_nama=1 a_longer_name_=2 a_longer_nam=3 a_longer_name=4", V, "4" },
	{ "eightbyt", "eightby=1 eightbyte=2 eightbyt=3", V, "3" },
	{ "ninebytes", "ninebyte ninebytes", V, "true" },
	{ "level", "time=\"2026-11-22T10:11:12Z\" level=info msg=\"x\" took=31ms", V, "info" },
	{ "status", "at=info method=GET path=\"/a\" host=x.example status=200 bytes=13", V, "200" },
};

static const struct {
	const char *record;
	enum sk_layout_reason reason;
	size_t offset;
} must_refuse[] = {
	{ "=1", SK_LAYOUT_NAME_EXPECTED, 0 },
	{ "a = b", SK_LAYOUT_NAME_EXPECTED, 2 },
	{ "a=1 =\"x\"", SK_LAYOUT_NAME_EXPECTED, 4 },
	{ "a=\"", SK_LAYOUT_QUOTE_OPEN, 2 },
	{ "\"", SK_LAYOUT_QUOTE_OPEN, 0 },
	{ "b=1 a=\"x y", SK_LAYOUT_QUOTE_OPEN, 6 },
	{ "a=\"x\\\" y", SK_LAYOUT_QUOTE_OPEN, 2 },
	{ "a=\"x\\", SK_LAYOUT_QUOTE_OPEN, 2 },
	{ "\"a b\"=\"c", SK_LAYOUT_QUOTE_OPEN, 6 },
	{ "a=\"b\" \"c", SK_LAYOUT_QUOTE_OPEN, 6 },
	{ "a=\"b\"c", SK_LAYOUT_QUOTE_TEXT, 5 },
	{ "a=\"b\"\"c\"", SK_LAYOUT_QUOTE_TEXT, 5 },
	{ "a=\"b\", c", SK_LAYOUT_QUOTE_TEXT, 5 },
	{ "a=\"b\"=c", SK_LAYOUT_QUOTE_TEXT, 5 },
	{ "a=\"\\q\"=c", SK_LAYOUT_BAD_ESCAPE, 3 },
	{ "a=it\"s", SK_LAYOUT_QUOTE_STRAY, 4 },
	{ "it\"s a=1", SK_LAYOUT_QUOTE_STRAY, 2 },
	{ "b=x\"y z\" a=1", SK_LAYOUT_QUOTE_STRAY, 3 },
	{ "a=\\\"x\\\"", SK_LAYOUT_QUOTE_STRAY, 3 },
	{ "a=\\\\\"x\"", SK_LAYOUT_QUOTE_STRAY, 4 },
	{ "a=b=\"c d\"", SK_LAYOUT_QUOTE_STRAY, 4 },
	{ "a=\"\\q\"", SK_LAYOUT_BAD_ESCAPE, 3 },
	{ "a=\"x\\u12\"", SK_LAYOUT_BAD_ESCAPE, 4 },
	{ "a=\"\\xg0\"", SK_LAYOUT_BAD_ESCAPE, 3 },
	{ "a=\"\\U00110000\"", SK_LAYOUT_BAD_ESCAPE, 3 },
	{ "a=\"\\041\"", SK_LAYOUT_BAD_ESCAPE, 3 },
};

/* With blanks in front, so that everything comes to lie across chunks. */
static void
check_everywhere(const char *name, const char *text, enum sk_layout_reason reason, size_t offset,
    enum sk_layout_state want_state, const char *want)
{
	struct sk_logfmt *logfmt = logfmt_of(&name, 1);
	struct sk_span record = span_of(text);
	unsigned char room[400];

	for (size_t loops = 0; sk_logfmt_use_loops(logfmt, loops); loops++)
		for (size_t blanks = 0; blanks <= 130; blanks++)
			for (int margin = 0; margin < 4; margin++) {
				struct picked picked;

				memset(room, ' ', blanks);
				memcpy(room + blanks, record.data, record.size);
				picked = pick(logfmt, (struct sk_span){ room, blanks + record.size }, " \"=\\"[margin]);
				if (picked.fault.reason != reason ||
				    picked.fault.offset != (reason == SK_LAYOUT_FINE ? 0 : offset + blanks))
					fail_msg("%s: %s at %zu", text, sk_layout_reason_text(picked.fault.reason),
					    picked.fault.offset);
				assert_int_equal(picked.bad, reason != SK_LAYOUT_FINE);
				if (picked.states[0] != want_state || compare_spans(picked.values[0], span_of(want)) != 0)
					fail_msg("%s of %s: state %d, value %.*s", name, text, picked.states[0],
					    (int)picked.values[0].size, (const char *)picked.values[0].data);
				release(&picked);
			}
	sk_logfmt_free(logfmt);
}

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(picks) / sizeof(picks[0]); i++)
		check_everywhere(picks[i].name, picks[i].record, SK_LAYOUT_FINE, 0, picks[i].state, picks[i].value);
}

static void
test_what_is_malformed_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(must_refuse) / sizeof(must_refuse[0]); i++)
		check_everywhere("a", must_refuse[i].record, must_refuse[i].reason, must_refuse[i].offset, SK_LAYOUT_BAD, "");
}

/* A value that two want is undone once, so that scratch need be no larger than the records; undone text is not undone again. */
static void
test_values_of_several_records(void **state)
{
	static const char *const names[] = { "a", "b", "a" };
	static const char text[] = "a=\"\\\"x\\\"\" b=\"plain\"", bad[] = "a=1 b=\"";
	struct sk_logfmt *logfmt = logfmt_of(names, 3);
	unsigned char memory[2 * SK_SCAN_PAD + 200] = { 0 }, *data = memory + SK_SCAN_PAD, *scratch = allocate(6);
	struct sk_span records[3] = { { data, sizeof(text) - 1 }, { data + 50, sizeof(bad) - 1 },
		{ data + 100, sizeof(text) - 1 } };
	struct sk_span values[3 * 4];
	unsigned char states[3 * 4];
	struct sk_layout_fault faults[3];

	(void)state;
	memcpy(data, text, sizeof(text) - 1);
	memcpy(data + 50, bad, sizeof(bad) - 1);
	memcpy(data + 100, text, sizeof(text) - 1);
	assert_int_equal(sk_logfmt_pick(logfmt, records, 3, 4, scratch, values, states, faults), 1);
	for (size_t i = 0; i < 3; i += 2) {
		assert_int_equal(faults[i].reason, SK_LAYOUT_FINE);
		assert_int_equal(compare_spans(values[i], span_of("\"x\"")), 0);
		assert_ptr_equal(values[8 + i].data, values[i].data);
		assert_ptr_equal(values[4 + i].data, records[i].data + 13);
	}
	assert_int_equal(faults[1].reason, SK_LAYOUT_QUOTE_OPEN);
	for (size_t want = 0; want < 3; want++) {
		assert_int_equal(states[want * 4 + 1], SK_LAYOUT_BAD);
		assert_int_equal(states[want * 4 + 2], SK_LAYOUT_VALUE);
	}
	free(scratch);
	sk_logfmt_free(logfmt);
}

/* Text of pieces that mean something, most of them where they belong. */
static size_t
write_random(unsigned char *text)
{
	static const char *const pieces[] = { " ", " ", " ", "a", "b=", "a=", "level=", "eightbyt=", "ninebytes=", "\"x y\"",
		"\"\"", "=\"\\\"\"", "1", "info", "=", "\"", "\\", "\\\\", "\\\"", "\t", "\x01", "\xc3\xa9", "\"a\"=",
		"\"a\\u0062\"=", "\"\\x62\"", "\"\\q\"", "a=\"\\n\\ud83d\\ude00\" ", "b=1 ", "a=\"a longer text, with blanks\" ",
		"                                                              ", "\"a=b\"=", "level " };
	size_t size = 0, most = random_below(20) == 0 ? SIZE_MOST : 150;
	bool tame = random_below(2) == 0;

	while (size < most - 80 && random_below(most) != 0) {
		const char *piece = pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))];

		if (tame && strchr("\\=\"", *piece) != NULL && piece[1] == 0)
			continue;
		memcpy(text + size, piece, strlen(piece));
		size += strlen(piece);
		if (tame && random_below(2) == 0)
			text[size++] = ' ';
	}
	return size;
}

static void
test_every_build_reads_as_the_twin_does(void **state)
{
	static const char *const names[] = { "a", "b", "level", "ninebytes", "a", "eightbyt", "ab", "a=b" };
	struct sk_logfmt *logfmt = logfmt_of(names, WANTS_MOST);
	unsigned char *text = allocate(SIZE_MOST), *room = allocate(WANTS_MOST * SIZE_MOST);
	size_t rounds = SANITIZED ? 5000 : 40000, good = 0;

	(void)state;
	random_state = 5;
	while (rounds-- > 0) {
		struct sk_span record = { text, write_random(text) }, values[WANTS_MOST];
		enum sk_layout_state states[WANTS_MOST];
		struct sk_layout_fault fault;
		bool fine = twin_logfmt(record, names, WANTS_MOST, room, values, states, &fault);

		good += fine;
		for (size_t loops = 0; sk_logfmt_use_loops(logfmt, loops); loops++) {
			struct picked picked = pick(logfmt, record, -1);

			if (picked.fault.reason != fault.reason || picked.fault.offset != fault.offset)
				fail_msg("%.*s: %s at %zu, not %s at %zu", (int)record.size, (const char *)text,
				    sk_layout_reason_text(picked.fault.reason), picked.fault.offset,
				    sk_layout_reason_text(fault.reason), fault.offset);
			for (size_t i = 0; i < WANTS_MOST; i++) {
				assert_int_equal(picked.states[i], fine ? states[i] : SK_LAYOUT_BAD);
				assert_int_equal(compare_spans(picked.values[i], fine ? values[i] : span_of("")), 0);
			}
			release(&picked);
		}
	}
	assert_true(good > (SANITIZED ? 300 : 1000));
	free(text);
	free(room);
	sk_logfmt_free(logfmt);
}

/* More words than are read at a time. */
static void
test_records_of_any_number_of_words(void **state)
{
	static const char *const names[] = { "a", "last", "w3000" };
	struct sk_logfmt *logfmt = logfmt_of(names, 3);
	unsigned char *text = allocate(100000);

	(void)state;
	for (size_t loops = 0; sk_logfmt_use_loops(logfmt, loops); loops++)
		for (int shift = 0; shift < 70; shift++) {
			size_t n = (size_t)sprintf((char *)text, "%*sa", shift, "");
			struct picked picked;

			for (int i = 0; i < 5000; i++)
				n += (size_t)sprintf((char *)text + n, " w%d=%d", i, i);
			n += (size_t)sprintf((char *)text + n, " last=\"x y\"");
			picked = pick(logfmt, (struct sk_span){ text, n }, 'x');
			assert_int_equal(picked.fault.reason, SK_LAYOUT_FINE);
			assert_int_equal(compare_spans(picked.values[0], span_of("true")), 0);
			assert_int_equal(compare_spans(picked.values[1], span_of("x y")), 0);
			assert_int_equal(compare_spans(picked.values[2], span_of("3000")), 0);
			release(&picked);
			picked = pick(logfmt, (struct sk_span){ text, n - 1 }, '"');
			assert_int_equal(picked.fault.reason, SK_LAYOUT_QUOTE_OPEN);
			assert_int_equal(picked.fault.offset, n - 5);
			release(&picked);
		}
	free(text);
	sk_logfmt_free(logfmt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_not_empty),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_what_is_malformed_is_refused),
		cmocka_unit_test(test_values_of_several_records),
		cmocka_unit_test(test_every_build_reads_as_the_twin_does),
		cmocka_unit_test(test_records_of_any_number_of_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
