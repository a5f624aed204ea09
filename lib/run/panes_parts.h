/* panes_parts.h -- what the files of panes.h share. */
#ifndef STREAMKIT_RUN_PANES_PARTS_H
#define STREAMKIT_RUN_PANES_PARTS_H

#include "../window/key_table.h"
#include "kept_records.h"
#include "panes.h"
#include "sliding.h"

/* Either it has groups or its records are kept, as they are while they are few. */
struct pane {
	struct sk_groups *groups;
	struct sk_kept kept;
	size_t memory;  /* that it uses */
	size_t least;   /* that it can be held to, found out when that matters */
	uint64_t asked; /* the last window that named it */
	uint32_t next_free;
	bool held; /* in the window before */
};

struct sk_panes {
	const struct sk_aggregate_class *class;
	bool keyed;
	size_t memory;
	uint64_t seed;
	struct sk_key_table table; /* from numbers to places */
	struct pane *pane;         /* at places for as long as they are open */
	size_t used;               /* places so far */
	size_t room;
	uint32_t free;
	size_t memory_used; /* by panes open */
	uint32_t lent;      /* the pane that the caller may have changed, or SK_KEY_NONE */
	uint32_t *named;  /* as many as there is room for panes: the window at hand's, as far as they are known */
	uint32_t *held;   /* likewise: those of the window before, as far as they are not finished, in order */
	size_t held_count;
	struct sk_sliding *sliding; /* of those held, or NULL */
	uint64_t windows;           /* asked for so far */
	size_t apart_after;         /* windows: till then there is no room to keep apart what is exact */
	size_t slide_after;         /* windows: till then sliding is of no use */
	struct sk_groups *window;   /* of several panes, or of none, merged anew */
	struct sk_groups *glance;   /* the same of a window under way, for a moment */
	bool inexact;
};

/* The pane ${number}, or NULL. */
struct pane *sk_panes_find(struct sk_panes *panes, uint64_t number);

/* Let ${pane} have groups. */
int sk_panes_make_groups(struct sk_panes *panes, struct pane *pane);

/* Add what ${pane} has to ${groups}, new ones of the panes'. */
int sk_panes_pour(struct pane *pane, struct sk_groups *groups, const char **why);

/* Groups that may use ${memory}. Without keys they have an answer even to nothing. */
struct sk_groups *sk_panes_new_groups(const struct sk_panes *panes, size_t memory);

/* The pane is about to change in a way that can be told apart. */
void sk_panes_announce(struct sk_panes *panes, const struct pane *pane);

/* The pane is no longer held: it goes. */
void sk_panes_release(struct sk_panes *panes, const struct pane *pane);

void sk_panes_stop_sliding(struct sk_panes *panes);

#endif
