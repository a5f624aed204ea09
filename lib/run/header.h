/*
 * header.h -- the record that names the fields of those after it.
 */
#ifndef STREAMKIT_RUN_HEADER_H
#define STREAMKIT_RUN_HEADER_H

#include <stddef.h>

#include "../span.h"

/* The number, from 1, of the field that ${header} calls ${wanted}; 0: there is none. ${delimiter} is as intake.h has it. */
long sk_header_find(struct sk_span header, int delimiter, struct sk_span wanted);

/* The names that ${header} has, as far as they fit into ${size} bytes of ${text}, for a message. */
void sk_header_list(struct sk_span header, int delimiter, char *text, size_t size);

#endif
