/*
 * nearest.h -- which of the words that there are did somebody mean by one that is not?
 *
 * How far two words are apart is the number of bytes to be put in, left out, changed, or swapped with the one beside, none of them
 * twice, to make one of the other: the optimal string alignment distance, after F. J. Damerau, A technique for computer
 * detection and correction of spelling errors, CACM 7(3), 1964. Upper and lower case of ASCII are the same.
 */
#ifndef STREAMKIT_RUN_NEAREST_H
#define STREAMKIT_RUN_NEAREST_H

#include "../span.h"

#define SK_NEAREST_MAX ((size_t)40) /* bytes of words that are compared at all */

struct sk_nearest {
	struct sk_span word; /* that somebody wrote */
	struct sk_span best; /* size 0: none is near */
	size_t distance;     /* of that one */
};

/* Look for what is near ${word}: a mistake, and another for every five bytes. */
void sk_nearest_begin(struct sk_nearest *nearest, struct sk_span word);

/* Try ${candidate}; of two that are equally near, the first is kept. Cost: the product of the lengths. */
void sk_nearest_try(struct sk_nearest *nearest, struct sk_span candidate);

#endif
