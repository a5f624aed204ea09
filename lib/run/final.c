/* final.c -- the windows of a stream of panes, until they are final. */
#include "final.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "closed.h"
#include "diag.h"

struct sk_final {
	struct sk_final_options options;
	struct sk_closed *closed;
};

struct sk_final *
sk_final_new(const struct sk_final_options *options)
{
	struct sk_final *final = calloc(1, sizeof(*final));

	if (final == NULL || (final->closed = sk_closed_new()) == NULL)
		sk_die("out of memory");
	final->options = *options;
	return final;
}

void
sk_final_free(struct sk_final *final)
{
	if (final == NULL)
		return;
	sk_closed_free(final->closed);
	free(final);
}

static uint64_t
number_in(const void *context, size_t i)
{
	return ((const uint64_t *)context)[i];
}

/* What ${closed} is made of. */
static struct sk_groups *
groups_of(struct sk_final *final, const struct sk_closed_window *closed, const char **why)
{
	if (closed->aside != NULL)
		return closed->aside;
	return sk_panes_window(
	    final->options.panes, number_in, closed->panes, closed->panes_count, why);
}

/* Hand ${closed}, which is number ${at}, on. */
static int
hand_on(struct sk_final *final, struct sk_closed_window *closed, size_t at, const char **why)
{
	struct sk_groups *groups = groups_of(final, closed, why);

	if (groups == NULL)
		return -1;
	*why = sk_rollup_final(final->options.rollup, groups, &closed->window);
	sk_closed_remove(final->closed, at);
	errno = EINVAL;
	return *why == NULL ? 0 : -1;
}

int
sk_final_close(struct sk_final *final, const struct sk_pane_close *close,
    const struct sk_report_window *window, const char **why)
{
	uint64_t *panes;
	int result;

	if (close->panes_count == 0) { /* an empty one has nothing to wait for */
		struct sk_closed_window empty = { .window = *window };
		struct sk_groups *groups = groups_of(final, &empty, why);

		if (groups == NULL)
			return -1;
		errno = EINVAL;
		return (*why = sk_rollup_final(final->options.rollup, groups, window)) == NULL ? 0 : -1;
	}
	if ((panes = malloc(close->panes_count * sizeof(*panes))) == NULL)
		return -1;
	for (size_t i = 0; i < close->panes_count; i++)
		panes[i] = sk_pane_of(close, i);
	result = sk_closed_add(final->closed, window, panes, close->panes_count);
	free(panes);
	return result;
}

/* Keep what ${closed} is, while its panes go on. Those put aside share the memory, the later ones getting less. */
static int
put_aside(struct sk_final *final, struct sk_closed_window *closed, const char **why)
{
	const struct sk_final_options *options = &final->options;
	struct sk_groups *groups = groups_of(final, closed, why), *copy;
	size_t share = options->memory / (sk_closed_aside(final->closed) + 1);

	if (groups == NULL)
		return -1;
	if (share < options->class->memory_min)
		share = options->class->memory_min;
	copy = sk_groups_new(options->class, options->keyed, share, options->seed);
	if (copy == NULL)
		return -1;
	if (sk_groups_merge_all(copy, groups, why) == -1) {
		sk_groups_free(copy);
		return -1;
	}
	sk_closed_take_aside(final->closed, closed, copy);
	return 0;
}

/*
 * A late record comes into a pane of windows that have closed. Those that it still belongs to close again; but a window may
 * be past correction, and not known to be final because the stream had no record of its first pane.
 */
int
sk_final_change(struct sk_final *final, uint64_t pane, const char **why)
{
	struct sk_closed_window *closed;

	for (size_t at = 0; (closed = sk_closed_find(final->closed, &pane, &at)) != NULL; at++)
		if (closed->aside == NULL && put_aside(final, closed, why) == -1)
			return -1;
	return 0;
}

int
sk_final_finish(struct sk_final *final, uint64_t pane, const char **why)
{
	struct sk_closed_window *closed;

	for (size_t at = 0; (closed = sk_closed_find(final->closed, &pane, &at)) != NULL;)
		if (hand_on(final, closed, at, why) == -1)
			return -1;
	return 0;
}

int
sk_final_finish_all(struct sk_final *final, const char **why)
{
	struct sk_closed_window *closed;

	for (size_t at = 0; (closed = sk_closed_find(final->closed, NULL, &at)) != NULL;)
		if (hand_on(final, closed, at, why) == -1)
			return -1;
	return 0;
}
