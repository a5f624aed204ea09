/* refusals.c -- sketches that could not be used. They come in the order of their windows, and so their inputs in turns. */
#include "refusals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define WORDS 160

struct sk_refused {
	struct sk_window_origin first;
	uint64_t count;
	char why[WORDS]; /* of the first */
};

void
sk_refusals_release(struct sk_refusals *refusals)
{
	free(refusals->input);
	*refusals = (struct sk_refusals){ .input = NULL };
}

static struct sk_refused *
find(struct sk_refusals *refusals, const char *name)
{
	struct sk_refused *input;

	for (size_t i = 0; i < refusals->count; i++)
		if (strcmp(refusals->input[i].first.name, name) == 0)
			return &refusals->input[i];
	input = realloc(refusals->input, (refusals->count + 1) * sizeof(*input));
	if (input == NULL)
		sk_die("out of memory");
	refusals->input = input;
	input += refusals->count++;
	input->first.name = name;
	input->count = 0;
	return input;
}

void
sk_refusals_add(
    struct sk_refusals *refusals, const struct sk_window_origin *origin, const struct sk_refusal *refusal)
{
	struct sk_refused *input = find(refusals, origin->name);

	if (input->count++ > 0 && origin->place >= input->first.place)
		return;
	input->first.place = origin->place;
	snprintf(input->why, sizeof(input->why), "%s%s", refusal->before, refusal->why);
}

bool
sk_refusals_say(const struct sk_refusals *refusals)
{
	for (size_t i = 0; i < refusals->count; i++) {
		const struct sk_refused *input = &refusals->input[i];
		const unsigned long long place = input->first.place, count = input->count;

		if (count == 1)
			sk_warn("%s: byte %llu: %s", input->first.name, place, input->why);
		else
			sk_warn("%s: byte %llu: %s; %llu sketches of this input are of no use", input->first.name, place,
			    input->why, count);
	}
	return refusals->count > 0;
}
