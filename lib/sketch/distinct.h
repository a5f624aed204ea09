/*
 * distinct.h -- how many different items: exact while that fits, then HLL or Theta.
 *
 * The items themselves are kept, in the order in which they came, until there are too many of them or of their bytes;
 * then they are handed to a sketch in that order, so that it is the sketch that would have come of the stream without
 * the exact start. HLL takes least room; Theta can intersect and subtract.
 *
 * What the numbers mean: see hll.h and theta.h. An exact count has equal bounds.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set; every other result type means the call
 * cannot fail. After ENOMEM an exact count is as it was; what is a sketch already may have taken some of the items, and
 * adding them again is harmless. Threads: none inside.
 */
#ifndef STREAMKIT_SKETCH_DISTINCT_H
#define STREAMKIT_SKETCH_DISTINCT_H

#include "hll.h"
#include "theta.h"

#define SK_DISTINCT_MEMORY_MIN ((size_t)2048)

enum sk_distinct_algorithm { SK_DISTINCT_HLL, SK_DISTINCT_THETA };

struct sk_distinct_options {
	enum sk_distinct_algorithm algorithm;
	unsigned lg_k;         /* of the sketch: 4 to 21 for HLL, 4 to 26 for Theta; less where memory asks for it */
	enum sk_hll_type type; /* of HLL */
	size_t exact_max;      /* items to keep at most before they become a sketch; 0: a sketch from the start */
};

struct sk_distinct;

/* A count and between which bounds it lies. */
struct sk_distinct_answer {
	double count;
	double low;
	double high;
};

/* Life cycle */

/*
 * A new, empty count that keeps to ${memory} bytes, at least SK_DISTINCT_MEMORY_MIN; ${seed} keys the hash of the
 * exact table. EINVAL for the options; ENOMEM. Free with sk_distinct_free().
 */
struct sk_distinct *sk_distinct_new(
    const struct sk_distinct_options *options, size_t memory, uint64_t seed);
void sk_distinct_free(struct sk_distinct *distinct);

/* Keep to ${memory} bytes from now on, by becoming a sketch, and one of fewer registers, as it must. ENOMEM. */
int sk_distinct_set_memory(struct sk_distinct *distinct, size_t memory);

/* Update and combine */

/* Add ${n} ${items}; one without bytes is an item like others. ENOMEM. */
int sk_distinct_add_batch(struct sk_distinct *distinct, const struct sk_span *items, size_t n);

/*
 * Add all that ${source} has seen. Exact items become the kind of sketch that they meet, and so does a sketch of
 * nothing; a ${source} that has seen nothing changes nothing, unless ${distinct} has not either. EINVAL when there is a
 * reason why not, as the next call has it, and ${distinct} is then as it was; ENOMEM.
 */
int sk_distinct_merge(struct sk_distinct *distinct, const struct sk_distinct *source);

/* The reason why sk_distinct_merge() would refuse ${source}, in words that go after "cannot be merged: "; NULL when
 * there is none. A string for ever. */
const char *sk_distinct_why_not(
    const struct sk_distinct *distinct, const struct sk_distinct *source);

/*
 * Keep what both have seen, or what ${source} has not: exactly while both are exact, and in place; else both by way of
 * Theta. EINVAL unless each is exact or Theta, and ${distinct} is not to become HLL; ENOMEM.
 */
int sk_distinct_intersect(struct sk_distinct *distinct, const struct sk_distinct *source);
int sk_distinct_subtract(struct sk_distinct *distinct, const struct sk_distinct *source);

/*
 * What both have seen over what either has: the ratio, with bounds of ${sigmas} standard errors, 1 to 3; two empty ones are
 * equal. EINVAL when one is HLL; ENOMEM.
 */
int sk_distinct_jaccard(const struct sk_distinct *a, const struct sk_distinct *b, unsigned sigmas,
    struct sk_distinct_answer *ratio);

/* Windows: counts of exact parts that come and go */

/*
 * A new count, as by sk_distinct_new(), that is a window's: its parts enter and leave. Nothing else may be added to it,
 * nor its limit change; it may be asked all there is to ask, and be merged into others. Free with sk_distinct_free().
 */
