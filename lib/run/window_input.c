/* window_input.c -- streams of panes and windows in. */
#include "window_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../pipe/key.h"
#include "../pipe/pane.h"
#include "diag.h"
#include "final.h"
#include "open_windows.h"
#include "panes.h"
#include "stream_layout.h"

#define OPEN_SHARE 16 /* of the memory allowed, this part at most is for what is known of windows under way */

struct sk_window_input {
	struct sk_window_input_options options;
	struct sk_panes *panes;
	struct sk_open_windows *open;
	struct sk_final *final;
	uint64_t offset; /* bytes of records so far */
	bool headed; /* the intake has had the header of the stream at hand */
	bool corrected; /* its windows may be */
	bool seen;
	bool noted; /* that windows under way were left out */
};

static void
new_panes(struct sk_window_input *input)
{
	const struct sk_window_input_options *options = &input->options;
	struct sk_final_options final = { .class = options->class,
		.keyed = options->keyed,
		.memory = options->memory / 8,
		.seed = options->seed,
		.rollup = options->rollup };

	input->panes = sk_panes_new(options->class, options->keyed, options->memory, options->seed);
	if (input->panes == NULL)
		sk_die("out of memory");
	final.panes = input->panes;
	input->final = sk_final_new(&final);
}

struct sk_window_input *
sk_window_input_new(const struct sk_window_input_options *options)
{
	struct sk_window_input *input = calloc(1, sizeof(*input));

	if (input == NULL || (input->open = sk_open_windows_new(options->memory / OPEN_SHARE)) == NULL)
		sk_die("out of memory");
	input->options = *options;
	new_panes(input);
	return input;
}

void
sk_window_input_adopt_keys(struct sk_window_input *input, size_t parts)
{
	sk_final_free(input->final);
	sk_panes_free(input->panes);
	input->options.keyed = true;
	input->options.key_parts = parts;
	new_panes(input);
}

void
sk_window_input_free(struct sk_window_input *input)
{
	if (input == NULL)
		return;
	sk_final_free(input->final);
	sk_panes_free(input->panes);
	sk_open_windows_free(input->open);
	free(input);
}

bool
sk_window_input_seen(const struct sk_window_input *input)
{
	return input->seen;
}

void
sk_window_input_begin(struct sk_window_input *input)
{
	input->seen = true;
}

static const char *
why_failed(void)
{
	switch (errno) {
	case ENOBUFS:
		return "more open windows, or keys in them, than fit in --memory: give more with -m";
	case EOVERFLOW:
		return "the sum of all weights is too large";
	case EDOM:
		return "an infinite value, which a sketch of this kind cannot hold";
	case ENOMEM:
		return "out of memory";
	}
	return "it cannot be added";
}

/* The same, where EINVAL has words of its own. */
static const char *
why_not_made(const char *why)
{
	return errno == EINVAL ? why : why_failed();
}

/* Let the intake have the record that names the fields, which travels apart from the others. */
static const char *
take_header(struct sk_window_input *input, const struct sk_sketch_entry *entry)
{
	struct sk_span header = { entry->header.data, entry->header.size + 1 };
	const struct sk_span *keys;
	struct sk_batch batch;

	if (entry->header.size == 0)
		return "the stream has no header, and --header asks for one";
	(void)sk_intake_batch(input->options.intake, &header, &batch, &keys);
	input->headed = true;
	return NULL;
}

/* What is to be known before ${pane} changes: NULL, or why it cannot. */
static const char *
announce(struct sk_window_input *input, uint64_t pane)
{
	const char *why;

	input->seen = true;
	if ((why = sk_rollup_begin(input->options.rollup)) != NULL)
		return why;
	return sk_final_change(input->final, pane, &why) == -1 ? why_not_made(why) : NULL;
}

struct sk_groups *
sk_window_input_pane(struct sk_window_input *input, uint64_t pane, const char **why)
{
	struct sk_groups *groups;

	if ((*why = announce(input, pane)) != NULL)
		return NULL;
	if ((groups = sk_panes_open(input->panes, pane)) == NULL)
		*why = why_failed();
	return groups;
}

/* What the stream says that its records are has to be what is asked for, or is taken for it. */
static const char *
agree(struct sk_window_input *input, const struct sk_sketch_entry *entry)
{
	enum sk_layout_kind kind = SK_LAYOUT_CSV;
	bool known = sk_stream_layout_kind(entry->layout, &kind);

	return sk_intake_adopt(
	    input->options.intake, known, kind, entry->layout.delimiter, entry->header.size > 0);
}

static const char *
take_records(struct sk_window_input *input, const struct sk_sketch_entry *entry)
{
	struct sk_span records;
	const struct sk_span *keys;
	struct sk_batch batch;
	uint64_t pane;
	enum sk_frame_status status = sk_pane_read_records(&entry->frame, &pane, &records);
	const char *why;

	if (status != SK_FRAME_OK)
		return sk_frame_strerror(status);
	if (entry->end != input->options.end)
		return entry->end == 0 ? "its records end in NUL, which takes --null" :
					 "its records end in newline, and --null is given";
	if ((why = agree(input, entry)) != NULL)
		return why;
	if (sk_intake_header(input->options.intake) && !input->headed && (why = take_header(input, entry)) != NULL)
		return why;
	if ((why = announce(input, pane)) != NULL || (records.size > 0 && (why = input->options.settle(0)) != NULL))
		return why;
	sk_intake_seek(input->options.intake, input->offset);
	input->offset += records.size;
	while (sk_intake_batch(input->options.intake, &records, &batch, &keys))
		if (sk_panes_add(input->panes, pane, &batch, keys) == -1)
			return why_failed();
	return NULL;
}

