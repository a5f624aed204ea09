/*
 * time_epoch.c -- times that are numbers, counted from 1970.
 */
#include "time_parts.h"

/* Reads digits into ${*value}: UINT64_MAX if they are more than it holds. */
static const unsigned char *
read_whole(const unsigned char *at, const unsigned char *end, uint64_t *value)
{
	const unsigned char *const from = at;
	uint64_t sum = 0, eight;

	for (; end - at >= 8 && time_eight_digits(time_load(at), &eight); at += 8)
		sum = at - from < 16 ? sum * 100000000 + eight : UINT64_MAX;
	for (; at < end && time_is_digit(*at); at++)
		sum = at - from < 19 ? sum * 10 + (uint64_t)(*at - '0') : UINT64_MAX;
	*value = sum;
	return at;
}

/* Reads a number: whether it is negative, what is before the point, and a fraction of it. */
static bool
read_number(struct sk_span text, bool *negative, uint64_t *whole, unsigned *billionths)
{
	struct time_text at = { text.data, text.data + text.size };

	*negative = time_next_is(at, '-');
	if (!time_take(&at, '-'))
		time_take(&at, '+');
	const unsigned char *const from = at.at;

	/* Zeros before are no reason for more than one reading. */
	while (at.end - at.at > 19 && *at.at == '0')
		at.at++;
	at.at = read_whole(at.at, at.end, whole);
	if (at.at == from)
		return false;
	*billionths = 0;
	if (at.at == at.end)
		return true;
	return time_take(&at, '.') && sk_time_take_billionths(&at, billionths) && at.at == at.end;
}

enum sk_time_status
sk_time_epoch(enum sk_time_format format, struct sk_span text, int64_t *nanoseconds)
{
	/* Nanoseconds in a unit, and the most units in 2^63 of them. */
	static const uint64_t units[] = { 1000000000, 1000000, 1000, 1 };
	static const uint64_t limits[] = { UINT64_C(9223372036), UINT64_C(9223372036854),
		UINT64_C(9223372036854775), UINT64_C(9223372036854775808) };
	const int unit = (int)format - (int)SK_TIME_SECONDS;
	bool negative;
	uint64_t size;
	unsigned billionths;

	if (text.size == 0)
		return SK_TIME_EMPTY;
	if (!read_number(text, &negative, &size, &billionths))
		return SK_TIME_NOT_A_TIME;
	if (size > limits[unit])
		return SK_TIME_OUT_OF_RANGE;
	size *= units[unit];
	if (billionths != 0)
		size += unit == 0 ? billionths : billionths / (1000000000 / (unsigned)units[unit]);
	if (size > (uint64_t)INT64_MAX + negative)
		return SK_TIME_OUT_OF_RANGE;
	*nanoseconds = negative && size > 0 ? -(int64_t)(size - 1) - 1 : (int64_t)size;
	return SK_TIME_OK;
}

enum sk_time_format
sk_time_epoch_unit(struct sk_span text)
{
	bool negative;
	uint64_t whole;
	unsigned billionths;

	if (text.size == 0 || !read_number(text, &negative, &whole, &billionths))
		return SK_TIME_UNKNOWN;
	if (whole < UINT64_C(100000000000))
		return SK_TIME_SECONDS;
	if (whole < UINT64_C(100000000000000))
		return SK_TIME_MILLISECONDS;
	return whole < UINT64_C(100000000000000000) ? SK_TIME_MICROSECONDS : SK_TIME_NANOSECONDS;
}
