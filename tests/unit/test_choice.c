/* test_choice.c -- the figures of every sketch, the way back from an error, and the figures that the manuals print. */
#include "support.h"

#include <math.h>

#include "sketch/choice.h"
#include "sketch/dd.h"
#include "sketch/frequent.h"
#include "sketch/kll.h"
#include "sketch/req.h"
#include "sketch/tdigest.h"

#define MANY ((size_t)(SANITIZED ? 100000 : 1000000))
#define BATCH ((size_t)500)
#define ONE_SIGMA 0.6826894921370859
#define ITEM_SIZE ((size_t)20)

/* What was published */

static void
test_published(void **state)
{
	const struct row {
		struct sk_choice choice;
		const char *algorithm;
		const char *parameters;
		double error; /* to so many digits as stand here */
		double within;
	} rows[] = {
		/* Apache DataSketches' tables for HLL, Theta, KLL (k = 200: 1.33 %) and REQ. */
		{ sk_choice_hll(12, SK_HLL_8, false), "hll", "lgK 12, hll8", 0.0130, 5e-5 },
		{ sk_choice_hll(12, SK_HLL_4, true), "hll", "lgK 12, hll4", 0.0162, 5e-5 },
		{ sk_choice_hll(16, SK_HLL_6, false), "hll", "lgK 16, hll6", 0.00325, 5e-6 },
		{ sk_choice_theta(12), "theta", "lgK 12", 0.01563, 5e-6 },
		{ sk_choice_theta(4), "theta", "lgK 4", 0.2582, 5e-5 },
		{ sk_choice_kll(200, 0.99), "kll", "k 200", 0.0133, 5e-5 },
		{ sk_choice_kll(4096, 0.99), "kll", "k 4096", 0.0007, 5e-5 },
		{ sk_choice_kll(32768, 0.99), "kll", "k 32768", 0.000094, 1e-6 },
		{ sk_choice_req(12, ONE_SIGMA), "req", "k 12", 0.0109, 5e-5 },
		{ sk_choice_req(12, 0.99), "req", "k 12", 0.0280, 5e-5 },
		{ sk_choice_dd(0.01, 2048), "dd",
		    "alpha 1 %, 2048 bins a sign: values up to 10^17.6 apart", 0.01, 0 },
		{ sk_choice_dd(1e-6, 65536), "dd",
		    "alpha 0.0001 %, 65536 bins a sign: values up to 10^0.0 apart", 1e-6, 0 },
		{ sk_choice_dd(0.5, 2048), "dd",
		    "alpha 50 %, 2048 bins a sign: values up to 10^967.5 apart", 0.5, 0 },
		{ sk_choice_dd(0.0123, 2), "dd",
		    "alpha 1.23 %, 2 bins a sign: values up to 10^0.0 apart", 0.0123, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(rows[i].choice.algorithm, rows[i].algorithm);
		assert_string_equal(rows[i].choice.parameters, rows[i].parameters);
		if (fabs(rows[i].choice.error - rows[i].error) > rows[i].within)
			fail_msg("row %zu promises %g", i, rows[i].choice.error);
	}
	assert_true(fabs(sk_kll_error_pmf(200, 0.99) - 0.0165) < 5e-5);
	assert_true(isnan(sk_choice_tdigest(100).error));
	assert_true(sk_choice_tdigest(100).confidence == 0);
	assert_true(sk_choice_dd(0.01, 2048).confidence == 1);
}

static void
test_published_frequent(void **state)
{
	struct sk_choice choices[2];

	(void)state;
	assert_int_equal(sk_choice_frequent((size_t)64 << 20, 12288, ITEM_SIZE, choices), 2);
	assert_string_equal(choices[0].algorithm, "exact");
	assert_true(choices[0].error == 0);
	assert_string_equal(choices[1].algorithm, "frequent");
	assert_string_equal(choices[1].parameters, "up to 12288 items of 20 bytes");
	assert_true(choices[1].error == 2.0 / 12288 && choices[1].error <= 3.5 / 16384);
	assert_int_equal(sk_choice_frequent((size_t)64 << 20, 0, ITEM_SIZE, choices), 2);
	assert_true(choices[1].bytes <= (size_t)64 << 20);
	assert_true(choices[1].error < 2.7e-6);
	assert_int_equal(sk_choice_frequent(SK_FREQUENT_MEMORY_MIN - 1, 0, 1, choices), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sk_choice_frequent(SK_FREQUENT_MEMORY_MIN, 0, 4096, choices), -1);
}

/* From an error to parameters */

/* Errors that fall from 1 by a little at a time. */
#define NEXT_ERROR(error) ((error) * 0.9371)

static double
standard_error(int i, unsigned lg_k)
{
	return i == 0 ? sk_choice_hll(lg_k, SK_HLL_8, true).error : sk_choice_theta(lg_k).error;
}

static void
test_inverse_distinct(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sk_distinct_options options = { i == 0 ? SK_DISTINCT_HLL : SK_DISTINCT_THETA, 12,
			SK_HLL_8, 0 };
		const unsigned most = i == 0 ? SK_HLL_LG_K_MAX : SK_THETA_LG_K_MAX;
		unsigned before = 4;
		double error = 1;

		for (; sk_choice_distinct_for(&options, error) == SK_CHOICE_OK; error = NEXT_ERROR(error)) {
			const unsigned lg_k = options.lg_k;

			assert_true(lg_k >= before && lg_k <= most);
			assert_true(standard_error(i, lg_k) <= error);
			assert_true(lg_k == 4 || standard_error(i, lg_k - 1) > error);
			before = lg_k;
		}
		assert_int_equal(before, most);
		assert_int_equal(sk_choice_distinct_for(&options, error), SK_CHOICE_TOO_EXACT);
		assert_int_equal(options.lg_k, before);
	}
}

