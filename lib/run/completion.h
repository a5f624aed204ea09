/*
 * completion.h -- the option table as shell completions, so that these cannot disagree with the parser.
 */
#ifndef STREAMKIT_RUN_COMPLETION_H
#define STREAMKIT_RUN_COMPLETION_H

#include "option.h"

/* Print the completion script of ${program} for ${shell} ("bash", "zsh", "fish"); false if there is none for it. */
bool sk_completion_print(const char *program, const char *summary,
    const struct sk_option *const *tables, const char *shell);

#endif
