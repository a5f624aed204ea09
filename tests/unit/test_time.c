/*
 * test_time.c -- text to event times, against tables, a calendar that counts day by day, and
 * readers that remember nothing.
 */
#include "support.h"

#include "record/time.h"

/* What results hold before a call, to see that they are left untouched. */
#define UNTOUCHED INT64_C(-424242)

#define BILLION INT64_C(1000000000)

/* 2026-11-22T10:11:12Z, a Sunday */
#define MOMENT (INT64_C(1795342272) * BILLION)

#define OK SK_TIME_OK
#define EMPTY SK_TIME_EMPTY
#define NOT SK_TIME_NOT_A_TIME
#define NONE SK_TIME_NO_SUCH_TIME
#define RANGE SK_TIME_OUT_OF_RANGE

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sk_time_pattern
compiled(const char *text)
{
	struct sk_time_pattern pattern;
	size_t position = 0;

	assert_int_equal(
	    sk_time_pattern_compile(&pattern, span_of(text), &position), SK_TIME_PATTERN_OK);
	assert_int_equal(position, strlen(text));
	return pattern;
}

/* Reads ${text} from memory that begins and ends where it does. */
static enum sk_time_status
read_exactly(struct sk_time_reader *reader, struct sk_span text, int64_t *value)
{
	unsigned char *const copy = malloc(text.size + (text.size == 0));
	enum sk_time_status status;

	assert_non_null(copy);
	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	status = sk_time_read(reader, (struct sk_span){ copy, text.size }, value);
	free(copy);
	return status;
}

/* The same with a reader that remembers nothing. */
static enum sk_time_status
read_afresh(const struct sk_time_reader *like, struct sk_span text, int64_t *value)
{
	struct sk_time_reader reader;

	sk_time_reader_init(&reader, like->format, like->pattern);
	sk_time_reader_set_offset(&reader, like->offset);
	sk_time_reader_set_reference(&reader, like->reference);
	return read_exactly(&reader, text, value);
}

static struct sk_time_reader
new_reader(enum sk_time_format format, const struct sk_time_pattern *pattern)
{
	struct sk_time_reader reader;

	sk_time_reader_init(&reader, format, pattern);
	sk_time_reader_set_reference(&reader, MOMENT);
	return reader;
}

static void
check_read(
    struct sk_time_reader *reader, const char *text, enum sk_time_status wanted, int64_t time)
{
	for (int i = 0; i < 3; i++) {
		int64_t value = UNTOUCHED;
		/* Afresh, then as the first of its kind, then remembered. */
		const enum sk_time_status status = i == 0
		    ? read_afresh(reader, span_of(text), &value)
		    : read_exactly(reader, span_of(text), &value);

		if (status != wanted || value != (wanted == OK ? time : UNTOUCHED))
			fail_msg("%s \"%s\": status %d, %" PRId64 ", not %d, %" PRId64,
			    sk_time_format_name(reader->format), text, (int)status, value,
			    (int)wanted, time);
	}
}

/* ---- tables ---- */

struct row {
	enum sk_time_format format;
	const char *text;
	int64_t second; /* since 1970 */
	int nanosecond;
};

#define SECOND INT64_C(1795342272) /* that of MOMENT */

