/*
 * ahead.h -- batches read ahead of a run, for it to take when their turn comes.
 *
 * A reader is an intake that reads some stretch of an input, and keeps to itself what the intake of the run is to do:
 * counting, skipping records, dying. Its batches stand in a struct sk_ahead, with what is to be done when they are taken.
 * The run's intake is then as if it had read them itself.
 *
 * Errors: a pointer result is NULL, with errno set to ENOMEM. Nothing else can fail, prints or exits.
 *
 * Threads: readers and what they read into are their thread's own.
 */
#ifndef STREAMKIT_RUN_AHEAD_H
#define STREAMKIT_RUN_AHEAD_H

#include "intake.h"

/* Where a stretch begins, and what decides there how batches are cut. */
struct sk_ahead_mark {
	uint64_t offset;      /* of its first record in the input */
	size_t batch_records; /* since the last complete batch, 0 at the front of a stripe */
	size_t batch_bytes;
	int decimals; /* of the weights so far: a guess, which costs time when it is wrong */
};

/* Where ${intake} stands. */
struct sk_ahead_mark sk_ahead_mark(const struct sk_intake *intake);

/* A reader of what ${intake} reads. Free with sk_intake_free(). */
struct sk_intake *sk_ahead_reader_new(const struct sk_intake *intake);

/* Let ${reader} read the input that ${intake} is at, behind its header. */
void sk_ahead_reader_follow(struct sk_intake *reader, const struct sk_intake *intake);

struct sk_ahead;

/* Room for what readers like ${intake} make of a stripe; and how many bytes that takes at most. */
struct sk_ahead *sk_ahead_new(const struct sk_intake *intake);
size_t sk_ahead_memory(const struct sk_intake *intake);
void sk_ahead_free(struct sk_ahead *ahead);

/*
 * Read what ${ahead} has room for of *${block}, which begins at ${mark} and is moved behind what was read. The block is
 * borrowed until the batches are taken, and what the ${ahead} held before is forgotten.
 */
void sk_ahead_read(struct sk_ahead *ahead, struct sk_intake *reader,
    const struct sk_ahead_mark *mark, struct sk_span *block);

/* How many batches there are. */
size_t sk_ahead_count(const struct sk_ahead *ahead);

/*
 * Take batch number ${i}, the next in the input that ${intake} is at, as sk_intake_batch() gives it. False when it was read
 * for other decimals than there turn out to be: ${intake} must then read its bytes itself.
 */
bool sk_ahead_take(const struct sk_ahead *ahead, size_t i, struct sk_intake *intake,
    struct sk_batch *batch, const struct sk_span **keys);

/* The bytes of batch number ${i}. */
struct sk_span sk_ahead_bytes(const struct sk_ahead *ahead, size_t i);

#endif
