/* choice.c -- the figures of every sketch side by side, and the way back from an error to parameters. */
#include "choice.h"

#include <errno.h>
#include <math.h>

#include "frequent.h"
#include "quantile_parts.h"

#define VALUE_COST ((size_t)24)      /* as exact_quantile.h has it */
#define ONE_SIGMA 0.6826894921370859 /* of a normal distribution lies within one standard deviation */

/* Words. What is too long for them is cut off, though nothing is. */

static void
add_text(struct sk_choice *choice, const char *text)
{
	size_t length = 0;

	while (choice->parameters[length] != '\0')
		length++;
	while (*text != '\0' && length < SK_CHOICE_WORDS - 1)
		choice->parameters[length++] = *text++;
	choice->parameters[length] = '\0';
}

static void
add_number(struct sk_choice *choice, uint64_t number)
{
	char digits[21];
	size_t start = sizeof(digits) - 1;

	digits[start] = '\0';
	do
		digits[--start] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	add_text(choice, digits + start);
}

/* ${fraction}, 0 to 1, in per cent: three significant digits, six decimals at most, no zeros behind them. */
static void
add_percent(struct sk_choice *choice, double fraction)
{
	double percent = fraction * 100;
	unsigned decimals = 0;
	uint64_t scaled, unit = 1;

	while (decimals < 6 && percent * (double)unit < 100) {
		decimals++;
		unit *= 10;
	}
	scaled = (uint64_t)(percent * (double)unit + 0.5);
	for (; decimals > 0 && scaled % 10 == 0; decimals--, unit /= 10)
		scaled /= 10;
	add_number(choice, scaled / unit);
	if (decimals > 0)
		add_text(choice, ".");
	while (decimals-- > 0) {
		unit /= 10;
		add_number(choice, scaled / unit % 10);
	}
	add_text(choice, " %");
}

static void
add_words(struct sk_choice *choice, const char *before, uint64_t number, const char *after)
{
	add_text(choice, before);
	add_number(choice, number);
	add_text(choice, after);
}

/* What parameters promise */

struct sk_choice
sk_choice_hll(unsigned lg_k, enum sk_hll_type type, bool merged)
{
	static const char *const types[] = { ", hll4", ", hll6", ", hll8" };
	struct sk_choice choice = {
		.algorithm = "hll",
		.error = sk_hll_relative_error(lg_k, merged),
		.error_of = "relative standard error",
		.confidence = ONE_SIGMA,
		.bytes = sk_hll_memory_for(lg_k, type),
		.source = merged ? "Flajolet et al. 2007, Ertl 2017" : "Flajolet et al. 2007, Ting 2014",
	};

	add_words(&choice, "lgK ", lg_k, types[type]);
	return choice;
}

struct sk_choice
sk_choice_theta(unsigned lg_k)
{
	struct sk_choice choice = {
		.algorithm = "theta",
		.error = sk_theta_rse(lg_k),
		.error_of = "relative standard error",
		.confidence = ONE_SIGMA,
		.bytes = sk_theta_memory_for(lg_k),
		.source = "Dasgupta et al. 2016",
	};

	add_words(&choice, "lgK ", lg_k, "");
	return choice;
}

struct sk_choice
sk_choice_kll(unsigned k, double confidence)
{
	struct sk_choice choice = {
		.algorithm = "kll",
		.error = sk_kll_error(k, confidence),
		.error_of = "rank error",
		.confidence = confidence,
		.bytes = sk_kll_memory_for(k, SK_CHOICE_ITEMS),
		.grows = true,
		.source = "Karnin, Lang and Liberty 2016",
	};

	add_words(&choice, "k ", k, "");
	return choice;
}

struct sk_choice
sk_choice_req(unsigned k, double confidence)
{
	struct sk_choice choice = {
		.algorithm = "req",
		.error = sk_req_error(k) * sk_quantile_sigmas(confidence),
		.error_of = "rank error, relative to the distance from the top",
		.confidence = confidence,
		.bytes = sk_req_memory_for(k, SK_CHOICE_ITEMS),
		.grows = true,
		.source = "Cormode et al. 2021",
	};

	add_words(&choice, "k ", k, "");
	return choice;
}

