/*
 * aggregate.h -- what a tool computes, as the rest of lib/run sees it.
 *
 * An aggregate takes batches and gives rows. Grouping by key, live answers, memory limits and output formats are
 * written once against this interface, and each tool has them all by filling in one class. A class embeds struct
 * sk_aggregate as the first member of its own state and allocates that state itself.
 *
 * Errors: a pointer result is NULL, and an int result -1, with errno set (ENOMEM, EOVERFLOW).
 */
#ifndef STREAMKIT_RUN_AGGREGATE_H
#define STREAMKIT_RUN_AGGREGATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../pipe/container.h"
#include "../sketch/choice.h"
#include "../span.h"
#include "table.h"

/*
 * Records on their way in, as columns. Batches are cut where a pipe happens to be short, so no answer may depend on
 * them: what is decided now and then is decided after a batch that says it is complete. Which record completes one is
 * a matter of its input's bytes, and can be told from the front of any stripe of them on: it is the last record that
 * starts in a stripe of SK_STRIPE bytes, and before that each with which there are SK_BATCH records, or SK_BATCH_BYTES
 * of them, since the one before that did so. Only where inputs meet are the records of both counted together.
 */
#define SK_BATCH 256
#define SK_BATCH_BYTES ((size_t)1 << 20)
#define SK_STRIPE ((size_t)1 << 18)

/* Which values of a batch were rounded on their way in. */
struct sk_rounded {
	bool any;
	uint64_t bits[SK_BATCH / 64]; /* a bit each; all 0 unless any */
};

struct sk_batch {
	size_t count; /* at most SK_BATCH */
	const struct sk_span *items;
	const struct sk_span *records; /* that the items are of, without their ends; NULL where some may be left out */
	const double *values;    /* the items as numbers, never NaN, for tools that ask for them; else NULL */
	struct sk_rounded rounded; /* whole numbers that no double is equal to, among the values */
	const uint64_t *weights; /* in units of 10^-decimals; NULL means 1 each */
	int decimals;            /* never fewer than in an earlier batch of the same run */
	bool complete;           /* with those since the last one that was */
};

struct sk_rows;

/* One number of an answer, and what bounds it; `value` is NaN where there is none, and why is in `missing`. */
struct sk_measure {
	double value;
	double low;
	double high;
	const char *missing;
};

struct sk_aggregate {
	const struct sk_aggregate_class *class;
};

/*
 * What is known of a kind of aggregate. A kind with settings embeds this as the first member of a struct that holds
 * them; the class of a run does not change while the run lasts.
 */
