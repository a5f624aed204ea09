/*
 * dump.h -- a run of stream-dump once its command line is read.
 */
#ifndef STREAMKIT_RUN_DUMP_H
#define STREAMKIT_RUN_DUMP_H

#include "../sketch/describe.h"
#include "sketch_stream.h"
#include "table.h"

/* What is written. */
enum sk_dump_form {
	SK_DUMP_ROWS,    /* a row for each frame */
	SK_DUMP_BASE64,  /* a line for each sketch */
	SK_DUMP_IMAGE,   /* the image of the one sketch there is */
	SK_DUMP_RECORDS, /* the records of all panes, in the order of their frames */
};

struct sk_dump_options {
	enum sk_sketch_stream_input input;
	enum sk_describe_items items; /* of images that do not say */
	enum sk_dump_form form;
	enum sk_format format; /* of rows */
	bool columns;
	uint64_t frame; /* the only one to be written; 0: all */
};

/* Dump the ${n} files ${names}, or standard input. Returns the exit status, if it does not die. */
int sk_dump(const struct sk_dump_options *options, char *const *names, size_t n);

#endif
