/*
 * guess.h -- which format do records have (--input auto)?
 *
 * A guess is made only where what has come of the input fits one format and no other; anything else is lines. It is said on a terminal,
 * with the options that say the same.
 */
#ifndef STREAMKIT_RUN_GUESS_H
#define STREAMKIT_RUN_GUESS_H

#include "../record/source.h"
#include "shared.h"

/*
 * Set the input, and for csv the delimiter and the header, of ${shared} by ${block}, the first records of the input ${name}: lines, if it is
 * empty. A delimiter that was asked for leaves lines and csv, and ${names} say that fields are asked for by name: then nothing is said of an
 * empty input, and lines have none. Dies of that, and of want of memory.
 */
void sk_guess(struct sk_shared *shared, const char *name, struct sk_span block, bool names);

/*
 * Read on behind ${block}, the first records of an input, as long as more of them would help: a log is known by its first line, and so is what
 * can be no table, but the first line of a table by the second only. Waits for that, or for the end of the input.
 */
void sk_guess_gather(const struct sk_shared *shared, struct sk_source *source, struct sk_span *block);

#endif
