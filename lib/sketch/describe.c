/* describe.c -- what is this image? */
#include "describe.h"

#include <float.h>
#include <math.h>

#include "dd.h"
#include "distinct.h"
#include "frequent.h"
#include "hll.h"
#include "kll.h"
#include "req.h"
#include "tdigest.h"
#include "theta.h"

#define FAMILY_DD 64 /* in frames; in its image it is IMAGE_DD */
#define FAMILY_VALUES 65
#define IMAGE_DD 0xdd
#define FAMILY_EBPPS 19 /* and that of density sketches, whose preambles are of other lengths */
#define OWN_HEAD ((size_t)16)
#define PREAMBLE_MASK 0x3f /* above it, some families have the resize factor */
#define VERSION_MAX 4      /* of all families */
#define COUNT_MAX 9.2e18
#define CONFIDENCE 0.99

/* What all writers of parameters need. */

static struct sk_parameter *
next_parameter(struct sk_description *about, const char *name, enum sk_parameter_kind kind)
{
	struct sk_parameter *parameter = &about->parameters[about->parameters_count++];

	*parameter = (struct sk_parameter){ .name = name, .kind = kind };
	return parameter;
}

static void
add_number(struct sk_description *about, const char *name, uint64_t number)
{
	next_parameter(about, name, SK_PARAMETER_NUMBER)->number = number;
}

static void
add_fraction(struct sk_description *about, const char *name, double fraction)
{
	next_parameter(about, name, SK_PARAMETER_FRACTION)->fraction = fraction;
}

static void
add_word(struct sk_description *about, const char *name, const char *word)
{
	next_parameter(about, name, SK_PARAMETER_WORD)->word = word;
}

static void
set_count(struct sk_description *about, uint64_t count)
{
	about->counted = true;
	about->count = count;
}

static void
set_estimate(struct sk_description *about, double estimate)
{
	if (estimate >= 0 && estimate < COUNT_MAX)
		set_count(about, (uint64_t)(estimate + 0.5));
}

/* Whether items of ${type} are what ${items} says: all are, where it is not known. */
static bool
may_be(enum sk_describe_items items, enum sk_describe_items type)
{
	return items == SK_DESCRIBE_UNKNOWN || items == type;
}

/* What is wrong with an image that no type fits: what the first that was tried had to say. */
static enum sk_image_status
refusal(enum sk_image_status first)
{
	return first == SK_IMAGE_OK ? SK_IMAGE_UNSUPPORTED : first;
}

/* The families */

static enum sk_image_status
describe_hll(struct sk_description *about, struct sk_span image)
{
	static const unsigned bits[] = { 4, 6, 8 };
	static const char *const modes[] = { "list", "set", "registers", "registers" };
	struct sk_hll *sketch;
	enum sk_image_status status = sk_hll_decode(&sketch, image.data, image.size);

	if (status != SK_IMAGE_OK)
		return status;
	about->empty = sk_hll_is_empty(sketch);
	about->exact = sk_hll_exact(sketch);
	set_estimate(about, sk_hll_estimate(sketch));
	add_number(about, "lg_k", sk_hll_lg_k(sketch));
	add_number(about, "bits", bits[sk_hll_type(sketch)]);
	add_word(about, "mode", modes[image.data[7] & 3]);
	sk_hll_free(sketch);
	return status;
}

static enum sk_image_status
describe_theta(struct sk_description *about, struct sk_span image)
{
	struct sk_theta *sketch;
	enum sk_image_status status =
	    sk_theta_decode(&sketch, image.data, image.size, SK_MURMUR3_SEED);

	if (status != SK_IMAGE_OK)
		return status;
	about->empty = sk_theta_empty(sketch);
	about->exact = sk_theta_exact(sketch);
	set_estimate(about, sk_theta_estimate(sketch));
	add_fraction(about, "theta", sk_theta_fraction(sketch));
	add_number(about, "retained", sk_theta_retained(sketch));
	sk_theta_free(sketch);
	return status;
}

