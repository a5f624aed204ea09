/*
 * test_json.c -- paths, values, what is JSON and what is not; every build of the loops against the slow reading of json_twin.h,
 * and that against Python's.
 */
#include "support.h"

#include <unistd.h>

#include "json_twin.h"
#include "record/json.h"
#include "record/number.h"
#include "record/scan.h"

#define WANTS_MOST 12

/* Paths and what they mean, for tests that pick at random places */
static const struct {
	const char *text;
	struct twin_step steps[4];
	size_t n;
} paths[] = {
	{ ".", { { NULL, 0 } }, 0 },
	{ "a", { { "a", 0 } }, 1 },
	{ ".a.b", { { "a", 0 }, { "b", 0 } }, 2 },
	{ ".a[1]", { { "a", 0 }, { NULL, 1 } }, 2 },
	{ ".a[-1]", { { "a", 0 }, { NULL, -1 } }, 2 },
	{ ".[0].b", { { NULL, 0 }, { "b", 0 } }, 2 },
	{ ".b[-2][-1].a", { { "b", 0 }, { NULL, -2 }, { NULL, -1 }, { "a", 0 } }, 4 },
	{ ".[\"a\\u0009b\"]", { { "a\tb", 0 } }, 1 },
	{ ".response_time_ms", { { "response_time_ms", 0 } }, 1 },
	{ ".\"\\\\\"[0]", { { "\\", 0 }, { NULL, 0 } }, 2 },
	{ ".a", { { "a", 0 } }, 1 },
	{ ".[\"\"]", { { "", 0 } }, 1 },
};

static struct sk_json *
json_of(const char *const *texts, size_t n)
{
	struct sk_span spans[WANTS_MOST];
	const char *why;
	size_t which;
	struct sk_json *json;

	for (size_t i = 0; i < n; i++)
		spans[i] = span_of(texts[i]);
	json = sk_json_new(spans, n, &why, &which);
	if (json == NULL)
		fail_msg("%s: %s", texts[which], why != NULL ? why : "no memory");
	return json;
}

/* What is picked of one record, which is put at the end of memory, with ${margin} around it. */
struct picked {
	unsigned char *memory;
	unsigned char *scratch;
	struct sk_span record;
	struct sk_span values[WANTS_MOST];
	unsigned char states[WANTS_MOST];
	struct sk_layout_fault fault;
	size_t bad;
};

static struct picked
pick(const struct sk_json *json, struct sk_span record, int margin)
{
	struct picked picked = { .memory = allocate(record.size + 2 * SK_SCAN_PAD), .scratch = allocate(record.size) };

	for (size_t i = 0; i < record.size + 2 * SK_SCAN_PAD; i++)
		picked.memory[i] = (unsigned char)(margin >= 0 ? margin : (int)next_random());
	if (record.size > 0)
		memcpy(picked.memory + SK_SCAN_PAD, record.data, record.size);
	picked.record = (struct sk_span){ picked.memory + SK_SCAN_PAD, record.size };
	picked.bad = sk_json_pick(
	    json, &picked.record, 1, 1, picked.scratch, picked.values, picked.states, &picked.fault);
	return picked;
}

static void
release(struct picked *picked)
{
	free(picked->memory);
	free(picked->scratch);
}

/* Paths */

static void
test_paths_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *path;
		const char *why;
	} rows[] = {
		{ "", "an empty path" },
		{ "..", "no name behind a dot" },
		{ ".a.", "no name behind a dot" },
		{ ".a..b", "no name behind a dot" },
		{ ".a b", "neither a dot nor a bracket behind a step; odd names go in [\"\"]" },
		{ ".a|.b", "neither a dot nor a bracket behind a step; odd names go in [\"\"]" },
		{ ".a]", "neither a dot nor a bracket behind a step; odd names go in [\"\"]" },
		{ ".[\"a\"]b", "neither a dot nor a bracket behind a step; odd names go in [\"\"]" },
		{ ".[]", "neither an index nor a name in quotes in brackets" },
		{ ".a[-]", "neither an index nor a name in quotes in brackets" },
		{ ".a[x]", "neither an index nor a name in quotes in brackets" },
		{ ".a[1", "a bracket that is not closed" },
		{ ".a[1:2]", "a bracket that is not closed" },
		{ ".a[\"b\"", "a bracket that is not closed" },
		{ ".a[-0]", "an index of -0: the last element is -1" },
		{ ".a[99999999999999999999]", "an index that is too large" },
		{ ".\"a", "a quote that is not closed" },
		{ ".\"a\\\"", "a quote that is not closed" },
		{ ".[\"a\\", "a quote that is not closed" },
		{ ".[\"\\q\"]", "an escape that JSON does not have" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_span texts[2] = { span_of(".fine"), span_of(rows[i].path) };
		const char *why = "none";
		size_t which = 9;

		errno = 0;
		if (sk_json_new(texts, 2, &why, &which) != NULL)
			fail_msg("%s is taken", rows[i].path);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(which, 1);
		assert_string_equal(why, rows[i].why);
	}
}

static void
test_paths_have_limits(void **state)
{
	char path[2 * SK_JSON_STEPS + 3];
	const char *why;
	size_t which;
	struct sk_span span = { (unsigned char *)path, 2 * SK_JSON_STEPS };
	struct sk_json *json;

	(void)state;
	for (size_t i = 0; i <= SK_JSON_STEPS; i++)
		memcpy(path + 2 * i, ".a", 2);
	json = sk_json_new(&span, 1, &why, &which);
	assert_non_null(json);
	assert_true(sk_json_memory(json) > 0);
	sk_json_free(json);
	span.size += 2;
	assert_null(sk_json_new(&span, 1, &why, &which));
	assert_string_equal(why, "too many steps");
	sk_json_free(NULL);
}

/* Values */

#define V SK_LAYOUT_VALUE
#define M SK_LAYOUT_MISSING
#define N SK_LAYOUT_NULL

/* A name that is longer than what may be read behind a record. */
#define LONG                                                                                                        \
	"a_name_of_one_hundred_bytes_______________________________________________________________________" \
	"_____"

