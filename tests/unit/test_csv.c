/*
 * test_csv.c -- every build of csv's loops against a reader that looks at a byte at a time, and that against Python's.
 *
 * The reader below follows csv.h, not csv_loops.h: it knows no masks.
 */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif
#include "support.h"

#include <unistd.h>

#include "record/csv.h"
#include "record/scan.h"

#define SIZE_MOST 600

static bool lines; /* that a record may hold */
#define FIELDS_MOST 700

/* ---- a slow reader ---- */

enum phase { FIELD_START, BARE, QUOTED, QUOTE_IN_QUOTED };

struct plain {
	struct sk_span record[SIZE_MOST + 2];
	size_t n;
	size_t used;
	bool stray; /* a stray quote was found */
};

/* What is known of a record while it is read. */
struct looked {
	enum phase phase;
	size_t field;     /* where it opened */
	bool lines;       /* line ends in quotes */
	size_t line_field; /* the field of the last of them */
	bool stray;
	size_t stray_field;
};

static void
blame(struct looked *looked, size_t field)
{
	looked->stray = true;
	looked->stray_field = field;
}

/* Look at byte ${i}. Returns whether the record ends there. */
static bool
look_at(struct looked *looked, const struct sk_csv_dialect *dialect, const unsigned char *data, size_t start, size_t i)
{
	unsigned char byte = data[i];

	switch (looked->phase) {
	case QUOTED:
		if (byte == '"') {
			looked->phase = QUOTE_IN_QUOTED;
		} else if (byte == dialect->end) {
			if (dialect->quote_max != 0 && i - start >= dialect->quote_max)
				blame(looked, looked->field);
			looked->lines = true;
			looked->line_field = looked->field;
		}
		return false;
	case QUOTE_IN_QUOTED:
		if (byte == '"') {
			looked->phase = QUOTED;
			return false;
		}
		if (byte != dialect->delimiter && byte != dialect->end && byte != '\r' &&
		    memchr(data + looked->field, dialect->end, i - looked->field) != NULL)
			blame(looked, looked->field);
		break;
	case FIELD_START:
		if (byte == '"') {
			looked->phase = QUOTED;
			looked->field = i;
			return false;
		}
		break;
	case BARE:
		break;
	}
	looked->phase = byte == dialect->delimiter ? FIELD_START : BARE;
	return byte == dialect->end;
}

/* Cut the data; with ${last} nothing comes behind it. */
static struct plain *
plain_cut(const struct sk_csv_dialect *dialect, const unsigned char *data, size_t size, bool last)
{
	struct plain *plain = allocate(sizeof(*plain));
	size_t start = 0;

	plain->n = 0;
	plain->stray = false;
	while (start < size) {
		struct looked looked = { .phase = FIELD_START };
		bool ended = false;
		size_t i = start;

		for (;; i++) {
			if (dialect->quote_max != 0 && i - start == dialect->quote_max && looked.lines)
				blame(&looked, looked.line_field);
			if (looked.stray || i == size)
				break;
			if ((ended = look_at(&looked, dialect, data, start, i)) || looked.stray)
				break;
		}
		if (last && i == size && looked.phase == QUOTED)
			blame(&looked, looked.field);
		if (looked.stray) {
			for (i = looked.stray_field; i < size && data[i] != dialect->end;)
				i++;
			plain->stray = true;
			ended = i < size;
		}
		if (!ended)
			break;
		plain->record[plain->n++] = (struct sk_span){ data + start, i - start };
		start = i + 1;
	}
	plain->used = start;
	return plain;
}

struct plain_fields {
	bool open;
	size_t n;
	unsigned char text[SIZE_MOST + 1]; /* one field behind the other */
	struct sk_span field[FIELDS_MOST];
	size_t start[FIELDS_MOST]; /* in the record */
};

