/*
 * output_file.h -- the file of --output-file: answers that are put in place as a whole.
 *
 * What is written gathers in a file without a name, in the same directory; putting it in place copies it, as replace.h
 * has it, so that it can be put in place now, and more be added behind it or other things be written instead.
 *
 * Errors: a message on standard error that ends the run; the file that was there stays. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_OUTPUT_FILE_H
#define STREAMKIT_RUN_OUTPUT_FILE_H

#include <sys/types.h>

#include "output.h"

struct sk_output_file;

/*
 * A descriptor to write to what ${path} names and cannot be replaced: a pipe, a device, whatever this process has open as /dev/stdout;
 * -1 where it is a file, or will be one. Waits for who reads a named pipe. Dies if it cannot be written to.
 */
int sk_output_file_stream(const char *path);

/* Let what is written to ${output}, borrowed, gather for ${path}, borrowed. Free with sk_output_file_free(). */
struct sk_output_file *sk_output_file_new(const char *path, struct sk_output *output);
void sk_output_file_free(struct sk_output_file *file);

/* How much has gathered, bytes; and throw away what is behind ${size} of them. */
off_t sk_output_file_size(struct sk_output_file *file);
void sk_output_file_cut(struct sk_output_file *file, off_t size);

/* Put what has gathered in place. It costs a copy. */
void sk_output_file_place(struct sk_output_file *file);

#endif
