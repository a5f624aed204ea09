/* setup.c -- the parts of a run, as its options ask for them. */
#include "setup.h"

#include "diag.h"

size_t
sk_setup_record_max(const struct sk_shared *shared)
{
	size_t most = shared->memory / 4;

	return most > SK_SOURCE_BLOCK ? most : SK_SOURCE_BLOCK;
}

struct sk_source *
sk_setup_source(const struct sk_shared *shared, char *const *names, size_t n)
{
	struct sk_source *source = sk_source_new(names, n, shared->end, sk_setup_record_max(shared));
	struct sk_span signature = { sk_frame_signature, SK_FRAME_SIGNATURE_SIZE };

	if (source == NULL)
		sk_die("out of memory");
	if (shared->input == SK_INPUT_IMAGE)
		signature.size = 0;
	if (shared->input != SK_INPUT_BASE64 && !sk_shared_reads_numbers(shared))
		sk_source_set_signature(source, signature);
	return source;
}

struct sk_intake *
sk_setup_intake(const struct sk_shared *shared, const struct sk_wants *wants)
{
	struct sk_intake_options options = {
		.items = shared->items,
		.keys = shared->keys,
		.weights = wants->weights,
		.where = shared->where,
		.delimiter = sk_shared_delimiter(shared),
		.end = shared->end,
		.header = shared->header,
		.strict = shared->strict,
		.exact = shared->exact,
		.record_max = sk_setup_record_max(shared),
		.values = wants->values,
		.form = wants->form,
	};

	options.has_layout = sk_shared_layout(shared, &options.layout);
	options.open = shared->input_open;
	return sk_intake_new(&options);
}

struct sk_report *
sk_setup_report(const struct sk_shared *shared, const struct sk_wants *wants,
    const struct sk_aggregate_class *class)
{
	unsigned char separator = sk_shared_separator(shared);
	struct sk_column columns[SK_TABLE_COLUMNS];
	struct sk_report_options options = {
		.format = shared->format,
		.human = shared->human,
		.header = shared->columns,
		.plot = shared->plot,
		.scale = wants->scale,
		.columns = columns,
		.key_parts = shared->keys.count,
		.file = shared->output_file,
		.total = shared->total,
		.class = class,
		.exact = shared->exact,
		.memory = shared->memory,
		.sketch = shared->sketch,
		.form = shared->form,
		.level = shared->level,
	};

	options.columns_count = class->columns(class, columns, shared->items.count, separator);
	return sk_report_new(&options);
}

struct sk_rollup *
sk_setup_rollup(const struct sk_shared *shared, const struct sk_wants *wants,
    const struct sk_aggregate_class *class, struct sk_sets *sets, struct sk_report *report,
    struct sk_asserts *asserts, const char *(*settle_whole)(size_t parts), uint64_t seed)
{
	struct sk_rollup_options options = {
		.class = class,
		.keyed = shared->keys.count > 0,
		.apart = wants->apart,
		.exact = shared->exact,
		.whole = sk_shared_whole(shared),
		.range = shared->range,
		.sketch = shared->sketch,
		.frames = { shared->form, shared->keys.count, shared->level },
		.state = shared->state,
		.memory = shared->memory,
		.seed = seed,
		.sets = sets,
		.report = report,
		.asserts = asserts,
		.merges_keys = shared->merges_keys,
		.settle_whole = settle_whole,
	};

	return sk_rollup_new(&options);
}

struct sk_window_input *
sk_setup_windows(const struct sk_shared *shared, const struct sk_aggregate_class *class,
    struct sk_intake *intake, struct sk_rollup *rollup, const char *(*settle)(size_t parts), uint64_t seed)
{
	struct sk_window_input_options options = {
		.class = class,
		.intake = intake,
		.rollup = rollup,
		.keyed = shared->keys.count > 0,
		.key_parts = shared->keys.count,
		.settle = settle,
		.end = shared->end,
		.exact = shared->exact,
		.memory = shared->memory,
		.seed = seed,
	};

	/* What is kept besides has the other half. */
	if (shared->state != NULL || sk_shared_whole(shared))
		options.memory /= 2;
	return sk_window_input_new(&options);
}

struct sk_sketch_input *
sk_setup_sketches(const struct sk_shared *shared, const struct sk_aggregate_class *class,
    struct sk_window_input *windows, struct sk_rollup *rollup, const char *(*settle)(size_t parts), uint64_t seed)
{
	struct sk_sketch_input_options options = {
		.class = class,
		.keyed = shared->keys.count > 0,
		.key_parts = shared->keys.count,
		.image = shared->input == SK_INPUT_IMAGE,
		.item_type = shared->item_type,
		.memory = shared->memory,
		.seed = seed,
		.settle = settle,
		.windows = windows,
		.rollup = rollup,
	};

	return sk_sketch_input_new(&options);
}
