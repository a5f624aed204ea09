/*
 * plot_scale.h -- the numbers along an axis.
 *
 * Values are finite. Cannot fail; no state.
 */
#ifndef STREAMKIT_RUN_PLOT_SCALE_H
#define STREAMKIT_RUN_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a scale is logarithmic: as the numbers are, or as it is asked for; only of numbers above 0. */
enum sk_scale_choice { SK_SCALE_FITTING, SK_SCALE_LOG, SK_SCALE_LINEAR };

struct sk_scale {
	bool log; /* low is above 0 then */
	double low;
	double high; /* not below low */
};

/*
 * Whether numbers from ${least} to ${most} are better seen by their ratios: they span three decades, and half of them,
 * up to ${median}, lie in the first tenth.
 */
bool sk_scale_spans_decades(double least, double median, double most);

/* Where ${value} lies between low (0) and high (1); what is beyond an end is there. */
double sk_scale_part(const struct sk_scale *scale, double value);

/* The value that lies at ${part} of the scale. */
double sk_scale_value(const struct sk_scale *scale, double part);

/* The next number from ${value} up, above 0, that is 1, 2 or 5 times a power of ten. */
double sk_scale_round_up(double value);

/* Widen a linear scale to the round numbers that sk_scale_ticks() with ${max} would put there. */
void sk_scale_widen(struct sk_scale *scale, size_t max);

/* Round numbers within the scale, in order, into ${ticks}, ${max} apart or fewer, and 2 at least unless low is high. */
#define SK_SCALE_TICKS 12
size_t sk_scale_ticks(const struct sk_scale *scale, size_t max, double ticks[SK_SCALE_TICKS]);

#endif