static const struct row good_rows[] = {
	{ SK_TIME_SECONDS, "1795342272", SECOND, 0 },
	{ SK_TIME_SECONDS, "+1795342272.5", SECOND, 500000000 },
	{ SK_TIME_SECONDS, "1795342272.123456789", SECOND, 123456789 },
	{ SK_TIME_SECONDS, "1795342272.1234567899", SECOND, 123456789 },
	{ SK_TIME_SECONDS, "00000000000000000000000000001795342272", SECOND, 0 },
	{ SK_TIME_SECONDS, "0", 0, 0 },
	{ SK_TIME_SECONDS, "-0.0", 0, 0 },
	{ SK_TIME_SECONDS, "0.00000000000000000000000000001", 0, 0 },
	{ SK_TIME_SECONDS, "-1", -1, 0 },
	{ SK_TIME_SECONDS, "-1.25", -2, 750000000 },
	{ SK_TIME_SECONDS, "-0.0000000019", -1, 999999999 },
	{ SK_TIME_SECONDS, "9223372036.854775807", 9223372036, 854775807 },
	{ SK_TIME_SECONDS, "-9223372036.854775808", -9223372037, 145224192 },
	{ SK_TIME_MILLISECONDS, "1795342272123", SECOND, 123000000 },
	{ SK_TIME_MILLISECONDS, "1795342272123.4567899", SECOND, 123456789 },
	{ SK_TIME_MILLISECONDS, "-1", -1, 999000000 },
	{ SK_TIME_MILLISECONDS, "9223372036854.775807", 9223372036, 854775807 },
	{ SK_TIME_MICROSECONDS, "1795342272123456", SECOND, 123456000 },
	{ SK_TIME_MICROSECONDS, "1795342272123456.7899", SECOND, 123456789 },
	{ SK_TIME_MICROSECONDS, "-9223372036854775.808", -9223372037, 145224192 },
	{ SK_TIME_NANOSECONDS, "1795342272123456789", SECOND, 123456789 },
	{ SK_TIME_NANOSECONDS, "1795342272123456789.999", SECOND, 123456789 },
	{ SK_TIME_NANOSECONDS, "9223372036854775807", 9223372036, 854775807 },
	{ SK_TIME_NANOSECONDS, "-9223372036854775808", -9223372037, 145224192 },
	{ SK_TIME_ISO, "2026-11-22T10:11:12Z", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22T10:11:12.123456789Z", SECOND, 123456789 },
	{ SK_TIME_ISO, "2026-11-22T10:11:12.12345678999999Z", SECOND, 123456789 },
	{ SK_TIME_ISO, "2026-11-22t10:11:12,5z", SECOND, 500000000 },
	{ SK_TIME_ISO, "2026-11-22 10:11:12", SECOND, 0 },
	{ SK_TIME_ISO, "2026/11/22 10:11:12", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22T11:11:12+01:00", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22T11:11:12.75+0100", SECOND, 750000000 },
	{ SK_TIME_ISO, "2026-11-22T11:11:12+01", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22 11:11:12 +0100", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22 10:11:12 UTC", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22 10:11:12.25 GMT", SECOND, 250000000 },
	{ SK_TIME_ISO, "2026-11-22T10:11:12-00:00", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-21T10:12:12-23:59", SECOND, 0 },
	{ SK_TIME_ISO, "2026-11-22T10:11Z", SECOND - 12, 0 },
	{ SK_TIME_ISO, "2026-11-22T10:11", SECOND - 12, 0 },
	{ SK_TIME_ISO, "2026-11-22", SECOND - 36672, 0 },
	{ SK_TIME_ISO, "2026/11/22", SECOND - 36672, 0 },
	{ SK_TIME_ISO, "20261122T101112Z", SECOND, 0 },
	{ SK_TIME_ISO, "20261122T111112.5+0100", SECOND, 500000000 },
	{ SK_TIME_ISO, "20261122T1011", SECOND - 12, 0 },
	{ SK_TIME_ISO, "[2026-11-22T10:11:12Z]", SECOND, 0 },
	{ SK_TIME_ISO, "\"2026-11-22T10:11:12Z\"", SECOND, 0 },
	{ SK_TIME_ISO, " 2026-11-22T10:11:12Z\t", SECOND, 0 },
	{ SK_TIME_ISO, " [2026-11-22T10:11:12Z] ", SECOND, 0 },
	{ SK_TIME_ISO, "2016-12-31T23:59:60Z", 1483228800, 0 },
	{ SK_TIME_ISO, "2016-12-31T23:59:60.5Z", 1483228800, 500000000 },
	{ SK_TIME_ISO, "2016-12-31T24:00:00Z", 1483228800, 0 },
	{ SK_TIME_ISO, "2016-12-31T24:00", 1483228800, 0 },
	{ SK_TIME_ISO, "2016-12-31T24:00:00.0Z", 1483228800, 0 },
	{ SK_TIME_ISO, "1970-01-01T00:00:00Z", 0, 0 },
	{ SK_TIME_ISO, "1969-12-31T23:59:59.999999999Z", -1, 999999999 },
	{ SK_TIME_ISO, "2000-02-29", 951782400, 0 },
	{ SK_TIME_ISO, "2024-02-29", 1709164800, 0 },
	{ SK_TIME_ISO, "1677-09-21T00:12:43.145224192Z", -9223372037, 145224192 },
	{ SK_TIME_ISO, "2262-04-11T23:47:16.854775807Z", 9223372036, 854775807 },
	{ SK_TIME_CLF, "[22/Nov/2026:10:11:12 +0000]", SECOND, 0 },
	{ SK_TIME_CLF, "[22/Nov/2026:11:11:12 +0100]", SECOND, 0 },
	{ SK_TIME_CLF, "22/Nov/2026:11:11:12 +0100", SECOND, 0 },
	{ SK_TIME_CLF, "22/nov/2026:05:41:12 -0430", SECOND, 0 },
	{ SK_TIME_CLF, "[22/Nov/2026:10:11:12", SECOND, 0 },
	{ SK_TIME_CLF, "22/Nov/2026:10:11:12 +0000]", SECOND, 0 },
	{ SK_TIME_CLF, "22/Nov/2026:10:11:12", SECOND, 0 },
	{ SK_TIME_CLF, "[22/Nov/2026:10:11:12.345 +0000]", SECOND, 345000000 },
	{ SK_TIME_SYSLOG, "Nov 22 10:11:12", SECOND, 0 },
	{ SK_TIME_SYSLOG, "NOV 22 10:11:12.5", SECOND, 500000000 },
	{ SK_TIME_SYSLOG, "Nov  2 10:11:12", SECOND - 20 * 86400, 0 },
	{ SK_TIME_SYSLOG, "Nov 2 10:11:12", SECOND - 20 * 86400, 0 },
	{ SK_TIME_SYSLOG, "Nov 02 10:11:12", SECOND - 20 * 86400, 0 },
	{ SK_TIME_SYSLOG, "Nov 22 2026 10:11:12", SECOND, 0 },
	{ SK_TIME_SYSLOG, "Nov 22 1999 10:11:12", 943265472, 0 },
	{ SK_TIME_SYSLOG, "Nov 22 10:11:12 2026", SECOND, 0 },
	{ SK_TIME_SYSLOG, "Nov 22 10:11:12 UTC", SECOND, 0 },
	{ SK_TIME_SYSLOG, "Nov 22 11:11:12 +0100 2026", SECOND, 0 },
	{ SK_TIME_SYSLOG, "<34>Nov 22 10:11:12", SECOND, 0 },
	{ SK_TIME_SYSLOG, "<0>Nov  2 10:11:12", SECOND - 20 * 86400, 0 },
	{ SK_TIME_SYSLOG, "<191>Nov 22 2026 10:11:12.25", SECOND, 250000000 },
	{ SK_TIME_SYSLOG, "<165>1 2026-11-22T10:11:12.003Z", SECOND, 3000000 },
	{ SK_TIME_SYSLOG, "<165>1 2026-11-22T10:11:12Z", SECOND, 0 },
	{ SK_TIME_SYSLOG, "<6>1 2026-11-22T03:11:12.000003-07:00", SECOND, 3000 },
	{ SK_TIME_SYSLOG, "<13>2026-11-22T11:11:12.123456+01:00", SECOND, 123456000 },
	{ SK_TIME_SYSLOG, "<13>10 2026-11-22T11:11:12.123456789+01:00", SECOND, 123456789 },
	{ SK_TIME_CTIME, "Sun Nov 22 10:11:12 2026", SECOND, 0 },
	{ SK_TIME_CTIME, "[Sun Nov 22 10:11:12.123456 2026]", SECOND, 123456000 },
	{ SK_TIME_CTIME, "Mon Nov  2 10:11:12 2026", SECOND - 20 * 86400, 0 },
	{ SK_TIME_CTIME, "Sun Nov 22 10:11:12 UTC 2026", SECOND, 0 },
	{ SK_TIME_CTIME, "Sun Nov 22 11:11:12 +0100 2026", SECOND, 0 },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 GMT", SECOND, 0 },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 11:11:12 +0100", SECOND, 0 },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 11:11:12 +0100 (CET)", SECOND, 0 },
	{ SK_TIME_MAIL, "22 Nov 2026 05:11:12 EST", SECOND, 0 },
	{ SK_TIME_MAIL, "22 Nov 2026 06:11:12 EDT", SECOND, 0 },
	{ SK_TIME_MAIL, "22 Nov 2026 02:11:12 PST", SECOND, 0 },
	{ SK_TIME_MAIL, "22 Nov 2026 10:11:12 UT", SECOND, 0 },
	{ SK_TIME_MAIL, "22 Nov 2026 10:11:12", SECOND, 0 },
	{ SK_TIME_MAIL, "22 Nov 2026 10:11", SECOND - 12, 0 },
	{ SK_TIME_MAIL, "Sun,22 Nov 26 10:11:12 Z", SECOND, 0 },
	{ SK_TIME_MAIL, "Mon,  2 Nov 2026 10:11:12 GMT", SECOND - 20 * 86400, 0 },
	{ SK_TIME_MAIL, "2 Nov 2026 10:11:12 GMT", SECOND - 20 * 86400, 0 },
	{ SK_TIME_MAIL, "Sunday, 22-Nov-26 10:11:12 GMT", SECOND, 0 },
	{ SK_TIME_MAIL, "Sunday, 06-Nov-94 08:49:37 GMT", 784111777, 0 },
	{ SK_TIME_MAIL, "\"Sun, 22 Nov 2026 10:11:12 GMT\"", SECOND, 0 },
};

static void
test_good_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good_rows); i++) {
		const struct row *const row = &good_rows[i];
		struct sk_time_reader reader = new_reader(row->format, NULL);
		/* Down from the next second, as the first is out of range for the smallest time. */
		const int64_t time = (row->second + 1) * (row->second < 0 ? BILLION : 0) +
		    (row->second < 0 ? row->nanosecond - BILLION
				     : row->second * BILLION + row->nanosecond);

		check_read(&reader, row->text, OK, time);
	}
}

