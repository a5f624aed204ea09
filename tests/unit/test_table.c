/*
 * test_table.c -- rows in every format, byte for byte.
 */
#include "support.h"

#include <math.h>
#include <unistd.h>

#include "run/table.h"

#define CELLS_MAX 8

/* A table's output, written to a file without a name and read back as a string. */
static char *
render(struct sk_table *table, const struct sk_column *columns, size_t n,
    const struct sk_cell (*rows)[CELLS_MAX], size_t rows_count)
{
	static struct sk_output output;
	char name[TEMPORARY_NAME];
	const int fd = mkstemp(temporary_name(name));
	off_t size;
	char *text;

	assert_true(fd != -1);
	unlink(name);
	sk_output_init(&output, fd);
	table->output = &output;
	sk_table_measure(table, columns, n);
	if (sk_table_measures(table))
		for (size_t i = 0; i < rows_count && sk_table_row(table, rows[i]); i++)
			;
	sk_table_begin(table);
	do
		for (size_t i = 0; i < rows_count && sk_table_row(table, rows[i]); i++)
			;
	while (sk_table_again(table));
	sk_output_flush(&output);
	size = lseek(fd, 0, SEEK_END);
	text = allocate((size_t)size + 1);
	assert_int_equal(pread(fd, text, (size_t)size, 0), size);
	text[size] = '\0';
	close(fd);
	return text;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ${expected} with its length, for it may hold NUL bytes. */
static void
assert_table(struct sk_table table, const struct sk_column *columns, size_t n,
    const struct sk_cell (*rows)[CELLS_MAX], size_t rows_count, const char *expected, size_t size)
{
	char *text = render(&table, columns, n, rows, rows_count);

	assert_string_equal(text, expected);
	assert_memory_equal(text, expected, size);
	free(text);
}

#define ASSERT_TABLE(table, columns, rows, expected)                                               \
	assert_table(                                                                              \
	    table, columns, COUNT(columns), rows, COUNT(rows), expected, sizeof(expected) - 1)

static const struct sk_table as_text = { .format = SK_FORMAT_TEXT };
static const struct sk_table as_tsv = { .format = SK_FORMAT_TSV };
static const struct sk_table as_tsv_named = { .format = SK_FORMAT_TSV, .header = true };
static const struct sk_table as_json = { .format = SK_FORMAT_JSON };

#define BYTES(text)                                                                                \
	{                                                                                          \
		.bytes = {(const unsigned char *)("" text), sizeof(text) - 1 }                     \
	}
#define NUMBER(value)                                                                              \
	{                                                                                          \
		.number = (value)                                                                  \
	}
#define DECIMAL(value, digits)                                                                     \
	{                                                                                          \
		.number = (value), .decimals = (digits)                                            \
	}
#define FRACTION(value)                                                                            \
	{                                                                                          \
		.fraction = (value)                                                                \
	}
#define TRUTH(value)                                                                               \
	{                                                                                          \
		.truth = (value)                                                                   \
	}

/* The columns of stream-topk */
static const struct sk_column topk[] = {
	{.name = "count",  .kind = SK_COLUMN_NUMBER},
	{ .name = "error", .kind = SK_COLUMN_NUMBER, .bound = true },
	{ .name = "share",               .kind = SK_COLUMN_FRACTION                       },
	{ .name = "item",               .kind = SK_COLUMN_BYTES  },
	{ .name = "exact",               .kind = SK_COLUMN_TRUTH                      },
};

static void
test_exact_rows(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{NUMBER(12345678), NUMBER(0), FRACTION(0.75),     BYTES("a"),   TRUTH(true)},
		{ NUMBER(7),       NUMBER(0), FRACTION(0.041666), BYTES("bcd"), TRUTH(true)},
		{ NUMBER(0),       NUMBER(0), FRACTION(0),        BYTES(""),    TRUTH(true)},
	};

	(void)state;
	ASSERT_TABLE(as_text, topk, rows,
	    "   count   share  item\n"
	    "12345678  75.00%  a\n"
	    "       7   4.17%  bcd\n"
	    "       0   0.00%  \n");
	ASSERT_TABLE(as_tsv, topk, rows,
	    "12345678\t0\t0.75\ta\n"
	    "7\t0\t0.041666\tbcd\n"
	    "0\t0\t0\t\n");
	ASSERT_TABLE(as_tsv_named, topk, rows,
	    "count\terror\tshare\titem\n"
	    "12345678\t0\t0.75\ta\n"
	    "7\t0\t0.041666\tbcd\n"
	    "0\t0\t0\t\n");
	ASSERT_TABLE(as_json, topk, rows,
	    "{\"count\":12345678,\"error\":0,\"share\":0.75,\"item\":\"a\",\"exact\":true}\n"
	    "{\"count\":7,\"error\":0,\"share\":0.041666,\"item\":\"bcd\",\"exact\":true}\n"
	    "{\"count\":0,\"error\":0,\"share\":0,\"item\":\"\",\"exact\":true}\n");
}

