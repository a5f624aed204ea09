/*
 * scan.h -- where records end and fields lie: the inner loops that look at every byte.
 *
 * Each loop exists once, in scan_loops.h, over 64-byte masks ("which of these 64 bytes are the one I look for?"),
 * and is built once per way of making masks: AVX2, SSE2, and plain C, which any machine runs. All give the same
 * spans. sk_scan_best() says which this processor should use.
 *
 * Reading ahead: the loops read whole 64-byte chunks, so up to SK_SCAN_PAD bytes on either side of the bytes given
 * must be readable. What they hold does not matter.
 *
 * Errors: none; nothing here can fail. Threads: no state at all.
 */
#ifndef STREAMKIT_RECORD_SCAN_H
#define STREAMKIT_RECORD_SCAN_H

#include <stddef.h>

#include "../span.h"

#define SK_SCAN_PAD 64

struct sk_scan {
	const char *name; /* "avx2", "sse2", "plain" */

	/*
	 * Cut ${data}[0 .. ${size}) at every ${end} byte. Writes at most ${max} spans, the end bytes left out, and sets
	 * *${used} to the bytes they cover, end bytes included; what follows the last end byte is not covered.
	 * Returns the number of spans.
	 */
	size_t (*records)(const unsigned char *data, size_t size, unsigned char end,
	    struct sk_span *records, size_t max, size_t *used);

	/*
	 * Write the ${field}th field of each of the ${n} records to ${column}, counted from 1 at the front. Fields are
	 * separated by every ${delimiter} byte. A record that has no such field gives an empty span at its end.
	 */
	void (*delimited)(const struct sk_span *records, size_t n, unsigned char delimiter,
	    size_t field, struct sk_span *column);
	/* The same, counted from 1 at the back: 1 is the last. */
	void (*delimited_back)(const struct sk_span *records, size_t n, unsigned char delimiter,
	    size_t field, struct sk_span *column);
	/* The same with fields separated by runs of blanks (space, tab, newline), as in awk: blanks at either end
	 * of a record separate nothing. */
	void (*blank)(
	    const struct sk_span *records, size_t n, size_t field, struct sk_span *column);
	void (*blank_back)(
	    const struct sk_span *records, size_t n, size_t field, struct sk_span *column);
};

/* The loops that suit this processor best. They exist for ever. */
const struct sk_scan *sk_scan_best(void);

/* All loops that this processor can run, plain C last, ended by NULL: for tests. */
const struct sk_scan *const *sk_scan_all(void);

#endif