static enum sk_image_status
describe_frequent(struct sk_description *about, struct sk_span image)
{
	static const enum sk_describe_items types[] = { SK_DESCRIBE_STRING, SK_DESCRIBE_LONG };
	static const enum sk_frequent_items kinds[] = { SK_FREQUENT_STRINGS, SK_FREQUENT_LONGS };
	enum sk_image_status first = SK_IMAGE_OK;

	for (size_t i = 0; i < 2; i++) {
		struct sk_frequent *table;
		enum sk_image_status status;

		if (!may_be(about->items, types[i]))
			continue;
		status = sk_frequent_decode(&table, kinds[i], image.data, image.size, SIZE_MAX, 0);
		if (status != SK_IMAGE_OK) {
			first = first == SK_IMAGE_OK ? status : first;
			continue;
		}
		about->items = types[i];
		about->weighted = true;
		about->empty = sk_frequent_total(table) == 0;
		about->exact = sk_frequent_exact(table);
		set_count(about, sk_frequent_total(table));
		add_number(about, "held", sk_frequent_size(table));
		next_parameter(about, "max_error", SK_PARAMETER_WEIGHT)->number =
		    sk_frequent_max_error(table);
		sk_frequent_free(table);
		return SK_IMAGE_OK;
	}
	return refusal(first);
}

/* Integers read as doubles are tiny: an int64 under 2^52 has the bits of a subnormal number. */
static bool
seem_integers(const struct sk_kll *sketch)
{
	double most = fmax(fabs(sk_kll_min(sketch)), fabs(sk_kll_max(sketch)));

	return sk_kll_n(sketch) > 0 && most > 0 && most < DBL_MIN;
}

static enum sk_image_status
describe_kll_strings(struct sk_description *about, struct sk_span image, bool likely)
{
	struct sk_kll_strings strings;
	enum sk_image_status status = sk_kll_read_strings(&strings, image.data, image.size);

	if (status != SK_IMAGE_OK || (likely && !strings.likely))
		return status != SK_IMAGE_OK ? status : SK_IMAGE_UNSUPPORTED;
	about->items = SK_DESCRIBE_STRING;
	about->empty = strings.n == 0;
	about->exact = strings.levels == 1;
	set_count(about, strings.n);
	add_number(about, "k", strings.k);
	add_number(about, "retained", strings.retained);
	if (!about->exact)
		add_fraction(about, "error", fmin(1, sk_kll_error(strings.min_k, CONFIDENCE)));
	return status;
}

static enum sk_image_status
describe_kll(struct sk_description *about, struct sk_span image)
{
	static const enum sk_describe_items types[] = { SK_DESCRIBE_DOUBLE, SK_DESCRIBE_FLOAT,
		SK_DESCRIBE_LONG };
	static const enum sk_kll_type kinds[] = { SK_KLL_DOUBLE, SK_KLL_FLOAT, SK_KLL_INTEGER };
	enum sk_image_status first = SK_IMAGE_OK;

	if (about->items == SK_DESCRIBE_STRING)
		return describe_kll_strings(about, image, false);
	if (about->items == SK_DESCRIBE_UNKNOWN &&
	    describe_kll_strings(about, image, true) == SK_IMAGE_OK)
		return SK_IMAGE_OK;
	for (size_t i = 0; i < 3; i++) {
		struct sk_kll *sketch;
		enum sk_image_status status;

		if (!may_be(about->items, types[i]))
			continue;
		status = sk_kll_decode(&sketch, image.data, image.size, kinds[i], 0);
		if (status != SK_IMAGE_OK) {
			first = first == SK_IMAGE_OK ? status : first;
			continue;
		}
		if (about->items == SK_DESCRIBE_UNKNOWN)
			about->items = i == 0 && seem_integers(sketch) ? SK_DESCRIBE_LONG : types[i];
		about->empty = sk_kll_n(sketch) == 0;
		about->exact = !sk_kll_is_estimation(sketch);
		set_count(about, sk_kll_n(sketch));
		add_number(about, "k", sk_kll_k(sketch));
		add_number(about, "retained", sk_kll_retained(sketch));
		if (!about->exact)
			add_fraction(about, "error",
			    fmin(1, sk_kll_error(sk_kll_min_k(sketch), CONFIDENCE)));
		sk_kll_free(sketch);
		return SK_IMAGE_OK;
	}
	if (about->items == SK_DESCRIBE_UNKNOWN &&
	    describe_kll_strings(about, image, false) == SK_IMAGE_OK)
		return SK_IMAGE_OK;
	return refusal(first);
}