static struct plain_fields *
plain_split(unsigned char delimiter, struct sk_span record)
{
	struct plain_fields *fields = allocate(sizeof(*fields));
	enum phase phase = FIELD_START;
	unsigned char *to = fields->text;

	if (record.size > 0 && record.data[record.size - 1] == '\r')
		record.size--;
	fields->n = 0;
	if (record.size > 0) {
		fields->start[0] = 0;
		fields->field[fields->n++] = (struct sk_span){ to, 0 };
	}
	for (size_t i = 0; i < record.size; i++) {
		unsigned char byte = record.data[i];

		if (phase == QUOTED && byte == '"') {
			phase = QUOTE_IN_QUOTED;
			continue;
		}
		if (phase == FIELD_START && byte == '"') {
			phase = QUOTED;
			continue;
		}
		if (phase != QUOTED && byte == delimiter) {
			phase = FIELD_START;
			fields->start[fields->n] = i + 1;
			fields->field[fields->n++] = (struct sk_span){ to, 0 };
			continue;
		}
		if (phase == QUOTE_IN_QUOTED)
			phase = byte == '"' ? QUOTED : BARE;
		else if (phase == FIELD_START)
			phase = BARE;
		*to++ = byte;
		fields->field[fields->n - 1].size++;
	}
	fields->open = phase == QUOTED;
	return fields;
}

/* ---- data between paddings ---- */

struct padded {
	unsigned char *block;
	unsigned char *data;
	size_t size;
};

static struct padded
padded_copy(const unsigned char *bytes, size_t size)
{
	static const char padding[] = "\"\n,x\"\"\n";
	struct padded padded = { allocate(size + 2 * SK_SCAN_PAD), NULL, size };

	for (size_t i = 0; i < size + 2 * SK_SCAN_PAD; i++)
		padded.block[i] = (unsigned char)padding[random_below(sizeof(padding) - 1)];
	padded.data = padded.block + SK_SCAN_PAD;
	memcpy(padded.data, bytes, size);
	return padded;
}

/* Soup of what matters, in one of several mixtures; ends in a line end. */
static size_t
cook(unsigned char *bytes, size_t most)
{
	static const char *const recipes[] = { "\",\na", "\",a\"\"a\n,\",aaaaaa", "a,a,\"a\n", "\"\"\"\"\n,a", "\",\n\r",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaa,,,,\"\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\"",
		"\n", "a\",\"" };
	const char *recipe = recipes[random_below(sizeof(recipes) / sizeof(recipes[0]))];
	size_t size = 1 + random_below(most);

	for (size_t i = 0; i < size; i++) {
		bytes[i] = (unsigned char)recipe[random_below(strlen(recipe))];
		if (random_below(40) == 0)
			recipe = recipes[random_below(sizeof(recipes) / sizeof(recipes[0]))];
	}
	bytes[size - 1] = '\n';
	return size;
}

static size_t
some_quote_max(void)
{
	return random_below(3) == 0 ? 0 : SK_CSV_QUOTE_MAX_LEAST + random_below(200);
}

/* ---- where records end ---- */

static void
assert_cut(const struct sk_csv_loops *loops, const struct sk_csv_dialect *dialect, struct padded in)
{
	struct plain *plain = plain_cut(dialect, in.data, in.size, true);
	struct sk_span records[SIZE_MOST + 2];
	size_t n = 0, at = 0, used;

	while (at < in.size) {
		size_t max = 1 + random_below(20);
		size_t got = loops->records(dialect, in.data + at, in.size - at, true, records + n, max, &used, &lines);

		assert_true(got > 0 && got <= max);
		n += got;
		at += used;
	}
	assert_int_equal(at, in.size);
	assert_int_equal(n, plain->n);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(records[i].data, plain->record[i].data);
		assert_int_equal(records[i].size, plain->record[i].size);
	}
	free(plain);
}

/* Feed the data in pieces, and cut what is whole of them: the records must be those of the data in one. */
static void
assert_pieces(const struct sk_csv_loops *loops, const struct sk_csv_dialect *dialect, struct padded in, size_t first)
{
	struct plain *all = plain_cut(dialect, in.data, in.size, true);
	struct sk_layout_progress progress = { 0 };
	struct sk_span records[SIZE_MOST + 2];
	size_t begin = 0, end = first, n = 0, used;

	for (;; end += 1 + random_below(100)) {
		bool last = end >= in.size;
		size_t whole;
		struct padded piece;

		end = last ? in.size : end;
		piece = padded_copy(in.data + begin, end - begin);
		whole = last ? end - begin : loops->whole(dialect, piece.data, piece.size, &progress);
		if (!last) {
			struct plain *plain = plain_cut(dialect, piece.data, piece.size, false);

			assert_int_equal(whole, plain->used);
			free(plain);
		}
		for (size_t at = 0, got; at < whole; at += used) {
			got = loops->records(dialect, piece.data + at, whole - at, true, records, SIZE_MOST, &used, &lines);
			assert_true(got > 0);
			for (size_t i = 0; i < got; i++, n++) {
				assert_true(n < all->n);
				assert_int_equal(records[i].data - piece.data + (ptrdiff_t)begin,
				    all->record[n].data - in.data);
				assert_int_equal(records[i].size, all->record[n].size);
			}
		}
		begin += whole;
		free(piece.block);
		if (last)
			break;
	}
	assert_int_equal(n, all->n);
	free(all);
}

