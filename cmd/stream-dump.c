/* stream-dump -- say what sketch files hold. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/base64.h"
#include "run/command.h"
#include "run/diag.h"
#include "run/dump_rows.h"
#include "run/sketch_stream.h"
#include "sketch/describe.h"

#define PROGRAM "stream-dump"
#define SUMMARY "Say what sketch files hold, check them, and convert them"

enum {
	KEY_ITEM_TYPE = SK_OPTION_TOOL,
	KEY_COLUMNS,
	KEY_BASE64,
	KEY_IMAGE,
};

static struct {
	enum sk_sketch_stream_input input;
	enum sk_describe_items items; /* of images that do not say */
	enum sk_format format;
	bool columns;
	bool base64;
	bool image;
	uint64_t frame; /* 0: all */
} settings;

static const struct sk_option options[] = {
	{ 'i', "input", "FORMAT",
	    "auto (default): frames or a plain image, as it\nbegins; image; base64 (one a line)",
	    SK_OPTION_CHOICE, "auto image base64", 0 },
	{ KEY_ITEM_TYPE, "item-type", "TYPE", "string, double, float, long: what plain images hold",
	    SK_OPTION_CHOICE, "string double float long", 0 },
	{ 'n', "frame", "N", "only this frame, counted from 1", SK_OPTION_COUNT, NULL, 0 },
	{ 'o', "output", "FORMAT", "text, tsv or json; text on a terminal, else tsv",
	    SK_OPTION_CHOICE, "text tsv json", 0 },
	{ KEY_COLUMNS, "columns", NULL, "name the columns in a first line of tsv", SK_OPTION_FLAG,
	    NULL, 0 },
	{ KEY_BASE64, "base64", NULL, "write a line for each sketch, KEY TAB BASE64",
	    SK_OPTION_FLAG, NULL, 0 },
	{ KEY_IMAGE, "image", NULL, "write the plain image of the one sketch there is",
	    SK_OPTION_FLAG, NULL, 0 },
	{ 0 },
};

static void
take(const struct sk_option_value *value)
{
	switch (value->key) {
	case 'i':
		settings.input = (enum sk_sketch_stream_input)value->number;
		break;
	case KEY_ITEM_TYPE:
		settings.items = (enum sk_describe_items)(SK_DESCRIBE_STRING + value->number);
		break;
	case 'n':
		settings.frame = value->number;
		break;
	case 'o':
		settings.format = (enum sk_format)value->number;
		break;
	case KEY_COLUMNS:
		settings.columns = true;
		break;
	case KEY_BASE64:
		settings.base64 = true;
		break;
	case KEY_IMAGE:
		settings.image = true;
		break;
	}
}

static int
read_command_line(int argc, char **argv)
{
	static const struct sk_option *const tables[] = { options, sk_command_options, NULL };
	static const struct sk_command command = { PROGRAM, SUMMARY, tables, take, NULL };
	int operands;

	settings.format = isatty(STDOUT_FILENO) ? SK_FORMAT_TEXT : SK_FORMAT_TSV;
	operands = sk_command_parse(&command, argc, argv);
	if (settings.image && settings.base64)
		sk_die("--image and --base64 do not go together");
	if (settings.image && isatty(STDOUT_FILENO))
		sk_die("an image is binary, and no good on a terminal; --base64 is");
	return operands;
}

/* The dump */

static struct sk_output output;
static struct sk_dump_rows *rows;
static struct {
	unsigned char *data; /* --image: the one there was so far */
	size_t size;
	bool found;
} image;
static bool trouble;

static void
write_base64(const struct sk_container *sketch)
{
	size_t size = sk_base64_encoded_size(sketch->image.size);
	char *text = malloc(size + 1);

	if (text == NULL)
		sk_die("out of memory");
	sk_base64_encode(sketch->image, text);
	for (size_t i = 0; i < sketch->key.size; i++) {
		unsigned char byte = sketch->key.data[i];

		sk_output_byte(&output, byte == sketch->separator ? '\t' : (char)byte);
	}
	if (sketch->key_parts > 0)
		sk_output_byte(&output, '\t');
	sk_output_bytes(&output, (struct sk_span){ (unsigned char *)text, size });
	sk_output_byte(&output, '\n');
	free(text);
}

