/*
 * murmur3_batch_avx2.c -- hashing with AVX2. Built with the options that allow it; run only where the
 * processor does.
 *
 * Eight items side by side. AVX2 cannot multiply words of 64 bits, but what it takes to make one such product of two
 * of 32 is still less than the one multiplier for plain integers takes for four. Within an item each step waits for the
 * one before: so the work is cut into passes over all items, short enough that the processor overlaps the rounds.
 */
#include "murmur3_mix.h"

#if defined(__AVX2__)
#include <immintrin.h>
#include <stdbool.h>

#define FOUR ((size_t)4)
#define EIGHT ((size_t)8)
#define CHUNK ((size_t)256) /* items at a time: their numbers are bytes */
#define CLASSES ((size_t)64)
#define LOOK ((size_t)32) /* items between two looks at whether all are alike */
#define COUNTERS ((size_t)4)

static inline __m256i
all(uint64_t word)
{
	return _mm256_set1_epi64x((long long)word);
}

/* The low halves' product, plus the two cross products in its upper half. */
static inline __m256i
multiply(__m256i words, uint64_t by)
{
	const __m256i cross = _mm256_mullo_epi32(words, all(by << 32 | by >> 32));
	const __m256i upper = _mm256_and_si256(cross, all(0xffffffff00000000u));
	const __m256i product = _mm256_mul_epu32(words, all(by));

	return _mm256_add_epi64(_mm256_add_epi64(product, upper), _mm256_slli_epi64(cross, 32));
}

static inline __m256i
rotate(__m256i words, int left)
{
	return _mm256_or_si256(_mm256_slli_epi64(words, left), _mm256_srli_epi64(words, 64 - left));
}

static inline __m256i
first(__m256i words)
{
	return multiply(rotate(multiply(words, MURMUR3_C1), 31), MURMUR3_C2);
}

static inline __m256i
second(__m256i words)
{
	return multiply(rotate(multiply(words, MURMUR3_C2), 33), MURMUR3_C1);
}

static inline __m256i
times_five(__m256i words)
{
	return _mm256_add_epi64(words, _mm256_slli_epi64(words, 2));
}

static inline __m256i
fold(__m256i words)
{
	return _mm256_xor_si256(words, _mm256_srli_epi64(words, 33));
}

static inline __m256i
load(const uint64_t *from)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

static inline void
store(uint64_t *to, __m256i words)
{
	_mm256_storeu_si256((__m256i *)(void *)to, words);
}

/* The hashes of eight items that have come to ${a} and ${b}, and ${c} and ${d}. The four avalanches go step by step:
 * none waits for another. */
static inline void
finish_eight(__m256i a, __m256i b, __m256i c, __m256i d, uint64_t *h1, uint64_t *h2)
{
	a = _mm256_add_epi64(a, b);
	c = _mm256_add_epi64(c, d);
	b = fold(_mm256_add_epi64(a, b));
	d = fold(_mm256_add_epi64(c, d));
	a = multiply(fold(a), MURMUR3_C3);
	c = multiply(fold(c), MURMUR3_C3);
	b = multiply(b, MURMUR3_C3);
	d = multiply(d, MURMUR3_C3);
	a = multiply(fold(a), MURMUR3_C4);
	c = multiply(fold(c), MURMUR3_C4);
	b = fold(multiply(fold(b), MURMUR3_C4));
	d = fold(multiply(fold(d), MURMUR3_C4));
	a = _mm256_add_epi64(fold(a), b);
	c = _mm256_add_epi64(fold(c), d);
	store(h1, a);
	store(h1 + FOUR, c);
	store(h2, _mm256_add_epi64(a, b));
	store(h2 + FOUR, _mm256_add_epi64(c, d));
}

void
sk_murmur3_u64_avx2(const uint64_t *values, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
	const __m256i start = all(seed ^ sizeof(*values));
	const size_t whole = n / EIGHT * EIGHT;

	for (size_t i = 0; i < whole; i += EIGHT) {
		store(h1 + i, _mm256_xor_si256(first(load(values + i)), start));
		store(h1 + i + FOUR, _mm256_xor_si256(first(load(values + i + FOUR)), start));
	}
	for (size_t i = 0; i < whole; i += EIGHT)
		finish_eight(load(h1 + i), start, load(h1 + i + FOUR), start, h1 + i, h2 + i);
	for (size_t i = whole; i < n; i++)
		murmur3_u64(values[i], seed, h1 + i, h2 + i);
}