static double
promise(const struct sk_quantile_options *options, unsigned k, double confidence)
{
	return (options->algorithm == SK_QUANTILE_KLL ? sk_choice_kll(k, confidence) :
							      sk_choice_req(k, confidence)).error;
}

static void
test_inverse_quantile(void **state)
{
	const double confidences[] = { 0.5, 0.95, 0.99, 0.999999 };
	const struct row {
		enum sk_quantile_algorithm algorithm;
		unsigned least, most, step;
	} rows[] = {
		{ SK_QUANTILE_KLL, SK_KLL_K_MIN, SK_KLL_K_MAX, 1 },
		{ SK_QUANTILE_REQ, SK_REQ_K_MIN, SK_REQ_K_MAX, 2 },
	};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		const struct row *row = &rows[i % 2];
		const double confidence = confidences[i / 2];
		struct sk_quantile_options options = { .algorithm = row->algorithm };
		unsigned before = row->least;
		double error = 1;

		for (; sk_choice_quantile_for(&options, error, confidence) == SK_CHOICE_OK;
		    error = NEXT_ERROR(error)) {
			assert_true(options.k >= before && options.k <= row->most && options.k % row->step == 0);
			assert_true(promise(&options, options.k, confidence) <= error * (1 + 1e-12));
			assert_true(options.k == row->least ||
			    promise(&options, options.k - row->step, confidence) > error * (1 - 1e-12));
			before = options.k;
		}
		assert_true(before > row->most / 10 * 9);
		assert_true(promise(&options, row->most, confidence) > error);
		assert_int_equal(sk_choice_quantile_for(&options, error, confidence), SK_CHOICE_TOO_EXACT);
		assert_int_equal(options.k, before);
	}
}

static void
test_inverse_others(void **state)
{
	struct sk_quantile_options dd = { .algorithm = SK_QUANTILE_DD };
	struct sk_choice choices[2];
	size_t items, before = 1;

	(void)state;
	for (double error = 1; error > 1e-9; error = NEXT_ERROR(error)) {
		assert_int_equal(sk_choice_frequent_for(error, &items), SK_CHOICE_OK);
		assert_true(items >= before && 2 / (double)items <= error && 2 / ((double)items - 1) > error);
		before = items;
		if (error < SK_DD_ALPHA_MIN) {
			assert_int_equal(sk_choice_quantile_for(&dd, error, 0.99), SK_CHOICE_TOO_EXACT);
			continue;
		}
		assert_int_equal(sk_choice_quantile_for(&dd, error, 0.99), SK_CHOICE_OK);
		assert_true(dd.alpha == (error < SK_DD_ALPHA_MAX ? error : SK_DD_ALPHA_MAX));
		assert_int_equal(sk_choice_quantile(&dd, (size_t)64 << 20, 0.99, choices), 1);
		assert_true(choices[0].error <= error);
		/* A smaller alpha takes more bins, so that as much fits between its ends. */
		if (error > 0.00033)
			assert_true(sk_dd_decades(dd.alpha, sk_dd_bins_for(dd.alpha)) > 17.6);
	}
	assert_int_equal(sk_dd_bins_for(0.01), SK_DD_BINS);
	assert_int_equal(sk_dd_bins_for(0.5), SK_DD_BINS);
	assert_int_equal(sk_dd_bins_for(1e-6), SK_DD_BINS_MAX);
}

