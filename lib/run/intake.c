/* intake.c -- from blocks of records to batches of columns. */
#include "intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../record/number.h"
#include "../record/scan.h"

/* A column that comes from one or several fields. */
struct picked {
	struct sk_fields fields; /* by number, once names are resolved */
	struct sk_span *part;    /* fields.count columns of SK_BATCH, when there are several */
	struct sk_span column[SK_BATCH];
	unsigned char *joined; /* the bytes of composite values */
	size_t joined_size;
};

struct sk_intake {
	struct sk_intake_options options;
	const struct sk_scan *scan;
	const char *input;
	uint64_t record; /* records of this input so far */
	uint64_t total;  /* of all inputs */
	bool header_due;
	struct sk_span records[SK_BATCH];
	struct picked items;
	struct picked keys;
	struct picked weights;
	uint64_t weight[SK_BATCH];
	int decimals;
	struct sk_skips skips;
};

static _Noreturn void
out_of_memory(void)
{
	sk_die("out of memory");
}

static void
prepare(struct picked *picked, const struct sk_fields *fields)
{
	picked->fields = *fields;
	if (fields->count > 1) {
		picked->part = calloc(fields->count * SK_BATCH, sizeof(*picked->part));
		if (picked->part == NULL)
			out_of_memory();
	}
}

struct sk_intake *
sk_intake_new(const struct sk_intake_options *options)
{
	struct sk_intake *intake = calloc(1, sizeof(*intake));

	if (intake == NULL)
		out_of_memory();
	intake->options = *options;
	intake->scan = sk_scan_best();
	intake->input = "";
	intake->skips.strict = options->strict;
	intake->skips.unit = options->end == '\n' ? "line" : "record";
	prepare(&intake->items, &options->items);
	prepare(&intake->keys, &options->keys);
	prepare(&intake->weights, &options->weights);
	return intake;
}

void
sk_intake_free(struct sk_intake *intake)
{
	if (intake == NULL)
		return;
	free(intake->items.part);
	free(intake->items.joined);
	free(intake->keys.part);
	free(intake->keys.joined);
	free(intake);
}

unsigned char
sk_intake_separator(const struct sk_intake *intake)
{
	int delimiter = intake->options.delimiter;

	return delimiter == SK_INTAKE_BLANKS ? '\t' : (unsigned char)delimiter;
}

void
sk_intake_input(struct sk_intake *intake, const char *name)
{
	intake->input = name;
	intake->record = 0;
	intake->header_due = intake->options.header;
}

/* Field ${number} of all records. */
static void
pick_field(const struct sk_intake *intake, size_t n, struct sk_field field, struct sk_span *column)
{
	const struct sk_scan *scan = intake->scan;
	size_t number = (size_t)(field.number < 0 ? -field.number : field.number);
	unsigned char delimiter = (unsigned char)intake->options.delimiter;

	if (intake->options.delimiter == SK_INTAKE_BLANKS)
		(field.number > 0 ? scan->blank : scan->blank_back)(
		    intake->records, n, number, column);
	else
		(field.number > 0 ? scan->delimited : scan->delimited_back)(
		    intake->records, n, delimiter, number, column);
	if (field.rest)
		for (size_t i = 0; i < n; i++)
			column[i].size = (size_t)(intake->records[i].data +
			    intake->records[i].size - column[i].data);
}

/* Put the parts of each record's value behind each other. */
static void
join_parts(struct picked *picked, size_t n, unsigned char separator)
{
	size_t count = picked->fields.count, size = n * count;
	unsigned char *at;

	for (size_t part = 0; part < count; part++)
		for (size_t i = 0; i < n; i++)
			size += picked->part[part * SK_BATCH + i].size;
	if (size > picked->joined_size) {
		free(picked->joined);
		if ((picked->joined = malloc(size * 2)) == NULL)
			out_of_memory();
		picked->joined_size = size * 2;
	}
	at = picked->joined;
	for (size_t i = 0; i < n; i++) {
		picked->column[i].data = at;
		for (size_t part = 0; part < count; part++) {
			struct sk_span value = picked->part[part * SK_BATCH + i];

			if (part > 0)
				*at++ = separator;
			if (value.size > 0)
				memcpy(at, value.data, value.size);
			at += value.size;
		}
		picked->column[i].size = (size_t)(at - picked->column[i].data);
	}
}

static void
pick(const struct sk_intake *intake, struct picked *picked, size_t n)
{
	size_t count = picked->fields.count;

	if (count == 1)
		pick_field(intake, n, picked->fields.field[0], picked->column);
	for (size_t part = 0; count > 1 && part < count; part++)
		pick_field(
		    intake, n, picked->fields.field[part], picked->part + part * SK_BATCH);
	if (count > 1)
		join_parts(picked, n, sk_intake_separator(intake));
}

/* The header */

/* The names that a header has, for a message. */
static void
list_names(const struct sk_intake *intake, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (long number = 1; number <= SK_FIELDS_MAX && used < size; number++) {
		char quoted[SK_DIAG_QUOTE];
		struct sk_span name;

		pick_field(intake, 1, (struct sk_field){ .number = number }, &name);
		if (name.data == intake->records[0].data + intake->records[0].size &&
		    name.size == 0)
			break;
		used += (size_t)snprintf(text + used, size - used, "%s%s", number > 1 ? ", " : "",
		    sk_diag_quote(quoted, name));
	}
}

