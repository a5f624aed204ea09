/*
 * quantile_parts.h -- what the files of this aggregate share.
 */
#ifndef STREAMKIT_AGGREGATE_QUANTILE_PARTS_H
#define STREAMKIT_AGGREGATE_QUANTILE_PARTS_H

#include "quantile.h"

/* What is asked. */
struct sk_quantile_asked {
	const struct sk_quantile_settings *settings;
	struct sk_quantile *quantile;
	const struct sk_quantile_view *view;
	bool rounded; /* some of the values are not the whole numbers that they came as */
};

/* The columns of the answer, into ${column}. Returns how many. */
size_t sk_quantile_columns(const struct sk_quantile_settings *settings, struct sk_column *column);

/* Give the answer. */
void sk_quantile_rows(const struct sk_quantile_asked *asked, struct sk_rows *rows);

/* The same of a histogram. */
void sk_quantile_histogram(const struct sk_quantile_asked *asked, struct sk_rows *rows);

/* Whether it is the truth. */
bool sk_quantile_certain(const struct sk_quantile_asked *asked);

/*
 * ${answer}, a value and its bounds; if values were ${rounded}, with bounds that hold of what they were. Only whole numbers
 * that no double is equal to are rounded, by less than to the next double, and their order stays.
 */
struct sk_quantile_answer sk_quantile_around(bool rounded, struct sk_quantile_answer answer);

/*
 * ${value} to be printed: of values of 4 bytes, the double of the shortest text that reads back as the same one. Others, such as
 * what was interpolated, stay.
 */
double sk_quantile_printed(const struct sk_quantile_asked *asked, double value);

/* A quantile of what is asked. */
struct sk_quantile_answer sk_quantile_at(const struct sk_quantile_asked *asked, double q);

#endif
