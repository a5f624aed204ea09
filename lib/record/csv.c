/* csv.c -- what csv does once and not for every byte; and the choice of the loops. */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "scan_builds.h"

#define QUOTE '"'

static const struct sk_csv_loops *const builds[] = {
#if defined(SK_HAVE_AVX2)
	&sk_csv_avx2,
#endif
#if defined(__SSE2__)
	&sk_csv_sse2,
#endif
	&sk_csv_plain,
	NULL,
};

/* The same processors run the same masks. */
const struct sk_csv_loops *const *
sk_csv_all(void)
{
	const struct sk_csv_loops *const *loops = builds;

	while (strcmp((*loops)->name, sk_scan_best()->name) != 0)
		loops++;
	return loops;
}

const struct sk_csv_loops *
sk_csv_best(void)
{
	return sk_csv_all()[0];
}

static int
compare_ordinals(const void *left, const void *right)
{
	const size_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Sort the ordinals, each of which is there once afterwards. */
static void
sort_ordinals(struct sk_csv_columns *columns)
{
	size_t kept = 0;

	qsort(columns->ordinal, columns->ordinals, sizeof(columns->ordinal[0]), compare_ordinals);
	for (size_t i = 0; i < columns->ordinals; i++)
		if (kept == 0 || columns->ordinal[kept - 1] != columns->ordinal[i])
			columns->ordinal[kept++] = columns->ordinal[i];
	columns->ordinals = kept;
}

void
sk_csv_columns_init(struct sk_csv_columns *columns, const struct sk_layout_want *wants, size_t n)
{
	columns->n = n;
	columns->from_back = false;
	columns->ordinals = 0;
	for (size_t c = 0; c < n; c++) {
		size_t number = wants[c].number > 0 ? (size_t)wants[c].number : 0;

		columns->column[c] = (struct sk_csv_column){ .number = wants[c].number, .rest = wants[c].rest };
		columns->from_back |= wants[c].number < 0;
		if (number > 1)
			columns->ordinal[columns->ordinals++] = number - 1;
		if (number > 0)
			columns->ordinal[columns->ordinals++] = number;
	}
	sort_ordinals(columns);
	for (size_t c = 0; c < n; c++)
		for (size_t i = 0; i < columns->ordinals; i++)
			if ((long)columns->ordinal[i] == columns->column[c].number - (columns->column[c].number > 1))
				columns->column[c].ordinal = i;
}

struct sk_span
sk_csv_unquote(struct sk_span raw, unsigned char **scratch)
{
	const unsigned char *at = raw.data + 1, *end = raw.data + raw.size;
	const unsigned char *quote = memchr(at, QUOTE, (size_t)(end - at));
	unsigned char *start = *scratch, *to = start;

	if (quote == NULL) /* not closed: as much as there is */
		quote = end;
	if (end - quote <= 1)
		return (struct sk_span){ at, (size_t)(quote - at) };
	while (quote != NULL && end - quote > 1 && quote[1] == QUOTE) {
		memcpy(to, at, (size_t)(quote + 1 - at));
		to += quote + 1 - at;
		at = quote + 2;
		quote = memchr(at, QUOTE, (size_t)(end - at));
	}
	if (quote == NULL)
		quote = end;
	memcpy(to, at, (size_t)(quote - at));
	to += quote - at;
	if (quote < end) { /* text behind the closing quote */
		memcpy(to, quote + 1, (size_t)(end - quote - 1));
		to += end - quote - 1;
	}
	*scratch = to;
	return (struct sk_span){ start, (size_t)(to - start) };
}

size_t
sk_csv_open_quote(const struct sk_csv_dialect *dialect, struct sk_span record)
{
	enum { FIELD_START, BARE, QUOTED, QUOTE_IN_QUOTED } state = FIELD_START;
	size_t quote = 0;

	for (size_t i = 0; i < record.size; i++) {
		unsigned char byte = record.data[i];

		if (state == QUOTED) {
			state = byte == QUOTE ? QUOTE_IN_QUOTED : QUOTED;
		} else if (byte == QUOTE && state != BARE) {
			quote = state == FIELD_START ? i : quote;
			state = QUOTED;
		} else {
			state = byte == dialect->delimiter ? FIELD_START : BARE;
		}
	}
	return quote;
}
