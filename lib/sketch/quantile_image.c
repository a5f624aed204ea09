/* quantile_image.c -- quantiles as bytes: the values themselves, or the sketch. */
#include <errno.h>
#include <stdlib.h>

#include "quantile_parts.h"

#define VALUES_HEAD ((size_t)16)
#define VALUES_VERSION 1
#define READ_AT_ONCE 256

unsigned
sk_quantile_family(const struct sk_quantile *quantile)
{
	return quantile->exact != NULL || quantile->runs != NULL ? SK_QUANTILE_VALUES :
	    quantile->kll != NULL  ? SK_FAMILY_KLL :
	    quantile->req != NULL  ? SK_FAMILY_REQ :
	    quantile->dd != NULL   ? SK_QUANTILE_DD_IMAGE :
				     SK_FAMILY_TDIGEST;
}

enum sk_quantile_type
sk_quantile_type(const struct sk_quantile *quantile)
{
	return quantile->type;
}

size_t
sk_quantile_encoded_size(const struct sk_quantile *quantile)
{
	return quantile->exact != NULL || quantile->runs != NULL ?
	    VALUES_HEAD + 8 * (size_t)sk_quantile_count(quantile) :
	    quantile->kll != NULL ? sk_kll_encoded_size(quantile->kll) :
	    quantile->req != NULL ? sk_req_encoded_size(quantile->req) :
	    quantile->dd != NULL  ? sk_dd_encoded_size(quantile->dd) :
				    sk_tdigest_encoded_size(quantile->tdigest);
}

static unsigned char *
store_values(const struct sk_exact_quantile *exact, unsigned char *at)
{
	const double *values = sk_exact_quantile_values(exact);
	const size_t count = sk_exact_quantile_count(exact);

	for (size_t i = 0; i < count; i++, at += 8)
		sk_store_double(at, values[i]);
	return at;
}

static void
encode_values(const struct sk_quantile *quantile, unsigned char *image)
{
	unsigned char *at = image + VALUES_HEAD;

	memset(image, 0, VALUES_HEAD);
	image[0] = 1;
	image[1] = VALUES_VERSION;
	image[2] = SK_QUANTILE_VALUES;
	sk_store64(image + 8, sk_quantile_count(quantile));
	if (quantile->exact != NULL)
		store_values(quantile->exact, at);
	else
		for (size_t i = 0; i < sk_quantile_runs_size(quantile->runs); i++)
			at = store_values(sk_quantile_runs_at(quantile->runs, i), at);
}

void
sk_quantile_encode(const struct sk_quantile *quantile, unsigned char *image)
{
	if (quantile->exact != NULL || quantile->runs != NULL)
		encode_values(quantile, image);
	else if (quantile->kll != NULL)
		sk_kll_encode(quantile->kll, image);
	else if (quantile->req != NULL)
		sk_req_encode(quantile->req, image);
	else if (quantile->dd != NULL)
		sk_dd_encode(quantile->dd, image);
	else
		sk_tdigest_encode(quantile->tdigest, image);
}

static enum sk_image_status
add_values(struct sk_quantile *quantile, struct sk_span image)
{
	double values[READ_AT_ONCE];
	const unsigned char *at = image.data + VALUES_HEAD;

	for (size_t left = (image.size - VALUES_HEAD) / 8, n; left > 0; left -= n) {
		n = left < READ_AT_ONCE ? left : READ_AT_ONCE;
		for (size_t i = 0; i < n; i++, at += 8)
			values[i] = sk_load_double(at);
		if (sk_quantile_add_batch(quantile, values, n) == -1)
			return errno == ENOMEM ? SK_IMAGE_NO_MEMORY : SK_IMAGE_CORRUPT;
	}
	return SK_IMAGE_OK;
}

static enum sk_image_status
take_values(struct sk_quantile **quantile, const struct sk_quantile_options *options,
    struct sk_span image, size_t memory, uint64_t seed)
{
	enum sk_image_status status;
	struct sk_quantile *made;
	uint64_t count;

