/* scan.c -- which build of the scanning loops this processor runs. */
#include "scan.h"

#include "scan_builds.h"

static const struct sk_scan *const with_avx2[] = {
#if defined(SK_HAVE_AVX2)
	&sk_scan_avx2,
#endif
#if defined(__SSE2__)
	&sk_scan_sse2,
#endif
	&sk_scan_plain,
	NULL,
};

const struct sk_scan *const *
sk_scan_all(void)
{
#if defined(SK_HAVE_AVX2)
	if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		__builtin_cpu_supports("popcnt")))
		return with_avx2 + 1;
#endif
	return with_avx2;
}

const struct sk_scan *
sk_scan_best(void)
{
	return sk_scan_all()[0];
}
