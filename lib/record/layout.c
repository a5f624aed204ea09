/* layout.c -- one interface over the formats of records. */
#include "layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout_parts.h"
#include "raw.h"
#include "tsv.h"

const char *
sk_layout_reason_text(enum sk_layout_reason reason)
{
	static const char *const texts[] = {
		[SK_LAYOUT_FINE] = "nothing wrong",
		[SK_LAYOUT_QUOTE_OPEN] = "a quote that is not closed",
		[SK_LAYOUT_QUOTE_TEXT] = "text behind a closing quote",
		[SK_LAYOUT_QUOTE_STRAY] = "a quote in unquoted text",
		[SK_LAYOUT_ENDS_EARLY] = "ends too early",
		[SK_LAYOUT_NO_TIME] = "no time in brackets where it belongs",
		[SK_LAYOUT_NO_REQUEST] = "no request in quotes where it belongs",
		[SK_LAYOUT_VALUE_EXPECTED] = "a value is expected",
		[SK_LAYOUT_NAME_EXPECTED] = "a name is expected",
		[SK_LAYOUT_COLON_EXPECTED] = "a colon is expected",
		[SK_LAYOUT_COMMA_EXPECTED] = "a comma or a closing bracket is expected",
		[SK_LAYOUT_TEXT_BEHIND] = "text behind the value",
		[SK_LAYOUT_BAD_NUMBER] = "no valid number",
		[SK_LAYOUT_BAD_WORD] = "neither true nor false nor null",
		[SK_LAYOUT_BAD_ESCAPE] = "no valid escape",
		[SK_LAYOUT_CONTROL_BYTE] = "a control character in a string",
		[SK_LAYOUT_TOO_DEEP] = "nested too deeply",
	};

	return texts[reason];
}

const char *
sk_layout_name(enum sk_layout_kind kind)
{
	static const char *const names[] = {
		[SK_LAYOUT_CSV] = "csv",
		[SK_LAYOUT_TSV] = "tsv",
		[SK_LAYOUT_JSON] = "json",
		[SK_LAYOUT_LOGFMT] = "logfmt",
		[SK_LAYOUT_CLF] = "clf",
		[SK_LAYOUT_BE32] = "be32",
		[SK_LAYOUT_F64] = "f64",
		[SK_LAYOUT_F32] = "f32",
		[SK_LAYOUT_I64] = "i64",
		[SK_LAYOUT_U64] = "u64",
	};

	return names[kind];
}

bool
sk_layout_names_itself(enum sk_layout_kind kind)
{
	return kind == SK_LAYOUT_JSON || kind == SK_LAYOUT_LOGFMT || kind == SK_LAYOUT_CLF;
}

bool
sk_layout_is_text(enum sk_layout_kind kind)
{
	return kind != SK_LAYOUT_BE32 && sk_layout_width(kind) == 0;
}

size_t
sk_layout_width(enum sk_layout_kind kind)
{
	if (kind == SK_LAYOUT_F64 || kind == SK_LAYOUT_I64 || kind == SK_LAYOUT_U64)
		return 8;
	return kind == SK_LAYOUT_F32 ? 4 : 0;
}

/* ---- life cycle ---- */

/* Copy the wants, and their names behind each other. */
static int
copy_wants(struct sk_layout *layout, const struct sk_layout_want *wants, size_t n)
{
	unsigned char *name;

	for (size_t w = 0; w < n; w++) {
		layout->names_size += wants[w].name.size;
		if (2 * wants[w].name.size + 2 > layout->raw_max)
			layout->raw_max = 2 * wants[w].name.size + 2;
	}
	layout->n = n;
	layout->raw = malloc(layout->raw_max > 0 ? layout->raw_max : 1);
	layout->wants = malloc((n > 0 ? n : 1) * sizeof(*layout->wants));
	layout->names = name = malloc(layout->names_size > 0 ? layout->names_size : 1);
	if (layout->wants == NULL || name == NULL || layout->raw == NULL)
		return -1;
	for (size_t w = 0; w < n; w++) {
		layout->wants[w] = wants[w];
		layout->wants[w].name.data = name;
		if (wants[w].name.size > 0)
			memcpy(name, wants[w].name.data, wants[w].name.size);
		name += wants[w].name.size;
	}
	return 0;
}

static int
refuse(const char **why, size_t *which, const char *text, size_t w)
{
	*why = text;
	*which = w;
	errno = EINVAL;
	return -1;
}

static int
set_up_clf(struct sk_layout *layout, const char **why, size_t *which)
{
	layout->clf = malloc((layout->n > 0 ? layout->n : 1) * sizeof(*layout->clf));
	if (layout->clf == NULL)
		return -1;
	for (size_t w = 0; w < layout->n; w++) {
		const char *text = sk_clf_want(&layout->wants[w], &layout->clf[w]);

		if (text != NULL)
			return refuse(why, which, text, w);
	}
	return 0;
}

