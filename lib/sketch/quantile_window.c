/* quantile_window.c -- exact values whose parts come and go. */
#include <assert.h>
#include <errno.h>

#include "quantile_parts.h"

struct sk_quantile *
sk_quantile_new_window(const struct sk_quantile_options *options, size_t memory, uint64_t seed)
{
	struct sk_quantile *window = sk_quantile_start(options, memory, seed);

	if (window == NULL)
		return NULL;
	if ((window->runs = sk_quantile_runs_new()) == NULL) {
		sk_quantile_free(window);
		errno = ENOMEM;
		return NULL;
	}
	return window;
}

bool
sk_quantile_can_leave(const struct sk_quantile *part)
{
	return part->exact != NULL;
}

int
sk_quantile_enter(struct sk_quantile *window, struct sk_quantile *part)
{
	const size_t count = sk_exact_quantile_count(part->exact);

	assert(window->runs != NULL && part->exact != NULL);
	if (count > window->options.exact_max ||
	    sk_quantile_runs_count(window->runs) > window->options.exact_max - count)
		return 0;
	return sk_quantile_runs_enter(window->runs, part->exact) == -1 ? -1 : 1;
}

void
sk_quantile_leave(struct sk_quantile *window, const struct sk_quantile *part)
{
	sk_quantile_runs_leave(window->runs, part->exact);
}
