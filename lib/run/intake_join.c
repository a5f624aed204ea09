/* intake_join.c -- values of several fields are put together. */
#include "intake.h"

#include <string.h>

#include "../pipe/key.h"
#include "diag.h"
#include "intake_parts.h"

/* Beside the bytes of its parts, each composite value takes so many. */
static size_t
joints(const struct sk_intake_picked *picked)
{
	return picked->fields.count * (picked->lengths ? SK_KEY_PART_COST : 1);
}

/* Put record ${i}'s parts of a key behind each other at ${at}. */
static unsigned char *
join_key(const struct sk_intake *intake, const struct sk_intake_picked *picked, size_t i, unsigned char *at)
{
	const size_t count = picked->fields.count;
	struct sk_span value[SK_FIELDS_MAX];

	for (size_t part = 0; part < count; part++) {
		value[part] = picked->part[part * SK_BATCH + i];
		if (part + 1 < count && value[part].size > SK_KEY_PART_MAX)
			sk_die("%s: a field of more than %zu bytes, in a key of several (--by)", intake->input,
			    SK_KEY_PART_MAX);
	}
	return sk_key_join(value, count, at);
}

/* Put record ${i}'s parts of an item behind each other at ${at}. */
static unsigned char *
join_item(const struct sk_intake *intake, const struct sk_intake_picked *picked, size_t i, unsigned char *at)
{
	for (size_t part = 0; part < picked->fields.count; part++) {
		struct sk_span value = picked->part[part * SK_BATCH + i];

		if (part > 0)
			*at++ = intake->separator;
		if (value.size > 0)
			memcpy(at, value.data, value.size);
		at += value.size;
	}
	return at;
}

void
sk_intake_join(struct sk_intake *intake, struct sk_intake_picked *picked, size_t n)
{
	size_t count = picked->fields.count, size = n * joints(picked);
	unsigned char *at;

	for (size_t part = 0; part < count; part++)
		for (size_t i = 0; i < n; i++)
			size += picked->part[part * SK_BATCH + i].size;
	if ((at = sk_intake_room(intake, &picked->joined, size)) == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		picked->column[i].data = at;
		at = (picked->lengths ? join_key : join_item)(intake, picked, i, at);
		picked->column[i].size = (size_t)(at - picked->column[i].data);
	}
}

void
sk_intake_unjoin(struct sk_intake_picked *picked, size_t n, size_t cut)
{
	size_t count = picked->fields.count;

	if (count < 2)
		return;
	picked->joined.needed -= (cut - n) * joints(picked);
	for (size_t part = 0; part < count; part++)
		for (size_t i = n; i < cut; i++)
			picked->joined.needed -= picked->part[part * SK_BATCH + i].size;
}
