/* sketch_merge.c -- a sketch that was read, into groups. */
#include "sketch_merge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../sketch/describe.h"

static bool
refuse(struct sk_refusal *refusal, const char *before, const char *why)
{
	refusal->before = before;
	refusal->why = why;
	return false;
}

/* Why ${about} was not decoded, with the name of its family. */
static bool
refuse_family(struct sk_refusal *refusal, const struct sk_container *about, const char *why)
{
	const char *family = sk_describe_name(about->family, about->image);

	if (family == NULL)
		return refuse(refusal, "", why);
	if (why == sk_image_strerror(SK_IMAGE_NOT_OURS))
		why = "no sketch that this tool reads";
	snprintf(refusal->text, sizeof(refusal->text), "%s: ", family);
	return refuse(refusal, refusal->text, why);
}

bool
sk_sketch_merge(const struct sk_sketch_merger *merger, const struct sk_container *about,
    struct sk_groups *groups, struct sk_refusal *refusal)
{
	const struct sk_aggregate_class *class = merger->class;
	const char *why = NULL;
	struct sk_aggregate *aggregate;
	int merged, error;

	if (sk_groups_keyed(groups) && about->key_parts == 0)
		return refuse(refusal, "", "the sketch has no key (--by)");
	if (merger->key_parts > 0 && about->key_parts != merger->key_parts) {
		snprintf(refusal->text, sizeof(refusal->text), "the key of the sketch has %zu parts, and --by ",
		    about->key_parts);
		return refuse(refusal, refusal->text, "names another number of fields");
	}
	aggregate = class->decode(class, about, merger->memory, merger->seed, &why);
	if (aggregate == NULL)
		return refuse_family(refusal, about, why);
	merged = sk_groups_merge(groups, about->key, aggregate, about->records, &why);
	error = errno;
	class->destroy(aggregate);
	if (merged == 0)
		return true;
	if (error == EINVAL)
		return refuse(refusal, "the sketch cannot be merged with those before: ", why);
	return refuse(refusal, "",
	    error == ENOBUFS	  ? "too many different keys for --memory" :
		error == EOVERFLOW ? "the sum of all weights is too large" :
				     strerror(error));
}
