/*
 * support.h -- what several unit tests need: seeded randomness, Zipf streams, and items whose true
 * weights are known.
 *
 * Header only, so that each test is one object. Nothing here needs the mathematics library.
 */
#ifndef STREAMKIT_TESTS_SUPPORT_H
#define STREAMKIT_TESTS_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "span.h"

/* Tests take fewer rounds where every memory access is checked. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/*
 * Accuracy tests are named test_accuracy...: "make accuracy" runs them alone (SK_TESTS), in their long form (SK_LONG),
 * and shows what they measure().
 */
#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, set_up, tear_down)                                                \
	(cmocka_set_test_filter(getenv("SK_TESTS")),                                                    \
	    _cmocka_run_group_tests(#tests, tests, sizeof(tests) / sizeof((tests)[0]), set_up, tear_down))

static inline bool
long_form(void)
{
	return getenv("SK_LONG") != NULL && strcmp(getenv("SK_LONG"), "0") != 0;
}

/* Say, in the long form, that ${error} was measured of ${what} where ${formula} is promised; ${sigmas} says how much. */
static inline void
measure(const char *family, const char *what, double error, double formula, const char *sigmas)
{
	if (!long_form())
		return;
	printf("measured\t%s\t%s\t%.4g\t%.4g\t%.3f\t%s\n", family, what, error, formula,
	    error / formula, sigmas);
	fflush(stdout); /* whole lines, whatever else goes to the same file */
}

/* Randomness */

static uint64_t random_state;

/* splitmix64 */
static inline uint64_t
next_random(void)
{
	uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static inline size_t
random_below(size_t limit)
{
	return (size_t)(next_random() % limit);
}

static inline void
shuffle(uint32_t *numbers, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		const size_t other = random_below(i);
		const uint32_t number = numbers[i - 1];

		numbers[i - 1] = numbers[other];
		numbers[other] = number;
	}
}

/* Spans */

static inline struct sk_span
span_of(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

static inline int
compare_spans(struct sk_span a, struct sk_span b)
{
	const size_t shorter = a.size < b.size ? a.size : b.size;
	const int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static inline void *
allocate(size_t size)
{
	void *memory = malloc(size > 0 ? size : 1);

	if (memory == NULL)
		fail_msg("out of memory");
	return memory;
}

/* The template of a temporary file's name, for mkstemp(). */
#define TEMPORARY_NAME 256

static inline char *
temporary_name(char name[TEMPORARY_NAME])
{
	const char *directory = getenv("TMPDIR");

	snprintf(name, TEMPORARY_NAME, "%s/streamkit.XXXXXX",
	    directory != NULL && strlen(directory) < TEMPORARY_NAME / 2 ? directory : "/tmp");
	return name;
}

/* Zipf */

#define ZIPF_GUIDES 65536

/* Ranks from 0, drawn in proportion to (rank + 1)^-s. */
struct zipf {
	size_t ranks;
	double *cumulative;
	uint32_t *guide; /* the first rank that a draw in this 65536th of the range can give */
};

/* ${number}^(${tenths} / 10), from the tenth root that Newton finds starting at *${root}. */
static inline double
tenth_power(double number, unsigned tenths, double *root)
{
	double power = 1;

	for (int round = 0; round < 60; round++) {
		double ninth = 1, next;

		for (int i = 0; i < 9; i++)
			ninth *= *root;
		next = *root - (*root * ninth - number) / (10 * ninth);
		if (next - *root < 1e-15 && *root - next < 1e-15)
			break;
		*root = next;
	}
	while (tenths-- > 0)
		power *= *root;
	return power;
}

static inline struct zipf
zipf_new(size_t ranks, unsigned tenths)
{
	struct zipf zipf = { ranks, allocate(ranks * sizeof(double)),
		allocate((ZIPF_GUIDES + 1) * sizeof(uint32_t)) };
	double sum = 0, root = 1;
	uint32_t rank = 0;

	for (size_t i = 0; i < ranks; i++)
		zipf.cumulative[i] = sum += 1 / tenth_power((double)(i + 1), tenths, &root);
	for (size_t i = 0; i < ranks; i++)
		zipf.cumulative[i] /= sum;
	for (size_t i = 0; i <= ZIPF_GUIDES; i++) {
		while (rank + 1 < ranks && zipf.cumulative[rank] < (double)i / ZIPF_GUIDES)
			rank++;
		zipf.guide[i] = rank;
	}
	return zipf;
}

static inline void
zipf_free(struct zipf *zipf)
{
	free(zipf->cumulative);
	free(zipf->guide);
}

static inline size_t
zipf_draw(const struct zipf *zipf)
{
	const double draw = (double)(next_random() >> 11) / 9007199254740992.0;
	const size_t part = (size_t)(draw * ZIPF_GUIDES);
	size_t low = zipf->guide[part], high = zipf->guide[part + 1];

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (zipf->cumulative[middle] < draw)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Items whose true weights are known */

#define ITEM_MAX 300

/* Different items, numbered from 0; an item's bytes tell its number. */
struct items {
	size_t count;
	struct sk_span *item;
	unsigned char *bytes;
	uint64_t *truth;
	uint64_t total;
};

/* How long items are: this many bytes, or anything from 0 to ITEM_MAX. */
#define VARIED 0

static inline struct items
items_new(size_t count, size_t length)
{
	struct items items = { count, allocate(count * sizeof(struct sk_span)),
		allocate(count * (length == VARIED ? ITEM_MAX : length)), allocate(count * 8), 0 };
	unsigned char *to = items.bytes;

	assert_true(length == VARIED || length >= 3);
	assert_true(count <= 1 << 24);
	memset(items.truth, 0, count * sizeof(*items.truth));
	for (size_t i = 0; i < count; i++) {
		size_t size = length != VARIED ? length
		    : i == 0                   ? 0
		    : i < 6                    ? 1
		    : i < 11                   ? 2
		    : random_below(3) == 0     ? random_below(ITEM_MAX - 2) + 3
					       : random_below(30) + 3;

		for (size_t at = 0; at < size; at++)
			to[at] = (unsigned char)(random_below(4) == 0 ? 0 : next_random());
		for (size_t at = 0; at < 3 && at < size; at++)
			to[at] = (unsigned char)(i >> 8 * at);
		items.item[i] = (struct sk_span){ to, size };
		to += size;
	}
	return items;
}

static inline void
items_free(struct items *items)
{
	free(items->item);
	free(items->bytes);
	free(items->truth);
}

/* The number of the item with the bytes ${item}; fails the test when there is none. */
static inline size_t
items_find(const struct items *items, struct sk_span item)
{
	size_t number = 0;

	for (size_t at = 0; at < 3 && at < item.size; at++)
		number |= (size_t)item.data[at] << 8 * at;
	if (number >= items->count || compare_spans(items->item[number], item) != 0)
		fail_msg("an item of %zu bytes that was never added", item.size);
	return number;
}

static inline void
items_forget(struct items *items)
{
	memset(items->truth, 0, items->count * sizeof(*items->truth));
	items->total = 0;
}

/* Items in the order in which a table lists them by their true weights. */

static const struct items *items_sorted;

static inline int
compare_by_truth(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	const uint64_t *truth = items_sorted->truth;

	if (truth[a] != truth[b])
		return truth[a] > truth[b] ? -1 : 1;
	return compare_spans(items_sorted->item[a], items_sorted->item[b]);
}

static inline void
items_sort(const struct items *items, uint32_t *numbers, size_t n)
{
	items_sorted = items;
	qsort(numbers, n, sizeof(*numbers), compare_by_truth);
}

#endif