static void
test_records_end_where_a_slow_reader_ends_them(void **state)
{
	const size_t rounds = SANITIZED ? 3000 : 20000;
	unsigned char bytes[SIZE_MOST];

	(void)state;
	for (size_t round = 0; round < rounds; round++) {
		struct sk_csv_dialect dialect = { ',', '\n', some_quote_max() };
		struct padded in = padded_copy(bytes, cook(bytes, SIZE_MOST));

		for (const struct sk_csv_loops *const *loops = sk_csv_all(); *loops != NULL; loops++) {
			assert_cut(*loops, &dialect, in);
			assert_pieces(*loops, &dialect, in, 1 + random_below(in.size));
		}
		free(in.block);
	}
}

static void
test_input_may_be_cut_at_every_byte(void **state)
{
	const size_t rounds = SANITIZED ? 10 : 40;
	unsigned char bytes[SIZE_MOST];

	(void)state;
	for (size_t round = 0; round < rounds; round++) {
		struct sk_csv_dialect dialect = { ',', '\n', some_quote_max() };
		struct padded in = padded_copy(bytes, cook(bytes, 300));

		for (const struct sk_csv_loops *const *loops = sk_csv_all(); *loops != NULL; loops++)
			for (size_t first = 1; first <= in.size; first++)
				assert_pieces(*loops, &dialect, in, first);
		free(in.block);
	}
}

/* What is cut from "|"-separated text; records come joined by "|". */
static void
assert_cut_text(const char *text, size_t quote_max, const char *expected)
{
	struct sk_csv_dialect dialect = { ',', '\n', quote_max };

	for (const struct sk_csv_loops *const *loops = sk_csv_all(); *loops != NULL; loops++) {
		struct padded in = padded_copy((const unsigned char *)text, strlen(text));
		struct sk_span records[64];
		char joined[4096];
		size_t used, n = (*loops)->records(&dialect, in.data, in.size, true, records, 64, &used, &lines), size = 0;

		for (size_t i = 0; i < n; i++) {
			memcpy(joined + size, records[i].data, records[i].size);
			size += records[i].size;
			joined[size++] = '|';
		}
		joined[size] = '\0';
		assert_string_equal(joined, expected);
		free(in.block);
	}
}

