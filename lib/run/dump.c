/* dump.c -- a run of stream-dump. */
#include "dump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "dump_rows.h"
#include "sketch_output.h"

/* One runs in a process. */
static struct {
	struct sk_dump_options options;
	struct sk_output output;
	struct sk_dump_rows *rows;
	unsigned char *image; /* the one there was so far */
	size_t image_size;
	bool image_found;
	unsigned char *header; /* of the records written last, with its end */
	size_t header_size;
	bool trouble;
} dump;

/* Not written yet: there may be another one. */
static void
keep_image(struct sk_span bytes)
{
	if (dump.image_found)
		sk_die("there is more than one sketch: --frame picks one, and --base64 writes all");
	if ((dump.image = malloc(bytes.size + 1)) == NULL)
		sk_die("out of memory");
	if (bytes.size > 0)
		memcpy(dump.image, bytes.data, bytes.size);
	dump.image_size = bytes.size;
	dump.image_found = true;
}

/* What items the image has by what is around it, or as the command line says. */
static enum sk_describe_items
items_of(const struct sk_sketch_entry *entry)
{
	static const enum sk_describe_items of_container[] = { [SK_ITEM_BYTES] = SK_DESCRIBE_STRING,
		[SK_ITEM_DOUBLE] = SK_DESCRIBE_DOUBLE,
		[SK_ITEM_FLOAT] = SK_DESCRIBE_FLOAT,
		[SK_ITEM_LONG] = SK_DESCRIBE_LONG };

	return entry->framed ? of_container[entry->sketch.item_type] : dump.options.items;
}

/* Say of ${about} what is to be said; false when the sketch is no good. */
static bool
judge(const char *name, const struct sk_sketch_entry *entry, const struct sk_description *about)
{
	unsigned long long place = entry->place;

	if (about->name == NULL)
		sk_warn("%s: %s %llu: a sketch of family %u, which is not known", name, entry->unit,
		    place, entry->sketch.family);
	else if (about->status == SK_IMAGE_UNSUPPORTED || about->status == SK_IMAGE_OTHER_SEED)
		sk_note("%s: %s %llu: %s: not checked, for %s", name, entry->unit, place, about->name,
		    sk_image_strerror(about->status));
	else if (about->status != SK_IMAGE_OK)
		sk_warn("%s: %s %llu: %s: %s", name, entry->unit, place, about->name,
		    sk_image_strerror(about->status));
	return about->name != NULL &&
	    (about->status == SK_IMAGE_OK || about->status == SK_IMAGE_UNSUPPORTED ||
		about->status == SK_IMAGE_OTHER_SEED);
}

/* Records of which the first names the fields begin with it, and where they are joined it is not to come again. */
static void
write_header(const struct sk_sketch_entry *entry)
{
	struct sk_span header = { entry->header.data, entry->header.size + 1 };

	if (entry->header.size == 0 || dump.options.frame != 0 ||
	    (header.size == dump.header_size && memcmp(header.data, dump.header, header.size) == 0))
		return;
	sk_output_bytes(&dump.output, header);
	free(dump.header);
	if ((dump.header = malloc(header.size)) == NULL)
		sk_die("out of memory");
	memcpy(dump.header, header.data, header.size);
	dump.header_size = header.size;
}

static void
write_entry(const char *name, const struct sk_sketch_entry *entry,
    const struct sk_dump_frame *frame, const struct sk_description *about)
{
	bool sketch = entry->type == SK_FRAME_SKETCH;

	switch (dump.options.form) {
	case SK_DUMP_ROWS:
		sk_dump_rows_add(dump.rows, name, entry, frame, about);
		break;
	case SK_DUMP_BASE64:
		if (sketch)
			sk_sketch_output_line(&entry->sketch, &dump.output);
		break;
	case SK_DUMP_IMAGE:
		if (sketch)
			keep_image(entry->sketch.image);
		break;
	case SK_DUMP_RECORDS:
		if (entry->type == SK_FRAME_HELLO && entry->end != -1)
			write_header(entry);
		if (entry->type == SK_FRAME_RECORDS)
			sk_output_bytes(&dump.output, frame->bytes);
		break;
	}
}

static void
take(const char *name, struct sk_sketch_entry *entry)
{
	struct sk_description about = { 0 };
	struct sk_dump_frame frame;
	const char *why;

	if (dump.options.frame != 0 && entry->number != dump.options.frame)
		return;
	if ((why = sk_dump_frame_read(&frame, entry)) != NULL) {
		sk_warn("%s: %s %" PRIu64 ": %s", name, entry->unit, entry->place, why);
		dump.trouble = true;
		return;
	}
	if (entry->type == SK_FRAME_SKETCH) {
		about = sk_describe(entry->sketch.family, entry->sketch.image, items_of(entry));
		if (!judge(name, entry, &about)) {
			dump.trouble = true;
			return;
		}
	}
	write_entry(name, entry, &frame, &about);
}

static void
read_all(struct sk_sketch_stream *stream)
{
	enum sk_sketch_stream_status status;
	struct sk_sketch_entry entry;

	while ((status = sk_sketch_stream_next(stream, &entry)) != SK_SKETCH_STREAM_END) {
		if (status == SK_SKETCH_STREAM_ENTRY)
			take(sk_sketch_stream_name(stream), &entry);
		else if (status == SK_SKETCH_STREAM_PAUSE)
			sk_output_flush(&dump.output);
		else
			dump.trouble = true;
	}
}

static void
finish(uint64_t frames)
{
	sk_dump_rows_end(dump.rows);
	if (dump.image_found)
		sk_output_bytes(&dump.output, (struct sk_span){ dump.image, dump.image_size });
	sk_output_close(&dump.output);
	if (dump.options.frame > frames) {
		sk_warn("--frame %" PRIu64 ": there are %" PRIu64 " frames", dump.options.frame, frames);
		dump.trouble = true;
	} else if (dump.options.form == SK_DUMP_IMAGE && !dump.image_found && !dump.trouble) {
		sk_warn("--image: there is no sketch");
		dump.trouble = true;
	}
}

int
sk_dump(const struct sk_dump_options *options, char *const *names, size_t n)
{
	struct sk_sketch_stream *stream;

	dump.options = *options;
	sk_output_init(&dump.output, STDOUT_FILENO);
	dump.rows = sk_dump_rows_new(&dump.output, options->format, options->columns);
	stream = sk_sketch_stream_new(options->input, names, n);
	read_all(stream);
	finish(sk_sketch_stream_count(stream));
	sk_sketch_stream_free(stream);
	sk_dump_rows_free(dump.rows);
	free(dump.image);
	free(dump.header);
	return dump.trouble ? SK_EXIT_TROUBLE : EXIT_SUCCESS;
}
