/*
 * keysort.c -- sorting 64-bit keys without branches that depend on them.
 *
 * Small inputs: blocks of eight go through the 19-comparator merge-exchange network of Batcher
 * (1968), or larger ones through keysort_avx2.c, then runs are merged from both ends at once, which gives the processor two independent
 * chains of work. Large inputs: a radix sort, least significant digit first, whose counts are taken
 * in one pass; a digit that all keys share costs nothing more.
 */
#include "keysort_parts.h"

#include <stdbool.h>

#define BLOCK ((size_t)8)
#define RADIX_FROM ((size_t)3000) /* keys; measured */
#define DIGIT_BITS 11
#define DIGITS 3
#define DIGIT_VALUES ((size_t)1 << DIGIT_BITS)

/* Put the smaller of two keys first. The larger is what is left of both: compilers make no branch
 * of that. */
static inline void
order(uint64_t *a, uint64_t *b)
{
	const uint64_t left = *a, right = *b;
	const uint64_t smaller = left < right ? left : right;

	*a = smaller;
	*b = left ^ right ^ smaller;
}

/* Sort eight keys from ${from} into ${to}, which may be the same. */
static void
sort_block(const uint64_t *from, uint64_t *to)
{
	uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
	uint64_t e = from[4], f = from[5], g = from[6], h = from[7];

	order(&a, &b), order(&c, &d), order(&e, &f), order(&g, &h);
	order(&a, &c), order(&b, &d), order(&e, &g), order(&f, &h);
	order(&b, &c), order(&f, &g);
	order(&a, &e), order(&b, &f), order(&c, &g), order(&d, &h);
	order(&c, &e), order(&d, &f);
	order(&b, &c), order(&d, &e), order(&f, &g);
	to[0] = a, to[1] = b, to[2] = c, to[3] = d;
	to[4] = e, to[5] = f, to[6] = g, to[7] = h;
}