static const struct {
	const char *path;
	const char *record;
	enum sk_layout_state state;
	const char *value;
} picks[] = {
	{ ".", "  [1, 2 ]\t\r", V, "[1, 2 ]" },
	{ ".", "\"a\\nb\"", V, "a\nb" },
	{ ".", " -0 ", V, "-0" },
	{ ".", "null", N, "null" },
	{ "a", "{\"a\":1E400}", V, "1E400" },
	{ "a", "{\"a\":12345678901234567890123}", V, "12345678901234567890123" },
	{ "a", "{\"a\":true}", V, "true" },
	{ "a", "{\"a\":false}", V, "false" },
	{ "a", "{\"a\":null}", N, "null" },
	{ "a", "{\"a\":\"\"}", V, "" },
	{ "a", "{\"a\":\"null\"}", V, "null" },
	{ "a", "{}", M, "" },
	{ "a", "[\"a\",1]", M, "" },
	{ "a", "\"a\"", M, "" },
	{ "a", "{\"b\":{\"a\":1}}", M, "" },
	{ "a", "{\"b\":\"a\",\"ab\":1,\"A\":2}", M, "" },
	{ "a", "{ \"a\" : { \"b\" : [ 1 , 2 ] } }", V, "{ \"b\" : [ 1 , 2 ] }" },
	{ "a", "{\"a\":1,\"a\":2}", V, "2" },
	{ "a", "{\"a\":1,\"\\u0061\":\"x\"}", V, "x" },
	{ ".a.b", "{\"a\":{\"b\":1},\"a\":{\"c\":2}}", M, "" },
	{ ".a.b", "{\"a\":{\"b\":1},\"a\":2}", M, "" },
	{ ".a.b", "{\"a\":{\"b\":1,\"c\":{\"b\":2}},\"b\":3}", V, "1" },
	{ ".a.b", "{\"x\":{\"a\":{\"b\":1}}}", M, "" },
	{ ".a.b", "{\"a\":[{\"b\":1}]}", M, "" },
	{ ".a.b", "{\"a\":{\"b\":[]}}", V, "[]" },
	{ "a.b", "{\"a\":{\"b\":1},\"a.b\":2}", V, "2" },
	{ ".[\"a.b\"]", "{\"a\":{\"b\":1},\"a.b\":2}", V, "2" },
	{ ".\"odd name\"", "{\"odd name\":\"\\u00e9\"}", V, "\xc3\xa9" },
	{ ".@timestamp", "{\"@timestamp\":7}", V, "7" },
	{ ".x-forwarded-for", "{\"x-forwarded-for\":7}", V, "7" },
	{ "http.status", "{\"http.status\":7}", V, "7" },
	{ "a_name_of_sixteen", "{\"a_name_of_sixteem\":1,\"a_name_of_sixteen\":2,\"a_name_of_sixteen_\":3}", V, "2" },
	{ LONG "x", "{\"" LONG "\":1,\"" LONG "x\":2,\"a_name_o\":3}", V, "2" },
	{ LONG "x", "{\"a_name_o\":3}", M, "" },
	{ "sevenby", "{\"sevenb\":1,\"sevenby\":2,\"sevenbyt\":3}", V, "2" },
	{ "eightbyt", "{\"eightby\":1,\"eightbyt\":2,\"eightbyte\":3}", V, "2" },
	{ ".a[0]", "{\"a\":[1,2,3]}", V, "1" },
	{ ".a[2]", "{\"a\":[1,2,3]}", V, "3" },
	{ ".a[3]", "{\"a\":[1,2,3]}", M, "" },
	{ ".a[-1]", "{\"a\":[1,2,{\"x\":[]}]}", V, "{\"x\":[]}" },
	{ ".a[-3]", "{\"a\":[\"1\\t\",2,3]}", V, "1\t" },
	{ ".a[-4]", "{\"a\":[1,2,3]}", M, "" },
	{ ".a[-1]", "{\"a\":[]}", M, "" },
	{ ".a[-1]", "{\"a\":\"[1]\"}", M, "" },
	{ ".a[-1]", "{\"a\":[1],\"a\":{}}", M, "" },
	{ ".a[-1]", "{\"a\":[1],\"a\":[2]}", V, "2" },
	{ ".a[-1].b[1]", "{\"a\":[1,{\"b\":[2, 3 ]}]}", V, "3" },
	{ ".a[-1].b", "{\"a\":[{\"b\":1},{\"b\":2,\"\\u0062\":[null]} ]}", V, "[null]" },
	{ ".a[-2][-1]", "{\"a\":[ [ 1 , null ] , [ 2 ] ]}", N, "null" },
	{ ".[1][0]", "[[1],[2],[3]]", V, "2" },
	{ ".[1].[0]", "[[1],[[2]],[3]]", V, "[2]" },
	{ ".[0]", "{\"0\":1}", M, "" },
	{ "a", "{\"a\":\"\\ud83d\\ude00\"}", V, "\xf0\x9f\x98\x80" },
	{ "a", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", V, "\"\\/\b\f\n\r\t" },
	/* Lone surrogates are U+FFFD. */
	{ "a", "{\"a\":\"x\\ud800y\"}", V, "x\xef\xbf\xbdy" },
	{ "a", "{\"a\":\"\\udc00\\ud83d\"}", V, "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "a", "{\"a\":\"\\ud83d\\ud83d\\ude00\"}", V, "\xef\xbf\xbd\xf0\x9f\x98\x80" },
	{ "a", "{\"a\":\"\\ud83d\\u0041\"}", V, "\xef\xbf\xbd" "A" },
	{ "a", "{\"a\":\"\\ud83dxude00\"}", V, "\xef\xbf\xbdxude00" },
	{ "a", "{\"a\":\"\\ud83d\\n\"}", V, "\xef\xbf\xbd\n" },
	/* Bytes that are no UTF-8 are given as they stand. */
	{ "a", "{\"a\":\"\xff\xc0\x80\xed\xa0\x80\"}", V, "\xff\xc0\x80\xed\xa0\x80" },
	{ "a", "\xef\xbb\xbf{\"a\":1}", V, "1" },
	{ "\xc3\xa9", "{\"\xc3\xa9\":1}", V, "1" },
	{ "\xc3\xa9", "{\"\\u00e9\":1}", V, "1" },
	{ "\\", "{\"\\\\\":1}", V, "1" },
	{ "a\\", "{\"a\\\\\":1}", V, "1" },
	{ "a\\", "{\"a\\\",\":1}", M, "" },
	{ "a\"", "{\"a\\\"\":1}", V, "1" },
};

/* The same with blanks in front, so that everything comes to lie across chunks. */
static void
test_values(void **state)
{
	unsigned char text[500];

	(void)state;
	for (size_t i = 0; i < sizeof(picks) / sizeof(picks[0]); i++) {
		struct sk_json *json = json_of(&picks[i].path, 1);
		struct sk_span record = span_of(picks[i].record), want = span_of(picks[i].value);

		for (size_t blanks = 0; blanks <= 130; blanks++)
			for (size_t loops = 0; sk_json_use_loops(json, loops); loops++) {
				struct picked picked;

				memset(text, ' ', blanks);
				memcpy(text + blanks, record.data, record.size);
				if (record.data[0] == 0xef && blanks > 0)
					continue; /* a byte order mark that is not in front */
				picked = pick(json, (struct sk_span){ text, blanks + record.size }, '"');
				if (picked.states[0] != picks[i].state || compare_spans(picked.values[0], want) != 0)
					fail_msg("%s of %s: state %d, value %.*s", picks[i].path, picks[i].record,
					    picked.states[0], (int)picked.values[0].size, (const char *)picked.values[0].data);
				assert_int_equal(picked.bad, 0);
				assert_int_equal(picked.fault.reason, SK_LAYOUT_FINE);
				release(&picked);
			}
		sk_json_free(json);
	}
}

static void
test_strings_may_hold_nul(void **state)
{
	const char *path = "a";
	struct sk_json *json = json_of(&path, 1);
	struct picked picked = pick(json, span_of("{\"a\":\"x\\u0000y\"}"), 0);

	(void)state;
	assert_int_equal(picked.values[0].size, 3);
	assert_memory_equal(picked.values[0].data, "x\0y", 3);
	release(&picked);
	sk_json_free(json);
}

/* A number's text is one for number.h, which has no narrower grammar. */
static void
test_numbers_are_read_as_they_stand(void **state)
{
	static const char *const numbers[] = { "0", "-0", "-0.0", "10", "0e1", "1E400", "-1.25e+10", "5e-324", "0.1",
		"123456789012345678901234567890", "9007199254740993", "1e-2", "-12345678.123456789e-8" };
	const char *path = ".a[0]";
	struct sk_json *json = json_of(&path, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char record[100];
		double value, want = strtod(numbers[i], NULL);
		struct picked picked;

		snprintf(record, sizeof(record), "{\"a\":[%s ]}", numbers[i]);
		picked = pick(json, span_of(record), '1');
		assert_int_equal(sk_number_double(picked.values[0], &value),
		    strcmp(numbers[i], "1E400") == 0 ? SK_NUMBER_OUT_OF_RANGE : SK_NUMBER_OK);
		assert_memory_equal(&value, &want, sizeof(value));
		release(&picked);
	}
	sk_json_free(json);
}

/* Strings without escapes lie in the record, and one that several want is undone once: scratch is never larger than records. */
static void
test_values_of_several_records(void **state)
{
	static const char *const texts[] = { ".a", "b", "a", ".c[-1]", ".c" };
	static const char text[] = "{\"a\":\"\\t\\t\\t\",\"b\":\"plain\",\"c\":[\"\\n\"]}", bad[] = "{\"a\":1,,}";
	struct sk_json *json = json_of(texts, 5);
	unsigned char memory[2 * SK_SCAN_PAD + 200] = { 0 }, *data = memory + SK_SCAN_PAD, *scratch;
	struct sk_span records[3] = { { data, sizeof(text) - 1 }, { data + 50, sizeof(bad) - 1 },
		{ data + 100, sizeof(text) - 1 } };
	struct sk_span values[5 * 4];
	unsigned char states[5 * 4];
	struct sk_layout_fault faults[3];

	(void)state;
	memcpy(data, text, sizeof(text) - 1);
	memcpy(data + 50, bad, sizeof(bad) - 1);
	memcpy(data + 100, text, sizeof(text) - 1);
	scratch = allocate(8); /* all that is undone */
	assert_int_equal(sk_json_pick(json, records, 3, 4, scratch, values, states, faults), 1);
	for (size_t i = 0; i < 3; i += 2) {
		assert_int_equal(faults[i].reason, SK_LAYOUT_FINE);
		assert_int_equal(compare_spans(values[i], span_of("\t\t\t")), 0);
		assert_ptr_equal(values[2 * 4 + i].data, values[i].data);
		assert_ptr_equal(values[4 + i].data, records[i].data + 19);
		assert_int_equal(compare_spans(values[3 * 4 + i], span_of("\n")), 0);
		assert_int_equal(compare_spans(values[4 * 4 + i], span_of("[\"\\n\"]")), 0);
	}
	assert_int_equal(faults[1].reason, SK_LAYOUT_NAME_EXPECTED);
	assert_int_equal(faults[1].offset, 7);
	for (size_t want = 0; want < 5; want++) {
		assert_int_equal(states[want * 4 + 1], SK_LAYOUT_BAD);
		assert_int_equal(values[want * 4 + 1].size, 0);
		assert_int_equal(states[want * 4], SK_LAYOUT_VALUE);
	}
	free(scratch);
	sk_json_free(json);
}

/* What is JSON */

static const char *const must_accept[] = {
	"0", "-0", "-0.0", "1.5", "10", "0e1", "0E+1", "1e-2", "-1.25e+10", "123456789012345678901234567890", "1E400",
	"12345678", "123456789", "1234567.12345678", "-12345678.123456789e12345678", "100000000000000000", "0.00000000",
	"true", "false", "null", "\"\"", "\"a\"", " 1", "1 ", "\r\n1\t", "[]", "{}", "[ ]", "{ }", "[[]]", "[{}]",
	"{\"\":{}}", "[1,2]", "[ 1 , 2 ]", "[\n\"a\"\n,\nnull\r]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }",
	"{\"a\":1,\"a\":1}", "[[[[[[]]]]]]", "\"\\\"\"", "\"\\\\\"", "\"\\\\\\\"\"", "\"\\u0000\"", "\"\\uABCD\\uabcd\"",
	"\"\\/\\b\\f\\n\\r\\t\"", "\"a/b\"", "\"{[:,]}\"", "\"\x7f\"", "\"\xc2\x80\"", "\"\xe2\x80\xa8\xe2\x80\xa9\"",
	"\"\\\\u12\"", "[\"\\\\\",\"\\\\\"]", "{\"a\\\"b\":\"c\\\"d\"}", "[-1,-1.5e3,true,false,null,\"x\",{},[]]",
};

/* Strings that hold what RFC 8259 leaves to the reader. */
static const char *const may_accept[] = {
	"\"\\ud800\"", "\"\\udc00\"", "\"\\udc00\\ud800\"", "\"\\ud800\\n\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"",
	"\"\xf4\x90\x80\x80\"", "\"\x80\"", "\"\xe9\"", "\xef\xbb\xbf{}", "[1e99999,-1e99999,1e-99999]",
	"[0.1e00000000000000000000000000000001]",
};

static const struct {
	const char *text;
	enum sk_layout_reason reason;
	size_t offset;
} must_refuse[] = {
	{ "", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ " \t\r\n ", SK_LAYOUT_VALUE_EXPECTED, 5 },
	{ "\xef\xbb\xbf", SK_LAYOUT_VALUE_EXPECTED, 3 },
	{ "\xef\xbb\xbfx", SK_LAYOUT_BAD_WORD, 3 },
	{ "\xef\xbb\xbf\xef\xbb\xbf{}", SK_LAYOUT_VALUE_EXPECTED, 3 },
	{ " \xef\xbb\xbf{}", SK_LAYOUT_VALUE_EXPECTED, 1 },
	{ "{", SK_LAYOUT_ENDS_EARLY, 1 },
	{ "[", SK_LAYOUT_ENDS_EARLY, 1 },
	{ "[1", SK_LAYOUT_ENDS_EARLY, 2 },
	{ "[1,", SK_LAYOUT_ENDS_EARLY, 3 },
	{ "{\"a\"", SK_LAYOUT_ENDS_EARLY, 4 },
	{ "{\"a\":", SK_LAYOUT_ENDS_EARLY, 5 },
	{ "{\"a\":1", SK_LAYOUT_ENDS_EARLY, 6 },
	{ "{\"a\":1,", SK_LAYOUT_ENDS_EARLY, 7 },
	{ "[[[[[", SK_LAYOUT_ENDS_EARLY, 5 },
	{ "{\"a\":{\"b\":[1,2]}", SK_LAYOUT_ENDS_EARLY, 16 },
	{ "\"", SK_LAYOUT_QUOTE_OPEN, 0 },
	{ "\"abc", SK_LAYOUT_QUOTE_OPEN, 0 },
	{ "[\"abc\\\"]", SK_LAYOUT_QUOTE_OPEN, 1 },
	{ "{\"a\":\"b}", SK_LAYOUT_QUOTE_OPEN, 5 },
	{ "{\"a", SK_LAYOUT_QUOTE_OPEN, 1 },
	{ "\"\\", SK_LAYOUT_QUOTE_OPEN, 0 },
	{ "\"\\u12", SK_LAYOUT_QUOTE_OPEN, 0 },
	{ "\"\\x", SK_LAYOUT_QUOTE_OPEN, 0 },
	{ "}", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "]", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ ",", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ ":", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "[,]", SK_LAYOUT_VALUE_EXPECTED, 1 },
	{ "[1,]", SK_LAYOUT_VALUE_EXPECTED, 3 },
	{ "[1,,2]", SK_LAYOUT_VALUE_EXPECTED, 3 },
	{ "[1}", SK_LAYOUT_COMMA_EXPECTED, 2 },
	{ "[}", SK_LAYOUT_VALUE_EXPECTED, 1 },
	{ "{\"a\":}", SK_LAYOUT_VALUE_EXPECTED, 5 },
	{ "{\"a\"::1}", SK_LAYOUT_VALUE_EXPECTED, 5 },
	{ "{\"a\":,}", SK_LAYOUT_VALUE_EXPECTED, 5 },
	{ "'a'", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "+1", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ ".5", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "\\n", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "\\\"a\"", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "/* */1", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "#1", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "\xff", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "[\xc3\xa9]", SK_LAYOUT_VALUE_EXPECTED, 1 },
	{ "\x01", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "\f1", SK_LAYOUT_VALUE_EXPECTED, 0 },
	{ "{1:1}", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{a:1}", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{'a':1}", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{,}", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{\"a\":1,}", SK_LAYOUT_NAME_EXPECTED, 7 },
	{ "{\"a\":1,,\"b\":2}", SK_LAYOUT_NAME_EXPECTED, 7 },
	{ "{null:1}", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{[1]:1}", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{]", SK_LAYOUT_NAME_EXPECTED, 1 },
	{ "{\"a\",1}", SK_LAYOUT_COLON_EXPECTED, 4 },
	{ "{\"a\" 1}", SK_LAYOUT_COLON_EXPECTED, 5 },
	{ "{\"a\"}", SK_LAYOUT_COLON_EXPECTED, 4 },
	{ "{\"a\"b:1}", SK_LAYOUT_COLON_EXPECTED, 4 },
	{ "{\"a\"\"b\":1}", SK_LAYOUT_COLON_EXPECTED, 4 },
	{ "[1 2]", SK_LAYOUT_COMMA_EXPECTED, 3 },
	{ "[1:2]", SK_LAYOUT_COMMA_EXPECTED, 2 },
	{ "[\"a\":1]", SK_LAYOUT_COMMA_EXPECTED, 4 },
	{ "[\"a\"\"b\"]", SK_LAYOUT_COMMA_EXPECTED, 4 },
	{ "[\"a\"b]", SK_LAYOUT_COMMA_EXPECTED, 4 },
	{ "[\"a\"\\\"]", SK_LAYOUT_COMMA_EXPECTED, 4 },
	{ "[{}{}]", SK_LAYOUT_COMMA_EXPECTED, 3 },
	{ "{\"a\":1]", SK_LAYOUT_COMMA_EXPECTED, 6 },
	{ "{\"a\":1 \"b\":2}", SK_LAYOUT_COMMA_EXPECTED, 7 },
	{ "{\"a\":\"b\":1}", SK_LAYOUT_COMMA_EXPECTED, 8 },
	{ "[1\f]", SK_LAYOUT_COMMA_EXPECTED, 2 },
	{ "1 2", SK_LAYOUT_TEXT_BEHIND, 2 },
	{ "1,", SK_LAYOUT_TEXT_BEHIND, 1 },
	{ "{}{}", SK_LAYOUT_TEXT_BEHIND, 2 },
	{ "[]]", SK_LAYOUT_TEXT_BEHIND, 2 },
	{ "{}}", SK_LAYOUT_TEXT_BEHIND, 2 },
	{ "[] x", SK_LAYOUT_TEXT_BEHIND, 3 },
	{ "{\"a\":1}#", SK_LAYOUT_TEXT_BEHIND, 7 },
	{ "\"a\"\"b\"", SK_LAYOUT_TEXT_BEHIND, 3 },
	{ "\"a\"b", SK_LAYOUT_TEXT_BEHIND, 3 },
	{ "{}:1", SK_LAYOUT_TEXT_BEHIND, 2 },
	{ "-", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "--1", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "01", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "-01", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "00", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1.", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1.e5", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "-.5", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1e", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1e+", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1ee5", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1.2.3", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "0x10", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "1_000", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "12345678x", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "-Infinity", SK_LAYOUT_BAD_NUMBER, 0 },
	{ "[1\"a\"]", SK_LAYOUT_BAD_NUMBER, 1 },
	{ "[1/2]", SK_LAYOUT_BAD_NUMBER, 1 },
	{ "[1\x01]", SK_LAYOUT_BAD_NUMBER, 1 },
	{ "[1\xc2\xa0]", SK_LAYOUT_BAD_NUMBER, 1 },
	{ "NaN", SK_LAYOUT_BAD_WORD, 0 },
	{ "Infinity", SK_LAYOUT_BAD_WORD, 0 },
	{ "True", SK_LAYOUT_BAD_WORD, 0 },
	{ "tru", SK_LAYOUT_BAD_WORD, 0 },
	{ "truee", SK_LAYOUT_BAD_WORD, 0 },
	{ "[nul]", SK_LAYOUT_BAD_WORD, 1 },
	{ "{\"a\":undefined}", SK_LAYOUT_BAD_WORD, 5 },
	{ "[true\"\"]", SK_LAYOUT_BAD_WORD, 1 },
	{ "\"\\a\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"\\'\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"\\x41\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"\\U0001F600\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"ab\\u12g4\"", SK_LAYOUT_BAD_ESCAPE, 3 },
	{ "\"\\u\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"\\u004\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"\\ \"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "\"\\\xc3\xa9\"", SK_LAYOUT_BAD_ESCAPE, 1 },
	{ "{\"a\\q\":1}", SK_LAYOUT_BAD_ESCAPE, 3 },
	{ "\"a\tb\"", SK_LAYOUT_CONTROL_BYTE, 2 },
	{ "\"a\nb\"", SK_LAYOUT_CONTROL_BYTE, 2 },
	{ "\"\x1f\"", SK_LAYOUT_CONTROL_BYTE, 1 },
	{ "{\"a\rb\":1}", SK_LAYOUT_CONTROL_BYTE, 3 },
	{ "[\"\x1f\\x\"]", SK_LAYOUT_CONTROL_BYTE, 2 },
	{ "[\"\\x\x1f\"]", SK_LAYOUT_BAD_ESCAPE, 2 },
	{ "[\"a\" \"\x1f\"]", SK_LAYOUT_COMMA_EXPECTED, 5 },
};

static void
check_verdict(const struct sk_json *json, struct sk_span text, enum sk_layout_reason reason, size_t offset)
{
	for (int margin = 0; margin < 4; margin++) {
		struct picked picked = pick(json, text, "\"0}\\"[margin]);

		if (picked.fault.reason != reason || picked.fault.offset != offset)
			fail_msg("%.*s: %s at %zu, not %s at %zu", (int)text.size, (const char *)text.data,
			    sk_layout_reason_text(picked.fault.reason), picked.fault.offset, sk_layout_reason_text(reason),
			    offset);
		assert_int_equal(picked.bad, reason != SK_LAYOUT_FINE);
		assert_int_equal(picked.states[0] == SK_LAYOUT_BAD, reason != SK_LAYOUT_FINE);
		release(&picked);
	}
}

/* The text as it stands, and with as many blanks before it that it comes to lie at each place in chunks; the twin agrees. */
static void
check_everywhere(const char *record, enum sk_layout_reason reason, size_t offset)
{
	const char *path = ".a";
	struct sk_json *json = json_of(&path, 1);
	struct sk_span span = span_of(record), value;
	struct sk_layout_fault fault;
	unsigned char text[300];

	twin_check(span, &value, &fault);
	assert_int_equal(fault.reason, reason);
	assert_int_equal(fault.offset, offset);
	for (size_t loops = 0; sk_json_use_loops(json, loops); loops++)
		for (size_t blanks = 0; blanks < (span.size > 0 && span.data[0] == 0xef ? 1 : 66); blanks++) {
			memset(text, '\t', blanks);
			if (span.size > 0)
				memcpy(text + blanks, span.data, span.size);
			check_verdict(json, (struct sk_span){ text, blanks + span.size }, reason,
			    reason == SK_LAYOUT_FINE ? 0 : offset + blanks);
		}
	sk_json_free(json);
}

static void
test_json_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(must_accept) / sizeof(must_accept[0]); i++)
		check_everywhere(must_accept[i], SK_LAYOUT_FINE, 0);
	for (size_t i = 0; i < sizeof(may_accept) / sizeof(may_accept[0]); i++)
		check_everywhere(may_accept[i], SK_LAYOUT_FINE, 0);
}

