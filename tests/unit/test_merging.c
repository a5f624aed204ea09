/*
 * test_merging.c -- what merges and what does not: every pair of kinds, sizes and types.
 *
 * Of each family there is a table of sketches. All pairs of it are merged, and each either is
 * refused for a reason, with the bytes of both as they were, or knows afterwards what both have
 * seen.
 */
#include "support.h"

#include <math.h>

#include "sketch/dd.h"
#include "sketch/distinct.h"
#include "sketch/frequent.h"
#include "sketch/kll.h"
#include "sketch/murmur3.h"
#include "sketch/quantile.h"
#include "sketch/req.h"
#include "sketch/tdigest.h"

#define MEMORY ((size_t)1 << 22)
#define SHIFT 300 /* where the second of a pair starts */
#define SIZE(table) (sizeof(table) / sizeof(*(table)))

struct image {
	unsigned char *bytes;
	size_t size;
};

static void
assert_same_image(struct image a, struct image b, const char *what, const char *with)
{
	if (a.size != b.size || memcmp(a.bytes, b.bytes, a.size) != 0)
		fail_msg("%s with %s: not as it was", what, with);
	free(a.bytes);
	free(b.bytes);
}

static struct image
image_new(size_t size)
{
	struct image image = { malloc(size > 0 ? size : 1), size };

	assert_non_null(image.bytes);
	return image;
}

/* What must hold of a refusal, and whether it is one. */
static bool
is_refused(int merged, int error, const char *why, bool expected, const char *a, const char *b)
{
	if ((merged == -1) != expected)
		fail_msg("%s with %s: %s", a, b, expected ? "not refused" : "refused");
	if ((why != NULL) != expected || (why != NULL && strlen(why) < 10))
		fail_msg("%s with %s: the reason is \"%s\"", a, b, why != NULL ? why : "");
	if (merged == -1 && error != EINVAL)
		fail_msg("%s with %s: %s", a, b, strerror(error));
	return merged == -1;
}

/* Different items */

enum form { ITEMS, OPEN, READ }; /* exact items; a sketch; a sketch that was an image */

static const struct distinct_row {
	const char *name;
	enum form form;
	enum sk_distinct_algorithm algorithm;
	unsigned lg_k;
	enum sk_hll_type type;
	size_t n;
} distinct_table[] = {
	{"no items (HLL)",      ITEMS, SK_DISTINCT_HLL,   12, SK_HLL_8, 0   },
	{ "no items (Theta)",   ITEMS, SK_DISTINCT_THETA, 12, SK_HLL_8, 0   },
	{ "items (HLL)",        ITEMS, SK_DISTINCT_HLL,   12, SK_HLL_8, 400 },
	{ "items (Theta)",      ITEMS, SK_DISTINCT_THETA, 12, SK_HLL_8, 400 },
	{ "full items (HLL)",   ITEMS, SK_DISTINCT_HLL,   10, SK_HLL_4, 1000},
	{ "HLL_8 12, empty",    OPEN,  SK_DISTINCT_HLL,   12, SK_HLL_8, 0   },
	{ "HLL_4 14, empty",    READ,  SK_DISTINCT_HLL,   14, SK_HLL_4, 0   },
	{ "HLL_4 4, list",      READ,  SK_DISTINCT_HLL,   4,  SK_HLL_4, 6   },
	{ "HLL_8 21, list",     READ,  SK_DISTINCT_HLL,   21, SK_HLL_8, 6   },
	{ "HLL_6 12, set",      READ,  SK_DISTINCT_HLL,   12, SK_HLL_6, 200 },
	{ "HLL_4 14, set",      OPEN,  SK_DISTINCT_HLL,   14, SK_HLL_4, 1500},
	{ "HLL_8 4",            READ,  SK_DISTINCT_HLL,   4,  SK_HLL_8, 3000},
	{ "HLL_4 8",            READ,  SK_DISTINCT_HLL,   8,  SK_HLL_4, 3000},
	{ "HLL_6 10",           READ,  SK_DISTINCT_HLL,   10, SK_HLL_6, 9000},
	{ "HLL_8 12",           OPEN,  SK_DISTINCT_HLL,   12, SK_HLL_8, 9000},
	{ "HLL_4 14",           READ,  SK_DISTINCT_HLL,   14, SK_HLL_4, 9000},
	{ "Theta 12, empty",    OPEN,  SK_DISTINCT_THETA, 12, SK_HLL_8, 0   },
	{ "Theta, empty image", READ,  SK_DISTINCT_THETA, 12, SK_HLL_8, 0   },
	{ "Theta 12, one",      READ,  SK_DISTINCT_THETA, 12, SK_HLL_8, 1   },
	{ "Theta 12, exact",    OPEN,  SK_DISTINCT_THETA, 12, SK_HLL_8, 2000},
	{ "Theta 5",            READ,  SK_DISTINCT_THETA, 5,  SK_HLL_8, 5000},
	{ "Theta 10",           OPEN,  SK_DISTINCT_THETA, 10, SK_HLL_8, 9000},
	{ "Theta 12",           READ,  SK_DISTINCT_THETA, 12, SK_HLL_8, 9000},
};

