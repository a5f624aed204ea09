/* distinct_sets.c -- what two counts have in common. */
#include "distinct.h"

#include <errno.h>

int
sk_distinct_jaccard(struct sk_distinct *a, struct sk_distinct *b, unsigned sigmas,
    struct sk_distinct_answer *ratio)
{
	struct sk_theta_ratio bounds;

	if (sk_distinct_to_sketch(a) == -1 || sk_distinct_to_sketch(b) == -1)
		return -1;
	if (sk_distinct_theta(a) == NULL || sk_distinct_theta(b) == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (sk_theta_jaccard(sk_distinct_theta(a), sk_distinct_theta(b), sigmas, &bounds) == -1)
		return -1;
	*ratio = (struct sk_distinct_answer){ bounds.estimate, bounds.lower, bounds.upper };
	return 0;
}
