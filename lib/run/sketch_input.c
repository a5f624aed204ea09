/* sketch_input.c -- sketches in. */
#include "sketch_input.h"

#include <stdlib.h>

#include "diag.h"
#include "sketch_merge.h"
#include "sketch_reader.h"

static const char not_here[] = "the stream holds frames of windows, which have no place here";

struct sk_sketch_input {
	struct sk_sketch_input_options options;
	struct sk_sketch_reader *reader;
	struct sk_sketch_merger merger;
	bool state; /* the input at hand is one */
	uint64_t count;
	uint64_t records;
};

struct sk_sketch_input *
sk_sketch_input_new(const struct sk_sketch_input_options *options)
{
	struct sk_sketch_input *input = calloc(1, sizeof(*input));

	if (input == NULL || (input->reader = sk_sketch_reader_new(options->image)) == NULL)
		sk_die("out of memory");
	input->options = *options;
	input->merger = (struct sk_sketch_merger){ options->class,
		options->key_parts, options->memory, options->seed };
	return input;
}

void
sk_sketch_input_free(struct sk_sketch_input *input)
{
	if (input == NULL)
		return;
	sk_sketch_reader_free(input->reader);
	free(input);
}

uint64_t
sk_sketch_input_count(const struct sk_sketch_input *input)
{
	return input->count;
}

bool
sk_sketch_input_inside(const struct sk_sketch_input *input)
{
	return sk_sketch_reader_inside(input->reader);
}

uint64_t
sk_sketch_input_records(const struct sk_sketch_input *input)
{
	return input->records;
}

void
sk_sketch_input_state(struct sk_sketch_input *input, bool state)
{
	input->state = state;
}

/* Windows and what is in none have no answer in common: nothing is to be printed of either. */
static void
check_mixture(
    const struct sk_sketch_input *input, const char *name, const struct sk_sketch_entry *entry)
{
	bool windows = entry->type != SK_FRAME_SKETCH || entry->sketch.windowed || entry->sketch.of_pane;
	bool mixed = windows ? input->count > 0 : sk_rollup_seen(input->options.rollup);

	if (mixed)
		sk_die("%s: %s %llu: this is of %s, and there are sketches of %s: they do not go together",
		    name, entry->unit, (unsigned long long)entry->place,
		    windows ? "windows" : "no window", windows ? "no window" : "windows");
}

/*
 * Where the sketch of ${entry} goes: *${groups}, or those of its pane. NULL in their place where it has been kept apart. Returns
 * what is wrong with it, or NULL.
 */
static const char *
place(struct sk_sketch_input *input, const char *name, const struct sk_sketch_entry *entry,
    struct sk_groups **groups)
{
	const struct sk_container *about = &entry->sketch;
	const struct sk_window_origin origin = { name, entry->place };
	const char *why = NULL;

	if (input->options.keyed && about->key_parts == 0)
		return "the sketch has no key (--by)";
	if (!about->windowed && (why = input->options.settle(about->key_parts)) != NULL)
		return why;
	if (about->windowed && input->state) {
		*groups = NULL;
		return sk_rollup_take_state(input->options.rollup, about, &origin);
	}
	if (about->windowed)
		return sk_rollup_take(input->options.rollup, about, &origin, groups);
	if (about->of_pane && input->state)
		return not_here;
	if (about->of_pane)
		*groups = sk_window_input_pane(input->options.windows, about->pane, &why);
	return why;
}

/* Decode the sketch of ${entry}, and merge it to where it belongs. */
static bool
take_sketch(struct sk_sketch_input *input, const char *name, const struct sk_sketch_entry *entry,
    struct sk_groups *groups, struct sk_refusal *refusal)
{
	const struct sk_container *about = &entry->sketch;

	refusal->before = "";
	if ((refusal->why = place(input, name, entry, &groups)) != NULL)
		return false;
	if (groups != NULL && !sk_sketch_merge(&input->merger, about, groups, refusal))
		return false;
	if (!about->windowed) /* the roll-up counts those */
		input->records += about->records;
	if (!about->windowed && !about->of_pane)
		input->count++;
	return true;
}

/* What the reader gave of ${name}: true when there may be more. */
static bool
take(struct sk_sketch_input *input, const char *name, enum sk_sketch_status status,
    struct sk_sketch_entry *entry, struct sk_groups *groups)
{
	struct sk_refusal refusal = { .before = "" };

	if (status == SK_SKETCH_MORE)
		return true;
	if (status == SK_SKETCH_ENTRY)
		check_mixture(input, name, entry);
	if (status == SK_SKETCH_TROUBLE) {
		refusal.why = entry->why;
	} else if (entry->type != SK_FRAME_SKETCH) {
		refusal.why = input->state ?
		    not_here :
		    sk_window_input_take(input->options.windows, entry);
	} else {
		if (!entry->framed)
			entry->sketch.item_type = input->options.item_type;
		take_sketch(input, name, entry, groups, &refusal);
	}
	if (refusal.why == NULL)
		return true;
	sk_warn("%s: %s %llu: %s%s", name, entry->unit, (unsigned long long)entry->place,
	    refusal.before, refusal.why);
	return false;
}

bool
sk_sketch_input_bytes(struct sk_sketch_input *input, const char *name, struct sk_span bytes,
    struct sk_groups *groups)
{
	struct sk_sketch_entry entry;
	bool good = true;

	while (good && bytes.size > 0) {
		enum sk_sketch_status status = sk_sketch_reader_next(input->reader, &bytes, &entry);

		good = take(input, name, status, &entry, groups);
	}
	if (!good)
		sk_sketch_reader_pass_over(input->reader);
	if (sk_sketch_reader_panes(input->reader) && !input->state)
		sk_window_input_begin(input->options.windows);
	return good;
}

bool
sk_sketch_input_end(struct sk_sketch_input *input, const char *name, struct sk_groups *groups)
{
	enum sk_sketch_status status;
	struct sk_sketch_entry entry;
	bool good = true;

	while ((status = sk_sketch_reader_end(input->reader, &entry)) != SK_SKETCH_MORE)
		if (good && !take(input, name, status, &entry, groups)) {
			good = false;
			sk_sketch_reader_pass_over(input->reader);
		}
	return good;
}

void
sk_sketch_input_abandon(struct sk_sketch_input *input)
{
	struct sk_sketch_entry entry;

	sk_sketch_reader_pass_over(input->reader);
	sk_sketch_reader_end(input->reader, &entry);
}

bool
sk_sketch_input_line(struct sk_sketch_input *input, const char *name, struct sk_span line,
    uint64_t number, struct sk_groups *groups)
{
	struct sk_sketch_entry entry;
	enum sk_sketch_status status = sk_sketch_reader_line(input->reader, line, number, &entry);

	return take(input, name, status, &entry, groups);
}