static struct image
distinct_image(const struct sk_distinct *distinct)
{
	struct image image = image_new(sk_distinct_encoded_size(distinct));

	assert_int_equal(sk_distinct_encode(distinct, image.bytes, image.size), 0);
	return image;
}

static struct sk_distinct *
distinct_of(const struct distinct_row *row, size_t from)
{
	const struct sk_distinct_options options = { row->algorithm, row->lg_k, row->type,
		row->form == ITEMS ? 1000 : 0 };
	struct sk_distinct *distinct = sk_distinct_new(&options, MEMORY, 1), *read = NULL;
	struct image image;
	char text[24];

	assert_non_null(distinct);
	for (size_t i = from; i < from + row->n; i++) {
		struct sk_span item = { (const unsigned char *)text, 0 };

		item.size = (size_t)snprintf(text, sizeof(text), "%zu", i);
		assert_int_equal(sk_distinct_add_batch(distinct, &item, 1), 0);
	}
	if (row->form != READ)
		return distinct;
	image = distinct_image(distinct);
	assert_int_equal(sk_distinct_decode(&read, &options,
			     (struct sk_span){ image.bytes, image.size }, MEMORY, 1),
	    SK_IMAGE_OK);
	sk_distinct_free(distinct);
	free(image.bytes);
	return read;
}

/* The bounds are drawn out from three standard errors to four and a half: there are many pairs. */
static void
check_distinct(
    const struct sk_distinct *merged, const struct distinct_row *a, const struct distinct_row *b)
{
	const size_t end = a->n > SHIFT + b->n || b->n == 0 ? a->n : SHIFT + b->n;
	const double truth = (double)(a->n < SHIFT && b->n > 0 ? a->n + b->n : end);
	const double k = (double)(UINT64_C(1) << (a->lg_k < b->lg_k ? a->lg_k : b->lg_k));
	const struct sk_distinct_answer answer = sk_distinct_answer(merged, 3);
	const double more = (answer.high - answer.low) / 4 + 0.5;

	if (!(answer.low - more <= truth && truth <= answer.high + more))
		fail_msg("%s with %s: %g to %g, truly %g", a->name, b->name, answer.low,
		    answer.high, truth);
	if (answer.high - answer.low > 1 + 12 * truth / sqrt(k))
		fail_msg(
		    "%s with %s: %g to %g is too wide", a->name, b->name, answer.low, answer.high);
	if (a->form == ITEMS && b->form == ITEMS && a->n + b->n <= 1000)
		assert_true(sk_distinct_exact(merged) && answer.count == truth);
}

static void
merge_distinct(const struct distinct_row *a, const struct distinct_row *b)
{
	struct sk_distinct *into = distinct_of(a, 0), *from = distinct_of(b, SHIFT);
	struct image before = distinct_image(into), source = distinct_image(from);
	const char *why = sk_distinct_why_not(into, from);
	const int merged = sk_distinct_merge(into, from), error = errno;
	const bool expected = a->n > 0 && b->n > 0 && a->form != ITEMS && b->form != ITEMS &&
	    a->algorithm != b->algorithm;

	assert_same_image(distinct_image(from), source, b->name, a->name);
	if (is_refused(merged, error, why, expected, a->name, b->name)) {
		assert_same_image(distinct_image(into), before, a->name, b->name);
	} else {
		check_distinct(into, a, b);
		free(before.bytes);
	}
	sk_distinct_free(into);
	sk_distinct_free(from);
}

