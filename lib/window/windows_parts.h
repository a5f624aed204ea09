/*
 * windows_parts.h -- what the files of windows share: windows.c drives, and each kind of windows has a file that
 * places records (place) and, whenever the watermark has reached `due`, tells what is complete (sweep).
 *
 * A sweep gives an event a call. Its stages are the kind's own; 0 is the first.
 */
#ifndef STREAMKIT_WINDOW_WINDOWS_PARTS_H
#define STREAMKIT_WINDOW_WINDOWS_PARTS_H

#include "key_table.h"
#include "windows.h"

/* An array whose items are taken from the front and put in anywhere. All zero is an empty one. */
struct sk_row {
	void *items;
	size_t head; /* the first item */
	size_t end;  /* behind the last */
	size_t room;
};

/* Make room for ${more} items of ${size} bytes behind the end; items may move to other indices. -1: ENOMEM. */
int sk_row_reserve(struct sk_row *row, size_t size, size_t more);

/* Panes of a session or a count, in lists. */
struct sk_pane_node {
	uint64_t pane;
	int64_t start;
	uint32_t next; /* SK_KEY_NONE: the last */
};

struct sk_pane_nodes {
	struct sk_row row;
	uint32_t free; /* a list of nodes to be used again */
};

struct sk_pane_list {
	uint32_t head;
	uint32_t tail;
};

/* Make room for a node; -1: ENOMEM. */
int sk_pane_nodes_reserve(struct sk_pane_nodes *nodes);
struct sk_pane_node *sk_pane_node_at(const struct sk_pane_nodes *nodes, uint32_t index);

/* Append a pane, for which there is room; remove the first, and return it. */
void sk_pane_list_append(
    struct sk_pane_nodes *nodes, struct sk_pane_list *list, uint64_t pane, int64_t start);
uint64_t sk_pane_list_take(struct sk_pane_nodes *nodes, struct sk_pane_list *list);

/* Windows of time */

struct sk_time_windows {
	struct sk_row panes;     /* struct time_pane, by start */
	struct sk_row windows;   /* struct time_window, by number */
	struct sk_interval here; /* the pane last placed in; empty: none */
	uint64_t here_pane;
	bool here_partly; /* it lies in windows too that are closed for good */
	int64_t fired; /* number of the last window that has been due */
	/* Of windows that have been told of, if any; `gap` are the empty ones among them that remain to be told of. */
	bool any;
	int64_t low;
	int64_t high;
	int64_t gap_first;
	int64_t gap_last;
	/* Of the sweep */
	int64_t due;   /* the new `fired` */
	size_t cursor; /* among the windows */
	bool entered;  /* the window at the cursor has been looked at */
};

/* Sessions */

struct sk_session_windows {
	struct sk_key_table keys; /* to the root of a key's sessions */
	struct sk_row sessions;   /* struct session, at places for ever */
	uint32_t free;
	struct sk_row heap; /* uint32_t, by wake */
	struct sk_pane_nodes nodes;
	int64_t step;         /* when corrections are due */
	struct sk_row firing; /* of the sweep: struct due_session */
	size_t cursor;
};

/* Counts */

struct sk_count_windows {
	struct sk_key_table keys;
	struct sk_row counters; /* struct counter, at places for ever */
	struct sk_pane_nodes nodes;
	uint32_t closing;    /* the counter that has a window due */
	struct sk_row order; /* at the end of the stream: struct due_key, by key */
};

struct sk_windows {
	struct sk_windows_options options;
	struct sk_assigner assigner; /* of time, or of ordinals */
	struct sk_watermark watermark;
	int64_t due;         /* sweep when the watermark gets there */
	uint64_t next_pane;  /* the number of the next to be opened */
	struct sk_row names; /* uint64_t: a closing window's panes */
	/* The batch */
	const int64_t *times;
	const int64_t *ends; /* of spans that start at these times; NULL: there are only times */
	const uint64_t *keys;
	size_t n;
	size_t at;
	int64_t now;
	struct sk_windows_event run; /* records not told of yet, if count > 0 */
	struct sk_windows_event queue[3];
	size_t queued;
	size_t told; /* of those queued */
	/* The sweep */
	bool sweeping;
	bool finishing;
	bool mute; /* there was nothing to do */
	int stage;
	int64_t bound; /* the watermark that it is for */
	union {
		struct sk_time_windows time;
		struct sk_session_windows session;
		struct sk_count_windows count;
	} of;
};

/* Where a record belongs. */
struct sk_placement {
	enum sk_windows_event_type type; /* RECORDS or LATE */
	bool opened;                     /* the pane was opened for it */
	bool sweep;                      /* whatever the watermark says */
	bool doubted;                    /* its time is */
	bool partly;                     /* late for some of its windows */
	uint64_t pane;
	struct sk_interval span; /* if opened */
};

/* The last time of the record, or of the span, at hand. */
static inline int64_t
sk_windows_last_time(const struct sk_windows *windows)
{
	const int64_t start = windows->times[windows->at];

	return windows->ends != NULL && windows->ends[windows->at] > start ? windows->ends[windows->at] - 1 : start;
}

int sk_time_place(struct sk_windows *windows, int64_t time, struct sk_placement *placement);

/* How many of the next records follow the one before into its pane without anything to tell, and their largest time. */
size_t sk_time_place_run(const struct sk_windows *windows, int64_t *largest);

int sk_time_sweep(struct sk_windows *windows, struct sk_windows_event *event);
void sk_time_release(struct sk_windows *windows);
size_t sk_time_memory(const struct sk_windows *windows);

/* The batch at hand, which has keys, comes next. */
void sk_session_expect(struct sk_windows *windows);

int sk_session_place(
    struct sk_windows *windows, int64_t time, uint64_t key, struct sk_placement *placement);
int sk_session_sweep(struct sk_windows *windows, struct sk_windows_event *event);
void sk_session_release(struct sk_windows *windows);
size_t sk_session_memory(const struct sk_windows *windows);

int sk_count_place(struct sk_windows *windows, uint64_t key, struct sk_placement *placement);
int sk_count_sweep(struct sk_windows *windows, struct sk_windows_event *event);
void sk_count_release(struct sk_windows *windows);
size_t sk_count_memory(const struct sk_windows *windows);

static inline int
sk_windows_compare_keys(const struct sk_windows *windows, uint64_t left, uint64_t right)
{
	if (left != right && windows->options.compare_keys != NULL)
		return windows->options.compare_keys(windows->options.keys, left, right);
	return (left > right) - (left < right);
}

/* Name the panes of a ${list} in the event of a closing window; -1: ENOMEM. */
int sk_windows_name_panes(struct sk_windows *windows, const struct sk_pane_nodes *nodes,
    struct sk_pane_list list, struct sk_windows_event *event);

/* The end of a sweep: tell of the watermark, and sweep again at ${due}. */
int sk_windows_end_sweep(struct sk_windows *windows, int64_t due, struct sk_windows_event *event);

#endif
