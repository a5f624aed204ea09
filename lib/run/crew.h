/*
 * crew.h -- threads that read regular files ahead of the run.
 *
 * The input is cut into pieces of a stripe (SK_STRIPE bytes). A piece's records are those that start in it. The threads take
 * pieces in turn, read them and make batches of them; the thread that runs the tool takes the batches in their order, and
 * takes a piece to read itself rather than wait. What the answer depends on happens in that thread alone, in the order of
 * the input, so that the answer is the same however many threads there are.
 *
 * Whatever is out of the ordinary ends the crew's part: a record too long for a piece, an error, a file that has become
 * shorter. The run then goes on alone, from the first record that it has not taken, and meets the same by itself.
 *
 * Memory: the pieces in flight, four for each thread, take up to a quarter of --memory beside it, and there are no more
 * threads than that has room for. It is not taken from the memory of the answer, which would then depend on their number.
 *
 * Threads: these functions are for the thread that runs the tool. Those of the crew have all signals blocked, and never
 * print or exit.
 */
#ifndef STREAMKIT_RUN_CREW_H
#define STREAMKIT_RUN_CREW_H

#include "../record/source.h"
#include "intake.h"

struct sk_crew;

/*
 * A crew of ${threads} with the caller, 0 meaning as many as there are processors, for what ${intake} is to read in a run
 * with ${memory} bytes. NULL when it would be of no use. Nothing is started yet. Free with sk_crew_free().
 */
struct sk_crew *sk_crew_new(const struct sk_intake *intake, uint64_t threads, size_t memory);

/* End the threads, and free ${crew}; NULL is fine. */
void sk_crew_free(struct sk_crew *crew);

/*
 * Go on to the next piece, and wait for it; the first is what lies behind the block that ${source} gave last, of the input
 * that ${intake} is at. False when there is no more that a crew can read, or not enough to be worth it, or no crew (NULL).
 */
bool sk_crew_piece(
    struct sk_crew *crew, const struct sk_source *source, const struct sk_intake *intake);

/* The next ${batch} of the piece, as sk_intake_batch() gives it; false when there is no more. */
bool sk_crew_batch(struct sk_crew *crew, struct sk_intake *intake, struct sk_batch *batch,
    const struct sk_span **keys);

/*
 * Read no further for now: ${source} is to go on where ${intake} is, and what was read ahead of that is forgotten. Fails
 * as sk_source_seek(). Fine where there was no piece.
 */
int sk_crew_stop(
    struct sk_crew *crew, struct sk_source *source, const struct sk_intake *intake);

#endif
