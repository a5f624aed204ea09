/*
 * header.h -- the record that names the fields of those after it.
 */
#ifndef STREAMKIT_RUN_HEADER_H
#define STREAMKIT_RUN_HEADER_H

#include <stddef.h>

#include "nearest.h"

/*
 * The number, from 1, of the field that ${header} calls ${wanted}; 0: there is none. *${second} is that of another one with this name, or
 * 0. ${delimiter} is as intake.h has it.
 */
long sk_header_find(struct sk_span header, int delimiter, struct sk_span wanted, long *second);

/* Die of a ${name} that the header of the ${input} lacks, which has ${names}, the ${nearest} among them, if any is near. */
_Noreturn void sk_header_lacks(const char *input, struct sk_span name, const char *names, struct sk_span nearest);

/* Die of a name that stands for two fields of the ${input}. */
_Noreturn void sk_header_ambiguous(const char *input, struct sk_span name, long first, long second);

/* The names that ${header} has, as far as they fit into ${size} bytes of ${text}, for a message; ${nearest} tries them all. */
void sk_header_list(struct sk_span header, int delimiter, char *text, size_t size, struct sk_nearest *nearest);

#endif
