/*
 * time_pattern.c -- times as the caller writes them. A pattern is compiled to one step for each
 * byte or letter, so that a text is read without looking at the pattern's own text again.
 *
 * The letters are those of strptime() in POSIX.1-2017, with %f from Python and %s and %z from
 * glibc; unlike there, nothing is skipped or carried over that the pattern does not name.
 */
#include "time_parts.h"

#include <string.h>

/* Steps are named by the letter of the pattern that they are for; these two have none. */
#define STEP_LITERAL 0
#define STEP_BLANKS ' '

/* ---- compiling ---- */

struct compiler {
	struct sk_time_pattern *pattern;
	char said[32]; /* letters seen, the first that means the same for each */
};

const char *
sk_time_pattern_strerror(enum sk_time_pattern_status status)
{
	static const char *const words[] = { "no error", "too long", "cut off after the %",
		"unknown letter after the %", "part of the time said twice",
		"%I and %p go together only", "no day said" };

	return (size_t)status < sizeof(words) / sizeof(words[0]) ? words[status] : "unknown error";
}

static bool
said(const struct compiler *compiler, char letter)
{
	return strchr(compiler->said, letter) != NULL;
}

static enum sk_time_pattern_status
add_step(struct compiler *compiler, unsigned char kind, unsigned char literal)
{
	struct sk_time_pattern *const pattern = compiler->pattern;

	if (pattern->count == SK_TIME_PATTERN_STEPS)
		return SK_TIME_PATTERN_TOO_LONG;
	pattern->steps[pattern->count].kind = kind;
	pattern->steps[pattern->count].literal = literal;
	pattern->count++;
	return SK_TIME_PATTERN_OK;
}

/* What ${letter} says, named by one of the letters that say it; 0 if it may be said again. */
static char
part_of(char letter)
{
	switch (letter) {
	case 'y':
		return 'Y';
	case 'b':
		return 'm';
	case 'e':
		return 'd';
	case 'I':
		return 'H';
	case 'a':
		return '\0';
	default:
		return letter;
	}
}

static enum sk_time_pattern_status
add_part(struct compiler *compiler, char letter)
{
	const char part = part_of(letter);
	const size_t count = strlen(compiler->said);

	if (part != '\0') {
		if (said(compiler, part))
			return SK_TIME_PATTERN_TWICE;
		compiler->said[count] = part;
		/* %I is remembered besides the hour that it is, since it needs %p. */
		if (letter == 'I')
			compiler->said[count + 1] = 'I';
	}
	return add_step(compiler, (unsigned char)letter, 0);
}

static enum sk_time_pattern_status
add_text(struct compiler *compiler, const char *text)
{
	enum sk_time_pattern_status status = SK_TIME_PATTERN_OK;

	for (; *text != '\0' && status == SK_TIME_PATTERN_OK; text++)
		if (*text == '/' || *text == ':' || *text == '-')
			status = add_step(compiler, STEP_LITERAL, (unsigned char)*text);
		else
			status = add_part(compiler, *text);
	return status;
}

static enum sk_time_pattern_status
add_letter(struct compiler *compiler, unsigned char letter)
{
	switch (letter) {
	case 'T':
		return add_text(compiler, "H:M:S");
	case 'D':
		return add_text(compiler, "m/d/y");
	case 'F':
		return add_text(compiler, "Y-m-d");
	case '%':
		return add_step(compiler, STEP_LITERAL, letter);
	case 'n':
	case 't':
		return add_step(compiler, STEP_BLANKS, 0);
	case 'B':
		return add_part(compiler, 'b');
	case 'A':
		return add_part(compiler, 'a');
	case 'Z': /* a zone as well, and so not besides %z */
		return said(compiler, 'z') ? SK_TIME_PATTERN_TWICE : add_part(compiler, 'Z');
	case 'z':
		return said(compiler, 'Z') ? SK_TIME_PATTERN_TWICE : add_part(compiler, 'z');
	default:
		if (letter == '\0' || strchr("YymbdejaHIMSpfs", letter) == NULL)
			return SK_TIME_PATTERN_NO_LETTER;
		return add_part(compiler, (char)letter);
	}
}

/* Whether the parts said make a time. */
static enum sk_time_pattern_status
check_parts(const struct compiler *compiler)
{
	if (said(compiler, 's'))
		return strspn(compiler->said, "sf") == strlen(compiler->said)
		    ? SK_TIME_PATTERN_OK
		    : SK_TIME_PATTERN_TWICE;
	if (said(compiler, 'I') != said(compiler, 'p'))
		return SK_TIME_PATTERN_HALF_DAYS;
	if (said(compiler, 'j'))
		return said(compiler, 'm') || said(compiler, 'd') ? SK_TIME_PATTERN_TWICE
								  : SK_TIME_PATTERN_OK;
	if (said(compiler, 'd') ? !said(compiler, 'm') : !said(compiler, 'Y'))
		return SK_TIME_PATTERN_NO_DATE;
	return SK_TIME_PATTERN_OK;
}

