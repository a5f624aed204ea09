/*
 * twostack.c -- both stacks are one array: the older panes, each with all that are younger and older too, and behind
 * them the younger ones as they came.
 *
 * Turning the younger panes into older ones goes from the newest to the oldest, and may stop in the middle for want
 * of memory: the sum of the younger ones is kept until it is done.
 */
#include "twostack.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST ((size_t)8)

struct sk_twostack {
	struct sk_partial_functions functions;
	struct sk_partial **panes;
	size_t head;   /* the oldest */
	size_t older;  /* the first of the younger ones */
	size_t turned; /* the first of the younger ones that has been turned, if not `end` */
	size_t end;
	size_t room;
	struct sk_partial *young; /* the sum of the younger; subtracting, of all; or NULL */
	uint64_t merges;
};

/* Life cycle */

struct sk_twostack *
sk_twostack_new(const struct sk_partial_functions *functions)
{
	struct sk_twostack *stack = calloc(1, sizeof(*stack));

	if (stack != NULL)
		stack->functions = *functions;
	return stack;
}

static void
destroy(struct sk_twostack *stack, struct sk_partial *partial)
{
	stack->functions.destroy(stack->functions.context, partial);
}

void
sk_twostack_free(struct sk_twostack *stack)
{
	if (stack == NULL)
		return;
	for (size_t i = stack->head; i < stack->end; i++)
		destroy(stack, stack->panes[i]);
	if (stack->young != NULL)
		destroy(stack, stack->young);
	free(stack->panes);
	free(stack);
}

/* Merging */

static int
merge(struct sk_twostack *stack, struct sk_partial *into, const struct sk_partial *from)
{
	if (stack->functions.merge(stack->functions.context, into, from) == -1)
		return -1;
	stack->merges++;
	return 0;
}

/* Turn what is young into what is old, if that has been begun or there is nothing old. */
static int
turn(struct sk_twostack *stack)
{
	while (stack->turned > stack->older) {
		const size_t at = stack->turned - 1;

		if (at + 1 < stack->end &&
		    merge(stack, stack->panes[at], stack->panes[at + 1]) == -1)
			return -1;
		stack->turned = at;
	}
	stack->older = stack->turned = stack->end;
	if (stack->young != NULL)
		destroy(stack, stack->young);
	stack->young = NULL;
	return 0;
}

static int
make_room(struct sk_twostack *stack)
{
	const size_t used = stack->end - stack->head;
	const size_t room = stack->room > 0 ? 2 * stack->room : ROOM_FIRST;
	struct sk_partial **panes;

	if (stack->end < stack->room)
		return 0;
	if (stack->head > 0 && stack->head >= stack->room / 2) {
		memmove(stack->panes, stack->panes + stack->head, used * sizeof(*panes));
		stack->older -= stack->head;
		stack->turned -= stack->head;
		stack->end -= stack->head;
		stack->head = 0;
		return 0;
	}
	if (room > SIZE_MAX / sizeof(*panes)) {
		errno = ENOMEM;
		return -1;
	}
	if ((panes = realloc(stack->panes, room * sizeof(*panes))) == NULL)
		return -1;
	stack->panes = panes;
	stack->room = room;
	return 0;
}

/* Update */

int
sk_twostack_push_take(struct sk_twostack *stack, struct sk_partial *pane)
{
	if (stack->turned < stack->end && turn(stack) == -1)
		return -1;
	if (make_room(stack) == -1)
		return -1;
	if (stack->young == NULL &&
	    (stack->young = stack->functions.create(stack->functions.context)) == NULL)
		return -1;
	if (merge(stack, stack->young, pane) == -1)
		return -1;
	stack->panes[stack->end++] = pane;
	stack->turned = stack->end;
	return 0;
}

int
sk_twostack_pop(struct sk_twostack *stack)
{
	assert(stack->head < stack->end);
	if (stack->functions.unmerge != NULL) {
		stack->functions.unmerge(
		    stack->functions.context, stack->young, stack->panes[stack->head]);
		stack->merges++;
		stack->older = stack->head + 1;
	} else if (stack->head == stack->older && turn(stack) == -1) {
		return -1;
	}
	destroy(stack, stack->panes[stack->head++]);
	return 0;
}

int
sk_twostack_patch(struct sk_twostack *stack, size_t index, const struct sk_partial *piece)
{
	const size_t at = stack->head + index;

	assert(at < stack->end);
	if (stack->turned < stack->end && turn(stack) == -1)
		return -1;
	if (stack->functions.unmerge != NULL || at >= stack->older)
		return merge(stack, stack->panes[at], piece) == -1 ||
			merge(stack, stack->young, piece) == -1
		    ? -1
		    : 0;
	for (size_t i = stack->head; i <= at; i++)
		if (merge(stack, stack->panes[i], piece) == -1)
			return -1;
	return 0;
}

/* Query */

size_t
sk_twostack_size(const struct sk_twostack *stack)
{
	return stack->end - stack->head;
}

int
sk_twostack_sum(const struct sk_twostack *stack, struct sk_partial *sum)
{
	const struct sk_partial_functions *functions = &stack->functions;

	if (functions->unmerge == NULL && stack->head < stack->older &&
	    functions->merge(functions->context, sum, stack->panes[stack->head]) == -1)
		return -1;
	return stack->young == NULL ? 0 : functions->merge(functions->context, sum, stack->young);
}

uint64_t
sk_twostack_merges(const struct sk_twostack *stack)
{
	return stack->merges;
}
