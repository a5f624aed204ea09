/*
 * cut_kept.h -- records that wait for their windows to close: the bytes of each open pane.
 *
 * Dies of want of memory. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_CUT_KEPT_H
#define STREAMKIT_RUN_CUT_KEPT_H

#include <stddef.h>
#include <stdint.h>

#include "../span.h"

struct sk_cut_kept;

struct sk_cut_kept *sk_cut_kept_new(void);

/* NULL is fine. */
void sk_cut_kept_free(struct sk_cut_kept *kept);

/* Keep ${records}, each with its end, behind those that ${pane} has. */
void sk_cut_kept_records(struct sk_cut_kept *kept, uint64_t pane, struct sk_span records);

/* The records of a ${pane}, as they came, between SK_SCAN_PAD readable bytes; borrowed until the next call that changes anything. */
struct sk_span sk_cut_kept_pane(struct sk_cut_kept *kept, uint64_t pane);

/* Forget a ${pane}. */
void sk_cut_kept_finished(struct sk_cut_kept *kept, uint64_t pane);

/* Bytes in use. */
size_t sk_cut_kept_memory(const struct sk_cut_kept *kept);

#endif