/* Formats whose fields have names and nothing else. */
static int
set_up_names(struct sk_layout *layout, const char **why, size_t *which)
{
	struct sk_span names[SK_LAYOUT_WANTS_MAX];

	for (size_t w = 0; w < layout->n; w++) {
		if (layout->wants[w].name.size == 0)
			return refuse(why, which, "fields have names here, and no numbers", w);
		names[w] = layout->wants[w].name;
	}
	if (layout->options.kind == SK_LAYOUT_JSON)
		layout->json = sk_json_new(names, layout->n, why, which);
	else
		layout->logfmt = sk_logfmt_new(names, layout->n, why, which);
	return layout->json != NULL || layout->logfmt != NULL ? 0 : -1;
}

static int
set_up_csv(struct sk_layout *layout)
{
	size_t most = layout->options.quote_max;

	layout->csv = sk_csv_best();
	layout->dialect = (struct sk_csv_dialect){ layout->options.delimiter, layout->options.end,
		most != 0 && most < SK_CSV_QUOTE_MAX_LEAST ? SK_CSV_QUOTE_MAX_LEAST : most };
	if ((layout->columns = malloc(sizeof(*layout->columns))) == NULL)
		return -1;
	sk_csv_columns_init(layout->columns, layout->wants, layout->n);
	return 0;
}

static int
set_up(struct sk_layout *layout, const char **why, size_t *which)
{
	switch (layout->options.kind) {
	case SK_LAYOUT_CSV:
		return set_up_csv(layout);
	case SK_LAYOUT_TSV:
	case SK_LAYOUT_BE32:
	case SK_LAYOUT_F64:
	case SK_LAYOUT_F32:
	case SK_LAYOUT_I64:
	case SK_LAYOUT_U64:
		return 0;
	case SK_LAYOUT_CLF:
		return set_up_clf(layout, why, which);
	case SK_LAYOUT_JSON:
	case SK_LAYOUT_LOGFMT:
		return set_up_names(layout, why, which);
	}
	return -1;
}

struct sk_layout *
sk_layout_new(const struct sk_layout_options *options, const struct sk_layout_want *wants, size_t n, const char **why,
    size_t *which)
{
	struct sk_layout *layout = calloc(1, sizeof(*layout));
	int error = ENOMEM;

	*why = NULL;
	*which = 0;
	if (layout == NULL)
		return NULL;
	layout->options = *options;
	layout->scan = sk_scan_best();
	if (n > SK_LAYOUT_WANTS_MAX) {
		refuse(why, which, "too many fields", SK_LAYOUT_WANTS_MAX);
		error = EINVAL;
	} else if (copy_wants(layout, wants, n) == 0) {
		if (set_up(layout, why, which) == 0)
			return layout;
		error = *why != NULL ? EINVAL : ENOMEM;
	}
	sk_layout_free(layout);
	errno = error;
	return NULL;
}

void
sk_layout_free(struct sk_layout *layout)
{
	if (layout == NULL)
		return;
	free(layout->columns);
	free(layout->clf);
	sk_json_free(layout->json);
	sk_logfmt_free(layout->logfmt);
	free(layout->wants);
	free(layout->names);
	free(layout->raw);
	free(layout);
}

/* ---- where records end ---- */