struct sk_choice
sk_choice_dd(double alpha, unsigned bins)
{
	const double decades = sk_dd_decades(alpha, bins);
	struct sk_choice choice = {
		.algorithm = "dd",
		.error = alpha,
		.error_of = "relative value error",
		.confidence = 1,
		.bytes = sk_dd_memory_for(bins),
		.source = "Masson, Rim and Lee 2019",
	};

	add_text(&choice, "alpha ");
	add_percent(&choice, alpha);
	add_words(&choice, ", ", bins, " bins a sign: values up to 10^");
	add_number(&choice, (uint64_t)decades);
	add_words(&choice, ".", (uint64_t)(decades * 10) % 10, " apart");
	return choice;
}

struct sk_choice
sk_choice_tdigest(unsigned k)
{
	struct sk_choice choice = {
		.algorithm = "tdigest",
		.error = (double)NAN,
		.error_of = "nothing is promised",
		.bytes = sk_tdigest_memory_for(k),
		.source = "Dunning and Ertl 2019",
	};

	add_words(&choice, "k ", k, "");
	return choice;
}

/* What a state will do */

/* ${what} there can be ${items} of. */
static struct sk_choice
exact(size_t items, const char *what, size_t bytes)
{
	struct sk_choice choice = {
		.algorithm = "exact",
		.error_of = "none",
		.confidence = 1,
		.bytes = bytes,
		.grows = true,
		.source = "none",
	};

	if (items < SIZE_MAX)
		add_words(&choice, "up to ", items, what);
	else
		add_text(&choice, "as many as fit");
	return choice;
}

/* A state without anything in it knows best what sketch it will be. */
int
sk_choice_distinct(
    const struct sk_distinct_options *options, size_t memory, struct sk_choice choices[2])
{
	struct sk_distinct_options later = *options;
	struct sk_distinct *state;
	int n = 0;

	later.exact_max = 0;
	if ((state = sk_distinct_new(&later, memory, 0)) == NULL)
		return -1;
	if (options->exact_max > 0)
		choices[n++] = exact(options->exact_max, " different items", memory);
	choices[n++] = sk_distinct_hll(state) != NULL ?
	    sk_choice_hll(sk_hll_lg_k(sk_distinct_hll(state)), options->type, true) :
	    sk_choice_theta(sk_theta_lg_k(sk_distinct_theta(state)));
	sk_distinct_free(state);
	return n;
}

static struct sk_choice
sketch_of(const struct sk_quantile *state, double confidence)
{
	return state->kll != NULL ? sk_choice_kll(sk_kll_k(state->kll), confidence) :
	    state->req != NULL	  ? sk_choice_req(sk_req_k(state->req), confidence) :
	    state->dd != NULL	  ? sk_choice_dd(sk_dd_alpha(state->dd), sk_dd_max_bins(state->dd)) :
				    sk_choice_tdigest(sk_tdigest_k(state->tdigest));
}

/* A state sets aside the least that a store can do with for its structure, and the rest for values. */
static struct sk_choice
exact_values(size_t memory, size_t exact_max)
{
	const size_t fixed = sizeof(struct sk_quantile) + SK_EXACT_QUANTILE_MEMORY_MIN;
	const size_t room = (memory - fixed) / VALUE_COST;
	const size_t most = exact_max < room ? exact_max : room;

	return exact(most, " values", fixed + most * VALUE_COST);
}

int
sk_choice_quantile(const struct sk_quantile_options *options, size_t memory, double confidence,
    struct sk_choice choices[2])
{
	struct sk_quantile_options later = *options;
	struct sk_quantile *state;
	int n = 0;

	later.exact_max = 0;
	if ((state = sk_quantile_new(&later, memory, 0)) == NULL)
		return -1;
	if (options->exact_max > 0)
		choices[n++] = exact_values(memory, options->exact_max);
	choices[n++] = sketch_of(state, confidence);
	sk_quantile_free(state);
	return n;
}

