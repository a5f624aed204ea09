/* plot_scale.c -- the numbers along an axis. */
#include "plot_scale.h"

#include <math.h>

#define DECADES 1000.0

bool
sk_scale_spans_decades(double least, double median, double most)
{
	return least > 0 && most >= least * DECADES && median - least < (most - least) / 10;
}

double
sk_scale_part(const struct sk_scale *scale, double value)
{
	double part;

	if (value <= scale->low || scale->high <= scale->low)
		return 0;
	if (scale->log)
		part = log(value / scale->low) / log(scale->high / scale->low);
	else
		part = (value / 2 - scale->low / 2) / (scale->high / 2 - scale->low / 2); /* the span may be infinite */
	return part < 1 ? part : 1;
}

double
sk_scale_value(const struct sk_scale *scale, double part)
{
	if (scale->log)
		return scale->low * pow(scale->high / scale->low, part);
	return scale->low + (scale->high / 2 - scale->low / 2) * part * 2;
}

double
sk_scale_round_up(double value)
{
	const double unit = pow(10, floor(log10(value)));
	const double steps[] = { 1, 2, 5, 10 };

	/* A power of ten may be a little off. */
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (value <= unit * steps[i] * (1 + 1e-12))
			return unit * steps[i];
	return value;
}

void
sk_scale_widen(struct sk_scale *scale, size_t max)
{
	const double span = scale->high - scale->low;
	double step;

	if (scale->log || !(span > 0) || !isfinite(span))
		return;
	step = sk_scale_round_up(span / (double)max);
	scale->low = floor(scale->low / step + 1e-9) * step;
	scale->high = ceil(scale->high / step - 1e-9) * step;
}

/* Powers of ten, every other one or fewer where there are many. */
static size_t
log_ticks(const struct sk_scale *scale, size_t max, double ticks[SK_SCALE_TICKS])
{
	const int from = (int)ceil(log10(scale->low) - 1e-9);
	const int to = (int)floor(log10(scale->high) + 1e-9);
	const int step = to < from ? 1 : (to - from) / (int)max + 1;
	size_t n = 0;

	for (int power = from; power <= to && n < max; power += step)
		ticks[n++] = pow(10, power);
	return n;
}

size_t
sk_scale_ticks(const struct sk_scale *scale, size_t max, double ticks[SK_SCALE_TICKS])
{
	const double span = scale->high - scale->low;
	double step, first;
	size_t n = 0;

	max = max < 2 ? 2 : max < SK_SCALE_TICKS ? max : SK_SCALE_TICKS - 1;
	if (scale->log && scale->high >= 10 * scale->low && (n = log_ticks(scale, max, ticks)) >= 2)
		return n;
	n = 0;
	if (span > 0 && isfinite(span)) {
		step = sk_scale_round_up(span / (double)max);
		first = ceil(scale->low / step - 1e-9);
		while (n <= max && (first + (double)n) * step <= scale->high + step * 1e-9) {
			ticks[n] = (first + (double)n) * step;
			n++;
		}
	}
	if (n >= 2)
		return n;
	ticks[0] = scale->low;
	ticks[1] = scale->high;
	return scale->high > scale->low ? 2 : 1;
}
