/* option.c -- reading options by the table, and printing the table for people. */
#include "option.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "nearest.h"
#include "quantity.h"

#define OPTIONS_MAX 64
#define HELP_COLUMN 26
#define SEVERAL 3 /* options that one may have been meant for */

void
sk_option_refuse(const struct sk_option *option, const char *text, const char *why)
{
	char quoted[SK_DIAG_QUOTE];

	sk_die("--%s %s: %s", option->name,
	    sk_diag_quote(quoted,
		(struct sk_span){ (const unsigned char *)text, strlen(text) }),
	    why);
}

/* The index of ${word} among the blank-separated ${choices}, or -1. */
static int
choice_index(const char *choices, const char *word)
{
	size_t length = strlen(word);

	for (int i = 0; *choices != '\0'; i++) {
		size_t size = strcspn(choices, " ");

		if (size == length && memcmp(choices, word, size) == 0)
			return i;
		choices += size;
		choices += strspn(choices, " ");
	}
	return -1;
}

static struct sk_span
span_of(const char *text)
{
	return (struct sk_span){ (const unsigned char *)text, strlen(text) };
}

/* Die of the choice ${text}, and say which one it looks like. */
static _Noreturn void
refuse_choice(const struct sk_option *option, const char *text)
{
	struct sk_nearest nearest;
	char why[320];
	int used = snprintf(why, sizeof(why), "it is one of: %s", option->choices);

	sk_nearest_begin(&nearest, span_of(text));
	for (const char *word = option->choices; *word != '\0'; word += strspn(word, " ")) {
		size_t size = strcspn(word, " ");

		sk_nearest_try(&nearest, (struct sk_span){ (const unsigned char *)word, size });
		word += size;
	}
	if (nearest.best.size > 0)
		snprintf(why + used, sizeof(why) - (size_t)used, "; did you mean %.*s?", (int)nearest.best.size,
		    (const char *)nearest.best.data);
	sk_option_refuse(option, text, why);
}

static bool
parse_byte(const char *text, uint64_t *byte)
{
	static const char escapes[] = "tn\\0", meanings[] = "\t\n\\";
	const char *found;

	if (text[0] == '\\' && text[1] != '\0' && text[2] == '\0') {
		if ((found = strchr(escapes, text[1])) == NULL)
			return false;
		*byte = (unsigned char)meanings[found - escapes];
		return true;
	}
	*byte = (unsigned char)text[0];
	return text[0] != '\0' && text[1] == '\0';
}

static void
parse_choice(const struct sk_option *option, const char *text, struct sk_option_value *value)
{
	int index = choice_index(option->choices, text);

	if (index < 0)
		refuse_choice(option, text);
	value->number = (uint64_t)index;
}

static void
parse_count(const struct sk_option *option, const char *text, struct sk_option_value *value)
{
	if (option->choices != NULL && strcmp(text, option->choices) == 0)
		value->number = UINT64_MAX;
	else if (!sk_quantity_count(text, &value->number) || value->number == 0)
		sk_option_refuse(option, text, "not a whole number from 1 up");
}

static void
parse_value(const struct sk_option *option, const char *text, struct sk_option_value *value)
{
	const char *trouble;

	value->key = option->key;
	switch (option->kind) {
	case SK_OPTION_FLAG:
		break;
	case SK_OPTION_COUNT:
		parse_count(option, text, value);
		break;
	case SK_OPTION_SIZE:
		if (!sk_quantity_size(text, &value->number))
			sk_option_refuse(option, text, "not a size such as 512K, 64M or 2G");
		break;
	case SK_OPTION_DURATION:
		if (!sk_quantity_duration(text, &value->number))
			sk_option_refuse(
			    option, text, "not a duration such as 500ms, 10s or 1h30m");
		break;
	case SK_OPTION_SPAN:
		if (!sk_quantity_span(text, &value->number))
			sk_option_refuse(option, text, "not a duration such as 0s, 500ms or 1h30m");
		break;
	case SK_OPTION_FRACTION:
		if (!sk_quantity_fraction(text, &value->fraction))
			sk_option_refuse(
			    option, text, "not a fraction from 0 to 1, such as 0.05 or 5%");
		break;
	case SK_OPTION_FIELDS:
		if (option->choices != NULL && *text == '\0')
			value->fields.count = 0;
		else if ((trouble = sk_fields_parse(text, &value->fields)) != NULL)
			sk_option_refuse(option, text, trouble);
		break;
	case SK_OPTION_BYTE:
		if (!parse_byte(text, &value->number))
			sk_option_refuse(option, text, "not a single byte, or \\t");
		break;
	case SK_OPTION_CHOICE:
		parse_choice(option, text, value);
		break;
	case SK_OPTION_MAYBE:
		value->number = 0;
		if (text != NULL) {
			parse_choice(option, text, value);
			value->number++;
		}
		break;
	case SK_OPTION_FILE:
	case SK_OPTION_TEXT:
		value->text = text;
		break;
	}
}

/* What getopt_long wants to know, drawn from the tables. */
struct getopt_tables {
	char letters[4 * OPTIONS_MAX + 2];
	struct option names[OPTIONS_MAX + 1];
	const struct sk_option *options[OPTIONS_MAX];
};

static void
draw_up(const struct sk_option *const *tables, struct getopt_tables *known)
{
	char *letter = known->letters;
	size_t count = 0;

	memset(known, 0, sizeof(*known));
	*letter++ = ':'; /* tell a missing argument from an unknown option */
	for (; *tables != NULL; tables++) {
		for (const struct sk_option *option = *tables; option->name != NULL; option++) {
			const int argument = option->kind == SK_OPTION_FLAG ? no_argument :
			    option->kind == SK_OPTION_MAYBE                 ? optional_argument :
									      required_argument;

			known->options[count] = option;
			known->names[count++] = (struct option){ option->name, argument, NULL,
				option->key };
			if (option->key < SK_OPTION_LONG) {
				*letter++ = (char)option->key;
				for (int colons = 0; colons < argument; colons++)
					*letter++ = ':';
			}
			if (option->alias != 0)
				*letter++ = option->alias;
		}
	}
}