/* Strings */

/* A chunk's items, in an order in which neighbours have about as many blocks, and what they have come to. */
struct chunk {
	size_t n;
	bool sorted; /* else the order is that of the items */
	unsigned char order[CHUNK];
	const unsigned char *from[CHUNK];
	uint64_t size[CHUNK];
	uint64_t a[CHUNK];
	uint64_t b[CHUNK];
	uint64_t tail[2 * CHUNK]; /* what follows the last block, and zeros: two words each */
};

/* Items of as many blocks are of a class, and so are all that have many. */
static inline size_t
class_of(size_t size)
{
	return size / MURMUR3_BLOCK < CLASSES ? size / MURMUR3_BLOCK : CLASSES - 1;
}

/* Sort by class, counting; with several counters for each, since a counter waits for its last change. */
static void
sort(struct chunk *chunk, const struct sk_span *items)
{
	uint16_t places[CLASSES][COUNTERS] = { 0 };
	unsigned place = 0;

	for (size_t i = 0; i < chunk->n; i++)
		places[class_of(items[i].size)][i % COUNTERS]++;
	for (size_t class = 0; place < chunk->n; class++)
		for (size_t i = 0; i < COUNTERS; i++) {
			const unsigned count = places[class][i];

			places[class][i] = (uint16_t)place;
			place += count;
		}
	for (size_t i = 0; i < chunk->n; i++)
		chunk->order[places[class_of(items[i].size)][i % COUNTERS]++] = (unsigned char)i;
}

/* A window on these puts the last bytes of a block first, and zeros behind them. */
static const unsigned char windows[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128 };

static inline __m128i
load_block(const void *from)
{
	return _mm_loadu_si128(from);
}

/* The tail of an item that has blocks is among its last 16 bytes. */
static inline void
take_item(struct chunk *chunk, size_t at, struct sk_span item)
{
	chunk->from[at] = item.data;
	chunk->size[at] = item.size;
	if (item.size < MURMUR3_BLOCK)
		load_short(item, chunk->tail + 2 * at, chunk->tail + 2 * at + 1);
	else {
		const size_t before = MURMUR3_BLOCK - item.size % MURMUR3_BLOCK;
		const __m128i tail = _mm_shuffle_epi8(
		    load_block(item.data + item.size - MURMUR3_BLOCK), load_block(windows + before));

		_mm_storeu_si128((__m128i *)(void *)(chunk->tail + 2 * at), tail);
	}
}

/* In the order in which they are, until one is of another class. */
static void
take_items(struct chunk *chunk, const struct sk_span *items)
{
	size_t differ = 0;

	for (size_t i = 0, end; i < chunk->n && differ < MURMUR3_BLOCK;)
		for (end = i + LOOK < chunk->n ? i + LOOK : chunk->n; i < end; i++) {
			differ |= items[i].size ^ items[0].size;
			take_item(chunk, i, items[i]);
		}
	chunk->sorted = differ >= MURMUR3_BLOCK;
	if (!chunk->sorted)
		return;
	sort(chunk, items);
	for (size_t i = 0; i < chunk->n; i++)
		take_item(chunk, i, items[chunk->order[i]]);
}

/* Of four pairs of words the first ones and the second ones. */
static inline void
load_pairs(const void *p, const void *q, const void *r, const void *s, __m256i *one, __m256i *two)
{
	const __m256i even =
	    _mm256_inserti128_si256(_mm256_castsi128_si256(load_block(p)), load_block(r), 1);
	const __m256i odd =
	    _mm256_inserti128_si256(_mm256_castsi128_si256(load_block(q)), load_block(s), 1);

	*one = _mm256_unpacklo_epi64(even, odd);
	*two = _mm256_unpackhi_epi64(even, odd);
}

static inline void
mix_four(const unsigned char *const *from, size_t at, __m256i *a, __m256i *b)
{
	__m256i one, two;

	load_pairs(from[0] + at, from[1] + at, from[2] + at, from[3] + at, &one, &two);
	*a = _mm256_add_epi64(rotate(_mm256_xor_si256(*a, first(one)), 27), *b);
	*a = _mm256_add_epi64(times_five(*a), all(MURMUR3_ADD1));
	*b = _mm256_add_epi64(rotate(_mm256_xor_si256(*b, second(two)), 31), *a);
	*b = _mm256_add_epi64(times_five(*b), all(MURMUR3_ADD2));
}

