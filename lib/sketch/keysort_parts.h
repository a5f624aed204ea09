/* keysort_parts.h -- what is between the files of keysort.h's sort. */
#ifndef STREAMKIT_SKETCH_KEYSORT_PARTS_H
#define STREAMKIT_SKETCH_KEYSORT_PARTS_H

#include "keysort.h"

#define KEYSORT_WIDE ((size_t)64)      /* keys that are sorted at once with AVX2 */
#define KEYSORT_WIDE_FROM ((size_t)14) /* fewer are quicker without; measured */

/* Sort ${n} keys, at most KEYSORT_WIDE, where they are. Only for processors that have AVX2. */
void sk_keysort_wide_avx2(uint64_t *keys, size_t n);

#endif