static const struct {
	enum sk_time_format format;
	const char *text;
	enum sk_time_status status;
} bad_rows[] = {
	{ SK_TIME_UNKNOWN, "1", NOT },
	{ SK_TIME_UNKNOWN, "2026-11-22", NOT },
	{ SK_TIME_SECONDS, "", EMPTY },
	{ SK_TIME_SECONDS, "-", NOT },
	{ SK_TIME_SECONDS, "+-1", NOT },
	{ SK_TIME_SECONDS, ".5", NOT },
	{ SK_TIME_SECONDS, "5.", NOT },
	{ SK_TIME_SECONDS, "1.5.5", NOT },
	{ SK_TIME_SECONDS, "1,5", NOT },
	{ SK_TIME_SECONDS, "1e9", NOT },
	{ SK_TIME_SECONDS, " 1", NOT },
	{ SK_TIME_SECONDS, "1 ", NOT },
	{ SK_TIME_SECONDS, "[1]", NOT },
	{ SK_TIME_SECONDS, "12345678x", NOT },
	{ SK_TIME_SECONDS, "9223372036.854775808", RANGE },
	{ SK_TIME_SECONDS, "-9223372036.854775809", RANGE },
	{ SK_TIME_SECONDS, "9223372037", RANGE },
	{ SK_TIME_SECONDS, "18446744074", RANGE }, /* of which the nanoseconds wrap around to few */
	{ SK_TIME_SECONDS, "18446744073709551617", RANGE },
	{ SK_TIME_SECONDS, "10000000000000000000000000000000000000000", RANGE },
	{ SK_TIME_MILLISECONDS, "9223372036855", RANGE },
	{ SK_TIME_MILLISECONDS, "18446744073710", RANGE },
	{ SK_TIME_MICROSECONDS, "18446744073709552", RANGE },
	{ SK_TIME_MICROSECONDS, "9223372036854775.808", RANGE },
	{ SK_TIME_NANOSECONDS, "9223372036854775808", RANGE },
	{ SK_TIME_NANOSECONDS, "-9223372036854775809", RANGE },
	{ SK_TIME_NANOSECONDS, "18446744073709551616", RANGE },
	{ SK_TIME_NANOSECONDS, "184467440737095516160000", RANGE },
	{ SK_TIME_ISO, "", EMPTY },
	{ SK_TIME_ISO, " ", NOT },
	{ SK_TIME_ISO, "[", NOT },
	{ SK_TIME_ISO, "[]", NOT },
	{ SK_TIME_ISO, "\"", NOT },
	{ SK_TIME_ISO, "20261122", NOT },
	{ SK_TIME_ISO, "20261122 101112", NOT },
	{ SK_TIME_ISO, "2026-11", NOT },
	{ SK_TIME_ISO, "2026-11-2", NOT },
	{ SK_TIME_ISO, "2026-11/22", NOT },
	{ SK_TIME_ISO, "2026-11-22T", NOT },
	{ SK_TIME_ISO, "2026-11-22T10", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:1", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12.", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12.Z", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12ZZ", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12 ", OK },
	{ SK_TIME_ISO, "2026-11-22T10:11:12  ", NOT },
	{ SK_TIME_ISO, "  2026-11-22T10:11:12", NOT },
	{ SK_TIME_ISO, "2026-11-22  10:11:12", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12 CET", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12UTCX", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12+1", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12+01:", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12+010", NOT },
	{ SK_TIME_ISO, "[2026-11-22T10:11:12Z", NOT },
	{ SK_TIME_ISO, "2026-11-22T10:11:12Z\"", NOT },
	{ SK_TIME_ISO, "[[2026-11-22T10:11:12Z]]", NOT },
	{ SK_TIME_ISO, "-2026-11-22", NOT },
	{ SK_TIME_ISO, "2026-00-22", NONE },
	{ SK_TIME_ISO, "2026-13-22", NONE },
	{ SK_TIME_ISO, "2026-11-00", NONE },
	{ SK_TIME_ISO, "2026-11-31", NONE },
	{ SK_TIME_ISO, "2026-12-32", NONE },
	{ SK_TIME_ISO, "2026-02-29", NONE },
	{ SK_TIME_ISO, "2100-02-29", NONE },
	{ SK_TIME_ISO, "0000-00-00 00:00:00", NONE },
	{ SK_TIME_ISO, "2026-11-22T24:00:01", NONE },
	{ SK_TIME_ISO, "2026-11-22T24:01:00", NONE },
	{ SK_TIME_ISO, "2026-11-22T24:00:00.000000001", NONE },
	{ SK_TIME_ISO, "2026-11-22T23:59:61", NONE },
	{ SK_TIME_ISO, "2026-11-22T23:60:00", NONE },
	{ SK_TIME_ISO, "2026-11-22T25:00:00", NONE },
	{ SK_TIME_ISO, "2026-11-22T10:11:12+24:00", NONE },
	{ SK_TIME_ISO, "2026-11-22T10:11:12+01:60", NONE },
	{ SK_TIME_ISO, "0000-01-01T00:00:00Z", RANGE },
	{ SK_TIME_ISO, "0000-02-29", RANGE },
	{ SK_TIME_ISO, "9999-12-31T23:59:60Z", RANGE },
	{ SK_TIME_ISO, "1677-09-21T00:12:43.145224191Z", RANGE },
	{ SK_TIME_ISO, "1677-09-21T00:12:42.999999999Z", RANGE },
	{ SK_TIME_ISO, "2262-04-11T23:47:16.854775808Z", RANGE },
	{ SK_TIME_ISO, "2262-04-11T23:47:17Z", RANGE },
	{ SK_TIME_CLF, "22/Nov/2026", NOT },
	{ SK_TIME_CLF, "22/Nov/2026:10:11", NOT },
	{ SK_TIME_CLF, "22/November/2026:10:11:12", NOT },
	{ SK_TIME_CLF, "22/Nxv/2026:10:11:12", NOT },
	{ SK_TIME_CLF, "2/Nov/2026:10:11:12", NOT },
	{ SK_TIME_CLF, "22/11/2026:10:11:12", NOT },
	{ SK_TIME_CLF, "[22/Nov/2026:10:11:12 ", OK },
	{ SK_TIME_CLF, "[22/Nov/2026:10:11:12 ]", NOT },
	{ SK_TIME_CLF, "[22/Nov/2026:10:11:12 +0100] x", NOT },
	{ SK_TIME_CLF, "[[22/Nov/2026:10:11:12", NOT },
	{ SK_TIME_CLF, "00/Nov/2026:10:11:12", NONE },
	{ SK_TIME_CLF, "31/Nov/2026:10:11:12", NONE },
	{ SK_TIME_CLF, "22/Nov/2026:10:11:12 +9900", NONE },
	{ SK_TIME_CLF, "22/Nov/2600:10:11:12 +0000", RANGE },
	{ SK_TIME_SYSLOG, "Nov 22", NOT },
	{ SK_TIME_SYSLOG, "Nov 22 10:11", NOT },
	{ SK_TIME_SYSLOG, "Nov   2 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "November 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "Nov 22 2026 10:11:12 2026", NOT },
	{ SK_TIME_SYSLOG, "Nov 22 10:11:12 host", NOT },
	{ SK_TIME_SYSLOG, "Nov 222 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<34", NOT },
	{ SK_TIME_SYSLOG, "<34>", NOT },
	{ SK_TIME_SYSLOG, ">Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<>Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<x>Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<1234>Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<34> Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<34><34>Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<34>1 Nov 22 10:11:12", NOT },
	{ SK_TIME_SYSLOG, "<34>1 2026-11-22", NOT },
	{ SK_TIME_SYSLOG, "<34>1 -", NOT },
	{ SK_TIME_SYSLOG, "<34>1 ", NOT },
	{ SK_TIME_SYSLOG, "1 2026-11-22T10:11:12Z", NOT },
	{ SK_TIME_SYSLOG, "2026-11-22T10:11:12Z", NOT },
	{ SK_TIME_SYSLOG, "<34>1 2026-11-31T10:11:12Z", NONE },
	{ SK_TIME_SYSLOG, "<34>1 9999-11-22T10:11:12Z", RANGE },
	{ SK_TIME_SYSLOG, "Nov 31 10:11:12", NONE },
	{ SK_TIME_SYSLOG, "Feb 30 10:11:12", NONE },
	{ SK_TIME_SYSLOG, "Feb 29 2026 10:11:12", NONE },
	{ SK_TIME_SYSLOG, "Nov 22 9999 10:11:12", RANGE },
	{ SK_TIME_CTIME, "Nov 22 10:11:12 2026", NOT },
	{ SK_TIME_CTIME, "Sun Nov 22 10:11:12", NOT },
	{ SK_TIME_CTIME, "Sunday Nov 22 10:11:12 2026", NOT },
	{ SK_TIME_CTIME, "Sxn Nov 22 10:11:12 2026", NOT },
	{ SK_TIME_CTIME, "Sun Nov 22 10:11:12 CET 2026", NOT },
	{ SK_TIME_CTIME, "[Sun Nov 22 10:11:12 2026", NOT },
	{ SK_TIME_CTIME, "Sun Nov 31 10:11:12 2026", NONE },
	{ SK_TIME_MAIL, "Sun 22 Nov 2026 10:11:12 GMT", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026", NOT },
	{ SK_TIME_MAIL, "Sun, 22-Nov 2026 10:11:12 GMT", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 126 10:11:12 GMT", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 CET", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 GMT (", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 GMT (a(b)", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 GMT x", NOT },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:11:12 GMT  ", NOT },
	{ SK_TIME_MAIL, "Sun, 32 Nov 2026 10:11:12 GMT", NONE },
	{ SK_TIME_MAIL, "Sun, 22 Nov 2026 10:71:12 GMT", NONE },
};

static void
test_bad_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_rows); i++) {
		struct sk_time_reader reader = new_reader(bad_rows[i].format, NULL);

		check_read(&reader, bad_rows[i].text, bad_rows[i].status, MOMENT);
	}
}

static void
test_detection(void **state)
{
	static const struct {
		const char *text;
		enum sk_time_format format;
	} rows[] = {
		{ "99999999999", SK_TIME_SECONDS },
		{ "100000000000", SK_TIME_MILLISECONDS },
		{ "99999999999999.9", SK_TIME_MILLISECONDS },
		{ "100000000000000", SK_TIME_MICROSECONDS },
		{ "-99999999999999999", SK_TIME_MICROSECONDS },
		{ "100000000000000000", SK_TIME_NANOSECONDS },
		{ "99999999999999999999999999", SK_TIME_NANOSECONDS },
		{ "-5", SK_TIME_SECONDS },
		{ "20261122", SK_TIME_SECONDS },
		{ "9999-12-31", SK_TIME_ISO },
		{ "0000-00-00 00:00:00", SK_TIME_ISO },
		{ "", SK_TIME_UNKNOWN },
		{ " ", SK_TIME_UNKNOWN },
		{ "10:11:12", SK_TIME_UNKNOWN },
		{ "November", SK_TIME_UNKNOWN },
		{ "127.0.0.1", SK_TIME_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(sk_time_detect(span_of(rows[i].text)), rows[i].format);
	for (size_t i = 0; i < COUNT(good_rows); i++) {
		const enum sk_time_format found = sk_time_detect(span_of(good_rows[i].text));

		if (good_rows[i].format >= SK_TIME_ISO)
			assert_int_equal(found, good_rows[i].format);
		else
			assert_in_range(found, SK_TIME_SECONDS, SK_TIME_NANOSECONDS);
	}
}

static void
test_zones(void **state)
{
	static const struct {
		const char *text;
		enum sk_time_status status;
		int offset;
	} rows[] = { { "Z", OK, 0 }, { "UTC", OK, 0 }, { "GMT", OK, 0 }, { "+0100", OK, 3600 },
		{ "+0100]", OK, 3600 }, { "-04:30", OK, -16200 }, { "+23:59", OK, 86340 },
		{ "-05", OK, -18000 }, { "", EMPTY, 0 }, { "0100", NOT, 0 }, { "+0100]]", NOT, 0 },
		{ "[+0100]", NOT, 0 }, { "+01000", NOT, 0 }, { "CET", NOT, 0 },
		{ "+2400", NONE, 0 }, { "+0060", NONE, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int offset = 42;

		assert_int_equal(sk_time_zone(span_of(rows[i].text), &offset), rows[i].status);
		assert_int_equal(offset, rows[i].status == OK ? rows[i].offset : 42);
	}
}

static void
test_offset_of_the_reader(void **state)
{
	struct sk_time_reader reader = new_reader(SK_TIME_ISO, NULL);

	(void)state;
	check_read(&reader, "2026-11-22T10:11:12", OK, MOMENT);
	sk_time_reader_set_offset(&reader, 5400);
	check_read(&reader, "2026-11-22T10:11:12", OK, MOMENT - 5400 * BILLION);
	check_read(&reader, "2026-11-22T10:11:12Z", OK, MOMENT);
	check_read(&reader, "2026-11-22T10:11:12-02", OK, MOMENT + 7200 * BILLION);
	sk_time_reader_set_offset(&reader, -86399);
	check_read(&reader, "2026-11-22T10:11:12", OK, MOMENT + 86399 * BILLION);
}

static void
test_zone_in_another_field(void **state)
{
	struct sk_time_reader reader = new_reader(SK_TIME_CLF, NULL);
	const struct sk_span text = span_of("[22/Nov/2026:10:11:12");
	int64_t value = UNTOUCHED;

	(void)state;
	assert_int_equal(sk_time_read_split(&reader, text, span_of("+0100]"), &value), OK);
	assert_true(value == MOMENT - 3600 * BILLION);
	assert_int_equal(sk_time_read_split(&reader, text, span_of("+0200]"), &value), OK);
	assert_true(value == MOMENT - 7200 * BILLION);
	assert_int_equal(sk_time_read_split(&reader, text, span_of("+0000]"), &value), OK);
	assert_true(value == MOMENT);
	value = UNTOUCHED;
	assert_int_equal(sk_time_read_split(&reader, text, span_of("x"), &value), NOT);
	assert_int_equal(sk_time_read_split(&reader, text, span_of("+2400]"), &value), NONE);
	assert_int_equal(sk_time_read_split(&reader, span_of("x"), span_of("Z"), &value), NOT);
	assert_true(value == UNTOUCHED);
}

/* ---- the calendar ---- */

struct date {
	int year;
	int month;
	int day;
	int day_of_year;
	int64_t days; /* since 1970 */
};

static int
days_of_month(int year, int month)
{
	if (month == 2)
		return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void
step_day(struct date *date)
{
	date->days++;
	date->day_of_year++;
	if (++date->day <= days_of_month(date->year, date->month))
		return;
	date->day = 1;
	if (++date->month <= 12)
		return;
	date->month = 1;
	date->day_of_year = 1;
	date->year++;
}

static void
test_every_day(void **state)
{
	const struct sk_time_pattern of_year = compiled("%Y.%j");
	struct sk_time_reader iso = new_reader(SK_TIME_ISO, NULL);
	struct sk_time_reader ordinal = new_reader(SK_TIME_PATTERN, &of_year);
	struct date date = { 1970, 1, 1, 1, 0 };
	char text[64];

	(void)state;
	for (; date.year <= 2100; step_day(&date)) {
		int64_t value = UNTOUCHED;

		sprintf(text, "%04d-%02d-%02d", date.year, date.month, date.day);
		assert_int_equal(sk_time_read(&iso, span_of(text), &value), OK);
		assert_true(value == date.days * 86400 * BILLION);
		sprintf(text, "%04d.%d", date.year, date.day_of_year);
		assert_int_equal(sk_time_read(&ordinal, span_of(text), &value), OK);
		assert_true(value == date.days * 86400 * BILLION);
	}
	assert_int_equal(date.days, 47847);
}

static void
test_days_that_are_not(void **state)
{
	struct sk_time_reader reader = new_reader(SK_TIME_ISO, NULL);
	char text[64];

	(void)state;
	for (int year = 1970; year <= 2100; year++)
		for (int month = 0; month <= 99; month++)
			for (int day = 0; day <= 99; day++) {
				const bool there = month >= 1 && month <= 12 && day >= 1 &&
				    day <= days_of_month(year, month);
				int64_t value;

				sprintf(text, "%04d-%02d-%02d", year, month, day);
				assert_int_equal(sk_time_read(&reader, span_of(text), &value),
				    there ? OK : NONE);
			}
}

static void
test_years_that_are_not_said(void **state)
{
	static const struct {
		const char *text;
		const char *reference;
		const char *wanted;
	} rows[] = {
		{ "Dec 31 23:59:59", "2027-01-01T00:00:00", "2026-12-31T23:59:59" },
		{ "<13>Jan  1 00:00:00", "2026-12-31T23:59:59", "2026-01-01T00:00:00" },
		{ "Jan  1 00:00:00", "2027-01-01T00:00:00", "2027-01-01T00:00:00" },
		{ "Jan  1 23:59:59", "2027-01-01T00:00:00", "2027-01-01T23:59:59" },
		{ "Dec 31 23:59:59", "2026-12-31T00:00:00", "2026-12-31T23:59:59" },
		{ "Dec 31 23:59:59", "2026-12-30T23:59:59", "2025-12-31T23:59:59" },
		{ "May 23 12:00:00", "2026-11-22T00:00:00", "2026-05-23T12:00:00" },
		{ "Nov 23 12:00:00", "2026-11-22T12:00:00", "2025-11-23T12:00:00" },
		{ "Nov 22 23:00:00", "2026-11-22T12:00:00", "2026-11-22T23:00:00" },
		{ "Feb 29 12:00:00", "2026-01-01T00:00:00", "2024-02-29T12:00:00" },
		{ "Feb 29 12:00:00", "2028-02-28T23:59:59", "2024-02-29T12:00:00" },
		{ "Feb 29 12:00:00", "2028-02-29T00:00:00", "2028-02-29T12:00:00" },
		{ "Feb 29 12:00:00", "1899-01-01T00:00:00", "1896-02-29T12:00:00" },
		{ "Feb 29 12:00:00", "1904-02-01T00:00:00", "1896-02-29T12:00:00" },
		{ "Feb 29 12:00:00", "2104-02-01T00:00:00", "2096-02-29T12:00:00" },
		{ "Jul  1 00:00:00", "1700-06-01T00:00:00", "1699-07-01T00:00:00" },
	};
	struct sk_time_reader iso = new_reader(SK_TIME_ISO, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sk_time_reader reader = new_reader(SK_TIME_SYSLOG, NULL);
		int64_t reference, wanted;

		assert_int_equal(sk_time_read(&iso, span_of(rows[i].reference), &reference), OK);
		assert_int_equal(sk_time_read(&iso, span_of(rows[i].wanted), &wanted), OK);
		/* What is remembered under one reference does not count under another. */
		assert_int_equal(sk_time_read(&reader, span_of(rows[i].text), &(int64_t){ 0 }), OK);
		sk_time_reader_set_reference(&reader, reference);
		check_read(&reader, rows[i].text, OK, wanted);
	}
}

/* ---- patterns ---- */

static const struct {
	const char *pattern;
	const char *text;
	enum sk_time_status status;
	int64_t second;
	int nanosecond;
} pattern_rows[] = {
	{ "%Y-%m-%dT%H:%M:%S%z", "2026-11-22T11:11:12+01:00", OK, SECOND, 0 },
	{ "%FT%T%z", "2026-11-22T11:11:12+0100", OK, SECOND, 0 },
	{ "%F %T.%f", "2026-11-22 10:11:12.123456789123", OK, SECOND, 123456789 },
	{ "%F %T,%f", "2026-11-22 10:11:12,5", OK, SECOND, 500000000 },
	{ "%D %T", "11/22/26 10:11:12", OK, SECOND, 0 },
	{ "%D", "01/01/69", OK, -31536000, 0 },
	{ "%D", "01/01/68", OK, 3092601600, 0 },
	{ "%Y%m%d%H%M%S", "20261122101112", OK, SECOND, 0 },
	{ "%Y%m%d%H%M%S%f", "20261122101112123", OK, SECOND, 123000000 },
	{ "%S:%M:%H %d.%m.%Y", "12:11:10 22.11.2026", OK, SECOND, 0 },
	{ "%d.%m.%Y, %H:%M", "22.11.2026, 10:11", OK, SECOND - 12, 0 },
	{ "%d.%m.%Y %H:%M", "2.1.2026 1:1", OK, 1767315660, 0 },
	{ "%a %b %e %T %Z %Y", "Sun Nov 22 10:11:12 UTC 2026", OK, SECOND, 0 },
	{ "%A, %d %B %Y %T", "sunday, 22 NOVEMBER 2026 10:11:12", OK, SECOND, 0 },
	{ "%A, %d %B %Y %T", "Sun, 22 Nov 2026 10:11:12", OK, SECOND, 0 },
	{ "%b %e %T", "Nov  2 10:11:12", OK, SECOND - 20 * 86400, 0 },
	{ "%m/%d %T", "11/22 10:11:12", OK, SECOND, 0 },
	{ "%Y-%j", "2026-326", OK, SECOND - 36672, 0 },
	{ "%Y-%j", "2024-366", OK, 1735603200, 0 },
	{ "%j", "326", OK, SECOND - 36672, 0 },
	{ "%j", "366", OK, 1735603200, 0 },
	{ "%F %I:%M:%S %p", "2026-11-22 10:11:12 am", OK, SECOND, 0 },
	{ "%p %I:%M:%S %F", "PM 10:11:12 2026-11-22", OK, SECOND + 43200, 0 },
	{ "%F %I%p", "2026-11-22 12AM", OK, SECOND - 36672, 0 },
	{ "%F %I%p", "2026-11-22 12PM", OK, SECOND - 36672 + 43200, 0 },
	{ "%s", "1795342272", OK, SECOND, 0 },
	{ "%s.%f", "1795342272.25", OK, SECOND, 250000000 },
	{ "%s.%f", "-1.25", OK, -1, 250000000 },
	{ "time=%s", "time=-5", OK, -5, 0 },
	{ "%d.%m.%Y %H:%M:%S", "2.1.2026 1:11:12", OK, 1767316272, 0 },
	{ "%f %F", "5 2026-11-22", OK, SECOND - 36672, 500000000 },
	{ "%f %F", "123456789 2026-11-22", OK, SECOND - 36672, 123456789 },
	{ "%F %ZX", "2026-11-22 UTCX", OK, SECOND - 36672, 0 },
	{ "%Y-%m", "2026-11", OK, 1793491200, 0 },
	{ "%Y", "1970", OK, 0, 0 },
	{ "100%% %Y", "100%   1970", OK, 0, 0 },
	{ "%Y%n%m%t%d", "2026 \t\n11 22", OK, SECOND - 36672, 0 },
	{ "%Y%n%m%t%d", "20261122", OK, SECOND - 36672, 0 },
	{ "%F %T", "2016-12-31 23:59:60", OK, 1483228800, 0 },
	{ "%F %T", "2016-12-31 24:00:00", OK, 1483228800, 0 },
	{ "%F", "", EMPTY, 0, 0 },
	{ "%F", "2026-11-22 ", NOT, 0, 0 },
	{ "%F", " 2026-11-22", NOT, 0, 0 },
	{ "%F", "[2026-11-22]", NOT, 0, 0 },
	{ "%F", "2026-11-", NOT, 0, 0 },
	{ "%F", "26-11-22", NOT, 0, 0 },
	{ "%F x", "2026-11-22 X", NOT, 0, 0 },
	{ "%F %Z", "2026-11-22 CET", NOT, 0, 0 },
	{ "%F %z", "2026-11-22 CET", NOT, 0, 0 },
	{ "%F %z", "2026-11-22 +99", NONE, 0, 0 },
	{ "%F %I%p", "2026-11-22 12xM", NOT, 0, 0 },
	{ "%F %I%p", "2026-11-22 00AM", NONE, 0, 0 },
	{ "%F %I%p", "2026-11-22 13PM", NONE, 0, 0 },
	{ "%F %T", "2026-11-22 10:11:61", NONE, 0, 0 },
	{ "%F %T", "2026-11-31 10:11:12", NONE, 0, 0 },
	{ "%F", "9999-12-31", RANGE, 0, 0 },
	{ "%Y-%j", "2026-366", NONE, 0, 0 },
	{ "%Y-%j", "2026-000", NONE, 0, 0 },
	{ "%Y-%j", "2026-999", NONE, 0, 0 },
	{ "%j", "367", NONE, 0, 0 },
	{ "%s", "-", NOT, 0, 0 },
	{ "%s", "9223372037", RANGE, 0, 0 },
	{ "%s", "99999999999999999999999999999", RANGE, 0, 0 },
	{ "%s", "-99999999999999999999999999999", RANGE, 0, 0 },
};

static void
test_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pattern_rows); i++) {
		const struct sk_time_pattern pattern = compiled(pattern_rows[i].pattern);
		struct sk_time_reader reader = new_reader(SK_TIME_PATTERN, &pattern);

		check_read(&reader, pattern_rows[i].text, pattern_rows[i].status,
		    pattern_rows[i].second * BILLION + pattern_rows[i].nanosecond);
	}
}

static void
test_wrong_patterns(void **state)
{
	static const struct {
		const char *pattern;
		enum sk_time_pattern_status status;
		size_t position;
	} rows[] = {
		{ "", SK_TIME_PATTERN_NO_DATE, 0 },
		{ "%T", SK_TIME_PATTERN_NO_DATE, 2 },
		{ "%d %T", SK_TIME_PATTERN_NO_DATE, 5 },
		{ "%Y %d", SK_TIME_PATTERN_NO_DATE, 5 },
		{ "%m", SK_TIME_PATTERN_NO_DATE, 2 },
		{ "%F %", SK_TIME_PATTERN_CUT_OFF, 3 },
		{ "%F %Q", SK_TIME_PATTERN_NO_LETTER, 3 },
		{ "%F %ET", SK_TIME_PATTERN_NO_LETTER, 3 },
		{ "%F\xff%\xff", SK_TIME_PATTERN_NO_LETTER, 3 },
		{ "%F %D", SK_TIME_PATTERN_TWICE, 3 },
		{ "%F %y", SK_TIME_PATTERN_TWICE, 3 },
		{ "%F %b", SK_TIME_PATTERN_TWICE, 3 },
		{ "%F %e", SK_TIME_PATTERN_TWICE, 3 },
		{ "%F %H %I", SK_TIME_PATTERN_TWICE, 6 },
		{ "%F %z %Z", SK_TIME_PATTERN_TWICE, 6 },
		{ "%F %Z %z", SK_TIME_PATTERN_TWICE, 6 },
		{ "%F %p%p", SK_TIME_PATTERN_TWICE, 5 },
		{ "%F %j", SK_TIME_PATTERN_TWICE, 5 },
		{ "%s %z", SK_TIME_PATTERN_TWICE, 5 },
		{ "%F %I", SK_TIME_PATTERN_HALF_DAYS, 5 },
		{ "%F %H %p", SK_TIME_PATTERN_HALF_DAYS, 8 },
	};
	const struct sk_span nul = { (const unsigned char *)"%F%\0", 4 };
	struct sk_time_pattern pattern;
	char longest[SK_TIME_PATTERN_STEPS + 2];
	size_t position;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		position = 99;
		if (sk_time_pattern_compile(&pattern, span_of(rows[i].pattern), &position) !=
			rows[i].status ||
		    position != rows[i].position)
			fail_msg("\"%s\": not %d at %zu", rows[i].pattern, (int)rows[i].status,
			    rows[i].position);
	}
	assert_int_equal(
	    sk_time_pattern_compile(&pattern, nul, &position), SK_TIME_PATTERN_NO_LETTER);
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "%Y", 2);
	longest[SK_TIME_PATTERN_STEPS + 1] = '\0';
	compiled(longest);
	assert_int_equal(
	    sk_time_pattern_compile(
		&pattern, (struct sk_span){ (unsigned char *)longest, sizeof(longest) }, &position),
	    SK_TIME_PATTERN_TOO_LONG);
	assert_int_equal(position, SK_TIME_PATTERN_STEPS + 1);
}