struct sk_aggregate_class {
	/* Write the answer's columns, and return how many. The item's column has ${item_parts} parts with ${separator}
	 * between them. */
	size_t (*columns)(const struct sk_aggregate_class *class, struct sk_column *columns,
	    size_t item_parts, unsigned char separator);
	/* A new, empty state that keeps to ${memory} bytes, at least memory_min. */
	struct sk_aggregate *(*create)(
	    const struct sk_aggregate_class *class, size_t memory, uint64_t seed);
	void (*destroy)(struct sk_aggregate *aggregate);
	int (*add)(struct sk_aggregate *aggregate, const struct sk_batch *batch);
	/*
	 * Add all that ${from}, a state of the same class, has seen; ${from} says the same afterwards as before. EINVAL, with
	 * *${why} set to words that go after "cannot be merged: ", when the two are of kinds that cannot be; ${into} is
	 * then untouched.
	 */
	int (*merge)(struct sk_aggregate *into, struct sk_aggregate *from, const char **why);
	/*
	 * Where inputs are kept apart: ${into} is what came of those before, and ${from}, as for merge, the next one. Only
	 * classes whose tools ask for it have this.
	 */
	int (*combine)(struct sk_aggregate *into, struct sk_aggregate *from, const char **why);
	/*
	 * Windows that slide: sums of states that come and go at the cost of what these are, whatever else the window has.
	 * The answer is the one that merging gives, if all is exact, and no worse else. NULL, all four, in classes whose
	 * states only merge.
	 *
	 * create_window: a new, empty state that is a window's. It may be asked for all that is const, and be merged
	 * into others, but nothing is added to it or merged into it, and its limit stays.
	 * can_leave: whether ${part} can enter a window, and leave it again.
	 * enter: add ${part}, which is not to change before it leaves: 1; 0 if
	 * the limit has no room for it, or -1: ${window} is then of no use but to be destroyed.
	 * leave: take it out again. -1 if that cannot be, and ${window} is then of no use.
	 */
	struct sk_aggregate *(*create_window)(
	    const struct sk_aggregate_class *class, size_t memory, uint64_t seed);
	bool (*can_leave)(const struct sk_aggregate *part);
	int (*enter)(struct sk_aggregate *window, struct sk_aggregate *part);
	int (*leave)(struct sk_aggregate *window, struct sk_aggregate *part);
	bool enter_in_order; /* rounding shows the order: after a part has changed, all enter anew */
	/*
	 * Let what is exact become the sketch that it would become one day, if that is quicker to merge. NULL where it is not.
	 */
	int (*to_sketch)(struct sk_aggregate *aggregate);
	/*
	 * Make the answer what the set of its records alone determines, as far as sketches can: so that a window's is the
	 * same however it was cut into parts. NULL in classes where it is so, or cannot be.
	 */
	int (*make_canonical)(struct sk_aggregate *aggregate);
	/* Keep to ${memory} bytes from now on, at once. */
	int (*confine)(struct sk_aggregate *aggregate, size_t memory);
	/* Bytes in use, as a matter of what has been added and not of how it came in batches. */
	size_t (*memory)(const struct sk_aggregate *aggregate);
	/* Whether every answer is the truth. */
	bool (*exact)(const struct sk_aggregate *aggregate);
	/* The error that its answers may have, a share of what error_of says. */
	double (*error)(const struct sk_aggregate *aggregate);
	const char *error_of;
	/* What a state that keeps to ${memory} bytes is and becomes, into ${choices}; how many they are, or EINVAL. */
	int (*explain)(const struct sk_aggregate_class *class, size_t memory,
	    struct sk_choice choices[2]);
	/* Give the answer as rows of the columns. */
	void (*rows)(const struct sk_aggregate *aggregate, struct sk_rows *rows);
	/* Give the total of which the answer's rows are parts, in one row. NULL where there is none. */
	void (*total)(const struct sk_aggregate *aggregate, struct sk_rows *rows);
	/*
	 * What can be asserted of an answer: the names of its measures, with blanks between, for people. Which measure
	 * ${name} is, and the *${parameter} in it, or -1 if it is none; and what that measure of ${aggregate} is. NULL, all
	 * three, where there is none.
	 */
	const char *measures;
	const char *share; /* the one of them that is a part of 1; NULL: none is */
	int (*find_measure)(
	    const struct sk_aggregate_class *class, const char *name, double *parameter);
	struct sk_measure (*measure)(
	    const struct sk_aggregate *aggregate, int measure, double parameter);
	/* Whether more memory might put other rows into the answer. */
	bool (*lacking)(const struct sk_aggregate *aggregate);
	/* The moments of its values, which its image lacks; false where they are not known. NULL in classes without any. */
	bool (*moments)(const struct sk_aggregate *aggregate, struct sk_moments *moments);
	/* The size of its image, and the image itself; what the image is, goes into ${about}. EINVAL when it has none. */
	size_t (*image_size)(const struct sk_aggregate *aggregate);
	int (*encode)(const struct sk_aggregate *aggregate, struct sk_container *about,
	    unsigned char *image);
	/* A state from an image and what is known about it; NULL, with *${why} set, if it cannot be had. */
	struct sk_aggregate *(*decode)(const struct sk_aggregate_class *class,
	    const struct sk_container *about, size_t memory, uint64_t seed, const char **why);
	bool idempotent; /* what is merged twice counts once */
	size_t memory_min;
};

/* Where an aggregate's rows go: to a table, behind the window and the key of their group. */
#define SK_ROWS_BEFORE 5
struct sk_rows {
	struct sk_table *table;
	bool even_of_nothing; /* an aggregate of nothing has rows that say so, with what is absent, or NaN */
	struct sk_cell before[SK_ROWS_BEFORE];
	size_t before_count;
};

/* One row of the tool's own columns. False when no more rows are wanted. */
bool sk_rows_add(struct sk_rows *rows, const struct sk_cell *cells, size_t n);

#endif
