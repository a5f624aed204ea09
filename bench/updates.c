/*
 * updates.c -- nanoseconds per update of each sketch, through the library's calls for batches and for one item.
 *
 *   updates [-n UPDATES] [-b BATCH]
 *
 * One round: each case is timed once, over UPDATES (1048576) updates in batches of BATCH (4096), by a sketch that has
 * already seen as many others and so is in its large mode. Rows: family, item, call, ns of the processor's time.
 * bench/updates runs several rounds and compares them.
 *
 * Items come from a pool of 65,536 that stays in the processor's cache: random numbers of 8 bytes, strings of 20 bytes,
 * doubles. Those of frequent items follow Zipf's law over 100,000 items.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sketch/coin.h"
#include "sketch/dd.h"
#include "sketch/frequent.h"
#include "sketch/hll.h"
#include "sketch/kll.h"
#include "sketch/murmur3.h"
#include "sketch/murmur3_batch.h"
#include "sketch/req.h"
#include "sketch/tdigest.h"
#include "sketch/theta.h"

#define LG_K 12u
#define SEED UINT64_C(1)
#define POOL ((size_t)65536)
#define STRING ((size_t)20)
#define ZIPF_ITEMS ((size_t)100000)
#define BATCH_MAX ((size_t)65536)

/* 2^12 counters of items of up to 20 bytes: 3,072 of them with an index of 4,096 slots. */
#define FREQUENT_MEMORY ((size_t)(3072 * (24 + 24) + 4096 * 14 + 512))

static struct {
	uint64_t numbers[POOL];
	double doubles[POOL];
	float floats[POOL];
	int64_t integers[POOL];
	unsigned char strings[POOL][STRING];
	struct sk_span spans[POOL];
	unsigned char zipf_strings[ZIPF_ITEMS][STRING];
	double cumulative[ZIPF_ITEMS];
	struct sk_span zipf[POOL * 4]; /* as they come */
	uint64_t h1[BATCH_MAX];
	uint64_t h2[BATCH_MAX];
} data;

/* What a case adds to: one of these, or nothing but hashes. */
struct subject {
	struct sk_hll *hll;
	struct sk_theta *theta;
	struct sk_kll *kll;
	struct sk_req *req;
	struct sk_tdigest *tdigest;
	struct sk_dd *dd;
	struct sk_frequent *frequent;
	uint64_t sum; /* so that no hash is for nothing */
};

struct bench_case {
	const char *family;
	const char *item;
	const char *call;
	double skew; /* of frequent items; else 0 */
	void (*make)(struct subject *subject);
	int (*add)(struct subject *subject, size_t from, size_t n); /* items of the pool */
};

/* Subjects */

static void
make_nothing(struct subject *subject)
{
	subject->sum = 1;
}

static void
make_hll_8(struct subject *subject)
{
	subject->hll = sk_hll_new(LG_K, SK_HLL_8);
}

static void
make_hll_6(struct subject *subject)
{
	subject->hll = sk_hll_new(LG_K, SK_HLL_6);
}

static void
make_hll_4(struct subject *subject)
{
	subject->hll = sk_hll_new(LG_K, SK_HLL_4);
}

static void
make_theta(struct subject *subject)
{
	subject->theta = sk_theta_new(LG_K, SK_MURMUR3_SEED);
}

static void
make_kll_double(struct subject *subject)
{
	subject->kll = sk_kll_new(SK_KLL_DOUBLE, SK_KLL_K_DEFAULT, SEED);
}

static void
make_kll_float(struct subject *subject)
{
	subject->kll = sk_kll_new(SK_KLL_FLOAT, SK_KLL_K_DEFAULT, SEED);
}

static void
make_kll_integer(struct subject *subject)
{
	subject->kll = sk_kll_new(SK_KLL_INTEGER, SK_KLL_K_DEFAULT, SEED);
}

static void
make_req_double(struct subject *subject)
{
	subject->req = sk_req_new(SK_REQ_K_DEFAULT, SK_REQ_HIGH_RANKS, SK_REQ_DOUBLE, SEED);
}

