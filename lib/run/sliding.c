/*
 * sliding.c -- sliding windows, as the sum of what is exact and two stacks of what is not.
 *
 * What the stacks hold is sums of BLOCK panes each: memory for one in as many, which can be the larger for it. The panes of
 * the oldest block, when the first of them has left, and the newest ones, which do not make a block yet, are merged one by
 * one for each answer.
 *
 * Where sums of sketches gain nothing from what is exact (the class has to_sketch, and there are no keys), nothing is kept
 * apart once there is a sketch: each pane becomes one for all the answers for which it is merged alone.
 *
 * Panes that come are only noted, and taken in when an answer is asked for: a pane may change until then. One that
 * changes later leaves the exact sum before it does, and enters it anew. The stacks are built anew for it, and so is all
 * when the first sketch comes or the last one leaves, as the limits are others then: a sketch stays for a window's
 * length, so that this happens twice in as many slides at most.
 */
#include "sliding.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../window/twostack.h"

#define ROOM_FIRST ((size_t)16)
#define BLOCK ((size_t)4) /* panes */
#define ALONE (2 * BLOCK) /* panes, at most, that are merged alone */

struct member {
	struct sk_groups *groups;
	bool entered; /* the exact sum */
	bool known;   /* whether it has a rest is; false of those that have come or changed */
	bool rest;    /* for the stacks */
	bool sketched; /* not all of it is exact */
	struct sk_groups *sketch; /* as it is merged until it is in a block, or after, if that is quicker; or NULL */
};

struct sk_sliding {
	const struct sk_aggregate_class *class;
	bool keyed;
	bool apart;
	size_t memory;
	uint64_t seed;
	struct member *member;
	size_t head; /* the oldest */
	size_t end;
	size_t room;
	size_t rests;              /* members that have one */
	size_t sketched;           /* members that are so */
	bool changed;              /* a member has, after it had entered the exact sum */
	struct sk_groups *exact;   /* the sum of what is, or NULL */
	size_t exact_memory;       /* its limit */
	struct sk_twostack *stack; /* of the rest, or NULL */
	size_t before;             /* members older than those there, of what was a block */
	size_t stacked;            /* members there */
	size_t planned;            /* blocks that its memory is divided among */
	struct sk_groups *sum;     /* of both */
};

/* Life cycle */

struct sk_sliding *
sk_sliding_new(const struct sk_aggregate_class *class, bool keyed, size_t memory, uint64_t seed,
    bool apart)
{
	struct sk_sliding *sliding = calloc(1, sizeof(*sliding));

	if (sliding == NULL)
		return NULL;
	sliding->class = class;
	sliding->keyed = keyed;
	sliding->memory = memory;
	sliding->seed = seed;
	sliding->apart = apart && class->can_leave != NULL;
	return sliding;
}

static void
drop_exact(struct sk_sliding *sliding)
{
	sk_groups_free(sliding->exact);
	sliding->exact = NULL;
	for (size_t i = sliding->head; i < sliding->end; i++)
		sliding->member[i].entered = false;
	sliding->changed = false;
}

static void
drop_sketch(struct member *member)
{
	sk_groups_free(member->sketch);
	member->sketch = NULL;
}

static void
drop_stack(struct sk_sliding *sliding)
{
	sk_twostack_free(sliding->stack);
	sliding->stack = NULL;
	sliding->before = sliding->stacked = 0;
}

void
sk_sliding_free(struct sk_sliding *sliding)
{
	if (sliding == NULL)
		return;
	drop_exact(sliding);
	drop_stack(sliding);
	for (size_t i = sliding->head; i < sliding->end; i++)
		drop_sketch(&sliding->member[i]);
	sk_groups_free(sliding->sum);
	free(sliding->member);
	free(sliding);
}

/* Panes that come, change and go */

int
sk_sliding_push(struct sk_sliding *sliding, struct sk_groups *pane)
{
	const size_t size = sliding->end - sliding->head;

	if (sliding->end == sliding->room) {
		const size_t room = sliding->room == 0 ? ROOM_FIRST : 2 * size;
		struct member *member = sliding->member;

		if (size > sliding->room / 2 || member == NULL) {
			if ((member = realloc(member, room * sizeof(*member))) == NULL)
				return -1;
			sliding->member = member;
			sliding->room = room;
		}
		memmove(member, member + sliding->head, size * sizeof(*member));
		sliding->head = 0;
		sliding->end = size;
	}
	sliding->member[sliding->end++] = (struct member){ .groups = pane };
	return 0;
}