static void
test_refused(void **state)
{
	const double none[] = { 0, -0.01, 1.0001, (double)NAN, (double)INFINITY };
	struct sk_distinct_options distinct = { SK_DISTINCT_THETA, 12, SK_HLL_8, 0 };
	struct sk_quantile_options kll = { .algorithm = SK_QUANTILE_KLL, .k = 200 };
	struct sk_quantile_options tdigest = { .algorithm = SK_QUANTILE_TDIGEST, .k = 100 };
	size_t items = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_int_equal(sk_choice_distinct_for(&distinct, none[i]), SK_CHOICE_NOT_AN_ERROR);
		assert_int_equal(sk_choice_quantile_for(&kll, none[i], 0.99), SK_CHOICE_NOT_AN_ERROR);
		assert_int_equal(sk_choice_frequent_for(none[i], &items), SK_CHOICE_NOT_AN_ERROR);
	}
	assert_int_equal(sk_choice_frequent_for(1e-300, &items), SK_CHOICE_TOO_EXACT);
	assert_int_equal(sk_choice_quantile_for(&tdigest, 0.01, 0.99), SK_CHOICE_NO_PROMISE);
	assert_true(distinct.lg_k == 12 && kll.k == 200 && tdigest.k == 100 && items == 7);
	for (int status = SK_CHOICE_OK; status <= SK_CHOICE_NO_PROMISE; status++)
		assert_string_not_equal(sk_choice_strerror((enum sk_choice_status)status), "unknown status");
}

/* Bytes are enough, and states do what was said */

static void
add_different(struct sk_distinct *distinct, size_t from, size_t to)
{
	unsigned char bytes[BATCH][8];
	struct sk_span items[BATCH];

	for (size_t n; from < to; from += n) {
		n = to - from < BATCH ? to - from : BATCH;
		for (size_t i = 0; i < n; i++) {
			for (size_t at = 0; at < 8; at++)
				bytes[i][at] = (unsigned char)((from + i) >> 8 * at);
			items[i] = (struct sk_span){ bytes[i], 8 };
		}
		assert_int_equal(sk_distinct_add_batch(distinct, items, n), 0);
	}
}

static void
check_distinct(const struct sk_distinct_options *options, size_t memory, size_t many)
{
	struct sk_distinct *distinct = sk_distinct_new(options, memory, 1);
	struct sk_choice choices[2];
	const struct sk_hll *hll;
	size_t exact_bytes;

	assert_int_equal(sk_choice_distinct(options, memory, choices), 2);
	assert_string_equal(choices[0].algorithm, "exact");
	assert_non_null(distinct);
	/* Where the limit is one of items: up to it, and no further. */
	add_different(distinct, 0, options->exact_max);
	exact_bytes = sk_distinct_memory(distinct);
	if (sk_distinct_exact(distinct))
		assert_true(exact_bytes <= choices[0].bytes);
	add_different(distinct, options->exact_max, many);
	hll = sk_distinct_hll(distinct);
	assert_string_equal(choices[1].algorithm, hll != NULL ? "hll" : "theta");
	assert_true(sk_distinct_error(distinct) > 0);
	assert_true(sk_distinct_error(distinct) <= choices[1].error);
	assert_true(sk_distinct_encoded_size(distinct) <= choices[1].bytes);
	assert_true((hll != NULL ? sk_hll_memory(hll) : sk_theta_memory(sk_distinct_theta(distinct))) <=
	    choices[1].bytes);
	if (hll != NULL)
		assert_true(choices[1].bytes == sk_hll_memory_for(sk_hll_lg_k(hll), options->type));
	else
		assert_true(choices[1].bytes ==
		    sk_theta_memory_for(sk_theta_lg_k(sk_distinct_theta(distinct))));
	sk_distinct_free(distinct);
}

