/*
 * time_fields.c -- the parts that times are written of: numbers, names, times of day, zones.
 */
#include "time_parts.h"

#define LETTERS(a, b, c) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16)

bool
sk_time_take_number(struct time_text *text, int most, int *value)
{
	const unsigned char *at = text->at;
	int sum = 0;

	for (; at < text->end && at - text->at < most && time_is_digit(*at); at++)
		sum = sum * 10 + (*at - '0');
	if (at == text->at)
		return false;
	*value = sum;
	text->at = at;
	return true;
}

bool
sk_time_take_billionths(struct time_text *text, unsigned *billionths)
{
	static const unsigned units[] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000,
		1000, 100, 10, 1 };
	const unsigned char *at = text->at;
	unsigned sum = 0;

	for (; at < text->end && at - text->at < 9 && time_is_digit(*at); at++)
		sum = sum * 10 + (*at - (unsigned)'0');
	if (at == text->at)
		return false;
	*billionths = sum * units[at - text->at];
	while (at < text->end && time_is_digit(*at))
		at++;
	text->at = at;
	return true;
}

bool
sk_time_take_fraction(struct time_text *text, struct time_fields *fields)
{
	const unsigned char *const from = text->at;
	unsigned billionths;

	if (!sk_time_take_billionths(text, &billionths))
		return false;
	fields->nanosecond = (int)billionths;
	fields->fraction = from;
	fields->fraction_end = text->at;
	return true;
}

bool
sk_time_take_clock(struct time_text *text, unsigned char mark, struct time_fields *fields)
{
	fields->hour_at = text->at;
	if (!time_take_two(text, &fields->hour) || (mark != 0 && !time_take(text, mark)))
		return false;
	fields->minute_at = text->at;
	if (!time_take_two(text, &fields->minute))
		return false;
	if (mark != 0 ? !time_take(text, mark) : text->at == text->end || !time_is_digit(*text->at))
		return true;
	fields->second_at = text->at;
	if (!time_take_two(text, &fields->second))
		return false;
	if (time_take(text, '.') || time_take(text, ','))
		return sk_time_take_fraction(text, fields);
	return true;
}

static bool
take_offset(struct time_text *text, int *offset)
{
	struct time_text at = *text;
	const bool west = time_next_is(at, '-');
	int hours, minutes = 0;

	if ((!time_take(&at, '+') && !time_take(&at, '-')) || !time_take_two(&at, &hours))
		return false;
	if (time_take(&at, ':')) {
		if (!time_take_two(&at, &minutes))
			return false;
	} else {
		time_take_two(&at, &minutes);
	}
	*text = at;
	if (hours > 23 || minutes > 59)
		*offset = TIME_BAD_OFFSET;
	else
		*offset = (west ? -60 : 60) * (hours * 60 + minutes);
	return true;
}

bool
sk_time_take_zone(struct time_text *text, int *offset)
{
	if (take_offset(text, offset))
		return true;
	if (!time_take(text, 'Z') && !time_take(text, 'z') && !sk_time_take_word(text, "UTC") &&
	    !sk_time_take_word(text, "GMT"))
		return false;
	*offset = 0;
	return true;
}

bool
sk_time_take_word(struct time_text *text, const char *word)
{
	const unsigned char *at = text->at;

	for (; *word != '\0'; word++, at++)
		if (at == text->end || *at != (unsigned char)*word)
			return false;
	text->at = at;
	return true;
}

/*
 * Takes one of ${count} names, told by their first three letters, and returns which; or -1. The bit
 * 0x20 is the case; no other byte becomes a letter by it.
 */
static int
take_name(
    struct time_text *text, bool full, const uint32_t *names, const char *const *rests, int count)
{
	const unsigned char *const at = text->at;
	int found = 0;

	if (text->end - at < 3)
		return -1;
	const uint32_t letters = LETTERS(at[0], at[1], at[2]) | LETTERS(0x20, 0x20, 0x20);

	while (found < count && names[found] != letters)
		found++;
	if (found == count)
		return -1;
	text->at += 3;
	if (!full)
		return found;
	const char *rest = rests[found];
	const unsigned char *end = text->at;

	for (; *rest != '\0' && end < text->end && (*end | 0x20) == *rest; rest++)
		end++;
	if (*rest == '\0')
		text->at = end;
	return found;
}

bool
sk_time_take_month(struct time_text *text, bool full, int *month)
{
	static const uint32_t names[] = { LETTERS('j', 'a', 'n'), LETTERS('f', 'e', 'b'),
		LETTERS('m', 'a', 'r'), LETTERS('a', 'p', 'r'), LETTERS('m', 'a', 'y'),
		LETTERS('j', 'u', 'n'), LETTERS('j', 'u', 'l'), LETTERS('a', 'u', 'g'),
		LETTERS('s', 'e', 'p'), LETTERS('o', 'c', 't'), LETTERS('n', 'o', 'v'),
		LETTERS('d', 'e', 'c') };
	static const char *const rests[] = { "uary", "ruary", "ch", "il", "", "e", "y", "ust",
		"tember", "ober", "ember", "ember" };
	const int found = take_name(text, full, names, rests, 12);

	if (found < 0)
		return false;
	*month = found + 1;
	return true;
}

bool
sk_time_take_weekday(struct time_text *text, bool full)
{
	static const uint32_t names[] = { LETTERS('s', 'u', 'n'), LETTERS('m', 'o', 'n'),
		LETTERS('t', 'u', 'e'), LETTERS('w', 'e', 'd'), LETTERS('t', 'h', 'u'),
		LETTERS('f', 'r', 'i'), LETTERS('s', 'a', 't') };
	static const char *const rests[] = { "day", "day", "sday", "nesday", "rsday", "day",
		"urday" };

	return take_name(text, full, names, rests, 7) >= 0;
}