static void
test_a_stray_quote_costs_one_record(void **state)
{
	char line[200];
	static const char x100[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

	(void)state;
	assert_cut_text("a,b\n1,\"x\ny\"\n2,z\n", 0, "a,b|1,\"x\ny\"|2,z|");
	/* the input ends */
	assert_cut_text("1,\"x\n2,y\n3,z\n", 0, "1,\"x|2,y|3,z|");
	assert_cut_text("1,\"x\n", 0, "1,\"x|");
	/* text behind the quote that seems to close it */
	assert_cut_text("1,\"x\n2,\"y\",3\n4,\"z\"\n", 0, "1,\"x|2,\"y\",3|4,\"z\"|");
	assert_cut_text("1,\"x\"y\n2,z\n", 0, "1,\"x\"y|2,z|");
	/* the quote to blame is the open one, not one that is closed as it should be */
	assert_cut_text("\"a\nb\",\"x\n2\n3\n", 0, "\"a\nb\",\"x|2|3|");
	/* a quote that is no field's first byte is a character */
	assert_cut_text("5\" disk,\"a\nb\"\n3\" disk\n", 0, "5\" disk,\"a\nb\"|3\" disk|");
	/* doubled quotes */
	assert_cut_text("\"\"\"\n\"\"\",1\n\"\",2\n", 0, "\"\"\"\n\"\"\",1|\"\",2|");
	/* the limit */
	snprintf(line, sizeof(line), "\"x\n%s\n2\"\n3\n", x100);
	{
		char expected[200];

		snprintf(expected, sizeof(expected), "\"x|%s|2\"|3|", x100);
		assert_cut_text(line, 100, expected);
		snprintf(expected, sizeof(expected), "\"x\n%s\n2\"|3|", x100);
		assert_cut_text(line, 107, expected);
		assert_cut_text(line, 0, expected);
	}
	/* one long line is limited by somebody else, but its end in quotes is the end */
	snprintf(line, sizeof(line), "\"%s\n2\"\n3\n", x100);
	{
		char expected[200];

		snprintf(expected, sizeof(expected), "\"%s|2\"|3|", x100);
		assert_cut_text(line, 64, expected);
		snprintf(line, sizeof(line), "\"%s\"\n2\n", x100);
		snprintf(expected, sizeof(expected), "\"%s\"|2|", x100);
		assert_cut_text(line, 64, expected);
	}
}

/* ---- fields ---- */

static struct sk_layout_want
some_want(void)
{
	struct sk_layout_want want = { { NULL, 0 }, (long)random_below(9) - 3, random_below(8) == 0 };

	if (random_below(8) == 0)
		want.number *= 20;
	return want;
}

static void
assert_value(struct sk_span record, const struct plain_fields *fields, struct sk_layout_want want, struct sk_span value,
    unsigned char state)
{
	long number = want.number < 0 ? (long)fields->n + 1 + want.number : want.number;

	if (fields->open) {
		assert_int_equal(state, SK_LAYOUT_BAD);
		assert_int_equal(value.size, 0);
	} else if (number < 1 || number > (long)fields->n) {
		assert_int_equal(state, SK_LAYOUT_MISSING);
		assert_int_equal(value.size, 0);
	} else {
		struct sk_span expected = fields->field[number - 1];

		if (record.size > 0 && record.data[record.size - 1] == '\r')
			record.size--;
		if (want.rest)
			expected = (struct sk_span){ record.data + fields->start[number - 1],
				record.size - fields->start[number - 1] };
		assert_int_equal(state, SK_LAYOUT_VALUE);
		assert_int_equal(value.size, expected.size);
		assert_memory_equal(value.data, expected.data, expected.size);
	}
}

static void
assert_fields(const struct sk_csv_loops *loops, const struct sk_csv_dialect *dialect, const struct sk_span *records,
    size_t n, size_t bytes)
{
	struct sk_layout_want wants[6];
	size_t wanted = random_below(7), bad = 0;
	struct sk_csv_columns *columns = allocate(sizeof(*columns));
	unsigned char *scratch = allocate(wanted * bytes + SK_SCAN_PAD);
	struct sk_span *values = allocate((6 * n + 1) * sizeof(*values));
	unsigned char *states = allocate(6 * n + 1);
	struct sk_layout_fault *faults = allocate((n + 1) * sizeof(*faults));

	for (size_t w = 0; w < wanted; w++)
		wants[w] = some_want();
	sk_csv_columns_init(columns, wants, wanted);
	size_t said = loops->pick(dialect, columns, records, n, n, scratch, values, states, faults);

	for (size_t i = 0; i < n; i++) {
		struct plain_fields *fields = plain_split(dialect->delimiter, records[i]);

		assert_int_equal(faults[i].reason, fields->open ? SK_LAYOUT_QUOTE_OPEN : SK_LAYOUT_FINE);
		if (fields->open) {
			assert_int_equal(faults[i].offset, fields->start[fields->n - 1]);
			bad++;
		}
		for (size_t w = 0; w < wanted; w++)
			assert_value(records[i], fields, wants[w], values[w * n + i], states[w * n + i]);
		free(fields);
	}
	assert_int_equal(said, bad);
	free(columns);
	free(scratch);
	free(values);
	free(states);
	free(faults);
}

static void
test_fields_are_those_of_a_slow_reader(void **state)
{
	const size_t rounds = SANITIZED ? 3000 : 20000;
	unsigned char bytes[SIZE_MOST];

	(void)state;
	for (size_t round = 0; round < rounds; round++) {
		struct sk_csv_dialect dialect = { ',', '\n', some_quote_max() };
		struct padded in = padded_copy(bytes, cook(bytes, SIZE_MOST));

		for (const struct sk_csv_loops *const *loops = sk_csv_all(); *loops != NULL; loops++) {
			struct sk_span records[SIZE_MOST];
			size_t used, n = (*loops)->records(&dialect, in.data, in.size, true, records, SIZE_MOST, &used, &lines);

			assert_fields(*loops, &dialect, records, n, in.size);
		}
		free(in.block);
	}
}

/* a,"xx"yy"z: a quoted part and a mere quote, wherever chunks end between them. */
static void
test_quotes_are_told_apart_wherever_chunks_end(void **state)
{
	(void)state;
	for (size_t quoted = 0; quoted < 140; quoted += SANITIZED ? 3 : 1)
		for (size_t bare = 0; bare < 140; bare++) {
			const struct sk_csv_dialect dialect = { ',', '\n', 0 };
			unsigned char text[300] = "a,\"";
			size_t size = 3;
			struct padded in;
			struct sk_span record;

			memset(text + size, 'x', quoted);
			size += quoted;
			text[size++] = '"';
			memset(text + size, 'y', bare);
			size += bare;
			text[size++] = '"';
			text[size++] = 'z';
			in = padded_copy(text, size);
			record = (struct sk_span){ in.data, in.size };
			for (const struct sk_csv_loops *const *loops = sk_csv_all(); *loops != NULL; loops++)
				assert_fields(*loops, &dialect, &record, 1, size);
			free(in.block);
		}
}

static const struct {
	const char *record;
	long number;
	int state;
	const char *value;
} table[] = {
	{ "a,b,c", 1, SK_LAYOUT_VALUE, "a" },
	{ "a,b,c", 3, SK_LAYOUT_VALUE, "c" },
	{ "a,b,c", 4, SK_LAYOUT_MISSING, "" },
	{ "a,b,c", -1, SK_LAYOUT_VALUE, "c" },
	{ "a,b,c", -3, SK_LAYOUT_VALUE, "a" },
	{ "a,b,c", -4, SK_LAYOUT_MISSING, "" },
	{ "a,b,c\r", 3, SK_LAYOUT_VALUE, "c" },
	{ "a,\"b\"\r", 2, SK_LAYOUT_VALUE, "b" },
	{ "a,,", 2, SK_LAYOUT_VALUE, "" },
	{ "a,,", 3, SK_LAYOUT_VALUE, "" },
	{ "a,,", 4, SK_LAYOUT_MISSING, "" },
	{ ",", -2, SK_LAYOUT_VALUE, "" },
	{ "", 1, SK_LAYOUT_MISSING, "" },
	{ "\r", 1, SK_LAYOUT_MISSING, "" },
	{ "\"\"", 1, SK_LAYOUT_VALUE, "" },
	{ "\"a,b\",c", 1, SK_LAYOUT_VALUE, "a,b" },
	{ "\"a,b\",c", 2, SK_LAYOUT_VALUE, "c" },
	{ "\"a\nb\",c", 1, SK_LAYOUT_VALUE, "a\nb" },
	{ "\"a\"\"b\"", 1, SK_LAYOUT_VALUE, "a\"b" },
	{ "\"\"\"\"", 1, SK_LAYOUT_VALUE, "\"" },
	{ "\"\"\"a\"\"\"", 1, SK_LAYOUT_VALUE, "\"a\"" },
	{ "5\" disk,\"x\"", 1, SK_LAYOUT_VALUE, "5\" disk" },
	{ "5\" disk,\"x\"", 2, SK_LAYOUT_VALUE, "x" },
	{ "\"a\"b,c", 1, SK_LAYOUT_VALUE, "ab" },
	{ "\"a\"b\"c\",d", 1, SK_LAYOUT_VALUE, "ab\"c\"" },
	{ "\"a\"\"b\"c\"\"d,e", 1, SK_LAYOUT_VALUE, "a\"bc\"\"d" },
	{ "\"a\" ,b", 1, SK_LAYOUT_VALUE, "a " },
	{ " \"a,b\"", 1, SK_LAYOUT_VALUE, " \"a" },
	{ "a,\"b", 1, SK_LAYOUT_BAD, "" },
	{ "a,\"b", 2, SK_LAYOUT_BAD, "" },
};

static void
test_fields_have_the_values_that_are_written_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (const struct sk_csv_loops *const *loops = sk_csv_all(); *loops != NULL; loops++) {
			struct sk_csv_dialect dialect = { ',', '\n', 0 };
			struct sk_layout_want want = { { NULL, 0 }, table[i].number, false };
			struct padded in = padded_copy((const unsigned char *)table[i].record, strlen(table[i].record));
			struct sk_span record = { in.data, in.size }, value;
			struct sk_csv_columns columns;
			struct sk_layout_fault fault;
			unsigned char scratch[200], got;

			sk_csv_columns_init(&columns, &want, 1);
			(*loops)->pick(&dialect, &columns, &record, 1, 1, scratch, &value, &got, &fault);
			if (got != table[i].state || value.size != strlen(table[i].value) ||
			    memcmp(value.data, table[i].value, value.size) != 0)
				fail_msg("%s, field %ld: state %d, %.*s", table[i].record, table[i].number, got,
				    (int)value.size, (const char *)value.data);
			free(in.block);
		}
}