/* One error in one row, and the column is there. */
static void
test_bounds_are_shown(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{NUMBER(50), NUMBER(0), FRACTION(1),   BYTES("a"), TRUTH(true) },
		{ NUMBER(7), NUMBER(3), FRACTION(0.5), BYTES("b"), TRUTH(false)},
	};

	(void)state;
	ASSERT_TABLE(as_text, topk, rows,
	    "count  error    share  item\n"
	    "   50      0  100.00%  a\n"
	    "    7      3   50.00%  b\n");
	ASSERT_TABLE(as_json, topk, rows,
	    "{\"count\":50,\"error\":0,\"share\":1,\"item\":\"a\",\"exact\":true}\n"
	    "{\"count\":7,\"error\":3,\"share\":0.5,\"item\":\"b\",\"exact\":false}\n");
}

/* What is a bound and not zero is shown, whatever its kind. */
static void
test_bounds_that_are_fractions(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "error", .kind = SK_COLUMN_FRACTION, .bound = true },
		{ .name = "item",              .kind = SK_COLUMN_BYTES                         },
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{FRACTION(0.25), BYTES("a")}
	};
	static const struct sk_cell zeros[][CELLS_MAX] = {
		{FRACTION(0), BYTES("a")}
	};
	/* Not zero, though it looks so */
	static const struct sk_cell small[][CELLS_MAX] = {
		{FRACTION(0),     BYTES("a")},
		{ FRACTION(1e-9), BYTES("b")},
	};

	(void)state;
	ASSERT_TABLE(as_text, columns, zeros, "item\na\n");
	ASSERT_TABLE(as_text, columns, rows, " error  item\n25.00%  a\n");
	ASSERT_TABLE(as_text, columns, small, "error  item\n0.00%  a\n0.00%  b\n");
}

/* For people, no rows are nothing at all; a program that wants a header gets it. */
static void
test_no_rows(void **state)
{
	struct sk_table text = as_text, tsv = as_tsv, named = as_tsv_named, json = as_json;

	(void)state;
	text.header = true;
	assert_table(text, topk, COUNT(topk), NULL, 0, "", 0);
	assert_int_equal(sk_table_rows(&text), 0);
	assert_table(tsv, topk, COUNT(topk), NULL, 0, "", 0);
	assert_table(named, topk, COUNT(topk), NULL, 0, "count\terror\tshare\titem\n", 23);
	assert_table(json, topk, COUNT(topk), NULL, 0, "", 0);
}

static void
test_decimals(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "sum",   .kind = SK_COLUMN_NUMBER},
		{ .name = "item", .kind = SK_COLUMN_BYTES },
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{DECIMAL(123456,             2), BYTES("a")},
		{ DECIMAL(500,               2), BYTES("b")},
		{ DECIMAL(5,                 3), BYTES("c")},
		{ DECIMAL(1050,              3), BYTES("d")},
		{ DECIMAL(0,                 3), BYTES("e")},
		{ DECIMAL(UINT64_C(1000000), 6), BYTES("f")},
	};
	static const struct sk_cell edges[][CELLS_MAX] = {
		{DECIMAL(INT64_MAX,   0),  BYTES("a")},
		{ DECIMAL(INT64_MAX,  18), BYTES("b")},
		{ DECIMAL(1,          18), BYTES("c")},
		{ DECIMAL(UINT64_MAX, 19), BYTES("d")},
	};

	(void)state;
	ASSERT_TABLE(as_text, columns, rows,
	    "     sum  item\n"
	    "1234.56   a\n"
	    "   5      b\n"
	    "   0.005  c\n"
	    "   1.05   d\n"
	    "   0      e\n"
	    "   1      f\n");
	ASSERT_TABLE(as_tsv, columns, rows, "1234.56\ta\n5\tb\n0.005\tc\n1.05\td\n0\te\n1\tf\n");
	ASSERT_TABLE(as_json, columns, edges,
	    "{\"sum\":9223372036854775807,\"item\":\"a\"}\n"
	    "{\"sum\":9.223372036854775807,\"item\":\"b\"}\n"
	    "{\"sum\":0.000000000000000001,\"item\":\"c\"}\n"
	    "{\"sum\":1.8446744073709551615,\"item\":\"d\"}\n");
}

