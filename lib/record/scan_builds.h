/* scan_builds.h -- the builds of the scanning loops, for scan.c to choose from, and those of csv.h, which are made of the same masks. */
#ifndef STREAMKIT_RECORD_SCAN_BUILDS_H
#define STREAMKIT_RECORD_SCAN_BUILDS_H

#include "csv.h"
#include "scan.h"

extern const struct sk_scan sk_scan_avx2;
extern const struct sk_scan sk_scan_sse2;
extern const struct sk_scan sk_scan_plain;

extern const struct sk_csv_loops sk_csv_avx2;
extern const struct sk_csv_loops sk_csv_sse2;
extern const struct sk_csv_loops sk_csv_plain;

#endif