/* ---- Python's reader ---- */

/* Documents without stray quotes, and without a CR of their own, of which Python thinks otherwise. */
static size_t
cook_clean(unsigned char *bytes, size_t size)
{
	const struct sk_csv_dialect dialect = { ',', '\n', 0 };
	unsigned char soup[200];
	size_t filled = 0;

	while (filled + sizeof(soup) * 2 < size) {
		size_t n = cook(soup, sizeof(soup));
		struct plain *plain;

		for (size_t i = 0; i < n; i++)
			soup[i] = soup[i] == '\r' ? 'r' : soup[i];
		if (n > 1 && soup[n - 2] != '\n' && random_below(3) == 0)
			soup[n - 2] = '\r';
		plain = plain_cut(&dialect, soup, n, true);
		if (!plain->stray) {
			memcpy(bytes + filled, soup, n);
			filled += n;
		}
		free(plain);
	}
	return filled;
}

/* Lines of fields in hexadecimal digits, each with a comma behind it. */
static const char script[] =
    "import csv, sys\n"
    "csv.field_size_limit(1 << 30)\n"
    "for row in csv.reader(open(sys.argv[1], encoding=\"latin-1\", newline=\"\")):\n"
    "    print(\"\".join(field.encode(\"latin-1\").hex() + \",\" for field in row))\n";