static void
test_fractions(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "p", .kind = SK_COLUMN_FRACTION}
	};
	static const struct sk_cell rows[][CELLS_MAX] = { { FRACTION(0) }, { FRACTION(1) },
		{ FRACTION(0.999999) }, { FRACTION(0.9999999) }, { FRACTION(0.00005) },
		{ FRACTION(0.0000004) }, { FRACTION(0.000049) }, { FRACTION(1.0 / 3) } };

	(void)state;
	ASSERT_TABLE(as_text, columns, rows,
	    "      p\n  0.00%\n100.00%\n100.00%\n100.00%\n  0.01%\n  0.00%\n  0.00%\n 33.33%\n");
	ASSERT_TABLE(as_tsv, columns, rows, "0\n1\n0.999999\n1\n0.00005\n0\n0.000049\n0.333333\n");
}

/* Values of two parts: two columns for people and TSV, a list in JSON. Only the last part may hold
 * the separator. */
static const struct sk_column composite[] = {
	{.name = "key", .kind = SK_COLUMN_BYTES,  .parts = 2, .separator = ','},
	{ .name = "n",  .kind = SK_COLUMN_NUMBER},
	{ .name = "item",   .kind = SK_COLUMN_BYTES,          .parts = 3,           .separator = '\t'            },
};

static void
test_parts(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("200,GET"),        NUMBER(1),  BYTES("a\tbb\tccc")},
		{ BYTES(",a longer one"), NUMBER(22), BYTES("\t\t")      },
		{ BYTES("404,a,b"),       NUMBER(3),  BYTES("x\ty\tz\tz")},
	};

	(void)state;
	ASSERT_TABLE(as_text, composite, rows,
	    "key1  key2           n  item1  item2  item3\n"
	    "200   GET            1  a      bb     ccc\n"
	    "      a longer one  22                \n"
	    "404   a,b            3  x      y      z\\x09z\n");
	ASSERT_TABLE(as_tsv_named, composite, rows,
	    "key1\tkey2\tn\titem1\titem2\titem3\n"
	    "200\tGET\t1\ta\tbb\tccc\n"
	    "\ta longer one\t22\t\t\t\n"
	    "404\ta,b\t3\tx\ty\tz\\tz\n");
	ASSERT_TABLE(as_json, composite, rows,
	    "{\"key\":[\"200\",\"GET\"],\"n\":1,\"item\":[\"a\",\"bb\",\"ccc\"]}\n"
	    "{\"key\":[\"\",\"a longer one\"],\"n\":22,\"item\":[\"\",\"\",\"\"]}\n"
	    "{\"key\":[\"404\",\"a,b\"],\"n\":3,\"item\":[\"x\",\"y\",\"z\\u0009z\"]}\n");
}

/* Column names up to the tenth part and beyond, where the numbers get wider. */
static void
test_many_parts(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "f",       .kind = SK_COLUMN_BYTES, .parts = 11, .separator = '.' },
		{ .name = "n", .kind = SK_COLUMN_NUMBER                      },
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("a.b.c.d.e.f.g.h.i.j.k"), NUMBER(1)},
	};

	(void)state;
	ASSERT_TABLE(as_text, columns, rows,
	    "f1  f2  f3  f4  f5  f6  f7  f8  f9  f10  f11  n\n"
	    "a   b   c   d   e   f   g   h   i   j    k    1\n");
}