struct sk_distinct *sk_distinct_new_window(
    const struct sk_distinct_options *options, size_t memory, uint64_t seed);

/* Whether ${part} can enter a window: while it keeps its items. */
bool sk_distinct_can_leave(const struct sk_distinct *part);

/*
 * Add ${part}, which is not to change before it leaves: 1; 0 if the limits have no room for it, or -1 with ENOMEM:
 * ${window} is then of no use but to be freed. And take it out again. Some 30 ns an item.
 */
int sk_distinct_enter(struct sk_distinct *window, const struct sk_distinct *part);
void sk_distinct_leave(struct sk_distinct *window, const struct sk_distinct *part);

/* Turn from an exact count into a sketch now. ENOMEM. */
int sk_distinct_to_sketch(struct sk_distinct *distinct);

/*
 * Make the answer that of the set of items alone, in whatever order and in how many parts these came: a sketch gives up
 * what only one that was made at once has, some of its precision, and what it holds is put in order. What is exact is so
 * already. That a part's sketch is as precise as the whole's is the caller's to see to: same options, enough memory. ENOMEM.
 */
int sk_distinct_make_canonical(struct sk_distinct *distinct);

/* Query */

bool sk_distinct_exact(const struct sk_distinct *distinct);

/* The count, with bounds of ${sigmas} standard errors to both sides, 1 to 3. */
struct sk_distinct_answer sk_distinct_answer(const struct sk_distinct *distinct, unsigned sigmas);

/* The relative standard error that the count has, 0 while it is exact. */
double sk_distinct_error(const struct sk_distinct *distinct);

size_t sk_distinct_memory(const struct sk_distinct *distinct);

/* The sketch, NULL while the count is exact or of the other kind. Borrowed until the next non-const call. */
const struct sk_hll *sk_distinct_hll(const struct sk_distinct *distinct);
const struct sk_theta *sk_distinct_theta(const struct sk_distinct *distinct);

/* Take over a sketch, which is then the count's: of ${hll} and ${theta} the one that is not NULL. ENOMEM, and the
 * sketch is still the caller's. */
struct sk_distinct *sk_distinct_take(struct sk_hll *hll, struct sk_theta *theta,
    const struct sk_distinct_options *options, size_t memory);

/*
 * The next ${n} of the items that a count keeps, in the order in which they came, into ${items}: as many as there are,
 * 0 at the end, and none once it is a sketch, though it be exact. *${place} is 0 to begin with, and is moved on.
 */
size_t sk_distinct_walk(
    const struct sk_distinct *distinct, uint64_t *place, struct sk_span *items, size_t n);

/* Images */

/*
 * An exact count has an image of streamkit's own: 8 bytes (1, 1, SK_DISTINCT_ITEMS, 0 ...), the number of items in 8
 * and each item as a length in 4 and its bytes. A sketch has its family's, Theta's of version 3.
 */
#define SK_DISTINCT_ITEMS 66

/* The family of the image that ${distinct} has. */
unsigned sk_distinct_family(const struct sk_distinct *distinct);

/* Its size in bytes; and the image itself, into the ${size} bytes at ${image}, which are those. ENOMEM, for Theta. */
size_t sk_distinct_encoded_size(const struct sk_distinct *distinct);
int sk_distinct_encode(const struct sk_distinct *distinct, unsigned char *image, size_t size);

/* The same, but with Theta's image of ${version}. */
size_t sk_distinct_encoded_size_as(const struct sk_distinct *distinct, enum sk_theta_version version);
int sk_distinct_encode_as(const struct sk_distinct *distinct, enum sk_theta_version version,
    unsigned char *image, size_t size);

/*
 * Make *${distinct}, the caller's, from an ${image} of any of the three kinds, as by sk_distinct_new(): the options say
 * what an exact count is to become, and a sketch keeps its own. Untouched unless the status is OK.
 */
enum sk_image_status sk_distinct_decode(struct sk_distinct **distinct,
    const struct sk_distinct_options *options, struct sk_span image, size_t memory, uint64_t seed);

#endif