static void
assert_row(FILE *rows, const struct plain_fields *fields, size_t record)
{
	char row[8 * SIZE_MOST], expected[8 * SIZE_MOST], *to = expected;

	for (size_t f = 0; f < fields->n; f++) {
		for (size_t i = 0; i < fields->field[f].size; i++)
			to += sprintf(to, "%02x", (unsigned)fields->field[f].data[i]);
		*to++ = ',';
	}
	strcpy(to, "\n");
	assert_non_null(fgets(row, sizeof(row), rows));
	if (strcmp(row, expected) != 0)
		fail_msg("record %zu: Python has %s, this test %s", record, row, expected);
}

static void
test_the_slow_reader_reads_as_python_does(void **state)
{
	static unsigned char bytes[200000];
	const struct sk_csv_dialect dialect = { ',', '\n', 0 };
	char name[] = "/tmp/test_csv.XXXXXX", command[1024];
	struct padded in;
	size_t at = 0, count = 0, used;
	FILE *file, *rows;

	(void)state;
	if (system("python3 -c 'import csv' 2>/dev/null") != 0) {
		print_message("skipped: there is no python3 here\n");
		skip();
	}
	in = padded_copy(bytes, cook_clean(bytes, sizeof(bytes)));
	file = fdopen(mkstemp(name), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(in.data, 1, in.size, file), in.size);
	assert_int_equal(fclose(file), 0);
	snprintf(command, sizeof(command), "python3 -c '%s' %s", script, name);
	assert_non_null(rows = popen(command, "r"));
	for (struct sk_span record; at < in.size; at += used, count++) {
		struct plain_fields *fields;

		assert_int_equal(sk_csv_best()->records(&dialect, in.data + at, in.size - at, true, &record, 1, &used, &lines), 1);
		fields = plain_split(',', record);
		assert_false(fields->open);
		assert_row(rows, fields, count);
		free(fields);
	}
	assert_int_equal(fgetc(rows), EOF);
	assert_int_equal(pclose(rows), 0);
	unlink(name);
	free(in.block);
	assert_true(count > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_end_where_a_slow_reader_ends_them),
		cmocka_unit_test(test_input_may_be_cut_at_every_byte),
		cmocka_unit_test(test_a_stray_quote_costs_one_record),
		cmocka_unit_test(test_fields_are_those_of_a_slow_reader),
		cmocka_unit_test(test_quotes_are_told_apart_wherever_chunks_end),
		cmocka_unit_test(test_fields_have_the_values_that_are_written_here),
		cmocka_unit_test(test_the_slow_reader_reads_as_python_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