static void
sort_by_insertion(uint64_t *keys, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const uint64_t key = keys[i];
		size_t at = i;

		for (; at > 0 && keys[at - 1] > key; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
}

/* Two sorted runs on their way into one, from both ends. */
struct merge {
	const uint64_t *left;
	const uint64_t *left_end;
	const uint64_t *right;
	const uint64_t *right_end;
	uint64_t *to;
	uint64_t *to_end;
};

/* Take ${steps} keys from either end. No run may have fewer keys than all of them can take from it.
 */
static inline void
merge_steps(struct merge *merge, size_t steps)
{
	const uint64_t *left = merge->left, *right = merge->right;
	const uint64_t *left_end = merge->left_end, *right_end = merge->right_end;
	uint64_t *to = merge->to, *to_end = merge->to_end;

	while (steps-- > 0) {
		const uint64_t a = *left, b = *right;
		const bool second = b < a;
		const uint64_t y = left_end[-1], z = right_end[-1];
		const bool first = z < y;

		*to++ = second ? b : a;
		right += second;
		left += !second;
		*--to_end = first ? y : z;
		left_end -= first;
		right_end -= !first;
	}
	*merge = (struct merge){ left, left_end, right, right_end, to, to_end };
}

/* Merge a sorted run of ${n} keys with one of ${m} behind it into ${to}. */
static void
merge_runs(const uint64_t *run, size_t n, size_t m, uint64_t *to)
{
	struct merge merge = { run, run + n, run + n, run + n + m, to, to + n + m };

	/* Of two runs of one length neither end can outrun its run before all is done. */
	if (n == m) {
		merge_steps(&merge, n);
		return;
	}
	while (n > 0 && m > 0) {
		const size_t fewer = n < m ? n : m;

		if (fewer == 1)
			break;
		merge_steps(&merge, fewer / 2);
		n = (size_t)(merge.left_end - merge.left);
		m = (size_t)(merge.right_end - merge.right);
	}
	while (n > 0 && m > 0) {
		const bool second = *merge.right < *merge.left;

		*merge.to++ = second ? *merge.right++ : *merge.left++;
		n -= !second;
		m -= second;
	}
	memcpy(merge.to, n > 0 ? merge.left : merge.right, (n + m) * sizeof(*to));
}

/* Sort runs of keys, the last of which may be shorter. Returns how long they are. */
static size_t
sort_runs(uint64_t *keys, size_t n)
{
	size_t at = 0;

#if defined(SK_HAVE_AVX2)
	if (n >= KEYSORT_WIDE_FROM && __builtin_cpu_supports("avx2")) {
		for (; at < n; at += KEYSORT_WIDE)
			sk_keysort_wide_avx2(
			    keys + at, n - at < KEYSORT_WIDE ? n - at : KEYSORT_WIDE);
		return KEYSORT_WIDE;
	}
#endif
	for (; n - at >= BLOCK; at += BLOCK)
		sort_block(keys + at, keys + at);
	sort_by_insertion(keys + at, n - at);
	return BLOCK;
}

static uint64_t *
sort_by_merging(uint64_t *keys, uint64_t *scratch, size_t n)
{
	size_t at;

	for (size_t run = sort_runs(keys, n); run < n; run *= 2) {
		uint64_t *swap = keys;

		for (at = 0; n - at >= 2 * run; at += 2 * run)
			merge_runs(keys + at, run, run, scratch + at);
		if (n - at > run)
			merge_runs(keys + at, run, n - at - run, scratch + at);
		else
			memcpy(scratch + at, keys + at, (n - at) * sizeof(*keys));
		keys = scratch;
		scratch = swap;
	}
	return keys;
}

/* One stable pass: the keys of ${from} go to ${to}, ordered by the digit at ${shift}. */
static void
distribute(const uint64_t *from, uint64_t *to, size_t n, unsigned shift, size_t *counts)
{
	size_t start = 0;

	for (size_t value = 0; value < DIGIT_VALUES; value++) {
		const size_t next = start + counts[value];

		counts[value] = start;
		start = next;
	}
	for (size_t i = 0; i < n; i++) {
		const uint64_t key = from[i];

		to[counts[key >> shift & (DIGIT_VALUES - 1)]++] = key;
	}
}

/* Sort stretches of keys that are equal above bit ${shift}. Mostly they are short. */
static void
sort_ties(uint64_t *keys, uint64_t *scratch, size_t n, unsigned shift)
{
	for (size_t at = 0, end; at < n; at = end) {
		const uint64_t high = keys[at] >> shift;

		for (end = at + 1; end < n && keys[end] >> shift == high; end++)
			continue;
		if (end - at <= 2 * BLOCK) {
			sort_by_insertion(keys + at, end - at);
		} else {
			const uint64_t *run = sk_keysort(keys + at, scratch + at, end - at);

			if (run != keys + at)
				memcpy(keys + at, run, (end - at) * sizeof(*keys));
		}
	}
}

/*
 * Radix sort on the 33 highest bits in which the keys differ, and by other means where those are
 * equal. Keys that agree in all of them differ in fewer bits than before, so this ends.
 */
static uint64_t *
sort_by_radix(uint64_t *keys, uint64_t *scratch, size_t n)
{
	size_t counts[DIGITS][DIGIT_VALUES] = { { 0 } };
	uint64_t differ = 0;
	unsigned bits = 0, shift;

	for (size_t i = 1; i < n; i++)
		differ |= keys[i] ^ keys[0];
	for (uint64_t rest = differ; rest > 0; rest >>= 1)
		bits++;
	shift = bits > DIGITS * DIGIT_BITS ? bits - DIGITS * DIGIT_BITS : 0;
	for (size_t i = 0; i < n; i++)
		for (unsigned digit = 0; digit < DIGITS; digit++)
			counts[digit]
			      [keys[i] >> (shift + DIGIT_BITS * digit) & (DIGIT_VALUES - 1)]++;
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		const unsigned from = shift + DIGIT_BITS * digit;
		uint64_t *swap = keys;

		if ((differ >> from & (DIGIT_VALUES - 1)) == 0)
			continue;
		distribute(keys, scratch, n, from, counts[digit]);
		keys = scratch;
		scratch = swap;
	}
	if ((differ & ((UINT64_C(1) << shift) - 1)) != 0)
		sort_ties(keys, scratch, n, shift);
	return keys;
}

/* Whether the keys are in order already, as they are in logs and after merges. Ends at the first
 * that is not. */
static bool
sorted(const uint64_t *keys, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (keys[i] < keys[i - 1])
			return false;
	return true;
}

uint64_t *
sk_keysort(uint64_t *keys, uint64_t *scratch, size_t n)
{
	if (sorted(keys, n))
		return keys;
	return n < RADIX_FROM ? sort_by_merging(keys, scratch, n) : sort_by_radix(keys, scratch, n);
}
