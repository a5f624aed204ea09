/*
 * signature.h -- is there a signature among bytes that should have none? It is looked for in pieces, as they come.
 *
 * What is compared first is the signature's last byte but one. Where that is rare, the cost is about that of memchr(3).
 *
 * None can fail; any number of threads may call them at once, each with a search of its own.
 */
#ifndef STREAMKIT_RECORD_SIGNATURE_H
#define STREAMKIT_RECORD_SIGNATURE_H

#include <stddef.h>

#include "../span.h"

/* A signature has at least two bytes, and at most so many. */
#define SK_SIGNATURE_MAX ((size_t)16)

/* The search in a series of pieces: all zeros before the first. */
struct sk_signature_search {
	unsigned char kept[SK_SIGNATURE_MAX - 1]; /* of the pieces before, the last bytes */
	size_t size;
};

/* Where in ${bytes} the first whole ${signature} begins; SIZE_MAX: nowhere. */
size_t sk_signature_find(struct sk_span signature, struct sk_span bytes);

/*
 * The same in ${bytes}, the next piece, and across the border before it: then *${early} is how many bytes before the piece it
 * begins, and 0 is returned; else *${early} is 0.
 */
size_t sk_signature_search(
    struct sk_signature_search *search, struct sk_span signature, struct sk_span bytes, size_t *early);

/* If the next piece could begin within a signature: how many bytes of that are in those before; else 0. */
size_t sk_signature_pending(const struct sk_signature_search *search, struct sk_span signature);

#endif