static const struct sk_option *
option_of(const struct getopt_tables *known, int key)
{
	for (size_t i = 0; known->options[i] != NULL; i++)
		if (known->options[i]->key == key || (key != 0 && known->options[i]->alias == key))
			return known->options[i];
	return NULL;
}

/* Die of the long option ${word}, which is the front of several names or of none: say of which, or which one it looks like. */
static _Noreturn void
refuse_long(const struct getopt_tables *known, const char *word)
{
	const size_t size = strcspn(word, "=");
	const struct sk_span name = { (const unsigned char *)word + 2, size - 2 };
	struct sk_nearest nearest;
	char quoted[SK_DIAG_QUOTE], several[512];
	size_t fronts = 0, used = 0;

	sk_nearest_begin(&nearest, name);
	for (size_t i = 0; known->options[i] != NULL; i++) {
		sk_nearest_try(&nearest, span_of(known->options[i]->name));
		if (strncmp(known->options[i]->name, word + 2, name.size) == 0 && used < sizeof(several))
			used += (size_t)snprintf(several + used, sizeof(several) - used, "%s--%s",
			    fronts++ > 0 ? ", " : "", known->options[i]->name);
	}
	sk_diag_quote(quoted, (struct sk_span){ (const unsigned char *)word, size });
	if (fronts > 1 && name.size > 0)
		sk_die("option %s may be any of %s", quoted, several);
	if (nearest.best.size > 0)
		sk_die("unknown option %s: did you mean --%s?", quoted, (const char *)nearest.best.data);
	sk_die("unknown option %s; --help lists them", quoted);
}

/* Die of ${letter}, which is none: say which it may have been meant for, unless that may be nearly any. */
static _Noreturn void
refuse_short(const struct getopt_tables *known, int letter)
{
	const int other = letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' :
	    letter >= 'A' && letter <= 'Z'		 ? letter - 'A' + 'a' :
							   0;
	const struct sk_option *option = other != 0 ? option_of(known, other) : NULL;
	const struct sk_option *top = option_of(known, 'k');
	char several[256] = "";
	size_t used = 0, found = 0;

	if (letter >= '0' && letter <= '9' && top != NULL && top->kind != SK_OPTION_FLAG)
		sk_die("unknown option -%c: did you mean -k %c...?", letter, letter);
	for (size_t i = 0; option == NULL && known->options[i] != NULL; i++) {
		const char *name = known->options[i]->name;

		if ((name[0] == letter || name[0] == other) && used < sizeof(several))
			used += (size_t)snprintf(several + used, sizeof(several) - used, "%s--%s", found++ > 0 ? " or " : "", name);
	}
	if (option != NULL)
		sk_die("unknown option -%c: did you mean -%c, --%s? --help lists them", letter, other, option->name);
	if (found > 0 && found <= SEVERAL)
		sk_die("unknown option -%c: did you mean %s? --help lists them", letter, several);
	sk_die("unknown option -%c; --help lists them", letter);
}

/* getopt_long has refused the option before optind. */
static _Noreturn void
refuse(const struct getopt_tables *known, char **argv, int found)
{
	const struct sk_option *option = optopt != 0 ? option_of(known, optopt) : NULL;
	const char *word = argv[optind - 1];

	if (found == ':' && option != NULL)
		sk_die("--%s needs an argument, %s", option->name, option->argument);
	if (option != NULL)
		sk_die("--%s takes no argument", option->name);
	if (optopt != 0)
		refuse_short(known, optopt);
	refuse_long(known, word);
}

int
sk_options_parse(int argc, char **argv, const struct sk_option *const *tables, sk_option_fn *take)
{
	struct getopt_tables known;
	struct sk_option_value value;
	int found;

	draw_up(tables, &known);
	opterr = 0;
	while ((found = getopt_long(argc, argv, known.letters, known.names, NULL)) != -1) {
		const struct sk_option *option;

		if (found == '?' || found == ':' || (option = option_of(&known, found)) == NULL)
			refuse(&known, argv, found);
		parse_value(option, optarg, &value);
		take(&value);
	}
	return optind;
}

static void
help_line(const struct sk_option *option)
{
	char left[64];
	int width;

	if (option->key < SK_OPTION_LONG)
		width = snprintf(left, sizeof(left), "  -%c, --%s", option->key, option->name);
	else
		width = snprintf(left, sizeof(left), "      --%s", option->name);
	if (option->argument != NULL)
		width += snprintf(
		    left + width, sizeof(left) - (size_t)width,
		    option->kind == SK_OPTION_MAYBE ? "[=%s]" : " %s", option->argument);
	printf("%-*s", HELP_COLUMN, left);
	if (width >= HELP_COLUMN)
		printf("\n%*s", HELP_COLUMN, "");
	for (const char *text = option->help; *text != '\0';) {
		size_t length = strcspn(text, "\n");

		printf("%.*s\n", (int)length, text);
		text += length;
		if (*text == '\n')
			printf("%*s", HELP_COLUMN + 2, ""), text++;
	}
}

void
sk_options_help(const struct sk_option *const *tables)
{
	for (; *tables != NULL; tables++) {
		for (const struct sk_option *option = *tables; option->name != NULL; option++)
			help_line(option);
		if (tables[1] != NULL)
			putchar('\n');
	}
}