/* ---- random times, printed and read ---- */

static struct date new_years_days[701]; /* from 1600 on */

static int
make_calendar(void **state)
{
	struct date date = { 1600, 1, 1, 1, -135140 };

	(void)state;
	for (; date.year <= 2300; step_day(&date))
		if (date.day_of_year == 1)
			new_years_days[date.year - 1600] = date;
	return 0;
}

/* The day ${days} after 1970-01-01, or before it, found by walking. */
static struct date
date_of(int64_t days)
{
	int year = (int)((days + 135140) / 365);

	while (new_years_days[year].days > days)
		year--;
	struct date date = new_years_days[year];

	while (date.days < days)
		step_day(&date);
	return date;
}

static const char *const month_names[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };
static const char *const day_names[] = { "Thursday", "Friday", "Saturday", "Sunday", "Monday",
	"Tuesday", "Wednesday" };

/* Formats to print in; and how they are read. */
enum shape {
	ISO_NANOSECONDS,
	ISO_SECONDS,
	ISO_FRACTION,
	ISO_BASIC,
	CLF,
	CLF_SPLIT,
	SYSLOG,
	SYSLOG_YEAR,
	SYSLOG_5424,
	CTIME,
	MAIL,
	RFC_850,
	DIGITS,
	TWELVE_HOURS,
	ORDINAL,
	SECONDS,
	MILLISECONDS,
	MICROSECONDS,
	NANOSECONDS,
	SHAPES
};