static void
test_distinct(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE(distinct_table); i++)
		for (size_t j = 0; j < SIZE(distinct_table); j++)
			merge_distinct(&distinct_table[i], &distinct_table[j]);
}

/* What is written is the same in both versions of Theta's images, and the same where there is but
 * one version. */
static void
test_distinct_versions(void **state)
{
	const struct sk_distinct_options options = { SK_DISTINCT_THETA, 12, SK_HLL_8, 1000 };

	(void)state;
	for (size_t i = 0; i < SIZE(distinct_table); i++) {
		struct sk_distinct *one = distinct_of(&distinct_table[i], 0), *read = NULL;
		struct image plain = distinct_image(one);
		struct image packed = image_new(sk_distinct_encoded_size_as(one, SK_THETA_V4));

		assert_int_equal(
		    sk_distinct_encode_as(one, SK_THETA_V4, packed.bytes, packed.size), 0);
		assert_true(packed.size <= plain.size);
		assert_true((packed.size < plain.size) ==
		    (sk_distinct_theta(one) != NULL && distinct_table[i].n > 1));
		if (sk_distinct_theta(one) == NULL) {
			assert_same_image(packed, plain, distinct_table[i].name, "itself");
			sk_distinct_free(one);
			continue;
		}
		assert_int_equal(sk_distinct_decode(&read, &options,
				     (struct sk_span){ packed.bytes, packed.size }, MEMORY, 1),
		    SK_IMAGE_OK);
		assert_same_image(distinct_image(read), plain, distinct_table[i].name, "itself");
		sk_distinct_free(one);
		sk_distinct_free(read);
		free(packed.bytes);
	}
}

/* Nothing is merged with itself; but what is in both can be kept, or taken out. */
static void
test_distinct_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE(distinct_table); i++) {
		struct sk_distinct *one = distinct_of(&distinct_table[i], 0);

		errno = 0;
		assert_non_null(sk_distinct_why_not(one, one));
		assert_int_equal(sk_distinct_merge(one, one), -1);
		assert_int_equal(errno, EINVAL);
		if (distinct_table[i].algorithm == SK_DISTINCT_THETA) {
			assert_int_equal(sk_distinct_intersect(one, one), 0);
			assert_int_equal(sk_distinct_subtract(one, one), 0);
			assert_true(sk_distinct_answer(one, 1).count == 0);
		}
		sk_distinct_free(one);
	}
}

/* Theta sketches of another seed are told from broken ones, and are put together with none of the
 * usual seed. */
static void
test_seeds(void **state)
{
	const struct sk_distinct_options options = { .algorithm = SK_DISTINCT_THETA, .lg_k = 12 };
	struct sk_theta *usual = sk_theta_new(12, SK_MURMUR3_SEED), *other = sk_theta_new(12, 1);
	struct sk_theta_ratio ratio;
	struct sk_theta *compact;

	(void)state;
	for (uint64_t i = 0; i < 20000; i++) {
		assert_int_equal(sk_theta_add_u64(usual, i), 0);
		assert_int_equal(sk_theta_add_u64(other, i), 0);
	}
	compact = sk_theta_compact(other);
	assert_false(sk_theta_same_seed(usual, other));
	assert_true(sk_theta_same_seed(compact, other));
	assert_int_equal(sk_theta_merge(usual, compact), -1);
	assert_int_equal(sk_theta_merge(usual, other), -1);
	assert_null(sk_theta_union(usual, other, 12));
	assert_null(sk_theta_intersection(usual, compact));
	assert_null(sk_theta_difference(compact, usual));
	assert_int_equal(sk_theta_jaccard(usual, other, 1, &ratio), -1);
	for (int version = SK_THETA_V3; version <= SK_THETA_V4; version++) {
		struct image image =
		    image_new(sk_theta_encoded_size(compact, (enum sk_theta_version)version));
		struct sk_distinct *read = NULL;

		sk_theta_encode(compact, (enum sk_theta_version)version, image.bytes);
		assert_int_equal(sk_distinct_decode(&read, &options,
				     (struct sk_span){ image.bytes, image.size }, MEMORY, 1),
		    SK_IMAGE_OTHER_SEED);
		assert_null(read);
		free(image.bytes);
	}
	sk_theta_free(usual);
	sk_theta_free(other);
	sk_theta_free(compact);
}

