/*
 * failing_alloc.h -- an allocator that fails on demand and counts its blocks, for tests of what the library does when the
 * system refuses memory.
 *
 * From here on malloc() and its like are that allocator: include the library's files under test behind this, and
 * #undef malloc, calloc, realloc and free behind them.
 */
#ifndef STREAMKIT_TESTS_FAILING_ALLOC_H
#define STREAMKIT_TESTS_FAILING_ALLOC_H

#include "support.h"

static long fail_after;  /* allocations that still succeed; negative: all do */
static long live_blocks; /* allocated and not freed */
static bool refused;     /* whether any was refused */

static inline bool
refuse(void)
{
	if (fail_after < 0 || fail_after-- > 0)
		return false;
	fail_after = 0;
	refused = true;
	errno = ENOMEM;
	return true;
}

static inline void *
watched_malloc(size_t size)
{
	if (refuse())
		return NULL;
	live_blocks++;
	return malloc(size);
}

static inline void *
watched_calloc(size_t n, size_t size)
{
	if (refuse())
		return NULL;
	live_blocks++;
	return calloc(n, size);
}

static inline void *
watched_realloc(void *block, size_t size)
{
	if (refuse())
		return NULL;
	live_blocks += block == NULL;
	return realloc(block, size);
}

static inline void
watched_free(void *block)
{
	live_blocks -= block != NULL;
	free(block);
}

#define malloc watched_malloc
#define calloc watched_calloc
#define realloc watched_realloc
#define free watched_free

#endif
