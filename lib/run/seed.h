/*
 * seed.h -- a number that nobody outside can know, for the hashes of tables.
 */
#ifndef STREAMKIT_RUN_SEED_H
#define STREAMKIT_RUN_SEED_H

#include <stdint.h>

/* Draw one. */
uint64_t sk_seed_draw(void);

#endif
