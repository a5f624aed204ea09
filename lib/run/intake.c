/* intake.c -- from blocks of records to batches of columns. */
#include "intake.h"

#include <stdlib.h>
#include <string.h>

#include "../record/number.h"
#include "../record/scan.h"
#include "header.h"

#define JOINED_SLACK ((size_t)1 << 14)

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
	size_t batch_records; /* since the last complete batch */
	size_t batch_bytes;
	struct sk_span records[SK_BATCH];
	struct picked items;
	struct picked keys;
	struct picked weights;
	uint64_t weight[SK_BATCH];
	double value[SK_BATCH];
	struct sk_span converted[SK_BATCH]; /* items in another form, whose bytes are: */
	unsigned char *converted_bytes;
	size_t converted_size;
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
	intake->skips.record_max = options->record_max;
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
	free(intake->converted_bytes);
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
		picked->joined_size = size + JOINED_SLACK;
		if ((picked->joined = malloc(picked->joined_size)) == NULL)
			out_of_memory();
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

static void
resolve(const struct sk_intake *intake, struct picked *picked)
{
	for (size_t i = 0; i < picked->fields.count; i++) {
		struct sk_field *field = &picked->fields.field[i];
		char quoted[SK_DIAG_QUOTE], names[1024];

		if (field->name.size == 0)
			continue;
		field->number = sk_header_find(
		    intake->records[0], intake->options.delimiter, field->name);
		if (field->number == 0) {
			sk_header_list(intake->records[0], intake->options.delimiter, names, sizeof(names));
			sk_die("%s: no field %s in the header, which names %s", intake->input,
			    sk_diag_quote(quoted, field->name),
			    names[0] != '\0' ? names : "none");
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

/* Bring a weight of ${units} with ${decimals} to the decimals of all, which are no fewer. */
static bool
align_weight(const struct sk_intake *intake, int64_t units, int decimals, uint64_t *weight)
{
	int64_t factor = power_of_ten(intake->decimals - decimals);

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

/*
 * Read the weights of *${n} records, and close the gaps that unreadable ones leave. Returns how many records stay. All
 * weights of a batch have the same decimals: one with more ends it, *${n} becoming smaller, unless it is the first.
 */
static size_t
read_weights(struct sk_intake *intake, struct sk_span *items, struct sk_span *keys, size_t *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		struct sk_span text = intake->weights.column[i];
		enum sk_number_status status;
		int64_t units;
		int decimals;

		status = sk_number_decimal(text, &units, &decimals);
		if (status == SK_NUMBER_OK && units >= 0 && decimals > intake->decimals) {
			if (i > 0) {
				*n = i;
				break;
			}
			intake->decimals = decimals;
		}
		if (status == SK_NUMBER_OK && units >= 0 &&
		    !align_weight(intake, units, decimals, &intake->weight[kept]))
			status = SK_NUMBER_OUT_OF_RANGE;
		if (status != SK_NUMBER_OK || units < 0) {
			sk_skips_add(&intake->skips, why_skipped(status), intake->input,
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

static enum sk_skip_reason
why_not_a_value(enum sk_number_status status)
{
	return status == SK_NUMBER_EMPTY	? SK_SKIP_VALUE_EMPTY :
	    status == SK_NUMBER_OUT_OF_RANGE ? SK_SKIP_VALUE_OUT_OF_RANGE :
					       SK_SKIP_VALUE_NOT_A_NUMBER;
}

/* Read the items of ${n} records as numbers, and close the gaps as above. Returns how many records stay. */
static size_t
read_values(struct sk_intake *intake, struct sk_span *items, struct sk_span *keys, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		enum sk_number_status status = sk_number_double(items[i], &intake->value[kept]);

		if (status != SK_NUMBER_OK || intake->value[kept] != intake->value[kept]) {
			sk_skips_add(&intake->skips, why_not_a_value(status), intake->input,
			    intake->record + i + 1, items[i]);
			continue;
		}
		if (keys != NULL)
			keys[kept] = keys[i];
		kept++;
	}
	return kept;
}

static enum sk_skip_reason
why_not_converted(enum sk_form_status status)
{
	return status == SK_FORM_EMPTY		? SK_SKIP_VALUE_EMPTY :
	    status == SK_FORM_OUT_OF_RANGE ? SK_SKIP_VALUE_OUT_OF_RANGE :
	    status == SK_FORM_NOT_UTF8	   ? SK_SKIP_ITEM_NOT_UTF8 :
						 SK_SKIP_VALUE_NOT_A_NUMBER;
}

/* Bring the items of ${n} records into the form asked for, and close the gaps as above. Returns how many records stay. */
static size_t
convert_items(struct sk_intake *intake, const struct sk_span *items, struct sk_span *keys, size_t n)
{
	enum sk_form form = intake->options.form;
	size_t kept = 0, size = 0, used = 0;

	for (size_t i = 0; i < n; i++)
		size += sk_form_size_max(form, items[i].size);
	if (size >= intake->converted_size) {
		free(intake->converted_bytes);
		intake->converted_size = size + JOINED_SLACK;
		if ((intake->converted_bytes = malloc(intake->converted_size)) == NULL)
			out_of_memory();
	}
	for (size_t i = 0; i < n; i++) {
		struct sk_span *to = &intake->converted[kept];
		enum sk_form_status status;

		to->data = intake->converted_bytes + used;
		status = sk_form_convert(
		    form, items[i], intake->converted_bytes + used, &to->size);
		if (status != SK_FORM_OK) {
			sk_skips_add(&intake->skips, why_not_converted(status), intake->input,
			    intake->record + i + 1, items[i]);
			continue;
		}
		used += to->size;
		if (keys != NULL)
			keys[kept] = keys[i];
		kept++;
	}
	return kept;
}

/* Cut the next records off the block, up to where a batch is complete. Returns how many. */
static size_t
cut_records(struct sk_intake *intake, struct sk_span *block)
{
	size_t used, n;

	n = intake->scan->records(block->data, block->size, intake->options.end, intake->records,
	    SK_BATCH - intake->batch_records, &used);
	if (intake->batch_bytes + used >= SK_BATCH_BYTES) {
		size_t bytes = intake->batch_bytes, i = 0;

		while (i < n && bytes < SK_BATCH_BYTES)
			bytes += intake->records[i++].size + 1;
		if (i < n)
			used = (size_t)(intake->records[i].data - block->data);
		n = i;
	}
	block->data += used;
	block->size -= used;
	return n;
}

/* Whether ${records} more records of ${bytes} in all complete a batch. */
static bool
completes(struct sk_intake *intake, size_t records, size_t bytes)
{
	intake->batch_records += records;
	intake->batch_bytes += bytes;
	if (intake->batch_records < SK_BATCH && intake->batch_bytes < SK_BATCH_BYTES)
		return false;
	intake->batch_records = 0;
	intake->batch_bytes = 0;
	return true;
}

/* Give back all of the ${cut} records but the first ${n}. */
static void
give_back(const struct sk_intake *intake, struct sk_span *block, size_t cut, size_t n)
{
	if (n == cut)
		return;
	block->size += (size_t)(block->data - intake->records[n].data);
	block->data = intake->records[n].data;
}

bool
sk_intake_batch(struct sk_intake *intake, struct sk_span *block, struct sk_batch *batch,
    const struct sk_span **keys)
{
	struct sk_span *items, *key_column;
	bool weighs = intake->weights.fields.count > 0, complete;
	const unsigned char *start;
	size_t n, kept;

	if (intake->header_due && block->size > 0)
		read_header(intake, block);
	start = block->data;
	if ((n = kept = cut_records(intake, block)) == 0)
		return false;
	pick(intake, &intake->items, n);
	pick(intake, &intake->keys, n);
	items = intake->items.fields.count > 0 ? intake->items.column : intake->records;
	key_column = intake->keys.fields.count > 0 ? intake->keys.column : NULL;
	if (weighs) {
		size_t cut = n;

		pick(intake, &intake->weights, n);
		kept = read_weights(intake, items, key_column, &n);
		give_back(intake, block, cut, n);
	}
	if (intake->options.values)
		kept = read_values(intake, items, key_column, kept);
	if (intake->options.form != SK_FORM_BYTES) {
		kept = convert_items(intake, items, key_column, kept);
		items = intake->converted;
	}
	complete = completes(intake, n, (size_t)(block->data - start));
	intake->record += n;
	intake->total += n;
	*batch = (struct sk_batch){
		.count = kept,
		.items = items,
		.values = intake->options.values ? intake->value : NULL,
		.weights = weighs ? intake->weight : NULL,
		.decimals = intake->decimals,
		.complete = complete,
	};
	*keys = key_column;
	return true;
}

size_t
sk_intake_memory(const struct sk_intake *intake)
{
	return intake->items.joined_size + intake->keys.joined_size +
	    intake->weights.joined_size + intake->converted_size;
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

uint64_t
sk_intake_records(const struct sk_intake *intake)
{
	return intake->total;
}

uint64_t
sk_intake_skipped(const struct sk_intake *intake)
{
	return sk_skips_count(&intake->skips);
}

void
sk_intake_report(const struct sk_intake *intake)
{
	sk_skips_report(&intake->skips, intake->total);
}