static void
make_req_float(struct subject *subject)
{
	subject->req = sk_req_new(SK_REQ_K_DEFAULT, SK_REQ_HIGH_RANKS, SK_REQ_FLOAT, SEED);
}

static void
make_tdigest(struct subject *subject)
{
	subject->tdigest = sk_tdigest_new(SK_TDIGEST_K);
}

static void
make_dd(struct subject *subject)
{
	subject->dd = sk_dd_new(SK_DD_ALPHA, SK_DD_BINS);
}

static void
make_frequent(struct subject *subject)
{
	subject->frequent = sk_frequent_new(FREQUENT_MEMORY, SEED);
}

static void
release(struct subject *subject)
{
	sk_hll_free(subject->hll);
	sk_theta_free(subject->theta);
	sk_kll_free(subject->kll);
	sk_req_free(subject->req);
	sk_tdigest_free(subject->tdigest);
	sk_dd_free(subject->dd);
	sk_frequent_free(subject->frequent);
}

/* Updates: ADD_ONE(name, call) and ADD_BATCH(name, call) define a function that makes ${call}s, i being the item. */

#define ADD_ONE(name, call)                                                                        \
	static int name(struct subject *subject, size_t from, size_t n)                            \
	{                                                                                          \
		int status = 0;                                                                    \
                                                                                                   \
		for (size_t i = from; i < from + n; i++)                                           \
			status |= (call);                                                          \
		return status;                                                                     \
	}

#define ADD_BATCH(name, call)                                                                      \
	static int name(struct subject *subject, size_t from, size_t n)                            \
	{                                                                                          \
		return call;                                                                       \
	}

static int
hash(struct subject *subject, struct sk_murmur3 hash)
{
	subject->sum += hash.h1 ^ hash.h2;
	return 0;
}

static int
hash_numbers(struct subject *subject, size_t from, size_t n)
{
	sk_murmur3_u64_batch(data.numbers + from, n, SK_MURMUR3_SEED, data.h1, data.h2);
	subject->sum += data.h1[n - 1] ^ data.h2[0];
	return 0;
}

static int
hash_strings(struct subject *subject, size_t from, size_t n)
{
	sk_murmur3_bytes_batch(data.spans + from, n, SK_MURMUR3_SEED, data.h1, data.h2);
	subject->sum += data.h1[n - 1] ^ data.h2[0];
	return 0;
}

ADD_ONE(hash_number, hash(subject, sk_murmur3_u64(data.numbers[i], SK_MURMUR3_SEED)))
ADD_ONE(hash_string, hash(subject, sk_murmur3_bytes(data.spans[i], SK_MURMUR3_SEED)))
ADD_BATCH(hll_numbers, sk_hll_add_u64_batch(subject->hll, data.numbers + from, n))
ADD_ONE(hll_number, sk_hll_add_u64(subject->hll, data.numbers[i]))
ADD_BATCH(hll_strings, sk_hll_add_batch(subject->hll, data.spans + from, n))
ADD_ONE(hll_string, sk_hll_add(subject->hll, data.spans[i]))
ADD_BATCH(theta_numbers, sk_theta_add_u64_batch(subject->theta, data.numbers + from, n))
ADD_ONE(theta_number, sk_theta_add_u64(subject->theta, data.numbers[i]))
ADD_BATCH(theta_strings, sk_theta_add_batch(subject->theta, data.spans + from, n))
ADD_ONE(theta_string, sk_theta_add(subject->theta, data.spans[i]))
ADD_BATCH(kll_doubles, sk_kll_add_batch(subject->kll, data.doubles + from, n))
ADD_ONE(kll_double, sk_kll_add(subject->kll, data.doubles[i]))
ADD_BATCH(kll_integers, sk_kll_add_integers(subject->kll, data.integers + from, n))
ADD_BATCH(req_doubles, sk_req_add_batch(subject->req, data.doubles + from, n))
ADD_ONE(req_double, sk_req_add(subject->req, data.doubles[i]))
ADD_BATCH(req_floats, sk_req_add_floats(subject->req, data.floats + from, n))
ADD_BATCH(tdigest_doubles, sk_tdigest_add_batch(subject->tdigest, data.doubles + from, n))
ADD_ONE(tdigest_double, sk_tdigest_add(subject->tdigest, data.doubles[i]))
ADD_BATCH(dd_doubles, sk_dd_add_batch(subject->dd, data.doubles + from, n))
ADD_ONE(dd_double, sk_dd_add(subject->dd, data.doubles[i]))
ADD_BATCH(frequent_items, sk_frequent_add_batch(subject->frequent, data.zipf + from, NULL, n))

