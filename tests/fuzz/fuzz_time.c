/*
 * fuzz_time.c -- text to event times, with a reader that remembers the last text against ones that
 * do not. Byte 0: the format, byte 1: the zone of texts without one, in quarters of an hour. Then
 * lines: for a pattern the first is the pattern; the others are texts.
 */
#include "fuzz.h"
#include "record/time.h"

#define UNTOUCHED 42

static bool
same_reading(struct sk_time_reader *reader, struct sk_span text, int64_t *value)
{
	struct sk_time_reader fresh;
	int64_t wanted = UNTOUCHED;
	enum sk_time_status status;

	sk_time_reader_init(&fresh, reader->format, reader->pattern);
	sk_time_reader_set_offset(&fresh, reader->offset);
	sk_time_reader_set_reference(&fresh, reader->reference);
	*value = UNTOUCHED;
	status = sk_time_read(reader, text, value);
	check(status == sk_time_read(&fresh, text, &wanted) && *value == wanted);
	check(status == SK_TIME_OK || *value == UNTOUCHED);
	check((status == SK_TIME_EMPTY) == (text.size == 0));
	/* Once more, as the one that is remembered. */
	check(status == sk_time_read(&fresh, text, &wanted) && *value == wanted);
	return status == SK_TIME_OK;
}

/* Texts that are one digit away from ${text}, each after ${text} itself, so that this is what is remembered. */
static void
check_neighbours(struct sk_time_reader *reader, unsigned char *text, size_t size)
{
	int64_t value;

	for (size_t i = 0; i < size && i < 48; i++) {
		const unsigned char was = text[i];

		if (was < '0' || was > '9')
			continue;
		text[i] = was == '9' ? '0' : (unsigned char)(was + 1);
		same_reading(reader, (struct sk_span){ text, size }, &value);
		text[i] = was;
		same_reading(reader, (struct sk_span){ text, size }, &value);
	}
}

/* What is detected is read alike under its name; all of it from memory that ends where the text does. */
static void
check_text(struct sk_time_reader *reader, struct sk_span text)
{
	const enum sk_time_format detected = sk_time_detect(text);
	unsigned char *copy = exact_memory(text.size);
	struct sk_time_reader other;
	int64_t value, again;
	int offset;

	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	text.data = copy;
	same_reading(reader, text, &value);
	check_neighbours(reader, copy, text.size);
	check(detected != SK_TIME_PATTERN && (text.size > 0 || detected == SK_TIME_UNKNOWN));
	sk_time_reader_init(&other, detected, NULL);
	sk_time_reader_set_offset(&other, reader->offset);
	sk_time_reader_set_reference(&other, reader->reference);
	if (same_reading(&other, text, &again) && detected == reader->format)
		check(value == again);
	if (sk_time_zone(text, &offset) == SK_TIME_OK)
		check(-86400 < offset && offset < 86400);
	free(copy);
}

static struct sk_span
next_line(struct sk_span *rest)
{
	const unsigned char *end = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
	struct sk_span line = { rest->data, end != NULL ? (size_t)(end - rest->data) : rest->size };
	size_t used = line.size + (end != NULL);

	rest->data += used;
	rest->size -= used;
	return line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_time_pattern pattern;
	struct sk_time_reader reader;
	struct sk_span rest, line;
	enum sk_time_format format;
	size_t position = SIZE_MAX;

	if (size < 2)
		return 0;
	format = (enum sk_time_format)(data[0] % SK_TIME_FORMATS);
	rest = (struct sk_span){ data + 2, size - 2 };
	if (format == SK_TIME_PATTERN) {
		line = next_line(&rest);
		if (sk_time_pattern_compile(&pattern, line, &position) != SK_TIME_PATTERN_OK) {
			check(position <= line.size);
			return 0;
		}
	}
	sk_time_reader_init(&reader, format, &pattern);
	sk_time_reader_set_offset(&reader, (data[1] % 96) * 900 - 43200);
	sk_time_reader_set_reference(&reader, INT64_C(1795342272) * 1000000000);
	while (rest.size > 0)
		check_text(&reader, next_line(&rest));
	return 0;
}