/* Numbers */

enum values {
	WHOLE,
	HALVES,
	TENTHS,
	INFINITE
}; /* of which tenths are no floats, and only the first are integers */

static const struct quantile_row {
	const char *name;
	bool exact;
	enum sk_quantile_algorithm algorithm;
	unsigned k;
	double alpha;
	enum sk_quantile_type type;
	enum sk_req_accuracy accuracy;
	enum values values;
	size_t n;
} quantile_table[] = {
#define KLL SK_QUANTILE_KLL
#define REQ SK_QUANTILE_REQ
#define DD SK_QUANTILE_DD
#define TDIGEST SK_QUANTILE_TDIGEST
#define DOUBLE SK_QUANTILE_DOUBLE
#define FLOAT SK_QUANTILE_FLOAT
#define INTEGER SK_QUANTILE_INTEGER
#define HIGH SK_REQ_HIGH_RANKS
#define LOW SK_REQ_LOW_RANKS
	{"no values",                   true,  KLL,     200,  0,    DOUBLE,  HIGH, WHOLE,    0   },
	{ "whole values (KLL)",         true,  KLL,     200,  0,    DOUBLE,  HIGH, WHOLE,    600 },
	{ "halves (REQ)",               true,  REQ,     12,   0,    DOUBLE,  HIGH, HALVES,   300 },
	{ "tenths (DDSketch)",          true,  DD,      0,    0.01, DOUBLE,  HIGH, TENTHS,   600 },
	{ "infinite values (t-digest)", true,  TDIGEST, 100,  0,    DOUBLE,  HIGH, INFINITE, 600 },
	{ "tenths (t-digest)",          true,  TDIGEST, 100,  0,    DOUBLE,  HIGH, TENTHS,   600 },
	{ "KLL 200, empty",             false, KLL,     200,  0,    DOUBLE,  HIGH, WHOLE,    0   },
	{ "KLL float 100, empty",       false, KLL,     100,  0,    FLOAT,   HIGH, WHOLE,    0   },
	{ "KLL integer 200, empty",     false, KLL,     200,  0,    INTEGER, HIGH, WHOLE,    0   },
	{ "KLL 8",		      false, KLL,     8,    0,    DOUBLE,  HIGH, TENTHS,   3000},
	{ "KLL 200",                    false, KLL,     200,  0,    DOUBLE,  HIGH, TENTHS,   5000},
	{ "KLL 1000, exact",            false, KLL,     1000, 0,    DOUBLE,  HIGH, INFINITE, 900 },
	{ "KLL float 200",              false, KLL,     200,  0,    FLOAT,   HIGH, HALVES,   5000},
	{ "KLL float 50, one",          false, KLL,     50,   0,    FLOAT,   HIGH, HALVES,   1   },
	{ "KLL integer 100",            false, KLL,     100,  0,    INTEGER, HIGH, WHOLE,    5000},
	{ "REQ 12, empty",              false, REQ,     12,   0,    DOUBLE,  HIGH, WHOLE,    0   },
	{ "REQ 12",		     false, REQ,     12,   0,    DOUBLE,  HIGH, TENTHS,   5000},
	{ "REQ float 12",               false, REQ,     12,   0,    FLOAT,   HIGH, HALVES,   5000},
	{ "REQ float 12, low",          false, REQ,     12,   0,    FLOAT,   LOW,  HALVES,   5000},
	{ "REQ 20",		     false, REQ,     20,   0,    DOUBLE,  HIGH, TENTHS,   3000},
	{ "REQ 20, low, three",         false, REQ,     20,   0,    DOUBLE,  LOW,  INFINITE, 3   },
	{ "DDSketch 0.01, empty",       false, DD,      0,    0.01, DOUBLE,  HIGH, WHOLE,    0   },
	{ "DDSketch 0.01",              false, DD,      0,    0.01, DOUBLE,  HIGH, INFINITE, 5000},
	{ "DDSketch 0.02",              false, DD,      0,    0.02, DOUBLE,  HIGH, TENTHS,   5000},
	{ "t-digest 100, empty",        false, TDIGEST, 100,  0,    DOUBLE,  HIGH, WHOLE,    0   },
	{ "t-digest 10",                false, TDIGEST, 10,   0,    DOUBLE,  HIGH, TENTHS,   5000},
	{ "t-digest 500",               false, TDIGEST, 500,  0,    DOUBLE,  HIGH, TENTHS,   5000},
};

