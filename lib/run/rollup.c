/* rollup.c -- answers for windows. */
#include "rollup_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

const char sk_rollup_too_many[] = "more windows and keys than fit in --memory: give more with -m";
const char sk_rollup_counted_twice[] =
    "windows of counted records are those of one stream, and these are numbered like those of another";

struct sk_rollup *
sk_rollup_new(const struct sk_rollup_options *options)
{
	struct sk_rollup *rollup = calloc(1, sizeof(*rollup));

	if (rollup == NULL)
		sk_die("out of memory");
	rollup->options = *options;
	rollup->merger = (struct sk_sketch_merger){ options->class,
		options->frames.key_parts, options->memory, options->seed };
	if (options->whole && !options->class->idempotent)
		rollup->overlaps = sk_overlaps_new(NULL, options->memory / 16, options->seed);
	if (options->state != NULL)
		rollup->state = sk_window_store_new(
		    options->memory / 4, !options->keyed && !options->merges_keys, options->seed);
	return rollup;
}

void
sk_rollup_free(struct sk_rollup *rollup)
{
	if (rollup == NULL)
		return;
	sk_window_store_free(rollup->input);
	sk_window_store_free(rollup->state);
	sk_groups_free(rollup->groups);
	sk_key_table_release(&rollup->partly);
	sk_overlaps_free(rollup->overlaps);
	sk_refusals_release(&rollup->refusals);
	sk_group_key_release(&rollup->key);
	free(rollup);
}

void
sk_rollup_adopt_keys(struct sk_rollup *rollup, size_t parts)
{
	rollup->options.keyed = true;
	rollup->options.frames.key_parts = rollup->frames.options.key_parts = parts;
	if (rollup->state != NULL)
		sk_window_store_unite_keys(rollup->state);
}

bool
sk_rollup_seen(const struct sk_rollup *rollup)
{
	return rollup->seen;
}

uint64_t
sk_rollup_records(const struct sk_rollup *rollup)
{
	return rollup->records;
}

bool
sk_rollup_reports(const struct sk_rollup *rollup)
{
	return !rollup->options.sketch && !rollup->options.whole;
}

bool
sk_rollup_waits(const struct sk_rollup *rollup)
{
	return !sk_rollup_reports(rollup) || rollup->state != NULL;
}

/* The range */

static void
count_partly(struct sk_rollup *rollup, const struct sk_report_window *window)
{
	uint64_t name = (uint64_t)window->start * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)window->end;

	if (sk_key_table_find(&rollup->partly, name) != NULL)
		return;
	if (sk_key_table_reserve(&rollup->partly) == -1)
		sk_die("out of memory");
	sk_key_table_insert(&rollup->partly, name, 0);
}

/* Whether ${window} is asked for; *${why} is set where that cannot be told. */
static bool
selects(struct sk_rollup *rollup, const struct sk_report_window *window, const char **why)
{
	const struct sk_range *range = &rollup->options.range;

	rollup->seen = true;
	if (!range->from && !range->to)
		return true;
	if (window->counted) {
		*why = "a window of counted records has no times for --since and --until";
		return false;
	}
	switch (sk_range_fit(range, window->start, window->end)) {
	case SK_RANGE_WITHIN:
		return true;
	case SK_RANGE_PARTLY:
		count_partly(rollup, window);
		break;
	case SK_RANGE_OUTSIDE:
		break;
	}
	return false;
}

