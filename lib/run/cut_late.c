/* cut_late.c -- records that go into no window, or not into all of theirs. */
#include "cut_late.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "skips.h"

struct sk_cut_late {
	const char *name;
	FILE *file; /* NULL: they are not kept */
	bool strict; /* of times that are too far ahead: with late records there is nothing wrong */
	struct sk_skips skips;
};

static void
check(const struct sk_cut_late *late, bool good)
{
	if (!good)
		sk_die("%s: %s", late->name, strerror(errno));
}

struct sk_cut_late *
sk_cut_late_new(const char *name, const char *unit, bool strict)
{
	struct sk_cut_late *late = calloc(1, sizeof(*late));

	if (late == NULL)
		sk_die("out of memory");
	late->skips.unit = unit;
	late->strict = strict;
	late->name = name;
	if (name == NULL)
		return late;
	late->file = fopen(name, "ab");
	check(late, late->file != NULL);
	(void)fcntl(fileno(late->file), F_SETFD, FD_CLOEXEC); /* no command has to do with it */
	return late;
}

void
sk_cut_late_free(struct sk_cut_late *late)
{
	free(late);
}

void
sk_cut_late_take(struct sk_cut_late *late, const struct sk_windows_event *event, const struct sk_cut_batch *batch,
    const struct sk_cut_input *input, const char *name)
{
	const enum sk_skip_reason reason = event->type == SK_WINDOWS_LATE ? SK_SKIP_LATE :
	    event->type == SK_WINDOWS_FUTURE			     ? SK_SKIP_FUTURE :
									       SK_SKIP_PARTLY;
	/* One that is in a window would count twice if what is kept were given to another run. */
	bool keep = reason == SK_SKIP_LATE && late->file != NULL;

	late->skips.strict = late->strict && reason == SK_SKIP_FUTURE;
	for (size_t i = event->first; i < event->first + event->count; i++) {
		struct sk_span record = batch->records[i];

		sk_skips_add(&late->skips, reason, name, sk_cut_input_number(input, i), record);
		if (keep)
			check(late, fwrite(record.data, 1, record.size + 1, late->file) == record.size + 1);
	}
}

void
sk_cut_late_pass(struct sk_cut_late *late)
{
	if (late->file != NULL)
		check(late, fflush(late->file) == 0);
}

void
sk_cut_late_close(struct sk_cut_late *late)
{
	if (late->file != NULL)
		check(late, fclose(late->file) == 0);
	late->file = NULL;
}

uint64_t
sk_cut_late_count(const struct sk_cut_late *late)
{
	return sk_skips_count(&late->skips);
}

uint64_t
sk_cut_late_partly(const struct sk_cut_late *late)
{
	return late->skips.by_reason[SK_SKIP_PARTLY].count;
}

void
sk_cut_late_report(const struct sk_cut_late *late, uint64_t total)
{
	sk_skips_report(&late->skips, total);
}
