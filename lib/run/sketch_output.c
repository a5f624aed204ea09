/* sketch_output.c -- sketches out. */
#include "sketch_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "diag.h"

static void
check_encoded(int result)
{
	if (result == -1)
		sk_die("this answer cannot be written as a sketch: %s",
		    errno == EINVAL ? "its items are not of the type asked for" : strerror(errno));
}

/* The image of ${group}, which the caller frees. */
static unsigned char *
image_of(const struct sk_group *group, struct sk_container *about, size_t *size)
{
	const struct sk_aggregate_class *class = group->aggregate->class;
	unsigned char *image;

	*size = class->image_size(group->aggregate);
	if ((image = malloc(*size)) == NULL)
		sk_die("out of memory");
	check_encoded(class->encode(group->aggregate, about, image));
	return image;
}

/* A frame is put together where it leaves from: the image is written into it. */
static void
write_frame(const struct sk_sketch_output_options *options, const struct sk_group *group,
    struct sk_frame_writer *writer)
{
	const struct sk_aggregate_class *class = group->aggregate->class;
	struct sk_container about = { .key = group->key,
		.key_parts = options->key_parts,
		.separator = options->separator,
		.records = group->records };
	size_t size = class->image_size(group->aggregate), head;
	unsigned char *payload;

	if (class->moments != NULL)
		about.has_moments = class->moments(group->aggregate, &about.moments);
	head = sk_container_head_size(&about);
	payload = sk_frame_begin(writer, SK_FRAME_SKETCH, head + size);
	if (payload == NULL)
		sk_die("a sketch of %zu bytes: %s", size,
		    errno == EMSGSIZE ? "more than a frame can hold" : strerror(errno));
	check_encoded(class->encode(group->aggregate, &about, payload + head));
	sk_container_encode(&about, size, payload);
	sk_frame_seal(writer);
}

static void
empty(struct sk_frame_writer *writer, struct sk_output *output)
{
	sk_output_bytes(output, (struct sk_span){ writer->data, writer->size });
	writer->size = 0;
}

static void
write_frames(const struct sk_sketch_output_options *options, struct sk_groups *groups,
    uint64_t records, uint64_t skipped, struct sk_output *output)
{
	const struct sk_group *group = sk_groups_sort(groups);
	struct sk_frame_writer writer;

	sk_frame_writer_init(&writer);
	writer.level = options->level;
	if (sk_frame_write_start(&writer) == -1)
		sk_die("out of memory");
	for (size_t i = 0; i < sk_groups_count(groups); i++) {
		write_frame(options, &group[i], &writer);
		empty(&writer, output);
	}
	if (sk_frame_write_end(&writer, records, skipped) == -1)
		sk_die("out of memory");
	empty(&writer, output);
	sk_frame_writer_release(&writer);
}

static void
write_base64(const struct sk_sketch_output_options *options, const struct sk_group *group,
    struct sk_output *output)
{
	struct sk_container about = { 0 };
	size_t size;
	unsigned char *image = image_of(group, &about, &size);
	char *text = malloc(sk_base64_encoded_size(size));

	if (text == NULL)
		sk_die("out of memory");
	sk_base64_encode((struct sk_span){ image, size }, text);
	if (options->key_parts > 0) {
		for (size_t i = 0; i < group->key.size; i++) {
			char byte = (char)group->key.data[i];

			sk_output_byte(output, byte == (char)options->separator ? '\t' : byte);
		}
		sk_output_byte(output, '\t');
	}
	sk_output_bytes(output,
	    (struct sk_span){ (unsigned char *)text, sk_base64_encoded_size(size) });
	sk_output_byte(output, '\n');
	free(text);
	free(image);
}

void
sk_sketch_output(const struct sk_sketch_output_options *options, struct sk_groups *groups,
    uint64_t records, uint64_t skipped, struct sk_output *output)
{
	const struct sk_group *group;

	if (options->form == SK_SKETCH_FRAMES) {
		write_frames(options, groups, records, skipped, output);
		return;
	}
	group = sk_groups_sort(groups);
	for (size_t i = 0; i < sk_groups_count(groups); i++) {
		struct sk_container about = { 0 };
		unsigned char *image;
		size_t size;

		if (options->form == SK_SKETCH_BASE64) {
			write_base64(options, &group[i], output);
			continue;
		}
		image = image_of(&group[i], &about, &size);
		sk_output_bytes(output, (struct sk_span){ image, size });
		free(image);
	}
}
