/* rollup_state.c -- what a state has of windows. */
#include <stdlib.h>
#include <string.h>

#include "../pipe/key.h"
#include "diag.h"
#include "rollup_parts.h"

/*
 * Whether a sketch with ${key} of so many ${parts}, of the start and end of ${window}, is of its key too. Where --by asks for
 * other keys, those are behind the window's: then *${key} is left with them alone.
 */
static bool
takes_out_key(const struct sk_rollup *rollup, const struct sk_report_window *window, size_t parts, struct sk_span *key)
{
	const size_t behind = rollup->options.keyed ? rollup->options.frames.key_parts : 0;
	struct sk_span rest = window->key;

	if (window->key_parts == 0 || (!rollup->options.keyed && !rollup->options.merges_keys))
		return true; /* the store has seen to it */
	if (parts != window->key_parts + behind)
		return false;
	for (size_t i = window->key_parts; i > 0; i--) {
		const struct sk_span part = sk_key_part(&rest, i == 1), own = sk_key_part(key, i == 1 && behind == 0);

		if (part.size != own.size || (part.size > 0 && memcmp(part.data, own.data, part.size) != 0))
			return false;
	}
	return true;
}

/* Merge sketch number ${i} of ${store}, if it is of ${window}, into ${groups}; what is wrong with it is said later. */
bool
sk_rollup_merge_kept(struct sk_rollup *rollup, struct sk_window_store *store, size_t i,
    const struct sk_report_window *window, struct sk_groups *groups)
{
	const struct sk_report_window held = sk_window_store_window(store, i);
	struct sk_window_origin origin;
	struct sk_container sketch;
	struct sk_refusal refusal;
	struct sk_span key = held.key;

	if (!takes_out_key(rollup, window, held.key_parts, &key))
		return true;
	sk_window_store_read(store, i, &sketch, &origin);
	sketch.key = key;
	if (rollup->options.keyed)
		sketch.key_parts -= window->key_parts;
	if (sk_sketch_merge(&rollup->merger, &sketch, groups, &refusal))
		return true;
	sk_refusals_add(&rollup->refusals, &origin, &refusal);
	return false;
}

/* Merge what the state has of ${window} into ${groups}. A state that does not fit ends the run, and stays as it is. */
void
sk_rollup_merge_state(
    struct sk_rollup *rollup, const struct sk_report_window *window, struct sk_groups *groups)
{
	for (size_t i = sk_window_store_first(rollup->state, window); i != SK_WINDOW_NONE;
	     i = sk_window_store_next(rollup->state, i))
		if (!sk_rollup_merge_kept(rollup, rollup->state, i, window, groups)) {
			sk_refusals_say(&rollup->refusals);
			exit(SK_EXIT_TROUBLE);
		}
}

/* Ordinals say which window it is in its own stream: two of different streams are not parts of one. */
bool
sk_rollup_has_counted(struct sk_window_store *store, const struct sk_report_window *window)
{
	return store != NULL && window->counted && sk_window_store_has(store, window);
}

/* ${groups} of ${window} with what the state has of it: they are another's, and stay as they are. NULL on error. */
struct sk_groups *
sk_rollup_with_state(struct sk_rollup *rollup, struct sk_groups *groups,
    const struct sk_report_window *window, const char **why)
{
	struct sk_groups *both;

	if (sk_rollup_has_counted(rollup->state, window)) {
		*why = sk_rollup_counted_twice;
		return NULL;
	}
	if (rollup->state == NULL ||
	    sk_window_store_first(rollup->state, window) == SK_WINDOW_NONE)
		return groups;
	both = sk_rollup_fresh_groups(rollup);
	/* The state first: it is older. */
	sk_rollup_merge_state(rollup, window, both);
	if (sk_groups_merge_all(both, groups, why) == -1) {
		*why = sk_rollup_why_not_merged(*why);
		return NULL;
	}
	return both;
}

/* Put ${groups}, that are all of ${window}, in the place of what the state has of it. */
const char *
sk_rollup_keep_in_state(
    struct sk_rollup *rollup, struct sk_groups *groups, const struct sk_report_window *window)
{
	const struct sk_window_origin origin = { rollup->options.state, 0 };
	const struct sk_group *group = sk_groups_sort(groups);
	bool kept = true;

	sk_rollup_settle(groups);
	for (size_t i = sk_window_store_first(rollup->state, window); i != SK_WINDOW_NONE;
	     i = sk_window_store_next(rollup->state, i)) {
		const struct sk_report_window held = sk_window_store_window(rollup->state, i);
		struct sk_span key = held.key;

		if (takes_out_key(rollup, window, held.key_parts, &key))
			sk_window_store_drop(rollup->state, i);
	}
	for (size_t i = 0; i < sk_groups_count(groups) && kept; i++) {
		struct sk_container about;
		unsigned char *image;

		sk_sketch_output_about(&rollup->options.frames, &rollup->key, &group[i], window, &about);
		image = sk_sketch_output_image(&group[i], &about);
		kept = sk_window_store_add(rollup->state, &about, &origin);
		free(image);
	}
	return kept ? NULL : sk_rollup_too_many;
}
