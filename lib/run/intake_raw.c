/*
 * intake_raw.c -- raw numbers as values, and as items.
 *
 * An item is the number's decimal text, so that it is the same item as in lines of text, and sketches of both can be merged.
 * Canonical forms that are the number's own bytes are taken from where they are.
 */
#include <math.h>
#include <string.h>

#include "../record/number.h"
#include "../record/raw.h"
#include "intake_parts.h"
#include "raw_text.h"

static enum sk_layout_kind
kind_of(const struct sk_intake *intake)
{
	return sk_layout_kind(intake->layout);
}

/* Note which of ${n} whole numbers, that have been read as values, are none. */
static void
note_rounded(struct sk_intake *intake, const struct sk_span *records, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t word = sk_raw_word(records[i].data);
		unsigned char here[SK_RAW_DECIMAL_SIZE];
		/* The first of a batch is what notes keep. */
		unsigned char *text = intake->notes != NULL && !intake->rounded.any ? intake->notes->number : here;
		int negative;

		if (fabs(intake->value[i]) < SK_NUMBER_WHOLE)
			continue;
		negative = kind_of(intake) == SK_LAYOUT_I64 && word >> 63 != 0;
		if (sk_number_word_rounds(negative ? 0 - word : word))
			sk_intake_round(intake, i, i,
			    (struct sk_span){ text, sk_raw_decimal(negative ? 0 - word : word, negative, text) });
	}
}

/* Values: the records of a batch are behind each other, those that conditions leave are where they were. */
static size_t
read_values(struct sk_intake *intake, const struct sk_span *records, size_t n)
{
	static const struct sk_span nan_text = { (const unsigned char *)"nan", 3 };
	void (*const read[])(const unsigned char *, size_t, double *) = {
		[SK_LAYOUT_F64] = sk_raw_f64,
		[SK_LAYOUT_F32] = sk_raw_f32,
		[SK_LAYOUT_I64] = sk_raw_i64,
		[SK_LAYOUT_U64] = sk_raw_u64,
	};
	size_t kept = 0, bad = 0;

	if (intake->where == NULL)
		read[kind_of(intake)](records[0].data, n, intake->value);
	for (size_t i = 0; intake->where != NULL && i < n; i++)
		read[kind_of(intake)](records[i].data, 1, &intake->value[i]);
	if (kind_of(intake) == SK_LAYOUT_I64 || kind_of(intake) == SK_LAYOUT_U64)
		note_rounded(intake, records, n);
	for (size_t i = 0; i < n; i++)
		bad += intake->value[i] != intake->value[i] ? 1 : 0;
	if (bad == 0)
		return n;
	for (size_t i = 0; i < n; i++) {
		if (intake->value[i] != intake->value[i])
			sk_intake_skip(intake, SK_SKIP_VALUE_NOT_A_NUMBER, i, nan_text);
		else
			intake->value[kept++] = intake->value[i];
	}
	return kept;
}

/* Texts, in the column of items. False when a reader has no room for them. */
static bool
write_texts(struct sk_intake *intake, const struct sk_span *records, size_t n)
{
	const enum sk_layout_kind kind = kind_of(intake);
	const bool floats = kind == SK_LAYOUT_F32 || kind == SK_LAYOUT_F64;
	const size_t size = n * (floats ? SK_RAW_TEXT_SIZE : SK_RAW_DECIMAL_SIZE);
	unsigned char *to = sk_intake_room(intake, &intake->items.joined, size), *at = to;

	if (to == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t length = sk_raw_text(kind, records[i].data, at);

		intake->items.column[i] = (struct sk_span){ at, length };
		at += length;
	}
	/* A reader keeps all its batches in one room. */
	if (intake->notes != NULL) {
		intake->room -= size - (size_t)(at - to);
		intake->room_left += size - (size_t)(at - to);
	}
	return true;
}

/* Single numbers are doubles for those who hash doubles, whatever their shortest text is. */
static size_t
widen(struct sk_intake *intake, const struct sk_span *records, size_t n)
{
	static const struct sk_span nan_text = { (const unsigned char *)"nan", 3 };
	unsigned char *to = sk_intake_room(intake, &intake->converted_bytes, n * 8);
	size_t kept = 0;

	if (to == NULL)
		return 0;
	for (size_t i = 0; i < n; i++) {
		double value = sk_raw_text_double(kind_of(intake), records[i].data);
		uint64_t word;

		if (value != value) {
			sk_intake_skip(intake, SK_SKIP_VALUE_NOT_A_NUMBER, i, nan_text);
			continue;
		}
		value = value == 0 ? 0.0 : value; /* zeros of both signs are one number */
		memcpy(&word, &value, sizeof(word));
		for (int byte = 0; byte < 8; byte++)
			to[8 * kept + (size_t)byte] = (unsigned char)(word >> 8 * byte);
		intake->converted[kept] = (struct sk_span){ to + 8 * kept, 8 };
		kept++;
	}
	return kept;
}

size_t
sk_intake_raw(struct sk_intake *intake, struct sk_span *records, size_t n, struct sk_span **items)
{
	enum sk_layout_kind kind = kind_of(intake);
	enum sk_form form = intake->options.form;

	*items = records;
	if (intake->options.values)
		return read_values(intake, records, n);
	if (kind == SK_LAYOUT_I64 && form == SK_FORM_INT64)
		return n;
	*items = intake->converted;
	if ((kind == SK_LAYOUT_F64 || kind == SK_LAYOUT_F32) && form == SK_FORM_DOUBLE)
		return widen(intake, records, n);
	if (!write_texts(intake, records, n))
		return 0;
	if (form != SK_FORM_BYTES)
		return sk_intake_convert(intake, intake->items.column, NULL, n);
	*items = intake->items.column;
	return n;
}