static void
test_what_is_no_json_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(must_refuse) / sizeof(must_refuse[0]); i++)
		check_everywhere(must_refuse[i].text, must_refuse[i].reason, must_refuse[i].offset);
}

static void
test_nul_is_no_json(void **state)
{
	const char *path = ".";
	struct sk_json *json = json_of(&path, 1);

	(void)state;
	check_verdict(json, (struct sk_span){ (const unsigned char *)"[1\0]", 4 }, SK_LAYOUT_BAD_NUMBER, 1);
	check_verdict(json, (struct sk_span){ (const unsigned char *)"[\0]", 3 }, SK_LAYOUT_VALUE_EXPECTED, 1);
	check_verdict(json, (struct sk_span){ (const unsigned char *)"\"\0\"", 3 }, SK_LAYOUT_CONTROL_BYTE, 1);
	check_verdict(json, (struct sk_span){ (const unsigned char *)"\"\\\0\"", 4 }, SK_LAYOUT_BAD_ESCAPE, 1);
	check_verdict(json, (struct sk_span){ (const unsigned char *)"1\0", 2 }, SK_LAYOUT_BAD_NUMBER, 0);
	check_verdict(json, (struct sk_span){ (const unsigned char *)"[]\0", 3 }, SK_LAYOUT_TEXT_BEHIND, 2);
	sk_json_free(json);
}