static const char *
pattern_of(enum shape shape)
{
	switch (shape) {
	case DIGITS:
		return "%Y%m%d%H%M%S%f";
	case TWELVE_HOURS:
		return "%a %e %B %Y, %I:%M:%S.%f %p %z";
	case ORDINAL:
		return "%S%M%H|%j|%y";
	default:
		return NULL;
	}
}

static enum sk_time_format
format_of(enum shape shape)
{
	static const enum sk_time_format formats[] = { SK_TIME_ISO, SK_TIME_ISO, SK_TIME_ISO,
		SK_TIME_ISO, SK_TIME_CLF, SK_TIME_CLF, SK_TIME_SYSLOG, SK_TIME_SYSLOG,
		SK_TIME_SYSLOG, SK_TIME_CTIME, SK_TIME_MAIL, SK_TIME_MAIL, SK_TIME_PATTERN, SK_TIME_PATTERN,
		SK_TIME_PATTERN, SK_TIME_SECONDS, SK_TIME_MILLISECONDS, SK_TIME_MICROSECONDS,
		SK_TIME_NANOSECONDS };

	return formats[shape];
}

/* The years that a shape can say: from the first to the last. */
static void
years_of(enum shape shape, int years[2])
{
	years[0] = shape == SYSLOG ? 2026 : shape == RFC_850 || shape == ORDINAL ? 1970 : 1678;
	years[1] = shape == SYSLOG ? 2026
	    : shape == RFC_850     ? 2049
	    : shape == ORDINAL     ? 2068
				   : 2261;
}

