/* cut_text.c -- windows as lines. */
#include "cut_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diag.h"

#define SECOND INT64_C(1000000000)

/* ISO 8601, the fraction only where there is one. */
static void
format_time(const struct sk_zone *zone, int64_t time, char *text)
{
	int64_t seconds = time / SECOND, fraction = time % SECOND;
	int32_t east;
	struct tm parts = { .tm_mday = 1 };
	time_t local;
	size_t size;

	if (fraction < 0) {
		fraction += SECOND;
		seconds--;
	}
	east = zone != NULL ? sk_zone_offset(zone, seconds) : 0;
	local = (time_t)(seconds + east);
	(void)gmtime_r(&local, &parts); /* which fails for years in which no windows are */
	size = strftime(text, SK_CUT_BORDER_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
	if (fraction > 0) {
		size += (size_t)snprintf(
		    text + size, SK_CUT_BORDER_SIZE - size, ".%09" PRId64, fraction);
		while (text[size - 1] == '0')
			size--;
	}
	if (zone == NULL)
		snprintf(text + size, SK_CUT_BORDER_SIZE - size, "Z");
	else
		snprintf(text + size, SK_CUT_BORDER_SIZE - size, "%c%02d:%02d",
		    east < 0 ? '-' : '+', (int)(abs(east) / 3600), (int)(abs(east) / 60 % 60));
}

void
sk_cut_border(const struct sk_cut_borders *borders, int64_t border, char text[SK_CUT_BORDER_SIZE])
{
	if (borders->counted)
		snprintf(text, SK_CUT_BORDER_SIZE, "%" PRId64, border);
	else
		format_time(borders->zone, border, text);
}

/* The bytes of the record at the front of ${records}, which are whole, with its end. */
static size_t
record_size(const struct sk_cut_cutter *cutter, struct sk_span records)
{
	const unsigned char *end;
	struct sk_span record;
	size_t used;

	if (cutter->layout != NULL && !sk_layout_splits(cutter->layout) &&
	    sk_layout_records(cutter->layout, records.data, records.size, &record, 1, &used) == 1)
		return used;
	end = memchr(records.data, cutter->end, records.size);
	return (size_t)(end - records.data) + 1;
}

static void
print_records(struct sk_output *output, const char *start, struct sk_span records, const struct sk_cut_cutter *cutter)
{
	size_t size = strlen(start);

	while (records.size > 0) {
		size_t used = record_size(cutter, records);

		sk_output_bytes(output, (struct sk_span){ (const unsigned char *)start, size });
		sk_output_bytes(output, (struct sk_span){ records.data, used });
		records.data += used;
		records.size -= used;
	}
}

void
sk_cut_text_close(struct sk_output *output, const struct sk_cut_cutter *cutter,
    const struct sk_cut_borders *borders, struct sk_cut_kept *kept,
    const struct sk_windows_event *event)
{
	char start[SK_CUT_BORDER_SIZE + 1];

	sk_cut_border(borders, event->start, start);
	if (event->panes_count == 0) {
		sk_output_string(output, start);
		sk_output_byte(output, (char)cutter->end);
	}
	strcat(start, "\t");
	for (size_t i = 0; i < event->panes_count; i++)
		print_records(output, start, sk_cut_kept_pane(kept, event->panes[i]), cutter);
}

void
sk_cut_note_gap(const struct sk_cut_borders *borders, const struct sk_windows_event *event, uint64_t most)
{
	char start[SK_CUT_BORDER_SIZE], end[SK_CUT_BORDER_SIZE];

	sk_cut_border(borders, event->start, start);
	sk_cut_border(borders, event->end, end);
	sk_note("%zu empty windows from %s to %s are left out: more than %" PRIu64 " in a row", event->count,
	    start, end, most);
}
