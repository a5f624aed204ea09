/* theta_table.c -- the hash table of a Theta sketch, and its hashes as a sorted list. */
#include "theta_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MIN ((size_t)32)
#define UNPLACED ((uint64_t)1 << 63) /* marks a hash of 63 bits that has yet to find its slot */

/* Double hashing: a full table is only 1/16 empty. The stride is odd, so that it meets every slot. */
static inline size_t
stride_of(uint64_t hash)
{
	return (size_t)(hash * 0x9e3779b97f4a7c15u >> 32) | 1;
}

/* Put ${hash}, which is not in the table, into its slot. Returns what was there and has yet to be placed, or 0. */
static uint64_t
place(uint64_t *slots, size_t mask, uint64_t hash)
{
	size_t at = (size_t)hash & mask;
	const size_t stride = stride_of(hash);
	uint64_t found;

	while ((found = slots[at]) != 0 && (found & UNPLACED) == 0)
		at = (at + stride) & mask;
	slots[at] = hash;
	return found & ~UNPLACED;
}

/* The memory of a table that holds ${count}: half of it empty, unless it is the largest. */
static size_t
words_for(unsigned lg_k, size_t count)
{
	const size_t most = (size_t)2 << lg_k;
	size_t words = WORDS_MIN;

	while (words < most && words / 2 < count)
		words *= 2;
	return words;
}

int
sk_theta_table_reserve(struct sk_theta *sketch, size_t n)
{
	const size_t most = (size_t)2 << sketch->lg_k;
	uint64_t *slots;
	size_t words;

	if (sketch->words == most || (sketch->words > 0 && n <= sketch->limit - sketch->count))
		return 0;
	words = words_for(sketch->lg_k, n < most ? sketch->count + n : most);
	if ((slots = calloc(words, sizeof(*slots))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t at = 0; at < sketch->words; at++)
		if (sketch->hashes[at] != 0)
			place(slots, words - 1, sketch->hashes[at]);
	free(sketch->hashes);
	sketch->hashes = slots;
	sketch->words = words;
	sketch->limit = words == most ? words / 16 * 15 : words / 2;
	return 0;
}

/* Drop what is not under theta, and give the rest the slots they would have had without it: each hash is taken out
 * and placed where its path meets a slot that is empty, or whose hash has not been placed, which is then the next. A
 * slot with a placed hash never empties again, so that paths stay whole. */
void
sk_theta_table_lower(struct sk_theta *sketch, uint64_t theta)
{
	uint64_t *slots = sketch->hashes;

	sketch->theta = theta;
	sketch->count = 0;
	for (size_t at = 0; at < sketch->words; at++) {
		const bool stays = slots[at] != 0 && slots[at] < theta;

		slots[at] = stays ? slots[at] | UNPLACED : 0;
		sketch->count += stays;
	}
	for (size_t at = 0; at < sketch->words; at++) {
		uint64_t hash = slots[at];

		if ((hash & UNPLACED) == 0)
			continue;
		slots[at] = 0;
		for (hash &= ~UNPLACED; hash != 0;)
			hash = place(slots, sketch->words - 1, hash);
	}
}

static void
insertion_sort(uint64_t *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const uint64_t word = words[i];
		size_t at = i;

		for (; at > 0 && words[at - 1] > word; at--)
			words[at] = words[at - 1];
		words[at] = word;
	}
}

/* Selection and sorting go by digits from the top: hashes are as good as random, and where somebody has chosen them
 * the cost is still bounded by the number of digits. */
#define DIGIT_BITS 9
#define DIGITS ((size_t)1 << DIGIT_BITS)
#define FEW ((size_t)64)

/* How many bits lie under the first digit of numbers under ${limit}. */
static unsigned
first_shift(uint64_t limit)
{
	unsigned bits = 0;

	for (; bits < 64 && limit >> bits != 0; bits++)
		;
	return bits > DIGIT_BITS ? bits - DIGIT_BITS : 0;
}