/* Objects and arrays SK_JSON_DEPTH deep, and one deeper. */
static void
test_nesting_has_a_limit(void **state)
{
	const char *const texts[] = { ".", ".a.a[0]" };
	struct sk_json *json = json_of(texts, 2);
	unsigned char *text = allocate(7 * (SK_JSON_DEPTH + 1));

	(void)state;
	for (size_t depth = SK_JSON_DEPTH; depth <= SK_JSON_DEPTH + 1; depth++) {
		struct sk_span record = { text, 0 };
		struct picked picked;
		unsigned char *at = text;

		for (size_t i = 0; i < depth; i++, at += i % 3 != 0 ? 5 : 1)
			memcpy(at, i % 3 != 2 ? "{\"a\":" : "[", i % 3 != 2 ? 5 : 1);
		*at++ = '1';
		for (size_t i = depth; i-- > 0;)
			*at++ = i % 3 != 2 ? '}' : ']';
		record.size = (size_t)(at - text);
		picked = pick(json, record, 0);
		if (depth == SK_JSON_DEPTH) {
			assert_int_equal(picked.fault.reason, SK_LAYOUT_FINE);
			assert_int_equal(picked.values[0].size, record.size);
			assert_int_equal(picked.values[1].size, record.size - 14);
		} else
			assert_int_equal(picked.fault.reason, SK_LAYOUT_TOO_DEEP);
		release(&picked);
	}
	memset(text, '[', 7 * (SK_JSON_DEPTH + 1));
	check_verdict(json, (struct sk_span){ text, 7 * (SK_JSON_DEPTH + 1) }, SK_LAYOUT_TOO_DEEP, SK_JSON_DEPTH);
	free(text);
	sk_json_free(json);
}

