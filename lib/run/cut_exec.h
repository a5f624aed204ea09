/*
 * cut_exec.h -- a command for each window, run by the shell, with the window's records on its standard input.
 *
 * The environment has STREAM_WINDOW_START, STREAM_WINDOW_END and STREAM_WINDOW_REVISION, and STREAM_WINDOW_KEY where
 * windows have keys. Everything else is as it was when we were started: its standard output and error are ours, it has
 * none of the files that we have open, and signals are as we found them. Commands run one after the other, and nothing
 * is read meanwhile.
 *
 * A command need not read its input: what it leaves when it ends or closes it is dropped. One that fails is told of on
 * standard error, and counted. SIGINT and SIGTERM are passed on to the command that runs; if there was one before it
 * began, another also ends us, at once. When commands fail because nobody reads standard output any more, the run ends
 * without a word.
 *
 * To be made before sk_signals_start(). Dies of want of memory. Threads: there must be none.
 */
#ifndef STREAMKIT_RUN_CUT_EXEC_H
#define STREAMKIT_RUN_CUT_EXEC_H

#include <stdbool.h>

#include "../window/windows.h"
#include "cut_kept.h"
#include "cut_text.h"

struct sk_cut_exec;

/*
 * ${command} and ${borders} are borrowed. Windows have keys of so many ${key_parts}, 0 none, between which the variable
 * has ${separator}. When ${strict}, the first command that fails ends the run.
 */
struct sk_cut_exec *sk_cut_exec_new(
    const char *command, const struct sk_cut_borders *borders, size_t key_parts,
    unsigned char separator, bool strict);

/* NULL is fine. */
void sk_cut_exec_free(struct sk_cut_exec *exec);

/* Run the command for the window of an ${event}, whose records are ${kept}. Takes as long as the command. */
void sk_cut_exec_close(struct sk_cut_exec *exec, struct sk_cut_kept *kept,
    const struct sk_windows_event *event, struct sk_span key);

/* How many commands failed; says so in a note. */
uint64_t sk_cut_exec_report(const struct sk_cut_exec *exec);

#endif
