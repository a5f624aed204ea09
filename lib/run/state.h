/*
 * state.h -- the file of --state: where a run starts from, and what it leaves for the next.
 *
 * One run at a time: an advisory lock on the file is held from reading to replacing, and another run waits for it,
 * saying so. The file is replaced as a whole, by a temporary file in the same directory that is synced and renamed;
 * it is the old one or the new one and never a half.
 *
 * Errors: a message on standard error, and false; sk_state_open() dies.
 */
#ifndef STREAMKIT_RUN_STATE_H
#define STREAMKIT_RUN_STATE_H

#include "sketch_input.h"
#include "sketch_output.h"

struct sk_state;

/* Open and lock ${path}, borrowed, which is made if it does not exist. Free with sk_state_free(), which unlocks. */
struct sk_state *sk_state_open(const char *path);
void sk_state_free(struct sk_state *state);

/* Merge the old state into ${groups}; dies of a read error. A new file holds nothing, which is a state too. */
bool sk_state_load(
    struct sk_state *state, struct sk_sketch_input *input, struct sk_groups *groups);

/* Put ${groups}, into which ${records} went and ${skipped} did not, in the place of the old state. */
bool sk_state_save(struct sk_state *state, const struct sk_sketch_output_options *options,
    struct sk_groups *groups, uint64_t records, uint64_t skipped);

#endif
