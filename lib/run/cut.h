/*
 * cut.h -- a run of stream-window once its command line is read: records, or sketches of windows, in, panes and windows
 * out.
 */
#ifndef STREAMKIT_RUN_CUT_H
#define STREAMKIT_RUN_CUT_H

#include "../window/windows.h"
#include "shared.h"

struct sk_cut_options {
	const struct sk_shared *shared;
	struct sk_windows_options windows;
	struct sk_fields time;      /* one, or of lines several side by side */
	const char *time_format;    /* as struct sk_times_options has it */
	const struct sk_zone *zone; /* of what is printed, and of times that name none; NULL: UTC */
	const char *late;           /* the file to which late records are appended, or NULL */
	bool streams;               /* sketches are passed on as they come, not put in order first */
	bool text;                  /* write lines instead of frames */
	const char *command;        /* run this for each window instead, or NULL */
};

/* Cut the ${n} files ${names}, or standard input. Returns the exit status, if it does not die. */
int sk_cut(const struct sk_cut_options *options, char *const *names, size_t n);

#endif
