/*
 * time_parts.h -- what the readers of times share: a place in a text, the fields found there, and
 * the small steps that take them. Private to lib/record/time*.c.
 *
 * A step that takes something returns whether it was there, and moves the place only then, unless
 * it says otherwise.
 */
#ifndef STREAMKIT_RECORD_TIME_PARTS_H
#define STREAMKIT_RECORD_TIME_PARTS_H

#include <limits.h>

#include "time.h"

#define TIME_NANOSECONDS INT64_C(1000000000) /* in a second */

/* The word that holds the last bytes of a remembered text. */
#define TIME_TAIL (SK_TIME_CACHE_WORDS - 1)

#define TIME_NO_YEAR (-1)
#define TIME_NO_OFFSET INT_MIN
#define TIME_BAD_OFFSET (INT_MIN + 1) /* more than 23:59 */

struct time_text {
	const unsigned char *at;
	const unsigned char *end;
};

/* As the text has them, not checked: 31 February is found out later. */
struct time_fields {
	int year; /* or TIME_NO_YEAR */
	int month;
	int day;
	int day_of_year; /* instead of month and day if not -1 */
	int hour;
	int minute;
	int second;
	int nanosecond; /* 0 .. 999999999 */
	int offset;     /* or TIME_NO_OFFSET, TIME_BAD_OFFSET */
	bool is_count;  /* ${count} is instead of all above but the nanosecond */
	int64_t count;  /* seconds since 1970 */
	/* Two digits each, or NULL where they are something else. */
	const unsigned char *hour_at;
	const unsigned char *minute_at;
	const unsigned char *second_at;
	/* The fraction; both NULL if there is none. */
	const unsigned char *fraction;
	const unsigned char *fraction_end;
};

static const struct time_fields time_nothing = {
	.year = TIME_NO_YEAR, .month = 1, .day = 1, .day_of_year = -1, .offset = TIME_NO_OFFSET
};

/* The first byte is the lowest on every machine; compilers make one load of it. */
static inline uint64_t
time_load(const unsigned char *at)
{
	return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
	    (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
	    (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* Fills ${words} from the ${size} bytes, 8 or more, at ${at}. */
static inline void
time_load_words(uint64_t *words, const unsigned char *at, size_t size)
{
	const unsigned char *const tail = at + size - 8;

	words[TIME_TAIL] = time_load(tail);
	for (; at < tail; at += 8)
		*words++ = time_load(at);
}

/*
 * The number that the eight digits in ${word}, as loaded, make; false if one is no digit. Above '9'
 * the sum has its top bit set, or, from 0xBA on, the difference has; below '0' the difference has
 * it. Only bytes that are no digits carry into or borrow from the next. Then neighbours are joined
 * in pairs, in fours, and all together, each by a product with 10, 100 or 10000 above 1.
 */
static inline bool
time_eight_digits(uint64_t word, uint64_t *value)
{
	const uint64_t sum = word + UINT64_C(0x4646464646464646);
	const uint64_t difference = word - UINT64_C(0x3030303030303030);

	word = (word & UINT64_C(0x0F0F0F0F0F0F0F0F)) * (10 << 8 | 1) >> 8;
	word = (word & UINT64_C(0x00FF00FF00FF00FF)) * (100 << 16 | 1) >> 16;
	*value = (word & UINT64_C(0x0000FFFF0000FFFF)) * (UINT64_C(10000) << 32 | 1) >> 32;
	return ((sum | difference) & UINT64_C(0x8080808080808080)) == 0;
}

/* The number that two digits make; 100 or more if one is no digit. */
static inline unsigned
time_two_digits(const unsigned char *at)
{
	const unsigned tens = at[0] - (unsigned)'0', ones = at[1] - (unsigned)'0';

	return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

static inline bool
time_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
time_is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Moves ${*text} behind a syslog priority, a number of up to three digits between '<' and '>', but
 * for the '>', which thus says that there was one. False if it is nothing that a syslog time begins
 * with. Done before a text is compared with the last one: the priority changes with every record,
 * and says nothing of the time.
 */
static inline bool
time_pass_priority(struct sk_span *text)
{
	size_t at = 1;

	if (text->size == 0 || (text->data[0] != '<' && text->data[0] != '>'))
		return true;
	while (at < text->size && at < 4 && text->data[at] >= '0' && text->data[at] <= '9')
		at++;
	if (text->data[0] == '>' || at == 1 || at == text->size || text->data[at] != '>')
		return false;
	text->data += at;
	text->size -= at;
	return true;
}

/* Whether the byte ${c} comes next. */
static inline bool
time_next_is(struct time_text text, unsigned char c)
{
	return text.at < text.end && *text.at == c;
}

static inline bool
time_take(struct time_text *text, unsigned char c)
{
	const bool there = time_next_is(*text, c);

	text->at += there;
	return there;
}

static inline bool
time_take_two(struct time_text *text, int *value)
{
	if (text->end - text->at < 2)
		return false;
	const unsigned two = time_two_digits(text->at);

	if (two >= 100)
		return false;
	*value = (int)two;
	text->at += 2;
	return true;
}

static inline bool
time_take_four(struct time_text *text, int *value)
{
	if (text->end - text->at < 4)
		return false;
	const unsigned upper = time_two_digits(text->at), lower = time_two_digits(text->at + 2);

	if (upper >= 100 || lower >= 100)
		return false;
	*value = (int)(upper * 100 + lower);
	text->at += 4;
	return true;
}

/* Takes one to ${most} digits, as many as there are. */
bool sk_time_take_number(struct time_text *text, int most, int *value);

/* Takes the digits of a fraction, one or more, as billionths; what is less is cut off. */
bool sk_time_take_billionths(struct time_text *text, unsigned *billionths);

/* The same for the fraction of a second. */
bool sk_time_take_fraction(struct time_text *text, struct time_fields *fields);

/*
 * Takes hour, minute and, if they are there, second and fraction, with ${mark} between them or, if
 * that is 0, nothing. May have moved where it fails.
 */
bool sk_time_take_clock(struct time_text *text, unsigned char mark, struct time_fields *fields);

/* Takes a zone that is Z, UTC, GMT or a number. */
bool sk_time_take_zone(struct time_text *text, int *offset);

/* Takes ${word}, in this case only. */
bool sk_time_take_word(struct time_text *text, const char *word);

/* Takes the first three letters of a name, or, if ${full}, all of it where they follow. */
bool sk_time_take_month(struct time_text *text, bool full, int *month);
bool sk_time_take_weekday(struct time_text *text, bool full);

/*
 * Reads ${text}, which must not be empty, as one of the format ${format}, which is none of the
 * numbers nor a pattern; of syslog, what time_pass_priority() leaves. False if it is not of that
 * format.
 */
bool sk_time_fields_of(enum sk_time_format format, struct sk_span text, struct time_fields *fields);

/* The same for a pattern. */
bool sk_time_pattern_fields(
    const struct sk_time_pattern *pattern, struct sk_span text, struct time_fields *fields);

/* sk_time_read() of all but numbers, as if nothing were remembered; then it is. */
enum sk_time_status sk_time_read_in_full(
    struct sk_time_reader *reader, struct sk_span text, int64_t *nanoseconds);

/* Reads a number of the unit ${format}. */
enum sk_time_status sk_time_epoch(
    enum sk_time_format format, struct sk_span text, int64_t *nanoseconds);

/* The unit that a number seems to be in; SK_TIME_UNKNOWN if it is none. */
enum sk_time_format sk_time_epoch_unit(struct sk_span text);

#endif