/* Not written yet: there may be another one. */
static void
keep_image(struct sk_span bytes)
{
	if (image.found)
		sk_die("there is more than one sketch: --frame picks one, and --base64 writes all");
	if ((image.data = malloc(bytes.size + 1)) == NULL)
		sk_die("out of memory");
	if (bytes.size > 0)
		memcpy(image.data, bytes.data, bytes.size);
	image.size = bytes.size;
	image.found = true;
}

/* What items the image has by what is around it, or as the command line says. */
static enum sk_describe_items
items_of(const struct sk_sketch_entry *entry)
{
	static const enum sk_describe_items of_container[] = { [SK_ITEM_BYTES] = SK_DESCRIBE_STRING,
		[SK_ITEM_DOUBLE] = SK_DESCRIBE_DOUBLE,
		[SK_ITEM_FLOAT] = SK_DESCRIBE_FLOAT,
		[SK_ITEM_LONG] = SK_DESCRIBE_LONG };

	return entry->framed ? of_container[entry->sketch.item_type] : settings.items;
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

static void
dump(const char *name, const struct sk_sketch_entry *entry)
{
	bool sketch = entry->type == SK_FRAME_SKETCH;
	struct sk_description about = { 0 };

	if (settings.frame != 0 && entry->number != settings.frame)
		return;
	if (sketch) {
		about = sk_describe(entry->sketch.family, entry->sketch.image, items_of(entry));
		if (!judge(name, entry, &about)) {
			trouble = true;
			return;
		}
	}
	if (settings.base64 && sketch)
		write_base64(&entry->sketch);
	else if (settings.image && sketch)
		keep_image(entry->sketch.image);
	else if (!settings.base64 && !settings.image)
		sk_dump_rows_add(rows, name, entry, &about);
}

static void
read_all(struct sk_sketch_stream *stream)
{
	enum sk_sketch_stream_status status;
	struct sk_sketch_entry entry;

	while ((status = sk_sketch_stream_next(stream, &entry)) != SK_SKETCH_STREAM_END) {
		if (status == SK_SKETCH_STREAM_ENTRY)
			dump(sk_sketch_stream_name(stream), &entry);
		else if (status == SK_SKETCH_STREAM_PAUSE)
			sk_output_flush(&output);
		else
			trouble = true;
	}
}

static void
finish(uint64_t frames)
{
	sk_dump_rows_end(rows);
	if (image.found)
		sk_output_bytes(&output, (struct sk_span){ image.data, image.size });
	sk_output_close(&output);
	if (settings.frame > frames) {
		sk_warn("--frame %llu: there are %llu frames", (unsigned long long)settings.frame,
		    (unsigned long long)frames);
		trouble = true;
	} else if (settings.image && !image.found && !trouble) {
		sk_warn("--image: there is no sketch");
		trouble = true;
	}
}

int
main(int argc, char **argv)
{
	struct sk_sketch_stream *stream;
	int operands;

	sk_diag_name(PROGRAM);
	if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
		sk_die("standard output: %s", strerror(EBADF));
	operands = read_command_line(argc, argv);
	sk_output_init(&output, STDOUT_FILENO);
	rows = sk_dump_rows_new(&output, settings.format, settings.columns);
	stream = sk_sketch_stream_new(settings.input, argv + operands, (size_t)(argc - operands));
	read_all(stream);
	finish(sk_sketch_stream_count(stream));
	sk_sketch_stream_free(stream);
	sk_dump_rows_free(rows);
	free(image.data);
	return trouble ? SK_EXIT_TROUBLE : EXIT_SUCCESS;
}