/* The whole reaches from the first start to the last end. */
static const char *
extend_whole(struct sk_rollup *rollup, const struct sk_report_window *window, size_t key_parts)
{
	struct sk_report_window *whole = &rollup->whole;
	const char *why = rollup->options.settle_whole(key_parts);

	if (why != NULL)
		return why;
	rollup->whole_parts = rollup->options.merges_keys ? 0 : key_parts;
	if (rollup->begun)
		rollup->frames.options.key_parts = rollup->whole_parts;

	if (rollup->overlaps != NULL)
		sk_overlaps_add(rollup->overlaps, window->start, window->end, window->key, window->key_parts);
	if (!rollup->selected) {
		*whole = (struct sk_report_window){
			.start = window->start, .end = window->end, .counted = window->counted
		};
		rollup->selected = true;
		return NULL;
	}
	if (whole->counted != window->counted)
		return "windows of time and of counted records do not make one whole";
	if (window->start < whole->start)
		whole->start = window->start;
	if (window->end > whole->end)
		whole->end = window->end;
	return NULL;
}

/* Groups, and what is known of them from elsewhere */

/* New groups for one window, in the place of those before. Without keys there is an answer even to nothing. */
struct sk_groups *
sk_rollup_fresh_groups(struct sk_rollup *rollup)
{
	const struct sk_rollup_options *options = &rollup->options;

	sk_groups_free(rollup->groups);
	rollup->groups =
	    sk_groups_new(options->class, options->keyed, options->memory / 2, options->seed);
	if (rollup->groups == NULL ||
	    (!options->keyed &&
		sk_groups_add(rollup->groups, &(struct sk_batch){ .count = 0 }, NULL) == -1))
		sk_die("out of memory");
	return rollup->groups;
}

const char *
sk_rollup_why_not_merged(const char *why)
{
	return errno == EINVAL	   ? why :
	    errno == ENOBUFS	   ? "too many different keys for --memory" :
	    errno == EOVERFLOW ? "the sum of all weights is too large" :
				      strerror(errno);
}

/* An answer for windows is the same however they were cut and counted. */
void
sk_rollup_settle(struct sk_groups *groups)
{
	if (sk_groups_make_canonical(groups) == -1)
		sk_die("out of memory");
}

/* Answers */

/* The frames of this run's answer, begun with the first that there is something to say. */
static struct sk_sketch_frames *
frames_of(struct sk_rollup *rollup)
{
	if (!rollup->begun)
		sk_sketch_frames_begin(&rollup->frames, &rollup->options.frames,
		    sk_report_output(rollup->options.report));
	rollup->begun = true;
	return &rollup->frames;
}

const char *
sk_rollup_begin(struct sk_rollup *rollup)
{
	const struct sk_rollup_options *options = &rollup->options;

	if (options->apart && !options->whole)
		return "inputs are combined as a whole, not window by window: --windows whole";
	if (options->sketch && options->frames.form != SK_SKETCH_FRAMES && !options->whole)
		return "--base64 and --image do not say of which window a sketch is; one for all of them takes "
		       "--windows whole";
	if (options->sketch && options->frames.form == SK_SKETCH_FRAMES && !rollup->begun)
		sk_output_flush(frames_of(rollup)->output);
	return NULL;
}

static void
give(struct sk_rollup *rollup, struct sk_groups *groups, const struct sk_report_window *window)
{
	sk_rollup_settle(groups);
	if (rollup->options.exact && !sk_groups_exact(groups))
		sk_die("an exact answer (--exact) needs more than --memory");
	sk_asserts_check(rollup->options.asserts, groups, rollup->options.frames.key_parts, window);
	if (!rollup->options.sketch) {
		sk_report_window(rollup->options.report, groups, window);
		return;
	}
	sk_sketch_frames_groups(frames_of(rollup), groups, window);
	sk_output_flush(rollup->frames.output);
}

const char *
sk_rollup_closed(
    struct sk_rollup *rollup, struct sk_groups *groups, const struct sk_report_window *window)
{
	const char *why = NULL;

	if (!selects(rollup, window, &why))
		return why;
	if ((groups = sk_rollup_with_state(rollup, groups, window, &why)) == NULL)
		return why;
	give(rollup, groups, window);
	return NULL;
}

