/* tokens_avx2.c -- the classes of 64 bytes with AVX2. Built with the options that allow it; run only where the processor does. */
#include "tokens_parts.h"

#if defined(__AVX2__)
#include <immintrin.h>

struct classes {
	uint64_t quote, backslash, blank, operator, control;
};

struct bytes {
	__m256i low, high;
};

static inline struct bytes
load(const unsigned char *bytes)
{
	return (struct bytes){ _mm256_loadu_si256((const __m256i *)(const void *)bytes),
		_mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32)) };
}

static inline uint64_t
join(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t
equal(struct bytes bytes, char byte)
{
	__m256i wanted = _mm256_set1_epi8(byte);

	return join(_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted));
}

static inline uint64_t
at_most(struct bytes bytes, char byte)
{
	__m256i most = _mm256_set1_epi8(byte);

	return join(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.low, most), bytes.low),
	    _mm256_cmpeq_epi8(_mm256_min_epu8(bytes.high, most), bytes.high));
}

/*
 * A shuffle looks each byte up by its low four bits: in the table stands, under those of a byte of the class, that byte, and under
 * others one that does not have those bits. Bytes from 0x80 give 0.
 */
static inline uint64_t
found_in(__m256i table, struct bytes bytes, __m256i bits)
{
	return join(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes.low), _mm256_or_si256(bytes.low, bits)),
	    _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes.high), _mm256_or_si256(bytes.high, bits)));
}

static inline struct classes
json_classes(const unsigned char *data)
{
	const __m256i blanks = _mm256_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0,
	    ' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0);
	const __m256i operators = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0);
	struct bytes bytes = load(data);

	return (struct classes){ .quote = equal(bytes, '"'), .backslash = equal(bytes, '\\'),
		.blank = found_in(blanks, bytes, _mm256_setzero_si256()),
		.operator = found_in(operators, bytes, _mm256_set1_epi8(0x20)), .control = at_most(bytes, 0x1f) };
}

static inline struct classes
logfmt_classes(const unsigned char *data)
{
	struct bytes bytes = load(data);

	return (struct classes){ .quote = equal(bytes, '"'), .backslash = equal(bytes, '\\'),
		.blank = at_most(bytes, 0x20), .operator = equal(bytes, '=') };
}

/* The product with all ones, of polynomials over two elements, has as its bits just these sums. */
static inline uint64_t
prefix_xor(uint64_t bits)
{
	return (uint64_t)_mm_cvtsi128_si64(
	    _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xff), 0));
}

static inline unsigned
lowest_or_any(uint64_t bits)
{
	return (unsigned)_tzcnt_u64(bits);
}

#include "tokens_loops.h"

const struct sk_tokens sk_tokens_avx2 = TOKENS_LOOPS("avx2");
#endif
