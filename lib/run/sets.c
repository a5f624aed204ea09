/* sets.c -- inputs together or apart. */
#include "sets.h"

#include <stdlib.h>

struct sk_sets {
	const struct sk_aggregate_class *class;
	bool keyed;
	bool apart;
	size_t memory;
	uint64_t seed;
	struct sk_groups *answer; /* of the inputs that have ended; with none of them, the one at hand */
	struct sk_groups *input;  /* the one at hand */
	size_t count;
};

static struct sk_groups *
new_groups(const struct sk_sets *sets)
{
	size_t memory = sets->apart ? sets->memory / 2 : sets->memory;
	struct sk_groups *groups = sk_groups_new(sets->class, sets->keyed, memory, sets->seed);

	/* Without keys there is an answer even to no input. */
	if (groups != NULL && !sets->keyed &&
	    sk_groups_add(groups, &(struct sk_batch){ .count = 0 }, NULL) == -1) {
		sk_groups_free(groups);
		return NULL;
	}
	return groups;
}

struct sk_sets *
sk_sets_new(const struct sk_aggregate_class *class, bool keyed, bool apart, size_t memory,
    uint64_t seed)
{
	struct sk_sets *sets = calloc(1, sizeof(*sets));

	if (sets == NULL)
		return NULL;
	*sets = (struct sk_sets){ class, keyed, apart, memory, seed, NULL, NULL, 0 };
	sets->answer = sets->input = new_groups(sets);
	if (sets->answer == NULL) {
		free(sets);
		return NULL;
	}
	return sets;
}

void
sk_sets_free(struct sk_sets *sets)
{
	if (sets == NULL)
		return;
	if (sets->input != sets->answer)
		sk_groups_free(sets->input);
	sk_groups_free(sets->answer);
	free(sets);
}

struct sk_groups *
sk_sets_input(const struct sk_sets *sets)
{
	return sets->input;
}

struct sk_groups *
sk_sets_answer(const struct sk_sets *sets)
{
	return sets->answer;
}

size_t
sk_sets_count(const struct sk_sets *sets)
{
	return sets->count;
}

int
sk_sets_end_input(struct sk_sets *sets, const char **why)
{
	struct sk_groups *next;

	if (!sets->apart)
		return 0;
	if (sets->count > 0) {
		if (sk_groups_combine(sets->answer, sets->input, why) == -1)
			return -1;
		sk_groups_free(sets->input);
		sets->input = NULL;
	}
	if ((next = new_groups(sets)) == NULL)
		return -1;
	sets->input = next;
	sets->count++;
	return 0;
}

int
sk_sets_adopt_keys(struct sk_sets *sets)
{
	sets->keyed = true;
	return sk_groups_adopt_keys(sets->answer) == -1 || sk_groups_adopt_keys(sets->input) == -1 ? -1 : 0;
}

int
sk_sets_confine(struct sk_sets *sets, size_t memory)
{
	sets->memory = memory;
	if (!sets->apart)
		return sk_groups_confine(sets->answer, memory);
	if (sets->count > 0 && sk_groups_confine(sets->answer, memory / 2) == -1)
		return -1;
	return sk_groups_confine(sets->input, memory / 2);
}

bool
sk_sets_exact(const struct sk_sets *sets)
{
	return sk_groups_exact(sets->answer) &&
	    (sets->input == NULL || sk_groups_exact(sets->input));
}