static int64_t
power_of_ten(int exponent)
{
	int64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/*
 * Prints the time ${second}, ${nanosecond} as ${shape}, in a zone ${zone} minutes east where it has
 * one, and returns how many decimals of the second it has then.
 */
static int
print_time(char *to, enum shape shape, int64_t second, int nanosecond, int zone)
{
	const bool zoned = shape == ISO_SECONDS || shape == CLF || shape == SYSLOG_5424 ||
	    shape == TWELVE_HOURS;
	const int64_t local = second + (zoned ? 60 * zone : 0);
	const int64_t days = (local - (local % 86400 + 86400) % 86400) / 86400;
	const struct date date = date_of(days);
	const int rest = (int)(local - days * 86400);
	const int hour = rest / 3600, minute = rest / 60 % 60, s = rest % 60;
	const char *const month = month_names[date.month - 1],
			  *const weekday = day_names[(days % 7 + 7) % 7];
	const int year = date.year;
	const char sign = zone < 0 ? '-' : '+';
	const int zh = abs(zone) / 60, zm = abs(zone) % 60;
	const int digits = 1 + nanosecond % 9;

	switch (shape) {
	case ISO_NANOSECONDS:
		sprintf(to, "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", year, date.month, date.day, hour,
		    minute, s, nanosecond);
		return 9;
	case ISO_SECONDS:
		sprintf(to, "%04d-%02d-%02d %02d:%02d:%02d%c%02d:%02d", year, date.month, date.day,
		    hour, minute, s, sign, zh, zm);
		return 0;
	case ISO_FRACTION:
		sprintf(to, "%04d/%02d/%02d %02d:%02d:%02d,%0*d", year, date.month, date.day, hour,
		    minute, s, digits, (int)(nanosecond / power_of_ten(9 - digits)));
		return digits;
	case ISO_BASIC:
		sprintf(
		    to, "%04d%02d%02dT%02d%02d%02dZ", year, date.month, date.day, hour, minute, s);
		return 0;
	case CLF:
		sprintf(to, "[%02d/%.3s/%04d:%02d:%02d:%02d %c%02d%02d]", date.day, month, year,
		    hour, minute, s, sign, zh, zm);
		return 0;
	case CLF_SPLIT:
		sprintf(
		    to, "[%02d/%.3s/%04d:%02d:%02d:%02d", date.day, month, year, hour, minute, s);
		return 0;
	case SYSLOG:
		/* Of the priorities, 0 is none. */
		to[0] = '\0';
		if (nanosecond % 200 > 0)
			sprintf(to, "<%d>", nanosecond % 200);
		sprintf(to + strlen(to), "%.3s %2d %02d:%02d:%02d", month, date.day, hour, minute, s);
		return 0;
	case SYSLOG_5424:
		sprintf(to, "<%d>1 %04d-%02d-%02dT%02d:%02d:%02d.%0*d%c%02d:%02d", nanosecond % 192, year,
		    date.month, date.day, hour, minute, s, digits,
		    (int)(nanosecond / power_of_ten(9 - digits)), sign, zh, zm);
		return digits;
	case SYSLOG_YEAR:
		sprintf(to, "%.3s %d %d %02d:%02d:%02d.%03d", month, date.day, year, hour, minute,
		    s, nanosecond / 1000000);
		return 3;
	case CTIME:
		sprintf(to, "[%.3s %.3s %02d %02d:%02d:%02d.%06d %d]", weekday, month, date.day,
		    hour, minute, s, nanosecond / 1000, year);
		return 6;
	case MAIL:
		sprintf(to, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", weekday, date.day, month, year,
		    hour, minute, s);
		return 0;
	case RFC_850:
		sprintf(to, "%s, %02d-%.3s-%02d %02d:%02d:%02d GMT", weekday, date.day, month,
		    year % 100, hour, minute, s);
		return 0;
	case DIGITS:
		sprintf(to, "%04d%02d%02d%02d%02d%02d%09d", year, date.month, date.day, hour,
		    minute, s, nanosecond);
		return 9;
	case TWELVE_HOURS:
		sprintf(to, "%s %2d %s %d, %02d:%02d:%02d.%03d %s %c%02d%02d", weekday, date.day,
		    month, year, hour % 12 == 0 ? 12 : hour % 12, minute, s, nanosecond / 1000000,
		    hour < 12 ? "AM" : "PM", sign, zh, zm);
		return 3;
	case ORDINAL:
		sprintf(
		    to, "%02d%02d%02d|%03d|%02d", s, minute, hour, date.day_of_year, year % 100);
		return 0;
	default:
		break;
	}
	/* Numbers: units of 10^-decimals. The time is taken apart from 0, so that there is one
	 * sign. */
	const int decimals = 3 * (int)(shape - SECONDS);
	const bool negative = second < 0;
	const int64_t whole = negative ? -(second + (nanosecond > 0)) : second;
	const int64_t part = negative && nanosecond > 0 ? BILLION - nanosecond : nanosecond;
	const int64_t unit = power_of_ten(9 - decimals);

	sprintf(to, "%s%" PRId64 ".%09" PRId64, negative ? "-" : "",
	    whole * power_of_ten(decimals) + part / unit, part % unit * power_of_ten(decimals));
	return 9;
}

/* A second from the first to the last day of the years; often one soon after ${before}. */
static int64_t
random_second(const int years[2], int64_t before)
{
	const int64_t first = new_years_days[years[0] - 1600].days * 86400;
	const int64_t end = new_years_days[years[1] + 1 - 1600].days * 86400;

	if (before != 0 && random_below(8) != 0)
		before += (int64_t)(random_below(4) == 0 ? random_below(7200) : random_below(3));
	else
		before = first + (int64_t)random_below((size_t)(end - first));
	return before < end ? before : first;
}

static void
check_shape(enum shape shape, size_t rounds)
{
	const char *const text = pattern_of(shape);
	const struct sk_time_pattern pattern = compiled(text != NULL ? text : "%s");
	struct sk_time_reader reader = new_reader(format_of(shape), &pattern);
	int years[2];
	int64_t second = 0;
	char printed[128];

	years_of(shape, years);
	sk_time_reader_set_reference(
	    &reader, INT64_C(1798675200) * BILLION); /* the last day of 2026 */
	for (size_t i = 0; i < rounds; i++) {
		int64_t value = UNTOUCHED, wanted;
		int nanosecond = (int)random_below((size_t)BILLION);
		const int zone = random_below(3) == 0 ? (int)random_below(2879) - 1439 : 60;

		second = random_second(years, second);
		const int decimals = print_time(printed, shape, second, nanosecond, zone);

		nanosecond -= (int)(nanosecond % power_of_ten(9 - decimals));
		wanted = second * BILLION + nanosecond;
		if (sk_time_read(&reader, span_of(printed), &value) != OK || value != wanted)
			fail_msg("\"%s\": %" PRId64 ", not %" PRId64, printed, value, wanted);
		value = UNTOUCHED;
		assert_int_equal(read_afresh(&reader, span_of(printed), &value), OK);
		assert_true(value == wanted);
	}
}

static void
test_random_times(void **state)
{
	(void)state;
	random_state = 1;
	for (int shape = 0; shape < SHAPES; shape++)
		check_shape((enum shape)shape, SANITIZED ? 2000 : 20000);
}

/* ---- what is remembered does not show ---- */

static void
check_both(struct sk_time_reader *reader, const char *text, size_t size)
{
	const struct sk_span span = { (const unsigned char *)text, size };
	int64_t value = UNTOUCHED, fresh = UNTOUCHED;
	const enum sk_time_status wanted = read_afresh(reader, span, &fresh);
	const enum sk_time_status status = read_exactly(reader, span, &value);

	if (status != wanted || value != fresh)
		fail_msg("%s \"%.*s\": status %d, %" PRId64 ", afresh %d, %" PRId64,
		    sk_time_format_name(reader->format), (int)size, text, (int)status, value,
		    (int)wanted, fresh);
}

static void
check_changes(struct sk_time_reader *reader, const char *text)
{
	const size_t size = strlen(text);
	char changed[128];

	for (size_t i = 0; i <= size; i++) {
		check_both(reader, text, size);
		check_both(reader, text, i);
		check_both(reader, text + i, size - i);
	}
	for (size_t i = 0; i < size; i++)
		for (int byte = 0; byte < 256; byte++) {
			memcpy(changed, text, size);
			changed[i] = (char)byte;
			check_both(reader, text, size);
			check_both(reader, changed, size);
			/* And as the one that is remembered. */
			check_both(reader, text, size);
		}
}

static void
test_changed_texts(void **state)
{
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT(good_rows); i++) {
		struct sk_time_reader reader = new_reader(good_rows[i].format, NULL);

		check_changes(&reader, good_rows[i].text);
	}
	for (size_t i = 0; i < COUNT(pattern_rows); i++) {
		const struct sk_time_pattern pattern = compiled(pattern_rows[i].pattern);
		struct sk_time_reader reader = new_reader(SK_TIME_PATTERN, &pattern);

		check_changes(&reader, pattern_rows[i].text);
	}
	for (int shape = DIGITS; shape <= ORDINAL; shape++) {
		const struct sk_time_pattern pattern = compiled(pattern_of((enum shape)shape));
		struct sk_time_reader reader = new_reader(SK_TIME_PATTERN, &pattern);

		print_time(text, (enum shape)shape, SECOND, 123456789, 60);
		check_changes(&reader, text);
	}
}