#define EXACT_MAX 1000
#define MOST_VALUES 20000

static double
value_of(enum values values, size_t i)
{
	const double whole = (double)(i * 7919 % 10007) - 5000;

	switch (values) {
	case WHOLE:
		return whole;
	case HALVES:
		return whole / 2;
	case TENTHS:
		return whole / 10;
	case INFINITE:
		return i % 100 == 0 ? (double)INFINITY
		    : i % 100 == 1  ? -(double)INFINITY
				    : whole / 10;
	}
	return 0;
}

static struct image
kll_image(const struct quantile_row *row, const double *values)
{
	const enum sk_kll_type type = row->type == FLOAT ? SK_KLL_FLOAT
	    : row->type == INTEGER                       ? SK_KLL_INTEGER
							 : SK_KLL_DOUBLE;
	struct sk_kll *kll = sk_kll_new(type, row->k, 1);
	struct image image;

	assert_non_null(kll);
	for (size_t i = 0; i < row->n; i++) {
		const int64_t integer = row->type == INTEGER ? (int64_t)values[i] : 0;

		assert_int_equal(row->type == INTEGER ? sk_kll_add_integers(kll, &integer, 1)
						      : sk_kll_add(kll, values[i]),
		    0);
	}
	image = image_new(sk_kll_encoded_size(kll));
	sk_kll_encode(kll, image.bytes);
	sk_kll_free(kll);
	return image;
}

static struct image
req_image(const struct quantile_row *row, const double *values)
{
	struct sk_req *req =
	    sk_req_new(row->k, row->accuracy, row->type == FLOAT ? SK_REQ_FLOAT : SK_REQ_DOUBLE, 1);
	struct image image;

	assert_non_null(req);
	assert_int_equal(sk_req_add_batch(req, values, row->n), 0);
	image = image_new(sk_req_encoded_size(req));
	sk_req_encode(req, image.bytes);
	sk_req_free(req);
	return image;
}

static struct image
quantile_image(const struct sk_quantile *quantile)
{
	struct image image = image_new(sk_quantile_encoded_size(quantile));

	sk_quantile_encode(quantile, image.bytes);
	return image;
}

static struct sk_quantile *
quantile_of(const struct quantile_row *row, const double *values)
{
	const struct sk_quantile_options options = { .algorithm = row->algorithm,
		.k = row->k,
		.alpha = row->alpha,
		.exact_max = row->exact ? EXACT_MAX : 0,
		.moments = true };
	struct sk_quantile *quantile = NULL;
	struct image image;

	if (row->algorithm == KLL && !row->exact)
		image = kll_image(row, values);
	else if (row->algorithm == REQ && !row->exact)
		image = req_image(row, values);
	else {
		quantile = sk_quantile_new(&options, MEMORY, 1);
		assert_non_null(quantile);
		assert_int_equal(sk_quantile_add_batch(quantile, values, row->n), 0);
		return quantile;
	}
	assert_int_equal(sk_quantile_decode(&quantile, &options,
			     (struct sk_span){ image.bytes, image.size }, row->type, MEMORY, 1),
	    SK_IMAGE_OK);
	free(image.bytes);
	return quantile;
}

/* Whether the values of ${exact} cannot be in the sketch of ${row}. */
static bool
unfit(const struct quantile_row *row, const struct quantile_row *exact)
{
	return exact->n > 0 &&
	    ((row->algorithm == TDIGEST && exact->values == INFINITE) ||
		(row->type == INTEGER && exact->values != WHOLE));
}

