/* diag.c -- diagnostics. */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

#define QUOTED_MAX 60

static const char *program_name = "streamkit";
static bool quiet_notes;
static void (*before_line)(int fd);

void
sk_diag_name(const char *program)
{
	program_name = program;
}

const char *
sk_diag_program(void)
{
	return program_name;
}

void
sk_diag_quiet(bool quiet)
{
	quiet_notes = quiet;
}

bool
sk_diag_is_quiet(void)
{
	return quiet_notes;
}

void
sk_diag_before(void (*before)(int fd))
{
	before_line = before;
}

/* The line is put together first, so that lines of several processes do not mix. */
static void
say(const char *format, va_list arguments)
{
	char line[4096];
	int used = snprintf(line, sizeof(line) - 1, "%s: ", program_name);

	vsnprintf(line + used, sizeof(line) - 1 - (size_t)used, format, arguments);
	strcat(line, "\n");
	if (before_line != NULL)
		before_line(STDERR_FILENO);
	fputs(line, stderr);
}

void
sk_note(const char *format, ...)
{
	va_list arguments;

	if (quiet_notes)
		return;
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

void
sk_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

void
sk_die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	exit(SK_EXIT_TROUBLE);
}

const char *
sk_diag_quote(char *buffer, struct sk_span text)
{
	size_t used = 0, at = 0;

	buffer[used++] = '"';
	while (at < text.size && at < QUOTED_MAX) {
		size_t length = sk_utf8_printable(text.data + at, text.size - at);

		if (length > 0) {
			memcpy(buffer + used, text.data + at, length);
			used += length;
			at += length;
		} else {
			used += (size_t)snprintf(
			    buffer + used, SK_DIAG_QUOTE - used, "\\x%02x", text.data[at++]);
		}
	}
	buffer[used++] = '"';
	strcpy(buffer + used, at < text.size ? "..." : "");
	return buffer;
}