/* Each part is as wide as its own widest value, escapes and other alphabets included. */
static void
test_parts_have_their_own_widths(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "k",       .kind = SK_COLUMN_BYTES, .parts = 3, .separator = ',' },
		{ .name = "n", .kind = SK_COLUMN_NUMBER                      },
	};
	static const struct sk_column last[] = {
		{.name = "k", .kind = SK_COLUMN_BYTES, .parts = 2, .separator = ','}
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("wide and more,b,c"),              NUMBER(1)},
		{ BYTES("a,\t,\xc3\xa9\xc3\xa9\xc3\xa9"), NUMBER(2)},
	};

	(void)state;
	ASSERT_TABLE(as_text, columns, rows,
	    "k1             k2    k3   n\n"
	    "wide and more  b     c    1\n"
	    "a              \\x09  \xc3\xa9\xc3\xa9\xc3\xa9  2\n");
	ASSERT_TABLE(as_text, last, rows,
	    "k1             k2\n"
	    "wide and more  b,c\n"
	    "a              \\x09,\xc3\xa9\xc3\xa9\xc3\xa9\n");
}

/* A column in front of nothing but what is left out is the last one, and is not padded. */
static void
test_nothing_behind_the_last(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "item",   .kind = SK_COLUMN_BYTES },
		{ .name = "error", .kind = SK_COLUMN_NUMBER, .bound = true },
		{ .name = "exact",               .kind = SK_COLUMN_TRUTH                       },
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("a"),       NUMBER(0), TRUTH(true)},
		{ BYTES("longer"), NUMBER(0), TRUTH(true)},
	};

	(void)state;
	ASSERT_TABLE(as_text, columns, rows, "item\na\nlonger\n");
}

/* Points stand below each other, and nothing behind the digits of the last column. */
static void
test_numbers_in_the_last_column(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "item",   .kind = SK_COLUMN_BYTES },
		{ .name = "sum",   .kind = SK_COLUMN_NUMBER},
		{ .name = "error", .kind = SK_COLUMN_NUMBER, .bound = true },
		{ .name = "exact",               .kind = SK_COLUMN_TRUTH                       },
	};
	static const struct sk_cell exact[][CELLS_MAX] = {
		{BYTES("a"),  DECIMAL(1234, 2), NUMBER(0), TRUTH(true)},
		{ BYTES("b"), DECIMAL(700,  2), NUMBER(0), TRUTH(true)},
		{ BYTES("c"), DECIMAL(9050, 1), NUMBER(0), TRUTH(true)},
	};
	static const struct sk_cell bounded[][CELLS_MAX] = {
		{BYTES("a"), DECIMAL(1234, 2),        DECIMAL(5,    1),        TRUTH(false) },
		{ BYTES("b"),         DECIMAL(700,           2), NUMBER(0), TRUTH(true)},
	};

	(void)state;
	ASSERT_TABLE(as_text, columns, exact,
	    "item     sum\n"
	    "a      12.34\n"
	    "b       7\n"
	    "c     905\n");
	ASSERT_TABLE(as_text, columns, bounded,
	    "item    sum  error\n"
	    "a     12.34    0.5\n"
	    "b      7       0\n");
}

static const struct sk_column one_item[] = {
	{.name = "item", .kind = SK_COLUMN_BYTES}
};
static const struct sk_column item_and_n[] = {
	{.name = "item", .kind = SK_COLUMN_BYTES },
	{ .name = "n",   .kind = SK_COLUMN_NUMBER},
};

/* No input drives a terminal, and alignment counts what is seen. */
static void
test_text_escapes(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("\033[31mred"),                            NUMBER(1)},
		{ BYTES("tab\tnl\ncr\rnul\0del\x7f"),             NUMBER(2)},
		{ BYTES("\xc3\xa9t\xc3\xa9 \xf0\x9f\x98\x80"),    NUMBER(3)},
		{ BYTES("\xc2\x9b"
			"c1 \xff bad \xe2\x82"),
                 NUMBER(4)						 },
		{ BYTES("back\\slash \"quote\""),                 NUMBER(5)},
	};

	(void)state;
	ASSERT_TABLE(as_text, item_and_n, rows,
	    "item                               n\n"
	    "\\x1b[31mred                        1\n"
	    "tab\\x09nl\\x0acr\\x0dnul\\x00del\\x7f  2\n"
	    "\xc3\xa9t\xc3\xa9 \xf0\x9f\x98\x80                             3\n"
	    "\\xc2\\x9bc1 \\xff bad \\xe2\\x82       4\n"
	    "back\\slash \"quote\"                 5\n");
}