static enum sk_image_status
describe_req(struct sk_description *about, struct sk_span image)
{
	static const enum sk_describe_items types[] = { SK_DESCRIBE_DOUBLE, SK_DESCRIBE_FLOAT };
	static const enum sk_req_type kinds[] = { SK_REQ_DOUBLE, SK_REQ_FLOAT };
	enum sk_image_status first = SK_IMAGE_OK;

	for (size_t i = 0; i < 2; i++) {
		struct sk_req *sketch;
		enum sk_image_status status;

		if (!may_be(about->items, types[i]))
			continue;
		status = sk_req_decode(&sketch, image.data, image.size, kinds[i], 0);
		if (status != SK_IMAGE_OK) {
			first = first == SK_IMAGE_OK ? status : first;
			continue;
		}
		about->items = types[i];
		about->empty = sk_req_n(sketch) == 0;
		about->exact = !sk_req_is_estimation(sketch);
		set_count(about, sk_req_n(sketch));
		add_number(about, "k", sk_req_k(sketch));
		add_word(about, "accuracy",
		    sk_req_accuracy(sketch) == SK_REQ_HIGH_RANKS ? "high" : "low");
		add_number(about, "retained", sk_req_held(sketch));
		sk_req_free(sketch);
		return SK_IMAGE_OK;
	}
	return refusal(first);
}

static enum sk_image_status
describe_tdigest(struct sk_description *about, struct sk_span image)
{
	static const enum sk_describe_items types[] = { SK_DESCRIBE_DOUBLE, SK_DESCRIBE_FLOAT };
	static const enum sk_tdigest_type kinds[] = { SK_TDIGEST_DOUBLE, SK_TDIGEST_FLOAT };
	enum sk_image_status first = SK_IMAGE_OK;

	for (size_t i = 0; i < 2; i++) {
		struct sk_tdigest *sketch;
		enum sk_image_status status;

		if (!may_be(about->items, types[i]))
			continue;
		status = sk_tdigest_decode(&sketch, image.data, image.size, kinds[i]);
		if (status != SK_IMAGE_OK) {
			first = first == SK_IMAGE_OK ? status : first;
			continue;
		}
		about->items = types[i];
		about->empty = sk_tdigest_count(sketch) == 0;
		about->exact = sk_tdigest_count(sketch) <= 1;
		set_count(about, sk_tdigest_count(sketch));
		add_number(about, "k", sk_tdigest_k(sketch));
		sk_tdigest_free(sketch);
		return SK_IMAGE_OK;
	}
	return refusal(first);
}

static enum sk_image_status
describe_dd(struct sk_description *about, struct sk_span image)
{
	struct sk_dd *sketch;
	enum sk_image_status status = sk_dd_decode(&sketch, image.data, image.size);

	if (status != SK_IMAGE_OK)
		return status;
	about->items = SK_DESCRIBE_DOUBLE;
	about->empty = sk_dd_count(sketch) == 0;
	about->exact = about->empty;
	set_count(about, sk_dd_count(sketch));
	add_fraction(about, "alpha", sk_dd_alpha(sketch));
	add_number(about, "max_bins", sk_dd_max_bins(sketch));
	sk_dd_free(sketch);
	return status;
}

/* Values as they came: a head, their number, and each in eight bytes. */
static enum sk_image_status
describe_values(struct sk_description *about, struct sk_span image)
{
	size_t values = image.size >= OWN_HEAD ? (image.size - OWN_HEAD) / 8 : 0;

	if (image.size < OWN_HEAD)
		return SK_IMAGE_TRUNCATED;
	if (image.data[2] != FAMILY_VALUES)
		return SK_IMAGE_NOT_OURS;
	if (image.data[1] != 1)
		return SK_IMAGE_NEWER;
	if (sk_load64(image.data + 8) > values)
		return SK_IMAGE_TRUNCATED;
	if (image.data[0] != 1 || sk_load_bytes(image.data + 3, 5) != 0 ||
	    sk_load64(image.data + 8) < values || (image.size - OWN_HEAD) % 8 != 0)
		return SK_IMAGE_CORRUPT;
	for (size_t i = 0; i < values; i++)
		if (isnan(sk_load_double(image.data + OWN_HEAD + 8 * i)))
			return SK_IMAGE_CORRUPT;
	about->items = SK_DESCRIBE_DOUBLE;
	about->empty = values == 0;
	about->exact = true;
	set_count(about, values);
	return SK_IMAGE_OK;
}

static enum sk_image_status
describe_items(struct sk_description *about, struct sk_span image)
{
	static const struct sk_distinct_options options = { SK_DISTINCT_HLL, SK_HLL_LG_K_MIN,
		SK_HLL_8, SIZE_MAX };
	struct sk_distinct *sketch;
	enum sk_image_status status;

	if (image.size > 2 && image.data[2] != SK_DISTINCT_ITEMS)
		return SK_IMAGE_NOT_OURS;
	status = sk_distinct_decode(&sketch, &options, image, SIZE_MAX, 0);
	if (status != SK_IMAGE_OK)
		return status;
	about->items = SK_DESCRIBE_STRING;
	about->exact = true;
	set_estimate(about, sk_distinct_answer(sketch, 1).count);
	about->empty = about->count == 0;
	sk_distinct_free(sketch);
	return status;
}

