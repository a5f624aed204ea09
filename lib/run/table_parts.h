/*
 * table_parts.h -- what a format of tables is made of; for table.c and the formats alone.
 */
#ifndef STREAMKIT_RUN_TABLE_PARTS_H
#define STREAMKIT_RUN_TABLE_PARTS_H

#include "cell.h"
#include "table.h"

/* A format. Functions may be NULL where there is nothing to do. */
struct sk_table_writer {
	void (*measure)(struct sk_table *table, const struct sk_cell *cells); /* each row, before begin() */
	void (*begin)(struct sk_table *table);
	void (*row)(struct sk_table *table, const struct sk_cell *cells);
	void (*more)(struct sk_table *table, size_t count); /* of measured rows, so many are not written */
	void (*end)(struct sk_table *table); /* of each time that the rows were written */
	size_t (*passes)(const struct sk_table *table); /* how often they are; without it, once */
};

extern const struct sk_table_writer sk_table_text, sk_table_tsv, sk_table_csv, sk_table_json, sk_table_prom,
    sk_table_influx, sk_table_sql, sk_table_plot;

/* Write the name of part ${part} of column ${i}. */
void sk_table_name(struct sk_table *table, size_t i, size_t part);

/* How long it is. */
size_t sk_table_name_size(const struct sk_table *table, size_t i, size_t part);

#endif