static void
test_tsv_escapes(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{ BYTES("tab\tnl\ncr\rback\\") },
		{ BYTES("\t") },
		{ BYTES("\\t") },
		{ BYTES("\033 \x7f \xff \"\xc3\xa9\" nul\0end") },
	};

	(void)state;
	ASSERT_TABLE(as_tsv, one_item, rows,
	    "tab\\tnl\\ncr\\rback\\\\\n"
	    "\\t\n"
	    "\\\\t\n"
	    "\033 \x7f \xff \"\xc3\xa9\" nul\0end\n");
}

static void
test_json_escapes(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{ BYTES("\"\\/") },
		{ BYTES("\0\x01\t\n\r\x1f\x7f") },
		{ BYTES("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\x85") },
		{ BYTES("\x80\xff\xc3(\xed\xa0\x80\xf0\x9f\x98") },
	};

	(void)state;
	ASSERT_TABLE(as_json, one_item, rows,
	    "{\"item\":\"\\\"\\\\/\"}\n"
	    "{\"item\":\"\\u0000\\u0001\\u0009\\u000a\\u000d\\u001f\\u007f\"}\n"
	    "{\"item\":\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\x85\"}\n"
	    "{\"item\":\"\\udc80\\udcff\\udcc3(\\udced\\udca0\\udc80\\udcf0\\udc9f\\udc98\"}\n");
}

/* Every byte on its own, each way. */
static void
test_every_byte(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		const unsigned char bytes[1] = { (unsigned char)byte };
		const struct sk_cell row[1][CELLS_MAX] = { { { .bytes = { bytes, 1 } } } };
		const bool plain = byte >= 0x20 && byte < 0x7f;
		char text[40], json[40];
		struct sk_table table = as_text;
		char *found = render(&table, one_item, 1, row, 1);

		sprintf(text, plain ? "item\n%c\n" : "item\n\\x%02x\n", byte);
		assert_string_equal(found, text);
		free(found);
		table = as_json;
		found = render(&table, one_item, 1, row, 1);
		if (byte == '"' || byte == '\\')
			sprintf(json, "{\"item\":\"\\%c\"}\n", byte);
		else
			sprintf(json, plain ? "{\"item\":\"%c\"}\n" : "{\"item\":\"\\u%04x\"}\n",
			    byte < 0x80 ? byte : 0xdc00 + byte);
		assert_string_equal(found, json);
		free(found);
	}
}

/* A span of size 0 may have any pointer. */
static void
test_empty_spans(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{{ .bytes = { NULL, 0 } }, NUMBER(1)}
	};

	(void)state;
	ASSERT_TABLE(as_text, item_and_n, rows, "item  n\n      1\n");
	ASSERT_TABLE(as_tsv, item_and_n, rows, "\t1\n");
	ASSERT_TABLE(as_json, item_and_n, rows, "{\"item\":\"\",\"n\":1}\n");
}

static void
test_rows_max_and_interim(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("a"),              NUMBER(1)},
		{ BYTES("b"),             NUMBER(2)},
		{ BYTES("much too long"), NUMBER(3)},
	};
	struct sk_table text = as_text, json = as_json;

	(void)state;
	text.rows_max = 2;
	/* One of the lines says how many rows are missing, and those do not count for the alignment. */
	ASSERT_TABLE(text, item_and_n, rows, "item  n\na     1\nand 2 more\n");
	json.interim = true;
	json.rows_max = 1;
	ASSERT_TABLE(json, item_and_n, rows, "{\"item\":\"a\",\"n\":1,\"interim\":true}\n");
	free(render(&text, item_and_n, 2, rows, 3));
	assert_int_equal(sk_table_rows(&text), 2);
	text.rows_max = 3;
	ASSERT_TABLE(text, item_and_n, rows, "item           n\na              1\nb              2\nmuch too long  3\n");
	text.rows_max = 1;
	ASSERT_TABLE(text, item_and_n, rows, "item  n\nand 3 more\n");
	text.rows_max = 0;
	free(render(&text, item_and_n, 2, rows, 3));
	assert_int_equal(sk_table_rows(&text), 3);
}

