/*
 * time_reader.c -- readers, and how a text like the last one is read without looking for its
 * fields.
 *
 * A text is remembered as words of eight bytes, with two masks. If the next text of the same size
 * differs only where the first mask is clear, which is in the digits of the fraction, its second is
 * the same; if only where the second is clear, in the digits of the time of day too, its day is.
 * That holds since what those bytes are, if they are digits, does not decide where anything else is
 * read. All that is unusual, such as 24:00:00, is left to the full reading.
 *
 * That is in a file of its own so that what is done for most texts needs no stack.
 */
#include "time_parts.h"

void
sk_time_reader_init(struct sk_time_reader *reader, enum sk_time_format format,
    const struct sk_time_pattern *pattern)
{
	const bool number = format >= SK_TIME_SECONDS && format <= SK_TIME_NANOSECONDS;

	*reader = (struct sk_time_reader){
		.format = format, .pattern = pattern, .named_zone = number, .named_clock = number
	};
}

void
sk_time_reader_set_offset(struct sk_time_reader *reader, int offset)
{
	if (reader->offset != offset)
		reader->last.size = 0;
	reader->offset = offset;
}

void
sk_time_reader_set_reference(struct sk_time_reader *reader, int64_t reference)
{
	if (reader->reference != reference)
		reader->last.size = 0;
	reader->reference = reference;
}

/* Adds the ${digits} digits before ${end}, at which at least 8 bytes must end, as a fraction. */
static inline bool
add_fraction(const unsigned char *end, unsigned digits, int64_t *nanoseconds)
{
	static const uint32_t units[] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000,
		1000, 100, 10, 1 };
	uint64_t value;

	if (digits == 0)
		return true;
	if (digits == 9) {
		if (!time_eight_digits(time_load(end - 9), &value) || !time_is_digit(end[-1]))
			return false;
		*nanoseconds += (int64_t)(value * 10) + (end[-1] - '0');
		return true;
	}
	/* The digits are the upper bytes; those below become zeros. */
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	const unsigned shift = 8 * (8 - digits);

	if (!time_eight_digits(((time_load(end - 8) ^ zeros) >> shift << shift) ^ zeros, &value))
		return false;
	*nanoseconds += (int64_t)(value * units[digits]);
	return true;
}

/* The bytes of ${text} that are not those of the last one, where ${mask} is set. */
static inline uint64_t
other_bytes(const struct sk_time_reader *reader, struct sk_span text, const uint64_t *mask)
{
	const unsigned char *const tail = text.data + text.size - 8;
	uint64_t other = (time_load(tail) ^ reader->last.words[TIME_TAIL]) & mask[TIME_TAIL];
	size_t i = 0;

	for (const unsigned char *at = text.data; at < tail; at += 8, i++)
		other |= (time_load(at) ^ reader->last.words[i]) & mask[i];
	return other;
}

/* Reads the time of day of ${text}, of the remembered day, and remembers it; or changes nothing. */
static inline bool
read_clock(struct sk_time_reader *reader, struct sk_span text)
{
	const struct sk_time_shape *const shape = &reader->last.shape;
	const unsigned hour = time_two_digits(text.data + shape->hour_at);
	const unsigned minute = time_two_digits(text.data + shape->minute_at);
	const unsigned second = time_two_digits(text.data + shape->second_at);

	if (hour > 23 || minute > 59 || second > 60)
		return false;
	reader->last.second = reader->last.midnight +
	    (int64_t)(hour * 3600 + minute * 60 + second) * TIME_NANOSECONDS;
	time_load_words(reader->last.words, text.data, text.size);
	return true;
}

/* Reads ${text} if it is like the last one. */
static inline bool
read_like_last(struct sk_time_reader *reader, struct sk_span text, int64_t *nanoseconds)
{
	const struct sk_time_shape *const shape = &reader->last.shape;
	int64_t result;

	if (text.size != reader->last.size)
		return false;
	if (other_bytes(reader, text, reader->last.second_mask) != 0 &&
	    (shape->second_at == 0 || other_bytes(reader, text, reader->last.day_mask) != 0 ||
		!read_clock(reader, text)))
		return false;
	result = reader->last.second;
	if (!add_fraction(text.data + shape->fraction_end, shape->fraction_digits, &result))
		return false;
	*nanoseconds = result;
	return true;
}

static inline enum sk_time_status
read_one(struct sk_time_reader *reader, struct sk_span text, int64_t *nanoseconds)
{
	if (reader->format >= SK_TIME_SECONDS && reader->format <= SK_TIME_NANOSECONDS)
		return sk_time_epoch(reader->format, text, nanoseconds);
	if (reader->format == SK_TIME_SYSLOG && !time_pass_priority(&text))
		return SK_TIME_NOT_A_TIME;
	if (text.size > 0 && read_like_last(reader, text, nanoseconds))
		return SK_TIME_OK;
	return sk_time_read_in_full(reader, text, nanoseconds);
}

enum sk_time_status
sk_time_read(struct sk_time_reader *reader, struct sk_span text, int64_t *nanoseconds)
{
	return read_one(reader, text, nanoseconds);
}

enum sk_time_status
sk_time_read_split(
    struct sk_time_reader *reader, struct sk_span text, struct sk_span zone, int64_t *nanoseconds)
{
	int offset;
	const enum sk_time_status status = sk_time_zone(zone, &offset);

	if (status != SK_TIME_OK)
		return status;
	sk_time_reader_set_offset(reader, offset);
	return read_one(reader, text, nanoseconds);
}

size_t
sk_time_read_batch(struct sk_time_reader *reader, const struct sk_span *texts, size_t n,
    int64_t *nanoseconds, enum sk_time_status *statuses)
{
	size_t right = 0;

	for (size_t i = 0; i < n; i++) {
		nanoseconds[i] = 0;
		statuses[i] = read_one(reader, texts[i], &nanoseconds[i]);
		right += statuses[i] == SK_TIME_OK;
	}
	return right;
}
