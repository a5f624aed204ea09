/*
 * tsv.h -- tab-separated values with escapes.
 *
 * A record's fields lie between its tabs; a record without a byte has one empty field. There are no quotes. What cannot stand in a
 * field is escaped, as mysql --batch and PostgreSQL's COPY write it:
 *
 *	\t tab   \n line feed   \r carriage return   \\ backslash   \0 NUL   \b \f \v as in C
 *
 * A field that is \N is null. Any other backslash stands for itself, so that what was never escaped loses nothing by it. A CR before
 * the end of a record is no part of it.
 *
 * Cost: as the fields of scan.h, and a look for backslashes. Reading ahead, errors, threads: as there.
 */
#ifndef STREAMKIT_RECORD_TSV_H
#define STREAMKIT_RECORD_TSV_H

#include "layout.h"

/* As sk_layout_pick(), for one want and its values. No record is malformed. The number 0 is MISSING. Returns scratch behind what is used. */
unsigned char *sk_tsv_pick(const struct sk_layout_want *want, const struct sk_span *records, size_t n,
    unsigned char *scratch, struct sk_span *values, unsigned char *states);

/* What the field ${raw} stands for: in ${raw}, or at *${scratch}, which is moved behind it and needs room for as many bytes. */
struct sk_span sk_tsv_unescape(struct sk_span raw, unsigned char **scratch);

#endif