/* Characters that take two columns, or none, are aligned as a terminal shows them. */
static void
test_wide_characters(void **state)
{
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("\xe6\x97\xa5\xe6\x9c\xac"), NUMBER(1)},
		{ BYTES("e\xcc\x81t\xc3\xa9"),         NUMBER(2)},
		{ BYTES("\xf0\x9f\x98\x80"),           NUMBER(3)},
	};

	(void)state;
	ASSERT_TABLE(as_text, item_and_n, rows,
	    "item  n\n"
	    "\xe6\x97\xa5\xe6\x9c\xac  1\n"
	    "e\xcc\x81t\xc3\xa9   2\n"
	    "\xf0\x9f\x98\x80    3\n");
}

/* Where lines have an end, a value before the last has a third of it, and the last what is left. */
static void
test_width_max(void **state)
{
	static const struct sk_column columns[] = {
		{.name = "key",   .kind = SK_COLUMN_BYTES },
		{ .name = "n",    .kind = SK_COLUMN_NUMBER},
		{ .name = "item", .kind = SK_COLUMN_BYTES },
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{BYTES("a key of some length"),                                 NUMBER(1), BYTES("an item of some length")},
		{ BYTES("\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"), NUMBER(2), BYTES("ends here it is")       },
		{ BYTES("a"),                                                   NUMBER(3), BYTES("0123456789a\x01")        },
	};
	struct sk_table text = as_text;

	(void)state;
	text.width_max = 24; /* 8, and 2 + 1 + 2 + 11 */
	ASSERT_TABLE(text, columns, rows,
	    "key       n  item\n"
	    "a key ..  1  an item o..\n"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac  2  ends here..\n"
	    "a         3  012345678..\n");
}

/* One table gives many answers, each aligned for itself. */
static void
test_answers_do_not_depend_on_each_other(void **state)
{
	static const struct sk_cell wide[][CELLS_MAX] = {
		{NUMBER(123456), NUMBER(5), FRACTION(1), BYTES("wide"), TRUTH(false)}
	};
	static const struct sk_cell narrow[][CELLS_MAX] = {
		{NUMBER(1), NUMBER(0), FRACTION(0), BYTES("n"), TRUTH(true)}
	};
	static const struct sk_cell parts[][CELLS_MAX] = {
		{BYTES("wide,wider"), NUMBER(9), BYTES("the\twidest\tof all")}
	};
	struct sk_table table = as_text;

	(void)state;
	free(render(&table, topk, COUNT(topk), wide, 1));
	free(render(&table, composite, COUNT(composite), parts, 1));
	ASSERT_TABLE(table, topk, narrow, "count  share  item\n    1  0.00%  n\n");
	assert_table(table, topk, COUNT(topk), NULL, 0, "", 0);
}

/* More than the output's buffer holds, and values longer than it. */
static void
test_long_output(void **state)
{
	const size_t size = SK_OUTPUT_BUFFER + 77;
	unsigned char *bytes = allocate(size);
	struct sk_cell(*rows)[CELLS_MAX] = allocate(5 * sizeof(*rows));
	struct sk_table table = as_tsv;
	char *text;

	(void)state;
	memset(rows, 0, 5 * sizeof(*rows));
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)('a' + i % 26);
	for (size_t i = 0; i < 5; i++)
		rows[i][0].bytes = (struct sk_span){ bytes, i % 2 == 0 ? size : 30 };
	text = render(&table, one_item, 1, (const struct sk_cell(*)[CELLS_MAX])rows, 5);
	assert_int_equal(strlen(text), 3 * (size + 1) + 2 * 31);
	assert_memory_equal(text, bytes, size);
	assert_memory_equal(text + size + 1, bytes, 30);
	assert_memory_equal(text + size + 1 + 31, bytes, size);
	free(text);
	free(rows);
	free(bytes);
}

/* The formats for other programs, with what is hard for each of them. */
static const struct sk_table as_csv = { .format = SK_FORMAT_CSV, .header = true };
static const struct sk_table as_prom = { .format = SK_FORMAT_PROM, .name = "stream_topk" };
static const struct sk_table as_influx = { .format = SK_FORMAT_INFLUX, .name = "stream_topk" };
static const struct sk_table as_sql = { .format = SK_FORMAT_SQL, .name = "stream_topk", .header = true };