static void
test_distinct_keeps_to_it(void **state)
{
	static const struct sk_distinct_options rows[] = {
		{ SK_DISTINCT_HLL, 4, SK_HLL_8, 100 },
		{ SK_DISTINCT_HLL, 12, SK_HLL_4, 5000 },
		{ SK_DISTINCT_HLL, 16, SK_HLL_6, 100 },
		{ SK_DISTINCT_HLL, 16, SK_HLL_8, 100 },
		{ SK_DISTINCT_THETA, 4, SK_HLL_8, 100 },
		{ SK_DISTINCT_THETA, 14, SK_HLL_8, 5000 },
	};
	struct sk_choice choices[2];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_distinct(&rows[i], (size_t)64 << 20, MANY);
		/* Too little memory: a smaller sketch, which says so. */
		for (size_t memory = SK_DISTINCT_MEMORY_MIN; memory < 300000; memory = memory * 7 / 4)
			check_distinct(&rows[i], memory, 60000);
	}
	assert_int_equal(sk_choice_distinct(&rows[0], SK_DISTINCT_MEMORY_MIN - 1, choices), -1);
	assert_int_equal(errno, EINVAL);
}

static void
add_values(struct sk_quantile *quantile, size_t from, size_t to)
{
	double values[BATCH];

	for (size_t n; from < to; from += n) {
		n = to - from < BATCH ? to - from : BATCH;
		/* All different, of both signs, and 10^5 apart. */
		for (size_t i = 0; i < n; i++)
			values[i] = ((double)((from + i) * 7919 % 1000003) + 10.5) * ((from + i) % 2 == 0 ? 1 : -1);
		assert_int_equal(sk_quantile_add_batch(quantile, values, n), 0);
	}
}

/* How many values ${choice} says there may be. */
static size_t
exact_values(const struct sk_choice *choice)
{
	size_t values;

	assert_int_equal(sscanf(choice->parameters, "up to %zu values", &values), 1);
	return values;
}

static void
check_quantile(const struct sk_quantile_options *options, size_t memory, size_t many)
{
	struct sk_quantile *quantile = sk_quantile_new(options, memory, 1);
	struct sk_choice choices[2];
	size_t exact;

	assert_int_equal(sk_choice_quantile(options, memory, 0.99, choices), 2);
	exact = exact_values(&choices[0]);
	assert_non_null(quantile);
	add_values(quantile, 0, exact);
	assert_true(sk_quantile_exact(quantile));
	assert_true(sk_quantile_memory(quantile) <= choices[0].bytes && choices[0].bytes <= memory);
	assert_true(sk_quantile_encoded_size(quantile) <= choices[0].bytes);
	assert_int_equal(sk_quantile_family(quantile), SK_QUANTILE_VALUES);
	add_values(quantile, exact, exact + 1);
	assert_int_not_equal(sk_quantile_family(quantile), SK_QUANTILE_VALUES);
	add_values(quantile, exact + 1, many);
	/* The sketch, and the state around it. */
	assert_true(sk_quantile_memory(quantile) <= choices[1].bytes + 512);
	assert_true(sk_quantile_encoded_size(quantile) <= choices[1].bytes);
	if (options->algorithm == SK_QUANTILE_TDIGEST)
		assert_true(isnan(choices[1].error));
	else
		assert_true(sk_quantile_error(quantile, 0.99) <= choices[1].error * (1 + 1e-12) ||
		    (options->algorithm == SK_QUANTILE_DD && memory < (size_t)1 << 20));
	if (options->algorithm == SK_QUANTILE_KLL)
		assert_true(sk_quantile_error(quantile, 0.99) == choices[1].error);
	sk_quantile_free(quantile);
}

static void
test_quantile_keeps_to_it(void **state)
{
	static const struct sk_quantile_options rows[] = {
		{ .algorithm = SK_QUANTILE_KLL, .k = 8, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_KLL, .k = 200, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_KLL, .k = 32768, .exact_max = 40000 },
		{ .algorithm = SK_QUANTILE_REQ, .k = 4, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_REQ, .k = 12, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_REQ, .k = 338, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_DD, .alpha = 0.05, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_DD, .alpha = 0.001, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_TDIGEST, .k = 10, .exact_max = 1000 },
		{ .algorithm = SK_QUANTILE_TDIGEST, .k = 200, .exact_max = 1000 },
	};
	struct sk_choice choices[2];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t least = sk_quantile_memory_min(&rows[i]);

		check_quantile(&rows[i], (size_t)64 << 20, MANY);
		for (size_t memory = least; memory < 300000; memory = memory * 7 / 4)
			check_quantile(&rows[i], memory, 60000);
		assert_int_equal(sk_choice_quantile(&rows[i], least - 1, 0.99, choices), -1);
		assert_int_equal(errno, EINVAL);
	}
}

