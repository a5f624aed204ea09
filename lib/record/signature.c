/* signature.c -- signatures where there should be none. */
#include "signature.h"

#include <stdint.h>
#include <string.h>

/*
 * The byte that is looked for is one that no text has, of whatever language: of streamkit's signature a control character. Its first
 * byte would be in every tenth letter of some.
 */
size_t
sk_signature_find(struct sk_span signature, struct sk_span bytes)
{
	const size_t rare = signature.size - 2;
	const unsigned char *at, *stop;

	if (bytes.size < signature.size)
		return SIZE_MAX;
	stop = bytes.data + bytes.size - 1;
	for (at = bytes.data + rare; at < stop; at++) {
		if ((at = memchr(at, signature.data[rare], (size_t)(stop - at))) == NULL)
			return SIZE_MAX;
		if (at[1] == signature.data[rare + 1] && memcmp(at - rare, signature.data, rare) == 0)
			return (size_t)(at - bytes.data) - rare;
	}
	return SIZE_MAX;
}

/* Keep the last bytes of what was kept and of the piece, fewer by one than a signature has. */
static void
keep(struct sk_signature_search *search, size_t most, struct sk_span bytes)
{
	size_t added = bytes.size < most ? bytes.size : most;
	size_t stay = search->size < most - added ? search->size : most - added;

	memmove(search->kept, search->kept + search->size - stay, stay);
	memcpy(search->kept + stay, bytes.data + bytes.size - added, added);
	search->size = stay + added;
}

size_t
sk_signature_search(
    struct sk_signature_search *search, struct sk_span signature, struct sk_span bytes, size_t *early)
{
	unsigned char border[2 * (SK_SIGNATURE_MAX - 1)];
	const size_t before = search->size, most = signature.size - 1;
	const size_t behind = bytes.size < most ? bytes.size : most;
	size_t found;

	*early = 0;
	if (bytes.size == 0)
		return SIZE_MAX;
	memcpy(border, search->kept, before);
	memcpy(border + before, bytes.data, behind);
	found = sk_signature_find(signature, (struct sk_span){ border, before + behind });
	keep(search, most, bytes);
	if (found != SIZE_MAX && found < before) {
		*early = before - found;
		return 0;
	}
	return sk_signature_find(signature, bytes);
}

size_t
sk_signature_pending(const struct sk_signature_search *search, struct sk_span signature)
{
	for (size_t size = search->size; size > 0; size--)
		if (memcmp(search->kept + search->size - size, signature.data, size) == 0)
			return size;
	return 0;
}
