/*
 * fuzz_describe.c -- images of all families, to be described. Byte 0: the type of the items; byte 1: the family, or 0 for
 * the one that the image seems to be of; then the image.
 */
#include "fuzz.h"
#include "sketch/describe.h"

static void
check_parameters(const struct sk_description *about)
{
	check(about->parameters_count <= SK_DESCRIBE_PARAMETERS);
	for (size_t i = 0; i < about->parameters_count; i++) {
		const struct sk_parameter *parameter = &about->parameters[i];

		check(parameter->name != NULL && *parameter->name != '\0');
		check(parameter->kind != SK_PARAMETER_WORD || parameter->word != NULL);
		check(parameter->kind != SK_PARAMETER_FRACTION || (parameter->fraction >= 0 && parameter->fraction <= 1));
	}
}

/* The type that was found is one that fits: told it, the description is the same. */
static void
check_again(unsigned family, struct sk_span image, const struct sk_description *about)
{
	const struct sk_description again = sk_describe(family, image, about->items);

	check(again.status == SK_IMAGE_OK && again.items == about->items);
	check(again.empty == about->empty && again.exact == about->exact);
	check(again.counted == about->counted && again.count == about->count);
	check(again.parameters_count == about->parameters_count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_description about;
	enum sk_describe_items items;
	struct sk_span image;
	unsigned family;

	if (size < 2)
		return 0;
	items = (enum sk_describe_items)(data[0] % (SK_DESCRIBE_LONG + 1));
	image = (struct sk_span){ data + 2, size - 2 };
	family = sk_describe_family(image);
	check(family == 0 || image.size >= 8);
	family = data[1] != 0 ? data[1] : family;
	about = sk_describe(family, image, items);
	check((about.name == NULL) <= (about.status == SK_IMAGE_NOT_OURS));
	if (about.status != SK_IMAGE_OK)
		return 0;
	check(about.name != NULL && about.version == image.data[1]);
	/* The others know what their items are, or need not. */
	if (family == SK_FAMILY_KLL || family == SK_FAMILY_REQ || family == SK_FAMILY_TDIGEST ||
	    family == SK_FAMILY_FREQUENT)
		check(items == SK_DESCRIBE_UNKNOWN ? about.items != items : about.items == items);
	check(!about.empty || !about.counted || about.count == 0);
	check(sk_describe_items_name(about.items) != NULL);
	check_parameters(&about);
	check_again(family, image, &about);
	return 0;
}