/* From block ${done} on, one by one. */
static inline void
mix_rest(struct chunk *chunk, size_t at, size_t done)
{
	if (chunk->size[at] / MURMUR3_BLOCK > done)
		murmur3_mix_blocks(chunk->from[at] + done * MURMUR3_BLOCK,
		    chunk->size[at] - done * MURMUR3_BLOCK, chunk->a + at, chunk->b + at);
}

/* As many blocks as each of eight items has, and what some have beyond. The first has least, and the last most. */
static void
mix_eight(struct chunk *chunk, size_t at, uint64_t seed)
{
	const unsigned char *const *from = chunk->from + at;
	const size_t blocks = class_of(chunk->size[at]);
	__m256i a = all(seed), b = all(seed), c = all(seed), d = all(seed);

	for (size_t i = 0; i < blocks; i++) {
		mix_four(from, i * MURMUR3_BLOCK, &a, &b);
		mix_four(from + FOUR, i * MURMUR3_BLOCK, &c, &d);
	}
	store(chunk->a + at, a);
	store(chunk->b + at, b);
	store(chunk->a + at + FOUR, c);
	store(chunk->b + at + FOUR, d);
	if (blocks == CLASSES - 1 || chunk->size[at + EIGHT - 1] / MURMUR3_BLOCK > blocks)
		for (size_t i = 0; i < EIGHT; i++)
			mix_rest(chunk, at + i, blocks);
}

static void
mix_blocks(struct chunk *chunk, uint64_t seed)
{
	const size_t whole = chunk->n / EIGHT * EIGHT;

	for (size_t i = 0; i < whole; i += EIGHT)
		mix_eight(chunk, i, seed);
	for (size_t i = whole; i < chunk->n; i++) {
		chunk->a[i] = chunk->b[i] = seed;
		mix_rest(chunk, i, 0);
	}
}

/* From here on the last group may go beyond the items. What it finds there does not matter, but is to be defined. */
static void
pad(struct chunk *chunk)
{
	for (size_t i = chunk->n; i % EIGHT != 0; i++)
		chunk->size[i] = chunk->a[i] = chunk->b[i] = chunk->tail[2 * i] =
		    chunk->tail[2 * i + 1] = 0;
}

/* Tails and sizes. */
static void
mix_tails(struct chunk *chunk)
{
	for (size_t i = 0; i < chunk->n; i += FOUR) {
		const __m256i size = load(chunk->size + i);
		const uint64_t *tail = chunk->tail + 2 * i;
		__m256i one, two, a, b;

		load_pairs(tail, tail + 2, tail + 4, tail + 6, &one, &two);
		a = _mm256_xor_si256(_mm256_xor_si256(load(chunk->a + i), size), first(one));
		b = _mm256_xor_si256(load(chunk->b + i), size);
		if (!_mm256_testz_si256(two, two))
			b = _mm256_xor_si256(b, second(two));
		store(chunk->a + i, a);
		store(chunk->b + i, b);
	}
}

static void
finish(struct chunk *chunk, uint64_t *h1, uint64_t *h2)
{
	const size_t whole = chunk->sorted ? 0 : chunk->n / EIGHT * EIGHT;
	uint64_t *a = chunk->a, *b = chunk->b;

	for (size_t i = 0; i < whole; i += EIGHT)
		finish_eight(load(a + i), load(b + i), load(a + i + FOUR), load(b + i + FOUR),
		    h1 + i, h2 + i);
	for (size_t i = whole; i < chunk->n; i += EIGHT)
		finish_eight(load(a + i), load(b + i), load(a + i + FOUR), load(b + i + FOUR),
		    a + i, b + i);
	for (size_t i = whole; i < chunk->n; i++) {
		const size_t at = chunk->sorted ? chunk->order[i] : i;

		h1[at] = a[i];
		h2[at] = b[i];
	}
}

void
sk_murmur3_bytes_avx2(
    const struct sk_span *items, size_t n, uint64_t seed, uint64_t *h1, uint64_t *h2)
{
	struct chunk chunk;

	for (size_t done = 0; done < n; done += chunk.n) {
		chunk.n = n - done < CHUNK ? n - done : CHUNK;
		take_items(&chunk, items + done);
		mix_blocks(&chunk, seed);
		pad(&chunk);
		mix_tails(&chunk);
		finish(&chunk, h1 + done, h2 + done);
	}
}
#endif