	if (image.size < VALUES_HEAD)
		return SK_IMAGE_TRUNCATED;
	if (image.data[1] != VALUES_VERSION)
		return SK_IMAGE_NEWER;
	if (image.data[0] != 1 || sk_load_bytes(image.data + 3, 5) != 0)
		return SK_IMAGE_CORRUPT;
	count = sk_load64(image.data + 8);
	if (count > (image.size - VALUES_HEAD) / 8)
		return SK_IMAGE_TRUNCATED;
	if (count * 8 != image.size - VALUES_HEAD)
		return SK_IMAGE_CORRUPT;
	if ((made = sk_quantile_new(options, memory, seed)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	if ((status = add_values(made, image)) == SK_IMAGE_OK)
		*quantile = made;
	else
		sk_quantile_free(made);
	return status;
}

/* Decode the sketch into its place in ${made}, and make all else fit it. */
static enum sk_image_status
decode_sketch(struct sk_quantile *made, struct sk_span image, enum sk_quantile_type type)
{
	static const enum sk_kll_type kll_types[] = { SK_KLL_DOUBLE, SK_KLL_FLOAT, SK_KLL_INTEGER };
	enum sk_image_status status;

	made->type = type;
	if (image.data[2] == SK_FAMILY_KLL) {
		status = sk_kll_decode(
		    &made->kll, image.data, image.size, kll_types[type], made->seed);
		made->options.algorithm = SK_QUANTILE_KLL;
		if (status == SK_IMAGE_OK)
			made->options.k = sk_kll_k(made->kll);
		return status;
	}
	if (image.data[2] == SK_QUANTILE_DD_IMAGE) {
		made->type = SK_QUANTILE_DOUBLE;
		status = sk_dd_decode(&made->dd, image.data, image.size);
		made->options.algorithm = SK_QUANTILE_DD;
		if (status == SK_IMAGE_OK)
			made->options.alpha = sk_dd_alpha(made->dd);
		return status;
	}
	if (type == SK_QUANTILE_INTEGER)
		return SK_IMAGE_UNSUPPORTED;
	if (image.data[2] == SK_FAMILY_REQ) {
		status = sk_req_decode(&made->req, image.data, image.size,
		    type == SK_QUANTILE_FLOAT ? SK_REQ_FLOAT : SK_REQ_DOUBLE, made->seed);
		made->options.algorithm = SK_QUANTILE_REQ;
		if (status == SK_IMAGE_OK) {
			made->options.k = sk_req_k(made->req);
			made->accuracy = sk_req_accuracy(made->req);
		}
		return status;
	}
	status = sk_tdigest_decode(&made->tdigest, image.data, image.size,
	    type == SK_QUANTILE_FLOAT ? SK_TDIGEST_FLOAT : SK_TDIGEST_DOUBLE);
	made->type = SK_QUANTILE_DOUBLE; /* whatever it came as */
	made->options.algorithm = SK_QUANTILE_TDIGEST;
	if (status == SK_IMAGE_OK)
		made->options.k = sk_tdigest_k(made->tdigest);
	return status;
}

enum sk_image_status
sk_quantile_decode(struct sk_quantile **quantile, const struct sk_quantile_options *options,
    struct sk_span image, enum sk_quantile_type type, size_t memory, uint64_t seed)
{
	enum sk_image_status status;
	struct sk_quantile *made;

	if (image.size < 3)
		return SK_IMAGE_TRUNCATED;
	if (image.data[2] == SK_QUANTILE_VALUES)
		return take_values(quantile, options, image, memory, seed);
	if ((made = sk_quantile_start(options, memory, seed)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	status = decode_sketch(made, image, type);
	if (status == SK_IMAGE_OK) {
		made->moments_known = options->moments && sk_quantile_count(made) == 0;
		*quantile = made;
	}
	else
		sk_quantile_free(made);
	return status;
}