static const struct sk_column exported[] = {
	{ .name = "key", .kind = SK_COLUMN_BYTES, .parts = 2, .separator = '\t' },
	{ .name = "count", .kind = SK_COLUMN_NUMBER, .metric = "", .help = "How many." },
	{ .name = "share", .kind = SK_COLUMN_FRACTION },
	{ .name = "exact", .kind = SK_COLUMN_TRUTH },
};

static const struct sk_cell exported_rows[][CELLS_MAX] = {
	{ BYTES("a\tb c"), NUMBER(3), FRACTION(0.5), TRUTH(true) },
	{ BYTES("\tx,\"y'\\"), NUMBER(2), FRACTION(0.25), TRUTH(false) },
	{ BYTES("n\nl\t\xff\0="), NUMBER(1), FRACTION(0.125), TRUTH(true) },
};

static void
test_csv(void **state)
{
	static const struct sk_cell blank[][CELLS_MAX] = {
		{ BYTES(" \ta "), NUMBER(1), FRACTION(0), TRUTH(true) },
		{ BYTES("\r\t\"\""), NUMBER(1), FRACTION(0), TRUTH(true) },
	};

	(void)state;
	ASSERT_TABLE(as_csv, exported, exported_rows,
	    "key1,key2,count,share\n"
	    "a,b c,3,0.5\n"
	    "\"\",\"x,\"\"y'\\\",2,0.25\n"
	    "\"n\nl\",\"\xff\0=\",1,0.125\n");
	ASSERT_TABLE(as_csv, exported, blank,
	    "key1,key2,count,share\n"
	    "\" \",\"a \",1,0\n"
	    "\"\r\",\"\"\"\"\"\",1,0\n");
}

static void
test_prom(void **state)
{
	(void)state;
	ASSERT_TABLE(as_prom, exported, exported_rows,
	    "# HELP stream_topk How many.\n"
	    "# TYPE stream_topk gauge\n"
	    "stream_topk{key1=\"a\",key2=\"b c\"} 3\n"
	    "stream_topk{key1=\"\",key2=\"x,\\\"y'\\\\\"} 2\n"
	    "stream_topk{key1=\"n\\nl\",key2=\"\\\\xff\\\\x00=\"} 1\n"
	    "# HELP stream_topk_share share\n"
	    "# TYPE stream_topk_share gauge\n"
	    "stream_topk_share{key1=\"a\",key2=\"b c\"} 0.5\n"
	    "stream_topk_share{key1=\"\",key2=\"x,\\\"y'\\\\\"} 0.25\n"
	    "stream_topk_share{key1=\"n\\nl\",key2=\"\\\\xff\\\\x00=\"} 0.125\n");
}

/* Sum and count stand once in each summary, and the quantile is a label of nothing else. */
static void
test_prom_summary(void **state)
{
	static const struct sk_column columns[] = {
		{ .name = "key", .kind = SK_COLUMN_BYTES },
		{ .name = "q", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_QUANTILE },
		{ .name = "value", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_SUMMARY, .metric = "" },
		{ .name = "low", .kind = SK_COLUMN_DOUBLE },
		{ .name = "sum", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_SUMMARY_SUM },
		{ .name = "count", .kind = SK_COLUMN_DOUBLE, .role = SK_COLUMN_SUMMARY_COUNT },
	};
	static const struct sk_cell rows[][CELLS_MAX] = {
		{ BYTES("a"), { .value = 0.5 }, { .value = 7 }, { .value = -INFINITY }, { .value = 21 }, { .value = 3 } },
		{ BYTES("a"), { .value = 1 }, { .value = INFINITY }, { .value = NAN }, { .value = NAN }, { .value = NAN } },
	};
	const struct sk_table as_tsv_table = { .format = SK_FORMAT_TSV };

	(void)state;
	ASSERT_TABLE(as_prom, columns, rows,
	    "# HELP stream_topk value\n"
	    "# TYPE stream_topk summary\n"
	    "stream_topk{key=\"a\",quantile=\"0.5\"} 7\n"
	    "stream_topk_sum{key=\"a\"} 21\n"
	    "stream_topk_count{key=\"a\"} 3\n"
	    "stream_topk{key=\"a\",quantile=\"1\"} +Inf\n"
	    "# HELP stream_topk_low low\n"
	    "# TYPE stream_topk_low gauge\n"
	    "stream_topk_low{key=\"a\",q=\"0.5\"} -Inf\n"
	    "stream_topk_low{key=\"a\",q=\"1\"} NaN\n");
	/* Nobody else sees them. */
	ASSERT_TABLE(as_tsv_table, columns, rows, "a\t0.5\t7\t-inf\na\t1\tinf\tnan\n");
	ASSERT_TABLE(as_json, columns, rows,
	    "{\"key\":\"a\",\"q\":0.5,\"value\":7,\"low\":-1e999}\n"
	    "{\"key\":\"a\",\"q\":1,\"value\":1e999,\"low\":null}\n");
	ASSERT_TABLE(as_influx, columns, rows, "stream_topk,key=a,q=0.5 value=7\n");
}

