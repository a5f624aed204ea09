/*
 * explain.h -- what a run would do, printed in place of doing it (--explain).
 */
#ifndef STREAMKIT_RUN_EXPLAIN_H
#define STREAMKIT_RUN_EXPLAIN_H

#include "aggregate.h"
#include "table.h"

/*
 * Print what a state of ${class} in ${memory} bytes is and, unless it is to stay ${exact}, becomes: its algorithm and
 * parameters, the error promised, and its bytes at the most. ${header}: as struct sk_table has it. Closes standard output.
 */
void sk_explain(const struct sk_aggregate_class *class, size_t memory, bool exact,
    enum sk_format format, bool header);

#endif
