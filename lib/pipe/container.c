/* container.c -- the payload of a SKETCH frame. */
#include "container.h"

#include <string.h>

#include "../sketch/image.h"
#include "key.h"

#define FIXED_SIZE ((size_t)40)
#define FLAG_EXACT 1
#define FLAG_WINDOW 2
#define FLAG_MOMENTS 4
#define DECIMALS_MAX 9

size_t
sk_container_head_size(const struct sk_container *container)
{
	return FIXED_SIZE + sk_key_encoded_size(container->key, container->key_parts) +
	    (container->has_moments ? SK_MOMENTS_IMAGE : 0);
}

void
sk_container_encode(
    const struct sk_container *container, size_t image_size, unsigned char *payload)
{
	unsigned char *at;

	memset(payload, 0, FIXED_SIZE);
	payload[0] = (unsigned char)container->family;
	payload[1] = (unsigned char)container->item_type;
	payload[2] = (unsigned char)((container->exact ? FLAG_EXACT : 0) |
	    (container->has_moments ? FLAG_MOMENTS : 0));
	payload[3] = (unsigned char)container->decimals;
	sk_store32(payload + 4, (uint32_t)container->key_parts);
	sk_store64(payload + 8, container->records);
	sk_store32(payload + 32, (uint32_t)sk_key_encoded_size(container->key, container->key_parts));
	sk_store32(payload + 36, (uint32_t)image_size);
	at = sk_key_encode(
	    container->key, container->key_parts, container->separator, payload + FIXED_SIZE);
	if (container->has_moments)
		sk_moments_encode(&container->moments, at);
}

enum sk_frame_status
sk_container_decode(struct sk_container *container, unsigned char *payload, size_t size,
    unsigned char separator)
{
	size_t key, moments, image;

	if (size < FIXED_SIZE)
		return SK_FRAME_CORRUPT;
	/* First of all: with flags that are not known, no length means what it seems to. */
	if (payload[1] > SK_ITEM_LONG || (payload[2] & ~(FLAG_EXACT | FLAG_MOMENTS)) != 0)
		return SK_FRAME_NEWER;
	key = sk_load32(payload + 32);
	moments = (payload[2] & FLAG_MOMENTS) != 0 ? SK_MOMENTS_IMAGE : 0;
	image = sk_load32(payload + 36);
	size -= FIXED_SIZE;
	if (key > size || moments > size - key || image != size - key - moments ||
	    payload[3] > DECIMALS_MAX)
		return SK_FRAME_CORRUPT;
	*container = (struct sk_container){
		.family = payload[0],
		.item_type = (enum sk_item_type)payload[1],
		.exact = (payload[2] & FLAG_EXACT) != 0,
		.decimals = payload[3],
		.records = sk_load64(payload + 8),
		.has_moments = moments > 0,
		.key_parts = sk_load32(payload + 4),
		.separator = separator,
		.image = { payload + FIXED_SIZE + key + moments, image },
	};
	if (container->has_moments &&
	    sk_moments_decode(&container->moments, payload + FIXED_SIZE + key) != SK_IMAGE_OK)
		return SK_FRAME_CORRUPT;
	return sk_key_decode(payload + FIXED_SIZE, key, container->key_parts, separator, &container->key) ?
	    SK_FRAME_OK :
	    SK_FRAME_CORRUPT;
}
