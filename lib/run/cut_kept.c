/* cut_kept.c -- records that wait for their windows to close. */
#include "cut_kept.h"

#include <stdlib.h>
#include <string.h>

#include "../record/scan.h"
#include "../window/key_table.h"
#include "diag.h"

#define PANE_ROOM ((size_t)256) /* bytes at first */

struct kept_pane {
	unsigned char *bytes;
	size_t size;
	size_t room; /* the pads aside */
	uint32_t next_free;
};

struct sk_cut_kept {
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

struct sk_cut_kept *
sk_cut_kept_new(void)
{
	struct sk_cut_kept *kept = calloc(1, sizeof(*kept));

	check(kept != NULL);
	kept->free = SK_KEY_NONE;
	return kept;
}

void
sk_cut_kept_free(struct sk_cut_kept *kept)
{
	if (kept == NULL)
		return;
	for (size_t i = 0; i < kept->used; i++)
		free(kept->panes[i].bytes);
	free(kept->panes);
	sk_key_table_release(&kept->table);
	free(kept);
}

static uint32_t
new_place(struct sk_cut_kept *kept)
{
	uint32_t place = kept->free;

	if (place != SK_KEY_NONE) {
		kept->free = kept->panes[place].next_free;
		return place;
	}
	if (kept->used == kept->room) {
		kept->room = kept->room * 2 + 16;
		kept->panes = realloc(kept->panes, kept->room * sizeof(*kept->panes));
		check(kept->panes != NULL && kept->room < SK_KEY_NONE);
	}
	return (uint32_t)kept->used++;
}

/* The pane, which is made if need be. */
static struct kept_pane *
pane_of(struct sk_cut_kept *kept, uint64_t number)
{
	const uint32_t *found = sk_key_table_find(&kept->table, number);
	uint32_t place;

	if (found != NULL)
		return &kept->panes[*found];
	check(sk_key_table_reserve(&kept->table) == 0);
	place = new_place(kept);
	kept->panes[place] = (struct kept_pane){ .next_free = SK_KEY_NONE };
	sk_key_table_insert(&kept->table, number, place);
	return &kept->panes[place];
}

/* Between pads, so that records can be cut where they lie. */
static void
make_room(struct kept_pane *pane)
{
	bool first = pane->bytes == NULL;

	check((pane->bytes = realloc(pane->bytes, SK_SCAN_PAD + pane->room + SK_SCAN_PAD)) != NULL);
	if (first)
		memset(pane->bytes, 0, SK_SCAN_PAD);
	memset(pane->bytes + SK_SCAN_PAD + pane->room, 0, SK_SCAN_PAD);
}

void
sk_cut_kept_records(struct sk_cut_kept *kept, uint64_t number, struct sk_span records)
{
	struct kept_pane *pane = pane_of(kept, number);

	if (records.size > pane->room - pane->size) {
		kept->bytes -= pane->room;
		pane->room = (pane->size + records.size) * 3 / 2 + PANE_ROOM;
		kept->bytes += pane->room;
		make_room(pane);
	}
	memcpy(pane->bytes + SK_SCAN_PAD + pane->size, records.data, records.size);
	pane->size += records.size;
}

struct sk_span
sk_cut_kept_pane(struct sk_cut_kept *kept, uint64_t number)
{
	const uint32_t *found = sk_key_table_find(&kept->table, number);

	return found == NULL
	    ? (struct sk_span){ NULL, 0 }
	    : (struct sk_span){ kept->panes[*found].bytes + SK_SCAN_PAD, kept->panes[*found].size };
}

void
sk_cut_kept_finished(struct sk_cut_kept *kept, uint64_t number)
{
	const uint32_t *found = sk_key_table_find(&kept->table, number);
	struct kept_pane *pane;
	uint32_t place;

	if (found == NULL)
		return;
	place = *found;
	pane = &kept->panes[place];
	sk_key_table_remove(&kept->table, number);
	kept->bytes -= pane->room;
	free(pane->bytes);
	*pane = (struct kept_pane){ .next_free = kept->free };
	kept->free = place;
}

size_t
sk_cut_kept_memory(const struct sk_cut_kept *kept)
{
	return kept->bytes + kept->table.used * 2 * SK_SCAN_PAD + kept->room * sizeof(*kept->panes) +
	    (kept->table.slots != NULL ? (kept->table.mask + 1) * sizeof(*kept->table.slots) : 0);
}