/* Merge ${groups} into the whole, of their keys in ${window}. */
static bool
merge_into_whole(struct sk_rollup *rollup, struct sk_groups *groups,
    const struct sk_report_window *window, const char **why)
{
	struct sk_groups *whole = sk_sets_input(rollup->options.sets);
	const struct sk_group *group = sk_groups_sort(groups);

	for (size_t i = 0; i < sk_groups_count(groups); i++) {
		const struct sk_span key = sk_group_key(
		    &rollup->key, window, group[i].key, rollup->options.frames.key_parts);

		if (sk_groups_merge(whole, key, group[i].aggregate, group[i].records, why) == -1)
			return false;
	}
	return true;
}

const char *
sk_rollup_final(
    struct sk_rollup *rollup, struct sk_groups *groups, const struct sk_report_window *window)
{
	const char *why = NULL;

	rollup->seen = true;
	if (rollup->state != NULL) {
		if ((groups = sk_rollup_with_state(rollup, groups, window, &why)) == NULL ||
		    (why = sk_rollup_keep_in_state(rollup, groups, window)) != NULL)
			return why;
	}
	if (sk_rollup_reports(rollup) || !selects(rollup, window, &why))
		return why;
	if (!rollup->options.whole) {
		give(rollup, groups, window);
		return NULL;
	}
	if ((why = extend_whole(rollup, window, window->key_parts + rollup->options.frames.key_parts)) != NULL)
		return why;
	return merge_into_whole(rollup, groups, window, &why) ? NULL : sk_rollup_why_not_merged(why);
}

/* Sketches of windows */

static struct sk_report_window
window_of(const struct sk_container *sketch)
{
	return (struct sk_report_window){ .start = sketch->start,
		.end = sketch->end,
		.counted = sketch->counted,
		.key_parts = sketch->key_parts,
		.key = sketch->key };
}

const char *
sk_rollup_take(struct sk_rollup *rollup, const struct sk_container *sketch,
    const struct sk_window_origin *origin, struct sk_groups **into)
{
	const struct sk_rollup_options *options = &rollup->options;
	struct sk_report_window window = window_of(sketch);
	const char *why = sk_rollup_begin(rollup);

	*into = NULL;
	if (why != NULL || !selects(rollup, &window, &why))
		return why;
	if (!options->whole && (sk_rollup_has_counted(rollup->input, &window) || sk_rollup_has_counted(rollup->state, &window)))
		return sk_rollup_counted_twice;
	rollup->records += sketch->records;
	if (options->whole) {
		*into = sk_sets_input(options->sets);
		return extend_whole(rollup, &window, sketch->key_parts);
	}
	if (rollup->input == NULL)
		rollup->input = sk_window_store_new(
		    options->memory / 4, !options->keyed && !options->merges_keys, options->seed);
	return sk_window_store_add(rollup->input, sketch, origin) ? NULL : sk_rollup_too_many;
}

const char *
sk_rollup_take_state(struct sk_rollup *rollup, const struct sk_container *sketch,
    const struct sk_window_origin *origin)
{
	rollup->seen = true;
	rollup->records += sketch->records;
	return sk_window_store_add(rollup->state, sketch, origin) ? NULL : sk_rollup_too_many;
}

static bool
is_same_window(const struct sk_rollup *rollup, const struct sk_report_window *a,
    const struct sk_report_window *b)
{
	if (a->start != b->start || a->end != b->end || a->counted != b->counted)
		return false;
	/* With --by, one window has the groups of all keys. Equal keys are one in the store. */
	return rollup->options.keyed || rollup->options.merges_keys ||
	    (a->key.data == b->key.data && a->key.size == b->key.size &&
		a->key_parts == b->key_parts);
}