static uint64_t
pane_of(const void *context, size_t i)
{
	return sk_pane_of(context, i);
}

static const char *
answer_for(struct sk_window_input *input, const struct sk_pane_close *close,
    const struct sk_report_window *window)
{
	const char *why = NULL;
	struct sk_groups *groups =
	    sk_panes_window(input->panes, pane_of, close, close->panes_count, &why);

	if (groups == NULL)
		return why_not_made(why);
	if (input->options.exact && !sk_panes_exact(input->panes))
		return "an exact answer (--exact) needs more than --memory";
	return sk_rollup_closed(input->options.rollup, groups, window);
}

static const char *
take_close(struct sk_window_input *input, struct sk_frame *frame)
{
	struct sk_pane_close close;
	struct sk_report_window window;
	const char *why = NULL;
	enum sk_frame_status status = sk_pane_read_close(frame, &close);

	if (status != SK_FRAME_OK)
		return sk_frame_strerror(status);
	if (close.key_parts + input->options.key_parts > SK_KEY_PARTS_MAX)
		return "the keys of its windows and those of --by have more parts than " SK_KEY_PARTS_TEXT " together";
	sk_open_windows_remove(input->open, &close);
	window = (struct sk_report_window){ close.start, close.end, close.counted, close.revision,
		input->corrected, close.key_parts, close.key, close.panes_count == 0 };
	if (sk_rollup_reports(input->options.rollup) && (why = answer_for(input, &close, &window)) != NULL)
		return why;
	if (sk_rollup_waits(input->options.rollup) &&
	    sk_final_close(input->final, &close, &window, &why) == -1)
		return why_not_made(why);
	return NULL;
}

static const char *
take_open(struct sk_window_input *input, struct sk_frame *frame)
{
	struct sk_pane_close window;
	enum sk_frame_status status = sk_pane_read_open(frame, &window);

	if (status != SK_FRAME_OK)
		return sk_frame_strerror(status);
	sk_open_windows_add(input->open, &window);
	return NULL;
}

static const char *
take_finished(struct sk_window_input *input, const struct sk_frame *frame)
{
	const unsigned char *panes;
	size_t n;
	enum sk_frame_status status = sk_pane_read_finished(frame, &panes, &n);
	const char *why = NULL;

	if (status != SK_FRAME_OK)
		return sk_frame_strerror(status);
	/* Of a window, one pane may be finished before another. */
	for (size_t i = 0; i < n; i++)
		if (sk_final_finish(input->final, sk_load64(panes + 8 * i), &why) == -1)
			return why_not_made(why);
	for (size_t i = 0; i < n; i++)
		sk_panes_finish(input->panes, sk_load64(panes + 8 * i));
	return NULL;
}

const char *
sk_window_input_take(struct sk_window_input *input, struct sk_sketch_entry *entry)
{
	const char *why = sk_rollup_begin(input->options.rollup);

	input->seen = true;
	input->corrected = entry->corrected;
	if (why != NULL)
		return why;
	switch (entry->type) {
	case SK_FRAME_RECORDS:
		return take_records(input, entry);
	case SK_FRAME_CLOSE:
		return take_close(input, &entry->frame);
	case SK_FRAME_FINISHED:
		return take_finished(input, &entry->frame);
	case SK_FRAME_OPEN:
		return take_open(input, &entry->frame);
	case SK_FRAME_WATERMARK:
		return NULL; /* windows say by themselves when they close */
	default:
		return "the stream holds frames that this tool cannot read";
	}
}

/* Nothing depends on it: what cannot be merged is left for the window's CLOSE to say. */
void
sk_window_input_glance(struct sk_window_input *input, struct sk_report *report)
{
	sk_report_glance_begin(report);
	for (size_t i = 0; i < sk_open_windows_count(input->open); i++) {
		const struct sk_open_window *open = sk_open_windows_at(input->open, i);
		const struct sk_report_window window = { open->start, open->end, open->counted, 0,
			input->corrected, open->key_parts, open->key, false };
		const char *why;
		struct sk_groups *groups =
		    sk_panes_glance(input->panes, open->panes, open->panes_count, &why);

		if (groups != NULL && sk_groups_make_canonical(groups) == 0)
			sk_report_glance(report, groups, &window);
	}
	sk_panes_glanced(input->panes);
	sk_report_glance_end(report);
	if (sk_open_windows_lacking(input->open) && !input->noted) {
		input->noted = true;
		sk_note("not all windows under way are shown: what is known of them does not fit in --memory");
	}
}

const char *
sk_window_input_end(struct sk_window_input *input)
{
	const char *why = NULL;
	bool good = sk_final_finish_all(input->final, &why) == 0;

	if (!good)
		why = why_not_made(why);
	sk_panes_finish_all(input->panes);
	sk_open_windows_clear(input->open);
	input->headed = false;
	return good ? NULL : why;
}