static void
test_influx(void **state)
{
	struct sk_table timed = as_influx;

	(void)state;
	timed.timed = true;
	timed.time = -1500000000;
	ASSERT_TABLE(as_influx, exported, exported_rows,
	    "stream_topk,key1=a,key2=b\\ c count=3i,share=0.5,exact=true\n"
	    "stream_topk,key2=x\\,\"y'\\x5c count=2i,share=0.25,exact=false\n"
	    "stream_topk,key1=n\\x0al,key2=\\xff\\x00\\= count=1i,share=0.125,exact=true\n");
	ASSERT_TABLE(timed, exported, exported_rows,
	    "stream_topk,key1=a,key2=b\\ c count=3i,share=0.5,exact=true -1500000000\n"
	    "stream_topk,key2=x\\,\"y'\\x5c count=2i,share=0.25,exact=false -1500000000\n"
	    "stream_topk,key1=n\\x0al,key2=\\xff\\x00\\= count=1i,share=0.125,exact=true -1500000000\n");
}

static void
test_sql(void **state)
{
	(void)state;
	ASSERT_TABLE(as_sql, exported, exported_rows,
	    "CREATE TABLE IF NOT EXISTS \"stream_topk\" (\"key1\" TEXT, \"key2\" TEXT, \"count\" BIGINT,"
	    " \"share\" DOUBLE PRECISION, \"exact\" BOOLEAN);\n"
	    "INSERT INTO \"stream_topk\" (\"key1\", \"key2\", \"count\", \"share\", \"exact\") VALUES\n"
	    "('a', 'b c', 3, 0.5, TRUE),\n"
	    "('', 'x,\"y''\\', 2, 0.25, FALSE),\n"
	    "('n\nl', '\\xff\\x00=', 1, 0.125, TRUE);\n");
}

/* Weights have decimals in some rows, and one type in all of them. */
static void
test_decimals_elsewhere(void **state)
{
	static const struct sk_column columns[] = { { .name = "count", .kind = SK_COLUMN_NUMBER } };
	static const struct sk_cell rows[][CELLS_MAX] = { { NUMBER(7) }, { DECIMAL(25, 1) } };

	(void)state;
	ASSERT_TABLE(as_sql, columns, rows,
	    "CREATE TABLE IF NOT EXISTS \"stream_topk\" (\"count\" DECIMAL(38,9));\n"
	    "INSERT INTO \"stream_topk\" (\"count\") VALUES\n(7),\n(2.5);\n");
	ASSERT_TABLE(as_influx, columns, rows, "stream_topk count=7i\nstream_topk count=2.5\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_rows),
		cmocka_unit_test(test_bounds_are_shown),
		cmocka_unit_test(test_bounds_that_are_fractions),
		cmocka_unit_test(test_no_rows),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_fractions),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_many_parts),
		cmocka_unit_test(test_parts_have_their_own_widths),
		cmocka_unit_test(test_nothing_behind_the_last),
		cmocka_unit_test(test_numbers_in_the_last_column),
		cmocka_unit_test(test_text_escapes),
		cmocka_unit_test(test_tsv_escapes),
		cmocka_unit_test(test_json_escapes),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_empty_spans),
		cmocka_unit_test(test_rows_max_and_interim),
		cmocka_unit_test(test_wide_characters),
		cmocka_unit_test(test_width_max),
		cmocka_unit_test(test_answers_do_not_depend_on_each_other),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_prom),
		cmocka_unit_test(test_prom_summary),
		cmocka_unit_test(test_influx),
		cmocka_unit_test(test_sql),
		cmocka_unit_test(test_decimals_elsewhere),
		cmocka_unit_test(test_long_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
