/* fuzz_req.c -- REQ images. Byte 0: floats or doubles; then the image. */
#include <math.h>

#include "fuzz.h"
#include "sketch/req.h"

static void
query(const struct sk_req *req)
{
	double low = sk_req_min(req), high = sk_req_max(req), last = low;
	struct sk_req_view *view = sk_req_view_new(req);

	check(view != NULL);
	check((sk_req_n(req) == 0) == (sk_req_held(req) == 0) && sk_req_held(req) <= sk_req_n(req));
	check(sk_req_is_estimation(req) || sk_req_held(req) == sk_req_n(req));
	if (sk_req_n(req) == 0)
		check(isnan(low) && isnan(high) && isnan(sk_req_quantile(req, 0.5)));
	for (int i = 0; i <= 20 && sk_req_n(req) > 0; i++) {
		double rank = i / 20.0, value = sk_req_quantile(req, rank);
		struct sk_req_bounds bounds = sk_req_rank_bounds(req, rank, 3);
		struct sk_req_bounds values = sk_req_quantile_bounds(req, rank, 1);

		check(last <= value && value <= high);
		check(sk_req_view_quantile(view, rank) == value);
		check(same_double(sk_req_view_rank(view, value), sk_req_rank(req, value)));
		check(0 <= bounds.lower && bounds.lower <= rank && rank <= bounds.upper && bounds.upper <= 1);
		check(values.lower <= value && value <= values.upper);
		last = value;
	}
	(void)sk_req_memory(req);
	sk_req_view_free(view);
}

static struct sk_req *
again(const struct sk_req *req)
{
	size_t size = sk_req_encoded_size(req);
	unsigned char *image = exact_memory(size), *copy_image = exact_memory(size);
	struct sk_req *copy;

	sk_req_encode(req, image);
	check(sk_req_decode(&copy, image, size, sk_req_type(req), FUZZ_SEED) == SK_IMAGE_OK);
	check(sk_req_n(copy) == sk_req_n(req) && sk_req_held(copy) == sk_req_held(req));
	check(sk_req_k(copy) == sk_req_k(req) && sk_req_accuracy(copy) == sk_req_accuracy(req));
	check(same_double(sk_req_min(copy), sk_req_min(req)) && same_double(sk_req_max(copy), sk_req_max(req)));
	check(same_double(sk_req_quantile(copy, 0.7), sk_req_quantile(req, 0.7)));
	check(sk_req_encoded_size(copy) == size);
	sk_req_encode(copy, copy_image);
	check(memcmp(image, copy_image, size) == 0);
	free(image);
	free(copy_image);
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_req *req, *copy;
	enum sk_req_type type;

	if (size == 0)
		return 0;
	type = (data[0] & 1) != 0 ? SK_REQ_DOUBLE : SK_REQ_FLOAT;
	if (sk_req_decode(&req, data + 1, size - 1, type, FUZZ_SEED) != SK_IMAGE_OK) {
		check(req == NULL);
		return 0;
	}
	query(req);
	copy = again(req);
	query(copy);
	for (int i = 0; i < 500 && sk_req_add(req, i) == 0; i++)
		;
	(void)sk_req_merge(req, copy);
	query(req);
	sk_req_free(again(req));
	sk_req_free(copy);
	sk_req_free(req);
	return 0;
}