enum sk_time_pattern_status
sk_time_pattern_compile(struct sk_time_pattern *pattern, struct sk_span text, size_t *position)
{
	struct compiler compiler = { pattern, "" };
	enum sk_time_pattern_status status = SK_TIME_PATTERN_OK;

	pattern->count = 0;
	for (size_t i = 0; i < text.size; i++) {
		const unsigned char c = text.data[i];

		*position = i;
		if (c == '%') {
			if (++i == text.size)
				return SK_TIME_PATTERN_CUT_OFF;
			status = add_letter(&compiler, text.data[i]);
		} else if (time_is_blank(c) || c == '\n') {
			status = add_step(&compiler, STEP_BLANKS, 0);
		} else {
			status = add_step(&compiler, STEP_LITERAL, c);
		}
		if (status != SK_TIME_PATTERN_OK)
			return status;
	}
	*position = text.size;
	return check_parts(&compiler);
}

/* ---- reading ---- */

/* Takes one or two digits; ${*two} is where they are if they are two. */
static bool
take_clock_part(struct time_text *text, int *value, const unsigned char **two)
{
	const unsigned char *const from = text->at;

	if (!sk_time_take_number(text, 2, value))
		return false;
	*two = text->at - from == 2 ? from : NULL;
	return true;
}

static bool
take_short_year(struct time_text *text, int *year)
{
	if (!time_take_two(text, year))
		return false;
	*year += *year < 69 ? 2000 : 1900;
	return true;
}

static bool
take_count(struct time_text *text, struct time_fields *fields)
{
	const bool negative = time_take(text, '-');
	uint64_t sum = 0;
	int digits = 0;

	/* Those of more digits are all out of range, and so is this. */
	for (; text->at < text->end && time_is_digit(*text->at); text->at++, digits++)
		if (sum < UINT64_C(100000000000))
			sum = sum * 10 + (uint64_t)(*text->at - '0');
	fields->is_count = true;
	fields->count = negative ? -(int64_t)sum : (int64_t)sum;
	return digits > 0;
}

/* The hour of %I is kept, as 0 .. 11, until the half of the day is known: %p may stand before it.
 */
static bool
take_half(struct time_text *text, int *half)
{
	if (text->end - text->at < 2 || (text->at[1] | 0x20) != 'm')
		return false;
	if ((*text->at | 0x20) != 'a' && (*text->at | 0x20) != 'p')
		return false;
	*half = (*text->at | 0x20) == 'p' ? 12 : 0;
	text->at += 2;
	return true;
}

static bool
take_half_hour(struct time_text *text, int *hour)
{
	if (!sk_time_take_number(text, 2, hour))
		return false;
	/* 0 and 13 are made an hour that there is not. */
	*hour = *hour == 0 || *hour > 12 ? 99 : *hour % 12;
	return true;
}

static bool
take_blank_day(struct time_text *text, int *day)
{
	struct time_text at = *text;

	time_take(&at, ' ');
	if (!sk_time_take_number(&at, 2, day))
		return false;
	*text = at;
	return true;
}

static bool
take_clock_step(unsigned char kind, struct time_text *text, struct time_fields *fields, int *half)
{
	switch (kind) {
	case 'H':
		return take_clock_part(text, &fields->hour, &fields->hour_at);
	case 'I':
		return take_half_hour(text, &fields->hour);
	case 'p':
		return take_half(text, half);
	case 'M':
		return take_clock_part(text, &fields->minute, &fields->minute_at);
	case 'S':
		return take_clock_part(text, &fields->second, &fields->second_at);
	default: /* 'f' */
		return sk_time_take_fraction(text, fields);
	}
}

static bool
take_step(unsigned char kind, struct time_text *text, struct time_fields *fields, int *half)
{
	switch (kind) {
	case STEP_BLANKS:
		while (text->at < text->end && (time_is_blank(*text->at) || *text->at == '\n'))
			text->at++;
		return true;
	case 'Y':
		return time_take_four(text, &fields->year);
	case 'y':
		return take_short_year(text, &fields->year);
	case 'm':
		return sk_time_take_number(text, 2, &fields->month);
	case 'b':
		return sk_time_take_month(text, true, &fields->month);
	case 'd':
		return sk_time_take_number(text, 2, &fields->day);
	case 'e':
		return take_blank_day(text, &fields->day);
	case 'j':
		return sk_time_take_number(text, 3, &fields->day_of_year);
	case 'a':
		return sk_time_take_weekday(text, true);
	case 's':
		return take_count(text, fields);
	case 'z':
		return sk_time_take_zone(text, &fields->offset);
	case 'Z':
		fields->offset = 0;
		return time_take(text, 'Z') || sk_time_take_word(text, "UTC") ||
		    sk_time_take_word(text, "GMT");
	default:
		return take_clock_step(kind, text, fields, half);
	}
}

bool
sk_time_pattern_fields(
    const struct sk_time_pattern *pattern, struct sk_span text, struct time_fields *fields)
{
	struct time_text at = { text.data, text.data + text.size };
	int half = 0;

	*fields = time_nothing;
	for (size_t i = 0; i < pattern->count; i++) {
		const unsigned char kind = pattern->steps[i].kind;

		if (kind == STEP_LITERAL ? !time_take(&at, pattern->steps[i].literal)
					 : !take_step(kind, &at, fields, &half))
			return false;
	}
	fields->hour += half;
	return at.at == at.end;
}
