/* stream-dump -- say what sketch files hold. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run/command.h"
#include "run/diag.h"
#include "run/dump.h"

#define PROGRAM "stream-dump"
#define SUMMARY "Say what sketch files hold, check them, and convert them"

enum {
	KEY_ITEM_TYPE = SK_OPTION_TOOL,
	KEY_COLUMNS,
	KEY_BASE64,
	KEY_IMAGE,
	KEY_RECORDS,
};

static struct sk_dump_options settings;
static const char *form; /* the option that says what is written instead of rows */

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
	{ KEY_RECORDS, "records", NULL, "write the records that streams of windows hold",
	    SK_OPTION_FLAG, NULL, 0 },
	{ 0 },
};

static void
take_form(enum sk_dump_form which, const char *option)
{
	if (form != NULL && strcmp(form, option) != 0)
		sk_die("%s and %s do not go together", form, option);
	form = option;
	settings.form = which;
}

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
		take_form(SK_DUMP_BASE64, "--base64");
		break;
	case KEY_IMAGE:
		take_form(SK_DUMP_IMAGE, "--image");
		break;
	case KEY_RECORDS:
		take_form(SK_DUMP_RECORDS, "--records");
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
	if (settings.form == SK_DUMP_IMAGE && isatty(STDOUT_FILENO))
		sk_die("an image is binary, and no good on a terminal; --base64 is");
	return operands;
}

int
main(int argc, char **argv)
{
	int operands;

	sk_diag_name(PROGRAM);
	if (fcntl(STDOUT_FILENO, F_GETFD) == -1)
		sk_die("standard output: %s", strerror(EBADF));
	operands = read_command_line(argc, argv);
	return sk_dump(&settings, argv + operands, (size_t)(argc - operands));
}