/* What is known of a member is no longer so. */
static void
forget(struct sk_sliding *sliding, struct member *member)
{
	if (member->entered && sk_groups_leave(sliding->exact, member->groups) == -1)
		drop_exact(sliding);
	sliding->rests -= member->known && member->rest;
	sliding->sketched -= member->known && member->sketched;
	member->entered = member->known = false;
	drop_sketch(member);
}

void
sk_sliding_pop(struct sk_sliding *sliding)
{
	assert(sliding->head < sliding->end);
	forget(sliding, &sliding->member[sliding->head++]);
	if (sliding->before > 0) {
		sliding->before--;
	} else if (sliding->stacked > 0) {
		sliding->stacked -= BLOCK;
		sliding->before = BLOCK - 1;
		if (sk_twostack_pop(sliding->stack) == -1)
			drop_stack(sliding);
	}
}

void
sk_sliding_announce(struct sk_sliding *sliding, size_t index)
{
	struct member *member = &sliding->member[sliding->head + index];

	if (!member->known)
		return;
	sliding->changed = sliding->changed || member->entered;
	forget(sliding, member);
	if (index >= sliding->before && index < sliding->before + sliding->stacked)
		drop_stack(sliding);
}

/* The exact sum */

static int
fill_exact(struct sk_sliding *sliding)
{
	if (sliding->changed && sliding->class->enter_in_order)
		drop_exact(sliding);
	sliding->changed = false;
	if (sliding->exact == NULL &&
	    (sliding->exact = sk_groups_new_window(
		 sliding->class, sliding->keyed, sliding->exact_memory, sliding->seed)) == NULL)
		return -1;
	for (size_t i = sliding->head; i < sliding->end; i++) {
		struct member *member = &sliding->member[i];
		int room;

		if (member->entered)
			continue;
		if ((room = sk_groups_enter(sliding->exact, member->groups)) != 1) {
			errno = room == 0 ? ENOSPC : errno;
			return -1;
		}
		member->entered = true;
	}
	return 0;
}

/* The stacks */

/* Whether panes become sketches before they are merged. Of keys, some may well be exact beside others. */
static bool
sketches(const struct sk_sliding *sliding)
{
	return sliding->class->to_sketch != NULL && !sliding->keyed && sliding->sketched > 0;
}

/* Whether what is exact stays so beside what is not. */
static bool
splits(const struct sk_sliding *sliding)
{
	return sliding->apart && !sketches(sliding);
}

static struct sk_groups *
new_groups(const struct sk_sliding *sliding, size_t memory)
{
	if (memory < sliding->class->memory_min) {
		errno = ENOBUFS;
		return NULL;
	}
	return sk_groups_new(sliding->class, sliding->keyed, memory, sliding->seed);
}

/* The younger panes' sum is one more. */
static struct sk_partial *
create(void *context)
{
	const struct sk_sliding *sliding = context;

	return (struct sk_partial *)new_groups(
	    sliding, sliding->memory / 2 / (sliding->planned + 1 + (sketches(sliding) ? ALONE : 0)));
}

/* Merging leaves what it merges as it was, but may have to look at it more closely than const allows. */
static int
merge(void *context, struct sk_partial *into, const struct sk_partial *from)
{
	const char *why;

	(void)context;
	return sk_groups_merge_all(
	    (struct sk_groups *)into, (struct sk_groups *)(uintptr_t)from, &why);
}

static void
destroy(void *context, struct sk_partial *partial)
{
	(void)context;
	sk_groups_free((struct sk_groups *)partial);
}

/* ${member} as it is to be merged; NULL on error. */
static struct sk_groups *
to_merge(struct sk_sliding *sliding, struct member *member)
{
	struct sk_groups *sketch;
	const char *why;

	if (!sketches(sliding))
		return member->groups;
	if (member->sketch != NULL)
		return member->sketch;
	if ((sketch = (struct sk_groups *)create(sliding)) == NULL)
		return NULL;
	if (sk_groups_merge_all(sketch, member->groups, &why) == -1 ||
	    sk_groups_to_sketch(sketch) == -1) {
		const int error = errno;

		sk_groups_free(sketch);
		errno = error;
		return NULL;
	}
	return member->sketch = sketch;
}

