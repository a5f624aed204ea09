/* zones.c -- the time zone that an option names. */
#include "zones.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define FILE_MAX_SIZE ((size_t)1 << 20)

/* The file ${name} in one of the ${directories}, or NULL. */
static FILE *
find_file(const char *name)
{
	const char *directories[] = { getenv("TZDIR"), "/usr/share/zoneinfo", "/usr/lib/zoneinfo",
		"/usr/share/lib/zoneinfo" };
	char path[4096];

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		FILE *file;
		int size;

		if (directories[i] == NULL)
			continue;
		size = snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		if (size > 0 && (size_t)size < sizeof(path) && (file = fopen(path, "rb")) != NULL)
			return file;
	}
	return NULL;
}

/* A name stays within the directory. */
static bool
is_name(const char *text)
{
	return text[0] != '\0' && text[0] != '/' && strstr(text, "..") == NULL;
}

struct sk_zone *
sk_zones_open(const char *text)
{
	struct sk_span span = { (const unsigned char *)text, strlen(text) };
	char quoted[SK_DIAG_QUOTE];
	struct sk_zone *zone;
	enum sk_zone_status status = sk_zone_parse(&zone, span);
	unsigned char *bytes;
	FILE *file;
	size_t size;

	if (status == SK_ZONE_OK)
		return zone;
	sk_diag_quote(quoted, span);
	if (!is_name(text) || (file = find_file(text)) == NULL)
		sk_die("--zone %s: no zone of that name here, and no offset such as +01:00", quoted);
	if ((bytes = malloc(FILE_MAX_SIZE)) == NULL)
		sk_die("out of memory");
	size = fread(bytes, 1, FILE_MAX_SIZE, file);
	fclose(file);
	status = sk_zone_decode(&zone, (struct sk_span){ bytes, size });
	free(bytes);
	if (status != SK_ZONE_OK)
		sk_die("--zone %s: %s", quoted, sk_zone_strerror(status));
	return zone;
}
