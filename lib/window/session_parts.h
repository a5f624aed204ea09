/*
 * session_parts.h -- what the files of sessions share: a session, and the sessions of a key in their order.
 *
 * A key has mostly one session, but as many as the allowance for records out of order has room for. They do not touch,
 * so that the order of their first records' times stays what it is while they grow. Nothing here can fail; a search,
 * an insertion and a removal take time in the logarithm of the key's sessions.
 */
#ifndef STREAMKIT_WINDOW_SESSION_PARTS_H
#define STREAMKIT_WINDOW_SESSION_PARTS_H

#include "windows_parts.h"

struct session {
	uint64_t key;
	int64_t first; /* the times of its first and last records */
	int64_t last;
	int64_t wake;
	struct sk_pane_list panes; /* records go to the last */
	uint32_t left; /* in the tree of its key: those before it; of a free place: the next free one */
	uint32_t right;
	uint32_t heap_at;
	uint32_t closes; /* so far */
	bool dirty;      /* records came since it last closed */
};

static inline struct session *
sk_session_at(const struct sk_session_windows *sessions, uint32_t number)
{
	return (struct session *)sessions->sessions.items + number;
}

/* The last session of the tree ${root} that began before ${time}; SK_KEY_NONE if there is none. */
uint32_t sk_session_last_before(
    const struct sk_session_windows *sessions, uint32_t root, int64_t time);

/* Put session ${number} into the tree whose root is at ${link}; take it out. */
void sk_session_insert(
    const struct sk_session_windows *sessions, uint32_t *link, uint32_t number);
void sk_session_remove(
    const struct sk_session_windows *sessions, uint32_t *link, uint32_t number);

#endif