/* DDSketch keeps to a small alpha over as wide a range as it does to 1 %: half of the range of a float, and more. */
static void
test_small_alpha(void **state)
{
	const struct sk_quantile_options options = { .algorithm = SK_QUANTILE_DD, .alpha = 0.001 };
	struct sk_quantile *quantile = sk_quantile_new(&options, (size_t)64 << 20, 1);

	(void)state;
	assert_non_null(quantile);
	for (double value = 1e-8; value < 1e9; value *= 1.01)
		assert_int_equal(sk_quantile_add_batch(quantile, &value, 1), 0);
	assert_true(sk_quantile_error(quantile, 0.99) == 0.001);
	sk_quantile_free(quantile);
}

/* Items of one length, all different, so that none is heavy. */
static void
add_items(struct sk_frequent *table, size_t from, size_t to, size_t size)
{
	static unsigned char bytes[BATCH][64];
	struct sk_span items[BATCH];

	for (size_t n; from < to; from += n) {
		n = to - from < BATCH ? to - from : BATCH;
		for (size_t i = 0; i < n; i++) {
			for (size_t at = 0; at < 4; at++)
				bytes[i][at] = (unsigned char)((from + i) >> 8 * at);
			items[i] = (struct sk_span){ bytes[i], size };
		}
		assert_int_equal(sk_frequent_add_batch(table, items, NULL, n), 0);
	}
}

static void
check_frequent(size_t memory, size_t items_max, size_t size, size_t many)
{
	struct sk_frequent *table = sk_frequent_new(memory, 1);
	struct sk_choice choices[2];
	size_t n = sk_frequent_items_for(memory, size);

	assert_non_null(table);
	sk_frequent_set_items(table, items_max);
	n = items_max > 0 && items_max < n ? items_max : n;
	assert_int_equal(sk_choice_frequent(memory, items_max, size, choices), 2);
	assert_true(choices[1].bytes <= memory);
	add_items(table, 0, n, size);
	assert_true(sk_frequent_exact(table));
	assert_int_equal(sk_frequent_size(table), n);
	add_items(table, n, n + 1, size);
	assert_false(sk_frequent_exact(table));
	add_items(table, n + 1, many, size);
	assert_true((double)sk_frequent_max_error(table) <= choices[1].error * (double)many);
	assert_true(sk_frequent_encoded_size(table, SK_FREQUENT_STRINGS) <= choices[1].bytes);
	assert_true(sk_frequent_memory(table) <= choices[1].bytes);
	assert_true(sk_frequent_items_for(choices[1].bytes, size) >= n);
	sk_frequent_free(table);
}

static void
test_frequent_keeps_to_it(void **state)
{
	(void)state;
	check_frequent((size_t)8 << 20, 0, ITEM_SIZE, MANY);
	for (size_t items = 2; items < 60000; items = items * 5 / 4 + 1)
		check_frequent((size_t)8 << 20, items, ITEM_SIZE, 150000);
	for (size_t memory = SK_FREQUENT_MEMORY_MIN; memory < 400000; memory = memory * 9 / 8)
		for (size_t size = 4; size <= 64; size += 15)
			check_frequent(memory, 0, size, 20000);
	assert_true(sk_frequent_memory_for(SIZE_MAX, 8) == SIZE_MAX);
}

/* The manuals print these figures */

/* ${bytes} in two digits, rounded up: 860, 8.2K, 25K, 17M. */
static void
put_bytes(char text[16], size_t bytes)
{
	const char *unit = bytes < 1000 ? "" : bytes < 1000 * 1024 ? "K" : "M";
	const double size = (double)bytes / (bytes < 1000 ? 1 : bytes < 1000 * 1024 ? 1024 : 1048576);

	if (size < 10)
		snprintf(text, 16, "%.2g%s", ceil(size * 10) / 10, unit);
	else
		snprintf(text, 16, "%.0f%s", size < 100 ? ceil(size) : ceil(size / 10) * 10, unit);
}

/* ${error} in per cent and three digits, rounded up. */
static void
put_error(char text[32], double error)
{
	double unit = 1;

	while (error * 100 * unit < 100)
		unit *= 10;
	snprintf(text, 32, "%.3g %%", ceil(error * 100 * unit - 1e-9) / unit);
}

