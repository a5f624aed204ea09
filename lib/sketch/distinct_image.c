/* distinct_image.c -- counts of different items as bytes: the items themselves, or the sketch. */
#include <errno.h>
#include <stdlib.h>

#include "distinct.h"

#define ITEMS_HEAD ((size_t)16)
#define ITEM_HEAD ((size_t)4)
#define ITEMS_VERSION 1
#define WALKED_AT_ONCE 64

static bool
is_items(const struct sk_distinct *distinct)
{
	return sk_distinct_hll(distinct) == NULL && sk_distinct_theta(distinct) == NULL;
}

unsigned
sk_distinct_family(const struct sk_distinct *distinct)
{
	return is_items(distinct)			  ? SK_DISTINCT_ITEMS :
	    sk_distinct_hll(distinct) != NULL ? SK_FAMILY_HLL :
						SK_FAMILY_THETA;
}

static size_t
items_size(const struct sk_distinct *distinct)
{
	struct sk_span items[WALKED_AT_ONCE];
	size_t size = ITEMS_HEAD, n;
	uint64_t place = 0;

	while ((n = sk_distinct_walk(distinct, &place, items, WALKED_AT_ONCE)) > 0)
		for (size_t i = 0; i < n; i++)
			size += ITEM_HEAD + items[i].size;
	return size;
}

static void
encode_items(const struct sk_distinct *distinct, unsigned char *image)
{
	struct sk_span items[WALKED_AT_ONCE];
	unsigned char *at = image + ITEMS_HEAD;
	uint64_t place = 0, count = 0;
	size_t n;

	memset(image, 0, ITEMS_HEAD);
	image[0] = 1;
	image[1] = ITEMS_VERSION;
	image[2] = SK_DISTINCT_ITEMS;
	while ((n = sk_distinct_walk(distinct, &place, items, WALKED_AT_ONCE)) > 0)
		for (size_t i = 0; i < n; i++, count++) {
			sk_store32(at, (uint32_t)items[i].size);
			if (items[i].size > 0)
				memcpy(at + ITEM_HEAD, items[i].data, items[i].size);
			at += ITEM_HEAD + items[i].size;
		}
	sk_store64(image + 8, count);
}

size_t
sk_distinct_encoded_size(const struct sk_distinct *distinct)
{
	return sk_distinct_encoded_size_as(distinct, SK_THETA_V3);
}

size_t
sk_distinct_encoded_size_as(const struct sk_distinct *distinct, enum sk_theta_version version)
{
	struct sk_theta *compact;
	size_t size;

	if (is_items(distinct))
		return items_size(distinct);
	if (sk_distinct_hll(distinct) != NULL)
		return sk_hll_encoded_size(sk_distinct_hll(distinct), SK_HLL_COMPACT);
	/* Without memory to say, the size is that of the hashes and the longest head. */
	if ((compact = sk_theta_compact(sk_distinct_theta(distinct))) == NULL)
		return 24 + 8 * sk_theta_retained(sk_distinct_theta(distinct));
	size = sk_theta_encoded_size(compact, version);
	sk_theta_free(compact);
	return size;
}

int
sk_distinct_encode(const struct sk_distinct *distinct, unsigned char *image, size_t size)
{
	return sk_distinct_encode_as(distinct, SK_THETA_V3, image, size);
}

int
sk_distinct_encode_as(const struct sk_distinct *distinct, enum sk_theta_version version,
    unsigned char *image, size_t size)
{
	struct sk_theta *compact;

	if (is_items(distinct)) {
		encode_items(distinct, image);
		return 0;
	}
	if (sk_distinct_hll(distinct) != NULL) {
		sk_hll_encode(sk_distinct_hll(distinct), SK_HLL_COMPACT, image);
		return 0;
	}
	if ((compact = sk_theta_compact(sk_distinct_theta(distinct))) == NULL)
		return -1;
	if (sk_theta_encoded_size(compact, version) != size) {
		sk_theta_free(compact);
		errno = ENOMEM;
		return -1;
	}
	sk_theta_encode(compact, version, image);
	sk_theta_free(compact);
	return 0;
}

static enum sk_image_status
decode_items(struct sk_distinct *distinct, struct sk_span image)
{
	struct sk_span rest = { image.data + ITEMS_HEAD, image.size - ITEMS_HEAD };
	uint64_t count = sk_load64(image.data + 8);

	if (count > rest.size / ITEM_HEAD)
		return SK_IMAGE_TRUNCATED;
	while (count > 0) {
		struct sk_span items[WALKED_AT_ONCE];
		size_t n = 0;

		for (; n < WALKED_AT_ONCE && count > 0; n++, count--) {
			struct sk_span *item = &items[n];

			if (rest.size < ITEM_HEAD)
				return SK_IMAGE_TRUNCATED;
			*item = (struct sk_span){ rest.data + ITEM_HEAD, sk_load32(rest.data) };
			if (item->size > rest.size - ITEM_HEAD)
				return SK_IMAGE_TRUNCATED;
			rest.data += ITEM_HEAD + item->size;
			rest.size -= ITEM_HEAD + item->size;
		}
		if (sk_distinct_add_batch(distinct, items, n) == -1)
			return SK_IMAGE_NO_MEMORY;
	}
	return rest.size == 0 ? SK_IMAGE_OK : SK_IMAGE_CORRUPT;
}

static enum sk_image_status
take_items(struct sk_distinct **distinct, const struct sk_distinct_options *options,
    struct sk_span image, size_t memory, uint64_t seed)
{
	enum sk_image_status status;
	struct sk_distinct *made;

	if (image.size < ITEMS_HEAD)
		return SK_IMAGE_TRUNCATED;
	if (image.data[1] != ITEMS_VERSION)
		return SK_IMAGE_NEWER;
	if (image.data[0] != 1 || sk_load_bytes(image.data + 3, 5) != 0)
		return SK_IMAGE_CORRUPT;
	if ((made = sk_distinct_new(options, memory, seed)) == NULL)
		return SK_IMAGE_NO_MEMORY;
	if ((status = decode_items(made, image)) == SK_IMAGE_OK)
		*distinct = made;
	else
		sk_distinct_free(made);
	return status;
}

enum sk_image_status
sk_distinct_decode(struct sk_distinct **distinct, const struct sk_distinct_options *options,
    struct sk_span image, size_t memory, uint64_t seed)
{
	enum sk_image_status status;
	struct sk_theta *theta = NULL;
	struct sk_hll *hll = NULL;
	struct sk_distinct *made;

	if (image.size < 3)
		return SK_IMAGE_TRUNCATED;
	if (image.data[2] == SK_DISTINCT_ITEMS)
		return take_items(distinct, options, image, memory, seed);
	status = image.data[2] == SK_FAMILY_HLL ?
	    sk_hll_decode(&hll, image.data, image.size) :
	    sk_theta_decode(&theta, image.data, image.size, SK_MURMUR3_SEED);
	if (status != SK_IMAGE_OK)
		return status;
	if ((made = sk_distinct_take(hll, theta, options, memory)) == NULL) {
		sk_hll_free(hll);
		sk_theta_free(theta);
		return SK_IMAGE_NO_MEMORY;
	}
	*distinct = made;
	return SK_IMAGE_OK;
}
