/* tokens_sse2.c -- the classes of 64 bytes with SSE2, which every x86-64 processor has. */
#include "tokens_parts.h"

#if defined(__SSE2__)
#include <emmintrin.h>

struct classes {
	uint64_t quote, backslash, blank, operator, control;
};

static inline __m128i
equal(__m128i bytes, char byte)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

static inline __m128i
at_most(__m128i bytes, char byte)
{
	return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(byte)), bytes);
}

static inline uint64_t
join(uint64_t before, __m128i next)
{
	return before << 16 | (uint16_t)_mm_movemask_epi8(next);
}

static inline struct classes
json_classes(const unsigned char *data)
{
	struct classes is = { 0, 0, 0, 0, 0 };

	for (int i = 3; i >= 0; i--) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i));
		__m128i set = _mm_or_si128(bytes, _mm_set1_epi8(0x20));

		is.quote = join(is.quote, equal(bytes, '"'));
		is.backslash = join(is.backslash, equal(bytes, '\\'));
		is.blank = join(is.blank, _mm_or_si128(_mm_or_si128(equal(bytes, ' '), equal(bytes, '\n')),
					      _mm_or_si128(equal(bytes, '\t'), equal(bytes, '\r'))));
		is.operator = join(is.operator, _mm_or_si128(_mm_or_si128(equal(set, ','), equal(set, ':')),
						    _mm_or_si128(equal(set, '{'), equal(set, '}'))));
		is.control = join(is.control, at_most(bytes, 0x1f));
	}
	return is;
}

static inline struct classes
logfmt_classes(const unsigned char *data)
{
	struct classes is = { 0, 0, 0, 0, 0 };

	for (int i = 3; i >= 0; i--) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i));

		is.quote = join(is.quote, equal(bytes, '"'));
		is.backslash = join(is.backslash, equal(bytes, '\\'));
		is.blank = join(is.blank, at_most(bytes, 0x20));
		is.operator = join(is.operator, equal(bytes, '='));
	}
	return is;
}

static inline uint64_t
prefix_xor(uint64_t bits)
{
	for (unsigned shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

static inline unsigned
lowest_or_any(uint64_t bits)
{
	return (unsigned)__builtin_ctzll(bits | (uint64_t)1 << 63);
}

#include "tokens_loops.h"

const struct sk_tokens sk_tokens_sse2 = TOKENS_LOOPS("sse2");
#endif
