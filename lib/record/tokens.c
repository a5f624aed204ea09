/* tokens.c -- which build of the loops of tokens_loops.h this processor runs. */
#include "tokens_parts.h"

static const struct sk_tokens *const builds[] = {
#if defined(SK_HAVE_AVX2)
	&sk_tokens_avx2,
#endif
#if defined(__SSE2__)
	&sk_tokens_sse2,
#endif
	&sk_tokens_plain,
	NULL,
};

const struct sk_tokens *const *
sk_tokens_all(void)
{
#if defined(SK_HAVE_AVX2)
	if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") &&
		__builtin_cpu_supports("pclmul")))
		return builds + 1;
#endif
	return builds;
}

const struct sk_tokens *
sk_tokens_best(void)
{
	return sk_tokens_all()[0];
}