static const struct bench_case cases[] = {
	{ "murmur3", "number", "batch", 0, make_nothing, hash_numbers },
	{ "murmur3", "number", "one", 0, make_nothing, hash_number },
	{ "murmur3", "string", "batch", 0, make_nothing, hash_strings },
	{ "murmur3", "string", "one", 0, make_nothing, hash_string },
	{ "hll8", "number", "batch", 0, make_hll_8, hll_numbers },
	{ "hll8", "number", "one", 0, make_hll_8, hll_number },
	{ "hll8", "string", "batch", 0, make_hll_8, hll_strings },
	{ "hll8", "string", "one", 0, make_hll_8, hll_string },
	{ "hll6", "number", "batch", 0, make_hll_6, hll_numbers },
	{ "hll6", "string", "batch", 0, make_hll_6, hll_strings },
	{ "hll4", "number", "batch", 0, make_hll_4, hll_numbers },
	{ "hll4", "string", "batch", 0, make_hll_4, hll_strings },
	{ "theta", "number", "batch", 0, make_theta, theta_numbers },
	{ "theta", "number", "one", 0, make_theta, theta_number },
	{ "theta", "string", "batch", 0, make_theta, theta_strings },
	{ "theta", "string", "one", 0, make_theta, theta_string },
	{ "kll", "double", "batch", 0, make_kll_double, kll_doubles },
	{ "kll", "double", "one", 0, make_kll_double, kll_double },
	{ "kll", "float", "batch", 0, make_kll_float, kll_doubles },
	{ "kll", "integer", "batch", 0, make_kll_integer, kll_integers },
	{ "req", "double", "batch", 0, make_req_double, req_doubles },
	{ "req", "double", "one", 0, make_req_double, req_double },
	{ "req", "float", "batch", 0, make_req_float, req_floats },
	{ "tdigest", "double", "batch", 0, make_tdigest, tdigest_doubles },
	{ "tdigest", "double", "one", 0, make_tdigest, tdigest_double },
	{ "dd", "double", "batch", 0, make_dd, dd_doubles },
	{ "dd", "double", "one", 0, make_dd, dd_double },
	{ "frequent", "number 0.8", "batch", 0.8, make_frequent, frequent_items },
	{ "frequent", "number 1.1", "batch", 1.1, make_frequent, frequent_items },
	{ "frequent", "number 1.5", "batch", 1.5, make_frequent, frequent_items },
	{ "frequent", "string 0.8", "batch", 0.8, make_frequent, frequent_items },
	{ "frequent", "string 1.1", "batch", 1.1, make_frequent, frequent_items },
	{ "frequent", "string 1.5", "batch", 1.5, make_frequent, frequent_items },
};

/* Data */

/* Twenty letters that tell ${number}. */
static void
spell(unsigned char *to, uint64_t number)
{
	for (size_t i = 0; i < STRING; i++, number = number >> 3 | number << 61)
		to[i] = (unsigned char)('a' + (number & 15));
}

static double
uniform(struct sk_coin *coin)
{
	return (double)(sk_coin_bits(coin) >> 11) / 9007199254740992.0;
}

static void
fill_pool(struct sk_coin *coin)
{
	for (size_t i = 0; i < POOL; i++) {
		data.numbers[i] = sk_coin_bits(coin);
		data.doubles[i] = 1 / (uniform(coin) + 1e-6);
		data.floats[i] = (float)data.doubles[i];
		data.integers[i] = (int64_t)data.numbers[i];
		spell(data.strings[i], data.numbers[i]);
		data.spans[i] = (struct sk_span){ data.strings[i], STRING };
	}
	for (size_t i = 0; i < ZIPF_ITEMS; i++)
		spell(data.zipf_strings[i], sk_coin_bits(coin));
}

