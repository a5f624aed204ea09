/* sketch_output.c -- sketches out. */
#include "sketch_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../pipe/key.h"
#include "base64.h"
#include "cell.h"
#include "diag.h"

static void
check_encoded(int result)
{
	if (result == -1)
		sk_die("this answer cannot be written as a sketch: %s",
		    errno == EINVAL ? "its items are not of the type asked for" : strerror(errno));
}

unsigned char *
sk_sketch_output_image(const struct sk_group *group, struct sk_container *about)
{
	const struct sk_aggregate_class *class = group->aggregate->class;
	unsigned char *image;

	about->image.size = class->image_size(group->aggregate);
	if ((image = malloc(about->image.size)) == NULL)
		sk_die("out of memory");
	check_encoded(class->encode(group->aggregate, about, image));
	about->image.data = image;
	return image;
}

struct sk_span
sk_group_key(struct sk_group_key *room, const struct sk_report_window *window, struct sk_span key,
    size_t parts)
{
	const size_t size = (window != NULL ? window->key.size : 0) + key.size + SK_KEY_PART_COST;
	unsigned char *end;

	if (window == NULL || window->key_parts == 0)
		return key;
	if (parts == 0)
		return window->key;
	if (size > room->room) {
		room->room = 2 * size;
		if ((room->bytes = realloc(room->bytes, room->room)) == NULL)
			sk_die("out of memory");
	}
	end = sk_key_concat(window->key, window->key_parts, key, parts, room->bytes);
	if (end == NULL)
		sk_die("the key of a window is too long to go with those of --by");
	return (struct sk_span){ room->bytes, (size_t)(end - room->bytes) };
}

void
sk_group_key_release(struct sk_group_key *room)
{
	free(room->bytes);
}

void
sk_sketch_output_about(const struct sk_sketch_output_options *options, struct sk_group_key *room,
    const struct sk_group *group, const struct sk_report_window *window,
    struct sk_container *about)
{
	const struct sk_aggregate_class *class = group->aggregate->class;

	*about = (struct sk_container){ .key = sk_group_key(room, window, group->key, options->key_parts),
		.key_parts = options->key_parts + (window != NULL ? window->key_parts : 0),
		.records = group->records };
	if (class->moments != NULL)
		about->has_moments = class->moments(group->aggregate, &about->moments);
	if (window == NULL)
		return;
	about->windowed = true;
	about->start = window->start;
	about->end = window->end;
	about->counted = window->counted;
}

static void
empty(struct sk_sketch_frames *frames)
{
	sk_output_bytes(
	    frames->output, (struct sk_span){ frames->writer.data, frames->writer.size });
	frames->writer.size = 0;
}

/* Where the payload of ${size} bytes of a sketch's frame goes. */
static unsigned char *
begin_frame(struct sk_sketch_frames *frames, size_t size)
{
	unsigned char *payload = sk_frame_begin(&frames->writer, SK_FRAME_SKETCH, size);

	if (payload == NULL)
		sk_die("a sketch of %zu bytes: %s", size,
		    errno == EMSGSIZE ? "more than a frame can hold" : strerror(errno));
	return payload;
}

/* A frame is put together where it leaves from: the image is written into it. */
static void
write_group(struct sk_sketch_frames *frames, const struct sk_group *group,
    const struct sk_report_window *window)
{
	const struct sk_aggregate_class *class = group->aggregate->class;
	size_t size = class->image_size(group->aggregate), head;
	struct sk_container about;
	unsigned char *payload;

	sk_sketch_output_about(&frames->options, &frames->key, group, window, &about);
	head = sk_container_head_size(&about);
	payload = begin_frame(frames, head + size);
	check_encoded(class->encode(group->aggregate, &about, payload + head));
	sk_container_encode(&about, size, payload);
	sk_frame_seal(&frames->writer);
	empty(frames);
}

void
sk_sketch_frames_begin(struct sk_sketch_frames *frames,
    const struct sk_sketch_output_options *options, struct sk_output *output)
{
	frames->options = *options;
	frames->output = output;
	frames->key = (struct sk_group_key){ 0 };
	sk_frame_writer_init(&frames->writer);
	frames->writer.level = options->level;
	if (sk_frame_write_start(&frames->writer) == -1)
		sk_die("out of memory");
	empty(frames);
}

void
sk_sketch_frames_end(struct sk_sketch_frames *frames, uint64_t records, uint64_t skipped)
{
	if (sk_frame_write_end(&frames->writer, records, skipped) == -1)
		sk_die("out of memory");
	empty(frames);
	sk_frame_writer_release(&frames->writer);
	sk_group_key_release(&frames->key);
	frames->key = (struct sk_group_key){ 0 };
}

void
sk_sketch_frames_groups(struct sk_sketch_frames *frames, struct sk_groups *groups,
    const struct sk_report_window *window)
{
	const struct sk_group *group = sk_groups_sort(groups);

	for (size_t i = 0; i < sk_groups_count(groups); i++)
		write_group(frames, &group[i], window);
}

void
sk_sketch_frames_copy(struct sk_sketch_frames *frames, const struct sk_container *sketch)
{
	size_t head = sk_container_head_size(sketch);
	unsigned char *payload = begin_frame(frames, head + sketch->image.size);

	sk_container_encode(sketch, sketch->image.size, payload);
	if (sketch->image.size > 0)
		memcpy(payload + head, sketch->image.data, sketch->image.size);
	sk_frame_seal(&frames->writer);
	empty(frames);
}

void
sk_sketch_output_line(const struct sk_container *sketch, struct sk_output *output)
{
	const size_t size = sk_base64_encoded_size(sketch->image.size);
	struct sk_span rest = sketch->key;
	char *text = malloc(size + 1);

	if (text == NULL)
		sk_die("out of memory");
	sk_base64_encode(sketch->image, text);
	for (size_t i = 0; i < sketch->key_parts; i++) {
		sk_cell_escape_tsv(output, sk_key_part(&rest, i + 1 == sketch->key_parts));
		sk_output_byte(output, '\t');
	}
	sk_output_bytes(output, (struct sk_span){ (unsigned char *)text, size });
	sk_output_byte(output, '\n');
	free(text);
}

void
sk_sketch_output(const struct sk_sketch_output_options *options, struct sk_groups *groups,
    uint64_t records, uint64_t skipped, struct sk_output *output)
{
	const struct sk_group *group;
	struct sk_sketch_frames frames;

	if (options->form == SK_SKETCH_FRAMES) {
		sk_sketch_frames_begin(&frames, options, output);
		sk_sketch_frames_groups(&frames, groups, NULL);
		sk_sketch_frames_end(&frames, records, skipped);
		return;
	}
	group = sk_groups_sort(groups);
	for (size_t i = 0; i < sk_groups_count(groups); i++) {
		struct sk_container about = { .key = group[i].key, .key_parts = options->key_parts };
		unsigned char *image = sk_sketch_output_image(&group[i], &about);

		if (options->form == SK_SKETCH_BASE64)
			sk_sketch_output_line(&about, output);
		else
			sk_output_bytes(output, about.image);
		free(image);
	}
}