static long
number_of(const struct sk_intake *intake, struct sk_span wanted)
{
	size_t most = intake->records[0].size / 2 + 2;

	for (long number = 1; (size_t)number <= most; number++) {
		struct sk_span name;

		pick_field(intake, 1, (struct sk_field){ .number = number }, &name);
		if (name.size == wanted.size && memcmp(name.data, wanted.data, name.size) == 0)
			return number;
	}
	return 0;
}

static void
resolve(const struct sk_intake *intake, struct picked *picked)
{
	for (size_t i = 0; i < picked->fields.count; i++) {
		struct sk_field *field = &picked->fields.field[i];
		char quoted[SK_DIAG_QUOTE], names[1024];

		if (field->name.size == 0)
			continue;
		field->number = number_of(intake, field->name);
		if (field->number == 0) {
			list_names(intake, names, sizeof(names));
			sk_die("%s: no field %s in the header, which names %s", intake->input,
			    sk_diag_quote(quoted, field->name), names);
		}
	}
}

/* Take the header off the front of the block; it is records[0]. */
static void
read_header(struct sk_intake *intake, struct sk_span *block)
{
	size_t used;

	intake->header_due = false;
	intake->scan->records(
	    block->data, block->size, intake->options.end, intake->records, 1, &used);
	intake->record++;
	block->data += used;
	block->size -= used;
	resolve(intake, &intake->items);
	resolve(intake, &intake->keys);
	resolve(intake, &intake->weights);
}

/* Weights */

static int64_t
power_of_ten(int exponent)
{
	int64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* Bring a weight of ${units} with ${decimals} to the decimals of all, raising them if it has more. */
static bool
align_weight(struct sk_intake *intake, size_t kept, int64_t units, int decimals, uint64_t *weight)
{
	int64_t factor;

	if (decimals > intake->decimals) {
		factor = power_of_ten(decimals - intake->decimals);
		for (size_t i = 0; i < kept; i++)
			if (intake->weight[i] > (uint64_t)(INT64_MAX / factor))
				return false;
		for (size_t i = 0; i < kept; i++)
			intake->weight[i] *= (uint64_t)factor;
		intake->decimals = decimals;
	}
	factor = power_of_ten(intake->decimals - decimals);
	if (units > INT64_MAX / factor)
		return false;
	*weight = (uint64_t)(units * factor);
	return true;
}

static enum sk_skip_reason
why_skipped(enum sk_number_status status)
{
	switch (status) {
	case SK_NUMBER_EMPTY:
		return SK_SKIP_WEIGHT_EMPTY;
	case SK_NUMBER_OUT_OF_RANGE:
		return SK_SKIP_WEIGHT_OUT_OF_RANGE;
	case SK_NUMBER_NOT_A_NUMBER:
		return SK_SKIP_WEIGHT_NOT_A_NUMBER;
	case SK_NUMBER_OK:
		break;
	}
	return SK_SKIP_WEIGHT_NEGATIVE;
}

/* Read all weights, and close the gaps that unreadable ones leave. Returns how many records stay. */
static size_t
read_weights(struct sk_intake *intake, struct sk_span *items, struct sk_span *keys, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct sk_span text = intake->weights.column[i];
		enum sk_number_status status;
		int64_t units;
		int decimals;

		status = sk_number_decimal(text, &units, &decimals);
		if (status != SK_NUMBER_OK || units < 0) {
			sk_skips_add(&intake->skips, why_skipped(status), intake->input,
			    intake->record + i + 1, text);
			continue;
		}
		if (!align_weight(intake, kept, units, decimals, &intake->weight[kept])) {
			sk_skips_add(&intake->skips, SK_SKIP_WEIGHT_OUT_OF_RANGE, intake->input,
			    intake->record + i + 1, text);
			continue;
		}
		items[kept] = items[i];
		if (keys != NULL)
			keys[kept] = keys[i];
		kept++;
	}
	return kept;
}

bool
sk_intake_batch(struct sk_intake *intake, struct sk_span *block, struct sk_batch *batch,
    const struct sk_span **keys)
{
	struct sk_span *items, *key_column;
	size_t n, used;

	if (intake->header_due && block->size > 0)
		read_header(intake, block);
	n = intake->scan->records(block->data, block->size, intake->options.end, intake->records,
	    SK_BATCH, &used);
	if (n == 0)
		return false;
	block->data += used;
	block->size -= used;
	pick(intake, &intake->items, n);
	pick(intake, &intake->keys, n);
	items = intake->items.fields.count > 0 ? intake->items.column : intake->records;
	key_column = intake->keys.fields.count > 0 ? intake->keys.column : NULL;
	batch->count = n;
	if (intake->weights.fields.count > 0) {
		pick(intake, &intake->weights, n);
		batch->count = read_weights(intake, items, key_column, n);
	}
	intake->record += n;
	intake->total += n;
	batch->items = items;
	batch->weights = intake->weights.fields.count > 0 ? intake->weight : NULL;
	batch->decimals = intake->decimals;
	*keys = key_column;
	return true;
}

void
sk_intake_too_long(struct sk_intake *intake, struct sk_span start)
{
	if (intake->header_due)
		sk_die("%s: the header is longer than a quarter of --memory", intake->input);
	intake->record++;
	intake->total++;
	sk_skips_add(
	    &intake->skips, SK_SKIP_TOO_LONG, intake->input, intake->record, start);
}

void
sk_intake_report(const struct sk_intake *intake)
{
	sk_skips_report(&intake->skips, intake->total);
}
