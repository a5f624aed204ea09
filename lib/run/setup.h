/*
 * setup.h -- the parts of a run, as its options ask for them. All die of want of memory.
 */
#ifndef STREAMKIT_RUN_SETUP_H
#define STREAMKIT_RUN_SETUP_H

#include "../record/source.h"
#include "intake.h"
#include "report.h"
#include "rollup.h"
#include "run.h"
#include "sketch_input.h"
#include "window_input.h"

/* The longest record that can be held, in bytes: one that is an item must leave room for others. */
size_t sk_setup_record_max(const struct sk_shared *shared);

struct sk_source *sk_setup_source(const struct sk_shared *shared, char *const *names, size_t n);
struct sk_intake *sk_setup_intake(const struct sk_shared *shared, const struct sk_wants *wants);
struct sk_report *sk_setup_report(const struct sk_shared *shared, const struct sk_wants *wants,
    const struct sk_aggregate_class *class);

/* ${sets}, ${report} and ${asserts}, which may be NULL, are borrowed. */
struct sk_rollup *sk_setup_rollup(const struct sk_shared *shared, const struct sk_wants *wants,
    const struct sk_aggregate_class *class, struct sk_sets *sets, struct sk_report *report,
    struct sk_asserts *asserts, const char *(*settle_whole)(size_t parts), uint64_t seed);

/* Windows are cut by ${intake} and told of to ${rollup}, which are borrowed. */
struct sk_window_input *sk_setup_windows(const struct sk_shared *shared,
    const struct sk_aggregate_class *class, struct sk_intake *intake, struct sk_rollup *rollup,
    const char *(*settle)(size_t parts), uint64_t seed);

/* ${windows} and ${rollup} are borrowed. */
struct sk_sketch_input *sk_setup_sketches(const struct sk_shared *shared,
    const struct sk_aggregate_class *class, struct sk_window_input *windows,
    struct sk_rollup *rollup, const char *(*settle)(size_t parts), uint64_t seed);

#endif