/* Fails unless ${manual} has the row of ${name}: the error by default, and bytes for that and three others. */
static void
find_row(const char *manual, const char *name, const char *error, const size_t bytes[4])
{
	static char text[100000];
	char row[160], cell[4][16];
	FILE *file = fopen(manual, "r");

	if (file == NULL)
		fail_msg("%s: run this in the directory that has it", manual);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	for (int i = 0; i < 4; i++)
		put_bytes(cell[i], bytes[i]);
	snprintf(row, sizeof(row), ".It %s Ta %s Ta %s Ta %s Ta %s Ta %s\n", name, error, cell[0],
	    cell[1], cell[2], cell[3]);
	if (strstr(text, row) == NULL)
		fail_msg("%s lacks: %s", manual, row);
}

static const double asked[3] = { 0.05, 0.01, 0.001 };

static void
test_manual_distinct(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sk_distinct_options options = { i == 0 ? SK_DISTINCT_HLL : SK_DISTINCT_THETA, 16,
			SK_HLL_8, 0 };
		struct sk_choice choice[2];
		size_t bytes[4];
		char error[32];

		assert_int_equal(sk_choice_distinct(&options, (size_t)64 << 20, choice), 1);
		put_error(error, choice[0].error);
		bytes[0] = choice[0].bytes;
		for (int e = 0; e < 3; e++) {
			assert_int_equal(sk_choice_distinct_for(&options, asked[e]), SK_CHOICE_OK);
			assert_int_equal(sk_choice_distinct(&options, (size_t)64 << 20, choice), 1);
			bytes[e + 1] = choice[0].bytes;
		}
		find_row("man/stream-distinct.1", i == 0 ? "Cm hll" : "Cm theta", error, bytes);
	}
}

static void
test_manual_quantile(void **state)
{
	static const struct sk_quantile_options defaults[] = {
		{ .algorithm = SK_QUANTILE_KLL, .k = 32768 },
		{ .algorithm = SK_QUANTILE_REQ, .k = SK_REQ_K_DEFAULT },
		{ .algorithm = SK_QUANTILE_DD, .alpha = SK_DD_ALPHA },
	};
	static const char *const names[] = { "Cm kll", "Cm req", "Cm dd" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct sk_quantile_options options = defaults[i];
		struct sk_choice choice[2];
		size_t bytes[4];
		char error[32];

		assert_int_equal(sk_choice_quantile(&options, (size_t)64 << 20, 0.99, choice), 1);
		put_error(error, choice[0].error);
		bytes[0] = choice[0].bytes;
		for (int e = 0; e < 3; e++) {
			assert_int_equal(sk_choice_quantile_for(&options, asked[e], 0.99), SK_CHOICE_OK);
			assert_int_equal(sk_choice_quantile(&options, (size_t)64 << 20, 0.99, choice), 1);
			bytes[e + 1] = choice[0].bytes;
		}
		find_row("man/stream-quantile.1", names[i], error, bytes);
	}
}

static void
test_manual_topk(void **state)
{
	struct sk_choice choice[2];
	size_t bytes[4], items;
	char error[32];

	(void)state;
	assert_int_equal(sk_choice_frequent((size_t)64 << 20, 0, ITEM_SIZE, choice), 2);
	bytes[0] = (size_t)64 << 20;
	put_error(error, choice[1].error);
	for (int e = 0; e < 3; e++) {
		assert_int_equal(sk_choice_frequent_for(asked[e], &items), SK_CHOICE_OK);
		assert_int_equal(sk_choice_frequent((size_t)64 << 20, items, ITEM_SIZE, choice), 2);
		bytes[e + 1] = choice[1].bytes;
	}
	find_row("man/stream-topk.1", "frequent", error, bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_published_frequent),
		cmocka_unit_test(test_inverse_distinct),
		cmocka_unit_test(test_inverse_quantile),
		cmocka_unit_test(test_inverse_others),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_distinct_keeps_to_it),
		cmocka_unit_test(test_quantile_keeps_to_it),
		cmocka_unit_test(test_small_alpha),
		cmocka_unit_test(test_frequent_keeps_to_it),
		cmocka_unit_test(test_manual_distinct),
		cmocka_unit_test(test_manual_quantile),
		cmocka_unit_test(test_manual_topk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
