/*
 * session_tree.c -- the sessions of a key: a treap (Seidel and Aragon, Algorithmica 16, 1996) whose priorities are
 * hashes of the places.
 */
#include "session_parts.h"

/* The finish of murmur3's 32-bit hash (Appleby): places are consecutive. */
static uint32_t
priority_of(uint32_t number)
{
	number = (number ^ number >> 16) * UINT32_C(0x85EBCA6B);
	number = (number ^ number >> 13) * UINT32_C(0xC2B2AE35);
	return number ^ number >> 16;
}

uint32_t
sk_session_last_before(const struct sk_session_windows *sessions, uint32_t number, int64_t time)
{
	uint32_t found = SK_KEY_NONE;

	while (number != SK_KEY_NONE) {
		const struct session *session = sk_session_at(sessions, number);

		if (session->first < time)
			found = number;
		number = session->first < time ? session->right : session->left;
	}
	return found;
}

/* It goes above those of lower priority, which are parted by it. */
void
sk_session_insert(const struct sk_session_windows *sessions, uint32_t *link, uint32_t number)
{
	struct session *session = sk_session_at(sessions, number);
	uint32_t *before = &session->left, *behind = &session->right, rest;

	while (*link != SK_KEY_NONE && priority_of(*link) >= priority_of(number)) {
		struct session *other = sk_session_at(sessions, *link);

		link = session->first < other->first ? &other->left : &other->right;
	}
	rest = *link;
	*link = number;
	while (rest != SK_KEY_NONE) {
		struct session *other = sk_session_at(sessions, rest);

		if (other->first < session->first) {
			*before = rest;
			before = &other->right;
			rest = *before;
		} else {
			*behind = rest;
			behind = &other->left;
			rest = *behind;
		}
	}
	*before = *behind = SK_KEY_NONE;
}

/* Those below it come together. */
void
sk_session_remove(const struct sk_session_windows *sessions, uint32_t *link, uint32_t number)
{
	const struct session *session = sk_session_at(sessions, number);
	uint32_t left = session->left, right = session->right;

	while (*link != number) {
		struct session *other = sk_session_at(sessions, *link);

		link = session->first < other->first ? &other->left : &other->right;
	}
	while (left != SK_KEY_NONE && right != SK_KEY_NONE) {
		if (priority_of(left) > priority_of(right)) {
			*link = left;
			link = &sk_session_at(sessions, left)->right;
			left = *link;
		} else {
			*link = right;
			link = &sk_session_at(sessions, right)->left;
			right = *link;
		}
	}
	*link = left != SK_KEY_NONE ? left : right;
}