/* Answer for the window of the kept sketch number ${i}; returns that of the next window's first. */
static size_t
answer_kept(struct sk_rollup *rollup, size_t i)
{
	struct sk_report_window window = sk_window_store_window(rollup->input, i), next = window;
	struct sk_groups *groups = sk_rollup_fresh_groups(rollup);
	const size_t count = sk_window_store_count(rollup->input);
	bool merged = false;
	const char *why;

	if (rollup->options.keyed || rollup->options.merges_keys)
		window.key_parts = window.key.size = 0;
	window.empty = true; /* as there is a sketch even of nothing */
	if (rollup->state != NULL)
		sk_rollup_merge_state(rollup, &window, groups);
	for (; i < count && is_same_window(rollup, &next, &window); i++) {
		merged = sk_rollup_merge_kept(rollup, rollup->input, i, &window, groups) || merged;
		if (i + 1 < count)
			next = sk_window_store_window(rollup->input, i + 1);
	}
	if (!merged)
		return i;
	give(rollup, groups, &window);
	if (rollup->state != NULL && (why = sk_rollup_keep_in_state(rollup, groups, &window)) != NULL)
		sk_die("%s: %s", rollup->options.state, why);
	return i;
}

/* The end */

static void
note_range(const struct sk_rollup *rollup)
{
	const struct sk_range *range = &rollup->options.range;
	size_t n = rollup->partly.used;

	if (n > 0)
		sk_note(n == 1 ? "%zu window lies only partly within the times asked for, and is left out" :
				 "%zu windows lie only partly within the times asked for, and are left out",
		    n);
	if (rollup->overlaps != NULL)
		sk_overlaps_note(rollup->overlaps, rollup->whole.counted);
	if (rollup->options.whole && !rollup->selected)
		sk_note(range->from || range->to ? "no window lies within the times asked for" :
						   "there is no window");
}

/* One answer for all windows, or one for each key. */
static void
answer_whole(struct sk_rollup *rollup, const struct sk_report_counts *counts)
{
	const struct sk_rollup_options *options = &rollup->options;
	struct sk_sketch_output_options form = options->frames;
	struct sk_groups *groups = sk_sets_answer(options->sets);

	if (rollup->selected) /* and is told of by keys of its own */
		rollup->options.frames.key_parts = form.key_parts = rollup->whole_parts;
	if (options->sketch && options->frames.form != SK_SKETCH_FRAMES && rollup->selected) {
		sk_rollup_settle(groups);
		sk_asserts_check(options->asserts, groups, rollup->whole_parts, &rollup->whole);
		sk_sketch_output(&form, groups, counts->records, counts->skipped,
		    sk_report_output(options->report));
	} else if (rollup->selected) {
		give(rollup, groups, &rollup->whole);
	}
}

bool
sk_rollup_end(struct sk_rollup *rollup, const struct sk_report_counts *counts)
{
	const struct sk_rollup_options *options = &rollup->options;

	if (options->whole)
		answer_whole(rollup, counts);
	if (rollup->input != NULL) {
		sk_window_store_sort(rollup->input);
		for (size_t i = 0; i < sk_window_store_count(rollup->input);)
			i = answer_kept(rollup, i);
	}
	if (options->sketch && options->frames.form == SK_SKETCH_FRAMES)
		sk_sketch_frames_end(frames_of(rollup), counts->records, counts->skipped);
	sk_report_end(options->report);
	note_range(rollup);
	return !sk_refusals_say(&rollup->refusals);
}

void
sk_rollup_save(struct sk_rollup *rollup, const struct sk_report_counts *counts,
    struct sk_output *output)
{
	struct sk_sketch_output_options options = rollup->options.frames;
	struct sk_sketch_frames frames;
	struct sk_window_origin origin;
	struct sk_container sketch;

	options.form = SK_SKETCH_FRAMES;
	sk_sketch_frames_begin(&frames, &options, output);
	sk_window_store_sort(rollup->state);
	for (size_t i = 0; i < sk_window_store_count(rollup->state); i++) {
		sk_window_store_read(rollup->state, i, &sketch, &origin);
		sk_sketch_frames_copy(&frames, &sketch);
	}
	sk_sketch_frames_end(&frames, counts->records, counts->skipped);
}
