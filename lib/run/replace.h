/*
 * replace.h -- files that are replaced as a whole: who reads one finds the old one or the new one, and never a half.
 *
 * The new file is written beside the old one, in the same directory, and renamed. Where the name is that of a symbolic
 * link, the file that it leads to is replaced. Signals that would end the run wait from beginning to end, and of a
 * run that dies by a message in between nothing stays. One file at a time is being replaced in a process.
 *
 * Errors: a message on standard error, and false or NULL; sk_replace_init() dies, as does writing. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_REPLACE_H
#define STREAMKIT_RUN_REPLACE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "output.h"

struct sk_replace {
	/* private */
	const char *path; /* as it was given */
	const char *what; /* could not be done, if so */
	char *target;     /* what it is, once symbolic links are followed */
	bool lasting;     /* the new file is to outlive a crash of the system from then on */
	mode_t mode;      /* of a file that was not there */
	int fd;           /* -1, or the temporary file */
	char *temporary;  /* its name, NULL when there is none to remove */
	struct sk_output output; /* to it */
	sigset_t mask;    /* before it was begun */
};

/*
 * The number of the open file of this process that ${path} names, as /dev/stdout and /dev/fd/3 do, by way of links or not; -1: it names
 * none. Whatever is open there, it is not to be replaced.
 */
int sk_replace_descriptor(const char *path);

/*
 * Get ready to replace ${path}, borrowed, which need not exist, but is a regular file if it does. ${what} is said of what
 * goes wrong: "the state could not be saved". Release with sk_replace_release().
 */
void sk_replace_init(struct sk_replace *replace, const char *path, const char *what, bool lasting);
void sk_replace_release(struct sk_replace *replace);

/* A new file without a name, in the directory of the one to be replaced; its descriptor. Dies if none can be had. */
int sk_replace_scratch(struct sk_replace *replace);

/*
 * Begin the new file, with the mode of the old one: where it goes, borrowed until sk_replace_commit(), which puts it in
 * the place of the old one.
 */
struct sk_output *sk_replace_begin(struct sk_replace *replace);
bool sk_replace_commit(struct sk_replace *replace);

#endif
