/* layout_header.c -- the record that names the fields of csv and tsv. */
#include <string.h>

#include "layout_parts.h"
#include "tsv.h"

/* The raw field that ends at or before ${rest}'s end, which is moved behind it; false when there is no more. */
static bool
next_raw(const struct sk_layout *layout, struct sk_span *rest, struct sk_span *raw)
{
	bool csv = layout->options.kind == SK_LAYOUT_CSV;
	unsigned char delimiter = csv ? layout->options.delimiter : '\t';
	size_t size = 0;

	if (rest->data == NULL)
		return false;
	if (csv && rest->size > 0 && rest->data[0] == '"') /* to the closing quote */
		for (size = 1; size < rest->size; size++)
			if (rest->data[size] == '"' && (size + 1 == rest->size || rest->data[++size] != '"'))
				break;
	while (size < rest->size && rest->data[size] != delimiter)
		size++;
	*raw = (struct sk_span){ rest->data, size };
	*rest = size < rest->size ? (struct sk_span){ rest->data + size + 1, rest->size - size - 1 } :
				    (struct sk_span){ NULL, 0 };
	return true;
}

/* The header without a CR at its end. An empty line of csv has no fields. */
static struct sk_span
header_fields(const struct sk_layout *layout, struct sk_span header)
{
	if (header.size > 0 && header.data[header.size - 1] == '\r')
		header.size--;
	if (header.size == 0 && layout->options.kind == SK_LAYOUT_CSV)
		header.data = NULL;
	return header;
}

/* What the raw field stands for; ${scratch} has room for it. */
static struct sk_span
cooked(const struct sk_layout *layout, struct sk_span raw, unsigned char *scratch)
{
	if (layout->options.kind == SK_LAYOUT_TSV)
		return sk_tsv_unescape(raw, &scratch);
	return raw.size > 0 && raw.data[0] == '"' ? sk_csv_unquote(raw, &scratch) : raw;
}

bool
sk_layout_header_name(const struct sk_layout *layout, struct sk_span header, size_t number, unsigned char *name, size_t *size)
{
	struct sk_span rest = header_fields(layout, header), raw = { NULL, 0 };

	for (size_t i = 0; i < number; i++)
		if (!next_raw(layout, &rest, &raw))
			return false;
	if (raw.size > *size)
		raw.size = *size;
	raw = cooked(layout, raw, name);
	memmove(name, raw.data, raw.size);
	*size = raw.size;
	return true;
}

/* Give the wants that the ${number}th name is for their number. */
static void
name_wants(struct sk_layout *layout, struct sk_span name, long number)
{
	for (size_t w = 0; w < layout->n; w++) {
		struct sk_layout_want *want = &layout->wants[w];

		if (want->name.size == 0 || want->name.size != name.size || memcmp(want->name.data, name.data, name.size) != 0)
			continue;
		if (want->number == 0) {
			want->number = number;
		} else if (layout->again == 0) {
			layout->again = number;
			layout->twice = w;
		}
	}
}

size_t
sk_layout_header(struct sk_layout *layout, struct sk_span header)
{
	struct sk_span rest = header_fields(layout, header), raw;

	if (sk_layout_names_itself(layout->options.kind))
		return layout->n;
	layout->again = 0;
	for (size_t w = 0; w < layout->n; w++)
		if (layout->wants[w].name.size > 0)
			layout->wants[w].number = 0;
	for (long number = 1; next_raw(layout, &rest, &raw); number++)
		if (raw.size <= layout->raw_max)
			name_wants(layout, cooked(layout, raw, layout->raw), number);
	if (layout->columns != NULL)
		sk_csv_columns_init(layout->columns, layout->wants, layout->n);
	for (size_t w = 0; w < layout->n; w++)
		if (layout->wants[w].number == 0)
			return w;
	return layout->n;
}

bool
sk_layout_header_twice(const struct sk_layout *layout, size_t *which, long *first, long *second)
{
	*which = layout->twice;
	*second = layout->again;
	*first = layout->again != 0 ? layout->wants[layout->twice].number : 0;
	return layout->again != 0;
}
