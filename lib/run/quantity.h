/*
 * quantity.h -- the quantities that options take, as people write them.
 *
 * Each function reads the whole of ${text} or refuses it: true and *${value} set, or false and *${value} as it was.
 * No locale, no blanks, no signs.
 */
#ifndef STREAMKIT_RUN_QUANTITY_H
#define STREAMKIT_RUN_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number: "10". */
bool sk_quantity_count(const char *text, uint64_t *value);

/* Bytes, in powers of 1024: "65536", "64K", "64M", "1.5G", "2T"; "64KiB" and "64MB" are the same as "64K", "64M". */
bool sk_quantity_size(const char *text, uint64_t *value);

/* Nanoseconds, more than 0: "1s", "500ms", "1h30m", "1.5h"; units ns, us, ms, s, m, h, d, w; a bare number is refused. */
bool sk_quantity_duration(const char *text, uint64_t *value);

/* The same, or no time at all: "0s", and "0", which is that in every unit. */
bool sk_quantity_span(const char *text, uint64_t *value);

/* A share of the whole, 0 to 1: "0.99", "99%", "p99" and "p99.9". */
bool sk_quantity_fraction(const char *text, double *value);

#endif
