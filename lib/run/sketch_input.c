/* sketch_input.c -- sketches in. */
#include "sketch_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/image.h"
#include "base64.h"
#include "diag.h"

struct sk_sketch_input {
	struct sk_sketch_input_options options;
	struct sk_groups *groups;
	struct sk_frame_reader *frames; /* of the input at hand, NULL between inputs */
	bool broken;                    /* the input at hand is passed over */
	unsigned char *image;           /* a plain image as it comes */
	size_t image_size;
	size_t image_room;
	uint64_t records;
};

struct sk_sketch_input *
sk_sketch_input_new(const struct sk_sketch_input_options *options, struct sk_groups *groups)
{
	struct sk_sketch_input *input = calloc(1, sizeof(*input));

	if (input == NULL)
		sk_die("out of memory");
	input->options = *options;
	input->groups = groups;
	return input;
}

void
sk_sketch_input_free(struct sk_sketch_input *input)
{
	if (input == NULL)
		return;
	sk_frame_reader_free(input->frames);
	free(input->image);
	free(input);
}

uint64_t
sk_sketch_input_records(const struct sk_sketch_input *input)
{
	return input->records;
}

/* Decode what ${about} describes, and merge it. Returns what is wrong, or NULL. */
static const char *
merge_sketch(struct sk_sketch_input *input, const struct sk_container *about)
{
	const struct sk_aggregate_class *class = input->options.class;
	const char *why = NULL;
	struct sk_aggregate *aggregate;
	int merged, error;

	if (input->options.keyed && about->key_parts == 0)
		return "the sketch has no key (--by)";
	aggregate = class->decode(about, input->options.memory, input->options.seed, &why);
	if (aggregate == NULL)
		return why;
	merged = sk_groups_merge(input->groups, about->key, aggregate);
	error = errno;
	class->destroy(aggregate);
	if (merged == 0) {
		input->records += about->records;
		return NULL;
	}
	if (error == EINVAL)
		return "the sketch cannot be merged with those before: its parameters differ";
	if (error == ENOBUFS)
		return "too many different keys for --memory";
	if (error == EOVERFLOW)
		return "the sum of all weights is too large";
	return strerror(error);
}

static bool
give_up(struct sk_sketch_input *input, const char *name, const char *why)
{
	input->broken = true;
	sk_warn("%s: %s", name, why);
	return false;
}

static const char *
take_frame(struct sk_sketch_input *input, const struct sk_frame *frame)
{
	struct sk_container about;
	enum sk_frame_status status;

	if (frame->type != SK_FRAME_SKETCH)
		return "the stream holds frames that this tool cannot read";
	status = sk_container_decode(
	    &about, frame->payload, frame->size, input->options.separator);
	if (status != SK_FRAME_OK)
		return sk_frame_strerror(status);
	return merge_sketch(input, &about);
}

static bool
take_frames(struct sk_sketch_input *input, const char *name, struct sk_span bytes)
{
	enum sk_frame_status status;
	struct sk_frame frame;

	if (input->frames == NULL && (input->frames = sk_frame_reader_new()) == NULL)
		sk_die("out of memory");
	while ((status = sk_frame_next(input->frames, &bytes, &frame)) == SK_FRAME_OK) {
		const char *why = take_frame(input, &frame);

		if (why != NULL)
			return give_up(input, name, why);
	}
	return status == SK_FRAME_MORE || give_up(input, name, sk_frame_strerror(status));
}

static bool
take_image(struct sk_sketch_input *input, const char *name, struct sk_span bytes)
{
	if (bytes.size > SK_FRAME_MAX - input->image_size)
		return give_up(input, name, "the image is larger than 1 GiB");
	if (bytes.size > input->image_room - input->image_size) {
		size_t room = input->image_size + bytes.size + input->image_room / 2;
		unsigned char *image = realloc(input->image, room);

		if (image == NULL)
			sk_die("out of memory");
		input->image = image;
		input->image_room = room;
	}
	if (bytes.size > 0)
		memcpy(input->image + input->image_size, bytes.data, bytes.size);
	input->image_size += bytes.size;
	return true;
}

bool
sk_sketch_input_bytes(struct sk_sketch_input *input, const char *name, struct sk_span bytes)
{
	if (input->broken)
		return true;
	return input->options.image ? take_image(input, name, bytes) :
				      take_frames(input, name, bytes);
}

/* What an image says of itself. */
static struct sk_container
about_image(const struct sk_sketch_input *input, struct sk_span image)
{
	return (struct sk_container){
		.family = image.size > 2 ? image.data[2] : 0,
		.item_type = input->options.item_type,
		.image = image,
	};
}

bool
sk_sketch_input_end(struct sk_sketch_input *input, const char *name)
{
	struct sk_container about;
	const char *why = NULL;
	enum sk_frame_status status = SK_FRAME_OK;

	if (input->options.image && !input->broken) {
		about = about_image(
		    input, (struct sk_span){ input->image, input->image_size });
		why = merge_sketch(input, &about);
	} else if (input->frames != NULL && !input->broken) {
		status = sk_frame_finish(input->frames);
		why = status == SK_FRAME_OK ? NULL : sk_frame_strerror(status);
	}
	if (why != NULL)
		give_up(input, name, why);
	sk_sketch_input_abandon(input);
	return why == NULL;
}

void
sk_sketch_input_abandon(struct sk_sketch_input *input)
{
	sk_frame_reader_free(input->frames);
	input->frames = NULL;
	input->image_size = 0;
	input->broken = false;
}

bool
sk_sketch_input_line(struct sk_sketch_input *input, const char *name, struct sk_span line)
{
	struct sk_container about;
	struct sk_span text = line;
	size_t key_size = 0, size;
	const char *why;

	for (size_t i = line.size; i > 0 && key_size == 0; i--)
		if (line.data[i - 1] == '\t')
			key_size = i;
	text.data += key_size;
	text.size -= key_size;
	input->image_size = 0;
	if (!take_image(input, name, text))
		return false;
	if (!sk_base64_decode(text, input->image, &size)) {
		sk_warn("%s: a line that is no base64 text", name);
		return false;
	}
	about = about_image(input, (struct sk_span){ input->image, size });
	if (key_size > 0) {
		about.key = (struct sk_span){ line.data, key_size - 1 };
		about.key_parts = 1;
		for (size_t i = 0; i < about.key.size; i++)
			about.key_parts += about.key.data[i] == '\t';
	}
	why = merge_sketch(input, &about);
	if (why != NULL)
		sk_warn("%s: %s", name, why);
	return why == NULL;
}