/* Against the twin, at random */

#define TEXT_MOST ((size_t)20000)

struct writer {
	unsigned char text[TEXT_MOST + 100];
	size_t size;
	size_t values; /* that may still be begun */
};

static void
put(struct writer *writer, const char *text)
{
	size_t size = strlen(text);

	if (writer->size + size <= TEXT_MOST) {
		memcpy(writer->text + writer->size, text, size);
		writer->size += size;
	}
}

static const char *
some(const char *const *of, size_t n)
{
	return of[random_below(n)];
}

#define SOME(...) some((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void
put_blanks(struct writer *writer)
{
	while (random_below(5) == 0)
		put(writer, SOME(" ", "\t", "\r", "   ", "                                       "));
}

static void
put_string(struct writer *writer)
{
	put(writer, "\"");
	while (random_below(4) != 0)
		put(writer, SOME("a", "b", "\\\\", "\\\"", "\\/", "\\n", "\\u0041", "\\ud83d\\ude00", "\\ud83d", "\\udc01",
				"\\u20ac", "\\u0000", "\xc3\xa9", "\xf0\x9f\x98\x80", "{", "}", "[", "]", ":", ",", " ", "1",
				"a longer piece of text that reaches over some bytes", "\\t", "\x7f"));
	put(writer, "\"");
}