/* Merge what is for the stacks of ${n} members from ${first} on. */
static int
merge_members(struct sk_sliding *sliding, struct sk_groups *into, size_t first, size_t n)
{
	const char *why;

	for (size_t i = first; i < first + n; i++) {
		struct sk_groups *groups = to_merge(sliding, &sliding->member[sliding->head + i]);

		if (groups == NULL)
			return -1;
		if ((splits(sliding) ? sk_groups_merge_rest(into, groups, &why)
				    : sk_groups_merge_all(into, groups, &why)) == -1)
			return -1;
	}
	return 0;
}

static int
push_block(struct sk_sliding *sliding)
{
	struct sk_partial *block = create(sliding);

	if (block == NULL)
		return -1;
	if (merge_members(sliding, (struct sk_groups *)block,
		sliding->before + sliding->stacked, BLOCK) == -1 ||
	    sk_twostack_push_take(sliding->stack, block) == -1) {
		const int error = errno;

		destroy(sliding, block);
		errno = error;
		return -1;
	}
	for (size_t i = 0; i < BLOCK; i++)
		drop_sketch(&sliding->member[sliding->head + sliding->before + sliding->stacked + i]);
	sliding->stacked += BLOCK;
	return 0;
}

static int
fill_stack(struct sk_sliding *sliding)
{
	const size_t size = sliding->end - sliding->head, blocks = size / BLOCK;

	if (sliding->stack != NULL && blocks > sliding->planned)
		drop_stack(sliding);
	if (sliding->stack == NULL) {
		const struct sk_partial_functions functions = { create, merge, NULL, destroy,
			sliding };

		sliding->planned = blocks + blocks / 4 + 1;
		if ((sliding->stack = sk_twostack_new(&functions)) == NULL)
			return -1;
	}
	while (size - sliding->before - sliding->stacked >= BLOCK)
		if (push_block(sliding) == -1)
			return -1;
	return 0;
}

/* The answer */

/* See what there is of panes that have come or changed. */
static void
look(struct sk_sliding *sliding)
{
	for (size_t i = sliding->head; i < sliding->end; i++) {
		struct member *member = &sliding->member[i];

		if (member->known)
			continue;
		member->sketched =
		    sk_groups_count(member->groups) > sk_groups_can_leave(member->groups);
		member->rest = sliding->apart ? member->sketched : sk_groups_count(member->groups) > 0;
		member->known = true;
		sliding->rests += member->rest;
		sliding->sketched += member->sketched;
	}
}

/* Merge all that there is: the stacks, which are the most, the oldest panes, the newest ones, and what is exact. */
static struct sk_groups *
put_together(struct sk_sliding *sliding)
{
	const size_t size = sliding->end - sliding->head;
	const size_t behind = sliding->before + sliding->stacked;
	const size_t exact = splits(sliding) ? sk_groups_memory(sliding->exact) : 0;
	const size_t limit = sliding->memory / 2;
	const char *why;

	sk_groups_free(sliding->sum);
	if ((sliding->sum = new_groups(sliding, exact < limit ? limit - exact : 0)) == NULL ||
	    sk_twostack_sum(sliding->stack, (struct sk_partial *)sliding->sum) == -1 ||
	    merge_members(sliding, sliding->sum, 0, sliding->before) == -1 ||
	    merge_members(sliding, sliding->sum, behind, size - behind) == -1 ||
	    (splits(sliding) && sk_groups_merge_all(sliding->sum, sliding->exact, &why) == -1))
		return NULL;
	return sliding->sum;
}

struct sk_groups *
sk_sliding_sum(struct sk_sliding *sliding)
{
	size_t limit;

	look(sliding);
	if (sliding->rests == 0) {
		drop_stack(sliding);
		sk_groups_free(sliding->sum);
		sliding->sum = NULL;
	}
	limit = sliding->rests > 0 ? sliding->memory / 4 : sliding->memory;
	if (sliding->rests > 0 && !splits(sliding))
		drop_exact(sliding);
	else if (sliding->apart) {
		if (sliding->exact != NULL && sliding->exact_memory != limit)
			drop_exact(sliding);
		sliding->exact_memory = limit;
		if (limit < sliding->class->memory_min) {
			errno = ENOBUFS;
			return NULL;
		}
		if (fill_exact(sliding) == -1)
			return NULL;
		if (sliding->rests == 0)
			return sliding->exact;
	}
	return fill_stack(sliding) == -1 ? NULL : put_together(sliding);
}
