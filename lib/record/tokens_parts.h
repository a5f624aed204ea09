/*
 * tokens_parts.h -- where the tokens of a JSON text, and the words of a logfmt record, are: the loops that look at every byte.
 *
 * As in scan.h each loop exists once, in tokens_loops.h, over 64-byte masks, and is built for AVX2, for SSE2 and in plain C. All
 * find the same. They read whole chunks: SK_SCAN_PAD bytes behind the record must be readable, and what they hold does not matter.
 *
 * The method is that of simdjson (Langdale, Lemire, "Parsing gigabytes of JSON per second", VLDB Journal 28, 2019, section 3.1): the
 * bits of unescaped quotes, each xored with all below it, are the bytes inside strings; what is outside is told by its bits
 * alone, without a branch for each byte.
 *
 * Not part of the library's interface.
 */
#ifndef STREAMKIT_RECORD_TOKENS_PARTS_H
#define STREAMKIT_RECORD_TOKENS_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

/* A chunk may give this many tokens, and the loops write some more behind them that do not count. */
#define SK_TOKENS_CHUNK ((size_t)64)
#define SK_TOKENS_SPARE ((size_t)8)

/* How far a record has been looked at. */
struct sk_tokens_scan {
	const unsigned char *data; /* the record */
	size_t size;
	size_t at;               /* bytes looked at, or more: a multiple of 64 */
	uint64_t in_string;      /* all bits, or none: whether the byte before ends inside a string */
	uint64_t escaped;        /* 1: the next byte is escaped by the one before it */
	uint64_t before;         /* of the byte before; what it says differs, see tokens_loops.h */
	bool escapes;            /* there has been a backslash */
	enum sk_layout_reason reason; /* the first thing that is wrong inside of strings, or with quotes, */
	size_t fault;                 /* and where: SIZE_MAX while there is none */
};

struct sk_tokens {
	const char *name; /* "avx2", "sse2", "plain" */

	/*
	 * The tokens of the record's next chunks, until all are done (at >= size) or there is no room for one more chunk's: at
	 * least SK_TOKENS_CHUNK + SK_TOKENS_SPARE in ${room} is needed for any. Returns their number.
	 *
	 * json: each of { } [ ] : , outside strings; a string's opening quote; the first byte of anything else. Control bytes and
	 * bad escapes in strings are faults of the scan.
	 */
	size_t (*json)(struct sk_tokens_scan *scan, const unsigned char **tokens, size_t room);
	/*
	 * logfmt: the first byte of every word, and the one behind its last, in turn; blanks inside quotes end no word. Quotes that
	 * are where none may be are faults of the scan.
	 */
	size_t (*logfmt)(struct sk_tokens_scan *scan, const unsigned char **tokens, size_t room);
};

extern const struct sk_tokens sk_tokens_avx2;
extern const struct sk_tokens sk_tokens_sse2;
extern const struct sk_tokens sk_tokens_plain;

/* The loops that suit this processor best. */
const struct sk_tokens *sk_tokens_best(void);

/* All loops that this processor can run, plain C last, ended by NULL: for tests. */
const struct sk_tokens *const *sk_tokens_all(void);

static inline void
sk_tokens_begin(struct sk_tokens_scan *scan, struct sk_span record)
{
	*scan = (struct sk_tokens_scan){ .data = record.data, .size = record.size, .fault = SIZE_MAX };
}

#endif