/* A stream under Zipf's law of ${skew}, of items of ${size} bytes. */
static void
fill_zipf(struct sk_coin *coin, double skew, size_t size)
{
	double sum = 0;

	for (size_t i = 0; i < ZIPF_ITEMS; i++)
		data.cumulative[i] = sum += pow((double)(i + 1), -skew);
	for (size_t i = 0; i < sizeof(data.zipf) / sizeof(*data.zipf); i++) {
		const double at = uniform(coin) * sum;
		size_t low = 0, high = ZIPF_ITEMS - 1;

		while (low < high) {
			const size_t middle = low + (high - low) / 2;

			if (data.cumulative[middle] < at)
				low = middle + 1;
			else
				high = middle;
		}
		data.zipf[i] = (struct sk_span){ data.zipf_strings[low], size };
	}
}

/* Timing */

/* The processor's time, nanoseconds: other programs do not count. */
static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int
update(const struct bench_case *row, struct subject *subject, size_t n, size_t batch)
{
	const size_t pool = row->skew > 0 ? sizeof(data.zipf) / sizeof(*data.zipf) : POOL;
	int status = 0;

	for (size_t from = 0; n > 0; from = (from + batch) % pool) {
		size_t size = batch < n ? batch : n;

		size = size < pool - from ? size : pool - from;
		status |= row->add(subject, from, size);
		n -= size;
	}
	return status;
}

/* ${n} updates before the clock starts, and as many numbers beyond those of the pool for HLL and Theta. */
static int
warm(const struct bench_case *row, struct subject *subject, struct sk_coin *coin, size_t n, size_t batch)
{
	for (size_t i = 0; i < n; i++) {
		const uint64_t number = sk_coin_bits(coin);

		if ((subject->hll != NULL && sk_hll_add_u64(subject->hll, number) == -1) ||
		    (subject->theta != NULL && sk_theta_add_u64(subject->theta, number) == -1))
			return -1;
	}
	return update(row, subject, n, batch);
}

static int
measure(const struct bench_case *row, struct sk_coin *coin, size_t n, size_t batch)
{
	struct subject subject = { .sum = 0 };
	double start, end;
	int status;

	if (row->skew > 0)
		fill_zipf(coin, row->skew, row->item[0] == 'n' ? 8 : STRING);
	row->make(&subject);
	status = warm(row, &subject, coin, n, batch);
	start = now();
	status |= update(row, &subject, n, batch);
	end = now();
	release(&subject);
	if (status != 0)
		return -1;
	/* The sum is never this, but the compiler cannot know. */
	printf("%s\t%s\t%s\t%.3f%s\n", row->family, row->item, row->call, (end - start) / (double)n,
	    subject.sum == 42 ? " " : "");
	return 0;
}

/* A number from 1 to ${most}, or 0. */
static size_t
parse(const char *text, size_t most)
{
	char *end;
	const unsigned long long number = strtoull(text, &end, 10);

	return *text >= '0' && *text <= '9' && *end == '\0' && number <= most ? (size_t)number : 0;
}

int
main(int argc, char **argv)
{
	struct sk_coin coin = { SEED };
	size_t n = (size_t)1 << 20, batch = 4096;
	int option;

	while ((option = getopt(argc, argv, "n:b:")) != -1) {
		if (option == 'n')
			n = parse(optarg, (size_t)1 << 30);
		if (option == 'b')
			batch = parse(optarg, BATCH_MAX);
		if (option == '?' || n == 0 || batch == 0)
			break;
	}
	if (option != -1 || optind != argc) {
		fprintf(stderr, "usage: updates [-n UPDATES] [-b BATCH, up to %zu]\n", BATCH_MAX);
		return 2;
	}
	fill_pool(&coin);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (measure(&cases[i], &coin, n, batch) == -1) {
			fprintf(stderr, "updates: %s of %s: an update failed\n", cases[i].family,
			    cases[i].item);
			return 1;
		}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