static bool
quantile_refused(const struct quantile_row *a, const struct quantile_row *b)
{
	if (b->n == 0)
		return false;
	if (a->exact && b->exact)
		return a->n + b->n > EXACT_MAX && (unfit(a, a) || unfit(a, b));
	if (a->exact || b->exact)
		return a->exact ? unfit(b, a) : unfit(a, b);
	return a->n > 0 &&
	    (a->algorithm != b->algorithm || (a->type == INTEGER) != (b->type == INTEGER) ||
		a->accuracy != b->accuracy || (a->algorithm == REQ && a->k != b->k) ||
		a->alpha < b->alpha || a->alpha > b->alpha);
}

static int
by_value(const void *a, const void *b)
{
	const double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Quantiles and ranks of ${n} sorted ${values} are within the bounds, at a confidence that leaves
 * little to chance. */
static void
check_quantiles(
    struct sk_quantile *merged, const double *values, size_t n, const char *a, const char *b)
{
	struct sk_quantile_view *view = sk_quantile_view_new(merged, 0.99999);
	struct sk_quantile_answer answer;

	assert_non_null(view);
	for (size_t rank = 1; rank <= n; rank += 1 + n / 50) {
		const double value = values[rank - 1], q = (double)rank / (double)n;
		size_t upto = rank;

		while (upto < n && !(values[upto] > value))
			upto++;
		answer = sk_quantile_view_quantile(view, ((double)rank - 0.5) / (double)n);
		if (!(answer.low <= value && value <= answer.high))
			fail_msg("%s with %s: at %g %g to %g, truly %g", a, b, q, answer.low,
			    answer.high, value);
		answer = sk_quantile_view_rank(view, value);
		if (!(answer.low - 1e-9 <= (double)upto / (double)n &&
			(double)upto / (double)n <= answer.high + 1e-9))
			fail_msg("%s with %s: %g has rank %g to %g, truly %g", a, b, value,
			    answer.low, answer.high, (double)upto / (double)n);
	}
	sk_quantile_view_free(view);
}

/* What the image says is what the sketch is. */
static void
check_image(
    const struct sk_quantile *merged, const struct quantile_row *a, const struct quantile_row *b)
{
	const struct sk_quantile_options options = { .algorithm = KLL, .k = 200, .exact_max = EXACT_MAX };
	struct image image = quantile_image(merged);
	struct sk_quantile *read = NULL;

	assert_int_equal(
	    sk_quantile_decode(&read, &options, (struct sk_span){ image.bytes, image.size },
		sk_quantile_type(merged), MEMORY, 1),
	    SK_IMAGE_OK);
	assert_same_image(quantile_image(read), image, a->name, b->name);
	if (sk_quantile_type(merged) == FLOAT)
		assert_true(
		    (a->n == 0 || a->values <= HALVES) && (b->n == 0 || b->values <= HALVES));
	sk_quantile_free(read);
}

static void
merge_quantile(const struct quantile_row *a, const struct quantile_row *b)
{
	static double values[MOST_VALUES];
	const size_t n = a->n + b->n;
	struct sk_quantile *into, *from;
	struct image before, source;
	const char *why;
	int merged, error;

	for (size_t i = 0; i < n; i++)
		values[i] =
		    i < a->n ? value_of(a->values, i) : value_of(b->values, i - a->n + SHIFT);
	into = quantile_of(a, values);
	from = quantile_of(b, values + a->n);
	before = quantile_image(into);
	source = quantile_image(from);
	why = sk_quantile_why_not(into, from);
	merged = sk_quantile_merge(into, from);
	error = errno;
	assert_same_image(quantile_image(from), source, b->name, a->name);
	if (is_refused(merged, error, why, quantile_refused(a, b), a->name, b->name)) {
		assert_same_image(quantile_image(into), before, a->name, b->name);
	} else {
		qsort(values, n, sizeof(*values), by_value);
		assert_int_equal(sk_quantile_count(into), n);
		assert_true(n == 0 || sk_quantile_min(into) == values[0]);
		assert_true(n == 0 || sk_quantile_max(into) == values[n - 1]);
		check_quantiles(into, values, n, a->name, b->name);
		check_image(into, a, b);
		free(before.bytes);
	}
	sk_quantile_free(into);
	sk_quantile_free(from);
}

static void
test_quantiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE(quantile_table); i++)
		for (size_t j = 0; j < SIZE(quantile_table); j++)
			merge_quantile(&quantile_table[i], &quantile_table[j]);
}

