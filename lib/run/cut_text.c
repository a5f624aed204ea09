/* cut_text.c -- windows as lines. */
#include "cut_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../window/key_table.h"
#include "diag.h"

#define SECOND INT64_C(1000000000)
#define START_SIZE 64
#define PANE_ROOM ((size_t)256) /* bytes at first */

struct kept_pane {
	unsigned char *bytes;
	size_t size;
	size_t room;
	uint32_t next_free;
};

struct sk_cut_text {
	struct sk_output *output;
	unsigned char end;
	bool counted;
	const struct sk_zone *zone;
	struct sk_key_table table; /* from panes to places */
	struct kept_pane *panes;
	size_t used;
	size_t room;
	uint32_t free;
	size_t bytes; /* of all panes' room */
};

static void
check(bool done)
{
	if (!done)
		sk_die("out of memory");
}

struct sk_cut_text *
sk_cut_text_new(
    struct sk_output *output, unsigned char end, bool counted, const struct sk_zone *zone)
{
	struct sk_cut_text *text = calloc(1, sizeof(*text));

	check(text != NULL);
	text->output = output;
	text->end = end;
	text->counted = counted;
	text->zone = zone;
	text->free = SK_KEY_NONE;
	return text;
}

void
sk_cut_text_free(struct sk_cut_text *text)
{
	if (text == NULL)
		return;
	for (size_t i = 0; i < text->used; i++)
		free(text->panes[i].bytes);
	free(text->panes);
	sk_key_table_release(&text->table);
	free(text);
}

static uint32_t
new_place(struct sk_cut_text *text)
{
	uint32_t place = text->free;

	if (place != SK_KEY_NONE) {
		text->free = text->panes[place].next_free;
		return place;
	}
	if (text->used == text->room) {
		text->room = text->room * 2 + 16;
		text->panes = realloc(text->panes, text->room * sizeof(*text->panes));
		check(text->panes != NULL && text->room < SK_KEY_NONE);
	}
	return (uint32_t)text->used++;
}

/* The pane, which is made if need be. */
static struct kept_pane *
pane_of(struct sk_cut_text *text, uint64_t number)
{
	const uint32_t *found = sk_key_table_find(&text->table, number);
	uint32_t place;

	if (found != NULL)
		return &text->panes[*found];
	check(sk_key_table_reserve(&text->table) == 0);
	place = new_place(text);
	text->panes[place] = (struct kept_pane){ .next_free = SK_KEY_NONE };
	sk_key_table_insert(&text->table, number, place);
	return &text->panes[place];
}

void
sk_cut_text_records(struct sk_cut_text *text, uint64_t number, struct sk_span records)
{
	struct kept_pane *pane = pane_of(text, number);

	if (records.size > pane->room - pane->size) {
		text->bytes -= pane->room;
		pane->room = (pane->size + records.size) * 3 / 2 + PANE_ROOM;
		text->bytes += pane->room;
		check((pane->bytes = realloc(pane->bytes, pane->room)) != NULL);
	}
	memcpy(pane->bytes + pane->size, records.data, records.size);
	pane->size += records.size;
}

/* ISO 8601, the fraction only where there is one. */
static void
print_time(const struct sk_cut_text *text, int64_t time, char start[START_SIZE])
{
	int64_t seconds = time / SECOND, fraction = time % SECOND;
	int32_t east;
	struct tm parts;
	time_t local;
	size_t size;

	if (fraction < 0) {
		fraction += SECOND;
		seconds--;
	}
	east = text->zone != NULL ? sk_zone_offset(text->zone, seconds) : 0;
	local = (time_t)(seconds + east);
	check(gmtime_r(&local, &parts) != NULL);
	size = strftime(start, START_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
	if (fraction > 0) {
		size += (size_t)snprintf(start + size, START_SIZE - size, ".%09" PRId64, fraction);
		while (start[size - 1] == '0')
			size--;
	}
	if (text->zone == NULL)
		snprintf(start + size, START_SIZE - size, "Z");
	else
		snprintf(start + size, START_SIZE - size, "%c%02d:%02d", east < 0 ? '-' : '+',
		    (int)(abs(east) / 3600), (int)(abs(east) / 60 % 60));
}

static void
print_pane(struct sk_cut_text *text, const char *start, uint64_t number)
{
	const struct kept_pane *pane = pane_of(text, number);
	const unsigned char *at = pane->bytes, *end = at + pane->size;
	size_t size = strlen(start);

	while (at < end) {
		const unsigned char *next =
		    (const unsigned char *)memchr(at, text->end, (size_t)(end - at)) + 1;

		sk_output_bytes(
		    text->output, (struct sk_span){ (const unsigned char *)start, size });
		sk_output_bytes(text->output, (struct sk_span){ at, (size_t)(next - at) });
		at = next;
	}
}

void
sk_cut_text_close(struct sk_cut_text *text, const struct sk_windows_event *event)
{
	char start[START_SIZE];

	if (text->counted)
		snprintf(start, START_SIZE, "%" PRId64, event->start);
	else
		print_time(text, event->start, start);
	if (event->panes_count == 0) {
		sk_output_string(text->output, start);
		sk_output_byte(text->output, (char)text->end);
	}
	strcat(start, "\t");
	for (size_t i = 0; i < event->panes_count; i++)
		print_pane(text, start, event->panes[i]);
}

void
sk_cut_text_finished(struct sk_cut_text *text, uint64_t number)
{
	const uint32_t *found = sk_key_table_find(&text->table, number);
	struct kept_pane *pane;
	uint32_t place;

	if (found == NULL)
		return;
	place = *found;
	pane = &text->panes[place];
	sk_key_table_remove(&text->table, number);
	text->bytes -= pane->room;
	free(pane->bytes);
	*pane = (struct kept_pane){ .next_free = text->free };
	text->free = place;
}

size_t
sk_cut_text_memory(const struct sk_cut_text *text)
{
	return text->bytes + text->room * sizeof(*text->panes) +
	    (text->table.slots != NULL ? (text->table.mask + 1) * sizeof(*text->table.slots) : 0);
}
