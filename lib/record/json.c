/*
 * json.c -- the tree of the paths that are wanted, and records through it.
 *
 * The tree is what lets one pass over a record match all paths: at any place in it one node, or none, says what may be wanted there.
 */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "escapes_parts.h"
#include "json_parts.h"

/*
 * A name's first bytes, to be compared with those behind an opening quote. A name that must be written with escapes is never
 * there as it stands: its word has a NUL in it, which no string has.
 */
static void
set_word(struct sk_json_node *node)
{
	unsigned char bytes[9] = { 0 }, mask[9] = { 0 };
	size_t n = node->name.size < 8 ? node->name.size : 8;

	memcpy(bytes, node->name.data, n);
	bytes[n] = '"';
	memset(mask, 0xff, n + 1);
	for (size_t i = 0; i < node->name.size; i++)
		if (node->name.data[i] < ' ' || node->name.data[i] == '"' || node->name.data[i] == '\\') {
			memset(mask, 0xff, sizeof(mask));
			memset(bytes, 0, sizeof(bytes));
		}
	memcpy(&node->word, bytes, sizeof(node->word));
	memcpy(&node->mask, mask, sizeof(node->mask));
}

static bool
same_step(const struct sk_json_node *node, const struct sk_json_step *step)
{
	if (step->name.data == NULL)
		return node->index == (uint64_t)step->index;
	return node->name.size == step->name.size && memcmp(node->name.data, step->name.data, step->name.size) == 0;
}

/* The node that ${step} leads to from ${parent}; ${*unused} is one that becomes it if there is none yet. */
static struct sk_json_node *
child_of(struct sk_json_node *parent, const struct sk_json_step *step, struct sk_json_node **unused)
{
	struct sk_json_node **link = step->name.data == NULL ? &parent->elements : &parent->members;

	while (*link != NULL && !same_step(*link, step))
		link = &(*link)->next;
	if (*link == NULL) {
		*link = (*unused)++;
		(*link)->name = step->name;
		if (step->name.data != NULL)
			set_word(*link);
		else
			(*link)->index = (uint64_t)step->index;
	}
	return *link;
}

/* Grow the tree by a path of ${n} ${steps}. */
static void
add_path(struct sk_json *json, struct sk_json_want *want, const struct sk_json_step *steps, size_t n,
    struct sk_json_node **unused)
{
	struct sk_json_node *node = json->root;
	size_t i = 0;

	for (; i < n && (steps[i].name.data != NULL || steps[i].index >= 0); i++)
		node = child_of(node, &steps[i], unused);
	want->rest = steps + i;
	want->rest_count = n - i;
	want->next = node->wants;
	node->wants = want;
}

/* Each step has at least one byte of its path, and its name no more than its share: ${bytes} is enough for all. */
static struct sk_json *
new_memory(size_t n, size_t bytes)
{
	struct sk_json *json = calloc(1, sizeof(*json));

	if (json == NULL)
		return NULL;
	json->tokens = sk_tokens_best();
	json->wants_count = n;
	json->root = calloc(bytes + 1, sizeof(*json->root));
	json->wants = calloc(n + 1, sizeof(*json->wants));
	json->steps = calloc(bytes + 1, sizeof(*json->steps));
	json->names = calloc(bytes + 1, 1);
	json->memory = sizeof(*json) + (bytes + 1) * (sizeof(*json->root) + sizeof(*json->steps) + 1) +
	    (n + 1) * sizeof(*json->wants);
	if (json->root == NULL || json->wants == NULL || json->steps == NULL || json->names == NULL) {
		sk_json_free(json);
		return NULL;
	}
	return json;
}

