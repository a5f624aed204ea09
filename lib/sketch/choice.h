/*
 * choice.h -- which sketch with which parameters: what it promises, what it takes, and what an error asked for costs.
 *
 * Three questions. What do these parameters promise, and in how many bytes? (sk_choice_hll() and its like.) What
 * will a state of these options do in this much memory: what is it first, what does it become, and when?
 * (sk_choice_distinct(), sk_choice_quantile(), sk_choice_frequent().) Which are the smallest parameters that keep to
 * this error? (The functions that end in _for.) The formulas are those of the sketches' own headers, which say where
 * they were published; nothing is computed twice.
 *
 * What the numbers mean. An error is what the sketch promises at the worst, and is never rounded down; an answer's own
 * bounds are as good or better. What it is a share of is in words beside it, and so is how often it holds. Bytes are
 * those of the sketch in memory at its largest, up to SK_CHOICE_ITEMS items; its image is no larger.
 *
 * Errors: an int result is -1, with errno set; inverse functions have a status of their own; every other result type
 * means the call cannot fail, for parameters that the sketch itself takes. Threads: none inside.
 */
#ifndef STREAMKIT_SKETCH_CHOICE_H
#define STREAMKIT_SKETCH_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "distinct.h"
#include "quantile.h"

#define SK_CHOICE_WORDS 64
#define SK_CHOICE_ITEMS (UINT64_C(1) << 40) /* more than will come */

struct sk_choice {
	const char *algorithm;            /* as the tools' --algorithm has it, or "exact" */
	char parameters[SK_CHOICE_WORDS]; /* in words: "lgK 16, hll8" */
	double error;                     /* 0: none; NaN: nothing is promised */
	const char *error_of;             /* "relative standard error"; "none" when there is none */
	double confidence;                /* that the error holds; 1: always */
	size_t bytes;                     /* at most */
	bool grows;                       /* whether bytes depend on how many items come, and not on parameters alone */
	const char *source;               /* author and year of the publication */
};

/* What parameters promise */

/*
 * HLL of 2^${lg_k} registers; ${merged}: once sketches have been put together, and also the error that is sure before.
 * Theta of 2^${lg_k} hashes.
 */
struct sk_choice sk_choice_hll(unsigned lg_k, enum sk_hll_type type, bool merged);
struct sk_choice sk_choice_theta(unsigned lg_k);

/* Sketches of quantiles; ${confidence}, at least 0 and below 1, is for the error of KLL and REQ. */
struct sk_choice sk_choice_kll(unsigned k, double confidence);
struct sk_choice sk_choice_req(unsigned k, double confidence);
struct sk_choice sk_choice_dd(double alpha, unsigned bins);
struct sk_choice sk_choice_tdigest(unsigned k);

/* What a state will do */

/*
 * What a state of ${options} and ${memory} bytes is, from the start to the end, into ${choices}: exact first, unless
 * exact_max is 0, and then the sketch, which is smaller than the options say if the memory is. The bytes of an exact
 * set are all its memory, for items can be long. Returns how many there are, 1 or 2. EINVAL for what the state would
 * refuse, too little memory among it; ENOMEM. Costs about as much as making the state.
 */
int sk_choice_distinct(
    const struct sk_distinct_options *options, size_t memory, struct sk_choice choices[2]);
int sk_choice_quantile(const struct sk_quantile_options *options, size_t memory, double confidence,
    struct sk_choice choices[2]);

/*
 * The same for a table of frequent.h, which holds up to ${items_max} items (0: as many as fit). How many fit depends on
 * their length: ${item_size}, bytes. The error is 2/n of the total for n items held. (For tables of M places, 3/4
 * of them in use, Anderson et al. have 3.5/M, which is 2.625/n: they purge by a sampled median, and this one by the
 * true one.) EINVAL for memory under SK_FREQUENT_MEMORY_MIN, or if not one item fits.
 */
int sk_choice_frequent(
    size_t memory, size_t items_max, size_t item_size, struct sk_choice choices[2]);

/* What an error asks for */

enum sk_choice_status {
	SK_CHOICE_OK,
	SK_CHOICE_NOT_AN_ERROR, /* not a number above 0 and up to 1 */
	SK_CHOICE_TOO_EXACT,    /* no parameters of the algorithm promise as little */
	SK_CHOICE_NO_PROMISE,   /* the algorithm promises nothing */
};

/* What ${status} means, in a few lower-case words that are there for ever. */
const char *sk_choice_strerror(enum sk_choice_status status);

/*
 * Set lg_k, k or alpha of ${options} to the least costly that keeps its algorithm to ${error}: the relative standard
 * error, merged or not, of HLL and Theta; the rank error at ${confidence} of KLL; the same as a share of the distance
 * from the top of REQ; the relative error of the value of DDSketch. Options are untouched unless the status is OK.
 * Memory is another matter: see whether sk_choice_distinct() and sk_choice_quantile() still promise it.
 */
enum sk_choice_status sk_choice_distinct_for(struct sk_distinct_options *options, double error);
enum sk_choice_status sk_choice_quantile_for(
    struct sk_quantile_options *options, double error, double confidence);

/* The least items that a table of frequent.h needs to hold for ${error}, a share of the total, into *${items}. */
enum sk_choice_status sk_choice_frequent_for(double error, size_t *items);

#endif