/* The registry */

struct family {
	unsigned id;
	const char *name;
	unsigned preamble_least; /* byte 0, in units of 4 or 8 bytes */
	unsigned preamble_most;
	enum sk_image_status (*describe)(struct sk_description *about, struct sk_span image);
};

/* Apache DataSketches' numbers, with the shortest and the longest preamble that its libraries write. */
static const struct family families[] = {
	{ 1, "alpha", 3, 3, NULL },
	{ 2, "quickselect", 3, 3, NULL },
	{ SK_FAMILY_THETA, "theta", 1, 3, describe_theta },
	{ 4, "union", 4, 4, NULL },
	{ 5, "intersection", 1, 3, NULL },
	{ 6, "anotb", 1, 3, NULL },
	{ SK_FAMILY_HLL, "hll", 2, 10, describe_hll },
	{ SK_FAMILY_QUANTILES, "quantiles", 1, 2, NULL },
	{ SK_FAMILY_TUPLE, "tuple", 1, 3, NULL },
	{ SK_FAMILY_FREQUENT, "frequent", 1, 4, describe_frequent },
	{ 11, "reservoir", 1, 2, NULL },
	{ 12, "reservoir-union", 1, 1, NULL },
	{ 13, "varopt", 1, 4, NULL },
	{ 14, "varopt-union", 1, 4, NULL },
	{ SK_FAMILY_KLL, "kll", 2, 5, describe_kll },
	{ SK_FAMILY_CPC, "cpc", 2, 10, NULL },
	{ SK_FAMILY_REQ, "req", 2, 4, describe_req },
	{ 18, "countmin", 2, 4, NULL },
	{ FAMILY_EBPPS, "ebpps", 1, 6, NULL },
	{ SK_FAMILY_TDIGEST, "tdigest", 1, 2, describe_tdigest },
	{ 21, "bloom", 3, 4, NULL },
	{ FAMILY_DD, "dd", 0, 0, describe_dd },
	{ FAMILY_VALUES, "values", 1, 1, describe_values },
	{ SK_DISTINCT_ITEMS, "items", 1, 1, describe_items },
};

static const struct family *
find_family(unsigned id)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].id == (id == IMAGE_DD ? FAMILY_DD : id))
			return &families[i];
	return NULL;
}

const char *
sk_describe_items_name(enum sk_describe_items items)
{
	static const char *const names[] = { "-", "string", "double", "float", "long" };

	return names[items];
}

unsigned
sk_describe_family(struct sk_span image)
{
	const unsigned char *byte = image.data;
	const struct family *family;

	if (image.size < 8)
		return 0;
	if (byte[0] == IMAGE_DD && byte[2] == IMAGE_DD)
		return FAMILY_DD;
	/* The two encodings of the reference implementation of t-digest: big-endian, and 1 or 2 first. */
	if (sk_load_bytes(byte, 3) == 0 && (byte[3] == 1 || byte[3] == 2))
		return SK_FAMILY_TDIGEST;
	family = find_family(byte[2]);
	if (family == NULL || family->id == FAMILY_DD || byte[1] < 1 || byte[1] > VERSION_MAX ||
	    (byte[0] & PREAMBLE_MASK) < family->preamble_least ||
	    (byte[0] & PREAMBLE_MASK) > family->preamble_most)
		return 0;
	return family->id;
}

const char *
sk_describe_name(unsigned family, struct sk_span image)
{
	const struct family *known = find_family(family);

	if (family == FAMILY_EBPPS && image.size > 0 && (image.data[0] == 3 || image.data[0] == 6))
		return "density";
	return known != NULL ? known->name : NULL;
}

struct sk_description
sk_describe(unsigned family, struct sk_span image, enum sk_describe_items items)
{
	struct sk_description about = { .items = items };
	const struct family *known = find_family(family);

	if (known == NULL) {
		about.status = SK_IMAGE_NOT_OURS;
		return about;
	}
	about.name = sk_describe_name(family, image);
	about.version = image.size > 1 ? image.data[1] : 0;
	if (known->describe == NULL)
		about.status = image.size < 8 ? SK_IMAGE_TRUNCATED :
		    image.data[2] != family   ? SK_IMAGE_NOT_OURS :
						SK_IMAGE_UNSUPPORTED;
	else
		about.status = known->describe(&about, image);
	return about;
}
