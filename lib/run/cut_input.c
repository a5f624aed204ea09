/* cut_input.c -- from blocks to batches of records that have a time and a key's number. */
#include "cut_input.h"

#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "setup.h"
#include "times.h"

struct sk_cut_input {
	struct sk_intake *intake;
	struct sk_times *times; /* NULL: of no interest */
	struct sk_key_ids *ids; /* NULL without keys */
	const char *name;
	struct sk_skips skips;       /* for their times */
	unsigned short at[SK_BATCH]; /* where, in the intake's batch, a record was */
	struct sk_span records[SK_BATCH];
	int64_t time[SK_BATCH];
	struct sk_span keys[SK_BATCH];
	uint64_t key[SK_BATCH]; /* their numbers */
};

static struct sk_intake *
new_intake(const struct sk_cut_options *options)
{
	const struct sk_shared *shared = options->shared;
	struct sk_intake_options intake = {
		.keys = shared->keys,
		.where = shared->where,
		.delimiter = sk_shared_delimiter(shared),
		.end = shared->end,
		.header = shared->header,
		.strict = shared->strict,
		.record_max = sk_setup_record_max(shared),
	};

	intake.has_layout = sk_shared_layout(shared, &intake.layout);
	/* The fields behind the first are found from it. */
	if (options->windows.kind != SK_WINDOWS_COUNT) {
		intake.items.count = 1;
		intake.items.field[0] = options->time.field[0];
	}
	return sk_intake_new(&intake);
}

/* Several fields side by side are a matter of lines: a value of another layout is a whole time. */
static struct sk_times *
new_times(const struct sk_cut_options *options)
{
	const struct sk_interval range = sk_windows_range(&options->windows);
	struct sk_times_options times = {
		.format = options->time_format,
		.fields = options->time.count,
		.delimiter = options->shared->delimiter,
		.zone = options->zone,
		.future = options->windows.future,
		.least = range.start,
		.most = range.end,
	};
	enum sk_layout_kind layout;

	if (sk_shared_layout(options->shared, &layout))
		times.fields = 1;
	else if (times.fields == 1 && !options->time.field[0].rest)
		times.fields = 0;
	return sk_times_new(&times);
}

struct sk_cut_input *
sk_cut_input_new(const struct sk_cut_options *options, struct sk_key_ids *ids)
{
	struct sk_cut_input *input = calloc(1, sizeof(*input));

	if (input == NULL)
		sk_die("out of memory");
	if (options->windows.kind != SK_WINDOWS_COUNT)
		input->times = new_times(options);
	input->intake = new_intake(options);
	input->ids = ids;
	input->name = "";
	input->skips.strict = options->shared->strict;
	input->skips.unit = sk_intake_unit(input->intake);
	return input;
}

void
sk_cut_input_free(struct sk_cut_input *input)
{
	if (input == NULL)
		return;
	sk_intake_free(input->intake);
	sk_times_free(input->times);
	free(input);
}

unsigned char
sk_cut_input_separator(const struct sk_cut_input *input)
{
	return sk_intake_separator(input->intake);
}

const char *
sk_cut_input_unit(const struct sk_cut_input *input)
{
	return input->skips.unit;
}

const struct sk_layout *
sk_cut_input_layout(const struct sk_cut_input *input)
{
	return sk_intake_layout(input->intake);
}

struct sk_span
sk_cut_input_header(const struct sk_cut_input *input, struct sk_span block)
{
	const struct sk_layout *layout = sk_intake_layout(input->intake);
	const unsigned char *end;
	struct sk_span header;
	size_t used;

	if (layout != NULL && sk_layout_records(layout, block.data, block.size, &header, 1, &used) == 1)
		return (struct sk_span){ block.data, used - 1 };
	end = memchr(block.data, sk_intake_end(input->intake), block.size);
	return (struct sk_span){ block.data, (size_t)(end - block.data) };
}

void
sk_cut_input_begin(struct sk_cut_input *input, const char *name)
{
	input->name = name;
	sk_intake_input(input->intake, name);
}

void
sk_cut_input_block(struct sk_cut_input *input, uint64_t offset, int64_t now)
{
	if (input->times != NULL)
		sk_times_clock(input->times, now);
	sk_intake_seek(input->intake, offset);
}

/* The time of record ${i} of a batch; false if it has none. */
static bool
read_time(struct sk_cut_input *input, const struct sk_batch *batch, size_t i, int64_t *time)
{
	enum sk_skip_reason reason;
	struct sk_span text;

	if (input->times == NULL ||
	    sk_times_read(input->times, batch->items[i], batch->records[i], time, &reason, &text))
		return true;
	input->skips.time_format = sk_times_format(input->times);
	sk_skips_add(&input->skips, reason, input->name, sk_intake_number(input->intake, i), text);
	if (sk_skips_is_blank(batch->records[i]))
		input->skips.blank++;
	return false;
}

bool
sk_cut_input_batch(struct sk_cut_input *input, struct sk_span *block, struct sk_cut_batch *batch)
{
	const struct sk_span *keys;
	struct sk_batch all;
	size_t n = 0;

	if (!sk_intake_batch(input->intake, block, &all, &keys))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		if (!read_time(input, &all, i, &input->time[n]))
			continue;
		if (input->ids != NULL)
			input->keys[n] = keys[i];
		input->at[n] = (unsigned short)i;
		input->records[n++] = all.records[i];
	}
	if (input->ids != NULL)
		sk_key_ids_numbers(input->ids, input->keys, n, input->key);
	*batch = (struct sk_cut_batch){ n, input->records, input->time, input->ids != NULL ? input->key : NULL };
	return true;
}

void
sk_cut_input_too_long(struct sk_cut_input *input, struct sk_span start)
{
	sk_intake_too_long(input->intake, start);
}

uint64_t
sk_cut_input_number(const struct sk_cut_input *input, size_t i)
{
	return sk_intake_number(input->intake, input->at[i]);
}

uint64_t
sk_cut_input_records(const struct sk_cut_input *input)
{
	return sk_intake_records(input->intake);
}

uint64_t
sk_cut_input_skipped(const struct sk_cut_input *input)
{
	return sk_intake_skipped(input->intake) + sk_skips_count(&input->skips);
}

bool
sk_cut_input_report(const struct sk_cut_input *input)
{
	const uint64_t without_time = sk_skips_count(&input->skips);

	sk_intake_report(input->intake);
	sk_skips_report(&input->skips, sk_intake_records(input->intake));
	if (without_time > input->skips.blank && without_time == sk_intake_used(input->intake)) {
		sk_warn("no %s could be used", input->skips.unit);
		return false;
	}
	return !sk_intake_useless(input->intake);
}