static void
put_name(struct writer *writer)
{
	if (random_below(8) == 0)
		put_string(writer);
	else
		put(writer, SOME("\"a\"", "\"b\"", "\"\\u0061\"", "\"a\\tb\"", "\"response_time_ms\"", "\"response_time_mz\"",
				"\"\\\\\"", "\"\"", "\"ab\"", "\"\\u005c\""));
}

static void put_value(struct writer *writer);

static void
put_list(struct writer *writer, bool object)
{
	put(writer, object ? "{" : "[");
	put_blanks(writer);
	for (bool first = true; random_below(5) != 0 && writer->values > 0; first = false) {
		put(writer, first ? "" : ",");
		put_blanks(writer);
		if (object) {
			put_name(writer);
			put_blanks(writer);
			put(writer, ":");
			put_blanks(writer);
		}
		put_value(writer);
		put_blanks(writer);
	}
	put(writer, object ? "}" : "]");
}

static void
put_value(struct writer *writer)
{
	writer->values -= writer->values > 0;
	switch (writer->values > 0 ? random_below(8) : 4 + random_below(4)) {
	case 0:
	case 1:
		put_list(writer, true);
		break;
	case 2:
	case 3:
		put_list(writer, false);
		break;
	case 4:
	case 5:
		put_string(writer);
		break;
	case 6:
		put(writer, SOME("0", "-0", "1", "-17.25", "12345678", "123456789012345678901234567890", "1e5", "0.5E-300",
				"1E400", "99999999.99999999", "-1234567.8"));
		break;
	default:
		put(writer, SOME("true", "false", "null"));
	}
}

