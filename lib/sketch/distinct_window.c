/* distinct_window.c -- a count of items whose parts come and go: a table that knows how many parts have each item. */
#include <errno.h>
#include <assert.h>

#include "distinct_parts.h"

#define WALKED_AT_ONCE 256

struct sk_distinct *
sk_distinct_new_window(const struct sk_distinct_options *options, size_t memory, uint64_t seed)
{
	struct sk_distinct *window = sk_distinct_new_empty(options, memory);

	if (window == NULL)
		return NULL;
	if ((window->window = sk_frequent_new_window(memory - sizeof(*window), seed)) == NULL) {
		sk_distinct_free(window);
		errno = ENOMEM;
		return NULL;
	}
	sk_frequent_set_items(window->window, options->exact_max);
	return window;
}

bool
sk_distinct_can_leave(const struct sk_distinct *part)
{
	return part->exact != NULL;
}

int
sk_distinct_enter(struct sk_distinct *window, const struct sk_distinct *part)
{
	struct sk_span items[WALKED_AT_ONCE];
	uint64_t place = 0;
	size_t n;
	int room = 1;

	assert(window->window != NULL && part->exact != NULL);
	while (room == 1 && (n = sk_item_set_walk(part->exact, &place, items, WALKED_AT_ONCE)) > 0)
		room = sk_frequent_enter_items(window->window, items, n);
	return room;
}

void
sk_distinct_leave(struct sk_distinct *window, const struct sk_distinct *part)
{
	struct sk_span items[WALKED_AT_ONCE];
	uint64_t place = 0;
	size_t n;

	while ((n = sk_item_set_walk(part->exact, &place, items, WALKED_AT_ONCE)) > 0)
		sk_frequent_leave_items(window->window, items, n);
}