int
sk_choice_frequent(
    size_t memory, size_t items_max, size_t item_size, struct sk_choice choices[2])
{
	const size_t fit = sk_frequent_items_for(memory, item_size);
	const size_t items = items_max > 0 && items_max < fit ? items_max : fit;
	const size_t most = sk_frequent_memory_for(items, item_size);

	if (memory < SK_FREQUENT_MEMORY_MIN || fit == 0) {
		errno = EINVAL;
		return -1;
	}
	choices[0] = exact(items, " items of ", most < memory ? most : memory);
	add_words(&choices[0], "", item_size, " bytes");
	choices[1] = choices[0];
	choices[1].algorithm = "frequent";
	choices[1].error = 2 / (double)items < 1 ? 2 / (double)items : 1;
	choices[1].error_of = "share of the total";
	choices[1].grows = false;
	choices[1].source = "Misra and Gries 1982, Anderson et al. 2017";
	return 2;
}

/* What an error asks for */

const char *
sk_choice_strerror(enum sk_choice_status status)
{
	switch (status) {
	case SK_CHOICE_OK:
		return "it can be kept";
	case SK_CHOICE_NOT_AN_ERROR:
		return "not above 0 and up to 1";
	case SK_CHOICE_TOO_EXACT:
		return "no sketch of this kind is as exact as that";
	case SK_CHOICE_NO_PROMISE:
		return "this sketch has no error that it keeps to";
	}
	return "unknown status";
}

static bool
is_error(double error)
{
	return error > 0 && error <= 1;
}

enum sk_choice_status
sk_choice_distinct_for(struct sk_distinct_options *options, double error)
{
	unsigned lg_k = SK_THETA_LG_K_MIN;

	if (!is_error(error))
		return SK_CHOICE_NOT_AN_ERROR;
	if (options->algorithm == SK_DISTINCT_HLL)
		lg_k = sk_hll_lg_k_for(error, true);
	else
		while (lg_k <= SK_THETA_LG_K_MAX && sk_theta_rse(lg_k) > error)
			lg_k++;
	if (lg_k == 0 || lg_k > SK_THETA_LG_K_MAX)
		return SK_CHOICE_TOO_EXACT;
	options->lg_k = lg_k;
	return SK_CHOICE_OK;
}

/* An alpha above the greatest there is asks for less than the cheapest sketch gives. */
static enum sk_choice_status
choose_alpha(double *alpha, double error)
{
	if (error < SK_DD_ALPHA_MIN)
		return SK_CHOICE_TOO_EXACT;
	*alpha = error < SK_DD_ALPHA_MAX ? error : SK_DD_ALPHA_MAX;
	return SK_CHOICE_OK;
}

enum sk_choice_status
sk_choice_quantile_for(struct sk_quantile_options *options, double error, double confidence)
{
	unsigned k;

	if (options->algorithm == SK_QUANTILE_TDIGEST)
		return SK_CHOICE_NO_PROMISE;
	if (!is_error(error))
		return SK_CHOICE_NOT_AN_ERROR;
	if (options->algorithm == SK_QUANTILE_DD)
		return choose_alpha(&options->alpha, error);
	k = options->algorithm == SK_QUANTILE_KLL ?
	    sk_kll_k_for_error(error, confidence) :
	    sk_req_k_for(error / sk_quantile_sigmas(confidence));
	if (k == 0)
		return SK_CHOICE_TOO_EXACT;
	options->k = k;
	return SK_CHOICE_OK;
}

enum sk_choice_status
sk_choice_frequent_for(double error, size_t *items)
{
	const double most = UINT32_MAX; /* no table holds more */
	size_t n;

	if (!is_error(error))
		return SK_CHOICE_NOT_AN_ERROR;
	if (2 / error >= most)
		return SK_CHOICE_TOO_EXACT;
	n = (size_t)(2 / error);
	while (2 / (double)n > error)
		n++;
	*items = n;
	return SK_CHOICE_OK;
}