/* Change a few bytes: what was JSON is near it then. */
static void
spoil(struct writer *writer)
{
	static const char bytes[] = "\"\"\"\\\\{}[]::,, \t\n0-+.eEtfnulx/u\x01\x1f\f\032\x80\xff\xef\xbb\xbf";

	for (size_t times = random_below(3) + 1; times > 0 && writer->size > 0; times--) {
		size_t at = random_below(writer->size);
		unsigned char byte = (unsigned char)bytes[random_below(sizeof(bytes))]; /* NUL too */

		switch (random_below(4)) {
		case 0:
			writer->size = random_below(3) == 0 ? at : writer->size;
			break;
		case 1:
			memmove(writer->text + at, writer->text + at + 1, --writer->size - at);
			break;
		case 2:
			memmove(writer->text + at + 1, writer->text + at, writer->size++ - at);
			writer->text[at] = byte;
			break;
		default:
			writer->text[at] = byte;
		}
	}
}

static void
write_random(struct writer *writer)
{
	writer->size = 0;
	writer->values = random_below(10) == 0 ? 400 : 12;
	put(writer, random_below(20) == 0 ? "\xef\xbb\xbf" : "");
	put_blanks(writer);
	if (random_below(4) == 0)
		put_value(writer);
	else
		put_list(writer, random_below(4) != 0);
	put_blanks(writer);
	if (random_below(3) == 0)
		spoil(writer);
}

static void
check_random(const struct sk_json *json, struct sk_span text, bool is_json, struct sk_span whole, struct sk_layout_fault fault)
{
	struct picked picked = pick(json, text, -1);
	unsigned char *room = allocate(text.size);

	assert_int_equal(picked.bad, !is_json);
	if (picked.fault.reason != fault.reason || picked.fault.offset != fault.offset)
		fail_msg("%.*s: %s at %zu, not %s at %zu", (int)text.size, (const char *)text.data,
		    sk_layout_reason_text(picked.fault.reason), picked.fault.offset, sk_layout_reason_text(fault.reason),
		    fault.offset);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct sk_span value = { NULL, 0 };
		enum sk_layout_state want =
		    is_json ? twin_pick(whole, paths[i].steps, paths[i].n, room, &value) : SK_LAYOUT_BAD;

		if (picked.states[i] != want || compare_spans(picked.values[i], value) != 0)
			fail_msg("%s of %.*s: state %d, not %d; %.*s", paths[i].text, (int)text.size,
			    (const char *)text.data, picked.states[i], want, (int)picked.values[i].size,
			    (const char *)picked.values[i].data);
	}
	free(room);
	release(&picked);
}

static void
test_every_build_reads_as_the_twin_does(void **state)
{
	const char *texts[sizeof(paths) / sizeof(paths[0])];
	struct writer *writer = allocate(sizeof(*writer));
	size_t rounds = SANITIZED ? 3000 : 20000, good = 0;
	struct sk_json *json;

	(void)state;
	random_state = 7;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		texts[i] = paths[i].text;
	json = json_of(texts, sizeof(paths) / sizeof(paths[0]));
	while (rounds-- > 0) {
		struct sk_layout_fault fault;
		struct sk_span text, whole;
		bool is_json;

		write_random(writer);
		text = (struct sk_span){ writer->text, writer->size };
		is_json = twin_check(text, &whole, &fault);
		good += is_json;
		for (size_t loops = 0; sk_json_use_loops(json, loops); loops++)
			check_random(json, text, is_json, whole, fault);
	}
	assert_true(good > 1000);
	sk_json_free(json);
	free(writer);
}

/* A record of more tokens than are read at a time. */
static void
test_records_of_any_number_of_tokens(void **state)
{
	const char *const texts[] = { ".a[-1]", ".a[4999]", "b", ".a[2500]" };
	struct sk_json *json = json_of(texts, 4);
	unsigned char *text = allocate(200000);

	(void)state;
	for (size_t loops = 0; sk_json_use_loops(json, loops); loops++)
		for (size_t shift = 0; shift < 20; shift++) {
			size_t n = (size_t)sprintf((char *)text, "%*s{\"a\":[", (int)shift, "");
			struct picked picked;

			for (size_t i = 0; i < 5000; i++)
				n += (size_t)sprintf((char *)text + n, "%s%s", i > 0 ? "," : "",
				    i == 2500         ? "[[[[[[[[[[2500]]]]]]]]]]"
					: i % 7 == shift % 7 ? "[{\"x\":{}}]"
					: i % 5 == 0  ? "\"text\""
						      : "1");
			n += (size_t)sprintf((char *)text + n, "],\"b\":\"end\"}");
			picked = pick(json, (struct sk_span){ text, n }, '"');
			assert_int_equal(picked.fault.reason, SK_LAYOUT_FINE);
			assert_int_equal(compare_spans(picked.values[0], picked.values[1]), 0);
			assert_true(picked.values[0].size > 0);
			assert_int_equal(compare_spans(picked.values[2], span_of("end")), 0);
			assert_int_equal(compare_spans(picked.values[3], span_of("[[[[[[[[[[2500]]]]]]]]]]")), 0);
			release(&picked);
		}
	free(text);
	sk_json_free(json);
}

/* Against Python's json, which reads the same records as hexadecimal lines and says what it finds at the same paths. */

