/* fuzz_kll.c -- KLL images. Byte 0: the type of the values, strings as the fourth; then the image. */
#include <math.h>

#include "fuzz.h"
#include "sketch/kll.h"

/* Whether the sketch's values are all doubles too: then no query rounds. */
static bool
is_precise(const struct sk_kll *sketch)
{
	const double most = 9007199254740992.0;

	return sk_kll_type(sketch) != SK_KLL_INTEGER || (sk_kll_min(sketch) > -most && sk_kll_max(sketch) < most);
}

static void
query_integers(const struct sk_kll *sketch, const struct sk_kll_view *view)
{
	int64_t last = sk_kll_min_integer(sketch);

	for (int i = 0; i <= 20; i++) {
		int64_t value = sk_kll_view_integer(view, i / 20.0, true);

		check(last <= value && value <= sk_kll_max_integer(sketch));
		last = value;
	}
}

static void
query_view(const struct sk_kll *sketch)
{
	struct sk_kll_view *view = sk_kll_view_new(sketch);
	double last = -INFINITY, splits[2] = { sk_kll_min(sketch), sk_kll_max(sketch) }, ranks[3];

	check(view != NULL);
	if (sk_kll_type(sketch) == SK_KLL_INTEGER)
		query_integers(sketch, view);
	for (int i = 0; i <= 20; i++) {
		double q = i / 20.0, value = sk_kll_view_quantile(view, q, true);
		struct sk_kll_bounds bounds = sk_kll_view_bounds(view, q, 0.99);

		check(last <= value && splits[0] <= value && value <= splits[1]);
		check(bounds.lower <= value && value <= bounds.upper);
		check(sk_kll_view_quantile(view, q, false) >= value);
		check(same_double(sk_kll_view_rank(view, value, true), sk_kll_rank(sketch, value, true)));
		check(same_double(sk_kll_view_rank(view, value, false), sk_kll_rank(sketch, value, false)));
		check(!is_precise(sketch) ||
		    sk_kll_view_rank(view, value, false) < sk_kll_view_rank(view, value, true));
		last = value;
	}
	if (splits[0] < splits[1]) {
		check(sk_kll_view_cdf(view, splits, 2, true, ranks) == 0);
		check(ranks[0] <= ranks[1] && ranks[1] <= ranks[2] && ranks[2] == 1);
		check(!is_precise(sketch) || ranks[1] == 1);
		check(sk_kll_view_pmf(view, splits, 2, false, ranks) == 0);
	}
	sk_kll_view_free(view);
}

static void
query(const struct sk_kll *sketch)
{
	check((sk_kll_n(sketch) == 0) == (sk_kll_retained(sketch) == 0));
	check(sk_kll_retained(sketch) <= sk_kll_n(sketch));
	check(sk_kll_is_estimation(sketch) || sk_kll_retained(sketch) == sk_kll_n(sketch));
	check(sk_kll_min_k(sketch) <= sk_kll_k(sketch));
	if (sk_kll_n(sketch) == 0) {
		check(isnan(sk_kll_min(sketch)) && isnan(sk_kll_rank(sketch, 0, true)));
		return;
	}
	check(sk_kll_min(sketch) <= sk_kll_max(sketch));
	if (is_precise(sketch)) {
		check(sk_kll_rank(sketch, sk_kll_max(sketch), true) == 1);
		check(sk_kll_rank(sketch, sk_kll_min(sketch), false) == 0);
	}
	(void)sk_kll_memory(sketch);
	query_view(sketch);
}

static struct sk_kll *
again(const struct sk_kll *sketch)
{
	size_t size = sk_kll_encoded_size(sketch);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_kll *copy;

	sk_kll_encode(sketch, image);
	check(sk_kll_decode(&copy, image, size, sk_kll_type(sketch), FUZZ_SEED) == SK_IMAGE_OK);
	check(sk_kll_n(copy) == sk_kll_n(sketch) && sk_kll_retained(copy) == sk_kll_retained(sketch));
	check(sk_kll_k(copy) == sk_kll_k(sketch) && sk_kll_min_k(copy) == sk_kll_min_k(sketch));
	check(same_double(sk_kll_min(copy), sk_kll_min(sketch)));
	check(same_double(sk_kll_max(copy), sk_kll_max(sketch)));
	check(sk_kll_min_integer(copy) == sk_kll_min_integer(sketch));
	check(sk_kll_encoded_size(copy) == size);
	sk_kll_encode(copy, copy_image);
	check(memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	return copy;
}

static void
use(struct sk_kll *sketch, const struct sk_kll *copy)
{
	uint64_t n = sk_kll_n(sketch);

	for (int i = 0; i < 500; i++) {
		int64_t integer = i;

		if (sk_kll_type(sketch) == SK_KLL_INTEGER
		        ? sk_kll_add_integers(sketch, &integer, 1) != 0
		        : sk_kll_add(sketch, i) != 0)
			break;
		n++;
	}
	check(sk_kll_n(sketch) == n);
	if (sk_kll_merge(sketch, copy) == 0)
		n += sk_kll_n(copy);
	check(sk_kll_n(sketch) == n);
	query(sketch);
}

static void
look_at_strings(const uint8_t *image, size_t size)
{
	struct sk_kll_strings strings;

	if (sk_kll_read_strings(&strings, image, size) != SK_IMAGE_OK)
		return;
	check((strings.n == 0) == (strings.retained == 0) && strings.retained <= strings.n);
	check(strings.retained * 4 <= size && strings.min_k <= strings.k && strings.levels > 0);
	check(strings.levels > 1 || strings.retained == strings.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_kll *sketch, *copy;
	enum sk_image_status status;

	if (size == 0)
		return 0;
	if (data[0] == 3) {
		look_at_strings(data + 1, size - 1);
		return 0;
	}
	status = sk_kll_decode(&sketch, data + 1, size - 1, (enum sk_kll_type)(data[0] % 3), FUZZ_SEED);
	if (status != SK_IMAGE_OK) {
		check(sketch == NULL);
		return 0;
	}
	query(sketch);
	copy = again(sketch);
	query(copy);
	use(sketch, copy);
	sk_kll_free(again(sketch));
	sk_kll_free(copy);
	sk_kll_free(sketch);
	return 0;
}
