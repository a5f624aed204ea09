/* container.c -- the payload of a SKETCH frame. */
#include "container.h"

#include <string.h>

#include "../sketch/image.h"
#include "key.h"

#define FIXED_SIZE ((size_t)40)
#define FLAG_EXACT 1
#define FLAG_WINDOW 2
#define FLAG_MOMENTS 4
#define FLAG_COUNTED 8
#define FLAG_PANE 16
#define FLAGS_KNOWN (FLAG_EXACT | FLAG_WINDOW | FLAG_MOMENTS | FLAG_COUNTED | FLAG_PANE)
#define PANE_SIZE ((size_t)8)
#define DECIMALS_MAX 9

size_t
sk_container_head_size(const struct sk_container *container)
{
	return FIXED_SIZE + sk_key_encoded_size(container->key, container->key_parts) +
	    (container->has_moments ? SK_MOMENTS_IMAGE : 0) + (container->of_pane ? PANE_SIZE : 0);
}

static unsigned char
flags_of(const struct sk_container *container)
{
	return (unsigned char)((container->exact ? FLAG_EXACT : 0) |
	    (container->windowed ? FLAG_WINDOW : 0) | (container->has_moments ? FLAG_MOMENTS : 0) |
	    (container->windowed && container->counted ? FLAG_COUNTED : 0) |
	    (container->of_pane ? FLAG_PANE : 0));
}

void
sk_container_encode(
    const struct sk_container *container, size_t image_size, unsigned char *payload)
{
	unsigned char *at;

	memset(payload, 0, FIXED_SIZE);
	payload[0] = (unsigned char)container->family;
	payload[1] = (unsigned char)container->item_type;
	payload[2] = flags_of(container);
	payload[3] = (unsigned char)container->decimals;
	sk_store32(payload + 4, (uint32_t)container->key_parts);
	sk_store64(payload + 8, container->records);
	if (container->windowed) {
		sk_store64(payload + 16, (uint64_t)container->start);
		sk_store64(payload + 24, (uint64_t)container->end);
	}
	sk_store32(payload + 32, (uint32_t)sk_key_encoded_size(container->key, container->key_parts));
	sk_store32(payload + 36, (uint32_t)image_size);
	at = sk_key_encode(container->key, container->key_parts, payload + FIXED_SIZE);
	if (container->has_moments) {
		sk_moments_encode(&container->moments, at);
		at += SK_MOMENTS_IMAGE;
	}
	if (container->of_pane)
		sk_store64(at, container->pane);
}

/* The number stands before the image, which is the last. */
void
sk_container_set_pane(unsigned char *payload, size_t size, uint64_t pane)
{
	sk_store64(payload + (size - sk_load32(payload + 36) - PANE_SIZE), pane);
}

/* The fixed part of ${payload}, whose flags are all known. */
static struct sk_container
fixed_part(const unsigned char *payload)
{
	struct sk_container container = {
		.family = payload[0],
		.item_type = (enum sk_item_type)payload[1],
		.exact = (payload[2] & FLAG_EXACT) != 0,
		.decimals = payload[3],
		.records = sk_load64(payload + 8),
		.has_moments = (payload[2] & FLAG_MOMENTS) != 0,
		.windowed = (payload[2] & FLAG_WINDOW) != 0,
		.counted = (payload[2] & FLAG_COUNTED) != 0,
		.of_pane = (payload[2] & FLAG_PANE) != 0,
		.key_parts = sk_load32(payload + 4),
	};

	if (container.windowed) {
		container.start = (int64_t)sk_load64(payload + 16);
		container.end = (int64_t)sk_load64(payload + 24);
	}
	return container;
}

static bool
contradicts(const struct sk_container *container)
{
	return container->decimals > DECIMALS_MAX || container->end < container->start ||
	    (container->counted && !container->windowed) || (container->of_pane && container->windowed);
}

enum sk_frame_status
sk_container_decode(struct sk_container *container, unsigned char *payload, size_t size)
{
	unsigned char *at;
	size_t key, others, image;

	if (size < FIXED_SIZE)
		return SK_FRAME_CORRUPT;
	/* First of all: with flags that are not known, no length means what it seems to. */
	if (payload[1] > SK_ITEM_LONG || (payload[2] & ~FLAGS_KNOWN) != 0)
		return SK_FRAME_NEWER;
	*container = fixed_part(payload);
	if (contradicts(container))
		return SK_FRAME_CORRUPT;
	key = sk_load32(payload + 32);
	others = (container->has_moments ? SK_MOMENTS_IMAGE : 0) + (container->of_pane ? PANE_SIZE : 0);
	image = sk_load32(payload + 36);
	at = payload + FIXED_SIZE;
	size -= FIXED_SIZE;
	if (key > size || others > size - key || image != size - key - others)
		return SK_FRAME_CORRUPT;
	container->image = (struct sk_span){ at + key + others, image };
	if (container->has_moments &&
	    sk_moments_decode(&container->moments, at + key) != SK_IMAGE_OK)
		return SK_FRAME_CORRUPT;
	if (container->of_pane)
		container->pane = sk_load64(at + key + others - PANE_SIZE);
	return sk_key_decode(at, key, container->key_parts, &container->key);
}
