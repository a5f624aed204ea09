/* nearest.c -- words that look alike. */
#include "nearest.h"

#include <stdbool.h>

static size_t
smallest(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static bool
same(unsigned char a, unsigned char b)
{
	if (a >= 'A' && a <= 'Z')
		a = (unsigned char)(a - 'A' + 'a');
	if (b >= 'A' && b <= 'Z')
		b = (unsigned char)(b - 'A' + 'a');
	return a == b;
}

/* Row i of the table says how far the first i bytes of ${a} are from each front of ${b}; three rows are enough. */
static size_t
distance(struct sk_span a, struct sk_span b)
{
	size_t row[3][SK_NEAREST_MAX + 1];

	for (size_t j = 0; j <= b.size; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.size; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b.size; j++) {
			now[j] = smallest(before[j] + 1, now[j - 1] + 1, before[j - 1] + !same(a.data[i - 1], b.data[j - 1]));
			if (i > 1 && j > 1 && same(a.data[i - 1], b.data[j - 2]) && same(a.data[i - 2], b.data[j - 1]) &&
			    earlier[j - 2] + 1 < now[j])
				now[j] = earlier[j - 2] + 1;
		}
	}
	return row[a.size % 3][b.size];
}

void
sk_nearest_begin(struct sk_nearest *nearest, struct sk_span word)
{
	*nearest = (struct sk_nearest){ .word = word, .distance = 2 + word.size / 5 };
}

void
sk_nearest_try(struct sk_nearest *nearest, struct sk_span candidate)
{
	size_t apart;

	if (nearest->word.size > SK_NEAREST_MAX || candidate.size > SK_NEAREST_MAX)
		return;
	apart = distance(nearest->word, candidate);
	/* A word of which nothing is left is not what was meant. */
	if (apart < nearest->distance && apart < nearest->word.size && apart < candidate.size) {
		nearest->distance = apart;
		nearest->best = candidate;
	}
}