/* Texts of one reader, each a few digits away from the one before, and good and bad ones mixed. */
static void
test_random_sequences(void **state)
{
	(void)state;
	random_state = 2;
	for (int shape = 0; shape < SHAPES; shape++) {
		const char *const words = pattern_of((enum shape)shape);
		const struct sk_time_pattern pattern = compiled(words != NULL ? words : "%s");
		struct sk_time_reader reader = new_reader(format_of((enum shape)shape), &pattern);
		char text[128];

		for (int i = 0; i < (SANITIZED ? 3000 : 30000); i++) {
			if (i % 50 == 0)
				print_time(text, (enum shape)shape, SECOND + i,
				    (int)random_below((size_t)BILLION), 60);
			char *const at = text + random_below(strlen(text));

			if ((*at >= '0' && *at <= '9') || random_below(20) == 0)
				*at = (char)('0' + random_below(random_below(8) == 0 ? 12 : 10));
			check_both(&reader, text, strlen(text));
			if (random_below(100) == 0)
				sk_time_reader_set_offset(&reader, (int)random_below(7200));
			if (random_below(100) == 0)
				sk_time_reader_set_reference(
				    &reader, (int64_t)random_below((size_t)MOMENT));
		}
	}
}

static void
test_batches(void **state)
{
	static const char *const texts[] = { "2026-11-22T10:11:12Z", "2026-11-22T10:11:13Z", "x",
		"", "2026-11-22T10:11:60Z", "2026-11-31T10:11:12Z", "9999-11-22T10:11:12Z" };
	static const enum sk_time_status wanted[] = { OK, OK, NOT, EMPTY, OK, NONE, RANGE };
	struct sk_time_reader reader = new_reader(SK_TIME_ISO, NULL);
	enum sk_time_status statuses[COUNT(texts)];
	struct sk_span spans[COUNT(texts)];
	int64_t values[COUNT(texts)];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		spans[i] = span_of(texts[i]);
	assert_int_equal(sk_time_read_batch(&reader, spans, COUNT(texts), values, statuses), 3);
	assert_memory_equal(statuses, wanted, sizeof(wanted));
	assert_true(values[0] == MOMENT && values[1] == MOMENT + BILLION &&
	    values[4] == MOMENT + 48 * BILLION);
	assert_true(values[2] == 0 && values[3] == 0 && values[5] == 0 && values[6] == 0);
	assert_int_equal(sk_time_read_batch(&reader, NULL, 0, NULL, NULL), 0);
}

