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

#include <stdbool.h>
#include <stddef.h>

struct sk_state;

/* Open and lock ${path}, borrowed, which is made if it does not exist. Free with sk_state_free(), which unlocks. */
struct sk_state *sk_state_open(const char *path);
void sk_state_free(struct sk_state *state);

/* The next bytes of the old state, at most ${size}, into ${bytes}; returns how many, 0 at the end. Dies of errors. */
size_t sk_state_read(struct sk_state *state, unsigned char *bytes, size_t size);

/* Begin to write the new state: a descriptor for it, or -1. */
int sk_state_begin(struct sk_state *state);

/* The new state is written: put it in the place of the old one. */
bool sk_state_commit(struct sk_state *state);

#endif
