/* final.c -- the windows of a stream of panes, until they are final. */
#include "final.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "closed.h"
#include "diag.h"

#define EMPTIES_MOST ((size_t)1 << 16) /* beyond which they go first, whatever the order */

/* Windows that are final when they close, but may not go before those in front of them. They have no keys. */
struct empties {
	struct sk_report_window *window; /* in the order in which they closed */
	size_t begin; /* those before it are gone */
	size_t end;
	size_t room;
};

struct sk_final {
	struct sk_final_options options;
	struct sk_closed *closed;
	struct empties empties;
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
	free(final->empties.window);
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

/* Empty windows */

static int
hand_on_empty(struct sk_final *final, const struct sk_report_window *window, const char **why)
{
	struct sk_closed_window empty = { .window = *window };
	struct sk_groups *groups = groups_of(final, &empty, why);

	if (groups == NULL)
		return -1;
	errno = EINVAL;
	return (*why = sk_rollup_final(final->options.rollup, groups, window)) == NULL ? 0 : -1;
}

static bool
is_before(const struct sk_report_window *a, const struct sk_report_window *b)
{
	return a->end != b->end ? a->end < b->end : a->start < b->start;
}

/* Hand on those that come before ${next}, or all, if it is NULL. */
static int
hand_on_empties(struct sk_final *final, const struct sk_report_window *next, const char **why)
{
	struct empties *empties = &final->empties;

	while (empties->begin < empties->end &&
	    (next == NULL || is_before(&empties->window[empties->begin], next)))
		if (hand_on_empty(final, &empties->window[empties->begin++], why) == -1)
			return -1;
	return 0;
}

static bool
has_closed(struct sk_final *final)
{
	size_t at = 0;

	return sk_closed_find(final->closed, NULL, &at) != NULL;
}

/* Keep an empty window until those that closed before it are final. */
static int
keep_empty(struct sk_final *final, const struct sk_report_window *window, const char **why)
{
	struct empties *empties = &final->empties;

	if (empties->begin == empties->end)
		empties->begin = empties->end = 0;
	if (empties->end == EMPTIES_MOST && hand_on_empties(final, NULL, why) == -1)
		return -1;
	if (!has_closed(final) && empties->begin == empties->end)
		return hand_on_empty(final, window, why);
	if (empties->begin == empties->end)
		empties->begin = empties->end = 0;
	if (empties->end == empties->room) {
		const size_t room = empties->room == 0 ? 16 : 2 * empties->room;
		struct sk_report_window *more = realloc(empties->window, room * sizeof(*more));

		if (more == NULL)
			return -1;
		empties->window = more;
		empties->room = room;
	}
	empties->window[empties->end++] = *window;
	return 0;
}

/* A ${window} that was empty has a record now. */
static void
forget_empty(struct sk_final *final, const struct sk_report_window *window)
{
	struct empties *empties = &final->empties;

	for (size_t i = empties->begin; window->revision > 0 && i < empties->end; i++)
		if (empties->window[i].start == window->start && empties->window[i].end == window->end) {
			memmove(&empties->window[i], &empties->window[i + 1],
			    (--empties->end - i) * sizeof(*empties->window));
			return;
		}
}

/* Others */

/* Hand ${closed}, which is number ${at}, on. */
static int
hand_on(struct sk_final *final, struct sk_closed_window *closed, size_t at, const char **why)
{
	struct sk_groups *groups;

	if (hand_on_empties(final, &closed->window, why) == -1 || (groups = groups_of(final, closed, why)) == NULL)
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

	if (close->panes_count == 0 && window->key_parts > 0)
		return hand_on_empty(final, window, why); /* for want of a place to keep the key */
	if (close->panes_count == 0)
		return keep_empty(final, window, why);
	if (sk_closed_falls(final->closed, window)) {
		*why = "a window has closed again, and not with a higher revision";
		errno = EINVAL;
		return -1;
	}
	forget_empty(final, window);
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
	return has_closed(final) ? 0 : hand_on_empties(final, NULL, why);
}

int
sk_final_finish_all(struct sk_final *final, const char **why)
{
	struct sk_closed_window *closed;

	for (size_t at = 0; (closed = sk_closed_find(final->closed, NULL, &at)) != NULL;)
		if (hand_on(final, closed, at, why) == -1)
			return -1;
	return has_closed(final) ? 0 : hand_on_empties(final, NULL, why);
}
