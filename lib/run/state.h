/*
 * state.h -- the file of --state: where a run starts from, and what it leaves for the next.
 *
 * One run at a time: an advisory lock on the file is held from reading to replacing, and another run waits for it,
 * saying so. The file is replaced as a whole, as replace.h has it: it is the old one or the new one and never a half.
 *
 * Errors: a message on standard error, and false or NULL; sk_state_open() dies, as does writing.
 */
#ifndef STREAMKIT_RUN_STATE_H
#define STREAMKIT_RUN_STATE_H

#include "output.h"
#include "sketch_input.h"

struct sk_state;

/* Open and lock ${path}, borrowed, which is made if it does not exist. Free with sk_state_free(), which unlocks. */
struct sk_state *sk_state_open(const char *path);
void sk_state_free(struct sk_state *state);

/* Merge the old state into ${groups}; dies of a read error. A new file holds nothing, which is a state too. */
bool sk_state_load(
    struct sk_state *state, struct sk_sketch_input *input, struct sk_groups *groups);

/*
 * Begin to write the new state: where it goes, with a name for messages; borrowed until sk_state_commit(), which puts it in the
 * place of the old one. Of a run that dies between the two, nothing stays.
 */
struct sk_output *sk_state_begin(struct sk_state *state);
bool sk_state_commit(struct sk_state *state);

#endif
