/* scan_builds.h -- the builds of the scanning loops, for scan.c to choose from. */
#ifndef STREAMKIT_RECORD_SCAN_BUILDS_H
#define STREAMKIT_RECORD_SCAN_BUILDS_H

#include "scan.h"

extern const struct sk_scan sk_scan_avx2;
extern const struct sk_scan sk_scan_sse2;
extern const struct sk_scan sk_scan_plain;

#endif