/* The word of rank ${rank}, from 0, of ${n} words that are all under ${limit}. */
static uint64_t
select_rank(const uint64_t *words, size_t n, size_t rank, uint64_t limit)
{
	uint64_t low = 0; /* the words in question are low .. low + 2^(shift + DIGIT_BITS) - 1 */
	uint64_t few[FEW];

	for (unsigned shift = first_shift(limit);;
	     shift -= shift < DIGIT_BITS ? shift : DIGIT_BITS) {
		size_t counts[DIGITS] = { 0 }, digit = 0, gathered = 0;

		for (size_t i = 0; i < n; i++)
			if ((words[i] - low) >> shift < DIGITS)
				counts[(words[i] - low) >> shift]++;
		while (rank >= counts[digit])
			rank -= counts[digit++];
		low += (uint64_t)digit << shift;
		if (shift == 0)
			return low;
		if (counts[digit] > FEW)
			continue;
		for (size_t i = 0; i < n; i++)
			if ((words[i] - low) >> shift == 0)
				few[gathered++] = words[i];
		insertion_sort(few, gathered);
		return few[rank];
	}
}

/* Quick select: theta becomes the (k+1)th smallest hash. Empty slots are the smallest of all. */
void
sk_theta_trim(struct sk_theta *sketch)
{
	const size_t k = (size_t)1 << sketch->lg_k, rank = sketch->words - sketch->count + k;

	if (sketch->lg_k == 0 || sketch->count <= k)
		return;
	sk_theta_table_lower(
	    sketch, select_rank(sketch->hashes, sketch->words, rank, sketch->theta));
}

void
sk_theta_table_insert(struct sk_theta *sketch, uint64_t hash)
{
	const size_t mask = sketch->words - 1;
	size_t at = (size_t)hash & mask;
	uint64_t found = sketch->hashes[at];

	if (found != 0 && found != hash) {
		const size_t stride = stride_of(hash);

		do
			at = (at + stride) & mask;
		while ((found = sketch->hashes[at]) != 0 && found != hash);
	}
	if (found == hash)
		return;
	sketch->hashes[at] = hash;
	if (++sketch->count > sketch->limit)
		sk_theta_trim(sketch);
}

/* American flag sort (McIlroy, Bostic and McIlroy 1993) of words that agree above the digit at ${shift}. */
static void
flag_sort(uint64_t *words, size_t n, unsigned shift)
{
	size_t next[DIGITS] = { 0 }, end[DIGITS], sum = 0;

	for (size_t i = 0; i < n; i++)
		next[words[i] >> shift & (DIGITS - 1)]++;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		const size_t count = next[digit];

		next[digit] = sum;
		end[digit] = sum += count;
	}
	for (size_t digit = 0; digit < DIGITS; digit++) {
		while (next[digit] < end[digit]) {
			const uint64_t word = words[next[digit]];
			const size_t home = word >> shift & (DIGITS - 1);

			words[next[digit]] = words[next[home]];
			words[next[home]++] = word;
		}
	}
	for (size_t digit = 0, start = 0; digit < DIGITS && shift > 0; start = end[digit++]) {
		if (end[digit] - start > FEW)
			flag_sort(words + start, end[digit] - start,
			    shift < DIGIT_BITS ? 0 : shift - DIGIT_BITS);
		else
			insertion_sort(words + start, end[digit] - start);
	}
}

void
sk_theta_sort(uint64_t *hashes, size_t n)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= hashes[i];
	if (n > FEW)
		flag_sort(hashes, n, first_shift(all));
	else
		insertion_sort(hashes, n);
}

int
sk_theta_list(const struct sk_theta *sketch, struct sk_theta_list *list)
{
	*list = (struct sk_theta_list){ sketch->hashes, sketch->count, NULL };
	if (sketch->lg_k == 0 || sketch->count == 0)
		return 0;
	if ((list->owned = malloc(sketch->count * sizeof(*list->owned))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	list->count = 0;
	for (size_t at = 0; at < sketch->words; at++)
		if (sketch->hashes[at] != 0)
			list->owned[list->count++] = sketch->hashes[at];
	sk_theta_sort(list->owned, list->count);
	list->hashes = list->owned;
	return 0;
}