static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(sk_time_strerror(OK), "no error");
	assert_string_equal(sk_time_strerror(RANGE), "time out of range");
	assert_string_equal(sk_time_strerror((enum sk_time_status)99), "unknown error");
	assert_string_equal(sk_time_format_name(SK_TIME_UNKNOWN), "unknown");
	assert_string_equal(sk_time_format_name(SK_TIME_ISO), "iso");
	assert_string_equal(sk_time_format_name(SK_TIME_PATTERN), "pattern");
	assert_string_equal(sk_time_format_name((enum sk_time_format)SK_TIME_FORMATS), "unknown");
	assert_string_equal(sk_time_pattern_strerror(SK_TIME_PATTERN_OK), "no error");
	assert_string_equal(sk_time_pattern_strerror(SK_TIME_PATTERN_NO_DATE), "no day said");
	assert_string_equal(
	    sk_time_pattern_strerror((enum sk_time_pattern_status)99), "unknown error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_texts),
		cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_detection),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_offset_of_the_reader),
		cmocka_unit_test(test_zone_in_another_field),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_days_that_are_not),
		cmocka_unit_test(test_years_that_are_not_said),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_wrong_patterns),
		cmocka_unit_test(test_random_times),
		cmocka_unit_test(test_changed_texts),
		cmocka_unit_test(test_random_sequences),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, make_calendar, NULL);
}