static void
test_quantiles_themselves(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE(quantile_table); i++) {
		double values[5000];
		struct sk_quantile *one;

		for (size_t at = 0; at < quantile_table[i].n; at++)
			values[at] = value_of(quantile_table[i].values, at);
		one = quantile_of(&quantile_table[i], values);
		errno = 0;
		assert_non_null(sk_quantile_why_not(one, one));
		assert_int_equal(sk_quantile_merge(one, one), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(sk_quantile_count(one), quantile_table[i].n);
		sk_quantile_free(one);
	}
}

/* Images do not say whether they hold floats or doubles, but their length does. */
static void
test_types_are_not_mistaken(void **state)
{
	const struct sk_quantile_options options = { .algorithm = KLL, .k = 200, .exact_max = EXACT_MAX };

	(void)state;
	for (size_t i = 0; i < SIZE(quantile_table); i++) {
		const struct quantile_row *row = &quantile_table[i];
		double values[5000];
		struct sk_quantile *right, *wrong = NULL;
		struct image image;

		if (row->exact || row->n == 0 || row->algorithm == DD)
			continue;
		for (size_t at = 0; at < row->n; at++)
			values[at] = value_of(row->values, at);
		right = quantile_of(row, values);
		image = quantile_image(right);
		assert_int_not_equal(sk_quantile_decode(&wrong, &options,
					 (struct sk_span){ image.bytes, image.size },
					 row->type == FLOAT ? DOUBLE : FLOAT, MEMORY, 1),
		    SK_IMAGE_OK);
		assert_null(wrong);
		free(image.bytes);
		sk_quantile_free(right);
	}
}

/* A refusal for the sum of counts leaves exact values exact. */
static void
test_too_many_values(void **state)
{
	const struct quantile_row few = { "few", true, KLL, 200, 0, DOUBLE, HIGH, TENTHS, 5 };
	const struct sk_quantile_options options = { .algorithm = KLL, .k = 200, .exact_max = EXACT_MAX };
	double values[5] = { 0.1, 0.2, 0.3, 0.4, 0.5 };
	struct sk_quantile *into = quantile_of(&few, values), *from = NULL;
	struct sk_kll *kll = sk_kll_new(SK_KLL_DOUBLE, 200, 1);
	struct image before = quantile_image(into), image;

	(void)state;
	assert_int_equal(sk_kll_add_weighted(kll, 1, INT64_MAX - 3), 0);
	image = image_new(sk_kll_encoded_size(kll));
	sk_kll_encode(kll, image.bytes);
	assert_int_equal(sk_quantile_decode(&from, &options,
			     (struct sk_span){ image.bytes, image.size }, DOUBLE, MEMORY, 1),
	    SK_IMAGE_OK);
	errno = 0;
	assert_int_equal(sk_quantile_merge(into, from), -1);
	assert_int_equal(errno, EOVERFLOW);
	assert_same_image(quantile_image(into), before, "few", "very many");
	free(image.bytes);
	sk_kll_free(kll);
	sk_quantile_free(into);
	sk_quantile_free(from);
}

/* Frequent items */

enum way { BUILT, STRINGS, LONGS }; /* as it is, or by way of an image */

static const struct frequent_row {
	const char *name;
	enum way way;
	size_t memory;
	size_t items;   /* the limit, 0 for none */
	size_t n;       /* different items */
	uint64_t extra; /* to each weight */
} frequent_table[] = {
	{"nothing",               BUILT,   MEMORY, 0,   0,    0                },
	{ "nothing, as integers", LONGS,   2048,   0,   0,    0                },
	{ "few",		  BUILT,   MEMORY, 0,   50,   0                },
	{ "few strings, small",   STRINGS, 2048,   20,  50,   0                },
	{ "few integers",         LONGS,   MEMORY, 0,   50,   0                },
	{ "many, exact",          BUILT,   MEMORY, 0,   3000, 0                },
	{ "many, 100 items",      BUILT,   MEMORY, 100, 3000, 0                },
	{ "many strings, small",  STRINGS, 4096,   0,   3000, 0                },
	{ "many integers, small", LONGS,   8192,   0,   3000, 7                },
	{ "heavy",                BUILT,   16384,  0,   64,   UINT64_C(1) << 56},
};

