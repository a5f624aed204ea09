/*
 * diag.h -- what a tool says on standard error: one line each, the program's name first.
 *
 * The text is printf's; messages start in lower case and end without a full stop. Threads: any.
 */
#ifndef STREAMKIT_RUN_DIAG_H
#define STREAMKIT_RUN_DIAG_H

#include <stdbool.h>

#include "../span.h"

#define SK_EXIT_NO 1 /* to a question that was asked */
#define SK_EXIT_TROUBLE 2

#if defined(__GNUC__)
#define SK_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define SK_PRINTF(text, first)
#endif

/* Set the name that every line starts with; borrowed for ever. */
void sk_diag_name(const char *program);

/* The name that was set. */
const char *sk_diag_program(void);

/* With ${quiet}, notes are not printed; errors always are. */
void sk_diag_quiet(bool quiet);
bool sk_diag_is_quiet(void);

/* Call ${before} with the number of standard error ahead of each line: it takes back what else is shown there. */
void sk_diag_before(void (*before)(int fd));

/* Something worth knowing that does not change the exit status. */
void sk_note(const char *format, ...) SK_PRINTF(1, 2);

/* Something went wrong; the caller goes on, and exits with SK_EXIT_TROUBLE in the end. */
void sk_warn(const char *format, ...) SK_PRINTF(1, 2);

/* Something went wrong that ends the run, with SK_EXIT_TROUBLE. */
_Noreturn void sk_die(const char *format, ...) SK_PRINTF(1, 2);

/* Room that sk_diag_quote() needs. */
#define SK_DIAG_QUOTE 256

/*
 * Text of unknown origin, made fit to print: in double quotes, cut after 60 bytes or so, control characters and
 * anything that is not UTF-8 as \xHH. Written to ${buffer} of SK_DIAG_QUOTE bytes, which is returned.
 */
const char *sk_diag_quote(char *buffer, struct sk_span text);

#endif
