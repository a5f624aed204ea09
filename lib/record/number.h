/*
 * number.h -- text to numbers: doubles, 64-bit integers and exact decimals.
 *
 * Three readings of the same kind of text. Each takes the whole span or nothing: a blank before or
 * after, a thousands separator, a NUL or any other stray byte makes it "not a number". The decimal
 * point is always '.', whatever the locale of the program.
 *
 *	number   = [sign] digits [exponent]
 *	sign     = '+' | '-'
 *	digits   = one or more of '0'..'9', and at most one '.' before, between or after them
 *	exponent = ('e' | 'E') [sign] one or more of '0'..'9'
 *
 * So "5.", ".5" and "007" are numbers, and hexadecimal ones are not.
 *
 * Errors: every function returns a status, and writes its results only where it says so.
 *
 * Threads: the functions keep nothing between calls, take no memory, leave errno alone and never
 * read past the end of the span; any number of threads may call them at once. The rounding mode of
 * the calling thread is taken to be "to nearest".
 */
#ifndef STREAMKIT_RECORD_NUMBER_H
#define STREAMKIT_RECORD_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "../span.h"

/* The most digits after the point that sk_number_decimal() keeps. */
#define SK_NUMBER_DECIMALS_MAX 9

/* 2^53: whole numbers up to here are doubles. */
#define SK_NUMBER_WHOLE 9007199254740992.0

enum sk_number_status {
	SK_NUMBER_OK,
	SK_NUMBER_EMPTY,        /* a span of size 0 */
	SK_NUMBER_NOT_A_NUMBER, /* breaks the grammar above */
	SK_NUMBER_OUT_OF_RANGE  /* a number, but too large for the type asked for */
};

/*
 * Returns what ${status} means, in a few lower-case words that never change and need no freeing.
 * "unknown error" for a value that is not in the enum.
 */
const char *sk_number_strerror(enum sk_number_status status);

/*
 * Reads ${text} into ${*value}, correctly rounded: the very double that strtod() gives in the C
 * locale, bit for bit, for texts of any length. Besides the grammar above, "inf", "infinity" and
 * "nan" are accepted, in any case and with any sign, and give just that with status OK: callers who
 * want finite numbers only must look.
 *
 * A number too large for a double is OUT_OF_RANGE and ${*value} an infinity of its sign. One too
 * small is OK, and rounded to a subnormal or to zero; a zero keeps its sign. EMPTY and NOT_A_NUMBER
 * leave ${*value} untouched.
 *
 * Cost: linear in the length; some nanoseconds for up to 19 digits.
 */
enum sk_number_status sk_number_double(struct sk_span text, double *value);

/*
 * Whether ${text} is a whole number, digits alone with at most a sign before them, that no double is equal to, so that
 * sk_number_double() rounds it. False for what it does not take, too. None below 2^53 is. Cost: some tens of nanoseconds.
 */
bool sk_number_rounds(struct sk_span text);

/* The same of the number ${word}. */
bool sk_number_word_rounds(uint64_t word);

/*
 * Reads ${text}, which must be digits with at most a sign before them, into ${*value}: -2^63 ..
 * 2^63 - 1, exact. "1.0" and "1e3" are NOT_A_NUMBER. Any status but OK leaves ${*value} untouched.
 *
 * Cost: linear in the length.
 */
enum sk_number_status sk_number_integer(struct sk_span text, int64_t *value);

/*
 * Reads ${text} as a decimal: ${*units} times 10^-${*decimals}, 0 <= ${*decimals} <=
 * SK_NUMBER_DECIMALS_MAX. It is exact where SK_NUMBER_DECIMALS_MAX digits after the point suffice,
 * and otherwise rounded there, half to even. ${*decimals} is the smallest that holds the (rounded)
 * value, so that equal values give equal results: "1.500" is 15 and 1, "2.0" is 2 and 0, "1e3" is
 * 1000 and 0, "-0.0" is 0 and 0.
 *
 * OUT_OF_RANGE if the units then do not fit an int64_t: decimals are never given up for range.
 * "inf" and "nan" are NOT_A_NUMBER. Any status but OK leaves ${*units} and ${*decimals} untouched.
 *
 * Cost: linear in the length; an exponent of any size costs no more than its digits.
 */
enum sk_number_status sk_number_decimal(struct sk_span text, int64_t *units, int *decimals);

#endif
