/* sketch_input.c -- sketches in. */
#include "sketch_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/describe.h"
#include "diag.h"
#include "sketch_reader.h"

#define REFUSAL_SIZE 64

static const char not_here[] = "the stream holds frames of windows, which have no place here";

struct sk_sketch_input {
	struct sk_sketch_input_options options;
	struct sk_sketch_reader *reader;
	uint64_t count;
	uint64_t records;
};

struct sk_sketch_input *
sk_sketch_input_new(const struct sk_sketch_input_options *options)
{
	struct sk_sketch_input *input = calloc(1, sizeof(*input));

	if (input == NULL || (input->reader = sk_sketch_reader_new(options->image)) == NULL)
		sk_die("out of memory");
	sk_sketch_reader_separate(input->reader, options->separator);
	input->options = *options;
	return input;
}

void
sk_sketch_input_free(struct sk_sketch_input *input)
{
	if (input == NULL)
		return;
	sk_sketch_reader_free(input->reader);
	free(input);
}

uint64_t
sk_sketch_input_count(const struct sk_sketch_input *input)
{
	return input->count;
}

bool
sk_sketch_input_inside(const struct sk_sketch_input *input)
{
	return sk_sketch_reader_inside(input->reader);
}

bool
sk_sketch_input_windowed(const struct sk_sketch_input *input)
{
	return sk_sketch_reader_windowed(input->reader);
}

uint64_t
sk_sketch_input_records(const struct sk_sketch_input *input)
{
	return input->records;
}

/* What is wrong with a sketch: the words, and what goes before them. */
struct refusal {
	const char *why; /* NULL: nothing */
	const char *before;
};

/* Why ${about} was not decoded, with the name of its family. */
static void
refuse_family(const struct sk_container *about, const char *why, struct refusal *refusal,
    char text[REFUSAL_SIZE])
{
	const char *family = sk_describe_name(about->family, about->image);

	refusal->why = why;
	if (family == NULL)
		return;
	if (why == sk_image_strerror(SK_IMAGE_NOT_OURS))
		refusal->why = "no sketch that this tool reads";
	snprintf(text, REFUSAL_SIZE, "%s: ", family);
	refusal->before = text;
}

/* Where a sketch goes that ${about} describes: ${groups}, or those of its pane. NULL when it cannot. */
static struct sk_groups *
place_of(struct sk_sketch_input *input, const struct sk_container *about, struct sk_groups *groups,
    const char **why)
{
	if (about->windowed)
		*why = "the sketch is of a window, which cannot be read here yet";
	else if (!about->of_pane)
		return groups;
	else if (input->options.windows != NULL)
		return sk_window_input_pane(input->options.windows, about->pane, why);
	else
		*why = not_here;
	return NULL;
}

/* Decode what ${about} describes, and merge it into ${groups}. */
static struct refusal
merge_sketch(struct sk_sketch_input *input, const struct sk_container *about,
    struct sk_groups *groups, char text[REFUSAL_SIZE])
{
	const struct sk_aggregate_class *class = input->options.class;
	struct refusal refusal = { NULL, "" };
	const char *why = NULL;
	struct sk_aggregate *aggregate;
	int merged, error;

	if (input->options.keyed && about->key_parts == 0)
		return (struct refusal){ "the sketch has no key (--by)", "" };
	if ((groups = place_of(input, about, groups, &why)) == NULL)
		return (struct refusal){ why, "" };
	aggregate = class->decode(class, about, input->options.memory, input->options.seed, &why);
	if (aggregate == NULL) {
		refuse_family(about, why, &refusal, text);
		return refusal;
	}
	merged = sk_groups_merge(groups, about->key, aggregate, about->records, &why);
	error = errno;
	class->destroy(aggregate);
	if (merged == 0 && about->of_pane)
		return refusal; /* windows tell of it */
	if (merged == 0) {
		input->count++;
		input->records += about->records;
	} else if (error == EINVAL)
		refusal = (struct refusal){ why, "the sketch cannot be merged with those before: " };
	else
		refusal.why = error == ENOBUFS ? "too many different keys for --memory" :
		    error == EOVERFLOW	 ? "the sum of all weights is too large" :
						strerror(error);
	return refusal;
}

/* What the reader gave of ${name}: true when there may be more. */
static bool
take(struct sk_sketch_input *input, const char *name, enum sk_sketch_status status,
    struct sk_sketch_entry *entry, struct sk_groups *groups)
{
	struct refusal refusal = { status == SK_SKETCH_TROUBLE ? entry->why : NULL, "" };
	char text[REFUSAL_SIZE];

	if (status == SK_SKETCH_MORE)
		return true;
	if (status == SK_SKETCH_ENTRY && entry->type != SK_FRAME_SKETCH)
		refusal.why = input->options.windows != NULL ?
		    sk_window_input_take(input->options.windows, entry) :
		    not_here;
	else if (status == SK_SKETCH_ENTRY) {
		if (!entry->framed)
			entry->sketch.item_type = input->options.item_type;
		refusal = merge_sketch(input, &entry->sketch, groups, text);
	}
	if (refusal.why == NULL)
		return true;
	sk_warn("%s: %s %llu: %s%s", name, entry->unit, (unsigned long long)entry->place,
	    refusal.before, refusal.why);
	return false;
}

bool
sk_sketch_input_bytes(struct sk_sketch_input *input, const char *name, struct sk_span bytes,
    struct sk_groups *groups)
{
	struct sk_sketch_entry entry;
	bool good = true;

	while (good && bytes.size > 0) {
		enum sk_sketch_status status = sk_sketch_reader_next(input->reader, &bytes, &entry);

		good = take(input, name, status, &entry, groups);
	}
	if (!good)
		sk_sketch_reader_pass_over(input->reader);
	return good;
}

bool
sk_sketch_input_end(struct sk_sketch_input *input, const char *name, struct sk_groups *groups)
{
	enum sk_sketch_status status;
	struct sk_sketch_entry entry;
	bool good = true;

	while ((status = sk_sketch_reader_end(input->reader, &entry)) != SK_SKETCH_MORE)
		if (good && !take(input, name, status, &entry, groups)) {
			good = false;
			sk_sketch_reader_pass_over(input->reader);
		}
	return good;
}

void
sk_sketch_input_abandon(struct sk_sketch_input *input)
{
	struct sk_sketch_entry entry;

	sk_sketch_reader_pass_over(input->reader);
	sk_sketch_reader_end(input->reader, &entry);
}

bool
sk_sketch_input_line(struct sk_sketch_input *input, const char *name, struct sk_span line,
    uint64_t number, struct sk_groups *groups)
{
	struct sk_sketch_entry entry;
	enum sk_sketch_status status = sk_sketch_reader_line(input->reader, line, number, &entry);

	return take(input, name, status, &entry, groups);
}