size_t
sk_layout_mark(struct sk_span front)
{
	return front.size >= 3 && memcmp(front.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool
sk_layout_splits(const struct sk_layout *layout)
{
	return layout->options.kind != SK_LAYOUT_CSV && layout->options.kind != SK_LAYOUT_BE32;
}

enum sk_layout_kind
sk_layout_kind(const struct sk_layout *layout)
{
	return layout->options.kind;
}

size_t
sk_layout_lead(const struct sk_layout *layout)
{
	return layout->options.kind == SK_LAYOUT_BE32 ? SK_RAW_LENGTH_SIZE : 0;
}

size_t
sk_layout_trail(const struct sk_layout *layout)
{
	return sk_layout_is_text(layout->options.kind) ? 1 : 0;
}

uint64_t
sk_layout_announced(const struct sk_layout *layout, struct sk_span front)
{
	if (layout->options.kind == SK_LAYOUT_BE32 && front.size >= SK_RAW_LENGTH_SIZE)
		return SK_RAW_LENGTH_SIZE + (uint64_t)sk_raw_length(front.data);
	return sk_layout_width(layout->options.kind);
}

/* The bytes of ${data}[0 .. ${size}) up to the last end byte, which is looked for from ${from} on; 0 without one. */
static size_t
behind_last_end(const unsigned char *data, size_t from, size_t size, unsigned char end)
{
	while (size > from)
		if (data[--size] == end)
			return size + 1;
	return 0;
}

/* The bytes of ${data}[0 .. ${size}) that are of whole records without an end byte. */
static size_t
whole_raw(const struct sk_layout *layout, const unsigned char *data, size_t size)
{
	struct sk_span records[64];
	size_t whole = 0, used;

	if (layout->options.kind != SK_LAYOUT_BE32)
		return size - size % sk_layout_width(layout->options.kind);
	while (sk_raw_cut_lengths(data + whole, size - whole, records, 64, &used) > 0)
		whole += used;
	return whole;
}

size_t
sk_layout_whole(const struct sk_layout *layout, const unsigned char *data, size_t size, bool last,
    struct sk_layout_progress *progress)
{
	size_t whole;

	if (layout->options.kind == SK_LAYOUT_CSV && !last)
		return layout->csv->whole(&layout->dialect, data, size, progress);
	if (!sk_layout_is_text(layout->options.kind))
		return whole_raw(layout, data, size);
	whole = behind_last_end(data, last ? 0 : progress->scanned, size, layout->options.end);
	*progress = (struct sk_layout_progress){ .scanned = size - whole };
	return whole;
}

size_t
sk_layout_records(const struct sk_layout *layout, const unsigned char *data, size_t size, struct sk_span *records,
    size_t max, size_t *used)
{
	bool lines = false;

	return sk_layout_front(layout, data, size, true, records, max, used, &lines);
}

size_t
sk_layout_front(const struct sk_layout *layout, const unsigned char *data, size_t size, bool last,
    struct sk_span *records, size_t max, size_t *used, bool *lines)
{
	if (layout->options.kind == SK_LAYOUT_CSV)
		return layout->csv->records(&layout->dialect, data, size, last, records, max, used, lines);
	if (layout->options.kind == SK_LAYOUT_BE32)
		return sk_raw_cut_lengths(data, size, records, max, used);
	if (!sk_layout_is_text(layout->options.kind))
		return sk_raw_cut_numbers(
		    data, size, sk_layout_width(layout->options.kind), records, max, used);
	return layout->scan->records(data, size, layout->options.end, records, max, used);
}

size_t
sk_layout_likely(const struct sk_layout *layout, const unsigned char *data, size_t known, size_t size)
{
	uint64_t first;

	if (sk_layout_is_text(layout->options.kind))
		return behind_last_end(data, known, size, layout->options.end);
	first = sk_layout_announced(layout, (struct sk_span){ data, size });
	return first != 0 && first <= size ? size : 0;
}

/* ---- values ---- */

size_t
sk_layout_scratch(const struct sk_layout *layout, size_t bytes)
{
	return layout->n * bytes + SK_SCAN_PAD;
}

static size_t
pick_tsv(const struct sk_layout *layout, const struct sk_span *records, size_t n, size_t stride, unsigned char *scratch,
    struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults)
{
	for (size_t w = 0; w < layout->n; w++)
		scratch = sk_tsv_pick(
		    &layout->wants[w], records, n, scratch, values + w * stride, states + w * stride);
	for (size_t i = 0; i < n; i++)
		faults[i] = (struct sk_layout_fault){ SK_LAYOUT_FINE, 0 };
	return 0;
}

static size_t
pick_clf(const struct sk_layout *layout, const struct sk_span *records, size_t n, size_t stride, unsigned char *scratch,
    struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++)
		bad += sk_clf_pick(
		    layout->clf, layout->n, records[i], &scratch, values + i, states + i, stride, &faults[i]);
	return bad;
}

size_t
sk_layout_pick(const struct sk_layout *layout, const struct sk_span *records, size_t n, size_t stride,
    unsigned char *scratch, struct sk_span *values, unsigned char *states, struct sk_layout_fault *faults)
{
	switch (layout->options.kind) {
	case SK_LAYOUT_CSV:
		return layout->csv->pick(
		    &layout->dialect, layout->columns, records, n, stride, scratch, values, states, faults);
	case SK_LAYOUT_TSV:
		return pick_tsv(layout, records, n, stride, scratch, values, states, faults);
	case SK_LAYOUT_CLF:
		return pick_clf(layout, records, n, stride, scratch, values, states, faults);
	case SK_LAYOUT_JSON:
		return sk_json_pick(
		    layout->json, records, n, stride, scratch, values, states, faults);
	case SK_LAYOUT_LOGFMT:
		return sk_logfmt_pick(
		    layout->logfmt, records, n, stride, scratch, values, states, faults);
	case SK_LAYOUT_BE32:
	case SK_LAYOUT_F64:
	case SK_LAYOUT_F32:
	case SK_LAYOUT_I64:
	case SK_LAYOUT_U64:
		break; /* has no values */
	}
	return 0;
}
