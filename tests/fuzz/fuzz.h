/*
 * fuzz.h -- what all fuzz targets share.
 *
 * A target takes one input of libFuzzer's, decodes it, and ends the program by check() where the header of the decoder
 * promises something that does not hold. An input begins with control bytes where the decoder has parameters: see the
 * comment of each target.
 */
#ifndef STREAMKIT_TESTS_FUZZ_H
#define STREAMKIT_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_SEED UINT64_C(1)

#define check(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

static inline _Noreturn void
fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

/* Equal to the bit, or both NaN. */
static inline bool
same_double(double a, double b)
{
	return (a != a && b != b) || memcmp(&a, &b, sizeof(a)) == 0;
}

/* Memory of exactly ${size} bytes, so that a write behind it is seen; never NULL. */
static inline unsigned char *
exact_memory(size_t size)
{
	unsigned char *memory = malloc(size > 0 ? size : 1);

	check(memory != NULL);
	return memory;
}

#endif