struct sk_json *
sk_json_new(const struct sk_span *paths, size_t n, const char **why, size_t *which)
{
	struct sk_json_node *unused;
	struct sk_json_step *steps;
	struct sk_json *json;
	unsigned char *names;
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += paths[i].size;
	*why = NULL;
	json = new_memory(n, bytes);
	if (json == NULL)
		return NULL;
	unused = json->root + 1;
	steps = json->steps;
	names = json->names;
	for (size_t i = 0; i < n; i++) {
		ptrdiff_t count = sk_json_read_path(paths[i], steps, &names, why);

		if (count < 0) {
			*which = i;
			sk_json_free(json);
			errno = EINVAL;
			return NULL;
		}
		json->wants[i].number = i;
		add_path(json, &json->wants[i], steps, (size_t)count, &unused);
		steps += count;
	}
	return json;
}

void
sk_json_free(struct sk_json *json)
{
	if (json == NULL)
		return;
	free(json->root);
	free(json->wants);
	free(json->steps);
	free(json->names);
	free(json);
}

size_t
sk_json_memory(const struct sk_json *json)
{
	return json->memory;
}

bool
sk_json_use_loops(struct sk_json *json, size_t number)
{
	const struct sk_tokens *const *all = sk_tokens_all();

	for (size_t i = 0; i <= number; i++)
		if (all[i] == NULL)
			return false;
	json->tokens = all[number];
	return true;
}

/* The want's path leads on from what has been found. */
static void
find_rest(struct sk_json_out *out, const struct sk_json_want *want)
{
	size_t place = want->number * out->stride;
	struct sk_span found = sk_json_find(out->values[place], want->rest, want->rest_count);

	out->values[place] = (struct sk_span){ NULL, 0 };
	out->states[place] = found.size == 0 ? SK_LAYOUT_MISSING : sk_json_value(found, &out->values[place]);
}

/*
 * Undo the escapes of a string that is wanted, once for all wants that have it: what is written to ${scratch} is then never more than
 * the record. Returns the bytes written.
 */
static size_t
undo_escapes(struct sk_json_out *out, size_t wants, size_t want, unsigned char *scratch)
{
	struct sk_span text = out->values[want * out->stride];
	size_t fault;
	ptrdiff_t size = sk_escapes_undo(text, scratch, &fault); /* cannot fail: they have been checked */

	for (size_t i = want; i < wants; i++)
		if (out->states[i * out->stride] == SK_JSON_ESCAPED && out->values[i * out->stride].data == text.data) {
			out->values[i * out->stride] = (struct sk_span){ scratch, (size_t)size };
			out->states[i * out->stride] = SK_LAYOUT_VALUE;
		}
	return (size_t)size;
}

static unsigned char *
finish(const struct sk_json *json, struct sk_json_out *out, unsigned char *scratch)
{
	for (size_t i = 0; i < json->wants_count; i++)
		if (out->states[i * out->stride] == SK_JSON_UNFINISHED)
			find_rest(out, &json->wants[i]);
	for (size_t i = 0; i < json->wants_count; i++)
		if (out->states[i * out->stride] == SK_JSON_ESCAPED)
			scratch += undo_escapes(out, json->wants_count, i, scratch);
	return scratch;
}

static void
set_all(const struct sk_json *json, struct sk_json_out *out, enum sk_layout_state state)
{
	for (size_t i = 0; i < json->wants_count; i++) {
		out->values[i * out->stride] = (struct sk_span){ NULL, 0 };
		out->states[i * out->stride] = (unsigned char)state;
	}
}

size_t
sk_json_pick(const struct sk_json *json, const struct sk_span *records, size_t n, size_t stride,
    unsigned char *scratch, struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		struct sk_json_out out = { values + i, states + i, stride, false };

		set_all(json, &out, SK_LAYOUT_MISSING);
		faults[i] = (struct sk_layout_fault){ SK_LAYOUT_FINE, 0 };
		if (!sk_json_walk(json, records[i], &out, &faults[i])) {
			set_all(json, &out, SK_LAYOUT_BAD);
			bad++;
		} else if (out.unfinished)
			scratch = finish(json, &out, scratch);
	}
	return bad;
}
