/*
 * theta_bounds.c -- between what bounds the answers of Theta sketches lie.
 *
 * A sketch holds s of N hashes, each of which had the chance p, its theta, to be held. The bounds on N are those of
 * Clopper and Pearson (1934): the greatest N of which s or more are held with a probability of at most delta, and the
 * least of which s or fewer are, delta being the tail of the normal distribution beyond the wanted number of sigmas.
 */
#include "theta_table.h"

#include <math.h>

#define EXACT_MAX ((size_t)120) /* hashes held up to which the tails themselves are summed */
#define STEPS 80

/* The tail of the normal distribution beyond ${sigmas}. */
static double
tail(double sigmas)
{
	return erfc(sigmas / sqrt(2)) / 2;
}

static unsigned
clamp_sigmas(unsigned sigmas)
{
	return sigmas < 1 ? 1 : sigmas > SK_THETA_SIGMAS_MAX ? SK_THETA_SIGMAS_MAX : sigmas;
}

/* Many held: the solution of (N p - held)^2 = sigmas^2 N p (1 - p) for N, with half a hash of continuity correction in
 * ${held} already. ${side} is -1 for the smaller one and 1 for the greater. */
static double
normal_bound(double held, double p, double sigmas, double side)
{
	const double middle = held / p;
	const double spread = sigmas * sqrt((1 - p) / p);

	return middle + spread * spread / 2 +
	    side * spread / 2 * sqrt(spread * spread + 4 * middle);
}

/*
 * The probability that fewer than ${held} of ${n} are held. ${n} may be any real number of at least ${held} - 1, and
 * n p at most a few hundred, so that the first term does not vanish.
 */
static double
chance_of_fewer(double n, double p, size_t held)
{
	double term = exp(n * log1p(-p)), sum = 0;

	for (size_t i = 0; i < held; i++) {
		sum += term;
		term *= (n - (double)i) / ((double)i + 1) * (p / (1 - p));
	}
	return sum;
}

/* Where chance_of_fewer(), which falls, comes down to ${chance} between ${low} and ${high}. */
static void
bisect(double *low, double *high, double p, size_t held, double chance)
{
	for (int step = 0; step < STEPS; step++) {
		const double middle = *low + (*high - *low) / 2;

		if (chance_of_fewer(middle, p, held) > chance)
			*low = middle;
		else
			*high = middle;
	}
}

/*
 * The least n of which at least ${held}, 1 or more, are held with a probability of at least ${chance}: the sum over n
 * of the probabilities that it is the nth that makes them ${held}. For n of up to some thousands.
 */
static double
count_up(double p, size_t held, double chance)
{
	const double s = (double)held;
	double n = s, term = pow(p, s), sum = term;

	while (sum < chance) {
		term *= (1 - p) * n / (n + 1 - s);
		sum += term;
		n++;
	}
	return n;
}

/* So large a part is held that there are few to count. */
static bool
is_countable(double p, size_t held)
{
	return p * 360 >= (double)held + 1;
}

static double
raw_lower_bound(size_t held, double p, unsigned sigmas)
{
	double low = (double)held, high = (double)held / p;

	if (held == 0)
		return 0;
	if (held > EXACT_MAX)
		return normal_bound(low - 0.5, p, sigmas, -1) - 0.5;
	if (is_countable(p, held))
		return count_up(p, held, tail(sigmas)) - 1;
	bisect(&low, &high, p, held, 1 - tail(sigmas));
	return floor(low);
}

static double
raw_upper_bound(size_t held, double p, unsigned sigmas)
{
	double low = (double)held / p, high = ((double)held + 12 + 6 * sqrt((double)held + 1)) / p;

	if (held > EXACT_MAX)
		return normal_bound((double)held + 0.5, p, sigmas, 1) + 0.5;
	if (is_countable(p, held))
		return count_up(p, held + 1, 1 - tail(sigmas));
	bisect(&low, &high, p, held + 1, tail(sigmas));
	return ceil(high);
}

double
sk_theta_lower_bound(const struct sk_theta *sketch, unsigned sigmas)
{
	const double estimate = sk_theta_estimate(sketch), held = (double)sketch->count;
	double bound;

	if (sketch->empty || sk_theta_exact(sketch))
		return held;
	bound = raw_lower_bound(sketch->count, sk_theta_fraction(sketch), clamp_sigmas(sigmas));
	bound = bound < estimate ? bound : estimate;
	return bound > held ? bound : held;
}

double
sk_theta_upper_bound(const struct sk_theta *sketch, unsigned sigmas)
{
	const double estimate = sk_theta_estimate(sketch);
	double bound;

	if (sketch->empty || sk_theta_exact(sketch))
		return (double)sketch->count;
	bound = raw_upper_bound(sketch->count, sk_theta_fraction(sketch), clamp_sigmas(sigmas));
	return bound > estimate ? bound : estimate;
}

/* The x at which the incomplete beta function of ${a} and ${b} is the normal tail beyond ${y}: Abramowitz and Stegun,
 * 26.5.22, in their letters. */
static double
inverse_beta(double a, double b, double y)
{
	const double lambda = (y * y - 3) / 6;
	const double h = 2 / (1 / (2 * a - 1) + 1 / (2 * b - 1));
	const double w = y * sqrt(h + lambda) / h -
	    (1 / (2 * b - 1) - 1 / (2 * a - 1)) * (lambda + 5.0 / 6 - 2 / (3 * h));

	return a / (a + b * exp(2 * w));
}

/*
 * Clopper and Pearson's bounds on a proportion. The sample was drawn without putting back, from a set ${fraction} of
 * which it is, and varies less by sqrt(1 - fraction); close to 1, where the size of the set is uncertain next to what
 * is left out, a little is added.
 */
struct sk_theta_ratio
sk_theta_ratio_bounds(size_t n, size_t chosen, double fraction, unsigned sigmas)
{
	const double all = (double)n, part = (double)chosen;
	const double y =
	    sigmas * (sqrt(1 - fraction) + (fraction > 0.5 ? (fraction - 0.5) / 100 : 0));
	struct sk_theta_ratio ratio = { 0, 0.5, 1 };

	if (n == 0)
		return ratio;
	ratio.estimate = part / all;
	if (fraction >= 1) {
		ratio.lower = ratio.upper = ratio.estimate;
		return ratio;
	}
	if (chosen == 1)
		ratio.lower = 1 - pow(1 - tail(y), 1 / all);
	else if (chosen == n)
		ratio.lower = pow(tail(y), 1 / all);
	else if (chosen > 1)
		ratio.lower = 1 - inverse_beta(all - part + 1, part, -y);
	if (chosen == 0)
		ratio.upper = 1 - pow(tail(y), 1 / all);
	else if (chosen + 1 == n)
		ratio.upper = pow(1 - tail(y), 1 / all);
	else if (chosen + 1 < n)
		ratio.upper = 1 - inverse_beta(all - part, part + 1, y);
	return ratio;
}