static const char oracle[] =
    "import json, sys\n"
    "OTHER = 0x10fe00 # bytes from 0x80 on are these characters for a while\n"
    "def no(text): raise ValueError(text)\n"
    "class Number(str): pass\n"
    "def encode(text):\n"
    "    out = bytearray()\n"
    "    for c in map(ord, text):\n"
    "        if OTHER + 0x80 <= c <= OTHER + 0xff: out.append(c - OTHER)\n"
    "        elif 0xd800 <= c < 0xe000: out += b'\\xef\\xbf\\xbd'\n"
    "        else: out += chr(c).encode()\n"
    "    return bytes(out)\n"
    "def show(value):\n"
    "    if value is None: return 'N'\n"
    "    if value is True or value is False: return 'V' + str(value).lower().encode().hex()\n"
    "    if isinstance(value, str): return 'V' + encode(value).hex()\n"
    "    return 'C'\n"
    "def find(value, path):\n"
    "    for step in path:\n"
    "        if not isinstance(value, dict if isinstance(step, str) else list): return 'M'\n"
    "        try: value = value[step]\n"
    "        except (KeyError, IndexError): return 'M'\n"
    "    return show(value)\n"
    "paths = [[], ['a'], ['a', 'b'], ['a', 1], ['a', -1], [0, 'b'], ['b', -2, -1, 'a'], ['a\\tb'],\n"
    "    ['response_time_ms'], ['\\\\', 0], ['a'], ['']]\n"
    "for line in open(sys.argv[1]):\n"
    "    text = bytes.fromhex(line)\n"
    "    text = text[3:] if text[:3] == b'\\xef\\xbb\\xbf' else text\n"
    "    text = ''.join(chr(b if b < 0x80 else OTHER + b) for b in text)\n"
    "    try: value = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=no)\n"
    "    except ValueError: print('bad')\n"
    "    else: print(' '.join(find(value, path) for path in paths))\n";

static FILE *
open_temporary(char name[TEMPORARY_NAME])
{
	int file = mkstemp(temporary_name(name));
	FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;

	if (stream == NULL)
		fail_msg("%s: %s", name, strerror(errno));
	return stream;
}

static void
write_hex(FILE *file, struct sk_span span)
{
	for (size_t i = 0; i < span.size; i++)
		fprintf(file, "%02x", span.data[i]);
	putc('\n', file);
}

/* What ${picked} is in the oracle's words. */
static void
show(char *line, const struct picked *picked, size_t n)
{
	*line = 0;
	if (picked->bad != 0)
		strcpy(line, "bad");
	for (size_t i = 0; i < n && picked->bad == 0; i++) {
		struct sk_span value = picked->values[i];
		bool text = value.size > 0 && value.data >= picked->record.data &&
		    value.data < picked->record.data + picked->record.size && (*value.data == '{' || *value.data == '[') &&
		    (value.data == picked->record.data || value.data[-1] != '"');

		line += sprintf(line, "%s%s", i > 0 ? " " : "",
		    picked->states[i] == SK_LAYOUT_NULL          ? "N"
			: picked->states[i] == SK_LAYOUT_MISSING ? "M"
			: text                                   ? "C"
								 : "V");
		for (size_t at = 0; at < value.size && line[-1] != 'N' && line[-1] != 'M' && !text; at++)
			line += sprintf(line, "%02x", value.data[at]);
	}
}

/* Each line of ${answers} against what is picked of the record that ${writer} gives next. */
static void
compare_answers(const struct sk_json *json, struct writer *writer, FILE *answers, size_t rounds)
{
	size_t n = sizeof(paths) / sizeof(paths[0]), room = 2 * WANTS_MOST * TEXT_MOST + 100;
	char *got = allocate(room), *want = allocate(room);

	while (rounds-- > 0) {
		struct picked picked;

		write_random(writer);
		picked = pick(json, (struct sk_span){ writer->text, writer->size }, 0);
		show(got, &picked, n);
		release(&picked);
		assert_non_null(fgets(want, (int)room, answers));
		want[strcspn(want, "\n")] = 0;
		if (strcmp(got, want) != 0)
			fail_msg("%.*s\ngives\n%s\nbut Python says\n%s", (int)writer->size, (const char *)writer->text, got,
			    want);
	}
	free(got);
	free(want);
}

static void
test_python_reads_the_same(void **state)
{
	const char *texts[sizeof(paths) / sizeof(paths[0])];
	char script[TEMPORARY_NAME], records[TEMPORARY_NAME], command[3 * TEMPORARY_NAME];
	struct writer *writer = allocate(sizeof(*writer));
	size_t rounds = SANITIZED ? 500 : 4000;
	struct sk_json *json;
	FILE *file;

	(void)state;
	if (system("python3 -c 'import json' >/dev/null 2>&1") != 0) {
		free(writer);
		print_message("skipped: there is no python3 here to compare with\n");
		skip();
	}
	file = open_temporary(script);
	fputs(oracle, file);
	assert_int_equal(fclose(file), 0);
	file = open_temporary(records);
	random_state = 11;
	for (size_t i = 0; i < rounds; i++) {
		write_random(writer);
		write_hex(file, (struct sk_span){ writer->text, writer->size });
	}
	assert_int_equal(fclose(file), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		texts[i] = paths[i].text;
	json = json_of(texts, sizeof(paths) / sizeof(paths[0]));
	snprintf(command, sizeof(command), "python3 '%s' '%s'", script, records);
	file = popen(command, "r");
	assert_non_null(file);
	random_state = 11;
	compare_answers(json, writer, file, rounds);
	assert_int_equal(pclose(file), 0);
	unlink(script);
	unlink(records);
	sk_json_free(json);
	free(writer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths_that_are_none_are_refused),
		cmocka_unit_test(test_paths_have_limits),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_strings_may_hold_nul),
		cmocka_unit_test(test_numbers_are_read_as_they_stand),
		cmocka_unit_test(test_values_of_several_records),
		cmocka_unit_test(test_json_is_accepted),
		cmocka_unit_test(test_what_is_no_json_is_refused),
		cmocka_unit_test(test_nul_is_no_json),
		cmocka_unit_test(test_nesting_has_a_limit),
		cmocka_unit_test(test_every_build_reads_as_the_twin_does),
		cmocka_unit_test(test_records_of_any_number_of_tokens),
		cmocka_unit_test(test_python_reads_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