static uint64_t
weight_of(const struct frequent_row *row, size_t from, size_t item)
{
	return item >= from && item < from + row->n ? 1 + 3000 / (1 + item - from) + row->extra : 0;
}

static struct image
frequent_image(const struct sk_frequent *table, enum sk_frequent_items kind)
{
	struct image image = image_new(sk_frequent_encoded_size(table, kind));

	assert_int_equal(sk_frequent_encode(table, kind, 0, image.bytes), 0);
	return image;
}

static struct sk_frequent *
frequent_of(const struct frequent_row *row, size_t from)
{
	const enum sk_frequent_items kind =
	    row->way == LONGS ? SK_FREQUENT_LONGS : SK_FREQUENT_STRINGS;
	struct sk_frequent *table = sk_frequent_new(row->memory, 1), *read = NULL;
	struct image image;

	assert_non_null(table);
	sk_frequent_set_items(table, row->items);
	for (size_t i = from; i < from + row->n; i++) {
		const uint64_t weight = weight_of(row, from, i);
		char text[24];
		struct sk_span item = { (const unsigned char *)text, 0 };

		item.size = (size_t)snprintf(text, sizeof(text), "%zu", i);
		assert_int_equal(sk_frequent_add_batch(table, &item, &weight, 1), 0);
	}
	if (row->way == BUILT)
		return table;
	image = frequent_image(table, kind);
	assert_int_equal(
	    sk_frequent_decode(&read, kind, image.bytes, image.size, row->memory, 2), SK_IMAGE_OK);
	sk_frequent_free(table);
	free(image.bytes);
	return read;
}

static void
check_frequent(
    const struct sk_frequent *merged, const struct frequent_row *a, const struct frequent_row *b)
{
	uint64_t total = 0;

	for (size_t i = 0; i < SHIFT + 3000; i++) {
		const uint64_t truth = weight_of(a, 0, i) + weight_of(b, SHIFT, i);
		struct sk_frequent_item answer;
		char text[24];
		struct sk_span item = { (const unsigned char *)text, 0 };

		item.size = (size_t)snprintf(text, sizeof(text), "%zu", i);
		answer = sk_frequent_get(merged, item);
		if (answer.count < truth || answer.count - answer.error > truth)
			fail_msg("%s with %s: \"%s\" weighs %" PRIu64 " less %" PRIu64
				 ", truly %" PRIu64,
			    a->name, b->name, text, answer.count, answer.error, truth);
		total += truth;
	}
	assert_int_equal(sk_frequent_total(merged), total);
}

static void
test_frequent(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE(frequent_table) * SIZE(frequent_table); i++) {
		const struct frequent_row *a = &frequent_table[i / SIZE(frequent_table)];
		const struct frequent_row *b = &frequent_table[i % SIZE(frequent_table)];
		struct sk_frequent *into = frequent_of(a, 0), *from = frequent_of(b, SHIFT);
		struct image before = frequent_image(into, SK_FREQUENT_STRINGS);
		struct image source = frequent_image(from, SK_FREQUENT_STRINGS);

		errno = 0;
		if (a->extra > 7 && b->extra > 7) {
			assert_int_equal(sk_frequent_merge(into, from), -1);
			assert_int_equal(errno, EOVERFLOW);
			assert_same_image(
			    frequent_image(into, SK_FREQUENT_STRINGS), before, a->name, b->name);
		} else {
			assert_int_equal(sk_frequent_merge(into, from), 0);
			check_frequent(into, a, b);
			free(before.bytes);
		}
		assert_same_image(
		    frequent_image(from, SK_FREQUENT_STRINGS), source, b->name, a->name);
		assert_int_equal(sk_frequent_merge(into, into), -1);
		assert_int_equal(errno, EINVAL);
		sk_frequent_free(into);
		sk_frequent_free(from);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_distinct_versions),
		cmocka_unit_test(test_distinct_itself),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_quantiles_themselves),
		cmocka_unit_test(test_types_are_not_mistaken),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_frequent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
